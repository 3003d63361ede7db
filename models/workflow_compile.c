/* workflow_compile.c - a workflow's fields, its profile, what its states add to an execution.
 * Declared in workflow_plan.h. */
#include "base/arena.h"
#include "models/asl.h"
#include "models/asl/wrapping.h"
#include "models/compiler.h"
#include "models/workflow_plan.h"

#include <math.h>
#include <string.h>

static const char *const flavours[] = {"standard", "express", "azure_durable", "google_workflows",
                                       NULL};
static const char *const profiles[] = {"aws/step-functions-standard", "aws/step-functions-express",
                                       "azure/durable-functions", "google/workflows"};

#define LIMIT(key, member, kind, text)                                                            \
    {                                                                                             \
        .name = key, .type = FIELD_QUANTITY, .dimension = kind, .minimum = 1e-6, .maximum = 1e12, \
        .offset = offsetof(struct workflow_limits, member), .doc = text                           \
    }

static const struct field limit_fields[] = {
    LIMIT("transition_rate", transition_rate, DIMENSION_RATE,
          "transitions a second in the long run; beyond it they are delayed"),
    LIMIT("transition_burst", transition_burst, DIMENSION_COUNT, "transitions at once"),
    LIMIT("start_rate", start_rate, DIMENSION_RATE,
          "executions started a second in the long run; beyond it they are refused"),
    LIMIT("start_burst", start_burst, DIMENSION_COUNT, "executions started at once"),
    LIMIT("open", open, DIMENSION_COUNT, "executions that run; beyond it starts are refused"),
    LIMIT("synchronous", synchronous, DIMENSION_COUNT,
          "Express executions that somebody waits for; beyond it starts are refused"),
    {.name = NULL},
};

static const struct field hub_fields[] = {
    {.name = "workers",
     .type = FIELD_COUNT,
     .fallback = "1",
     .minimum = 1,
     .maximum = 10000,
     .offset = offsetof(struct hub_plan, workers),
     .doc = "instances of the function app; a message that stays in one of them wakes it, others "
            "wait for a poll"},
    {.name = "partitions",
     .type = FIELD_COUNT,
     .minimum = 1,
     .maximum = HUB_PARTITIONS,
     .offset = offsetof(struct hub_plan, partitions),
     .doc = "control queues; default: the service's"},
    {.name = "polling_least",
     .type = FIELD_DURATION,
     .minimum = 0.001,
     .maximum = 3600,
     .offset = offsetof(struct hub_plan, least),
     .doc = "between the first two polls of an empty queue; default: the service's"},
    {.name = "polling_longest",
     .type = FIELD_DURATION,
     .minimum = 0.001,
     .maximum = 3600,
     .offset = offsetof(struct hub_plan, longest),
     .doc = "between polls of a queue that stays empty; default: the service's"},
    {.name = NULL},
};

const struct field workflow_fields[] = {
    {.name = "flavour",
     .type = FIELD_CHOICE,
     .choices = flavours,
     .fallback = "standard",
     .offset = offsetof(struct workflow_plan, flavour),
     .doc = "what running it costs, in time and money"},
    {.name = "definition",
     .type = FIELD_NODE,
     .required = true,
     .offset = offsetof(struct workflow_plan, definition),
     .type_name = "a file or a definition",
     .doc = "Amazon States Language, as a file (JSON or YAML; a template's state machine is "
            "FILE#NAME) or in place"},
    {.name = "tasks",
     .type = FIELD_NODE,
     .offset = offsetof(struct workflow_plan, tasks),
     .type_name = "a map of names to components",
     .doc = "resource, function or state name: the component that does it"},
    {.name = "branches",
     .type = FIELD_NODE,
     .offset = offsetof(struct workflow_plan, branches),
     .type_name = "a map of probabilities",
     .doc = "Choice state: the probability of each next state"},
    {.name = "items",
     .type = FIELD_NODE,
     .offset = offsetof(struct workflow_plan, items),
     .type_name = "a map of counts",
     .doc = "Map state: how many items it has"},
    {.name = "input",
     .type = FIELD_NODE,
     .offset = offsetof(struct workflow_plan, input),
     .type_name = "a size, or a JSON value",
     .doc = "of every execution: bytes, or a value that its states work on"},
    {.name = "results",
     .type = FIELD_NODE,
     .offset = offsetof(struct workflow_plan, results),
     .type_name = "a map of sizes or values",
     .doc = "Task state: bytes of its result; with a value as input, its result, or a list of "
            "which one is drawn each time"},
    {.name = "epoch",
     .type = FIELD_NODE,
     .offset = offsetof(struct workflow_plan, epoch),
     .type_name = "a time in quotes",
     .doc = "when simulated time begins, for Timestamps: \"2026-01-31T00:00:00Z\""},
    {.name = "payload_limit",
     .type = FIELD_QUANTITY,
     .dimension = DIMENSION_SIZE,
     .fallback = "262144B",
     .minimum = 1,
     .maximum = 4e9,
     .offset = offsetof(struct workflow_plan, payload_limit),
     .doc = "bytes of a state's data; beyond, it fails with States.DataLimitExceeded"},
    {.name = "limits",
     .type = FIELD_RECORD,
     .record = limit_fields,
     .offset = offsetof(struct workflow_plan, limits),
     .doc = "quotas, shared by all workflows of the flavour; the platform's if absent"},
    {.name = "payload",
     .type = FIELD_QUANTITY,
     .dimension = DIMENSION_SIZE,
     .fallback = "0B",
     .minimum = 0,
     .maximum = 1e9,
     .offset = offsetof(struct workflow_plan, payload),
     .doc = "data that each flow holds: part of the memory that Express bills"},
    {.name = "duplicate_ratio",
     .type = FIELD_QUANTITY,
     .dimension = DIMENSION_RATIO,
     .fallback = "0",
     .minimum = 0,
     .maximum = 1,
     .offset = offsetof(struct workflow_plan, duplicate_ratio),
     .doc = "asynchronous Express executions that run twice, as at-least-once allows"},
    {.name = "start_transitions",
     .type = FIELD_COUNT,
     .fallback = "-1",
     .minimum = -1,
     .maximum = 100,
     .offset = offsetof(struct workflow_plan, start_transitions),
     .doc = "transitions billed for the start of a Standard execution; -1: the catalogue's"},
    {.name = "external",
     .type = FIELD_NODE,
     .offset = offsetof(struct workflow_plan, external),
     .type_name = "a list of components",
     .doc = "google_workflows: components beyond the platform, whose steps cost more; default: "
            "models, vector indexes and services"},
    {.name = "hub",
     .type = FIELD_RECORD,
     .record = hub_fields,
     .offset = offsetof(struct workflow_plan, hub),
     .doc = "azure_durable: the task hub's workers and queues"},
    {.name = NULL},
};

/* ---- the profile ---- */

static void compile_limits(struct compiler *c, struct workflow_plan *w,
                           const struct catalog_profile *profile)
{
    struct workflow_limits *limits = &w->catalogue;
    limits->transition_burst = compiler_number(c, profile, "transition_burst", HUGE_VAL);
    limits->transition_rate = compiler_number(c, profile, "transition_rate", HUGE_VAL);
    limits->start_burst = compiler_number(c, profile, "start_burst", HUGE_VAL);
    limits->start_rate = compiler_number(c, profile, "start_rate", HUGE_VAL);
    limits->open = compiler_number(c, profile, "open_most", HUGE_VAL);
    limits->synchronous = compiler_number(c, profile, "synchronous_most", HUGE_VAL);
    const double size = compiler_number(c, profile, "history_most", UINT32_MAX);
    const double payload = compiler_number(c, profile, "payload_most", UINT32_MAX);
    w->size_most = size < UINT32_MAX ? (uint32_t)size : UINT32_MAX;
    w->payload_most = payload < UINT32_MAX ? (uint32_t)payload : UINT32_MAX;
    const double timeout = compiler_number(c, profile, "timeout_most", 0);
    w->timeout = timeout > 0 ? time_from_seconds(timeout) : SIM_NEVER;
}

static void compile_prices(struct compiler *c, struct workflow_plan *w,
                           const struct catalog_profile *profile)
{
    const struct {
        const char *parameter;
        const struct price **price;
    } prices[] = {
        {"transition_price", &w->prices.transition},
        {"internal_step_price", &w->prices.internal_step},
        {"external_step_price", &w->prices.external_step},
        {"replay_price", &w->prices.replay},
        {"replay_gb_second_price", &w->prices.replay_duration},
        {"queue_price", &w->prices.queue_operation},
        {"table_price", &w->prices.table_operation},
    };
    for (size_t i = 0; i < sizeof prices / sizeof *prices; i++)
        *prices[i].price = compiler_price(c, profile, prices[i].parameter);
}

/* A task hub's work items are a bucket of its own: so many a second for each worker. */
static void compile_hub(struct compiler *c, struct workflow_plan *w,
                        const struct catalog_profile *profile)
{
    struct hub_plan *hub = &w->hub;
    const double workers = (double)hub->workers;
    if (hub->partitions == 0)
        hub->partitions = (int64_t)compiler_number_required(c, profile, "partitions");
    if (hub->least == 0)
        hub->least = time_from_seconds(compiler_number_required(c, profile, "polling_least"));
    if (hub->longest == 0)
        hub->longest = time_from_seconds(compiler_number_required(c, profile, "polling_longest"));
    hub->hop = distribution_zero;
    compiler_law(c, profile, "hop", &hub->hop);
    w->catalogue.transition_rate = workers * compiler_number_required(c, profile, "work_item_rate");
    w->catalogue.transition_burst =
        workers * compiler_number_required(c, profile, "work_item_burst");
    w->replay_gb_seconds = compiler_number_required(c, profile, "replay_duration") *
                           compiler_number_required(c, profile, "replay_memory") / 1073741824.0;
    w->queue_operations = compiler_number_required(c, profile, "queue_operations");
    w->table_operations = compiler_number_required(c, profile, "table_operations");
}

static void compile_express(struct compiler *c, struct workflow_plan *w,
                            const struct catalog_profile *profile)
{
    struct express_terms *terms = &w->express;
    terms->request = compiler_price(c, profile, "request_price");
    terms->duration = compiler_price(c, profile, "gb_second_price");
    terms->duration_step = compiler_number_required(c, profile, "duration_step");
    terms->billing_step = time_from_seconds(terms->duration_step);
    terms->memory_step = compiler_number_required(c, profile, "memory_step");
    terms->memory_base = compiler_number_required(c, profile, "memory_base");
    terms->transition = distribution_zero;
    compiler_law(c, profile, "transition", &terms->transition);
}

static void compile_profile(struct compiler *c, struct workflow_plan *w,
                            const struct catalog_profile *profile)
{
    w->transition = w->job_latency = distribution_zero;
    compiler_law(c, profile, "transition", &w->transition);
    compiler_law(c, profile, "job_latency", &w->job_latency);
    compile_limits(c, w, profile);
    compile_prices(c, w, profile);
    w->start_billed = w->start_transitions >= 0
                          ? (double)w->start_transitions
                          : compiler_number(c, profile, "start_transitions", 0);
    if (w->flavour == FLAVOUR_EXPRESS) compile_express(c, w, profile);
    if (w->flavour == FLAVOUR_AZURE_DURABLE) compile_hub(c, w, profile);
}

/* ---- what states add ---- */

/* Events of a state's history: entered and left; of an attempt of its work: a task is scheduled,
 * started, perhaps submitted, and succeeds or fails; a Parallel or Map starts, and succeeds or
 * fails. */
static void cost_standard(const struct step *step, struct step_cost *cost)
{
    cost->entered = step->kind == STEP_FAIL ? 1 : 2;
    if (step->kind == STEP_PARALLEL || step->kind == STEP_MAP) cost->attempted = 2;
    if (step->kind == STEP_MAP && step->map.distributed) cost->attempted = 4; /* and its Map Run */
    if (cost->action) cost->attempted = step->call.job ? 4 : 3;
}

/* Turns of the orchestrator: after each action, and after each timer, also that before a retry. */
static void cost_durable(const struct step *step, struct step_cost *cost)
{
    const bool works = step->kind == STEP_PARALLEL || step->kind == STEP_MAP;
    cost->attempted = cost->action || cost->timer;
    cost->retried = cost->action || works;
}

static bool is_external(const struct compiler *c, const struct workflow_plan *w, uint32_t callee)
{
    static const char *const types[] = {"model", "vector_index", "service", NULL};
    const struct component_plan *component = compiler_plan(c, callee);
    for (const struct node *n = w->external ? w->external->first : NULL; n; n = n->next)
        if (strcmp(n->text, component->name) == 0) return true;
    for (size_t i = 0; !w->external && types[i]; i++)
        if (strcmp(types[i], component->type->name) == 0) return true;
    return false;
}

static void compile_costs(struct compiler *c, struct workflow_plan *w)
{
    struct step_cost *costs = arena_array(c->arena, struct step_cost, w->program.count + 1u);
    for (uint16_t i = 0; i < w->program.count; i++) {
        const struct step *step = &w->program.steps[i];
        struct step_cost *cost = &costs[i];
        cost->action = step->kind == STEP_CALL || step->kind == STEP_START;
        cost->timer = step->kind == STEP_WAIT;
        cost->external = cost->action && step->call.component != COMPONENT_NONE &&
                         is_external(c, w, step->call.component);
        switch ((enum flavour)w->flavour) {
        case FLAVOUR_STANDARD: cost_standard(step, cost); break;
        case FLAVOUR_EXPRESS:
            if (step->kind == STEP_PARALLEL) cost->entered = step->parallel.count;
            break;
        case FLAVOUR_AZURE_DURABLE: cost_durable(step, cost); break;
        case FLAVOUR_GOOGLE_WORKFLOWS: cost->attempted = 1; break;
        }
    }
    w->costs = costs;
    /* Standard: the execution is started and ends; an iteration as well. Express: its first flow.
     * Durable Functions: the first turn. */
    static const uint32_t base[] = {2, 1, 1, 0};
    static const uint32_t iteration[] = {2, 1, 0, 0};
    w->size_base = base[w->flavour];
    w->size_iteration = iteration[w->flavour];
}

/* ---- what a flavour does not have ---- */

static void check_branches(struct compiler *c, const struct workflow_plan *w,
                           const struct catalog_profile *profile, const struct node *config)
{
    const double most = compiler_number(c, profile, "branches_most", HUGE_VAL);
    for (uint16_t i = 0; i < w->program.count; i++) {
        const struct step *step = &w->program.steps[i];
        if (step->kind != STEP_PARALLEL || (double)step->parallel.count <= most) continue;
        compiler_fault(c, config, c->current_path,
                       "state '%s' has %u branches, and %s runs at most %.0f at once; split it",
                       step->name, (unsigned)step->parallel.count, flavours[w->flavour], most);
    }
}

/* A distributed Map is Standard's alone; its Express children are billed as such. */
static void compile_children(struct compiler *c, struct workflow_plan *w, const struct node *config)
{
    for (uint16_t i = 0; i < w->program.count; i++) {
        const struct step *step = &w->program.steps[i];
        if (step->kind != STEP_MAP || !step->map.distributed) continue;
        if (w->flavour != FLAVOUR_STANDARD) {
            compiler_fault(c, config, c->current_path,
                           "state '%s' is a distributed Map, and %s has none; make it inline",
                           step->name, flavours[w->flavour]);
            continue;
        }
        if (w->program.steps[step->map.start].child != CHILD_EXPRESS || w->express.request)
            continue;
        const struct catalog_profile *express =
            compiler_profile(c, config, c->current_path, profiles[FLAVOUR_EXPRESS]);
        if (express) compile_express(c, w, express);
    }
}

/* Fields of one flavour under another. */
static void check_fields(struct compiler *c, const struct workflow_plan *w,
                         const struct node *config)
{
    static const struct {
        const char *field;
        enum flavour flavour;
    } only[] = {{"hub", FLAVOUR_AZURE_DURABLE},
                {"external", FLAVOUR_GOOGLE_WORKFLOWS},
                {"duplicate_ratio", FLAVOUR_EXPRESS},
                {"payload", FLAVOUR_EXPRESS},
                {"start_transitions", FLAVOUR_STANDARD}};
    for (size_t i = 0; i < sizeof only / sizeof *only; i++) {
        const struct node *node = node_get(config, only[i].field);
        if (!node || w->flavour == (int)only[i].flavour) continue;
        compiler_fault(c, node, arena_format(c->arena, "%s.%s", c->current_path, only[i].field),
                       "'%s' belongs to the flavour %s, and this is %s; leave it out",
                       only[i].field, flavours[only[i].flavour], flavours[w->flavour]);
    }
    const char *path = arena_format(c->arena, "%s.external", c->current_path);
    if (w->external && w->external->type != NODE_LIST)
        compiler_fault(c, w->external, path, "expected a list of components, found %s",
                       node_type_name(w->external->type));
    for (const struct node *n = w->external ? w->external->first : NULL; n; n = n->next)
        (void)compiler_component(c, n, path, false);
}

/* ---- the definition ---- */

static const struct node *read_definition(struct compiler *c, const struct workflow_plan *w,
                                          const char *path)
{
    if (!w->definition || w->definition->type == NODE_MAP) return w->definition;
    if (w->definition->type != NODE_STRING) {
        compiler_fault(c, w->definition, path, "expected a file name or a definition, found %s",
                       node_type_name(w->definition->type));
        return NULL;
    }
    struct asl_definition found;
    struct error err;
    if (asl_read_one(c->arena, compiler_file(c, w->definition), &found, &err)) return found.node;
    if (err.place.line == 0) err.place = w->definition->place;
    diagnostics_add_error(c->diagnostics, path, &err);
    return NULL;
}

/* Characters of the definition, about as the service stores it: keys, scalars, and four signs for
 * each. */
static double definition_bytes(const struct node *node)
{
    double bytes = (double)strlen(node->text) + (node->key ? (double)strlen(node->key) : 0) + 4;
    for (const struct node *n = node->first; n; n = n->next) bytes += definition_bytes(n);
    return bytes;
}

void workflow_compile(struct compiler *c, struct component_plan *plan, const struct node *config)
{
    struct workflow_plan *w = (struct workflow_plan *)plan;
    const struct catalog_profile *profile =
        compiler_profile(c, config, c->current_path, profiles[w->flavour]);
    if (!profile) return;
    check_fields(c, w, config);
    compile_profile(c, w, profile);
    const char *path = arena_format(c->arena, "%s.definition", c->current_path);
    const struct node *definition = read_definition(c, w, path);
    if (!definition) return;
    struct asl_binding binding = {
        .tasks = w->tasks,
        .branches = w->branches,
        .items = w->items,
        .path = c->current_path,
        .prefix = definition == w->definition ? arena_format(c->arena, "%s.", path) : "",
        .map_concurrency = (uint32_t)compiler_number(c, profile, "map_concurrency", 0),
        .express = w->flavour == FLAVOUR_EXPRESS,
    };
    const size_t before = c->diagnostics->errors;
    struct asl_program_data data = {0};
    workflow_data_bind(c, w, &binding, &data);
    asl_compile(c, definition, &binding, &w->program);
    const sim_time own = asl_timeout(definition);
    if (own < w->timeout) w->timeout = own;
    if (c->diagnostics->errors > before) return;
    workflow_data_compile(c, w, &data);
    compile_children(c, w, config);
    w->express.memory_base += definition_bytes(definition);
    compile_costs(c, w);
    check_branches(c, w, profile, config);
}
