#include "models/asl/jsonata_picture.h"

#include "models/asl/jsonata_library.h"

#include <string.h>

static uint32_t point_at(const char *text, size_t length)
{
    const unsigned char *const c = (const unsigned char *)text;
    if (length < 2) return c[0];
    uint32_t point = c[0] & (0xFFU >> (length + 1));
    for (size_t i = 1; i < length; i++) point = point << 6 | (c[i] & 0x3FU);
    return point;
}

size_t picture_points(const char *text, uint32_t points[PICTURE_MOST + 1])
{
    const size_t length = strlen(text);
    size_t count = 0;
    for (size_t at = 0; at < length && count <= PICTURE_MOST;) {
        const size_t bytes = library_point_length(text + at, length - at);
        points[count++] = point_at(text + at, bytes);
        at += bytes;
    }
    return count;
}

static uint32_t option(const struct value *options, const char *name, uint32_t preset)
{
    const struct value *const value = value_get(options, name);
    if (!value_is(value, VALUE_STRING) || value->count == 0) return preset;
    return point_at(value->text, library_point_length(value->text, value->count));
}

static const char *text_option(const struct value *options, const char *name, const char *preset)
{
    const struct value *const value = value_get(options, name);
    return value_is(value, VALUE_STRING) ? value->text : preset;
}

void picture_signs_read(const struct value *options, struct picture_signs *signs)
{
    *signs = (struct picture_signs){
        .decimal = option(options, "decimal-separator", '.'),
        .grouping = option(options, "grouping-separator", ','),
        .exponent = option(options, "exponent-separator", 'e'),
        .percent = option(options, "percent", '%'),
        .per_mille = option(options, "per-mille", 0x2030),
        .zero = option(options, "zero-digit", '0'),
        .digit = option(options, "digit", '#'),
        .separator = option(options, "pattern-separator", ';'),
        .minus = option(options, "minus-sign", '-'),
        .infinity = text_option(options, "infinity", "Infinity"),
        .not_a_number = text_option(options, "NaN", "NaN"),
    };
}

/* --- The parts of a picture ---------------------------------------------------------------- */

static bool is_zero(const struct picture_signs *signs, uint32_t point)
{
    return point >= signs->zero && point <= signs->zero + 9;
}

static bool is_active(const struct picture_signs *signs, uint32_t point)
{
    return is_zero(signs, point) || point == signs->digit || point == signs->decimal ||
           point == signs->grouping;
}

struct span_of_points {
    const uint32_t *points;
    size_t length;
};

static size_t count_point(struct span_of_points part, uint32_t point)
{
    size_t count = 0;
    for (size_t i = 0; i < part.length; i++)
        if (part.points[i] == point) count++;
    return count;
}

/* The place of a point; the part's length if it is not there. */
static size_t find_point(struct span_of_points part, uint32_t point)
{
    size_t at = 0;
    while (at < part.length && part.points[at] != point) at++;
    return at;
}

static size_t count_zeros(struct span_of_points part, const struct picture_signs *signs)
{
    size_t count = 0;
    for (size_t i = 0; i < part.length; i++)
        if (is_zero(signs, part.points[i])) count++;
    return count;
}

/* Does an `a` stand somewhere before a `b`? One of them means a digit that must be there. */
static bool comes_before(struct span_of_points part, const struct picture_signs *signs,
                         bool zero_first)
{
    bool seen = false;
    for (size_t i = 0; i < part.length; i++) {
        const bool zero = is_zero(signs, part.points[i]);
        const bool optional = part.points[i] == signs->digit;
        if (zero_first ? zero : optional) seen = true;
        if (seen && (zero_first ? optional : zero)) return true;
    }
    return false;
}

struct parts {
    struct span_of_points whole;
    struct span_of_points active;
    struct span_of_points integer;
    struct span_of_points fraction;
    struct span_of_points exponent;
    bool has_point;
    bool has_exponent;
};

static void split_parts(const uint32_t *points, size_t length, const struct picture_signs *signs,
                        struct parts *parts)
{
    size_t begin = 0;
    size_t end = length;
    while (begin < length && !is_active(signs, points[begin])) begin++;
    while (end > begin && !is_active(signs, points[end - 1])) end--;
    *parts = (struct parts){.whole = {points, length}, .active = {points + begin, end - begin}};
    struct span_of_points mantissa = parts->active;
    mantissa.length = find_point(parts->active, signs->exponent);
    parts->has_exponent = mantissa.length < parts->active.length;
    if (parts->has_exponent)
        parts->exponent = (struct span_of_points){points + begin + mantissa.length + 1,
                                                  parts->active.length - mantissa.length - 1};
    parts->integer = mantissa;
    parts->integer.length = find_point(mantissa, signs->decimal);
    parts->has_point = parts->integer.length < mantissa.length;
    if (parts->has_point)
        parts->fraction = (struct span_of_points){mantissa.points + parts->integer.length + 1,
                                                  mantissa.length - parts->integer.length - 1};
}

static const char *check_groups(const struct parts *parts, const struct picture_signs *signs)
{
    const struct span_of_points integer = parts->integer;
    const struct span_of_points fraction = parts->fraction;
    const bool at_end = integer.length > 0 && integer.points[integer.length - 1] == signs->grouping;
    if (parts->has_point &&
        (at_end || (fraction.length > 0 && fraction.points[0] == signs->grouping)))
        return "D3087: The sub-picture must not contain a 'grouping-separator' character that "
               "appears adjacent to a 'decimal-separator' character";
    if (at_end)
        return "D3088: The sub-picture must not contain a 'grouping-separator' at the end of the "
               "integer part";
    for (size_t i = 0; i + 1 < parts->whole.length; i++)
        if (parts->whole.points[i] == signs->grouping &&
            parts->whole.points[i + 1] == signs->grouping)
            return "D3089: The sub-picture must not contain two adjacent instances of the "
                   "'grouping-separator' character";
    return NULL;
}

static const char *check_signs(const struct parts *parts, const struct picture_signs *signs)
{
    const size_t percents = count_point(parts->whole, signs->percent);
    const size_t per_milles = count_point(parts->whole, signs->per_mille);
    if (count_point(parts->whole, signs->decimal) > 1)
        return "D3081: The sub-picture must not contain more than one instance of the "
               "'decimal-separator' character";
    if (percents > 1)
        return "D3082: The sub-picture must not contain more than one instance of the 'percent' "
               "character";
    if (per_milles > 1)
        return "D3083: The sub-picture must not contain more than one instance of the 'per-mille' "
               "character";
    if (percents && per_milles)
        return "D3084: The sub-picture must not contain both a 'percent' and a 'per-mille' "
               "character";
    if (count_zeros(parts->integer, signs) + count_zeros(parts->fraction, signs) +
            count_point(parts->integer, signs->digit) +
            count_point(parts->fraction, signs->digit) ==
        0)
        return "D3085: The mantissa part of a sub-picture must contain at least one character that "
               "is either an 'optional digit character' or a member of the 'decimal digit family'";
    if (parts->has_exponent && (percents || per_milles))
        return "D3092: A sub-picture that contains a 'percent' or 'per-mille' character must not "
               "contain a character treated as an 'exponent-separator'";
    return NULL;
}

static const char *check_parts(const struct parts *parts, const struct picture_signs *signs)
{
    const char *fault = check_signs(parts, signs);
    if (fault) return fault;
    for (size_t i = 0; i < parts->active.length; i++)
        if (!is_active(signs, parts->active.points[i]) &&
            parts->active.points[i] != signs->exponent)
            return "D3086: The sub-picture must not contain a passive character that is preceded "
                   "by an active character and that is followed by another active character";
    fault = check_groups(parts, signs);
    if (fault) return fault;
    if (comes_before(parts->integer, signs, true))
        return "D3090: The integer part of the sub-picture must not contain a member of the "
               "'decimal digit family' that is followed by an instance of the 'optional digit "
               "character'";
    if (comes_before(parts->fraction, signs, false))
        return "D3091: The fractional part of the sub-picture must not contain an instance of the "
               "'optional digit character' that is followed by a member of the 'decimal digit "
               "family'";
    if (parts->has_exponent && (parts->exponent.length == 0 ||
                                count_zeros(parts->exponent, signs) != parts->exponent.length))
        return "D3093: The exponent part of the sub-picture must comprise only of one or more "
               "characters that are members of the 'decimal digit family'";
    return NULL;
}

/* --- What it says -------------------------------------------------------------------------- */

/* Digits of either kind in the first `length` points. */
static size_t digits_in(struct span_of_points part, const struct picture_signs *signs,
                        size_t length)
{
    part.length = length;
    return count_zeros(part, signs) + count_point(part, signs->digit);
}

static void read_groups(const struct parts *parts, const struct picture_signs *signs,
                        struct picture *picture)
{
    const size_t total = digits_in(parts->integer, signs, parts->integer.length);
    for (size_t i = 0; i < parts->integer.length; i++)
        if (parts->integer.points[i] == signs->grouping)
            picture->integer_groups[picture->integer_group_count++] =
                total - digits_in(parts->integer, signs, i);
    for (size_t i = 0; i < parts->fraction.length; i++)
        if (parts->fraction.points[i] == signs->grouping)
            picture->fraction_groups[picture->fraction_group_count++] =
                digits_in(parts->fraction, signs, i);
    const size_t count = picture->integer_group_count;
    if (count == 0) return;
    picture->regular = picture->integer_groups[count - 1];
    for (size_t i = 0; i < count; i++)
        if (picture->integer_groups[i] != picture->regular * (count - i)) {
            picture->regular = 0;
            return;
        }
}

static void read_sizes(const struct parts *parts, const struct picture_signs *signs,
                       struct picture *picture)
{
    picture->least_integer = picture->scaling = count_zeros(parts->integer, signs);
    picture->least_fraction = count_zeros(parts->fraction, signs);
    picture->most_fraction = digits_in(parts->fraction, signs, parts->fraction.length);
    if (picture->least_integer == 0 && picture->most_fraction == 0) {
        if (parts->has_exponent)
            picture->least_fraction = picture->most_fraction = 1;
        else
            picture->least_integer = 1;
    }
    if (parts->has_exponent && picture->least_integer == 0 &&
        count_point(parts->integer, signs->digit) > 0)
        picture->least_integer = 1;
    if (picture->least_integer == 0 && picture->least_fraction == 0) picture->least_fraction = 1;
    picture->least_exponent = parts->exponent.length;
    picture->exponent = parts->has_exponent;
}

bool picture_read(const uint32_t *points, size_t length, const struct picture_signs *signs,
                  struct picture *picture, const char **fault)
{
    struct parts parts;
    split_parts(points, length, signs, &parts);
    *fault = check_parts(&parts, signs);
    if (*fault) return false;
    *picture = (struct picture){.prefix = points};
    picture->prefix_length = (size_t)(parts.active.points - points);
    picture->suffix = parts.active.points + parts.active.length;
    picture->suffix_length = length - picture->prefix_length - parts.active.length;
    picture->percent = count_point(parts.whole, signs->percent) > 0;
    picture->per_mille = count_point(parts.whole, signs->per_mille) > 0;
    read_groups(&parts, signs, picture);
    read_sizes(&parts, signs, picture);
    return true;
}
