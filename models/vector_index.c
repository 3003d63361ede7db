#include "models/vector_index.h"

#include "base/arena.h"
#include "base/names.h"
#include "models/call.h"
#include "models/compiler.h"
#include "models/component.h"
#include "models/errors.h"
#include "models/measures.h"
#include "models/pricing.h"
#include "models/search_work.h"
#include "models/simulation.h"
#include "models/station.h"
#include "models/token_bucket.h"

#include <math.h>
#include <string.h>

/* A service that publishes no capacity serves whatever its rate limit lets in. */
#define WORKERS_UNLIMITED 0

enum operation { OPERATION_QUERY, OPERATION_UPSERT, OPERATION_DELETE, OPERATION_FETCH };
static const char *const operations[] = {"query", "upsert", "delete", "fetch", NULL};
static const char *const metrics[] = {"cosine", "inner_product", "l2", NULL};

struct hnsw_settings {
    int64_t m;
    int64_t ef_construction;
    int64_t ef_search;
};

struct index_settings {
    enum ann_kind kind;
    struct hnsw_settings hnsw;
};

struct vector_index_plan {
    struct component_plan base;
    const char *service;
    int64_t vectors;
    int64_t dimensions;
    int metric;
    struct index_settings index;
    int64_t top_k;
    double metadata; /* bytes a record, beside its vector */
    int64_t shards;
    int64_t replicas;
    int64_t workers; /* of a replica, or WORKERS_UNLIMITED */
    int64_t queue_limit;
    struct throttle_settings throttle;
    struct distribution latency; /* of a call, search work apart */
    /* compiled */
    struct search_work work;
    double search_seconds; /* of the mean query */
    double seconds_per_distance;
    double seconds_per_hop;
    double record_bytes;
    double query_units; /* read units of a query */
    double write_unit_bytes;
    double least_write_units;
    double records_per_read_unit;
    const struct price *hour_price; /* of one replica of one shard */
    const struct price *read_unit_price;
    const struct price *write_unit_price;
    const struct price *storage_price;
};

struct vector_index {
    struct component base;
    struct station station;
    struct token_bucket throttle;
    double read_units; /* of the window */
    double write_units;
    double search_seconds;
    uint64_t queries;
};

/* ---- fields ---- */

static const struct field hnsw_fields[] = {
    {.name = "M",
     .type = FIELD_COUNT,
     .fallback = "16",
     .minimum = ANN_M_MIN,
     .maximum = ANN_M_MAX,
     .offset = offsetof(struct hnsw_settings, m),
     .doc = "links a vector gets in each layer"},
    {.name = "ef_construction",
     .type = FIELD_COUNT,
     .fallback = "200",
     .minimum = 1,
     .maximum = ANN_EF_CONSTRUCTION_MAX,
     .offset = offsetof(struct hnsw_settings, ef_construction),
     .doc = "candidates kept while building"},
    {.name = "ef_search",
     .type = FIELD_COUNT,
     .fallback = "64",
     .minimum = 1,
     .maximum = ANN_BEAM_MAX,
     .offset = offsetof(struct hnsw_settings, ef_search),
     .doc = "candidates kept while searching: more find more and cost more"},
    {.name = NULL},
};

static void parse_index(struct field_reader *reader, const struct node *node, const char *path,
                        void *destination)
{
    static const char *const kinds[] = {"flat", "hnsw"};
    struct index_settings *settings = destination;
    const bool map = node->type == NODE_MAP && node->count == 1;
    const char *kind = map ? node->first->key : node->text;
    const struct node *body = map ? node->first : NULL;
    if (node->type == NODE_LIST || (node->type == NODE_MAP && !map)) {
        fields_fault(reader, node, path, "expected flat or {hnsw: {M: 16, ef_search: 64}}");
    } else if (strcmp(kind, "flat") == 0) {
        settings->kind = ANN_FLAT;
        if (body && body->count > 0)
            fields_fault(reader, body, path, "a flat index has no parameters");
    } else if (strcmp(kind, "hnsw") == 0) {
        settings->kind = ANN_HNSW;
        fields_read(reader, hnsw_fields, body, arena_format(reader->arena, "%s.hnsw", path),
                    "an HNSW index", NULL, &settings->hnsw);
    } else {
        const char *near = name_nearest(kind, kinds, 2);
        fields_fault(reader, node, path, "'%s' is no index that is modelled%s%s%s", kind,
                     near ? "; did you mean '" : " (flat, hnsw)", near ? near : "",
                     near ? "'?" : "");
    }
}

#define COUNT_FIELD(field_name, member, standard, least, most, text)                       \
    {                                                                                      \
        .name = field_name, .type = FIELD_COUNT, .fallback = standard, .minimum = least,   \
        .maximum = most, .offset = offsetof(struct vector_index_plan, member), .doc = text \
    }

static const struct field vector_index_fields[] = {
    {.name = "service",
     .type = FIELD_TEXT,
     .fallback = "self-hosted/x86",
     .offset = offsetof(struct vector_index_plan, service),
     .doc = "a vector database of the catalogue, such as pinecone/serverless"},
    COUNT_FIELD("vectors", vectors, "100000", 1, 1e12, "how many it holds"),
    COUNT_FIELD("dimensions", dimensions, "1536", 1, ANN_DIMENSIONS_MAX, "of each vector"),
    {.name = "metric",
     .type = FIELD_CHOICE,
     .choices = metrics,
     .fallback = "cosine",
     .offset = offsetof(struct vector_index_plan, metric),
     .doc = "what near means"},
    {.name = "index",
     .type = FIELD_CUSTOM,
     .parse = parse_index,
     .fallback = "hnsw",
     .offset = offsetof(struct vector_index_plan, index),
     .type_name = "an index",
     .doc = "flat (exact) or hnsw {M, ef_construction, ef_search}"},
    COUNT_FIELD("top_k", top_k, "10", 1, 10000,
                "neighbours for which recall and work are measured"),
    {.name = "metadata",
     .type = FIELD_QUANTITY,
     .dimension = DIMENSION_SIZE,
     .fallback = "500B",
     .minimum = 0,
     .maximum = 1e9,
     .offset = offsetof(struct vector_index_plan, metadata),
     .doc = "bytes of a record beside its vector"},
    COUNT_FIELD("shards", shards, "1", 1, 10000,
                "parts of the data; a query asks all of them at once"),
    COUNT_FIELD("replicas", replicas, "1", 1, 10000, "copies of each shard; a query asks one"),
    {.name = "workers",
     .type = FIELD_COUNT,
     .minimum = 1,
     .maximum = 1e6,
     .offset = offsetof(struct vector_index_plan, workers),
     .doc = "calls that a replica serves at once; the service's measured capacity if absent"},
    {.name = "queue_limit",
     .type = FIELD_COUNT,
     .minimum = 0,
     .maximum = 1e12,
     .offset = offsetof(struct vector_index_plan, queue_limit),
     .doc = "calls that may wait; beyond, refused; no limit if absent"},
    THROTTLE_FIELD(struct vector_index_plan, throttle),
    {.name = "latency",
     .type = FIELD_CUSTOM,
     .parse = law_parse_duration,
     .offset = offsetof(struct vector_index_plan, latency),
     .type_name = "a distribution of durations",
     .doc = "of a call without its search work; the service's if absent"},
    {.name = NULL},
};

/* ---- compiling ---- */

static void compile_capacity(struct compiler *c, const struct vector_index_plan *v,
                             const struct catalog_profile *profile, const struct node *config)
{
    const double floats = compiler_number(c, profile, "capacity_floats", HUGE_VAL);
    const double wanted = (double)v->vectors * (double)v->dimensions;
    if (wanted <= floats * (double)v->shards) return;
    const struct node *node = node_get(config, "vectors");
    compiler_fault(c, node ? node : config, arena_format(c->arena, "%s.vectors", c->current_path),
                   "%s holds %.0f vectors of %lld dimensions a shard; %lld need %.0f shards",
                   v->service, floor(floats / (double)v->dimensions), (long long)v->dimensions,
                   (long long)v->vectors, ceil(wanted / floats));
}

/* Calls at once that explain the measured curve X(N) = min(N / L0, Qmax): the knee, L0 x Qmax. */
static void compile_workers(struct compiler *c, struct vector_index_plan *v,
                            const struct catalog_profile *profile)
{
    if (v->workers > 0) return;
    const double throughput = compiler_number(c, profile, "throughput", HUGE_VAL);
    const double knee = throughput * distribution_mean(&v->latency);
    v->workers = isfinite(knee) ? (int64_t)fmax(1, round(knee)) : WORKERS_UNLIMITED;
}

static void compile_billing(struct compiler *c, struct vector_index_plan *v,
                            const struct catalog_profile *profile)
{
    v->record_bytes = 8.0 + v->metadata + 4.0 * (double)v->dimensions;
    const double bytes_per_unit = compiler_number(c, profile, "bytes_per_read_unit", HUGE_VAL);
    v->query_units = fmax(compiler_number(c, profile, "least_read_units", 0),
                          v->record_bytes * (double)v->vectors / bytes_per_unit);
    v->write_unit_bytes = compiler_number(c, profile, "bytes_per_write_unit", HUGE_VAL);
    v->least_write_units = compiler_number(c, profile, "least_write_units", 0);
    v->records_per_read_unit = compiler_number(c, profile, "fetch_records_per_read_unit", HUGE_VAL);
    v->hour_price = compiler_price(c, profile, "hour_price");
    v->read_unit_price = compiler_price(c, profile, "read_unit_price");
    v->write_unit_price = compiler_price(c, profile, "write_unit_price");
    v->storage_price = compiler_price(c, profile, "storage_price");
}

static void compile_search_cost(struct compiler *c, struct vector_index_plan *v,
                                const struct catalog_profile *profile)
{
    const char *name = catalog_profile_entry(profile, "search_cost");
    const struct catalog_profile *cost =
        compiler_profile(c, c->current->node, c->current_path, name ? name : "self-hosted/x86");
    if (!cost) return;
    v->seconds_per_distance = compiler_number_required(c, cost, "seconds_per_distance") +
                              4.0 * (double)v->dimensions *
                                  compiler_number_required(c, cost, "seconds_per_distance_byte");
    v->seconds_per_hop = compiler_number(c, cost, "seconds_per_hop", 0);
}

static void compile_vector_index(struct compiler *c, struct component_plan *plan,
                                 const struct node *config)
{
    struct vector_index_plan *v = (struct vector_index_plan *)plan;
    if (!node_get(config, "queue_limit")) v->queue_limit = INT64_MAX;
    const struct node *service = node_get(config, "service");
    const struct catalog_profile *profile =
        compiler_profile(c, service ? service : config,
                         arena_format(c->arena, "%s.service", c->current_path), v->service);
    if (!profile) return;
    if (!node_get(config, "latency") && !compiler_law(c, profile, "latency", &v->latency))
        v->latency = (struct distribution){.kind = DISTRIBUTION_CONSTANT};
    if (!node_get(config, "throttle"))
        v->throttle.rate = compiler_number(c, profile, "query_rate", HUGE_VAL);
    if (!(v->throttle.burst > 0)) v->throttle.burst = fmax(1, v->throttle.rate);
    compile_capacity(c, v, profile, config);
    compile_workers(c, v, profile);
    compile_billing(c, v, profile);
    compile_search_cost(c, v, profile);
}

static bool prepare(struct preparation *preparation, struct component_plan *plan, struct error *err)
{
    struct vector_index_plan *v = (struct vector_index_plan *)plan;
    static const enum ann_metric kinds[] = {ANN_COSINE, ANN_INNER_PRODUCT, ANN_L2};
    const struct ann_settings settings = {
        .kind = v->index.kind,
        .metric = kinds[v->metric],
        .dimensions = (uint32_t)v->dimensions,
        .m = (uint32_t)v->index.hnsw.m,
        .ef_construction = (uint32_t)v->index.hnsw.ef_construction,
        .ef_search = (uint32_t)v->index.hnsw.ef_search,
        .seed = 1,
    };
    const size_t shard = (size_t)((v->vectors + v->shards - 1) / v->shards);
    TRY(search_work_measure(preparation, &settings, shard, (size_t)v->top_k, &v->work, err));
    v->search_seconds =
        v->work.distances * v->seconds_per_distance + v->work.hops * v->seconds_per_hop;
    return true;
}

/* ---- serving ---- */

static const struct vector_index_plan *plan_of(const struct vector_index *v)
{
    return (const struct vector_index_plan *)v->base.plan;
}

/* A query's work is the query's own: the same query costs the same whenever it is asked. Shards
 * work side by side: the slowest counts. */
static double search_time(const struct vector_index *v, const struct call *call)
{
    const struct vector_index_plan *plan = plan_of(v);
    struct random_stream stream;
    random_begin(&stream, v->base.random_key, call->request->query,
                 random_what(v->base.name_hash, PURPOSE_SEARCH), 0);
    float most = 0;
    for (int64_t shard = 0; shard < plan->shards; shard++) {
        const float work = plan->work.spread[random_below(&stream, plan->work.spread_count)];
        if (work > most) most = work;
    }
    return (double)most * plan->search_seconds;
}

static void served(void *context, sim_time now)
{
    struct call *call = context;
    struct vector_index *v = (struct vector_index *)call->callee;
    call_charge(call, PART_SERVICE, now);
    station_release(&v->station, now);
    call_finish(call, OUTCOME_OK, ERROR_NONE, now);
}

static double write_units(const struct vector_index_plan *plan, const struct call *call)
{
    const double bytes = plan->record_bytes * (double)call->payload.items;
    return fmax(plan->least_write_units, ceil(bytes / plan->write_unit_bytes));
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
    case OPERATION_UPSERT:
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
    v->read_units = v->write_units = v->search_seconds = 0;
    v->queries = 0;
}

static void report_vector_index(struct component *self, struct measures *out, sim_time now)
{
    const struct vector_index *v = (const struct vector_index *)self;
    const struct vector_index_plan *plan = plan_of(v);
    const char *name = self->plan->name;
    const double seconds = time_to_seconds(now - self->sim->window_start);
    station_report(&v->station, out, now);
    measures_add(out, name, "recall", UNIT_RATIO, plan->work.recall);
    measures_add(out, name, "search.mean", UNIT_SECONDS,
                 measure_ratio(v->search_seconds, (double)v->queries));
    measures_add(out, name, "search.distances", UNIT_COUNT, plan->work.distances);
    measures_add(out, name, "search.measured_vectors", UNIT_COUNT,
                 (double)plan->work.measured_vectors);
    measures_add(out, name, "search.fit_error", UNIT_RATIO, plan->work.error_ratio);
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
    .compile = compile_vector_index,
    .prepare = prepare,
    .start = start_vector_index,
    .submit = submit_vector_index,
    .restart = restart_vector_index,
    .report = report_vector_index,
    .gauge = gauge,
};
