/* number.h - decimal numbers as text, the same in every locale.
 *
 * Syntax: an optional minus, digits with at most one point, an optional exponent. No plus, no
 * hexadecimal, no infinity, no NaN.
 */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

/* How many bytes at the start of `text` are a number; 0 if none are. */
size_t number_length(const char *text);

/* The number in text[0..length) (as number_length found it) times 10^shift, correctly rounded. What
 * is too small is 0. False if it is too large for a double or has more than 400 bytes. */
bool number_read(const char *text, size_t length, int shift, double *value);

enum { NUMBER_SIZE = 48 };

/* `value`, which must be finite, with at most `digits` significant digits (1 to 17), without
 * trailing zeros; with an exponent only when many zeros would be needed. */
void number_format(double value, int digits, char out[NUMBER_SIZE]);

#endif
