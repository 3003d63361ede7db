/* thread_data.h - a program that runs with data: what the interpreter asks of it.
 *
 * An execution with data has an arena of its own, in which everything that it computes lives until
 * it ends. Used by thread*.c; each function is for a thread that has data.
 */
#ifndef MODELS_THREAD_DATA_H
#define MODELS_THREAD_DATA_H

#include "sim/time.h"

#include <stdbool.h>
#include <stdint.h>

struct branch;
struct call;
struct step;
struct thread;

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
/* A call was answered or not; returns the error by number. */
uint16_t data_answered(struct thread *thread, struct call *call, uint16_t error, sim_time now);
uint16_t data_timed_out(struct thread *thread, sim_time now);
/* A flow is over; false if what is above it takes it up later. */
bool data_flow_over(struct thread *thread, uint16_t error, sim_time now);
/* A flow below the thread is about to begin. */
void data_fork(struct thread *thread, struct branch *branch);

#endif
