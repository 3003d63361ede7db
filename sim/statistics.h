/* statistics.h - what replications say: warm-up, intervals, paired differences.
 *
 * Student's t and the binomial come from GSL. Everything works on plain arrays of doubles.
 */
#ifndef SIM_STATISTICS_H
#define SIM_STATISTICS_H

#include <stdbool.h>
#include <stddef.h>

/* MSER-5 (White, Cobb and Spratt, "A comparison of five steady-state truncation heuristics for
 * simulation", WSC 2000): means of five observations, then the truncation that minimizes the
 * variance of the mean of what is left, looked for in the first half. Returns how many of the
 * `count` observations to drop; *reliable is false when the minimum is at the last place looked at
 * (the series is too short or never settles) or there are fewer than 10 batches. */
size_t statistics_mser5(const double *observations, size_t count, bool *reliable);

struct interval {
    double value; /* the mean */
    double low;
    double high;
    bool
        known; /* false: fewer than two values or no finite mean; low and high are then the value */
};

/* In what follows a NaN is an observation that was not made (no request of a class in a
 * replication): it, or the pair it is in, is left out. An infinity is a value, and makes the
 * interval unknown. */

/* Student-t interval for the mean of `count` independent values at `level` (0.95). */
struct interval statistics_mean_interval(const double *values, size_t count, double level);

/* Paired: the interval of mean(b - a), or with `ratio` of the mean log ratio, given back as b/a
 * - 1. Ratios need positive values; otherwise unknown. *p_value (may be NULL) is that of the
 * two-sided t test of no difference. */
struct interval statistics_paired_interval(const double *a, const double *b, size_t count,
                                           bool ratio, double level, double *p_value);

/* Replications after which the paired interval would no longer contain 0, if mean and deviation
 * stay: (t s / mean)^2; infinity when the mean difference is 0. */
double statistics_replications_needed(const double *a, const double *b, size_t count, bool ratio,
                                      double level);

/* Whether values rise with time: Kendall's rank test against time (Mann, Econometrica 13(3), 1945),
 * pooled over independent series (Hirsch, Slack and Smith, Water Resources Research 18(1), 1982).
 * Asks nothing of the values' law. Zero-initialised it has seen nothing. */
struct trend {
    double score;    /* pairs that rise less those that fall, in all series */
    double variance; /* of the score, if order is left to chance; ties make it less than that */
};

/* One series. A NaN is no value. */
void statistics_trend_add(struct trend *trend, const double *values, size_t count);
/* The score in standard deviations: about normal without a trend, positive for rising values; 0
 * with nothing seen. */
double statistics_trend_deviations(const struct trend *trend);

double statistics_mean(const double *values, size_t count);
double statistics_variance(const double *values, size_t count); /* unbiased; 0 for fewer than two */
/* The two-sided Student quantile: t with P(|T| <= t) = level for `freedom` degrees. */
double statistics_student(double level, double freedom);

#endif
