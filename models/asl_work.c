#include "base/arena.h"
#include "models/asl/timestamp.h"
#include "models/asl_translation.h"
#include "models/history.h"

#include <float.h>
#include <string.h>

/* What is said of a field whose value only data would give. */
static void refuse_data(struct translation *t, const struct asl_state *state,
                        const struct node *node)
{
    asl_bind_fault(&t->binder, state, node,
                   "%s is not modelled without data: it decides how long this takes; write a "
                   "number in its place",
                   node->key);
}

/* Without data, refuses every field of the list that the state has, or that holds an expression
 * when `expressions`. */
static void refuse_fields(struct translation *t, const struct asl_state *state,
                          const char *const *fields, bool expressions)
{
    for (; *fields && !t->binding->data; fields++) {
        const struct node *node = node_get(state->node, *fields);
        if (node && (!expressions || asl_is_expression(node))) refuse_data(t, state, node);
    }
}

/* ---- tasks ---- */

/* Refuses what waits for somebody to come back where nothing may: activities, jobs, tokens. */
static void refuse_resource(struct translation *t, const struct asl_state *state)
{
    static const struct {
        const char *mark;
        const char *what;
    } refused[] = {{":activity:", "an activity"},
                   {".sync", "a job that is waited for (.sync)"},
                   {".waitForTaskToken", "a task token (.waitForTaskToken)"}};
    const char *resource = asl_text(state->node, "Resource");
    /* A function's name may hold anything. */
    if (!t->binding->express || strstr(resource, ":function:") || strncmp(resource, "arn:", 4) != 0)
        return;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        if (strstr(resource, refused[i].mark))
            asl_bind_fault(&t->binder, state, node_get(state->node, "Resource"),
                           "an Express workflow cannot have %s", refused[i].what);
}

/* Heartbeats are expected of those who have to come back: an activity's worker, the holder of a
 * token. */
static bool has_heartbeats(const struct asl_state *state)
{
    return task_kind(state) == TASK_ACTIVITY ||
           strstr(asl_text(state->node, "Resource"), ".waitForTaskToken");
}

static bool is_job(const struct asl_state *state)
{
    const char *resource = asl_text(state->node, "Resource");
    const char *integration = strstr(resource, ":states:::");
    return integration && strstr(integration, ".sync");
}

/* Nobody is known to send heartbeats, so a task that takes longer than HeartbeatSeconds misses one.
 */
static void translate_times(struct translation *t, const struct asl_state *state, struct step *step)
{
    static const char *const paths[] = {"TimeoutSecondsPath", NULL};
    static const char *const expressions[] = {"TimeoutSeconds", NULL};
    static const char *const heartbeat_paths[] = {"HeartbeatSecondsPath", NULL};
    static const char *const heartbeat_expressions[] = {"HeartbeatSeconds", NULL};
    refuse_fields(t, state, paths, false);
    refuse_fields(t, state, expressions, true);
    if (has_heartbeats(state)) {
        refuse_fields(t, state, heartbeat_paths, false);
        refuse_fields(t, state, heartbeat_expressions, true);
    }
    const double timeout = asl_number(state->node, "TimeoutSeconds", -1);
    const double heartbeat =
        has_heartbeats(state) ? asl_number(state->node, "HeartbeatSeconds", -1) : -1;
    if (timeout >= 0) step->timeout = time_from_seconds(timeout);
    if (heartbeat < 0 || (timeout >= 0 && timeout <= heartbeat)) return;
    step->timeout = time_from_seconds(heartbeat);
    step->timeout_error = ERROR_HEARTBEAT;
}

/* What becomes of the bytes of a state's result. */
static enum result_use use_of(const struct asl_state *state)
{
    const struct node *path = node_get(state->node, "ResultPath");
    if (!path) return RESULT_REPLACES;
    if (path->type == NODE_NULL) return RESULT_DISCARDED;
    return path->text && strcmp(path->text, "$") != 0 ? RESULT_ADDS : RESULT_REPLACES;
}

static void translate_result(struct translation *t, const struct asl_state *state,
                             struct step *step)
{
    step->result_use = (uint8_t)use_of(state);
    const struct node *results = t->binding->results;
    const struct node *bytes = t->binding->data ? NULL : node_get(results, state->name);
    if (!bytes) return;
    struct arena *arena = t->compiler->arena;
    const char *path =
        arena_format(arena, "%s.results.%s", t->binding->path, asl_excerpt(arena, state->name));
    struct error err;
    double number = 0;
    if (!quantity_read(bytes, DIMENSION_SIZE, &number, &err))
        diagnostics_add_error(t->compiler->diagnostics, path, &err);
    else if (number < 0 || number > 4e9)
        compiler_fault(t->compiler, bytes, path, "a result has from 0 to 4GB, found %s",
                       bytes->text);
    else
        step->result_bytes = (uint32_t)number;
}

void asl_translate_task(struct translation *t, const struct asl_state *state, struct step *step)
{
    refuse_resource(t, state);
    translate_times(t, state, step);
    translate_result(t, state, step);
    step->call.component = asl_bind_task(&t->binder, state, step->kind == STEP_CALL);
    step->call.items = 1;
    step->call.key_is_query = true;
    step->call.job = is_job(state);
    step->call.execution = asl_task_nests(state, false);
    if (t->binding->mocked) step->call.operation = (uint16_t)state->index;
}

/* ---- time ---- */

/* A Timestamp needs the date of the simulated time 0. */
static void translate_timestamp(struct translation *t, const struct asl_state *state,
                                const struct node *node, struct step *step)
{
    struct timestamp at;
    if (!timestamp_read(node->text, strlen(node->text), &at)) return; /* a fault already */
    if (!t->binding->dated) {
        asl_bind_fault(&t->binder, state, node,
                       "a Timestamp needs the date at which the simulation begins; add it to %s: "
                       "epoch: \"2026-01-31T00:00:00Z\"",
                       t->binding->path);
        return;
    }
    const double seconds = (double)at.seconds + 1e-9 * (double)at.nanoseconds - t->binding->epoch;
    step->wait.until = seconds > 0 ? time_from_seconds(seconds) : 0;
    step->wait.dated = true;
}

void asl_translate_wait(struct translation *t, const struct asl_state *state, struct step *step)
{
    static const char *const paths[] = {"SecondsPath", "TimestampPath", NULL};
    static const char *const expressions[] = {"Seconds", "Timestamp", NULL};
    refuse_fields(t, state, paths, false);
    refuse_fields(t, state, expressions, true);
    distribution_constant(&step->wait.time, asl_number(state->node, "Seconds", 0));
    const struct node *timestamp = node_get(state->node, "Timestamp");
    if (timestamp && !asl_is_expression(timestamp) && !t->binding->data)
        translate_timestamp(t, state, timestamp, step);
}

/* ---- choices ---- */

/* The ways by rule, then the Default (or the end of the flow, where there is none). */
static void translate_rules(struct translation *t, const struct asl_state *state, struct step *step)
{
    const struct node *choices = node_get(state->node, "Choices");
    const size_t count = choices ? choices->count : 0;
    uint16_t *targets = arena_array(t->compiler->arena, uint16_t, count + 1);
    size_t i = 0;
    for (const struct node *rule = choices ? choices->first : NULL; rule; rule = rule->next)
        targets[i++] = asl_step_named(t, state->machine, asl_text(rule, "Next"));
    const char *other = asl_text(state->node, "Default");
    targets[count] = other[0] ? asl_step_named(t, state->machine, other) : STEP_END;
    step->choice.count = (uint16_t)(count + 1);
    step->choice.targets = targets;
}

void asl_translate_choice(struct translation *t, const struct asl_state *state, struct step *step)
{
    struct asl_ways ways;
    if (t->binding->data) {
        translate_rules(t, state, step);
        return;
    }
    if (!asl_bind_choice(&t->binder, state, &ways)) return;
    uint16_t *targets = arena_array(t->compiler->arena, uint16_t, ways.count);
    for (size_t i = 0; i < ways.count; i++) targets[i] = t->steps[ways.targets[i]->index];
    step->choice.kind = CHOICE_PROBABILITY;
    step->choice.count = (uint16_t)ways.count;
    step->choice.cumulated = ways.cumulated;
    step->choice.targets = targets;
}

/* ---- flows beside each other ---- */

uint16_t asl_start_of(const struct translation *t, size_t machine)
{
    return asl_step_named(t, machine, asl_text(t->states->machines[machine].node, "StartAt"));
}

void asl_translate_parallel(struct translation *t, const struct asl_state *state, struct step *step)
{
    if (state->nested_count >= STEP_END) return; /* more branches than a program has steps */
    uint16_t *starts = arena_array(t->compiler->arena, uint16_t, state->nested_count);
    for (size_t i = 0; i < state->nested_count; i++) starts[i] = asl_start_of(t, state->nested + i);
    step->parallel.count = (uint16_t)state->nested_count;
    step->parallel.starts = starts;
    step->result_use = (uint8_t)use_of(state);
}

static const char *config_of(const struct asl_state *state, const char *field)
{
    return asl_text(node_get(asl_processor(state->node), "ProcessorConfig"), field);
}

static bool is_distributed(const struct asl_state *state)
{
    return state->type == ASL_MAP && strcmp(config_of(state, "Mode"), "DISTRIBUTED") == 0;
}

/* The Map or Parallel that holds a machine; NULL for the definition. */
static const struct asl_state *holder_of(const struct asl_states *states, size_t machine)
{
    for (size_t i = 0; i < states->count && machine > 0; i++) {
        const struct asl_state *state = &states->items[i];
        if (machine >= state->nested && machine < state->nested + state->nested_count) return state;
    }
    return NULL;
}

enum step_child asl_child_of(const struct translation *t, const struct asl_state *state)
{
    for (const struct asl_state *at = holder_of(t->states, state->machine); at;
         at = holder_of(t->states, at->machine))
        if (is_distributed(at))
            return strcmp(config_of(at, "ExecutionType"), "EXPRESS") == 0 ? CHILD_EXPRESS
                                                                          : CHILD_STANDARD;
    return CHILD_NONE;
}

static void translate_batches(struct translation *t, const struct asl_state *state,
                              struct step *step)
{
    static const char *const paths[] = {"MaxItemsPerBatchPath", "MaxInputBytesPerBatchPath", NULL};
    const struct node *batcher = node_get(state->node, "ItemBatcher");
    if (!batcher || t->binding->data) return;
    for (const char *const *path = paths; *path; path++)
        if (node_get(batcher, *path)) refuse_data(t, state, node_get(batcher, *path));
    const struct node *most = node_get(batcher, "MaxItemsPerBatch");
    const struct node *bytes = node_get(batcher, "MaxInputBytesPerBatch");
    if (most && asl_is_expression(most)) refuse_data(t, state, most);
    if (!most && bytes)
        asl_bind_fault(&t->binder, state, bytes,
                       "how many items fit into a batch is not known without data; give "
                       "MaxItemsPerBatch");
    step->map.batch = (uint32_t)asl_number(batcher, "MaxItemsPerBatch", 1);
}

/* Where neither is given none is tolerated; where one is, the other sets no limit. */
static void translate_tolerance(struct translation *t, const struct asl_state *state,
                                struct step *step)
{
    static const char *const paths[] = {"ToleratedFailureCountPath",
                                        "ToleratedFailurePercentagePath", NULL};
    static const char *const expressions[] = {"ToleratedFailureCount", "ToleratedFailurePercentage",
                                              NULL};
    refuse_fields(t, state, paths, false);
    refuse_fields(t, state, expressions, true);
    const double count = asl_number(state->node, "ToleratedFailureCount", -1);
    const double percentage = asl_number(state->node, "ToleratedFailurePercentage", -1);
    step->map.tolerated_count = count >= 0 ? count : percentage >= 0 ? DBL_MAX : 0;
    step->map.tolerated_ratio = percentage >= 0 ? percentage / 100 : 1;
}

/* Child executions that a Map Run runs at once. */
enum { RUN_CONCURRENCY = 10000 };

void asl_translate_map(struct translation *t, const struct asl_state *state, struct step *step)
{
    static const char *const paths[] = {"MaxConcurrencyPath", NULL};
    static const char *const expressions[] = {"MaxConcurrency", NULL};
    refuse_fields(t, state, paths, false);
    refuse_fields(t, state, expressions, true);
    step->map.start = asl_start_of(t, state->nested);
    step->map.distributed = is_distributed(state);
    step->map.express = strcmp(config_of(state, "ExecutionType"), "EXPRESS") == 0;
    step->result_use = (uint8_t)use_of(state);
    if (step->map.distributed && t->binding->express)
        asl_bind_fault(&t->binder, state, node_get(state->node, "Type"),
                       "an Express workflow cannot have a distributed Map");
    if (step->map.distributed) {
        translate_batches(t, state, step);
        translate_tolerance(t, state, step);
    }
    const double concurrency = asl_number(state->node, "MaxConcurrency", 0);
    const uint32_t most = step->map.distributed ? RUN_CONCURRENCY : t->binding->map_concurrency;
    step->map.concurrency =
        concurrency > 0 && (most == 0 || concurrency < (double)most) ? (uint32_t)concurrency : most;
    const bool counted =
        !t->binding->data || (node_get(state->node, "ItemReader") && !t->binding->mocked);
    if (!counted || !asl_bind_map(&t->binder, state, &step->map.items))
        distribution_constant(&step->map.items, 1);
}
