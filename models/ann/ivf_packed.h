/* ivf_packed.h - the rows of lists that pass a filter, side by side; for models/ann/ alone.
 *
 * Lists of a filter that few rows pass are short and would fill their blocks badly, so they follow
 * each other without a gap: a block may hold rows of several lists, and a row says which is its.
 */
#ifndef MODELS_ANN_IVF_PACKED_H
#define MODELS_ANN_IVF_PACKED_H

#include "models/ann/ivf.h"
#include "models/ann/ivf_scan.h"

struct ivf_packed {
    size_t rows;       /* rows in two lists count twice */
    size_t lists;      /* that hold any */
    uint32_t *first;   /* place of each list's first row; lists of the index + 1 */
    uint32_t *lengths; /* rows of each list; as many as the centroids are padded to */
    uint32_t *ids;     /* by place, as the rest: padded to blocks */
    uint32_t *list;
    uint8_t *codes; /* if the index is coded */
    float *scale;   /* NULL where the index has none, as the next two */
    float *bias;
    float *margin;
};

/* Lives in `arena`. */
struct ivf_packed *ivf_pack(struct arena *arena, const struct ann_index *index,
                            const struct index_passing *passing);

/* Looks through packed lists, the nearest to the query first, in about the time in which a search
 * without a filter looks through `probes` lists: where fewer rows pass, in more lists. Coarse
 * scores are there. Candidates, if coded, else the beam, have the best of the rows. */
void ivf_search_packed(const struct ivf_query *query, const struct ivf_packed *packed,
                       size_t probes);

#endif
