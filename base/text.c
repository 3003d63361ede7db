#include "base/text.h"

#include "base/arena.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 64 };

/* Room for `more` bytes and the closing NUL. */
static void reserve(struct text *text, size_t more)
{
    if (more >= SIZE_MAX / 2 - text->length) arena_exhausted(more);
    size_t needed = text->length + more + 1;
    if (needed <= text->capacity) return;
    size_t capacity = text->capacity ? text->capacity : FIRST_CAPACITY;
    while (capacity < needed) capacity *= 2;
    char *data = realloc(text->data, capacity);
    if (!data) arena_exhausted(capacity);
    text->data = data;
    text->capacity = capacity;
}

void text_init(struct text *text)
{
    *text = (struct text){0};
    reserve(text, 0);
    text->data[0] = '\0';
}

void text_free(struct text *text)
{
    free(text->data);
    *text = (struct text){0};
}

void text_clear(struct text *text)
{
    text->length = 0;
    text->data[0] = '\0';
}

void text_add(struct text *text, const char *more)
{
    text_add_n(text, more, strlen(more));
}

void text_add_n(struct text *text, const char *more, size_t length)
{
    reserve(text, length);
    if (length > 0) memcpy(text->data + text->length, more, length);
    text->length += length;
    text->data[text->length] = '\0';
}

void text_add_char(struct text *text, char c)
{
    text_add_n(text, &c, 1);
}

void text_repeat(struct text *text, const char *unit, size_t times)
{
    size_t length = strlen(unit);
    if (length == 0) return;
    if (times > SIZE_MAX / 2 / length) arena_exhausted(SIZE_MAX);
    reserve(text, length * times);
    for (size_t i = 0; i < times; i++) text_add_n(text, unit, length);
}

void text_format(struct text *text, const char *format, ...)
{
    va_list arguments;
    va_list again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length > 0) {
        reserve(text, (size_t)length);
        (void)vsnprintf(text->data + text->length, (size_t)length + 1, format, again);
        text->length += (size_t)length;
    }
    va_end(again);
}

/* One code point of `utf8` and its length in bytes; a byte that begins none stands for itself. */
static size_t decode(const unsigned char *utf8, uint32_t *code)
{
    size_t length = utf8[0] < 0xC2   ? 1
                    : utf8[0] < 0xE0 ? 2
                    : utf8[0] < 0xF0 ? 3
                    : utf8[0] < 0xF5 ? 4
                                     : 1;
    *code = length == 1 ? utf8[0] : utf8[0] & (0x7FU >> length);
    for (size_t i = 1; i < length; i++) {
        if ((utf8[i] & 0xC0) != 0x80) { /* cut short, perhaps by the closing NUL */
            *code = utf8[0];
            return 1;
        }
        *code = *code << 6 | (utf8[i] & 0x3F);
    }
    return length;
}

static bool is_combining(uint32_t code)
{
    static const uint32_t ranges[][2] = {
        {0x0300, 0x036F}, /* diacritical marks */
        {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x064B, 0x065F},
        {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x200B, 0x200D}, /* zero-width space and joiners */
        {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (code >= ranges[i][0] && code <= ranges[i][1]) return true;
    return false;
}

size_t text_columns(const char *utf8)
{
    const unsigned char *at = (const unsigned char *)utf8;
    size_t columns = 0;
    while (*at) {
        uint32_t code;
        at += decode(at, &code);
        if (!is_combining(code)) columns++;
    }
    return columns;
}

void text_excerpt(char *out, size_t size, const char *from)
{
    assert(size >= 8);
    const unsigned char *at = (const unsigned char *)from;
    size_t used = 0;
    size_t safe = 0; /* where "..." still fits */
    while (*at) {
        uint32_t code;
        size_t length = decode(at, &code);
        if (used + length >= size) {
            memcpy(out + safe, "...", 4);
            return;
        }
        /* A lone byte above ASCII is no text; a control character could drive a terminal. */
        bool printable = length > 1 ? code >= 0xA0 : code >= 0x20 && code < 0x7F;
        if (printable)
            memcpy(out + used, at, length);
        else
            memset(out + used, '?', length);
        used += length;
        at += length;
        if (used + 4 <= size) safe = used;
    }
    out[used] = '\0';
}
