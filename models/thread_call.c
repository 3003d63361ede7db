#include "models/thread_data.h"
#include "models/thread_flow.h"
#include "models/workload.h"

/* ---- time that passes in the host ---- */

static void served(void *context, sim_time now)
{
    struct thread *thread = context;
    thread->timer = 0;
    ledger_charge(thread_ledger(thread), thread_component(thread)->index, PART_SERVICE, now);
    thread_attempt_over(thread, ERROR_NONE, now);
}

void thread_pause(struct thread *thread, sim_time time, sim_time now)
{
    thread->timer =
        events_add(thread_component(thread)->events, thread_later(now, time), served, thread);
}

static sim_time compute_time(const struct component *host, const struct step *step,
                             struct random_stream *stream)
{
    const double cpu = distribution_draw(&step->compute.cpu, stream);
    const double io = distribution_draw(&step->compute.io, stream);
    return time_from_seconds(cpu * host->host->slowness + io);
}

void thread_compute(struct thread *thread, const struct step *step, sim_time now)
{
    struct random_stream stream;
    thread_step_stream(thread, PURPOSE_COMPUTE, &stream);
    thread_pause(thread, compute_time(thread_component(thread), step, &stream), now);
}

void thread_wait(struct thread *thread, const struct step *step, sim_time now)
{
    struct random_stream stream;
    if (UNLIKELY(step->wait.dated)) {
        thread_pause(thread, step->wait.until > now ? step->wait.until - now : 0, now);
        return;
    }
    thread_step_stream(thread, PURPOSE_WAIT, &stream);
    thread_pause(thread, distribution_draw_time(&step->wait.time, &stream), now);
}

sim_time thread_compute_time(const struct component *host, const struct program *program,
                             uint64_t request, uint64_t occurrence)
{
    struct random_stream stream;
    random_begin(&stream, host->random_key, request, random_what(host->name_hash, PURPOSE_COMPUTE),
                 occurrence);
    return compute_time(host, program->steps, &stream);
}

/* ---- calls ---- */

static void call_over(struct call *call, sim_time now)
{
    struct thread *thread = call->context;
    thread->waits_for = WAIT_NONE;
    if (thread->timer) {
        events_cancel(thread_component(thread)->events, thread->timer);
        thread->timer = 0;
    }
    thread->hit = call->payload.hit;
    thread->outcome = call->outcome & 7U;
    uint16_t error = call_error(call);
    if (thread_step(thread)->call.job && error != ERROR_NONE && call->outcome != OUTCOME_THROTTLED)
        error = ERROR_TASK_FAILED;
    if (UNLIKELY(thread->data != NULL)) error = data_answered(thread, call, error, now);
    thread_attempt_over(thread, error, now);
}

/* The step's own time-out: the callee goes on, nobody waits. What was not yet charged is lost time
 * of the callee. */
static void call_timed_out(void *context, sim_time now)
{
    struct thread *thread = context;
    struct call *call = thread->pending;
    thread->timer = 0;
    thread->waits_for = WAIT_NONE;
    const uint32_t callee = call->callee->index;
    call_abandon(call);
    ledger_charge(thread_ledger(thread), callee, PART_RETRY, now);
    thread->outcome = OUTCOME_TIMED_OUT;
    uint16_t error = thread_step(thread)->timeout_error;
    if (UNLIKELY(thread->data != NULL)) error = data_timed_out(thread, now);
    thread_attempt_over(thread, error, now);
}

static void fill_payload(const struct thread *thread, const struct step *step,
                         struct payload *payload)
{
    const struct request *request = thread->call->request;
    payload->operation = step->call.operation;
    payload->items = step->call.items;
    payload->bytes = step->call.bytes;
    payload->ttl = step->call.ttl;
    payload->key = step->call.key_is_query ? request->query : request->id;
    payload->input_tokens = request->prompt_tokens + step->call.context_tokens;
    payload->output_tokens = request->output_tokens;
}

void thread_call(struct thread *thread, const struct step *step, sim_time timeout, sim_time now)
{
    struct component *host = thread_component(thread);
    struct component *callee = host->sim->components[step->call.component];
    const bool detached = step->kind == STEP_START;
    struct call *call = detached ? call_new_detached(host->sim, thread->call->request, callee)
                                 : call_new(host->sim, thread->call, callee, call_over, thread);
    fill_payload(thread, step, &call->payload);
    uint64_t occurrence = occurrence_add(thread->occurrence, OCCURRENCE_ORDINAL, step->ordinal);
    call->occurrence = occurrence_add(occurrence, OCCURRENCE_ATTEMPT, thread_attempt(thread));
    if (detached) {
        if (UNLIKELY(thread->data != NULL)) data_answered(thread, call, ERROR_NONE, now);
        const uint64_t refused = callee->outcomes[OUTCOME_THROTTLED];
        call_submit(call, now);
        const bool seen = step->call.execution && callee->outcomes[OUTCOME_THROTTLED] > refused;
        if (seen) thread->outcome = OUTCOME_THROTTLED;
        thread_attempt_over(thread, seen ? ERROR_THROTTLED : ERROR_NONE, now);
        return;
    }
    call->ledger = thread_ledger(thread);
    thread->pending = call;
    thread->waits_for = WAIT_CALL;
    if (timeout != SIM_NEVER)
        thread->timer =
            events_add(host->events, thread_later(now, timeout), call_timed_out, thread);
    call_submit(call, now);
}

/* ---- what a callee tells on its way ---- */

static void tell(struct call *call, struct history_event event, sim_time now)
{
    struct thread *thread = call->context;
    if (call->done == call_over && thread->data) history_add(thread, event, now);
}

void thread_task_started(struct call *call, const char *worker, sim_time now)
{
    struct history_event event = history_event(HISTORY_TASK_STARTED);
    event.worker = worker;
    tell(call, event, now);
}

void thread_task_submitted(struct call *call, const struct value *output, sim_time now)
{
    struct history_event event = history_event(HISTORY_TASK_SUBMITTED);
    event.output = output;
    tell(call, event, now);
}
