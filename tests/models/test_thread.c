/* test_thread.c - programs and workflows by hand-made timelines: constant times, exact to the
 * nanosecond. */
#include "models/ledger.h"
#include "models/workload.h"
#include "tests/models/scenario.h"

#define SERVICES                                                            \
    "  a: {type: service, servers: 100, time: 100ms}\n"                     \
    "  b: {type: service, servers: 100, time: 250ms}\n"                     \
    "  broken: {type: service, servers: 100, time: 10ms, failure: 100%%}\n" \
    "  slow: {type: service, servers: 100, time: 10s}\n"

/* One request every 100 s through a function with these steps; its latency must be as given. */
static void steps_take(const char *steps, double latency, double success)
{
    char yaml[2000];
    struct trial t;
    snprintf(yaml, sizeof yaml,
             "workloads: {w: {enters: f, arrivals: {constant: {rate: 0.01/s}}}}\n"
             "components:\n" SERVICES
             "  f: {type: function, cold_start: 0, timeout: 90s, does: %s}\n",
             steps);
    trial_open(&t, yaml);
    const struct measures m = trial_run(&t, 0, 0, 595);
    if (metric(&m, "w.success_ratio") != success)
        fail_msg("%s: success %g", steps, metric(&m, "w.success_ratio"));
    if (success > 0 && fabs(metric(&m, "w.latency.mean") - latency) > 1e-9)
        fail_msg("%s: %.9f, expected %.9f", steps, metric(&m, "w.latency.mean"), latency);
    trial_close(&t);
}

static void test_steps(void **state)
{
    (void)state;
    steps_take("[{call: a}, {call: b}, {wait: 50ms}]", 0.4, 1);
    steps_take("[{parallel: [[{call: a}, {call: a}], [{call: b}]]}]", 0.25, 1);
    steps_take("[{parallel: [[{call: a}, {call: a}, {call: a}], [{call: b}]]}, {call: a}]", 0.4, 1);
    steps_take("[{each: {items: 5, concurrency: 2, does: [{call: a}]}}]", 0.3, 1);
    steps_take("[{each: {items: 0, does: [{call: a}]}}, {call: a}]", 0.1, 1);
    steps_take("[{each: {items: 100000, concurrency: 1, does: []}}]", 0, 1);
    steps_take("[{choose: [{probability: 100%, does: [{call: a}]}, {does: [{call: b}]}]}]", 0.1, 1);
    steps_take("[{choose: {w: [{call: b}], else: [{call: a}]}}]", 0.25, 1);
    steps_take("[{start: slow}, {call: a}]", 0.1, 1);
    steps_take("[{call: broken}, {call: a}]", 0, 0);
    steps_take("[{fail: Oops}]", 0, 0);
    steps_take("[{parallel: [[{call: broken}], [{call: slow}]]}]", 0, 0);
}

/* The same for programs that fail, whose latency nobody records: by the mean number in flight. */
static void steps_fail_after(const char *steps, double seconds, double broken_calls)
{
    char yaml[2000];
    struct trial t;
    snprintf(yaml, sizeof yaml,
             "workloads: {w: {enters: f, arrivals: {constant: {rate: 0.01/s}}}}\n"
             "components:\n" SERVICES
             "  f: {type: function, cold_start: 0, timeout: 90s, does: %s}\n",
             steps);
    trial_open(&t, yaml);
    const struct measures m = trial_run(&t, 0, 0, 595);
    const double found = metric(&m, "f.running.mean") * 595 / 5;
    if (metric(&m, "w.success_ratio") != 0) fail_msg("%s: succeeds", steps);
    if (!(fabs(found - seconds) < 1e-6))
        fail_msg("%s: %.9f s, expected %.9f", steps, found, seconds);
    assert_true(metric(&m, "broken.calls") == 5 * broken_calls);
    trial_close(&t);
}

static void test_failing_steps(void **state)
{
    (void)state;
    steps_fail_after("[{call: broken}, {call: a}]", 0.01, 1);
    steps_fail_after("[{wait: 2s}, {fail: Oops}, {wait: 5s}]", 2, 0);
    steps_fail_after("[{parallel: [[{call: broken}], [{call: slow}]]}]", 0.01, 1);
    steps_fail_after("[{each: {items: 4, concurrency: 2, does: [{call: a}, {call: broken}]}}]",
                     0.11, 2);
    /* Attempts of 10 ms, and waits of 1 s, 2 s, 4 s. */
    steps_fail_after("[{call: broken, retry: {attempts: 3, interval: 1s, jitter: false}}]", 7.04,
                     4);
    steps_fail_after(
        "[{call: broken, retry: {attempts: 3, interval: 1s, backoff: 3, jitter: false}}]", 13.04,
        4);
    steps_fail_after(
        "[{call: broken, retry: {attempts: 3, interval: 1s, longest: 1.5s, jitter: false}}]", 4.04,
        4);
    steps_fail_after("[{call: broken, retry: {attempts: 3, on: [throttled]}}]", 0.01, 1);
    steps_fail_after("[{call: slow, timeout: 200ms}]", 0.2, 0);
    steps_fail_after("[{call: slow, timeout: 200ms, retry: {attempts: 1, interval: 1s, jitter: "
                     "false, on: [timed_out]}}]",
                     1.4, 0);
}

/* A step's time-out leaves its callee running to its end, and billed for all of it. */
static void test_abandoned(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t,
               "workloads: {w: {enters: f, arrivals: {constant: {rate: 0.01/s}}}}\n"
               "components:\n"
               "  f: {type: function, memory: 1024MB, cold_start: 0, does: [{call: g, timeout: "
               "200ms}]}\n"
               "  g: {type: function, memory: 1024MB, cold_start: 0, timeout: 60s, does: [{call: "
               "s}]}\n"
               "  s: {type: service, servers: 9, time: 10s}\n");
    const struct measures m = trial_run(&t, 0, 0, 595);
    assert_true(metric(&m, "w.success_ratio") == 0);
    assert_true(metric(&m, "s.calls") == 5);
    assert_true(metric(&m, "g.failed.ratio") == 0);
    assert_true(fabs(metric(&m, "g.latency.mean") - 10) < 1e-9);
    assert_true(fabs(usage(&m, "aws.lambda.gb_second.x86_64") - 5 * (0.2 + 10)) < 1e-9);
    trial_close(&t);
}

/* Shares of choices within five standard errors of a binomial. */
static void test_choices(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t,
               "workloads: {w: {enters: f, arrivals: {constant: {rate: 100/s}}}}\n"
               "components:\n"
               "  a: {type: service, servers: 1000, time: 1ms}\n"
               "  b: {type: service, servers: 1000, time: 1ms}\n"
               "  c: {type: service, servers: 1000, time: 1ms}\n"
               "  f: {type: function, cold_start: 0, does: [{choose: [{probability: 20%, does: "
               "[{call: a}]}, {probability: 70%, does: [{call: b}]}, {does: [{call: c}]}]}]}\n");
    static const double expected[] = {0.2, 0.7, 0.1};
    static const char *const calls[] = {"a.calls", "b.calls", "c.calls"};
    const struct measures m = trial_run(&t, 0, 0, 500);
    const double all = metric(&m, calls[0]) + metric(&m, calls[1]) + metric(&m, calls[2]);
    assert_true(all > 49900);
    for (size_t i = 0; i < 3; i++) {
        const double p = expected[i];
        assert_true(fabs(metric(&m, calls[i]) / all - p) < 5 * sqrt(p * (1 - p) / all));
    }
    trial_close(&t);
}

/* Nanoseconds that a component has in the accounts of the requests that succeeded, all parts. */
static int64_t charged(const struct simulation *sim, const struct plan *plan, const char *name)
{
    int64_t sum = 0;
    for (size_t c = 0; c < plan->component_count; c++) {
        if (strcmp(plan->components[c]->name, name) != 0) continue;
        for (size_t i = 0; i < ATTRIBUTION_BUCKETS; i++) {
            const int64_t *cells = NULL;
            if (!attribution_get(&sim->workloads[0]->attribution, i, &cells)) continue;
            for (size_t part = 0; part < PART_COUNT; part++) sum += cells[c * PART_COUNT + part];
        }
    }
    return sum;
}

/* The critical path of parallel branches is the slowest one's: the others are charged nothing, and
 * the accounts add up to the latency to the nanosecond. */
static void test_critical_path(void **state)
{
    (void)state;
    static const struct {
        const char *steps;
        int64_t a, b, f; /* ms a request */
    } rows[] = {
        {"[{call: a}, {call: b}, {wait: 40ms}]", 100, 250, 40},
        {"[{parallel: [[{call: a}, {call: a}], [{call: b}]]}]", 0, 250, 0},
        {"[{parallel: [[{call: a}, {call: a}, {call: a}], [{call: b}]]}]", 300, 0, 0},
        {"[{parallel: [[{call: a}, {call: a}, {call: a}], [{wait: 60ms}, {call: b}]]}, {call: b}]",
         0, 500, 60},
        {"[{each: {items: 5, concurrency: 2, does: [{call: a}]}}]", 300, 0, 0},
        {"[{start: b}, {call: a}]", 100, 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char yaml[2000];
        struct trial t;
        snprintf(yaml, sizeof yaml,
                 "workloads: {w: {enters: f, arrivals: {constant: {rate: 0.01/s}}}}\n"
                 "components:\n" SERVICES
                 "  f: {type: function, cold_start: 0, timeout: 90s, does: %s}\n",
                 rows[i].steps);
        trial_open(&t, yaml);
        struct simulation *sim = simulation_new(t.plan, 0);
        assert_true(simulation_run(sim, 0, 595 * SIM_SECOND, NULL));
        const int64_t expected[] = {rows[i].a, rows[i].b, rows[i].f};
        static const char *const names[] = {"a", "b", "f"};
        for (size_t k = 0; k < 3; k++) {
            const int64_t found = charged(sim, t.plan, names[k]);
            if (found != 5 * expected[k] * SIM_MILLISECOND)
                fail_msg("%s: %s is charged %lld ns", rows[i].steps, names[k], (long long)found);
        }
        assert_int_equal(sim->workloads[0]->unaccounted, 0);
        simulation_free(sim);
        trial_close(&t);
    }
}

struct workflow_case {
    const char *states;
    double latency;     /* less the transitions' own time */
    double transitions; /* an execution, the start included */
    double success;
};

/* Waits and services alone: what a definition takes beside its transitions, and what is billed.
 * Standard starts count as one transition. */
static void test_workflows(void **state)
{
    (void)state;
    static const struct workflow_case cases[] = {
        {"{S: {Type: Task, Resource: a, Next: T}, T: {Type: Task, Resource: b, End: true}}", 0.35,
         3, 1},
        {"{S: {Type: Wait, Seconds: 3, Next: T}, T: {Type: Pass, Next: U}, U: {Type: Succeed}}", 3,
         4, 1},
        {"{S: {Type: Parallel, End: true, Branches: [{StartAt: A, States: {A: {Type: Wait, "
         "Seconds: 2, End: true}}},"
         " {StartAt: B, States: {B: {Type: Wait, Seconds: 5, End: true}}}]}}",
         5, 4, 1},
        {"{S: {Type: Task, Resource: broken, End: true,"
         " Retry: [{ErrorEquals: [States.ALL], IntervalSeconds: 1, MaxAttempts: 3, BackoffRate: "
         "2}],"
         " Catch: [{ErrorEquals: [States.TaskFailed], Next: C}]}, C: {Type: Pass, End: true}}",
         7.04, 6, 1},
        {"{S: {Type: Task, Resource: slow, TimeoutSeconds: 4, End: true,"
         " Catch: [{ErrorEquals: [States.TaskFailed], Next: C}, {ErrorEquals: [States.Timeout], "
         "Next: D}]},"
         " C: {Type: Fail}, D: {Type: Succeed}}",
         4, 3, 1},
        {"{S: {Type: Fail, Error: Custom}}", 0, 2, 0},
        {"{S: {Type: Map, End: true, MaxConcurrency: 2,"
         " Iterator: {StartAt: I, States: {I: {Type: Wait, Seconds: 1, End: true}}}}}",
         2, 6, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char yaml[3000];
        struct trial t;
        snprintf(yaml, sizeof yaml,
                 "workloads: {w: {enters: flow, arrivals: {constant: {rate: 0.01/s}}}}\n"
                 "components:\n" SERVICES
                 "  flow: {type: workflow, %s definition: {StartAt: S, States: %s}}\n",
                 strstr(cases[i].states, "Map") ? "items: {S: 4}," : "", cases[i].states);
        trial_open(&t, yaml);
        const struct measures m = trial_run(&t, 0, 0, 595);
        assert_true(metric(&m, "flow.transitions.per_execution") == cases[i].transitions);
        assert_true(usage(&m, "aws.step_functions.standard.transition") ==
                    5 * cases[i].transitions);
        assert_true(metric(&m, "w.success_ratio") == cases[i].success);
        /* Transitions take some 20 ms each (lognormal), so up to six of them less than 0.6 s. */
        const double more = metric(&m, "w.latency.mean") - cases[i].latency;
        if (cases[i].success > 0 && !(more > 0.01 && more < 0.6))
            fail_msg("case %zu: %.4f beyond the expected time", i, more);
        trial_close(&t);
    }
}

static double flow_latency(const char *states)
{
    char yaml[2000];
    struct trial t;
    snprintf(yaml, sizeof yaml,
             "workloads: {w: {enters: flow, arrivals: {constant: {rate: 0.01/s}}}}\n"
             "components:\n" SERVICES
             "  flow: {type: workflow, definition: {StartAt: S, States: {%s}}}\n",
             states);
    trial_open(&t, yaml);
    const struct measures m = trial_run(&t, 0, 0, 595);
    const double latency = metric(&m, "w.latency.mean");
    assert_true(metric(&m, "w.success_ratio") == 1);
    trial_close(&t);
    return latency;
}

/* Definitions that make the same transitions draw the same times for them, so that two of them
 * differ by exactly what is waited for. */
static void test_exact_differences(void **state)
{
    (void)state;
    static const struct {
        const char *first;
        const char *second;
        double more;
    } pairs[] = {
        {"S: {Type: Wait, Seconds: 1, End: true}", "S: {Type: Wait, Seconds: 8, End: true}", 7},
        {"S: {Type: Task, Resource: a, End: true}", "S: {Type: Task, Resource: b, End: true}",
         0.15},
        /* Retries after 1, 2, 4 s, and after 2, 6, 18 s. */
        {"S: {Type: Task, Resource: broken, End: true, Retry: [{ErrorEquals: [States.ALL], "
         "IntervalSeconds: 1, MaxAttempts: 3, BackoffRate: 2}], Catch: [{ErrorEquals: "
         "[States.ALL], Next: C}]}, C: {Type: Succeed}",
         "S: {Type: Task, Resource: broken, End: true, Retry: [{ErrorEquals: [States.ALL], "
         "IntervalSeconds: 2, MaxAttempts: 3, BackoffRate: 3}], Catch: [{ErrorEquals: "
         "[States.ALL], Next: C}]}, C: {Type: Succeed}",
         26 - 7},
        {"S: {Type: Task, Resource: slow, TimeoutSeconds: 4, End: true, Catch: [{ErrorEquals: "
         "[States.Timeout], Next: C}]}, C: {Type: Succeed}",
         "S: {Type: Task, Resource: slow, TimeoutSeconds: 6, End: true, Catch: [{ErrorEquals: "
         "[States.Timeout], Next: C}]}, C: {Type: Succeed}",
         2},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const double more = flow_latency(pairs[i].second) - flow_latency(pairs[i].first);
        if (!(fabs(more - pairs[i].more) < 1e-8))
            fail_msg("pair %zu: %.10f s more, expected %.10f", i, more, pairs[i].more);
    }
}

/* The machine's own time-out, and Express's bill: 1,000 ms and 1,100 ms steps of 64 MB. */
static void test_express(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, "workloads: {w: {enters: flow, arrivals: {constant: {rate: 0.01/s}}}}\n"
                   "components:\n"
                   "  flow: {type: workflow, flavour: express,\n"
                   "         definition: {StartAt: S, TimeoutSeconds: 2, States: {S: {Type: Wait, "
                   "Seconds: 50, End: true}}}}\n");
    const struct measures m = trial_run(&t, 0, 0, 595);
    assert_true(metric(&m, "w.success_ratio") == 0);
    assert_true(usage(&m, "aws.step_functions.express.request") == 5);
    assert_true(usage(&m, "aws.step_functions.standard.transition") == 0);
    assert_true(metric(&m, "flow.calls") == 5);
    double gb_seconds = 0;
    for (size_t i = 0; i < m.usage_count; i++)
        if (strcmp(m.usage[i].price->unit, "GB-s") == 0) gb_seconds += m.usage[i].quantity;
    assert_true(fabs(gb_seconds - 5 * 2.0 * 0.0625) < 1e-12);
    trial_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_failing_steps),
        cmocka_unit_test(test_abandoned),
        cmocka_unit_test(test_choices),
        cmocka_unit_test(test_critical_path),
        cmocka_unit_test(test_workflows),
        cmocka_unit_test(test_exact_differences),
        cmocka_unit_test(test_express),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
