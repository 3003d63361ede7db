/* image_open.h - what the checks of an image share; for image_open*.c. */
#ifndef MODELS_ANN_IMAGE_OPEN_H
#define MODELS_ANN_IMAGE_OPEN_H

#include "models/ann/image_index.h"

struct opening {
    struct arena *arena;
    const struct image *image;
    bool values; /* check floats of rows and codes too */
    struct ann_index *index;
    struct error *err;
    const uint64_t *fields;
    size_t rows;  /* in the file */
    size_t parts; /* used so far */
};

/* The part, if it has count * size bytes; else NULL and *opening->err. */
void *opening_part(struct opening *o, enum image_tag tag, size_t count, size_t size);

/* A field from least to most; false and *opening->err beyond. `name` is for the message. */
bool opening_field(struct opening *o, enum image_field field, const char *name, uint64_t least,
                   uint64_t most, uint64_t *out);
float opening_float(const struct opening *o, enum image_field field);

/* Whether all floats are from least to most, and so not NaN. */
bool opening_floats(struct opening *o, enum image_tag tag, const float *values, size_t count,
                    float least, float most);

/* The lists of the IVF kinds, after the rows. */
bool opening_lists(struct opening *o);

#endif
