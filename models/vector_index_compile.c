/* vector_index_compile.c - the fields of a vector index, and its plan from them. */
#include "base/arena.h"
#include "models/errors.h"
#include "models/plan.h"
#include "models/pricing.h"
#include "models/vector_index_plan.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- fields ---- */

static const char *const metrics[] = {"cosine", "inner_product", "l2", NULL};
static const char *const quantizations[] = {"none", "int8", "binary", NULL};
static const char *const places[] = {"memory", "disk", NULL};

/* Into the double at the record's place. */
static const struct field filter_fields[] = {
    {.name = "selectivity",
     .type = FIELD_QUANTITY,
     .dimension = DIMENSION_RATIO,
     .fallback = "1",
     .minimum = 1e-9,
     .maximum = 1,
     .offset = 0,
     .doc = "share of the vectors that pass"},
    {.name = NULL},
};

#define COUNT_FIELD(field_name, member, standard, least, most, text)                       \
    {                                                                                      \
        .name = field_name, .type = FIELD_COUNT, .fallback = standard, .minimum = least,   \
        .maximum = most, .offset = offsetof(struct vector_index_plan, member), .doc = text \
    }

const struct field vector_index_fields[] = {
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
     .parse = index_shape_parse,
     .fallback = "hnsw",
     .offset = offsetof(struct vector_index_plan, index),
     .type_name = "an index",
     .doc =
         "flat {code, rerank} (exact without a code), hnsw {M, ef_construction, ef_search, code, "
         "rerank, recall}, ivf_flat {lists, probes, code, rerank, spill, recall}, ivf_pq {lists, "
         "probes, rerank, spill, recall} or scann {lists, probes, rerank, spill, anisotropy, "
         "recall}"},
    {.name = "quantization",
     .type = FIELD_CHOICE,
     .choices = quantizations,
     .fallback = "none",
     .offset = offsetof(struct vector_index_plan, quantization),
     .doc = "another way to give the index a code: int8, or binary (sign)"},
    {.name = "originals",
     .type = FIELD_CHOICE,
     .choices = places,
     .fallback = "memory",
     .offset = offsetof(struct vector_index_plan, originals),
     .doc =
         "where the vectors themselves are when the index has codes: in memory, or on disk, from "
         "which those compared again are read"},
    {.name = "filter",
     .type = FIELD_RECORD,
     .record = filter_fields,
     .offset = offsetof(struct vector_index_plan, selectivity),
     .doc = "metadata filter of every query"},
    {.name = "data",
     .type = FIELD_RECORD,
     .record = vector_data_fields,
     .offset = offsetof(struct vector_index_plan, data_settings),
     .doc = "vectors to measure on: a file's, or synthetic ones"},
    {.name = "search_cost",
     .type = FIELD_TEXT,
     .fallback = "work",
     .offset = offsetof(struct vector_index_plan, search_cost),
     .doc =
         "time of a search: its work on the machine that the service has (work) or on another, by "
         "the name or file of its profile (ragtime calibrate --ann), or as long as it takes here "
         "and now (wall: other results each time)"},
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

static char *path_of(struct compiler *c, const char *field)
{
    return arena_format(c->arena, "%s.%s", c->current_path, field);
}

static size_t shard_vectors(const struct vector_index_plan *v)
{
    return (size_t)((v->vectors + v->shards - 1) / v->shards);
}

static void compile_capacity(struct compiler *c, const struct vector_index_plan *v,
                             const struct catalog_profile *profile, const struct node *config)
{
    const double floats = compiler_number(c, profile, "capacity_floats", HUGE_VAL);
    const double wanted = (double)v->vectors * (double)v->dimensions;
    if (wanted <= floats * (double)v->shards) return;
    const struct node *node = node_get(config, "vectors");
    compiler_fault(c, node ? node : config, path_of(c, "vectors"),
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

/* Bytes a vector takes in memory, about: what a node must hold has to be known before anything is
 * measured. */
static double memory_a_vector(const struct vector_index_plan *v)
{
    static const double bits[] = {
        [ANN_FLOAT32] = 0, [ANN_FLOAT16] = 16, [ANN_INT8] = 8, [ANN_LVQ8] = 8,
        [ANN_LVQ4] = 4,    [ANN_RABITQ] = 1,   [ANN_SIGN] = 1};
    enum { LINK = 4, PIECES_MOST = 128, BITS_OF_A_PIECE = 4 };
    const double values = (double)v->dimensions;
    double code = bits[v->index.code] * values / 8;
    if (ann_kind_has_products(v->index.kind))
        code = fmin(PIECES_MOST, values / 2) * BITS_OF_A_PIECE / 8 * (double)v->index.spill;
    const double links = v->index.kind == ANN_HNSW ? (double)v->index.m * 2 * LINK : 0;
    return code + links + (v->originals ? 0 : 4 * values);
}

static void compile_memory(struct compiler *c, const struct vector_index_plan *v,
                           const struct catalog_profile *profile, const struct node *config)
{
    const double node_bytes = compiler_number(c, profile, "memory", HUGE_VAL);
    const double wanted = memory_a_vector(v) * (double)v->vectors;
    if (wanted <= node_bytes * (double)v->shards) return;
    const struct node *node = node_get(config, "vectors");
    compiler_fault(
        c, node ? node : config, path_of(c, "vectors"),
        "%s has %.3g GB of memory a shard, and %lld vectors take %.3g GB; they need %.0f "
        "shards, or fewer with a code and originals: disk",
        v->service, node_bytes / 1e9, (long long)v->vectors, wanted / 1e9,
        ceil(wanted / node_bytes));
}

/* The machine that searches run on: the service's, or whose profile the user names. */
static void compile_search_cost(struct compiler *c, struct vector_index_plan *v,
                                const struct catalog_profile *profile, const struct node *config)
{
    const bool named = strcmp(v->search_cost, "work") != 0 && strcmp(v->search_cost, "wall") != 0;
    const struct node *node = node_get(config, "search_cost");
    struct error err = {0};
    v->row_read_seconds = compiler_number(c, profile, "seconds_per_row_read", 0);
    if (named) {
        if (ann_profile_load(c->arena, v->search_cost, compiler_file(c, node), &v->machine, &err))
            return;
        if (err.place.line)
            snprintf(err.message, sizeof err.message, "%s, line %d",
                     arena_copy(c->arena, err.message), err.place.line);
        compiler_catalog_fault(c, node, path_of(c, "search_cost"), &err);
        return;
    }
    const char *name = compiler_machine(c, profile, "machine", "x86-64-avx512");
    if (name && !ann_profile_find(c->arena, name, &v->machine, &err))
        compiler_catalog_fault(c, config, path_of(c, "service"), &err);
}

static bool has_codes(const struct vector_index_plan *v)
{
    return v->index.code != ANN_FLOAT32 || ann_kind_has_products(v->index.kind);
}

/* The index's parameters against each other and against what it holds. */
static void compile_index(struct compiler *c, struct vector_index_plan *v,
                          const struct node *config)
{
    const struct node *quantization = node_get(config, "quantization");
    const struct node *index = node_get(config, "index");
    const struct node *originals = node_get(config, "originals");
    if (quantization)
        index_shape_quantize(&v->index, &c->reader, quantization, path_of(c, "quantization"));
    index_shape_check(&v->index, &c->reader, index ? index : config, path_of(c, "index"),
                      shard_vectors(v));
    if (v->originals && !has_codes(v))
        diagnostics_hint(c->diagnostics,
                         fields_fault(&c->reader, originals, path_of(c, "originals"),
                                      "an index without codes searches the vectors themselves, "
                                      "which are in memory"),
                         "give the index a code such as lvq4, or leave originals out");
}

static void compile_data(struct compiler *c, struct vector_index_plan *v, const struct node *config)
{
    const struct node *dimensions = node_get(config, "dimensions");
    v->data = vector_data_load(c, &v->data_settings, path_of(c, "data"), v->metric == 0);
    if (!v->data) return;
    if (!dimensions) v->dimensions = v->data->dimensions;
    if (v->data->dimensions == v->dimensions) return;
    compiler_fault(c, dimensions, path_of(c, "dimensions"),
                   "the vectors of data.file have %u dimensions, not %lld; leave dimensions out to "
                   "take the file's",
                   (unsigned)v->data->dimensions, (long long)v->dimensions);
}

void vector_index_compile(struct compiler *c, struct component_plan *plan,
                          const struct node *config)
{
    struct vector_index_plan *v = (struct vector_index_plan *)plan;
    if (!node_get(config, "queue_limit")) v->queue_limit = INT64_MAX;
    if (!(v->selectivity > 0)) v->selectivity = 1;
    compile_data(c, v, config);
    compile_index(c, v, config);
    const struct node *service = node_get(config, "service");
    const struct catalog_profile *profile =
        compiler_profile(c, service ? service : config, path_of(c, "service"), v->service);
    if (!profile) return;
    if (!node_get(config, "latency") && !compiler_law(c, profile, "latency", &v->latency))
        v->latency = (struct distribution){.kind = DISTRIBUTION_CONSTANT};
    if (!node_get(config, "throttle"))
        v->throttle.rate = compiler_number(c, profile, "query_rate", HUGE_VAL);
    if (!(v->throttle.burst > 0)) v->throttle.burst = fmax(1, v->throttle.rate);
    compile_capacity(c, v, profile, config);
    compile_memory(c, v, profile, config);
    compile_workers(c, v, profile);
    compile_billing(c, v, profile);
    compile_search_cost(c, v, profile, config);
}
