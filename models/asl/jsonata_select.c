#include "base/names.h"
#include "models/asl/jsonata_machine.h"

#include <math.h>
#include <string.h>

/* Predicates, grouping and order-by: what works on all items that a step gave. */

/* --- Predicates ---------------------------------------------------------------------------- */

/* Does the number name the item at `index` of `count`? Negative ones count from the end. */
static bool is_index(const struct value *number, size_t index, size_t count)
{
    double at = floor(number->number);
    if (at < 0.0) at += (double)count;
    return at == (double)index;
}

static bool are_numbers(const struct value *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (!value_is(list->items[i], VALUE_NUMBER)) return false;
    return true;
}

/* How often the item is taken: a list of indices may name it more than once. */
static size_t times_taken(struct machine *machine, const struct value *result, size_t index,
                          size_t count)
{
    if (value_is(result, VALUE_NUMBER)) return is_index(result, index, count);
    if (!value_is(result, VALUE_LIST) || !are_numbers(result)) return machine_truth(result);
    size_t times = 0;
    if (!machine_spend(machine, result->count)) return 0;
    for (size_t i = 0; i < result->count; i++)
        if (is_index(result->items[i], index, count)) times++;
    return times;
}

/* A plain number needs no look at each item; a list there is the result as it is. */
static struct term pick(struct machine *machine, const struct value *number, struct span items)
{
    double at = floor(number->number);
    if (at < 0.0) at += (double)items.count;
    const bool there = at >= 0.0 && at < (double)items.count;
    const struct value *const item = there ? items.items[(size_t)at] : NULL;
    if (value_is(item, VALUE_LIST)) return term_of(item);
    struct value_list list = {0};
    if (item) value_list_add(&list, machine->arena, item);
    return (struct term){.value = machine_list(machine, &list), .sequence = true};
}

struct term machine_filter(struct machine *machine, const struct expr *filter,
                           const struct value *input, struct frame *frame)
{
    const struct value *single = NULL;
    const struct span items = span_of(input, &single);
    if (filter->type == EXPR_NUMBER && !filter->stages) return pick(machine, filter->value, items);
    struct value_list list = {0};
    for (size_t i = 0; i < items.count && machine_spend(machine, 1); i++) {
        const struct value *const result = machine_value(machine, filter, items.items[i], frame);
        if (machine->fault) break;
        for (size_t n = times_taken(machine, result, i, items.count); n > 0; n--)
            value_list_add(&list, machine->arena, items.items[i]);
    }
    return (struct term){.value = machine_list(machine, &list), .sequence = true};
}

void machine_filter_tuples(struct machine *machine, const struct expr *filter,
                           struct tuples *tuples, const struct frame *frame)
{
    struct tuples kept = {0};
    for (size_t i = 0; i < tuples->count && machine_spend(machine, 1); i++) {
        const struct tuple *const tuple = &tuples->items[i];
        struct frame *const inner = frame_new(machine, frame, tuple->names);
        const struct value *const result = machine_value(machine, filter, tuple->item, inner);
        for (size_t n = times_taken(machine, result, i, tuples->count); n > 0; n--) {
            kept.items =
                arena_grow(machine->arena, kept.items, kept.count, &kept.capacity, sizeof *tuple);
            kept.items[kept.count++] = *tuple;
        }
    }
    *tuples = kept;
}

/* --- Grouping ------------------------------------------------------------------------------ */

struct group {
    const char *key;
    size_t pair; /* which key: value of the expression made it */
    struct value_list items;
    struct tuples tuples;
};

struct grouping {
    struct machine *machine;
    const struct expr *expr;
    struct frame *frame;
    struct group *groups;
    size_t count;
    size_t capacity;
    uint32_t *index; /* by hash of the key: 1 + the group's place */
    size_t index_size;
};

static void group_index(struct grouping *grouping, size_t place)
{
    const size_t mask = grouping->index_size - 1;
    size_t at = (size_t)name_hash(grouping->groups[place].key) & mask;
    while (grouping->index[at]) at = (at + 1) & mask;
    grouping->index[at] = (uint32_t)place + 1;
}

static struct group *group_add(struct grouping *grouping, const char *key, size_t pair)
{
    struct arena *const arena = grouping->machine->arena;
    grouping->groups = arena_grow(arena, grouping->groups, grouping->count, &grouping->capacity,
                                  sizeof(struct group));
    grouping->groups[grouping->count++] = (struct group){.key = key, .pair = pair};
    if (2 * grouping->count > grouping->index_size) {
        grouping->index_size = grouping->index_size ? 2 * grouping->index_size : 16;
        grouping->index = arena_array(arena, uint32_t, grouping->index_size);
        for (size_t i = 0; i < grouping->count; i++) group_index(grouping, i);
    } else {
        group_index(grouping, grouping->count - 1);
    }
    return &grouping->groups[grouping->count - 1];
}

/* NULL, with a fault, when another pair of the expression gave the same key. */
static struct group *group_find(struct grouping *grouping, const char *key, size_t pair)
{
    const size_t mask = grouping->index_size - 1;
    size_t at = (size_t)name_hash(key) & mask;
    for (; grouping->index && grouping->index[at]; at = (at + 1) & mask) {
        struct group *const group = &grouping->groups[grouping->index[at] - 1];
        if (strcmp(group->key, key) != 0) continue;
        if (group->pair == pair) return group;
        machine_fail(grouping->machine,
                     "D1009: Multiple key definitions evaluate to same key: \"%s\"", key);
        return NULL;
    }
    return group_add(grouping, key, pair);
}

/* Puts an item under the keys that it gives. */
static void group_item(struct grouping *grouping, const struct tuple *tuple, bool tupled)
{
    struct machine *const machine = grouping->machine;
    struct frame *const frame =
        tupled ? frame_new(machine, grouping->frame, tuple->names) : grouping->frame;
    for (size_t i = 0; i + 1 < grouping->expr->count && !machine->fault; i += 2) {
        const struct value *const key =
            machine_value(machine, grouping->expr->items[i], tuple->item, frame);
        if (!key) continue;
        if (!value_is(key, VALUE_STRING)) {
            machine_fail(machine,
                         "T1003: Key in object structure must evaluate to a string; got: %s",
                         machine_show(machine, key));
            return;
        }
        struct group *const group = group_find(grouping, key->text, i);
        if (!group) return;
        if (tuple->item) value_list_add(&group->items, machine->arena, tuple->item);
        if (!tupled) continue;
        group->tuples.items = arena_grow(machine->arena, group->tuples.items, group->tuples.count,
                                         &group->tuples.capacity, sizeof *tuple);
        group->tuples.items[group->tuples.count++] = *tuple;
    }
}

/* The items of a group as one value. */
static const struct value *group_context(struct machine *machine, struct group *group)
{
    if (group->items.count == 0) return NULL;
    if (group->items.count == 1) return group->items.items[0];
    /* Lists among them are joined. */
    struct value_list list = {0};
    for (size_t i = 0; i < group->items.count; i++) {
        const struct value *single = NULL;
        const struct span span = span_of(group->items.items[i], &single);
        if (!machine_spend(machine, span.count)) return NULL;
        for (size_t j = 0; j < span.count; j++)
            value_list_add(&list, machine->arena, span.items[j]);
    }
    return machine_list(machine, &list);
}

/* The names of all tuples of a group: each name has all its values. */
static const struct name *group_names(struct machine *machine, const struct tuples *tuples)
{
    const struct name *names = NULL;
    if (tuples->count == 1) return tuples->items[0].names;
    for (const struct name *n = tuples->count ? tuples->items[0].names : NULL; n; n = n->next) {
        const struct value *all = NULL;
        for (size_t i = 0; i < tuples->count && machine_spend(machine, 1); i++) {
            const struct name *other = tuples->items[i].names;
            while (other && strcmp(other->name, n->name) != 0) other = other->next;
            if (other) all = machine_append(machine, all, other->term.value);
        }
        names = name_new(machine, n->name, term_of(all), names);
    }
    return names;
}

static const struct value *group_values(struct grouping *grouping)
{
    struct machine *const machine = grouping->machine;
    struct value_map map = {0};
    for (size_t i = 0; i < grouping->count && !machine->fault; i++) {
        struct group *const group = &grouping->groups[i];
        const struct value *const context = group_context(machine, group);
        struct frame *const frame =
            group->tuples.count
                ? frame_new(machine, grouping->frame, group_names(machine, &group->tuples))
                : grouping->frame;
        const struct value *const value =
            machine_value(machine, grouping->expr->items[group->pair + 1], context, frame);
        if (value) value_map_put(&map, machine->arena, group->key, value);
    }
    return machine->fault ? NULL : machine_map(machine, &map);
}

const struct value *machine_group(struct machine *machine, const struct expr *group,
                                  const struct value *input, const struct tuples *tuples,
                                  struct frame *frame)
{
    struct grouping grouping = {.machine = machine, .expr = group, .frame = frame};
    if (tuples) {
        for (size_t i = 0; i < tuples->count && machine_spend(machine, 1); i++)
            group_item(&grouping, &tuples->items[i], true);
        return group_values(&grouping);
    }
    const struct value *single = NULL;
    const struct span items = span_of(input, &single);
    const struct tuple nothing = {0};
    if (items.count == 0) group_item(&grouping, &nothing, false);
    for (size_t i = 0; i < items.count && machine_spend(machine, 1); i++)
        group_item(&grouping, &(struct tuple){items.items[i], NULL}, false);
    return group_values(&grouping);
}

/* --- Order-by ------------------------------------------------------------------------------ */

struct order {
    struct machine *machine;
    const struct expr *sort;
    const struct frame *frame;
};

static const struct value *order_key(const struct order *order, const struct tuple *tuple,
                                     size_t term)
{
    struct frame *const frame = frame_new(order->machine, order->frame, tuple->names);
    return machine_value(order->machine, order->sort->items[term], tuple->item, frame);
}

static bool is_sortable(const struct value *value)
{
    return !value || value_is(value, VALUE_NUMBER) || value_is(value, VALUE_STRING);
}

/* What is not there comes last. */
static int order_keys(const struct order *order, const struct value *a, const struct value *b)
{
    if (!is_sortable(a) || !is_sortable(b)) {
        machine_fail(order->machine, "T2008: The expressions within an order-by clause must "
                                     "evaluate to numeric or string values");
        return 0;
    }
    if (!a || !b) return a ? -2 : b ? 2 : 0;
    if (a->type != b->type) {
        machine_fail(order->machine,
                     "T2007: Type mismatch when comparing values %s and %s in order-by clause",
                     machine_show(order->machine, a), machine_show(order->machine, b));
        return 0;
    }
    if (a->type == VALUE_STRING) return strcmp(a->text, b->text);
    return a->number < b->number ? -1 : a->number > b->number;
}

static int order_compare(void *context, const void *a, const void *b)
{
    const struct order *const order = context;
    for (size_t i = 0; i < order->sort->count && !order->machine->fault; i++) {
        const struct value *const left = order_key(order, a, i);
        const struct value *const right = order_key(order, b, i);
        const int compared = order_keys(order, left, right);
        if (compared == 0) continue;
        const bool descending = order->sort->descending >> i & 1;
        return descending && left && right ? -compared : compared;
    }
    return 0;
}

void machine_sort_tuples(struct machine *machine, const struct expr *sort, struct tuple *items,
                         size_t count, const struct frame *frame)
{
    struct order order = {machine, sort, frame};
    machine_sort(machine, items, count, sizeof *items, order_compare, &order);
}
