/* Measurements of searches: the same with any number of threads and from the cache, whatever state
 * that is in; and near what an index of the full size does. */
#include "base/arena.h"
#include "base/compiler.h"
#include "base/document.h"
#include "base/file.h"
#include "models/plan.h"
#include "models/search_cache.h"
#include "models/search_work.h"

/* cmocka.h needs these before it. */
/* clang-format off */
#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
/* clang-format on */

static struct search_question small_question(enum ann_kind kind)
{
    return (struct search_question){.settings = {.kind = kind,
                                                 .dimensions = 100,
                                                 .m = 8,
                                                 .ef_construction = 40,
                                                 .ef_search = 20,
                                                 .seed = 1},
                                    .vectors = 100000,
                                    .shards = 1,
                                    .top_k = 10,
                                    .selectivity = 1};
}

static struct search_work measure(struct arena *arena, const struct search_question *question,
                                  size_t threads, const char *cache)
{
    struct preparation p = {.arena = arena, .threads = threads, .cache = cache, .effort = 0.1};
    struct search_work work;
    struct error err;
    if (!search_work_measure(&p, question, &work, &err)) fail_msg("%s", err.message);
    return work;
}

static void assert_same(const struct search_work *a, const struct search_work *b)
{
    assert_memory_equal(&a->figures, &b->figures, sizeof a->figures);
    assert_int_equal(a->query_count, b->query_count);
    assert_memory_equal(a->queries, b->queries, a->query_count * sizeof *a->queries);
}

static char folder[] = "/tmp/ragtime-XXXXXX";

static const char *only_file(struct arena *arena)
{
    const char *found = NULL;
    DIR *d = opendir(folder);
    assert_non_null(d);
    for (const struct dirent *e; (e = readdir(d));) {
        if (e->d_name[0] == '.') continue;
        assert_null(found);
        found = arena_format(arena, "%s/%s", folder, e->d_name);
    }
    closedir(d);
    assert_non_null(found);
    return found;
}

/* A file changed by a bit, cut short, empty or of another question is measured anew and made whole
 * again. That a whole one is believed shows from one whose numbers are others. */
static void test_cache(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct error err;
    char *text;
    size_t length;
    struct search_question question = small_question(ANN_FLAT);
    question.settings.dimensions = 8;
    question.vectors = 300;
    assert_non_null(mkdtemp(folder));
    const struct search_work fresh = measure(arena, &question, 1, NULL);
    const struct search_work written = measure(arena, &question, 1, folder);
    const struct search_work kept = measure(arena, &question, 1, folder);
    assert_same(&fresh, &written);
    assert_same(&fresh, &kept);
    const char *file = only_file(arena);
    assert_true(document_load(arena, file, &text, &length, &err));
    for (size_t cut = 0; cut < length; cut += length / 13 + 1) {
        assert_true(file_write(file, text, cut, &err));
        const struct search_work again = measure(arena, &question, 1, folder);
        assert_same(&fresh, &again);
    }
    for (size_t at = 0; at < length; at += length / 29 + 1) {
        char *damaged = arena_copy_n(arena, text, length);
        damaged[at] ^= 1;
        assert_true(file_write(file, damaged, length, &err));
        const struct search_work again = measure(arena, &question, 1, folder);
        assert_same(&fresh, &again);
    }
    struct search_work other = fresh;
    other.figures.recall = 0.25;
    search_cache_write(folder, search_cache_key(arena, &question, 300), &other);
    assert_true(measure(arena, &question, 1, folder).figures.recall == 0.25);
    question.top_k = 9;
    assert_true(measure(arena, &question, 1, folder).figures.recall == 1);
    search_cache_write("/proc/nowhere", "key", &fresh); /* no harm */
    DIR *d = opendir(folder);
    for (const struct dirent *e; (e = readdir(d));)
        unlink(arena_format(arena, "%s/%s", folder, e->d_name));
    closedir(d);
    assert_int_equal(rmdir(folder), 0);
    arena_free(arena);
}

static void test_threads(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    const struct search_question question = small_question(ANN_HNSW);
    const struct search_work one = measure(arena, &question, 1, NULL);
    const struct search_work three = measure(arena, &question, 3, NULL);
    assert_same(&one, &three);
    assert_true(one.figures.measured_vectors < 5000 && one.figures.work_error > 0);
    arena_free(arena);
}

/* Everything that the key must tell apart: any two questions that differ have different keys. */
static void test_keys(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct search_question q[14];
    for (size_t i = 0; i < 14; i++) q[i] = small_question(ANN_HNSW);
    q[1].settings.kind = ANN_FLAT;
    q[2].settings.metric = ANN_L2;
    q[3].settings.dimensions = 10;
    q[4].settings.code = ANN_LVQ4;
    q[5].settings.m = 9;
    q[6].settings.ef_search = 21;
    q[7].settings.rerank = 30;
    q[8].settings.recall = 0.9f;
    q[9].vectors = 99999;
    q[10].shards = 2;
    q[11].selectivity = 0.5;
    q[12].intrinsic = 10;
    q[13].settings.anisotropy = 1;
    for (size_t i = 0; i < 14; i++)
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(search_cache_key(arena, &q[i], 1),
                                    search_cache_key(arena, &q[j], 1));
    arena_free(arena);
}

/* What is exact stays exact: a scan compares every vector, and with a filter those that pass. */
static void test_flat(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct search_question q = small_question(ANN_FLAT);
    struct search_work work = measure(arena, &q, 2, NULL);
    assert_true(fabs(work.figures.mean.distances - 1e5) < 1e-6);
    assert_true(fabs(work.figures.mean.bytes - 4.48e7) < 1);
    assert_true(work.figures.recall == 1 && work.figures.work_error < 1e-9);
    q.selectivity = 0.25;
    work = measure(arena, &q, 2, NULL);
    assert_true(fabs(work.figures.mean.distances - 2.5e4) < 1e-6);
    arena_free(arena);
}

/* A filter does what it would do at full size: 100 of 100,000 vectors are compared one by one, and
 * half of them are walked among, though the small indexes would do otherwise. */
static void test_filter(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct search_question q = small_question(ANN_HNSW);
    q.selectivity = 0.001;
    struct search_work work = measure(arena, &q, 2, NULL);
    assert_true(work.figures.mean.hops == 0 && work.figures.recall == 1);
    assert_true(fabs(work.figures.mean.distances - 100) < 1e-6);
    q.selectivity = 0.5;
    work = measure(arena, &q, 2, NULL);
    assert_true(work.figures.mean.hops > 20);
    q.settings.kind = ANN_SCANN;
    work = measure(arena, &q, 2, NULL);
    /* 59 lists of 105 vectors, and 20 more for each of them, are 7375, of 53 a list that pass. */
    assert_true(work.figures.mean.lists > 130 && work.figures.mean.lists < 150);
    assert_true(work.figures.mean.codes > 7375 && work.figures.mean.codes < 12500);
    arena_free(arena);
}

/* The error said covers what sizes of a quarter and less foretell wrongly of the full size. */
static void test_truth(void **state)
{
    (void)state;
    /* Figures, not memory: the release build's. */
    if (ADDRESS_SANITIZER) skip();
    static const double shares[] = {1, 0.5};
    struct arena *arena = arena_new();
    for (int kind = ANN_HNSW; kind <= ANN_SCANN; kind++) {
        for (size_t i = 0; i < 2; i++) {
            struct search_question q = small_question((enum ann_kind)kind);
            q.settings.dimensions = 32;
            q.vectors = 16000;
            q.selectivity = shares[i];
            struct preparation p = {.arena = arena, .threads = 2, .effort = 10};
            struct search_work full;
            struct error err;
            struct preparation part = {.arena = arena, .threads = 2, .effort = 0.2};
            struct search_work small;
            if (!search_work_measure(&part, &q, &small, &err)) fail_msg("%s", err.message);
            if (!search_work_measure(&p, &q, &full, &err)) fail_msg("%s", err.message);
            const struct search_figures *f = &small.figures;
            assert_true(f->measured_vectors <= 4000 && full.figures.measured_vectors == 16000);
            assert_true(full.figures.work_error == 0);
            const double told[] = {f->mean.distances, f->mean.codes, f->mean.hops, f->mean.lists,
                                   f->mean.bytes};
            const struct search_counts *true_mean = &full.figures.mean;
            const double found[] = {true_mean->distances, true_mean->codes, true_mean->hops,
                                    true_mean->lists, true_mean->bytes};
            for (size_t j = 0; j < 5; j++) {
                const double apart = fabs(found[j] - told[j]) / fmax(1, told[j]);
                print_message("kind %d, %.1f pass, count %zu: %.1f of %.1f, %.3f of %.3f\n", kind,
                              shares[i], j, told[j], found[j], apart, f->work_error);
                /* Blocks of lists of some dozens of rows are filled otherwise than by half. */
                const double filling = j == 4 && kind > ANN_IVF_FLAT ? 0.1 : 0;
                assert_true(apart <= f->work_error + filling + 1e-9);
            }
            print_message("recall %.3f of %.3f, said %.3f\n", f->recall, full.figures.recall,
                          f->recall_error);
            assert_true(fabs(f->recall - full.figures.recall) <= f->recall_error + 1e-9);
        }
    }
    arena_free(arena);
}

/* A recall wanted takes more work the higher it is. */
static void test_recall(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    for (int kind = ANN_HNSW; kind <= ANN_SCANN; kind++) {
        struct search_question q = small_question((enum ann_kind)kind);
        q.settings.dimensions = 32;
        q.vectors = 2000;
        q.settings.recall = 0.8f;
        const struct search_work low = measure(arena, &q, 2, NULL);
        q.settings.recall = 0.98f;
        const struct search_work high = measure(arena, &q, 2, NULL);
        assert_true(high.figures.recall > 0.93 && high.figures.recall > low.figures.recall);
        assert_true(high.figures.mean.bytes > low.figures.mean.bytes);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cache),  cmocka_unit_test(test_threads), cmocka_unit_test(test_keys),
        cmocka_unit_test(test_flat),   cmocka_unit_test(test_filter),  cmocka_unit_test(test_truth),
        cmocka_unit_test(test_recall),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
