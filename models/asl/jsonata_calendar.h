/* jsonata_calendar.h - dates of the proleptic Gregorian calendar, and the pictures of XPath's
 * format-dateTime. For jsonata_*.c alone. */
#ifndef MODELS_ASL_JSONATA_CALENDAR_H
#define MODELS_ASL_JSONATA_CALENDAR_H

#include "models/asl/jsonata_integer.h"

#include <stdint.h>

/* A moment in a zone, in parts. */
struct moment {
    int64_t day; /* since 1970-01-01 */
    int64_t year;
    int month;        /* 1 to 12 */
    int day_of_month; /* 1 to 31 */
    int day_of_year;  /* 1 to 366 */
    int weekday;      /* 1: Monday, to 7 */
    int hour;
    int minute;
    int second;
    int millisecond;
    int zone; /* minutes east of Greenwich */
};

int64_t calendar_day(int64_t year, int month, int day_of_month);
void calendar_split(double millis, int zone, struct moment *moment);
/* The week of the year (ISO 8601) and the year that it belongs to. */
int calendar_week(const struct moment *moment, int64_t *year);
/* The week of the month, by the same rule: a week belongs where its Thursday is; *month: to which.
 */
int calendar_week_of_month(const struct moment *moment, int *month);

extern const char *const calendar_months[12];
extern const char *const calendar_weekdays[7]; /* from Monday */

/* A piece of a picture: what stands as it is, or a component. */
struct moment_part {
    char component; /* 0: literal */
    const char *literal;
    size_t literal_length;
    char names;   /* 0, or how names are written: 'N', 'n', 't' (title) */
    size_t least; /* width; 0: not given */
    size_t most;
    bool zulu;          /* Z for Greenwich */
    size_t zone_digits; /* digits of a zone's picture; its separator or 0 */
    char zone_separator;
    struct integer_format format;
};

enum { MOMENT_PARTS_MOST = 64 };

struct moment_picture {
    struct moment_part parts[MOMENT_PARTS_MOST];
    size_t count;
};

/* False with *fault, a literal. Keeps references to `text`. */
bool moment_picture_read(const char *text, struct moment_picture *picture, const char **fault);

#endif
