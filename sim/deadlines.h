/* deadlines.h - timers that all have the same delay: keep-alives, time-outs.
 *
 * Timers of one delay expire in the order they were started, so a list in that order needs no
 * sorting: starting and cancelling are O(1), and only the head of the list is an event. Nodes are
 * embedded in what they time. A cancelled head leaves its event where it is; when that fires it
 * looks at the list again, so cancelling hardly ever touches the event queue. Only when the last
 * timer is cancelled its event goes too, so that no run is made longer by a timer that will not
 * expire.
 *
 * All timers due at one instant expire in the order they were started, in one event.
 */
#ifndef SIM_DEADLINES_H
#define SIM_DEADLINES_H

#include "sim/events.h"
#include "sim/time.h"

#include <stdbool.h>
#include <stddef.h>

struct deadline {
    struct deadline *next;
    struct deadline *previous; /* NULL when not on a list */
    sim_time at;
};

typedef void deadline_fn(struct deadline *expired, sim_time now);

struct deadlines {
    struct events *events;
    sim_time delay;
    deadline_fn *expire;
    struct deadline list; /* a ring through this node */
    event_id armed;       /* the event of the head; 0: none */
};

/* A delay of SIM_NEVER is allowed: such timers never expire and are no event. */
void deadlines_init(struct deadlines *d, struct events *events, sim_time delay,
                    deadline_fn *expire);

/* `node` must not be on a list; `now` must not be before that of an earlier start. */
void deadlines_start(struct deadlines *d, struct deadline *node, sim_time now);
/* False if it was on no list (it expired or was never started). Clear a node with deadline_clear
 * first. */
bool deadlines_cancel(struct deadlines *d, struct deadline *node);
static inline void deadline_clear(struct deadline *node)
{
    node->previous = NULL;
}
static inline bool deadline_running(const struct deadline *node)
{
    return node->previous != NULL;
}
/* The timer started last, which would expire last; NULL if none is running. */
static inline struct deadline *deadlines_newest(const struct deadlines *d)
{
    return d->list.previous != &d->list ? d->list.previous : NULL;
}

#endif
