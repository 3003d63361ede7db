/* Did you mean: distances known by hand and against a naive recursion, and which name is offered.
 */
#include "base/names.h"
#include "tests/base/unit.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *a;
    const char *b;
    size_t distance;
} distances[] = {
    {"", "", 0},
    {"", "abc", 3},
    {"a", "a", 0},
    {"a", "b", 1},
    {"a", "A", 0},
    {"Z", "z", 0},
    {"@", "`", 1}, /* not letters, though they differ by the same bit */
    {"[", "{", 1},
    {"ab", "ba", 1},
    {"abc", "acb", 1},
    {"abcd", "badc", 2},
    {"ca", "abc", 3}, /* the restricted distance; the unrestricted one is 2 */
    {"kitten", "sitting", 3},
    {"saturday", "sunday", 3},
    {"flaw", "lawn", 2},
    {"intention", "execution", 5},
    {"memory", "memroy", 1},
    {"Memory", "mEMROY", 1},
    {"p95", "p59", 1},
    {"cosine", "cosin", 1},
    {"timeout", "time-out", 1},
    {"reserved", "provisioned", 7},
    {"a cat", "an abct", 4},
    {"gateway", "getaway", 2},
    {"gateway", "gatewya", 1},
    {"\xC3\xA4", "\xC3\xB6", 1},
    {"aaaa", "aaaaaaaa", 4},
    {"abcdef", "fedcba", 5},
};

static void test_distance(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(distances); i++) {
        size_t there = name_distance(distances[i].a, distances[i].b);
        size_t back = name_distance(distances[i].b, distances[i].a);
        if (there != distances[i].distance || back != there)
            fail_msg("'%s' and '%s': %zu and %zu, not %zu", distances[i].a, distances[i].b, there,
                     back, distances[i].distance);
    }
}

static size_t smallest(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The recurrence as its definition has it, over the ends of two short strings. */
static size_t naive_distance(const char *a, size_t m, const char *b, size_t n)
{
    if (m == 0 || n == 0) return m + n;
    size_t best = naive_distance(a, m - 1, b, n - 1) + (a[m - 1] != b[n - 1]);
    best = smallest(best, naive_distance(a, m - 1, b, n) + 1);
    best = smallest(best, naive_distance(a, m, b, n - 1) + 1);
    if (m > 1 && n > 1 && a[m - 1] == b[n - 2] && a[m - 2] == b[n - 1])
        best = smallest(best, naive_distance(a, m - 2, b, n - 2) + 1);
    return best;
}

static void test_distance_against_naive(void **state)
{
    (void)state;
    uint64_t seed = 11;
    for (int i = 0; i < 3000; i++) {
        char words[2][7];
        for (int w = 0; w < 2; w++) {
            size_t length = next_random(&seed) % 7;
            for (size_t j = 0; j < length; j++) words[w][j] = (char)('a' + next_random(&seed) % 3);
            words[w][length] = '\0';
        }
        size_t want = naive_distance(words[0], strlen(words[0]), words[1], strlen(words[1]));
        if (name_distance(words[0], words[1]) != want)
            fail_msg("'%s' and '%s': not %zu", words[0], words[1], want);
    }
}

static void test_long_names(void **state)
{
    (void)state;
    char a[500];
    char b[500];
    memset(a, 'x', sizeof a);
    memset(b, 'x', sizeof b);
    a[499] = b[499] = '\0';
    assert_int_equal(name_distance(a, b), 0);
    b[0] = 'y';
    assert_int_equal(name_distance(a, b), 499); /* too long to be a slip */
    assert_int_equal(name_distance(a, ""), 499);
    a[127] = b[127] = '\0';
    assert_int_equal(name_distance(a, b), 1);
    assert_int_equal(name_distance(a, ""), 127);
    b[127] = 'x'; /* 499 against 127 */
    assert_int_equal(name_distance(a, b), 499);
}

static const char *const fields[] = {"runtime", "memory",      "package",    "timeout", "failure",
                                     "does",    "concurrency", "keep_alive", "init",    "ttl",
                                     "tpot",    "ttft",        "k"};

static const struct {
    const char *name;
    const char *nearest;
} offers[] = {
    {"memory", "memory"},
    {"memroy", "memory"},
    {"MEMORY", "memory"},
    {"mem", NULL},  /* 3 away, 1 allowed */
    {"memo", NULL}, /* 2 away, 1 allowed */
    {"memor", "memory"},
    {"memories", NULL}, /* 3 away, 2 allowed */
    {"memorys", "memory"},
    {"time-out", "timeout"},
    {"timeouts", "timeout"},
    {"tiemuot", "timeout"}, /* 2 away, 2 allowed */
    {"tiemuto", NULL},
    {"do", NULL},
    {"doe", "does"},
    {"doess", "does"},
    {"keepalive", "keep_alive"},
    {"keep-alive", "keep_alive"},
    {"concurency", "concurrency"},
    {"concurent", "concurrency"}, /* 3 away, 3 allowed */
    {"init", "init"},
    {"int", "init"},
    {"ttl", "ttl"},
    {"tll", "ttl"},
    {"tpft", "tpot"}, /* tpot and ttft are as near: the first is offered */
    {"x", NULL}, /* one away, and that is the whole of it */
    {"kk", NULL},
    {"K", "k"},
    {"", NULL},
    {"tt", NULL},
    {"ttp", "ttl"},
    {"zzzzzz", NULL},
    {"packages", "package"},
    {"runtim", "runtime"},
    {"rnutime", "runtime"},
};

static void test_nearest(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(offers); i++) {
        const char *nearest = name_nearest(offers[i].name, fields, COUNT_OF(fields));
        if (!nearest != !offers[i].nearest || (nearest && strcmp(nearest, offers[i].nearest) != 0))
            fail_msg("'%s': %s, not %s", offers[i].name, nearest ? nearest : "none",
                     offers[i].nearest ? offers[i].nearest : "none");
    }
    assert_null(name_nearest("memory", fields, 0));
    const char *const twins[] = {"abd", "abe", "abc"};
    assert_string_equal(name_nearest("abx", twins, 3), "abd");
    assert_string_equal(name_nearest("abc", twins, 3), "abc");
}

/* FNV-1a's published values (draft-eastlake-fnv, 64 bits: "" cbf29ce484222325, "a"
 * af63dc4c8601ec8c, "foobar" 85944171f73967e8), put through MurmurHash3's fmix64 by an independent
 * program. */
static void test_hash(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        uint64_t hash;
    } known[] = {{"", UINT64_C(0xEFD01F60BA992926)},
                 {"a", UINT64_C(0x82A2A958A9BECE5B)},
                 {"foobar", UINT64_C(0x2C22194922D1672B)},
                 {"embed", UINT64_C(0x1046B400485648ED)}};
    for (size_t i = 0; i < COUNT_OF(known); i++)
        assert_true(name_hash(known[i].name) == known[i].hash);
    assert_true(name_hash("embed") != name_hash("Embed"));
    assert_true(name_hash("ab") != name_hash("ba"));
}

/* One changed letter changes each bit half the time. Over 2,000 names a bit's count is binomial
 * (mean 1,000, sigma 22.4); one of 64 leaves 5.5 sigma with probability below 3e-6. */
static void test_hash_spreads(void **state)
{
    (void)state;
    int flips[64] = {0};
    for (int i = 0; i < 2000; i++) {
        char a[16];
        char b[16];
        (void)snprintf(a, sizeof a, "c%04d", i);
        (void)snprintf(b, sizeof b, "d%04d", i);
        uint64_t difference = name_hash(a) ^ name_hash(b);
        for (int bit = 0; bit < 64; bit++) flips[bit] += (int)(difference >> bit & 1);
    }
    for (int bit = 0; bit < 64; bit++) assert_in_range(flips[bit], 1000 - 123, 1000 + 123);
}

static void test_random_bytes(void **state)
{
    (void)state;
    uint64_t seed = 3;
    for (int i = 0; i < 2000; i++) {
        char words[2][160];
        for (int w = 0; w < 2; w++) {
            size_t length = next_random(&seed) % sizeof words[0];
            for (size_t j = 0; j < length; j++) words[w][j] = (char)next_random(&seed);
            words[w][length] = '\0';
        }
        size_t distance = name_distance(words[0], words[1]);
        size_t a = strlen(words[0]);
        size_t b = strlen(words[1]);
        assert_true(distance <= (a > b ? a : b));
        assert_true(distance >= (a > b ? a - b : b - a));
        const char *const candidates[] = {words[1], "memory"};
        (void)name_nearest(words[0], candidates, 2);
        (void)name_hash(words[0]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_distance),     cmocka_unit_test(test_distance_against_naive),
        cmocka_unit_test(test_long_names),   cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_hash),         cmocka_unit_test(test_hash_spreads),
        cmocka_unit_test(test_random_bytes),
    };
    return cmocka_run_group_tests_name("names", tests, NULL, NULL);
}
