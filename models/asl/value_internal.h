/* value_internal.h - what the parts of value.h share. */
#ifndef MODELS_ASL_VALUE_INTERNAL_H
#define MODELS_ASL_VALUE_INTERNAL_H

#include "models/asl/value.h"

/* Whole numbers up to here are exact as doubles. */
#define VALUE_EXACT ((int64_t)1 << 53)

enum { VALUE_NUMBER_SIZE = 48 };

/* A number's JSON text: in `buffer`, or its own spelling. */
const char *value_number_text(const struct value *value, char buffer[VALUE_NUMBER_SIZE]);

/* An integer that a double does not hold exactly: its digits are kept behind the value. */
const struct value *value_spelled(struct arena *arena, double number, const char *text,
                                  size_t length);

/* A number as JSON or YAML spells it; `number` is what the spelling means. */
const struct value *value_number_read(struct arena *arena, const char *text, double number);

/* A string whose text is kept. */
const struct value *value_string_kept(struct arena *arena, const char *text, size_t length);

/* UTF-8 of a code point; how many bytes. */
size_t value_put_utf8(char *out, uint32_t code);
/* Bytes of the character at the start of `text` (length > 0); 0 if it is no UTF-8. */
size_t value_utf8_length(const char *text, size_t length);

/* How many bytes more than one a byte of a string takes in JSON. */
static inline size_t value_escape_extra(unsigned char c)
{
    if (c == '"' || c == '\\' || (c >= '\b' && c <= '\r' && c != '\v')) return 1;
    return c < 0x20 ? 5 : 0;
}

#endif
