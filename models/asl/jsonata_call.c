#include "models/asl/jsonata_machine.h"

#include <string.h>

struct function *function_new(struct machine *machine, enum function_kind kind)
{
    struct function *const function = arena_new_item(machine->arena, struct function);
    function->head.type = (enum value_type)VALUE_FUNCTION;
    function->head.json_length = 2;
    function->kind = kind;
    machine->functions_made = true;
    return function;
}

size_t function_arity(const struct function *function)
{
    switch (function->kind) {
    case FUNCTION_BUILTIN: return (size_t)function->builtin->arity;
    case FUNCTION_LAMBDA: return function->expr->count;
    case FUNCTION_PARTIAL: {
        size_t holes = 0;
        for (size_t i = 0; i < function->count; i++)
            if (function->arguments[i] == &machine_hole) holes++;
        return holes;
    }
    case FUNCTION_COMPOSED:
    case FUNCTION_TRANSFORM:
    case FUNCTION_REGEX:
    case FUNCTION_NEXT:
    default: return 1;
    }
}

/* --- Arguments ----------------------------------------------------------------------------- */

static unsigned type_of(const struct value *value)
{
    if (!value) return TYPE_MISSING;
    if (value_is(value, VALUE_FUNCTION)) return TYPE_FUNCTION;
    switch (value->type) {
    case VALUE_NULL: return TYPE_NULL;
    case VALUE_BOOL: return TYPE_BOOL;
    case VALUE_NUMBER: return TYPE_NUMBER;
    case VALUE_STRING: return TYPE_STRING;
    case VALUE_LIST: return TYPE_ARRAY;
    case VALUE_MAP:
    default: return TYPE_OBJECT;
    }
}

static const char *item_name(char symbol)
{
    switch (symbol) {
    case 's': return "strings";
    case 'n': return "numbers";
    case 'b': return "booleans";
    case 'o': return "objects";
    case 'a': return "arrays";
    case 'f': return "functions";
    default: return "values";
    }
}

/* Do the items of a list fit? They all must have the type of the first. */
static bool items_fit(const struct signature_parameter *parameter, const struct value *value)
{
    if (parameter->items == 0 || !value) return true;
    if (value->type != VALUE_LIST) return type_of(value) & parameter->items;
    for (size_t i = 0; i < value->count; i++) {
        const unsigned type = type_of(value->items[i]);
        if (!(type & parameter->items) || type != type_of(value->items[0])) return false;
    }
    return true;
}

struct validation {
    struct machine *machine;
    const char *name;
    const struct value *context;
    const struct value **out;
    size_t count;
    size_t given; /* arguments used so far */
};

static bool add_absent(struct validation *v, const struct signature_parameter *parameter)
{
    if (parameter->context && v->context) {
        if (!(type_of(v->context) & parameter->types)) {
            machine_fail(v->machine,
                         "T0411: Context value is not a compatible type with argument %zu of "
                         "function \"%s\"",
                         v->given + 1, v->name);
            return false;
        }
        v->out[v->count++] = v->context;
        return true;
    }
    v->out[v->count++] = NULL;
    return true;
}

static bool add_argument(struct validation *v, const struct signature_parameter *parameter,
                         const struct value *argument)
{
    v->given++;
    if (parameter->array && !items_fit(parameter, argument)) {
        machine_fail(v->machine, "T0412: Argument %zu of function \"%s\" must be an array of %s",
                     v->given, v->name, item_name(parameter->item));
        return false;
    }
    if (parameter->array && argument && argument->type != VALUE_LIST) {
        struct value_list list = {0};
        value_list_add(&list, v->machine->arena, argument);
        argument = machine_list(v->machine, &list);
    }
    v->out[v->count++] = argument;
    return true;
}

const struct value **machine_validate(struct machine *machine, const struct signature *signature,
                                      const char *name, const struct value *const *arguments,
                                      size_t *count, const struct value *context)
{
    unsigned types[ARGUMENTS_MOST];
    size_t taken[SIGNATURE_MOST];
    size_t reached = 0;
    for (size_t i = 0; i < *count; i++) types[i] = type_of(arguments[i]);
    if (!signature_match(signature, types, *count, taken, &reached)) {
        machine_fail(machine,
                     "T0410: Argument %zu of function \"%s\" does not match function signature",
                     reached + 1, name);
        return NULL;
    }
    struct validation v = {machine, name, context, NULL, 0, 0};
    v.out = arena_array(machine->arena, const struct value *, *count + signature->count);
    for (size_t i = 0; i < signature->count; i++) {
        const struct signature_parameter *const parameter = &signature->parameters[i];
        if (taken[i] == 0 && !add_absent(&v, parameter)) return NULL;
        for (size_t n = 0; n < taken[i]; n++)
            if (!add_argument(&v, parameter, arguments[v.given])) return NULL;
    }
    *count = v.count;
    return v.out;
}

/* --- Applying ------------------------------------------------------------------------------ */

static struct term apply_builtin(struct machine *machine, const struct builtin *builtin,
                                 const struct value *const *arguments, size_t count,
                                 const struct value *context)
{
    struct signature signature = {0};
    const char *fault = NULL;
    struct call call = {.machine = machine,
                        .count = count,
                        .context = context,
                        .sequence_given = machine->sequence_argument};
    machine->sequence_argument = false;
    if (builtin->signature) {
        signature_read(builtin->signature, &signature, &fault);
        call.arguments =
            machine_validate(machine, &signature, builtin->name, arguments, &call.count, context);
    } else {
        call.arguments = arena_array(machine->arena, const struct value *, count + SIGNATURE_MOST);
        for (size_t i = 0; i < count; i++) call.arguments[i] = arguments[i];
    }
    struct term term = {0};
    if (call.arguments) term.value = builtin->call(&call);
    term.sequence = call.sequence_result;
    return term;
}

/* One run of a function's body; a call in tail position is left in machine->pending. */
static struct term run_lambda(struct machine *machine, const struct function *function,
                              const struct value *const *arguments, size_t count,
                              const struct value *context)
{
    const struct expr *const expr = function->expr;
    if (expr->text) {
        struct signature signature;
        const char *fault = NULL;
        signature_read(expr->text, &signature, &fault);
        arguments = machine_validate(machine, &signature, "lambda", arguments, &count,
                                     context ? context : function->context);
        if (!arguments) return term_of(NULL);
    }
    struct frame *const frame = frame_new(machine, function->frame, NULL);
    for (size_t i = 0; i < expr->count; i++)
        frame->names = name_new(machine, expr->names[i], term_of(i < count ? arguments[i] : NULL),
                                frame->names);
    return machine_evaluate(machine, expr->right, function->context, frame);
}

static struct term apply_partial(struct machine *machine, const struct function *function,
                                 const struct value *const *arguments, size_t count,
                                 const struct value *context)
{
    const struct value *all[ARGUMENTS_MOST];
    size_t used = 0;
    for (size_t i = 0; i < function->count; i++) {
        const bool hole = function->arguments[i] == &machine_hole;
        all[i] = !hole ? function->arguments[i] : used < count ? arguments[used] : NULL;
        if (hole) used++;
    }
    return machine_apply_term(machine, function->first, all, function->count, context);
}

static struct term apply_composed(struct machine *machine, const struct function *function,
                                  const struct value *const *arguments, size_t count,
                                  const struct value *context)
{
    const struct value *const between =
        machine_apply(machine, function->first, arguments, count, context);
    if (machine->fault) return term_of(NULL);
    return machine_apply_term(machine, function->second, &between, 1, context);
}

static struct term apply_once(struct machine *machine, const struct function *function,
                              const struct value *const *arguments, size_t count,
                              const struct value *context)
{
    const struct value *const first = count > 0 ? arguments[0] : NULL;
    switch (function->kind) {
    case FUNCTION_BUILTIN:
        return apply_builtin(machine, function->builtin, arguments, count, context);
    case FUNCTION_LAMBDA: return run_lambda(machine, function, arguments, count, context);
    case FUNCTION_PARTIAL: return apply_partial(machine, function, arguments, count, context);
    case FUNCTION_COMPOSED: return apply_composed(machine, function, arguments, count, context);
    case FUNCTION_TRANSFORM: return term_of(machine_transform(machine, function, first));
    case FUNCTION_REGEX: return term_of(regex_first(machine, function, first, 0));
    case FUNCTION_NEXT:
    default: return term_of(regex_first(machine, function, function->subject, function->at));
    }
}

struct term machine_apply_term(struct machine *machine, const struct function *function,
                               const struct value *const *arguments, size_t count,
                               const struct value *context)
{
    if (!machine_spend(machine, 1)) return term_of(NULL);
    if (count > ARGUMENTS_MOST)
        machine_fail(machine, "A function takes at most %d arguments", (int)ARGUMENTS_MOST);
    else if (++machine->depth > MACHINE_DEPTH_MOST)
        machine_fail(machine,
                     "U1001: Stack overflow: calls and expressions nest deeper than %d levels; "
                     "check for a recursion without an end",
                     (int)MACHINE_DEPTH_MOST);
    if (machine->fault) return term_of(NULL);
    struct term term = apply_once(machine, function, arguments, count, context);
    while (machine->pending && machine_spend(machine, 1)) {
        const struct function *const next = machine->pending;
        machine->pending = NULL;
        term =
            apply_once(machine, next, machine->pending_arguments, machine->pending_count, context);
    }
    machine->pending = NULL;
    machine->depth--;
    return machine->fault ? term_of(NULL) : term;
}

const struct value *machine_apply(struct machine *machine, const struct function *function,
                                  const struct value *const *arguments, size_t count,
                                  const struct value *context)
{
    return term_normalize(machine_apply_term(machine, function, arguments, count, context)).value;
}

const struct value *call_sequence(struct call *call, struct value_list *list)
{
    call->sequence_result = true;
    return machine_list(call->machine, list);
}

/* --- Calls in expressions ------------------------------------------------------------------ */

/* The name under which something is called, without its $; NULL if it has none. */
static const char *called_name(const struct expr *called)
{
    if (called->type == EXPR_PATH && called->count == 1 && called->items[0]->type == EXPR_NAME)
        return called->items[0]->text;
    return NULL;
}

static const struct function *find_function(struct machine *machine, const struct expr *expr,
                                            const struct value *input, struct frame *frame)
{
    const struct value *const called = machine_value(machine, expr->left, input, frame);
    if (machine->fault) return NULL;
    if (function_of(called)) return function_of(called);
    const bool partial = expr->type == EXPR_PARTIAL;
    const char *const name = called_name(expr->left);
    if (!called && name && library_find(name))
        machine_fail(machine,
                     partial ? "T1007: Attempted to partially apply a non-function. Did you "
                               "mean $%s?"
                             : "T1005: Attempted to invoke a non-function. Did you mean $%s?",
                     name);
    else
        machine_fail(machine, partial ? "T1008: Attempted to partially apply a non-function"
                                      : "T1006: Attempted to invoke a non-function");
    return NULL;
}

/* The values of a call's arguments, behind `first` if there is one. NULL on a fault. */
static const struct value **evaluate_arguments(struct machine *machine, const struct expr *expr,
                                               const struct value *input, struct frame *frame,
                                               size_t reserved)
{
    if (expr->count + reserved > ARGUMENTS_MOST) {
        machine_fail(machine, "A function takes at most %d arguments", (int)ARGUMENTS_MOST);
        return NULL;
    }
    const struct value **const values =
        arena_array(machine->arena, const struct value *, expr->count + reserved);
    bool sequence = false;
    for (size_t i = 0; i < expr->count && !machine->fault; i++) {
        if (expr->items[i]->type == EXPR_PLACEHOLDER) {
            values[i + reserved] = &machine_hole;
            continue;
        }
        const struct term term = machine_evaluate(machine, expr->items[i], input, frame);
        values[i + reserved] = term.value;
        if (i + reserved == 0) sequence = term.sequence;
    }
    machine->sequence_argument = sequence;
    return machine->fault ? NULL : values;
}

struct term machine_call(struct machine *machine, const struct expr *expr,
                         const struct value *input, struct frame *frame)
{
    const struct function *const function = find_function(machine, expr, input, frame);
    if (!function) return term_of(NULL);
    const struct value **const arguments = evaluate_arguments(machine, expr, input, frame, 0);
    if (!arguments) return term_of(NULL);
    if (expr->tail && function->kind == FUNCTION_LAMBDA) {
        machine->pending = function;
        machine->pending_arguments = arguments;
        machine->pending_count = expr->count;
        return term_of(NULL);
    }
    return machine_apply_term(machine, function, arguments, expr->count, input);
}

struct term machine_partial(struct machine *machine, const struct expr *expr,
                            const struct value *input, struct frame *frame)
{
    const struct function *const function = find_function(machine, expr, input, frame);
    if (!function) return term_of(NULL);
    struct function *const partial = function_new(machine, FUNCTION_PARTIAL);
    partial->first = function;
    partial->arguments = evaluate_arguments(machine, expr, input, frame, 0);
    partial->count = expr->count;
    return term_of(partial->arguments ? &partial->head : NULL);
}

struct term machine_apply_operator(struct machine *machine, const struct expr *expr,
                                   const struct value *input, struct frame *frame)
{
    const struct term left = machine_evaluate(machine, expr->left, input, frame);
    if (machine->fault) return left;
    if (expr->right->type == EXPR_CALL) {
        const struct function *const called = find_function(machine, expr->right, input, frame);
        const struct value **const arguments =
            called ? evaluate_arguments(machine, expr->right, input, frame, 1) : NULL;
        if (!arguments) return term_of(NULL);
        arguments[0] = left.value;
        machine->sequence_argument = left.sequence;
        return machine_apply_term(machine, called, arguments, expr->right->count + 1, input);
    }
    const struct value *const right = machine_value(machine, expr->right, input, frame);
    if (machine->fault) return term_of(NULL);
    if (!function_of(right))
        return term_of(machine_fail(machine, "T2006: The right side of the function application "
                                             "operator ~> must be a function"));
    if (!function_of(left.value)) {
        machine->sequence_argument = left.sequence;
        return machine_apply_term(machine, function_of(right), &left.value, 1, input);
    }
    struct function *const composed = function_new(machine, FUNCTION_COMPOSED);
    composed->first = function_of(left.value);
    composed->second = function_of(right);
    return term_of(&composed->head);
}
