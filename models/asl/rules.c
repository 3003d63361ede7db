#include "base/arena.h"
#include "models/asl/check.h"

#include <string.h>

enum operand { OPERAND_TEXT, OPERAND_NUMBER, OPERAND_BOOL, OPERAND_TIME, OPERAND_PATH };

/* The comparison operators of Choice rules (specification, "Choice State"). A row whose twin is set
 * also has NAMEPath. */
static const struct {
    const char *name;
    enum operand operand;
    bool twin;
} operators[] = {
    {"StringEquals", OPERAND_TEXT, true},
    {"StringLessThan", OPERAND_TEXT, true},
    {"StringGreaterThan", OPERAND_TEXT, true},
    {"StringLessThanEquals", OPERAND_TEXT, true},
    {"StringGreaterThanEquals", OPERAND_TEXT, true},
    {"StringMatches", OPERAND_TEXT, false},
    {"NumericEquals", OPERAND_NUMBER, true},
    {"NumericLessThan", OPERAND_NUMBER, true},
    {"NumericGreaterThan", OPERAND_NUMBER, true},
    {"NumericLessThanEquals", OPERAND_NUMBER, true},
    {"NumericGreaterThanEquals", OPERAND_NUMBER, true},
    {"BooleanEquals", OPERAND_BOOL, true},
    {"TimestampEquals", OPERAND_TIME, true},
    {"TimestampLessThan", OPERAND_TIME, true},
    {"TimestampGreaterThan", OPERAND_TIME, true},
    {"TimestampLessThanEquals", OPERAND_TIME, true},
    {"TimestampGreaterThanEquals", OPERAND_TIME, true},
    {"IsNull", OPERAND_BOOL, false},
    {"IsPresent", OPERAND_BOOL, false},
    {"IsNumeric", OPERAND_BOOL, false},
    {"IsString", OPERAND_BOOL, false},
    {"IsBoolean", OPERAND_BOOL, false},
    {"IsTimestamp", OPERAND_BOOL, false},
};
enum { OPERATOR_COUNT = sizeof operators / sizeof operators[0] };

static bool find_operator(const char *key, enum operand *operand)
{
    for (size_t i = 0; i < OPERATOR_COUNT; i++) {
        const size_t length = strlen(operators[i].name);
        if (strncmp(key, operators[i].name, length) != 0) continue;
        *operand = operators[i].operand;
        if (key[length] == '\0') return true;
        *operand = OPERAND_PATH;
        if (operators[i].twin && strcmp(key + length, "Path") == 0) return true;
    }
    return false;
}

static bool is_logical(const char *key)
{
    return strcmp(key, "And") == 0 || strcmp(key, "Or") == 0 || strcmp(key, "Not") == 0;
}

static void check_operand(struct asl_scope *scope, const struct node *node, enum operand operand,
                          const char *field)
{
    static const char *const expected[] = {"a string", "a number", "true or false",
                                           "a time such as 2026-01-31T12:00:00Z",
                                           "a path such as $.a"};
    bool good = false;
    switch (operand) {
    case OPERAND_TEXT: good = node->type == NODE_STRING; break;
    case OPERAND_NUMBER: good = node->type == NODE_NUMBER; break;
    case OPERAND_BOOL: good = node->type == NODE_BOOL; break;
    case OPERAND_TIME:
        good = node->type == NODE_STRING && asl_timestamp_is_valid(node->text);
        break;
    case OPERAND_PATH: good = node->type == NODE_STRING && asl_path_is_valid(node->text); break;
    }
    if (good || asl_is_placeholder(node)) return;
    asl_fault(scope, node, field, "%s is %s, and it must be %s", node->key,
              asl_show(scope->checker->reader.arena, node), expected[operand]);
}

static void check_rule(struct asl_scope *scope, const struct node *rule, const char *field,
                       bool top);

/* The operands of And, Or and Not. */
static void check_logical(struct asl_scope *scope, const struct node *node, const char *field)
{
    if (strcmp(node->key, "Not") == 0) {
        check_rule(scope, node, field, false);
        return;
    }
    if (node->type != NODE_LIST || node->count == 0) {
        asl_fault(scope, node, field, "%s is %s, and it must be a list of rules", node->key,
                  node->type == NODE_LIST ? "empty" : asl_show(scope->checker->reader.arena, node));
        return;
    }
    for (const struct node *rule = node->first; rule; rule = rule->next)
        check_rule(scope, rule, field, false);
}

static void check_variable(struct asl_scope *scope, const struct node *rule,
                           const struct node *operator_node, const char *field)
{
    const struct node *variable = node_get(rule, "Variable");
    if (is_logical(operator_node->key)) {
        if (variable)
            asl_fault(scope, variable, field, "a rule with %s has no Variable of its own",
                      operator_node->key);
        return;
    }
    if (!variable) {
        asl_fault(scope, rule, field, "a rule with %s needs Variable, the path that it looks at",
                  operator_node->key);
        return;
    }
    if (variable->type == NODE_STRING && asl_path_is_valid(variable->text)) return;
    asl_fault(scope, variable, field, "Variable is %s, and it must be a path such as $.a",
              asl_show(scope->checker->reader.arena, variable));
}

static void refuse_key(struct asl_scope *scope, const struct node *node, const char *field)
{
    enum { OTHERS = 7 };
    const char *valid[OPERATOR_COUNT * 2 + OTHERS] = {"Variable", "Next",   "And",    "Or",
                                                      "Not",      "Assign", "Comment"};
    size_t count = OTHERS;
    struct arena *arena = scope->checker->reader.arena;
    for (size_t i = 0; i < OPERATOR_COUNT; i++) {
        valid[count++] = operators[i].name;
        if (operators[i].twin) valid[count++] = arena_format(arena, "%sPath", operators[i].name);
    }
    const char *what =
        arena_format(arena, "a rule of Choice state '%s'", asl_excerpt(arena, scope->state->name));
    const char *path = asl_state_path(&scope->checker->states, scope->state, arena, field);
    fields_unknown_key(&scope->checker->reader, node, path, what, valid, count);
}

/* The rule's one operator; NULL after a fault. */
static const struct node *check_keys(struct asl_scope *scope, const struct node *rule,
                                     const char *field, bool top)
{
    const struct node *found = NULL;
    size_t before = scope->checker->reader.diagnostics->errors;
    for (const struct node *node = rule->first; node; node = node->next) {
        enum operand operand;
        const bool comparison = find_operator(node->key, &operand);
        if (comparison || is_logical(node->key)) {
            if (found)
                asl_fault(scope, node, field, "a rule has one operator, and this one has %s and %s",
                          found->key, node->key);
            else
                found = node;
            if (comparison) check_operand(scope, node, operand, field);
            continue;
        }
        if (strcmp(node->key, "Variable") == 0 || strcmp(node->key, "Comment") == 0) continue;
        if (strcmp(node->key, "Next") == 0 || strcmp(node->key, "Assign") == 0) {
            if (!top)
                asl_fault(scope, node, field,
                          "%s stands only in a rule of Choices itself, not "
                          "within And, Or and Not",
                          node->key);
            continue;
        }
        refuse_key(scope, node, field);
    }
    if (!found && scope->checker->reader.diagnostics->errors == before)
        asl_fault(scope, rule, field, "a rule needs an operator such as StringEquals or And");
    return found;
}

static void check_rule(struct asl_scope *scope, const struct node *rule, const char *field,
                       bool top)
{
    if (rule->type != NODE_MAP) {
        asl_fault(scope, rule, field, "a rule is %s, and it must be a map",
                  asl_show(scope->checker->reader.arena, rule));
        return;
    }
    const struct node *found = check_keys(scope, rule, field, top);
    if (!found) return;
    check_variable(scope, rule, found, field);
    if (is_logical(found->key)) check_logical(scope, found, field);
}

static void check_condition(struct asl_scope *scope, const struct node *rule, const char *field)
{
    static const char *const valid[] = {"Condition", "Next", "Assign", "Output", "Comment", NULL};
    asl_check_keys(scope, rule, field, "a rule", valid);
    const struct node *output = node_get(rule, "Output");
    if (output)
        asl_check_payload(scope, output,
                          arena_format(scope->checker->reader.arena, "%sOutput", field));
    const struct node *condition = node_get(rule, "Condition");
    if (!condition)
        asl_fault(scope, rule, field, "a rule of a JSONata state needs Condition");
    else if (condition->type != NODE_BOOL && !asl_check_expression(scope, condition, field))
        asl_fault(scope, condition, field,
                  "Condition is %s, and it must be an expression such as {%% $states.input.a %%}",
                  asl_show(scope->checker->reader.arena, condition));
}

void asl_check_choices(struct asl_scope *scope)
{
    const struct node *list = node_get(scope->state->node, "Choices");
    if (!list || list->type != NODE_LIST || list->count == 0) scope->unresolved = true;
    if (!list || list->type != NODE_LIST) return;
    if (list->count == 0)
        asl_fault(scope, list, "Choices", "Choices is empty, and it needs a rule");
    struct arena *arena = scope->checker->reader.arena;
    size_t number = 0;
    for (const struct node *rule = list->first; rule; rule = rule->next) {
        const char *field = arena_format(arena, "Choices.%zu", number++);
        if (scope->jsonata && rule->type == NODE_MAP)
            check_condition(scope, rule, arena_format(arena, "%s.", field));
        else
            check_rule(scope, rule, field, true);
        if (rule->type != NODE_MAP) {
            scope->unresolved = true;
            continue;
        }
        const struct node *assign = node_get(rule, "Assign");
        if (assign) asl_check_assign(scope, assign, arena_format(arena, "%s.Assign", field));
        const struct node *next = node_get(rule, "Next");
        const char *target = arena_format(arena, "%s.Next", field);
        if (next) {
            asl_check_target(scope, next, target);
        } else {
            scope->unresolved = true;
            asl_fault(scope, rule, target, "a rule of Choices needs Next, the state it leads to");
        }
    }
}
