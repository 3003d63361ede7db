/* image_index.h - an index to and from the parts of an image; for models/ann/ alone. */
#ifndef MODELS_ANN_IMAGE_INDEX_H
#define MODELS_ANN_IMAGE_INDEX_H

#include "models/ann/image.h"
#include "models/ann/index.h"

/* Words of the part IMAGE_FIELDS; floats as their bits. Numbers are of the format. */
enum image_field {
    FIELD_ROWS,    /* in the file, a store's tail among them */
    FIELD_INDEXED, /* rows of the index: the first ones */
    FIELD_KIND,
    FIELD_METRIC,
    FIELD_CODE,
    FIELD_DIMENSIONS,
    FIELD_M,
    FIELD_EF_CONSTRUCTION,
    FIELD_EF_SEARCH,
    FIELD_SEED,
    FIELD_LISTS_ASKED,
    FIELD_PROBES,
    FIELD_RERANK,
    FIELD_SPILL,
    FIELD_ANISOTROPY,
    FIELD_RECALL,
    FIELD_CODE_LOW,
    FIELD_CODE_STEP,
    FIELD_CODE_SCALE,
    FIELD_GRAPH_ENTRY,
    FIELD_GRAPH_TOP,
    FIELD_LISTS,
    FIELD_LISTED_ROWS,
    FIELD_CURVE_POINTS,
    FIELD_TRAINED_ROWS,  /* a store's: how many rows codes and lists were learnt from, */
    FIELD_REPLACED_ROWS, /* and how many came since */
    FIELD_COUNT
};

/* Rows beyond the index's that a file holds too, right behind them. */
struct image_source {
    const struct ann_index *index;
    size_t rows;          /* from index->count */
    const uint64_t *dead; /* of all of them, as far as they are deleted */
    const uint64_t *keys; /* of all of them; NULL: an index has none */
    uint64_t trained_rows;
    uint64_t replaced_rows;
};

/* The parts stay the index's, or live in `arena`. */
void image_of_index(struct arena *arena, const struct image_source *source, struct image *image);
/* Writes its image into a file; false and *err, with the path, if that cannot be. */
bool image_save(const struct image_source *source, const char *path, struct error *err);

/* What an image holds. The arrays of the index are the image's where they can be, and are not
 * written to. */
struct image_content {
    struct ann_index *index;
    size_t rows;          /* as above */
    const uint64_t *dead; /* of all rows */
    const uint64_t *keys; /* or NULL */
    uint64_t trained_rows;
    uint64_t replaced_rows;
};

/* Checks everything that a search relies on; `values` says whether floats of rows and codes, which
 * can only make hits wrong, are checked as well. */
bool index_of_image(struct arena *arena, const struct image *image, bool values,
                    struct image_content *out, struct error *err);

#endif
