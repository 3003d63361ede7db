#include "base/arena.h"
#include "models/ann/hnsw.h"
#include "models/ann/ivf.h"
#include "models/ann/memory.h"
#include "models/ann/store.h"

#include <string.h>

enum {
    DEAD_SHARE = 4,  /* rows are moved together when one in so many is dead */
    ROOM_SHARE = 2,  /* a new array has room for half as many rows more */
    TRAIN_GROWTH = 2 /* learnt anew when so many times the rows learnt from are there, or came */
};

static bool has_code_rows(const struct ann_store *store)
{
    enum ann_code code = store->settings.index.code;
    return code != ANN_FLOAT32 && code != ANN_RABITQ && code != ANN_SIGN;
}

bool store_is_plain(const struct ann_store *store)
{
    return store->settings.index.kind == ANN_FLAT && store->settings.index.code == ANN_FLOAT32;
}

/* --- memory for rows --- */

void store_begin(struct ann_store *store, size_t capacity)
{
    struct store_part *part = store_part_new();
    struct ann_index *index = index_new(part->arena, &store->settings.index, 0, capacity);
    size_t stride = distance_stride(index->settings.dimensions);
    index->values = memory_large(part->arena, capacity, stride * sizeof *index->values);
    index->rows = (struct distance_rows){.values = index->values, .stride = stride};
    store->draft.index = *index;
    store->keys = arena_array(part->arena, uint64_t, capacity);
    store->draft.keys = store->keys;
    store->draft.rows = 0;
    store->draft.dead_count = 0;
    store->draft.serial++;
    store_use(store, PART_ROWS, part);
}

static size_t room_for(const struct ann_store *store, size_t rows)
{
    size_t more = rows / ROOM_SHARE;
    size_t least = 2 * (size_t)store->settings.tail_rows;
    size_t room = rows + (more > least ? more : least);
    return room < ANN_ROWS_MAX ? room : ANN_ROWS_MAX;
}

/* Copies what is alive to the new draft in order; returns the new place of each old row. */
static uint32_t *move_rows(struct arena *passing, struct ann_store *store,
                           const struct store_state *old)
{
    struct store_state *draft = &store->draft;
    uint32_t *places = arena_array(passing, uint32_t, old->rows + 1);
    size_t stride = draft->index.rows.stride;
    for (size_t i = 0; i < old->rows; i++) {
        places[i] = UINT32_MAX;
        if (store_is_dead(old, i)) continue;
        uint32_t place = (uint32_t)draft->rows++;
        places[i] = place;
        memcpy(draft->index.values + place * stride, old->index.values + i * stride,
               stride * sizeof(float));
        store->keys[place] = old->keys[i];
        key_map_set(&store->map, old->keys[i], place);
    }
    return places;
}

/* The codes of all rows, in the memory of the draft's rows, by what was learnt before. */
static void move_codes(struct ann_store *store, const struct store_state *old,
                       const uint32_t *places)
{
    const struct code_rows *codes = old->index.codes;
    struct ann_index *index = &store->draft.index;
    if (!codes) return;
    struct arena *arena = store->draft.parts[PART_ROWS]->arena;
    struct code_source source = index_code_source(index, codes->code);
    index->codes = code_rows_open(arena, &source, codes);
    size_t columns = distance_stride(codes->dimensions);
    if (codes->mean) {
        float *mean = arena_alloc_aligned(arena, columns * sizeof *mean, ANN_ALIGNMENT);
        memcpy(mean, codes->mean, columns * sizeof *mean);
        index->codes->mean = mean;
    }
    index->codes->bytes = memory_large(arena, index->capacity, codes->stride);
    for (size_t i = 0; i < old->rows; i++) {
        if (places[i] == UINT32_MAX) continue;
        memcpy(index->codes->bytes + places[i] * codes->stride, codes->bytes + i * codes->stride,
               codes->stride);
    }
}

/* --- links and lists --- */

static size_t count_dead(const struct store_state *state, size_t rows)
{
    size_t count = 0;
    for (size_t i = 0; i < rows / WORD_BITS; i++) {
        count += (size_t)__builtin_popcountll(state->index.dead[i]);
    }
    for (size_t i = rows / WORD_BITS * WORD_BITS; i < rows; i++) count += store_is_dead(state, i);
    return count;
}

static void take_all(struct store_state *draft)
{
    draft->index.count = draft->rows;
    draft->index.dead_count = draft->dead_count;
}

/* Learns everything anew from the draft's rows, none of which is dead. */
static void train(struct ann_store *store)
{
    struct store_state *draft = &store->draft;
    struct ann_index *index = &draft->index;
    struct ann_settings asked = index->settings;
    asked.lists = store->settings.index.lists;
    asked.probes = store->settings.index.probes;
    asked.rerank = store->settings.index.rerank;
    index->settings = asked;
    take_all(draft);
    if (has_code_rows(store)) {
        struct code_source source = index_code_source(index, index->settings.code);
        index->codes = code_rows_new(draft->parts[PART_ROWS]->arena, &source);
    }
    struct store_part *part = store_part_new();
    if (index->kind->build) index->kind->build(part->arena, index);
    store_use(store, PART_LEARNT, part);
    store_use(store, PART_LINKS, part);
    store->trained_rows = draft->rows;
    store->replaced_rows = 0;
    store->statistics.trainings++;
}

static void extend_graph(struct ann_store *store)
{
    struct ann_index *index = &store->draft.index;
    struct store_part *part = store_part_new();
    index->hnsw = hnsw_copy(part->arena, index, index->hnsw, index->count);
    struct arena *passing = arena_new();
    struct ann_scratch *scratch = ann_scratch_new(passing, index);
    while (index->count < store->draft.rows) {
        index->count++;
        hnsw_insert(index, (uint32_t)(index->count - 1), scratch);
    }
    arena_free(passing);
    store_use(store, PART_LINKS, part);
}

/* `old` and `places` are of the rows that the lists are of; NULL: they are the draft's. */
static void extend_lists(struct ann_store *store, const struct ivf *old, const uint32_t *places,
                         size_t first)
{
    struct ann_index *index = &store->draft.index;
    struct store_part *part = store_part_new();
    struct ivf_changes changes = {
        .dead = index->dead, .new_ids = places, .first = first, .end = store->draft.rows};
    index->ivf = ivf_merge(part->arena, index, old, &changes);
    store_use(store, PART_LINKS, part);
}

/* --- when --- */

static bool needs_training(const struct ann_store *store)
{
    if (store_is_plain(store)) return false;
    if (!store->trained_rows) return true;
    size_t alive = store->draft.rows - store->draft.dead_count;
    size_t most = TRAIN_GROWTH * store->trained_rows + store->settings.tail_rows;
    return alive >= most || store->replaced_rows >= most;
}

/* The rows that are left go to new memory, and the tail into the index; one that is not full stays
 * a tail if there is nothing yet that it could go into, unless it `must`. */
static void compact(struct ann_store *store, bool must)
{
    struct store_state old = store->draft;
    for (size_t i = 0; i < PART_COUNT; i++) {
        if (old.parts[i]) old.parts[i]->users++;
    }
    old.arena = NULL;
    bool again = needs_training(store) || store->draft.index.hnsw;
    size_t tail = old.rows - old.index.count;
    bool untrained = !store_is_plain(store) && !store->trained_rows;
    struct arena *passing = arena_new();
    store_begin(store, room_for(store, old.rows - old.dead_count));
    store->draft.index.settings = old.index.settings;
    store->draft.index.settings.capacity = store->draft.index.capacity;
    uint32_t *places = move_rows(passing, store, &old);
    if (again && (must || !untrained || tail >= store->settings.tail_rows)) {
        train(store);
    } else if (!untrained) {
        move_codes(store, &old, places);
        size_t indexed = old.index.count - count_dead(&old, old.index.count);
        if (old.index.ivf) extend_lists(store, old.index.ivf, places, indexed);
        take_all(&store->draft);
    }
    arena_free(passing);
    store->statistics.compactions++;
    store_let_go(&old);
}

static void merge(struct ann_store *store)
{
    struct store_state *draft = &store->draft;
    if (needs_training(store)) {
        compact(store, false);
        return;
    }
    size_t first = draft->index.count;
    if (draft->index.hnsw) extend_graph(store);
    if (draft->index.ivf) extend_lists(store, draft->index.ivf, NULL, first);
    take_all(draft);
    store->statistics.merges++;
}

void store_make_room(struct ann_store *store)
{
    struct store_state *draft = &store->draft;
    if (store_is_plain(store)) take_all(draft);
    if (draft->rows - draft->index.count >= store->settings.tail_rows) merge(store);
    if (draft->rows == draft->index.capacity) compact(store, false);
}

void store_tidy(struct ann_store *store)
{
    const struct store_state *draft = &store->draft;
    if (draft->dead_count >= store->settings.tail_rows / DEAD_SHARE + 1 &&
        draft->dead_count * DEAD_SHARE >= draft->rows) {
        compact(store, false);
    }
    if (store_is_plain(store)) take_all(&store->draft);
}

void store_settle(struct ann_store *store)
{
    const struct store_state *draft = &store->draft;
    if (draft->rows == draft->index.count && !draft->dead_count) return;
    compact(store, draft->rows > draft->dead_count);
    if (store_is_plain(store)) take_all(&store->draft);
}
