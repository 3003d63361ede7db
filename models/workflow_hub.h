/* workflow_hub.h - the queues between an orchestrator and its workers: Durable Functions' task hub.
 *
 * A message waits until somebody polls its queue. A queue found empty is polled at intervals that
 * double from the least to the longest; one that had a message is polled again at once. Who puts a
 * message into a queue that its own process polls wakes it, so only messages between processes
 * wait. What a poll of an empty queue costs is counted.
 */
#ifndef MODELS_WORKFLOW_HUB_H
#define MODELS_WORKFLOW_HUB_H

#include "sim/distribution.h"
#include "sim/time.h"

#include <stdbool.h>
#include <stdint.h>

#define HUB_PARTITIONS 16

struct hub_plan {
    int64_t workers;
    int64_t partitions;      /* control queues: each is one worker's */
    sim_time least;          /* between polls */
    sim_time longest;        /* the same, of a queue that stays empty */
    struct distribution hop; /* seconds from a message put to its work begun, without polling */
};

struct hub_queue {
    sim_time last;    /* when it last had a message */
    uint64_t counted; /* polls since then that are in `polls` of an earlier window */
    uint64_t polls;   /* in vain, in the window */
};

struct hub {
    const struct hub_plan *plan;
    struct hub_queue work; /* activities; every worker polls it */
    struct hub_queue control[HUB_PARTITIONS];
};

void hub_init(struct hub *hub, const struct hub_plan *plan);

/* How long a message put now takes to its work, in the control queue of `key`, or the work-item
 * queue. `timed`: nobody is woken, since it was put long ago to be seen now. */
sim_time hub_control(struct hub *hub, uint64_t key, bool timed, struct random_stream *stream,
                     sim_time now);
sim_time hub_work(struct hub *hub, struct random_stream *stream, sim_time now);

/* Polls in vain since the window began, of all queues by all workers. */
double hub_polls(const struct hub *hub, sim_time now);
void hub_restart(struct hub *hub, sim_time now);

#endif
