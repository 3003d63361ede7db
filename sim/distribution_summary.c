/* distribution_summary.c - mean, variation, probabilities and quantiles of a law; see
 * distribution.h. */
#include "sim/distribution.h"
#include "base/elementary.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#define BISECTIONS  200 /* enough for the last bit of any double */
#define ZIPF_SUMMED 10000
#define GAMMA_TERMS 100000
#define GAMMA_LARGE 1e7 /* from this shape on the cube root of a gamma is normal to 1e-8 */

/* The sum of k^-s for k = 1..n: the first terms one by one, the rest by Euler and Maclaurin (error
 * below 1e-16 of the sum). */
static double zipf_sum(double s, double n)
{
    const double direct = fmin(n, ZIPF_SUMMED);
    double sum = 0.0;
    for (double k = direct; k >= 1.0; k -= 1.0) sum += elementary_pow(k, -s);
    if (n <= direct) return sum;
    const double logarithm = elementary_log(n / direct);
    const double t = (1.0 - s) * logarithm;
    const double slope = fabs(t) < 1e-12 ? 1.0 : expm1(t) / t;
    const double first = elementary_pow(direct, -s);
    const double last = elementary_pow(n, -s);
    const double area = direct * first * logarithm * slope;
    return sum + area + 0.5 * (last - first) + s / 12.0 * (first / direct - last / n);
}

/* Means of X and X^2 without the offset. */
static double raw_moment(const struct distribution *d, int power);

/* Linear between points: a segment from x to y with probability q contributes q (x + y)/2 and q
 * (x^2 + xy + y^2)/3. */
static double empirical_moment(const struct distribution *d, int power)
{
    if (d->count == 0) return 0.0;
    const size_t last = d->count - 1;
    const double begin = d->values[0];
    const double end = d->values[last];
    double sum = d->probabilities[0] * (power == 1 ? begin : begin * begin) +
                 (1.0 - d->probabilities[last]) * (power == 1 ? end : end * end);
    for (size_t i = 0; i < last; i++) {
        const double q = d->probabilities[i + 1] - d->probabilities[i];
        const double x = d->values[i];
        const double y = d->values[i + 1];
        sum += q * (power == 1 ? (x + y) / 2.0 : (x * x + x * y + y * y) / 3.0);
    }
    return sum;
}

/* With the parts' offsets. */
static double mixture_moment(const struct distribution *d, int power)
{
    double sum = 0.0;
    double before = 0.0;
    for (size_t i = 0; i < d->count; i++) {
        const struct distribution *part = &d->parts[i];
        const double mean = raw_moment(part, 1);
        double moment = mean + part->offset;
        if (power == 2) moment = raw_moment(part, 2) + part->offset * (2.0 * mean + part->offset);
        const double weight = d->probabilities[i] - before;
        before = d->probabilities[i];
        if (weight > 0.0) sum += weight * moment;
    }
    return sum;
}

static double raw_moment(const struct distribution *d, int power)
{
    const double k = power;
    const double a = d->a;
    const double b = d->b;
    switch (d->kind) {
    case DISTRIBUTION_CONSTANT: return power == 1 ? a : a * a;
    case DISTRIBUTION_EXPONENTIAL: return power == 1 ? a : 2.0 * a * a;
    case DISTRIBUTION_LOGNORMAL: return elementary_exp(k * a + 0.5 * k * k * b * b);
    case DISTRIBUTION_NORMAL: return power == 1 ? a : a * a + b * b;
    case DISTRIBUTION_UNIFORM: return power == 1 ? (a + b) / 2.0 : (a * a + a * b + b * b) / 3.0;
    case DISTRIBUTION_GAMMA: return power == 1 ? a * b : a * (a + 1.0) * b * b;
    case DISTRIBUTION_WEIBULL: return (power == 1 ? a : a * a) * tgamma(1.0 + k / b);
    case DISTRIBUTION_PARETO: return a > k ? a / (a - k) * (power == 1 ? b : b * b) : HUGE_VAL;
    case DISTRIBUTION_ZIPF: return zipf_sum(a - k, b) / zipf_sum(a, b);
    case DISTRIBUTION_EMPIRICAL: return empirical_moment(d, power);
    case DISTRIBUTION_MIXTURE: return mixture_moment(d, power);
    }
    return (double)NAN;
}

double distribution_mean(const struct distribution *d)
{
    return d->offset + raw_moment(d, 1);
}

/* Closed forms where the difference of moments would lose its digits. */
static double variance(const struct distribution *d)
{
    const double mean = raw_moment(d, 1);
    if (isinf(mean)) return HUGE_VAL;
    switch (d->kind) {
    case DISTRIBUTION_CONSTANT: return 0.0;
    case DISTRIBUTION_EXPONENTIAL: return d->a * d->a;
    case DISTRIBUTION_LOGNORMAL: return mean * mean * expm1(d->b * d->b);
    case DISTRIBUTION_NORMAL: return d->b * d->b;
    case DISTRIBUTION_UNIFORM: return (d->b - d->a) * (d->b - d->a) / 12.0;
    case DISTRIBUTION_GAMMA: return d->a * d->b * d->b;
    case DISTRIBUTION_WEIBULL:
    case DISTRIBUTION_PARETO:
    case DISTRIBUTION_ZIPF:
    case DISTRIBUTION_EMPIRICAL:
    case DISTRIBUTION_MIXTURE: break;
    }
    return fmax(raw_moment(d, 2) - mean * mean, 0.0);
}

double distribution_scv(const struct distribution *d)
{
    const double mean = distribution_mean(d);
    if (mean == 0.0) return (double)NAN;
    const double spread = variance(d);
    return isinf(spread) ? HUGE_VAL : spread / (mean * mean);
}

/* The regularized lower incomplete gamma function: its series below a + 1, Legendre's continued
 * fraction by Lentz's method above (Abramowitz and Stegun 6.5.29 and 6.5.31). GSL's stops the
 * process where it does not converge. */
static double gamma_probability(double a, double x)
{
    if (!(x > 0.0)) return 0.0;
    if (isinf(x)) return 1.0;
    if (a >= GAMMA_LARGE) {
        /* Wilson and Hilferty 1931. */
        const double variance_of_root = 1.0 / (9.0 * a);
        return gsl_cdf_ugaussian_P((cbrt(x / a) - 1.0 + variance_of_root) / sqrt(variance_of_root));
    }
    int sign;
    const double front = exp(a * log(x) - x - lgamma_r(a, &sign));
    if (x < a + 1.0) {
        double term = 1.0 / a;
        double sum = term;
        for (int n = 1; n < GAMMA_TERMS && term > sum * 1e-17; n++) {
            term *= x / (a + n);
            sum += term;
        }
        return fmin(front * sum, 1.0);
    }
    double b = x + 1.0 - a;
    double c = HUGE_VAL;
    double f = 1.0 / b;
    double h = f;
    for (int n = 1; n < GAMMA_TERMS; n++) {
        const double numerator = -n * (n - a);
        b += 2.0;
        f = 1.0 / (numerator * f + b);
        c = b + numerator / c;
        h *= c * f;
        if (fabs(c * f - 1.0) < 1e-16) break;
    }
    return fmax(1.0 - front * h, 0.0);
}

static double empirical_probability(const struct distribution *d, double x)
{
    if (d->count == 0) return x >= 0.0;
    if (x < d->values[0]) return 0.0;
    size_t i = d->count - 1;
    if (x >= d->values[i]) return 1.0;
    while (d->values[i] > x) i--;
    const double fraction = (x - d->values[i]) / (d->values[i + 1] - d->values[i]);
    return d->probabilities[i] + fraction * (d->probabilities[i + 1] - d->probabilities[i]);
}

static double mixture_probability(const struct distribution *d, double x)
{
    double sum = 0.0;
    double before = 0.0;
    for (size_t i = 0; i < d->count; i++) {
        sum += (d->probabilities[i] - before) * distribution_probability(&d->parts[i], x);
        before = d->probabilities[i];
    }
    return sum;
}

double distribution_probability(const struct distribution *d, double x)
{
    const double a = d->a;
    const double b = d->b;
    x -= d->offset;
    switch (d->kind) {
    case DISTRIBUTION_CONSTANT: return x >= a;
    case DISTRIBUTION_EXPONENTIAL: return x > 0.0 ? -expm1(-x / a) : x == 0.0 && a == 0.0;
    case DISTRIBUTION_LOGNORMAL:
        if (!(x > 0.0)) return 0.0;
        return b > 0.0 ? gsl_cdf_ugaussian_P((log(x) - a) / b) : x >= elementary_exp(a);
    case DISTRIBUTION_NORMAL: return b > 0.0 ? gsl_cdf_ugaussian_P((x - a) / b) : x >= a;
    case DISTRIBUTION_UNIFORM:
        if (x < a) return 0.0;
        return x >= b ? 1.0 : (x - a) / (b - a);
    case DISTRIBUTION_GAMMA: return gamma_probability(a, x / b);
    case DISTRIBUTION_WEIBULL: return x > 0.0 ? -expm1(-pow(x / a, b)) : 0.0;
    case DISTRIBUTION_PARETO: return x > b ? -expm1(-a * log(x / b)) : 0.0;
    case DISTRIBUTION_ZIPF:
        if (x < 1.0) return 0.0;
        return x >= b ? 1.0 : zipf_sum(a, floor(x)) / zipf_sum(a, b);
    case DISTRIBUTION_EMPIRICAL: return empirical_probability(d, x);
    case DISTRIBUTION_MIXTURE: return mixture_probability(d, x);
    }
    return (double)NAN;
}

static double empirical_quantile(const struct distribution *d, double p)
{
    if (d->count == 0) return 0.0;
    size_t next = 0;
    while (next < d->count && d->probabilities[next] < p) next++;
    if (next == 0) return d->values[0];
    if (next == d->count) return d->values[next - 1];
    const double begin = d->probabilities[next - 1];
    const double fraction = (p - begin) / (d->probabilities[next] - begin);
    return d->values[next - 1] + fraction * (d->values[next] - d->values[next - 1]);
}

/* Between two points of which the upper is reached with at least p, the lower perhaps (an atom). */
static double bisect(const struct distribution *d, double p, double low, double high)
{
    if (distribution_probability(d, low) >= p) return low;
    for (int i = 0; i < BISECTIONS; i++) {
        const double middle = low + (high - low) / 2.0;
        if (middle <= low || middle >= high) break;
        if (distribution_probability(d, middle) >= p) {
            high = middle;
        } else {
            low = middle;
        }
    }
    return high;
}

static double gamma_quantile(const struct distribution *d, double p)
{
    if (p <= 0.0) return d->offset;
    if (p >= 1.0) return HUGE_VAL;
    double high = d->offset + d->a * d->b;
    double width = high - d->offset;
    while (distribution_probability(d, high) < p && isfinite(high)) {
        width *= 2.0;
        high += width;
    }
    return bisect(d, p, d->offset, high);
}

/* The whole's quantile lies between the least and the greatest of the parts'. */
static double mixture_quantile(const struct distribution *d, double p)
{
    double low = HUGE_VAL;
    double high = -HUGE_VAL;
    double before = 0.0;
    for (size_t i = 0; i < d->count; i++) {
        if (d->probabilities[i] > before) {
            const double x = distribution_quantile(&d->parts[i], p);
            low = fmin(low, x);
            high = fmax(high, x);
        }
        before = d->probabilities[i];
    }
    if (d->count == 0) return d->offset;
    if (!(low < high) || p <= 0.0) return d->offset + low;
    if (p >= 1.0 || !isfinite(low) || !isfinite(high)) return d->offset + high;
    return bisect(d, p, d->offset + low, d->offset + high);
}

static double zipf_quantile(const struct distribution *d, double p)
{
    double low = 0.0;
    double high = d->b;
    const double whole = zipf_sum(d->a, d->b);
    while (high - low > 1.0) {
        const double middle = floor((low + high) / 2.0);
        if (zipf_sum(d->a, middle) >= p * whole) {
            high = middle;
        } else {
            low = middle;
        }
    }
    return d->offset + high;
}

double distribution_quantile(const struct distribution *d, double p)
{
    const double a = d->a;
    const double b = d->b;
    p = p > 0.0 ? fmin(p, 1.0) : 0.0;
    switch (d->kind) {
    case DISTRIBUTION_CONSTANT: return d->offset + a;
    case DISTRIBUTION_EXPONENTIAL: return d->offset + (a > 0.0 ? -a * log1p(-p) : 0.0);
    case DISTRIBUTION_LOGNORMAL:
        return d->offset + elementary_exp(b > 0.0 ? a + b * gsl_cdf_ugaussian_Pinv(p) : a);
    case DISTRIBUTION_NORMAL: return d->offset + (b > 0.0 ? a + b * gsl_cdf_ugaussian_Pinv(p) : a);
    case DISTRIBUTION_UNIFORM: return d->offset + (a + (b - a) * p);
    case DISTRIBUTION_GAMMA: return gamma_quantile(d, p);
    case DISTRIBUTION_WEIBULL: return d->offset + a * pow(-log1p(-p), 1.0 / b);
    case DISTRIBUTION_PARETO: return d->offset + b * exp(-log1p(-p) / a);
    case DISTRIBUTION_ZIPF: return zipf_quantile(d, p);
    case DISTRIBUTION_EMPIRICAL: return d->offset + empirical_quantile(d, p);
    case DISTRIBUTION_MIXTURE: return mixture_quantile(d, p);
    }
    return (double)NAN;
}
