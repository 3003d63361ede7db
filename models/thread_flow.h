/* thread_flow.h - what the parts of the interpreter share. Used by thread*.c alone.
 *
 * A million flows may wait at once, so a flow is one cache line; what only some of them have (flows
 * below them, retries, data) is out of line.
 */
#ifndef MODELS_THREAD_FLOW_H
#define MODELS_THREAD_FLOW_H

#include "models/component.h"
#include "models/errors.h"
#include "models/simulation.h"
#include "models/thread.h"

#include <stdbool.h>
#include <stdint.h>

struct flow_data;

/* What a flow waits for beside its timer, and so which of the union it uses. */
enum wait_for {
    WAIT_NONE,
    WAIT_CALL,      /* pending */
    WAIT_FLOWS,     /* fan */
    WAIT_TRANSITION /* charge_from */
};

/* One flow of a program. Where it stands is `step`. */
struct thread {
    struct call *call;
    const struct program *program;
    event_id timer;
    union {
        struct call *pending;
        struct fan *fan;
        sim_time charge_from; /* the end of the throttled part of a transition */
    };
    uint64_t occurrence;
    struct attempts *attempts; /* of the present step; NULL: the first */
    struct flow_data *data;    /* NULL: runs without data */
    uint16_t step;
    uint16_t error;         /* of the present step's last attempt; ERROR_NONE */
    uint16_t outcome : 3;   /* of the last call */
    uint16_t waits_for : 2; /* enum wait_for */
    uint16_t nested : 1;    /* it is the first member of a struct branch */
    uint16_t hit : 1;       /* the last call found what it looked for */
    uint16_t stepping : 1;  /* inside advance: what happens at once is noted and taken up there */
    uint16_t ready : 1;     /* the present step's attempt is over */
    uint16_t known : 1;     /* and its host knows */
    uint16_t begins : 1;    /* the present step is the first of a Map's iteration */
    uint16_t failing : 1;   /* its failure is about to be taken up by the flow above it */
};

_Static_assert(sizeof(struct thread) == 64, "a flow is a cache line");

/* A flow below a Parallel or Map. */
struct branch {
    struct thread flow;
    struct thread *parent;
    struct branch *next; /* in its parent's list */
    struct branch *previous;
    struct ledger *ledger;
    sim_time began;
    uint32_t index; /* of the branch, or of the item or batch of items */
    uint32_t bytes; /* of its state, where sizes are declared */
};

/* A Parallel or Map that runs. */
struct fan {
    struct branch *children; /* that run */
    uint32_t count;          /* flows in all */
    uint32_t next;           /* the flow to begin next */
    uint32_t over;           /* flows that have ended well, or whose failure is tolerated */
    uint32_t bytes;          /* of their results */
    uint64_t items;          /* in all flows */
    uint64_t failed;         /* items that failed */
    uint32_t batch;          /* items of one flow */
    uint32_t limit;          /* flows at once */
    bool distributed;
    double tolerated_count;
    double tolerated_ratio;
};

/* Retries of the present step. */
struct attempts {
    uint32_t total;
    uint32_t by_retrier[STEP_RETRIERS];
};

static inline struct component *thread_component(const struct thread *thread)
{
    return thread->call->callee;
}

/* The moment after a delay, which may be of many lifetimes. */
static inline sim_time thread_later(sim_time now, sim_time delay)
{
    return delay < SIM_NEVER - 1 - now ? now + delay : SIM_NEVER - 1;
}

static inline struct branch *thread_branch(struct thread *thread)
{
    return (struct branch *)thread;
}

static inline struct ledger *thread_ledger(const struct thread *thread)
{
    return thread->nested ? ((const struct branch *)thread)->ledger : thread->call->ledger;
}

static inline const struct step *thread_step(const struct thread *thread)
{
    return &thread->program->steps[thread->step];
}

/* Of the present step, from 0. */
static inline uint32_t thread_attempt(const struct thread *thread)
{
    return thread->attempts ? thread->attempts->total : 0;
}

/* The bytes of its state, where sizes are declared. */
static inline uint32_t *thread_bytes(struct thread *thread)
{
    return thread->nested ? &thread_branch(thread)->bytes : &thread->call->payload.bytes;
}

/* ---- thread.c ---- */

/* Goes on until the flow has to wait or is over. */
void thread_advance(struct thread *thread, sim_time now);
/* The flow is over. */
void thread_over(struct thread *thread, uint16_t error, sim_time now);
/* The present step's attempt is over. Takes effect at once, or when thread_advance comes round to
 * it. */
void thread_attempt_over(struct thread *thread, uint16_t error, sim_time now);
/* The next step. Back to where it was before, in a loop, it has new luck. */
void thread_go_to(struct thread *thread, uint16_t next);
/* A new visit of the step at hand: counters start afresh. */
void thread_begin_visit(struct thread *thread);
/* Its memory, and that of its attempts. */
void thread_give(struct thread *thread);
/* Ends a flow and all below it; what they wait for goes on without them. */
void thread_discard(struct thread *thread);
/* A draw of this step: keyed by the host, the step's ordinal and the attempt. */
void thread_step_stream(const struct thread *thread, enum purpose purpose,
                        struct random_stream *stream);

/* ---- thread_call.c: what takes time ---- */

void thread_compute(struct thread *thread, const struct step *step, sim_time now);
/* The present step is over after `time`. */
void thread_pause(struct thread *thread, sim_time time, sim_time now);
void thread_wait(struct thread *thread, const struct step *step, sim_time now);
void thread_call(struct thread *thread, const struct step *step, sim_time timeout, sim_time now);

/* ---- thread_fork.c: flows beside each other ---- */

/* Begins all branches of a Parallel. */
void thread_fork_branches(struct thread *thread, const struct step *step, sim_time now);
/* Begins the first flows of a Map whose items are drawn. */
void thread_fork_items(struct thread *thread, const struct step *step, sim_time now);
/* The same for a fan that says how many. */
void thread_fork_fan(struct thread *thread, struct fan *fan, sim_time now);
struct fan *thread_fan_take(struct thread *thread);
void thread_fan_give(struct thread *thread);
/* A flow below another is over. */
void thread_branch_over(struct branch *branch, uint16_t error, sim_time now);
void thread_branch_discard(struct branch *branch);

/* ---- thread_bytes.c: payloads whose sizes are declared, without data ---- */

/* The result of the present step, of a Parallel or Map, is so large. */
void thread_bytes_result(struct thread *thread, uint64_t result);
/* What a flow that is over adds to the result. */
void thread_bytes_join(struct fan *fan, const struct branch *branch);
/* After an attempt that went well: takes up the result of a task; sets thread->error when a
 * payload is over the limit. */
void thread_bytes_limit(struct thread *thread, const struct step *step);

#endif
