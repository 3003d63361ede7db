/* engine.h - what the comparison of vector indexes asks of each of them. */
#ifndef BENCH_ANN_ENGINE_H
#define BENCH_ANN_ENGINE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { ENGINE_TOP_K = 10, ENGINE_EFFORTS_MAX = 24 };

/* Rows and queries; of unit length if `cosine`, so that every engine may take inner products. */
struct engine_data {
    const float *rows;
    const float *queries;
    const uint32_t *truth; /* truth_k ids a query, nearest first */
    size_t count;
    size_t query_count;
    size_t truth_k;
    uint32_t dimensions;
    int cosine; /* else squared distances */
};

struct engine {
    const char *name;
    /* Returns the index; NULL: cannot be had for this data. */
    void *(*build)(const struct engine_data *data, const struct engine *engine);
    /* The nearest ENGINE_TOP_K ids; returns how many. `effort` is one of `efforts`. */
    size_t (*search)(void *index, uint32_t effort, const float *query, uint32_t *ids);
    double (*bytes)(void *index); /* of memory, all in all */
    void (*drop)(void *index);
    uint32_t efforts[ENGINE_EFFORTS_MAX]; /* what is swept; 0 ends them */
    int variant;                          /* what the engine wants to tell its own kinds apart by */
};

/* The engines there are; each returns their number. */
size_t engines_own(const struct engine **engines);
size_t engines_hnswlib(const struct engine **engines);
size_t engines_faiss(const struct engine **engines);

#ifdef __cplusplus
}
#endif

#endif
