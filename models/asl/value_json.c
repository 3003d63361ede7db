/* Values as JSON text. */
#include "base/arena.h"
#include "base/number.h"
#include "models/asl/value_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FEWEST_DIGITS = 15, /* decimals of so many digits always read back as they were */
    MOST_DIGITS = 17
};

/* The fewest significant digits that read back as `number` (not negative), and the exponent of the
 * first one. */
static int shortest_digits(double number, char digits[MOST_DIGITS + 1])
{
    char printed[40] = "0e0";
    for (int count = FEWEST_DIGITS; count <= MOST_DIGITS; count++) {
        (void)snprintf(printed, sizeof printed, "%.*e", count - 1, number);
        const double back = strtod(printed, NULL);
        if (!(back < number) && !(back > number)) break;
    }
    size_t used = 0;
    const char *at = printed;
    for (; *at != 'e'; at++) /* steps over the locale's decimal point */
        if (*at >= '0' && *at <= '9') digits[used++] = *at;
    while (used > 1 && digits[used - 1] == '0') used--;
    digits[used] = '\0';
    return (int)strtol(at + 1, NULL, 10);
}

/* As Java's Double.toString: always a point, an exponent below 0.001 and from 10,000,000 on. */
static void format_double(double number, char buffer[VALUE_NUMBER_SIZE])
{
    char digits[MOST_DIGITS + 1];
    const int exponent = shortest_digits(fabs(number), digits);
    const int count = (int)strlen(digits);
    const char *sign = number < 0 ? "-" : "";
    if (exponent < -3 || exponent >= 7)
        (void)snprintf(buffer, VALUE_NUMBER_SIZE, "%s%c.%sE%d", sign, digits[0],
                       count > 1 ? digits + 1 : "0", exponent);
    else if (exponent < 0)
        (void)snprintf(buffer, VALUE_NUMBER_SIZE, "%s0.%.*s%s", sign, -exponent - 1, "000", digits);
    else if (count <= exponent + 1)
        (void)snprintf(buffer, VALUE_NUMBER_SIZE, "%s%s%.*s.0", sign, digits, exponent + 1 - count,
                       "0000000");
    else
        (void)snprintf(buffer, VALUE_NUMBER_SIZE, "%s%.*s.%s", sign, exponent + 1, digits,
                       digits + exponent + 1);
}

const char *value_number_text(const struct value *value, char buffer[VALUE_NUMBER_SIZE])
{
    if (value->count > 0) return (const char *)(value + 1);
    if (value->boolean)
        format_double(value->number, buffer);
    else
        (void)snprintf(buffer, VALUE_NUMBER_SIZE, "%.0f", value->number);
    return buffer;
}

const struct value *value_number_read(struct arena *arena, const char *text, double number)
{
    const size_t length = strlen(text);
    const size_t digits = strspn(text, "-0123456789");
    if (length == 0 || (digits == length && fabs(number) < (double)VALUE_EXACT))
        return value_number(arena, number);
    const bool plain = digits == length && strrchr(text, '-') <= text;
    return plain ? value_spelled(arena, number, text, length) : value_decimal(arena, number);
}

/* Text being written into room that is known to suffice. */
struct writer {
    char *at;
};

static void put(struct writer *writer, const char *text, size_t length)
{
    memcpy(writer->at, text, length);
    writer->at += length;
}

static void put_escape(struct writer *writer, unsigned char c)
{
    static const char names[] = "btn\0fr";
    char escape[8];
    if (value_escape_extra(c) == 1) {
        const char name = c == '"' || c == '\\' ? (char)c : names[c - '\b'];
        (void)snprintf(escape, sizeof escape, "\\%c", name);
    } else {
        (void)snprintf(escape, sizeof escape, "\\u%04X", (unsigned)c);
    }
    put(writer, escape, strlen(escape));
}

static void put_string(struct writer *writer, const char *text, size_t length)
{
    put(writer, "\"", 1);
    size_t plain = 0; /* begins what was not written yet */
    for (size_t i = 0; i < length; i++) {
        const unsigned char c = (unsigned char)text[i];
        if (value_escape_extra(c) == 0) continue;
        put(writer, text + plain, i - plain);
        put_escape(writer, c);
        plain = i + 1;
    }
    put(writer, text + plain, length - plain);
    put(writer, "\"", 1);
}

static void put_value(struct writer *writer, const struct value *value);

static void put_items(struct writer *writer, const struct value *value)
{
    const bool map = value->type == VALUE_MAP;
    put(writer, map ? "{" : "[", 1);
    for (uint32_t i = 0; i < value->count; i++) {
        if (i > 0) put(writer, ",", 1);
        if (map) {
            put_string(writer, value->members[i].key, strlen(value->members[i].key));
            put(writer, ":", 1);
        }
        put_value(writer, map ? value->members[i].value : value->items[i]);
    }
    put(writer, map ? "}" : "]", 1);
}

/* The depth that value_to_json allows bounds the recursion. */
static void put_value(struct writer *writer, const struct value *value)
{
    char buffer[VALUE_NUMBER_SIZE];
    switch (value->type) {
    case VALUE_NULL: put(writer, "null", 4); break;
    case VALUE_BOOL: put(writer, value->boolean ? "true" : "false", value->json_length); break;
    case VALUE_NUMBER: put(writer, value_number_text(value, buffer), value->json_length); break;
    case VALUE_STRING: put_string(writer, value->text, value->count); break;
    case VALUE_LIST:
    case VALUE_MAP: put_items(writer, value); break;
    }
}

size_t value_json_length(const struct value *value)
{
    return value->json_length;
}

const char *value_to_json(struct arena *arena, const struct value *value)
{
    if (value->json_length > VALUE_LENGTH_MOST || value->depth > 10 * VALUE_DEPTH_MOST) return NULL;
    char *text = arena_alloc(arena, (size_t)value->json_length + 1);
    struct writer writer = {text};
    put_value(&writer, value);
    *writer.at = '\0';
    return text;
}
