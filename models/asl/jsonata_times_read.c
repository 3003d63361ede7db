#include "models/asl/jsonata_calendar.h"
#include "models/asl/jsonata_library.h"

#include <math.h>
#include <string.h>

/* $toMillis: text to times. */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The letters and digits of a style at the start of `text`: how many bytes. */
static size_t integer_span(const char *text, const struct moment_part *part, size_t fixed)
{
    size_t length = 0;
    switch (part->format.style) {
    case INTEGER_DIGITS:
        while (is_digit(text[length]) && (fixed == 0 || length < fixed)) length++;
        if (part->format.ordinal && length > 0 && text[length]) length += 2;
        return length;
    case INTEGER_WORDS:
        while (((text[length] | 0x20) >= 'a' && (text[length] | 0x20) <= 'z') ||
               (length > 0 && text[length] && strchr(" ,-", text[length]) &&
                (text[length + 1] | 0x20) >= 'a' && (text[length + 1] | 0x20) <= 'z') ||
               (length > 0 && text[length] == ',' && text[length + 1] == ' '))
            length++;
        return length;
    case INTEGER_LETTERS:
    case INTEGER_ROMAN:
    default:
        while ((text[length] | 0x20) >= 'a' && (text[length] | 0x20) <= 'z') length++;
        return length;
    }
}

/* What of a word at the start of `text` is the name number *value (from 1); 0: none. */
static size_t name_span(const char *text, const char *const *names, int count, size_t most,
                        double *value)
{
    for (int i = 0; i < count; i++) {
        size_t length = strlen(names[i]);
        if (most > 0 && most < length) length = most;
        size_t same = 0;
        while (same < length && (text[same] | 0x20) == (names[i][same] | 0x20)) same++;
        if (same < length) continue;
        *value = i + 1;
        return length;
    }
    return 0;
}

/* Z, +01:00, GMT+01:00, -0500, +5: minutes. */
static size_t zone_span(const char *text, const struct moment_part *part, double *value)
{
    size_t at = 0;
    int digits[4];
    size_t count = 0;
    if (part->component == 'z') {
        if (strncmp(text, "GMT", 3) != 0) return 0;
        at = 3;
    }
    *value = 0.0;
    if (part->zulu && text[at] == 'Z') return at + 1;
    const char sign = text[at++];
    if (sign != '+' && sign != '-') return 0;
    while (count < 4 && (is_digit(text[at]) || (text[at] == ':' && is_digit(text[at + 1])))) {
        if (is_digit(text[at])) digits[count++] = text[at] - '0';
        at++;
    }
    if (count == 1) *value = digits[0] * 60;
    if (count == 2) *value = (digits[0] * 10 + digits[1]) * 60;
    if (count == 3) *value = digits[0] * 60 + digits[1] * 10 + digits[2];
    if (count == 4) *value = (digits[0] * 10 + digits[1]) * 60 + digits[2] * 10 + digits[3];
    if (sign == '-') *value = -*value;
    return count > 0 ? at : 0;
}

/* Bytes at the start of `text` that are the component; 0: it does not fit. */
static size_t component_span(const char *text, const struct moment_part *part, bool digits_follow,
                             double *value)
{
    static const char *const halves[] = {"am", "pm"};
    if (part->component == 'Z' || part->component == 'z') return zone_span(text, part, value);
    if (part->component == 'P') return name_span(text, halves, 2, 0, value);
    if (part->component == 'C' || part->component == 'E')
        return strncmp(text, "ISO", 3) == 0 ? 3 : 0;
    if (part->names)
        return part->component == 'F' ? name_span(text, calendar_weekdays, 7, part->most, value)
                                      : name_span(text, calendar_months, 12, part->most, value);
    const size_t shown = part->most > 0 ? part->most : part->format.digits;
    const size_t length = integer_span(text, part, digits_follow ? shown : 0);
    if (length == 0 || !integer_parse(text, length, &part->format, value)) return 0;
    if (part->component == 'f')
        for (size_t i = length; i != 3; i += i < 3 ? 1 : (size_t)-1)
            *value = i < 3 ? *value * 10.0 : *value / 10.0;
    return length;
}

struct reading {
    double values[128]; /* by component */
    bool given[128];
};

static bool read_parts(const char *text, const struct moment_picture *picture,
                       struct reading *reading)
{
    for (size_t i = 0; i < picture->count; i++) {
        const struct moment_part *const part = &picture->parts[i];
        size_t length = part->literal_length;
        if (!part->component) {
            if (strncmp(text, part->literal, length) != 0) return false;
        } else {
            const struct moment_part *const next = i + 1 < picture->count ? part + 1 : NULL;
            const bool digits_follow = next && next->component && !next->names &&
                                       next->format.style == INTEGER_DIGITS &&
                                       !strchr("ZzPCE", next->component);
            double value = 0.0;
            length = component_span(text, part, digits_follow, &value);
            if (length == 0) return false;
            reading->values[(unsigned char)part->component] = value;
            reading->given[(unsigned char)part->component] = true;
        }
        text += length;
    }
    return *text == '\0';
}

/* --- From the parts to a time -------------------------------------------------------------- */

static bool has(const struct reading *reading, char component)
{
    return reading->given[(unsigned char)component];
}

static double get(const struct reading *reading, char component, double absent)
{
    return has(reading, component) ? reading->values[(unsigned char)component] : absent;
}

/* What stands before the largest component given is that of now; what stands behind the smallest is
 * at its beginning; between them all must be given. */
static bool complete(struct reading *reading, const char *order, const struct moment *now)
{
    bool begun = false;
    bool ended = false;
    for (const char *c = order; *c; c++) {
        if (has(reading, *c)) {
            if (ended) return false;
            begun = true;
            continue;
        }
        double value = *c == 'M' || *c == 'D' || *c == 'd' ? 1.0 : 0.0;
        if (begun)
            ended = true;
        else
            value = *c == 'Y'   ? (double)now->year
                    : *c == 'M' ? now->month
                    : *c == 'D' ? now->day_of_month
                    : *c == 'd' ? now->day_of_year
                    : *c == 'H' ? now->hour
                    : *c == 'm' ? now->minute
                                : 0.0;
        reading->values[(unsigned char)*c] = value;
    }
    return true;
}

/* The order in which components stand in for each other, largest first. */
static const char *order_of(const struct reading *reading)
{
    const bool day_of_year = has(reading, 'd') && !has(reading, 'M') && !has(reading, 'D');
    const bool half_day = has(reading, 'P') || has(reading, 'h');
    if (day_of_year) return half_day ? "YdPhmsf" : "YdHmsf";
    return half_day ? "YMDPhmsf" : "YMDHmsf";
}

static const struct value *time_of(struct machine *machine, struct reading *reading)
{
    struct moment now;
    calendar_split(floor(machine->now * 1000.0), 0, &now);
    const char *const order = order_of(reading);
    const bool weeks =
        has(reading, 'X') || has(reading, 'x') || has(reading, 'W') || has(reading, 'w');
    if (weeks || !complete(reading, order, &now))
        return machine_fail(machine, "D3136: The date/time picture string is missing specifiers "
                                     "required to parse the timestamp");
    const double *const values = reading->values;
    double hour = values['H'];
    if (strchr(order, 'h')) {
        hour = fmod(values['h'], 12.0);
        if (get(reading, 'P', 1.0) == 2.0) hour += 12.0;
    }
    double year = values['Y'];
    double month = strchr(order, 'M') ? values['M'] : 1.0;
    if (!(year < 1e6 && month >= 1.0 && month <= 12.0 && values['d'] < 1e6 && values['D'] < 1e6))
        return NULL;
    const int64_t first = calendar_day((int64_t)year, (int)month, 1);
    const double days = (double)first + (strchr(order, 'M') ? values['D'] : values['d']) - 1.0;
    const double minutes = hour * 60.0 + values['m'] - get(reading, 'Z', get(reading, 'z', 0.0));
    return machine_number(machine, days * 86400000.0 + minutes * 60000.0 + values['s'] * 1000.0 +
                                       floor(values['f']));
}

/* --- ISO 8601 ------------------------------------------------------------------------------ */

/* `count` digits at *text. */
static bool read_digits(const char **text, int count, double *value)
{
    *value = 0.0;
    for (int i = 0; i < count; i++) {
        if (!is_digit((*text)[i])) return false;
        *value = *value * 10.0 + ((*text)[i] - '0');
    }
    *text += count;
    return true;
}

static bool read_iso_zone(const char **text, double *minutes)
{
    *minutes = 0.0;
    if (**text == 'Z') ++*text;
    if (**text != '+' && **text != '-') return true;
    const double sign = *(*text)++ == '-' ? -1.0 : 1.0;
    double hours = 0.0;
    double rest = 0.0;
    if (!read_digits(text, 2, &hours)) return false;
    if (**text == ':') ++*text;
    if (!read_digits(text, 2, &rest)) return false;
    *minutes = sign * (hours * 60.0 + rest);
    return true;
}

static bool read_iso_time(const char **text, struct reading *reading)
{
    const char *c = *text;
    if (!read_digits(&c, 2, &reading->values['H']) || *c++ != ':' ||
        !read_digits(&c, 2, &reading->values['m']))
        return false;
    if (*c == ':') {
        c++;
        if (!read_digits(&c, 2, &reading->values['s'])) return false;
    }
    double scale = 100.0;
    if (*c == '.' && !is_digit(c[1])) return false;
    if (*c == '.')
        for (c++; is_digit(*c); c++, scale /= 10.0) reading->values['f'] += (*c - '0') * scale;
    *text = c;
    return read_iso_zone(text, &reading->values['Z']);
}

static bool read_iso(const char *text, struct reading *reading)
{
    double *const values = reading->values;
    values['M'] = values['D'] = 1.0;
    if (!read_digits(&text, 4, &values['Y'])) return false;
    if (*text == '-') {
        text++;
        if (!read_digits(&text, 2, &values['M'])) return false;
    }
    if (*text == '-') {
        text++;
        if (!read_digits(&text, 2, &values['D'])) return false;
    }
    if (*text == 'T') {
        text++;
        if (!read_iso_time(&text, reading)) return false;
    }
    return *text == '\0' && values['M'] >= 1.0 && values['M'] <= 12.0 && values['D'] >= 1.0 &&
           values['D'] <= 31.0 && values['H'] <= 24.0 && values['m'] < 60.0 && values['s'] < 60.0;
}

const struct value *library_parse_time(struct machine *machine, const char *text,
                                       const char *picture)
{
    struct reading reading = {.values = {0}};
    struct moment_picture parsed;
    const char *fault = NULL;
    if (!picture) {
        if (!read_iso(text, &reading))
            return machine_fail(machine,
                                "D3110: The toMillis function must be passed an ISO 8601 "
                                "formatted timestamp. Given: %s",
                                machine_show(machine, value_string(machine->arena, text)));
        for (const char *c = "YMDHmsfZ"; *c; c++) reading.given[(unsigned char)*c] = true;
        return time_of(machine, &reading);
    }
    if (!moment_picture_read(picture, &parsed, &fault))
        return machine_fail(machine, "%s: \"%s\"", fault, picture);
    if (!read_parts(text, &parsed, &reading)) return NULL;
    return time_of(machine, &reading);
}
