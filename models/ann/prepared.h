/* prepared.h - what ann_filter_prepare makes; for models/ann/ alone. */
#ifndef MODELS_ANN_PREPARED_H
#define MODELS_ANN_PREPARED_H

#include "models/ann/index.h"

struct ivf_packed;
struct hnsw_packed;

struct ann_prepared {
    const struct ann_index *index;  /* it was made for */
    size_t rows;                    /* there were then */
    size_t dead_count;              /* of them */
    const struct ivf_packed *lists; /* NULL in other kinds, as the next */
    const struct hnsw_packed *graph;
};

/* What was prepared for this index, or NULL. */
static inline const struct ann_prepared *prepared_for(const struct ann_index *index,
                                                      const struct ann_filter *filter)
{
    const struct ann_prepared *prepared = filter ? filter->prepared : NULL;
    return prepared && prepared->index == index ? prepared : NULL;
}

#endif
