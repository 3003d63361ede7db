#include "base/arena.h"
#include "models/ann/hnsw.h"

enum { COMPARED_AT_ONCE = 4 };

/* SplitMix64's finalizer (Steele, Lea and Flood, OOPSLA 2014) of seed and id. */
static uint64_t hash_row(uint64_t seed, uint32_t id)
{
    uint64_t x = seed + ((uint64_t)id + 1) * 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

/* The paper's floor(-ln(u) / ln(m)), in integers: at least l with probability m^-l. */
static uint8_t draw_layer(uint64_t seed, uint32_t id, uint32_t m)
{
    uint64_t draw = hash_row(seed, id);
    uint8_t layer = 0;
    for (uint64_t below = UINT64_MAX / m; draw < below && layer < HNSW_LAYERS_MAX - 1; below /= m) {
        layer++;
    }
    return layer;
}

static struct hnsw *graph_new(struct arena *arena, const struct ann_index *index)
{
    struct hnsw *graph = arena_new_item(arena, struct hnsw);
    graph->m = index->settings.m;
    graph->base_links = arena_calloc(arena, index->count, (2 * graph->m + 1) * sizeof(uint32_t));
    graph->upper_first = arena_array(arena, uint32_t, index->count);
    graph->top_layers = arena_array(arena, uint8_t, index->count);
    for (size_t i = 0; i < index->count; i++) {
        graph->top_layers[i] = draw_layer(index->settings.seed, (uint32_t)i, graph->m);
        graph->upper_first[i] = (uint32_t)graph->upper_count;
        graph->upper_count += graph->top_layers[i];
    }
    graph->upper_links =
        arena_calloc(arena, graph->upper_count, (graph->m + 1) * sizeof *graph->upper_links);
    return graph;
}

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

/* The paper's algorithm 4: of the candidates in the beam, in order, those that are nearer to their
 * target than to any selected before, up to `room`. They go to `list`. */
static void select_links(const struct ann_index *index, const struct beam *beam, uint32_t room,
                         uint32_t *list)
{
    uint32_t count = 0;
    for (size_t i = 0; i < beam->length && count < room; i++) {
        if (is_diverse(index, beam->keys[i], list + 1, count)) {
            list[++count] = key_id(beam->keys[i]);
        }
    }
    list[0] = count;
}

/* Adds a link from row `from` to row `to`; a full list is selected anew from its links and the new
 * one. */
static void add_link(struct ann_index *index, uint32_t layer, uint32_t from, uint32_t to,
                     struct ann_scratch *scratch)
{
    uint32_t *list = hnsw_links(index->hnsw, from, layer);
    uint32_t room = hnsw_room(index->hnsw, layer);
    if (list[0] < room) {
        list[++list[0]] = to;
        return;
    }
    struct ann_work work = {0};
    for (uint32_t i = 0; i < room; i++) scratch->ids[i] = list[i + 1];
    scratch->ids[room] = to;
    index_distances(index, index_row(index, from), scratch, room + 1, &work);
    beam_reset(&scratch->beam, room + 1);
    for (uint32_t i = 0; i <= room; i++) {
        beam_add(&scratch->beam, key_make(scratch->distances[i], scratch->ids[i]));
    }
    select_links(index, &scratch->beam, room, list);
}

/* Algorithm 1: finds the new row's neighbours layer by layer and links both ways. */
static void insert_row(struct ann_index *index, uint32_t id, struct ann_scratch *scratch)
{
    struct hnsw *graph = index->hnsw;
    struct ann_work work = {0};
    const float *row = index_row(index, id);
    uint32_t layer = graph->top_layers[id];
    uint64_t nearest = hnsw_key(index, row, graph->entry, scratch, &work);
    nearest = hnsw_descend(index, row, nearest, layer, scratch, &work);

    for (uint32_t above = (layer < graph->top ? layer : graph->top) + 1; above > 0; above--) {
        uint32_t at = above - 1;
        size_t limit = index->settings.ef_construction;
        beam_reset(&scratch->beam, limit < id ? limit : id);
        hnsw_start(scratch, nearest);
        hnsw_search_layer(index, row, at, scratch, &work);
        nearest = scratch->beam.keys[0];
        uint32_t *list = hnsw_links(graph, id, at);
        select_links(index, &scratch->beam, graph->m, list);
        for (uint32_t i = 1; i <= list[0]; i++) add_link(index, at, list[i], id, scratch);
    }
    if (layer > graph->top) {
        graph->top = layer;
        graph->entry = id;
    }
}

void hnsw_build(struct arena *arena, struct ann_index *index)
{
    if (!index->count) return;
    index->hnsw = graph_new(arena, index);
    index->hnsw->top = index->hnsw->top_layers[0];
    struct arena *passing = arena_new();
    struct ann_scratch *scratch = ann_scratch_new(passing, index);
    for (size_t i = 1; i < index->count; i++) insert_row(index, (uint32_t)i, scratch);
    hnsw_reach_all(index, scratch);
    arena_free(passing);
}
