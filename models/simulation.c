#include "models/simulation.h"

#include "base/arena.h"
#include "models/call.h"
#include "models/component.h"
#include "models/growth.h"
#include "models/measures.h"
#include "models/plan.h"
#include "models/series.h"
#include "models/thread.h"
#include "models/workload.h"

#include <math.h>
#include <string.h>

static void start_component(struct simulation *sim, uint32_t index)
{
    const struct component_plan *plan = sim->plan->components[index];
    struct component *c = arena_alloc_aligned(sim->arena, plan->type->state_size, 64);
    c->type = plan->type;
    c->plan = plan;
    c->sim = sim;
    c->events = sim->events;
    c->name_hash = plan->name_hash;
    c->random_key = sim->key;
    c->index = index;
    histogram_init(&c->latency, sim->arena);
    sim->components[index] = c;
}

struct ledger *simulation_ledger_take(struct simulation *sim, sim_time now)
{
    struct ledger *ledger = pool_take(&sim->ledgers);
    ledger_clear(ledger, sim->component_count);
    ledger->cursor = now;
    return ledger;
}

void simulation_ledger_give(struct simulation *sim, struct ledger *ledger)
{
    pool_give(&sim->ledgers, ledger);
}

struct simulation *simulation_new(const struct plan *plan, uint64_t replication)
{
    struct arena *arena = arena_new();
    struct simulation *sim = arena_new_item(arena, struct simulation);
    sim->arena = arena;
    sim->plan = plan;
    sim->events = events_new();
    sim->key = (struct random_key){plan->seed, replication};
    sim->component_count = (uint32_t)plan->component_count;
    pool_init(&sim->calls, arena, sizeof(struct call));
    pool_init(&sim->requests, arena, sizeof(struct request));
    thread_pools_init(sim);
    pool_init(&sim->ledgers, arena, ledger_size(sim->component_count));
    sim->sink = arena_alloc(arena, ledger_size(sim->component_count));
    sim->account.concurrency = sim->account.unreserved = (int64_t)plan->account.concurrency;
    token_bucket_init(&sim->account.requests, plan->account.request_rate,
                      plan->account.request_rate);
    sim->components = arena_array(arena, struct component *, plan->component_count);
    for (uint32_t i = 0; i < plan->component_count; i++) start_component(sim, i);
    for (uint32_t i = 0; i < plan->component_count; i++)
        sim->components[i]->type->start(sim->components[i]);
    sim->workloads = arena_array(arena, struct workload *, plan->workload_count);
    for (size_t i = 0; i < plan->workload_count; i++) {
        sim->workloads[i] = arena_new_item(arena, struct workload);
        workload_start(sim->workloads[i], sim, plan->workloads[i]);
    }
    return sim;
}

void simulation_free(struct simulation *sim)
{
    if (!sim) return;
    thread_pools_free(sim);
    events_free(sim->events);
    arena_free(sim->arena);
}

static void restart(struct simulation *sim, sim_time now)
{
    sim->window_start = now;
    for (size_t i = 0; i < sim->plan->component_count; i++) {
        struct component *c = sim->components[i];
        time_average_restart(&c->in_flight, now);
        c->spent = -(uint64_t)c->in_flight.value * (uint64_t)now;
        c->carried = (uint64_t)c->in_flight.value;
        c->submitted = 0;
        c->cold = 0;
        memset(c->outcomes, 0, sizeof c->outcomes);
        histogram_clear(&c->latency);
        if (c->type->restart) c->type->restart(c, now);
    }
    for (size_t i = 0; i < sim->plan->workload_count; i++) workload_restart(sim->workloads[i], now);
}

/* Progress is told by events and not by simulated time, a moment of which may hold most of a run's
 * work: a few thousand take about a millisecond, and telling takes a ten-thousandth of that. */
#define EVENTS_BETWEEN_TELLING 4096

static void run_until(struct simulation *sim, sim_time until, sim_time end,
                      const volatile int *stop)
{
    bool ended = false;
    while (!ended && !(stop && *stop)) {
        ended = events_run_some(sim->events, until, EVENTS_BETWEEN_TELLING, stop);
        if (sim->progress)
            sim->progress(sim->progress_context, (double)events_now(sim->events) / (double)end,
                          events_count(sim->events));
    }
}

/* In equal parts. An interrupt leaves the rest of them out. */
static void run_window(struct simulation *sim, sim_time end, const volatile int *stop)
{
    const sim_time start = events_now(sim->events);
    const sim_time part = (end - start) / GROWTH_PARTS;
    growth_begin(sim, start);
    for (int i = 1; i <= GROWTH_PARTS; i++) {
        const sim_time until = i == GROWTH_PARTS ? end : start + i * part;
        run_until(sim, until, end, stop);
        if (events_now(sim->events) < until) return;
        growth_mark(sim, until);
    }
}

bool simulation_run(struct simulation *sim, sim_time warmup, sim_time end, const volatile int *stop)
{
    sim->series = series_new(sim, end);
    if (warmup > 0) {
        run_until(sim, warmup, end, stop);
        restart(sim, events_now(sim->events));
    }
    run_window(sim, end, stop);
    sim->window_end = events_now(sim->events);
    return sim->window_end == end;
}

/* Calls in and out agree, and so do their number in flight and the time they spent: Little's law,
 * exact in nanoseconds (modulo 2^64). */
static void check_component(struct component *c, struct measures *out, sim_time now)
{
    uint64_t finished = 0;
    for (size_t i = 0; i < OUTCOME_COUNT; i++) finished += c->outcomes[i];
    const char *name = c->plan->name;
    if (c->carried + c->submitted != finished + (uint64_t)c->in_flight.value)
        measures_violation(out, "%s: calls are not conserved", name);
    const uint64_t spent = c->spent + (uint64_t)c->in_flight.value * (uint64_t)now;
    if ((uint64_t)time_average_area(&c->in_flight, now) != spent)
        measures_violation(out, "%s: Little's law does not hold for calls in flight", name);
}

static void report_component(struct component *c, struct measures *out, sim_time now)
{
    static const struct {
        const char *name;
        double p;
    } quantiles[] = {{"latency.p50", 0.5}, {"latency.p95", 0.95}, {"latency.p99", 0.99}};
    const char *name = c->plan->name;
    const double seconds = time_to_seconds(now - c->sim->window_start);
    const double refused = (double)(c->outcomes[OUTCOME_REFUSED] + c->outcomes[OUTCOME_THROTTLED]);
    const double failed = (double)(c->outcomes[OUTCOME_FAILED] + c->outcomes[OUTCOME_TIMED_OUT]);
    const double submitted = (double)c->submitted;
    measures_add(out, name, "calls", UNIT_COUNT, (double)c->submitted);
    measures_add(out, name, "throughput", UNIT_PER_SECOND,
                 measure_ratio((double)c->outcomes[OUTCOME_OK], seconds));
    measures_add(out, name, "latency.mean", UNIT_SECONDS, histogram_mean(&c->latency));
    for (size_t i = 0; i < sizeof quantiles / sizeof *quantiles; i++) {
        measures_add(out, name, quantiles[i].name, UNIT_SECONDS,
                     histogram_quantile(&c->latency, quantiles[i].p));
        out->items[out->count - 1].low_n = (double)c->latency.count < 10.0 / (1.0 - quantiles[i].p);
    }
    measures_add(out, name, "in_flight.mean", UNIT_COUNT, time_average_mean(&c->in_flight, now));
    measures_add(out, name, "in_flight.max", UNIT_COUNT, (double)c->in_flight.most);
    measures_add(out, name, "throttled", UNIT_COUNT, (double)c->outcomes[OUTCOME_THROTTLED]);
    measures_add(out, name, "refused.ratio", UNIT_RATIO, measure_ratio(refused, submitted));
    measures_add(out, name, "failed.ratio", UNIT_RATIO, measure_ratio(failed, submitted));
    if (c->type->report) c->type->report(c, out, now);
    check_component(c, out, now);
}

void simulation_report(struct simulation *sim, struct measures *out)
{
    const sim_time now = sim->window_end;
    for (size_t i = 0; i < sim->plan->workload_count; i++)
        workload_report(sim->workloads[i], out, now);
    for (size_t i = 0; i < sim->plan->component_count; i++)
        report_component(sim->components[i], out, now);
    if (sim->finished_twice)
        measures_violation(out, "%llu calls finished more than once",
                           (unsigned long long)sim->finished_twice);
}
