/* scenario_text.h - for tests of studies: scenarios from text, in a folder of their own that is the
 * working directory. Use enter_folder and leave_folder as the group's set-up and tear-down.
 */
#ifndef TESTS_STUDY_SCENARIO_TEXT_H
#define TESTS_STUDY_SCENARIO_TEXT_H

#include "base/arena.h"
#include "base/file.h"
#include "study/scenario.h"

/* cmocka.h needs these before it. */
/* clang-format off */
#include <math.h>
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

static char folder[] = "/tmp/ragtime-XXXXXX";

static inline int enter_folder(void **state)
{
    static char home[1024];
    *state = getcwd(home, sizeof home);
    assert_non_null(mkdtemp(folder));
    return chdir(folder);
}

static inline int leave_folder(void **state)
{
    unlink("a.yaml");
    unlink("b.yaml");
    if (chdir(*state) != 0) return 1;
    return rmdir(folder);
}

static inline struct scenario *load(struct arena *arena, const char *file, const char *text)
{
    struct error err;
    struct diagnostics d;
    assert_true(file_write(file, text, strlen(text), &err));
    diagnostics_init(&d, arena);
    struct scenario *s = scenario_load(arena, file, NULL, 0, &d);
    for (const struct diagnostic *x = d.first; x; x = x->next) fprintf(stderr, "%s\n", x->message);
    assert_int_equal(d.errors, 0);
    return s;
}

#endif
