/* code_x86.h - the vector kernels of codes for x86-64; code_kernels.c includes it once.
 *
 * Bytes are unsigned in rows and signed in the query. Products of pairs of them overflow 16 bits
 * (255 * 127 * 2), which vpmaddubsw would cut off: without VNNI they are widened first. Nibbles do
 * not come near that. Header bytes and padding meet zeros of the query.
 */
#ifndef MODELS_ANN_CODE_X86_H
#define MODELS_ANN_CODE_X86_H

typedef float half_lanes __attribute__((vector_size(64), may_alias));

/* Distances of four rows, with the operations of scalar_finish_4 in its order. */
#define DEFINE_FINISH                                                                       \
    KERNEL_TARGET static ALWAYS_INLINE void KERNEL(finish_4)(                               \
        const struct code_rows *rows, const struct code_query *query,                       \
        const unsigned char *const row[4], const int32_t dots[4], float out[4])             \
    {                                                                                       \
        __m128 dot = _mm_cvtepi32_ps(_mm_loadu_si128((const __m128i *)(const void *)dots)); \
        __m128 distance = _mm_set1_ps(query->base);                                         \
        __m128 of_dot = _mm_set1_ps(query->of_dot);                                         \
        if (rows->header == 0) {                                                            \
            _mm_storeu_ps(out, _mm_add_ps(distance, _mm_mul_ps(of_dot, dot)));              \
            return;                                                                         \
        }                                                                                   \
        __m128 a = _mm_load_ps((const float *)(const void *)row[0]);                        \
        __m128 b = _mm_load_ps((const float *)(const void *)row[1]);                        \
        __m128 c = _mm_load_ps((const float *)(const void *)row[2]);                        \
        __m128 d = _mm_load_ps((const float *)(const void *)row[3]);                        \
        _MM_TRANSPOSE4_PS(a, b, c, d);                                                      \
        if (rows->own_range) {                                                              \
            distance = _mm_add_ps(distance, _mm_mul_ps(a, _mm_set1_ps(query->of_offset)));  \
            of_dot = _mm_mul_ps(of_dot, b);                                                 \
        }                                                                                   \
        distance = _mm_add_ps(distance, _mm_mul_ps(of_dot, dot));                           \
        if (rows->squared) distance = _mm_add_ps(distance, rows->own_range ? c : a);        \
        _mm_storeu_ps(out, distance);                                                       \
    }

/* The order of distance.h. `LOAD` turns sixteen halves into floats. */
#define DEFINE_FLOAT16                                                                      \
    KERNEL_TARGET static ALWAYS_INLINE float KERNEL(reduce_lanes)(const half_lanes *sum)    \
    {                                                                                       \
        float s[ANN_LANES];                                                                 \
        memcpy(s, sum, sizeof s);                                                           \
        __m128 low = _mm_add_ps(_mm_loadu_ps(s), _mm_loadu_ps(s + 8));                      \
        __m128 high = _mm_add_ps(_mm_loadu_ps(s + 4), _mm_loadu_ps(s + 12));                \
        __m128 four = _mm_add_ps(low, high);                                                \
        __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));                           \
        return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));                 \
    }                                                                                       \
    KERNEL_TARGET static ALWAYS_INLINE void KERNEL(float16_4)(                              \
        const float *query, const unsigned char *const row[4], size_t length, bool squared, \
        float out[4])                                                                       \
    {                                                                                       \
        half_lanes sums[4] = {{0}};                                                         \
        for (size_t i = 0; i < length; i += ANN_LANES) {                                    \
            half_lanes q = *(const half_lanes *)(const void *)(query + i);                  \
            UNROLL_4 for (size_t j = 0; j < 4; j++)                                         \
            {                                                                               \
                half_lanes value;                                                           \
                KERNEL(load_halves)(row[j] + i * sizeof(uint16_t), &value);                 \
                half_lanes difference = q - value;                                          \
                sums[j] += squared ? difference * difference : q * value;                   \
            }                                                                               \
        }                                                                                   \
        UNROLL_4 for (size_t j = 0; j < 4; j++) out[j] = KERNEL(reduce_lanes)(&sums[j]);    \
    }

static ALWAYS_INLINE const __m128i *line_128(const void *bytes)
{
    return (const __m128i *)bytes;
}

/* --- SSE2 --- */

#define KERNEL(name) baseline_##name
#define KERNEL_WIDE  true
#define KERNEL_TARGET

/* Sums four vectors of four into one vector of four sums. */
static ALWAYS_INLINE void baseline_store_sums(const __m128i sums[4], int32_t dots[4])
{
    __m128i low_01 = _mm_unpacklo_epi32(sums[0], sums[1]);
    __m128i high_01 = _mm_unpackhi_epi32(sums[0], sums[1]);
    __m128i low_23 = _mm_unpacklo_epi32(sums[2], sums[3]);
    __m128i high_23 = _mm_unpackhi_epi32(sums[2], sums[3]);
    __m128i sum_01 = _mm_add_epi32(low_01, high_01);
    __m128i sum_23 = _mm_add_epi32(low_23, high_23);
    __m128i even = _mm_unpacklo_epi64(sum_01, sum_23);
    __m128i odd = _mm_unpackhi_epi64(sum_01, sum_23);
    _mm_storeu_si128((__m128i *)(void *)dots, _mm_add_epi32(even, odd));
}

static ALWAYS_INLINE __m128i baseline_products(__m128i bytes, const int16_t *query)
{
    const __m128i zero = _mm_setzero_si128();
    __m128i low = _mm_madd_epi16(_mm_unpacklo_epi8(bytes, zero), _mm_load_si128(line_128(query)));
    __m128i high =
        _mm_madd_epi16(_mm_unpackhi_epi8(bytes, zero), _mm_load_si128(line_128(query + 8)));
    return _mm_add_epi32(low, high);
}

static ALWAYS_INLINE void baseline_bytes_4(const struct code_query *query,
                                           const unsigned char *const row[4], size_t stride,
                                           int32_t dots[4])
{
    __m128i sums[4] = {_mm_setzero_si128(), _mm_setzero_si128(), _mm_setzero_si128(),
                       _mm_setzero_si128()};
    for (size_t i = 0; i < stride; i += sizeof(__m128i)) {
        UNROLL_4 for (size_t j = 0; j < 4; j++)
        {
            __m128i bytes = _mm_load_si128(line_128(row[j] + i));
            sums[j] = _mm_add_epi32(sums[j], baseline_products(bytes, query->wide + i));
        }
    }
    baseline_store_sums(sums, dots);
}

static ALWAYS_INLINE void baseline_nibbles_4(const struct code_query *query,
                                             const unsigned char *const row[4], size_t stride,
                                             int32_t dots[4])
{
    const __m128i mask = _mm_set1_epi8(NIBBLE_MASK);
    const int16_t *above = query->wide + stride;
    __m128i sums[4] = {_mm_setzero_si128(), _mm_setzero_si128(), _mm_setzero_si128(),
                       _mm_setzero_si128()};
    for (size_t i = 0; i < stride; i += sizeof(__m128i)) {
        UNROLL_4 for (size_t j = 0; j < 4; j++)
        {
            __m128i bytes = _mm_load_si128(line_128(row[j] + i));
            __m128i low = _mm_and_si128(bytes, mask);
            __m128i high = _mm_and_si128(_mm_srli_epi16(bytes, 4), mask);
            sums[j] = _mm_add_epi32(sums[j], baseline_products(low, query->wide + i));
            sums[j] = _mm_add_epi32(sums[j], baseline_products(high, above + i));
        }
    }
    baseline_store_sums(sums, dots);
}

/* As half_to_float. */
static ALWAYS_INLINE void baseline_load_halves(const unsigned char *bytes, half_lanes *out)
{
    const __m128i zero = _mm_setzero_si128();
    const __m128 up = _mm_set1_ps(0x1p112f);
    float values[ANN_LANES];
    for (size_t i = 0; i < ANN_LANES; i += 4) {
        __m128i halves = _mm_loadl_epi64(line_128(bytes + i * sizeof(uint16_t)));
        __m128i wide = _mm_unpacklo_epi16(halves, zero);
        __m128i size = _mm_slli_epi32(_mm_and_si128(wide, _mm_set1_epi32(0x7fff)), 13);
        __m128i sign = _mm_slli_epi32(_mm_and_si128(wide, _mm_set1_epi32(0x8000)), 16);
        __m128 value = _mm_mul_ps(_mm_castsi128_ps(size), up);
        _mm_storeu_ps(values + i, _mm_or_ps(value, _mm_castsi128_ps(sign)));
    }
    memcpy(out, values, sizeof values);
}

DEFINE_FINISH
DEFINE_FLOAT16
#include "models/ann/code_body.h"

/* --- AVX2 --- */

#define KERNEL(name)  avx2_##name
#define KERNEL_WIDE   true
#define KERNEL_TARGET __attribute__((target("avx2,f16c")))

KERNEL_TARGET static ALWAYS_INLINE void avx2_store_sums(const __m256i sums[4], int32_t dots[4])
{
    __m256i sum_01 = _mm256_hadd_epi32(sums[0], sums[1]);
    __m256i sum_23 = _mm256_hadd_epi32(sums[2], sums[3]);
    __m256i sum = _mm256_hadd_epi32(sum_01, sum_23);
    __m128i total = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
    _mm_storeu_si128((__m128i *)(void *)dots, total);
}

KERNEL_TARGET static ALWAYS_INLINE void avx2_bytes_4(const struct code_query *query,
                                                     const unsigned char *const row[4],
                                                     size_t stride, int32_t dots[4])
{
    __m256i sums[4] = {_mm256_setzero_si256(), _mm256_setzero_si256(), _mm256_setzero_si256(),
                       _mm256_setzero_si256()};
    for (size_t i = 0; i < stride; i += sizeof(__m128i)) {
        __m256i q = _mm256_load_si256((const __m256i *)(const void *)(query->wide + i));
        UNROLL_4 for (size_t j = 0; j < 4; j++)
        {
            __m256i values = _mm256_cvtepu8_epi16(_mm_load_si128(line_128(row[j] + i)));
            sums[j] = _mm256_add_epi32(sums[j], _mm256_madd_epi16(values, q));
        }
    }
    avx2_store_sums(sums, dots);
}

KERNEL_TARGET static ALWAYS_INLINE void avx2_nibbles_4(const struct code_query *query,
                                                       const unsigned char *const row[4],
                                                       size_t stride, int32_t dots[4])
{
    const __m256i mask = _mm256_set1_epi8(NIBBLE_MASK);
    const __m256i ones = _mm256_set1_epi16(1);
    const int8_t *above = query->small + stride;
    __m256i sums[4] = {_mm256_setzero_si256(), _mm256_setzero_si256(), _mm256_setzero_si256(),
                       _mm256_setzero_si256()};
    for (size_t i = 0; i < stride; i += sizeof(__m256i)) {
        __m256i q_low = _mm256_load_si256((const __m256i *)(const void *)(query->small + i));
        __m256i q_high = _mm256_load_si256((const __m256i *)(const void *)(above + i));
        UNROLL_4 for (size_t j = 0; j < 4; j++)
        {
            __m256i bytes = _mm256_load_si256((const __m256i *)(const void *)(row[j] + i));
            __m256i low = _mm256_and_si256(bytes, mask);
            __m256i high = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), mask);
            __m256i pairs = _mm256_add_epi16(_mm256_maddubs_epi16(low, q_low),
                                             _mm256_maddubs_epi16(high, q_high));
            sums[j] = _mm256_add_epi32(sums[j], _mm256_madd_epi16(pairs, ones));
        }
    }
    avx2_store_sums(sums, dots);
}

KERNEL_TARGET static ALWAYS_INLINE void avx2_load_halves(const unsigned char *bytes,
                                                         half_lanes *out)
{
    float values[ANN_LANES];
    _mm256_storeu_ps(values, _mm256_cvtph_ps(_mm_load_si128(line_128(bytes))));
    _mm256_storeu_ps(values + 8, _mm256_cvtph_ps(_mm_load_si128(line_128(bytes + 16))));
    memcpy(out, values, sizeof values);
}

DEFINE_FINISH
DEFINE_FLOAT16
#include "models/ann/code_body.h"

/* --- AVX-512 with VNNI --- */

#define KERNEL(name)  avx512_##name
#define KERNEL_WIDE   false
#define KERNEL_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni,avx2,f16c")))

KERNEL_TARGET static ALWAYS_INLINE __m256i avx512_fold(__m512i sum)
{
    return _mm256_add_epi32(_mm512_castsi512_si256(sum), _mm512_extracti64x4_epi64(sum, 1));
}

KERNEL_TARGET static ALWAYS_INLINE void avx512_store_sums(const __m512i sums[4], int32_t dots[4])
{
    __m256i sum_01 = _mm256_hadd_epi32(avx512_fold(sums[0]), avx512_fold(sums[1]));
    __m256i sum_23 = _mm256_hadd_epi32(avx512_fold(sums[2]), avx512_fold(sums[3]));
    __m256i sum = _mm256_hadd_epi32(sum_01, sum_23);
    __m128i total = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
    _mm_storeu_si128((__m128i *)(void *)dots, total);
}

KERNEL_TARGET static ALWAYS_INLINE void avx512_bytes_4(const struct code_query *query,
                                                       const unsigned char *const row[4],
                                                       size_t stride, int32_t dots[4])
{
    __m512i sums[4] = {_mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512(),
                       _mm512_setzero_si512()};
    for (size_t i = 0; i < stride; i += sizeof(__m512i)) {
        __m512i q = _mm512_load_si512(query->small + i);
        UNROLL_4 for (size_t j = 0; j < 4; j++)
        {
            sums[j] = _mm512_dpbusd_epi32(sums[j], _mm512_load_si512(row[j] + i), q);
        }
    }
    avx512_store_sums(sums, dots);
}

KERNEL_TARGET static ALWAYS_INLINE void avx512_nibbles_4(const struct code_query *query,
                                                         const unsigned char *const row[4],
                                                         size_t stride, int32_t dots[4])
{
    const __m512i mask = _mm512_set1_epi8(NIBBLE_MASK);
    const int8_t *above = query->small + stride;
    __m512i sums[4] = {_mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512(),
                       _mm512_setzero_si512()};
    for (size_t i = 0; i < stride; i += sizeof(__m512i)) {
        __m512i q_low = _mm512_load_si512(query->small + i);
        __m512i q_high = _mm512_load_si512(above + i);
        UNROLL_4 for (size_t j = 0; j < 4; j++)
        {
            __m512i bytes = _mm512_load_si512(row[j] + i);
            __m512i high = _mm512_and_si512(_mm512_srli_epi16(bytes, 4), mask);
            sums[j] = _mm512_dpbusd_epi32(sums[j], _mm512_and_si512(bytes, mask), q_low);
            sums[j] = _mm512_dpbusd_epi32(sums[j], high, q_high);
        }
    }
    avx512_store_sums(sums, dots);
}

KERNEL_TARGET static ALWAYS_INLINE void avx512_load_halves(const unsigned char *bytes,
                                                           half_lanes *out)
{
    __m512 values = _mm512_cvtph_ps(_mm256_load_si256((const __m256i *)(const void *)bytes));
    memcpy(out, &values, sizeof values);
}

DEFINE_FINISH
DEFINE_FLOAT16
#include "models/ann/code_body.h"

#endif
