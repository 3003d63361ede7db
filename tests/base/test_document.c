/* Documents in JSON, and what holds for any format. */
#include "base/arena.h"
#include "base/document.h"
#include "tests/base/document_unit.h"
#include "tests/base/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void json_is_read(void **state)
{
    (void)state;
    static const struct accepted rows[] = {
        {"null", "null"},
        {" true ", "true"},
        {"false\n", "false"},
        {"\"\"", "\"\""},
        {"[]", "[]"},
        {"{}", "{}"},
        {"{\"\":{\"\":[[],{}]}}", "{\"\":{\"\":[[],{}]}}"},
        {"[0,-0,1.50,1e3,1E+3,-2.5e-3,123456789012345678901234567890]",
         "[0,-0,1.50,1e3,1E+3,-2.5e-3,123456789012345678901234567890]"},
        {"[1e-400]", "[1e-400]"}, /* too small is zero, which is near enough */
        {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\\"\\\\/\\b\\f\\n\\r\\t\""},
        {"\"\\u0001\\u00e9\\u20AC\\ud83d\\ude00\"", "\"\\u0001é€😀\""},
        {"\"é\x7F€😀\"", "\"é\x7F€😀\""},
        {"\xEF\xBB\xBF{\"a\":1}", "{\"a\":1}"},
        {"\t[ 1 ,\r\n 2 ]\r\n", "[1,2]"},
        {"// a\n{ /* b */ \"c\" /**/ : // d\n 1 /* e\n * f */ } // g", "{\"c\":1}"},
        {"[\"// no\", \"/* no */\", \"\\\"//\"]", "[\"// no\",\"/* no */\",\"\\\"//\"]"},
        {"{\"a\":1,\"A\":2}", "{\"a\":1,\"A\":2}"},
    };
    check_accepted(DOCUMENT_JSON, rows, COUNT_OF(rows));
}

static const struct refused refused_json[] = {
    {"", 0, 1, 1, "the file is empty", NULL},
    {" \n\t", 0, 1, 1, "the file is empty", NULL},
    {"// nothing\n/* more */", 0, 1, 1, "the file is empty", NULL},
    {"\xEF\xBB\xBF", 0, 1, 1, "the file is empty", NULL},
    {"{\"a\": 1", 0, 1, 8, "expected ',' or '}', found the end of the file", NULL},
    {"\n[1, [2", 0, 2, 7, "the list of line 2, column 5 does not end", NULL},
    {"{\n  \"a\": 1\n  \"b\": 2\n}", 0, 3, 3, "expected ',' or '}' after", "a comma"},
    {"[1 2]", 0, 1, 4, "expected ',' or ']' after a value of a list, found '2'", NULL},
    {"{\"a\" 1}", 0, 1, 6, "expected ':' after the key, found '1'", NULL},
    {"{\"a\":}", 0, 1, 6, "expected a value, found '}'", NULL},
    {"{a: 1}", 0, 1, 2, "expected a key in double quotes, found 'a'", NULL},
    {"{'a': 1}", 0, 1, 2, "expected a key in double quotes", "single quotes"},
    {"{1: 1}", 0, 1, 2, "expected a key in double quotes, found '1'", NULL},
    {"['a']", 0, 1, 2, "expected a value, found '''", "double quotes"},
    {"[1,\n]", 0, 1, 3, "a comma before ']'", "remove"},
    {"{\"a\":1 , }", 0, 1, 8, "a comma before '}'", "remove"},
    {"[,1]", 0, 1, 2, "expected a value, found ','", NULL},
    {"{} {}", 0, 1, 4, "expected the end of the file after the value, found '{'", NULL},
    {"1 x", 0, 1, 3, "expected the end of the file", NULL},
    {"[1] }", 0, 1, 5, "expected the end of the file", NULL},
    {"[01]", 0, 1, 2, "'01' is no number", "begin with a 0"},
    {"[-01]", 0, 1, 2, "'-01' is no number", "begin with a 0"},
    {"[+1]", 0, 1, 2, "'+1' is no number", "'+'"},
    {"[.5]", 0, 1, 2, "'.5' is no number", "before its '.'"},
    {"[5.]", 0, 1, 2, "'5.' is no number", "looks like"},
    {"[1e]", 0, 1, 2, "'1e' is no number", "looks like"},
    {"[-]", 0, 1, 2, "'-' is no value", NULL},
    {"[0x10]", 0, 1, 2, "'0x10' is no number", "hexadecimal"},
    {"[10GiB]", 0, 1, 2, "'10GiB' is no number", "in quotes"},
    {"[1e999]", 0, 1, 2, "too large a number", NULL},
    {"[-1e999]", 0, 1, 2, "too large a number", NULL},
    {"[1.0000000000000000000000000000000000000000000000000000000000000]", 0, 1, 2,
     "a number of 63 characters", NULL},
    {"[NaN]", 0, 1, 2, "'NaN' is no value", "finite"},
    {"[-Infinity]", 0, 1, 2, "'-Infinity' is no value", "finite"},
    {"[True]", 0, 1, 2, "'True' is no value", "write true"},
    {"[None]", 0, 1, 2, "'None' is no value", "write null"},
    {"[nulll]", 0, 1, 2, "'nulll' is no value", "double quotes"},
    {"[\"ab", 0, 1, 2, "the string that begins here does not end", NULL},
    {"[\"a\nb\"]", 0, 1, 2, "the string that begins here does not end", "\\n"},
    {"[\"a\tb\"]", 0, 1, 4, "the control character 0x09 in a string: write \\t", NULL},
    {"[\"a\x01\"]", 0, 1, 4, "the control character 0x01", NULL},
    {"[\"\\x\"]", 0, 1, 3, "a backslash in a string must be followed by", "\\\\"},
    {"[\"\\", 0, 1, 3, "a backslash in a string must be followed by", NULL},
    {"[\"\\u12g4\"]", 0, 1, 3, "four hexadecimal digits", NULL},
    {"[\"\\u12", 0, 1, 3, "four hexadecimal digits", NULL},
    {"[\"\\u0000\"]", 0, 1, 3, "NUL", NULL},
    {"[\"\\ud800\"]", 0, 1, 3, "\\ud800 is half of a surrogate pair", NULL},
    {"[\"\\ud800\\u0041\"]", 0, 1, 3, "half of a surrogate pair", NULL},
    {"[\"\\udc00\"]", 0, 1, 3, "half of a surrogate pair", NULL},
    {"[1 /* x", 0, 1, 4, "the comment that begins here does not end", NULL},
    {"[1 / 2]", 0, 1, 4, "expected ',' or ']'", NULL},
    {"{\"a\":1,\n \"b\":2,\n \"a\":3}", 0, 3, 2, "the key 'a' stands twice", "remove"},
    {"[{\"\\u0061\":1,\"a\":3}]", 0, 1, 14, "first in line 1", NULL},
    {"[1\0]", 4, 1, 3, "a NUL byte", NULL},
    {"[1]\0", 4, 1, 4, "a NUL byte", NULL},
    {"[\"\xC3\xA9\xFF\"]", 0, 1, 5, "the byte 0xFF is not part of valid UTF-8", "UTF-8"},
};

static void json_is_refused_at_its_place(void **state)
{
    (void)state;
    check_refused(DOCUMENT_JSON, refused_json, COUNT_OF(refused_json));
}

static void bytes_that_are_not_utf8_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "\x80",             /* a second byte alone */
        "\xC0\x80",         /* NUL in two bytes */
        "\xC1\xBF",         /* ASCII in two bytes */
        "\xE0\x9F\xBF",     /* two bytes' worth in three */
        "\xED\xA0\x80",     /* a surrogate */
        "\xF0\x8F\xBF\xBF", /* three bytes' worth in four */
        "\xF4\x90\x80\x80", /* beyond U+10FFFF */
        "\xF5\x80\x80\x80",
        "\xE2\x82",
        "\xE2\x82x",
        "\xF0\x9F\x98",
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        char text[32];
        snprintf(text, sizeof text, "\"\n%s\"", bad[i]);
        struct refused row = {text, 0, 2, 1, "is not part of valid UTF-8", "UTF-8"};
        check_refused_row(DOCUMENT_JSON, &row);
        check_refused_row(DOCUMENT_YAML, &row);
    }
    static const struct accepted good[] = {
        {"\"\xC2\x80\xDF\xBF\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xF0\x90\x80\x80\xF4\x8F\xBF\xBF\"",
         "\"\xC2\x80\xDF\xBF\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xF0\x90\x80\x80\xF4\x8F\xBF"
         "\xBF\""},
    };
    check_accepted(DOCUMENT_JSON, good, COUNT_OF(good));
}

/* A message names a key of any length, in whole characters. */
static void long_keys_are_cut_in_messages(void **state)
{
    (void)state;
    for (size_t shift = 0; shift < 3; shift++) {
        char key[400] = "xx";
        key[shift] = '\0';
        for (int i = 0; i < 100; i++) strcat(key, "\xE2\x82\xAC");
        char text[1000];
        snprintf(text, sizeof text, "{\"%s\":1,\"%s\":2}", key, key);
        char message[200];
        size_t kept = shift + (80 - shift) / 3 * 3;
        snprintf(message, sizeof message, "the key '%.*s...' stands twice", (int)kept, key);
        struct refused row = {text, 0, 1, (int)(shift + 300 + 7), message, NULL};
        check_refused_row(DOCUMENT_JSON, &row);
    }
}

static void json_places(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    const char *text =
        "// note\r\n{ \"a\":  1,\n\t\"\xC3\xA9\": /* x\n y */ [true,\n  \"s\"], \"n\":null}";
    struct node *root = read_well(arena, DOCUMENT_JSON, text);
    assert_place(root->place, 2, 1);
    assert_null(root->key);
    const struct node *a = root->first;
    assert_place(a->key_place, 2, 3);
    assert_place(a->place, 2, 9);
    const struct node *list = a->next;
    assert_place(list->key_place, 3, 2);
    assert_place(list->place, 4, 7);
    assert_place(list->first->place, 4, 8);
    assert_place(list->first->next->place, 5, 3);
    assert_place(list->next->key_place, 5, 9);
    assert_place(list->next->place, 5, 13);
    assert_string_equal(a->place.file, "t");
    arena_free(arena);
}

static void values_carry_their_text(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    const char *text =
        "{\"n\":1.50,\"s\":\"1.50\",\"t\":true,\"f\":false,\"z\":null,\"l\":[1,2,3]}";
    struct node *root = read_well(arena, DOCUMENT_JSON, text);
    assert_int_equal(root->type, NODE_MAP);
    assert_int_equal(root->count, 6);
    const struct node *n = at(root, "n");
    assert_int_equal(n->type, NODE_NUMBER);
    assert_string_equal(n->text, "1.50");
    assert_true(n->number == 1.5);
    assert_false(n->quoted);
    const struct node *s = at(root, "s");
    assert_int_equal(s->type, NODE_STRING);
    assert_string_equal(s->text, "1.50");
    assert_true(s->quoted);
    assert_true(at(root, "t")->boolean);
    assert_string_equal(at(root, "t")->text, "true");
    assert_false(at(root, "f")->boolean);
    assert_int_equal(at(root, "f")->type, NODE_BOOL);
    assert_int_equal(at(root, "z")->type, NODE_NULL);
    assert_int_equal(at(root, "l")->count, 3);
    assert_string_equal(at(root, "l")->text, "");
    arena_free(arena);
}

/* The most that is read, and one more. */
static void limits(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    for (int format = DOCUMENT_JSON; format <= DOCUMENT_YAML; format++) {
        read_well(arena, (enum document_format)format, nested_lists(arena, 100));
        struct refused deep = {nested_lists(arena, 101), 0, 1, 101, "more than 100", NULL};
        check_refused_row((enum document_format)format, &deep);
        deep.text = nested_lists(arena, 100000);
        check_refused_row((enum document_format)format, &deep);
    }
    size_t size = (64u << 20) + 1;
    char *large = arena_alloc(arena, size + 1);
    memset(large, ' ', size);
    check_refused_row(DOCUMENT_JSON,
                      &(struct refused){large, size, 0, 0, "more than 64 MiB", NULL});

    enum { ITEMS = 4000000 };
    memset(large, '1', 2 * ITEMS + 1);
    for (size_t i = 0; i < ITEMS; i++) large[2 * i] = i == 0 ? '[' : ',';
    large[2 * ITEMS] = ']';
    large[2 * ITEMS + 1] = '\0';
    struct refused many = {large, 0, 1, 2 * ITEMS, "more than 4000000", NULL};
    check_refused_row(DOCUMENT_JSON, &many);
    arena_free(arena);
}

/* A map of many keys is read, and one double among them found. */
static void large_maps(void **state)
{
    (void)state;
    enum { KEYS = 50000 };
    struct arena *arena = arena_new();
    char *text = arena_alloc(arena, 32 * KEYS);
    size_t length = 1;
    text[0] = '{';
    for (int i = 0; i < KEYS; i++)
        length += (size_t)sprintf(text + length, "\"key%d\":%d,\n", i * 7919 % KEYS, i);
    char *end = text + length;
    strcpy(end, "\"last\":0}");
    struct node *root = read_well(arena, DOCUMENT_JSON, text);
    assert_int_equal(root->count, KEYS + 1);
    assert_string_equal(root->first->next->key, "key7919");
    strcpy(end, "\"key0\":0}");
    struct refused twice = {text, 0, KEYS + 1, 1, "the key 'key0' stands twice", NULL};
    check_refused_row(DOCUMENT_JSON, &twice);
    check_refused_row(DOCUMENT_YAML, &twice);
    arena_free(arena);
}

static enum node_type type_read_from(const char *name, const char *content)
{
    char path[64];
    snprintf(path, sizeof path, "/tmp/test_document.%ld%s", (long)getpid(), name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    assert_int_equal(fclose(file), 0);
    struct arena *arena = arena_new();
    struct node *root = NULL;
    struct error err = {0};
    bool done = document_read_file(arena, path, &root, &err);
    unlink(path);
    if (!done) assert_string_equal(err.place.file, path);
    enum node_type type = done ? root->type : NODE_NULL;
    if (done) assert_string_equal(root->place.file, path);
    arena_free(arena);
    return type;
}

static void the_extension_decides_then_the_first_character(void **state)
{
    (void)state;
    /* In JSON a comment, in YAML text. */
    const char *slashes = "// x\n{\"a\": 1}";
    assert_int_equal(type_read_from(".json", slashes), NODE_MAP);
    assert_int_equal(type_read_from(".JSONC", slashes), NODE_MAP);
    /* A flow map with bare keys is YAML alone. */
    assert_int_equal(type_read_from(".yaml", "{a: 1}"), NODE_MAP);
    assert_int_equal(type_read_from(".yml", "{a: 1}"), NODE_MAP);
    assert_int_equal(type_read_from(".json", "{a: 1}"), NODE_NULL);
    assert_int_equal(type_read_from("", "\n {a: 1}"), NODE_NULL);
    assert_int_equal(type_read_from(".txt", " [a]"), NODE_NULL);
    assert_int_equal(type_read_from(".txt", "a: 1"), NODE_MAP);
    assert_int_equal(type_read_from("", "- 1"), NODE_LIST);
}

static void a_file_that_is_not_there(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct node *root = NULL;
    struct error err = {0};
    assert_false(document_read_file(arena, "/nowhere/a.yaml", &root, &err));
    assert_string_equal(err.message, "cannot read /nowhere/a.yaml: No such file or directory");
    assert_false(document_read_file(arena, "/dev/zero", &root, &err));
    assert_string_equal(err.place.file, "/dev/zero");
    assert_null(root);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_is_read),
        cmocka_unit_test(json_is_refused_at_its_place),
        cmocka_unit_test(bytes_that_are_not_utf8_are_refused),
        cmocka_unit_test(long_keys_are_cut_in_messages),
        cmocka_unit_test(json_places),
        cmocka_unit_test(values_carry_their_text),
        cmocka_unit_test(limits),
        cmocka_unit_test(large_maps),
        cmocka_unit_test(the_extension_decides_then_the_first_character),
        cmocka_unit_test(a_file_that_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
