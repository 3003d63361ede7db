/* A corpus of real definitions with verdicts: all of them are judged as it says. */
#include "models/asl/asl.h"
#include "models/asl/wrapping.h"
#include "tests/asl/unit.h"

#include <csv.h>
#include <stdlib.h>

enum {
    FIELD_FILE = 0,
    FIELD_CATEGORY = 1,
    FIELD_VERDICT = 3,
    FIELD_MACHINE = 17,
    FIELDS_KEPT = 18
};
enum { CATEGORIES = 3, PATH_SIZE = 1200 };
static const char *const categories[CATEGORIES] = {"valid", "invalid", "genai"};

struct corpus {
    const char *folder;
    char fields[FIELDS_KEPT][600];
    size_t field;
    size_t row;
    size_t total[CATEGORIES];
    size_t right[CATEGORIES];
    size_t excused[CATEGORIES];
};

/* What the corpus calls valid and cannot be: transitions lead to states that are not there. */
static const char *const contradictory[] = {"valid/cbs-all-types.asl.json"};

static void corpus_field(void *bytes, size_t length, void *context)
{
    struct corpus *c = context;
    if (c->field < FIELDS_KEPT)
        snprintf(c->fields[c->field], sizeof c->fields[0], "%.*s", (int)length,
                 bytes ? (const char *)bytes : "");
    c->field++;
}

static bool accepts(const struct corpus *c, struct arena *arena, const char **why)
{
    char path[PATH_SIZE];
    struct diagnostics diagnostics;
    struct asl_file file;
    diagnostics_init(&diagnostics, arena);
    snprintf(path, sizeof path, "%s/%s", c->folder, c->fields[FIELD_FILE]);
    asl_read_file(arena, path, &diagnostics, &file);
    for (size_t i = 0; i < file.count; i++) {
        const struct node *node = file.items[i].node;
        if (!node) continue;
        asl_check(&diagnostics, arena, node, "");
        asl_check_resources(&diagnostics, arena, node, "");
        if (strcmp(c->fields[FIELD_MACHINE], "EXPRESS") == 0)
            asl_check_express(&diagnostics, arena, node, "");
    }
    *why = list_faults(arena, &diagnostics);
    return diagnostics.errors == 0;
}

static void corpus_judge(struct corpus *c)
{
    size_t category = 0;
    while (category < CATEGORIES && strcmp(c->fields[FIELD_CATEGORY], categories[category]) != 0)
        category++;
    assert_true(category < CATEGORIES);
    struct arena *arena = arena_new();
    const char *why = "";
    const bool valid = strcmp(c->fields[FIELD_VERDICT], "valid") == 0;
    const bool right = accepts(c, arena, &why) == valid;
    bool excused = false;
    for (size_t i = 0; i < COUNT_OF(contradictory); i++)
        if (strcmp(c->fields[FIELD_FILE], contradictory[i]) == 0) excused = true;
    c->total[category]++;
    c->right[category] += right;
    c->excused[category] += !right && excused;
    if (!right)
        print_message("%s: not %s: %s\n", c->fields[FIELD_FILE], c->fields[FIELD_VERDICT], why);
    arena_free(arena);
}

static void corpus_row(int terminator, void *context)
{
    (void)terminator;
    struct corpus *c = context;
    if (c->row++ > 0 && c->field > FIELD_MACHINE) corpus_judge(c);
    c->field = 0;
}

static void test_corpus(void **state)
{
    (void)state;
    const char *data = getenv("RAGTIME_DATA");
    char folder[500];
    char path[600];
    snprintf(folder, sizeof folder, "%s/asl", data ? data : "../shared/data");
    snprintf(path, sizeof path, "%s/index.csv", folder);
    FILE *index = fopen(path, "rb");
    if (!index) {
        print_message("SKIPPED: no %s; set RAGTIME_DATA to the data folder\n", path);
        skip();
        return;
    }
    struct corpus *corpus = test_calloc(1, sizeof *corpus);
    corpus->folder = folder;
    struct csv_parser parser;
    assert_int_equal(csv_init(&parser, 0), 0);
    char bytes[4096];
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, index)) > 0;)
        assert_int_equal(csv_parse(&parser, bytes, n, corpus_field, corpus_row, corpus), n);
    csv_fini(&parser, corpus_field, corpus_row, corpus);
    csv_free(&parser);
    fclose(index);
    size_t excused = 0;
    for (size_t i = 0; i < CATEGORIES; i++) {
        print_message("corpus: %s: %zu of %zu right, %zu excused\n", categories[i],
                      corpus->right[i], corpus->total[i], corpus->excused[i]);
        excused += corpus->excused[i];
    }
    for (size_t i = 0; i < CATEGORIES; i++) {
        assert_true(corpus->total[i] >= 40);
        assert_int_equal(corpus->right[i] + corpus->excused[i], corpus->total[i]);
    }
    assert_int_equal(excused, COUNT_OF(contradictory));
    test_free(corpus);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_corpus)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
