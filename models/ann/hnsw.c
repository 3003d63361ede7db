#include "models/ann/hnsw.h"

#include "models/ann/hnsw_packed.h"
#include "models/ann/prepared.h"

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

/* Lists the links of row `id` that were not seen before at the end of the rows seen; returns how
 * many. */
static inline size_t list_fresh(const struct hnsw_walk *walk, uint32_t id, uint32_t layer)
{
    const struct hnsw *graph = walk->index->hnsw;
    struct visited *visited = &walk->scratch->visited;
    const uint32_t *list = hnsw_links(graph, id, layer);
    uint32_t room = hnsw_room(graph, layer);
    size_t before = visited->count;
    uint32_t length = 0;
    for (; length < room && list[length] != HNSW_NONE; length++) visited_set(visited, list[length]);
    size_t fresh = visited->count - before;
    if (walk->work) {
        walk->work->hops++;
        walk->work->bytes += length * sizeof *list;
        index_count_distances(walk->index, walk->codes, fresh, walk->work);
    }
    return fresh;
}

/* The first row in the beam, from the cursor on, whose links are to be followed; the beam's length
 * if there is none. */
static inline size_t next_unmarked(const struct beam *beam)
{
    size_t at = beam->cursor;
    while (at < beam->length && (beam->keys[at] & HNSW_MARK)) at++;
    return at;
}

/* Puts the near ones of some rows into the beam, and asks for the links of the two of which one is
 * probably followed next. */
static inline void take_near(const struct hnsw_walk *walk, const uint32_t *ids, size_t count,
                             uint32_t layer)
{
    struct beam *beam = &walk->scratch->beam;
    const float *distances = walk->scratch->distances;
    index_distances(walk->index, walk->codes, walk->scratch, ids, count, walk->scratch->distances);
    uint64_t keys[BEAM_BATCH + 1]; /* the one behind the last is written to */
    uint64_t bound = beam_bound(beam);
    size_t near = 0;
    for (size_t i = 0; i < count; i++) {
        keys[near] = key_make(distances[i], ids[i]);
        near += keys[near] < bound;
    }
    keys_sort(keys, near);
    size_t next = next_unmarked(beam);
    if (!layer) {
        if (near) hnsw_prefetch(walk->index->hnsw, key_id(keys[0]));
        if (next < beam->length) hnsw_prefetch(walk->index->hnsw, key_id(beam->keys[next]));
    }
    beam_merge(beam, keys, near);
}

/* The rows that a step finds new are asked for, and compared only one step later: while they are on
 * their way, those of the step before are compared. */
void hnsw_search_layer(const struct hnsw_walk *walk, uint32_t layer)
{
    struct visited *visited = &walk->scratch->visited;
    struct beam *beam = &walk->scratch->beam;
    size_t pending = 0; /* rows asked for and not yet compared: the last ones seen */
    for (;;) {
        size_t fresh = 0;
        beam->cursor = next_unmarked(beam);
        bool more = beam->cursor < beam->length;
        if (!more && !pending) break;
        if (more) {
            uint64_t key = beam->keys[beam->cursor];
            beam->keys[beam->cursor] = key | HNSW_MARK;
            fresh = walk->passing && !layer ? hnsw_list_passing(walk, key_id(key))
                                            : list_fresh(walk, key_id(key), layer);
        }
        const uint32_t *ids = visited->ids + visited->count - fresh;
        for (size_t i = 0; i < fresh; i++) index_prefetch(walk->index, walk->codes, ids[i]);
        if (pending) take_near(walk, ids - pending, pending, layer);
        pending = fresh;
    }
    visited_clear(visited);
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

static void hnsw_search(const struct ann_index *index, const struct ann_query *query,
                        struct ann_scratch *scratch, struct ann_work *work)
{
    struct ann_query asked = *query;
    if (!asked.ef_search) asked.ef_search = index->settings.ef_search;
    if (asked.ef_search < asked.top_k) asked.ef_search = (uint32_t)asked.top_k;
    if (asked.ef_search > ANN_BEAM_MAX) asked.ef_search = ANN_BEAM_MAX;
    if (asked.ef_search > index->count) asked.ef_search = (uint32_t)index->count;

    struct index_passing passing = index_passing_of(index, query->filter);
    bool all_pass = !passing.bits && !passing.dead;
    struct hnsw_walk walk = {index, index->codes, scratch, work, all_pass ? NULL : &passing};
    size_t limit = walk.codes ? index_rerank_count(&asked, walk.codes->code) : asked.top_k;
    index_target(walk.codes, scratch->query, scratch);
    if (!all_pass) {
        const struct ann_prepared *prepared = prepared_for(index, query->filter);
        if (prepared && prepared->graph) {
            hnsw_search_packed(&walk, prepared, &asked, limit);
        } else {
            hnsw_search_filtered(&walk, &asked, limit);
        }
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
    if (walk.codes) index_rerank(index, limit, asked.top_k, scratch, work);
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
