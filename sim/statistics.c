/* statistics.c - see statistics.h. */
#include "sim/statistics.h"

#include "base/elementary.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#define BATCH         5
#define LEAST_BATCHES 10
/* From here on Student's t is the normal law to 1e-9, and cheaper. */
#define MANY_DEGREES  1e9

/* Mean and sum of squared deviations, one value at a time (Welford, Technometrics 4(3), 1962). */
struct moments {
    size_t count;
    double mean;
    double squares;
};

static void moments_add(struct moments *m, double value)
{
    m->count++;
    const double delta = value - m->mean;
    m->mean += delta / (double)m->count;
    m->squares += delta * (value - m->mean);
}

static double moments_variance(const struct moments *m)
{
    return m->count < 2 ? 0.0 : m->squares / (double)(m->count - 1);
}

static struct moments moments_of(const double *values, size_t count)
{
    struct moments m = {0};
    for (size_t i = 0; i < count; i++) {
        if (!isnan(values[i])) moments_add(&m, values[i]);
    }
    return m;
}

double statistics_mean(const double *values, size_t count)
{
    if (count == 0) return (double)NAN;
    struct moments m = {0};
    for (size_t i = 0; i < count; i++) moments_add(&m, values[i]);
    return m.mean;
}

double statistics_variance(const double *values, size_t count)
{
    struct moments m = {0};
    for (size_t i = 0; i < count; i++) moments_add(&m, values[i]);
    return moments_variance(&m);
}

double statistics_student(double level, double freedom)
{
    if (!(level < 1.0)) return level >= 1.0 ? HUGE_VAL : (double)NAN;
    if (!(level > 0.0)) return 0.0;
    if (!(freedom > 0.0)) return (double)NAN;
    const double p = 0.5 + 0.5 * level;
    if (p >= 1.0) return HUGE_VAL;
    if (freedom >= MANY_DEGREES) return gsl_cdf_ugaussian_Pinv(p);
    return gsl_cdf_tdist_Pinv(p, freedom);
}

static double batch_mean(const double *observations, size_t batch)
{
    const double *first = observations + batch * BATCH;
    double sum = 0.0;
    for (size_t i = 0; i < BATCH; i++) sum += first[i];
    return sum / BATCH;
}

size_t statistics_mser5(const double *observations, size_t count, bool *reliable)
{
    const size_t batches = count / BATCH;
    const size_t last = batches / 2;
    *reliable = false;
    if (batches == 0) return 0;

    /* From the end backwards, so that one pass gives every suffix's variance; of equal minima the
     * earliest wins. */
    struct moments m = {0};
    size_t best = 0;
    double least = HUGE_VAL;
    for (size_t i = batches; i-- > 0;) {
        moments_add(&m, batch_mean(observations, i));
        if (i > last) continue;
        const double n = (double)m.count;
        const double criterion = m.squares / (n * n);
        if (!isfinite(criterion)) return 0;
        if (criterion <= least) {
            least = criterion;
            best = i;
        }
    }
    *reliable = batches >= LEAST_BATCHES && best < last;
    return best * BATCH;
}

static struct interval interval_of(const struct moments *m, double level)
{
    const double mean = m->count == 0 ? (double)NAN : m->mean;
    struct interval interval = {.value = mean, .low = mean, .high = mean, .known = false};
    if (m->count < 2 || !isfinite(mean)) return interval;
    const double error = sqrt(moments_variance(m) / (double)m->count);
    const double half =
        error > 0.0 ? statistics_student(level, (double)(m->count - 1)) * error : 0.0;
    if (!isfinite(half)) return interval;
    interval.low = mean - half;
    interval.high = mean + half;
    interval.known = true;
    return interval;
}

struct interval statistics_mean_interval(const double *values, size_t count, double level)
{
    const struct moments m = moments_of(values, count);
    return interval_of(&m, level);
}

/* Differences or log ratios of the pairs that have both values; false if a ratio is not of positive
 * values. */
static bool pair_moments(const double *a, const double *b, size_t count, bool ratio,
                         struct moments *m)
{
    *m = (struct moments){0};
    for (size_t i = 0; i < count; i++) {
        if (isnan(a[i]) || isnan(b[i])) continue;
        if (ratio && !(a[i] > 0.0 && b[i] > 0.0)) return false;
        moments_add(m, ratio ? elementary_log(b[i]) - elementary_log(a[i]) : b[i] - a[i]);
    }
    return true;
}

static double two_sided_p(const struct moments *m)
{
    if (m->count < 2 || !isfinite(m->mean) || !isfinite(m->squares)) return (double)NAN;
    const double error = sqrt(moments_variance(m) / (double)m->count);
    if (!(error > 0.0)) return m->mean == 0.0 ? 1.0 : 0.0;
    const double t = fabs(m->mean) / error;
    if (!isfinite(t)) return 0.0;
    return fmin(1.0, 2.0 * gsl_cdf_tdist_Q(t, (double)(m->count - 1)));
}

struct interval statistics_paired_interval(const double *a, const double *b, size_t count,
                                           bool ratio, double level, double *p_value)
{
    struct moments m;
    if (p_value) *p_value = (double)NAN;
    if (!pair_moments(a, b, count, ratio, &m)) {
        const double none = (double)NAN;
        return (struct interval){.value = none, .low = none, .high = none, .known = false};
    }
    if (p_value) *p_value = two_sided_p(&m);
    struct interval interval = interval_of(&m, level);
    if (ratio) {
        interval.value = elementary_exp(interval.value) - 1.0;
        interval.low = elementary_exp(interval.low) - 1.0;
        interval.high = elementary_exp(interval.high) - 1.0;
    }
    return interval;
}

double statistics_replications_needed(const double *a, const double *b, size_t count, bool ratio,
                                      double level)
{
    struct moments m;
    if (!pair_moments(a, b, count, ratio, &m) || m.count < 2 || !isfinite(m.mean) || m.mean == 0.0)
        return HUGE_VAL;
    const double t = statistics_student(level, (double)(m.count - 1));
    const double deviation = sqrt(moments_variance(&m));
    const double root = deviation > 0.0 ? t * deviation / fabs(m.mean) : 0.0;
    return root * root;
}

void statistics_trend_add(struct trend *trend, const double *values, size_t count)
{
    size_t known = 0;
    for (size_t i = 0; i < count; i++) {
        if (isnan(values[i])) continue;
        known++;
        for (size_t k = i + 1; k < count; k++)
            trend->score += (double)((values[k] > values[i]) - (values[k] < values[i]));
    }
    const double n = (double)known;
    trend->variance += n * (n - 1.0) * (2.0 * n + 5.0) / 18.0;
}

double statistics_trend_deviations(const struct trend *trend)
{
    return trend->variance > 0.0 ? trend->score / sqrt(trend->variance) : 0.0;
}
