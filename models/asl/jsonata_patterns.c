#include "models/asl/jsonata_library.h"
#include "models/asl/jsonata_regex.h"

#include <math.h>
#include <string.h>

/* Functions that look for a text or a pattern in a string. */

/* What is looked for: a text, a regular expression, or what a function finds. */
struct search {
    struct call *call;
    const struct value *subject;
    const struct value *text;
    struct matcher *matcher;
    struct match match;
    const struct value *found; /* of a function: {match, start, end, groups, next} */
    const struct function *next;
    size_t at;
};

static void search_begin(struct search *search, struct call *call, const struct value *subject,
                         const struct value *pattern)
{
    *search = (struct search){.call = call, .subject = subject};
    const struct function *const function = function_of(pattern);
    if (function && function->kind == FUNCTION_REGEX)
        search->matcher = matcher_new(call->machine, function->expr->regex);
    else if (function)
        search->next = function;
    else
        search->text = pattern;
}

/* Bytes before the UTF-16 unit number `units`. */
static size_t bytes_before(const struct value *text, double units)
{
    size_t at = 0;
    for (double n = 0.0; n < units && at < text->count;) {
        const size_t length = library_point_length(text->text + at, text->count - at);
        n += length == 4 ? 2.0 : 1.0;
        at += length;
    }
    return at;
}

static bool search_function(struct search *search)
{
    struct machine *const machine = search->call->machine;
    const bool first = search->found == NULL;
    if (!search->next) return false;
    search->found = machine_apply(machine, search->next, &search->subject, first ? 1 : 0, NULL);
    if (machine->fault || !search->found) return false;
    const struct value *const start = value_get(search->found, "start");
    const struct value *const end = value_get(search->found, "end");
    if (!value_is(start, VALUE_NUMBER) || !value_is(end, VALUE_NUMBER) ||
        !value_is(value_get(search->found, "match"), VALUE_STRING)) {
        machine_fail(machine, "T1010: The matcher function argument passed to a function does not "
                              "return the correct object structure");
        return false;
    }
    search->next = function_of(value_get(search->found, "next"));
    search->match = (struct match){bytes_before(search->subject, start->number),
                                   bytes_before(search->subject, end->number), NULL, 0};
    if (search->match.start >= search->at && search->match.end >= search->match.start) {
        search->at = search->match.end;
        return true;
    }
    machine_fail(machine, "A matcher function goes backwards in the text");
    return false;
}

/* The next place; false when there is none, or on a fault. */
static bool search_next(struct search *search)
{
    if (!search->text && !search->matcher) return search_function(search);
    if (search->matcher) {
        if (!matcher_next(search->matcher, search->subject, search->at, &search->match))
            return false;
    } else {
        const char *const found = strstr(search->subject->text + search->at, search->text->text);
        if (!found || !machine_spend(search->call->machine, 1)) return false;
        search->match.start = (size_t)(found - search->subject->text);
        search->match.end = search->match.start + search->text->count;
    }
    search->at = search->match.end;
    return true;
}

static const struct value *search_groups(struct search *search)
{
    if (!search->found) return match_groups(search->call->machine, search->subject, &search->match);
    const struct value *const groups = value_get(search->found, "groups");
    return value_is(groups, VALUE_LIST) ? groups : &value_empty_list;
}

static const struct value *part(struct search *search, size_t from, size_t to)
{
    struct machine *const machine = search->call->machine;
    if (!machine_spend(machine, (to - from) / 8 + 1)) return NULL;
    return value_string_n(machine->arena, search->subject->text + from, to - from);
}

static const struct value *pattern_contains(struct call *call)
{
    if (!call->arguments[0] || !call->arguments[1]) return NULL;
    struct search search;
    search_begin(&search, call, call->arguments[0], call->arguments[1]);
    const bool found = search_next(&search);
    return call->machine->fault ? NULL : value_bool(found);
}

/* How many at most: an argument that may be absent; -1 when it is negative. */
static double limit_of(const struct value *limit)
{
    if (!limit) return HUGE_VAL;
    return limit->number < 0.0 ? -1.0 : limit->number;
}

/* --- $match -------------------------------------------------------------------------------- */

static const struct value *describe_match(struct search *search)
{
    struct machine *const machine = search->call->machine;
    struct value_map map = {0};
    value_map_put(&map, machine->arena, "match",
                  part(search, search->match.start, search->match.end));
    const size_t index = match_units(search->subject->text, search->match.start);
    value_map_put(&map, machine->arena, "index", value_number(machine->arena, (double)index));
    value_map_put(&map, machine->arena, "groups", search_groups(search));
    return machine->fault ? NULL : machine_map(machine, &map);
}

static const struct value *pattern_match(struct call *call)
{
    struct machine *const machine = call->machine;
    if (!call->arguments[0]) return NULL;
    const double limit = limit_of(call->arguments[2]);
    if (limit < 0.0)
        return machine_fail(
            machine, "D3040: Third argument of match function must evaluate to a positive number");
    struct search search;
    search_begin(&search, call, call->arguments[0], call->arguments[1]);
    struct value_list list = {0};
    while ((double)list.count < limit && search_next(&search)) {
        const struct value *const match = describe_match(&search);
        if (!match || !machine_spend(machine, search.match.start / 64)) return NULL;
        value_list_add(&list, machine->arena, match);
    }
    return call_sequence(call, &list);
}

/* --- $split -------------------------------------------------------------------------------- */

static const struct value *split_characters(struct call *call, double limit)
{
    const struct value *const text = call->arguments[0];
    struct value_list list = {0};
    for (size_t at = 0; at < text->count && (double)list.count < limit;) {
        const size_t length = library_point_length(text->text + at, text->count - at);
        if (!machine_spend(call->machine, 1)) return NULL;
        value_list_add(&list, call->machine->arena,
                       value_string_n(call->machine->arena, text->text + at, length));
        at += length;
    }
    return machine_list(call->machine, &list);
}

static const struct value *pattern_split(struct call *call)
{
    const struct value *const text = call->arguments[0];
    if (!text) return NULL;
    double limit = limit_of(call->arguments[2]);
    if (limit < 0.0)
        return machine_fail(
            call->machine,
            "D3020: Third argument of split function must evaluate to a positive number");
    if (!function_of(call->arguments[1])) limit = floor(limit);
    if (value_is(call->arguments[1], VALUE_STRING) && call->arguments[1]->count == 0)
        return split_characters(call, limit);
    struct value_list list = {0};
    struct search search;
    search_begin(&search, call, text, call->arguments[1]);
    size_t from = 0;
    while ((double)list.count < limit && call->arguments[1] && search_next(&search)) {
        value_list_add(&list, call->machine->arena, part(&search, from, search.match.start));
        from = search.match.end;
        if (call->machine->fault) return NULL;
    }
    if ((double)list.count < limit && !call->machine->fault)
        value_list_add(&list, call->machine->arena, part(&search, from, text->count));
    return call->machine->fault ? NULL : machine_list(call->machine, &list);
}

/* --- $replace ------------------------------------------------------------------------------ */

static size_t digit_count(const char *text, size_t most)
{
    size_t count = 0;
    while (count < most && text[count] >= '0' && text[count] <= '9') count++;
    return count;
}

/* The number of the group that the digits at `text` name, and how many digits do. */
static size_t group_number(const char *text, size_t groups, size_t *digits)
{
    size_t most = 1;
    for (size_t n = groups; n >= 10; n /= 10) most++;
    for (size_t length = digit_count(text, most);; length--) {
        size_t number = 0;
        for (size_t i = 0; i < length; i++) number = 10 * number + (size_t)(text[i] - '0');
        *digits = length;
        if (number <= groups || length <= 1) return number;
    }
}

/* What stands for "$1", "$0" and "$$" in a replacement. */
static void add_replacement(struct text *out, const struct value *with, const char *match,
                            size_t length, const struct value *groups)
{
    for (const char *c = with->text; *c;) {
        if (*c != '$') {
            text_add_char(out, *c++);
            continue;
        }
        c++;
        if (*c == '$' || *c == '0') {
            text_add_n(out, *c == '$' ? "$" : match, *c == '$' ? 1 : length);
            c++;
            continue;
        }
        size_t digits = 0;
        const size_t number = group_number(c, groups->count, &digits);
        if (digits == 0) {
            text_add_char(out, '$');
            continue;
        }
        if (number >= 1 && number <= groups->count)
            text_add_n(out, groups->items[number - 1]->text, groups->items[number - 1]->count);
        c += digits;
    }
}

/* False on a fault. */
static bool replace_one(struct search *search, struct text *out, const struct value *with)
{
    struct call *const call = search->call;
    const struct function *const function = function_of(with);
    const char *const match = search->subject->text + search->match.start;
    const size_t length = search->match.end - search->match.start;
    const size_t before = out->length;
    if (function && !search->text) {
        const struct value *const found = describe_match(search);
        const struct value *const made =
            found ? machine_apply(call->machine, function, &found, 1, call->context) : NULL;
        if (!value_is(made, VALUE_STRING)) {
            machine_fail(call->machine,
                         "D3012: Attempted to replace a matched string with a non-string value");
            return false;
        }
        text_add_n(out, made->text, made->count);
    } else if (search->text) {
        text_add_n(out, function ? "" : with->text, function ? 0 : with->count);
    } else {
        add_replacement(out, with, match, length, search_groups(search));
    }
    return machine_spend(call->machine, (out->length - before) / 8 + 1);
}

static bool replace_all(struct search *search, struct text *out, const struct value *with,
                        double limit)
{
    size_t from = 0;
    for (double n = 0.0; n < limit && search_next(search); n += 1.0) {
        text_add_n(out, search->subject->text + from, search->match.start - from);
        from = search->match.end;
        if (!replace_one(search, out, with)) return false;
    }
    text_add_n(out, search->subject->text + from, search->subject->count - from);
    return !search->call->machine->fault;
}

static const struct value *pattern_replace(struct call *call)
{
    const struct value *const pattern = call->arguments[1];
    if (!call->arguments[0]) return NULL;
    if (!pattern || !call->arguments[2])
        return machine_fail(call->machine,
                            "T0410: Argument %d of function \"replace\" does not "
                            "match function signature",
                            pattern ? 3 : 2);
    if (pattern->type == VALUE_STRING && pattern->count == 0)
        return machine_fail(call->machine,
                            "D3010: Second argument of replace function cannot be an empty string");
    const double limit = limit_of(call->arguments[3]);
    if (limit < 0.0)
        return machine_fail(
            call->machine,
            "D3011: Fourth argument of replace function must evaluate to a positive number");
    struct search search;
    struct text text;
    search_begin(&search, call, call->arguments[0], pattern);
    text_init(&text);
    if (replace_all(&search, &text, call->arguments[2], limit))
        return machine_text(call->machine, &text);
    text_free(&text);
    return NULL;
}

const struct builtin library_patterns[] = {
    {"contains", "s-(sf):b", 2, pattern_contains},
    {"split", "s-(sf)n?:a<s>", 3, pattern_split},
    {"match", "s-f<s:o>n?:a<o>", 3, pattern_match},
    {"replace", "s-(sf)(sf)n?:s", 4, pattern_replace},
    {0},
};
