#include "models/workflow.h"

#include "models/call.h"
#include "models/compiler.h"
#include "models/errors.h"
#include "models/plan.h"
#include "models/pricing.h"
#include "models/program.h"
#include "models/simulation.h"
#include "models/thread.h"
#include "models/workflow_plan.h"

/* An execution's size is its call's `tally`; this: it has come to the largest. */
#define SIZE_FULL UINT32_MAX

static bool is_durable(const struct workflow *w)
{
    return workflow_plan_of(w)->flavour == FLAVOUR_AZURE_DURABLE;
}

/* ---- the end of an execution ---- */

/* Memory in whole steps: that of the machinery and the definition, and the data of every flow. */
static int64_t memory_steps(const struct workflow_plan *plan, const struct call *call,
                            uint32_t flows)
{
    const struct express_terms *terms = &plan->express;
    const double payload =
        call->payload.bytes > plan->payload ? (double)call->payload.bytes : plan->payload;
    const double bytes = terms->memory_base + payload * (double)flows;
    const int64_t steps = (int64_t)(bytes / terms->memory_step);
    return (double)steps * terms->memory_step < bytes ? steps + 1 : steps;
}

/* Bills an Express execution of so many flows. */
static void bill_express(struct workflow *w, const struct call *call, uint32_t flows, sim_time time)
{
    const struct workflow_plan *plan = workflow_plan_of(w);
    const int64_t begun = metered_steps(time, plan->express.billing_step);
    const int64_t steps = begun > 0 ? begun : 1;
    w->billed_steps += steps;
    w->billed += steps * memory_steps(plan, call, flows);
}

/* A child of a distributed Map is an execution of its own. */
static void child_over(struct component *self, struct call *call,
                       const struct child_execution *child, sim_time now)
{
    struct workflow *w = (struct workflow *)self;
    const struct workflow_plan *plan = workflow_plan_of(w);
    if (plan->program.steps[child->map->map.start].child != CHILD_EXPRESS) {
        w->started++;
        return;
    }
    w->child_requests++;
    bill_express(w, call, 1, now - child->began);
}

static void over(struct workflow *w, struct call *call, enum outcome outcome, uint16_t error,
                 sim_time now)
{
    const struct workflow_plan *plan = workflow_plan_of(w);
    deadlines_cancel(call->tally == SIZE_FULL ? &w->endings : &w->timeouts, &call->deadline);
    w->executions++;
    w->quota->open--;
    if (call->server) w->quota->synchronous--;
    if (plan->flavour == FLAVOUR_EXPRESS) bill_express(w, call, call->tally, now - call->started);
    call_finish(call, outcome, error, now);
}

static void program_over(struct component *self, struct call *call, enum outcome outcome,
                         uint16_t error, sim_time now)
{
    over((struct workflow *)self, call, outcome, error, now);
}

/* Ends the execution of a deadline in the middle of its program. */
static void cut_short(struct deadline *expired, enum outcome outcome, uint16_t error, sim_time now)
{
    struct call *call = (struct call *)(void *)((char *)expired - offsetof(struct call, deadline));
    thread_abort(call);
    call_abandon_children(call);
    call_charge(call, PART_RETRY, now);
    over((struct workflow *)call->callee, call, outcome, error, now);
}

static void timed_out(struct deadline *expired, sim_time now)
{
    cut_short(expired, OUTCOME_TIMED_OUT, ERROR_TIMEOUT, now);
}

static void too_long(struct deadline *expired, sim_time now)
{
    cut_short(expired, OUTCOME_FAILED, ERROR_RUNTIME, now);
}

/* ---- transitions ---- */

/* Adds an attempt to the execution's size; false if it does not fit any more. */
static bool grow(struct workflow *w, struct call *call, const struct transition *transition,
                 const struct step_cost *cost)
{
    const struct workflow_plan *plan = workflow_plan_of(w);
    uint32_t more = cost->attempted;
    more += transition->attempt == 0 ? cost->entered : cost->retried;
    if (transition->begins) more += plan->size_iteration;
    if (call->tally == SIZE_FULL) return false;
    if (call->tally + more <= plan->size_most) {
        call->tally += more;
        w->size += more;
        return true;
    }
    /* The program stands in the middle of a step: it is ended by an event of its own. */
    deadlines_cancel(&w->timeouts, &call->deadline);
    deadlines_start(&w->endings, &call->deadline, events_now(w->base.events));
    call->tally = SIZE_FULL;
    w->too_long++;
    return false;
}

static void stream_of(const struct workflow *w, const struct call *call, enum purpose purpose,
                      uint64_t occurrence, struct random_stream *stream)
{
    random_begin(stream, w->base.random_key, call->request->id,
                 random_what(w->base.name_hash, (uint32_t)purpose), occurrence);
}

/* What Durable Functions adds: a message to the work-item queue for an action; before a retry, the
 * timer's message to the control queue, seen when it is due. */
static sim_time hub_enter(struct workflow *w, const struct call *call,
                          const struct transition *transition, const struct step_cost *cost,
                          sim_time now)
{
    struct random_stream stream;
    sim_time delay = 0;
    stream_of(w, call, PURPOSE_MESSAGE, transition->occurrence, &stream);
    if (transition->attempt > 0 && cost->retried)
        delay += hub_control(&w->hub, call->request->id, true, &stream, now);
    if (cost->action) delay += hub_work(&w->hub, &stream, now + delay);
    return delay;
}

/* A state of an Express child, whose transitions are neither limited nor billed. */
static sim_time enter_child(struct workflow *w, const struct call *call,
                            const struct transition *transition)
{
    struct random_stream stream;
    w->child_entered++;
    stream_of(w, call, PURPOSE_TRANSITION, transition->occurrence, &stream);
    return distribution_draw_time(&workflow_plan_of(w)->express.transition, &stream);
}

static sim_time enter_state(struct component *self, struct call *call,
                            struct transition *transition, sim_time now)
{
    struct workflow *w = (struct workflow *)self;
    const struct workflow_plan *plan = workflow_plan_of(w);
    const struct step_cost *cost = &plan->costs[transition->step - plan->program.steps];
    if (transition->step->child == CHILD_EXPRESS) return enter_child(w, call, transition);
    /* Children have histories of their own. */
    if (transition->step->child == CHILD_NONE && !grow(w, call, transition, cost))
        return SIM_SECOND; /* it ends before that */
    w->entered++;
    w->actions += cost->action;
    w->external += cost->external;
    sim_time delay = 0;
    if (!is_durable(w) || cost->action) {
        transition->throttled = token_bucket_delay(&w->quota->transitions, 1, now);
        if (transition->throttled > 0) w->delayed++;
        delay = transition->throttled;
    }
    if (is_durable(w)) delay += hub_enter(w, call, transition, cost, now + delay);
    struct random_stream stream;
    stream_of(w, call, PURPOSE_TRANSITION, transition->occurrence, &stream);
    return delay + distribution_draw_time(&plan->transition, &stream);
}

static sim_time leave_state(struct component *self, struct call *call,
                            struct transition *transition, sim_time now)
{
    struct workflow *w = (struct workflow *)self;
    const struct workflow_plan *plan = workflow_plan_of(w);
    const struct step_cost *cost = &plan->costs[transition->step - plan->program.steps];
    struct random_stream stream;
    if (is_durable(w) && (cost->action || cost->timer)) {
        stream_of(w, call, PURPOSE_ANSWER, transition->occurrence, &stream);
        return hub_control(&w->hub, call->request->id, cost->timer, &stream, now);
    }
    if (!cost->action || !transition->step->call.job) return 0;
    stream_of(w, call, PURPOSE_ANSWER, transition->occurrence, &stream);
    return distribution_draw_time(&plan->job_latency, &stream);
}

/* ---- the start of an execution ---- */

static void refuse(struct call *call, sim_time now)
{
    call_finish(call, OUTCOME_THROTTLED, ERROR_THROTTLED, now);
}

static void begin(void *context, sim_time now)
{
    struct call *call = context;
    struct workflow *w = (struct workflow *)call->callee;
    call_charge(call, PART_SERVICE, now);
    deadlines_start(&w->timeouts, &call->deadline, now);
    thread_start(call, &workflow_plan_of(w)->program, now);
}

/* Durable Functions: a client puts a message into a control queue. */
static void begin_by_message(struct workflow *w, struct call *call, sim_time now)
{
    struct random_stream stream;
    stream_of(w, call, PURPOSE_MESSAGE, call->occurrence ^ 1, &stream);
    const sim_time delay = hub_control(&w->hub, call->request->id, false, &stream, now);
    events_add(w->base.events, now + delay, begin, call);
}

/* At least once: an asynchronous execution that runs a second time. */
static void duplicate(struct workflow *w, struct call *call, sim_time now)
{
    struct random_stream stream;
    call_stream(call, PURPOSE_DUPLICATE, &stream);
    if (random_unit(&stream) >= workflow_plan_of(w)->duplicate_ratio) return;
    struct call *again = call_new_detached(w->base.sim, call->request, &w->base);
    again->payload = call->payload;
    again->occurrence = occurrence_add(call->occurrence, OCCURRENCE_RERUN, 1);
    again->server = w; /* a duplicate, until it has been admitted */
    w->duplicates++;
    call_submit(again, now);
}

/* False if it is refused. Somebody waits for a synchronous Express execution, which has its own
 * quota instead of that of starts. */
static bool admit(struct workflow *w, struct call *call, bool synchronous, sim_time now)
{
    struct workflow_quota *quota = w->quota;
    if ((double)quota->open >= quota->open_most) return false;
    if (!synchronous) return token_bucket_take(&quota->starts, 1, now);
    if ((double)quota->synchronous >= quota->synchronous_most) return false;
    quota->synchronous++;
    w->synchronous++;
    call->server = quota;
    return true;
}

static void submit_workflow(struct component *self, struct call *call, sim_time now)
{
    struct workflow *w = (struct workflow *)self;
    const struct workflow_plan *plan = workflow_plan_of(w);
    const bool express = plan->flavour == FLAVOUR_EXPRESS;
    const bool again = call->server != NULL;
    call->server = NULL;
    if (plan->program.sized && call->payload.bytes == 0)
        call->payload.bytes = plan->data.input_bytes;
    if (call->payload.bytes > plan->payload_most) {
        call_finish(call, OUTCOME_TOO_LARGE, ERROR_DATA_LIMIT, now);
        return;
    }
    if (!again && !admit(w, call, express && call->done, now)) {
        refuse(call, now);
        return;
    }
    w->quota->open++;
    w->started++;
    w->size += plan->size_base;
    call->tally = plan->size_base;
    call->started = now;
    deadline_clear(&call->deadline);
    if (express && plan->duplicate_ratio > 0 && !again && !call->server) duplicate(w, call, now);
    if (is_durable(w))
        begin_by_message(w, call, now);
    else
        begin(call, now);
}

/* ---- the component ---- */

static double stated(double own, double least)
{
    return own > 0 && (least == 0 || own < least) ? own : least;
}

/* The least of what the flavour's workflows state of each limit; 0 where none does. */
static void gather_limits(const struct workflow *w, struct workflow_limits *out)
{
    const struct plan *plan = w->base.sim->plan;
    for (size_t i = 0; i < plan->component_count; i++) {
        const struct workflow_plan *other = (const struct workflow_plan *)plan->components[i];
        if (other->base.type != &workflow_type) continue;
        if (other->flavour != workflow_plan_of(w)->flavour) continue;
        if (is_durable(w) && i != w->base.index) continue;
        const struct workflow_limits *limits = &other->limits;
        out->transition_rate = stated(limits->transition_rate, out->transition_rate);
        out->transition_burst = stated(limits->transition_burst, out->transition_burst);
        out->start_rate = stated(limits->start_rate, out->start_rate);
        out->start_burst = stated(limits->start_burst, out->start_burst);
        out->open = stated(limits->open, out->open);
        out->synchronous = stated(limits->synchronous, out->synchronous);
    }
}

/* A rate alone brings a burst of one second's worth. */
static void init_bucket(struct token_bucket *bucket, const double own[2], const double catalogue[2])
{
    const double rate = own[0] > 0 ? own[0] : catalogue[0];
    double burst = own[0] > 0 ? own[0] : catalogue[1];
    if (own[1] > 0) burst = own[1];
    token_bucket_init(bucket, rate, burst > 1 ? burst : 1);
}

static void init_quota(struct workflow *w)
{
    const struct workflow_limits *all = &workflow_plan_of(w)->catalogue;
    struct workflow_limits own = {0};
    gather_limits(w, &own);
    init_bucket(&w->own.transitions, (double[]){own.transition_rate, own.transition_burst},
                (double[]){all->transition_rate, all->transition_burst});
    init_bucket(&w->own.starts, (double[]){own.start_rate, own.start_burst},
                (double[]){all->start_rate, all->start_burst});
    w->own.open_most = own.open > 0 ? own.open : all->open;
    w->own.synchronous_most = own.synchronous > 0 ? own.synchronous : all->synchronous;
}

/* The first workflow of the flavour has the quota of all. */
static struct workflow_quota *find_quota(struct workflow *w)
{
    const struct plan *plan = w->base.sim->plan;
    for (uint32_t i = 0; i < w->base.index && !is_durable(w); i++) {
        struct component *c = w->base.sim->components[i];
        const struct workflow_plan *other = (const struct workflow_plan *)plan->components[i];
        if (c->type == &workflow_type && other->flavour == workflow_plan_of(w)->flavour)
            return &((struct workflow *)c)->own;
    }
    return &w->own;
}

static void start_workflow(struct component *self)
{
    struct workflow *w = (struct workflow *)self;
    const struct workflow_plan *plan = workflow_plan_of(w);
    w->host = (struct thread_host){.end = program_over,
                                   .enter = enter_state,
                                   .leave = leave_state,
                                   .child = child_over,
                                   .data = plan->data.with_data ? &plan->data.thread : NULL,
                                   .slowness = 1};
    self->host = &w->host;
    deadlines_init(&w->timeouts, self->events, plan->timeout, timed_out);
    deadlines_init(&w->endings, self->events, 0, too_long);
    w->quota = find_quota(w);
    if (w->quota == &w->own) init_quota(w);
    hub_init(&w->hub, &plan->hub);
}

static const char *const workflow_operations[] = {"start", NULL};

const struct component_type workflow_type = {
    .name = "workflow",
    .doc = "a managed state machine that runs an Amazon States Language definition",
    .fields = workflow_fields,
    .operations = workflow_operations,
    .plan_size = sizeof(struct workflow_plan),
    .state_size = sizeof(struct workflow),
    .compile = workflow_compile,
    .start = start_workflow,
    .submit = submit_workflow,
    .restart = workflow_restart,
    .report = workflow_report,
};
