#include "models/function.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/names.h"
#include "base/pool.h"
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

enum architecture { ARCHITECTURE_X86_64, ARCHITECTURE_ARM64 };
static const char *const architectures[] = {"x86_64", "arm64", NULL};

struct concurrency_settings {
    int64_t reserved;    /* -1: not reserved */
    int64_t provisioned;
    int64_t limit;       /* -1: the platform's */
};

struct law_setting {
    bool present;
    struct distribution law;
};

struct function_plan {
    struct component_plan base;
    /* settings */
    const char *runtime;
    int architecture;
    double memory; /* bytes */
    double package;
    bool image;
    int64_t timeout; /* ns; -1: the platform's default */
    double failure;
    const struct node *does;
    struct concurrency_settings concurrency;
    struct law_setting keep_alive;
    struct law_setting init;
    struct law_setting cold_start;
    struct law_setting cold_invocation;
    /* compiled */
    struct program program;
    double cpu;                        /* vCPUs */
    struct distribution placement;     /* of a sandbox, code fetched: not billed */
    struct distribution runtime_init;  /* measured, by runtime, package and architecture */
    double first_run;                  /* seconds that the first run of the handler takes longer */
    double package_seconds;
    double duration_step;              /* seconds, of billing */
    double provisioned_step;
    double provisioned_rate;           /* calls a second that each provisioned unit takes */
    double scaling_burst;              /* new instances at once, and a second */
    double scaling_rate;
    const struct price *request_price;
    const struct price *duration_price;
    const struct price *held_price;
    const struct price *provisioned_duration_price;
    const struct price *provisioned_request_price;
};

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
    struct token_bucket scaling;
    struct token_bucket provisioned_calls;
    struct account *account;     /* NULL: reserved, the account's pool does not matter */
    int64_t on_demand_limit;
    int64_t on_demand_running;
    struct time_average instances; /* on demand, warming ones included */
    uint64_t created;
    uint64_t cold; /* in the window */
    uint64_t warm;
    uint64_t expired;
    int128 lifespans; /* of instances that expired in the window */
    double init_seconds; /* of cold starts in the window */
    /* meters of the window */
    uint64_t billed_calls;
    int64_t billed_steps; /* of duration */
    uint64_t provisioned_billed_calls;
    int64_t provisioned_billed_steps;
};

/* ---- fields ---- */

static void parse_law(struct field_reader *reader, const struct node *node, const char *path,
                      void *destination)
{
    struct law_setting *setting = destination;
    setting->present = law_read(reader->context, node, path, DIMENSION_DURATION, &setting->law);
}

static const struct field concurrency_fields[] = {
    {.name = "reserved", .type = FIELD_COUNT,
     .offset = offsetof(struct concurrency_settings, reserved), .minimum = 0, .maximum = 1e6,
     .doc = "executions kept for this function, and its ceiling"},
    {.name = "provisioned", .type = FIELD_COUNT, .fallback = "0",
     .offset = offsetof(struct concurrency_settings, provisioned), .minimum = 0, .maximum = 1e6,
     .doc = "instances kept warm and paid for"},
    {.name = "limit", .type = FIELD_COUNT, .offset = offsetof(struct concurrency_settings, limit),
     .minimum = 0, .maximum = 1e7, .doc = "ceiling without reservation, on top of the account's"},
    {.name = NULL},
};

#define LAW_FIELD(field_name, member, text)                                                    \
    {.name = field_name, .type = FIELD_CUSTOM, .offset = offsetof(struct function_plan, member), \
     .parse = parse_law, .type_name = "a distribution of durations", .doc = text}

static const struct field function_fields[] = {
    {.name = "runtime", .type = FIELD_TEXT, .offset = offsetof(struct function_plan, runtime),
     .fallback = "python3.11", .doc = "as the platform names it; decides the measured start-up"},
    {.name = "architecture", .type = FIELD_CHOICE, .choices = architectures,
     .offset = offsetof(struct function_plan, architecture), .fallback = "x86_64",
     .doc = "processor; decides price and start-up"},
    {.name = "memory", .type = FIELD_QUANTITY, .dimension = DIMENSION_SIZE,
     .offset = offsetof(struct function_plan, memory), .fallback = "128MB", .minimum = 1,
     .maximum = 1e15, .doc = "memory of an instance; CPU grows with it"},
    {.name = "package", .type = FIELD_QUANTITY, .dimension = DIMENSION_SIZE,
     .offset = offsetof(struct function_plan, package), .fallback = "0", .minimum = 0,
     .maximum = 1e11, .doc = "zipped size of what is loaded at start"},
    {.name = "image", .type = FIELD_BOOL, .offset = offsetof(struct function_plan, image),
     .fallback = "false", .doc = "packaged as a container image instead of a zip file"},
    {.name = "timeout", .type = FIELD_DURATION, .offset = offsetof(struct function_plan, timeout),
     .minimum = 0.001, .maximum = 1e6, .doc = "of an invocation; the platform's default if absent"},
    {.name = "failure", .type = FIELD_QUANTITY, .dimension = DIMENSION_RATIO, .fallback = "0",
     .offset = offsetof(struct function_plan, failure), .minimum = 0, .maximum = 1,
     .doc = "share of invocations whose code crashes at the end"},
    {.name = "does", .type = FIELD_NODE, .offset = offsetof(struct function_plan, does),
     .type_name = "steps", .doc = "what an invocation does"},
    {.name = "concurrency", .type = FIELD_RECORD, .record = concurrency_fields,
     .offset = offsetof(struct function_plan, concurrency), .doc = "limits and warm instances"},
    LAW_FIELD("keep_alive", keep_alive,
              "idle time before an instance is reclaimed, drawn once for each instance"),
    LAW_FIELD("init", init, "the application's own start-up at one vCPU"),
    LAW_FIELD("cold_start", cold_start, "replaces the platform's whole cold start"),
    LAW_FIELD("cold_invocation", cold_invocation,
              "time of a cold invocation, start included; replaces cold start and steps"),
    {.name = NULL},
};

/* ---- compiling ---- */

static void unknown_runtime(struct compiler *c, const struct function_plan *f, const char *suffix,
                            const struct node *node, const char *path)
{
    static const char prefix[] = "aws.lambda.init.";
    const size_t total = catalog_count(c->catalog);
    const char **names = arena_array(c->arena, const char *, total + 1);
    size_t count = 0;
    for (size_t i = 0; i < total; i++) {
        const char *id = catalog_at(c->catalog, i)->id;
        const size_t length = strlen(id);
        const size_t tail = strlen(suffix);
        if (strncmp(id, prefix, sizeof prefix - 1) != 0 || length < tail + sizeof prefix) continue;
        if (strcmp(id + length - tail, suffix) != 0) continue;
        names[count++] = arena_copy_n(c->arena, id + sizeof prefix - 1,
                                      length - tail - (sizeof prefix - 1));
    }
    const char *near = name_nearest(f->runtime, names, count);
    compiler_fault(c, node, path, "no start-up was measured for runtime '%s' as %s%s%s%s",
                   f->runtime, suffix + 1, near ? "; did you mean '" : "", near ? near : "",
                   near ? "'?" : "");
}

static void compile_cold_start(struct compiler *c, struct function_plan *f,
                               const struct catalog_profile *profile, const struct node *config)
{
    if (f->cold_start.present || f->cold_invocation.present) return;
    const char *suffix = arena_format(c->arena, ".%s.%s", f->image ? "image" : "zip",
                                      architectures[f->architecture]);
    const char *id = arena_format(c->arena, "aws.lambda.init.%s%s", f->runtime, suffix);
    if (!catalog_find(c->catalog, id)) {
        const struct node *node = node_get(config, "runtime");
        unknown_runtime(c, f, suffix, node ? node : config,
                        arena_format(c->arena, "%s.runtime", c->current_path));
        return;
    }
    compiler_law_of(c, id, &f->runtime_init);
    compiler_law(c, profile, "placement", &f->placement);
    if (!f->image)
        f->package_seconds = f->package * compiler_number(c, profile, "package_second_per_byte", 0);
    static const int measured[] = {1024, 512, 256, 128};
    int at = 128;
    for (size_t i = 0; i < 4; i++)
        if (f->memory >= measured[i] * 1048576.0) {
            at = measured[i];
            break;
        }
    const char *first = arena_format(c->arena, "aws.lambda.first_run.%s%s.%d", f->runtime, suffix, at);
    if (catalog_find(c->catalog, first)) f->first_run = compiler_number_of(c, first);
}

static void check_size(struct compiler *c, const struct function_plan *f, const char *key,
                       double least, double most, const struct node *config)
{
    if (f->memory >= least && f->memory <= most) return;
    const struct node *node = node_get(config, key);
    compiler_fault(c, node ? node : config, arena_format(c->arena, "%s.%s", c->current_path, key),
                   "memory of a function on %s must be from %.0fMB to %.0fMB, found %.6gMB",
                   c->plan->provider, least / 1048576, most / 1048576, f->memory / 1048576);
}

static void compile_limits(struct compiler *c, struct function_plan *f,
                           const struct catalog_profile *profile, const struct node *config)
{
    check_size(c, f, "memory", compiler_number_required(c, profile, "memory_least"),
               compiler_number_required(c, profile, "memory_most"), config);
    const double one_cpu = compiler_number_required(c, profile, "memory_for_one_cpu");
    f->cpu = fmin(f->memory / one_cpu, compiler_number_required(c, profile, "cpu_most"));
    const double longest = compiler_number_required(c, profile, "timeout_most");
    if (f->timeout < 0)
        f->timeout = time_from_seconds(compiler_number_required(c, profile, "timeout_default"));
    if (f->timeout > time_from_seconds(longest))
        compiler_fault(c, node_get(config, "timeout"),
                       arena_format(c->arena, "%s.timeout", c->current_path),
                       "timeout of a function on %s must be at most %.0fs, found %.6gs",
                       c->plan->provider, longest, time_to_seconds(f->timeout));
    const struct concurrency_settings *limits = &f->concurrency;
    const struct node *where = node_get(config, "concurrency");
    const char *path = arena_format(c->arena, "%s.concurrency", c->current_path);
    const double free = c->plan->account.concurrency - c->plan->account.unreserved_least;
    if (limits->reserved >= 0 && (double)limits->reserved > free)
        compiler_fault(c, where, path,
                       "reserved must be at most %.0f (the account's %.0f less %.0f that always stay "
                       "unreserved), found %lld",
                       free, c->plan->account.concurrency, c->plan->account.unreserved_least,
                       (long long)limits->reserved);
    if (limits->reserved >= 0 && limits->provisioned > limits->reserved)
        compiler_fault(c, where, path,
                       "provisioned must be at most the reserved concurrency of %lld, found %lld",
                       (long long)limits->reserved, (long long)limits->provisioned);
    f->provisioned_rate = compiler_number(c, profile, "provisioned_rate", INFINITY);
    f->scaling_burst = compiler_number(c, profile, "scaling_burst", INFINITY);
    f->scaling_rate = compiler_number(c, profile, "scaling_rate", INFINITY);
}

static void compile_prices(struct compiler *c, struct function_plan *f,
                           const struct catalog_profile *profile)
{
    const bool arm = f->architecture == ARCHITECTURE_ARM64;
    f->duration_step = compiler_number_required(c, profile, "duration_step");
    f->provisioned_step = compiler_number_required(c, profile, "provisioned_step");
    f->request_price = compiler_price(c, profile, "request_price");
    f->duration_price = compiler_price(c, profile, arm ? "gb_second_arm64" : "gb_second_x86_64");
    if (f->concurrency.provisioned == 0) return;
    f->provisioned_request_price = compiler_price(c, profile, "provisioned_request");
    f->held_price =
        compiler_price(c, profile, arm ? "provisioned_held_arm64" : "provisioned_held_x86_64");
    f->provisioned_duration_price = compiler_price(
        c, profile, arm ? "provisioned_duration_arm64" : "provisioned_duration_x86_64");
}

static void compile_function(struct compiler *c, struct component_plan *plan,
                             const struct node *config)
{
    struct function_plan *f = (struct function_plan *)plan;
    const struct node *concurrency = node_get(config, "concurrency");
    if (!node_get(concurrency, "reserved")) f->concurrency.reserved = -1;
    if (!node_get(concurrency, "limit")) f->concurrency.limit = -1;
    if (!node_get(config, "timeout")) f->timeout = -1;
    f->placement = f->runtime_init = distribution_zero;
    if (!f->init.present) f->init.law = distribution_zero;
    const struct catalog_profile *profile = compiler_profile(
        c, config, c->current_path, arena_format(c->arena, "%s/lambda", c->plan->provider));
    if (profile) {
        compile_limits(c, f, profile, config);
        compile_cold_start(c, f, profile, config);
        compile_prices(c, f, profile);
        if (!f->keep_alive.present) compiler_law(c, profile, "keep_alive", &f->keep_alive.law);
    }
    steps_compile(c, f->does, arena_format(c->arena, "%s.does", c->current_path), &f->program);
}

/* ---- instances ---- */

static void ring_init(struct instance *ring) { ring->next = ring->previous = ring; }

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

/* One pending event an instance, looked at again when it fires: going idle and being used touch no event. */
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
        instance->expiry =
            events_add(f->base.events, now + instance->keep_alive, expire, instance);
}

static struct instance *create(struct function *f, bool provisioned, sim_time now)
{
    struct instance *instance = pool_take(&f->pool);
    *instance = (struct instance){.function = f, .created = now, .provisioned = provisioned,
                                  .idle_since = SIM_NEVER};
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
    if (!instance->provisioned) {
        f->on_demand_running--;
        if (f->account) f->account->unreserved_running--;
    }
    if (reset && !instance->provisioned) destroy(f, instance, now);
    else make_idle(f, instance, now);
}

static void meter(struct function *f, const struct instance *instance, sim_time duration)
{
    const int64_t step = (int64_t)(plan_of(f)->duration_step * 1e9 + 0.5);
    const int64_t steps = metered(duration, step, 0) / step;
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
    deadlines_cancel(&f->timeouts, &call->deadline);
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
    over((struct function *)self, call, ok ? OUTCOME_OK : OUTCOME_FAILED,
         ok ? ERROR_NONE : ERROR_EXCEPTION, now);
}

static void timed_out(struct deadline *expired, sim_time now)
{
    struct call *call =
        (struct call *)(void *)((char *)expired - offsetof(struct call, deadline));
    thread_abort(call);
    call_abandon_children(call);
    call_charge(call, PART_SERVICE, now);
    over((struct function *)call->callee, call, OUTCOME_TIMED_OUT, ERROR_LAMBDA_UNKNOWN, now);
}

static void handle(struct function *f, struct call *call, sim_time now)
{
    deadlines_start(&f->timeouts, &call->deadline, now);
    thread_start(call, &plan_of(f)->program, &f->host, now);
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

static void serve_cold(struct function *f, struct call *call, sim_time now)
{
    f->cold++;
    f->base.cold++;
    call->request->cold = true;
    call->server = create(f, false, now);
    deadline_clear(&call->deadline);
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
    f->host = (struct thread_host){.end = program_over, .enter = NULL, .cpu = plan->cpu};
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
    for (int64_t i = 0; i < provisioned; i++) make_idle(f, create(f, true, 0), 0);
}

static void restart_function(struct component *self, sim_time now)
{
    struct function *f = (struct function *)self;
    time_average_restart(&f->instances, now);
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
    measures_add(out, name, "concurrency.max", UNIT_COUNT, (double)self->in_flight.most);
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
    .compile = compile_function,
    .start = start_function,
    .submit = submit_function,
    .restart = restart_function,
    .report = report_function,
    .gauge = gauge_function,
};
