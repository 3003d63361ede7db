#include "study/replication.h"

#include "base/arena.h"
#include "models/component.h"
#include "models/plan.h"
#include "models/series.h"
#include "models/simulation.h"
#include "sim/events.h"

#include <string.h>

static void keep_histogram(struct arena *arena, const struct histogram *from, struct histogram *to)
{
    histogram_init(to, arena);
    histogram_merge(to, from);
}

static void keep_workload(struct arena *arena, const struct workload *from,
                          struct replication_workload *to)
{
    keep_histogram(arena, &from->latency, &to->latency);
    keep_histogram(arena, &from->ttft, &to->ttft);
    keep_histogram(arena, &from->tpot, &to->tpot);
    memcpy(to->outcomes, from->outcomes, sizeof to->outcomes);
    attribution_init(&to->attribution, arena, from->attribution.components);
    attribution_copy(&to->attribution, &from->attribution);
}

static void keep_series(struct replication *r, const struct series *s)
{
    r->interval_s = time_to_seconds(s->interval);
    r->samples = s->count;
    r->columns = s->columns;
    r->names = arena_array(r->arena, const char *, s->columns);
    r->values = arena_array(r->arena, double *, s->columns);
    for (size_t i = 0; i < s->columns; i++) {
        r->names[i] = arena_copy(r->arena, s->names[i]);
        r->values[i] = arena_array(r->arena, double, s->count);
        memcpy(r->values[i], s->values[i], s->count * sizeof(double));
    }
}

static void keep_growth(struct replication *r, const struct simulation *sim)
{
    const size_t count = sim->plan->component_count;
    if (sim->growth.parts < GROWTH_PARTS) return;
    r->growth = arena_array(r->arena, struct growth, count);
    memcpy(r->growth, sim->growth.growth, count * sizeof *r->growth);
}

void replication_run(const struct plan *plan, const struct replication_settings *settings,
                     struct replication *r)
{
    struct simulation *sim = simulation_new(plan, settings->number);
    sim->progress = settings->progress;
    sim->progress_context = settings->progress_context;
    *r = (struct replication){.arena = arena_new()};
    r->complete = simulation_run(sim, settings->warmup, settings->end, settings->stop);
    r->window_s = time_to_seconds(sim->window_end - sim->window_start);
    r->reached_s = time_to_seconds(sim->window_end);
    r->events = events_count(sim->events);
    r->cells = sim->component_count * PART_COUNT;
    r->measures.arena = r->arena;
    simulation_report(sim, &r->measures);
    r->workloads = arena_array(r->arena, struct replication_workload, plan->workload_count);
    for (size_t i = 0; i < plan->workload_count; i++) {
        keep_workload(r->arena, sim->workloads[i], &r->workloads[i]);
        for (size_t k = 0; k < OUTCOME_COUNT; k++) r->requests += sim->workloads[i]->outcomes[k];
    }
    keep_series(r, sim->series);
    keep_growth(r, sim);
    simulation_free(sim);
}
