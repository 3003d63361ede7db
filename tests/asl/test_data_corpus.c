/* Recorded states: what a real service did with the same data. Skipped aloud where the recordings
 * are not. */
#include "tests/asl/recordings.h"

static const struct node *a_map(struct arena *arena, const char *key, const struct node *value)
{
    struct node *map = arena_new_item(arena, struct node);
    struct node *item = arena_new_item(arena, struct node);
    *item = *value;
    item->key = key;
    item->next = NULL;
    *map = (struct node){.type = NODE_MAP, .text = "", .count = 1, .first = item};
    return map;
}

static bool run_choice(struct arena *arena, const struct node *test)
{
    const char *rule = node_to_json(arena, node_get(test, "rule"));
    const char *text =
        arena_format(arena,
                     "{\"StartAt\":\"C\",\"States\":{\"C\":{\"Type\":\"Choice\",\"Choices\":[%s],"
                     "\"Default\":\"D\"},\"D\":{\"Type\":\"Succeed\"}}}",
                     rule);
    struct unit unit;
    unit_open(&unit, arena, unit_document(arena, text));
    unit.flow.input = value_from_node(arena, node_get(test, "input"));
    int taken = -2;
    struct asl_exit out;
    if (!asl_data_choose(&unit.run, &unit.flow, unit_state(&unit, "C"), &taken, &out, &unit.err))
        return false;
    return (taken == 0) == node_get(test, "taken")->boolean &&
           value_equal(out.output, unit.flow.input);
}

static void test_choice(void **state)
{
    (void)state;
    char path[600];
    int count = 0;
    size_t cases = 0, right = 0;
    struct dirent **files = list_files("choice", &count, path);
    if (!files) skip();
    for (int i = 0; i < count; i++) {
        struct arena *arena = arena_new();
        const struct node *root = load(arena, path, files[i]->d_name);
        const struct node *list = node_get(root, "cases");
        for (const struct node *test = list ? list->first : NULL; test; test = test->next) {
            cases++;
            const bool good = run_choice(arena, test);
            right += good;
            if (!good)
                print_message("choice/%s: %s\n", files[i]->d_name, node_to_json(arena, test));
        }
        arena_free(arena);
        free(files[i]);
    }
    free(files);
    print_message("choice: %zu of %zu cases\n", right, cases);
    assert_true(cases > 0);
    assert_int_equal(right, cases);
}

/* Lists and strings stand as JSON text in the records. */
static bool same_as_recorded(struct arena *arena, const struct value *want, const struct value *got)
{
    if (want->type == VALUE_STRING) {
        struct error err;
        const struct value *inner = value_from_json(arena, want->text, want->count, &err);
        if (inner && alike(inner, got)) return true;
    }
    return alike(want, got);
}

struct recording {
    struct unit unit;
    const struct node *request;
    const struct node *expect;
    const struct node *states_node; /* the state itself */
    const struct asl_state *state;
    const char *status;
    const struct value *output;
    const char *next;
    const char *error;
    const char *cause;
    double concurrency, tolerated_count, tolerated_percentage;
    bool waits; /* for the evaluator of JSONata */
};

static const char *text_at(const struct node *map, const char *key)
{
    const struct node *node = node_get(map, key);
    return node && node->type == NODE_STRING ? node->text : NULL;
}

static void open_recording(struct recording *r, struct arena *arena, const struct node *root)
{
    const struct node *definition = node_get(root, "definition");
    r->request = node_get(root, "request");
    r->expect = node_get(root, "expect");
    const char *name = text_at(r->request, "stateName");
    if (!node_get(definition, "States")) {
        const struct node *states = a_map(arena, "StateName", definition);
        definition = a_map(arena, "States", states);
        name = "StateName";
    }
    unit_open(&r->unit, arena, definition);
    r->state = unit_state(&r->unit, name);
    struct asl_run *run = &r->unit.run;
    run->input = r->unit.flow.input = value_from_node(arena, node_get(r->request, "input"));
    run->execution_id = run->execution_name = run->machine_id = run->machine_name = "<x>";
    run->express = true;
    const struct node *context = node_get(r->request, "context");
    if (context) run->context = value_from_node(arena, context);
    const struct node *variables = node_get(r->request, "variables");
    if (variables)
        r->unit.flow.variables = asl_data_variables(run, value_from_node(arena, variables));
}

static size_t find_catcher(const struct node *state, const char *error, bool *found)
{
    const struct node *list = node_get(state, "Catch");
    size_t index = 0;
    for (const struct node *item = list ? list->first : NULL; item; item = item->next, index++) {
        const struct node *names = node_get(item, "ErrorEquals");
        for (const struct node *name = names->first; name; name = name->next)
            if (strcmp(name->text, error) == 0 || strcmp(name->text, "States.ALL") == 0) {
                *found = true;
                return index;
            }
    }
    return 0;
}

static bool is_retried(const struct node *state, const char *error)
{
    const struct node *list = node_get(state, "Retry");
    for (const struct node *item = list ? list->first : NULL; item; item = item->next)
        for (const struct node *name = node_get(item, "ErrorEquals")->first; name;
             name = name->next)
            if (strcmp(name->text, error) == 0) return true;
    return false;
}

static const char *next_of(const struct node *state)
{
    return text_at(state, "Next");
}

static bool is_missing(const struct asl_error *err)
{
    return err->cause && strstr(err->cause, "JSONata is not evaluated yet");
}

static void fail_state(struct recording *r, struct asl_error raised)
{
    struct asl_exit out = {0};
    r->waits = is_missing(&raised);
    r->status = "FAILED";
    r->error = raised.error;
    r->cause = raised.cause;
    if (is_retried(r->state->node, raised.error)) {
        r->status = "RETRIABLE";
        return;
    }
    bool found = false;
    const size_t catcher = find_catcher(r->state->node, raised.error, &found);
    if (!found || strcmp(raised.error, "States.Runtime") == 0) return;
    if (!asl_data_catch(&r->unit.run, &r->unit.flow, r->state, catcher, &raised, &out,
                        &r->unit.err)) {
        r->waits = is_missing(&r->unit.err);
        r->error = r->unit.err.error;
        r->cause = r->unit.err.cause;
        return;
    }
    r->status = "CAUGHT_ERROR";
    r->output = out.output;
    const struct node *item = node_get(r->state->node, "Catch")->first;
    for (size_t i = 0; i < catcher; i++) item = item->next;
    r->next = next_of(item);
}

/* What a mocked result stands for; NULL: an error was mocked, and raised. */
static const struct value *mocked(struct recording *r, struct asl_error *raised)
{
    const struct node *mock = node_get(r->request, "mock");
    const struct node *error = node_get(mock, "errorOutput");
    if (error) {
        *raised =
            (struct asl_error){.error = text_at(error, "error"), .cause = text_at(error, "cause")};
        return NULL;
    }
    const char *text = text_at(mock, "result");
    if (text) return unit_json(r->unit.arena, text);
    /* Not mocked: the function was called; its answer is what was recorded. */
    const struct node *output = node_get(r->expect, "output");
    return value_from_node(r->unit.arena, output);
}

static bool run_map(struct recording *r, struct asl_error *raised)
{
    struct asl_source source = {0};
    struct asl_map map;
    const struct node *config = node_get(r->request, "stateConfiguration");
    const char *data = text_at(config, "mapItemReaderData");
    if (data) source = (struct asl_source){.text = data, .length = strlen(data)};
    if (!asl_data_map(&r->unit.run, &r->unit.flow, r->state, data ? &source : NULL, &map, raised))
        return false;
    r->concurrency = map.concurrency;
    r->tolerated_count = map.tolerated_count;
    r->tolerated_percentage = map.tolerated_percentage;
    const struct node *failures = node_get(config, "mapIterationFailureCount");
    const bool tolerant = node_get(r->state->node, "ToleratedFailureCount") != NULL;
    if (failures && tolerant && failures->number > map.tolerated_count &&
        !node_get(node_get(r->request, "mock"), "errorOutput")) {
        *raised =
            (struct asl_error){"States.ExceedToleratedFailureThreshold",
                               "The specified tolerated failure threshold was exceeded", NULL};
        return false;
    }
    return true;
}

static bool do_work(struct recording *r, const struct value **result, struct asl_error *raised)
{
    const struct value *sent = NULL;
    *result = NULL;
    if (!asl_data_enter(&r->unit.run, &r->unit.flow, r->state, &sent, raised)) return false;
    if (r->state->type == ASL_MAP && !run_map(r, raised)) return false;
    if (r->state->type & (ASL_TASK | ASL_PARALLEL) &&
        !asl_data_arguments(&r->unit.run, &r->unit.flow, r->state, &sent, raised))
        return false;
    if (r->state->type & (ASL_TASK | ASL_PARALLEL | ASL_MAP)) {
        *result = mocked(r, raised);
        return *result != NULL;
    }
    if (r->state->type == ASL_FAIL) {
        struct asl_error err;
        if (!asl_data_fail(&r->unit.run, &r->unit.flow, r->state, raised, &err)) *raised = err;
        return false;
    }
    return true;
}

static void run_state(struct recording *r)
{
    const struct value *result = NULL;
    struct asl_error raised = {0};
    struct asl_exit out = {0};
    int rule = 0;
    if (!do_work(r, &result, &raised)) {
        fail_state(r, raised);
        return;
    }
    const bool done =
        r->state->type == ASL_CHOICE
            ? asl_data_choose(&r->unit.run, &r->unit.flow, r->state, &rule, &out, &raised)
            : asl_data_leave(&r->unit.run, &r->unit.flow, r->state, result, &out, &raised);
    if (!done) {
        fail_state(r, raised);
        return;
    }
    r->status = "SUCCEEDED";
    r->output = out.output;
    r->next = next_of(r->state->node);
    if (r->state->type != ASL_CHOICE) return;
    const struct node *taken = node_get(r->state->node, "Choices")->first;
    for (int i = 0; i < rule; i++) taken = taken->next;
    r->next = rule < 0 ? text_at(r->state->node, "Default") : next_of(taken);
}

static bool wrong(const char *file, const char *what, const char *got)
{
    print_message("teststate/%s: %s is %s\n", file, what, got ? got : "nothing");
    return false;
}

static bool check_text(const struct recording *r, const char *file, const char *key,
                       const char *got)
{
    const char *want = text_at(r->expect, key);
    if (!want) return true;
    return (got && strcmp(want, got) == 0) || wrong(file, key, got);
}

static bool check_stages(struct recording *r, const char *file)
{
    struct arena *arena = r->unit.arena;
    const struct asl_stages *stages = &r->unit.stages;
    const struct {
        const char *key;
        const struct value *value;
    } known[] = {
        {"input", r->unit.flow.input},
        {"afterInputPath", stages->after_input_path},
        {"afterParameters",
         stages->after_parameters ? stages->after_parameters : stages->after_input_path},
        {"afterArguments", stages->after_arguments},
        {"afterItemsPath", stages->after_items_path},
        {"result", stages->result},
        {"afterResultSelector", stages->after_result_selector},
        {"afterResultPath", stages->after_result_path},
        {"maxConcurrency", value_number(arena, r->concurrency)},
        {"toleratedFailureCount", value_number(arena, r->tolerated_count)},
        {"toleratedFailurePercentage", value_number(arena, r->tolerated_percentage)},
        {"variables", asl_data_visible(&r->unit.run, r->unit.flow.variables)},
    };
    const struct node *want = node_get(r->expect, "inspectionData");
    bool good = true;
    for (const struct node *item = want ? want->first : NULL; item; item = item->next) {
        if (strcmp(item->key, "errorDetails") == 0) continue; /* of Retry and Catch */
        size_t i = 0;
        while (i < COUNT_OF(known) && strcmp(known[i].key, item->key) != 0) i++;
        const struct value *got = i < COUNT_OF(known) ? known[i].value : NULL;
        if (!got || !same_as_recorded(arena, value_from_node(arena, item), got))
            good = wrong(file, item->key, got ? value_to_json(arena, got) : NULL);
    }
    return good;
}

static bool check_recording(struct recording *r, const char *file)
{
    const struct node *output = node_get(r->expect, "output");
    struct arena *arena = r->unit.arena;
    bool good = check_text(r, file, "status", r->status);
    good = check_text(r, file, "error", r->error) && good;
    good = check_text(r, file, "cause", r->cause) && good;
    good = check_text(r, file, "nextState", r->next) && good;
    if (output &&
        (!r->output || !same_as_recorded(arena, value_from_node(arena, output), r->output)))
        good = wrong(file, "output", r->output ? value_to_json(arena, r->output) : NULL);
    return check_stages(r, file) && good;
}

static void test_states(void **state)
{
    (void)state;
    char path[600];
    int count = 0;
    size_t cases = 0, right = 0, waiting = 0;
    struct dirent **files = list_files("teststate", &count, path);
    if (!files) skip();
    for (int i = 0; i < count; i++) {
        struct arena *arena = arena_new();
        const struct node *root = load(arena, path, files[i]->d_name);
        if (root) {
            struct recording *r = arena_new_item(arena, struct recording);
            open_recording(r, arena, root);
            run_state(r);
            cases++;
            waiting += r->waits;
            right += !r->waits && check_recording(r, files[i]->d_name);
        }
        arena_free(arena);
        free(files[i]);
    }
    free(files);
    print_message("teststate: %zu of %zu states, %zu wait for JSONata\n", right, cases, waiting);
    assert_true(right > 0);
    assert_int_equal(right + waiting, cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_choice),
                                       cmocka_unit_test(test_states)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
