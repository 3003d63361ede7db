#include "models/workload.h"

#include "base/arena.h"
#include "base/fields.h"
#include "models/compiler.h"
#include "models/component.h"
#include "models/measures.h"
#include "models/plan.h"
#include "models/series.h"
#include "models/simulation.h"

#include <math.h>
#include <string.h>

/* ---- compiling ---- */

struct workload_settings {
    const struct node *enters;
    const struct node *arrivals;
    struct distribution queries;
    struct distribution prompt_tokens;
    struct distribution output_tokens;
};

#define TOKENS_FIELD(field_name, median, text)                                                   \
    {                                                                                            \
        .name = #field_name, .type = FIELD_CUSTOM, .parse = law_parse_count, .fallback = median, \
        .offset = offsetof(struct workload_settings, field_name),                                \
        .type_name = "a distribution of counts", .doc = text                                     \
    }

/* Default token counts: medians of the Azure LLM inference trace 2023, conversations. */
const struct field workload_fields[] = {
    {.name = "enters",
     .type = FIELD_NODE,
     .required = true,
     .type_name = "a component",
     .offset = offsetof(struct workload_settings, enters),
     .doc = "where its requests go"},
    {.name = "arrivals",
     .type = FIELD_NODE,
     .required = true,
     .type_name = "an arrival process",
     .offset = offsetof(struct workload_settings, arrivals),
     .doc = "when its requests come"},
    {.name = "queries",
     .type = FIELD_CUSTOM,
     .parse = law_parse_count,
     .offset = offsetof(struct workload_settings, queries),
     .type_name = "a distribution of ranks",
     .doc = "which query a request asks, for caches; all different if absent"},
    TOKENS_FIELD(prompt_tokens, "1035", "length of the user's prompt"),
    TOKENS_FIELD(output_tokens, "140", "length of the generated answer"),
    {.name = NULL},
};

void workload_compile(struct compiler *compiler, const struct node *node, const char *path,
                      struct workload_plan *out)
{
    struct workload_settings settings = {.queries = {.kind = DISTRIBUTION_CONSTANT, .a = -1}};
    if (!fields_read(&compiler->reader, workload_fields, node, path, "a workload", NULL, &settings))
        return;
    out->enters = compiler_component(compiler, settings.enters,
                                     arena_format(compiler->arena, "%s.enters", path), false);
    arrivals_compile(compiler, settings.arrivals,
                     arena_format(compiler->arena, "%s.arrivals", path), &out->arrivals);
    out->queries = settings.queries;
    out->prompt_tokens = settings.prompt_tokens;
    out->output_tokens = settings.output_tokens;
    out->latency_limit = out->ttft_limit = out->tpot_limit = SIM_NEVER;
}

/* ---- requests ---- */

static NOINLINE uint32_t draw_tokens(const struct workload *w, const struct request *request,
                                     const struct distribution *law, enum purpose purpose)
{
    struct random_stream stream;
    random_begin(&stream, w->sim->key, request->id,
                 random_what(w->plan->name_hash, (uint32_t)purpose), 0);
    const double tokens = distribution_draw(law, &stream);
    return tokens < 4e9 ? (uint32_t)(tokens + 0.5) : 4000000000u;
}

static inline uint32_t tokens_of(const struct workload *w, const struct request *request,
                                 const struct distribution *law, enum purpose purpose)
{
    if (law->kind == DISTRIBUTION_CONSTANT) return (uint32_t)(law->offset + law->a + 0.5);
    return draw_tokens(w, request, law, purpose);
}

static uint64_t draw_query(const struct workload *w, const struct request *request)
{
    const struct distribution *law = &w->plan->queries;
    if (law->kind == DISTRIBUTION_CONSTANT && law->a < 0) return request->id;
    struct random_stream stream;
    random_begin(&stream, w->sim->key, request->id, random_what(w->plan->name_hash, PURPOSE_QUERY),
                 0);
    return (uint64_t)(distribution_draw(law, &stream) + 0.5);
}

/* False if a request's account does not add up to its latency. */
static inline bool attribute(struct workload *w, const struct ledger *ledger, sim_time latency,
                             bool succeeded)
{
    if (succeeded) return attribution_add(&w->attribution, ledger, latency);
    return ledger_sum(ledger, w->sim->component_count) == latency;
}

/* Returns whether the request's tokens came within the limits. */
static bool record_tokens(struct workload *w, const struct request *request)
{
    if (request->first_token == 0) return true;
    const sim_time ttft = request->first_token - request->arrived;
    histogram_record(&w->ttft, ttft);
    if (request->decoded == 0) return ttft <= w->plan->ttft_limit;
    const sim_time tpot = request->decode_time / (sim_time)request->decoded;
    histogram_record(&w->tpot, tpot);
    return ttft <= w->plan->ttft_limit && tpot <= w->plan->tpot_limit;
}

static void think(struct workload *w, sim_time now);

static void request_over(struct call *call, sim_time now)
{
    struct workload *w = call->context;
    struct request *request = call->request;
    const sim_time latency = now - request->arrived;
    const bool succeeded = call->outcome == OUTCOME_OK;
    w->spent += (uint64_t)now;
    w->outcomes[call->outcome]++;
    w->cold += request->cold;
    time_average_add(&w->in_flight, -1, now);
    if (succeeded) {
        histogram_record(&w->latency, latency);
        w->good += record_tokens(w, request) && latency <= w->plan->latency_limit;
    }
    if (UNLIKELY(!attribute(w, request->ledger, latency, succeeded))) w->unaccounted++;
    simulation_ledger_give(w->sim, request->ledger);
    request->ledger = NULL;
    if (w->plan->arrivals.kind == ARRIVAL_CLOSED) think(w, now);
}

static void make_request(struct workload *w, const struct trace_row *row, sim_time now)
{
    const struct workload_plan *plan = w->plan;
    struct request *request = pool_take_zeroed(&w->sim->requests, sizeof *request);
    request->workload = w;
    request->number = w->numbered;
    request->id = plan->name_hash + w->numbered;
    request->arrived = now;
    request->ledger = simulation_ledger_take(w->sim, now);
    w->numbered++;
    request->query = row && row->query != UINT64_MAX ? row->query : draw_query(w, request);
    request->prompt_tokens = row && row->prompt_tokens != UINT32_MAX
                                 ? row->prompt_tokens
                                 : tokens_of(w, request, &plan->prompt_tokens, PURPOSE_PROMPT);
    request->output_tokens = row && row->output_tokens != UINT32_MAX
                                 ? row->output_tokens
                                 : tokens_of(w, request, &plan->output_tokens, PURPOSE_OUTPUT);
    w->arrived++;
    w->spent -= (uint64_t)now;
    time_average_add(&w->in_flight, 1, now);
    struct call *call = call_new(w->sim, NULL, w->sim->components[plan->enters], request_over, w);
    call->request = request;
    call->ledger = request->ledger;
    call->holds_request = true;
    call->payload.key = request->query;
    call->payload.input_tokens = request->prompt_tokens;
    call->payload.output_tokens = request->output_tokens;
    request->references = 1;
    call_submit(call, now);
}

static void arrive(void *context, sim_time now);

/* The arrival after the next is drawn already: what comes first in the event queue, and so what the
 * processor does next, need not wait for a draw. */
static void schedule_next(struct workload *w)
{
    w->next = w->after;
    if (w->next.at == SIM_NEVER) return;
    events_add(w->sim->events, w->next.at, arrive, w);
    w->after.at = arrivals_next(&w->arrivals, &w->after.row);
}

static void arrive(void *context, sim_time now)
{
    struct workload *w = context;
    const struct trace_row *row = w->next.row;
    schedule_next(w);
    make_request(w, row, now);
}

static void thought(void *context, sim_time now)
{
    make_request(context, NULL, now);
}

static void think(struct workload *w, sim_time now)
{
    struct random_stream stream;
    random_begin(&stream, w->sim->key, w->thoughts++,
                 random_what(w->plan->name_hash, PURPOSE_THINK), 0);
    const sim_time time = distribution_draw_time(&w->plan->arrivals.gap, &stream);
    events_add(w->sim->events, now + time, thought, w);
}

/* ---- life ---- */

void workload_start(struct workload *w, struct simulation *sim, const struct workload_plan *plan)
{
    w->plan = plan;
    w->sim = sim;
    attribution_init(&w->attribution, sim->arena, sim->component_count);
    histogram_init(&w->latency, sim->arena);
    histogram_init(&w->ttft, sim->arena);
    histogram_init(&w->tpot, sim->arena);
    if (plan->arrivals.kind == ARRIVAL_CLOSED) {
        for (uint32_t i = 0; i < plan->arrivals.users; i++) think(w, 0);
        return;
    }
    arrivals_start(&w->arrivals, &plan->arrivals, sim->key, plan->name_hash);
    w->after.at = arrivals_next(&w->arrivals, &w->after.row);
    schedule_next(w);
}

void workload_restart(struct workload *w, sim_time now)
{
    time_average_restart(&w->in_flight, now);
    w->spent = -(uint64_t)w->in_flight.value * (uint64_t)now;
    w->carried = (uint64_t)w->in_flight.value;
    w->arrived = w->cold = w->good = 0;
    memset(w->outcomes, 0, sizeof w->outcomes);
    histogram_clear(&w->latency);
    histogram_clear(&w->ttft);
    histogram_clear(&w->tpot);
    attribution_clear(&w->attribution);
}

static void report_times(struct measures *out, const char *name, const char *what,
                         const struct histogram *h)
{
    static const struct {
        const char *name;
        double p;
    } quantiles[] = {{"p50", 0.5}, {"p90", 0.9}, {"p95", 0.95}, {"p99", 0.99}, {"p999", 0.999}};
    struct arena *arena = out->arena;
    measures_add(out, name, arena_format(arena, "%s.mean", what), UNIT_SECONDS, histogram_mean(h));
    for (size_t i = 0; i < sizeof quantiles / sizeof *quantiles; i++) {
        measures_add(out, name, arena_format(arena, "%s.%s", what, quantiles[i].name), UNIT_SECONDS,
                     histogram_quantile(h, quantiles[i].p));
        out->items[out->count - 1].low_n = (double)h->count < 10.0 / (1.0 - quantiles[i].p);
    }
    measures_add(out, name, arena_format(arena, "%s.max", what), UNIT_SECONDS,
                 h->count ? time_to_seconds(h->most) : NO_SAMPLES);
}

static void check(struct workload *w, struct measures *out, sim_time now, uint64_t finished)
{
    const char *name = w->plan->name;
    if (w->carried + w->arrived != finished + (uint64_t)w->in_flight.value)
        measures_violation(out, "%s: requests are not conserved", name);
    const uint64_t spent = w->spent + (uint64_t)w->in_flight.value * (uint64_t)now;
    if ((uint64_t)time_average_area(&w->in_flight, now) != spent)
        measures_violation(out, "%s: Little's law does not hold for requests", name);
    if (w->unaccounted)
        measures_violation(
            out, "%s: the critical path of %llu requests does not add up to their latency", name,
            (unsigned long long)w->unaccounted);
}

void workload_report(struct workload *w, struct measures *out, sim_time now)
{
    const char *name = w->plan->name;
    const double seconds = time_to_seconds(now - w->sim->window_start);
    uint64_t finished = 0;
    for (size_t i = 0; i < OUTCOME_COUNT; i++) finished += w->outcomes[i];
    const double all = (double)finished;
    report_times(out, name, "latency", &w->latency);
    report_times(out, name, "ttft", &w->ttft);
    report_times(out, name, "tpot", &w->tpot);
    measures_add(out, name, "requests", UNIT_COUNT, (double)finished);
    measures_add(out, name, "success_ratio", UNIT_RATIO,
                 measure_ratio((double)w->outcomes[OUTCOME_OK], all));
    measures_add(out, name, "throughput", UNIT_PER_SECOND,
                 measure_ratio((double)w->outcomes[OUTCOME_OK], seconds));
    measures_add(out, name, "goodput", UNIT_PER_SECOND, measure_ratio((double)w->good, seconds));
    measures_add(out, name, "arrival_rate", UNIT_PER_SECOND,
                 measure_ratio((double)w->arrived, seconds));
    measures_add(out, name, "arrival_rate.peak", UNIT_PER_SECOND,
                 series_peak_rate(w->sim->series, w->plan->index));
    measures_add(out, name, "cold_start.ratio", UNIT_RATIO, measure_ratio((double)w->cold, all));
    measures_add(out, name, "in_flight.mean", UNIT_COUNT, time_average_mean(&w->in_flight, now));
    check(w, out, now, finished);
}
