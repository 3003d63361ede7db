#define PCRE2_CODE_UNIT_WIDTH 8
#include "models/asl/jsonata_regex.h"

#include "base/arena.h"

#include <pcre2.h>
#include <string.h>

/* A match may take so many steps of the library, and so much of its memory (KiB). */
enum { MATCH_STEPS = 100000, MATCH_HEAP_KIB = 4096, MATCH_WORK = 100 };

struct jsonata_regex {
    pcre2_code *code;
    uint32_t groups;
};

/* The library's memory is the arena's, and lives as long. */
static void *regex_allocate(size_t size, void *arena)
{
    return arena_alloc(arena, size);
}

static void regex_release(void *memory, void *arena)
{
    (void)memory;
    (void)arena;
}

const struct jsonata_regex *jsonata_regex_compile(struct arena *arena, const struct token *token,
                                                  const char **fault)
{
    pcre2_general_context *const memory =
        pcre2_general_context_create(regex_allocate, regex_release, arena);
    pcre2_compile_context *const context = pcre2_compile_context_create(memory);
    pcre2_set_parens_nest_limit(context, 100);
    pcre2_set_max_pattern_length(context, 10000);
    uint32_t options = PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C |
                       PCRE2_ALLOW_EMPTY_CLASS | PCRE2_MATCH_UNSET_BACKREF | PCRE2_ALT_BSUX;
    if (token->ignore_case) options |= PCRE2_CASELESS;
    if (token->multiline) options |= PCRE2_MULTILINE;
    int number = 0;
    PCRE2_SIZE at = 0;
    struct jsonata_regex *const regex = arena_new_item(arena, struct jsonata_regex);
    if (strncmp(token->text, "(*", 2) == 0) {
        *fault = "The regular expression begins with nothing to repeat";
        return NULL;
    }
    regex->code =
        pcre2_compile((PCRE2_SPTR)token->text, strlen(token->text), options, &number, &at, context);
    if (regex->code) {
        pcre2_pattern_info(regex->code, PCRE2_INFO_CAPTURECOUNT, &regex->groups);
        return regex;
    }
    PCRE2_UCHAR message[200];
    pcre2_get_error_message(number, message, sizeof message);
    *fault = arena_format(arena, "The regular expression /%s/ cannot be read: %s (at offset %zu)",
                          token->text, (const char *)message, at);
    return NULL;
}

struct matcher {
    struct machine *machine;
    const struct jsonata_regex *regex;
    pcre2_match_data *data;
    pcre2_match_context *context;
};

struct matcher *matcher_new(struct machine *machine, const struct jsonata_regex *regex)
{
    struct matcher *const matcher = arena_new_item(machine->arena, struct matcher);
    pcre2_general_context *const memory =
        pcre2_general_context_create(regex_allocate, regex_release, machine->arena);
    *matcher =
        (struct matcher){machine, regex, pcre2_match_data_create_from_pattern(regex->code, memory),
                         pcre2_match_context_create(memory)};
    pcre2_set_match_limit(matcher->context, MATCH_STEPS);
    pcre2_set_depth_limit(matcher->context, MATCH_STEPS);
    pcre2_set_heap_limit(matcher->context, MATCH_HEAP_KIB);
    return matcher;
}

bool matcher_next(struct matcher *matcher, const struct value *subject, size_t at,
                  struct match *match)
{
    struct machine *const machine = matcher->machine;
    if (!machine_spend(machine, MATCH_WORK)) return false;
    /* The text is known to be UTF-8; checking it again for each match would cost its square. */
    const int count = pcre2_match(matcher->regex->code, (PCRE2_SPTR)subject->text, subject->count,
                                  at, PCRE2_NO_UTF_CHECK, matcher->data, matcher->context);
    if (count == PCRE2_ERROR_NOMATCH) return false;
    if (count < 0) {
        machine_fail(machine,
                     "A regular expression takes too many steps on this text (limit %d); "
                     "avoid nested repetitions",
                     (int)MATCH_STEPS);
        return false;
    }
    const PCRE2_SIZE *const places = pcre2_get_ovector_pointer(matcher->data);
    match->start = places[0];
    match->end = places[1] > places[0] ? places[1] : places[0];
    match->places = places + 2;
    match->groups = matcher->regex->groups;
    if (match->end > match->start) return true;
    machine_fail(machine, "D1004: Regular expression matches zero length string");
    return false;
}

const struct value *match_group(struct machine *machine, const struct value *subject,
                                const struct match *match, size_t group)
{
    const size_t from = match->places[2 * group];
    const size_t to = match->places[2 * group + 1];
    if (from == PCRE2_UNSET || to < from) return &value_empty_string;
    return value_string_n(machine->arena, subject->text + from, to - from);
}

const struct value *match_groups(struct machine *machine, const struct value *subject,
                                 const struct match *match)
{
    struct value_list list = {0};
    for (size_t i = 0; i < match->groups && machine_spend(machine, 1); i++)
        value_list_add(&list, machine->arena, match_group(machine, subject, match, i));
    return machine_list(machine, &list);
}

size_t match_units(const char *text, size_t length)
{
    size_t units = 0;
    for (size_t i = 0; i < length; i++) {
        const unsigned char c = (unsigned char)text[i];
        if ((c & 0xC0) != 0x80) units += c >= 0xF0 ? 2 : 1;
    }
    return units;
}

const struct value *regex_first(struct machine *machine, const struct function *regex,
                                const struct value *subject, size_t at)
{
    struct match match;
    if (!subject) return NULL;
    if (subject->type != VALUE_STRING)
        return machine_fail(machine, "T0410: Argument 1 of a regular expression must be a string");
    struct matcher *const matcher = matcher_new(machine, regex->expr->regex);
    if (!matcher_next(matcher, subject, at, &match)) return NULL;
    struct function *const next = function_new(machine, FUNCTION_NEXT);
    next->expr = regex->expr;
    next->subject = subject;
    next->at = match.end;
    struct arena *const arena = machine->arena;
    struct value_map map = {0};
    value_map_put(&map, arena, "match",
                  value_string_n(arena, subject->text + match.start, match.end - match.start));
    value_map_put(&map, arena, "start",
                  value_number(arena, (double)match_units(subject->text, match.start)));
    value_map_put(&map, arena, "end",
                  value_number(arena, (double)match_units(subject->text, match.end)));
    value_map_put(&map, arena, "groups", match_groups(machine, subject, &match));
    value_map_put(&map, arena, "next", &next->head);
    return machine->fault ? NULL : machine_map(machine, &map);
}
