#include "models/ann/ann.h"

#include "base/arena.h"
#include "base/error.h"
#include "models/ann/index.h"
#include "models/ann/ivf.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static const struct index_kind flat_kind = {.name = "flat"};
static const struct index_kind *const kinds[] = {[ANN_FLAT] = &flat_kind,
                                                 [ANN_HNSW] = &hnsw_kind,
                                                 [ANN_IVF_FLAT] = &ivf_flat_kind,
                                                 [ANN_IVF_PQ] = &ivf_pq_kind,
                                                 [ANN_SCANN] = &scann_kind};
static const char *const metric_names[] = {
    [ANN_COSINE] = "cosine", [ANN_INNER_PRODUCT] = "inner_product", [ANN_L2] = "l2"};

enum {
    KIND_COUNT = sizeof kinds / sizeof kinds[0],
    METRIC_COUNT = sizeof metric_names / sizeof metric_names[0]
};

const char *ann_kind_name(enum ann_kind kind)
{
    return (unsigned)kind < KIND_COUNT ? kinds[kind]->name : "unknown";
}

const char *ann_metric_name(enum ann_metric metric)
{
    return (unsigned)metric < METRIC_COUNT ? metric_names[metric] : "unknown";
}

/* --- checks --- */

static struct ann_settings with_defaults(const struct ann_settings *settings)
{
    struct ann_settings s = *settings;
    if (!s.m) s.m = ANN_M_DEFAULT;
    if (!s.ef_construction) {
        s.ef_construction = s.m > ANN_EF_CONSTRUCTION_DEFAULT ? s.m : ANN_EF_CONSTRUCTION_DEFAULT;
    }
    if (!s.ef_search) s.ef_search = ANN_EF_SEARCH_DEFAULT;
    if (!s.rerank) s.rerank = ANN_RERANK_DEFAULT;
    if (!s.probes) s.probes = 64;
    return s;
}

static bool check_range(const char *name, uint32_t value, uint32_t least, uint32_t most,
                        struct error *err)
{
    if (value >= least && value <= most) return true;
    return error_set(err, "%s is %u; expected %u to %u", name, (unsigned)value, (unsigned)least,
                     (unsigned)most);
}

bool ann_check_settings(const struct ann_settings *settings, struct error *err)
{
    struct ann_settings s = with_defaults(settings);
    if ((unsigned)s.kind >= KIND_COUNT) {
        return error_set(err, "%u is no kind of index; expected flat or hnsw", (unsigned)s.kind);
    }
    if ((unsigned)s.metric >= METRIC_COUNT) {
        return error_set(err, "%u is no metric; expected cosine, inner_product or l2",
                         (unsigned)s.metric);
    }
    TRY(check_range("dimensions", s.dimensions, 1, ANN_DIMENSIONS_MAX, err));
    if (s.kind == ANN_FLAT) return true;
    TRY(check_range("m", s.m, ANN_M_MIN, ANN_M_MAX, err));
    TRY(check_range("ef_construction", s.ef_construction, s.m, ANN_EF_CONSTRUCTION_MAX, err));
    return check_range("ef_search", s.ef_search, 1, ANN_BEAM_MAX, err);
}

/* `what` names the vector in messages: "row 17", "the query". */
static bool check_vector(const struct ann_settings *settings, const float *vector, const char *what,
                         struct error *err)
{
    bool zero = true;
    for (uint32_t i = 0; i < settings->dimensions; i++) {
        float value = vector[i];
        if (!(fabsf(value) <= ANN_VALUE_MAX)) {
            return error_set(err, "%s has the value %g in column %u; expected %g at most in size",
                             what, (double)value, (unsigned)i, (double)ANN_VALUE_MAX);
        }
        zero = zero && value == 0.0f;
    }
    if (!zero || settings->metric != ANN_COSINE) return true;
    error_set(err, "%s is all zeros; a vector without a direction has no cosine", what);
    error_hint(err, "leave it out, or use the metric l2 or inner_product");
    return false;
}

bool ann_check_vector(const struct ann_index *index, const float *vector, struct error *err)
{
    return check_vector(&index->settings, vector, "the query", err);
}

static bool check_rows(const struct ann_settings *settings, const float *rows, size_t count,
                       struct error *err)
{
    if (count > ANN_ROWS_MAX) {
        return error_set(err, "%zu rows are too many for one index; expected %zu at most", count,
                         ANN_ROWS_MAX);
    }
    for (size_t i = 0; i < count; i++) {
        /* The common case without text; a fault is looked up again to name its row. */
        const float *row = rows + i * settings->dimensions;
        struct error fault;
        if (check_vector(settings, row, "the row", &fault)) continue;
        struct arena *names = arena_new();
        check_vector(settings, row, arena_format(names, "row %zu", i), err);
        arena_free(names);
        return false;
    }
    return true;
}

/* --- build --- */

/* Copies a vector into a padded row; to unit length under cosine. The norm is summed in double in
 * order of columns, which is the same everywhere. */
static void place_row(const struct ann_settings *settings, const float *vector, float *row)
{
    if (settings->metric != ANN_COSINE) {
        memcpy(row, vector, settings->dimensions * sizeof *row);
        return;
    }
    double squares = 0;
    for (uint32_t i = 0; i < settings->dimensions; i++) {
        squares += (double)vector[i] * (double)vector[i];
    }
    double norm = sqrt(squares);
    for (uint32_t i = 0; i < settings->dimensions; i++) row[i] = (float)((double)vector[i] / norm);
}

static void choose_kernels(struct ann_index *index)
{
    index->level = simd_choose_level();
    const struct distance_kernels *kernels = distance_kernels_of(index->level);
    bool l2 = index->settings.metric == ANN_L2;
    index->gather = l2 ? kernels->gather_l2 : kernels->gather_dot;
    index->scan = l2 ? kernels->scan_l2 : kernels->scan_dot;
    index->offset = index->settings.metric == ANN_COSINE ? 1.0f : 0.0f;
    index->scale = l2 ? 1.0f : -1.0f;
}

struct ann_index *ann_build(struct arena *arena, const struct ann_settings *settings,
                            const float *rows, size_t count, struct error *err)
{
    if (!ann_check_settings(settings, err)) return NULL;
    if (!check_rows(settings, rows, count, err)) return NULL;

    struct ann_index *index = arena_new_item(arena, struct ann_index);
    index->settings = with_defaults(settings);
    index->kind = kinds[settings->kind];
    if (settings->kind == ANN_FLAT && settings->code != ANN_FLOAT32) index->kind = &ivf_flat_kind;
    index->count = count;
    choose_kernels(index);

    uint32_t dimensions = settings->dimensions;
    size_t stride = distance_stride(dimensions);
    float *values = arena_alloc_aligned(arena, count * stride * sizeof *values, ANN_ALIGNMENT);
    for (size_t i = 0; i < count; i++) {
        place_row(settings, rows + i * dimensions, values + i * stride);
    }
    index->rows = (struct distance_rows){.values = values, .stride = stride};
    if (index->kind->build) index->kind->build(arena, index);
    return index;
}

/* --- search --- */

struct ann_scratch *ann_scratch_new(struct arena *arena, const struct ann_index *index)
{
    struct ann_scratch *scratch = arena_new_item(arena, struct ann_scratch);
    scratch->rows = index->count;
    scratch->stride = index->rows.stride;
    scratch->query =
        arena_alloc_aligned(arena, scratch->stride * sizeof *scratch->query, ANN_ALIGNMENT);
    size_t beam = index->count < ANN_BEAM_MAX ? index->count : ANN_BEAM_MAX;
    scratch->beam.keys = arena_array(arena, uint64_t, beam + 1);
    struct visited *visited = &scratch->visited;
    visited->word_count = index->count / VISITED_WORD_BITS + 1;
    visited->words = arena_array(arena, uint64_t, visited->word_count);
    visited->touched_limit = visited->word_count / 2;
    visited->touched = arena_array(arena, uint32_t, visited->touched_limit);
    scratch->ids = arena_array(arena, uint32_t, ROWS_AT_ONCE);
    scratch->distances = arena_array(arena, float, ROWS_AT_ONCE);
    if (index->ivf) scratch->ivf = ivf_scratch_new(arena, index);
    return scratch;
}

void visited_clear(struct visited *visited)
{
    if (visited->touched_count > visited->touched_limit) {
        memset(visited->words, 0, visited->word_count * sizeof *visited->words);
    } else {
        for (size_t i = 0; i < visited->touched_count; i++) visited->words[visited->touched[i]] = 0;
    }
    visited->touched_count = 0;
}

/* The nearest `limit` of all rows. */
static void search_exact(const struct ann_index *index, size_t limit, struct ann_scratch *scratch,
                         struct ann_work *work)
{
    struct beam *beam = &scratch->beam;
    beam_reset(beam, limit);
    for (size_t first = 0; first < index->count; first += ROWS_AT_ONCE) {
        size_t block = index->count - first < ROWS_AT_ONCE ? index->count - first : ROWS_AT_ONCE;
        index->scan(&index->rows, scratch->query, first, block, scratch->distances);
        uint64_t bound = beam_bound(beam);
        for (size_t i = 0; i < block; i++) {
            float distance = index->offset + index->scale * scratch->distances[i];
            uint64_t key = key_make(distance, (uint32_t)(first + i));
            if (key >= bound) continue;
            beam_add(beam, key);
            bound = beam_bound(beam);
        }
    }
    work->distances += index->count;
    work->bytes += index->count * index->rows.stride * sizeof(float);
}

size_t ann_search(const struct ann_index *index, const struct ann_query *query,
                  struct ann_scratch *scratch, struct ann_hit *hits, struct ann_work *work)
{
    struct ann_work none;
    if (!work) work = &none;
    *work = (struct ann_work){0};
    assert(index->count <= scratch->rows && index->rows.stride <= scratch->stride);

    size_t wanted = query->top_k < ANN_BEAM_MAX ? query->top_k : ANN_BEAM_MAX;
    if (wanted > index->count) wanted = index->count;
    struct error fault;
    if (!wanted || !ann_check_vector(index, query->vector, &fault)) return 0;

    memset(scratch->query, 0, index->rows.stride * sizeof *scratch->query);
    place_row(&index->settings, query->vector, scratch->query);
    if (query->exact || !index->kind->search) {
        search_exact(index, wanted, scratch, work);
    } else {
        index->kind->search(index, query, scratch, work);
    }
    size_t found = scratch->beam.length < wanted ? scratch->beam.length : wanted;
    for (size_t i = 0; i < found; i++) {
        uint64_t key = scratch->beam.keys[i];
        hits[i] = (struct ann_hit){.id = key_id(key), .distance = key_distance(key)};
    }
    return found;
}

/* --- properties --- */

size_t ann_count(const struct ann_index *index)
{
    return index->count;
}

const struct ann_settings *ann_get_settings(const struct ann_index *index)
{
    return &index->settings;
}

size_t ann_size_bytes(const struct ann_index *index)
{
    size_t beside = index->kind->size_bytes ? index->kind->size_bytes(index) : 0;
    return sizeof *index + index->count * index->rows.stride * sizeof(float) + beside;
}
