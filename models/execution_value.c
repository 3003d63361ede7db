#include "models/execution_value.h"

#include "base/arena.h"
#include "models/asl/states.h"
#include "sim/time.h"

#include <string.h>

struct writing {
    struct arena *arena;
    struct value_map map;
};

static void put(struct writing *w, const char *key, const struct value *value)
{
    if (value) value_map_put(&w->map, w->arena, key, value);
}

static void put_text(struct writing *w, const char *key, const char *text)
{
    if (text) put(w, key, value_string(w->arena, text));
}

static void put_number(struct writing *w, const char *key, double number)
{
    if (number >= 0) put(w, key, value_number(w->arena, number));
}

/* Variables are told as JSON texts. */
static void put_assigned(struct writing *w, const struct value *assigned)
{
    if (!assigned || assigned->count == 0) return;
    struct value_map map = {0};
    for (uint32_t i = 0; i < assigned->count; i++)
        value_map_put(&map, w->arena, assigned->members[i].key,
                      value_string(w->arena, value_to_json(w->arena, assigned->members[i].value)));
    put(w, "assignedVariables", value_map_end(&map, w->arena));
}

static void put_credentials(struct writing *w, const struct value *credentials)
{
    const struct value *role = value_get(credentials, "RoleArn");
    if (!role) return;
    struct value_map map = {0};
    value_map_put(&map, w->arena, "roleArn", role);
    put(w, "taskCredentials", value_map_end(&map, w->arena));
}

static void put_task(struct writing *w, const struct history_event *event)
{
    const char *type = NULL;
    const char *resource = NULL;
    int length = 0;
    const bool scheduled = event->type == HISTORY_TASK_SCHEDULED;
    if (task_resource(event->state, &type, &length, &resource)) {
        put(w, "resourceType", value_string_n(w->arena, type, (size_t)length));
        put_text(w, "resource", resource);
        put(w, "parameters", event->parameters);
    } else if (scheduled) {
        put_text(w, "resource", asl_text(event->state->node, "Resource"));
        put(w, "input", event->parameters);
    }
    if (!scheduled) return;
    put_number(w, "timeoutInSeconds", event->timeout);
    put_number(w, "heartbeatInSeconds", event->heartbeat);
    put_credentials(w, event->credentials);
}

static bool is_task(enum history_type type)
{
    return type >= HISTORY_TASK_SCHEDULED && type <= HISTORY_TASK_SUBMIT_FAILED;
}

const struct value *execution_event_value(struct arena *arena, const struct history_event *event)
{
    char name[HISTORY_NAME_LONGEST];
    struct writing w = {.arena = arena};
    history_name(event, name);
    put_number(&w, "id", event->id);
    put_number(&w, "prev", event->previous);
    put_text(&w, "type", name);
    put_number(&w, "at", time_to_seconds(event->at));
    const bool iteration = event->type >= HISTORY_MAP_ITERATION_STARTED &&
                           event->type <= HISTORY_MAP_ITERATION_ABORTED;
    const bool named = event->type == HISTORY_STATE_ENTERED ||
                       event->type == HISTORY_STATE_EXITED ||
                       event->type == HISTORY_EVALUATION_FAILED;
    if (iteration || named) put_text(&w, iteration ? "name" : "state", event->state->name);
    put_number(&w, "index", (double)event->index);
    put_number(&w, "length", (double)event->length);
    put(&w, "input", event->input);
    if (is_task(event->type)) put_task(&w, event);
    put(&w, "output", event->output);
    put_assigned(&w, event->assigned);
    put_text(&w, "error", event->error);
    put_text(&w, "cause", event->cause);
    put_text(&w, "location", event->location);
    put_text(&w, "workerName", event->worker);
    return value_map_end(&w.map, arena);
}

/* What a task was scheduled so often, by state. */
static const struct value *attempts_of(struct arena *arena, const struct execution_result *result)
{
    struct value_map map = {0};
    for (size_t i = 0; i < result->event_count; i++) {
        const struct history_event *event = &result->events[i];
        if (event->type != HISTORY_TASK_SCHEDULED) continue;
        double count = 1;
        for (size_t k = 0; k < map.count; k++)
            if (strcmp(map.members[k].key, event->state->name) == 0)
                count = map.members[k].value->number + 1;
        value_map_put(&map, arena, event->state->name, value_number(arena, count));
    }
    return value_map_end(&map, arena);
}

const struct value *execution_value(struct arena *arena, const struct execution_result *result)
{
    struct writing w = {.arena = arena};
    struct value_list entered = {0};
    struct value_list events = {0};
    for (size_t i = 0; i < result->event_count; i++) {
        const struct history_event *event = &result->events[i];
        if (event->type == HISTORY_STATE_ENTERED)
            value_list_add(&entered, arena, value_string(arena, event->state->name));
        value_list_add(&events, arena, execution_event_value(arena, event));
    }
    put_text(&w, "status", execution_status_names[result->status]);
    put(&w, "output", result->output);
    put_text(&w, "error", result->error);
    put_text(&w, "cause", result->cause);
    put(&w, "entered", value_list_end(&entered, arena));
    put(&w, "attempts", attempts_of(arena, result));
    put_number(&w, "transitions", (double)result->transitions);
    put_number(&w, "children", (double)result->children);
    put_number(&w, "seconds", result->seconds);
    put(&w, "events", value_list_end(&events, arena));
    return value_map_end(&w.map, arena);
}
