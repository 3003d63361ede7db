/* Quantities: what is read, and what is refused in which words. */
#include "base/document.h"
#include "base/units.h"
#include "tests/base/unit.h"

#include <limits.h>
#include <locale.h>
#include <math.h>
#include <string.h>

#define NONE     DIMENSION_NONE
#define COUNT    DIMENSION_COUNT
#define DURATION DIMENSION_DURATION
#define SIZE     DIMENSION_SIZE
#define RATE     DIMENSION_RATE
#define RATIO    DIMENSION_RATIO
#define MONEY    DIMENSION_MONEY
#define PRICE    DIMENSION_PRICE

struct valid {
    const char *text;
    enum dimension dimension;
    double value;
};

static const struct valid valid_cases[] = {
    {"0", NONE, 0},
    {"-0", NONE, 0},
    {"3", NONE, 3},
    {"-3", NONE, -3},
    {"0.5", NONE, 0.5},
    {".5", NONE, 0.5},
    {"-.5", NONE, -0.5},
    {"007", NONE, 7},
    {"1e6", NONE, 1e6},
    {"1E6", NONE, 1e6},
    {"1e+6", NONE, 1e6},
    {"2.5e-3", NONE, 0.0025},
    {"0.1", NONE, 0.1},
    {"1e-400", NONE, 0},
    {"1e-99999999999999999999", NONE, 0},
    {"4.9e-324", NONE, 4.9406564584124654e-324},
    {"1.7976931348623157e308", NONE, 1.7976931348623157e308},
    {"0.1000000000000000055511151231257827021181583404541015625", NONE, 0.1},
    {"0", COUNT, 0},
    {"1000", COUNT, 1000},
    {"50k", COUNT, 50000},
    {"50 k", COUNT, 50000},
    {"10M", COUNT, 1e7},
    {"1.5k", COUNT, 1500},
    {"2.0", COUNT, 2},
    {"-5", COUNT, -5},
    {"1e3", COUNT, 1000},
    {"9007199254740991", COUNT, 9007199254740991.0},
    {"0", DURATION, 0},
    {"0.0", DURATION, 0},
    {"-0", DURATION, 0},
    {"0s", DURATION, 0},
    {"1d", DURATION, 86400},
    {"2h", DURATION, 7200},
    {"10m", DURATION, 600},
    {"1.5s", DURATION, 1.5},
    {".5s", DURATION, 0.5},
    {"250ms", DURATION, 0.25},
    {"250 ms", DURATION, 0.25},
    {"250   ms", DURATION, 0.25},
    {"0.1ms", DURATION, 0.0001},
    {"3us", DURATION, 3e-6},
    {"7ns", DURATION, 7e-9},
    {"1e3ms", DURATION, 1},
    {"-5s", DURATION, -5},
    {"1h30m", DURATION, 5400},
    {"1h 30m", DURATION, 5400},
    {"1 h 30 m", DURATION, 5400},
    {"1m30s", DURATION, 90},
    {"1m30.5s", DURATION, 90.5},
    {"1d2h3m4s5ms6us7ns", DURATION, 93784.005006007},
    {"-1h30m", DURATION, -5400},
    {"1h1ns", DURATION, 3600.000000001},
    {"1e-400s", DURATION, 0},
    {"0", SIZE, 0},
    {"1B", SIZE, 1},
    {"1KB", SIZE, 1024},
    {"64KB", SIZE, 65536},
    {"64KiB", SIZE, 65536},
    {"1024MB", SIZE, 1073741824},
    {"1 MiB", SIZE, 1048576},
    {"1.5GB", SIZE, 1610612736},
    {"2GiB", SIZE, 2147483648},
    {"1TB", SIZE, 1099511627776},
    {"1TiB", SIZE, 1099511627776},
    {"-1KB", SIZE, -1024},
    {"0", RATE, 0},
    {"20/s", RATE, 20},
    {"20 /s", RATE, 20},
    {"0.1/s", RATE, 0.1},
    {"300/m", RATE, 5},
    {"7200/h", RATE, 2},
    {"86400/d", RATE, 1},
    {"10k/s", RATE, 10000},
    {"2M/s", RATE, 2e6},
    {"90k/m", RATE, 1500},
    {"6M/m", RATE, 1e5},
    {"36k/h", RATE, 10},
    {"36M/h", RATE, 10000},
    {"864k/d", RATE, 10},
    {"864M/d", RATE, 10000},
    {"1000/h", RATE, 1000.0 / 3600},
    {"-1/s", RATE, -1},
    {"0.25", RATIO, 0.25},
    {"25%", RATIO, 0.25},
    {"25 %", RATIO, 0.25},
    {"99.9%", RATIO, 0.999},
    {"0%", RATIO, 0},
    {"1", RATIO, 1},
    {"250%", RATIO, 2.5},
    {"-10%", RATIO, -0.1},
    {"0", MONEY, 0},
    {"$0", MONEY, 0},
    {"$20", MONEY, 20},
    {"$0.25", MONEY, 0.25},
    {"$.25", MONEY, 0.25},
    {"-$5", MONEY, -5},
    {"$1e3", MONEY, 1000},
    {"0", PRICE, 0},
    {"$0.20", PRICE, 0.2},
    {"$3/1M", PRICE, 3e-6},
    {"$3 / 1M", PRICE, 3e-6},
    {"$3/1M tokens", PRICE, 3e-6},
    {"$0.05/10k", PRICE, 5e-6},
    {"$0.5/h", PRICE, 0.5},
    {"$0.09/GB", PRICE, 0.09},
    {"$0.0000166667/GB-s", PRICE, 0.0000166667},
    {"$25/1000", PRICE, 0.025},
    {"$3/1e6", PRICE, 3e-6},
    {"-$1/1k", PRICE, -0.001},
};

static void test_valid(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(valid_cases); i++) {
        const struct valid *want = &valid_cases[i];
        double value = -1;
        struct error err = {0};
        if (!quantity_parse(want->text, want->dimension, &value, &err))
            fail_msg("'%s' was refused: %s", want->text, err.message);
        if (value != want->value)
            fail_msg("'%s' is %.17g, not %.17g", want->text, want->value, value);
        if (signbit(value) && value == 0) fail_msg("'%s' is minus zero", want->text);
    }
}

struct invalid {
    const char *text;
    enum dimension dimension;
    const char *message;
};

#define NO_DURATION " is not a duration; write it like 250ms, 1.5s or 10m"
#define NO_PRICE    " is not a price; write it like $3/1M, $0.05/10k or $0.5/h"
#define NO_COUNT    " is not a count; write it like 1000, 50k or 10M"
#define NO_RATE     " is not a rate; write it like 20/s, 300/m or 10k/s"
#define NO_MONEY    " is not an amount of money; write it like $20 or $0.25"

static const struct invalid invalid_cases[] = {
    {"90", DURATION, "'90' has no unit; write 90s or 90ms"},
    {"-90", DURATION, "'-90' has no unit; write -90s or -90ms"},
    {"1e3", DURATION, "'1e3' has no unit; write 1e3s or 1e3ms"},
    {"512", SIZE, "'512' has no unit; write 512MB or 512KB"},
    {"20", RATE, "'20' has no unit; write 20/s or 20/m"},
    {"20", MONEY, "'20' has no unit; write $20"},
    {"3", PRICE, "'3' has no unit; write $3 or $3/1M"},
    {"5 parsecs", DURATION, "'5 parsecs'" NO_DURATION},
    {"", DURATION, "''" NO_DURATION},
    {" ", DURATION, "' '" NO_DURATION},
    {"s", DURATION, "'s'" NO_DURATION},
    {"-", DURATION, "'-'" NO_DURATION},
    {".", DURATION, "'.'" NO_DURATION},
    {"5s ", DURATION, "'5s '" NO_DURATION},
    {" 5s", DURATION, "' 5s'" NO_DURATION},
    {"5\ts", DURATION, "'5?s'" NO_DURATION},
    {"+5s", DURATION, "'+5s'" NO_DURATION},
    {"--5s", DURATION, "'--5s'" NO_DURATION},
    {"- 5s", DURATION, "'- 5s'" NO_DURATION},
    {"5.s", DURATION, "'5.s'" NO_DURATION},
    {"1..5s", DURATION, "'1..5s'" NO_DURATION},
    {"0x10s", DURATION, "'0x10s'" NO_DURATION},
    {"inf", DURATION, "'inf'" NO_DURATION},
    {"nan", DURATION, "'nan'" NO_DURATION},
    {"infinity s", DURATION, "'infinity s'" NO_DURATION},
    {"30m1h", DURATION, "'30m1h'" NO_DURATION},
    {"1h1h", DURATION, "'1h1h'" NO_DURATION},
    {"1.5h30m", DURATION, "'1.5h30m'" NO_DURATION},
    {"1m30", DURATION, "'1m30'" NO_DURATION},
    {"1h-30m", DURATION, "'1h-30m'" NO_DURATION},
    {"1h ", DURATION, "'1h '" NO_DURATION},
    {"1h x", DURATION, "'1h x'" NO_DURATION},
    {"1h,30m", DURATION, "'1h,30m'" NO_DURATION},
    {"5 aaaaaaaaaaaaaaaaaaaaaaaa", DURATION, "'5 aaaaaaaaaaaaaaaaaaaaaaaa'" NO_DURATION},
    {"\x1b[31mred", DURATION, "'?[31mred'" NO_DURATION},
    {"\xff", DURATION, "'?'" NO_DURATION},
    {"5 minutes", DURATION, "'5 minutes' is not a duration; did you mean '5m'?"},
    {"5sec", DURATION, "'5sec' is not a duration; did you mean '5s'?"},
    {"5MS", DURATION, "'5MS' is not a duration; did you mean '5ms'?"},
    {"5 S", DURATION, "'5 S' is not a duration; did you mean '5s'?"},
    {"5\xC2\xB5s", DURATION, "'5\xC2\xB5s' is not a duration; did you mean '5us'?"},
    {"12GB", DURATION, "'12GB' is a size, where a duration such as 250ms is wanted"},
    {"20/s", DURATION, "'20/s' is a rate, where a duration such as 250ms is wanted"},
    {"25%", DURATION, "'25%' is a ratio, where a duration such as 250ms is wanted"},
    {"$5", DURATION, "'$5' is an amount of money, where a duration such as 250ms is wanted"},
    {"$3/1M", DURATION, "'$3/1M' is a price, where a duration such as 250ms is wanted"},
    {"5M", DURATION, "'5M' is a count, where a duration such as 250ms is wanted"},
    {"1e400s", DURATION, "'1e400s' is too large for a duration; the longest is 36500d (100 years)"},
    {"36501d", DURATION, "'36501d' is too large for a duration; the longest is 36500d (100 years)"},
    {"-1e30s", DURATION, "'-1e30s' is too large for a duration; the longest is 36500d (100 years)"},
    {"1e308d", DURATION, "'1e308d' is too large for a duration; the longest is 36500d (100 years)"},
    {"1e400", DURATION, "'1e400' is too large for a duration; the longest is 36500d (100 years)"},
    {"1,5s", DURATION, "'1,5s' has a separator; write 1.5s"},
    {"1,500ms", DURATION, "'1,500ms' has a separator; write 1500ms"},
    {"1,000", COUNT, "'1,000' has a separator; write 1000"},
    {"1,000,000", COUNT, "'1,000,000' has a separator; write 1000000"},
    {"1_000_000", COUNT, "'1_000_000' has a separator; write 1000000"},
    {"1_000s", COUNT, "'1_000s'" NO_COUNT},
    {"2.5", COUNT, "'2.5' is not a whole number"},
    {"0.0005k", COUNT, "'0.0005k' is not a whole number"},
    {"-0.5", COUNT, "'-0.5' is not a whole number"},
    {"1e30", COUNT, "'1e30' is too large for a count"},
    {"9007199254740993", COUNT, "'9007199254740993' is too large for a count"},
    {"-1e16", COUNT, "'-1e16' is too large for a count"},
    {"fast", COUNT, "'fast'" NO_COUNT},
    {"10 k k", COUNT, "'10 k k'" NO_COUNT},
    {"50K", COUNT, "'50K' is not a count; did you mean '50k'?"},
    {"5 million", COUNT, "'5 million' is not a count; did you mean '5M'?"},
    {"50m", COUNT, "'50m' is a duration, where a whole number such as 1000 is wanted"},
    {"25%", COUNT, "'25%' is a ratio, where a whole number such as 1000 is wanted"},
    {"12gb", SIZE, "'12gb' is not a size; did you mean '12GB'?"},
    {"12kb", SIZE, "'12kb' is not a size; did you mean '12KB'?"},
    {"512Mi", SIZE, "'512Mi' is not a size; did you mean '512MB'?"},
    {"8 bytes", SIZE, "'8 bytes' is not a size; did you mean '8B'?"},
    {"large", SIZE, "'large' is not a size; write it like 64KB, 512MB or 2GB"},
    {"5s", SIZE, "'5s' is a duration, where a size such as 512MB is wanted"},
    {"1e308TB", SIZE, "'1e308TB' is too large for a size"},
    {"20rps", RATE, "'20rps' is not a rate; did you mean '20/s'?"},
    {"20 per second", RATE, "'20 per second' is not a rate; did you mean '20/s'?"},
    {"20/sec", RATE, "'20/sec' is not a rate; did you mean '20/s'?"},
    {"20/S", RATE, "'20/S' is not a rate; did you mean '20/s'?"},
    {"20/", RATE, "'20/'" NO_RATE},
    {"20/w", RATE, "'20/w'" NO_RATE},
    {"/s", RATE, "'/s'" NO_RATE},
    {"20//s", RATE, "'20//s'" NO_RATE},
    {"5s", RATE, "'5s' is a duration, where a rate such as 20/s is wanted"},
    {"50k", RATE, "'50k' is a count, where a rate such as 20/s is wanted"},
    {"25 percent", RATIO, "'25 percent' is not a ratio; did you mean '25%'?"},
    {"25%%", RATIO, "'25%%' is not a ratio; write it like 0.25, 25% or 99.9%"},
    {"half", RATIO, "'half' is not a ratio; write it like 0.25, 25% or 99.9%"},
    {"0,5", RATIO, "'0,5' has a separator; write 0.5"},
    {"5s", RATIO, "'5s' is a duration, where a ratio such as 0.25 or 25% is wanted"},
    {"$1.5k", MONEY, "'$1.5k'" NO_MONEY},
    {"$-5", MONEY, "'$-5'" NO_MONEY},
    {"--$5", MONEY, "'--$5'" NO_MONEY},
    {"$ 5", MONEY, "'$ 5'" NO_MONEY},
    {"$", MONEY, "'$'" NO_MONEY},
    {"20 USD", MONEY, "'20 USD'" NO_MONEY},
    {"0x", MONEY, "'0x'" NO_MONEY},
    {"$1,000", MONEY, "'$1,000' has a separator; write $1000"},
    {"$1e999", MONEY, "'$1e999' is too large for an amount of money"},
    {"$3/1M", MONEY, "'$3/1M' is a price, where an amount of money such as $20 is wanted"},
    {"0s", MONEY, "'0s' is a duration, where an amount of money such as $20 is wanted"},
    {"$3/M", PRICE, "'$3/M' does not say for how many; write $3/1M"},
    {"$3 / k", PRICE, "'$3 / k' does not say for how many; write $3/1k"},
    {"$3/K", PRICE, "'$3/K' does not say for how many; write $3/1k"},
    {"$3/B", PRICE, "'$3/B' does not say for how many; write $3/1000M"},
    {"$3/", PRICE, "'$3/'" NO_PRICE},
    {"$3//h", PRICE, "'$3//h'" NO_PRICE},
    {"$3/0", PRICE, "'$3/0'" NO_PRICE},
    {"$3/-1", PRICE, "'$3/-1'" NO_PRICE},
    {"$3/1Mx", PRICE, "'$3/1Mx'" NO_PRICE},
    {"$3/1M ", PRICE, "'$3/1M '" NO_PRICE},
    {"$3/GB/h", PRICE, "'$3/GB/h'" NO_PRICE},
    {"$3 h", PRICE, "'$3 h'" NO_PRICE},
    {"3/1M", PRICE, "'3/1M'" NO_PRICE},
    {"$3/1,000", PRICE, "'$3/1,000' has a separator; write $3/1000"},
    {"$1e308/0.001", PRICE, "'$1e308/0.001' is too large for a price"},
    {"20/s", PRICE, "'20/s' is a rate, where a price such as $3/1M is wanted"},
    {"abc", NONE, "'abc' is not a number; write it like 3, 0.5 or 1e6"},
    {"0x1F", NONE, "'0x1F' is not a number; write it like 3, 0.5 or 1e6"},
    {"1e", NONE, "'1e' is not a number; write it like 3, 0.5 or 1e6"},
    {"1e+", NONE, "'1e+' is not a number; write it like 3, 0.5 or 1e6"},
    {"NaN", NONE, "'NaN' is not a number; write it like 3, 0.5 or 1e6"},
    {"-inf", NONE, "'-inf' is not a number; write it like 3, 0.5 or 1e6"},
    {"50k", NONE, "'50k' is a count, where a number such as 0.5 is wanted"},
    {"1e309", NONE, "'1e309' is too large for a number"},
    {"1e99999999999999999999", NONE, "'1e99999999999999999999' is too large for a number"},
};

static void test_invalid(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(invalid_cases); i++) {
        const struct invalid *want = &invalid_cases[i];
        double value = -1;
        struct error err = {0};
        if (quantity_parse(want->text, want->dimension, &value, &err))
            fail_msg("'%s' was read as %.17g", want->text, value);
        assert_string_equal(err.message, want->message);
        assert_true(value == -1);
        assert_false(quantity_parse(want->text, want->dimension, &value, NULL));
    }
}

/* Too long a text is refused whole, and shown cut. */
static void test_long_text(void **state)
{
    (void)state;
    char text[1000];
    double value;
    struct error err;
    memset(text, '1', sizeof text);
    text[sizeof text - 1] = '\0';
    assert_false(quantity_parse(text, DIMENSION_NONE, &value, &err));
    assert_true(strlen(err.message) < 200);
    assert_non_null(strstr(err.message, "111...' is not a number"));

    memset(text, '0', 80);
    memcpy(text, "$0.", 3);
    memcpy(text + 80, "/M", 3);
    assert_false(quantity_parse(text, DIMENSION_PRICE, &value, &err));
    assert_non_null(strstr(err.message, "does not say for how many"));

    memset(text, '9', 300);
    text[300] = '\0';
    assert_true(quantity_parse(text, DIMENSION_NONE, &value, &err));
    assert_true(value == 1e300);
}

static void test_nodes(void **state)
{
    (void)state;
    struct node number = {.type = NODE_NUMBER, .text = "90", .number = 90};
    struct node string = {.type = NODE_STRING, .text = "90s"};
    struct node list = {.type = NODE_LIST, .text = ""};
    struct node map = {.type = NODE_MAP, .text = ""};
    struct node boolean = {.type = NODE_BOOL, .text = "true", .boolean = true};
    struct node null = {.type = NODE_NULL, .text = ""};
    const struct {
        struct node *node;
        enum dimension dimension;
        double value;
        const char *message;
    } cases[] = {
        {&string, DURATION, 90, NULL},
        {&number, COUNT, 90, NULL},
        {&number, RATIO, 90, NULL},
        {&number, DURATION, 0, "'90' has no unit; write 90s or 90ms"},
        {&list, DURATION, 0, "expected a duration such as 250ms, found a list"},
        {&map, SIZE, 0, "expected a size such as 512MB, found a map"},
        {&boolean, RATE, 0, "expected a rate such as 20/s, found true"},
        {&null, COUNT, 0, "expected a whole number such as 1000, found null"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        double value = 0;
        struct error err = {0};
        cases[i].node->place = (struct place){"a.yaml", 3, 7};
        bool read = quantity_read(cases[i].node, cases[i].dimension, &value, &err);
        assert_int_equal(read, cases[i].message == NULL);
        if (read) {
            assert_true(value == cases[i].value);
            continue;
        }
        assert_string_equal(err.message, cases[i].message);
        assert_string_equal(err.place.file, "a.yaml");
        assert_int_equal(err.place.line, 3);
        assert_int_equal(err.place.column, 7);
    }
}

/* Random bytes, and random strings of the bytes that quantities are made of. */
static void test_random_bytes(void **state)
{
    (void)state;
    static const char alphabet[] = "0123456789012345.-+eE $/%kMGTBsmhdun,_i\xC2\xB5";
    uint64_t seed = 7;
    size_t read = 0;
    for (int i = 0; i < 100000; i++) {
        char text[40];
        size_t length = next_random(&seed) % sizeof text;
        bool any = next_random(&seed) % 4 == 0;
        for (size_t j = 0; j < length; j++) {
            uint64_t luck = next_random(&seed);
            text[j] = any ? (char)luck : alphabet[luck % (sizeof alphabet - 1)];
        }
        if (i % 2) length %= 6; /* short ones are often valid */
        text[length] = '\0';
        double value = (double)NAN;
        struct error err = {0};
        enum dimension dimension = (enum dimension)(i / 2 % (DIMENSION_PRICE + 1));
        if (quantity_parse(text, dimension, &value, &err)) {
            assert_true(isfinite(value));
            assert_string_equal(err.message, "");
            read++;
        } else {
            assert_true(isnan(value));
            assert_true(err.message[0] == '\'');
        }
    }
    assert_true(read > 500); /* else the loop tests refusals alone */
}

/* Where the system has a locale with a decimal comma, nothing changes. */
static void test_locale(void **state)
{
    (void)state;
    static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "fr_FR.utf8"};
    const char *set = NULL;
    for (size_t i = 0; i < COUNT_OF(names) && !set; i++) set = setlocale(LC_ALL, names[i]);
    if (!set) skip();
    test_valid(state);
    setlocale(LC_ALL, "C");
}

static void test_nanoseconds(void **state)
{
    (void)state;
    assert_int_equal(nanoseconds_from_seconds(0), 0);
    assert_int_equal(nanoseconds_from_seconds(0.25), 250000000);
    assert_int_equal(nanoseconds_from_seconds(1e-9), 1);
    assert_int_equal(nanoseconds_from_seconds(0.4e-9), 0);
    assert_int_equal(nanoseconds_from_seconds(0.6e-9), 1);
    assert_int_equal(nanoseconds_from_seconds(-0.6e-9), -1);
    assert_int_equal(nanoseconds_from_seconds(0.1), 100000000);
    assert_int_equal(nanoseconds_from_seconds(3600.000000001), 3600000000001);
    assert_true(nanoseconds_from_seconds(1e10) == LLONG_MAX);
    assert_true(nanoseconds_from_seconds(-1e10) == LLONG_MIN);
    assert_true(nanoseconds_from_seconds(HUGE_VAL) == LLONG_MAX);
    assert_true(nanoseconds_from_seconds(-HUGE_VAL) == LLONG_MIN);
    assert_int_equal(nanoseconds_from_seconds((double)NAN), 0);
    assert_true(nanoseconds_from_seconds(9.2e9) == 9200000000000000000);
}

static void test_words(void **state)
{
    (void)state;
    assert_string_equal(dimension_describe(DIMENSION_DURATION), "a duration such as 250ms");
    assert_string_equal(dimension_describe(DIMENSION_SIZE), "a size such as 512MB");
    assert_string_equal(dimension_name(DIMENSION_RATE), "a rate");
    assert_string_equal(dimension_unit(DIMENSION_DURATION), "s");
    assert_string_equal(dimension_unit(DIMENSION_SIZE), "bytes");
    assert_string_equal(dimension_unit(DIMENSION_RATE), "1/s");
    assert_string_equal(dimension_unit(DIMENSION_RATIO), "ratio");
    assert_string_equal(dimension_unit(DIMENSION_MONEY), "USD");
    assert_string_equal(dimension_unit(DIMENSION_PRICE), "USD");
    assert_string_equal(dimension_unit(DIMENSION_COUNT), "count");
    assert_string_equal(dimension_unit(DIMENSION_NONE), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_valid),        cmocka_unit_test(test_invalid),
        cmocka_unit_test(test_long_text),    cmocka_unit_test(test_nodes),
        cmocka_unit_test(test_random_bytes), cmocka_unit_test(test_locale),
        cmocka_unit_test(test_nanoseconds),  cmocka_unit_test(test_words),
    };
    return cmocka_run_group_tests_name("units", tests, NULL, NULL);
}
