#include "base/arena.h"
#include "base/error.h"
#include "models/ann/ann_file.h"
#include "models/ann/ann_store.h"
#include "tests/ann/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct ann_settings ways[] = {
    {.kind = ANN_FLAT},
    {.kind = ANN_FLAT, .code = ANN_INT8},
    {.kind = ANN_FLAT, .code = ANN_RABITQ},
    {.kind = ANN_HNSW, .m = 4},
    {.kind = ANN_HNSW, .m = 4, .code = ANN_LVQ8},
    {.kind = ANN_IVF_FLAT},
    {.kind = ANN_IVF_FLAT, .code = ANN_LVQ4, .spill = 2},
    {.kind = ANN_IVF_FLAT, .code = ANN_RABITQ, .lists = 5},
    {.kind = ANN_IVF_FLAT, .code = ANN_SIGN, .lists = 3, .spill = 2},
    {.kind = ANN_IVF_PQ, .lists = 7},
    {.kind = ANN_SCANN, .lists = 6},
    {.kind = ANN_SCANN, .spill = 2, .lists = 4},
};

enum { COLUMNS = 7, KEYS = 300, TAIL = 10, EVERYTHING = 10000 };

/* What the store should hold: keys by age. */
struct model {
    uint64_t keys[KEYS];
    float rows[KEYS][COLUMNS];
    size_t count;
};

static void model_remove(struct model *model, uint64_t key)
{
    for (size_t i = 0; i < model->count; i++) {
        if (model->keys[i] != key) continue;
        model->count--;
        memmove(&model->keys[i], &model->keys[i + 1], (model->count - i) * sizeof model->keys[0]);
        memmove(&model->rows[i], &model->rows[i + 1], (model->count - i) * sizeof model->rows[0]);
        return;
    }
}

static void model_put(struct model *model, uint64_t key, const float *row)
{
    model_remove(model, key);
    model->keys[model->count] = key;
    memcpy(model->rows[model->count++], row, sizeof model->rows[0]);
}

static bool passes(const void *context, uint64_t key)
{
    const uint64_t *divisor = context;
    return key % *divisor == 1;
}

static const uint64_t divisor = 3;

/* The nearest by a fresh index of the model's rows alone. */
static size_t find_truth(const struct model *model, enum ann_metric metric, const float *vector,
                         size_t top_k, bool filtered, struct ann_key_hit *hits)
{
    struct arena *arena = arena_new();
    float *rows = arena_array(arena, float, KEYS *COLUMNS);
    uint64_t *keys = arena_array(arena, uint64_t, KEYS);
    size_t count = 0;
    for (size_t i = 0; i < model->count; i++) {
        if (filtered && !passes(&divisor, model->keys[i])) continue;
        memcpy(rows + count * COLUMNS, model->rows[i], sizeof model->rows[i]);
        keys[count++] = model->keys[i];
    }
    struct ann_settings settings = {.metric = metric, .dimensions = COLUMNS};
    struct error err;
    struct ann_index *index = ann_build(arena, &settings, rows, count, &err);
    assert_non_null(index);
    struct ann_hit *found = arena_array(arena, struct ann_hit, KEYS);
    struct ann_query query = {.vector = vector, .top_k = top_k};
    size_t length = ann_search(index, &query, ann_scratch_new(arena, index), found, NULL);
    for (size_t i = 0; i < length; i++) {
        hits[i] = (struct ann_key_hit){keys[found[i].id], found[i].distance};
    }
    arena_free(arena);
    return length;
}

struct run {
    struct ann_store_settings settings;
    struct ann_store *store;
    struct ann_reader *reader;
    struct ann_key_filter *filter;
    struct model model;
    uint64_t random;
    const char *folder;
};

static void fill_row(struct run *run, float *row)
{
    for (size_t i = 0; i < COLUMNS; i++) row[i] = next_float(&run->random) + 0.25f;
}

static void attach(struct run *run)
{
    struct error err;
    run->reader = ann_reader_new(run->store, &err);
    assert_non_null(run->reader);
    run->filter = ann_key_filter_new(passes, &divisor);
}

static void detach(struct run *run)
{
    ann_key_filter_free(run->filter);
    ann_reader_free(run->reader);
}

static void upsert(struct run *run)
{
    uint64_t keys[9];
    float rows[9 * COLUMNS];
    size_t count = 1 + next_random(&run->random) % COUNT_OF(keys);
    for (size_t i = 0; i < count; i++) {
        keys[i] = next_random(&run->random) % KEYS;
        fill_row(run, rows + i * COLUMNS);
        model_put(&run->model, keys[i], rows + i * COLUMNS);
    }
    struct error err;
    assert_true(ann_store_upsert(run->store, keys, rows, count, &err));
}

static void delete_some(struct run *run)
{
    uint64_t keys[6];
    size_t expected = 0;
    uint64_t first = next_random(&run->random);
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        keys[i] = (first % KEYS + i * 53) % (KEYS + 20);
        size_t before = run->model.count;
        model_remove(&run->model, keys[i]);
        expected += before - run->model.count;
        assert_true(ann_store_has(run->store, keys[i]) == (before > run->model.count));
    }
    assert_int_equal(ann_store_delete(run->store, keys, COUNT_OF(keys)), expected);
}

/* Every hit is there with its distance, nearest first, no key twice. */
static void check_some(const struct ann_key_hit *hits, size_t count, const struct ann_key_hit *all,
                       size_t all_count)
{
    size_t at = 0;
    for (size_t i = 0; i < count; i++, at++) {
        while (at < all_count && all[at].key != hits[i].key) at++;
        assert_true(at < all_count);
        assert_true(all[at].distance == hits[i].distance);
    }
}

static void search(struct run *run)
{
    float vector[COLUMNS];
    struct ann_key_hit hits[KEYS], truth[KEYS];
    enum ann_metric metric = run->settings.index.metric;
    fill_row(run, vector);
    for (int filtered = 0; filtered < 2; filtered++) {
        struct ann_key_filter *filter = filtered ? run->filter : NULL;
        size_t top_k = next_random(&run->random) % 4 ? 10 : KEYS;
        size_t all = find_truth(&run->model, metric, vector, KEYS, filtered, truth);
        size_t expected = all < top_k ? all : top_k;
        struct ann_query query = {.vector = vector, .top_k = top_k, .exact = true};
        struct ann_work work;
        size_t count = ann_reader_search(run->reader, &query, filter, hits, &work);
        assert_int_equal(count, expected);
        check_some(hits, count, truth, expected);
        if (!filtered) assert_int_equal(work.distances, run->model.count);

        query.exact = false;
        count = ann_reader_search(run->reader, &query, filter, hits, &work);
        assert_int_equal(count, expected);
        check_some(hits, count, truth, all);
        if (run->settings.index.kind == ANN_HNSW) continue;
        query.probes = EVERYTHING;
        query.rerank = EVERYTHING;
        count = ann_reader_search(run->reader, &query, filter, hits, &work);
        /* RaBitQ leaves out what its bound says cannot be a hit: hardly ever wrong. */
        if (run->settings.index.code == ANN_RABITQ) continue;
        check_some(hits, count, truth, expected);
        assert_int_equal(count, expected);
    }
}

static void search_range(struct run *run)
{
    float vector[COLUMNS];
    struct ann_key_hit hits[KEYS], truth[KEYS];
    fill_row(run, vector);
    size_t all = find_truth(&run->model, run->settings.index.metric, vector, KEYS, true, truth);
    if (!all) return;
    size_t expected = 1 + next_random(&run->random) % all;
    float within = truth[expected - 1].distance;
    struct ann_query query = {.vector = vector, .top_k = KEYS, .exact = true};
    for (int i = 0; i < 2; i++, query.exact = false, query.probes = query.rerank = EVERYTHING) {
        size_t count =
            ann_reader_search_range(run->reader, &query, within, run->filter, hits, NULL);
        check_some(hits, count, truth, expected);
        bool sure = query.exact || run->settings.index.code != ANN_RABITQ;
        if (sure && run->settings.index.kind != ANN_HNSW) assert_int_equal(count, expected);
    }
}

static void check_statistics(const struct run *run)
{
    struct ann_store_statistics s;
    ann_store_get_statistics(run->store, &s);
    assert_int_equal(s.rows, run->model.count);
    assert_true(s.tail <= TAIL);
    assert_true(s.dead <= TAIL || s.dead * 4 <= s.rows + s.dead);
    assert_true(s.tail <= s.rows + s.dead);
    assert_true(s.bytes_rows >= (s.rows + s.dead) * 64);
}

static void save_and_open(struct run *run)
{
    char path[200];
    snprintf(path, sizeof path, "%s/store", run->folder);
    struct error err;
    if (!ann_store_save(run->store, path, &err)) fail_msg("%s", err.message);
    struct ann_mapping *mapping = ann_map(path, &(struct ann_open_options){0}, &err);
    assert_null(mapping);
    assert_string_equal(err.message, "this is the file of a store, not of an index");
    detach(run);
    ann_store_free(run->store);
    struct ann_store_settings settings = {.index.lists = run->settings.index.lists,
                                          .tail_rows = TAIL};
    run->store = ann_store_open(path, &settings, &err);
    if (!run->store) fail_msg("%s", err.message);
    attach(run);
}

static void settle(struct run *run)
{
    struct ann_store_statistics s;
    ann_store_settle(run->store);
    ann_store_get_statistics(run->store, &s);
    assert_int_equal(s.rows, run->model.count);
    assert_int_equal(s.dead, 0);
    assert_int_equal(s.tail, 0);
}

static void play(struct run *run, size_t steps)
{
    for (size_t step = 0; step < steps; step++) {
        uint64_t luck = next_random(&run->random) % 100;
        if (luck < 60) {
            upsert(run);
        } else if (luck < 75) {
            delete_some(run);
        } else if (luck < 97) {
            search(run);
            search_range(run);
        } else if (luck < 98) {
            settle(run);
        } else {
            save_and_open(run);
        }
        check_statistics(run);
    }
    search(run);
}

static void a_store_holds_what_a_model_does(void **state)
{
    (void)state;
    char folder[] = "/tmp/test_store.XXXXXX";
    assert_non_null(mkdtemp(folder));
    uint64_t merges = 0, compactions = 0, trainings = 0;
    for (size_t way = 0; way < COUNT_OF(ways); way++) {
        for (int metric = ANN_COSINE; metric <= ANN_L2; metric++) {
            struct run *run = calloc(1, sizeof *run);
            assert_non_null(run);
            run->settings = (struct ann_store_settings){.index = ways[way], .tail_rows = TAIL};
            run->settings.index.metric = (enum ann_metric)metric;
            run->settings.index.dimensions = COLUMNS;
            run->settings.index.seed = 3;
            run->folder = folder;
            run->random = way * 3 + (uint64_t)metric;
            struct error err;
            run->store = ann_store_new(&run->settings, &err);
            if (!run->store) fail_msg("%s", err.message);
            attach(run);
            play(run, 250);
            struct ann_store_statistics s;
            ann_store_get_statistics(run->store, &s);
            merges += s.merges;
            compactions += s.compactions;
            trainings += s.trainings;
            detach(run);
            ann_store_free(run->store);
            free(run);
        }
    }
    assert_true(merges > 100 && compactions > 30 && trainings > 12);
    char path[200];
    snprintf(path, sizeof path, "%s/store", folder);
    unlink(path);
    rmdir(folder);
}

/* The same rows as an index has: the same hits, distances and work, when nothing is in the tail. */
static void a_settled_store_works_as_an_index(void **state)
{
    (void)state;
    enum { ROWS = 200 };
    uint64_t random = 5;
    float rows[ROWS * COLUMNS];
    uint64_t keys[ROWS];
    for (size_t i = 0; i < COUNT_OF(rows); i++) rows[i] = next_float(&random);
    for (size_t i = 0; i < ROWS; i++) keys[i] = i;
    for (size_t way = 0; way < COUNT_OF(ways); way++) {
        struct arena *arena = arena_new();
        struct error err;
        struct ann_store_settings settings = {.index = ways[way], .tail_rows = ROWS - 1};
        settings.index.dimensions = COLUMNS;
        settings.index.metric = ANN_L2;
        struct ann_index *index = ann_build(arena, &settings.index, rows, ROWS - 1, &err);
        struct ann_store *store = ann_store_new(&settings, &err);
        assert_true(ann_store_upsert(store, keys, rows, ROWS, &err));
        struct ann_reader *reader = ann_reader_new(store, &err);
        struct ann_scratch *scratch = ann_scratch_new(arena, index);
        for (size_t i = 0; i < 30; i++) {
            struct ann_query query = {.vector = rows + i * COLUMNS, .top_k = 5};
            struct ann_hit expected[5];
            struct ann_key_hit hits[5];
            struct ann_work work, work_expected;
            size_t count = ann_search(index, &query, scratch, expected, &work_expected);
            assert_int_equal(ann_reader_search(reader, &query, NULL, hits, &work), count);
            /* All but the last row are in the index; that one is compared by itself. */
            assert_int_equal(work.distances, work_expected.distances + 1);
            assert_int_equal(work.code_distances, work_expected.code_distances);
            assert_int_equal(work.lists, work_expected.lists);
            assert_int_equal(work.hops, work_expected.hops);
            assert_int_equal(work.bytes, work_expected.bytes + 64);
            for (size_t j = 0, k = 0; j < count; j++) {
                if (hits[j].key == ROWS - 1) continue;
                assert_int_equal(hits[j].key, expected[k].id);
                assert_true(hits[j].distance == expected[k++].distance);
            }
        }
        ann_reader_free(reader);
        ann_store_free(store);
        arena_free(arena);
    }
}

static void refused_rows_change_nothing(void **state)
{
    (void)state;
    struct error err;
    struct ann_store_settings settings = {.index.dimensions = 2, .readers = 1};
    struct ann_store *store = ann_store_new(&settings, &err);
    const uint64_t keys[] = {1, 2};
    const float rows[] = {1, 2, 0, 0};
    assert_false(ann_store_upsert(store, keys, rows, 2, &err));
    assert_non_null(strstr(err.message, "row 1 is all zeros"));
    assert_false(ann_store_has(store, 1));
    assert_true(ann_store_upsert(store, keys, rows, 0, &err));
    struct ann_reader *reader = ann_reader_new(store, &err);
    assert_non_null(reader);
    assert_null(ann_reader_new(store, &err));
    assert_string_equal(err.message, "the store has 1 readers already");
    struct ann_key_hit hit;
    struct ann_query query = {.vector = rows, .top_k = 1};
    assert_int_equal(ann_reader_search(reader, &query, NULL, &hit, NULL), 0);
    assert_int_equal(ann_store_delete(store, keys, 2), 0);
    ann_reader_free(reader);
    reader = ann_reader_new(store, &err);
    assert_non_null(reader);
    ann_reader_free(reader);
    ann_store_free(store);
    ann_store_free(NULL);
    settings.tail_rows = ANN_TAIL_MAX + 1;
    assert_null(ann_store_new(&settings, &err));
    assert_null(ann_store_open("/nowhere/store", &settings, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_store_holds_what_a_model_does),
        cmocka_unit_test(a_settled_store_works_as_an_index),
        cmocka_unit_test(refused_rows_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
