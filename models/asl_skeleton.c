#include "models/asl_skeleton.h"

#include "base/arena.h"
#include "models/asl/states.h"
#include "models/asl_bind.h"

#include <string.h>

enum { ITEMS = 10 };

/* What a task is bound by, and the component that does it. */
struct binding {
    const char *name;
    const char *component;
};

struct skeleton {
    struct arena *arena;
    struct text *out;
    const struct asl_states *states;
    struct binding *bindings;
    size_t count;
};

/* How many bytes at `at` are a character that YAML has only escaped (YAML 1.2, 5.1), beyond those
 * that JSON escapes; *code is which. 0: they are none. */
static size_t unprintable(const char *at, unsigned *code)
{
    const unsigned char *c = (const unsigned char *)at;
    *code = c[0];
    if (c[0] == 0x7F) return 1;
    *code = c[1];
    if (c[0] == 0xC2 && c[1] < 0xA0) return 2;
    if (c[0] != 0xEF || !c[1]) return 0;
    *code = 0xF000U | (c[1] & 0x3FU) << 6 | (c[2] & 0x3FU);
    return *code == 0xFEFF || *code >= 0xFFFE ? 3 : 0;
}

/* In quotes, as JSON has it, which is YAML too. */
static const char *quoted(struct arena *arena, const char *text)
{
    const struct node node = {.type = NODE_STRING, .text = text};
    struct text out;
    text_init(&out);
    for (const char *at = node_to_json(arena, &node); *at;) {
        unsigned code;
        const size_t wide = unprintable(at, &code);
        if (wide)
            text_format(&out, "\\u%04x", code);
        else
            text_add_char(&out, *at);
        at += wide ? wide : 1;
    }
    const char *copy = arena_copy(arena, out.data);
    text_free(&out);
    return copy;
}

static bool is_taken(const struct skeleton *s, const char *component)
{
    if (strcmp(component, "workflow") == 0) return true;
    for (size_t i = 0; i < s->count; i++)
        if (strcmp(s->bindings[i].component, component) == 0) return true;
    return false;
}

/* A name of a component like that of the task: small letters, digits and hyphens, used once. */
static const char *component_of(const struct skeleton *s, const char *name)
{
    enum { LONGEST = 40, FEW = 10 };
    char plain[LONGEST + 1];
    size_t length = 0;
    for (; *name && length < LONGEST; name++) {
        const char c = *name >= 'A' && *name <= 'Z' ? (char)(*name - 'A' + 'a') : *name;
        const bool fits = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9' && length > 0);
        if (fits)
            plain[length++] = c;
        else if (length > 0 && plain[length - 1] != '-')
            plain[length++] = '-';
    }
    while (length > 0 && plain[length - 1] == '-') length--;
    plain[length] = '\0';
    const char *base = length > 0 ? arena_copy(s->arena, plain) : "task";
    const char *component = base;
    /* Past the first few, a number that no other has had. */
    for (size_t i = 2; is_taken(s, component); i++)
        component = arena_format(s->arena, "%s-%zu", base, i < FEW ? i : s->count + i);
    return component;
}

static void collect(struct skeleton *s)
{
    s->bindings = arena_array(s->arena, struct binding, s->states->count);
    for (size_t i = 0; i < s->states->count; i++) {
        const struct asl_state *state = &s->states->items[i];
        if (state->type != ASL_TASK) continue;
        const char *name = asl_task_name(s->arena, state);
        size_t k = 0;
        while (k < s->count && strcmp(s->bindings[k].name, name) != 0) k++;
        if (k < s->count) continue;
        const char *component = component_of(s, name);
        s->bindings[s->count++] = (struct binding){name, component};
    }
}

/* "    KEY:" before the first of its lines. */
static void add_heading(struct skeleton *s, const char *key, bool *headed)
{
    if (!*headed) text_format(s->out, "    %s:\n", key);
    *headed = true;
}

static void add_ways(struct skeleton *s, const struct asl_state *state, bool *headed)
{
    const struct node *choices = node_get(state->node, "Choices");
    const char **ways = arena_array(s->arena, const char *, choices->count + 1);
    size_t count = 0;
    const struct node *rule = choices->first;
    for (size_t i = 0; i <= choices->count; i++) {
        const char *way = rule ? asl_text(rule, "Next") : asl_text(state->node, "Default");
        size_t k = 0;
        while (k < count && strcmp(ways[k], way) != 0) k++;
        if (k == count && *way) ways[count++] = way;
        if (rule) rule = rule->next;
    }
    if (count < 2) return;
    add_heading(s, "branches", headed);
    text_format(s->out, "      %s: {", quoted(s->arena, state->name));
    /* In millionths, so that they sum to 1 as written. */
    const unsigned share = 1000000U / (unsigned)count;
    for (size_t i = 0; i < count; i++) {
        const unsigned own = i + 1 < count ? share : 1000000U - share * (unsigned)(count - 1);
        text_format(s->out, "%s%s: 0.%06u", i ? ", " : "", quoted(s->arena, ways[i]), own);
    }
    text_add(s->out, "}\n");
}

static void add_workflow(struct skeleton *s, const char *reference, bool express)
{
    bool branches = false;
    bool items = false;
    bool tasks = false;
    text_format(s->out, "  workflow:\n    type: workflow\n    flavour: %s\n    definition: %s\n",
                express ? "express" : "standard", quoted(s->arena, reference));
    for (size_t i = 0; i < s->count; i++) {
        add_heading(s, "tasks", &tasks);
        text_format(s->out, "      %s: %s\n", quoted(s->arena, s->bindings[i].name),
                    s->bindings[i].component);
    }
    for (size_t i = 0; i < s->states->count; i++)
        if (s->states->items[i].type == ASL_CHOICE) add_ways(s, &s->states->items[i], &branches);
    for (size_t i = 0; i < s->states->count; i++) {
        if (s->states->items[i].type != ASL_MAP) continue;
        add_heading(s, "items", &items);
        text_format(s->out, "      %s: %d\n", quoted(s->arena, s->states->items[i].name), ITEMS);
    }
}

void asl_skeleton(struct arena *arena, const char *reference,
                  const struct asl_definition *definition, struct text *out)
{
    struct asl_states states;
    struct skeleton s = {.arena = arena, .out = out, .states = &states};
    asl_states_collect(&states, arena, definition->node, "");
    collect(&s);
    text_add(out, "# A skeleton: put in what is known of the components, the ways and the items.\n"
                  "workloads:\n  requests: {enters: workflow, arrivals: {poisson: {rate: 1/s}}}\n"
                  "components:\n");
    add_workflow(&s, reference, definition->express);
    for (size_t i = 0; i < s.count; i++)
        text_format(out, "  %s: {type: service, servers: 100, time: 100ms}\n",
                    s.bindings[i].component);
}
