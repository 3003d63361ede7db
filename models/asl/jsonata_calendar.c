#include "models/asl/jsonata_calendar.h"

#include <math.h>
#include <string.h>

const char *const calendar_months[12] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
const char *const calendar_weekdays[7] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                          "Friday", "Saturday", "Sunday"};

static int64_t floor_divide(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Days are counted from the first of March on, so that the leap day is the last of a year. */
int64_t calendar_day(int64_t year, int month, int day_of_month)
{
    year -= month <= 2;
    const int64_t era = floor_divide(year, 400);
    const int64_t of_era = year - era * 400;
    const int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day_of_month - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void split_day(struct moment *moment)
{
    const int64_t day = moment->day + 719468;
    const int64_t era = floor_divide(day, 146097);
    const int64_t of_era = day - era * 146097;
    const int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    const int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    const int64_t month = (5 * of_year + 2) / 153;
    moment->day_of_month = (int)(of_year - (153 * month + 2) / 5 + 1);
    moment->month = (int)(month < 10 ? month + 3 : month - 9);
    moment->year = era * 400 + year + (moment->month <= 2);
    moment->day_of_year = (int)(moment->day - calendar_day(moment->year, 1, 1) + 1);
    moment->weekday = (int)(moment->day + 3 - 7 * floor_divide(moment->day + 3, 7)) + 1;
}

void calendar_split(double millis, int zone, struct moment *moment)
{
    const int64_t all = (int64_t)floor(millis) + (int64_t)zone * 60000;
    *moment = (struct moment){.zone = zone};
    moment->day = floor_divide(all, 86400000);
    const int rest = (int)(all - moment->day * 86400000);
    moment->hour = rest / 3600000;
    moment->minute = rest / 60000 % 60;
    moment->second = rest / 1000 % 60;
    moment->millisecond = rest % 1000;
    split_day(moment);
}

int calendar_week(const struct moment *moment, int64_t *year)
{
    struct moment thursday = {.day = moment->day + 4 - moment->weekday};
    split_day(&thursday);
    *year = thursday.year;
    return (thursday.day_of_year - 1) / 7 + 1;
}

int calendar_week_of_month(const struct moment *moment, int *month)
{
    struct moment thursday = {.day = moment->day + 4 - moment->weekday};
    split_day(&thursday);
    *month = thursday.month;
    return (thursday.day_of_month - 1) / 7 + 1;
}

/* --- Pictures ------------------------------------------------------------------------------ */

static const char components[] = "YMDdFWwXxHhPmsfZzCE";
/* How each is written when its picture does not say. */
static const char *const presets[] = {"1", "1", "1",  "1",  "n", "1",     "1",     "1", "1", "1",
                                      "1", "n", "01", "01", "1", "01:01", "01:01", "n", "n"};

static size_t read_width(const char **at, const char *end)
{
    size_t width = 0;
    if (*at < end && **at == '*') {
        ++*at;
        return 0;
    }
    while (*at < end && **at >= '0' && **at <= '9' && width < 1000)
        width = width * 10 + (size_t)(*(*at)++ - '0');
    return width;
}

static bool read_widths(const char *text, size_t length, struct moment_part *part,
                        const char **fault)
{
    const char *at = text;
    const char *const end = text + length;
    part->least = read_width(&at, end);
    if (at < end && *at == '-') {
        at++;
        part->most = read_width(&at, end);
    }
    if (at == end && part->least < 1000 && part->most < 1000) return true;
    *fault = "D3133: The width of a component of the date/time picture string is not a number "
             "below 1000, or two of them";
    return false;
}

static void read_zone(const char *text, size_t length, struct moment_part *part)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] >= '0' && text[i] <= '9')
            part->zone_digits++;
        else if (!part->zone_separator)
            part->zone_separator = text[i];
    }
}

static bool read_presentation(const char *text, size_t length, struct moment_part *part,
                              const char **fault)
{
    if (part->component == 'Z' || part->component == 'z') {
        if (length > 1 && text[length - 1] == 't') {
            part->zulu = true;
            length--;
        }
        read_zone(text, length, part);
        if (part->zone_digits >= 1 && part->zone_digits <= 4) return true;
        *fault = "D3134: The timezone integer format specifier cannot have more than four digits";
        return false;
    }
    if (text[0] == 'N' || text[0] == 'n') {
        part->names = length > 1 && text[0] == 'N' && text[1] == 'n' ? 't' : text[0];
        if (strchr("MxFPCE", part->component)) return true;
        *fault = "D3133: The 'name' modifier can only be applied to months and days in the "
                 "date/time picture string";
        return false;
    }
    const char last = length > 1 ? text[length - 1] : '\0';
    const bool modified = last == 'o' || last == 'c' || last == 't' || last == 'a';
    if (!integer_format_read(text, modified ? length - 1 : length, &part->format, fault))
        return false;
    part->format.ordinal = last == 'o';
    return true;
}

/* What stands between the brackets. */
static bool read_component(const char *text, size_t length, struct moment_part *part,
                           const char **fault)
{
    char squeezed[64];
    size_t count = 0;
    for (size_t i = 0; i < length; i++) {
        if (strchr(" \t\n\r", text[i])) continue;
        if (count + 1 >= sizeof squeezed)
            length = i;
        else
            squeezed[count++] = text[i];
    }
    squeezed[count] = '\0';
    part->component = squeezed[0];
    const char *const known = count > 0 ? strchr(components, squeezed[0]) : NULL;
    if (!known) {
        *fault = "D3132: Unknown component specifier in date/time picture string";
        return false;
    }
    const char *const comma = strrchr(squeezed, ',');
    if (comma && !read_widths(comma + 1, strlen(comma + 1), part, fault)) return false;
    const size_t end = comma ? (size_t)(comma - squeezed) : count;
    const char *const preset = presets[known - components];
    if (end == 1) return read_presentation(preset, strlen(preset), part, fault);
    return read_presentation(squeezed + 1, end - 1, part, fault);
}

static struct moment_part *add_part(struct moment_picture *picture, const char **fault)
{
    if (picture->count < MOMENT_PARTS_MOST) return &picture->parts[picture->count++];
    *fault = "The date/time picture string has more than 64 parts";
    return NULL;
}

static bool add_literal(struct moment_picture *picture, const char *text, size_t length,
                        const char **fault)
{
    if (length == 0) return true;
    struct moment_part *const part = add_part(picture, fault);
    if (!part) return false;
    part->literal = text;
    part->literal_length = length;
    return true;
}

bool moment_picture_read(const char *text, struct moment_picture *picture, const char **fault)
{
    *picture = (struct moment_picture){.count = 0};
    *fault = NULL;
    while (*text) {
        const size_t plain = strcspn(text, "[]");
        if (!add_literal(picture, text, plain, fault)) return false;
        text += plain;
        if (!*text) break;
        if (text[0] == text[1] || text[0] == ']') {
            if (!add_literal(picture, text, 1, fault)) return false;
            text += text[0] == text[1] ? 2 : 1;
            continue;
        }
        const char *const end = strchr(text, ']');
        if (!end) {
            *fault = "D3135: No matching closing bracket ']' in date/time picture string";
            return false;
        }
        struct moment_part *const part = add_part(picture, fault);
        if (!part || !read_component(text + 1, (size_t)(end - text) - 1, part, fault)) return false;
        text = end + 1;
    }
    return true;
}
