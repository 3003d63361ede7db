#include "base/dimension.h"
#include "base/number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* 10^power without libm, whose last bits differ between machines. */
static double ten_to(int power)
{
    double result = 1;
    for (int i = 0; i < power; i++) result *= 10;
    for (int i = 0; i > power; i--) result /= 10;
    return result;
}

/* `value` in `unit` with the fewest digits that read back as exactly `value`; false if none do. */
static bool write_in(double value, enum dimension dimension, const struct unit *unit,
                     char out[QUANTITY_SIZE])
{
    const char *prefix = dimension_row(dimension)->prefix;
    double number = fabs(value) * unit->divisor / unit->factor * ten_to(-unit->shift);
    if (!isfinite(number)) return false;
    for (int digits = 1; digits <= 17; digits++) {
        char written[NUMBER_SIZE];
        double back;
        struct error ignored;
        number_format(number, digits, written);
        (void)snprintf(out, QUANTITY_SIZE, "%s%s%s%s", value < 0 ? "-" : "", prefix, written,
                       unit->name);
        if (quantity_parse(out, dimension, &back, &ignored) && back == value) return true;
    }
    return false;
}

/* Shorter is better; at equal length whole numbers are. */
static bool is_better(const char *text, const char *than)
{
    size_t a = strlen(text);
    size_t b = strlen(than);
    return a < b || (a == b && !strchr(text, '.') && strchr(than, '.'));
}

void quantity_format(double value, enum dimension dimension, char *out, size_t size)
{
    char best[QUANTITY_SIZE] = "";
    if (!isfinite(value)) {
        (void)snprintf(out, size, "%s",
                       isnan(value) ? "nan"
                       : value > 0  ? "infinity"
                                    : "-infinity");
        return;
    }
    if (value == 0) {
        (void)snprintf(out, size, "%s0", dimension_row(dimension)->prefix);
        return;
    }
    for (const struct unit *unit = dimension_row(dimension)->units; unit->name; unit++) {
        char text[QUANTITY_SIZE];
        if (fabs(value) < unit->from || !write_in(value, dimension, unit, text)) continue;
        if (!*best || is_better(text, best)) memcpy(best, text, sizeof best);
    }
    /* Only what the dimension cannot hold at all, such as half a count or a million years, reaches
     * this. */
    if (!*best) number_format(value, 17, best);
    (void)snprintf(out, size, "%s", best);
}
