/* What the executions of a workflow work on: values, or bytes of which only the number is known. */
#include "base/arena.h"
#include "models/asl.h"
#include "models/asl/states.h"
#include "models/asl/timestamp.h"
#include "models/compiler.h"
#include "models/workflow_plan.h"

#include <string.h>

/* 2026-01-01T00:00:00Z, where the scenario says nothing. */
#define EPOCH 1767225600.0

/* The results of one task, of which one is drawn. */
struct task_results {
    const struct value *const *values;
    uint32_t count;
};

/* ---- what the scenario says ---- */

static void read_epoch(struct compiler *c, const struct workflow_plan *w,
                       struct asl_binding *binding)
{
    struct timestamp at;
    binding->epoch = EPOCH;
    if (!w->epoch) return;
    binding->dated = true;
    if (w->epoch->type == NODE_STRING &&
        timestamp_read(w->epoch->text, strlen(w->epoch->text), &at)) {
        binding->epoch = (double)at.seconds + 1e-9 * (double)at.nanoseconds;
        return;
    }
    compiler_fault(c, w->epoch, arena_format(c->arena, "%s.epoch", c->current_path),
                   "expected a time such as \"2026-01-31T00:00:00Z\", found %s",
                   w->epoch->text[0] ? w->epoch->text : node_type_name(w->epoch->type));
}

/* A bare scalar that reads as a size is one; all else is a value. */
static bool is_size(const struct node *node, double *bytes)
{
    struct error err;
    return node->type == NODE_STRING && !node->quoted &&
           quantity_read(node, DIMENSION_SIZE, bytes, &err) && *bytes >= 0 && *bytes <= 4e9;
}

void workflow_data_bind(struct compiler *c, struct workflow_plan *w, struct asl_binding *binding,
                        struct asl_program_data *out)
{
    double bytes = 0;
    read_epoch(c, w, binding);
    w->data.thread.epoch = binding->epoch;
    binding->results = w->results;
    if (w->results && w->results->type != NODE_MAP) {
        compiler_fault(c, w->results, arena_format(c->arena, "%s.results", c->current_path),
                       "expected a map by state, found %s", node_type_name(w->results->type));
        binding->results = w->results = NULL;
    }
    if (!w->input) return;
    if (is_size(w->input, &bytes)) {
        w->data.input_bytes = (uint32_t)bytes;
        return;
    }
    w->data.with_data = true;
    w->data.thread.input = value_from_node(c->arena, w->input);
    binding->data = out;
}

/* ---- what tasks and readers give ---- */

static void answer(const struct thread_data *self, const struct call *call, size_t state,
                   struct random_stream *stream, struct task_answer *out)
{
    (void)call;
    const struct workflow_plan *w = self->context;
    const struct task_results *results = &w->data.results[state];
    if (results->count == 0) return;
    const uint32_t which =
        results->count == 1 ? 0 : (uint32_t)(random_unit(stream) * (double)results->count);
    out->output = results->values[which];
}

/* An ItemReader finds as many items as `items` says; nothing is known of them. */
static bool read_items(const struct thread_data *self, const struct asl_state *state,
                       const struct value *request, struct asl_source *out, struct asl_error *err)
{
    (void)request, (void)err;
    const struct workflow_plan *w = self->context;
    const double items = distribution_mean(&w->program.steps[state->index].map.items);
    out->count = (size_t)(items + 0.5);
    return true;
}

static void read_results(struct compiler *c, const struct node *node, struct task_results *out)
{
    const struct value *value = value_from_node(c->arena, node);
    if (value->type == VALUE_LIST) {
        out->values = value->items;
        out->count = value->count;
        return;
    }
    const struct value **one = arena_array(c->arena, const struct value *, 1);
    one[0] = value;
    out->values = one;
    out->count = 1;
}

/* Names of `results` that no task has. */
static void check_names(struct compiler *c, const struct workflow_plan *w)
{
    for (const struct node *n = w->results ? w->results->first : NULL; n; n = n->next) {
        bool known = false;
        for (uint16_t i = 0; i < w->program.count && !known; i++)
            known =
                (w->program.steps[i].kind == STEP_CALL || w->program.steps[i].kind == STEP_START) &&
                strcmp(w->program.steps[i].name, n->key) == 0;
        const char *name = asl_excerpt(c->arena, n->key);
        if (!known)
            compiler_fault(c, n, arena_format(c->arena, "%s.results.%s", c->current_path, name),
                           "the definition has no Task state '%s'", name);
    }
}

void workflow_data_compile(struct compiler *c, struct workflow_plan *w,
                           const struct asl_program_data *data)
{
    check_names(c, w);
    w->program.payload_limit = (uint32_t)w->payload_limit;
    if (!w->data.with_data) {
        w->program.sized = w->data.input_bytes > 0 || w->results;
        return;
    }
    struct task_results *results = arena_array(c->arena, struct task_results, data->states->count);
    for (size_t i = 0; i < data->states->count; i++) {
        const struct node *node = node_get(w->results, data->states->items[i].name);
        if (node) read_results(c, node, &results[i]);
    }
    w->data.results = results;
    w->data.thread.data = data->data;
    w->data.thread.states = data->states;
    w->data.thread.machine_name = w->base.name;
    w->data.thread.express = w->flavour == FLAVOUR_EXPRESS;
    w->data.thread.payload_limit = (uint32_t)w->payload_limit;
    w->data.thread.answer = answer;
    w->data.thread.read = read_items;
    w->data.thread.context = w;
}
