/* The intrinsic functions of lists and numbers. */
#include "base/arena.h"
#include "models/asl/expression.h"
#include "models/asl/intrinsic.h"
#include "models/asl/value_internal.h"

#include <math.h>

enum { RANGE_MOST = 1000 };

/* A number rounded as Java's Math.round does: halves go up. */
static bool take_integer(struct intrinsic_call *call, size_t index, int64_t *out)
{
    const struct value *value = call->arguments[index];
    if (value->type != VALUE_NUMBER || fabs(value->number) > (double)VALUE_EXACT)
        return intrinsic_fail(call, "The argument must be an integer") != NULL;
    *out = (int64_t)floor(value->number + 0.5);
    return true;
}

static const struct value *take_list(struct intrinsic_call *call)
{
    if (call->arguments[0]->type == VALUE_LIST) return call->arguments[0];
    return intrinsic_fail(call, "The first argument must be an array");
}

const struct value *intrinsic_array(struct intrinsic_call *call)
{
    return value_list(call->arena, call->arguments, call->count);
}

const struct value *intrinsic_array_partition(struct intrinsic_call *call)
{
    const struct value *list = take_list(call);
    int64_t size = 0;
    if (!list || !take_integer(call, 1, &size)) return NULL;
    if (size < 1) return intrinsic_fail(call, "The chunk size must be a positive integer");
    struct value_list chunks = {0};
    for (int64_t i = 0; i < list->count; i += size) {
        const int64_t rest = list->count - i;
        value_list_add(
            &chunks, call->arena,
            value_list(call->arena, list->items + i, (size_t)(rest < size ? rest : size)));
    }
    return value_list_end(&chunks, call->arena);
}

const struct value *intrinsic_array_contains(struct intrinsic_call *call)
{
    const struct value *list = take_list(call);
    if (!list) return NULL;
    for (uint32_t i = 0; i < list->count; i++)
        if (value_equal(list->items[i], call->arguments[1])) return &value_true;
    return &value_false;
}

const struct value *intrinsic_array_range(struct intrinsic_call *call)
{
    int64_t first = 0, last = 0, step = 0;
    if (!take_integer(call, 0, &first) || !take_integer(call, 1, &last) ||
        !take_integer(call, 2, &step))
        return NULL;
    if (step == 0) return intrinsic_fail(call, "The step must not be zero");
    const int64_t count = (last - first) / step + 1;
    const bool none = step > 0 ? first > last : first < last;
    if (!none && count > RANGE_MOST)
        return intrinsic_fail(call, "The range must not have more than 1000 items");
    struct value_list list = {0};
    for (int64_t i = 0; !none && i < count; i++)
        value_list_add(&list, call->arena, value_integer(call->arena, first + i * step));
    return value_list_end(&list, call->arena);
}

const struct value *intrinsic_array_get_item(struct intrinsic_call *call)
{
    const struct value *list = take_list(call);
    int64_t index = 0;
    if (!list || !take_integer(call, 1, &index)) return NULL;
    if (index < 0 || index >= list->count)
        return intrinsic_fail(call, "The index is outside the array");
    return list->items[index];
}

const struct value *intrinsic_array_length(struct intrinsic_call *call)
{
    const struct value *list = take_list(call);
    return list ? value_integer(call->arena, list->count) : NULL;
}

/* Items seen so far, in a table by hash. */
struct seen {
    const struct value **slots;
    size_t size; /* a power of two, more than twice the items */
};

static bool is_new(struct seen *seen, const struct value *item)
{
    size_t at = (size_t)value_hash(item) & (seen->size - 1);
    for (; seen->slots[at]; at = (at + 1) & (seen->size - 1))
        if (value_equal(seen->slots[at], item)) return false;
    seen->slots[at] = item;
    return true;
}

const struct value *intrinsic_array_unique(struct intrinsic_call *call)
{
    const struct value *list = take_list(call);
    if (!list) return NULL;
    struct seen seen = {.size = 4};
    while (seen.size < (size_t)2 * list->count) seen.size *= 2;
    seen.slots = arena_array(call->arena, const struct value *, seen.size);
    struct value_list unique = {0};
    for (uint32_t i = 0; i < list->count; i++)
        if (is_new(&seen, list->items[i])) value_list_add(&unique, call->arena, list->items[i]);
    return value_list_end(&unique, call->arena);
}

const struct value *intrinsic_json_merge(struct intrinsic_call *call)
{
    const struct value *first = call->arguments[0], *second = call->arguments[1];
    if (first->type != VALUE_MAP || second->type != VALUE_MAP)
        return intrinsic_fail(call, "The first two arguments must be objects");
    if (call->arguments[2]->type != VALUE_BOOL || call->arguments[2]->boolean)
        return intrinsic_fail(call, "Only the shallow mode is supported: the last argument must be "
                                    "false");
    struct value_map map = {0};
    value_map_put_all(&map, call->arena, first);
    value_map_put_all(&map, call->arena, second);
    return value_map_end(&map, call->arena);
}

/* SplitMix64 (Steele, Lea and Flood 2014): its output function over a counter. */
static uint64_t mix(uint64_t x)
{
    x += 0x9E3779B97F4A7C15ULL;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9ULL;
    x = (x ^ x >> 27) * 0x94D049BB133111EBULL;
    return x ^ x >> 31;
}

uint64_t evaluation_draw(struct asl_run *run)
{
    return mix(mix(run->seed) + run->draws++ * 0x9E3779B97F4A7C15ULL);
}

const struct value *intrinsic_math_random(struct intrinsic_call *call)
{
    int64_t low = 0, high = 0, seed = 0;
    if (!take_integer(call, 0, &low) || !take_integer(call, 1, &high)) return NULL;
    if (call->count == 3 && !take_integer(call, 2, &seed)) return NULL;
    if (low >= high)
        return intrinsic_fail(call, "The start number must be less than the end number");
    const uint64_t bits = call->count == 3 ? mix((uint64_t)seed) : evaluation_draw(call->run);
    const uint64_t range = (uint64_t)(high - low);
    return value_integer(call->arena, low + (int64_t)(uint64_t)((uint128)bits * range >> 64));
}

const struct value *intrinsic_math_add(struct intrinsic_call *call)
{
    int64_t first = 0, second = 0;
    if (!take_integer(call, 0, &first) || !take_integer(call, 1, &second)) return NULL;
    return value_integer(call->arena, first + second);
}
