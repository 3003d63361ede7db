#include "models/search_work.h"

#include "base/arena.h"
#include "base/crew.h"
#include "models/ann/distance.h"
#include "models/ann/extrapolate.h"
#include "models/ann/filter.h"
#include "models/ann/measure.h"
#include "models/ann/scan.h"
#include "models/plan.h"
#include "models/search_cache.h"
#include "models/vector_data.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Enough to see how work grows with size, little enough to build in a few seconds on one core: a
 * vector costs its values and about OVERHEAD more; a graph's many times as much as a list's. */
#define GRAPH_VALUES_MOST 8e6
#define LISTS_VALUES_MOST 1e7
#define TUNED_VALUES_MOST 6e6
#define OVERHEAD          150.0
#define VECTORS_MOST      20000.0
#define TUNING_EF         64 /* about what a graph is searched with before it is chosen */

enum { SIZES = 4, ROWS_FOR_A_FIT = 64, PROBES_LEAST = 2, SETTLING = 10000 };

/* What was measured before: equal keys give equal work. */
struct measurement {
    struct measurement *next;
    const char *key;
    struct search_work work;
};

static bool is_tuned(const struct search_question *q)
{
    return q->settings.recall > 0;
}

/* ---- the same index at other sizes ---- */

static size_t largest_size(const struct preparation *p, const struct search_question *q)
{
    const bool graph = q->settings.kind == ANN_HNSW;
    const double values = graph         ? GRAPH_VALUES_MOST
                          : is_tuned(q) ? TUNED_VALUES_MOST
                                        : LISTS_VALUES_MOST;
    const double effort = p->effort > 0 ? p->effort : 1;
    double most = effort * fmin(VECTORS_MOST, values / (q->settings.dimensions + OVERHEAD));
    if (q->data) most = fmin(most, (double)q->data->rows);
    return (double)q->vectors < most ? q->vectors : (size_t)most;
}

/* Lists and probes at the configured size. */
static void full_lists(const struct search_question *q, double *lists, double *probes)
{
    *lists = q->settings.lists ? q->settings.lists : (double)ann_default_lists(q->vectors);
    *probes = q->settings.probes ? q->settings.probes : (double)ann_default_probes((size_t)*lists);
    if (*probes > *lists) *probes = *lists;
}

static void scale_lists(const struct search_question *q, size_t vectors, struct ann_settings *s)
{
    double lists;
    double probes;
    const double scale = sqrt((double)vectors / (double)q->vectors);
    if (!ann_kind_has_lists(s->kind) || vectors == q->vectors) return;
    full_lists(q, &lists, &probes);
    if (is_tuned(q)) {
        s->lists = (uint32_t)fmax(1, round(lists * scale));
        return;
    }
    const double least = fmin(PROBES_LEAST, probes);
    const double scaled = fmax(least, round(probes * scale));
    s->probes = (uint32_t)scaled;
    s->lists = (uint32_t)fmin(fmax(scaled, round(scaled * lists / probes)), (double)vectors);
}

/* What the index would do about the filter at its configured size. */
static enum ann_filtering filtering_of(const struct search_question *q)
{
    const struct ann_settings *s = &q->settings;
    const size_t passing = (size_t)((double)q->vectors * q->selectivity + 0.5);
    if (q->selectivity >= 1) return ANN_FILTER_CHEAPER;
    if (s->kind == ANN_HNSW) {
        size_t ef = is_tuned(q) ? TUNING_EF : s->ef_search;
        if (ef < q->top_k) ef = q->top_k;
        return filter_scans_packed_graph(passing, ef) ? ANN_FILTER_SCAN : ANN_FILTER_SEARCH;
    }
    if (s->kind == ANN_FLAT && !ann_code_is_bits(s->code)) return ANN_FILTER_CHEAPER;
    return filter_scans_lists(passing, distance_stride(s->dimensions), 0) ? ANN_FILTER_SCAN
                                                                          : ANN_FILTER_SEARCH;
}

/* Of a query's nearest, each shard holds its part. */
static size_t depth_of(const struct search_question *q)
{
    const size_t depth = (q->top_k + q->shards / 2) / q->shards;
    return depth ? depth : 1;
}

static struct ann_experiment experiment_of(const struct search_question *q, size_t vectors)
{
    struct ann_experiment e = {.settings = q->settings,
                               .vectors = vectors,
                               .queries = q->data ? q->data->queries : VECTOR_DATA_QUERIES,
                               .top_k = q->top_k < vectors ? q->top_k : vectors,
                               .depth = depth_of(q),
                               .seed = q->settings.seed,
                               .intrinsic = q->intrinsic,
                               .clusters = q->clusters,
                               .selectivity = q->selectivity < 1 ? q->selectivity : 0,
                               .filtering = filtering_of(q),
                               .timed = q->timed};
    if (q->data) {
        e.rows = q->data->values;
        e.query_rows = q->data->query_rows;
    }
    scale_lists(q, vectors, &e.settings);
    return e;
}

/* ---- the measurements, beside each other ---- */

struct measuring {
    const struct search_question *question;
    size_t threads;
    size_t sizes;
    size_t most;
    struct arena *arenas[SIZES];          /* one a thread at a time */
    struct ann_measurement points[SIZES]; /* the largest first: it takes longest */
    struct error errors[SIZES];
    bool failed[SIZES];
};

static void measure_one(void *context, size_t worker, size_t index)
{
    (void)worker;
    struct measuring *m = context;
    struct ann_experiment e = experiment_of(m->question, m->most >> index);
    /* The largest has half of the work: threads beyond the two that share it build with it. */
    if (index == 0 && m->threads > 2)
        e.settings.threads = (uint32_t)fmin((double)m->threads - 1, ANN_THREADS_MAX);
    m->failed[index] = !ann_measure(m->arenas[index], &e, &m->points[index], &m->errors[index]);
}

/* ---- from the sizes measured to the size wanted ---- */

enum quantity {
    DISTANCES,
    CODES,
    HOPS,
    LISTS,
    REST,
    RECALL,
    EF_SEARCH,
    INSERTION_DISTANCES,
    INSERTION_CODES,
    INSERTION_HOPS,
    INSERTION_BYTES
};

static double row_bytes(const struct search_question *q)
{
    return (double)distance_stride(q->settings.dimensions) * sizeof(float);
}

static double value_of(const struct search_question *q, const struct ann_measurement *m,
                       enum quantity quantity)
{
    switch (quantity) {
    case DISTANCES: return m->distances_mean;
    case CODES: return m->code_distances_mean;
    case HOPS: return m->hops_mean;
    case LISTS: return m->lists_mean;
    case REST: return fmax(0, m->bytes_mean - m->distances_mean * row_bytes(q));
    case RECALL: return m->recall;
    case EF_SEARCH: return m->ef_search;
    case INSERTION_DISTANCES: return (double)m->insertion.distances;
    case INSERTION_CODES: return (double)m->insertion.code_distances;
    case INSERTION_HOPS: return (double)m->insertion.hops;
    case INSERTION_BYTES: return (double)m->insertion.bytes;
    }
    return 0;
}

static bool has_codes(const struct ann_settings *s)
{
    return s->code != ANN_FLOAT32 || ann_kind_has_products(s->kind);
}

/* What a graph compares, and under a filter where it goes; with a recall wanted, ef_search grows
 * and all with it. */
static bool settles(const struct search_question *q, enum quantity quantity)
{
    const struct ann_settings *s = &q->settings;
    if (s->kind != ANN_HNSW) return false;
    if (quantity == INSERTION_DISTANCES || quantity == INSERTION_CODES ||
        quantity == INSERTION_BYTES)
        return true;
    if (is_tuned(q) || filtering_of(q) == ANN_FILTER_SCAN) return false;
    const enum quantity compared = has_codes(s) ? CODES : DISTANCES;
    return quantity == compared || quantity == REST ||
           (quantity == HOPS && filtering_of(q) == ANN_FILTER_SEARCH);
}

/* How a quantity grows with size. What a graph does, and what is compared again by row, grows
 * slowly; scans grow with the rows in the part that is scanned. */
static enum ann_law law_of(const struct search_question *q, enum quantity quantity)
{
    const struct ann_settings *s = &q->settings;
    const enum quantity scanned = has_codes(s) ? CODES : DISTANCES;
    const bool scans = s->kind != ANN_HNSW || filtering_of(q) == ANN_FILTER_SCAN;
    const bool rows = quantity == scanned || (quantity == REST && has_codes(s));
    if (quantity == RECALL) return ANN_LAW_MISS;
    if (quantity == LISTS) return is_tuned(q) ? ANN_LAW_LOG : ANN_LAW_ROOT;
    if (settles(q, quantity)) return ANN_LAW_SETTLE;
    if (!scans || !rows) return ANN_LAW_LOG;
    const bool tuned =
        is_tuned(q) && ann_kind_has_lists(s->kind) && filtering_of(q) != ANN_FILTER_SCAN;
    return tuned ? ANN_LAW_ROOT : ANN_LAW_SHARE;
}

static bool carry(const struct measuring *m, enum quantity quantity, struct ann_estimate *out,
                  struct error *err)
{
    struct ann_sample samples[SIZES];
    for (size_t i = 0; i < m->sizes; i++)
        samples[i] = (struct ann_sample){m->points[i].vectors,
                                         value_of(m->question, &m->points[i], quantity)};
    const enum ann_law law = law_of(m->question, quantity);
    const size_t vectors = m->question->vectors;
    TRY(ann_extrapolate(samples, m->sizes, law, vectors, out, err));
    if (law != ANN_LAW_SETTLE) return true;
    /* When it settles, the sizes measured hardly show, least of all small ones and in a walk among
     * rows that pass: how much more it would be if it never did is doubted, or half of that. */
    struct ann_estimate other;
    TRY(ann_extrapolate(samples, m->sizes, ANN_LAW_LOG, vectors, &other, err));
    const bool early = m->question->selectivity < 1 || m->most < SETTLING;
    const double part = early ? 1 : 0.5;
    const double apart = part * fabs(other.value - out->value) / fmax(out->value, DBL_MIN);
    if (out->value != other.value) out->error = fmin(1, fmax(out->error, apart));
    return true;
}

/* Codes of products and bits lie in blocks, and the last one of a list is half filled on average:
 * bytes a row, as in the largest index. */
static double block_bytes(const struct measuring *m, double codes, double lists)
{
    const struct ann_measurement *largest = &m->points[0];
    const double half = SCAN_BLOCK / 2.0;
    const double rows = largest->code_distances_mean + half * largest->lists_mean;
    const double rest = value_of(m->question, largest, REST);
    return rows > 0 ? rest / rows * (codes + half * lists) : 0;
}

static bool has_blocks(const struct search_question *q)
{
    const struct ann_settings *s = &q->settings;
    return (ann_kind_has_products(s->kind) || ann_code_is_bits(s->code)) &&
           filtering_of(q) != ANN_FILTER_SCAN;
}

/* With products, `rerank` rows are compared again: fewer only where fewer were scanned. */
static double limit_reranked(const struct measuring *m, double distances)
{
    enum { RERANK_TUNED_MOST = 400 }; /* what a recall wanted chooses at most */
    if (!ann_kind_has_products(m->question->settings.kind)) return distances;
    if (filtering_of(m->question) == ANN_FILTER_SCAN) return distances;
    const double largest = m->points[0].distances_mean;
    return fmin(distances, is_tuned(m->question) ? fmax(largest, RERANK_TUNED_MOST) : largest);
}

/* A recall wanted is reached at every size: what scatters is luck. */
static struct ann_estimate mean_recall(const struct measuring *m)
{
    struct ann_estimate found = {0};
    for (size_t i = 0; i < m->sizes; i++) found.value += m->points[i].recall / (double)m->sizes;
    for (size_t i = 0; i < m->sizes; i++)
        found.error = fmax(found.error, fabs(m->points[i].recall - found.value));
    return found;
}

static struct search_counts counts_of(const struct ann_measurement *m)
{
    return (struct search_counts){.distances = m->distances_mean,
                                  .codes = m->code_distances_mean,
                                  .hops = m->hops_mean,
                                  .lists = m->lists_mean,
                                  .bytes = m->bytes_mean};
}

/* Vectors that pass the filter; all without one. */
static double passing_of(const struct search_question *q)
{
    return fmax(1, round((double)q->vectors * q->selectivity));
}

/* Where every vector that passes is compared, their number is known. */
static bool is_scan(const struct search_question *q)
{
    return filtering_of(q) == ANN_FILTER_SCAN ||
           (q->settings.kind == ANN_FLAT && !ann_code_is_bits(q->settings.code));
}

static void set_scanned(const struct measuring *m, struct ann_estimate *distances,
                        struct ann_estimate *codes)
{
    if (!is_scan(m->question)) return;
    struct ann_estimate *scanned =
        has_codes(&m->question->settings) && codes->value > 0 ? codes : distances;
    *scanned = (struct ann_estimate){.value = passing_of(m->question)};
}

/* Lists are looked through under a filter until so many vectors that pass were: their number is
 * known too, where small indexes, of which all are, tell little. Chances are the same in all lists;
 * codes come in blocks, of which a list's first and last are shared. */
static bool count_filtered(const struct search_question *q, struct search_figures *f)
{
    enum { MORE_BY_BLOCKS = 31 };
    double lists;
    double probes;
    if (q->selectivity >= 1 || is_tuned(q) || !ann_kind_has_lists(q->settings.kind) || is_scan(q))
        return false;
    full_lists(q, &lists, &probes);
    const double goal = (double)filter_goal(q->vectors, (size_t)lists, (size_t)probes);
    const double passing = passing_of(q);
    f->mean.lists = fmin(lists, fmax(goal * lists / passing, probes / sqrt(q->selectivity)));
    const double held = f->mean.lists * passing / lists;
    const double read = held + f->mean.lists * MORE_BY_BLOCKS;
    f->mean.codes = fmin(passing, ann_kind_has_products(q->settings.kind) ? read : held);
    return true;
}

static bool carry_counts(const struct measuring *m, struct search_figures *f, struct error *err)
{
    struct ann_estimate distances;
    struct ann_estimate codes;
    struct ann_estimate other;
    TRY(carry(m, DISTANCES, &distances, err));
    TRY(carry(m, CODES, &codes, err));
    distances.value = limit_reranked(m, distances.value);
    set_scanned(m, &distances, &codes);
    f->mean.distances = distances.value;
    f->mean.codes = codes.value;
    f->work_error = codes.value > distances.value ? codes.error : distances.error;
    TRY(carry(m, HOPS, &other, err));
    f->mean.hops = other.value;
    f->work_error = fmax(f->work_error, other.error);
    TRY(carry(m, LISTS, &other, err));
    f->mean.lists = other.value;
    if (is_tuned(m->question) || m->question->selectivity < 1)
        f->work_error = fmax(f->work_error, other.error);
    TRY(carry(m, REST, &other, err));
    if (has_codes(&m->question->settings) && count_filtered(m->question, f) && codes.value > 0)
        other.value *= f->mean.codes / codes.value;
    else if (has_blocks(m->question) && m->sizes > 1)
        other.value = block_bytes(m, f->mean.codes, f->mean.lists);
    f->mean.bytes = other.value + distances.value * row_bytes(m->question);
    TRY(carry(m, EF_SEARCH, &other, err));
    f->ef_search = other.value;
    return true;
}

static bool carry_insertion(const struct measuring *m, struct search_counts *out, struct error *err)
{
    const enum quantity from[] = {INSERTION_DISTANCES, INSERTION_CODES, INSERTION_HOPS,
                                  INSERTION_BYTES};
    double *const to[] = {&out->distances, &out->codes, &out->hops, &out->bytes};
    for (size_t i = 0; i < 4; i++) {
        struct ann_estimate found;
        TRY(carry(m, from[i], &found, err));
        *to[i] = found.value;
    }
    return true;
}

static double ratio(double to, double from)
{
    return from > 0 ? to / from : 0;
}

/* Each query's counts, as much larger as their mean is; of bytes those of rows (`row` each) and the
 * rest apart. */
static void spread(struct arena *arena, const struct ann_measurement *m, double row,
                   struct search_work *out)
{
    const struct search_counts *to = &out->figures.mean;
    const struct search_counts *from = &out->figures.largest;
    struct search_counts *queries = arena_array(arena, struct search_counts, m->query_count);
    for (uint32_t i = 0; i < m->query_count; i++) {
        const struct ann_work *work = &m->works[i];
        queries[i] = (struct search_counts){
            .distances = (double)work->distances * ratio(to->distances, from->distances),
            .codes = (double)work->code_distances * ratio(to->codes, from->codes),
            .hops = (double)work->hops * ratio(to->hops, from->hops),
            .lists = (double)work->lists * ratio(to->lists, from->lists)};
        const double rest = (double)work->bytes - (double)work->distances * row;
        queries[i].bytes =
            queries[i].distances * row +
            rest * ratio(to->bytes - to->distances * row, from->bytes - from->distances * row);
    }
    out->queries = queries;
    out->query_count = m->query_count;
}

static bool conclude(struct arena *arena, const struct measuring *m, struct search_work *out,
                     struct error *err)
{
    const struct search_question *q = m->question;
    const struct ann_measurement *largest = &m->points[0];
    struct search_figures *f = &out->figures;
    struct ann_estimate recall;
    *f = (struct search_figures){.largest = counts_of(largest),
                                 .measured_vectors = (double)largest->vectors,
                                 .bytes_per_vector =
                                     (double)largest->size_bytes / (double)largest->vectors,
                                 .seconds = largest->seconds_mean,
                                 .largest_centres = largest->lists};
    TRY(carry_counts(m, f, err));
    TRY(carry_insertion(m, &f->insertion, err));
    if (is_tuned(q))
        recall = mean_recall(m);
    else
        TRY(carry(m, RECALL, &recall, err));
    f->recall = recall.value;
    /* A walk among rows that pass loses its way the sooner, the more there are of the others: at
     * sizes beyond, twice as much is doubted. */
    const double doubt = q->selectivity < 1 ? 2 * recall.error : recall.error;
    f->recall_error = fmin(1, doubt + 2 * largest->recall_error);
    if (ann_kind_has_lists(q->settings.kind)) {
        full_lists(q, &f->centres, &f->probes);
        if (is_tuned(q))
            f->probes = f->mean.lists;
        else if (q->selectivity >= 1)
            f->mean.lists = f->probes;
    }
    spread(arena, largest, row_bytes(q), out);
    return true;
}

static bool measure(const struct preparation *p, const struct search_question *q,
                    struct search_work *out, struct error *err)
{
    struct measuring m = {.question = q, .most = largest_size(p, q)};
    bool fine = true;
    m.threads = p->threads ? p->threads : crew_processors();
    /* A full-size index needs no fit. */
    m.sizes = m.most == q->vectors ? 1 : SIZES;
    if (m.sizes > 1 && m.most < ROWS_FOR_A_FIT)
        return error_set(err, "%zu vectors are too few to foretell %zu", m.most, q->vectors);
    for (size_t i = 0; i < m.sizes; i++) m.arenas[i] = arena_new();
    crew_run(measure_one, &m, m.sizes, m.threads);
    for (size_t i = 0; i < m.sizes && fine; i++) {
        fine = !m.failed[i];
        if (!fine) *err = m.errors[i];
    }
    fine = fine && conclude(p->arena, &m, out, err);
    for (size_t i = 0; i < m.sizes; i++) arena_free(m.arenas[i]);
    return fine;
}

bool search_work_measure(struct preparation *p, const struct search_question *question,
                         struct search_work *out, struct error *err)
{
    const char *key = search_cache_key(p->arena, question, largest_size(p, question));
    for (const struct measurement *m = p->measurements; m && !question->timed; m = m->next) {
        if (strcmp(m->key, key) != 0) continue;
        *out = m->work;
        return true;
    }
    struct measurement *m = arena_new_item(p->arena, struct measurement);
    m->key = key;
    if (question->timed || !search_cache_read(p->arena, p->cache, key, &m->work)) {
        TRY(measure(p, question, &m->work, err));
        if (!question->timed) search_cache_write(p->cache, key, &m->work);
    }
    *out = m->work;
    if (question->timed) return true;
    m->next = p->measurements;
    p->measurements = m;
    return true;
}
