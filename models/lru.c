#include "models/lru.h"

#include "base/arena.h"
#include "base/compiler.h"

#include <assert.h>
#include <stddef.h>

enum {
    CHUNK_BITS = 12,
    CHUNK_ENTRIES = 1 << CHUNK_BITS,
    GROWTH_BITS =
        3, /* the table grows eightfold: all outgrown ones together are a seventh of the last */
};

#define NONE UINT32_MAX

/* Entries never move, so links are indices that hold for ever. Both lists are circular through
 * nothing: ends are NONE. */
struct entry {
    uint64_t key;
    sim_time expires;
    uint32_t fresher; /* used next after this one */
    uint32_t staler;  /* also links free entries */
    uint32_t
        younger; /* put next after this one with the same time to live; not if it is for ever */
    uint32_t elder;
};

/* Keys of one time to live expire in the order they were put. */
struct age {
    sim_time ttl;
    uint32_t youngest;
    uint32_t eldest;
};

struct lru {
    struct arena *arena;
    struct entry **chunks;
    uint32_t *slots; /* open addressing, linear probing: entry index + 1, 0 is empty */
    uint64_t slot_count;
    struct age *ages; /* one for each time to live that was ever given */
    size_t age_count;
    size_t age_capacity;
    uint32_t capacity;
    uint32_t room; /* keys that the table is made for: capacity >> shift */
    uint32_t shift;
    uint32_t count;
    uint32_t made; /* entries that chunks hold and that have been in use */
    uint32_t free;
    uint32_t freshest;
    uint32_t stalest;
    uint64_t evictions;
    uint64_t expirations;
};

static inline struct entry *entry_at(const struct lru *lru, uint32_t index)
{
    return &lru->chunks[index >> CHUNK_BITS][index & (CHUNK_ENTRIES - 1)];
}

/* Where probing for a key begins: a bijective mix (the finalizer of MurmurHash3, public domain),
 * then multiplication instead of division (Lemire, "Fast random integer generation in an interval",
 * 2019). */
static inline uint64_t slot_home(const struct lru *lru, uint64_t key)
{
    uint64_t x = key;
    x = (x ^ (x >> 33)) * UINT64_C(0xff51afd7ed558ccd);
    x = (x ^ (x >> 33)) * UINT64_C(0xc4ceb9fe1a85ec53);
    x ^= x >> 33;
    return (uint64_t)(((uint128)x * lru->slot_count) >> 64);
}

static inline uint64_t slot_after(const struct lru *lru, uint64_t slot)
{
    return slot + 1 < lru->slot_count ? slot + 1 : 0;
}

/* How many steps of probing lead from one slot to another. */
static inline uint64_t slot_distance(const struct lru *lru, uint64_t from, uint64_t to)
{
    return to >= from ? to - from : to + lru->slot_count - from;
}

/* The slot that holds `key`, or the empty one where it would go. */
static uint64_t slot_find(const struct lru *lru, uint64_t key)
{
    uint64_t slot = slot_home(lru, key);
    while (lru->slots[slot] != 0 && entry_at(lru, lru->slots[slot] - 1)->key != key)
        slot = slot_after(lru, slot);
    return slot;
}

/* Empties a slot and moves later ones of its run up, so that no tombstones are needed (Knuth, TAOCP
 * 3, 6.4, Algorithm R). */
static void slot_clear(struct lru *lru, uint64_t hole)
{
    for (uint64_t slot = slot_after(lru, hole); lru->slots[slot] != 0;
         slot = slot_after(lru, slot)) {
        const uint64_t home = slot_home(lru, entry_at(lru, lru->slots[slot] - 1)->key);
        if (slot_distance(lru, home, slot) < slot_distance(lru, hole, slot)) continue;
        lru->slots[hole] = lru->slots[slot];
        hole = slot;
    }
    lru->slots[hole] = 0;
}

static void table_make(struct lru *lru)
{
    lru->room = lru->capacity >> lru->shift;
    lru->slot_count = (uint64_t)lru->room + lru->room / 2 + 1;
    lru->slots = arena_array(lru->arena, uint32_t, lru->slot_count);
}

static NOINLINE_COLD void table_grow(struct lru *lru)
{
    lru->shift -= GROWTH_BITS;
    table_make(lru);
    for (uint32_t i = lru->freshest; i != NONE; i = entry_at(lru, i)->staler)
        lru->slots[slot_find(lru, entry_at(lru, i)->key)] = i + 1;
}

struct lru *lru_new(struct arena *arena, uint32_t capacity)
{
    assert(capacity >= 1 && capacity <= LRU_CAPACITY_MOST);
    struct lru *lru = arena_new_item(arena, struct lru);
    lru->arena = arena;
    lru->capacity = capacity;
    lru->free = lru->freshest = lru->stalest = NONE;
    lru->chunks = arena_array(arena, struct entry *, ((size_t)capacity >> CHUNK_BITS) + 1);
    while (capacity >> lru->shift > CHUNK_ENTRIES) lru->shift += GROWTH_BITS;
    table_make(lru);
    return lru;
}

static uint32_t entry_take(struct lru *lru)
{
    if (lru->free != NONE) {
        const uint32_t index = lru->free;
        lru->free = entry_at(lru, index)->staler;
        return index;
    }
    const uint32_t index = lru->made++;
    if ((index & (CHUNK_ENTRIES - 1)) == 0) {
        const uint32_t left = lru->capacity - index;
        lru->chunks[index >> CHUNK_BITS] =
            arena_array(lru->arena, struct entry, left < CHUNK_ENTRIES ? left : CHUNK_ENTRIES);
    }
    return index;
}

static void use_link(struct lru *lru, uint32_t index)
{
    struct entry *entry = entry_at(lru, index);
    entry->fresher = NONE;
    entry->staler = lru->freshest;
    if (lru->freshest != NONE)
        entry_at(lru, lru->freshest)->fresher = index;
    else
        lru->stalest = index;
    lru->freshest = index;
}

static void use_unlink(struct lru *lru, const struct entry *entry)
{
    if (entry->fresher != NONE)
        entry_at(lru, entry->fresher)->staler = entry->staler;
    else
        lru->freshest = entry->staler;
    if (entry->staler != NONE)
        entry_at(lru, entry->staler)->fresher = entry->fresher;
    else
        lru->stalest = entry->fresher;
}

static struct age *age_of(struct lru *lru, sim_time ttl)
{
    for (size_t i = 0; i < lru->age_count; i++)
        if (lru->ages[i].ttl == ttl) return &lru->ages[i];
    lru->ages =
        arena_grow(lru->arena, lru->ages, lru->age_count, &lru->age_capacity, sizeof *lru->ages);
    lru->ages[lru->age_count] = (struct age){ttl, NONE, NONE};
    return &lru->ages[lru->age_count++];
}

static void age_link(struct lru *lru, uint32_t index, sim_time ttl, sim_time now)
{
    struct entry *entry = entry_at(lru, index);
    entry->expires = ttl < SIM_NEVER - now ? now + ttl : SIM_NEVER;
    if (entry->expires == SIM_NEVER) return;
    struct age *age = age_of(lru, ttl);
    entry->younger = NONE;
    entry->elder = age->youngest;
    if (age->youngest != NONE)
        entry_at(lru, age->youngest)->younger = index;
    else
        age->eldest = index;
    age->youngest = index;
}

static void age_unlink(struct lru *lru, uint32_t index)
{
    const struct entry *entry = entry_at(lru, index);
    if (entry->expires == SIM_NEVER) return;
    /* At an end of its list it is one of the few that `ages` names. */
    for (size_t i = 0; i < lru->age_count; i++) {
        if (lru->ages[i].youngest == index) lru->ages[i].youngest = entry->elder;
        if (lru->ages[i].eldest == index) lru->ages[i].eldest = entry->younger;
    }
    if (entry->younger != NONE) entry_at(lru, entry->younger)->elder = entry->elder;
    if (entry->elder != NONE) entry_at(lru, entry->elder)->younger = entry->younger;
}

static void entry_drop(struct lru *lru, uint32_t index)
{
    struct entry *entry = entry_at(lru, index);
    slot_clear(lru, slot_find(lru, entry->key));
    use_unlink(lru, entry);
    age_unlink(lru, index);
    entry->staler = lru->free;
    lru->free = index;
    lru->count--;
}

sim_time lru_expire(struct lru *lru, sim_time now)
{
    uint32_t first = NONE;
    sim_time due = SIM_NEVER;
    for (size_t i = 0; i < lru->age_count; i++) {
        const uint32_t eldest = lru->ages[i].eldest;
        if (eldest == NONE || entry_at(lru, eldest)->expires >= due) continue;
        first = eldest;
        due = entry_at(lru, eldest)->expires;
    }
    if (first == NONE || due > now) return SIM_NEVER;
    entry_drop(lru, first);
    lru->expirations++;
    return due;
}

/* The entry of `key` once everything that is due has gone; NONE. */
static uint32_t live_entry(struct lru *lru, uint64_t key, sim_time now)
{
    while (lru_expire(lru, now) != SIM_NEVER) continue;
    const uint32_t found = lru->slots[slot_find(lru, key)];
    return found != 0 ? found - 1 : NONE;
}

bool lru_get(struct lru *lru, uint64_t key, sim_time now)
{
    const uint32_t index = live_entry(lru, key, now);
    if (index == NONE) return false;
    if (index != lru->freshest) {
        use_unlink(lru, entry_at(lru, index));
        use_link(lru, index);
    }
    return true;
}

static uint32_t entry_add(struct lru *lru, uint64_t key)
{
    if (lru->count == lru->capacity) {
        entry_drop(lru, lru->stalest);
        lru->evictions++;
    } else if (lru->count == lru->room) {
        table_grow(lru);
    }
    const uint32_t index = entry_take(lru);
    entry_at(lru, index)->key = key;
    lru->slots[slot_find(lru, key)] = index + 1;
    lru->count++;
    return index;
}

void lru_put(struct lru *lru, uint64_t key, sim_time ttl, sim_time now)
{
    uint32_t index = live_entry(lru, key, now);
    if (index == NONE) {
        index = entry_add(lru, key);
    } else {
        use_unlink(lru, entry_at(lru, index));
        age_unlink(lru, index);
    }
    use_link(lru, index);
    age_link(lru, index, ttl, now);
}

bool lru_delete(struct lru *lru, uint64_t key, sim_time now)
{
    const uint32_t index = live_entry(lru, key, now);
    if (index == NONE) return false;
    entry_drop(lru, index);
    return true;
}

uint32_t lru_count(const struct lru *lru)
{
    return lru->count;
}

uint64_t lru_evictions(const struct lru *lru)
{
    return lru->evictions;
}

uint64_t lru_expirations(const struct lru *lru)
{
    return lru->expirations;
}
