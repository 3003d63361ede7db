/* events.h - the pending events of one run, in time order.
 *
 * Events at equal times run in the order they were scheduled. Scheduling, rescheduling and
 * cancelling are O(log n), exact (no tombstones), and allocate nothing once the set has seen its
 * peak. Behind it is a 4-ary tournament tree whose open slot (that of the event being run) is taken
 * over by the handler's first schedule. At most 2^24 - 1 events may be pending and 2^40 - 2
 * scheduled in a run; beyond that, as without memory, the handler of arena_on_exhaustion is called
 * (with SIZE_MAX for these two limits). 37 bytes an event, at most four times that right after
 * growth. One set belongs to one run.
 */
#ifndef SIM_EVENTS_H
#define SIM_EVENTS_H

#include "sim/time.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct events;

typedef uint64_t event_id; /* names one scheduling; 0 is never one */
typedef void event_fn(void *context, sim_time now);

struct events *events_new(void);
void events_free(struct events *events);

/* `at` must not lie before the event being run. A cancelled event never moves the clock. */
event_id events_add(struct events *events, sim_time at, event_fn *fn, void *context);
/* Moves a pending event, which takes a new place among equal times; *id then names the new
 * scheduling and the old id is stale. False, with *id as it was, if the event is running, has run
 * or was cancelled. */
bool events_reschedule(struct events *events, event_id *id, sim_time at);
/* False if the event is running, has run or was cancelled: stale ids are harmless. */
bool events_cancel(struct events *events, event_id id);

/* Runs the earliest event; false when none is left. Handlers must not call this, nor those below.
 */
bool events_step(struct events *events);
/* Runs every event at or before `until`, then sets the clock there (SIM_NEVER: leaves it at the
 * last event). Stops early, with the clock at the last event run, when *stop (may be NULL) becomes
 * non-zero; it is looked at every 1,024 events. */
void events_run(struct events *events, sim_time until, const volatile int *stop);
/* As events_run, but pauses after `most` events (rounded up to a multiple of 1,024) with the clock
 * at the last of them, so that the caller may look around. True: every event at or before `until`
 * has run; false: paused or stopped. */
bool events_run_some(struct events *events, sim_time until, uint64_t most,
                     const volatile int *stop);

sim_time events_now(const struct events *events);
uint64_t events_count(const struct events *events); /* run so far */
/* Without the event being run. */
size_t events_pending(const struct events *events);

#endif
