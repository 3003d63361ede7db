/* simulation.h - one replication of a plan: its clock, its pools, its components' state.
 *
 * Owns everything that changes during a run and nothing that does not. Runs on one thread.
 */
#ifndef MODELS_SIMULATION_H
#define MODELS_SIMULATION_H

#include "base/pool.h"
#include "models/growth.h"
#include "models/ledger.h"
#include "models/token_bucket.h"
#include "sim/events.h"
#include "sim/random.h"
#include "sim/time_average.h"

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct component;
struct execution;
struct measures;
struct plan;
struct workload;

/* Called every few thousand events: how much of the run is over (0 to 1) and how many events it
 * took. */
typedef void simulation_progress_fn(void *context, double fraction, uint64_t events);

/* What all functions of an account share. */
struct account {
    int64_t concurrency; /* the quota */
    int64_t unreserved;  /* what is left of it beside reservations */
    int64_t unreserved_running;
    struct token_bucket requests; /* synchronous invocations a second */
};

/* What programs that run take memory from. */
struct thread_pools {
    struct pool flows;
    struct pool branches; /* flows below a Parallel or Map */
    struct pool fans;
    struct pool attempts;
    struct execution *executions; /* with data, in flight */
};

struct simulation {
    const struct plan *plan;
    struct arena *arena;
    struct events *events;
    struct random_key key;
    struct component **components;
    struct workload **workloads;
    struct pool calls;
    struct pool requests;
    struct thread_pools threads;
    struct pool ledgers;
    uint32_t component_count; /* = plan->component_count */
    struct ledger *sink;      /* accounts of work that nobody waits for */
    sim_time window_start;    /* statistics are of [window_start, window_end] */
    sim_time window_end;
    struct account account;
    uint64_t finished_twice;          /* calls finished more than once: must stay 0 */
    struct series *series;            /* samples over time */
    struct growth_watch growth;       /* of the calls in flight at each component */
    simulation_progress_fn *progress; /* or NULL */
    void *progress_context;
};

/* Its own arena; freed with simulation_free. */
struct simulation *simulation_new(const struct plan *plan, uint64_t replication);
void simulation_free(struct simulation *sim);

/* Runs from 0 to `end`, with statistics of [warmup, end] only. False if *stop (may be NULL) ended
 * it early; then the window ends where it stopped. */
bool simulation_run(struct simulation *sim, sim_time warmup, sim_time end,
                    const volatile int *stop);

/* Metrics, usage and violated invariants of the window. */
void simulation_report(struct simulation *sim, struct measures *out);

struct ledger *simulation_ledger_take(struct simulation *sim,
                                      sim_time now); /* zero but for the cursor */
void simulation_ledger_give(struct simulation *sim, struct ledger *ledger);

#endif
