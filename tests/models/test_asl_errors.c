/* test_asl_errors.c - which names of errors reach whom: heartbeats, branches and iterations that
 * fail, and what trying again and going round in loops means for luck. */
#include "tests/models/scenario.h"

#define COMPONENTS                                                                 \
    "  ok: {type: service, servers: 100, time: 100ms}\n"                           \
    "  slow: {type: service, servers: 100, time: 10s}\n"                           \
    "  coin: {type: service, servers: 1000, time: 10ms, failure: 50%%}\n"          \
    "  raises: {type: function, cold_start: 0, failure: 100%%, does: []}\n"        \
    "  hangs: {type: function, cold_start: 0, timeout: 2s, does: [{wait: 50s}]}\n" \
    "  closed: {type: function, cold_start: 0, concurrency: {reserved: 0}, does: []}\n"

static struct measures run_flow(struct trial *t, const char *states, const char *rate,
                                double seconds)
{
    char yaml[4000];
    snprintf(yaml, sizeof yaml,
             "workloads: {w: {enters: flow, arrivals: {constant: {rate: %s}}}}\n"
             "components:\n" COMPONENTS "  flow:\n    type: workflow\n    flavour: express\n"
             "    items: {M: 3}\n    branches: {C: {S: 0.5, Done: 0.5}}\n"
             "    definition: {StartAt: S, States: {%s}}\n",
             rate, states);
    /* What a case does not have must not be bound. */
    char *items = strstr(yaml, "    items");
    char *branches = strstr(yaml, "    branches");
    if (!strstr(states, "M: {")) memset(items, '#', 1);
    if (!strstr(states, "C: {")) memset(branches, '#', 1);
    trial_open(t, yaml);
    return trial_run(t, 0, 0, seconds);
}

/* Succeeds always or never; a success takes `seconds` beside its transitions (some ms each). */
static void flow_ends(const char *states, bool succeeds, double seconds)
{
    struct trial t;
    const struct measures m = run_flow(&t, states, "0.01/s", 595);
    if (metric(&m, "w.success_ratio") != (succeeds ? 1 : 0))
        fail_msg("success %g of: %s", metric(&m, "w.success_ratio"), states);
    if (succeeds && !(fabs(metric(&m, "w.latency.mean") - seconds) < 0.4))
        fail_msg("%g s, expected %g, of: %s", metric(&m, "w.latency.mean"), seconds, states);
    trial_close(&t);
}

#define GOOD "Good: {Type: Succeed}"
#define BAD  "Bad: {Type: Fail}"

/* Nobody sends heartbeats for a plain task and nobody misses them; a time-out is no heartbeat. */
static void test_heartbeat(void **state)
{
    (void)state;
    flow_ends("S: {Type: Task, Resource: slow, HeartbeatSeconds: 2, End: true}", true, 10);
    flow_ends("S: {Type: Task, Resource: slow, HeartbeatSeconds: 2, TimeoutSeconds: 20, End: true}",
              true, 10);
    flow_ends("S: {Type: Task, Resource: slow, HeartbeatSecondsPath: $.h, End: true}", true, 10);
    flow_ends("S: {Type: Task, Resource: slow, HeartbeatSeconds: 2, TimeoutSeconds: 4, End: true, "
              "Catch: [{ErrorEquals: [States.HeartbeatTimeout], Next: Bad}, {ErrorEquals: "
              "[States.Timeout], Next: Good}]}, " GOOD ", " BAD,
              true, 4);
    flow_ends("S: {Type: Task, Resource: slow, TimeoutSeconds: 4, End: true, Catch: [{ErrorEquals: "
              "[States.HeartbeatTimeout], Next: Good}]}, " GOOD,
              false, 0);
}

/* A Parallel whose second branch is `branch`, with one catcher of `error`: does it catch? */
static void branch_error(const char *branch, const char *error, bool caught, double seconds)
{
    char states[1500];
    snprintf(states, sizeof states,
             "S: {Type: Parallel, Next: Bad, Catch: [{ErrorEquals: [%s], Next: Good}], Branches: "
             "[{StartAt: A, States: {A: {Type: Task, Resource: slow, End: true}}}, {StartAt: B, "
             "States: {%s}}]}, " GOOD ", " BAD,
             error, branch);
    flow_ends(states, caught, seconds);
}

static void test_branches(void **state)
{
    (void)state;
    static const char custom[] = "B: {Type: Fail, Error: Custom}";
    branch_error(custom, "Custom", true, 0);
    branch_error(custom, "Other", false, 0);
    branch_error(custom, "States.ALL", true, 0);
    branch_error(custom, "States.TaskFailed", true, 0);
    branch_error(custom, "States.BranchFailed", true, 0);
    branch_error(custom, "States.Timeout", false, 0);

    static const char late[] = "B: {Type: Task, Resource: slow, TimeoutSeconds: 3, End: true}";
    branch_error(late, "States.Timeout", true, 3);
    branch_error(late, "States.BranchFailed", true, 3);
    branch_error(late, "States.TaskFailed", false, 0);
    branch_error(late, "States.HeartbeatTimeout", false, 0);

    branch_error("B: {Type: Task, Resource: raises, End: true}", "Exception", true, 0);
    branch_error("B: {Type: Task, Resource: hangs, End: true}", "Lambda.Unknown", true, 2);
    branch_error("B: {Type: Task, Resource: hangs, End: true}", "States.Timeout", false, 0);
    branch_error("B: {Type: Task, Resource: closed, End: true}", "Lambda.TooManyRequestsException",
                 true, 0);
    branch_error("B: {Type: Task, Resource: closed, End: true}", "Exception", false, 0);

    /* What nothing catches, not even by the branch's other name, and what recordings catch. */
    branch_error("B: {Type: Fail, Error: States.Runtime}", "States.ALL", false, 0);
    branch_error("B: {Type: Fail, Error: States.Runtime}", "States.BranchFailed", false, 0);
    branch_error("B: {Type: Fail, Error: States.DataLimitExceeded}", "States.ALL", true, 0);
    branch_error("B: {Type: Fail, Error: States.DataLimitExceeded}", "States.TaskFailed", false, 0);

    /* A branch that catches its own error is no failure: the slow one is waited for. */
    flow_ends(
        "S: {Type: Parallel, End: true, Branches: [{StartAt: A, States: {A: {Type: Task, "
        "Resource: slow, End: true}}}, {StartAt: B, States: {B: {Type: Task, Resource: raises, "
        "End: true, Catch: [{ErrorEquals: [Exception], Next: D}]}, D: {Type: Pass, End: "
        "true}}}]}",
        true, 10);
    /* No branch failed: the other name of a failure means nothing to a task. */
    flow_ends("S: {Type: Task, Resource: raises, End: true, Catch: [{ErrorEquals: "
              "[States.BranchFailed], Next: Good}]}, " GOOD,
              false, 0);
}

/* An iteration's error is its own name outside, through as many levels as there are. */
static void test_iterations(void **state)
{
    (void)state;
    flow_ends(
        "S: {Type: Pass, Next: M}, M: {Type: Map, Next: Bad, Catch: [{ErrorEquals: [Other], "
        "Next: Bad}, {ErrorEquals: [Custom], Next: Good}], ItemProcessor: {StartAt: I, "
        "States: {I: {Type: Task, Resource: ok, Next: J}, J: {Type: Fail, Error: Custom}}}}, " GOOD
        ", " BAD,
        true, 0.1);
    flow_ends(
        "S: {Type: Pass, Next: M}, M: {Type: Map, Next: Bad, Catch: [{ErrorEquals: "
        "[States.Timeout], Next: Good}], ItemProcessor: {StartAt: I, States: {I: {Type: "
        "Parallel, End: true, Branches: [{StartAt: K, States: {K: {Type: Task, Resource: slow, "
        "TimeoutSeconds: 2, End: true}}}]}}}}, " GOOD ", " BAD,
        true, 2);
    flow_ends("S: {Type: Pass, Next: M}, M: {Type: Map, Next: Bad, Catch: [{ErrorEquals: "
              "[States.ALL], Next: Good}], ItemProcessor: {StartAt: I, States: {I: {Type: "
              "Parallel, End: true, Branches: [{StartAt: K, States: {K: {Type: Fail, Error: "
              "States.Runtime}}}]}}}}, " GOOD ", " BAD,
              false, 0);
}

/* A coin inside a Parallel or Map comes up anew in each retry: a thousand requests of which one
 * sees 31 tails in a row come once in two million, one whose three coins never fall right in 201
 * tries more seldom still. */
static void test_retries_of_branches(void **state)
{
    (void)state;
    static const char *const flows[] = {
        "S: {Type: Parallel, End: true, Retry: [{ErrorEquals: [States.ALL], IntervalSeconds: 1, "
        "BackoffRate: 1, MaxAttempts: 30}], Branches: [{StartAt: A, States: {A: {Type: Task, "
        "Resource: coin, End: true}}}]}",
        "S: {Type: Pass, Next: M}, M: {Type: Map, End: true, Retry: [{ErrorEquals: [States.ALL], "
        "IntervalSeconds: 1, BackoffRate: 1, MaxAttempts: 200}], ItemProcessor: {StartAt: A, "
        "States: {A: {Type: Task, Resource: coin, End: true}}}}",
    };
    for (size_t i = 0; i < 2; i++) {
        struct trial t;
        const struct measures m = run_flow(&t, flows[i], "1/s", 1000);
        assert_true(metric(&m, "w.requests") > 900);
        assert_true(metric(&m, "w.success_ratio") == 1);
        trial_close(&t);
    }
}

/* Round again with probability 1/2, a second each time: 2 rounds in the mean, of variance 2. */
static void test_loop(void **state)
{
    (void)state;
    struct trial t;
    const struct measures m =
        run_flow(&t,
                 "S: {Type: Wait, Seconds: 1, Next: C}, C: {Type: Choice, Default: Done, Choices: "
                 "[{Variable: $.again, BooleanEquals: true, Next: S}]}, Done: {Type: Succeed}",
                 "4/s", 1000);
    const double requests = metric(&m, "w.requests");
    assert_true(requests > 3900);
    assert_true(metric(&m, "w.success_ratio") == 1);
    /* Two transitions a round, and Done. */
    const double rounds = (metric(&m, "flow.transitions.per_execution") - 1) / 2;
    assert_true(fabs(rounds - 2) < 5 * sqrt(2 / requests));
    trial_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_heartbeat),  cmocka_unit_test(test_branches),
        cmocka_unit_test(test_iterations), cmocka_unit_test(test_retries_of_branches),
        cmocka_unit_test(test_loop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
