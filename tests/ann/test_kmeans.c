#include "base/arena.h"
#include "models/ann/coarse.h"
#include "models/ann/kmeans.h"
#include "models/ann/vectors.h"
#include "tests/ann/unit.h"

#include <math.h>
#include <string.h>

static float *make_rows(struct arena *arena, uint32_t dimensions, size_t count, uint64_t seed)
{
    struct vectors_source source = {
        .dimensions = dimensions, .intrinsic = 6, .clusters = 30, .seed = seed};
    size_t stride = distance_stride(dimensions);
    float *rows = arena_alloc_aligned(arena, count * stride * sizeof *rows, ANN_ALIGNMENT);
    for (size_t i = 0; i < count; i++) vectors_generate(&source, i, 1, rows + i * stride);
    return rows;
}

static double square_of(const float *a, const float *b, size_t dimensions)
{
    double sum = 0;
    for (size_t i = 0; i < dimensions; i++) {
        double difference = (double)a[i] - (double)b[i];
        sum += difference * difference;
    }
    return sum;
}

/* Mean squared distance to the nearest centroid. */
static double error_of(const struct kmeans *k, const float *centroids)
{
    double sum = 0;
    for (size_t i = 0; i < k->count; i++) {
        double least = (double)INFINITY;
        for (size_t c = 0; c < k->clusters; c++) {
            double square = square_of(k->rows->values + i * k->rows->stride,
                                      centroids + c * k->rows->stride, k->dimensions);
            if (square < least) least = square;
        }
        sum += least;
    }
    return sum / (double)k->count;
}

/* Lloyd's rounds in double precision from the same first centroids (those of no rounds). */
static void naive_kmeans(const struct kmeans *k, struct arena *arena, float *centroids)
{
    size_t stride = k->rows->stride;
    for (unsigned round = 0; round < k->rounds; round++) {
        double *sums = arena_array(arena, double, k->clusters *stride);
        size_t *counts = arena_array(arena, size_t, k->clusters);
        for (size_t i = 0; i < k->count; i++) {
            const float *row = k->rows->values + i * stride;
            size_t best = 0;
            for (size_t c = 1; c < k->clusters; c++) {
                if (square_of(row, centroids + c * stride, k->dimensions) <
                    square_of(row, centroids + best * stride, k->dimensions)) {
                    best = c;
                }
            }
            counts[best]++;
            for (size_t j = 0; j < k->dimensions; j++) sums[best * stride + j] += (double)row[j];
        }
        for (size_t c = 0; c < k->clusters; c++) {
            for (size_t j = 0; j < k->dimensions && counts[c]; j++) {
                centroids[c * stride + j] = (float)(sums[c * stride + j] / (double)counts[c]);
            }
        }
    }
}

static void clusters_are_as_tight_as_a_naive_run_s(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 6; seed++) {
        struct arena *arena = arena_new();
        struct distance_rows rows = {.stride = distance_stride(24)};
        rows.values = make_rows(arena, 24, 1500, seed);
        struct kmeans k = {.rows = &rows,
                           .count = 1500,
                           .dimensions = 24,
                           .clusters = 20,
                           .sample = 1500,
                           .seed = seed,
                           .threads = 1,
                           .level = SIMD_BASELINE};
        size_t bytes = 20 * rows.stride * sizeof(float);
        float *first = arena_alloc_aligned(arena, bytes, ANN_ALIGNMENT);
        float *own = arena_alloc_aligned(arena, bytes, ANN_ALIGNMENT);
        kmeans_run(&k, first);
        double before = error_of(&k, first);
        k.rounds = 10;
        kmeans_run(&k, own);
        naive_kmeans(&k, arena, first);
        double naive = error_of(&k, first);
        double after = error_of(&k, own);
        assert_true(naive < before);
        assert_true(after < naive * 1.02);
        arena_free(arena);
    }
}

static void the_result_does_not_depend_on_threads_or_level(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct distance_rows rows = {.stride = distance_stride(33)};
    rows.values = make_rows(arena, 33, 3000, 5);
    struct kmeans k = {.rows = &rows,
                       .count = 3000,
                       .dimensions = 33,
                       .clusters = 50,
                       .sample = 2000,
                       .rounds = 6,
                       .seed = 9,
                       .threads = 1,
                       .level = SIMD_SCALAR};
    size_t bytes = 50 * rows.stride * sizeof(float);
    float *first = arena_alloc_aligned(arena, bytes, ANN_ALIGNMENT);
    float *other = arena_alloc_aligned(arena, bytes, ANN_ALIGNMENT);
    uint32_t *lists = arena_array(arena, uint32_t, 3000);
    uint32_t *more = arena_array(arena, uint32_t, 3000);
    kmeans_run(&k, first);
    for (int level = SIMD_SCALAR; level <= SIMD_AVX512; level++) {
        k.level = (enum simd_level)level;
        k.threads = 1 + (size_t)level;
        memset(other, 0, bytes);
        kmeans_run(&k, other);
        assert_memory_equal(other, first, bytes);
        struct coarse coarse;
        coarse_init(arena, &coarse, 50, 33, k.level);
        struct distance_rows centroids = {.values = other, .stride = rows.stride};
        coarse_set(&coarse, &centroids);
        kmeans_assign(&k, &coarse, level == SIMD_SCALAR ? lists : more);
        if (level > SIMD_SCALAR) assert_memory_equal(lists, more, 3000 * sizeof *lists);
    }
    k.seed = 10;
    kmeans_run(&k, other);
    assert_memory_not_equal(other, first, bytes);
    arena_free(arena);
}

/* As many clusters as rows, one cluster, rows that are all alike. */
static void edges_hold(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct distance_rows rows = {.stride = 16};
    float *values = make_rows(arena, 5, 40, 2);
    rows.values = values;
    struct kmeans k = {.rows = &rows,
                       .count = 40,
                       .dimensions = 5,
                       .clusters = 40,
                       .sample = 40,
                       .rounds = 5,
                       .threads = 1,
                       .level = SIMD_BASELINE};
    float *centroids = arena_alloc_aligned(arena, 40 * 64, ANN_ALIGNMENT);
    kmeans_run(&k, centroids);
    assert_true(error_of(&k, centroids) < 1e-2);
    k.clusters = 1;
    kmeans_run(&k, centroids);
    for (size_t j = 0; j < 5; j++) {
        double mean = 0;
        for (size_t i = 0; i < 40; i++) mean += (double)values[i * 16 + j] / 40;
        assert_true(fabs(mean - (double)centroids[j]) < 1e-5);
    }
    for (size_t i = 1; i < 40; i++) memcpy(values + i * 16, values, 64);
    k.clusters = 7;
    kmeans_run(&k, centroids);
    assert_true(error_of(&k, centroids) < 1e-10);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clusters_are_as_tight_as_a_naive_run_s),
        cmocka_unit_test(the_result_does_not_depend_on_threads_or_level),
        cmocka_unit_test(edges_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
