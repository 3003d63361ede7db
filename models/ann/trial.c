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

/* Sums over the queries, and the least time of each. */
struct tally {
    struct ann_scratch *scratch;
    struct ann_hit *hits;
    double *least_ns;
    struct ann_work work;
    size_t found;
};

static void add_work(struct ann_work *sum, const struct ann_work *work)
{
    sum->distances += work->distances;
    sum->code_distances += work->code_distances;
    sum->hops += work->hops;
    sum->lists += work->lists;
    sum->bytes += work->bytes;
}

static bool run_round(const struct ann_trial *trial, struct tally *tally, bool first)
{
    const struct vector_set *queries = trial->queries;
    struct ann_query asked = trial->asked;
    for (size_t i = 0; i < queries->rows; i++) {
        struct ann_work work;
        if (trial->stop && *trial->stop) return false;
        asked.vector = queries->values + i * queries->dimensions;
        double begun = ann_clock_ns();
        size_t count = ann_search(trial->index, &asked, tally->scratch, tally->hits, &work);
        double took = ann_clock_ns() - begun;
        if (took < tally->least_ns[i]) tally->least_ns[i] = took;
        if (!first) continue;
        add_work(&tally->work, &work);
        tally->found += ann_truth_found(trial->truth, i, tally->hits, count);
    }
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

static void conclude(const struct ann_trial *trial, struct tally *tally, struct ann_timing *out)
{
    size_t count = trial->queries->rows;
    double queries = (double)count;
    double sum = 0;
    double wanted = queries * (double)trial->truth->wanted;
    for (size_t i = 0; i < count; i++) sum += tally->least_ns[i];
    qsort(tally->least_ns, count, sizeof *tally->least_ns, compare_times);
    *out = (struct ann_timing){
        .recall = wanted > 0 ? (double)tally->found / wanted : 1,
        .per_s = sum > 0 ? 1e9 * queries / sum : 0,
        .mean_us = sum / queries / 1000,
        .p50_us = percentile_us(tally->least_ns, count, 50),
        .p99_us = percentile_us(tally->least_ns, count, 99),
        .distances = (double)tally->work.distances / queries,
        .code_distances = (double)tally->work.code_distances / queries,
        .hops = (double)tally->work.hops / queries,
        .lists = (double)tally->work.lists / queries,
        .bytes = (double)tally->work.bytes / queries,
    };
}

bool ann_trial_run(const struct ann_trial *trial, struct ann_timing *out)
{
    size_t count = trial->queries->rows;
    if (!count) return false;
    struct arena *passing = arena_new();
    struct tally tally = {
        .scratch = ann_scratch_new(passing, trial->index),
        .hits = arena_array(passing, struct ann_hit, trial->asked.top_k + 1),
        .least_ns = arena_array(passing, double, count),
    };
    for (size_t i = 0; i < count; i++) tally.least_ns[i] = DBL_MAX;
    bool whole = true;
    for (uint32_t i = 0; i < trial->rounds && whole; i++) {
        whole = run_round(trial, &tally, i == 0);
    }
    if (whole) conclude(trial, &tally, out);
    arena_free(passing);
    return whole;
}
