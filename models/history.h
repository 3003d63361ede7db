/* history.h - the history of an execution as Step Functions tells it: events by its names.
 *
 * Whoever wants to see an execution hands an observer to the interpreter (models/data_host.h); a
 * simulation has none. Events come in the order in which the service would list them.
 */
#ifndef MODELS_HISTORY_H
#define MODELS_HISTORY_H

#include "sim/time.h"

#include <stdbool.h>
#include <stdint.h>

struct asl_state;
struct value;

#define HISTORY_EVENTS(X)                                                                    \
    X(EXECUTION_STARTED, "ExecutionStarted")                                                 \
    X(EXECUTION_SUCCEEDED, "ExecutionSucceeded")                                             \
    X(EXECUTION_FAILED, "ExecutionFailed")                                                   \
    X(EXECUTION_TIMED_OUT, "ExecutionTimedOut")                                              \
    X(EXECUTION_ABORTED, "ExecutionAborted")                                                 \
    X(STATE_ENTERED, "StateEntered") /* with the state's type before it: TaskStateEntered */ \
    X(STATE_EXITED, "StateExited")                                                           \
    X(STATE_STARTED, "StateStarted") /* Parallel, Map */                                     \
    X(STATE_SUCCEEDED, "StateSucceeded")                                                     \
    X(STATE_FAILED, "StateFailed")                                                           \
    X(STATE_ABORTED, "StateAborted") /* Parallel, Map, Task, Wait */                         \
    X(MAP_ITERATION_STARTED, "MapIterationStarted")                                          \
    X(MAP_ITERATION_SUCCEEDED, "MapIterationSucceeded")                                      \
    X(MAP_ITERATION_FAILED, "MapIterationFailed")                                            \
    X(MAP_ITERATION_ABORTED, "MapIterationAborted")                                          \
    X(MAP_RUN_STARTED, "MapRunStarted")                                                      \
    X(MAP_RUN_SUCCEEDED, "MapRunSucceeded")                                                  \
    X(MAP_RUN_FAILED, "MapRunFailed")                                                        \
    X(TASK_SCHEDULED, "Scheduled") /* Task..., LambdaFunction... or Activity... before it */ \
    X(TASK_STARTED, "Started")                                                               \
    X(TASK_SUBMITTED, "Submitted")                                                           \
    X(TASK_SUCCEEDED, "Succeeded")                                                           \
    X(TASK_FAILED, "Failed")                                                                 \
    X(TASK_TIMED_OUT, "TimedOut")                                                            \
    X(TASK_SCHEDULE_FAILED, "ScheduleFailed")                                                \
    X(TASK_START_FAILED, "StartFailed")                                                      \
    X(TASK_SUBMIT_FAILED, "SubmitFailed")                                                    \
    X(EVALUATION_FAILED, "EvaluationFailed")

enum history_type {
    HISTORY_NONE,
#define X(symbol, name) HISTORY_##symbol,
    HISTORY_EVENTS(X)
#undef X
        HISTORY_COUNT
};

/* How a Task reaches what it calls, and so what its events are called. */
enum task_kind {
    TASK_LAMBDA,      /* a function's own ARN */
    TASK_INTEGRATION, /* arn:aws:states:::... */
    TASK_ACTIVITY
};

enum { HISTORY_NAME_LONGEST = 40 };

/* One event. What an event does not have is NULL or negative. */
struct history_event {
    enum history_type type;
    uint32_t id;
    uint32_t previous; /* the event that led to it */
    sim_time at;
    const struct asl_state *state;
    const struct value *input;
    const struct value *output;
    const struct value *parameters;  /* of TASK_SCHEDULED */
    const struct value *credentials; /* the same */
    const struct value *assigned;    /* of STATE_EXITED: variables, as a map */
    const char *error;
    const char *cause;
    const char *location; /* of EVALUATION_FAILED */
    const char *worker;   /* of an activity that starts */
    double timeout;       /* seconds */
    double heartbeat;
    int64_t index;  /* of an iteration */
    int64_t length; /* of a Map */
};

/* The event's name in `out`, of HISTORY_NAME_LONGEST bytes. */
void history_name(const struct history_event *event, char *out);

enum task_kind task_kind(const struct asl_state *state);
/* "sqs" and "sendMessage.waitForTaskToken" of "arn:aws:states:::sqs:sendMessage.waitForTaskToken":
 * both begin in the state's Resource; *type_length is how much of *type counts. False when it is no
 * integration. */
bool task_resource(const struct asl_state *state, const char **type, int *type_length,
                   const char **resource);

typedef void history_observe_fn(void *context, const struct history_event *event);
struct history_observer {
    history_observe_fn *observe;
    void *context;
};

#endif
