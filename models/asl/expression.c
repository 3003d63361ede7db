/* Expressions: evaluating them. */
#include "models/asl/expression.h"

#include "base/arena.h"
#include "models/asl/intrinsic.h"
#include "models/asl/jsonata.h"
#include "models/asl/jsonpath.h"
#include "models/asl/states.h"

#include <stdarg.h>
#include <string.h>

enum {
    SHOWN_MOST = 1 << 16, /* bytes of a value in a cause */
    RESULT_MOST = 1 << 26 /* bytes of what a function or an expression may give (64 MiB) */
};

static const char *cause_of(struct evaluation *eval, const char *format, va_list arguments)
    PRINTF_LIKE(2, 0);

static const char *cause_of(struct evaluation *eval, const char *format, va_list arguments)
{
    struct arena *arena = eval->run->arena;
    const char *text = arena_vformat(arena, format, arguments);
    if (eval->flow->event == 0) return text;
    return arena_format(arena,
                        "An error occurred while executing the state '%s' (entered at the event id "
                        "#%llu). %s",
                        eval->state->name, (unsigned long long)eval->flow->event, text);
}

bool evaluation_fail(struct evaluation *eval, const char *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    *eval->err = (struct asl_error){.error = error, .cause = cause_of(eval, format, arguments)};
    va_end(arguments);
    return false;
}

bool evaluation_fail_query(struct evaluation *eval, const char *field, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    *eval->err = (struct asl_error){.error = "States.QueryEvaluationError",
                                    .cause = cause_of(eval, format, arguments),
                                    .location = field};
    va_end(arguments);
    return false;
}

const char *evaluation_show(struct evaluation *eval, const struct value *value)
{
    if (value_json_length(value) > SHOWN_MOST) return "(a value too large to show)";
    const char *text = value_to_json(eval->run->arena, value);
    return text ? text : "(a value too deep to show)";
}

bool evaluation_fail_type(struct evaluation *eval, const struct expression *expression,
                          const char *expected, const struct value *value)
{
    if (expression->type != EXPRESSION_JSONATA)
        return evaluation_fail_query(eval, expression->field, "%s must be a value of type '%s'",
                                     expression->field ? expression->field : "The value", expected);
    return evaluation_fail_query(eval, expression->field,
                                 "The JSONata expression '%s' specified for the field '%s' "
                                 "returned an unexpected result type. Expected '%s', but was '%s' "
                                 "for value: %s",
                                 expression->text, expression->field, expected,
                                 value_type_name(value), evaluation_show(eval, value));
}

const struct value *evaluation_variable(const struct evaluation *eval, const char *name)
{
    for (const struct asl_variables *at = eval->flow->variables; at; at = at->outer) {
        const struct value *value = value_get(at->own, name);
        if (value) return value;
    }
    return NULL;
}

const struct value *expression_find(const struct expression *expression, struct evaluation *eval,
                                    const char **fault)
{
    const struct value *root = eval->dollar;
    if (expression->root == ROOT_CONTEXT) root = evaluation_context(eval);
    if (expression->root == ROOT_VARIABLE) {
        root = evaluation_variable(eval, expression->variable);
        if (!root) {
            *fault = arena_format(eval->run->arena, "The variable '$%s' is not assigned",
                                  expression->variable);
            return NULL;
        }
    }
    return jsonpath_evaluate(expression->path, eval->run->arena, root, fault);
}

static const struct value *find_or_fail(const struct expression *expression,
                                        struct evaluation *eval)
{
    const char *fault = NULL;
    const struct value *value = expression_find(expression, eval, &fault);
    if (value) return value;
    if (expression->field)
        evaluation_fail(eval, "States.Runtime",
                        "The JSONPath '%s' specified for the field '%s' could not be found in the "
                        "input '%s'",
                        expression->text, expression->field, evaluation_show(eval, eval->dollar));
    else
        evaluation_fail(eval, "States.Runtime",
                        "The JsonPath argument for the field '%s' could not be found in the input "
                        "'%s'",
                        expression->text, evaluation_show(eval, eval->dollar));
    return NULL;
}

/* Values may share so much that following all of it would never end. */
static const struct value *bounded(const struct value *value, struct evaluation *eval,
                                   const char *text)
{
    if (value_json_length(value) <= RESULT_MOST) return value;
    evaluation_fail(eval, "States.DataLimitExceeded", "'%s' gives more data than there may be",
                    text);
    return NULL;
}

static const struct value *call(const struct expression *expression, struct evaluation *eval)
{
    struct arena *arena = eval->run->arena;
    const struct value **arguments = arena_array(arena, const struct value *, expression->count);
    for (size_t i = 0; i < expression->count; i++) {
        arguments[i] = expression_evaluate(expression->items[i], eval);
        if (!arguments[i]) return NULL;
    }
    struct intrinsic_call this_call = {
        .arena = arena, .run = eval->run, .arguments = arguments, .count = expression->count};
    const struct intrinsic *function = expression->function;
    const struct value *value = NULL;
    if (expression->count < function->least || expression->count > function->most)
        this_call.fault = arena_format(arena, "Invalid number of arguments for %s", function->name);
    else
        value = function->call(&this_call);
    if (value) return bounded(value, eval, expression->text);
    evaluation_fail(eval, "States.Runtime", "The function '%s' had the following error: %s",
                    expression->text, this_call.fault);
    return NULL;
}

static const struct value *states_of(struct evaluation *eval)
{
    struct arena *arena = eval->run->arena;
    struct value_map map = {0};
    value_map_put(&map, arena, "input", eval->flow->input);
    value_map_put(&map, arena, "context", evaluation_context(eval));
    if (eval->result) value_map_put(&map, arena, "result", eval->result);
    if (eval->caught) value_map_put(&map, arena, "errorOutput", eval->caught);
    return value_map_end(&map, arena);
}

/* $states and all variables; inner ones first, which hides outer ones of their name. */
static struct jsonata_binding *bindings_of(struct evaluation *eval, size_t *count)
{
    size_t most = 1;
    for (const struct asl_variables *at = eval->flow->variables; at; at = at->outer)
        most += at->own->count;
    struct jsonata_binding *bindings = arena_array(eval->run->arena, struct jsonata_binding, most);
    bindings[0] = (struct jsonata_binding){"states", states_of(eval)};
    *count = 1;
    for (const struct asl_variables *at = eval->flow->variables; at; at = at->outer)
        for (uint32_t i = 0; i < at->own->count; i++)
            bindings[(*count)++] =
                (struct jsonata_binding){at->own->members[i].key, at->own->members[i].value};
    return bindings;
}

static const struct value *query(const struct expression *expression, struct evaluation *eval)
{
    size_t count = 0;
    const struct jsonata_binding *bindings = bindings_of(eval, &count);
    const struct value *value = NULL;
    const char *fault = NULL;
    if (!jsonata_evaluate(expression->jsonata, eval->run->arena, bindings, count,
                          evaluation_draw(eval->run), eval->flow->now, &value, &fault)) {
        evaluation_fail_query(eval, expression->field,
                              "The JSONata expression '%s' specified for the field '%s' threw an "
                              "error during evaluation. %s",
                              expression->text, expression->field, fault);
        return NULL;
    }
    if (value) return bounded(value, eval, expression->text);
    evaluation_fail_query(eval, expression->field,
                          "The JSONata expression '%s' specified for the field '%s' returned "
                          "nothing (undefined).",
                          expression->text, expression->field);
    return NULL;
}

static const struct value *list_of(const struct expression *expression, struct evaluation *eval)
{
    struct arena *arena = eval->run->arena;
    const struct value **items = arena_array(arena, const struct value *, expression->count);
    for (size_t i = 0; i < expression->count; i++) {
        items[i] = expression_evaluate(expression->items[i], eval);
        if (!items[i]) return NULL;
    }
    return value_list(arena, items, expression->count);
}

static const struct value *map_of(const struct expression *expression, struct evaluation *eval)
{
    struct value_map map = {0};
    for (size_t i = 0; i < expression->count; i++) {
        const struct value *value = expression_evaluate(expression->items[i], eval);
        if (!value) return NULL;
        value_map_put(&map, eval->run->arena, expression->keys[i], value);
    }
    return value_map_end(&map, eval->run->arena);
}

const struct value *expression_evaluate(const struct expression *expression,
                                        struct evaluation *eval)
{
    switch (expression->type) {
    case EXPRESSION_LITERAL: return expression->literal;
    case EXPRESSION_PATH: return find_or_fail(expression, eval);
    case EXPRESSION_CALL: return call(expression, eval);
    case EXPRESSION_LIST: return list_of(expression, eval);
    case EXPRESSION_MAP: return map_of(expression, eval);
    case EXPRESSION_JSONATA: break;
    }
    return query(expression, eval);
}
