#include "models/asl/jsonata_library.h"

/* Functions that call functions. */

/* Calls with as many of (value, key or index, whole) as the function takes. */
static const struct value *apply_to(struct call *call, const struct function *function,
                                    const struct value *value, const struct value *key,
                                    const struct value *whole)
{
    const struct value *const arguments[3] = {value, key, whole};
    size_t count = function_arity(function);
    if (count < 1) count = 1;
    return machine_apply(call->machine, function, arguments, count < 3 ? count : 3, call->context);
}

static const struct value *apply_item(struct call *call, const struct function *function,
                                      const struct value *list, size_t index)
{
    const struct value *const key =
        function_arity(function) > 1 ? value_number(call->machine->arena, (double)index) : NULL;
    return apply_to(call, function, list->items[index], key, list);
}

static const struct value *higher_map(struct call *call)
{
    const struct value *const list = call->arguments[0];
    const struct function *const function = function_of(call->arguments[1]);
    if (!list || !function) return NULL;
    struct value_list out = {0};
    for (size_t i = 0; i < list->count && machine_spend(call->machine, 1); i++) {
        const struct value *const result = apply_item(call, function, list, i);
        if (result) value_list_add(&out, call->machine->arena, result);
    }
    return call_sequence(call, &out);
}

static const struct value *higher_filter(struct call *call)
{
    const struct value *const list = call->arguments[0];
    const struct function *const function = function_of(call->arguments[1]);
    if (!list || !function) return NULL;
    struct value_list out = {0};
    for (size_t i = 0; i < list->count && machine_spend(call->machine, 1); i++)
        if (machine_truth(apply_item(call, function, list, i)))
            value_list_add(&out, call->machine->arena, list->items[i]);
    return call_sequence(call, &out);
}

static const struct value *higher_single(struct call *call)
{
    const struct value *const list = call->arguments[0];
    const struct function *const function = function_of(call->arguments[1]);
    if (!list) return NULL;
    const struct value *found = NULL;
    for (size_t i = 0; i < list->count && machine_spend(call->machine, 1); i++) {
        if (function && !machine_truth(apply_item(call, function, list, i))) continue;
        if (found)
            return machine_fail(call->machine,
                                "D3138: The $single() function expected exactly 1 matching "
                                "result.  Instead it matched more.");
        found = list->items[i];
    }
    if (found) return found;
    return machine_fail(call->machine, "D3139: The $single() function expected exactly 1 matching "
                                       "result.  Instead it matched 0.");
}

static const struct value *higher_reduce(struct call *call)
{
    const struct value *const list = call->arguments[0];
    const struct function *const function = function_of(call->arguments[1]);
    if (!list || !function) return NULL;
    size_t arity = function_arity(function);
    if (arity < 2)
        return machine_fail(call->machine, "D3050: The second argument of reduce function must be "
                                           "a function with at least two arguments");
    if (arity > 4) arity = 4;
    const struct value *result = call->arguments[2];
    size_t i = 0;
    if (!result && list->count > 0) result = list->items[i++];
    for (; i < list->count && machine_spend(call->machine, 1); i++) {
        const struct value *const arguments[4] = {
            result, list->items[i], value_number(call->machine->arena, (double)i), list};
        result = machine_apply(call->machine, function, arguments, arity, call->context);
    }
    return result;
}

static const struct value *higher_each(struct call *call)
{
    const struct value *const map = call->arguments[0];
    const struct function *const function = function_of(call->arguments[1]);
    if (!map || !function) return NULL;
    struct value_list out = {0};
    for (size_t i = 0; i < map->count && machine_spend(call->machine, 1); i++) {
        const struct value *const key = value_string(call->machine->arena, map->members[i].key);
        const struct value *const result =
            apply_to(call, function, map->members[i].value, key, map);
        if (result) value_list_add(&out, call->machine->arena, result);
    }
    return call_sequence(call, &out);
}

static const struct value *higher_sift(struct call *call)
{
    const struct value *const map = call->arguments[0];
    const struct function *const function = function_of(call->arguments[1]);
    if (!map || !function) return NULL;
    struct value_map out = {0};
    for (size_t i = 0; i < map->count && machine_spend(call->machine, 1); i++) {
        const struct value *const key = value_string(call->machine->arena, map->members[i].key);
        if (machine_truth(apply_to(call, function, map->members[i].value, key, map)))
            value_map_put(&out, call->machine->arena, map->members[i].key, map->members[i].value);
    }
    return out.count > 0 ? machine_map(call->machine, &out) : NULL;
}

const struct builtin library_higher[] = {
    {"map", "af", 2, higher_map},
    {"filter", "af", 2, higher_filter},
    {"single", "af?", 2, higher_single},
    {"reduce", "afj?:j", 3, higher_reduce},
    {"each", "o-f:a", 2, higher_each},
    {"sift", "o-f?:o", 2, higher_sift},
    {0},
};
