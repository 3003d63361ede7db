#include "base/arena.h"
#include "base/compiler.h"
#include "base/error.h"
#include "models/ann/ann.h"
#include "models/ann/vector_file.h"
#include "models/ann/vectors.h"
#include "tests/ann/build.h"
#include "tests/ann/unit.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const enum ann_metric metrics[] = {ANN_COSINE, ANN_INNER_PRODUCT, ANN_L2};

static float *make_rows(struct arena *arena, uint32_t dimensions, size_t count, uint64_t first)
{
    struct vectors_source source = {
        .dimensions = dimensions, .intrinsic = 8, .clusters = 10, .seed = 9};
    float *rows = arena_array(arena, float, count *dimensions);
    vectors_generate(&source, first, count, rows);
    return rows;
}

static double naive_distance(enum ann_metric metric, const float *a, const float *b,
                             uint32_t dimensions)
{
    double dot = 0, aa = 0, bb = 0, l2 = 0;
    for (uint32_t i = 0; i < dimensions; i++) {
        double x = (double)a[i], y = (double)b[i];
        dot += x * y;
        aa += x * x;
        bb += y * y;
        l2 += (x - y) * (x - y);
    }
    if (metric == ANN_COSINE) return 1 - dot / sqrt(aa * bb);
    return metric == ANN_L2 ? l2 : -dot;
}

/* Share of the exact search's hits that are no farther than its last. */
static double recall_of(const struct ann_index *index, struct arena *arena, const float *queries,
                        size_t count, uint32_t ef)
{
    struct ann_scratch *scratch = ann_scratch_new(arena, index);
    uint32_t dimensions = ann_get_settings(index)->dimensions;
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        struct ann_hit truth[10];
        struct ann_hit hits[10];
        struct ann_query query = {
            .vector = queries + i * dimensions, .top_k = 10, .ef_search = ef, .exact = true};
        assert_int_equal(ann_search(index, &query, scratch, truth, NULL), 10);
        query.exact = false;
        assert_int_equal(ann_search(index, &query, scratch, hits, NULL), 10);
        for (size_t j = 0; j < 10; j++) found += hits[j].distance <= truth[9].distance;
    }
    return (double)found / (double)(10 * count);
}

/* Random sizes, dimensions, metrics and k against distances in double precision: every hit's
 * distance is right, hits are in order, and no row that is left out is nearer by more than
 * rounding. */
static void exact_search_agrees_with_a_naive_one(void **state)
{
    (void)state;
    uint64_t random = 21;
    for (int round = 0; round < 60; round++) {
        struct arena *arena = arena_new();
        uint32_t dimensions = 1 + (uint32_t)(next_random(&random) % 70);
        size_t count = 1 + next_random(&random) % 400;
        size_t top_k = 1 + next_random(&random) % 30;
        enum ann_metric metric = metrics[round % 3];
        float *rows = make_rows(arena, dimensions, count + 1, next_random(&random) >> 1);
        float *vector = rows + count * dimensions;
        struct ann_settings settings = {.metric = metric, .dimensions = dimensions};
        struct ann_index *index = build(arena, &settings, rows, count);
        struct ann_scratch *scratch = ann_scratch_new(arena, index);
        struct ann_hit hits[30];
        struct ann_work work;
        struct ann_query query = {.vector = vector, .top_k = top_k};
        size_t found = ann_search(index, &query, scratch, hits, &work);
        assert_int_equal(found, top_k < count ? top_k : count);
        assert_int_equal(work.distances, count);
        assert_int_equal(work.hops, 0);
        assert_int_equal(work.bytes, count * ((dimensions + 15) / 16 * 64));

        bool *hit = arena_array(arena, bool, count);
        double tolerance = 1e-5 * (1 + 8.0 * dimensions);
        for (size_t i = 0; i < found; i++) {
            const float *row = rows + hits[i].id * dimensions;
            double expected = naive_distance(metric, vector, row, dimensions);
            assert_true(fabs((double)hits[i].distance - expected) < tolerance);
            assert_false(hit[hits[i].id]);
            hit[hits[i].id] = true;
            if (i == 0) continue;
            assert_true(hits[i].distance > hits[i - 1].distance ||
                        (hits[i].distance == hits[i - 1].distance && hits[i].id > hits[i - 1].id));
        }
        for (size_t i = 0; i < count; i++) {
            double distance = naive_distance(metric, vector, rows + i * dimensions, dimensions);
            if (!hit[i]) assert_true(distance > (double)hits[found - 1].distance - tolerance);
        }
        arena_free(arena);
    }
}

/* A beam as long as the index finds everything: every row can be reached. On graphs with few links,
 * so that some rows would be lost without care. */
static void a_full_beam_is_exact(void **state)
{
    (void)state;
    uint64_t random = 4;
    for (int round = 0; round < 24; round++) {
        struct arena *arena = arena_new();
        size_t count = 1 + next_random(&random) % 1500;
        uint32_t dimensions = 1 + (uint32_t)(next_random(&random) % 20);
        float *rows = make_rows(arena, dimensions, count + 5, next_random(&random) >> 1);
        struct ann_settings settings = {.kind = ANN_HNSW,
                                        .metric = metrics[round % 3],
                                        .dimensions = dimensions,
                                        .m = 2 + (uint32_t)(next_random(&random) % 4),
                                        .ef_construction = 10,
                                        .seed = next_random(&random)};
        struct ann_index *index = build(arena, &settings, rows, count);
        struct ann_scratch *scratch = ann_scratch_new(arena, index);
        struct ann_hit *hits = arena_array(arena, struct ann_hit, count);
        struct ann_hit *truth = arena_array(arena, struct ann_hit, count);
        for (size_t q = 0; q < 5; q++) {
            struct ann_query query = {.vector = rows + (count + q) * dimensions, .top_k = count};
            assert_int_equal(ann_search(index, &query, scratch, hits, NULL), count);
            query.exact = true;
            assert_int_equal(ann_search(index, &query, scratch, truth, NULL), count);
            assert_memory_equal(hits, truth, count * sizeof *hits);
        }
        arena_free(arena);
    }
}

/* Many equal rows: all can be found, in order of id. */
static void duplicates_come_by_id(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    enum { COUNT = 900, COPIES = 300, DIMENSIONS = 12 };
    float *rows = make_rows(arena, DIMENSIONS, COUNT, 0);
    for (size_t i = 0; i < COPIES; i++) {
        memcpy(rows + i * 3 * DIMENSIONS, rows, DIMENSIONS * sizeof(float));
    }
    for (size_t m = 0; m < COUNT_OF(metrics) * 2; m++) {
        struct ann_settings settings = {.kind = m % 2 ? ANN_HNSW : ANN_FLAT,
                                        .metric = metrics[m / 2],
                                        .dimensions = DIMENSIONS,
                                        .m = 8,
                                        .ef_construction = 40};
        if (settings.metric == ANN_INNER_PRODUCT) continue; /* a row need not be its own nearest */
        struct ann_index *index = build(arena, &settings, rows, COUNT);
        struct ann_scratch *scratch = ann_scratch_new(arena, index);
        struct ann_hit hits[COPIES];
        struct ann_query query = {.vector = rows, .top_k = COPIES, .ef_search = COUNT};
        assert_int_equal(ann_search(index, &query, scratch, hits, NULL), COPIES);
        for (uint32_t i = 0; i < COPIES; i++) {
            assert_int_equal(hits[i].id, i * 3);
            assert_true(hits[i].distance == hits[0].distance);
        }
    }
    arena_free(arena);
}

static void equal_rows_only(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    enum { COUNT = 2000 };
    float *rows = arena_array(arena, float, COUNT * 2);
    for (size_t i = 0; i < COUNT; i++) rows[i * 2] = 1;
    struct ann_settings settings = {.kind = ANN_HNSW, .dimensions = 2, .m = 4};
    struct ann_index *index = build(arena, &settings, rows, COUNT);
    struct ann_scratch *scratch = ann_scratch_new(arena, index);
    struct ann_hit *hits = arena_array(arena, struct ann_hit, COUNT);
    struct ann_query query = {.vector = rows, .top_k = COUNT};
    assert_int_equal(ann_search(index, &query, scratch, hits, NULL), COUNT);
    for (uint32_t i = 0; i < COUNT; i++) assert_int_equal(hits[i].id, i);
    arena_free(arena);
}

static void order_of_rows_does_not_matter_to_exact_search(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    enum { COUNT = 500, DIMENSIONS = 24 };
    float *rows = make_rows(arena, DIMENSIONS, COUNT + 1, 0);
    float *turned = arena_array(arena, float, COUNT *DIMENSIONS);
    for (size_t i = 0; i < COUNT; i++) { /* row i goes to 7 i + 3, which is one to one */
        memcpy(turned + (i * 7 + 3) % COUNT * DIMENSIONS, rows + i * DIMENSIONS,
               DIMENSIONS * sizeof(float));
    }
    for (size_t m = 0; m < COUNT_OF(metrics); m++) {
        struct ann_settings settings = {.metric = metrics[m], .dimensions = DIMENSIONS};
        struct ann_index *a = build(arena, &settings, rows, COUNT);
        struct ann_index *b = build(arena, &settings, turned, COUNT);
        struct ann_scratch *scratch = ann_scratch_new(arena, a);
        struct ann_hit from_a[50];
        struct ann_hit from_b[50];
        struct ann_query query = {.vector = rows + COUNT * DIMENSIONS, .top_k = 50};
        assert_int_equal(ann_search(a, &query, scratch, from_a, NULL), 50);
        assert_int_equal(ann_search(b, &query, scratch, from_b, NULL), 50);
        for (size_t i = 0; i < 50; i++) {
            assert_int_equal((from_a[i].id * 7 + 3) % COUNT, from_b[i].id);
            assert_true(from_a[i].distance == from_b[i].distance);
        }
    }
    arena_free(arena);
}

static void small_indexes_and_large_k(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    const float rows[] = {3, 4, 0, 1};
    const float vector[] = {3, 4};
    for (size_t count = 0; count <= 2; count++) {
        for (unsigned kind = 0; kind < 2; kind++) {
            struct ann_settings settings = {
                .kind = (enum ann_kind)kind, .metric = ANN_L2, .dimensions = 2};
            struct ann_index *index = build(arena, &settings, rows, count);
            struct ann_scratch *scratch = ann_scratch_new(arena, index);
            struct ann_hit hits[7];
            struct ann_work work;
            struct ann_query query = {.vector = vector, .top_k = 7};
            assert_int_equal(ann_search(index, &query, scratch, hits, &work), count);
            assert_int_equal(work.distances, count);
            if (count > 0) assert_true(hits[0].id == 0 && hits[0].distance == 0);
            if (count > 1) assert_true(hits[1].id == 1 && hits[1].distance == 18);
            query.top_k = SIZE_MAX;
            assert_int_equal(ann_search(index, &query, scratch, hits, NULL), count);
            query.top_k = 0;
            assert_int_equal(ann_search(index, &query, scratch, hits, NULL), 0);
            assert_int_equal(ann_count(index), count);
            assert_true(ann_size_bytes(index) >= count * 64);
        }
    }
    arena_free(arena);
}

static void expect_refusal(const struct ann_settings *settings, const float *rows, size_t count,
                           const char *words)
{
    struct arena *arena = arena_new();
    struct error err = {.message = ""};
    assert_null(ann_build(arena, settings, rows, count, &err));
    if (!strstr(err.message, words)) fail_msg("'%s' has no '%s'", err.message, words);
    arena_free(arena);
}

static void bad_input_is_refused_by_name(void **state)
{
    (void)state;
    struct ann_settings s = {.kind = ANN_HNSW, .metric = ANN_COSINE, .dimensions = 3};
    float rows[3 * 3] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    rows[4] = NAN;
    expect_refusal(&s, rows, 3, "row 1 has the value nan in column 1");
    rows[4] = -INFINITY;
    expect_refusal(&s, rows, 3, "row 1 has the value -inf in column 1");
    rows[4] = 2e15f;
    expect_refusal(&s, rows, 3, "row 1 has the value 2e+15 in column 1");
    rows[4] = 5;
    rows[6] = rows[7] = rows[8] = -0.0f;
    expect_refusal(&s, rows, 3, "row 2 is all zeros");
    struct ann_settings bad = s;
    bad.dimensions = 0;
    expect_refusal(&bad, rows, 2, "dimensions is 0; expected 1 to 4096");
    bad.dimensions = 4097;
    expect_refusal(&bad, rows, 2, "dimensions is 4097");
    bad = s, bad.m = 1;
    expect_refusal(&bad, rows, 2, "m is 1; expected 2 to 128");
    bad = s, bad.m = 129;
    expect_refusal(&bad, rows, 2, "m is 129");
    bad = s, bad.ef_construction = 15;
    expect_refusal(&bad, rows, 2, "ef_construction is 15; expected 16 to");
    bad = s, bad.ef_search = ANN_BEAM_MAX + 1;
    expect_refusal(&bad, rows, 2, "ef_search is 16385");
    bad = s, bad.metric = (enum ann_metric)3;
    expect_refusal(&bad, rows, 2, "3 is no metric");
    bad = s, bad.kind = (enum ann_kind)7;
    expect_refusal(&bad, rows, 2, "7 is no kind");
    expect_refusal(&s, rows, ANN_ROWS_MAX + 1, "too many");
}

static void bad_queries_find_nothing(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    const float rows[] = {1e15f, -1e15f, 1e-30f, 1e-38f};
    for (size_t m = 0; m < COUNT_OF(metrics) * 2; m++) {
        struct ann_settings settings = {
            .kind = m % 2 ? ANN_HNSW : ANN_FLAT, .metric = metrics[m / 2], .dimensions = 2};
        struct ann_index *index = build(arena, &settings, rows, 2);
        struct ann_scratch *scratch = ann_scratch_new(arena, index);
        const float bad[][2] = {{NAN, 0}, {0, INFINITY}, {1.1e15f, 0}, {0, 0}};
        struct ann_hit hits[2];
        for (size_t i = 0; i < COUNT_OF(bad); i++) {
            bool zero_is_fine = i == 3 && settings.metric != ANN_COSINE;
            struct ann_query query = {.vector = bad[i], .top_k = 2};
            struct error err;
            assert_int_equal(ann_search(index, &query, scratch, hits, NULL), zero_is_fine ? 2 : 0);
            assert_int_equal(ann_check_vector(index, bad[i], &err), zero_is_fine);
        }
        const float huge[] = {-1e15f, 1e15f};
        struct ann_query query = {.vector = huge, .top_k = 2};
        assert_int_equal(ann_search(index, &query, scratch, hits, NULL), 2);
        assert_true(isfinite(hits[0].distance) && isfinite(hits[1].distance));
    }
    arena_free(arena);
}

/* One scratch for many searches of two indexes, in any order, finds what a fresh one does; and the
 * work of a search is the same again. */
static void scratch_keeps_nothing_back(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    enum { COUNT = 1500, DIMENSIONS = 20, QUERIES = 40 };
    float *rows = make_rows(arena, DIMENSIONS, COUNT + QUERIES, 0);
    struct ann_settings settings = {.kind = ANN_HNSW, .metric = ANN_L2, .dimensions = DIMENSIONS};
    struct ann_index *large = build(arena, &settings, rows, COUNT);
    settings.dimensions = DIMENSIONS / 2;
    struct ann_index *small = build(arena, &settings, rows, 100);
    struct ann_scratch *shared = ann_scratch_new(arena, large);
    uint64_t random = 8;
    for (int round = 0; round < 200; round++) {
        struct ann_index *index = next_random(&random) % 3 ? large : small;
        struct ann_query query = {.top_k = 1 + next_random(&random) % 60,
                                  .ef_search = 1 + (uint32_t)(next_random(&random) % 200)};
        query.vector = rows + (COUNT + next_random(&random) % QUERIES) * DIMENSIONS;
        struct ann_hit hits[60];
        struct ann_hit again[60];
        struct ann_work work;
        struct ann_work work_again;
        size_t found = ann_search(index, &query, shared, hits, &work);
        struct ann_scratch *fresh = ann_scratch_new(arena, index);
        assert_int_equal(ann_search(index, &query, fresh, again, &work_again), found);
        assert_int_equal(found, query.top_k);
        assert_memory_equal(hits, again, found * sizeof *hits);
        assert_memory_equal(&work, &work_again, sizeof work);
        assert_true(work.distances > 0 && work.distances <= 2 * ann_count(index));
    }
    arena_free(arena);
}

static void more_effort_finds_more(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    enum { COUNT = 4000, DIMENSIONS = 32, QUERIES = 200 };
    float *rows = make_rows(arena, DIMENSIONS, COUNT + QUERIES, 0);
    struct ann_settings settings = {
        .kind = ANN_HNSW, .dimensions = DIMENSIONS, .m = 6, .ef_construction = 50};
    struct ann_index *index = build(arena, &settings, rows, COUNT);
    const float *queries = rows + COUNT * DIMENSIONS;
    double low = recall_of(index, arena, queries, QUERIES, 10);
    double high = recall_of(index, arena, queries, QUERIES, 120);
    print_message("recall@10 at ef 10: %.3f, at ef 120: %.3f\n", low, high);
    assert_true(low > 0.5 && low < 0.99);
    assert_true(high > 0.97 && high > low);
    arena_free(arena);
}

/* Hits and work of an index, all in one number: the same on every machine, compiler and SIMD level.
 */
static void answers_are_the_known_ones(void **state)
{
    (void)state;
    static const uint64_t known[] = {UINT64_C(0xf1b306b1b631640f), UINT64_C(0xa704b3d47f473b0b),
                                     UINT64_C(0x49c88753937fd7e3)};
    struct arena *arena = arena_new();
    enum { COUNT = 3000, DIMENSIONS = 50, QUERIES = 50 };
    float *rows = make_rows(arena, DIMENSIONS, COUNT + QUERIES, 0);
    for (size_t m = 0; m < COUNT_OF(metrics); m++) {
        struct ann_settings settings = {.kind = ANN_HNSW,
                                        .metric = metrics[m],
                                        .dimensions = DIMENSIONS,
                                        .m = 8,
                                        .ef_construction = 60,
                                        .seed = 5};
        struct ann_index *index = build(arena, &settings, rows, COUNT);
        struct ann_scratch *scratch = ann_scratch_new(arena, index);
        uint64_t hash = HASH_START;
        for (size_t i = 0; i < QUERIES; i++) {
            struct ann_hit hits[10];
            struct ann_work work;
            struct ann_query query = {
                .vector = rows + (COUNT + i) * DIMENSIONS, .top_k = 10, .ef_search = 30};
            size_t found = ann_search(index, &query, scratch, hits, &work);
            hash = hash_bytes(hash, hits, found * sizeof *hits);
            hash = hash_bytes(hash, &work, offsetof(struct ann_work, lists));
        }
        if (hash != known[m]) {
            fail_msg("%s: 0x%016llx", ann_metric_name(metrics[m]), (unsigned long long)hash);
        }
    }
    arena_free(arena);
}

struct searcher {
    const struct ann_index *index;
    const float *queries;
    uint64_t hash;
};

static void *search_all(void *context)
{
    struct searcher *searcher = context;
    struct arena *arena = arena_new();
    struct ann_scratch *scratch = ann_scratch_new(arena, searcher->index);
    searcher->hash = HASH_START;
    for (size_t i = 0; i < 100; i++) {
        struct ann_hit hits[10];
        struct ann_query query = {.vector = searcher->queries + i * 16, .top_k = 10};
        size_t found = ann_search(searcher->index, &query, scratch, hits, NULL);
        searcher->hash = hash_bytes(searcher->hash, hits, found * sizeof *hits);
    }
    arena_free(arena);
    return NULL;
}

static void threads_share_an_index(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    float *rows = make_rows(arena, 16, 1100, 0);
    struct ann_settings settings = {.kind = ANN_HNSW, .dimensions = 16};
    struct ann_index *index = build(arena, &settings, rows, 1000);
    struct searcher searchers[3];
    pthread_t threads[3];
    for (int i = 0; i < 3; i++) {
        searchers[i] = (struct searcher){.index = index, .queries = rows + (size_t)16 * 1000};
        assert_int_equal(pthread_create(&threads[i], NULL, search_all, &searchers[i]), 0);
    }
    for (int i = 0; i < 3; i++) pthread_join(threads[i], NULL);
    assert_int_equal(searchers[0].hash, searchers[1].hash);
    assert_int_equal(searchers[0].hash, searchers[2].hash);
    arena_free(arena);
}

/* Real word embeddings: the exact search agrees with the published neighbours, which were computed
 * in double precision; and the graph finds nine in ten. */
static void real_embeddings(void **state)
{
    (void)state;
    /* Figures, not memory: the release build's. */
    if (ADDRESS_SANITIZER) skip();
    const char *folder = getenv("RAGTIME_DATA");
    char path[1024];
    struct arena *arena = arena_new();
    struct error err;
    struct vector_set base;
    struct vector_set queries;
    snprintf(path, sizeof path, "%s/glove100/base.fbin", folder ? folder : "../shared/data");
    size_t rows = 20000;
    if (!vector_file_read(arena, path, rows, &base, &err)) {
        print_message("SKIPPED: %s: %s (set RAGTIME_DATA)\n", path, err.message);
        arena_free(arena);
        skip();
    }
    snprintf(path, sizeof path, "%s/glove100/queries.fbin", folder ? folder : "../shared/data");
    assert_true(vector_file_read(arena, path, 200, &queries, &err));
    struct ann_settings settings = {
        .kind = ANN_HNSW, .dimensions = base.dimensions, .m = 16, .ef_construction = 200};
    struct ann_index *index = build(arena, &settings, base.values, base.rows);
    double recall = recall_of(index, arena, queries.values, queries.rows, 100);
    print_message("glove100, first 20,000 rows: recall@10 at ef 100 is %.4f\n", recall);
    assert_true(recall > 0.9);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact_search_agrees_with_a_naive_one),
        cmocka_unit_test(a_full_beam_is_exact),
        cmocka_unit_test(duplicates_come_by_id),
        cmocka_unit_test(equal_rows_only),
        cmocka_unit_test(order_of_rows_does_not_matter_to_exact_search),
        cmocka_unit_test(small_indexes_and_large_k),
        cmocka_unit_test(bad_input_is_refused_by_name),
        cmocka_unit_test(bad_queries_find_nothing),
        cmocka_unit_test(scratch_keeps_nothing_back),
        cmocka_unit_test(more_effort_finds_more),
        cmocka_unit_test(answers_are_the_known_ones),
        cmocka_unit_test(threads_share_an_index),
        cmocka_unit_test(real_embeddings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
