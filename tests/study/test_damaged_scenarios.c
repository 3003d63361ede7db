/* test_damaged_scenarios.c - scenarios with random damage are linted or refused. Run from the
 * project's root. */
#include "base/arena.h"
#include "base/compiler.h"
#include "base/document.h"
#include "models/catalog.h"
#include "models/compiler.h"
#include "study/budget.h"
#include "study/scenario.h"

/* Sanitizers take several times as long for each. */
enum { DAMAGES = ADDRESS_SANITIZER ? 1000 : 5000 };

/* cmocka.h needs these before it. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
/* clang-format on */

static uint64_t next_random(uint64_t *random)
{
    *random = *random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *random >> 33;
}

/* One to four edits: a byte of any value, a byte from elsewhere in the text, a stretch taken out, a
 * stretch doubled. `bytes` has room for twice its length. */
static size_t damage(uint64_t *random, char *bytes, size_t length)
{
    const size_t room = length * 2;
    const size_t edits = 1 + next_random(random) % 4;
    for (size_t i = 0; i < edits && length > 40; i++) {
        const size_t at = next_random(random) % (length - 32);
        const size_t stretch = 1 + next_random(random) % 30;
        switch (next_random(random) % 4) {
        case 0: bytes[at] = (char)next_random(random); break;
        case 1: bytes[at] = bytes[next_random(random) % length]; break;
        case 2:
            memmove(bytes + at, bytes + at + stretch, length - at - stretch);
            length -= stretch;
            break;
        default:
            if (length + stretch > room) break;
            memmove(bytes + at + stretch, bytes + at, length - at);
            length += stretch;
            break;
        }
    }
    return length;
}

/* A shipped scenario and the files that it extends, the base first. */
static const char *const shipped[][4] = {
    {"rag-chat/base.yaml", "rag-chat/function.yaml"},
    {"rag-chat/base.yaml", "rag-chat/workflow.yaml"},
    {"rag-chat/base.yaml", "rag-chat/workflow.yaml", "rag-chat/express.yaml"},
    {"rag-chat/base.yaml", "rag-chat/workflow.yaml", "rag-chat/express.yaml",
     "rag-chat/provisioned.yaml"},
    {"azure-trace.yaml"},
};
#define SHIPPED_COUNT (sizeof shipped / sizeof *shipped)

/* The faults of a shipped scenario of which one file, at random, is damaged (with `random` NULL:
 * none is). The catalogue is loaded once for all of them, which scenario_load would not. */
static size_t lint_damaged(const struct catalog *catalog, size_t which, uint64_t *random)
{
    struct arena *arena = arena_new();
    struct diagnostics d;
    struct error err;
    struct node *root = NULL;
    bool read = true;
    size_t count = 0;
    diagnostics_init(&d, arena);
    while (count < 4 && shipped[which][count]) count++;
    const size_t target = random ? next_random(random) % count : count;
    for (size_t i = 0; i < count && read; i++) {
        const char *name = arena_format(arena, "scenarios/%s", shipped[which][i]);
        struct node *node = NULL;
        char *text = NULL;
        size_t length = 0;
        assert_true(document_load(arena, name, &text, &length, &err));
        char *bytes = arena_alloc(arena, 2 * length);
        memcpy(bytes, text, length);
        if (i == target) length = damage(random, bytes, length);
        read = document_read_text(arena, name, DOCUMENT_YAML, bytes, length, &node, &err);
        if (read) root = i == 0 ? node : node_merge(arena, root, node);
    }
    if (!read) diagnostics_add_error(&d, "", &err);
    if (read && root->type == NODE_MAP) {
        struct compiler compiler = {.arena = arena, .diagnostics = &d, .catalog = catalog};
        compiler.file = arena_format(arena, "scenarios/%s", shipped[which][count - 1]);
        compiler.plan = arena_new_item(arena, struct plan);
        struct scenario scenario = {.plan = compiler.plan};
        plan_compile(&compiler, root);
        budgets_read(&compiler.reader, root, &scenario);
    }
    const size_t errors = d.errors;
    arena_free(arena);
    return errors;
}

/* 5,000 damaged scenarios: each is linted or refused, never a crash (sanitizers watch). */
static void test_damaged_scenarios(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    const struct catalog *catalog = NULL;
    struct error err;
    uint64_t random = 20;
    size_t refused = 0;
    assert_true(catalog_load(arena, &catalog, &err));
    for (size_t i = 0; i + 1 < SHIPPED_COUNT; i++) /* the last needs a data set */
        assert_int_equal(lint_damaged(catalog, i, NULL), 0);
    for (size_t i = 0; i < DAMAGES; i++)
        refused += lint_damaged(catalog, i % SHIPPED_COUNT, &random) > 0;
    print_message("%zu of %d refused\n", refused, DAMAGES);
    assert_in_range(refused, DAMAGES / 2, DAMAGES - DAMAGES / 500);
    arena_free(arena);
}

/* The number of faults of a file with these bytes. */
static size_t load_bytes(const char *bytes, size_t length)
{
    char name[] = "/tmp/ragtime-XXXXXX";
    struct arena *arena = arena_new();
    struct diagnostics d;
    const int descriptor = mkstemp(name);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, bytes, length), length);
    assert_int_equal(close(descriptor), 0);
    diagnostics_init(&d, arena);
    scenario_load(arena, name, NULL, 0, &d);
    const size_t errors = d.errors;
    assert_int_equal(unlink(name), 0);
    arena_free(arena);
    return errors;
}

/* The same through scenario_load, settings and all. */
static void test_damaged_file(void **state)
{
    (void)state;
    static const char rich[] =
        "simulate: {duration: 10m, warmup: auto, replications: {until: {metric: w.latency.p95}}}\n"
        "workloads: {w: {enters: api, arrivals: {spike: {base: 2/s, peak: 20/s, at: 1m, for: "
        "10s}}, queries: {zipf: {exponent: 1, distinct: 9}}}}\n"
        "components:\n"
        "  api: {type: gateway, calls: f, throttle: {rate: 10/s, burst: 5}}\n"
        "  f: {type: function, memory: 512MB, does: [{cached: {in: c, miss: [{call: m, retry: {on: "
        "[failed]}}]}}, {each: {items: 3, does: [{wait: 1s}]}}]}\n"
        "  c: {type: cache, capacity: 10}\n"
        "  m: {type: model, service: openai/gpt-4o}\n"
        "budgets: {w.latency.p95: < 2s}\n";
    uint64_t random = 4;
    size_t refused = 0;
    assert_int_equal(load_bytes(rich, sizeof rich - 1), 0);
    for (int i = 0; i < 25; i++) {
        char bytes[2 * sizeof rich];
        memcpy(bytes, rich, sizeof rich);
        refused += load_bytes(bytes, damage(&random, bytes, sizeof rich - 1)) > 0;
    }
    assert_in_range(refused, 13, 25);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_damaged_scenarios),
        cmocka_unit_test(test_damaged_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
