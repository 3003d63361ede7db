#include "models/asl/jsonata_parser.h"

#include "base/arena.h"
#include "models/asl/jsonata_signature.h"
#include "models/asl/value.h"

#include <string.h>

bool parser_at(const struct parser *parser, const char *symbol)
{
    return parser->token.type == TOKEN_OPERATOR && strcmp(parser->token.text, symbol) == 0;
}

bool parser_advance(struct parser *parser, bool operand)
{
    return lexer_next(parser->lexer, operand, &parser->token);
}

const char *parser_token_name(const struct parser *parser, const struct token *token)
{
    if (token->type == TOKEN_END) return "(end)";
    if (token->type != TOKEN_NUMBER) return token->text;
    return value_to_json(parser->lexer->arena, value_number(parser->lexer->arena, token->number));
}

bool parser_expect(struct parser *parser, const char *symbol, bool operand)
{
    if (parser_at(parser, symbol)) return parser_advance(parser, operand);
    if (parser->lexer->fault) return false;
    if (parser->token.type == TOKEN_END)
        return lexer_fail(parser->lexer, parser->token.offset,
                          "S0203: Expected \"%s\" before end of expression", symbol);
    return lexer_fail(parser->lexer, parser->token.offset, "S0202: Expected \"%s\", got \"%s\"",
                      symbol, parser_token_name(parser, &parser->token));
}

static bool is_lambda(const struct expr *left)
{
    if (left->type != EXPR_PATH || left->count != 1) return false;
    const struct expr *const name = left->items[0];
    if (name->type != EXPR_NAME || name->stages) return false;
    return strcmp(name->text, "function") == 0 || strcmp(name->text, "\xCE\xBB") == 0;
}

/* The text of <...> in a function's head, without its outer brackets; tokens have no blanks. */
static bool parse_signature(struct parser *parser, struct expr *lambda)
{
    const char *const begin = parser->lexer->text + parser->token.offset;
    int depth = 0;
    size_t length = 0;
    for (; begin[length] && begin[length] != '{'; length++) {
        if (begin[length] == '<') depth++;
        if (begin[length] == '>' && --depth == 0) break;
    }
    if (begin[length] != '>')
        return lexer_fail(parser->lexer, parser->token.offset,
                          "S0203: Expected \">\" at the end of a function signature");
    lambda->text = arena_copy_n(parser->lexer->arena, begin + 1, length - 1);
    parser->lexer->at = parser->token.offset + length + 1;
    struct signature signature;
    const char *fault = NULL;
    if (!signature_read(lambda->text, &signature, &fault))
        return lexer_fail(parser->lexer, parser->token.offset, "%s", fault);
    return parser_advance(parser, true);
}

/* Calls whose result is the function's own result take no stack. */
static void mark_tails(struct expr *body)
{
    if (body->stages || body->group || body->keep_array) return;
    if (body->type == EXPR_CALL) body->tail = true;
    if (body->type == EXPR_BLOCK && body->count > 0) mark_tails(body->items[body->count - 1]);
    if (body->type == EXPR_CONDITION) {
        mark_tails(body->right);
        if (body->other) mark_tails(body->other);
    }
}

/* The body of the function whose parameters `call` holds. */
static struct expr *parse_lambda(struct parser *parser, struct expr *call)
{
    call->type = EXPR_LAMBDA;
    call->names = arena_array(parser->lexer->arena, const char *, call->count);
    for (size_t i = 0; i < call->count; i++) {
        const struct expr *const name = call->items[i];
        if (name->type != EXPR_VARIABLE || name->stages) {
            lexer_fail(parser->lexer, name->offset,
                       "S0208: Parameter %zu of function definition must be a variable name (start "
                       "with $)",
                       i + 1);
            return NULL;
        }
        call->names[i] = name->text;
    }
    if (parser_at(parser, "<") && !parse_signature(parser, call)) return NULL;
    if (!parser_expect(parser, "{", true)) return NULL;
    call->right = parser_parse(parser, 0);
    if (!expr_adopt(parser->lexer, call, call->right)) return NULL;
    mark_tails(call->right);
    return parser_expect(parser, "}", false) ? call : NULL;
}

static struct expr *parse_argument(struct parser *parser, struct expr *call)
{
    if (!parser_at(parser, "?")) return parser_parse(parser, 0);
    call->type = EXPR_PARTIAL;
    struct expr *const hole = expr_new(parser->lexer, EXPR_PLACEHOLDER, parser->token.offset);
    return parser_advance(parser, false) ? hole : NULL;
}

static struct expr *parse_call(struct parser *parser, struct expr *left, size_t offset)
{
    struct expr *const call = expr_new(parser->lexer, EXPR_CALL, offset);
    call->left = left;
    while (!parser_at(parser, ")")) {
        if (!expr_add(parser->lexer, call, parse_argument(parser, call))) return NULL;
        if (!parser_at(parser, ",")) break;
        if (!parser_advance(parser, true)) return NULL;
    }
    if (!parser_expect(parser, ")", false)) return NULL;
    if (is_lambda(left)) return parse_lambda(parser, call);
    return expr_adopt(parser->lexer, call, left) ? call : NULL;
}

static struct expr *parse_filter(struct parser *parser, struct expr *left, size_t offset)
{
    if (parser_at(parser, "]")) return parser_advance(parser, false) ? expr_keep_array(left) : NULL;
    struct expr *const filter = parser_parse(parser, 0);
    if (!filter || !parser_expect(parser, "]", false)) return NULL;
    return expr_filter(parser->lexer, left, filter, offset);
}

static struct expr *parse_order(struct parser *parser, struct expr *left, size_t offset)
{
    struct expr *const sort = expr_new(parser->lexer, EXPR_SORT, offset);
    uint64_t descending = 0;
    if (!parser_expect(parser, "(", true)) return NULL;
    for (;;) {
        const bool down = parser_at(parser, ">");
        if ((down || parser_at(parser, "<")) && !parser_advance(parser, true)) return NULL;
        if (sort->count == 64) {
            lexer_fail(parser->lexer, parser->token.offset,
                       "An order-by clause has at most 64 terms");
            return NULL;
        }
        if (down) descending |= UINT64_C(1) << sort->count;
        if (!expr_add(parser->lexer, sort, parser_parse(parser, 0))) return NULL;
        if (!parser_at(parser, ",")) break;
        if (!parser_advance(parser, true)) return NULL;
    }
    if (!parser_expect(parser, ")", false)) return NULL;
    sort->descending = descending;
    return expr_order(parser->lexer, left, sort);
}

static struct expr *parse_binding(struct parser *parser, struct expr *left, bool focus,
                                  size_t offset)
{
    if (parser->token.type != TOKEN_VARIABLE) {
        lexer_fail(parser->lexer, parser->token.offset,
                   "S0214: The right side of \"%s\" must be a variable name (start with $)",
                   focus ? "@" : "#");
        return NULL;
    }
    const char *const name = parser->token.text;
    if (!parser_advance(parser, false)) return NULL;
    if (focus) return expr_focus(parser->lexer, left, name, offset);
    return expr_index(parser->lexer, left, name);
}

static struct expr *parse_assignment(struct parser *parser, struct expr *left, size_t offset)
{
    if (left->type != EXPR_VARIABLE || left->stages || left->group) {
        lexer_fail(parser->lexer, offset,
                   "S0212: The left side of := must be a variable name (start with $)");
        return NULL;
    }
    struct expr *const bind = expr_new(parser->lexer, EXPR_BIND, offset);
    bind->text = left->text;
    bind->right = parser_parse(parser, 9);
    return expr_adopt(parser->lexer, bind, bind->right) ? bind : NULL;
}

static struct expr *parse_condition(struct parser *parser, struct expr *left, size_t offset)
{
    struct expr *const condition = expr_new(parser->lexer, EXPR_CONDITION, offset);
    condition->left = left;
    if (!expr_adopt(parser->lexer, condition, left)) return NULL;
    condition->right = parser_parse(parser, 0);
    if (!expr_adopt(parser->lexer, condition, condition->right)) return NULL;
    if (!parser_at(parser, ":")) return condition;
    if (!parser_advance(parser, true)) return NULL;
    condition->other = parser_parse(parser, 0);
    return expr_adopt(parser->lexer, condition, condition->other) ? condition : NULL;
}

/* What binds its left side how strongly: the higher, the closer. */
static const struct infix {
    const char *symbol;
    int binding;
    int right; /* of the right side, where that is an expression */
    enum expr_operator operator;
} infixes[] = {
    {".", 75, 75, OPERATOR_NONE},        {"[", 80, 0, OPERATOR_NONE},
    {"{", 70, 0, OPERATOR_NONE},         {"(", 80, 0, OPERATOR_NONE},
    {"@", 80, 0, OPERATOR_NONE},         {"#", 80, 0, OPERATOR_NONE},
    {"?", 20, 0, OPERATOR_NONE},         {":=", 10, 0, OPERATOR_NONE},
    {"^", 40, 0, OPERATOR_NONE},         {"+", 50, 50, OPERATOR_ADD},
    {"-", 50, 50, OPERATOR_SUBTRACT},    {"*", 60, 60, OPERATOR_MULTIPLY},
    {"/", 60, 60, OPERATOR_DIVIDE},      {"%", 60, 60, OPERATOR_MODULO},
    {"=", 40, 40, OPERATOR_EQUAL},       {"!=", 40, 40, OPERATOR_DIFFERENT},
    {"<", 40, 40, OPERATOR_LESS},        {"<=", 40, 40, OPERATOR_LESS_EQUAL},
    {">", 40, 40, OPERATOR_GREATER},     {">=", 40, 40, OPERATOR_GREATER_EQUAL},
    {"&", 50, 50, OPERATOR_CONCATENATE}, {"and", 30, 30, OPERATOR_AND},
    {"or", 25, 25, OPERATOR_OR},         {"in", 40, 40, OPERATOR_IN},
    {"~>", 40, 40, OPERATOR_APPLY},      {"?:", 40, 0, OPERATOR_DEFAULT},
    {"??", 40, 0, OPERATOR_COALESCE},
};

static const struct infix *parser_infix(const struct parser *parser)
{
    if (parser->token.type != TOKEN_OPERATOR) return NULL;
    for (size_t i = 0; i < sizeof infixes / sizeof infixes[0]; i++)
        if (strcmp(infixes[i].symbol, parser->token.text) == 0) return &infixes[i];
    return NULL;
}

static struct expr *parse_infix(struct parser *parser, struct expr *left, const struct infix *infix)
{
    struct lexer *const lexer = parser->lexer;
    const size_t offset = parser->token.offset;
    if (!parser_advance(parser, true)) return NULL;
    if (infix->operator!= OPERATOR_NONE)
        return parser_binary(parser, infix->operator, left, parser_parse(parser, infix->right),
                             offset);
    switch (infix->symbol[0]) {
    case '.': return expr_join(lexer, left, parser_parse(parser, infix->right), offset);
    case '[': return parse_filter(parser, left, offset);
    case '{': return expr_group(lexer, left, parser_object(parser, offset), offset);
    case '(': return parse_call(parser, left, offset);
    case '@': return parse_binding(parser, left, true, offset);
    case '#': return parse_binding(parser, left, false, offset);
    case '^': return parse_order(parser, left, offset);
    case ':': return parse_assignment(parser, left, offset);
    default: return parse_condition(parser, left, offset);
    }
}

static struct expr *parse_within(struct parser *parser, int binding)
{
    struct expr *left = parser_operand(parser);
    while (left) {
        const struct infix *const infix = parser_infix(parser);
        if (!infix || infix->binding <= binding) break;
        left = parse_infix(parser, left, infix);
    }
    return parser->lexer->fault ? NULL : left;
}

struct expr *parser_parse(struct parser *parser, int binding)
{
    if (parser->lexer->fault) return NULL;
    if (parser->level >= JSONATA_NESTING_MOST) {
        lexer_fail(parser->lexer, parser->token.offset,
                   "The expression nests deeper than %d levels; split it up", JSONATA_NESTING_MOST);
        return NULL;
    }
    parser->level++;
    struct expr *const expr = parse_within(parser, binding);
    parser->level--;
    return expr;
}

struct expr *expr_parse(struct lexer *lexer)
{
    struct parser parser = {.lexer = lexer};
    if (!parser_advance(&parser, true)) return NULL;
    struct expr *const root = parser_parse(&parser, 0);
    if (!root) return NULL;
    if (parser.token.type != TOKEN_END) {
        lexer_fail(lexer, parser.token.offset, "S0201: Syntax error: \"%s\"",
                   parser_token_name(&parser, &parser.token));
        return NULL;
    }
    if (root->seeking) {
        lexer_fail(lexer, root->offset,
                   "S0217: The object representing the 'parent' cannot be derived from this "
                   "expression");
        return NULL;
    }
    return root;
}
