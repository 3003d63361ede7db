/* hnsw.h - the graph of an HNSW index; for models/ann/ alone.
 *
 * Malkov and Yashunin, "Efficient and robust approximate nearest neighbor search using Hierarchical
 * Navigable Small World graphs" (arXiv 1603.09320): every row is in layer 0, one in m of a layer's
 * rows is in the layer above. A list of links is its length followed by ids, with room for 2 m in
 * layer 0 and m above.
 */
#ifndef MODELS_ANN_HNSW_H
#define MODELS_ANN_HNSW_H

#include "models/ann/index.h"

enum { HNSW_LAYERS_MAX = 32 };

struct hnsw {
    uint32_t *base_links;  /* lists of layer 0, by id */
    uint32_t *upper_links; /* lists of the other layers: a row's follow each other */
    uint32_t *upper_first; /* by id: the row's first list in upper_links */
    uint8_t *top_layers;   /* by id */
    size_t upper_count;    /* lists in upper_links */
    uint32_t m;
    uint32_t entry; /* where searches begin: a row of the top layer */
    uint32_t top;   /* the top layer */
};

static inline uint32_t hnsw_room(const struct hnsw *graph, uint32_t layer)
{
    return layer ? graph->m : 2 * graph->m;
}

/* The list of row `id` in a layer that it is in. */
static inline uint32_t *hnsw_links(const struct hnsw *graph, uint32_t id, uint32_t layer)
{
    if (!layer) return graph->base_links + (size_t)id * (2 * graph->m + 1);
    return graph->upper_links + (size_t)(graph->upper_first[id] + layer - 1) * (graph->m + 1);
}

/* Key of row `id` seen from `query`; one distance. */
uint64_t hnsw_key(const struct ann_index *index, const float *query, uint32_t id,
                  struct ann_scratch *scratch, struct ann_work *work);

/* Puts a row where a search of a layer shall begin into the beam. */
void hnsw_start(struct ann_scratch *scratch, uint64_t key);

/* Best-first search of one layer from what hnsw_start put into the beam, until all rows in the beam
 * have had their links followed. The marks of the keys are set afterwards. */
void hnsw_search_layer(const struct ann_index *index, const float *query, uint32_t layer,
                       struct ann_scratch *scratch, struct ann_work *work);

/* Goes down greedily from row `key` of the top layer to the one above `layer`, the nearest row of
 * each layer beginning the next; returns the last one's key. */
uint64_t hnsw_descend(const struct ann_index *index, const float *query, uint64_t key,
                      uint32_t layer, struct ann_scratch *scratch, struct ann_work *work);

void hnsw_build(struct arena *arena, struct ann_index *index);

/* Links rows that no path of layer 0 leads to from the entry, so that all can be found. */
void hnsw_reach_all(struct ann_index *index, struct ann_scratch *scratch);

#endif
