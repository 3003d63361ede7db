#include "models/asl/jsonata_machine.h"

#include <math.h>
#include <string.h>

const struct value machine_hole = {.type = VALUE_NULL, .json_length = 4};

const struct value *machine_fail(struct machine *machine, const char *format, ...)
{
    if (machine->fault) return NULL;
    va_list arguments;
    va_start(arguments, format);
    machine->fault = arena_vformat(machine->arena, format, arguments);
    va_end(arguments);
    return NULL;
}

bool machine_spend(struct machine *machine, size_t work)
{
    if (machine->fault) return false;
    if (work > (size_t)MACHINE_WORK) work = (size_t)MACHINE_WORK + 1;
    machine->work_left -= (int64_t)work;
    if (machine->work_left >= 0) return true;
    machine_fail(machine,
                 "U1001: The expression does more than %d steps of work; check for a "
                 "recursion without an end, or work on less data",
                 (int)MACHINE_WORK);
    return false;
}

struct span span_of(const struct value *value, const struct value **single)
{
    if (!value) return (struct span){NULL, 0};
    if (value->type == VALUE_LIST) return (struct span){value->items, value->count};
    *single = value;
    return (struct span){single, 1};
}

static const struct value *check_depth(struct machine *machine, const struct value *value)
{
    if (value->depth <= MACHINE_VALUE_DEPTH) return value;
    return machine_fail(machine, "The expression builds data that nests deeper than %d levels",
                        (int)MACHINE_VALUE_DEPTH);
}

const struct value *machine_list(struct machine *machine, struct value_list *list)
{
    return check_depth(machine, value_list_end(list, machine->arena));
}

const struct value *machine_map(struct machine *machine, struct value_map *map)
{
    return check_depth(machine, value_map_end(map, machine->arena));
}

const struct value *machine_number(struct machine *machine, double number)
{
    if (!isfinite(number)) return machine_fail(machine, "D1001: Number out of range");
    return value_number(machine->arena, number);
}

const struct value *machine_text(struct machine *machine, struct text *text)
{
    const struct value *value = NULL;
    if (machine_spend(machine, text->length / 8 + 1))
        value = value_string_n(machine->arena, text->data, text->length);
    text_free(text);
    return value;
}

const struct value *machine_format(struct machine *machine, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *const text = arena_vformat(machine->arena, format, arguments);
    va_end(arguments);
    return value_string(machine->arena, text);
}

const struct value *machine_append(struct machine *machine, const struct value *a,
                                   const struct value *b)
{
    if (!a) return b;
    if (!b) return a;
    const struct value *single_a = NULL;
    const struct value *single_b = NULL;
    const struct span left = span_of(a, &single_a);
    const struct span right = span_of(b, &single_b);
    if (!machine_spend(machine, left.count + right.count)) return NULL;
    struct value_list list = {0};
    for (size_t i = 0; i < left.count; i++) value_list_add(&list, machine->arena, left.items[i]);
    for (size_t i = 0; i < right.count; i++) value_list_add(&list, machine->arena, right.items[i]);
    return machine_list(machine, &list);
}

bool machine_truth(const struct value *value)
{
    if (!value || value_is(value, VALUE_FUNCTION)) return false;
    switch (value->type) {
    case VALUE_BOOL: return value->boolean;
    case VALUE_NUMBER: return value->number != 0.0;
    case VALUE_STRING:
    case VALUE_MAP: return value->count > 0;
    case VALUE_LIST:
        for (size_t i = 0; i < value->count; i++)
            if (machine_truth(value->items[i])) return true;
        return false;
    case VALUE_NULL:
    default: return false;
    }
}

bool machine_equal(const struct value *a, const struct value *b)
{
    if (a == b) return true;
    if (!a || !b || value_is(a, VALUE_FUNCTION) || value_is(b, VALUE_FUNCTION)) return false;
    return value_equal(a, b);
}

const char *machine_show(struct machine *machine, const struct value *value)
{
    if (!value) return "undefined";
    const struct value *const text = machine_string(machine, value, false);
    if (!text) return "?";
    const char *const quote = value->type == VALUE_STRING ? "\"" : "";
    if (text->count <= 200) return arena_format(machine->arena, "%s%s%s", quote, text->text, quote);
    size_t cut = 200;
    while (cut > 0 && ((unsigned char)text->text[cut] & 0xC0) == 0x80) cut--;
    return arena_format(machine->arena, "%s%.*s...%s", quote, (int)cut, text->text, quote);
}

struct frame *frame_new(struct machine *machine, const struct frame *parent,
                        const struct name *names)
{
    struct frame *const frame = arena_new_item(machine->arena, struct frame);
    frame->parent = parent;
    frame->names = names;
    return frame;
}

const struct name *name_new(struct machine *machine, const char *name, struct term term,
                            const struct name *next)
{
    struct name *const made = arena_new_item(machine->arena, struct name);
    *made = (struct name){name, term, next};
    return made;
}

struct sort {
    struct machine *machine;
    size_t size;
    compare_fn *compare;
    void *context;
};

/* from[0..left) and from[left..count), both in order, into `to`. */
static void sort_merge(struct sort *sort, const char *from, char *to, size_t left, size_t count)
{
    const size_t size = sort->size;
    size_t i = 0;
    size_t j = left;
    for (size_t k = 0; k < count; k++) {
        bool right = i == left;
        if (i < left && j < count && machine_spend(sort->machine, 1))
            right = sort->compare(sort->context, from + i * size, from + j * size) > 0;
        memcpy(to + k * size, from + (right ? j++ : i++) * size, size);
    }
}

/* Widths by powers of two. */
void machine_sort(struct machine *machine, void *items, size_t count, size_t size,
                  compare_fn *compare, void *context)
{
    struct sort sort = {machine, size, compare, context};
    char *from = items;
    char *to = arena_calloc(machine->arena, count, size);
    for (size_t width = 1; width < count && !machine->fault; width *= 2) {
        for (size_t begin = 0; begin < count; begin += 2 * width) {
            const size_t length = count - begin < 2 * width ? count - begin : 2 * width;
            const size_t left = length < width ? length : width;
            sort_merge(&sort, from + begin * size, to + begin * size, left, length);
        }
        char *const other = from;
        from = to;
        to = other;
    }
    if (from != items && count > 0) memcpy(items, from, count * size);
}
