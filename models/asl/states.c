#include "models/asl/states.h"

#include "base/arena.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

const char *const asl_type_names[ASL_TYPE_COUNT] = {"Task", "Parallel", "Map",     "Pass",
                                                    "Wait", "Choice",   "Succeed", "Fail"};

enum { EXCERPT_SIZE = ASL_NAME_LONGEST + 8 };

const char *asl_excerpt(struct arena *arena, const char *name)
{
    char excerpt[EXCERPT_SIZE];
    text_excerpt(excerpt, sizeof excerpt, name);
    return arena_copy(arena, excerpt);
}

const char *asl_text(const struct node *map, const char *key)
{
    const struct node *node = node_get(map, key);
    return node ? node->text : "";
}

const struct node *asl_first(const struct node *map, const char *key)
{
    const struct node *node = node_get(map, key);
    return node ? node->first : NULL;
}

static enum asl_type type_of(const struct node *state)
{
    const struct node *type = node_get(state, "Type");
    if (!type || type->type != NODE_STRING) return ASL_UNKNOWN;
    for (unsigned i = 0; i < ASL_TYPE_COUNT; i++)
        if (strcmp(type->text, asl_type_names[i]) == 0) return (enum asl_type)(1U << i);
    return ASL_UNKNOWN;
}

const struct node *asl_processor(const struct node *state)
{
    const struct node *processor = node_get(state, "ItemProcessor");
    return processor ? processor : node_get(state, "Iterator");
}

static struct asl_machine *add_machine(struct asl_states *states, struct arena *arena,
                                       const struct node *node)
{
    states->machines = arena_grow(arena, states->machines, states->machine_count,
                                  &states->machine_capacity, sizeof *states->machines);
    struct asl_machine *machine = &states->machines[states->machine_count++];
    *machine = (struct asl_machine){.node = node};
    return machine;
}

static void add_nested(struct asl_states *states, struct arena *arena,
                       const struct asl_state *state)
{
    if (state->type == ASL_PARALLEL) {
        const struct node *branches = node_get(state->node, "Branches");
        if (!branches || branches->type != NODE_LIST) return;
        size_t number = 0;
        for (const struct node *branch = branches->first; branch; branch = branch->next) {
            struct asl_machine *machine = add_machine(states, arena, branch);
            const char *field = arena_format(arena, "Branches.%zu.", number++);
            machine->path = asl_state_path(states, state, arena, field);
            machine->description = arena_format(arena, "branch %zu of state '%s'", number,
                                                asl_excerpt(arena, state->name));
        }
    } else if (state->type == ASL_MAP) {
        const struct node *processor = asl_processor(state->node);
        if (!processor) return;
        struct asl_machine *machine = add_machine(states, arena, processor);
        const char *field = arena_format(arena, "%s.", processor->key);
        machine->path = asl_state_path(states, state, arena, field);
        machine->description =
            arena_format(arena, "the processor of state '%s'", asl_excerpt(arena, state->name));
        machine->processor = true;
    }
}

static void add_states(struct asl_states *states, struct arena *arena, size_t machine)
{
    states->machines[machine].first = states->count;
    const struct node *list = node_get(states->machines[machine].node, "States");
    if (!list || list->type != NODE_MAP) return;
    for (const struct node *node = list->first; node; node = node->next) {
        states->items = arena_grow(arena, states->items, states->count, &states->capacity,
                                   sizeof *states->items);
        states->items[states->count] = (struct asl_state){.name = node->key,
                                                          .node = node,
                                                          .type = type_of(node),
                                                          .machine = machine,
                                                          .index = states->count};
        states->count++;
    }
    states->machines[machine].count = states->count - states->machines[machine].first;
    for (size_t i = states->machines[machine].first; i < states->count; i++) {
        struct asl_state *state = &states->items[i];
        state->nested = states->machine_count;
        add_nested(states, arena, state);
        state->nested_count = states->machine_count - state->nested;
    }
}

static int compare_states(const void *left, const void *right)
{
    const struct asl_state *a = *(const struct asl_state *const *)left;
    const struct asl_state *b = *(const struct asl_state *const *)right;
    const int order = strcmp(a->name, b->name);
    return order ? order : (a->index > b->index) - (a->index < b->index);
}

void asl_states_collect(struct asl_states *states, struct arena *arena,
                        const struct node *definition, const char *prefix)
{
    *states = (struct asl_states){0};
    struct asl_machine *top = add_machine(states, arena, definition);
    top->path = prefix;
    top->description = "the state machine";
    for (size_t i = 0; i < states->machine_count; i++) add_states(states, arena, i);

    states->sorted = arena_array(arena, const struct asl_state *, states->count);
    for (size_t i = 0; i < states->count; i++) states->sorted[i] = &states->items[i];
    if (states->count > 0)
        qsort(states->sorted, states->count, sizeof(const struct asl_state *), compare_states);
}

/* The first of `sorted` that is not before the state of this name and index. */
static size_t lower_bound(const struct asl_states *states, const char *name, size_t index)
{
    size_t low = 0;
    size_t high = states->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = strcmp(states->sorted[middle]->name, name);
        if (order < 0 || (order == 0 && states->sorted[middle]->index < index))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The first of this name that is listed at `index` or after. */
static const struct asl_state *find_from(const struct asl_states *states, const char *name,
                                         size_t index)
{
    const size_t i = lower_bound(states, name, index);
    const bool found = i < states->count && strcmp(states->sorted[i]->name, name) == 0;
    return found ? states->sorted[i] : NULL;
}

const struct asl_state *asl_states_find(const struct asl_states *states, size_t machine,
                                        const char *name)
{
    const struct asl_state *state = find_from(states, name, states->machines[machine].first);
    return state && state->machine == machine ? state : NULL;
}

const struct asl_state *asl_states_find_any(const struct asl_states *states, const char *name)
{
    return find_from(states, name, 0);
}

const char *asl_state_path(const struct asl_states *states, const struct asl_state *state,
                           struct arena *arena, const char *field)
{
    return arena_format(arena, "%sStates.%s%s%s", states->machines[state->machine].path,
                        asl_excerpt(arena, state->name), field ? "." : "", field ? field : "");
}

bool asl_is_expression(const struct node *node)
{
    if (node->type != NODE_STRING) return false;
    const size_t length = strlen(node->text);
    return length >= 4 && strncmp(node->text, "{%", 2) == 0 &&
           strcmp(node->text + length - 2, "%}") == 0;
}

bool asl_is_placeholder(const struct node *node)
{
    if (node->type != NODE_STRING || node->quoted || strncmp(node->text, "${", 2) != 0)
        return false;
    return strcspn(node->text, "}") + 1 == strlen(node->text);
}

const char *asl_name_of_placeholder(struct arena *arena, const char *text)
{
    if (strncmp(text, "${", 2) != 0) return NULL;
    const char *name = text + 2;
    const size_t length = strcspn(name, "}");
    if (name[length] == '\0' || (name[length + 1] && name[length + 1] != ':')) return NULL;
    /* The attribute is no part of the name. */
    static const char attribute[] = ".Arn";
    const size_t tail = sizeof attribute - 1;
    const bool arn = length > tail && strncmp(name + length - tail, attribute, tail) == 0;
    return length > 0 ? arena_copy_n(arena, name, arn ? length - tail : length) : NULL;
}

bool asl_pattern_fits(const char *pattern, const char *name)
{
    const char *star = NULL; /* the last one seen, and where the name went on behind it */
    const char *again = NULL;
    while (*name) {
        if (*pattern == '*') {
            star = pattern++;
            again = name;
        } else if (*pattern == '?' || *pattern == *name) {
            pattern++;
            name++;
        } else if (star) {
            pattern = star + 1;
            name = ++again;
        } else {
            return false;
        }
    }
    while (*pattern == '*') pattern++;
    return *pattern == '\0';
}
