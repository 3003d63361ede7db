/* execution_mocks.h - the component that answers the tasks of one execution. Used by execution.c
 * alone. */
#ifndef MODELS_EXECUTION_MOCKS_H
#define MODELS_EXECUTION_MOCKS_H

#include "models/component.h"
#include "models/data_host.h"

struct mock_results;

struct mocks_plan {
    struct component_plan base;
    struct mock_results *by_state; /* what is left of each state's results: one run a plan */
    const struct value *s3;
    const struct asl_states *states;
    const char **unmocked; /* the first state that had none left */
};

extern const struct component_type mocks_type;

/* `mocks` as in execution.h; may be NULL. */
void mocks_compile(struct mocks_plan *plan, struct arena *arena, const struct asl_states *states,
                   const struct value *mocks, const char **unmocked);

/* Of struct thread_data; its context is the plan. */
void mocks_answer(const struct thread_data *self, const struct call *call, size_t state,
                  struct random_stream *stream, struct task_answer *out);
bool mocks_read(const struct thread_data *self, const struct asl_state *state,
                const struct value *request, struct asl_source *out, struct asl_error *err);

#endif
