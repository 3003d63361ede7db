#include "base/error.h"
#include "models/ann/ann_store.h"
#include "tests/ann/unit.h"

#include <pthread.h>
#include <stdatomic.h>

/* A group of rows moves together, in one upsert at a time, while others come and go far away. A
 * reader that saw half an upsert would find the group in two places. */
enum { GROUP = 8, FAR = 150, READERS = 3, STEPS = 200, COLUMNS = 2 };

struct scene {
    struct ann_store *store;
    bool graph; /* only exact searches must find all */
    atomic_bool done;
    atomic_size_t searches;
};

static bool is_of_group(const void *context, uint64_t key)
{
    (void)context;
    return key < GROUP;
}

/* A reader's faults are counted, for assertions belong to the main thread. */
static void *read_on(void *context)
{
    struct scene *scene = context;
    struct error err;
    size_t faults = 0;
    struct ann_reader *reader = ann_reader_new(scene->store, &err);
    struct ann_key_filter *filter = ann_key_filter_new(is_of_group, NULL);
    static const float origin[COLUMNS] = {0, 0};
    for (size_t round = 0; !atomic_load(&scene->done) || round < 20; round++) {
        atomic_fetch_add(&scene->searches, 1);
        struct ann_key_hit hits[GROUP];
        struct ann_work work;
        struct ann_query query = {.vector = origin,
                                  .top_k = GROUP,
                                  .exact = round % 2,
                                  .probes = 1000,
                                  .rerank = 1000,
                                  .ef_search = 1000};
        size_t count = ann_reader_search(reader, &query, round % 3 ? NULL : filter, hits, &work);
        if (scene->graph && !query.exact) continue;
        faults += count != GROUP;
        for (size_t i = 0; i < count; i++) {
            faults += hits[i].key >= GROUP;
            faults += hits[i].distance - hits[0].distance > 0.1f;
        }
    }
    ann_key_filter_free(filter);
    ann_reader_free(reader);
    return (void *)faults;
}

static void move_group(struct ann_store *store, size_t step)
{
    uint64_t keys[GROUP];
    float rows[GROUP * COLUMNS];
    for (size_t i = 0; i < GROUP; i++) {
        keys[i] = i;
        rows[i * COLUMNS] = (float)(1 + step % 20);
        rows[i * COLUMNS + 1] = (float)i * 0.01f;
    }
    struct error err;
    assert_true(ann_store_upsert(store, keys, rows, GROUP, &err));
}

static void change_far_rows(struct ann_store *store, uint64_t *random)
{
    struct error err;
    for (size_t i = 0; i < 6; i++) {
        uint64_t key = GROUP + next_random(random) % FAR;
        float row[COLUMNS] = {1000 + next_float(random), 1000 + next_float(random)};
        if (next_random(random) % 4) {
            assert_true(ann_store_upsert(store, &key, row, 1, &err));
        } else {
            ann_store_delete(store, &key, 1);
        }
    }
}

static void run(const struct ann_settings *index)
{
    struct ann_store_settings settings = {.index = *index, .tail_rows = 40, .readers = READERS};
    settings.index.metric = ANN_L2;
    settings.index.dimensions = COLUMNS;
    struct error err;
    struct scene scene = {.store = ann_store_new(&settings, &err),
                          .graph = index->kind == ANN_HNSW};
    assert_non_null(scene.store);
    move_group(scene.store, 0);
    pthread_t threads[READERS];
    for (size_t i = 0; i < READERS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, read_on, &scene), 0);
    }
    uint64_t random = 1;
    for (size_t step = 0; step < STEPS; step++) {
        move_group(scene.store, step);
        change_far_rows(scene.store, &random);
    }
    atomic_store(&scene.done, true);
    for (size_t i = 0; i < READERS; i++) {
        void *faults;
        assert_int_equal(pthread_join(threads[i], &faults), 0);
        assert_null(faults);
    }
    struct ann_store_statistics s;
    ann_store_get_statistics(scene.store, &s);
    assert_true(s.compactions > 5);
    assert_true(atomic_load(&scene.searches) >= 20 * READERS);
    ann_store_free(scene.store);
}

static void readers_see_whole_upserts(void **state)
{
    (void)state;
    static const struct ann_settings ways[] = {
        {.kind = ANN_FLAT, .code = ANN_INT8},
        {.kind = ANN_FLAT},
        {.kind = ANN_IVF_FLAT, .lists = 3},
        {.kind = ANN_SCANN, .lists = 3},
        {.kind = ANN_HNSW, .m = 4, .ef_construction = 20},
    };
    for (size_t way = 0; way < COUNT_OF(ways); way++) run(&ways[way]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(readers_see_whole_upserts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
