/* Any bytes as a definition and its data: three documents of JSON with lines of "---" between them
 * are the definition, the input, and the result of work. What the checker of definitions accepts
 * is compiled, and every state runs on the data; what comes out must be writable as it was
 * measured. Bytes that begin with '$' or 'S' are an expression over the input instead. */
#include "base/arena.h"
#include "base/document.h"
#include "models/asl/asl.h"
#include "models/asl/data.h"
#include "models/asl/states.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) abort();
}

static void check_value(struct arena *arena, const struct value *value)
{
    require(value != NULL);
    if (value_json_length(value) > 1 << 22) return;
    const char *json = value_to_json(arena, value);
    require(json && strlen(json) == value_json_length(value));
    struct error err;
    if (value->depth <= VALUE_DEPTH_MOST) {
        const struct value *again = value_from_json(arena, json, strlen(json), &err);
        require(again && value_equal(value, again) && value_hash(value) == value_hash(again));
    }
}

static void check_error(const struct asl_error *err)
{
    require(err->error && err->cause);
}

static void run_map(struct asl_run *run, struct asl_flow *flow, const struct asl_state *state,
                    const struct asl_source *source)
{
    struct asl_error err;
    struct asl_map map;
    if (!asl_data_map(run, flow, state, source, &map, &err)) {
        check_error(&err);
        return;
    }
    for (size_t i = 0; i < map.children && i < 10; i++) {
        struct asl_item item;
        const struct value *child = NULL;
        if (asl_data_child(run, flow, state, &map, i, &item, &child, &err))
            check_value(run->arena, child);
        else
            check_error(&err);
    }
}

static void run_state(struct asl_run *run, struct asl_flow *flow, const struct asl_state *state,
                      const struct value *result, const struct asl_source *source)
{
    struct asl_error err = {0}, raised;
    struct asl_exit out;
    const struct value *value = NULL;
    double first = 0, second = 0;
    int rule = 0;
    if (asl_data_arguments(run, flow, state, &value, &err)) check_value(run->arena, value);
    (void)asl_data_times(run, flow, state, &first, &second, &err);
    (void)asl_data_wait(run, flow, state, &first, &err);
    if (state->type == ASL_MAP) run_map(run, flow, state, source);
    if (state->type == ASL_FAIL) (void)asl_data_fail(run, flow, state, &raised, &err);
    const bool works = state->type & (ASL_TASK | ASL_PARALLEL | ASL_MAP);
    const bool done = state->type == ASL_CHOICE
                          ? asl_data_choose(run, flow, state, &rule, &out, &err)
                          : asl_data_leave(run, flow, state, works ? result : NULL, &out, &err);
    if (done)
        check_value(run->arena, out.output);
    else
        check_error(&err);
    const struct node *catchers = node_get(state->node, "Catch");
    const size_t count = catchers && catchers->type == NODE_LIST ? catchers->count : 0;
    for (size_t i = 0; i < count; i++)
        if (asl_data_catch(run, flow, state, i, &err, &out, &raised))
            check_value(run->arena, out.output);
}

static void run_definition(struct arena *arena, const struct node *definition,
                           const struct value *input, const struct value *result,
                           const struct asl_source *source)
{
    struct diagnostics faults;
    diagnostics_init(&faults, arena);
    asl_check(&faults, arena, definition, "");
    if (faults.errors > 0) return;
    struct asl_states states = {0};
    asl_states_collect(&states, arena, definition, "");
    struct asl_run run = {.arena = arena, .input = input, .seed = 1};
    run.data = asl_data_compile(arena, &states, &faults);
    require((run.data == NULL) == (faults.errors > 0));
    if (!run.data) return;
    struct asl_flow flow = {.input = input, .event = 2};
    for (size_t i = 0; i < states.count; i++)
        run_state(&run, &flow, &states.items[i], result, source);
    check_value(arena, asl_data_visible(&run, flow.variables));
}

/* A Pass state whose one parameter is the expression. */
static struct node *wrap(struct arena *arena, const char *expression)
{
    const char *quoted = value_to_json(arena, value_string(arena, expression));
    const char *text = arena_format(
        arena,
        "{\"StartAt\":\"S\",\"States\":{\"S\":{\"Type\":\"Pass\",\"Parameters\":{\"r.$\":"
        "%s},\"End\":true}}}",
        quoted);
    struct node *root = NULL;
    struct error err;
    (void)document_read_text(arena, "d", DOCUMENT_JSON, text, strlen(text), &root, &err);
    return root;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    char *text = arena_copy_n(arena, (const char *)data, size);
    char empty[1] = "";
    char *parts[3] = {text, empty, empty};
    for (int i = 1; i < 3; i++) {
        char *cut = strstr(parts[i - 1], "\n---\n");
        if (!cut) break;
        *cut = '\0';
        parts[i] = cut + 5;
    }
    struct error err;
    struct node *definition = NULL;
    if (*text == '$' || *text == 'S')
        definition = wrap(arena, parts[0]);
    else
        (void)document_read_text(arena, "d", DOCUMENT_JSON, parts[0], strlen(parts[0]), &definition,
                                 &err);
    const struct value *input = value_from_json(arena, parts[1], strlen(parts[1]), &err);
    const struct value *result = value_from_json(arena, parts[2], strlen(parts[2]), &err);
    const struct asl_source source = {.text = parts[2], .length = strlen(parts[2])};
    if (definition)
        run_definition(arena, definition, input ? input : &value_empty_map,
                       result ? result : &value_null, &source);
    arena_free(arena);
    return 0;
}
