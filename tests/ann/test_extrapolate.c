#include "base/error.h"
#include "models/ann/extrapolate.h"
#include "tests/ann/unit.h"

#include <math.h>
#include <string.h>

static double by_law(enum ann_law law, double n)
{
    switch (law) {
    case ANN_LAW_LOG: return 30 + 25 * log(n);
    case ANN_LAW_SETTLE: return 500 - 300 / sqrt(n);
    case ANN_LAW_SHARE: return n * (0.05 - 0.001 * log(n));
    case ANN_LAW_ROOT: return sqrt(n) * (3 + 0.5 * log(n));
    case ANN_LAW_MISS: return 1 - pow(0.05 + 0.02 * log(n), 2);
    }
    return 0;
}

static void each_law_is_met_exactly(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 1000, 4096, 65537, 1000000};
    for (int law = ANN_LAW_LOG; law <= ANN_LAW_MISS; law++) {
        struct ann_sample samples[5];
        struct ann_estimate found;
        struct error err;
        for (size_t i = 0; i < 5; i++)
            samples[i] = (struct ann_sample){sizes[i], by_law((enum ann_law)law, (double)sizes[i])};
        assert_true(ann_extrapolate(samples, 5, (enum ann_law)law, 100000000, &found, &err));
        assert_true(fabs(found.value / by_law((enum ann_law)law, 1e8) - 1) < 1e-12);
        const double doubt = law == ANN_LAW_MISS ? 0 : 0.01 * log(100);
        assert_true(fabs(found.error - doubt) < 1e-7);
    }
}

/* By hand: n = 1000, 2000, 4000, so x = ln n is -1, 0, 1 about its mean in units of ln 2. */
static void the_error_is_that_of_a_prediction(void **state)
{
    (void)state;
    struct error err;
    struct ann_estimate found;
    /* y = 1, 2, 4: slope 1.5, mean 7/3; at n = 8000, x = 2: 16/3. The scatter: residuals 1/6, -1/3,
     * 1/6, squares 1/6, one degree of freedom; variance 1/6 (1 + 1/3 + 4/2) = 5/9, its root
     * relative to 16/3 0.140. The first two foretell 3 where 4 was found: a miss of 1/4. */
    const struct ann_sample bent[] = {{1000, 1}, {2000, 2}, {4000, 4}};
    assert_true(ann_extrapolate(bent, 3, ANN_LAW_LOG, 8000, &found, &err));
    assert_true(fabs(found.value - 16.0 / 3) < 1e-12);
    assert_true(fabs(found.error - 0.25) < 1e-12);
    /* Downwards the line crosses zero: nothing is less than nothing, and nothing is known. */
    assert_true(ann_extrapolate(bent, 3, ANN_LAW_LOG, 2, &found, &err));
    assert_true(found.value == 0 && found.error == 1);
    /* Far out: the first two foretell 103 where 104 was found, one doubling away; 19 doublings away
     * that is 19 times as much. y = 100 + 7/3 + 1.5 x 20. */
    const struct ann_sample far[] = {{1000, 101}, {2000, 102}, {4000, 104}};
    assert_true(ann_extrapolate(far, 3, ANN_LAW_LOG, (size_t)1000 << 21, &found, &err));
    assert_true(fabs(found.value - (132 + 1.0 / 3)) < 1e-9);
    assert_true(fabs(found.error - 19.0 / 104) < 1e-12);
    /* No bend, but scatter: residuals 1/4, -3/4, 3/4, -1/4, squares 5/4, two degrees of freedom.
     * Below all sizes, at n = 500, x = -2.5 about the mean: variance 5/8 (1 + 1/4 + 6.25/5). */
    const struct ann_sample rough[] = {
        {1000, 100.25}, {2000, 100.25}, {4000, 102.75}, {8000, 102.75}};
    assert_true(ann_extrapolate(rough, 4, ANN_LAW_LOG, 500, &found, &err));
    assert_true(fabs(found.value - (101.5 - 2.5)) < 1e-9);
    assert_true(found.error >= sqrt(5.0 / 8 * 2.5) / 99 - 1e-12);
}

/* What graphs of 2,500 to 20,000 synthetic vectors of 96 dimensions (m 16, ef_construction 100) and
 * one of a million were counted to do: the error said covers what was missed, and without a filter
 * it is small. By ANN_LAW_LOG distances would be 41 and 48 % too many. */
static void counts_of_a_million_are_foretold(void **state)
{
    (void)state;
    static const struct {
        enum ann_law law;
        double found[4];
        double million;
        double error_most; /* that may be said */
    } counts[] = {
        {ANN_LAW_SETTLE, {863.0, 1025.0, 1160.5, 1270.8}, 1449.3, 0.25},  /* ef_search 64 */
        {ANN_LAW_SETTLE, {1601.6, 2104.9, 2546.5, 2933.5}, 3682.0, 0.35}, /* 200 */
        {ANN_LAW_LOG, {71.0, 71.4, 72.8, 73.3}, 80.05, 0.1},              /* hops */
        {ANN_LAW_LOG, {206.4, 206.7, 207.7, 207.9}, 214.35, 0.1},
        /* Half of the vectors pass a filter, then a tenth. */
        {ANN_LAW_SETTLE, {1178.0, 1804.1, 2194.2, 2339.5}, 2567.1, 0.5},
        {ANN_LAW_SETTLE, {1281.9, 2431.0, 4107.3, 5701.7}, 7090.1, 1},
        {ANN_LAW_SETTLE, {285.0, 513.7, 845.4, 1209.6}, 2007.8, 1},
        {ANN_LAW_SETTLE, {286.2, 543.2, 1027.4, 1796.7}, 5332.9, 1},
    };
    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        struct ann_sample samples[4];
        struct ann_estimate found;
        struct error err;
        for (size_t j = 0; j < 4; j++)
            samples[j] = (struct ann_sample){(size_t)2500 << j, counts[i].found[j]};
        assert_true(ann_extrapolate(samples, 4, counts[i].law, 1000000, &found, &err));
        const double missed = fabs(counts[i].million - found.value) / found.value;
        print_message("%zu: %.0f of %.0f, missed by %.3f, said %.3f\n", i, found.value,
                      counts[i].million, missed, found.error);
        assert_true(missed <= found.error || found.error == 1); /* 1: next to nothing is known */
        assert_true(found.error <= counts[i].error_most);
    }
}

static void the_size_itself_needs_no_fit(void **state)
{
    (void)state;
    const struct ann_sample one[] = {{1000, 17}};
    const struct ann_sample zeros[] = {{1000, 0}, {2000, 0}};
    struct ann_estimate found;
    struct error err;
    assert_true(ann_extrapolate(one, 1, ANN_LAW_LOG, 1000, &found, &err));
    assert_true(found.value == 17 && found.error == 0);
    assert_true(ann_extrapolate(zeros, 2, ANN_LAW_SHARE, 123456, &found, &err));
    assert_true(found.value == 0 && found.error == 0);
}

/* Whatever was measured, a recall stays one, and work does not become negative. */
static void estimates_stay_in_range(void **state)
{
    (void)state;
    const struct ann_sample falling[] = {{1000, 0.9}, {2000, 0.5}, {4000, 0.1}};
    const struct ann_sample rising[] = {{1000, 0.5}, {2000, 0.9}, {4000, 1}};
    struct ann_estimate found;
    struct error err;
    assert_true(ann_extrapolate(falling, 3, ANN_LAW_MISS, 1000000000, &found, &err));
    assert_true(found.value == 0 && found.error <= 1);
    assert_true(ann_extrapolate(rising, 3, ANN_LAW_MISS, 1000000000, &found, &err));
    assert_true(found.value == 1 && found.error <= 1);
    assert_true(ann_extrapolate(falling, 3, ANN_LAW_ROOT, 1000000000, &found, &err));
    assert_true(found.value == 0 && found.error <= 1);
}

static void too_little_is_refused(void **state)
{
    (void)state;
    const struct ann_sample samples[] = {{1000, 1}, {2000, 2}, {1000, 4}};
    struct ann_estimate found;
    struct error err;
    assert_false(ann_extrapolate(samples, 0, ANN_LAW_LOG, 8000, &found, &err));
    assert_false(ann_extrapolate(samples, 3, ANN_LAW_LOG, 8000, &found, &err));
    assert_non_null(strstr(err.message, "3 measurements of 2 sizes"));
    assert_false(ann_extrapolate(samples, 3, ANN_LAW_LOG, 0, &found, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_law_is_met_exactly),
        cmocka_unit_test(the_error_is_that_of_a_prediction),
        cmocka_unit_test(counts_of_a_million_are_foretold),
        cmocka_unit_test(the_size_itself_needs_no_fit),
        cmocka_unit_test(estimates_stay_in_range),
        cmocka_unit_test(too_little_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
