/* test_function.c - functions against closed forms, published figures and hand-made timelines. */
#include "tests/models/scenario.h"

static double relative(double value, double expected)
{
    return fabs(value / expected - 1);
}

/* SimFaaS's README gives, for arrivals at 0.9/s, exponential service of 1.991 s warm and 2.244 s
 * cold, and an expiry of 600 s: cold starts 0.14 %, 7.66 servers, 1.79 running, 5.87 idle, a
 * lifespan of 6,335 s. It prefers the newest instance, we the most recently used, and its figures
 * come from one run; so 3 % for means and 12 % for what hangs on rare cold starts. */
static void test_published(void **state)
{
    (void)state;
    struct trial t;
    trial_open(
        &t,
        "workloads: {w: {enters: f, arrivals: {poisson: {rate: 0.9/s}}}}\n"
        "components:\n"
        "  f: {type: function, does: [{compute: {io: {exponential: {mean: 1.991s}}}}],\n"
        "      cold_invocation: {exponential: {mean: 2.244s}}, keep_alive: 600s, timeout: 900s}\n");
    const struct measures m = trial_run(&t, 0, 10000, 1000000);
    assert_true(relative(metric(&m, "f.cold_start.ratio"), 0.0014) < 0.12);
    assert_true(relative(metric(&m, "f.instances.mean"), 7.66) < 0.03);
    assert_true(relative(metric(&m, "f.running.mean"), 1.79) < 0.03);
    assert_true(relative(metric(&m, "f.idle.mean"), 5.87) < 0.03);
    assert_true(relative(metric(&m, "f.lifespan.mean"), 6335) < 0.12);
    trial_close(&t);
}

/* Without limits, running invocations are M/G/infinity: a mean of rate x service time, whatever the
 * law. */
static void test_infinite_servers(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, "workloads: {w: {enters: f, arrivals: {poisson: {rate: 20/s}}}}\n"
                   "components:\n"
                   "  f: {type: function, timeout: 900s, cold_start: 0, keep_alive: 5s,\n"
                   "      does: [{compute: {io: {lognormal: {median: 300ms, sigma: 0.8}}}}]}\n");
    assert_near(trial_sample(&t, "f.running.mean", 10, 100, 3000), 20 * 0.3 * exp(0.32));
    trial_close(&t);
}

/* One user who thinks for an exponential time: the instance is gone with probability exp(-keep
 * alive / think). */
static void test_cold_probability(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, "workloads: {w: {enters: f, arrivals: {closed: {users: 1, think: {exponential: "
                   "{mean: 100s}}}}}}\n"
                   "components:\n"
                   "  f: {type: function, timeout: 60s, cold_start: 1s, keep_alive: 150s, does: "
                   "[{compute: {io: 1s}}]}\n");
    assert_near(trial_sample(&t, "f.cold_start.ratio", 10, 1000, 300000), exp(-1.5));
    trial_close(&t);
}

/* Reserved concurrency without waiting is the Erlang loss system: B(5 erlang, 8 servers). */
static void test_erlang_loss(void **state)
{
    (void)state;
    struct trial t;
    double b = 1;
    for (int k = 1; k <= 8; k++) b = 5 * b / (k + 5 * b);
    trial_open(&t,
               "workloads: {w: {enters: f, arrivals: {poisson: {rate: 10/s}}}}\n"
               "components:\n"
               "  f: {type: function, timeout: 60s, cold_start: 0, concurrency: {reserved: 8},\n"
               "      does: [{compute: {io: {exponential: {mean: 500ms}}}}]}\n");
    assert_near(trial_sample(&t, "f.refused.ratio", 10, 50, 5000), b);
    trial_close(&t);
}

/* Two functions share the account's quota: together they never run more than it, and what is over
 * is throttled. */
static void test_account(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, "account: {concurrency: 10}\n"
                   "workloads:\n"
                   "  v: {enters: f, arrivals: {batch: {items: 8, every: 10s}}}\n"
                   "  w: {enters: g, arrivals: {batch: {items: 8, every: 10s}}}\n"
                   "components:\n"
                   "  f: {type: function, cold_start: 0, does: [{compute: {io: 1s}}]}\n"
                   "  g: {type: function, cold_start: 0, does: [{compute: {io: 1s}}]}\n");
    const struct measures m = trial_run(&t, 0, 0, 95);
    assert_true(metric(&m, "f.concurrency.max") + metric(&m, "g.concurrency.max") == 10);
    assert_true(metric(&m, "f.throttled") + metric(&m, "g.throttled") == 10 * 6);
    trial_close(&t);
}

/* Provisioned instances are warm; each takes ten calls a second, what is beyond spills over to
 * on-demand ones. */
static void test_provisioned(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, "workloads: {w: {enters: f, arrivals: {batch: {items: 3, every: 1s}}}}\n"
                   "components:\n"
                   "  f: {type: function, cold_start: 1s, concurrency: {provisioned: 2}, does: "
                   "[{compute: {io: 500ms}}]}\n");
    struct measures m = trial_run(&t, 0, 0, 10.9);
    assert_true(metric(&m, "f.cold_start.ratio") ==
                2.0 / 33); /* the third of the first two batches: the first is busy until 1.5 s */
    trial_close(&t);
    trial_open(&t, "workloads: {w: {enters: f, arrivals: {constant: {rate: 100/s}}}}\n"
                   "components:\n"
                   "  f: {type: function, cold_start: 0, concurrency: {provisioned: 4}, does: "
                   "[{compute: {io: 1ms}}]}\n");
    m = trial_run(&t, 0, 10, 110);
    /* Four units take 40 of 100 calls a second, though never two run at once. */
    assert_true(fabs(usage(&m, "aws.lambda.provisioned_request") - 4000) <= 1 ||
                fabs(usage(&m, "aws.lambda.request") - 6000) <= 1);
    trial_close(&t);
}

/* CPU time stretches with memory up to one vCPU (1,769 MB); input and output do not. Billing rounds
 * up to the millisecond. */
static void test_cpu_and_billing(void **state)
{
    (void)state;
    static const struct {
        const char *memory;
        double latency;
    } rows[] = {{"1769MB", 0.1502}, {"3538MB", 0.1502}, {"442MB", 0.1 * 1769 / 442 + 0.0502}};
    for (size_t i = 0; i < 3; i++) {
        char yaml[600];
        struct trial t;
        snprintf(yaml, sizeof yaml,
                 "workloads: {w: {enters: f, arrivals: {constant: {rate: 1/s}}}}\n"
                 "components:\n"
                 "  f: {type: function, memory: %s, cold_start: 0, keep_alive: 1h, does: "
                 "[{compute: {cpu: 100ms, io: 50200us}}]}\n",
                 rows[i].memory);
        trial_open(&t, yaml);
        const struct measures m = trial_run(&t, 0, 10.5, 110.5);
        assert_true(fabs(metric(&m, "f.latency.mean") - rows[i].latency) < 2e-9);
        const double gb = strtod(rows[i].memory, NULL) / 1024;
        const double expected = 100 * ceil(rows[i].latency * 1000 - 1e-6) / 1000 * gb;
        assert_true(relative(usage(&m, "aws.lambda.gb_second.x86_64"), expected) < 1e-12);
        assert_true(usage(&m, "aws.lambda.request") == 100);
        trial_close(&t);
    }
}

/* A time-out ends the invocation, bills it in full and resets the instance: each next one is cold.
 */
static void test_timeout(void **state)
{
    (void)state;
    struct trial t;
    trial_open(
        &t,
        "workloads: {w: {enters: f, arrivals: {constant: {rate: 0.1/s}}}}\n"
        "components:\n"
        "  f: {type: function, memory: 1024MB, timeout: 2s, cold_start: 250ms, does: [{call: s}]}\n"
        "  s: {type: service, servers: 100, time: 5s}\n");
    const struct measures m = trial_run(&t, 0, 0, 105);
    assert_true(metric(&m, "f.failed.ratio") == 1);
    assert_true(metric(&m, "f.cold_start.ratio") == 1);
    assert_true(metric(&m, "w.success_ratio") == 0);
    assert_true(metric(&m, "s.calls") == 10); /* what was asked goes on, though nobody waits */
    assert_true(metric(&m, "s.latency.mean") == 5);
    assert_true(fabs(usage(&m, "aws.lambda.gb_second.x86_64") - 10 * 2.25) < 1e-9);
    trial_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published),        cmocka_unit_test(test_infinite_servers),
        cmocka_unit_test(test_cold_probability), cmocka_unit_test(test_erlang_loss),
        cmocka_unit_test(test_account),          cmocka_unit_test(test_provisioned),
        cmocka_unit_test(test_cpu_and_billing),  cmocka_unit_test(test_timeout),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
