#include "base/arena.h"
#include "base/error.h"
#include "models/ann/vector_file.h"
#include "tests/ann/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Two rows of three: 1, 2, 3 and -1, 0.5, 4. */
static const unsigned char fbin[] = {2,    0,    0, 0, 3,    0,    0, 0,    0,    0,   0x80,
                                     0x3f, 0,    0, 0, 0x40, 0,    0, 0x40, 0x40, 0,   0,
                                     0x80, 0xbf, 0, 0, 0,    0x3f, 0, 0,    0x80, 0x40};
static const unsigned char u8bin[] = {2, 0, 0, 0, 3, 0, 0, 0, 0, 1, 255, 7, 8, 9};
static const unsigned char fvecs[] = {1, 0, 0, 0, 0, 0, 0x80, 0x3f, 1, 0, 0, 0, 0, 0, 0, 0x40};
static const unsigned char bvecs[] = {2, 0, 0, 0, 1, 255, 2, 0, 0, 0, 0, 7};
static const unsigned char ibin[] = {1, 0, 0, 0, 2, 0, 0,    0,    7, 0, 0, 0,
                                     1, 1, 0, 0, 0, 0, 0x80, 0x3f, 0, 0, 0, 0x40};

static struct vector_bytes bytes_of(const unsigned char *data, size_t length)
{
    return (struct vector_bytes){.data = data, .length = length};
}

static void formats_are_read(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct error err;
    struct vector_set set;
    const float expected[] = {1, 2, 3, -1, 0.5f, 4};
    assert_true(vector_bytes_read(arena, bytes_of(fbin, sizeof fbin), VECTOR_FBIN, 0, &set, &err));
    assert_int_equal(set.rows, 2);
    assert_int_equal(set.dimensions, 3);
    assert_memory_equal(set.values, expected, sizeof expected);

    assert_true(
        vector_bytes_read(arena, bytes_of(u8bin, sizeof u8bin), VECTOR_U8BIN, 0, &set, &err));
    const float bytes[] = {0, 1, 255, 7, 8, 9};
    assert_memory_equal(set.values, bytes, sizeof bytes);

    assert_true(
        vector_bytes_read(arena, bytes_of(fvecs, sizeof fvecs), VECTOR_FVECS, 0, &set, &err));
    assert_int_equal(set.rows, 2);
    assert_int_equal(set.dimensions, 1);
    assert_memory_equal(set.values, expected, 2 * sizeof(float));

    assert_true(
        vector_bytes_read(arena, bytes_of(bvecs, sizeof bvecs), VECTOR_BVECS, 0, &set, &err));
    const float pairs[] = {1, 255, 0, 7};
    assert_int_equal(set.rows, 2);
    assert_int_equal(set.dimensions, 2);
    assert_memory_equal(set.values, pairs, sizeof pairs);

    struct neighbour_set near;
    assert_true(neighbour_bytes_read(arena, bytes_of(ibin, sizeof ibin), &near, &err));
    assert_int_equal(near.rows, 1);
    assert_int_equal(near.k, 2);
    assert_int_equal(near.ids[0], 7);
    assert_int_equal(near.ids[1], 257);
    assert_memory_equal(near.distances, expected, 2 * sizeof(float));
    assert_true(neighbour_bytes_read(arena, bytes_of(ibin, 16), &near, &err));
    assert_null(near.distances);
    assert_int_equal(near.ids[1], 257);
    arena_free(arena);
}

static void a_limit_cuts_rows(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct error err;
    struct vector_set set;
    struct vector_bytes bytes = bytes_of(u8bin, sizeof u8bin);
    assert_true(vector_bytes_read(arena, bytes, VECTOR_U8BIN, 1, &set, &err));
    assert_int_equal(set.rows, 1);
    assert_true(vector_bytes_read(arena, bytes, VECTOR_U8BIN, 9, &set, &err));
    assert_int_equal(set.rows, 2);
    assert_true(
        vector_bytes_read(arena, bytes_of(fvecs, sizeof fvecs), VECTOR_FVECS, 1, &set, &err));
    assert_int_equal(set.rows, 1);
    arena_free(arena);
}

/* A copy of exactly that length, so that AddressSanitizer sees a byte too many. */
static bool read_copy(const unsigned char *data, size_t length, enum vector_format format,
                      struct error *err)
{
    struct arena *arena = arena_new();
    unsigned char *copy = malloc(length ? length : 1);
    assert_non_null(copy);
    memcpy(copy, data, length);
    struct vector_set set;
    struct neighbour_set near;
    bool ok = format == VECTOR_IBIN
                  ? neighbour_bytes_read(arena, bytes_of(copy, length), &near, err)
                  : vector_bytes_read(arena, bytes_of(copy, length), format, 0, &set, err);
    free(copy);
    arena_free(arena);
    return ok;
}

static const struct {
    const unsigned char *data;
    size_t length;
    enum vector_format format;
} samples[] = {{fbin, sizeof fbin, VECTOR_FBIN},
               {u8bin, sizeof u8bin, VECTOR_U8BIN},
               {fvecs, sizeof fvecs, VECTOR_FVECS},
               {bvecs, sizeof bvecs, VECTOR_BVECS},
               {ibin, sizeof ibin, VECTOR_IBIN}};

static void a_cut_file_is_refused(void **state)
{
    (void)state;
    for (size_t s = 0; s < COUNT_OF(samples); s++) {
        for (size_t length = 0; length <= samples[s].length; length++) {
            struct error err = {.message = ""};
            bool whole = length == samples[s].length;
            /* Whole rows of .fvecs, and ids alone, are files too. */
            whole = whole || (samples[s].format == VECTOR_FVECS && length == 8);
            whole = whole || (samples[s].format == VECTOR_BVECS && length == 6);
            whole = whole || (samples[s].format == VECTOR_IBIN && length == 16);
            assert_int_equal(read_copy(samples[s].data, length, samples[s].format, &err), whole);
            assert_int_equal(err.message[0] == '\0', whole);
        }
    }
}

/* Every byte of every header takes every value: huge counts, products beyond 64 bits, zeros. */
static void a_hostile_header_is_refused(void **state)
{
    (void)state;
    unsigned char copy[64];
    struct error err;
    for (size_t s = 0; s < COUNT_OF(samples); s++) {
        for (size_t at = 0; at < 8; at++) {
            bool vecs = samples[s].format == VECTOR_FVECS || samples[s].format == VECTOR_BVECS;
            bool in_header = !vecs || at < 4;
            memcpy(copy, samples[s].data, samples[s].length);
            for (unsigned value = 0; value < 256; value++) {
                copy[at] = (unsigned char)value;
                bool same = copy[at] == samples[s].data[at];
                bool ok = read_copy(copy, samples[s].length, samples[s].format, &err);
                /* Two rows, or four neighbours: all sixteen bytes are ids. */
                bool ids_alone = (at == 0 && value == 2) || (at == 4 && value == 4);
                if (samples[s].format == VECTOR_IBIN && ids_alone) same = true;
                /* .fvecs: one row of three values, not two of one. */
                if (samples[s].format == VECTOR_FVECS && at == 0 && value == 3) same = true;
                /* .bvecs: one row of eight bytes, not two of two. */
                if (samples[s].format == VECTOR_BVECS && at == 0 && value == 8) same = true;
                if (in_header) assert_int_equal(ok, same);
            }
        }
        memcpy(copy, samples[s].data, samples[s].length);
        memset(copy, 0xff, 8);
        assert_false(read_copy(copy, samples[s].length, samples[s].format, &err));
    }
}

/* 2^31 rows of 2^31 neighbours of 4 bytes is 2^64: 0 in 64 bits. */
static void a_product_that_wraps_is_refused(void **state)
{
    (void)state;
    const unsigned char wraps[] = {0, 0, 0, 0x80, 0, 0, 0, 0x40};
    struct error err;
    assert_false(read_copy(wraps, sizeof wraps, VECTOR_IBIN, &err));
    assert_false(read_copy(wraps, sizeof wraps, VECTOR_FBIN, &err));
}

static void random_bytes_give_a_result_or_an_error(void **state)
{
    (void)state;
    uint64_t random = 5;
    unsigned char bytes[64];
    for (int round = 0; round < 20000; round++) {
        size_t length = next_random(&random) % sizeof bytes;
        for (size_t i = 0; i < length; i++) bytes[i] = (unsigned char)(next_random(&random) % 5);
        for (size_t i = 1; i < 8; i++) {
            if (i != 4 && next_random(&random) % 8) bytes[i] = 0;
        }
        struct error err = {.message = ""};
        enum vector_format format = (enum vector_format)(next_random(&random) % 5);
        bool ok = read_copy(bytes, length, format, &err);
        assert_int_equal(ok, err.message[0] == '\0');
    }
}

static void write_file(const char *path, const unsigned char *data, size_t length)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

static void files_are_read_by_their_ending(void **state)
{
    (void)state;
    char folder[] = "/tmp/test_vector_file_XXXXXX";
    assert_non_null(mkdtemp(folder));
    char path[128];
    struct arena *arena = arena_new();
    struct error err;
    struct vector_set set;
    struct neighbour_set near;
    snprintf(path, sizeof path, "%s/a.u8bin", folder);
    write_file(path, u8bin, sizeof u8bin);
    assert_true(vector_file_read(arena, path, 0, &set, &err));
    assert_int_equal(set.rows, 2);
    assert_false(neighbour_file_read(arena, path, &near, &err));
    assert_string_equal(err.place.file, path);
    write_file(path, u8bin, sizeof u8bin - 1);
    assert_false(vector_file_read(arena, path, 0, &set, &err));
    assert_string_equal(err.place.file, path);
    assert_non_null(strstr(err.message, "2 rows of 3 bytes, but 5 bytes follow"));
    unlink(path);
    assert_false(vector_file_read(arena, path, 0, &set, &err));
    snprintf(path, sizeof path, "%s/a.ibin", folder);
    write_file(path, ibin, sizeof ibin);
    assert_true(neighbour_file_read(arena, path, &near, &err));
    assert_int_equal(near.ids[0], 7);
    assert_false(vector_file_read(arena, path, 0, &set, &err));
    unlink(path);
    assert_false(neighbour_file_read(arena, folder, &near, &err)); /* a folder */
    rmdir(folder);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_are_read),
        cmocka_unit_test(a_limit_cuts_rows),
        cmocka_unit_test(a_cut_file_is_refused),
        cmocka_unit_test(a_hostile_header_is_refused),
        cmocka_unit_test(a_product_that_wraps_is_refused),
        cmocka_unit_test(random_bytes_give_a_result_or_an_error),
        cmocka_unit_test(files_are_read_by_their_ending),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
