#include "models/asl.h"

#include "base/arena.h"
#include "models/asl/asl.h"
#include "models/asl/states.h"
#include "models/asl_bind.h"
#include "models/errors.h"

#include <string.h>

/* The specification's defaults of a retrier. */
enum { RETRY_ATTEMPTS = 3, RETRY_INTERVAL = 1, CATCHERS_MOST = 255 };
#define RETRY_BACKOFF 2.0

struct translation {
    struct compiler *compiler;
    const struct asl_binding *binding;
    struct asl_states states;
    struct asl_binder binder;
    struct program_builder builder;
    uint16_t *steps; /* by state */
};

sim_time asl_timeout(const struct node *definition)
{
    const struct node *timeout = node_get(definition, "TimeoutSeconds");
    if (!timeout || timeout->type != NODE_NUMBER) return SIM_NEVER;
    return time_from_seconds(timeout->number);
}

/* What is said of a field whose value only data would give. */
static void refuse_data(struct translation *t, const struct asl_state *state,
                        const struct node *node)
{
    asl_bind_fault(&t->binder, state, node,
                   "%s is not modelled without data: it decides how long this takes; write a "
                   "number in its place",
                   node->key);
}

/* Refuses every field of the list that the state has, or that holds an expression when
 * `expressions`. */
static void refuse_fields(struct translation *t, const struct asl_state *state,
                          const char *const *fields, bool expressions)
{
    for (; *fields; fields++) {
        const struct node *node = node_get(state->node, *fields);
        if (node && (!expressions || asl_is_expression(node))) refuse_data(t, state, node);
    }
}

static double number_of(const struct node *map, const char *key, double fallback)
{
    const struct node *node = node_get(map, key);
    return node && node->type == NODE_NUMBER ? node->number : fallback;
}

/* The bit of an error; one that has none goes to the list, once. */
static uint64_t add_error(struct error_list *others, uint16_t *numbers, uint16_t error)
{
    if (error < ERROR_KNOWN) return ERROR_SET(error);
    for (uint16_t i = 0; i < others->count; i++)
        if (numbers[i] == error) return 0;
    numbers[others->count++] = error;
    return 0;
}

/* The errors of ErrorEquals; those that have no bit go to `others`. */
static uint64_t error_set_of(struct translation *t, const struct asl_state *state,
                             const struct node *block, struct error_list *others)
{
    const char *path = asl_state_path(&t->states, state, t->compiler->arena, "ErrorEquals");
    const struct node *list = node_get(block, "ErrorEquals");
    uint16_t *numbers = arena_array(t->compiler->arena, uint16_t, list ? list->count : 0);
    uint64_t set = 0;
    others->numbers = numbers;
    for (const struct node *name = asl_first(block, "ErrorEquals"); name; name = name->next) {
        if (strcmp(name->text, "States.ALL") == 0)
            set |= ERROR_SET_ALL;
        else if (strcmp(name->text, "States.TaskFailed") == 0)
            set |= ERROR_SET_TASK_FAILED;
        else if (strcmp(name->text, "States.BranchFailed") == 0 && state->type == ASL_PARALLEL)
            set |= ERROR_SET_ALL; /* a branch's error goes by its own name and by this one */
        else if (strcmp(name->text, "States.Timeout") == 0)
            set |= ERROR_SET(ERROR_TIMEOUT) | ERROR_SET(ERROR_HEARTBEAT);
        else if (strcmp(name->text, "States.Runtime") != 0) /* which nothing retries or catches */
            set |= add_error(others, numbers, compiler_error(t->compiler, name, path, name->text));
    }
    return set;
}

static void translate_retry(struct translation *t, const struct asl_state *state, struct step *step)
{
    const struct node *list = node_get(state->node, "Retry");
    if (!list || list->count == 0) return;
    if (list->count > STEP_RETRIERS) {
        asl_bind_fault(&t->binder, state, list,
                       "Retry has %zu retriers, and at most %d are modelled", list->count,
                       STEP_RETRIERS);
        return;
    }
    struct retrier *retriers = arena_array(t->compiler->arena, struct retrier, list->count);
    size_t count = 0;
    for (const struct node *block = list->first; block; block = block->next) {
        const struct node *jitter = node_get(block, "JitterStrategy");
        struct retrier *retrier = &retriers[count++];
        retrier->errors = error_set_of(t, state, block, &retrier->others);
        retrier->attempts = (uint32_t)number_of(block, "MaxAttempts", RETRY_ATTEMPTS);
        retrier->interval = time_from_seconds(number_of(block, "IntervalSeconds", RETRY_INTERVAL));
        retrier->backoff = number_of(block, "BackoffRate", RETRY_BACKOFF);
        retrier->longest = node_get(block, "MaxDelaySeconds")
                               ? time_from_seconds(number_of(block, "MaxDelaySeconds", 0))
                               : SIM_NEVER;
        retrier->jitter = jitter && strcmp(jitter->text, "FULL") == 0;
    }
    step->retriers = retriers;
    step->retrier_count = (uint8_t)count;
}

/* The step of the state of a machine by name; asl_check has seen that there is one. */
static uint16_t step_named(const struct translation *t, size_t machine, const char *name)
{
    const struct asl_state *state = asl_states_find(&t->states, machine, name);
    return state ? t->steps[state->index] : STEP_END;
}

static void translate_catch(struct translation *t, const struct asl_state *state, struct step *step)
{
    const struct node *list = node_get(state->node, "Catch");
    if (!list || list->count == 0) return;
    if (list->count > CATCHERS_MOST) {
        asl_bind_fault(&t->binder, state, list,
                       "Catch has %zu catchers, and at most %d are modelled", list->count,
                       CATCHERS_MOST);
        return;
    }
    struct catcher *catchers = arena_array(t->compiler->arena, struct catcher, list->count);
    size_t count = 0;
    for (const struct node *block = list->first; block; block = block->next) {
        catchers[count].errors = error_set_of(t, state, block, &catchers[count].others);
        catchers[count++].next = step_named(t, state->machine, asl_text(block, "Next"));
    }
    step->catchers = catchers;
    step->catcher_count = (uint8_t)count;
}

/* Refuses what waits for somebody to come back: activities, jobs, task tokens. */
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
    if (strstr(resource, ":function:") || strncmp(resource, "arn:", 4) != 0) return;
    if (asl_task_nests(state, true) && !t->binding->express) return;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        if (!strstr(resource, refused[i].mark)) continue;
        asl_bind_fault(&t->binder, state, node_get(state->node, "Resource"), "%s %s",
                       t->binding->express ? "an Express workflow cannot have"
                                           : "not modelled yet:",
                       refused[i].what);
    }
}

static void translate_task(struct translation *t, const struct asl_state *state, struct step *step)
{
    static const char *const paths[] = {"TimeoutSecondsPath", NULL};
    static const char *const expressions[] = {"TimeoutSeconds", NULL};
    refuse_resource(t, state);
    refuse_fields(t, state, paths, false);
    refuse_fields(t, state, expressions, true);
    step->call.component = asl_bind_task(&t->binder, state, step->kind == STEP_CALL);
    step->call.items = 1;
    step->call.key_is_query = true;
    step->call.job = asl_task_nests(state, true);
    step->call.execution = asl_task_nests(state, false);
    const struct node *timeout = node_get(state->node, "TimeoutSeconds");
    if (timeout && timeout->type == NODE_NUMBER) step->timeout = time_from_seconds(timeout->number);
}

static void translate_wait(struct translation *t, const struct asl_state *state, struct step *step)
{
    static const char *const paths[] = {"SecondsPath", "Timestamp", "TimestampPath", NULL};
    static const char *const expressions[] = {"Seconds", NULL};
    refuse_fields(t, state, paths, false);
    refuse_fields(t, state, expressions, true);
    distribution_constant(&step->wait.time, number_of(state->node, "Seconds", 0));
}

static void translate_choice(struct translation *t, const struct asl_state *state,
                             struct step *step)
{
    struct asl_ways ways;
    if (!asl_bind_choice(&t->binder, state, &ways)) return;
    uint16_t *targets = arena_array(t->compiler->arena, uint16_t, ways.count);
    for (size_t i = 0; i < ways.count; i++) targets[i] = t->steps[ways.targets[i]->index];
    step->choice.kind = CHOICE_PROBABILITY;
    step->choice.count = (uint16_t)ways.count;
    step->choice.cumulated = ways.cumulated;
    step->choice.targets = targets;
}

/* The first step of a nested machine. */
static uint16_t start_of(const struct translation *t, size_t machine)
{
    return step_named(t, machine, asl_text(t->states.machines[machine].node, "StartAt"));
}

static void translate_parallel(struct translation *t, const struct asl_state *state,
                               struct step *step)
{
    if (state->nested_count >= STEP_END) return; /* more branches than a program has steps */
    uint16_t *starts = arena_array(t->compiler->arena, uint16_t, state->nested_count);
    for (size_t i = 0; i < state->nested_count; i++) starts[i] = start_of(t, state->nested + i);
    step->parallel.count = (uint16_t)state->nested_count;
    step->parallel.starts = starts;
}

/* Refuses what only a distributed Map has. */
static bool refuse_distributed(struct translation *t, const struct asl_state *state)
{
    static const char *const fields[] = {"ItemReader", "ItemBatcher", "ResultWriter"};
    const struct node *config = node_get(asl_processor(state->node), "ProcessorConfig");
    const struct node *mode = node_get(config, "Mode");
    if (mode && strcmp(mode->text, "DISTRIBUTED") == 0) {
        asl_bind_fault(&t->binder, state, mode, "%s a distributed Map",
                       t->binding->express ? "an Express workflow cannot have"
                                           : "not modelled yet:");
        return true;
    }
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        const struct node *node = node_get(state->node, fields[i]);
        if (!node) continue;
        asl_bind_fault(&t->binder, state, node,
                       "%s belongs to a distributed Map, which is not modelled yet", fields[i]);
        return true;
    }
    return false;
}

static void translate_map(struct translation *t, const struct asl_state *state, struct step *step)
{
    static const char *const paths[] = {"MaxConcurrencyPath", NULL};
    static const char *const expressions[] = {"MaxConcurrency", NULL};
    if (refuse_distributed(t, state)) return;
    refuse_fields(t, state, paths, false);
    refuse_fields(t, state, expressions, true);
    step->map.start = start_of(t, state->nested);
    const double concurrency = number_of(state->node, "MaxConcurrency", 0);
    const uint32_t most = t->binding->map_concurrency;
    step->map.concurrency =
        concurrency > 0 && (most == 0 || concurrency < (double)most) ? (uint32_t)concurrency : most;
    if (!asl_bind_map(&t->binder, state, &step->map.items))
        distribution_constant(&step->map.items, 1);
}

static void translate_fail(struct translation *t, const struct asl_state *state, struct step *step)
{
    const struct node *error = node_get(state->node, "Error");
    const struct node *path = node_get(state->node, "ErrorPath");
    step->fail.error = ERROR_EXCEPTION;
    if (error && !asl_is_expression(error)) {
        const char *where = asl_state_path(&t->states, state, t->compiler->arena, "Error");
        step->fail.error = compiler_error(t->compiler, error, where, error->text);
        return;
    }
    const struct node *unknown = error ? error : path;
    /* Only a state around it could tell errors apart. */
    if (!unknown || state->machine == 0) return;
    struct arena *arena = t->compiler->arena;
    diagnostics_add(t->compiler->diagnostics, SEVERITY_WARNING, unknown->place,
                    asl_state_path(&t->states, state, arena, unknown->key),
                    "state '%s': data decides the name of its error; '%s' is taken",
                    asl_excerpt(arena, state->name), error_fixed_names[ERROR_EXCEPTION]);
}

static enum step_kind kind_of(const struct asl_state *state)
{
    switch (state->type) {
    case ASL_TASK: return asl_task_is_start(state) ? STEP_START : STEP_CALL;
    case ASL_PARALLEL: return STEP_PARALLEL;
    case ASL_MAP: return STEP_MAP;
    case ASL_WAIT: return STEP_WAIT;
    case ASL_CHOICE: return STEP_CHOICE;
    case ASL_SUCCEED: return STEP_SUCCEED;
    case ASL_FAIL: return STEP_FAIL;
    case ASL_PASS:
    case ASL_UNKNOWN: break;
    }
    return STEP_PASS;
}

static void translate_state(struct translation *t, const struct asl_state *state)
{
    struct step *step = &t->builder.steps[t->steps[state->index]];
    step->name = state->name;
    step->counted = true;
    if (node_get(state->node, "Next"))
        step->next = step_named(t, state->machine, asl_text(state->node, "Next"));
    translate_retry(t, state, step);
    translate_catch(t, state, step);
    switch (state->type) {
    case ASL_TASK: translate_task(t, state, step); break;
    case ASL_PARALLEL: translate_parallel(t, state, step); break;
    case ASL_MAP: translate_map(t, state, step); break;
    case ASL_WAIT: translate_wait(t, state, step); break;
    case ASL_CHOICE: translate_choice(t, state, step); break;
    case ASL_FAIL: translate_fail(t, state, step); break;
    case ASL_PASS:
    case ASL_SUCCEED:
    case ASL_UNKNOWN: break;
    }
}

/* One step for each state, so that transitions can be resolved; false when there are too many. */
static bool add_steps(struct translation *t)
{
    t->steps = arena_array(t->compiler->arena, uint16_t, t->states.count);
    for (size_t i = 0; i < t->states.count; i++) {
        const struct asl_state *state = &t->states.items[i];
        t->steps[i] =
            program_builder_add(&t->builder, kind_of(state), state->node, t->binding->path);
        if (t->steps[i] == STEP_END) return false;
    }
    return true;
}

void asl_compile(struct compiler *compiler, const struct node *definition,
                 const struct asl_binding *binding, struct program *out)
{
    *out = (struct program){.start = STEP_END};
    const size_t before = compiler->diagnostics->errors;
    asl_check(compiler->diagnostics, compiler->arena, definition, binding->prefix);
    if (compiler->diagnostics->errors > before) return;

    struct translation t = {.compiler = compiler, .binding = binding};
    asl_states_collect(&t.states, compiler->arena, definition, binding->prefix);
    asl_binder_init(&t.binder, compiler, binding, &t.states);
    program_builder_init(&t.builder, compiler);
    if (!add_steps(&t)) return;
    for (size_t i = 0; i < t.states.count; i++) translate_state(&t, &t.states.items[i]);
    asl_binder_finish(&t.binder);
    program_builder_finish(&t.builder, start_of(&t, 0), out);
}
