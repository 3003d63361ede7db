/* scenario.h - for tests of models: a scenario's text compiled and run, and its metrics by name.
 */
#ifndef TESTS_MODELS_SCENARIO_H
#define TESTS_MODELS_SCENARIO_H

#include "base/arena.h"
#include "base/document.h"
#include "base/error.h"
#include "models/catalog.h"
#include "models/compiler.h"
#include "models/component.h"
#include "models/measures.h"
#include "models/plan.h"
#include "models/simulation.h"
#include "sim/time.h"

/* cmocka.h needs these before it. */
/* clang-format off */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
/* clang-format on */

struct trial {
    struct arena *arena;
    struct plan *plan;
    struct diagnostics diagnostics;
};

/* Compiles; faults stay in `diagnostics`. */
static inline void trial_compile(struct trial *t, const char *yaml)
{
    struct error err;
    struct node *root = NULL;
    *t = (struct trial){.arena = arena_new()};
    diagnostics_init(&t->diagnostics, t->arena);
    if (!document_read_text(t->arena, "test.yaml", DOCUMENT_YAML, yaml, strlen(yaml), &root,
                            &err)) {
        diagnostics_add_error(&t->diagnostics, "", &err);
        return;
    }
    struct compiler compiler = {
        .arena = t->arena, .diagnostics = &t->diagnostics, .file = "test.yaml"};
    assert_true(catalog_load(t->arena, &compiler.catalog, &err));
    t->plan = compiler.plan = arena_new_item(t->arena, struct plan);
    t->plan->seed = 42;
    plan_compile(&compiler, root);
    diagnostics_sort(&t->diagnostics);
}

/* Compiles a scenario that must have no fault, and makes its measurements. */
static inline void trial_open(struct trial *t, const char *yaml)
{
    struct error err = {0};
    trial_compile(t, yaml);
    for (const struct diagnostic *d = t->diagnostics.first; d; d = d->next)
        fprintf(stderr, "%s:%d:%d: %s: %s\n", d->place.file, d->place.line, d->place.column,
                d->path, d->message);
    assert_int_equal(t->diagnostics.errors, 0);
    struct preparation preparation = {.arena = t->arena};
    if (!plan_prepare(t->plan, &preparation, &err)) fail_msg("%s", err.message);
}

static inline void trial_close(struct trial *t)
{
    arena_free(t->arena);
}

/* One replication of `seconds` with statistics from `warmup` on; no invariant may break. The
 * measures live until trial_close. */
static inline struct measures trial_run(struct trial *t, uint64_t replication, double warmup,
                                        double seconds)
{
    struct measures m = {.arena = t->arena};
    struct simulation *sim = simulation_new(t->plan, replication);
    assert_true(simulation_run(sim, time_from_seconds(warmup), time_from_seconds(seconds), NULL));
    simulation_report(sim, &m);
    simulation_free(sim);
    for (size_t i = 0; i < m.violation_count; i++) fprintf(stderr, "%s\n", m.violations[i]);
    assert_int_equal(m.violation_count, 0);
    return m;
}

static inline double metric(const struct measures *m, const char *path)
{
    for (size_t i = 0; i < m->count; i++)
        if (strcmp(m->items[i].path, path) == 0) return m->items[i].value;
    fail_msg("no metric %s", path);
    return (double)NAN;
}

/* Usage of a price by id, all components together. */
static inline double usage(const struct measures *m, const char *id)
{
    double sum = 0;
    for (size_t i = 0; i < m->usage_count; i++)
        if (strcmp(m->usage[i].price->id, id) == 0) sum += m->usage[i].quantity;
    return sum;
}

struct sample {
    double mean;
    double error; /* standard error of the mean */
};

/* The mean of one metric over replications 0 .. count-1. */
static inline struct sample trial_sample(struct trial *t, const char *path, int count,
                                         double warmup, double seconds)
{
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < count; i++) {
        const struct measures m = trial_run(t, (uint64_t)i, warmup, seconds);
        const double v = metric(&m, path);
        sum += v;
        squares += v * v;
    }
    const double mean = sum / count;
    const double variance = (squares - sum * mean) / (count - 1);
    return (struct sample){mean, sqrt(fmax(variance, 0) / count)};
}

/* Within five standard errors: by chance, a right model fails this about once in a thousand uses at
 * 10 replications (Student's t with 9 degrees of freedom), and seeds are fixed, so it fails always
 * or never. */
static inline void assert_near(struct sample sample, double expected)
{
    if (!(fabs(sample.mean - expected) <= 5 * sample.error))
        fail_msg("%.6g +- %.2g, expected %.6g", sample.mean, sample.error, expected);
}

#endif
