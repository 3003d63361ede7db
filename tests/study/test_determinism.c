/* test_determinism.c - the same seed gives the same result on any number of threads; architectures
 * share their luck. */
#include "base/arena.h"
#include "base/file.h"
#include "tests/study/run_file.h"

/* cmocka.h needs these before it. */
/* clang-format off */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
/* clang-format on */

/* A chat like the shipped ones, but with a small index, so that its measurement takes no time under
 * the sanitizers. */
static const char base_text[] =
    "workloads: {chat: {enters: api, arrivals: {poisson: {rate: 4/s}}, queries: {zipf: {exponent: "
    "0.9, distinct: 500}},\n"
    "  prompt_tokens: {lognormal: {median: 420, p95: 1800}}, output_tokens: {lognormal: {median: "
    "180, p95: 520}}}}\n"
    "components:\n"
    "  api: {type: gateway, kind: http, calls: rag}\n"
    "  ada: {type: model, service: openai/text-embedding-ada-002}\n"
    "  gpt: {type: model, service: openai/gpt-4o}\n"
    "  redis: {type: cache, service: elasticache/cache.t4g.small, capacity: 1000}\n"
    "  index: {type: vector_index, vectors: 500, dimensions: 16, index: {hnsw: {M: 8, ef_search: "
    "16}}}\n";
static const char one_text[] =
    "extends: base.yaml\n"
    "components:\n"
    "  rag: {type: function, memory: 512MB, timeout: 60s, does: [{call: ada}, {cached: {in: redis, "
    "ttl: 60s, miss: [{call: index}]}}, {call: gpt}]}\n";
static const char flow_text[] = "extends: base.yaml\n"
                                "components:\n"
                                "  embed: {type: function, timeout: 60s, does: [{call: ada}]}\n"
                                "  search: {type: function, timeout: 60s, does: [{cached: {in: "
                                "redis, ttl: 60s, miss: [{call: index}]}}]}\n"
                                "  answer: {type: function, timeout: 60s, does: [{call: gpt}]}\n"
                                "  rag:\n"
                                "    type: workflow\n"
                                "    definition:\n"
                                "      StartAt: Embed\n"
                                "      States:\n"
                                "        Embed: {Type: Task, Resource: embed, Next: Search}\n"
                                "        Search: {Type: Task, Resource: search, Next: Answer}\n"
                                "        Answer: {Type: Task, Resource: answer, End: true}\n";

/* A crowd at the start: 300 requests at once, every 10 minutes, at servers that need 200 s for
 * them; and steady traffic, which has to wait until they are through. */
static const char slow_text[] =
    "workloads: {steady: {enters: q, arrivals: {poisson: {rate: 5/s}}}, crowd: {enters: q, "
    "arrivals: {batch: {items: 300, every: 600s}}}}\n"
    "components: {q: {type: service, servers: 2, time: 300ms}}\n";

static char folder[] = "/tmp/ragtime-XXXXXX";

static const char *path_of(struct arena *arena, const char *name)
{
    return arena_format(arena, "%s/%s", folder, name);
}

static int make_files(void **state)
{
    (void)state;
    struct error err;
    struct arena *arena = arena_new();
    assert_non_null(mkdtemp(folder));
    assert_true(file_write(path_of(arena, "base.yaml"), base_text, strlen(base_text), &err));
    assert_true(file_write(path_of(arena, "one.yaml"), one_text, strlen(one_text), &err));
    assert_true(file_write(path_of(arena, "flow.yaml"), flow_text, strlen(flow_text), &err));
    assert_true(file_write(path_of(arena, "slow.yaml"), slow_text, strlen(slow_text), &err));
    arena_free(arena);
    return 0;
}

static int remove_files(void **state)
{
    (void)state;
    static const char *const names[] = {"base.yaml", "one.yaml", "flow.yaml", "slow.yaml"};
    struct arena *arena = arena_new();
    for (size_t i = 0; i < 4; i++) unlink(path_of(arena, names[i]));
    arena_free(arena);
    return rmdir(folder);
}

static struct result *run(struct arena *arena, const char *name, const char *seed, size_t threads)
{
    struct preparation preparation = {.arena = arena};
    return run_file(&preparation, path_of(arena, name), seed, "1m", threads);
}

static void test_threads(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    const struct result *one = run(arena, "flow.yaml", "42", 1);
    const struct result *three = run(arena, "flow.yaml", "42", 3);
    const struct result *other = run(arena, "flow.yaml", "43", 1);
    size_t differ = 0;
    assert_int_equal(one->metric_count, three->metric_count);
    for (size_t i = 0; i < one->metric_count; i++) {
        assert_true(same_bits(one->metrics[i].value, three->metrics[i].value));
        assert_true(same_bits(one->metrics[i].low, three->metrics[i].low));
        for (size_t k = 0; k < one->metrics[i].count; k++)
            assert_true(
                same_bits(one->metrics[i].replications[k], three->metrics[i].replications[k]));
        differ += !same_bits(one->metrics[i].value, other->metrics[i].value);
    }
    assert_true(differ > one->metric_count / 4); /* another seed, another run */
    assert_int_equal(one->events, three->events);
    arena_free(arena);
}

/* The systems at the end of both architectures draw the same for the same request: the model's
 * times agree to what the window's edges change. */
static void test_common_luck(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    const struct result *one = run(arena, "one.yaml", "42", 1);
    const struct result *flow = run(arena, "flow.yaml", "42", 1);
    static const char *const paths[] = {"gpt.latency.mean", "ada.latency.mean", "gpt.output_tokens",
                                        "chat.arrival_rate"};
    for (size_t i = 0; i < 4; i++) {
        const double a = result_metric(one, paths[i])->value;
        const double b = result_metric(flow, paths[i])->value;
        if (!(fabs(a / b - 1) < 2e-3)) fail_msg("%s: %.9g and %.9g", paths[i], a, b);
    }
    /* Independent luck would differ by some 2 % (8,600 calls, a coefficient of variation near 1).
     * The workflow itself costs time. */
    assert_true(result_metric(flow, "chat.latency.mean")->value >
                result_metric(one, "chat.latency.mean")->value + 0.02);
    arena_free(arena);
}

/* MSER-5 finds a warm-up where there is one, the same every time, and at most half of the run. The
 * crowd's backlog of 300 x 0.3 s / 2 = 45 s drains at the 25 % that steady traffic leaves free: by
 * 180 s. */
static void test_warmup(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct preparation preparation = {.arena = arena};
    const char *file = path_of(arena, "slow.yaml");
    const struct result *found = run_file(&preparation, file, "42", "auto", 1);
    const struct result *again = run_file(&preparation, file, "42", "auto", 2);
    const struct result *given = run_file(&preparation, file, "42", "1m", 1);
    print_message("warm-up found: %g s\n", found->warmup_s);
    assert_true(found->warmup_found);
    assert_true(found->warmup_s >= 120 && found->warmup_s <= 300);
    assert_true(same_bits(found->warmup_s, again->warmup_s));
    assert_false(given->warmup_found);
    assert_true(fabs(given->warmup_s - 60) < 1e-9);
    assert_true(result_metric(found, "steady.latency.mean")->value <
                result_metric(given, "steady.latency.mean")->value);
    arena_free(arena);
}

/* Critical-path parts add up to the mean latency, and shares to 1. */
static void test_attribution(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    const struct result *r = run(arena, "flow.yaml", "42", 2);
    const struct workload_result *w = &r->workloads[0];
    double sum = 0;
    double shares = 0;
    for (size_t i = 0; i < w->attribution_count; i++) {
        sum += w->attribution[i].mean_s;
        shares += w->attribution[i].share;
    }
    assert_true(w->attribution_count > 5);
    assert_true(fabs(sum - histogram_mean(&w->latency)) < 1e-9);
    assert_true(fabs(shares - 1) < 1e-9);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_common_luck),
        cmocka_unit_test(test_warmup),
        cmocka_unit_test(test_attribution),
    };
    return cmocka_run_group_tests(tests, make_files, remove_files);
}
