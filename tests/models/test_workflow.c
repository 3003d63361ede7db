/* test_workflow.c - the quotas of workflows, each reached, and what their service then does: delay,
 * refuse, fail; who waits for an execution; nested executions and children. */
#include "models/workflow_plan.h"
#include "tests/models/runs.h"

#define ONCE "workloads: {w: {enters: flow, arrivals: {batch: {items: 1, every: 9999d}}}}\n"
#define BATCH(n) \
    "workloads: {w: {enters: flow, arrivals: {batch: {items: " #n ", every: 9999d}}}}\n"
#define WAIT(s)  "{StartAt: S, States: {S: {Type: Wait, Seconds: " #s ", End: true}}}"
#define ONE_PASS "{StartAt: S, States: {S: {Type: Pass, End: true}}}"
#define LOOP                                                                                       \
    "{StartAt: S, States: {S: {Type: Choice, Default: S, Choices: [{Variable: $.a, IsNull: true, " \
    "Next: E}]}, E: {Type: Succeed}}}"

static struct measures run(struct trial *t, const char *yaml, double seconds)
{
    trial_open(t, yaml);
    return trial_run(t, 0, 0, seconds);
}

/* 6,000 executions enter a state at once: 5,000 go, the others follow at 5,000 a second. Nothing
 * fails. */
static void test_transitions_delayed(void **state)
{
    (void)state;
    struct trial t;
    const struct measures m =
        run(&t,
            BATCH(6000) "components: {flow: {type: workflow, limits: {start_burst: 6000}, "
                        "definition: " ONE_PASS "}}\n",
            100);
    assert_true(metric(&m, "flow.transitions.delayed") == 1000);
    assert_true(metric(&m, "w.success_ratio") == 1);
    assert_true(metric(&m, "flow.throttled") == 0);
    assert_true(usage(&m, "aws.step_functions.standard.transition") == 12000);
    trial_close(&t);
}

/* A bucket of one, refilled ten times a second: 4 states take 0.3 s more than without. */
static void test_transitions_paced(void **state)
{
    (void)state;
    static const char *const limits[] = {"",
                                         "limits: {transition_rate: 10/s, transition_burst: 1},"};
    double latency[2];
    for (size_t i = 0; i < 2; i++) {
        char yaml[1000];
        struct trial t;
        snprintf(yaml, sizeof yaml,
                 ONCE "components: {flow: {type: workflow, %s definition: {StartAt: S, States: {S: "
                      "{Type: Parallel, End: true, Branches: [{StartAt: A, States: {A: {Type: "
                      "Pass, End: true}}}, {StartAt: B, States: {B: {Type: Pass, End: true}}}, "
                      "{StartAt: C, States: {C: {Type: Pass, End: true}}}]}}}}}\n",
                 limits[i]);
        const struct measures m = run(&t, yaml, 100);
        latency[i] = metric(&m, "w.latency.mean");
        assert_true(metric(&m, "flow.transitions.delayed") == (i ? 3 : 0));
        trial_close(&t);
    }
    /* The Parallel leaves the bucket empty; its own transition refills a part of one token. */
    assert_true(latency[1] > latency[0] + 0.1 && latency[1] < latency[0] + 0.3);
}

/* StartExecution of Standard: 1,300 at once in us-east-1, 800 elsewhere; the rest is refused. */
static void test_starts_refused(void **state)
{
    (void)state;
    static const struct {
        const char *region;
        double started;
    } rows[] = {{"us-east-1", 1300}, {"eu-west-1", 1300}, {"ap-southeast-1", 800}};
    for (size_t i = 0; i < 3; i++) {
        char yaml[1000];
        struct trial t;
        snprintf(yaml, sizeof yaml,
                 "platform: aws/%s\n" BATCH(2000) "components: {flow: {type: workflow, definition: "
                                                  "" ONE_PASS "}}\n",
                 rows[i].region);
        const struct measures m = run(&t, yaml, 100);
        assert_true(metric(&m, "flow.throttled") == 2000 - rows[i].started);
        assert_true(usage(&m, "aws.step_functions.standard.transition") == 2 * rows[i].started);
        trial_close(&t);
    }
}

/* Quotas are the account's: what one workflow starts, another cannot. */
static void test_quota_shared(void **state)
{
    (void)state;
    struct trial t;
    const struct measures m =
        run(&t,
            "workloads: {w: {enters: flow, arrivals: {batch: {items: 1000, every: 9999d}}},\n"
            "            x: {enters: other, arrivals: {batch: {items: 1000, every: 9999d}}},\n"
            "            y: {enters: quick, arrivals: {batch: {items: 1000, every: 9999d}}}}\n"
            "components:\n"
            "  flow: {type: workflow, definition: " ONE_PASS "}\n"
            "  other: {type: workflow, definition: " ONE_PASS "}\n"
            "  quick: {type: workflow, flavour: express, definition: " ONE_PASS "}\n",
            100);
    assert_true(metric(&m, "flow.throttled") + metric(&m, "other.throttled") == 700);
    assert_true(metric(&m, "quick.throttled") == 0);
    trial_close(&t);
}

/* Open executions: stated for one workflow, it holds for both. */
static void test_open_refused(void **state)
{
    (void)state;
    struct trial t;
    const struct measures m =
        run(&t,
            "workloads: {w: {enters: flow, arrivals: {batch: {items: 4, every: 9999d}}},\n"
            "            x: {enters: other, arrivals: {batch: {items: 3, every: 9999d}}}}\n"
            "components:\n"
            "  flow: {type: workflow, definition: " WAIT(
                1000) "}\n"
                      "  other: {type: workflow, limits: {open: 5}, definition: " WAIT(1000) "}\n",
            2000);
    assert_true(metric(&m, "flow.throttled") + metric(&m, "other.throttled") == 2);
    assert_true(metric(&m, "w.success_ratio") * 4 + metric(&m, "x.success_ratio") * 3 == 5);
    trial_close(&t);
    const struct measures google =
        run(&t,
            BATCH(10007) "components: {flow: {type: workflow, flavour: google_workflows, "
                         "definition: " WAIT(1000) "}}\n",
            2000);
    assert_true(metric(&google, "flow.throttled") == 7);
    trial_close(&t);
}

/* Synchronous Express has a quota of concurrency of its own and none of starts; asynchronous the
 * other way round: 6,000 starts at once. */
static void test_express_quotas(void **state)
{
    (void)state;
    struct trial t;
    const struct measures m =
        run(&t,
            BATCH(9) "components: {flow: {type: workflow, flavour: express, limits: {synchronous: "
                     "5, start_burst: 1}, definition: " WAIT(10) "}}\n",
            100);
    assert_true(metric(&m, "flow.synchronous") == 5);
    assert_true(metric(&m, "flow.throttled") == 4);
    trial_close(&t);
    const struct measures event =
        run(&t,
            "workloads: {w: {enters: f, arrivals: {batch: {items: 7000, every: 9999d}}}}\n"
            "account: {concurrency: 10000}\n"
            "components:\n"
            "  f: {type: function, cold_start: 0, does: [{start: flow}]}\n"
            "  flow: {type: workflow, flavour: express, limits: {synchronous: 1}, definition: "
            "" WAIT(10) "}\n",
            100);
    const double asked = metric(&event, "flow.calls");
    assert_true(asked >= 6500 && metric(&event, "flow.synchronous") == 0);
    assert_true(metric(&event, "flow.throttled") == asked - 6000);
    trial_close(&t);
}

/* A history of 25,000 events: 1 of the start, 2 of each of 12,499 states, 1 of the failure. The
 * state that does not fit is not paid. States.ALL around it does not see it. */
static void test_history_full(void **state)
{
    (void)state;
    struct trial t;
    const struct measures m =
        run(&t,
            ONCE "components: {flow: {type: workflow, branches: {S: {S: 1, E: 0}}, definition: "
                 "" LOOP "}}\n",
            10000);
    assert_true(metric(&m, "flow.transitions") == 1 + 12499);
    assert_true(metric(&m, "flow.history.events") == 25000);
    assert_true(metric(&m, "flow.too_long") == 1);
    assert_true(metric(&m, "flow.failed.ratio") == 1);
    trial_close(&t);
    /* Two branches share it; the one that does not fit ends both, once. */
    const struct measures both =
        run(&t,
            ONCE "components: {flow: {type: workflow, branches: {A: {A: 1, B: 0}, C: {C: 1, D: "
                 "0}}, definition: {StartAt: S, States: {S: {Type: Parallel, End: true, Catch: "
                 "[{ErrorEquals: [States.ALL], Next: X}], Branches: [{StartAt: A, States: {A: "
                 "{Type: Choice, Default: A, Choices: [{Variable: $.a, IsNull: true, Next: B}]}, "
                 "B: {Type: Succeed}}}, {StartAt: C, States: {C: {Type: Choice, Default: C, "
                 "Choices: [{Variable: $.a, IsNull: true, Next: D}]}, D: {Type: Succeed}}}]}, X: "
                 "{Type: Pass, End: true}}}}}\n",
            10000);
    assert_true(metric(&both, "flow.transitions") == 1 + 1 + (25000 - 2 - 4) / 2);
    assert_true(metric(&both, "flow.too_long") == 1 && metric(&both, "flow.failed.ratio") == 1);
    trial_close(&t);
}

/* Iterations of an inline Map fill the parent's history: 2 + 4 + 4 events each, so 6,248 fit. */
static void test_history_of_map(void **state)
{
    (void)state;
    static const int items[] = {6248, 6249};
    for (size_t i = 0; i < 2; i++) {
        char yaml[1000];
        struct trial t;
        snprintf(yaml, sizeof yaml,
                 ONCE
                 "components: {flow: {type: workflow, items: {S: %d}, definition: {StartAt: S, "
                 "States: {S: {Type: Map, End: true, Iterator: {StartAt: A, States: {A: "
                 "{Type: Pass, End: true}}}}}}}}\n",
                 items[i]);
        const struct measures m = run(&t, yaml, 10000);
        assert_true(metric(&m, "flow.failed.ratio") == (double)i);
        assert_true(metric(&m, "flow.too_long") == (double)i);
        trial_close(&t);
    }
}

static void test_google_steps(void **state)
{
    (void)state;
    struct trial t;
    const struct measures m =
        run(&t,
            ONCE "components: {flow: {type: workflow, flavour: google_workflows, branches: {S: {S: "
                 "1, E: 0}}, definition: " LOOP "}}\n",
            10000);
    assert_true(usage(&m, "google.workflows.internal_step") == 100000);
    assert_true(metric(&m, "flow.too_long") == 1 && metric(&m, "flow.failed.ratio") == 1);
    trial_close(&t);
}

/* Five minutes of Express, a year of Standard; none of Durable Functions. */
static void test_longest(void **state)
{
    (void)state;
    static const struct {
        const char *flavour;
        const char *wait;
        double failed;
    } rows[] = {{"express", "299", 0},           {"express", "301", 1},
                {"standard", "31535000", 0},     {"standard", "31536001", 1},
                {"google_workflows", "301", 0},  {"google_workflows", "31536001", 1},
                {"azure_durable", "31536001", 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char yaml[1000];
        struct trial t;
        snprintf(yaml, sizeof yaml,
                 ONCE "components: {flow: {type: workflow, flavour: %s, definition: {StartAt: S, "
                      "States: {S: {Type: Wait, Seconds: %s, End: true}}}}}\n",
                 rows[i].flavour, rows[i].wait);
        const struct measures m = run(&t, yaml, 4e7);
        if (metric(&m, "flow.failed.ratio") != rows[i].failed)
            fail_msg("%s, %s s: %g failed", rows[i].flavour, rows[i].wait,
                     metric(&m, "flow.failed.ratio"));
        if (i == 1)
            assert_true(fabs(usage(&m, "aws.step_functions.express.gb_second") - 300 / 16.0) <
                        1e-9);
        trial_close(&t);
    }
}

/* Asynchronous Express runs at least once: with a ratio some run twice, and are paid twice. */
static void test_duplicates(void **state)
{
    (void)state;
    struct trial t;
    const struct measures m =
        run(&t,
            "workloads: {w: {enters: f, arrivals: {constant: {rate: 10/s}}}}\n"
            "components:\n"
            "  f: {type: function, cold_start: 0, does: [{start: flow}]}\n"
            "  flow: {type: workflow, flavour: express, duplicate_ratio: 20%, definition: "
            "" ONE_PASS "}\n",
            1000.05);
    const double asked = metric(&m, "f.calls");
    const double twice = metric(&m, "flow.duplicates");
    assert_true(asked >= 9999);
    assert_true(metric(&m, "flow.calls") == asked + twice);
    assert_true(usage(&m, "aws.step_functions.express.request") == asked + twice);
    assert_true(fabs(twice / asked - 0.2) < 5 * sqrt(0.2 * 0.8 / asked));
    trial_close(&t);
    const struct measures waited =
        run(&t,
            BATCH(100) "components: {flow: {type: workflow, flavour: express, duplicate_ratio: "
                       "100%, definition: " ONE_PASS "}}\n",
            100);
    assert_true(metric(&waited, "flow.calls") == 100 && metric(&waited, "flow.duplicates") == 0);
    trial_close(&t);
}

#define START(how) "Resource: \"arn:aws:states:::states:startExecution" how "\""

/* .sync waits for the child and some more, request-response does not; a start that is refused is
 * an error of the task, both ways. */
static void test_nested(void **state)
{
    (void)state;
    static const struct {
        const char *how;
        const char *limits;
        const char *more;
        double least;
        double most;
        double child;
    } rows[] = {
        {START(".sync:2"), "", "", 20, 30, 1},
        {START(""), "", "", 0, 2, 1},
        {START(".sync"), "limits: {start_burst: 1, start_rate: 0.1/s},",
         "Retry: [{ErrorEquals: [ThrottlingException], IntervalSeconds: 40}],", 60, 80, 1},
        {START(""), "limits: {start_burst: 1, start_rate: 0.1/s},",
         "Retry: [{ErrorEquals: [ThrottlingException], IntervalSeconds: 40}],", 40, 45, 1},
        {START(".sync"), "",
         "TimeoutSeconds: 5, Catch: [{ErrorEquals: [States.Timeout], Next: "
         "T}],",
         5, 6, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char yaml[1000];
        struct trial t;
        snprintf(yaml, sizeof yaml,
                 ONCE "components:\n"
                      "  flow: {type: workflow, %s tasks: {S: child}, definition: {StartAt: S, "
                      "States: {S: {Type: Task, %s, %s Next: T}, T: {Type: Succeed}}}}\n"
                      "  child: {type: workflow, definition: " WAIT(20) "}\n",
                 rows[i].limits, rows[i].how, rows[i].more);
        const struct measures m = run(&t, yaml, 1000);
        const double latency = metric(&m, "w.latency.mean");
        if (!(latency > rows[i].least && latency < rows[i].most))
            fail_msg("%zu: %.3f s, expected %g to %g", i, latency, rows[i].least, rows[i].most);
        assert_true(metric(&m, "child.throttled") == (*rows[i].limits ? 1 : 0));
        assert_true(fabs(metric(&m, "child.latency.mean") - 20) < 1);
        trial_close(&t);
    }
}

/* The children of a distributed Map: Standard ones pay their start and their states, Express ones
 * are a request each; the parent pays its own two states. */
static void test_children(void **state)
{
    (void)state;
    static const uint8_t kinds[] = {CHILD_STANDARD, CHILD_EXPRESS};
    for (size_t k = 0; k < 2; k++) {
        struct trial t;
        trial_open(&t, ONCE
                   "components:\n"
                   "  flow: {type: workflow, items: {S: 7}, definition: {StartAt: S, States: "
                   "{S: {Type: Map, Next: T, Iterator: {StartAt: A, States: {A: {Type: Wait, "
                   "Seconds: 2, Next: B}, B: {Type: Pass, End: true}}}}, T: {Type: Succeed}}}}\n"
                   "  quick: {type: workflow, flavour: express, definition: " ONE_PASS "}\n");
        /* The inline Map of the definition, distributed after the fact. */
        struct workflow_plan *plan = (struct workflow_plan *)t.plan->components[0];
        const struct workflow_plan *quick = (const struct workflow_plan *)t.plan->components[1];
        struct step steps[4];
        assert_int_equal(plan->program.count, 4);
        memcpy(steps, plan->program.steps, sizeof steps);
        plan->program.steps = steps;
        plan->express = quick->express;
        for (size_t i = 0; i < 4; i++) {
            if (strchr("AB", *steps[i].name)) steps[i].child = kinds[k];
            if (steps[i].kind == STEP_MAP) steps[i].map.distributed = true;
        }
        const struct measures m = trial_run(&t, 0, 0, 1000);
        assert_true(metric(&m, "w.success_ratio") == 1);
        assert_true(metric(&m, "flow.transitions") == (k == 0 ? 1 + 2 + 7 * (1 + 2) : 1 + 2));
        assert_true(metric(&m, "flow.history.events") == 2 + 4 + 2);
        assert_true(metric(&m, "flow.children.express") == (k == 0 ? 0 : 7));
        assert_true(usage(&m, "aws.step_functions.express.request") == (k == 0 ? 0 : 7));
        if (k == 1) /* 2 s and some milliseconds are 2.1 s, of 64 MB */
            assert_true(fabs(usage(&m, "aws.step_functions.express.gb_second") - 7 * 2.1 / 16) <
                        1e-9);
        trial_close(&t);
    }
}

/* What is too large to start with is refused; a gateway in front hears of it. */
static void test_payload(void **state)
{
    (void)state;
    static const char *const flavours[] = {"standard", "express", "google_workflows"};
    for (size_t i = 0; i < 3; i++) {
        char yaml[1000];
        struct trial t;
        snprintf(yaml, sizeof yaml,
                 "workloads: {w: {enters: f, arrivals: {batch: {items: 1, every: 9999d}}}}\n"
                 "components:\n"
                 "  f: {type: function, cold_start: 0, timeout: 60s, does: [{call: flow, bytes: "
                 "262144B}, {call: flow, bytes: 524289B}]}\n"
                 "  flow: {type: workflow, flavour: %s, definition: " ONE_PASS "}\n",
                 flavours[i]);
        const struct measures m = run(&t, yaml, 100);
        assert_true(metric(&m, "flow.calls") == 2);
        assert_true(metric(&m, "w.success_ratio") == 0);
        assert_true(metric(&m, "flow.transitions") == (i == 0 ? 2 : 1));
        trial_close(&t);
    }
}

/* Of what a flavour does not have. */
static void test_refused(void **state)
{
    (void)state;
    char many[3000] = "";
    size_t length = 0;
    for (int i = 0; i < 21; i++)
        length += (size_t)snprintf(many + length, sizeof many - length,
                                   "%s{StartAt: A%d, States: {A%d: {Type: Pass, End: true}}}",
                                   i ? ", " : "", i, i);
    char yaml[4000];
    snprintf(yaml, sizeof yaml,
             "components: {q: {type: workflow, flavour: google_workflows, definition: {StartAt: S, "
             "States: {S: {Type: Parallel, End: true, Branches: [%s]}}}}}\n",
             many);
    runs_refused(yaml, "21 branches");
    static const struct {
        const char *fields;
        const char *word;
    } rows[] = {
        {"hub: {workers: 2}", "azure_durable"},
        {"flavour: express, external: [q]", "google_workflows"},
        {"duplicate_ratio: 1%", "express"},
        {"flavour: azure_durable, payload: 1MB", "express"},
        {"flavour: express, start_transitions: 0", "standard"},
        {"flavour: google_workflows, external: q", "expected a list"},
        {"flavour: google_workflows, external: [nobody]", "no component 'nobody'"},
        {"flavour: azure_durable, hub: {partitions: 17}", "16"},
        {"flavour: logic_apps", "logic_apps"},
        {"limits: {opne: 5}", "open"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(yaml, sizeof yaml,
                 "components: {q: {type: workflow, %s, definition: " ONE_PASS "}}\n",
                 rows[i].fields);
        runs_refused(yaml, rows[i].word);
    }
    runs_refused("components: {q: {type: workflow, flavour: express, tasks: {S: c}, definition: "
                 "{StartAt: S, States: {S: {Type: Task, End: true, " START(
                     ".sync") "}}}}, c: {type: "
                              "workflow, definition: " ONE_PASS "}}\n",
                 "Express");
    runs_refused("components: {q: {type: workflow, tasks: {S: q}, definition: {StartAt: S, States: "
                 "{S: {Type: Task, End: true, " START(".sync") "}}}}}\n",
                 "never end");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_transitions_delayed),
        cmocka_unit_test(test_transitions_paced),
        cmocka_unit_test(test_starts_refused),
        cmocka_unit_test(test_quota_shared),
        cmocka_unit_test(test_open_refused),
        cmocka_unit_test(test_express_quotas),
        cmocka_unit_test(test_history_full),
        cmocka_unit_test(test_history_of_map),
        cmocka_unit_test(test_google_steps),
        cmocka_unit_test(test_longest),
        cmocka_unit_test(test_duplicates),
        cmocka_unit_test(test_nested),
        cmocka_unit_test(test_children),
        cmocka_unit_test(test_payload),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
