#include "models/ann/scan.h"

#include "models/ann/scan_x86.h"

/* The definitions, one element at a time. */

static void scalar_dots(const struct byte_rows *rows, const int8_t *query, int32_t *out)
{
    for (size_t i = 0; i < rows->count; i++) {
        const int8_t *row = rows->values + i / SCAN_BYTE_ROWS * rows->quads * SCAN_GROUP_BYTES +
                            i % SCAN_BYTE_ROWS * SCAN_QUAD;
        int32_t sum = 0;
        for (size_t j = 0; j < rows->quads * SCAN_QUAD; j++) {
            sum += query[j] * row[j / SCAN_QUAD * SCAN_GROUP_BYTES + j % SCAN_QUAD];
        }
        out[i] = sum;
    }
}

static size_t scalar_count(const int32_t *keys, size_t count, int32_t bound)
{
    size_t above = 0;
    for (size_t i = 0; i < count; i++) above += keys[i] > bound;
    return above;
}

static size_t scalar_weigh(const int32_t *keys, const uint32_t *weights, size_t count,
                           int32_t bound)
{
    size_t sum = 0;
    for (size_t i = 0; i < count; i++) sum += keys[i] > bound ? weights[i] : 0;
    return sum;
}

static size_t scalar_collect(const int32_t *keys, size_t count, int32_t bound, uint32_t *out)
{
    size_t length = 0;
    for (size_t i = 0; i < count; i++) {
        out[length] = (uint32_t)i;
        length += keys[i] > bound;
    }
    return length;
}

static uint32_t row_sum(const uint8_t *block, const struct scan_tables *tables, size_t row)
{
    uint32_t sum = 0;
    for (size_t piece = 0; piece < tables->groups * SCAN_GROUP; piece++) {
        sum += tables->entries[piece * SCAN_ENTRIES + scan_code_at(block, false, piece, row)];
    }
    return sum;
}

static size_t scalar_codes(const struct scan_list *list, const struct scan_tables *tables,
                           size_t block, float least, struct scan_hits *hits)
{
    size_t blocks = (list->length + SCAN_BLOCK - 1) / SCAN_BLOCK;
    for (; block < blocks && hits->room - hits->count >= SCAN_BLOCK; block++) {
        const uint8_t *codes = list->codes + block * tables->groups * SCAN_GROUP_BYTES;
        for (size_t i = block * SCAN_BLOCK; i < (block + 1) * SCAN_BLOCK; i++) {
            if (i == list->length) break;
            float score = (float)row_sum(codes, tables, i % SCAN_BLOCK);
            if (list->scale) score = list->scale[i] * (score + tables->offset);
            if (list->bias) score += tables->unit * list->bias[i];
            hits->rows[hits->count] = (uint32_t)i;
            hits->scores[hits->count] = score;
            hits->count += score >= least;
        }
    }
    return block;
}

static const struct scan_kernels scalar_kernels = {.dots = scalar_dots,
                                                   .count = scalar_count,
                                                   .weigh = scalar_weigh,
                                                   .collect = scalar_collect,
                                                   .codes = scalar_codes};

#if SCAN_X86
static const struct scan_kernels avx2_kernels = {.dots = avx2_dots,
                                                 .count = avx2_count,
                                                 .weigh = avx2_weigh,
                                                 .collect = scalar_collect,
                                                 .codes = avx2_codes};
static const struct scan_kernels avx512_kernels = {.dots = avx512_dots,
                                                   .count = avx512_count,
                                                   .weigh = avx512_weigh,
                                                   .collect = avx512_collect,
                                                   .codes = avx512_codes,
                                                   .quads = true};
#endif

const struct scan_kernels *scan_kernels_of(enum simd_level level)
{
#if SCAN_X86
    if (level >= SIMD_AVX512 && __builtin_cpu_supports("avx512f") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi") &&
        __builtin_cpu_supports("avx512vnni")) {
        return &avx512_kernels;
    }
    if (level >= SIMD_AVX2 && __builtin_cpu_supports("avx2")) return &avx2_kernels;
#else
    (void)level;
#endif
    return &scalar_kernels;
}
