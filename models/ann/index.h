/* index.h - what the kinds of index share; for models/ann/ alone.
 *
 * A kind is a `struct index_kind` in a file of its own and a row in ann.c. The index owns the rows,
 * in the form the kernels want; the kind owns what it needs beside them.
 */
#ifndef MODELS_ANN_INDEX_H
#define MODELS_ANN_INDEX_H

#include "models/ann/ann.h"
#include "models/ann/beam.h"
#include "models/ann/distance.h"

struct hnsw;
struct ivf;
struct ivf_scratch;

struct ann_index {
    struct ann_settings settings; /* defaults filled in */
    const struct index_kind *kind;
    size_t count;
    struct distance_rows rows; /* of unit length under cosine */
    distance_gather_fn *gather;
    distance_scan_fn *scan;
    float offset; /* a distance is offset + scale * what the kernels give */
    float scale;
    enum simd_level level;
    struct hnsw *hnsw; /* NULL in the other kinds */
    struct ivf *ivf;   /* the same */
};

enum {
    VISITED_WORD_BITS = 64,
    ROWS_AT_ONCE =
        2 * ANN_M_MAX + 1 /* distances computed in one go: the longest list, and one more */
};

/* Which rows a search has seen. Clearing costs what was set, up to the whole bitmap. */
struct visited {
    uint64_t *words;
    size_t word_count;
    uint32_t *touched; /* words set since the last clearing, while they fit */
    size_t touched_count;
    size_t touched_limit;
};

struct ann_scratch {
    size_t rows;   /* what it has room for */
    size_t stride; /* the same, of the query */
    float *query;  /* padded, aligned, normalized under cosine */
    struct beam beam;
    struct visited visited;
    uint32_t *ids; /* ROWS_AT_ONCE rows to compare, and their distances */
    float *distances;
    struct ivf_scratch *ivf; /* NULL without ivf */
};

struct index_kind {
    const char *name;
    /* Builds what the kind needs beside the rows, in `arena`; NULL if nothing. */
    void (*build)(struct arena *arena, struct ann_index *index);
    /* Leaves the nearest rows to scratch->query in scratch->beam, at least `top_k` of them if there
     * are as many; NULL: by exact search. Adds to *work. */
    void (*search)(const struct ann_index *index, const struct ann_query *query,
                   struct ann_scratch *scratch, struct ann_work *work);
    size_t (*size_bytes)(const struct ann_index *index); /* beside the rows; NULL: none */
};

extern const struct index_kind hnsw_kind;
extern const struct index_kind ivf_flat_kind;
extern const struct index_kind ivf_pq_kind;
extern const struct index_kind scann_kind;

/* Distances of `query` to rows ids[0 .. count - 1], counted in *work. */
static inline void index_distances(const struct ann_index *index, const float *query,
                                   const struct ann_scratch *scratch, size_t count,
                                   struct ann_work *work)
{
    index->gather(&index->rows, query, scratch->ids, count, scratch->distances);
    for (size_t i = 0; i < count; i++) {
        scratch->distances[i] = index->offset + index->scale * scratch->distances[i];
    }
    work->distances += count;
    work->bytes += count * index->rows.stride * sizeof(float);
}

static inline const float *index_row(const struct ann_index *index, uint32_t id)
{
    return index->rows.values + id * index->rows.stride;
}

/* True the first time an id is given since the last clearing. */
static inline bool visited_set(struct visited *visited, uint32_t id)
{
    uint32_t at = id / VISITED_WORD_BITS;
    uint64_t word = visited->words[at];
    uint64_t bit = (uint64_t)1 << id % VISITED_WORD_BITS;
    if (word & bit) return false;
    if (!word) {
        if (visited->touched_count < visited->touched_limit) {
            visited->touched[visited->touched_count] = at;
        }
        visited->touched_count++;
    }
    visited->words[at] = word | bit;
    return true;
}

void visited_clear(struct visited *visited);

#endif
