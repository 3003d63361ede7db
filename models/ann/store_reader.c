#include "base/arena.h"
#include "base/error.h"
#include "models/ann/ivf.h"
#include "models/ann/store.h"

#include <string.h>

struct ann_reader {
    struct arena *arena;
    struct ann_store *store;
    struct store_slot *slot;
    const struct store_state *state; /* of the search that runs */
    struct arena *room;              /* what is below */
    struct ann_scratch *scratch;
    struct ann_hit *hits;
    size_t capacity; /* what they are for */
    size_t slots;
    size_t lists;
};

struct ann_key_filter {
    struct arena *arena;
    ann_key_passes_fn *passes;
    const void *context;
    struct arena *room;
    uint64_t *bits;
    size_t rows;     /* asked for */
    size_t passing;  /* of them */
    uint64_t serial; /* the rows they are of; 0: none */
};

/* --- life --- */

struct ann_reader *ann_reader_new(struct ann_store *store, struct error *err)
{
    for (size_t i = 0; i < store->settings.readers; i++) {
        bool expected = false;
        if (!atomic_compare_exchange_strong(&store->slots[i].taken, &expected, true)) continue;
        struct arena *arena = arena_new();
        struct ann_reader *reader = arena_new_item(arena, struct ann_reader);
        reader->arena = arena;
        reader->store = store;
        reader->slot = &store->slots[i];
        return reader;
    }
    error_set(err, "the store has %u readers already", (unsigned)store->settings.readers);
    error_hint(err, "open it for more readers");
    return NULL;
}

void ann_reader_free(struct ann_reader *reader)
{
    if (!reader) return;
    atomic_store(&reader->slot->taken, false);
    arena_free(reader->room);
    arena_free(reader->arena);
}

struct ann_key_filter *ann_key_filter_new(ann_key_passes_fn *passes, const void *context)
{
    struct arena *arena = arena_new();
    struct ann_key_filter *filter = arena_new_item(arena, struct ann_key_filter);
    filter->arena = arena;
    filter->passes = passes;
    filter->context = context;
    return filter;
}

void ann_key_filter_free(struct ann_key_filter *filter)
{
    if (!filter) return;
    arena_free(filter->room);
    arena_free(filter->arena);
}

/* --- states --- */

static const struct store_state *enter(struct ann_reader *reader)
{
    const struct store_state *state = atomic_load(&reader->store->current);
    for (;;) {
        atomic_store(&reader->slot->state, state);
        /* The writer may have let it go before the pointer was seen. */
        const struct store_state *again = atomic_load(&reader->store->current);
        if (again == state) return state;
        state = again;
    }
}

static void leave(struct ann_reader *reader)
{
    atomic_store_explicit(&reader->slot->state, NULL, memory_order_release);
}

/* A scratch that is large enough, with some room for what comes. */
static void fit(struct ann_reader *reader, const struct store_state *state)
{
    const struct ivf *ivf = state->index.ivf;
    size_t lists = ivf && ivf->lists ? ivf->coarse.rows.count : 0;
    size_t slots = lists ? ivf->first[ivf->lists] : 0;
    if (reader->room && reader->capacity >= state->index.capacity && reader->slots >= slots &&
        reader->lists >= lists) {
        return;
    }
    arena_free(reader->room);
    reader->room = arena_new();
    reader->scratch = ann_scratch_new(reader->room, &state->index);
    reader->capacity = state->index.capacity;
    reader->slots = slots;
    reader->lists = lists;
    size_t hits = reader->capacity < ANN_BEAM_MAX ? reader->capacity : ANN_BEAM_MAX;
    reader->hits = arena_array(reader->room, struct ann_hit, hits + 1);
}

/* --- filters --- */

static struct ann_filter ask(struct ann_key_filter *filter, const struct store_state *state)
{
    if (filter->serial != state->serial) {
        arena_free(filter->room);
        filter->room = arena_new();
        filter->bits = arena_array(filter->room, uint64_t, state->index.capacity / WORD_BITS + 1);
        filter->serial = state->serial;
        filter->rows = 0;
        filter->passing = 0;
    }
    for (; filter->rows < state->rows; filter->rows++) {
        size_t row = filter->rows;
        if (!filter->passes(filter->context, state->keys[row])) continue;
        filter->bits[row / WORD_BITS] |= (uint64_t)1 << row % WORD_BITS;
        filter->passing++;
    }
    return (struct ann_filter){.bits = filter->bits, .passing = filter->passing};
}

/* --- search --- */

/* Compares the tail; hits of the index are in the beam already. */
static void scan_tail(const struct store_state *state, const struct ann_filter *filter,
                      float within, struct ann_scratch *scratch, struct ann_work *work)
{
    const struct ann_index *index = &state->index;
    struct index_passing passing = {.bits = filter ? filter->bits : NULL, .dead = index->dead};
    struct beam *beam = &scratch->beam;
    size_t count = 0;
    scratch->target = scratch->query;
    for (size_t row = index->count; row < state->rows; row++) {
        scratch->ids[count] = (uint32_t)row;
        count += index_passes(&passing, (uint32_t)row);
        if (count < ROWS_AT_ONCE && row + 1 < state->rows) continue;
        if (!count) continue;
        index_distances(index, NULL, scratch, scratch->ids, count, scratch->distances);
        index_count_distances(index, NULL, count, work);
        for (size_t i = 0; i < count; i++) {
            uint64_t key = key_make(scratch->distances[i], scratch->ids[i]);
            bool near = scratch->distances[i] <= within && key < beam_bound(beam);
            if (near) beam_add(beam, key);
        }
        count = 0;
    }
}

static size_t add_tail(const struct ann_reader *reader, const struct store_state *state,
                       const struct ann_query *query, float within, size_t found,
                       struct ann_work *work)
{
    struct ann_scratch *scratch = reader->scratch;
    struct error fault;
    if (!query->top_k || !ann_check_vector(&state->index, query->vector, &fault)) return 0;
    index_place_query(&state->index, query->vector, scratch);
    beam_reset(&scratch->beam, query->top_k);
    for (size_t i = 0; i < found; i++) {
        beam_add(&scratch->beam, key_make(reader->hits[i].distance, reader->hits[i].id));
    }
    scan_tail(state, query->filter, within, scratch, work);
    for (size_t i = 0; i < scratch->beam.length; i++) {
        uint64_t key = scratch->beam.keys[i];
        reader->hits[i] = (struct ann_hit){.id = key_id(key), .distance = key_distance(key)};
    }
    return scratch->beam.length;
}

/* `range`: hits are within a distance, else the nearest, and `within` is infinite. */
static size_t search(struct ann_reader *reader, const struct ann_query *query, bool range,
                     float within, struct ann_key_filter *filter, struct ann_work *work)
{
    const struct store_state *state = enter(reader);
    fit(reader, state);
    struct ann_query asked = *query;
    struct ann_filter bits;
    asked.filter = NULL;
    if (filter) {
        bits = ask(filter, state);
        asked.filter = &bits;
    }
    if (asked.top_k > ANN_BEAM_MAX) asked.top_k = ANN_BEAM_MAX;
    if (asked.top_k > state->rows) asked.top_k = state->rows;
    size_t found =
        range ? ann_search_range(&state->index, &asked, within, reader->scratch, reader->hits, work)
              : ann_search(&state->index, &asked, reader->scratch, reader->hits, work);
    if (state->rows > state->index.count) {
        found = add_tail(reader, state, &asked, within, found, work);
    }
    reader->state = state;
    return found;
}

/* The keys of what was found; then its state may go. */
static size_t finish(struct ann_reader *reader, size_t found, struct ann_key_hit *hits)
{
    for (size_t i = 0; i < found; i++) {
        hits[i].key = reader->state->keys[reader->hits[i].id];
        hits[i].distance = reader->hits[i].distance;
    }
    leave(reader);
    return found;
}

size_t ann_reader_search(struct ann_reader *reader, const struct ann_query *query,
                         struct ann_key_filter *filter, struct ann_key_hit *hits,
                         struct ann_work *work)
{
    return finish(reader, search(reader, query, false, INFINITY, filter, work), hits);
}

size_t ann_reader_search_range(struct ann_reader *reader, const struct ann_query *query,
                               float within, struct ann_key_filter *filter,
                               struct ann_key_hit *hits, struct ann_work *work)
{
    return finish(reader, search(reader, query, true, within, filter, work), hits);
}
