/* test_thread.c - programs and workflows by hand-made timelines: constant times, exact to the
 * nanosecond. */
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
    /* Three attempts of 10 ms and waits of 1 s and 2 s. */
    steps_take("[{call: broken, retry: {attempts: 2, interval: 1s, jitter: false}}]", 0, 0);
    steps_take("[{call: slow, timeout: 200ms}]", 0, 0);
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
        assert_true(metric(&m, "w.success_ratio") == cases[i].success);
        /* Transitions take some 20 ms each (lognormal), so up to six of them less than 0.6 s. */
        const double more = metric(&m, "w.latency.mean") - cases[i].latency;
        if (cases[i].success > 0 && !(more > 0.01 && more < 0.6))
            fail_msg("case %zu: %.4f beyond the expected time", i, more);
        trial_close(&t);
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
    assert_true(usage(&m, "aws.step_functions.express.request") == 5 ||
                metric(&m, "flow.calls") == 5);
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
        cmocka_unit_test(test_workflows),
        cmocka_unit_test(test_express),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
