/* test_service.c - queues with known answers: exact time lines, and closed forms within five
 * standard errors.
 *
 * The standard errors are those of the means of independent replications; with 19 degrees of
 * freedom a mean lies five of them off with probability 8e-5. Seeds are fixed, so a test either
 * always passes or never.
 */
#include "models/ledger.h"
#include "models/service.h"
#include "models/workload.h"
#include "tests/models/queueing.h"
#include "tests/models/runs.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
/* clang-format off: needs those above */
#include <cmocka.h>
/* clang-format on */

#define REPLICATIONS 20

static void test_mm1(void **state)
{
    (void)state;
    struct runs runs;
    runs_make(&runs,
              "workloads: {w: {enters: q, arrivals: {poisson: {rate: 8/s}}}}\n"
              "components: {q: {type: service, servers: 1, time: {exponential: {mean: 100ms}}}}\n",
              REPLICATIONS, 200, 5000);
    const double rho = 0.8;
    const double mu = 10;
    runs_expect(&runs, "q.wait.mean", rho / (mu - 8), 0.03);
    runs_expect(&runs, "q.queue.mean", rho * rho / (1 - rho), 0.03);
    runs_expect(&runs, "q.utilization", rho, 0.01);
    runs_expect(&runs, "q.latency.mean", 1 / (mu - 8), 0.03);
    runs_expect(&runs, "q.in_flight.mean", rho / (1 - rho), 0.03);
    runs_expect(&runs, "q.throughput", 8, 0.01);
    /* P(wait > t) = rho exp(-(mu - lambda) t), sojourn exponential; a quantile of one run is a
     * little biased, far less than its error. */
    runs_expect(&runs, "q.wait.p95", log(rho / 0.05) / (mu - 8), 0.05);
    runs_expect(&runs, "q.latency.p95", log(20) / (mu - 8), 0.05);
    assert_true(runs_mean(&runs, "q.refused.ratio") == 0);
    runs_free(&runs);
}

static void test_mmc(void **state)
{
    (void)state;
    struct runs runs;
    runs_make(&runs,
              "workloads: {w: {enters: q, arrivals: {poisson: {rate: 25/s}}}}\n"
              "components: {q: {type: service, servers: 3, time: {exponential: {mean: 100ms}}}}\n",
              REPLICATIONS, 100, 2000);
    const double wait = erlang_c(25, 10, 3) / (3 * 10 - 25);
    runs_expect(&runs, "q.wait.mean", wait, 0.03);
    runs_expect(&runs, "q.queue.mean", 25 * wait, 0.03);
    runs_expect(&runs, "q.latency.mean", wait + 0.1, 0.03);
    runs_expect(&runs, "q.utilization", 25.0 / 30, 0.01);
    runs_free(&runs);
}

static void test_mmck(void **state)
{
    (void)state;
    struct runs runs;
    runs_make(
        &runs,
        "workloads: {w: {enters: q, arrivals: {poisson: {rate: 25/s}}}}\n"
        "components:\n"
        "  q: {type: service, servers: 2, queue_limit: 3, time: {exponential: {mean: 100ms}}}\n",
        REPLICATIONS, 50, 1500);
    const struct markov_queue q = markov_queue(25, 10, 2, 5);
    runs_expect(&runs, "q.refused.ratio", q.refused, 0.03);
    runs_expect(&runs, "q.queue.mean", q.queue, 0.03);
    runs_expect(&runs, "q.wait.mean", q.wait, 0.03);
    runs_expect(&runs, "q.utilization", q.utilization, 0.01);
    runs_expect(&runs, "q.throughput", 25 * (1 - q.refused), 0.01);
    assert_true(runs_mean(&runs, "q.queue.max") == 3);
    runs_free(&runs);
}

/* M/G/c/c, Erlang's loss system: the blocking does not depend on the law of service but on its
 * mean. */
static void test_loss(void **state)
{
    (void)state;
    struct runs runs;
    runs_make(
        &runs,
        "workloads: {w: {enters: q, arrivals: {poisson: {rate: 25/s}}}}\n"
        "components:\n"
        "  q: {type: service, servers: 4, queue_limit: 0, time: {uniform: {from: 0, to: 200ms}}}\n",
        REPLICATIONS, 50, 1500);
    const struct markov_queue q = markov_queue(25, 10, 4, 4);
    runs_expect(&runs, "q.refused.ratio", q.refused, 0.03);
    assert_true(runs_mean(&runs, "q.wait.mean") == 0);
    assert_true(runs_mean(&runs, "q.queue.max") == 0);
    runs_free(&runs);
}

static void test_md1(void **state)
{
    (void)state;
    struct runs runs;
    runs_make(&runs,
              "workloads: {w: {enters: q, arrivals: {poisson: {rate: 8/s}}}}\n"
              "components: {q: {type: service, time: 100ms}}\n",
              REPLICATIONS, 200, 4000);
    runs_expect(&runs, "q.wait.mean", pollaczek_khinchine(8, 0.1, 0), 0.03);
    runs_expect(&runs, "q.utilization", 0.8, 0.01);
    runs_free(&runs);
}

static void test_mg1_lognormal(void **state)
{
    (void)state;
    const double sigma = 0.8;
    const double mean = 0.07 * exp(sigma * sigma / 2);
    struct runs runs;
    runs_make(&runs,
              "workloads: {w: {enters: q, arrivals: {poisson: {rate: 7/s}}}}\n"
              "components: {q: {type: service, time: {lognormal: {median: 70ms, sigma: 0.8}}}}\n",
              REPLICATIONS, 200, 6000);
    runs_expect(&runs, "q.wait.mean", pollaczek_khinchine(7, mean, exp(sigma * sigma) - 1), 0.03);
    runs_expect(&runs, "q.utilization", 7 * mean, 0.01);
    runs_free(&runs);
}

/* Users who think and ask: the machine repairman. */
static void test_closed(void **state)
{
    (void)state;
    struct runs runs;
    runs_make(
        &runs,
        "workloads:\n"
        "  w: {enters: q, arrivals: {closed: {users: 12, think: {exponential: {mean: 1s}}}}}\n"
        "components: {q: {type: service, time: {exponential: {mean: 100ms}}}}\n",
        REPLICATIONS, 100, 2500);
    const struct closed_queue q = closed_queue(12, 1, 0.1);
    runs_expect(&runs, "q.throughput", q.throughput, 0.01);
    runs_expect(&runs, "q.utilization", q.utilization, 0.01);
    runs_expect(&runs, "q.latency.mean", q.response, 0.02);
    runs_expect(&runs, "q.in_flight.mean", 12 - q.throughput, 0.02);
    runs_free(&runs);
}

/* Five at once on two servers of one second: waits 0, 0, 1, 1, 2. */
static void test_batch_timeline(void **state)
{
    (void)state;
    struct runs runs;
    runs_make(&runs,
              "workloads: {w: {enters: q, arrivals: {batch: {items: 5, every: 100s}}}}\n"
              "components: {q: {type: service, servers: 2, time: 1s, price: $0.5}}\n",
              1, 0, 10);
    runs_exact(&runs, "q.calls", 5);
    runs_exact(&runs, "q.wait.mean", 0.8);
    runs_exact(&runs, "q.latency.mean", 1.8);
    runs_exact(&runs, "q.queue.max", 3);
    runs_exact(&runs, "q.queue.mean", 4.0 / 10);
    runs_exact(&runs, "q.utilization", 5.0 / 20);
    assert_true(runs_usage(&runs, "q.price") == 5);
    runs_free(&runs);
}

/* The same with a window that begins amid the queue: only what lies within counts, and the queue's
 * law of Little (which the service checks itself) holds with calls carried over. */
static void test_window_amid_queue(void **state)
{
    (void)state;
    struct runs runs;
    runs_make(&runs,
              "workloads: {w: {enters: q, arrivals: {batch: {items: 5, every: 100s}}}}\n"
              "components: {q: {type: service, servers: 2, time: 1s, price: $0.5}}\n",
              1, 0.5, 1.75);
    runs_exact(&runs, "q.calls", 0);
    runs_exact(&runs, "q.wait.mean", 1); /* of the two that begin within, since they joined */
    runs_exact(&runs, "q.queue.mean", (3 * 0.5 + 1 * 0.75) / 1.25);
    runs_exact(&runs, "q.queue.max", 3);
    runs_exact(&runs, "q.utilization", 1);
    assert_true(runs_usage(&runs, "q.price") == 2);
    runs_free(&runs);
    /* Two of the five have ended before this window: three are paid for. */
    runs_make(&runs,
              "workloads: {w: {enters: q, arrivals: {batch: {items: 5, every: 100s}}}}\n"
              "components: {q: {type: service, servers: 2, time: 1s, price: $0.5}}\n",
              1, 1.25, 3.5);
    runs_exact(&runs, "q.wait.mean", 2);
    runs_exact(&runs, "q.queue.mean", 0.75 / 2.25);
    assert_true(runs_usage(&runs, "q.price") == 3);
    runs_free(&runs);
}

/* One server, no room to wait: the second and third of each batch of three are refused. A bucket of
 * two a second for batches of five a second: three are throttled before anything else is looked at.
 */
static void test_refused_and_throttled(void **state)
{
    (void)state;
    struct runs runs;
    runs_make(&runs,
              "workloads: {w: {enters: q, arrivals: {batch: {items: 3, every: 2s}}}}\n"
              "components: {q: {type: service, queue_limit: 0, time: 1s}}\n",
              1, 0, 7);
    runs_exact(&runs, "q.calls", 12);
    runs_exact(&runs, "q.refused.ratio", 8.0 / 12);
    runs_exact(&runs, "q.throttled", 0);
    runs_free(&runs);
    runs_make(
        &runs,
        "workloads: {w: {enters: q, arrivals: {batch: {items: 5, every: 1s}}}}\n"
        "components:\n"
        "  q: {type: service, queue_limit: 0, time: 100ms, throttle: {rate: 2/s, burst: 2}}\n",
        1, 0, 3.5);
    runs_exact(&runs, "q.calls", 20);
    runs_exact(&runs, "q.throttled", 12);
    runs_exact(&runs, "q.refused.ratio",
               16.0 / 20); /* one of the two that pass finds the server free */
    runs_free(&runs);
}

/* A share of calls fails, after the time that service takes. */
static void test_failure(void **state)
{
    (void)state;
    struct runs runs;
    runs_make(&runs,
              "workloads: {w: {enters: q, arrivals: {constant: {rate: 10/s}}}}\n"
              "components: {q: {type: service, time: 50ms, failure: 30%}}\n",
              REPLICATIONS, 1, 301);
    runs_expect(&runs, "q.failed.ratio", 0.3, 0.02);
    runs_expect(&runs, "q.throughput", 7, 0.02);
    assert_true(fabs(runs_mean(&runs, "q.utilization") - 0.5) < 0.001);
    runs_free(&runs);
}

/* Whether a call fails has nothing to do with how long it takes: those that do not fail take the
 * mean time. */
static void test_failure_is_independent(void **state)
{
    (void)state;
    struct runs runs;
    runs_make(
        &runs,
        "workloads: {w: {enters: q, arrivals: {constant: {rate: 50/s}}}}\n"
        "components:\n"
        "  q: {type: service, servers: 1000, failure: 50%, time: {exponential: {mean: 100ms}}}\n",
        REPLICATIONS, 1, 101);
    runs_expect(&runs, "q.failed.ratio", 0.5, 0.01);
    runs_expect(&runs, "q.latency.mean", 0.1, 0.01);
    runs_free(&runs);
}

/* Five at once on two servers of one second: of 9 seconds that requests take, 4 go to the queue and
 * 5 to service. */
static void test_accounts(void **state)
{
    (void)state;
    struct trial trial;
    trial_open(&trial, "workloads: {w: {enters: q, arrivals: {batch: {items: 5, every: 100s}}}}\n"
                       "components: {q: {type: service, servers: 2, time: 1s}}\n");
    struct simulation *sim = simulation_new(trial.plan, 0);
    assert_true(simulation_run(sim, 0, 10 * SIM_SECOND, NULL));
    int64_t parts[PART_COUNT] = {0};
    const int64_t *cells = NULL;
    for (size_t i = 0; i < ATTRIBUTION_BUCKETS; i++)
        if (attribution_get(&sim->workloads[0]->attribution, i, &cells))
            for (size_t part = 0; part < PART_COUNT; part++) parts[part] += cells[part];
    assert_int_equal(parts[PART_QUEUEING], 4 * SIM_SECOND);
    assert_int_equal(parts[PART_SERVICE], 5 * SIM_SECOND);
    simulation_free(sim);
    trial_close(&trial);
}

/* Queues in a row: the departures of M/M/1 are Poisson (Burke 1956), so the second is M/M/2. */
static void test_tandem(void **state)
{
    (void)state;
    struct runs runs;
    runs_make(&runs,
              "workloads: {w: {enters: line, arrivals: {poisson: {rate: 6/s}}}}\n"
              "components:\n"
              "  line:\n"
              "    type: function\n"
              "    cold_start: 0\n"
              "    timeout: 15m\n"
              "    does: [{call: first}, {call: second}]\n"
              "  first: {type: service, time: {exponential: {mean: 100ms}}}\n"
              "  second: {type: service, servers: 2, time: {exponential: {mean: 250ms}}}\n",
              REPLICATIONS, 200, 3000);
    runs_expect(&runs, "first.wait.mean", 0.6 / (10 - 6), 0.03);
    const double wait = erlang_c(6, 4, 2) / (2 * 4 - 6);
    runs_expect(&runs, "second.wait.mean", wait, 0.03);
    runs_expect(&runs, "second.utilization", 0.75, 0.01);
    runs_expect(&runs, "line.latency.mean", 1.0 / (10 - 6) + wait + 0.25, 0.03);
    runs_free(&runs);
}

static void test_faults(void **state)
{
    (void)state;
    runs_refused("components: {q: {type: service, servers: 0}}\n", "servers");
    runs_refused("components: {q: {type: service, queue_limit: -1}}\n", "queue_limit");
    runs_refused("components: {q: {type: service, failure: 1.5}}\n", "failure");
    runs_refused("components: {q: {type: service, time: 90}}\n", "unit");
    runs_refused("components: {q: {type: service, server: 3}}\n", "servers");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mm1),
        cmocka_unit_test(test_mmc),
        cmocka_unit_test(test_mmck),
        cmocka_unit_test(test_loss),
        cmocka_unit_test(test_md1),
        cmocka_unit_test(test_mg1_lognormal),
        cmocka_unit_test(test_closed),
        cmocka_unit_test(test_batch_timeline),
        cmocka_unit_test(test_window_amid_queue),
        cmocka_unit_test(test_refused_and_throttled),
        cmocka_unit_test(test_failure),
        cmocka_unit_test(test_failure_is_independent),
        cmocka_unit_test(test_accounts),
        cmocka_unit_test(test_tandem),
        cmocka_unit_test(test_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
