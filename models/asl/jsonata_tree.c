#include "base/arena.h"
#include "models/asl/jsonata_syntax.h"
#include "models/asl/value.h"

struct expr *expr_new(struct lexer *lexer, enum expr_type type, size_t offset)
{
    struct expr *expr = arena_new_item(lexer->arena, struct expr);
    expr->type = type;
    expr->offset = (uint32_t)offset;
    expr->depth = 1;
    return expr;
}

static void expr_seek_also(struct expr *expr, struct expr_slot *slots)
{
    while (slots) {
        struct expr_slot *const next = slots->next;
        slots->next = expr->seeking;
        expr->seeking = slots;
        slots = next;
    }
}

static struct expr_slot *expr_take_slots(struct expr *expr)
{
    struct expr_slot *const slots = expr->seeking;
    expr->seeking = NULL;
    return slots;
}

static bool expr_raise(struct lexer *lexer, struct expr *parent, const struct expr *child)
{
    if (parent->depth <= child->depth) parent->depth = (uint16_t)(child->depth + 1);
    if (parent->depth <= JSONATA_NESTING_MOST) return true;
    return lexer_fail(lexer, child->offset,
                      "The expression nests deeper than %d levels; split it up",
                      JSONATA_NESTING_MOST);
}

bool expr_adopt(struct lexer *lexer, struct expr *parent, struct expr *child)
{
    TRY(child && expr_raise(lexer, parent, child));
    expr_seek_also(parent, expr_take_slots(child));
    return true;
}

static void expr_append(struct lexer *lexer, struct expr *parent, struct expr *child)
{
    parent->items = arena_grow(lexer->arena, parent->items, parent->count, &parent->capacity,
                               sizeof(struct expr *));
    parent->items[parent->count++] = child;
}

bool expr_add(struct lexer *lexer, struct expr *parent, struct expr *child)
{
    TRY(expr_adopt(lexer, parent, child));
    expr_append(lexer, parent, child);
    return true;
}

static struct expr *expr_last_step(struct expr *expr)
{
    return expr->type == EXPR_PATH ? expr->items[expr->count - 1] : expr;
}

static bool expr_seek(struct lexer *lexer, struct expr *step, struct expr_slot *slot);

/* From the step at `index` (counted from 1) to the left, until the slot has its step. What remains
 * is for the expression around the path. */
static bool expr_seek_back(struct lexer *lexer, struct expr *path, size_t index,
                           struct expr_slot *slot)
{
    while (slot->level > 0 && index > 0) {
        const struct expr *const at = path->items[--index];
        /* Steps that bind their context leave their own input as it is. */
        while (index > 0 && at->focus && path->items[index - 1]->focus) index--;
        TRY(expr_seek(lexer, path->items[index], slot));
    }
    if (slot->level > 0) {
        slot->next = NULL;
        expr_seek_also(path, slot);
    }
    return true;
}

static bool expr_seek_within(struct lexer *lexer, struct expr *step, struct expr_slot *slot)
{
    step->tuple = true;
    if (step->type == EXPR_PATH) return expr_seek_back(lexer, step, step->count, slot);
    return step->count == 0 || expr_seek(lexer, step->items[step->count - 1], slot);
}

/* Ties `slot` to `step` or to a step within it. */
static bool expr_seek(struct lexer *lexer, struct expr *step, struct expr_slot *slot)
{
    if (step->type == EXPR_PATH || step->type == EXPR_BLOCK)
        return expr_seek_within(lexer, step, slot);
    if (step->type == EXPR_PARENT) {
        slot->level++;
        return true;
    }
    if (step->type != EXPR_NAME && step->type != EXPR_WILDCARD)
        return lexer_fail(lexer, step->offset,
                          "S0217: The object representing the 'parent' cannot be derived from this "
                          "expression");
    if (--slot->level > 0) return true;
    if (step->ancestor)
        slot->label = step->ancestor->label;
    else
        step->ancestor = slot;
    step->tuple = true;
    return true;
}

/* Ties each % in the last step of `path` to the step it refers to. */
static bool expr_resolve(struct lexer *lexer, struct expr *path)
{
    struct expr_slot *slot = expr_take_slots(expr_last_step(path));
    while (slot) {
        struct expr_slot *const next = slot->next;
        TRY(expr_seek_back(lexer, path, path->count - 1, slot));
        slot = next;
    }
    return true;
}

struct expr *expr_path(struct lexer *lexer, struct expr *step)
{
    if (!step || step->type == EXPR_PATH) return step;
    struct expr *const path = expr_new(lexer, EXPR_PATH, step->offset);
    if (!expr_add(lexer, path, step)) return NULL;
    path->keep_array = step->keep_array;
    return path;
}

static struct expr *expr_as_step(struct lexer *lexer, struct expr *step)
{
    if (step->type == EXPR_STRING) step->type = EXPR_NAME;
    if (step->type != EXPR_NUMBER && step->type != EXPR_LITERAL) return step;
    lexer_fail(lexer, step->offset,
               "S0213: The literal value %s cannot be used as a step within a path expression",
               value_to_json(lexer->arena, step->value));
    return NULL;
}

static bool expr_add_step(struct lexer *lexer, struct expr *path, struct expr *step)
{
    TRY(expr_as_step(lexer, step) && expr_raise(lexer, path, step));
    expr_append(lexer, path, step);
    path->keep_array = path->keep_array || step->keep_array;
    return true;
}

static bool expr_add_steps(struct lexer *lexer, struct expr *path, struct expr *right)
{
    if (right->type != EXPR_PATH) return expr_add_step(lexer, path, right);
    for (size_t i = 0; i < right->count; i++) TRY(expr_add_step(lexer, path, right->items[i]));
    path->keep_array = path->keep_array || right->keep_array;
    if (right->group) path->group = right->group;
    return true;
}

struct expr *expr_join(struct lexer *lexer, struct expr *left, struct expr *right, size_t offset)
{
    if (!left || !right || (left->type != EXPR_PATH && !expr_as_step(lexer, left))) return NULL;
    struct expr *const path = expr_path(lexer, left);
    if (!path || !expr_add_steps(lexer, path, right)) return NULL;
    path->offset = (uint32_t)offset;
    struct expr *const first = path->items[0];
    struct expr *const last = expr_last_step(path);
    if (first->type == EXPR_ARRAY) first->array_first = first->array_whole = true;
    if (last->type == EXPR_ARRAY) last->array_whole = true;
    return expr_resolve(lexer, path) ? path : NULL;
}

static void expr_add_stage(struct lexer *lexer, struct expr *step, const struct expr *filter,
                           const char *index)
{
    struct expr_stage *const stage = arena_new_item(lexer->arena, struct expr_stage);
    stage->filter = filter;
    stage->index = index;
    struct expr_stage **end = &step->stages;
    while (*end) end = &(*end)->next;
    *end = stage;
}

/* A % in a predicate is the parent of the step that is filtered. */
static bool expr_seek_in_filter(struct lexer *lexer, struct expr *step, struct expr *filter)
{
    struct expr_slot *slot = expr_take_slots(filter);
    while (slot) {
        struct expr_slot *const next = slot->next;
        slot->next = NULL;
        if (slot->level == 1) {
            TRY(expr_seek(lexer, step, slot));
        } else {
            slot->level--;
        }
        if (slot->level > 0) expr_seek_also(step, slot);
        slot = next;
    }
    return true;
}

struct expr *expr_filter(struct lexer *lexer, struct expr *left, struct expr *filter, size_t offset)
{
    if (!left || !filter) return NULL;
    struct expr *const step = expr_last_step(left);
    if (step->group) {
        lexer_fail(lexer, offset,
                   "S0209: A predicate cannot follow a grouping expression in a step");
        return NULL;
    }
    if (!expr_seek_in_filter(lexer, step, filter) || !expr_raise(lexer, step, filter) ||
        (step != left && !expr_raise(lexer, left, step)))
        return NULL;
    expr_add_stage(lexer, step, filter, NULL);
    return left;
}

struct expr *expr_group(struct lexer *lexer, struct expr *left, struct expr *group, size_t offset)
{
    if (!left || !group) return NULL;
    if (left->group) {
        lexer_fail(lexer, offset, "S0210: Each step can only have one grouping expression");
        return NULL;
    }
    if (!expr_adopt(lexer, left, group)) return NULL;
    left->group = group;
    return left;
}

struct expr *expr_order(struct lexer *lexer, struct expr *left, struct expr *sort)
{
    struct expr *const path = expr_path(lexer, left);
    if (!path || !sort || !expr_add_step(lexer, path, sort)) return NULL;
    return expr_resolve(lexer, path) ? path : NULL;
}

struct expr *expr_focus(struct lexer *lexer, struct expr *left, const char *name, size_t offset)
{
    if (!left) return NULL;
    struct expr *const step = expr_last_step(left);
    if (step->stages) {
        lexer_fail(lexer, offset,
                   "S0215: A context variable binding must precede any predicates on a step");
        return NULL;
    }
    if (step->type == EXPR_SORT) {
        lexer_fail(lexer, offset,
                   "S0216: A context variable binding must precede the 'order-by' clause on a "
                   "step");
        return NULL;
    }
    step->focus = name;
    step->tuple = true;
    return left;
}

struct expr *expr_index(struct lexer *lexer, struct expr *left, const char *name)
{
    struct expr *const path = expr_path(lexer, left);
    if (!path) return NULL;
    struct expr *const step = expr_last_step(path);
    if (step->stages)
        expr_add_stage(lexer, step, NULL, name);
    else
        step->index = name;
    step->tuple = true;
    return path;
}

struct expr *expr_keep_array(struct expr *left)
{
    if (!left) return NULL;
    expr_last_step(left)->keep_array = true;
    left->keep_array = true;
    return left;
}
