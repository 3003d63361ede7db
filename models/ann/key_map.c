#include "models/ann/key_map.h"

#include "base/arena.h"
#include "models/ann/hash.h"

#include <string.h>

enum { PLACES_FIRST = 64 };

static size_t home_of(const struct key_map *map, uint64_t key)
{
    return (size_t)hash_mix(key + 0x9e3779b97f4a7c15u) & map->mask;
}

/* The key's place, or the free one where it would go. */
static size_t place_of(const struct key_map *map, uint64_t key)
{
    size_t at = home_of(map, key);
    while (map->rows[at] != KEY_MAP_NONE && map->keys[at] != key) at = (at + 1) & map->mask;
    return at;
}

uint32_t key_map_get(const struct key_map *map, uint64_t key)
{
    return map->arena ? map->rows[place_of(map, key)] : KEY_MAP_NONE;
}

static void grow(struct key_map *map)
{
    struct key_map old = *map;
    size_t places = old.arena ? (old.mask + 1) * 2 : PLACES_FIRST;
    map->arena = arena_new();
    map->keys = arena_array(map->arena, uint64_t, places);
    map->rows = arena_array(map->arena, uint32_t, places);
    memset(map->rows, 0xff, places * sizeof *map->rows);
    map->mask = places - 1;
    for (size_t i = 0; old.arena && i <= old.mask; i++) {
        if (old.rows[i] == KEY_MAP_NONE) continue;
        size_t at = place_of(map, old.keys[i]);
        map->keys[at] = old.keys[i];
        map->rows[at] = old.rows[i];
    }
    arena_free(old.arena);
}

uint32_t key_map_set(struct key_map *map, uint64_t key, uint32_t row)
{
    if (!map->arena || map->count * 2 > map->mask) grow(map);
    size_t at = place_of(map, key);
    uint32_t before = map->rows[at];
    map->count += before == KEY_MAP_NONE;
    map->keys[at] = key;
    map->rows[at] = row;
    return before;
}

uint32_t key_map_remove(struct key_map *map, uint64_t key)
{
    if (!map->arena) return KEY_MAP_NONE;
    size_t hole = place_of(map, key);
    uint32_t before = map->rows[hole];
    if (before == KEY_MAP_NONE) return before;
    map->count--;
    /* What comes behind moves up, unless its home lies behind the hole. */
    for (size_t at = (hole + 1) & map->mask; map->rows[at] != KEY_MAP_NONE;
         at = (at + 1) & map->mask) {
        size_t from_home = (at - home_of(map, map->keys[at])) & map->mask;
        if (from_home < ((at - hole) & map->mask)) continue;
        map->keys[hole] = map->keys[at];
        map->rows[hole] = map->rows[at];
        hole = at;
    }
    map->rows[hole] = KEY_MAP_NONE;
    return before;
}

void key_map_free(struct key_map *map)
{
    arena_free(map->arena);
    *map = (struct key_map){0};
}

size_t key_map_size_bytes(const struct key_map *map)
{
    return map->arena ? (map->mask + 1) * (sizeof *map->keys + sizeof *map->rows) : 0;
}
