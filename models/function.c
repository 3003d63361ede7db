#include "models/function.h"

#include "base/arena.h"
#include "base/pool.h"
#include "models/call.h"
#include "models/component.h"
#include "models/errors.h"
#include "models/function_plan.h"
#include "models/measures.h"
#include "models/simulation.h"
#include "models/thread.h"
#include "models/token_bucket.h"

#include <math.h>
#include <string.h>

struct instance {
    struct instance *next; /* in the idle stack; newest first */
    struct instance *previous;
    struct function *function;
    sim_time created;
    sim_time idle_since; /* SIM_NEVER while busy */
    sim_time keep_alive;
    event_id expiry; /* 0: none pending */
    bool provisioned;
};

struct function {
    struct component base;
    struct thread_host host;
    struct pool pool;
    struct instance idle; /* rings of idle instances through these */
    struct instance idle_provisioned;
    struct deadlines timeouts;
    uint64_t computed_last; /* request of the last handler that only computed */
    uint64_t foreseen;      /* the request for which foreseen_time is drawn */
    sim_time foreseen_time;
    struct token_bucket scaling;
    struct token_bucket provisioned_calls;
    struct account *account; /* NULL: reserved, the account's pool does not matter */
    int64_t on_demand_limit;
    int64_t on_demand_running;
    int64_t running; /* on provisioned instances too */
    int64_t running_most;
    struct time_average instances; /* on demand, warming ones included */
    uint64_t created;
    uint64_t cold; /* in the window */
    uint64_t warm;
    uint64_t expired;
    int128 lifespans;    /* of instances that expired in the window */
    double init_seconds; /* of cold starts in the window */
    /* meters of the window */
    uint64_t billed_calls;
    int64_t billed_steps; /* of duration */
    uint64_t provisioned_billed_calls;
    int64_t provisioned_billed_steps;
};

static void ring_init(struct instance *ring)
{
    ring->next = ring->previous = ring;
}

static void ring_push(struct instance *ring, struct instance *instance)
{
    instance->next = ring->next;
    instance->previous = ring;
    ring->next->previous = instance;
    ring->next = instance;
}

static void ring_remove(struct instance *instance)
{
    instance->previous->next = instance->next;
    instance->next->previous = instance->previous;
}

static const struct function_plan *plan_of(const struct function *f)
{
    return (const struct function_plan *)f->base.plan;
}

static void destroy(struct function *f, struct instance *instance, sim_time now)
{
    if (instance->expiry) events_cancel(f->base.events, instance->expiry);
    time_average_add(&f->instances, -1, now);
    f->expired++;
    f->lifespans += now - instance->created;
    pool_give(&f->pool, instance);
}

/* One pending event an instance, looked at again when it fires: going idle and being used touch no
 * event. */
static void expire(void *context, sim_time now)
{
    struct instance *instance = context;
    struct function *f = instance->function;
    instance->expiry = 0;
    if (instance->idle_since == SIM_NEVER) return;
    const sim_time at = instance->idle_since + instance->keep_alive;
    if (at > now) {
        instance->expiry = events_add(f->base.events, at, expire, instance);
        return;
    }
    ring_remove(instance);
    destroy(f, instance, now);
}

static void make_idle(struct function *f, struct instance *instance, sim_time now)
{
    instance->idle_since = now;
    if (instance->provisioned) {
        ring_push(&f->idle_provisioned, instance);
        return;
    }
    ring_push(&f->idle, instance);
    if (!instance->expiry)
        instance->expiry = events_add(f->base.events, now + instance->keep_alive, expire, instance);
}

static struct instance *create(struct function *f, bool provisioned, sim_time now)
{
    struct instance *instance = pool_take(&f->pool);
    *instance = (struct instance){
        .function = f, .created = now, .provisioned = provisioned, .idle_since = SIM_NEVER};
    if (provisioned) return instance;
    struct random_stream stream;
    random_begin(&stream, f->base.random_key, f->created++,
                 random_what(f->base.name_hash, PURPOSE_KEEP_ALIVE), 0);
    instance->keep_alive = distribution_draw_time(&plan_of(f)->keep_alive.law, &stream);
    time_average_add(&f->instances, 1, now);
    return instance;
}

/* ---- an invocation ---- */

static void release(struct function *f, struct instance *instance, bool reset, sim_time now)
{
    f->running--;
    if (!instance->provisioned) {
        f->on_demand_running--;
        if (f->account) f->account->unreserved_running--;
    }
    if (reset && !instance->provisioned)
        destroy(f, instance, now);
    else
        make_idle(f, instance, now);
}

static void meter(struct function *f, const struct instance *instance, sim_time duration)
{
    const int64_t steps = metered_steps(duration, plan_of(f)->billing_step);
    if (instance->provisioned) {
        f->provisioned_billed_calls++;
        f->provisioned_billed_steps += steps;
    } else {
        f->billed_calls++;
        f->billed_steps += steps;
    }
}

static void over(struct function *f, struct call *call, enum outcome outcome, uint16_t error,
                 sim_time now)
{
    struct instance *instance = call->server;
    meter(f, instance, now - call->started);
    bool reset = outcome == OUTCOME_TIMED_OUT;
    if (plan_of(f)->failure > 0 && outcome == OUTCOME_OK) {
        struct random_stream stream;
        call_stream(call, PURPOSE_FAILURE, &stream);
        if (random_unit(&stream) < plan_of(f)->failure) {
            outcome = OUTCOME_FAILED;
            error = ERROR_EXCEPTION;
            reset = true;
        }
    }
    release(f, instance, reset, now);
    call_finish(call, outcome, error, now);
}

static void program_over(struct component *self, struct call *call, enum outcome outcome,
                         uint16_t error, sim_time now)
{
    /* Whatever went wrong inside, the caller sees an exception of the function. */
    (void)error;
    const bool ok = outcome == OUTCOME_OK;
    deadlines_cancel(&((struct function *)self)->timeouts, &call->deadline);
    over((struct function *)self, call, ok ? OUTCOME_OK : OUTCOME_FAILED,
         ok ? ERROR_NONE : ERROR_EXCEPTION, now);
}

static void computed(void *context, sim_time now)
{
    struct call *call = context;
    call_charge(call, PART_SERVICE, now);
    over((struct function *)call->callee, call, OUTCOME_OK, ERROR_NONE, now);
}

static void out_of_time(void *context, sim_time now)
{
    struct call *call = context;
    call_charge(call, PART_SERVICE, now);
    over((struct function *)call->callee, call, OUTCOME_TIMED_OUT, ERROR_LAMBDA_UNKNOWN, now);
}

static void timed_out(struct deadline *expired, sim_time now)
{
    struct call *call = (struct call *)(void *)((char *)expired - offsetof(struct call, deadline));
    thread_abort(call);
    call_abandon_children(call);
    out_of_time(call, now);
}

/* A handler that only computes needs neither a thread nor a timer: most functions that are asked
 * for by the million are no more than that.
 *
 * A draw takes longer than all else here, and what comes next waits for it: which event is first
 * depends on its value. But it is a function of the request's number alone. So where requests come
 * in order, the next one's is made as soon as this one's is used, beside what the processor has to
 * do anyway. */
static void compute(struct function *f, struct call *call, sim_time now)
{
    const struct program *program = &plan_of(f)->program;
    const uint64_t request = call->request->id;
    const bool foreseen = request == f->foreseen && call->occurrence == 0;
    const sim_time time = foreseen
                              ? f->foreseen_time
                              : thread_compute_time(&f->base, program, request, call->occurrence);
    const sim_time timeout = plan_of(f)->timeout;
    events_add(f->base.events, now + (time < timeout ? time : timeout),
               time < timeout ? computed : out_of_time, call);
    if (request == f->computed_last + 1) {
        f->foreseen = request + 1;
        f->foreseen_time = thread_compute_time(&f->base, program, request + 1, 0);
    }
    f->computed_last = request;
}

static void handle(struct function *f, struct call *call, sim_time now)
{
    const struct program *program = &plan_of(f)->program;
    if (program->only_computes) {
        compute(f, call, now);
        return;
    }
    deadlines_start(&f->timeouts, &call->deadline, now);
    thread_start(call, program, now);
}

static void started_cold(void *context, sim_time now)
{
    struct call *call = context;
    call_charge(call, PART_COLD_START, now);
    handle((struct function *)call->callee, call, now);
}

static void cold_invocation_over(void *context, sim_time now)
{
    struct call *call = context;
    call_charge(call, PART_COLD_START, now);
    over((struct function *)call->callee, call, OUTCOME_OK, ERROR_NONE, now);
}

/* Time until the handler runs; *unbilled is the part before the start-up that is paid for. */
static sim_time cold_start_time(const struct function *f, const struct call *call,
                                sim_time *unbilled)
{
    const struct function_plan *plan = plan_of(f);
    struct random_stream stream;
    call_stream(call, PURPOSE_INIT, &stream);
    *unbilled = 0;
    if (plan->cold_start.present) return distribution_draw_time(&plan->cold_start.law, &stream);
    const double init = distribution_draw(&plan->runtime_init, &stream) + plan->package_seconds +
                        distribution_draw(&plan->init.law, &stream) + plan->first_run;
    call_stream(call, PURPOSE_PLACEMENT, &stream);
    *unbilled = distribution_draw_time(&plan->placement, &stream);
    return *unbilled + time_from_seconds(init);
}

static void count_running(struct function *f)
{
    if (++f->running > f->running_most) f->running_most = f->running;
}

static void serve_cold(struct function *f, struct call *call, sim_time now)
{
    count_running(f);
    f->cold++;
    f->base.cold++;
    call->request->cold = true;
    call->server = create(f, false, now);
    if (plan_of(f)->cold_invocation.present) {
        struct random_stream stream;
        call_stream(call, PURPOSE_COLD_INVOCATION, &stream);
        const sim_time time = distribution_draw_time(&plan_of(f)->cold_invocation.law, &stream);
        call->started = now;
        events_add(f->base.events, now + time, cold_invocation_over, call);
        return;
    }
    sim_time unbilled = 0;
    const sim_time time = cold_start_time(f, call, &unbilled);
    call->started = now + unbilled; /* billing starts with the init phase */
    f->init_seconds += time_to_seconds(time);
    events_add(f->base.events, now + time, started_cold, call);
}

static void serve_warm(struct function *f, struct call *call, struct instance *instance,
                       sim_time now)
{
    ring_remove(instance);
    instance->idle_since = SIM_NEVER;
    count_running(f);
    f->warm++;
    call->server = instance;
    call->started = now;
    handle(f, call, now);
}

/* A slot of on-demand concurrency, if function and account allow one more. */
static bool take_slot(struct function *f)
{
    if (f->on_demand_running >= f->on_demand_limit) return false;
    if (f->account) {
        if (f->account->unreserved_running >= f->account->unreserved) return false;
        f->account->unreserved_running++;
    }
    f->on_demand_running++;
    return true;
}

static void submit_function(struct component *self, struct call *call, sim_time now)
{
    struct function *f = (struct function *)self;
    if (token_bucket_take(&self->sim->account.requests, 1, now)) {
        struct instance *provisioned = f->idle_provisioned.next;
        if (provisioned != &f->idle_provisioned &&
            token_bucket_take(&f->provisioned_calls, 1, now)) {
            serve_warm(f, call, provisioned, now);
            return;
        }
        if (take_slot(f)) {
            if (f->idle.next != &f->idle) {
                serve_warm(f, call, f->idle.next, now);
                return;
            }
            if (token_bucket_take(&f->scaling, 1, now)) {
                serve_cold(f, call, now);
                return;
            }
            f->on_demand_running--;
            if (f->account) f->account->unreserved_running--;
        }
    }
    call_finish(call, OUTCOME_THROTTLED, ERROR_LAMBDA_THROTTLED, now);
}

/* ---- life ---- */

static void start_function(struct component *self)
{
    struct function *f = (struct function *)self;
    const struct function_plan *plan = plan_of(f);
    struct account *account = &self->sim->account;
    const int64_t provisioned = plan->concurrency.provisioned;
    f->host = (struct thread_host){.end = program_over, .slowness = 1 / fmin(plan->cpu, 1)};
    self->host = &f->host;
    pool_init(&f->pool, self->sim->arena, sizeof(struct instance));
    ring_init(&f->idle);
    ring_init(&f->idle_provisioned);
    deadlines_init(&f->timeouts, self->events, plan->timeout, timed_out);
    token_bucket_init(&f->scaling, plan->scaling_rate, plan->scaling_burst);
    token_bucket_init(&f->provisioned_calls, plan->provisioned_rate * (double)provisioned,
                      fmax(1, plan->provisioned_rate * (double)provisioned));
    f->on_demand_limit = plan->concurrency.limit >= 0 ? plan->concurrency.limit : INT64_MAX;
    if (plan->concurrency.reserved >= 0) {
        f->on_demand_limit = plan->concurrency.reserved - provisioned;
        account->unreserved -= plan->concurrency.reserved;
    } else {
        f->account = account;
        account->unreserved -= provisioned;
    }
    if (plan->program.only_computes)
        f->foreseen_time = thread_compute_time(self, &plan->program, f->foreseen, 0);
    for (int64_t i = 0; i < provisioned; i++) make_idle(f, create(f, true, 0), 0);
}

static void restart_function(struct component *self, sim_time now)
{
    struct function *f = (struct function *)self;
    time_average_restart(&f->instances, now);
    f->running_most = f->running;
    f->cold = f->warm = f->expired = 0;
    f->lifespans = 0;
    f->init_seconds = 0;
    f->billed_calls = f->provisioned_billed_calls = 0;
    f->billed_steps = f->provisioned_billed_steps = 0;
}

static void report_usage(const struct function *f, struct measures *out, double window)
{
    const struct function_plan *plan = plan_of(f);
    const char *name = f->base.plan->name;
    const double gb = plan->memory / 1073741824.0;
    const double step = plan->duration_step * gb;
    const double held = (double)plan->concurrency.provisioned * gb;
    measures_use(out, name, plan->request_price, (double)f->billed_calls);
    measures_use(out, name, plan->duration_price, (double)f->billed_steps * step);
    measures_use(out, name, plan->held_price, held * window);
    measures_use(out, name, plan->provisioned_request_price, (double)f->provisioned_billed_calls);
    measures_use(out, name, plan->provisioned_duration_price,
                 (double)f->provisioned_billed_steps * step);
}

static void report_function(struct component *self, struct measures *out, sim_time now)
{
    const struct function *f = (const struct function *)self;
    const char *name = self->plan->name;
    const double served = (double)(f->cold + f->warm);
    const double instances = time_average_mean(&f->instances, now);
    const double provisioned = (double)plan_of(f)->concurrency.provisioned;
    const double running = time_average_mean(&self->in_flight, now);
    measures_add(out, name, "cold_start.ratio", UNIT_RATIO, measure_ratio((double)f->cold, served));
    measures_add(out, name, "cold_start.mean", UNIT_SECONDS,
                 measure_ratio(f->init_seconds, (double)f->cold));
    measures_add(out, name, "concurrency.mean", UNIT_COUNT, running);
    measures_add(out, name, "concurrency.max", UNIT_COUNT, (double)f->running_most);
    measures_add(out, name, "running.mean", UNIT_COUNT, running);
    measures_add(out, name, "instances.mean", UNIT_COUNT, instances + provisioned);
    measures_add(out, name, "instances.max", UNIT_COUNT, (double)f->instances.most + provisioned);
    measures_add(out, name, "idle.mean", UNIT_COUNT, instances + provisioned - running);
    measures_add(out, name, "lifespan.mean", UNIT_SECONDS,
                 measure_ratio((double)f->lifespans * 1e-9, (double)f->expired));
    report_usage(f, out, time_to_seconds(now - self->sim->window_start));
    if (instances + provisioned < running - 1e-9)
        measures_violation(out, "%s: more invocations than instances", name);
}

static const char *const function_gauges[] = {"instances", "cold_starts", NULL};

static double gauge_function(const struct component *self, size_t which)
{
    const struct function *f = (const struct function *)self;
    return which == 0 ? (double)f->instances.value + (double)plan_of(f)->concurrency.provisioned
                      : (double)f->cold;
}

static const char *const function_operations[] = {"invoke", NULL};

const struct component_type function_type = {
    .name = "function",
    .doc = "a serverless function: instances that start when needed and serve one call at a time",
    .fields = function_fields,
    .operations = function_operations,
    .plan_size = sizeof(struct function_plan),
    .state_size = sizeof(struct function),
    .gauges = function_gauges,
    .compile = function_compile,
    .start = start_function,
    .submit = submit_function,
    .restart = restart_function,
    .report = report_function,
    .gauge = gauge_function,
};
