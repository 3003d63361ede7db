#include "models/asl/check.h"

#include "base/arena.h"
#include "base/names.h"
#include "models/asl/asl.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

/* In a machine of more states a slip of the finger is not looked for: it would take too long. */
enum { STATES_COMPARED = 1000 };

struct diagnostic *asl_fault(struct asl_scope *scope, const struct node *node, const char *field,
                             const char *format, ...)
{
    struct arena *arena = scope->checker->reader.arena;
    va_list arguments;
    va_start(arguments, format);
    const char *message = arena_vformat(arena, format, arguments);
    va_end(arguments);
    return diagnostics_add(scope->checker->reader.diagnostics, SEVERITY_ERROR, node->place,
                           asl_state_path(&scope->checker->states, scope->state, arena, field),
                           "state '%s': %s", asl_excerpt(arena, scope->state->name), message);
}

/* A fault of a machine itself. */
static void machine_fault(struct asl_checker *checker, const struct asl_machine *machine,
                          const struct node *node, const char *field, const char *message)
{
    char *path = arena_format(checker->reader.arena, "%s%s", machine->path, field);
    const size_t length = strlen(path);
    if (length > 0 && path[length - 1] == '.') path[length - 1] = '\0';
    diagnostics_add(checker->reader.diagnostics, SEVERITY_ERROR, node->place, path, "%s: %s",
                    machine->description, message);
}

void asl_check_keys(struct asl_scope *scope, const struct node *node, const char *prefix,
                    const char *what, const char *const *valid)
{
    size_t count = 0;
    while (valid[count]) count++;
    struct arena *arena = scope->checker->reader.arena;
    for (const struct node *item = node->first; item; item = item->next) {
        size_t i = 0;
        while (i < count && strcmp(valid[i], item->key) != 0) i++;
        if (i < count) continue;
        const char *path =
            asl_state_path(&scope->checker->states, scope->state, arena,
                           arena_format(arena, "%s%s", prefix, asl_excerpt(arena, item->key)));
        fields_unknown_key(
            &scope->checker->reader, item, path,
            arena_format(arena, "%s of state '%s'", what, asl_excerpt(arena, scope->state->name)),
            valid, count);
    }
}

/* "; did you mean 'X'?", "; it is in another machine, ...", or "". */
static const char *target_advice(struct asl_checker *checker, const struct asl_machine *machine,
                                 const char *name)
{
    struct arena *arena = checker->reader.arena;
    const struct asl_state *elsewhere = asl_states_find_any(&checker->states, name);
    if (elsewhere)
        return arena_format(arena, "; '%s' is in %s, and transitions stay within a machine",
                            asl_excerpt(arena, name),
                            checker->states.machines[elsewhere->machine].description);
    if (machine->count == 0 || machine->count > STATES_COMPARED) return "";
    const char **names = arena_array(arena, const char *, machine->count);
    for (size_t i = 0; i < machine->count; i++)
        names[i] = checker->states.items[machine->first + i].name;
    const char *nearest = name_nearest(name, names, machine->count);
    return nearest ? arena_format(arena, "; did you mean '%s'?", asl_excerpt(arena, nearest)) : "";
}

void asl_check_target(struct asl_scope *scope, const struct node *node, const char *field)
{
    struct asl_checker *checker = scope->checker;
    const char *label = strrchr(field, '.') ? strrchr(field, '.') + 1 : field;
    if (node->type != NODE_STRING) {
        scope->unresolved = true;
        asl_fault(scope, node, field, "%s is %s, and it must be the name of a state", label,
                  asl_show(checker->reader.arena, node));
        return;
    }
    if (asl_states_find(&checker->states, scope->state->machine, node->text)) return;
    scope->unresolved = true;
    asl_fault(scope, node, field, "%s names '%s', and %s has no such state%s", label,
              asl_excerpt(checker->reader.arena, node->text), scope->machine->description,
              target_advice(checker, scope->machine, node->text));
}

static size_t count_characters(const char *text)
{
    size_t count = 0;
    for (; *text; text++) count += ((unsigned char)*text & 0xC0) != 0x80;
    return count;
}

/* The state's query language; false and a fault when it may not be that. */
static void check_language(struct asl_scope *scope)
{
    scope->jsonata = scope->checker->jsonata;
    const struct node *language = node_get(scope->state->node, "QueryLanguage");
    if (!language) return;
    const bool text = language->type == NODE_STRING;
    if (text && strcmp(language->text, "JSONata") == 0) {
        scope->jsonata = true;
    } else if (!text || strcmp(language->text, "JSONPath") != 0) {
        asl_fault(scope, language, "QueryLanguage",
                  "QueryLanguage is %s, and it must be JSONPath or JSONata",
                  asl_show(scope->checker->reader.arena, language));
    } else if (scope->checker->jsonata) {
        asl_fault(scope, language, "QueryLanguage",
                  "QueryLanguage cannot be JSONPath in a "
                  "definition whose own is JSONata");
    }
}

static void check_type(struct asl_scope *scope)
{
    const struct node *type = node_get(scope->state->node, "Type");
    scope->unresolved = true;
    if (!type) {
        asl_fault(
            scope, scope->state->node, "Type",
            "Type is missing; it is Task, Parallel, Map, Pass, Wait, Choice, Succeed or Fail");
        return;
    }
    const char *nearest =
        type->type == NODE_STRING ? name_nearest(type->text, asl_type_names, ASL_TYPE_COUNT) : NULL;
    asl_fault(scope, type, "Type",
              "Type is %s, and it must be Task, Parallel, Map, Pass, Wait, Choice, Succeed or "
              "Fail%s%s%s",
              asl_show(scope->checker->reader.arena, type), nearest ? "; did you mean '" : "",
              nearest ? nearest : "", nearest ? "'?" : "");
}

/* Whether the state's transitions are sound. */
static bool check_state(struct asl_checker *checker, const struct asl_machine *machine,
                        const struct asl_state *state)
{
    struct asl_scope scope = {.checker = checker, .machine = machine, .state = state};
    const struct node *node = state->node;
    if (node->type != NODE_MAP) {
        asl_fault(&scope, node, NULL, "is %s, and a state must be a map",
                  asl_show(checker->reader.arena, node));
        return false;
    }
    const size_t characters = count_characters(state->name);
    if (characters > ASL_NAME_LONGEST)
        asl_fault(&scope, node, NULL, "its name has %zu characters, and at most %d are allowed",
                  characters, ASL_NAME_LONGEST);
    const struct asl_state *first = asl_states_find_any(&checker->states, state->name);
    if (first != state)
        asl_fault(&scope, node, NULL,
                  "another state has this name, in %s; names are unique in the "
                  "whole definition",
                  checker->states.machines[first->machine].description);
    check_language(&scope);
    if (state->type == ASL_UNKNOWN) {
        check_type(&scope);
        return false;
    }
    asl_check_fields(&scope);
    const struct node *next = node_get(node, "Next");
    const struct node *fallback = node_get(node, "Default");
    const bool goes_on = state->type == ASL_TASK || state->type == ASL_PARALLEL ||
                         state->type == ASL_MAP || state->type == ASL_PASS ||
                         state->type == ASL_WAIT;
    if (goes_on && next) asl_check_target(&scope, next, "Next");
    if (state->type == ASL_CHOICE && fallback) asl_check_target(&scope, fallback, "Default");
    if (state->type == ASL_TASK || state->type == ASL_PARALLEL || state->type == ASL_MAP)
        asl_check_errors(&scope);
    if (state->type == ASL_CHOICE) asl_check_choices(&scope);
    return !scope.unresolved;
}

struct walk {
    const struct asl_states *states;
    const struct asl_machine *machine;
    bool *reached;   /* by index in the machine */
    size_t *pending; /* states reached whose ways on have not been followed */
    size_t count;
};

static void reach(struct walk *walk, const struct node *target)
{
    if (!target || target->type != NODE_STRING) return;
    const size_t machine = walk->states->items[walk->machine->first].machine;
    const struct asl_state *state = asl_states_find(walk->states, machine, target->text);
    if (!state || walk->reached[state->index - walk->machine->first]) return;
    walk->reached[state->index - walk->machine->first] = true;
    walk->pending[walk->count++] = state->index;
}

static void reach_list(struct walk *walk, const struct node *list)
{
    if (!list || list->type != NODE_LIST) return;
    for (const struct node *item = list->first; item; item = item->next)
        reach(walk, node_get(item, "Next"));
}

static void check_reachability(struct asl_checker *checker, const struct asl_machine *machine,
                               const struct node *start)
{
    struct arena *arena = checker->reader.arena;
    struct walk walk = {.states = &checker->states, .machine = machine};
    walk.reached = arena_array(arena, bool, machine->count);
    walk.pending = arena_array(arena, size_t, machine->count);
    reach(&walk, start);
    while (walk.count > 0) {
        const struct node *state = checker->states.items[walk.pending[--walk.count]].node;
        reach(&walk, node_get(state, "Next"));
        reach(&walk, node_get(state, "Default"));
        reach_list(&walk, node_get(state, "Choices"));
        reach_list(&walk, node_get(state, "Catch"));
    }
    for (size_t i = 0; i < machine->count; i++) {
        const struct asl_state *state = &checker->states.items[machine->first + i];
        struct asl_scope scope = {.checker = checker, .machine = machine, .state = state};
        if (!walk.reached[i]) asl_fault(&scope, state->node, NULL, "no transition leads to it");
    }
}

static bool is_terminal(const struct asl_state *state)
{
    const struct node *end = node_get(state->node, "End");
    return state->type == ASL_SUCCEED || state->type == ASL_FAIL ||
           (end && end->type == NODE_BOOL && end->boolean);
}

/* StartAt names one of the states. */
static bool check_start(struct asl_checker *checker, const struct asl_machine *machine,
                        size_t index)
{
    struct arena *arena = checker->reader.arena;
    const struct node *start = node_get(machine->node, "StartAt");
    if (!start) {
        machine_fault(checker, machine, machine->node, "StartAt",
                      "StartAt is missing; it names the state that runs first");
        return false;
    }
    if (start->type != NODE_STRING) {
        machine_fault(checker, machine, start, "StartAt",
                      arena_format(arena, "StartAt is %s, and it must be the name of a state",
                                   asl_show(arena, start)));
        return false;
    }
    if (asl_states_find(&checker->states, index, start->text)) return true;
    machine_fault(checker, machine, start, "StartAt",
                  arena_format(arena, "StartAt names '%s', and there is no such state%s",
                               asl_excerpt(arena, start->text),
                               target_advice(checker, machine, start->text)));
    return false;
}

static void check_machine_keys(struct asl_checker *checker, const struct asl_machine *machine,
                               bool top)
{
    /* Those that only the definition itself has come last. */
    static const char *const valid[] = {"StartAt", "States",         "Comment",
                                        "Version", "TimeoutSeconds", "QueryLanguage"};
    static const char *const processor[] = {"StartAt", "States", "Comment", "ProcessorConfig"};
    const char *const *keys = machine->processor ? processor : valid;
    const size_t count = top ? 6 : machine->processor ? 4 : 3;
    for (const struct node *item = machine->node->first; item; item = item->next) {
        size_t i = 0;
        while (i < count && strcmp(keys[i], item->key) != 0) i++;
        if (i < count) continue;
        const char *path = arena_format(checker->reader.arena, "%s%s", machine->path,
                                        asl_excerpt(checker->reader.arena, item->key));
        fields_unknown_key(&checker->reader, item, path, machine->description, keys, count);
    }
}

/* Version, TimeoutSeconds, QueryLanguage. */
static void check_top(struct asl_checker *checker, const struct asl_machine *machine)
{
    struct arena *arena = checker->reader.arena;
    const struct node *version = node_get(machine->node, "Version");
    if (version && strcmp(version->text, "1.0") != 0)
        machine_fault(checker, machine, version, "Version",
                      arena_format(arena, "Version is %s, and the only one is \"1.0\"",
                                   asl_show(arena, version)));
    const struct node *timeout = node_get(machine->node, "TimeoutSeconds");
    if (timeout &&
        (timeout->type != NODE_NUMBER || timeout->number < 1 ||
         timeout->number > ASL_SECONDS_MOST || timeout->number != floor(timeout->number)))
        machine_fault(checker, machine, timeout, "TimeoutSeconds",
                      arena_format(arena,
                                   "TimeoutSeconds is %s, and it must be a whole number "
                                   "from 1 to 99999999",
                                   asl_show(arena, timeout)));
    const struct node *language = node_get(machine->node, "QueryLanguage");
    if (!language) return;
    checker->jsonata = strcmp(language->text, "JSONata") == 0;
    if (language->type != NODE_STRING ||
        (!checker->jsonata && strcmp(language->text, "JSONPath") != 0))
        machine_fault(checker, machine, language, "QueryLanguage",
                      arena_format(arena, "QueryLanguage is %s, and it must be JSONPath or JSONata",
                                   asl_show(arena, language)));
}

static void check_machine(struct asl_checker *checker, size_t index)
{
    const struct asl_machine *machine = &checker->states.machines[index];
    struct arena *arena = checker->reader.arena;
    if (machine->node->type != NODE_MAP) {
        machine_fault(checker, machine, machine->node, "",
                      arena_format(arena, "is %s, and it must be a map with StartAt and States",
                                   asl_show(arena, machine->node)));
        return;
    }
    check_machine_keys(checker, machine, index == 0);
    if (index == 0) check_top(checker, machine);
    const struct node *states = node_get(machine->node, "States");
    if (!states || states->type != NODE_MAP || states->count == 0) {
        const char *found = !states                    ? "is missing"
                            : states->type != NODE_MAP ? "is no map"
                                                       : "is empty";
        machine_fault(checker, machine, states ? states : machine->node, "States",
                      arena_format(arena, "States %s; it is a map of the states by name", found));
        return;
    }
    bool sound = check_start(checker, machine, index);
    bool terminal = false;
    for (size_t i = 0; i < machine->count; i++) {
        const struct asl_state *state = &checker->states.items[machine->first + i];
        if (!check_state(checker, machine, state)) sound = false;
        if (is_terminal(state)) terminal = true;
    }
    /* What follows from a broken transition is no fault of its own. */
    if (!sound) return;
    check_reachability(checker, machine, node_get(machine->node, "StartAt"));
    if (!terminal)
        machine_fault(checker, machine, states, "States",
                      "no state ends it; one must be Succeed or Fail, or say End: true");
}

void asl_check(struct diagnostics *diagnostics, struct arena *arena, const struct node *definition,
               const char *prefix)
{
    struct asl_checker checker = {.reader = {.arena = arena, .diagnostics = diagnostics}};
    asl_states_collect(&checker.states, arena, definition, prefix);
    for (size_t i = 0; i < checker.states.machine_count; i++) check_machine(&checker, i);
    asl_check_children(&checker);
}
