#include "models/execution.h"

#include "base/arena.h"
#include "models/asl.h"
#include "models/asl/asl.h"
#include "models/call.h"
#include "models/compiler.h"
#include "models/data_host.h"
#include "models/execution_mocks.h"
#include "models/simulation.h"
#include "models/thread.h"
#include "models/workload.h"

#include <string.h>

enum {
    HISTORY_MOST = 25000,        /* events of a Standard execution */
    HISTORY_ENDLESS = 250000,    /* where nothing else limits them */
    CHILD_STATES_MOST = 2000000, /* entered in children of distributed Maps */
    PAYLOAD_LIMIT = 262144,
    EVENTS_MOST = 10000000, /* of the engine */
    EPOCH = 1767225600,     /* 2026-01-01T00:00:00Z */
    INLINE_CONCURRENCY = 40
};

const char *const execution_status_names[] = {"SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"};

struct host_plan {
    struct component_plan base;
    struct program program;
    struct thread_data data;
    sim_time timeout;
    struct recording *recording;
};

/* What is seen of the execution. */
struct recording {
    struct arena *arena;
    struct execution_result *result;
    struct history_event *events;
    size_t capacity;
    uint64_t child_states;
    bool express;
    bool over;
};

struct host {
    struct component base;
    struct thread_host host;
    event_id timeout;
    event_id ending;
    struct call *call;
};

static struct recording *recording_of(const struct component *host)
{
    return ((const struct host_plan *)host->plan)->recording;
}

/* ---- what is seen ---- */

static void observe(void *context, const struct history_event *event)
{
    struct recording *r = context;
    struct execution_result *result = r->result;
    r->events =
        arena_grow(r->arena, r->events, result->event_count, &r->capacity, sizeof *r->events);
    struct history_event *kept = &r->events[result->event_count++];
    *kept = *event;
    result->events = r->events;
    if (event->type == HISTORY_EXECUTION_SUCCEEDED) result->output = kept->output;
    if (event->type != HISTORY_EXECUTION_FAILED) return;
    result->error = kept->error;
    result->cause = kept->cause;
}

/* ---- the host ---- */

static void end(struct host *host, enum execution_status status, sim_time now)
{
    struct recording *r = recording_of(&host->base);
    r->over = true;
    r->result->status = status;
    r->result->seconds = time_to_seconds(now);
    if (host->timeout) events_cancel(host->base.events, host->timeout);
    if (host->ending) events_cancel(host->base.events, host->ending);
    host->timeout = host->ending = 0;
}

static void program_over(struct component *self, struct call *call, enum outcome outcome,
                         uint16_t error, sim_time now)
{
    end((struct host *)self, outcome == OUTCOME_OK ? EXECUTION_SUCCEEDED : EXECUTION_FAILED, now);
    call_finish(call, outcome, error, now);
}

static void timed_out(void *context, sim_time now)
{
    struct host *host = context;
    host->timeout = 0;
    thread_tell_end(host->call, HISTORY_EXECUTION_TIMED_OUT, NULL, now);
    thread_abort(host->call);
    end(host, EXECUTION_TIMED_OUT, now);
}

/* The execution has come to its longest: it fails, or is stopped where the service would go on. */
static void too_long(void *context, sim_time now)
{
    static const struct asl_error why = {
        "States.Runtime", "The execution reached the maximum number of history events (25000).",
        NULL};
    struct host *host = context;
    const struct recording *r = recording_of(&host->base);
    const bool fails = !r->express && r->result->event_count >= HISTORY_MOST - 1;
    host->ending = 0;
    thread_tell_end(host->call, fails ? HISTORY_EXECUTION_FAILED : HISTORY_EXECUTION_ABORTED,
                    fails ? &why : NULL, now);
    thread_abort(host->call);
    end(host, fails ? EXECUTION_FAILED : EXECUTION_ENDLESS, now);
}

static bool is_too_long(const struct recording *r)
{
    return r->result->event_count >= (r->express ? HISTORY_ENDLESS : HISTORY_MOST) - 1 ||
           r->child_states > CHILD_STATES_MOST;
}

static sim_time enter(struct component *self, struct call *call, struct transition *transition,
                      sim_time now)
{
    (void)call;
    struct host *host = (struct host *)self;
    struct recording *r = recording_of(self);
    if (transition->step->child == CHILD_NONE)
        r->result->transitions++;
    else
        r->child_states++;
    if (!is_too_long(r)) return 0;
    if (!host->ending) host->ending = events_add(self->events, now, too_long, host);
    return 1;
}

static void child_over(struct component *self, struct call *call,
                       const struct child_execution *child, sim_time now)
{
    (void)call, (void)child, (void)now;
    recording_of(self)->result->children++;
}

static void start_host(struct component *self)
{
    struct host *host = (struct host *)self;
    const struct host_plan *plan = (const struct host_plan *)self->plan;
    host->host = (struct thread_host){.end = program_over,
                                      .enter = enter,
                                      .child = child_over,
                                      .data = &plan->data,
                                      .slowness = 1};
    self->host = &host->host;
}

static void submit_to_host(struct component *self, struct call *call, sim_time now)
{
    struct host *host = (struct host *)self;
    const struct host_plan *plan = (const struct host_plan *)self->plan;
    host->call = call;
    call->started = now;
    if (plan->timeout < SIM_NEVER - 1)
        host->timeout = events_add(self->events, now + plan->timeout, timed_out, host);
    thread_start(call, &plan->program, now);
}

static const struct component_type host_type = {.name = "execution",
                                                .plan_size = sizeof(struct host_plan),
                                                .state_size = sizeof(struct host),
                                                .start = start_host,
                                                .submit = submit_to_host};

/* ---- the run ---- */

static void submit_root(struct simulation *sim)
{
    struct request *request = pool_take_zeroed(&sim->requests, sizeof *request);
    request->ledger = simulation_ledger_take(sim, 0);
    request->references = 1;
    struct call *call = call_new(sim, NULL, sim->components[1], NULL, NULL);
    call->request = request;
    call->ledger = request->ledger;
    call->holds_request = true;
    call_submit(call, 0);
}

static void run(const struct plan *plan, struct recording *recording)
{
    struct simulation *sim = simulation_new(plan, 0);
    submit_root(sim);
    while (!recording->over && events_count(sim->events) < EVENTS_MOST)
        if (events_run_some(sim->events, SIM_NEVER - 1, 1, NULL)) break;
    if (!recording->over) recording->result->status = EXECUTION_ENDLESS;
    simulation_free(sim);
}

static void name_component(struct component_plan *plan, const struct component_type *type,
                           const char *name, uint32_t index)
{
    plan->type = type;
    plan->name = name;
    plan->index = index;
    plan->name_hash = index + 1;
}

bool execution_run(struct arena *arena, const struct execution_settings *settings,
                   struct diagnostics *diagnostics, struct execution_result *out)
{
    *out = (struct execution_result){0};
    struct recording recording = {.arena = arena, .result = out, .express = settings->express};
    const struct history_observer history = {observe, &recording};
    struct plan plan = {.arena = arena, .seed = 42};
    plan_name_errors(&plan, arena);
    struct compiler compiler = {.arena = arena,
                                .diagnostics = diagnostics,
                                .plan = &plan,
                                .reader = {arena, diagnostics, &compiler},
                                .current_path = ""};
    struct host_plan *host = arena_new_item(arena, struct host_plan);
    struct mocks_plan *mocks = arena_new_item(arena, struct mocks_plan);
    struct component_plan *components[2] = {&mocks->base, &host->base};
    plan.components = components;
    plan.component_count = 2;
    name_component(&mocks->base, &mocks_type, "mocks", 0);
    name_component(&host->base, &host_type, "execution", 1);
    struct asl_program_data data = {0};
    const struct asl_binding binding = {.path = "",
                                        .prefix = settings->prefix,
                                        .data = &data,
                                        .mocked = true,
                                        .map_concurrency = INLINE_CONCURRENCY,
                                        .express = settings->express};
    const size_t before = diagnostics->errors;
    asl_compile(&compiler, settings->definition, &binding, &host->program);
    if (diagnostics->errors > before) return false;
    mocks_compile(mocks, arena, data.states, settings->mocks, &out->unmocked);
    host->timeout = asl_timeout(settings->definition);
    if (settings->express && host->timeout > 300 * SIM_SECOND) host->timeout = 300 * SIM_SECOND;
    host->recording = &recording;
    host->data = (struct thread_data){.data = data.data,
                                      .states = data.states,
                                      .input = settings->input,
                                      .machine_name = settings->name,
                                      .express = settings->express,
                                      .epoch = EPOCH,
                                      .payload_limit = PAYLOAD_LIMIT,
                                      .answer = mocks_answer,
                                      .read = mocks_read,
                                      .history = &history,
                                      .arena = arena,
                                      .context = mocks};
    run(&plan, &recording);
    return true;
}
