/* test_asl_lint.c - definitions judged from the command line, and the scenario that one lacks. */
#include "tests/cli/program.h"

static const char template[] =
    "Resources:\n"
    "  Find: {Type: AWS::Serverless::Function, Properties: {Handler: a.b, Role: !Ref R}}\n"
    "  Chat:\n"
    "    Type: AWS::Serverless::StateMachine\n"
    "    Properties:\n"
    "      Type: EXPRESS\n"
    "      Definition:\n"
    "        StartAt: Find it\n"
    "        States:\n"
    "          Find it: {Type: Task, Resource: !GetAtt Find.Arn, Next: Which}\n"
    "          Which:\n"
    "            Type: Choice\n"
    "            Choices: [{Variable: $.a, IsNull: true, Next: Each}, {Variable: $.b, IsNull: "
    "true, Next: Done}]\n"
    "            Default: Ask\n"
    "          Ask: {Type: Task, Resource: \"arn:aws:states:::bedrock:invokeModel\", Next: Done}\n"
    "          Each:\n"
    "            Type: Map\n"
    "            ItemProcessor: {StartAt: One, States: {One: {Type: Pass, End: true}}}\n"
    "            Next: Done\n"
    "          Done: {Type: Succeed}\n"
    "  Job:\n"
    "    Type: AWS::StepFunctions::StateMachine\n"
    "    Properties:\n"
    "      DefinitionString: '{\"StartAt\": \"A\", \"States\": {\"A\": {\"Type\": \"Task\", "
    "\"Resource\": \"arn:aws:states:::batch:submitJob.sync\", \"End\": true}}}'\n";
static const char good[] = "{\"StartAt\": \"A\", \"States\": {\"A\": {\"Type\": \"Succeed\"}}}";
static const char bad[] = "{\"StartAt\": \"A\",\n \"States\": {\"A\": {\"Type\": \"Suceed\"}}}";

static int set_up(void **state)
{
    (void)state;
    enter_folder();
    put("template.yaml", template);
    put("good.json", good);
    put("bad.json", bad);
    put("plain.json", "{\"StartAt\": \"A\", \"States\": {\"A\": {\"Type\": \"Task\", \"Resource\": "
                      "\"f\", \"End\": true}}}");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    static const char *const names[] = {"template.yaml", "good.json", "bad.json", "plain.json",
                                        "made.yaml",     "stdout",    "stderr"};
    return leave_folder(names, sizeof names / sizeof *names);
}

static void test_verdicts(void **state)
{
    (void)state;
    static const struct command_case cases[] = {
        {"asl lint good.json", 0, "good.json: valid\n", ""},
        {"asl lint good.json bad.json", 2, "good.json: valid\nbad.json: invalid\n",
         "bad.json:2:27: States.A.Type: state 'A': Type is 'Suceed'"},
        {"asl lint template.yaml", 0, "template.yaml: valid (2 state machines)\n", ""},
        {"asl lint template.yaml --type EXPRESS", 2, "template.yaml: invalid",
         "template.yaml:24:25: Job.States.A.Resource: state 'A': an Express workflow cannot have a "
         "job"},
        {"asl lint template.yaml --type STANDARD", 0, "valid", ""},
        {"asl lint template.yaml --type express", 2, "", "--type takes STANDARD or EXPRESS"},
        {"asl lint plain.json", 2, "invalid", "it must be a URI such as an ARN"},
        {"asl lint missing.json", 2, "missing.json: invalid", "cannot read missing.json"},
        {"asl lint", 2, "", "needs FILE..."},
        {"asl", 2, "", "needs a command"},
        {"asl lnit", 2, "", "did you mean 'lint'?"},
        {"asl --help", 0, "ragtime asl lint chat.asl.json", ""},
        {"asl lint --help", 0, "Examples:", ""},
        {"lint", 2, "", "needs SCENARIO..."},
        {"lint --bindings bad.json", 2, "", "Type is 'Suceed'"},
        {"lint --bindings template.yaml", 2, "", "template.yaml#NAME: Chat, Job"},
    };
    check_cases(cases, sizeof cases / sizeof *cases);
}

static void test_json(void **state)
{
    (void)state;
    struct outcome o = run("asl lint good.json bad.json --json");
    assert_int_equal(o.code, 2);
    assert_string_equal(o.err, "");
    char *second = strchr(o.out, '\n');
    assert_non_null(second);
    *second++ = '\0';
    assert_string_equal(o.out, "{\"file\":\"good.json\",\"verdict\":\"valid\",\"faults\":[]}");
    cJSON *root = cJSON_Parse(second);
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(root, "verdict")), "invalid");
    const cJSON *fault = cJSON_GetArrayItem(cJSON_GetObjectItem(root, "faults"), 0);
    assert_true(cJSON_GetNumberValue(cJSON_GetObjectItem(fault, "line")) == 2);
    assert_true(cJSON_GetNumberValue(cJSON_GetObjectItem(fault, "column")) == 27);
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(fault, "path")), "States.A.Type");
    cJSON_Delete(root);
    done(&o);
}

/* What it writes is a scenario as it is. */
static void test_bindings(void **state)
{
    (void)state;
    struct outcome o = run("lint --bindings template.yaml#Chat");
    assert_int_equal(o.code, 0);
    assert_non_null(strstr(o.out, "      \"Find\": find\n      \"Ask\": ask\n"));
    assert_non_null(strstr(o.out, "\"Which\": {\"Each\": 0.333333, \"Done\": 0.333333, \"Ask\": "
                                  "0.333334}"));
    assert_non_null(strstr(o.out, "      \"Each\": 10\n"));
    put("made.yaml", o.out);
    done(&o);
    o = run("run made.yaml --duration 1m --replications 2 --json");
    if (o.code != 0) fail_msg("%s", o.err);
    done(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_verdicts), cmocka_unit_test(test_json),
                                       cmocka_unit_test(test_bindings)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
