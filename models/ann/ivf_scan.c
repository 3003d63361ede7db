#include "models/ann/ivf_scan.h"

#include <float.h>
#include <math.h>

/* Scores as keys; returns how many with what fills the last line. */
static size_t key_scores(struct ivf_candidates *c)
{
    size_t padded = (c->count + SCAN_BYTE_ROWS - 1) / SCAN_BYTE_ROWS * SCAN_BYTE_ROWS;
    for (size_t i = 0; i < c->count; i++) c->keys[i] = book_key(c->scores[i]);
    for (size_t i = c->count; i < padded; i++) c->keys[i] = INT32_MIN;
    return padded;
}

void ivf_narrow(const struct scan_kernels *kernels, struct ivf_candidates *c, size_t wanted)
{
    if (c->count <= wanted) return;
    size_t padded = key_scores(c);
    select_greatest(kernels, c->keys, padded, wanted, c->chosen);
    float least = FLT_MAX;
    for (size_t i = 0; i < wanted; i++) {
        uint32_t at = c->chosen[i];
        c->slots[i] = c->slots[at];
        c->scores[i] = c->scores[at];
        if (c->margins) c->margins[i] = c->margins[at];
        if (c->scores[i] < least) least = c->scores[i];
    }
    c->count = wanted;
    c->least = least;
}

static void swap_candidates(struct ivf_candidates *c, size_t a, size_t b)
{
    uint32_t slot = c->slots[a];
    float score = c->scores[a];
    float margin = c->margins[a];
    c->slots[a] = c->slots[b];
    c->scores[a] = c->scores[b];
    c->margins[a] = c->margins[b];
    c->slots[b] = slot;
    c->scores[b] = score;
    c->margins[b] = margin;
}

/* Brings the best `wanted` candidates, which have margins, to the front. */
static void bring_best(const struct scan_kernels *kernels, struct ivf_candidates *c, size_t wanted)
{
    size_t padded = key_scores(c);
    select_greatest(kernels, c->keys, padded, wanted, c->chosen);
    /* In order of place, so that none is moved away before its turn. */
    for (size_t i = 0; i < wanted; i++) swap_candidates(c, i, c->chosen[i]);
}

/* What is the same for all rows of a list. */
struct list_share {
    uint32_t first_slot;
    float base; /* of the score */
    float away; /* |query - centroid|, in units of scores */
};

/* New candidates from place `from` on have places in the list and scores without the list's share;
 * drops those that may not be hits. */
static void take_hits(const struct ivf_query *q, const struct list_share *list, size_t from)
{
    struct ivf_candidates *c = &q->scratch->ivf->candidates;
    bool all = !q->passing->bits && !q->passing->dead;
    size_t kept = from;
    for (size_t i = from; i < c->count; i++) {
        uint32_t slot = c->slots[i] + list->first_slot;
        c->slots[kept] = slot;
        c->scores[kept] = c->scores[i] + list->base;
        if (q->ivf->margin) c->margins[kept] = q->ivf->margin[slot] * list->away;
        kept += all || index_passes(q->passing, q->ivf->ids[slot]);
    }
    c->count = kept;
}

void ivf_scan_codes(const struct ivf_query *q, uint32_t list, float product)
{
    const struct ivf *ivf = q->ivf;
    struct ivf_candidates *c = &q->scratch->ivf->candidates;
    uint32_t slot = ivf->first[list];
    struct scan_list rows = {.codes = ivf->codes + slot / SCAN_BLOCK * ivf->block_bytes,
                             .scale = ivf->scale ? ivf->scale + slot : NULL,
                             .bias = ivf->bias ? ivf->bias + slot : NULL,
                             .length = ivf->length[list]};
    struct list_share share = {.first_slot = slot, .base = product * q->tables.unit};
    if (!rows.scale) share.base += q->tables.offset;
    if (ivf->margin) {
        float square = q->square - 2 * product + ivf->coarse.norms[list];
        share.away = square > 0 ? sqrtf(square) * q->tables.unit : 0;
    }
    size_t blocks = (rows.length + SCAN_BLOCK - 1) / SCAN_BLOCK;
    for (size_t block = 0; block < blocks;) {
        struct scan_hits hits = {.rows = c->slots + c->count,
                                 .scores = c->scores + c->count,
                                 .room = q->room - c->count};
        block = ivf->coarse.scan->codes(&rows, &q->tables, block, c->least - share.base, &hits);
        if (!hits.count) continue;
        size_t from = c->count;
        c->count += hits.count;
        take_hits(q, &share, from);
        if (q->room - c->count < SCAN_BLOCK) ivf_narrow(ivf->coarse.scan, c, q->rerank);
    }
    if (!q->work) return;
    q->work->code_distances += rows.length;
    q->work->bytes += blocks * ivf->block_bytes;
}

/* Compares scratch->ids[0 .. count - 1] and puts the near ones into the beam. */
static void compare(const struct ivf_query *q, const struct code_rows *codes, size_t count)
{
    if (!count) return;
    struct ann_scratch *scratch = q->scratch;
    index_distances(q->index, codes, scratch, scratch->ids, count, scratch->distances);
    index_count_distances(q->index, codes, count, q->work);
    uint64_t bound = beam_bound(&scratch->beam);
    for (size_t i = 0; i < count; i++) {
        uint64_t key = key_make(scratch->distances[i], scratch->ids[i]);
        if (key >= bound) continue;
        beam_add(&scratch->beam, key);
        bound = beam_bound(&scratch->beam);
    }
}

/* Adds a row to those to compare, unless it may not be a hit or was there before. */
static size_t add_row(const struct ivf_query *q, size_t count, uint32_t id)
{
    q->scratch->ids[count] = id;
    if (!index_passes(q->passing, id)) return count;
    if (q->twice && !visited_set(&q->scratch->visited, id)) return count;
    return count + 1;
}

void ivf_scan_ids(const struct ivf_query *q, const uint32_t *ids, size_t length)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++) {
        count = add_row(q, count, ids[i]);
        if (count < ROWS_AT_ONCE) continue;
        compare(q, q->index->codes, count);
        count = 0;
    }
    compare(q, q->index->codes, count);
}

void ivf_scan_rows(const struct ivf_query *q, uint32_t list)
{
    ivf_scan_ids(q, q->ivf->ids + q->ivf->first[list], q->ivf->length[list]);
}

void ivf_scan_tail(const struct ivf_query *q, const struct code_rows *codes)
{
    size_t count = 0;
    for (size_t id = q->ivf->rows; id < q->index->count; id++) {
        count = add_row(q, count, (uint32_t)id);
        if (count < ROWS_AT_ONCE) continue;
        compare(q, codes, count);
        count = 0;
    }
    compare(q, codes, count);
}

/* Compares candidates first .. end - 1, except those that can hardly get into the beam. */
static void rerank_part(const struct ivf_query *q, size_t first, size_t end)
{
    const struct ivf_candidates *c = &q->scratch->ivf->candidates;
    const struct ann_index *index = q->index;
    float bound = beam_bound_distance(&q->scratch->beam);
    size_t count = 0;
    for (size_t i = first; i < end; i++) {
        uint32_t id = q->ids[c->slots[i]];
        if (q->ivf->margin) {
            float product = (c->scores[i] + c->margins[i]) / q->tables.unit;
            float nearest = q->ivf->coder.squared ? q->square - 2 * product
                                                  : index->offset + index->scale * product;
            if (nearest > bound) continue;
        }
        q->scratch->ids[count] = id;
        count += !q->twice || visited_set(&q->scratch->visited, id);
        if (count < ROWS_AT_ONCE) continue;
        compare(q, NULL, count);
        count = 0;
    }
    compare(q, NULL, count);
}

void ivf_rerank(const struct ivf_query *q)
{
    struct ivf_candidates *c = &q->scratch->ivf->candidates;
    const struct scan_kernels *kernels = q->ivf->coarse.scan;
    ivf_narrow(kernels, c, q->rerank);
    size_t first = 0;
    if (q->ivf->margin && c->count > q->wanted) {
        /* The likeliest hits give a bound that stops most of the others. */
        bring_best(kernels, c, q->wanted);
        first = q->wanted;
        rerank_part(q, 0, first);
    }
    rerank_part(q, first, c->count);
}
