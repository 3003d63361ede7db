#include "models/vector_index.h"

#include "models/call.h"
#include "models/component.h"
#include "models/errors.h"
#include "models/measures.h"
#include "models/pricing.h"
#include "models/simulation.h"
#include "models/station.h"
#include "models/token_bucket.h"
#include "models/vector_index_plan.h"

#include <math.h>

enum operation { OPERATION_QUERY, OPERATION_UPSERT, OPERATION_DELETE, OPERATION_FETCH };
static const char *const operations[] = {"query", "upsert", "delete", "fetch", NULL};

struct vector_index {
    struct component base;
    struct station station;
    struct token_bucket throttle;
    double read_units; /* of the window */
    double write_units;
    double search_seconds;
    double upsert_seconds; /* of one replica's work */
    uint64_t queries;
    uint64_t upserts; /* vectors */
};

/* ---- serving ---- */

static const struct vector_index_plan *plan_of(const struct vector_index *v)
{
    return (const struct vector_index_plan *)v->base.plan;
}

/* A query's work is the query's own: the same query costs the same whenever it is asked. Every
 * shard is asked at once: the slowest counts. */
static double search_time(const struct vector_index *v, const struct call *call)
{
    const struct vector_index_plan *plan = plan_of(v);
    struct random_stream stream;
    random_begin(&stream, v->base.random_key, call->request->query,
                 random_what(v->base.name_hash, PURPOSE_SEARCH), 0);
    float most = 0;
    for (int64_t shard = 0; shard < plan->shards; shard++) {
        const float seconds = plan->search_seconds[random_below(&stream, plan->work.query_count)];
        if (seconds > most) most = seconds;
    }
    return (double)most;
}

static void served(void *context, sim_time now)
{
    struct call *call = context;
    struct vector_index *v = (struct vector_index *)call->callee;
    call_charge(call, PART_SERVICE, now);
    station_release(&v->station, now);
    call_finish(call, OUTCOME_OK, ERROR_NONE, now);
}

static void answered(void *context, sim_time now)
{
    struct call *call = context;
    call_charge(call, PART_SERVICE, now);
    call_finish(call, OUTCOME_OK, ERROR_NONE, now);
}

static void released(void *context, sim_time now)
{
    struct vector_index *v = context;
    station_release(&v->station, now);
}

static double write_units(const struct vector_index_plan *plan, const struct call *call)
{
    const double bytes = plan->record_bytes * (double)call->payload.items;
    return fmax(plan->least_write_units, ceil(bytes / plan->write_unit_bytes));
}

/* A write is work of every replica of one shard. They do it beside each other, so the caller waits
 * for one; but they have no time for anything else meanwhile. Workers of all shards are one station
 * here: the write takes the share of one. */
static void write(struct vector_index *v, struct call *call, double seconds, sim_time now)
{
    const struct vector_index_plan *plan = plan_of(v);
    const double work = plan->upsert_seconds * (double)call->payload.items;
    const double busy = seconds + work * (double)plan->replicas / (double)plan->shards;
    v->write_units += write_units(plan, call);
    v->upsert_seconds += work;
    v->upserts += call->payload.items;
    events_add(v->base.events, now + time_from_seconds(seconds + work), answered, call);
    events_add(v->base.events, now + time_from_seconds(busy), released, v);
}

static void begin(struct component *self, struct call *call, sim_time now)
{
    struct vector_index *v = (struct vector_index *)self;
    const struct vector_index_plan *plan = plan_of(v);
    struct random_stream stream;
    call_stream(call, PURPOSE_SERVICE, &stream);
    double seconds = distribution_draw(&plan->latency, &stream);
    switch ((enum operation)call->payload.operation) {
    case OPERATION_QUERY: {
        const double search = search_time(v, call);
        seconds += search;
        v->search_seconds += search;
        v->queries++;
        v->read_units += plan->query_units;
        break;
    }
    case OPERATION_FETCH:
        v->read_units += ceil((double)call->payload.items / plan->records_per_read_unit);
        break;
    case OPERATION_UPSERT: write(v, call, seconds, now); return;
    case OPERATION_DELETE: v->write_units += write_units(plan, call); break;
    }
    events_add(self->events, now + time_from_seconds(seconds), served, call);
}

static void submit_vector_index(struct component *self, struct call *call, sim_time now)
{
    struct vector_index *v = (struct vector_index *)self;
    if (!token_bucket_take(&v->throttle, 1, now))
        call_finish(call, OUTCOME_THROTTLED, ERROR_THROTTLED, now);
    else if (!station_admit(&v->station, call, now))
        call_finish(call, OUTCOME_REFUSED, ERROR_UNAVAILABLE, now);
}

/* ---- life ---- */

static void start_vector_index(struct component *self)
{
    struct vector_index *v = (struct vector_index *)self;
    const struct vector_index_plan *plan = plan_of(v);
    const int64_t servers =
        plan->workers == WORKERS_UNLIMITED ? STATION_UNLIMITED : plan->replicas * plan->workers;
    station_init(&v->station, self, begin, servers, plan->queue_limit);
    token_bucket_init(&v->throttle, plan->throttle.rate, plan->throttle.burst);
}

static void restart_vector_index(struct component *self, sim_time now)
{
    struct vector_index *v = (struct vector_index *)self;
    station_restart(&v->station, now);
    v->read_units = v->write_units = v->search_seconds = v->upsert_seconds = 0;
    v->queries = v->upserts = 0;
}

static void report_search(const struct vector_index *v, struct measures *out)
{
    const struct vector_index_plan *plan = plan_of(v);
    const struct search_figures *f = &plan->work.figures;
    const char *name = v->base.plan->name;
    measures_add(out, name, "recall", UNIT_RATIO, f->recall);
    measures_add(out, name, "recall.error", UNIT_RATIO, f->recall_error);
    measures_add(out, name, "search.mean", UNIT_SECONDS,
                 measure_ratio(v->search_seconds, (double)v->queries));
    measures_add(out, name, "search.distances", UNIT_COUNT, f->mean.distances);
    measures_add(out, name, "search.codes", UNIT_COUNT, f->mean.codes);
    measures_add(out, name, "search.hops", UNIT_COUNT, f->mean.hops);
    measures_add(out, name, "search.lists", UNIT_COUNT, f->mean.lists);
    measures_add(out, name, "search.bytes", UNIT_BYTES, f->mean.bytes);
    measures_add(out, name, "search.ef_search", UNIT_COUNT, f->ef_search);
    measures_add(out, name, "search.measured_vectors", UNIT_COUNT, f->measured_vectors);
    measures_add(out, name, "search.vectors", UNIT_COUNT,
                 ceil((double)plan->vectors / (double)plan->shards));
    measures_add(out, name, "search.fit_error", UNIT_RATIO, f->work_error);
    measures_add(out, name, "search.cost_error", UNIT_RATIO, plan->cost_error);
    measures_add(out, name, "upsert.mean", UNIT_SECONDS,
                 measure_ratio(v->upsert_seconds, (double)v->upserts));
    measures_add(out, name, "memory", UNIT_BYTES, plan->memory_bytes);
}

static void report_vector_index(struct component *self, struct measures *out, sim_time now)
{
    const struct vector_index *v = (const struct vector_index *)self;
    const struct vector_index_plan *plan = plan_of(v);
    const char *name = self->plan->name;
    const double seconds = time_to_seconds(now - self->sim->window_start);
    station_report(&v->station, out, now);
    report_search(v, out);
    measures_use(out, name, plan->hour_price,
                 (double)(plan->replicas * plan->shards) * seconds / 3600.0);
    measures_use(out, name, plan->read_unit_price, v->read_units);
    measures_use(out, name, plan->write_unit_price, v->write_units);
    measures_use(out, name, plan->storage_price,
                 plan->record_bytes * (double)plan->vectors / 1e9 * seconds / MONTH_SECONDS);
}

static const char *const gauges[] = {"queue", "busy", NULL};

static double gauge(const struct component *self, size_t which)
{
    const struct vector_index *v = (const struct vector_index *)self;
    return (double)(which == 0 ? v->station.waiting.value : v->station.busy.value);
}

const struct component_type vector_index_type = {
    .name = "vector_index",
    .doc = "a vector database whose search work is measured by the ANN kernel",
    .fields = vector_index_fields,
    .operations = operations,
    .plan_size = sizeof(struct vector_index_plan),
    .state_size = sizeof(struct vector_index),
    .gauges = gauges,
    .compile = vector_index_compile,
    .prepare = vector_index_prepare,
    .start = start_vector_index,
    .submit = submit_vector_index,
    .restart = restart_vector_index,
    .report = report_vector_index,
    .gauge = gauge,
};
