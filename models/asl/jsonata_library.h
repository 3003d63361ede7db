/* jsonata_library.h - the functions of JSONata by family. For jsonata_*.c alone. */
#ifndef MODELS_ASL_JSONATA_LIBRARY_H
#define MODELS_ASL_JSONATA_LIBRARY_H

#include "models/asl/jsonata_machine.h"

extern const struct builtin library_strings[];
extern const struct builtin library_patterns[];
extern const struct builtin library_encodings[];
extern const struct builtin library_numbers[];
extern const struct builtin library_formats[];
extern const struct builtin library_lists[];
extern const struct builtin library_maps[];
extern const struct builtin library_higher[];
extern const struct builtin library_times[];
extern const struct builtin library_states[]; /* each ends with a name of NULL */

/* The next 64 bits of luck. */
uint64_t library_luck(struct machine *machine);
/* [0, 1) */
double library_luck_unit(uint64_t bits);

/* Half to even, at `precision` digits behind the point (or before it, when negative). */
double library_round(double number, double precision);

/* Code points of UTF-8 text. */
size_t library_count_points(const char *text, size_t length);
/* Bytes of the code point at `text`, of which `length` > 0 bytes are left. */
size_t library_point_length(const char *text, size_t length);

/* Integers as a picture of XPath's format-integer has it, and back. */
const struct value *library_format_integer(struct machine *machine, double number,
                                           const char *picture);
const struct value *library_parse_integer(struct machine *machine, const char *text,
                                          const char *picture);
/* A number as a picture of XPath's format-number has it. `options` may be NULL. */
const struct value *library_format_number(struct machine *machine, double number,
                                          const char *picture, const struct value *options);

/* Milliseconds since 1970 as a picture of XPath's format-dateTime has it (NULL: ISO 8601); `zone`
 * is "+hhmm" or NULL. */
const struct value *library_format_time(struct machine *machine, double millis, const char *picture,
                                        const char *zone);
/* And back; NULL without a fault when the text does not fit the picture. */
const struct value *library_parse_time(struct machine *machine, const char *text,
                                       const char *picture);

#endif
