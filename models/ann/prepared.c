#include "models/ann/prepared.h"

#include "base/arena.h"
#include "models/ann/hnsw_packed.h"
#include "models/ann/ivf_packed.h"

void ann_filter_prepare(struct arena *arena, const struct ann_index *index,
                        struct ann_filter *filter)
{
    struct ann_prepared *prepared = arena_new_item(arena, struct ann_prepared);
    const struct index_passing passing = index_passing_of(index, filter);
    prepared->index = index;
    prepared->rows = index->count;
    prepared->dead_count = index->dead_count;
    if (index->ivf && index->ivf->lists) prepared->lists = ivf_pack(arena, index, &passing);
    if (index->hnsw) prepared->graph = hnsw_pack(arena, index, &passing);
    filter->prepared = prepared;
}
