/* Documents in YAML. */
#include "base/arena.h"
#include "base/document.h"
#include "tests/base/document_unit.h"
#include "tests/base/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void yaml_is_read(void **state)
{
    (void)state;
    static const struct accepted rows[] = {
        {"a: 1\nb:\n  - x\n  - y: 2\n    z: 3\n", "{\"a\":1,\"b\":[\"x\",{\"y\":2,\"z\":3}]}"},
        {"- - 1\n  - 2\n- []\n- {}\n", "[[1,2],[],{}]"},
        {"{a: [1, 2], \"b\":'it''s'}", "{\"a\":[1,2],\"b\":\"it's\"}"},
        {"[a: 1, b]", "[{\"a\":1},\"b\"]"},
        {"a: |\n  one\n  two\nb: >-\n  one\n  two\n", "{\"a\":\"one\\ntwo\\n\",\"b\":\"one two\"}"},
        {"a: one\n  two\n", "{\"a\":\"one two\"}"},
        {"a: \"\\x41\\u00e9\\U0001F600\\n\"", "{\"a\":\"Aé😀\\n\"}"},
        {"? k\n: v\n", "{\"k\":\"v\"}"},
        {"%YAML 1.2\n---\na: 1\n...\n", "{\"a\":1}"},
        {"--- text\n", "\"text\""},
        {"# c\na: 1 # d\n# e\n", "{\"a\":1}"},
        {"\xEF\xBB\xBF"
         "a: 1\r\nb: 2\r\n",
         "{\"a\":1,\"b\":2}"},
        {"1: a\ntrue: b\n~: c\n'': d\n'<<': e\n",
         "{\"1\":\"a\",\"true\":\"b\",\"~\":\"c\",\"\":\"d\",\"<<\":\"e\"}"},
        {"{\"a\": \"\\/\"}", "{\"a\":\"/\"}"},
        {"null", "null"},
    };
    check_accepted(DOCUMENT_YAML, rows, COUNT_OF(rows));
}

/* Section 10.3.2 of YAML 1.2.2, and what YAML 1.1 took for something else. */
static void plain_scalars_follow_the_core_schema(void **state)
{
    (void)state;
    static const struct accepted rows[] = {
        {"[~, null, Null, NULL, '']", "[null,null,null,null,\"\"]"},
        {"a:\nb: ~", "{\"a\":null,\"b\":null}"},
        {"[true, True, TRUE, false, False, FALSE]", "[true,true,true,false,false,false]"},
        {"[yes, no, on, off, y, n, tRUE, nULL]",
         "[\"yes\",\"no\",\"on\",\"off\",\"y\",\"n\",\"tRUE\",\"nULL\"]"},
        {"[0, -0, 12, +12, 012, 1_000, 1:30]", "[0,-0,12,12,12,\"1_000\",\"1:30\"]"},
        {"[0x1F, 0xff, 0o17, 0o, 0x, 0o8, -0x1, 0b1]",
         "[31,255,15,\"0o\",\"0x\",\"0o8\",\"-0x1\",\"0b1\"]"},
        {"[1.5, 1., .5, -.5, 1e3, 1.5E-3, +1e+3]", "[1.5,1,0.5,-0.5,1e3,1.5E-3,1000]"},
        {"[., -, +, e1, 1e, 1e+, .e1, 1.2.3, 2 GiB, 50ms, 2026-01-02]",
         "[\".\",\"-\",\"+\",\"e1\",\"1e\",\"1e+\",\".e1\",\"1.2.3\",\"2 GiB\",\"50ms\","
         "\"2026-01-02\"]"},
        {"['1', \"true\", 'null', '0x10', '.nan']", "[\"1\",\"true\",\"null\",\"0x10\",\".nan\"]"},
        {"[inf, nan, .Infinity, .iNF, +.nan]",
         "[\"inf\",\"nan\",\".Infinity\",\".iNF\",\"+.nan\"]"},
        {"a: |\n  12\n", "{\"a\":\"12\\n\"}"},
        {"[!!int \"12\", !!float 1, !!str 1, !!bool 'true', !!null '', ! 1]",
         "[12,1,\"1\",true,null,\"1\"]"},
        {"!!map {a: !!seq [!!str yes]}", "{\"a\":[\"yes\"]}"},
    };
    check_accepted(DOCUMENT_YAML, rows, COUNT_OF(rows));
    struct arena *arena = arena_new();
    struct node *root = read_well(arena, DOCUMENT_YAML, "[0x1F, 0o17, .5, '7', 9007199254740992]");
    const struct node *hex = at(root, "0");
    assert_string_equal(hex->text, "0x1F");
    assert_true(hex->number == 31.0);
    assert_true(at(root, "1")->number == 15.0);
    assert_true(at(root, "2")->number == 0.5);
    assert_true(at(root, "3")->quoted);
    assert_true(at(root, "4")->number == 9007199254740992.0);
    arena_free(arena);
}

static void aliases_stand_for_their_anchors(void **state)
{
    (void)state;
    static const struct accepted rows[] = {
        {"a: &x {k: [1, 2]}\nb: *x\nc: [*x]", "{\"a\":{\"k\":[1,2]},\"b\":{\"k\":[1,2]},\"c\":[{"
                                              "\"k\":[1,2]}]}"},
        {"[&a 1, *a, &a 2, *a]", "[1,1,2,2]"},
        {"&a [&a b, *a]", "[\"b\",\"b\"]"},
        {"[&a !!str 1, *a]", "[\"1\",\"1\"]"},
    };
    check_accepted(DOCUMENT_YAML, rows, COUNT_OF(rows));
    struct arena *arena = arena_new();
    struct node *root = read_well(arena, DOCUMENT_YAML, "a: &x\n  k: 1\nb: *x\n");
    const struct node *b = at(root, "b");
    assert_string_equal(b->key, "b");
    assert_place(b->key_place, 3, 1);
    assert_place(b->place, 1, 4); /* where the value was written */
    assert_place(at(root, "b.k")->place, 2, 6);
    assert_ptr_not_equal(at(root, "a.k"), at(root, "b.k"));
    arena_free(arena);
}

static void yaml_is_refused_at_its_place(void **state)
{
    (void)state;
    static const struct refused rows[] = {
        {"", 0, 1, 1, "the file is empty", NULL},
        {"# nothing\n", 0, 1, 1, "the file is empty", NULL},
        {"---\n", 0, 2, 1, "the file is empty", NULL},
        {"%YAML 1.2\n---\n...\n", 0, 3, 1, "the file is empty", NULL},
        {"a: 1\nb: 2\na: 3\n", 0, 3, 1, "the key 'a' stands twice in this map, first in line 1",
         NULL},
        {"a: {b: 1, 'b': 2}", 0, 1, 11, "the key 'b' stands twice", NULL},
        {"\xC3\xA9: 1\nx: {\xC3\xA9: 1, \xC3\xA9: 2}", 0, 2, 12, "stands twice", NULL},
        {"a: 1\n---\nb: 2\n", 0, 2, 1, "a second document begins here", NULL},
        {"a: .inf", 0, 1, 4, "'.inf' is not a finite number", "in quotes"},
        {"a: -.INF", 0, 1, 4, "'-.INF' is not a finite number", "in quotes"},
        {"[1, .NaN]", 0, 1, 5, "'.NaN' is not a finite number", "in quotes"},
        {"a: 1e400", 0, 1, 4, "too large a number", NULL},
        {"a: 0x20000000000001", 0, 1, 4, "too large a number", NULL},
        {"a: 0xFFFFFFFFFFFFFFFFFFFFFFFF", 0, 1, 4, "too large a number", NULL},
        {"a: !foo 1", 0, 1, 4, "the tag '!foo' is not known", "remove"},
        {"a: !!binary aGk=", 0, 1, 4, "is not known", "remove"},
        {"a: !!set {b}", 0, 1, 4, "is not known", "remove"},
        {"a: !!int 1.5", 0, 1, 4, "'1.5' does not fit its tag !!int", NULL},
        {"a: !!bool 1", 0, 1, 4, "does not fit its tag !!bool", NULL},
        {"a: !!str [1]", 0, 1, 4, "is not known", NULL},
        {"<<: {a: 1}", 0, 1, 1, "the merge key << is not supported", "alias"},
        {"&a [1, *a]", 0, 1, 8, "the alias *a stands inside", NULL},
        {"a: &b {c: {d: *b}}", 0, 1, 15, "the alias *b stands inside", NULL},
        {"a: *b", 0, 1, 4, "the alias *b names no anchor", "in quotes"},
        {"[*a, &a 1]", 0, 1, 2, "the alias *a names no anchor", NULL},
        {"? [a]\n: 1", 0, 1, 3, "a key must be plain text, found a list or map", NULL},
        {"a: &x 1\n*x : 2", 0, 2, 1, "a key must be plain text, found an alias", NULL},
        {"&x a: 1", 0, 1, 1, "a key can have neither anchor nor tag", NULL},
        {"a: 1\n: 2", 0, 2, 1, "", NULL},
        {"? \n: 2", 0, 1, 2, "a key is missing", NULL},
        {"a:\n\tb: 1", 0, 2, 1, "the YAML cannot be read: found character", "tab"},
        {"a: b: c", 0, 1, 5, "mapping values are not allowed", "quotes"},
        {"a: @x", 0, 1, 4, "cannot start any token", "quotes"},
        {"a: [1, 2", 0, 1, 9, "parsing a flow sequence that begins in line 1", NULL},
        {"a:\n  - 1\n b: 2", 0, 3, 2, "the YAML cannot be read", "indentation"},
        {"a: 'x", 0, 1, 6, "scanning a quoted scalar that begins in line 1", NULL},
        {"a: \"\\q\"", 0, 1, 5, "unknown escape", NULL},
        {"\xC3\xA9: \x01", 0, 1, 5, "control characters are not allowed", NULL},
        {"a: \"x\\0y\"", 0, 1, 4, "a NUL character", NULL},
        {"\"x\\0y\": 1", 0, 1, 1, "a NUL character", NULL},
        {"a: 1\0", 5, 1, 5, "a NUL byte", NULL},
    };
    check_refused(DOCUMENT_YAML, rows, COUNT_OF(rows));
}

static void yaml_places(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    const char *text = "# note\r\n\xC3\xA9: \"\xE2\x82\xAC\"  # x\r\nlist:\r\n  - 1\r\n"
                       "  - {k: \xE2\x82\xAC, \xE2\x82\xAC: v}\r\n";
    struct node *root = read_well(arena, DOCUMENT_YAML, text);
    assert_place(root->place, 2, 1);
    const struct node *first = root->first;
    assert_place(first->key_place, 2, 1);
    assert_place(first->place, 2, 5);
    assert_place(at(root, "list")->key_place, 3, 1);
    assert_place(at(root, "list")->place, 4, 3);
    assert_place(at(root, "list.0")->place, 4, 5);
    assert_place(at(root, "list.1")->place, 5, 5);
    assert_place(at(root, "list.1.k")->place, 5, 9);
    assert_place(at(root, "list.1.\xE2\x82\xAC")->key_place, 5, 14);
    assert_place(at(root, "list.1.\xE2\x82\xAC")->place, 5, 19);
    arena_free(arena);
}

/* Ten values, ten times in each of the following lines: a billion in the end. */
static void aliases_cannot_explode(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    char text[4096] = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 9; i++) {
        char line[200];
        int b = i - 1;
        snprintf(line, sizeof line,
                 "a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n", i, i,
                 b, b, b, b, b, b, b, b, b, b);
        strcat(text, line);
    }
    check_refused_row(DOCUMENT_YAML,
                      &(struct refused){text, 0, 5, 45, "expand to more than", NULL});

    /* Few values, but each of them long. */
    size_t size = 1u << 20;
    char *wide = arena_alloc(arena, size + 200);
    strcpy(wide, "[&a ");
    memset(wide + 4, 'x', size);
    char *end = wide + 4 + size;
    for (int i = 0; i < 17; i++) end = stpcpy(end, ",\n*a");
    strcpy(end, "]");
    check_refused_row(DOCUMENT_YAML, &(struct refused){wide, 0, 18, 1, "16 MiB of text", NULL});

    /* An alias may not lead beyond the depth either. */
    char *deep = arena_format(arena, "- &a %s\n- %.*s*a", nested_lists(arena, 60), 50,
                              nested_lists(arena, 50));
    check_refused_row(DOCUMENT_YAML, &(struct refused){deep, 0, 2, 53, "more than 100", NULL});

    char *anchors = arena_alloc(arena, 20000);
    char *at_end = stpcpy(anchors, "[");
    for (int i = 0; i < 1001; i++) at_end = stpcpy(at_end, "&a 1,\n");
    strcpy(at_end, "]");
    check_refused_row(DOCUMENT_YAML, &(struct refused){anchors, 0, 1001, 1, "1000 anchors", NULL});
    arena_free(arena);
}

/* A tree of luck as JSON text. */
static char *put_random(char *end, uint64_t *random, int depth)
{
    static const char *const scalars[] = {"null",  "true",    "false",          "0",
                                          "-1.50", "12e-3",   "\"\"",           "\"x y: #\"",
                                          "\"1\"", "\"\\n\"", "\"\\\"\\\\é😀\"", "\"true\""};
    uint64_t kind = next_random(random) % 4;
    if (depth == 0 || kind < 2) {
        return stpcpy(end, scalars[next_random(random) % COUNT_OF(scalars)]);
    }
    uint64_t count = next_random(random) % 5;
    *end++ = kind == 2 ? '[' : '{';
    for (uint64_t i = 0; i < count; i++) {
        if (i > 0) *end++ = ',';
        if (kind == 3) end += sprintf(end, "\"k%d\":", (int)i);
        end = put_random(end, random, depth - 1);
    }
    *end++ = kind == 2 ? ']' : '}';
    *end = '\0';
    return end;
}

static void assert_same_tree(const struct node *a, const struct node *b)
{
    assert_int_equal(a->type, b->type);
    assert_int_equal(a->quoted, b->quoted);
    assert_int_equal(a->boolean, b->boolean);
    assert_true(a->number == b->number);
    assert_string_equal(a->text, b->text);
    assert_place(a->place, b->place.line, b->place.column);
    assert_place(a->key_place, b->key_place.line, b->key_place.column);
    const struct node *y = b->first;
    for (const struct node *x = a->first; x && y; x = x->next, y = y->next) {
        if (x->key) assert_string_equal(x->key, y->key);
        assert_same_tree(x, y);
    }
    assert_int_equal(a->count, b->count);
}

/* JSON is YAML: both readers, which share neither parser nor places, must make the same of it. */
static void both_readers_agree_on_json(void **state)
{
    (void)state;
    uint64_t random = 20;
    for (int i = 0; i < 500; i++) {
        struct arena *arena = arena_new();
        char *text = arena_alloc(arena, 1 << 16);
        put_random(text, &random, 5);
        struct node *json = read_well(arena, DOCUMENT_JSON, text);
        struct node *yaml = read_well(arena, DOCUMENT_YAML, text);
        assert_same_tree(json, yaml);
        assert_string_equal(node_to_json(arena, json), text);
        arena_free(arena);
    }
}

/* Short tags of templates are maps; elsewhere, and in other forms, they are refused. */
static void short_tags_of_templates_are_maps(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *json; /* NULL: refused */
    } cases[] = {
        {"a: !Ref x", "{\"a\":{\"Ref\":\"x\"}}"},
        {"a: !Condition x", "{\"a\":{\"Condition\":\"x\"}}"},
        {"a: !GetAtt b.Arn", "{\"a\":{\"Fn::GetAtt\":\"b.Arn\"}}"},
        {"- !Sub |\n  x ${y}\n- 1", "[{\"Fn::Sub\":\"x ${y}\\n\"},1]"},
        {"a: !Join ['', [b, !Ref c]]", "{\"a\":{\"Fn::Join\":[\"\",[\"b\",{\"Ref\":\"c\"}]]}}"},
        {"a: !If {b: 1}", "{\"a\":{\"Fn::If\":{\"b\":1}}}"},
        {"a: &x !Ref y\nb: *x", "{\"a\":{\"Ref\":\"y\"},\"b\":{\"Ref\":\"y\"}}"},
        {"a: !!str 5", "{\"a\":\"5\"}"},
        {"a: ! 5", "{\"a\":\"5\"}"},
        {"a: !b.c 5", NULL},
        {"a: !<tag:x> 5", NULL},
        {"!Ref a: 5", NULL},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct arena *arena = arena_new();
        struct node *root = NULL;
        struct error err;
        const char *text = cases[i].text;
        const bool read = document_read_template(arena, "t", DOCUMENT_YAML, text, strlen(text),
                                                 &root, &err);
        if (read != (cases[i].json != NULL)) fail_msg("%s: %s", text, read ? "read" : err.message);
        if (read) assert_string_equal(node_to_json(arena, root), cases[i].json);
        if (strchr(text, '!') && strstr(text, "!!") == NULL && strstr(text, "! 5") == NULL)
            assert_false(document_read_text(arena, "t", DOCUMENT_YAML, text, strlen(text), &root,
                                            &err));
        arena_free(arena);
    }
    char deep[400] = "";
    for (int i = 0; i < 60; i++) strcat(deep, "!A [");
    struct arena *arena = arena_new();
    struct node *root = NULL;
    struct error err;
    assert_false(document_read_template(arena, "t", DOCUMENT_YAML, deep, strlen(deep), &root, &err));
    assert_non_null(strstr(err.message, "in each other"));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_tags_of_templates_are_maps),
        cmocka_unit_test(yaml_is_read),
        cmocka_unit_test(plain_scalars_follow_the_core_schema),
        cmocka_unit_test(aliases_stand_for_their_anchors),
        cmocka_unit_test(yaml_is_refused_at_its_place),
        cmocka_unit_test(yaml_places),
        cmocka_unit_test(aliases_cannot_explode),
        cmocka_unit_test(both_readers_agree_on_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
