#include "base/arena.h"
#include "models/ann/distance.h"
#include "tests/ann/unit.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ROWS = 23 };

/* Rows of random values over many orders of size, so that any other order of summing shows. */
static struct distance_rows make_rows(struct arena *arena, size_t dimensions, uint64_t *random)
{
    size_t stride = distance_stride(dimensions);
    float *values = arena_alloc_aligned(arena, ROWS * stride * sizeof(float), ANN_ALIGNMENT);
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t j = 0; j < dimensions; j++) {
            int exponent = (int)(next_random(random) % 24) - 12;
            values[i * stride + j] = ldexpf(next_float(random), exponent);
        }
    }
    return (struct distance_rows){.values = values, .stride = stride};
}

static void run_all(const struct distance_kernels *kernels, const struct distance_rows *rows,
                    size_t count, float out[4][ROWS])
{
    uint32_t ids[ROWS];
    for (uint32_t i = 0; i < ROWS; i++) ids[i] = (i * 7 + 1) % ROWS;
    memset(out, 0, 4 * sizeof out[0]);
    kernels->gather_dot(rows, rows->values, ids, count, out[0]);
    kernels->gather_l2(rows, rows->values, ids, count, out[1]);
    kernels->scan_dot(rows, rows->values, ROWS - count, count, out[2]);
    kernels->scan_l2(rows, rows->values, ROWS - count, count, out[3]);
}

static void every_level_gives_the_same_bits(void **state)
{
    (void)state;
    uint64_t random = 1;
    struct arena *arena = arena_new();
    const size_t sizes[] = {1, 2, 15, 16, 17, 31, 32, 100, 112, 128, 384, 784, 1000, 4096};
    for (size_t d = 0; d < COUNT_OF(sizes); d++) {
        struct distance_rows rows = make_rows(arena, sizes[d], &random);
        for (size_t count = 0; count <= ROWS; count++) {
            float expected[4][ROWS];
            run_all(distance_kernels_of(SIMD_SCALAR), &rows, count, expected);
            for (int level = SIMD_BASELINE; level <= SIMD_AVX512; level++) {
                const struct distance_kernels *kernels =
                    distance_kernels_of((enum simd_level)level);
                if (!kernels) continue;
                float found[4][ROWS];
                run_all(kernels, &rows, count, found);
                assert_memory_equal(found, expected, sizeof found);
            }
        }
    }
    for (int level = SIMD_BASELINE; level <= SIMD_AVX512; level++) {
        if (!distance_kernels_of((enum simd_level)level)) {
            print_message("SKIPPED: SIMD level %d, which this machine has not\n", level);
        }
    }
    assert_non_null(distance_kernels_of(distance_best_level()));
    arena_free(arena);
}

/* The rounding of a sum of n terms is at most n ulp of the sum of their sizes (Higham 2002, 4.2).
 */
static void sums_are_right(void **state)
{
    (void)state;
    uint64_t random = 2;
    struct arena *arena = arena_new();
    for (size_t dimensions = 1; dimensions < 130; dimensions++) {
        struct distance_rows rows = make_rows(arena, dimensions, &random);
        float found[4][ROWS];
        run_all(distance_kernels_of(SIMD_SCALAR), &rows, ROWS, found);
        for (size_t i = 0; i < ROWS; i++) {
            const float *row = rows.values + i * rows.stride;
            double dot = 0, size = 0, l2 = 0;
            for (size_t j = 0; j < dimensions; j++) {
                double a = (double)rows.values[j], b = (double)row[j];
                dot += a * b;
                size += fabs(a * b);
                l2 += (a - b) * (a - b);
            }
            double bound = (double)(dimensions + 4) * 0x1p-23;
            assert_true(fabs((double)found[2][i] - dot) <= bound * size);
            assert_true(fabs((double)found[3][i] - l2) <= bound * l2);
        }
    }
    arena_free(arena);
}

/* Written out by hand for 32 elements: which lanes meet in which order. */
static void order_of_summing_is_as_documented(void **state)
{
    (void)state;
    uint64_t random = 3;
    struct arena *arena = arena_new();
    struct distance_rows rows = make_rows(arena, 32, &random);
    const float *a = rows.values;
    const float *b = rows.values + rows.stride;
    float s[16];
    for (int i = 0; i < 16; i++) {
        float low = a[i] * b[i];
        float high = a[i + 16] * b[i + 16];
        s[i] = low + high;
    }
    float even = ((s[0] + s[8]) + (s[4] + s[12])) + ((s[2] + s[10]) + (s[6] + s[14]));
    float odd = ((s[1] + s[9]) + (s[5] + s[13])) + ((s[3] + s[11]) + (s[7] + s[15]));
    float expected = even + odd;
    float found;
    uint32_t id = 1;
    for (int level = SIMD_SCALAR; level <= SIMD_AVX512; level++) {
        const struct distance_kernels *kernels = distance_kernels_of((enum simd_level)level);
        if (!kernels) continue;
        kernels->gather_dot(&rows, a, &id, 1, &found);
        assert_memory_equal(&found, &expected, sizeof found);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_level_gives_the_same_bits),
        cmocka_unit_test(sums_are_right),
        cmocka_unit_test(order_of_summing_is_as_documented),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
