/* search_work.h - what a query of a vector index costs and finds: measured by the ANN kernel,
 * carried to the configured size.
 *
 * Several small indexes of the configured kind are built and queried; distances, codes, hops,
 * lists, bytes and recall are counted. Each becomes that of the configured size by a fit over those
 * sizes (models/ann/extrapolate.h); its spread over queries is that of the largest index built.
 * Work becomes time by a machine's profile (models/ann/profile.h), so a run is reproducible to the
 * byte anywhere.
 *
 * Lists scale as the square root of the number of vectors, and probes with them, so that every size
 * looks through the same share of the lists; unless a recall is wanted, which chooses anew at each
 * size.
 */
#ifndef MODELS_SEARCH_WORK_H
#define MODELS_SEARCH_WORK_H

#include "base/error.h"
#include "models/ann/ann.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct preparation;
struct vector_data;

/* Part of the key of kept measurements, as ANN_MEASURE_VERSION is: one more whenever sizes, laws or
 * figures change. */
#define SEARCH_WORK_VERSION 5

/* What is to be known. */
struct search_question {
    struct ann_settings settings; /* of the index at its full size */
    size_t vectors;               /* of one shard */
    size_t shards; /* a query asks all of them, and the nearest are spread over them */
    size_t top_k;
    double selectivity; /* of a filter; 1: none */
    uint32_t intrinsic; /* of synthetic vectors; 0: the default, as the next */
    uint32_t clusters;
    const struct vector_data *data; /* the user's vectors; NULL: synthetic ones */
    bool timed;                     /* host seconds too: never kept, other on every machine */
};

/* Of one query, or of adding one vector. */
struct search_counts {
    double distances; /* to vectors */
    double codes;     /* distances to codes */
    double hops;
    double lists; /* looked through */
    double bytes;
};

/* Doubles alone: kept on disk as they are. */
struct search_figures {
    struct search_counts mean;      /* of a query, at the configured size */
    struct search_counts largest;   /* the same of the largest index built */
    struct search_counts insertion; /* of adding a vector, without relinking others */
    double centres;                 /* of lists, which each query is compared with */
    double largest_centres;         /* the same of the largest index built */
    double ef_search;               /* searched with */
    double probes;
    double recall;           /* at the configured size */
    double recall_error;     /* of the fit and of the sample of queries, absolute */
    double work_error;       /* of the fit, relative; 0 when built at full size */
    double measured_vectors; /* of the largest index */
    double bytes_per_vector; /* of memory, vector and all */
    double seconds;          /* a search of the largest index, if timed */
};

struct search_work {
    struct search_figures figures;
    const struct search_counts *queries; /* of each query measured, at the configured size */
    size_t query_count;
};

/* Measures, or finds an equal measurement made before, in this process or kept on disk. The arena
 * of the preparation owns what `out` points to. */
bool search_work_measure(struct preparation *preparation, const struct search_question *question,
                         struct search_work *out, struct error *err);

#endif
