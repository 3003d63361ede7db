/* code_body.h - the kernels of codes of one level; code_kernels.c includes it once a level.
 *
 * Before inclusion: KERNEL(name) names a function of the level, KERNEL_TARGET is its target
 * attribute, and these are defined:
 *   KERNEL(bytes_4), KERNEL(nibbles_4)   inner products of codes and query, four rows at a time
 *   KERNEL(float16_4)                    sums of half precision rows, four at a time
 *   KERNEL(finish_4)                     inner products to distances
 *   KERNEL_WIDE                          whether they take the query in two bytes a value
 * No include guard: it is meant to be included again.
 */

#define DEFINE_CODE_KERNELS(shape)                                     \
    KERNEL_TARGET static ALWAYS_INLINE void KERNEL(distances_##shape)( \
        const struct code_rows *rows, const struct code_query *query,  \
        const unsigned char *const row[4], float out[4])               \
    {                                                                  \
        int32_t dots[4];                                               \
        KERNEL(shape##_4)(query, row, rows->stride, dots);             \
        KERNEL(finish_4)(rows, query, row, dots, out);                 \
    }                                                                  \
    DEFINE_CODE_LOOPS(shape)

/* The last one to three rows take part in a group of four that repeats the last of them; `out` has
 * room for it. */
#define DEFINE_CODE_LOOPS(shape)                                                                 \
    KERNEL_TARGET static void KERNEL(gather_##shape)(                                            \
        const struct code_rows *rows, const struct code_query *query, const uint32_t *ids,       \
        size_t count, float *out)                                                                \
    {                                                                                            \
        const unsigned char *bytes = rows->bytes;                                                \
        const size_t stride = rows->stride;                                                      \
        prefetch_codes(rows, ids, count < PREFETCH_CODES ? count : PREFETCH_CODES);              \
        size_t i = 0;                                                                            \
        for (; i + 4 <= count; i += 4) {                                                         \
            size_t ahead = i + PREFETCH_CODES;                                                   \
            if (ahead < count) {                                                                 \
                prefetch_codes(rows, ids + ahead, count - ahead < 4 ? count - ahead : 4);        \
            }                                                                                    \
            const unsigned char *row[4] = {bytes + ids[i] * stride, bytes + ids[i + 1] * stride, \
                                           bytes + ids[i + 2] * stride,                          \
                                           bytes + ids[i + 3] * stride};                         \
            KERNEL(distances_##shape)(rows, query, row, out + i);                                \
        }                                                                                        \
        if (i == count) return;                                                                  \
        const unsigned char *row[4];                                                             \
        for (size_t j = 0; j < 4; j++) {                                                         \
            row[j] = bytes + ids[i + j < count ? i + j : count - 1] * stride;                    \
        }                                                                                        \
        KERNEL(distances_##shape)(rows, query, row, out + i);                                    \
    }                                                                                            \
    KERNEL_TARGET static void KERNEL(scan_##shape)(const struct code_rows *rows,                 \
                                                   const struct code_query *query, size_t first, \
                                                   size_t count, float *out)                     \
    {                                                                                            \
        const size_t stride = rows->stride;                                                      \
        const unsigned char *bytes = rows->bytes + first * stride;                               \
        size_t i = 0;                                                                            \
        for (; i + 4 <= count; i += 4) {                                                         \
            const unsigned char *start = bytes + i * stride;                                     \
            const unsigned char *row[4] = {start, start + stride, start + 2 * stride,            \
                                           start + 3 * stride};                                  \
            KERNEL(distances_##shape)(rows, query, row, out + i);                                \
        }                                                                                        \
        if (i == count) return;                                                                  \
        const unsigned char *row[4];                                                             \
        for (size_t j = 0; j < 4; j++) {                                                         \
            row[j] = bytes + (i + j < count ? i + j : count - 1) * stride;                       \
        }                                                                                        \
        KERNEL(distances_##shape)(rows, query, row, out + i);                                    \
    }

KERNEL_TARGET static ALWAYS_INLINE void KERNEL(distances_float16)(const struct code_rows *rows,
                                                                  const struct code_query *query,
                                                                  const unsigned char *const row[4],
                                                                  float out[4])
{
    float sums[4];
    KERNEL(float16_4)(query->values, row, rows->stride / sizeof(uint16_t), rows->squared, sums);
    for (size_t j = 0; j < 4; j++) out[j] = query->base + query->of_dot * sums[j];
}

DEFINE_CODE_KERNELS(bytes)
DEFINE_CODE_KERNELS(nibbles)
DEFINE_CODE_LOOPS(float16)

static const struct code_kernels KERNEL(code_kernels) = {
    .gather_float16 = KERNEL(gather_float16),
    .gather_bytes = KERNEL(gather_bytes),
    .gather_nibbles = KERNEL(gather_nibbles),
    .scan_float16 = KERNEL(scan_float16),
    .scan_bytes = KERNEL(scan_bytes),
    .scan_nibbles = KERNEL(scan_nibbles),
    .wide = KERNEL_WIDE,
};

#undef DEFINE_CODE_KERNELS
#undef DEFINE_CODE_LOOPS
#undef KERNEL
#undef KERNEL_TARGET
#undef KERNEL_WIDE
