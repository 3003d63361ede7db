#include "models/ann/ann.h"
#include "models/ann/book.h"

#include <string.h>

enum {
    BOOK_PIECES_MAX = ANN_DIMENSIONS_MAX / 2 + 8,
    ENCODE_ROUNDS = 6 /* nearly all rows need less */
};

/* may_alias: kernels load them from arrays of their elements. */
/* Vectors of smaller values are taken as zero. */
#define BOOK_SIZE_MIN 1e-35f

typedef float floats __attribute__((vector_size(64), may_alias));
typedef int32_t integers __attribute__((vector_size(64), may_alias));
typedef uint8_t bytes __attribute__((vector_size(16), may_alias));
typedef int8_t signed_bytes __attribute__((vector_size(16), may_alias));

static const integers word_numbers = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

/* The definitions, one element at a time. */

static void scalar_tables(const struct book *book, const float *query, struct book_tables *tables)
{
    float widest = 0;
    float offset = 0;
    for (size_t piece = 0; piece < book->pieces; piece++, query += book->width) {
        const float *words = book->words + piece * book->stride;
        float *products = tables->products + piece * BOOK_WORDS;
        for (size_t k = 0; k < BOOK_WORDS; k++) {
            products[k] = words[k] * query[0];
            for (size_t i = 1; i < book->width; i++) {
                products[k] += words[i * BOOK_WORDS + k] * query[i];
            }
        }
        float low = products[0];
        float high = products[0];
        for (size_t k = 1; k < BOOK_WORDS; k++) {
            if (products[k] < low) low = products[k];
            if (products[k] > high) high = products[k];
        }
        if (high - low > widest) widest = high - low;
        offset += low;
        for (size_t k = 0; k < BOOK_WORDS; k++) products[k] -= low;
    }
    float unit = widest > BOOK_RANGE_MIN ? 255.0f / widest : 1;
    for (size_t i = 0; i < book->pieces * BOOK_WORDS; i++) {
        tables->entries[i] = (uint8_t)(tables->products[i] * unit + 0.5f);
    }
    tables->unit = unit;
    tables->offset = offset * unit;
}

/* The first of the least losses; they are compared without their last 4 bits, which the vector
 * kernels use for a word's number. */
static unsigned scalar_choose(const float losses[BOOK_WORDS])
{
    unsigned best = 0;
    uint32_t least = UINT32_MAX;
    for (unsigned k = 0; k < BOOK_WORDS; k++) {
        uint32_t bits;
        memcpy(&bits, &losses[k], sizeof bits);
        if (bits >> 4 >= least) continue;
        least = bits >> 4;
        best = k;
    }
    return best;
}

struct scalar_piece {
    float squares[BOOK_WORDS];
    float along[BOOK_WORDS];
};

static void scalar_errors(const struct book *book, size_t piece, const float *residual,
                          const float *direction, struct scalar_piece *out)
{
    const float *words = book->words + piece * book->stride;
    for (size_t k = 0; k < BOOK_WORDS; k++) {
        out->squares[k] = 0;
        out->along[k] = 0;
        for (size_t i = 0; i < book->width; i++) {
            size_t column = piece * book->width + i;
            float error = residual[column] - words[i * BOOK_WORDS + k];
            out->squares[k] += error * error;
            if (direction) out->along[k] += error * direction[column];
        }
    }
}

static void scalar_encode(const struct book *book, const float *residual, const float *direction,
                          float weight, uint8_t *codes)
{
    if (!(weight > 0)) direction = NULL;
    struct scalar_piece piece;
    float sum = 0;
    for (size_t i = 0; i < book->pieces; i++) {
        scalar_errors(book, i, residual, direction, &piece);
        codes[i] = (uint8_t)scalar_choose(piece.squares);
        sum += piece.along[codes[i]];
    }
    bool changed = direction != NULL;
    for (int round = 0; round < ENCODE_ROUNDS && changed; round++) {
        changed = false;
        for (size_t i = 0; i < book->pieces; i++) {
            scalar_errors(book, i, residual, direction, &piece);
            float others = sum - piece.along[codes[i]];
            float losses[BOOK_WORDS];
            for (size_t k = 0; k < BOOK_WORDS; k++) {
                float total = piece.along[k] + others;
                losses[k] = piece.squares[k] + weight * (total * total);
            }
            uint8_t code = (uint8_t)scalar_choose(losses);
            changed = changed || code != codes[i];
            codes[i] = code;
            sum = others + piece.along[code];
        }
    }
}

static void scalar_keys(const int32_t *dots, const float *scale, const float *bias,
                        float query_scale, size_t count, int32_t *keys)
{
    for (size_t i = 0; i < count; i++) {
        float factor = scale[i] * query_scale;
        keys[i] = book_key((float)dots[i] * factor + bias[i]);
    }
}

static size_t scalar_best(const int32_t *keys, size_t count)
{
    size_t best = 0;
    for (size_t i = 1; i < count; i++) {
        if (keys[i] > keys[best]) best = i;
    }
    return best;
}

static float scalar_round(const float *values, size_t count, int8_t *out)
{
    float largest = 0;
    for (size_t i = 0; i < count; i++) {
        float size = values[i] < 0 ? -values[i] : values[i];
        if (size > largest) largest = size;
    }
    float inverse = largest >= BOOK_SIZE_MIN ? 127.0f / largest : 0;
    for (size_t i = 0; i < count; i++) {
        /* Shifted to where the cut towards zero rounds to the nearest. */
        out[i] = (int8_t)((int)(values[i] * inverse + 128.5f) - 128);
    }
    return inverse > 0 ? largest / 127.0f : 0;
}

static const struct book_kernels scalar_kernels = {.tables = scalar_tables,
                                                   .encode = scalar_encode,
                                                   .keys = scalar_keys,
                                                   .best = scalar_best,
                                                   .round = scalar_round};

#define KERNEL(name) baseline_##name
#define KERNEL_TARGET
#include "models/ann/book_body.h"

#if defined(__x86_64__)
#    define KERNEL(name)  avx2_##name
#    define KERNEL_TARGET __attribute__((target("avx2")))
#    include "models/ann/book_body.h"

#    define KERNEL(name)  avx512_##name
#    define KERNEL_TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl")))
#    include "models/ann/book_body.h"
#endif

const struct book_kernels *book_kernels_of(enum simd_level level)
{
#if defined(__x86_64__)
    if (level >= SIMD_AVX512 && __builtin_cpu_supports("avx512f") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl")) {
        return &avx512_kernels;
    }
    if (level >= SIMD_AVX2 && __builtin_cpu_supports("avx2")) return &avx2_kernels;
#endif
    return level >= SIMD_BASELINE ? &baseline_kernels : &scalar_kernels;
}
