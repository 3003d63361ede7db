/* growth.h - whether calls pile up: what was in flight at each component in equal parts of the
 * window.
 *
 * A system that is offered more than it can serve never settles: what is in flight at it grows as
 * long as it runs. One run's parts are kept here; what replications say of them together is judged
 * in study/stability.h. Costs a handful of reads a part and nothing per event.
 */
#ifndef MODELS_GROWTH_H
#define MODELS_GROWTH_H

#include "base/compiler.h"
#include "sim/time.h"

#include <stddef.h>
#include <stdint.h>

struct arena;
struct simulation;

#define GROWTH_PARTS 12

/* Of one component, abandoned calls included. */
struct growth {
    double in_flight[GROWTH_PARTS]; /* mean number of calls, a part */
    double came[GROWTH_PARTS];      /* calls that came, a part */
    double begun;                   /* in flight when the window began */
    double ended;                   /* and when it ended */
};

struct growth_watch {
    size_t parts; /* over; GROWTH_PARTS once the whole window is */
    sim_time since;
    int128 *areas;         /* under the calls in flight, up to the present part */
    uint64_t *came;        /* up to the present part */
    struct growth *growth; /* a component each */
};

/* The window begins now, with the components' statistics at zero. */
void growth_begin(struct simulation *sim, sim_time now);
/* A part of the window is over. */
void growth_mark(struct simulation *sim, sim_time now);

#endif
