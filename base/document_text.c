#include "base/document_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct place source_place(struct source *source, size_t offset)
{
    if (offset < source->seen_offset) {
        source->seen_offset = 0;
        source->seen_line_start = 0;
        source->seen_line = 1;
    }
    for (;;) {
        const char *from = source->text + source->seen_offset;
        const char *feed = memchr(from, '\n', offset - source->seen_offset);
        if (!feed) break;
        source->seen_offset = (size_t)(feed - source->text) + 1;
        source->seen_line_start = source->seen_offset;
        source->seen_line++;
    }
    source->seen_offset = offset;
    return (struct place){source->file, source->seen_line,
                          (int)(offset - source->seen_line_start) + 1};
}

/* Bytes of the UTF-8 character that begins with `lead`; 0 if none does. */
static size_t utf8_length(unsigned char lead)
{
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead <= 0xDF) return 2;
    if (lead >= 0xE0 && lead <= 0xEF) return 3;
    if (lead >= 0xF0 && lead <= 0xF4) return 4;
    return 0;
}

/* Whether the second byte keeps its character shortest, no surrogate and within U+10FFFF (table 3-7
 * of the Unicode standard). */
static bool second_byte_fits(unsigned char lead, unsigned char second)
{
    switch (lead) {
    case 0xE0: return second >= 0xA0;
    case 0xED: return second <= 0x9F;
    case 0xF0: return second >= 0x90;
    case 0xF4: return second <= 0x8F;
    default: return true;
    }
}

size_t utf8_first_invalid(const char *text, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t at = 0;
    while (at < length) {
        size_t wide = utf8_length(bytes[at]);
        if (wide == 0 || wide > length - at) return at;
        for (size_t i = 1; i < wide; i++)
            if ((bytes[at + i] & 0xC0) != 0x80) return at;
        if (wide > 1 && !second_byte_fits(bytes[at], bytes[at + 1])) return at;
        at += wide;
    }
    return length;
}

struct found source_found(const struct source *source, size_t offset)
{
    struct found found;
    if (offset >= source->length) {
        (void)snprintf(found.text, sizeof found.text, "the end of the file");
        return found;
    }
    unsigned char byte = (unsigned char)source->text[offset];
    size_t wide = utf8_length(byte);
    if (byte == '\n' || byte == '\r')
        (void)snprintf(found.text, sizeof found.text, "the end of the line");
    else if (byte < ' ' || byte == 0x7F || wide == 0 || wide > source->length - offset)
        (void)snprintf(found.text, sizeof found.text, "the byte 0x%02X", (unsigned)byte);
    else
        (void)snprintf(found.text, sizeof found.text, "'%.*s'", (int)wide, source->text + offset);
    return found;
}

struct excerpt excerpt_of(const char *text)
{
    struct excerpt excerpt;
    const size_t most = sizeof excerpt.text - sizeof "...";
    size_t length = strnlen(text, most + 1);
    bool cut = length > most;
    if (cut) {
        length = most;
        while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80) length--;
    }
    memcpy(excerpt.text, text, length);
    memcpy(excerpt.text + length, cut ? "..." : "\0\0\0", sizeof "...");
    return excerpt;
}

bool document_number(const char *text, struct place place, double *out, struct error *err)
{
    size_t length = strlen(text);
    if (length > DOCUMENT_LONGEST_NUMBER)
        return error_at(err, place, "a number of %zu characters: at most %d are read", length,
                        DOCUMENT_LONGEST_NUMBER);
    double number = strtod(text, NULL);
    if (!(number <= 1.7976931348623157e308 && number >= -1.7976931348623157e308))
        return error_at(err, place, "too large a number: %s is beyond what a double holds", text);
    *out = number;
    return true;
}

static const char *skip_digits(const char *at)
{
    while (*at >= '0' && *at <= '9') at++;
    return at;
}

bool json_is_number(const char *text)
{
    const char *at = text;
    if (*at == '-') at++;
    const char *whole = at;
    at = skip_digits(at);
    if (at == whole || (*whole == '0' && at - whole > 1)) return false;
    if (*at == '.') {
        const char *fraction = ++at;
        at = skip_digits(at);
        if (at == fraction) return false;
    }
    if (*at == 'e' || *at == 'E') {
        at++;
        if (*at == '+' || *at == '-') at++;
        const char *exponent = at;
        at = skip_digits(at);
        if (at == exponent) return false;
    }
    return *at == '\0';
}
