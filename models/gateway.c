#include "models/gateway.h"

#include "base/arena.h"
#include "models/call.h"
#include "models/compiler.h"
#include "models/errors.h"
#include "models/measures.h"
#include "models/plan.h"
#include "models/pricing.h"
#include "models/token_bucket.h"

#include <math.h>

enum { KIND_HTTP, KIND_REST, KIND_EDGE };

static const char *const gateway_kinds[] = {"http", "rest", "edge", NULL};

struct gateway_plan {
    struct component_plan base;
    int kind;
    const struct node *calls;
    struct throttle_settings throttle;
    sim_time timeout; /* of the call behind it; SIM_NEVER: none */
    struct distribution latency;
    uint32_t callee;
    uint32_t payload_most;     /* bytes; UINT32_MAX: no limit */
    long long request_step;    /* bytes of payload billed as one request; 0: any payload is one */
    const struct price *price; /* of a request; NULL: free */
};

struct gateway {
    struct component base;
    struct component *callee;
    struct token_bucket throttle;
    struct deadlines deadlines;
    uint64_t requests; /* billed in the window */
    uint64_t timeouts;
};

static const struct field gateway_fields[] = {
    {.name = "kind",
     .type = FIELD_CHOICE,
     .offset = offsetof(struct gateway_plan, kind),
     .fallback = "http",
     .choices = gateway_kinds,
     .doc = "which product: its price, overhead and limits"},
    {.name = "calls",
     .type = FIELD_NODE,
     .offset = offsetof(struct gateway_plan, calls),
     .required = true,
     .type_name = "the name of a component",
     .doc = "the component behind it, which every call is passed to"},
    THROTTLE_FIELD(struct gateway_plan, throttle),
    {.name = "timeout",
     .type = FIELD_DURATION,
     .offset = offsetof(struct gateway_plan, timeout),
     .minimum = 0.05,
     .maximum = HUGE_VAL,
     .doc = "how long it waits for the component behind it; default: the product's limit"},
    {.name = "latency",
     .type = FIELD_CUSTOM,
     .offset = offsetof(struct gateway_plan, latency),
     .parse = law_parse_duration,
     .type_name = "a distribution of durations",
     .doc = "its own overhead, before the call is passed on; default: the product's"},
    {.name = NULL},
};

/* The product's profile; NULL for an edge that the catalogue does not know, which is then free and
 * takes no time. */
static const struct catalog_profile *
find_profile(struct compiler *compiler, const struct gateway_plan *plan, const struct node *config)
{
    const char *name = arena_format(compiler->arena, "%s/api-gateway-%s", compiler->plan->provider,
                                    gateway_kinds[plan->kind]);
    const struct catalog_profile *profile;
    struct error err;
    if (plan->kind == KIND_EDGE &&
        !catalog_profile(compiler->catalog, name, gateway_type.name, &profile, &err))
        return NULL;
    return compiler_profile(compiler, config, compiler->current_path, name);
}

static void apply_profile(struct compiler *compiler, struct gateway_plan *plan,
                          const struct catalog_profile *profile, const struct node *config)
{
    if (!node_get(config, "throttle")) {
        plan->throttle.rate = compiler_number(compiler, profile, "throttle_rate", HUGE_VAL);
        plan->throttle.burst = compiler_number(compiler, profile, "throttle_burst", 0);
    }
    const double timeout = compiler_number(compiler, profile, "timeout", 0);
    if (!node_get(config, "timeout") && timeout > 0) plan->timeout = time_from_seconds(timeout);
    if (!node_get(config, "latency"))
        (void)compiler_law(compiler, profile, "latency", &plan->latency);
    plan->price = compiler_price(compiler, profile, "request_price");
    plan->request_step = (long long)compiler_number(compiler, profile, "request_step", 0);
    const double most = compiler_number(compiler, profile, "payload_most", UINT32_MAX);
    plan->payload_most = most < UINT32_MAX ? (uint32_t)most : UINT32_MAX;
}

static void gateway_compile(struct compiler *compiler, struct component_plan *base,
                            const struct node *config)
{
    struct gateway_plan *plan = (struct gateway_plan *)base;
    if (!node_get(config, "timeout")) plan->timeout = SIM_NEVER;
    if (!node_get(config, "throttle")) plan->throttle.rate = HUGE_VAL;
    plan->payload_most = UINT32_MAX;
    const struct catalog_profile *profile = find_profile(compiler, plan, config);
    if (profile) apply_profile(compiler, plan, profile, config);
    if (!(plan->throttle.burst > 0)) plan->throttle.burst = fmax(1, plan->throttle.rate);
    if (!plan->calls) return; /* a fault that has been reported */
    const char *path = arena_format(compiler->arena, "%s.calls", compiler->current_path);
    plan->callee = compiler_component(compiler, plan->calls, path, true);
}

static void expire(struct deadline *expired, sim_time now);

static void gateway_start(struct component *base)
{
    struct gateway *self = (struct gateway *)base;
    const struct gateway_plan *plan = (const struct gateway_plan *)base->plan;
    self->callee = base->sim->components[plan->callee];
    token_bucket_init(&self->throttle, plan->throttle.rate, plan->throttle.burst);
    deadlines_init(&self->deadlines, base->events, plan->timeout, expire);
}

/* The integration has taken too long: it goes on alone. What it has not accounted for yet is time
 * lost on it, which the ledger calls retry, as it does for every abandoned attempt. */
static void expire(struct deadline *expired, sim_time now)
{
    struct call *call = (struct call *)(void *)((char *)expired - offsetof(struct call, deadline));
    struct gateway *self = (struct gateway *)call->callee;
    self->timeouts++;
    call_abandon_children(call);
    call_charge(call, PART_RETRY, now);
    call_finish(call, OUTCOME_TIMED_OUT, ERROR_TIMEOUT, now);
}

static void answered(struct call *child, sim_time now)
{
    struct call *call = child->context;
    struct gateway *self = (struct gateway *)call->callee;
    deadlines_cancel(&self->deadlines, &call->deadline);
    call->payload.hit = child->payload.hit;
    call_finish(call, (enum outcome)child->outcome, child->error, now);
}

static void pass_on(void *context, sim_time now)
{
    struct call *call = context;
    struct gateway *self = (struct gateway *)call->callee;
    call_charge(call, PART_SERVICE, now);
    deadlines_start(&self->deadlines, &call->deadline, now);
    struct call *child = call_new(self->base.sim, call, self->callee, answered, call);
    child->payload = call->payload;
    child->payload.operation = 0; /* the default one of what is behind */
    call_submit(child, now);
}

static void count_requests(struct gateway *self, const struct call *call)
{
    const struct gateway_plan *plan = (const struct gateway_plan *)self->base.plan;
    const long long step = plan->request_step;
    self->requests += step > 0 ? (uint64_t)(metered(call->payload.bytes, step, step) / step) : 1;
}

static void gateway_submit(struct component *base, struct call *call, sim_time now)
{
    struct gateway *self = (struct gateway *)base;
    const struct gateway_plan *plan = (const struct gateway_plan *)base->plan;
    if (!token_bucket_take(&self->throttle, 1, now)) {
        call_finish(call, OUTCOME_THROTTLED, ERROR_THROTTLED, now);
        return;
    }
    if (call->payload.bytes > plan->payload_most) {
        call_finish(call, OUTCOME_TOO_LARGE, ERROR_EXCEPTION, now);
        return;
    }
    count_requests(self, call);
    call->started = now;
    struct random_stream stream;
    call_stream(call, PURPOSE_SERVICE, &stream);
    events_add(base->events, now + distribution_draw_time(&plan->latency, &stream), pass_on, call);
}

static void gateway_restart(struct component *base, sim_time now)
{
    struct gateway *self = (struct gateway *)base;
    (void)now;
    self->requests = 0;
    self->timeouts = 0;
}

static void gateway_report(struct component *base, struct measures *out, sim_time now)
{
    const struct gateway *self = (const struct gateway *)base;
    const struct gateway_plan *plan = (const struct gateway_plan *)base->plan;
    (void)now;
    measures_add(out, base->plan->name, "timeouts", UNIT_COUNT, (double)self->timeouts);
    measures_use(out, base->plan->name, plan->price, (double)self->requests);
}

static const char *const gateway_operations[] = {"call", NULL};

const struct component_type gateway_type = {
    .name = "gateway",
    .doc = "the door to a system: throttles, adds its overhead, passes calls on, gives up in time",
    .fields = gateway_fields,
    .operations = gateway_operations,
    .plan_size = sizeof(struct gateway_plan),
    .state_size = sizeof(struct gateway),
    .compile = gateway_compile,
    .start = gateway_start,
    .submit = gateway_submit,
    .restart = gateway_restart,
    .report = gateway_report,
};
