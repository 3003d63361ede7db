#include "models/ann/scan_x86.h"

#if SCAN_X86
#    include <immintrin.h>

#    define TARGET \
        __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vnni")))

/* The query is shifted to 0 .. 254 because vpdpbusd takes one side unsigned; the sums of the rows
 * take the shift back. */
TARGET void avx512_dots(const struct byte_rows *rows, const int8_t *query, int32_t *out)
{
    const size_t line = SCAN_GROUP_BYTES;
    const size_t stride = rows->quads * line;
    size_t i = 0;
    for (; i + 64 <= rows->count; i += 64) {
        const int8_t *at = rows->values + i / SCAN_BYTE_ROWS * stride;
        __m512i a = _mm512_setzero_si512(), b = a, c = a, d = a;
        for (size_t j = 0; j < rows->quads; j++, at += line) {
            int32_t quad;
            __builtin_memcpy(&quad, query + j * SCAN_QUAD, sizeof quad);
            __m512i q = _mm512_set1_epi32(quad ^ (int32_t)0x80808080u);
            a = _mm512_dpbusd_epi32(a, q, _mm512_loadu_si512(at));
            b = _mm512_dpbusd_epi32(b, q, _mm512_loadu_si512(at + stride));
            c = _mm512_dpbusd_epi32(c, q, _mm512_loadu_si512(at + 2 * stride));
            d = _mm512_dpbusd_epi32(d, q, _mm512_loadu_si512(at + 3 * stride));
        }
        const __m512i sums[4] = {a, b, c, d};
        for (size_t k = 0; k < 4; k++) {
            __m512i shift = _mm512_loadu_si512(rows->sums + i + 16 * k);
            __m512i dot = _mm512_sub_epi32(sums[k], _mm512_slli_epi32(shift, 7));
            _mm512_storeu_si512(out + i + 16 * k, dot);
        }
    }
    for (; i < rows->count; i += 16) {
        const int8_t *at = rows->values + i / SCAN_BYTE_ROWS * stride;
        __m512i a = _mm512_setzero_si512();
        for (size_t j = 0; j < rows->quads; j++, at += line) {
            int32_t quad;
            __builtin_memcpy(&quad, query + j * SCAN_QUAD, sizeof quad);
            __m512i q = _mm512_set1_epi32(quad ^ (int32_t)0x80808080u);
            a = _mm512_dpbusd_epi32(a, q, _mm512_loadu_si512(at));
        }
        __m512i shift = _mm512_loadu_si512(rows->sums + i);
        _mm512_storeu_si512(out + i, _mm512_sub_epi32(a, _mm512_slli_epi32(shift, 7)));
    }
}

TARGET size_t avx512_count(const int32_t *keys, size_t count, int32_t bound)
{
    const __m512i limit = _mm512_set1_epi32(bound);
    size_t above = 0;
    for (size_t i = 0; i < count; i += 16) {
        __mmask16 mask = _mm512_cmpgt_epi32_mask(_mm512_loadu_si512(keys + i), limit);
        above += (size_t)__builtin_popcount(mask);
    }
    return above;
}

TARGET size_t avx512_weigh(const int32_t *keys, const uint32_t *weights, size_t count,
                           int32_t bound)
{
    const __m512i limit = _mm512_set1_epi32(bound);
    __m512i above = _mm512_setzero_si512();
    for (size_t i = 0; i < count; i += 16) {
        __mmask16 mask = _mm512_cmpgt_epi32_mask(_mm512_loadu_si512(keys + i), limit);
        above = _mm512_mask_add_epi32(above, mask, above, _mm512_loadu_si512(weights + i));
    }
    uint32_t parts[16];
    __builtin_memcpy(parts, &above, sizeof parts);
    size_t sum = 0;
    for (size_t i = 0; i < 16; i++) sum += parts[i];
    return sum;
}

TARGET size_t avx512_collect(const int32_t *keys, size_t count, int32_t bound, uint32_t *out)
{
    const __m512i limit = _mm512_set1_epi32(bound);
    const __m512i step = _mm512_set1_epi32(16);
    __m512i places = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    size_t length = 0;
    for (size_t i = 0; i < count; i += 16) {
        __mmask16 mask = _mm512_cmpgt_epi32_mask(_mm512_loadu_si512(keys + i), limit);
        _mm512_storeu_si512(out + length, _mm512_maskz_compress_epi32(mask, places));
        length += (size_t)__builtin_popcount(mask);
        places = _mm512_add_epi32(places, step);
    }
    return length;
}

/* The scores of 16 rows from their sums; `at` is the first of them in the list. */
TARGET static inline __attribute__((always_inline)) __m512
scores_of(__m512i sums, const struct scan_list *list, const struct scan_tables *tables, size_t at)
{
    __m512 score = _mm512_cvtepi32_ps(sums);
    if (list->scale) {
        score = _mm512_mul_ps(_mm512_loadu_ps(list->scale + at),
                              _mm512_add_ps(score, _mm512_set1_ps(tables->offset)));
    }
    if (list->bias) {
        __m512 bias = _mm512_mul_ps(_mm512_set1_ps(tables->unit), _mm512_loadu_ps(list->bias + at));
        score = _mm512_add_ps(score, bias);
    }
    return score;
}

TARGET static inline __attribute__((always_inline)) void
keep(struct scan_hits *hits, __mmask16 mask, __m512 scores, size_t at)
{
    const __m512i places = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    __m512i rows = _mm512_add_epi32(places, _mm512_set1_epi32((int32_t)at));
    _mm512_storeu_si512(hits->rows + hits->count, _mm512_maskz_compress_epi32(mask, rows));
    _mm512_storeu_ps(hits->scores + hits->count, _mm512_maskz_compress_ps(mask, scores));
    hits->count += (size_t)__builtin_popcount(mask);
}

/* vpermb looks up 64 bytes by 6-bit indices: the code, and above it which piece of the group. The
 * pieces of a row are neighbours, so vpdpbusd with ones adds them up. */
TARGET size_t avx512_codes(const struct scan_list *list, const struct scan_tables *tables,
                           size_t block, float least, struct scan_hits *hits)
{
    const __m512i low = _mm512_set1_epi8(15);
    const __m512i pieces = _mm512_set1_epi32(0x30201000);
    const __m512i ones = _mm512_set1_epi8(1);
    const __m512 limit = _mm512_set1_ps(least);
    const size_t groups = tables->groups;
    const size_t blocks = (list->length + SCAN_BLOCK - 1) / SCAN_BLOCK;
    for (; block < blocks && hits->room - hits->count >= SCAN_BLOCK; block++) {
        const uint8_t *codes = list->codes + block * groups * SCAN_GROUP_BYTES;
        const uint8_t *entries = tables->entries;
        __m512i first = _mm512_setzero_si512();
        __m512i second = first;
        for (size_t i = 0; i < groups; i++) {
            __m512i code = _mm512_load_si512(codes + i * SCAN_GROUP_BYTES);
            __m512i table = _mm512_load_si512(entries + i * SCAN_GROUP_BYTES);
            /* 0xea: (a & b) | c */
            __m512i a = _mm512_ternarylogic_epi32(code, low, pieces, 0xea);
            __m512i b = _mm512_ternarylogic_epi32(_mm512_srli_epi16(code, 4), low, pieces, 0xea);
            first = _mm512_dpbusd_epi32(first, _mm512_permutexvar_epi8(a, table), ones);
            second = _mm512_dpbusd_epi32(second, _mm512_permutexvar_epi8(b, table), ones);
        }
        size_t at = block * SCAN_BLOCK;
        size_t left = list->length - at;
        uint32_t there = left < SCAN_BLOCK ? (1u << left) - 1 : 0xffffffffu;
        __m512 scores = scores_of(first, list, tables, at);
        __m512 more = scores_of(second, list, tables, at + 16);
        __mmask16 mask =
            _mm512_mask_cmp_ps_mask((__mmask16)(there & 0xffff), scores, limit, _CMP_GE_OQ);
        __mmask16 mask_more =
            _mm512_mask_cmp_ps_mask((__mmask16)(there >> 16), more, limit, _CMP_GE_OQ);
        if (__builtin_expect(!(mask | mask_more), 1)) continue;
        keep(hits, mask, scores, at);
        keep(hits, mask_more, more, at + 16);
    }
    return block;
}
#endif
