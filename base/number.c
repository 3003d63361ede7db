#include "base/number.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LONGEST_NUMBER = 400,
    EXPONENT_LIMIT = 100000, /* far beyond any double, far below any overflow */
    PLAIN_ABOVE = -7,        /* 0.000001, but 1e-7 */
    PLAIN_BELOW = 18,        /* 100000000000000000, but 1e18 */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t digits_length(const char *text)
{
    size_t length = 0;
    while (is_digit(text[length])) length++;
    return length;
}

size_t number_length(const char *text)
{
    const char *at = text + (text[0] == '-');
    size_t whole = digits_length(at);
    at += whole;
    size_t fraction = 0;
    if (*at == '.') {
        fraction = digits_length(at + 1);
        if (fraction > 0) at += fraction + 1;
    }
    if (whole + fraction == 0) return 0;
    if (*at == 'e' || *at == 'E') {
        const char *exponent = at + 1;
        if (*exponent == '-' || *exponent == '+') exponent++;
        size_t length = digits_length(exponent);
        if (length > 0) at = exponent + length;
    }
    return (size_t)(at - text);
}

static int read_exponent(const char *text, size_t length)
{
    bool negative = length > 0 && text[0] == '-';
    int exponent = 0;
    for (size_t i = 0; i < length; i++)
        if (is_digit(text[i]) && exponent < EXPONENT_LIMIT)
            exponent = exponent * 10 + (text[i] - '0');
    return negative ? -exponent : exponent;
}

bool number_read(const char *text, size_t length, int shift, double *value)
{
    if (length > LONGEST_NUMBER) return false;
    /* strtod's decimal point depends on the locale: move the point into the exponent. */
    char buffer[LONGEST_NUMBER + 32];
    size_t used = 0;
    int exponent = shift;
    bool in_fraction = false;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == 'e' || text[i] == 'E') {
            exponent += read_exponent(text + i + 1, length - i - 1);
            break;
        }
        if (text[i] == '.') {
            in_fraction = true;
            continue;
        }
        buffer[used++] = text[i];
        if (in_fraction) exponent--;
    }
    (void)snprintf(buffer + used, sizeof buffer - used, "e%d", exponent);
    double read = strtod(buffer, NULL);
    if (!isfinite(read)) return false;
    *value = read + 0.0; /* -0 becomes 0 */
    return true;
}

/* Splits `value` into its significant digits (without trailing zeros) and the first one's exponent.
 */
static int split_digits(double value, int digits, char out[20])
{
    char printed[64];
    (void)snprintf(printed, sizeof printed, "%.*e", digits - 1, value);
    size_t used = 0;
    const char *at = printed;
    for (; *at != 'e'; at++) /* steps over the locale's decimal point */
        if (is_digit(*at)) out[used++] = *at;
    while (used > 1 && out[used - 1] == '0') used--;
    out[used] = '\0';
    return read_exponent(at + 1, strlen(at + 1));
}

void number_format(double value, int digits, char out[NUMBER_SIZE])
{
    assert(isfinite(value) && digits >= 1 && digits <= 17);
    char significant[20];
    int exponent = split_digits(fabs(value), digits, significant);
    int count = (int)strlen(significant);
    const char *sign = value < 0 ? "-" : "";
    if (exponent <= PLAIN_ABOVE || exponent >= PLAIN_BELOW) {
        (void)snprintf(out, NUMBER_SIZE, "%s%c%s%se%d", sign, significant[0], count > 1 ? "." : "",
                       significant + 1, exponent);
    } else if (exponent < 0) {
        (void)snprintf(out, NUMBER_SIZE, "%s0.%.*s%s", sign, -exponent - 1, "000000", significant);
    } else if (count <= exponent + 1) {
        (void)snprintf(out, NUMBER_SIZE, "%s%s%.*s", sign, significant, exponent + 1 - count,
                       "00000000000000000000");
    } else {
        (void)snprintf(out, NUMBER_SIZE, "%s%.*s.%s", sign, exponent + 1, significant,
                       significant + exponent + 1);
    }
}
