#include "base/arena.h"
#include "base/document.h"
#include "base/names.h"
#include "models/asl/value_internal.h"

#include <math.h>
#include <string.h>

const struct value value_null = {.type = VALUE_NULL, .json_length = 4};
const struct value value_true = {.type = VALUE_BOOL, .boolean = true, .json_length = 4};
const struct value value_false = {.type = VALUE_BOOL, .json_length = 5};
const struct value value_empty_list = {.type = VALUE_LIST, .depth = 1, .json_length = 2};
const struct value value_empty_map = {.type = VALUE_MAP, .depth = 1, .json_length = 2};
const struct value value_empty_string = {.type = VALUE_STRING, .json_length = 2, .text = ""};

enum { INDEX_FROM = 16 }; /* so many members are looked through one by one */

const struct value *value_bool(bool boolean)
{
    return boolean ? &value_true : &value_false;
}

static const struct value *new_number(struct arena *arena, double number, bool decimal)
{
    struct value *value = arena_new_item(arena, struct value);
    value->type = VALUE_NUMBER;
    value->boolean = decimal;
    value->number = number;
    char buffer[VALUE_NUMBER_SIZE];
    value->json_length = (uint32_t)strlen(value_number_text(value, buffer));
    return value;
}

const struct value *value_number(struct arena *arena, double number)
{
    const bool whole = fabs(number) < 0x1p63 && floor(number) == number;
    return new_number(arena, whole ? number + 0.0 : number, !whole); /* -0 is 0 */
}

const struct value *value_decimal(struct arena *arena, double number)
{
    return new_number(arena, number, true);
}

const struct value *value_spelled(struct arena *arena, double number, const char *text,
                                  size_t length)
{
    struct value *value = arena_alloc(arena, sizeof *value + length + 1);
    memcpy(value + 1, text, length);
    value->type = VALUE_NUMBER;
    value->number = number;
    value->count = 1;
    value->json_length = (uint32_t)length;
    return value;
}

const struct value *value_integer(struct arena *arena, int64_t number)
{
    if (number >= -VALUE_EXACT && number <= VALUE_EXACT)
        return new_number(arena, (double)number, false);
    const char *text = arena_format(arena, "%lld", (long long)number);
    return value_spelled(arena, (double)number, text, strlen(text));
}

/* Bytes of the string with its quotes and escapes. */
static uint32_t quoted_length(const char *text, size_t length)
{
    size_t total = length + 2;
    for (size_t i = 0; i < length; i++) total += value_escape_extra((unsigned char)text[i]);
    return total < VALUE_LENGTH_UNKNOWN ? (uint32_t)total : VALUE_LENGTH_UNKNOWN;
}

const struct value *value_string_kept(struct arena *arena, const char *text, size_t length)
{
    struct value *value = arena_new_item(arena, struct value);
    value->type = VALUE_STRING;
    value->text = text;
    value->count = (uint32_t)length;
    value->json_length = quoted_length(text, length);
    return value;
}

const struct value *value_string_n(struct arena *arena, const char *text, size_t length)
{
    if (length >= VALUE_LENGTH_UNKNOWN) arena_exhausted(length);
    return value_string_kept(arena, arena_copy_n(arena, text, length), length);
}

const struct value *value_string(struct arena *arena, const char *text)
{
    return value_string_n(arena, text, strlen(text));
}

static void add_length(struct value *value, size_t length)
{
    const size_t total = value->json_length + length;
    value->json_length = total < VALUE_LENGTH_UNKNOWN ? (uint32_t)total : VALUE_LENGTH_UNKNOWN;
}

static void add_depth(struct value *value, const struct value *item)
{
    if (item->depth >= value->depth && value->depth < UINT16_MAX)
        value->depth = item->depth < UINT16_MAX ? (uint16_t)(item->depth + 1) : UINT16_MAX;
}

const struct value *value_list(struct arena *arena, const struct value *const *items, size_t count)
{
    if (count == 0) return &value_empty_list;
    if (count >= VALUE_LENGTH_UNKNOWN) arena_exhausted(count);
    struct value *value = arena_new_item(arena, struct value);
    *value =
        (struct value){.type = VALUE_LIST, .depth = 1, .count = (uint32_t)count, .json_length = 1};
    value->items = items;
    for (size_t i = 0; i < count; i++) {
        add_length(value, items[i]->json_length + (size_t)1);
        add_depth(value, items[i]);
    }
    return value;
}

void value_list_add(struct value_list *list, struct arena *arena, const struct value *item)
{
    list->items = arena_grow(arena, list->items, list->count, &list->capacity, sizeof *list->items);
    list->items[list->count++] = item;
}

const struct value *value_list_end(struct value_list *list, struct arena *arena)
{
    return value_list(arena, list->items, list->count);
}

static void index_add(struct value_map *map, const char *key, uint32_t position)
{
    size_t at = (size_t)name_hash(key) & (map->index_size - 1);
    while (map->index[at] != 0) at = (at + 1) & (map->index_size - 1);
    map->index[at] = position + 1;
}

static void index_grow(struct value_map *map, struct arena *arena)
{
    if (map->count < INDEX_FROM || map->count * 2 < map->index_size) return;
    map->index_size = map->index_size == 0 ? (size_t)4 * INDEX_FROM : map->index_size * 2;
    map->index = arena_array(arena, uint32_t, map->index_size);
    for (size_t i = 0; i < map->count; i++) index_add(map, map->members[i].key, (uint32_t)i);
}

static struct value_member *find_member(const struct value_map *map, const char *key)
{
    if (!map->index) {
        for (size_t i = 0; i < map->count; i++)
            if (strcmp(map->members[i].key, key) == 0) return &map->members[i];
        return NULL;
    }
    size_t at = (size_t)name_hash(key) & (map->index_size - 1);
    for (; map->index[at] != 0; at = (at + 1) & (map->index_size - 1)) {
        struct value_member *member = &map->members[map->index[at] - 1];
        if (strcmp(member->key, key) == 0) return member;
    }
    return NULL;
}

void value_map_put(struct value_map *map, struct arena *arena, const char *key,
                   const struct value *value)
{
    struct value_member *present = find_member(map, key);
    if (present) {
        present->value = value;
        return;
    }
    index_grow(map, arena);
    map->members =
        arena_grow(arena, map->members, map->count, &map->capacity, sizeof *map->members);
    map->members[map->count] = (struct value_member){key, value};
    if (map->index) index_add(map, key, (uint32_t)map->count);
    map->count++;
}

void value_map_put_all(struct value_map *map, struct arena *arena, const struct value *from)
{
    for (uint32_t i = 0; from->type == VALUE_MAP && i < from->count; i++)
        value_map_put(map, arena, from->members[i].key, from->members[i].value);
}

static const struct value *map_of(struct arena *arena, const struct value_member *members,
                                  size_t count)
{
    if (count == 0) return &value_empty_map;
    if (count >= VALUE_LENGTH_UNKNOWN) arena_exhausted(count);
    struct value *value = arena_new_item(arena, struct value);
    *value =
        (struct value){.type = VALUE_MAP, .depth = 1, .count = (uint32_t)count, .json_length = 1};
    value->members = members;
    for (size_t i = 0; i < count; i++) {
        const uint32_t key = quoted_length(members[i].key, strlen(members[i].key));
        add_length(value, key + (size_t)members[i].value->json_length + 2);
        add_depth(value, members[i].value);
    }
    return value;
}

const struct value *value_map_end(struct value_map *map, struct arena *arena)
{
    return map_of(arena, map->members, map->count);
}

const struct value *value_with(struct arena *arena, const struct value *map, const char *key,
                               const struct value *value)
{
    struct value_member *members = arena_array(arena, struct value_member, (size_t)map->count + 1);
    size_t at = map->count;
    for (size_t i = 0; i < map->count; i++) {
        members[i] = map->members[i];
        if (strcmp(members[i].key, key) == 0) at = i;
    }
    members[at] = (struct value_member){key, value};
    return map_of(arena, members, at == map->count ? at + 1 : map->count);
}

static const struct value *container_from_node(struct arena *arena, const struct node *node)
{
    struct value_list list = {0};
    struct value_map map = {0};
    for (const struct node *item = node->first; item; item = item->next) {
        const struct value *value = value_from_node(arena, item);
        if (node->type == NODE_LIST)
            value_list_add(&list, arena, value);
        else
            value_map_put(&map, arena, arena_copy(arena, item->key), value);
    }
    return node->type == NODE_LIST ? value_list_end(&list, arena) : value_map_end(&map, arena);
}

/* The document's depth bounds the recursion. */
const struct value *value_from_node(struct arena *arena, const struct node *node)
{
    switch (node->type) {
    case NODE_NULL: return &value_null;
    case NODE_BOOL: return value_bool(node->boolean);
    case NODE_NUMBER: return value_number_read(arena, node->text ? node->text : "", node->number);
    case NODE_STRING: return value_string(arena, node->text);
    case NODE_LIST:
    case NODE_MAP: break;
    }
    return container_from_node(arena, node);
}
