#include "models/workflow.h"

#include "base/arena.h"
#include "models/asl.h"
#include "models/asl/wrapping.h"
#include "models/call.h"
#include "models/compiler.h"
#include "models/component.h"
#include "models/errors.h"
#include "models/measures.h"
#include "models/pricing.h"
#include "models/program.h"
#include "models/simulation.h"
#include "models/thread.h"
#include "models/token_bucket.h"

#include <math.h>

enum flavour { FLAVOUR_STANDARD, FLAVOUR_EXPRESS };
static const char *const flavours[] = {"standard", "express", NULL};
static const char *const profiles[] = {"step-functions-standard", "step-functions-express"};

struct workflow_plan {
    struct component_plan base;
    int flavour;
    const struct node *definition;
    const struct node *tasks;
    const struct node *branches;
    const struct node *items;
    struct program program;
    sim_time timeout;
    struct distribution transition; /* seconds that entering a state takes */
    double transition_burst; /* transitions at once, and a second: beyond, they are delayed */
    double transition_rate;
    double start_burst; /* executions started at once, and a second: beyond, they are refused */
    double start_rate;
    double start_transitions; /* billed for the start itself */
    double duration_step;     /* seconds; 0: not billed by duration */
    sim_time billing_step;    /* the same */
    double memory_step;       /* bytes */
    const struct price *transition_price;
    const struct price *request_price;
    const struct price *duration_price;
};

struct workflow {
    struct component base;
    struct thread_host host;
    struct deadlines timeouts;
    struct token_bucket transitions;
    struct token_bucket starts;
    uint64_t entered; /* states, retries included, in the window */
    uint64_t executions;
    uint64_t delayed; /* transitions */
    int64_t billed_steps;
};

static const struct field workflow_fields[] = {
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
    {.name = NULL},
};

/* ---- compiling ---- */

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

static void compile_profile(struct compiler *c, struct workflow_plan *w,
                            const struct catalog_profile *profile)
{
    w->transition = distribution_zero;
    compiler_law(c, profile, "transition", &w->transition);
    w->transition_burst = compiler_number(c, profile, "transition_burst", HUGE_VAL);
    w->transition_rate = compiler_number(c, profile, "transition_rate", HUGE_VAL);
    w->start_burst = compiler_number(c, profile, "start_burst", HUGE_VAL);
    w->start_rate = compiler_number(c, profile, "start_rate", HUGE_VAL);
    w->start_transitions = compiler_number(c, profile, "start_transitions", 0);
    w->duration_step = compiler_number(c, profile, "duration_step", 0);
    w->billing_step = time_from_seconds(w->duration_step);
    w->memory_step = compiler_number(c, profile, "memory_step", 0);
    w->transition_price = compiler_price(c, profile, "transition_price");
    w->request_price = compiler_price(c, profile, "request_price");
    w->duration_price = compiler_price(c, profile, "gb_second_price");
    w->timeout = time_from_seconds(compiler_number_required(c, profile, "timeout_most"));
}

static void compile_workflow(struct compiler *c, struct component_plan *plan,
                             const struct node *config)
{
    struct workflow_plan *w = (struct workflow_plan *)plan;
    const struct catalog_profile *profile =
        compiler_profile(c, config, c->current_path,
                         arena_format(c->arena, "%s/%s", c->plan->provider, profiles[w->flavour]));
    if (!profile) return;
    compile_profile(c, w, profile);
    const char *path = arena_format(c->arena, "%s.definition", c->current_path);
    const struct node *definition = read_definition(c, w, path);
    if (!definition) return;
    const struct asl_binding binding = {
        .tasks = w->tasks,
        .branches = w->branches,
        .items = w->items,
        .path = c->current_path,
        .prefix = definition == w->definition ? arena_format(c->arena, "%s.", path) : "",
        .map_concurrency = (uint32_t)compiler_number_required(c, profile, "map_concurrency"),
        .express = w->flavour == FLAVOUR_EXPRESS,
    };
    asl_compile(c, definition, &binding, &w->program);
    const sim_time own = asl_timeout(definition);
    if (own < w->timeout) w->timeout = own;
}

/* ---- running ---- */

static const struct workflow_plan *plan_of(const struct workflow *w)
{
    return (const struct workflow_plan *)w->base.plan;
}

static sim_time enter_state(struct component *self, struct call *call, const struct step *step,
                            uint64_t occurrence, sim_time now, sim_time *throttled)
{
    (void)step;
    struct workflow *w = (struct workflow *)self;
    struct random_stream stream;
    w->entered++;
    *throttled = token_bucket_delay(&w->transitions, 1, now);
    if (*throttled > 0) w->delayed++;
    random_begin(&stream, self->random_key, call->request->id,
                 random_what(self->name_hash, PURPOSE_TRANSITION), occurrence);
    return *throttled + distribution_draw_time(&plan_of(w)->transition, &stream);
}

static void over(struct workflow *w, struct call *call, enum outcome outcome, uint16_t error,
                 sim_time now)
{
    deadlines_cancel(&w->timeouts, &call->deadline);
    w->executions++;
    if (plan_of(w)->billing_step > 0) {
        const int64_t steps = metered_steps(now - call->started, plan_of(w)->billing_step);
        w->billed_steps += steps > 0 ? steps : 1;
    }
    call_finish(call, outcome, error, now);
}

static void program_over(struct component *self, struct call *call, enum outcome outcome,
                         uint16_t error, sim_time now)
{
    over((struct workflow *)self, call, outcome, error, now);
}

static void timed_out(struct deadline *expired, sim_time now)
{
    struct call *call = (struct call *)(void *)((char *)expired - offsetof(struct call, deadline));
    thread_abort(call);
    call_abandon_children(call);
    call_charge(call, PART_RETRY, now);
    over((struct workflow *)call->callee, call, OUTCOME_TIMED_OUT, ERROR_TIMEOUT, now);
}

static void submit_workflow(struct component *self, struct call *call, sim_time now)
{
    struct workflow *w = (struct workflow *)self;
    if (!token_bucket_take(&w->starts, 1, now)) {
        call_finish(call, OUTCOME_THROTTLED, ERROR_THROTTLED, now);
        return;
    }
    call->started = now;
    deadline_clear(&call->deadline);
    deadlines_start(&w->timeouts, &call->deadline, now);
    thread_start(call, &plan_of(w)->program, now);
}

static void start_workflow(struct component *self)
{
    struct workflow *w = (struct workflow *)self;
    const struct workflow_plan *plan = plan_of(w);
    w->host = (struct thread_host){.end = program_over, .enter = enter_state, .slowness = 1};
    self->host = &w->host;
    deadlines_init(&w->timeouts, self->events, plan->timeout, timed_out);
    token_bucket_init(&w->transitions, plan->transition_rate, plan->transition_burst);
    token_bucket_init(&w->starts, plan->start_rate, plan->start_burst);
}

static void restart_workflow(struct component *self, sim_time now)
{
    (void)now;
    struct workflow *w = (struct workflow *)self;
    w->entered = w->executions = w->delayed = 0;
    w->billed_steps = 0;
}

static void report_workflow(struct component *self, struct measures *out, sim_time now)
{
    (void)now;
    const struct workflow *w = (const struct workflow *)self;
    const struct workflow_plan *plan = plan_of(w);
    const char *name = self->plan->name;
    const double executions = (double)w->executions;
    const double transitions = (double)w->entered + plan->start_transitions * executions;
    measures_add(out, name, "transitions", UNIT_COUNT, transitions);
    measures_add(out, name, "transitions.per_execution", UNIT_COUNT,
                 measure_ratio(transitions, executions));
    measures_add(out, name, "transitions.delayed", UNIT_COUNT, (double)w->delayed);
    measures_use(out, name, plan->transition_price, transitions);
    measures_use(out, name, plan->request_price, executions);
    measures_use(out, name, plan->duration_price,
                 (double)w->billed_steps * plan->duration_step * plan->memory_step / 1073741824.0);
}

static const char *const workflow_operations[] = {"start", NULL};

const struct component_type workflow_type = {
    .name = "workflow",
    .doc = "a managed state machine that runs an Amazon States Language definition",
    .fields = workflow_fields,
    .operations = workflow_operations,
    .plan_size = sizeof(struct workflow_plan),
    .state_size = sizeof(struct workflow),
    .compile = compile_workflow,
    .start = start_workflow,
    .submit = submit_workflow,
    .restart = restart_workflow,
    .report = report_workflow,
};
