/* test_store.c - the store's units against arithmetic written out, its limits and its bills. */
#include "tests/models/runs.h"

#define READ_UNIT  "aws.dynamodb.on_demand.read_unit"
#define WRITE_UNIT "aws.dynamodb.on_demand.write_unit"

/* One call of one operation on demand. */
static void one_call(struct runs *runs, const char *settings, const char *operation, int items)
{
    char yaml[1000];
    snprintf(yaml, sizeof yaml,
             "workloads: {w: {enters: f, arrivals: {batch: {items: 1, every: 1h}}}}\n"
             "components:\n"
             "  f: {type: function, cold_start: 0, does: [{call: s, operation: %s, items: %d}]}\n"
             "  s: {type: store%s}\n",
             operation, items, settings);
    runs_make(runs, yaml, 1, 0, 2);
    runs_exact(runs, "s.calls", 1);
}

static void test_units(void **state)
{
    (void)state;
    static const struct {
        const char *settings;
        const char *operation;
        int items;
        double read;
        double write;
    } cases[] = {
        {"", "get", 1, 0.5, 0},
        {", item: 4KB", "get", 1, 0.5, 0},
        {", item: 6KB", "get", 1, 1, 0}, /* 2 begun, half of each */
        {", item: 6KB, consistency: strong", "get", 1, 2, 0},
        {", item: 6KB", "get", 3, 3, 0},     /* each item rounds by itself */
        {", item: 6KB", "query", 3, 2.5, 0}, /* 18 KB: 5 begun */
        {", item: 6KB, consistency: strong", "query", 3, 5, 0},
        {", item: 100B", "query", 10, 0.5, 0},
        {"", "put", 1, 0, 1},
        {", item: 1025B", "put", 1, 0, 2},
        {", item: 1.5KB", "put", 25, 0, 50},
        {", item: 1.5KB", "update", 1, 0, 2},
        {", item: 1.5KB", "delete", 1, 0, 2},
        {", item: 1.5KB", "transact", 1, 0, 4},
        {", item: 1.5KB", "transact", 100, 0, 400},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct runs runs;
        one_call(&runs, cases[i].settings, cases[i].operation, cases[i].items);
        runs_exact(&runs, "s.read_units", cases[i].read);
        runs_exact(&runs, "s.write_units", cases[i].write);
        runs_exact(&runs, "w.success_ratio", 1);
        assert_true(runs_usage(&runs, READ_UNIT) == cases[i].read);
        assert_true(runs_usage(&runs, WRITE_UNIT) == cases[i].write);
        runs_free(&runs);
    }
}

static void test_transaction_too_large(void **state)
{
    (void)state;
    struct runs runs;
    one_call(&runs, "", "transact", 101);
    runs_exact(&runs, "s.write_units", 0);
    runs_exact(&runs, "w.success_ratio", 0);
    runs_free(&runs);
}

/* S3 bills requests, writes and lists by the price of a put; deletes are free. */
static void test_requests(void **state)
{
    (void)state;
    static const struct {
        const char *operation;
        int items;
        double gets;
        double puts;
    } cases[] = {{"get", 1, 1, 0},   {"get", 7, 7, 0},    {"put", 3, 0, 3},
                 {"query", 1, 0, 1}, {"update", 1, 0, 1}, {"delete", 5, 0, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct runs runs;
        one_call(&runs, ", service: s3/standard, item: 1MB", cases[i].operation, cases[i].items);
        runs_exact(&runs, "w.success_ratio", 1);
        assert_true(runs_usage(&runs, "aws.s3.get") == cases[i].gets);
        assert_true(runs_usage(&runs, "aws.s3.put") == cases[i].puts);
        runs_free(&runs);
    }
}

/* Gets of half a unit: the table's 40,000 units a second let 80,000 pass at once, and again a
 * second later. */
static void test_table_quota(void **state)
{
    (void)state;
    struct runs runs;
    runs_make(&runs,
              "workloads: {w: {enters: s, arrivals: {batch: {items: 90000, every: 1s}}}}\n"
              "components: {s: {type: store, latency: 10ms}}\n",
              1, 0, 1.5);
    runs_exact(&runs, "s.calls", 180000);
    runs_exact(&runs, "s.throttled", 20000);
    runs_exact(&runs, "s.read_units", 80000);
    runs_exact(&runs, "s.latency.mean", 0.01);
    runs_free(&runs);
}

/* Provisioned: ten units a second and 300 s of them kept, so 3,000 at once are 6,000 gets; after
 * ten more seconds 100 units are 200 gets. Capacity is paid by the hour, used or not. */
static void test_provisioned(void **state)
{
    (void)state;
    struct runs runs;
    runs_make(&runs,
              "workloads: {w: {enters: s, arrivals: {batch: {items: 7000, every: 10s}}}}\n"
              "components: {s: {type: store, capacity: {read: 10, write: 5}}}\n",
              1, 0, 18);
    runs_exact(&runs, "s.throttled", 1000 + 6800);
    runs_exact(&runs, "s.read_units", 3100);
    assert_true(runs_usage(&runs, READ_UNIT) == 0);
    assert_true(fabs(runs_usage(&runs, "aws.dynamodb.provisioned.read_unit") - 10 * 18 / 3600.0) <
                1e-12);
    assert_true(fabs(runs_usage(&runs, "aws.dynamodb.provisioned.write_unit") - 5 * 18 / 3600.0) <
                1e-12);
    runs_free(&runs);
}

/* Only what the window saw is metered. */
static void test_window(void **state)
{
    (void)state;
    struct runs runs;
    runs_make(&runs,
              "workloads: {w: {enters: s, arrivals: {constant: {rate: 1/s}}}}\n"
              "components: {s: {type: store, latency: 1ms}}\n",
              1, 10.5, 20.5);
    runs_exact(&runs, "s.read_units", 5);
    assert_true(runs_usage(&runs, READ_UNIT) == 5);
    runs_free(&runs);
}

/* Medians by operation as the catalogue has them. */
static void test_latency(void **state)
{
    (void)state;
    struct runs runs;
    runs_make(&runs,
              "workloads: {w: {enters: f, arrivals: {constant: {rate: 50/s}}}}\n"
              "components:\n"
              "  f:\n"
              "    type: function\n"
              "    cold_start: 0\n"
              "    does: [{call: reads}, {call: writes, operation: put}, {call: pays, operation: "
              "transact}]\n"
              "  reads: {type: store}\n"
              "  writes: {type: store}\n"
              "  pays: {type: store}\n",
              20, 0, 60);
    runs_expect(&runs, "reads.latency.p50", 0.005, 0.01);
    runs_expect(&runs, "writes.latency.p50", 0.00755, 0.01);
    runs_expect(&runs, "pays.latency.p50", 0.0253, 0.01);
    runs_free(&runs);
}

static void test_faults(void **state)
{
    (void)state;
    runs_refused("components: {q: {type: store, capacity: {read: 5}}}\n", "write");
    runs_refused("components: {q: {type: store, capacity: {read: 0, write: 1}}}\n", "read");
    runs_refused("components:\n"
                 "  q: {type: store, service: dynamodb/on-demand, capacity: {read: 1, write: 1}}\n",
                 "no capacity to provision");
    runs_refused("components: {q: {type: store, service: dynamodb/provisioned}}\n",
                 "needs 'capacity");
    runs_refused("components: {q: {type: store, service: dynamodb/on-demnd}}\n",
                 "dynamodb/on-demand");
    runs_refused("components: {q: {type: store, item: 500KB}}\n", "at most 409600 bytes");
    runs_refused("components: {q: {type: store, consistency: weak}}\n", "consistency");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_units),       cmocka_unit_test(test_transaction_too_large),
        cmocka_unit_test(test_requests),    cmocka_unit_test(test_table_quota),
        cmocka_unit_test(test_provisioned), cmocka_unit_test(test_window),
        cmocka_unit_test(test_latency),     cmocka_unit_test(test_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
