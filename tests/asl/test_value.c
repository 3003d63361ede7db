/* Values: what is read is written as the service writes it, and lengths are known beforehand. */
#include "models/asl/value.h"
#include "tests/asl/data_unit.h"

/* JSON text and how it is written; NULL: refused. */
static const struct {
    const char *text;
    const char *written;
} texts[] = {
    {"null", "null"},
    {" true ", "true"},
    {"1", "1"},
    {"-0", "0"},
    {"1.0", "1.0"},
    {"1.10", "1.1"},
    {"0.001", "0.001"},
    {"0.00012", "1.2E-4"},
    {"1e3", "1000.0"},
    {"12345678.9", "1.23456789E7"},
    {"1E400", NULL},
    {"9007199254740993", "9007199254740993"},
    {"123456789012345678901234567890", "123456789012345678901234567890"},
    {"01", NULL},
    {"1.", NULL},
    {".5", NULL},
    {"+1", NULL},
    {"NaN", NULL},
    {"\"\"", "\"\""},
    {"\"a\\u00e9\\/\\n\\u001f\\\"\"", "\"a\xc3\xa9/\\n\\u001F\\\"\""},
    {"\"\\ud83c\\udd97\"", "\"\xf0\x9f\x86\x97\""},
    {"\"\\ud83c\"", "\"\xef\xbf\xbd\""},
    {"\"\\u0000\"", "\"\\u0000\""},
    {"\"\xff\"", "\"\xef\xbf\xbd\""},
    {"\"\\x\"", NULL},
    {"\"\\u12\"", NULL},
    {"\"a", NULL},
    {"\"a\nb\"", NULL},
    {"[]", "[]"},
    {"[1, [2],{}]", "[1,[2],{}]"},
    {"[1,]", NULL},
    {"[,1]", NULL},
    {"[1 2]", NULL},
    {"{\"a\": 1, \"b\": 2, \"a\": 3}", "{\"a\":3,\"b\":2}"},
    {"{\"a\" 1}", NULL},
    {"{a: 1}", NULL},
    {"{\"a\":1,}", NULL},
    {"", NULL},
    {"1 2", NULL},
    {"nul", NULL},
};

static void test_texts(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct error err = {0};
        const struct value *value =
            value_from_json(arena, texts[i].text, strlen(texts[i].text), &err);
        const char *written = value ? value_to_json(arena, value) : NULL;
        if (!written != !texts[i].written || (written && strcmp(written, texts[i].written) != 0))
            fail_msg("%s is written %s", texts[i].text, written ? written : err.message);
        if (written) assert_int_equal(strlen(written), value_json_length(value));
        if (!value) assert_true(err.message[0] != '\0' && err.place.line == 1);
    }
    arena_free(arena);
}

/* A value of luck, at most `depth` deep. */
static const struct value *random_value(struct arena *arena, uint64_t *luck, int depth)
{
    static const char *const keys[] = {"a", "b", "c\"", "d\n", "\xc3\xa9", ""};
    const uint64_t draw = next_random(luck);
    const uint64_t kind = draw % (depth > 0 ? 8 : 6);
    const size_t count = draw >> 8 & 7;
    if (kind == 0) return &value_null;
    if (kind == 1) return value_bool(draw >> 8 & 1);
    if (kind == 2) return value_integer(arena, (int64_t)next_random(luck) >> (draw >> 8 & 63));
    if (kind == 3) return value_decimal(arena, (double)(int64_t)next_random(luck) * 1e-9);
    if (kind < 6) return value_string(arena, keys[(draw >> 8) % COUNT_OF(keys)]);
    struct value_list list = {0};
    struct value_map map = {0};
    for (size_t i = 0; i < count; i++) {
        const struct value *item = random_value(arena, luck, depth - 1);
        if (kind == 6)
            value_list_add(&list, arena, item);
        else
            value_map_put(&map, arena, keys[next_random(luck) % COUNT_OF(keys)], item);
    }
    return kind == 6 ? value_list_end(&list, arena) : value_map_end(&map, arena);
}

static void test_round_trips(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    uint64_t luck = 1;
    for (int i = 0; i < 20000; i++) {
        const struct value *value = random_value(arena, &luck, 4);
        const char *json = value_to_json(arena, value);
        assert_int_equal(strlen(json), value_json_length(value));
        const struct value *again = unit_json(arena, json);
        assert_true(value_equal(value, again));
        assert_true(value_hash(value) == value_hash(again));
        assert_int_equal(value->depth, again->depth);
        assert_string_equal(value_to_json(arena, again), json);
    }
    arena_free(arena);
}

static void test_equality(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    const char *const same[][2] = {{"1", "1.0"}, {"{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1.0}"}};
    const char *const other[][2] = {{"1", "\"1\""},
                                    {"1", "true"},
                                    {"[1,2]", "[2,1]"},
                                    {"{\"a\":1}", "{\"a\":1,\"b\":1}"},
                                    {"{\"a\":1}", "{\"b\":1}"},
                                    {"9007199254740993", "9007199254740994"},
                                    {"\"a\\u0000b\"", "\"a\\u0000c\""}};
    for (size_t i = 0; i < COUNT_OF(same); i++) {
        const struct value *a = unit_json(arena, same[i][0]), *b = unit_json(arena, same[i][1]);
        assert_true(value_equal(a, b) && value_hash(a) == value_hash(b));
    }
    for (size_t i = 0; i < COUNT_OF(other); i++)
        assert_false(value_equal(unit_json(arena, other[i][0]), unit_json(arena, other[i][1])));
    arena_free(arena);
}

/* A map of many keys costs no more a key than a small one; all are found, in order. */
static void test_large_map(void **state)
{
    (void)state;
    enum { MANY = 100000 };
    struct arena *arena = arena_new();
    struct value_map map = {0};
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < MANY; i++)
            value_map_put(&map, arena, arena_format(arena, "k%d", i),
                          value_integer(arena, i + round));
    const struct value *value = value_map_end(&map, arena);
    assert_int_equal(value->count, MANY);
    for (uint32_t i = 0; i < MANY; i++) assert_true(value->members[i].value->number == i + 1);
    arena_free(arena);
}

static void test_depth(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    enum { DEEP = 100000 };
    char *text = arena_alloc(arena, DEEP + 1);
    memset(text, '[', DEEP);
    struct error err;
    assert_null(value_from_json(arena, text, DEEP, &err));
    memset(text + VALUE_DEPTH_MOST, ']', VALUE_DEPTH_MOST);
    const struct value *value = value_from_json(arena, text, 2 * VALUE_DEPTH_MOST, &err);
    assert_non_null(value);
    assert_int_equal(value->depth, VALUE_DEPTH_MOST);
    arena_free(arena);
}

/* What shares itself without end has a length that stays, and is not written. */
static void test_sharing(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    const struct value *value = &value_true;
    for (int i = 0; i < 100; i++) {
        const struct value **items = arena_array(arena, const struct value *, 2);
        items[0] = items[1] = value;
        value = value_list(arena, items, 2);
    }
    assert_int_equal(value_json_length(value), VALUE_LENGTH_UNKNOWN);
    assert_null(value_to_json(arena, value));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),    cmocka_unit_test(test_round_trips),
        cmocka_unit_test(test_equality), cmocka_unit_test(test_large_map),
        cmocka_unit_test(test_depth),    cmocka_unit_test(test_sharing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
