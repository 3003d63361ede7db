#include "models/asl/jsonata_library.h"
#include "models/asl/jsonata_picture.h"
#include "models/asl/value_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* $formatNumber: a number as a picture shows it. */

static void add_point(struct text *out, uint32_t point)
{
    char bytes[4];
    text_add_n(out, bytes, value_put_utf8(bytes, point));
}

static void add_points(struct text *out, const uint32_t *points, size_t length)
{
    for (size_t i = 0; i < length; i++) add_point(out, points[i]);
}

static void add_digit(struct text *out, const struct picture_signs *signs, char digit)
{
    add_point(out, signs->zero + (uint32_t)(digit - '0'));
}

static bool groups_at(const size_t *groups, size_t count, size_t place)
{
    for (size_t i = 0; i < count; i++)
        if (groups[i] == place) return true;
    return false;
}

static void add_integer(struct text *out, const struct picture *picture,
                        const struct picture_signs *signs, const char *digits, size_t count)
{
    while (count > 0 && *digits == '0') digits++, count--;
    const size_t total = count < picture->least_integer ? picture->least_integer : count;
    for (size_t i = 0; i < total; i++) {
        const size_t right = total - i;
        const bool separated = picture->regular ? right % picture->regular == 0
                                                : groups_at(picture->integer_groups,
                                                            picture->integer_group_count, right);
        if (i > 0 && separated) add_point(out, signs->grouping);
        add_digit(out, signs, i < total - count ? '0' : digits[i - (total - count)]);
    }
}

static void add_fraction(struct text *out, const struct picture *picture,
                         const struct picture_signs *signs, const char *digits)
{
    size_t count = strlen(digits);
    while (count > picture->least_fraction && digits[count - 1] == '0') count--;
    if (count > 0) add_point(out, signs->decimal);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && groups_at(picture->fraction_groups, picture->fraction_group_count, i))
            add_point(out, signs->grouping);
        add_digit(out, signs, digits[i]);
    }
}

static void add_exponent(struct text *out, const struct picture *picture,
                         const struct picture_signs *signs, int exponent)
{
    char digits[20];
    snprintf(digits, sizeof digits, "%0*d", (int)picture->least_exponent, abs(exponent));
    add_point(out, signs->exponent);
    if (exponent < 0) add_point(out, signs->minus);
    for (const char *c = digits; *c; c++) add_digit(out, signs, *c);
}

/* The mantissa with `scaling` digits before the point; 0 stays. */
static double take_exponent(double number, size_t scaling, int *exponent)
{
    *exponent = 0;
    if (number == 0.0) return number;
    char text[40];
    char *end = NULL;
    snprintf(text, sizeof text, "%.16e", number);
    end = strchr(text, 'e');
    int decimal = 0;
    if (end) sscanf(end + 1, "%d", &decimal);
    *exponent = decimal + 1 - (int)scaling;
    return library_scale(number, -*exponent);
}

static void add_number(struct text *out, double number, const struct picture *picture,
                       const struct picture_signs *signs)
{
    char digits[500];
    int exponent = 0;
    if (picture->percent) number = library_scale(number, 2);
    if (picture->per_mille) number = library_scale(number, 3);
    if (picture->exponent) number = take_exponent(number, picture->scaling, &exponent);
    number = library_round(number, (double)picture->most_fraction);
    snprintf(digits, sizeof digits, "%.*f", (int)picture->most_fraction, number);
    const size_t whole = strspn(digits, "0123456789");
    add_points(out, picture->prefix, picture->prefix_length);
    add_integer(out, picture, signs, digits, whole);
    add_fraction(out, picture, signs, digits + whole + (digits[whole] != '\0'));
    if (picture->exponent) add_exponent(out, picture, signs, exponent);
    add_points(out, picture->suffix, picture->suffix_length);
}

const struct value *library_format_number(struct machine *machine, double number,
                                          const char *picture, const struct value *options)
{
    struct picture_signs signs;
    struct picture pictures[2];
    uint32_t points[PICTURE_MOST + 1];
    const char *fault = NULL;
    picture_signs_read(options, &signs);
    const size_t length = picture_points(picture, points);
    if (length > PICTURE_MOST)
        return machine_fail(machine, "A picture has at most %d characters", (int)PICTURE_MOST);
    size_t first = 0;
    while (first < length && points[first] != signs.separator) first++;
    const bool two = first < length;
    for (size_t i = first + 1; i < length; i++)
        if (points[i] == signs.separator)
            return machine_fail(
                machine,
                "D3080: The picture string must only contain a maximum of two sub-pictures");
    if (!picture_read(points, first, &signs, &pictures[0], &fault) ||
        (two &&
         !picture_read(points + first + 1, length - first - 1, &signs, &pictures[1], &fault)))
        return machine_fail(machine, "%s", fault);
    struct text text;
    text_init(&text);
    if (number < 0.0 && !two) add_point(&text, signs.minus);
    add_number(&text, fabs(number), &pictures[number < 0.0 && two], &signs);
    return machine_text(machine, &text);
}
