/* store.h - the parts of a store; for models/ann/store*.c and ann_store.c.
 *
 * What readers see is a state: an index, the rows behind it (the tail) and the marks of deletion,
 * none of which change any more. The writer makes the next state beside it and puts it in its place
 * with one atomic store. Rows are only ever added behind those that states count, so states share
 * them; links or lists are copied when they change.
 *
 * A reader says which state it is in by a pointer of its own (a hazard pointer: Michael, IEEE TPDS
 * 15(6), 2004); the writer lets states go that no reader is in. All counting is the writer's.
 */
#ifndef MODELS_ANN_STORE_H
#define MODELS_ANN_STORE_H

#include "models/ann/ann_store.h"
#include "models/ann/index.h"
#include "models/ann/key_map.h"

#include <stdatomic.h>

/* Memory that several states use. */
struct store_part {
    struct arena *arena;
    size_t users;
};

/* What a state is made of; the first has rows, keys and codes, the second what was learnt for
 * lists, the third links or lists. */
enum { PART_ROWS, PART_LEARNT, PART_LINKS, PART_COUNT };

struct store_state {
    struct ann_index index; /* its count: the rows before the tail; dead: of all rows */
    const uint64_t *keys;
    size_t rows;       /* tail too */
    size_t dead_count; /* the same */
    uint64_t serial;   /* of PART_ROWS: rows keep their places while it is the same */
    struct store_part *parts[PART_COUNT];
    struct arena *arena; /* what this is in */
    struct store_state *next;
};

struct store_slot {
    _Alignas(128) _Atomic(const struct store_state *) state; /* what its reader is in, or NULL */
    atomic_bool taken;
};

struct ann_store {
    struct ann_store_settings settings; /* defaults filled in */
    _Atomic(const struct store_state *) current;
    struct store_slot *slots; /* settings.readers */
    struct arena *arena;

    /* The writer's: the next state, with marks that it changes. */
    struct store_state draft;
    uint64_t *keys; /* draft.keys */
    struct key_map map;
    struct store_state *retired; /* not current any more; readers may be in them */
    size_t trained_rows;         /* that codes and lists were learnt from; 0: none were */
    size_t replaced_rows;        /* since then */
    struct ann_store_statistics statistics;
};

/* store_state.c */

struct store_part *store_part_new(void);
/* One user less; the last one's goes. NULL is allowed. */
void store_drop(struct store_part *part);
/* Makes it the draft's in place of the one that was there; NULL: none. */
void store_use(struct ann_store *store, size_t place, struct store_part *part);
/* Makes the draft what readers find from now on, and lets go of states that none is in. */
void store_publish(struct ann_store *store);
void store_let_go(struct store_state *state);

/* store_merge.c */

/* Whether there is nothing to learn: rows are searched as they come. */
bool store_is_plain(const struct ann_store *store);
/* Memory for the draft's rows, `capacity` of them, which has nothing in it yet. */
void store_begin(struct ann_store *store, size_t capacity);
/* Makes room for one more row of the draft: a full tail goes into the index, a full array is
 * replaced by a larger one. */
void store_make_room(struct ann_store *store);
void store_settle(struct ann_store *store);
/* Moves the rows that are left together if a quarter is dead. */
void store_tidy(struct ann_store *store);

static inline bool store_is_dead(const struct store_state *state, size_t row)
{
    return state->index.dead[row / WORD_BITS] >> row % WORD_BITS & 1;
}

#endif
