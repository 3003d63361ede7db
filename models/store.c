#include "models/store.h"

#include "base/arena.h"
#include "models/call.h"
#include "models/compiler.h"
#include "models/errors.h"
#include "models/measures.h"
#include "models/token_bucket.h"

#include <math.h>

enum operation {
    OPERATION_GET,
    OPERATION_PUT,
    OPERATION_UPDATE,
    OPERATION_QUERY,
    OPERATION_DELETE,
    OPERATION_TRANSACT,
    OPERATION_COUNT
};

static const char *const store_operations[] = {"get",    "put",      "update", "query",
                                               "delete", "transact", NULL};
/* A service without units bills requests, each operation by the price of a kind; S3 lists at the
 * price of a put and deletes for nothing. */
static const char *const request_prices[OPERATION_COUNT] = {"get_price", "put_price", "put_price",
                                                            "put_price", NULL,        "put_price"};

enum { CONSISTENCY_EVENTUAL, CONSISTENCY_STRONG };

static const char *const store_consistencies[] = {"eventual", "strong", NULL};

#define PROFILE_ON_DEMAND   "dynamodb/on-demand"
#define PROFILE_PROVISIONED "dynamodb/provisioned"

struct units {
    double read;
    double write;
};

struct store_plan {
    struct component_plan base;
    const char *service;
    struct units capacity; /* a second; 0: on demand */
    double item;           /* bytes */
    int consistency;
    struct distribution latency;
    struct distribution latencies[OPERATION_COUNT];
    double read_unit; /* bytes; 0: the service knows no units, each item is one request */
    double write_unit;
    double read_factor; /* units of a read by its consistency */
    double transact_factor;
    double transact_items_most; /* infinity: no limit */
    struct units rate;          /* limits a second */
    struct units burst;
    const struct price *read_price; /* of a unit, or of a unit-hour of capacity; NULL: not billed */
    const struct price *write_price;
    const struct price *request_price[OPERATION_COUNT];
};

struct store {
    struct component base;
    struct token_bucket read_limit;
    struct token_bucket write_limit;
    struct units used;                /* in the window */
    double requests[OPERATION_COUNT]; /* items asked for */
    sim_time window_start;
};

static const struct field capacity_fields[] = {
    {.name = "read",
     .type = FIELD_QUANTITY,
     .dimension = DIMENSION_COUNT,
     .offset = offsetof(struct units, read),
     .minimum = 1,
     .required = true,
     .doc = "read units a second"},
    {.name = "write",
     .type = FIELD_QUANTITY,
     .dimension = DIMENSION_COUNT,
     .offset = offsetof(struct units, write),
     .minimum = 1,
     .required = true,
     .doc = "write units a second"},
    {.name = NULL},
};

static const struct field store_fields[] = {
    {.name = "service",
     .type = FIELD_TEXT,
     .offset = offsetof(struct store_plan, service),
     .doc = "the catalogue's profile; default: " PROFILE_ON_DEMAND
            ", with a capacity " PROFILE_PROVISIONED},
    {.name = "capacity",
     .type = FIELD_RECORD,
     .offset = offsetof(struct store_plan, capacity),
     .record = capacity_fields,
     .doc = "provisioned units a second; absent: on demand"},
    {.name = "latency",
     .type = FIELD_CUSTOM,
     .offset = offsetof(struct store_plan, latency),
     .parse = law_parse_duration,
     .type_name = "a distribution of durations",
     .doc = "time of any operation; default: the service's, by operation"},
    {.name = "item",
     .type = FIELD_QUANTITY,
     .dimension = DIMENSION_SIZE,
     .offset = offsetof(struct store_plan, item),
     .fallback = "1KB",
     .minimum = 1,
     .doc = "size of an item"},
    {.name = "consistency",
     .type = FIELD_CHOICE,
     .offset = offsetof(struct store_plan, consistency),
     .fallback = "eventual",
     .choices = store_consistencies,
     .doc = "of reads: eventual ones take half the units of strong ones"},
    {.name = NULL},
};

static const struct catalog_profile *
find_profile(struct compiler *compiler, const struct store_plan *plan, const struct node *config)
{
    const bool provisioned = node_get(config, "capacity") != NULL;
    const char *name = plan->service;
    if (!name) name = provisioned ? PROFILE_PROVISIONED : PROFILE_ON_DEMAND;
    const struct node *node = node_get(config, "service");
    const char *path = arena_format(compiler->arena, "%s.service", compiler->current_path);
    const struct catalog_profile *profile =
        compiler_profile(compiler, node ? node : config, path, name);
    if (!profile) return NULL;
    const bool sells_capacity = catalog_profile_entry(profile, "burst_time") != NULL;
    if (provisioned && !sells_capacity)
        compiler_fault(compiler, node_get(config, "capacity"),
                       arena_format(compiler->arena, "%s.capacity", compiler->current_path),
                       "%s has no capacity to provision; leave it out, or use service: %s", name,
                       PROFILE_PROVISIONED);
    if (!provisioned && sells_capacity)
        compiler_fault(compiler, node ? node : config, path, "%s needs 'capacity: {read, write}'",
                       name);
    return profile;
}

static void compile_units(struct compiler *compiler, struct store_plan *plan,
                          const struct catalog_profile *profile)
{
    plan->read_unit = compiler_number(compiler, profile, "read_unit", 0);
    plan->write_unit = compiler_number(compiler, profile, "write_unit", 0);
    plan->read_factor = plan->consistency == CONSISTENCY_STRONG
                            ? 1
                            : compiler_number(compiler, profile, "eventual_factor", 1);
    plan->transact_factor = compiler_number(compiler, profile, "transact_factor", 1);
    plan->transact_items_most = compiler_number(compiler, profile, "transact_items_most", HUGE_VAL);
    plan->read_price = compiler_price(compiler, profile, "read_unit_price");
    plan->write_price = compiler_price(compiler, profile, "write_unit_price");
}

/* On demand: the table's quota, with a bucket of one second. Provisioned: the capacity, of which
 * what is not used is kept for so many seconds. */
static void compile_limits(struct compiler *compiler, struct store_plan *plan,
                           const struct catalog_profile *profile)
{
    const double burst_time = compiler_number(compiler, profile, "burst_time", 1);
    plan->rate = plan->capacity;
    if (!(plan->rate.read > 0))
        plan->rate.read = compiler_number(
            compiler, profile, plan->read_unit > 0 ? "table_read_rate" : "get_rate", HUGE_VAL);
    if (!(plan->rate.write > 0))
        plan->rate.write = compiler_number(
            compiler, profile, plan->write_unit > 0 ? "table_write_rate" : "put_rate", HUGE_VAL);
    plan->burst.read = plan->rate.read * burst_time;
    plan->burst.write = plan->rate.write * burst_time;
}

static void store_compile(struct compiler *compiler, struct component_plan *base,
                          const struct node *config)
{
    struct store_plan *plan = (struct store_plan *)base;
    const struct catalog_profile *profile = find_profile(compiler, plan, config);
    if (!profile) return;
    compile_units(compiler, plan, profile);
    compile_limits(compiler, plan, profile);
    for (size_t i = 0; i < OPERATION_COUNT; i++) {
        plan->latencies[i] = plan->latency;
        if (!node_get(config, "latency"))
            (void)compiler_law(compiler, profile, store_operations[i], &plan->latencies[i]);
        if (request_prices[i])
            plan->request_price[i] = compiler_price(compiler, profile, request_prices[i]);
    }
    const double most = compiler_number(compiler, profile, "item_most", HUGE_VAL);
    const struct node *item = node_get(config, "item");
    if (item && plan->item > most)
        compiler_fault(compiler, item,
                       arena_format(compiler->arena, "%s.item", compiler->current_path),
                       "an item is at most %.0f bytes large, found %.0f", most, plan->item);
}

static void store_start(struct component *base)
{
    struct store *self = (struct store *)base;
    const struct store_plan *plan = (const struct store_plan *)base->plan;
    token_bucket_init(&self->read_limit, plan->rate.read, plan->burst.read);
    token_bucket_init(&self->write_limit, plan->rate.write, plan->burst.write);
}

/* Units that so many items take together, begun ones whole; requests where there are no units. */
static double item_units(const struct store_plan *plan, double unit, double items)
{
    return unit > 0 ? ceil(plan->item * items / unit) : items;
}

static struct units units_of(const struct store_plan *plan, enum operation operation, double items)
{
    switch (operation) {
    case OPERATION_GET:
        return (struct units){item_units(plan, plan->read_unit, 1) * items * plan->read_factor, 0};
    case OPERATION_QUERY: /* adds the items up before it rounds */
        return (struct units){item_units(plan, plan->read_unit, items) * plan->read_factor, 0};
    case OPERATION_TRANSACT:
        return (struct units){0, item_units(plan, plan->write_unit, 1) * items *
                                     plan->transact_factor};
    case OPERATION_PUT:
    case OPERATION_UPDATE:
    case OPERATION_DELETE:
    case OPERATION_COUNT: break;
    }
    return (struct units){0, item_units(plan, plan->write_unit, 1) * items};
}

static void finish(void *context, sim_time now)
{
    struct call *call = context;
    call_charge(call, PART_SERVICE, now);
    call_finish(call, OUTCOME_OK, ERROR_NONE, now);
}

static void store_submit(struct component *base, struct call *call, sim_time now)
{
    struct store *self = (struct store *)base;
    const struct store_plan *plan = (const struct store_plan *)base->plan;
    const enum operation operation = (enum operation)call->payload.operation;
    const double items = call->payload.items;
    if (operation == OPERATION_TRANSACT && items > plan->transact_items_most) {
        call_finish(call, OUTCOME_TOO_LARGE, ERROR_EXCEPTION, now);
        return;
    }
    /* No operation both reads and writes, so nothing is taken of one limit and then refused by the
     * other. */
    const struct units units = units_of(plan, operation, items);
    if (!token_bucket_take(&self->read_limit, units.read, now) ||
        !token_bucket_take(&self->write_limit, units.write, now)) {
        call_finish(call, OUTCOME_THROTTLED, ERROR_THROTTLED, now);
        return;
    }
    self->used.read += units.read;
    self->used.write += units.write;
    self->requests[operation] += items;
    call->started = now;
    struct random_stream stream;
    call_stream(call, PURPOSE_SERVICE, &stream);
    const sim_time time = distribution_draw_time(&plan->latencies[operation], &stream);
    events_add(base->events, now + time, finish, call);
}

static void store_restart(struct component *base, sim_time now)
{
    struct store *self = (struct store *)base;
    self->used = (struct units){0, 0};
    for (size_t i = 0; i < OPERATION_COUNT; i++) self->requests[i] = 0;
    self->window_start = now;
}

static void store_report(struct component *base, struct measures *out, sim_time now)
{
    const struct store *self = (const struct store *)base;
    const struct store_plan *plan = (const struct store_plan *)base->plan;
    const char *name = base->plan->name;
    measures_add(out, name, "read_units", UNIT_COUNT, self->used.read);
    measures_add(out, name, "write_units", UNIT_COUNT, self->used.write);
    struct units billed = self->used;
    if (plan->capacity.read > 0) {
        const double hours = time_to_seconds(now - self->window_start) / 3600.0;
        billed = (struct units){plan->capacity.read * hours, plan->capacity.write * hours};
    }
    measures_use(out, name, plan->read_price, billed.read);
    measures_use(out, name, plan->write_price, billed.write);
    for (size_t i = 0; i < OPERATION_COUNT; i++)
        measures_use(out, name, plan->request_price[i], self->requests[i]);
}

const struct component_type store_type = {
    .name = "store",
    .doc = "a key-value or object store: latency by operation, capacity units and their limits",
    .fields = store_fields,
    .operations = store_operations,
    .plan_size = sizeof(struct store_plan),
    .state_size = sizeof(struct store),
    .compile = store_compile,
    .start = store_start,
    .submit = store_submit,
    .restart = store_restart,
    .report = store_report,
};
