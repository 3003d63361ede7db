/* trace_value.h - the values of a trace's columns: times and whole numbers, exactly as written. */
#ifndef MODELS_TRACE_VALUE_H
#define MODELS_TRACE_VALUE_H

#include <stdbool.h>
#include <stdint.h>

enum trace_time_form {
    TRACE_TIME_UNKNOWN, /* none was read yet */
    TRACE_TIME_NUMBER,
    TRACE_TIME_STAMP
};

/* A time in nanoseconds: a number of `unit` nanoseconds each (a power of ten; "12.5"), or a time
 * stamp ("2023-11-16 18:17:03.9799600", RFC 3339; without a zone it is UTC), since 1970. Digits
 * beyond the nanosecond are dropped. *form is what the column has so far and is set by the first
 * value; false if the text is not of that form, or not of either. */
bool trace_time_read(const char *text, int64_t unit, enum trace_time_form *form, int64_t *time);

/* A whole number from 0 to `most`, digits alone. */
bool trace_count_read(const char *text, uint64_t most, uint64_t *value);

#endif
