#include "models/asl/jsonata_library.h"

#include <math.h>
#include <string.h>

/* Numbers as text, by pictures and in other bases. */

static const struct value *format_number(struct call *call)
{
    if (!call->arguments[0] || !call->arguments[1]) return NULL;
    return library_format_number(call->machine, call->arguments[0]->number,
                                 call->arguments[1]->text, call->arguments[2]);
}

static const struct value *format_integer(struct call *call)
{
    if (!call->arguments[0] || !call->arguments[1]) return NULL;
    return library_format_integer(call->machine, floor(call->arguments[0]->number),
                                  call->arguments[1]->text);
}

static const struct value *parse_integer(struct call *call)
{
    if (!call->arguments[0] || !call->arguments[1]) return NULL;
    return library_parse_integer(call->machine, call->arguments[0]->text, call->arguments[1]->text);
}

static const struct value *format_base(struct call *call)
{
    char digits[1100];
    size_t at = sizeof digits - 1;
    if (!call->arguments[0]) return NULL;
    const double rounded = library_round(call->arguments[0]->number, 0.0);
    const double base = call->arguments[1] ? library_round(call->arguments[1]->number, 0.0) : 10.0;
    if (base < 2.0 || base > 36.0)
        return machine_fail(
            call->machine,
            "D3100: The radix of the formatBase function must be between 2 and 36.  It was given "
            "%s",
            machine_show(call->machine, call->arguments[1]));
    digits[at] = '\0';
    double rest = fabs(rounded);
    do {
        digits[--at] = "0123456789abcdefghijklmnopqrstuvwxyz"[(int)fmod(rest, base)];
        rest = floor(rest / base);
    } while (rest > 0.0 && at > 1);
    if (rounded < 0.0) digits[--at] = '-';
    return value_string(call->machine->arena, digits + at);
}

const struct builtin library_formats[] = {
    {"formatNumber", "n-so?:s", 3, format_number},
    {"formatBase", "n-n?:s", 2, format_base},
    {"formatInteger", "n-s:s", 2, format_integer},
    {"parseInteger", "s-s:n", 2, parse_integer},
    {0},
};
