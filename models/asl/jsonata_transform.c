#include "models/asl/jsonata_machine.h"

#include <string.h>

/* |pattern|update,delete|: a copy of a value in which what the pattern finds has some fields more
 * or less. Found is what is the same value in memory; so the pattern works on a copy in which no
 * value stands twice. */

struct transform {
    struct machine *machine;
    const struct function *function;
    const struct value *found;
};

static const struct value *copy_value(struct machine *machine, const struct value *value)
{
    if (!machine_spend(machine, 1)) return NULL;
    if (value->type == VALUE_LIST) {
        struct value_list list = {0};
        for (size_t i = 0; i < value->count && !machine->fault; i++)
            value_list_add(&list, machine->arena, copy_value(machine, value->items[i]));
        return machine->fault ? NULL : machine_list(machine, &list);
    }
    if (!value_is(value, VALUE_MAP)) return value;
    struct value_map map = {0};
    for (size_t i = 0; i < value->count && !machine->fault; i++)
        value_map_put(&map, machine->arena, value->members[i].key,
                      copy_value(machine, value->members[i].value));
    return machine->fault ? NULL : machine_map(machine, &map);
}

static bool is_found(struct transform *transform, const struct value *value)
{
    const struct value *single = NULL;
    const struct span span = span_of(transform->found, &single);
    if (!machine_spend(transform->machine, span.count)) return false;
    for (size_t i = 0; i < span.count; i++)
        if (span.items[i] == value) return true;
    return false;
}

static bool is_deleted(const struct value *deleted, const char *key)
{
    const struct value *single = NULL;
    const struct span span = span_of(deleted, &single);
    for (size_t i = 0; i < span.count; i++)
        if (strcmp(span.items[i]->text, key) == 0) return true;
    return false;
}

/* What to delete of a map that was found: NULL for nothing. */
static const struct value *deletions(struct transform *transform, const struct value *value)
{
    const struct function *const function = transform->function;
    if (!function->expr->other) return NULL;
    const struct value *const deleted =
        machine_value(transform->machine, function->expr->other, value, function->frame);
    const struct value *single = NULL;
    const struct span span = span_of(deleted, &single);
    for (size_t i = 0; i < span.count; i++)
        if (!value_is(span.items[i], VALUE_STRING))
            return machine_fail(transform->machine,
                                "T2012: The delete clause of the transform expression must "
                                "evaluate to a string or array of strings: %s",
                                machine_show(transform->machine, deleted));
    return deleted;
}

static const struct value *updates(struct transform *transform, const struct value *value)
{
    const struct function *const function = transform->function;
    const struct value *const update =
        machine_value(transform->machine, function->expr->right, value, function->frame);
    if (update && !value_is(update, VALUE_MAP))
        return machine_fail(transform->machine,
                            "T2011: The insert/update clause of the transform expression must "
                            "evaluate to an object: %s",
                            machine_show(transform->machine, update));
    return update;
}

static const struct value *change(struct transform *transform, const struct value *value);

static const struct value *change_map(struct transform *transform, const struct value *value)
{
    struct machine *const machine = transform->machine;
    const bool found = is_found(transform, value);
    const struct value *const update = found ? updates(transform, value) : NULL;
    const struct value *const deleted = found ? deletions(transform, value) : NULL;
    struct value_map all = {0};
    for (size_t i = 0; i < value->count && !machine->fault; i++)
        value_map_put(&all, machine->arena, value->members[i].key,
                      change(transform, value->members[i].value));
    if (machine->fault) return NULL;
    if (update) value_map_put_all(&all, machine->arena, update);
    if (!deleted) return machine_map(machine, &all);
    struct value_map rest = {0};
    for (size_t i = 0; i < all.count; i++)
        if (!is_deleted(deleted, all.members[i].key))
            value_map_put(&rest, machine->arena, all.members[i].key, all.members[i].value);
    return machine_map(machine, &rest);
}

static const struct value *change(struct transform *transform, const struct value *value)
{
    struct machine *const machine = transform->machine;
    if (!machine_spend(machine, 1)) return NULL;
    if (value_is(value, VALUE_MAP)) return change_map(transform, value);
    if (!value_is(value, VALUE_LIST)) return value;
    struct value_list list = {0};
    for (size_t i = 0; i < value->count && !machine->fault; i++)
        value_list_add(&list, machine->arena, change(transform, value->items[i]));
    return machine->fault ? NULL : machine_list(machine, &list);
}

const struct value *machine_transform(struct machine *machine, const struct function *function,
                                      const struct value *input)
{
    if (!input) return NULL;
    if (!value_is(input, VALUE_MAP) && !value_is(input, VALUE_LIST))
        return machine_fail(machine, "T0410: Argument 1 of function \"transform\" does not match "
                                     "function signature");
    const struct value *const copy = copy_value(machine, input);
    if (!copy) return NULL;
    struct transform transform = {machine, function, NULL};
    transform.found = machine_value(machine, function->expr->left, copy, function->frame);
    if (machine->fault) return NULL;
    return transform.found ? change(&transform, copy) : copy;
}
