#include "models/ann/measure.h"

#include "base/arena.h"
#include "base/error.h"
#include "models/ann/hash.h"
#include "models/ann/trial.h"
#include "models/ann/vectors.h"

#include <math.h>
#include <stdlib.h>

/* Queries are rows of the same endless set, so far out that no base reaches them. */
static const uint64_t first_query_row = (uint64_t)1 << 40;

static bool check_experiment(const struct ann_experiment *experiment, struct error *err)
{
    TRY(ann_check_settings(&experiment->settings, err));
    if (!experiment->vectors || experiment->vectors > ANN_ROWS_MAX) {
        return error_set(err, "an index of %zu vectors cannot be measured; expected 1 to %zu",
                         experiment->vectors, ANN_ROWS_MAX);
    }
    if (!experiment->queries) {
        return error_set(err, "no queries to measure; expected 1 or more");
    }
    size_t most = experiment->vectors < ANN_BEAM_MAX ? experiment->vectors : ANN_BEAM_MAX;
    if (!experiment->top_k || experiment->top_k > most) {
        return error_set(err, "top_k is %zu; expected 1 to %zu for %zu vectors", experiment->top_k,
                         most, experiment->vectors);
    }
    if (!(experiment->selectivity >= 0 && experiment->selectivity <= 1)) {
        return error_set(err, "a filter's selectivity is %g; expected 0 to 1",
                         experiment->selectivity);
    }
    if (experiment->intrinsic > VECTORS_INTRINSIC_MAX) {
        return error_set(err, "the intrinsic dimension is %u; expected %u at most",
                         (unsigned)experiment->intrinsic, (unsigned)VECTORS_INTRINSIC_MAX);
    }
    return true;
}

static struct vectors_source source_of(const struct ann_experiment *experiment)
{
    return (struct vectors_source){.dimensions = experiment->settings.dimensions,
                                   .intrinsic = experiment->intrinsic,
                                   .clusters = experiment->clusters,
                                   .seed = experiment->seed};
}

static struct ann_index *build_index(struct arena *arena, const struct ann_experiment *experiment,
                                     struct error *err)
{
    if (experiment->rows)
        return ann_build(arena, &experiment->settings, experiment->rows, experiment->vectors, err);
    struct vectors_source source = source_of(experiment);
    struct arena *passing = arena_new();
    float *rows = arena_calloc(passing, experiment->vectors, source.dimensions * sizeof *rows);
    vectors_generate(&source, 0, experiment->vectors, rows);
    struct ann_index *index =
        ann_build(arena, &experiment->settings, rows, experiment->vectors, err);
    arena_free(passing);
    return index;
}

static float *make_queries(struct arena *arena, const struct ann_experiment *experiment)
{
    struct vectors_source source = source_of(experiment);
    float *rows = arena_calloc(arena, experiment->queries, source.dimensions * sizeof *rows);
    for (uint32_t i = 0; i < experiment->queries; i++) {
        vectors_generate(&source, first_query_row + i, 1, rows + (size_t)i * source.dimensions);
    }
    return rows;
}

static double uniform_of(uint64_t x)
{
    return (double)(hash_mix(x + 0x9e3779b97f4a7c15u) >> 11) * 0x1p-53;
}

/* Exactly the wanted share of the rows (one at least), at random: algorithm S of Knuth, "The Art of
 * Computer Programming" 3.4.2. NULL without a filter. */
static const struct ann_filter *make_filter(struct arena *arena, const struct ann_index *index,
                                            const struct ann_experiment *experiment)
{
    if (experiment->selectivity == 0 || experiment->selectivity == 1) return NULL;
    const size_t count = experiment->vectors;
    uint64_t *bits = arena_array(arena, uint64_t, count / 64 + 1);
    struct ann_filter *filter = arena_new_item(arena, struct ann_filter);
    size_t wanted = (size_t)((double)count * experiment->selectivity + 0.5);
    filter->passing = wanted = wanted ? wanted : 1;
    filter->bits = bits;
    for (size_t i = 0; i < count; i++) {
        if (uniform_of(experiment->seed ^ i << 20) * (double)(count - i) >= (double)wanted)
            continue;
        bits[i / 64] |= (uint64_t)1 << i % 64;
        wanted--;
    }
    ann_filter_prepare(arena, index, filter);
    return filter;
}

static int compare_counts(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a;
    uint32_t right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

/* The queries, what they should find, and room for what they do. */
struct trial {
    const struct ann_experiment *experiment;
    const struct ann_index *index;
    const struct ann_filter *filter;
    const float *queries;
    struct ann_scratch *scratch;
    struct ann_hit *hits;
    float *farthest;  /* distance of each query's last true hit that counts */
    uint32_t *wanted; /* how many count */
    uint32_t ef_search;
};

static struct ann_query query_of(const struct trial *t, uint32_t i)
{
    return (struct ann_query){.vector = t->queries + (size_t)i * t->experiment->settings.dimensions,
                              .top_k = t->experiment->top_k,
                              .ef_search = t->ef_search,
                              .filter = t->filter,
                              .filtering = t->experiment->filtering};
}

static void find_truth(struct trial *t)
{
    const size_t depth = t->experiment->depth && t->experiment->depth < t->experiment->top_k
                             ? t->experiment->depth
                             : t->experiment->top_k;
    for (uint32_t i = 0; i < t->experiment->queries; i++) {
        struct ann_query query = query_of(t, i);
        query.exact = true;
        query.top_k = depth;
        const size_t found = ann_search(t->index, &query, t->scratch, t->hits, NULL);
        t->wanted[i] = (uint32_t)found;
        if (found) t->farthest[i] = t->hits[found - 1].distance;
    }
}

/* Runs a query; returns the share of what should be found that was. */
static double run_query(const struct trial *t, uint32_t i, struct ann_work *work)
{
    const struct ann_query query = query_of(t, i);
    size_t found = ann_search(t->index, &query, t->scratch, t->hits, work);
    while (found && t->hits[found - 1].distance > t->farthest[i]) found--;
    if (found > t->wanted[i]) found = t->wanted[i];
    return t->wanted[i] ? (double)found / t->wanted[i] : 1;
}

static double recall_of(const struct trial *t)
{
    double sum = 0;
    for (uint32_t i = 0; i < t->experiment->queries; i++) sum += run_query(t, i, NULL);
    return sum / t->experiment->queries;
}

/* The least ef_search that reaches the recall wanted (more never find less, but for luck); the
 * largest looked at if none does. */
static void choose_ef(struct trial *t)
{
    const double target = (double)t->experiment->settings.recall;
    uint32_t low = 0; /* falls short */
    uint32_t high = 16;
    enum { EF_LARGEST = 4096 };
    while (t->ef_search = high, recall_of(t) < target && high < EF_LARGEST) {
        low = high;
        high *= 2;
    }
    while (high - low > 1 + low / 32) {
        t->ef_search = (low + high) / 2;
        if (recall_of(t) < target)
            low = t->ef_search;
        else
            high = t->ef_search;
    }
    t->ef_search = high;
}

static void time_queries(const struct trial *t, struct ann_measurement *out)
{
    const double begun = ann_clock_ns();
    for (uint32_t i = 0; i < t->experiment->queries; i++) run_query(t, i, NULL);
    out->seconds_mean = (ann_clock_ns() - begun) / 1e9 / t->experiment->queries;
}

static uint64_t mean_of(uint64_t sum, uint32_t count)
{
    return (sum + count / 2) / count;
}

/* A new row looks for its neighbours with ef_construction; in other kinds it is compared with the
 * centres of the lists alone, which `lists` says. */
static void measure_insertion(struct trial *t, struct ann_measurement *out)
{
    const struct ann_settings *settings = ann_get_settings(t->index);
    const uint32_t queries = t->experiment->queries < 50 ? t->experiment->queries : 50;
    struct ann_work total = {0};
    if (settings->kind != ANN_HNSW) return;
    for (uint32_t i = 0; i < queries; i++) {
        struct ann_work work;
        struct ann_query query = query_of(t, i);
        query.filter = NULL;
        query.top_k = 1;
        query.ef_search = query.rerank = settings->ef_construction;
        ann_search(t->index, &query, t->scratch, t->hits, &work);
        total.distances += work.distances;
        total.code_distances += work.code_distances;
        total.hops += work.hops;
        total.bytes += work.bytes;
    }
    out->insertion = (struct ann_work){.distances = mean_of(total.distances, queries),
                                       .code_distances = mean_of(total.code_distances, queries),
                                       .hops = mean_of(total.hops, queries),
                                       .bytes = mean_of(total.bytes, queries)};
}

static void run_queries(struct trial *t, struct ann_measurement *out)
{
    const uint32_t count = t->experiment->queries;
    struct ann_work total = {0};
    double sum = 0;
    double squares = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct ann_work *work = &out->works[i];
        const double found = run_query(t, i, work);
        sum += found;
        squares += found * found;
        out->distances[i] = (uint32_t)work->distances;
        total.distances += work->distances;
        total.code_distances += work->code_distances;
        total.hops += work->hops;
        total.lists += work->lists;
        total.bytes += work->bytes;
    }
    const double queries = (double)count;
    qsort(out->distances, count, sizeof *out->distances, compare_counts);
    const size_t rank = ((size_t)count * 99 + 99) / 100; /* ceil(0.99 n), from 1 */
    const double variance = squares / queries - sum / queries * (sum / queries);
    out->query_count = count;
    out->recall = sum / queries;
    out->recall_error = sqrt((variance > 0 ? variance : 0) / queries);
    out->distances_mean = (double)total.distances / queries;
    out->distances_p99 = (double)out->distances[rank - 1];
    out->code_distances_mean = (double)total.code_distances / queries;
    out->hops_mean = (double)total.hops / queries;
    out->lists_mean = (double)total.lists / queries;
    out->bytes_mean = (double)total.bytes / queries;
}

static void run_trial(struct arena *arena, const struct ann_index *index,
                      const struct ann_experiment *experiment, struct ann_measurement *out)
{
    struct arena *passing = arena_new();
    const struct ann_settings *settings = ann_get_settings(index);
    struct trial t = {
        .experiment = experiment,
        .index = index,
        .filter = make_filter(passing, index, experiment),
        .queries =
            experiment->query_rows ? experiment->query_rows : make_queries(passing, experiment),
        .scratch = ann_scratch_new(passing, index),
        .hits = arena_array(passing, struct ann_hit, experiment->top_k),
        .farthest = arena_array(passing, float, experiment->queries),
        .wanted = arena_array(passing, uint32_t, experiment->queries),
        .ef_search = settings->ef_search,
    };
    out->distances = arena_array(arena, uint32_t, experiment->queries);
    out->works = arena_array(arena, struct ann_work, experiment->queries);
    find_truth(&t);
    if (settings->kind == ANN_HNSW && settings->recall > 0) choose_ef(&t);
    run_queries(&t, out);
    if (experiment->timed) time_queries(&t, out);
    measure_insertion(&t, out);
    out->ef_search = settings->kind == ANN_HNSW ? t.ef_search : 0;
    out->probes = settings->probes;
    out->lists = settings->lists;
    arena_free(passing);
}

bool ann_measure(struct arena *arena, const struct ann_experiment *experiment,
                 struct ann_measurement *out, struct error *err)
{
    TRY(check_experiment(experiment, err));
    struct arena *passing = arena_new();
    struct ann_index *index = build_index(passing, experiment, err);
    if (index) {
        *out = (struct ann_measurement){.kind = experiment->settings.kind,
                                        .vectors = experiment->vectors,
                                        .size_bytes = ann_size_bytes(index)};
        run_trial(arena, index, experiment, out);
    }
    arena_free(passing);
    return index != NULL;
}
