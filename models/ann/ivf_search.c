#include "models/ann/ivf.h"

#include "base/arena.h"

#include <float.h>
#include <string.h>

enum { FIRST_LISTS = 8 /* searched first, for a tight bound */ };

struct ivf_scratch *ivf_scratch_new(struct arena *arena, const struct ann_index *index)
{
    const struct ivf *ivf = index->ivf;
    struct ivf_scratch *s = arena_new_item(arena, struct ivf_scratch);
    if (!ivf->lists) return s;
    coarse_work_init(arena, &s->coarse, &ivf->coarse);
    if (ivf->coded) coder_work_init(arena, &s->coder, &ivf->coder);
    size_t padded = ivf->coarse.rows.count + SCAN_BYTE_ROWS;
    s->lists = arena_array(arena, uint32_t, padded);
    s->order = arena_array(arena, uint32_t, padded);
    s->list_keys = arena_array(arena, int32_t, padded);
    s->bases = arena_array(arena, float, padded);
    size_t most = ivf->first[ivf->lists];
    if (most > ANN_BEAM_MAX) most = ANN_BEAM_MAX;
    size_t room = 2 * most + 4 * SCAN_BLOCK;
    s->candidates.room = room;
    s->candidates.slots = arena_array(arena, uint32_t, room);
    s->candidates.scores = arena_array(arena, float, room);
    s->candidates.keys = arena_array(arena, int32_t, room);
    s->candidates.chosen = arena_array(arena, uint32_t, room);
    return s;
}

static bool passes(const struct ann_filter *filter, uint32_t id)
{
    return filter->bits[id / 64] >> id % 64 & 1;
}

/* Leaves the best `wanted` candidates; a row must from now on score as much as the last of them. */
static void narrow(const struct scan_kernels *kernels, struct ivf_candidates *c, size_t wanted)
{
    if (c->count <= wanted) return;
    size_t padded = (c->count + SCAN_BYTE_ROWS - 1) / SCAN_BYTE_ROWS * SCAN_BYTE_ROWS;
    for (size_t i = 0; i < c->count; i++) c->keys[i] = book_key(c->scores[i]);
    for (size_t i = c->count; i < padded; i++) c->keys[i] = INT32_MIN;
    select_greatest(kernels, c->keys, padded, wanted, c->chosen);
    float least = FLT_MAX;
    for (size_t i = 0; i < wanted; i++) {
        uint32_t at = c->chosen[i];
        c->slots[i] = c->slots[at];
        c->scores[i] = c->scores[at];
        if (c->scores[i] < least) least = c->scores[i];
    }
    c->count = wanted;
    c->least = least;
}

/* One search as its parts see it. */
struct ivf_query {
    const struct ann_index *index;
    const struct ivf *ivf;
    const struct ann_filter *filter;
    struct ann_scratch *scratch;
    struct scan_tables tables;
    size_t wanted; /* hits, and candidates */
    size_t rerank;
    struct ann_work *work;
};

/* New candidates from place `from` on have places in the list and scores without the list's share;
 * drops those that the filter stops. */
static void take_hits(const struct ivf_query *q, uint32_t first_slot, float base, size_t from)
{
    struct ivf_candidates *c = &q->scratch->ivf->candidates;
    size_t kept = from;
    for (size_t i = from; i < c->count; i++) {
        c->slots[kept] = c->slots[i] + first_slot;
        c->scores[kept] = c->scores[i] + base;
        kept += !q->filter || passes(q->filter, q->ivf->ids[c->slots[kept]]);
    }
    c->count = kept;
}

static void scan_codes(const struct ivf_query *q, uint32_t list, float product)
{
    const struct ivf *ivf = q->ivf;
    struct ivf_candidates *c = &q->scratch->ivf->candidates;
    uint32_t slot = ivf->first[list];
    size_t block_bytes = q->tables.groups * SCAN_GROUP_BYTES;
    struct scan_list rows = {.codes = ivf->codes + slot / SCAN_BLOCK * block_bytes,
                             .scale = ivf->scale ? ivf->scale + slot : NULL,
                             .bias = ivf->bias ? ivf->bias + slot : NULL,
                             .length = ivf->length[list]};
    float base = product * q->tables.unit;
    if (!rows.scale) base += q->tables.offset;
    size_t room = 2 * q->rerank + 2 * SCAN_BLOCK;
    size_t blocks = (rows.length + SCAN_BLOCK - 1) / SCAN_BLOCK;
    for (size_t block = 0; block < blocks;) {
        struct scan_hits hits = {.rows = c->slots + c->count,
                                 .scores = c->scores + c->count,
                                 .room = room - c->count};
        block = ivf->coarse.scan->codes(&rows, &q->tables, block, c->least - base, &hits);
        size_t from = c->count;
        c->count += hits.count;
        take_hits(q, slot, base, from);
        if (room - c->count < SCAN_BLOCK) narrow(ivf->coarse.scan, c, q->rerank);
    }
    q->work->code_distances += rows.length;
    q->work->bytes += blocks * block_bytes;
}

/* Compares scratch->ids[0 .. count - 1] in float and puts the near ones into the beam. */
static void compare(const struct ann_index *index, struct ann_scratch *scratch, size_t count,
                    struct ann_work *work)
{
    if (!count) return;
    index_distances(index, scratch->query, scratch, count, work);
    uint64_t bound = beam_bound(&scratch->beam);
    for (size_t i = 0; i < count; i++) {
        uint64_t key = key_make(scratch->distances[i], scratch->ids[i]);
        if (key >= bound) continue;
        beam_add(&scratch->beam, key);
        bound = beam_bound(&scratch->beam);
    }
}

static void scan_rows(const struct ivf_query *q, uint32_t list)
{
    const uint32_t *ids = q->ivf->ids + q->ivf->first[list];
    bool twice = q->index->settings.spill > 1;
    size_t count = 0;
    for (uint32_t i = 0; i < q->ivf->length[list]; i++) {
        q->scratch->ids[count] = ids[i];
        bool wanted = !q->filter || passes(q->filter, ids[i]);
        if (wanted && twice) wanted = visited_set(&q->scratch->visited, ids[i]);
        count += wanted;
        if (count < ROWS_AT_ONCE) continue;
        compare(q->index, q->scratch, count, q->work);
        count = 0;
    }
    compare(q->index, q->scratch, count, q->work);
}

static void rerank(const struct ivf_query *q)
{
    struct ivf_candidates *c = &q->scratch->ivf->candidates;
    narrow(q->ivf->coarse.scan, c, q->rerank);
    bool twice = q->index->settings.spill > 1;
    size_t count = 0;
    for (size_t i = 0; i < c->count; i++) {
        uint32_t id = q->ivf->ids[c->slots[i]];
        q->scratch->ids[count] = id;
        count += !twice || visited_set(&q->scratch->visited, id);
        if (count < ROWS_AT_ONCE) continue;
        compare(q->index, q->scratch, count, q->work);
        count = 0;
    }
    compare(q->index, q->scratch, count, q->work);
}

static void scan_list(const struct ivf_query *q, uint32_t list, float product)
{
    q->work->lists++;
    if (q->ivf->coded) {
        scan_codes(q, list, product);
    } else {
        scan_rows(q, list);
    }
}

/* Chooses `probes` lists into s->lists, the best FIRST_LISTS of them first, and their inner
 * products with the query into s->bases. */
static void choose_lists(const struct ivf_query *q, size_t probes)
{
    struct ivf_scratch *s = q->scratch->ivf;
    const struct coarse *coarse = &q->ivf->coarse;
    float scale = coarse_round(q->scratch->query, coarse->dimensions, s->coarse.query);
    coarse_score(coarse, s->coarse.query, scale, &s->coarse);
    select_greatest(coarse->scan, s->coarse.keys, coarse->rows.count, probes, s->lists);
    if (probes > FIRST_LISTS) {
        size_t padded = (probes + SCAN_BYTE_ROWS - 1) / SCAN_BYTE_ROWS * SCAN_BYTE_ROWS;
        for (size_t i = 0; i < probes; i++) s->list_keys[i] = s->coarse.keys[s->lists[i]];
        for (size_t i = probes; i < padded; i++) s->list_keys[i] = INT32_MIN;
        select_greatest(coarse->scan, s->list_keys, padded, FIRST_LISTS, s->order);
        for (size_t i = 0; i < FIRST_LISTS; i++) {
            uint32_t list = s->lists[s->order[i]];
            s->lists[s->order[i]] = s->lists[i];
            s->lists[i] = list;
        }
    }
    for (size_t i = 0; i < probes; i++) {
        uint32_t list = s->lists[i];
        s->bases[i] = (float)s->coarse.dots[list] * (coarse->scale[list] * scale);
    }
}

static size_t limit(size_t value, size_t least, size_t most)
{
    if (value < least) value = least;
    return value < most ? value : most;
}

void ivf_search(const struct ann_index *index, const struct ann_query *query,
                struct ann_scratch *scratch, struct ann_work *work)
{
    const struct ivf *ivf = index->ivf;
    size_t wanted = limit(query->top_k, 1, limit(ANN_BEAM_MAX, 1, index->count));
    size_t copies = index->settings.spill > 1 ? 2 : 1;
    struct ivf_query q = {
        .index = index,
        .ivf = ivf,
        .filter = query->filter,
        .scratch = scratch,
        .wanted = wanted,
        .rerank = limit(query->rerank ? query->rerank : index->settings.rerank, wanted * copies,
                        ANN_BEAM_MAX),
        .work = work,
    };
    if (q.rerank > ivf->first[ivf->lists]) q.rerank = ivf->first[ivf->lists];
    size_t probes = limit(query->probes ? query->probes : index->settings.probes, 1, ivf->lists);
    choose_lists(&q, probes);
    if (ivf->coded) coder_query(&ivf->coder, scratch->query, &scratch->ivf->coder, &q.tables);
    scratch->ivf->candidates.count = 0;
    scratch->ivf->candidates.least = -FLT_MAX;
    beam_reset(&scratch->beam, wanted);
    for (size_t i = 0; i < probes; i++) {
        scan_list(&q, scratch->ivf->lists[i], scratch->ivf->bases[i]);
    }
    if (ivf->coded) rerank(&q);
    visited_clear(&scratch->visited);
}

const struct index_kind ivf_flat_kind = {
    .name = "ivf_flat",
    .build = ivf_build,
    .search = ivf_search,
    .size_bytes = ivf_size_bytes,
};
const struct index_kind ivf_pq_kind = {
    .name = "ivf_pq",
    .build = ivf_build,
    .search = ivf_search,
    .size_bytes = ivf_size_bytes,
};
const struct index_kind scann_kind = {
    .name = "scann",
    .build = ivf_build,
    .search = ivf_search,
    .size_bytes = ivf_size_bytes,
};
