/* test_elementary.c - exp, log and pow against long double, and their bits. */
#include "base/elementary.h"
#include "base/elementary_table.h"
#include "sim/random.h"
#include "tests/sim/statistical.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#define TRIALS 1000000

static struct random_stream begin(uint64_t what)
{
    struct random_stream stream;
    random_begin(&stream, (struct random_key){1, 0}, 0, what, 0);
    return stream;
}

static double between(struct random_stream *stream, double low, double high)
{
    return low + (high - low) * random_unit(stream);
}

/* In units of the last place of the true value; subnormal ones count as the least normal's. */
static double error_in_units(double got, long double wanted)
{
    int exponent;
    frexpl(wanted, &exponent);
    if (exponent < -1021) exponent = -1021;
    return (double)fabsl(((long double)got - wanted) / ldexpl(1.0L, exponent - 53));
}

static void tables_are_right(void **state)
{
    (void)state;
    for (int j = 0; j < ELEMENTARY_TABLE_SIZE; j++) {
        const struct power_entry *power = &elementary_powers[j];
        const long double exact = exp2l(j / 128.0L);
        assert_true(power->value == (double)exact);
        const long double both = (long double)power->value * (1.0L + (long double)power->tail);
        assert_true(fabsl(both - exact) <= 0x1p-62L * exact);

        const struct logarithm_entry *entry = &elementary_logarithms[j];
        /* The middle: 1/256 apart below 1, 1/128 above. */
        const double middle = j < 80 ? 0.6875 + j / 256.0 : 1.0 + (j - 80) / 128.0;
        assert_true(fabs(entry->reciprocal - 1.0 / middle) <= 0x1p-21);
        assert_true(entry->reciprocal * 0x1p20 == floor(entry->reciprocal * 0x1p20));
        assert_true(entry->high * 0x1p42 == floor(entry->high * 0x1p42));
        const long double logarithm = -logl((long double)entry->reciprocal);
        const long double sum = (long double)entry->high + (long double)entry->low;
        assert_true(fabsl(sum - logarithm) <= 0x1p-63L * fabsl(logarithm) + 0x1p-70L);
    }
    assert_true(elementary_powers[0].value == 1.0 && elementary_powers[0].tail == 0.0);
}

static void exp_is_within_a_unit(void **state)
{
    (void)state;
    struct random_stream stream = begin(1);
    static const double ranges[][2] = {
        {-1.0, 1.0}, {-40.0, 40.0}, {-708.0, 709.7}, {-745.0, -708.0}};
    for (size_t r = 0; r < sizeof ranges / sizeof *ranges; r++) {
        double worst = 0.0;
        for (int i = 0; i < TRIALS / 4; i++) {
            const double x = between(&stream, ranges[r][0], ranges[r][1]);
            worst = fmax(worst, error_in_units(elementary_exp(x), expl((long double)x)));
        }
        if (worst >= (r == 3 ? 1.0 : 0.52)) fail_msg("range %zu: %g units", r, worst);
    }
}

static void log_is_within_a_unit(void **state)
{
    (void)state;
    struct random_stream stream = begin(2);
    double worst = 0.0;
    for (int i = 0; i < TRIALS; i++) {
        double x = between(&stream, 0.98, 1.02); /* near its zero */
        if (i % 4 == 1) x = between(&stream, 0.4, 3.0);
        if (i % 4 == 2) x = random_unit_open(&stream);
        if (i % 4 == 3)
            x = ldexp(between(&stream, 1.0, 2.0), (int)random_below(&stream, 2098) - 1074);
        if (i % 8 == 4) /* as near as it gets */
            x = 1.0 + ldexp(between(&stream, -1.0, 1.0), -(int)random_below(&stream, 52));
        if (x == 1.0 || x == 0.0) continue;
        worst = fmax(worst, error_in_units(elementary_log(x), logl((long double)x)));
    }
    if (worst >= 0.53) fail_msg("%g units", worst);
    for (int i = -60; i < -1; i++) {
        const double above = 1.0 + ldexp(1.0, i);
        const double below = 1.0 - ldexp(1.0, i);
        if (above > 1.0)
            assert_true(error_in_units(elementary_log(above), logl((long double)above)) < 0.53);
        if (below < 1.0)
            assert_true(error_in_units(elementary_log(below), logl((long double)below)) < 0.53);
    }
}

static void pow_is_within_four_units(void **state)
{
    (void)state;
    struct random_stream stream = begin(3);
    double worst = 0.0;
    for (int i = 0; i < TRIALS; i++) {
        double x = random_unit_open(&stream);
        double y = between(&stream, -10.0, 10.0);
        if (i % 3 == 1) x = between(&stream, 0.9, 1.1), y = between(&stream, -3000.0, 3000.0);
        if (i % 3 == 2) x = exp(between(&stream, 0.0, 21.0)), y = between(&stream, -30.0, 30.0);
        const long double exact = powl((long double)x, (long double)y);
        if (exact > 0x1p1023L || exact < 0x1p-1022L) continue;
        worst = fmax(worst, error_in_units(elementary_pow(x, y), exact));
    }
    if (worst >= 1.0) fail_msg("%g units", worst);
}

static void special_values(void **state)
{
    (void)state;
    const double infinity = HUGE_VAL;
    const double none = (double)NAN;
    assert_true(elementary_exp(0.0) == 1.0 && elementary_exp(-0.0) == 1.0);
    assert_true(elementary_exp(infinity) == infinity && elementary_exp(-infinity) == 0.0);
    assert_true(elementary_exp(710.0) == infinity && elementary_exp(1e300) == infinity);
    assert_true(elementary_exp(-746.0) == 0.0 && elementary_exp(-1e300) == 0.0);
    assert_true(elementary_exp(-745.0) == 0x1p-1074);
    assert_true(isfinite(elementary_exp(0x1.62e42fefa39efp+9)));
    assert_true(elementary_exp(0x1p-60) == 1.0);
    assert_true(isnan(elementary_exp(none)));

    assert_true(elementary_log(1.0) == 0.0);
    assert_true(elementary_log(0.0) == -infinity && elementary_log(-0.0) == -infinity);
    assert_true(elementary_log(infinity) == infinity);
    assert_true(isnan(elementary_log(-1.0)) && isnan(elementary_log(none)) &&
                isnan(elementary_log(-infinity)));
    for (int i = -1074; i < 1024; i++) {
        const long double exact = i * logl(2.0L);
        if (i != 0) assert_true(error_in_units(elementary_log(ldexp(1.0, i)), exact) <= 0.53);
    }

    assert_true(elementary_pow(none, 0.0) == 1.0 && elementary_pow(1.0, none) == 1.0);
    assert_true(elementary_pow(0.0, 2.0) == 0.0 && elementary_pow(0.0, -2.0) == infinity);
    assert_true(elementary_pow(infinity, 0.5) == infinity && elementary_pow(infinity, -1.0) == 0.0);
    assert_true(isnan(elementary_pow(-2.0, 2.0)) && isnan(elementary_pow(none, 1.0)));
    assert_true(isnan(elementary_pow(2.0, none)));
    assert_true(elementary_pow(2.0, infinity) == infinity && elementary_pow(0.5, infinity) == 0.0);
    assert_true(elementary_pow(2.0, 1e300) == infinity && elementary_pow(2.0, -1e300) == 0.0);
    assert_true(elementary_pow(DBL_MAX, DBL_MAX) == infinity);
    assert_true(elementary_pow(2.0, 1023.0) == 0x1p1023 &&
                elementary_pow(2.0, -1074.0) == 0x1p-1074);
    assert_true(elementary_pow(3.0, 2.0) == 9.0 && elementary_pow(49.0, 0.5) == 7.0);
}

/* Any bits at all: the result is right or as special as the exact one, never a crash. */
static void any_argument_gives_a_result(void **state)
{
    (void)state;
    struct random_stream stream = begin(4);
    for (int i = 0; i < TRIALS / 4; i++) {
        double x;
        double y;
        uint64_t bits = random_bits(&stream);
        memcpy(&x, &bits, sizeof x);
        bits = random_bits(&stream);
        memcpy(&y, &bits, sizeof y);
        const double e = elementary_exp(x);
        const double l = elementary_log(x);
        const double p = elementary_pow(x, y);
        assert_true(isnan(x) ? isnan(e) : e >= 0.0);
        assert_true(isnan(x) || x < 0.0 ? isnan(l) : fabs(l - log(x)) <= 0x1p-52 * fabs(l));
        assert_true(isnan(x) || isnan(y) || x < 0.0 ? isnan(p) : p >= 0.0);
    }
}

/* The same with every compiler, option and C library. */
static void results_are_the_same_bytes_everywhere(void **state)
{
    (void)state;
    struct random_stream stream = begin(5);
    uint64_t sums[3] = {CHECKSUM_BEGIN, CHECKSUM_BEGIN, CHECKSUM_BEGIN};
    for (int i = 0; i < TRIALS; i++) {
        const double x = 40.0 * random_unit(&stream) - 20.0;
        const double u = 1000.0 * random_unit_open(&stream);
        sums[0] = checksum(sums[0], elementary_exp(x));
        sums[1] = checksum(sums[1], elementary_log(u));
        sums[2] = checksum(sums[2], elementary_pow(u, x));
    }
    if (sums[0] != UINT64_C(0xf3f070de5db19253) || sums[1] != UINT64_C(0x6985a1ff67f290f6) ||
        sums[2] != UINT64_C(0xd3d684a7c5a36cba))
        fail_msg("%#llx %#llx %#llx", (unsigned long long)sums[0], (unsigned long long)sums[1],
                 (unsigned long long)sums[2]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_right),
        cmocka_unit_test(exp_is_within_a_unit),
        cmocka_unit_test(log_is_within_a_unit),
        cmocka_unit_test(pow_is_within_four_units),
        cmocka_unit_test(special_values),
        cmocka_unit_test(any_argument_gives_a_result),
        cmocka_unit_test(results_are_the_same_bytes_everywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
