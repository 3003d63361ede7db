#include "base/arena.h"
#include "base/document_internal.h"

#include <stdlib.h>
#include <string.h>

/* Below this many items a linear search beats sorting. */
enum { SMALL_MAP = 16 };

static int compare_keys(const void *left, const void *right)
{
    const struct node *const *a = left;
    const struct node *const *b = right;
    return strcmp((*a)->key, (*b)->key);
}

struct key_index key_index_make(struct arena *arena, const struct node *map)
{
    struct key_index index = {.count = map->count};
    index.items = arena_array(arena, const struct node *, map->count);
    size_t filled = 0;
    for (const struct node *item = map->first; item; item = item->next)
        index.items[filled++] = item;
    if (index.count > 1) qsort(index.items, index.count, sizeof *index.items, compare_keys);
    return index;
}

const struct node *key_index_find(const struct key_index *index, const char *key)
{
    size_t low = 0;
    size_t high = index->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(index->items[middle]->key, key);
        if (order == 0) return index->items[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static bool stands_before(const struct place *a, const struct place *b)
{
    return a->line != b->line ? a->line < b->line : a->column < b->column;
}

static bool fault_duplicate(struct source *source, const struct node *a, const struct node *b)
{
    bool ordered = stands_before(&a->key_place, &b->key_place);
    const struct node *first = ordered ? a : b;
    const struct node *second = ordered ? b : a;
    error_at(source->err, second->key_place,
             "the key '%s' stands twice in this map, first in line %d",
             excerpt_of(second->key).text, first->key_place.line);
    error_hint(source->err, "remove one of the two, or rename it");
    return false;
}

static bool check_small_map(struct source *source, const struct node *map)
{
    for (const struct node *a = map->first; a; a = a->next)
        for (const struct node *b = a->next; b; b = b->next)
            if (strcmp(a->key, b->key) == 0) return fault_duplicate(source, a, b);
    return true;
}

bool document_check_keys(struct source *source, const struct node *map)
{
    if (map->count <= SMALL_MAP) return check_small_map(source, map);
    struct arena *scratch = arena_new();
    struct key_index index = key_index_make(scratch, map);
    bool unique = true;
    for (size_t i = 1; unique && i < index.count; i++)
        if (strcmp(index.items[i - 1]->key, index.items[i]->key) == 0)
            unique = fault_duplicate(source, index.items[i - 1], index.items[i]);
    arena_free(scratch);
    return unique;
}

const struct node *node_get(const struct node *map, const char *key)
{
    if (!map || map->type != NODE_MAP) return NULL;
    for (const struct node *item = map->first; item; item = item->next)
        if (strcmp(item->key, key) == 0) return item;
    return NULL;
}

/* The item of `map` whose key begins `path` and ends at a dot or with it; of several the longest,
 * so that keys with dots ("gpt-4.1") can be named. *length is its key's. */
static const struct node *longest_key(const struct node *map, const char *path, size_t *length)
{
    const struct node *best = NULL;
    for (const struct node *item = map->first; item; item = item->next) {
        size_t size = strlen(item->key);
        if (strncmp(item->key, path, size) != 0) continue;
        if (path[size] != '\0' && path[size] != '.') continue;
        if (best && size <= *length) continue;
        best = item;
        *length = size;
    }
    return best;
}

/* Item number `step` of a list; NULL when it is no index or beyond the end. */
static const struct node *list_item(const struct node *list, const char *step, size_t length)
{
    size_t index = 0;
    if (length == 0 || length > 9) return NULL;
    for (size_t i = 0; i < length; i++) {
        if (step[i] < '0' || step[i] > '9') return NULL;
        index = 10 * index + (size_t)(step[i] - '0');
    }
    const struct node *item = list->first;
    while (item && index-- > 0) item = item->next;
    return item;
}

static const struct node *step_into(const struct node *node, const char *path, size_t *length)
{
    *length = strcspn(path, ".");
    if (node->type == NODE_MAP) return longest_key(node, path, length);
    if (node->type == NODE_LIST) return list_item(node, path, *length);
    return NULL;
}

const struct node *node_find(const struct node *root, const char *path)
{
    const struct node *node = root;
    if (!node || *path == '\0') return node;
    for (;;) {
        size_t length;
        node = step_into(node, path, &length);
        if (!node || path[length] == '\0') return node;
        path += length + 1;
    }
}

static struct node *copy_head(struct arena *arena, const struct node *node)
{
    struct node *copy = arena_new_item(arena, struct node);
    *copy = *node;
    copy->next = NULL;
    return copy;
}

/* Items being put in a row. */
struct row {
    struct node *owner;
    struct node **end;
};

static void row_add(struct row *row, struct node *item)
{
    *row->end = item;
    row->end = &item->next;
    row->owner->count++;
}

static struct row row_begin(struct node *owner)
{
    owner->first = NULL;
    owner->count = 0;
    return (struct row){.owner = owner, .end = &owner->first};
}

struct node *node_merge(struct arena *arena, const struct node *target, const struct node *patch)
{
    if (patch->type != NODE_MAP) return copy_head(arena, patch);
    bool merges = target && target->type == NODE_MAP;
    struct node *result = copy_head(arena, merges ? target : patch);
    struct row row = row_begin(result);

    struct arena *scratch = arena_new();
    struct key_index patches = key_index_make(scratch, patch);
    struct key_index targets = {0};
    if (merges) targets = key_index_make(scratch, target);

    for (const struct node *item = merges ? target->first : NULL; item; item = item->next) {
        const struct node *change = key_index_find(&patches, item->key);
        if (!change)
            row_add(&row, copy_head(arena, item));
        else if (change->type != NODE_NULL)
            row_add(&row, node_merge(arena, item, change));
    }
    for (const struct node *item = patch->first; item; item = item->next) {
        if (item->type == NODE_NULL || key_index_find(&targets, item->key)) continue;
        row_add(&row, node_merge(arena, NULL, item));
    }
    arena_free(scratch);
    return result;
}

static struct node *set_fail(const struct node *node, const char *path, struct error *err)
{
    error_at(err, node->place, "cannot set '%s' inside %s: a map or a list was expected there",
             excerpt_of(path).text, node_type_name(node->type));
    return NULL;
}

static struct node *set_step(struct arena *arena, const struct node *root, const char *path,
                             const struct node *value, struct error *err);

/* A map without items, made for a path that did not exist; it counts as standing where `value`
 * stands. */
static struct node *new_map(struct arena *arena, const struct node *value)
{
    struct node *map = arena_new_item(arena, struct node);
    map->type = NODE_MAP;
    map->text = "";
    map->place = value->place;
    map->key_place = value->key_place;
    return map;
}

/* The new value for the item that `path` begins with; `rest` is behind the step. */
static struct node *set_item(struct arena *arena, const struct node *old, const char *rest,
                             const struct node *value, struct error *err)
{
    struct node *item =
        *rest == '\0' ? copy_head(arena, value) : set_step(arena, old, rest + 1, value, err);
    if (item && old) {
        item->key = old->key;
        item->key_place = old->key_place;
    }
    return item;
}

static struct node *set_step(struct arena *arena, const struct node *root, const char *path,
                             const struct node *value, struct error *err)
{
    /* A key without value ("components:") is as good as an absent one. */
    if (!root || root->type == NODE_NULL) root = new_map(arena, value);
    if (root->type != NODE_MAP && root->type != NODE_LIST) return set_fail(root, path, err);
    size_t length;
    const struct node *old = step_into(root, path, &length);
    if (!old && root->type == NODE_LIST) {
        error_at(err, root->place,
                 "the list has %zu items: there is no item '%s' (they count from 0)", root->count,
                 excerpt_of(arena_copy_n(arena, path, length)).text);
        return NULL;
    }
    struct node *changed = set_item(arena, old, path + length, value, err);
    if (!changed) return NULL;

    struct node *result = copy_head(arena, root);
    struct row row = row_begin(result);
    for (const struct node *item = root->first; item; item = item->next)
        row_add(&row, item == old ? changed : copy_head(arena, item));
    if (!old) {
        changed->key = arena_copy_n(arena, path, length);
        changed->key_place = value->key_place.line ? value->key_place : value->place;
        row_add(&row, changed);
    }
    return result;
}

/* Every step names something, and there are no more steps than a document may be deep. */
static bool check_path(const char *path, struct error *err)
{
    size_t steps = 1;
    size_t start = 0;
    for (size_t i = 0;; i++) {
        if (path[i] != '.' && path[i] != '\0') continue;
        if (i == start)
            return error_set(err, "the path '%s' has an empty step: names stand between dots",
                             excerpt_of(path).text);
        start = i + 1;
        if (path[i] == '\0') break;
        steps++;
    }
    if (steps > DOCUMENT_LARGEST_DEPTH)
        return error_set(err, "a path of %zu steps: at most %d are possible", steps,
                         DOCUMENT_LARGEST_DEPTH);
    return true;
}

struct node *node_set(struct arena *arena, const struct node *root, const char *path,
                      const struct node *value, struct error *err)
{
    if (!check_path(path, err)) return NULL;
    return set_step(arena, root, path, value, err);
}
