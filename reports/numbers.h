/* numbers.h - numbers as reports write them: interval first, digits second. */
#ifndef REPORTS_NUMBERS_H
#define REPORTS_NUMBERS_H

#include "base/text.h"
#include "reports/style.h"
#include "study/result.h"

#include <stddef.h>

#define NUMBER_SIZE 48

/* The fewest digits that read back to the same double; "null" when it is not finite. */
void number_shortest(double value, char out[NUMBER_SIZE]);

/* With `decimals` places and thousands separators; "n/a" for NaN. */
void number_fixed(double value, int decimals, char out[NUMBER_SIZE]);

/* Decimal places that an interval's half-width supports: two significant digits of it; for an
 * unknown interval, three of the value. At most 9. */
int number_places(double value, double half_width);

/* An estimate times `scale`, rounded as its interval allows; with `*` when there were too few
 * samples. `half` gets the half-width ("±4"), or the interval in brackets where it is lopsided, or
 * is empty. Either may be NULL. */
void number_estimate(const struct estimate *e, double scale, const struct style *style,
                     char value[NUMBER_SIZE], char half[NUMBER_SIZE]);

/* Dollars with their interval: never more places than number_money has, so that a half-width that
 * rounds to nothing is left out. */
void number_money_estimate(const struct estimate *e, const struct style *style,
                           char value[NUMBER_SIZE], char half[NUMBER_SIZE]);

/* 44.1%, 0.042% below a thousandth. */
void number_percent(double ratio, char out[NUMBER_SIZE]);
/* Three significant digits: 2.00, 14.3, 1,234. */
void number_rate(double per_s, char out[NUMBER_SIZE]);
/* +12.2% and, in Unicode, a real minus. */
void number_change(double ratio, const struct style *style, char out[NUMBER_SIZE]);
/* Dollars without sign: two places from 0.10 up, else two significant digits. */
void number_money(double usd, char out[NUMBER_SIZE]);

/* Adds `value` to a line so that it ends (right) or begins (left) at a column of the given width,
 * by columns and not bytes. */
void pad_right_aligned(struct text *line, const char *value, size_t width);
void pad_left_aligned(struct text *line, const char *value, size_t width);
/* A bar of `share` (0 to 1) of `width` cells. */
void add_bar(struct text *line, double share, size_t width, const struct style *style);

/* A name from outside, printable, in exactly `width` columns (at least 4): cut with an ellipsis or
 * filled with blanks. */
void add_name(struct text *line, const char *name, size_t width, const struct style *style);
/* A name from outside, printable. */
void add_plain(struct text *line, const char *name);
/* A value in a colour ("31" red, "32" green, "33" yellow, "1" bold, "2" dim) where there is colour.
 */
void add_styled(struct text *line, const char *code, const char *value, const struct style *style);

/* Appends the line without trailing blanks, cut to the style's width, and a line feed; clears it.
 * What could drive a terminal comes out as '?'. */
void end_line(struct text *out, struct text *line, const struct style *style);

/* As end_line, but what does not fit goes on in further lines, indented (by less than half the
 * width); only a word longer than a line is cut. */
void end_wrapped(struct text *out, struct text *line, size_t indent, const struct style *style);

#endif
