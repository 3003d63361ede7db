#include "models/ann/ann.h"

#include "base/arena.h"
#include "base/error.h"
#include "models/ann/index.h"
#include "models/ann/ivf.h"
#include "models/ann/memory.h"

#include <assert.h>
#include <limits.h>
#include <math.h>
#include <string.h>

static const struct index_kind *const kinds[] = {[ANN_FLAT] = &flat_kind,
                                                 [ANN_HNSW] = &hnsw_kind,
                                                 [ANN_IVF_FLAT] = &ivf_flat_kind,
                                                 [ANN_IVF_PQ] = &ivf_pq_kind,
                                                 [ANN_SCANN] = &scann_kind};
static const char *const metric_names[] = {
    [ANN_COSINE] = "cosine", [ANN_INNER_PRODUCT] = "inner_product", [ANN_L2] = "l2"};
static const char *const code_names[] = {
    [ANN_FLOAT32] = "float32", [ANN_FLOAT16] = "float16", [ANN_INT8] = "int8", [ANN_LVQ8] = "lvq8",
    [ANN_LVQ4] = "lvq4",       [ANN_RABITQ] = "rabitq",   [ANN_SIGN] = "sign"};

/* More would drown the errors across the rows. */
static const float anisotropy_max = 1e6f;

enum {
    KIND_COUNT = sizeof kinds / sizeof kinds[0],
    CODE_COUNT = sizeof code_names / sizeof code_names[0],
    METRIC_COUNT = sizeof metric_names / sizeof metric_names[0]
};

const char *ann_kind_name(enum ann_kind kind)
{
    return (unsigned)kind < KIND_COUNT ? kinds[kind]->name : "unknown";
}

const char *ann_code_name(enum ann_code code)
{
    return (unsigned)code < CODE_COUNT ? code_names[code] : "unknown";
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
    if (!s.threads) s.threads = 1;
    if (!s.spill) s.spill = 1;
    return s;
}

static bool check_range(const char *name, uint32_t value, uint32_t least, uint32_t most,
                        struct error *err)
{
    if (value >= least && value <= most) return true;
    return error_set(err, "%s is %u; expected %u to %u", name, (unsigned)value, (unsigned)least,
                     (unsigned)most);
}

/* Codes of one bit a value are of flat and ivf_flat; product codes are the kind itself. */
static bool check_code(const struct ann_settings *s, struct error *err)
{
    bool products = ann_kind_has_products(s->kind);
    bool fits = (unsigned)s->code < CODE_COUNT && !(products && s->code != ANN_FLOAT32) &&
                !(s->kind == ANN_HNSW && ann_code_is_bits(s->code));
    if (fits) return true;
    error_set(err, "the code %s cannot be had for the kind %s", ann_code_name(s->code),
              kinds[s->kind]->name);
    error_hint(err, "%s",
               products ? "leave the code at float32: the kind has codes of its own"
                        : "use float32, float16, int8, lvq8 or lvq4");
    return false;
}

static bool check_lists(const struct ann_settings *s, struct error *err)
{
    TRY(check_range("lists", s->lists, 0, INT32_MAX, err));
    TRY(check_range("spill", s->spill, 1, ANN_SPILL_MAX, err));
    TRY(check_range("rerank", s->rerank, 0, ANN_BEAM_MAX, err));
    if (!(s->recall >= 0 && s->recall <= 1)) {
        return error_set(err, "recall is %g; expected 0 to 1", (double)s->recall);
    }
    if (s->anisotropy >= 0 && s->anisotropy <= anisotropy_max) return true;
    return error_set(err, "anisotropy is %g; expected 0 to %g", (double)s->anisotropy,
                     (double)anisotropy_max);
}

bool ann_check_settings(const struct ann_settings *settings, struct error *err)
{
    struct ann_settings s = with_defaults(settings);
    if ((unsigned)s.kind >= KIND_COUNT) {
        return error_set(err,
                         "%u is no kind of index; expected flat, hnsw, ivf_flat, ivf_pq or scann",
                         (unsigned)s.kind);
    }
    if ((unsigned)s.metric >= METRIC_COUNT) {
        return error_set(err, "%u is no metric; expected cosine, inner_product or l2",
                         (unsigned)s.metric);
    }
    TRY(check_code(&s, err));
    TRY(check_range("dimensions", s.dimensions, 1, ANN_DIMENSIONS_MAX, err));
    TRY(check_range("threads", s.threads, 1, ANN_THREADS_MAX, err));
    if (s.capacity > ANN_ROWS_MAX) {
        return error_set(err, "capacity is %zu; expected %zu at most", s.capacity, ANN_ROWS_MAX);
    }
    if (s.kind == ANN_FLAT) return true;
    if (s.kind != ANN_HNSW) return check_lists(&s, err);
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

bool index_check_rows(const struct ann_settings *settings, const float *rows, size_t count,
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
void index_place_row(const struct ann_settings *settings, const float *vector, float *row)
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
    index->level = distance_level_chosen();
    const struct distance_kernels *kernels = distance_kernels_of(index->level);
    bool l2 = index->settings.metric == ANN_L2;
    index->gather = l2 ? kernels->gather_l2 : kernels->gather_dot;
    index->scan = l2 ? kernels->scan_l2 : kernels->scan_dot;
    index->offset = index->settings.metric == ANN_COSINE ? 1.0f : 0.0f;
    index->scale = l2 ? 1.0f : -1.0f;
}

static void place_rows(struct arena *arena, struct ann_index *index, const float *rows)
{
    uint32_t dimensions = index->settings.dimensions;
    size_t stride = distance_stride(dimensions);
    index->values = memory_large(arena, index->capacity, stride * sizeof *index->values);
    for (size_t i = 0; i < index->count; i++) {
        index_place_row(&index->settings, rows + i * dimensions, index->values + i * stride);
    }
    index->rows = (struct distance_rows){.values = index->values, .stride = stride};
}

struct ann_index *index_new(struct arena *arena, const struct ann_settings *settings, size_t count,
                            size_t capacity)
{
    struct ann_index *index = arena_new_item(arena, struct ann_index);
    index->settings = with_defaults(settings);
    index->kind = kinds[settings->kind];
    if (ann_code_is_bits(settings->code)) index->kind = &ivf_flat_kind;
    index->count = count;
    index->capacity = capacity;
    index->settings.capacity = capacity;
    index->dead = arena_array(arena, uint64_t, capacity / WORD_BITS + 1);
    choose_kernels(index);
    return index;
}

struct ann_index *ann_build(struct arena *arena, const struct ann_settings *settings,
                            const float *rows, size_t count, struct error *err)
{
    if (!ann_check_settings(settings, err)) return NULL;
    if (!index_check_rows(settings, rows, count, err)) return NULL;

    size_t capacity = settings->capacity > count ? settings->capacity : count;
    struct ann_index *index = index_new(arena, settings, count, capacity);
    place_rows(arena, index, rows);
    if (settings->code != ANN_FLOAT32 && !ann_code_is_bits(settings->code)) {
        struct code_source source = index_code_source(index, settings->code);
        index->codes = code_rows_new(arena, &source);
    }
    if (index->kind->build) index->kind->build(arena, index);
    return index;
}

/* --- changes --- */

bool ann_insert(struct ann_index *index, const float *row, struct ann_scratch *scratch,
                uint32_t *id, struct error *err)
{
    TRY(check_vector(&index->settings, row, "the row", err));
    if (index->count == index->capacity) {
        error_set(err, "the index is full: it has room for %zu rows", index->capacity);
        error_hint(err, "build it with a larger capacity");
        return false;
    }
    *id = (uint32_t)index->count++;
    float *place = index->values + *id * index->rows.stride;
    index_place_row(&index->settings, row, place);
    if (index->codes) code_encode(index->codes, *id, place);
    if (index->kind->insert) index->kind->insert(index, *id, scratch);
    return true;
}

bool ann_remove(struct ann_index *index, uint32_t id)
{
    if (id >= index->count) return false;
    uint64_t bit = (uint64_t)1 << id % WORD_BITS;
    if (index->dead[id / WORD_BITS] & bit) return false;
    index->dead[id / WORD_BITS] |= bit;
    index->dead_count++;
    return true;
}

/* --- search --- */

struct ann_scratch *ann_scratch_new(struct arena *arena, const struct ann_index *index)
{
    struct ann_scratch *scratch = arena_new_item(arena, struct ann_scratch);
    scratch->rows = index->capacity;
    scratch->stride = index->rows.stride;
    scratch->query =
        arena_alloc_aligned(arena, scratch->stride * sizeof *scratch->query, ANN_ALIGNMENT);
    code_query_new(arena, index->settings.dimensions, &scratch->code_query);
    size_t beam = index->capacity < ANN_BEAM_MAX ? index->capacity : ANN_BEAM_MAX;
    scratch->beam.keys = arena_array(arena, uint64_t, beam + 1);
    scratch->found.keys = arena_array(arena, uint64_t, beam + 1);
    struct visited *visited = &scratch->visited;
    visited->word_count = index->capacity / WORD_BITS + 1;
    visited->words = arena_array(arena, uint64_t, visited->word_count);
    visited->ids = arena_array(arena, uint32_t, index->capacity + 1);
    scratch->ids = arena_array(arena, uint32_t, ROWS_AT_ONCE);
    scratch->distances = arena_array(arena, float, ROWS_AT_ONCE);
    if (index->ivf) scratch->ivf = ivf_scratch_new(arena, index);
    return scratch;
}

void index_place_query(const struct ann_index *index, const float *vector,
                       struct ann_scratch *scratch)
{
    memset(scratch->query, 0, index->rows.stride * sizeof *scratch->query);
    index_place_row(&index->settings, vector, scratch->query);
}

size_t ann_search(const struct ann_index *index, const struct ann_query *query,
                  struct ann_scratch *scratch, struct ann_hit *hits, struct ann_work *work)
{
    if (work) *work = (struct ann_work){0};
    assert(index->count <= scratch->rows && index->rows.stride <= scratch->stride);

    struct ann_query asked = *query;
    struct index_passing passing = index_passing_of(index, query->filter);
    if (asked.top_k > ANN_BEAM_MAX) asked.top_k = ANN_BEAM_MAX;
    if (asked.top_k > passing.count) asked.top_k = passing.count;
    struct error fault;
    if (!asked.top_k || !ann_check_vector(index, query->vector, &fault)) return 0;

    index_place_query(index, query->vector, scratch);
    if (query->exact) {
        index_scan_reranked(index, &asked, &passing, scratch, work);
    } else {
        index->kind->search(index, &asked, scratch, work);
    }
    size_t found = scratch->beam.length < asked.top_k ? scratch->beam.length : asked.top_k;
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
    size_t of_row = index->rows.stride * sizeof(float) + (index->codes ? index->codes->stride : 0);
    return sizeof *index + index->capacity * of_row + index->capacity / CHAR_BIT + beside;
}
