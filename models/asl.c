#include "models/asl.h"

#include "base/arena.h"
#include "models/asl/asl.h"
#include "models/asl/states.h"
#include "models/asl_translation.h"
#include "models/errors.h"

#include <string.h>

/* The specification's defaults of a retrier. */
enum { RETRY_ATTEMPTS = 3, RETRY_INTERVAL = 1, CATCHERS_MOST = 255 };
#define RETRY_BACKOFF 2.0

sim_time asl_timeout(const struct node *definition)
{
    const struct node *timeout = node_get(definition, "TimeoutSeconds");
    if (!timeout || timeout->type != NODE_NUMBER) return SIM_NEVER;
    return time_from_seconds(timeout->number);
}

double asl_number(const struct node *map, const char *key, double fallback)
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
    const char *path = asl_state_path(t->states, state, t->compiler->arena, "ErrorEquals");
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
        retrier->attempts = (uint32_t)asl_number(block, "MaxAttempts", RETRY_ATTEMPTS);
        retrier->interval = time_from_seconds(asl_number(block, "IntervalSeconds", RETRY_INTERVAL));
        retrier->backoff = asl_number(block, "BackoffRate", RETRY_BACKOFF);
        retrier->longest = node_get(block, "MaxDelaySeconds")
                               ? time_from_seconds(asl_number(block, "MaxDelaySeconds", 0))
                               : SIM_NEVER;
        retrier->jitter = jitter && strcmp(jitter->text, "FULL") == 0;
    }
    step->retriers = retriers;
    step->retrier_count = (uint8_t)count;
}

uint16_t asl_step_named(const struct translation *t, size_t machine, const char *name)
{
    const struct asl_state *state = asl_states_find(t->states, machine, name);
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
        catchers[count++].next = asl_step_named(t, state->machine, asl_text(block, "Next"));
    }
    step->catchers = catchers;
    step->catcher_count = (uint8_t)count;
}

static void translate_fail(struct translation *t, const struct asl_state *state, struct step *step)
{
    const struct node *error = node_get(state->node, "Error");
    const struct node *path = node_get(state->node, "ErrorPath");
    step->fail.error = ERROR_EXCEPTION;
    if (error && !asl_is_expression(error)) {
        const char *where = asl_state_path(t->states, state, t->compiler->arena, "Error");
        step->fail.error = compiler_error(t->compiler, error, where, error->text);
        return;
    }
    if (t->binding->data) return;
    const struct node *unknown = error ? error : path;
    /* Only a state around it could tell errors apart. */
    if (!unknown || state->machine == 0) return;
    struct arena *arena = t->compiler->arena;
    diagnostics_add(t->compiler->diagnostics, SEVERITY_WARNING, unknown->place,
                    asl_state_path(t->states, state, arena, unknown->key),
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
    step->child = (uint8_t)asl_child_of(t, state);
    if (node_get(state->node, "Next"))
        step->next = asl_step_named(t, state->machine, asl_text(state->node, "Next"));
    translate_retry(t, state, step);
    translate_catch(t, state, step);
    switch (state->type) {
    case ASL_TASK: asl_translate_task(t, state, step); break;
    case ASL_PARALLEL: asl_translate_parallel(t, state, step); break;
    case ASL_MAP: asl_translate_map(t, state, step); break;
    case ASL_WAIT: asl_translate_wait(t, state, step); break;
    case ASL_CHOICE: asl_translate_choice(t, state, step); break;
    case ASL_FAIL: translate_fail(t, state, step); break;
    case ASL_PASS:
    case ASL_SUCCEED:
    case ASL_UNKNOWN: break;
    }
}

/* One step for each state, so that transitions can be resolved; false when there are too many. */
static bool add_steps(struct translation *t)
{
    t->steps = arena_array(t->compiler->arena, uint16_t, t->states->count);
    for (size_t i = 0; i < t->states->count; i++) {
        const struct asl_state *state = &t->states->items[i];
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
    struct asl_states *states = arena_new_item(compiler->arena, struct asl_states);
    asl_states_collect(states, compiler->arena, definition, binding->prefix);
    t.states = states;
    if (binding->data) {
        binding->data->states = states;
        binding->data->data = asl_data_compile(compiler->arena, states, compiler->diagnostics);
        if (!binding->data->data) return;
    }
    asl_binder_init(&t.binder, compiler, binding, states);
    program_builder_init(&t.builder, compiler);
    if (!add_steps(&t)) return;
    for (size_t i = 0; i < t.states->count; i++) translate_state(&t, &t.states->items[i]);
    asl_binder_finish(&t.binder);
    program_builder_finish(&t.builder, asl_start_of(&t, 0), out);
}
