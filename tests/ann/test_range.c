#include "base/arena.h"
#include "base/error.h"
#include "models/ann/ann.h"
#include "models/ann/vectors.h"
#include "tests/ann/unit.h"

#include <math.h>

static const struct ann_settings ways[] = {
    {.kind = ANN_FLAT},
    {.kind = ANN_FLAT, .code = ANN_LVQ4},
    {.kind = ANN_FLAT, .code = ANN_RABITQ},
    {.kind = ANN_HNSW, .ef_search = 100},
    {.kind = ANN_HNSW, .code = ANN_LVQ8, .ef_search = 100},
    {.kind = ANN_IVF_FLAT, .probes = 8},
    {.kind = ANN_IVF_FLAT, .code = ANN_INT8, .probes = 8},
    {.kind = ANN_IVF_FLAT, .code = ANN_RABITQ, .probes = 8},
    {.kind = ANN_IVF_PQ, .probes = 8},
    {.kind = ANN_SCANN, .spill = 2, .probes = 8},
};

enum { ROWS = 900, QUERIES = 12, COLUMNS = 20 };

struct scene {
    struct arena *arena;
    struct ann_index *index;
    struct ann_scratch *scratch;
    const float *queries;
    struct ann_filter filter;
    struct ann_hit truth[ROWS];
    struct ann_hit hits[ROWS];
};

static struct scene *make_scene(const struct ann_settings *way, enum ann_metric metric)
{
    struct arena *arena = arena_new();
    struct scene *scene = arena_new_item(arena, struct scene);
    struct vectors_source source = {
        .dimensions = COLUMNS, .intrinsic = 8, .clusters = 40, .seed = 2};
    float *rows = arena_array(arena, float, (ROWS + QUERIES) * COLUMNS);
    vectors_generate(&source, 0, ROWS + QUERIES, rows);
    struct ann_settings settings = *way;
    settings.metric = metric;
    settings.dimensions = COLUMNS;
    struct error err;
    scene->arena = arena;
    scene->index = ann_build(arena, &settings, rows, ROWS, &err);
    assert_non_null(scene->index);
    scene->scratch = ann_scratch_new(arena, scene->index);
    scene->queries = rows + ROWS * COLUMNS;
    uint64_t *bits = arena_array(arena, uint64_t, ROWS / 64 + 1);
    for (size_t i = 0; i < ROWS; i += 2, scene->filter.passing++) {
        bits[i / 64] |= UINT64_C(1) << i % 64;
    }
    scene->filter.bits = bits;
    for (uint32_t i = 0; i < ROWS; i += 9) ann_remove(scene->index, i);
    return scene;
}

/* What is found is a part of the first `count` of the truth, in order; returns how many. */
static size_t check_range(struct scene *scene, const struct ann_query *query, float within,
                          size_t count)
{
    struct ann_work work;
    size_t found =
        ann_search_range(scene->index, query, within, scene->scratch, scene->hits, &work);
    assert_true(work.distances + work.code_distances > 0);
    size_t at = 0;
    for (size_t i = 0; i < found; i++, at++) {
        while (at < count && scene->truth[at].id != scene->hits[i].id) at++;
        assert_true(at < count);
        assert_true(scene->truth[at].distance == scene->hits[i].distance);
    }
    return found;
}

static void check_query(struct scene *scene, const struct ann_query *basis, size_t *found,
                        size_t *wanted)
{
    struct ann_query query = *basis;
    query.exact = true;
    query.top_k = ROWS;
    size_t all = ann_search(scene->index, &query, scene->scratch, scene->truth, NULL);
    static const size_t counts[] = {1, 10, 32, 33, 150, 300};
    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        /* The one at just that distance is in, the next is not. */
        float within = scene->truth[counts[i] - 1].distance;
        assert_true(counts[i] < all && scene->truth[counts[i]].distance > within);
        query.exact = true;
        assert_int_equal(check_range(scene, &query, within, counts[i]), counts[i]);
        query.exact = false;
        size_t count = check_range(scene, &query, within, counts[i]);
        if (ann_get_settings(scene->index)->kind == ANN_FLAT) {
            assert_int_equal(count, counts[i]);
        }
        *found += count;
        *wanted += counts[i];
        struct ann_query limited = query;
        limited.top_k = 7;
        limited.exact = true;
        size_t most = counts[i] < 7 ? counts[i] : 7;
        assert_int_equal(check_range(scene, &limited, within, most), most);
    }
    float nearer = nextafterf(scene->truth[0].distance, -INFINITY);
    assert_int_equal(check_range(scene, &query, nearer, 0), 0);
    assert_int_equal(check_range(scene, &query, NAN, 0), 0);
    assert_int_equal(check_range(scene, &query, INFINITY, all), all);
}

static void rows_within_a_distance_are_found(void **state)
{
    (void)state;
    for (size_t way = 0; way < COUNT_OF(ways); way++) {
        for (int metric = ANN_COSINE; metric <= ANN_L2; metric++) {
            struct scene *scene = make_scene(&ways[way], (enum ann_metric)metric);
            size_t found = 0;
            size_t wanted = 0;
            for (size_t i = 0; i < QUERIES; i++) {
                struct ann_query query = {.vector = scene->queries + i * COLUMNS,
                                          .filter = i % 3 ? NULL : &scene->filter};
                check_query(scene, &query, &found, &wanted);
            }
            assert_in_range(found, wanted * 8 / 10, wanted);
            arena_free(scene->arena);
        }
    }
}

static void nothing_is_within_nothing(void **state)
{
    (void)state;
    struct scene *scene = make_scene(&ways[5], ANN_COSINE);
    struct ann_work work = {.distances = 7};
    static const float zero[COLUMNS];
    struct ann_query query = {.vector = zero, .top_k = 5};
    assert_int_equal(ann_search_range(scene->index, &query, 9, scene->scratch, scene->hits, &work),
                     0);
    assert_int_equal(work.distances, 0);
    query = (struct ann_query){.vector = scene->queries};
    assert_int_equal(ann_search_range(scene->index, &query, 9, scene->scratch, scene->hits, NULL),
                     0);
    arena_free(scene->arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_within_a_distance_are_found),
        cmocka_unit_test(nothing_is_within_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
