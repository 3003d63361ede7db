#include "models/ann/filter.h"
#include "models/ann/hnsw.h"

/* The walk keeps to rows that pass: where a link leads to one that does not, that one's links are
 * looked at in its place, without a distance (as ACORN does, on the graph as it is: Patel et al.,
 * SIGMOD 2024, arXiv 2403.04871). It costs the same whatever passes, but loses its way where few
 * do; a scan of the passing rows costs as much less as fewer pass. */
enum { FRESH_MOST = 32 };

size_t hnsw_list_passing(const struct hnsw_walk *walk, uint32_t id)
{
    const struct hnsw *graph = walk->index->hnsw;
    struct visited *visited = &walk->scratch->visited;
    uint32_t others[2 * ANN_M_MAX];
    uint32_t room = hnsw_room(graph, 0);
    const uint32_t *list = hnsw_links(graph, id, 0);
    size_t before = visited->count;
    size_t other_count = 0;
    uint32_t links = 0;
    for (uint32_t i = 0; i < room && list[i] != HNSW_NONE; i++, links++) {
        if (index_passes(walk->passing, list[i])) {
            visited_set(visited, list[i]);
        } else if (visited_mark(visited, list[i])) {
            hnsw_prefetch(graph, list[i]);
            others[other_count++] = list[i];
        }
    }
    size_t lists = 1;
    for (size_t j = 0; j < other_count && visited->count - before < FRESH_MOST; j++, lists++) {
        list = hnsw_links(graph, others[j], 0);
        /* No more than may be compared at once: the last list could go beyond that. */
        for (uint32_t i = 0; i < room && list[i] != HNSW_NONE; i++, links++) {
            if (visited->count - before == BEAM_BATCH) break;
            if (index_passes(walk->passing, list[i])) visited_set(visited, list[i]);
        }
    }
    size_t fresh = visited->count - before;
    if (walk->work) {
        walk->work->hops += lists;
        walk->work->bytes += links * sizeof *list;
        index_count_distances(walk->index, walk->codes, fresh, walk->work);
    }
    return fresh;
}

void hnsw_start_passing(const struct hnsw_walk *walk, uint64_t nearest)
{
    struct ann_scratch *scratch = walk->scratch;
    if (index_passes(walk->passing, key_id(nearest))) {
        hnsw_start(scratch, nearest);
        return;
    }
    size_t count = hnsw_list_passing(walk, key_id(nearest));
    index_distances(walk->index, walk->codes, scratch, scratch->visited.ids, count,
                    scratch->distances);
    for (size_t i = 0; i < count; i++) {
        uint64_t key = key_make(scratch->distances[i], scratch->visited.ids[i]);
        if (key < beam_bound(&scratch->beam)) beam_add(&scratch->beam, key);
    }
}

void hnsw_search_filtered(const struct hnsw_walk *walk, const struct ann_query *query, size_t limit)
{
    struct ann_scratch *scratch = walk->scratch;
    size_t wanted = limit < walk->passing->count ? limit : walk->passing->count;
    const bool scan = query->filtering == ANN_FILTER_CHEAPER
                          ? filter_scans_graph(walk->passing->count, query->ef_search)
                          : query->filtering == ANN_FILTER_SCAN;
    if (!scan) {
        uint64_t nearest = hnsw_descend(walk, 0);
        beam_reset(&scratch->beam, query->ef_search);
        hnsw_start_passing(walk, nearest);
        hnsw_search_layer(walk, 0);
        if (scratch->beam.length >= query->top_k) return;
    }
    index_scan(walk->index, walk->codes, wanted, walk->passing, scratch, walk->work);
}
