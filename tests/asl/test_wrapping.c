/* Definitions within templates: found, resolved, placed. */
#include "base/file.h"
#include "models/asl/asl.h"
#include "models/asl/states.h"
#include "models/asl/wrapping.h"
#include "tests/asl/unit.h"

#include <stdlib.h>
#include <unistd.h>

#define ONE(resource)                                                                       \
    "{\"StartAt\": \"A\", \"States\": {\"A\": {\"Type\": \"Task\", \"Resource\": " resource \
    ", \"End\": true}}}"
#define MACHINE(properties) \
    "Resources: {M: {Type: AWS::StepFunctions::StateMachine, Properties: {" properties "}}}"

/* The resource of the first state of the first definition. */
static const char *resource_of(const struct asl_file *file)
{
    const struct node *states = node_get(file->items[0].node, "States");
    return asl_text(states->first, "Resource");
}

static void test_forms(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *name;
        const char *resource;
    } cases[] = {
        {ONE("\"x:y\""), "", "x:y"},
        {"StartAt: A\nStates: {A: {Type: Task, Resource: !GetAtt F.Arn, End: true}}", "",
         "${F.Arn}"},
        {ONE("{\"Fn::GetAtt\": [\"F\", \"Arn\"]}"), "", "${F.Arn}"},
        {MACHINE("Definition: " ONE("!Ref F")), "M", "${F}"},
        {MACHINE("Definition: " ONE("\"${F}\"") ", DefinitionSubstitutions: {F: !GetAtt G.Arn}"),
         "M", "${G.Arn}"},
        {MACHINE("Definition: " ONE("!Sub [\"x:${a}:${b}\", {a: 5}]")), "M", "x:5:${b}"},
        {MACHINE("Definition: " ONE("!Sub \"${!Literal}:${AWS::Region}\"")), "M",
         "${Literal}:${AWS::Region}"},
        {MACHINE("Definition: " ONE("!ImportValue out-F")), "M", "${out-F}"},
        {MACHINE("Definition: " ONE("{\"Fn::ImportValue\": !Sub \"${Stack}-F\"}")), "M",
         "${Stack-F}"},
        {MACHINE("Definition: " ONE("!If [C, !Ref F, !Ref G]")), "M", "${F}"},
        {MACHINE("Definition: " ONE("!FindInMap [Map, a, b]")), "M", "${Map.a.b}"},
        {MACHINE("Definition: " ONE("!Join [\":\", [x, !Ref F, !GetAtt [G, Arn]]]")), "M",
         "x:${F}:${G.Arn}"},
        {MACHINE("DefinitionString: '" ONE("\"${F}\"") "'"), "M", "${F}"},
        {MACHINE("DefinitionString: !Sub '" ONE("\"${F.Arn}\"") "'"), "M", "${F.Arn}"},
        {MACHINE(
             "DefinitionString: !Join ['', ['{\"StartAt\": \"A\", \"States\": {\"A\": {\"Type\": "
             "\"Task\", \"Resource\": \"', !Ref F, '\", \"End\": true}}}']]"),
         "M", "${F}"},
        {"{\"Resources\": {\"M\": {\"Type\": \"AWS::Serverless::StateMachine\", \"Properties\": "
         "{\"Definition\": " ONE("{\"Ref\": \"F\"}") "}}}}",
         "M", "${F}"},
        {"stepFunctions: {stateMachines: {hello: {definition: " ONE("!GetAtt h.Arn") "}}}", "hello",
         "${h.Arn}"},
        {"stateMachines: {hello: {definition: " ONE("x:y") "}}", "hello", "x:y"},
        {"resources: {" MACHINE("Definition: " ONE("x:y")) "}", "", ""},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct arena *arena = arena_new();
        struct diagnostics d;
        struct asl_file file;
        diagnostics_init(&d, arena);
        const bool read =
            asl_read_text(arena, "t", cases[i].text, strlen(cases[i].text), &d, &file);
        if (!read) fail_msg("%s: %s", cases[i].text, list_faults(arena, &d));
        assert_int_equal(file.count, 1);
        assert_string_equal(file.items[0].name, cases[i].name);
        if (*cases[i].resource) assert_string_equal(resource_of(&file), cases[i].resource);
        arena_free(arena);
    }
}

/* What cannot be read says why; beside it, the others are read. */
static void test_faults(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *faults;
        size_t count;
    } cases[] = {
        {"Resources: {F: {Type: AWS::Lambda::Function}}",
         "1:1: : the template has no state machine: no resource of the type "
         "AWS::StepFunctions::StateMachine or AWS::Serverless::StateMachine",
         0},
        {MACHINE("RoleArn: x"),
         "1:16: M.: the state machine has no Definition, DefinitionString or DefinitionUri", 1},
        {MACHINE("DefinitionUri: s3://b/k"),
         "1:85: M.DefinitionUri: the definition is not beside the template; give a file to be read "
         "here",
         1},
        {MACHINE("DefinitionString: '{\"a\": }'"),
         "1:88: M.DefinitionString: expected a value, found '}'", 1},
        {"stepFunctions: {stateMachines: {a: {name: x}, b: {definition: " ONE("x:y") "}}}",
         "1:36: a.: the state machine has no definition", 2},
        {"a: [", "1:5: : ", 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct arena *arena = arena_new();
        struct diagnostics d;
        struct asl_file file;
        diagnostics_init(&d, arena);
        assert_false(asl_read_text(arena, "t", cases[i].text, strlen(cases[i].text), &d, &file));
        const char *found = list_faults(arena, &d);
        if (strncmp(found, cases[i].faults, strlen(cases[i].faults)) != 0)
            fail_msg("%s\n  gives\n%s\n  and not\n%s", cases[i].text, found, cases[i].faults);
        assert_int_equal(file.count, cases[i].count);
        arena_free(arena);
    }
}

/* Faults stand where they are in the file, within a block of text too. */
static void test_places(void **state)
{
    (void)state;
    static const char text[] =
        "Resources:\n"
        "  M:\n"
        "    Type: AWS::StepFunctions::StateMachine\n"
        "    Properties:\n"
        "      StateMachineType: EXPRESS\n"
        "      DefinitionString: !Sub |\n"
        "\n"
        "        {\"StartAt\": \"A\",\n"
        "         \"States\": {\n"
        "           \"A\": {\"Type\": \"Wait\", \"Seconds\": ${Long}, \"Nxt\": \"B\",\n"
        "                 \"End\": true}}}\n";
    struct arena *arena = arena_new();
    struct diagnostics d;
    struct asl_file file;
    diagnostics_init(&d, arena);
    assert_true(asl_read_text(arena, "t", text, strlen(text), &d, &file));
    assert_true(file.items[0].express);
    asl_check(&d, arena, file.items[0].node, file.items[0].prefix);
    assert_string_equal(list_faults(arena, &d),
                        "10:54: M.States.A.Nxt: unknown field of Wait state 'A'; did you mean "
                        "'Next'?");
    arena_free(arena);
}

/* Numbers and references stand for whole values; text in quotes of JSON does not. */
static void test_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *seconds;
        size_t errors;
    } cases[] = {{"!Ref T", 0}, {"\"${U}\"", 1}, {"\"${T}\"", 0}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct arena *arena = arena_new();
        struct diagnostics d;
        struct asl_file file;
        diagnostics_init(&d, arena);
        const char *text = arena_format(
            arena,
            MACHINE("DefinitionSubstitutions: {T: 5}, Definition: {StartAt: A, States: "
                    "{A: {Type: Wait, Seconds: %s\n , End: true}}}"),
            cases[i].seconds);
        assert_true(asl_read_text(arena, "t", text, strlen(text), &d, &file));
        asl_check(&d, arena, file.items[0].node, "");
        if (d.errors != cases[i].errors) fail_msg("%s: %s", text, list_faults(arena, &d));
        arena_free(arena);
    }
}

static void put(struct arena *arena, const char *folder, const char *name, const char *text)
{
    struct error err;
    assert_true(file_write(arena_format(arena, "%s/%s", folder, name), text, strlen(text), &err));
}

static void test_files(void **state)
{
    (void)state;
    char folder[] = "/tmp/ragtime-XXXXXX";
    assert_non_null(mkdtemp(folder));
    struct arena *arena = arena_new();
    struct asl_definition found;
    struct error err;
    put(arena, folder, "x.json", ONE("\"${F}\""));
    put(arena, folder, "t.yaml",
        "Resources:\n"
        "  One: {Type: AWS::Serverless::StateMachine, Properties: {DefinitionUri: x.json,\n"
        "    DefinitionSubstitutions: {F: !GetAtt G.Arn}}}\n"
        "  Two: {Type: AWS::Serverless::StateMachine, Properties: {DefinitionUri: y.json}}\n");
    const char *file = arena_format(arena, "%s/t.yaml", folder);
    assert_true(asl_read_one(arena, arena_format(arena, "%s#One", file), &found, &err));
    assert_string_equal(asl_text(node_get(node_get(found.node, "States"), "A"), "Resource"),
                        "${G.Arn}");
    assert_string_equal(found.prefix, "One.");
    assert_false(asl_read_one(arena, arena_format(arena, "%s#Two", file), &found, &err));
    assert_non_null(strstr(err.message, "cannot read"));
    assert_int_equal(err.place.line, 4);
    assert_false(asl_read_one(arena, file, &found, &err));
    assert_non_null(strstr(err.message, "has 2 state machines; say which"));
    assert_non_null(strstr(err.message, "#NAME: One, Two"));
    assert_false(asl_read_one(arena, arena_format(arena, "%s#Tow", file), &found, &err));
    assert_non_null(strstr(err.message, "has no state machine 'Tow'; it has One, Two"));
    const char *alone = arena_format(arena, "%s/x.json", folder);
    assert_true(asl_read_one(arena, alone, &found, &err));
    assert_string_equal(found.name, "");
    assert_false(asl_read_one(arena, arena_format(arena, "%s#A", alone), &found, &err));
    assert_non_null(strstr(err.message, "is a definition by itself"));
    unlink(alone);
    unlink(file);
    rmdir(folder);
    arena_free(arena);
}

/* A few lines that stand for billions of characters are refused. */
static void test_growth(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct text text;
    struct diagnostics d;
    struct asl_file file;
    diagnostics_init(&d, arena);
    text_init(&text);
    text_add(&text, "Resources: {M: {Type: AWS::StepFunctions::StateMachine, Properties: "
                    "{DefinitionString: ");
    for (int i = 0; i < 40; i++) text_add(&text, "{Fn::Sub: [\"${a}${a}\", {a: ");
    text_add(&text, "x");
    for (int i = 0; i < 40; i++) text_add(&text, "}]}");
    text_add(&text, "}}}");
    /* Deeper than documents may be. */
    assert_false(asl_read_text(arena, "t", text.data, text.length, &d, &file));
    text_clear(&text);
    text_add(&text, "Resources: {M: {Type: AWS::StepFunctions::StateMachine, Properties: "
                    "{DefinitionString: ");
    for (int i = 0; i < 25; i++) text_add(&text, "{Fn::Sub: [\"${a}${a}${a}\", {a: ");
    text_add(&text, "x");
    for (int i = 0; i < 25; i++) text_add(&text, "}]}");
    text_add(&text, "}}}");
    diagnostics_init(&d, arena);
    assert_false(asl_read_text(arena, "t", text.data, text.length, &d, &file));
    assert_non_null(strstr(d.first->message, "more than 4 MiB"));
    text_free(&text);
    arena_free(arena);
}

static void test_patterns(void **state)
{
    (void)state;
    static const struct {
        const char *pattern;
        const char *name;
        bool fits;
    } cases[] = {{"*", "", true},          {"*", "abc", true},   {"a*c", "abbc", true},
                 {"a*c", "abcd", false},   {"a?c", "abc", true}, {"a?c", "ac", false},
                 {"", "", true},           {"", "a", false},     {"*b*b", "abab", true},
                 {"*:f:*", "x:f:y", true}, {"abc", "abc", true}, {"abc", "abd", false}};
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(asl_pattern_fits(cases[i].pattern, cases[i].name), cases[i].fits);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),    cmocka_unit_test(test_faults),
        cmocka_unit_test(test_places),   cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_files),    cmocka_unit_test(test_growth),
        cmocka_unit_test(test_patterns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
