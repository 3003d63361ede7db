/* test_gateway.c - the gateway's bucket, time-out and bill, on exact time lines. */
#include "tests/models/runs.h"

#define FREE_GATEWAY "{type: gateway, kind: http, calls: q, latency: 0"

static void test_overhead(void **state)
{
    (void)state;
    struct runs runs;
    runs_make(&runs,
              "workloads: {w: {enters: g, arrivals: {constant: {rate: 1/s}}}}\n"
              "components:\n"
              "  g: {type: gateway, calls: q, latency: 20ms}\n"
              "  q: {type: service, time: 100ms}\n",
              1, 0, 10.5);
    runs_exact(&runs, "g.calls", 10);
    runs_exact(&runs, "g.latency.mean", 0.12);
    runs_exact(&runs, "q.latency.mean", 0.1);
    runs_exact(&runs, "w.latency.mean", 0.12);
    runs_exact(&runs, "g.timeouts", 0);
    assert_true(runs_usage(&runs, "aws.api_gateway.http.request") == 10);
    runs_free(&runs);
}

/* A bucket of five that refills by 4.7 in ten seconds meets twelve at once: 5 pass, then 4 (0.7
 * stay), then 5. What is throttled is not billed. */
static void test_bucket(void **state)
{
    (void)state;
    struct runs runs;
    runs_make(&runs,
              "workloads: {w: {enters: g, arrivals: {batch: {items: 12, every: 10s}}}}\n"
              "components:\n"
              "  g: " FREE_GATEWAY ", throttle: {rate: 0.47/s, burst: 5}}\n"
              "  q: {type: service, servers: 100, time: 1s}\n",
              1, 0, 25);
    runs_exact(&runs, "g.calls", 36);
    runs_exact(&runs, "q.calls", 14);
    runs_exact(&runs, "g.throttled", 22);
    runs_exact(&runs, "g.refused.ratio", 22.0 / 36);
    runs_exact(&runs, "w.success_ratio", 14.0 / 36);
    assert_true(runs_usage(&runs, "aws.api_gateway.http.request") == 14);
    runs_free(&runs);
}

/* A burst that is left out is a second's worth. */
static void test_default_burst(void **state)
{
    (void)state;
    struct runs runs;
    runs_make(&runs,
              "workloads: {w: {enters: g, arrivals: {batch: {items: 12, every: 10s}}}}\n"
              "components:\n"
              "  g: " FREE_GATEWAY ", throttle: {rate: 7/s}}\n"
              "  q: {type: service, servers: 100, time: 1s}\n",
              1, 0, 5);
    runs_exact(&runs, "g.throttled", 5);
    runs_free(&runs);
}

/* Without a throttle of its own it has the account's: 5,000 at once. */
static void test_account_throttle(void **state)
{
    (void)state;
    struct runs runs;
    runs_make(&runs,
              "workloads: {w: {enters: g, arrivals: {batch: {items: 6000, every: 10s}}}}\n"
              "components:\n"
              "  g: " FREE_GATEWAY "}\n"
              "  q: {type: service, servers: 10000, time: 1s}\n",
              1, 0, 5);
    runs_exact(&runs, "g.throttled", 1000);
    runs_free(&runs);
}

/* What is behind takes three seconds, the gateway waits for one: every caller hears of it after 1.1
 * s, every call is served to its end. That the accounts of all requests add up to their latency is
 * checked in every run. */
static void test_timeout(void **state)
{
    (void)state;
    struct runs runs;
    runs_make(&runs,
              "workloads: {w: {enters: g, arrivals: {constant: {rate: 0.1/s}}}}\n"
              "components:\n"
              "  g: {type: gateway, calls: q, latency: 100ms, timeout: 1s}\n"
              "  q: {type: service, time: 3s}\n",
              1, 0, 100);
    runs_exact(&runs, "g.calls", 10);
    runs_exact(&runs, "g.timeouts", 9);
    runs_exact(&runs, "g.failed.ratio", 0.9);
    runs_exact(&runs, "g.in_flight.mean", 9 * 1.1 / 100);
    runs_exact(&runs, "w.success_ratio", 0);
    runs_exact(&runs, "q.latency.mean", 3);
    runs_exact(&runs, "q.utilization", 9 * 3 / 100.0);
    assert_true(runs_usage(&runs, "aws.api_gateway.http.request") == 10);
    runs_free(&runs);
}

/* Three at once on one server of 0.8 s: the first is in time, the second while it is served and the
 * third while it waits are given up. */
static void test_timeout_in_queue(void **state)
{
    (void)state;
    struct runs runs;
    runs_make(&runs,
              "workloads: {w: {enters: g, arrivals: {batch: {items: 3, every: 100s}}}}\n"
              "components:\n"
              "  g: " FREE_GATEWAY ", timeout: 1s}\n"
              "  q: {type: service, time: 800ms}\n",
              1, 0, 10);
    runs_exact(&runs, "g.timeouts", 2);
    runs_exact(&runs, "g.latency.mean", 0.8);
    runs_exact(&runs, "g.in_flight.mean", 2.8 / 10);
    runs_exact(&runs, "q.wait.mean", 0.8);
    runs_exact(&runs, "q.latency.mean", 1.6);
    runs_free(&runs);
}

/* Under random load nobody waits longer than the time-out, and the share given up is that of
 * services too long. */
static void test_timeout_share(void **state)
{
    (void)state;
    struct runs runs;
    runs_make(&runs,
              "workloads: {w: {enters: g, arrivals: {poisson: {rate: 20/s}}}}\n"
              "components:\n"
              "  g: " FREE_GATEWAY ", timeout: 1s}\n"
              "  q: {type: service, servers: 1000, time: {exponential: {mean: 500ms}}}\n",
              20, 10, 310);
    runs_expect(&runs, "g.failed.ratio", exp(-2), 0.02);
    for (size_t i = 0; i < runs.count; i++) assert_true(runs_value(&runs, i, "w.latency.max") <= 1);
    runs_free(&runs);
}

static void test_outcome_is_passed_on(void **state)
{
    (void)state;
    struct runs runs;
    runs_make(&runs,
              "workloads: {w: {enters: g, arrivals: {batch: {items: 4, every: 100s}}}}\n"
              "components:\n"
              "  g: " FREE_GATEWAY "}\n"
              "  q: {type: service, time: 1s, queue_limit: 0, throttle: {rate: 3/s, burst: 3}}\n",
              1, 0, 10);
    runs_exact(&runs, "g.throttled", 1); /* the other two find the server busy */
    runs_exact(&runs, "g.refused.ratio", 0.75);
    runs_exact(&runs, "w.success_ratio", 0.25);
    runs_free(&runs);
}

/* HTTP: 600 KB are two requests of 512 KB. REST: any size is one. Over 10 MB: refused and not
 * billed. */
static void test_bill(void **state)
{
    (void)state;
    static const struct {
        const char *kind;
        const char *bytes;
        const char *price;
        double billed;
    } cases[] = {
        {"http", "0", "aws.api_gateway.http.request", 1},
        {"http", "512KB", "aws.api_gateway.http.request", 1},
        {"http", "600KB", "aws.api_gateway.http.request", 2},
        {"http", "10MB", "aws.api_gateway.http.request", 20},
        {"http", "11MB", "aws.api_gateway.http.request", 0},
        {"rest", "600KB", "aws.api_gateway.rest.request", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct runs runs;
        char yaml[1000];
        snprintf(yaml, sizeof yaml,
                 "workloads: {w: {enters: f, arrivals: {batch: {items: 1, every: 100s}}}}\n"
                 "components:\n"
                 "  f: {type: function, cold_start: 0, does: [{call: g, bytes: %s}]}\n"
                 "  g: {type: gateway, kind: %s, calls: q}\n"
                 "  q: {type: service, time: 1s}\n",
                 cases[i].bytes, cases[i].kind);
        runs_make(&runs, yaml, 1, 0, 10);
        runs_exact(&runs, "g.calls", 1);
        runs_exact(&runs, "q.calls", cases[i].billed > 0);
        runs_exact(&runs, "w.success_ratio", cases[i].billed > 0);
        assert_true(runs_usage(&runs, cases[i].price) == cases[i].billed);
        runs_free(&runs);
    }
}

/* The catalogue's overhead: its mean was measured as 14.13 ms. */
static void test_catalogue_overhead(void **state)
{
    (void)state;
    struct runs runs;
    runs_make(&runs,
              "workloads: {w: {enters: g, arrivals: {constant: {rate: 50/s}}}}\n"
              "components:\n"
              "  g: {type: gateway, calls: q}\n"
              "  q: {type: service, servers: 10, time: 0}\n",
              20, 0, 60);
    runs_expect(&runs, "g.latency.mean", 0.01247 * exp(0.125), 0.01);
    runs_free(&runs);
}

static void test_edge(void **state)
{
    (void)state;
    struct runs runs;
    runs_make(&runs,
              "workloads: {w: {enters: g, arrivals: {constant: {rate: 1/s}}}}\n"
              "components:\n"
              "  g: {type: gateway, kind: edge, calls: q, latency: 5ms}\n"
              "  q: {type: service, time: 10ms}\n",
              1, 0, 10.5);
    runs_exact(&runs, "g.latency.mean", 0.015);
    runs_free(&runs);
}

static void test_faults(void **state)
{
    (void)state;
    runs_refused("components: {q: {type: gateway}}\n", "calls");
    runs_refused("components: {q: {type: gateway, calls: sevice}, service: {type: service}}\n",
                 "did you mean 'service'");
    runs_refused("components: {q: {type: gateway, calls: [s]}, s: {type: service}}\n",
                 "name of a component");
    runs_refused("components: {q: {type: gateway, kind: htp, calls: s}, s: {type: service}}\n",
                 "did you mean 'http'");
    runs_refused("components: {q: {type: gateway, calls: s, timeout: 1ms}, s: {type: service}}\n",
                 "timeout");
    runs_refused("components: {q: {type: gateway, calls: q}}\n", "never end");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_overhead),      cmocka_unit_test(test_bucket),
        cmocka_unit_test(test_default_burst), cmocka_unit_test(test_account_throttle),
        cmocka_unit_test(test_timeout),       cmocka_unit_test(test_timeout_in_queue),
        cmocka_unit_test(test_timeout_share), cmocka_unit_test(test_outcome_is_passed_on),
        cmocka_unit_test(test_bill),          cmocka_unit_test(test_catalogue_overhead),
        cmocka_unit_test(test_edge),          cmocka_unit_test(test_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
