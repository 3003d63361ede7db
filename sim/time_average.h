/* time_average.h - the time average of a whole number: calls in flight, a queue's length.
 *
 * Exact: the area under the curve is a 128-bit integer, so Little's law can be checked to the
 * nanosecond.
 */
#ifndef SIM_TIME_AVERAGE_H
#define SIM_TIME_AVERAGE_H

#include "base/compiler.h"
#include "sim/time.h"

#include <stdint.h>

struct time_average {
    int64_t value;
    int64_t most;
    sim_time since; /* area counts up to here */
    sim_time begun; /* and from here */
    int128 area;    /* value x nanoseconds */
};

static inline void time_average_set(struct time_average *t, int64_t value, sim_time now)
{
    t->area += (int128)t->value * (now - t->since);
    t->since = now;
    t->value = value;
    if (value > t->most) t->most = value;
}

static inline void time_average_add(struct time_average *t, int64_t change, sim_time now)
{
    time_average_set(t, t->value + change, now);
}

/* Forgets the past (the end of a warm-up); the present value stays. */
static inline void time_average_restart(struct time_average *t, sim_time now)
{
    t->area = 0;
    t->since = t->begun = now;
    t->most = t->value;
}

static inline int128 time_average_area(const struct time_average *t, sim_time now)
{
    return t->area + (int128)t->value * (now - t->since);
}

/* 0 for an empty interval. */
static inline double time_average_mean(const struct time_average *t, sim_time now)
{
    return now > t->begun ? (double)time_average_area(t, now) / (double)(now - t->begun) : 0.0;
}

#endif
