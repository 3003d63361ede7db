#include "base/elementary.h"
#include "base/number.h"
#include "models/asl/jsonata_library.h"

#include <math.h>
#include <string.h>

static double number_argument(const struct call *call, size_t index, double absent)
{
    return call->arguments[index] ? call->arguments[index]->number : absent;
}

/* --- $number ------------------------------------------------------------------------------- */

static int digit_of(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return 99;
}

/* 0x1F, 0b101, 0o17; false if the text is none of these. */
static bool read_prefixed(const char *text, double *number)
{
    const char kind = text[0] == '0' ? text[1] : '\0';
    const int base = kind == 'x' || kind == 'X'   ? 16
                     : kind == 'b' || kind == 'B' ? 2
                     : kind == 'o' || kind == 'O' ? 8
                                                  : 0;
    if (base == 0 || !text[2]) return false;
    *number = 0.0;
    for (text += 2; *text; text++) {
        if (digit_of(*text) >= base) return false;
        *number = *number * base + digit_of(*text);
    }
    return isfinite(*number);
}

/* A number as JSON has it. */
static bool read_decimal(const struct value *text, double *number)
{
    const char *c = text->text + (text->text[0] == '-');
    if (c[0] < '0' || c[0] > '9' || (c[0] == '0' && c[1] >= '0' && c[1] <= '9')) return false;
    const char *const point = strchr(c, '.');
    if (point && (point[1] < '0' || point[1] > '9')) return false;
    const size_t length = strlen(text->text);
    /* The reader takes no plus in an exponent. */
    char copy[400];
    size_t count = 0;
    if (length >= sizeof copy || length != text->count) return false;
    for (size_t i = 0; i < length; i++) {
        const bool exponent = i > 0 && (text->text[i - 1] == 'e' || text->text[i - 1] == 'E');
        if (text->text[i] == '+' && exponent && text->text[i + 1] != '-') continue;
        copy[count++] = text->text[i];
    }
    copy[count] = '\0';
    return number_length(copy) == count && number_read(copy, count, 0, number);
}

static const struct value *number_number(struct call *call)
{
    const struct value *const from = call->arguments[0];
    double number = 0.0;
    if (!from || from->type == VALUE_NUMBER) return from;
    if (from->type == VALUE_BOOL)
        return value_number(call->machine->arena, from->boolean ? 1.0 : 0.0);
    if (read_decimal(from, &number) || read_prefixed(from->text, &number))
        return value_number(call->machine->arena, number);
    return machine_fail(call->machine, "D3030: Unable to cast value to a number: %s",
                        machine_show(call->machine, from));
}

/* --- Rounding ------------------------------------------------------------------------------ */

static double half_even(double number)
{
    const double below = floor(number);
    const double rest = number - below;
    if (rest < 0.5) return below;
    if (rest > 0.5) return below + 1.0;
    return fmod(below, 2.0) == 0.0 ? below : below + 1.0;
}

/* The decimal digits of a number moved: exact, where multiplying by a power of ten is not. */
static double shift_decimals(double number, int places)
{
    char text[NUMBER_SIZE];
    double shifted = number;
    number_format(number, 17, text);
    for (int digits = 15; digits < 17; digits++) {
        char shorter[NUMBER_SIZE];
        double again = 0.0;
        number_format(number, digits, shorter);
        if (!number_read(shorter, strlen(shorter), 0, &again) || again != number) continue;
        memcpy(text, shorter, sizeof text);
        break;
    }
    return number_read(text, strlen(text), places, &shifted) ? shifted : number;
}

double library_round(double number, double precision)
{
    if (!(fabs(precision) >= 1.0)) return half_even(number);
    if (fabs(precision) > 330.0) return precision > 0.0 ? number : 0.0;
    const int places = (int)precision;
    return shift_decimals(half_even(shift_decimals(number, places)), -places);
}

static const struct value *number_round(struct call *call)
{
    if (!call->arguments[0]) return NULL;
    return machine_number(call->machine,
                          library_round(call->arguments[0]->number, number_argument(call, 1, 0.0)));
}

static const struct value *number_abs(struct call *call)
{
    if (!call->arguments[0]) return NULL;
    return value_number(call->machine->arena, fabs(call->arguments[0]->number));
}

static const struct value *number_floor(struct call *call)
{
    if (!call->arguments[0]) return NULL;
    return value_number(call->machine->arena, floor(call->arguments[0]->number));
}

static const struct value *number_ceil(struct call *call)
{
    if (!call->arguments[0]) return NULL;
    return value_number(call->machine->arena, ceil(call->arguments[0]->number));
}

/* --- Powers -------------------------------------------------------------------------------- */

/* By squaring: the same bits everywhere, and exact where the result is. */
static double whole_power(double base, double exponent)
{
    double result = 1.0;
    double square = base;
    for (unsigned n = (unsigned)fabs(exponent); n > 0; n >>= 1) {
        if (n & 1U) result *= square;
        square *= square;
    }
    return exponent < 0.0 ? 1.0 / result : result;
}

static double power(double base, double exponent)
{
    if (floor(exponent) == exponent && fabs(exponent) <= 2048.0) return whole_power(base, exponent);
    if (exponent == 0.5) return sqrt(base); /* correctly rounded by IEEE 754 */
    if (base > 0.0) return elementary_pow(base, exponent);
    if (base == 0.0) return exponent > 0.0 ? 0.0 : HUGE_VAL;
    if (floor(exponent) != exponent) return sqrt(-1.0);
    return elementary_pow(-base, exponent) * (fmod(exponent, 2.0) == 0.0 ? 1.0 : -1.0);
}

static const struct value *number_power(struct call *call)
{
    const struct value *const base = call->arguments[0];
    const struct value *const exponent = call->arguments[1];
    if (!base || !exponent) return NULL;
    const double result = power(base->number, exponent->number);
    if (isfinite(result)) return value_number(call->machine->arena, result);
    return machine_fail(call->machine,
                        "D3061: The power function has resulted in a value that cannot be "
                        "represented as a JSON number: base=%s, exponent=%s",
                        machine_show(call->machine, base), machine_show(call->machine, exponent));
}

static const struct value *number_sqrt(struct call *call)
{
    const struct value *const from = call->arguments[0];
    if (!from) return NULL;
    if (from->number < 0.0)
        return machine_fail(call->machine,
                            "D3060: The sqrt function cannot be applied to a negative number: %s",
                            machine_show(call->machine, from));
    return value_number(call->machine->arena, sqrt(from->number));
}

/* Without a seed the next number of the evaluation; with one always the same. */
static const struct value *number_random(struct call *call)
{
    const struct value *const seed = call->arguments[0];
    if (!seed)
        return value_number(call->machine->arena, library_luck_unit(library_luck(call->machine)));
    struct machine seeded = {0};
    memcpy(&seeded.luck, &seed->number, sizeof seeded.luck);
    return value_number(call->machine->arena, library_luck_unit(library_luck(&seeded)));
}

const struct builtin library_numbers[] = {
    {"number", "(nsb)-:n", 1, number_number},
    {"round", "n-n?:n", 2, number_round},
    {"abs", "n-:n", 1, number_abs},
    {"floor", "n-:n", 1, number_floor},
    {"ceil", "n-:n", 1, number_ceil},
    {"power", "n-n:n", 2, number_power},
    {"sqrt", "n-:n", 1, number_sqrt},
    {"random", "n?:n", 0, number_random},
    {0},
};
