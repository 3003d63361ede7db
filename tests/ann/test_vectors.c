#include "base/arena.h"
#include "models/ann/vectors.h"
#include "tests/ann/unit.h"

#include <math.h>
#include <string.h>

static void rows_do_not_depend_on_how_they_are_asked_for(void **state)
{
    (void)state;
    struct vectors_source source = {.dimensions = 33, .intrinsic = 7, .clusters = 5, .seed = 11};
    float all[40 * 33];
    float piece[33];
    vectors_generate(&source, 100, 40, all);
    for (size_t i = 40; i-- > 0;) {
        vectors_generate(&source, 100 + i, 1, piece);
        assert_memory_equal(piece, all + i * 33, sizeof piece);
    }
    source.seed = 12;
    vectors_generate(&source, 100, 1, piece);
    assert_memory_not_equal(piece, all, sizeof piece);
}

static void bits_are_the_known_ones(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct vectors_source source = {.dimensions = 100, .seed = 42};
    float *rows = arena_array(arena, float, 1000 * 100);
    vectors_generate(&source, 0, 1000, rows);
    uint64_t hash = hash_bytes(HASH_START, rows, 1000 * 100 * sizeof *rows);
    if (hash != UINT64_C(0xa229123d25b87c7d)) fail_msg("0x%016llx", (unsigned long long)hash);
    arena_free(arena);
}

/* Centres 1.0 and patches 1.0 of variance, 0.05^2 of noise: a column's mean is 0 over seeds, its
 * variance 2.0025. Columns of different seeds are independent, and less than 4 in excess kurtosis:
 * over 4,000 seeds the mean's standard error is sqrt(2.0025 / 4000) = 0.0224, the variance's below
 * 2.0025 sqrt(6 / 4000) = 0.078. Five of them: two checks fail by chance once in 10^6 runs. */
static void columns_have_the_documented_size(void **state)
{
    (void)state;
    double sum = 0;
    double squares = 0;
    for (uint64_t seed = 0; seed < 4000; seed++) {
        struct vectors_source source = {.dimensions = 3, .seed = seed * 977};
        float row[3];
        vectors_generate(&source, seed, 1, row);
        sum += (double)row[2];
        squares += (double)row[2] * (double)row[2];
    }
    assert_true(fabs(sum / 4000) < 5 * 0.0224);
    assert_true(fabs(squares / 4000 - 2.0025) < 5 * 0.078);
}

/* Maximum-likelihood estimate of intrinsic dimension from the k nearest distances (Levina and
 * Bickel 2004, eq. 8), inverse-averaged over rows. */
static double estimate_dimension(const float *rows, size_t count, size_t dimensions, size_t k)
{
    double inverse = 0;
    for (size_t i = 0; i < count; i += 8) {
        double near[16];
        size_t found = 0;
        for (size_t j = 0; j < count; j++) {
            if (j == i) continue;
            double square = 0;
            for (size_t d = 0; d < dimensions; d++) {
                double difference =
                    (double)rows[i * dimensions + d] - (double)rows[j * dimensions + d];
                square += difference * difference;
            }
            size_t at = found < k ? found++ : k;
            for (; at > 0 && near[at - 1] > square; at--) {
                if (at < k) near[at] = near[at - 1];
            }
            if (at < k) near[at] = square;
        }
        double logs = 0;
        for (size_t j = 0; j + 1 < k; j++) logs += 0.5 * log(near[k - 1] / near[j]);
        inverse += logs / (double)(k - 2);
    }
    return (double)((count + 7) / 8) / inverse;
}

/* With one cluster, the estimate follows the dimension that was set. It is biased low by the finite
 * sample (known of the method), more so the larger the dimension, so the bounds are wide. */
static void intrinsic_dimension_is_what_was_set(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    float *rows = arena_array(arena, float, 2000 * 64);
    const struct {
        uint32_t intrinsic;
        double least;
        double most;
    } cases[] = {{4, 3, 5.5}, {8, 5.5, 9.5}, {16, 9, 18}};
    for (size_t c = 0; c < COUNT_OF(cases); c++) {
        struct vectors_source source = {
            .dimensions = 64, .intrinsic = cases[c].intrinsic, .clusters = 1, .seed = 3};
        vectors_generate(&source, 0, 2000, rows);
        double found = estimate_dimension(rows, 2000, 64, 12);
        print_message("intrinsic %u: estimated %.2f\n", (unsigned)cases[c].intrinsic, found);
        assert_true(found > cases[c].least && found < cases[c].most);
    }
    arena_free(arena);
}

static void extremes_are_finite(void **state)
{
    (void)state;
    float rows[3 * 4];
    const struct vectors_source sources[] = {
        {.dimensions = 4, .intrinsic = 1, .clusters = 1},
        {.dimensions = 4, .intrinsic = UINT32_MAX, .clusters = UINT32_MAX, .seed = UINT64_MAX},
    };
    for (size_t i = 0; i < COUNT_OF(sources); i++) {
        vectors_generate(&sources[i], UINT64_MAX - 1, 3, rows);
        for (size_t j = 0; j < COUNT_OF(rows); j++) assert_true(fabsf(rows[j]) < 20);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_do_not_depend_on_how_they_are_asked_for),
        cmocka_unit_test(bits_are_the_known_ones),
        cmocka_unit_test(columns_have_the_documented_size),
        cmocka_unit_test(intrinsic_dimension_is_what_was_set),
        cmocka_unit_test(extremes_are_finite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
