#include "models/ann/hnsw.h"

enum { KEY_MARK = 1 }; /* the row's links were followed */

uint64_t hnsw_key(const struct ann_index *index, const float *query, uint32_t id,
                  struct ann_scratch *scratch, struct ann_work *work)
{
    scratch->ids[0] = id;
    index_distances(index, query, scratch, 1, work);
    return key_make(scratch->distances[0], id);
}

void hnsw_start(struct ann_scratch *scratch, uint64_t key)
{
    key &= ~(uint64_t)KEY_MARK;
    bool fresh = visited_set(&scratch->visited, key_id(key));
    if (fresh && key < beam_bound(&scratch->beam)) beam_add(&scratch->beam, key);
}

/* Computes the distances of a row's links not seen before and puts the near ones into the beam. */
static void follow_links(const struct ann_index *index, const float *query, const uint32_t *links,
                         struct ann_scratch *scratch, struct ann_work *work)
{
    struct beam *beam = &scratch->beam;
    size_t count = 0;
    for (uint32_t i = 1; i <= links[0]; i++) {
        scratch->ids[count] = links[i];
        count += visited_set(&scratch->visited, links[i]);
    }
    work->hops++;
    work->bytes += (links[0] + 1) * sizeof *links;
    if (!count) return;
    index_distances(index, query, scratch, count, work);

    uint64_t bound = beam_bound(beam);
    for (size_t i = 0; i < count; i++) {
        uint64_t key = key_make(scratch->distances[i], scratch->ids[i]);
        if (key >= bound) continue;
        beam_add(beam, key);
        bound = beam_bound(beam);
    }
}

void hnsw_search_layer(const struct ann_index *index, const float *query, uint32_t layer,
                       struct ann_scratch *scratch, struct ann_work *work)
{
    struct beam *beam = &scratch->beam;
    while (beam->cursor < beam->length) {
        uint64_t key = beam->keys[beam->cursor];
        if (key & KEY_MARK) {
            beam->cursor++;
            continue;
        }
        beam->keys[beam->cursor] = key | KEY_MARK;
        follow_links(index, query, hnsw_links(index->hnsw, key_id(key), layer), scratch, work);
    }
    visited_clear(&scratch->visited);
}

uint64_t hnsw_descend(const struct ann_index *index, const float *query, uint64_t key,
                      uint32_t layer, struct ann_scratch *scratch, struct ann_work *work)
{
    for (uint32_t at = index->hnsw->top; at > layer; at--) {
        beam_reset(&scratch->beam, 1);
        hnsw_start(scratch, key);
        hnsw_search_layer(index, query, at, scratch, work);
        key = scratch->beam.keys[0];
    }
    return key;
}

static void hnsw_search(const struct ann_index *index, const struct ann_query *query,
                        struct ann_scratch *scratch, struct ann_work *work)
{
    size_t limit = query->ef_search ? query->ef_search : index->settings.ef_search;
    if (limit < query->top_k) limit = query->top_k;
    if (limit > ANN_BEAM_MAX) limit = ANN_BEAM_MAX;
    if (limit > index->count) limit = index->count;

    uint64_t entry = hnsw_key(index, scratch->query, index->hnsw->entry, scratch, work);
    uint64_t nearest = hnsw_descend(index, scratch->query, entry, 0, scratch, work);
    beam_reset(&scratch->beam, limit);
    hnsw_start(scratch, nearest);
    /* The entry too, which costs nothing: every row can be reached from it, so a beam that is not
     * full at the end has them all. */
    hnsw_start(scratch, entry);
    hnsw_search_layer(index, scratch->query, 0, scratch, work);
}

static size_t hnsw_size_bytes(const struct ann_index *index)
{
    const struct hnsw *graph = index->hnsw;
    if (!graph) return 0;
    size_t of_row = (2 * graph->m + 1) * sizeof *graph->base_links + sizeof *graph->upper_first +
                    sizeof *graph->top_layers;
    return sizeof *graph + index->count * of_row +
           graph->upper_count * (graph->m + 1) * sizeof *graph->upper_links;
}

const struct index_kind hnsw_kind = {
    .name = "hnsw",
    .build = hnsw_build,
    .search = hnsw_search,
    .size_bytes = hnsw_size_bytes,
};
