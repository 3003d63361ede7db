#include "base/arena.h"
#include "models/ann/coarse.h"
#include "models/ann/scan.h"
#include "tests/ann/unit.h"

#include <stdlib.h>
#include <string.h>

enum { LEVELS = SIMD_AVX512 + 1 };

static void dots_are_those_of_the_definition(void **state)
{
    (void)state;
    static const size_t columns[] = {1, 2, 3, 17, 100, 784, 4096};
    uint64_t random = 3;
    for (size_t d = 0; d < COUNT_OF(columns); d++) {
        struct arena *arena = arena_new();
        size_t count = 16 * (1 + d % 6);
        size_t quads = (columns[d] + 3) / 4;
        int8_t *values = arena_alloc_aligned(arena, count * quads * 4, 64);
        int32_t *sums = arena_array(arena, int32_t, count);
        int32_t *expected = arena_array(arena, int32_t, count);
        int32_t *out = arena_array(arena, int32_t, count);
        int8_t *query = arena_array(arena, int8_t, quads * 4);
        bool extreme = d % 2;
        for (size_t i = 0; i < columns[d]; i++) {
            query[i] = (int8_t)(extreme ? 127 : (int)(next_random(&random) % 255) - 127);
        }
        for (size_t i = 0; i < count; i++) {
            for (size_t j = 0; j < columns[d]; j++) {
                int value = extreme ? -127 : (int)(next_random(&random) % 255) - 127;
                values[i / 16 * quads * 64 + j / 4 * 64 + i % 16 * 4 + j % 4] = (int8_t)value;
                sums[i] += value;
                expected[i] += value * query[j];
            }
        }
        struct byte_rows rows = {.values = values, .sums = sums, .count = count, .quads = quads};
        for (int level = 0; level < LEVELS; level++) {
            memset(out, 0, count * sizeof *out);
            scan_kernels_of((enum simd_level)level)->dots(&rows, query, out);
            assert_memory_equal(out, expected, count * sizeof *out);
        }
        arena_free(arena);
    }
}

/* A list of random codes, as a level lays them out. */
struct sample {
    size_t length;
    size_t groups;
    uint8_t *plain; /* a byte a piece, row by row */
    uint8_t *entries;
    float *scale;
    float *bias;
};

static struct sample make_sample(struct arena *arena, size_t length, size_t groups,
                                 uint64_t *random)
{
    size_t rows = (length + 31) / 32 * 32;
    struct sample s = {.length = length,
                       .groups = groups,
                       .plain = arena_array(arena, uint8_t, rows * groups * 4),
                       .entries = arena_alloc_aligned(arena, groups * 64, 64),
                       .scale = arena_array(arena, float, rows),
                       .bias = arena_array(arena, float, rows)};
    for (size_t i = 0; i < length * groups * 4; i++) s.plain[i] = next_random(random) % 16;
    for (size_t i = 0; i < groups * 64; i++) s.entries[i] = (uint8_t)next_random(random);
    for (size_t i = 0; i < rows; i++) {
        s.scale[i] = next_float(random);
        s.bias[i] = next_float(random);
    }
    return s;
}

static uint8_t *lay_out(struct arena *arena, const struct sample *s, bool quads)
{
    size_t blocks = (s->length + 31) / 32;
    uint8_t *codes = arena_alloc_aligned(arena, blocks * s->groups * 64 + 64, 64);
    size_t pieces = s->groups * 4;
    for (size_t i = 0; i < s->length * pieces; i++) {
        size_t row = i / pieces;
        uint8_t *block = codes + row / 32 * s->groups * 64;
        scan_place_code(block, quads, i % pieces, row % 32, s->plain[i]);
    }
    for (size_t i = 0; i < s->length * pieces; i++) {
        size_t row = i / pieces;
        const uint8_t *block = codes + row / 32 * s->groups * 64;
        assert_int_equal(scan_code_at(block, quads, i % pieces, row % 32), s->plain[i]);
    }
    return codes;
}

/* Scans in pieces as a small room forces; checks every hit and every miss. */
static void check_scan(const struct scan_kernels *kernels, const struct sample *s,
                       const struct scan_list *list, float least)
{
    struct scan_tables tables = {
        .entries = s->entries, .groups = s->groups, .offset = -3.5f, .unit = 100.0f};
    uint32_t rows[80];
    float scores[80];
    size_t block = 0;
    size_t next = 0;
    while (block < (s->length + 31) / 32) {
        struct scan_hits hits = {.rows = rows, .scores = scores, .room = 80};
        size_t end = kernels->codes(list, &tables, block, least, &hits);
        assert_true(end > block);
        size_t at = 0;
        for (; next < s->length && next < end * 32; next++) {
            uint32_t sum = 0;
            for (size_t p = 0; p < s->groups * 4; p++) {
                sum += s->entries[p * 16 + s->plain[next * s->groups * 4 + p]];
            }
            float score = (float)sum;
            if (list->scale) score = list->scale[next] * (score + tables.offset);
            if (list->bias) score += tables.unit * list->bias[next];
            if (!(score >= least)) continue;
            assert_true(at < hits.count);
            assert_int_equal(rows[at], next);
            assert_memory_equal(&scores[at], &score, sizeof score);
            at++;
        }
        assert_int_equal(at, hits.count);
        block = end;
    }
}

static void codes_score_as_the_definition_says(void **state)
{
    (void)state;
    uint64_t random = 8;
    static const size_t lengths[] = {1, 15, 16, 17, 31, 32, 33, 64, 65, 200};
    static const size_t groups[] = {1, 2, 13, 63, 64, 65, 130, 512};
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        for (size_t j = 0; j < COUNT_OF(groups); j++) {
            struct arena *arena = arena_new();
            struct sample s = make_sample(arena, lengths[i], groups[j], &random);
            if (i == 3) memset(s.entries, 255, groups[j] * 64);
            float middle = (float)(groups[j] * 4) * 127.5f;
            for (int level = 0; level < LEVELS; level++) {
                const struct scan_kernels *kernels = scan_kernels_of((enum simd_level)level);
                struct scan_list list = {.codes = lay_out(arena, &s, kernels->quads),
                                         .length = s.length};
                check_scan(kernels, &s, &list, -1e30f);
                check_scan(kernels, &s, &list, middle);
                list.bias = s.bias;
                check_scan(kernels, &s, &list, middle);
                list.scale = s.scale;
                check_scan(kernels, &s, &list, 10.0f);
            }
            arena_free(arena);
        }
    }
}

static void counting_and_collecting_agree(void **state)
{
    (void)state;
    uint64_t random = 5;
    int32_t keys[320];
    uint32_t expected[336];
    uint32_t out[336];
    for (int round = 0; round < 200; round++) {
        size_t count = 16 * (1 + next_random(&random) % 20);
        for (size_t i = 0; i < count; i++) keys[i] = (int32_t)next_random(&random) >> round % 31;
        int32_t bound = keys[next_random(&random) % count];
        const struct scan_kernels *scalar = scan_kernels_of(SIMD_SCALAR);
        size_t above = scalar->count(keys, count, bound);
        uint32_t weights[320];
        size_t weight = 0;
        for (size_t i = 0; i < count; i++) {
            weights[i] = (uint32_t)(next_random(&random) % 1000);
            if (keys[i] > bound) weight += weights[i];
        }
        assert_int_equal(scalar->weigh(keys, weights, count, bound), weight);
        assert_int_equal(scalar->collect(keys, count, bound, expected), above);
        for (int level = SIMD_BASELINE; level < LEVELS; level++) {
            const struct scan_kernels *kernels = scan_kernels_of((enum simd_level)level);
            assert_int_equal(kernels->count(keys, count, bound), above);
            assert_int_equal(kernels->weigh(keys, weights, count, bound), weight);
            assert_int_equal(kernels->collect(keys, count, bound, out), above);
            assert_memory_equal(out, expected, above * sizeof *out);
        }
    }
}

static int descending(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;
    return (left < right) - (left > right);
}

/* Against sorting, with many equal keys and the extremes among them. */
static void the_greatest_are_selected(void **state)
{
    (void)state;
    uint64_t random = 77;
    int32_t keys[256];
    int64_t sorted[256];
    uint32_t out[272];
    for (int round = 0; round < 600; round++) {
        size_t count = 16 * (1 + next_random(&random) % 16);
        for (size_t i = 0; i < count; i++) {
            keys[i] = (int32_t)next_random(&random);
            if (round % 3) keys[i] %= 5;
            if (round % 4 == 0 && i % 3 == 0) keys[i] = i % 2 ? INT32_MIN : INT32_MAX;
            sorted[i] = (int64_t)keys[i] * 1024 - (int64_t)i;
        }
        qsort(sorted, count, sizeof *sorted, descending);
        size_t wanted = 1 + next_random(&random) % count;
        int64_t last = sorted[wanted - 1];
        for (int level = 0; level < LEVELS; level++) {
            select_greatest(scan_kernels_of((enum simd_level)level), keys, count, wanted, out);
            for (size_t i = 0; i < wanted; i++) {
                assert_true((int64_t)keys[out[i]] * 1024 - (int64_t)out[i] >= last);
                if (i > 0) assert_true(out[i] > out[i - 1]);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dots_are_those_of_the_definition),
        cmocka_unit_test(codes_score_as_the_definition_says),
        cmocka_unit_test(counting_and_collecting_agree),
        cmocka_unit_test(the_greatest_are_selected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
