/* test_numbers.c - the number rules, against values worked out by hand. */
#include "reports/numbers.h"
#include "tests/reports/sample.h"

#include <stdlib.h>

static struct estimate around(double value, double low, double high)
{
    return (struct estimate){.value = value, .low = low, .high = high, .interval_known = true};
}

static void check_estimate(struct estimate e, const char *value, const char *half)
{
    char v[NUMBER_SIZE];
    char h[NUMBER_SIZE];
    number_estimate(&e, 1, &plain, v, h);
    assert_string_equal(v, value);
    assert_string_equal(h, half);
}

/* Interval first, digits second. */
static void test_estimate(void **state)
{
    (void)state;
    check_estimate(around(1120.4, 1098.4, 1142.4), "1,120", "+/-22");
    check_estimate(around(0.962, 0.9576, 0.9664), "0.9620", "+/-0.0044");
    check_estimate(around(12345, 12000, 12690), "12,350",
                   "+/-350"); /* 345: two digits, 12345 to tens */
    check_estimate(around(5, 5 - 0.0996, 5 + 0.0996), "5.00", "+/-0.10"); /* 0.0996 is 0.10 */
    check_estimate(around(10, 8, 11), "10.0", "[8.0, 11.0]");             /* lopsided */
    check_estimate(around(10, 9, 10.96), "10.00", "+/-0.98");             /* sides within a tenth */
    check_estimate(around(7, 7, 7), "7.00", "");
    check_estimate((struct estimate){.value = 6.7}, "6.70", "");
    check_estimate((struct estimate){.value = (double)NAN}, "n/a", "");
    struct estimate few = around(1, 0.9, 1.1);
    few.low_n = true;
    check_estimate(few, "n/a*", "");
    char v[NUMBER_SIZE];
    char h[NUMBER_SIZE];
    number_estimate(NULL, 1, &plain, v, h);
    assert_string_equal(v, "n/a");
    few = around(0.685, 0.681, 0.689);
    number_estimate(&few, 1000, &pretty, v, h);
    assert_string_equal(v, "685.0");
    assert_string_equal(h, "±4.0");
}

static void test_fixed(void **state)
{
    static const struct {
        double value;
        int decimals;
        const char *text;
    } cases[] = {{0, 0, "0"},
                 {999, 0, "999"},
                 {1000, 0, "1,000"},
                 {1234567.891, 2, "1,234,567.89"},
                 {-1234, 0, "-1,234"},
                 {-0.001, 2, "0.00"},
                 {(double)NAN, 2, "n/a"},
                 {HUGE_VAL, 0, "n/a"},
                 {1e300, 2, "1.000e+300"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char out[NUMBER_SIZE];
        number_fixed(cases[i].value, cases[i].decimals, out);
        assert_string_equal(out, cases[i].text);
    }
}

static void test_kinds(void **state)
{
    char out[NUMBER_SIZE];
    (void)state;
    number_percent(0.441, out);
    assert_string_equal(out, "44.1%");
    number_percent(0.00042, out);
    assert_string_equal(out, "0.042%");
    number_percent(0, out);
    assert_string_equal(out, "0.0%");
    number_percent((double)NAN, out);
    assert_string_equal(out, "n/a");
    number_change(0.122, &plain, out);
    assert_string_equal(out, "+12.2%");
    number_change(-0.049, &plain, out);
    assert_string_equal(out, "-4.9%");
    number_change(-0.049, &pretty, out);
    assert_string_equal(out, "−4.9%");
    number_change(-0.0001, &plain, out);
    assert_string_equal(out, "+0.0%");
    number_money(0.1, out);
    assert_string_equal(out, "0.10");
    number_money(0.0083, out);
    assert_string_equal(out, "0.0083");
    number_money(24987.3, out);
    assert_string_equal(out, "24,987.30");
    number_rate(14.26, out);
    assert_string_equal(out, "14.3");
}

static void test_money_estimate(void **state)
{
    char v[NUMBER_SIZE];
    char h[NUMBER_SIZE];
    struct estimate e = around(4.82, 4.75, 4.89);
    (void)state;
    number_money_estimate(&e, &plain, v, h);
    assert_string_equal(v, "4.82");
    assert_string_equal(h, "+/-0.07");
    e = around(0.12499, 0.12455, 0.12543); /* the half-width rounds to nothing in cents */
    number_money_estimate(&e, &plain, v, h);
    assert_string_equal(v, "0.12");
    assert_string_equal(h, "");
}

/* Reads back to the same double, whatever its bits. */
static void test_shortest(void **state)
{
    uint64_t bits = 42;
    char out[NUMBER_SIZE];
    (void)state;
    for (int i = 0; i < 100000; i++) {
        double value;
        bits = bits * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        memcpy(&value, &bits, sizeof value);
        number_shortest(value, out);
        if (!isfinite(value))
            assert_string_equal(out, "null");
        else
            assert_true(strtod(out, NULL) == value);
    }
    number_shortest(0.1, out);
    assert_string_equal(out, "0.1");
    number_shortest((double)NAN, out);
    assert_string_equal(out, "null");
}

static void check_line(const char *content, const struct style *style, const char *expected)
{
    struct text out;
    struct text line;
    text_init(&out);
    text_init(&line);
    text_add(&line, content);
    end_line(&out, &line, style);
    assert_string_equal(out.data, expected);
    assert_int_equal(line.length, 0);
    text_free(&out);
    text_free(&line);
}

static void test_lines(void **state)
{
    const struct style narrow = {.width = 4};
    const struct style coloured = {.width = 4, .colour = true};
    (void)state;
    check_line("ab  ", &narrow, "ab\n");
    check_line("abcdefg", &narrow, "abcd\n");
    check_line("äöüßx", &narrow, "äöüß\n");
    check_line("\033[1mab\033[0m", &narrow, "?[1m\n");
    check_line("\033[1mabcdef\033[0m", &coloured, "\033[1mabcd\033[0m\n");
    check_line("\033[2J", &coloured, "?[2J\n");
    check_line("a\nb\xff", &narrow, "a?b?\n");
    check_line("", &narrow, "\n");
}

static void test_wrapped(void **state)
{
    const struct style narrow = {.width = 10};
    struct text out;
    struct text line;
    (void)state;
    text_init(&out);
    text_init(&line);
    text_add(&line, "  one two three four fifteenletters!");
    end_wrapped(&out, &line, 3, &narrow);
    assert_string_equal(out.data, "  one two\n   three\n   four\n   fifteen\n");
    text_free(&out);
    text_free(&line);
}

static void test_names(void **state)
{
    struct text line;
    (void)state;
    text_init(&line);
    for (size_t i = 0; i < HOSTILE; i++)
        for (size_t width = 4; width < 30; width += 5) {
            text_clear(&line);
            add_name(&line, hostile[i], width, i % 2 ? &plain : &pretty);
            assert_int_equal(text_columns(line.data), width);
            assert_null(strpbrk(line.data, "\033\n\r\t"));
        }
    text_clear(&line);
    add_name(&line, "workflow", 6, &plain);
    assert_string_equal(line.data, "wor...");
    text_free(&line);
}

static void test_bar(void **state)
{
    struct text line;
    (void)state;
    text_init(&line);
    add_bar(&line, 0.53125, 4, &pretty); /* two cells and an eighth */
    assert_string_equal(line.data, "██▏");
    text_clear(&line);
    add_bar(&line, 7, 4, &plain);
    assert_string_equal(line.data, "####");
    text_clear(&line);
    add_bar(&line, (double)NAN, 4, &plain);
    assert_string_equal(line.data, "");
    text_free(&line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_estimate), cmocka_unit_test(test_fixed),
        cmocka_unit_test(test_kinds),    cmocka_unit_test(test_money_estimate),
        cmocka_unit_test(test_shortest), cmocka_unit_test(test_lines),
        cmocka_unit_test(test_wrapped),  cmocka_unit_test(test_names),
        cmocka_unit_test(test_bar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
