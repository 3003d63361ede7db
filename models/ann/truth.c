#include "models/ann/truth.h"

#include "base/arena.h"
#include "base/crew.h"
#include "base/error.h"

#include <float.h>

/* How many of a query's ids count: the nearest top_k, and what is as far as the last of them. */
static uint32_t count_of(const struct neighbour_set *n, size_t query, size_t top_k)
{
    size_t count = top_k;
    if (!n->distances) return (uint32_t)count;
    const float *distances = n->distances + query * n->k;
    while (count < n->k && distances[count] <= distances[top_k - 1]) count++;
    return (uint32_t)count;
}

bool ann_truth_take(struct arena *arena, const struct neighbour_set *neighbours, size_t queries,
                    size_t rows, size_t top_k, struct ann_truth *out, struct error *err)
{
    const struct neighbour_set *n = neighbours;
    if (n->rows != queries) {
        return error_set(err,
                         "the file has neighbours of %zu queries; expected %zu, as many as "
                         "there are queries",
                         n->rows, queries);
    }
    if (n->k < top_k) {
        error_set(err, "the file has %u neighbours a query; expected %zu or more", (unsigned)n->k,
                  top_k);
        error_hint(err, "ask for a smaller --top-k, or leave the file out");
        return false;
    }
    for (size_t i = 0; i < n->rows * n->k; i++) {
        if (n->ids[i] < rows) continue;
        return error_set(err,
                         "query %zu has the neighbour %u; expected ids below %zu, the rows of "
                         "the base",
                         i / n->k, (unsigned)n->ids[i], rows);
    }
    uint32_t *counts = arena_array(arena, uint32_t, queries + 1);
    for (size_t i = 0; i < queries; i++) counts[i] = count_of(n, i, top_k);
    *out = (struct ann_truth){
        .queries = queries, .wanted = top_k, .width = n->k, .ids = n->ids, .counts = counts};
    return true;
}

struct truth_job {
    const struct ann_index *index;
    const struct vector_set *queries;
    struct ann_query asked;
    struct ann_scratch **scratch; /* of each worker, as the next */
    struct ann_hit **hits;
    float *bounds;
    size_t *found;
};

static void find_exactly(void *context, size_t worker, size_t query)
{
    const struct truth_job *job = context;
    struct ann_query asked = job->asked;
    asked.vector = job->queries->values + query * job->queries->dimensions;
    asked.exact = true;
    struct ann_hit *hits = job->hits[worker];
    size_t found = ann_search(job->index, &asked, job->scratch[worker], hits, NULL);
    job->bounds[query] = found ? hits[found - 1].distance : -FLT_MAX;
    job->found[query] = found;
}

void ann_truth_compute(struct arena *arena, const struct ann_index *index,
                       const struct vector_set *queries, const struct ann_query *asked,
                       size_t threads, struct ann_truth *out)
{
    struct arena *passing = arena_new();
    if (threads > ANN_THREADS_MAX) threads = ANN_THREADS_MAX;
    float *bounds = arena_array(arena, float, queries->rows + 1);
    struct truth_job job = {
        .index = index,
        .queries = queries,
        .asked = *asked,
        .scratch = arena_array(passing, struct ann_scratch *, threads),
        .hits = arena_array(passing, struct ann_hit *, threads),
        .bounds = bounds,
        .found = arena_array(passing, size_t, queries->rows + 1),
    };
    for (size_t i = 0; i < threads; i++) {
        job.scratch[i] = ann_scratch_new(passing, index);
        job.hits[i] = arena_array(passing, struct ann_hit, asked->top_k + 1);
    }
    crew_run(find_exactly, &job, queries->rows, threads);
    /* As many pass for every query. */
    size_t wanted = queries->rows ? job.found[0] : 0;
    *out = (struct ann_truth){.queries = queries->rows, .wanted = wanted, .bounds = bounds};
    arena_free(passing);
}

static bool is_among(const uint32_t *ids, size_t count, uint32_t id)
{
    for (size_t i = 0; i < count; i++) {
        if (ids[i] == id) return true;
    }
    return false;
}

size_t ann_truth_found(const struct ann_truth *truth, size_t query, const struct ann_hit *hits,
                       size_t count)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        if (truth->bounds) {
            found += hits[i].distance <= truth->bounds[query];
        } else {
            found += is_among(truth->ids + query * truth->width, truth->counts[query], hits[i].id);
        }
    }
    return found;
}
