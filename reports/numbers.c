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

/* Places that show `digits` significant digits of a value, negative left of the point. By the
 * decimal rounding of printf, so that 0.0996 counts as 0.10. */
static int places_for(double value, int digits)
{
    char scientific[NUMBER_SIZE];
    if (!isfinite(value) || value == 0) return 0;
    snprintf(scientific, sizeof scientific, "%.*e", digits - 1, value);
    return digits - 1 - (int)strtol(strchr(scientific, 'e') + 1, NULL, 10);
}

static int clamp_places(int places)
{
    return places < 0 ? 0 : places > 9 ? 9 : places;
}

int number_places(double value, double half_width)
{
    return clamp_places(half_width > 0 ? places_for(half_width, 2) : places_for(value, 3));
}

/* As number_fixed; negative places round left of the point. */
static void number_rounded(double value, int places, char out[NUMBER_SIZE])
{
    if (places < 0) {
        const double step = pow(10, -places);
        value = round(value / step) * step;
    }
    number_fixed(value, clamp_places(places), out);
}

/* The interval of an estimate to the given places: one number where both sides agree within a
 * tenth. */
static void add_interval(const struct estimate *e, double scale, int places,
                         const struct style *style, char half[NUMBER_SIZE])
{
    char low[NUMBER_SIZE];
    char high[NUMBER_SIZE];
    const double below = (e->value - e->low) * scale;
    const double above = (e->high - e->value) * scale;
    const double tie = 1e-9 * fmax(fabs(below), fabs(above)); /* a tenth up to rounding */
    if (fabs(above - below) <= 0.1 * fmax(fabs(above), fabs(below)) + tie) {
        number_rounded((above + below) / 2, places, high);
        snprintf(half, NUMBER_SIZE, "%s%.40s", style->unicode ? "±" : "+/-", high);
        return;
    }
    number_rounded(e->low * scale, places, low);
    number_rounded(e->high * scale, places, high);
    snprintf(half, NUMBER_SIZE, "[%.20s, %.20s]", low, high);
}

void number_estimate(const struct estimate *e, double scale, const struct style *style,
                     char value[NUMBER_SIZE], char half[NUMBER_SIZE])
{
    if (half) half[0] = '\0';
    if (e && e->unstable) {
        snprintf(value, NUMBER_SIZE, "unstable");
        return;
    }
    if (!e || isnan(e->value) || e->low_n) {
        snprintf(value, NUMBER_SIZE, "%s", e && e->low_n ? "n/a*" : "n/a");
        return;
    }
    const double width = (e->high - e->low) / 2 * scale;
    const bool known = e->interval_known && width > 0;
    int places = known ? places_for(width, 2) : number_places(e->value * scale, 0);
    if (places > 9) places = 9;
    number_rounded(e->value * scale, places, value);
    if (half && known) add_interval(e, scale, places, style, half);
}

void number_money_estimate(const struct estimate *e, const struct style *style,
                           char value[NUMBER_SIZE], char half[NUMBER_SIZE])
{
    half[0] = '\0';
    const double width = (e->high - e->low) / 2;
    const int most = fabs(e->value) >= 0.1 ? 2 : clamp_places(places_for(e->value, 2));
    int places = most;
    if (!e->interval_known || !isfinite(e->value) || !(width >= 0.5 * pow(10, -most))) {
        number_money(e->value, value);
        return;
    }
    if (places > places_for(width, 2)) places = places_for(width, 2);
    number_rounded(e->value, places, value);
    add_interval(e, 1, places, style, half);
}

void number_rate(double per_s, char out[NUMBER_SIZE])
{
    number_fixed(per_s, number_places(per_s, 0), out);
}

void number_percent(double ratio, char out[NUMBER_SIZE])
{
    if (!isfinite(ratio))
        snprintf(out, NUMBER_SIZE, "n/a");
    else if (ratio != 0 && fabs(ratio) < 0.001)
        snprintf(out, NUMBER_SIZE, "%.2g%%", ratio * 100);
    else
        snprintf(out, NUMBER_SIZE, "%.1f%%", ratio * 100);
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
    if (!isfinite(usd))
        snprintf(out, NUMBER_SIZE, "n/a");
    else if (fabs(usd) >= 0.1 || usd == 0)
        number_fixed(usd, 2, out);
    else
        snprintf(out, NUMBER_SIZE, "%.*f", 1 - (int)floor(log10(fabs(usd))), usd);
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

void add_name(struct text *line, const char *name, size_t width, const struct style *style)
{
    char plain[1024];
    text_excerpt(plain, sizeof plain, name);
    const size_t columns = text_columns(plain);
    if (columns <= width) {
        pad_left_aligned(line, plain, width);
        return;
    }
    const char *more = style->unicode ? "…" : "...";
    size_t bytes = 0;
    for (size_t kept = width - text_columns(more); plain[bytes]; bytes++) {
        const bool begins = ((unsigned char)plain[bytes] & 0xc0) != 0x80;
        if (begins && kept-- == 0) break;
    }
    text_add_n(line, plain, bytes);
    text_add(line, more);
}

void add_plain(struct text *line, const char *name)
{
    char plain[1024];
    text_excerpt(plain, sizeof plain, name);
    text_add(line, plain);
}

void add_styled(struct text *line, const char *code, const char *value, const struct style *style)
{
    size_t length = strlen(value);
    while (length > 0 && value[length - 1] == ' ') length--;
    if (!style->colour || length == 0) {
        text_add(line, value);
        return;
    }
    text_format(line, "\033[%sm", code);
    text_add_n(line, value, length);
    text_add(line, "\033[0m");
    text_add(line, value + length); /* blanks stay outside, so that a line's last can go */
}

/* Length of one of our own escapes (ESC [ digits m) at `at`; 0 if there is none. */
static size_t escape_length(const char *at)
{
    if (at[0] != '\033' || at[1] != '[') return 0;
    const size_t digits = strspn(at + 2, "0123456789");
    return digits <= 2 && at[2 + digits] == 'm' ? digits + 3 : 0;
}

/* Marks that turn the direction of writing, or break lines: they could make a report show something
 * else. */
static bool is_misleading(const char *glyph)
{
    static const char *const marks[] = {"\u200e", "\u200f", "\u2028", "\u2029", "\u202a",
                                        "\u202b", "\u202c", "\u202d", "\u202e", "\u2066",
                                        "\u2067", "\u2068", "\u2069"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (strcmp(glyph, marks[i]) == 0) return true;
    return false;
}

/* The next code point as it may be shown; returns how many bytes of `at` it took. */
static size_t take_glyph(const char *at, char glyph[16])
{
    char one[5] = {at[0]};
    size_t length = 1;
    while (length < 4 && ((unsigned char)at[length] & 0xc0) == 0x80) {
        one[length] = at[length];
        length++;
    }
    text_excerpt(glyph, 16, one);
    if (is_misleading(glyph)) snprintf(glyph, 16, "?");
    return length;
}

void end_line(struct text *out, struct text *line, const struct style *style)
{
    const size_t start = out->length;
    const size_t width = (size_t)style->width;
    const char *at = line->data;
    size_t columns = 0;
    bool styled = false;
    size_t kept = out->length; /* up to the last byte that is no blank */
    while (*at) {
        char glyph[16];
        const size_t escape = style->colour ? escape_length(at) : 0;
        if (escape) {
            styled = strncmp(at, "\033[0m", escape) != 0;
            text_add_n(out, at, escape);
            at += escape;
            if (kept > start) kept = out->length;
            continue;
        }
        at += take_glyph(at, glyph);
        columns += text_columns(glyph);
        if (columns > width) break;
        text_add(out, glyph);
        if (strcmp(glyph, " ") != 0) kept = out->length;
    }
    out->length = kept;
    out->data[kept] = '\0';
    if (styled) text_add(out, "\033[0m");
    text_add_char(out, '\n');
    text_clear(line);
}

/* Bytes of the line up to the last blank at which a line of `width` columns may end; 0 when all of
 * it fits, or when there is no such blank. */
static size_t break_at(const char *line, size_t width, const struct style *style)
{
    size_t columns = 0;
    size_t blank = 0;
    size_t at = strspn(line, " ");
    columns = at;
    while (line[at]) {
        char glyph[16];
        const size_t escape = style->colour ? escape_length(line + at) : 0;
        if (escape) {
            at += escape;
            continue;
        }
        if (line[at] == ' ' && columns <= width) blank = at;
        at += take_glyph(line + at, glyph);
        columns += text_columns(glyph);
        if (columns > width) return blank;
    }
    return 0;
}

void end_wrapped(struct text *out, struct text *line, size_t indent, const struct style *style)
{
    struct text rest;
    struct text piece;
    text_init(&rest);
    text_init(&piece);
    text_add(&rest, line->data);
    for (;;) {
        const size_t length = break_at(rest.data, (size_t)style->width, style);
        if (length == 0) break;
        text_add_n(&piece, rest.data, length);
        end_line(out, &piece, style);
        text_clear(line);
        text_repeat(line, " ", indent);
        text_add(line, rest.data + length + strspn(rest.data + length, " "));
        text_clear(&rest);
        text_add(&rest, line->data);
    }
    end_line(out, &rest, style);
    text_clear(line);
    text_free(&rest);
    text_free(&piece);
}
