#include "models/cache.h"

#include "base/arena.h"
#include "models/call.h"
#include "models/compiler.h"
#include "models/errors.h"
#include "models/lru.h"
#include "models/measures.h"

#include <math.h>

enum { OPERATION_GET, OPERATION_PUT, OPERATION_DELETE };

static const char *const cache_operations[] = {"get", "put", "delete", NULL};
static const char *const cache_policies[] = {"lru", NULL};

/* ElastiCache keeps a quarter of a node's memory for itself unless told otherwise
 * (reserved-memory-percent). */
#define MEMORY_USABLE 0.75
#define GIGABYTE      1073741824.0

struct cache_plan {
    struct component_plan base;
    const char *service;
    int64_t capacity; /* entries */
    double memory;    /* bytes */
    double item;      /* bytes */
    int policy;
    sim_time ttl; /* SIM_NEVER: entries do not grow old */
    struct distribution latency;
    double moving_ecpu;             /* ECPU of an operation that moves an item */
    double least_stored;            /* bytes billed at least */
    const struct price *hour_price; /* NULL: not billed */
    const struct price *ecpu_price;
    const struct price *gb_hour_price;
};

struct cache {
    struct component base;
    struct lru *keys;
    struct time_average entries;
    uint64_t operations; /* in the window, as all that follows */
    uint64_t moves;      /* operations that moved an item: hits and puts */
    uint64_t gets;
    uint64_t hits;
    uint64_t evictions_before; /* the window */
    uint64_t expirations_before;
    sim_time window_start;
};

static const struct field cache_fields[] = {
    {.name = "service",
     .type = FIELD_TEXT,
     .offset = offsetof(struct cache_plan, service),
     .doc = "the catalogue's profile, such as elasticache/cache.t4g.small; absent: free and "
            "without latency"},
    {.name = "capacity",
     .type = FIELD_COUNT,
     .offset = offsetof(struct cache_plan, capacity),
     .minimum = 1,
     .maximum = (double)LRU_CAPACITY_MOST,
     .doc = "how many entries it holds"},
    {.name = "memory",
     .type = FIELD_QUANTITY,
     .dimension = DIMENSION_SIZE,
     .offset = offsetof(struct cache_plan, memory),
     .minimum = 1,
     .doc = "instead of capacity: three quarters of it hold entries; default: the service's"},
    {.name = "item",
     .type = FIELD_QUANTITY,
     .dimension = DIMENSION_SIZE,
     .offset = offsetof(struct cache_plan, item),
     .fallback = "8KB",
     .minimum = 1,
     .doc = "size of an entry"},
    {.name = "policy",
     .type = FIELD_CHOICE,
     .offset = offsetof(struct cache_plan, policy),
     .fallback = "lru",
     .choices = cache_policies,
     .doc = "which entry leaves a full cache: the least recently used"},
    {.name = "ttl",
     .type = FIELD_DURATION,
     .offset = offsetof(struct cache_plan, ttl),
     .minimum = 1e-9,
     .doc = "time to live of an entry from its put, unless the put gives one; absent: it does not "
            "expire"},
    {.name = "latency",
     .type = FIELD_CUSTOM,
     .offset = offsetof(struct cache_plan, latency),
     .parse = law_parse_duration,
     .type_name = "a distribution of durations",
     .doc = "time of an operation; default: the service's"},
    {.name = NULL},
};

static void compile_service(struct compiler *compiler, struct cache_plan *plan,
                            const struct catalog_profile *profile, const struct node *config)
{
    if (!node_get(config, "latency"))
        (void)compiler_law(compiler, profile, "latency", &plan->latency);
    plan->hour_price = compiler_price(compiler, profile, "hour_price");
    plan->ecpu_price = compiler_price(compiler, profile, "ecpu_price");
    plan->gb_hour_price = compiler_price(compiler, profile, "gb_hour_price");
    plan->least_stored = compiler_number(compiler, profile, "least_stored", 0);
    plan->moving_ecpu =
        fmax(1, plan->item / compiler_number(compiler, profile, "ecpu_bytes", 1024));
    if (node_get(config, "capacity") || node_get(config, "memory")) return;
    plan->memory = compiler_number(compiler, profile, "memory", 0);
    /* What has no memory of its own grows as it must. */
    if (!(plan->memory > 0)) plan->capacity = LRU_CAPACITY_MOST;
}

static void compile_capacity(struct compiler *compiler, struct cache_plan *plan,
                             const struct node *config)
{
    const struct node *capacity = node_get(config, "capacity");
    const struct node *memory = node_get(config, "memory");
    const char *path = compiler->current_path;
    if (capacity && memory) {
        compiler_fault(compiler, memory, arena_format(compiler->arena, "%s.memory", path),
                       "a cache has either 'capacity' or 'memory'; leave one out");
        return;
    }
    if (capacity || plan->capacity > 0) return;
    if (!memory && !plan->service) {
        compiler_fault(compiler, config, path,
                       "a cache needs its size: 'capacity' (entries), 'memory' or a 'service'");
        return;
    }
    const double entries = floor(plan->memory * MEMORY_USABLE / plan->item);
    if (entries < 1 && plan->memory > 0)
        compiler_fault(
            compiler, memory ? memory : config, path,
            "three quarters of its memory, %.0f bytes, do not hold one item of %.0f; give more "
            "'memory' or a smaller 'item'",
            plan->memory * MEMORY_USABLE, plan->item);
    plan->capacity = entries < LRU_CAPACITY_MOST ? (int64_t)entries : LRU_CAPACITY_MOST;
}

static void cache_compile(struct compiler *compiler, struct component_plan *base,
                          const struct node *config)
{
    struct cache_plan *plan = (struct cache_plan *)base;
    if (!node_get(config, "ttl")) plan->ttl = SIM_NEVER;
    const char *path = arena_format(compiler->arena, "%s.service", compiler->current_path);
    const struct catalog_profile *profile = NULL;
    if (plan->service)
        profile = compiler_profile(compiler, node_get(config, "service"), path, plan->service);
    if (profile) compile_service(compiler, plan, profile, config);
    compile_capacity(compiler, plan, config);
}

static void cache_start(struct component *base)
{
    struct cache *self = (struct cache *)base;
    const struct cache_plan *plan = (const struct cache_plan *)base->plan;
    self->keys = lru_new(base->sim->arena, (uint32_t)plan->capacity);
}

/* Lets everything go that is due by `now`, each at its own time, so that the mean number of entries
 * is exact. */
static void expire_due(struct cache *self, sim_time now)
{
    for (sim_time due = lru_expire(self->keys, now); due != SIM_NEVER;
         due = lru_expire(self->keys, now))
        time_average_add(&self->entries, -1, due);
}

static void finish(void *context, sim_time now)
{
    struct call *call = context;
    call_charge(call, PART_SERVICE, now);
    call_finish(call, OUTCOME_OK, ERROR_NONE, now);
}

/* What an operation finds and leaves is settled when it arrives; the answer takes its time. */
static void operate(struct cache *self, struct call *call, sim_time now)
{
    const struct cache_plan *plan = (const struct cache_plan *)self->base.plan;
    const uint64_t key = call->payload.key;
    expire_due(self, now);
    self->operations++;
    switch (call->payload.operation) {
    case OPERATION_PUT:
        lru_put(self->keys, key, call->payload.ttl > 0 ? call->payload.ttl : plan->ttl, now);
        self->moves++;
        break;
    case OPERATION_DELETE: lru_delete(self->keys, key, now); break;
    default:
        call->payload.hit = lru_get(self->keys, key, now);
        self->gets++;
        self->hits += call->payload.hit;
        self->moves += call->payload.hit;
    }
    time_average_set(&self->entries, lru_count(self->keys), now);
}

static void cache_submit(struct component *base, struct call *call, sim_time now)
{
    struct cache *self = (struct cache *)base;
    const struct cache_plan *plan = (const struct cache_plan *)base->plan;
    call->started = now;
    operate(self, call, now);
    struct random_stream stream;
    call_stream(call, PURPOSE_SERVICE, &stream);
    events_add(base->events, now + distribution_draw_time(&plan->latency, &stream), finish, call);
}

static void cache_restart(struct component *base, sim_time now)
{
    struct cache *self = (struct cache *)base;
    expire_due(self, now);
    time_average_restart(&self->entries, now);
    self->operations = self->moves = self->gets = self->hits = 0;
    self->evictions_before = lru_evictions(self->keys);
    self->expirations_before = lru_expirations(self->keys);
    self->window_start = now;
}

static void report_usage(const struct cache *self, struct measures *out, double stored_bytes,
                         sim_time now)
{
    const struct cache_plan *plan = (const struct cache_plan *)self->base.plan;
    const char *name = plan->base.name;
    const double hours = time_to_seconds(now - self->window_start) / 3600.0;
    const double ecpu =
        (double)(self->operations - self->moves) + (double)self->moves * plan->moving_ecpu;
    measures_use(out, name, plan->hour_price, hours);
    measures_use(out, name, plan->ecpu_price, ecpu);
    measures_use(out, name, plan->gb_hour_price,
                 fmax(stored_bytes, plan->least_stored) / GIGABYTE * hours);
}

static void cache_report(struct component *base, struct measures *out, sim_time now)
{
    struct cache *self = (struct cache *)base;
    const struct cache_plan *plan = (const struct cache_plan *)base->plan;
    const char *name = base->plan->name;
    expire_due(self, now);
    const double entries = time_average_mean(&self->entries, now);
    measures_add(out, name, "hit_ratio", UNIT_RATIO,
                 self->gets ? (double)self->hits / (double)self->gets : (double)NAN);
    measures_add(out, name, "entries.mean", UNIT_COUNT, entries);
    measures_add(out, name, "evictions", UNIT_COUNT,
                 (double)(lru_evictions(self->keys) - self->evictions_before));
    measures_add(out, name, "expirations", UNIT_COUNT,
                 (double)(lru_expirations(self->keys) - self->expirations_before));
    report_usage(self, out, entries * plan->item, now);
    if (self->entries.value != (int64_t)lru_count(self->keys) ||
        self->entries.most > plan->capacity)
        measures_violation(out, "%s: entries are not conserved", name);
}

static double cache_gauge(const struct component *base, size_t which)
{
    const struct cache *self = (const struct cache *)base;
    (void)which;
    return (double)self->entries.value;
}

static const char *const cache_gauges[] = {"entries", NULL};

const struct component_type cache_type = {
    .name = "cache",
    .doc = "a cache in memory: least recently used entries leave, old ones expire",
    .fields = cache_fields,
    .operations = cache_operations,
    .plan_size = sizeof(struct cache_plan),
    .state_size = sizeof(struct cache),
    .gauges = cache_gauges,
    .compile = cache_compile,
    .start = cache_start,
    .submit = cache_submit,
    .restart = cache_restart,
    .report = cache_report,
    .gauge = cache_gauge,
};
