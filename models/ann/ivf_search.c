#include "models/ann/ivf.h"

#include "base/arena.h"
#include "base/compiler.h"
#include "models/ann/ivf_scan.h"

#include <float.h>

enum {
    FIRST_LISTS = 8, /* searched first, for a tight bound */
    GATHER_MOST = 2500, /* with no more rows passing, all of them are compared */
    AHEAD_LINES = 64 /* of the next list that are fetched beforehand, at most */
};

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
    s->candidates.slots = arena_array(arena, uint32_t, room);
    s->candidates.scores = arena_array(arena, float, room);
    s->candidates.keys = arena_array(arena, int32_t, room);
    s->candidates.chosen = arena_array(arena, uint32_t, room);
    return s;
}

/* Brings the best `first` of s->lists[0 .. count - 1] to the front. */
static void bring_best(const struct coarse *coarse, struct ivf_scratch *s, size_t count,
                       size_t first)
{
    size_t padded = (count + SCAN_BYTE_ROWS - 1) / SCAN_BYTE_ROWS * SCAN_BYTE_ROWS;
    for (size_t i = 0; i < count; i++) s->list_keys[i] = s->coarse.keys[s->lists[i]];
    for (size_t i = count; i < padded; i++) s->list_keys[i] = INT32_MIN;
    select_greatest(coarse->scan, s->list_keys, padded, first, s->order);
    for (size_t i = 0; i < first; i++) {
        uint32_t list = s->lists[s->order[i]];
        s->lists[s->order[i]] = s->lists[i];
        s->lists[i] = list;
    }
}

/* Chooses `probes` lists into s->lists, the best FIRST_LISTS of them first, and their inner
 * products with the query into s->bases. */
static void choose_lists(const struct ivf_query *q, size_t probes)
{
    struct ivf_scratch *s = q->scratch->ivf;
    const struct coarse *coarse = &q->ivf->coarse;
    float scale = coarse_score(coarse, q->scratch->query, &s->coarse);
    select_greatest(coarse->scan, s->coarse.keys, coarse->rows.count, probes, s->lists);
    if (probes > FIRST_LISTS) bring_best(coarse, s, probes, FIRST_LISTS);
    for (size_t i = 0; i < probes; i++) {
        uint32_t list = s->lists[i];
        s->bases[i] = (float)s->coarse.dots[list] * (coarse->scale[list] * scale);
    }
}

static void fetch_list(const struct ivf *ivf, uint32_t list)
{
    const uint8_t *codes = ivf->codes + ivf->first[list] / SCAN_BLOCK * ivf->block_bytes;
    size_t lines = (ivf->first[list + 1] - ivf->first[list]) / SCAN_BLOCK * ivf->block_bytes /
                   SCAN_GROUP_BYTES;
    if (lines > AHEAD_LINES) lines = AHEAD_LINES;
    for (size_t i = 0; i < lines; i++) PREFETCH(codes + i * SCAN_GROUP_BYTES);
}

static void look_through(const struct ivf_query *q, size_t probes)
{
    struct ivf_scratch *s = q->scratch->ivf;
    for (size_t i = 0; i < probes; i++) {
        if (q->ivf->coded) {
            if (i + 1 < probes) fetch_list(q->ivf, s->lists[i + 1]);
            ivf_scan_codes(q, s->lists[i], s->bases[i]);
        } else {
            ivf_scan_rows(q, s->lists[i]);
        }
    }
    if (q->work) q->work->lists += probes;
}

static void search_codes(struct ivf_query *q, size_t probes)
{
    struct ivf_scratch *s = q->scratch->ivf;
    coder_query(&q->ivf->coder, q->scratch->query, &s->coder, &q->tables);
    s->candidates.count = 0;
    s->candidates.least = -FLT_MAX;
    look_through(q, probes);
    beam_reset(&q->scratch->beam, q->wanted);
    ivf_rerank(q);
    ivf_scan_tail(q, NULL);
}

static void search_rows(struct ivf_query *q, size_t probes)
{
    const struct code_rows *codes = q->index->codes;
    beam_reset(&q->scratch->beam, codes ? q->rerank : q->wanted);
    index_target(codes, q->scratch->query, q->scratch);
    look_through(q, probes);
    ivf_scan_tail(q, codes);
    if (codes) index_rerank(q->index, q->rerank, q->wanted, q->scratch, q->work);
}

static size_t limit(size_t value, size_t least, size_t most)
{
    if (value < least) value = least;
    return value < most ? value : most;
}

/* Lists to look through when only some rows may be hits: the nearest of those lie farther out. */
static size_t probes_of(const struct ann_index *index, const struct ann_query *query,
                        const struct index_passing *passing)
{
    size_t probes = query->probes ? query->probes : index->settings.probes;
    double share = (double)passing->count / (double)index->count;
    if (passing->bits && share < 1) probes = (size_t)((double)probes / __builtin_sqrt(share));
    return limit(probes, 1, index->ivf->lists);
}

void ivf_search(const struct ann_index *index, const struct ann_query *query,
                struct ann_scratch *scratch, struct ann_work *work)
{
    const struct ivf *ivf = index->ivf;
    struct index_passing passing = index_passing_of(index, query->filter);
    if (!ivf->lists || (passing.bits && passing.count <= GATHER_MOST)) {
        index_scan_reranked(index, query, &passing, scratch, work);
        return;
    }
    bool twice = index->settings.spill > 1;
    size_t rerank = query->rerank ? query->rerank : index->settings.rerank;
    struct ivf_query q = {.index = index,
                          .ivf = ivf,
                          .passing = &passing,
                          .scratch = scratch,
                          .wanted = query->top_k,
                          .rerank = limit(rerank, query->top_k * (twice ? 2 : 1),
                                          limit(ivf->first[ivf->lists], 1, ANN_BEAM_MAX)),
                          .twice = twice,
                          .work = work};
    q.room = 2 * q.rerank + 2 * SCAN_BLOCK;
    scratch->target = scratch->query;
    size_t probes = probes_of(index, query, &passing);
    choose_lists(&q, probes);
    if (ivf->coded) {
        search_codes(&q, probes);
    } else {
        search_rows(&q, probes);
    }
    visited_clear(&scratch->visited);
    if (scratch->beam.length >= query->top_k) return;
    struct ann_query exact = *query;
    exact.exact = true;
    index_scan_reranked(index, &exact, &passing, scratch, work);
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
