/* zipf.c - see zipf.h. */
#include "sim/zipf.h"

#include "base/elementary.h"

/* The acceptance probability is above 0.7 for every exponent and n; 1,000 failures do not happen.
 * The bound is for exponents so large that rounding leaves nothing but rank 1. */
#define TRIES 1000

/* (e^t - 1) / t and log(1 + t) / t. The numerator's rounding error is the denominator's too, so
 * that the quotient is good to a few last places also where t is small (Kahan's trick). */
static double exp_slope(double t)
{
    const double e = elementary_exp(t);
    if (e == 1.0) return 1.0;
    if (e - 1.0 == -1.0) return -1.0 / t;
    return (e - 1.0) / elementary_log(e);
}

static double log_slope(double t)
{
    const double sum = 1.0 + t;
    return sum == 1.0 ? 1.0 : elementary_log(sum) / (sum - 1.0);
}

/* H(x) = (x^(1 - s) - 1) / (1 - s), log x for s = 1: the integral of the density x^-s from 1. */
static double integral(double exponent, double x)
{
    const double logarithm = elementary_log(x);
    return logarithm * exp_slope((1.0 - exponent) * logarithm);
}

static double integral_inverse(double exponent, double area)
{
    double t = (1.0 - exponent) * area;
    if (t < -1.0) t = -1.0; /* rounding at the far end */
    return elementary_exp(area * log_slope(t));
}

static double density(double exponent, double x)
{
    return elementary_exp(-exponent * elementary_log(x));
}

void zipf_prepare(double exponent, double n, double constants[3])
{
    constants[0] = integral(exponent, 1.5) - 1.0;
    constants[1] = integral(exponent, n + 0.5);
    /* Ranks within this distance of the point are always under the curve. */
    constants[2] =
        2.0 - integral_inverse(exponent, integral(exponent, 2.5) - density(exponent, 2.0));
}

double zipf_draw(double exponent, double n, const double constants[3], struct random_stream *stream)
{
    if (n <= 1.0) return 1.0;
    if (exponent == 0.0) return 1.0 + (double)random_below(stream, (uint64_t)n);
    for (int i = 0; i < TRIES; i++) {
        const double area = constants[1] + random_unit(stream) * (constants[0] - constants[1]);
        const double x = integral_inverse(exponent, area);
        double rank = 1.0;
        if (!(x < n)) {
            rank = n;
        } else if (x >= 1.0) {
            rank = (double)(uint64_t)(x + 0.5);
        }
        if (rank == 1.0 || rank - x <= constants[2]) return rank; /* 1 is all under the curve */
        if (area >= integral(exponent, rank + 0.5) - density(exponent, rank)) return rank;
    }
    return 1.0;
}
