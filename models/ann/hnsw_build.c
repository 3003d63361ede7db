#include "base/arena.h"
#include "base/crew.h"
#include "models/ann/hash.h"
#include "models/ann/hnsw.h"
#include "models/ann/memory.h"

#include <stdlib.h>
#include <string.h>

/* Rows are inserted in batches: those of a batch find their links in the graph of all before them,
 * each on any thread; then the rows linked to link back, each list on any thread, new links in
 * order of id. So the graph depends on no thread's timing. The paper's insertion one by one is the
 * limit of small batches; a batch of a given share of the graph costs hardly any recall (prefix
 * doubling: Dobson et al., "Scaling graph-based ANNS algorithms to billion-size datasets", arXiv
 * 2305.04359). */
enum {
    BATCH_SHARE = 64,  /* a batch is one part in so many of the graph before it */
    BATCH_MOST = 1024, /* rows; fewer than 2^BATCH_BITS */
    BATCH_BITS = 16,   /* of a link: layer, target, and the source's place in the batch */
    TARGET_BITS = 32,
    ROWS_A_JOB = 16,
    TARGETS_A_JOB = 64,
    ROWS_FOR_CODES = 1000 /* fewer are compared by row: learning a code is not worth its while */
};

/* The paper's floor(-ln(u) / ln(m)), in integers: at least l with probability m^-l. */
static uint8_t draw_layer(uint64_t seed, uint32_t id, uint32_t m)
{
    uint64_t draw = hash_mix(seed + ((uint64_t)id + 1) * 0x9e3779b97f4a7c15u);
    uint8_t layer = 0;
    for (uint64_t below = UINT64_MAX / m; draw < below && layer < HNSW_LAYERS_MAX - 1; below /= m) {
        layer++;
    }
    return layer;
}

static struct hnsw *graph_new(struct arena *arena, const struct ann_index *index)
{
    struct hnsw *graph = arena_new_item(arena, struct hnsw);
    size_t rows = index->capacity;
    graph->m = index->settings.m;
    graph->base_links = memory_large(arena, rows, 2 * graph->m * sizeof(uint32_t));
    graph->upper_first = arena_array(arena, uint32_t, rows);
    graph->top_layers = arena_array(arena, uint8_t, rows);
    for (size_t i = 0; i < rows; i++) {
        graph->top_layers[i] = draw_layer(index->settings.seed, (uint32_t)i, graph->m);
        graph->upper_first[i] = (uint32_t)graph->upper_count;
        graph->upper_count += graph->top_layers[i];
    }
    graph->upper_links = arena_calloc(arena, graph->upper_count, graph->m * sizeof(uint32_t));
    memset(graph->base_links, 0xff, rows * 2 * graph->m * sizeof(uint32_t));
    memset(graph->upper_links, 0xff, graph->upper_count * graph->m * sizeof(uint32_t));
    graph->top = rows ? graph->top_layers[0] : 0;
    return graph;
}

struct hnsw *hnsw_copy(struct arena *arena, const struct ann_index *index, const struct hnsw *from,
                       size_t rows)
{
    struct hnsw *graph = graph_new(arena, index);
    if (!rows) return graph;
    if (memcmp(graph->top_layers, from->top_layers, rows) != 0) return NULL;
    size_t bytes = graph->m * sizeof(uint32_t);
    size_t uppers = (size_t)graph->upper_first[rows - 1] + graph->top_layers[rows - 1];
    memcpy(graph->base_links, from->base_links, rows * 2 * bytes);
    memcpy(graph->upper_links, from->upper_links, uppers * bytes);
    graph->entry = from->entry;
    graph->top = from->top;
    return graph;
}

/* Searches begin at the new row from now on if it is in a layer of its own. */
static void raise_entry(struct hnsw *graph, uint32_t id)
{
    if (graph->top_layers[id] <= graph->top) return;
    graph->top = graph->top_layers[id];
    graph->entry = id;
}

void hnsw_insert(struct ann_index *index, uint32_t id, struct ann_scratch *scratch)
{
    struct hnsw *graph = index->hnsw;
    if (!id) return; /* the first row is the entry as it is */
    struct hnsw_walk walk = {index, index->codes, scratch, NULL, NULL};
    hnsw_find_links(&walk, id);
    uint32_t layers = graph->top_layers[id] < graph->top ? graph->top_layers[id] : graph->top;
    for (uint32_t layer = 0; layer <= layers; layer++) {
        uint32_t room = hnsw_room(graph, layer);
        const uint32_t *list = hnsw_links(graph, id, layer);
        for (uint32_t i = 0; i < room && list[i] != HNSW_NONE; i++) {
            hnsw_add_links(index, layer, list[i], &id, 1, scratch);
        }
    }
    raise_entry(graph, id);
}

/* --- batches --- */

struct builder {
    struct ann_index *index;
    const struct code_rows *codes;
    struct ann_scratch **scratches; /* of the workers */
    size_t first;                   /* the batch */
    size_t end;
    uint64_t *links; /* to link back: layer, target, place of the source in the batch; sorted */
    size_t link_count;
    size_t *groups; /* where each target's links begin, and the end */
    size_t group_count;
};

static void find_job(void *context, size_t worker, size_t job)
{
    struct builder *builder = context;
    struct hnsw_walk walk = {builder->index, builder->codes, builder->scratches[worker], NULL,
                             NULL};
    size_t first = builder->first + job * ROWS_A_JOB;
    for (size_t i = first; i < builder->end && i < first + ROWS_A_JOB; i++) {
        hnsw_find_links(&walk, (uint32_t)i);
    }
}

static int compare_links(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a;
    uint64_t right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

static void collect_links(struct builder *builder)
{
    const struct hnsw *graph = builder->index->hnsw;
    size_t count = 0;
    for (size_t i = builder->first; i < builder->end; i++) {
        for (uint32_t layer = 0; layer <= graph->top_layers[i] && layer <= graph->top; layer++) {
            const uint32_t *list = hnsw_links(graph, (uint32_t)i, layer);
            for (uint32_t j = 0; j < graph->m && list[j] != HNSW_NONE; j++) {
                uint64_t target = (uint64_t)layer << TARGET_BITS | list[j];
                builder->links[count++] = target << BATCH_BITS | (i - builder->first);
            }
        }
    }
    qsort(builder->links, count, sizeof *builder->links, compare_links);
    builder->link_count = count;
    builder->group_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (i && builder->links[i] >> BATCH_BITS == builder->links[i - 1] >> BATCH_BITS) continue;
        builder->groups[builder->group_count++] = i;
    }
    builder->groups[builder->group_count] = count;
}

static void link_job(void *context, size_t worker, size_t job)
{
    struct builder *builder = context;
    uint32_t sources[BATCH_MOST];
    size_t first = job * TARGETS_A_JOB;
    for (size_t i = first; i < builder->group_count && i < first + TARGETS_A_JOB; i++) {
        const uint64_t *links = builder->links + builder->groups[i];
        size_t count = builder->groups[i + 1] - builder->groups[i];
        for (size_t j = 0; j < count; j++) {
            uint64_t place = links[j] & (((uint64_t)1 << BATCH_BITS) - 1);
            sources[j] = (uint32_t)(builder->first + place);
        }
        uint64_t target = links[0] >> BATCH_BITS;
        hnsw_add_links(builder->index, (uint32_t)(target >> TARGET_BITS), (uint32_t)target, sources,
                       count, builder->scratches[worker]);
    }
}

/* The end of the batch that begins with row `first`. A row in a layer above all before it is a
 * batch of its own: others of that layer are to find it. */
static size_t end_of_batch(const struct hnsw *graph, size_t first, size_t count)
{
    size_t length = first / BATCH_SHARE + 1;
    if (length > BATCH_MOST) length = BATCH_MOST;
    if (length > count - first) length = count - first;
    if (graph->top_layers[first] > graph->top) return first + 1;
    size_t end = first + 1;
    while (end < first + length && graph->top_layers[end] <= graph->top) end++;
    return end;
}

static void insert_batches(struct builder *builder)
{
    struct hnsw *graph = builder->index->hnsw;
    size_t threads = builder->index->settings.threads;
    for (builder->first = 1; builder->first < builder->index->count;
         builder->first = builder->end) {
        builder->end = end_of_batch(graph, builder->first, builder->index->count);
        size_t rows = builder->end - builder->first;
        crew_run(find_job, builder, (rows + ROWS_A_JOB - 1) / ROWS_A_JOB, threads);
        collect_links(builder);
        crew_run(link_job, builder, (builder->group_count + TARGETS_A_JOB - 1) / TARGETS_A_JOB,
                 threads);
        raise_entry(graph, (uint32_t)builder->first);
    }
}

void hnsw_build(struct arena *arena, struct ann_index *index)
{
    index->hnsw = graph_new(arena, index);
    if (!index->count) return;
    struct arena *passing = arena_new();
    struct builder builder = {.index = index, .codes = index->codes};
    if (index->settings.code != ANN_LVQ8 && index->count >= ROWS_FOR_CODES) {
        struct code_source source = index_code_source(index, ANN_LVQ8);
        builder.codes = code_rows_new(passing, &source);
    }
    size_t threads = index->settings.threads;
    builder.scratches = arena_array(passing, struct ann_scratch *, threads);
    for (size_t i = 0; i < threads; i++) builder.scratches[i] = ann_scratch_new(passing, index);
    size_t links = (size_t)BATCH_MOST * index->settings.m * HNSW_LAYERS_MAX;
    builder.links = arena_array(passing, uint64_t, links);
    builder.groups = arena_array(passing, size_t, links + 1);
    insert_batches(&builder);
    struct hnsw_walk walk = {index, builder.codes, builder.scratches[0], NULL, NULL};
    hnsw_reach_all(&walk, index);
    arena_free(passing);
}
