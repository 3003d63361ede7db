/* distribution.h - a law to draw from: compiled once, immutable, shared by threads.
 *
 * Values are in whatever unit the law was made in (seconds for durations, tokens, bytes...), never
 * negative unless the law is (normal is cut at 0 by resampling). Exponential, normal, lognormal and
 * uniform have their own fast paths. No draw passes through the C library's exp, log or pow, so
 * that a seed gives the same values on every machine. Other laws of GSL's can be had on the same
 * streams by random_gsl_bind.
 */
#ifndef SIM_DISTRIBUTION_H
#define SIM_DISTRIBUTION_H

#include "sim/random.h"
#include "sim/time.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;

enum distribution_kind {
    DISTRIBUTION_CONSTANT,    /* a: the value */
    DISTRIBUTION_EXPONENTIAL, /* a: mean */
    DISTRIBUTION_LOGNORMAL,   /* a: mu, b: sigma, of the logarithm */
    DISTRIBUTION_NORMAL,      /* a: mean, b: standard deviation; negative draws are drawn again */
    DISTRIBUTION_UNIFORM,     /* a: least, b: most */
    DISTRIBUTION_GAMMA,       /* a: shape, b: scale */
    DISTRIBUTION_WEIBULL,     /* a: scale, b: shape */
    DISTRIBUTION_PARETO,      /* a: exponent, b: scale (the least value) */
    DISTRIBUTION_ZIPF,        /* a: exponent >= 0, b: n; ranks 1..n, P(k) proportional to k^-a */
    DISTRIBUTION_EMPIRICAL, /* count points (p, value): inverse transform, linear between points */
    DISTRIBUTION_MIXTURE    /* count parts with cumulated weights */
};

struct distribution {
    enum distribution_kind kind;
    double a;
    double b;
    double offset; /* added to every draw */
    size_t count;  /* EMPIRICAL, MIXTURE */
    const double
        *probabilities;   /* EMPIRICAL: rising from 0 to 1; MIXTURE: cumulated weights, last 1 */
    const double *values; /* EMPIRICAL: not falling */
    const struct distribution *parts; /* MIXTURE */
    double constants[3];              /* ZIPF, GAMMA: of the sampler */
};

/* Makers fill *d; arguments must be in range (the caller has checked). */
void distribution_constant(struct distribution *d, double value);
void distribution_exponential(struct distribution *d, double mean);
void distribution_lognormal(struct distribution *d, double mu, double sigma);
void distribution_normal(struct distribution *d, double mean, double deviation);
void distribution_uniform(struct distribution *d, double least, double most);
void distribution_gamma(struct distribution *d, double shape, double scale);
void distribution_weibull(struct distribution *d, double scale, double shape);
void distribution_pareto(struct distribution *d, double exponent, double scale);
void distribution_zipf(struct distribution *d, double exponent, double n);
/* `probabilities` and `values` are borrowed. */
void distribution_empirical(struct distribution *d, const double *probabilities,
                            const double *values, size_t count);
/* `weights` need not sum to 1; copies into the arena. */
void distribution_mixture(struct distribution *d, struct arena *arena, const double *weights,
                          const struct distribution *parts, size_t count);

/* Slow half: every kind. */
double distribution_draw_general(const struct distribution *d, struct random_stream *stream);

static inline double distribution_draw(const struct distribution *d, struct random_stream *stream)
{
    if (d->kind == DISTRIBUTION_CONSTANT) return d->offset + d->a;
    if (d->kind == DISTRIBUTION_EXPONENTIAL) return d->offset + d->a * random_exponential(stream);
    return distribution_draw_general(d, stream);
}

static inline sim_time distribution_draw_time(const struct distribution *d,
                                              struct random_stream *stream)
{
    return time_from_seconds(distribution_draw(d, stream));
}

/* These describe the law for plans and reports, not draws. Normal: of the uncut law. Infinite where
 * they are (pareto with exponent <= 1 has no finite mean). */
double distribution_mean(const struct distribution *d);
/* Squared coefficient of variation; NaN for a mean of 0; infinity where the variance is. */
double distribution_scv(const struct distribution *d);
/* The least x with P(X <= x) >= p; 0 <= p <= 1. */
double distribution_quantile(const struct distribution *d, double p);
/* P(X <= x). */
double distribution_probability(const struct distribution *d, double x);

#endif
