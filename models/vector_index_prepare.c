/* vector_index_prepare.c - what a vector index's searches do, and how long that takes. */
#include "base/arena.h"
#include "models/plan.h"
#include "models/vector_index_plan.h"

#include <math.h>
#include <string.h>

static size_t shard_vectors(const struct vector_index_plan *v)
{
    return (size_t)((v->vectors + v->shards - 1) / v->shards);
}

static struct search_question question_of(const struct vector_index_plan *v)
{
    static const enum ann_metric kinds[] = {ANN_COSINE, ANN_INNER_PRODUCT, ANN_L2};
    struct search_question q = {.settings = index_shape_settings(&v->index),
                                .vectors = shard_vectors(v),
                                .shards = (size_t)v->shards,
                                .top_k = (size_t)v->top_k,
                                .selectivity = v->selectivity,
                                .intrinsic = (uint32_t)v->data_settings.intrinsic,
                                .clusters = (uint32_t)v->data_settings.clusters,
                                .data = v->data,
                                .timed = strcmp(v->search_cost, "wall") == 0};
    q.settings.metric = kinds[v->metric];
    q.settings.dimensions = (uint32_t)v->dimensions;
    return q;
}

/* ---- from work to time ---- */

/* An index of one size on the machine. */
struct pricing {
    const struct vector_index_plan *plan;
    struct ann_settings settings; /* lists and all */
    size_t rows;
    size_t passing; /* the filter; 0: there is none */
};

static struct pricing pricing_of(const struct vector_index_plan *v, const struct search_question *q,
                                 size_t rows, double lists)
{
    struct pricing p = {.plan = v, .settings = q->settings, .rows = rows};
    p.settings.lists = (uint32_t)lists;
    if (q->selectivity < 1) p.passing = (size_t)fmax(1, round((double)rows * q->selectivity));
    return p;
}

static bool has_codes(const struct ann_settings *settings)
{
    return settings->code != ANN_FLOAT32 || ann_kind_has_products(settings->kind);
}

static struct profile_effort effort_of(const struct pricing *p, const struct search_counts *counts)
{
    return (struct profile_effort){.settings = &p->settings,
                                   .rows = p->rows,
                                   .passing = p->passing,
                                   .top_k = (size_t)p->plan->top_k,
                                   .queries = 1,
                                   .distances = counts->distances,
                                   .code_distances = counts->codes,
                                   .hops = counts->hops,
                                   .lists = counts->lists,
                                   .bytes = counts->bytes};
}

/* What the profile says of its own searches of the kind; nothing of the clock's time. */
static double cost_error(const struct pricing *p, const struct search_question *q,
                         const struct search_counts *counts)
{
    const struct ann_profile *machine = &p->plan->machine;
    const struct profile_effort effort = effort_of(p, counts);
    const enum profile_class class = profile_class_of(&effort);
    if (q->timed) return 0;
    return p->passing ? machine->filtered_errors[class] : machine->errors[class];
}

/* With codes, vectors compared again may be on disk: their kernel is still paid for, of the bytes
 * once read. */
static double seconds_of(const struct pricing *p, const struct search_counts *counts)
{
    const struct vector_index_plan *v = p->plan;
    const struct profile_effort effort = effort_of(p, counts);
    const double reads = v->originals && has_codes(&p->settings) ? counts->distances : 0;
    return ann_profile_predict(&v->machine, &effort) * 1e-9 + reads * v->row_read_seconds;
}

/* Each of a new vector's m neighbours, whose links are full, compares them all once more. */
static double relinking(const struct vector_index_plan *v)
{
    const double m = (double)v->index.m;
    return v->index.kind == ANN_HNSW ? m * 2 * m : 1;
}

static double upsert_seconds(const struct pricing *p, const struct search_counts *insertion)
{
    const struct ann_settings *s = &p->settings;
    struct pricing unfiltered = *p;
    struct search_counts counts = *insertion;
    unfiltered.passing = 0;
    if (ann_kind_has_lists(s->kind)) counts.lists = 1; /* it is put into */
    counts.distances += relinking(p->plan);
    counts.bytes +=
        relinking(p->plan) * (double)profile_stride(ANN_FLOAT32, s->metric, s->dimensions);
    return seconds_of(&unfiltered, &counts);
}

static void price_work(struct arena *arena, struct vector_index_plan *v,
                       const struct search_question *q)
{
    const struct search_figures *f = &v->work.figures;
    const double row = 4.0 * (double)v->dimensions;
    const struct pricing full = pricing_of(v, q, q->vectors, f->centres);
    const struct pricing largest =
        pricing_of(v, q, (size_t)f->measured_vectors, f->largest_centres);
    v->memory_bytes = (f->bytes_per_vector - (v->originals ? row : 0)) * (double)q->vectors;
    /* The clock's time of the largest index built, as much longer as the work's time grows. */
    const double modelled = q->timed ? seconds_of(&largest, &f->largest) : 0;
    const double scale = modelled > 0 ? f->seconds / modelled : 1;
    float *seconds = arena_array(arena, float, v->work.query_count);
    for (size_t i = 0; i < v->work.query_count; i++)
        seconds[i] = (float)(scale * seconds_of(&full, &v->work.queries[i]));
    v->search_seconds = seconds;
    v->cost_error = cost_error(&full, q, &f->mean);
    v->upsert_seconds = scale * upsert_seconds(&full, &f->insertion);
}

bool vector_index_prepare(struct preparation *preparation, struct component_plan *plan,
                          struct error *err)
{
    struct vector_index_plan *v = (struct vector_index_plan *)plan;
    const struct search_question question = question_of(v);
    TRY(search_work_measure(preparation, &question, &v->work, err));
    price_work(preparation->arena, v, &question);
    return true;
}
