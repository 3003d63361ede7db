/* test_floors.c - a folder includes only what stands below it: the architecture's floor plan,
 * checked. Run from the project's root. */
/* cmocka.h needs these before it. */
/* clang-format off */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
/* clang-format on */

static const struct {
    const char *folder;
    const char *may; /* prefixes, longest first where they nest */
} floors[] = {
    {"base", "base/"},
    {"sim", "sim/ base/"},
    {"models/ann", "models/ann/ base/"},
    {"models/asl", "models/asl/ base/"},
    {"models", "models/ sim/ base/"},
    {"study", "study/ models/ sim/ base/"},
    {"reports", "reports/ study/ models/ sim/ base/"},
    {"cli", "cli/ reports/ study/ models/ sim/ base/"},
};

static int allowed(const char *may, const char *include)
{
    while (*may) {
        const size_t length = strcspn(may, " ");
        if (strncmp(include, may, length) == 0) return 1;
        may += length + strspn(may + length, " ");
    }
    return 0;
}

/* Number of includes seen in a file that belong to the project. */
static int check_file(const char *path, const char *may)
{
    char line[1000];
    int seen = 0;
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        char include[500];
        if (sscanf(line, " # include \"%499[^\"]\"", include) != 1) continue;
        seen++;
        if (!allowed(may, include)) {
            fclose(file);
            fail_msg("%s may not include %s", path, include);
        }
    }
    fclose(file);
    return seen;
}

static void test_floors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof floors / sizeof *floors; i++) {
        int seen = 0;
        DIR *folder = opendir(floors[i].folder);
        assert_non_null(folder);
        for (struct dirent *entry; (entry = readdir(folder));) {
            char path[600];
            const size_t length = strlen(entry->d_name);
            if (length < 3 || entry->d_name[length - 2] != '.' ||
                !strchr("ch", entry->d_name[length - 1]))
                continue;
            snprintf(path, sizeof path, "%s/%s", floors[i].folder, entry->d_name);
            seen += check_file(path, floors[i].may);
        }
        closedir(folder);
        assert_true(seen > 5); /* the check has looked at something */
    }
}

static void test_rule(void **state)
{
    (void)state;
    assert_false(allowed("sim/ base/", "models/call.h"));
    assert_true(allowed("sim/ base/", "base/arena.h"));
    assert_false(allowed("models/ann/ base/", "models/call.h"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_floors), cmocka_unit_test(test_rule)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
