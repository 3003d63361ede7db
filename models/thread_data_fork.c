#include "base/arena.h"
#include "models/asl/states.h"
#include "models/thread_data.h"

#include <float.h>
#include <string.h>

void data_run_parallel(struct thread *thread, const struct step *step, sim_time now)
{
    struct flow_data *data = thread->data;
    struct asl_error err;
    if (!asl_data_arguments(&data->execution->run, &data->flow, data_state(thread), &data->sent,
                            &err)) {
        thread_attempt_over(thread, data_raise(thread, &err, now), now);
        return;
    }
    data->begun = true;
    data->results =
        arena_array(data->execution->run.arena, const struct value *, step->parallel.count);
    data->chain = data->iteration = history_add(thread, history_event(HISTORY_STATE_STARTED), now);
    thread_fork_branches(thread, step, now);
}

/* ---- Map ---- */

static void tell_start(struct thread *thread, const struct step *step, size_t length, sim_time now)
{
    struct flow_data *data = thread->data;
    struct history_event event = history_event(HISTORY_STATE_STARTED);
    data->begun = true;
    event.length = (int64_t)length;
    data->chain = data->iteration = history_add(thread, event, now);
    if (!step->map.distributed) return;
    history_add(thread, history_event(HISTORY_MAP_RUN_STARTED), now);
    data->running = true;
}

/* An ItemReader's Map Run has started before it is known what is read. */
static bool read_items(struct thread *thread, const struct step *step, sim_time now,
                       struct asl_error *err)
{
    struct flow_data *data = thread->data;
    const struct thread_data *host = data->execution->host;
    const struct asl_state *state = data_state(thread);
    struct asl_run *run = &data->execution->run;
    const struct value *request = NULL;
    struct asl_source source = {0};
    double most = -1;
    if (!asl_data_reader(run, &data->flow, state, &request, &most, err)) return false;
    data->map = arena_new_item(run->arena, struct asl_map);
    if (!request) {
        const bool good = asl_data_map(run, &data->flow, state, NULL, data->map, err);
        if (good) {
            tell_start(thread, step, data->map->count, now);
        } else if (data->map->count > 0) {
            /* The items were there; it was a setting that could not be read. */
            struct history_event event = history_event(HISTORY_STATE_STARTED);
            event.length = (int64_t)data->map->count;
            history_add(thread, event, now);
            data->begun = true;
        }
        return good;
    }
    tell_start(thread, step, 0, now);
    return (!host->read || host->read(host, state, request, &source, err)) &&
           asl_data_map(run, &data->flow, state, &source, data->map, err);
}

void data_run_map(struct thread *thread, const struct step *step, sim_time now)
{
    struct flow_data *data = thread->data;
    struct asl_error err = {0};
    if (!read_items(thread, step, now, &err)) {
        thread_attempt_over(thread, data_raise(thread, &err, now), now);
        return;
    }
    const struct asl_map *map = data->map;
    struct fan *fan = thread_fan_take(thread);
    fan->items = map->count;
    fan->count = (uint32_t)map->children;
    fan->limit = step->map.concurrency ? step->map.concurrency : UINT32_MAX;
    if (map->concurrency > 0 && map->concurrency < (double)fan->limit)
        fan->limit = (uint32_t)map->concurrency;
    fan->distributed = step->map.distributed;
    const bool count = map->tolerated_count >= 0;
    const bool percentage = map->tolerated_percentage >= 0;
    fan->tolerated_count = count ? map->tolerated_count : percentage ? DBL_MAX : 0;
    fan->tolerated_ratio = percentage ? map->tolerated_percentage / 100 : 1;
    data->results = arena_array(data->execution->run.arena, const struct value *, fan->count);
    thread_fork_fan(thread, fan, now);
}

uint64_t data_items_of(const struct thread *thread, uint32_t index)
{
    const size_t *batches = thread->data->map->batches;
    return batches ? batches[index + 1] - batches[index] : 1;
}

/* ---- flows below ---- */

/* A child of a Map Run is an execution of its own, whose history nobody asks for. */
static struct execution *child_execution(const struct flow_data *parent, const struct value *input,
                                         const char *label, uint32_t index, double now)
{
    const struct execution *above = parent->execution;
    struct arena *arena = above->run.arena;
    struct execution *child = arena_new_item(arena, struct execution);
    child->host = above->host;
    child->run = above->run;
    child->run.input = input;
    child->run.started = now;
    child->run.execution_name =
        arena_format(arena, "%s-%s-%u", above->run.execution_name, label, index);
    child->run.execution_id =
        arena_format(arena, "%s/%s:%u", above->run.execution_id, label, index);
    child->run.seed = above->run.seed * 31 + index + 1;
    child->run.draws = 0;
    memset(&child->run.cache, 0, sizeof child->run.cache);
    return child;
}

static void fork_child(struct thread *parent, struct branch *branch, const struct value *input,
                       sim_time now)
{
    struct flow_data *above = parent->data;
    struct flow_data *data = branch->flow.data;
    data->flow.input = input;
    if (parent->fan->distributed) {
        data->execution = child_execution(above, input, data_state(parent)->name, branch->index,
                                          data_epoch(parent, now));
        return;
    }
    data->flow.variables = asl_data_nest(&above->execution->run, above->flow.variables);
}

static void tell_iteration(struct thread *thread, struct branch *branch, enum history_type type,
                           sim_time now, bool aside)
{
    struct history_event event = history_event(type);
    event.state = data_state(branch->parent);
    event.index = branch->index;
    if (branch->parent->fan->distributed) return;
    if (aside)
        branch->parent->data->iteration = history_add_aside(thread, event, now);
    else
        history_add(thread, event, now);
}

bool data_fork(struct thread *parent, struct branch *branch, sim_time now)
{
    struct flow_data *above = parent->data;
    struct asl_run *run = &above->execution->run;
    struct flow_data *data = arena_new_item(run->arena, struct flow_data);
    const bool map = thread_step(parent)->kind == STEP_MAP;
    const struct value *input = above->sent;
    struct asl_error err;
    branch->flow.data = data;
    data->execution = above->execution;
    data->flow.item = above->flow.item;
    data->previous = map ? above->chain : above->previous;
    if (map) {
        above->flow.now = data_epoch(parent, now);
        if (!asl_data_child(run, &above->flow, data_state(parent), above->map, branch->index,
                            &data->item, &input, &err)) {
            parent->error = data_raise(parent, &err, now);
            return false;
        }
        data->flow.item = &data->item;
    }
    fork_child(parent, branch, input, now);
    if (map) tell_iteration(&branch->flow, branch, HISTORY_MAP_ITERATION_STARTED, now, false);
    return true;
}

/* ---- the end of a flow ---- */

/* What is stopped within a flow that fails or is stopped: the states that were entered and take
 * time. */
static void tell_aborted(struct thread *thread, sim_time now)
{
    const enum asl_type stoppable = ASL_TASK | ASL_WAIT | ASL_MAP | ASL_PARALLEL;
    if (thread->waits_for == WAIT_FLOWS) {
        const bool map = thread_step(thread)->kind == STEP_MAP;
        struct branch *branch = thread->fan->children;
        while (branch && branch->next) branch = branch->next;
        for (; branch; branch = branch->previous) { /* in the order in which they began */
            branch->flow.data->previous = thread->data->previous;
            if (map)
                tell_iteration(&branch->flow, branch, HISTORY_MAP_ITERATION_ABORTED, now, true);
            tell_aborted(&branch->flow, now);
        }
    }
    if (thread->step == STEP_END || !thread->data->flow.event) return;
    if (data_state(thread)->type & stoppable)
        history_add_aside(thread, history_event(HISTORY_STATE_ABORTED), now);
}

/* The first flow that fails stops those beside it. */
static void tell_failure(struct branch *failed, sim_time now)
{
    struct thread *thread = &failed->flow;
    struct thread *parent = failed->parent;
    const bool map = thread_step(parent)->kind == STEP_MAP;
    if (map) tell_iteration(thread, failed, HISTORY_MAP_ITERATION_FAILED, now, true);
    if (!parent->fan->distributed) tell_aborted(thread, now);
    struct branch *branch = parent->fan->children;
    while (branch && branch->next) branch = branch->next;
    for (; branch && !parent->fan->distributed; branch = branch->previous) {
        if (branch == failed) continue;
        branch->flow.data->previous = thread->data->previous;
        if (map) tell_iteration(&branch->flow, branch, HISTORY_MAP_ITERATION_ABORTED, now, true);
        tell_aborted(&branch->flow, now);
    }
}

/* What happens in the same moment in flows beside it comes first. */
static void failure_taken_up(void *context, sim_time now)
{
    struct thread *thread = context;
    thread->timer = 0;
    thread_over(thread, thread->error, now);
}

static bool nested_over(struct branch *branch, uint16_t error, sim_time now)
{
    struct thread *thread = &branch->flow;
    struct flow_data *above = branch->parent->data;
    struct flow_data *data = thread->data;
    if (error == ERROR_NONE) {
        above->results[branch->index] = data->flow.input;
        above->iteration = above->chain = data->previous;
        if (thread_step(branch->parent)->kind == STEP_MAP)
            tell_iteration(thread, branch, HISTORY_MAP_ITERATION_SUCCEEDED, now, true);
        return true;
    }
    if (!thread->failing) {
        thread->failing = true;
        thread->error = error;
        thread->timer = events_add(thread_component(thread)->events, now, failure_taken_up, thread);
        return false;
    }
    tell_failure(branch, now);
    above->error = data->error;
    above->chain = above->iteration = data->previous;
    if (branch->parent->fan->distributed)
        above->results[branch->index] = asl_data_error(&data->execution->run, &data->error);
    else
        above->previous = data->previous;
    return true;
}

static void tell_end(struct thread *thread, uint16_t error, sim_time now)
{
    struct flow_data *data = thread->data;
    struct history_event event =
        history_event(error == ERROR_NONE ? HISTORY_EXECUTION_SUCCEEDED : HISTORY_EXECUTION_FAILED);
    if (error == ERROR_NONE) {
        event.output = data->flow.input;
    } else {
        event.error = data->error.error;
        event.cause = data->error.cause;
    }
    history_add(thread, event, now);
}

bool data_flow_over(struct thread *thread, uint16_t error, sim_time now)
{
    if (error != ERROR_NONE && !thread->failing) data_fan_failed(thread, now);
    if (thread->nested) return nested_over(thread_branch(thread), error, now);
    tell_end(thread, error, now);
    data_end(thread);
    return true;
}

/* ---- the end of a Parallel or Map ---- */

static void run_failed(struct thread *thread, sim_time now)
{
    struct flow_data *data = thread->data;
    if (!data->running) return;
    data->running = false;
    struct history_event event = history_event(HISTORY_MAP_RUN_FAILED);
    event.error = data->error.error;
    event.cause = data->error.cause;
    history_add(thread, event, now);
}

/* The results of a Map Run are elsewhere: where, by the literal parameters of its ResultWriter. */
static const struct value *written(const struct thread *thread)
{
    const struct flow_data *data = thread->data;
    const struct asl_state *state = data_state(thread);
    const struct asl_run *run = &data->execution->run;
    struct arena *arena = run->arena;
    const struct node *writer = node_get(state->node, "ResultWriter");
    const struct node *where = node_get(writer, "Parameters");
    if (!where) where = node_get(writer, "Arguments");
    const char *label = asl_text(state->node, "Label");
    const char *id = arena_format(arena, "%s-%u", run->execution_name, thread_attempt(thread));
    struct value_map place = {0};
    struct value_map out = {0};
    value_map_put(&place, arena, "Bucket", value_string(arena, asl_text(where, "Bucket")));
    value_map_put(&place, arena, "Key",
                  value_string(arena, arena_format(arena, "%s/%s/manifest.json",
                                                   asl_text(where, "Prefix"), id)));
    value_map_put(
        &out, arena, "MapRunArn",
        value_string(arena,
                     arena_format(arena, "arn:aws:states:us-east-1:111111111111:mapRun:%s/%s:%s",
                                  run->machine_name, label[0] ? label : state->name, id)));
    value_map_put(&out, arena, "ResultWriterDetails", value_map_end(&place, arena));
    return value_map_end(&out, arena);
}

void data_fan_over(struct thread *thread, sim_time now)
{
    struct flow_data *data = thread->data;
    if (thread->error == ERROR_TOLERANCE && !data->own)
        data->error =
            (struct asl_error){"States.ExceedToleratedFailureThreshold",
                               "The specified tolerated failure threshold was exceeded", NULL};
    if (thread->error != ERROR_NONE) {
        run_failed(thread, now);
        return;
    }
    const struct step *step = thread_step(thread);
    const size_t count = step->kind == STEP_PARALLEL ? step->parallel.count : data->map->children;
    data->result = value_list(data->execution->run.arena, data->results, count);
    if (data->running && node_get(data_state(thread)->node, "ResultWriter"))
        data->result = written(thread);
    if (data->running)
        history_add(thread, history_event(HISTORY_MAP_RUN_SUCCEEDED), now);
    else
        data->previous = data->iteration;
    history_add_aside(thread, history_event(HISTORY_STATE_SUCCEEDED), now);
    data->running = false;
}

void data_fan_failed(struct thread *thread, sim_time now)
{
    const struct flow_data *data = thread->data;
    if (thread->step == STEP_END) return;
    const enum step_kind kind = thread_step(thread)->kind;
    if ((kind != STEP_PARALLEL && kind != STEP_MAP) || data->result) return;
    const char *error = data->error.error;
    if (data->own && error && strcmp(error, "States.Runtime") == 0) return;
    history_add(thread, history_event(HISTORY_STATE_FAILED), now);
}
