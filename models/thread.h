/* thread.h - a program being run for a call: the interpreter.
 *
 * A thread is one sequential flow. Parallel and Map make threads below it, each with a ledger of
 * its own; the one that finishes last hands its ledger over. The host (a function, a workflow) says
 * what entering a counted step costs and hears of the end.
 */
#ifndef MODELS_THREAD_H
#define MODELS_THREAD_H

#include "models/program.h"

#include <stdint.h>

struct component;
struct simulation;
struct thread;
struct thread_data;

/* One attempt of a counted step, as its host is asked about it. */
struct transition {
    const struct step *step;
    uint64_t occurrence; /* keys what is drawn for this attempt */
    uint32_t attempt;    /* 0: the state is entered; else the attempt is a retry */
    bool begins;         /* it is the first state of a Map's iteration */
    uint16_t error;      /* when left: what the attempt ended with; ERROR_NONE */
    sim_time throttled;  /* answered: this much of the delay goes as throttling, the rest as
                            service */
};

/* A child execution of a distributed Map that is over. */
struct child_execution {
    const struct step *map;
    sim_time began;
    uint16_t error; /* ERROR_NONE: it went well */
};

struct thread_host {
    /* The program is over (the thread is gone): finish the call, or do what comes after. */
    void (*end)(struct component *host, struct call *call, enum outcome outcome, uint16_t error,
                sim_time now);
    /* Before an attempt of a counted step: how long the transition takes; its account goes to the
     * host. NULL: transitions are free. */
    sim_time (*enter)(struct component *host, struct call *call, struct transition *transition,
                      sim_time now);
    /* After an attempt of a counted step that takes work (not Pass, Choice, Succeed): how long
     * until the host knows. NULL: at once. */
    sim_time (*leave)(struct component *host, struct call *call, struct transition *transition,
                      sim_time now);
    /* A child execution of a distributed Map is over; those that a Map Run stops are not told of.
     * NULL: nobody counts them. */
    void (*child)(struct component *host, struct call *call, const struct child_execution *child,
                  sim_time now);
    const struct thread_data *data; /* what its executions do with data; NULL: they have none */
    double slowness; /* factor of compute.cpu: 1 over the vCPUs that one thread of computing gets */
};

/* Runs `program` for `call`, on the callee's host. May end before it returns. */
void thread_start(struct call *call, const struct program *program, sim_time now);
/* How long a program that only computes takes on `host` for a call of request `request`: its end is
 * known at the start, so a host may do without a thread. */
sim_time thread_compute_time(const struct component *host, const struct program *program,
                             uint64_t request, uint64_t occurrence);
/* Stops the program of a call (its own time-out): what it waits for is abandoned. `end` is not
 * called. */
void thread_abort(struct call *call);

/* The pools of a simulation whose arena is set. */
void thread_pools_init(struct simulation *sim);
/* What executions with data that are still in flight hold. */
void thread_pools_free(struct simulation *sim);

#endif
