/* arrivals_compile.h - what the readers of the forms of `arrivals:` share. */
#ifndef MODELS_ARRIVALS_COMPILE_H
#define MODELS_ARRIVALS_COMPILE_H

#include "base/fields.h"
#include "models/arrivals.h"
#include "models/compiler.h"

#include <stdbool.h>
#include <stddef.h>

/* Requests a second that a scenario may ask for. */
#define ARRIVAL_RATE_LEAST 1e-9
#define ARRIVAL_RATE_MOST  1e9

/* And seconds: 10,000 days. */
#define ARRIVAL_DURATION_MOST 864e6

/* One form while it is read. */
struct arrival_reading {
    struct compiler *compiler;
    const struct node *node; /* the form's own map */
    const char *path;
    struct arrival_plan *plan;
};

/* Reads the form's map by a table; false after a fault. */
bool arrivals_read_table(const struct arrival_reading *reading, const struct field *fields,
                         const char *what, void *settings);

/* Whether `node` is a list of `least` to `most` items; a fault otherwise. */
bool arrivals_check_list(const struct arrival_reading *reading, const struct node *node,
                         const char *path, size_t least, size_t most);

/* mmpp (arrivals_mmpp.c). */
void arrivals_read_mmpp(const struct arrival_reading *reading);

#endif
