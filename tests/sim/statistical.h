/* statistical.h - tests of randomness shared by this floor's test programs.
 *
 * Seeds are fixed, so a test passes always or never; the probability stated is that of a right
 * sampler failing for a seed chosen blindly. FIVE_SIGMA is 5.7e-7 two-sided.
 */
#ifndef TESTS_SIM_STATISTICAL_H
#define TESTS_SIM_STATISTICAL_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* cmocka.h needs the others before it. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#define FIVE_SIGMA 5.0

/* Chi-square of counts against expectations as a standard normal deviate (Wilson and Hilferty
 * 1931). Cells that expect fewer than 10 are put together with those after them. */
static inline double chi_square_deviate(const uint64_t *counts, const double *expected,
                                        size_t cells)
{
    double chi = 0.0;
    double freedom = -1.0;
    double seen = 0.0;
    double hoped = 0.0;
    for (size_t i = 0; i < cells; i++) {
        seen += (double)counts[i];
        hoped += expected[i];
        double rest = 0.0;
        for (size_t j = i + 1; hoped >= 10.0 && rest < 10.0 && j < cells; j++) rest += expected[j];
        const int last = i + 1 == cells;
        if (!last && (hoped < 10.0 || rest < 10.0)) continue;
        if (hoped > 0.0) chi += (seen - hoped) * (seen - hoped) / hoped;
        freedom += 1.0;
        seen = hoped = 0.0;
    }
    if (freedom < 1.0) return chi == 0.0 ? 0.0 : HUGE_VAL;
    const double v = 2.0 / (9.0 * freedom);
    return (cbrt(chi / freedom) - 1.0 + v) / sqrt(v);
}

static inline double uniform_deviate(const uint64_t *counts, size_t cells, double total)
{
    double *expected = malloc(cells * sizeof *expected);
    if (!expected) abort();
    for (size_t i = 0; i < cells; i++) expected[i] = total / (double)cells;
    const double z = chi_square_deviate(counts, expected, cells);
    free(expected);
    return z;
}

/* A binomial count as a deviate. */
static inline double binomial_deviate(double successes, double trials, double p)
{
    return (successes - trials * p) / sqrt(trials * p * (1.0 - p));
}

static inline int compare_doubles(const void *a, const void *b)
{
    double x;
    double y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

/* Kolmogorov and Smirnov's sqrt(n) D; above 2.745 once in 1.75 million right samplers (2 exp(-2
 * t^2)). Sorts. For laws without atoms. */
#define KOLMOGOROV_LIMIT 2.745
typedef double cumulative_fn(double x, const double *parameters);
static inline double kolmogorov(double *values, size_t count, cumulative_fn *cumulative,
                                const double *parameters)
{
    qsort(values, count, sizeof *values, compare_doubles);
    double most = 0.0;
    for (size_t i = 0; i < count; i++) {
        const double p = cumulative(values[i], parameters);
        most = fmax(most, fmax(p - (double)i / (double)count, (double)(i + 1) / (double)count - p));
    }
    return most * sqrt((double)count);
}

/* FNV-1a over the bits of a value: for byte-identity checksums. Begin with CHECKSUM_BEGIN. */
#define CHECKSUM_BEGIN UINT64_C(0xcbf29ce484222325)
static inline uint64_t checksum(uint64_t sum, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    for (int i = 0; i < 8; i++) sum = (sum ^ (bits >> (8 * i) & 0xff)) * UINT64_C(0x100000001b3);
    return sum;
}

#endif
