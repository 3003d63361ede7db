/* test_workflow_hub.c - the queues of Durable Functions: polls of empty queues counted, messages
 * that wait for one, workers that wake themselves. */
#include "models/workflow_hub.h"
#include "tests/models/scenario.h"

#define WAIT(s) "{StartAt: S, States: {S: {Type: Wait, Seconds: " #s ", End: true}}}"

static struct measures run(struct trial *t, const char *yaml, double seconds)
{
    trial_open(t, yaml);
    return trial_run(t, 0, 0, seconds);
}

/* A day of empty queues: 4 control queues and the work items, polled every 30 s in the end, are
 * 14,400 operations; doubling from 0.1 s adds 8 polls less the time they take. */
static void test_idle_polls(void **state)
{
    (void)state;
    struct hub_plan plan = {
        .workers = 1, .partitions = 4, .least = SIM_SECOND / 10, .longest = 30 * SIM_SECOND};
    struct hub hub;
    distribution_constant(&plan.hop, 0);
    hub_init(&hub, &plan);
    /* 0.1 x (2^9 - 1) = 51.1 s for 9 polls; then one each 30 s. */
    const double each = 9 + floor((86400 - 51.1) / 30);
    assert_true(hub_polls(&hub, 86400 * SIM_SECOND) == 5 * each);
    assert_true(fabs(5 * each - 14400) < 50);
    /* A window that begins in between counts the rest. */
    hub_restart(&hub, 43200 * SIM_SECOND);
    const double before = 9 + floor((43200 - 51.1) / 30);
    assert_true(hub_polls(&hub, 86400 * SIM_SECOND) == 5 * (each - before));
    plan.workers = 3; /* each polls the work items */
    assert_true(hub_polls(&hub, 86400 * SIM_SECOND) == 7 * (each - before));
}

/* A timer's message waits for a poll of a queue that has been empty for an hour: uniform over 30 s,
 * and never more. */
static void test_timer_polled(void **state)
{
    (void)state;
    struct trial t;
    const struct measures m =
        run(&t,
            "workloads: {w: {enters: flow, arrivals: {constant: {rate: 0.0002/s}}}}\n"
            "components: {flow: {type: workflow, flavour: azure_durable, hub: {partitions: 1}, "
            "definition: " WAIT(3600) "}}\n",
            4999000);
    const double n = metric(&m, "w.requests");
    const double mean = metric(&m, "w.latency.mean") - 3600;
    assert_true(n >= 990);
    /* Uniform of deviation 30 / sqrt(12); hops of 20 ms or so. */
    if (!(fabs(mean - 15.05) < 5 * 30 / sqrt(12 * n) + 0.05)) fail_msg("%.3f s", mean);
    assert_true(metric(&m, "w.latency.max") < 3600 + 31);
    trial_close(&t);
}

/* One worker wakes itself: a chain takes hops alone. Of several, some messages wait; for less where
 * polls may be no further apart than a second. */
static void test_workers(void **state)
{
    (void)state;
    static const char *const hubs[] = {"workers: 1", "workers: 4, polling_longest: 1s",
                                       "workers: 4"};
    double latency[3];
    for (size_t i = 0; i < 3; i++) {
        char yaml[1000];
        struct trial t;
        snprintf(yaml, sizeof yaml,
                 "workloads: {w: {enters: flow, arrivals: {constant: {rate: 0.005/s}}}}\n"
                 "components:\n"
                 "  a: {type: service, servers: 9, time: 8s}\n"
                 "  flow: {type: workflow, flavour: azure_durable, hub: {%s}, definition: "
                 "{StartAt: S, States: {S: {Type: Task, Resource: a, End: true}}}}\n",
                 hubs[i]);
        const struct measures m = run(&t, yaml, 100150);
        latency[i] = metric(&m, "w.latency.mean") - 8;
        assert_true(metric(&m, "w.success_ratio") == 1);
        trial_close(&t);
    }
    assert_true(latency[0] > 0.02 && latency[0] < 0.2);
    assert_true(latency[1] > latency[0] + 0.3 && latency[1] < 3);
    assert_true(latency[2] > latency[1] + 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_idle_polls),
        cmocka_unit_test(test_timer_polled),
        cmocka_unit_test(test_workers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
