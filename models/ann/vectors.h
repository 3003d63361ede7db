/* vectors.h - synthetic vectors that behave like embeddings.
 *
 * Rows fall in clusters of very unequal sizes. Centres lie in a patch of `intrinsic` dimensions;
 * about each, its rows lie in a patch of as many, turned its own way in the full space, with a
 * little noise in all dimensions. What makes search hard is the intrinsic dimension, not the number
 * of columns (Levina and Bickel, "Maximum likelihood estimation of intrinsic dimension", NIPS
 * 2004).
 *
 * Every value is a function of (seed, row, column) alone, by a counter-based integer hash and sums
 * of uniforms: rows can be made in any order, in pieces, on any machine, to the same bits.
 */
#ifndef MODELS_ANN_VECTORS_H
#define MODELS_ANN_VECTORS_H

#include <stddef.h>
#include <stdint.h>

enum {
    VECTORS_INTRINSIC_MAX = 256,
    /* Together as hard to search as 100-dimensional word embeddings: at 100,000 rows, m 16,
     * ef_construction 200, cosine, ef 32 and 100 give recall@10 .85 and .96 (GloVe: .83 and .94).
     */
    VECTORS_INTRINSIC_DEFAULT = 20,
    VECTORS_CLUSTERS_DEFAULT = 50000
};

struct vectors_source {
    uint32_t dimensions; /* columns, from 1 */
    uint32_t intrinsic; /* dimensions of a cluster; 0: the default; at most VECTORS_INTRINSIC_MAX */
    uint32_t clusters;  /* 0: the default */
    uint64_t seed;
};

/* Writes rows first_row .. first_row + count - 1 of the endless set that `source` stands for. Rows
 * are neither of unit length nor sorted by cluster; all are finite and, for practical purposes,
 * distinct. */
void vectors_generate(const struct vectors_source *source, uint64_t first_row, size_t count,
                      float *rows);

#endif
