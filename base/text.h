/* text.h - a growing string, for reports and messages.
 *
 * Owns its memory: text_free, or let an arena own it by taking arena_copy of `text.data`. Never
 * NULL after text_init. Running out of memory ends the process as in arena.h.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/compiler.h"

#include <stdarg.h>
#include <stddef.h>

struct text {
    char *data; /* NUL-terminated */
    size_t length;
    size_t capacity;
};

void text_init(struct text *text);
void text_free(struct text *text);
void text_clear(struct text *text);
void text_add(struct text *text, const char *more);
void text_add_n(struct text *text, const char *more, size_t length);
void text_add_char(struct text *text, char c);
void text_repeat(struct text *text, const char *unit, size_t times);
void text_format(struct text *text, const char *format, ...) PRINTF_LIKE(2, 3);

/* Columns that UTF-8 text takes on a terminal, one for each code point but zero for combining
 * marks. */
size_t text_columns(const char *utf8);

/* A copy for messages, cut with "..." to fit `size` (at least 8) and with '?' for what is not
 * printable: whatever bytes a file or an argument holds, they cannot drive the terminal. */
void text_excerpt(char *out, size_t size, const char *from);

#endif
