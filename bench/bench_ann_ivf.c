/* bench_ann_ivf.c - recall, time and work of the inverted-list indexes on real embeddings.
 *
 *   bench_ann_ivf [DATA] [KIND] [NAME=VALUE ...]
 *
 * DATA is glove100 (default), mnist784 or minilm384 below $RAGTIME_DATA (default ../shared/data);
 * KIND is scann (default), ivf_pq, ivf_flat or flat. Names: code (rabitq, int8, ...), lists, spill,
 * anisotropy, threads, recall (prints the curve), rounds, filter (uniform01, rank10, ...), and
 * probes and rerank, which fix what else is swept. A time is the mean over queries of each one's
 * least wall time over the rounds: the nearest to an idle machine.
 */
#include "base/arena.h"
#include "base/error.h"
#include "models/ann/ann.h"
#include "models/ann/vector_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TOP_K = 10, ROUNDS = 5, PATH_BYTES = 4096, POINTS_MAX = 256 };

struct options {
    const char *data;
    const char *filter;
    struct ann_settings settings;
    uint32_t probes;
    uint32_t rerank;
    int rounds;
};

struct data {
    struct vector_set base;
    struct vector_set queries;
    struct neighbour_set truth;
    struct ann_filter filter;
    bool leave_one_out; /* queries are rows of the base, and do not count as found */
};

struct point {
    struct ann_query query;
    double *least; /* seconds of each query */
    double recall;
    double mean_us;
    struct ann_work work;
};

static double seconds_of(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int compare_doubles(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;
    return (left > right) - (left < right);
}

static bool set_number(struct options *o, const char *name, const char *value)
{
    uint32_t number = (uint32_t)strtoul(value, NULL, 10);
    const struct {
        const char *name;
        uint32_t *place;
    } numbers[] = {
        {"lists", &o->settings.lists},
        {"spill", &o->settings.spill},
        {"threads", &o->settings.threads},
        {"probes", &o->probes},
        {"rerank", &o->rerank},
    };
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        if (strcmp(name, numbers[i].name) != 0) continue;
        *numbers[i].place = number;
        return true;
    }
    return false;
}

static bool set_option(struct options *o, char *text)
{
    static const enum ann_kind kinds[] = {ANN_FLAT, ANN_IVF_FLAT, ANN_IVF_PQ, ANN_SCANN, ANN_HNSW};
    char *value = strchr(text, '=');
    if (!value) {
        for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
            if (strcmp(text, ann_kind_name(kinds[i])) != 0) continue;
            o->settings.kind = kinds[i];
            return true;
        }
        o->data = text;
        return strcmp(text, "glove100") == 0 || strcmp(text, "mnist784") == 0 ||
               strcmp(text, "minilm384") == 0;
    }
    *value++ = 0;
    if (strcmp(text, "filter") == 0) {
        o->filter = value;
    } else if (strcmp(text, "rounds") == 0) {
        o->rounds = atoi(value);
    } else if (strcmp(text, "recall") == 0) {
        o->settings.recall = strtof(value, NULL);
    } else if (strcmp(text, "anisotropy") == 0) {
        o->settings.anisotropy = strtof(value, NULL);
    } else if (strcmp(text, "code") == 0) {
        for (enum ann_code code = ANN_FLOAT32; code <= ANN_SIGN; code++) {
            if (strcmp(value, ann_code_name(code)) == 0) o->settings.code = code;
        }
    } else {
        return set_number(o, text, value);
    }
    return true;
}

static const char *path_of(const struct options *o, const char *file, char path[PATH_BYTES])
{
    const char *folder = getenv("RAGTIME_DATA");
    snprintf(path, PATH_BYTES, "%s/%s/%s", folder ? folder : "../shared/data", o->data, file);
    return path;
}

/* The rows that a filter's name stands for: the columns rank and bucket of base.tsv. */
static bool read_filter(struct arena *arena, const struct options *o, struct data *data)
{
    static const struct {
        const char *name;
        const char *data;
        bool rank;
        long below;
    } filters[] = {
        {"uniform01", "", false, 10},        {"uniform10", "", false, 100},
        {"uniform50", "", false, 500},       {"rank01", "glove100", true, 3252},
        {"rank10", "glove100", true, 34285}, {"rank50", "glove100", true, 169636},
        {"rank01", "mnist784", true, 108},   {"rank10", "mnist784", true, 1023},
        {"rank50", "mnist784", true, 4992},
    };
    char path[PATH_BYTES];
    FILE *file = fopen(path_of(o, "base.tsv", path), "r");
    if (!file) return false;
    uint64_t *bits = arena_array(arena, uint64_t, data->base.rows / 64 + 1);
    char line[65536];
    while (fgets(line, sizeof line, file)) {
        char *next;
        unsigned long id = strtoul(line, &next, 10);
        if (next == line || id >= data->base.rows) continue;
        long rank = strtol(next, &next, 10);
        long bucket = strtol(next, &next, 10);
        for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++) {
            if (strcmp(filters[i].name, o->filter) != 0) continue;
            if (filters[i].rank && strcmp(filters[i].data, o->data) != 0) continue;
            if ((filters[i].rank ? rank : bucket) >= filters[i].below) continue;
            bits[id / 64] |= (uint64_t)1 << id % 64;
            data->filter.passing++;
        }
    }
    fclose(file);
    data->filter.bits = bits;
    return true;
}

static bool load_data(struct arena *arena, const struct options *o, struct data *data,
                      struct error *err)
{
    bool bytes = strcmp(o->data, "mnist784") == 0;
    char path[PATH_BYTES];
    path_of(o, bytes ? "base.u8bin" : "base.fbin", path);
    TRY(vector_file_read(arena, path, 0, &data->base, err));
    data->leave_one_out = strcmp(o->data, "minilm384") == 0;
    if (data->leave_one_out) {
        data->queries = data->base;
        return neighbour_file_read(arena, path_of(o, "gt10_leave_one_out.ibin", path), &data->truth,
                                   err);
    }
    path_of(o, bytes ? "queries.u8bin" : "queries.fbin", path);
    TRY(vector_file_read(arena, path, 0, &data->queries, err));
    char name[64] = "gt100.ibin";
    if (o->filter) {
        snprintf(name, sizeof name, "gt10_%s.ibin", o->filter);
        if (!read_filter(arena, o, data)) return error_set(err, "no base.tsv");
    }
    return neighbour_file_read(arena, path_of(o, name, path), &data->truth, err);
}

/* How many of the hits are as near as the true tenth. */
static size_t count_found(const struct data *data, size_t query, const struct ann_hit *hits,
                          size_t count)
{
    float farthest = data->truth.distances[query * data->truth.k + TOP_K - 1];
    float slack = 2e-6f * (1 + farthest);
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        if (data->leave_one_out && hits[i].id == query) continue;
        found += hits[i].distance <= farthest + slack;
    }
    return found < TOP_K ? found : TOP_K;
}

static void run_point(const struct ann_index *index, const struct data *data, int round,
                      struct ann_scratch *scratch, struct point *point)
{
    double queries = (double)data->queries.rows;
    size_t found = 0;
    for (size_t i = 0; i < data->queries.rows; i++) {
        struct ann_hit hits[TOP_K + 1];
        struct ann_query query = point->query;
        query.vector = data->queries.values + i * data->queries.dimensions;
        query.top_k = TOP_K + data->leave_one_out;
        if (data->filter.bits) query.filter = &data->filter;
        double start = seconds_of(CLOCK_MONOTONIC);
        size_t count = ann_search(index, &query, scratch, hits, NULL);
        double took = seconds_of(CLOCK_MONOTONIC) - start;
        if (round == 0 || took < point->least[i]) point->least[i] = took;
        if (round > 0) continue;
        struct ann_work work;
        ann_search(index, &query, scratch, hits, &work);
        point->work.distances += work.distances;
        point->work.code_distances += work.code_distances;
        point->work.lists += work.lists;
        point->work.bytes += work.bytes;
        found += count_found(data, i, hits, count);
    }
    if (round == 0) point->recall = (double)found / (queries * TOP_K);
}

static size_t make_points(struct arena *arena, const struct options *o, const struct data *data,
                          struct point *points)
{
    static const uint32_t probes[] = {2,  4,  6,  8,  12, 16,  24,  32,  40,
                                      48, 56, 64, 72, 96, 128, 160, 192, 256};
    static const uint32_t reranks[] = {10, 14, 20, 30, 40, 60, 80, 100, 150, 200};
    size_t count = 0;
    for (size_t i = 0; i < sizeof probes / sizeof probes[0]; i++) {
        for (size_t j = 0; j < sizeof reranks / sizeof reranks[0]; j++) {
            if (o->probes && i > 0) continue;
            if (o->rerank && j > 0) continue;
            struct ann_query query = {.probes = o->probes ? o->probes : probes[i],
                                      .rerank = o->rerank ? o->rerank : reranks[j]};
            bool flat = o->settings.kind == ANN_FLAT;
            query.exact = flat && o->settings.code == ANN_FLOAT32;
            if (flat && i > 0) continue;
            if (j > 0 && (query.exact || o->settings.kind == ANN_IVF_FLAT) &&
                o->settings.code == ANN_FLOAT32) {
                continue;
            }
            points[count].query = query;
            points[count].least = arena_array(arena, double, data->queries.rows);
            count++;
        }
    }
    return count;
}

static int compare_points(const void *a, const void *b)
{
    const struct point *left = a;
    const struct point *right = b;
    return (left->mean_us > right->mean_us) - (left->mean_us < right->mean_us);
}

/* The points that no other beats in both recall and time. */
static void print_front(struct point *points, size_t count, const struct data *data)
{
    size_t queries = data->queries.rows;
    for (size_t i = 0; i < count; i++) {
        double sum = 0;
        for (size_t q = 0; q < queries; q++) sum += points[i].least[q];
        points[i].mean_us = 1e6 * sum / (double)queries;
    }
    qsort(points, count, sizeof *points, compare_points);
    printf("%6s %6s %7s %8s %8s %8s %8s %9s %9s %7s %9s\n", "probes", "rerank", "recall", "mean us",
           "p50 us", "p99 us", "QPS", "distances", "codes", "lists", "bytes");
    double best = 0;
    for (size_t i = 0; i < count; i++) {
        struct point *p = &points[i];
        if (p->recall <= best) continue;
        best = p->recall;
        qsort(p->least, queries, sizeof *p->least, compare_doubles);
        double n = (double)queries;
        printf("%6u %6u %7.4f %8.2f %8.2f %8.2f %8.0f %9.1f %9.1f %7.1f %9.0f\n",
               (unsigned)p->query.probes, (unsigned)p->query.rerank, p->recall, p->mean_us,
               1e6 * p->least[queries / 2], 1e6 * p->least[queries * 99 / 100], 1e6 / p->mean_us,
               (double)p->work.distances / n, (double)p->work.code_distances / n,
               (double)p->work.lists / n, (double)p->work.bytes / n);
    }
}

static bool bench(struct arena *arena, struct options *o, struct error *err)
{
    struct data data = {0};
    TRY(load_data(arena, o, &data, err));
    o->settings.dimensions = data.base.dimensions;
    o->settings.metric = strcmp(o->data, "mnist784") == 0 ? ANN_L2 : ANN_COSINE;
    double start = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
    struct ann_index *index = ann_build(arena, &o->settings, data.base.values, data.base.rows, err);
    if (!index) return false;
    double rows = (double)data.base.rows;
    size_t padded = (o->settings.dimensions + 15) / 16 * 64;
    printf("%s %s: %zu x %u built in %.2f CPU s, %.1f bytes a vector beside the rows\n", o->data,
           ann_kind_name(o->settings.kind), data.base.rows, (unsigned)o->settings.dimensions,
           seconds_of(CLOCK_PROCESS_CPUTIME_ID) - start,
           (double)ann_size_bytes(index) / rows - (double)padded);

    const struct ann_curve_point *curve;
    size_t curve_length = ann_recall_curve(index, &curve);
    for (size_t i = 0; i < curve_length; i++) {
        printf("tuned for %.3f: probes %u, rerank %u (%.4f)\n", (double)curve[i].target,
               (unsigned)curve[i].probes, (unsigned)curve[i].rerank, (double)curve[i].recall);
    }
    struct point points[POINTS_MAX] = {0};
    size_t count = make_points(arena, o, &data, points);
    struct ann_scratch *scratch = ann_scratch_new(arena, index);
    for (int round = 0; round < o->rounds; round++) {
        for (size_t i = 0; i < count; i++) run_point(index, &data, round, scratch, &points[i]);
    }
    print_front(points, count, &data);
    return true;
}

int main(int argc, char **argv)
{
    struct options options = {
        .data = "glove100", .settings = {.kind = ANN_SCANN}, .rounds = ROUNDS};
    for (int i = 1; i < argc; i++) {
        if (set_option(&options, argv[i])) continue;
        fprintf(stderr, "bench_ann_ivf: %s is not understood; see the head of its source\n",
                argv[i]);
        return 2;
    }
    struct arena *arena = arena_new();
    struct error err;
    bool done = bench(arena, &options, &err);
    if (!done) fprintf(stderr, "bench_ann_ivf: %s\n", err.message);
    arena_free(arena);
    return done ? 0 : 1;
}
