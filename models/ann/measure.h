/* measure.h - what a search of an index of a given kind and size costs and finds.
 *
 * A measurement takes vectors (synthetic, or the caller's), builds a real index of them, runs real
 * queries (vectors that are not in it) and compares with exact search. Its result is work, not
 * time, so it is the same to the bit on every machine. Sizes beyond what one cares to build come
 * from a fit over several smaller ones: extrapolate.h.
 */
#ifndef MODELS_ANN_MEASURE_H
#define MODELS_ANN_MEASURE_H

#include "models/ann/ann.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct error;

/* Part of the key of kept measurements: one more whenever any index or search may do other work or
 * find other rows than before. */
#define ANN_MEASURE_VERSION 2

struct ann_experiment {
    struct ann_settings settings; /* with `recall` in a graph, ef_search is chosen for it */
    size_t vectors;               /* rows of the index, from 1 */
    uint32_t queries;             /* from 1 */
    size_t top_k;                 /* from 1, at most `vectors` and ANN_BEAM_MAX */
    size_t depth;       /* recall is of so many of the nearest, among top_k hits; 0: all of top_k */
    uint64_t seed;      /* of the vectors and the filter; queries are the same for every size */
    uint32_t intrinsic; /* dimensions and clusters of the data: vectors.h; 0: the defaults */
    uint32_t clusters;
    const float *rows;       /* `vectors` rows and `queries` queries of the caller's, unpadded; */
    const float *query_rows; /* NULL: synthetic ones */
    double selectivity;      /* share of the rows that pass a filter; 0 or 1: there is none */
    enum ann_filtering filtering;
    bool timed; /* seconds_mean too */
};

struct ann_measurement {
    enum ann_kind kind;
    size_t vectors;
    size_t size_bytes;     /* of the index */
    double recall;         /* share of the true nearest that was found, mean over queries */
    double recall_error;   /* its standard error */
    double distances_mean; /* distances computed a query */
    double distances_p99;
    double code_distances_mean;
    double hops_mean;
    double lists_mean; /* looked through */
    double bytes_mean;
    double seconds_mean;       /* of the host's clock; only if `timed` */
    struct ann_work insertion; /* mean of adding a row: its own search, without relinking others */
    uint32_t lists;            /* of the index, the query is compared with each of their centres */
    uint32_t ef_search;        /* searched with */
    uint32_t probes;
    uint32_t query_count;
    uint32_t *distances;    /* of each query, sorted: a distribution to sample from */
    struct ann_work *works; /* of each query, in their order */
};

/* Builds and runs the experiment. `out->distances` and `works` live in `arena`; everything else is
 * freed before the return. A hit counts as found if it is no farther than the true last, so equal
 * distances do not lower recall. Costs the build: 0.1 to 0.3 ms a row of 100 dimensions at m 16,
 * ef_construction 200. */
bool ann_measure(struct arena *arena, const struct ann_experiment *experiment,
                 struct ann_measurement *out, struct error *err);

#endif
