/* kmeans.h - k-means clustering of rows, under squared Euclidean distance (Lloyd's rounds).
 *
 * Rows are compared with centroids in bytes (coarse.h), means are taken of the rows themselves in
 * order: the result depends on the rows and the seed alone, not on threads or the SIMD level.
 */
#ifndef MODELS_ANN_KMEANS_H
#define MODELS_ANN_KMEANS_H

#include "models/ann/distance.h"

struct arena;
struct coarse;

struct kmeans {
    const struct distance_rows *rows;
    size_t count; /* of rows */
    size_t dimensions;
    size_t clusters; /* 1 .. count */
    size_t sample;   /* rows to learn from, evenly spaced: clusters .. count */
    unsigned rounds;
    uint64_t seed;
    size_t threads; /* from 1 */
    enum simd_level level;
};

/* Writes the centroids (rows->stride floats each, aligned, padding zero). */
void kmeans_run(const struct kmeans *kmeans, float *centroids);

/* Writes the cluster of rows 0 .. count - 1 to `out`: the greatest of the scores of `coarse`, which
 * has the centroids. */
void kmeans_assign(const struct kmeans *kmeans, const struct coarse *coarse, uint32_t *out);

#endif
