#include "base/arena.h"
#include "base/error.h"
#include "models/ann/calibrate.h"
#include "models/ann/hash.h"
#include "models/ann/setting.h"
#include "models/ann/trial.h"
#include "models/ann/vectors.h"

#include <math.h>

/* Many different queries: of few, the caches keep what they read and the processor how they went,
 * which real ones never find. */
enum {
    QUERIES = 600,
    QUERIES_FILTERED = 150,
    DISTANCES = 2000000, /* of a scan: fewer queries when they compare more */
    TOP_K = 10,
    EFFORTS = 4,
    FILTERS = 3,
    IN_A_ROW = 2,
    FIT_ROUNDS = 20000
};

/* Queries are rows of the same endless set, far beyond those indexed. */
static const uint64_t first_query_row = (uint64_t)1 << 40;

static const struct {
    size_t rows;
    uint32_t dimensions;
    enum ann_metric metric;
} sets[] = {
    {1000, 384, ANN_COSINE}, {3000, 96, ANN_COSINE},   {20000, 96, ANN_COSINE},
    {60000, 96, ANN_COSINE}, {12000, 384, ANN_COSINE}, {8000, 768, ANN_L2},
};

/* One row in so many passes; the first: all. */
static const uint32_t filters[FILTERS] = {1, 2, 10};
static const size_t filtered_rows_least = 8000;

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

enum { POINTS_MOST = COUNT_OF(plans) * EFFORTS * FILTERS }; /* of a set */

struct calibrate_points {
    struct point points[COUNT_OF(sets)][POINTS_MOST];
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
    const struct ann_filter *filter;
    struct ann_trial_run *run;
};

struct campaign {
    const struct calibration *calibration;
    const float *rows;
    struct vector_set queries;
    struct ann_filter filters[FILTERS];
    struct measured measured[POINTS_MOST]; /* of the set at hand */
    size_t measured_count;
};

/* --- measuring --- */

static void add_trial(struct campaign *c, struct arena *arena, const struct ann_index *index,
                      struct ann_scratch *scratch, const struct ann_query *asked)
{
    const struct ann_settings *settings = ann_get_settings(index);
    struct vector_set *queries = arena_new_item(arena, struct vector_set);
    *queries = c->queries;
    if (asked->filter) queries->rows = QUERIES_FILTERED;
    if (settings->kind == ANN_FLAT && ann_count(index) * queries->rows > DISTANCES)
        queries->rows = DISTANCES / ann_count(index);
    const struct ann_trial trial = {.index = index,
                                    .queries = queries,
                                    .scratch = scratch,
                                    .asked = *asked,
                                    .stop = c->calibration->stop};
    c->measured[c->measured_count++] = (struct measured){
        .index = index, .filter = asked->filter, .run = ann_trial_begin(arena, &trial)};
}

/* The first and the third effort are measured with filters too. */
static void add_trials(struct campaign *c, struct arena *arena, const struct ann_index *index,
                       const struct plan *plan)
{
    struct ann_scratch *scratch = ann_scratch_new(arena, index);
    const size_t passes = ann_count(index) < filtered_rows_least ? 1 : FILTERS;
    for (size_t i = 0; i < EFFORTS * passes; i++) {
        const size_t effort = i % EFFORTS;
        struct ann_query asked = {.top_k = TOP_K,
                                  .ef_search = plan->efforts[effort].ef_search,
                                  .probes = plan->efforts[effort].probes,
                                  .rerank = plan->efforts[effort].rerank};
        if (effort && !asked.ef_search && !asked.probes && !asked.rerank) continue;
        if (i >= EFFORTS) asked.filter = &c->filters[i / EFFORTS];
        if (!asked.filter || effort % 2 == 0) add_trial(c, arena, index, scratch, &asked);
    }
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
    add_trials(c, arena, index, plan);
    return true;
}

static void keep_point(const struct measured *measured, struct point *point)
{
    struct ann_timing timing;
    ann_trial_conclude(measured->run, &timing);
    point->settings = *ann_get_settings(measured->index);
    point->effort =
        (struct profile_effort){.settings = &point->settings,
                                .rows = ann_count(measured->index),
                                .passing = measured->filter ? measured->filter->passing : 0,
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
    /* The first of some rounds in a row finds the caches full of another index. */
    for (size_t i = 0; i < IN_A_ROW * c->measured_count; i++) {
        if (!ann_trial_round(c->measured[i / IN_A_ROW].run)) return false;
    }
    return true;
}

/* Rows that pass lie anywhere. */
static void make_filters(struct arena *arena, struct campaign *c, size_t rows)
{
    for (size_t f = 1; f < FILTERS; f++) {
        uint64_t *bits = arena_calloc(arena, rows / 64 + 1, sizeof *bits);
        c->filters[f].bits = bits;
        for (size_t i = 0; i < rows; i++) {
            if (hash_of(f, i) % filters[f]) continue;
            bits[i / 64] |= (uint64_t)1 << i % 64;
            c->filters[f].passing++;
        }
    }
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
    make_filters(passing, &c, sets[set].rows);
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

void calibrate_fit_one(const double *amounts, const double *times, size_t count,
                       enum profile_cost cost, double *costs)
{
    double product = 0;
    double target = 0;
    for (size_t p = 0; p < count; p++) {
        const double *x = amounts + p * PROFILE_COST_COUNT;
        double rest = times[p];
        for (size_t i = 0; i < PROFILE_COST_COUNT; i++)
            if (i != (size_t)cost) rest -= x[i] * costs[i];
        product += x[cost] * x[cost] / (times[p] * times[p]);
        target += x[cost] * rest / (times[p] * times[p]);
    }
    costs[cost] = product > 0 && target > 0 ? target / product : 0;
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

/* Amounts and times of the points of one class, with or without a filter; returns how many. */
static size_t gather_points(const struct calibrate_points *points,
                            const struct ann_profile *profile, enum profile_class class,
                            bool filtered, double *amounts, double *times)
{
    size_t count = 0;
    for (size_t i = 0; i < COUNT_OF(sets) * POINTS_MOST; i++) {
        const size_t set = i / POINTS_MOST;
        const struct point *point = &points->points[set][i % POINTS_MOST];
        if (i % POINTS_MOST >= points->count[set]) continue;
        if (profile_class_of(&point->effort) != class) continue;
        if ((point->effort.passing > 0) != filtered) continue;
        profile_amounts(profile, &point->effort, amounts + count * PROFILE_COST_COUNT);
        times[count++] = point->ns;
    }
    return count;
}

/* What a filter costs more is fitted last: it says nothing of what searches cost without. */
void calibrate_costs(const struct calibrate_points *points, struct ann_profile *out,
                     struct calibration_fit *fits)
{
    enum { MOST = COUNT_OF(sets) * POINTS_MOST };
    struct arena *passing = arena_new();
    double *amounts = arena_calloc(passing, MOST, PROFILE_COST_COUNT * sizeof *amounts);
    double *times = arena_array(passing, double, MOST);
    for (size_t i = 0; i < PROFILE_CLASS_COUNT; i++) {
        const enum profile_class class = (enum profile_class)i;
        double *costs = out->costs[class];
        size_t count = gather_points(points, out, class, false, amounts, times);
        calibrate_fit(amounts, times, count, costs);
        fits[class] = judge(amounts, times, count, costs);
        count = gather_points(points, out, class, true, amounts, times);
        calibrate_fit_one(amounts, times, count, COST_TEST, costs);
        const struct calibration_fit filtered = judge(amounts, times, count, costs);
        out->errors[class] = fits[class].error_most;
        out->filtered_errors[class] = filtered.error_most;
        fits[class].filtered_error_mean = filtered.error_mean;
        fits[class].filtered_error_most = filtered.error_most;
    }
    arena_free(passing);
}
