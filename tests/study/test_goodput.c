/* test_goodput.c - requests that meet every latency budget, and the peak rate, against what is
 * known.
 */
#include "base/arena.h"
#include "study/run.h"
#include "tests/study/scenario_text.h"

static const struct result *run(struct arena *arena, const char *text)
{
    const struct run_options options = {.threads = 1};
    return run_scenario(arena, load(arena, "a.yaml", text), &options);
}

static double value(const struct result *r, const char *metric)
{
    const struct estimate *e = result_metric(r, metric);
    assert_non_null(e);
    return e->value;
}

#define SYSTEM                                                         \
    "simulate: {duration: 20000s, warmup: 0, replications: 1}\n"       \
    "workloads: {w: {enters: s, arrivals: {poisson: {rate: 10/s}}}}\n" \
    "components: {s: {type: service, servers: 1000, time: {exponential: {mean: 1s}}}}\n"

/* Sojourns are exponential: P(T < 0.5 s) = 1 - e^-0.5. 200,000 requests: the deviation of the share
 * is 0.0011; five of them, and of the rate. */
static void goodput_is_the_share_within_the_strictest_budget(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    const struct result *r = run(arena, SYSTEM "budgets: {w.latency.p99: '< 3s', w.latency.p50: "
                                               "'< 0.5s', w.throughput: '> 1/s'}\n");
    const double share = value(r, "w.goodput") / value(r, "w.throughput");
    assert_true(fabs(share - (1 - exp(-0.5))) < 5 * 0.0011);
    arena_free(arena);
}

static void without_latency_budgets_all_that_succeeds_is_good(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    const struct result *r = run(arena, SYSTEM "budgets: {w.latency.p99: '> 1s'}\n");
    assert_true(value(r, "w.goodput") == value(r, "w.throughput"));
    arena_free(arena);
}

/* 20,000 s are sampled in intervals of 120 s; a spike of 100/s for 240 s that begins with one fills
 * it. The count of an interval deviates by sqrt(12,000); the larger of two such is looked for. */
static void the_peak_is_that_of_the_spike(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    const struct result *r =
        run(arena, "simulate: {duration: 20000s, warmup: 0, replications: 1}\n"
                   "workloads: {w: {enters: s, arrivals: {spike: {base: 1/s, peak: 100/s, at: "
                   "12000s, for: 240s}}}}\n"
                   "components: {s: {type: service, servers: 1000, time: 1s}}\n");
    assert_true(fabs(value(r, "w.arrival_rate.peak") - 100) < 5 * sqrt(12000) / 120);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(goodput_is_the_share_within_the_strictest_budget),
        cmocka_unit_test(without_latency_budgets_all_that_succeeds_is_good),
        cmocka_unit_test(the_peak_is_that_of_the_spike),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
