#include "models/asl/jsonata_machine.h"

#include <stdio.h>
#include <string.h>

/* Values as text: numbers as JavaScript writes them, the rest as JSON. */

/* The digits of `value` (positive) and the place of the point: 0.d1d2... times 10^*point. */
static size_t split_digits(double value, int digits, char out[20], int *point)
{
    char text[40];
    snprintf(text, sizeof text, "%.*e", digits - 1, value);
    size_t count = 0;
    const char *c = text;
    for (; *c && *c != 'e'; c++)
        if (*c >= '0' && *c <= '9') out[count++] = *c;
    int exponent = 0;
    const bool negative = *c && c[1] == '-';
    for (c += 2; *c >= '0' && *c <= '9'; c++) exponent = exponent * 10 + (*c - '0');
    while (count > 1 && out[count - 1] == '0') count--;
    *point = (negative ? -exponent : exponent) + 1;
    return count;
}

static void write_exponent(const char *digits, size_t count, int point, char *out)
{
    const int exponent = point - 1;
    *out++ = digits[0];
    if (count > 1) {
        *out++ = '.';
        memcpy(out, digits + 1, count - 1);
        out += count - 1;
    }
    snprintf(out, 16, "e%c%d", exponent < 0 ? '-' : '+', exponent < 0 ? -exponent : exponent);
}

/* ECMA-262, Number::toString. */
static void write_digits(const char *digits, size_t count, int point, char *out)
{
    if (point > 21 || point < -5) {
        write_exponent(digits, count, point, out);
        return;
    }
    if (point <= 0) {
        *out++ = '0';
        *out++ = '.';
        for (int i = point; i < 0; i++) *out++ = '0';
    }
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && (int)i == point) *out++ = '.';
        *out++ = digits[i];
    }
    for (int i = (int)count; i < point; i++) *out++ = '0';
    *out = '\0';
}

void machine_write_number(double number, int digits, char out[40])
{
    char text[20];
    int point = 0;
    if (number == 0.0) {
        memcpy(out, "0", 2);
        return;
    }
    if (number < 0.0) *out++ = '-';
    const size_t count = split_digits(number < 0.0 ? -number : number, digits, text, &point);
    write_digits(text, count, point, out);
}

/* --- JSON ---------------------------------------------------------------------------------- */

struct writer {
    struct machine *machine;
    struct text *text;
    bool pretty;
    size_t level;
};

static void write_quoted(struct text *text, const char *from, size_t length)
{
    static const char plain[] = "\"\\\b\f\n\r\t";
    static const char escaped[] = "\"\\bfnrt";
    text_add_char(text, '"');
    for (size_t i = 0; i < length; i++) {
        const char *const known = from[i] ? strchr(plain, from[i]) : NULL;
        if (known) {
            text_add_char(text, '\\');
            text_add_char(text, escaped[known - plain]);
        } else if ((unsigned char)from[i] < 0x20) {
            text_format(text, "\\u%04x", (unsigned)from[i]);
        } else {
            text_add_char(text, from[i]);
        }
    }
    text_add_char(text, '"');
}

static void write_break(struct writer *writer)
{
    if (!writer->pretty) return;
    text_add_char(writer->text, '\n');
    text_repeat(writer->text, "  ", writer->level);
}

static void write_value(struct writer *writer, const struct value *value);

static void write_list(struct writer *writer, const struct value *value)
{
    text_add_char(writer->text, '[');
    writer->level++;
    for (size_t i = 0; i < value->count && !writer->machine->fault; i++) {
        if (i > 0) text_add_char(writer->text, ',');
        write_break(writer);
        write_value(writer, value->items[i]);
    }
    writer->level--;
    if (value->count > 0) write_break(writer);
    text_add_char(writer->text, ']');
}

static void write_map(struct writer *writer, const struct value *value)
{
    text_add_char(writer->text, '{');
    writer->level++;
    for (size_t i = 0; i < value->count && !writer->machine->fault; i++) {
        const struct value_member *const member = &value->members[i];
        if (i > 0) text_add_char(writer->text, ',');
        write_break(writer);
        write_quoted(writer->text, member->key, strlen(member->key));
        text_add(writer->text, writer->pretty ? ": " : ":");
        write_value(writer, member->value);
    }
    writer->level--;
    if (value->count > 0) write_break(writer);
    text_add_char(writer->text, '}');
}

static void write_scalar(struct writer *writer, const struct value *value)
{
    char number[40];
    if (value->type == VALUE_STRING) {
        write_quoted(writer->text, value->text, value->count);
    } else if (value->type == VALUE_NUMBER) {
        machine_write_number(value->number, 15, number);
        text_add(writer->text, number);
    } else if (value->type == VALUE_BOOL) {
        text_add(writer->text, value->boolean ? "true" : "false");
    } else {
        text_add(writer->text, value_is(value, VALUE_FUNCTION) ? "\"\"" : "null");
    }
}

static void write_value(struct writer *writer, const struct value *value)
{
    const size_t before = writer->text->length;
    if (!machine_spend(writer->machine, 1 + writer->level / 8)) return;
    if (value->type == VALUE_LIST) {
        write_list(writer, value);
    } else if (value->type == VALUE_MAP) {
        write_map(writer, value);
    } else {
        write_scalar(writer, value);
        machine_spend(writer->machine, (writer->text->length - before) / 8);
    }
}

const struct value *machine_string(struct machine *machine, const struct value *value, bool pretty)
{
    if (!value || value->type == VALUE_STRING) return value;
    if (value_is(value, VALUE_FUNCTION)) return &value_empty_string;
    struct text text;
    text_init(&text);
    struct writer writer = {machine, &text, pretty, 0};
    write_value(&writer, value);
    return machine_text(machine, &text);
}
