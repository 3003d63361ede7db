#include "models/ann/scan_x86.h"

#if SCAN_X86
#    include <immintrin.h>

#    define TARGET __attribute__((target("avx2")))

static inline const __m256i *vector_at(const void *address)
{
    return address;
}

/* Half a line, of 8 rows, against 4 columns of the query: products as 16 bits are exact, vpmaddubsw
 * would saturate. */
TARGET static inline __m256i dot_half(__m256i sum, const int8_t *half, __m256i query)
{
    __m256i bytes = _mm256_loadu_si256(vector_at(half));
    __m256i low = _mm256_cvtepi8_epi16(_mm256_castsi256_si128(bytes));
    __m256i high = _mm256_cvtepi8_epi16(_mm256_extracti128_si256(bytes, 1));
    low = _mm256_madd_epi16(low, query);
    high = _mm256_madd_epi16(high, query);
    /* Rows 0 1 4 5 2 3 6 7, put back in order once at the end. */
    return _mm256_add_epi32(sum, _mm256_hadd_epi32(low, high));
}

TARGET void avx2_dots(const struct byte_rows *rows, const int8_t *query, int32_t *out)
{
    const int8_t *at = rows->values;
    for (size_t i = 0; i < rows->count; i += SCAN_BYTE_ROWS) {
        __m256i first = _mm256_setzero_si256();
        __m256i second = first;
        for (size_t j = 0; j < rows->quads; j++, at += SCAN_GROUP_BYTES) {
            int32_t quad;
            __builtin_memcpy(&quad, query + j * SCAN_QUAD, sizeof quad);
            __m256i q = _mm256_cvtepi8_epi16(_mm_set1_epi32(quad));
            first = dot_half(first, at, q);
            second = dot_half(second, at + 32, q);
        }
        first = _mm256_permute4x64_epi64(first, _MM_SHUFFLE(3, 1, 2, 0));
        second = _mm256_permute4x64_epi64(second, _MM_SHUFFLE(3, 1, 2, 0));
        __builtin_memcpy(out + i, &first, sizeof first);
        __builtin_memcpy(out + i + 8, &second, sizeof second);
    }
}

TARGET size_t avx2_count(const int32_t *keys, size_t count, int32_t bound)
{
    const __m256i limit = _mm256_set1_epi32(bound);
    __m256i above = _mm256_setzero_si256();
    for (size_t i = 0; i < count; i += 8) {
        __m256i key = _mm256_loadu_si256(vector_at(keys + i));
        above = _mm256_sub_epi32(above, _mm256_cmpgt_epi32(key, limit));
    }
    uint32_t parts[8];
    __builtin_memcpy(parts, &above, sizeof parts);
    size_t sum = 0;
    for (size_t i = 0; i < 8; i++) sum += parts[i];
    return sum;
}

TARGET size_t avx2_weigh(const int32_t *keys, const uint32_t *weights, size_t count, int32_t bound)
{
    const __m256i limit = _mm256_set1_epi32(bound);
    __m256i above = _mm256_setzero_si256();
    for (size_t i = 0; i < count; i += 8) {
        __m256i mask = _mm256_cmpgt_epi32(_mm256_loadu_si256(vector_at(keys + i)), limit);
        __m256i weight = _mm256_loadu_si256(vector_at(weights + i));
        above = _mm256_add_epi32(above, _mm256_and_si256(mask, weight));
    }
    uint32_t parts[8];
    __builtin_memcpy(parts, &above, sizeof parts);
    size_t sum = 0;
    for (size_t i = 0; i < 8; i++) sum += parts[i];
    return sum;
}

/* Sums of a block, rows in order. Bytes of even rows and of all are added up as 16 bits; their
 * difference has the odd rows. 16 bits hold the sums of 64 groups. */
TARGET static inline void block_sums(const uint8_t *codes, const struct scan_tables *tables,
                                     uint32_t sums[SCAN_BLOCK])
{
    enum { PART = 64 };
    const __m256i low = _mm256_set1_epi8(15);
    for (size_t i = 0; i < SCAN_BLOCK; i++) sums[i] = 0;
    for (size_t part = 0; part < tables->groups; part += PART) {
        size_t end = tables->groups - part < PART ? tables->groups : part + PART;
        __m256i all[2] = {_mm256_setzero_si256(), _mm256_setzero_si256()};
        __m256i odd[2] = {_mm256_setzero_si256(), _mm256_setzero_si256()};
        for (size_t at = part * SCAN_GROUP_BYTES; at < end * SCAN_GROUP_BYTES; at += 32) {
            __m256i code = _mm256_loadu_si256(vector_at(codes + at));
            __m256i table = _mm256_loadu_si256(vector_at(tables->entries + at));
            __m256i a = _mm256_shuffle_epi8(table, _mm256_and_si256(code, low));
            __m256i b =
                _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(code, 4), low));
            all[0] = _mm256_add_epi16(all[0], a);
            odd[0] = _mm256_add_epi16(odd[0], _mm256_srli_epi16(a, 8));
            all[1] = _mm256_add_epi16(all[1], b);
            odd[1] = _mm256_add_epi16(odd[1], _mm256_srli_epi16(b, 8));
        }
        for (size_t half = 0; half < 2; half++) {
            __m256i even = _mm256_sub_epi16(all[half], _mm256_slli_epi16(odd[half], 8));
            uint16_t of_even[16];
            uint16_t of_odd[16];
            __builtin_memcpy(of_even, &even, sizeof of_even);
            __builtin_memcpy(of_odd, &odd[half], sizeof of_odd);
            for (size_t i = 0; i < 8; i++) {
                sums[half * 16 + 2 * i] += (uint32_t)of_even[i] + of_even[i + 8];
                sums[half * 16 + 2 * i + 1] += (uint32_t)of_odd[i] + of_odd[i + 8];
            }
        }
    }
}

TARGET static inline __m256 scores_of(const uint32_t *sums, const struct scan_list *list,
                                      const struct scan_tables *tables, size_t at)
{
    __m256 score = _mm256_cvtepi32_ps(_mm256_loadu_si256(vector_at(sums)));
    if (list->scale) {
        score = _mm256_mul_ps(_mm256_loadu_ps(list->scale + at),
                              _mm256_add_ps(score, _mm256_set1_ps(tables->offset)));
    }
    if (list->bias) {
        __m256 bias = _mm256_mul_ps(_mm256_set1_ps(tables->unit), _mm256_loadu_ps(list->bias + at));
        score = _mm256_add_ps(score, bias);
    }
    return score;
}

TARGET size_t avx2_codes(const struct scan_list *list, const struct scan_tables *tables,
                         size_t block, float least, struct scan_hits *hits)
{
    const __m256 limit = _mm256_set1_ps(least);
    const size_t blocks = (list->length + SCAN_BLOCK - 1) / SCAN_BLOCK;
    for (; block < blocks && hits->room - hits->count >= SCAN_BLOCK; block++) {
        uint32_t sums[SCAN_BLOCK];
        block_sums(list->codes + block * tables->groups * SCAN_GROUP_BYTES, tables, sums);
        size_t at = block * SCAN_BLOCK;
        size_t left = list->length - at;
        uint32_t there = left < SCAN_BLOCK ? (1u << left) - 1 : 0xffffffffu;
        for (size_t i = 0; i < SCAN_BLOCK; i += 8) {
            __m256 score = scores_of(sums + i, list, tables, at + i);
            unsigned mask = (unsigned)_mm256_movemask_ps(_mm256_cmp_ps(score, limit, _CMP_GE_OQ)) &
                            (there >> i & 0xff);
            float scores[8];
            __builtin_memcpy(scores, &score, sizeof scores);
            for (; mask; mask &= mask - 1) {
                unsigned j = (unsigned)__builtin_ctz(mask);
                hits->rows[hits->count] = (uint32_t)(at + i + j);
                hits->scores[hits->count++] = scores[j];
            }
        }
    }
    return block;
}
#endif
