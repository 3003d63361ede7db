/* measures.h - what one replication reports: metrics, usage, violated invariants.
 *
 * Every replication of a plan reports the same metrics in the same order, so results combine by
 * position. Names are made once, in the run's arena.
 */
#ifndef MODELS_MEASURES_H
#define MODELS_MEASURES_H

#include "base/compiler.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

struct arena;
struct price;

/* How a metric is shown and where more is better. */
enum unit {
    UNIT_SECONDS,
    UNIT_RATIO,
    UNIT_COUNT,
    UNIT_PER_SECOND,
    UNIT_USD,
    UNIT_TOKENS,
    UNIT_BYTES
};
extern const char *const unit_names[]; /* "s", "ratio", "count", "1/s", "USD", "tokens", "bytes" */

/* The value of a metric that had no samples. */
#define NO_SAMPLES ((double)NAN)

/* part / whole; no samples when the whole is nothing. */
static inline double measure_ratio(double part, double whole)
{
    return whole > 0 ? part / whole : NO_SAMPLES;
}

struct measure {
    const char *path; /* "embed.cold_start.ratio" */
    enum unit unit;
    double value; /* NaN: no samples */
    bool low_n;   /* too few samples for this percentile */
};

struct measured_usage {
    const char *component;
    const struct price *price;
    double quantity;
};

struct measures {
    struct arena *arena;
    struct measure *items;
    size_t count;
    size_t capacity;
    struct measured_usage *usage;
    size_t usage_count;
    size_t usage_capacity;
    const char **violations; /* sentences; any of them makes the run untrustworthy (exit 3) */
    size_t violation_count;
    size_t violation_capacity;
};

/* "NAME.STATISTIC" */
void measures_add(struct measures *m, const char *name, const char *statistic, enum unit unit,
                  double value);
/* `quantity` of a price (of the plan's arena), used in the window. */
void measures_use(struct measures *m, const char *component, const struct price *price,
                  double quantity);
void measures_violation(struct measures *m, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
