/* test_stability.c - systems that cannot keep up are told from those that are only busy; warm-ups
 * that cannot be relied on are said to be so. */
#include "base/arena.h"
#include "base/compiler.h"
#include "study/run.h"
#include "tests/study/scenario_text.h"

static const struct result *run(struct arena *arena, const char *text)
{
    const struct run_options options = {.threads = 1};
    return run_scenario(arena, load(arena, "a.yaml", text), &options);
}

static void show(const struct result *r)
{
    for (const struct diagnostic *d = r->warnings.first; d; d = d->next)
        print_message("%s: %s\n", d->path, d->message);
}

static const struct diagnostic *warning(const struct result *r, const char *path, const char *word)
{
    for (const struct diagnostic *d = r->warnings.first; d; d = d->next)
        if (strcmp(d->path, path) == 0 && strstr(d->message, word)) return d;
    return NULL;
}

static void assert_quiet(const struct result *r)
{
    show(r);
    assert_int_equal(r->warnings.warnings, 0);
    for (size_t i = 0; i < r->metric_count; i++) assert_false(r->metrics[i].unstable);
}

static const struct result *run_queue(struct arena *arena, const char *settings, double rate,
                                      int seed)
{
    return run(arena,
               arena_format(arena,
                            "simulate: {%s, seed: %d}\n"
                            "workloads: {w: {enters: q, arrivals: {poisson: {rate: %g/s}}}}\n"
                            "components: {q: {type: service, time: {exponential: {mean: "
                            "100ms}}}}\n"
                            "budgets: {w.latency.p95: < 1h, q.latency.mean: '> 1ms', "
                            "w.success_ratio: '> 50%%'}\n",
                            settings, seed, rate));
}

/* M/M/1 at 90 % over an hour, and shorter: many seeds, none of them alarmed. Without a trend the
 * test is passed by chance 3 times in 100,000, so one alarm among these would be a defect. */
static void test_busy(void **state)
{
    static const char *const settings[] = {
        "duration: 1h, warmup: 10m, replications: 2",
        "duration: 1h, warmup: 10m, replications: 1",
        "duration: 10m, warmup: 2m, replications: 5",
        "duration: 10m, warmup: 0s, replications: 1",
    };
    (void)state;
    /* Figures, not memory: the release build's. */
    if (ADDRESS_SANITIZER) skip();
    for (size_t i = 0; i < 4; i++)
        for (int seed = 1; seed <= 7; seed++) {
            struct arena *arena = arena_new();
            assert_quiet(run_queue(arena, settings[i], 9, seed));
            arena_free(arena);
        }
}

/* 10 % more than it can serve. What is said is what was measured. */
static void test_overloaded_queue(void **state)
{
    static const char *const settings[] = {
        "duration: 1h, replications: 2",
        "duration: 1h, warmup: 10m, replications: 1",
        "duration: 10m, warmup: 0s, replications: 5",
        "duration: 20m, warmup: 16m, replications: 10",
    };
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct arena *arena = arena_new();
        const struct result *r = run_queue(arena, settings[i], 11, 42);
        const struct diagnostic *d = warning(r, "components.q", "unstable: the queue of q grew");
        show(r);
        assert_non_null(d);
        assert_int_equal(r->warnings.warnings, 1);
        assert_string_equal(d->place.file, "a.yaml");
        assert_int_equal(d->place.line, 3);
        double offered = 0;
        const char *figure = strstr(d->message, "offered ");
        assert_non_null(figure);
        assert_int_equal(sscanf(figure, "offered %lf times", &offered), 1);
        assert_true(fabs(offered - 1.1) < 0.06);
        assert_true(r->components[0].unstable && r->workloads[0].unstable);
        assert_true(result_metric(r, "w.latency.p95")->unstable);
        assert_true(result_metric(r, "q.wait.mean")->unstable);
        assert_true(result_metric(r, "q.queue.max")->unstable);
        assert_false(result_metric(r, "q.utilization")->unstable);
        assert_false(result_metric(r, "w.success_ratio")->unstable);
        assert_false(result_metric(r, "w.ttft.p95")->unstable); /* nothing streams here */
        /* A latency without bound breaks any upper limit, and cannot be said to meet a lower. */
        assert_int_equal(r->budgets[0].verdict, VERDICT_FAIL);
        assert_true(r->budgets[0].unstable && isnan(r->budgets[0].value));
        assert_int_equal(r->budgets[1].verdict, VERDICT_NODATA);
        assert_int_equal(r->budgets[2].verdict, VERDICT_PASS);
        arena_free(arena);
    }
}

/* Everything that waits for the queue is unstable with it, but the queue alone is named. */
static void test_cause(void **state)
{
    struct arena *arena = arena_new();
    (void)state;
    const struct result *r =
        run(arena, "simulate: {duration: 30m, warmup: 5m, replications: 2}\n"
                   "workloads:\n"
                   "  w: {enters: api, arrivals: {poisson: {rate: 4.4/s}}}\n"
                   "  v: {enters: other, arrivals: {poisson: {rate: 5/s}}}\n"
                   "components:\n"
                   "  api: {type: gateway, kind: http, timeout: 1000s, calls: f}\n"
                   "  f: {type: function, timeout: 900s, does: [{call: other}, {call: q}]}\n"
                   "  q: {type: service, servers: 2, time: 500ms}\n"
                   "  other: {type: service, servers: 20, time: 500ms}\n");
    show(r);
    assert_non_null(warning(r, "components.q", "unstable"));
    assert_null(warning(r, "components.f", "unstable"));
    assert_null(warning(r, "components.api", "unstable"));
    assert_null(warning(r, "components.other", ""));
    assert_true(result_metric(r, "w.latency.mean")->unstable);
    assert_true(result_metric(r, "f.latency.mean")->unstable);
    assert_false(result_metric(r, "other.latency.mean")->unstable);
    assert_false(result_metric(r, "v.latency.mean")->unstable);
    assert_false(r->workloads[1].unstable);
    arena_free(arena);
}

/* A workflow whose transitions (nine an execution) come faster than its region's 800/s waits ever
 * longer, though its starts are within their rate. */
static void test_transitions(void **state)
{
    struct arena *arena = arena_new();
    (void)state;
    const struct result *r =
        run(arena, "platform: aws/ap-southeast-1\n"
                   "simulate: {duration: 2m, warmup: 20s, replications: 2}\n"
                   "workloads: {w: {enters: flow, arrivals: {poisson: {rate: 120/s}}}}\n"
                   "components:\n"
                   "  flow:\n"
                   "    type: workflow\n"
                   "    flavour: standard\n"
                   "    definition:\n"
                   "      StartAt: A\n"
                   "      States:\n"
                   "        A: {Type: Pass, Next: B}\n"
                   "        B: {Type: Pass, Next: C}\n"
                   "        C: {Type: Pass, Next: D}\n"
                   "        D: {Type: Pass, Next: E}\n"
                   "        E: {Type: Pass, Next: F}\n"
                   "        F: {Type: Pass, Next: G}\n"
                   "        G: {Type: Pass, Next: H}\n"
                   "        H: {Type: Pass, Next: I}\n"
                   "        I: {Type: Succeed}\n");
    show(r);
    assert_non_null(warning(r, "components.flow", "unstable"));
    assert_int_equal(r->warnings.warnings, 1);
    arena_free(arena);
}

/* What cannot wait is refused: the rest is steady, and how much is refused is said. */
static void test_refusals(void **state)
{
    static const struct {
        const char *path;
        const char *components;
        double ratio; /* asked for less what is admitted, in the long run */
        double error;
    } cases[] = {
        {"components.gpt", "gpt: {type: model, ttft: 100ms, limits: {requests_per_minute: 400}}",
         1.0 - 400.0 / 600, 0.05},
        {"components.gpt", "gpt: {type: function, concurrency: {reserved: 10}, does: [{wait: 2s}]}",
         0.54, 0.1}, /* Erlang's loss formula for 20 erlangs at 10 servers, 53.8 % */
        {"components.gpt",
         "gpt: {type: gateway, throttle: {rate: 6/s, burst: 5}, calls: s}, s: {type: service, "
         "servers: 50, time: 1s}",
         0.4, 0.05},
        {"components.s",
         "gpt: {type: gateway, calls: s}, s: {type: service, queue_limit: 3, servers: 1, time: 1s}",
         0.9, 0.05},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena *arena = arena_new();
        const struct result *r = run(
            arena, arena_format(arena,
                                "simulate: {duration: 30m, warmup: 10m, replications: 2}\n"
                                "workloads: {w: {enters: gpt, arrivals: {poisson: {rate: 10/s}}}}\n"
                                "components: {%s}\n",
                                cases[i].components));
        const struct diagnostic *d = warning(r, cases[i].path, "overloaded: ");
        double percent = 0;
        show(r);
        assert_non_null(d);
        assert_int_equal(r->warnings.warnings, 1);
        assert_int_equal(sscanf(strstr(d->message, "refused "), "refused %lf%%", &percent), 1);
        assert_true(fabs(percent / 100 - cases[i].ratio) < cases[i].error);
        assert_false(result_metric(r, "w.latency.p95")->unstable);
        arena_free(arena);
    }
}

/* Callers that never give up pile up before a limit that refuses them. */
static void test_retries_without_end(void **state)
{
    struct arena *arena = arena_new();
    (void)state;
    const struct result *r =
        run(arena, "simulate: {duration: 1h, warmup: 10m, replications: 2}\n"
                   "workloads: {w: {enters: flow, arrivals: {poisson: {rate: 2/s}}}}\n"
                   "components:\n"
                   "  gpt: {type: model, ttft: 100ms, limits: {requests_per_minute: 60}}\n"
                   "  flow:\n"
                   "    type: workflow\n"
                   "    flavour: standard\n"
                   "    definition:\n"
                   "      StartAt: A\n"
                   "      States:\n"
                   "        A: {Type: Task, Resource: gpt, End: true, Retry: [{ErrorEquals: "
                   "[States.ALL], IntervalSeconds: 60, BackoffRate: 1, MaxAttempts: 100000}]}\n");
    show(r);
    assert_non_null(warning(r, "components.flow", "unstable"));
    assert_non_null(warning(r, "components.gpt", "overloaded"));
    assert_true(result_metric(r, "w.latency.mean")->unstable);
    arena_free(arena);
}

/* More and more traffic, or a system that is still filling, is no overload. */
static void test_no_overload(void **state)
{
    static const char *const cases[] = {
        /* from 0.1/s to 2.4/s, with long calls: more in flight, but none of them for longer */
        "simulate: {duration: 24h, warmup: 10m, replications: 3}\n"
        "workloads: {w: {enters: q, arrivals: {diurnal: {hourly: [0.1/s, 0.2/s, 0.3/s, 0.4/s, "
        "0.5/s, 0.6/s, 0.7/s, 0.8/s, 0.9/s, 1/s, 1.1/s, 1.2/s, 1.3/s, 1.4/s, 1.5/s, 1.6/s, 1.7/s, "
        "1.8/s, 1.9/s, 2/s, 2.1/s, 2.2/s, 2.3/s, 2.4/s]}}}}\n"
        "components: {q: {type: service, servers: 5000, time: {exponential: {mean: 500s}}}}\n",
        /* calls of half the window: they fill it until its middle */
        "simulate: {duration: 1h, warmup: 0s, replications: 10}\n"
        "workloads: {w: {enters: q, arrivals: {poisson: {rate: 1/s}}}}\n"
        "components: {q: {type: service, servers: 100000, time: 30m}}\n",
        /* a bulk load that drains */
        "simulate: {duration: 1h, warmup: 0s, replications: 2}\n"
        "workloads: {w: {enters: q, arrivals: {batch: {items: 3000, every: 1h}}}}\n"
        "components: {q: {type: service, time: 1s}}\n",
        /* as many users as there are: they wait, but never more of them */
        "simulate: {duration: 1h, warmup: 5m, replications: 2}\n"
        "workloads: {w: {enters: q, arrivals: {closed: {users: 50, think: {exponential: {mean: "
        "1s}}}}}}\n"
        "components: {q: {type: service, time: {exponential: {mean: 1s}}}}\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena *arena = arena_new();
        assert_quiet(run(arena, cases[i]));
        arena_free(arena);
    }
}

/* Of two architectures one cannot keep up: no difference of latencies is given, and it is not on
 * the front however cheap it is. */
static void test_comparison(void **state)
{
    static const char text[] =
        "simulate: {duration: 20m, warmup: 2m, replications: 3}\n"
        "workloads: {w: {enters: q, arrivals: {poisson: {rate: 5/s}}}}\n"
        "components: {q: {type: service, servers: %d, time: 500ms, price: $%d/1k}}\n";
    struct arena *arena = arena_new();
    struct scenario *s[] = {load(arena, "a.yaml", arena_format(arena, text, 2, 1)),
                            load(arena, "b.yaml", arena_format(arena, text, 5, 2))};
    const struct run_options options = {.threads = 1};
    (void)state;
    const struct comparison *c = run_comparison(arena, s, 2, 0, &options);
    assert_int_equal(c->standing[0], STANDING_UNSTABLE);
    assert_int_equal(c->standing[1], STANDING_FRONT);
    assert_int_equal(c->results[0]->warnings.warnings, 1);
    assert_int_equal(c->results[1]->warnings.warnings, 0);
    size_t seen = 0;
    for (size_t i = 0; i < c->change_count; i++) {
        const bool latency = strstr(c->changes[i].metric, "latency") != NULL;
        const bool cost = strcmp(c->changes[i].metric, "cost.per_1k_requests") == 0;
        if (latency) assert_false(c->changes[i].known);
        if (cost) assert_true(c->changes[i].known);
        seen += latency + cost;
    }
    assert_int_equal(seen, 4);
    arena_free(arena);
}

/* A run too short for MSER-5, one that has not settled by its middle (calls take half of it, and
 * the first of them are the only quick ones), one that is right, and one whose warm-up is given. */
static void test_warmup(void **state)
{
    static const struct {
        const char *text;
        const char *expected; /* NULL: no warning */
    } cases[] = {
        {"simulate: {duration: 40s}\n"
         "workloads: {w: {enters: q, arrivals: {constant: {rate: 5/s}}}}\n"
         "components: {q: {type: service, time: 100ms}}\n",
         "gave 40 samples of the latency of w, and MSER-5 needs 50"},
        {"simulate: {duration: 40s, warmup: 10s}\n"
         "workloads: {w: {enters: q, arrivals: {constant: {rate: 5/s}}}}\n"
         "components: {q: {type: service, time: 100ms}}\n",
         NULL},
        {"simulate: {duration: 10m}\n"
         "workloads: {w: {enters: q, arrivals: {constant: {rate: 5/s}}}}\n"
         "components: {q: {type: service, time: 100ms}}\n",
         NULL},
        /* a crowd that takes nearly the whole run to go: each call waits longer */
        {"simulate: {duration: 1000s, replications: 1}\n"
         "workloads: {w: {enters: q, arrivals: {batch: {items: 950, every: 1000s}}}}\n"
         "components: {q: {type: service, time: 1s}}\n",
         "was not yet typical at half of the pilot run"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena *arena = arena_new();
        const struct result *r = run(arena, cases[i].text);
        show(r);
        if (cases[i].expected) {
            const struct diagnostic *d = warning(r, "simulate.warmup", cases[i].expected);
            assert_non_null(d);
            assert_non_null(strstr(d->hint, "simulate.warmup"));
        }
        assert_int_equal(r->warnings.warnings, cases[i].expected != NULL);
        arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_busy),        cmocka_unit_test(test_overloaded_queue),
        cmocka_unit_test(test_cause),       cmocka_unit_test(test_transitions),
        cmocka_unit_test(test_refusals),    cmocka_unit_test(test_retries_without_end),
        cmocka_unit_test(test_no_overload), cmocka_unit_test(test_comparison),
        cmocka_unit_test(test_warmup),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
