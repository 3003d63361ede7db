/* workflow_bills.h - definitions whose transitions and bills were counted by hand: the arithmetic
 * stands in each row. Quantities are those of one execution, dollars those of a million at list
 * prices of us-east-1. */
#ifndef TESTS_MODELS_WORKFLOW_BILLS_H
#define TESTS_MODELS_WORKFLOW_BILLS_H

#define BILL_LINES 4

struct bill_row {
    const char *flavour;
    const char *states;  /* S is the first */
    const char *more;    /* fields of the workflow */
    const char *counted; /* the arithmetic */
    double
        transitions; /* of the workflow itself: states entered, retries, 1 for a Standard start */
    double events;   /* Standard: of its history; 0: not compared */
    struct {
        const char *price;
        double quantity;
    } lines[BILL_LINES]; /* of all workflows */
    double usd;          /* a million executions */
};

#define S_TRANSITION "aws.step_functions.standard.transition"
#define E_REQUEST    "aws.step_functions.express.request"
#define E_DURATION   "aws.step_functions.express.gb_second"
#define D_REPLAY     "azure.functions.consumption.execution"
#define D_DURATION   "azure.functions.consumption.gb_second"
#define D_QUEUE      "azure.storage.queue.operation"
#define D_TABLE      "azure.storage.table.operation"
#define G_INTERNAL   "google.workflows.internal_step"
#define G_EXTERNAL   "google.workflows.external_step"

#define BROKEN(more)          "S: {Type: Task, Resource: broken, End: true" more "}"
#define BRANCH(start, states) "{StartAt: " start ", States: {" states "}}"
#define NESTED(how)           "S: {Type: Task, Resource: \"arn:aws:states:::states:startExecution" how "\""
#define RETRY(errors, attempts) \
    "Retry: [{ErrorEquals: [" errors "], IntervalSeconds: 1, MaxAttempts: " #attempts "}]"

static const struct bill_row bill_rows[] = {
    /* ---- Standard: $25 a million transitions. Events: 2 of the execution, and each state's. ----
     */
    {"standard",
     "S: {Type: Pass, End: true}",
     "",
     "start 1 + Pass 1; events 2 + 2",
     2,
     4,
     {{S_TRANSITION, 2}},
     50},
    {"standard",
     "S: {Type: Pass, Next: B}, B: {Type: Pass, Next: C}, C: {Type: Succeed}",
     "",
     "1 + 3; events 2 + 3 x 2",
     4,
     8,
     {{S_TRANSITION, 4}},
     100},
    {"standard",
     "S: {Type: Task, Resource: a, End: true}",
     "",
     "1 + 1; events 2 + entered, scheduled, started, succeeded, left",
     2,
     7,
     {{S_TRANSITION, 2}},
     50},
    {"standard",
     "S: {Type: Task, Resource: a, Next: B}, B: {Type: Task, Resource: a, Next: C}, C: {Type: "
     "Task, "
     "Resource: a, Next: D}, D: {Type: Task, Resource: a, End: true}",
     "",
     "start 1 + 4 tasks; events 2 + 4 x 5",
     5,
     22,
     {{S_TRANSITION, 5}},
     125},
    {"standard",
     "S: {Type: Task, Resource: a, Next: B}, B: {Type: Task, Resource: a, Next: C}, C: {Type: "
     "Task, "
     "Resource: a, Next: D}, D: {Type: Task, Resource: a, End: true}",
     "start_transitions: 0",
     "4 tasks, the start free; events 2 + 4 x 5",
     4,
     22,
     {{S_TRANSITION, 4}},
     100},
    {"standard",
     "S: {Type: Wait, Seconds: 30, End: true}",
     "",
     "1 + 1 however long; events 2 + 2",
     2,
     4,
     {{S_TRANSITION, 2}},
     50},
    {"standard",
     "S: {Type: Fail, Error: Mine}",
     "",
     "1 + 1; events 2 + 1, a Fail is not left",
     2,
     3,
     {{S_TRANSITION, 2}},
     50},
    {"standard",
     BROKEN(", Catch: [{ErrorEquals: [States.ALL], Next: C}], " RETRY("States.ALL",
                                                                      3)) ", C: "
                                                                          "{Type: Pass, End: true}",
     "",
     "1 + entered 1 + retries 3 + Pass 1; events 2 + (2 + 4 x 3) + 2",
     6,
     18,
     {{S_TRANSITION, 6}},
     150},
    {"standard",
     BROKEN(", " RETRY("States.ALL", 0)),
     "",
     "1 + 1, no retry",
     2,
     0,
     {{S_TRANSITION, 2}},
     50},
    {"standard",
     BROKEN(", Retry: [{ErrorEquals: [Other]}, {ErrorEquals: [States.ALL]}]"),
     "",
     "1 + 1 + 3 by the second retrier",
     5,
     0,
     {{S_TRANSITION, 5}},
     125},
    {"standard",
     "S: {Type: Choice, Default: B, Choices: [{Variable: $.a, IsNull: true, Next: C}]}, B: {Type: "
     "Pass, End: true}, C: {Type: Pass, Next: B}",
     "branches: {S: {B: 1, C: 0}}",
     "1 + Choice 1 + Pass 1; events 2 + 2 x 2",
     3,
     6,
     {{S_TRANSITION, 3}},
     75},
    {"standard",
     "S: {Type: Parallel, End: true, Branches: [" BRANCH(
         "A", "A: {Type: Wait, Seconds: 2, End: true}") ", " BRANCH("X", "X: {Type: Wait, Seconds: "
                                                                         "5, End: true}") "]}",
     "",
     "1 + Parallel 1 + 2; events 2 + 4 + 2 x 2",
     4,
     10,
     {{S_TRANSITION, 4}},
     100},
    {"standard",
     "S: {Type: Parallel, End: true, Branches: [" BRANCH(
         "A",
         "A: {Type: Pass, End: true}") ", " BRANCH("X",
                                                   "X: {Type: Pass, Next: Y}, Y: {Type: Pass, End: "
                                                   "true}") ", " BRANCH("P",
                                                                        "P: {Type: Pass, Next: Q}, "
                                                                        "Q: {Type: Pass, Next: R}, "
                                                                        "R: {Type: Succeed}") "]}",
     "",
     "1 + Parallel 1 + branches of 1, 2 and 3; events 2 + 4 + 6 x 2",
     8,
     18,
     {{S_TRANSITION, 8}},
     200},
    {"standard",
     "S: {Type: Parallel, End: true, Catch: [{ErrorEquals: [Mine], Next: C}], Branches: [" BRANCH(
         "A", "A: {Type: Fail, Error: Mine}") ", " BRANCH("X", "X: {Type: Wait, Seconds: 5, End: "
                                                               "true}") "]}, C: {Type: Pass, End: "
                                                                        "true}",
     "",
     "1 + Parallel 1 + both branches entered 2 + Pass 1; events 2 + 4 + (1 + 2) + 2",
     5,
     11,
     {{S_TRANSITION, 5}},
     125},
    {"standard",
     "S: {Type: Parallel, End: true, Catch: [{ErrorEquals: [Mine], Next: C}], " RETRY(
         "Mine",
         1) ", Branches: [" BRANCH("A",
                                   "A: {Type: Fail, Error: Mine}") ", " BRANCH("X",
                                                                               "X: {Type: Wait, "
                                                                               "Seconds: 5, End: "
                                                                               "true}") "]}, C: "
                                                                                        "{Type: "
                                                                                        "Pass, "
                                                                                        "End: "
                                                                                        "true}",
     "",
     "1 + 2 runs x (Parallel 1 + branches 2) + Pass 1; events 2 + (2 + 2 x 2) + 2 x 3 + 2",
     8,
     16,
     {{S_TRANSITION, 8}},
     200},
    {"standard",
     "S: {Type: Map, End: true, Iterator: " BRANCH("A", "A: {Type: Pass, End: true}") "}",
     "items: {S: 4}",
     "1 + Map 1 + 4 x 1; events 2 + 4 + 4 x (2 + 2)",
     6,
     22,
     {{S_TRANSITION, 6}},
     150},
    {"standard",
     "S: {Type: Map, End: true, MaxConcurrency: 2, Iterator: " BRANCH(
         "A", "A: {Type: Pass, Next: B}, B: {Type: Pass, Next: C}, C: {Type: Succeed}") "}",
     "items: {S: 5}",
     "1 + Map 1 + 5 x 3; events 2 + 4 + 5 x (2 + 3 x 2)",
     17,
     46,
     {{S_TRANSITION, 17}},
     425},
    {"standard",
     "S: {Type: Map, End: true, Iterator: " BRANCH("A", "A: {Type: Pass, End: true}") "}",
     "items: {S: 0}",
     "1 + Map 1, no iteration; events 2 + 4",
     2,
     6,
     {{S_TRANSITION, 2}},
     50},
    {"standard",
     "S: {Type: Map, End: true, MaxConcurrency: 1, " RETRY(
         "States.ALL",
         2) ", Catch: "
            "[{ErrorEquals: [States.ALL], Next: C}], Iterator: " BRANCH(
                "A",
                "A: {Type: Task, Resource: broken, End: true}") "}, C: {Type: Pass, End: true}",
     "items: {S: 3}",
     "1 + 3 runs x (Map 1 + the iteration that fails 1) + Pass 1; events 2 + (2 + 3 x 2) + 3 x (2 "
     "+ 5) + 2",
     8,
     33,
     {{S_TRANSITION, 8}},
     200},
    {"standard",
     "S: {Type: Map, End: true, Iterator: " BRANCH("A",
                                                   "A: {Type: Map, End: true, Iterator: {StartAt: "
                                                   "B, States: {B: {Type: Pass, End: true}}}}") "}",
     "items: {S: 2, A: 3}",
     "1 + Map 1 + 2 x (Map 1 + 3); events 2 + 4 + 2 x (2 + 4 + 3 x (2 + 2))",
     10,
     42,
     {{S_TRANSITION, 10}},
     250},
    {"standard",
     "S: {Type: Wait, Seconds: 10, Next: B}, B: {Type: Choice, Default: S, Choices: [{Variable: "
     "$.a, IsNull: true, Next: C}]}, C: {Type: Succeed}",
     "timeout: 35, branches: {B: {S: 1, C: 0}}",
     "1 + 3 turns x (Wait 1 + Choice 1) + the Wait cut off at 35 s; events 2 + 7 x 2",
     8,
     16,
     {{S_TRANSITION, 8}},
     200},
    {"standard",
     "S: {Type: Task, Resource: slow, TimeoutSeconds: 4, End: true, Catch: [{ErrorEquals: "
     "[States.Timeout], Next: C}], " RETRY("States.Timeout", 2) "}, C: {Type: Succeed}",
     "",
     "1 + 1 + 2 retries + Succeed 1; events 2 + (2 + 3 x 3) + 2",
     5,
     15,
     {{S_TRANSITION, 5}},
     125},
    /* ---- nested: each pays for itself ---- */
    {"standard",
     NESTED(".sync:2") ", End: true}",
     "tasks: {S: child}",
     "parent 1 + 1, child 1 + 2; events of the parent 2 + 2 + 4",
     2,
     8,
     {{S_TRANSITION, 5}},
     125},
    {"standard",
     NESTED(".sync") ", End: true}",
     "tasks: {S: child}",
     "the same",
     2,
     8,
     {{S_TRANSITION, 5}},
     125},
    {"standard",
     NESTED("") ", Parameters: {StateMachineArn: "
                "\"arn:aws:states:us-east-1:123456789012:stateMachine:child\"}, End: true}",
     "",
     "parent 1 + 1, which does not wait for the child's 1 + 2; events 2 + 2 + 3",
     2,
     7,
     {{S_TRANSITION, 5}},
     125},
    {"standard",
     NESTED(".sync:2") ", End: true}",
     "tasks: {S: quick}",
     "parent 1 + 1; an Express child: a request, 0.1 s x 64 MB: 2 x 25 + 1 + 0.00625 x 16.67",
     2,
     8,
     {{S_TRANSITION, 2}, {E_REQUEST, 1}, {E_DURATION, 0.00625}},
     51.1041875},
    {"standard",
     NESTED(".sync:2") ", End: true, Catch: [{ErrorEquals: [States.TaskFailed], Next: "
                       "C}]}, C: {Type: Succeed}",
     "tasks: {S: bad}",
     "parent 1 + 2, child 1 + 1; events 2 + 6 + 2",
     3,
     10,
     {{S_TRANSITION, 5}},
     125},
    {"standard",
     NESTED(".sync:2") ", End: true, " RETRY(
         "States.TaskFailed",
         2) ", Catch: [{ErrorEquals: [States.ALL], Next: C}]}, C: {Type: Succeed}",
     "tasks: {S: bad}",
     "parent 1 + 1 + 2 retries + 1, children 3 x (1 + 1); events 2 + (2 + 3 x 4) + 2",
     5,
     18,
     {{S_TRANSITION, 11}},
     275},
    /* ---- Express: $1 a million requests, $16.67 a million GB-s, in 100 ms and 64 MB ---- */
    {"express",
     "S: {Type: Pass, End: true}",
     "",
     "1 + 0.1 s x 0.0625 GB x 16.67",
     1,
     0,
     {{E_REQUEST, 1}, {E_DURATION, 0.00625}},
     1.1041875},
    {"express",
     "S: {Type: Task, Resource: mid, End: true}",
     "",
     "1.234 s and a few ms are 1.3 s: 1 + 1.3 x 0.0625 x 16.67",
     1,
     0,
     {{E_REQUEST, 1}, {E_DURATION, 0.08125}},
     2.3544375},
    {"express",
     "S: {Type: Wait, Seconds: 10, Next: T}, T: {Type: Task, Resource: mid, End: true}",
     "",
     "11.234 s and a few ms are 11.3 s: 1 + 11.3 x 0.0625 x 16.67",
     2,
     0,
     {{E_REQUEST, 1}, {E_DURATION, 0.70625}},
     12.7731875},
    {"express",
     BROKEN(", " RETRY("States.ALL", 1)),
     "",
     "10 ms, 1 s, 10 ms and transitions are 1.1 s; retries cost time alone",
     2,
     0,
     {{E_REQUEST, 1}, {E_DURATION, 0.06875}},
     2.1460625},
    {"express",
     "S: {Type: Parallel, End: true, Branches: [" BRANCH(
         "A", "A: {Type: Pass, End: true}") ", " BRANCH("X", "X: {Type: Pass, End: true}") "]}",
     "payload: 10MB",
     "50 MiB + 3 flows x 10 MB are 2 chunks: 1 + 0.1 x 0.125 x 16.67",
     3,
     0,
     {{E_REQUEST, 1}, {E_DURATION, 0.0125}},
     1.208375},
    {"express",
     "S: {Type: Map, End: true, Iterator: " BRANCH("A", "A: {Type: Pass, End: true}") "}",
     "payload: 32MB, items: {S: 4}",
     "50 MiB + 5 flows x 32 MB = 212 MB are 4 chunks: 1 + 0.1 x 0.25 x 16.67",
     5,
     0,
     {{E_REQUEST, 1}, {E_DURATION, 0.025}},
     1.41675},
    /* ---- Durable Functions: a million replays $0.20 and 12,500 GB-s x $16; queue operations, 3 a
     * message, $0.40, table operations, 2 a replay, $0.036 a million ---- */
    {"azure_durable",
     "S: {Type: Task, Resource: a, Next: B}, B: {Type: Task, Resource: a, Next: C}, C: {Type: "
     "Task, "
     "Resource: a, End: true}",
     "",
     "3 activities: 3 + 1 replays; messages 1 + 3 x 2 = 7: 0.8 + 0.8 + 21 x 0.4 + 8 x 0.036",
     3,
     0,
     {{D_REPLAY, 4}, {D_DURATION, 0.05}, {D_QUEUE, 21}, {D_TABLE, 8}},
     10.288},
    {"azure_durable",
     "S: {Type: Pass, End: true}",
     "",
     "1 replay, 1 message: 0.2 + 0.2 + 3 x 0.4 + 2 x 0.036",
     1,
     0,
     {{D_REPLAY, 1}, {D_DURATION, 0.0125}, {D_QUEUE, 3}, {D_TABLE, 2}},
     1.672},
    {"azure_durable",
     "S: {Type: Wait, Seconds: 30, End: true}",
     "",
     "start and timer: 2 replays, 2 messages: 0.4 + 0.4 + 6 x 0.4 + 4 x 0.036",
     1,
     0,
     {{D_REPLAY, 2}, {D_DURATION, 0.025}, {D_QUEUE, 6}, {D_TABLE, 4}},
     3.344},
    {"azure_durable",
     BROKEN(", Catch: [{ErrorEquals: [States.ALL], Next: C}], " RETRY("States.ALL",
                                                                      1)) ", C: "
                                                                          "{Type: Pass, End: true}",
     "",
     "start, activity, timer, activity: 4 replays; messages 1 + 2 + 1 + 2 = 6: 0.8 + 0.8 + 18 x "
     "0.4 + 8 x 0.036",
     3,
     0,
     {{D_REPLAY, 4}, {D_DURATION, 0.05}, {D_QUEUE, 18}, {D_TABLE, 8}},
     9.088},
    {"azure_durable",
     "S: {Type: Parallel, End: true, Branches: [" BRANCH("A", "A: {Type: Task, Resource: a, End: "
                                                              "true}") ", " BRANCH(
         "X", "X: {Type: Task, Resource: a, End: true}") "]}",
     "",
     "2 activities: 3 replays; messages 1 + 2 x 2 = 5: 0.6 + 0.6 + 15 x 0.4 + 6 x 0.036",
     3,
     0,
     {{D_REPLAY, 3}, {D_DURATION, 0.0375}, {D_QUEUE, 15}, {D_TABLE, 6}},
     7.416},
    /* ---- Google Workflows: $10 a million internal steps, $25 external ---- */
    {"google_workflows",
     "S: {Type: Task, Resource: fn, Next: B}, B: {Type: Task, Resource: fn, Next: C}, C: {Type: "
     "Pass, End: true}",
     "",
     "3 internal x 10",
     3,
     0,
     {{G_INTERNAL, 3}, {G_EXTERNAL, 0}},
     30},
    {"google_workflows",
     "S: {Type: Pass, Next: B}, B: {Type: Task, Resource: a, Next: C}, C: {Type: Succeed}",
     "",
     "2 internal x 10 + a service, external x 25",
     3,
     0,
     {{G_INTERNAL, 2}, {G_EXTERNAL, 1}},
     45},
    {"google_workflows",
     "S: {Type: Pass, Next: B}, B: {Type: Task, Resource: a, Next: C}, C: {Type: Succeed}",
     "external: []",
     "3 internal x 10: said to be none beyond",
     3,
     0,
     {{G_INTERNAL, 3}, {G_EXTERNAL, 0}},
     30},
    {"google_workflows",
     BROKEN(", Catch: [{ErrorEquals: [States.ALL], Next: C}], " RETRY("States.ALL",
                                                                      2)) ", C: "
                                                                          "{Type: Pass, End: true}",
     "",
     "3 attempts external x 25 + 1 x 10",
     4,
     0,
     {{G_INTERNAL, 1}, {G_EXTERNAL, 3}},
     85},
    {"google_workflows",
     "S: {Type: Map, End: true, Iterator: " BRANCH("A", "A: {Type: Pass, End: true}") "}",
     "items: {S: 4}",
     "1 + 4 internal x 10",
     5,
     0,
     {{G_INTERNAL, 5}},
     50},
};

#endif
