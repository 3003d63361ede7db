/* describe.h - the manual's side of a table of fields. */
#ifndef BASE_DESCRIBE_H
#define BASE_DESCRIBE_H

#include "base/units.h"

#include <stdbool.h>
#include <stddef.h>

struct field;
struct text;

/* Adds the fields as a Markdown table: name, type, default, range, meaning. Names begin with
 * `prefix` and a dot ("" or NULL: neither); the fields of a nested record follow it as record.name.
 */
void fields_describe(struct text *out, const struct field *fields, const char *prefix);

enum { FIELD_RANGE_SIZE = 160 };

/* "from 128MB to 10240MB", "at least 1", "at most 5": the bounds in the field's own units; empty if
 * it has none. */
void field_describe_range(const struct field *field, char *out, size_t size);

/* What a value looks like, for messages: "a duration such as 250ms", "true or false", "a
 * distribution". */
const char *field_describe_type(const struct field *field);

/* The dimension of the field's number; false (and DIMENSION_NONE) if it holds none. */
bool field_dimension(const struct field *field, enum dimension *dimension);

/* The two rules for `minimum` and `maximum` in fields.h: whether there are bounds, and whether one
 * is above. */
bool field_has_bounds(const struct field *field);
bool field_has_maximum(const struct field *field);

#endif
