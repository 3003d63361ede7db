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
    FILTER_GATHER_MOST = 2500, /* of lists: with no more rows passing, all of them are compared */
    FILTER_GATHER_COST = 12    /* rows scanned by code in the time one out of order takes by row */
};

static inline bool filter_scans_graph(size_t passing, size_t ef)
{
    return passing <= FILTER_GRAPH_FACTOR * ef;
}

/* `scanned`: rows in the lists that a search would look through. */
static inline bool filter_scans_lists(size_t passing, size_t scanned)
{
    return passing <= FILTER_GATHER_MOST || passing * FILTER_GATHER_COST < scanned;
}

#endif
