/* trial.h - real queries to an index, one at a time and timed: what `ragtime ann bench` reports. */
#ifndef MODELS_ANN_TRIAL_H
#define MODELS_ANN_TRIAL_H

#include "models/ann/ann.h"
#include "models/ann/truth.h"

#include <stdbool.h>
#include <stdint.h>

struct arena;

/* What to run. */
struct ann_trial {
    const struct ann_index *index;
    const struct vector_set *queries; /* all pass ann_check_vector */
    struct ann_scratch *scratch;      /* of the index */
    struct ann_query asked;           /* without its vector */
    const struct ann_truth *truth;    /* of the same top_k and filter; NULL: recall is 0 */
    const volatile int *stop;         /* not zero: give up; NULL: never */
};

/* What it took. A query's time is the least of its times in all rounds, which is the nearest to
 * what it takes when nothing else runs on the machine; means and percentiles are over queries. */
struct ann_timing {
    double recall; /* share of the true nearest that were found */
    double per_s;  /* 1 / mean */
    double mean_us;
    double p50_us;
    double p99_us;
    /* Means a query of struct ann_work's. */
    double distances;
    double code_distances;
    double hops;
    double lists;
    double bytes;
};

struct ann_trial_run;

/* A trial before its first round; lives in the arena. There is a query or more. */
struct ann_trial_run *ann_trial_begin(struct arena *arena, const struct ann_trial *trial);
/* Runs every query once on the caller's thread. A machine's slow moments last seconds, so rounds of
 * several trials are best run in turn. False if it was stopped. */
bool ann_trial_round(struct ann_trial_run *run);
/* What all rounds so far, one or more, have shown. */
void ann_trial_conclude(const struct ann_trial_run *run, struct ann_timing *out);

/* A clock that only goes forward, in ns. */
double ann_clock_ns(void);
/* CPU time that the process has taken on all its threads, in seconds. */
double ann_cpu_s(void);

#endif
