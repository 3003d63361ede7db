#include "models/ann/code.h"
#include "models/ann/half.h"

#if defined(__x86_64__)
#    define HAVE_X86 1
#    include <cpuid.h>
#    include <immintrin.h>
#else
#    define HAVE_X86 0
#endif

#define ALWAYS_INLINE inline __attribute__((always_inline))
/* Four sums beside each other must be four registers, not an array. */
#if defined(__clang__)
#    define UNROLL_4 _Pragma("unroll")
#else
#    define UNROLL_4 _Pragma("GCC unroll 4")
#endif

enum {
    PREFETCH_CODES = 16,     /* asked for this many rows ahead of use */
    PREFETCH_CODE_LINES = 8, /* at most, of each row: the hardware follows a longer one by itself */
    NIBBLE_MASK = 15
};

static ALWAYS_INLINE void prefetch_codes(const struct code_rows *rows, const uint32_t *ids,
                                         size_t count)
{
    size_t length = rows->stride;
    if (length > (size_t)PREFETCH_CODE_LINES * ANN_ALIGNMENT) {
        length = (size_t)PREFETCH_CODE_LINES * ANN_ALIGNMENT;
    }
    for (size_t i = 0; i < count; i++) {
        const unsigned char *row = rows->bytes + ids[i] * rows->stride;
        for (size_t at = 0; at < length; at += ANN_ALIGNMENT) __builtin_prefetch(row + at);
    }
}

/* --- the definition, one value at a time --- */

static inline float header_float(const unsigned char *row, size_t index)
{
    float value;
    memcpy(&value, row + index * sizeof value, sizeof value);
    return value;
}

static inline void scalar_finish_4(const struct code_rows *rows, const struct code_query *query,
                                   const unsigned char *const row[4], const int32_t dots[4],
                                   float out[4])
{
    for (size_t j = 0; j < 4; j++) {
        float distance = query->base;
        float of_dot = query->of_dot;
        if (rows->own_range) {
            distance += header_float(row[j], 0) * query->of_offset;
            of_dot *= header_float(row[j], 1);
        }
        distance += of_dot * (float)dots[j];
        if (rows->squared) distance += header_float(row[j], rows->own_range ? 2 : 0);
        out[j] = distance;
    }
}

static inline void scalar_bytes_4(const struct code_query *query, const unsigned char *const row[4],
                                  size_t stride, int32_t dots[4])
{
    for (size_t j = 0; j < 4; j++) {
        dots[j] = 0;
        for (size_t i = 0; i < stride; i++) dots[j] += row[j][i] * query->small[i];
    }
}

static inline void scalar_nibbles_4(const struct code_query *query,
                                    const unsigned char *const row[4], size_t stride,
                                    int32_t dots[4])
{
    for (size_t j = 0; j < 4; j++) {
        dots[j] = 0;
        for (size_t i = 0; i < stride; i++) {
            dots[j] += (row[j][i] & NIBBLE_MASK) * query->small[i];
            dots[j] += (row[j][i] >> 4) * query->small[stride + i];
        }
    }
}

static inline float scalar_reduce(float sum[ANN_LANES])
{
    for (size_t half = ANN_LANES / 2; half > 0; half /= 2) {
        for (size_t i = 0; i < half; i++) sum[i] += sum[i + half];
    }
    return sum[0];
}

static inline void scalar_float16_4(const float *query, const unsigned char *const row[4],
                                    size_t length, bool squared, float out[4])
{
    for (size_t j = 0; j < 4; j++) {
        float sum[ANN_LANES] = {0};
        for (size_t i = 0; i < length; i++) {
            uint16_t half;
            memcpy(&half, row[j] + i * sizeof half, sizeof half);
            float value = half_to_float(half);
            float difference = query[i] - value;
            sum[i % ANN_LANES] += squared ? difference * difference : query[i] * value;
        }
        out[j] = scalar_reduce(sum);
    }
}

#define KERNEL(name) scalar_##name
#define KERNEL_WIDE  false
#define KERNEL_TARGET
#include "models/ann/code_body.h"

#if HAVE_X86
#    include "models/ann/code_x86.h"
#endif

#if HAVE_X86
/* Conversion of halves, which not every compiler's __builtin_cpu_supports knows. */
static bool has_f16c(void)
{
    unsigned a, b, c, d;
    return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_F16C);
}
#endif

const struct code_kernels *code_kernels_of(enum simd_level level)
{
#if HAVE_X86
    if (level >= SIMD_AVX512 && __builtin_cpu_supports("avx512f") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512vnni")) {
        return &avx512_code_kernels;
    }
    if (level >= SIMD_AVX2 && __builtin_cpu_supports("avx2") && has_f16c()) {
        return &avx2_code_kernels;
    }
    if (level >= SIMD_BASELINE) return &baseline_code_kernels;
#else
    (void)level;
#endif
    return &scalar_code_kernels;
}
