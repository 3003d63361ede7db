#include "base/arena.h"
#include "models/asl/states.h"
#include "models/plan.h"
#include "models/thread_data.h"

#include <string.h>

/* What the answer of a task that waits for its token is known by. */
static void give_token(struct thread *thread)
{
    struct flow_data *data = thread->data;
    const char *resource = asl_text(data_state(thread)->node, "Resource");
    if (!strstr(resource, ".waitForTaskToken")) return;
    struct execution *execution = data->execution;
    data->flow.token = arena_format(execution->run.arena, "%s:%u", execution->run.execution_name,
                                    ++execution->tokens);
}

struct task_settings {
    const struct value *sent;
    const struct value *credentials;
    double timeout; /* seconds; negative: none */
    double heartbeat;
};

static bool read_settings(struct thread *thread, struct task_settings *out, struct asl_error *err)
{
    struct flow_data *data = thread->data;
    struct asl_run *run = &data->execution->run;
    const struct asl_state *state = data_state(thread);
    return asl_data_arguments(run, &data->flow, state, &out->sent, err) &&
           asl_data_times(run, &data->flow, state, &out->timeout, &out->heartbeat, err) &&
           asl_data_credentials(run, &data->flow, state, &out->credentials, err);
}

static double shorter(double a, double b)
{
    if (a < 0) return b;
    return b >= 0 && b < a ? b : a;
}

void data_run_task(struct thread *thread, const struct step *step, sim_time now)
{
    struct flow_data *data = thread->data;
    struct task_settings settings = {.timeout = -1, .heartbeat = -1};
    struct asl_error err;
    give_token(thread);
    if (!read_settings(thread, &settings, &err)) {
        thread_attempt_over(thread, data_raise(thread, &err, now), now);
        return;
    }
    data->begun = true;
    struct history_event event = history_event(HISTORY_TASK_SCHEDULED);
    event.parameters = settings.sent;
    event.credentials = settings.credentials;
    event.timeout = settings.timeout;
    event.heartbeat = settings.heartbeat;
    history_add(thread, event, now);
    data->heartbeat =
        settings.heartbeat >= 0 && (settings.timeout < 0 || settings.heartbeat < settings.timeout);
    const double seconds = shorter(settings.timeout, settings.heartbeat);
    thread_call(thread, step, seconds < 0 ? SIM_NEVER : time_from_seconds(seconds), now);
}

static uint16_t failed(struct thread *thread, const struct task_answer *answer,
                       enum history_type type, sim_time now)
{
    struct flow_data *data = thread->data;
    data->error = (struct asl_error){answer->error, answer->cause, NULL};
    struct history_event event = history_event(answer->event ? answer->event : type);
    event.error = answer->error;
    event.cause = answer->cause;
    history_add(thread, event, now);
    return data_error_number(thread, answer->error);
}

static const char *too_large(struct thread *thread)
{
    return arena_format(thread->data->execution->run.arena,
                        "The state/task '%s' returned a result with a size exceeding the maximum "
                        "number of bytes service limit.",
                        asl_text(data_state(thread)->node, "Resource"));
}

uint16_t data_answered(struct thread *thread, struct call *call, uint16_t error, sim_time now)
{
    struct flow_data *data = thread->data;
    const struct thread_data *host = data->execution->host;
    struct task_answer answer = {0};
    struct random_stream stream;
    thread_step_stream(thread, PURPOSE_RESULT, &stream);
    if (host->answer) host->answer(host, call, thread->step, &stream, &answer);
    if (error != ERROR_NONE) {
        const struct plan *plan = thread_component(thread)->sim->plan;
        if (error == ERROR_TIMEOUT) return data_timed_out(thread, now);
        if (!answer.event && !answer.error) answer.error = plan->error_names[error];
        return failed(thread, &answer, HISTORY_TASK_FAILED, now);
    }
    if (!answer.output) answer.output = &value_empty_map;
    if (value_json_length(answer.output) > host->payload_limit) {
        answer =
            (struct task_answer){.error = "States.DataLimitExceeded", .cause = too_large(thread)};
        return failed(thread, &answer, HISTORY_TASK_FAILED, now);
    }
    data->result = answer.output;
    struct history_event event = history_event(HISTORY_TASK_SUCCEEDED);
    event.output = answer.output;
    history_add(thread, event, now);
    return ERROR_NONE;
}

/* The history calls it States.Timeout whichever of the two it was; both names match. */
uint16_t data_timed_out(struct thread *thread, sim_time now)
{
    const struct task_answer answer = {.error = "States.Timeout"};
    failed(thread, &answer, HISTORY_TASK_TIMED_OUT, now);
    return thread->data->heartbeat ? ERROR_HEARTBEAT : ERROR_TIMEOUT;
}
