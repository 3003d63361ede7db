/* scan.h - the integer kernels of the index: inner products of bytes, and the scan of 4-bit codes.
 *
 * A 4-bit code stands for a piece of a row; a query brings a table of 16 bytes a piece, and the sum
 * over the pieces of the bytes that the codes choose estimates an inner product. Rows come in
 * blocks of 32 and pieces in groups of 4, so that one 64-byte line holds a group of a block, and
 * one permutation looks 64 entries up (André, Kermarrec and Le Scouarnec, "Quicker ADC", PAMI
 * 2021). Where in the line a code lies depends on the level: scan_place_code knows.
 *
 * Sums are exact integers; what is done to them in float is done element by element. So all levels
 * give the same bits.
 */
#ifndef MODELS_ANN_SCAN_H
#define MODELS_ANN_SCAN_H

#include "models/ann/distance.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SCAN_BLOCK = 32,       /* rows a block of codes */
    SCAN_GROUP = 4,        /* pieces a group */
    SCAN_GROUP_BYTES = 64, /* of codes a block, and of tables */
    SCAN_ENTRIES = 16,     /* of the table of a piece */
    SCAN_BYTE_ROWS = 16,   /* rows go together in byte_rows */
    SCAN_QUAD = 4          /* columns do */
};

/* Rows of bytes -127 .. 127. */
struct byte_rows {
    const int8_t *values; /* [count / 16][quads][16][4]: 4 columns of 16 rows fill a line */
    const int32_t *sums;  /* of each row's values */
    size_t count;         /* a multiple of 16 */
    size_t quads;         /* columns / 4, rounded up; what is beyond is zero */
};

/* out[i] = query . row i; `query` has quads * 4 bytes, -127 .. 127. */
typedef void scan_dots_fn(const struct byte_rows *rows, const int8_t *query, int32_t *out);

/* How many of keys[0 .. count - 1] are above `bound`; count is a multiple of 16. */
typedef size_t scan_count_fn(const int32_t *keys, size_t count, int32_t bound);
/* The sum of the weights of those keys; below 2^32 in all. */
typedef size_t scan_weigh_fn(const int32_t *keys, const uint32_t *weights, size_t count,
                             int32_t bound);
/* Writes the places of those keys to `out` in order (room for all of them, and 16 more). */
typedef size_t scan_collect_fn(const int32_t *keys, size_t count, int32_t bound, uint32_t *out);

/* The codes of one list. Row i's score is
 *
 *   sum                               without scale and bias
 *   sum + unit * bias[i]              with a bias
 *   scale[i] * (sum + offset) + unit * bias[i]    with both
 */
struct scan_list {
    const uint8_t *codes; /* blocks of groups * SCAN_GROUP_BYTES; aligned to 64 */
    const float *scale;   /* as many as the blocks have rows; NULL: none. Needs a bias. */
    const float *bias;    /* the same */
    size_t length;        /* rows */
};

struct scan_tables {
    const uint8_t *entries; /* groups * SCAN_GROUP_BYTES; entry k of piece p at p * 16 + k */
    size_t groups;
    float offset;
    float unit;
};

/* What a scan keeps. */
struct scan_hits {
    uint32_t *rows; /* in the list */
    float *scores;
    size_t count;
    size_t room; /* at least SCAN_BLOCK */
};

/* Adds to `hits` the rows of blocks from `block` on that score `least` or more, until the end of
 * the list or until less than a block's room is left; returns the first block not scanned. */
typedef size_t scan_codes_fn(const struct scan_list *list, const struct scan_tables *tables,
                             size_t block, float least, struct scan_hits *hits);

struct scan_kernels {
    scan_dots_fn *dots;
    scan_count_fn *count;
    scan_weigh_fn *weigh;
    scan_collect_fn *collect;
    scan_codes_fn *codes;
    bool quads; /* the places of codes: see scan_place_code */
};

/* Kernels of a level; those of the next lower one where this machine lacks what the level's would
 * take (AVX-512: BW, DQ, VL, VBMI and VNNI too). Never NULL. */
const struct scan_kernels *scan_kernels_of(enum simd_level level);

/* Puts the code (0 .. 15) of a piece of row `row` (0 .. 31) into a block that was zero. Rows 0 to
 * 15 have the low halves of bytes. With `quads` the 4 pieces of a group are neighbours, else the
 * rows are. */
static inline void scan_place_code(uint8_t *block, bool quads, size_t piece, size_t row,
                                   unsigned code)
{
    size_t in_group = piece % SCAN_GROUP;
    size_t in_half = row % 16;
    size_t at = quads ? in_half * SCAN_GROUP + in_group : in_group * 16 + in_half;
    uint8_t *byte = block + piece / SCAN_GROUP * SCAN_GROUP_BYTES + at;
    *byte = (uint8_t)(*byte | code << (row < 16 ? 0 : 4));
}

static inline unsigned scan_code_at(const uint8_t *block, bool quads, size_t piece, size_t row)
{
    size_t in_group = piece % SCAN_GROUP;
    size_t in_half = row % 16;
    size_t at = quads ? in_half * SCAN_GROUP + in_group : in_group * 16 + in_half;
    unsigned byte = block[piece / SCAN_GROUP * SCAN_GROUP_BYTES + at];
    return byte >> (row < 16 ? 0 : 4) & 15u;
}

#endif
