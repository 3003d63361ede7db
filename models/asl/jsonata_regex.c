#define PCRE2_CODE_UNIT_WIDTH 8
#include "base/arena.h"
#include "models/asl/jsonata_syntax.h"

#include <pcre2.h>
#include <string.h>

struct jsonata_regex {
    pcre2_code *code;
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
    if (regex->code) return regex;
    PCRE2_UCHAR message[200];
    pcre2_get_error_message(number, message, sizeof message);
    *fault = arena_format(arena, "The regular expression /%s/ cannot be read: %s (at offset %zu)",
                          token->text, (const char *)message, at);
    return NULL;
}
