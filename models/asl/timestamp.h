/* timestamp.h - times as state machines write them: RFC 3339 with 'T' and a zone. */
#ifndef MODELS_ASL_TIMESTAMP_H
#define MODELS_ASL_TIMESTAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct timestamp {
    int64_t seconds; /* since 1970-01-01T00:00:00Z, without leap seconds */
    int32_t nanoseconds;
};

/* "2016-12-05T21:29:29Z", "2016-12-05T21:29:29.123+01:00"; years 0000 to 9999, digits beyond
 * nanoseconds are passed over. False for anything else. */
bool timestamp_read(const char *text, size_t length, struct timestamp *out);

/* Below, equal, above: -1, 0, 1. */
int timestamp_compare(struct timestamp a, struct timestamp b);

enum { TIMESTAMP_SIZE = 32 };
/* "2016-12-05T21:29:29.123Z" of seconds since 1970, within years 0000 to 9999 (else their ends). */
void timestamp_format(double seconds, char out[TIMESTAMP_SIZE]);

#endif
