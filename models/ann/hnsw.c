#include "models/ann/hnsw.h"

enum { NEAR_CURSOR = 2 }; /* a row that enters so near behind the cursor will be next soon */

uint64_t hnsw_key(const struct hnsw_walk *walk, uint32_t id)
{
    float distances[4];
    index_distances(walk->index, walk->codes, walk->scratch, &id, 1, distances);
    index_count_distances(walk->index, walk->codes, 1, walk->work);
    return key_make(distances[0], id);
}

void hnsw_start(struct ann_scratch *scratch, uint64_t key)
{
    key &= ~(uint64_t)HNSW_MARK;
    bool fresh = visited_set(&scratch->visited, key_id(key));
    if (fresh && key < beam_bound(&scratch->beam)) beam_add(&scratch->beam, key);
}

static inline size_t follow(const struct hnsw_walk *walk, uint32_t id, uint32_t layer)
{
    const struct hnsw *graph = walk->index->hnsw;
    struct visited *visited = &walk->scratch->visited;
    const uint32_t *list = hnsw_links(graph, id, layer);
    uint32_t room = hnsw_room(graph, layer);
    size_t before = visited->count;
    uint32_t length = 0;
    for (; length < room && list[length] != HNSW_NONE; length++) visited_set(visited, list[length]);
    size_t fresh = visited->count - before;
    index_distances(walk->index, walk->codes, walk->scratch, visited->ids + before, fresh,
                    walk->scratch->distances);
    if (walk->work) {
        walk->work->hops++;
        walk->work->bytes += length * sizeof *list;
        index_count_distances(walk->index, walk->codes, fresh, walk->work);
    }
    return fresh;
}

size_t hnsw_follow(const struct hnsw_walk *walk, uint32_t id, uint32_t layer)
{
    return follow(walk, id, layer);
}

void hnsw_search_layer(const struct hnsw_walk *walk, uint32_t layer)
{
    struct ann_scratch *scratch = walk->scratch;
    struct beam *beam = &scratch->beam;
    while (beam->cursor < beam->length) {
        uint64_t key = beam->keys[beam->cursor];
        if (key & HNSW_MARK) {
            beam->cursor++;
            continue;
        }
        beam->keys[beam->cursor] = key | HNSW_MARK;
        size_t count = follow(walk, key_id(key), layer);
        const uint32_t *ids = scratch->visited.ids + scratch->visited.count - count;
        float bound = beam_bound_distance(beam);
        for (size_t i = 0; i < count; i++) {
            if (scratch->distances[i] > bound) continue;
            key = key_make(scratch->distances[i], ids[i]);
            if (key >= beam_bound(beam)) continue;
            size_t cursor = beam->cursor;
            size_t place = beam_add(beam, key);
            if (!layer && place < cursor + NEAR_CURSOR) hnsw_prefetch(walk->index->hnsw, ids[i]);
            bound = beam_bound_distance(beam);
        }
    }
    visited_clear(&scratch->visited);
}

/* The nearest of a row's links in a layer, or the row itself; no list of rows seen is worth its
 * while for so few. */
static uint64_t nearest_link(const struct hnsw_walk *walk, uint64_t nearest, uint32_t layer)
{
    const struct hnsw *graph = walk->index->hnsw;
    const uint32_t *list = hnsw_links(graph, key_id(nearest), layer);
    uint32_t length = hnsw_length(list, hnsw_room(graph, layer));
    index_distances(walk->index, walk->codes, walk->scratch, list, length,
                    walk->scratch->distances);
    for (uint32_t i = 0; i < length; i++) {
        uint64_t key = key_make(walk->scratch->distances[i], list[i]);
        if (key < nearest) nearest = key;
    }
    if (walk->work) {
        walk->work->hops++;
        walk->work->bytes += length * sizeof *list;
        index_count_distances(walk->index, walk->codes, length, walk->work);
    }
    return nearest;
}

uint64_t hnsw_descend(const struct hnsw_walk *walk, uint32_t layer)
{
    uint64_t key = hnsw_key(walk, walk->index->hnsw->entry);
    for (uint32_t at = walk->index->hnsw->top; at > layer; at--) {
        for (uint64_t next; (next = nearest_link(walk, key, at)) < key;) key = next;
    }
    return key;
}

/* How many of the beam a search compares again by row: with four bits half of it or three times
 * what is wanted, else twice what is wanted. More found no more hits among 100,000 word
 * embeddings. */
static size_t rerank_count(const struct ann_query *query, enum ann_code code, size_t limit)
{
    size_t count = query->rerank ? query->rerank : 2 * query->top_k;
    if (!query->rerank && code == ANN_LVQ4) {
        count = limit / 2 > 3 * query->top_k ? limit / 2 : 3 * query->top_k;
    }
    return count > query->top_k ? count : query->top_k;
}

static void hnsw_search(const struct ann_index *index, const struct ann_query *query,
                        struct ann_scratch *scratch, struct ann_work *work)
{
    struct ann_query asked = *query;
    if (!asked.ef_search) asked.ef_search = index->settings.ef_search;
    if (asked.ef_search < asked.top_k) asked.ef_search = (uint32_t)asked.top_k;
    if (asked.ef_search > ANN_BEAM_MAX) asked.ef_search = ANN_BEAM_MAX;
    if (asked.ef_search > index->count) asked.ef_search = (uint32_t)index->count;

    struct hnsw_walk walk = {index, index->codes, scratch, work};
    index_target(walk.codes, scratch->query, scratch);
    struct index_passing passing = index_passing_of(index, query->filter);
    if (passing.bits || passing.dead) {
        hnsw_search_filtered(index, &asked, &passing, scratch, work);
    } else {
        uint64_t nearest = hnsw_descend(&walk, 0);
        beam_reset(&scratch->beam, asked.ef_search);
        hnsw_start(scratch, nearest);
        /* The entry too: every row can be reached from it, so a beam that is not full at the end
         * has them all. */
        if (key_id(nearest) != index->hnsw->entry) {
            hnsw_start(scratch, hnsw_key(&walk, index->hnsw->entry));
        }
        hnsw_search_layer(&walk, 0);
    }
    if (walk.codes) {
        size_t count = rerank_count(&asked, walk.codes->code, asked.ef_search);
        index_rerank(index, count, asked.top_k, scratch, work);
    }
}

static size_t hnsw_size_bytes(const struct ann_index *index)
{
    const struct hnsw *graph = index->hnsw;
    if (!graph) return 0;
    size_t of_row = 2 * graph->m * sizeof *graph->base_links + sizeof *graph->upper_first +
                    sizeof *graph->top_layers;
    return sizeof *graph + index->capacity * of_row +
           graph->upper_count * graph->m * sizeof *graph->upper_links;
}

const struct index_kind hnsw_kind = {
    .name = "hnsw",
    .build = hnsw_build,
    .search = hnsw_search,
    .insert = hnsw_insert,
    .size_bytes = hnsw_size_bytes,
};
