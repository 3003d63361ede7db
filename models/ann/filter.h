/* filter.h - when comparing every row that passes a filter costs less than searching among all; for
 * models/ann/ and for who foretells what an index of another size would do.
 */
#ifndef MODELS_ANN_FILTER_H
#define MODELS_ANN_FILTER_H

#include <stdbool.h>
#include <stddef.h>

enum {
    /* Of a graph: by measurement (100,000 word embeddings) the scan is cheaper up to about so many
     * times ef rows: a row by scan takes a fifth of the time of one by walk. */
    FILTER_GRAPH_FACTOR = 220,
    FILTER_PACKED_FACTOR = 200,    /* the same of a filter that was prepared: both cost less */
    FILTER_ROWS_OF_LIST = 20,      /* codes looked at in the time that a list takes besides */
    FILTER_GATHER_BYTES = 1 << 20, /* of lists: with no more of rows passing, all are compared */
    FILTER_GATHER_COLUMNS = 9 /* of a row read out of order in the time of a code of 100 columns */
};

/* How many rows that pass a prepared filter a search of lists looks at, at least: as many as so
 * many lists hold without a filter, and more for the time that looking these up takes. */
static inline size_t filter_goal(size_t rows, size_t lists, size_t probes)
{
    return probes * (FILTER_ROWS_OF_LIST + rows / lists);
}

static inline bool filter_scans_graph(size_t passing, size_t ef)
{
    return passing <= FILTER_GRAPH_FACTOR * ef;
}

/* The same with a filter that was prepared. */
static inline bool filter_scans_packed_graph(size_t passing, size_t ef)
{
    return passing <= FILTER_PACKED_FACTOR * ef;
}

/* `stride`: floats of a row (distance_stride); `scanned`: rows in the lists that a search would
 * look through; 0 with a filter that was prepared. */
static inline bool filter_scans_lists(size_t passing, size_t stride, size_t scanned)
{
    return passing <= FILTER_GATHER_BYTES / (stride * sizeof(float)) ||
           passing * (stride / FILTER_GATHER_COLUMNS + 1) < scanned;
}

#endif
