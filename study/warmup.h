/* warmup.h - how much of a run's beginning is not yet typical: MSER-5 on a pilot replication. */
#ifndef STUDY_WARMUP_H
#define STUDY_WARMUP_H

#include "sim/time.h"
#include "study/replication.h"
#include "study/scenario.h"

/* Runs one replication and returns the longest truncation that MSER-5 finds in the latencies of its
 * workloads over time, on the grid of the time series; at most half of the run. 0 if it is
 * interrupted. Of `settings` (stop, progress) the number and the times are not looked at: the
 * replication has a number that no other uses. Safe to call on several threads. */
sim_time warmup_find(const struct scenario *scenario, const struct replication_settings *settings);

#endif
