/* extrapolate.h - what a quantity measured at several sizes of an index is at another size.
 *
 * A law says in which form the quantity is a straight line in ln n, n the number of vectors; the
 * line is fitted by least squares.
 */
#ifndef MODELS_ANN_EXTRAPOLATE_H
#define MODELS_ANN_EXTRAPOLATE_H

#include <stdbool.h>
#include <stddef.h>

struct error;

enum ann_law {
    ANN_LAW_LOG,   /* y: a graph's distances and hops */
    ANN_LAW_SHARE, /* y / n: rows scanned in a fixed share of the lists, or of all */
    ANN_LAW_ROOT,  /* y / sqrt(n): rows scanned in as many lists as a set recall takes */
    ANN_LAW_MISS   /* sqrt(1 - y): recall with fixed parameters. The square root makes the error of
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

/* The value at `vectors` rows. `error` is the larger of two: the standard error of the prediction
 * (scatter about the line, and its uncertainty that far from the sizes measured), and by how much
 * the smaller sizes alone would have missed the largest one, which shows where the true curve
 * bends; the latter grows with the distance from the largest size. Samples at `vectors` itself are
 * the answer, without error; so are samples that are all zero. Else false and *err with fewer than
 * three different sizes. */
bool ann_extrapolate(const struct ann_sample *samples, size_t count, enum ann_law law,
                     size_t vectors, struct ann_estimate *out, struct error *err);

#endif
