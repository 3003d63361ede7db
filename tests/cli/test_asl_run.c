/* test_asl_run.c - executions from the command line: mocks in each of their forms, how they end,
 * what is refused. */
#include "tests/cli/program.h"

static const char ask[] =
    "{\"StartAt\": \"Ask\", \"States\": {\"Ask\": {\"Type\": \"Task\", \"Resource\": "
    "\"arn:aws:states:::sqs:sendMessage.waitForTaskToken\", \"Parameters\": {\"t.$\": "
    "\"$$.Task.Token\"}, \"TimeoutSeconds\": 40, \"Retry\": [{\"ErrorEquals\": [\"Busy\"], "
    "\"IntervalSeconds\": 3, \"MaxAttempts\": 2}], \"End\": true}}}";
static const char loop[] =
    "{\"StartAt\": \"A\", \"States\": {\"A\": {\"Type\": \"Pass\", \"Next\": \"C\"}, \"C\": "
    "{\"Type\": \"Choice\", \"Choices\": [{\"Variable\": \"$.x\", \"IsPresent\": true, \"Next\": "
    "\"E\"}], \"Default\": \"A\"}, \"E\": {\"Type\": \"Succeed\"}}}";
static const char late[] =
    "{\"StartAt\": \"A\", \"TimeoutSeconds\": 5, \"States\": {\"A\": {\"Type\": \"Wait\", "
    "\"Seconds\": 9, \"End\": true}}}";
static const char rows[] =
    "{\"StartAt\": \"M\", \"States\": {\"M\": {\"Type\": \"Map\", \"ItemReader\": {\"Resource\": "
    "\"arn:aws:states:::s3:getObject\", \"ReaderConfig\": {\"InputType\": \"JSON\"}, "
    "\"Parameters\": {\"Bucket\": \"b\", \"Key\": \"k\"}}, \"ItemProcessor\": "
    "{\"ProcessorConfig\": {\"Mode\": \"DISTRIBUTED\", \"ExecutionType\": \"STANDARD\"}, "
    "\"StartAt\": \"P\", \"States\": {\"P\": {\"Type\": \"Pass\", \"End\": true}}}, \"End\": "
    "true}}}";

static const struct {
    const char *name;
    const char *text;
} files[] = {
    {"ask.json", ask},
    {"loop.json", loop},
    {"late.json", late},
    {"rows.json", rows},
    {"bad.json", "{\"StartAt\": \"A\", \"States\": {\"A\": {\"Type\": \"Pass\"}}}"},
    {"x.json", "{\"x\": 1}"},
    {"broken.json", "{\"x\": }"},
    {"answers.json", "{\"Ask\": [{\"error\": \"Busy\", \"cause\": \"try again\"}, {\"event\": "
                     "\"TaskSubmitted\", \"output\": 1}, {\"output\": {\"a\": 2}}]}"},
    {"trace.json", "{\"executions\": [{\"mocks\": {\"Ask\": [{\"event\": \"TaskTimedOut\", "
                   "\"error\": \"States.Timeout\"}]}}]}"},
    {"objects.json",
     "{\"mocks\": {}, \"s3\": [{\"Bucket\": \"b\", \"Key\": \"k\", \"Body\": \"[7, 8]\"}]}"},
};
enum { FILES = sizeof files / sizeof *files };

static int set_up(void **state)
{
    (void)state;
    enter_folder();
    for (size_t i = 0; i < FILES; i++) put(files[i].name, files[i].text);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    const char *names[FILES + 2] = {"stdout", "stderr"};
    for (size_t i = 0; i < FILES; i++) names[i + 2] = files[i].name;
    return leave_folder(names, FILES + 2);
}

static void test_runs(void **state)
{
    (void)state;
    static const struct command_case cases[] = {
        {"asl run ask.json --mocks answers.json", 0,
         "SUCCEEDED after 3.000 s, 2 transitions\noutput: {\"a\":2}\n", ""},
        {"asl run ask.json --mocks answers.json", 0, "TaskSubmitted  Ask  out 1\n", ""},
        {"asl run ask.json --mocks answers.json", 0, "TaskFailed  Ask  Busy  try again\n", ""},
        {"asl run ask.json --mocks trace.json", 0,
         "FAILED after 40.000 s, 1 transition\nerror: States.Timeout\n", ""},
        {"asl run ask.json", 0, "FAILED after 40.000 s", "state 'Ask' asked for more results"},
        {"asl run loop.json --input x.json", 0, "SUCCEEDED after 0.000 s, 3 transitions\n", ""},
        {"asl run loop.json", 0, "maximum number of history events", ""},
        {"asl run loop.json --type EXPRESS", 2, "ABORTED", "does a loop in it end?"},
        {"asl run late.json", 0, "TIMED_OUT after 5.000 s, 1 transition\n", ""},
        {"asl run rows.json --mocks objects.json", 0,
         "2 child executions of distributed Maps\noutput: [7,8]\n", ""},
        {"asl run rows.json", 0, "error: States.ItemReaderFailed\n", ""},
        {"asl run rows.json --type EXPRESS", 2, "", "Express"},
        {"asl run ask.json --type EXPRESS", 2, "", "Express"},
        {"asl run bad.json", 2, "", "state 'A'"},
        {"asl run missing.json", 2, "", "cannot read missing.json"},
        {"asl run loop.json --input broken.json", 2, "", "broken.json:1:7"},
        {"asl run loop.json --mocks missing.json", 2, "", "missing.json"},
        {"asl run", 2, "", "needs DEFINITION"},
        {"asl run --help", 0, "Examples:", ""},
    };
    check_cases(cases, sizeof cases / sizeof *cases);
}

static void test_json(void **state)
{
    (void)state;
    struct outcome o = run("asl run ask.json --mocks answers.json --json");
    assert_int_equal(o.code, 0);
    cJSON *root = cJSON_Parse(o.out);
    assert_non_null(root);
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(root, "status")), "SUCCEEDED");
    const cJSON *attempts = cJSON_GetObjectItem(root, "attempts");
    assert_true(cJSON_GetNumberValue(cJSON_GetObjectItem(attempts, "Ask")) == 2);
    assert_true(cJSON_GetNumberValue(cJSON_GetObjectItem(root, "transitions")) == 2);
    const cJSON *events = cJSON_GetObjectItem(root, "events");
    const cJSON *last = cJSON_GetArrayItem(events, cJSON_GetArraySize(events) - 1);
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(last, "type")),
                        "ExecutionSucceeded");
    assert_true(cJSON_GetNumberValue(cJSON_GetObjectItem(last, "id")) ==
                cJSON_GetArraySize(events));
    cJSON_Delete(root);
    done(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_runs), cmocka_unit_test(test_json)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
