#include "models/asl/jsonata_library.h"

#include <math.h>
#include <string.h>

/* Functions of strings that need no patterns. Places count code points. */

static const struct value *string_string(struct call *call)
{
    return machine_string(call->machine, call->arguments[0], machine_truth(call->arguments[1]));
}

static const struct value *string_length(struct call *call)
{
    const struct value *const text = call->arguments[0];
    if (!text) return NULL;
    return value_number(call->machine->arena,
                        (double)library_count_points(text->text, text->count));
}

/* Bytes before the code point number `points`, at most all. */
static size_t bytes_of(const struct value *text, double points)
{
    size_t at = 0;
    for (double n = 0.0; n < points && at < text->count; n += 1.0)
        at += library_point_length(text->text + at, text->count - at);
    return at;
}

static const struct value *slice(struct call *call, const struct value *text, size_t from,
                                 size_t to)
{
    if (to < from) to = from;
    if (!machine_spend(call->machine, (to - from) / 8 + 1)) return NULL;
    return value_string_n(call->machine->arena, text->text + from, to - from);
}

/* A place as JavaScript's slice has it: negative ones count from the end. */
static double clamp_place(double place, double length)
{
    place = trunc(place);
    if (place < 0.0) place += length;
    return place < 0.0 ? 0.0 : place > length ? length : place;
}

static const struct value *string_substring(struct call *call)
{
    const struct value *const text = call->arguments[0];
    if (!text || !call->arguments[1]) return text;
    const double length = (double)library_count_points(text->text, text->count);
    double start = call->arguments[1]->number;
    if (length + start < 0.0) start = 0.0;
    double end = length;
    if (call->arguments[2]) {
        const double wanted = call->arguments[2]->number;
        if (wanted <= 0.0) return &value_empty_string;
        end = start >= 0.0 ? start + wanted : length + start + wanted;
    }
    return slice(call, text, bytes_of(text, clamp_place(start, length)),
                 bytes_of(text, clamp_place(end, length)));
}

static const struct value *string_before(struct call *call)
{
    const struct value *const text = call->arguments[0];
    if (!text || !call->arguments[1]) return text;
    const char *const found = strstr(text->text, call->arguments[1]->text);
    return found ? slice(call, text, 0, (size_t)(found - text->text)) : text;
}

static const struct value *string_after(struct call *call)
{
    const struct value *const text = call->arguments[0];
    if (!text || !call->arguments[1]) return text;
    const char *const found = strstr(text->text, call->arguments[1]->text);
    return found ? slice(call, text, (size_t)(found - text->text) + call->arguments[1]->count,
                         text->count)
                 : text;
}

/* --- Case: ASCII, Latin-1, Latin Extended-A, Greek and Cyrillic letters ---------------------- */

/* Letters whose small one is a fixed distance behind the capital. */
static const struct {
    unsigned first, last, distance;
} cases[] = {{0x41, 0x5A, 32},   {0xC0, 0xD6, 32},   {0xD8, 0xDE, 32},   {0x391, 0x3A1, 32},
             {0x3A3, 0x3AB, 32}, {0x410, 0x42F, 32}, {0x400, 0x40F, 80}, {0x388, 0x38A, 37},
             {0x386, 0x386, 38}, {0x38C, 0x38C, 64}, {0x38E, 0x38F, 63}, {0x178, 0x178, 0}};

/* Letters that stand in pairs: a capital, then its small one. */
static bool is_paired(unsigned point, bool *capital)
{
    const bool even = (point >= 0x100 && point <= 0x137 && point != 0x130 && point != 0x131) ||
                      (point >= 0x14A && point <= 0x177) || (point >= 0x460 && point <= 0x481) ||
                      (point >= 0x48A && point <= 0x4BF) || (point >= 0x4D0 && point <= 0x52F);
    const bool odd = (point >= 0x139 && point <= 0x148) || (point >= 0x179 && point <= 0x17E);
    *capital = even ? point % 2 == 0 : point % 2 == 1;
    return even || odd;
}

static unsigned change_case(unsigned point, bool upper)
{
    bool capital = false;
    if (is_paired(point, &capital)) return upper == capital ? point : upper ? point - 1 : point + 1;
    if (point == 0xFF) return upper ? 0x178 : point;
    if (point == 0x178) return upper ? point : 0xFF;
    if (point == 0xB5) return upper ? 0x39C : point;
    if (point == 0x3C2) return upper ? 0x3A3 : point;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const unsigned shift = upper ? cases[i].distance : 0;
        if (point >= cases[i].first + shift && point <= cases[i].last + shift)
            return upper ? point - shift : point + cases[i].distance;
    }
    return point;
}

static const struct value *with_case(struct call *call, bool upper)
{
    const struct value *const from = call->arguments[0];
    if (!from) return NULL;
    struct text text;
    text_init(&text);
    for (size_t i = 0; i < from->count;) {
        const unsigned char c = (unsigned char)from->text[i];
        const size_t length = library_point_length(from->text + i, from->count - i);
        if (length == 1) {
            text_add_char(&text, (char)change_case(c, upper));
        } else if (length == 2) {
            const unsigned point =
                change_case((c & 0x1FU) << 6 | ((unsigned char)from->text[i + 1] & 0x3FU), upper);
            text_add_char(&text, (char)(0xC0 | point >> 6));
            text_add_char(&text, (char)(0x80 | (point & 0x3F)));
        } else {
            text_add_n(&text, from->text + i, length);
        }
        /* The one small letter whose capital is two. */
        if (upper && length == 2 && c == 0xC3 && (unsigned char)from->text[i + 1] == 0x9F) {
            text.length -= 2;
            text_add(&text, "SS");
        }
        i += length;
    }
    return machine_text(call->machine, &text);
}

static const struct value *string_uppercase(struct call *call)
{
    return with_case(call, true);
}

static const struct value *string_lowercase(struct call *call)
{
    return with_case(call, false);
}

/* --- Blanks and filling -------------------------------------------------------------------- */

static const struct value *string_trim(struct call *call)
{
    const struct value *const from = call->arguments[0];
    if (!from) return NULL;
    struct text text;
    text_init(&text);
    bool blank = false;
    for (size_t i = 0; i < from->count; i++) {
        const char c = from->text[i];
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            blank = text.length > 0;
            continue;
        }
        if (blank) text_add_char(&text, ' ');
        blank = false;
        text_add_char(&text, c);
    }
    return machine_text(call->machine, &text);
}

static const struct value *string_pad(struct call *call)
{
    const struct value *const from = call->arguments[0];
    if (!from || !call->arguments[1]) return from;
    const double width = trunc(call->arguments[1]->number);
    const struct value *unit = call->arguments[2];
    const double missing = fabs(width) - (double)library_count_points(from->text, from->count);
    if (missing <= 0.0) return from;
    if (missing > 1e7 || !machine_spend(call->machine, (size_t)missing))
        return machine_fail(call->machine, "$pad to more than %d characters", 10000000);
    struct text fill;
    text_init(&fill);
    size_t at = 0;
    for (double n = 0.0; n < missing; n += 1.0) {
        const bool blank = !unit || unit->count == 0;
        const size_t length = blank ? 1 : library_point_length(unit->text + at, unit->count - at);
        text_add_n(&fill, blank ? " " : unit->text + at, length);
        at = blank || at + length >= unit->count ? 0 : at + length;
    }
    struct text text;
    text_init(&text);
    if (width < 0.0) text_add_n(&text, fill.data, fill.length);
    text_add_n(&text, from->text, from->count);
    if (width >= 0.0) text_add_n(&text, fill.data, fill.length);
    text_free(&fill);
    return machine_text(call->machine, &text);
}

static const struct value *string_join(struct call *call)
{
    const struct value *const list = call->arguments[0];
    const struct value *const between = call->arguments[1];
    if (!list) return NULL;
    struct text text;
    text_init(&text);
    for (size_t i = 0; i < list->count; i++) {
        const size_t more = list->items[i]->count + (i > 0 && between ? between->count : 0);
        if (!machine_spend(call->machine, more / 8 + 1)) break;
        if (i > 0 && between) text_add_n(&text, between->text, between->count);
        text_add_n(&text, list->items[i]->text, list->items[i]->count);
    }
    return machine_text(call->machine, &text);
}

const struct builtin library_strings[] = {
    {"string", "x-b?:s", 1, string_string},
    {"length", "s-:n", 1, string_length},
    {"substring", "s-nn?:s", 3, string_substring},
    {"substringBefore", "s-s:s", 2, string_before},
    {"substringAfter", "s-s:s", 2, string_after},
    {"uppercase", "s-:s", 1, string_uppercase},
    {"lowercase", "s-:s", 1, string_lowercase},
    {"trim", "s-:s", 1, string_trim},
    {"pad", "s-ns?:s", 3, string_pad},
    {"join", "a<s>s?:s", 2, string_join},
    {0},
};
