#include "models/asl/jsonata_integer.h"

#include "models/asl/jsonata_library.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* --- Pictures ------------------------------------------------------------------------------ */

static bool is_letter_or_digit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The places of the separators in a pattern of digits, from the left; then counted from the right.
 */
static bool read_groups(const char *picture, size_t length, struct integer_format *format,
                        const char **fault)
{
    size_t seen = 0;
    for (size_t i = 0; i < length;) {
        const size_t bytes = library_point_length(picture + i, length - i);
        if (picture[i] == '#') {
            if (format->digits > 0) *fault = "D3130: an optional digit follows a mandatory one";
            format->optional++;
            seen++;
        } else if (picture[i] >= '0' && picture[i] <= '9') {
            format->digits++;
            seen++;
        } else if (bytes <= 4 && !is_letter_or_digit(picture[i]) &&
                   format->group_count < INTEGER_GROUPS_MOST) {
            format->groups[format->group_count].place = seen;
            memcpy(format->groups[format->group_count++].separator, picture + i, bytes);
        } else {
            *fault = "D3130: Formatting or parsing an integer as a sequence starting with this "
                     "picture is not supported by this implementation";
        }
        if (*fault) return false;
        i += bytes;
    }
    for (size_t i = 0; i < format->group_count; i++)
        format->groups[i].place = seen - format->groups[i].place;
    return true;
}

/* Do the separators stand at multiples of one distance, all of the same sign? */
static size_t regular_distance(const struct integer_format *format)
{
    const size_t count = format->group_count;
    if (count == 0) return 0;
    const size_t distance = format->groups[count - 1].place;
    for (size_t i = 0; i < count; i++)
        if (format->groups[i].place != distance * (count - i) ||
            strcmp(format->groups[i].separator, format->groups[0].separator) != 0)
            return 0;
    return distance;
}

static bool read_pattern(const char *picture, size_t length, struct integer_format *format,
                         const char **fault)
{
    if (!read_groups(picture, length, format, fault)) return false;
    if (format->digits == 0) {
        *fault = "D3130: Formatting or parsing an integer as a sequence starting with this picture "
                 "is not supported by this implementation";
        return false;
    }
    format->regular = regular_distance(format);
    return true;
}

bool integer_format_read(const char *picture, size_t length, struct integer_format *format,
                         const char **fault)
{
    *format = (struct integer_format){0};
    *fault = NULL;
    for (size_t i = length; i-- > 0;)
        if (picture[i] == ';') {
            format->ordinal = i + 1 < length && picture[i + 1] == 'o';
            length = i;
            break;
        }
    const char first = length > 0 ? picture[0] : '\0';
    if (length == 2 && strncmp(picture, "Ww", 2) == 0) {
        format->style = INTEGER_WORDS;
        format->letters = INTEGER_TITLE;
        return true;
    }
    if (length != 1 || !strchr("AaIiWw", first))
        return read_pattern(picture, length, format, fault);
    format->letters = first >= 'a' ? INTEGER_LOWER : INTEGER_UPPER;
    format->style = first == 'A' || first == 'a'   ? INTEGER_LETTERS
                    : first == 'I' || first == 'i' ? INTEGER_ROMAN
                                                   : INTEGER_WORDS;
    return true;
}

/* --- Letters and Roman numerals ------------------------------------------------------------ */

static const struct {
    int value;
    const char *letters;
} romans[] = {{1000, "m"}, {900, "cm"}, {500, "d"}, {400, "cd"}, {100, "c"}, {90, "xc"}, {50, "l"},
              {40, "xl"},  {10, "x"},   {9, "ix"},  {5, "v"},    {4, "iv"},  {1, "i"}};

static bool write_roman(double number, struct text *out)
{
    if (number > 100000.0) return false;
    for (size_t i = 0; i < sizeof romans / sizeof romans[0]; i++)
        for (; number >= romans[i].value; number -= romans[i].value)
            text_add(out, romans[i].letters);
    return true;
}

static int roman_value(char letter)
{
    for (size_t i = 0; i < sizeof romans / sizeof romans[0]; i++)
        if (!romans[i].letters[1] && romans[i].letters[0] == (letter | 0x20))
            return romans[i].value;
    return 0;
}

static bool parse_roman(const char *text, size_t length, double *number)
{
    double total = 0.0;
    int highest = 0;
    for (size_t i = length; i-- > 0;) {
        const int value = roman_value(text[i]);
        if (value == 0) return false;
        total += value < highest ? -value : value;
        if (value > highest) highest = value;
    }
    *number = total;
    return length > 0;
}

static bool write_letters(double number, struct text *out)
{
    char letters[80];
    size_t at = sizeof letters - 1;
    letters[at] = '\0';
    if (number > 0x1p53) return false;
    while (number >= 1.0 && at > 0) {
        letters[--at] = (char)('a' + (int)fmod(number - 1.0, 26.0));
        number = floor((number - 1.0) / 26.0);
    }
    text_add(out, letters + at);
    return true;
}

static bool parse_letters(const char *text, size_t length, double *number)
{
    *number = 0.0;
    for (size_t i = 0; i < length; i++) {
        const char letter = (char)(text[i] | 0x20);
        if (letter < 'a' || letter > 'z' || *number > 1e12) return false;
        *number = *number * 26.0 + (letter - 'a' + 1);
    }
    return length > 0;
}

/* --- Digits -------------------------------------------------------------------------------- */

/* The separator that stands with `place` digits to its right; NULL for none. */
static const char *separator_at(const struct integer_format *format, size_t place)
{
    if (place == 0) return NULL;
    if (format->regular) return place % format->regular == 0 ? format->groups[0].separator : NULL;
    for (size_t i = 0; i < format->group_count; i++)
        if (format->groups[i].place == place) return format->groups[i].separator;
    return NULL;
}

static void write_ordinal_ending(double number, struct text *out)
{
    const int two = (int)fmod(number, 100.0);
    const int one = two % 10;
    const bool teen = two >= 10 && two < 20;
    text_add(out, !teen && one == 1   ? "st"
                  : !teen && one == 2 ? "nd"
                  : !teen && one == 3 ? "rd"
                                      : "th");
}

static void write_digits(double number, const struct integer_format *format, struct text *out)
{
    char digits[350];
    const int written = snprintf(digits, sizeof digits, "%.0f", number);
    const size_t count = written > 0 ? (size_t)written : 0;
    const size_t total = count < format->digits ? format->digits : count;
    for (size_t i = 0; i < total; i++) {
        const char *const separator = i > 0 ? separator_at(format, total - i) : NULL;
        if (separator) text_add(out, separator);
        text_add_char(out, i < total - count ? '0' : digits[i - (total - count)]);
    }
    if (format->ordinal) write_ordinal_ending(number, out);
}

static bool parse_digits(const char *text, size_t length, const struct integer_format *format,
                         double *number)
{
    size_t digits = 0;
    *number = 0.0;
    if (format->ordinal && length > 2) length -= 2;
    for (size_t i = 0; i < length; i++) {
        if (text[i] >= '0' && text[i] <= '9') {
            *number = *number * 10.0 + (text[i] - '0');
            digits++;
        } else if (is_letter_or_digit(text[i])) {
            return false;
        }
    }
    return digits > 0 && isfinite(*number);
}

/* --- All styles ---------------------------------------------------------------------------- */

static void set_case(struct text *text, size_t from, enum integer_case letters)
{
    for (size_t i = from; i < text->length; i++) {
        char *const c = &text->data[i];
        const bool letter = (*c | 0x20) >= 'a' && (*c | 0x20) <= 'z';
        if (letter && letters == INTEGER_UPPER) *c = (char)(*c & ~0x20);
        if (letter && letters == INTEGER_LOWER) *c = (char)(*c | 0x20);
    }
}

bool integer_write(double number, const struct integer_format *format, struct text *out)
{
    bool ok = true;
    if (number < 0.0) text_add_char(out, '-');
    const size_t from = out->length;
    number = fabs(number);
    if (format->style == INTEGER_DIGITS) {
        write_digits(number, format, out);
        return true;
    }
    if (format->style == INTEGER_LETTERS) ok = write_letters(number, out);
    if (format->style == INTEGER_ROMAN) ok = write_roman(number, out);
    if (format->style == INTEGER_WORDS) integer_write_words(number, format->ordinal, out);
    set_case(out, from, format->letters);
    return ok;
}

bool integer_parse(const char *text, size_t length, const struct integer_format *format,
                   double *number)
{
    const bool negative = length > 0 && text[0] == '-';
    if (negative) text++, length--;
    bool ok = false;
    switch (format->style) {
    case INTEGER_LETTERS: ok = parse_letters(text, length, number); break;
    case INTEGER_ROMAN: ok = parse_roman(text, length, number); break;
    case INTEGER_WORDS: ok = integer_parse_words(text, length, number); break;
    case INTEGER_DIGITS:
    default: ok = parse_digits(text, length, format, number); break;
    }
    if (negative) *number = -*number;
    return ok;
}

const struct value *library_format_integer(struct machine *machine, double number,
                                           const char *picture)
{
    struct integer_format format;
    const char *fault = NULL;
    if (!integer_format_read(picture, strlen(picture), &format, &fault))
        return machine_fail(machine, "%s: \"%s\"", fault, picture);
    struct text text;
    text_init(&text);
    if (integer_write(number, &format, &text)) return machine_text(machine, &text);
    text_free(&text);
    return machine_fail(machine, "The number %s is too large for the picture \"%s\"",
                        machine_show(machine, value_number(machine->arena, number)), picture);
}

const struct value *library_parse_integer(struct machine *machine, const char *text,
                                          const char *picture)
{
    struct integer_format format;
    const char *fault = NULL;
    double number = 0.0;
    if (!integer_format_read(picture, strlen(picture), &format, &fault))
        return machine_fail(machine, "%s: \"%s\"", fault, picture);
    if (!integer_parse(text, strlen(text), &format, &number)) return NULL;
    return machine_number(machine, number);
}
