#include "base/arena.h"
#include "base/error.h"
#include "models/ann/extrapolate.h"
#include "models/ann/measure.h"
#include "models/ann/vectors.h"
#include "tests/ann/unit.h"

#include <math.h>
#include <string.h>

static struct ann_experiment small_experiment(enum ann_kind kind)
{
    return (struct ann_experiment){.settings = {.kind = kind,
                                                .dimensions = 32,
                                                .m = 8,
                                                .ef_construction = 50,
                                                .ef_search = 20},
                                   .vectors = 2000,
                                   .queries = 101,
                                   .top_k = 10,
                                   .seed = 6};
}

static void flat_costs_what_it_must(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct error err;
    struct ann_measurement m;
    struct ann_experiment experiment = small_experiment(ANN_FLAT);
    assert_true(ann_measure(arena, &experiment, &m, &err));
    assert_int_equal(m.kind, ANN_FLAT);
    assert_int_equal(m.vectors, 2000);
    assert_true(m.recall == 1);
    assert_true(m.distances_mean == 2000 && m.distances_p99 == 2000);
    assert_true(m.hops_mean == 0);
    assert_true(m.bytes_mean == 2000 * 32 * 4);
    assert_int_equal(m.query_count, 101);
    for (uint32_t i = 0; i < m.query_count; i++) assert_int_equal(m.distances[i], 2000);
    assert_true(m.size_bytes >= 2000 * 32 * 4);
    arena_free(arena);
}

static void hnsw_is_measured_alike_every_time(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct error err;
    struct ann_measurement m;
    struct ann_measurement again;
    struct ann_experiment experiment = small_experiment(ANN_HNSW);
    assert_true(ann_measure(arena, &experiment, &m, &err));
    assert_true(ann_measure(arena, &experiment, &again, &err));
    assert_true(m.recall > 0.5 && m.recall < 1);
    assert_true(m.recall == again.recall && m.hops_mean == again.hops_mean);
    assert_memory_equal(m.distances, again.distances, 101 * sizeof *m.distances);
    double sum = 0;
    for (uint32_t i = 0; i < 101; i++) {
        if (i) assert_true(m.distances[i] >= m.distances[i - 1]);
        sum += m.distances[i];
    }
    assert_true(fabs(sum / 101 - m.distances_mean) < 1e-9);
    /* The 100th of 101: at least 99 % of them are no larger. */
    assert_true(m.distances_p99 == (double)m.distances[99]);
    assert_true(m.hops_mean >= 20); /* the beam's rows at least */

    experiment.settings.ef_search = 100;
    assert_true(ann_measure(arena, &experiment, &again, &err));
    assert_true(again.recall > m.recall && again.distances_mean > m.distances_mean);
    arena_free(arena);
}

static void the_sums_are_the_known_ones(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct error err;
    struct ann_measurement m;
    struct ann_experiment experiment = small_experiment(ANN_HNSW);
    assert_true(ann_measure(arena, &experiment, &m, &err));
    uint64_t hash = hash_bytes(HASH_START, m.distances, 101 * sizeof *m.distances);
    hash = hash_bytes(hash, &m.recall, sizeof m.recall);
    hash = hash_bytes(hash, &m.bytes_mean, sizeof m.bytes_mean);
    if (hash != UINT64_C(0xc2d68c43eab67dab)) fail_msg("0x%016llx", (unsigned long long)hash);
    arena_free(arena);
}

static void bad_experiments_are_refused(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct error err;
    struct ann_measurement m;
    struct ann_experiment e = small_experiment(ANN_FLAT);
    e.vectors = 0;
    assert_false(ann_measure(arena, &e, &m, &err));
    e = small_experiment(ANN_FLAT), e.queries = 0;
    assert_false(ann_measure(arena, &e, &m, &err));
    e = small_experiment(ANN_FLAT), e.top_k = 2001;
    assert_false(ann_measure(arena, &e, &m, &err));
    assert_non_null(strstr(err.message, "top_k is 2001; expected 1 to 2000"));
    e = small_experiment(ANN_FLAT), e.top_k = 0;
    assert_false(ann_measure(arena, &e, &m, &err));
    e = small_experiment(ANN_FLAT), e.selectivity = 1.5;
    assert_false(ann_measure(arena, &e, &m, &err));
    e = small_experiment(ANN_FLAT), e.intrinsic = 1000;
    assert_false(ann_measure(arena, &e, &m, &err));
    e = small_experiment(ANN_FLAT), e.settings.dimensions = 5000;
    assert_false(ann_measure(arena, &e, &m, &err));
    arena_free(arena);
}

/* Three sizes measured foretell one eight times as large, within a quarter. */
static void small_sizes_foretell_a_larger_one(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct error err;
    struct ann_sample distances[3];
    struct ann_sample recalls[3];
    struct ann_measurement m;
    struct ann_estimate work;
    struct ann_estimate recall;
    struct ann_experiment experiment = small_experiment(ANN_HNSW);
    for (size_t i = 0; i < 3; i++) {
        experiment.vectors = (size_t)500 << i;
        assert_true(ann_measure(arena, &experiment, &m, &err));
        distances[i] = (struct ann_sample){m.vectors, m.distances_mean};
        recalls[i] = (struct ann_sample){m.vectors, m.recall};
    }
    experiment.vectors = 8000;
    assert_true(ann_measure(arena, &experiment, &m, &err));
    assert_true(ann_extrapolate(distances, 3, ANN_LAW_LOG, 8000, &work, &err));
    assert_true(ann_extrapolate(recalls, 3, ANN_LAW_MISS, 8000, &recall, &err));
    print_message("8,000 rows: %.1f distances foretold (error %.3f), %.1f measured; recall %.3f "
                  "(error %.3f), %.3f measured\n",
                  work.value, work.error, m.distances_mean, recall.value, recall.error, m.recall);
    assert_true(fabs(work.value / m.distances_mean - 1) < 0.25);
    assert_true(fabs(recall.value - m.recall) < fmax(0.05, recall.error));
    arena_free(arena);
}

/* With the same share of the lists looked through, recall grows with size along its law. */
static void lists_foretell_a_larger_index(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct error err;
    struct ann_sample codes[3];
    struct ann_sample recalls[3];
    struct ann_measurement m;
    struct ann_estimate work;
    struct ann_estimate recall;
    struct ann_experiment experiment = small_experiment(ANN_SCANN);
    for (size_t i = 0; i < 4; i++) {
        experiment.vectors = i < 3 ? (size_t)1000 << i : 16000;
        experiment.settings.probes = i < 3 ? (uint32_t)2 << i / 2 : 8;
        experiment.settings.lists = experiment.settings.probes * 20;
        assert_true(ann_measure(arena, &experiment, &m, &err));
        if (i < 3) codes[i] = (struct ann_sample){m.vectors, m.code_distances_mean};
        if (i < 3) recalls[i] = (struct ann_sample){m.vectors, m.recall};
    }
    assert_true(ann_extrapolate(codes, 3, ANN_LAW_SHARE, 16000, &work, &err));
    assert_true(ann_extrapolate(recalls, 3, ANN_LAW_MISS, 16000, &recall, &err));
    print_message("16,000 rows: %.1f codes foretold, %.1f measured; recall %.3f (error %.3f), %.3f "
                  "measured\n",
                  work.value, m.code_distances_mean, recall.value, recall.error, m.recall);
    assert_true(fabs(work.value / m.code_distances_mean - 1) < 0.25);
    assert_true(fabs(recall.value - m.recall) < fmax(0.06, recall.error));
    arena_free(arena);
}

/* An ef_search chosen for a recall reaches it, and a smaller one does not by far. */
static void a_recall_wanted_chooses_ef(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct error err;
    struct ann_measurement chosen;
    struct ann_measurement half;
    struct ann_experiment experiment = small_experiment(ANN_HNSW);
    experiment.settings.recall = 0.97f;
    assert_true(ann_measure(arena, &experiment, &chosen, &err));
    assert_true(chosen.recall >= 0.97 && chosen.ef_search > 20);
    experiment.settings.recall = 0;
    experiment.settings.ef_search = chosen.ef_search / 2;
    assert_true(ann_measure(arena, &experiment, &half, &err));
    assert_true(half.recall < 0.97 && half.distances_mean < chosen.distances_mean);
    arena_free(arena);
}

/* A filter that few pass has them compared one by one and found all; told to walk, the graph loses
 * some. */
static void filters_are_measured_either_way(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct error err;
    struct ann_measurement scanned;
    struct ann_measurement walked;
    struct ann_experiment experiment = small_experiment(ANN_HNSW);
    experiment.selectivity = 0.05;
    assert_true(ann_measure(arena, &experiment, &scanned, &err));
    assert_true(scanned.recall == 1 && scanned.hops_mean == 0);
    assert_true(scanned.distances_mean == 100);
    experiment.filtering = ANN_FILTER_SEARCH;
    assert_true(ann_measure(arena, &experiment, &walked, &err));
    assert_true(walked.hops_mean > 20);
    for (int kind = ANN_IVF_FLAT; kind <= ANN_SCANN; kind++) {
        experiment.settings.kind = (enum ann_kind)kind;
        experiment.filtering = ANN_FILTER_SEARCH;
        assert_true(ann_measure(arena, &experiment, &walked, &err));
        assert_true(walked.lists_mean > 0);
        experiment.filtering = ANN_FILTER_SCAN;
        assert_true(ann_measure(arena, &experiment, &scanned, &err));
        assert_true(scanned.lists_mean == 0 && scanned.recall == 1);
        assert_true(scanned.distances_mean == 100);
    }
    arena_free(arena);
}

/* The nearest few of ten are found more often than all ten; and rows of one's own are measured as
 * the same rows made here. */
static void depth_and_own_rows(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct error err;
    struct ann_measurement all;
    struct ann_measurement nearest;
    struct ann_measurement own;
    struct ann_experiment experiment = small_experiment(ANN_HNSW);
    assert_true(ann_measure(arena, &experiment, &all, &err));
    experiment.depth = 2;
    assert_true(ann_measure(arena, &experiment, &nearest, &err));
    assert_true(nearest.recall > all.recall);
    const struct vectors_source source = {.dimensions = 32, .seed = 6};
    float *rows = arena_array(arena, float, 2000 * 32);
    float *queries = arena_array(arena, float, 101 * 32);
    vectors_generate(&source, 0, 2000, rows);
    vectors_generate(&source, (uint64_t)1 << 40, 101, queries);
    experiment.rows = rows;
    experiment.query_rows = queries;
    assert_true(ann_measure(arena, &experiment, &own, &err));
    assert_true(own.recall == nearest.recall);
    assert_memory_equal(own.distances, nearest.distances, 101 * sizeof *own.distances);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flat_costs_what_it_must),
        cmocka_unit_test(hnsw_is_measured_alike_every_time),
        cmocka_unit_test(the_sums_are_the_known_ones),
        cmocka_unit_test(bad_experiments_are_refused),
        cmocka_unit_test(small_sizes_foretell_a_larger_one),
        cmocka_unit_test(lists_foretell_a_larger_index),
        cmocka_unit_test(a_recall_wanted_chooses_ef),
        cmocka_unit_test(filters_are_measured_either_way),
        cmocka_unit_test(depth_and_own_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
