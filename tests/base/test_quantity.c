/* Quantities and numbers as they are written. */
#include "base/number.h"
#include "base/units.h"
#include "tests/base/unit.h"

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

static void test_format(void **state)
{
    (void)state;
    const struct {
        double value;
        enum dimension dimension;
        const char *text;
    } cases[] = {
        {0.25, DURATION, "250ms"},
        {1.5, DURATION, "1.5s"},
        {90, DURATION, "90s"},
        {900, DURATION, "15m"},
        {5400, DURATION, "90m"},
        {86400, DURATION, "1d"},
        {1e-9, DURATION, "1ns"},
        {-5, DURATION, "-5s"},
        {0, DURATION, "0"},
        {UNITS_LONGEST_DURATION, DURATION, "36500d"},
        {1e30, DURATION, "1e30"}, /* which no scenario may hold */
        {64, SIZE, "64B"},
        {1536, SIZE, "1536B"},
        {262144, SIZE, "256KB"},
        {128 * 1048576.0, SIZE, "128MB"},
        {10240 * 1048576.0, SIZE, "10240MB"},
        {32 * 1073741824.0, SIZE, "32GB"},
        {20, RATE, "20/s"},
        {0.5, RATE, "30/m"},
        {1.0 / 3600, RATE, "1/h"},
        {10000, RATE, "10000/s"},
        {0.25, RATIO, "25%"},
        {0.999, RATIO, "99.9%"},
        {1, RATIO, "1"},
        {1000, COUNT, "1000"},
        {50000, COUNT, "50000"},
        {1e7, COUNT, "10M"},
        {-3, COUNT, "-3"},
        {20, MONEY, "$20"},
        {-0.25, MONEY, "-$0.25"},
        {0, MONEY, "$0"},
        {3e-6, PRICE, "$3/1M"},
        {0.2, PRICE, "$0.2"},
        {0.5, NONE, "0.5"},
        {1e-7, NONE, "1e-7"},
        {0.000001, NONE, "0.000001"},
        {123456789, NONE, "123456789"},
        {HUGE_VAL, NONE, "infinity"},
        {-HUGE_VAL, NONE, "-infinity"},
        {(double)NAN, NONE, "nan"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char text[QUANTITY_SIZE];
        quantity_format(cases[i].value, cases[i].dimension, text, sizeof text);
        assert_string_equal(text, cases[i].text);
    }
}

/* Any double that a dimension can hold: all bit patterns, and the round values that people write.
 */
static double random_value(uint64_t *state, enum dimension dimension)
{
    uint64_t bits = next_random(state);
    double value;
    if (dimension == DIMENSION_COUNT) return (double)((int64_t)bits >> (11 + bits % 50));
    if (bits % 2) return (double)(bits >> 44) / (double)(1 + (bits >> 8) % 1000);
    bits = next_random(state);
    memcpy(&value, &bits, sizeof value);
    return isfinite(value) ? value : 0;
}

static void test_format_parse_round_trip(void **state)
{
    (void)state;
    uint64_t seed = 20240229;
    for (int i = 0; i < 40000; i++) {
        enum dimension dimension = (enum dimension)(i % (DIMENSION_PRICE + 1));
        double value = random_value(&seed, dimension);
        char text[QUANTITY_SIZE];
        double back = 0;
        struct error err;
        quantity_format(value, dimension, text, sizeof text);
        if (dimension == DIMENSION_DURATION && fabs(value) > UNITS_LONGEST_DURATION) {
            assert_false(quantity_parse(text, dimension, &back, &err));
            continue;
        }
        if (!quantity_parse(text, dimension, &back, &err))
            fail_msg("%.17g was written as '%s': %s", value, text, err.message);
        if (back != value) fail_msg("%.17g was written as '%s', which is %.17g", value, text, back);
    }
}

static void test_numbers(void **state)
{
    (void)state;
    assert_int_equal(number_length("12.5e3x"), 6);
    assert_int_equal(number_length("-1"), 2);
    assert_int_equal(number_length("1.x"), 1);
    assert_int_equal(number_length("1e"), 1);
    assert_int_equal(number_length("-"), 0);
    assert_int_equal(number_length(""), 0);
    double value;
    assert_true(number_read("250", 3, -3, &value) && value == 0.25);
    assert_true(number_read("1e2", 3, 2, &value) && value == 10000);
    assert_false(number_read("1e308", 5, 1, &value));
    char text[NUMBER_SIZE];
    number_format(1.0 / 3, 3, text);
    assert_string_equal(text, "0.333");
    number_format(-2.0 / 3, 17, text);
    assert_string_equal(text, "-0.66666666666666663");
    number_format(1234567, 3, text);
    assert_string_equal(text, "1230000");
    number_format(1e17, 17, text);
    assert_string_equal(text, "100000000000000000");
    number_format(1e18, 17, text);
    assert_string_equal(text, "1e18");
    number_format(-1.25e-300, 17, text);
    assert_string_equal(text, "-1.25e-300");
    number_format(9.99, 2, text);
    assert_string_equal(text, "10");
    number_format(0, 5, text);
    assert_string_equal(text, "0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_format),
        cmocka_unit_test(test_format_parse_round_trip),
        cmocka_unit_test(test_numbers),
    };
    return cmocka_run_group_tests_name("quantity", tests, NULL, NULL);
}
