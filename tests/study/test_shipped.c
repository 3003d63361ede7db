/* test_shipped.c - the shipped architectures share their luck, and the shipped indexes differ as
 * their knobs say. Apart from test_determinism.c, which the thread sanitizer runs: measuring their
 * index would take minutes there. Run from the project's root. */
#include "base/compiler.h"
#include "tests/study/run_file.h"

#include <math.h>

/* The shipped architectures, as they are: what asks and what answers is the same in all of them, to
 * what the edges of the window change. */
static void test_shipped(void **state)
{
    (void)state;
    static const char *const others[] = {"scenarios/rag-chat/workflow.yaml",
                                         "scenarios/rag-chat/express.yaml"};
    static const char *const paths[] = {"chat.arrival_rate", "ada.latency.mean",
                                        "ada.input_tokens",  "gpt.latency.mean",
                                        "gpt.input_tokens",  "gpt.output_tokens"};
    struct arena *arena = arena_new();
    struct preparation preparation = {.arena = arena, .effort = 0.2};
    const struct result *function =
        run_file(&preparation, "scenarios/rag-chat/function.yaml", "7", "1m", 2);
    const struct result *reseeded =
        run_file(&preparation, "scenarios/rag-chat/function.yaml", "8", "1m", 2);
    size_t same = 0;
    for (size_t k = 0; k < 6; k++) {
        const double expected = result_metric(function, paths[k])->value;
        same += fabs(result_metric(reseeded, paths[k])->value / expected - 1) < 3e-3;
    }
    assert_true(same < 6); /* the bound below tells equal luck from another's */
    for (size_t i = 0; i < 2; i++) {
        const struct result *other = run_file(&preparation, others[i], "7", "1m", 2);
        assert_int_equal(result_metric(other, "gpt.throttled")->value, 0);
        for (size_t k = 0; k < 6; k++) {
            const double a = result_metric(function, paths[k])->value;
            const double b = result_metric(other, paths[k])->value;
            if (!(fabs(b / a - 1) < 3e-3))
                fail_msg("%s of %s: %.9g, and %.9g in function.yaml", paths[k], others[i], b, a);
        }
        /* What arrives does not depend on the architecture at all. */
        const struct estimate *one = result_metric(function, "chat.arrival_rate");
        const struct estimate *two = result_metric(other, "chat.arrival_rate");
        assert_int_equal(one->count, two->count);
        for (size_t k = 0; k < one->count; k++)
            assert_true(same_bits(one->replications[k], two->replications[k]));
    }
    arena_free(arena);
}

static struct result *run_index(struct preparation *preparation, const char *name)
{
    const char *file = arena_format(preparation->arena, "scenarios/vector-index/%s.yaml", name);
    return run_file(preparation, file, "7", "1m", 2);
}

static double value(const struct result *r, const char *path)
{
    return result_metric(r, path)->value;
}

/* What the knobs of an index are for: each moves what it should, and costs what it should. The
 * measurements are a fifth of the usual. */
static void test_vector_index(void **state)
{
    (void)state;
    /* Figures, not memory: the release build's. */
    if (ADDRESS_SANITIZER) skip();
    struct arena *arena = arena_new();
    struct preparation preparation = {.arena = arena, .effort = 0.2};
    const struct result *flat = run_index(&preparation, "flat");
    const struct result *hnsw = run_index(&preparation, "hnsw");
    const struct result *lvq4 = run_index(&preparation, "hnsw-lvq4");
    const struct result *filtered = run_index(&preparation, "hnsw-filtered");
    const struct result *sharded = run_index(&preparation, "hnsw-sharded");
    const struct result *replicated = run_index(&preparation, "hnsw-replicated");
    const struct result *batched = run_index(&preparation, "hnsw-batched");
    assert_true(value(flat, "index.recall") == 1 && value(hnsw, "index.recall") < 1);
    assert_true(value(flat, "search.latency.p95") > 5 * value(hnsw, "search.latency.p95"));
    assert_true(value(lvq4, "index.memory") < value(hnsw, "index.memory"));
    assert_true(value(lvq4, "cost.per_month") < 0.6 * value(hnsw, "cost.per_month"));
    assert_true(value(filtered, "index.search.hops") > 2 * value(hnsw, "index.search.hops"));
    /* A graph of half of the vectors compares hardly fewer, and the slowest of four counts: what
     * shards save is memory, and each of them finds its own nearest. */
    assert_true(value(sharded, "index.search.distances") < value(hnsw, "index.search.distances"));
    assert_true(value(sharded, "index.search.mean") < 1.5 * value(hnsw, "index.search.mean"));
    assert_true(value(sharded, "index.memory") < 0.6 * value(hnsw, "index.memory"));
    assert_true(value(sharded, "index.recall") >
                value(hnsw, "index.recall") - value(hnsw, "index.recall.error"));
    print_message("a search: %g s, of shards %g s\n", value(hnsw, "index.search.mean"),
                  value(sharded, "index.search.mean"));
    assert_true(value(sharded, "cost.per_month") > 1.9 * value(hnsw, "cost.per_month"));
    assert_true(value(replicated, "cost.per_month") > 2.9 * value(hnsw, "cost.per_month"));
    assert_true(value(batched, "loading.latency.p50") > 2 * value(hnsw, "loading.latency.p50"));
    arena_free(arena);
}

/* One definition on four services, the article's own, and nested executions: each shows what its
 * comments say. */
static void test_workflows(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct preparation preparation = {.arena = arena, .effort = 0.2};
    const struct result *runs[7];
    static const char *const names[] = {
        "article-3.2",        "article-8.2",         "prompt-chain", "prompt-chain-express",
        "prompt-chain-azure", "prompt-chain-google", "ingestion"};
    for (size_t i = 0; i < 7; i++)
        runs[i] =
            run_file(&preparation, arena_format(arena, "scenarios/workflows/%s.yaml", names[i]),
                     "7", "1m", 2);
    for (size_t i = 0; i < 2; i++) {
        assert_true(fabs(value(runs[i], "rag.transitions.per_execution") - 4) < 0.2);
        assert_true(value(runs[i], "chat.success_ratio") > 0.9);
    }
    /* Express is quicker and cheaper; polled queues take longest. */
    const double standard = value(runs[2], "writers.latency.mean");
    assert_true(value(runs[3], "writers.latency.mean") < standard);
    assert_true(value(runs[4], "writers.latency.mean") > standard + 1);
    assert_true(value(runs[3], "cost.per_month") < value(runs[2], "cost.per_month"));
    assert_true(value(runs[4], "chain.polls") > 0);
    assert_true(value(runs[5], "chain.steps.external") > 0);
    /* 1 for the start, 4 states, 40 iterations and few retries. */
    assert_true(value(runs[6], "ingest.transitions") >= 45);
    assert_true(value(runs[6], "batch.calls") >= 40);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shipped),
        cmocka_unit_test(test_vector_index),
        cmocka_unit_test(test_workflows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
