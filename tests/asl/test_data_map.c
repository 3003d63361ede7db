/* Map: items, settings, selectors, batches, and what ItemReaders read. */
#include "tests/asl/data_unit.h"

/* The Map "M" with these fields ready to run on an input. */
static const struct asl_state *open_map(struct unit *unit, struct arena *arena, const char *fields,
                                        const char *input)
{
    const char *text = arena_format(
        arena,
        "{\"States\":{\"M\":{\"Type\":\"Map\",\"End\":true,\"ItemProcessor\":{\"ProcessorConfig\":{"
        "\"Mode\":\"DISTRIBUTED\"},\"StartAt\":\"I\",\"States\":{\"I\":{\"Type\":\"Pass\",\"End\":"
        "true"
        "}}}%s}}}",
        fields);
    unit_open(unit, arena, unit_document(arena, text));
    unit->run.input = unit->flow.input = unit_json(arena, input);
    return unit_state(unit, "M");
}

/* The inputs of all children as one list; "!error: cause" on failure. */
static const char *children(struct arena *arena, const char *fields, const char *input,
                            const struct asl_source *source)
{
    struct unit unit;
    struct asl_map map;
    const struct asl_state *state = open_map(&unit, arena, fields, input);
    struct value_list list = {0};
    bool done = asl_data_map(&unit.run, &unit.flow, state, source, &map, &unit.err);
    for (size_t i = 0; done && i < map.children; i++) {
        struct asl_item item;
        const struct value *child = NULL;
        done = asl_data_child(&unit.run, &unit.flow, state, &map, i, &item, &child, &unit.err);
        if (done) value_list_add(&list, arena, child);
    }
    if (done) return value_to_json(arena, value_list_end(&list, arena));
    return arena_format(arena, "!%s: %s", unit.err.error, unit.err.cause);
}

static const struct {
    const char *fields, *input, *children;
} maps[] = {
    {"", "[1,2]", "[1,2]"},
    {"", "[]", "[]"},
    {"", "{\"a\":1}", "!States.Runtime: Reference path \"$\" must point to array."},
    {",\"ItemsPath\":\"$.a\"", "{\"a\":[3]}", "[3]"},
    {",\"ItemsPath\":\"$.a\"", "{\"a\":{\"x\":1,\"y\":2}}", "[1,2]"},
    {",\"ItemsPath\":\"$.a\"", "{\"a\":7}",
     "!States.Runtime: Reference path \"$.a\" must point to array."},
    {",\"ItemsPath\":\"$$.Execution.Input.a\"", "{\"a\":7}",
     "!States.Runtime: Reference path \"$.Execution.Input.a\" must point to array."},
    {",\"ItemsPath\":\"$.no\"", "{}",
     "!States.Runtime: Invalid path '$.no' : No results for path: $['no']"},
    {",\"InputPath\":\"$.b\",\"ItemsPath\":\"$.a\",\"ItemSelector\":{\"i.$\":\"$$.Map.Item.Index\","
     "\"v.$\":\"$$.Map.Item.Value\",\"all.$\":\"$.a[0]\"}",
     "{\"b\":{\"a\":[\"x\",\"y\"]}}",
     "[{\"i\":0,\"v\":\"x\",\"all\":\"x\"},{\"i\":1,\"v\":\"y\",\"all\":\"x\"}]"},
    {",\"ItemsPath\":\"$.a\",\"Parameters\":{\"k.$\":\"$$.Map.Item.Key\"}", "{\"a\":{\"x\":1}}",
     "[{\"k\":\"x\"}]"},
    {",\"ItemBatcher\":{\"MaxItemsPerBatch\":2}", "[1,2,3]", "[{\"Items\":[1,2]},{\"Items\":[3]}]"},
    {",\"ItemsPath\":\"$.a\",\"ItemBatcher\":{\"MaxItemsPerBatchPath\":\"$.n\",\"BatchInput\":{"
     "\"k.$\":\"$.n\"}}",
     "{\"n\":2,\"a\":[1,2,3]}",
     "[{\"BatchInput\":{\"k\":2},\"Items\":[1,2]},{\"BatchInput\":{\"k\":2},\"Items\":[3]}]"},
    {",\"ItemBatcher\":{\"MaxInputBytesPerBatch\":24}",
     "[\"aaaa\",\"b\",\"cccccccccccccccccccc\",1]",
     "[{\"Items\":[\"aaaa\",\"b\"]},{\"Items\":[\"cccccccccccccccccccc\"]},{\"Items\":[1]}]"},
    {",\"ItemBatcher\":{\"MaxItemsPerBatch\":1,\"MaxInputBytesPerBatch\":1000}", "[1,2]",
     "[{\"Items\":[1]},{\"Items\":[2]}]"},
    {",\"ItemsPath\":\"$.a\",\"ToleratedFailureCountPath\":\"$.n\"", "{\"n\":-1,\"a\":[]}",
     "!States.Runtime: ToleratedFailureCount cannot be negative."},
    {",\"ItemsPath\":\"$.a\",\"ToleratedFailureCountPath\":\"$.n\"",
     "{\"n\":\"NoNumber\",\"a\":[]}",
     "!States.Runtime: The ToleratedFailureCountPath field refers to value \"NoNumber\" which is "
     "not "
     "a valid integer: $.n"},
    {",\"ItemsPath\":\"$.a\",\"ToleratedFailurePercentagePath\":\"$.n\"", "{\"n\":{},\"a\":[]}",
     "!States.Runtime: The ToleratedFailurePercentagePath field refers to value \"{}\" which is "
     "not "
     "a valid float: $.n"},
    {",\"ItemsPath\":\"$.a\",\"ToleratedFailurePercentagePath\":\"$.n\"", "{\"n\":100.1,\"a\":[]}",
     "!States.Runtime: ToleratedFailurePercentage must be between 0 and 100."},
    {",\"QueryLanguage\":\"JSONata\",\"Items\":[1,2]", "{}", "[1,2]"},
    {",\"QueryLanguage\":\"JSONata\"", "{\"foo\":\"bar\"}",
     "!States.QueryEvaluationError: Map state input must be an array but was: {\"foo\":\"bar\"}"},
};

static void test_children(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(maps); i++) {
        struct arena *arena = arena_new();
        const char *got = children(arena, maps[i].fields, maps[i].input, NULL);
        if (strcmp(got, maps[i].children) != 0) fail_msg("%s gives %s", maps[i].fields, got);
        arena_free(arena);
    }
}

#define READER(config) \
    ",\"ItemReader\":{\"Resource\":\"arn:aws:states:::s3:getObject\",\"ReaderConfig\":{" config "}}"

static const struct {
    const char *fields, *text, *children;
} readers[] = {
    {READER("\"InputType\":\"CSV\",\"CSVHeaderLocation\":\"FIRST_ROW\""),
     "h,k\r\n1,\"a,\"\"b\"\"\"\n\n2\n3,4,5",
     "[{\"h\":\"1\",\"k\":\"a,\\\"b\\\"\"},{\"h\":\"2\",\"k\":"
     "\"\"},{\"h\":\"3\",\"k\":\"4\"}]"},
    {READER("\"InputType\":\"CSV\",\"CSVHeaderLocation\":\"GIVEN\",\"CSVHeaders\":[\"a\",\"b\"],"
            "\"CSVDelimiter\":\"PIPE\",\"MaxItems\":2"),
     "1|2\n3|4\n5|6\n", "[{\"a\":\"1\",\"b\":\"2\"},{\"a\":\"3\",\"b\":\"4\"}]"},
    {READER("\"InputType\":\"CSV\",\"CSVHeaderLocation\":\"GIVEN\",\"CSVHeaders\":[\"a\",\"a\"]"),
     "1,2", "!States.ItemReaderFailed: CSV headers cannot contain duplicates."},
    {READER("\"InputType\":\"JSON\""), "[1,{\"a\":2}]", "[1,{\"a\":2}]"},
    {READER("\"InputType\":\"JSON\",\"MaxItems\":0"), "[1,2]", "[1,2]"},
    {READER("\"InputType\":\"JSON\",\"ItemsPointer\":\"/a/b\""), "{\"a\":{\"b\":[7]}}", "[7]"},
    {READER("\"InputType\":\"JSON\""), "{\"a\":1}",
     "!States.ItemReaderFailed: Attempting to map over non-iterable node."},
    {READER("\"InputType\":\"JSONL\""), "1\n\n{\"a\":2}\n", "[1,{\"a\":2}]"},
    {READER("\"InputType\":\"CSV\""), "", "[]"},
    {READER("\"InputType\":\"CSV\""), "a\n\xff\n", "[{\"a\":\"\xef\xbf\xbd\"}]"},
};

static void test_readers(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(readers); i++) {
        struct arena *arena = arena_new();
        const struct asl_source source = {.text = readers[i].text,
                                          .length = strlen(readers[i].text)};
        const char *got = children(arena, readers[i].fields, "{}", &source);
        if (strcmp(got, readers[i].children) != 0) fail_msg("%s gives %s", readers[i].text, got);
        arena_free(arena);
    }
}

/* A count alone makes items of which nothing is known; batches are told by it too. */
static void test_declared(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct unit unit;
    struct asl_map map;
    const struct asl_source source = {.count = 1000003};
    const struct asl_state *m = open_map(
        &unit, arena, READER("\"InputType\":\"CSV\"") ",\"ItemBatcher\":{\"MaxItemsPerBatch\":10}",
        "{}");
    assert_true(asl_data_map(&unit.run, &unit.flow, m, &source, &map, &unit.err));
    assert_int_equal(map.count, 1000003);
    assert_int_equal(map.children, 100001);
    struct asl_item item;
    const struct value *child = NULL;
    assert_true(asl_data_child(&unit.run, &unit.flow, m, &map, 100000, &item, &child, &unit.err));
    assert_string_equal(value_to_json(arena, child), "{\"Items\":[{},{},{}]}");
    assert_int_equal(item.index, 1000000);
    arena_free(arena);
}

static void test_request(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct unit unit;
    const struct value *request = NULL;
    double most = 0;
    const struct asl_state *m = open_map(
        &unit, arena,
        ",\"ItemReader\":{\"Resource\":\"arn:aws:states:::s3:getObject\",\"Parameters\":{\"Key.$\":"
        "\"$.k\"},\"ReaderConfig\":{\"InputType\":\"JSON\",\"MaxItemsPath\":\"$.n\"}}",
        "{\"k\":\"x\",\"n\":3}");
    assert_true(asl_data_reader(&unit.run, &unit.flow, m, &request, &most, &unit.err));
    assert_string_equal(value_to_json(arena, request), "{\"Key\":\"x\"}");
    assert_true(most == 3.0);
    unit.flow.input = unit_json(arena, "{\"k\":\"x\",\"n\":-3}");
    assert_false(asl_data_reader(&unit.run, &unit.flow, m, &request, &most, &unit.err));
    assert_string_equal(unit.err.error, "States.ItemReaderFailed");
    assert_string_equal(unit.err.cause, "field MaxItems must be positive");
    unit.flow.input = unit_json(arena, "{\"k\":\"x\",\"n\":1.5}");
    assert_false(asl_data_reader(&unit.run, &unit.flow, m, &request, &most, &unit.err));
    assert_string_equal(unit.err.error, "States.Runtime");
    arena_free(arena);
}

/* Long lists cost memory in proportion: ten times the items, not a hundred times. */
static size_t bytes_for(size_t count)
{
    struct arena *arena = arena_new();
    const struct asl_source source = {.count = count};
    (void)children(
        arena, READER("\"InputType\":\"CSV\"") ",\"ItemSelector\":{\"i.$\":\"$$.Map.Item.Index\"}",
        "{}", &source);
    const size_t size = arena_size(arena);
    arena_free(arena);
    return size;
}

static void test_memory(void **state)
{
    (void)state;
    assert_true(bytes_for(20000) < 15 * bytes_for(2000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_children), cmocka_unit_test(test_readers),
        cmocka_unit_test(test_declared), cmocka_unit_test(test_request),
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
