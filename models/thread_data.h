/* thread_data.h - a program that runs with data: what the interpreter asks of it, and what the
 * parts of that share.
 *
 * An execution with data has an arena of its own, in which everything that it computes lives until
 * it ends. Used by thread*.c; each function is for a thread that has data.
 */
#ifndef MODELS_THREAD_DATA_H
#define MODELS_THREAD_DATA_H

#include "models/data_host.h"
#include "models/thread_flow.h"

#include <stdbool.h>
#include <stdint.h>

/* One execution; a child of a distributed Map is one, in the arena of its parent. */
struct execution {
    struct asl_run run;
    const struct thread_data *host;
    const struct history_observer *history; /* NULL: nobody looks */
    uint32_t events;
    uint32_t tokens;
    struct execution *next; /* in the simulation's list; children are in none */
    struct execution *before;
};

/* What a flow has beside its thread. */
struct flow_data {
    struct asl_flow flow;
    struct execution *execution;
    struct asl_error error;       /* of the last attempt that failed */
    const struct value *result;   /* of the present attempt */
    const struct value **results; /* of the flows below it */
    struct asl_map *map;
    struct asl_item item;
    const struct value *sent; /* what the branches of a Parallel begin with */
    uint32_t previous;        /* the event that the next follows */
    uint32_t before;          /* that followed by the event of entering the present state */
    uint32_t chain;           /* the last event of the flow below that ended last */
    uint32_t iteration;       /* and the event of its end */
    bool begun;               /* the present state has come past what it starts with */
    bool own;                 /* the error is of the state itself, not of what it calls or runs */
    bool running;             /* a Map Run has started */
    bool heartbeat;           /* what the task's time-out is: a heartbeat missed */
};

/* ---- thread_data.c ---- */

/* A thread that is about to begin gets its execution. */
void data_begin(struct thread *thread, sim_time now);
/* The execution of a thread that ends is forgotten with all its data. */
void data_end(struct thread *thread);
/* Runs the step at hand; true if the flow has gone on to another. */
bool data_run_step(struct thread *thread, const struct step *step, sim_time now);
/* An attempt of the present step is over: its result becomes the state's output, unless that is
 * an error (thread->error). */
void data_attempt_over(struct thread *thread, const struct step *step, sim_time now);
/* The present step's error is caught by the catcher; false if its output cannot be made, which is
 * the flow's error then. */
bool data_caught(struct thread *thread, uint8_t catcher, sim_time now);

/* Fails the present attempt with an error of the state itself; returns its number. */
uint16_t data_raise(struct thread *thread, const struct asl_error *err, sim_time now);
/* The number of an error's name. */
uint16_t data_error_number(const struct thread *thread, const char *name);
const struct asl_state *data_state(const struct thread *thread);
double data_epoch(const struct thread *thread, sim_time now);

/* ---- thread_data_task.c ---- */

void data_run_task(struct thread *thread, const struct step *step, sim_time now);
/* A call was answered or not; returns the error by number. */
uint16_t data_answered(struct thread *thread, struct call *call, uint16_t error, sim_time now);
uint16_t data_timed_out(struct thread *thread, sim_time now);

/* ---- thread_data_fork.c ---- */

void data_run_parallel(struct thread *thread, const struct step *step, sim_time now);
void data_run_map(struct thread *thread, const struct step *step, sim_time now);
/* A flow below the thread is about to begin; false with the thread's error set if its input cannot
 * be made. */
bool data_fork(struct thread *thread, struct branch *branch, sim_time now);
/* A flow is over; false if what is above it takes it up later. */
bool data_flow_over(struct thread *thread, uint16_t error, sim_time now);
/* Items of one flow of a Map. */
uint64_t data_items_of(const struct thread *thread, uint32_t index);
/* The attempt of a Parallel or Map is over: its result, and events of its end. */
void data_fan_over(struct thread *thread, sim_time now);
/* A Parallel or Map fails for good: the event of that. */
void data_fan_failed(struct thread *thread, sim_time now);

/* ---- thread_history.c: events; nothing happens where nobody looks ---- */

/* The event follows the flow's last and is its last now. Returns its id. */
uint32_t history_add(struct thread *thread, struct history_event event, sim_time now);
/* The same, but the next event follows what the last followed. */
uint32_t history_add_aside(struct thread *thread, struct history_event event, sim_time now);

/* An event without details. */
static inline struct history_event history_event(enum history_type type)
{
    return (struct history_event){
        .type = type, .timeout = -1, .heartbeat = -1, .index = -1, .length = -1};
}

#endif
