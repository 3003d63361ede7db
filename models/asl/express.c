#include "base/arena.h"
#include "models/asl/asl.h"
#include "models/asl/check.h"

#include <string.h>

/* What the resource makes the workflow wait for, beyond what Express can; NULL: nothing. */
static const char *waits_for(const char *resource)
{
    static const struct {
        const char *mark;
        const char *what;
    } marks[] = {{".sync", "a job that is waited for (.sync)"},
                 {".waitForTaskToken", "a task token (.waitForTaskToken)"}};
    /* A function's name may hold anything. */
    if (strncmp(resource, "arn:", 4) != 0 || !strstr(resource, ":states:")) return NULL;
    if (strstr(resource, ":activity:")) return "an activity";
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (strstr(resource, marks[i].mark)) return marks[i].what;
    return NULL;
}

static const char *config_of(const struct asl_state *state, const char *key)
{
    return asl_text(node_get(asl_processor(state->node), "ProcessorConfig"), key);
}

static void check_state(struct asl_checker *checker, const struct asl_state *state)
{
    struct asl_scope scope = {.checker = checker, .state = state};
    const struct node *resource = node_get(state->node, "Resource");
    if (state->type == ASL_TASK && resource) {
        const char *what = waits_for(resource->text);
        if (what)
            asl_fault(&scope, resource, "Resource", "an Express workflow cannot have %s", what);
    }
    if (state->type != ASL_MAP || strcmp(config_of(state, "Mode"), "DISTRIBUTED") != 0) return;
    const struct node *processor = asl_processor(state->node);
    asl_fault(&scope, node_get(node_get(processor, "ProcessorConfig"), "Mode"),
              arena_format(checker->reader.arena, "%s.ProcessorConfig.Mode", processor->key),
              "an Express workflow cannot have a distributed Map");
}

/* The faults of what is Express by `all`, or else of the Express children of distributed Maps. */
static void check_all(struct asl_checker *checker, bool all)
{
    const struct asl_states *states = &checker->states;
    bool *express = arena_array(checker->reader.arena, bool, states->machine_count);
    for (size_t i = 0; i < states->count; i++) {
        const struct asl_state *state = &states->items[i];
        const bool inside = express[state->machine];
        const bool child = state->type == ASL_MAP &&
                           strcmp(config_of(state, "Mode"), "DISTRIBUTED") == 0 &&
                           strcmp(config_of(state, "ExecutionType"), "EXPRESS") == 0;
        /* Children have their own check, whatever holds them. */
        if (all ? !inside : inside) check_state(checker, state);
        for (size_t k = 0; k < state->nested_count; k++)
            express[state->nested + k] = inside || child;
    }
}

void asl_check_children(struct asl_checker *checker)
{
    check_all(checker, false);
}

void asl_check_express(struct diagnostics *diagnostics, struct arena *arena,
                       const struct node *definition, const char *prefix)
{
    struct asl_checker checker = {.reader = {.arena = arena, .diagnostics = diagnostics}};
    asl_states_collect(&checker.states, arena, definition, prefix);
    check_all(&checker, true);
}
