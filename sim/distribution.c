/* distribution.c - makers and draws; see distribution.h. Mean, quantiles and so on are in
 * distribution_summary.c. */
#include "sim/distribution.h"

#include "base/arena.h"
#include "base/elementary.h"
#include "sim/zipf.h"

#include <math.h>
#include <string.h>

/* A normal law with its mean at 0 or above gives a negative draw at most every other time: 64 in a
 * row never happen. One far below 0 is a constant 0. */
#define NORMAL_TRIES 64

static void make(struct distribution *d, enum distribution_kind kind, double a, double b)
{
    *d = (struct distribution){.kind = kind, .a = a, .b = b};
}

void distribution_constant(struct distribution *d, double value)
{
    make(d, DISTRIBUTION_CONSTANT, value, 0.0);
}

void distribution_exponential(struct distribution *d, double mean)
{
    make(d, DISTRIBUTION_EXPONENTIAL, mean, 0.0);
}

void distribution_lognormal(struct distribution *d, double mu, double sigma)
{
    make(d, DISTRIBUTION_LOGNORMAL, mu, sigma);
}

void distribution_normal(struct distribution *d, double mean, double deviation)
{
    make(d, DISTRIBUTION_NORMAL, mean, deviation);
}

void distribution_uniform(struct distribution *d, double least, double most)
{
    make(d, DISTRIBUTION_UNIFORM, least, most);
}

void distribution_gamma(struct distribution *d, double shape, double scale)
{
    make(d, DISTRIBUTION_GAMMA, shape, scale);
    const double raised = shape < 1.0 ? shape + 1.0 : shape;
    d->constants[0] = raised - 1.0 / 3.0;
    d->constants[1] = 1.0 / sqrt(9.0 * d->constants[0]);
}

void distribution_weibull(struct distribution *d, double scale, double shape)
{
    make(d, DISTRIBUTION_WEIBULL, scale, shape);
}

void distribution_pareto(struct distribution *d, double exponent, double scale)
{
    make(d, DISTRIBUTION_PARETO, exponent, scale);
}

void distribution_zipf(struct distribution *d, double exponent, double n)
{
    make(d, DISTRIBUTION_ZIPF, exponent, n >= 1.0 ? floor(n) : 1.0);
    zipf_prepare(exponent, d->b, d->constants);
}

void distribution_empirical(struct distribution *d, const double *probabilities,
                            const double *values, size_t count)
{
    make(d, DISTRIBUTION_EMPIRICAL, 0.0, 0.0);
    d->count = count;
    d->probabilities = probabilities;
    d->values = values;
}

void distribution_mixture(struct distribution *d, struct arena *arena, const double *weights,
                          const struct distribution *parts, size_t count)
{
    make(d, DISTRIBUTION_MIXTURE, 0.0, 0.0);
    double *cumulated = arena_array(arena, double, count);
    struct distribution *copies = arena_array(arena, struct distribution, count);
    double total = 0.0;
    for (size_t i = 0; i < count; i++) {
        total += weights[i];
        cumulated[i] = total;
        copies[i] = parts[i];
    }
    for (size_t i = 0; i < count; i++) cumulated[i] /= total;
    d->count = count;
    d->probabilities = cumulated;
    d->parts = copies;
}

/* Marsaglia and Tsang, "A simple method for generating gamma variables", ACM TOMS 26(3), 2000; a
 * shape below 1 by their section 6: gamma(a) = gamma(a + 1) u^(1/a). */
static double draw_gamma(const struct distribution *d, struct random_stream *stream)
{
    const double centre = d->constants[0];
    const double slope = d->constants[1];
    for (;;) {
        const double x = random_normal(stream);
        const double root = 1.0 + slope * x;
        if (root <= 0.0) continue;
        const double v = root * root * root;
        const double u = random_unit_open(stream);
        const double square = x * x;
        if (u >= 1.0 - 0.0331 * square * square &&
            elementary_log(u) >= 0.5 * square + centre * (1.0 - v + elementary_log(v)))
            continue;
        if (d->a >= 1.0) return d->b * centre * v;
        return d->b * centre * v * elementary_exp(elementary_log(random_unit_open(stream)) / d->a);
    }
}

static double draw_normal(const struct distribution *d, struct random_stream *stream)
{
    for (int i = 0; i < NORMAL_TRIES; i++) {
        const double x = d->a + d->b * random_normal(stream);
        if (x >= 0.0) return x;
    }
    return 0.0;
}

/* The first of `count` rising numbers above u; count if none is. */
static size_t first_above(const double *numbers, size_t count, double u)
{
    size_t low = 0;
    size_t high = count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (numbers[middle] > u) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

static double draw_empirical(const struct distribution *d, struct random_stream *stream)
{
    const double u = random_unit(stream);
    if (d->count == 0) return 0.0;
    const size_t next = first_above(d->probabilities, d->count, u);
    if (next == 0) return d->values[0];
    if (next == d->count) return d->values[d->count - 1];
    const double begin = d->probabilities[next - 1];
    const double fraction = (u - begin) / (d->probabilities[next] - begin);
    return d->values[next - 1] + fraction * (d->values[next] - d->values[next - 1]);
}

static double draw_mixture(const struct distribution *d, struct random_stream *stream)
{
    const double u = random_unit(stream);
    if (d->count == 0) return 0.0;
    size_t part = first_above(d->probabilities, d->count, u);
    if (part == d->count) part--; /* the weights' sum was rounded to below 1 */
    return distribution_draw(&d->parts[part], stream);
}

double distribution_draw_general(const struct distribution *d, struct random_stream *stream)
{
    switch (d->kind) {
    case DISTRIBUTION_CONSTANT: return d->offset + d->a;
    case DISTRIBUTION_EXPONENTIAL: return d->offset + d->a * random_exponential(stream);
    case DISTRIBUTION_LOGNORMAL:
        return d->offset + elementary_exp(d->a + d->b * random_normal(stream));
    case DISTRIBUTION_NORMAL: return d->offset + draw_normal(d, stream);
    case DISTRIBUTION_UNIFORM: return d->offset + (d->a + (d->b - d->a) * random_unit(stream));
    case DISTRIBUTION_GAMMA: return d->offset + draw_gamma(d, stream);
    case DISTRIBUTION_WEIBULL:
        return d->offset +
               d->a *
                   elementary_exp(elementary_log(-elementary_log(random_unit_open(stream))) / d->b);
    case DISTRIBUTION_PARETO:
        return d->offset + d->b * elementary_exp(-elementary_log(random_unit_open(stream)) / d->a);
    case DISTRIBUTION_ZIPF: return d->offset + zipf_draw(d->a, d->b, d->constants, stream);
    case DISTRIBUTION_EMPIRICAL: return d->offset + draw_empirical(d, stream);
    case DISTRIBUTION_MIXTURE: return d->offset + draw_mixture(d, stream);
    }
    return d->offset;
}
