/* test_cache.c - the cache as a component: hit ratios against a naive model of the same traffic,
 * closed forms, expiry on exact time lines, bills. */
#include "base/names.h"
#include "models/call.h"
#include "sim/distribution.h"
#include "sim/random.h"
#include "tests/models/che.h"
#include "tests/models/runs.h"

/* A host that looks each query up and puts what is missing, without time or limits of its own. */
#define HOST "  f: {type: function, cold_start: 0, does: [{cached: {in: c, miss: []}}]}\n"

static void test_che(void **state)
{
    (void)state;
    struct runs runs;
    runs_make(&runs,
              "workloads:\n"
              "  w:\n"
              "    enters: f\n"
              "    arrivals: {poisson: {rate: 500/s}}\n"
              "    queries: {zipf: {exponent: 0.9, distinct: 20000}}\n"
              "components:\n" HOST "  c: {type: cache, capacity: 2000}\n",
              4, 40, 140);
    const double che = che_hit_ratio(0.9, 20000, 2000);
    print_message("hit ratio %.4f, Che %.4f\n", runs_mean(&runs, "c.hit_ratio"), che);
    assert_true(fabs(runs_mean(&runs, "c.hit_ratio") - che) < 0.01);
    runs_exact(&runs, "c.entries.mean", 2000);
    assert_true(runs_mean(&runs, "c.expirations") == 0);
    runs_free(&runs);
}

/* The same requests, drawn again from the streams that are theirs by number, through an array kept
 * in order of use. */
static size_t naive_hits(size_t requests, size_t capacity, const struct distribution *law)
{
    uint64_t held[64];
    size_t count = 0;
    size_t hits = 0;
    const uint64_t hash = name_hash("w");
    for (uint64_t n = 0; n < requests; n++) {
        struct random_stream stream;
        random_begin(&stream, (struct random_key){42, 0}, hash + n,
                     random_what(hash, PURPOSE_QUERY), 0);
        const uint64_t query = (uint64_t)(distribution_draw(law, &stream) + 0.5);
        size_t at = 0;
        while (at < count && held[at] != query) at++;
        if (at < count)
            hits++;
        else if (count < capacity)
            count++;
        else
            at--;
        for (; at > 0; at--) held[at] = held[at - 1];
        held[0] = query;
    }
    return hits;
}

static void test_naive_model(void **state)
{
    (void)state;
    struct runs runs;
    runs_make(&runs,
              "workloads:\n"
              "  w:\n"
              "    enters: f\n"
              "    arrivals: {constant: {rate: 100/s}}\n"
              "    queries: {zipf: {exponent: 0.8, distinct: 300}}\n"
              "components:\n" HOST "  c: {type: cache, capacity: 50}\n",
              1, 0, 200.005);
    struct distribution law;
    distribution_zipf(&law, 0.8, 300);
    const double requests = 20000;
    const size_t hits = naive_hits(20000, 50, &law);
    runs_exact(&runs, "w.requests", requests);
    runs_exact(&runs, "c.hit_ratio", (double)hits / requests);
    runs_exact(&runs, "c.evictions", requests - (double)hits - 50);
    runs_free(&runs);
}

/* One query a second that lives ten seconds from its put: a miss, then nine hits. A time to live of
 * the put itself goes before the cache's. */
static void test_time_to_live(void **state)
{
    (void)state;
    struct runs runs;
    runs_make(&runs,
              "workloads:\n"
              "  w: {enters: f, arrivals: {constant: {rate: 1/s}}, queries: 7}\n"
              "components:\n" HOST "  c: {type: cache, capacity: 50, ttl: 10s}\n",
              1, 0, 100.5);
    runs_exact(&runs, "c.hit_ratio", 0.9);
    runs_exact(&runs, "c.expirations", 9);
    runs_exact(&runs, "c.entries.mean", 99.5 / 100.5);
    runs_free(&runs);
    runs_make(
        &runs,
        "workloads:\n"
        "  w: {enters: f, arrivals: {constant: {rate: 1/s}}, queries: 7}\n"
        "components:\n"
        "  f: {type: function, cold_start: 0, does: [{cached: {in: c, ttl: 3500ms, miss: []}}]}\n"
        "  c: {type: cache, capacity: 50, ttl: 10s}\n",
        1, 0, 100.75);
    runs_exact(&runs, "c.hit_ratio", 0.75);
    runs_exact(&runs, "c.expirations", 25); /* the last put, at 97 s, goes at 100.5 s */
    runs_exact(&runs, "c.entries.mean", 25 * 3.5 / 100.75);
    runs_free(&runs);
}

/* Poisson references to one key that lives T from its put: rate x T hits for each miss. */
static void test_time_to_live_poisson(void **state)
{
    (void)state;
    struct runs runs;
    runs_make(&runs,
              "workloads:\n"
              "  w: {enters: f, arrivals: {poisson: {rate: 10/s}}, queries: 1}\n"
              "components:\n" HOST "  c: {type: cache, capacity: 1, ttl: 300ms}\n",
              20, 10, 410);
    runs_expect(&runs, "c.hit_ratio", 3.0 / 4, 0.01);
    runs_expect(&runs, "c.entries.mean", 0.3 / 0.4, 0.01);
    runs_free(&runs);
}

/* Every request its own key, one a second for five seconds: five are there at any time. */
static void test_entries(void **state)
{
    (void)state;
    struct runs runs;
    runs_make(&runs,
              "workloads: {w: {enters: f, arrivals: {constant: {rate: 1/s}}}}\n"
              "components:\n" HOST "  c: {type: cache, capacity: 50, ttl: 5s}\n",
              1, 50.25, 150.25);
    runs_exact(&runs, "c.hit_ratio", 0);
    runs_exact(&runs, "c.entries.mean", 5);
    runs_exact(&runs, "c.expirations", 100);
    runs_exact(&runs, "c.evictions", 0);
    runs_exact(&runs, "c.calls", 200);
    runs_free(&runs);
}

static void test_delete(void **state)
{
    (void)state;
    struct runs runs;
    runs_make(&runs,
              "workloads: {w: {enters: f, arrivals: {constant: {rate: 1/s}}, queries: 3}}\n"
              "components:\n"
              "  f:\n"
              "    type: function\n"
              "    cold_start: 0\n"
              "    does:\n"
              "      - {call: c, operation: put}\n"
              "      - {call: c}\n"
              "      - {call: c, operation: delete}\n"
              "      - {call: c}\n"
              "  c: {type: cache, capacity: 50, latency: 1ms}\n",
              1, 0, 10.5);
    runs_exact(&runs, "c.hit_ratio", 0.5);
    runs_exact(&runs, "c.entries.mean", 10 * 0.002 / 10.5);
    runs_exact(&runs, "c.latency.mean", 0.001);
    runs_free(&runs);
}

/* Three quarters of 80 KB hold seven items of the default 8 KB; a node of 0.5 GiB 49,152 (not
 * reached here). */
static void test_memory(void **state)
{
    (void)state;
    struct runs runs;
    runs_make(&runs,
              "workloads: {w: {enters: f, arrivals: {constant: {rate: 10/s}}}}\n"
              "components:\n" HOST "  c: {type: cache, memory: 80KB}\n",
              1, 5, 20);
    runs_exact(&runs, "c.entries.mean", 7);
    runs_free(&runs);
    runs_make(&runs,
              "workloads: {w: {enters: f, arrivals: {constant: {rate: 10/s}}}}\n"
              "components:\n" HOST
              "  c: {type: cache, service: elasticache/cache.t4g.micro, item: 40MB}\n",
              1, 5, 20);
    runs_exact(&runs, "c.entries.mean", 9);
    runs_free(&runs);
}

/* Nodes by the hour; serverless by what is stored, at least 0.1 GB with Valkey, and by the KB
 * moved: 100 puts of 50 KB are 5,000 ECPU and 100 gets that miss 100. */
static void test_bill(void **state)
{
    (void)state;
    struct runs runs;
    runs_make(&runs,
              "workloads: {w: {enters: f, arrivals: {batch: {items: 1, every: 100h}}}}\n"
              "components:\n" HOST "  c: {type: cache, service: elasticache/cache.t4g.small}\n",
              1, 1800, 9000);
    assert_true(runs_usage(&runs, "aws.elasticache.cache.t4g.small.hour") == 2);
    runs_free(&runs);
    runs_make(&runs,
              "workloads: {w: {enters: f, arrivals: {constant: {rate: 1/s}}}}\n"
              "components:\n" HOST
              "  c: {type: cache, service: elasticache-valkey/serverless, item: 50KB}\n",
              1, 0, 100.5);
    assert_true(runs_usage(&runs, "aws.elasticache.valkey.serverless.ecpu") == 5100);
    const double stored = runs_usage(&runs, "aws.elasticache.valkey.serverless.gb_hour");
    assert_true(fabs(stored - 0.1 * 100.5 / 3600) < 1e-9);
    runs_free(&runs);
}

static void test_faults(void **state)
{
    (void)state;
    runs_refused("components: {q: {type: cache}}\n", "needs its size");
    runs_refused("components: {q: {type: cache, capacity: 5, memory: 1MB}}\n", "leave one out");
    runs_refused("components: {q: {type: cache, capacity: 0}}\n", "capacity");
    runs_refused("components: {q: {type: cache, capacity: 5, policy: lfu}}\n", "policy");
    runs_refused("components: {q: {type: cache, capacity: 5, ttl: 0}}\n", "ttl");
    runs_refused("components: {q: {type: cache, memory: 8KB}}\n", "do not hold one item");
    runs_refused("components: {q: {type: cache, service: elasticache/cache.t4g.smal}}\n",
                 "elasticache/cache.t4g.small");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_che),          cmocka_unit_test(test_naive_model),
        cmocka_unit_test(test_time_to_live), cmocka_unit_test(test_time_to_live_poisson),
        cmocka_unit_test(test_entries),      cmocka_unit_test(test_delete),
        cmocka_unit_test(test_memory),       cmocka_unit_test(test_bill),
        cmocka_unit_test(test_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
