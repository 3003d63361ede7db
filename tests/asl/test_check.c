/* Definitions judged: broken ones with exact messages. */
#include "models/asl/asl.h"
#include "tests/asl/broken_parts.h"
#include "tests/asl/unit.h"

static void check_broken(const struct broken *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct arena *arena = arena_new();
        struct diagnostics diagnostics;
        diagnostics_init(&diagnostics, arena);
        asl_check(&diagnostics, arena, parse(arena, "d", list[i].definition), "");
        const char *found = list_faults(arena, &diagnostics);
        if (strcmp(found, list[i].faults) != 0)
            fail_msg("%s\n  gives\n%s\n  and not\n%s", list[i].definition, found, list[i].faults);
        assert_true(diagnostics.errors + diagnostics.warnings > 0);
        arena_free(arena);
    }
}

static void test_broken(void **state)
{
    (void)state;
    check_broken(broken, COUNT_OF(broken));
    check_broken(broken_parts, COUNT_OF(broken_parts));
}

/* What Express refuses is right by the specification. */
static void test_express(void **state)
{
    (void)state;
    static const struct {
        const char *resource;
        const char *what; /* NULL: Express has it */
    } cases[] = {
        {"arn:aws:states:::lambda:invoke", NULL},
        {"arn:aws:lambda:us-east-1:1:function:a.sync", NULL},
        {"arn:aws:states:::batch:submitJob.sync", "a job that is waited for (.sync)"},
        {"arn:aws:states:::states:startExecution.sync:2", "a job that is waited for (.sync)"},
        {"arn:aws:states:::sqs:sendMessage.waitForTaskToken", "a task token (.waitForTaskToken)"},
        {"arn:aws:states:us-east-1:1:activity:a", "an activity"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct arena *arena = arena_new();
        struct diagnostics d;
        diagnostics_init(&d, arena);
        const struct node *node =
            parse(arena, "d",
                  arena_format(arena,
                               "{StartAt: A, States: {A: {Type: Task, Resource: \"%s\", "
                               "End: true}}}",
                               cases[i].resource));
        asl_check(&d, arena, node, "");
        asl_check_resources(&d, arena, node, "");
        assert_null(d.first);
        asl_check_express(&d, arena, node, "x.");
        const char *expected =
            cases[i].what ? arena_format(arena,
                                         "1:49: x.States.A.Resource: state 'A': an Express "
                                         "workflow cannot have %s",
                                         cases[i].what)
                          : "";
        assert_string_equal(list_faults(arena, &d), expected);
        arena_free(arena);
    }
}

/* What the service takes for a resource, and what a scenario alone does. */
static void test_resources(void **state)
{
    (void)state;
    static const struct {
        const char *resource;
        bool taken;
    } cases[] = {{"arn:aws:lambda:us-east-1:1:function:a", true},
                 {"${Embed}", true},
                 {"${Embed.Arn}", true},
                 {"arn:${AWS::Partition}:states:::lambda:invoke", true},
                 {"arn:aws:swf:us-east-1:1:task:x", true},
                 {"embed", false},
                 {"function:embed", true},
                 {":x", false},
                 {"x:", false}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct arena *arena = arena_new();
        struct diagnostics d;
        diagnostics_init(&d, arena);
        const struct node *node =
            parse(arena, "d",
                  arena_format(arena,
                               "{StartAt: A, States: {A: {Type: Task, Resource: \"%s\", "
                               "End: true}}}",
                               cases[i].resource));
        asl_check(&d, arena, node, "");
        assert_int_equal(d.errors, 0);
        asl_check_resources(&d, arena, node, "");
        assert_int_equal(d.errors, cases[i].taken ? 0 : 1);
        arena_free(arena);
    }
}

/* Whatever is left of a definition when bytes are lost gets a verdict and no more. */
static void test_damaged(void **state)
{
    (void)state;
    uint64_t luck = 1;
    for (size_t i = 0; i < 4000; i++) {
        char text[4000];
        const char *from = i % 2 ? broken[i / 2 % COUNT_OF(broken)].definition
                                 : broken_parts[i / 2 % COUNT_OF(broken_parts)].definition;
        size_t length = strlen(from);
        memcpy(text, from, length + 1);
        for (int cut = 0; cut < 3 && length > 8; cut++) {
            const size_t gone = i % 6 + 1;
            const size_t at = next_random(&luck) % (length - 6);
            memmove(text + at, text + at + gone, length - at - gone + 1);
            length -= gone;
        }
        struct arena *arena = arena_new();
        struct diagnostics diagnostics;
        struct node *node;
        struct error err;
        diagnostics_init(&diagnostics, arena);
        if (document_read_text(arena, "d", DOCUMENT_YAML, text, length, &node, &err))
            asl_check(&diagnostics, arena, node, "");
        arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_broken), cmocka_unit_test(test_express),
        cmocka_unit_test(test_resources), cmocka_unit_test(test_damaged)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
