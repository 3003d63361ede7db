/* book.h - codebooks of 4-bit codes: a row is cut into pieces of a few columns, and each piece has
 * 16 words to be replaced by (product quantization: Jégou, Douze and Schmid, PAMI 2011).
 *
 * Sums run in the order of columns, and products and sums are rounded one by one, so every SIMD
 * level gives the same bits.
 */
#ifndef MODELS_ANN_BOOK_H
#define MODELS_ANN_BOOK_H

#include "models/ann/distance.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

enum { BOOK_WORDS = 16, BOOK_WIDTH_MAX = 64 };

/* Products that differ by less than this are taken as equal. */
#define BOOK_RANGE_MIN 1e-30f

struct book {
    const float *words; /* [piece][column][word]; aligned to 64 */
    size_t pieces;
    size_t width;  /* columns of a piece, 1 .. BOOK_WIDTH_MAX */
    size_t stride; /* floats from piece to piece: width * 16, or 0 if all have the same words */
};

/* A query's tables: a product p is (entry + a low of its own piece) / unit, all lows of the pieces
 * summed up in `offset`. */
struct book_tables {
    uint8_t *entries; /* BOOK_WORDS a piece */
    float *products;  /* working memory: BOOK_WORDS a piece and one more */
    float offset;
    float unit; /* of a sum of entries in one of products; 1 if all products are equal */
};

/* Inner products of the pieces of `query` (pieces * width columns) with their words, as bytes. */
typedef void book_tables_fn(const struct book *book, const float *query,
                            struct book_tables *tables);
/* Chooses codes for a residual that make |e|^2 + weight (e . direction)^2 small, where e is what
 * the words leave of the residual: each piece by itself at first, then one after another, given the
 * others, until none changes (Guo et al., "Accelerating large-scale inference with anisotropic
 * vector quantization", ICML 2020). With weight 0 `direction` is not read. */
typedef void book_encode_fn(const struct book *book, const float *residual, const float *direction,
                            float weight, uint8_t *codes);
/* keys[i] = order-preserving integers of dots[i] * scale[i] * query_scale + bias[i], count a
 * multiple of 16. */
typedef void book_keys_fn(const int32_t *dots, const float *scale, const float *bias,
                          float query_scale, size_t count, int32_t *keys);

/* Rounds `count` floats to bytes -127 .. 127, the largest in size to the ends; returns the scale:
 * value = scale * byte. The arrays are aligned to 64 and have room for whole lines of 16; count is
 * rounded up to such. */
typedef float book_round_fn(const float *values, size_t count, int8_t *out);
/* The place of the greatest key, the first of equals; count a multiple of 16, not 0. */
typedef size_t book_best_fn(const int32_t *keys, size_t count);

struct book_kernels {
    book_tables_fn *tables;
    book_encode_fn *encode;
    book_keys_fn *keys;
    book_best_fn *best;
    book_round_fn *round;
};

/* Kernels of a level; those of the next lower one where this machine lacks what the level's would
 * take. Never NULL. */
const struct book_kernels *book_kernels_of(enum simd_level level);

/* Trains words on `count` residuals of pieces * width columns, `stride` floats apart, by k-means
 * from words drawn by `seed`. The words live in `arena`. */
struct book_training {
    const float *residuals;
    size_t stride;
    size_t count;
    size_t pieces;
    size_t width;
    uint64_t seed;
    size_t threads;
};
struct book book_train(struct arena *arena, const struct book_training *training,
                       enum simd_level level);

/* The book of sign bits: 4 columns a piece, word k has +1 where k has a bit, else -1. */
struct book book_of_signs(struct arena *arena, size_t pieces);

/* What the codes stand for, pieces * width columns. */
void book_decode(const struct book *book, const uint8_t *codes, float *out);

/* The integer that orders as a float does (not NaN, not -0), and back. */
static inline int32_t book_key(float value)
{
    int32_t bits;
    __builtin_memcpy(&bits, &value, sizeof bits);
    return bits ^ (bits >> 31 & 0x7fffffff);
}

static inline float book_value(int32_t key)
{
    int32_t bits = key ^ (key >> 31 & 0x7fffffff);
    float value;
    __builtin_memcpy(&value, &bits, sizeof value);
    return value;
}

#endif
