/* runs.h - a scenario's replications, for tests: compiled from a text, run, and asked for their
 * metrics. */
#ifndef TESTS_MODELS_RUNS_H
#define TESTS_MODELS_RUNS_H

#include "sim/statistics.h"
#include "tests/models/scenario.h"

#define RUNS_MOST 32

struct runs {
    struct trial trial;
    size_t count;
    struct measures measures[RUNS_MOST];
};

static inline void runs_free(struct runs *runs)
{
    trial_close(&runs->trial);
}

/* Runs replications from 0 to `end` seconds with statistics from `warmup` on. No invariant may be
 * violated. */
static inline void runs_make(struct runs *runs, const char *yaml, size_t replications,
                             double warmup, double end)
{
    assert_true(replications <= RUNS_MOST);
    trial_open(&runs->trial, yaml);
    runs->count = replications;
    for (size_t i = 0; i < replications; i++)
        runs->measures[i] = trial_run(&runs->trial, i, warmup, end);
}

/* The scenario must be refused, with `word` in a message or hint. Workloads are added. */
static inline void runs_refused(const char *yaml, const char *word)
{
    struct trial trial;
    char text[5000];
    snprintf(text, sizeof text, "%s%s", yaml,
             "workloads: {w: {enters: q, arrivals: {constant: {rate: 1/s}}}}\n");
    trial_compile(&trial, text);
    bool found = false;
    for (const struct diagnostic *d = trial.diagnostics.first; d; d = d->next)
        found = found || strstr(d->message, word) || (d->hint && strstr(d->hint, word));
    if (!found)
        fail_msg("no '%s' among %zu faults of: %s; first: %s", word, trial.diagnostics.errors, yaml,
                 trial.diagnostics.first ? trial.diagnostics.first->message : "none");
    trial_close(&trial);
}

static inline double runs_value(const struct runs *runs, size_t replication, const char *path)
{
    return metric(&runs->measures[replication], path);
}

static inline double runs_mean(const struct runs *runs, const char *path)
{
    double values[RUNS_MOST];
    for (size_t i = 0; i < runs->count; i++) values[i] = runs_value(runs, i, path);
    return statistics_mean(values, runs->count);
}

/* The mean over replications must lie within five standard errors of `theory`, which must not be
 * more than `resolution` of it each: a test that sees nothing proves nothing. */
static inline void runs_expect(const struct runs *runs, const char *path, double theory,
                               double resolution)
{
    double values[RUNS_MOST];
    for (size_t i = 0; i < runs->count; i++) values[i] = runs_value(runs, i, path);
    const double mean = statistics_mean(values, runs->count);
    const double error = sqrt(statistics_variance(values, runs->count) / (double)runs->count);
    print_message("%s: %.6g, theory %.6g, %+.2f standard errors of %.2g %%\n", path, mean, theory,
                  error > 0 ? (mean - theory) / error : 0, error / theory * 100);
    if (!(error <= resolution * fabs(theory))) fail_msg("%s: too few samples", path);
    if (!(fabs(mean - theory) <= 5 * error)) fail_msg("%s is not what theory says", path);
}

/* For time lines that nothing random enters: equal but for the rounding of doubles. */
static inline void runs_exact(const struct runs *runs, const char *path, double expected)
{
    const double value = runs_mean(runs, path);
    if (!(fabs(value - expected) <= 1e-9 * fmax(1, fabs(expected))))
        fail_msg("%s is %.12g, expected %.12g", path, value, expected);
}

/* The quantity used of a price in all replications together. */
static inline double runs_usage(const struct runs *runs, const char *price_id)
{
    double sum = 0;
    for (size_t i = 0; i < runs->count; i++) sum += usage(&runs->measures[i], price_id);
    return sum;
}

#endif
