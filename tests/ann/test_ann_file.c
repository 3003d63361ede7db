#include "base/arena.h"
#include "base/error.h"
#include "models/ann/ann_file.h"
#include "models/ann/image.h"
#include "models/ann/vectors.h"
#include "tests/ann/build.h"
#include "tests/ann/unit.h"
#include "tests/base/place.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static const enum ann_metric metrics[] = {ANN_COSINE, ANN_INNER_PRODUCT, ANN_L2};

/* Every kind with every code it can have. */
static const struct ann_settings ways[] = {
    {.kind = ANN_FLAT},
    {.kind = ANN_FLAT, .code = ANN_FLOAT16},
    {.kind = ANN_FLAT, .code = ANN_INT8},
    {.kind = ANN_FLAT, .code = ANN_LVQ8},
    {.kind = ANN_FLAT, .code = ANN_LVQ4},
    {.kind = ANN_FLAT, .code = ANN_RABITQ},
    {.kind = ANN_FLAT, .code = ANN_SIGN},
    {.kind = ANN_HNSW, .m = 4},
    {.kind = ANN_HNSW, .m = 3, .code = ANN_FLOAT16},
    {.kind = ANN_HNSW, .m = 4, .code = ANN_INT8},
    {.kind = ANN_HNSW, .m = 4, .code = ANN_LVQ8},
    {.kind = ANN_HNSW, .m = 4, .code = ANN_LVQ4},
    {.kind = ANN_IVF_FLAT, .recall = 0.9f},
    {.kind = ANN_IVF_FLAT, .code = ANN_FLOAT16},
    {.kind = ANN_IVF_FLAT, .code = ANN_INT8},
    {.kind = ANN_IVF_FLAT, .code = ANN_LVQ8},
    {.kind = ANN_IVF_FLAT, .code = ANN_LVQ4, .spill = 2},
    {.kind = ANN_IVF_FLAT, .code = ANN_RABITQ},
    {.kind = ANN_IVF_FLAT, .code = ANN_SIGN},
    {.kind = ANN_IVF_PQ},
    {.kind = ANN_IVF_PQ, .spill = 2},
    {.kind = ANN_SCANN, .recall = 0.95f},
    {.kind = ANN_SCANN, .spill = 2, .anisotropy = 1},
};

static float *make_rows(struct arena *arena, uint32_t dimensions, size_t count)
{
    struct vectors_source source = {
        .dimensions = dimensions, .intrinsic = 8, .clusters = 40, .seed = 5};
    float *rows = arena_array(arena, float, count *dimensions);
    vectors_generate(&source, 0, count, rows);
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

static void save(const struct ann_index *index, const char *path)
{
    struct error err;
    if (!ann_save(index, path, &err)) fail_msg("%s", err.message);
}

static struct ann_mapping *map(const char *path, bool trusted)
{
    struct error err;
    struct ann_mapping *mapping =
        ann_map(path, &(struct ann_open_options){.trusted = trusted}, &err);
    if (!mapping) fail_msg("%s", err.message);
    return mapping;
}

struct bytes {
    unsigned char *data;
    size_t length;
};

static struct bytes read_bytes(struct arena *arena, const char *path)
{
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    struct bytes bytes = {.length = (size_t)status.st_size};
    bytes.data = arena_alloc_aligned(arena, bytes.length, IMAGE_ALIGNMENT);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fread(bytes.data, 1, bytes.length, file), bytes.length);
    fclose(file);
    return bytes;
}

/* Hits, distances and work of many searches as one number. */
static uint64_t search_all(const struct ann_index *index, const float *queries, size_t count)
{
    struct arena *arena = arena_new();
    struct ann_scratch *scratch = ann_scratch_new(arena, index);
    uint32_t dimensions = ann_get_settings(index)->dimensions;
    struct ann_hit hits[20];
    uint64_t *bits = arena_array(arena, uint64_t, ann_count(index) / 64 + 1);
    struct ann_filter filter = {.bits = bits};
    for (size_t i = 0; i < ann_count(index); i += 3, filter.passing++) {
        bits[i / 64] |= UINT64_C(1) << i % 64;
    }
    uint64_t hash = HASH_START;
    for (size_t i = 0; i < count; i++) {
        struct ann_query query = {.vector = queries + i * dimensions,
                                  .top_k = 1 + i % COUNT_OF(hits),
                                  .ef_search = i % 2 ? 30 : 0,
                                  .exact = i % 5 == 4,
                                  .filter = i % 3 == 2 ? &filter : NULL};
        struct ann_work work;
        size_t found = ann_search(index, &query, scratch, hits, &work);
        hash = hash_bytes(hash, &work, sizeof work);
        for (size_t j = 0; j < found; j++) {
            hash = hash_bytes(hash, &hits[j].id, sizeof hits[j].id);
            hash = hash_bytes(hash, &hits[j].distance, sizeof hits[j].distance);
        }
    }
    arena_free(arena);
    return hash;
}

enum { ROWS = 300, QUERIES = 20 };

static void check_round_trip(void **state, const struct ann_settings *settings)
{
    struct arena *arena = arena_new();
    struct error err;
    struct ann_settings with_room = *settings;
    with_room.capacity = ROWS + 40;
    const float *rows = make_rows(arena, settings->dimensions, ROWS + 20 + QUERIES);
    struct ann_index *index = build(arena, &with_room, rows, ROWS);
    struct ann_scratch *scratch = ann_scratch_new(arena, index);
    uint32_t id;
    for (size_t i = ROWS; i < ROWS + 20; i++) {
        const float *row = rows + i * settings->dimensions;
        assert_true(ann_insert(index, row, scratch, &id, &err));
    }
    for (uint32_t i = 0; i < ROWS + 20; i += 7) assert_true(ann_remove(index, i));

    struct path path = below(state, "index");
    struct path again = below(state, "again");
    save(index, path.text);
    const float *queries = rows + (ROWS + 20) * settings->dimensions;
    uint64_t hash = search_all(index, queries, QUERIES);
    for (int trusted = 0; trusted < 2; trusted++) {
        struct ann_mapping *mapping = map(path.text, trusted);
        struct ann_index *mapped = ann_mapped_index(mapping);
        assert_int_equal(ann_count(mapped), ROWS + 20);
        assert_true(search_all(mapped, queries, QUERIES) == hash);
        save(mapped, again.text);
        ann_unmap(mapping);
        struct bytes first = read_bytes(arena, path.text);
        struct bytes second = read_bytes(arena, again.text);
        assert_int_equal(first.length, second.length);
        assert_memory_equal(first.data, second.data, first.length);
    }
    arena_free(arena);
}

static void a_mapped_index_finds_what_the_saved_one_does(void **state)
{
    for (size_t way = 0; way < COUNT_OF(ways); way++) {
        for (size_t m = 0; m < COUNT_OF(metrics); m++) {
            struct ann_settings settings = settings_of(way, metrics[m], way % 2 ? 19 : 40);
            check_round_trip(state, &settings);
        }
    }
}

static void few_rows_and_none_are_saved_too(void **state)
{
    struct path path = below(state, "index");
    for (size_t way = 0; way < COUNT_OF(ways); way++) {
        for (size_t count = 0; count < 3; count++) {
            struct arena *arena = arena_new();
            struct ann_settings settings = settings_of(way, metrics[way % 3], 5);
            const float *rows = make_rows(arena, 5, 4);
            struct ann_index *index = build(arena, &settings, rows, count);
            save(index, path.text);
            struct ann_mapping *mapping = map(path.text, false);
            assert_true(search_all(index, rows, 4) ==
                        search_all(ann_mapped_index(mapping), rows, 4));
            ann_unmap(mapping);
            arena_free(arena);
        }
    }
}

static void threads_and_simd_levels_give_the_same_file(void **state)
{
    static const char *const levels[] = {"scalar", "baseline", "avx2", "avx512"};
    struct path path = below(state, "index");
    struct path other = below(state, "other");
    for (size_t way = 0; way < COUNT_OF(ways); way++) {
        struct arena *arena = arena_new();
        struct ann_settings settings = settings_of(way, metrics[way % 3], 21);
        const float *rows = make_rows(arena, 21, ROWS);
        save(build(arena, &settings, rows, ROWS), path.text);
        struct bytes expected = read_bytes(arena, path.text);
        for (size_t level = 0; level < COUNT_OF(levels); level++) {
            setenv("RAGTIME_SIMD", levels[level], 1);
            settings.threads = level % 2 ? 3 : 1;
            struct ann_index *index = build(arena, &settings, rows, ROWS);
            save(index, other.text);
            /* Saved at one level, searched at another. */
            struct ann_mapping *mapping = map(path.text, false);
            assert_true(search_all(index, rows, 10) ==
                        search_all(ann_mapped_index(mapping), rows, 10));
            ann_unmap(mapping);
            unsetenv("RAGTIME_SIMD");
            struct bytes found = read_bytes(arena, other.text);
            assert_int_equal(found.length, expected.length);
            assert_memory_equal(found.data, expected.data, found.length);
        }
        arena_free(arena);
    }
}

static void a_mapped_index_is_full_and_forgets_deletions(void **state)
{
    struct arena *arena = arena_new();
    struct path path = below(state, "index");
    struct error err;
    struct ann_settings settings = {.dimensions = 3, .capacity = 10};
    const float *rows = make_rows(arena, 3, 5);
    save(build(arena, &settings, rows, 4), path.text);
    struct ann_mapping *mapping = map(path.text, false);
    struct ann_index *index = ann_mapped_index(mapping);
    struct ann_scratch *scratch = ann_scratch_new(arena, index);
    uint32_t id;
    assert_false(ann_insert(index, rows + 12, scratch, &id, &err));
    assert_string_equal(err.message, "the index is full: it has room for 4 rows");
    assert_true(ann_remove(index, 2));
    struct ann_hit hits[4];
    struct ann_query query = {.vector = rows, .top_k = 4};
    assert_int_equal(ann_search(index, &query, scratch, hits, NULL), 3);
    ann_unmap(mapping);
    mapping = map(path.text, false);
    assert_int_equal(ann_search(ann_mapped_index(mapping), &query, scratch, hits, NULL), 4);
    ann_unmap(mapping);
    ann_unmap(NULL);
    arena_free(arena);
}

/* --- damage --- */

static struct bytes image_of(void **state, struct arena *arena, size_t way)
{
    struct path path = below(state, "index");
    struct ann_settings settings = settings_of(way, metrics[way % 3], 5);
    struct ann_index *index = build(arena, &settings, make_rows(arena, 5, 60), 60);
    ann_remove(index, 7);
    save(index, path.text);
    return read_bytes(arena, path.text);
}

static bool opens(struct bytes bytes, bool trusted)
{
    struct arena *arena = arena_new();
    struct error err = {0};
    struct ann_open_options options = {.trusted = trusted};
    bool good = ann_open_bytes(arena, bytes.data, bytes.length, &options, &err) != NULL;
    assert_true(good || err.message[0]);
    arena_free(arena);
    return good;
}

static void every_truncation_and_every_flip_is_refused(void **state)
{
    static const size_t chosen[] = {4, 7, 11, 17, 20};
    for (size_t i = 0; i < COUNT_OF(chosen); i++) {
        struct arena *arena = arena_new();
        struct bytes bytes = image_of(state, arena, chosen[i]);
        assert_true(opens(bytes, false));
        /* Right behind a copy's end AddressSanitizer watches. */
        for (size_t length = 0; length < bytes.length; length += length < 700 ? 1 : 37) {
            struct arena *passing = arena_new();
            struct bytes cut = {arena_alloc_aligned(passing, length, IMAGE_ALIGNMENT), length};
            memcpy(cut.data, bytes.data, length);
            assert_false(opens(cut, length % 2));
            arena_free(passing);
        }
        uint64_t random = i;
        for (size_t at = 0; at < bytes.length; at++) {
            unsigned char change = (unsigned char)(1u << next_random(&random) % 8);
            bytes.data[at] ^= change;
            assert_false(opens(bytes, false));
            bytes.data[at] ^= change;
        }
        assert_true(opens(bytes, false));
        arena_free(arena);
    }
}

/* Damage behind right checksums: refused, or searched without harm. */
static void search_damaged(struct bytes bytes, bool trusted, size_t *opened)
{
    struct arena *arena = arena_new();
    struct error err;
    struct ann_open_options options = {.trusted = trusted};
    struct ann_index *index = ann_open_bytes(arena, bytes.data, bytes.length, &options, &err);
    if (index) {
        static const float queries[8 * ANN_DIMENSIONS_MAX] = {1, 2, -1, 1, 0.5f, 3, 1, 1, 2};
        search_all(index, queries, 8);
        ++*opened;
    }
    arena_free(arena);
}

static void damage(struct bytes bytes, uint64_t *random)
{
    static const uint32_t words[] = {0,          1,          31,         60,         61,
                                     0x7fffffff, 0x80000000, 0xffffffff, 0x7f800000, 0xff800000,
                                     0x7fc00000, 0x7f7fffff, 0x00000001};
    size_t changes = 1 + next_random(random) % 3;
    for (size_t i = 0; i < changes; i++) {
        size_t at = next_random(random) % bytes.length;
        uint64_t luck = next_random(random);
        if (luck % 2) {
            bytes.data[at] ^= (unsigned char)(1u << luck / 2 % 8);
        } else if (bytes.length > 4) {
            at = at / 4 * 4 < bytes.length - 4 ? at / 4 * 4 : 0;
            memcpy(bytes.data + at, &words[luck / 2 % COUNT_OF(words)], 4);
        }
    }
}

static void damage_behind_checksums_does_no_harm(void **state)
{
    enum { ROUNDS = 300 };
    size_t opened = 0;
    size_t rounds = 0;
    for (size_t way = 0; way < COUNT_OF(ways); way++) {
        struct arena *arena = arena_new();
        struct bytes bytes = image_of(state, arena, way);
        struct bytes copy = {arena_alloc_aligned(arena, bytes.length, IMAGE_ALIGNMENT),
                             bytes.length};
        uint64_t random = way;
        for (size_t i = 0; i < ROUNDS; i++, rounds++) {
            memcpy(copy.data, bytes.data, bytes.length);
            damage(copy, &random);
            image_seal(copy.data, copy.length);
            search_damaged(copy, i % 2, &opened);
        }
        arena_free(arena);
    }
    /* Some damage is to values that a file may hold. */
    assert_in_range(opened, rounds / 20, rounds - rounds / 20);
}

/* Fields one by one, with the numbers at which arithmetic goes wrong. */
static void hostile_fields_do_no_harm(void **state)
{
    static const uint64_t values[] = {0,          1,          2,         59,        61,
                                      64,         255,        4096,      INT32_MAX, UINT32_MAX,
                                      1ull << 32, 1ull << 40, INT64_MAX, UINT64_MAX};
    size_t opened = 0;
    for (size_t way = 0; way < COUNT_OF(ways); way++) {
        struct arena *arena = arena_new();
        struct bytes bytes = image_of(state, arena, way);
        struct image image;
        struct error err;
        assert_true(image_read(bytes.data, bytes.length, true, &image, &err));
        unsigned char *fields =
            bytes.data + ((const unsigned char *)image.parts[IMAGE_FIELDS].data - bytes.data);
        for (size_t at = 0; at < image.parts[IMAGE_FIELDS].length; at += 8) {
            uint64_t before;
            memcpy(&before, fields + at, 8);
            for (size_t i = 0; i < COUNT_OF(values); i++) {
                memcpy(fields + at, &values[i], 8);
                image_seal(bytes.data, bytes.length);
                search_damaged(bytes, i % 2, &opened);
            }
            memcpy(fields + at, &before, 8);
        }
        arena_free(arena);
    }
    assert_true(opened > 0);
}

/* --- faults of the system --- */

static void assert_refused(const char *path, const char *message)
{
    struct error err;
    assert_null(ann_map(path, &(struct ann_open_options){0}, &err));
    assert_string_equal(err.message, message);
    assert_ptr_equal(err.place.file, path);
}

static void what_is_no_index_is_refused(void **state)
{
    assert_refused(below(state, "none").text,
                   "the file cannot be opened: No such file or directory");
    assert_refused(*state, "this is not a regular file");
    assert_refused("/dev/null", "this is not a regular file");
    struct path path = below(state, "text");
    FILE *file = fopen(path.text, "w");
    assert_non_null(file);
    fclose(file);
    assert_refused(path.text, "the file is empty");
    file = fopen(path.text, "w");
    assert_non_null(file);
    fputs("Dear index,", file);
    fclose(file);
    assert_refused(path.text, "this is not an index: it does not begin as one does");
}

static void a_failed_save_leaves_what_was_there(void **state)
{
    struct arena *arena = arena_new();
    struct ann_settings settings = {.dimensions = 40};
    const float *rows = make_rows(arena, 40, ROWS);
    const struct ann_index *index = build(arena, &settings, rows, ROWS);
    struct path path = below(state, "index");
    struct error err;
    assert_false(ann_save(index, below(state, "none/index").text, &err));
    assert_non_null(strstr(err.message, "No such file or directory"));
    assert_false(ann_save(index, "/dev/full", &err));
    assert_non_null(strstr(err.message, "No space left on device"));
    assert_false(ann_save(index, *state, &err));

    save(index, path.text);
    struct bytes before = read_bytes(arena, path.text);
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    struct rlimit small = {.rlim_cur = 10000, .rlim_max = limit.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    bool saved = ann_save(index, path.text, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    assert_false(saved);
    assert_non_null(strstr(err.message, "File too large"));
    struct bytes after = read_bytes(arena, path.text);
    assert_int_equal(after.length, before.length);
    assert_memory_equal(after.data, before.data, before.length);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_mapped_index_finds_what_the_saved_one_does, make_place,
                                        remove_place),
        cmocka_unit_test_setup_teardown(few_rows_and_none_are_saved_too, make_place, remove_place),
        cmocka_unit_test_setup_teardown(threads_and_simd_levels_give_the_same_file, make_place,
                                        remove_place),
        cmocka_unit_test_setup_teardown(a_mapped_index_is_full_and_forgets_deletions, make_place,
                                        remove_place),
        cmocka_unit_test_setup_teardown(every_truncation_and_every_flip_is_refused, make_place,
                                        remove_place),
        cmocka_unit_test_setup_teardown(damage_behind_checksums_does_no_harm, make_place,
                                        remove_place),
        cmocka_unit_test_setup_teardown(hostile_fields_do_no_harm, make_place, remove_place),
        cmocka_unit_test_setup_teardown(what_is_no_index_is_refused, make_place, remove_place),
        cmocka_unit_test_setup_teardown(a_failed_save_leaves_what_was_there, make_place,
                                        remove_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
