/* compare.c - vector indexes beside each other: recall, time, memory, build.
 *
 *   compare [--data NAME] [--rounds N] [NAME-OF-ENGINE ...]
 *
 * Reads $RAGTIME_DATA/NAME (default ../shared/data/glove100). One thread, one query a call, k = 10.
 * All indexes are built first; then in every round each engine runs each of its efforts on all
 * queries, so that a busy neighbour falls on all of them. A query's time is its least over the
 * rounds. Rates at a recall are interpolated, in logarithms, on the front of each sweep.
 */
#include "base/arena.h"
#include "base/error.h"
#include "bench/ann/engine.h"
#include "models/ann/vector_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ENGINES_MAX = 24, PATH_BYTES = 4096, RECALLS = 3 };
static const double recalls[RECALLS] = {.90, .95, .99};

struct point {
    uint32_t effort;
    double recall;
    double mean_us;
    double p50_us;
    double p99_us;
    double *least; /* of each query, seconds */
};

struct entrant {
    const struct engine *engine;
    void *index;
    double build_s;
    struct point points[ENGINE_EFFORTS_MAX];
    size_t point_count;
};

static double seconds_of(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void normalize(float *rows, size_t count, uint32_t dimensions)
{
    for (size_t i = 0; i < count; i++) {
        float *row = rows + i * dimensions;
        double squares = 0;
        for (uint32_t j = 0; j < dimensions; j++) squares += (double)row[j] * (double)row[j];
        double norm = sqrt(squares);
        for (uint32_t j = 0; j < dimensions; j++) row[j] = (float)((double)row[j] / norm);
    }
}

static bool read_set(struct arena *arena, const char *folder, const char *name,
                     struct vector_set *out, struct error *err)
{
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof path, "%s/%s.fbin", folder, name);
    if (vector_file_read(arena, path, 0, out, err)) return true;
    (void)snprintf(path, sizeof path, "%s/%s.u8bin", folder, name);
    return vector_file_read(arena, path, 0, out, err);
}

static bool read_data(struct arena *arena, const char *name, struct engine_data *data,
                      struct error *err)
{
    const char *root = getenv("RAGTIME_DATA");
    char folder[PATH_BYTES];
    char path[PATH_BYTES + 32];
    (void)snprintf(folder, sizeof folder, "%s/%s", root ? root : "../shared/data", name);
    struct vector_set rows;
    struct vector_set queries;
    struct neighbour_set truth;
    TRY(read_set(arena, folder, "base", &rows, err));
    TRY(read_set(arena, folder, "queries", &queries, err));
    (void)snprintf(path, sizeof path, "%s/gt100.ibin", folder);
    TRY(neighbour_file_read(arena, path, &truth, err));
    data->cosine = strncmp(name, "mnist", 5) != 0;
    if (data->cosine) {
        normalize(rows.values, rows.rows, rows.dimensions);
        normalize(queries.values, queries.rows, queries.dimensions);
    }
    data->rows = rows.values;
    data->count = rows.rows;
    data->dimensions = rows.dimensions;
    data->queries = queries.values;
    data->query_count = queries.rows;
    data->truth = truth.ids;
    data->truth_k = truth.k;
    return true;
}

static size_t count_found(const struct engine_data *data, size_t query, const uint32_t *ids,
                          size_t count)
{
    size_t found = 0;
    const uint32_t *truth = data->truth + query * data->truth_k;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < ENGINE_TOP_K; j++) found += ids[i] == truth[j];
    }
    return found;
}

static void run_point(const struct engine_data *data, struct entrant *entrant, struct point *point,
                      bool first)
{
    size_t found = 0;
    for (size_t i = 0; i < data->query_count; i++) {
        uint32_t ids[ENGINE_TOP_K];
        const float *query = data->queries + i * data->dimensions;
        double start = seconds_of(CLOCK_MONOTONIC);
        size_t count = entrant->engine->search(entrant->index, point->effort, query, ids);
        double took = seconds_of(CLOCK_MONOTONIC) - start;
        if (first || took < point->least[i]) point->least[i] = took;
        if (first) found += count_found(data, i, ids, count);
    }
    if (first) point->recall = (double)found / (double)(data->query_count * ENGINE_TOP_K);
}

static int compare_doubles(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;
    return (left > right) - (left < right);
}

static void summarize(const struct engine_data *data, struct point *point)
{
    double sum = 0;
    for (size_t i = 0; i < data->query_count; i++) sum += point->least[i];
    qsort(point->least, data->query_count, sizeof *point->least, compare_doubles);
    point->mean_us = 1e6 * sum / (double)data->query_count;
    point->p50_us = 1e6 * point->least[data->query_count / 2];
    point->p99_us = 1e6 * point->least[data->query_count * 99 / 100];
}

/* The least time that reaches a recall: on the segment between the slowest point below it and the
 * fastest at or above it; 0 if none reaches it. */
static double time_at(const struct entrant *entrant, double recall)
{
    const struct point *above = NULL;
    const struct point *below = NULL;
    for (size_t i = 0; i < entrant->point_count; i++) {
        const struct point *p = &entrant->points[i];
        if (p->recall >= recall && (!above || p->mean_us < above->mean_us)) above = p;
    }
    if (!above) return 0;
    for (size_t i = 0; i < entrant->point_count; i++) {
        const struct point *p = &entrant->points[i];
        if (p->recall < recall && p->mean_us < above->mean_us &&
            (!below || p->recall > below->recall))
            below = p;
    }
    if (!below) return above->mean_us;
    double share = (recall - below->recall) / (above->recall - below->recall);
    return exp(log(below->mean_us) + share * (log(above->mean_us) - log(below->mean_us)));
}

static void print_entrant(const struct engine_data *data, const struct entrant *entrant)
{
    printf("%s: built in %.2f CPU s, %.0f bytes a vector\n", entrant->engine->name,
           entrant->build_s, entrant->engine->bytes(entrant->index) / (double)data->count);
    for (size_t i = 0; i < entrant->point_count; i++) {
        const struct point *p = &entrant->points[i];
        printf("  %6u  recall %.4f  mean %8.1f us  p50 %8.1f  p99 %8.1f  QPS %8.0f\n",
               (unsigned)p->effort, p->recall, p->mean_us, p->p50_us, p->p99_us, 1e6 / p->mean_us);
    }
}

static void print_ratios(const struct entrant *entrants, size_t count)
{
    const struct entrant *peer = NULL;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(entrants[i].engine->name, "hnswlib") == 0) peer = &entrants[i];
    }
    printf("%-24s", "us (QPS over hnswlib's)");
    for (size_t r = 0; r < RECALLS; r++) printf("  %14s%.2f", "at ", recalls[r]);
    puts("");
    for (size_t i = 0; i < count; i++) {
        printf("%-24s", entrants[i].engine->name);
        for (size_t r = 0; r < RECALLS; r++) {
            double own = time_at(&entrants[i], recalls[r]);
            double theirs = peer ? time_at(peer, recalls[r]) : 0;
            if (own > 0) {
                printf("  %9.1f (%5.2fx)", own, theirs / own);
            } else {
                printf("  %9s %8s", "-", "");
            }
        }
        puts("");
    }
}

static size_t enter(struct entrant *entrants, int argc, char **argv)
{
    size_t (*const sources[])(const struct engine **) = {
        engines_own,
#ifdef HAVE_HNSWLIB
        engines_hnswlib,
#endif
#ifdef HAVE_FAISS
        engines_faiss,
#endif
    };
    size_t count = 0;
    for (size_t s = 0; s < sizeof sources / sizeof sources[0]; s++) {
        const struct engine *engines;
        size_t found = sources[s](&engines);
        for (size_t i = 0; i < found && count < ENGINES_MAX; i++) {
            bool wanted = true;
            for (int a = 1; a < argc; a++) {
                if (strncmp(argv[a], "--", 2) == 0) {
                    a++;
                    continue;
                }
                if (strstr(engines[i].name, argv[a])) {
                    wanted = true;
                    break;
                }
                wanted = false;
            }
            if (wanted) entrants[count++].engine = &engines[i];
        }
    }
    return count;
}

static size_t build_all(struct arena *arena, const struct engine_data *data,
                        struct entrant *entrants, size_t count)
{
    size_t built = 0;
    for (size_t i = 0; i < count; i++) {
        struct entrant *e = &entrants[built];
        e->engine = entrants[i].engine;
        double start = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
        e->index = e->engine->build(data, e->engine);
        e->build_s = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - start;
        if (!e->index) continue;
        e->point_count = 0;
        while (e->point_count < ENGINE_EFFORTS_MAX && e->engine->efforts[e->point_count]) {
            struct point *point = &e->points[e->point_count];
            point->effort = e->engine->efforts[e->point_count++];
            point->least = arena_array(arena, double, data->query_count);
        }
        built++;
    }
    return built;
}

int main(int argc, char **argv)
{
    const char *name = "glove100";
    unsigned long rounds = 5;
    for (int i = 1; i + 1 < argc; i++) {
        if (strcmp(argv[i], "--data") == 0) name = argv[i + 1];
        if (strcmp(argv[i], "--rounds") == 0) rounds = strtoul(argv[i + 1], NULL, 10);
    }
    static struct entrant entrants[ENGINES_MAX];
    struct arena *arena = arena_new();
    struct engine_data data = {0};
    struct error err;
    if (!read_data(arena, name, &data, &err)) {
        (void)fprintf(stderr, "compare: %s\n", err.message);
        return 1;
    }
    size_t count = build_all(arena, &data, entrants, enter(entrants, argc, argv));
    for (unsigned long round = 0; round < rounds; round++) {
        for (size_t i = 0; i < count; i++) {
            for (size_t j = 0; j < entrants[i].point_count; j++) {
                run_point(&data, &entrants[i], &entrants[i].points[j], round == 0);
            }
        }
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < entrants[i].point_count; j++) {
            summarize(&data, &entrants[i].points[j]);
        }
        print_entrant(&data, &entrants[i]);
    }
    print_ratios(entrants, count);
    for (size_t i = 0; i < count; i++) entrants[i].engine->drop(entrants[i].index);
    arena_free(arena);
    return 0;
}
