#include "study/merge.h"

#include "base/arena.h"
#include "models/component.h"
#include "models/plan.h"
#include "models/workload.h"
#include "sim/statistics.h"
#include "study/attribution.h"
#include "study/budget.h"
#include "study/cost.h"
#include "study/stability.h"

#include <math.h>
#include <string.h>

const struct estimate *result_metric(const struct result *result, const char *path)
{
    for (size_t i = 0; i < result->metric_count; i++)
        if (strcmp(result->metrics[i].path, path) == 0) return &result->metrics[i];
    return NULL;
}

struct estimate merge_estimate(const char *path, enum unit unit, const double *values, size_t count)
{
    struct estimate e = {.path = path,
                         .unit = unit,
                         .replications = values,
                         .count = count,
                         .value = NO_SAMPLES,
                         .low = NO_SAMPLES,
                         .high = NO_SAMPLES};
    const struct interval mean = statistics_mean_interval(values, count, 0.95);
    if (!isfinite(mean.value)) return e;
    e.value = e.low = e.high = mean.value;
    /* A constant has no interval. */
    if (!mean.known || mean.high - mean.value <= 1e-12 * fabs(mean.value)) return e;
    e.low = mean.low;
    e.high = mean.high;
    e.interval_known = true;
    return e;
}

static void merge_metrics(struct arena *arena, const struct replication *r, size_t count,
                          struct result *result)
{
    result->metric_count = count ? r[0].measures.count : 0;
    result->metrics = arena_array(arena, struct estimate, result->metric_count + 1);
    for (size_t i = 0; i < result->metric_count; i++) {
        const struct measure *first = &r[0].measures.items[i];
        double *values = arena_array(arena, double, count);
        bool low_n = false;
        for (size_t k = 0; k < count; k++) {
            values[k] = r[k].measures.items[i].value;
            low_n |= r[k].measures.items[i].low_n;
        }
        result->metrics[i] =
            merge_estimate(arena_copy(arena, first->path), first->unit, values, count);
        result->metrics[i].low_n = low_n;
    }
}

static void merge_workloads(struct arena *arena, const struct plan *plan,
                            const struct replication *r, size_t count, struct result *result)
{
    result->workload_count = plan->workload_count;
    result->workloads = arena_array(arena, struct workload_result, plan->workload_count);
    for (size_t i = 0; i < plan->workload_count; i++) {
        struct workload_result *w = &result->workloads[i];
        w->name = plan->workloads[i]->name;
        histogram_init(&w->latency, arena);
        histogram_init(&w->ttft, arena);
        histogram_init(&w->tpot, arena);
        for (size_t k = 0; k < count; k++) {
            histogram_merge(&w->latency, &r[k].workloads[i].latency);
            histogram_merge(&w->ttft, &r[k].workloads[i].ttft);
            histogram_merge(&w->tpot, &r[k].workloads[i].tpot);
            for (size_t o = 0; o < OUTCOME_COUNT; o++)
                w->outcomes[o] += r[k].workloads[i].outcomes[o];
        }
        w->streams = w->ttft.count > 0;
        attribution_summarize(arena, plan, r, count, i, result, w);
    }
}

static void merge_series(struct arena *arena, const struct replication *r, size_t count,
                         struct series_result *out)
{
    if (count == 0) return;
    out->interval_s = r[0].interval_s;
    out->columns = r[0].columns;
    for (size_t k = 0; k < count; k++)
        if (r[k].samples > out->samples) out->samples = r[k].samples;
    out->names = arena_array(arena, const char *, out->columns);
    out->values = arena_array(arena, double *, out->columns);
    for (size_t c = 0; c < out->columns; c++) {
        out->names[c] = arena_copy(arena, r[0].names[c]);
        out->values[c] = arena_array(arena, double, out->samples);
        for (size_t s = 0; s < out->samples; s++) {
            double sum = 0;
            size_t known = 0;
            for (size_t k = 0; k < count; k++) {
                if (s >= r[k].samples || !isfinite(r[k].values[c][s])) continue;
                sum += r[k].values[c][s];
                known++;
            }
            out->values[c][s] = known ? sum / (double)known : NO_SAMPLES;
        }
    }
}

static void merge_violations(struct arena *arena, const struct replication *r, size_t count,
                             struct result *result)
{
    size_t capacity = 0;
    for (size_t k = 0; k < count; k++)
        for (size_t i = 0; i < r[k].measures.violation_count; i++) {
            result->violations = arena_grow(arena, result->violations, result->violation_count,
                                            &capacity, sizeof *result->violations);
            result->violations[result->violation_count++] =
                arena_format(arena, "replication %zu: %s", k + 1, r[k].measures.violations[i]);
        }
}

void merge_replications(struct arena *arena, const struct scenario *scenario, struct replication *r,
                        size_t count, struct result *result)
{
    const struct plan *plan = scenario->plan;
    diagnostics_init(&result->warnings, arena);
    for (size_t k = 0; k < count; k++) {
        result->requests += r[k].requests;
        result->events += r[k].events;
    }
    merge_metrics(arena, r, count, result);
    merge_workloads(arena, plan, r, count, result);
    merge_series(arena, r, count, &result->series);
    merge_violations(arena, r, count, result);
    result->component_count = plan->component_count;
    result->components = arena_array(arena, struct component_result, plan->component_count);
    for (size_t i = 0; i < plan->component_count; i++)
        result->components[i] = (struct component_result){.name = plan->components[i]->name,
                                                          .type = plan->components[i]->type->name};
    cost_summarize(arena, plan, r, count, result);
    stability_judge(arena, plan, r, count, result);
    budgets_judge(arena, scenario, result);
}
