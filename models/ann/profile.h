/* profile.h - how long the work of a search takes on a machine.
 *
 * A profile has two parts, both measured by calibrate.h. Kernels: ns a distance by kind of code,
 * length of a row, bytes of the working set and way of reading. Searches: what the rest costs (a
 * query, a hop, a list, a row compared, a line of product codes...), fitted to real searches. The
 * predicted time of a query is
 *
 *   sum over costs of cost * amount + kernel_ratio * kernels
 *
 * where kernel_ratio is how much of the kernels' time shows beside all else.
 */
#ifndef MODELS_ANN_PROFILE_H
#define MODELS_ANN_PROFILE_H

#include "models/ann/ann.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct error;
struct node;

#define PROFILE_SCHEMA "ragtime.ann-profile/1"

enum { PROFILE_SETS_MAX = 12, PROFILE_STRIDES_MAX = 8, PROFILE_LOT = 16, PROFILE_LOT_FEW = 4 };

/* How rows are read. */
enum profile_access {
    PROFILE_SCAN,   /* one after the other */
    PROFILE_GATHER, /* anywhere, many at a time */
    PROFILE_AHEAD, /* anywhere, PROFILE_LOT at a time, each lot asked for while the one before it is
                      compared: the way of graphs */
    PROFILE_AHEAD_FEW, /* the same with PROFILE_LOT_FEW */
    PROFILE_ACCESS_COUNT
};

struct profile_kernel {
    enum ann_code code; /* up to ANN_LVQ4 */
    bool squared;       /* |a - b|^2 and not a . b; of float32 and float16 */
    enum profile_access access;
    size_t set_count; /* from 1, as the next */
    size_t stride_count;
    double set_bytes[PROFILE_SETS_MAX];       /* ascending */
    double stride_bytes[PROFILE_STRIDES_MAX]; /* of a row; ascending */
    double ns[PROFILE_STRIDES_MAX][PROFILE_SETS_MAX];
};

/* Searches that do the same things. One of any kind that compares all rows that pass a filter is
 * PROFILE_FLAT or PROFILE_FLAT_CODES. */
enum profile_class {
    PROFILE_FLAT, /* by row, as the next two; then by code and again by row */
    PROFILE_HNSW,
    PROFILE_IVF_FLAT,
    PROFILE_FLAT_CODES,
    PROFILE_HNSW_CODES,
    PROFILE_IVF_CODES,
    PROFILE_PRODUCTS, /* ivf_pq and scann */
    PROFILE_BITS,     /* codes of a bit a value, in lists */
    PROFILE_CLASS_COUNT
};

/* What costs time; amounts are those of a query. */
enum profile_cost {
    COST_QUERY,
    COST_DIMENSION,
    COST_CENTROID, /* values of all centroids that lists are chosen by */
    COST_HOP,
    COST_LIST,
    COST_ROW,    /* rows and codes compared, beside their kernels */
    COST_LINE,   /* 64 bytes of product or bit codes */
    COST_RERANK, /* rows compared after codes */
    COST_ORDER,  /* keeping the nearest in order: about how many rows are among them when they are
                    compared; in graphs hops * log2(hops) */
    COST_TEST,   /* looks at a filter: in a scan words of 64 rows and rows that pass, in a graph
                    links, in lists rows */
    COST_KERNEL, /* ns of kernels: the kernel_ratio */
    PROFILE_COST_COUNT
};

struct ann_profile {
    const char *machine; /* the processor's name */
    const char *simd;    /* the level it was measured with */
    const char *origin;  /* where the figures come from */
    const char *date;    /* of the measurement; NULL: not said */
    bool verified;       /* measured, and not derived from others' figures */
    struct profile_kernel *kernels;
    size_t kernel_count;
    double costs[PROFILE_CLASS_COUNT][PROFILE_COST_COUNT];
    double errors[PROFILE_CLASS_COUNT]; /* largest relative error of the fit; 0: not said */
    double filtered_errors[PROFILE_CLASS_COUNT]; /* the same of searches with a filter */
};

/* Work of `queries` searches (sums) of one index. */
struct profile_effort {
    const struct ann_settings *settings; /* of ann_get_settings: defaults filled in */
    size_t rows;
    size_t passing; /* of a filter; 0: there is none */
    size_t top_k;
    double queries;
    double distances;
    double code_distances;
    double hops;
    double lists;
    double bytes;
};

/* Mean ns of a query. */
double ann_profile_predict(const struct ann_profile *profile, const struct profile_effort *effort);

/* The amounts that costs are of, for fitting; `amounts` has PROFILE_COST_COUNT. */
void profile_amounts(const struct ann_profile *profile, const struct profile_effort *effort,
                     double *amounts);
enum profile_class profile_class_of(const struct profile_effort *effort);

/* ns a distance; between the points measured it is interpolated, beyond them the nearest counts
 * (rows longer than all measured: in proportion). 0 if the profile has no such kernel. */
double profile_kernel_ns(const struct ann_profile *profile, const struct profile_kernel *wanted,
                         double stride_bytes, double set_bytes);

/* Bytes of a row's code, or of the row itself. */
size_t profile_stride(enum ann_code code, enum ann_metric metric, uint32_t dimensions);

/* Reads a profile (JSON); it lives in the arena. False and *err, with its place, on anything that
 * is not one. */
bool ann_profile_read_file(struct arena *arena, const char *path, struct ann_profile *out,
                           struct error *err);
bool ann_profile_read_text(struct arena *arena, const char *name, const char *text, size_t length,
                           struct ann_profile *out, struct error *err);

/* One of those the program has: by its name, such as "x86-64-avx512". False if there is none. */
bool ann_profile_find(struct arena *arena, const char *name, struct ann_profile *out,
                      struct error *err);
/* One of those by `name`, or else what the file at `path` says; the hint of a file that cannot be
 * read tells the names. */
bool ann_profile_load(struct arena *arena, const char *name, const char *path,
                      struct ann_profile *out, struct error *err);
/* Their names, from 0; NULL behind the last. */
const char *ann_profile_name(size_t index);

const char *profile_access_name(enum profile_access access);
const char *profile_class_name(enum profile_class class);
/* "query_ns", "kernel_ratio". */
const char *profile_cost_name(enum profile_cost cost);

#endif
