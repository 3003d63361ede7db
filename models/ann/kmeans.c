#include "models/ann/kmeans.h"

#include "base/arena.h"
#include "base/crew.h"
#include "models/ann/coarse.h"
#include "models/ann/hash.h"

#include <string.h>

enum { JOB_ROWS = 256 };

struct assignment {
    const struct kmeans *kmeans;
    const struct coarse *coarse;
    size_t step_count;         /* rows taken: all, or the sample */
    struct coarse_work *works; /* one a worker */
    uint32_t *out;
};

static size_t sampled_row(const struct kmeans *k, size_t count, size_t i)
{
    return count == k->count ? i : i * k->count / count;
}

static void assign_job(void *context, size_t worker, size_t job)
{
    struct assignment *a = context;
    struct coarse_work *work = &a->works[worker];
    size_t end = (job + 1) * JOB_ROWS;
    if (end > a->step_count) end = a->step_count;
    for (size_t i = job * JOB_ROWS; i < end; i++) {
        size_t row = sampled_row(a->kmeans, a->step_count, i);
        const float *values = a->kmeans->rows->values + row * a->kmeans->rows->stride;
        coarse_score(a->coarse, values, work);
        a->out[i] = (uint32_t)a->coarse->book->best(work->keys, a->coarse->rows.count);
    }
}

static void assign(const struct kmeans *kmeans, const struct coarse *coarse, size_t count,
                   uint32_t *out)
{
    struct arena *passing = arena_new();
    struct assignment *a = arena_new_item(passing, struct assignment);
    a->kmeans = kmeans;
    a->coarse = coarse;
    a->step_count = count;
    a->out = out;
    a->works = arena_array(passing, struct coarse_work, kmeans->threads);
    for (size_t i = 0; i < kmeans->threads; i++) coarse_work_init(passing, &a->works[i], coarse);
    crew_run(assign_job, a, (count + JOB_ROWS - 1) / JOB_ROWS, kmeans->threads);
    arena_free(passing);
}

void kmeans_assign(const struct kmeans *kmeans, const struct coarse *coarse, uint32_t *out)
{
    assign(kmeans, coarse, kmeans->count, out);
}

/* The first centroids are rows of the sample, no two the same: a shuffle's first places. */
static void draw_centroids(const struct kmeans *k, uint32_t *places, float *centroids)
{
    for (size_t i = 0; i < k->sample; i++) places[i] = (uint32_t)i;
    for (size_t i = 0; i < k->clusters; i++) {
        size_t other = i + (size_t)(hash_of(k->seed, i) % (k->sample - i));
        uint32_t place = places[other];
        places[other] = places[i];
        places[i] = place;
        memcpy(centroids + i * k->rows->stride,
               k->rows->values + sampled_row(k, k->sample, place) * k->rows->stride,
               k->rows->stride * sizeof *centroids);
    }
}

/* Means of the rows of each cluster. An empty one takes a row of the largest. */
static void move_centroids(const struct kmeans *k, const uint32_t *of_row, double *sums,
                           uint32_t *counts, float *centroids)
{
    size_t stride = k->rows->stride;
    memset(sums, 0, k->clusters * stride * sizeof *sums);
    memset(counts, 0, k->clusters * sizeof *counts);
    for (size_t i = 0; i < k->sample; i++) {
        const float *row = k->rows->values + sampled_row(k, k->sample, i) * stride;
        double *sum = sums + of_row[i] * stride;
        for (size_t j = 0; j < k->dimensions; j++) sum[j] += (double)row[j];
        counts[of_row[i]]++;
    }
    size_t largest = 0;
    for (size_t c = 0; c < k->clusters; c++) {
        if (counts[c] > counts[largest]) largest = c;
    }
    size_t taken = 0;
    for (size_t c = 0; c < k->clusters; c++) {
        float *centroid = centroids + c * stride;
        for (size_t j = 0; j < k->dimensions && counts[c]; j++) {
            centroid[j] = (float)(sums[c * stride + j] / counts[c]);
        }
        if (counts[c]) continue;
        while (taken < k->sample && of_row[taken] != largest) taken++;
        if (taken == k->sample) continue;
        const float *row = k->rows->values + sampled_row(k, k->sample, taken) * stride;
        memcpy(centroid, row, stride * sizeof *centroid);
        taken++;
    }
}

void kmeans_run(const struct kmeans *kmeans, float *centroids)
{
    const struct kmeans *k = kmeans;
    struct arena *passing = arena_new();
    struct distance_rows rows = {.values = centroids, .stride = k->rows->stride};
    uint32_t *of_row = arena_array(passing, uint32_t, k->sample);
    double *sums = arena_array(passing, double, k->clusters * k->rows->stride);
    uint32_t *counts = arena_array(passing, uint32_t, k->clusters);
    struct coarse coarse;
    coarse_init(passing, &coarse, k->clusters, k->dimensions, k->level);
    draw_centroids(k, of_row, centroids);
    for (unsigned round = 0; round < k->rounds && k->clusters > 1; round++) {
        coarse_set(&coarse, &rows);
        assign(k, &coarse, k->sample, of_row);
        move_centroids(k, of_row, sums, counts, centroids);
    }
    if (k->clusters == 1) {
        memset(of_row, 0, k->sample * sizeof *of_row);
        move_centroids(k, of_row, sums, counts, centroids);
    }
    arena_free(passing);
}
