#include "models/asl/jsonata_integer.h"

#include <math.h>
#include <string.h>

static const char *const small[] = {"Zero",    "One",     "Two",       "Three",    "Four",
                                    "Five",    "Six",     "Seven",     "Eight",    "Nine",
                                    "Ten",     "Eleven",  "Twelve",    "Thirteen", "Fourteen",
                                    "Fifteen", "Sixteen", "Seventeen", "Eighteen", "Nineteen"};
static const char *const small_ordinals[] = {
    "Zeroth",     "First",     "Second",    "Third",       "Fourth",     "Fifth",     "Sixth",
    "Seventh",    "Eighth",    "Ninth",     "Tenth",       "Eleventh",   "Twelfth",   "Thirteenth",
    "Fourteenth", "Fifteenth", "Sixteenth", "Seventeenth", "Eighteenth", "Nineteenth"};
static const char *const tens[] = {"Twenty", "Thirty",  "Forty",  "Fifty",
                                   "Sixty",  "Seventy", "Eighty", "Ninety"};
static const char *const magnitudes[] = {"Thousand", "Million", "Billion", "Trillion"};

/* 0 to 99. */
static void write_pair(int number, bool ordinal, struct text *out)
{
    if (number < 20) {
        text_add(out, ordinal ? small_ordinals[number] : small[number]);
        return;
    }
    const char *const ten = tens[number / 10 - 2];
    const size_t length = strlen(ten);
    if (number % 10 > 0) {
        text_format(out, "%s-%s", ten, ordinal ? small_ordinals[number % 10] : small[number % 10]);
    } else if (ordinal) {
        text_add_n(out, ten, length - 1);
        text_add(out, "ieth");
    } else {
        text_add(out, ten);
    }
}

/* 0 to 999. `and`: something stands before it. */
static void write_triple(int number, bool and, bool ordinal, struct text *out)
{
    if (number < 100) {
        if (and) text_add(out, " and ");
        write_pair(number, ordinal, out);
        return;
    }
    text_format(out, "%s%s Hundred", and? ", " : "", small[number / 100]);
    if (number % 100 > 0) {
        text_add(out, " and ");
        write_pair(number % 100, ordinal, out);
    } else if (ordinal) {
        text_add(out, "th");
    }
}

static double magnitude_factor(double number, size_t *magnitude)
{
    double factor = 1000.0;
    *magnitude = 0;
    while (*magnitude < 3 && number >= factor * 1000.0) {
        factor *= 1000.0;
        ++*magnitude;
    }
    return factor;
}

/* From the largest magnitude down; beyond a million trillions the count of them has magnitudes of
 * its own, which nest: 308 digits are 26 levels. */
static void write_number(double number, bool and, bool ordinal, struct text *out)
{
    if (number < 1000.0) {
        write_triple((int)number, and, ordinal, out);
        return;
    }
    size_t magnitude = 0;
    const double factor = magnitude_factor(number, &magnitude);
    const double rest = fmod(number, factor);
    if (and) text_add(out, ", ");
    write_number(floor(number / factor), false, false, out);
    text_format(out, " %s", magnitudes[magnitude]);
    if (rest > 0.0)
        write_number(rest, true, ordinal, out);
    else if (ordinal)
        text_add(out, "th");
}

void integer_write_words(double number, bool ordinal, struct text *out)
{
    write_number(number, false, ordinal, out);
}

/* --- And back ------------------------------------------------------------------------------ */

static bool same_word(const char *word, size_t length, const char *known)
{
    if (strlen(known) != length) return false;
    for (size_t i = 0; i < length; i++)
        if ((word[i] | 0x20) != (known[i] | 0x20)) return false;
    return true;
}

static bool find_word(const char *word, size_t length, const char *const *known, int count,
                      int *place)
{
    for (*place = 0; *place < count; ++*place)
        if (same_word(word, length, known[*place])) return true;
    return false;
}

/* "twentieth" for "twenty". */
static bool find_tenth(const char *word, size_t length, int *place)
{
    if (length < 4 || !same_word(word + length - 4, 4, "ieth")) return false;
    for (*place = 0; *place < 8; ++*place) {
        const size_t stem = strlen(tens[*place]) - 1;
        if (stem + 4 != length) continue;
        size_t same = 0;
        while (same < stem && (word[same] | 0x20) == (tens[*place][same] | 0x20)) same++;
        if (same == stem) return true;
    }
    return false;
}

/* What a word adds or multiplies. */
static bool read_word(const char *word, size_t length, double *add, double *multiply)
{
    int place = 0;
    *add = 0.0;
    *multiply = 1.0;
    if (find_word(word, length, small, 20, &place) ||
        find_word(word, length, small_ordinals, 20, &place)) {
        *add = place;
        return true;
    }
    if (find_word(word, length, tens, 8, &place) || find_tenth(word, length, &place)) {
        *add = 20 + 10 * place;
        return true;
    }
    if (length > 2 && same_word(word + length - 2, 2, "th")) length -= 2;
    if (same_word(word, length, "hundred")) {
        *multiply = 100.0;
        return true;
    }
    if (!find_word(word, length, magnitudes, 4, &place)) return same_word(word, length, "and");
    for (int i = 0; i <= place; i++) *multiply *= 1000.0;
    return true;
}

/* Sums of numbers whose magnitudes fall: a magnitude takes what is smaller before it with it. */
struct words {
    double parts[64];
    size_t count;
};

static bool take_word(struct words *words, double add, double multiply)
{
    if (multiply == 1.0) {
        if (words->count == 64) return false;
        if (add > 0.0 || words->count == 0) words->parts[words->count++] = add;
        return true;
    }
    double sum = 0.0;
    while (words->count > 0 && words->parts[words->count - 1] < multiply)
        sum += words->parts[--words->count];
    if (sum == 0.0 && words->count > 0) sum = words->parts[--words->count];
    if (words->count == 64) return false;
    words->parts[words->count++] = sum * multiply;
    return true;
}

bool integer_parse_words(const char *text, size_t length, double *number)
{
    struct words words = {.count = 0};
    for (size_t i = 0; i < length;) {
        size_t end = i;
        while (end < length && (text[end] | 0x20) >= 'a' && (text[end] | 0x20) <= 'z') end++;
        double add = 0.0;
        double multiply = 1.0;
        if (end > i &&
            (!read_word(text + i, end - i, &add, &multiply) || !take_word(&words, add, multiply)))
            return false;
        if (end == i && !strchr(" ,-", text[i])) return false;
        i = end > i ? end : i + 1;
    }
    *number = 0.0;
    for (size_t i = 0; i < words.count; i++) *number += words.parts[i];
    return words.count > 0 && isfinite(*number);
}
