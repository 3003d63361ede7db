/* jsonata_picture.h - the pictures of XPath's format-number, read. For jsonata_*.c alone. */
#ifndef MODELS_ASL_JSONATA_PICTURE_H
#define MODELS_ASL_JSONATA_PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct value;

enum { PICTURE_MOST = 128 }; /* code points */

/* The signs of a picture, and of what it gives. */
struct picture_signs {
    uint32_t decimal;
    uint32_t grouping;
    uint32_t exponent;
    uint32_t percent;
    uint32_t per_mille;
    uint32_t zero;
    uint32_t digit;
    uint32_t separator; /* between the pictures of positive and negative numbers */
    uint32_t minus;
    const char *infinity;
    const char *not_a_number;
};

struct picture {
    const uint32_t *prefix; /* in the text that was read */
    size_t prefix_length;
    const uint32_t *suffix;
    size_t suffix_length;
    bool percent;
    bool per_mille;
    bool exponent;
    size_t least_integer; /* digits */
    size_t scaling;       /* digits before the point of a mantissa */
    size_t least_fraction;
    size_t most_fraction;
    size_t least_exponent;
    size_t integer_groups[PICTURE_MOST]; /* digits to the right of each separator */
    size_t integer_group_count;
    size_t regular;                       /* they repeat every so many digits; 0: they do not */
    size_t fraction_groups[PICTURE_MOST]; /* digits to the left of each separator */
    size_t fraction_group_count;
};

/* What the options of $formatNumber say; `options` may be NULL. */
void picture_signs_read(const struct value *options, struct picture_signs *signs);
/* Code points of UTF-8; how many, at most PICTURE_MOST + 1. */
size_t picture_points(const char *text, uint32_t points[PICTURE_MOST + 1]);
/* One picture of the one or two. False with *fault, a literal. */
bool picture_read(const uint32_t *points, size_t length, const struct picture_signs *signs,
                  struct picture *picture, const char **fault);

#endif
