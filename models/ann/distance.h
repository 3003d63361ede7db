/* distance.h - the arithmetic of the index: inner products and squared distances of float rows.
 *
 * Rows are padded with zeros to a multiple of ANN_LANES floats and aligned to 64 bytes. A sum runs
 * in ANN_LANES partial sums, lane i taking elements i, i + 16, i + 32, ... in order; then lanes i
 * and i + 8 are added, of those i and i + 4, then i and i + 2, then the last two. Products and sums
 * are rounded one by one (no fused multiply-add). Every level follows this order, so all give the
 * same bits.
 */
#ifndef MODELS_ANN_DISTANCE_H
#define MODELS_ANN_DISTANCE_H

#include <stddef.h>
#include <stdint.h>

enum { ANN_LANES = 16, ANN_ALIGNMENT = 64 };

/* SIMD levels, slowest first. The second is vector code for the machine the program was compiled
 * for (SSE2 on x86-64); the last two need an x86-64 processor that has them. */
enum simd_level { SIMD_SCALAR, SIMD_BASELINE, SIMD_AVX2, SIMD_AVX512 };

/* Rows as the kernels see them. */
struct distance_rows {
    const float *values;
    size_t stride; /* floats from row to row, a multiple of ANN_LANES */
};

/* Writes to out[i] the sum for `query` (padded and aligned as a row) and row ids[i]. */
typedef void distance_gather_fn(const struct distance_rows *rows, const float *query,
                                const uint32_t *ids, size_t count, float *out);
/* The same for rows first .. first + count - 1. */
typedef void distance_scan_fn(const struct distance_rows *rows, const float *query, size_t first,
                              size_t count, float *out);

struct distance_kernels {
    distance_gather_fn *gather_dot; /* a . b */
    distance_gather_fn *gather_l2;  /* |a - b|^2 */
    distance_scan_fn *scan_dot;
    distance_scan_fn *scan_l2;
};

/* The best level this machine has. */
enum simd_level distance_best_level(void);
/* The best level, lowered to what the environment variable RAGTIME_SIMD names: scalar, baseline,
 * avx2 or avx512; any other value changes nothing. Read when an index is created. */
enum simd_level distance_level_chosen(void);
/* NULL for a level that this machine or this build has not. */
const struct distance_kernels *distance_kernels_of(enum simd_level level);

/* `dimensions` rounded up to whole lanes. */
static inline size_t distance_stride(size_t dimensions)
{
    return (dimensions + ANN_LANES - 1) / ANN_LANES * ANN_LANES;
}

#endif
