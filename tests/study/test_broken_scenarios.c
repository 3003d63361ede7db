/* test_broken_scenarios.c - what a user sees of a faulty scenario: a table of texts with the exact
 * diagnostics, and random damage. */
#include "base/arena.h"
#include "base/document.h"
#include "base/file.h"
#include "base/text.h"
#include "study/scenario.h"

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

static const struct {
    const char *text;
    const char *expected;
} cases[] = {
#include "tests/study/broken_scenarios.h"
};

static char folder[] = "/tmp/ragtime-XXXXXX";

/* Runs in the folder, so that names in messages have no path. */
static int enter_folder(void **state)
{
    (void)state;
    static char home[1024];
    *state = getcwd(home, sizeof home);
    assert_non_null(mkdtemp(folder));
    return chdir(folder);
}

static int leave_folder(void **state)
{
    unlink("broken.yaml");
    if (chdir(*state) != 0) return 1;
    return rmdir(folder);
}

static void describe(struct text *out, const struct diagnostics *d)
{
    for (const struct diagnostic *x = d->first; x; x = x->next) {
        text_format(out, "%d:%d: ", x->place.line, x->place.column);
        if (x->path && x->path[0]) text_format(out, "%s: ", x->path);
        text_add(out, x->message);
        if (x->hint && x->hint[0]) text_format(out, " = %s", x->hint);
        text_add(out, "\n");
    }
}

static void lint(const char *bytes, size_t length, const struct override *overrides, size_t count,
                 struct text *out)
{
    struct arena *arena = arena_new();
    struct diagnostics d;
    struct error err;
    diagnostics_init(&d, arena);
    assert_true(file_write("broken.yaml", bytes, length, &err));
    scenario_load(arena, "broken.yaml", overrides, count, &d);
    describe(out, &d);
    arena_free(arena);
}

static void test_table(void **state)
{
    (void)state;
    const size_t count = sizeof cases / sizeof *cases;
    size_t wrong = 0;
    assert_true(count >= 60);
    for (size_t i = 0; i < count; i++) {
        struct text found;
        text_init(&found);
        lint(cases[i].text, strlen(cases[i].text), NULL, 0, &found);
        if (strcmp(found.data, cases[i].expected) != 0) {
            fprintf(stderr, "%s\nexpected:\n%sfound:\n%s\n", cases[i].text, cases[i].expected,
                    found.data);
            wrong++;
        }
        assert_true(found.length > 0);
        text_free(&found);
    }
    assert_int_equal(wrong, 0);
}

static const char good[] = "workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\n"
                           "components: {q: {type: service, time: 100ms}}\n";

static void test_overrides(void **state)
{
    (void)state;
    static const struct {
        struct override set;
        const char *expected;
    } sets[] = {
        {{"components.q.servers", "3", "--set"}, ""},
        {{"components.q.servers", "0", "--set"},
         "1:1: components.q.servers: servers must be at least 1, found 0\n"},
        {{"components.q.timee", "1s", "--set"},
         "1:1: components.q.timee: unknown field of a service; did you mean 'time'?\n"},
        {{"simulate.duration", "5", "--duration"},
         "1:1: simulate.duration: '5' has no unit; write 5s or 5ms\n"},
    };
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        struct text found;
        text_init(&found);
        lint(good, strlen(good), &sets[i].set, 1, &found);
        assert_string_equal(found.data, sets[i].expected);
        text_free(&found);
    }
}

/* Bytes of a good scenario changed at random: a result or faults, never a crash (sanitizers watch).
 */
static void test_damage(void **state)
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
    uint64_t random = 1;
    size_t refused = 0;
    for (int i = 0; i < 300; i++) {
        char bytes[sizeof rich];
        struct text found;
        memcpy(bytes, rich, sizeof rich);
        for (int k = 0; k < 3; k++) {
            random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            const size_t at = (size_t)(random >> 33) % (sizeof rich - 1);
            bytes[at] =
                k == 0 ? (char)(random >> 20) : rich[(size_t)(random >> 11) % (sizeof rich - 1)];
        }
        text_init(&found);
        lint(bytes, sizeof rich - 1, NULL, 0, &found);
        refused += found.length > 0;
        text_free(&found);
    }
    assert_in_range(refused, 150, 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_overrides),
        cmocka_unit_test(test_damage),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
