#include "models/thread_data.h"

#include "base/arena.h"
#include "models/asl/states.h"
#include "models/plan.h"

#include <string.h>

const struct asl_state *data_state(const struct thread *thread)
{
    return &thread->data->execution->host->states->items[thread->step];
}

double data_epoch(const struct thread *thread, sim_time now)
{
    return thread->data->execution->host->epoch + time_to_seconds(now);
}

uint16_t data_error_number(const struct thread *thread, const char *name)
{
    const struct plan *plan = thread_component(thread)->sim->plan;
    for (size_t i = 1; name && i < plan->error_count; i++)
        if (strcmp(plan->error_names[i], name) == 0) return (uint16_t)i;
    return ERROR_OTHER;
}

/* ---- executions ---- */

static void set_texts(struct execution *execution, const struct thread *thread)
{
    const struct thread_data *host = execution->host;
    struct arena *arena = execution->run.arena;
    const char *machine = host->machine_name ? host->machine_name : "machine";
    const unsigned long long number = thread->call->request->id;
    execution->run.execution_name = arena_format(arena, "execution-%llu", number);
    execution->run.execution_id = arena_format(
        arena, "arn:aws:states:us-east-1:111111111111:%s:%s:execution-%llu%s",
        host->express ? "express" : "execution", machine, number, host->express ? ":1" : "");
    execution->run.role = "arn:aws:iam::111111111111:role/StepFunctions";
    execution->run.machine_id =
        arena_format(arena, "arn:aws:states:us-east-1:111111111111:stateMachine:%s", machine);
    execution->run.machine_name = machine;
}

void data_begin(struct thread *thread, sim_time now)
{
    struct component *component = thread_component(thread);
    const struct thread_data *host = component->host->data;
    struct thread_pools *pools = &component->sim->threads;
    struct arena *arena = host->arena ? host->arena : arena_new();
    struct execution *execution = arena_new_item(arena, struct execution);
    execution->host = host;
    execution->history = host->history;
    execution->run = (struct asl_run){.data = host->data,
                                      .arena = arena,
                                      .input = host->input,
                                      .started = host->epoch + time_to_seconds(now),
                                      .express = host->express,
                                      .seed = thread->call->request->id + thread->occurrence};
    set_texts(execution, thread);
    execution->next = pools->executions;
    if (execution->next) execution->next->before = execution;
    pools->executions = execution;
    thread->data = arena_new_item(arena, struct flow_data);
    thread->data->execution = execution;
    thread->data->flow.input = host->input;
    struct history_event event = history_event(HISTORY_EXECUTION_STARTED);
    event.input = host->input;
    history_add(thread, event, now);
    thread->data->previous = 0; /* as the service has it */
}

void data_end(struct thread *thread)
{
    struct thread_pools *pools = &thread_component(thread)->sim->threads;
    struct execution *execution = thread->data->execution;
    if (execution->next) execution->next->before = execution->before;
    if (execution->before)
        execution->before->next = execution->next;
    else
        pools->executions = execution->next;
    thread->data = NULL;
    if (!execution->host->arena) arena_free(execution->run.arena);
}

void thread_pools_free(struct simulation *sim)
{
    while (sim->threads.executions) {
        struct execution *execution = sim->threads.executions;
        sim->threads.executions = execution->next;
        if (!execution->host->arena) arena_free(execution->run.arena);
    }
}

/* ---- states ---- */

uint16_t data_raise(struct thread *thread, const struct asl_error *err, sim_time now)
{
    struct flow_data *data = thread->data;
    data->error = *err;
    data->own = true;
    if (err->error && strcmp(err->error, "States.QueryEvaluationError") == 0) {
        /* What a state evaluates before it does anything is told of as if it had not been entered.
         */
        if (!data->begun) data->previous = data->before;
        struct history_event event = history_event(HISTORY_EVALUATION_FAILED);
        event.error = err->error;
        event.cause = err->cause;
        event.location = err->location;
        history_add(thread, event, now);
    }
    return data_error_number(thread, err->error);
}

static void enter_state(struct thread *thread, sim_time now)
{
    struct flow_data *data = thread->data;
    data->flow.entered = data_epoch(thread, now);
    data->flow.token = NULL;
    data->before = data->previous;
    struct history_event event = history_event(HISTORY_STATE_ENTERED);
    event.input = data->flow.input;
    data->flow.event = history_add(thread, event, now);
}

/* What leaves the state is the next one's input; an error if it is too large. */
static uint16_t leave_state(struct thread *thread, const struct asl_exit *out, sim_time now)
{
    struct flow_data *data = thread->data;
    if (value_json_length(out->output) > data->execution->host->payload_limit) {
        const struct asl_error err = {
            "States.DataLimitExceeded",
            arena_format(data->execution->run.arena,
                         "The state/task '%s' returned a result with a size exceeding the maximum "
                         "number of bytes service limit.",
                         data_state(thread)->name),
            NULL};
        return data_raise(thread, &err, now);
    }
    data->flow.input = out->output;
    struct history_event event = history_event(HISTORY_STATE_EXITED);
    event.output = out->output;
    event.assigned = out->assigned;
    history_add(thread, event, now);
    return ERROR_NONE;
}

static uint16_t pass(struct thread *thread, sim_time now)
{
    struct flow_data *data = thread->data;
    struct asl_error err;
    struct asl_exit out;
    if (!asl_data_leave(&data->execution->run, &data->flow, data_state(thread), NULL, &out, &err))
        return data_raise(thread, &err, now);
    return leave_state(thread, &out, now);
}

static uint16_t choose(struct thread *thread, const struct step *step, uint16_t *next, sim_time now)
{
    struct flow_data *data = thread->data;
    struct asl_error err;
    struct asl_exit out;
    int rule = 0;
    if (!asl_data_choose(&data->execution->run, &data->flow, data_state(thread), &rule, &out, &err))
        return data_raise(thread, &err, now);
    *next = step->choice.targets[rule < 0 ? step->choice.count - 1 : rule];
    return leave_state(thread, &out, now);
}

static uint16_t fail(struct thread *thread, sim_time now)
{
    struct flow_data *data = thread->data;
    struct asl_error err;
    struct asl_error raised = {0};
    if (!asl_data_fail(&data->execution->run, &data->flow, data_state(thread), &raised, &err))
        return data_raise(thread, &err, now);
    data->error = raised;
    return data_error_number(thread, raised.error);
}

static void wait_for(struct thread *thread, sim_time now)
{
    struct flow_data *data = thread->data;
    struct asl_error err;
    double seconds = 0;
    data->begun = true;
    if (!asl_data_wait(&data->execution->run, &data->flow, data_state(thread), &seconds, &err))
        thread_attempt_over(thread, data_raise(thread, &err, now), now);
    else
        thread_pause(thread, time_from_seconds(seconds), now);
}

/* Goes on to `next`, or fails. */
static bool go_on(struct thread *thread, uint16_t error, uint16_t next, sim_time now)
{
    if (error == ERROR_NONE)
        thread_go_to(thread, next);
    else
        thread_attempt_over(thread, error, now);
    return error == ERROR_NONE;
}

static bool run_at_once(struct thread *thread, const struct step *step, sim_time now)
{
    uint16_t next = step->next;
    uint16_t error = ERROR_NONE;
    if (step->kind == STEP_CHOICE)
        error = choose(thread, step, &next, now);
    else
        error = pass(thread, now);
    return go_on(thread, error, step->kind == STEP_SUCCEED ? STEP_END : next, now);
}

bool data_run_step(struct thread *thread, const struct step *step, sim_time now)
{
    struct flow_data *data = thread->data;
    data->flow.now = data_epoch(thread, now);
    data->flow.retries = thread_attempt(thread);
    data->begun = data->flow.retries > 0;
    data->own = data->running = false;
    data->result = NULL;
    if (data->flow.retries == 0) enter_state(thread, now);
    switch (step->kind) {
    case STEP_PASS:
    case STEP_CHOICE:
    case STEP_SUCCEED: return run_at_once(thread, step, now);
    case STEP_WAIT: wait_for(thread, now); return false;
    case STEP_CALL:
    case STEP_START: data_run_task(thread, step, now); return false;
    case STEP_PARALLEL: data_run_parallel(thread, step, now); return false;
    case STEP_MAP: data_run_map(thread, step, now); return false;
    case STEP_FAIL: thread_attempt_over(thread, fail(thread, now), now); return false;
    case STEP_COMPUTE: thread_compute(thread, step, now); return false;
    }
    return false;
}

void data_attempt_over(struct thread *thread, const struct step *step, sim_time now)
{
    struct flow_data *data = thread->data;
    data->flow.now = data_epoch(thread, now);
    if (step->kind == STEP_PARALLEL || step->kind == STEP_MAP) data_fan_over(thread, now);
    if (thread->error != ERROR_NONE) return;
    struct asl_error err;
    struct asl_exit out;
    if (!asl_data_leave(&data->execution->run, &data->flow, data_state(thread), data->result, &out,
                        &err))
        thread->error = data_raise(thread, &err, now);
    else
        thread->error = leave_state(thread, &out, now);
}

bool data_caught(struct thread *thread, uint8_t catcher, sim_time now)
{
    struct flow_data *data = thread->data;
    struct asl_error err;
    struct asl_exit out;
    data_fan_failed(thread, now);
    if (!asl_data_catch(&data->execution->run, &data->flow, data_state(thread), catcher,
                        &data->error, &out, &err)) {
        thread->error = data_raise(thread, &err, now);
        return false;
    }
    thread->error = leave_state(thread, &out, now);
    return thread->error == ERROR_NONE;
}
