#include "base/arena.h"
#include "models/ann/filter.h"
#include "models/ann/ivf.h"

#include <string.h>

/* Rows that are looked for as if they were not there, and what counts as found. */
enum { QUERIES = 200, TOP_K = 10 };

static const uint32_t reranks[] = {10, 14, 20, 30, 40, 60, 80, 120, 200, 400};
static const uint32_t probe_steps[] = {1,  2,  3,  4,  6,  8,   12,  16,  20,  24,  32,  40,
                                       48, 56, 64, 80, 96, 128, 160, 192, 256, 384, 512, 1024};
static const float targets[ANN_CURVE_POINTS] = {0.5f,  0.7f,  0.8f,  0.9f,
                                                0.95f, 0.98f, 0.99f, 0.995f};

enum {
    RERANK_COUNT = sizeof reranks / sizeof reranks[0],
    PROBE_COUNT = sizeof probe_steps / sizeof probe_steps[0],
    /* Time of comparing a row after codes, of a list besides its rows and of looking at a row's
     * code, to each other; as measured on 100 columns. */
    COST_RERANK = 20,
    COST_LIST = FILTER_ROWS_OF_LIST,
    COST_CODE = 1
};

struct tuning {
    const struct ann_index *index;
    struct ann_scratch *scratch;
    size_t queries;
    float *farthest; /* the true distance of each query's TOP_K-th neighbour */
};

static uint32_t row_of(const struct tuning *t, size_t query)
{
    return (uint32_t)(query * t->index->count / t->queries);
}

/* The hits of a row but itself. */
static size_t search(const struct tuning *t, size_t query, struct ann_query asked,
                     struct ann_hit hits[TOP_K + 1])
{
    asked.vector = index_row(t->index, row_of(t, query));
    asked.top_k = TOP_K + 1;
    size_t count = ann_search(t->index, &asked, t->scratch, hits, NULL);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (hits[i].id != row_of(t, query)) hits[kept++] = hits[i];
    }
    return kept < TOP_K ? kept : TOP_K;
}

static double recall_of(const struct tuning *t, uint32_t probes, uint32_t rerank)
{
    size_t found = 0;
    size_t wanted = 0;
    for (size_t i = 0; i < t->queries; i++) {
        struct ann_hit hits[TOP_K + 1];
        struct ann_query query = {.probes = probes, .rerank = rerank + 1};
        size_t count = search(t, i, query, hits);
        for (size_t j = 0; j < count; j++) found += hits[j].distance <= t->farthest[i];
        wanted += count;
    }
    return wanted ? (double)found / (double)wanted : 1;
}

static double cost_of(const struct ann_index *index, const struct ann_curve_point *p)
{
    double rows = (double)index->count / (double)index->ivf->lists;
    double of_row = index->ivf->coded ? COST_CODE : COST_RERANK;
    return (double)p->rerank * COST_RERANK + (double)p->probes * (COST_LIST + rows * of_row);
}

/* The least lists that reach a recall at this rerank, by halving (more never find less). */
static bool find_probes(const struct tuning *t, float target, struct ann_curve_point *p)
{
    size_t steps = 1;
    while (steps < PROBE_COUNT && probe_steps[steps - 1] < t->index->ivf->lists) steps++;
    p->recall = (float)recall_of(t, probe_steps[steps - 1], p->rerank);
    p->probes = probe_steps[steps - 1];
    if (p->recall < target) return false;
    size_t low = 0; /* steps before it fall short */
    size_t high = steps - 1;
    while (low < high) {
        size_t middle = (low + high) / 2;
        float recall = (float)recall_of(t, probe_steps[middle], p->rerank);
        if (recall < target) {
            low = middle + 1;
            continue;
        }
        high = middle;
        p->probes = probe_steps[middle];
        p->recall = recall;
    }
    return true;
}

/* The cheapest way to a target; false if there is none. */
static bool find_point(const struct tuning *t, float target, struct ann_curve_point *best)
{
    bool any = false;
    for (size_t i = 0; i < RERANK_COUNT; i++) {
        struct ann_curve_point point = {.target = target, .rerank = reranks[i]};
        /* A larger rerank alone must not cost more than the best way so far. */
        if (any && (double)point.rerank * COST_RERANK > cost_of(t->index, best)) break;
        if (!find_probes(t, target, &point)) continue;
        if (!any || cost_of(t->index, &point) < cost_of(t->index, best)) *best = point;
        any = true;
        if (!t->index->ivf->coded && !t->index->codes) break;
    }
    return any;
}

void ivf_tune(struct ann_index *index)
{
    struct ivf *ivf = index->ivf;
    struct arena *passing = arena_new();
    struct tuning t = {.index = index,
                       .scratch = ann_scratch_new(passing, index),
                       .queries = index->count < QUERIES ? index->count : QUERIES};
    t.farthest = arena_array(passing, float, t.queries + 1);
    for (size_t i = 0; i < t.queries; i++) {
        struct ann_hit hits[TOP_K + 1];
        size_t count = search(&t, i, (struct ann_query){.exact = true}, hits);
        if (count) t.farthest[i] = hits[count - 1].distance;
    }
    for (size_t i = 0; i < ANN_CURVE_POINTS && ivf->lists; i++) {
        if (!find_point(&t, targets[i], &ivf->curve[ivf->curve_length])) break;
        ivf->curve_length++;
    }
    arena_free(passing);
    struct ann_settings *s = &index->settings;
    for (size_t i = 0; i < ivf->curve_length; i++) {
        s->probes = ivf->curve[i].probes;
        s->rerank = ivf->curve[i].rerank;
        if (ivf->curve[i].target >= s->recall) break;
    }
}

size_t ann_recall_curve(const struct ann_index *index, const struct ann_curve_point **points)
{
    *points = index->ivf ? index->ivf->curve : NULL;
    return index->ivf ? index->ivf->curve_length : 0;
}
