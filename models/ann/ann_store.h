/* ann_store.h - rows under keys of 64 bits that change while they are searched.
 *
 * One thread writes, any number of others read. A reader sees the store as the last whole upsert or
 * delete left it: a search takes no lock and waits for nobody, and the writer waits for no reader.
 *
 * New rows go to a tail that every search compares exactly; when it is full, the rows are taken
 * into the index. Rows that were replaced or deleted are only marked, and never come back; when
 * they are a quarter of all, the others are moved together. Lists and codes are learnt anew when
 * the store has doubled or its rows have been replaced twice. All of that happens inside upserts
 * and deletes; what a search finds does not depend on threads or on when it runs, but on what the
 * store holds and on the upserts and deletes that led there.
 *
 * Ties in distance are broken by age: the row that came first is nearer.
 */
#ifndef MODELS_ANN_ANN_STORE_H
#define MODELS_ANN_ANN_STORE_H

#include "models/ann/ann.h"

struct ann_store;
struct ann_reader;
struct ann_key_filter;

enum { ANN_TAIL_DEFAULT = 4096, ANN_TAIL_MAX = 1 << 20, ANN_READERS_DEFAULT = 64 };

struct ann_store_settings {
    struct ann_settings index; /* capacity: rows to have room for at first; recall: 0 */
    uint32_t tail_rows;        /* 0: ANN_TAIL_DEFAULT; at most ANN_TAIL_MAX */
    uint32_t readers;          /* that may be there at one time; 0: ANN_READERS_DEFAULT */
};

/* NULL and *err on settings out of range. */
struct ann_store *ann_store_new(const struct ann_store_settings *settings, struct error *err);
/* All readers must be gone. NULL is allowed. */
void ann_store_free(struct ann_store *store);

/* Puts rows under their keys, in place of the rows that had them; readers see all of them or none.
 * A key that is there twice gets its last row. False and *err, and nothing changed, on a row that
 * ann_build would refuse (the message names its place in the batch) and when there would be more
 * than ANN_ROWS_MAX. */
bool ann_store_upsert(struct ann_store *store, const uint64_t *keys, const float *rows,
                      size_t count, struct error *err);
/* Takes the rows of some keys out; returns how many there were. */
size_t ann_store_delete(struct ann_store *store, const uint64_t *keys, size_t count);
/* Takes the tail into the index now and gives the room of dead rows back: for when nothing will
 * change for a while. */
void ann_store_settle(struct ann_store *store);
/* Whether there is a row of that key. */
bool ann_store_has(const struct ann_store *store, uint64_t key);

/* By the writer, as the next two. */
struct ann_store_statistics {
    size_t rows; /* that can be found, those of the tail too */
    size_t dead; /* replaced or deleted, still taking room */
    size_t tail; /* not yet in the index, dead ones too */
    uint64_t merges;
    uint64_t compactions;
    uint64_t trainings;
    size_t bytes_rows; /* with room for more, as the next */
    size_t bytes_codes;
    size_t bytes_index; /* links or lists, and what was learnt for them */
    size_t bytes_keys;  /* of rows, and to find rows by */
    size_t bytes_marks; /* of deletion, in all states that are kept for readers */
};
void ann_store_get_statistics(const struct ann_store *store, struct ann_store_statistics *out);

/* As ann_save: all of it, tail, marks and keys. */
bool ann_store_save(const struct ann_store *store, const char *path, struct error *err);
/* Reads what ann_store_save wrote, checking all of it. Of settings.index, `threads` and `capacity`
 * are taken, and `lists`, `probes` and `rerank` for when lists are learnt anew; all else is the
 * file's. NULL and *err as ann_map. */
struct ann_store *ann_store_open(const char *path, const struct ann_store_settings *settings,
                                 struct error *err);

/* --- reading --- */

/* What one thread searches with. NULL and *err if there are too many. */
struct ann_reader *ann_reader_new(struct ann_store *store, struct error *err);
void ann_reader_free(struct ann_reader *reader); /* NULL is allowed */

struct ann_key_hit {
    uint64_t key;
    float distance;
};

/* As ann_search, with query->filter ignored: rows that may be hits are those that `filter` (or
 * NULL: none) passes. Tail rows count as distances in *work. Allocates only after the store has
 * grown. */
size_t ann_reader_search(struct ann_reader *reader, const struct ann_query *query,
                         struct ann_key_filter *filter, struct ann_key_hit *hits,
                         struct ann_work *work);

/* As ann_search_range. */
size_t ann_reader_search_range(struct ann_reader *reader, const struct ann_query *query,
                               float within, struct ann_key_filter *filter,
                               struct ann_key_hit *hits, struct ann_work *work);

/* Metadata: whether the row of a key may be a hit. The answer for a key may change only together
 * with an upsert of that key, because answers are kept: a search asks only for rows that are new
 * since the last one with the same filter. */
typedef bool ann_key_passes_fn(const void *context, uint64_t key);

/* Of one reader. */
struct ann_key_filter *ann_key_filter_new(ann_key_passes_fn *passes, const void *context);
void ann_key_filter_free(struct ann_key_filter *filter); /* NULL is allowed */

#endif
