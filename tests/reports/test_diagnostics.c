/* test_diagnostics.c - faults as text: exact, bounded, and harmless whatever bytes they quote. */
#include "reports/diagnostics_text.h"
#include "tests/reports/sample.h"

#include <stdlib.h>
#include <unistd.h>

static const char source[] = "name: x\n  b: {memroy: 1GB}\n\tä: tab\x1b[2J\n";

static int set_up(void **state)
{
    char *path = strdup("/tmp/ragtime-test-XXXXXX");
    const int file = mkstemp(path);
    if (file < 0 || write(file, source, sizeof source - 1) != (ssize_t)sizeof source - 1) return -1;
    close(file);
    *state = path;
    return 0;
}

static int tear_down(void **state)
{
    unlink(*state);
    free(*state);
    return 0;
}

static void test_exact(void **state)
{
    struct arena *arena = arena_new();
    struct diagnostics d;
    struct text out;
    const char *file = *state;
    diagnostics_init(&d, arena);
    text_init(&out);
    diagnostics_text(&out, &d, file, &plain);
    assert_string_equal(out.data, "");
    struct diagnostic *first = diagnostics_add(&d, SEVERITY_ERROR, (struct place){file, 2, 7},
                                               "components.b.memroy", "unknown field");
    diagnostics_hint(&d, first, "'ragtime explain function' lists the fields");
    diagnostics_add(&d, SEVERITY_WARNING, (struct place){file, 99, 1}, "", "slow");
    diagnostics_text(&out, &d, file, &plain);
    const char *expected = arena_format(arena,
                                        "%s:2:7: components.b.memroy: unknown field\n"
                                        "    2 |   b: {memroy: 1GB}\n"
                                        "      |       ^~~~~~\n"
                                        "   = 'ragtime explain function' lists the fields\n"
                                        "%s:99:1: warning: slow\n"
                                        "1 error, 1 warning in %s\n",
                                        file, file, file);
    assert_string_equal(out.data, expected);
    text_free(&out);
    arena_free(arena);
}

/* At most 20, then how many more. */
static void test_many(void **state)
{
    struct arena *arena = arena_new();
    struct diagnostics d;
    struct text out;
    size_t lines = 0;
    (void)state;
    diagnostics_init(&d, arena);
    text_init(&out);
    for (int i = 0; i < 32; i++)
        diagnostics_add(&d, SEVERITY_ERROR, (struct place){0}, "", "fault %d", i);
    diagnostics_text(&out, &d, "rag.yaml", &pretty);
    for (const char *at = out.data; *at; at++) lines += *at == '\n';
    assert_int_equal(lines, 22);
    assert_non_null(strstr(out.data, "fault 19\n… and 12 more\n32 errors in rag.yaml\n"));
    text_free(&out);
    arena_free(arena);
}

static void test_hostile(void **state)
{
    const char *file = *state;
    for (size_t i = 0; i < HOSTILE; i++) {
        struct arena *arena = arena_new();
        struct diagnostics d;
        struct text out;
        diagnostics_init(&d, arena);
        text_init(&out);
        for (int column = -1; column < 20; column++)
            for (int line = -1; line < 6; line++) {
                d = (struct diagnostics){.arena = arena};
                struct diagnostic *x = diagnostics_add(
                    &d, SEVERITY_ERROR, (struct place){line ? file : hostile[i], line, column},
                    hostile[i], "%s", hostile[i]);
                diagnostics_hint(&d, x, "%s", hostile[i]);
                text_clear(&out);
                diagnostics_text(&out, &d, hostile[i], &plain);
                for (const char *at = out.data; *at; at++)
                    assert_true(*at == '\n' || ((unsigned char)*at >= 0x20 && *at != 0x7f));
            }
        text_free(&out);
        arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_exact, set_up, tear_down),
        cmocka_unit_test(test_many),
        cmocka_unit_test_setup_teardown(test_hostile, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
