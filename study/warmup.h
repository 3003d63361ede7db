/* warmup.h - how much of a run's beginning is not yet typical: MSER-5 on a pilot replication. */
#ifndef STUDY_WARMUP_H
#define STUDY_WARMUP_H

#include "base/error.h"
#include "sim/time.h"
#include "study/replication.h"
#include "study/scenario.h"

#include <stddef.h>

struct arena;

#define WARMUP_SAMPLES_LEAST 50 /* ten batches of five */

struct warmup {
    sim_time length;
    const char *unsettled; /* the workload whose latency was not yet typical where MSER-5 stops
                              looking, at half of its samples; or NULL */
    const char *few;       /* the workload that gave fewer samples than MSER-5 needs; or NULL */
    size_t samples;        /* that it gave */
};

/* Runs one replication and finds the longest truncation that MSER-5 gives for the latencies of its
 * workloads over time, on the grid of the time series; at most half of the run. Nothing if it is
 * interrupted. Of `settings` (stop, progress) the number and the times are not looked at: the
 * replication has a number that no other uses. Safe to call on several threads. */
struct warmup warmup_find(const struct scenario *scenario,
                          const struct replication_settings *settings);

/* Adds a warning if the length cannot be relied on. */
void warmup_warn(const struct scenario *scenario, const struct warmup *warmup,
                 struct diagnostics *warnings);

#endif
