#include "models/service.h"

#include "base/arena.h"
#include "models/call.h"
#include "models/compiler.h"
#include "models/errors.h"
#include "models/measures.h"
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
    int64_t servers;
    int64_t queue_limit;
    struct call *first_waiting;
    struct call *last_waiting;
    struct time_average waiting;
    struct time_average busy;
    struct token_bucket throttle;
    uint64_t served; /* calls that began service in the window */
    int128 waited;   /* by calls that left the queue in the window, the part within it, ns */
    sim_time window_start;
    struct histogram wait; /* of calls that began service in the window */
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

static void service_start(struct component *base)
{
    struct service *self = (struct service *)base;
    const struct service_plan *plan = (const struct service_plan *)base->plan;
    self->servers = plan->servers;
    self->queue_limit = plan->queue_limit;
    token_bucket_init(&self->throttle, plan->throttle.rate, plan->throttle.burst);
    histogram_init(&self->wait, base->sim->arena);
}

/* A waiting call has no time-out of the callee's; its deadline holds when it joined the queue. */
static inline sim_time joined(const struct call *call)
{
    return call->deadline.at;
}

static void service_complete(void *context, sim_time now);

static inline void begin(struct service *self, struct call *call, sim_time wait, sim_time now)
{
    const struct service_plan *plan = (const struct service_plan *)self->base.plan;
    struct random_stream stream;
    call->started = now;
    self->served++;
    histogram_record(&self->wait, wait);
    call_stream(call, PURPOSE_SERVICE, &stream);
    const sim_time time = distribution_draw_time(&plan->time, &stream);
    events_add(self->base.events, now + time, service_complete, call);
}

/* The server that has just become free takes the call that waits longest, or idles. */
static inline void serve_next(struct service *self, sim_time now)
{
    struct call *next = self->first_waiting;
    if (!next) {
        time_average_add(&self->busy, -1, now);
        return;
    }
    self->first_waiting = next->next_waiting;
    if (!self->first_waiting) self->last_waiting = NULL;
    time_average_add(&self->waiting, -1, now);
    self->waited += now - (joined(next) > self->window_start ? joined(next) : self->window_start);
    call_charge(next, PART_QUEUEING, now);
    begin(self, next, now - joined(next), now);
}

static bool fails(const struct service *self, const struct call *call)
{
    const struct service_plan *plan = (const struct service_plan *)self->base.plan;
    if (LIKELY(!(plan->failure > 0))) return false;
    struct random_stream stream;
    call_stream(call, PURPOSE_FAILURE, &stream);
    return random_unit(&stream) < plan->failure;
}

static void service_complete(void *context, sim_time now)
{
    struct call *call = context;
    struct service *self = (struct service *)call->callee;
    call_charge(call, PART_SERVICE, now);
    /* Whoever waits goes before whatever the end of this call may bring back here. */
    serve_next(self, now);
    if (UNLIKELY(fails(self, call)))
        call_finish(call, OUTCOME_FAILED, ERROR_EXCEPTION, now);
    else
        call_finish(call, OUTCOME_OK, ERROR_NONE, now);
}

static void join_queue(struct service *self, struct call *call, sim_time now)
{
    call->deadline.at = now;
    call->next_waiting = NULL;
    if (self->last_waiting)
        self->last_waiting->next_waiting = call;
    else
        self->first_waiting = call;
    self->last_waiting = call;
    time_average_add(&self->waiting, 1, now);
}

static void service_submit(struct component *base, struct call *call, sim_time now)
{
    struct service *self = (struct service *)base;
    if (UNLIKELY(!token_bucket_take(&self->throttle, 1, now))) {
        call_finish(call, OUTCOME_THROTTLED, ERROR_THROTTLED, now);
    } else if (self->busy.value < self->servers) {
        time_average_add(&self->busy, 1, now);
        begin(self, call, 0, now);
    } else if (self->waiting.value < self->queue_limit) {
        join_queue(self, call, now);
    } else {
        call_finish(call, OUTCOME_REFUSED, ERROR_UNAVAILABLE, now);
    }
}

static void service_restart(struct component *base, sim_time now)
{
    struct service *self = (struct service *)base;
    time_average_restart(&self->waiting, now);
    time_average_restart(&self->busy, now);
    histogram_clear(&self->wait);
    self->served = 0;
    self->waited = 0;
    self->window_start = now;
}

/* Little's law for the queue: the area under its length is the sum of the waits within the window.
 */
static void check_queue(const struct service *self, struct measures *out, sim_time now)
{
    int128 waited = self->waited;
    int64_t count = 0;
    for (const struct call *call = self->first_waiting; call; call = call->next_waiting) {
        waited += now - (joined(call) > self->window_start ? joined(call) : self->window_start);
        count++;
    }
    if (count != self->waiting.value || waited != time_average_area(&self->waiting, now))
        measures_violation(out, "%s: Little's law does not hold for its queue",
                           self->base.plan->name);
}

static void service_report(struct component *base, struct measures *out, sim_time now)
{
    const struct service *self = (const struct service *)base;
    const struct service_plan *plan = (const struct service_plan *)base->plan;
    const char *name = base->plan->name;
    measures_add(out, name, "wait.mean", UNIT_SECONDS, histogram_mean(&self->wait));
    measures_add(out, name, "wait.p95", UNIT_SECONDS, histogram_quantile(&self->wait, 0.95));
    out->items[out->count - 1].low_n = self->wait.count < 200; /* ten beyond it */
    measures_add(out, name, "queue.mean", UNIT_COUNT, time_average_mean(&self->waiting, now));
    measures_add(out, name, "queue.max", UNIT_COUNT, (double)self->waiting.most);
    measures_add(out, name, "utilization", UNIT_RATIO,
                 time_average_mean(&self->busy, now) / (double)self->servers);
    measures_use(out, name, plan->price, (double)self->served);
    check_queue(self, out, now);
}

static double service_gauge(const struct component *base, size_t which)
{
    const struct service *self = (const struct service *)base;
    return (double)(which == 0 ? self->waiting.value : self->busy.value);
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
