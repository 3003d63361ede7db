/* A corpus of real definitions with verdicts: those in scope are judged as the service judges. */
#include "models/asl.h"
#include "models/asl/asl.h"
#include "tests/models/asl_bench.h"

#include <csv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum {
    FIELD_FILE = 0,
    FIELD_VERDICT = 3,
    FIELD_LANGUAGE = 10,
    FIELD_FEATURES = 12,
    FIELD_MACHINE = 17,
    FIELDS_KEPT = 18
};

struct corpus {
    void **state; /* the bench */
    const char *folder;
    char fields[FIELDS_KEPT][600];
    size_t field;
    size_t row;
    size_t scoped[2]; /* invalid, valid */
    size_t right[2];
    size_t unexpected; /* valid ones refused that are not excused */
};

static void corpus_field(void *bytes, size_t length, void *context)
{
    struct corpus *c = context;
    if (c->field < FIELDS_KEPT)
        snprintf(c->fields[c->field], sizeof c->fields[0], "%.*s", (int)length,
                 bytes ? (const char *)bytes : "");
    c->field++;
}

static bool in_scope(const struct corpus *c)
{
    static const char *const beyond[] = {"Map:DISTRIBUTED", "ItemReader", "ItemBatcher",
                                         "ResultWriter"};
    if (strcmp(c->fields[FIELD_LANGUAGE], "JSONPath") != 0) return false;
    for (size_t i = 0; i < COUNT_OF(beyond); i++)
        if (strstr(c->fields[FIELD_FEATURES], beyond[i])) return false;
    return true;
}

/* Listed as valid by its origin, though: template placeholders that are maps where the language has
 * strings; transitions to states that are not there. */
static bool is_excused(const char *file)
{
    return strstr(file, "avd-valid-task-intrisic-function") || strstr(file, "cbs-all-types");
}

static bool refused_for_express(struct bench *b, const struct node *node)
{
    struct program program;
    const struct asl_binding binding = {.path = "components.rag", .prefix = "", .express = true};
    asl_compile(&b->compiler, node, &binding, &program);
    for (const struct diagnostic *d = b->diagnostics.first; d; d = d->next)
        if (strstr(d->message, "an Express workflow cannot have")) return true;
    return false;
}

static void corpus_judge(struct corpus *c)
{
    char path[1200];
    struct bench b;
    struct node *node;
    struct error err;
    bench_make(&b, c->state);
    snprintf(path, sizeof path, "%s/%s", c->folder, c->fields[FIELD_FILE]);
    bool accepted = document_read_file(b.arena, path, &node, &err);
    if (accepted) {
        asl_check(&b.diagnostics, b.arena, node, "");
        accepted = b.diagnostics.errors == 0;
        if (accepted && strcmp(c->fields[FIELD_MACHINE], "EXPRESS") == 0)
            accepted = !refused_for_express(&b, node);
    }
    const bool valid = strcmp(c->fields[FIELD_VERDICT], "valid") == 0;
    c->scoped[valid]++;
    if (accepted == valid) {
        c->right[valid]++;
    } else {
        print_message("judged wrong: %s%s%s\n", c->fields[FIELD_FILE], valid ? ": " : "",
                      valid && b.diagnostics.first ? b.diagnostics.first->message : "");
        if (valid && !is_excused(c->fields[FIELD_FILE])) c->unexpected++;
    }
    arena_free(b.arena);
}

static void corpus_row(int terminator, void *context)
{
    (void)terminator;
    struct corpus *c = context;
    if (c->row++ > 0 && c->field > FIELD_MACHINE && in_scope(c)) corpus_judge(c);
    c->field = 0;
}

static void test_corpus(void **state)
{
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
    corpus->state = state;
    corpus->folder = folder;
    struct csv_parser parser;
    assert_int_equal(csv_init(&parser, 0), 0);
    char bytes[4096];
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, index)) > 0;)
        assert_int_equal(csv_parse(&parser, bytes, n, corpus_field, corpus_row, corpus), n);
    csv_fini(&parser, corpus_field, corpus_row, corpus);
    csv_free(&parser);
    fclose(index);
    print_message("corpus: %zu of %zu valid and %zu of %zu invalid definitions in scope judged "
                  "right\n",
                  corpus->right[1], corpus->scoped[1], corpus->right[0], corpus->scoped[0]);
    assert_true(corpus->scoped[1] > 300 && corpus->scoped[0] > 100);
    assert_int_equal(corpus->unexpected, 0);
    /* What is wrong by rules that are checked: all but a few. */
    assert_true(corpus->right[0] + 5 >= corpus->scoped[0]);
    test_free(corpus);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_corpus)};
    return cmocka_run_group_tests(tests, bench_set_up, bench_tear_down);
}
