/* series.h - what a run looked like over time: samples at equal intervals, for the time-series
 * output.
 *
 * The interval is chosen so that a run has at most 240 samples. Every workload gives its arrivals
 * and the latency of the interval, every component its calls in flight and the gauges of its type.
 */
#ifndef MODELS_SERIES_H
#define MODELS_SERIES_H

#include "sim/histogram.h"
#include "sim/time.h"

#include <stddef.h>

struct arena;
struct simulation;

/* What a workload had come to at the last sample. */
struct series_workload {
    uint64_t numbered;
    struct histogram latency;
};

struct series {
    struct simulation *sim;
    sim_time window_start; /* the simulation's, at the last sample: statistics begin anew there */
    struct series_workload *workloads;
    sim_time interval;
    size_t capacity; /* samples of a whole run */
    size_t count;    /* taken so far; sample i stands for (i * interval, (i+1) * interval] */
    size_t columns;
    const char **names; /* "chat.arrivals_per_s" */
    double **values;    /* [column][sample]; NaN: nothing to say */
};

/* The largest rate of arrivals of workload `index` in one interval of the window; NaN without one,
 * and for a series that is NULL. */
double series_peak_rate(const struct series *series, size_t index);

struct series *series_new(struct simulation *sim, sim_time end);

#endif
