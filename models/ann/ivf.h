/* ivf.h - inverted lists: rows are clustered, a query looks through the clusters nearest to it; for
 * models/ann/ alone.
 *
 * In the lists rows have 4-bit codes (or none: then the float rows themselves are compared). Codes
 * are scanned for candidates, of which the best are compared in float. Kinds differ in what a code
 * is: see coder.h. One set of tables a query serves all lists, because codes stand for the
 * difference of a row and its centroid, and q . x = q . centroid + q . difference.
 */
#ifndef MODELS_ANN_IVF_H
#define MODELS_ANN_IVF_H

#include "models/ann/coarse.h"
#include "models/ann/coder.h"
#include "models/ann/index.h"

struct ivf {
    size_t lists;         /* 0 if there was no row at the build */
    size_t rows;          /* in the lists; those inserted later are compared one by one */
    struct coarse coarse; /* the centroids: what they are after rounding to bytes */
    uint32_t *first;      /* slot of each list's first row, a multiple of SCAN_BLOCK; lists + 1 */
    uint32_t *length;     /* rows of each list */
    uint32_t *ids;        /* of each slot */
    bool coded;
    struct coder coder; /* if coded, as the rest */
    uint8_t *codes;     /* of all slots, block by block */
    size_t block_bytes;
    float *scale;                                   /* of each slot, or NULL */
    float *bias;                                    /* the same */
    float *margin;                                  /* the same */
    struct ann_curve_point curve[ANN_CURVE_POINTS]; /* see ann_recall_curve */
    size_t curve_length;
};

/* Rows found so far by their codes. */
struct ivf_candidates {
    uint32_t *slots;
    float *scores;
    float *margins; /* how much larger the scores may be; NULL: not known */
    int32_t *keys;  /* of the scores, while selecting */
    uint32_t *chosen;
    size_t count;
    float least; /* what a row must score; -FLT_MAX until enough are there */
};

struct ivf_scratch {
    size_t lists_room; /* of the index it was made for, as the next three */
    size_t columns;
    size_t slots;
    bool margins;
    struct coarse_work coarse;
    float query_scale; /* of the query's bytes */
    struct coder_work coder;
    uint32_t *lists; /* chosen */
    int32_t *list_keys;
    uint32_t *order;
    float *bases;    /* inner product with the centroid of each chosen list, or of each */
    uint64_t *marks; /* a bit a block of SCAN_BLOCK slots: looked at */
    struct ivf_candidates candidates;
};

void ivf_build(struct arena *arena, struct ann_index *index);
void ivf_search(const struct ann_index *index, const struct ann_query *query,
                struct ann_scratch *scratch, struct ann_work *work);
/* Measures the recall curve and sets probes and rerank for settings.recall. */
void ivf_tune(struct ann_index *index);

/* What to make of lists. */
struct ivf_changes {
    const uint64_t *dead;    /* rows to leave out, a bit each; not read if there are new_ids */
    const uint32_t *new_ids; /* of each row: UINT32_MAX to leave it out; NULL: they stay */
    size_t first;            /* rows first .. end - 1, by their new ids, are added */
    size_t end;
};
/* New lists in `arena` with the same centroids and codebooks, which stay where they are. */
struct ivf *ivf_merge(struct arena *arena, const struct ann_index *index, const struct ivf *old,
                      const struct ivf_changes *changes);
/* The second list of a row whose first one is `first`. */
uint32_t ivf_second_list(const struct coarse *coarse, const struct distance_rows *centroids,
                         const float *row, uint32_t first, struct coarse_work *work);
size_t ivf_size_bytes(const struct ann_index *index);
struct ivf_scratch *ivf_scratch_new(struct arena *arena, const struct ann_index *index);

#endif
