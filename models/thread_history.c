#include "models/thread_data.h"

static uint32_t add(struct thread *thread, struct history_event *event, sim_time now)
{
    struct flow_data *data = thread->data;
    struct execution *execution = data->execution;
    if (!execution->history) return 0;
    event->id = ++execution->events;
    event->previous = data->previous;
    event->at = now;
    if (!event->state && thread->step != STEP_END) event->state = data_state(thread);
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

void thread_tell_end(struct call *call, enum history_type type, sim_time now)
{
    struct thread *thread = call->thread;
    if (!thread || !thread->data) return;
    thread->data->previous = 0;
    history_add(thread, history_event(type), now);
}
