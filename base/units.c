#include "base/units.h"

#include "base/dimension.h"
#include "base/document.h"
#include "base/names.h"
#include "base/number.h"
#include "base/text.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    LONGEST_TEXT = 400,
    LONGEST_UNIT = 16,
    EXCERPT_SIZE = 64,
};

/* 2^53 - 1: beyond it a double no longer tells whole numbers apart. */
static const double largest_count = 9007199254740991.0;

enum reading { READ, NOT_READ, NO_UNIT, TOO_LARGE, NOT_WHOLE, PER_WHAT };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static const char *skip_blanks(const char *at)
{
    while (*at == ' ') at++;
    return at;
}

static enum reading scale(const char *text, size_t length, const struct unit *unit, double *value)
{
    double number;
    if (!number_read(text, length, unit->shift, &number)) return TOO_LARGE;
    *value = number * unit->factor / unit->divisor;
    return isfinite(*value) ? READ : TOO_LARGE;
}

/* A bare number where a unit is wanted: only zero needs none. */
static enum reading read_bare(const char *text, size_t length, double *value)
{
    double number;
    if (!number_read(text, length, 0, &number)) return TOO_LARGE;
    *value = number;
    return number == 0 ? READ : NO_UNIT;
}

static enum reading read_simple(const char *text, enum dimension dimension, double *value)
{
    size_t length = number_length(text);
    if (length == 0) return NOT_READ;
    const char *name = text + length;
    if (*name) name = *skip_blanks(name) ? skip_blanks(name) : name;
    const struct unit *unit = dimension_unit_find(dimension, name);
    if (!unit) return *name ? NOT_READ : read_bare(text, length, value);
    enum reading reading = scale(text, length, unit, value);
    if (reading != READ || dimension != DIMENSION_COUNT) return reading;
    if (*value != floor(*value)) return NOT_WHOLE;
    return fabs(*value) <= largest_count ? READ : TOO_LARGE;
}

/* One part of 1h30m: a number and its unit; *at moves behind it. NULL if there is none. */
static const struct unit *read_part(const char **at, size_t *length)
{
    char name[LONGEST_UNIT];
    *length = **at == '-' ? 0 : number_length(*at);
    if (*length == 0) return NULL;
    const char *start = skip_blanks(*at + *length);
    size_t letters = 0;
    while (is_letter(start[letters])) letters++;
    if (letters == 0 || letters >= sizeof name) return NULL;
    memcpy(name, start, letters);
    name[letters] = '\0';
    *at = start + letters;
    return dimension_unit_find(DIMENSION_DURATION, name);
}

/* One or more parts from the larger unit to the smaller; only the last may have a fraction. */
static enum reading read_duration(const char *text, double *value)
{
    const char *at = text + (*text == '-');
    size_t length = number_length(at);
    if (length > 0 && !at[length])
        return *at == '-' ? NOT_READ : read_bare(text, strlen(text), value);
    double total = 0;
    const struct unit *previous = NULL;
    do {
        const char *start = at;
        const struct unit *unit = read_part(&at, &length);
        if (!unit || (previous && unit <= previous)) return NOT_READ;
        double part;
        enum reading reading = scale(start, length, unit, &part);
        if (reading != READ) return reading;
        bool last = !*at;
        if (!last && memchr(start, '.', length)) return NOT_READ;
        total += part;
        previous = unit;
        if (!last) at = skip_blanks(at);
        if (!last && !*at) return NOT_READ;
    } while (*at);
    *value = (*text == '-' ? -total : total) + 0.0;
    return isfinite(total) ? READ : TOO_LARGE;
}

/* The dollars at the start of a text; *at moves behind them. */
static enum reading read_dollars(const char **at, double *value)
{
    bool negative = **at == '-';
    const char *dollar = *at + negative;
    if (*dollar != '$') {
        size_t length = number_length(*at);
        return length > 0 && !(*at)[length] ? read_bare(*at, length, value) : NOT_READ;
    }
    size_t length = dollar[1] == '-' ? 0 : number_length(dollar + 1);
    if (length == 0) return NOT_READ;
    if (!number_read(dollar + 1, length, 0, value)) return TOO_LARGE;
    *value = (negative ? -*value : *value) + 0.0;
    *at = dollar + 1 + length;
    return READ;
}

static enum reading read_money(const char *text, double *value)
{
    const char *at = text;
    enum reading reading = read_dollars(&at, value);
    return reading == READ && at != text && *at ? NOT_READ : reading;
}

/* "GB-s", "h", "vCPU-hour": a name for what is billed. */
static bool is_word(const char *text)
{
    if (!is_letter(*text)) return false;
    while (is_letter(*text) || is_digit(*text) || *text == '-' || *text == '_') text++;
    return !*text;
}

/* What follows the slash: a count with or without a word, or a word. */
static enum reading read_per(const char *text, double *count)
{
    *count = 1;
    /* "$3/M" would be three dollars for one "M": surely a million was meant. */
    if (*text && strchr("kKMB", *text) && !text[1]) return PER_WHAT;
    if (!is_digit(*text)) return is_word(text) ? READ : NOT_READ;
    size_t length = number_length(text);
    const char *rest = text + length;
    int shift = *rest == 'k' ? 3 : *rest == 'M' ? 6 : 0;
    if (shift) rest++;
    if (*rest && !(*rest == ' ' && is_word(skip_blanks(rest)))) return NOT_READ;
    if (!number_read(text, length, shift, count)) return TOO_LARGE;
    return *count > 0 ? READ : NOT_READ;
}

static enum reading read_price(const char *text, double *value)
{
    const char *at = text;
    double dollars;
    enum reading reading = read_dollars(&at, &dollars);
    if (reading != READ) return reading;
    *value = dollars;
    if (!*at || at == text) return READ;
    at = skip_blanks(at);
    if (*at != '/') return NOT_READ;
    double count;
    reading = read_per(skip_blanks(at + 1), &count);
    if (reading != READ) return reading;
    *value = dollars / count;
    return isfinite(*value) ? READ : TOO_LARGE;
}

static enum reading read_quantity(const char *text, enum dimension dimension, double *value)
{
    if (strlen(text) > LONGEST_TEXT) return NOT_READ;
    switch (dimension) {
    case DIMENSION_DURATION: return read_duration(text, value);
    case DIMENSION_MONEY: return read_money(text, value);
    case DIMENSION_PRICE: return read_price(text, value);
    case DIMENSION_NONE:
    case DIMENSION_COUNT:
    case DIMENSION_SIZE:
    case DIMENSION_RATE:
    case DIMENSION_RATIO: break;
    }
    return read_simple(text, dimension, value);
}

/* "1,000" or "1_000ms": what was meant, in `out`. A comma not followed by three digits is
 * somebody's decimal point. False if `text` has no such separator, or more is wrong with it. */
static bool without_separators(const char *text, enum dimension dimension, char out[EXCERPT_SIZE])
{
    size_t used = 0;
    bool found = false;
    for (const char *at = text; *at; at++) {
        if (used + 1 >= EXCERPT_SIZE) return false;
        bool separator =
            (*at == ',' || *at == '_') && at > text && is_digit(at[-1]) && is_digit(at[1]);
        if (!separator) {
            out[used++] = *at;
            continue;
        }
        found = true;
        size_t digits = strspn(at + 1, "0123456789");
        if (*at == ',' && digits != 3) out[used++] = '.';
    }
    out[used] = '\0';
    double value;
    return found && read_quantity(out, dimension, &value) == READ;
}

/* "5 minutes", "12gb": the same number with the unit that was meant. */
static bool with_known_unit(const char *text, enum dimension dimension, char out[EXCERPT_SIZE])
{
    size_t length = number_length(text);
    if (length == 0 || length + LONGEST_UNIT > EXCERPT_SIZE) return false;
    const char *word = skip_blanks(text + length);
    const struct dimension_row *row = dimension_row(dimension);
    const char *meant = NULL;
    for (const struct unit *unit = row->units; unit->name && !meant; unit++)
        if (*unit->name && name_distance(unit->name, word) == 0) meant = unit->name;
    for (const struct alias *alias = row->aliases; alias->word && !meant; alias++)
        if (name_distance(alias->word, word) == 0) meant = alias->unit;
    if (!meant) return false;
    (void)snprintf(out, EXCERPT_SIZE, "%.*s%s", (int)length, text, meant);
    double value;
    return read_quantity(out, dimension, &value) == READ;
}

/* The dimension in which `text` is valid with a unit; DIMENSION_NONE if it is in none. */
static enum dimension other_dimension(const char *text)
{
    static const enum dimension others[] = {DIMENSION_DURATION, DIMENSION_SIZE,  DIMENSION_RATE,
                                            DIMENSION_MONEY,    DIMENSION_PRICE, DIMENSION_RATIO,
                                            DIMENSION_COUNT};
    double value;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (read_quantity(text, others[i], &value) == READ) return others[i];
    return DIMENSION_NONE;
}

static void fail_without_unit(const char *text, enum dimension dimension, struct error *err)
{
    const struct dimension_row *row = dimension_row(dimension);
    char excerpt[EXCERPT_SIZE];
    text_excerpt(excerpt, sizeof excerpt, text);
    if (strcmp(row->prefix, "$") == 0 && !row->missing[1])
        (void)error_set(err, "'%s' has no unit; write $%s", excerpt, excerpt);
    else
        (void)error_set(err, "'%s' has no unit; write %s%s%s or %s%s%s", excerpt, row->prefix,
                        excerpt, row->missing[0], row->prefix, excerpt, row->missing[1]);
}

static void fail_unreadable(const char *text, enum dimension dimension, struct error *err)
{
    const struct dimension_row *row = dimension_row(dimension);
    char excerpt[EXCERPT_SIZE];
    char meant[EXCERPT_SIZE];
    text_excerpt(excerpt, sizeof excerpt, text);
    enum dimension other = other_dimension(text);
    if (without_separators(text, dimension, meant))
        (void)error_set(err, "'%s' has a separator; write %s", excerpt, meant);
    else if (other != DIMENSION_NONE)
        (void)error_set(err, "'%s' is %s, where %s is wanted", excerpt, dimension_row(other)->name,
                        row->such_as);
    else if (with_known_unit(text, dimension, meant))
        (void)error_set(err, "'%s' is not %s; did you mean '%s'?", excerpt, row->name, meant);
    else
        (void)error_set(err, "'%s' is not %s; write it like %s", excerpt, row->name, row->written);
}

static void fail_per_what(const char *text, struct error *err)
{
    char excerpt[EXCERPT_SIZE];
    text_excerpt(excerpt, sizeof excerpt, text);
    const char *unit = strrchr(text, '/') + 1 + strspn(strrchr(text, '/') + 1, " ");
    const char *meant = *unit == 'B' ? "1000M" : *unit == 'M' ? "1M" : "1k";
    (void)error_set(err, "'%s' does not say for how many; write %.*s/%s", excerpt,
                    (int)strcspn(excerpt, " /"), excerpt, meant);
}

bool quantity_parse(const char *text, enum dimension dimension, double *value, struct error *err)
{
    double read = 0;
    char excerpt[EXCERPT_SIZE];
    enum reading reading = read_quantity(text, dimension, &read);
    if (reading == READ && dimension == DIMENSION_DURATION && fabs(read) > UNITS_LONGEST_DURATION)
        reading = TOO_LARGE;
    switch (reading) {
    case READ: *value = read; return true;
    case NO_UNIT: fail_without_unit(text, dimension, err); return false;
    case NOT_READ: fail_unreadable(text, dimension, err); return false;
    case PER_WHAT: fail_per_what(text, err); return false;
    case NOT_WHOLE:
    case TOO_LARGE: break;
    }
    text_excerpt(excerpt, sizeof excerpt, text);
    if (reading == NOT_WHOLE)
        (void)error_set(err, "'%s' is not a whole number", excerpt);
    else
        (void)error_set(err, "'%s' is too large for %s%s", excerpt, dimension_row(dimension)->name,
                        dimension == DIMENSION_DURATION ? "; the longest is 36500d (100 years)"
                                                        : "");
    return false;
}

bool quantity_read(const struct node *node, enum dimension dimension, double *value,
                   struct error *err)
{
    if (node->type != NODE_NUMBER && node->type != NODE_STRING) {
        const char *found = node->type == NODE_BOOL ? node->text : node_type_name(node->type);
        (void)error_at(err, node->place, "expected %s, found %s", dimension_describe(dimension),
                       found);
        return false;
    }
    if (quantity_parse(node->text, dimension, value, err)) return true;
    if (err) err->place = node->place;
    return false;
}

long long nanoseconds_from_seconds(double seconds)
{
    double nanoseconds = seconds * 1e9;
    if (isnan(nanoseconds)) return 0;
    if (nanoseconds >= 0x1p63) return LLONG_MAX;
    if (nanoseconds < -0x1p63) return LLONG_MIN;
    return llround(nanoseconds);
}
