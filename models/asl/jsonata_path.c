#include "models/asl/jsonata_machine.h"

#include <string.h>

/* --- Without names beside the items -------------------------------------------------------- */

/* The results of a step for each item, as one sequence. */
static struct term join_results(struct machine *machine, const struct term *results, size_t count,
                                bool last)
{
    if (last && count == 1 && value_is(results[0].value, VALUE_LIST) && !results[0].sequence)
        return term_of(results[0].value);
    struct value_list list = {0};
    for (size_t i = 0; i < count; i++) {
        const struct value *const value = results[i].value;
        if (value->type != VALUE_LIST || results[i].whole) {
            value_list_add(&list, machine->arena, value);
            continue;
        }
        if (!machine_spend(machine, value->count)) break;
        for (size_t j = 0; j < value->count; j++)
            value_list_add(&list, machine->arena, value->items[j]);
    }
    return (struct term){.value = machine_list(machine, &list), .sequence = true};
}

static struct term sort_step(struct machine *machine, const struct expr *step, struct span input,
                             struct frame *frame)
{
    struct tuple *const tuples = arena_array(machine->arena, struct tuple, input.count);
    for (size_t i = 0; i < input.count; i++) tuples[i].item = input.items[i];
    machine_sort_tuples(machine, step, tuples, input.count, frame);
    struct value_list list = {0};
    for (size_t i = 0; i < input.count; i++)
        if (tuples[i].item) value_list_add(&list, machine->arena, tuples[i].item);
    struct term term = {.value = machine_list(machine, &list), .sequence = true};
    for (const struct expr_stage *stage = step->stages; stage && !machine->fault;
         stage = stage->next)
        if (stage->filter) term = machine_filter(machine, stage->filter, term.value, frame);
    return term;
}

static struct term plain_step(struct machine *machine, const struct expr *step, struct span input,
                              struct frame *frame, bool last)
{
    if (step->type == EXPR_SORT) return sort_step(machine, step, input, frame);
    struct term *const results = arena_array(machine->arena, struct term, input.count);
    size_t count = 0;
    for (size_t i = 0; i < input.count && !machine->fault; i++) {
        const struct term term = machine_evaluate(machine, step, input.items[i], frame);
        if (term.value) results[count++] = term;
    }
    if (machine->fault) return term_of(NULL);
    return join_results(machine, results, count, last);
}

/* --- With names ---------------------------------------------------------------------------- */

static void tuples_add(struct machine *machine, struct tuples *tuples, struct tuple tuple)
{
    tuples->items =
        arena_grow(machine->arena, tuples->items, tuples->count, &tuples->capacity, sizeof tuple);
    tuples->items[tuples->count++] = tuple;
}

/* What the step makes of one tuple: the item is bound, or goes on itself. */
static struct tuple step_tuple(struct machine *machine, const struct expr *step,
                               const struct tuple *from, const struct tuple *made, size_t index)
{
    struct tuple tuple = *made;
    if (step->focus) {
        tuple.names = name_new(machine, step->focus, term_of(made->item), tuple.names);
        tuple.item = from->item;
    }
    if (step->index) {
        const struct value *const number = value_number(machine->arena, (double)index);
        tuple.names = name_new(machine, step->index, term_of(number), tuple.names);
    }
    if (step->ancestor)
        tuple.names = name_new(machine, step->ancestor->label, term_of(from->item), tuple.names);
    return tuple;
}

/* The names of a path within the step, before those of the path around it. */
static const struct name *names_over(struct machine *machine, const struct name *inner,
                                     const struct name *outer)
{
    if (!inner || !machine_spend(machine, 1)) return outer;
    const struct name *made = outer;
    for (const struct name *n = inner; n && machine_spend(machine, 1); n = n->next) {
        const struct name *known = made;
        while (known != outer && strcmp(known->name, n->name) != 0) known = known->next;
        if (known == outer) made = name_new(machine, n->name, n->term, made);
    }
    return made;
}

static void extend_tuple(struct machine *machine, const struct expr *step, const struct tuple *from,
                         const struct frame *frame, struct tuples *out)
{
    struct frame *const inner = frame_new(machine, frame, from->names);
    const struct term term = machine_evaluate_bare(machine, step, from->item, inner);
    if (machine->fault) return;
    if (term.tuples) {
        for (size_t i = 0; i < term.tuples->count && machine_spend(machine, 1); i++) {
            struct tuple made = term.tuples->items[i];
            made.names = names_over(machine, made.names, from->names);
            tuples_add(machine, out, step_tuple(machine, step, from, &made, i));
        }
        return;
    }
    const struct value *single = NULL;
    const struct span span = span_of(term.value, &single);
    for (size_t i = 0; i < span.count && machine_spend(machine, 1); i++) {
        const struct tuple made = {span.items[i], from->names};
        tuples_add(machine, out, step_tuple(machine, step, from, &made, i));
    }
}

/* Binds each tuple's place to a name. */
static void number_tuples(struct machine *machine, struct tuples *tuples, const char *name)
{
    if (!name || !machine_spend(machine, tuples->count)) return;
    for (size_t i = 0; i < tuples->count; i++) {
        const struct value *const number = value_number(machine->arena, (double)i);
        tuples->items[i].names = name_new(machine, name, term_of(number), tuples->items[i].names);
    }
}

static struct tuples *tuple_step(struct machine *machine, const struct expr *step,
                                 struct tuples *input, const struct frame *frame)
{
    struct tuples *out = input;
    if (step->type == EXPR_SORT) {
        machine_sort_tuples(machine, step, input->items, input->count, frame);
        number_tuples(machine, input, step->index);
    } else {
        out = arena_new_item(machine->arena, struct tuples);
        for (size_t i = 0; i < input->count && machine_spend(machine, 1); i++)
            extend_tuple(machine, step, &input->items[i], frame, out);
    }
    for (const struct expr_stage *stage = step->stages; stage && !machine->fault;
         stage = stage->next) {
        if (stage->filter)
            machine_filter_tuples(machine, stage->filter, out, frame);
        else
            number_tuples(machine, out, stage->index);
    }
    return out;
}

static struct tuples *tuples_of(struct machine *machine, struct span items)
{
    struct tuples *const tuples = arena_new_item(machine->arena, struct tuples);
    for (size_t i = 0; i < items.count && machine_spend(machine, 1); i++)
        tuples_add(machine, tuples, (struct tuple){items.items[i], NULL});
    return tuples;
}

/* --- The whole ----------------------------------------------------------------------------- */

/* Where a path stands between two steps. */
struct walk {
    struct term term;      /* the items so far */
    struct tuples *tuples; /* or these, once a step has bound a name */
};

static struct span walk_items(const struct walk *walk, const struct value **single)
{
    return span_of(walk->term.value, single);
}

/* False when nothing is left to walk on with. */
static bool walk_step(struct machine *machine, const struct expr *path, size_t index,
                      struct walk *walk, struct frame *frame)
{
    const struct expr *const step = path->items[index];
    const struct value *single = NULL;
    struct span items = walk_items(walk, &single);
    const struct value *const whole = walk->term.value;
    /* A variable begins with the context as it is, and there may be none. */
    if (index == 0 && (!whole || path->items[0]->type == EXPR_VARIABLE)) {
        single = whole;
        items = (struct span){&single, 1};
    }
    if (step->tuple && !walk->tuples) walk->tuples = tuples_of(machine, items);
    if (index == 0 && step->array_first) {
        walk->term = machine_evaluate(machine, step, whole, frame);
        walk->tuples = NULL;
        return walk->term.value && walk->term.value->count > 0;
    }
    if (walk->tuples) {
        walk->tuples = tuple_step(machine, step, walk->tuples, frame);
        return true;
    }
    walk->term = plain_step(machine, step, items, frame, index + 1 == path->count);
    return walk->term.value && (walk->term.value->type != VALUE_LIST || walk->term.value->count);
}

static struct term tuples_term(struct machine *machine, const struct tuples *tuples)
{
    struct value_list list = {0};
    for (size_t i = 0; i < tuples->count; i++)
        if (tuples->items[i].item) value_list_add(&list, machine->arena, tuples->items[i].item);
    return (struct term){.value = machine_list(machine, &list), .sequence = true};
}

struct term machine_path(struct machine *machine, const struct expr *expr,
                         const struct value *input, struct frame *frame)
{
    struct walk walk = {.term = term_of(input)};
    for (size_t i = 0; i < expr->count && !machine->fault; i++)
        if (!walk_step(machine, expr, i, &walk, frame)) break;
    if (machine->fault) return term_of(NULL);
    if (walk.tuples) {
        walk.term = tuples_term(machine, walk.tuples);
        if (expr->tuple && !expr->group) walk.term.tuples = walk.tuples;
    }
    if (expr->keep_array && value_is(walk.term.value, VALUE_LIST)) {
        if (walk.term.whole && !walk.term.sequence) {
            struct value_list list = {0};
            value_list_add(&list, machine->arena, walk.term.value);
            walk.term = term_of(machine_list(machine, &list));
        }
        walk.term.sequence = walk.term.keep = true;
    }
    if (!expr->group) return walk.term;
    return term_of(machine_group(machine, expr->group, walk.term.value, walk.tuples, frame));
}
