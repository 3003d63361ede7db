/* result.h - what a run or a comparison found: the one thing that reports read.
 *
 * Everything is in seconds, ratios, bytes and US dollars; NaN is "no samples". Lives in one arena.
 * Contains no host time, no path that the user did not give: the same seed gives the same result.
 */
#ifndef STUDY_RESULT_H
#define STUDY_RESULT_H

#include "base/error.h"
#include "models/call.h"
#include "models/measures.h"
#include "models/pricing.h"
#include "sim/histogram.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct scenario;

struct estimate {
    const char *path; /* "chat.latency.p95" */
    enum unit unit;
    double value; /* mean of the replications' values; NaN: no samples in any */
    double low;   /* 95 % interval; equal to value when not known */
    double high;
    bool interval_known; /* false with one replication, or a constant */
    bool low_n;          /* a percentile with too few requests in a replication */
    bool unstable; /* grows with the simulated time: its value means nothing and is not shown */
    const double *replications; /* one each, NaN where one had none */
    size_t count;
};

struct attribution {
    const char *component;
    const char *cause; /* "service" "queueing" "cold start" "network" "throttling" "retry" */
    const char *part;  /* "first token", "decode", or NULL */
    double mean_s;
    double share; /* of the mean latency */
    double p95_s; /* mean among requests within 1 % of the p95 */
    double p99_s;
    double calls_ratio;      /* cold start: share of the component's calls that met one; else NaN */
    double per_occurrence_s; /* cold start: its mean duration; else NaN */
};

struct workload_result {
    const char *name;
    struct histogram latency; /* all replications */
    struct histogram ttft;
    struct histogram tpot;
    uint64_t outcomes[OUTCOME_COUNT];
    bool unstable;                   /* it may meet a component where calls pile up */
    bool streams;                    /* a generating model answered: ttft and tpot mean something */
    struct attribution *attribution; /* by mean, largest first */
    size_t attribution_count;
};

struct component_result {
    const char *name;
    const char *type;
    bool unstable; /* calls pile up at it, or at what it calls and waits for */
};

struct component_cost {
    const char *component;
    struct estimate per_1k_usd;
    struct estimate per_month_usd;
    double share;
};

struct cost_result {
    struct bill bill; /* a month's, of the mean usage of the replications */
    double window_usd;
    struct estimate per_month_usd;
    struct estimate per_1k_requests_usd;
    struct estimate per_1k_successful_usd;
    struct component_cost
        *components; /* by amount, largest first; those that cost nothing are left out */
    size_t component_count;
};

struct series_result {
    double interval_s;
    size_t samples;
    size_t columns;
    const char **names;
    double **values; /* [column][sample], mean over replications; NaN: none */
};

enum verdict { VERDICT_PASS, VERDICT_FAIL, VERDICT_UNCERTAIN, VERDICT_NODATA };
extern const char *const verdict_names[];

struct budget_result {
    const char *metric;
    const char *limit; /* as written: "< 2.5s" */
    double limit_value;
    bool below;
    double value; /* NaN for an unstable metric, as low, high and margin_ratio */
    double low;
    double high;
    bool unstable;
    double margin_ratio; /* how far inside the limit, as a share of it; negative: outside */
    enum verdict verdict;
    bool met; /* the value itself is within the limit, whatever its interval */
    enum unit unit;
    struct place place;
};

struct result {
    const struct scenario *scenario;
    bool complete; /* false: interrupted */
    double fraction_done;
    uint64_t seed;
    uint32_t replications;
    double simulated_s; /* one replication, warm-up included */
    double warmup_s;
    bool warmup_found;      /* by MSER-5; else given */
    const char *stopped_by; /* "replications" "relative_error" "at_most" "interrupt" */
    uint64_t requests;      /* finished in the windows of all replications */
    uint64_t events;
    struct estimate *metrics;
    size_t metric_count;
    struct workload_result *workloads;
    size_t workload_count;
    struct component_result *components;
    size_t component_count;
    struct cost_result cost;
    struct series_result series;
    struct budget_result *budgets;
    size_t budget_count;
    struct diagnostics warnings; /* what makes the figures questionable */
    const char **violations;     /* broken invariants; none: all checks hold */
    size_t violation_count;
};

const struct estimate *result_metric(const struct result *result, const char *path);

/* ---- comparisons ---- */

struct change {
    size_t architecture; /* compared with the reference */
    const char *metric;
    double change; /* ratio: 0.05 is 5 % more; paired by replication, from log ratios */
    double low;
    double high;
    bool known;
    double p_value;
    bool lower_is_better;
    enum {
        CHANGE_NONE,
        CHANGE_BETTER,
        CHANGE_WORSE
    } verdict;                  /* CHANGE_NONE: the interval contains 0 */
    double replications_needed; /* to tell them apart; NaN when they are */
};

/* STANDING_UNSTABLE: its latency has no value, so it has no place among the others. */
enum standing { STANDING_FRONT, STANDING_TIED, STANDING_DOMINATED, STANDING_UNSTABLE };

struct comparison {
    struct result **results;
    size_t count;
    size_t reference;
    struct change *changes; /* by architecture, then metric; the reference has none */
    size_t change_count;
    const char *workload;    /* whose latency is compared */
    enum standing *standing; /* on the Pareto front of cost, p95 and recall */
    size_t *dominated_by;
};

#endif
