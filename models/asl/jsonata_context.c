#include "models/asl/jsonata_syntax.h"

#include <string.h>

/* The part of a tree whose context is the whole expression's: a state machine gives it none. */
static bool check(struct lexer *lexer, const struct expr *expr);

static bool check_variable(struct lexer *lexer, const struct expr *expr)
{
    if (expr->text[0] != '\0' && strcmp(expr->text, "$") != 0) return true;
    return lexer_fail(lexer, expr->offset,
                      "'$%s' stands for nothing at the top level of an expression in a state "
                      "machine; begin with $states.input or a variable",
                      expr->text);
}

static bool check_name(struct lexer *lexer, const struct expr *expr)
{
    const char *const name = expr->type == EXPR_NAME         ? expr->text
                             : expr->type == EXPR_WILDCARD   ? "*"
                             : expr->type == EXPR_DESCENDANT ? "**"
                                                             : "%";
    return lexer_fail(lexer, expr->offset,
                      "The field '%s' has no object before it at the top level of an expression in "
                      "a state machine; begin with $states.input or a variable, or put a text in "
                      "quotes",
                      name);
}

static bool check_items(struct lexer *lexer, const struct expr *expr)
{
    for (size_t i = 0; i < expr->count; i++) TRY(check(lexer, expr->items[i]));
    return true;
}

static bool check_sides(struct lexer *lexer, const struct expr *expr)
{
    return (!expr->left || check(lexer, expr->left)) &&
           (!expr->right || check(lexer, expr->right)) &&
           (!expr->other || check(lexer, expr->other));
}

static bool check(struct lexer *lexer, const struct expr *expr)
{
    switch (expr->type) {
    case EXPR_NAME:
    case EXPR_WILDCARD:
    case EXPR_DESCENDANT:
    case EXPR_PARENT: return check_name(lexer, expr);
    case EXPR_VARIABLE: return check_variable(lexer, expr);
    case EXPR_PATH: return check(lexer, expr->items[0]);
    case EXPR_BINARY:
    case EXPR_NEGATE:
    case EXPR_CONDITION:
    case EXPR_BIND: return check_sides(lexer, expr);
    case EXPR_ARRAY:
    case EXPR_OBJECT:
    case EXPR_BLOCK: return check_items(lexer, expr);
    case EXPR_CALL:
    case EXPR_PARTIAL: return check(lexer, expr->left) && check_items(lexer, expr);
    /* The body of a function is seen as part of what it is applied to. */
    case EXPR_LAMBDA:
    case EXPR_TRANSFORM:
    case EXPR_SORT:
    case EXPR_STRING:
    case EXPR_NUMBER:
    case EXPR_LITERAL:
    case EXPR_REGEX:
    case EXPR_PLACEHOLDER:
    default: return true;
    }
}

bool expr_check_context(struct lexer *lexer, const struct expr *root)
{
    return check(lexer, root);
}
