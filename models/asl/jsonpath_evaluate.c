#include "base/arena.h"
#include "models/asl/jsonpath_internal.h"

#include <string.h>

/* Places that one evaluation may visit: some ten times what a payload of the greatest size holds.
 */
enum { WORK_MOST = 5 * 1000 * 1000, MEMBERS_A_STEP = 8 };

/* One path being evaluated from one place. */
struct walk {
    const struct jsonpath *path;
    struct path_work *work;
    struct value_list found;
};

static bool spend(struct path_work *work, size_t steps)
{
    if (work->left <= steps) {
        work->left = 0;
        return false;
    }
    work->left -= steps;
    return true;
}

static const struct value *member_of(struct path_work *work, const struct value *value,
                                     const char *name)
{
    if (value->type != VALUE_MAP || !spend(work, 1 + value->count / MEMBERS_A_STEP)) return NULL;
    return value_get(value, name);
}

static const struct value *item_of(const struct value *value, int64_t index)
{
    if (value->type != VALUE_LIST) return NULL;
    if (index < 0) index += value->count;
    return index >= 0 && index < (int64_t)value->count ? value->items[index] : NULL;
}

static const struct value *child_of(const struct value *value, uint32_t index)
{
    return value->type == VALUE_MAP ? value->members[index].value : value->items[index];
}

static bool has_children(const struct value *value)
{
    return value->type == VALUE_LIST || value->type == VALUE_MAP;
}

static void walk_from(struct walk *walk, size_t at, const struct value *value);

static void walk_named(struct walk *walk, size_t at, const struct value *value)
{
    const struct step *step = &walk->path->steps[at];
    for (size_t i = 0; i < step->count; i++) {
        const struct value *child = step->type == STEP_NAMES
                                        ? member_of(walk->work, value, step->names[i])
                                        : item_of(value, step->indices[i]);
        if (child) walk_from(walk, at + 1, child);
    }
}

/* One end of a slice as an index from 0 to count. */
static uint32_t slice_end(int32_t end, uint32_t count, uint32_t open)
{
    if (end == SLICE_OPEN) return open;
    const int64_t index = end < 0 ? (int64_t)end + count : end;
    return index < 0 ? 0 : index > count ? count : (uint32_t)index;
}

static void walk_slice(struct walk *walk, size_t at, const struct value *value)
{
    if (value->type != VALUE_LIST) return;
    const struct step *step = &walk->path->steps[at];
    const uint32_t to = slice_end(step->to, value->count, value->count);
    uint64_t i = slice_end(step->from, value->count, 0);
    for (; i < to && walk->work->left > 0; i += (uint32_t)step->by)
        walk_from(walk, at + 1, value->items[i]);
}

static void walk_all(struct walk *walk, size_t at, const struct value *value)
{
    for (uint32_t i = 0; has_children(value) && i < value->count && walk->work->left > 0; i++)
        walk_from(walk, at + 1, child_of(value, i));
}

/* The depth of values bounds the recursion. */
static void walk_deep(struct walk *walk, size_t at, const struct value *value)
{
    if (!spend(walk->work, 1)) return;
    walk_from(walk, at + 1, value);
    for (uint32_t i = 0; has_children(value) && i < value->count && walk->work->left > 0; i++)
        if (has_children(child_of(value, i))) walk_deep(walk, at, child_of(value, i));
}

/* A filter looks at a list's items; an object is looked at itself. */
static void walk_filter(struct walk *walk, size_t at, const struct value *value)
{
    const struct condition *condition = walk->path->steps[at].condition;
    if (value->type == VALUE_MAP && path_holds(condition, walk->work, value))
        walk_from(walk, at + 1, value);
    for (uint32_t i = 0; value->type == VALUE_LIST && i < value->count; i++)
        if (walk->work->left > 0 && path_holds(condition, walk->work, value->items[i]))
            walk_from(walk, at + 1, value->items[i]);
}

static void walk_from(struct walk *walk, size_t at, const struct value *value)
{
    if (!spend(walk->work, 1)) return;
    if (at == walk->path->count || walk->path->steps[at].type == STEP_FUNCTION) {
        value_list_add(&walk->found, walk->work->arena, value);
        return;
    }
    switch (walk->path->steps[at].type) {
    case STEP_NAMES:
    case STEP_INDICES: walk_named(walk, at, value); break;
    case STEP_SLICE: walk_slice(walk, at, value); break;
    case STEP_ALL: walk_all(walk, at, value); break;
    case STEP_DEEP: walk_deep(walk, at, value); break;
    case STEP_FILTER: walk_filter(walk, at, value); break;
    case STEP_FUNCTION: break;
    }
}

/* The path up to and with step `last`: $['a'][0]. */
static const char *path_text(const struct jsonpath *path, struct arena *arena, size_t last)
{
    size_t length = 2;
    for (size_t i = 0; i < path->count && i <= last; i++) length += strlen(path->steps[i].text);
    char *text = arena_alloc(arena, length);
    text[0] = path->relative ? '@' : '$';
    size_t used = 1;
    for (size_t i = 0; i < path->count && i <= last; i++) {
        const size_t size = strlen(path->steps[i].text);
        memcpy(text + used, path->steps[i].text, size);
        used += size;
    }
    return text;
}

static const char *jackson_type(const struct value *value)
{
    switch (value->type) {
    case VALUE_NULL: return "com.fasterxml.jackson.databind.node.NullNode";
    case VALUE_BOOL: return "com.fasterxml.jackson.databind.node.BooleanNode";
    case VALUE_NUMBER:
        return value->boolean ? "com.fasterxml.jackson.databind.node.DoubleNode"
                              : "com.fasterxml.jackson.databind.node.IntNode";
    case VALUE_STRING: return "com.fasterxml.jackson.databind.node.TextNode";
    case VALUE_LIST: return "com.fasterxml.jackson.databind.node.ArrayNode";
    case VALUE_MAP: break;
    }
    return "com.fasterxml.jackson.databind.node.ObjectNode";
}

/* Why a definite path stopped at step `at`, at `value`. */
static const char *missing(const struct jsonpath *path, struct arena *arena, size_t at,
                           const struct value *value)
{
    const struct step *step = &path->steps[at];
    if (step->type == STEP_NAMES && value->type != VALUE_MAP)
        return arena_format(arena,
                            "Expected to find an object with property %s in path %s but found "
                            "'%s'. This is not a json object according to the JsonProvider: "
                            "'com.jayway.jsonpath.spi.json.JacksonJsonNodeJsonProvider'.",
                            step->text, at > 0 ? path_text(path, arena, at - 1) : "$",
                            jackson_type(value));
    if (step->type == STEP_INDICES && value->type != VALUE_LIST)
        return arena_format(arena,
                            "Filter: %s can only be applied to arrays. Current context is: %.200s",
                            step->text, value_to_json(arena, value));
    const bool leaf = at + 1 == path->count || step->type == STEP_INDICES;
    return arena_format(arena, "%s path%s %s", leaf ? "No results for" : "Missing property in",
                        leaf ? ":" : "", path_text(path, arena, leaf ? path->count : at));
}

/* `fault` may be NULL: then nobody asks why. */
static const struct value *follow(const struct jsonpath *path, struct path_work *work,
                                  const struct value *value, const char **fault)
{
    for (size_t i = 0; i < path->count && path->steps[i].type != STEP_FUNCTION; i++) {
        const struct step *step = &path->steps[i];
        const struct value *next = step->type == STEP_NAMES ? member_of(work, value, step->names[0])
                                                            : item_of(value, step->indices[0]);
        if (!next) {
            if (fault) *fault = missing(path, work->arena, i, value);
            return NULL;
        }
        value = next;
    }
    return value;
}

/* Whether all before a function at the end is definite. */
static bool names_one_place(const struct jsonpath *path)
{
    for (size_t i = 0; i < path->count; i++) {
        const struct step *step = &path->steps[i];
        const bool one = step->type == STEP_NAMES || step->type == STEP_INDICES;
        if (step->type != STEP_FUNCTION && !(one && step->count == 1)) return false;
    }
    return true;
}

const struct value *path_evaluate(const struct jsonpath *path, struct path_work *work,
                                  const struct value *start, const char **fault)
{
    const struct value *value = NULL;
    if (names_one_place(path)) {
        value = follow(path, work, start, fault);
    } else {
        struct walk walk = {.path = path, .work = work};
        walk_from(&walk, 0, start);
        value = value_list_end(&walk.found, work->arena);
    }
    const struct step *last = path->count > 0 ? &path->steps[path->count - 1] : NULL;
    if (!value || !last || last->type != STEP_FUNCTION) return value;
    const struct value *result = path_call(last->function, work->arena, value);
    if (!result && fault)
        *fault = arena_format(work->arena, "No results for path: %s",
                              path_text(path, work->arena, path->count));
    return result;
}

const struct value *jsonpath_evaluate(const struct jsonpath *path, struct arena *arena,
                                      const struct value *root, const char **fault)
{
    struct path_work work = {.arena = arena, .root = root, .left = WORK_MOST};
    const struct value *value = path_evaluate(path, &work, root, fault);
    if (work.left > 0) return value;
    if (fault) *fault = "The path visits too many places";
    return NULL;
}

static const struct value *put_from(const struct jsonpath *path, struct arena *arena, size_t at,
                                    const struct value *root, const struct value *value)
{
    if (at == path->count) return value;
    const struct step *step = &path->steps[at];
    if (step->type == STEP_NAMES) {
        if (root && root->type != VALUE_MAP) return NULL;
        const struct value *child =
            put_from(path, arena, at + 1, value_get(root, step->names[0]), value);
        return child ? value_with(arena, root ? root : &value_empty_map, step->names[0], child)
                     : NULL;
    }
    const struct value *present = root ? item_of(root, step->indices[0]) : NULL;
    const struct value *child = present ? put_from(path, arena, at + 1, present, value) : NULL;
    if (!child) return NULL;
    const struct value **items = arena_array(arena, const struct value *, root->count);
    memcpy(items, root->items, root->count * sizeof *items);
    items[step->indices[0]] = child;
    return value_list(arena, items, root->count);
}

const struct value *jsonpath_put(const struct jsonpath *path, struct arena *arena,
                                 const struct value *root, const struct value *value)
{
    return put_from(path, arena, 0, root, value);
}
