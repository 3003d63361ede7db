#include "models/asl/jsonata.h"

#include "base/arena.h"
#include "models/asl/jsonata_syntax.h"

#include <string.h>

const struct jsonata *jsonata_compile(struct arena *arena, const char *text, size_t *offset,
                                      const char **fault)
{
    struct lexer lexer = {.arena = arena, .text = text, .length = strlen(text)};
    *fault = NULL;
    *offset = 0;
    struct expr *root = NULL;
    if (lexer.length > JSONATA_LENGTH_MOST)
        lexer_fail(&lexer, 0, "The expression has more than %d bytes", (int)JSONATA_LENGTH_MOST);
    else
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
