#include "base/arena.h"
#include "base/document.h"
#include "models/asl/data_internal.h"
#include "models/asl/jsonpath.h"

#include <string.h>

void data_fault(struct data_compiler *compiler, const struct node *node, const char *field,
                const char *fault)
{
    const char *path = asl_state_path(compiler->states, compiler->state, compiler->arena, field);
    diagnostics_add(compiler->faults, SEVERITY_ERROR, node->place, path,
                    "state \"%s\": %s cannot be compiled: %s",
                    asl_excerpt(compiler->arena, compiler->state->name), field,
                    fault ? fault : "it is of no form known");
}

/* What stands for an expression that is at fault: the compilation goes on to find others. */
static const struct expression *checked(struct data_compiler *compiler, const struct node *node,
                                        const char *field, const struct expression *expression,
                                        const char *fault)
{
    if (!expression) data_fault(compiler, node, field, fault);
    return expression;
}

const struct expression *data_template(struct data_compiler *compiler, const struct node *map,
                                       const char *field)
{
    const struct node *node = node_get(map, field);
    if (!node) return NULL;
    const char *fault = NULL;
    const struct expression *expression =
        compiler->jsonata ? expression_jsonata(compiler->arena, node, field, &fault)
                          : expression_template(compiler->arena, node, &fault);
    return checked(compiler, node, field, expression, fault);
}

const struct expression *data_path(struct data_compiler *compiler, const struct node *map,
                                   const char *field, bool calls)
{
    const struct node *node = node_get(map, field);
    if (!node || node->type != NODE_STRING) return NULL;
    const char *fault = NULL;
    const struct expression *expression =
        calls ? expression_source(compiler->arena, node->text, &fault)
              : expression_path(compiler->arena, node->text, &fault);
    return checked(compiler, node, field, expression, fault);
}

struct setting data_setting(struct data_compiler *compiler, const struct node *map,
                            const char *field)
{
    const char *path = arena_format(compiler->arena, "%sPath", field);
    if (!compiler->jsonata && node_get(map, path))
        return (struct setting){data_path(compiler, map, path, false), path, true};
    return (struct setting){data_template(compiler, map, field), field, false};
}

static struct path_field path_field(struct data_compiler *compiler, const char *field)
{
    const struct node *node = node_get(compiler->state->node, field);
    if (compiler->jsonata || !node) return (struct path_field){0};
    if (node->type == NODE_NULL) return (struct path_field){.nothing = true};
    if (node->type == NODE_STRING && strcmp(node->text, "$") == 0) return (struct path_field){0};
    return (struct path_field){.path = data_path(compiler, compiler->state->node, field, false)};
}

struct result_field data_result_path(struct data_compiler *compiler, const struct node *map)
{
    const struct node *node = node_get(map, "ResultPath");
    struct result_field field = {0};
    if (compiler->jsonata || !node) return field;
    field.discard = node->type == NODE_NULL;
    field.text = node->text;
    if (node->type != NODE_STRING || strcmp(node->text, "$") == 0) return field;
    const char *fault = NULL;
    field.path = jsonpath_compile(compiler->arena, node->text, strlen(node->text), &fault);
    if (field.path && !jsonpath_is_reference(field.path)) fault = "it is no reference path";
    if (fault) data_fault(compiler, node, "ResultPath", fault);
    return field;
}

static void compile_catchers(struct data_compiler *compiler, struct state_data *data)
{
    const struct node *list = node_get(compiler->state->node, "Catch");
    if (!list || list->type != NODE_LIST) return;
    struct catcher *catchers = arena_array(compiler->arena, struct catcher, list->count);
    size_t at = 0;
    for (const struct node *item = list->first; item; item = item->next)
        catchers[at++] = (struct catcher){
            .assign = data_template(compiler, item, "Assign"),
            .output = compiler->jsonata ? data_template(compiler, item, "Output") : NULL,
            .result_path = data_result_path(compiler, item)};
    data->catchers = catchers;
    data->catcher_count = list->count;
}

static void compile_wait(struct data_compiler *compiler, struct state_data *data)
{
    const struct node *node = compiler->state->node;
    data->seconds = data_setting(compiler, node, "Seconds");
    data->timestamp_field = "Timestamp";
    if (!compiler->jsonata && node_get(node, "TimestampPath")) {
        data->timestamp = data_path(compiler, node, "TimestampPath", false);
        data->timestamp_field = "TimestampPath";
    } else {
        data->timestamp = data_template(compiler, node, "Timestamp");
    }
}

static void compile_fail(struct data_compiler *compiler, struct state_data *data)
{
    const struct node *node = compiler->state->node;
    const bool by_path = !compiler->jsonata;
    data->error = by_path && node_get(node, "ErrorPath")
                      ? data_path(compiler, node, "ErrorPath", true)
                      : data_template(compiler, node, "Error");
    data->cause = by_path && node_get(node, "CausePath")
                      ? data_path(compiler, node, "CausePath", true)
                      : data_template(compiler, node, "Cause");
}

static void compile_state(struct data_compiler *compiler, struct state_data *data)
{
    const struct asl_state *state = compiler->state;
    const struct node *node = state->node;
    data->jsonata = compiler->jsonata;
    data->input_path = path_field(compiler, "InputPath");
    data->output_path = path_field(compiler, "OutputPath");
    data->result_path = data_result_path(compiler, node);
    data->assign = data_template(compiler, node, "Assign");
    data->credentials = data_template(compiler, node, "Credentials");
    if (compiler->jsonata) data->output = data_template(compiler, node, "Output");
    if (state->type != ASL_MAP)
        data->sent = data_template(compiler, node, compiler->jsonata ? "Arguments" : "Parameters");
    if (!compiler->jsonata) data->selector = data_template(compiler, node, "ResultSelector");
    const struct node *result = node_get(node, "Result");
    if (result && !compiler->jsonata) data->result = value_from_node(compiler->arena, result);
    data->timeout = data_setting(compiler, node, "TimeoutSeconds");
    data->heartbeat = data_setting(compiler, node, "HeartbeatSeconds");
    compile_catchers(compiler, data);
    if (state->type == ASL_WAIT) compile_wait(compiler, data);
    if (state->type == ASL_FAIL) compile_fail(compiler, data);
    if (state->type == ASL_CHOICE) data_compile_rules(compiler, data);
    if (state->type == ASL_MAP) data_compile_map(compiler, data);
}

const struct asl_data *asl_data_compile(struct arena *arena, const struct asl_states *states,
                                        struct diagnostics *faults)
{
    struct asl_data *data = arena_new_item(arena, struct asl_data);
    struct state_data *items = arena_array(arena, struct state_data, states->count);
    struct data_compiler compiler = {.arena = arena, .faults = faults, .states = states};
    const size_t before = faults->errors;
    const bool jsonata =
        states->machine_count > 0 &&
        strcmp(asl_text(states->machines[0].node, "QueryLanguage"), "JSONata") == 0;
    for (size_t i = 0; i < states->count; i++) {
        compiler.state = &states->items[i];
        const char *own = asl_text(compiler.state->node, "QueryLanguage");
        compiler.jsonata = *own ? strcmp(own, "JSONata") == 0 : jsonata;
        compile_state(&compiler, &items[i]);
    }
    data->states = items;
    data->count = states->count;
    return faults->errors == before ? data : NULL;
}
