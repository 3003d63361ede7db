#include "base/file.h"
#include "models/ann/profile.h"
#include "models/ann/vectors.h"
#include "tests/models/runs.h"

#include <unistd.h>

#define INDEX(fields)                                                                           \
    "workloads: {w: {enters: i, arrivals: {poisson: {rate: 50/s}}}}\n"                          \
    "components: {i: {type: vector_index, vectors: 2000, dimensions: 16, latency: 2ms, " fields \
    "}}\n"

static double value(const char *yaml, const char *path)
{
    struct trial t;
    trial_open(&t, yaml);
    const struct measures m = trial_run(&t, 0, 0, 60);
    const double found = metric(&m, path);
    trial_close(&t);
    return found;
}

/* A machine whose distances take 10 ns where 50 kB are read and 20 ns where 200 kB are. */
static const char machine[] =
    "{\"schema\": \"" PROFILE_SCHEMA "\", \"machine\": \"m\", \"kernels\": [\n"
    "  {\"code\": \"float32\", \"access\": \"scan\", \"set_bytes\": [64000, 256000],\n"
    "   \"stride_bytes\": [64], \"ns\": [[10, 20]]},\n"
    "  {\"code\": \"float32\", \"access\": \"gather\", \"set_bytes\": [1], \"stride_bytes\": "
    "[64],\n"
    "   \"ns\": [[40]]}],\n"
    " \"searches\": {\"flat\": {\"query_ns\": 5000, \"kernel_ratio\": 2, \"test_ns\": 3,\n"
    "  \"fit_error_most_ratio\": 0.125},\n"
    "  \"hnsw\": {}, \"ivf_flat\": {}, \"flat_codes\": {}, \"hnsw_codes\": {}, \"ivf_codes\": {},\n"
    "  \"products\": {}, \"bits\": {}}}\n";

#define FLAT(fields)                                                                               \
    arena_format(arena,                                                                            \
                 "workloads: {w: {enters: i, arrivals: {poisson: {rate: 50/s}}}}\n"                \
                 "components: {i: {type: vector_index, dimensions: 16, latency: 2ms, index: flat," \
                 " search_cost: %s, " fields "}}\n",                                               \
                 file)

/* A scan's time by hand, on a machine of a file: of the working set that is configured and not of
 * that which is built. */
static void test_flat_costs(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct error err;
    char file[] = "/tmp/ragtime-XXXXXX.json";
    close(mkstemps(file, 5));
    assert_true(file_write(file, machine, strlen(machine), &err));
    const double small = 5e-6 + 2 * 1000 * 10e-9;
    const double large = 5e-6 + 2 * 40000 * 20e-9;
    struct trial t;
    trial_open(&t, FLAT("vectors: 1000"));
    struct measures m = trial_run(&t, 0, 0, 60);
    assert_true(fabs(metric(&m, "i.search.mean") / small - 1) < 1e-6);
    assert_true(fabs(metric(&m, "i.latency.mean") - 0.002 - small) < 1e-6);
    assert_true(metric(&m, "i.recall") == 1 && metric(&m, "i.search.cost_error") == 0.125);
    trial_close(&t);
    trial_open(&t, FLAT("vectors: 40000"));
    m = trial_run(&t, 0, 0, 60);
    assert_true(fabs(metric(&m, "i.search.mean") / large - 1) < 1e-6);
    assert_true(metric(&m, "i.search.measured_vectors") <= 20000);
    trial_close(&t);
    /* An eighth passes: 125 rows out of order, and looks at 16 words and these. */
    const double some = 5e-6 + 2 * 125 * 40e-9 + (16 + 125) * 3e-9;
    const char *filtered = FLAT("vectors: 1000, filter: {selectivity: 12.5%%}");
    assert_true(value(filtered, "i.search.distances") == 125);
    assert_true(fabs(value(filtered, "i.search.mean") / some - 1) < 1e-6);
    assert_true(file_write(file, "{\n\"schema\": 1}\n", 15, &err));
    runs_refused(
        arena_format(arena, "components: {q: {type: vector_index, search_cost: %s}}\n", file),
        "'schema' is a number; expected a string, line 2");
    runs_refused("components: {q: {type: vector_index, search_cost: arm64}}\n", "arm64-neon");
    unlink(file);
    arena_free(arena);
}

/* The machine is the service's unless another one is named: only time depends on it. */
static void test_machines(void **state)
{
    (void)state;
    const char *const arm = INDEX("index: flat, search_cost: arm64-neon");
    const double x86 = value(INDEX("index: flat"), "i.search.mean");
    const double derived = value(arm, "i.search.mean");
    assert_true(value(INDEX("index: flat, search_cost: x86-64-avx512"), "i.search.mean") == x86);
    assert_true(value(INDEX("index: flat, service: self-hosted/arm"), "i.search.mean") == derived);
    assert_true(derived > x86);
    assert_true(value(arm, "i.search.distances") == 2000);
}

/* Each kind runs, finds most, and a code changes what is compared and how much memory it takes. */
static void test_kinds(void **state)
{
    (void)state;
    static const char *const kinds[] = {
        INDEX("index: {flat: {code: lvq8}}"),
        INDEX("index: {flat: {code: rabitq}}"),
        INDEX("index: flat, quantization: int8"),
        INDEX("index: {hnsw: {code: float16, rerank: 30}}"),
        INDEX("index: {hnsw: {code: lvq8, recall: 90%, rerank: 30}}"),
        INDEX("index: {ivf_flat: {lists: 20, probes: 10, code: lvq4, spill: 2}}"),
        INDEX("index: {ivf_pq: {lists: 20, probes: 10, bits: 4, rerank: 100}}"),
        INDEX("index: {scann: {lists: 20, probes: 10, anisotropy: 2}}"),
        INDEX("index: {scann: {recall: 90%}}, metric: l2"),
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        assert_true(value(kinds[i], "i.search.codes") > 50);
        assert_true(value(kinds[i], "i.recall") > 0.75);
    }
    const double all = value(INDEX("index: hnsw"), "i.memory");
    const double half = value(INDEX("index: {hnsw: {code: int8}}, originals: disk"), "i.memory");
    const double both = value(INDEX("index: {hnsw: {code: int8}}"), "i.memory");
    assert_true(fabs(both - half - 2000 * 16 * 4) < 1);
    assert_true(half < all + 1 && both > all);
    assert_true(value(INDEX("index: {hnsw: {code: int8}}, originals: disk"), "i.search.mean") >
                2 * value(INDEX("index: {hnsw: {code: int8}}"), "i.search.mean"));
}

/* Shards: each has its part, and a query waits for the slowest of them. */
static void test_shards(void **state)
{
    (void)state;
    assert_true(value(INDEX("index: flat, shards: 4"), "i.search.distances") == 500);
    assert_true(value(INDEX("index: {hnsw: {ef_search: 10}}, shards: 4"), "i.recall") >
                value(INDEX("index: {hnsw: {ef_search: 10}}"), "i.recall"));
    assert_true(value(INDEX("index: hnsw, shards: 4"), "i.memory") <
                value(INDEX("index: hnsw"), "i.memory") / 3);
}

#define WRITES(items, fields)                                                                    \
    "workloads:\n"                                                                               \
    "  w: {enters: f, arrivals: {poisson: {rate: 20/s}}}\n"                                      \
    "  q: {enters: i, arrivals: {poisson: {rate: 20/s}}}\n"                                      \
    "components:\n"                                                                              \
    "  f: {type: function, does: [{call: i, operation: upsert, items: " items "}]}\n"            \
    "  i: {type: vector_index, vectors: 2000, dimensions: 16, latency: 1ms, workers: 1, " fields \
    "}\n"

/* Writes are work of the same workers: the station is busy for rate x (latency + work) of queries
 * and of writes, the latter on every replica. Large batches keep queries waiting. */
static void test_writes(void **state)
{
    (void)state;
    const double search = value(WRITES("100", "index: hnsw"), "i.search.mean");
    const double vector = value(WRITES("100", "index: hnsw"), "i.upsert.mean");
    assert_true(vector > search); /* ef_construction 200 and relinking, ef_search 64 */
    const double expected = 20 * (0.001 + search) + 20 * (0.001 + 100 * vector);
    const double busy = value(WRITES("100", "index: hnsw"), "i.utilization");
    print_message("utilization %.4f, expected %.4f\n", busy, expected);
    /* 1,200 of each in a minute: their numbers scatter by 3 %; 5 sigma. */
    assert_true(expected < 0.8 && fabs(busy / expected - 1) < 0.15);
    /* A copy has half of the queries and all of the writes. */
    const double two = value(WRITES("100", "index: hnsw, replicas: 2"), "i.utilization");
    assert_true(fabs(two / ((20 * (0.002 + search) + 20 * 200 * vector) / 2) - 1) < 0.15);
    assert_true(value(WRITES("200", "index: hnsw"), "i.wait.mean") >
                3 * value(WRITES("10", "index: hnsw"), "i.wait.mean"));
}

/* The costs of a profile and of this machine: the same work, another time. */
static void test_wall(void **state)
{
    (void)state;
    assert_true(value(INDEX("index: hnsw, search_cost: wall"), "i.search.mean") > 0);
    assert_true(value(INDEX("index: hnsw, search_cost: wall"), "i.search.distances") ==
                value(INDEX("index: hnsw"), "i.search.distances"));
}

static const char *own_vectors(struct arena *arena, const char *file)
{
    return arena_format(arena,
                        "workloads: {w: {enters: i, arrivals: {poisson: {rate: 50/s}}}}\n"
                        "components: {i: {type: vector_index, vectors: 100000, index: hnsw, "
                        "data: {file: %s}}}\n",
                        file);
}

/* The same vectors from a binary file and as text are measured alike; others are others. */
static void test_own_vectors(void **state)
{
    (void)state;
    char binary[] = "/tmp/ragtime-XXXXXX.fbin";
    char text[] = "/tmp/ragtime-XXXXXX.csv";
    close(mkstemps(binary, 5));
    close(mkstemps(text, 4));
    enum { ROWS = 1000, DIMENSIONS = 4 };
    struct arena *arena = arena_new();
    struct error err;
    const struct vectors_source source = {.dimensions = DIMENSIONS, .seed = 3};
    uint32_t *bytes = arena_array(arena, uint32_t, 2 + ROWS * DIMENSIONS);
    float *rows = arena_array(arena, float, ROWS *DIMENSIONS);
    char *lines = arena_array(arena, char, ROWS *DIMENSIONS * 20 + 20);
    size_t length = (size_t)sprintf(lines, "a,b,c,d\n");
    vectors_generate(&source, 0, ROWS, rows);
    bytes[0] = ROWS;
    bytes[1] = DIMENSIONS;
    memcpy(bytes + 2, rows, ROWS * DIMENSIONS * sizeof *rows);
    for (size_t i = 0; i < ROWS * DIMENSIONS; i++)
        length += (size_t)sprintf(lines + length, "%.9g%s", (double)rows[i],
                                  i % DIMENSIONS == DIMENSIONS - 1 ? "\n" : ", ");
    assert_true(file_write(binary, (const char *)bytes, (2 + ROWS * DIMENSIONS) * 4, &err));
    assert_true(file_write(text, lines, length, &err));
    const double one = value(own_vectors(arena, binary), "i.search.distances");
    const double two = value(own_vectors(arena, text), "i.search.distances");
    assert_true(one == two && one > 100);
    assert_true(value(own_vectors(arena, text), "i.search.measured_vectors") == 800);
    runs_refused(arena_format(arena,
                              "components: {q: {type: vector_index, dimensions: 5, data: "
                              "{file: %s}}}\n",
                              text),
                 "have 4 dimensions, not 5");
    static const struct {
        const char *text;
        const char *fault;
    } broken[] = {
        {"1,2\n3\n", "line 2"},        {"1,2\n3,x\n", "line 2"}, {"", "no row"},
        {"a,b\n", "no row"},           {"1,2,\n", "line 1"},     {"1 2\n", "comma"},
        {"1,2\n1,2\n", "100 or more"}, {"1e30,2\n", "line 1"},
    };
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        assert_true(file_write(text, broken[i].text, strlen(broken[i].text), &err));
        runs_refused(
            arena_format(arena, "components: {q: {type: vector_index, data: {file: %s}}}\n", text),
            broken[i].fault);
    }
    unlink(binary);
    unlink(text);
    arena_free(arena);
}

static void test_memory(void **state)
{
    (void)state;
    runs_refused("components: {q: {type: vector_index, service: qdrant/4c16g, vectors: 8000000, "
                 "dimensions: 768}}\n",
                 "need 2 shards");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_flat_costs),  cmocka_unit_test(test_machines),
        cmocka_unit_test(test_kinds),       cmocka_unit_test(test_shards),
        cmocka_unit_test(test_writes),      cmocka_unit_test(test_wall),
        cmocka_unit_test(test_own_vectors), cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
