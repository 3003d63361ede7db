/* extrapolate.h - what a quantity measured at several sizes of an index is at another size.
 *
 * A law says in which form the quantity is a straight line in ln n (or in 1 / sqrt(n)), n the
 * number of vectors; the line is fitted by least squares.
 */
#ifndef MODELS_ANN_EXTRAPOLATE_H
#define MODELS_ANN_EXTRAPOLATE_H

#include <stdbool.h>
#include <stddef.h>

struct error;

enum ann_law {
    ANN_LAW_LOG,    /* y: a graph's hops */
    ANN_LAW_SETTLE, /* y, in 1 / sqrt(n): a graph's distances. Every hop finds up to 2 m rows not
                       seen before, fewer where the graph is so small that hops lead to the same
                       ones: up to about 20,000 rows they grow faster than ln n, and beyond hardly
                       at all. Larger samples weigh more, in proportion: they are nearer to that */
    ANN_LAW_SHARE,  /* y / n, weighed alike: rows scanned in a fixed share of the lists, or of
                       all */
    ANN_LAW_ROOT,   /* y / sqrt(n): rows scanned in as many lists as a set recall takes */
    ANN_LAW_MISS    /* sqrt(1 - y): recall with fixed parameters. The square root makes the error of
                       counts the same at every size (as the arc sine does, Anscombe 1948) */
};

struct ann_sample {
    size_t vectors;
    double value;
};

struct ann_estimate {
    double value; /* recall within 0 .. 1, all else not negative */
    double error; /* relative, but absolute of a recall; at most 1 */
};

/* The value at `vectors` rows. `error` is the largest of three: the standard error of the
 * prediction (scatter about the line, and its uncertainty that far from the sizes measured); by how
 * much the smaller sizes alone would have missed the largest one, which shows where the true curve
 * bends, growing with the distance (in ln n) from the largest size; and a hundredth for each unit
 * of that distance, however well the line fits (not of a recall). An error of 1 says that next to
 * nothing is known. Samples at `vectors` itself are the answer, without error; so are samples that
 * are all zero. Else false and *err with fewer than three different sizes. */
bool ann_extrapolate(const struct ann_sample *samples, size_t count, enum ann_law law,
                     size_t vectors, struct ann_estimate *out, struct error *err);

#endif
