/* station.h - so many servers and a first-come queue before them: what services and vector indexes
 * are made of.
 *
 * The owner says what serving a call means (`begin`); the station decides when, and keeps the
 * statistics of waiting. A waiting call's deadline.at holds when it joined the queue. An abandoned
 * call keeps its place.
 */
#ifndef MODELS_STATION_H
#define MODELS_STATION_H

#include "base/compiler.h"
#include "sim/histogram.h"
#include "sim/time.h"
#include "sim/time_average.h"

#include <stdbool.h>
#include <stdint.h>

struct call;
struct component;
struct measures;

#define STATION_UNLIMITED INT64_MAX

/* Service of `call` begins now; the owner calls station_release when it ends. */
typedef void station_begin_fn(struct component *owner, struct call *call, sim_time now);

struct station {
    struct component *owner;
    station_begin_fn *begin;
    int64_t servers;     /* STATION_UNLIMITED: nobody ever waits, and utilization has no meaning */
    int64_t queue_limit; /* INT64_MAX: none */
    struct call *first_waiting;
    struct call *last_waiting;
    struct time_average waiting;
    struct time_average busy;
    int128 waited;         /* by calls that left the queue in the window, the part within it, ns */
    struct histogram wait; /* of calls that began service in the window */
};

void station_init(struct station *station, struct component *owner, station_begin_fn *begin,
                  int64_t servers, int64_t queue_limit);

/* Serves the call at once or lets it wait; false if the queue is full (the owner refuses the call).
 */
bool station_admit(struct station *station, struct call *call, sim_time now);

/* A server is free: the call that waits longest is next. */
void station_release(struct station *station, sim_time now);

void station_restart(struct station *station, sim_time now);
/* wait.mean, wait.p95, queue.mean, queue.max, utilization; checks Little's law for the queue. */
void station_report(const struct station *station, struct measures *out, sim_time now);

#endif
