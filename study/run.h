/* run.h - replications of a scenario, spread over threads, merged in a fixed order.
 */
#ifndef STUDY_RUN_H
#define STUDY_RUN_H

#include "study/result.h"
#include "study/scenario.h"

#include <stdbool.h>
#include <stddef.h>

/* Called now and then from worker threads, one at a time: how much of all the work is done (0 to 1)
 * and how many events were run. */
typedef void progress_fn(void *context, double fraction, uint64_t events);

struct run_options {
    size_t threads;           /* 0: all processors */
    const volatile int *stop; /* becomes non-zero to interrupt; or NULL */
    progress_fn *progress;    /* or NULL */
    void *progress_context;
    double *events_per_s; /* host figure, for standard error only; or NULL */
};

/* Runs one scenario. The result lives in the arena. */
struct result *run_scenario(struct arena *arena, struct scenario *scenario,
                            const struct run_options *options);

/* The first workload of the reference that all of them have: whose latency is compared; NULL if
 * there is none. */
const char *comparison_workload(struct scenario *const *scenarios, size_t count, size_t reference);

/* There must be such a workload. Runs several on common random numbers (all take the reference's
 * seed, duration, replications and the longest warm-up) and compares them. */
struct comparison *run_comparison(struct arena *arena, struct scenario *const *scenarios,
                                  size_t count, size_t reference,
                                  const struct run_options *options);

#endif
