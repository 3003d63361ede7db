#include "base/arena.h"
#include "base/compiler.h"
#include "base/error.h"
#include "models/ann/ann.h"
#include "models/ann/vectors.h"
#include "tests/ann/build.h"
#include "tests/ann/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const enum ann_metric metrics[] = {ANN_COSINE, ANN_INNER_PRODUCT, ANN_L2};

/* Every way to have lists or one bit a value. */
static const struct ann_settings ways[] = {
    {.kind = ANN_IVF_FLAT},
    {.kind = ANN_IVF_FLAT, .code = ANN_INT8},
    {.kind = ANN_IVF_FLAT, .code = ANN_LVQ4, .spill = 2},
    {.kind = ANN_IVF_FLAT, .code = ANN_RABITQ},
    {.kind = ANN_IVF_FLAT, .code = ANN_SIGN},
    {.kind = ANN_FLAT, .code = ANN_RABITQ},
    {.kind = ANN_FLAT, .code = ANN_SIGN},
    {.kind = ANN_IVF_PQ},
    {.kind = ANN_IVF_PQ, .spill = 2},
    {.kind = ANN_SCANN},
    {.kind = ANN_SCANN, .spill = 2, .anisotropy = 1},
};

static float *make_rows(struct arena *arena, uint32_t dimensions, size_t count, uint64_t first)
{
    struct vectors_source source = {
        .dimensions = dimensions, .intrinsic = 8, .clusters = 40, .seed = 9};
    float *rows = arena_array(arena, float, count *dimensions);
    vectors_generate(&source, first, count, rows);
    return rows;
}

static struct ann_settings settings_of(size_t way, enum ann_metric metric, uint32_t dimensions)
{
    struct ann_settings settings = ways[way];
    settings.metric = metric;
    settings.dimensions = dimensions;
    settings.seed = 11;
    return settings;
}

static void check_hits(const struct ann_hit *hits, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        assert_true(hits[i].distance > hits[i - 1].distance ||
                    (hits[i].distance == hits[i - 1].distance && hits[i].id > hits[i - 1].id));
    }
}

/* All lists and all rows again by row: the hits of exact search, to the bit. For all dimensions,
 * from one row on. */
static void looking_through_everything_is_exact(void **state)
{
    (void)state;
    static const uint32_t dimensions[] = {1, 2, 3, 17, 130};
    static const size_t counts[] = {1, 2, 5, 31, 33, 400};
    uint64_t round = 0;
    for (size_t d = 0; d < COUNT_OF(dimensions); d++) {
        for (size_t c = 0; c < COUNT_OF(counts); c++) {
            for (size_t way = 0; way < COUNT_OF(ways); way++, round++) {
                struct arena *arena = arena_new();
                size_t count = counts[c];
                float *rows = make_rows(arena, dimensions[d], count + 1, round * 1000);
                struct ann_settings settings = settings_of(way, metrics[round % 3], dimensions[d]);
                struct ann_index *index = build(arena, &settings, rows, count);
                struct ann_scratch *scratch = ann_scratch_new(arena, index);
                struct ann_hit hits[400], truth[400];
                struct ann_query query = {.vector = rows + count * dimensions[d],
                                          .top_k = 1 + round % 40,
                                          .probes = 100000,
                                          .rerank = 800};
                size_t wanted = query.top_k < count ? query.top_k : count;
                assert_int_equal(ann_search(index, &query, scratch, hits, NULL), wanted);
                query.exact = true;
                assert_int_equal(ann_search(index, &query, scratch, truth, NULL), wanted);
                assert_memory_equal(hits, truth, wanted * sizeof *hits);
                check_hits(hits, wanted);
                arena_free(arena);
            }
        }
    }
}

/* Few lists and candidates still give top_k hits, and the widest rows work. */
static void hits_are_as_many_as_asked_for(void **state)
{
    (void)state;
    for (size_t way = 0; way < COUNT_OF(ways); way++) {
        for (size_t wide = 0; wide < 2; wide++) {
            struct arena *arena = arena_new();
            uint32_t dimensions = wide ? 4096 : 12;
            size_t count = wide ? 40 : 900;
            float *rows = make_rows(arena, dimensions, count, 5);
            struct ann_settings settings = settings_of(way, metrics[way % 3], dimensions);
            struct ann_index *index = build(arena, &settings, rows, count);
            struct ann_scratch *scratch = ann_scratch_new(arena, index);
            struct ann_hit *hits = arena_array(arena, struct ann_hit, count);
            struct ann_query query = {.vector = rows, .top_k = count / 2, .probes = 1, .rerank = 1};
            assert_int_equal(ann_search(index, &query, scratch, hits, NULL), count / 2);
            check_hits(hits, count / 2);
            query.top_k = count + 10;
            assert_int_equal(ann_search(index, &query, scratch, hits, NULL), count);
            bool *seen = arena_array(arena, bool, count);
            for (size_t i = 0; i < count; i++) {
                assert_false(seen[hits[i].id]);
                seen[hits[i].id] = true;
            }
            arena_free(arena);
        }
    }
}

static void recall_is_above_the_floor(void **state)
{
    (void)state;
    enum { ROWS = 3000, QUERIES = 40, DIMENSIONS = 32 };
    struct arena *arena = arena_new();
    float *rows = make_rows(arena, DIMENSIONS, ROWS + QUERIES, 0);
    for (size_t way = 0; way < COUNT_OF(ways); way++) {
        for (size_t m = 0; m < 3; m++) {
            struct arena *passing = arena_new();
            struct ann_settings settings = settings_of(way, metrics[m], DIMENSIONS);
            struct ann_index *index = build(passing, &settings, rows, ROWS);
            struct ann_scratch *scratch = ann_scratch_new(passing, index);
            size_t found = 0;
            for (size_t i = 0; i < QUERIES; i++) {
                struct ann_hit hits[10], truth[10];
                struct ann_query query = {.vector = rows + (ROWS + i) * DIMENSIONS,
                                          .top_k = 10,
                                          .probes = 24,
                                          .rerank = 300};
                struct ann_work work;
                assert_int_equal(ann_search(index, &query, scratch, hits, &work), 10);
                assert_true(work.distances < ROWS / 2 + (settings.code ? 0 : ROWS));
                query.exact = true;
                ann_search(index, &query, scratch, truth, NULL);
                for (size_t j = 0; j < 10; j++) found += hits[j].distance <= truth[9].distance;
            }
            if (found < 95 * QUERIES / 10) {
                fail_msg("way %zu metric %zu: %zu of %d", way, m, found, 10 * QUERIES);
            }
            arena_free(passing);
        }
    }
    arena_free(arena);
}

/* Filtered hits pass; with few passing rows they are all there are, exactly. */
static void filters_are_kept(void **state)
{
    (void)state;
    enum {
        ROWS = 3500,
        DIMENSIONS = 200
    }; /* wide: so that half of the rows are too many to compare */
    static const unsigned shares[] = {1, 2, 5, 60, 700, ROWS + 1};
    struct arena *arena = arena_new();
    float *rows = make_rows(arena, DIMENSIONS, ROWS + 10, 0);
    uint64_t random = 1;
    for (size_t way = 0; way < COUNT_OF(ways); way++) {
        struct arena *passing = arena_new();
        struct ann_settings settings = settings_of(way, metrics[way % 3], DIMENSIONS);
        struct ann_index *index = build(passing, &settings, rows, ROWS);
        struct ann_scratch *scratch = ann_scratch_new(passing, index);
        for (size_t s = 0; s < COUNT_OF(shares); s++) {
            uint64_t bits[ROWS / 64 + 1] = {0};
            struct ann_filter filter = {.bits = bits};
            for (size_t i = 0; i < ROWS; i++) {
                if (next_random(&random) % shares[s] != 0 || shares[s] > ROWS) continue;
                bits[i / 64] |= (uint64_t)1 << i % 64;
                filter.passing++;
            }
            size_t found = 0;
            size_t wanted = filter.passing < 20 ? filter.passing : 20;
            for (size_t i = 0; i < 10; i++) {
                struct ann_hit hits[20], truth[20];
                struct ann_query query = {.vector = rows + (ROWS + i) * DIMENSIONS,
                                          .top_k = 20,
                                          .probes = 48,
                                          .rerank = 300,
                                          .filter = &filter};
                assert_int_equal(ann_search(index, &query, scratch, hits, NULL), wanted);
                check_hits(hits, wanted);
                for (size_t j = 0; j < wanted; j++) {
                    assert_true(bits[hits[j].id / 64] >> hits[j].id % 64 & 1);
                }
                query.exact = true;
                assert_int_equal(ann_search(index, &query, scratch, truth, NULL), wanted);
                for (size_t j = 0; j < wanted; j++) {
                    found += hits[j].distance <= truth[wanted - 1].distance;
                }
            }
            size_t least = filter.passing <= 1200 && !ways[way].code ? 10 * wanted : 9 * wanted;
            if (found < least) {
                fail_msg("way %zu, 1 row in %u: %zu found, %zu expected", way, shares[s], found,
                         least);
            }
        }
        arena_free(passing);
    }
    arena_free(arena);
}

static uint64_t hash_of_search(const struct ann_settings *settings, const float *rows, size_t count)
{
    struct arena *arena = arena_new();
    struct ann_index *index = build(arena, settings, rows, count);
    struct ann_scratch *scratch = ann_scratch_new(arena, index);
    uint64_t hash = HASH_START;
    for (size_t i = 0; i < 20; i++) {
        struct ann_hit hits[15];
        struct ann_work work;
        struct ann_query query = {
            .vector = rows + (count + i) * settings->dimensions, .top_k = 15, .probes = 9};
        size_t found = ann_search(index, &query, scratch, hits, &work);
        hash = hash_bytes(hash, hits, found * sizeof *hits);
        hash = hash_bytes(hash, &work, sizeof work);
    }
    arena_free(arena);
    return hash;
}

/* RAGTIME_SIMD, threads and being built twice change no bit. */
static void results_depend_on_settings_and_rows_alone(void **state)
{
    (void)state;
    static const char *const levels[] = {"scalar", "baseline", "avx2", "avx512"};
    enum { ROWS = 500 };
    struct arena *arena = arena_new();
    float *rows = make_rows(arena, 37, ROWS + 20, 3);
    for (size_t way = 0; way < COUNT_OF(ways); way++) {
        struct ann_settings settings = settings_of(way, metrics[way % 3], 37);
        uint64_t expected = hash_of_search(&settings, rows, ROWS);
        for (size_t level = 0; level < COUNT_OF(levels); level++) {
            setenv("RAGTIME_SIMD", levels[level], 1);
            settings.threads = (uint32_t)level + 1;
            assert_int_equal(hash_of_search(&settings, rows, ROWS), expected);
        }
        unsetenv("RAGTIME_SIMD");
        settings.seed++;
        settings.threads = 1;
        if (settings.kind != ANN_FLAT) {
            assert_int_not_equal(hash_of_search(&settings, rows, ROWS), expected);
        }
    }
    arena_free(arena);
}

/* Rows that are all the same, and a row many times among others. */
static void duplicates_are_found_by_id(void **state)
{
    (void)state;
    enum { ROWS = 300 };
    for (size_t way = 0; way < COUNT_OF(ways); way++) {
        struct arena *arena = arena_new();
        float *rows = make_rows(arena, 9, ROWS, 1);
        for (size_t i = 0; i < ROWS; i++) {
            if (way % 2 || i % 3 == 0) memcpy(rows + i * 9, rows, 9 * sizeof *rows);
        }
        struct ann_settings settings = settings_of(way, metrics[way % 3], 9);
        struct ann_index *index = build(arena, &settings, rows, ROWS);
        struct ann_scratch *scratch = ann_scratch_new(arena, index);
        struct ann_hit hits[50], truth[50];
        struct ann_query query = {.vector = rows, .top_k = 50, .probes = 1000, .rerank = 2 * ROWS};
        assert_int_equal(ann_search(index, &query, scratch, hits, NULL), 50);
        query.exact = true;
        assert_int_equal(ann_search(index, &query, scratch, truth, NULL), 50);
        assert_memory_equal(hits, truth, sizeof hits);
        arena_free(arena);
    }
}

/* The same rows in another order: all distances found by looking through everything stay. */
static void the_order_of_rows_does_not_matter(void **state)
{
    (void)state;
    enum { ROWS = 700, DIMENSIONS = 20 };
    for (size_t way = 0; way < COUNT_OF(ways); way++) {
        struct arena *arena = arena_new();
        float *rows = make_rows(arena, DIMENSIONS, ROWS + 1, 0);
        float *turned = arena_array(arena, float, ROWS *DIMENSIONS);
        for (size_t i = 0; i < ROWS; i++) {
            memcpy(turned + (i * 333 + 5) % ROWS * DIMENSIONS, rows + i * DIMENSIONS,
                   DIMENSIONS * sizeof *rows);
        }
        struct ann_settings settings = settings_of(way, metrics[way % 3], DIMENSIONS);
        struct ann_hit hits[2][30];
        for (int which = 0; which < 2; which++) {
            struct ann_index *index = build(arena, &settings, which ? turned : rows, ROWS);
            struct ann_query query = {.vector = rows + ROWS * DIMENSIONS,
                                      .top_k = 30,
                                      .probes = 1000,
                                      .rerank = 2 * ROWS};
            ann_search(index, &query, ann_scratch_new(arena, index), hits[which], NULL);
        }
        for (size_t i = 0; i < 30; i++) {
            assert_memory_equal(&hits[0][i].distance, &hits[1][i].distance, sizeof(float));
            assert_int_equal((hits[0][i].id * 333 + 5) % ROWS, hits[1][i].id);
        }
        arena_free(arena);
    }
}

/* Rows that come later are found, rows that go are not. */
static void inserts_and_deletions_show(void **state)
{
    (void)state;
    enum { ROWS = 400, MORE = 60, DIMENSIONS = 16 };
    for (size_t way = 0; way < COUNT_OF(ways); way++) {
        for (size_t built = 0; built <= ROWS; built += ROWS) {
            struct arena *arena = arena_new();
            float *rows = make_rows(arena, DIMENSIONS, ROWS + MORE, 0);
            struct ann_settings settings = settings_of(way, metrics[way % 3], DIMENSIONS);
            settings.capacity = built + MORE;
            struct ann_index *index = build(arena, &settings, rows, built);
            struct ann_scratch *scratch = ann_scratch_new(arena, index);
            struct error err;
            uint32_t id;
            for (size_t i = 0; i < MORE; i++) {
                const float *row = rows + (built + i) * DIMENSIONS;
                assert_true(ann_insert(index, row, scratch, &id, &err));
                assert_int_equal(id, built + i);
            }
            for (size_t i = 0; i < built + MORE; i += 3)
                assert_true(ann_remove(index, (uint32_t)i));
            size_t found = 0;
            size_t looked = 0;
            for (size_t i = 0; i < built + MORE; i++) {
                struct ann_hit hits[5];
                struct ann_query query = {.vector = rows + i * DIMENSIONS,
                                          .top_k = 5,
                                          .probes = 1000,
                                          .rerank = 2 * (ROWS + MORE)};
                assert_int_equal(ann_search(index, &query, scratch, hits, NULL), 5);
                for (size_t j = 0; j < 5; j++) assert_true(hits[j].id % 3 != 0);
                if (i % 3 == 0 || settings.metric == ANN_INNER_PRODUCT) continue;
                looked++;
                found += hits[0].id == i;
            }
            assert_true(found * 100 >= looked * 99);
            arena_free(arena);
        }
    }
}

static void extreme_values_do_no_harm(void **state)
{
    (void)state;
    static const float sizes[] = {1e15f, 1e-15f, 1e-30f, 1e-38f, 1e-42f};
    for (size_t way = 0; way < COUNT_OF(ways); way++) {
        for (size_t s = 0; s < COUNT_OF(sizes); s++) {
            struct arena *arena = arena_new();
            float *rows = make_rows(arena, 7, 200, 0);
            for (size_t i = 0; i < 200 * 7; i++) {
                float scale = s == 1 && i / 7 % 2 ? 1e15f : sizes[s];
                rows[i] *= scale * 0.05f;
                if (rows[i] == 0.0f) rows[i] = 1e-45f;
            }
            struct ann_settings settings = settings_of(way, metrics[(way + s) % 3], 7);
            struct ann_index *index = build(arena, &settings, rows, 200);
            struct ann_scratch *scratch = ann_scratch_new(arena, index);
            struct ann_hit hits[10];
            struct ann_query query = {.vector = rows, .top_k = 10, .probes = 3};
            assert_int_equal(ann_search(index, &query, scratch, hits, NULL), 10);
            float zeros[7] = {0};
            query.vector = zeros;
            size_t wanted = settings.metric == ANN_COSINE ? 0 : 10;
            assert_int_equal(ann_search(index, &query, scratch, hits, NULL), wanted);
            arena_free(arena);
        }
    }
}

/* The curve climbs, holds what it says for other queries, and gives the index its defaults. */
static void curves_foretell_recall(void **state)
{
    (void)state;
    /* Figures, not memory: the release build's. */
    if (ADDRESS_SANITIZER) skip();
    enum { ROWS = 3000, QUERIES = 100, DIMENSIONS = 24 };
    static const size_t tuned[] = {0, 1, 3, 9};
    struct arena *arena = arena_new();
    float *rows = make_rows(arena, DIMENSIONS, ROWS + QUERIES, 0);
    for (size_t way = 0; way < COUNT_OF(tuned); way++) {
        struct ann_settings settings = settings_of(tuned[way], metrics[way % 3], DIMENSIONS);
        settings.recall = 0.95f;
        struct ann_index *index = build(arena, &settings, rows, ROWS);
        const struct ann_curve_point *curve;
        size_t length = ann_recall_curve(index, &curve);
        assert_true(length >= 5 && length <= ANN_CURVE_POINTS);
        for (size_t i = 0; i < length; i++) {
            assert_true(curve[i].recall >= curve[i].target);
            if (i > 0) assert_true(curve[i].target > curve[i - 1].target);
        }
        assert_true(curve[4].target == 0.95f);
        assert_int_equal(ann_get_settings(index)->probes, curve[4].probes);
        assert_int_equal(ann_get_settings(index)->rerank, curve[4].rerank);
        struct ann_scratch *scratch = ann_scratch_new(arena, index);
        size_t found = 0;
        for (size_t i = 0; i < QUERIES; i++) {
            struct ann_hit hits[10], truth[10];
            struct ann_query query = {.vector = rows + (ROWS + i) * DIMENSIONS, .top_k = 10};
            ann_search(index, &query, scratch, hits, NULL);
            query.exact = true;
            ann_search(index, &query, scratch, truth, NULL);
            for (size_t j = 0; j < 10; j++) found += hits[j].distance <= truth[9].distance;
        }
        /* .95 of 1,000, with room for queries that are not rows. */
        assert_true(found >= 900);
    }
    struct ann_settings plain = settings_of(0, ANN_L2, DIMENSIONS);
    const struct ann_curve_point *none;
    assert_int_equal(ann_recall_curve(build(arena, &plain, rows, ROWS), &none), 0);
    arena_free(arena);
}

static void settings_are_checked(void **state)
{
    (void)state;
    const struct ann_settings bad[] = {
        {.kind = ANN_SCANN, .dimensions = 4, .code = ANN_INT8},
        {.kind = ANN_IVF_PQ, .dimensions = 4, .code = ANN_RABITQ},
        {.kind = ANN_HNSW, .dimensions = 4, .code = ANN_SIGN},
        {.kind = ANN_IVF_FLAT, .dimensions = 4, .spill = 3},
        {.kind = ANN_IVF_FLAT, .dimensions = 4, .code = (enum ann_code)99},
        {.kind = ANN_SCANN, .dimensions = 4, .anisotropy = -1},
        {.kind = ANN_SCANN, .dimensions = 4, .rerank = 1000000},
        {.kind = ANN_SCANN, .dimensions = 4, .recall = 1.5f},
        {.kind = (enum ann_kind)77, .dimensions = 4},
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct error err = {0};
        assert_false(ann_check_settings(&bad[i], &err));
        assert_true(err.message[0] != 0);
    }
    struct arena *arena = arena_new();
    struct error err;
    for (size_t way = 0; way < COUNT_OF(ways); way++) {
        struct ann_settings settings = settings_of(way, ANN_L2, 3);
        struct ann_index *index = ann_build(arena, &settings, NULL, 0, &err);
        assert_non_null(index);
        struct ann_hit hits[3];
        struct ann_query query = {.vector = (float[3]){1, 2, 3}, .top_k = 3};
        assert_int_equal(ann_search(index, &query, ann_scratch_new(arena, index), hits, NULL), 0);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(looking_through_everything_is_exact),
        cmocka_unit_test(hits_are_as_many_as_asked_for),
        cmocka_unit_test(recall_is_above_the_floor),
        cmocka_unit_test(filters_are_kept),
        cmocka_unit_test(results_depend_on_settings_and_rows_alone),
        cmocka_unit_test(duplicates_are_found_by_id),
        cmocka_unit_test(the_order_of_rows_does_not_matter),
        cmocka_unit_test(inserts_and_deletions_show),
        cmocka_unit_test(extreme_values_do_no_harm),
        cmocka_unit_test(curves_foretell_recall),
        cmocka_unit_test(settings_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
