/* The stages of states: intrinsic functions, templates, paths, variables, Choice, Wait, Fail, Map.
 */
#include "models/asl/timestamp.h"
#include "tests/asl/data_unit.h"

/* Runs one state of luckless data: `state` is its JSON, `result` what its work gave (NULL: none).
 * What leaves it, or "!error: cause". */
static const char *leave(struct arena *arena, struct unit *unit, const char *state,
                         const char *input, const char *result)
{
    unit_open(unit, arena,
              unit_document(
                  arena, arena_format(arena, "{\"StartAt\":\"S\",\"States\":{\"S\":%s}}", state)));
    struct asl_exit out = {0};
    unit->run.input = unit->flow.input = unit_json(arena, input);
    unit->run.execution_name = "run-1";
    unit->run.started = 1736937000;
    unit->flow.entered = 1736937001.5;
    if (asl_data_leave(&unit->run, &unit->flow, unit_state(unit, "S"),
                       result ? unit_json(arena, result) : NULL, &out, &unit->err))
        return value_to_json(arena, out.output);
    return arena_format(arena, "!%s: %s", unit->err.error, unit->err.cause);
}

/* A failure's text may go on behind what is expected. */
static void expect(const char *what, const char *want, const char *got)
{
    const bool same =
        want[0] == '!' ? strncmp(want, got, strlen(want)) == 0 : strcmp(want, got) == 0;
    if (!same) fail_msg("%s gives %s, not %s", what, got, want);
}

#define FUNCTION_FAULT "!States.Runtime: The function '"

/* An intrinsic call over {"s","n","a","o","j"} below, and its result. */
static const struct {
    const char *call;
    const char *result;
} calls[] = {
    {"States.Format('x')", "\"x\""},
    {"States.Format('{} and {}', $.n, $.s)", "\"2.5 and str\""},
    {"States.Format('{}', $.o)", "\"{\\\"k\\\":1}\""},
    {"States.Format('\\\\{{}\\\\} \\\\'', 1)", "\"{1} '\""},
    {"States.Format($.t, null, true)", "\"null-true\""},
    {"States.Format('{}')", FUNCTION_FAULT "States.Format('{}')' had the following error: "},
    {"States.Format('', 1)", FUNCTION_FAULT},
    {"States.Format($.n)", FUNCTION_FAULT},
    {"States.StringToJson($.j)", "{\"a\":[1,2.50]}"},
    {"States.StringToJson($.s)", FUNCTION_FAULT},
    {"States.StringToJson($.n)", FUNCTION_FAULT},
    {"States.JsonToString($.o)  ", "\"{\\\"k\\\":1}\""},
    {"States.JsonToString($.a)", "\"[1,1.0,\\\"x\\\",{\\\"k\\\":1},null]\""},
    {"States.Array()", "[]"},
    {"States.Array(1, 'b', $.s, null, true, -2.5, States.Array($.n))",
     "[1,\"b\",\"str\",null,true,-2.5,[2.5]]"},
    {"States.ArrayPartition($.a, 2)", "[[1,1.0],[\"x\",{\"k\":1}],[null]]"},
    {"States.ArrayPartition($.a, $.n)", "[[1,1.0,\"x\"],[{\"k\":1},null]]"},
    {"States.ArrayPartition($.a, 0)", FUNCTION_FAULT},
    {"States.ArrayContains($.a, $.o)", "true"},
    {"States.ArrayContains($.a, '1')", "false"},
    {"States.ArrayContains($.o, 1)", FUNCTION_FAULT},
    {"States.ArrayRange(1, 9, 2)", "[1,3,5,7,9]"},
    {"States.ArrayRange(3, 1, -1)", "[3,2,1]"},
    {"States.ArrayRange(3, 1, 1)", "[]"},
    {"States.ArrayLength(States.ArrayRange(1, 1000, 1))", "1000"},
    {"States.ArrayRange(0, 1000, 1)", FUNCTION_FAULT},
    {"States.ArrayRange(0, 1, 0)", FUNCTION_FAULT},
    {"States.ArrayRange(-9007199254740991, 9007199254740991, 1)", FUNCTION_FAULT},
    {"States.ArrayGetItem($.a, 2)", "\"x\""},
    {"States.ArrayGetItem($.a, 5)", FUNCTION_FAULT},
    {"States.ArrayGetItem($.a, -1)", FUNCTION_FAULT},
    {"States.ArrayLength($.a)", "5"},
    {"States.ArrayUnique($.a)", "[1,\"x\",{\"k\":1},null]"},
    {"States.Base64Encode('Data to encode')", "\"RGF0YSB0byBlbmNvZGU=\""},
    {"States.Base64Encode('')", "\"\""},
    {"States.Base64Encode('ab')", "\"YWI=\""},
    {"States.Base64Encode('abc')", "\"YWJj\""},
    {"States.Base64Decode('RGF0YSB0byBlbmNvZGU=')", "\"Data to encode\""},
    {"States.Base64Decode('YQ==')", "\"a\""},
    {"States.Base64Decode('YQ')", "\"a\""},
    {"States.Base64Decode('Y')", FUNCTION_FAULT},
    {"States.Base64Decode('Y!==')", FUNCTION_FAULT},
    {"States.Base64Encode($.n)", FUNCTION_FAULT},
    {"States.Hash('input data', 'MD5')", "\"812f45842bc6d66ee14572ce20db8e86\""},
    {"States.Hash('input data', 'SHA-1')", "\"aaff4a450a104cd177d28d18d74485e8cae074b7\""},
    {"States.Hash('input data', 'SHA-256')",
     "\"b4a697a057313163aee33cd8d40c66e9f0f177e00cac2de32475ffff6169c3e3\""},
    {"States.Hash('', 'SHA-384')", "\"38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e"
                                   "1da274edebfe76f65fbd51ad2f14898"
                                   "b95b\""},
    {"States.Hash('', 'SHA-512')", "\"cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce"
                                   "9ce47d0d13c5d85f2b0ff8318d2877e"
                                   "ec2f63b931bd47417a81a538327af927da3e\""},
    {"States.Hash('x', 'SHA-3')", FUNCTION_FAULT},
    {"States.JsonMerge($.o, States.StringToJson('{\"b\":2,\"k\":3}'), false)", "{\"k\":3,\"b\":2}"},
    {"States.JsonMerge($.o, $.o, true)", FUNCTION_FAULT},
    {"States.JsonMerge($.o, $.n, false)", FUNCTION_FAULT},
    {"States.MathAdd($.n, 1)", "4"},
    {"States.MathAdd(-1.5, 0)", "-1"},
    {"States.MathAdd(-1.51, 0)", "-2"},
    {"States.MathAdd('1', 0)", FUNCTION_FAULT},
    {"States.MathRandom(5, 6)", "5"},
    {"States.MathRandom(6, 6)", FUNCTION_FAULT},
    {"States.StringSplit('This.is+a,test=string', '.+,=')",
     "[\"This\",\"is\",\"a\",\"test\",\"string\"]"},
    {"States.StringSplit(',,a,,', ',')", "[\"a\"]"},
    {"States.StringSplit('a\xc3\xa9"
     "b\xc3\xa8', '\xc3\xa9')",
     "[\"a\",\"b\xc3\xa8\"]"},
    {"States.StringSplit('ab', '')", "[\"ab\"]"},
    {"States.ArrayLength(1, 2)", FUNCTION_FAULT},
    {"States.Array($.none)", "!States.Runtime: The JsonPath argument for the field '$.none' could "
                             "not be found in the input '{"},
    {"$.none", "!States.Runtime: The JSONPath '$.none' specified for the field 'r.$' could not be "
               "found in the input '{\"s\":"},
    {"$.none[*]", "[]"},
    {"$$.Execution.Name", "\"run-1\""},
    {"$$.Execution.StartTime", "\"2025-01-15T10:30:00.000Z\""},
    {"$$.State.EnteredTime", "\"2025-01-15T10:30:01.500Z\""},
    {"$$.State.Name", "\"S\""},
    {"$$.Execution.Input.n", "2.5"},
    {"$x.a[0]", "1"},
    {"$x", "{\"a\":[1]}"},
    {"$y", "!States.Runtime: "},
};

static void test_functions(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(calls); i++) {
        struct arena *arena = arena_new();
        struct unit unit;
        const char *quoted = value_to_json(arena, value_string(arena, calls[i].call));
        /* The table has backslashes doubled already. */
        if (strstr(calls[i].call, "\\\\")) quoted = arena_format(arena, "\"%s\"", calls[i].call);
        const char *text = arena_format(
            arena, "{\"Type\":\"Pass\",\"Parameters\":{\"r.$\":%s},\"End\":true}", quoted);
        unit_open(&unit, arena,
                  unit_document(arena, arena_format(arena, "{\"States\":{\"S\":%s}}", text)));
        unit.run.execution_name = "run-1";
        unit.run.started = 1736937000;
        unit.flow.entered = 1736937001.5;
        unit.flow.variables =
            asl_data_variables(&unit.run, unit_json(arena, "{\"x\":{\"a\":[1]}}"));
        unit.run.input = unit.flow.input = unit_json(
            arena, "{\"s\":\"str\",\"n\":2.5,\"t\":\"{}-{}\",\"o\":{\"k\":1},\"a\":[1,1.0,"
                   "\"x\",{\"k\":1},null],\"j\":\"{\\\"a\\\": [1, 2.5]}\"}");
        struct asl_exit out;
        const bool done =
            asl_data_leave(&unit.run, &unit.flow, unit_state(&unit, "S"), NULL, &out, &unit.err);
        const char *got = done ? value_to_json(arena, value_get(out.output, "r"))
                               : arena_format(arena, "!%s: %s", unit.err.error, unit.err.cause);
        expect(calls[i].call,
               strcmp(calls[i].result, "{\"a\":[1,2.50]}") == 0 ? "{\"a\":[1,2.5]}"
                                                                : calls[i].result,
               got);
        arena_free(arena);
    }
}

#define TASK "{\"Type\":\"Task\",\"Resource\":\"r\",\"End\":true"
#define PASS "{\"Type\":\"Pass\",\"End\":true"

/* A state, its input, the result of its work, what leaves it. */
static const struct {
    const char *state, *input, *result, *output;
} leaves[] = {
    {PASS "}", "{\"a\":1}", NULL, "{\"a\":1}"},
    {PASS ",\"InputPath\":\"$.a\"}", "{\"a\":1}", NULL, "1"},
    {PASS ",\"InputPath\":null}", "{\"a\":1}", NULL, "{}"},
    {PASS ",\"OutputPath\":null}", "{\"a\":1}", NULL, "{}"},
    {PASS ",\"OutputPath\":\"$.a\"}", "{\"a\":[1]}", NULL, "[1]"},
    {PASS ",\"InputPath\":\"$.no\"}", "{\"a\":1}", NULL,
     "!States.Runtime: Invalid path '$.no' : No results for path: $['no']"},
    {PASS ",\"OutputPath\":\"$.no.such\"}", "{}", NULL,
     "!States.Runtime: Invalid path '$.no.such' : Missing property in path $['no']"},
    {PASS ",\"Result\":{\"x.$\":\"$.a\"},\"ResultPath\":\"$.r\"}", "{\"a\":1}", NULL,
     "{\"a\":1,\"r\":{\"x.$\":\"$.a\"}}"},
    {PASS ",\"Parameters\":{\"l\":[1,{\"x.$\":\"$.a\"}],\"s\":\"$.a\"},\"ResultPath\":\"$.b.c\"}",
     "{\"a\":1}", NULL, "{\"a\":1,\"b\":{\"c\":{\"l\":[1,{\"x\":1}],\"s\":\"$.a\"}}}"},
    {PASS ",\"InputPath\":\"$.a\",\"Parameters\":{\"v.$\":\"$\"},\"ResultPath\":\"$.a\"}",
     "{\"a\":{\"k\":1},\"b\":2}", NULL, "{\"a\":{\"v\":{\"k\":1}},\"b\":2}"},
    {TASK "}", "{\"a\":1}", "{\"r\":2}", "{\"r\":2}"},
    {TASK ",\"ResultPath\":null}", "{\"a\":1}", "{\"r\":2}", "{\"a\":1}"},
    {TASK ",\"ResultSelector\":{\"v.$\":\"$.r\",\"n.$\":\"$$.State.RetryCount\"},\"ResultPath\":"
          "\"$.x\",\"OutputPath\":\"$.x\"}",
     "{\"a\":1}", "{\"r\":2}", "{\"v\":2,\"n\":0}"},
    {TASK ",\"InputPath\":\"$.a\",\"ResultPath\":\"$.x\"}", "{\"a\":1}", "true",
     "{\"a\":1,\"x\":true}"},
    {TASK ",\"ResultPath\":\"$.x\"}", "[1]", "true",
     "!States.ResultPathMatchFailure: Unable to apply ReferencePath $.x to input [1]"},
    {"{\"Type\":\"Succeed\",\"InputPath\":\"$.a\",\"OutputPath\":\"$.b\"}", "{\"a\":{\"b\":3}}",
     NULL, "3"},
    {"{\"Type\":\"Wait\",\"Seconds\":1,\"End\":true,\"OutputPath\":\"$.a\"}", "{\"a\":1}", NULL,
     "1"},
    {TASK ",\"QueryLanguage\":\"JSONata\",\"Output\":{\"k\":[1,\"x\"]}}", "{}", "9",
     "{\"k\":[1,\"x\"]}"},
    {TASK ",\"QueryLanguage\":\"JSONata\"}", "{}", "9", "9"},
    {PASS ",\"QueryLanguage\":\"JSONata\"}", "{\"a\":1}", NULL, "{\"a\":1}"},
};

static void test_leaving(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(leaves); i++) {
        struct arena *arena = arena_new();
        struct unit unit;
        expect(leaves[i].state, leaves[i].output,
               leave(arena, &unit, leaves[i].state, leaves[i].input, leaves[i].result));
        arena_free(arena);
    }
}

static void test_causes_name_the_state(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct unit unit;
    (void)leave(arena, &unit, PASS ",\"InputPath\":\"$.no\"}", "{}", NULL);
    unit.flow.event = 2;
    const struct value *effective = NULL;
    assert_false(
        asl_data_enter(&unit.run, &unit.flow, unit_state(&unit, "S"), &effective, &unit.err));
    assert_string_equal(unit.err.cause,
                        "An error occurred while executing the state 'S' (entered at the event id "
                        "#2). Invalid path '$.no' : No results for path: $['no']");
    arena_free(arena);
}

/* Assign sees the variables as on entry; a scope within sees outer ones and cannot assign them. */
static void test_variables(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct unit unit;
    expect("swap", "{\"a\":1}",
           leave(arena, &unit, PASS ",\"Assign\":{\"x.$\":\"$.a\",\"y\":5}}", "{\"a\":1}", NULL));
    assert_string_equal(value_to_json(arena, asl_data_visible(&unit.run, unit.flow.variables)),
                        "{\"x\":1,\"y\":5}");
    const struct asl_variables *outer = unit.flow.variables;
    unit_open(&unit, arena,
              unit_document(arena, "{\"States\":{\"S\":" PASS
                                   ",\"Assign\":{\"x.$\":\"$y\",\"y.$\":\"$x\"}},\"T\":" PASS
                                   ",\"Assign\":{\"z.$\":\"States.MathAdd($x, $y)\"}}}}"));
    struct asl_exit out;
    unit.flow.variables = outer;
    assert_true(
        asl_data_leave(&unit.run, &unit.flow, unit_state(&unit, "S"), NULL, &out, &unit.err));
    assert_string_equal(value_to_json(arena, out.assigned), "{\"x\":5,\"y\":1}");
    assert_string_equal(value_to_json(arena, asl_data_visible(&unit.run, unit.flow.variables)),
                        "{\"x\":5,\"y\":1}");
    assert_string_equal(value_to_json(arena, asl_data_visible(&unit.run, outer)),
                        "{\"x\":1,\"y\":5}");
    struct asl_flow inner = unit.flow;
    inner.variables = asl_data_nest(&unit.run, outer);
    assert_false(asl_data_leave(&unit.run, &inner, unit_state(&unit, "S"), NULL, &out, &unit.err));
    assert_string_equal(unit.err.error, "States.Runtime");
    assert_true(asl_data_leave(&unit.run, &inner, unit_state(&unit, "T"), NULL, &out, &unit.err));
    assert_string_equal(value_to_json(arena, asl_data_visible(&unit.run, inner.variables)),
                        "{\"z\":6,\"x\":1,\"y\":5}");
    arena_free(arena);
}

static void test_variable_limits(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct unit unit;
    char *text = arena_alloc(arena, 300001);
    memset(text, 'x', 300000);
    const char *input = arena_format(arena, "{\"a\":\"%.200000s\",\"b\":\"%s\"}", text, text);
    expect("large", "!States.DataLimitExceeded: ",
           leave(arena, &unit, PASS ",\"Assign\":{\"x.$\":\"$.b\"}}", input, NULL));
    const char *small =
        leave(arena, &unit, PASS ",\"Assign\":{\"x.$\":\"$.a\"},\"OutputPath\":null}", input, NULL);
    expect("smaller", "{}", small);
    arena_free(arena);
}

static void test_catch(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct unit unit;
    const char *task =
        TASK ",\"OutputPath\":\"$.none\",\"Catch\":[{\"ErrorEquals\":[\"A\"],\"Next\":"
             "\"S\"},{\"ErrorEquals\":[\"B\"],\"Next\":\"S\",\"ResultPath\":\"$.e\","
             "\"Assign\":{\"c.$\":\"$.Cause\"}},{\"ErrorEquals\":[\"C\"],\"Next\":"
             "\"S\",\"ResultPath\":null}]}";
    static const char *const outputs[] = {
        "{\"Error\":\"E\",\"Cause\":\"{\\\"x\\\":1}\"}",
        "{\"a\":1,\"e\":{\"Error\":\"E\",\"Cause\":\"{\\\"x\\\":1}\"}}", "{\"a\":1}"};
    (void)leave(arena, &unit, task, "{\"a\":1}", "1");
    const struct asl_error caught = {"E", "{\"x\":1}", NULL};
    for (size_t i = 0; i < 3; i++) {
        struct asl_exit out;
        assert_true(asl_data_catch(&unit.run, &unit.flow, unit_state(&unit, "S"), i, &caught, &out,
                                   &unit.err));
        assert_string_equal(value_to_json(arena, out.output), outputs[i]);
    }
    assert_string_equal(value_to_json(arena, asl_data_visible(&unit.run, unit.flow.variables)),
                        "{\"c\":\"{\\\"x\\\":1}\"}");
    const struct asl_error bare = {"E", NULL, NULL};
    assert_string_equal(value_to_json(arena, asl_data_error(&unit.run, &bare)),
                        "{\"Error\":\"E\",\"Cause\":null}");
    arena_free(arena);
}

/* A rule and whether it matches {"s","n","t","b","z"}: 1, 0, or -1 an error. */
static const struct {
    const char *rule;
    int matches;
} rules[] = {
    {"{\"Variable\":\"$.s\",\"StringMatches\":\"log-*.txt\"}", 1},
    {"{\"Variable\":\"$.s\",\"StringMatches\":\"log-*\"}", 1},
    {"{\"Variable\":\"$.s\",\"StringMatches\":\"*\"}", 1},
    {"{\"Variable\":\"$.s\",\"StringMatches\":\"*a*.txt\"}", 1},
    {"{\"Variable\":\"$.s\",\"StringMatches\":\"log\"}", 0},
    {"{\"Variable\":\"$.s\",\"StringMatches\":\"log-abc.txt*txt\"}", 0},
    {"{\"Variable\":\"$.s\",\"StringMatches\":\"*b*a*\"}", 0},
    {"{\"Variable\":\"$.star\",\"StringMatches\":\"a\\\\*b\"}", 1},
    {"{\"Variable\":\"$.s\",\"StringMatches\":\"log\\\\*\"}", 0},
    {"{\"Variable\":\"$.back\",\"StringMatches\":\"a\\\\\\\\*\"}", 1},
    {"{\"Variable\":\"$.n\",\"StringMatches\":\"*\"}", 0},
    {"{\"Variable\":\"$.t\",\"IsTimestamp\":true}", 1},
    {"{\"Variable\":\"$.s\",\"IsTimestamp\":false}", 1},
    {"{\"Variable\":\"$.t\",\"TimestampEquals\":\"2020-01-01T01:00:00+01:00\"}", 1},
    {"{\"Variable\":\"$.t\",\"TimestampLessThan\":\"2020-01-01T00:00:00.001Z\"}", 1},
    {"{\"Variable\":\"$.z\",\"IsPresent\":true}", 1},
    {"{\"Variable\":\"$.none\",\"IsPresent\":false}", 1},
    {"{\"Variable\":\"$.none.more\",\"IsPresent\":true}", 0},
    {"{\"Variable\":\"$.none\",\"IsNull\":true}", -1},
    {"{\"Variable\":\"$.none\",\"StringEquals\":\"a\"}", -1},
    {"{\"Variable\":\"$.n\",\"NumericEqualsPath\":\"$.none\"}", -1},
    {"{\"Variable\":\"$.n\",\"NumericEqualsPath\":\"$.s\"}", 0},
    {"{\"Variable\":\"$.n\",\"NumericLessThanPath\":\"$$.Execution.Input.n\"}", 0},
    {"{\"Variable\":\"$.b\",\"BooleanEquals\":true}", 1},
    {"{\"Variable\":\"$v.k\",\"StringEquals\":\"in\"}", 1},
    {"{\"Not\":{\"Variable\":\"$.b\",\"BooleanEquals\":true}}", 0},
    {"{\"And\":[{\"Variable\":\"$.b\",\"BooleanEquals\":false},{\"Variable\":\"$.none\","
     "\"IsNull\":true}]}",
     0},
    {"{\"Or\":[{\"Variable\":\"$.b\",\"BooleanEquals\":false},{\"Not\":{\"Variable\":\"$.n\","
     "\"NumericGreaterThan\":3}}]}",
     1},
    {"{\"Or\":[{\"Variable\":\"$.none\",\"IsNull\":true}]}", -1},
};

static void test_rules(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rules); i++) {
        struct arena *arena = arena_new();
        struct unit unit;
        const char *text = arena_format(
            arena, "{\"States\":{\"C\":{\"Type\":\"Choice\",\"Choices\":[%s],\"Default\":\"C\"}}}",
            rules[i].rule);
        unit_open(&unit, arena, unit_document(arena, text));
        unit.flow.variables =
            asl_data_variables(&unit.run, unit_json(arena, "{\"v\":{\"k\":\"in\"}}"));
        unit.run.input = unit.flow.input = unit_json(
            arena,
            "{\"s\":\"log-abc.txt\",\"n\":2.5,\"t\":\"2020-01-01T00:00:00Z\",\"b\":true,\"z\":"
            "null,\"star\":\"a*b\",\"back\":\"a\\\\x\"}");
        int rule = 0;
        struct asl_exit out;
        const bool done =
            asl_data_choose(&unit.run, &unit.flow, unit_state(&unit, "C"), &rule, &out, &unit.err);
        const int got = !done ? -1 : rule == 0;
        if (got != rules[i].matches) fail_msg("%s gives %d", rules[i].rule, got);
        if (!done) assert_string_equal(unit.err.error, "States.Runtime");
        arena_free(arena);
    }
}

static void test_no_rule(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct unit unit;
    unit_open(&unit, arena,
              unit_document(arena,
                            "{\"States\":{\"C\":{\"Type\":\"Choice\",\"Choices\":[{\"Variable\":"
                            "\"$\",\"IsNull\":true,\"Next\":\"C\"}]}}}"));
    int rule = 0;
    struct asl_exit out;
    assert_false(
        asl_data_choose(&unit.run, &unit.flow, unit_state(&unit, "C"), &rule, &out, &unit.err));
    assert_string_equal(unit.err.error, "States.Runtime");
    arena_free(arena);
}

/* Fields of a Wait, and its seconds at 2020-01-01T00:00:00Z; negative: an error. */
static const struct {
    const char *fields;
    double seconds;
} waits[] = {
    {"\"Seconds\":7", 7},
    {"\"SecondsPath\":\"$.n\"", 30},
    {"\"SecondsPath\":\"$.half\"", -1},
    {"\"SecondsPath\":\"$.less\"", -1},
    {"\"SecondsPath\":\"$.much\"", -1},
    {"\"SecondsPath\":\"$.s\"", -1},
    {"\"SecondsPath\":\"$.none\"", -1},
    {"\"Timestamp\":\"2020-01-01T00:00:10.250Z\"", 10.25},
    {"\"Timestamp\":\"2019-01-01T00:00:10Z\"", 0},
    {"\"TimestampPath\":\"$.t\"", 60},
    {"\"TimestampPath\":\"$.s\"", -1},
    {"\"TimestampPath\":\"$.n\"", -1},
    {"\"TimestampPath\":\"$.far\"", -1},
};

static void test_waits(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(waits); i++) {
        struct arena *arena = arena_new();
        struct unit unit;
        unit_open(
            &unit, arena,
            unit_document(arena, arena_format(arena, "{\"States\":{\"W\":{\"Type\":\"Wait\",%s}}}",
                                              waits[i].fields)));
        unit.flow.now = 1577836800;
        unit.flow.input = unit_json(
            arena, "{\"n\":30,\"half\":1.5,\"less\":-1,\"much\":100000000,\"s\":\"x\",\"t\":"
                   "\"2020-01-01T00:01:00Z\",\"far\":\"9999-01-01T00:00:00Z\"}");
        double seconds = -1;
        const bool done =
            asl_data_wait(&unit.run, &unit.flow, unit_state(&unit, "W"), &seconds, &unit.err);
        if (done != (waits[i].seconds >= 0)) fail_msg("%s", waits[i].fields);
        if (done)
            assert_true(seconds - waits[i].seconds < 1e-6 && waits[i].seconds - seconds < 1e-6);
        arena_free(arena);
    }
}

static void test_fail(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct unit unit;
    struct asl_error raised;
    unit_open(
        &unit, arena,
        unit_document(arena,
                      "{\"States\":{\"F\":{\"Type\":\"Fail\",\"ErrorPath\":\"$.e\",\"CausePath\":"
                      "\"States.Format('{}!', $.c)\"},\"G\":{\"Type\":\"Fail\"},\"H\":{\"Type\":"
                      "\"Fail\",\"Error\":\"X\",\"CausePath\":\"$.n\"}}}"));
    unit.flow.input = unit_json(arena, "{\"e\":\"Bad\",\"c\":\"why\",\"n\":1}");
    assert_true(asl_data_fail(&unit.run, &unit.flow, unit_state(&unit, "F"), &raised, &unit.err));
    assert_string_equal(raised.error, "Bad");
    assert_string_equal(raised.cause, "why!");
    assert_true(asl_data_fail(&unit.run, &unit.flow, unit_state(&unit, "G"), &raised, &unit.err));
    assert_true(!raised.error && !raised.cause);
    assert_false(asl_data_fail(&unit.run, &unit.flow, unit_state(&unit, "H"), &raised, &unit.err));
    arena_free(arena);
}

static void test_times(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct unit unit;
    double timeout = 0, heartbeat = 0;
    unit_open(&unit, arena,
              unit_document(arena,
                            "{\"States\":{\"A\":{\"Type\":\"Task\",\"TimeoutSeconds\":9,"
                            "\"HeartbeatSecondsPath\":\"$.h\"},\"B\":{\"Type\":\"Task\"},\"C\":"
                            "{\"Type\":\"Task\",\"TimeoutSecondsPath\":\"$.no\"}}}"));
    unit.flow.input = unit_json(arena, "{\"h\":3}");
    assert_true(asl_data_times(&unit.run, &unit.flow, unit_state(&unit, "A"), &timeout, &heartbeat,
                               &unit.err));
    assert_true(timeout == 9.0 && heartbeat == 3.0);
    assert_true(asl_data_times(&unit.run, &unit.flow, unit_state(&unit, "B"), &timeout, &heartbeat,
                               &unit.err));
    assert_true(timeout < 0 && heartbeat < 0);
    assert_false(asl_data_times(&unit.run, &unit.flow, unit_state(&unit, "C"), &timeout, &heartbeat,
                                &unit.err));
    assert_string_equal(unit.err.cause, "Invalid path '$.no' : No results for path: $['no']");
    arena_free(arena);
}

static void test_timestamps(void **state)
{
    (void)state;
    static const char *const bad[] = {"2016-12-05 21:29:29Z",     "2016-12-05T21:29:29",
                                      "2016-13-05T21:29:29Z",     "2016-12-05T25:29:29Z",
                                      "05-12-2016T21:29:29Z",     "2015-02-29T00:00:00Z",
                                      "2016-12-05t21:29:29Z",     "2016-12-05T21:29:29.Z",
                                      "2016-12-05T21:29:29+0100", ""};
    struct timestamp time;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(timestamp_read(bad[i], strlen(bad[i]), &time));
    char text[TIMESTAMP_SIZE];
    uint64_t luck = 3;
    for (int i = 0; i < 20000; i++) {
        const int64_t seconds = (int64_t)(next_random(&luck) % 253402300799U);
        timestamp_format((double)seconds, text);
        assert_true(timestamp_read(text, strlen(text), &time));
        assert_true(time.seconds == seconds && time.nanoseconds == 0);
    }
    timestamp_format(0, text);
    assert_string_equal(text, "1970-01-01T00:00:00.000Z");
    timestamp_format(951782399.5, text);
    assert_string_equal(text, "2000-02-28T23:59:59.500Z");
    timestamp_format(951782400, text);
    assert_string_equal(text, "2000-02-29T00:00:00.000Z");
}

/* The same seed gives the same luck, another other luck; draws are in range. */
static void test_luck(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct unit unit;
    const char *pass =
        PASS ",\"Parameters\":{\"u.$\":\"States.UUID()\",\"n.$\":\"States.MathRandom(1"
             ", 7)\",\"k.$\":\"States.MathRandom(0, 1000000, 5)\"}}";
    const char *first = leave(arena, &unit, pass, "{}", NULL);
    assert_string_equal(first, leave(arena, &unit, pass, "{}", NULL));
    size_t seen[7] = {0};
    for (int i = 0; i < 6000; i++) {
        struct asl_exit out;
        assert_true(
            asl_data_leave(&unit.run, &unit.flow, unit_state(&unit, "S"), NULL, &out, &unit.err));
        const double draw = value_get(out.output, "n")->number;
        assert_true(draw >= 1 && draw < 7);
        seen[(int)draw]++;
        const char *uuid = value_get(out.output, "u")->text;
        assert_true(strlen(uuid) == 36 && uuid[14] == '4' && strchr("89ab", uuid[19]));
        assert_true(
            value_equal(value_get(out.output, "k"), value_get(unit_json(arena, first), "k")));
    }
    /* Binomial(6000, 1/6): 1000 +- 28.9; 5 sigma, wrong once in 300,000 seeds. */
    for (int i = 1; i < 7; i++) assert_in_range(seen[i], 855, 1145);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_functions),
        cmocka_unit_test(test_leaving),
        cmocka_unit_test(test_causes_name_the_state),
        cmocka_unit_test(test_variables),
        cmocka_unit_test(test_variable_limits),
        cmocka_unit_test(test_catch),
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_no_rule),
        cmocka_unit_test(test_waits),
        cmocka_unit_test(test_fail),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_timestamps),
        cmocka_unit_test(test_luck),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
