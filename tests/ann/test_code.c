#include "base/arena.h"
#include "models/ann/code.h"
#include "models/ann/half.h"
#include "tests/ann/unit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 21 };

static const enum ann_code codes[] = {ANN_FLOAT16, ANN_INT8, ANN_LVQ8, ANN_LVQ4};
static const enum ann_metric metrics[] = {ANN_COSINE, ANN_INNER_PRODUCT, ANN_L2};
static const uint32_t sizes[] = {1,  2,   3,   31,  55,  56,  57,  63,  64,  65,
                                 99, 100, 104, 105, 112, 113, 128, 384, 785, 4096};

struct sample {
    struct distance_rows rows;
    const float *query;
};

/* Rows about a mean that is not zero; a row and a query of equal values too. */
static struct sample make_sample(struct arena *arena, uint32_t dimensions, uint64_t *random)
{
    size_t stride = distance_stride(dimensions);
    float *values = arena_alloc_aligned(arena, (ROWS + 1) * stride * sizeof(float), ANN_ALIGNMENT);
    for (size_t i = 0; i <= ROWS; i++) {
        for (size_t j = 0; j < dimensions; j++) {
            values[i * stride + j] = i == 3 ? 0.25f : next_float(random) + 0.1f * (float)(j % 7);
        }
    }
    return (struct sample){.rows = {.values = values, .stride = stride},
                           .query = values + ROWS * stride};
}

static struct code_rows *make_codes(struct arena *arena, const struct sample *sample,
                                    enum ann_code code, enum ann_metric metric, uint32_t dimensions,
                                    enum simd_level level)
{
    struct code_source source = {.code = code,
                                 .metric = metric,
                                 .dimensions = dimensions,
                                 .rows = &sample->rows,
                                 .count = ROWS,
                                 .capacity = ROWS + 2,
                                 .level = level};
    return code_rows_new(arena, &source);
}

static void halves_are_the_nearest(void **state)
{
    (void)state;
    for (uint32_t half = 0; half < 0x7c00; half++) {
        float value = half_to_float((uint16_t)half);
        int exponent = (int)(half >> 10);
        float expected = ldexpf((float)(half & 1023u) + (exponent ? 1024.0f : 0.0f),
                                (exponent ? exponent : 1) - 25);
        assert_true(value == expected);
        assert_int_equal(half_from_float(value), half);
        assert_int_equal(half_from_float(-value), half | 0x8000u);
        assert_true(half_to_float((uint16_t)(half | 0x8000u)) == -value);
        if (half + 1 == 0x7c00) continue;
        /* Half way to the next one goes to the even one; a little more or less to the nearer. */
        float middle = 0.5f * (value + half_to_float((uint16_t)(half + 1)));
        assert_int_equal(half_from_float(middle), half + (half & 1));
        assert_int_equal(half_from_float(nextafterf(middle, 0)), half);
        assert_int_equal(half_from_float(nextafterf(middle, 1e6f)), half + 1);
    }
    assert_int_equal(half_from_float(1e15f), 0x7bff);
    assert_int_equal(half_from_float(-65519.0f), 0xfbff);
}

/* What a code stands for is no farther than half a step, of the row's range or of that of all. */
static void decoded_rows_are_near(void **state)
{
    (void)state;
    uint64_t random = 5;
    for (size_t d = 0; d < COUNT_OF(sizes); d++) {
        struct arena *arena = arena_new();
        struct sample sample = make_sample(arena, sizes[d], &random);
        float *out = arena_array(arena, float, sizes[d]);
        for (size_t c = 0; c < COUNT_OF(codes) * COUNT_OF(metrics); c++) {
            enum ann_code code = codes[c / COUNT_OF(metrics)];
            struct code_rows *rows = make_codes(
                arena, &sample, code, metrics[c % COUNT_OF(metrics)], sizes[d], SIMD_SCALAR);
            assert_int_equal(rows->stride % ANN_ALIGNMENT, 0);
            for (size_t i = 0; i < ROWS; i++) {
                const float *row = sample.rows.values + i * sample.rows.stride;
                double low = 1e30, high = -1e30;
                for (uint32_t j = 0; j < sizes[d] && code != ANN_FLOAT16; j++) {
                    double value = (double)row[j] - (double)rows->mean[j];
                    low = value < low ? value : low;
                    high = value > high ? value : high;
                }
                double levels = code == ANN_LVQ4 ? 15 : 255;
                double step = code == ANN_INT8 ? (double)rows->step : (high - low) / levels;
                code_decode(rows, i, out);
                for (uint32_t j = 0; j < sizes[d]; j++) {
                    double most = 0.5 * step + 1e-6;
                    if (code == ANN_FLOAT16) most = fabs((double)row[j]) * 0x1p-11 + 1e-9;
                    assert_true(fabs((double)out[j] - (double)row[j]) <= most);
                }
            }
        }
        arena_free(arena);
    }
}

/* One line a row: what the memory figures rest on. */
static void four_bits_take_one_line(void **state)
{
    (void)state;
    uint64_t random = 6;
    struct arena *arena = arena_new();
    struct sample sample = make_sample(arena, 112, &random);
    assert_int_equal(make_codes(arena, &sample, ANN_LVQ4, ANN_COSINE, 112, 0)->stride, 64);
    assert_int_equal(make_codes(arena, &sample, ANN_LVQ4, ANN_L2, 104, 0)->stride, 64);
    assert_int_equal(make_codes(arena, &sample, ANN_LVQ4, ANN_L2, 105, 0)->stride, 128);
    assert_int_equal(make_codes(arena, &sample, ANN_LVQ8, ANN_COSINE, 100, 0)->stride, 128);
    assert_int_equal(make_codes(arena, &sample, ANN_INT8, ANN_COSINE, 64, 0)->stride, 64);
    assert_int_equal(make_codes(arena, &sample, ANN_FLOAT16, ANN_L2, 96, 0)->stride, 192);
    arena_free(arena);
}

/* A distance by code is that to the decoded row, but for the query's own eight bits: half a step of
 * the query for every column, times what the column's code stands for above the offset. */
static void distances_are_those_of_decoded_rows(void **state)
{
    (void)state;
    uint64_t random = 7;
    for (size_t d = 0; d < COUNT_OF(sizes); d++) {
        struct arena *arena = arena_new();
        uint32_t n = sizes[d];
        struct sample sample = make_sample(arena, n, &random);
        float *out = arena_array(arena, float, n);
        struct code_query query;
        code_query_new(arena, n, &query);
        for (size_t c = 0; c < COUNT_OF(codes) * COUNT_OF(metrics); c++) {
            enum ann_metric metric = metrics[c % COUNT_OF(metrics)];
            enum ann_code code = codes[c / COUNT_OF(metrics)];
            struct code_rows *rows = make_codes(arena, &sample, code, metric, n, SIMD_SCALAR);
            float found[ROWS + 3];
            code_query_prepare(rows, sample.query, &query);
            rows->scan(rows, &query, 0, ROWS, found);
            for (size_t i = 0; i < ROWS; i++) {
                code_decode(rows, i, out);
                double dot = 0, l2 = 0, above = 0, low = 1e30, most = 0;
                for (uint32_t j = 0; j < n; j++) {
                    double q = (double)sample.query[j], x = (double)out[j];
                    double mean = rows->mean ? (double)rows->mean[j] : 0;
                    dot += q * x;
                    l2 += (q - x) * (q - x);
                    above += x - mean;
                    low = x - mean < low ? x - mean : low;
                    most = fmax(most, fabs(metric == ANN_L2 ? q - mean : q));
                }
                if (code == ANN_INT8) low = (double)rows->low;
                above -= n * low;
                double expected = metric == ANN_L2 ? l2 : (metric == ANN_COSINE) - dot;
                double bound = 1e-5 * (n + 1);
                if (code != ANN_FLOAT16) {
                    bound += (metric == ANN_L2 ? 2 : 1) * above * 0.5 * most / 127;
                }
                assert_true(fabs((double)found[i] - expected) <= bound);
            }
        }
        arena_free(arena);
    }
}

static void every_level_gives_the_same_bits(void **state)
{
    (void)state;
    uint64_t random = 8;
    for (size_t d = 0; d < COUNT_OF(sizes); d++) {
        struct arena *arena = arena_new();
        struct sample sample = make_sample(arena, sizes[d], &random);
        struct code_query query;
        code_query_new(arena, sizes[d], &query);
        uint32_t ids[ROWS];
        for (uint32_t i = 0; i < ROWS; i++) ids[i] = (i * 5 + 2) % ROWS;
        for (size_t c = 0; c < COUNT_OF(codes) * COUNT_OF(metrics); c++) {
            enum ann_metric metric = metrics[c % COUNT_OF(metrics)];
            struct code_rows *rows[SIMD_AVX512 + 1];
            for (enum simd_level level = SIMD_SCALAR; level <= SIMD_AVX512; level++) {
                rows[level] = make_codes(arena, &sample, codes[c / COUNT_OF(metrics)], metric,
                                         sizes[d], level);
            }
            for (size_t count = 0; count <= ROWS; count++) {
                float expected[2][ROWS + 3] = {{0}};
                code_query_prepare(rows[0], sample.query, &query);
                rows[0]->gather(rows[0], &query, ids, count, expected[0]);
                rows[0]->scan(rows[0], &query, ROWS - count, count, expected[1]);
                for (enum simd_level level = SIMD_BASELINE; level <= SIMD_AVX512; level++) {
                    float found[2][ROWS + 3] = {{0}};
                    code_query_prepare(rows[level], sample.query, &query);
                    rows[level]->gather(rows[level], &query, ids, count, found[0]);
                    rows[level]->scan(rows[level], &query, ROWS - count, count, found[1]);
                    assert_memory_equal(found[0], expected[0], count * sizeof(float));
                    assert_memory_equal(found[1], expected[1], count * sizeof(float));
                }
            }
        }
        arena_free(arena);
    }
    for (enum simd_level level = SIMD_AVX2; level <= SIMD_AVX512; level++) {
        if (code_kernels_of(level) == code_kernels_of(level - 1)) {
            print_message("SKIPPED: SIMD level %d, which this machine has not\n", (int)level);
        }
    }
}

/* Rows of values at the ends of what is allowed, all equal, or all zero. */
static void extremes_stay_finite(void **state)
{
    (void)state;
    const float extremes[] = {ANN_VALUE_MAX, 1e-38f, 1e-45f, 0.0f, 1.0f};
    struct arena *arena = arena_new();
    for (size_t e = 0; e < COUNT_OF(extremes); e++) {
        uint64_t random = 9;
        struct sample sample = make_sample(arena, 4096, &random);
        float *values = arena_alloc_aligned(arena, (ROWS + 1) * sizeof(float) * 4096, 64);
        for (size_t i = 0; i < (ROWS + 1) * (size_t)4096; i++) {
            values[i] = next_random(&random) % 2 ? extremes[e] : -extremes[e];
        }
        sample.rows.values = values;
        sample.query = values + ROWS * (size_t)4096;
        struct code_query query;
        code_query_new(arena, 4096, &query);
        for (size_t c = 0; c < COUNT_OF(codes) * 2; c++) {
            struct code_rows *rows =
                make_codes(arena, &sample, codes[c / 2], c % 2 ? ANN_L2 : ANN_INNER_PRODUCT, 4096,
                           distance_best_level());
            float found[ROWS + 3];
            code_query_prepare(rows, sample.query, &query);
            rows->scan(rows, &query, 0, ROWS, found);
            for (size_t i = 0; i < ROWS; i++) assert_true(isfinite(found[i]));
        }
    }
    arena_free(arena);
}

static void the_environment_lowers_the_level(void **state)
{
    (void)state;
    enum simd_level best = distance_best_level();
    assert_int_equal(setenv("RAGTIME_SIMD", "scalar", 1), 0);
    assert_int_equal(distance_level_chosen(), SIMD_SCALAR);
    assert_int_equal(setenv("RAGTIME_SIMD", "baseline", 1), 0);
    assert_int_equal(distance_level_chosen(), SIMD_BASELINE);
    assert_int_equal(setenv("RAGTIME_SIMD", "avx512", 1), 0);
    assert_int_equal(distance_level_chosen(), best);
    assert_int_equal(setenv("RAGTIME_SIMD", "of no such name", 1), 0);
    assert_int_equal(distance_level_chosen(), best);
    assert_int_equal(unsetenv("RAGTIME_SIMD"), 0);
    assert_int_equal(distance_level_chosen(), best);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(halves_are_the_nearest),
        cmocka_unit_test(decoded_rows_are_near),
        cmocka_unit_test(four_bits_take_one_line),
        cmocka_unit_test(distances_are_those_of_decoded_rows),
        cmocka_unit_test(every_level_gives_the_same_bits),
        cmocka_unit_test(extremes_stay_finite),
        cmocka_unit_test(the_environment_lowers_the_level),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
