#include "models/ann/ann_store.h"

#include "base/arena.h"
#include "base/error.h"
#include "models/ann/store.h"

#include <string.h>

/* --- life --- */

static bool check(const struct ann_store_settings *settings, struct error *err)
{
    TRY(ann_check_settings(&settings->index, err));
    if (settings->index.recall > 0) {
        return error_set(err, "a store cannot choose probes for a recall; set probes and rerank");
    }
    if (settings->tail_rows > ANN_TAIL_MAX) {
        return error_set(err, "tail_rows is %u; expected %d at most", (unsigned)settings->tail_rows,
                         ANN_TAIL_MAX);
    }
    enum { READERS_MAX = 1 << 16 };
    if (settings->readers <= READERS_MAX) return true;
    return error_set(err, "readers is %u; expected %d at most", (unsigned)settings->readers,
                     READERS_MAX);
}

struct ann_store *ann_store_new(const struct ann_store_settings *settings, struct error *err)
{
    if (!check(settings, err)) return NULL;
    struct arena *arena = arena_new();
    struct ann_store *store = arena_new_item(arena, struct ann_store);
    store->arena = arena;
    store->settings = *settings;
    if (!store->settings.tail_rows) store->settings.tail_rows = ANN_TAIL_DEFAULT;
    if (!store->settings.readers) store->settings.readers = ANN_READERS_DEFAULT;
    store->slots = arena_alloc_aligned(arena, store->settings.readers * sizeof *store->slots,
                                       _Alignof(struct store_slot));
    size_t least = 2 * (size_t)store->settings.tail_rows;
    size_t capacity = settings->index.capacity;
    store_begin(store, capacity > least ? capacity : least);
    store_publish(store);
    return store;
}

void ann_store_free(struct ann_store *store)
{
    if (!store) return;
    const struct store_state *current = atomic_load(&store->current);
    store_let_go((struct store_state *)(uintptr_t)current);
    while (store->retired) {
        struct store_state *state = store->retired;
        store->retired = state->next;
        store_let_go(state);
    }
    store->draft.arena = NULL;
    store_let_go(&store->draft);
    key_map_free(&store->map);
    arena_free(store->arena);
}

/* --- changes --- */

static void mark_dead(struct ann_store *store, uint32_t row)
{
    struct store_state *draft = &store->draft;
    draft->index.dead[row / WORD_BITS] |= (uint64_t)1 << row % WORD_BITS;
    draft->index.dead_count += row < draft->index.count;
    draft->dead_count++;
}

static void put_row(struct ann_store *store, uint64_t key, const float *vector)
{
    store_make_room(store);
    struct store_state *draft = &store->draft;
    uint32_t row = (uint32_t)draft->rows;
    float *place = draft->index.values + row * draft->index.rows.stride;
    index_place_row(&draft->index.settings, vector, place);
    if (draft->index.codes) code_encode(draft->index.codes, row, place);
    store->keys[row] = key;
    draft->rows++;
    uint32_t before = key_map_set(&store->map, key, row);
    if (before != KEY_MAP_NONE) mark_dead(store, before);
    store->replaced_rows++;
    store_tidy(store);
}

bool ann_store_upsert(struct ann_store *store, const uint64_t *keys, const float *rows,
                      size_t count, struct error *err)
{
    TRY(index_check_rows(&store->settings.index, rows, count, err));
    size_t tail = store->settings.tail_rows;
    if (count + store->draft.rows - store->draft.dead_count + 2 * tail > ANN_ROWS_MAX) {
        return error_set(err, "%zu rows more are too many for one store", count);
    }
    uint32_t dimensions = store->settings.index.dimensions;
    for (size_t i = 0; i < count; i++) put_row(store, keys[i], rows + i * dimensions);
    if (count) store_publish(store);
    return true;
}

size_t ann_store_delete(struct ann_store *store, const uint64_t *keys, size_t count)
{
    size_t removed = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t row = key_map_remove(&store->map, keys[i]);
        if (row == KEY_MAP_NONE) continue;
        mark_dead(store, row);
        removed++;
    }
    if (!removed) return 0;
    store_tidy(store);
    store_publish(store);
    return removed;
}

void ann_store_settle(struct ann_store *store)
{
    store_settle(store);
    store_publish(store);
}

bool ann_store_has(const struct ann_store *store, uint64_t key)
{
    return key_map_get(&store->map, key) != KEY_MAP_NONE;
}

/* --- properties --- */

void ann_store_get_statistics(const struct ann_store *store, struct ann_store_statistics *out)
{
    const struct store_state *draft = &store->draft;
    const struct ann_index *index = &draft->index;
    *out = store->statistics;
    out->rows = draft->rows - draft->dead_count;
    out->dead = draft->dead_count;
    out->tail = draft->rows - index->count;
    out->bytes_rows = index->capacity * index->rows.stride * sizeof(float);
    out->bytes_codes = index->codes ? index->capacity * index->codes->stride : 0;
    bool any = index->hnsw || index->ivf;
    out->bytes_index = any && index->kind->size_bytes ? index->kind->size_bytes(index) : 0;
    out->bytes_keys = index->capacity * sizeof *store->keys + key_map_size_bytes(&store->map);
    size_t states = 2;
    for (const struct store_state *s = store->retired; s; s = s->next) states++;
    out->bytes_marks = states * (draft->rows / WORD_BITS + 1) * sizeof *index->dead;
}
