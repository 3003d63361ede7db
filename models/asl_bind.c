#include "models/asl_bind.h"

#include "base/arena.h"
#include "base/names.h"
#include "base/text.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

enum {
    CANDIDATES = 3,       /* names that a task goes by */
    UNBOUND_LISTED = 50,  /* in one message */
    NAMES_COMPARED = 1000 /* among more, a slip of the finger is not looked for */
};

/* `map` if it is one; else NULL, and a fault unless it is absent. */
static const struct node *map_or_fault(struct asl_binder *binder, const struct node *map,
                                       const char *which)
{
    if (!map || map->type == NODE_MAP) return map;
    compiler_fault(binder->compiler, map,
                   arena_format(binder->compiler->arena, "%s.%s", binder->binding.path, which),
                   "expected a map by name, found %s", node_type_name(map->type));
    return NULL;
}

void asl_binder_init(struct asl_binder *binder, struct compiler *compiler,
                     const struct asl_binding *binding, const struct asl_states *states)
{
    *binder = (struct asl_binder){.compiler = compiler, .binding = *binding, .states = states};
    binder->binding.tasks = map_or_fault(binder, binding->tasks, "tasks");
    binder->binding.branches = map_or_fault(binder, binding->branches, "branches");
    binder->binding.items = map_or_fault(binder, binding->items, "items");
    const struct node *tasks = binder->binding.tasks;
    binder->seen = arena_array(compiler->arena, uint32_t, states->count);
    binder->used = arena_array(compiler->arena, bool, tasks ? tasks->count : 0);
}

void asl_bind_fault(struct asl_binder *binder, const struct asl_state *state,
                    const struct node *node, const char *format, ...)
{
    struct arena *arena = binder->compiler->arena;
    va_list arguments;
    va_start(arguments, format);
    const char *message = arena_vformat(arena, format, arguments);
    va_end(arguments);
    const char *field = node == state->node ? NULL : node->key;
    compiler_fault(binder->compiler, node, asl_state_path(binder->states, state, arena, field),
                   "state '%s': %s", asl_excerpt(arena, state->name), message);
}

/* The text up to the next ':'. */
static const char *up_to_colon(struct arena *arena, const char *text)
{
    return arena_copy_n(arena, text, strcspn(text, ":"));
}

/* The function's name in "arn:aws:lambda:REGION:ACCOUNT:function:NAME:QUALIFIER",
 * "ACCOUNT:function:NAME", "NAME:QUALIFIER" or "NAME". */
static const char *name_of_function(struct arena *arena, const char *text)
{
    const char *referred = asl_name_of_placeholder(arena, text);
    if (referred) return referred;
    const char *function = strstr(text, "function:");
    if (function && (function == text || function[-1] == ':')) {
        const char *name = function + strlen("function:");
        const char *within = asl_name_of_placeholder(arena, name);
        return within ? within : up_to_colon(arena, name);
    }
    return strncmp(text, "arn:", 4) == 0 ? NULL : up_to_colon(arena, text);
}

static bool is_invoke(const char *resource)
{
    return strstr(resource, ":states:::lambda:invoke") ||
           strstr(resource, ":states:::aws-sdk:lambda:invoke");
}

/* A field of what the task sends, when it is literal; or NULL. */
static const struct node *sent(const struct asl_state *state, const char *field)
{
    const struct node *parameters = node_get(state->node, "Parameters");
    if (!parameters) parameters = node_get(state->node, "Arguments");
    const struct node *node = node_get(parameters, field);
    return node && node->type == NODE_STRING && !asl_is_expression(node) ? node : NULL;
}

#define NESTED ":states:::states:startExecution"

bool asl_task_nests(const struct asl_state *state, bool waits)
{
    const char *start = strstr(asl_text(state->node, "Resource"), NESTED);
    if (!start) return false;
    const char *how = start + strlen(NESTED);
    if (strcmp(how, ".sync") == 0 || strcmp(how, ".sync:2") == 0) return true;
    return !waits && *how == '\0';
}

/* The name of the state machine that a task starts: the last part of its ARN. */
static const char *machine_of(const struct asl_state *state)
{
    const struct node *machine = sent(state, "StateMachineArn");
    const char *last = machine ? strrchr(machine->text, ':') : NULL;
    return last ? last + 1 : NULL;
}

static const char *function_of(struct arena *arena, const struct asl_state *state)
{
    const char *resource = asl_text(state->node, "Resource");
    if (asl_task_nests(state, false)) return machine_of(state);
    if (!is_invoke(resource)) return name_of_function(arena, resource);
    const struct node *name = sent(state, "FunctionName");
    return name ? name_of_function(arena, name->text) : NULL;
}

const char *asl_task_name(struct arena *arena, const struct asl_state *state)
{
    const char *function = function_of(arena, state);
    return function ? function : state->name;
}

bool asl_task_is_start(const struct asl_state *state)
{
    const char *resource = asl_text(state->node, "Resource");
    if (is_invoke(resource)) {
        const struct node *kind = sent(state, "InvocationType");
        return kind && strcmp(kind->text, "Event") == 0;
    }
    return asl_task_nests(state, false) && !asl_task_nests(state, true);
}

static const struct node *component_named(struct asl_binder *binder, const char *name)
{
    const struct plan *plan = binder->compiler->plan;
    for (size_t i = 0; i < plan->component_count; i++) {
        if (strcmp(plan->components[i]->name, name) != 0) continue;
        struct node *node = arena_new_item(binder->compiler->arena, struct node);
        node->type = NODE_STRING;
        node->text = arena_copy(binder->compiler->arena, name);
        return node;
    }
    return NULL;
}

/* How a key of `tasks` fits a name: 0 not at all, more the more exactly: the characters that it
 * names, and one more without wildcards. */
static size_t fit_of(const char *key, const char *name)
{
    if (!name || !asl_pattern_fits(key, name)) return 0;
    size_t exact = 1;
    bool wild = false;
    for (const char *at = key; *at; at++) {
        if (*at == '*' || *at == '?')
            wild = true;
        else
            exact++;
    }
    return exact + (wild ? 0 : 1);
}

/* The key of `tasks` that fits one of the names best: the first name's exact key, then the next
 * one's, then the most specific with wildcards. NULL without; *tie is another that fits as well. */
static const struct node *bound(struct asl_binder *binder, const char *const *names,
                                const struct node **tie)
{
    const struct node *tasks = binder->binding.tasks;
    const struct node *best = NULL;
    size_t best_fit = 0;
    size_t i = 0;
    *tie = NULL;
    for (const struct node *item = tasks ? tasks->first : NULL; item; item = item->next, i++) {
        size_t fit = 0;
        for (size_t k = 0; k < CANDIDATES; k++) {
            size_t own = fit_of(item->key, names[k]);
            if (own && strcmp(item->key, names[k]) == 0) own = SIZE_MAX - k;
            if (own > fit) fit = own;
        }
        if (fit == 0) continue;
        binder->used[i] = true;
        if (fit == best_fit) *tie = item;
        if (fit <= best_fit) continue;
        best = item;
        best_fit = fit;
        *tie = NULL;
    }
    return best;
}

uint32_t asl_bind_task(struct asl_binder *binder, const struct asl_state *state, bool waits)
{
    if (binder->binding.mocked) return 0;
    struct arena *arena = binder->compiler->arena;
    const char *function = function_of(arena, state);
    const char *const candidates[CANDIDATES] = {state->name, asl_text(state->node, "Resource"),
                                                function};
    const struct node *tie = NULL;
    const struct node *found = bound(binder, candidates, &tie);
    if (found && tie) {
        const char *path =
            arena_format(arena, "%s.tasks.%s", binder->binding.path, asl_excerpt(arena, tie->key));
        compiler_fault(binder->compiler, tie, path,
                       "fits state '%s' as well as '%s' does; make one of them more specific",
                       asl_excerpt(arena, state->name), asl_excerpt(arena, found->key));
        return COMPONENT_NONE;
    }
    if (found) {
        const char *path = arena_format(arena, "%s.tasks.%s", binder->binding.path,
                                        asl_excerpt(arena, found->key));
        return compiler_component(binder->compiler, found, path, waits);
    }
    const struct node *named = function ? component_named(binder, function) : NULL;
    if (named)
        return compiler_component(binder->compiler, named,
                                  asl_state_path(binder->states, state, arena, "Resource"), waits);

    const char *name = function ? function : state->name;
    for (size_t i = 0; i < binder->unbound_count && i < UNBOUND_LISTED; i++)
        if (strcmp(binder->unbound[i], name) == 0) return COMPONENT_NONE;
    if (!binder->unbound_node) binder->unbound_node = node_get(state->node, "Resource");
    binder->unbound = arena_grow(arena, binder->unbound, binder->unbound_count,
                                 &binder->unbound_capacity, sizeof *binder->unbound);
    binder->unbound[binder->unbound_count++] = name;
    return COMPONENT_NONE;
}

/* Adds the state of this name to the ways out, once. */
static void add_way(struct asl_binder *binder, const struct asl_state *state, const char *name,
                    struct asl_ways *ways)
{
    const struct asl_state *target = asl_states_find(binder->states, state->machine, name);
    if (!target || binder->seen[target->index] == binder->choice) return;
    binder->seen[target->index] = binder->choice;
    ways->targets[ways->count++] = target;
}

static void find_ways(struct asl_binder *binder, const struct asl_state *state,
                      struct asl_ways *ways)
{
    const struct node *choices = node_get(state->node, "Choices");
    ways->targets = arena_array(binder->compiler->arena, const struct asl_state *,
                                (choices ? choices->count : 0) + 1);
    binder->choice++;
    for (const struct node *rule = choices ? choices->first : NULL; rule; rule = rule->next)
        add_way(binder, state, asl_text(rule, "Next"), ways);
    if (node_get(state->node, "Default"))
        add_way(binder, state, asl_text(state->node, "Default"), ways);
}

static void refuse_without_branches(struct asl_binder *binder, const struct asl_state *state,
                                    const struct asl_ways *ways)
{
    struct text example;
    text_init(&example);
    for (size_t i = 0; i < ways->count && i < UNBOUND_LISTED; i++)
        text_format(&example, "%s%s: ?", i ? ", " : "",
                    asl_excerpt(binder->compiler->arena, ways->targets[i]->name));
    asl_bind_fault(binder, state, state->node,
                   "data decides which way it goes; add to %s how likely each is: branches: "
                   "{%s: {%s}}",
                   binder->binding.path, asl_excerpt(binder->compiler->arena, state->name),
                   example.data);
    text_free(&example);
}

/* The probability of each way; false after a fault. */
static bool read_probabilities(struct asl_binder *binder, const struct node *branches,
                               const char *path, struct asl_ways *ways)
{
    struct compiler *compiler = binder->compiler;
    const char **names = arena_array(compiler->arena, const char *, ways->count);
    for (size_t i = 0; i < ways->count; i++) names[i] = ways->targets[i]->name;
    bool good = true;
    for (const struct node *item = branches->first; item; item = item->next) {
        const char *below =
            arena_format(compiler->arena, "%s.%s", path, asl_excerpt(compiler->arena, item->key));
        size_t which = 0;
        while (which < ways->count && strcmp(names[which], item->key) != 0) which++;
        struct error err;
        if (which == ways->count) {
            fields_unknown_key(&compiler->reader, item, below, "a state that this Choice leads to",
                               names, ways->count);
            good = false;
        } else if (!quantity_read(item, DIMENSION_RATIO, &ways->cumulated[which], &err)) {
            diagnostics_add_error(compiler->diagnostics, below, &err);
            good = false;
        } else if (ways->cumulated[which] < 0 || ways->cumulated[which] > 1) {
            compiler_fault(compiler, item, below, "a probability lies from 0 to 1, found %s",
                           asl_excerpt(compiler->arena, item->text));
            good = false;
        }
    }
    return good;
}

bool asl_bind_choice(struct asl_binder *binder, const struct asl_state *state, struct asl_ways *out)
{
    struct compiler *compiler = binder->compiler;
    *out = (struct asl_ways){0};
    find_ways(binder, state, out);
    out->cumulated = arena_array(compiler->arena, double, out->count);
    const struct node *branches = node_get(binder->binding.branches, state->name);
    if (!branches) {
        out->cumulated[0] = 1;
        if (out->count > 1) refuse_without_branches(binder, state, out);
        return out->count == 1;
    }
    const char *path = arena_format(compiler->arena, "%s.branches.%s", binder->binding.path,
                                    asl_excerpt(compiler->arena, state->name));
    if (branches->type != NODE_MAP) {
        compiler_fault(compiler, branches, path,
                       "expected a map of the states that follow and how likely each is, found %s",
                       node_type_name(branches->type));
        return false;
    }
    if (!read_probabilities(binder, branches, path, out)) return false;
    double sum = 0;
    for (size_t i = 0; i < out->count; i++) {
        sum += out->cumulated[i];
        out->cumulated[i] = sum;
    }
    if (fabs(sum - 1) > 1e-6) {
        compiler_fault(compiler, branches, path,
                       "the probabilities of the ways sum to %.7g, and they must sum to 1", sum);
        return false;
    }
    out->cumulated[out->count - 1] = 1;
    return true;
}

bool asl_bind_map(struct asl_binder *binder, const struct asl_state *state,
                  struct distribution *out)
{
    struct arena *arena = binder->compiler->arena;
    const char *name = asl_excerpt(arena, state->name);
    const struct node *items = node_get(binder->binding.items, state->name);
    if (!items) {
        asl_bind_fault(binder, state, state->node,
                       "data decides how many items it has; add their number to %s: items: "
                       "{%s: ?}",
                       binder->binding.path, name);
        return false;
    }
    return law_read_items(binder->compiler, items,
                          arena_format(arena, "%s.items.%s", binder->binding.path, name), out);
}

static void report_unbound(struct asl_binder *binder)
{
    if (binder->unbound_count == 0) return;
    struct arena *arena = binder->compiler->arena;
    struct text lines;
    text_init(&lines);
    for (size_t i = 0; i < binder->unbound_count && i < UNBOUND_LISTED; i++)
        text_format(&lines, "%s%s: ?", i ? ", " : "", asl_excerpt(arena, binder->unbound[i]));
    if (binder->unbound_count > UNBOUND_LISTED) text_add(&lines, ", ...");
    compiler_fault(binder->compiler, binder->unbound_node, binder->binding.path,
                   "no component is named for %s; add which serves each: tasks: {%s}",
                   binder->unbound_count > 1
                       ? arena_format(arena, "%zu tasks of the definition", binder->unbound_count)
                       : "a task of the definition",
                   lines.data);
    text_free(&lines);
}

/* Names of `map` that no state of the type has. */
static void report_strangers(struct asl_binder *binder, const struct node *map, const char *which,
                             enum asl_type type)
{
    struct arena *arena = binder->compiler->arena;
    const char **names = arena_array(arena, const char *, binder->states->count);
    size_t count = 0;
    for (size_t i = 0; i < binder->states->count; i++)
        if (binder->states->items[i].type == type) names[count++] = binder->states->items[i].name;
    if (count > NAMES_COMPARED) count = 0;
    for (const struct node *item = map ? map->first : NULL; item; item = item->next) {
        const struct asl_state *state = asl_states_find_any(binder->states, item->key);
        if (state && state->type == type) continue;
        const char *path = arena_format(arena, "%s.%s.%s", binder->binding.path, which,
                                        asl_excerpt(arena, item->key));
        const char *nearest = name_nearest(item->key, names, count);
        compiler_fault(binder->compiler, item, path, "the definition has no %s state '%s'%s%s%s",
                       type == ASL_MAP ? "Map" : "Choice", asl_excerpt(arena, item->key),
                       nearest ? "; did you mean '" : "", nearest ? nearest : "",
                       nearest ? "'?" : "");
    }
}

static void report_unused(struct asl_binder *binder)
{
    const struct node *tasks = binder->binding.tasks;
    struct arena *arena = binder->compiler->arena;
    size_t i = 0;
    for (const struct node *item = tasks ? tasks->first : NULL; item; item = item->next) {
        if (binder->used[i++]) continue;
        const char *path =
            arena_format(arena, "%s.tasks.%s", binder->binding.path, asl_excerpt(arena, item->key));
        compiler_fault(binder->compiler, item, path,
                       "no task of the definition has a state, resource or function called '%s'",
                       asl_excerpt(arena, item->key));
    }
}

void asl_binder_finish(struct asl_binder *binder)
{
    report_unbound(binder);
    report_unused(binder);
    report_strangers(binder, binder->binding.branches, "branches", ASL_CHOICE);
    report_strangers(binder, binder->binding.items, "items", ASL_MAP);
}
