#include "models/ann/index.h"

#include <string.h>

void visited_clear(struct visited *visited)
{
    enum { WORDS_FOR_AN_ID = 8 }; /* memset clears so many in the time that one id takes */
    if (visited->marked || visited->count * WORDS_FOR_AN_ID > visited->word_count) {
        memset(visited->words, 0, visited->word_count * sizeof *visited->words);
    } else {
        for (size_t i = 0; i < visited->count; i++) visited->words[visited->ids[i] / WORD_BITS] = 0;
    }
    visited->count = 0;
    visited->marked = false;
}

/* Puts those that are near enough into a beam. */
static void offer(struct beam *beam, const uint32_t *ids, size_t count, const float *distances)
{
    float bound = beam_bound_distance(beam);
    for (size_t i = 0; i < count; i++) {
        if (distances[i] > bound) continue;
        uint64_t key = key_make(distances[i], ids[i]);
        if (key >= beam_bound(beam)) continue;
        beam_add(beam, key);
        bound = beam_bound_distance(beam);
    }
}

void index_rerank(const struct ann_index *index, size_t count, size_t wanted,
                  struct ann_scratch *scratch, struct ann_work *work)
{
    struct beam *beam = &scratch->beam;
    struct beam *found = &scratch->found;
    if (count > beam->length) count = beam->length;
    beam_reset(found, wanted);
    scratch->target = scratch->query;
    for (size_t first = 0; first < count; first += ROWS_AT_ONCE) {
        size_t block = count - first < ROWS_AT_ONCE ? count - first : ROWS_AT_ONCE;
        for (size_t i = 0; i < block; i++) scratch->ids[i] = key_id(beam->keys[first + i]);
        index_distances(index, NULL, scratch, scratch->ids, block, scratch->distances);
        offer(found, scratch->ids, block, scratch->distances);
    }
    index_count_distances(index, NULL, count, work);
    struct beam swapped = *beam;
    *beam = *found;
    *found = swapped;
}

/* --- scans --- */

static void scan_all(const struct ann_index *index, const struct code_rows *codes,
                     struct ann_scratch *scratch)
{
    struct beam *beam = &scratch->beam;
    enum { BLOCK = ROWS_AT_ONCE / 4 * 4 };
    float *distances = scratch->distances;
    for (size_t first = 0; first < index->count; first += BLOCK) {
        size_t block = index->count - first < BLOCK ? index->count - first : BLOCK;
        if (codes) {
            codes->scan(codes, &scratch->code_query, first, block, distances);
        } else {
            index->scan(&index->rows, scratch->target, first, block, distances);
            for (size_t i = 0; i < block; i++) {
                distances[i] = index->offset + index->scale * distances[i];
            }
        }
        float bound = beam_bound_distance(beam);
        for (size_t i = 0; i < block; i++) {
            if (distances[i] > bound) continue;
            uint64_t key = key_make(distances[i], (uint32_t)(first + i));
            if (key >= beam_bound(beam)) continue;
            beam_add(beam, key);
            bound = beam_bound_distance(beam);
        }
    }
}

/* Returns how many rows pass. */
static size_t scan_passing(const struct ann_index *index, const struct code_rows *codes,
                           const struct index_passing *passing, struct ann_scratch *scratch)
{
    size_t words = (index->count + WORD_BITS - 1) / WORD_BITS;
    size_t block = 0;
    size_t total = 0;
    for (size_t at = 0; at < words; at++) {
        uint64_t word = passing->bits ? passing->bits[at] : UINT64_MAX;
        if (passing->dead) word &= ~passing->dead[at];
        if (at == words - 1 && index->count % WORD_BITS) {
            word &= ((uint64_t)1 << index->count % WORD_BITS) - 1;
        }
        for (; word; word &= word - 1) {
            scratch->ids[block++] = (uint32_t)(at * WORD_BITS + (size_t)__builtin_ctzll(word));
        }
        bool last = at == words - 1;
        if (block + WORD_BITS <= ROWS_AT_ONCE && !last) continue;
        index_distances(index, codes, scratch, scratch->ids, block, scratch->distances);
        offer(&scratch->beam, scratch->ids, block, scratch->distances);
        total += block;
        block = 0;
    }
    return total;
}

void index_scan(const struct ann_index *index, const struct code_rows *codes, size_t limit,
                const struct index_passing *passing, struct ann_scratch *scratch,
                struct ann_work *work)
{
    size_t compared = index->count;
    beam_reset(&scratch->beam, limit);
    if (passing->bits || passing->dead) {
        compared = scan_passing(index, codes, passing, scratch);
    } else {
        scan_all(index, codes, scratch);
    }
    index_count_distances(index, codes, compared, work);
}
