#include "base/arena.h"
#include "models/asl/jsonata_parser.h"
#include "models/asl/value.h"

#include <string.h>

static struct expr *parse_negation(struct parser *parser, size_t offset)
{
    struct expr *const operand = parser_parse(parser, 70);
    if (!operand) return NULL;
    if (operand->type == EXPR_NUMBER && !operand->stages) {
        operand->value = value_number(parser->lexer->arena, -operand->value->number);
        return operand;
    }
    struct expr *const negate = expr_new(parser->lexer, EXPR_NEGATE, offset);
    negate->left = operand;
    return expr_adopt(parser->lexer, negate, operand) ? negate : NULL;
}

static struct expr *parse_block(struct parser *parser, size_t offset)
{
    struct expr *const block = expr_new(parser->lexer, EXPR_BLOCK, offset);
    while (!parser_at(parser, ")")) {
        if (!expr_add(parser->lexer, block, parser_parse(parser, 0))) return NULL;
        if (!parser_at(parser, ";")) break;
        if (!parser_advance(parser, true)) return NULL;
    }
    return parser_expect(parser, ")", false) ? block : NULL;
}

struct expr *parser_binary(struct parser *parser, enum expr_operator operator, struct expr * left,
                           struct expr *right, size_t offset)
{
    struct expr *const expr = expr_new(parser->lexer, EXPR_BINARY, offset);
    expr->operator= operator;
    expr->left = left;
    expr->right = right;
    const bool ok = expr_adopt(parser->lexer, expr, left) && expr_adopt(parser->lexer, expr, right);
    return ok ? expr : NULL;
}

static struct expr *parse_array_item(struct parser *parser)
{
    struct expr *const item = parser_parse(parser, 0);
    if (!item || !parser_at(parser, "..")) return item;
    const size_t offset = parser->token.offset;
    if (!parser_advance(parser, true)) return NULL;
    return parser_binary(parser, OPERATOR_RANGE, item, parser_parse(parser, 0), offset);
}

static struct expr *parse_array(struct parser *parser, size_t offset)
{
    struct expr *const array = expr_new(parser->lexer, EXPR_ARRAY, offset);
    if (parser_at(parser, "]")) return parser_advance(parser, false) ? array : NULL;
    for (;;) {
        if (!expr_add(parser->lexer, array, parse_array_item(parser))) return NULL;
        if (!parser_at(parser, ",")) break;
        if (!parser_advance(parser, true)) return NULL;
    }
    return parser_expect(parser, "]", false) ? array : NULL;
}

struct expr *parser_object(struct parser *parser, size_t offset)
{
    struct expr *const object = expr_new(parser->lexer, EXPR_OBJECT, offset);
    if (parser_at(parser, "}")) return parser_advance(parser, false) ? object : NULL;
    for (;;) {
        if (!expr_add(parser->lexer, object, parser_parse(parser, 0))) return NULL;
        if (!parser_expect(parser, ":", true)) return NULL;
        if (!expr_add(parser->lexer, object, parser_parse(parser, 0))) return NULL;
        if (!parser_at(parser, ",")) break;
        if (!parser_advance(parser, true)) return NULL;
    }
    return parser_expect(parser, "}", false) ? object : NULL;
}

/* |pattern|update[,delete]| */
static struct expr *parse_transform(struct parser *parser, size_t offset)
{
    struct expr *const transform = expr_new(parser->lexer, EXPR_TRANSFORM, offset);
    transform->left = parser_parse(parser, 20);
    if (!expr_adopt(parser->lexer, transform, transform->left)) return NULL;
    if (!parser_expect(parser, "|", true)) return NULL;
    transform->right = parser_parse(parser, 20);
    if (!expr_adopt(parser->lexer, transform, transform->right)) return NULL;
    if (parser_at(parser, ",")) {
        if (!parser_advance(parser, true)) return NULL;
        transform->other = parser_parse(parser, 20);
        if (!expr_adopt(parser->lexer, transform, transform->other)) return NULL;
    }
    return parser_expect(parser, "|", false) ? transform : NULL;
}

static struct expr *parse_parent(struct parser *parser, size_t offset)
{
    struct expr *const parent = expr_new(parser->lexer, EXPR_PARENT, offset);
    struct expr_slot *const slot = arena_new_item(parser->lexer->arena, struct expr_slot);
    slot->label = arena_format(parser->lexer->arena, "!%d", parser->slots++);
    slot->level = 1;
    parent->slot = parent->seeking = slot;
    return parent;
}

static struct expr *parse_name(struct parser *parser, const struct token *token)
{
    struct expr *const name = expr_new(parser->lexer, EXPR_NAME, token->offset);
    name->text = token->text;
    return expr_path(parser->lexer, name);
}

/* The operand that begins with the operator `token`, which is behind us. */
static struct expr *parse_prefix_operator(struct parser *parser, const struct token *token)
{
    struct lexer *const lexer = parser->lexer;
    switch (token->text[0]) {
    case '-': return parse_negation(parser, token->offset);
    case '(': return parse_block(parser, token->offset);
    case '[': return parse_array(parser, token->offset);
    case '{': return parser_object(parser, token->offset);
    case '|': return parse_transform(parser, token->offset);
    case '%': return parse_parent(parser, token->offset);
    case '*':
        return expr_new(lexer, token->text[1] ? EXPR_DESCENDANT : EXPR_WILDCARD, token->offset);
    case 'a':
    case 'o':
    case 'i': return parse_name(parser, token);
    default:
        lexer_fail(lexer, token->offset,
                   "S0211: The symbol \"%s\" cannot be used as a unary operator", token->text);
        return NULL;
    }
}

static struct expr *parse_literal(struct parser *parser, const struct token *token)
{
    struct arena *const arena = parser->lexer->arena;
    struct expr *const expr = expr_new(parser->lexer, EXPR_LITERAL, token->offset);
    if (token->type == TOKEN_STRING) {
        expr->type = EXPR_STRING;
        expr->text = token->text;
        expr->value = value_string(arena, token->text);
    } else if (token->type == TOKEN_NUMBER) {
        expr->type = EXPR_NUMBER;
        expr->value = value_number(arena, token->number);
    } else if (strcmp(token->text, "null") == 0) {
        expr->value = &value_null;
    } else {
        expr->value = value_bool(token->text[0] == 't');
    }
    return expr;
}

static struct expr *parse_regex(struct parser *parser, const struct token *token)
{
    const char *fault = NULL;
    struct expr *const expr = expr_new(parser->lexer, EXPR_REGEX, token->offset);
    expr->regex = jsonata_regex_compile(parser->lexer->arena, token, &fault);
    if (expr->regex) return expr;
    lexer_fail(parser->lexer, token->offset, "%s", fault);
    return NULL;
}

static bool is_literal_name(const struct token *token)
{
    return !token->quoted &&
           (strcmp(token->text, "true") == 0 || strcmp(token->text, "false") == 0 ||
            strcmp(token->text, "null") == 0);
}

/* Behind which tokens an operand may begin. */
static bool opens_operand(const struct token *token)
{
    if (token->type != TOKEN_OPERATOR) return false;
    return strchr("-([{|", token->text[0]) && !token->text[1];
}

struct expr *parser_operand(struct parser *parser)
{
    const struct token token = parser->token;
    if (token.type == TOKEN_END) {
        lexer_fail(parser->lexer, token.offset, "S0207: Unexpected end of expression");
        return NULL;
    }
    if (!parser_advance(parser, opens_operand(&token))) return NULL;
    switch (token.type) {
    case TOKEN_OPERATOR: return parse_prefix_operator(parser, &token);
    case TOKEN_REGEX: return parse_regex(parser, &token);
    case TOKEN_NAME:
        return is_literal_name(&token) ? parse_literal(parser, &token) : parse_name(parser, &token);
    case TOKEN_VARIABLE: {
        struct expr *const variable = expr_new(parser->lexer, EXPR_VARIABLE, token.offset);
        variable->text = token.text;
        return variable;
    }
    case TOKEN_STRING:
    case TOKEN_NUMBER:
    case TOKEN_END:
    default: return parse_literal(parser, &token);
    }
}
