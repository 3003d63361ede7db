/* index.h - what the kinds of index share; for models/ann/ alone.
 *
 * A kind is a `struct index_kind` in a file of its own and a row in ann.c. The index owns the rows,
 * in the form the kernels want, and their codes; the kind owns what it needs beside them.
 */
#ifndef MODELS_ANN_INDEX_H
#define MODELS_ANN_INDEX_H

#include "base/compiler.h"
#include "models/ann/ann.h"
#include "models/ann/beam.h"
#include "models/ann/code.h"
#include "models/ann/distance.h"

struct hnsw;
struct ivf;
struct ivf_scratch;

struct ann_index {
    struct ann_settings settings; /* defaults filled in */
    const struct index_kind *kind;
    size_t count;              /* rows, deleted ones too */
    size_t capacity;           /* rows there is room for */
    struct distance_rows rows; /* of unit length under cosine */
    float *values;             /* the same, to write to */
    enum simd_level level;
    distance_gather_fn *gather;
    distance_scan_fn *scan;
    float offset; /* a distance is offset + scale * what the kernels give */
    float scale;
    struct code_rows *codes; /* NULL: searches compare the rows themselves */
    uint64_t *dead;          /* a bit a row: deleted */
    size_t dead_count;
    struct hnsw *hnsw; /* NULL in other kinds, as the next */
    struct ivf *ivf;
};

/* An index of checked settings with nothing in it but kind, kernels and marks of deletion. */
struct ann_index *index_new(struct arena *arena, const struct ann_settings *settings, size_t count,
                            size_t capacity);
/* Whether ann_build takes the rows. */
bool index_check_rows(const struct ann_settings *settings, const float *rows, size_t count,
                      struct error *err);

enum {
    WORD_BITS = 64,
    ROWS_AT_ONCE = 2 * ANN_M_MAX + 4 /* distances computed in one go: the longest list and more */
};

/* Which rows a search has seen. */
struct visited {
    uint64_t *words;
    size_t word_count;
    uint32_t *ids; /* seen since the last clearing, in order; what a hop finds new is its end */
    size_t count;
    bool marked; /* some are seen that are not among `ids` */
};

struct ann_scratch {
    size_t rows;                  /* what it has room for */
    size_t stride;                /* the same, of the query */
    float *query;                 /* padded, aligned, normalized under cosine */
    const float *target;          /* what distances are from: the query, or a row of the index */
    struct code_query code_query; /* the target's, for `codes` of index_target */
    struct beam beam;
    struct beam found; /* hits so far, where the beam holds other rows or other distances too */
    struct visited visited;
    uint32_t *ids; /* ROWS_AT_ONCE rows to compare, and their distances */
    float *distances;
    struct ivf_scratch *ivf; /* NULL in other kinds */
};

struct index_kind {
    const char *name;
    /* Builds what the kind needs beside the rows, in `arena`; NULL if nothing. */
    void (*build)(struct arena *arena, struct ann_index *index);
    /* Leaves the nearest rows to scratch->query in scratch->beam, at least `top_k` of them if there
     * are as many that pass, none that is deleted or does not pass the filter. */
    void (*search)(const struct ann_index *index, const struct ann_query *query,
                   struct ann_scratch *scratch, struct ann_work *work);
    /* Row `id` has just been added to the rows and codes; NULL: nothing to do. */
    void (*insert)(struct ann_index *index, uint32_t id, struct ann_scratch *scratch);
    size_t (*size_bytes)(const struct ann_index *index); /* beside rows and codes; NULL: none */
};

extern const struct index_kind flat_kind;
extern const struct index_kind hnsw_kind;
extern const struct index_kind ivf_flat_kind;
extern const struct index_kind ivf_pq_kind;
extern const struct index_kind scann_kind;

/* Which rows may be hits. */
struct index_passing {
    const uint64_t *bits; /* NULL: all */
    const uint64_t *dead; /* NULL: none is deleted */
    size_t count;         /* at most so many pass */
};

static inline struct index_passing index_passing_of(const struct ann_index *index,
                                                    const struct ann_filter *filter)
{
    struct index_passing passing = {.count = index->count - index->dead_count};
    if (index->dead_count) passing.dead = index->dead;
    if (filter) {
        passing.bits = filter->bits;
        if (filter->passing < passing.count) passing.count = filter->passing;
    }
    return passing;
}

static inline bool index_passes(const struct index_passing *passing, uint32_t id)
{
    uint64_t bit = (uint64_t)1 << id % WORD_BITS;
    if (passing->bits && !(passing->bits[id / WORD_BITS] & bit)) return false;
    return !passing->dead || !(passing->dead[id / WORD_BITS] & bit);
}

/* Distances from scratch->target to rows ids[0 .. count - 1], by code or (NULL) by row; `out` has
 * room for whole fours. */
static inline void index_distances(const struct ann_index *index, const struct code_rows *codes,
                                   const struct ann_scratch *scratch, const uint32_t *ids,
                                   size_t count, float *out)
{
    if (codes) {
        codes->gather(codes, &scratch->code_query, ids, count, out);
        return;
    }
    index->gather(&index->rows, scratch->target, ids, count, out);
    for (size_t i = 0; i < count; i++) out[i] = index->offset + index->scale * out[i];
}

/* Copies a vector into a padded row; to unit length under cosine. */
void index_place_row(const struct ann_settings *settings, const float *vector, float *row);
/* The same into scratch->query. */
void index_place_query(const struct ann_index *index, const float *vector,
                       struct ann_scratch *scratch);

/* Asks for a row, or its code, before it is used. */
static inline void index_prefetch(const struct ann_index *index, const struct code_rows *codes,
                                  uint32_t id)
{
    enum { LINES_MOST = 8 }; /* the hardware follows a longer row by itself */
    size_t length = codes ? codes->stride : index->rows.stride * sizeof(float);
    const char *row = codes ? (const char *)codes->bytes : (const char *)index->rows.values;
    row += id * length;
    if (length > (size_t)LINES_MOST * ANN_ALIGNMENT) length = (size_t)LINES_MOST * ANN_ALIGNMENT;
    for (size_t at = 0; at < length; at += ANN_ALIGNMENT) PREFETCH(row + at);
}

/* Counts them; *work may be NULL. */
static inline void index_count_distances(const struct ann_index *index,
                                         const struct code_rows *codes, size_t count,
                                         struct ann_work *work)
{
    if (!work) return;
    if (codes) {
        work->code_distances += count;
        work->bytes += count * codes->stride;
    } else {
        work->distances += count;
        work->bytes += count * index->rows.stride * sizeof(float);
    }
}

static inline const float *index_row(const struct ann_index *index, uint32_t id)
{
    return index->rows.values + id * index->rows.stride;
}

/* What a code of the index's rows learns from. */
static inline struct code_source index_code_source(const struct ann_index *index,
                                                   enum ann_code code)
{
    return (struct code_source){.code = code,
                                .metric = index->settings.metric,
                                .dimensions = index->settings.dimensions,
                                .rows = &index->rows,
                                .count = index->count,
                                .capacity = index->capacity,
                                .level = index->level};
}

/* Makes `target` (padded; it must stay) what distances are from. */
static inline void index_target(const struct code_rows *codes, const float *target,
                                struct ann_scratch *scratch)
{
    scratch->target = target;
    if (codes) code_query_prepare(codes, target, &scratch->code_query);
}

/* How many candidates by code a query compares again by row, from its top_k. */
size_t index_rerank_count(const struct ann_query *query, enum ann_code code);

/* The first `count` rows of the beam by their true distances: the nearest `wanted` of them become
 * the beam. */
void index_rerank(const struct ann_index *index, size_t count, size_t wanted,
                  struct ann_scratch *scratch, struct ann_work *work);

/* Leaves the nearest `limit` of all rows that pass in the beam, by code or (NULL) by row. */
void index_scan(const struct ann_index *index, const struct code_rows *codes, size_t limit,
                const struct index_passing *passing, struct ann_scratch *scratch,
                struct ann_work *work);

/* index_scan by code with a rerank, or by row if there are no codes. */
void index_scan_reranked(const struct ann_index *index, const struct ann_query *query,
                         const struct index_passing *passing, struct ann_scratch *scratch,
                         struct ann_work *work);

/* True the first time an id is given since the last clearing; keeps it then. */
static inline bool visited_set(struct visited *visited, uint32_t id)
{
    uint64_t word = visited->words[id / WORD_BITS];
    uint64_t bit = (uint64_t)1 << id % WORD_BITS;
    bool fresh = !(word & bit);
    visited->words[id / WORD_BITS] = word | bit;
    visited->ids[visited->count] = id;
    visited->count += fresh;
    return fresh;
}

/* The same, but the id is not kept. */
static inline bool visited_mark(struct visited *visited, uint32_t id)
{
    uint64_t word = visited->words[id / WORD_BITS];
    uint64_t bit = (uint64_t)1 << id % WORD_BITS;
    visited->words[id / WORD_BITS] = word | bit;
    visited->marked = true;
    return !(word & bit);
}

void visited_clear(struct visited *visited);

#endif
