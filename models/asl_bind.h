/* asl_bind.h - what a definition leaves to the outside: which component serves a task, how often a
 * Choice takes each way, how many items a Map has.
 */
#ifndef MODELS_ASL_BIND_H
#define MODELS_ASL_BIND_H

#include "models/asl.h"
#include "models/asl/states.h"
#include "models/compiler.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct asl_binder {
    struct compiler *compiler;
    struct asl_binding binding; /* its maps are maps or NULL */
    const struct asl_states *states;
    uint32_t *seen;  /* by state: the last Choice, counted from 1, that has it as a way out */
    uint32_t choice; /* how many Choices there were */
    bool *used;      /* by key of `tasks`: a task goes by that name */
    const char **unbound;
    const struct node *unbound_node;
    size_t unbound_count;
    size_t unbound_capacity;
};

void asl_binder_init(struct asl_binder *binder, struct compiler *compiler,
                     const struct asl_binding *binding, const struct asl_states *states);

/* The component that serves a Task; COMPONENT_NONE when there is none, which asl_binder_finish
 * reports, or after a fault. */
uint32_t asl_bind_task(struct asl_binder *binder, const struct asl_state *state, bool waits);

/* The ways out of a Choice and how likely each is: `count` states, cumulated probabilities whose
 * last is 1. False after a fault. */
struct asl_ways {
    size_t count;
    const struct asl_state **targets;
    double *cumulated;
};
bool asl_bind_choice(struct asl_binder *binder, const struct asl_state *state,
                     struct asl_ways *out);

/* How many items a Map has. False after a fault. */
bool asl_bind_map(struct asl_binder *binder, const struct asl_state *state,
                  struct distribution *out);

/* One fault for all tasks without a component; one for each name of the binding that the definition
 * does not know. */
void asl_binder_finish(struct asl_binder *binder);

/* One fault of a state at a node of the definition; the message begins with the state's name. */
void asl_bind_fault(struct asl_binder *binder, const struct asl_state *state,
                    const struct node *node, const char *format, ...) PRINTF_LIKE(4, 5);

/* The name that a task is bound by where nothing else is said: its function's, else its state's. */
const char *asl_task_name(struct arena *arena, const struct asl_state *state);

/* The task starts what it calls and does not wait for its end. */
bool asl_task_is_start(const struct asl_state *state);
/* It starts an execution of another state machine; `waits`: and waits for its end. */
bool asl_task_nests(const struct asl_state *state, bool waits);

#endif
