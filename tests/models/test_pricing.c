/* Bills against arithmetic written out, and against an independent reading of tiers. */
#include "base/arena.h"
#include "models/catalog.h"
#include "models/pricing.h"

#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
/* clang-format off: needs those above */
#include <cmocka.h>
/* clang-format on */

#include "tests/models/catalog_unit.h"

#define MILLIONTH 1e-6

static struct price price_of(const struct fixture *fixture, const char *id, const char *region)
{
    struct price price;
    struct error err;
    if (!catalog_price(fixture->catalog, id, region, &price, &err)) fail_msg("%s", err.message);
    return price;
}

static void assert_usd(double got, double expected, const char *what)
{
    if (!(fabs(got - expected) < MILLIONTH))
        fail_msg("%s: %.9f, expected %.9f", what, got, expected);
}

/* One price each. `what` is the arithmetic behind `usd`. */
static const struct {
    const char *what;
    const char *id;
    const char *region;
    double quantity;
    bool free_tier;
    double usd;
} singles[] = {
    {"10M x 0.20/M", "aws.lambda.request", US, 10e6, false, 2.0},
    {"(10M - 1M) x 0.20/M", "aws.lambda.request", US, 10e6, true, 1.8},
    {"all of 1M is free", "aws.lambda.request", EU, 1e6, true, 0},
    {"100 beyond 1M", "aws.lambda.request", EU, 1e6 + 100, true, 0.00002},
    {"1M GB-s x 0.0000166667", "aws.lambda.gb_second.x86_64", US, 1e6, false, 16.6667},
    {"0.6M GB-s x 0.0000166667", "aws.lambda.gb_second.x86_64", US, 1e6, true, 10.00002},
    {"1M GB-s x 0.0000133334", "aws.lambda.gb_second.arm64", US, 1e6, false, 13.3334},
    {"6G x 0.0000166667", "aws.lambda.gb_second.x86_64", US, 6e9, false, 100000.2},
    {"and one in the next tier, + 0.000015", "aws.lambda.gb_second.x86_64", US, 6e9 + 1, false,
     100000.200015},
    {"100000.2 + 1G x 0.000015", "aws.lambda.gb_second.x86_64", US, 7e9, false, 115000.2},
    {"100000.2 + 9G x 0.000015", "aws.lambda.gb_second.x86_64", AP, 15e9, false, 235000.2},
    {"235000.2 + 1G x 0.0000133334", "aws.lambda.gb_second.x86_64", US, 16e9, false, 248333.6},
    {"free first, tiers after: 6G + 0.4M", "aws.lambda.gb_second.x86_64", US, 6e9 + 400000, true,
     100000.2},
    {"7.5G x 0.0000133334 + 11.25G x 0.0000120001 + 1M x 0.0000106667",
     "aws.lambda.gb_second.arm64", EU, 18.75e9 + 1e6, false, 100000.5 + 135001.125 + 10.6667},
    {"36,000 GB-s x 0.0000041667", "aws.lambda.provisioned_held.x86_64", US, 36000, false,
     0.1500012},
    {"36,000 GB-s x 0.0000051991", "aws.lambda.provisioned_held.x86_64", AP, 36000, false,
     0.1871676},
    {"36,000 GB-s x 0.0000037168", "aws.lambda.provisioned_held.arm64", EU, 36000, false,
     0.1338048},
    {"provisioned duration has no free tier: 1M x 0.0000108407",
     "aws.lambda.provisioned_duration.x86_64", EU, 1e6, true, 10.8407},
    {"5M x 0.000025", "aws.step_functions.standard.transition", US, 5e6, false, 125.0},
    {"4,000 are free", "aws.step_functions.standard.transition", AP, 4000, true, 0},
    {"(5M - 4,000) x 0.000025", "aws.step_functions.standard.transition", AP, 5e6, true, 124.9},
    {"3.6M x 0.00001667", "aws.step_functions.express.gb_second", US, 3.6e6, false, 60.012},
    {"60.012 + 14.4M x 0.00000833", "aws.step_functions.express.gb_second", US, 18e6, false,
     179.964},
    {"179.964 + 2M x 0.00000456", "aws.step_functions.express.gb_second", EU, 20e6, false, 189.084},
    {"333M x 3.50/M", "aws.api_gateway.rest.request", US, 333e6, false, 1165.5},
    {"1165.5 + 667M x 2.80/M", "aws.api_gateway.rest.request", US, 1000e6, false, 3033.1},
    {"3033.1 + 19,000M x 2.38/M + 1M x 1.51/M", "aws.api_gateway.rest.request", US, 20001e6, false,
     48254.61},
    {"333M x 4.25/M + 7M x 3.53/M", "aws.api_gateway.rest.request", AP, 340e6, false, 1439.96},
    {"300M x 1.11/M + 100M x 1.00/M", "aws.api_gateway.http.request", EU, 400e6, false, 433.0},
    {"720 h x 0.032", "aws.elasticache.cache.t4g.small.hour", US, 720, false, 23.04},
    {"720 h x 0.048", "aws.elasticache.cache.t4g.small.hour", AP, 720, false, 34.56},
    {"720 h x 0.0256", "aws.elasticache.valkey.cache.t4g.small.hour", US, 720, false, 18.432},
    {"360M ECPU x 0.0034/M", "aws.elasticache.serverless.ecpu", US, 360e6, false, 1.224},
    {"1 GB x 730 h x 0.125", "aws.elasticache.serverless.gb_hour", US, 730, false, 91.25},
    {"0.1 GB x 730 h x 0.084", "aws.elasticache.valkey.serverless.gb_hour", US, 73, false, 6.132},
    {"1M x 2 KB x 2 x 0.625/M", "aws.dynamodb.on_demand.write_unit", US, 4e6, false, 2.5},
    {"1M x 0.5 x 2 x 0.125/M", "aws.dynamodb.on_demand.read_unit", US, 1e6, false, 0.125},
    {"(30 GB - 25) x 0.283", "aws.dynamodb.storage", EU, 30, true, 1.415},
    {"25 units x 720 h are free", "aws.dynamodb.provisioned.write_unit", US, 18000, true, 0},
    {"100 WCU x 720 h x 0.00065", "aws.dynamodb.provisioned.write_unit", US, 72000, false, 46.8},
    {"50 TB x 0.023 + 1 TB x 0.022", "aws.s3.storage", US, 51 * 1024, false, 1200.128},
    {"1M x 0.0004/1,000", "aws.s3.get", EU, 1e6, false, 0.4},
    {"3.7M x 0.40/M", "aws.sqs.standard.request", US, 3.7e6, false, 1.48},
    {"100G x 0.40/M + 100G x 0.35/M + 1M x 0.32/M", "aws.sqs.standard.request", AP, 2e11 + 1e6,
     false, 75000.32},
    {"(10,240 + 40,960) GB: 0.09 and 0.085", "aws.network.internet_gb", US, 51200, false, 4403.2},
    {"100 GB are free", "aws.network.internet_gb", US, 101, true, 0.09},
    {"8,640 pings are free", "aws.scheduler.invocation", US, 8640, true, 0},
    {"10,000 x 0.05/10k", "aws.secrets_manager.request", US, 10000, false, 0.05},
    {"1M tokens x 30/M", "openai.gpt-4.input_token", US, 1e6, false, 30.0},
    {"180 tokens x 60/M", "openai.gpt-4.output_token", US, 180, false, 0.0108},
    {"12M tokens x 0.10/M", "openai.text-embedding-ada-002.input_token", EU, 12e6, false, 1.2},
    {"6.65 RU x 16/M: the minimum of $50 instead", "pinecone.serverless.read_unit", US, 6.65, false,
     50.0},
    {"4M RU x 16/M, above the minimum", "pinecone.serverless.read_unit", US, 4e6, false, 64.0},
    {"720 h x 0.0973", "pinecone.p1.x1.hour", US, 720, false, 70.056},
};

static void test_single_prices(void **state)
{
    const struct fixture *fixture = *state;
    for (size_t i = 0; i < COUNT(singles); i++) {
        struct price price = price_of(fixture, singles[i].id, singles[i].region);
        double usd = -1;
        price_month(&price, singles[i].quantity, singles[i].free_tier, NULL, &usd);
        assert_usd(usd, singles[i].usd, singles[i].what);
    }
}

#define MOST_USAGE 8

/* Whole bills: several prices, the quantities as they are metered. */
struct bill_case {
    const char *what;
    struct {
        const char *id;
        double quantity;
    } usage[MOST_USAGE];
    bool free_tier;
    double usd;
};

static const struct bill_case bills[] = {
    {"10M invocations, 512 MB x86, 200 ms: 10 x 0.20 + 10M x 0.2 s x 0.5 GB x 0.0000166667",
     {{"aws.lambda.request", 10e6}, {"aws.lambda.gb_second.x86_64", 10e6 * 0.2 * 0.5}},
     false,
     18.6667},
    {"the same on arm: 2.00 + 1M GB-s x 0.0000133334",
     {{"aws.lambda.request", 10e6}, {"aws.lambda.gb_second.arm64", 10e6 * 0.2 * 0.5}},
     false,
     15.3334},
    {"1 % of them cold with 300 ms of init: + 100,000 x 0.3 x 0.5 x 0.0000166667 = 0.2500005",
     {{"aws.lambda.request", 10e6}, {"aws.lambda.gb_second.x86_64", 1e6 + 100000 * 0.3 * 0.5}},
     false,
     18.9167005},
    {"the same with the free tier: 9M x 0.20/M + 615,000 GB-s x 0.0000166667 = 1.8 + 10.2500205",
     {{"aws.lambda.request", 10e6}, {"aws.lambda.gb_second.x86_64", 1e6 + 100000 * 0.3 * 0.5}},
     true,
     12.0500205},
    {"provisioned 10 x 1 GB for 61 min = 3,900 s, 10,000 requests of 100 ms: 39,000 x 0.0000041667 "
     "+ 1,000 x 0.0000097222 + 0.002",
     {{"aws.lambda.provisioned_held.x86_64", 39000},
      {"aws.lambda.provisioned_duration.x86_64", 1000},
      {"aws.lambda.provisioned_request", 10000}},
     false,
     0.1742235},
    {"Express, 1M executions of 1,234 ms at 64 MB: 1.00 + 1M x 1.3 s x 0.0625 GB x 0.00001667",
     {{"aws.step_functions.express.request", 1e6},
      {"aws.step_functions.express.gb_second", 1e6 * 1.3 * 0.0625}},
     false,
     2.3544375},
    {"Express, 1M executions of 11,300 ms at 64 MB: 1.00 + 706,250 GB-s x 0.00001667",
     {{"aws.step_functions.express.request", 1e6},
      {"aws.step_functions.express.gb_second", 1e6 * 11.3 * 0.0625}},
     false,
     12.7731875},
    {"NAT gateway, 90.5 h begun, 100 GB: 91 x 0.045 + 100 x 0.045",
     {{"aws.network.nat_hour", 91}, {"aws.network.nat_gb", 100}},
     false,
     8.595},
    {"Pinecone, 1M queries of 6.65 GB, 6.65 GB kept, 6.65M written: 106.4 + 2.1945 + 26.6",
     {{"pinecone.serverless.read_unit", 6.65e6},
      {"pinecone.serverless.storage", 6.65},
      {"pinecone.serverless.write_unit", 6.65e6}},
     false,
     135.1945},
    {"Pinecone, 1M queries of 100 MB, 0.1 GB kept: 4.00 + 0.033, so the minimum of 50",
     {{"pinecone.serverless.read_unit", 0.25e6}, {"pinecone.serverless.storage", 0.1}},
     false,
     50.0},
    {"Pinecone Enterprise, 1M queries of 6.65 GB: 159.6, so the minimum of 500; gpt-4 beside it: "
     "1M x 30/M",
     {{"pinecone.serverless_enterprise.read_unit", 6.65e6}, {"openai.gpt-4.input_token", 1e6}},
     false,
     530.0},
    {"a RAG answer, 1M times: 12 embedding tokens, 1,500 in, 200 out: 1.2 + 45,000 + 12,000",
     {{"openai.text-embedding-ada-002.input_token", 12e6},
      {"openai.gpt-4.input_token", 1500e6},
      {"openai.gpt-4.output_token", 200e6}},
     false,
     57001.2},
};

static void test_whole_bills(void **state)
{
    const struct fixture *fixture = *state;
    for (size_t i = 0; i < COUNT(bills); i++) {
        struct price prices[MOST_USAGE];
        struct usage usage[MOST_USAGE];
        size_t count = 0;
        for (; count < MOST_USAGE && bills[i].usage[count].id; count++) {
            prices[count] = price_of(fixture, bills[i].usage[count].id, US);
            usage[count] = (struct usage){"c", &prices[count], bills[i].usage[count].quantity};
        }
        struct bill bill;
        bill_make(fixture->arena, usage, count, 1, bills[i].free_tier, &bill);
        assert_usd(bill.usd, bills[i].usd, bills[i].what);
        double sum = 0;
        for (size_t j = 0; j < bill.count; j++) {
            const struct bill_line *line = &bill.lines[j];
            assert_true(line->quantity > 0);
            assert_true(line->usd == line->quantity * line->unit_price_usd);
            sum += line->usd;
        }
        assert_true(sum == bill.usd);
    }
}

static const struct price steps = {.id = "steps",
                                   .unit = "thing",
                                   .tier_count = 3,
                                   .tiers = {{10, 1.0}, {30, 0.5}, {HUGE_VAL, 0.25}},
                                   .free_each_month = 4};

/* Lines at the exact edges of tiers: none of zero quantity, the tier's number counts from 1. */
static void test_tier_edges(void **state)
{
    (void)state;
    static const struct {
        double quantity;
        bool free_tier;
        size_t lines;
        size_t last_tier;
        double usd;
    } rows[] = {
        {0, false, 0, 0, 0},     {1, false, 1, 1, 1},       {10, false, 1, 1, 10},
        {11, false, 2, 2, 10.5}, {30, false, 2, 2, 20},     {34, false, 3, 3, 21},
        {4, true, 0, 0, 0},      {3, true, 0, 0, 0},        {5, true, 1, 1, 1},
        {14, true, 1, 1, 10},    {14.5, true, 2, 2, 10.25}, {34, true, 2, 2, 20},
        {38, true, 3, 3, 21},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct bill_line lines[CATALOG_TIERS + 1];
        double usd = -1;
        size_t n = price_month(&steps, rows[i].quantity, rows[i].free_tier, lines, &usd);
        assert_int_equal(n, rows[i].lines);
        assert_true(usd == rows[i].usd); /* halves and quarters are exact */
        if (n > 0) assert_int_equal(lines[n - 1].tier, rows[i].last_tier);
        if (n > 0) assert_string_equal(lines[n - 1].item, "steps");
    }
}

/* Two components with the same price move through its tiers together, in the order of the usage. */
static void test_tiers_are_shared(void **state)
{
    const struct fixture *fixture = *state;
    static const struct price other = {
        .id = "other", .unit = "thing", .tier_count = 1, .tiers = {{HUGE_VAL, 2.0}}};
    const struct price copy = steps; /* the same id in other memory */
    const struct usage usage[] = {
        {"a", &steps, 8}, {"b", &other, 1}, {"c", &copy, 0}, {"d", &copy, 8}, {"e", &steps, 24}};
    static const struct bill_line expected[] = {
        {"a", "steps", "thing", 1, 4, 1.0, 4}, /* 8 - 4 free */
        {"b", "other", "thing", 1, 1, 2.0, 2},
        {"d", "steps", "thing", 1, 6, 1.0, 6}, /* up to 10 */
        {"d", "steps", "thing", 2, 2, 0.5, 1},
        {"e", "steps", "thing", 2, 18, 0.5, 9}, /* up to 30 */
        {"e", "steps", "thing", 3, 6, 0.25, 1.5},
    };
    struct bill bill;
    bill_make(fixture->arena, usage, COUNT(usage), 1, true, &bill);
    assert_int_equal(bill.count, COUNT(expected));
    for (size_t i = 0; i < COUNT(expected); i++) {
        assert_string_equal(bill.lines[i].component, expected[i].component);
        assert_string_equal(bill.lines[i].item, expected[i].item);
        assert_string_equal(bill.lines[i].unit, expected[i].unit);
        assert_int_equal(bill.lines[i].tier, expected[i].tier);
        assert_true(bill.lines[i].quantity == expected[i].quantity);
        assert_true(bill.lines[i].unit_price_usd == expected[i].unit_price_usd);
        assert_true(bill.lines[i].usd == expected[i].usd);
    }
    assert_true(bill.usd == 23.5);
}

/* An hour's usage is 720 times as much in a month of 30 days. */
static void test_scale_to_a_month(void **state)
{
    const struct fixture *fixture = *state;
    assert_true(MONTH_SECONDS / 3600.0 == 720.0);
    struct price price = price_of(fixture, "aws.elasticache.cache.t4g.small.hour", US);
    const struct usage usage[] = {{"redis", &price, 1.0}};
    struct bill bill;
    bill_make(fixture->arena, usage, 1, MONTH_SECONDS / 3600.0, false, &bill);
    assert_int_equal(bill.count, 1);
    assert_true(bill.lines[0].quantity == 720.0);
    assert_usd(bill.usd, 23.04, "720 h x 0.032");
    /* Tiers are a month's: 16 and 16 of it, so 10 + 6 x 0.5 and 14 x 0.5 + 2 x 0.25. */
    const struct usage half[] = {{"a", &steps, 8}, {"b", &steps, 8}};
    bill_make(fixture->arena, half, COUNT(half), 2, false, &bill);
    assert_int_equal(bill.count, 4);
    assert_true(bill.usd == 20.5);
    bill_make(fixture->arena, NULL, 0, 1, false, &bill);
    assert_int_equal(bill.count, 0);
    assert_true(bill.usd == 0);
}

/* A minimum is for all lines of its group together, and is one line of what is missing. */
static void test_minimums(void **state)
{
    const struct fixture *fixture = *state;
    const struct price reads = {.id = "reads",
                                .unit = "unit",
                                .tier_count = 1,
                                .tiers = {{HUGE_VAL, 1.0}},
                                .least_each_month = 50,
                                .least_group = "index"};
    struct price writes = reads;
    writes.id = "writes";
    struct price alone = reads;
    alone.id = "alone";
    alone.least_group = NULL;
    const struct usage below[] = {
        {"x", &reads, 20}, {"y", &writes, 10}, {"z", &alone, 0}, {"x", &reads, 5}};
    struct bill bill;
    bill_make(fixture->arena, below, COUNT(below), 1, false, &bill);
    assert_int_equal(bill.count, 5);
    assert_string_equal(bill.lines[3].component, "x");
    assert_string_equal(bill.lines[3].item, "index");
    assert_string_equal(bill.lines[3].unit, "minimum");
    assert_true(bill.lines[3].usd == 15);
    assert_string_equal(bill.lines[4].item, "alone");
    assert_true(bill.lines[4].usd == 50); /* also when nothing was used */
    assert_true(bill.usd == 100);

    const struct usage at[] = {{"x", &reads, 25}, {"y", &writes, 25}};
    bill_make(fixture->arena, at, COUNT(at), 1, false, &bill);
    assert_int_equal(bill.count, 2);
    assert_true(bill.usd == 50);

    struct bill_line lines[CATALOG_TIERS + 1];
    double usd = 0;
    assert_int_equal(price_month(&reads, 49, false, lines, &usd), 2);
    assert_true(usd == 50 && lines[1].usd == 1);
}

static void test_metered(void **state)
{
    (void)state;
    static const struct {
        long long amount, step, least, expected;
    } rows[] = {
        {0, 1, 1, 1},
        {1, 1, 1, 1},
        {0, 100, 100, 100},
        {1, 100, 100, 100},
        {100, 100, 100, 100},
        {101, 100, 100, 200},
        {1234, 100, 100, 1300},
        {200, 100, 0, 200},
        {0, 100, 0, 0},
        {3660, 300, 300, 3900},
        {3600, 300, 300, 3600},
        {65536, 65536, 65536, 65536},
        {65537, 65536, 65536, 131072},
        {614400, 524288, 524288, 1048576}, /* 600 KB are two steps of 512 KB */
        {1024000, 65536, 65536, 1048576},  /* ten messages of 100 KB: 16 steps of 64 KB */
        {1000, 1024, 5120, 5120},          /* at least five write units */
        {6652, 1024, 5120, 7168},
        {-5, 10, 10, 10},
        {7, 0, 0, 7},
        {LLONG_MAX, 10, 1, LLONG_MAX},
        {LLONG_MAX - 7, 10, 1, LLONG_MAX - 7}, /* 9223372036854775800 */
        {(1LL << 53) + 1, 1, 1, (1LL << 53) + 1},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        long long got = metered(rows[i].amount, rows[i].step, rows[i].least);
        if (got != rows[i].expected)
            fail_msg("metered(%lld, %lld, %lld) = %lld, expected %lld", rows[i].amount,
                     rows[i].step, rows[i].least, got, rows[i].expected);
    }
}

/* The cost of `quantity` as an integral over the tiers: independent of how lines are made. */
static double naive_usd(const struct price *price, double quantity, double free_quantity)
{
    double q = fmax(0, quantity - free_quantity);
    double usd = 0;
    double from = 0;
    for (size_t i = 0; i < price->tier_count; i++) {
        usd += price->tiers[i].usd * fmax(0, fmin(q, price->tiers[i].up_to) - from);
        from = price->tiers[i].up_to;
    }
    return usd;
}

static uint64_t next_random(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return *seed >> 33;
}

/* Random tiers, random usage split over components: the bill equals the integral, however it is
 * split. */
static void test_against_naive(void **state)
{
    (void)state;
    uint64_t seed = 20261124;
    struct arena *arena = arena_new();
    for (int round = 0; round < 2000; round++) {
        struct price price = {.id = "p", .unit = "u"};
        price.tier_count = 1 + next_random(&seed) % CATALOG_TIERS;
        double up_to = 0;
        for (size_t i = 0; i < price.tier_count; i++) {
            up_to += 1.0 + (double)(next_random(&seed) % 100);
            price.tiers[i].up_to = i + 1 < price.tier_count ? up_to : HUGE_VAL;
            price.tiers[i].usd = (double)(next_random(&seed) % 64) / 64.0;
        }
        price.free_each_month = (double)(next_random(&seed) % 50);
        struct usage usage[6];
        double total = 0;
        for (size_t i = 0; i < COUNT(usage); i++) {
            usage[i] = (struct usage){"c", &price, (double)(next_random(&seed) % 90)};
            total += usage[i].quantity;
        }
        for (int free_tier = 0; free_tier < 2; free_tier++) {
            double expected = naive_usd(&price, total, free_tier ? price.free_each_month : 0);
            struct bill bill;
            bill_make(arena, usage, COUNT(usage), 1, free_tier, &bill);
            assert_true(bill.usd == expected); /* whole numbers and 64ths are exact */
            double usd = -1;
            price_month(&price, total, free_tier, NULL, &usd);
            assert_true(usd == expected);
        }
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_single_prices),    cmocka_unit_test(test_whole_bills),
        cmocka_unit_test(test_tier_edges),       cmocka_unit_test(test_tiers_are_shared),
        cmocka_unit_test(test_scale_to_a_month), cmocka_unit_test(test_minimums),
        cmocka_unit_test(test_metered),          cmocka_unit_test(test_against_naive),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
