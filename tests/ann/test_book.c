#include "base/arena.h"
#include "models/ann/book.h"
#include "models/ann/rotate.h"
#include "tests/ann/unit.h"

#include <math.h>
#include <string.h>

enum { LEVELS = SIMD_AVX512 + 1 };

static float *random_floats(struct arena *arena, size_t count, uint64_t *random)
{
    float *values = arena_alloc_aligned(arena, count * sizeof *values, 64);
    for (size_t i = 0; i < count; i++) values[i] = next_float(random);
    return values;
}

static struct book random_book(struct arena *arena, size_t pieces, size_t width, uint64_t *random)
{
    size_t stride = width * BOOK_WORDS;
    return (struct book){.words = random_floats(arena, pieces * stride, random),
                         .pieces = pieces,
                         .width = width,
                         .stride = stride};
}

/* Every entry is its product on a common scale, to half a step and rounding. */
static void tables_hold_the_products(void **state)
{
    (void)state;
    uint64_t random = 2;
    for (int round = 0; round < 40; round++) {
        struct arena *arena = arena_new();
        size_t width = 1 + (size_t)round % 9;
        size_t pieces = 4 * (1 + next_random(&random) % 30);
        struct book book = random_book(arena, pieces, width, &random);
        float *query = random_floats(arena, pieces * width, &random);
        if (round == 7) memset(query, 0, pieces * width * sizeof *query);
        uint8_t *entries[LEVELS];
        struct book_tables tables[LEVELS];
        for (int level = 0; level < LEVELS; level++) {
            entries[level] = arena_alloc_aligned(arena, pieces * 16, 64);
            tables[level].entries = entries[level];
            tables[level].products = random_floats(arena, pieces * 16, &random);
            book_kernels_of((enum simd_level)level)->tables(&book, query, &tables[level]);
            assert_memory_equal(entries[level], entries[0], pieces * 16);
            assert_memory_equal(&tables[level].unit, &tables[0].unit, sizeof(float));
            assert_memory_equal(&tables[level].offset, &tables[0].offset, sizeof(float));
        }
        double lows = 0;
        for (size_t p = 0; p < pieces; p++) {
            double products[16], low = (double)INFINITY;
            for (size_t k = 0; k < 16; k++) {
                products[k] = 0;
                for (size_t i = 0; i < width; i++) {
                    products[k] +=
                        (double)book.words[(p * width + i) * 16 + k] * (double)query[p * width + i];
                }
                if (products[k] < low) low = products[k];
            }
            lows += low;
            for (size_t k = 0; k < 16; k++) {
                double exact = (products[k] - low) * (double)tables[0].unit;
                assert_true(fabs(exact - entries[0][p * 16 + k]) < 0.501);
            }
        }
        assert_true(fabs(lows * (double)tables[0].unit - (double)tables[0].offset) <
                    1e-4 * (1 + fabs((double)tables[0].offset)));
        arena_free(arena);
    }
}

static double loss_of(const struct book *book, const float *residual, const float *direction,
                      float weight, const uint8_t *codes)
{
    double square = 0, along = 0;
    for (size_t p = 0; p < book->pieces; p++) {
        for (size_t i = 0; i < book->width; i++) {
            size_t column = p * book->width + i;
            double error =
                (double)residual[column] - (double)book->words[column * BOOK_WORDS + codes[p]];
            square += error * error;
            along += error * (double)direction[column];
        }
    }
    return square + (double)weight * along * along;
}

/* Without weight each piece's word is the nearest. With it no single change betters the loss
 * (unless the rounds ran out: then it is still no worse than the nearest words are). */
static void codes_make_the_loss_small(void **state)
{
    (void)state;
    uint64_t random = 6;
    for (int round = 0; round < 60; round++) {
        struct arena *arena = arena_new();
        size_t width = 1 + (size_t)round % 5;
        size_t pieces = 4 + 4 * (next_random(&random) % 8);
        struct book book = random_book(arena, pieces, width, &random);
        float *residual = random_floats(arena, pieces * width, &random);
        float *direction = random_floats(arena, pieces * width, &random);
        uint8_t nearest[64], codes[64], others[64];
        for (int level = 0; level < LEVELS; level++) {
            const struct book_kernels *kernels = book_kernels_of((enum simd_level)level);
            kernels->encode(&book, residual, direction, 0, others);
            if (level == 0) memcpy(nearest, others, pieces);
            assert_memory_equal(nearest, others, pieces);
            kernels->encode(&book, residual, direction, 3, others);
            if (level == 0) memcpy(codes, others, pieces);
            assert_memory_equal(codes, others, pieces);
        }
        double plain = loss_of(&book, residual, direction, 0, nearest);
        double weighed = loss_of(&book, residual, direction, 3, codes);
        assert_true(weighed <= loss_of(&book, residual, direction, 3, nearest) * (1 + 1e-5));
        for (size_t p = 0; p < pieces; p++) {
            uint8_t kept = nearest[p];
            for (uint8_t k = 0; k < 16; k++) {
                nearest[p] = k;
                double loss = loss_of(&book, residual, direction, 0, nearest);
                assert_true(loss >= plain - 1e-5 * (1 + plain));
            }
            nearest[p] = kept;
        }
        arena_free(arena);
    }
}

static void small_kernels_agree_on_all_levels(void **state)
{
    (void)state;
    uint64_t random = 12;
    for (int round = 0; round < 50; round++) {
        struct arena *arena = arena_new();
        size_t count = 16 * (1 + next_random(&random) % 12);
        float *scale = random_floats(arena, count, &random);
        float *bias = random_floats(arena, count, &random);
        int32_t *dots = arena_alloc_aligned(arena, count * sizeof *dots, 64);
        int32_t *keys = arena_alloc_aligned(arena, count * sizeof *keys, 64);
        int8_t *bytes = arena_alloc_aligned(arena, count, 64);
        int8_t *first = arena_alloc_aligned(arena, count, 64);
        for (size_t i = 0; i < count; i++) dots[i] = (int32_t)next_random(&random) >> 10;
        if (round == 9) memset(scale, 0, count * sizeof *scale);
        for (int level = 0; level < LEVELS; level++) {
            const struct book_kernels *kernels = book_kernels_of((enum simd_level)level);
            kernels->keys(dots, scale, bias, 0.37f, count, keys);
            size_t best = 0;
            for (size_t i = 0; i < count; i++) {
                float value = (float)dots[i] * (scale[i] * 0.37f) + bias[i];
                assert_int_equal(keys[i], book_key(value));
                float back = book_value(keys[i]);
                assert_memory_equal(&back, &value, sizeof value);
                if (keys[i] > keys[best]) best = i;
            }
            assert_int_equal(kernels->best(keys, count), best);
            float step = kernels->round(scale, count, bytes);
            if (level == 0) memcpy(first, bytes, count);
            assert_memory_equal(bytes, first, count);
            for (size_t i = 0; i < count; i++) {
                double error = (double)scale[i] - (double)step * bytes[i];
                assert_true(fabs(error) <= 0.5001 * (double)step);
                assert_true(bytes[i] >= -127);
            }
        }
        arena_free(arena);
    }
}

/* Four points that words can be: all words end on them, and nothing is left of the rows. */
static void training_finds_the_words(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    static const float points[4][2] = {{1, 2}, {-3, 1}, {0.5f, -4}, {6, 6}};
    enum { ROWS = 500, PIECES = 4 };
    float *rows = arena_array(arena, float, ROWS *PIECES * 2);
    uint64_t random = 1;
    for (size_t i = 0; i < ROWS * PIECES; i++) {
        memcpy(rows + 2 * i, points[next_random(&random) % 4], sizeof points[0]);
    }
    struct book_training training = {.residuals = rows,
                                     .stride = PIECES * 2,
                                     .count = ROWS,
                                     .pieces = PIECES,
                                     .width = 2,
                                     .seed = 4,
                                     .threads = 1};
    struct book book = book_train(arena, &training, SIMD_SCALAR);
    for (size_t i = 0; i < ROWS; i++) {
        uint8_t codes[PIECES];
        float decoded[PIECES * 2];
        book_kernels_of(SIMD_SCALAR)->encode(&book, rows + i * PIECES * 2, NULL, 0, codes);
        book_decode(&book, codes, decoded);
        for (size_t j = 0; j < PIECES * 2; j++) {
            assert_true(fabsf(decoded[j] - rows[i * PIECES * 2 + j]) < 1e-6f);
        }
    }
    for (int level = 0; level < LEVELS; level++) {
        training.threads = 1 + (size_t)level;
        struct book other = book_train(arena, &training, (enum simd_level)level);
        assert_memory_equal(other.words, book.words, PIECES * 2 * 16 * sizeof(float));
    }
    arena_free(arena);
}

/* Lengths and inner products stay, columns are mixed, and all levels give the same bits. */
static void rotations_keep_lengths(void **state)
{
    (void)state;
    uint64_t random = 15;
    static const size_t sizes[] = {16, 32, 48, 112, 384, 784, 4096};
    for (size_t s = 0; s < COUNT_OF(sizes); s++) {
        struct arena *arena = arena_new();
        size_t columns = sizes[s];
        float *a = random_floats(arena, columns, &random);
        float *b = random_floats(arena, columns, &random);
        float *rotated[LEVELS];
        for (int level = 0; level < LEVELS; level++) {
            struct rotation *rotation = rotation_new(arena, columns, 3, (enum simd_level)level);
            rotated[level] = random_floats(arena, columns, &random);
            memcpy(rotated[level], a, columns * sizeof *a);
            rotation_apply(rotation, rotated[level]);
            assert_memory_equal(rotated[level], rotated[0], columns * sizeof *a);
            if (level > 0) continue;
            double before = 0, after = 0, square = 0;
            float *other = random_floats(arena, columns, &random);
            memcpy(other, b, columns * sizeof *b);
            rotation_apply(rotation, other);
            for (size_t i = 0; i < columns; i++) {
                before += (double)a[i] * (double)b[i];
                after += (double)rotated[0][i] * (double)other[i];
                square += (double)a[i] * (double)a[i];
            }
            assert_true(fabs(before - after) < 1e-5 * (1 + square));
            /* A vector along one column spreads over all. */
            memset(other, 0, columns * sizeof *other);
            other[columns / 2] = 1;
            rotation_apply(rotation, other);
            double most = 0;
            for (size_t i = 0; i < columns; i++) most = fmax(most, fabs((double)other[i]));
            assert_true(most < (columns < 48 ? 0.95 : 0.6));
        }
        arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_hold_the_products),
        cmocka_unit_test(codes_make_the_loss_small),
        cmocka_unit_test(small_kernels_agree_on_all_levels),
        cmocka_unit_test(training_finds_the_words),
        cmocka_unit_test(rotations_keep_lengths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
