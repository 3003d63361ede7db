/* How fast rows of a store are replaced, and what a search of a settled store costs beside one of
 * the bare index. store [FOLDER of .fbin data [KIND]] */
#include "base/arena.h"
#include "base/error.h"
#include "models/ann/ann_store.h"
#include "models/ann/vector_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { TOP_K = 10, QUERIES = 1000, CYCLES = 7, HNSWLIB_OVERWRITES = 689 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double cpu_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static _Noreturn void die(const struct error *err)
{
    fprintf(stderr, "%s\n", err->message);
    exit(1);
}

struct way {
    const char *name;
    struct ann_settings settings;
    size_t upserts;
};

/* Least time a query of each, in turns. */
static void compare_searches(const struct ann_index *index, struct ann_reader *reader,
                             const struct vector_set *queries)
{
    struct arena *arena = arena_new();
    struct ann_scratch *scratch = ann_scratch_new(arena, index);
    struct ann_hit hits[TOP_K];
    struct ann_key_hit key_hits[TOP_K];
    double *least[2] = {arena_array(arena, double, QUERIES), arena_array(arena, double, QUERIES)};
    size_t differ = 0;
    for (int cycle = 0; cycle < CYCLES; cycle++) {
        for (int side = 0; side < 2; side++) {
            for (size_t i = 0; i < QUERIES; i++) {
                const float *vector = queries->values + i * queries->dimensions;
                struct ann_query query = {.vector = vector, .top_k = TOP_K};
                double start = now();
                if (side) {
                    ann_reader_search(reader, &query, NULL, key_hits, NULL);
                } else {
                    ann_search(index, &query, scratch, hits, NULL);
                }
                double took = now() - start;
                if (!cycle || took < least[side][i]) least[side][i] = took;
            }
        }
    }
    double sums[2] = {0, 0};
    for (size_t i = 0; i < QUERIES; i++) {
        struct ann_query query = {.vector = queries->values + i * queries->dimensions,
                                  .top_k = TOP_K};
        size_t count = ann_search(index, &query, scratch, hits, NULL);
        ann_reader_search(reader, &query, NULL, key_hits, NULL);
        for (size_t j = 0; j < count; j++) differ += key_hits[j].key != hits[j].id;
    }
    for (size_t i = 0; i < QUERIES; i++) {
        sums[0] += least[0][i];
        sums[1] += least[1][i];
    }
    printf("  search: index %.2f us, settled store %.2f us (%.3f times); %zu hits differ\n",
           sums[0] / QUERIES * 1e6, sums[1] / QUERIES * 1e6, sums[1] / sums[0], differ);
    arena_free(arena);
}

static void replace_rows(struct ann_store *store, const struct vector_set *base, size_t upserts,
                         size_t batch)
{
    struct arena *arena = arena_new();
    struct error err;
    uint64_t *keys = arena_array(arena, uint64_t, batch);
    float *rows = arena_array(arena, float, batch * base->dimensions);
    uint64_t state = 1;
    struct ann_store_statistics before, after;
    ann_store_get_statistics(store, &before);
    double took = 0;
    double cpu = 0;
    double longest = 0;
    for (size_t done = 0; done < upserts; done += batch) {
        for (size_t i = 0; i < batch; i++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            keys[i] = (state >> 33) % base->rows;
            const float *row = base->values + (state >> 20) % base->rows * base->dimensions;
            memcpy(rows + i * base->dimensions, row, base->dimensions * sizeof *row);
        }
        double start = now();
        double cpu_start = cpu_now();
        if (!ann_store_upsert(store, keys, rows, batch, &err)) die(&err);
        cpu += cpu_now() - cpu_start;
        double one = now() - start;
        took += one;
        if (one > longest) longest = one;
    }
    ann_store_get_statistics(store, &after);
    printf("  %zu upserts of existing keys by %zu: %.0f/s, %.0f/s of CPU time (%.1f x 689/s); "
           "longest %.0f ms; %llu merges, %llu compactions, %llu trainings\n",
           upserts, batch, (double)upserts / took, (double)upserts / cpu,
           (double)upserts / cpu / HNSWLIB_OVERWRITES, longest * 1e3,
           (unsigned long long)(after.merges - before.merges),
           (unsigned long long)(after.compactions - before.compactions),
           (unsigned long long)(after.trainings - before.trainings));
    arena_free(arena);
}

static double time_searches(struct ann_reader *reader, const struct vector_set *queries)
{
    struct ann_key_hit hits[TOP_K];
    double least = 1e9;
    for (int cycle = 0; cycle < CYCLES; cycle++) {
        double start = now();
        for (size_t i = 0; i < QUERIES; i++) {
            struct ann_query query = {.vector = queries->values + i * queries->dimensions,
                                      .top_k = TOP_K};
            ann_reader_search(reader, &query, NULL, hits, NULL);
        }
        double took = (now() - start) / QUERIES;
        if (took < least) least = took;
    }
    return least * 1e6;
}

static void run(const struct way *way, const struct vector_set *base,
                const struct vector_set *queries)
{
    struct arena *arena = arena_new();
    struct error err;
    struct ann_settings settings = way->settings;
    settings.dimensions = base->dimensions;
    settings.capacity = base->rows + base->rows / 2;
    double start = cpu_now();
    struct ann_index *index = ann_build(arena, &settings, base->values, base->rows, &err);
    if (!index) die(&err);
    printf("%s, %zu rows: built in %.1f CPU s\n", way->name, base->rows, cpu_now() - start);

    /* With a tail of all rows the store learns from all of them at once, as the index did. */
    struct ann_store_settings of_store = {.index = settings, .tail_rows = (uint32_t)base->rows};
    struct ann_store *store = ann_store_new(&of_store, &err);
    if (!store) die(&err);
    uint64_t *keys = arena_array(arena, uint64_t, base->rows);
    for (size_t i = 0; i < base->rows; i++) keys[i] = i;
    if (!ann_store_upsert(store, keys, base->values, base->rows, &err)) die(&err);
    ann_store_settle(store);
    struct ann_reader *reader = ann_reader_new(store, &err);
    if (!reader) die(&err);
    compare_searches(index, reader, queries);
    ann_reader_free(reader);

    char path[] = "/tmp/bench_store.XXXXXX";
    int descriptor = mkstemp(path);
    if (descriptor < 0) exit(1);
    close(descriptor);
    start = now();
    if (!ann_store_save(store, path, &err)) die(&err);
    printf("  saved in %.2f s", now() - start);
    ann_store_free(store);
    of_store.tail_rows = 0;
    start = now();
    store = ann_store_open(path, &of_store, &err);
    remove(path);
    if (!store) die(&err);
    printf(", opened in %.2f s\n", now() - start);
    reader = ann_reader_new(store, &err);
    if (!reader) die(&err);
    replace_rows(store, base, way->upserts, 100);
    replace_rows(store, base, way->upserts / 4, 1);
    struct ann_store_statistics s;
    ann_store_get_statistics(store, &s);
    printf("  search with a tail of %zu and %zu dead of %zu: %.2f us\n", s.tail, s.dead,
           s.rows + s.dead, time_searches(reader, queries));
    ann_reader_free(reader);
    ann_store_free(store);
    arena_free(arena);
}

int main(int argc, char **argv)
{
    static const struct way ways[] = {
        {"scann", {.kind = ANN_SCANN}, 200000},
        {"ivf_pq", {.kind = ANN_IVF_PQ}, 200000},
        {"ivf_flat", {.kind = ANN_IVF_FLAT}, 200000},
        {"hnsw", {.kind = ANN_HNSW, .code = ANN_LVQ8}, 20000},
    };
    struct arena *arena = arena_new();
    struct error err;
    struct vector_set base, queries;
    char path[500];
    const char *folder = argc > 1 ? argv[1] : "../shared/data/glove100";
    snprintf(path, sizeof path, "%s/base.fbin", folder);
    if (!vector_file_read(arena, path, 0, &base, &err)) die(&err);
    snprintf(path, sizeof path, "%s/queries.fbin", folder);
    if (!vector_file_read(arena, path, QUERIES, &queries, &err)) die(&err);
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        if (argc > 2 && strcmp(argv[2], ways[i].name) != 0) continue;
        run(&ways[i], &base, &queries);
    }
    arena_free(arena);
    return 0;
}
