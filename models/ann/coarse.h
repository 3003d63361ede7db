/* coarse.h - which of some centroids are nearest to a vector, in bytes: centroids and vectors are
 * rounded to 8 bits with a scale each, their inner products are exact integers, and the scores that
 * come of them are floats computed element by element. The same bits on every SIMD level.
 */
#ifndef MODELS_ANN_COARSE_H
#define MODELS_ANN_COARSE_H

#include "models/ann/book.h"
#include "models/ann/distance.h"
#include "models/ann/scan.h"

struct arena;

struct coarse {
    struct byte_rows rows;
    float *scale; /* rows.count, as the next two */
    float *norms; /* |c|^2 */
    float *bias;
    size_t count; /* of centroids; rows.count is padded, with scores below all others */
    size_t dimensions;
    const struct scan_kernels *scan;
    const struct book_kernels *book;
};

/* Room for one vector's scores. */
struct coarse_work {
    int8_t *query;
    int32_t *dots;
    int32_t *keys; /* ordered as scores are, greater is nearer: rows.count of them */
};

/* Room for `count` centroids; coarse_set fills it. */
void coarse_init(struct arena *arena, struct coarse *coarse, size_t count, size_t dimensions,
                 enum simd_level level);
/* Takes the centroids; a score is v . c - |c|^2 / 2. */
void coarse_set(struct coarse *coarse, const struct distance_rows *centroids);
/* Makes it v . c - norm_weight |c|^2. */
void coarse_weigh(struct coarse *coarse, float norm_weight);
/* What a centroid is after rounding; `dimensions` floats. */
void coarse_get(const struct coarse *coarse, size_t centroid, float *out);
void coarse_work_init(struct arena *arena, struct coarse_work *work, const struct coarse *coarse);

/* Scores of a vector (padded and aligned as rows are) into work->keys, inner products of its bytes
 * and the centroids' into work->dots; returns the scale of its bytes. */
float coarse_score(const struct coarse *coarse, const float *vector, struct coarse_work *work);

/* The least and the greatest of keys[0 .. count - 1]; count is a multiple of 16. */
void keys_extent(const int32_t *keys, size_t count, int64_t *least, int64_t *most);

/* Writes the places of the `wanted` greatest of keys[0 .. count - 1] (a multiple of 16) to `out`
 * (room for count and 16), of equal keys the first ones; in order of place. wanted <= count. */
void select_greatest(const struct scan_kernels *kernels, const int32_t *keys, size_t count,
                     size_t wanted, uint32_t *out);

#endif
