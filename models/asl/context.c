/* The context object: $$ of JSONPath, $states.context of JSONata. */
#include "base/arena.h"
#include "models/asl/expression.h"
#include "models/asl/states.h"
#include "models/asl/timestamp.h"

static const struct value *text_of(struct arena *arena, const char *text)
{
    return text ? value_string(arena, text) : &value_null;
}

static const struct value *time_of(struct arena *arena, double seconds)
{
    char text[TIMESTAMP_SIZE];
    timestamp_format(seconds, text);
    return value_string(arena, text);
}

/* Made once for an execution. */
static const struct value *execution_of(struct asl_run *run)
{
    if (run->cache.execution) return run->cache.execution;
    struct arena *arena = run->arena;
    struct value_map map = {0};
    value_map_put(&map, arena, "Id", text_of(arena, run->execution_id));
    value_map_put(&map, arena, "Input", run->input ? run->input : &value_empty_map);
    value_map_put(&map, arena, "StartTime", time_of(arena, run->started));
    value_map_put(&map, arena, "Name", text_of(arena, run->execution_name));
    value_map_put(&map, arena, "RoleArn", text_of(arena, run->role));
    if (!run->express) value_map_put(&map, arena, "RedriveCount", value_integer(arena, 0));
    run->cache.execution = value_map_end(&map, arena);
    return run->cache.execution;
}

static const struct value *machine_of(struct asl_run *run)
{
    if (run->cache.machine) return run->cache.machine;
    struct value_map map = {0};
    value_map_put(&map, run->arena, "Id", text_of(run->arena, run->machine_id));
    value_map_put(&map, run->arena, "Name", text_of(run->arena, run->machine_name));
    run->cache.machine = value_map_end(&map, run->arena);
    return run->cache.machine;
}

/* RetryCount is there in states that can be retried: recorded. */
static const struct value *state_of(const struct evaluation *eval)
{
    struct arena *arena = eval->run->arena;
    struct value_map map = {0};
    value_map_put(&map, arena, "Name", text_of(arena, eval->state->name));
    value_map_put(&map, arena, "EnteredTime", time_of(arena, eval->flow->entered));
    if (eval->state->type & (ASL_TASK | ASL_PARALLEL | ASL_MAP))
        value_map_put(&map, arena, "RetryCount", value_integer(arena, eval->flow->retries));
    return value_map_end(&map, arena);
}

static const struct value *item_of(struct arena *arena, const struct asl_item *item)
{
    struct value_map map = {0};
    value_map_put(&map, arena, "Index", value_integer(arena, (int64_t)item->index));
    if (item->key) value_map_put(&map, arena, "Key", value_string(arena, item->key));
    value_map_put(&map, arena, "Value", item->value);
    if (item->source) value_map_put(&map, arena, "Source", value_string(arena, item->source));
    const struct value *inner = value_map_end(&map, arena);
    return value_with(arena, &value_empty_map, "Item", inner);
}

const struct value *evaluation_context(struct evaluation *eval)
{
    if (eval->context) return eval->context;
    struct asl_run *run = eval->run;
    struct value_map map = {0};
    if (run->context) {
        value_map_put_all(&map, run->arena, run->context);
    } else {
        value_map_put(&map, run->arena, "Execution", execution_of(run));
        value_map_put(&map, run->arena, "StateMachine", machine_of(run));
        value_map_put(&map, run->arena, "State", state_of(eval));
    }
    if (eval->item) value_map_put(&map, run->arena, "Map", item_of(run->arena, eval->item));
    if (eval->flow->token)
        value_map_put(&map, run->arena, "Task",
                      value_with(run->arena, &value_empty_map, "Token",
                                 value_string(run->arena, eval->flow->token)));
    eval->context = value_map_end(&map, run->arena);
    return eval->context;
}
