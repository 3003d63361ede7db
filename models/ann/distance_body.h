/* distance_body.h - the vector kernels of one SIMD level; distance.c includes it once a level.
 *
 * Before inclusion: KERNEL(name) names a function of the level, KERNEL_TARGET is its target
 * attribute. No include guard: it is meant to be included again. Vectors are as wide as a whole set
 * of lanes; the compiler splits them into the registers the target has, which changes no result.
 * They are passed by pointer because passing them by value is not the same call on every target.
 *
 * Four rows go together: their sums are independent, so one waits less for the additions of
 * another.
 */

KERNEL_TARGET static inline __attribute__((always_inline)) float KERNEL(reduce)(const lanes *sum)
{
    lanes_8 eight = __builtin_shufflevector(*sum, *sum, 0, 1, 2, 3, 4, 5, 6, 7) +
                    __builtin_shufflevector(*sum, *sum, 8, 9, 10, 11, 12, 13, 14, 15);
    lanes_4 four = __builtin_shufflevector(eight, eight, 0, 1, 2, 3) +
                   __builtin_shufflevector(eight, eight, 4, 5, 6, 7);
    return (four[0] + four[2]) + (four[1] + four[3]);
}

KERNEL_TARGET static inline __attribute__((always_inline)) void
KERNEL(dot_4)(const float *query, const float *const row[4], size_t length, float out[4])
{
    lanes sum_0 = {0}, sum_1 = {0}, sum_2 = {0}, sum_3 = {0};
    for (size_t i = 0; i < length; i += ANN_LANES) {
        lanes q = *(const lanes *)(const void *)(query + i);
        sum_0 += q * *(const lanes *)(const void *)(row[0] + i);
        sum_1 += q * *(const lanes *)(const void *)(row[1] + i);
        sum_2 += q * *(const lanes *)(const void *)(row[2] + i);
        sum_3 += q * *(const lanes *)(const void *)(row[3] + i);
    }
    out[0] = KERNEL(reduce)(&sum_0);
    out[1] = KERNEL(reduce)(&sum_1);
    out[2] = KERNEL(reduce)(&sum_2);
    out[3] = KERNEL(reduce)(&sum_3);
}

KERNEL_TARGET static inline __attribute__((always_inline)) void
KERNEL(l2_4)(const float *query, const float *const row[4], size_t length, float out[4])
{
    lanes sum_0 = {0}, sum_1 = {0}, sum_2 = {0}, sum_3 = {0};
    for (size_t i = 0; i < length; i += ANN_LANES) {
        lanes q = *(const lanes *)(const void *)(query + i);
        lanes difference_0 = q - *(const lanes *)(const void *)(row[0] + i);
        lanes difference_1 = q - *(const lanes *)(const void *)(row[1] + i);
        lanes difference_2 = q - *(const lanes *)(const void *)(row[2] + i);
        lanes difference_3 = q - *(const lanes *)(const void *)(row[3] + i);
        sum_0 += difference_0 * difference_0;
        sum_1 += difference_1 * difference_1;
        sum_2 += difference_2 * difference_2;
        sum_3 += difference_3 * difference_3;
    }
    out[0] = KERNEL(reduce)(&sum_0);
    out[1] = KERNEL(reduce)(&sum_1);
    out[2] = KERNEL(reduce)(&sum_2);
    out[3] = KERNEL(reduce)(&sum_3);
}

/* The last one to three rows take part in a group of four that repeats the last of them. */
#define DEFINE_GATHER(metric)                                                                  \
    KERNEL_TARGET static void KERNEL(gather_##metric)(const struct distance_rows *rows,        \
                                                      const float *query, const uint32_t *ids, \
                                                      size_t count, float *out)                \
    {                                                                                          \
        prefetch_rows(rows, ids, count < PREFETCH_ROWS ? count : PREFETCH_ROWS);               \
        for (size_t i = 0; i < count; i += 4) {                                                \
            size_t ahead = i + PREFETCH_ROWS;                                                  \
            if (ahead < count) {                                                               \
                prefetch_rows(rows, ids + ahead, count - ahead < 4 ? count - ahead : 4);       \
            }                                                                                  \
            const float *row[4];                                                               \
            float sums[4];                                                                     \
            size_t last = count - i < 4 ? count - i - 1 : 3;                                   \
            for (size_t j = 0; j < 4; j++) {                                                   \
                row[j] = rows->values + ids[i + (j < last ? j : last)] * rows->stride;         \
            }                                                                                  \
            KERNEL(metric##_4)(query, row, rows->stride, sums);                                \
            for (size_t j = 0; j <= last; j++) out[i + j] = sums[j];                           \
        }                                                                                      \
    }

#define DEFINE_SCAN(metric)                                                                 \
    KERNEL_TARGET static void KERNEL(scan_##metric)(const struct distance_rows *rows,       \
                                                    const float *query, size_t first,       \
                                                    size_t count, float *out)               \
    {                                                                                       \
        for (size_t i = 0; i < count; i += 4) {                                             \
            const float *row[4];                                                            \
            float sums[4];                                                                  \
            size_t last = count - i < 4 ? count - i - 1 : 3;                                \
            for (size_t j = 0; j < 4; j++) {                                                \
                row[j] = rows->values + (first + i + (j < last ? j : last)) * rows->stride; \
            }                                                                               \
            KERNEL(metric##_4)(query, row, rows->stride, sums);                             \
            for (size_t j = 0; j <= last; j++) out[i + j] = sums[j];                        \
        }                                                                                   \
    }

DEFINE_GATHER(dot)
DEFINE_GATHER(l2)
DEFINE_SCAN(dot)
DEFINE_SCAN(l2)

static const struct distance_kernels KERNEL(kernels) = {
    .gather_dot = KERNEL(gather_dot),
    .gather_l2 = KERNEL(gather_l2),
    .scan_dot = KERNEL(scan_dot),
    .scan_l2 = KERNEL(scan_l2),
};

#undef DEFINE_GATHER
#undef DEFINE_SCAN
#undef KERNEL
#undef KERNEL_TARGET
