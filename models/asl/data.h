/* data.h - what the states of an Amazon States Language definition do with data.
 *
 * A definition's expressions (paths, intrinsic functions, payload templates, JSONata, the rules of
 * Choice) are compiled once into a struct asl_data, which never changes and is shared by any number
 * of executions. An interpreter walks the states; at each it calls here for what the state works on
 * and what leaves it:
 *
 *   all but Fail        asl_data_enter    the effective input (InputPath)
 *   Task, Parallel      asl_data_arguments  what is sent, anew for each attempt; asl_data_times
 *   Map                 asl_data_map      items and settings; asl_data_child for each child's input
 *   Wait                asl_data_wait     seconds
 *   Choice              asl_data_choose   the rule taken and the output
 *   Fail                asl_data_fail     error and cause
 *   all others, done    asl_data_leave    the output, variables assigned
 *   a catcher takes     asl_data_catch    the catcher's output, variables assigned
 *
 * All but asl_data_compile allocate from the execution's arena alone, and that grows with what is
 * produced. Errors are those of the service, with its names and texts where they were recorded. Any
 * value is a legal input; the work of one expression is bounded.
 */
#ifndef MODELS_ASL_DATA_H
#define MODELS_ASL_DATA_H

#include "models/asl/value.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct asl_data;
struct asl_state;
struct asl_states;
struct diagnostics;

/* Why a state failed. Texts are in the execution's arena or live as long as the program. */
struct asl_error {
    const char *error; /* "States.Runtime" */
    const char *cause; /* "An error occurred while executing the state 'X' (entered at ..." */
    /* Of a JSONata expression: its field ("Output/result"). The service then records an event
     * EvaluationFailed before the failure. NULL otherwise. */
    const char *location;
};

/* Variables that a flow sees, by scope; immutable. NULL: none. */
struct asl_variables;

/* Values between the steps of a state, for whom asks (run->stages); NULL where a step did not
 * happen. */
struct asl_stages {
    const struct value *after_input_path;
    const struct value *after_parameters;
    const struct value *after_arguments;
    const struct value *after_items_path;
    const struct value *after_items_pointer;
    const struct value *result;
    const struct value *after_result_selector;
    const struct value *after_result_path;
};

/* One execution (of a distributed Map: each child is one). What is borrowed must live as long. */
struct asl_run {
    const struct asl_data *data;
    struct arena *arena;       /* all values of the execution */
    const struct value *input; /* of the execution */

    /* The context object $$. Texts may be NULL: null there. */
    const char *execution_id;
    const char *execution_name;
    const char *role;
    const char *machine_id;
    const char *machine_name;
    double started;              /* seconds since 1970 */
    bool express;                /* no Execution.RedriveCount */
    const struct value *context; /* given whole in place of all of the above, or NULL */

    uint64_t seed;  /* of MathRandom, UUID and JSONata's random functions */
    uint64_t draws; /* how many have been drawn; begin at 0 */

    struct asl_stages *stages; /* or NULL */
    struct asl_run_cache {     /* this module's own; begin with zeros */
        const struct value *execution;
        const struct value *machine;
    } cache;
};

/* The item of a Map that this flow works on: $$.Map.Item. */
struct asl_item {
    size_t index;
    const struct value *value;
    const char *key;    /* of an object's member; else NULL */
    const char *source; /* "STATE_DATA", or where an ItemReader read it; NULL: not told */
};

/* One sequential flow of an execution: the main one, a branch, an iteration. Plain data: copy it to
 * fork. `variables` changes when a state assigns some; the rest is the interpreter's to set. */
struct asl_flow {
    const struct value *input;             /* raw input of the present state */
    const struct asl_variables *variables; /* for a nested flow: asl_data_nest */
    const struct asl_item *item;           /* innermost Map's; NULL outside */
    double entered;                        /* when the state was entered, seconds since 1970 */
    double now;                            /* the present time, for JSONata's $now */
    uint32_t retries;                      /* of the present state so far */
    const char *token;                     /* of .waitForTaskToken; else NULL */
    uint64_t event; /* id of the StateEntered event: causes name it. 0: causes are without it and
                       without the state's name, as the service's TestState tells them */
};

/* Compiles the expressions of `states` (kept, with its document), which asl_check has found free of
 * faults. What was accepted there and cannot be compiled here is a fault. NULL if there are any. */
const struct asl_data *asl_data_compile(struct arena *arena, const struct asl_states *states,
                                        struct diagnostics *faults);

/* The value that stands for variables given by name: {"x": 1}; for tests of single states. */
const struct asl_variables *asl_data_variables(struct asl_run *run, const struct value *map);
/* What is visible, as one map; inner names hide outer ones. */
const struct value *asl_data_visible(struct asl_run *run, const struct asl_variables *variables);
/* A scope within `outer`, for a branch or an inline iteration: sees what is outside, assigns its
 * own. The flow that forked keeps its own `variables`. Children of a distributed Map start with
 * NULL. */
const struct asl_variables *asl_data_nest(struct asl_run *run, const struct asl_variables *outer);

/* What leaves a state. */
struct asl_exit {
    const struct value *output;
    const struct value *assigned; /* a map of the variables assigned; NULL: none */
};

/* Each returns false with *err. */

/* The effective input: after InputPath; in JSONata the raw input. */
bool asl_data_enter(struct asl_run *run, const struct asl_flow *flow, const struct asl_state *state,
                    const struct value **effective, struct asl_error *err);

/* What a Task sends, what a Parallel's branches start with: Parameters or Arguments over the
 * effective input. */
bool asl_data_arguments(struct asl_run *run, const struct asl_flow *flow,
                        const struct asl_state *state, const struct value **sent,
                        struct asl_error *err);

/* TimeoutSeconds and HeartbeatSeconds of a Task, in any of their forms; negative: none. */
bool asl_data_times(struct asl_run *run, const struct asl_flow *flow, const struct asl_state *state,
                    double *timeout_s, double *heartbeat_s, struct asl_error *err);

/* The state's Credentials, evaluated; NULL when it has none. */
bool asl_data_credentials(struct asl_run *run, const struct asl_flow *flow,
                          const struct asl_state *state, const struct value **credentials,
                          struct asl_error *err);

/* `result` is that of Task, Parallel and Map; NULL for Pass, Succeed and Wait, which have none from
 * outside. ResultSelector, ResultPath, OutputPath or Output; Assign. Sets flow->variables. */
bool asl_data_leave(struct asl_run *run, struct asl_flow *flow, const struct asl_state *state,
                    const struct value *result, struct asl_exit *out, struct asl_error *err);

/* The catcher (by its index in Catch) takes `caught`, whose texts may be NULL. flow->variables are
 * those of the state's own scope and are set. */
bool asl_data_catch(struct asl_run *run, struct asl_flow *flow, const struct asl_state *state,
                    size_t catcher, const struct asl_error *caught, struct asl_exit *out,
                    struct asl_error *err);
/* The error as data: {"Error": ..., "Cause": ...}; both keys are always there. */
const struct value *asl_data_error(struct asl_run *run, const struct asl_error *caught);

/* *rule: the index in Choices of the first that matches; -1: Default. An error when none matches
 * and there is no Default. Sets flow->variables. */
bool asl_data_choose(struct asl_run *run, struct asl_flow *flow, const struct asl_state *state,
                     int *rule, struct asl_exit *out, struct asl_error *err);

/* How long the Wait lasts when it begins at flow->now; 0 when its time is past. */
bool asl_data_wait(struct asl_run *run, const struct asl_flow *flow, const struct asl_state *state,
                   double *seconds, struct asl_error *err);

/* Error and cause of a Fail state; NULL for those it has not. */
bool asl_data_fail(struct asl_run *run, const struct asl_flow *flow, const struct asl_state *state,
                   struct asl_error *raised, struct asl_error *err);

/* A Map about to start its children. */
struct asl_map {
    const struct value *effective; /* $ of ItemSelector */
    const struct value *items; /* a list, or an object whose members are items; NULL: `count` items
                                  of which nothing is known (empty objects) */
    size_t count;              /* items */
    size_t children;           /* count, or batches */
    const size_t *batches;     /* children + 1 indices of items; NULL without ItemBatcher */
    const struct value *batch_input; /* NULL: none */
    const char *source;              /* of its items: struct asl_item */
    double concurrency;              /* 0: as many as possible */
    double tolerated_count;          /* negative: not given */
    double tolerated_percentage;
};

/* Whether the Map has an ItemReader, and what it would ask for: its Parameters or Arguments and
 * MaxItems (negative: all). *request is NULL if it has none. */
bool asl_data_reader(struct asl_run *run, const struct asl_flow *flow,
                     const struct asl_state *state, const struct value **request,
                     double *items_most, struct asl_error *err);

/* What an ItemReader read. All zero: nothing is known but that there are `count` items. */
struct asl_source {
    const char *text; /* the object's bytes: CSV, JSON, JSON lines, as ReaderConfig says; or NULL */
    size_t length;
    const struct value *list; /* or the items themselves (listing of objects); or NULL */
    size_t count;             /* or only how many */
    const char *name;         /* of the object, for $$.Map.Item.Source; or NULL */
};

/* Items and settings of a Map. `source` is for one with an ItemReader and else NULL. */
bool asl_data_map(struct asl_run *run, const struct asl_flow *flow, const struct asl_state *state,
                  const struct asl_source *source, struct asl_map *map, struct asl_error *err);

/* The input of child `index` (an iteration or batch), by ItemSelector and ItemBatcher, and in *item
 * what $$.Map.Item is for it (of a batch: its first item). */
bool asl_data_child(struct asl_run *run, const struct asl_flow *flow, const struct asl_state *state,
                    const struct asl_map *map, size_t index, struct asl_item *item,
                    const struct value **input, struct asl_error *err);

#endif
