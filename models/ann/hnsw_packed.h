/* hnsw_packed.h - the rows of a graph that pass a filter, by themselves; for models/ann/ alone.
 *
 * Their codes (or rows) lie side by side, and they have links among each other: in the place of a
 * link to a row that does not pass stand that row's links to such as do. What ACORN looks for while
 * it searches (Patel et al., SIGMOD 2024, arXiv 2403.04871) is looked for once.
 */
#ifndef MODELS_ANN_HNSW_PACKED_H
#define MODELS_ANN_HNSW_PACKED_H

#include "models/ann/hnsw.h"

struct ann_prepared;

struct hnsw_packed {
    struct ann_index index; /* of the rows that pass: count, codes or rows, links of layer 0 */
    struct hnsw graph;
    uint32_t *ids;    /* of each of them in the whole index */
    uint32_t *places; /* of each row of that among them; HNSW_NONE: it does not pass */
};

/* Lives in `arena`. NULL if no row passes. */
struct hnsw_packed *hnsw_pack(struct arena *arena, const struct ann_index *index,
                              const struct index_passing *passing);

/* hnsw_search_filtered among them, and among rows inserted since. */
void hnsw_search_packed(const struct hnsw_walk *walk, const struct ann_prepared *prepared,
                        const struct ann_query *query, size_t limit);

#endif
