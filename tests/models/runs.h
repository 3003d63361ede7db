/* runs.h - a scenario's replications, for tests: compiled from a text, run, and asked for their
 * metrics. */
#ifndef TESTS_MODELS_RUNS_H
#define TESTS_MODELS_RUNS_H

#include "base/arena.h"
#include "base/document.h"
#include "base/error.h"
#include "models/catalog.h"
#include "models/compiler.h"
#include "models/measures.h"
#include "models/plan.h"
#include "models/simulation.h"
#include "sim/statistics.h"
#include "sim/time.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
/* clang-format off: needs those above */
#include <cmocka.h>
/* clang-format on */

#define RUNS_MOST 32

struct runs {
    struct arena *arena;
    struct plan *plan;
    struct diagnostics diagnostics;
    size_t count;
    struct measures measures[RUNS_MOST];
};

static inline void runs_compile(struct runs *runs, const char *yaml)
{
    *runs = (struct runs){.arena = arena_new()};
    struct node *scenario = NULL;
    struct error err;
    struct compiler compiler = {.arena = runs->arena, .diagnostics = &runs->diagnostics};
    diagnostics_init(&runs->diagnostics, runs->arena);
    if (!document_read_text(runs->arena, "test", DOCUMENT_YAML, yaml, strlen(yaml), &scenario,
                            &err) ||
        !catalog_load(runs->arena, &compiler.catalog, &err))
        fail_msg("%s", err.message);
    compiler.plan = runs->plan = arena_new_item(runs->arena, struct plan);
    runs->plan->seed = 42;
    plan_compile(&compiler, scenario);
}

static inline void runs_free(struct runs *runs)
{
    arena_free(runs->arena);
}

/* Runs replications from 0 to `end` seconds with statistics from `warmup` on. No invariant may be
 * violated. */
static inline void runs_make(struct runs *runs, const char *yaml, size_t replications,
                             double warmup, double end)
{
    assert_true(replications <= RUNS_MOST);
    runs_compile(runs, yaml);
    for (const struct diagnostic *d = runs->diagnostics.first; d; d = d->next)
        fail_msg("%d:%d: %s: %s", d->place.line, d->place.column, d->path, d->message);
    runs->count = replications;
    for (size_t i = 0; i < replications; i++) {
        struct measures *m = &runs->measures[i];
        m->arena = runs->arena;
        struct simulation *sim = simulation_new(runs->plan, i);
        assert_true(simulation_run(sim, time_from_seconds(warmup), time_from_seconds(end), NULL));
        simulation_report(sim, m);
        if (m->violation_count > 0) fail_msg("replication %zu: %s", i, m->violations[0]);
        simulation_free(sim);
    }
}

/* The scenario must be refused, with `word` in a message. Workloads are added. */
static inline void runs_refused(const char *yaml, const char *word)
{
    struct runs runs;
    char text[2000];
    snprintf(text, sizeof text, "%s%s", yaml,
             "workloads: {w: {enters: q, arrivals: {constant: {rate: 1/s}}}}\n");
    runs_compile(&runs, text);
    bool found = false;
    for (const struct diagnostic *d = runs.diagnostics.first; d; d = d->next)
        found = found || strstr(d->message, word) || (d->hint && strstr(d->hint, word));
    if (!found)
        fail_msg("no '%s' among %zu faults of: %s; first: %s", word, runs.diagnostics.errors, yaml,
                 runs.diagnostics.first ? runs.diagnostics.first->message : "none");
    runs_free(&runs);
}

static inline double runs_value(const struct runs *runs, size_t replication, const char *path)
{
    const struct measures *m = &runs->measures[replication];
    for (size_t i = 0; i < m->count; i++)
        if (strcmp(m->items[i].path, path) == 0) return m->items[i].value;
    fail_msg("no metric '%s'", path);
    return (double)NAN;
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
    for (size_t r = 0; r < runs->count; r++)
        for (size_t i = 0; i < runs->measures[r].usage_count; i++) {
            const struct measured_usage *usage = &runs->measures[r].usage[i];
            if (strcmp(usage->price->id, price_id) == 0) sum += usage->quantity;
        }
    return sum;
}

#endif
