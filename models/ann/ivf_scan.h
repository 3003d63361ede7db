/* ivf_scan.h - looking through one list, by code or by row, and what was found; for ivf_search.c.
 */
#ifndef MODELS_ANN_IVF_SCAN_H
#define MODELS_ANN_IVF_SCAN_H

#include "models/ann/ivf.h"

/* One search as its parts see it. */
struct ivf_query {
    const struct ann_index *index;
    const struct ivf *ivf;
    const uint32_t *ids; /* of candidates' slots */
    const struct index_passing *passing;
    struct ann_scratch *scratch;
    struct scan_tables tables;
    size_t wanted; /* hits */
    size_t rerank; /* candidates to keep */
    size_t room;   /* candidates before those are chosen */
    bool twice;    /* rows may be in two lists */
    float square;  /* |query|^2 */
    enum ann_filtering filtering;
    struct ann_work *work; /* or NULL */
};

/* Brings the best `first` of scratch->lists[0 .. count - 1] to the front. */
void ivf_bring_best(const struct coarse *coarse, struct ivf_scratch *scratch, size_t count,
                    size_t first);
/* Leaves the best `wanted` candidates; a row must from now on score as much as the last of them. */
void ivf_narrow(const struct scan_kernels *kernels, struct ivf_candidates *candidates,
                size_t wanted);
/* Adds the rows of a list to the candidates; `product` is query . centroid. */
void ivf_scan_codes(const struct ivf_query *query, uint32_t list, float product);
/* Compares the rows of a list, by index->codes or else by row, and puts them into the beam. */
void ivf_scan_rows(const struct ivf_query *query, uint32_t list);
/* The same for rows given. */
void ivf_scan_ids(const struct ivf_query *query, const uint32_t *ids, size_t count);
/* The same for rows inserted since the build, by `codes` or (NULL) by row. */
void ivf_scan_tail(const struct ivf_query *query, const struct code_rows *codes);
/* Compares the candidates by row and puts them into the beam. */
void ivf_rerank(const struct ivf_query *query);

#endif
