/* compare.c - several architectures on common random numbers. Declared in run.h. */
#include "base/arena.h"
#include "models/plan.h"
#include "models/workload.h"
#include "sim/statistics.h"
#include "study/run.h"
#include "study/run_lanes.h"

#include <math.h>
#include <string.h>

/* What is compared of every architecture; the workload's name goes before the first ones. */
static const struct {
    const char *statistic;
    bool of_workload;
    bool lower_is_better;
} compared[] = {
    {"latency.p50", true, true},     {"latency.p95", true, true},
    {"latency.p99", true, true},     {"ttft.p95", true, true},
    {"success_ratio", true, false},  {"cost.per_1k_requests", false, true},
    {"cost.per_month", false, true},
};
#define COMPARED_COUNT (sizeof compared / sizeof *compared)

static void compare_metric(const struct comparison *c, size_t architecture, const char *path,
                           bool lower_is_better, struct change *out)
{
    const struct estimate *reference = result_metric(c->results[c->reference], path);
    const struct estimate *other = result_metric(c->results[architecture], path);
    *out = (struct change){.architecture = architecture,
                           .metric = path,
                           .change = NO_SAMPLES,
                           .low = NO_SAMPLES,
                           .high = NO_SAMPLES,
                           .p_value = NO_SAMPLES,
                           .lower_is_better = lower_is_better,
                           .replications_needed = NO_SAMPLES};
    if (!reference || !other || isnan(reference->value) || isnan(other->value)) return;
    if (reference->unstable || other->unstable) return;
    const size_t count = reference->count < other->count ? reference->count : other->count;
    const double *a = reference->replications;
    const double *b = other->replications;
    const struct interval i = statistics_paired_interval(a, b, count, true, 0.95, &out->p_value);
    out->change = i.value;
    out->low = i.low;
    out->high = i.high;
    out->known = i.known;
    if (!i.known) return;
    if (i.low <= 0 && i.high >= 0) {
        out->replications_needed = statistics_replications_needed(a, b, count, true, 0.95);
        return;
    }
    const bool lower = i.high < 0;
    out->verdict = lower == lower_is_better ? CHANGE_BETTER : CHANGE_WORSE;
}

static void compare_all(struct arena *arena, struct comparison *c)
{
    c->changes = arena_array(arena, struct change, c->count * COMPARED_COUNT + 1);
    for (size_t a = 0; a < c->count; a++) {
        if (a == c->reference) continue;
        for (size_t m = 0; m < COMPARED_COUNT; m++) {
            const char *path = compared[m].of_workload ? arena_format(arena, "%s.%s", c->workload,
                                                                      compared[m].statistic)
                                                       : compared[m].statistic;
            compare_metric(c, a, path, compared[m].lower_is_better, &c->changes[c->change_count++]);
        }
    }
}

/* ---- the Pareto front of cost, p95 and recall ---- */

#define AXES 3

struct position {
    double low[AXES]; /* lower is better on each */
    double high[AXES];
    bool known[AXES];
};

static void set_axis(struct position *p, size_t axis, const struct estimate *e, double sign)
{
    const bool there = e && !isnan(e->value);
    const double low = there ? sign * e->low : 0;
    const double high = there ? sign * e->high : 0;
    p->low[axis] = fmin(low, high);
    p->high[axis] = fmax(low, high);
    p->known[axis] = there;
}

/* The least recall of an architecture's indexes; NULL without one. */
static const struct estimate *recall_of(struct arena *arena, const struct result *r)
{
    const struct estimate *least = NULL;
    for (size_t i = 0; i < r->component_count; i++) {
        if (strcmp(r->components[i].type, "vector_index") != 0) continue;
        const struct estimate *e =
            result_metric(r, arena_format(arena, "%s.recall", r->components[i].name));
        if (e && (!least || e->value < least->value)) least = e;
    }
    return least;
}

/* b dominates a: no worse on any axis and better on one, with intervals apart. *tied: only the
 * intervals stand between. */
static bool dominates(const struct position *b, const struct position *a, bool *tied)
{
    bool apart = false;
    bool better = false;
    for (size_t i = 0; i < AXES; i++) {
        /* What only one of them has cannot be compared, and what neither has says nothing. */
        if (a->known[i] != b->known[i]) return false;
        const double middle_a = a->low[i] + a->high[i];
        const double middle_b = b->low[i] + b->high[i];
        if (middle_b > middle_a) return false;
        better |= middle_b < middle_a;
        apart |= b->high[i] < a->low[i];
    }
    *tied |= better && !apart;
    return better && apart;
}

static void find_front(struct arena *arena, struct comparison *c)
{
    struct position *p = arena_array(arena, struct position, c->count);
    const char *p95 = arena_format(arena, "%s.latency.p95", c->workload);
    c->standing = arena_array(arena, enum standing, c->count);
    c->dominated_by = arena_array(arena, size_t, c->count);
    for (size_t i = 0; i < c->count; i++) {
        set_axis(&p[i], 0, result_metric(c->results[i], "cost.per_1k_requests"), 1);
        set_axis(&p[i], 1, result_metric(c->results[i], p95), 1);
        set_axis(&p[i], 2, recall_of(arena, c->results[i]), -1);
    }
    for (size_t a = 0; a < c->count; a++) {
        const struct estimate *e = result_metric(c->results[a], p95);
        c->standing[a] = e && e->unstable ? STANDING_UNSTABLE : STANDING_FRONT;
    }
    for (size_t a = 0; a < c->count; a++) {
        bool tied = false;
        if (c->standing[a] == STANDING_UNSTABLE) continue;
        for (size_t b = 0; b < c->count && c->standing[a] != STANDING_DOMINATED; b++) {
            if (a == b || c->standing[b] == STANDING_UNSTABLE || !dominates(&p[b], &p[a], &tied))
                continue;
            c->standing[a] = STANDING_DOMINATED;
            c->dominated_by[a] = b;
        }
        if (tied && c->standing[a] == STANDING_FRONT) c->standing[a] = STANDING_TIED;
    }
}

static bool has_workload(const struct plan *plan, const char *name)
{
    for (size_t i = 0; i < plan->workload_count; i++)
        if (strcmp(plan->workloads[i]->name, name) == 0) return true;
    return false;
}

const char *comparison_workload(struct scenario *const *scenarios, size_t count, size_t reference)
{
    const struct plan *plan = scenarios[reference]->plan;
    for (size_t w = 0; w < plan->workload_count; w++) {
        const char *name = plan->workloads[w]->name;
        size_t having = 0;
        for (size_t i = 0; i < count; i++) having += has_workload(scenarios[i]->plan, name);
        if (having == count) return name;
    }
    return NULL;
}

struct comparison *run_comparison(struct arena *arena, struct scenario *const *scenarios,
                                  size_t count, size_t reference, const struct run_options *options)
{
    struct comparison *c = arena_new_item(arena, struct comparison);
    c->count = count;
    c->reference = reference;
    c->results = arena_array(arena, struct result *, count);
    c->workload = comparison_workload(scenarios, count, reference);
    for (size_t i = 0; i < count; i++) {
        scenarios[i]->simulate = scenarios[reference]->simulate;
        scenarios[i]->plan->seed = scenarios[reference]->plan->seed;
    }
    run_lanes(arena, scenarios, count, options, c->results);
    compare_all(arena, c);
    find_front(arena, c);
    return c;
}
