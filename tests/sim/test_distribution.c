/* test_distribution.c - every law against its closed form, GSL's or a naive sum. */
#include "base/arena.h"
#include "sim/distribution.h"
#include "tests/sim/statistical.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#define DRAWS 200000
#define CELLS 2000

static struct random_stream begin(uint64_t what)
{
    struct random_stream stream;
    random_begin(&stream, (struct random_key){42, 0}, 0, what, 0);
    return stream;
}

static void assert_near(double got, double wanted)
{
    if (!(fabs(got - wanted) <= 1e-9 * fabs(wanted))) fail_msg("%.17g, not %.17g", got, wanted);
}

/* ---- continuous laws: Kolmogorov and Smirnov against independent formulas ---- */

static double lognormal_p(double x, const double *p)
{
    return gsl_cdf_lognormal_P(x, p[0], p[1]);
}
static double uniform_p(double x, const double *p)
{
    return gsl_cdf_flat_P(x, p[0], p[1]);
}
static double gamma_p(double x, const double *p)
{
    return gsl_cdf_gamma_P(x, p[0], p[1]);
}
static double weibull_p(double x, const double *p)
{
    return gsl_cdf_weibull_P(x, p[0], p[1]);
}
static double pareto_p(double x, const double *p)
{
    return gsl_cdf_pareto_P(x, p[0], p[1]);
}
static double exponential_p(double x, const double *p)
{
    return gsl_cdf_exponential_P(x, p[0]);
}

/* Conditional on not being negative. */
static double normal_p(double x, const double *p)
{
    const double below = gsl_cdf_gaussian_P(-p[0], p[1]);
    return (gsl_cdf_gaussian_P(x - p[0], p[1]) - below) / (1.0 - below);
}

typedef void make_fn(struct distribution *d, double a, double b);

static void make_exponential(struct distribution *d, double a, double b)
{
    (void)b;
    distribution_exponential(d, a);
}

static const struct law {
    make_fn *make;
    cumulative_fn *probability;
    double parameters[2];
} laws[] = {
    {make_exponential, exponential_p, {0.25, 0.0}},
    {distribution_lognormal, lognormal_p, {-1.0, 0.5}},
    {distribution_lognormal, lognormal_p, {2.0, 2.0}},
    {distribution_normal, normal_p, {10.0, 1.0}},
    {distribution_normal, normal_p, {0.5, 1.0}},
    {distribution_uniform, uniform_p, {2.0, 5.0}},
    {distribution_gamma, gamma_p, {0.1, 1.0}},
    {distribution_gamma, gamma_p, {0.9, 3.0}},
    {distribution_gamma, gamma_p, {1.0, 2.0}},
    {distribution_gamma, gamma_p, {2.5, 0.4}},
    {distribution_gamma, gamma_p, {400.0, 0.01}},
    {distribution_weibull, weibull_p, {2.0, 0.5}},
    {distribution_weibull, weibull_p, {1.0, 1.0}},
    {distribution_weibull, weibull_p, {0.3, 4.0}},
    {distribution_pareto, pareto_p, {0.8, 1.0}},
    {distribution_pareto, pareto_p, {2.5, 0.1}},
};
#define LAWS (sizeof laws / sizeof *laws)

static double values[DRAWS];

static void draws_follow_their_law(void **state)
{
    (void)state;
    for (size_t i = 0; i < LAWS; i++) {
        struct distribution d;
        laws[i].make(&d, laws[i].parameters[0], laws[i].parameters[1]);
        struct random_stream stream = begin(i);
        for (int k = 0; k < DRAWS; k++) {
            values[k] = distribution_draw(&d, &stream);
            assert_true(values[k] >= 0.0);
        }
        const double t = kolmogorov(values, DRAWS, laws[i].probability, laws[i].parameters);
        if (t > KOLMOGOROV_LIMIT) fail_msg("law %zu: %g", i, t);
    }
}

/* Sample means of the laws with a variance. */
static void means_are_the_stated_ones(void **state)
{
    (void)state;
    for (size_t i = 0; i < LAWS; i++) {
        struct distribution d;
        laws[i].make(&d, laws[i].parameters[0], laws[i].parameters[1]);
        d.offset = 0.5;
        const double scv = distribution_scv(&d);
        const bool cut = d.kind == DISTRIBUTION_NORMAL && d.a < 5.0 * d.b;
        if (!isfinite(scv) || scv > 10.0 || cut) continue;
        struct random_stream stream = begin(100 + i);
        double sum = 0.0;
        double squares = 0.0;
        const double mean = distribution_mean(&d);
        for (int k = 0; k < DRAWS; k++) {
            const double x = distribution_draw(&d, &stream);
            sum += x;
            squares += (x - mean) * (x - mean);
        }
        const double error = mean * sqrt(scv / DRAWS);
        if (fabs(sum / DRAWS - mean) > FIVE_SIGMA * error) fail_msg("law %zu: %g", i, sum / DRAWS);
        if (d.kind == DISTRIBUTION_PARETO) continue; /* no fourth moment to judge by */
        if (fabs(squares / DRAWS / (mean * mean * scv) - 1.0) > 0.05) fail_msg("scv of law %zu", i);
    }
}

static void probabilities_and_quantiles_agree(void **state)
{
    (void)state;
    static const double levels[] = {1e-6, 0.01, 0.25, 0.5, 0.75, 0.9, 0.99, 0.9999};
    for (size_t i = 0; i < LAWS; i++) {
        struct distribution d;
        laws[i].make(&d, laws[i].parameters[0], laws[i].parameters[1]);
        d.offset = 3.0;
        for (size_t k = 0; k < sizeof levels / sizeof *levels; k++) {
            const double x = distribution_quantile(&d, levels[k]);
            /* x = 3 + something small: its rounding is the limit */
            const double least = distribution_probability(&d, x * (1.0 - 1e-15));
            const double most = distribution_probability(&d, x * (1.0 + 1e-15));
            if (least > levels[k] + 1e-9 || most < levels[k] - 1e-9)
                fail_msg("law %zu, p %g: %g to %g", i, levels[k], least, most);
            const double p = distribution_probability(&d, x);
            if (d.kind != DISTRIBUTION_NORMAL) {
                const double q = laws[i].probability(x - 3.0, laws[i].parameters);
                if (fabs(q - p) > 1e-12) fail_msg("law %zu, p %g: %g not %g", i, levels[k], p, q);
            }
        }
    }
}

/* Mean and squared coefficient of variation by hand. */
static void moments_are_the_closed_forms(void **state)
{
    (void)state;
    struct distribution d;
    distribution_constant(&d, 3.0);
    assert_true(distribution_mean(&d) == 3.0 && distribution_scv(&d) == 0.0);
    distribution_constant(&d, 0.0);
    assert_true(isnan(distribution_scv(&d)));
    distribution_exponential(&d, 2.0);
    assert_true(distribution_mean(&d) == 2.0 && distribution_scv(&d) == 1.0);
    d.offset = 2.0;
    assert_true(distribution_mean(&d) == 4.0 && distribution_scv(&d) == 0.25);
    distribution_uniform(&d, 1.0, 3.0);
    assert_true(distribution_mean(&d) == 2.0);
    assert_near(distribution_scv(&d), 1.0 / 12.0);
    distribution_gamma(&d, 4.0, 0.5);
    assert_true(distribution_mean(&d) == 2.0 && distribution_scv(&d) == 0.25);
    distribution_lognormal(&d, 0.0, 1.0);
    assert_near(distribution_mean(&d), 1.6487212707);
    assert_near(distribution_scv(&d), 1.7182818285);
    distribution_weibull(&d, 1.0, 0.5); /* 2 and 20 */
    assert_near(distribution_mean(&d), 2.0);
    assert_near(distribution_scv(&d), 5.0);
    distribution_pareto(&d, 3.0, 1.0); /* 3/2 and 3 */
    assert_near(distribution_mean(&d), 1.5);
    assert_near(distribution_scv(&d), 1.0 / 3.0);
    distribution_pareto(&d, 1.0, 1.0);
    assert_true(isinf(distribution_mean(&d)) && isinf(distribution_scv(&d)));
    distribution_pareto(&d, 2.0, 1.0);
    assert_true(distribution_mean(&d) == 2.0 && isinf(distribution_scv(&d)));
    distribution_zipf(&d, 0.0, 9.0);
    assert_near(distribution_mean(&d), 5.0);
    distribution_zipf(&d, 1.0, 3.0); /* 18/11 */
    assert_near(distribution_mean(&d), 18.0 / 11.0);
}

/* ---- Zipf ---- */

static void check_zipf(double exponent, size_t n, uint64_t what)
{
    static uint64_t counts[CELLS];
    static double expected[CELLS];
    memset(counts, 0, sizeof counts);
    double total = 0.0;
    for (size_t k = n; k-- > 0;) {
        expected[k] = pow((double)(k + 1), -exponent);
        total += expected[k];
    }
    for (size_t k = 0; k < n; k++) expected[k] *= DRAWS / total;
    struct distribution d;
    distribution_zipf(&d, exponent, (double)n);
    struct random_stream stream = begin(what);
    for (int i = 0; i < DRAWS; i++) {
        const double rank = distribution_draw(&d, &stream);
        assert_true(rank >= 1.0 && rank <= (double)n && rank == floor(rank));
        counts[(size_t)rank - 1]++;
    }
    const double z = chi_square_deviate(counts, expected, n);
    if (fabs(z) > FIVE_SIGMA) fail_msg("exponent %g, n %zu: %g", exponent, n, z);
    /* and the stated probabilities */
    double sum = 0.0;
    for (size_t k = 0; k < n; k++) {
        sum += expected[k] / DRAWS;
        if (k % 97 == 0)
            assert_true(fabs(distribution_probability(&d, (double)(k + 1)) - sum) < 1e-11);
    }
}

static void zipf_has_the_exact_law(void **state)
{
    (void)state;
    static const double exponents[] = {0.0, 0.3, 0.7, 0.99, 1.0, 1.0000001, 1.2, 2.0, 3.5};
    static const size_t sizes[] = {2, 3, 10, 1000};
    for (size_t e = 0; e < sizeof exponents / sizeof *exponents; e++) {
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
            check_zipf(exponents[e], sizes[s], 1000 + 10 * e + s);
    }
}

/* Ranks up to 3e6 in octaves against a direct sum; the quantile against the same sum. */
static void zipf_of_many_ranks(void **state)
{
    (void)state;
    static const double exponents[] = {0.6, 1.0, 1.1};
    const double n = 3e6;
    for (size_t e = 0; e < 3; e++) {
        double expected[24] = {0};
        uint64_t counts[24] = {0};
        double total = 0.0;
        for (double k = 1.0; k <= n; k += 1.0) {
            const double p = pow(k, -exponents[e]);
            expected[ilogb(k)] += p;
            total += p;
        }
        for (int i = 0; i < 24; i++) expected[i] *= DRAWS / total;
        struct distribution d;
        distribution_zipf(&d, exponents[e], n);
        struct random_stream stream = begin(2000 + e);
        for (int i = 0; i < DRAWS; i++) counts[ilogb(distribution_draw(&d, &stream))]++;
        assert_true(fabs(chi_square_deviate(counts, expected, 24)) < FIVE_SIGMA);
        const double below = (expected[0] + expected[1] + expected[2]) / DRAWS; /* ranks 1..7 */
        assert_true(fabs(distribution_probability(&d, 7.0) - below) < 1e-9);
        assert_true(distribution_quantile(&d, below - 1e-9) == 7.0);
        assert_true(distribution_quantile(&d, below + 1e-9) == 8.0);
    }
    struct distribution d;
    distribution_zipf(&d, 0.8, 1e9); /* below the median rank as often as above */
    struct random_stream stream = begin(2010);
    const double median = distribution_quantile(&d, 0.5);
    double below = 0.0;
    for (int i = 0; i < DRAWS; i++) below += distribution_draw(&d, &stream) <= median;
    assert_true(fabs(binomial_deviate(below, DRAWS, distribution_probability(&d, median))) <
                FIVE_SIGMA);
}

/* ---- empirical and mixture ---- */

/* A jump (two values at one probability) leaves a gap, a repeated value an atom. */
static void empirical_is_the_inverse_transform(void **state)
{
    (void)state;
    static const double p[] = {0.0, 0.2, 0.2, 0.5, 0.7, 1.0};
    static const double v[] = {1.0, 2.0, 3.0, 3.0, 4.0, 10.0};
    struct distribution d;
    distribution_empirical(&d, p, v, 6);
    struct random_stream stream = begin(3000);
    struct random_stream twin = stream;
    double atom = 0.0;
    double low = 0.0;
    double sum = 0.0;
    for (int i = 0; i < DRAWS; i++) {
        const double x = distribution_draw(&d, &stream);
        const double u = random_unit(&twin);
        double wanted = u < 0.2 ? 1.0 + 5.0 * u : u < 0.5 ? 3.0 : 3.0 + 5.0 * (u - 0.5);
        if (u >= 0.7) wanted = 4.0 + 20.0 * (u - 0.7);
        assert_true(fabs(x - wanted) < 1e-12);
        assert_true(!(x > 2.0 && x < 3.0));
        atom += x == 3.0;
        low += x < 2.0;
        sum += x;
    }
    assert_true(fabs(binomial_deviate(atom, DRAWS, 0.3)) < FIVE_SIGMA);
    assert_true(fabs(binomial_deviate(low, DRAWS, 0.2)) < FIVE_SIGMA);
    /* 0.2 * 1.5 + 0.3 * 3 + 0.2 * 3.5 + 0.3 * 7 = 4; squares 7/15 + 2.7 + 37/15 + 15.6 */
    assert_near(distribution_mean(&d), 4.0);
    assert_near(distribution_scv(&d), (7.0 / 15 + 2.7 + 37.0 / 15 + 15.6 - 16.0) / 16.0);
    assert_true(fabs(sum / DRAWS - 4.0) < FIVE_SIGMA * 2.3 / sqrt(DRAWS));
    assert_true(distribution_quantile(&d, 0.1) == 1.5);
    assert_true(distribution_quantile(&d, 0.2) == 2.0);
    assert_true(distribution_quantile(&d, 0.4) == 3.0);
    assert_true(distribution_quantile(&d, 0.0) == 1.0 && distribution_quantile(&d, 1.0) == 10.0);
    assert_true(distribution_probability(&d, 0.9) == 0.0 &&
                distribution_probability(&d, 10.0) == 1.0);
    assert_true(distribution_probability(&d, 2.5) == 0.2);
    assert_true(distribution_probability(&d, 3.0) == 0.5);

    distribution_empirical(&d, p + 5, v + 5, 1); /* a single point */
    assert_true(distribution_draw(&d, &stream) == 10.0 && distribution_mean(&d) == 10.0);
    assert_true(distribution_quantile(&d, 0.3) == 10.0);
}

static void mixture_takes_its_parts_by_weight(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct distribution parts[3];
    distribution_constant(&parts[0], 1.0);
    distribution_exponential(&parts[1], 2.0);
    parts[1].offset = 5.0;
    distribution_uniform(&parts[2], 2.0, 4.0);
    const double weights[] = {2.0, 1.0, 5.0};
    struct distribution d;
    distribution_mixture(&d, arena, weights, parts, 3);
    distribution_constant(&parts[0], 77.0); /* the mixture has copies */
    d.offset = 10.0;
    struct random_stream stream = begin(4000);
    double counts[3] = {0.0, 0.0, 0.0};
    double late = 0.0;
    for (int i = 0; i < DRAWS; i++) {
        const double x = distribution_draw(&d, &stream);
        counts[x == 11.0 ? 0 : x >= 15.0 ? 1 : 2]++;
        late += x > 17.0;
        assert_true(x == 11.0 || x >= 12.0);
    }
    for (int i = 0; i < 3; i++)
        assert_true(fabs(binomial_deviate(counts[i], DRAWS, weights[i] / 8.0)) < FIVE_SIGMA);
    assert_true(fabs(binomial_deviate(late, DRAWS, exp(-1.0) / 8.0)) < FIVE_SIGMA);

    /* 10 + (2 * 1 + 7 + 5 * 3) / 8 = 13; squares (2 * 1 + (4 + 49) + 5 * 28/3) / 8 - 9 */
    assert_near(distribution_mean(&d), 13.0);
    const double variance = (2.0 + 53.0 + 140.0 / 3.0) / 8.0 - 9.0;
    assert_near(distribution_scv(&d), variance / 169.0);
    assert_near(distribution_probability(&d, 13.0), (2.0 + 2.5) / 8.0);
    assert_true(fabs(distribution_quantile(&d, 4.5 / 8.0) - 13.0) < 1e-12);
    assert_true(fabs(distribution_quantile(&d, 1.0 - exp(-1.0) / 8.0) - 17.0) < 1e-9);
    assert_true(distribution_quantile(&d, 0.1) == 11.0);
    assert_true(distribution_quantile(&d, 0.0) == 11.0 && isinf(distribution_quantile(&d, 1.0)));
    arena_free(arena);
}

/* ---- all kinds ---- */

/* A greater mean with the same luck is a greater draw: what paired comparisons rest on. */
static void draws_grow_with_the_scale(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 10000; i++) {
        struct distribution small;
        struct distribution large;
        struct random_stream one = begin(i);
        struct random_stream other = one;
        distribution_exponential(&small, 1.0);
        distribution_exponential(&large, 1.5);
        assert_true(distribution_draw(&small, &one) * 1.5 == distribution_draw(&large, &other));
        distribution_lognormal(&small, 1.0, 0.5);
        distribution_lognormal(&large, 1.1, 0.5);
        assert_true(distribution_draw(&small, &one) < distribution_draw(&large, &other));
        distribution_weibull(&small, 1.0, 0.5);
        distribution_weibull(&large, 2.0, 0.5);
        assert_true(distribution_draw(&small, &one) <= distribution_draw(&large, &other));
        assert_true(random_bits(&one) == random_bits(&other));
    }
}

static void extreme_arguments_end(void **state)
{
    (void)state;
    struct random_stream stream = begin(5000);
    struct distribution d;
    distribution_normal(&d, -1e9, 1.0);
    assert_true(distribution_draw(&d, &stream) == 0.0);
    distribution_normal(&d, 0.0, 0.0);
    assert_true(distribution_draw(&d, &stream) == 0.0);
    static const double shapes[] = {1e-300, 1e-3, 1e3, 1e6, 1e8, 1e15};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        distribution_gamma(&d, shapes[i], 1.0);
        for (int k = 0; k < 1000; k++) assert_true(distribution_draw(&d, &stream) >= 0.0);
        const double median = distribution_quantile(&d, 0.5);
        assert_true(median >= 0.0 && median <= shapes[i]);
        if (shapes[i] >= 1e3) assert_true(fabs(median / shapes[i] - 1.0) < 1e-3);
        distribution_weibull(&d, 1.0, shapes[i]);
        for (int k = 0; k < 1000; k++) assert_true(distribution_draw(&d, &stream) >= 0.0);
        distribution_pareto(&d, shapes[i], 1.0);
        for (int k = 0; k < 1000; k++) assert_true(distribution_draw(&d, &stream) >= 1.0);
        distribution_zipf(&d, shapes[i], 1e9);
        for (int k = 0; k < 1000; k++) {
            const double rank = distribution_draw(&d, &stream);
            assert_true(rank >= 1.0 && rank <= 1e9);
            if (shapes[i] >= 1e3) assert_true(rank == 1.0);
        }
    }
    distribution_zipf(&d, 1.0, 1.0);
    assert_true(distribution_draw(&d, &stream) == 1.0);
    distribution_exponential(&d, 0.0);
    assert_true(distribution_draw(&d, &stream) == 0.0);
    distribution_lognormal(&d, 1e4, 1.0); /* infinite: 100 years */
    assert_int_equal(distribution_draw_time(&d, &stream), INT64_C(3153600000000000000));
    distribution_constant(&d, 1.5);
    d.offset = 0.25;
    assert_int_equal(distribution_draw_time(&d, &stream), 1750 * SIM_MILLISECOND);
}

static void draws_are_the_same_bytes_everywhere(void **state)
{
    (void)state;
    uint64_t sum = CHECKSUM_BEGIN;
    struct distribution d;
    struct random_stream stream = begin(6000);
    for (size_t i = 0; i < LAWS; i++) {
        laws[i].make(&d, laws[i].parameters[0], laws[i].parameters[1]);
        for (int k = 0; k < 50000; k++) sum = checksum(sum, distribution_draw(&d, &stream));
    }
    for (int e = 0; e <= 12; e++) {
        distribution_zipf(&d, 0.25 * e, 1e6);
        for (int k = 0; k < 20000; k++) sum = checksum(sum, distribution_draw(&d, &stream));
    }
    if (sum != UINT64_C(0x2ec58fb5c3d46c53)) fail_msg("%#llx", (unsigned long long)sum);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draws_follow_their_law),
        cmocka_unit_test(means_are_the_stated_ones),
        cmocka_unit_test(probabilities_and_quantiles_agree),
        cmocka_unit_test(moments_are_the_closed_forms),
        cmocka_unit_test(zipf_has_the_exact_law),
        cmocka_unit_test(zipf_of_many_ranks),
        cmocka_unit_test(empirical_is_the_inverse_transform),
        cmocka_unit_test(mixture_takes_its_parts_by_weight),
        cmocka_unit_test(draws_grow_with_the_scale),
        cmocka_unit_test(extreme_arguments_end),
        cmocka_unit_test(draws_are_the_same_bytes_everywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
