/* filter_file.h - which rows may be hits, from a text file of ids. */
#ifndef MODELS_ANN_FILTER_FILE_H
#define MODELS_ANN_FILTER_FILE_H

#include "models/ann/ann.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct error;

/* Reads ids of rows that pass, one a line, in any order; what stands on a line behind the id and a
 * blank or tab is passed over, and so are empty lines and lines that begin with '#'. `out->bits`
 * has a bit for each of `rows` rows, in the arena. False and *err, with file and line, on anything
 * else, on ids from `rows` on and on none at all. */
bool filter_file_read(struct arena *arena, const char *path, size_t rows, struct ann_filter *out,
                      struct error *err);

/* The same from text, which ends in a NUL. */
bool filter_text_read(struct arena *arena, const char *text, size_t rows, struct ann_filter *out,
                      struct error *err);

#endif
