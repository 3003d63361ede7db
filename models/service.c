#include "models/service.h"

#include "base/arena.h"
#include "models/call.h"
#include "models/compiler.h"
#include "models/errors.h"
#include "models/measures.h"
#include "models/station.h"
#include "models/token_bucket.h"

#include <math.h>

struct service_plan {
    struct component_plan base;
    int64_t servers;
    int64_t queue_limit; /* INT64_MAX: none */
    struct distribution time;
    struct throttle_settings throttle;
    double failure;
    double price_usd;
    const struct price *price; /* NULL: free */
};

struct service {
    struct component base;
    struct station station;
    struct token_bucket throttle;
    uint64_t served; /* calls that ended service in the window */
};

static const struct field service_fields[] = {
    {.name = "servers",
     .type = FIELD_COUNT,
     .offset = offsetof(struct service_plan, servers),
     .fallback = "1",
     .minimum = 1,
     .doc = "how many calls it serves at once"},
    {.name = "queue_limit",
     .type = FIELD_COUNT,
     .offset = offsetof(struct service_plan, queue_limit),
     .minimum = 0,
     .maximum = HUGE_VAL,
     .doc = "how many calls may wait; one beyond is refused (503); absent: no limit"},
    {.name = "time",
     .type = FIELD_CUSTOM,
     .offset = offsetof(struct service_plan, time),
     .fallback = "0",
     .parse = law_parse_duration,
     .type_name = "a distribution of durations",
     .doc = "service time of a call"},
    THROTTLE_FIELD(struct service_plan, throttle),
    {.name = "failure",
     .type = FIELD_QUANTITY,
     .dimension = DIMENSION_RATIO,
     .offset = offsetof(struct service_plan, failure),
     .fallback = "0",
     .minimum = 0,
     .maximum = 1,
     .doc = "share of calls that fail after their service time"},
    {.name = "price",
     .type = FIELD_QUANTITY,
     .dimension = DIMENSION_PRICE,
     .offset = offsetof(struct service_plan, price_usd),
     .fallback = "$0",
     .minimum = 0,
     .maximum = HUGE_VAL,
     .doc = "of each call that is served, such as $3/1M"},
    {.name = NULL},
};

static void service_compile(struct compiler *compiler, struct component_plan *base,
                            const struct node *config)
{
    struct service_plan *plan = (struct service_plan *)base;
    if (!node_get(config, "queue_limit")) plan->queue_limit = INT64_MAX;
    if (!node_get(config, "throttle")) plan->throttle.rate = HUGE_VAL;
    if (!(plan->throttle.burst > 0)) plan->throttle.burst = fmax(1, plan->throttle.rate);
    if (!(plan->price_usd > 0)) return;
    struct price *price = arena_new_item(compiler->arena, struct price);
    price->id = arena_format(compiler->arena, "%s.price", base->name);
    price->unit = "call";
    price->tier_count = 1;
    price->tiers[0] = (struct price_tier){.up_to = HUGE_VAL, .usd = plan->price_usd};
    plan->price = price;
}

static const struct service_plan *plan_of(const struct service *self)
{
    return (const struct service_plan *)self->base.plan;
}

static bool fails(const struct service *self, const struct call *call)
{
    if (LIKELY(!(plan_of(self)->failure > 0))) return false;
    struct random_stream stream;
    call_stream(call, PURPOSE_FAILURE, &stream);
    return random_unit(&stream) < plan_of(self)->failure;
}

static void service_complete(void *context, sim_time now)
{
    struct call *call = context;
    struct service *self = (struct service *)call->callee;
    call_charge(call, PART_SERVICE, now);
    self->served++;
    /* Whoever waits goes before whatever the end of this call may bring back here. */
    station_release(&self->station, now);
    if (UNLIKELY(fails(self, call)))
        call_finish(call, OUTCOME_FAILED, ERROR_EXCEPTION, now);
    else
        call_finish(call, OUTCOME_OK, ERROR_NONE, now);
}

static void service_begin(struct component *base, struct call *call, sim_time now)
{
    const struct service *self = (const struct service *)base;
    struct random_stream stream;
    call_stream(call, PURPOSE_SERVICE, &stream);
    const sim_time time = distribution_draw_time(&plan_of(self)->time, &stream);
    events_add(base->events, now + time, service_complete, call);
}

static void service_submit(struct component *base, struct call *call, sim_time now)
{
    struct service *self = (struct service *)base;
    if (UNLIKELY(!token_bucket_take(&self->throttle, 1, now)))
        call_finish(call, OUTCOME_THROTTLED, ERROR_THROTTLED, now);
    else if (UNLIKELY(!station_admit(&self->station, call, now)))
        call_finish(call, OUTCOME_REFUSED, ERROR_UNAVAILABLE, now);
}

static void service_start(struct component *base)
{
    struct service *self = (struct service *)base;
    const struct service_plan *plan = plan_of(self);
    station_init(&self->station, base, service_begin, plan->servers, plan->queue_limit);
    token_bucket_init(&self->throttle, plan->throttle.rate, plan->throttle.burst);
}

static void service_restart(struct component *base, sim_time now)
{
    struct service *self = (struct service *)base;
    station_restart(&self->station, now);
    self->served = 0;
}

static void service_report(struct component *base, struct measures *out, sim_time now)
{
    const struct service *self = (const struct service *)base;
    station_report(&self->station, out, now);
    measures_use(out, base->plan->name, plan_of(self)->price, (double)self->served);
}

static double service_gauge(const struct component *base, size_t which)
{
    const struct service *self = (const struct service *)base;
    return (double)(which == 0 ? self->station.waiting.value : self->station.busy.value);
}

static const char *const service_operations[] = {"call", NULL};
static const char *const service_gauges[] = {"queue", "busy", NULL};

const struct component_type service_type = {
    .name = "service",
    .doc = "any other system: servers, a queue limit, a service time, a rate limit, a price",
    .fields = service_fields,
    .operations = service_operations,
    .plan_size = sizeof(struct service_plan),
    .state_size = sizeof(struct service),
    .gauges = service_gauges,
    .compile = service_compile,
    .start = service_start,
    .submit = service_submit,
    .restart = service_restart,
    .report = service_report,
    .gauge = service_gauge,
};
