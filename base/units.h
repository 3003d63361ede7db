/* units.h - quantities as people write them: 250ms, 20/s, 1024MB, 64KB, $3/1M, 99.9%.
 *
 * One table of suffixes a dimension. A bare number is refused where the dimension has a unit,
 * except 0. Sizes are binary, as the platforms count memory and payloads: 1KB = 1,024 bytes (KiB is
 * the same).
 */
#ifndef BASE_UNITS_H
#define BASE_UNITS_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct node;

enum dimension {
    DIMENSION_NONE,     /* a plain number: 3, 0.5, 1e6 */
    DIMENSION_COUNT,    /* a whole number, also 50k, 10M */
    DIMENSION_DURATION, /* seconds: ns us ms s m h d */
    DIMENSION_SIZE,     /* bytes: B KB MB GB TB (and KiB ...) */
    DIMENSION_RATE,     /* per second: /s /m /h /d, also 10k/s */
    DIMENSION_RATIO,    /* 0.25 or 25% */
    DIMENSION_MONEY,    /* US dollars: $20, $0.25 */
    DIMENSION_PRICE     /* US dollars for one: $3/1M, $0.05/10k, $0.20; the part after / may name a
                           unit: $0.09/GB, $0.5/h */
};

/* What simulated time holds, in seconds: 36500 days. */
#define UNITS_LONGEST_DURATION (36500.0 * 86400.0)

/* Reads all of `text` as a finite value in the dimension's base unit. The message tells what a
 * valid one looks like ("'90' has no unit; write 90s or 90ms"); err's place is left unset. */
bool quantity_parse(const char *text, enum dimension dimension, double *value, struct error *err);
/* The same of a scalar node (number or string; ratios and counts may be bare); err gets its place.
 */
bool quantity_read(const struct node *node, enum dimension dimension, double *value,
                   struct error *err);

enum { QUANTITY_SIZE = 64 };

/* `value` as a person would write it, in the unit that makes it shortest: 0.25 s is 250ms.
 * quantity_parse gives exactly `value` back, but for durations beyond the longest. `size` should be
 * QUANTITY_SIZE. What is not finite becomes "infinity" or "nan". */
void quantity_format(double value, enum dimension dimension, char *out, size_t size);

/* "a duration such as 250ms", "a size such as 512MB": for messages and the manual. */
const char *dimension_describe(enum dimension dimension);
/* "a duration", "a size": the same without the example. */
const char *dimension_name(enum dimension dimension);
/* The base unit as result files name it: "s", "bytes", "1/s", "ratio", "USD", "count", "". */
const char *dimension_unit(enum dimension dimension);

/* `seconds` as a whole number of nanoseconds, rounded to nearest; saturates at about 292 years. */
long long nanoseconds_from_seconds(double seconds);

#endif
