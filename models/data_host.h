/* data_host.h - what a host of programs says about the data of its executions.
 */
#ifndef MODELS_DATA_HOST_H
#define MODELS_DATA_HOST_H

#include "models/asl/data.h"
#include "models/history.h"

#include <stdbool.h>
#include <stdint.h>

struct asl_states;
struct call;
struct random_stream;

/* What a task gave. */
struct task_answer {
    const struct value *output;
    const char *error; /* with no output: NULL too when it has no name */
    const char *cause;
    enum history_type event; /* of a failure; HISTORY_NONE: the usual */
};

/* Immutable; shared by all executions of a host. */
struct thread_data {
    const struct asl_data *data;
    const struct asl_states *states; /* step i of the program is state i */
    const struct value *input;       /* of every execution */
    const char *machine_name;
    bool express;
    double epoch;           /* seconds since 1970 at simulated time 0 */
    uint32_t payload_limit; /* bytes of JSON */
    /* What a call of the state that is over gave: *out is zero when asked. `went_well`: as the
     * callee told; the answer may only then have an output. Values are in `arena`, or live as long
     * as the host. */
    void (*answer)(const struct thread_data *self, const struct call *call, size_t state,
                   struct random_stream *stream, struct task_answer *out);
    /* What an ItemReader reads; false: nothing by that name, with *error and *cause set. NULL:
     * every reader finds `items` of the host's own accord. */
    bool (*read)(const struct thread_data *self, const struct asl_state *state,
                 const struct value *request, struct asl_source *out, struct asl_error *err);
    const struct history_observer *history; /* or NULL */
    struct arena *arena; /* of all executions, whose values live as long; NULL: each has its own */
    void *context;       /* the host's own */
};

/* For a callee that tells what became of a task before it answers: the task was taken up; it was
 * submitted, with what the service answered at once. Nothing happens without an observer. */
void thread_task_started(struct call *call, const char *worker, sim_time now);
void thread_task_submitted(struct call *call, const struct value *output, sim_time now);

/* How an execution of `call` that was stopped ended, for its history, before thread_abort; `why`
 * may be NULL. */
void thread_tell_end(struct call *call, enum history_type type, const struct asl_error *why,
                     sim_time now);

#endif
