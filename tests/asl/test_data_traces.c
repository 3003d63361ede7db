/* Recorded executions of flat machines, walked state by state: what each gives and how they end.
 * Skipped aloud where the recordings are not. */
#include "models/asl/asl.h"
#include "tests/asl/recordings.h"

enum { STATES_ENTERED_MOST = 200 };

struct walk {
    struct unit unit;
    const struct node *mocks;
    const struct node *trace;
    const char *unfit; /* why this test cannot walk it; NULL: it can */
    size_t used[64];   /* of the mocks of a state */
    struct asl_error failed;
    const struct value *output; /* NULL: failed */
};

static bool is_answer(const struct node *mock)
{
    const char *event = asl_text(mock, "event");
    return strcmp(event, "TaskSubmitted") != 0;
}

/* The next recorded answer of a state's work. */
static const struct node *next_answer(struct walk *walk, const struct asl_state *state)
{
    const struct node *list = node_get(walk->mocks, state->name);
    const struct node *mock = list ? list->first : NULL;
    for (size_t i = 0; mock && i < walk->used[state->index % COUNT_OF(walk->used)]; i++)
        mock = mock->next;
    while (mock && !is_answer(mock)) {
        walk->used[state->index % COUNT_OF(walk->used)]++;
        mock = mock->next;
    }
    walk->used[state->index % COUNT_OF(walk->used)]++;
    return mock;
}

static const char *next_of(const struct node *node)
{
    const struct node *next = node_get(node, "Next");
    return next ? next->text : NULL;
}

static bool matches(const struct node *catcher, const char *error)
{
    const struct node *names = node_get(catcher, "ErrorEquals");
    for (const struct node *name = names ? names->first : NULL; name; name = name->next)
        if (strcmp(name->text, error) == 0 || strcmp(name->text, "States.ALL") == 0 ||
            (strcmp(name->text, "States.TaskFailed") == 0 && strcmp(error, "States.Timeout") != 0))
            return strcmp(error, "States.Runtime") != 0;
    return false;
}

/* The state after a failure; NULL: the machine fails. */
static const char *after_failure(struct walk *walk, const struct asl_state *state,
                                 const struct asl_error *raised)
{
    struct asl_exit out;
    const struct node *list = node_get(state->node, "Catch");
    size_t index = 0;
    for (const struct node *item = list ? list->first : NULL; item; item = item->next, index++) {
        if (!matches(item, raised->error)) continue;
        if (!asl_data_catch(&walk->unit.run, &walk->unit.flow, state, index, raised, &out,
                            &walk->failed))
            return NULL;
        walk->unit.flow.input = out.output;
        return next_of(item);
    }
    walk->failed = *raised;
    return NULL;
}

static bool answer(struct walk *walk, const struct asl_state *state, const struct value **result,
                   struct asl_error *raised)
{
    const struct value *sent = NULL;
    double timeout = 0, heartbeat = 0;
    struct asl_run *run = &walk->unit.run;
    if (!asl_data_arguments(run, &walk->unit.flow, state, &sent, raised) ||
        !asl_data_times(run, &walk->unit.flow, state, &timeout, &heartbeat, raised))
        return false;
    const struct node *mock = next_answer(walk, state);
    const struct node *output = node_get(mock, "output");
    if (!mock || (!output && !node_get(mock, "error"))) walk->unfit = "an answer is missing";
    if (output) *result = value_from_node(run->arena, output);
    if (output && node_get(output, "$raw")) walk->unfit = "an answer is no JSON";
    const struct node *cause = node_get(mock, "cause");
    if (cause && cause->type != NODE_STRING) walk->unfit = "a cause was read as JSON";
    if (!output)
        *raised = (struct asl_error){asl_text(mock, "error"), cause ? cause->text : NULL, NULL};
    return output != NULL;
}

/* The state after this one; NULL: the end, or a failure. */
static const char *run_state(struct walk *walk, const struct asl_state *state)
{
    struct asl_run *run = &walk->unit.run;
    struct asl_flow *flow = &walk->unit.flow;
    struct asl_error raised = {0};
    struct asl_exit out = {0};
    const struct value *result = NULL;
    int rule = 0;
    double seconds = 0;
    bool done = true;
    if (state->type & (ASL_PARALLEL | ASL_MAP | ASL_UNKNOWN)) walk->unfit = "it is not flat";
    if (node_get(state->node, "Retry")) walk->unfit = "it retries";
    if (state->type == ASL_TASK) done = answer(walk, state, &result, &raised);
    if (state->type == ASL_WAIT) done = asl_data_wait(run, flow, state, &seconds, &raised);
    if (state->type == ASL_FAIL) {
        struct asl_error err;
        done = false;
        if (!asl_data_fail(run, flow, state, &raised, &err)) raised = err;
        if (!raised.error) raised.error = "";
    }
    if (walk->unfit) return NULL;
    if (done)
        done = state->type == ASL_CHOICE ? asl_data_choose(run, flow, state, &rule, &out, &raised)
                                         : asl_data_leave(run, flow, state, result, &out, &raised);
    if (!done) return after_failure(walk, state, &raised);
    flow->input = out.output;
    const struct node *from = state->node;
    if (state->type == ASL_CHOICE) {
        if (rule < 0) return asl_text(state->node, "Default");
        from = node_get(state->node, "Choices")->first;
        for (int i = 0; i < rule; i++) from = from->next;
    }
    const char *next = next_of(from);
    if (!next) walk->output = out.output;
    return next;
}

/* The id of the event that tells of the `count`-th state entered. */
static uint64_t entered_id(const struct node *trace, size_t count)
{
    const struct node *events = node_get(trace, "events");
    for (const struct node *event = events ? events->first : NULL; event; event = event->next)
        if (strstr(asl_text(event, "type"), "StateEntered") && count-- == 0)
            return (uint64_t)node_get(event, "id")->number;
    return 0;
}

static void run_machine(struct walk *walk, const struct node *definition)
{
    const char *name = asl_text(definition, "StartAt");
    for (size_t i = 0; name && i < STATES_ENTERED_MOST; i++) {
        const struct asl_state *state = asl_states_find(&walk->unit.states, 0, name);
        assert_non_null(state);
        walk->unit.flow.event = entered_id(walk->trace, i);
        const bool waits = strstr(asl_text(state->node, "Resource"), ".waitForTaskToken") != NULL;
        walk->unit.flow.token = waits ? "<token>" : NULL;
        name = run_state(walk, state);
    }
    if (name) walk->unfit = "it goes on too long";
    const char *cause = walk->failed.cause;
    if (cause && strstr(cause, "JSONata is not evaluated yet")) walk->unfit = "it needs JSONata";
}

static bool texts_alike(const char *want, const char *got)
{
    return strcmp(want, got ? got : "") == 0 || strchr(want, '<');
}

static bool is_right(const struct walk *walk, const char *file)
{
    const struct node *output = node_get(walk->trace, "output");
    const struct node *cause = node_get(walk->trace, "cause");
    struct arena *arena = walk->unit.arena;
    bool good =
        (strcmp(asl_text(walk->trace, "status"), "SUCCEEDED") == 0) == (walk->output != NULL);
    if (good && output) good = alike(value_from_node(arena, output), walk->output);
    if (good && !walk->output)
        good = texts_alike(asl_text(walk->trace, "error"), walk->failed.error);
    if (good && cause && cause->type == NODE_STRING)
        good = texts_alike(cause->text, walk->failed.cause);
    if (!good)
        print_message("%s: %s\n  %s %s\n", file,
                      node_to_json(arena, node_get(walk->trace, "input")),
                      walk->output ? value_to_json(arena, walk->output) : walk->failed.error,
                      walk->failed.cause ? walk->failed.cause : "");
    return good;
}

struct counts {
    size_t right, wrong, unfit;
};

static void run_file(const char *path, const char *file, struct counts *counts)
{
    struct arena *arena = arena_new();
    const struct node *traces = load(arena, path, file);
    const struct node *definition = load(arena, path, asl_text(traces, "definition"));
    if (!definition) {
        const size_t stem = strlen(file) - strlen(".trace.json");
        definition = load(arena, path, arena_format(arena, "%.*s.asl.json", (int)stem, file));
    }
    assert_non_null(definition);
    const struct node *list = node_get(traces, "executions");
    for (const struct node *trace = list->first; trace; trace = trace->next) {
        struct walk *walk = arena_new_item(arena, struct walk);
        walk->trace = trace;
        walk->mocks = node_get(trace, "mocks");
        unit_open(&walk->unit, arena, definition);
        walk->unit.run.execution_name = walk->unit.run.machine_name = "<x>";
        walk->unit.run.execution_id = walk->unit.run.machine_id = walk->unit.run.role = "<x>";
        walk->unit.flow.now = 1700000000;
        walk->unit.run.express = strcmp(asl_text(trace, "type"), "EXPRESS") == 0;
        if (strcmp(asl_text(trace, "status"), "ABORTED") == 0) walk->unfit = "it was stopped";
        const struct node *input = node_get(trace, "input");
        walk->unit.flow.input = input ? value_from_node(arena, input) : &value_empty_map;
        walk->unit.run.input = walk->unit.flow.input;
        run_machine(walk, definition);
        if (walk->unfit)
            counts->unfit++;
        else if (is_right(walk, file))
            counts->right++;
        else
            counts->wrong++;
    }
    arena_free(arena);
}

static void test_traces(void **state)
{
    (void)state;
    char path[600];
    int count = 0;
    struct counts counts = {0};
    struct dirent **files = list_files("valid", &count, path);
    if (!files) skip();
    for (int i = 0; i < count; i++) {
        const char *end = strstr(files[i]->d_name, ".trace.json");
        if (end && end[11] == '\0') run_file(path, files[i]->d_name, &counts);
        free(files[i]);
    }
    free(files);
    print_message("executions: %zu right, %zu wrong, %zu not for this test\n", counts.right,
                  counts.wrong, counts.unfit);
    assert_true(counts.right > 0);
    assert_int_equal(counts.wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_traces)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
