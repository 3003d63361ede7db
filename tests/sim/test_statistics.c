/* test_statistics.c - intervals, paired differences and warm-up against known values and their own
 * promises. */
#include "sim/random.h"
#include "sim/statistics.h"
#include "tests/sim/statistical.h"

static struct random_stream begin(uint64_t what)
{
    struct random_stream stream;
    random_begin(&stream, (struct random_key){9, 0}, 0, what, 0);
    return stream;
}

static void assert_near(double got, double wanted, double relative)
{
    if (!(fabs(got - wanted) <= relative * fabs(wanted))) fail_msg("%.17g, not %.17g", got, wanted);
}

/* Two-sided points of Student's t from printed tables (e.g. Abramowitz and Stegun 26.10). */
static void student_points(void **state)
{
    (void)state;
    assert_near(statistics_student(0.95, 1), 12.706, 1e-4);
    assert_near(statistics_student(0.95, 2), 4.303, 1e-4);
    assert_near(statistics_student(0.95, 4), 2.776, 2e-4);
    assert_near(statistics_student(0.95, 9), 2.262, 2e-4);
    assert_near(statistics_student(0.99, 9), 3.250, 2e-4);
    assert_near(statistics_student(0.9, 30), 1.697, 2e-4);
    assert_near(statistics_student(0.95, 1e12), 1.959963985, 1e-9);
    assert_near(statistics_student(0.5, 1), 1.0, 1e-12); /* Cauchy's quartile */
    assert_true(statistics_student(0.0, 5) == 0.0 && isinf(statistics_student(1.0, 5)));
    assert_true(isnan(statistics_student((double)NAN, 5)) && isnan(statistics_student(0.95, 0)));
    /* any arguments in range: finite, rising with the level, falling with the freedom */
    for (double freedom = 1; freedom < 1e10; freedom *= 1.7) {
        double before = 0.0;
        for (double rest = 0.9; rest > 1e-15; rest *= 0.3) {
            const double t = statistics_student(1.0 - rest, floor(freedom));
            assert_true(isfinite(t) && t > before);
            if (rest > 1e-12)
                assert_true(statistics_student(1.0 - rest, floor(freedom) + 1) <= t * (1 + 1e-6));
            before = t;
        }
    }
}

static void mean_and_variance(void **state)
{
    (void)state;
    static const double values[] = {2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0};
    assert_near(statistics_mean(values, 8), 5.0, 1e-15);
    assert_near(statistics_variance(values, 8), 32.0 / 7.0, 1e-15);
    assert_true(isnan(statistics_mean(values, 0)));
    assert_true(statistics_variance(values, 0) == 0.0 && statistics_variance(values, 1) == 0.0);
    static const double large[] = {1e9 + 1, 1e9 + 2, 1e9 + 3}; /* the textbook formula fails here */
    assert_near(statistics_variance(large, 3), 1.0, 1e-12);
}

/* 1..5: mean 3, deviation sqrt(2.5), t 2.776445: half width 1.963243. */
static void an_interval_by_hand(void **state)
{
    (void)state;
    static const double values[] = {5.0, 1.0, 4.0, 2.0, 3.0};
    const struct interval i = statistics_mean_interval(values, 5, 0.95);
    assert_true(i.known);
    assert_near(i.value, 3.0, 1e-15);
    assert_near(i.low, 3.0 - 1.963243, 1e-6);
    assert_near(i.high, 3.0 + 1.963243, 1e-6);
}

static void unknown_intervals(void **state)
{
    (void)state;
    const double none = (double)NAN;
    const double with_gap[] = {1.0, none, 3.0};
    const double infinite[] = {1.0, HUGE_VAL, 3.0};
    const double gaps[] = {none, none};
    struct interval i = statistics_mean_interval(with_gap, 0, 0.95);
    assert_true(!i.known && isnan(i.value));
    i = statistics_mean_interval(with_gap, 1, 0.95);
    assert_true(!i.known && i.value == 1.0 && i.low == 1.0 && i.high == 1.0);
    i = statistics_mean_interval(with_gap, 3, 0.95); /* the gap is left out */
    assert_true(i.known && i.value == 2.0);
    assert_near(i.high, 2.0 + 12.7062047, 1e-7);
    i = statistics_mean_interval(gaps, 2, 0.95);
    assert_true(!i.known && isnan(i.value));
    i = statistics_mean_interval(infinite, 3, 0.95);
    assert_true(!i.known && !isfinite(i.value));
    static const double same[] = {7.0, 7.0, 7.0};
    i = statistics_mean_interval(same, 3, 0.95);
    assert_true(i.known && i.low == 7.0 && i.high == 7.0);
}

/* b - a = 1, 2, 3: mean 2, s = 1, error 1/sqrt(3), t = 3.4641 with 2 degrees: p = 0.07418. */
static void a_paired_difference_by_hand(void **state)
{
    (void)state;
    static const double a[] = {10.0, 20.0, 30.0};
    static const double b[] = {11.0, 22.0, 33.0};
    double p = 0.0;
    struct interval i = statistics_paired_interval(a, b, 3, false, 0.95, &p);
    assert_true(i.known);
    assert_near(i.value, 2.0, 1e-14);
    assert_near(i.low, 2.0 - 4.3026527 / sqrt(3.0), 1e-7);
    assert_near(i.high, 2.0 + 4.3026527 / sqrt(3.0), 1e-7);
    assert_near(p, 1.0 - sqrt(12.0 / 14.0), 1e-9); /* t / sqrt(2 + t^2) for 2 degrees */
    assert_near(statistics_replications_needed(a, b, 3, false, 0.95), 4.3026527 * 4.3026527 / 4.0,
                1e-7);

    /* always 10 % more: the ratio is sure */
    i = statistics_paired_interval(a, b, 3, true, 0.95, &p);
    assert_true(i.known);
    assert_near(i.value, 0.1, 1e-13);
    assert_near(i.low, 0.1, 1e-12);
    assert_true(p < 1e-12);
    assert_true(statistics_replications_needed(a, b, 3, true, 0.95) < 1e-12);

    /* twice and half: no change in the geometric mean, and the interval's ends are each other's
     * inverse */
    static const double c[] = {20.0, 10.0, 60.0, 15.0};
    static const double d[] = {10.0, 20.0, 30.0, 30.0};
    i = statistics_paired_interval(c, d, 4, true, 0.95, NULL);
    assert_true(fabs(i.value) < 1e-15);
    assert_near((1.0 + i.low) * (1.0 + i.high), 1.0, 1e-12);
}

static void odd_pairs(void **state)
{
    (void)state;
    static const double a[] = {1.0, 2.0, 3.0};
    static const double zero[] = {1.0, 0.0, 3.0};
    double p = 0.0;
    struct interval i = statistics_paired_interval(a, a, 3, false, 0.95, &p);
    assert_true(i.known && i.value == 0.0 && i.low == 0.0 && i.high == 0.0 && p == 1.0);
    assert_true(isinf(statistics_replications_needed(a, a, 3, false, 0.95)));
    i = statistics_paired_interval(a, zero, 3, true, 0.95, &p);
    assert_true(!i.known && isnan(p));
    assert_true(isinf(statistics_replications_needed(a, zero, 3, true, 0.95)));
    i = statistics_paired_interval(a, zero, 1, false, 0.95, &p);
    assert_true(!i.known && i.value == 0.0 && isnan(p));
    assert_true(isinf(statistics_replications_needed(a, zero, 1, false, 0.95)));
    static const double b[] = {2.0, 3.0, 4.0}; /* a difference without any variation */
    i = statistics_paired_interval(a, b, 3, false, 0.95, &p);
    assert_true(i.known && i.low == 1.0 && i.high == 1.0 && p == 0.0);
    const double gap[] = {2.0, (double)NAN, 6.0};
    i = statistics_paired_interval(a, gap, 3, false, 0.95, &p);
    assert_true(i.known && i.value == 2.0);
}

/* Of 2,000 intervals for normal data, 95 % hold the mean (binomial, 5 sigma: 5.7e-7); as many p
 * values are below 0.05 as there is no difference. */
static void intervals_cover(void **state)
{
    (void)state;
    enum { TRIALS = 2000 };
    struct random_stream stream = begin(1);
    for (size_t n = 2; n <= 20; n += 6) {
        double covered = 0.0;
        double paired = 0.0;
        double ratios = 0.0;
        double rejected = 0.0;
        for (int trial = 0; trial < TRIALS; trial++) {
            double a[20];
            double b[20];
            double c[20];
            for (size_t i = 0; i < n; i++) {
                const double common = 5.0 * random_normal(&stream);
                a[i] = 100.0 + common + random_normal(&stream);
                b[i] = 100.0 + common + random_normal(&stream);
                c[i] = a[i] * exp(0.2 + 0.1 * random_normal(&stream));
            }
            double p;
            struct interval x = statistics_mean_interval(a, n, 0.95);
            covered += x.low <= 100.0 && 100.0 <= x.high;
            x = statistics_paired_interval(a, b, n, false, 0.95, &p);
            paired += x.low <= 0.0 && 0.0 <= x.high;
            rejected += p < 0.05;
            assert_true((p < 0.05) == !(x.low <= 0.0 && 0.0 <= x.high));
            x = statistics_paired_interval(a, c, n, true, 0.95, NULL);
            ratios += x.low <= exp(0.2) - 1.0 && exp(0.2) - 1.0 <= x.high;
        }
        assert_true(fabs(binomial_deviate(covered, TRIALS, 0.95)) < FIVE_SIGMA);
        assert_true(fabs(binomial_deviate(paired, TRIALS, 0.95)) < FIVE_SIGMA);
        assert_true(fabs(binomial_deviate(ratios, TRIALS, 0.95)) < FIVE_SIGMA);
        assert_true(fabs(binomial_deviate(rejected, TRIALS, 0.05)) < FIVE_SIGMA);
    }
}

/* Batch means 100, 10 and then 0 and 2 in turn (10 batches). Criterion sum of squares / n^2 by the
 * batches dropped: 0: 8723.6/10^2 = 87.2, 1: 80/9^2 = 0.988, 2: 8/8^2 = 0.125, 3: (48/7)/7^2 =
 * 0.140, 4: 6/6^2 = 0.167, 5: 4.8/5^2 = 0.192. */
static void mser5_by_hand(void **state)
{
    (void)state;
    static const double means[] = {100.0, 10.0, 0.0, 2.0, 0.0, 2.0, 0.0, 2.0, 0.0, 2.0};
    static const double within[] = {-2.0, -1.0, 0.0, 1.0, 2.0};
    double series[54];
    for (size_t i = 0; i < 50; i++) series[i] = means[i / 5] + within[i % 5];
    for (size_t i = 50; i < 54; i++) series[i] = 1e6; /* not a whole batch: not looked at */
    bool reliable = false;
    assert_int_equal(statistics_mser5(series, 50, &reliable), 10);
    assert_true(reliable);
    assert_int_equal(statistics_mser5(series, 54, &reliable), 10);
    assert_int_equal(statistics_mser5(series + 5, 45, &reliable), 5); /* 9 batches */
    assert_false(reliable);

    /* straight down: dropping always pays, so the last place wins */
    for (size_t i = 0; i < 54; i++) series[i] = -(double)i;
    assert_int_equal(statistics_mser5(series, 50, &reliable), 25);
    assert_false(reliable);
    for (size_t i = 0; i < 54; i++) series[i] = 0.1; /* no transient at all */
    assert_int_equal(statistics_mser5(series, 54, &reliable), 0);
    assert_true(reliable);
    series[30] = (double)NAN;
    assert_int_equal(statistics_mser5(series, 54, &reliable), 0);
    assert_false(reliable);
    assert_int_equal(statistics_mser5(series, 4, &reliable), 0);
    assert_false(reliable);
    assert_int_equal(statistics_mser5(NULL, 0, &reliable), 0);
}

/* The definition, O(n^2). */
static size_t naive_mser5(const double *observations, size_t count)
{
    const size_t batches = count / 5;
    size_t best = 0;
    long double least = (long double)HUGE_VAL;
    for (size_t d = 0; d <= batches / 2; d++) {
        const long double n = (long double)(batches - d);
        long double mean = 0.0L;
        long double squares = 0.0L;
        for (size_t i = 5 * d; i < 5 * batches; i++)
            mean += (long double)observations[i] / (5.0L * n);
        for (size_t j = d; j < batches; j++) {
            long double batch = 0.0L;
            for (size_t i = 0; i < 5; i++) batch += (long double)observations[5 * j + i] / 5.0L;
            squares += (batch - mean) * (batch - mean);
        }
        if (squares / (n * n) < least) {
            least = squares / (n * n);
            best = d;
        }
    }
    return 5 * best;
}

/* Sojourn times of M/M/1 at utilization 0.8 (Lindley) that begins with `initial` seconds of work.
 */
static void queue_up(double *times, size_t count, double initial, uint64_t what)
{
    struct random_stream stream = begin(what);
    double wait = initial;
    for (size_t i = 0; i < count; i++) {
        const double service = 0.8 * random_exponential(&stream);
        times[i] = wait + service;
        wait = fmax(0.0, times[i] - random_exponential(&stream));
    }
}

/* A queue of 400 s of work drains at 0.2 s a second, in about 2,000 arrivals: what is dropped is
 * most of that, and without it the mean is nearer to 4 s. */
static void mser5_cuts_a_transient(void **state)
{
    (void)state;
    enum { COUNT = 20000, RUNS = 10 };
    static double times[COUNT];
    double raw = 0.0;
    double cut = 0.0;
    for (uint64_t run = 0; run < RUNS; run++) {
        bool reliable = false;
        queue_up(times, COUNT, 400.0, 50 + run);
        const size_t dropped = statistics_mser5(times, COUNT, &reliable);
        assert_true(reliable);
        assert_true(dropped > 1200 && dropped < 6000);
        raw += fabs(statistics_mean(times, COUNT) - 4.0) / RUNS;
        cut += fabs(statistics_mean(times + dropped, COUNT - dropped) - 4.0) / RUNS;
    }
    assert_true(raw > 15.0 && cut < 1.5);
}

static void mser5_equals_its_definition(void **state)
{
    (void)state;
    static double times[1003];
    for (uint64_t run = 0; run < 30; run++) {
        const size_t count = 50 + 30 * run;
        bool reliable = false;
        queue_up(times, count, (double)(run % 4) * 10.0, 100 + run);
        assert_int_equal(statistics_mser5(times, count, &reliable), naive_mser5(times, count));
    }
}

/* Rising: all 66 pairs of twelve, of variance 12 * 11 * 29 / 18. */
static void trends_by_hand(void **state)
{
    (void)state;
    double rising[12];
    double falling[12];
    double flat[12];
    for (int i = 0; i < 12; i++) {
        rising[i] = 0.5 * i;
        falling[i] = -1e9 * i;
        flat[i] = 7;
    }
    struct trend t = {0};
    assert_true(statistics_trend_deviations(&t) == 0);
    statistics_trend_add(&t, rising, 12);
    assert_true(t.score == 66);
    assert_near(t.variance, 12.0 * 11 * 29 / 18, 1e-15);
    assert_near(statistics_trend_deviations(&t), 4.5257, 1e-4);
    statistics_trend_add(&t, rising, 12);
    assert_near(statistics_trend_deviations(&t), 4.5257 * sqrt(2.0), 1e-4);
    statistics_trend_add(&t, falling, 12);
    statistics_trend_add(&t, falling, 12);
    statistics_trend_add(&t, flat, 12);
    assert_true(statistics_trend_deviations(&t) == 0);
    /* 3 1 2 : 1 rises, 2 fall; the missing one does not count */
    static const double holed[] = {3, (double)NAN, 1, 2};
    struct trend h = {0};
    statistics_trend_add(&h, holed, 4);
    assert_true(h.score == -1);
    assert_near(h.variance, 3.0 * 2 * 11 / 18, 1e-15);
    statistics_trend_add(&h, holed, 0);
    statistics_trend_add(&h, holed, 1);
    assert_near(h.variance, 3.0 * 2 * 11 / 18, 1e-15);
}

/* Without a trend the score has mean 0 and the variance that is promised: 2,000 shuffles, 5 sigma
 * (the standard error of a variance of nearly normal values is its share sqrt(2 / 2000)). */
static void trends_of_chance(void **state)
{
    (void)state;
    struct random_stream stream = begin(77);
    double sum = 0;
    double squares = 0;
    double variance = 0;
    for (int run = 0; run < 2000; run++) {
        double values[12];
        struct trend t = {0};
        for (int i = 0; i < 12; i++) values[i] = random_unit(&stream);
        statistics_trend_add(&t, values, 12);
        sum += t.score;
        squares += t.score * t.score;
        variance = t.variance;
    }
    assert_true(fabs(sum / 2000) < 5 * sqrt(variance / 2000));
    assert_true(fabs(squares / 2000 / variance - 1) < 5 * sqrt(2.0 / 2000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(student_points),
        cmocka_unit_test(mean_and_variance),
        cmocka_unit_test(an_interval_by_hand),
        cmocka_unit_test(unknown_intervals),
        cmocka_unit_test(a_paired_difference_by_hand),
        cmocka_unit_test(odd_pairs),
        cmocka_unit_test(intervals_cover),
        cmocka_unit_test(trends_by_hand),
        cmocka_unit_test(trends_of_chance),
        cmocka_unit_test(mser5_by_hand),
        cmocka_unit_test(mser5_cuts_a_transient),
        cmocka_unit_test(mser5_equals_its_definition),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
