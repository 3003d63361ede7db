#include "models/asl/jsonata_library.h"

#include <string.h>

/* Functions of lists, and aggregation. Their signatures make lists of single values. */

static const struct value *list_sum(struct call *call)
{
    const struct value *const list = call->arguments[0];
    if (!list) return NULL;
    double sum = 0.0;
    for (size_t i = 0; i < list->count; i++) sum += list->items[i]->number;
    return machine_number(call->machine, sum);
}

static const struct value *extreme(struct call *call, bool largest)
{
    const struct value *const list = call->arguments[0];
    if (!list || list->count == 0) return NULL;
    const struct value *best = list->items[0];
    for (size_t i = 1; i < list->count; i++)
        if (largest ? list->items[i]->number > best->number : list->items[i]->number < best->number)
            best = list->items[i];
    return best;
}

static const struct value *list_max(struct call *call)
{
    return extreme(call, true);
}

static const struct value *list_min(struct call *call)
{
    return extreme(call, false);
}

static const struct value *list_average(struct call *call)
{
    const struct value *const list = call->arguments[0];
    if (!list || list->count == 0) return NULL;
    const struct value *const sum = list_sum(call);
    return sum ? machine_number(call->machine, sum->number / list->count) : NULL;
}

static const struct value *list_count(struct call *call)
{
    const struct value *const list = call->arguments[0];
    return value_number(call->machine->arena, list ? (double)list->count : 0.0);
}

static const struct value *list_append(struct call *call)
{
    return machine_append(call->machine, call->arguments[0], call->arguments[1]);
}

static const struct value *list_reverse(struct call *call)
{
    const struct value *const list = call->arguments[0];
    if (!list || list->count <= 1 || !machine_spend(call->machine, list->count)) return list;
    struct value_list out = {0};
    for (size_t i = list->count; i-- > 0;)
        value_list_add(&out, call->machine->arena, list->items[i]);
    return machine_list(call->machine, &out);
}

static const struct value *list_shuffle(struct call *call)
{
    const struct value *const list = call->arguments[0];
    if (!list || list->count <= 1 || !machine_spend(call->machine, list->count)) return list;
    struct value_list out = {0};
    /* Fisher and Yates, inside out. */
    for (size_t i = 0; i < list->count; i++) {
        const size_t j = (size_t)(library_luck_unit(library_luck(call->machine)) * (double)(i + 1));
        value_list_add(&out, call->machine->arena, list->items[i]);
        out.items[i] = out.items[j];
        out.items[j] = list->items[i];
    }
    return machine_list(call->machine, &out);
}

static bool is_among(struct machine *machine, const struct value_list *list,
                     const struct value *value)
{
    if (!machine_spend(machine, list->count / 4 + 1)) return true;
    for (size_t i = 0; i < list->count; i++)
        if (machine_equal(list->items[i], value)) return true;
    return false;
}

static const struct value *list_distinct(struct call *call)
{
    const struct value *const list = call->arguments[0];
    if (!value_is(list, VALUE_LIST) || list->count <= 1) return list;
    struct value_list out = {0};
    for (size_t i = 0; i < list->count && !call->machine->fault; i++)
        if (!is_among(call->machine, &out, list->items[i]))
            value_list_add(&out, call->machine->arena, list->items[i]);
    if (call->sequence_given) return call_sequence(call, &out);
    return machine_list(call->machine, &out);
}

static const struct value *list_zip(struct call *call)
{
    size_t length = SIZE_MAX;
    for (size_t i = 0; i < call->count; i++) {
        const struct value *const list = call->arguments[i];
        const size_t count = list ? list->count : 0;
        if (count < length) length = count;
    }
    if (length == SIZE_MAX) length = 0;
    struct value_list out = {0};
    for (size_t i = 0; i < length && machine_spend(call->machine, call->count); i++) {
        struct value_list row = {0};
        for (size_t j = 0; j < call->count; j++)
            value_list_add(&row, call->machine->arena, call->arguments[j]->items[i]);
        value_list_add(&out, call->machine->arena, machine_list(call->machine, &row));
        if (call->machine->fault) return NULL;
    }
    return machine_list(call->machine, &out);
}

/* --- Sorting ------------------------------------------------------------------------------- */

struct list_order {
    struct call *call;
    const struct function *function; /* NULL: by value */
};

static int compare_items(void *context, const void *a, const void *b)
{
    const struct list_order *const order = context;
    const struct value *const left = *(const struct value *const *)a;
    const struct value *const right = *(const struct value *const *)b;
    if (order->function) {
        const struct value *const pair[2] = {left, right};
        return machine_truth(
            machine_apply(order->call->machine, order->function, pair, 2, order->call->context));
    }
    if (left->type == VALUE_STRING) return strcmp(left->text, right->text);
    return left->number > right->number;
}

static bool is_sortable(const struct value *list)
{
    const enum value_type type = list->items[0]->type;
    if (type != VALUE_STRING && type != VALUE_NUMBER) return false;
    for (size_t i = 1; i < list->count; i++)
        if (list->items[i]->type != type) return false;
    return true;
}

static const struct value *list_sort(struct call *call)
{
    const struct value *const list = call->arguments[0];
    if (!list || list->count <= 1) return list;
    const struct function *const function = function_of(call->arguments[1]);
    if (!function && !is_sortable(list))
        return machine_fail(call->machine,
                            "D3070: The single argument form of the sort function can only be "
                            "applied to an array of strings or an array of numbers.  Use the "
                            "second argument to specify a comparison function");
    struct list_order order = {call, function};
    struct value_list out = {0};
    for (size_t i = 0; i < list->count; i++)
        value_list_add(&out, call->machine->arena, list->items[i]);
    machine_sort(call->machine, out.items, out.count, sizeof *out.items, compare_items, &order);
    return machine_list(call->machine, &out);
}

const struct builtin library_lists[] = {
    {"sum", "a<n>:n", 1, list_sum},        {"max", "a<n>:n", 1, list_max},
    {"min", "a<n>:n", 1, list_min},        {"average", "a<n>:n", 1, list_average},
    {"count", "a:n", 1, list_count},       {"append", "xx:a", 2, list_append},
    {"reverse", "a:a", 1, list_reverse},   {"shuffle", "a:a", 1, list_shuffle},
    {"distinct", "x:x", 1, list_distinct}, {"zip", "a+", 0, list_zip},
    {"sort", "af?:a", 2, list_sort},       {0},
};
