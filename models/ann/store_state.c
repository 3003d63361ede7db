#include "base/arena.h"
#include "models/ann/store.h"

#include <string.h>

struct store_part *store_part_new(void)
{
    struct arena *arena = arena_new();
    struct store_part *part = arena_new_item(arena, struct store_part);
    part->arena = arena;
    return part;
}

void store_drop(struct store_part *part)
{
    if (part && --part->users == 0) arena_free(part->arena);
}

void store_use(struct ann_store *store, size_t place, struct store_part *part)
{
    if (part) part->users++;
    store_drop(store->draft.parts[place]);
    store->draft.parts[place] = part;
}

void store_let_go(struct store_state *state)
{
    for (size_t i = 0; i < PART_COUNT; i++) store_drop(state->parts[i]);
    arena_free(state->arena);
}

static bool is_read(struct ann_store *store, const struct store_state *state)
{
    for (size_t i = 0; i < store->settings.readers; i++) {
        if (atomic_load(&store->slots[i].state) == state) return true;
    }
    return false;
}

static void let_go_unread(struct ann_store *store)
{
    struct store_state **link = &store->retired;
    while (*link) {
        struct store_state *state = *link;
        if (is_read(store, state)) {
            link = &state->next;
            continue;
        }
        *link = state->next;
        store_let_go(state);
    }
}

void store_publish(struct ann_store *store)
{
    const struct store_state *draft = &store->draft;
    struct arena *arena = arena_new();
    struct store_state *state = arena_new_item(arena, struct store_state);
    *state = *draft;
    state->arena = arena;
    size_t words = draft->rows / WORD_BITS + 1;
    state->index.dead = arena_array(arena, uint64_t, words);
    memcpy(state->index.dead, draft->index.dead, words * sizeof *state->index.dead);
    for (size_t i = 0; i < PART_COUNT; i++) {
        if (state->parts[i]) state->parts[i]->users++;
    }
    /* Sequentially consistent, as what readers do: either a reader sees the new state when it looks
     * again, or its pointer to the old one is seen here. */
    const struct store_state *old = atomic_exchange(&store->current, state);
    if (old) {
        struct store_state *retired = (struct store_state *)(uintptr_t)old;
        retired->next = store->retired;
        store->retired = retired;
    }
    let_go_unread(store);
}
