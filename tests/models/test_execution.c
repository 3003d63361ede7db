/* test_execution.c - executions with data: every recorded one of the corpus replayed to the same
 * history and the same end. */
#include "base/document.h"
#include "models/execution.h"
#include "models/execution_value.h"
#include "tests/models/replay.h"
#include "tests/models/scenario.h"

#include <glob.h>
#include <unistd.h>

static const char *data_folder(void)
{
    const char *given = getenv("RAGTIME_DATA");
    return given ? given : "../shared/data";
}

/* Recordings that nobody could replay from what they hold. */
static const struct {
    const char *trace;
    int index; /* of the execution; -1: any */
    const char *reason;
} exceptions[] = {
    {"ls-stop-execution", -1, "it was stopped from outside, at a time that is not recorded"},
    {"ls-lambda-invoke-with-retry-extended-input", -1,
     "recorded before executions could be redriven: its context has no RedriveCount"},
    {"ls-lambda-service-invoke-with-retry-extended-input", -1,
     "recorded before executions could be redriven: its context has no RedriveCount"},
    {"ls-context-json-path", -1,
     "States.Format writes an object of the context as {Id=..., Name=...}, not as JSON"},
};

static const char *exception_of(const char *trace, int index)
{
    for (size_t i = 0; i < sizeof exceptions / sizeof *exceptions; i++)
        if (strcmp(exceptions[i].trace, trace) == 0 &&
            (exceptions[i].index < 0 || exceptions[i].index == index))
            return exceptions[i].reason;
    return NULL;
}

struct replay {
    struct arena *arena;
    struct placeholders placeholders;
    const struct value *recorded;
    const struct value *found;
    char why[1000];
};

static bool differs(struct replay *r, const char *what, const struct value *recorded,
                    const struct value *found)
{
    snprintf(r->why, sizeof r->why, "%s: recorded %.350s, found %.350s", what,
             recorded ? value_to_json(r->arena, recorded) : "nothing",
             found ? value_to_json(r->arena, found) : "nothing");
    return false;
}

static bool same_field(struct replay *r, const char *what, const struct value *recorded,
                       const struct value *found, const char *key)
{
    const struct value *a = value_get(recorded, key);
    const struct value *b = value_get(found, key);
    if (!a && !b) return true;
    if (a && b && strcmp(key, "cause") == 0 && decoded_fits(&r->placeholders, a, b)) return true;
    if (a && b && strcmp(key, "assignedVariables") == 0 && a->count == b->count) {
        for (uint32_t i = 0; i < a->count; i++)
            if (!decoded_fits(&r->placeholders, a->members[i].value,
                              value_get(b, a->members[i].key)))
                return differs(r, what, a, b);
        return true;
    }
    if (a && b && fits(&r->placeholders, a, b)) return true;
    return differs(r, arena_format(r->arena, "%s %s", what, key), a, b);
}

static bool same_event(struct replay *r, const struct value *recorded, const struct value *found)
{
    static const char *const free_keys[] = {"id",        "prev",       "assignedVariablesDetails",
                                            "mapRunArn", "workerName", "at"};
    const char *what = value_get(recorded, "type")->text;
    if (!same_field(r, what, recorded, found, "type")) return false;
    for (int side = 0; side < 2; side++) {
        const struct value *keys = side ? found : recorded;
        for (uint32_t i = 0; i < keys->count; i++) {
            bool is_free = false;
            for (size_t k = 0; k < sizeof free_keys / sizeof *free_keys; k++)
                is_free |= strcmp(keys->members[i].key, free_keys[k]) == 0;
            if (!is_free && !same_field(r, what, recorded, found, keys->members[i].key))
                return false;
        }
    }
    return true;
}

/* The event among those found that fits and has not been taken. */
static bool find_event(struct replay *r, const struct value *recorded, const struct value *events,
                       bool *taken)
{
    for (uint32_t i = 0; i < events->count; i++) {
        if (taken[i] || !same_event(r, recorded, events->items[i])) continue;
        return taken[i] = true;
    }
    return false;
}

/* In any order. Where the recording is sorted it leaves out how Parallels ended. */
static bool same_set(struct replay *r, const struct value *recorded, const struct value *found,
                     bool sorted)
{
    bool *taken = arena_array(r->arena, bool, found->count);
    for (uint32_t i = 0; i < recorded->count; i++)
        if (!find_event(r, recorded->items[i], found, taken))
            return differs(r, "an event", recorded->items[i], NULL);
    for (uint32_t i = 0; i < found->count; i++) {
        const char *type = value_get(found->items[i], "type")->text;
        if (!taken[i] && !(sorted && strncmp(type, "ParallelState", 13) == 0))
            return differs(r, "an event", NULL, found->items[i]);
    }
    return true;
}

static bool same_sequence(struct replay *r, const struct value *recorded, const struct value *found)
{
    if (recorded->count != found->count)
        return differs(r, "number of events", value_number(r->arena, recorded->count),
                       value_number(r->arena, found->count));
    for (uint32_t i = 0; i < recorded->count; i++)
        if (!same_event(r, recorded->items[i], found->items[i])) return false;
    return true;
}

static const struct value *of_iteration(const struct value *events, uint32_t index)
{
    return value_get(events->items[index], "prev");
}

/* Flows beside each other may take turns: two events then follow the same one. */
static bool is_concurrent(const struct value *events)
{
    for (uint32_t i = 0; i + 1 < events->count; i++) {
        const struct value *type = value_get(events->items[i], "type");
        const struct value *next = value_get(events->items[i + 1], "type");
        if (strcmp(type->text, "MapIterationStarted") == 0 && value_equal(type, next)) return true;
        if (strcmp(type->text, "ParallelStateStarted") != 0) continue;
        for (uint32_t k = i + 2; k < events->count; k++)
            if (value_equal(of_iteration(events, k), of_iteration(events, i + 1))) return true;
    }
    return false;
}

static bool same_history(struct replay *r)
{
    const struct value *recorded = value_get(r->recorded, "events");
    const struct value *found = value_get(r->found, "events");
    if (!recorded || recorded->type != VALUE_LIST || recorded->count == 0) return true;
    if (value_get(r->recorded, "unordered")) return same_set(r, recorded, found, true);
    if (is_concurrent(recorded)) return same_set(r, recorded, found, false);
    return same_sequence(r, recorded, found);
}

static bool same_previous(const struct replay *r)
{
    const struct value *recorded = value_get(r->recorded, "events");
    const struct value *found = value_get(r->found, "events");
    if (!recorded || recorded->type != VALUE_LIST || recorded->count != found->count) return false;
    for (uint32_t i = 0; i < recorded->count; i++)
        if (!value_equal(value_get(recorded->items[i], "prev"), value_get(found->items[i], "prev")))
            return false;
    return true;
}

static bool same_execution(struct replay *r)
{
    static const char *const keys[] = {"status", "output", "error", "cause", "attempts"};
    const struct value *events = value_get(r->recorded, "events");
    if (events && events->type == VALUE_LIST && events->count > 0)
        learn(&r->placeholders, value_get(events->items[0], "input"),
              value_get(r->recorded, "input"));
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        /* Some recordings of the outcome alone leave out what came out. */
        const bool untold = strcmp(keys[i], "output") == 0 && !value_get(r->recorded, "output");
        if (untold && strcmp(value_get(r->recorded, "status")->text, "SUCCEEDED") == 0) continue;
        if (!same_field(r, "execution", r->recorded, r->found, keys[i])) return false;
    }
    return same_history(r);
}

static const struct value *read_value(struct arena *arena, const char *path)
{
    char *text = NULL;
    size_t length = 0;
    struct error err;
    if (!document_load(arena, path, &text, &length, &err)) fail_msg("%s: %s", path, err.message);
    const struct value *value = value_from_json(arena, text, length, &err);
    if (!value) fail_msg("%s: %s", path, err.message);
    return value;
}

struct counts {
    size_t total;
    size_t matched;
    size_t excepted;
    size_t waiting;  /* for an evaluator of JSONata */
    size_t previous; /* whose every event follows the event that it followed */
};

static void replay_one(struct arena *arena, const char *name, const struct node *definition,
                       const struct value *recorded, int index, struct counts *counts)
{
    struct replay r = {.arena = arena, .placeholders.arena = arena, .recorded = recorded};
    struct execution_result result;
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics, arena);
    const struct execution_settings settings = {
        .definition = definition,
        .prefix = "",
        .express = strcmp(value_get(recorded, "type")->text, "EXPRESS") == 0,
        .input = value_get(recorded, "input"),
        .mocks = recorded};
    counts->total++;
    bool same = execution_run(arena, &settings, &diagnostics, &result);
    if (same) {
        r.found = execution_value(arena, &result);
        same = same_execution(&r);
        counts->previous += same_previous(&r);
    } else {
        snprintf(r.why, sizeof r.why, "%s", diagnostics.first->message);
    }
    const char *reason = exception_of(name, index);
    counts->matched += same;
    if (same) return;
    counts->excepted += reason != NULL;
    const char *found = same || !r.found ? "" : value_to_json(arena, r.found);
    if (!reason && strstr(found, "JSONata is not evaluated yet")) {
        counts->waiting++;
        return;
    }
    printf("%s %d: %s\n", name, index, reason ? reason : r.why);
}

static void replay_file(const char *path, struct counts *counts)
{
    struct arena *arena = arena_new();
    const struct value *trace = read_value(arena, path);
    const struct value *executions = value_get(trace, "executions");
    const char *slash = strrchr(path, '/') + 1;
    const char *stem = arena_copy_n(arena, path, strlen(path) - strlen(".trace.json"));
    const char *name = arena_copy_n(arena, slash, strlen(slash) - strlen(".trace.json"));
    struct node *definition = NULL;
    struct error err;
    if (!document_read_file(arena, arena_format(arena, "%s.asl.json", stem), &definition, &err))
        fail_msg("%s: %s", stem, err.message);
    for (uint32_t i = 0; i < executions->count; i++)
        replay_one(arena, name, definition, executions->items[i], (int)i, counts);
    arena_free(arena);
}

static void test_recorded(void **state)
{
    (void)state;
    char pattern[1000];
    glob_t found;
    struct counts counts = {0};
    snprintf(pattern, sizeof pattern, "%s/asl/valid/*.trace.json", data_folder());
    if (glob(pattern, 0, NULL, &found) != 0) {
        printf("no recorded executions in %s: skipped\n", data_folder());
        skip();
    }
    for (size_t i = 0; i < found.gl_pathc; i++) replay_file(found.gl_pathv[i], &counts);
    globfree(&found);
    printf("%zu of %zu recorded executions match, %zu named exceptions; in %zu every event follows "
           "the recorded one\n",
           counts.matched, counts.total, counts.excepted, counts.previous);
    if (counts.waiting > 0) printf("%zu need JSONata evaluated: not judged\n", counts.waiting);
    assert_int_equal(counts.matched + counts.excepted + counts.waiting, counts.total);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recorded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
