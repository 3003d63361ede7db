#include "base/error.h"
#include "models/ann/index.h"

enum {
    FIRST_HITS = 32,  /* looked for at first; then twice as many, until one is too far */
    RERANK_FACTOR = 2 /* candidates by code for each of them */
};

/* Offers rows scratch->ids[0 .. count - 1], or those from `first` on, to the beam. */
static void take_within(const struct ann_index *index, struct ann_scratch *scratch, size_t first,
                        size_t count, bool all, float within)
{
    struct beam *beam = &scratch->beam;
    float *distances = scratch->distances;
    if (all) {
        index->scan(&index->rows, scratch->query, first, count, distances);
        for (size_t i = 0; i < count; i++) {
            distances[i] = index->offset + index->scale * distances[i];
        }
    } else {
        index_distances(index, NULL, scratch, scratch->ids, count, distances);
    }
    for (size_t i = 0; i < count; i++) {
        if (!(distances[i] <= within)) continue;
        uint64_t key = key_make(distances[i], all ? (uint32_t)(first + i) : scratch->ids[i]);
        if (key < beam_bound(beam)) beam_add(beam, key);
    }
}

/* Every row that may be a hit, by row. */
static size_t scan_within(const struct ann_index *index, const struct ann_query *query,
                          float within, struct ann_scratch *scratch, struct ann_hit *hits,
                          struct ann_work *work)
{
    enum { BLOCK = ROWS_AT_ONCE / 4 * 4 };
    struct index_passing passing = index_passing_of(index, query->filter);
    bool all = !passing.bits && !passing.dead;
    index_place_query(index, query->vector, scratch);
    scratch->target = scratch->query;
    beam_reset(&scratch->beam, query->top_k);
    size_t compared = 0;
    size_t count = 0;
    for (size_t row = 0; row < index->count; row++) {
        scratch->ids[count] = (uint32_t)row;
        count += all || index_passes(&passing, (uint32_t)row);
        if (count < BLOCK && row + 1 < index->count) continue;
        take_within(index, scratch, row + 1 - count, count, all, within);
        compared += count;
        count = 0;
    }
    index_count_distances(index, NULL, compared, work);
    for (size_t i = 0; i < scratch->beam.length; i++) {
        uint64_t key = scratch->beam.keys[i];
        hits[i] = (struct ann_hit){.id = key_id(key), .distance = key_distance(key)};
    }
    return scratch->beam.length;
}

static void add_work(struct ann_work *sum, const struct ann_work *work)
{
    sum->distances += work->distances;
    sum->code_distances += work->code_distances;
    sum->hops += work->hops;
    sum->bytes += work->bytes;
    sum->lists += work->lists;
}

size_t ann_search_range(const struct ann_index *index, const struct ann_query *query, float within,
                        struct ann_scratch *scratch, struct ann_hit *hits, struct ann_work *work)
{
    struct ann_work sum = {0};
    struct ann_query asked = *query;
    struct error fault;
    size_t most = query->top_k < ANN_BEAM_MAX ? query->top_k : ANN_BEAM_MAX;
    if (most > index->count) most = index->count;
    size_t found = 0;
    if (!most || !ann_check_vector(index, query->vector, &fault)) {
        if (work) *work = sum;
        return 0;
    }
    if (query->exact || index->settings.kind == ANN_FLAT) {
        asked.top_k = most;
        found = scan_within(index, &asked, within, scratch, hits, &sum);
    } else {
        for (asked.top_k = 0; asked.top_k < most;) {
            size_t wanted = asked.top_k ? 2 * asked.top_k : FIRST_HITS;
            asked.top_k = wanted < most ? wanted : most;
            uint32_t rerank = query->rerank ? query->rerank : index->settings.rerank;
            uint32_t least = RERANK_FACTOR * (uint32_t)asked.top_k;
            if (rerank) asked.rerank = rerank > least ? rerank : least;
            struct ann_work step;
            found = ann_search(index, &asked, scratch, hits, &step);
            add_work(&sum, &step);
            if (found < asked.top_k || hits[found - 1].distance > within) break;
        }
        while (found && !(hits[found - 1].distance <= within)) found--;
    }
    if (work) *work = sum;
    return found;
}
