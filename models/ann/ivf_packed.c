#include "models/ann/ivf_packed.h"

#include "base/compiler.h"
#include "models/ann/filter.h"

#include <math.h>
#include <string.h>

enum {
    FIRST_LISTS = 8,  /* searched first, for a tight bound */
    RUN_BLOCKS = 8,   /* scanned in one go, at most */
    AHEAD_LINES = 32, /* of a run that are fetched beforehand */
    GOAL_SLACK = 16,  /* the goal may be surpassed by such a part */
    FILLED_AT_ONCE = 16
};

/* Blocks waiting to be scanned. */
struct run {
    size_t first;
    size_t end;
};

static size_t list_block(uint32_t place)
{
    return place / SCAN_BLOCK;
}

/* The bound that the keys of lists must be above to hold at least `goal` rows, and hardly more. */
static int32_t bound_of(const struct ivf_query *q, const struct ivf_packed *packed, size_t goal)
{
    const struct coarse *coarse = &q->ivf->coarse;
    const int32_t *keys = q->scratch->ivf->coarse.keys;
    size_t padded = coarse->rows.count;
    int64_t low; /* lists above it hold enough */
    int64_t high;
    if (goal >= packed->rows) return INT32_MIN;
    keys_extent(keys, padded, &low, &high);
    low--;
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        size_t rows = coarse->scan->weigh(keys, packed->lengths, padded, (int32_t)middle);
        if (rows < goal) {
            high = middle;
        } else {
            low = middle;
            if (rows <= goal + goal / GOAL_SLACK) break;
        }
    }
    return low < INT32_MIN ? INT32_MIN : (int32_t)low;
}

/* The lists nearest to the query that hold enough rows, to s->lists; how many. Where
 * most pass, lists near a query hold more than others, and the goal is soon met: there are never
 * fewer lists than `probes`, by the root of what is lacking more, because what is nearest lies
 * farther out. */
static size_t choose_lists(const struct ivf_query *q, const struct ivf_packed *packed,
                           size_t probes)
{
    struct ivf_scratch *s = q->scratch->ivf;
    const struct coarse *coarse = &q->ivf->coarse;
    const int32_t *keys = s->coarse.keys;
    size_t padded = coarse->rows.count;
    size_t all = q->ivf->rows * (q->twice ? 2 : 1);
    int32_t bound = bound_of(q, packed, filter_goal(all, q->ivf->lists, probes));
    size_t near = coarse->scan->collect(keys, padded, bound, s->lists);
    double lacking = (double)all / (double)(packed->rows ? packed->rows : 1);
    size_t least = (size_t)((double)probes * __builtin_sqrt(lacking));
    if (least > q->ivf->lists) least = q->ivf->lists;
    if (near < least) {
        select_greatest(coarse->scan, keys, padded, least, s->lists);
        near = least;
    }
    size_t count = 0;
    for (size_t i = 0; i < near; i++) {
        s->lists[count] = s->lists[i];
        count += packed->lengths[s->lists[i]] > 0;
    }
    return count;
}

/* Inner products of the query and all centroids. */
static void set_bases(const struct ivf_query *q)
{
    const struct ivf_scratch *s = q->scratch->ivf;
    const int32_t *restrict dots = s->coarse.dots;
    const float *restrict scale = q->ivf->coarse.scale;
    float *restrict bases = s->bases;
    const float query_scale = s->query_scale;
    for (size_t i = 0; i < q->ivf->coarse.rows.count; i += SCAN_BYTE_ROWS) {
        for (size_t j = i; j < i + SCAN_BYTE_ROWS; j++) {
            bases[j] = (float)dots[j] * (scale[j] * query_scale);
        }
    }
}

/* New candidates from place `from` on have places from `first` on and scores of all but an offset;
 * drops rows that were deleted since. */
static void take_hits(const struct ivf_query *q, const struct ivf_packed *packed, size_t first,
                      size_t from)
{
    struct ivf_candidates *c = &q->scratch->ivf->candidates;
    const struct index_passing alive = {.dead = q->passing->dead};
    float offset = packed->scale ? 0 : q->tables.offset;
    size_t kept = from;
    for (size_t i = from; i < c->count; i++) {
        size_t place = c->slots[i] + first;
        c->slots[kept] = (uint32_t)place;
        c->scores[kept] = c->scores[i] + offset;
        if (packed->margin) {
            uint32_t list = packed->list[place];
            float square =
                q->square - 2 * q->scratch->ivf->bases[list] + q->ivf->coarse.norms[list];
            float away = square > 0 ? sqrtf(square) * q->tables.unit : 0;
            c->margins[kept] = packed->margin[place] * away;
        }
        kept += index_passes(&alive, packed->ids[place]);
    }
    c->count = kept;
}

/* What the rows at places first .. end - 1 have beside their codes' share. */
static void fill_biases(const struct ivf_packed *packed, const float *bases, size_t first,
                        size_t end, float *restrict biases)
{
    for (size_t at = first; at < end;) {
        uint32_t list = packed->list[at];
        size_t stop = packed->first[list + 1] < end ? packed->first[list + 1] : end;
        float base = bases[list];
        for (; at < stop; at += FILLED_AT_ONCE) {
            float *out = biases + (at - first);
            for (size_t i = 0; i < FILLED_AT_ONCE; i++) out[i] = base;
        }
        at = stop;
    }
    if (!packed->bias) return;
    for (size_t i = 0; i < end - first; i++) biases[i] += packed->bias[first + i];
}

/* Blocks first .. end - 1, RUN_BLOCKS of them at most. */
static void scan_run(const struct ivf_query *q, const struct ivf_packed *packed,
                     const struct run *run)
{
    const struct ivf *ivf = q->ivf;
    struct ivf_candidates *c = &q->scratch->ivf->candidates;
    float biases[RUN_BLOCKS * SCAN_BLOCK + FILLED_AT_ONCE];
    size_t first = run->first * SCAN_BLOCK;
    size_t end = run->end * SCAN_BLOCK;
    if (end > packed->rows) end = packed->rows;
    fill_biases(packed, q->scratch->ivf->bases, first, end, biases);
    struct scan_list rows = {.codes = packed->codes + run->first * ivf->block_bytes,
                             .scale = packed->scale ? packed->scale + first : NULL,
                             .bias = biases,
                             .length = end - first};
    float offset = packed->scale ? 0 : q->tables.offset;
    for (size_t block = 0; block < run->end - run->first;) {
        struct scan_hits hits = {.rows = c->slots + c->count,
                                 .scores = c->scores + c->count,
                                 .room = q->room - c->count};
        block = ivf->coarse.scan->codes(&rows, &q->tables, block, c->least - offset, &hits);
        if (!hits.count) continue;
        size_t from = c->count;
        c->count += hits.count;
        take_hits(q, packed, first, from);
        if (q->room - c->count < SCAN_BLOCK) ivf_narrow(ivf->coarse.scan, c, q->rerank);
    }
    if (!q->work) return;
    q->work->code_distances += end - first;
    q->work->bytes += (run->end - run->first) * ivf->block_bytes;
}

static void fetch_run(const struct ivf_query *q, const struct ivf_packed *packed, size_t block)
{
    const uint8_t *codes = packed->codes + block * q->ivf->block_bytes;
    for (size_t i = 0; i < AHEAD_LINES; i++) PREFETCH(codes + i * SCAN_GROUP_BYTES);
    PREFETCH(packed->list + block * SCAN_BLOCK);
    PREFETCH(packed->list + block * SCAN_BLOCK + SCAN_BLOCK / 2);
}

/* Scans a block once; the blocks that follow each other together. */
static void add_block(const struct ivf_query *q, const struct ivf_packed *packed, struct run *run,
                      size_t block)
{
    uint64_t *marks = q->scratch->ivf->marks;
    uint64_t bit = (uint64_t)1 << block % WORD_BITS;
    if (marks[block / WORD_BITS] & bit) return;
    marks[block / WORD_BITS] |= bit;
    if (run->end == block && run->end - run->first < RUN_BLOCKS) {
        run->end++;
        return;
    }
    fetch_run(q, packed, block);
    if (run->end > run->first) scan_run(q, packed, run);
    *run = (struct run){.first = block, .end = block + 1};
}

static void scan_lists(const struct ivf_query *q, const struct ivf_packed *packed, size_t count)
{
    struct ivf_scratch *s = q->scratch->ivf;
    struct run run = {0};
    size_t words = (packed->rows + SCAN_BLOCK - 1) / SCAN_BLOCK / WORD_BITS + 1;
    memset(s->marks, 0, words * sizeof *s->marks);
    set_bases(q);
    for (size_t i = 0; i < count; i++) {
        uint32_t first = packed->first[s->lists[i]];
        size_t last = list_block(first + packed->lengths[s->lists[i]] - 1);
        for (size_t block = list_block(first); block <= last; block++) {
            add_block(q, packed, &run, block);
        }
    }
    if (run.end > run.first) scan_run(q, packed, &run);
}

void ivf_search_packed(const struct ivf_query *q, const struct ivf_packed *packed, size_t probes)
{
    struct ivf_scratch *s = q->scratch->ivf;
    size_t count = choose_lists(q, packed, probes);
    if (count > FIRST_LISTS) ivf_bring_best(&q->ivf->coarse, s, count, FIRST_LISTS);
    if (q->work) q->work->lists += count;
    if (q->ivf->coded) {
        scan_lists(q, packed, count);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        uint32_t list = s->lists[i];
        ivf_scan_ids(q, packed->ids + packed->first[list], packed->lengths[list]);
    }
}
