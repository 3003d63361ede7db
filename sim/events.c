#include "sim/events.h"

#include "base/arena.h"
#include "base/compiler.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* The set is a tournament: every pending event owns a leaf, every inner node holds the least key of
 * its four children, the root names the winner. Replaying the path from a leaf to the root takes no
 * data-dependent branch and its addresses are known from the slot alone, which is why it beats a
 * heap (whose path is not).
 *
 * A key is time << 64 | sequence << 24 | slot. Its low word is the event's id, so equal times keep
 * the order of scheduling and a stale id never equals the leaf it names.
 *
 * Nodes below the root lie in one array, level by level, in groups of four siblings that fill a
 * cache line: the parent of group 0 is the root, that of group g > 0 is node g - 1. */

#define SLOT_BITS                    24
#define SLOT_MASK                    (((uint64_t)1 << SLOT_BITS) - 1)
#define SLOT_NONE                    UINT32_MAX
#define ID_STEP                      ((event_id)1 << SLOT_BITS)
#define KEY_EMPTY                    (~(uint128)0)
#define CAPACITY_FIRST               4
#define CAPACITY_LAST                ((size_t)1 << SLOT_BITS)
#define STOP_INTERVAL                1024
/* 37 bytes an event: from here on the set outgrows a first-level and a second-level cache. */
#define CAPACITY_BEYOND_FIRST_CACHE  4096
#define CAPACITY_BEYOND_SECOND_CACHE 65536
#define CACHE_LINE                   64
#define HUGE_PAGE                    ((size_t)1 << 21)

struct record {
    event_fn *fn;
    union {
        void *context;
        uint32_t next_free;
    };
};

struct events {
    uint128 root;
    uint128 *nodes;
    struct record *records;
    size_t first_leaf;
    event_id next_id; /* its slot bits are 0 */
    sim_time now;
    uint64_t count;
    uint32_t open; /* slot of the event being run until it is taken over; SLOT_NONE: none */
    uint32_t free; /* head of the list of released slots; SLOT_NONE: empty */
    uint32_t used; /* slots ever handed out: those beyond have never been touched */
    uint32_t held; /* slots in use, the open one included */
    size_t capacity;
};

/* Large arrays ask for huge pages: with millions of events the walks to the page tables cost more
 * than the data. */
static void *allocate(size_t count, size_t size)
{
    const size_t bytes = count * size;
    const bool large = bytes >= HUGE_PAGE;
    void *memory = NULL;
    if (posix_memalign(&memory, large ? HUGE_PAGE : CACHE_LINE, bytes) != 0) arena_exhausted(bytes);
    if (large)
        (void)madvise(memory, bytes, MADV_HUGEPAGE); /* a hint: without it all is merely slower */
    return memory;
}

/* The lesser key, without a branch: which one it is cannot be predicted. */
#if defined(__x86_64__) && defined(__clang__)
/* clang 14 makes branches of any form in C that it understands, at twice the cost of an event. */
static inline uint128 key_least(uint128 a, uint128 b)
{
    uint64_t low = (uint64_t)a;
    uint64_t high = (uint64_t)(a >> 64);
    uint64_t difference = high;
    const uint64_t other_low = (uint64_t)b;
    const uint64_t other_high = (uint64_t)(b >> 64);
    __asm__("cmp %[other_low], %[low]\n\t"
            "sbb %[other_high], %[difference]\n\t"
            "cmovae %[other_low], %[low]\n\t"
            "cmovae %[other_high], %[high]"
            : [low] "+&r"(low), [high] "+&r"(high), [difference] "+&r"(difference)
            : [other_low] "r"(other_low), [other_high] "r"(other_high)
            : "cc");
    return (uint128)high << 64 | low;
}
#else
static inline uint128 key_least(uint128 a, uint128 b)
{
    return a < b ? a : b;
}
#endif

/* Offsets in bytes into the nodes cost fewer instructions than indexes: a sibling is one exclusive
 * or away. */
#define NODE_SIZE ((size_t)sizeof(uint128))
#define NODE_ROOT (SIZE_MAX - NODE_SIZE + 1) /* what the parent of group 0 comes out as */

static inline uint128 *node_at(const struct events *events, size_t offset)
{
    return (uint128 *)(void *)((char *)events->nodes + offset);
}

static inline size_t node_leaf(const struct events *events, uint32_t slot)
{
    return (events->first_leaf + slot) * NODE_SIZE;
}

static inline size_t node_parent(size_t offset)
{
    return (offset / 4 & ~(NODE_SIZE - 1)) - NODE_SIZE;
}

/* The least key of the three siblings. */
static inline uint128 node_rest(const struct events *events, size_t offset)
{
    const uint128 first = *node_at(events, offset ^ NODE_SIZE);
    const uint128 second = *node_at(events, offset ^ 2 * NODE_SIZE);
    const uint128 third = *node_at(events, offset ^ 3 * NODE_SIZE);
    uint128 rest = key_least(key_least(second, third), first);
    /* Otherwise gcc sees a minimum of four and compares the key that comes from below first: two
     * more steps on the path that every level waits for. */
    uint64_t low = (uint64_t)rest;
    uint64_t high = (uint64_t)(rest >> 64);
    OPAQUE(low);
    OPAQUE(high);
    return (uint128)high << 64 | low;
}

/* Replaces the key of the winner's slot: every node up to the root held it and is decided anew. */
static inline void tree_replay(struct events *events, uint32_t slot, uint128 key)
{
    size_t node = node_leaf(events, slot);
    do {
        const uint128 rest = node_rest(events, node);
        *node_at(events, node) = key;
        key = key_least(rest, key);
        node = node_parent(node);
    } while (node != NODE_ROOT);
    events->root = key;
}

/* Puts a key that is not later than the one it replaces: done at the first ancestor that it does
 * not lower, which is one or two levels up on average. */
static inline void tree_lower(struct events *events, uint32_t slot, uint128 key)
{
    size_t node = node_leaf(events, slot);
    do {
        if (*node_at(events, node) < key) return;
        *node_at(events, node) = key;
        node = node_parent(node);
    } while (node != NODE_ROOT);
    events->root = key_least(events->root, key);
}

/* Puts a key that is later than the one it replaces: done at the first ancestor that did not hold
 * the old one. A timer far ahead has none that did. */
static inline void tree_raise(struct events *events, uint32_t slot, uint128 key)
{
    size_t node = node_leaf(events, slot);
    const uint128 old = *node_at(events, node);
    for (;;) {
        *node_at(events, node) = key;
        const size_t parent = node_parent(node);
        if (parent == NODE_ROOT) break;
        if ((uint64_t)*node_at(events, parent) != (uint64_t)old) return; /* ids are unique */
        key = key_least(node_rest(events, node), key);
        node = parent;
    }
    if ((uint64_t)events->root == (uint64_t)old)
        events->root = key_least(node_rest(events, node), key);
}

static void tree_rebuild(struct events *events)
{
    const uint128 *const nodes = events->nodes;
    for (size_t i = events->first_leaf; i-- > 0;) {
        const uint128 *child = nodes + 4 * (i + 1);
        events->nodes[i] = key_least(key_least(child[0], child[1]), key_least(child[2], child[3]));
    }
    events->root = key_least(key_least(nodes[0], nodes[1]), key_least(nodes[2], nodes[3]));
}

static NOINLINE_COLD void events_grow(struct events *events)
{
    const size_t before = events->capacity;
    const size_t capacity = before == 0 ? CAPACITY_FIRST : 4 * before;
    if (capacity > CAPACITY_LAST) arena_exhausted(SIZE_MAX); /* no more slots to name */
    const size_t inner = (capacity - 4) / 3;                 /* 4 + 16 + ... + capacity / 4 */
    uint128 *nodes = allocate(inner + capacity, sizeof *nodes);
    struct record *records = allocate(capacity, sizeof *records);
    if (before != 0) {
        memcpy(nodes + inner, events->nodes + events->first_leaf, before * sizeof *nodes);
        memcpy(records, events->records, before * sizeof *records);
    }
    for (size_t i = before; i < capacity; i++) nodes[inner + i] = KEY_EMPTY;
    free(events->nodes);
    free(events->records);
    events->nodes = nodes;
    events->records = records;
    events->first_leaf = inner;
    events->capacity = capacity;
    tree_rebuild(events);
}

struct events *events_new(void)
{
    struct events *events = allocate(1, sizeof *events);
    *events = (struct events){.next_id = ID_STEP, .open = SLOT_NONE, .free = SLOT_NONE};
    events_grow(events);
    return events;
}

void events_free(struct events *events)
{
    if (events == NULL) return;
    free(events->nodes);
    free(events->records);
    free(events);
}

static inline uint32_t slot_take(struct events *events)
{
    uint32_t slot = events->free;
    events->held++;
    if (LIKELY(slot != SLOT_NONE)) {
        events->free = events->records[slot].next_free;
        return slot;
    }
    /* The last slot is never used: its mask in an id would look like that of an empty leaf. */
    slot = events->used++;
    if (UNLIKELY(slot == events->capacity || slot == SLOT_MASK)) events_grow(events);
    return slot;
}

/* The leaf is empty already. */
static inline void slot_give_back(struct events *events, uint32_t slot)
{
    events->records[slot].next_free = events->free;
    events->free = slot;
    events->held--;
}

static inline event_id id_take(struct events *events, uint32_t slot)
{
    const event_id id = events->next_id | slot;
    events->next_id += ID_STEP;
    if (UNLIKELY(events->next_id == 0)) arena_exhausted(SIZE_MAX); /* no sequence numbers left */
    return id;
}

static inline uint128 key_make(sim_time at, event_id id)
{
    return (uint128)(uint64_t)at << 64 | id;
}

/* Apart from events_add so that the way through an open slot, the frequent one, needs few
 * registers. */
static __attribute__((noinline)) event_id add_to_free_slot(struct events *events, sim_time at,
                                                           event_fn *fn, void *context)
{
    const uint32_t slot = slot_take(events);
    const event_id id = id_take(events, slot);
    events->records[slot].fn = fn;
    events->records[slot].context = context;
    tree_lower(events, slot, key_make(at, id));
    return id;
}

event_id events_add(struct events *events, sim_time at, event_fn *fn, void *context)
{
    assert(at >= events->now);
    const uint32_t slot = events->open;
    if (slot == SLOT_NONE) return add_to_free_slot(events, at, fn, context);
    const event_id id = id_take(events, slot);
    events->open = SLOT_NONE;
    events->records[slot].fn = fn;
    events->records[slot].context = context;
    tree_replay(events, slot, key_make(at, id));
    return id;
}

/* The slot of a pending event; SLOT_NONE for a stale id and for that of the event being run, whose
 * leaf still holds its key. */
static inline uint32_t slot_find(const struct events *events, event_id id)
{
    const uint32_t slot = (uint32_t)(id & SLOT_MASK);
    if (slot >= events->used || slot == events->open) return SLOT_NONE;
    return (uint64_t)*node_at(events, node_leaf(events, slot)) == id ? slot : SLOT_NONE;
}

bool events_reschedule(struct events *events, event_id *id, sim_time at)
{
    assert(at >= events->now);
    const uint32_t slot = slot_find(events, *id);
    if (slot == SLOT_NONE) return false;
    *id = id_take(events, slot);
    const uint128 key = key_make(at, *id);
    if (key < *node_at(events, node_leaf(events, slot)))
        tree_lower(events, slot, key);
    else
        tree_raise(events, slot, key);
    return true;
}

bool events_cancel(struct events *events, event_id id)
{
    const uint32_t slot = slot_find(events, id);
    if (slot == SLOT_NONE) return false;
    tree_raise(events, slot, KEY_EMPTY);
    slot_give_back(events, slot);
    return true;
}

/* Asks for the memory that replaying from a slot will touch: the upper levels are always near. */
static inline void prefetch_path(const struct events *events, uint32_t slot)
{
    size_t node = node_leaf(events, slot);
    PREFETCH(node_at(events, node));
    node = node_parent(node);
    PREFETCH(node_at(events, node));
    node = node_parent(node);
    PREFETCH(node_at(events, node));
}

/* The winner after this one is most often the best of the root's other three children. In a set
 * beyond the second cache its record and path come from memory, so they are asked for while this
 * event runs. */
static NOINLINE void prefetch_next(const struct events *events, uint128 winner)
{
    uint128 best = KEY_EMPTY;
    for (size_t i = 0; i < 4; i++)
        best = key_least(best, events->nodes[i] == winner ? KEY_EMPTY : events->nodes[i]);
    if (best == KEY_EMPTY) return;
    const uint32_t slot = (uint32_t)((uint64_t)best & SLOT_MASK);
    PREFETCH(&events->records[slot]);
    prefetch_path(events, slot);
}

/* Runs the winner, which must exist. Its slot stays open: the handler's first schedule takes it
 * over at the cost of one replay, instead of one to clear the leaf and another walk to fill one. */
static inline void run_winner(struct events *events)
{
    const uint128 key = events->root;
    const uint32_t slot = (uint32_t)((uint64_t)key & SLOT_MASK);
    const struct record record = events->records[slot];
    const sim_time now = (sim_time)(key >> 64);
    events->now = now;
    events->open = slot;
    events->count++;
    if (events->capacity >= CAPACITY_BEYOND_FIRST_CACHE) {
        prefetch_path(events, slot);
        if (events->capacity >= CAPACITY_BEYOND_SECOND_CACHE) prefetch_next(events, key);
    }
    record.fn(record.context, now);
    if (events->open != SLOT_NONE) {
        events->open = SLOT_NONE;
        tree_replay(events, slot, KEY_EMPTY);
        slot_give_back(events, slot);
    }
}

bool events_step(struct events *events)
{
    if (events->root == KEY_EMPTY) return false;
    run_winner(events);
    return true;
}

bool events_run_some(struct events *events, sim_time until, uint64_t most, const volatile int *stop)
{
    const uint64_t last = until < 0 ? 0 : (uint64_t)until;
    for (uint64_t run = 0; run < most && (stop == NULL || *stop == 0); run += STOP_INTERVAL) {
        for (int i = 0; i < STOP_INTERVAL; i++) {
            /* The time of an empty root is beyond any other. */
            if ((uint64_t)(events->root >> 64) > last) {
                if (until != SIM_NEVER && until > events->now) events->now = until;
                return true;
            }
            run_winner(events);
        }
    }
    return false;
}

void events_run(struct events *events, sim_time until, const volatile int *stop)
{
    /* Beyond what a run can hold. */
    (void)events_run_some(events, until, UINT64_MAX - STOP_INTERVAL, stop);
}

sim_time events_now(const struct events *events)
{
    return events->now;
}

uint64_t events_count(const struct events *events)
{
    return events->count;
}

size_t events_pending(const struct events *events)
{
    return events->held - (events->open != SLOT_NONE);
}
