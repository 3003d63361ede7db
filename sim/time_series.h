/* time_series.h - a value over simulated time in bounded memory.
 *
 * Sums and counts in equal intervals. When the last interval is full the series halves its
 * resolution: pairs of intervals merge and the interval doubles. Two series of one run end with the
 * same interval, if they began with the same.
 */
#ifndef SIM_TIME_SERIES_H
#define SIM_TIME_SERIES_H

#include "sim/time.h"

#include <stddef.h>
#include <stdint.h>

struct arena;

struct time_series {
    sim_time interval;
    size_t used;     /* intervals that have begun */
    size_t capacity; /* even */
    double *sums;
    uint64_t *counts;
};

void time_series_init(struct time_series *s, struct arena *arena, sim_time interval,
                      size_t capacity);
void time_series_add(struct time_series *s, sim_time now, double value);
void time_series_halve(struct time_series *s);
/* Adds `from` into `into`; the finer of the two is halved until they agree. */
void time_series_merge(struct time_series *into, struct time_series *from);

#endif
