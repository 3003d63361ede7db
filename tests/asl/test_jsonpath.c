/* JSONPath: a table of known answers, and luck against an evaluation step by step over lists. */
#include "models/asl/jsonpath.h"
#include "tests/asl/data_unit.h"

static const char store[] =
    "{\"s\":{\"book\":[{\"c\":\"ref\",\"t\":\"A\",\"p\":8.95},{\"c\":\"fic\",\"t\":\"B\",\"p\":12,"
    "\"i\":\"x\"},{\"c\":\"fic\",\"t\":\"C\",\"p\":8,\"tags\":[\"new\",\"old\"]}],\"bike\":{\"p\":"
    "19.95}},\"n\":[3,1,2],\"e\":null,\"a b\":1,\"x-y\":2,\"q'\":3,\"lim\":10,\"empty\":[]}";

/* A path and what it gives in `store`; a fault begins with '!'. */
static const struct {
    const char *path;
    const char *result;
} cases[] = {
    {"$.n", "[3,1,2]"},
    {"$['n']", "[3,1,2]"},
    {"$.n[0]", "3"},
    {"$.n[-1]", "2"},
    {"$.n[3]", "!No results for path: $['n'][3]"},
    {"$.n[0,2]", "[3,2]"},
    {"$.n[1:]", "[1,2]"},
    {"$.n[:1]", "[3]"},
    {"$.n[-2:]", "[1,2]"},
    {"$.n[0:3:2]", "[3,2]"},
    {"$.n[5:9]", "[]"},
    {"$.n[*]", "[3,1,2]"},
    {"$.e", "null"},
    {"$.e.f", "!Expected to find an object with property ['f'] in path $['e']"},
    {"$.a b", "1"},
    {"$.x-y", "2"},
    {"$['q\\'']", "3"},
    {"$.['n'][0]", "3"},
    {"$.no", "!No results for path: $['no']"},
    {"$.no.more", "!Missing property in path $['no']"},
    {"$.no[*]", "[]"},
    {"$.no.more[1:5]", "[]"},
    {"$..p", "[8.95,12,8,19.95]"},
    {"$.s..t", "[\"A\",\"B\",\"C\"]"},
    {"$..book[0].t", "[\"A\"]"},
    {"$.s.book[*].p", "[8.95,12,8]"},
    {"$.s.*.p", "[19.95]"},
    {"$.s.book[0]['t','p']", "[\"A\",8.95]"},
    {"$.s.book[(@.length-1)].t", "\"C\""},
    {"$.s.book[?(@.p < 10)].t", "[\"A\",\"C\"]"},
    {"$.s.book[?(@.p <= 8 || @.c == 'ref')].t", "[\"A\",\"C\"]"},
    {"$.s.book[?(@.c == \"fic\" && @.p > 8)].t", "[\"B\"]"},
    {"$.s.book[?(@.c==fic)].t", "[\"B\",\"C\"]"},
    {"$.s.book[?(@.c != 'fic')].t", "[\"A\"]"},
    {"$.s.book[?(@.i)].t", "[\"B\"]"},
    {"$.s.book[?(!(@.i))].t", "[\"A\",\"C\"]"},
    {"$.s.book[?(!@.i && @.p==8)].t", "[\"C\"]"},
    {"$.s.book[?(@.p > $.lim)].t", "[\"B\"]"},
    {"$.s.book[?(@.p > '1')].t", "[]"},
    {"$.s.book[?(@.t in ['A','C'])].t", "[\"A\",\"C\"]"},
    {"$.s.book[?(@.t nin ['A','C'])].t", "[\"B\"]"},
    {"$.s.book[?(@.tags contains 'new')].t", "[\"C\"]"},
    {"$.s.book[?(@.tags size 2)].t", "[\"C\"]"},
    {"$.s.book[?(@.tags anyof ['old','gone'])].t", "[\"C\"]"},
    {"$.s.book[?(@.tags subsetof ['old','new','gone'])].t", "[\"C\"]"},
    {"$.s.book[?(@.c empty false)].t", "[\"A\",\"B\",\"C\"]"},
    {"$.s.bike[?(@.p > 1)].p", "[19.95]"},
    {"$..book[?(@.p==8)].c", "[\"fic\"]"},
    {"$.s.book[?(@.tags.length() == 2)].t", "[\"C\"]"},
    {"$.s.book[?(@.c =~ /f.*/)].t", "[\"B\",\"C\"]"},
    {"$.s.book[?(@.c =~ /F[a-i]c/i)].t", "[\"B\",\"C\"]"},
    {"$.s.book[?(@.c =~ /f/)].t", "[]"},
    {"$.s.book[?(@.p =~ /.*/)].t", "[]"},
    {"$.n.length()", "3"},
    {"$.n.size()", "3"},
    {"$.n.min()", "1.0"},
    {"$.n.max()", "3.0"},
    {"$.n.sum()", "6.0"},
    {"$.n.avg()", "2.0"},
    {"$.n.first()", "3"},
    {"$.n.last()", "2"},
    {"$.s.keys()", "[\"book\",\"bike\"]"},
    {"$.s.book[*].p.length()", "3"},
    {"$..p.max()", "19.95"},
    {"$.empty.max()", "!No results for path"},
    {"$.e.length()", "!No results for path"},
};

static const struct jsonpath *compile(struct arena *arena, const char *text)
{
    const char *fault = NULL;
    const struct jsonpath *path = jsonpath_compile(arena, text, strlen(text), &fault);
    if (!path) print_error("%s: %s\n", text, fault);
    assert_non_null(path);
    return path;
}

static void test_table(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    const struct value *root = unit_json(arena, store);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *fault = "";
        const struct jsonpath *path = compile(arena, cases[i].path);
        const struct value *value = jsonpath_evaluate(path, arena, root, &fault);
        const char *got = value ? value_to_json(arena, value) : arena_format(arena, "!%s", fault);
        const size_t length = strlen(cases[i].result) + (cases[i].result[0] != '!');
        if (strncmp(got, cases[i].result, length) != 0) fail_msg("%s gives %s", cases[i].path, got);
    }
    arena_free(arena);
}

static void test_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "a",
        "$.",
        "$..",
        "$[",
        "$[]",
        "$['a]",
        "$[1",
        "$[1:2:0]",
        "$[1:2:-1]",
        "$[a]",
        "$.a.b()",
        "$.a[?(]",
        "$[?(@.a",
        "$[?(@.a>)]",
        "$[?()]",
        "$[?(1)]",
        "$.a.length().b",
        "$[?@.a]",
        "$[1,]",
        "$x",
        "$[99999999999]",
        "$[(@.x)]",
        "@.a",
        "$[?((((((((((((((((((((((((((((((((((((((((@.a))))))))))))))))))))))))))))))))))))))))]"};
    struct arena *arena = arena_new();
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        const char *fault = NULL;
        if (jsonpath_compile(arena, bad[i], strlen(bad[i]), &fault)) fail_msg("%s passes", bad[i]);
        assert_non_null(fault);
    }
    arena_free(arena);
}

static void test_put(void **state)
{
    (void)state;
    static const struct {
        const char *root, *path, *result; /* NULL: refused */
    } puts[] = {
        {"{}", "$.a", "{\"a\":7}"},
        {"{\"b\":1}", "$.a.c", "{\"b\":1,\"a\":{\"c\":7}}"},
        {"{\"a\":{\"x\":1}}", "$.a.c", "{\"a\":{\"x\":1,\"c\":7}}"},
        {"{\"a\":1,\"b\":2}", "$['a']", "{\"a\":7,\"b\":2}"},
        {"{\"a\":[1,2]}", "$.a[1]", "{\"a\":[1,7]}"},
        {"{\"a\":[1,2]}", "$.a[2]", NULL},
        {"{\"a\":[{}]}", "$.a[0].b", "{\"a\":[{\"b\":7}]}"},
        {"{\"a\":1}", "$.a.b", NULL},
        {"[]", "$.a", NULL},
        {"\"s\"", "$.a", NULL},
        {"1", "$", "7"},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < COUNT_OF(puts); i++) {
        const struct jsonpath *path = compile(arena, puts[i].path);
        assert_true(jsonpath_is_reference(path));
        const struct value *got =
            jsonpath_put(path, arena, unit_json(arena, puts[i].root), value_integer(arena, 7));
        assert_int_equal(!got, !puts[i].result);
        if (got) assert_string_equal(value_to_json(arena, got), puts[i].result);
    }
    static const char *const no_reference[] = {"$[*]",       "$..a",         "$[1:2]",   "$[-1]",
                                               "$['a','b']", "$.a.length()", "$[?(@.a)]"};
    for (size_t i = 0; i < COUNT_OF(no_reference); i++)
        assert_false(jsonpath_is_reference(compile(arena, no_reference[i])));
    arena_free(arena);
}

/* The naive evaluation: a list of values, and each step makes the next. */
struct naive {
    const struct value *items[4096];
    size_t count;
};

static void naive_add(struct naive *to, const struct value *value)
{
    if (value && to->count < COUNT_OF(to->items)) to->items[to->count++] = value;
}

static const struct value *naive_item(const struct value *list, long index)
{
    if (list->type != VALUE_LIST) return NULL;
    if (index < 0) index += (long)list->count;
    return index >= 0 && index < (long)list->count ? list->items[index] : NULL;
}

static void naive_below(struct naive *to, const struct value *value)
{
    if (value->type != VALUE_LIST && value->type != VALUE_MAP) return;
    naive_add(to, value);
    for (uint32_t i = 0; i < value->count; i++)
        naive_below(to, value->type == VALUE_MAP ? value->members[i].value : value->items[i]);
}

static void naive_slice(struct naive *to, const struct value *value, long from, long end)
{
    for (long i = 0; value->type == VALUE_LIST && i < (long)value->count; i++) {
        const long count = (long)value->count;
        if (i >= (from < 0 ? from + count : from) && i < (end < 0 ? end + count : end))
            naive_add(to, value->items[i]);
    }
}

/* One step of luck appended to the text and applied to all values. */
static bool naive_step(uint64_t *luck, struct naive *from, struct naive *to, char *text)
{
    static const char *const names[] = {"a", "b", "c"};
    const uint64_t draw = next_random(luck);
    const char *name = names[(draw >> 8) % 3];
    const long first = (long)(draw >> 16 & 7) - 3, last = (long)(draw >> 24 & 7) - 3;
    char *end = text + strlen(text);
    const uint64_t kind = draw % 6;
    if (kind == 0) (void)sprintf(end, ".%s", name);
    if (kind == 1) (void)sprintf(end, "[%ld]", first);
    if (kind == 2) (void)sprintf(end, "[*]");
    if (kind == 3) (void)sprintf(end, "[%ld:%ld]", first, last);
    if (kind == 4) (void)sprintf(end, "..%s", name);
    if (kind == 5) (void)sprintf(end, "['%s','a']", name);
    to->count = 0;
    for (size_t i = 0; i < from->count; i++) {
        const struct value *value = from->items[i];
        struct naive below = {.count = 0};
        if (kind == 0) naive_add(to, value_get(value, name));
        if (kind == 1) naive_add(to, naive_item(value, first));
        if (kind == 3) naive_slice(to, value, first, last);
        if (kind == 4) naive_below(&below, value);
        for (size_t k = 0; k < below.count; k++) naive_add(to, value_get(below.items[k], name));
        for (uint32_t k = 0; kind == 2 && value->type >= VALUE_LIST && k < value->count; k++)
            naive_add(to, value->type == VALUE_MAP ? value->members[k].value : value->items[k]);
        if (kind == 5) naive_add(to, value_get(value, name));
        if (kind == 5) naive_add(to, value_get(value, "a"));
    }
    return kind < 2;
}

static const struct value *random_tree(struct arena *arena, uint64_t *luck, int depth)
{
    static const char *const names[] = {"a", "b", "c"};
    const uint64_t draw = next_random(luck);
    if (depth == 0 || draw % 5 == 0) return value_integer(arena, (int64_t)(draw >> 8 & 0xFF));
    struct value_list list = {0};
    struct value_map map = {0};
    for (size_t i = 0; i < (draw >> 8 & 3); i++) {
        value_list_add(&list, arena, random_tree(arena, luck, depth - 1));
        value_map_put(&map, arena, names[i], random_tree(arena, luck, depth - 1));
    }
    return draw & 1 ? value_list_end(&list, arena) : value_map_end(&map, arena);
}

static void test_luck(void **state)
{
    (void)state;
    uint64_t luck = 7;
    size_t found = 0;
    struct naive *lists = calloc(2, sizeof *lists);
    for (int round = 0; round < 20000; round++) {
        struct arena *arena = arena_new();
        char text[200] = "$";
        const struct value *root = random_tree(arena, &luck, 4);
        bool definite = true;
        lists[0].count = 0;
        naive_add(&lists[0], root);
        const size_t steps = 1 + next_random(&luck) % 4;
        for (size_t i = 0; i < steps; i++) {
            const bool one = naive_step(&luck, &lists[i % 2], &lists[(i + 1) % 2], text);
            definite = definite && one;
        }
        const struct naive *want = &lists[steps % 2];
        const char *fault = NULL;
        const struct jsonpath *path = compile(arena, text);
        const struct value *got = jsonpath_evaluate(path, arena, root, &fault);
        assert_int_equal(jsonpath_is_definite(path), definite);
        found += want->count > 0;
        if (definite) {
            assert_ptr_equal(got, want->count == 1 ? want->items[0] : NULL);
        } else {
            assert_int_equal(got->count, want->count);
            for (size_t i = 0; i < want->count; i++)
                assert_ptr_equal(got->items[i], want->items[i]);
        }
        arena_free(arena);
    }
    free(lists);
    assert_true(found > 2000); /* the luck is not all misses */
}

/* What would visit more places than there is time for is refused. */
static void test_work(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct value_list list = {0};
    for (int i = 0; i < 20000; i++) value_list_add(&list, arena, value_integer(arena, i));
    const struct value *root = value_list_end(&list, arena);
    const char *fault = NULL;
    const char *const slow = "[\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\"]";
    assert_null(jsonpath_evaluate(compile(arena, "$[?(@ =~ /(a|aa)+[cd]/)]"), arena,
                                  unit_json(arena, slow), &fault));
    const char *const paths[] = {"$[?($[?(@ == 1)])]", "$..*[?($..*)]", "$[?(@ in $)]"};
    for (size_t i = 0; i < COUNT_OF(paths); i++)
        assert_true(jsonpath_evaluate(compile(arena, paths[i]), arena, root, &fault) == NULL ||
                    i == 1);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table), cmocka_unit_test(test_refused), cmocka_unit_test(test_put),
        cmocka_unit_test(test_luck),  cmocka_unit_test(test_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
