#include "study/warmup.h"

#include "base/arena.h"
#include "models/plan.h"
#include "sim/statistics.h"

#include <math.h>
#include <string.h>

static bool ends_with(const char *text, const char *tail)
{
    const size_t n = strlen(text);
    const size_t m = strlen(tail);
    return n >= m && strcmp(text + n - m, tail) == 0;
}

/* The truncation of one column, as a time. Intervals without a request have nothing to say and are
 * passed over. */
static double truncation(struct arena *arena, const struct replication *r, size_t column)
{
    double *known = arena_array(arena, double, r->samples + 1);
    size_t *sample = arena_array(arena, size_t, r->samples + 1);
    size_t count = 0;
    for (size_t i = 0; i < r->samples; i++) {
        if (!isfinite(r->values[column][i])) continue;
        known[count] = r->values[column][i];
        sample[count++] = i;
    }
    bool reliable = false;
    const size_t drop = statistics_mser5(known, count, &reliable);
    if (drop == 0 || drop >= count) return 0;
    return (double)sample[drop] * r->interval_s;
}

sim_time warmup_find(const struct scenario *scenario, const struct replication_settings *settings)
{
    struct replication_settings own = *settings;
    struct replication pilot;
    own.number = UINT64_MAX;
    own.warmup = 0;
    own.end = scenario->simulate.duration;
    replication_run(scenario->plan, &own, &pilot);
    double longest = 0;
    for (size_t i = 0; pilot.complete && i < pilot.columns; i++)
        if (ends_with(pilot.names[i], ".latency.p95_s"))
            longest = fmax(longest, truncation(pilot.arena, &pilot, i));
    arena_free(pilot.arena);
    const double most = time_to_seconds(scenario->simulate.duration) / 2;
    return time_from_seconds(fmin(longest, most));
}
