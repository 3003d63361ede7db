/* jsonata_integer.h - whole numbers as XPath's format-integer writes them: digits with groups,
 * letters, Roman numerals, words. For jsonata_*.c alone. */
#ifndef MODELS_ASL_JSONATA_INTEGER_H
#define MODELS_ASL_JSONATA_INTEGER_H

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>

enum integer_style { INTEGER_DIGITS, INTEGER_LETTERS, INTEGER_ROMAN, INTEGER_WORDS };
enum integer_case { INTEGER_UPPER, INTEGER_LOWER, INTEGER_TITLE };

enum { INTEGER_GROUPS_MOST = 32 };

struct integer_format {
    enum integer_style style;
    enum integer_case letters;
    bool ordinal;
    size_t digits;   /* that are always written */
    size_t optional; /* and that may be */
    size_t group_count;
    struct {
        size_t place; /* digits to its right */
        char separator[5];
    } groups[INTEGER_GROUPS_MOST];
    size_t regular; /* the groups repeat every so many digits; 0: they do not */
};

/* `picture` in `length` bytes: "#,##0", "001;o", "Ww", "i". False with *fault, a literal. */
bool integer_format_read(const char *picture, size_t length, struct integer_format *format,
                         const char **fault);
/* `number` must be whole. False when it is beyond what the style can say. */
bool integer_write(double number, const struct integer_format *format, struct text *out);
/* Reads what integer_write wrote: all `length` bytes. */
bool integer_parse(const char *text, size_t length, const struct integer_format *format,
                   double *number);
/* "one thousand, two hundred and thirty-four", "first"; title case. */
void integer_write_words(double number, bool ordinal, struct text *out);
bool integer_parse_words(const char *text, size_t length, double *number);

#endif
