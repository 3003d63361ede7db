/* measure.h - what a search of an index of a given kind and size costs and finds.
 *
 * A measurement makes synthetic vectors, builds a real index of them, runs real queries (vectors
 * that are not in it) and compares with exact search. Its result is work, not time, so it is the
 * same to the bit on every machine. Larger sizes than one cares to build come from a fit over
 * several smaller ones.
 */
#ifndef MODELS_ANN_MEASURE_H
#define MODELS_ANN_MEASURE_H

#include "models/ann/ann.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct error;

struct ann_experiment {
    struct ann_settings settings;
    size_t vectors;     /* rows of the index, from 1 */
    uint32_t queries;   /* from 1 */
    size_t top_k;       /* from 1, at most `vectors` and ANN_BEAM_MAX */
    uint64_t seed;      /* of the vectors; queries are the same for every size */
    uint32_t intrinsic; /* dimensions and clusters of the data: vectors.h; 0: the defaults */
    uint32_t clusters;
};

struct ann_measurement {
    enum ann_kind kind;
    size_t vectors;
    size_t size_bytes;     /* of the index */
    double recall;         /* share of the true nearest top_k that was found, mean over queries */
    double distances_mean; /* distances computed a query, to rows and codes */
    double distances_p99;
    double hops_mean;
    double bytes_mean;
    uint32_t query_count;
    uint32_t *distances; /* of each query, sorted: a distribution to sample from */
};

/* Builds and runs the experiment. `out->distances` lives in `arena`; everything else is freed
 * before the return. A hit counts as found if it is no farther than the true top_k-th, so equal
 * distances do not lower recall. Costs the build: 0.1 to 0.3 ms a row of 100 dimensions at m 16,
 * ef_construction 200. */
bool ann_measure(struct arena *arena, const struct ann_experiment *experiment,
                 struct ann_measurement *out, struct error *err);

/* Mean distances a query needs at `vectors` rows, from measurements that differ in size alone.
 *
 *   flat   `vectors`, exactly
 *   HNSW   a + b ln(vectors), by least squares; at least three different sizes
 *
 * *error_ratio is the larger of two relative errors, 0 for flat: the standard error of the
 * prediction (scatter about the line, and its uncertainty that far from the sizes measured), and by
 * how much the smaller sizes alone would have missed the largest one, which shows where the true
 * curve bends. */
bool ann_extrapolate(const struct ann_measurement *points, size_t count, size_t vectors,
                     double *distances, double *error_ratio, struct error *err);

#endif
