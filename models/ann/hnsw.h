/* hnsw.h - the graph of an HNSW index; for models/ann/ alone.
 *
 * Malkov and Yashunin, "Efficient and robust approximate nearest neighbor search using Hierarchical
 * Navigable Small World graphs" (arXiv 1603.09320): every row is in layer 0, one in m of a layer's
 * rows is in the layer above. A list of links has room for 2 m ids in layer 0 and for m above; one
 * that is not full ends with HNSW_NONE.
 */
#ifndef MODELS_ANN_HNSW_H
#define MODELS_ANN_HNSW_H

#include "base/compiler.h"
#include "models/ann/index.h"

enum { HNSW_LAYERS_MAX = 32, HNSW_MARK = 1 /* of a key: the row's links were followed */ };

#define HNSW_NONE UINT32_MAX

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
    if (!layer) return graph->base_links + (size_t)id * (2 * graph->m);
    return graph->upper_links + (size_t)(graph->upper_first[id] + layer - 1) * graph->m;
}

static inline uint32_t hnsw_length(const uint32_t *list, uint32_t room)
{
    uint32_t length = 0;
    while (length < room && list[length] != HNSW_NONE) length++;
    return length;
}

/* Asks for the list of a row in layer 0 before it is used. */
static inline void hnsw_prefetch(const struct hnsw *graph, uint32_t id)
{
    enum { LINKS_IN_LINE = ANN_ALIGNMENT / sizeof(uint32_t), LINES_MOST = 4 };
    const uint32_t *list = graph->base_links + (size_t)id * (2 * graph->m);
    uint32_t ahead = 2 * graph->m;
    if (ahead > LINES_MOST * LINKS_IN_LINE) ahead = LINES_MOST * LINKS_IN_LINE;
    for (uint32_t i = 0; i < ahead; i += LINKS_IN_LINE) PREFETCH(list + i);
}

/* A way through the graph: from scratch->target, by code or (NULL) by row. */
struct hnsw_walk {
    const struct ann_index *index;
    const struct code_rows *codes;
    struct ann_scratch *scratch;
    struct ann_work *work;               /* NULL: not asked for */
    const struct index_passing *passing; /* layer 0 is searched among these rows; NULL: all */
};

/* Key of row `id`; one distance. */
uint64_t hnsw_key(const struct hnsw_walk *walk, uint32_t id);

/* Puts a row where a search of a layer shall begin into the beam. */
void hnsw_start(struct ann_scratch *scratch, uint64_t key);

/* Lists, at the end of scratch->visited.ids, rows that pass and were not seen before: links of row
 * `id` in layer 0, and links of its links that do not pass; returns how many. */
size_t hnsw_list_passing(const struct hnsw_walk *walk, uint32_t id);

/* Best-first search of one layer from what hnsw_start put into the beam, until all rows in the beam
 * have had their links followed. The marks of the keys are set afterwards. */
void hnsw_search_layer(const struct hnsw_walk *walk, uint32_t layer);

/* Goes down greedily from the entry to the layer above `layer`, the nearest row of each layer
 * beginning the next; returns the last one's key. */
uint64_t hnsw_descend(const struct hnsw_walk *walk, uint32_t layer);

/* Puts rows that pass into the beam: `nearest`, or what its links lead to. */
void hnsw_start_passing(const struct hnsw_walk *walk, uint64_t nearest);

/* Search under a filter, or with rows deleted: leaves at least `limit` rows that pass in the beam,
 * if there are as many. */
void hnsw_search_filtered(const struct hnsw_walk *walk, const struct ann_query *query,
                          size_t limit);

void hnsw_build(struct arena *arena, struct ann_index *index);
/* A copy, in `arena`, of what `from` has for the first `rows` rows, with room for the index's
 * capacity. NULL if the layers of rows are not those that the index's seed gives. */
struct hnsw *hnsw_copy(struct arena *arena, const struct ann_index *index, const struct hnsw *from,
                       size_t rows);
void hnsw_insert(struct ann_index *index, uint32_t id, struct ann_scratch *scratch);

/* The links of rows; hnsw_link.c. */

/* Of the candidates in the beam (unmarked keys, nearest first, by row), those that are nearer to
 * scratch->target than to any chosen before, up to `room`; they go to `list`. */
void hnsw_select(const struct ann_index *index, const struct beam *beam, uint32_t room,
                 uint32_t *list);
/* Adds links from row `target` to `count` other rows; where they do not fit, the list is selected
 * anew from its links and the new ones. */
void hnsw_add_links(struct ann_index *index, uint32_t layer, uint32_t target,
                    const uint32_t *sources, size_t count, struct ann_scratch *scratch);
/* Finds links for row `id` in all its layers; no other row's lists change. */
void hnsw_find_links(struct hnsw_walk *walk, uint32_t id);

/* Links rows that no path of layer 0 leads to from the entry, so that all can be found. */
void hnsw_reach_all(struct hnsw_walk *walk, struct ann_index *index);

#endif
