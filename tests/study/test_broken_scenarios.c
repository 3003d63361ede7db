/* test_broken_scenarios.c - what a user sees of a faulty scenario: a table of texts with the exact
 * diagnostics. */
#include "base/arena.h"
#include "base/text.h"
#include "models/catalog.h"
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

#define WORKLOADS  "workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\n"
#define COMPONENTS "components: {q: {type: service, time: 100ms}}\n"

struct broken {
    const char *text;
    const char *expected;
};

static const struct broken cases[] = {
#include "tests/study/broken_scenarios.h"
};
static const struct broken value_cases[] = {
#include "tests/study/broken_values.h"
};
static const struct broken json_cases[] = {
#include "tests/study/broken_json.h"
};

static char folder[] = "/tmp/ragtime-XXXXXX";
static char home[1024];

/* Loaded once for all. */
static struct arena *catalog_arena;
static const struct catalog *catalog;

static const char *const files[][2] = {
    {"broken.yaml", NULL},  {"broken.json", NULL},  {"loop.yaml", "extends: broken.yaml\n"},
    {"list.yaml", "- a\n"}, {"bad.yaml", "a: [\n"},
    {"flow.yaml", "{StartAt: A, States: {A: {Type: Pass, Next: Bb}}}\n"},
};
#define FILE_COUNT (sizeof files / sizeof *files)

/* Not file_write, which waits for the disk. */
static void put(const char *name, const char *bytes, size_t length)
{
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

/* Runs in the folder, so that names in messages have no path. */
static int enter_folder(void **state)
{
    (void)state;
    struct error err;
    catalog_arena = arena_new();
    assert_true(catalog_load(catalog_arena, &catalog, &err));
    assert_non_null(getcwd(home, sizeof home));
    assert_non_null(mkdtemp(folder));
    if (chdir(folder) != 0) return 1;
    for (size_t i = 0; i < FILE_COUNT; i++)
        if (files[i][1]) put(files[i][0], files[i][1], strlen(files[i][1]));
    return 0;
}

static int leave_folder(void **state)
{
    (void)state;
    arena_free(catalog_arena);
    for (size_t i = 0; i < FILE_COUNT; i++) unlink(files[i][0]);
    if (chdir(home) != 0) return 1;
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

static void lint(const char *name, const char *bytes, size_t length,
                 const struct override *overrides, size_t count, struct text *out)
{
    struct arena *arena = arena_new();
    struct diagnostics d;
    diagnostics_init(&d, arena);
    put(name, bytes, length);
    scenario_load_with(arena, catalog, name, overrides, count, &d);
    describe(out, &d);
    arena_free(arena);
}

static void check_table(const char *name, const struct broken *table, size_t count)
{
    size_t wrong = 0;
    for (size_t i = 0; i < count; i++) {
        struct text found;
        text_init(&found);
        lint(name, table[i].text, strlen(table[i].text), NULL, 0, &found);
        assert_true(found.length > 0);
        if (strcmp(found.data, table[i].expected) != 0) {
            fprintf(stderr, "%s\nexpected:\n%sfound:\n%s\n", table[i].text, table[i].expected,
                    found.data);
            wrong++;
        }
        text_free(&found);
    }
    assert_int_equal(wrong, 0);
}

static void test_tables(void **state)
{
    (void)state;
    check_table("broken.yaml", cases, sizeof cases / sizeof *cases);
    check_table("broken.yaml", value_cases, sizeof value_cases / sizeof *value_cases);
    check_table("broken.json", json_cases, sizeof json_cases / sizeof *json_cases);
}

static void expect(const char *name, const char *bytes, size_t length, const char *expected)
{
    struct text found;
    text_init(&found);
    lint(name, bytes, length, NULL, 0, &found);
    assert_string_equal(found.data, expected);
    text_free(&found);
}

/* What is no text, and what is nested too deep for whoever goes down into it. */
static void test_hostile_bytes(void **state)
{
    (void)state;
    static char deep[5000];
    expect("broken.yaml", "\0\1\2\xFE\xFF", 5, "1:1: a NUL byte: the file is no text file\n");
    expect("broken.json", "{\"a\": \0}", 8, "1:7: a NUL byte: the file is no text file\n");
    expect("broken.yaml", "a: \xC3(\n", 6,
           "1:4: the byte 0xC3 is not part of valid UTF-8 = save the file in the encoding UTF-8\n");
    memset(deep, '[', sizeof deep);
    expect("broken.json", deep, sizeof deep, "1:101: more than 100 lists and maps in each other\n");
    expect("broken.yaml", deep, sizeof deep, "1:101: more than 100 lists and maps in each other\n");
    for (size_t i = 0; i < sizeof deep; i += 2) memcpy(deep + i, "- ", 2);
    expect("broken.yaml", deep, sizeof deep, "1:201: more than 100 lists and maps in each other\n");
}

/* A chain of 1,000 components is a scenario, in whatever order they stand; a longer one, or a ring,
 * is a fault of one component. */
static void check_chain(size_t count, bool backwards, const char *last, const char *expected)
{
    struct text yaml;
    text_init(&yaml);
    text_add(&yaml, "workloads: {w: {enters: c0, arrivals: {poisson: {rate: 1/s}}}}\n");
    text_add(&yaml, "components:\n");
    for (size_t i = 0; i < count; i++) {
        const size_t at = backwards ? count - 1 - i : i;
        if (at == count - 1)
            text_format(&yaml, "  c%zu: %s\n", at, last);
        else
            text_format(&yaml, "  c%zu: {type: gateway, calls: c%zu}\n", at, at + 1);
    }
    expect("broken.yaml", yaml.data, yaml.length, expected);
    text_free(&yaml);
}

static void test_chains(void **state)
{
    (void)state;
    check_chain(1000, false, "{type: service}", "");
    check_chain(1000, true, "{type: service}", "");
    check_chain(1200, false, "{type: service}",
                "1003:10: components.c1000: more than 1000 components wait for each other in a "
                "chain here\n");
    check_chain(1200, true, "{type: service}",
                "1003:9: components.c199: more than 1000 components wait for each other in a "
                "chain here\n");
    check_chain(700, false, "{type: gateway, calls: c0}",
                "702:9: components.c699: calls 'c0', which waits for 'c699' in turn: a request "
                "would never end\n");
}

static void test_overrides(void **state)
{
    (void)state;
    static const struct {
        struct override set;
        const char *expected;
    } sets[] = {
        {{"components.q.servers", "3", "--set"}, ""},
        {{"components.z", "{type: service}", "--set"}, ""},
        {{"name", "of my own", "--set"}, ""},
        {{"components.q.servers", "0", "--set"},
         "1:1: components.q.servers: servers must be at least 1, found 0\n"},
        {{"components.q.timee", "1s", "--set"},
         "1:1: components.q.timee: unknown field of a service; did you mean 'time'?\n"},
        {{"simulate.duration", "5", "--duration"},
         "1:1: simulate.duration: '5' has no unit; write 5s or 5ms\n"},
        {{"components..servers", "1", "--set"},
         "1:1: components..servers: the path 'components..servers' has an empty step: names stand "
         "between dots\n"},
        {{"", "1", "--set"}, "1:1: the path '' has an empty step: names stand between dots\n"},
        {{"components.q.time.x", "5", "--set"},
         "1:1: components.q.time.x: cannot set 'x' inside a string: a map or a list was expected "
         "there\n"},
        {{"components.q.time", "[", "--set"},
         "1:2: components.q.time: the YAML cannot be read: did not find expected node content "
         "while parsing a flow node that begins in line 1\n"},
        {{"components.q.time", "", "--set"},
         "1:1: components.q.time: no value is given; write PATH=VALUE\n"},
        {{"components.q.time", ".nan", "--set"},
         "1:1: components.q.time: '.nan' is not a finite number = put it in quotes if it is meant "
         "as text\n"},
        {{"components.z.servers", "1", "--set"},
         "1:1: components.z.servers: there is no component 'z' = to add one, set its type as well\n"},
        {{"components.secnod.time.exponential.mean", "1s", "--set"},
         "1:1: components.secnod.time.exponential.mean: there is no component 'secnod'; did you mean "
         "'second'?\n"},
        {{"components.z.type", "service", "--set"}, ""},
        {{"workloads.v.arrivals.poisson.rate", "1/s", "--set"},
         "1:1: workloads.v.arrivals.poisson.rate: there is no workload 'v' = to add one, set its "
         "enters as well\n"},
        {{"budgets.w.latency.p95", "< 2s", "--set"}, ""},
        {{"budgets.w.latency.mean", "< 4s", "--set"}, ""},
        {{"budgets.w.latency.p59", "< 2s", "--set"},
         "1:1: budgets.w.latency.p59: no such metric; did you mean 'w.latency.p50'?\n"},
        {{"budgets.w.latency.p95", "fast", "--set"},
         "1:1: budgets.w.latency.p95: expected a limit such as '< 2.5s' or '>= 99.9%', found "
         "fast\n"},
        {{"budgets.", "< 2s", "--set"},
         "1:1: budgets.: the path 'budgets.' has an empty step: names stand between dots\n"},
        {{"workloads.w.enters", "x", "--set"},
         "1:1: workloads.w.enters: there is no component 'x'\n"},
        {{"simulate", "5", "--set"},
         "1:1: simulate: expected a map with fields such as 'duration' and 'warmup', found '5'\n"},
        {{"simulat.seed", "5", "--set"},
         "1:1: simulat: unknown field of a scenario; did you mean 'simulate'?\n"},
    };
    static const char good[] =
        WORKLOADS "components: {q: {type: service, time: 100ms}, second: {type: service}}\n"
                  "budgets: {w.latency.mean: < 1s}\n";
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        struct text found;
        text_init(&found);
        lint("broken.yaml", good, strlen(good), &sets[i].set, 1, &found);
        assert_string_equal(found.data, sets[i].expected);
        text_free(&found);
    }
}

/* A component that several overrides make is none that is missing, in whatever order they stand; and
 * a budget set is a budget read. */
static void test_override_lists(void **state)
{
    (void)state;
    static const struct override make[] = {{"components.z.time", "1s", "--set"},
                                           {"components.z.type", "service", "--set"},
                                           {"workloads.v.arrivals.poisson.rate", "1/s", "--set"},
                                           {"workloads.v.enters", "z", "--set"},
                                           {"budgets.v.latency.p95", "< 2s", "--set"},
                                           {"budgets.w.latency.p95", "< 3s", "--set"}};
    struct arena *arena = arena_new();
    struct diagnostics d;
    diagnostics_init(&d, arena);
    put("broken.yaml", WORKLOADS COMPONENTS, strlen(WORKLOADS COMPONENTS));
    const struct scenario *s =
        scenario_load(arena, "broken.yaml", make, sizeof make / sizeof *make, &d);
    assert_null(d.first);
    assert_int_equal(s->budget_count, 2);
    assert_string_equal(s->budgets[0].metric, "v.latency.p95");
    assert_string_equal(s->budgets[1].metric, "w.latency.p95");
    assert_string_equal(s->budgets[1].limit, "< 3s");
    assert_true(s->budgets[1].value == 3);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_hostile_bytes),
        cmocka_unit_test(test_chains),
        cmocka_unit_test(test_overrides),
        cmocka_unit_test(test_override_lists),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
