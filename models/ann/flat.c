#include "models/ann/index.h"

/* How many candidates by code are compared again by row, unless a query says: so many times top_k.
 * At these, a scan of 100,000 word embeddings by code loses no hit in a thousand. */
static uint32_t rerank_default(enum ann_code code)
{
    switch (code) {
    case ANN_FLOAT32: return 1;
    case ANN_FLOAT16:
    case ANN_INT8:
    case ANN_LVQ8: return 2;
    case ANN_LVQ4:
    case ANN_RABITQ:
    case ANN_SIGN: return 8;
    }
    return 1;
}

void index_scan_reranked(const struct ann_index *index, const struct ann_query *query,
                         const struct index_passing *passing, struct ann_scratch *scratch,
                         struct ann_work *work)
{
    const struct code_rows *codes = query->exact ? NULL : index->codes;
    size_t wanted = query->top_k < passing->count ? query->top_k : passing->count;
    size_t limit = wanted;
    index_target(codes, scratch->query, scratch);
    if (codes) {
        limit = query->rerank ? query->rerank : wanted * rerank_default(codes->code);
        if (limit < wanted) limit = wanted;
        if (limit > ANN_BEAM_MAX) limit = ANN_BEAM_MAX;
        if (limit > index->count) limit = index->count;
    }
    index_scan(index, codes, limit, passing, scratch, work);
    if (codes) index_rerank(index, limit, wanted, scratch, work);
}

static void flat_search(const struct ann_index *index, const struct ann_query *query,
                        struct ann_scratch *scratch, struct ann_work *work)
{
    struct index_passing passing = index_passing_of(index, query->filter);
    index_scan_reranked(index, query, &passing, scratch, work);
}

const struct index_kind flat_kind = {.name = "flat", .search = flat_search};
