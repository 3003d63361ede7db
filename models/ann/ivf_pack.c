#include "base/arena.h"
#include "models/ann/ivf_packed.h"
#include "models/ann/memory.h"

static size_t count_passing(const struct ivf *ivf, size_t list, const struct index_passing *passing)
{
    const uint32_t *ids = ivf->ids + ivf->first[list];
    size_t count = 0;
    for (uint32_t i = 0; i < ivf->length[list]; i++) count += index_passes(passing, ids[i]);
    return count;
}

static void make_room(struct arena *arena, const struct ivf *ivf, struct ivf_packed *packed)
{
    size_t padded = (packed->rows + SCAN_BLOCK - 1) / SCAN_BLOCK * SCAN_BLOCK;
    packed->ids = arena_array(arena, uint32_t, padded);
    packed->list = arena_array(arena, uint32_t, padded);
    if (!ivf->coded) return;
    packed->codes = memory_large(arena, padded / SCAN_BLOCK, ivf->block_bytes);
    if (ivf->scale) packed->scale = arena_array(arena, float, padded);
    if (ivf->bias) packed->bias = arena_array(arena, float, padded);
    if (ivf->margin) packed->margin = arena_array(arena, float, padded);
}

/* Slot `from` of the index goes to place `to`. */
static void copy_row(const struct ivf *ivf, struct ivf_packed *packed, size_t to, uint32_t from)
{
    packed->ids[to] = ivf->ids[from];
    if (!ivf->coded) return;
    if (ivf->scale) packed->scale[to] = ivf->scale[from];
    if (ivf->bias) packed->bias[to] = ivf->bias[from];
    if (ivf->margin) packed->margin[to] = ivf->margin[from];
    const bool quads = ivf->coarse.scan->quads;
    const uint8_t *source = ivf->codes + from / SCAN_BLOCK * ivf->block_bytes;
    uint8_t *block = packed->codes + to / SCAN_BLOCK * ivf->block_bytes;
    for (size_t piece = 0; piece < ivf->coder.book.pieces; piece++) {
        scan_place_code(block, quads, piece, to % SCAN_BLOCK,
                        scan_code_at(source, quads, piece, from % SCAN_BLOCK));
    }
}

struct ivf_packed *ivf_pack(struct arena *arena, const struct ann_index *index,
                            const struct index_passing *passing)
{
    const struct ivf *ivf = index->ivf;
    struct ivf_packed *packed = arena_new_item(arena, struct ivf_packed);
    packed->first = arena_array(arena, uint32_t, ivf->lists + 1);
    packed->lengths = arena_array(arena, uint32_t, ivf->coarse.rows.count);
    for (size_t list = 0; list < ivf->lists; list++) {
        size_t count = count_passing(ivf, list, passing);
        packed->lengths[list] = (uint32_t)count;
        packed->lists += count > 0;
        packed->rows += count;
        packed->first[list + 1] = (uint32_t)packed->rows;
    }
    make_room(arena, ivf, packed);
    for (size_t list = 0; list < ivf->lists; list++) {
        size_t to = packed->first[list];
        for (uint32_t i = 0; i < ivf->length[list]; i++) {
            uint32_t slot = ivf->first[list] + i;
            if (!index_passes(passing, ivf->ids[slot])) continue;
            packed->list[to] = (uint32_t)list;
            copy_row(ivf, packed, to++, slot);
        }
    }
    return packed;
}
