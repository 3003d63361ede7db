#include "models/ann/coarse.h"

#include "base/arena.h"
#include "models/ann/ann.h"

#include <float.h>
#include <math.h>
#include <string.h>

static size_t padded(size_t count)
{
    return (count + SCAN_BYTE_ROWS - 1) / SCAN_BYTE_ROWS * SCAN_BYTE_ROWS;
}

void coarse_init(struct arena *arena, struct coarse *coarse, size_t count, size_t dimensions,
                 enum simd_level level)
{
    size_t rows = padded(count);
    size_t quads = (dimensions + SCAN_QUAD - 1) / SCAN_QUAD;
    *coarse = (struct coarse){
        .rows = {.values = arena_alloc_aligned(arena, rows * quads * SCAN_QUAD, ANN_ALIGNMENT),
                 .sums = arena_alloc_aligned(arena, rows * sizeof(int32_t), ANN_ALIGNMENT),
                 .count = rows,
                 .quads = quads},
        .scale = arena_alloc_aligned(arena, rows * sizeof(float), ANN_ALIGNMENT),
        .norms = arena_alloc_aligned(arena, rows * sizeof(float), ANN_ALIGNMENT),
        .bias = arena_alloc_aligned(arena, rows * sizeof(float), ANN_ALIGNMENT),
        .count = count,
        .dimensions = dimensions,
        .scan = scan_kernels_of(level),
        .book = book_kernels_of(level),
    };
    for (size_t i = count; i < rows; i++) coarse->bias[i] = -FLT_MAX;
}

void coarse_set(struct coarse *coarse, const struct distance_rows *centroids)
{
    int8_t *values = (int8_t *)(uintptr_t)coarse->rows.values;
    int32_t *sums = (int32_t *)(uintptr_t)coarse->rows.sums;
    _Alignas(ANN_ALIGNMENT) int8_t bytes[ANN_DIMENSIONS_MAX];
    for (size_t i = 0; i < coarse->count; i++) {
        const float *centroid = centroids->values + i * centroids->stride;
        coarse->scale[i] = coarse->book->round(centroid, coarse->dimensions, bytes);
        int8_t *at = values + i / SCAN_BYTE_ROWS * coarse->rows.quads * SCAN_GROUP_BYTES +
                     i % SCAN_BYTE_ROWS * SCAN_QUAD;
        double norm = 0;
        sums[i] = 0;
        for (size_t j = 0; j < coarse->dimensions; j++) {
            at[j / SCAN_QUAD * SCAN_GROUP_BYTES + j % SCAN_QUAD] = bytes[j];
            sums[i] += bytes[j];
            norm += (double)centroid[j] * (double)centroid[j];
        }
        coarse->norms[i] = (float)norm;
    }
    coarse_weigh(coarse, 0.5f);
}

void coarse_weigh(struct coarse *coarse, float norm_weight)
{
    for (size_t i = 0; i < coarse->count; i++) coarse->bias[i] = -norm_weight * coarse->norms[i];
}

void coarse_get(const struct coarse *coarse, size_t centroid, float *out)
{
    const int8_t *at = coarse->rows.values +
                       centroid / SCAN_BYTE_ROWS * coarse->rows.quads * SCAN_GROUP_BYTES +
                       centroid % SCAN_BYTE_ROWS * SCAN_QUAD;
    for (size_t j = 0; j < coarse->dimensions; j++) {
        out[j] =
            coarse->scale[centroid] * (float)at[j / SCAN_QUAD * SCAN_GROUP_BYTES + j % SCAN_QUAD];
    }
}

void coarse_work_init(struct arena *arena, struct coarse_work *work, const struct coarse *coarse)
{
    size_t bytes = coarse->rows.count * sizeof(int32_t);
    work->query = arena_alloc_aligned(arena, distance_stride(coarse->dimensions), ANN_ALIGNMENT);
    work->dots = arena_alloc_aligned(arena, bytes, ANN_ALIGNMENT);
    work->keys = arena_alloc_aligned(arena, bytes, ANN_ALIGNMENT);
}

float coarse_score(const struct coarse *coarse, const float *vector, struct coarse_work *work)
{
    float scale = coarse->book->round(vector, coarse->dimensions, work->query);
    coarse->scan->dots(&coarse->rows, work->query, work->dots);
    coarse->book->keys(work->dots, coarse->scale, coarse->bias, scale, coarse->rows.count,
                       work->keys);
    return scale;
}

void keys_extent(const int32_t *keys, size_t count, int64_t *least, int64_t *most)
{
    int32_t low[4] = {INT32_MAX, INT32_MAX, INT32_MAX, INT32_MAX};
    int32_t high[4] = {INT32_MIN, INT32_MIN, INT32_MIN, INT32_MIN};
    for (size_t i = 0; i < count; i += 4) {
        for (size_t j = 0; j < 4; j++) {
            low[j] = keys[i + j] < low[j] ? keys[i + j] : low[j];
            high[j] = keys[i + j] > high[j] ? keys[i + j] : high[j];
        }
    }
    *least = low[0];
    *most = high[0];
    for (size_t j = 1; j < 4; j++) {
        if (low[j] < *least) *least = low[j];
        if (high[j] > *most) *most = high[j];
    }
}

/* By halving the range in which the bound must lie until it cuts off the right number: a few dozen
 * counts, of which each runs at the speed of the cache. */
void select_greatest(const struct scan_kernels *kernels, const int32_t *keys, size_t count,
                     size_t wanted, uint32_t *out)
{
    int64_t low;
    int64_t high;
    keys_extent(keys, count, &low, &high);
    size_t above = 0; /* keys > high */
    low--;            /* keys > low: all */
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        size_t more = kernels->count(keys, count, (int32_t)middle);
        if (more == wanted) {
            kernels->collect(keys, count, (int32_t)middle, out);
            return;
        }
        if (more > wanted) {
            low = middle;
        } else {
            high = middle;
            above = more;
        }
    }
    /* Equal keys at the edge. */
    size_t equal = wanted - above;
    size_t length = 0;
    for (size_t i = 0; i < count && length < wanted; i++) {
        if (keys[i] < high || (keys[i] == high && equal == 0)) continue;
        if (keys[i] == high) equal--;
        out[length++] = (uint32_t)i;
    }
}
