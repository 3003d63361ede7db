#include "base/arena.h"
#include "base/error.h"
#include "models/ann/calibrate.h"
#include "models/ann/code.h"
#include "models/ann/profile.h"
#include "tests/ann/unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One kernel each way of reading, and costs by hand. */
static const char sample[] =
    "{\"schema\": \"ragtime.ann-profile/1\", \"machine\": \"m\", \"simd\": \"avx2\",\n"
    " \"origin\": \"by hand\", \"date\": \"2026-01-02\", \"verified\": true,\n"
    " \"kernels\": [\n"
    "  {\"code\": \"float32\", \"squared\": false, \"access\": \"scan\", \"set_bytes\": [1024, "
    "4096],\n"
    "   \"stride_bytes\": [64, 128], \"ns\": [[1, 3], [2, 6]]},\n"
    "  {\"code\": \"float32\", \"squared\": true, \"access\": \"scan\", \"set_bytes\": [1024],\n"
    "   \"stride_bytes\": [64], \"ns\": [[5]]},\n"
    "  {\"code\": \"float32\", \"access\": \"gather_ahead\", \"set_bytes\": [1024],\n"
    "   \"stride_bytes\": [64], \"ns\": [[7]]},\n"
    "  {\"code\": \"float32\", \"access\": \"gather_ahead_few\", \"set_bytes\": [1024],\n"
    "   \"stride_bytes\": [64], \"ns\": [[13]]},\n"
    "  {\"code\": \"float32\", \"access\": \"gather\", \"set_bytes\": [1024],\n"
    "   \"stride_bytes\": [64], \"ns\": [[11]]},\n"
    "  {\"code\": \"lvq8\", \"access\": \"gather_ahead\", \"set_bytes\": [1024],\n"
    "   \"stride_bytes\": [64], \"ns\": [[2]]}],\n"
    " \"searches\": {\"flat\": {\"query_ns\": 100, \"row_ns\": 0.5, \"test_ns\": 9, "
    "\"kernel_ratio\": "
    "2,\n  \"fit_error_most_ratio\": 0.125},\n"
    "  \"hnsw\": {\"hop_ns\": 10, \"test_ns\": 0.25, \"kernel_ratio\": 1},\n"
    "  \"hnsw_codes\": {\"hop_ns\": 10, \"kernel_ratio\": 1, \"rerank_ns\": 3},\n"
    "  \"ivf_flat\": {\"test_ns\": 1}, \"flat_codes\": {}, \"ivf_codes\": {},\n"
    "  \"products\": {\"query_ns\": 50, \"line_ns\": 2, \"list_ns\": 4, \"centroid_value_ns\": "
    "0.25,\n"
    "   \"kernel_ratio\": 1, \"dimension_ns\": 1}, \"bits\": {}}}\n";

static bool read_sample(struct arena *arena, const char *text, struct ann_profile *out,
                        struct error *err)
{
    return ann_profile_read_text(arena, "sample.json", text, strlen(text), out, err);
}

static bool is_near(double a, double b)
{
    return fabs(a - b) <= 1e-9 * fabs(b) + 1e-12;
}

static void kernels_are_interpolated(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct ann_profile p;
    struct error err;
    assert_true(read_sample(arena, sample, &p, &err));
    assert_string_equal(p.machine, "m");
    assert_string_equal(p.origin, "by hand");
    assert_string_equal(p.date, "2026-01-02");
    assert_true(p.verified);
    assert_true(p.errors[PROFILE_FLAT] == 0.125 && p.errors[PROFILE_HNSW] == 0);
    const struct profile_kernel scan = {.code = ANN_FLOAT32, .access = PROFILE_SCAN};
    const struct profile_kernel squared = {
        .code = ANN_FLOAT32, .access = PROFILE_SCAN, .squared = true};
    static const struct {
        double stride;
        double set;
        double ns;
    } cases[] = {{64, 1024, 1},  {64, 4096, 3},   {64, 2048, 2}, {64, 1, 1},    {64, 1e9, 3},
                 {128, 4096, 6}, {96, 1024, 1.5}, {96, 2048, 3}, {32, 1024, 1}, {256, 1024, 4}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_true(
            is_near(profile_kernel_ns(&p, &scan, cases[i].stride, cases[i].set), cases[i].ns));
    }
    assert_true(is_near(profile_kernel_ns(&p, &squared, 64, 1024), 5));
    const struct profile_kernel absent = {.code = ANN_LVQ4, .access = PROFILE_SCAN};
    assert_true(is_near(profile_kernel_ns(&p, &absent, 64, 1024), 0));
    arena_free(arena);
}

/* Sums by hand; a row of 16 dimensions has 64 bytes. */
static void predictions_are_sums_of_costs(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct ann_profile p;
    struct error err;
    assert_true(read_sample(arena, sample, &p, &err));
    struct ann_settings s = {.kind = ANN_FLAT, .dimensions = 16};
    struct profile_effort e = {
        .settings = &s, .rows = 16, .top_k = 10, .queries = 2, .distances = 32};
    assert_true(is_near(ann_profile_predict(&p, &e), 100 + 16 * 0.5 + 2 * 16 * 1));
    s.kind = ANN_HNSW;
    e.hops = 6;
    /* Steps of 16 / 3 rows, two thirds of the way from 16 to 4 in 1 / rows. */
    assert_true(is_near(ann_profile_predict(&p, &e), 3 * 10 + 16 * 11));
    s.code = ANN_LVQ8;
    e.code_distances = 100;
    assert_true(is_near(ann_profile_predict(&p, &e), 3 * 10 + 50 * 2 + 16 * 3 + 16 * 11));
    s = (struct ann_settings){.kind = ANN_SCANN, .dimensions = 16, .lists = 8};
    e = (struct profile_effort){.settings = &s,
                                .rows = 16,
                                .queries = 1,
                                .distances = 3,
                                .code_distances = 64,
                                .lists = 5,
                                .bytes = 3 * 64 + 12 * 64};
    double sum = 50 + 12 * 2 + 5 * 4 + 8 * 16 * 0.25 + 3 * 11 + 16;
    assert_true(is_near(ann_profile_predict(&p, &e), sum));
    arena_free(arena);
}

/* The same with filters: of a scan every word of the filter and every row that passes, in a graph
 * every link, in lists every row. */
static void filters_cost_looks(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct ann_profile p;
    struct error err;
    assert_true(read_sample(arena, sample, &p, &err));
    struct ann_settings s = {.kind = ANN_FLAT, .dimensions = 16};
    struct profile_effort e = {
        .settings = &s, .rows = 65, .passing = 2, .top_k = 10, .queries = 2, .distances = 4};
    const double scan = 100 + 2 * 0.5 + (2 + 2) * 9 + 2 * 2 * 11;
    assert_true(is_near(ann_profile_predict(&p, &e), scan));
    /* Whatever the kind, where all that pass are compared. */
    s.kind = ANN_HNSW;
    assert_true(is_near(ann_profile_predict(&p, &e), scan));
    s.kind = ANN_SCANN;
    assert_true(is_near(ann_profile_predict(&p, &e), scan));
    /* 60 of 65 are not worth more than reading all 65, of 1 ns to 3 ns by their 4,160 bytes. */
    e.passing = 60;
    e.distances = 120;
    const double all = 100 + 60 * 0.5 + (2 + 60) * 9 + 2 * 65 * 3;
    assert_true(is_near(ann_profile_predict(&p, &e), all));
    s.kind = ANN_HNSW;
    e.hops = 6;
    e.distances = 32;
    e.bytes = 32 * 64 + 2 * 40 * 4;
    assert_true(is_near(ann_profile_predict(&p, &e), 3 * 10 + 16 * 7 + 40 * 0.25));
    s.kind = ANN_IVF_FLAT;
    e.hops = 0;
    e.lists = 4;
    e.passing = 13;
    assert_true(is_near(ann_profile_predict(&p, &e), 16 * 65 / 13 * 1));
    arena_free(arena);
}

/* profile_stride knows how long codes are. */
static void strides_are_those_of_the_codes(void **state)
{
    (void)state;
    static const uint32_t dimensions[] = {1, 31, 56, 57, 100, 112, 113, 784, 1536};
    static const enum ann_metric metrics[] = {ANN_COSINE, ANN_L2};
    for (size_t d = 0; d < COUNT_OF(dimensions); d++) {
        for (size_t m = 0; m < 2; m++) {
            for (int code = ANN_FLOAT16; code <= ANN_LVQ4; code++) {
                struct arena *arena = arena_new();
                size_t stride = distance_stride(dimensions[d]);
                float *row = arena_alloc_aligned(arena, stride * sizeof *row, ANN_ALIGNMENT);
                row[0] = 1;
                struct distance_rows rows = {row, stride};
                struct code_source source = {.code = (enum ann_code)code,
                                             .metric = metrics[m],
                                             .dimensions = dimensions[d],
                                             .rows = &rows,
                                             .count = 1,
                                             .capacity = 1,
                                             .level = distance_best_level()};
                assert_int_equal(code_rows_new(arena, &source)->stride,
                                 profile_stride((enum ann_code)code, metrics[m], dimensions[d]));
                arena_free(arena);
            }
            assert_int_equal(profile_stride(ANN_FLOAT32, metrics[m], dimensions[d]),
                             distance_stride(dimensions[d]) * sizeof(float));
        }
    }
}

/* Times that are a sum of costs give those costs back, and none below zero. */
static void a_fit_finds_the_costs(void **state)
{
    (void)state;
    enum { POINTS = 40 };
    double amounts[POINTS][PROFILE_COST_COUNT] = {{0}};
    double times[POINTS];
    uint64_t random = 3;
    for (size_t i = 0; i < POINTS; i++) {
        amounts[i][COST_QUERY] = 1;
        amounts[i][COST_HOP] = (double)(next_random(&random) % 100);
        amounts[i][COST_ROW] = (double)(next_random(&random) % 1000);
        amounts[i][COST_KERNEL] = (double)(next_random(&random) % 5000);
        times[i] = 300 + 20 * amounts[i][COST_HOP] + 0.8 * amounts[i][COST_KERNEL];
    }
    double costs[PROFILE_COST_COUNT];
    calibrate_fit(amounts[0], times, POINTS, costs);
    assert_true(fabs(costs[COST_QUERY] - 300) < 1e-3);
    assert_true(fabs(costs[COST_HOP] - 20) < 1e-4);
    assert_true(fabs(costs[COST_KERNEL] - 0.8) < 1e-6);
    assert_true(fabs(costs[COST_ROW]) < 1e-6);
    assert_true(fabs(costs[COST_LINE]) < 1e-12);
    costs[COST_HOP] = 7;
    calibrate_fit_one(amounts[0], times, POINTS, COST_HOP, costs);
    assert_true(fabs(costs[COST_HOP] - 20) < 1e-4);
    /* What would fit best with a negative cost gets none. */
    for (size_t i = 0; i < POINTS; i++) times[i] = 5000 - 2 * amounts[i][COST_ROW];
    calibrate_fit(amounts[0], times, POINTS, costs);
    for (size_t i = 0; i < PROFILE_COST_COUNT; i++) assert_true(costs[i] >= 0);
}

/* With the smallest working sets alone: what is measured, not how long it takes. */
static void kernels_are_measured(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    const struct calibration c = {.threads = 1, .rounds = 1, .memory_bytes = 600000};
    struct ann_profile p = {0};
    char *memory = calibrate_memory(arena, &c);
    calibrate_name_kernels(arena, &c, &p);
    assert_true(calibrate_kernels(&c, memory, &p));
    calibrate_smooth(&p);
    for (size_t i = 0; i < p.kernel_count; i++) {
        const struct profile_kernel *k = &p.kernels[i];
        assert_int_equal(k->set_count, 2);
        for (size_t j = 0; j < k->stride_count; j++) {
            assert_true(k->ns[j][0] > 0 && isfinite(k->ns[j][1]));
            assert_true(k->ns[j][0] <= k->ns[j][1]);
            assert_true(!j || k->stride_bytes[j] > k->stride_bytes[j - 1]);
        }
    }
    const int stop = 1;
    const struct calibration stopped = {.threads = 1, .rounds = 1, .stop = &stop};
    assert_false(calibrate_kernels(&stopped, memory, &p));
    arena_free(arena);
}

static void faults_have_a_place(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        const char *to;
        const char *message;
    } faults[] = {
        {"ann-profile/1", "ann-profile/2", "expected 'ragtime.ann-profile/1'"},
        {"\"machine\"", "\"machin\"", "there is no 'machine'"},
        {"\"lvq8\"", "\"lvq5\"", "is no code"},
        {"\"gather\"", "\"gathers\"", "is no access"},
        {"[1024, 4096]", "[4096, 1024]", "from 4096"},
        {"[1024, 4096]", "[1024, 1024]", "must ascend"},
        {"[1024, 4096]", "[]", "expected 1 to 12"},
        {"[[1, 3], [2, 6]]", "[[1, 3]]", "has 1 lists; expected 2"},
        {"[[1, 3], [2, 6]]", "[[1, 3], [2]]", "a list of 2 numbers"},
        {"[[5]]", "[[-5]]", "expected a number from 0"},
        {"[[5]]", "[[\"5\"]]", "expected a number from 0"},
        {"\"bits\": {}", "\"bitz\": {}", "no map 'bits'"},
        {"\"verified\": true", "\"verified\": 1", "expected true or false"},
        {"\"hop_ns\": 10", "\"hop_ns\": -1", "expected a number from 0"},
        {"\"kernels\"", "\"kernel\"", "'kernels' is missing"},
    };
    for (size_t i = 0; i < COUNT_OF(faults); i++) {
        struct arena *arena = arena_new();
        struct ann_profile p;
        struct error err = {.message = ""};
        const char *at = strstr(sample, faults[i].from);
        assert_non_null(at);
        const char *text = arena_format(arena, "%.*s%s%s", (int)(at - sample), sample, faults[i].to,
                                        at + strlen(faults[i].from));
        assert_false(read_sample(arena, text, &p, &err));
        if (!strstr(err.message, faults[i].message)) fail_msg("%zu: %s", i, err.message);
        assert_string_equal(err.place.file, "sample.json");
        arena_free(arena);
    }
}

/* Any bytes give a profile or an error. */
static void damaged_files_are_refused_or_read(void **state)
{
    (void)state;
    uint64_t random = 11;
    for (int round = 0; round < 3000; round++) {
        struct arena *arena = arena_new();
        struct ann_profile p;
        struct error err = {.message = ""};
        char *copy = arena_copy(arena, sample);
        size_t length = strlen(copy);
        for (int i = 0; i < 3; i++) {
            copy[next_random(&random) % length] = "{}[],:\"019-e"[next_random(&random) % 12];
        }
        if (round % 3 == 0) copy[next_random(&random) % length] = '\0';
        bool read = read_sample(arena, copy, &p, &err);
        assert_int_equal(read, err.message[0] == '\0');
        arena_free(arena);
    }
}

static void the_programs_own_are_read(void **state)
{
    (void)state;
    size_t count = 0;
    for (; ann_profile_name(count); count++) {
        struct arena *arena = arena_new();
        struct ann_profile p;
        struct error err;
        if (!ann_profile_find(arena, ann_profile_name(count), &p, &err))
            fail_msg("%s", err.message);
        assert_non_null(p.origin);
        assert_true(p.kernel_count > 0);
        struct ann_settings s = {.kind = ANN_FLAT, .dimensions = 100};
        struct profile_effort e = {
            .settings = &s, .rows = 100000, .top_k = 10, .queries = 1, .distances = 100000};
        double flat = ann_profile_predict(&p, &e);
        /* 45 MB cannot be read faster than at 400 GB/s, nor takes it a second. */
        assert_true(flat > 1e5 && flat < 1e9);
        s.kind = ANN_HNSW;
        e.distances = 2000;
        e.hops = 100;
        double graph = ann_profile_predict(&p, &e);
        assert_true(graph > 0 && graph < flat);
        arena_free(arena);
    }
    assert_int_equal(count, 2);
    struct arena *arena = arena_new();
    struct ann_profile p;
    struct error err;
    assert_false(ann_profile_find(arena, "abacus", &p, &err));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernels_are_interpolated),
        cmocka_unit_test(predictions_are_sums_of_costs),
        cmocka_unit_test(filters_cost_looks),
        cmocka_unit_test(strides_are_those_of_the_codes),
        cmocka_unit_test(a_fit_finds_the_costs),
        cmocka_unit_test(kernels_are_measured),
        cmocka_unit_test(faults_have_a_place),
        cmocka_unit_test(damaged_files_are_refused_or_read),
        cmocka_unit_test(the_programs_own_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
