/* The rules of Choice: compiling them, and whether they match. */
#include "base/arena.h"
#include "base/document.h"
#include "models/asl/data_internal.h"
#include "models/asl/timestamp.h"

#include <string.h>

enum comparison {
    COMPARE_STRING,
    COMPARE_NUMBER,
    COMPARE_BOOLEAN,
    COMPARE_TIME,
    COMPARE_PATTERN,
    IS_NULL,
    IS_PRESENT,
    IS_NUMERIC,
    IS_STRING,
    IS_BOOLEAN,
    IS_TIMESTAMP
};

enum { BELOW = 1, SAME = 2, ABOVE = 4 };

struct operator_entry {
    const char *name;
    enum comparison comparison;
    unsigned orders; /* that match */
};

static const struct operator_entry operators[] = {
    {"StringEquals", COMPARE_STRING, SAME},
    {"StringLessThan", COMPARE_STRING, BELOW},
    {"StringGreaterThan", COMPARE_STRING, ABOVE},
    {"StringLessThanEquals", COMPARE_STRING, BELOW | SAME},
    {"StringGreaterThanEquals", COMPARE_STRING, ABOVE | SAME},
    {"StringMatches", COMPARE_PATTERN, 0},
    {"NumericEquals", COMPARE_NUMBER, SAME},
    {"NumericLessThan", COMPARE_NUMBER, BELOW},
    {"NumericGreaterThan", COMPARE_NUMBER, ABOVE},
    {"NumericLessThanEquals", COMPARE_NUMBER, BELOW | SAME},
    {"NumericGreaterThanEquals", COMPARE_NUMBER, ABOVE | SAME},
    {"BooleanEquals", COMPARE_BOOLEAN, SAME},
    {"TimestampEquals", COMPARE_TIME, SAME},
    {"TimestampLessThan", COMPARE_TIME, BELOW},
    {"TimestampGreaterThan", COMPARE_TIME, ABOVE},
    {"TimestampLessThanEquals", COMPARE_TIME, BELOW | SAME},
    {"TimestampGreaterThanEquals", COMPARE_TIME, ABOVE | SAME},
    {"IsNull", IS_NULL, 0},
    {"IsPresent", IS_PRESENT, 0},
    {"IsNumeric", IS_NUMERIC, 0},
    {"IsString", IS_STRING, 0},
    {"IsBoolean", IS_BOOLEAN, 0},
    {"IsTimestamp", IS_TIMESTAMP, 0},
};

/* The op whose name `key` is, or is with "Path" behind it. */
static const struct operator_entry *find_operator(const char *key, bool *by_path)
{
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
        const size_t length = strlen(operators[i].name);
        if (strncmp(key, operators[i].name, length) != 0) continue;
        *by_path = strcmp(key + length, "Path") == 0;
        if (*by_path || key[length] == '\0') return &operators[i];
    }
    return NULL;
}

static void compile_rule(struct data_compiler *compiler, const struct node *node,
                         struct rule *rule);

static const struct rule *compile_list(struct data_compiler *compiler, const struct node *first,
                                       size_t count)
{
    struct rule *rules = arena_array(compiler->arena, struct rule, count);
    size_t at = 0;
    for (const struct node *item = first; item && at < count; item = item->next)
        compile_rule(compiler, item, &rules[at++]);
    return rules;
}

static void compile_comparison(struct data_compiler *compiler, const struct node *node,
                               struct rule *rule)
{
    rule->variable = data_path(compiler, node, "Variable", false);
    for (const struct node *item = node->first; item; item = item->next) {
        bool by_path = false;
        const struct operator_entry *op = find_operator(item->key, &by_path);
        if (!op) continue;
        rule->op = op;
        rule->with = by_path ? data_path(compiler, node, item->key, false)
                             : data_template(compiler, node, item->key);
    }
    if (!rule->op || !rule->variable || !rule->with)
        data_fault(compiler, node, "Choices", "a rule has no comparison");
}

/* The document's depth bounds the recursion. */
static void compile_rule(struct data_compiler *compiler, const struct node *node, struct rule *rule)
{
    const struct node *all = node_get(node, "And");
    const struct node *any = node_get(node, "Or");
    const struct node *not = node_get(node, "Not");
    const struct node *list = all ? all : any;
    if (compiler->jsonata) {
        rule->condition = data_template(compiler, node, "Condition");
        if (!rule->condition) data_fault(compiler, node, "Choices", "a rule has no Condition");
    } else if (list) {
        rule->joint = all ? '&' : '|';
        rule->count = list->count;
        rule->rules = compile_list(compiler, list->first, list->count);
    } else if (not ) {
        rule->joint = '!';
        rule->count = 1;
        struct rule *inner = arena_new_item(compiler->arena, struct rule);
        compile_rule(compiler, not, inner);
        rule->rules = inner;
    } else {
        compile_comparison(compiler, node, rule);
    }
}

void data_compile_rules(struct data_compiler *compiler, struct state_data *data)
{
    const struct node *list = node_get(compiler->state->node, "Choices");
    data->has_default = node_get(compiler->state->node, "Default") != NULL;
    if (!list || list->type != NODE_LIST) return;
    struct rule *rules = arena_array(compiler->arena, struct rule, list->count);
    size_t at = 0;
    for (const struct node *item = list->first; item; item = item->next, at++) {
        compile_rule(compiler, item, &rules[at]);
        rules[at].assign = data_template(compiler, item, "Assign");
        if (compiler->jsonata) rules[at].output = data_template(compiler, item, "Output");
    }
    data->rules = rules;
    data->rule_count = list->count;
}

/* A pattern of StringMatches being taken apart at its stars. */
struct pieces {
    const char *at;
    const char *end;
    char *text; /* the piece, escapes resolved */
    size_t length;
};

/* The next piece, up to a star or the end; whether a star ended it. */
static bool next_piece(struct pieces *pieces)
{
    pieces->length = 0;
    while (pieces->at < pieces->end && *pieces->at != '*') {
        const bool escaped = pieces->at + 1 < pieces->end && pieces->at[0] == '\\' &&
                             (pieces->at[1] == '*' || pieces->at[1] == '\\');
        pieces->text[pieces->length++] = pieces->at[escaped];
        pieces->at += escaped ? 2 : 1;
    }
    if (pieces->at == pieces->end) return false;
    pieces->at++;
    return true;
}

/* Whether a pattern matches the whole text: * stands for any run, \* and \\ for themselves. The
 * first piece begins the text, the last ends it, those between come in order. */
static bool matches_pattern(struct arena *arena, const struct value *pattern,
                            const struct value *text)
{
    struct pieces pieces = {.at = pattern->text,
                            .end = pattern->text + pattern->count,
                            .text = arena_alloc(arena, (size_t)pattern->count + 1)};
    const char *at = text->text;
    const char *const end = text->text + text->count;
    bool more = next_piece(&pieces);
    const bool begins = pieces.length <= text->count && memcmp(at, pieces.text, pieces.length) == 0;
    if (!begins || !more) return begins && pieces.length == text->count;
    at += pieces.length;
    for (more = next_piece(&pieces); more; more = next_piece(&pieces)) {
        const char *found = memmem(at, (size_t)(end - at), pieces.text, pieces.length);
        if (!found) return false;
        at = found + pieces.length;
    }
    return pieces.length <= (size_t)(end - at) &&
           memcmp(end - pieces.length, pieces.text, pieces.length) == 0;
}

static bool is_time(const struct value *value, struct timestamp *out)
{
    return value->type == VALUE_STRING && timestamp_read(value->text, value->count, out);
}

static unsigned order_bit(int order)
{
    return order < 0 ? BELOW : order > 0 ? ABOVE : SAME;
}

static unsigned order_strings(const struct value *a, const struct value *b)
{
    const uint32_t shorter = a->count < b->count ? a->count : b->count;
    const int order = memcmp(a->text, b->text, shorter);
    return order_bit(order != 0 ? order : (a->count > b->count) - (a->count < b->count));
}

/* The order of two values of the type that the op compares; 0 if either is of another. */
static unsigned order_of(enum comparison comparison, const struct value *a, const struct value *b)
{
    struct timestamp first, second;
    const bool same = a->type == b->type;
    if (comparison == COMPARE_STRING)
        return same && a->type == VALUE_STRING ? order_strings(a, b) : 0;
    if (comparison == COMPARE_BOOLEAN)
        return same && a->type == VALUE_BOOL && a->boolean == b->boolean ? SAME : 0;
    if (comparison == COMPARE_TIME)
        return is_time(a, &first) && is_time(b, &second)
                   ? order_bit(timestamp_compare(first, second))
                   : 0;
    if (!same || a->type != VALUE_NUMBER) return 0;
    if (value_equal(a, b)) return SAME;
    return order_bit((a->number > b->number) - (a->number < b->number));
}

/* `value` is NULL when the variable is not there. */
static bool is_kind(enum comparison comparison, const struct value *value)
{
    struct timestamp time;
    if (!value || comparison == IS_PRESENT) return value != NULL;
    if (comparison == IS_TIMESTAMP) return is_time(value, &time);
    return value->type == (comparison == IS_NULL      ? VALUE_NULL
                           : comparison == IS_NUMERIC ? VALUE_NUMBER
                           : comparison == IS_STRING  ? VALUE_STRING
                                                      : VALUE_BOOL);
}

static const struct value *rule_value(const struct expression *path, struct evaluation *eval,
                                      bool *failed)
{
    if (path->type != EXPRESSION_PATH) return expression_evaluate(path, eval);
    const char *fault = NULL;
    const struct value *value = expression_find(path, eval, &fault);
    if (value) return value;
    *failed = true;
    evaluation_fail(eval, "States.Runtime",
                    "Invalid path '%s': The choice state's condition path references an invalid "
                    "value.",
                    path->text);
    return NULL;
}

static bool comparison_matches(const struct rule *rule, struct evaluation *eval, bool *failed)
{
    const enum comparison comparison = rule->op->comparison;
    const struct value *with = rule_value(rule->with, eval, failed);
    if (!with) return false;
    if (comparison == IS_PRESENT) {
        const char *fault = NULL;
        const struct value *present = expression_find(rule->variable, eval, &fault);
        return with->type == VALUE_BOOL && is_kind(IS_PRESENT, present) == with->boolean;
    }
    const struct value *value = rule_value(rule->variable, eval, failed);
    if (!value) return false;
    if (comparison == COMPARE_PATTERN)
        return value->type == VALUE_STRING && with->type == VALUE_STRING &&
               matches_pattern(eval->run->arena, with, value);
    if (comparison > COMPARE_PATTERN)
        return with->type == VALUE_BOOL && is_kind(comparison, value) == with->boolean;
    return (order_of(comparison, value, with) & rule->op->orders) != 0;
}

static bool condition_matches(const struct expression *condition, struct evaluation *eval,
                              bool *failed)
{
    const struct value *value = expression_evaluate(condition, eval);
    if (value && value->type == VALUE_BOOL) return value->boolean;
    *failed = true;
    if (value) evaluation_fail_type(eval, condition, "boolean", value);
    return false;
}

bool data_rule_matches(const struct rule *rule, struct evaluation *eval, bool *failed)
{
    if (rule->condition) return condition_matches(rule->condition, eval, failed);
    if (!rule->joint) return comparison_matches(rule, eval, failed);
    for (size_t i = 0; i < rule->count; i++) {
        const bool matches = data_rule_matches(&rule->rules[i], eval, failed);
        if (*failed) return false;
        if (rule->joint == '!') return !matches;
        if (matches == (rule->joint == '|')) return matches;
    }
    return rule->joint == '&';
}
