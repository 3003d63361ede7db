#include "models/ann/distance.h"

#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#    define HAVE_X86 1
#else
#    define HAVE_X86 0
#endif

/* may_alias: kernels load them from arrays of float. */
typedef float lanes __attribute__((vector_size(64), may_alias));
typedef float lanes_8 __attribute__((vector_size(32)));
typedef float lanes_4 __attribute__((vector_size(16)));

enum {
    PREFETCH_ROWS = 8,  /* asked for this many rows ahead of use */
    PREFETCH_LINES = 16 /* at most, of each row: the hardware follows a longer one by itself */
};

static inline void prefetch_rows(const struct distance_rows *rows, const uint32_t *ids,
                                 size_t count)
{
    size_t lines = rows->stride / ANN_LANES;
    if (lines > PREFETCH_LINES) lines = PREFETCH_LINES;
    for (size_t i = 0; i < count; i++) {
        const float *row = rows->values + ids[i] * rows->stride;
        for (size_t line = 0; line < lines; line++) __builtin_prefetch(row + line * ANN_LANES);
    }
}

/* The definition of the sums, one element at a time. */

static float scalar_reduce(float sum[ANN_LANES])
{
    for (size_t half = ANN_LANES / 2; half > 0; half /= 2) {
        for (size_t i = 0; i < half; i++) sum[i] += sum[i + half];
    }
    return sum[0];
}

static float scalar_dot(const float *a, const float *b, size_t length)
{
    float sum[ANN_LANES] = {0};
    for (size_t i = 0; i < length; i++) sum[i % ANN_LANES] += a[i] * b[i];
    return scalar_reduce(sum);
}

static float scalar_l2(const float *a, const float *b, size_t length)
{
    float sum[ANN_LANES] = {0};
    for (size_t i = 0; i < length; i++) {
        float difference = a[i] - b[i];
        sum[i % ANN_LANES] += difference * difference;
    }
    return scalar_reduce(sum);
}

static void scalar_gather_dot(const struct distance_rows *rows, const float *query,
                              const uint32_t *ids, size_t count, float *out)
{
    for (size_t i = 0; i < count; i++) {
        out[i] = scalar_dot(query, rows->values + ids[i] * rows->stride, rows->stride);
    }
}

static void scalar_gather_l2(const struct distance_rows *rows, const float *query,
                             const uint32_t *ids, size_t count, float *out)
{
    for (size_t i = 0; i < count; i++) {
        out[i] = scalar_l2(query, rows->values + ids[i] * rows->stride, rows->stride);
    }
}

static void scalar_scan_dot(const struct distance_rows *rows, const float *query, size_t first,
                            size_t count, float *out)
{
    for (size_t i = 0; i < count; i++) {
        out[i] = scalar_dot(query, rows->values + (first + i) * rows->stride, rows->stride);
    }
}

static void scalar_scan_l2(const struct distance_rows *rows, const float *query, size_t first,
                           size_t count, float *out)
{
    for (size_t i = 0; i < count; i++) {
        out[i] = scalar_l2(query, rows->values + (first + i) * rows->stride, rows->stride);
    }
}

static const struct distance_kernels scalar_kernels = {
    .gather_dot = scalar_gather_dot,
    .gather_l2 = scalar_gather_l2,
    .scan_dot = scalar_scan_dot,
    .scan_l2 = scalar_scan_l2,
};

#define KERNEL(name) baseline_##name
#define KERNEL_TARGET
#include "models/ann/distance_body.h"

#if HAVE_X86
#    define KERNEL(name)  avx2_##name
#    define KERNEL_TARGET __attribute__((target("avx2")))
#    include "models/ann/distance_body.h"

#    define KERNEL(name)  avx512_##name
#    define KERNEL_TARGET __attribute__((target("avx512f")))
#    include "models/ann/distance_body.h"
#endif

enum simd_level distance_best_level(void)
{
    enum simd_level level = SIMD_AVX512;
    while (!distance_kernels_of(level)) level--;
    return level;
}

enum simd_level distance_level_chosen(void)
{
    static const char *const names[] = {[SIMD_SCALAR] = "scalar",
                                        [SIMD_BASELINE] = "baseline",
                                        [SIMD_AVX2] = "avx2",
                                        [SIMD_AVX512] = "avx512"};
    enum simd_level best = distance_best_level();
    const char *wanted = getenv("RAGTIME_SIMD");
    if (!wanted) return best;
    for (enum simd_level level = SIMD_SCALAR; level < best; level++) {
        if (strcmp(wanted, names[level]) == 0) return level;
    }
    return best;
}

const struct distance_kernels *distance_kernels_of(enum simd_level level)
{
    switch (level) {
    case SIMD_SCALAR: return &scalar_kernels;
    case SIMD_BASELINE: return &baseline_kernels;
#if HAVE_X86
    case SIMD_AVX2: return __builtin_cpu_supports("avx2") ? &avx2_kernels : NULL;
    case SIMD_AVX512: return __builtin_cpu_supports("avx512f") ? &avx512_kernels : NULL;
#else
    case SIMD_AVX2:
    case SIMD_AVX512: return NULL;
#endif
    }
    return NULL;
}
