/* test_compare.c - paired changes and the Pareto front of comparisons whose answer is known. */
#include "base/arena.h"
#include "base/file.h"
#include "study/run.h"

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

static char folder[] = "/tmp/ragtime-XXXXXX";

static int enter_folder(void **state)
{
    static char home[1024];
    *state = getcwd(home, sizeof home);
    assert_non_null(mkdtemp(folder));
    return chdir(folder);
}

static int leave_folder(void **state)
{
    static const char *const names[] = {"a.yaml", "b.yaml", "c.yaml"};
    for (size_t i = 0; i < 3; i++) unlink(names[i]);
    if (chdir(*state) != 0) return 1;
    return rmdir(folder);
}

/* A service of a given time and price under the workload `name`. */
static struct scenario *make(struct arena *arena, const char *file, const char *workload,
                             const char *time, const char *price)
{
    struct error err;
    struct diagnostics d;
    const char *text =
        arena_format(arena,
                     "simulate: {duration: 5m, warmup: 1s, replications: 5}\n"
                     "workloads: {%s: {enters: q, arrivals: {poisson: {rate: 2/s}}}}\n"
                     "components: {q: {type: service, servers: 50, time: {gamma: {mean: %s, cv: "
                     "0.3}}, price: %s}}\n",
                     workload, time, price);
    assert_true(file_write(file, text, strlen(text), &err));
    diagnostics_init(&d, arena);
    struct scenario *s = scenario_load(arena, file, NULL, 0, &d);
    assert_int_equal(d.errors, 0);
    return s;
}

static const struct change *find(const struct comparison *c, size_t architecture,
                                 const char *metric)
{
    for (size_t i = 0; i < c->change_count; i++)
        if (c->changes[i].architecture == architecture && strcmp(c->changes[i].metric, metric) == 0)
            return &c->changes[i];
    fail_msg("no change of %s", metric);
    return NULL;
}

/* b is twice as fast and dearer; c is slower and as dear as b. With common random numbers a scaled
 * law scales every latency, so the change is exactly -50 %. */
static void test_front(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct scenario *s[] = {make(arena, "a.yaml", "w", "200ms", "$1/1k"),
                            make(arena, "b.yaml", "w", "100ms", "$2/1k"),
                            make(arena, "c.yaml", "w", "400ms", "$2/1k")};
    const struct run_options options = {.threads = 2};
    const struct comparison *c = run_comparison(arena, s, 3, 0, &options);
    assert_string_equal(c->workload, "w");
    assert_int_equal(c->standing[0], STANDING_FRONT);
    assert_int_equal(c->standing[1], STANDING_FRONT);
    assert_int_equal(c->standing[2], STANDING_DOMINATED);
    const struct change *faster = find(c, 1, "w.latency.p95");
    assert_true(fabs(faster->change + 0.5) < 2e-3); /* to a histogram's bucket */
    assert_int_equal(faster->verdict, CHANGE_BETTER);
    const struct change *dearer = find(c, 1, "cost.per_1k_requests");
    assert_true(dearer->change > 0.9 && dearer->change < 1.1);
    assert_int_equal(dearer->verdict, CHANGE_WORSE);
    arena_free(arena);
}

/* An architecture whose requests all fail has no latency: it is neither better nor worse than one
 * that has. */
static void test_unknown_axis(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct scenario *s[] = {make(arena, "a.yaml", "w", "200ms", "$1/1k"),
                            make(arena, "b.yaml", "w", "400ms", "$0, failure: 100%")};
    const struct run_options options = {.threads = 1};
    const struct comparison *c = run_comparison(arena, s, 2, 0, &options);
    assert_true(isnan(result_metric(c->results[1], "w.latency.p95")->value));
    assert_int_equal(c->standing[0], STANDING_FRONT);
    assert_int_equal(c->standing[1], STANDING_FRONT);
    assert_false(find(c, 1, "w.latency.p95")->known);
    arena_free(arena);
}

static void test_shared_workload(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct scenario *s[] = {make(arena, "a.yaml", "w", "200ms", "$1/1k"),
                            make(arena, "b.yaml", "v", "200ms", "$1/1k")};
    assert_null(comparison_workload(s, 2, 0));
    assert_string_equal(comparison_workload(s, 1, 0), "w");
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_front),
        cmocka_unit_test(test_unknown_axis),
        cmocka_unit_test(test_shared_workload),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
