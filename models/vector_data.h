/* vector_data.h - the vectors that a search is measured on: synthetic ones, or the user's own.
 *
 * The rows of a file are shuffled, so that any first part of them stands for all; some are set
 * apart as queries.
 */
#ifndef MODELS_VECTOR_DATA_H
#define MODELS_VECTOR_DATA_H

#include "base/fields.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct compiler;

enum { VECTOR_DATA_QUERIES = 200 };

/* The field `data` of a vector index. */
struct vector_data_settings {
    const struct node *file;
    int64_t rows;
    int64_t intrinsic;
    int64_t clusters;
};
extern const struct field vector_data_fields[];

struct vector_data {
    size_t rows; /* queries apart */
    uint32_t queries;
    uint32_t dimensions;
    const float *values;     /* the rows, unpadded; in the plan's arena, as the next */
    const float *query_rows; /* the queries */
    char sha256[65];         /* of all of them */
};

/* Reads the settings' file (.fbin, .u8bin, .fvecs, or lines of numbers apart by commas in .csv) and
 * checks every row; `cosine`: none may be all zeros. NULL if there is no file, and after a fault at
 * it. */
const struct vector_data *vector_data_load(struct compiler *compiler,
                                           const struct vector_data_settings *settings,
                                           const char *path, bool cosine);

#endif
