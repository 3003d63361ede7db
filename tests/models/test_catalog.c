/* The catalogue as it ships, against the published figures. */
#include "base/arena.h"
#include "models/ann/profile.h"
#include "models/catalog.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* clang-format off: needs those above */
#include <cmocka.h>
/* clang-format on */

#include "tests/models/catalog_unit.h"

static const struct catalog *catalog_of(void **state)
{
    const struct fixture *fixture = *state;
    return fixture->catalog;
}

static void assert_near(double got, double expected, double tolerance, const char *what)
{
    if (!(fabs(got - expected) <= tolerance))
        fail_msg("%s: %.12g, expected %.12g", what, got, expected);
}

static const struct catalog_entry *must(const struct catalog_entry *entry)
{
    if (!entry) {
        fail_msg("no such entry");
        abort();
    }
    return entry;
}

static void test_whole(void **state)
{
    const struct catalog *catalog = catalog_of(state);
    assert_true(catalog_count(catalog) > 1000);
    assert_null(catalog_at(catalog, catalog_count(catalog)));
    assert_int_equal(strlen(catalog_sha256(catalog)), 64);
    assert_int_equal(strspn(catalog_sha256(catalog), "0123456789abcdef"), 64);
    assert_int_equal(strlen(catalog_date(catalog)), 10);
    for (size_t i = 0; i < catalog_count(catalog); i++) {
        const struct catalog_entry *entry = must(catalog_at(catalog, i));
        assert_ptr_equal(catalog_find(catalog, entry->id), entry);
        assert_true(strcmp(entry->from, catalog_date(catalog)) <= 0);
        assert_non_null(entry->regions[0]);
        if (i > 0) assert_true(strcmp(must(catalog_at(catalog, i - 1))->id, entry->id) < 0);
    }
    assert_null(catalog_find(catalog, "aws.lambda.nothing"));
    assert_null(catalog_find(catalog, ""));
    assert_null(catalog_find(catalog, "zzz"));
}

static void test_entry(void **state)
{
    const struct catalog_entry *entry =
        must(catalog_find(catalog_of(state), "aws.lambda.gb_second.x86_64"));
    assert_int_equal(entry->kind, CATALOG_PRICE);
    assert_string_equal(entry->unit, "GB-s");
    assert_string_equal(entry->from, "2025-06-17");
    assert_int_equal(entry->confidence, 'O');
    assert_non_null(strstr(entry->source, "awsstatic.com"));
    assert_non_null(strstr(entry->source, "2025-06-18"));
    assert_string_equal(entry->regions[0], US);
    assert_string_equal(entry->regions[1], EU);
    assert_string_equal(entry->regions[2], AP);
    assert_null(entry->regions[3]);
}

static void test_numbers(void **state)
{
    static const struct {
        const char *id;
        const char *region;
        double value;
    } rows[] = {
        {"aws.lambda.concurrency_quota", US, 1000},
        {"aws.lambda.request_rate_per_concurrency", EU, 10},
        {"aws.lambda.scaling_burst", US, 1000},
        {"aws.lambda.scaling_rate", US, 100},
        {"aws.lambda.unreserved_minimum", US, 100},
        {"aws.lambda.memory_least", US, 134217728},
        {"aws.lambda.memory_most", US, 10737418240},
        {"aws.lambda.memory_for_one_cpu", US, 1854930944},
        {"aws.lambda.cpu_most", US, 6},
        {"aws.lambda.timeout_default", US, 3},
        {"aws.lambda.timeout_most", AP, 900},
        {"aws.lambda.duration_step", US, 0.001},
        {"aws.lambda.provisioned_step", US, 300},
        {"aws.lambda.provisioned_rate", US, 10},
        {"aws.lambda.init_limit", US, 10},
        {"aws.lambda.first_run.dotnet8.zip.x86_64.128", US, 0.72025},
        {"aws.step_functions.standard.transition_rate", US, 5000},
        {"aws.step_functions.standard.transition_rate", AP, 800},
        {"aws.step_functions.standard.start_burst", EU, 1300},
        {"aws.step_functions.standard.start_rate", AP, 150},
        {"aws.step_functions.express.timeout_most", US, 300},
        {"aws.step_functions.express.memory_step", US, 67108864},
        {"aws.step_functions.payload_most", US, 262144},
        {"aws.step_functions.standard.history_most", US, 25000},
        {"aws.step_functions.open_most", AP, 1000000},
        {"azure.durable.polling_longest", US, 30},
        {"google.workflows.steps_most", US, 100000},
        {"aws.api_gateway.http.request_step", US, 524288},
        {"aws.api_gateway.throttle_rate", US, 10000},
        {"aws.api_gateway.throttle_burst", US, 5000},
        {"aws.api_gateway.http.timeout", US, 30},
        {"aws.api_gateway.rest.timeout", US, 29},
        {"aws.elasticache.cache.r7g.2xlarge.memory", US, 56715043144},
        {"aws.dynamodb.partition_write_rate", US, 1000},
        {"aws.dynamodb.write_unit", US, 1024},
        {"openai.gpt-4o.tier1.requests_per_minute", US, 500},
        {"openai.gpt-4o.tier4.tokens_per_minute", US, 2000000},
        {"openai.text-embedding-3-large.dimensions", US, 3072},
        {"pinecone.serverless.least_read_units", US, 0.25},
        {"pinecone.serverless.bytes_per_read_unit", US, 1e9},
        {"pinecone.p1.x1.throughput", US, 47},
        {"aws.kms.request_rate", AP, 20000},
        {"aws.kms.request_rate", "sa-east-1", 10000},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        double value = -1;
        struct error err;
        if (!catalog_number(catalog_of(state), rows[i].id, rows[i].region, &value, &err))
            fail_msg("%s", err.message);
        assert_near(value, rows[i].value, 1e-5 * rows[i].value, rows[i].id);
    }
}

static void test_prices(void **state)
{
    static const struct {
        const char *id;
        const char *region;
        size_t tier;
        double up_to; /* 0: the last */
        double usd;
    } rows[] = {
        {"aws.lambda.request", US, 0, 0, 0.20 / 1e6},
        {"aws.lambda.gb_second.x86_64", US, 0, 6e9, 0.0000166667},
        {"aws.lambda.gb_second.x86_64", EU, 1, 15e9, 0.0000150000},
        {"aws.lambda.gb_second.x86_64", AP, 2, 0, 0.0000133334},
        {"aws.lambda.gb_second.arm64", AP, 1, 18.75e9, 0.0000120001},
        {"aws.lambda.provisioned_held.x86_64", EU, 0, 0, 0.0000046460},
        {"aws.lambda.provisioned_held.arm64", AP, 0, 0, 0.0000041593},
        {"aws.lambda.provisioned_duration.x86_64", AP, 0, 0, 0.0000121313},
        {"aws.lambda.provisioned_duration.arm64", US, 0, 0, 0.0000077778},
        {"aws.step_functions.express.gb_second", US, 1, 18e6, 0.00000833},
        {"aws.api_gateway.rest.request", EU, 3, 0, 1.72 / 1e6},
        {"aws.api_gateway.http.request", AP, 1, 0, 1.13 / 1e6},
        {"aws.elasticache.cache.c7gn.large.hour", EU, 0, 0, 0.288},
        {"aws.elasticache.valkey.cache.m7g.xlarge.hour", AP, 0, 0, 0.3136},
        {"aws.dynamodb.on_demand.read_unit", AP, 0, 0, 0.1425 / 1e6},
        {"openai.gpt-4.output_token", US, 0, 0, 60.0 / 1e6},
        {"openai.gpt-4o.cached_token", EU, 0, 0, 1.25 / 1e6},
        {"anthropic.claude-haiku-4-5.cache_write_token", EU, 0, 0, 1.25 / 1e6},
        {"cohere.rerank-4-pro.search", EU, 0, 0, 2.5 / 1e3},
        {"bedrock.nova-pro.output_token", US, 0, 0, 3.20 / 1e6},
        {"zilliz.8cu-performance.hour", US, 0, 0, 1.272},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct price price;
        struct error err;
        if (!catalog_price(catalog_of(state), rows[i].id, rows[i].region, &price, &err))
            fail_msg("%s", err.message);
        assert_string_equal(price.id, rows[i].id);
        assert_true(rows[i].tier < price.tier_count);
        const struct price_tier *tier = &price.tiers[rows[i].tier];
        assert_near(tier->usd, rows[i].usd, 1e-15 + 1e-12 * rows[i].usd, rows[i].id);
        if (rows[i].up_to > 0)
            assert_true(tier->up_to == rows[i].up_to);
        else
            assert_true(isinf(tier->up_to) && rows[i].tier + 1 == price.tier_count);
    }
}

static void test_free_and_least(void **state)
{
    struct price price;
    struct error err;
    assert_true(catalog_price(catalog_of(state), "aws.lambda.request", US, &price, &err));
    assert_true(price.free_each_month == 1e6 && price.least_each_month == 0);
    assert_null(price.least_group);
    assert_true(catalog_price(catalog_of(state), "pinecone.serverless.storage", US, &price, &err));
    assert_true(price.least_each_month == 50 && price.free_each_month == 0);
    assert_string_equal(price.least_group, "pinecone.serverless");
}

static void test_distributions(void **state)
{
    static const struct {
        const char *id;
        double p; /* 2: the mean */
        double value;
        double tolerance;
    } rows[] = {
        {"aws.lambda.init.python3.11.zip.x86_64", 0.5, 0.080, 0.0006},
        {"aws.lambda.init.python3.11.zip.x86_64", 0.99, 0.127, 0.0006},
        {"aws.lambda.init.nodejs22.x.image.x86_64", 0.99, 0.792, 0.0006},
        {"aws.lambda.init.java21.zip.x86_64", 0.5, 0.245, 0.0006},
        {"aws.lambda.restore.java17.zip.x86_64", 0.5, 0.652, 0.0006},
        {"aws.lambda.keep_alive", 0, 300, 0},
        {"aws.lambda.keep_alive", 0.5, 360, 1e-9},
        {"aws.lambda.keep_alive", 1, 420, 0},
        {"aws.lambda.placement", 0.5, 0.135, 1e-9},
        {"aws.lambda.placement", 0.95, 0.35, 1e-6},
        {"aws.step_functions.standard.transition_latency", 0.5, 0.020, 1e-9},
        {"aws.api_gateway.http.latency", 2, 0.01413, 0.00001},
        {"aws.api_gateway.rest.latency", 2, 0.01683, 0.00001},
        {"aws.elasticache.latency", 0.5, 0.000423, 1e-9},
        {"aws.elasticache.latency", 0.99, 0.001287, 0.000005},
        {"aws.dynamodb.put", 0.99, 0.0162, 1e-9},
        {"openai.gpt-4.tpot", 0.5, 0.030, 1e-9},
        {"groq.llama-70b.ttft", 0.95, 0.304, 0.004},
        {"aws.network.cross_zone_rtt", 2, 0.00082, 0.00001},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct distribution law;
        struct error err;
        if (!catalog_distribution(catalog_of(state), rows[i].id, US, &law, &err))
            fail_msg("%s", err.message);
        double value =
            rows[i].p > 1 ? distribution_mean(&law) : distribution_quantile(&law, rows[i].p);
        assert_near(value, rows[i].value, rows[i].tolerance, rows[i].id);
    }
}

static const char *const regions[] = {US, EU, AP};

/* What components of a type find in each profile of the type, in each of the three regions. */
static void test_profiles_have(void **state)
{
    static const struct {
        const char *type;
        const char *only; /* NULL: all profiles of the type */
        enum catalog_kind kind;
        const char *parameters; /* separated by blanks */
    } rows[] = {
        {"function", NULL, CATALOG_PRICE,
         "request_price gb_second_x86_64 gb_second_arm64 provisioned_held_x86_64 "
         "provisioned_held_arm64 provisioned_duration_x86_64 provisioned_duration_arm64 "
         "provisioned_request"},
        {"function", NULL, CATALOG_NUMBER,
         "concurrency_quota request_rate_per_concurrency scaling_burst scaling_rate "
         "unreserved_minimum memory_least memory_most memory_for_one_cpu cpu_most timeout_default "
         "timeout_most duration_step provisioned_step provisioned_rate init_limit "
         "package_second_per_byte"},
        {"function", NULL, CATALOG_DISTRIBUTION, "keep_alive placement invoke_overhead"},
        {"workflow", "aws/step-functions-standard", CATALOG_PRICE, "transition_price"},
        {"workflow", "aws/step-functions-standard", CATALOG_NUMBER,
         "transition_burst transition_rate history_most start_transitions"},
        {"workflow", "aws/step-functions-express", CATALOG_PRICE, "request_price gb_second_price"},
        {"workflow", "aws/step-functions-express", CATALOG_NUMBER, "duration_step memory_step"},
        {"workflow", "aws/step-functions-standard", CATALOG_NUMBER,
         "start_burst start_rate open_most timeout_most payload_most map_concurrency"},
        {"workflow", "aws/step-functions-express", CATALOG_NUMBER,
         "start_burst start_rate synchronous_most timeout_most payload_most map_concurrency "
         "memory_base"},
        {"workflow", "azure/durable-functions", CATALOG_PRICE,
         "replay_price replay_gb_second_price queue_price table_price"},
        {"workflow", "azure/durable-functions", CATALOG_NUMBER,
         "polling_least polling_longest partitions partitions_most work_item_rate work_item_burst "
         "queue_operations table_operations replay_duration replay_memory"},
        {"workflow", "azure/durable-functions", CATALOG_DISTRIBUTION, "hop"},
        {"workflow", "google/workflows", CATALOG_PRICE, "internal_step_price external_step_price"},
        {"workflow", "google/workflows", CATALOG_NUMBER,
         "history_most open_most payload_most map_concurrency branches_most timeout_most"},
        {"workflow", NULL, CATALOG_DISTRIBUTION, "transition"},
        {"gateway", NULL, CATALOG_PRICE, "request_price"},
        {"gateway", NULL, CATALOG_NUMBER, "throttle_rate throttle_burst timeout"},
        {"gateway", "aws/api-gateway-http", CATALOG_NUMBER, "request_step"},
        {"gateway", NULL, CATALOG_DISTRIBUTION, "latency"},
        {"cache", NULL, CATALOG_DISTRIBUTION, "latency"},
        {"cache", "elasticache/cache.t4g.small", CATALOG_PRICE, "hour_price"},
        {"cache", "elasticache-valkey/cache.t4g.small", CATALOG_PRICE, "hour_price"},
        {"cache", "elasticache/cache.t4g.small", CATALOG_NUMBER, "memory"},
        {"cache", "elasticache/serverless", CATALOG_PRICE, "gb_hour_price ecpu_price"},
        {"cache", "elasticache-valkey/serverless", CATALOG_NUMBER, "least_stored"},
        {"store", "dynamodb/on-demand", CATALOG_PRICE,
         "write_unit_price read_unit_price storage_price"},
        {"store", "dynamodb/provisioned", CATALOG_PRICE,
         "write_unit_price read_unit_price storage_price"},
        {"store", "dynamodb/on-demand", CATALOG_NUMBER, "write_unit read_unit"},
        {"store", "dynamodb/on-demand", CATALOG_DISTRIBUTION,
         "get put update query delete transact"},
        {"store", "s3/standard", CATALOG_PRICE, "get_price put_price storage_price"},
        {"store", "s3/standard", CATALOG_DISTRIBUTION, "latency"},
        {"model", NULL, CATALOG_DISTRIBUTION, "ttft"},
        {"model", NULL, CATALOG_NUMBER, "requests_per_minute"},
        {"model", "openai/gpt-4", CATALOG_PRICE, "input_price output_price"},
        {"model", "openai/gpt-4", CATALOG_DISTRIBUTION, "ttft tpot"},
        {"model", "openai/gpt-4", CATALOG_NUMBER, "tokens_per_minute"},
        {"model", "openai/text-embedding-ada-002", CATALOG_PRICE, "input_price"},
        {"model", "openai/text-embedding-ada-002", CATALOG_NUMBER, "tokens_per_minute dimensions"},
        {"vector_index", NULL, CATALOG_DISTRIBUTION, "latency"},
        {"vector_index", NULL, CATALOG_MACHINE, "machine"},
        {"vector_index", "pinecone/serverless", CATALOG_PRICE,
         "read_unit_price write_unit_price storage_price"},
        {"vector_index", "pinecone/serverless", CATALOG_NUMBER,
         "bytes_per_read_unit least_read_units bytes_per_write_unit least_write_units query_rate"},
        {"vector_index", "pinecone/serverless", CATALOG_DISTRIBUTION, "freshness"},
        {"vector_index", "pinecone/p1.x1", CATALOG_PRICE, "hour_price"},
        {"vector_index", "pinecone/p2.x8", CATALOG_NUMBER,
         "throughput capacity_floats capacity_vectors"},
        {"vector_index", "milvus/16c64g-sq8", CATALOG_NUMBER, "throughput"},
        {"vector_index", "self-hosted/x86", CATALOG_NUMBER, "seconds_per_row_read"},
    };
    const struct catalog *catalog = catalog_of(state);
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t profiles_seen = 0;
        const char *const *names = catalog_profiles(catalog, rows[i].type);
        for (; *names; names++) {
            if (rows[i].only && strcmp(rows[i].only, *names) != 0) continue;
            profiles_seen++;
            struct error err;
            const struct catalog_profile *profile = NULL;
            assert_true(catalog_profile(catalog, *names, rows[i].type, &profile, &err));
            char parameters[400];
            snprintf(parameters, sizeof parameters, "%s", rows[i].parameters);
            char *rest = NULL;
            for (char *p = strtok_r(parameters, " ", &rest); p; p = strtok_r(NULL, " ", &rest)) {
                const char *id = catalog_profile_entry(profile, p);
                if (!id) fail_msg("%s has no %s", *names, p);
                enum catalog_kind kind = must(catalog_find(catalog, id))->kind;
                if (kind == CATALOG_QUOTA) kind = CATALOG_NUMBER;
                if (kind != rows[i].kind) fail_msg("%s of %s has another kind", p, *names);
            }
        }
        if (profiles_seen == 0) fail_msg("no profile for row %zu", i);
    }
}

/* Every value of every profile can be read in the three regions, but those whose region is known to
 * lack it. */
static void test_every_value(void **state)
{
    const struct catalog *catalog = catalog_of(state);
    struct arena *arena = arena_new();
    struct ann_profile profile;
    size_t lacking = 0;
    for (size_t i = 0; i < catalog_count(catalog); i++) {
        const struct catalog_entry *entry = must(catalog_at(catalog, i));
        for (size_t r = 0; r < COUNT(regions); r++) {
            struct error err;
            struct price price;
            struct distribution law;
            double number = 0;
            const char *machine = NULL;
            bool found = true;
            if (entry->kind == CATALOG_PRICE)
                found = catalog_price(catalog, entry->id, regions[r], &price, &err);
            else if (entry->kind == CATALOG_DISTRIBUTION)
                found = catalog_distribution(catalog, entry->id, regions[r], &law, &err) &&
                        distribution_mean(&law) > 0;
            else if (entry->kind == CATALOG_MACHINE)
                found = catalog_machine(catalog, entry->id, regions[r], &machine, &err) &&
                        ann_profile_find(arena, machine, &profile, &err);
            else if (entry->kind != CATALOG_PROFILE)
                found = catalog_number(catalog, entry->id, regions[r], &number, &err) && number > 0;
            lacking += !found;
        }
    }
    /* Known for us-east-1 only: SnapStart's two prices and four new cache nodes. c7gn.large and its
     * Valkey twin are not sold in ap-southeast-1. */
    assert_int_equal(lacking, 2 * 2 + 4 * 2 + 2);
    arena_free(arena);
}

static void test_not_found(void **state)
{
    const struct catalog *catalog = catalog_of(state);
    const struct catalog_profile *profile = NULL;
    struct price price;
    struct distribution law;
    struct error err;
    double number = 0;

    assert_false(catalog_price(catalog, "aws.lambda.requst", US, &price, &err));
    assert_non_null(strstr(err.message, "no entry 'aws.lambda.requst'"));
    assert_non_null(strstr(err.hint, "aws.lambda.request"));
    assert_false(catalog_price(catalog, "aws.lambda.snapstart_cache", EU, &price, &err));
    assert_non_null(strstr(err.message, "region 'eu-west-1'"));
    assert_non_null(strstr(err.hint, US));
    assert_false(catalog_price(catalog, "aws.lambda.timeout_most", US, &price, &err));
    assert_non_null(strstr(err.message, "is a quota, expected a price"));
    assert_false(catalog_number(catalog, "aws.lambda.request", US, &number, &err));
    assert_non_null(strstr(err.message, "is a price, expected a quota or a number"));
    assert_false(catalog_distribution(catalog, "aws/lambda", US, &law, &err));
    assert_non_null(strstr(err.message, "is a profile, expected a distribution"));

    assert_false(catalog_profile(catalog, "openai/gpt4", "model", &profile, &err));
    assert_non_null(strstr(err.hint, "openai/gpt-4"));
    assert_false(catalog_profile(catalog, "openai/gpt-4", "cache", &profile, &err));
    assert_non_null(strstr(err.message, "is a model, expected a cache"));
    assert_false(catalog_profile(catalog, "aws.lambda.request", "function", &profile, &err));
    assert_non_null(strstr(err.hint, "aws/lambda"));
    assert_false(catalog_profile(catalog, "x", "spaceship", &profile, &err));
    assert_string_equal(err.hint, "");
    assert_null(catalog_profiles(catalog, "spaceship")[0]);

    assert_true(catalog_profile(catalog, "aws/lambda", "function", &profile, &err));
    assert_null(catalog_profile_entry(profile, "nothing"));
    assert_string_equal(catalog_profile_entry(profile, "request_price"), "aws.lambda.request");
}

static void test_profiles_sorted(void **state)
{
    const char *const *names = catalog_profiles(catalog_of(state), "model");
    size_t count = 0;
    for (; names[count]; count++)
        if (count > 0) assert_true(strcmp(names[count - 1], names[count]) < 0);
    assert_true(count > 90);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),          cmocka_unit_test(test_entry),
        cmocka_unit_test(test_numbers),        cmocka_unit_test(test_prices),
        cmocka_unit_test(test_free_and_least), cmocka_unit_test(test_distributions),
        cmocka_unit_test(test_profiles_have),  cmocka_unit_test(test_every_value),
        cmocka_unit_test(test_not_found),      cmocka_unit_test(test_profiles_sorted),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
