#include "models/asl/timestamp.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { DAYS_4_CENTURIES = 146097, DAYS_TO_1970 = 719468, SECONDS_A_DAY = 86400 };

/* Days since 1970 of a date in the proleptic Gregorian calendar; the year is taken to begin in
 * March, so that the leap day is its last. */
static int64_t days_of(int year, int month, int day)
{
    const int64_t y = year - (month <= 2);
    const int64_t cycle = (y >= 0 ? y : y - 399) / 400;
    const int64_t in_cycle = y - cycle * 400;
    const int64_t in_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return cycle * DAYS_4_CENTURIES + in_cycle * 365 + in_cycle / 4 - in_cycle / 100 + in_year -
           DAYS_TO_1970;
}

static void date_of(int64_t days, int *year, int *month, int *day)
{
    days += DAYS_TO_1970;
    const int64_t cycle = (days >= 0 ? days : days - (DAYS_4_CENTURIES - 1)) / DAYS_4_CENTURIES;
    const int64_t d = days - cycle * DAYS_4_CENTURIES;
    const int64_t y = (d - d / 1460 + d / 36524 - d / (DAYS_4_CENTURIES - 1)) / 365;
    const int64_t in_year = d - (365 * y + y / 4 - y / 100);
    const int64_t m = (5 * in_year + 2) / 153;
    *day = (int)(in_year - (153 * m + 2) / 5 + 1);
    *month = (int)(m < 10 ? m + 3 : m - 9);
    *year = (int)(y + cycle * 400 + (*month <= 2));
}

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in(int year, int month)
{
    static const int days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

/* Text being read; -1 on what is no digit. */
struct digits {
    const char *at;
    const char *end;
};

static int take_digits(struct digits *from, int count)
{
    int number = 0;
    for (; count > 0; count--) {
        if (from->at == from->end || *from->at < '0' || *from->at > '9') return -1;
        number = number * 10 + (*from->at++ - '0');
    }
    return number;
}

static bool take(struct digits *from, char c)
{
    if (from->at == from->end || *from->at != c) return false;
    from->at++;
    return true;
}

static bool take_fraction(struct digits *from, int32_t *nanoseconds)
{
    *nanoseconds = 0;
    if (!take(from, '.')) return true;
    const char *begin = from->at;
    int32_t unit = 100000000;
    for (; from->at < from->end && *from->at >= '0' && *from->at <= '9'; from->at++) {
        *nanoseconds += (*from->at - '0') * unit;
        unit /= 10;
    }
    return from->at > begin;
}

/* Seconds that the zone is before UTC. */
static bool take_zone(struct digits *from, int *offset)
{
    *offset = 0;
    if (take(from, 'Z')) return true;
    const bool east = take(from, '+');
    if (!east && !take(from, '-')) return false;
    const int hours = take_digits(from, 2);
    const bool colon = take(from, ':');
    const int minutes = take_digits(from, 2);
    *offset = (hours * 60 + minutes) * (east ? 60 : -60);
    return colon && hours >= 0 && hours <= 18 && minutes >= 0 && minutes <= 59;
}

static bool take_date(struct digits *from, int64_t *days)
{
    const int year = take_digits(from, 4);
    if (year < 0 || !take(from, '-')) return false;
    const int month = take_digits(from, 2);
    if (month < 1 || month > 12 || !take(from, '-')) return false;
    const int day = take_digits(from, 2);
    if (day < 1 || day > days_in(year, month)) return false;
    *days = days_of(year, month, day);
    return true;
}

bool timestamp_read(const char *text, size_t length, struct timestamp *out)
{
    struct digits from = {text, text + length};
    int64_t days = 0;
    if (!take_date(&from, &days) || !take(&from, 'T')) return false;
    const int hour = take_digits(&from, 2);
    if (hour < 0 || hour > 23 || !take(&from, ':')) return false;
    const int minute = take_digits(&from, 2);
    if (minute < 0 || minute > 59 || !take(&from, ':')) return false;
    const int second = take_digits(&from, 2);
    int offset = 0;
    if (second < 0 || second > 59 || !take_fraction(&from, &out->nanoseconds) ||
        !take_zone(&from, &offset) || from.at != from.end)
        return false;
    out->seconds = days * SECONDS_A_DAY + hour * 3600 + minute * 60 + second - offset;
    return true;
}

int timestamp_compare(struct timestamp a, struct timestamp b)
{
    if (a.seconds != b.seconds) return a.seconds < b.seconds ? -1 : 1;
    return (a.nanoseconds > b.nanoseconds) - (a.nanoseconds < b.nanoseconds);
}

void timestamp_format(double seconds, char out[TIMESTAMP_SIZE])
{
    const double least = -62167219200.0, most = 253402300799.999; /* years 0000 to 9999 */
    const double within = seconds < least ? least : seconds > most ? most : seconds;
    const int64_t milliseconds = (int64_t)floor((isnan(within) ? 0 : within) * 1000 + 0.5);
    const int64_t day_length = (int64_t)SECONDS_A_DAY * 1000;
    int64_t days = milliseconds / day_length;
    int64_t rest = milliseconds % day_length;
    if (rest < 0) {
        rest += day_length;
        days--;
    }
    int year = 0, month = 0, day = 0;
    date_of(days, &year, &month, &day);
    (void)snprintf(out, TIMESTAMP_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", year % 10000,
                   month % 100, day % 100, (int)(rest / 3600000) % 100, (int)(rest / 60000 % 60),
                   (int)(rest / 1000 % 60), (int)(rest % 1000));
}
