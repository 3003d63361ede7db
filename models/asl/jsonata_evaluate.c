#include "models/asl/jsonata_machine.h"

#include <string.h>

/* --- Names --------------------------------------------------------------------------------- */

static struct term find_binding(const struct machine *machine, const char *name)
{
    for (size_t i = 0; i < machine->binding_count; i++)
        if (strcmp(machine->bindings[i].name, name) == 0)
            return term_of(machine->bindings[i].value);
    return term_of(NULL);
}

static struct term find_name(struct machine *machine, const struct frame *frame, const char *name)
{
    for (; frame; frame = frame->parent)
        for (const struct name *n = frame->names; n; n = n->next)
            if (strcmp(n->name, name) == 0) return n->term;
    const struct term bound = find_binding(machine, name);
    if (bound.value) return bound;
    const struct builtin *const builtin = library_find(name);
    if (!builtin) return term_of(NULL);
    struct function *const function = function_new(machine, FUNCTION_BUILTIN);
    function->builtin = builtin;
    return term_of(&function->head);
}

static struct term evaluate_variable(struct machine *machine, const struct expr *expr,
                                     const struct value *input, const struct frame *frame)
{
    if (expr->text[0] == '\0') return term_of(input);
    return find_name(machine, frame, expr->text);
}

static void add_flat(struct machine *machine, struct value_list *list, const struct value *value)
{
    const struct value *single = NULL;
    const struct span span = span_of(value, &single);
    if (!machine_spend(machine, span.count)) return;
    for (size_t i = 0; i < span.count; i++) value_list_add(list, machine->arena, span.items[i]);
}

static struct term sequence_of(struct machine *machine, struct value_list *list)
{
    return (struct term){.value = machine_list(machine, list), .sequence = true};
}

/* A field of a map, or of each map in a list. */
static void find_field(struct machine *machine, const struct value *input, const char *name,
                       struct value_list *out)
{
    if (!machine_spend(machine, 1)) return;
    if (input->type == VALUE_MAP) {
        add_flat(machine, out, value_get(input, name));
    } else if (input->type == VALUE_LIST) {
        for (size_t i = 0; i < input->count; i++) find_field(machine, input->items[i], name, out);
    }
}

static struct term evaluate_name(struct machine *machine, const struct expr *expr,
                                 const struct value *input)
{
    if (value_is(input, VALUE_MAP)) return term_of(value_get(input, expr->text));
    if (!value_is(input, VALUE_LIST)) return term_of(NULL);
    struct value_list list = {0};
    find_field(machine, input, expr->text, &list);
    return sequence_of(machine, &list);
}

static void flatten(struct machine *machine, const struct value *value, struct value_list *out)
{
    if (!machine_spend(machine, 1)) return;
    if (value->type != VALUE_LIST) {
        value_list_add(out, machine->arena, value);
        return;
    }
    for (size_t i = 0; i < value->count; i++) flatten(machine, value->items[i], out);
}

static struct term evaluate_wildcard(struct machine *machine, const struct value *input)
{
    struct value_list list = {0};
    if (value_is(input, VALUE_MAP))
        for (size_t i = 0; i < input->count; i++) flatten(machine, input->members[i].value, &list);
    if (value_is(input, VALUE_LIST))
        for (size_t i = 0; i < input->count; i++) flatten(machine, input->items[i], &list);
    return sequence_of(machine, &list);
}

static void descend(struct machine *machine, const struct value *input, struct value_list *out)
{
    if (!machine_spend(machine, 1)) return;
    if (input->type == VALUE_LIST) {
        for (size_t i = 0; i < input->count; i++) descend(machine, input->items[i], out);
        return;
    }
    value_list_add(out, machine->arena, input);
    if (input->type == VALUE_MAP)
        for (size_t i = 0; i < input->count; i++) descend(machine, input->members[i].value, out);
}

static struct term evaluate_descendant(struct machine *machine, const struct value *input)
{
    if (!input) return term_of(NULL);
    struct value_list list = {0};
    descend(machine, input, &list);
    return sequence_of(machine, &list);
}

/* --- Constructors and control -------------------------------------------------------------- */

static struct term evaluate_array(struct machine *machine, const struct expr *expr,
                                  const struct value *input, struct frame *frame)
{
    struct value_list list = {0};
    for (size_t i = 0; i < expr->count && !machine->fault; i++) {
        const struct value *const item = machine_value(machine, expr->items[i], input, frame);
        if (!item) continue;
        if (expr->items[i]->type == EXPR_ARRAY)
            value_list_add(&list, machine->arena, item);
        else
            add_flat(machine, &list, item);
    }
    return (struct term){.value = machine_list(machine, &list), .whole = expr->array_whole};
}

static struct term evaluate_block(struct machine *machine, const struct expr *expr,
                                  const struct value *input, struct frame *frame)
{
    struct frame *const inner = frame_new(machine, frame, NULL);
    struct term last = {0};
    for (size_t i = 0; i < expr->count && !machine->fault; i++)
        last = machine_evaluate(machine, expr->items[i], input, inner);
    return last;
}

static struct term evaluate_condition(struct machine *machine, const struct expr *expr,
                                      const struct value *input, struct frame *frame)
{
    const bool truth = machine_truth(machine_value(machine, expr->left, input, frame));
    const struct expr *const branch = truth ? expr->right : expr->other;
    return branch ? machine_evaluate(machine, branch, input, frame) : term_of(NULL);
}

static struct term evaluate_bind(struct machine *machine, const struct expr *expr,
                                 const struct value *input, struct frame *frame)
{
    const struct term term = machine_evaluate(machine, expr->right, input, frame);
    frame->names = name_new(machine, expr->text, term, frame->names);
    return term;
}

static struct term evaluate_negate(struct machine *machine, const struct expr *expr,
                                   const struct value *input, struct frame *frame)
{
    const struct value *const operand = machine_value(machine, expr->left, input, frame);
    if (!operand) return term_of(NULL);
    if (value_is(operand, VALUE_NUMBER)) return term_of(machine_number(machine, -operand->number));
    return term_of(machine_fail(machine, "D1002: Cannot negate a non-numeric value: %s",
                                machine_show(machine, operand)));
}

/* What is a function where it stands: it keeps the names and the context around it. */
static struct term evaluate_closure(struct machine *machine, const struct expr *expr,
                                    const struct value *input, struct frame *frame)
{
    const enum function_kind kind = expr->type == EXPR_LAMBDA  ? FUNCTION_LAMBDA
                                    : expr->type == EXPR_REGEX ? FUNCTION_REGEX
                                                               : FUNCTION_TRANSFORM;
    struct function *const function = function_new(machine, kind);
    function->expr = expr;
    function->frame = frame;
    function->context = input;
    return term_of(&function->head);
}

static struct term dispatch(struct machine *machine, const struct expr *expr,
                            const struct value *input, struct frame *frame)
{
    switch (expr->type) {
    case EXPR_NAME: return evaluate_name(machine, expr, input);
    case EXPR_VARIABLE: return evaluate_variable(machine, expr, input, frame);
    case EXPR_STRING:
    case EXPR_NUMBER:
    case EXPR_LITERAL: return term_of(expr->value);
    case EXPR_WILDCARD: return evaluate_wildcard(machine, input);
    case EXPR_DESCENDANT: return evaluate_descendant(machine, input);
    case EXPR_PARENT: return find_name(machine, frame, expr->slot->label);
    case EXPR_PATH: return machine_path(machine, expr, input, frame);
    case EXPR_BINARY: return machine_binary(machine, expr, input, frame);
    case EXPR_NEGATE: return evaluate_negate(machine, expr, input, frame);
    case EXPR_ARRAY: return evaluate_array(machine, expr, input, frame);
    case EXPR_OBJECT: return term_of(machine_group(machine, expr, input, NULL, frame));
    case EXPR_BLOCK: return evaluate_block(machine, expr, input, frame);
    case EXPR_CONDITION: return evaluate_condition(machine, expr, input, frame);
    case EXPR_BIND: return evaluate_bind(machine, expr, input, frame);
    case EXPR_CALL: return machine_call(machine, expr, input, frame);
    case EXPR_PARTIAL: return machine_partial(machine, expr, input, frame);
    case EXPR_LAMBDA:
    case EXPR_REGEX:
    case EXPR_TRANSFORM: return evaluate_closure(machine, expr, input, frame);
    case EXPR_SORT:
    case EXPR_PLACEHOLDER:
    default: return term_of(NULL);
    }
}

struct term term_normalize(struct term term)
{
    if (!term.sequence || !term.value || term.tuples) return term;
    if (term.value->count == 0) return term_of(NULL);
    if (term.value->count == 1 && !term.keep) return term_of(term.value->items[0]);
    return term;
}

static struct term normalize(const struct expr *expr, struct term term)
{
    if (term.sequence && expr->keep_array) term.keep = true;
    return term_normalize(term);
}

static bool enter(struct machine *machine)
{
    if (++machine->depth <= MACHINE_DEPTH_MOST) return machine_spend(machine, 1);
    machine_fail(machine,
                 "U1001: Stack overflow: calls and expressions nest deeper than %d levels; check "
                 "for a recursion without an end",
                 (int)MACHINE_DEPTH_MOST);
    return false;
}

struct term machine_evaluate_bare(struct machine *machine, const struct expr *expr,
                                  const struct value *input, struct frame *frame)
{
    struct term term = {0};
    if (machine->fault) return term;
    if (enter(machine)) term = normalize(expr, dispatch(machine, expr, input, frame));
    machine->depth--;
    return machine->fault ? (struct term){0} : term;
}

struct term machine_evaluate(struct machine *machine, const struct expr *expr,
                             const struct value *input, struct frame *frame)
{
    struct term term = machine_evaluate_bare(machine, expr, input, frame);
    for (const struct expr_stage *stage = expr->stages; stage && !machine->fault;
         stage = stage->next)
        if (stage->filter) term = machine_filter(machine, stage->filter, term.value, frame);
    if (expr->group && expr->type != EXPR_PATH)
        term = term_of(machine_group(machine, expr->group, term.value, NULL, frame));
    return machine->fault ? (struct term){0} : normalize(expr, term);
}

const struct value *machine_value(struct machine *machine, const struct expr *expr,
                                  const struct value *input, struct frame *frame)
{
    return machine_evaluate(machine, expr, input, frame).value;
}

/* What leaves must be JSON. */
static void check_json(struct machine *machine, const struct value *value)
{
    if (value_is(value, VALUE_FUNCTION))
        machine_fail(machine, "The expression yields a function, which is no JSON value");
    if (!machine_spend(machine, 1)) return;
    if (value->type == VALUE_LIST)
        for (size_t i = 0; i < value->count; i++) check_json(machine, value->items[i]);
    if (value->type == VALUE_MAP)
        for (size_t i = 0; i < value->count; i++) check_json(machine, value->members[i].value);
}

bool jsonata_evaluate(const struct jsonata *expression, struct arena *arena,
                      const struct jsonata_binding *bindings, size_t count, uint64_t seed,
                      double now_epoch_s, const struct value **out, const char **fault)
{
    struct machine machine = {
        .arena = arena,
        .bindings = bindings,
        .binding_count = count,
        .work_left = MACHINE_WORK,
        .luck = seed,
        .now = now_epoch_s,
    };
    struct frame *const frame = frame_new(&machine, NULL, NULL);
    const struct value *const value = machine_value(&machine, expression->root, NULL, frame);
    if (value && machine.functions_made) check_json(&machine, value);
    *out = machine.fault ? NULL : value;
    *fault = machine.fault;
    return !machine.fault;
}
