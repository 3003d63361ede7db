#include "models/asl/jsonata_machine.h"

#include <math.h>
#include <string.h>

static const char *symbol(enum expr_operator operator)
{
    static const char *const symbols[] = {
        [OPERATOR_NONE] = "",         [OPERATOR_ADD] = "+",        [OPERATOR_SUBTRACT] = "-",
        [OPERATOR_MULTIPLY] = "*",    [OPERATOR_DIVIDE] = "/",     [OPERATOR_MODULO] = "%",
        [OPERATOR_EQUAL] = "=",       [OPERATOR_DIFFERENT] = "!=", [OPERATOR_LESS] = "<",
        [OPERATOR_LESS_EQUAL] = "<=", [OPERATOR_GREATER] = ">",    [OPERATOR_GREATER_EQUAL] = ">=",
        [OPERATOR_CONCATENATE] = "&", [OPERATOR_AND] = "and",      [OPERATOR_OR] = "or",
        [OPERATOR_IN] = "in",         [OPERATOR_RANGE] = "..",     [OPERATOR_APPLY] = "~>",
        [OPERATOR_DEFAULT] = "?:",    [OPERATOR_COALESCE] = "??",
    };
    return symbols[operator];
}

static double compute(enum expr_operator operator, double a, double b)
{
    if (operator== OPERATOR_ADD) return a + b;
    if (operator== OPERATOR_SUBTRACT) return a - b;
    if (operator== OPERATOR_MULTIPLY) return a * b;
    if (operator== OPERATOR_DIVIDE) return a / b;
    return fmod(a, b); /* exact by IEEE 754 */
}

static const struct value *arithmetic(struct machine *machine, const struct expr *expr,
                                      const struct value *a, const struct value *b)
{
    if (a && a->type != VALUE_NUMBER)
        return machine_fail(machine,
                            "T2001: The left side of the \"%s\" operator must evaluate to a number",
                            symbol(expr->operator));
    if (b && b->type != VALUE_NUMBER)
        return machine_fail(
            machine, "T2002: The right side of the \"%s\" operator must evaluate to a number",
            symbol(expr->operator));
    if (!a || !b) return NULL;
    const double result = compute(expr->operator, a->number, b->number);
    if (isnan(result) || isinf(result))
        return machine_fail(machine, "D1001: Number out of range: %s",
                            isnan(result) ? "NaN"
                            : result > 0  ? "Infinity"
                                          : "-Infinity");
    return value_number(machine->arena, result);
}

static bool is_ordered(const struct value *value)
{
    return !value || value_is(value, VALUE_NUMBER) || value_is(value, VALUE_STRING);
}

/* UTF-8 orders like the code points do. */
static int order_values(const struct value *a, const struct value *b)
{
    if (a->type == VALUE_NUMBER) return a->number < b->number ? -1 : a->number > b->number;
    const size_t common = a->count < b->count ? a->count : b->count;
    const int compared = memcmp(a->text, b->text, common);
    return compared ? compared : (a->count > b->count) - (a->count < b->count);
}

static const struct value *comparison(struct machine *machine, enum expr_operator operator,
                                      const struct value * a, const struct value *b)
{
    if (!is_ordered(a) || !is_ordered(b))
        return machine_fail(machine,
                            "T2010: The expressions either side of operator \"%s\" must evaluate "
                            "to numeric or string values",
                            symbol(operator));
    if (!a || !b) return NULL;
    if (a->type != b->type)
        return machine_fail(
            machine,
            "T2009: The values %s and %s either side of operator \"%s\" must be of the same data "
            "type",
            machine_show(machine, a), machine_show(machine, b), symbol(operator));
    const int order = order_values(a, b);
    if (operator== OPERATOR_LESS) return value_bool(order < 0);
    if (operator== OPERATOR_LESS_EQUAL) return value_bool(order <= 0);
    if (operator== OPERATOR_GREATER) return value_bool(order > 0);
    return value_bool(order >= 0);
}

static const struct value *concatenation(struct machine *machine, const struct value *a,
                                         const struct value *b)
{
    const struct value *const left = a ? machine_string(machine, a, false) : NULL;
    const struct value *const right = b ? machine_string(machine, b, false) : NULL;
    if (machine->fault) return NULL;
    struct text text;
    text_init(&text);
    if (left) text_add_n(&text, left->text, left->count);
    if (right) text_add_n(&text, right->text, right->count);
    return machine_text(machine, &text);
}

static const struct value *membership(struct machine *machine, const struct value *a,
                                      const struct value *b)
{
    if (!a || !b) return &value_false;
    const struct value *single = NULL;
    const struct span span = span_of(b, &single);
    if (!machine_spend(machine, span.count)) return NULL;
    for (size_t i = 0; i < span.count; i++)
        if (machine_equal(span.items[i], a)) return &value_true;
    return &value_false;
}

static bool is_integer(const struct value *value)
{
    return !value || (value_is(value, VALUE_NUMBER) && floor(value->number) == value->number);
}

static struct term range(struct machine *machine, const struct value *a, const struct value *b)
{
    if (!is_integer(a) || !is_integer(b))
        return term_of(
            machine_fail(machine, "%s side of the range operator (..) must evaluate to an integer",
                         is_integer(a) ? "T2004: The right" : "T2003: The left"));
    if (!a || !b || a->number > b->number) return term_of(NULL);
    const double size = b->number - a->number + 1.0;
    if (size > 1e7)
        return term_of(machine_fail(machine,
                                    "D2014: The size of the sequence allocated by the range "
                                    "operator (..) must not exceed 1e6.  Attempted to allocate %s",
                                    machine_show(machine, value_number(machine->arena, size))));
    if (!machine_spend(machine, (size_t)size)) return term_of(NULL);
    struct value_list list = {0};
    for (size_t i = 0; i < (size_t)size; i++)
        value_list_add(&list, machine->arena, value_number(machine->arena, a->number + (double)i));
    return (struct term){.value = machine_list(machine, &list), .sequence = true};
}

/* Operators that may leave their right side alone. */
static struct term lazy(struct machine *machine, const struct expr *expr, const struct value *input,
                        struct frame *frame)
{
    const struct term left = machine_evaluate(machine, expr->left, input, frame);
    const bool truth = machine_truth(left.value);
    if (machine->fault) return term_of(NULL);
    if (expr->operator== OPERATOR_DEFAULT || expr->operator== OPERATOR_COALESCE) {
        const bool taken = expr->operator== OPERATOR_DEFAULT ? truth : left.value != NULL;
        return taken ? left : machine_evaluate(machine, expr->right, input, frame);
    }
    if (truth == (expr->operator== OPERATOR_OR)) return term_of(value_bool(truth));
    return term_of(value_bool(machine_truth(machine_value(machine, expr->right, input, frame))));
}

struct term machine_binary(struct machine *machine, const struct expr *expr,
                           const struct value *input, struct frame *frame)
{
    const enum expr_operator operator= expr->operator;
    if (operator== OPERATOR_APPLY) return machine_apply_operator(machine, expr, input, frame);
    if (operator== OPERATOR_AND || operator== OPERATOR_OR || operator>= OPERATOR_DEFAULT)
        return lazy(machine, expr, input, frame);
    const struct value *const a = machine_value(machine, expr->left, input, frame);
    const struct value *const b = machine_value(machine, expr->right, input, frame);
    if (machine->fault) return term_of(NULL);
    if (operator>= OPERATOR_ADD && operator<= OPERATOR_MODULO)
        return term_of(arithmetic(machine, expr, a, b));
    if (operator== OPERATOR_EQUAL) return term_of(value_bool(a && b && machine_equal(a, b)));
    if (operator== OPERATOR_DIFFERENT) return term_of(value_bool(a && b && !machine_equal(a, b)));
    if (operator== OPERATOR_CONCATENATE) return term_of(concatenation(machine, a, b));
    if (operator== OPERATOR_IN) return term_of(membership(machine, a, b));
    if (operator== OPERATOR_RANGE) return range(machine, a, b);
    return term_of(comparison(machine, operator, a, b));
}
