/* Trees: looked up, merged, changed, written. */
#include "base/arena.h"
#include "base/document.h"
#include "tests/base/document_unit.h"
#include "tests/base/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The examples of RFC 7396, appendix A: original, patch, result. */
static const char *const merges[][3] = {
    {"{\"a\":\"b\"}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"},
    {"{\"a\":\"b\"}", "{\"b\":\"c\"}", "{\"a\":\"b\",\"b\":\"c\"}"},
    {"{\"a\":\"b\"}", "{\"a\":null}", "{}"},
    {"{\"a\":\"b\",\"b\":\"c\"}", "{\"a\":null}", "{\"b\":\"c\"}"},
    {"{\"a\":[\"b\"]}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"},
    {"{\"a\":\"c\"}", "{\"a\":[\"b\"]}", "{\"a\":[\"b\"]}"},
    {"{\"a\":{\"b\":\"c\"}}", "{\"a\":{\"b\":\"d\",\"c\":null}}", "{\"a\":{\"b\":\"d\"}}"},
    {"{\"a\":[{\"b\":\"c\"}]}", "{\"a\":[1]}", "{\"a\":[1]}"},
    {"[\"a\",\"b\"]", "[\"c\",\"d\"]", "[\"c\",\"d\"]"},
    {"{\"a\":\"b\"}", "[\"c\"]", "[\"c\"]"},
    {"{\"a\":\"foo\"}", "null", "null"},
    {"{\"a\":\"foo\"}", "\"bar\"", "\"bar\""},
    {"{\"e\":null}", "{\"a\":1}", "{\"e\":null,\"a\":1}"},
    {"[1,2]", "{\"a\":\"b\",\"c\":null}", "{\"a\":\"b\"}"},
    {"{}", "{\"a\":{\"bb\":{\"ccc\":null}}}", "{\"a\":{\"bb\":{}}}"},
};

static void merging_does_what_the_rfc_shows(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(merges); i++) {
        struct arena *arena = arena_new();
        struct node *target = read_well(arena, DOCUMENT_JSON, merges[i][0]);
        struct node *patch = read_well(arena, DOCUMENT_JSON, merges[i][1]);
        struct node *result = node_merge(arena, target, patch);
        assert_string_equal(node_to_json(arena, result), merges[i][2]);
        /* What was merged is as it was. */
        assert_string_equal(node_to_json(arena, target), merges[i][0]);
        assert_string_equal(node_to_json(arena, patch), merges[i][1]);
        arena_free(arena);
    }
}

/* Section 1's long example. */
static void merging_keeps_places_and_order(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct node *target =
        read_well(arena, DOCUMENT_JSON,
                  "{\n\"title\": \"Goodbye!\",\n\"author\": {\n\"givenName\": "
                  "\"John\",\n\"familyName\": \"Doe\"\n},\n\"tags\": [\"example\","
                  "\"sample\"],\n\"content\": \"This will be unchanged\"\n}");
    struct node *patch = NULL;
    struct error err;
    const char *text =
        "{\"title\": \"Hello!\", \"phoneNumber\": \"+01-123-456-7890\",\n\"author\": "
        "{\"familyName\": null},\n\"tags\": [\"example\"]}";
    assert_true(document_read_text(arena, "p", DOCUMENT_JSON, text, strlen(text), &patch, &err));
    struct node *result = node_merge(arena, target, patch);
    assert_string_equal(node_to_json(arena, result),
                        "{\"title\":\"Hello!\",\"author\":{\"givenName\":\"John\"},\"tags\":["
                        "\"example\"],\"content\":\"This will be unchanged\",\"phoneNumber\":\"+01-"
                        "123-456-7890\"}");
    assert_int_equal(result->count, 5);
    assert_string_equal(at(result, "title")->place.file, "p");
    assert_place(at(result, "title")->place, 1, 11);
    assert_string_equal(at(result, "author")->place.file, "t");
    assert_string_equal(at(result, "author.givenName")->place.file, "t");
    assert_place(at(result, "author.givenName")->place, 4, 14);
    assert_string_equal(at(result, "tags.0")->place.file, "p");
    assert_string_equal(at(result, "content")->key_place.file, "t");
    assert_ptr_equal(at(result, "tags")->first, at(patch, "tags")->first); /* shared */
    assert_string_equal(node_to_json(arena, node_merge(arena, NULL, patch)),
                        "{\"title\":\"Hello!\",\"phoneNumber\":\"+01-123-456-7890\",\"author\":{},"
                        "\"tags\":[\"example\"]}");
    arena_free(arena);
}

static void getting_and_finding(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct node *root = read_well(
        arena, DOCUMENT_JSON,
        "{\"a\":{\"b\":[10,{\"c\":11}],\"0\":12},\"gpt-4.1\":{\"price\":13},\"x.y.z\":14,\"x\":{"
        "\"y\":15},\"\":16,\"A\":17}");
    static const struct {
        const char *path;
        int value;
    } there[] = {{"a.b.0", 10}, {"a.b.1.c", 11}, {"a.0", 12}, {"gpt-4.1.price", 13},
                 {"x.y.z", 14}, {"x.y", 15},     {"A", 17}};
    for (size_t i = 0; i < COUNT_OF(there); i++)
        assert_true(at(root, there[i].path)->number == there[i].value);
    static const char *const absent[] = {
        "b",  "a.b.2", "a.b.-1", "a.b.x",   "a.b.0.c", "a.",        "a.b.",
        ".a", "a..b",  "gpt-4",  "gpt-4.2", "aa",      "a.b.1.c.d", "a.b.9999999999999999999999"};
    for (size_t i = 0; i < COUNT_OF(absent); i++)
        if (node_find(root, absent[i])) fail_msg("something at '%s'", absent[i]);
    assert_ptr_equal(node_find(root, ""), root);
    assert_null(node_find(NULL, "a"));
    assert_null(node_get(NULL, "a"));
    assert_null(node_get(at(root, "a.b"), "0"));
    assert_null(node_get(root, "a.b"));
    const struct node *nameless = node_get(root, "");
    if (nameless) assert_true(nameless->number == 16);
    assert_non_null(nameless);
    arena_free(arena);
}

struct change {
    const char *root; /* NULL: none */
    const char *path;
    const char *value;
    const char *result; /* as JSON, or a part of the error's message */
};

static void setting_replaces_and_makes(void **state)
{
    (void)state;
    static const struct change changes[] = {
        {"{\"a\":1,\"b\":2}", "a", "3", "{\"a\":3,\"b\":2}"},
        {"{\"a\":1}", "b", "[2]", "{\"a\":1,\"b\":[2]}"},
        {"{\"a\":{\"b\":1,\"c\":2},\"d\":3}", "a.b", "null",
         "{\"a\":{\"b\":null,\"c\":2},\"d\":3}"},
        {"{}", "a.b.c", "1", "{\"a\":{\"b\":{\"c\":1}}}"},
        {NULL, "a.b", "true", "{\"a\":{\"b\":true}}"},
        {"null", "a", "1", "{\"a\":1}"},
        {"{\"a\":null}", "a.b", "1", "{\"a\":{\"b\":1}}"},
        {"{\"l\":[1,{\"a\":2},3]}", "l.1.a", "9", "{\"l\":[1,{\"a\":9},3]}"},
        {"[1,2,3]", "2", "{}", "[1,2,{}]"},
        {"{\"gpt-4.1\":{\"p\":1}}", "gpt-4.1.p", "2", "{\"gpt-4.1\":{\"p\":2}}"},
    };
    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        const struct change *change = &changes[i];
        struct arena *arena = arena_new();
        struct node *root = change->root ? read_well(arena, DOCUMENT_JSON, change->root) : NULL;
        struct node *value = read_well(arena, DOCUMENT_JSON, change->value);
        struct error err = {0};
        struct node *result = node_set(arena, root, change->path, value, &err);
        if (!result) fail_msg("'%s': %s", change->path, err.message);
        assert_string_equal(node_to_json(arena, result), change->result);
        assert_string_equal(node_to_json(arena, at(result, change->path)), change->value);
        if (root) assert_string_equal(node_to_json(arena, root), change->root);
        arena_free(arena);
    }
}

static void setting_is_refused(void **state)
{
    (void)state;
    char deep[300] = "a";
    for (int i = 1; i < 101; i++) strcat(deep, ".a");
    const struct change changes[] = {
        {"{\"a\":1}", "a.b", "2", "cannot set 'b' inside a number"},
        {"{\"a\":\"x\"}", "a.b.c", "2", "cannot set 'b.c' inside a string"},
        {"true", "a", "2", "cannot set 'a' inside true or false"},
        {"[1,2]", "2", "3", "the list has 2 items: there is no item '2'"},
        {"[1,2]", "x", "3", "there is no item 'x'"},
        {"{}", "", "3", "an empty step"},
        {"{}", "a..b", "3", "an empty step"},
        {"{}", ".a", "3", "an empty step"},
        {"{}", "a.", "3", "an empty step"},
        {"{}", deep, "3", "a path of 101 steps"},
    };
    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        const struct change *change = &changes[i];
        struct arena *arena = arena_new();
        struct node *root = read_well(arena, DOCUMENT_JSON, change->root);
        struct node *value = read_well(arena, DOCUMENT_JSON, change->value);
        struct error err = {0};
        assert_null(node_set(arena, root, change->path, value, &err));
        if (!strstr(err.message, change->result))
            fail_msg("got '%s', expected '%s'", err.message, change->result);
        arena_free(arena);
    }
}

static void what_is_set_has_the_place_of_its_value(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct node *root = read_well(arena, DOCUMENT_JSON, "{\"a\": 1}");
    struct node value = {.type = NODE_NUMBER, .text = "2", .number = 2, .place = {"--set", 1, 3}};
    struct error err;
    struct node *result = node_set(arena, root, "b.c", &value, &err);
    assert_non_null(result);
    assert_string_equal(at(result, "b.c")->place.file, "--set");
    assert_string_equal(at(result, "b.c")->key_place.file, "--set");
    assert_string_equal(at(result, "b")->place.file, "--set");
    assert_place(at(result, "a")->place, 1, 7);
    arena_free(arena);
}

/* Numbers without text as JSON, of as few digits as read back. */
static void numbers_are_short_and_exact(void **state)
{
    (void)state;
    static const struct {
        double number;
        const char *text;
    } rows[] = {{0.1, "0.1"},
                {0.1 + 0.2, "0.30000000000000004"},
                {1.0 / 3, "0.3333333333333333"},
                {100, "100"},
                {-2.5, "-2.5"},
                {5e-324, "4.94065645841247e-324"},
                {1.7976931348623157e308, "1.7976931348623157e+308"},
                {9007199254740993.0, "9007199254740992"}};
    struct arena *arena = arena_new();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct node node = {.type = NODE_NUMBER, .text = "0x?", .number = rows[i].number};
        assert_string_equal(node_to_json(arena, &node), rows[i].text);
        node.text = NULL;
        assert_string_equal(node_to_json(arena, &node), rows[i].text);
    }
    uint64_t random = 5;
    for (int i = 0; i < 20000; i++) {
        struct node node = {.type = NODE_NUMBER};
        uint64_t bits = next_random(&random);
        memcpy(&node.number, &bits, sizeof bits);
        if (!(node.number - node.number == 0)) continue; /* not finite */
        char *text = node_to_json(arena, &node);
        assert_true(strtod(text, NULL) == node.number);
        assert_true(read_well(arena, DOCUMENT_JSON, text)->number == node.number);
    }
    arena_free(arena);
}

static void types_have_names(void **state)
{
    (void)state;
    static const char *const texts[] = {"null", "true", "1", "\"\"", "[]", "{}"};
    static const char *const names[] = {"null",     "true or false", "a number",
                                        "a string", "a list",        "a map"};
    struct arena *arena = arena_new();
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        assert_string_equal(node_type_name(read_well(arena, DOCUMENT_JSON, texts[i])->type),
                            names[i]);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(merging_does_what_the_rfc_shows),
        cmocka_unit_test(merging_keeps_places_and_order),
        cmocka_unit_test(getting_and_finding),
        cmocka_unit_test(setting_replaces_and_makes),
        cmocka_unit_test(setting_is_refused),
        cmocka_unit_test(what_is_set_has_the_place_of_its_value),
        cmocka_unit_test(numbers_are_short_and_exact),
        cmocka_unit_test(types_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
