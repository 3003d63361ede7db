/* vector_csv.h - vectors as text: a line each, numbers apart by commas.
 */
#ifndef MODELS_VECTOR_CSV_H
#define MODELS_VECTOR_CSV_H

#include "models/ann/vector_file.h"

struct arena;
struct error;

/* Reads the first `limit` rows. A first line that is no numbers is taken for names; empty lines are
 * skipped. False and *err, with line and column, where a number is missing or a row has more or
 * fewer than the first. */
bool vector_csv_read(struct arena *arena, const char *text, size_t limit, struct vector_set *out,
                     struct error *err);

#endif
