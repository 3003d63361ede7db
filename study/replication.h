/* replication.h - one replication, run and reduced to what the result needs.
 */
#ifndef STUDY_REPLICATION_H
#define STUDY_REPLICATION_H

#include "models/call.h"
#include "models/growth.h"
#include "models/measures.h"
#include "models/workload.h"
#include "sim/histogram.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct plan;

struct replication_workload {
    struct histogram latency;
    struct histogram ttft;
    struct histogram tpot;
    uint64_t outcomes[OUTCOME_COUNT];
    struct attribution_buckets attribution;
};

struct replication {
    struct arena *arena; /* its own: whoever merges it frees it */
    bool complete;
    double window_s;  /* of statistics */
    double reached_s; /* simulated time when it ended */
    uint64_t events;
    uint64_t requests; /* finished in the window */
    struct measures measures;
    struct replication_workload *workloads;
    uint32_t cells; /* of an attribution bucket */
    double interval_s;
    struct growth *growth; /* a component each; NULL if the window was not run to its end */
    size_t samples;
    size_t columns;
    const char **names;
    double **values;
};

typedef void replication_progress_fn(void *context, double fraction, uint64_t events);

struct replication_settings {
    uint64_t number;
    sim_time warmup;
    sim_time end;
    const volatile int *stop;
    replication_progress_fn *progress;
    void *progress_context;
};

/* Fills *out, whose arena it makes. Safe to run on several threads for one plan. */
void replication_run(const struct plan *plan, const struct replication_settings *settings,
                     struct replication *out);

#endif
