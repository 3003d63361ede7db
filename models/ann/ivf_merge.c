#include "base/arena.h"
#include "models/ann/ivf.h"
#include "models/ann/memory.h"

#include <float.h>
#include <string.h>

/* Lists change by copying: those who search the old ones keep them. Each list is copied as it is,
 * holes of rows that are gone are filled from its end, and new rows go behind. */
struct merging {
    const struct ann_index *index; /* with all rows */
    const struct ivf *old;
    const struct ivf_changes *changes;
    struct ivf *ivf;
    size_t added;     /* rows times lists a row */
    uint32_t *of_row; /* list of each new row; then second lists of all of them */
    struct distance_rows centroids;
    struct coder_work coder;
};

static uint32_t new_id(const struct merging *m, uint32_t id)
{
    if (m->changes->new_ids) return m->changes->new_ids[id];
    const struct index_passing alive = {.dead = m->changes->dead};
    return index_passes(&alive, id) ? id : UINT32_MAX;
}

/* --- lists of new rows --- */

/* As rows chose their lists at the build: the nearest centroid, whatever queries choose by. */
static void assign(struct arena *passing, struct merging *m)
{
    struct coarse nearest = m->old->coarse;
    size_t padded = nearest.rows.count;
    nearest.bias = arena_alloc_aligned(passing, padded * sizeof(float), ANN_ALIGNMENT);
    for (size_t i = nearest.count; i < padded; i++) nearest.bias[i] = -FLT_MAX;
    coarse_weigh(&nearest, 0.5f);
    struct coarse_work work;
    coarse_work_init(passing, &work, &nearest);
    size_t count = m->changes->end - m->changes->first;
    for (size_t i = 0; i < count; i++) {
        const float *row = index_row(m->index, (uint32_t)(m->changes->first + i));
        coarse_score(&nearest, row, &work);
        m->of_row[i] = (uint32_t)nearest.book->best(work.keys, padded);
    }
    for (size_t i = count; i < m->added; i++) {
        const float *row = index_row(m->index, (uint32_t)(m->changes->first + i - count));
        m->of_row[i] =
            ivf_second_list(&m->old->coarse, &m->centroids, row, m->of_row[i - count], &work);
    }
}

/* --- room --- */

static void make_room(struct arena *arena, struct merging *m)
{
    const struct ivf *old = m->old;
    struct ivf *ivf = m->ivf;
    ivf->first = arena_array(arena, uint32_t, ivf->lists + 1);
    ivf->length = arena_array(arena, uint32_t, ivf->lists);
    for (size_t list = 0; list < ivf->lists; list++) {
        const uint32_t *ids = old->ids + old->first[list];
        for (uint32_t i = 0; i < old->length[list]; i++) {
            ivf->length[list] += new_id(m, ids[i]) != UINT32_MAX;
        }
    }
    for (size_t i = 0; i < m->added; i++) ivf->length[m->of_row[i]]++;
    for (size_t list = 0; list < ivf->lists; list++) {
        uint32_t blocks = (ivf->length[list] + SCAN_BLOCK - 1) / SCAN_BLOCK;
        ivf->first[list + 1] = ivf->first[list] + blocks * SCAN_BLOCK;
    }
    size_t slots = ivf->first[ivf->lists];
    ivf->ids = arena_array(arena, uint32_t, slots);
    if (!ivf->coded) return;
    ivf->codes = memory_large(arena, slots / SCAN_BLOCK, ivf->block_bytes);
    if (old->scale) ivf->scale = arena_array(arena, float, slots);
    if (old->bias) ivf->bias = arena_array(arena, float, slots);
    if (old->margin) ivf->margin = arena_array(arena, float, slots);
}

/* --- moving rows --- */

static void put_code(const struct ivf *ivf, uint32_t slot, size_t piece, unsigned code)
{
    size_t row = slot % SCAN_BLOCK;
    size_t in_group = piece % SCAN_GROUP;
    size_t in_half = row % SCAN_BYTE_ROWS;
    size_t at = ivf->coarse.scan->quads ? in_half * SCAN_GROUP + in_group
                                        : in_group * SCAN_BYTE_ROWS + in_half;
    uint8_t *byte = ivf->codes + slot / SCAN_BLOCK * ivf->block_bytes +
                    piece / SCAN_GROUP * SCAN_GROUP_BYTES + at;
    *byte = row < SCAN_BYTE_ROWS ? (uint8_t)((*byte & 0xf0u) | code)
                                 : (uint8_t)((*byte & 0x0fu) | code << 4);
}

/* Row `from` of one (the same or another) becomes row `to`; NULL: none does. */
static void move_slot(const struct ivf *ivf, uint32_t to, const struct ivf *other, uint32_t from)
{
    ivf->ids[to] = other ? other->ids[from] : 0;
    if (!ivf->coded) return;
    if (ivf->scale) ivf->scale[to] = other ? other->scale[from] : 0;
    if (ivf->bias) ivf->bias[to] = other ? other->bias[from] : 0;
    if (ivf->margin) ivf->margin[to] = other ? other->margin[from] : 0;
    bool quads = ivf->coarse.scan->quads;
    for (size_t piece = 0; piece < ivf->coder.book.pieces; piece++) {
        unsigned code = 0;
        if (other) {
            const uint8_t *block = other->codes + from / SCAN_BLOCK * ivf->block_bytes;
            code = scan_code_at(block, quads, piece, from % SCAN_BLOCK);
        }
        put_code(ivf, to, piece, code);
    }
}

/* The first `slots` slots, whole blocks, of a list. */
static void copy_slots(const struct ivf *ivf, uint32_t to, const struct ivf *old, uint32_t from,
                       size_t slots)
{
    memcpy(ivf->ids + to, old->ids + from, slots * sizeof *ivf->ids);
    if (!ivf->coded) return;
    memcpy(ivf->codes + to / SCAN_BLOCK * ivf->block_bytes,
           old->codes + from / SCAN_BLOCK * ivf->block_bytes,
           slots / SCAN_BLOCK * ivf->block_bytes);
    if (ivf->scale) memcpy(ivf->scale + to, old->scale + from, slots * sizeof(float));
    if (ivf->bias) memcpy(ivf->bias + to, old->bias + from, slots * sizeof(float));
    if (ivf->margin) memcpy(ivf->margin + to, old->margin + from, slots * sizeof(float));
}

/* Rows of the old list that stay; returns how many. The last alive one fills the first hole, and so
 * on until they meet. */
static uint32_t keep_list(const struct merging *m, size_t list)
{
    const struct ivf *old = m->old;
    const struct ivf *ivf = m->ivf;
    uint32_t from = old->first[list];
    uint32_t to = ivf->first[list];
    uint32_t end = old->length[list];
    uint32_t room = ivf->first[list + 1] - to;
    uint32_t held = old->first[list + 1] - from;
    copy_slots(ivf, to, old, from, held < room ? held : room);
    uint32_t kept = 0;
    for (; kept < end; kept++) {
        uint32_t id = new_id(m, old->ids[from + kept]);
        while (id == UINT32_MAX && kept < --end) {
            id = new_id(m, old->ids[from + end]);
            if (id != UINT32_MAX) move_slot(ivf, to + kept, old, from + end);
        }
        if (id == UINT32_MAX) break;
        ivf->ids[to + kept] = id;
    }
    uint32_t copied = old->length[list] < room ? old->length[list] : room;
    for (uint32_t i = kept; i < copied; i++) move_slot(ivf, to + i, NULL, 0);
    return kept;
}

static void add_row(struct merging *m, uint32_t id, size_t list, uint32_t slot)
{
    struct ivf *ivf = m->ivf;
    ivf->ids[slot] = id;
    if (!ivf->coded) return;
    const float *centroid = m->centroids.values + list * m->centroids.stride;
    struct coder_row coded =
        coder_encode(&ivf->coder, index_row(m->index, id), centroid, &m->coder);
    if (ivf->scale) ivf->scale[slot] = coded.scale;
    if (ivf->bias) ivf->bias[slot] = coded.bias;
    if (ivf->margin) ivf->margin[slot] = coded.margin;
    for (size_t piece = 0; piece < ivf->coder.book.pieces; piece++) {
        put_code(ivf, slot, piece, m->coder.codes[piece]);
    }
}

static void fill(struct arena *passing, struct merging *m)
{
    uint32_t *next = arena_array(passing, uint32_t, m->ivf->lists);
    for (size_t list = 0; list < m->ivf->lists; list++) {
        next[list] = m->ivf->first[list] + keep_list(m, list);
    }
    size_t count = m->changes->end - m->changes->first;
    for (size_t i = 0; i < m->added; i++) {
        uint32_t list = m->of_row[i];
        add_row(m, (uint32_t)(m->changes->first + i % count), list, next[list]++);
    }
}

static void read_centroids(struct arena *passing, struct merging *m)
{
    size_t stride = m->index->rows.stride;
    float *values =
        arena_alloc_aligned(passing, m->old->lists * stride * sizeof *values, ANN_ALIGNMENT);
    for (size_t i = 0; i < m->old->lists; i++) {
        coarse_get(&m->old->coarse, i, values + i * stride);
    }
    m->centroids = (struct distance_rows){.values = values, .stride = stride};
}

struct ivf *ivf_merge(struct arena *arena, const struct ann_index *index, const struct ivf *old,
                      const struct ivf_changes *changes)
{
    struct arena *passing = arena_new();
    struct ivf *ivf = arena_new_item(arena, struct ivf);
    *ivf = *old;
    ivf->rows = changes->end;
    ivf->codes = NULL;
    ivf->scale = ivf->bias = ivf->margin = NULL;
    struct merging m = {.index = index, .old = old, .changes = changes, .ivf = ivf};
    bool twice = index->settings.spill > 1 && old->lists > 1;
    m.added = (changes->end - changes->first) * (twice ? 2 : 1);
    m.of_row = arena_array(passing, uint32_t, m.added);
    if (ivf->coded) coder_work_init(passing, &m.coder, &ivf->coder);
    read_centroids(passing, &m);
    assign(passing, &m);
    make_room(arena, &m);
    fill(passing, &m);
    arena_free(passing);
    return ivf;
}
