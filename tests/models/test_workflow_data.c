/* test_workflow_data.c - workflows whose states work on data, and what of Amazon States Language
 * needs none: child executions of distributed Maps, jobs, activities, tokens, heartbeats, dates,
 * sizes. By hand-made timelines. */
#include "models/errors.h"
#include "tests/models/scenario.h"

#define SCENARIO                                                           \
    "workloads: {w: {enters: x, arrivals: {constant: {rate: 0.001/s}}}}\n" \
    "components:\n"                                                        \
    "  a: {type: service, servers: 1000, time: 1s}\n"                      \
    "  broken: {type: service, servers: 1000, time: 1s, failure: 100%}\n"  \
    "  slow: {type: service, servers: 1000, time: 60s}\n"                  \
    "  x:\n"                                                               \
    "    type: workflow\n"

struct outcome_of {
    const char *what;
    const char *workflow; /* lines of the component */
    double success;
    double seconds; /* of latency, where it succeeds, to within 5 s of transitions */
    double transitions;
    double calls_a;
};

#define MACHINE(states) "    definition: {StartAt: S, States: {" states "}}\n"
#define TASK_A          "Type: Task, Resource: \"arn:aws:states:::ecs:runTask"

static const struct outcome_of cases[] = {
    {"a loop counts in data",
     "    input: {n: 0}\n    tasks: {T: a}\n" MACHINE(
         "S: {Type: Pass, Parameters: {'n.$': 'States.MathAdd($.n, 1)'}, Next: T}, "
         "T: {Type: Task, Resource: work, ResultPath: null, Next: C}, "
         "C: {Type: Choice, Choices: [{Variable: $.n, NumericLessThan: 5, Next: S}], Default: E}, "
         "E: {Type: Succeed}"),
     1, 5, 16, 5},
    {"data decides how many items",
     "    input: {items: [1, 2, 3]}\n    tasks: {T: a}\n" MACHINE(
         "S: {Type: Map, ItemsPath: $.items, MaxConcurrency: 1, End: true, ItemProcessor: "
         "{StartAt: "
         "T, States: {T: {Type: Task, Resource: work, End: true}}}}"),
     1, 3, 4, 3},
    {"a declared result decides the way",
     "    input: {}\n    tasks: {S: a, T: a}\n    results: {S: {ok: true}}\n" MACHINE(
         "S: {Type: Task, Resource: work, Next: C}, "
         "C: {Type: Choice, Choices: [{Variable: $.ok, BooleanEquals: true, Next: E}], Default: "
         "T}, "
         "T: {Type: Task, Resource: work, End: true}, E: {Type: Succeed}"),
     1, 1, 3, 1},
    {"a missing path is States.Runtime, which nothing catches",
     "    input: {}\n    tasks: {S: a}\n" MACHINE(
         "S: {Type: Task, Resource: work, OutputPath: $.no, End: true, Catch: [{ErrorEquals: "
         "[States.ALL], Next: E}]}, E: {Type: Succeed}"),
     0, 0, 1, 1},
    {"a wait of data, retried tasks, an error of the component by name",
     "    input: {s: 7}\n    tasks: {T: broken}\n" MACHINE(
         "S: {Type: Wait, SecondsPath: $.s, Next: T}, "
         "T: {Type: Task, Resource: work, End: true, Retry: [{ErrorEquals: [Exception], "
         "IntervalSeconds: 2, MaxAttempts: 2, BackoffRate: 2}], Catch: [{ErrorEquals: "
         "[States.TaskFailed], ResultPath: $.e, Next: C}]}, "
         "C: {Type: Choice, Choices: [{Variable: $.e.Error, StringEquals: Exception, Next: E}], "
         "Default: F}, E: {Type: Succeed}, F: {Type: Fail}"),
     1, 16, 6, 0},
    {"a payload that data makes too large",
     "    input: {}\n    tasks: {S: a}\n    payload_limit: 20B\n    results: {S: {text: "
     "0123456789abcdef}}\n" MACHINE(
         "S: {Type: Task, Resource: work, End: true, Catch: [{ErrorEquals: "
         "[States.DataLimitExceeded], ResultPath: null, Next: E}]}, E: {Type: Succeed}"),
     1, 1, 2, 1},
    {"the same by declared bytes",
     "    input: 100KB\n    tasks: {S: a, T: a}\n    results: {S: 100KB, T: 100KB}\n" MACHINE(
         "S: {Type: Task, Resource: work, ResultPath: $.s, Next: T}, "
         "T: {Type: Task, Resource: work, ResultPath: $.t, End: true, Catch: [{ErrorEquals: "
         "[States.DataLimitExceeded], Next: F}]}, F: {Type: Fail}"),
     0, 0, 3, 2},
    {"bytes that fit",
     "    input: 100KB\n    tasks: {S: a, T: a}\n    results: {S: 100KB, T: 100KB}\n" MACHINE(
         "S: {Type: Task, Resource: work, ResultPath: $.s, Next: T}, "
         "T: {Type: Task, Resource: work, End: true}"),
     1, 2, 2, 2},
    {"a distributed Map: batches of three, two at once, pay for themselves",
     "    tasks: {T: a}\n    items: {S: 10}\n" MACHINE(
         "S: {Type: Map, MaxConcurrency: 2, ItemBatcher: {MaxItemsPerBatch: 3}, End: true, "
         "ItemProcessor: {ProcessorConfig: {Mode: DISTRIBUTED, ExecutionType: STANDARD}, StartAt: "
         "T, States: {T: {Type: Task, Resource: work, End: true}}}}"),
     1, 2, 9, 4}, /* each child's start is billed as the execution's is */
    {"failures that are tolerated",
     "    tasks: {T: broken}\n    items: {S: 4}\n" MACHINE(
         "S: {Type: Map, MaxConcurrency: 1, ToleratedFailureCount: 4, End: true, "
         "ItemProcessor: {ProcessorConfig: {Mode: DISTRIBUTED, ExecutionType: STANDARD}, StartAt: "
         "T, States: {T: {Type: Task, Resource: work, End: true}}}}"),
     1, 4, 9, 0},
    {"and those that are not, by a name of their own: after three of four",
     "    tasks: {T: broken}\n    items: {S: 4}\n" MACHINE(
         "S: {Type: Map, MaxConcurrency: 1, ToleratedFailurePercentage: 50, End: true, Catch: "
         "[{ErrorEquals: [States.ExceedToleratedFailureThreshold], Next: E}], "
         "ItemProcessor: {ProcessorConfig: {Mode: DISTRIBUTED, ExecutionType: STANDARD}, StartAt: "
         "T, States: {T: {Type: Task, Resource: work, End: true}}}}, E: {Type: Succeed}"),
     1, 3, 8, 0},
    {"the same with data",
     "    input: [1, 2, 3, 4]\n    tasks: {T: broken}\n" MACHINE(
         "S: {Type: Map, MaxConcurrency: 1, ToleratedFailurePercentage: 50, End: true, Catch: "
         "[{ErrorEquals: [States.ExceedToleratedFailureThreshold], Next: E}], "
         "ItemProcessor: {ProcessorConfig: {Mode: DISTRIBUTED, ExecutionType: STANDARD}, StartAt: "
         "T, States: {T: {Type: Task, Resource: work, End: true}}}}, E: {Type: Succeed}"),
     1, 3, 8, 0},
    {"a token that does not come back misses a heartbeat, not the time-out",
     "    tasks: {S: slow}\n" MACHINE(
         "S: {Type: Task, Resource: \"arn:aws:states:::sqs:sendMessage.waitForTaskToken\", "
         "TimeoutSeconds: 50, HeartbeatSeconds: 10, End: true, Catch: [{ErrorEquals: "
         "[States.HeartbeatTimeout], Next: E}]}, E: {Type: Succeed}"),
     1, 10, 2, 0},
    {"a time-out is no missed heartbeat",
     "    tasks: {S: slow}\n" MACHINE(
         "S: {Type: Task, Resource: \"arn:aws:states:us-east-1:111111111111:activity:act\", "
         "TimeoutSeconds: 10, End: true, Catch: [{ErrorEquals: "
         "[States.HeartbeatTimeout], Next: E}]}, E: {Type: Succeed}"),
     0, 10, 1, 0},
    {"the same two with data",
     "    input: {h: 10}\n    tasks: {S: slow}\n" MACHINE(
         "S: {Type: Task, Resource: \"arn:aws:states:::sqs:sendMessage.waitForTaskToken\", "
         "Parameters: {'t.$': $$.Task.Token}, "
         "TimeoutSeconds: 50, HeartbeatSecondsPath: $.h, End: true, Catch: [{ErrorEquals: "
         "[States.HeartbeatTimeout], Next: E}]}, E: {Type: Succeed}"),
     1, 10, 2, 0},
    {"a job that fails is States.TaskFailed",
     "    tasks: {S: broken}\n" MACHINE(
         "S: {Type: Task, Resource: \"arn:aws:states:::batch:submitJob.sync\", End: true, Retry: "
         "[{ErrorEquals: [Exception]}], Catch: [{ErrorEquals: [States.TaskFailed], Next: E}]}, E: "
         "{Type: Succeed}"),
     1, 1, 2, 0},
    {"a date, from the one at which time begins",
     "    epoch: \"2026-01-01T00:00:00Z\"\n" MACHINE(
         "S: {Type: Wait, Timestamp: \"2026-01-01T00:17:00Z\", End: true}"),
     1, 20, 1, 0},
};

static void check_case(const struct outcome_of *c)
{
    char yaml[4000];
    struct trial t;
    snprintf(yaml, sizeof yaml, "%s%s", SCENARIO, c->workflow);
    trial_open(&t, yaml);
    const struct measures m = trial_run(&t, 0, 0, 1900); /* one execution, at 1000 s */
    if (metric(&m, "w.success_ratio") != c->success)
        fail_msg("%s: success %g", c->what, metric(&m, "w.success_ratio"));
    if (c->success > 0 && !(fabs(metric(&m, "w.latency.mean") - c->seconds) < 1))
        fail_msg("%s: %g s, expected %g", c->what, metric(&m, "w.latency.mean"), c->seconds);
    const double transitions = metric(&m, "x.transitions") - 1; /* the start */
    if (transitions != c->transitions)
        fail_msg("%s: %g transitions, expected %g", c->what, transitions, c->transitions);
    if (metric(&m, "a.calls") != c->calls_a)
        fail_msg("%s: %g calls of a", c->what, metric(&m, "a.calls"));
    trial_close(&t);
}

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) check_case(&cases[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
