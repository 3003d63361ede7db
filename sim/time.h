/* time.h - simulated time: whole nanoseconds since the start of the run.
 *
 * 63 bits reach 292 years. There is no floating-point clock: durations drawn from distributions
 * (doubles, in seconds) become nanoseconds in one place, time_from_seconds.
 */
#ifndef SIM_TIME_H
#define SIM_TIME_H

#include <stdint.h>

typedef int64_t sim_time;

#define SIM_NANOSECOND  ((sim_time)1)
#define SIM_MILLISECOND ((sim_time)1000000)
#define SIM_SECOND      ((sim_time)1000000000)
#define SIM_NEVER       INT64_MAX

/* Rounds to nearest, half away from zero; negative durations become 0; saturates at 100 years. */
static inline sim_time time_from_seconds(double seconds)
{
    const double nanoseconds = seconds * 1e9 + 0.5;
    if (!(nanoseconds > 0.0)) return 0;
    return nanoseconds < 3.1536e18 ? (sim_time)nanoseconds : (sim_time)3153600000000000000;
}

static inline double time_to_seconds(sim_time time)
{
    return (double)time / 1e9;
}

#endif
