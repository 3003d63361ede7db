/* index_shape.h - the field `index` of a vector index: its kind and that kind's parameters, checked
 * against each other.
 */
#ifndef MODELS_INDEX_SHAPE_H
#define MODELS_INDEX_SHAPE_H

#include "base/fields.h"
#include "models/ann/ann.h"

#include <stddef.h>
#include <stdint.h>

struct index_shape {
    enum ann_kind kind;
    int code; /* enum ann_code */
    int64_t m;
    int64_t ef_construction;
    int64_t ef_search;
    int64_t lists; /* 0: by the number of vectors, as the next two */
    int64_t probes;
    int64_t rerank;
    int64_t spill;
    int64_t pieces; /* of a product code, as given; only to be refused */
    double anisotropy;
    double recall; /* wanted; 0: none, the parameters are as they are */
};

/* Reads `hnsw`, `{hnsw: {M: 16, ...}}`, ... into a struct index_shape. */
field_parse_fn index_shape_parse;

/* A kind's parameters as a scenario spells them, for `ragtime explain`. */
const struct field *index_shape_fields(enum ann_kind kind);

/* `quantization` of a component (none, int8, binary) put into the shape; a fault at `node` where
 * the kind has no such codes, or where the shape has a code already. */
void index_shape_quantize(struct index_shape *shape, struct field_reader *reader,
                          const struct node *node, const char *path);
/* What the kind makes of so many vectors must make sense: faults at `node`. */
void index_shape_check(const struct index_shape *shape, struct field_reader *reader,
                       const struct node *node, const char *path, size_t vectors);

/* What the kernel is asked to build. */
struct ann_settings index_shape_settings(const struct index_shape *shape);

#endif
