#include "base/arena.h"
#include "models/ann/calibrate.h"
#include "models/ann/code.h"
#include "models/ann/distance.h"
#include "models/ann/hash.h"
#include "models/ann/memory.h"
#include "models/ann/trial.h"

#include <float.h>
#include <string.h>

enum {
    SAMPLE_ROWS = 64, /* that codes learn from */
    DISTANCES = 8192, /* a try, or a little more */
    TRIES = 3,        /* of which the least counts */
    BLOCK = 256,      /* rows compared at a time elsewhere */
    LINE = 64,
    LINES_AHEAD = 8, /* of a row that are asked for */
    FILLING = 0x3f   /* four make a float of about 3/4, and two a half float of about 2 */
};

static const size_t set_sizes[] = {
    (size_t)16 << 10, (size_t)512 << 10, (size_t)1 << 20,   (size_t)2 << 20,
    (size_t)4 << 20,  (size_t)8 << 20,   (size_t)16 << 20,  (size_t)32 << 20,
    (size_t)64 << 20, (size_t)128 << 20, (size_t)256 << 20, (size_t)1 << 30,
};
static const uint32_t dimensions_measured[] = {32, 128, 384, 1024};

static const struct {
    enum ann_code code;
    enum ann_metric metric;
} kinds_measured[] = {
    {ANN_FLOAT32, ANN_INNER_PRODUCT}, {ANN_FLOAT32, ANN_L2},
    {ANN_FLOAT16, ANN_INNER_PRODUCT}, {ANN_FLOAT16, ANN_L2},
    {ANN_INT8, ANN_INNER_PRODUCT},    {ANN_LVQ8, ANN_INNER_PRODUCT},
    {ANN_LVQ4, ANN_INNER_PRODUCT},
};
#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

/* Rows of one code and length: whatever the memory is filled with. */
struct bench {
    struct distance_rows rows;
    struct code_rows codes;
    struct code_query code_query;
    float *query;
    bool coded;
    size_t stride; /* bytes */
    const char *bytes;
    distance_gather_fn *gather;
    distance_scan_fn *scan;
    uint32_t *ids; /* DISTANCES */
    float *out;    /* BLOCK */
    size_t count;  /* rows of the working set at hand */
    size_t next;   /* row that a scan goes on from */
};

static void compare(const struct bench *b, const uint32_t *ids, size_t count)
{
    if (b->coded) {
        b->codes.gather(&b->codes, &b->code_query, ids, count, b->out);
    } else {
        b->gather(&b->rows, b->query, ids, count, b->out);
    }
}

static void run_ahead(const struct bench *b, size_t lot, size_t distances)
{
    for (size_t i = 0; i < distances; i += lot) {
        for (size_t j = i + lot; j < i + 2 * lot && j < distances; j++) {
            const char *row = b->bytes + b->ids[j] * b->stride;
            size_t length = b->stride < LINES_AHEAD * LINE ? b->stride : LINES_AHEAD * LINE;
            for (size_t at = 0; at < length; at += LINE) PREFETCH(row + at);
        }
        compare(b, b->ids + i, lot);
    }
}

static void run_gather(const struct bench *b, size_t distances)
{
    for (size_t i = 0; i < distances; i += BLOCK) compare(b, b->ids + i, BLOCK);
}

/* Goes on where the last one ended, round and round the working set: what a cache has forgotten
 * since the last time there is read anew. Returns how many rows were compared. */
static size_t run_scan(struct bench *b, size_t distances)
{
    size_t compared = 0;
    while (compared < distances) {
        size_t count = b->count - b->next < BLOCK ? b->count - b->next : BLOCK;
        if (b->coded) {
            b->codes.scan(&b->codes, &b->code_query, b->next, count, b->out);
        } else {
            b->scan(&b->rows, b->query, b->next, count, b->out);
        }
        compared += count;
        b->next = b->next + count < b->count ? b->next + count : 0;
    }
    return compared;
}

/* Rows are other ones in every try. */
static double time_try(struct bench *b, enum profile_access access, uint64_t number)
{
    size_t compared = DISTANCES;
    for (size_t i = 0; i < DISTANCES; i++) b->ids[i] = (uint32_t)(hash_of(number, i) % b->count);
    double begun = ann_clock_ns();
    switch (access) {
    case PROFILE_SCAN: compared = run_scan(b, DISTANCES); break;
    case PROFILE_GATHER: run_gather(b, DISTANCES); break;
    case PROFILE_AHEAD: run_ahead(b, PROFILE_LOT, DISTANCES); break;
    case PROFILE_AHEAD_FEW: run_ahead(b, PROFILE_LOT_FEW, DISTANCES); break;
    case PROFILE_ACCESS_COUNT: break;
    }
    return (ann_clock_ns() - begun) / (double)compared;
}

static double measure(struct bench *b, enum profile_access access)
{
    double least = DBL_MAX;
    b->next = 0;
    for (uint64_t i = 0; i < TRIES; i++) {
        double ns = time_try(b, access, i);
        if (ns < least) least = ns;
    }
    return least;
}

/* SAMPLE_ROWS rows of values in -1 .. 1, padded. */
static float *sample_rows(struct arena *arena, uint32_t dimensions)
{
    size_t stride = distance_stride(dimensions);
    float *rows = memory_large(arena, SAMPLE_ROWS, stride * sizeof *rows);
    for (size_t i = 0; i < SAMPLE_ROWS; i++) {
        for (size_t j = 0; j < dimensions; j++) {
            rows[i * stride + j] = (float)(hash_of(i, j) >> 40) * 0x1p-23f - 1;
        }
    }
    return rows;
}

static void prepare(struct arena *arena, struct bench *b, size_t kind, uint32_t dimensions,
                    char *memory)
{
    const struct distance_kernels *kernels = distance_kernels_of(distance_level_chosen());
    enum ann_metric metric = kinds_measured[kind].metric;
    float *rows = sample_rows(arena, dimensions);
    size_t stride = distance_stride(dimensions);
    *b = (struct bench){.rows = {rows, stride},
                        .query = rows,
                        .coded = kinds_measured[kind].code != ANN_FLOAT32,
                        .stride = stride * sizeof *rows,
                        .bytes = memory,
                        .gather = metric == ANN_L2 ? kernels->gather_l2 : kernels->gather_dot,
                        .scan = metric == ANN_L2 ? kernels->scan_l2 : kernels->scan_dot,
                        .ids = arena_array(arena, uint32_t, DISTANCES),
                        .out = arena_array(arena, float, BLOCK + 4)};
    if (b->coded) {
        struct code_source source = {.code = kinds_measured[kind].code,
                                     .metric = metric,
                                     .dimensions = dimensions,
                                     .rows = &b->rows,
                                     .count = SAMPLE_ROWS,
                                     .capacity = SAMPLE_ROWS,
                                     .level = distance_level_chosen()};
        b->codes = *code_rows_new(arena, &source);
        code_query_new(arena, dimensions, &b->code_query);
        code_query_prepare(&b->codes, b->query, &b->code_query);
        b->stride = b->codes.stride;
        b->codes.bytes = (unsigned char *)memory;
    } else {
        b->rows.values = (const float *)(const void *)memory;
    }
}

static size_t count_sets(const struct calibration *c)
{
    size_t count = 1;
    while (count < COUNT_OF(set_sizes) && set_sizes[count] <= c->memory_bytes) count++;
    return count;
}

char *calibrate_memory(struct arena *arena, const struct calibration *c)
{
    const size_t length = set_sizes[count_sets(c) - 1];
    char *memory = memory_large(arena, length, 1);
    memset(memory, FILLING, length);
    return memory;
}

/* All accesses of one kind and length: place `at` of their strides. */
static void measure_length(const struct calibration *c, size_t kind, size_t at, char *memory,
                           struct profile_kernel *kernels)
{
    struct arena *passing = arena_new();
    struct bench b;
    prepare(passing, &b, kind, dimensions_measured[at], memory);
    for (size_t i = 0; i < count_sets(c); i++) {
        b.count = set_sizes[i] / b.stride;
        b.next = 0;
        run_scan(&b, b.count); /* what of the set a cache can keep is in it from here on */
        for (size_t access = 0; access < PROFILE_ACCESS_COUNT; access++) {
            struct profile_kernel *kernel = &kernels[access];
            kernel->stride_bytes[at] = (double)b.stride;
            double ns = measure(&b, kernel->access);
            double before = kernel->ns[at][i];
            if (before <= 0 || ns < before) kernel->ns[at][i] = ns;
        }
    }
    arena_free(passing);
}

void calibrate_name_kernels(struct arena *arena, const struct calibration *c,
                            struct ann_profile *out)
{
    const size_t sets = count_sets(c);
    out->kernel_count = COUNT_OF(kinds_measured) * PROFILE_ACCESS_COUNT;
    out->kernels = arena_array(arena, struct profile_kernel, out->kernel_count);
    for (size_t i = 0; i < out->kernel_count; i++) {
        size_t kind = i / PROFILE_ACCESS_COUNT;
        struct profile_kernel *kernel = &out->kernels[i];
        *kernel = (struct profile_kernel){.code = kinds_measured[kind].code,
                                          .squared = kinds_measured[kind].metric == ANN_L2,
                                          .access = (enum profile_access)(i % PROFILE_ACCESS_COUNT),
                                          .set_count = sets,
                                          .stride_count = COUNT_OF(dimensions_measured)};
        for (size_t j = 0; j < sets; j++) kernel->set_bytes[j] = (double)set_sizes[j];
    }
}

bool calibrate_kernels(const struct calibration *c, char *memory, struct ann_profile *out)
{
    const size_t lengths = COUNT_OF(dimensions_measured);
    bool whole = true;
    for (size_t i = 0; i < COUNT_OF(kinds_measured) * lengths && whole; i++) {
        size_t kind = i / lengths;
        measure_length(c, kind, i % lengths, memory, out->kernels + kind * PROFILE_ACCESS_COUNT);
        whole = !(c->stop && *c->stop);
    }
    return whole;
}

/* A larger working set takes no less time: where one seems to, the smaller one was disturbed. */
void calibrate_smooth(struct ann_profile *out)
{
    for (size_t i = 0; i < out->kernel_count; i++) {
        struct profile_kernel *kernel = &out->kernels[i];
        for (size_t j = 0; j < kernel->stride_count; j++) {
            double *ns = kernel->ns[j];
            for (size_t k = kernel->set_count - 1; k > 0; k--)
                if (ns[k - 1] > ns[k]) ns[k - 1] = ns[k];
        }
    }
}
