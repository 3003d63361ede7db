/* test_function.c - functions against closed forms, published figures and hand-made timelines. */
#include "models/pricing.h"
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

/* Modified Bessel function of the first kind, by its power series. */
static double bessel_i(int order, double x)
{
    double term = 1;
    for (int k = 1; k <= order; k++) term *= x / 2 / k;
    double sum = term;
    for (int k = 1; k < 60; k++) {
        term *= x * x / 4 / k / (k + order);
        sum += term;
    }
    return sum;
}

/* With constant service that is longer than the keep-alive D, the invocations that end in the D
 * before an arrival began before that stretch: ends and arrivals in it are independent Poisson
 * processes of the arrival rate. The most recently used instance is taken first, so whether one is
 * idle depends on this stretch alone: none is if, going back from the arrival, the ends never
 * outnumber the arrivals. For the symmetric walk of rate 2 rate, by the reflection principle,
 *     P(cold) = P(walk at D is 0) + P(it is 1) = exp(-x) (I0(x) + I1(x)),   x = 2 rate D.
 * Any other order of reuse gives another value. */
static void test_short_keep_alive(void **state)
{
    (void)state;
    static const double keep_alive_ms[] = {20, 100, 400};
    for (size_t i = 0; i < 3; i++) {
        char yaml[400];
        struct trial t;
        const double x = 2 * 10 * keep_alive_ms[i] / 1000;
        snprintf(
            yaml, sizeof yaml,
            "workloads: {w: {enters: f, arrivals: {poisson: {rate: 10/s}}}}\n"
            "components:\n"
            "  f: {type: function, cold_start: 0, keep_alive: %.0fms, does: [{wait: 500ms}]}\n",
            keep_alive_ms[i]);
        trial_open(&t, yaml);
        const struct sample ratio = trial_sample(&t, "f.cold_start.ratio", 10, 10, 3000);
        assert_true(ratio.error < 0.01);
        assert_near(ratio, exp(-x) * (bessel_i(0, x) + bessel_i(1, x)));
        trial_close(&t);
    }
}

/* Nothing kept: every invocation is cold and has an instance of its own. */
static void test_no_keep_alive(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, "workloads: {w: {enters: f, arrivals: {poisson: {rate: 5/s}}}}\n"
                   "components:\n"
                   "  f: {type: function, cold_start: 200ms, keep_alive: 0s, does: [{wait: "
                   "300ms}]}\n");
    const struct measures m = trial_run(&t, 0, 10, 500);
    assert_true(metric(&m, "f.calls") > 2000);
    assert_true(metric(&m, "f.cold_start.ratio") == 1);
    assert_true(fabs(metric(&m, "f.latency.mean") - 0.5) < 1e-9);
    assert_true(fabs(metric(&m, "f.idle.mean")) < 1e-9);
    assert_true(fabs(metric(&m, "f.lifespan.mean") - 0.5) < 1e-9);
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
    assert_true(fabs(usage(&m, "aws.lambda.provisioned_request") - 4000) <= 1);
    assert_true(fabs(usage(&m, "aws.lambda.request") - 6000) <= 1);
    assert_true(metric(&m, "w.success_ratio") == 1);
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
    } rows[] = {{"1769MB", 0.1502},
                {"3538MB", 0.1502},
                {"884.5MB", 0.2502},
                {"442MB", 0.1 * 1769 / 442 + 0.0502}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
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

/* What the usage of a replication costs, `scale` times, at list prices. */
static double cost(const struct measures *m, double scale)
{
    double sum = 0;
    for (size_t i = 0; i < m->usage_count; i++) {
        double usd = 0;
        price_month(m->usage[i].price, m->usage[i].quantity * scale, false, NULL, &usd);
        sum += usd;
    }
    return sum;
}

/* Bills worked out by hand: 100 invocations in 100 s, taken as 10 million (1,000 for the last). */
static void test_bills(void **state)
{
    (void)state;
    static const struct {
        const char *function;
        double scale;
        double usd;
    } rows[] = {
        /* 2.00 + 10M x 0.2 s x 0.5 GB x 0.0000166667 */
        {"memory: 512MB, keep_alive: 1h, cold_start: 300ms", 1e5, 18.6667},
        /* 2.00 + 10M x 0.2 s x 0.5 GB x 0.0000133334 */
        {"memory: 512MB, keep_alive: 1h, cold_start: 300ms, architecture: arm64", 1e5, 15.3334},
        /* all cold, and the start-up of 300 ms billed: 2.00 + 10M x 0.5 s x 0.5 GB x ... */
        {"memory: 512MB, keep_alive: 0s, cold_start: 300ms", 1e5, 43.66675},
        /* 10 kept warm: 10 x 1 GB x 1,000 s x 0.0000041667 + 1,000 x 0.2 x 0.0000097222 + 0.0002 */
        {"memory: 1024MB, concurrency: {provisioned: 10}", 10, 0.0438114},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char yaml[500];
        struct trial t;
        snprintf(yaml, sizeof yaml,
                 "workloads: {w: {enters: f, arrivals: {constant: {rate: 1/s}}}}\n"
                 "components:\n"
                 "  f: {type: function, %s, does: [{compute: {io: 200ms}}]}\n",
                 rows[i].function);
        trial_open(&t, yaml);
        const struct measures m = trial_run(&t, 0, 10.5 + 0.4, 110.5 + 0.4);
        if (!(relative(cost(&m, rows[i].scale), rows[i].usd) < 1e-5))
            fail_msg("%s: %.8f, expected %.8f", rows[i].function, cost(&m, rows[i].scale),
                     rows[i].usd);
        trial_close(&t);
    }
}

/* A cold start out of its parts: placement is waited for and not billed, the start-up is both. The
 * application's own part is constant, so two of them differ by just that, in time and bill. */
static void test_cold_parts(void **state)
{
    (void)state;
    double latency[2];
    double billed[2];
    for (int i = 0; i < 2; i++) {
        char yaml[500];
        struct trial t;
        snprintf(yaml, sizeof yaml,
                 "workloads: {w: {enters: f, arrivals: {constant: {rate: 0.1/s}}}}\n"
                 "components:\n"
                 "  f: {type: function, memory: 1024MB, timeout: 60s, keep_alive: 0s, init: %s, "
                 "does: [{wait: 1s}]}\n",
                 i == 0 ? "0s" : "750ms");
        trial_open(&t, yaml);
        const struct measures m = trial_run(&t, 0, 0, 1005);
        assert_true(metric(&m, "f.calls") == 100);
        latency[i] = metric(&m, "f.latency.mean");
        billed[i] = usage(&m, "aws.lambda.gb_second.x86_64") / 100;
        assert_true(fabs(latency[i] - 1 - metric(&m, "f.cold_start.mean")) < 1e-8);
        assert_true(billed[i] < latency[i] + 0.001); /* rounded up to a millisecond */
        assert_true(billed[i] > 1.05);               /* the runtime's start-up is in it */
        trial_close(&t);
    }
    assert_true(fabs(latency[1] - latency[0] - 0.75) < 1e-8);
    assert_true(fabs(billed[1] - billed[0] - 0.75) < 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published),
        cmocka_unit_test(test_infinite_servers),
        cmocka_unit_test(test_cold_probability),
        cmocka_unit_test(test_erlang_loss),
        cmocka_unit_test(test_account),
        cmocka_unit_test(test_provisioned),
        cmocka_unit_test(test_cpu_and_billing),
        cmocka_unit_test(test_timeout),
        cmocka_unit_test(test_short_keep_alive),
        cmocka_unit_test(test_no_keep_alive),
        cmocka_unit_test(test_bills),
        cmocka_unit_test(test_cold_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
