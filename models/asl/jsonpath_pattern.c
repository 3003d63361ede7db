/* Regular expressions of =~, by PCRE2 with its memory in the arena and its work bounded. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "base/arena.h"
#include "models/asl/jsonpath_internal.h"

#include <pcre2.h>

enum {
    PATTERN_BYTES_MOST = 10000,
    PATTERN_DEEP_MOST = 100,
    MATCH_STEPS_MOST = 20000, /* of backtracking */
    MATCH_KIBIBYTES_MOST = 1024
};

struct pattern {
    pcre2_code *code;
};

static void *pattern_allocate(size_t size, void *arena)
{
    return arena_alloc(arena, size);
}

static void pattern_release(void *memory, void *arena)
{
    (void)memory, (void)arena;
}

const struct pattern *path_pattern_compile(struct arena *arena, const char *text, size_t length,
                                           bool any_case, const char **fault)
{
    pcre2_general_context *memory =
        pcre2_general_context_create(pattern_allocate, pattern_release, arena);
    pcre2_compile_context *context = pcre2_compile_context_create(memory);
    pcre2_set_parens_nest_limit(context, PATTERN_DEEP_MOST);
    pcre2_set_max_pattern_length(context, PATTERN_BYTES_MOST);
    /* The whole string must match. */
    uint32_t options = PCRE2_UTF | PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_NEVER_BACKSLASH_C;
    if (any_case) options |= PCRE2_CASELESS;
    int number = 0;
    PCRE2_SIZE at = 0;
    struct pattern *pattern = arena_new_item(arena, struct pattern);
    const bool verbs = length >= 2 && text[0] == '(' && text[1] == '*';
    if (!verbs)
        pattern->code = pcre2_compile((PCRE2_SPTR)text, length, options, &number, &at, context);
    if (pattern->code) return pattern;
    *fault = "the pattern is no regular expression";
    return NULL;
}

bool path_pattern_matches(const struct pattern *pattern, struct path_work *work,
                          const struct value *string)
{
    pcre2_general_context *memory =
        pcre2_general_context_create(pattern_allocate, pattern_release, work->arena);
    pcre2_match_context *context = pcre2_match_context_create(memory);
    pcre2_set_match_limit(context, MATCH_STEPS_MOST);
    pcre2_set_heap_limit(context, MATCH_KIBIBYTES_MOST);
    pcre2_match_data *match = pcre2_match_data_create(1, memory);
    const int found =
        pcre2_match(pattern->code, (PCRE2_SPTR)string->text, string->count, 0, 0, match, context);
    /* Each match is dear. */
    const size_t cost = 100 + string->count / 8;
    work->left = work->left > cost ? work->left - cost : 0;
    if (found == PCRE2_ERROR_MATCHLIMIT || found == PCRE2_ERROR_HEAPLIMIT) work->left = 0;
    return found >= 0;
}
