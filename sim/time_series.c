/* time_series.c - see time_series.h. */
#include "sim/time_series.h"

#include "base/arena.h"

void time_series_init(struct time_series *s, struct arena *arena, sim_time interval,
                      size_t capacity)
{
    if (interval < 1) interval = 1;
    if (capacity < 2) capacity = 2;
    capacity += capacity % 2;
    *s = (struct time_series){
        .interval = interval,
        .capacity = capacity,
        .sums = arena_array(arena, double, capacity),
        .counts = arena_array(arena, uint64_t, capacity),
    };
}

/* The interval of a time, after halving until there is one. Ends before the interval overflows: it
 * doubles only while a time of 63 bits is at least two of them. */
static size_t place(struct time_series *s, sim_time at)
{
    if (at < 0) at = 0;
    while ((uint64_t)(at / s->interval) >= s->capacity) time_series_halve(s);
    const size_t index = (size_t)(at / s->interval);
    if (index >= s->used) s->used = index + 1;
    return index;
}

void time_series_add(struct time_series *s, sim_time now, double value)
{
    const size_t index = place(s, now);
    s->sums[index] += value;
    s->counts[index]++;
}

void time_series_halve(struct time_series *s)
{
    const size_t half = s->capacity / 2;
    for (size_t i = 0; i < half; i++) {
        s->sums[i] = s->sums[2 * i] + s->sums[2 * i + 1];
        s->counts[i] = s->counts[2 * i] + s->counts[2 * i + 1];
    }
    for (size_t i = half; i < s->capacity; i++) {
        s->sums[i] = 0.0;
        s->counts[i] = 0;
    }
    s->used = (s->used + 1) / 2;
    s->interval = s->interval > SIM_NEVER / 2 ? SIM_NEVER : 2 * s->interval;
}

void time_series_merge(struct time_series *into, struct time_series *from)
{
    while (into->interval < from->interval) time_series_halve(into);
    while (from->interval < into->interval) time_series_halve(from);
    for (size_t i = 0; i < from->used; i++) {
        if (from->counts[i] == 0) continue;
        /* Finds room by halving `into` if that is the shorter; otherwise index is i. */
        const size_t index = place(into, (sim_time)i * from->interval);
        into->sums[index] += from->sums[i];
        into->counts[index] += from->counts[i];
    }
    if (from->used > 0) place(into, (sim_time)(from->used - 1) * from->interval);
    while (from->interval < into->interval) time_series_halve(from);
}
