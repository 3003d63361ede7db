#include "models/ann/index.h"

/* Twice top_k by eight bits and more, four times by four: among 100,000 word embeddings more found
 * no more hits at top_k 10. A few more where little is wanted. */
size_t index_rerank_count(const struct ann_query *query, enum ann_code code)
{
    enum { FEW = 10, FEW_BY_FOUR_BITS = 30 };
    size_t count = query->rerank;
    bool four_bits = code == ANN_LVQ4;
    if (!count) {
        size_t few = query->top_k + (four_bits ? FEW_BY_FOUR_BITS : FEW);
        count = query->top_k * (four_bits ? 4 : 2);
        if (count < few) count = few;
    }
    if (count < query->top_k) count = query->top_k;
    return count < ANN_BEAM_MAX ? count : ANN_BEAM_MAX;
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
        limit = index_rerank_count(query, codes->code);
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
