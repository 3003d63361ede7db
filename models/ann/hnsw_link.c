#include "models/ann/hnsw.h"

enum { COMPARED_AT_ONCE = 4 };

/* True if the row of `key` is nearer to the row it is a candidate for than to any of those
 * selected. */
static bool is_diverse(const struct ann_index *index, uint64_t key, const uint32_t *selected,
                       size_t count)
{
    float own = key_distance(key);
    const float *row = index_row(index, key_id(key));
    for (size_t i = 0; i < count; i += COMPARED_AT_ONCE) {
        float sums[COMPARED_AT_ONCE];
        size_t block = count - i < COMPARED_AT_ONCE ? count - i : COMPARED_AT_ONCE;
        index->gather(&index->rows, row, selected + i, block, sums);
        for (size_t j = 0; j < block; j++) {
            if (index->offset + index->scale * sums[j] < own) return false;
        }
    }
    return true;
}

/* The paper's algorithm 4. */
void hnsw_select(const struct ann_index *index, const struct beam *beam, uint32_t room,
                 uint32_t *list)
{
    uint32_t count = 0;
    for (size_t i = 0; i < beam->length && count < room; i++) {
        if (is_diverse(index, beam->keys[i], list, count)) list[count++] = key_id(beam->keys[i]);
    }
    for (uint32_t i = count; i < room; i++) list[i] = HNSW_NONE;
}

/* Puts the rows' keys, by row, into the beam: `limit` of them in all. */
static void add_candidates(const struct ann_index *index, const uint32_t *ids, size_t count,
                           struct ann_scratch *scratch)
{
    for (size_t first = 0; first < count; first += ROWS_AT_ONCE) {
        size_t block = count - first < ROWS_AT_ONCE ? count - first : ROWS_AT_ONCE;
        index_distances(index, NULL, scratch, ids + first, block, scratch->distances);
        for (size_t i = 0; i < block; i++) {
            uint64_t key = key_make(scratch->distances[i], ids[first + i]);
            if (key < beam_bound(&scratch->beam)) beam_add(&scratch->beam, key);
        }
    }
}

void hnsw_add_links(struct ann_index *index, uint32_t layer, uint32_t target,
                    const uint32_t *sources, size_t count, struct ann_scratch *scratch)
{
    uint32_t room = hnsw_room(index->hnsw, layer);
    uint32_t *list = hnsw_links(index->hnsw, target, layer);
    uint32_t length = hnsw_length(list, room);
    if (length + count <= room) {
        for (size_t i = 0; i < count; i++) list[length + i] = sources[i];
        return;
    }
    scratch->target = index_row(index, target);
    size_t limit = length + count < ANN_BEAM_MAX ? length + count : ANN_BEAM_MAX;
    beam_reset(&scratch->beam, limit);
    add_candidates(index, list, length, scratch);
    add_candidates(index, sources, count, scratch);
    hnsw_select(index, &scratch->beam, room, list);
}

/* Puts the beam, found by code, in order of true distances. */
static void sort_by_row(const struct hnsw_walk *walk)
{
    struct ann_scratch *scratch = walk->scratch;
    uint64_t *keys = scratch->beam.keys;
    for (size_t first = 0; first < scratch->beam.length; first += ROWS_AT_ONCE) {
        size_t block = scratch->beam.length - first;
        if (block > ROWS_AT_ONCE) block = ROWS_AT_ONCE;
        for (size_t i = 0; i < block; i++) scratch->ids[i] = key_id(keys[first + i]);
        index_distances(walk->index, NULL, scratch, scratch->ids, block, scratch->distances);
        for (size_t i = 0; i < block; i++) {
            /* By insertion: the order by code is nearly the right one. */
            uint64_t key = key_make(scratch->distances[i], scratch->ids[i]);
            size_t at = first + i;
            for (; at > 0 && keys[at - 1] > key; at--) keys[at] = keys[at - 1];
            keys[at] = key;
        }
    }
}

void hnsw_find_links(struct hnsw_walk *walk, uint32_t id)
{
    const struct ann_index *index = walk->index;
    const struct hnsw *graph = index->hnsw;
    struct ann_scratch *scratch = walk->scratch;
    uint32_t layer = graph->top_layers[id];
    index_target(walk->codes, index_row(index, id), scratch);
    uint64_t nearest = hnsw_descend(walk, layer);

    for (uint32_t above = (layer < graph->top ? layer : graph->top) + 1; above > 0; above--) {
        uint32_t at = above - 1;
        size_t limit = index->settings.ef_construction;
        beam_reset(&scratch->beam, limit < id ? limit : id);
        hnsw_start(scratch, nearest);
        hnsw_search_layer(walk, at);
        nearest = scratch->beam.keys[0];
        if (walk->codes) {
            sort_by_row(walk);
        } else {
            for (size_t i = 0; i < scratch->beam.length; i++) {
                scratch->beam.keys[i] &= ~(uint64_t)HNSW_MARK;
            }
        }
        uint32_t *list = hnsw_links(graph, id, at);
        hnsw_select(index, &scratch->beam, graph->m, list);
        if (!at) {
            for (uint32_t i = graph->m; i < 2 * graph->m; i++) list[i] = HNSW_NONE;
        }
    }
}
