/* key_map.h - rows by their keys of 64 bits: a hash table with open addressing; for models/ann/
 * alone. Its order is seen by nobody. */
#ifndef MODELS_ANN_KEY_MAP_H
#define MODELS_ANN_KEY_MAP_H

#include <stddef.h>
#include <stdint.h>

struct arena;

#define KEY_MAP_NONE UINT32_MAX

/* All zeros is an empty one. */
struct key_map {
    struct arena *arena;
    uint64_t *keys;
    uint32_t *rows; /* KEY_MAP_NONE: free */
    size_t count;
    size_t mask; /* places - 1 */
};

/* KEY_MAP_NONE if there is none. */
uint32_t key_map_get(const struct key_map *map, uint64_t key);
/* Returns the row that the key had before, or KEY_MAP_NONE. */
uint32_t key_map_set(struct key_map *map, uint64_t key, uint32_t row);
/* The same; it has none afterwards. */
uint32_t key_map_remove(struct key_map *map, uint64_t key);
void key_map_free(struct key_map *map);
size_t key_map_size_bytes(const struct key_map *map);

#endif
