#include "models/ann/trial.h"

#include "base/arena.h"

#include <float.h>
#include <stdlib.h>
#include <time.h>

double ann_clock_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return 1e9 * (double)now.tv_sec + (double)now.tv_nsec;
}

double ann_cpu_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

struct ann_trial_run {
    struct ann_trial trial;
    struct ann_hit *hits;
    double *least_ns; /* of each query */
    double *sorted;
    struct ann_work work; /* sums over the queries, as the next */
    size_t found;
    bool begun;
};

static void add_work(struct ann_work *sum, const struct ann_work *work)
{
    sum->distances += work->distances;
    sum->code_distances += work->code_distances;
    sum->hops += work->hops;
    sum->lists += work->lists;
    sum->bytes += work->bytes;
}

struct ann_trial_run *ann_trial_begin(struct arena *arena, const struct ann_trial *trial)
{
    struct ann_trial_run *run = arena_new_item(arena, struct ann_trial_run);
    size_t count = trial->queries->rows;
    run->trial = *trial;
    run->hits = arena_array(arena, struct ann_hit, trial->asked.top_k + 1);
    run->least_ns = arena_array(arena, double, count);
    run->sorted = arena_array(arena, double, count);
    for (size_t i = 0; i < count; i++) run->least_ns[i] = DBL_MAX;
    return run;
}

bool ann_trial_round(struct ann_trial_run *run)
{
    const struct ann_trial *trial = &run->trial;
    const struct vector_set *queries = trial->queries;
    struct ann_query asked = trial->asked;
    for (size_t i = 0; i < queries->rows; i++) {
        struct ann_work work;
        if (trial->stop && *trial->stop) return false;
        asked.vector = queries->values + i * queries->dimensions;
        double begun = ann_clock_ns();
        size_t count = ann_search(trial->index, &asked, trial->scratch, run->hits, &work);
        double took = ann_clock_ns() - begun;
        if (took < run->least_ns[i]) run->least_ns[i] = took;
        if (run->begun) continue;
        add_work(&run->work, &work);
        if (trial->truth) run->found += ann_truth_found(trial->truth, i, run->hits, count);
    }
    run->begun = true;
    return true;
}

static int compare_times(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;
    return (left > right) - (left < right);
}

/* Nearest rank: the least time that `percent` of the queries do not exceed. */
static double percentile_us(const double *sorted, size_t count, size_t percent)
{
    size_t rank = (count * percent + 99) / 100;
    return sorted[rank - 1] / 1000;
}

void ann_trial_conclude(const struct ann_trial_run *run, struct ann_timing *out)
{
    size_t count = run->trial.queries->rows;
    double queries = (double)count;
    double sum = 0;
    double wanted = run->trial.truth ? queries * (double)run->trial.truth->wanted : 1;
    for (size_t i = 0; i < count; i++) {
        run->sorted[i] = run->least_ns[i];
        sum += run->least_ns[i];
    }
    qsort(run->sorted, count, sizeof *run->sorted, compare_times);
    *out = (struct ann_timing){
        .recall = wanted > 0 ? (double)run->found / wanted : 1,
        .per_s = sum > 0 ? 1e9 * queries / sum : 0,
        .mean_us = sum / queries / 1000,
        .p50_us = percentile_us(run->sorted, count, 50),
        .p99_us = percentile_us(run->sorted, count, 99),
        .distances = (double)run->work.distances / queries,
        .code_distances = (double)run->work.code_distances / queries,
        .hops = (double)run->work.hops / queries,
        .lists = (double)run->work.lists / queries,
        .bytes = (double)run->work.bytes / queries,
    };
}
