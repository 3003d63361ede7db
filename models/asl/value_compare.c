#include "models/asl/value_internal.h"

#include <math.h>
#include <string.h>

/* In larger maps the other map's members are found in order or not at all cheaply. */
static const struct value *find(const struct value *map, const char *key, uint32_t hint)
{
    if (hint < map->count && strcmp(map->members[hint].key, key) == 0)
        return map->members[hint].value;
    return value_get(map, key);
}

const struct value *value_get(const struct value *map, const char *key)
{
    if (!map || map->type != VALUE_MAP) return NULL;
    for (uint32_t i = 0; i < map->count; i++)
        if (strcmp(map->members[i].key, key) == 0) return map->members[i].value;
    return NULL;
}

static bool equal_items(const struct value *a, const struct value *b)
{
    for (uint32_t i = 0; i < a->count; i++)
        if (!value_equal(a->items[i], b->items[i])) return false;
    return true;
}

static bool equal_members(const struct value *a, const struct value *b)
{
    for (uint32_t i = 0; i < a->count; i++) {
        const struct value *other = find(b, a->members[i].key, i);
        if (!other || !value_equal(a->members[i].value, other)) return false;
    }
    return true;
}

static bool equal_numbers(const struct value *a, const struct value *b)
{
    if (a->number < b->number || a->number > b->number) return false;
    if (a->count == 0 || b->count == 0) return true;
    return strcmp((const char *)(a + 1), (const char *)(b + 1)) == 0; /* digits beyond a double's */
}

bool value_equal(const struct value *a, const struct value *b)
{
    if (a == b) return true;
    if (a->type != b->type) return false;
    switch (a->type) {
    case VALUE_NULL: return true;
    case VALUE_BOOL: return a->boolean == b->boolean;
    case VALUE_NUMBER: return equal_numbers(a, b);
    case VALUE_STRING: return a->count == b->count && memcmp(a->text, b->text, a->count) == 0;
    case VALUE_LIST: return a->count == b->count && a->depth == b->depth && equal_items(a, b);
    case VALUE_MAP: break;
    }
    return a->count == b->count && a->depth == b->depth && equal_members(a, b);
}

static uint64_t mix(uint64_t hash, uint64_t more)
{
    hash = (hash ^ more) * 0x9E3779B97F4A7C15U;
    return hash ^ hash >> 29;
}

static uint64_t hash_bytes(const char *text, size_t length)
{
    uint64_t hash = 0xCBF29CE484222325U;
    for (size_t i = 0; i < length; i++) hash = (hash ^ (unsigned char)text[i]) * 0x100000001B3U;
    return hash;
}

static uint64_t hash_number(double number)
{
    uint64_t bits = 0;
    const double positive_zero = number + 0.0;
    memcpy(&bits, &positive_zero, sizeof bits);
    return mix(bits, VALUE_NUMBER);
}

uint64_t value_hash(const struct value *value)
{
    uint64_t hash = mix(value->type, value->count);
    switch (value->type) {
    case VALUE_NULL: return 1;
    case VALUE_BOOL: return value->boolean ? 2 : 3;
    case VALUE_NUMBER: return hash_number(value->number);
    case VALUE_STRING: return hash_bytes(value->text, value->count);
    case VALUE_LIST:
        for (uint32_t i = 0; i < value->count; i++) hash = mix(hash, value_hash(value->items[i]));
        return hash;
    case VALUE_MAP: break;
    }
    for (uint32_t i = 0; i < value->count; i++) { /* in any order */
        const char *key = value->members[i].key;
        hash += mix(hash_bytes(key, strlen(key)), value_hash(value->members[i].value));
    }
    return hash;
}

bool value_is_whole(const struct value *value)
{
    return value->type == VALUE_NUMBER && fabs(value->number) <= (double)VALUE_EXACT &&
           floor(value->number) == value->number;
}

const char *value_type_name(const struct value *value)
{
    switch (value->type) {
    case VALUE_NULL: return "null";
    case VALUE_BOOL: return "boolean";
    case VALUE_NUMBER: return "number";
    case VALUE_STRING: return "string";
    case VALUE_LIST: return "array";
    case VALUE_MAP: break;
    }
    return "object";
}
