#include "models/asl/jsonata_calendar.h"
#include "models/asl/jsonata_library.h"

#include <math.h>
#include <string.h>

/* Functions of time, and times as text. */

/* --- Writing ------------------------------------------------------------------------------- */

static void add_name(struct text *out, const struct moment_part *part, const char *name)
{
    const size_t from = out->length;
    size_t length = strlen(name);
    if (part->most > 0 && part->most < length) length = part->most;
    text_add_n(out, name, length);
    for (size_t i = from; i < out->length; i++) {
        char *const c = &out->data[i];
        if ((*c | 0x20) < 'a' || (*c | 0x20) > 'z') continue;
        if (part->names == 'N') *c = (char)(*c & ~0x20);
        if (part->names == 'n') *c = (char)(*c | 0x20);
    }
}

/* The last digits of a year alone, when the picture has two or more, or a width. */
static double cut_year(const struct moment_part *part, int64_t year, struct integer_format *format)
{
    const size_t shown = format->digits + format->optional;
    const size_t width = part->most > 0 ? part->most : shown >= 2 ? shown : 0;
    if (part->most > 0) format->digits = width;
    double cut = (double)year;
    double beyond = 1.0;
    for (size_t i = 0; i < width; i++) beyond *= 10.0;
    if (format->style == INTEGER_DIGITS && width > 0 && width < 10) cut = fmod(cut, beyond);
    return cut;
}

static void add_integer(struct text *out, const struct moment_part *part, int64_t value)
{
    struct integer_format format = part->format;
    double number = (double)value;
    if (part->component == 'Y') number = cut_year(part, value, &format);
    if (part->least > format.digits && format.style == INTEGER_DIGITS) format.digits = part->least;
    integer_write(number, &format, out);
}

static void add_zone(struct text *out, const struct moment_part *part, int zone)
{
    const int minutes = zone < 0 ? -zone : zone;
    const char *const sign = zone < 0 ? "-" : "+";
    const char separator[2] = {part->zone_separator ? part->zone_separator : ':', '\0'};
    if (part->component == 'z') text_add(out, "GMT");
    if (part->zulu && zone == 0) {
        text_add_char(out, 'Z');
        return;
    }
    if (part->zone_digits <= 2 && !part->zone_separator) {
        text_format(out, "%s%0*d", sign, (int)part->zone_digits, minutes / 60);
        if (minutes % 60) text_format(out, ":%02d", minutes % 60);
        return;
    }
    const int hour_digits = part->zone_digits % 2 ? 1 : 2;
    text_format(out, "%s%0*d%s%02d", sign, hour_digits, minutes / 60,
                part->zone_separator ? separator : "", minutes % 60);
}

static int64_t component_value(char component, const struct moment *moment)
{
    int64_t year = 0;
    int month = 0;
    switch (component) {
    case 'Y': return moment->year;
    case 'M': return moment->month;
    case 'D': return moment->day_of_month;
    case 'd': return moment->day_of_year;
    case 'F': return moment->weekday;
    case 'W': return calendar_week(moment, &year);
    case 'w': return calendar_week_of_month(moment, &month);
    case 'X': calendar_week(moment, &year); return year;
    case 'x': calendar_week_of_month(moment, &month); return month;
    case 'H': return moment->hour;
    case 'h': return moment->hour % 12 ? moment->hour % 12 : 12;
    case 'm': return moment->minute;
    case 's': return moment->second;
    case 'f': return moment->millisecond;
    default: return 0;
    }
}

static void add_component(struct text *out, const struct moment_part *part,
                          const struct moment *moment)
{
    const int64_t value = component_value(part->component, moment);
    switch (part->component) {
    case 'Z':
    case 'z': add_zone(out, part, moment->zone); return;
    case 'P': add_name(out, part, moment->hour < 12 ? "am" : "pm"); return;
    case 'C':
    case 'E': text_add(out, "ISO"); return;
    default: break;
    }
    if (!part->names)
        add_integer(out, part, value);
    else
        add_name(out, part,
                 part->component == 'F' ? calendar_weekdays[value - 1]
                                        : calendar_months[value - 1]);
}

/* "+hhmm", "-0500", "+01:30", "0": minutes. */
static bool read_zone(const char *zone, int *minutes)
{
    const int sign = *zone == '-' ? -1 : 1;
    int number = 0;
    int digits = 0;
    for (const char *c = zone + (*zone == '-' || *zone == '+'); *c; c++) {
        if (*c == ':') continue;
        if (*c < '0' || *c > '9' || ++digits > 4) return false;
        number = number * 10 + (*c - '0');
    }
    if (digits == 0) return false;
    if (digits <= 2) number *= 100;
    *minutes = sign * (number / 100 * 60 + number % 100);
    return true;
}

const struct value *library_format_time(struct machine *machine, double millis, const char *picture,
                                        const char *zone)
{
    static const char iso[] = "[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001][Z01:01t]";
    struct moment_picture parsed;
    struct moment moment;
    const char *fault = NULL;
    int minutes = 0;
    if (!(fabs(millis) <= 8.64e15))
        return machine_fail(machine, "The time %s is beyond what dates can show",
                            machine_show(machine, value_number(machine->arena, millis)));
    if (zone && !read_zone(zone, &minutes))
        return machine_fail(machine, "The time zone '%s' is not of the form +hhmm", zone);
    if (!moment_picture_read(picture ? picture : iso, &parsed, &fault))
        return machine_fail(machine, "%s: \"%s\"", fault, picture);
    calendar_split(millis, minutes, &moment);
    struct text text;
    text_init(&text);
    for (size_t i = 0; i < parsed.count; i++) {
        const struct moment_part *const part = &parsed.parts[i];
        if (part->component)
            add_component(&text, part, &moment);
        else
            text_add_n(&text, part->literal, part->literal_length);
    }
    return machine_text(machine, &text);
}

/* --- Functions ----------------------------------------------------------------------------- */

static double now_millis(const struct call *call)
{
    return floor(call->machine->now * 1000.0 + 0.0005);
}

static const char *text_argument(const struct call *call, size_t index)
{
    return call->arguments[index] ? call->arguments[index]->text : NULL;
}

static const struct value *time_now(struct call *call)
{
    return library_format_time(call->machine, now_millis(call), text_argument(call, 0),
                               text_argument(call, 1));
}

static const struct value *time_millis(struct call *call)
{
    return machine_number(call->machine, now_millis(call));
}

static const struct value *time_from_millis(struct call *call)
{
    if (!call->arguments[0]) return NULL;
    return library_format_time(call->machine, call->arguments[0]->number, text_argument(call, 1),
                               text_argument(call, 2));
}

static const struct value *time_to_millis(struct call *call)
{
    if (!call->arguments[0]) return NULL;
    return library_parse_time(call->machine, call->arguments[0]->text, text_argument(call, 1));
}

const struct builtin library_times[] = {
    {"now", "s?s?:s", 2, time_now},
    {"millis", ":n", 0, time_millis},
    {"fromMillis", "n-s?s?:s", 3, time_from_millis},
    {"toMillis", "s-s?:n", 2, time_to_millis},
    {0},
};
