#include "study/warmup.h"

#include "base/arena.h"
#include "models/plan.h"
#include "models/workload.h"
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
static double truncation(const struct replication *r, size_t column, size_t *count, bool *settled)
{
    double *known = arena_array(r->arena, double, r->samples + 1);
    size_t *sample = arena_array(r->arena, size_t, r->samples + 1);
    *count = 0;
    for (size_t i = 0; i < r->samples; i++) {
        if (!isfinite(r->values[column][i])) continue;
        known[*count] = r->values[column][i];
        sample[(*count)++] = i;
    }
    const size_t drop = statistics_mser5(known, *count, settled);
    if (drop == 0 || drop >= *count) return 0;
    return (double)sample[drop] * r->interval_s;
}

struct warmup warmup_find(const struct scenario *scenario,
                          const struct replication_settings *settings)
{
    struct replication_settings own = *settings;
    struct replication pilot;
    struct warmup found = {0};
    own.number = UINT64_MAX;
    own.warmup = 0;
    own.end = scenario->simulate.duration;
    replication_run(scenario->plan, &own, &pilot);
    double longest = 0;
    size_t workload = 0;
    for (size_t i = 0; pilot.complete && i < pilot.columns; i++) {
        size_t count = 0;
        bool settled = false;
        if (!ends_with(pilot.names[i], ".latency.p95_s")) continue;
        longest = fmax(longest, truncation(&pilot, i, &count, &settled));
        const char *name = scenario->plan->workloads[workload++]->name;
        if (count < WARMUP_SAMPLES_LEAST && (!found.few || count < found.samples)) {
            found.few = name;
            found.samples = count;
        } else if (count >= WARMUP_SAMPLES_LEAST && !settled && !found.unsettled) {
            found.unsettled = name;
        }
    }
    arena_free(pilot.arena);
    const double most = time_to_seconds(scenario->simulate.duration) / 2;
    found.length = time_from_seconds(fmin(longest, most));
    return found;
}

void warmup_warn(const struct scenario *scenario, const struct warmup *warmup,
                 struct diagnostics *warnings)
{
    static const char doubtful[] = "the warm-up that was found cannot be relied on";
    static const char advice[] = "simulate longer, or give simulate.warmup";
    const struct place place = {.file = scenario->file};
    struct diagnostic *d = NULL;
    if (warmup->unsettled)
        d = diagnostics_add(warnings, SEVERITY_WARNING, place, "simulate.warmup",
                            "%s: the latency of %s was not yet typical at half of the pilot run, "
                            "where MSER-5 stops looking",
                            doubtful, warmup->unsettled);
    else if (warmup->few)
        d = diagnostics_add(warnings, SEVERITY_WARNING, place, "simulate.warmup",
                            "%s: the pilot run gave %zu samples of the latency of %s, and MSER-5 "
                            "needs %d",
                            doubtful, warmup->samples, warmup->few, WARMUP_SAMPLES_LEAST);
    if (d) diagnostics_hint(warnings, d, "%s", advice);
}
