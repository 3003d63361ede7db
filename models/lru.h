/* lru.h - which keys a cache of bounded size holds: least recently used leaves first, old ones
 * expire.
 *
 * Exact: a full cache that takes a new key drops the one whose last get or put is longest ago. A
 * put gives its key a time to live; a get does not lengthen it. All operations take constant time
 * (amortized over the keys put), if only a few different times to live are given: time and memory
 * grow with how many. Memory follows the most keys ever held: 32 bytes a key, and with the hash
 * table, outgrown ones included, less than 40 at full capacity. Times must not go backwards.
 */
#ifndef MODELS_LRU_H
#define MODELS_LRU_H

#include "sim/time.h"

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct lru;

#define LRU_CAPACITY_MOST (UINT32_MAX - 1)

/* Holds at most `capacity` keys, 1 to LRU_CAPACITY_MOST. Lives in the arena. */
struct lru *lru_new(struct arena *arena, uint32_t capacity);

/* True if `key` is there; it then is the most recently used. */
bool lru_get(struct lru *lru, uint64_t key, sim_time now);
/* Afterwards `key` is there and the most recently used, and expires at now + ttl (SIM_NEVER: not).
 */
void lru_put(struct lru *lru, uint64_t key, sim_time ttl, sim_time now);
/* False if it was not there. */
bool lru_delete(struct lru *lru, uint64_t key, sim_time now);

/* Lets the key that is due first go, if it is due by `now`, and returns when it was due; SIM_NEVER
 * if none is due. The operations do this by themselves; a caller that keeps a time average of the
 * count does it before them, until nothing is due. */
sim_time lru_expire(struct lru *lru, sim_time now);

/* How many keys are there, as of the last operation. */
uint32_t lru_count(const struct lru *lru);
/* Since the start: live keys dropped to make room, and keys that grew too old. */
uint64_t lru_evictions(const struct lru *lru);
uint64_t lru_expirations(const struct lru *lru);

#endif
