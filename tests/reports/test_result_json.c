/* test_result_json.c - results as JSON, parsed back by an independent reader. */
#include "reports/result_json.h"
#include "tests/reports/sample.h"

#include <cjson/cJSON.h>

static cJSON *parse(const struct result *r)
{
    struct text out;
    const char *end = NULL;
    text_init(&out);
    result_json(&out, r);
    cJSON *root = cJSON_ParseWithOpts(out.data, &end, true);
    if (!root) fail_msg("not JSON near: %.60s", end ? end : out.data);
    assert_int_equal(out.data[out.length - 1], '\n');
    text_free(&out);
    return root;
}

/* The item at a path of keys and indices, "/" between. */
static const cJSON *at(const cJSON *item, const char *path)
{
    char copy[256];
    char *rest = NULL;
    snprintf(copy, sizeof copy, "%s", path);
    for (char *key = strtok_r(copy, "/", &rest); key; key = strtok_r(NULL, "/", &rest)) {
        item = cJSON_IsArray(item) ? cJSON_GetArrayItem(item, key[0] - '0')
                                   : cJSON_GetObjectItemCaseSensitive(item, key);
        if (!item) fail_msg("no %s in %s", key, path);
    }
    return item;
}

static void check_number(const cJSON *root, const char *path, double expected)
{
    const cJSON *item = at(root, path);
    assert_true(cJSON_IsNumber(item));
    if (item->valuedouble != expected) fail_msg("%s: %.17g", path, item->valuedouble);
}

static void check_string(const cJSON *root, const char *path, const char *expected)
{
    const cJSON *item = at(root, path);
    assert_true(cJSON_IsString(item));
    assert_string_equal(item->valuestring, expected);
}

static void test_values(void **state)
{
    struct arena *arena = arena_new();
    const struct catalog *catalog = sample_catalog(arena);
    struct result *r = sample_result(arena, catalog, "rag.yaml", "chat", "answer");
    cJSON *root = parse(r);
    (void)state;
    check_string(root, "schema", "ragtime.result/1");
    assert_true(cJSON_IsTrue(at(root, "complete")));
    check_string(root, "version", RAGTIME_VERSION);
    check_string(root, "scenario/file", "rag.yaml");
    check_string(root, "catalogue/platform", "aws/us-east-1");
    check_string(root, "catalogue/date", catalog_date(r->scenario->plan->catalog));
    check_number(root, "run/seed", 42);
    check_number(root, "run/events", 61234567);
    check_string(root, "run/warmup_from", "mser5");
    check_number(root, "metrics/chat.latency.p95/value", 1.1204);
    check_string(root, "metrics/chat.latency.p95/unit", "s");
    check_number(root, "metrics/chat.latency.p95/ci95/0", 1.1204 - 0.022);
    check_number(root, "metrics/chat.latency.p95/ci95/1", 1.1204 + 0.022);
    check_number(root, "metrics/chat.latency.p95/replications/1", 1.1204 + 0.011);
    assert_null(cJSON_GetObjectItem(at(root, "metrics/answer.concurrency.max"), "ci95"));
    assert_true(cJSON_IsNull(at(root, "metrics/chat.latency.p999/value")));
    assert_true(cJSON_IsTrue(at(root, "metrics/chat.latency.p999/low_n")));
    assert_true(cJSON_IsNull(at(root, "metrics/answer.idle.mean/value")));
    check_number(root, "workloads/chat/latency/count", 4);
    check_number(root, "workloads/chat/latency/max_s", 1.24);
    check_number(root, "workloads/chat/latency/histogram/buckets/0/2", 3);
    assert_true(at(root, "workloads/chat/latency/histogram/buckets/0/0")->valuedouble <= 5e8);
    assert_true(at(root, "workloads/chat/latency/histogram/buckets/0/1")->valuedouble > 5e8);
    check_number(root, "workloads/chat/outcomes/ok", 4);
    check_string(root, "workloads/chat/attribution/1/cause", "cold start");
    check_number(root, "workloads/chat/attribution/1/share_ratio", 0.35);
    check_string(root, "components/answer/type", "function");
    check_number(root, "cost/per_1k_requests_usd/value", 4.82);
    check_number(root, "cost/lines/0/usd", 24987);
    check_number(root, "timeseries/answer.running/0", 0.1);
    assert_true(cJSON_IsNull(at(root, "timeseries/answer.running/1")));
    check_string(root, "budgets/0/verdict", "fail");
    assert_true(cJSON_IsFalse(at(root, "budgets/0/met")));
    check_string(root, "budgets/0/where", "rag.yaml:51:3");
    cJSON_Delete(root);
    arena_free(arena);
}

static void test_checks(void **state)
{
    static const struct {
        const char *violation;
        const char *check;
    } cases[] = {{"api: calls are not conserved", "conservation"},
                 {"api: Little's law does not hold for calls in flight", "littles_law"},
                 {"the bill of 2 is not the sum of its lines, 1", "bill"}};
    struct arena *arena = arena_new();
    const struct catalog *catalog = sample_catalog(arena);
    struct result *r = sample_result(arena, catalog, "rag.yaml", "chat", "answer");
    (void)state;
    cJSON *root = parse(r);
    for (size_t i = 0; i < 3; i++)
        assert_true(cJSON_IsTrue(cJSON_GetObjectItem(at(root, "checks"), cases[i].check)));
    cJSON_Delete(root);
    for (size_t i = 0; i < 3; i++) {
        const char *violations[] = {cases[i].violation};
        r->violations = violations;
        r->violation_count = 1;
        root = parse(r);
        for (size_t k = 0; k < 3; k++)
            assert_int_equal(cJSON_IsTrue(cJSON_GetObjectItem(at(root, "checks"), cases[k].check)),
                             i != k);
        check_string(root, "violations/0", cases[i].violation);
        cJSON_Delete(root);
    }
    arena_free(arena);
}

/* Names come back as they were, or with U+FFFD for what is no UTF-8; nothing can close a page's
 * script. */
static void test_hostile(void **state)
{
    struct arena *shared = arena_new();
    const struct catalog *catalog = sample_catalog(shared);
    (void)state;
    for (size_t i = 0; i < HOSTILE; i++) {
        struct arena *arena = arena_new();
        struct result *r = sample_result(arena, catalog, hostile[i], "chat", "answer");
        cJSON *root = parse(r);
        struct text out;
        if ((unsigned char)hostile[i][0] == 0xff)
            check_string(root, "scenario/name", "\ufffd\ufffd\ufffd");
        else
            check_string(root, "scenario/name", hostile[i]);
        cJSON_Delete(root);
        r = sample_result(arena, catalog, "s", hostile[i], hostile[i]);
        cJSON_Delete(parse(r));
        text_init(&out);
        result_json(&out, r);
        assert_null(strstr(out.data, "</"));
        text_free(&out);
        arena_free(arena);
    }
    arena_free(shared);
}

/* A value that depends on the run's length is withheld, but not what the replications gave. */
static void test_unstable(void **state)
{
    struct arena *arena = arena_new();
    const struct catalog *catalog = sample_catalog(arena);
    struct result *r = sample_result(arena, catalog, "rag.yaml", "chat", "answer");
    (void)state;
    cJSON *root = parse(r);
    assert_true(cJSON_IsTrue(at(root, "components/answer/stable")));
    assert_true(cJSON_IsTrue(at(root, "workloads/chat/stable")));
    assert_int_equal(cJSON_GetArraySize(at(root, "warnings")), 0);
    cJSON_Delete(root);
    sample_unstable(arena, r);
    root = parse(r);
    assert_true(cJSON_IsFalse(at(root, "components/answer/stable")));
    assert_true(cJSON_IsFalse(at(root, "workloads/chat/stable")));
    assert_true(cJSON_IsNull(at(root, "metrics/chat.latency.p95/value")));
    assert_true(cJSON_IsTrue(at(root, "metrics/chat.latency.p95/unstable")));
    assert_null(cJSON_GetObjectItem(at(root, "metrics/chat.latency.p95"), "ci95"));
    check_number(root, "metrics/chat.latency.p95/replications/1", 1.1204 + 0.011);
    check_number(root, "metrics/chat.success_ratio/value", 0.996);
    assert_true(cJSON_IsNull(at(root, "budgets/0/value")));
    assert_true(cJSON_IsTrue(at(root, "budgets/0/unstable")));
    check_string(root, "budgets/0/verdict", "fail");
    check_string(root, "warnings/0/where", "rag.yaml:40:3");
    check_string(root, "warnings/0/path", "components.answer");
    check_string(root, "warnings/0/message", "unstable: it grew; send it less");
    cJSON_Delete(root);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_values), cmocka_unit_test(test_checks),
                                       cmocka_unit_test(test_hostile),
                                       cmocka_unit_test(test_unstable)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
