#include "base/arena.h"
#include "base/error.h"
#include "models/ann/hnsw.h"
#include "models/ann/image_index.h"
#include "models/ann/ivf.h"
#include "models/ann/mapped_file.h"
#include "models/ann/memory.h"
#include "models/ann/store.h"

#include <string.h>

bool ann_store_save(const struct ann_store *store, const char *path, struct error *err)
{
    const struct store_state *draft = &store->draft;
    const struct image_source source = {.index = &draft->index,
                                        .rows = draft->rows,
                                        .dead = draft->index.dead,
                                        .keys = draft->keys,
                                        .trained_rows = store->trained_rows,
                                        .replaced_rows = store->replaced_rows};
    return image_save(&source, path, err);
}

/* --- opening: all that the mapping has is copied --- */

/* Rows, keys and marks. */
static bool take_rows(struct ann_store *store, const struct image_content *content,
                      struct error *err)
{
    struct store_state *draft = &store->draft;
    struct ann_index *index = &draft->index;
    draft->rows = content->rows;
    index->count = content->index->count;
    index->dead_count = content->index->dead_count;
    index->settings.lists = content->index->settings.lists;
    index->settings.probes = content->index->settings.probes;
    index->settings.rerank = content->index->settings.rerank;
    memcpy(index->values, content->index->values,
           content->rows * index->rows.stride * sizeof(float));
    size_t words = (content->rows + WORD_BITS - 1) / WORD_BITS;
    memcpy(index->dead, content->dead, words * sizeof *index->dead);
    memcpy(store->keys, content->keys, content->rows * sizeof *store->keys);
    for (size_t i = 0; i < content->rows; i++) {
        if (store_is_dead(draft, i)) {
            draft->dead_count++;
        } else if (key_map_set(&store->map, store->keys[i], (uint32_t)i) != KEY_MAP_NONE) {
            return error_set(err, "the key %llu is there twice",
                             (unsigned long long)store->keys[i]);
        }
    }
    return true;
}

static void take_codes(struct ann_store *store, const struct code_rows *codes)
{
    struct ann_index *index = &store->draft.index;
    struct arena *arena = store->draft.parts[PART_ROWS]->arena;
    struct code_source source = index_code_source(index, codes->code);
    index->codes = code_rows_open(arena, &source, codes);
    if (codes->mean) {
        size_t columns = distance_stride(codes->dimensions);
        float *mean = arena_alloc_aligned(arena, columns * sizeof *mean, ANN_ALIGNMENT);
        memcpy(mean, codes->mean, columns * sizeof *mean);
        index->codes->mean = mean;
    }
    index->codes->bytes = memory_large(arena, index->capacity, codes->stride);
    memcpy(index->codes->bytes, codes->bytes, index->count * codes->stride);
    for (size_t i = index->count; i < store->draft.rows; i++) {
        code_encode(index->codes, i, index_row(index, (uint32_t)i));
    }
}

static bool take_links(struct ann_store *store, const struct image_content *content,
                       struct store_part *learnt, struct error *err)
{
    struct ann_index *index = &store->draft.index;
    struct store_part *part = store_part_new();
    store_use(store, PART_LEARNT, learnt);
    store_use(store, PART_LINKS, part);
    if (content->index->hnsw) {
        index->hnsw = hnsw_copy(part->arena, index, content->index->hnsw, index->count);
        if (index->hnsw) return true;
        return error_set(err, "the layers of the graph are not those of its seed");
    }
    struct ivf *old = content->index->ivf;
    if (!old) return true;
    if (!old->lists) return error_set(err, "there are rows in the index, but no lists");
    if (old->coded && !old->coder.signs) {
        struct book *book = &old->coder.book;
        size_t bytes = book->pieces * book->stride * sizeof *book->words;
        float *words = arena_alloc_aligned(learnt->arena, bytes, ANN_ALIGNMENT);
        memcpy(words, book->words, bytes);
        book->words = words;
    }
    struct ivf_changes changes = {.dead = index->dead, .first = old->rows, .end = index->count};
    index->ivf = ivf_merge(part->arena, index, old, &changes);
    return true;
}

static struct ann_store *new_store(const struct ann_store_settings *settings,
                                   const struct image_content *content, struct error *err)
{
    struct ann_store_settings all = *settings;
    all.index = content->index->settings;
    all.index.threads = settings->index.threads;
    all.index.lists = settings->index.lists;
    all.index.probes = settings->index.probes;
    all.index.rerank = settings->index.rerank;
    size_t tail = settings->tail_rows ? settings->tail_rows : ANN_TAIL_DEFAULT;
    size_t capacity = content->rows + content->rows / 2 + 2 * tail;
    if (capacity < settings->index.capacity) capacity = settings->index.capacity;
    all.index.capacity = capacity < ANN_ROWS_MAX ? capacity : ANN_ROWS_MAX;
    return ann_store_new(&all, err);
}

static bool take_all(struct ann_store *store, const struct image_content *content,
                     struct store_part *learnt, struct error *err)
{
    TRY(take_rows(store, content, err));
    if (content->index->codes) take_codes(store, content->index->codes);
    if (content->index->count && !store_is_plain(store)) {
        TRY(take_links(store, content, learnt, err));
        store->trained_rows = content->index->count;
        if (content->trained_rows && content->trained_rows < ANN_ROWS_MAX) {
            store->trained_rows = (size_t)content->trained_rows;
        }
        store->replaced_rows = (size_t)content->replaced_rows;
    }
    store_publish(store);
    return true;
}

static struct ann_store *open_bytes(const struct mapped_file *file,
                                    const struct ann_store_settings *settings,
                                    struct store_part *learnt, struct error *err)
{
    struct image image;
    struct image_content content;
    if (!image_read(file->bytes, file->length, true, &image, err) ||
        !index_of_image(learnt->arena, &image, true, &content, err)) {
        return NULL;
    }
    if (!content.keys) {
        error_set(err, "this is the file of an index, not of a store");
        error_hint(err, "open it as an index");
        return NULL;
    }
    struct ann_store *store = new_store(settings, &content, err);
    if (!store || take_all(store, &content, learnt, err)) return store;
    ann_store_free(store);
    return NULL;
}

struct ann_store *ann_store_open(const char *path, const struct ann_store_settings *settings,
                                 struct error *err)
{
    struct mapped_file file = {0};
    if (!mapped_file_open(path, &file, err)) return NULL;
    struct store_part *learnt = store_part_new();
    learnt->users = 1;
    struct ann_store *store = open_bytes(&file, settings, learnt, err);
    if (!store) err->place.file = path;
    store_drop(learnt);
    mapped_file_close(&file);
    return store;
}
