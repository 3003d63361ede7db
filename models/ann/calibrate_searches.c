#include "base/arena.h"
#include "base/error.h"
#include "models/ann/calibrate.h"
#include "models/ann/setting.h"
#include "models/ann/trial.h"
#include "models/ann/vectors.h"

#include <math.h>

enum { QUERIES = 100, TOP_K = 10, EFFORTS = 4, IN_A_ROW = 3, VISITS = 2, FIT_ROUNDS = 20000 };

/* Queries are rows of the same endless set, far beyond those indexed. */
static const uint64_t first_query_row = (uint64_t)1 << 40;

static const struct {
    size_t rows;
    uint32_t dimensions;
    enum ann_metric metric;
} sets[] = {
    {3000, 96, ANN_COSINE},   {20000, 96, ANN_COSINE}, {60000, 96, ANN_COSINE},
    {12000, 384, ANN_COSINE}, {8000, 768, ANN_L2},
};

/* An index, and how much its searches look at. */
struct plan {
    enum ann_kind kind;
    enum ann_code code;
    size_t rows_most; /* larger sets take too long to build */
    struct {
        uint32_t ef_search;
        uint32_t probes;
        uint32_t rerank;
    } efforts[EFFORTS]; /* up to one that is all zero, except the first */
};

#define GRAPH_EFFORTS                                            \
    {                                                            \
        {.ef_search = 10}, {.ef_search = 32}, {.ef_search = 80}, \
        {                                                        \
            .ef_search = 200                                     \
        }                                                        \
    }
#define LIST_EFFORTS                                   \
    {                                                  \
        {.probes = 4}, {.probes = 12}, {.probes = 32}, \
        {                                              \
            .probes = 96                               \
        }                                              \
    }
#define CODE_EFFORTS                                                                              \
    {                                                                                             \
        {.probes = 6, .rerank = 40}, {.probes = 16, .rerank = 160}, {.probes = 48, .rerank = 40}, \
        {                                                                                         \
            .probes = 120, .rerank = 200                                                          \
        }                                                                                         \
    }
#define SCAN_EFFORTS      \
    {                     \
        {.rerank = 20},   \
        {                 \
            .rerank = 160 \
        }                 \
    }

static const struct plan plans[] = {
    {ANN_FLAT, ANN_FLOAT32, 60000, {{0}}},         {ANN_FLAT, ANN_FLOAT16, 60000, SCAN_EFFORTS},
    {ANN_FLAT, ANN_LVQ8, 60000, SCAN_EFFORTS},     {ANN_FLAT, ANN_LVQ4, 60000, SCAN_EFFORTS},
    {ANN_HNSW, ANN_FLOAT32, 60000, GRAPH_EFFORTS}, {ANN_HNSW, ANN_LVQ8, 20000, GRAPH_EFFORTS},
    {ANN_HNSW, ANN_LVQ4, 60000, GRAPH_EFFORTS},    {ANN_IVF_FLAT, ANN_FLOAT32, 60000, LIST_EFFORTS},
    {ANN_IVF_FLAT, ANN_LVQ8, 60000, LIST_EFFORTS}, {ANN_IVF_PQ, ANN_FLOAT32, 60000, CODE_EFFORTS},
    {ANN_SCANN, ANN_FLOAT32, 60000, CODE_EFFORTS}, {ANN_IVF_FLAT, ANN_RABITQ, 60000, CODE_EFFORTS},
    {ANN_FLAT, ANN_RABITQ, 60000, SCAN_EFFORTS},
};
#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

/* Searches of one index with one effort: what they did, and the least time they took. */
struct point {
    struct ann_settings settings;
    struct profile_effort effort;
    double ns; /* 0: not measured yet */
};

struct calibrate_points {
    struct point points[COUNT_OF(sets)][COUNT_OF(plans) * EFFORTS];
    size_t count[COUNT_OF(sets)];
};

struct calibrate_points *calibrate_points_new(struct arena *arena)
{
    return arena_new_item(arena, struct calibrate_points);
}

size_t calibrate_set_count(void)
{
    return COUNT_OF(sets);
}

/* An index with one effort. */
struct measured {
    const struct ann_index *index;
    struct ann_trial_run *run;
};

struct campaign {
    const struct calibration *calibration;
    const float *rows;
    struct vector_set queries;
    struct measured measured[COUNT_OF(plans) * EFFORTS]; /* of the set at hand */
    size_t measured_count;
};

/* --- measuring --- */

static void add_trial(struct campaign *c, struct arena *arena, const struct ann_index *index,
                      struct ann_scratch *scratch, const struct ann_query *asked)
{
    const struct ann_trial trial = {.index = index,
                                    .queries = &c->queries,
                                    .scratch = scratch,
                                    .asked = *asked,
                                    .stop = c->calibration->stop};
    c->measured[c->measured_count++] =
        (struct measured){.index = index, .run = ann_trial_begin(arena, &trial)};
}

static bool build_plan(struct campaign *c, struct arena *arena, const struct plan *plan, size_t set)
{
    struct error err;
    const struct ann_settings settings = {.kind = plan->kind,
                                          .metric = sets[set].metric,
                                          .dimensions = sets[set].dimensions,
                                          .ef_construction = 100,
                                          .code = plan->code,
                                          .threads = c->calibration->threads};
    struct ann_index *index = ann_build(arena, &settings, c->rows, sets[set].rows, &err);
    if (!index) return false;
    struct ann_scratch *scratch = ann_scratch_new(arena, index);
    for (size_t i = 0; i < EFFORTS; i++) {
        const struct ann_query asked = {.top_k = TOP_K,
                                        .ef_search = plan->efforts[i].ef_search,
                                        .probes = plan->efforts[i].probes,
                                        .rerank = plan->efforts[i].rerank};
        if (i && !asked.ef_search && !asked.probes && !asked.rerank) break;
        add_trial(c, arena, index, scratch, &asked);
    }
    return true;
}

static void keep_point(const struct measured *measured, struct point *point)
{
    struct ann_timing timing;
    ann_trial_conclude(measured->run, &timing);
    point->settings = *ann_get_settings(measured->index);
    point->effort = (struct profile_effort){.settings = &point->settings,
                                            .rows = ann_count(measured->index),
                                            .top_k = TOP_K,
                                            .queries = 1,
                                            .distances = timing.distances,
                                            .code_distances = timing.code_distances,
                                            .hops = timing.hops,
                                            .lists = timing.lists,
                                            .bytes = timing.bytes};
    double ns = timing.mean_us * 1000;
    if (point->ns <= 0 || ns < point->ns) point->ns = ns;
}

/* All indexes of the set are built first, so that the rounds of each lie apart. */
static bool run_rounds(struct campaign *c, struct arena *arena, size_t set)
{
    for (size_t i = 0; i < COUNT_OF(plans); i++) {
        if (sets[set].rows > plans[i].rows_most) continue;
        if (!build_plan(c, arena, &plans[i], set)) return false;
        if (c->calibration->stop && *c->calibration->stop) return false;
    }
    for (uint32_t visit = 0; visit < VISITS; visit++) {
        /* The first of some rounds in a row finds the caches full of another index. */
        for (size_t i = 0; i < IN_A_ROW * c->measured_count; i++) {
            if (!ann_trial_round(c->measured[i / IN_A_ROW].run)) return false;
        }
    }
    return true;
}

bool calibrate_searches(const struct calibration *calibration, size_t set,
                        struct calibrate_points *points)
{
    struct arena *passing = arena_new();
    struct vectors_source source = {.dimensions = sets[set].dimensions, .seed = 1};
    float *rows = arena_calloc(passing, sets[set].rows, source.dimensions * sizeof *rows);
    float *queries = arena_calloc(passing, QUERIES, source.dimensions * sizeof *queries);
    vectors_generate(&source, 0, sets[set].rows, rows);
    vectors_generate(&source, first_query_row, QUERIES, queries);
    struct campaign c = {
        .calibration = calibration,
        .rows = rows,
        .queries = {.rows = QUERIES, .dimensions = source.dimensions, .values = queries}};
    const bool whole = run_rounds(&c, passing, set);
    for (size_t i = 0; i < c.measured_count && whole; i++) {
        keep_point(&c.measured[i], &points->points[set][i]);
    }
    points->count[set] = c.measured_count;
    arena_free(passing);
    return whole;
}

/* --- fitting --- */

/* Coordinate descent: each cost in turn to where the error is least, but not below zero. The error
 * is convex, so it ends at its minimum. */
void calibrate_fit(const double *amounts, const double *times, size_t count, double *costs)
{
    double products[PROFILE_COST_COUNT][PROFILE_COST_COUNT] = {{0}};
    double targets[PROFILE_COST_COUNT] = {0};
    for (size_t p = 0; p < count; p++) {
        const double *x = amounts + p * PROFILE_COST_COUNT;
        for (size_t i = 0; i < PROFILE_COST_COUNT; i++) {
            targets[i] += x[i] / times[p];
            for (size_t j = 0; j < PROFILE_COST_COUNT; j++) {
                products[i][j] += x[i] * x[j] / (times[p] * times[p]);
            }
        }
    }
    for (size_t i = 0; i < PROFILE_COST_COUNT; i++) costs[i] = 0;
    for (size_t round = 0; round < FIT_ROUNDS; round++) {
        for (size_t i = 0; i < PROFILE_COST_COUNT; i++) {
            if (!(products[i][i] > 0)) continue;
            double slope = targets[i];
            for (size_t j = 0; j < PROFILE_COST_COUNT; j++) slope -= products[i][j] * costs[j];
            double next = costs[i] + slope / products[i][i];
            costs[i] = next > 0 ? next : 0;
        }
    }
}

static struct calibration_fit judge(const double *amounts, const double *times, size_t count,
                                    const double *costs)
{
    struct calibration_fit fit = {.points = count};
    for (size_t p = 0; p < count; p++) {
        double sum = 0;
        for (size_t i = 0; i < PROFILE_COST_COUNT; i++) {
            sum += amounts[p * PROFILE_COST_COUNT + i] * costs[i];
        }
        double error = fabs(sum / times[p] - 1);
        fit.error_mean += error / (double)count;
        if (error > fit.error_most) fit.error_most = error;
    }
    return fit;
}

void calibrate_costs(const struct calibrate_points *points, struct ann_profile *out,
                     struct calibration_fit *fits)
{
    enum { MOST = COUNT_OF(sets) * COUNT_OF(plans) * EFFORTS };
    struct arena *passing = arena_new();
    double *amounts = arena_calloc(passing, MOST, PROFILE_COST_COUNT * sizeof *amounts);
    double *times = arena_array(passing, double, MOST);
    for (int class = 0; class < PROFILE_CLASS_COUNT; class ++) {
        size_t count = 0;
        for (size_t set = 0; set < COUNT_OF(sets); set++) {
            for (size_t i = 0; i < points->count[set]; i++) {
                const struct point *point = &points->points[set][i];
                if (profile_class_of(&point->settings) != (enum profile_class) class) continue;
                profile_amounts(out, &point->effort, amounts + count * PROFILE_COST_COUNT);
                times[count++] = point->ns;
            }
        }
        calibrate_fit(amounts, times, count, out->costs[class]);
        fits[class] = judge(amounts, times, count, out->costs[class]);
    }
    arena_free(passing);
}
