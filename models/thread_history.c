#include "models/thread_data.h"

static uint32_t add(struct thread *thread, struct history_event *event, sim_time now)
{
    struct flow_data *data = thread->data;
    struct execution *execution = data->execution;
    if (!execution->history) return 0;
    event->id = ++execution->events;
    event->previous = data->previous;
    event->at = now;
    const bool whole = event->type <= HISTORY_EXECUTION_ABORTED;
    if (!event->state && !whole && thread->step != STEP_END) event->state = data_state(thread);
    execution->history->observe(execution->history->context, event);
    return event->id;
}

uint32_t history_add(struct thread *thread, struct history_event event, sim_time now)
{
    const uint32_t id = add(thread, &event, now);
    thread->data->previous = id;
    return id;
}

uint32_t history_add_aside(struct thread *thread, struct history_event event, sim_time now)
{
    return add(thread, &event, now);
}

void thread_tell_end(struct call *call, enum history_type type, const struct asl_error *why,
                     sim_time now)
{
    struct thread *thread = call->thread;
    if (!thread || !thread->data) return;
    struct history_event event = history_event(type);
    event.error = why ? why->error : NULL;
    event.cause = why ? why->cause : NULL;
    thread->data->previous = 0;
    history_add(thread, event, now);
}
