/* Tables of fields: what a map becomes, and every fault with its place, path and words. */
#include "base/arena.h"
#include "base/fields.h"
#include "base/text.h"
#include "tests/base/thing.h"
#include "tests/base/unit.h"

#include <string.h>

static const char *const also[] = {"type", "network", NULL};

/* Reads `yaml` as components.embed of kind "a function"; the faults as lines of "line:column: path:
 * message [hint]". */
static bool read(struct arena *arena, const char *yaml, struct thing *thing, struct text *faults)
{
    struct diagnostics diagnostics;
    struct error err;
    struct node *node = NULL;
    diagnostics_init(&diagnostics, arena);
    if (!document_read_text(arena, "a.yaml", DOCUMENT_YAML, yaml, strlen(yaml), &node, &err))
        fail_msg("%s: %s", yaml, err.message);
    struct field_reader reader = {.arena = arena, .diagnostics = &diagnostics};
    bool sound = fields_read(&reader, fields, node, "components.embed", "a function", also, thing);
    for (const struct diagnostic *d = diagnostics.first; d; d = d->next) {
        text_format(faults, "%d:%d: %s: %s", d->place.line, d->place.column, d->path, d->message);
        if (d->hint) text_format(faults, " [%s]", d->hint);
        text_add(faults, "\n");
        assert_int_equal(d->severity, SEVERITY_ERROR);
        assert_string_equal(d->place.file, "a.yaml");
    }
    assert_int_equal(sound, diagnostics.errors == 0);
    return sound;
}

static void assert_defaults(const struct thing *thing)
{
    assert_true(thing->memory == 512 * 1048576.0);
    assert_true(thing->failure == 0);
    assert_true(thing->price == 99); /* no default: as it was */
    assert_true(thing->factor == -2.5);
    assert_int_equal(thing->timeout, 3000000000);
    assert_int_equal(thing->delay, 99);
    assert_int_equal(thing->count, 7);
    assert_int_equal(thing->shards, 1);
    assert_false(thing->snapstart);
    assert_true(thing->on);
    assert_string_equal(thing->label, "none");
    assert_int_equal(thing->metric, 1);
    assert_true(thing->throttle.rate == 1000);
    assert_int_equal(thing->throttle.burst, 2000);
    assert_true(thing->throttle.mode.strict);
    assert_null(thing->does);
    assert_string_equal(thing->custom, "lognormal:custom");
    assert_string_equal(thing->bare, "3:bare");
}

static void test_defaults(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct text faults;
    text_init(&faults);
    struct thing thing = {.price = 99, .delay = 99};
    assert_true(read(arena, "{service: x}", &thing, &faults));
    assert_string_equal(thing.service, "x");
    assert_defaults(&thing);

    /* No map at all: defaults, and nothing is missing. */
    struct thing empty = {.price = 99, .delay = 99};
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics, arena);
    struct field_reader reader = {.arena = arena, .diagnostics = &diagnostics};
    assert_true(fields_read(&reader, fields, NULL, "", "a function", NULL, &empty));
    assert_null(empty.service);
    assert_defaults(&empty);

    /* Values at fault leave the defaults in their places. */
    struct thing wrong = {.price = 99, .delay = 99};
    assert_false(
        read(arena,
             "{memory: 1, failure: x, price: x, factor: 3, timeout: -1s, delay: -1s, "
             "count: 1.5, shards: 0, snapstart: 1, on: 2, label: [], metric: x, throttle: 7}",
             &wrong, &faults));
    assert_defaults(&wrong);
    text_free(&faults);
    arena_free(arena);
}

static void test_values(void **state)
{
    (void)state;
    static const char yaml[] = "type: function\n"
                               "network: {rtt: 1ms}\n"
                               "memory: 10240MB\n"
                               "failure: 0.5%\n"
                               "price: $3/1M\n"
                               "factor: -1\n"
                               "offset: 1e9\n"
                               "timeout: 1m30s\n"
                               "delay: 7ns\n"
                               "skew: -10s\n"
                               "count: 10M\n"
                               "shards: 100\n"
                               "snapstart: true\n"
                               "on: false\n"
                               "service: 12\n"
                               "label: true\n"
                               "metric: inner_product\n"
                               "throttle: {rate: 60/m, mode: {strict: false}}\n"
                               "does: [{call: x}]\n"
                               "custom: 4ms\n"
                               "bare: {gamma: 1}\n";
    struct arena *arena = arena_new();
    struct text faults;
    text_init(&faults);
    struct thing thing = {0};
    bool sound = read(arena, yaml, &thing, &faults);
    assert_string_equal(faults.data, "");
    assert_true(sound);
    assert_true(thing.memory == 10240 * 1048576.0);
    assert_true(thing.failure == 0.005);
    assert_true(thing.price == 3e-6);
    assert_true(thing.factor == -1);
    assert_true(thing.offset == 1e9);
    assert_int_equal(thing.timeout, 90000000000);
    assert_int_equal(thing.delay, 7);
    assert_int_equal(thing.skew, -10000000000);
    assert_int_equal(thing.count, 10000000);
    assert_int_equal(thing.shards, 100);
    assert_true(thing.snapstart);
    assert_false(thing.on);
    assert_string_equal(thing.service, "12");
    assert_string_equal(thing.label, "true");
    assert_int_equal(thing.metric, 2);
    assert_true(thing.throttle.rate == 1);
    assert_int_equal(thing.throttle.burst, 2000);
    assert_false(thing.throttle.mode.strict);
    assert_int_equal(thing.does->type, NODE_LIST);
    assert_string_equal(thing.custom, "4ms:custom");
    assert_string_equal(thing.bare, "gamma:bare");
    text_free(&faults);
    arena_free(arena);
}

#define E "components.embed"

static const struct {
    const char *yaml;
    const char *faults;
} cases[] = {
    /* keys */
    {"service: x\nmemroy: 1GB",
     "2:1: " E ".memroy: unknown field of a function; did you mean 'memory'?\n"},
    {"service: x\nMemory: 1GB",
     "2:1: " E ".Memory: unknown field of a function; did you mean 'memory'?\n"},
    {"service: x\ntyp: y", "2:1: " E ".typ: unknown field of a function; did you mean 'type'?\n"},
    {"service: x\nsomething: 1", "2:1: " E ".something: unknown field of a function\n"},
    {"service: x\nrate: 1/s",
     "2:1: " E ".rate: unknown field of a function; it belongs in 'throttle'\n"},
    {"service: x\na.b: 1", "2:1: " E ".a.b: unknown field of a function\n"},
    {"service: x\n\"a\\x1bb\": 1", "2:1: " E ".a?b: unknown field of a function\n"},
    {"service: x\nthrottle: {rat: 1/s}",
     "2:12: " E ".throttle.rat: unknown field of the throttle; did you mean 'rate'?\n"},
    {"service: x\nthrottle: {memory: 1GB}",
     "2:12: " E
     ".throttle.memory: unknown field of the throttle; it belongs one level up, to a function\n"},
    {"service: x\nthrottle: {network: 1}",
     "2:12: " E
     ".throttle.network: unknown field of the throttle; it belongs one level up, to a function\n"},
    {"service: x\nthrottle: {strict: true}",
     "2:12: " E ".throttle.strict: unknown field of the throttle; it belongs in 'mode'\n"},
    {"service: x\nthrottle: {mode: {burst: 1}}",
     "2:19: " E
     ".throttle.mode.burst: unknown field of the mode; it belongs one level up, to the throttle\n"},
    {"service: x\nthrottle: {zebra: 1}",
     "2:12: " E ".throttle.zebra: unknown field of the throttle [the fields of the throttle are "
     "rate, burst, mode]\n"},
    {"memory: 1GB", "1:1: " E ": a function needs 'service'\n"},
    {"{}", "1:1: " E ": a function needs 'service'\n"},
    {"{label: 7}", "1:1: " E ": a function needs 'service'\n"},
    {"[]", "1:1: " E ": expected a map with fields such as 'memory' and 'failure', found a list\n"},
    {"seven",
     "1:1: " E ": expected a map with fields such as 'memory' and 'failure', found 'seven'\n"},
    {"service: x\nthrottle: [1]",
     "2:11: " E ".throttle: expected a map with fields such as 'rate' and 'burst', found a list\n"},
    {"service: x\nthrottle: 20/s",
     "2:11: " E ".throttle: expected a map with fields such as 'rate' and 'burst', found '20/s'\n"},
    {"service: x\nthrottle: null",
     "2:11: " E ".throttle: expected a map with fields such as 'rate' and 'burst', found null\n"},
    {"service: x\nthrottle: {mode: 1}",
     "2:18: " E ".throttle.mode: expected a map with the field 'strict', found '1'\n"},
    /* quantities */
    {"service: x\nmemory: 64MB",
     "2:9: " E ".memory: memory must be from 128MB to 10240MB, found 64MB\n"},
    {"service: x\nmemory: 65536KB",
     "2:9: " E ".memory: memory must be from 128MB to 10240MB, found 64MB\n"},
    {"service: x\nmemory: 11GB",
     "2:9: " E ".memory: memory must be from 128MB to 10240MB, found 11264MB\n"},
    {"service: x\nmemory: 0", "2:9: " E ".memory: memory must be from 128MB to 10240MB, found 0\n"},
    {"service: x\nmemory: 1024", "2:9: " E ".memory: '1024' has no unit; write 1024MB or 1024KB\n"},
    {"service: x\nmemory: [1GB]",
     "2:9: " E ".memory: expected a size such as 512MB, found a list\n"},
    {"service: x\nmemory: {a: 1}",
     "2:9: " E ".memory: expected a size such as 512MB, found a map\n"},
    {"service: x\nmemory:", "2:8: " E ".memory: expected a size such as 512MB, found null\n"},
    {"service: x\nmemory: true", "2:9: " E ".memory: expected a size such as 512MB, found true\n"},
    {"service: x\nmemory: 5s",
     "2:9: " E ".memory: '5s' is a duration, where a size such as 512MB is wanted\n"},
    {"service: x\nfailure: 101%", "2:10: " E ".failure: failure must be from 0 to 1, found 101%\n"},
    {"service: x\nfailure: -1%", "2:10: " E ".failure: failure must be from 0 to 1, found -1%\n"},
    {"service: x\nprice: 3", "2:8: " E ".price: '3' has no unit; write $3 or $3/1M\n"},
    {"service: x\nfactor: 0", "2:9: " E ".factor: factor must be at most -1, found 0\n"},
    {"service: x\noffset: -1", "2:9: " E ".offset: offset must be at least 0, found -1\n"},
    {"service: x\noffset: inf",
     "2:9: " E ".offset: 'inf' is not a number; write it like 3, 0.5 or 1e6\n"},
    /* durations and counts */
    {"service: x\ntimeout: 90", "2:10: " E ".timeout: '90' has no unit; write 90s or 90ms\n"},
    {"service: x\ntimeout: 1h", "2:10: " E ".timeout: timeout must be from 1ms to 15m, found 1h\n"},
    {"service: x\ntimeout: 1us",
     "2:10: " E ".timeout: timeout must be from 1ms to 15m, found 1us\n"},
    {"service: x\ndelay: -5s", "2:8: " E ".delay: delay must not be negative, found -5s\n"},
    {"service: x\nskew: -11s", "2:7: " E ".skew: skew must be from -10s to 10s, found -11s\n"},
    {"service: x\ncount: 2.5", "2:8: " E ".count: '2.5' is not a whole number\n"},
    {"service: x\ncount: 1,000", "2:8: " E ".count: '1,000' has a separator; write 1000\n"},
    {"service: x\ncount: 1e300", "2:8: " E ".count: '1e300' is too large for a count\n"},
    {"service: x\nshards: 0", "2:9: " E ".shards: shards must be from 1 to 100, found 0\n"},
    {"service: x\nshards: 20k", "2:9: " E ".shards: shards must be from 1 to 100, found 20000\n"},
    {"service: x\nthrottle: {burst: 0}",
     "2:19: " E ".throttle.burst: burst must be at least 1, found 0\n"},
    {"service: x\nthrottle: {rate: 2M/s}",
     "2:18: " E ".throttle.rate: rate must be from 0 to 1000000/s, found 2000000/s\n"},
    /* words */
    {"service: x\nsnapstart: 1", "2:12: " E ".snapstart: expected true or false, found '1'\n"},
    {"service: x\nsnapstart: yes", "2:12: " E ".snapstart: expected true or false, found 'yes'\n"},
    {"service: x\nsnapstart: 'true'",
     "2:12: " E ".snapstart: expected true or false, found 'true'\n"},
    {"service: x\nsnapstart: []", "2:12: " E ".snapstart: expected true or false, found a list\n"},
    {"service: [x]", "1:10: " E ".service: expected text, found a list\n"},
    {"service: {x: 1}", "1:10: " E ".service: expected text, found a map\n"},
    {"service: null", "1:10: " E ".service: expected text, found null\n"},
    {"service: x\nmetric: cosin",
     "2:9: " E ".metric: 'cosin' is no metric; did you mean 'cosine'?\n"},
    {"service: x\nmetric: manhattan",
     "2:9: " E ".metric: 'manhattan' is no metric; expected one of cosine, l2, inner_product\n"},
    {"service: x\nmetric: [l2]",
     "2:9: " E ".metric: expected one of cosine, l2, inner_product, found a list\n"},
    {"service: x\nmetric: 1234",
     "2:9: " E ".metric: '1234' is no metric; expected one of cosine, l2, inner_product\n"},
    {"service: x\nmetric: L2", "2:9: " E ".metric: 'L2' is no metric; did you mean 'l2'?\n"},
    {"service: x\ncustom: []", "2:9: " E ".custom: expected a distribution, found a list\n"},
    {"service: x\nbare: 4", "2:7: " E ".bare: not 3\n"},
    /* all in one go, in the order of the file */
    {"memroy: 1GB\ntimeout: 90\nthrottle:\n  rate: fast\n  bust: 3\nmetric: l3\n",
     "1:1: " E ": a function needs 'service'\n"
     "1:1: " E ".memroy: unknown field of a function; did you mean 'memory'?\n"
     "2:10: " E ".timeout: '90' has no unit; write 90s or 90ms\n"
     "4:9: " E ".throttle.rate: 'fast' is not a rate; write it like 20/s, 300/m or 10k/s\n"
     "5:3: " E ".throttle.bust: unknown field of the throttle; did you mean 'burst'?\n"
     "6:9: " E ".metric: 'l3' is no metric; expected one of cosine, l2, inner_product\n"},
};

static void test_faults(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct arena *arena = arena_new();
        struct text faults;
        text_init(&faults);
        struct thing thing = {0};
        (void)read(arena, cases[i].yaml, &thing, &faults);
        assert_string_equal(faults.data, cases[i].faults);
        text_free(&faults);
        arena_free(arena);
    }
}

/* A value from the command line is a string whatever it looks like: the table knows better. */
static void test_unquoted_strings(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics, arena);
    struct field_reader reader = {.arena = arena, .diagnostics = &diagnostics};
    struct node snap = {.type = NODE_STRING, .key = "snapstart", .text = "true"};
    struct node on = {.type = NODE_STRING, .key = "on", .text = "false", .next = &snap};
    struct node count = {.type = NODE_STRING, .key = "count", .text = "5", .next = &on};
    struct node service = {.type = NODE_STRING, .key = "service", .text = "", .next = &count};
    struct node map = {.type = NODE_MAP, .text = "", .count = 4, .first = &service};
    struct thing thing = {0};
    assert_true(fields_read(&reader, fields, &map, "", "a function", NULL, &thing));
    assert_false(thing.on);
    assert_true(thing.snapstart);
    assert_int_equal(thing.count, 5);
    assert_string_equal(thing.service, "");
    arena_free(arena);
}

static void test_root_path(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct diagnostics diagnostics;
    struct error err;
    struct node *node;
    diagnostics_init(&diagnostics, arena);
    struct field_reader reader = {.arena = arena, .diagnostics = &diagnostics};
    static const char json[] = "{\"rate\": \"x\", \"mode\": {\"strict\": 1}}";
    assert_true(
        document_read_text(arena, "a.json", DOCUMENT_JSON, json, strlen(json), &node, &err));
    struct throttle throttle;
    assert_false(fields_read(&reader, throttle_fields, node, "", "a throttle", NULL, &throttle));
    assert_int_equal(diagnostics.errors, 2);
    assert_string_equal(diagnostics.first->path, "rate");
    assert_string_equal(diagnostics.last->path, "mode.strict");
    assert_null(fields_find(throttle_fields, "rates"));
    assert_ptr_equal(fields_find(throttle_fields, "burst"), &throttle_fields[1]);

    const struct diagnostic *fault = fields_fault(&reader, NULL, "x", "%d is odd", 3);
    assert_string_equal(fault->message, "3 is odd");
    assert_int_equal(fault->place.line, 0);
    arena_free(arena);
}

/* Maps of random keys and values: every fault has words, none crashes. */
static void test_random_maps(void **state)
{
    (void)state;
    static const char *const keys[] = {"memory",   "failure", "timeout", "metric",
                                       "throttle", "does",    "custom",  "memroy",
                                       "type",     "service", "on",      "\xFF\x01"};
    static const enum node_type types[] = {NODE_NULL, NODE_BOOL, NODE_STRING, NODE_LIST, NODE_MAP};
    uint64_t seed = 21;
    struct arena *arena = arena_new();
    for (int i = 0; i < 10000; i++) {
        struct diagnostics diagnostics;
        struct node items[4] = {0};
        struct node inner = {.type = NODE_STRING, .key = "rate", .text = "x"};
        struct node map = {.type = NODE_MAP, .text = "", .count = 4, .first = items};
        char texts[4][12] = {{0}};
        for (size_t j = 0; j < 4; j++) {
            for (size_t k = 0; k < 11; k++) texts[j][k] = (char)next_random(&seed);
            items[j].key = keys[(next_random(&seed) % 3 + j * 3) % COUNT_OF(keys)];
            items[j].type = types[next_random(&seed) % COUNT_OF(types)];
            items[j].text = texts[j];
            items[j].next = j < 3 ? &items[j + 1] : NULL;
            if (items[j].type == NODE_MAP) items[j].first = &inner;
        }
        diagnostics_init(&diagnostics, arena);
        struct field_reader reader = {.arena = arena, .diagnostics = &diagnostics};
        struct thing thing = {0};
        (void)fields_read(&reader, fields, &map, "", "a function", also, &thing);
        for (const struct diagnostic *d = diagnostics.first; d; d = d->next)
            assert_true(d->message[0] != '\0');
        if (i % 1000 == 999) {
            arena_free(arena);
            arena = arena_new();
        }
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),  cmocka_unit_test(test_values),
        cmocka_unit_test(test_faults),    cmocka_unit_test(test_unquoted_strings),
        cmocka_unit_test(test_root_path), cmocka_unit_test(test_random_maps),
    };
    return cmocka_run_group_tests_name("fields", tests, NULL, NULL);
}
