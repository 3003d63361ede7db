/* histogram.h - a log-linear (HDR) histogram of times: constant memory, exact merging.
 *
 * Values are nanoseconds, 0 to 2^47 (39 hours; larger ones count as that, negative ones as 0). 256
 * buckets an octave, so a bucket is at most 1/256 of its value wide; below 512 every value has its
 * own. Rows of an octave are allocated when first hit. Merging adds counts: the merge of parts is
 * the histogram of the whole, bit for bit.
 */
#ifndef SIM_HISTOGRAM_H
#define SIM_HISTOGRAM_H

#include "base/compiler.h"
#include "sim/time.h"

#include <stdint.h>

struct arena;

#define HISTOGRAM_SUB_BITS 8
#define HISTOGRAM_ROWS     40

struct histogram {
    struct arena *arena;
    uint64_t *rows[HISTOGRAM_ROWS]; /* [0]: values 0..511 one by one (512 cells); [r]: 256 cells of
                                       width 2^r */
    uint64_t count;
    sim_time least; /* SIM_NEVER when empty */
    sim_time most;
    uint128 sum; /* of the values, exact */
};

void histogram_init(struct histogram *h, struct arena *arena);
void histogram_clear(struct histogram *h);
void histogram_record(struct histogram *h, sim_time value);
void histogram_merge(struct histogram *into, const struct histogram *from);
/* `into` is empty or an earlier copy of `from`. */
void histogram_copy(struct histogram *into, const struct histogram *from);

/* In seconds. The quantile is interpolated within its bucket and lies in [least, most];
 * 0 <= p <= 1. NaN when empty. */
double histogram_mean(const struct histogram *h);
double histogram_quantile(const struct histogram *h, double p);
/* Of the values recorded since `before` was copied from it. */
double histogram_quantile_since(const struct histogram *h, const struct histogram *before,
                                double p);
/* How many values are <= the given one (to the bucket). */
uint64_t histogram_count_below(const struct histogram *h, sim_time value);

/* Walks the buckets that hold anything, in rising order: bounds [low, high) in nanoseconds. */
typedef void histogram_visit_fn(void *context, sim_time low, sim_time high, uint64_t count);
void histogram_visit(const struct histogram *h, histogram_visit_fn *visit, void *context);

#endif
