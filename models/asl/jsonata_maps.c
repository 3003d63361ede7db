#include "models/asl/jsonata_library.h"

#include <string.h>

/* Functions of objects, of truth and of types. */

static bool is_mapping(const struct value *value)
{
    return value_is(value, VALUE_MAP);
}

static void collect_keys(struct machine *machine, const struct value *value, struct value_map *keys)
{
    if (!machine_spend(machine, 1)) return;
    if (value_is(value, VALUE_LIST))
        for (size_t i = 0; i < value->count; i++) collect_keys(machine, value->items[i], keys);
    if (is_mapping(value))
        for (size_t i = 0; i < value->count; i++)
            value_map_put(keys, machine->arena, value->members[i].key, &value_null);
}

static const struct value *map_keys(struct call *call)
{
    struct value_map keys = {0};
    if (call->arguments[0]) collect_keys(call->machine, call->arguments[0], &keys);
    struct value_list out = {0};
    if (!machine_spend(call->machine, keys.count)) return NULL;
    for (size_t i = 0; i < keys.count; i++)
        value_list_add(&out, call->machine->arena,
                       value_string(call->machine->arena, keys.members[i].key));
    return call_sequence(call, &out);
}

static void look_up(struct machine *machine, const struct value *value, const char *key,
                    struct value_list *out)
{
    if (!machine_spend(machine, 1)) return;
    if (value_is(value, VALUE_LIST)) {
        for (size_t i = 0; i < value->count; i++) look_up(machine, value->items[i], key, out);
        return;
    }
    const struct value *single = NULL;
    const struct span found = span_of(is_mapping(value) ? value_get(value, key) : NULL, &single);
    for (size_t i = 0; i < found.count; i++) value_list_add(out, machine->arena, found.items[i]);
}

static const struct value *map_lookup(struct call *call)
{
    const struct value *const from = call->arguments[0];
    const struct value *const key = call->arguments[1];
    if (!from || !key) return NULL;
    if (is_mapping(from)) return value_get(from, key->text);
    if (!value_is(from, VALUE_LIST)) return NULL;
    struct value_list out = {0};
    look_up(call->machine, from, key->text, &out);
    return call_sequence(call, &out);
}

static void spread(struct machine *machine, const struct value *value, struct value_list *out)
{
    if (!machine_spend(machine, 1)) return;
    if (value_is(value, VALUE_LIST)) {
        for (size_t i = 0; i < value->count; i++) spread(machine, value->items[i], out);
        return;
    }
    if (!is_mapping(value)) {
        value_list_add(out, machine->arena, value);
        return;
    }
    for (size_t i = 0; i < value->count && machine_spend(machine, 1); i++) {
        struct value_map one = {0};
        value_map_put(&one, machine->arena, value->members[i].key, value->members[i].value);
        value_list_add(out, machine->arena, value_map_end(&one, machine->arena));
    }
}

static const struct value *map_spread(struct call *call)
{
    const struct value *const from = call->arguments[0];
    if (!is_mapping(from) && !value_is(from, VALUE_LIST))
        return function_of(from) ? &value_empty_string : from;
    struct value_list out = {0};
    spread(call->machine, from, &out);
    return call_sequence(call, &out);
}

static const struct value *map_merge(struct call *call)
{
    const struct value *const list = call->arguments[0];
    if (!list) return NULL;
    struct value_map out = {0};
    for (size_t i = 0; i < list->count && machine_spend(call->machine, list->items[i]->count); i++)
        value_map_put_all(&out, call->machine->arena, list->items[i]);
    return machine_map(call->machine, &out);
}

static const struct value *map_error(struct call *call)
{
    const struct value *const message = call->arguments[0];
    return machine_fail(call->machine, "D3137: %s",
                        message ? message->text : "$error() function evaluated");
}

static const struct value *map_assert(struct call *call)
{
    const struct value *const message = call->arguments[1];
    if (machine_truth(call->arguments[0])) return NULL;
    return machine_fail(call->machine, "D3141: %s",
                        message ? message->text : "$assert() statement failed");
}

static const struct value *map_type(struct call *call)
{
    const struct value *const value = call->arguments[0];
    if (!value) return NULL;
    const char *const name = function_of(value) ? "function" : value_type_name(value);
    return value_string(call->machine->arena, name);
}

static const struct value *truth_boolean(struct call *call)
{
    return call->arguments[0] ? value_bool(machine_truth(call->arguments[0])) : NULL;
}

static const struct value *truth_not(struct call *call)
{
    return call->arguments[0] ? value_bool(!machine_truth(call->arguments[0])) : NULL;
}

static const struct value *truth_exists(struct call *call)
{
    return value_bool(call->arguments[0] != NULL);
}

const struct builtin library_maps[] = {
    {"keys", "x-:a<s>", 1, map_keys},
    {"lookup", "x-s:x", 2, map_lookup},
    {"spread", "x-:a<o>", 1, map_spread},
    {"merge", "a<o>:o", 1, map_merge},
    {"error", "s?:x", 1, map_error},
    {"assert", "bs?:x", 2, map_assert},
    {"type", "x:s", 1, map_type},
    {"boolean", "x-:b", 1, truth_boolean},
    {"not", "x-:b", 1, truth_not},
    {"exists", "x:b", 1, truth_exists},
    {0},
};
