/* test_jsonata.c - JSONata: tables of expressions by what the language's documentation says of
 * them, and the expressions of recorded state machines. */
#include "base/document.h"
#include "base/text.h"
#include "tests/asl/jsonata_formats.h"
#include "tests/asl/jsonata_functions.h"
#include "tests/asl/jsonata_paths.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

static const char document[] =
    "{\"a\": 1, \"b\": [1, 2, 3], \"c\": {\"d\": \"x\", \"e\": [{\"f\": 1, \"g\": \"p\"}, "
    "{\"f\": 2, \"g\": \"q\"}, {\"f\": 3}]}, \"n\": null, \"t\": true, "
    "\"s\": \"Hello World\", \"o\": [{\"k\": \"a\", \"v\": [1, 2]}, {\"k\": \"b\", "
    "\"v\": [3]}, {\"k\": \"a\", \"v\": []}], \"nest\": [[1, 2], [3, [4]]], \"empty\": [], "
    "\"eo\": {}, \"arr1\": [5], \"strs\": [\"b\", \"a\", \"c\", \"a\"], \"num\": -3.5, "
    "\"Account\": {\"Name\": \"F\", \"Order\": [{\"OrderID\": \"o1\", "
    "\"Product\": [{\"Desc\": \"Hat\", \"Price\": 3.5, \"Qty\": 2, \"Tags\": [\"x\", "
    "\"y\"]}, {\"Desc\": \"Bag\", \"Price\": 2, \"Qty\": 1}]}, {\"OrderID\": \"o2\", "
    "\"Product\": [{\"Desc\": \"Hat\", \"Price\": 1.25, \"Qty\": 4}, {\"Desc\": \"Cup\", "
    "\"Price\": 10, \"Qty\": 1, \"Tags\": [\"z\"]}]}]}, \"emp\": [{\"name\": \"A\", "
    "\"id\": 1}, {\"name\": \"B\", \"id\": 2}], \"contact\": [{\"ssn\": 1, \"tel\": \"x\"}, "
    "{\"ssn\": 2, \"tel\": \"y\"}, {\"ssn\": 1, \"tel\": \"z\"}]}";

static void paths(void **state)
{
    (void)state;
    assert_all_yield(path_cases, COUNT_OF(path_cases), document);
}

static void functions(void **state)
{
    (void)state;
    assert_all_yield(function_cases, COUNT_OF(function_cases), document);
}

static void formats(void **state)
{
    (void)state;
    assert_all_yield(format_cases, COUNT_OF(format_cases), document);
}

/* Examples of the documentation, and where this implementation goes by the specification that the
 * documentation names (XPath's formats) or says more than it. */
static void documented(void **state)
{
    static const struct jsonata_case cases[] = {
        {"$formatNumber(12345.6, '#,###.00')", "\"12,345.60\""},
        {"$formatNumber(1234.5678, '00.000e0')", "\"12.346e2\""},
        {"$formatNumber(34.555, '#0.00;(#0.00)')", "\"34.56\""},
        {"$formatNumber(-34.555, '#0.00;(#0.00)')", "\"(34.56)\""},
        {"$formatNumber(0.14, '01%')", "\"14%\""},
        {"$formatNumber(1000, '0.00e00')", "\"1.00e03\""},
        {"$formatBase(100, 2)", "\"1100100\""},
        {"$formatBase(2555, 16)", "\"9fb\""},
        {"$formatInteger(2789, 'w')", "\"two thousand, seven hundred and eighty-nine\""},
        {"$formatInteger(1999, 'I')", "\"MCMXCIX\""},
        {"$parseInteger('twelve thousand, four hundred and seventy-six', 'w')", "12476"},
        {"$parseInteger('12,345,678', '#,##0')", "12345678"},
        {"$fromMillis(1510067557121)", "\"2017-11-07T15:12:37.121Z\""},
        {"$fromMillis(1510067557121, '[M01]/[D01]/[Y0001] [h#1]:[m01][P]')",
         "\"11/07/2017 3:12pm\""},
        {"$fromMillis(1510067557121, '[H01]:[m01]:[s01] [z]', '-0500')", "\"10:12:37 GMT-05:00\""},
        {"$fromMillis(1510067557121, '[H01]:[m01] [Z]', '-0730')", "\"07:42 -07:30\""},
        {"$toMillis('2017-11-07T15:07:54.972Z')", "1510067274972"},
        {"$now()", "\"2023-11-14T22:13:20.123Z\""},
        {"$now('[Y]-[M]-[D]')", "\"2023-11-14\""},
        {"$millis()", "1700000000123"},
        {"$string(12345678901234567)", "\"12345678901234568\""},
        {"[1] in [[1]]", "true"},
        {"1/0", "!D1001"},
        {"($f := function($n, $a) { $n = 0 ? $a : $f($n - 1, $a + $n) }; $f(100000, 0))",
         "5000050000"},
    };
    (void)state;
    assert_all_yield(cases, COUNT_OF(cases), "null");
}

/* --- What Step Functions adds and takes away ------------------------------------------------- */

static void added_by_step_functions(void **state)
{
    static const struct jsonata_case cases[] = {
        {"$partition([1, 2, 3, 4, 5], 2)", "[[1,2],[3,4],[5]]"},
        {"$partition([], 2)", "[]"},
        {"$partition([1], 0)", "!The size of the chunks"},
        {"$range(1, 9, 2)", "[1,3,5,7,9]"},
        {"$range(1, 9, 9)", "1"},
        {"$range(5, 1, -2)", "[5,3,1]"},
        {"$range(1, 2, 0)", "!The step of function"},
        {"$range(1, 1e9, 1)", "!Function \"range\" gives"},
        {"$hash('input data', 'SHA-1')", "\"aaff4a450a104cd177d28d18d74485e8cae074b7\""},
        {"$hash('', 'MD5')", "\"d41d8cd98f00b204e9800998ecf8427e\""},
        {"$hash('x', 'CRC')", "!Function \"hash\" knows"},
        {"$parse('{\"a\":[1,null]}')", "{\"a\":[1,null]}"},
        {"$parse('{')", "!Function \"parse\" was given no JSON"},
        {"$random(7) = $random(7)", "true"},
        {"$random(7) = $random(8)", "false"},
        {"$random() >= 0 and $random() < 1", "true"},
        {"$length($uuid())", "36"},
        {"$contains($uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-/)", "true"},
        {"$uuid() = $uuid()", "false"},
        {"$eval('1')", "!T1006: Attempted to invoke a non-function"},
        {"$randomSeeded(1)", "!T1006: Attempted to invoke a non-function"},
        {"$states.input.a", "1"},
        {"$states.input[a = 1].b", "2"},
        {"$sum([1, 2]) + $states.input.b", "5"},
        {"$missing", ""},
        {"$sum", "!The expression yields a function"},
        {"{'f': $sum}", "!The expression yields a function"},
    };
    (void)state;
    assert_all_yield(cases, COUNT_OF(cases), "{\"a\":1,\"b\":2}");
}

static void refuse(const char *text, size_t offset, const char *begin)
{
    struct arena *arena = arena_new();
    size_t at = 0;
    const char *fault = NULL;
    if (jsonata_compile(arena, text, &at, &fault)) fail_msg("%s: accepted", text);
    assert_non_null(fault);
    if (strncmp(fault, begin, strlen(begin)) != 0) fail_msg("%s: %s", text, fault);
    if (at != offset) fail_msg("%s: at %zu: %s", text, at, fault);
    arena_free(arena);
}

static void refused_when_compiled(void **state)
{
    (void)state;
    refuse("$", 0, "'$' stands for nothing");
    refuse("1 + $$", 4, "'$$' stands for nothing");
    refuse("$.a", 0, "'$' stands for nothing");
    refuse("foo", 0, "The field 'foo' has no object before it");
    refuse("$sum(foo.bar)", 5, "The field 'foo'");
    refuse("*", 0, "The field '*'");
    refuse("10 + * 2", 7, "S0201: Syntax error: \"2\"");
    refuse("$states.input.store.book[?(@.price < 10)].title", 25, "S0211");
    refuse("$sum(", 5, "S0207");
    refuse("'a\\u0000'", 2, "\\u0000 in a string is not supported");
    refuse("$match('a', /(/)", 12, "S0302");
    refuse("$match('a', /a{2,1}/)", 12, "The regular expression /a{2,1}/ cannot be read");
    refuse("$match('a', /(*UTF)a/)", 12, "The regular expression begins with nothing to repeat");
}

/* --- Luck and bounds ------------------------------------------------------------------------- */

static void same_seed_gives_the_same(void **state)
{
    static const char text[] = "[$random(), $uuid(), $shuffle([1..20])]";
    (void)state;
    struct arena *arena = arena_new();
    const struct outcome a = evaluate_seeded(arena, text, &value_null, 5);
    const struct outcome b = evaluate_seeded(arena, text, &value_null, 5);
    const struct outcome c = evaluate_seeded(arena, text, &value_null, 6);
    assert_true(a.ok && b.ok && c.ok);
    assert_true(value_equal(a.value, b.value));
    assert_false(value_equal(a.value, c.value));
    arena_free(arena);
}

/* The mean of 10000 uniform numbers is 0.5 within 5 sigma (0.0145) but once in 1.7 million seeds;
 * with this one it is always the same. */
static void random_is_uniform(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    const struct outcome mean =
        evaluate(arena, "$average($map([1..10000], function($v) { $random() }))", &value_null);
    assert_true(mean.ok);
    assert_true(mean.value->number > 0.4855 && mean.value->number < 0.5145);
    arena_free(arena);
}

static void bounds(void **state)
{
    static const struct jsonata_case cases[] = {
        {"($f := function($n) { 1 + $f($n) }; $f(1))", "!U1001: Stack overflow"},
        {"($f := function($n) { [{'a': $map([$n], function($x) { $f($x) })}] }; $f(1))", "!U1001"},
        {"($f := function($n) { ($n{'a': $f($n)}) }; $f(1))", "!U1001: Stack overflow"},
        {"($f := function($n) { $sort([1, 2], function($a, $b) { $f($a) }) }; $f(1))", "!U1001"},
        {"($f := function($n) { $sort([1, 2], $f(?)) }; $g := $f(?); $sort([1, 2], $g))", "!U1001"},
        {"($f := function($n) { [1, 2]^($f($)) }; $f(1))", "!U1001: Stack overflow"},
        {"($f := function($n) { $n ~> |$|{'a': $f($n)}| }; $f({}))", "!U1001"},
        {"($f := function($n) { $replace('a', /a/, $f) }; $f(1))", "!U1001: Stack overflow"},
        {"($f := function($n) { $f($n) }; $f(1))", "!U1001: The expression does more than"},
        {"($f := function($x) { $f({'a': $x}) }; $f(1))", "!The expression builds data that nests"},
        {"($f := function($x) { $f($x & $x) }; $f('x'))", "!U1001"},
        {"[1..10000000]", "!U1001"},
        {"[1..10000001]", "!D2014"},
        {"$map([1..3000], function($v) { [1..3000] })", "!U1001"},
        {"$pad('', 100000000)", "!$pad to more than"},
        {"$match($pad('', 200, 'a') & 'b', /(a+)+$/)", "!A regular expression takes too many"},
        {"$contains('aaa', /a*?/)", "!D1004"},
        {"($a := [1..2000]; $a[$count($a[$ > 0]) > 0])", "!U1001"},
    };
    (void)state;
    assert_all_yield(cases, COUNT_OF(cases), "null");
}

/* Deep texts are refused, whatever makes them deep; long ones that are flat are not. */
static void nesting(void **state)
{
    static const struct {
        const char *open, *middle, *close;
    } shapes[] = {{"(", "1", ")"},       {"[", "1", "]"},   {"-", "$i", ""},
                  {"{'a':", "1", "}"},   {"1+", "1", ""},   {"true?", "1", ":0"},
                  {"$i[", "0", "]"},     {"$x:=", "1", ""}, {"function(){", "1", "}"},
                  {"$string(", "1", ")"}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(shapes); i++) {
        struct arena *arena = arena_new();
        struct text text;
        size_t offset = 0;
        const char *fault = NULL;
        text_init(&text);
        text_repeat(&text, shapes[i].open, 1000);
        text_add(&text, shapes[i].middle);
        text_repeat(&text, shapes[i].close, 1000);
        if (jsonata_compile(arena, text.data, &offset, &fault))
            fail_msg("%s 1000 times deep: accepted", shapes[i].open);
        assert_non_null(strstr(fault, "nests deeper than"));
        text_clear(&text);
        text_add(&text, "[1");
        text_repeat(&text, ",1", 10000);
        text_add(&text, "]");
        assert_non_null(jsonata_compile(arena, text.data, &offset, &fault));
        text_free(&text);
        arena_free(arena);
    }
}

/* --- The corpus ------------------------------------------------------------------------------ */

/* Compiles each expression below `node`; how many there were. */
static size_t compile_below(const struct node *node, const char *file)
{
    size_t count = 0;
    for (const struct node *item = node->first; item; item = item->next)
        count += compile_below(item, file);
    const size_t length = strlen(node->text);
    if (node->type != NODE_STRING || strncmp(node->text, "{%", 2) != 0 || length < 4 ||
        strcmp(node->text + length - 2, "%}") != 0)
        return count;
    struct arena *arena = arena_new();
    size_t offset = 0;
    const char *fault = NULL;
    const char *text = arena_copy_n(arena, node->text + 2, length - 4);
    if (!jsonata_compile(arena, text, &offset, &fault))
        fail_msg("%s: %s: %s (at %zu)", file, text, fault, offset);
    arena_free(arena);
    return count + 1;
}

static size_t compile_folder(const char *folder)
{
    size_t count = 0;
    DIR *const entries = opendir(folder);
    if (!entries) return 0;
    for (const struct dirent *entry = readdir(entries); entry; entry = readdir(entries)) {
        struct arena *arena = arena_new();
        struct node *root = NULL;
        struct error err;
        const char *path = arena_format(arena, "%s/%s", folder, entry->d_name);
        const bool definition =
            strstr(entry->d_name, ".json") && !strstr(entry->d_name, ".trace.json");
        if (definition && document_read_file(arena, path, &root, &err))
            count += compile_below(root, entry->d_name);
        arena_free(arena);
    }
    closedir(entries);
    return count;
}

static void corpus_compiles(void **state)
{
    static const char *const folders[] = {"valid", "genai", "teststate"};
    const char *const data = getenv("RAGTIME_DATA");
    size_t count = 0;
    (void)state;
    struct arena *arena = arena_new();
    for (size_t i = 0; i < COUNT_OF(folders); i++)
        count += compile_folder(
            arena_format(arena, "%s/asl/%s", data ? data : "../shared/data", folders[i]));
    arena_free(arena);
    if (count > 0) {
        print_message("%zu expressions compiled\n", count);
        return;
    }
    print_message("SKIPPED: no recorded state machines; set RAGTIME_DATA to the data folder\n");
    skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths),
        cmocka_unit_test(functions),
        cmocka_unit_test(formats),
        cmocka_unit_test(documented),
        cmocka_unit_test(added_by_step_functions),
        cmocka_unit_test(refused_when_compiled),
        cmocka_unit_test(same_seed_gives_the_same),
        cmocka_unit_test(random_is_uniform),
        cmocka_unit_test(bounds),
        cmocka_unit_test(nesting),
        cmocka_unit_test(corpus_compiles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
