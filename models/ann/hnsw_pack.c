#include "base/arena.h"
#include "models/ann/filter.h"
#include "models/ann/hnsw_packed.h"
#include "models/ann/memory.h"
#include "models/ann/prepared.h"

#include <string.h>

static void number_rows(struct arena *arena, const struct ann_index *index,
                        const struct index_passing *passing, struct hnsw_packed *packed)
{
    size_t count = 0;
    packed->places = arena_array(arena, uint32_t, index->count);
    packed->ids = arena_array(arena, uint32_t, passing->count + 1);
    for (uint32_t id = 0; id < index->count; id++) {
        bool passes = index_passes(passing, id) && count < passing->count;
        packed->places[id] = passes ? (uint32_t)count : HNSW_NONE;
        if (passes) packed->ids[count++] = id;
    }
    packed->index.count = packed->index.capacity = count;
}

static void copy_rows(struct arena *arena, const struct ann_index *index,
                      struct hnsw_packed *packed)
{
    struct ann_index *own = &packed->index;
    size_t length = index->codes ? index->codes->stride : index->rows.stride * sizeof(float);
    const char *from =
        index->codes ? (const char *)index->codes->bytes : (const char *)index->rows.values;
    char *to = memory_large(arena, own->count, length);
    for (size_t i = 0; i < own->count; i++) {
        memcpy(to + i * length, from + packed->ids[i] * length, length);
    }
    if (!index->codes) {
        own->rows.values = own->values = (float *)(void *)to;
        return;
    }
    own->codes = arena_new_item(arena, struct code_rows);
    *own->codes = *index->codes;
    own->codes->bytes = (unsigned char *)to;
}

/* Links of one row while they are chosen. */
struct choice {
    const struct hnsw *whole;
    const struct hnsw_packed *packed;
    uint32_t *list;
    uint32_t length;
    uint32_t room;
    uint32_t own;    /* the row's place */
    uint32_t *taken; /* by place: who took it last, plus one */
};

static void take(struct choice *c, uint32_t place)
{
    if (place == c->own || c->taken[place] == c->own + 1 || c->length == c->room) return;
    c->taken[place] = c->own + 1;
    c->list[c->length++] = place;
}

/* The links that pass; then, of those that do not, the first of each that passes, the second of
 * each and so on: so they lead in all directions. */
static void choose_links(struct choice *c)
{
    const uint32_t *places = c->packed->places;
    const uint32_t *list = hnsw_links(c->whole, c->packed->ids[c->own], 0);
    uint32_t length = hnsw_length(list, c->room);
    const uint32_t *others[2 * ANN_M_MAX];
    uint32_t at[2 * ANN_M_MAX] = {0};
    size_t count = 0;
    for (uint32_t i = 0; i < length; i++) {
        if (places[list[i]] != HNSW_NONE) {
            take(c, places[list[i]]);
        } else {
            others[count++] = hnsw_links(c->whole, list[i], 0);
        }
    }
    while (count && c->length < c->room) {
        size_t left = 0;
        for (size_t i = 0; i < count; i++) {
            const uint32_t *links = others[i];
            uint32_t next = at[i];
            while (next < c->room && links[next] != HNSW_NONE && places[links[next]] == HNSW_NONE)
                next++;
            if (next == c->room || links[next] == HNSW_NONE) continue;
            take(c, places[links[next]]);
            others[left] = links;
            at[left++] = next + 1;
        }
        count = left;
    }
    for (uint32_t i = c->length; i < c->room; i++) c->list[i] = HNSW_NONE;
}

static void link_rows(struct arena *arena, const struct ann_index *index,
                      struct hnsw_packed *packed)
{
    struct arena *passing = arena_new();
    struct choice c = {.whole = index->hnsw,
                       .packed = packed,
                       .room = hnsw_room(index->hnsw, 0),
                       .taken = arena_array(passing, uint32_t, packed->index.count)};
    packed->graph = (struct hnsw){.m = index->hnsw->m};
    packed->graph.base_links =
        memory_large(arena, packed->index.count, c.room * sizeof *packed->graph.base_links);
    for (uint32_t place = 0; place < packed->index.count; place++) {
        c.own = place;
        c.list = hnsw_links(&packed->graph, place, 0);
        c.length = 0;
        choose_links(&c);
    }
    packed->index.hnsw = &packed->graph;
    arena_free(passing);
}

struct hnsw_packed *hnsw_pack(struct arena *arena, const struct ann_index *index,
                              const struct index_passing *passing)
{
    struct hnsw_packed *packed = arena_new_item(arena, struct hnsw_packed);
    packed->index = *index;
    number_rows(arena, index, passing, packed);
    if (!packed->index.count) return NULL;
    copy_rows(arena, index, packed);
    link_rows(arena, index, packed);
    return packed;
}

/* --- search --- */

/* Gives the rows in the beam their numbers in the whole index; drops those deleted since. Order by
 * number among equals stays, as places are in order of ids. */
static void name_rows(const struct hnsw_walk *walk, const struct hnsw_packed *packed)
{
    const struct index_passing alive = {.dead = walk->passing->dead};
    struct beam *beam = &walk->scratch->beam;
    size_t kept = 0;
    for (size_t i = 0; i < beam->length; i++) {
        uint64_t key = beam->keys[i];
        uint32_t id = packed->ids[key_id(key)];
        beam->keys[kept] = key_make(key_distance(key), id);
        kept += index_passes(&alive, id);
    }
    beam->length = kept;
}

/* Rows inserted since the packing. */
static void scan_later(const struct hnsw_walk *walk, size_t rows)
{
    struct beam *beam = &walk->scratch->beam;
    for (uint32_t id = (uint32_t)rows; id < walk->index->count; id++) {
        if (!index_passes(walk->passing, id)) continue;
        uint64_t key = hnsw_key(walk, id);
        if (key < beam_bound(beam)) beam_add(beam, key);
    }
}

/* The links lead where there was one, not where the best would lead: half as many rows again are
 * kept to find as much. */
static size_t widen(const struct ann_index *index, size_t ef)
{
    size_t wide = ef + ef / 2;
    if (wide > index->count) wide = index->count;
    return wide < ANN_BEAM_MAX ? wide : ANN_BEAM_MAX;
}

/* Islands may be left of the graph: some rows from all over it are begun with, too. */
static void start_all_over(const struct hnsw_walk *own)
{
    enum { STARTS = 32 };
    struct ann_scratch *scratch = own->scratch;
    const size_t count = own->index->count;
    size_t starts = 0;
    for (size_t i = 0; i < STARTS && i < count; i++) {
        uint32_t place = (uint32_t)(i * count / (count < STARTS ? count : STARTS));
        scratch->ids[starts] = place;
        starts += visited_set(&scratch->visited, place);
    }
    index_distances(own->index, own->codes, scratch, scratch->ids, starts, scratch->distances);
    index_count_distances(own->index, own->codes, starts, own->work);
    for (size_t i = 0; i < starts; i++) {
        uint64_t key = key_make(scratch->distances[i], scratch->ids[i]);
        if (key < beam_bound(&scratch->beam)) beam_add(&scratch->beam, key);
    }
}

/* Walks among the rows that pass, from those near where the descent through all rows ends. */
static void walk_packed(const struct hnsw_walk *walk, const struct hnsw_packed *packed, size_t rows,
                        const struct ann_query *query)
{
    struct ann_scratch *scratch = walk->scratch;
    struct beam *beam = &scratch->beam;
    struct hnsw_walk own = *walk;
    own.index = &packed->index;
    own.codes = packed->index.codes;
    own.passing = NULL;
    uint64_t nearest = hnsw_descend(walk, 0);
    beam_reset(beam, widen(walk->index, query->ef_search));
    hnsw_start_passing(walk, nearest);
    visited_clear(&scratch->visited);
    size_t kept = 0;
    for (size_t i = 0; i < beam->length; i++) {
        uint64_t key = beam->keys[i];
        if (key_id(key) >= rows) continue;
        uint32_t place = packed->places[key_id(key)];
        beam->keys[kept++] = key_make(key_distance(key), place);
        visited_set(&scratch->visited, place);
    }
    beam->length = kept;
    start_all_over(&own);
    hnsw_search_layer(&own, 0);
}

void hnsw_search_packed(const struct hnsw_walk *walk, const struct ann_prepared *prepared,
                        const struct ann_query *query, size_t limit)
{
    struct ann_scratch *scratch = walk->scratch;
    const struct hnsw_packed *packed = prepared->graph;
    const size_t passing = packed->index.count;
    const bool scan = query->filtering == ANN_FILTER_CHEAPER
                          ? filter_scans_packed_graph(passing, query->ef_search)
                          : query->filtering == ANN_FILTER_SCAN;
    if (!scan) {
        walk_packed(walk, packed, prepared->rows, query);
        name_rows(walk, packed);
    }
    if (scan || scratch->beam.length < query->top_k) {
        const size_t most = limit < walk->passing->count ? limit : walk->passing->count;
        const struct index_passing all = {.count = passing};
        if (walk->index->dead_count != prepared->dead_count) {
            index_scan(walk->index, walk->codes, most, walk->passing, scratch, walk->work);
            return;
        }
        index_scan(&packed->index, packed->index.codes, most, &all, scratch, walk->work);
        name_rows(walk, packed);
    }
    scan_later(walk, prepared->rows);
}
