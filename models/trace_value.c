#include "models/trace_value.h"

#include "base/number.h"

#include <math.h>
#include <string.h>

enum { YEAR_LEAST = 1950, YEAR_MOST = 2199 };

#define SECOND_NS INT64_C(1000000000)
/* Differences of times must fit in 63 bits: about 126 years to either side of 0. */
#define TIME_MOST INT64_C(4000000000000000000)

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* `count` digits at *at, which moves behind them. */
static bool read_digits(const char **at, int count, int *value)
{
    *value = 0;
    for (int i = 0; i < count; i++, (*at)++) {
        if (!is_digit(**at)) return false;
        *value = *value * 10 + (**at - '0');
    }
    return true;
}

static bool read_char(const char **at, const char *any)
{
    if (**at == '\0' || !strchr(any, **at)) return false;
    (*at)++;
    return true;
}

/* Digits of a fraction of `unit` nanoseconds (a power of ten). */
static int64_t read_fraction(const char **at, int64_t unit)
{
    int64_t sum = 0;
    for (; is_digit(**at); (*at)++) {
        unit /= 10;
        sum += (**at - '0') * unit;
    }
    return sum;
}

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Days from 1 January 1970 to the first of January, in the Gregorian calendar. */
static int64_t days_before_year(int year)
{
    const int64_t before = year - 1;
    return before * 365 + before / 4 - before / 100 + before / 400 - 719162;
}

/* False when there is no such day. */
static bool days_since_epoch(int year, int month, int day, int64_t *days)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < YEAR_LEAST || year > YEAR_MOST || month < 1 || month > 12) return false;
    const int length = lengths[month - 1] + (month == 2 && is_leap(year) ? 1 : 0);
    if (day < 1 || day > length) return false;
    *days = days_before_year(year) + day - 1;
    for (int m = 1; m < month; m++) *days += lengths[m - 1] + (m == 2 && is_leap(year) ? 1 : 0);
    return true;
}

/* Nothing, Z, or an offset such as +02:00; minutes east of UTC. */
static bool read_zone(const char **at, int *minutes)
{
    *minutes = 0;
    if (**at == '\0' || read_char(at, "Zz")) return true;
    const int sign = **at == '-' ? -1 : 1;
    int hour;
    int minute;
    if (!read_char(at, "+-") || !read_digits(at, 2, &hour) || !read_char(at, ":") ||
        !read_digits(at, 2, &minute) || hour > 23 || minute > 59)
        return false;
    *minutes = sign * (hour * 60 + minute);
    return true;
}

static bool read_stamp(const char *at, int64_t *time)
{
    int year;
    int month;
    int day;
    int hour;
    int minute;
    int second;
    int zone;
    int64_t days;
    if (!read_digits(&at, 4, &year) || !read_char(&at, "-") || !read_digits(&at, 2, &month) ||
        !read_char(&at, "-") || !read_digits(&at, 2, &day) || !read_char(&at, " Tt") ||
        !read_digits(&at, 2, &hour) || !read_char(&at, ":") || !read_digits(&at, 2, &minute) ||
        !read_char(&at, ":") || !read_digits(&at, 2, &second))
        return false;
    /* Second 60 is a leap second. */
    if (hour > 23 || minute > 59 || second > 60) return false;
    if (!days_since_epoch(year, month, day, &days)) return false;
    int64_t fraction = 0;
    if (read_char(&at, ".")) {
        if (!is_digit(*at)) return false;
        fraction = read_fraction(&at, SECOND_NS);
    }
    if (!read_zone(&at, &zone) || *at != '\0') return false;
    const int64_t minutes = (days * 24 + hour) * 60 + minute - zone;
    *time = (minutes * 60 + second) * SECOND_NS + fraction;
    return true;
}

/* A number with an exponent: as near as a double comes. */
static bool read_rough(const char *text, int64_t unit, int64_t *time)
{
    double value;
    const size_t length = number_length(text);
    if (length == 0 || text[length] != '\0' || !number_read(text, length, 0, &value)) return false;
    value *= (double)unit;
    if (!(fabs(value) <= (double)TIME_MOST)) return false;
    *time = llrint(value);
    return true;
}

static bool read_number(const char *text, int64_t unit, int64_t *time)
{
    const char *at = text;
    const bool negative = read_char(&at, "-");
    if (!is_digit(*at)) return false;
    int64_t sum = 0;
    for (; is_digit(*at); at++) {
        if (sum > TIME_MOST / 10) return false;
        sum = sum * 10 + (*at - '0');
    }
    if (sum > TIME_MOST / unit) return false;
    sum *= unit;
    if (*at == '.') {
        at++;
        if (!is_digit(*at)) return false;
        sum += read_fraction(&at, unit);
    }
    if (*at != '\0') return read_rough(text, unit, time);
    *time = negative ? -sum : sum;
    return true;
}

bool trace_time_read(const char *text, int64_t unit, enum trace_time_form *form, int64_t *time)
{
    if (*form != TRACE_TIME_STAMP && read_number(text, unit, time)) {
        *form = TRACE_TIME_NUMBER;
        return true;
    }
    if (*form == TRACE_TIME_NUMBER || !read_stamp(text, time)) return false;
    *form = TRACE_TIME_STAMP;
    return true;
}

bool trace_count_read(const char *text, uint64_t most, uint64_t *value)
{
    if (!is_digit(*text)) return false;
    uint64_t sum = 0;
    for (; is_digit(*text); text++) {
        const uint64_t digit = (uint64_t)(*text - '0');
        if (sum > (most - digit) / 10) return false;
        sum = sum * 10 + digit;
    }
    *value = sum;
    return *text == '\0';
}
