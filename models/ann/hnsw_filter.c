#include "models/ann/hnsw.h"

/* The walk goes through all rows and keeps those that pass in a second beam, until that is full and
 * nothing nearer is left to follow. It costs as much more than a search without a filter as fewer
 * rows pass, a scan of the passing rows as much less: where they meet, by measurement (100,000 word
 * embeddings, filters unrelated to the vectors), passing^2 is about SCAN_FACTOR * ef * rows. A walk
 * that has compared more than its estimate or than the scan would is given up for the scan: the
 * filter's rows are not where the query is. */
enum { SCAN_FACTOR = 35, WALK_FACTOR = 2 };

static bool scan_is_cheaper(const struct ann_index *index, size_t ef, size_t passing)
{
    return passing <= ef || passing * passing / SCAN_FACTOR <= ef * index->count;
}

/* Room in the beam of the walk for what passes and what does not. */
static size_t walk_room(const struct ann_index *index, size_t ef, size_t passing)
{
    size_t room = 4 * ef * (index->count / (passing + 1) + 1);
    if (room > ANN_BEAM_MAX) room = ANN_BEAM_MAX;
    return room < index->count ? room : index->count;
}

static void keep_passing(struct beam *found, const struct index_passing *passing, uint64_t key)
{
    key &= ~(uint64_t)HNSW_MARK;
    if (key < beam_bound(found) && index_passes(passing, key_id(key))) beam_add(found, key);
}

/* False if it was given up. */
static bool walk_passing(const struct hnsw_walk *walk, const struct index_passing *passing)
{
    struct ann_scratch *scratch = walk->scratch;
    struct beam *beam = &scratch->beam;
    struct beam *found = &scratch->found;
    size_t most = passing->count / WALK_FACTOR;
    while (beam->cursor < beam->length) {
        uint64_t key = beam->keys[beam->cursor];
        if (key & HNSW_MARK) {
            beam->cursor++;
            continue;
        }
        if (key >= beam_bound(found)) return true;
        if (scratch->visited.count > most) return false;
        beam->keys[beam->cursor] = key | HNSW_MARK;
        size_t count = hnsw_follow(walk, key_id(key), 0);
        const uint32_t *ids = scratch->visited.ids + scratch->visited.count - count;
        for (size_t i = 0; i < count; i++) {
            key = key_make(scratch->distances[i], ids[i]);
            if (key >= beam_bound(beam) || key >= beam_bound(found)) continue;
            beam_add(beam, key);
            keep_passing(found, passing, key);
        }
    }
    return true;
}

void hnsw_search_filtered(const struct ann_index *index, const struct ann_query *query,
                          const struct index_passing *passing, struct ann_scratch *scratch,
                          struct ann_work *work)
{
    struct hnsw_walk walk = {index, index->codes, scratch, work};
    bool walked = false;
    if (!scan_is_cheaper(index, query->ef_search, passing->count)) {
        uint64_t nearest = hnsw_descend(&walk, 0);
        beam_reset(&scratch->beam, walk_room(index, query->ef_search, passing->count));
        beam_reset(&scratch->found, query->ef_search);
        hnsw_start(scratch, nearest);
        keep_passing(&scratch->found, passing, nearest);
        walked = walk_passing(&walk, passing);
        visited_clear(&scratch->visited);
    }
    if (walked && scratch->found.length >= query->top_k) {
        struct beam swapped = scratch->beam;
        scratch->beam = scratch->found;
        scratch->found = swapped;
        return;
    }
    index_scan(index, index->codes, query->ef_search, passing, scratch, work);
}
