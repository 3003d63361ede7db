/* dimension.h - the table behind units.h: every dimension's units, words and examples.
 *
 * For units.c and quantity.c alone.
 */
#ifndef BASE_DIMENSION_H
#define BASE_DIMENSION_H

#include "base/units.h"

/* One unit: value = number x 10^shift x factor / divisor. The power of ten goes into the reading of
 * the number, so that 250ms is the double nearest to 0.25. */
struct unit {
    const char *name; /* as written; "" for none; NULL ends a table */
    int shift;
    double factor;
    double divisor;
    double from; /* values below are not formatted in this unit; HUGE_VAL: only read */
};

/* What people write instead of a unit. */
struct alias {
    const char *word;
    const char *unit;
};

struct dimension_row {
    const char *name;      /* "a duration" */
    const char *such_as;   /* "a duration such as 250ms" */
    const char *written;   /* "250ms, 1.5s or 10m" */
    const char *base_unit; /* "s" */
    const char
        *missing[2];    /* what goes after a bare number: "s", "ms"; NULL where it may stand bare */
    const char *prefix; /* what goes before it: "$" or "" */
    const struct unit *units;
    const struct alias *aliases;
};

const struct dimension_row *dimension_row(enum dimension dimension);

/* The unit of that name; NULL if there is none. */
const struct unit *dimension_unit_find(enum dimension dimension, const char *name);

#endif
