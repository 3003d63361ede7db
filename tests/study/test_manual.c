/* test_manual.c - the manual's and the README's examples are scenarios without fault, and so are
 * those that ship. Run from the project's root. */
/* cmocka.h needs these before it. */
/* clang-format off */
#include <dirent.h>
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

#include "base/arena.h"
#include "base/document.h"
#include "base/file.h"
#include "study/scenario.h"

static void check(const char *path, const char *what)
{
    struct arena *arena = arena_new();
    struct diagnostics d;
    diagnostics_init(&d, arena);
    scenario_load(arena, path, NULL, 0, &d);
    for (const struct diagnostic *x = d.first; x; x = x->next)
        fprintf(stderr, "%s: %d:%d: %s: %s\n", what, x->place.line, x->place.column, x->path,
                x->message);
    assert_int_equal(d.errors, 0);
    arena_free(arena);
}

/* Every ```yaml block of a Markdown file; returns how many. */
static int check_blocks(const char *markdown)
{
    struct arena *arena = arena_new();
    struct error err;
    char *text = NULL;
    size_t length = 0;
    int blocks = 0;
    char path[] = "/tmp/ragtime-XXXXXX.yaml";
    const int fd = mkstemps(path, 5);
    assert_true(fd >= 0);
    close(fd);
    assert_true(document_load(arena, markdown, &text, &length, &err));
    for (char *at = text; (at = strstr(at, "```yaml\n"));) {
        at += 8;
        char *end = strstr(at, "```");
        assert_non_null(end);
        assert_true(file_write(path, at, (size_t)(end - at), &err));
        check(path, markdown);
        blocks++;
        at = end + 3;
    }
    unlink(path);
    arena_free(arena);
    return blocks;
}

static void test_examples(void **state)
{
    (void)state;
    assert_true(check_blocks("docs/manual.md") >= 5);
    assert_true(check_blocks("README.md") >= 1);
}

static void check_folder(const char *name, int least)
{
    int seen = 0;
    DIR *folder = opendir(name);
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));) {
        char path[600];
        /* The base has no orchestrator of its own, and a definition is no scenario. */
        if (entry->d_name[0] == '.' || strcmp(entry->d_name, "base.yaml") == 0 ||
            strstr(entry->d_name, ".asl."))
            continue;
        snprintf(path, sizeof path, "%s/%s", name, entry->d_name);
        check(path, path);
        seen++;
    }
    closedir(folder);
    assert_true(seen >= least);
}

static void test_shipped(void **state)
{
    (void)state;
    check_folder("scenarios/rag-chat", 4);
    check_folder("scenarios/workflows", 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_examples),
        cmocka_unit_test(test_shipped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
