/* truth.h - the true nearest rows of some queries, and the share of them that a search found. */
#ifndef MODELS_ANN_TRUTH_H
#define MODELS_ANN_TRUTH_H

#include "models/ann/ann.h"
#include "models/ann/vector_file.h"

#include <stdbool.h>

struct arena;
struct error;

/* Of each query: `wanted` nearest rows, and the rows or the distance that count as among them,
 * since of equal distances none is nearer. */
struct ann_truth {
    size_t queries;
    size_t wanted;
    size_t width;           /* ids a query has room for in `ids` */
    const uint32_t *ids;    /* queries * width; NULL: distances decide */
    const uint32_t *counts; /* ids of each query that count */
    const float *bounds;    /* of each query: no hit farther than this counts; NULL: ids decide */
};

/* From a file's neighbours; borrows them. `rows` is the number of rows of the base. False and *err
 * if it is of another number of queries, has fewer than `top_k` neighbours or an id beyond the
 * base. */
bool ann_truth_take(struct arena *arena, const struct neighbour_set *neighbours, size_t queries,
                    size_t rows, size_t top_k, struct ann_truth *out, struct error *err);

/* By exact search of an index, on `threads` threads. Queries must pass ann_check_vector. `filter`
 * may be NULL. */
void ann_truth_compute(struct arena *arena, const struct ann_index *index,
                       const struct vector_set *queries, const struct ann_query *asked,
                       size_t threads, struct ann_truth *out);

/* How many of `count` hits of a query are among its true nearest. */
size_t ann_truth_found(const struct ann_truth *truth, size_t query, const struct ann_hit *hits,
                       size_t count);

#endif
