#include "base/arena.h"
#include "base/names.h"
#include "models/compiler.h"
#include "models/function_plan.h"

#include <math.h>
#include <string.h>

static const char *const architectures[] = {"x86_64", "arm64", NULL};

static void parse_law(struct field_reader *reader, const struct node *node, const char *path,
                      void *destination)
{
    struct law_setting *setting = destination;
    setting->present = law_read(reader->context, node, path, DIMENSION_DURATION, &setting->law);
}

static const struct field concurrency_fields[] = {
    {.name = "reserved",
     .type = FIELD_COUNT,
     .offset = offsetof(struct concurrency_settings, reserved),
     .minimum = 0,
     .maximum = 1e6,
     .doc = "executions kept for this function, and its ceiling"},
    {.name = "provisioned",
     .type = FIELD_COUNT,
     .fallback = "0",
     .offset = offsetof(struct concurrency_settings, provisioned),
     .minimum = 0,
     .maximum = 1e6,
     .doc = "instances kept warm and paid for"},
    {.name = "limit",
     .type = FIELD_COUNT,
     .offset = offsetof(struct concurrency_settings, limit),
     .minimum = 0,
     .maximum = 1e7,
     .doc = "ceiling without reservation, on top of the account's"},
    {.name = NULL},
};

#define LAW_FIELD(field_name, member, text)                                   \
    {                                                                         \
        .name = field_name, .type = FIELD_CUSTOM,                             \
        .offset = offsetof(struct function_plan, member), .parse = parse_law, \
        .type_name = "a distribution of durations", .doc = text               \
    }

const struct field function_fields[] = {
    {.name = "runtime",
     .type = FIELD_TEXT,
     .offset = offsetof(struct function_plan, runtime),
     .fallback = "python3.11",
     .doc = "as the platform names it; decides the measured start-up"},
    {.name = "architecture",
     .type = FIELD_CHOICE,
     .choices = architectures,
     .offset = offsetof(struct function_plan, architecture),
     .fallback = "x86_64",
     .doc = "processor; decides price and start-up"},
    {.name = "memory",
     .type = FIELD_QUANTITY,
     .dimension = DIMENSION_SIZE,
     .offset = offsetof(struct function_plan, memory),
     .fallback = "128MB",
     .minimum = 1,
     .maximum = 1e15,
     .doc = "memory of an instance; CPU grows with it"},
    {.name = "package",
     .type = FIELD_QUANTITY,
     .dimension = DIMENSION_SIZE,
     .offset = offsetof(struct function_plan, package),
     .fallback = "0",
     .minimum = 0,
     .maximum = 1e11,
     .doc = "zipped size of what is loaded at start"},
    {.name = "image",
     .type = FIELD_BOOL,
     .offset = offsetof(struct function_plan, image),
     .fallback = "false",
     .doc = "packaged as a container image instead of a zip file"},
    {.name = "timeout",
     .type = FIELD_DURATION,
     .offset = offsetof(struct function_plan, timeout),
     .minimum = 0.001,
     .maximum = 1e6,
     .doc = "of an invocation; the platform's default if absent"},
    {.name = "failure",
     .type = FIELD_QUANTITY,
     .dimension = DIMENSION_RATIO,
     .fallback = "0",
     .offset = offsetof(struct function_plan, failure),
     .minimum = 0,
     .maximum = 1,
     .doc = "share of invocations whose code crashes at the end"},
    {.name = "does",
     .type = FIELD_NODE,
     .offset = offsetof(struct function_plan, does),
     .type_name = "steps",
     .doc = "what an invocation does"},
    {.name = "concurrency",
     .type = FIELD_RECORD,
     .record = concurrency_fields,
     .offset = offsetof(struct function_plan, concurrency),
     .doc = "limits and warm instances"},
    LAW_FIELD("keep_alive", keep_alive,
              "idle time before an instance is reclaimed, drawn once for each instance"),
    LAW_FIELD("init", init, "the application's own start-up at one vCPU"),
    LAW_FIELD("cold_start", cold_start, "replaces the platform's whole cold start"),
    LAW_FIELD("cold_invocation", cold_invocation,
              "time of a cold invocation, start included; replaces cold start and steps"),
    {.name = NULL},
};

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
        names[count++] =
            arena_copy_n(c->arena, id + sizeof prefix - 1, length - tail - (sizeof prefix - 1));
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
    const char *first =
        arena_format(c->arena, "aws.lambda.first_run.%s%s.%d", f->runtime, suffix, at);
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
    const double free = fmax(0, c->plan->account.concurrency - c->plan->account.unreserved_least);
    if (limits->reserved >= 0 && (double)limits->reserved > free)
        compiler_fault(
            c, where, path,
            "reserved must be at most %.0f (the account's %.0f less %.0f that always stay "
            "unreserved), found %lld",
            free, c->plan->account.concurrency, c->plan->account.unreserved_least,
            (long long)limits->reserved);
    if (limits->reserved >= 0 && limits->provisioned > limits->reserved)
        compiler_fault(c, where, path,
                       "provisioned must be at most the reserved concurrency of %lld, found %lld",
                       (long long)limits->reserved, (long long)limits->provisioned);
    f->provisioned_rate = compiler_number(c, profile, "provisioned_rate", HUGE_VAL);
    f->scaling_burst = compiler_number(c, profile, "scaling_burst", HUGE_VAL);
    f->scaling_rate = compiler_number(c, profile, "scaling_rate", HUGE_VAL);
}

static void compile_prices(struct compiler *c, struct function_plan *f,
                           const struct catalog_profile *profile)
{
    const bool arm = f->architecture == ARCHITECTURE_ARM64;
    f->duration_step = compiler_number_required(c, profile, "duration_step");
    f->billing_step = time_from_seconds(f->duration_step);
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

void function_compile(struct compiler *c, struct component_plan *plan, const struct node *config)
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
