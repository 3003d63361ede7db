#include "reports/numbers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void number_shortest(double value, char out[NUMBER_SIZE])
{
    if (!isfinite(value)) {
        snprintf(out, NUMBER_SIZE, "null");
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(out, NUMBER_SIZE, "%.*g", digits, value);
        if (strtod(out, NULL) == value) return;
    }
}

void number_fixed(double value, int decimals, char out[NUMBER_SIZE])
{
    if (!isfinite(value)) {
        snprintf(out, NUMBER_SIZE, "n/a");
        return;
    }
    char plain[NUMBER_SIZE];
    if (fabs(value) >= 1e15) {
        snprintf(out, NUMBER_SIZE, "%.3e", value);
        return;
    }
    snprintf(plain, sizeof plain, "%.*f", decimals, fabs(value));
    const size_t whole = strcspn(plain, ".");
    size_t at = 0;
    if (value < 0 && strtod(plain, NULL) != 0) out[at++] = '-';
    for (size_t i = 0; plain[i] && at + 2 < NUMBER_SIZE; i++) {
        if (i > 0 && i < whole && (whole - i) % 3 == 0) out[at++] = ',';
        out[at++] = plain[i];
    }
    out[at] = '\0';
}

int number_places(double value, double half_width)
{
    const double scale = half_width > 0 ? half_width : fabs(value) / 10;
    if (!(scale > 0) || !isfinite(scale)) return 0;
    const int places = 1 - (int)floor(log10(scale));
    return places < 0 ? 0 : places > 9 ? 9 : places;
}

void number_estimate(const struct estimate *e, double scale, const struct style *style,
                     char value[NUMBER_SIZE], char half[NUMBER_SIZE])
{
    if (half) half[0] = '\0';
    if (!e || isnan(e->value)) {
        snprintf(value, NUMBER_SIZE, "n/a");
        return;
    }
    const double width = (e->high - e->low) / 2 * scale;
    const int places = number_places(e->value * scale, e->interval_known ? width : 0);
    number_fixed(e->value * scale, places, value);
    if (e->low_n) {
        snprintf(value, NUMBER_SIZE, "n/a*");
        return;
    }
    if (!half || !e->interval_known) return;
    char digits[NUMBER_SIZE];
    number_fixed(width, places, digits);
    snprintf(half, NUMBER_SIZE, "%s%.40s", style->unicode ? "±" : "+/-", digits);
}

void number_percent(double ratio, char out[NUMBER_SIZE])
{
    if (!isfinite(ratio)) snprintf(out, NUMBER_SIZE, "n/a");
    else if (ratio != 0 && fabs(ratio) < 0.001) snprintf(out, NUMBER_SIZE, "%.2g%%", ratio * 100);
    else snprintf(out, NUMBER_SIZE, "%.1f%%", ratio * 100);
}

void number_change(double ratio, const struct style *style, char out[NUMBER_SIZE])
{
    if (!isfinite(ratio)) {
        snprintf(out, NUMBER_SIZE, "n/a");
        return;
    }
    const bool negative = ratio < 0 && fabs(ratio) >= 0.0005;
    const char *minus = style->unicode ? "−" : "-";
    snprintf(out, NUMBER_SIZE, "%s%.1f%%", negative ? minus : "+", fabs(ratio) * 100);
}

void number_money(double usd, char out[NUMBER_SIZE])
{
    if (!isfinite(usd)) snprintf(out, NUMBER_SIZE, "n/a");
    else if (fabs(usd) >= 0.1 || usd == 0) number_fixed(usd, 2, out);
    else snprintf(out, NUMBER_SIZE, "%.*f", 1 - (int)floor(log10(fabs(usd))), usd);
}

void pad_right_aligned(struct text *line, const char *value, size_t width)
{
    const size_t columns = text_columns(value);
    if (columns < width) text_repeat(line, " ", width - columns);
    text_add(line, value);
}

void pad_left_aligned(struct text *line, const char *value, size_t width)
{
    const size_t columns = text_columns(value);
    text_add(line, value);
    if (columns < width) text_repeat(line, " ", width - columns);
}

void add_bar(struct text *line, double share, size_t width, const struct style *style)
{
    static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    if (!(share > 0)) return;
    const double cells = (share < 1 ? share : 1) * (double)width;
    const size_t whole = (size_t)cells;
    text_repeat(line, style->unicode ? "█" : "#", whole);
    if (style->unicode) text_add(line, eighths[(size_t)((cells - (double)whole) * 8)]);
}

/* Bytes of the longest prefix of at most `width` columns; escapes take none. */
static size_t fitting(const char *text, size_t width)
{
    size_t columns = 0;
    size_t at = 0;
    while (text[at]) {
        size_t next = at + 1;
        if (text[at] == '\033') {
            while (text[next] && text[next - 1] != 'm') next++;
        } else {
            while (((unsigned char)text[next] & 0xc0) == 0x80) next++;
            char glyph[8] = "";
            memcpy(glyph, text + at, next - at < 7 ? next - at : 7);
            columns += text_columns(glyph);
            if (columns > width) return at;
        }
        at = next;
    }
    return at;
}

void end_line(struct text *out, struct text *line, const struct style *style)
{
    size_t length = fitting(line->data, (size_t)style->width);
    while (length > 0 && line->data[length - 1] == ' ') length--;
    text_add_n(out, line->data, length);
    text_add_char(out, '\n');
    text_clear(line);
}
