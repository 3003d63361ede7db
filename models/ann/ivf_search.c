#include "base/arena.h"
#include "base/compiler.h"
#include "models/ann/filter.h"
#include "models/ann/ivf.h"
#include "models/ann/ivf_packed.h"
#include "models/ann/ivf_scan.h"
#include "models/ann/prepared.h"

#include <assert.h>
#include <float.h>

enum {
    FIRST_LISTS = 8,   /* searched first, for a tight bound */
    FILTER_RERANK = 2, /* candidates from lists far from the query need more: codes err more there,
                          and distances differ less */
    NEARBY_ROWS = 128,
    APART = 3,       /* hits are elsewhere when so many times less than on average are nearby */
    APART_SHARE = 6, /* and then, with less than a sixth passing, all are compared too */
    AHEAD_LINES = 64 /* of the next list that are fetched beforehand, at most */
};

struct ivf_scratch *ivf_scratch_new(struct arena *arena, const struct ann_index *index)
{
    const struct ivf *ivf = index->ivf;
    struct ivf_scratch *s = arena_new_item(arena, struct ivf_scratch);
    if (!ivf->lists) return s;
    s->lists_room = ivf->coarse.rows.count;
    s->columns = ivf->coded ? ivf->coder.columns : 0;
    s->slots = ivf->first[ivf->lists];
    s->margins = ivf->margin != NULL;
    coarse_work_init(arena, &s->coarse, &ivf->coarse);
    if (ivf->coded) coder_work_init(arena, &s->coder, &ivf->coder);
    size_t padded = ivf->coarse.rows.count + SCAN_BYTE_ROWS;
    s->lists = arena_array(arena, uint32_t, padded);
    s->order = arena_array(arena, uint32_t, padded);
    s->list_keys = arena_array(arena, int32_t, padded);
    s->bases = arena_array(arena, float, padded);
    s->marks = arena_array(arena, uint64_t, s->slots / SCAN_BLOCK / WORD_BITS + 2);
    size_t most = ivf->first[ivf->lists];
    if (most > ANN_BEAM_MAX) most = ANN_BEAM_MAX;
    size_t room = 2 * most + 4 * SCAN_BLOCK;
    s->candidates.slots = arena_array(arena, uint32_t, room);
    s->candidates.scores = arena_array(arena, float, room);
    if (ivf->margin) s->candidates.margins = arena_array(arena, float, room);
    s->candidates.keys = arena_array(arena, int32_t, room);
    s->candidates.chosen = arena_array(arena, uint32_t, room);
    return s;
}

void ivf_bring_best(const struct coarse *coarse, struct ivf_scratch *s, size_t count, size_t first)
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

static void score_lists(const struct ivf_query *q)
{
    struct ivf_scratch *s = q->scratch->ivf;
    s->query_scale = coarse_score(&q->ivf->coarse, q->scratch->query, &s->coarse);
}

/* Chooses `probes` lists into s->lists, the best FIRST_LISTS of them first, and their inner
 * products with the query into s->bases. */
static void choose_lists(const struct ivf_query *q, size_t probes)
{
    struct ivf_scratch *s = q->scratch->ivf;
    const struct coarse *coarse = &q->ivf->coarse;
    select_greatest(coarse->scan, s->coarse.keys, coarse->rows.count, probes, s->lists);
    if (probes > FIRST_LISTS) ivf_bring_best(coarse, s, probes, FIRST_LISTS);
    for (size_t i = 0; i < probes; i++) {
        uint32_t list = s->lists[i];
        s->bases[i] = (float)s->coarse.dots[list] * (coarse->scale[list] * s->query_scale);
    }
}

static void fetch_list(const struct ivf_query *q, uint32_t list)
{
    const struct ivf *ivf = q->ivf;
    const uint8_t *codes = ivf->codes + ivf->first[list] / SCAN_BLOCK * ivf->block_bytes;
    size_t lines = (ivf->first[list + 1] - ivf->first[list]) / SCAN_BLOCK * ivf->block_bytes /
                   SCAN_GROUP_BYTES;
    if (lines > AHEAD_LINES) lines = AHEAD_LINES;
    for (size_t i = 0; i < lines; i++) PREFETCH(codes + i * SCAN_GROUP_BYTES);
    if (!q->passing->bits) return;
    const uint32_t *ids = ivf->ids + ivf->first[list];
    for (uint32_t i = 0; i < ivf->length[list] && i < NEARBY_ROWS; i += 16) PREFETCH(ids + i);
}

static void look_through(const struct ivf_query *q, size_t probes)
{
    struct ivf_scratch *s = q->scratch->ivf;
    for (size_t i = 0; i < probes; i++) {
        if (q->ivf->coded) {
            if (i + 1 < probes) fetch_list(q, s->lists[i + 1]);
            ivf_scan_codes(q, s->lists[i], s->bases[i]);
        } else {
            ivf_scan_rows(q, s->lists[i]);
        }
    }
    if (q->work) q->work->lists += probes;
}

static void search_codes(struct ivf_query *q, const struct ivf_packed *packed, size_t probes)
{
    struct ivf_scratch *s = q->scratch->ivf;
    coder_query(&q->ivf->coder, q->scratch->query, &s->coder, &q->tables);
    s->candidates.count = 0;
    s->candidates.least = -FLT_MAX;
    if (packed) {
        ivf_search_packed(q, packed, probes);
    } else {
        look_through(q, probes);
    }
    beam_reset(&q->scratch->beam, q->wanted);
    ivf_rerank(q);
    ivf_scan_tail(q, NULL);
}

static void search_rows(struct ivf_query *q, const struct ivf_packed *packed, size_t probes)
{
    const struct code_rows *codes = q->index->codes;
    beam_reset(&q->scratch->beam, codes ? q->rerank : q->wanted);
    index_target(codes, q->scratch->query, q->scratch);
    if (packed) {
        ivf_search_packed(q, packed, probes);
    } else {
        look_through(q, probes);
    }
    ivf_scan_tail(q, codes);
    if (codes) index_rerank(q->index, q->rerank, q->wanted, q->scratch, q->work);
}

static size_t limit(size_t value, size_t least, size_t most)
{
    if (value < least) value = least;
    return value < most ? value : most;
}

/* The share of the rows in the FIRST_LISTS lists nearest to the query, the first NEARBY_ROWS of
 * each, that may be hits. */
static double share_nearby(const struct ivf_query *q)
{
    size_t rows = 0;
    size_t passing = 0;
    size_t lists = q->ivf->lists < FIRST_LISTS ? q->ivf->lists : FIRST_LISTS;
    for (size_t i = 0; i < lists; i++) {
        uint32_t list = q->scratch->ivf->lists[i];
        const uint32_t *ids = q->ivf->ids + q->ivf->first[list];
        uint32_t length = q->ivf->length[list];
        if (length > NEARBY_ROWS) length = NEARBY_ROWS;
        for (uint32_t j = 0; j < length; j++) passing += index_passes(q->passing, ids[j]);
        rows += length;
    }
    return ((double)passing + 0.5) / ((double)rows + 1);
}

/* More lists when only some rows may be hits: the nearest of those lie farther out, all the more
 * when there are few of them about the query. 0: comparing all that pass costs less. */
static size_t raise_probes(const struct ivf_query *q, size_t probes)
{
    double share = (double)q->passing->count / (double)q->index->count;
    double nearby = share_nearby(q);
    double factor = __builtin_sqrt(__builtin_sqrt(1 / share));
    if (nearby < share) {
        /* To the power 5/8: fitted to the half of the most frequent words. */
        double root = __builtin_sqrt(share / nearby);
        factor *= root * __builtin_sqrt(__builtin_sqrt(root));
    }
    size_t lists = q->ivf->lists;
    double raised = (double)probes * factor;
    size_t most = raised < (double)lists ? (size_t)raised : lists;
    size_t rows = q->ivf->rows / lists * most;
    if (q->filtering == ANN_FILTER_SEARCH) return most;
    if (filter_scans_lists(q->passing->count, q->index->rows.stride, rows)) return 0;
    bool apart = nearby * APART < share;
    return apart && q->passing->count < q->ivf->rows / APART_SHARE ? 0 : most;
}

static float square_of(const struct ann_index *index, const float *query)
{
    static const uint32_t itself = 0;
    struct distance_rows rows = {.values = query, .stride = index->rows.stride};
    float square;
    distance_kernels_of(index->level)->gather_dot(&rows, query, &itself, 1, &square);
    return square;
}

/* A scratch may come from another index. */
static void require_room(const struct ann_index *index, const struct ivf_scratch *s)
{
    const struct ivf *ivf = index->ivf;
    assert(s && s->lists_room >= ivf->coarse.rows.count && s->slots >= ivf->first[ivf->lists]);
    assert(!ivf->coded || s->columns >= ivf->coder.columns);
    assert(!ivf->margin || s->margins);
}

void ivf_search(const struct ann_index *index, const struct ann_query *query,
                struct ann_scratch *scratch, struct ann_work *work)
{
    const struct ivf *ivf = index->ivf;
    struct index_passing passing = index_passing_of(index, query->filter);
    const bool scan = query->filtering == ANN_FILTER_CHEAPER
                          ? filter_scans_lists(passing.count, index->rows.stride, 0)
                          : query->filtering == ANN_FILTER_SCAN;
    if (!ivf->lists || (passing.bits && scan)) {
        index_scan_reranked(index, query, &passing, scratch, work);
        return;
    }
    require_room(index, scratch->ivf);
    const struct ann_prepared *prepared = prepared_for(index, query->filter);
    const struct ivf_packed *packed = prepared ? prepared->lists : NULL;
    bool twice = index->settings.spill > 1;
    size_t rerank = query->rerank ? query->rerank : index->settings.rerank;
    if (passing.bits) rerank = rerank < ANN_BEAM_MAX ? FILTER_RERANK * rerank : ANN_BEAM_MAX;
    struct ivf_query q = {.index = index,
                          .ivf = ivf,
                          .ids = packed ? packed->ids : ivf->ids,
                          .passing = &passing,
                          .scratch = scratch,
                          .wanted = query->top_k,
                          .rerank = limit(rerank, query->top_k * (twice ? 2 : 1),
                                          limit(ivf->first[ivf->lists], 1, ANN_BEAM_MAX)),
                          .twice = twice,
                          .filtering = query->filtering,
                          .work = work};
    q.room = 2 * q.rerank + 2 * SCAN_BLOCK;
    if (ivf->margin) q.square = square_of(index, scratch->query);
    scratch->target = scratch->query;
    size_t probes = query->probes ? query->probes : index->settings.probes;
    probes = limit(probes, 1, ivf->lists);
    score_lists(&q);
    if (passing.bits && !packed) {
        choose_lists(&q, limit(FIRST_LISTS, 1, ivf->lists));
        probes = raise_probes(&q, probes);
        if (!probes) {
            index_scan_reranked(index, query, &passing, scratch, work);
            return;
        }
    }
    if (!packed) choose_lists(&q, probes);
    if (ivf->coded) {
        search_codes(&q, packed, probes);
    } else {
        search_rows(&q, packed, probes);
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
