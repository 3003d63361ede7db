#include "base/arena.h"
#include "models/ann/hnsw.h"

/* Links go one way, and choosing a full list anew drops some: a row may end up without a link to
 * it, most of all where many rows are equal. Rows are taken in order of id; once one is linked, all
 * rows with a path from it are reached. A path that was there is never cut: a link taken from a
 * reached row is handed on to the row that takes its place. */

struct reach {
    struct ann_index *index;
    struct ann_scratch *scratch;
    bool *reached;   /* by id */
    uint32_t *stack; /* reached, links not followed yet */
};

static void flood(struct reach *reach, uint32_t from)
{
    size_t depth = 0;
    reach->reached[from] = true;
    reach->stack[depth++] = from;
    while (depth) {
        const uint32_t *list = hnsw_links(reach->index->hnsw, reach->stack[--depth], 0);
        for (uint32_t i = 1; i <= list[0]; i++) {
            if (reach->reached[list[i]]) continue;
            reach->reached[list[i]] = true;
            reach->stack[depth++] = list[i];
        }
    }
}

/* Position in the list of row `id` of the link that leads farthest. */
static uint32_t farthest_link(struct reach *reach, uint32_t id)
{
    const uint32_t *list = hnsw_links(reach->index->hnsw, id, 0);
    struct ann_scratch *scratch = reach->scratch;
    struct ann_work work = {0};
    for (uint32_t i = 0; i < list[0]; i++) scratch->ids[i] = list[i + 1];
    index_distances(reach->index, index_row(reach->index, id), scratch, list[0], &work);
    uint32_t farthest = 0;
    for (uint32_t i = 1; i < list[0]; i++) {
        if (scratch->distances[i] >= scratch->distances[farthest]) farthest = i;
    }
    return farthest + 1;
}

/* Gives row `from` a link to `to`, if need be in the place of its farthest; returns the id that had
 * to go, or `to`. */
static uint32_t force_link(struct reach *reach, uint32_t from, uint32_t to)
{
    uint32_t *list = hnsw_links(reach->index->hnsw, from, 0);
    for (uint32_t i = 1; i <= list[0]; i++) {
        if (list[i] == to) return to;
    }
    if (list[0] < hnsw_room(reach->index->hnsw, 0)) {
        list[++list[0]] = to;
        return to;
    }
    uint32_t place = farthest_link(reach, from);
    uint32_t gone = list[place];
    list[place] = to;
    return gone;
}

/* Links to row `id` from the nearest reached row that has room, else from the nearest. */
static void attach(struct reach *reach, uint32_t id)
{
    struct ann_index *index = reach->index;
    struct hnsw *graph = index->hnsw;
    struct beam *beam = &reach->scratch->beam;
    struct ann_work work = {0};
    const float *row = index_row(index, id);
    size_t limit = index->settings.ef_construction;
    uint64_t entry = hnsw_key(index, row, graph->entry, reach->scratch, &work);
    beam_reset(beam, limit < index->count ? limit : index->count);
    hnsw_start(reach->scratch, entry);
    hnsw_search_layer(index, row, 0, reach->scratch, &work);

    uint32_t from = key_id(beam->keys[0]);
    for (size_t i = 0; i < beam->length; i++) {
        uint32_t near = key_id(beam->keys[i]);
        if (hnsw_links(graph, near, 0)[0] < hnsw_room(graph, 0)) {
            from = near;
            break;
        }
    }
    uint32_t gone = force_link(reach, from, id);
    if (gone != id) force_link(reach, id, gone);
}

void hnsw_reach_all(struct ann_index *index, struct ann_scratch *scratch)
{
    struct arena *passing = arena_new();
    struct reach reach = {.index = index, .scratch = scratch};
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
