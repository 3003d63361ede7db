#include "base/arena.h"
#include "base/error.h"
#include "models/ann/hnsw.h"
#include "models/ann/vectors.h"
#include "tests/ann/build.h"
#include "tests/ann/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const enum ann_code codes[] = {ANN_FLOAT32, ANN_FLOAT16, ANN_INT8, ANN_LVQ8, ANN_LVQ4};

enum { DIMENSIONS = 40, COUNT = 3000, QUERIES = 60, TOP_K = 10 };

/* COUNT rows and then QUERIES. */
static float *make_rows(struct arena *arena)
{
    struct vectors_source source = {
        .dimensions = DIMENSIONS, .intrinsic = 10, .clusters = 30, .seed = 4};
    float *rows = arena_array(arena, float, (size_t)(COUNT + QUERIES) * DIMENSIONS);
    vectors_generate(&source, 0, COUNT + QUERIES, rows);
    return rows;
}

static struct ann_settings settings_of(enum ann_kind kind, enum ann_code code)
{
    return (struct ann_settings){.kind = kind,
                                 .dimensions = DIMENSIONS,
                                 .m = 8,
                                 .ef_construction = 60,
                                 .seed = 3,
                                 .code = code};
}

static uint64_t graph_hash(const struct ann_index *index)
{
    const struct hnsw *graph = index->hnsw;
    uint64_t hash = HASH_START;
    hash = hash_bytes(hash, graph->base_links, index->count * 2 * graph->m * sizeof(uint32_t));
    hash = hash_bytes(hash, graph->upper_links, graph->upper_count * graph->m * sizeof(uint32_t));
    return hash_bytes(hash, &graph->entry, sizeof graph->entry);
}

/* Hits and work of all queries in one number. */
static uint64_t answer_hash(const struct ann_index *index, const float *queries)
{
    struct arena *arena = arena_new();
    struct ann_scratch *scratch = ann_scratch_new(arena, index);
    uint64_t hash = HASH_START;
    for (size_t i = 0; i < QUERIES; i++) {
        struct ann_hit hits[TOP_K];
        struct ann_work work;
        struct ann_query query = {
            .vector = queries + i * DIMENSIONS, .top_k = TOP_K, .ef_search = 30};
        size_t found = ann_search(index, &query, scratch, hits, &work);
        hash = hash_bytes(hash, hits, found * sizeof *hits);
        hash = hash_bytes(hash, &work, sizeof work);
    }
    arena_free(arena);
    return hash;
}

static void any_number_of_threads_builds_the_same(void **state)
{
    (void)state;
    for (size_t c = 0; c < COUNT_OF(codes); c += 2) {
        struct arena *arena = arena_new();
        float *rows = make_rows(arena);
        uint64_t expected = 0;
        for (uint32_t threads = 1; threads <= 3; threads++) {
            struct ann_settings settings = settings_of(ANN_HNSW, codes[c]);
            settings.threads = threads;
            struct ann_index *index = build(arena, &settings, rows, COUNT);
            uint64_t hash = graph_hash(index);
            if (threads == 1) expected = hash;
            assert_int_equal(hash, expected);
        }
        arena_free(arena);
    }
}

static void every_simd_level_builds_and_finds_the_same(void **state)
{
    (void)state;
    static const char *const levels[] = {"scalar", "baseline", "avx2", "avx512"};
    struct arena *arena = arena_new();
    float *rows = make_rows(arena);
    for (size_t c = 0; c < COUNT_OF(codes); c++) {
        uint64_t graph = 0, answers = 0;
        for (size_t level = 0; level < COUNT_OF(levels); level++) {
            assert_int_equal(setenv("RAGTIME_SIMD", levels[level], 1), 0);
            struct ann_settings settings = settings_of(ANN_HNSW, codes[c]);
            settings.metric = (enum ann_metric)(c % 3);
            struct ann_index *index = build(arena, &settings, rows, 1200);
            uint64_t found = answer_hash(index, rows + (size_t)COUNT * DIMENSIONS);
            if (level == 0) graph = graph_hash(index), answers = found;
            assert_int_equal(graph_hash(index), graph);
            assert_int_equal(found, answers);
        }
    }
    assert_int_equal(unsetenv("RAGTIME_SIMD"), 0);
    arena_free(arena);
}

/* Share of the true nearest (that pass) which a query finds. */
static double recall_of(const struct ann_index *index, const float *queries, uint32_t ef,
                        const struct ann_filter *filter)
{
    struct arena *arena = arena_new();
    struct ann_scratch *scratch = ann_scratch_new(arena, index);
    size_t right = 0;
    size_t wanted = 0;
    for (size_t i = 0; i < QUERIES; i++) {
        struct ann_hit truth[TOP_K];
        struct ann_hit hits[TOP_K];
        struct ann_query query = {.vector = queries + i * DIMENSIONS,
                                  .top_k = TOP_K,
                                  .ef_search = ef,
                                  .exact = true,
                                  .filter = filter};
        size_t all = ann_search(index, &query, scratch, truth, NULL);
        query.exact = false;
        size_t found = ann_search(index, &query, scratch, hits, NULL);
        assert_int_equal(found, all);
        for (size_t j = 0; j < found; j++) {
            right += hits[j].distance <= truth[all - 1].distance;
            if (j) assert_true(hits[j].distance >= hits[j - 1].distance);
            if (filter) assert_true(filter->bits[hits[j].id / 64] >> hits[j].id % 64 & 1);
        }
        wanted += all;
    }
    arena_free(arena);
    return (double)right / (double)wanted;
}

static void codes_cost_hardly_any_recall(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    float *rows = make_rows(arena);
    const float *queries = rows + (size_t)COUNT * DIMENSIONS;
    for (size_t c = 0; c < COUNT_OF(codes); c++) {
        for (int metric = ANN_COSINE; metric <= ANN_L2; metric++) {
            struct ann_settings settings = settings_of(ANN_HNSW, codes[c]);
            settings.metric = (enum ann_metric)metric;
            struct ann_index *graph = build(arena, &settings, rows, COUNT);
            settings.kind = ANN_FLAT;
            struct ann_index *flat = build(arena, &settings, rows, COUNT);
            double walked = recall_of(graph, queries, 80, NULL);
            double scanned = recall_of(flat, queries, 0, NULL);
            if (walked < 0.97 || scanned < 0.995) {
                fail_msg("%s, %s: %.3f by graph, %.3f by scan", ann_code_name(codes[c]),
                         ann_metric_name((enum ann_metric)metric), walked, scanned);
            }
            assert_true(ann_size_bytes(graph) > ann_size_bytes(flat));
        }
    }
    arena_free(arena);
}

static void work_is_counted_by_kind(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    float *rows = make_rows(arena);
    for (size_t c = 0; c < COUNT_OF(codes) * 2; c++) {
        enum ann_code code = codes[c / 2];
        struct ann_settings settings = settings_of(c % 2 ? ANN_HNSW : ANN_FLAT, code);
        struct ann_index *index = build(arena, &settings, rows, COUNT);
        struct ann_scratch *scratch = ann_scratch_new(arena, index);
        struct ann_hit hits[TOP_K], again[TOP_K];
        struct ann_work work;
        struct ann_query query = {.vector = rows, .top_k = TOP_K, .rerank = 17, .ef_search = 50};
        assert_int_equal(ann_search(index, &query, scratch, hits, &work), TOP_K);
        assert_int_equal(ann_search(index, &query, scratch, again, NULL), TOP_K);
        assert_memory_equal(hits, again, sizeof hits);
        size_t row = distance_stride(DIMENSIONS) * sizeof(float);
        size_t stride = index->codes ? index->codes->stride : row;
        uint64_t coded = code == ANN_FLOAT32 ? work.distances : work.code_distances;
        if (code != ANN_FLOAT32) assert_int_equal(work.distances, 17);
        if (code == ANN_FLOAT32) assert_int_equal(work.code_distances, 0);
        uint64_t links = work.bytes - coded * stride - (code == ANN_FLOAT32 ? 0 : 17 * row);
        if (c % 2) {
            assert_true(coded < COUNT && work.hops > 0);
            assert_true(links > 0 && links <= work.hops * 2 * 8 * sizeof(uint32_t));
        } else {
            assert_int_equal(coded, COUNT);
            assert_int_equal(work.hops, 0);
            assert_int_equal(links, 0);
        }
    }
    arena_free(arena);
}

/* Passes every `share`th row, or the first ones, which are as many. */
static struct ann_filter make_filter(struct arena *arena, uint32_t share, bool first)
{
    uint64_t *bits = arena_array(arena, uint64_t, COUNT / 64 + 1);
    struct ann_filter filter = {.bits = bits};
    for (uint32_t id = 0; id < COUNT; id++) {
        if (first ? id >= COUNT / share : id % share != 0) continue;
        bits[id / 64] |= (uint64_t)1 << id % 64;
        filter.passing++;
    }
    return filter;
}

static void filtered_hits_pass_and_are_the_nearest(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    float *rows = make_rows(arena);
    const float *queries = rows + (size_t)COUNT * DIMENSIONS;
    static const uint32_t shares[] = {1, 2, 4, 10, 100, 600, COUNT};
    for (size_t c = 0; c < COUNT_OF(codes) * 2; c++) {
        struct ann_settings settings = settings_of(c % 2 ? ANN_HNSW : ANN_FLAT, codes[c / 2]);
        struct ann_index *index = build(arena, &settings, rows, COUNT);
        for (size_t s = 0; s < COUNT_OF(shares) * 2; s++) {
            struct ann_filter filter = make_filter(arena, shares[s / 2], s % 2);
            double recall = recall_of(index, queries, 10, &filter);
            if (recall < (c % 2 ? 0.85 : 0.995)) {
                fail_msg("one in %u pass: recall %.3f", (unsigned)shares[s / 2], recall);
            }
        }
        struct ann_filter none = {.bits = arena_array(arena, uint64_t, COUNT / 64 + 1)};
        struct ann_hit hits[TOP_K];
        struct ann_query query = {.vector = rows, .top_k = TOP_K, .filter = &none};
        struct ann_scratch *scratch = ann_scratch_new(arena, index);
        assert_int_equal(ann_search(index, &query, scratch, hits, NULL), 0);
    }
    arena_free(arena);
}

static void deleted_rows_never_come_back(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    float *rows = make_rows(arena);
    for (size_t c = 0; c < COUNT_OF(codes) * 2; c++) {
        struct ann_settings settings = settings_of(c % 2 ? ANN_HNSW : ANN_FLAT, codes[c / 2]);
        struct ann_index *index = build(arena, &settings, rows, 500);
        struct ann_scratch *scratch = ann_scratch_new(arena, index);
        struct ann_hit hits[600];
        bool gone[500] = {false};
        uint64_t random = 12;
        for (size_t left = 500; left > 0;) {
            uint32_t id = (uint32_t)(next_random(&random) % 500);
            assert_int_equal(ann_remove(index, id), !gone[id]);
            if (gone[id]) continue;
            gone[id] = true;
            left--;
            if (left % 50 > 1) continue;
            struct ann_query query = {.vector = rows + id * DIMENSIONS,
                                      .top_k = left % 100 ? 20 : 600,
                                      .exact = left % 3 == 0};
            size_t found = ann_search(index, &query, scratch, hits, NULL);
            assert_int_equal(found, left < query.top_k ? left : query.top_k);
            for (size_t i = 0; i < found; i++) assert_false(gone[hits[i].id]);
        }
        assert_false(ann_remove(index, 500));
        assert_false(ann_remove(index, UINT32_MAX));
    }
    arena_free(arena);
}

/* Half built, half inserted one by one: as good as all built at once, and each row finds itself. */
static void inserted_rows_are_found(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    float *rows = make_rows(arena);
    const float *queries = rows + (size_t)COUNT * DIMENSIONS;
    for (size_t c = 0; c < COUNT_OF(codes) * 2; c++) {
        struct ann_settings settings = settings_of(c % 2 ? ANN_HNSW : ANN_FLAT, codes[c / 2]);
        settings.capacity = COUNT;
        size_t built = c < 2 ? 0 : COUNT / 2;
        struct ann_index *index = build(arena, &settings, rows, built);
        struct ann_scratch *scratch = ann_scratch_new(arena, index);
        struct error err;
        uint32_t id;
        for (size_t i = built; i < COUNT; i++) {
            assert_true(ann_insert(index, rows + i * DIMENSIONS, scratch, &id, &err));
            assert_int_equal(id, i);
            if (i % 10) continue;
            struct ann_hit hit;
            struct ann_query query = {.vector = rows + i * DIMENSIONS, .top_k = 1};
            assert_int_equal(ann_search(index, &query, scratch, &hit, NULL), 1);
            assert_int_equal(hit.id, i);
        }
        assert_int_equal(ann_count(index), COUNT);
        assert_false(ann_insert(index, rows, scratch, &id, &err));
        assert_non_null(strstr(err.message, "full"));
        assert_true(recall_of(index, queries, 80, NULL) > 0.97);
    }
    arena_free(arena);
}

static void bad_changes_are_refused(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    float *rows = make_rows(arena);
    struct ann_settings settings = settings_of(ANN_HNSW, ANN_LVQ4);
    settings.capacity = 20;
    struct ann_index *index = build(arena, &settings, rows, 10);
    struct ann_scratch *scratch = ann_scratch_new(arena, index);
    struct error err;
    uint32_t id;
    float bad[DIMENSIONS] = {0};
    assert_false(ann_insert(index, bad, scratch, &id, &err));
    assert_non_null(strstr(err.message, "the row is all zeros"));
    assert_int_equal(ann_count(index), 10);
    assert_false(ann_remove(index, 10));
    settings.code = ANN_RABITQ;
    assert_null(ann_build(arena, &settings, rows, 10, &err));
    assert_non_null(strstr(err.message, "rabitq"));
    settings.code = ANN_LVQ8;
    settings.threads = ANN_THREADS_MAX + 1;
    assert_null(ann_build(arena, &settings, rows, 10, &err));
    assert_non_null(strstr(err.message, "threads is 257"));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_number_of_threads_builds_the_same),
        cmocka_unit_test(every_simd_level_builds_and_finds_the_same),
        cmocka_unit_test(codes_cost_hardly_any_recall),
        cmocka_unit_test(work_is_counted_by_kind),
        cmocka_unit_test(filtered_hits_pass_and_are_the_nearest),
        cmocka_unit_test(deleted_rows_never_come_back),
        cmocka_unit_test(inserted_rows_are_found),
        cmocka_unit_test(bad_changes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
