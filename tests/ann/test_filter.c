/* Filters, prepared and not: hits pass, are what is nearest, and the same everywhere. */
#include "base/arena.h"
#include "base/compiler.h"
#include "base/error.h"
#include "models/ann/vectors.h"
#include "tests/ann/build.h"
#include "tests/ann/unit.h"

#include <stdlib.h>
#include <string.h>

enum { DIMENSIONS = 32, COUNT = 5000, QUERIES = 30, TOP_K = 10, SEEDS = ADDRESS_SANITIZER ? 1 : 3 };

static const struct {
    enum ann_kind kind;
    enum ann_code code;
    uint32_t spill;
} ways[] = {
    {ANN_SCANN, ANN_FLOAT32, 1},   {ANN_SCANN, ANN_FLOAT32, 2}, {ANN_IVF_PQ, ANN_FLOAT32, 1},
    {ANN_IVF_FLAT, ANN_RABITQ, 1}, {ANN_IVF_FLAT, ANN_LVQ8, 2}, {ANN_HNSW, ANN_LVQ8, 1},
    {ANN_HNSW, ANN_FLOAT32, 1},    {ANN_FLAT, ANN_LVQ8, 1},
};

static float *make_rows(struct arena *arena, uint64_t seed)
{
    struct vectors_source source = {
        .dimensions = DIMENSIONS, .intrinsic = 12, .clusters = 40, .seed = seed};
    float *rows = arena_array(arena, float, (size_t)(COUNT + QUERIES) * DIMENSIONS);
    vectors_generate(&source, 0, COUNT + QUERIES, rows);
    return rows;
}

static struct ann_settings settings_of(size_t way, size_t metric)
{
    return (struct ann_settings){.kind = ways[way].kind,
                                 .code = ways[way].code,
                                 .metric = (enum ann_metric)metric,
                                 .dimensions = DIMENSIONS,
                                 .spill = ways[way].spill,
                                 .ef_construction = 80,
                                 .ef_search = 80,
                                 .seed = 7};
}

static int compare_doubles(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;
    return (left > right) - (left < right);
}

enum { BY_CHANCE, BY_PLACE, AFAR, FILTER_KINDS };

/* One in `share` passes: by chance; those that lie farthest along a direction; those that lie
 * farthest from the mean of the queries. */
static struct ann_filter make_filter(struct arena *arena, const float *rows, int kind, size_t share)
{
    const float *queries = rows + (size_t)COUNT * DIMENSIONS;
    uint64_t *bits = arena_array(arena, uint64_t, COUNT / 64 + 1);
    struct ann_filter filter = {.bits = bits};
    double *marks = arena_array(arena, double, COUNT);
    double *sorted = arena_array(arena, double, COUNT);
    double middle[DIMENSIONS] = {0};
    uint64_t random = share;
    for (size_t i = 0; i < (size_t)QUERIES * DIMENSIONS; i++) {
        middle[i % DIMENSIONS] += (double)queries[i] / QUERIES;
    }
    for (size_t i = 0; i < COUNT; i++) {
        const float *row = rows + i * DIMENSIONS;
        if (kind == BY_CHANCE) marks[i] = (double)(next_random(&random) >> 11);
        if (kind == BY_PLACE) marks[i] = (double)row[0] + (double)row[1];
        for (size_t j = 0; kind == AFAR && j < DIMENSIONS; j++) {
            marks[i] += ((double)row[j] - middle[j]) * ((double)row[j] - middle[j]);
        }
        sorted[i] = marks[i];
    }
    qsort(sorted, COUNT, sizeof *sorted, compare_doubles);
    double least = sorted[COUNT - COUNT / share];
    for (size_t i = 0; i < COUNT; i++) {
        if (marks[i] < least) continue;
        bits[i / 64] |= (uint64_t)1 << i % 64;
        filter.passing++;
    }
    return filter;
}

static bool passes(const struct ann_filter *filter, uint32_t id)
{
    return filter->bits[id / 64] >> id % 64 & 1;
}

/* The share found of what passes and is nearest; all hits must pass. */
static double recall_of(const struct ann_index *index, const float *queries,
                        const struct ann_filter *filter, enum ann_filtering filtering)
{
    struct arena *arena = arena_new();
    struct ann_scratch *scratch = ann_scratch_new(arena, index);
    size_t wanted = filter->passing < TOP_K ? filter->passing : TOP_K;
    size_t found = 0;
    for (size_t i = 0; i < QUERIES; i++) {
        struct ann_hit hits[TOP_K], truth[TOP_K];
        struct ann_query query = {.vector = queries + i * DIMENSIONS,
                                  .top_k = TOP_K,
                                  .filter = filter,
                                  .filtering = filtering};
        assert_int_equal(ann_search(index, &query, scratch, hits, NULL), wanted);
        query.exact = true;
        assert_int_equal(ann_search(index, &query, scratch, truth, NULL), wanted);
        for (size_t j = 0; j < wanted; j++) {
            assert_true(passes(filter, hits[j].id));
            if (j) assert_true(hits[j - 1].distance <= hits[j].distance);
            for (size_t k = 0; k < j; k++) assert_int_not_equal(hits[k].id, hits[j].id);
            found += hits[j].distance <= truth[wanted - 1].distance;
        }
    }
    arena_free(arena);
    return (double)found / (double)(QUERIES * wanted);
}

static void prepared_filters_find_what_is_nearest(void **state)
{
    (void)state;
    static const size_t shares[] = {2, 10, 100, COUNT / 5};
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct arena *arena = arena_new();
        float *rows = make_rows(arena, seed);
        for (size_t way = 0; way < COUNT_OF(ways); way++) {
            struct arena *passing = arena_new();
            struct ann_settings settings = settings_of(way, (way + seed) % 3);
            struct ann_index *index = build(passing, &settings, rows, COUNT);
            for (int kind = 0; kind < FILTER_KINDS; kind++) {
                for (size_t s = 0; s < COUNT_OF(shares); s++) {
                    struct ann_filter filter = make_filter(passing, rows, kind, shares[s]);
                    ann_filter_prepare(passing, index, &filter);
                    /* A graph is walked only where half passes: else that scan is cheaper. */
                    enum ann_filtering filtering = ways[way].kind == ANN_HNSW && s > 0
                                                       ? ANN_FILTER_CHEAPER
                                                       : ANN_FILTER_SEARCH;
                    double recall =
                        recall_of(index, rows + (size_t)COUNT * DIMENSIONS, &filter, filtering);
                    if (recall < 0.95) {
                        fail_msg("seed %d, way %zu, filter %d, 1 in %zu: recall %.3f", (int)seed,
                                 way, kind, shares[s], recall);
                    }
                }
            }
            arena_free(passing);
        }
        arena_free(arena);
    }
}

/* Hits and work of filtered searches in one number. */
static uint64_t answer_hash(const struct ann_index *index, const float *queries,
                            const struct ann_filter *filter)
{
    struct arena *arena = arena_new();
    struct ann_scratch *scratch = ann_scratch_new(arena, index);
    uint64_t hash = HASH_START;
    for (size_t i = 0; i < QUERIES; i++) {
        struct ann_hit hits[TOP_K];
        struct ann_work work;
        struct ann_query query = {.vector = queries + i * DIMENSIONS,
                                  .top_k = TOP_K,
                                  .filter = filter,
                                  .filtering = ANN_FILTER_SEARCH};
        size_t found = ann_search(index, &query, scratch, hits, &work);
        hash = hash_bytes(hash, hits, found * sizeof *hits);
        hash = hash_bytes(hash, &work, sizeof work);
    }
    arena_free(arena);
    return hash;
}

static void every_simd_level_finds_the_same(void **state)
{
    (void)state;
    static const char *const levels[] = {"scalar", "baseline", "avx2", "avx512"};
    enum { FEW = 1500 };
    struct arena *arena = arena_new();
    float *rows = make_rows(arena, 9);
    const float *queries = rows + (size_t)COUNT * DIMENSIONS;
    for (size_t way = 0; way < COUNT_OF(ways); way++) {
        uint64_t expected = 0;
        for (size_t level = 0; level < COUNT_OF(levels); level++) {
            struct arena *passing = arena_new();
            assert_int_equal(setenv("RAGTIME_SIMD", levels[level], 1), 0);
            struct ann_settings settings = settings_of(way, way % 3);
            struct ann_index *index = build(passing, &settings, rows, FEW);
            uint64_t bits[FEW / 64 + 1] = {0};
            struct ann_filter filter = {.bits = bits};
            for (size_t i = 0; i < FEW; i += i % 7 ? 1 : 3, filter.passing++)
                bits[i / 64] |= (uint64_t)1 << i % 64;
            ann_filter_prepare(passing, index, &filter);
            uint64_t found = answer_hash(index, queries, &filter);
            if (!level) expected = found;
            assert_int_equal(found, expected);
            arena_free(passing);
        }
    }
    assert_int_equal(unsetenv("RAGTIME_SIMD"), 0);
    arena_free(arena);
}

/* Rows that are inserted and deleted after a filter was prepared are found and not found; a filter
 * prepared for another index is one that is not prepared. */
static void rows_may_come_and_go(void **state)
{
    (void)state;
    enum { BEGIN = 900, END = 1200 };
    struct arena *arena = arena_new();
    float *rows = make_rows(arena, 5);
    const float *queries = rows + (size_t)COUNT * DIMENSIONS;
    for (size_t way = 0; way < COUNT_OF(ways); way++) {
        struct arena *passing = arena_new();
        struct error err;
        struct ann_settings settings = settings_of(way, way % 3);
        settings.capacity = END;
        struct ann_index *index = build(passing, &settings, rows, BEGIN);
        struct ann_index *other = build(passing, &settings, rows, BEGIN);
        struct ann_scratch *scratch = ann_scratch_new(passing, index);
        uint64_t bits[END / 64 + 1] = {0};
        struct ann_filter filter = {.bits = bits};
        uint64_t random = way;
        for (size_t i = 0; i < BEGIN; i++) {
            if (next_random(&random) % 2) continue;
            bits[i / 64] |= (uint64_t)1 << i % 64;
            filter.passing++;
        }
        struct ann_filter plain = filter;
        ann_filter_prepare(passing, index, &filter);
        assert_int_equal(answer_hash(other, queries, &filter), answer_hash(other, queries, &plain));
        for (uint32_t i = BEGIN; i < END; i++) {
            uint32_t id;
            assert_true(ann_insert(index, rows + (size_t)i * DIMENSIONS, scratch, &id, &err));
            if (id % 3) continue;
            bits[id / 64] |= (uint64_t)1 << id % 64;
            filter.passing++;
        }
        for (uint32_t id = 0; id < ann_count(index); id += 5) {
            assert_true(ann_remove(index, id));
            if (!passes(&filter, id)) continue;
            bits[id / 64] &= ~((uint64_t)1 << id % 64);
            filter.passing--;
        }
        for (int filtering = ANN_FILTER_CHEAPER; filtering <= ANN_FILTER_SEARCH; filtering++) {
            double recall = recall_of(index, queries, &filter, (enum ann_filtering)filtering);
            if (recall < 0.95) fail_msg("way %zu, %d: recall %.3f", way, filtering, recall);
        }
        arena_free(passing);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prepared_filters_find_what_is_nearest),
        cmocka_unit_test(every_simd_level_finds_the_same),
        cmocka_unit_test(rows_may_come_and_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
