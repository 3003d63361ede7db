/* Texts that the catalogue's loader must refuse, and what it makes of sound ones. */
#include "base/arena.h"
#include "models/catalog.h"
#include "models/catalog_load.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
/* clang-format off: needs those above */
#include <cmocka.h>
/* clang-format on */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void assert_near(double got, double expected, double tolerance, const char *what)
{
    if (!(fabs(got - expected) <= tolerance))
        fail_msg("%s: %.12g, expected %.12g", what, got, expected);
}

#define HEAD                                                                                       \
    "{\"schema\":\"ragtime.catalog/1\",\"provider\":\"p\",\"service\":\"s\",\"currency\":\"USD\"," \
    "\"sources\":{\"S\":{\"title\":\"t\",\"address\":\"a\",\"date\":\"2026-01\"}},\"entries\":["
#define TAIL "]}"
#define FACT(kind, confidence)                                                                     \
    "\"kind\":\"" kind "\",\"doc\":\"d\",\"unit\":\"u\",\"from\":\"2026-02-03\",\"source\":\"S\"," \
    "\"confidence\":\"" confidence "\","
#define NUMBER(id)   "{\"id\":\"" id "\"," FACT("number", "O") "\"regions\":{\"*\":1}}"
#define PRICE(value) "{\"id\":\"x\"," FACT("price", "O") "\"regions\":{\"r\":" value "}}"
#define LAW(law)     "{\"id\":\"x\"," FACT("distribution", "M") "\"law\":" law "}"

static bool load_text(struct arena *arena, const char *text, size_t length,
                      const struct catalog **out, struct error *err)
{
    const struct catalog_text texts[] = {{"broken.json", text, length}};
    return catalog_load_texts(arena, texts, 1, out, err);
}

static const struct catalog *must_load(struct arena *arena, const struct catalog_text *texts,
                                       size_t count)
{
    const struct catalog *catalog = NULL;
    struct error err = {0};
    if (!catalog_load_texts(arena, texts, count, &catalog, &err) || !catalog) {
        fail_msg("%s", err.message);
        abort();
    }
    return catalog;
}

static const char *source_of(const struct catalog *catalog, const char *id)
{
    const struct catalog_entry *entry = catalog_find(catalog, id);
    return entry ? entry->source : "";
}

/* Each of these differs by one thing from a text that loads. */
static const struct {
    const char *text;
    const char *message; /* part of it */
} refused[] = {
    {"", "empty"},
    {"{", ""},
    {"[]", "a catalogue file is a list"},
    {"{}", "lacks 'schema'"},
    {"{\"schema\":\"ragtime.catalog/2\"}", "expected 'ragtime.catalog/1'"},
    {"{\"schema\":\"ragtime.catalog/1\",\"currency\":\"EUR\"}", "expected 'USD'"},
    {"{\"schema\":\"ragtime.catalog/1\",\"currency\":\"USD\",\"service\":\"s\"}",
     "lacks 'provider'"},
    {"{\"schema\":\"ragtime.catalog/1\",\"currency\":\"USD\",\"provider\":\"p\"}",
     "lacks 'service'"},
    {"{\"schema\":\"ragtime.catalog/1\",\"currency\":\"USD\",\"provider\":\"p\",\"service\":\"s\","
     "\"entries\":[]}",
     "needs 'sources'"},
    {"{\"schema\":\"ragtime.catalog/1\",\"extra\":1}", "no key 'extra'"},
    {HEAD TAIL, "no entries"},
    {HEAD "1" TAIL, "an entry is a number"},
    {HEAD "{}" TAIL, "lacks 'id'"},
    {HEAD "{\"id\":\"\"}" TAIL, "'id' is empty"},
    {HEAD "{\"id\":1}" TAIL, "'id' is a number"},
    {HEAD "{\"id\":\"x\"}" TAIL, "lacks 'kind'"},
    {HEAD "{\"id\":\"x\",\"kind\":\"fact\",\"doc\":\"d\"}" TAIL, "'kind' is 'fact'"},
    {HEAD "{\"id\":\"x\",\"kind\":\"number\"}" TAIL, "lacks 'doc'"},
    {HEAD "{\"id\":\"x\",\"kind\":\"number\",\"doc\":\"d\"}" TAIL, "lacks 'unit'"},
    {HEAD "{\"id\":\"x\",\"kind\":\"number\",\"doc\":\"d\",\"unit\":\"u\"}" TAIL, "lacks 'from'"},
    {HEAD "{\"id\":\"x\",\"kind\":\"number\",\"doc\":\"d\",\"unit\":\"u\",\"from\":\"2026\"}" TAIL,
     "lacks 'source'"},
    {HEAD "{\"id\":\"x\",\"kind\":\"number\",\"doc\":\"d\",\"unit\":\"u\",\"from\":\"2026\","
          "\"source\":\"S\"}" TAIL,
     "lacks 'confidence'"},
    {HEAD "{\"id\":\"x\",\"kind\":\"number\",\"doc\":\"d\",\"unit\":\"u\",\"from\":\"today\","
          "\"source\":\"S\",\"confidence\":\"O\",\"regions\":{\"*\":1}}" TAIL,
     "expected a date"},
    {HEAD "{\"id\":\"x\",\"kind\":\"number\",\"doc\":\"d\",\"unit\":\"u\",\"from\":\"2026-13\","
          "\"source\":\"S\",\"confidence\":\"O\",\"regions\":{\"*\":1}}" TAIL,
     "expected a date"},
    {HEAD "{\"id\":\"x\",\"kind\":\"number\",\"doc\":\"d\",\"unit\":\"u\",\"from\":\"2026\","
          "\"source\":\"Z\",\"confidence\":\"O\",\"regions\":{\"*\":1}}" TAIL,
     "'Z' is not among the file's sources"},
    {HEAD "{\"id\":\"x\"," FACT("number", "O") "\"regions\":{\"*\":1},\"regoins\":{}}" TAIL,
     "no key 'regoins'"},
    {HEAD "{\"id\":\"x\"," FACT("number", "A") "\"regions\":{\"*\":1}}" TAIL,
     "'confidence' is 'A'"},
    {HEAD "{\"id\":\"x\"," FACT("number", "OO") "\"regions\":{\"*\":1}}" TAIL,
     "'confidence' is 'OO'"},
    {HEAD "{\"id\":\"x\"," FACT("number", "G") "\"regions\":{\"*\":1}}" TAIL,
     "must say 'unverified'"},
    {HEAD "{\"id\":\"x\"," FACT("number", "D") "\"regions\":{\"*\":1}}" TAIL, "must say 'derived'"},
    {HEAD "{\"id\":\"x\"," FACT("quota", "O") "\"regions\":{}}" TAIL, "at least one region"},
    {HEAD "{\"id\":\"x\"," FACT("quota", "O") "\"regions\":1}" TAIL, "at least one region"},
    {HEAD "{\"id\":\"x\"," FACT("quota", "O") "\"regions\":{\"*\":-1}}" TAIL, "not negative"},
    {HEAD "{\"id\":\"x\"," FACT("quota", "O") "\"regions\":{\"*\":\"1\"}}" TAIL, "not negative"},
    {HEAD "{\"id\":\"x\"," FACT("quota", "O") "\"per\":2,\"regions\":{\"*\":1}}" TAIL,
     "only a price has 'per'"},
    {HEAD "{\"id\":\"x\"," FACT("quota", "O") "\"law\":{\"constant\":1}}" TAIL,
     "only a distribution has 'law'"},
    {HEAD "{\"id\":\"x\"," FACT("distribution", "O") "\"per\":1}" TAIL, "needs its values"},
    {HEAD "{\"id\":\"x\"," FACT(
         "distribution", "O") "\"law\":{\"constant\":1},\"regions\":{\"*\":{\"constant\":1}}}" TAIL,
     "needs its values"},
    {HEAD "{\"id\":\"x\"," FACT("price", "O") "\"per\":0,\"regions\":{\"*\":1}}" TAIL,
     "'per' is '0'"},
    {HEAD NUMBER("x") "," NUMBER("y") "," NUMBER("x") TAIL, "the id 'x' is there already"},
    {HEAD PRICE("-0.1") TAIL, "not negative"},
    {HEAD PRICE("null") TAIL, "not negative"},
    {HEAD PRICE("{}") TAIL, "needs 'tiers'"},
    {HEAD PRICE("{\"tiers\":[]}") TAIL, "needs 'tiers'"},
    {HEAD PRICE("{\"tiers\":[{\"usd\":-1}]}") TAIL, "not negative"},
    {HEAD PRICE("{\"tiers\":[{\"up_to\":5}]}") TAIL, "needs 'usd'"},
    {HEAD PRICE("{\"tiers\":[{\"usd\":1,\"upto\":5}]}") TAIL, "no key 'upto'"},
    {HEAD PRICE("{\"tiers\":[{\"up_to\":5,\"usd\":1}]}") TAIL, "the last has none"},
    {HEAD PRICE("{\"tiers\":[{\"usd\":1},{\"usd\":1}]}") TAIL, "the last has none"},
    {HEAD PRICE("{\"tiers\":[{\"up_to\":5,\"usd\":2},{\"up_to\":5,\"usd\":1},{\"usd\":1}]}") TAIL,
     "do not rise"},
    {HEAD PRICE("{\"tiers\":[{\"up_to\":0,\"usd\":2},{\"usd\":1}]}") TAIL, "do not rise"},
    {HEAD PRICE(
         "{\"tiers\":[{\"up_to\":1,\"usd\":9},{\"up_to\":2,\"usd\":9},{\"up_to\":3,\"usd\":9},"
         "{\"up_to\":4,\"usd\":9},{\"up_to\":5,\"usd\":9},{\"up_to\":6,\"usd\":9},"
         "{\"up_to\":7,\"usd\":9},{\"up_to\":8,\"usd\":9},{\"usd\":9}]}") TAIL,
     "a list of 1 to 8"},
    {HEAD PRICE("{\"tiers\":[{\"usd\":1}],\"free_each_month\":-1}") TAIL, "'free_each_month'"},
    {HEAD PRICE("{\"tiers\":[{\"usd\":1}],\"least_each_month\":\"1\"}") TAIL, "'least_each_month'"},
    {HEAD PRICE("{\"tiers\":[{\"usd\":1}],\"least_group\":1}") TAIL, "'least_group'"},
    {HEAD PRICE("{\"tiers\":[{\"usd\":1}],\"free\":1}") TAIL, "no key 'free'"},
    {HEAD LAW("1") TAIL, "a map with one key"},
    {HEAD LAW("{}") TAIL, "a map with one key"},
    {HEAD LAW("{\"constant\":1,\"exponential\":{\"mean\":1}}") TAIL, "a map with one key"},
    {HEAD LAW("{\"zeta\":1}") TAIL, "unknown law 'zeta'"},
    {HEAD LAW("{\"constant\":-1}") TAIL, "not negative"},
    {HEAD LAW("{\"exponential\":1}") TAIL, "expected a map"},
    {HEAD LAW("{\"exponential\":{}}") TAIL, "lacks 'mean'"},
    {HEAD LAW("{\"exponential\":{\"mean\":-1}}") TAIL, "at least 0"},
    {HEAD LAW("{\"exponential\":{\"mean\":1,\"x\":1}}") TAIL, "no key 'x'"},
    {HEAD LAW("{\"uniform\":{\"least\":2,\"most\":1}}") TAIL, "at least 2"},
    {HEAD LAW("{\"lognormal\":{\"median\":0,\"sigma\":1}}") TAIL, "positive"},
    {HEAD LAW("{\"lognormal\":{\"median\":1}}") TAIL, "one of 'p95' and 'sigma'"},
    {HEAD LAW("{\"lognormal\":{\"median\":1,\"p95\":2,\"sigma\":1}}") TAIL,
     "one of 'p95' and 'sigma'"},
    {HEAD LAW("{\"lognormal\":{\"median\":2,\"p95\":1}}") TAIL, "at least 2"},
    {HEAD LAW("{\"lognormal\":{\"median\":\"2s\",\"p95\":1}}") TAIL, "expected a number"},
    {HEAD LAW("{\"quantiles\":{}}") TAIL, "at least 2 pairs"},
    {HEAD LAW("{\"quantiles\":[[0,1]]}") TAIL, "at least 2 pairs"},
    {HEAD LAW("{\"quantiles\":[[0,1],[1]]}") TAIL, "a pair"},
    {HEAD LAW("{\"quantiles\":[[0,1],[1,2,3]]}") TAIL, "a pair"},
    {HEAD LAW("{\"quantiles\":[[0,1],1]}") TAIL, "a pair"},
    {HEAD LAW("{\"quantiles\":[[0,1],[1,\"2\"]]}") TAIL, "a pair"},
    {HEAD LAW("{\"quantiles\":[[0,2],[1,1]]}") TAIL, "do not rise"},
    {HEAD LAW("{\"quantiles\":[[0,1],[0,2],[1,3]]}") TAIL, "do not rise"},
    {HEAD LAW("{\"quantiles\":[[0,-1],[1,1]]}") TAIL, "negative"},
    {HEAD LAW("{\"quantiles\":[[0.1,1],[1,1]]}") TAIL, "from probability 0 to 1"},
    {HEAD LAW("{\"quantiles\":[[0,1],[0.9,1]]}") TAIL, "from probability 0 to 1"},
    {HEAD "{\"id\":\"p\",\"kind\":\"profile\",\"doc\":\"d\"}" TAIL, "lacks 'type'"},
    {HEAD "{\"id\":\"p\",\"kind\":\"profile\",\"doc\":\"d\",\"type\":\"t\"}" TAIL,
     "lacks 'parameters'"},
    {HEAD "{\"id\":\"p\",\"kind\":\"profile\",\"doc\":\"d\",\"type\":\"t\",\"parameters\":{}}" TAIL,
     "needs a map"},
    {HEAD "{\"id\":\"p\",\"kind\":\"profile\",\"doc\":\"d\",\"type\":\"t\",\"unit\":\"u\","
          "\"parameters\":{\"a\":\"p\"}}" TAIL,
     "no key 'unit'"},
    {HEAD "{\"id\":\"p\",\"kind\":\"profile\",\"doc\":\"d\",\"type\":\"t\","
          "\"parameters\":{\"a\":1}}" TAIL,
     "expected the id of an entry"},
    {HEAD NUMBER("x.long_name") ",{\"id\":\"p\",\"kind\":\"profile\",\"doc\":\"d\",\"type\":\"t\","
                                "\"parameters\":{\"a\":\"x.long_nmae\"}}" TAIL,
     "'x.long_nmae' for 'a', which is no entry"},
};

static void test_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++) {
        struct arena *arena = arena_new();
        const struct catalog *catalog = NULL;
        struct error err = {0};
        const char *text = refused[i].text;
        if (load_text(arena, text, strlen(text), &catalog, &err)) fail_msg("accepted: %s", text);
        if (!strstr(err.message, refused[i].message))
            fail_msg("'%s' does not say '%s' for: %s", err.message, refused[i].message, text);
        arena_free(arena);
    }
}

/* The hints name what was probably meant, the places the line at fault. */
static void test_refused_with_place(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    const struct catalog *catalog = NULL;
    struct error err = {0};
    const char *text =
        HEAD "\n" NUMBER("x.long_name") ",\n{\"id\":\"p\",\"kind\":\"profile\","
                                        "\"doc\":\"d\",\"type\":\"t\",\n\"parameters\":{\"a\":\"x."
                                        "long_nmae\"}}" TAIL;
    assert_false(load_text(arena, text, strlen(text), &catalog, &err));
    assert_string_equal(err.place.file, "broken.json");
    assert_int_equal(err.place.line, 4);
    assert_non_null(strstr(err.hint, "x.long_name"));
    arena_free(arena);
}

static const char sound[] = HEAD NUMBER("n") "," PRICE(
    "{\"tiers\":[{\"up_to\":10,\"usd\":3},{\"usd\":2}],"
    "\"free_each_month\":4,\"least_each_month\":5}") ",{\"id\":\"l\"," FACT("distribution",
                                                                            "M") "\"regions\":{"
                                                                                 "\"r\":{"
                                                                                 "\"quantiles\":[["
                                                                                 "0,1],[0.5,2],[1,"
                                                                                 "4]]},"
                                                                                 "\"*\":{"
                                                                                 "\"exponential\":{"
                                                                                 "\"mean\":3}}}},{"
                                                                                 "\"id\":\"p/"
                                                                                 "q\",\"kind\":"
                                                                                 "\"profile\","
                                                                                 "\"doc\":\"d\","
                                                                                 "\"type\":\"t\","
                                                                                 "\"parameters\":{"
                                                                                 "\"a\":\"n\","
                                                                                 "\"self\":\"p/"
                                                                                 "q\"}}" TAIL;

static void test_sound_text(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    const struct catalog_profile *profile = NULL;
    struct error err = {0};
    const struct catalog_text text = {"sound.json", sound, strlen(sound)};
    const struct catalog *catalog = must_load(arena, &text, 1);
    assert_int_equal(catalog_count(catalog), 4);
    assert_string_equal(catalog_date(catalog), "2026-02-03");
    assert_string_equal(source_of(catalog, "n"), "t, a, 2026-01");

    struct price price;
    assert_true(catalog_price(catalog, "x", "r", &price, &err));
    assert_int_equal(price.tier_count, 2);
    assert_true(price.tiers[0].up_to == 10 && price.tiers[0].usd == 3 && price.tiers[1].usd == 2);
    assert_true(price.free_each_month == 4 && price.least_each_month == 5);
    assert_false(catalog_price(catalog, "x", "elsewhere", &price, &err));

    struct distribution law;
    assert_true(catalog_distribution(catalog, "l", "r", &law, &err));
    assert_int_equal(law.kind, DISTRIBUTION_EMPIRICAL);
    assert_near(distribution_quantile(&law, 0.75), 3, 1e-12, "between two quantiles");
    assert_true(catalog_distribution(catalog, "l", "elsewhere", &law, &err));
    assert_int_equal(law.kind, DISTRIBUTION_EXPONENTIAL);

    assert_true(catalog_profile(catalog, "p/q", "t", &profile, &err));
    assert_string_equal(profile ? catalog_profile_entry(profile, "self") : "", "p/q");
    arena_free(arena);
}

/* The hash is that of the files: another byte, or another order, is another hash. */
static void test_hash(void **state)
{
    (void)state;
    static const char other[] = HEAD NUMBER("o") TAIL;
    const struct catalog_text ab[] = {{"a", sound, sizeof sound - 1},
                                      {"b", other, sizeof other - 1}};
    const struct catalog_text ba[] = {ab[1], ab[0]};
    struct arena *arena = arena_new();
    const struct catalog *one = must_load(arena, ab, 2);
    const struct catalog *two = must_load(arena, ba, 2);
    const struct catalog *again = must_load(arena, ab, 2);
    struct error err = {0};
    assert_string_equal(catalog_sha256(one), catalog_sha256(again));
    assert_string_not_equal(catalog_sha256(one), catalog_sha256(two));
    const struct catalog_text twice[] = {ab[1], ab[1]};
    assert_false(catalog_load_texts(arena, twice, 2, &two, &err));
    assert_non_null(strstr(err.message, "'o' is there already"));
    arena_free(arena);
}

/* Any bytes give a catalogue or an error: every beginning of a text, and a text with random bytes
 * changed. */
static void test_any_bytes(void **state)
{
    (void)state;
    const struct catalog *catalog = NULL;
    struct error err;
    size_t length = strlen(sound);
    for (size_t cut = 0; cut < length; cut++) {
        struct arena *arena = arena_new();
        assert_false(load_text(arena, sound, cut, &catalog, &err));
        arena_free(arena);
    }
    uint64_t seed = 7;
    static const char bytes[] = "{}[]\",:0123456789.eE-xn\\/ \t\xff\x01";
    size_t accepted = 0;
    for (int round = 0; round < 2000; round++) {
        char text[sizeof sound];
        memcpy(text, sound, sizeof text);
        for (int change = 0; change < 1 + round % 3; change++) {
            seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
            text[(seed >> 33) % length] = bytes[(seed >> 20) % (sizeof bytes - 1)];
        }
        struct arena *arena = arena_new();
        accepted += load_text(arena, text, length, &catalog, &err);
        arena_free(arena);
    }
    assert_true(accepted > 0 && accepted < 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),    cmocka_unit_test(test_refused_with_place),
        cmocka_unit_test(test_sound_text), cmocka_unit_test(test_hash),
        cmocka_unit_test(test_any_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
