#include "models/search_work.h"

#include "base/arena.h"
#include "models/ann/measure.h"
#include "models/plan.h"

#include <math.h>
#include <string.h>

/* Enough to see how work grows with size, little enough to build in about a second on one core. */
#define FLOATS_MOST  3000000.0
#define VECTORS_MOST 20000.0
#define QUERIES      200
#define SIZES        3

/* What was measured before: equal keys give equal work. */
struct measurement {
    struct measurement *next;
    struct ann_settings settings;
    size_t vectors;
    size_t top_k;
    struct search_work work;
};

static bool same_settings(const struct ann_settings *a, const struct ann_settings *b)
{
    return a->kind == b->kind && a->metric == b->metric && a->dimensions == b->dimensions &&
           a->m == b->m && a->ef_construction == b->ef_construction &&
           a->ef_search == b->ef_search && a->seed == b->seed;
}

static const struct search_work *
find(const struct preparation *p, const struct ann_settings *settings, size_t vectors, size_t top_k)
{
    for (const struct measurement *m = p->measurements; m; m = m->next)
        if (m->vectors == vectors && m->top_k == top_k && same_settings(&m->settings, settings))
            return &m->work;
    return NULL;
}

static size_t largest(const struct ann_settings *settings, size_t vectors)
{
    const double most = fmin(VECTORS_MOST, FLOATS_MOST / settings->dimensions);
    return (double)vectors < most ? vectors : (size_t)most;
}

static void set_spread(struct arena *arena, const struct ann_measurement *m,
                       struct search_work *out)
{
    float *spread = arena_array(arena, float, m->query_count);
    for (uint32_t i = 0; i < m->query_count; i++)
        spread[i] = (float)((double)m->distances[i] / m->distances_mean);
    out->spread = spread;
    out->spread_count = m->query_count;
}

static bool measure(struct arena *arena, const struct ann_settings *settings, size_t vectors,
                    size_t top_k, struct search_work *out, struct error *err)
{
    const size_t most = largest(settings, vectors);
    struct ann_measurement points[SIZES];
    /* A flat index needs no fit, and a full-size one neither. */
    const size_t sizes = settings->kind == ANN_FLAT || most == vectors || most < 64 ? 1 : SIZES;
    for (size_t i = 0; i < sizes; i++) {
        struct ann_experiment experiment = {.settings = *settings,
                                            .vectors = most >> (sizes - 1 - i),
                                            .queries = QUERIES,
                                            .seed = settings->seed};
        experiment.top_k = top_k < experiment.vectors ? top_k : experiment.vectors;
        TRY(ann_measure(arena, &experiment, &points[i], err));
    }
    const struct ann_measurement *last = &points[sizes - 1];
    *out = (struct search_work){
        .distances = last->distances_mean, .recall = last->recall, .measured_vectors = most};
    if (most != vectors)
        TRY(ann_extrapolate(points, sizes, vectors, &out->distances, &out->error_ratio, err));
    out->hops = last->hops_mean * out->distances / last->distances_mean;
    set_spread(arena, last, out);
    return true;
}

bool search_work_measure(struct preparation *preparation, const struct ann_settings *settings,
                         size_t vectors, size_t top_k, struct search_work *out, struct error *err)
{
    const struct search_work *known = find(preparation, settings, vectors, top_k);
    if (known) {
        *out = *known;
        return true;
    }
    struct measurement *m = arena_new_item(preparation->arena, struct measurement);
    m->settings = *settings;
    m->vectors = vectors;
    m->top_k = top_k;
    TRY(measure(preparation->arena, settings, vectors, top_k, &m->work, err));
    m->next = preparation->measurements;
    preparation->measurements = m;
    *out = m->work;
    return true;
}
