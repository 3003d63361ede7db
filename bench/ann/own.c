/* own.c - Ragtime's indexes for the comparison. */
#include "base/arena.h"
#include "base/error.h"
#include "bench/ann/engine.h"
#include "models/ann/ann.h"

#include <stdio.h>

struct own {
    struct arena *arena;
    struct ann_index *index;
    struct ann_scratch *scratch;
};

#define GRAPH_EFFORTS                                                               \
    {                                                                               \
        6, 8, 10, 12, 16, 24, 32, 40, 48, 64, 80, 100, 128, 160, 200, 300, 400, 600 \
    }

static void *build(const struct engine_data *data, const struct engine *engine)
{
    struct own *own = NULL;
    struct arena *arena = arena_new();
    own = arena_new_item(arena, struct own);
    own->arena = arena;
    struct ann_settings settings = {
        .kind = engine->variant >= 16 ? ANN_FLAT : ANN_HNSW,
        .metric = data->cosine ? ANN_COSINE : ANN_L2,
        .dimensions = data->dimensions,
        .m = 16,
        .ef_construction = 200,
        .code = (enum ann_code)(engine->variant % 16),
    };
    struct error err;
    own->index = ann_build(arena, &settings, data->rows, data->count, &err);
    if (!own->index) {
        (void)fprintf(stderr, "%s: %s\n", engine->name, err.message);
        arena_free(arena);
        return NULL;
    }
    own->scratch = ann_scratch_new(arena, own->index);
    return own;
}

static size_t search(void *index, uint32_t effort, const float *vector, uint32_t *ids)
{
    struct own *own = index;
    struct ann_hit hits[ENGINE_TOP_K];
    struct ann_query query = {.vector = vector, .top_k = ENGINE_TOP_K};
    if (ann_get_settings(own->index)->kind == ANN_FLAT) {
        query.rerank = effort;
    } else {
        query.ef_search = effort;
    }
    size_t found = ann_search(own->index, &query, own->scratch, hits, NULL);
    for (size_t i = 0; i < found; i++) ids[i] = hits[i].id;
    return found;
}

static double bytes(void *index)
{
    const struct own *own = index;
    return (double)ann_size_bytes(own->index);
}

static void drop(void *index)
{
    struct own *own = index;
    arena_free(own->arena);
}

size_t engines_own(const struct engine **engines)
{
    static const struct engine own[] = {
        {"own hnsw float32", build, search, bytes, drop, GRAPH_EFFORTS, ANN_FLOAT32},
        {"own hnsw float16", build, search, bytes, drop, GRAPH_EFFORTS, ANN_FLOAT16},
        {"own hnsw int8", build, search, bytes, drop, GRAPH_EFFORTS, ANN_INT8},
        {"own hnsw lvq8", build, search, bytes, drop, GRAPH_EFFORTS, ANN_LVQ8},
        {"own hnsw lvq4", build, search, bytes, drop, GRAPH_EFFORTS, ANN_LVQ4},
        {"own flat float32", build, search, bytes, drop, {10}, 16 + ANN_FLOAT32},
        {"own flat lvq8", build, search, bytes, drop, {10, 20, 40}, 16 + ANN_LVQ8},
        {"own flat lvq4", build, search, bytes, drop, {10, 20, 40, 80, 160}, 16 + ANN_LVQ4},
    };
    *engines = own;
    return sizeof own / sizeof own[0];
}
