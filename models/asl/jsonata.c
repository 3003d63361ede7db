#include "models/asl/jsonata.h"

#include "base/arena.h"
#include "models/asl/jsonata_syntax.h"
#include "models/asl/value_internal.h"

#include <string.h>

/* All strings of an evaluation are UTF-8, as JSON's are; what takes them apart relies on it. */
static bool check_utf8(struct lexer *lexer)
{
    for (size_t i = 0; i < lexer->length;) {
        const size_t length = value_utf8_length(lexer->text + i, lexer->length - i);
        if (length == 0) return lexer_fail(lexer, i, "The expression is not UTF-8");
        i += length;
    }
    return true;
}

const struct jsonata *jsonata_compile(struct arena *arena, const char *text, size_t *offset,
                                      const char **fault)
{
    struct lexer lexer = {.arena = arena, .text = text, .length = strlen(text)};
    *fault = NULL;
    *offset = 0;
    struct expr *root = NULL;
    if (lexer.length > JSONATA_LENGTH_MOST)
        lexer_fail(&lexer, 0, "The expression has more than %d bytes", (int)JSONATA_LENGTH_MOST);
    else if (check_utf8(&lexer))
        root = expr_parse(&lexer);
    if (!root || !expr_check_context(&lexer, root)) {
        *fault = lexer.fault;
        *offset = lexer.fault_offset;
        return NULL;
    }
    struct jsonata *const expression = arena_new_item(arena, struct jsonata);
    expression->root = root;
    return expression;
}
