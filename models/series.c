#include "models/series.h"

#include "base/arena.h"
#include "models/component.h"
#include "models/plan.h"
#include "models/simulation.h"
#include "models/workload.h"

#include <math.h>

#define SAMPLES_MOST 240

static sim_time choose_interval(sim_time end)
{
    static const int seconds[] = {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600};
    for (size_t i = 0; i < sizeof seconds / sizeof *seconds; i++)
        if (end / (seconds[i] * SIM_SECOND) <= SAMPLES_MOST) return seconds[i] * SIM_SECOND;
    const sim_time day = 86400 * SIM_SECOND;
    return (end / (SAMPLES_MOST * day) + 1) * day;
}

static void sample_workload(struct series *s, size_t index, double **column)
{
    const struct workload *w = s->sim->workloads[index];
    struct series_workload *last = &s->workloads[index];
    if (s->window_start != s->sim->window_start) histogram_clear(&last->latency);
    column[0][s->count] = (double)(w->numbered - last->numbered) / time_to_seconds(s->interval);
    column[1][s->count] = histogram_quantile_since(&w->latency, &last->latency, 0.95);
    histogram_copy(&last->latency, &w->latency);
    last->numbered = w->numbered;
}

static void tick(void *context, sim_time now)
{
    struct series *s = context;
    const struct plan *plan = s->sim->plan;
    const size_t at = s->count;
    size_t column = 0;
    for (size_t i = 0; i < plan->workload_count; i++, column += 2)
        sample_workload(s, i, s->values + column);
    s->window_start = s->sim->window_start;
    for (size_t i = 0; i < plan->component_count; i++) {
        const struct component *c = s->sim->components[i];
        s->values[column++][at] = (double)c->in_flight.value;
        for (size_t g = 0; c->type->gauges && c->type->gauges[g]; g++)
            s->values[column++][at] = c->type->gauge(c, g);
    }
    if (++s->count < s->capacity) events_add(s->sim->events, now + s->interval, tick, s);
}

static void name_column(struct series *s, size_t *column, const char *owner, const char *what)
{
    s->names[(*column)++] = arena_format(s->sim->arena, "%s.%s", owner, what);
}

struct series *series_new(struct simulation *sim, sim_time end)
{
    const struct plan *plan = sim->plan;
    struct series *s = arena_new_item(sim->arena, struct series);
    s->sim = sim;
    s->interval = choose_interval(end);
    s->capacity = (size_t)(end / s->interval);
    s->columns = 2 * plan->workload_count;
    for (size_t i = 0; i < plan->component_count; i++) {
        const struct component_type *type = plan->components[i]->type;
        s->columns++;
        for (size_t g = 0; type->gauges && type->gauges[g]; g++) s->columns++;
    }
    s->workloads = arena_array(sim->arena, struct series_workload, plan->workload_count);
    for (size_t i = 0; i < plan->workload_count; i++)
        histogram_init(&s->workloads[i].latency, sim->arena);
    s->names = arena_array(sim->arena, const char *, s->columns);
    s->values = arena_array(sim->arena, double *, s->columns);
    for (size_t i = 0; i < s->columns; i++)
        s->values[i] = arena_array(sim->arena, double, s->capacity ? s->capacity : 1);
    size_t column = 0;
    for (size_t i = 0; i < plan->workload_count; i++) {
        name_column(s, &column, plan->workloads[i]->name, "arrivals_per_s");
        name_column(s, &column, plan->workloads[i]->name, "latency.p95_s");
    }
    for (size_t i = 0; i < plan->component_count; i++) {
        const struct component_plan *c = plan->components[i];
        name_column(s, &column, c->name, "in_flight");
        for (size_t g = 0; c->type->gauges && c->type->gauges[g]; g++)
            name_column(s, &column, c->name, c->type->gauges[g]);
    }
    if (s->capacity) events_add(sim->events, s->interval, tick, s);
    return s;
}

double series_peak_rate(const struct series *s, size_t index)
{
    double peak = (double)NAN;
    if (!s) return peak;
    for (size_t i = (size_t)(s->sim->window_start / s->interval); i < s->count; i++)
        if (!(s->values[2 * index][i] <= peak)) peak = s->values[2 * index][i];
    return peak;
}
