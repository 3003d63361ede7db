/* The conditions of JSONPath filters, and functions: evaluating them. */
#include "base/arena.h"
#include "models/asl/jsonpath_internal.h"

#include <math.h>
#include <string.h>

static const struct value *operand_value(const struct operand *operand, struct path_work *work,
                                         const struct value *item)
{
    if (!operand->path) return operand->literal;
    return path_evaluate(operand->path, work, operand->path->relative ? item : work->root, NULL);
}

/* Below, equal, above: -1, 0, 1; 2 if there is no order between them. */
static int compare(const struct value *a, const struct value *b)
{
    if (!a || !b || a->type != b->type) return 2;
    if (a->type == VALUE_NUMBER) return (a->number > b->number) - (a->number < b->number);
    if (a->type != VALUE_STRING) return value_equal(a, b) ? 0 : 2;
    const size_t shorter = a->count < b->count ? a->count : b->count;
    const int order = memcmp(a->text, b->text, shorter);
    if (order != 0) return order < 0 ? -1 : 1;
    return (a->count > b->count) - (a->count < b->count);
}

static bool spend(struct path_work *work, size_t steps)
{
    work->left = work->left > steps ? work->left - steps : 0;
    return work->left > 0;
}

static bool is_in(struct path_work *work, const struct value *item, const struct value *list)
{
    if (!item || !list || list->type != VALUE_LIST) return false;
    for (uint32_t i = 0; i < list->count && spend(work, 1); i++)
        if (value_equal(item, list->items[i])) return true;
    return false;
}

/* How many of the first list's items are in the second. */
static size_t count_in(struct path_work *work, const struct value *first,
                       const struct value *second)
{
    size_t count = 0;
    for (uint32_t i = 0; i < first->count; i++) count += is_in(work, first->items[i], second);
    return count;
}

static bool contains(struct path_work *work, const struct value *whole, const struct value *part)
{
    if (!whole || !part || whole->type != VALUE_STRING) return is_in(work, part, whole);
    return part->type == VALUE_STRING && memmem(whole->text, whole->count, part->text, part->count);
}

static bool is_sized(const struct value *value)
{
    return value && value->type >= VALUE_STRING;
}

static bool both_lists(const struct value *a, const struct value *b)
{
    return a && b && a->type == VALUE_LIST && b->type == VALUE_LIST;
}

static bool not_in(struct path_work *work, const struct value *item, const struct value *list)
{
    return !is_in(work, item, list);
}

static bool any_of(struct path_work *work, const struct value *a, const struct value *b)
{
    return both_lists(a, b) && count_in(work, a, b) > 0;
}

static bool none_of(struct path_work *work, const struct value *a, const struct value *b)
{
    return both_lists(a, b) && count_in(work, a, b) == 0;
}

static bool subset_of(struct path_work *work, const struct value *a, const struct value *b)
{
    return both_lists(a, b) && count_in(work, a, b) == a->count;
}

static bool has_size(struct path_work *work, const struct value *sized, const struct value *size)
{
    (void)work;
    return is_sized(sized) && size && value_is_whole(size) && size->number >= 0 &&
           (int64_t)size->number == (int64_t)sized->count;
}

static bool is_empty(struct path_work *work, const struct value *sized, const struct value *empty)
{
    (void)work;
    return is_sized(sized) && empty && empty->type == VALUE_BOOL &&
           (sized->count == 0) == empty->boolean;
}

typedef bool relation_fn(struct path_work *work, const struct value *a, const struct value *b);

/* What compare may give, one bit each. */
enum { BELOW = 1, SAME = 2, ABOVE = 4, NO_ORDER = 8 };

/* How a condition looks at its two sides: by their order, or by a relation. */
static const struct {
    unsigned orders;
    relation_fn *relation;
} comparisons[] = {
    [CONDITION_EQUAL] = {SAME, NULL},
    [CONDITION_UNEQUAL] = {BELOW | ABOVE | NO_ORDER, NULL},
    [CONDITION_LESS] = {BELOW, NULL},
    [CONDITION_LESS_EQUAL] = {BELOW | SAME, NULL},
    [CONDITION_GREATER] = {ABOVE, NULL},
    [CONDITION_GREATER_EQUAL] = {ABOVE | SAME, NULL},
    [CONDITION_IN] = {0, is_in},
    [CONDITION_NOT_IN] = {0, not_in},
    [CONDITION_ANY_OF] = {0, any_of},
    [CONDITION_NONE_OF] = {0, none_of},
    [CONDITION_SUBSET_OF] = {0, subset_of},
    [CONDITION_CONTAINS] = {0, contains},
    [CONDITION_SIZE] = {0, has_size},
    [CONDITION_EMPTY] = {0, is_empty},
};

static bool matches(const struct condition *condition, struct path_work *work,
                    const struct value *left, const struct value *right)
{
    const struct pattern *first = condition->left.pattern;
    const struct value *text = first ? right : left;
    return text && text->type == VALUE_STRING &&
           path_pattern_matches(first ? first : condition->right.pattern, work, text);
}

static bool comparison_holds(const struct condition *condition, struct path_work *work,
                             const struct value *item)
{
    const struct value *left = operand_value(&condition->left, work, item);
    if (condition->type == CONDITION_EXISTS)
        return left && (condition->left.path->definite || left->count > 0);
    const struct value *right = operand_value(&condition->right, work, item);
    if (condition->type == CONDITION_MATCHES) return matches(condition, work, left, right);
    relation_fn *relation = comparisons[condition->type].relation;
    if (relation) return relation(work, left, right);
    return (comparisons[condition->type].orders & 1U << (compare(left, right) + 1)) != 0;
}

bool path_holds(const struct condition *condition, struct path_work *work, const struct value *item)
{
    if (!spend(work, 1)) return false;
    if (condition->type == CONDITION_NOT) return !path_holds(condition->first, work, item);
    if (condition->type != CONDITION_AND && condition->type != CONDITION_OR)
        return comparison_holds(condition, work, item);
    const bool first = path_holds(condition->first, work, item);
    if (first == (condition->type == CONDITION_OR)) return first;
    return path_holds(condition->second, work, item);
}

static const struct value *keys_of(struct arena *arena, const struct value *map)
{
    if (map->type != VALUE_MAP) return NULL;
    struct value_list keys = {0};
    for (uint32_t i = 0; i < map->count; i++)
        value_list_add(&keys, arena, value_string(arena, map->members[i].key));
    return value_list_end(&keys, arena);
}

/* Of the numbers in a list; what is no number is passed over. NULL if there is none. */
static const struct value *aggregate(enum path_function function, struct arena *arena,
                                     const struct value *list)
{
    double sum = 0, squares = 0, least = HUGE_VAL, most = -HUGE_VAL;
    size_t count = 0;
    for (uint32_t i = 0; list->type == VALUE_LIST && i < list->count; i++) {
        if (list->items[i]->type != VALUE_NUMBER) continue;
        const double number = list->items[i]->number;
        sum += number;
        squares += number * number;
        least = fmin(least, number);
        most = fmax(most, number);
        count++;
    }
    if (count == 0) return NULL;
    const double mean = sum / (double)count;
    const double result = function == FUNCTION_MIN   ? least
                          : function == FUNCTION_MAX ? most
                          : function == FUNCTION_SUM ? sum
                          : function == FUNCTION_AVERAGE
                              ? mean
                              : sqrt(fmax(0, squares / (double)count - mean * mean));
    return isfinite(result) ? value_decimal(arena, result) : NULL;
}

const struct value *path_call(enum path_function function, struct arena *arena,
                              const struct value *value)
{
    const bool list = value->type == VALUE_LIST;
    switch (function) {
    case FUNCTION_LENGTH:
        return is_sized(value) ? value_integer(arena, (int64_t)value->count) : NULL;
    case FUNCTION_KEYS: return keys_of(arena, value);
    case FUNCTION_FIRST: return list && value->count > 0 ? value->items[0] : NULL;
    case FUNCTION_LAST: return list && value->count > 0 ? value->items[value->count - 1] : NULL;
    case FUNCTION_MIN:
    case FUNCTION_MAX:
    case FUNCTION_AVERAGE:
    case FUNCTION_SUM:
    case FUNCTION_DEVIATION:
    case FUNCTION_COUNT: break;
    }
    return aggregate(function, arena, value);
}
