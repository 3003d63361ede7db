/* component.h - the one interface behind which every modelled system stands.
 *
 * A component type is one file and one descriptor. It has a plan (immutable, compiled once from the
 * scenario, shared by all replications and threads) and a state (one a replication). Both begin
 * with the common structs below. To add a system: one file, its row in registry.c, its tests.
 */
#ifndef MODELS_COMPONENT_H
#define MODELS_COMPONENT_H

#include "base/fields.h"
#include "sim/distribution.h"
#include "sim/events.h"
#include "sim/histogram.h"
#include "sim/random.h"
#include "sim/time_average.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct call;
struct compiler;
struct component;
struct component_plan;
struct measures;
struct preparation;
struct simulation;
struct thread_host;

struct component_type {
    const char *name;           /* as scenarios spell it */
    const char *doc;            /* one line */
    const struct field *fields; /* offsets are into the type's plan struct */
    const char *const
        *operations; /* what can be asked of it, NULL at the end; the first is the default */
    size_t plan_size;
    size_t state_size;
    const char *const
        *gauges; /* names of what `gauge` gives for the time series, NULL at the end; or NULL */

    /* After the fields are read into the plan: look up the catalogue, resolve references, refuse
     * what makes no sense. Faults go to the compiler's diagnostics. */
    void (*compile)(struct compiler *compiler, struct component_plan *plan,
                    const struct node *config);
    /* Before the first run, not when a scenario is only checked: what takes time, such as measuring
     * a search. NULL: nothing. */
    bool (*prepare)(struct preparation *preparation, struct component_plan *plan,
                    struct error *err);
    /* At time 0: set up the state (zeroed, common part filled). */
    void (*start)(struct component *self);
    /* Serve a call: call_finish it, now or later, once. */
    void (*submit)(struct component *self, struct call *call, sim_time now);
    /* The warm-up is over: forget statistics and meters, keep the state. */
    void (*restart)(struct component *self, sim_time now);
    /* Metrics and usage of the window that ends now; invariants. */
    void (*report)(struct component *self, struct measures *out, sim_time now);
    /* The present value of a gauge. */
    double (*gauge)(const struct component *self, size_t which);
};

/* How a call reaches a component: `network` of any component. */
struct network_plan {
    bool present;
    struct distribution round_trip; /* seconds, charged before service */
    double handshake_round_trips;   /* of a new connection for each call; 0 on a kept one */
};

struct component_plan {
    const struct component_type *type;
    const char *name;
    uint64_t name_hash;
    uint32_t index;
    const struct node *node;
    struct network_plan network;
    uint32_t *callees; /* components it may call and wait for */
    size_t callee_count;
    size_t callee_capacity;
};

struct component {
    const struct component_type *type;
    const struct component_plan *plan;
    struct simulation *sim;
    struct events *events;
    uint64_t name_hash;
    struct random_key random_key;
    uint32_t index;
    const struct thread_host *host; /* of the programs it runs; NULL: it runs none */

    /* Statistics that every component has; call.c keeps them. */
    struct time_average in_flight;
    uint64_t spent; /* in calls within the window: finish less issue times, ns modulo 2^64; a call
                       in flight counts as finished at 0 */
    uint64_t submitted;       /* in the window */
    uint64_t outcomes[8];     /* finished in the window, by enum outcome */
    uint64_t carried;         /* in flight when the window began */
    uint64_t cold;            /* calls that met a cold start here */
    struct histogram latency; /* of calls that finished OK in the window, issue to finish */
};

#endif
