#include "base/arena.h"
#include "models/ann/hnsw.h"

/* Links go one way, and choosing a full list anew drops some: a row may end up without a link to
 * it, most of all where many rows are equal. Rows are taken in order of id; once one is linked, all
 * rows with a path from it are reached. A path that was there is never cut: a link taken from a
 * reached row is handed on to the row that takes its place. */

struct reach {
    struct hnsw_walk *walk;
    struct hnsw *graph;
    bool *reached;   /* by id */
    uint32_t *stack; /* reached, links not followed yet */
};

static void flood(struct reach *reach, uint32_t from)
{
    uint32_t room = hnsw_room(reach->graph, 0);
    size_t depth = 0;
    reach->reached[from] = true;
    reach->stack[depth++] = from;
    while (depth) {
        const uint32_t *list = hnsw_links(reach->graph, reach->stack[--depth], 0);
        for (uint32_t i = 0; i < room && list[i] != HNSW_NONE; i++) {
            if (reach->reached[list[i]]) continue;
            reach->reached[list[i]] = true;
            reach->stack[depth++] = list[i];
        }
    }
}

/* Position in the full list of row `id` of the link that leads farthest. */
static uint32_t farthest_link(struct reach *reach, uint32_t id)
{
    const struct ann_index *index = reach->walk->index;
    struct ann_scratch *scratch = reach->walk->scratch;
    uint32_t room = hnsw_room(reach->graph, 0);
    scratch->target = index_row(index, id);
    index_distances(index, NULL, scratch, hnsw_links(reach->graph, id, 0), room,
                    scratch->distances);
    uint32_t farthest = 0;
    for (uint32_t i = 1; i < room; i++) {
        if (scratch->distances[i] >= scratch->distances[farthest]) farthest = i;
    }
    return farthest;
}

/* Gives row `from` a link to `to`, if need be in the place of its farthest; returns the id that had
 * to go, or `to`. */
static uint32_t force_link(struct reach *reach, uint32_t from, uint32_t to)
{
    uint32_t *list = hnsw_links(reach->graph, from, 0);
    uint32_t room = hnsw_room(reach->graph, 0);
    uint32_t length = hnsw_length(list, room);
    for (uint32_t i = 0; i < length; i++) {
        if (list[i] == to) return to;
    }
    uint32_t place = length < room ? length : farthest_link(reach, from);
    uint32_t gone = length < room ? to : list[place];
    list[place] = to;
    return gone;
}

/* Links to row `id` from the nearest reached row that has room, else from the nearest. */
static void attach(struct reach *reach, uint32_t id)
{
    const struct hnsw_walk *walk = reach->walk;
    struct beam *beam = &walk->scratch->beam;
    size_t limit = walk->index->settings.ef_construction;
    index_target(walk->codes, index_row(walk->index, id), walk->scratch);
    beam_reset(beam, limit < walk->index->count ? limit : walk->index->count);
    hnsw_start(walk->scratch, hnsw_descend(walk, 0));
    hnsw_search_layer(walk, 0);

    uint32_t room = hnsw_room(reach->graph, 0);
    uint32_t from = HNSW_NONE;
    for (size_t i = 0; i < beam->length; i++) {
        uint32_t near = key_id(beam->keys[i]);
        if (!reach->reached[near]) continue;
        if (from == HNSW_NONE) from = near;
        if (hnsw_length(hnsw_links(reach->graph, near, 0), room) == room) continue;
        from = near;
        break;
    }
    if (from == HNSW_NONE) from = reach->graph->entry; /* the descent ended in an island */
    uint32_t gone = force_link(reach, from, id);
    if (gone != id) force_link(reach, id, gone);
}

void hnsw_reach_all(struct hnsw_walk *walk, struct ann_index *index)
{
    struct arena *passing = arena_new();
    struct reach reach = {.walk = walk, .graph = index->hnsw};
    reach.reached = arena_array(passing, bool, index->count);
    reach.stack = arena_array(passing, uint32_t, index->count);
    flood(&reach, index->hnsw->entry);
    for (size_t i = 0; i < index->count; i++) {
        if (reach.reached[i]) continue;
        attach(&reach, (uint32_t)i);
        flood(&reach, (uint32_t)i);
    }
    arena_free(passing);
}
