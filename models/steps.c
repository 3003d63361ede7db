/* steps.c - `does:` steps to a program: the short form for what a function does. Declared in program.h. */
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/names.h"
#include "models/compiler.h"
#include "models/errors.h"
#include "models/program.h"
#include "models/workload.h"

#define STEPS_MOST 10000

void program_builder_init(struct program_builder *builder, struct compiler *compiler)
{
    *builder = (struct program_builder){.compiler = compiler};
}

uint16_t program_builder_add(struct program_builder *b, enum step_kind kind,
                             const struct node *node, const char *path)
{
    if (b->count >= STEPS_MOST) {
        compiler_fault(b->compiler, node, path, "more than %d steps in one program", STEPS_MOST);
        return STEP_END;
    }
    b->steps = arena_grow(b->compiler->arena, b->steps, b->count, &b->capacity, sizeof *b->steps);
    b->steps[b->count] = (struct step){.kind = kind, .next = STEP_END, .timeout = SIM_NEVER};
    return (uint16_t)b->count++;
}

/* Steps that draw from the same stream or call the same component are told apart by how many of them came before. */
static bool same_luck(const struct step *a, const struct step *b)
{
    const bool calls_a = a->kind == STEP_CALL || a->kind == STEP_START;
    const bool calls_b = b->kind == STEP_CALL || b->kind == STEP_START;
    if (calls_a != calls_b) return false;
    if (!calls_a) return true;
    return a->call.component == b->call.component && a->call.operation == b->call.operation;
}

void program_builder_finish(struct program_builder *b, uint16_t start, struct program *out)
{
    for (size_t i = 0; i < b->count; i++) {
        uint32_t before = 0;
        for (size_t j = 0; j < i; j++) before += same_luck(&b->steps[j], &b->steps[i]);
        b->steps[i].ordinal = before;
    }
    *out = (struct program){b->steps, (uint16_t)b->count, start};
}

/* ---- one kind of step each ---- */

struct step_reading {
    struct program_builder *builder;
    const struct node *node;  /* the step's map */
    const struct node *value; /* of its first key */
    const char *path;
    uint16_t next;
};

static struct compiler *compiler_of(const struct step_reading *r) { return r->builder->compiler; }

static struct step *step_at(const struct step_reading *r, uint16_t index)
{
    return &r->builder->steps[index];
}

struct compute_settings {
    struct distribution cpu;
    struct distribution io;
};

static const struct field compute_fields[] = {
    {.name = "cpu", .type = FIELD_CUSTOM, .parse = law_parse_duration,
     .offset = offsetof(struct compute_settings, cpu), .type_name = "a distribution of durations",
     .doc = "computing, as long as it takes at one full vCPU"},
    {.name = "io", .type = FIELD_CUSTOM, .parse = law_parse_duration,
     .offset = offsetof(struct compute_settings, io), .type_name = "a distribution of durations",
     .doc = "waiting that does not depend on the CPU"},
    {.name = NULL},
};

/* {compute: {cpu: ..., io: ...}} */
static uint16_t read_compute(const struct step_reading *r)
{
    struct compute_settings settings = {distribution_zero, distribution_zero};
    fields_read(&compiler_of(r)->reader, compute_fields, r->value, r->path, "compute", NULL,
                &settings);
    const uint16_t at = program_builder_add(r->builder, STEP_COMPUTE, r->node, r->path);
    if (at == STEP_END) return at;
    step_at(r, at)->compute.cpu = settings.cpu;
    step_at(r, at)->compute.io = settings.io;
    step_at(r, at)->next = r->next;
    return at;
}

struct retry_settings {
    int64_t attempts;
    int64_t interval;
    double backoff;
    int64_t longest;
    bool jitter;
    const struct node *on;
};

const struct field retry_fields[] = {
    {.name = "attempts", .type = FIELD_COUNT, .fallback = "2", .minimum = 0, .maximum = 1000,
     .offset = offsetof(struct retry_settings, attempts), .doc = "retries at most"},
    {.name = "interval", .type = FIELD_DURATION, .fallback = "500ms", .minimum = 0, .maximum = 1e6,
     .offset = offsetof(struct retry_settings, interval), .doc = "before the first retry"},
    {.name = "backoff", .type = FIELD_QUANTITY, .dimension = DIMENSION_NONE, .fallback = "2",
     .minimum = 1, .maximum = 100, .offset = offsetof(struct retry_settings, backoff),
     .doc = "factor from one retry to the next"},
    {.name = "longest", .type = FIELD_DURATION, .fallback = "60s", .minimum = 0, .maximum = 1e6,
     .offset = offsetof(struct retry_settings, longest), .doc = "cap of the wait"},
    {.name = "jitter", .type = FIELD_BOOL, .fallback = "true",
     .offset = offsetof(struct retry_settings, jitter),
     .doc = "draw the wait uniformly from 0 to its value"},
    {.name = "on", .type = FIELD_NODE, .offset = offsetof(struct retry_settings, on),
     .type_name = "a list of outcomes",
     .doc = "which outcomes: throttled, refused, timed_out, failed; all of them if absent"},
    {.name = NULL},
};

static uint64_t outcome_errors(struct compiler *c, const struct node *node, const char *path)
{
    static const struct {
        const char *name;
        uint64_t errors;
    } sets[] = {
        {"throttled", ERROR_SET(ERROR_THROTTLED) | ERROR_SET(ERROR_LAMBDA_THROTTLED)},
        {"refused", ERROR_SET(ERROR_UNAVAILABLE)},
        {"timed_out", ERROR_SET(ERROR_TIMEOUT) | ERROR_SET(ERROR_LAMBDA_UNKNOWN)},
        {"failed", ERROR_SET(ERROR_EXCEPTION) | ERROR_SET(ERROR_TASK_FAILED) |
                       ~((UINT64_C(1) << ERROR_FIXED_COUNT) - 1)},
    };
    const char *names[4];
    for (size_t i = 0; i < 4; i++) {
        names[i] = sets[i].name;
        if (node->type == NODE_STRING && strcmp(sets[i].name, node->text) == 0)
            return sets[i].errors;
    }
    const char *near = name_nearest(node->text, names, 4);
    compiler_fault(c, node, path, "'%s' is no outcome to retry on%s%s%s", node->text,
                   near ? "; did you mean '" : " (throttled, refused, timed_out, failed)",
                   near ? near : "", near ? "'?" : "");
    return 0;
}

static void read_retry(const struct step_reading *r, const struct node *node, uint16_t at)
{
    struct compiler *c = compiler_of(r);
    struct retry_settings settings = {0};
    const char *path = arena_format(c->arena, "%s.retry", r->path);
    if (!fields_read(&c->reader, retry_fields, node, path, "a retry", NULL, &settings)) return;
    struct retrier *retrier = arena_new_item(c->arena, struct retrier);
    *retrier = (struct retrier){.errors = ERROR_SET_ALL,
                                .attempts = (uint32_t)settings.attempts,
                                .interval = settings.interval,
                                .backoff = settings.backoff,
                                .longest = settings.longest,
                                .jitter = settings.jitter};
    if (settings.on && settings.on->type == NODE_LIST) {
        retrier->errors = 0;
        for (const struct node *item = settings.on->first; item; item = item->next)
            retrier->errors |= outcome_errors(c, item, path);
    } else if (settings.on) {
        retrier->errors = outcome_errors(c, settings.on, path);
    }
    step_at(r, at)->retriers = retrier;
    step_at(r, at)->retrier_count = 1;
}

struct call_settings {
    const struct node *component;
    const struct node *operation;
    const struct node *retry;
    int64_t items;
    int64_t top_k;
    double bytes;
    int64_t context_tokens;
    int64_t timeout;
    int key;
};

static const char *const keys[] = {"query", "request", NULL};

#define CALL_COMMON_FIELDS                                                                        \
    {.name = "operation", .type = FIELD_NODE, .offset = offsetof(struct call_settings, operation), \
     .type_name = "an operation", .doc = "what is asked of it; the type's first if absent"},     \
    {.name = "items", .type = FIELD_COUNT, .fallback = "1", .minimum = 1, .maximum = 1e9,         \
     .offset = offsetof(struct call_settings, items), .doc = "items in the call, such as vectors of an upsert"}, \
    {.name = "top_k", .type = FIELD_COUNT, .minimum = 1, .maximum = 10000,                        \
     .offset = offsetof(struct call_settings, top_k), .doc = "neighbours wanted of a vector query"}, \
    {.name = "bytes", .type = FIELD_QUANTITY, .dimension = DIMENSION_SIZE, .fallback = "0",       \
     .minimum = 0, .maximum = 4e9, .offset = offsetof(struct call_settings, bytes),               \
     .doc = "payload"},                                                                           \
    {.name = "context_tokens", .type = FIELD_COUNT, .fallback = "0", .minimum = 0, .maximum = 1e8, \
     .offset = offsetof(struct call_settings, context_tokens),                                    \
     .doc = "input tokens of a model call beside the request's prompt"},                          \
    {.name = "key", .type = FIELD_CHOICE, .choices = keys, .fallback = "query",                   \
     .offset = offsetof(struct call_settings, key),                                               \
     .doc = "which entry of a cache or store: that of the query, or one of this request alone"}

static const struct field call_fields[] = {
    {.name = "call", .type = FIELD_NODE, .required = true, .type_name = "a component",
     .offset = offsetof(struct call_settings, component), .doc = "whom to ask and wait for"},
    CALL_COMMON_FIELDS,
    {.name = "timeout", .type = FIELD_DURATION, .minimum = 1e-6, .maximum = 1e6,
     .offset = offsetof(struct call_settings, timeout), .doc = "of each attempt; none if absent"},
    {.name = "retry", .type = FIELD_NODE, .offset = offsetof(struct call_settings, retry),
     .type_name = "a retry", .doc = "when and how often to try again; not at all if absent"},
    {.name = NULL},
};

static const struct field start_fields[] = {
    {.name = "start", .type = FIELD_NODE, .required = true, .type_name = "a component",
     .offset = offsetof(struct call_settings, component),
     .doc = "whom to ask without waiting for the answer"},
    CALL_COMMON_FIELDS,
    {.name = NULL},
};

static void set_call(const struct step_reading *r, uint16_t at, uint32_t component,
                     const struct call_settings *settings)
{
    struct step *step = step_at(r, at);
    step->next = r->next;
    step->call.component = component;
    step->call.items = (uint32_t)(settings->top_k > 0 ? settings->top_k : settings->items);
    step->call.bytes = (uint32_t)settings->bytes;
    step->call.context_tokens = (uint32_t)settings->context_tokens;
    step->call.key_is_query = settings->key == 0;
}

/* {call: NAME, ...} and {start: NAME, ...} */
static uint16_t read_call_kind(const struct step_reading *r, enum step_kind kind)
{
    struct compiler *c = compiler_of(r);
    struct call_settings settings = {0};
    const struct field *fields = kind == STEP_CALL ? call_fields : start_fields;
    const char *what = kind == STEP_CALL ? "a call" : "a start";
    if (!fields_read(&c->reader, fields, r->node, r->path, what, NULL, &settings)) return STEP_END;
    const uint32_t component = compiler_component(
        c, settings.component, arena_format(c->arena, "%s.%s", r->path, fields[0].name),
        kind == STEP_CALL);
    const uint16_t at = program_builder_add(r->builder, kind, r->node, r->path);
    if (component == COMPONENT_NONE || at == STEP_END) return STEP_END;
    set_call(r, at, component, &settings);
    if (settings.operation)
        step_at(r, at)->call.operation =
            compiler_operation(c, component, settings.operation,
                               arena_format(c->arena, "%s.operation", r->path));
    if (settings.timeout > 0) step_at(r, at)->timeout = settings.timeout;
    if (settings.retry) read_retry(r, settings.retry, at);
    return at;
}

static uint16_t read_call(const struct step_reading *r) { return read_call_kind(r, STEP_CALL); }
static uint16_t read_start(const struct step_reading *r) { return read_call_kind(r, STEP_START); }

struct cached_settings {
    const struct node *cache;
    int key;
    int64_t ttl;
    double bytes;
    const struct node *miss;
};

static const struct field cached_fields[] = {
    {.name = "in", .type = FIELD_NODE, .required = true, .type_name = "a cache",
     .offset = offsetof(struct cached_settings, cache), .doc = "the cache to look in"},
    {.name = "key", .type = FIELD_CHOICE, .choices = keys, .fallback = "query",
     .offset = offsetof(struct cached_settings, key), .doc = "which entry"},
    {.name = "ttl", .type = FIELD_DURATION, .minimum = 0, .maximum = 1e9,
     .offset = offsetof(struct cached_settings, ttl),
     .doc = "how long what is put lives; the cache's own if absent"},
    {.name = "bytes", .type = FIELD_QUANTITY, .dimension = DIMENSION_SIZE, .fallback = "0",
     .minimum = 0, .maximum = 4e9, .offset = offsetof(struct cached_settings, bytes),
     .doc = "size of an entry on the wire"},
    {.name = "miss", .type = FIELD_NODE, .required = true, .type_name = "steps",
     .offset = offsetof(struct cached_settings, miss),
     .doc = "what to do when it is not there, before it is put"},
    {.name = NULL},
};

static uint16_t add_cache_call(const struct step_reading *r, const struct cached_settings *s,
                               uint32_t cache, uint16_t operation)
{
    const uint16_t at = program_builder_add(r->builder, STEP_CALL, r->node, r->path);
    if (at == STEP_END) return at;
    struct step *step = step_at(r, at);
    step->next = r->next;
    step->call.component = cache;
    step->call.operation = operation;
    step->call.items = 1;
    step->call.bytes = (uint32_t)s->bytes;
    step->call.ttl = s->ttl;
    step->call.key_is_query = s->key == 0;
    return at;
}

/* {cached: {in: CACHE, miss: [...]}}: get; on a miss the steps, then put. */
static uint16_t read_cached(const struct step_reading *r)
{
    struct compiler *c = compiler_of(r);
    struct cached_settings settings = {0};
    if (!fields_read(&c->reader, cached_fields, r->value, r->path, "cached", NULL, &settings))
        return STEP_END;
    const char *path = arena_format(c->arena, "%s.in", r->path);
    const uint32_t cache = compiler_component(c, settings.cache, path, true);
    if (cache == COMPONENT_NONE) return STEP_END;
    const struct component_plan *plan = compiler_plan(c, cache);
    if (strcmp(plan->type->name, "cache") != 0) {
        compiler_fault(c, settings.cache, path, "'%s' is a %s, not a cache", plan->name,
                       plan->type->name);
        return STEP_END;
    }
    const uint16_t get = add_cache_call(r, &settings, cache, 0);
    const uint16_t choice = program_builder_add(r->builder, STEP_CHOICE, r->node, r->path);
    const uint16_t put = add_cache_call(r, &settings, cache, 1);
    if (get == STEP_END || choice == STEP_END || put == STEP_END) return STEP_END;
    step_at(r, get)->next = choice;
    const uint16_t miss = steps_compile_list(r->builder, settings.miss,
                                             arena_format(c->arena, "%s.miss", r->path), put);
    uint16_t *targets = arena_array(c->arena, uint16_t, 2);
    targets[0] = r->next;
    targets[1] = miss == STEP_END ? put : miss;
    step_at(r, choice)->choice.kind = CHOICE_HIT;
    step_at(r, choice)->choice.count = 2;
    step_at(r, choice)->choice.targets = targets;
    return get;
}

/* {wait: 2s} */
static uint16_t read_wait(const struct step_reading *r)
{
    struct distribution time = distribution_zero;
    law_read(compiler_of(r), r->value, r->path, DIMENSION_DURATION, &time);
    const uint16_t at = program_builder_add(r->builder, STEP_WAIT, r->node, r->path);
    if (at == STEP_END) return at;
    step_at(r, at)->wait.time = time;
    step_at(r, at)->next = r->next;
    return at;
}

/* {fail: NAME} */
static uint16_t read_fail(const struct step_reading *r)
{
    struct compiler *c = compiler_of(r);
    const uint16_t at = program_builder_add(r->builder, STEP_FAIL, r->node, r->path);
    if (at == STEP_END) return at;
    if (r->value->type == NODE_LIST || r->value->type == NODE_MAP) {
        compiler_fault(c, r->value, r->path, "expected the name of an error, found %s",
                       node_type_name(r->value->type));
        return at;
    }
    step_at(r, at)->fail.error =
        r->value->text[0] ? compiler_error(c, r->value, r->path, r->value->text) : ERROR_EXCEPTION;
    return at;
}

/* {parallel: [[...], [...]]} */
static uint16_t read_parallel(const struct step_reading *r)
{
    struct compiler *c = compiler_of(r);
    if (r->value->type != NODE_LIST || r->value->count == 0 || r->value->count > 1000) {
        compiler_fault(c, r->value, r->path, "expected a list of 1 to 1000 lists of steps");
        return STEP_END;
    }
    const uint16_t at = program_builder_add(r->builder, STEP_PARALLEL, r->node, r->path);
    if (at == STEP_END) return at;
    uint16_t *starts = arena_array(c->arena, uint16_t, r->value->count);
    uint16_t count = 0;
    for (const struct node *branch = r->value->first; branch; branch = branch->next, count++)
        starts[count] = steps_compile_list(
            r->builder, branch, arena_format(c->arena, "%s.%u", r->path, count), STEP_END);
    step_at(r, at)->parallel.count = count;
    step_at(r, at)->parallel.starts = starts;
    step_at(r, at)->next = r->next;
    return at;
}

struct each_settings {
    struct distribution items;
    int64_t concurrency;
    const struct node *does;
};

static const struct field each_fields[] = {
    {.name = "items", .type = FIELD_CUSTOM, .parse = law_parse_count, .required = true,
     .offset = offsetof(struct each_settings, items), .type_name = "a distribution of counts",
     .doc = "how many items there are"},
    {.name = "concurrency", .type = FIELD_COUNT, .fallback = "1", .minimum = 1, .maximum = 1e6,
     .offset = offsetof(struct each_settings, concurrency), .doc = "items worked on at once"},
    {.name = "does", .type = FIELD_NODE, .required = true, .type_name = "steps",
     .offset = offsetof(struct each_settings, does), .doc = "what is done for each"},
    {.name = NULL},
};

/* {each: {items: N, concurrency: K, does: [...]}} */
static uint16_t read_each(const struct step_reading *r)
{
    struct compiler *c = compiler_of(r);
    struct each_settings settings = {0};
    if (!fields_read(&c->reader, each_fields, r->value, r->path, "each", NULL, &settings))
        return STEP_END;
    const uint16_t at = program_builder_add(r->builder, STEP_MAP, r->node, r->path);
    if (at == STEP_END) return at;
    const uint16_t body = steps_compile_list(
        r->builder, settings.does, arena_format(c->arena, "%s.does", r->path), STEP_END);
    step_at(r, at)->map.start = body;
    step_at(r, at)->map.items = settings.items;
    step_at(r, at)->map.concurrency = (uint32_t)settings.concurrency;
    step_at(r, at)->next = r->next;
    return at;
}

/* {choose: [{probability: 30%, does: [...]}, {does: [...]}]}: the last may leave its probability out. */
static uint16_t read_choose_probability(const struct step_reading *r, uint16_t at)
{
    struct compiler *c = compiler_of(r);
    double *cumulated = arena_array(c->arena, double, r->value->count);
    uint16_t *targets = arena_array(c->arena, uint16_t, r->value->count);
    double sum = 0;
    uint16_t count = 0;
    for (const struct node *way = r->value->first; way; way = way->next, count++) {
        const char *path = arena_format(c->arena, "%s.%u", r->path, count);
        const struct node *probability = node_get(way, "probability");
        const struct node *does = node_get(way, "does");
        double p = 1 - sum;
        struct error err;
        if (!does || (!probability && way->next) || way->count != (probability ? 2u : 1u)) {
            compiler_fault(c, way, path,
                           "expected {probability: ..., does: [...]}; only the last may leave its "
                           "probability out");
            return STEP_END;
        }
        if (probability && !quantity_read(probability, DIMENSION_RATIO, &p, &err)) {
            diagnostics_add_error(c->diagnostics, path, &err);
            return STEP_END;
        }
        sum += p;
        cumulated[count] = sum;
        if (p < 0 || sum > 1 + 1e-9) {
            compiler_fault(c, way, path, "probabilities must be from 0 to 1 and sum to 1");
            return STEP_END;
        }
        const uint16_t start = steps_compile_list(
            r->builder, does, arena_format(c->arena, "%s.does", path), r->next);
        targets[count] = start == STEP_END ? r->next : start;
    }
    if (fabs(sum - 1) > 1e-6) {
        compiler_fault(c, r->value, r->path, "probabilities sum to %.6g, expected 1", sum);
        return STEP_END;
    }
    struct step *step = step_at(r, at);
    step->choice.kind = CHOICE_PROBABILITY;
    step->choice.count = count;
    step->choice.cumulated = cumulated;
    step->choice.targets = targets;
    return at;
}

/* {choose: {WORKLOAD: [...], else: [...]}} */
static uint16_t read_choose_workload(const struct step_reading *r, uint16_t at)
{
    struct compiler *c = compiler_of(r);
    const struct plan *plan = c->plan;
    uint16_t *targets = arena_array(c->arena, uint16_t, plan->workload_count + 1);
    const char **names = arena_array(c->arena, const char *, plan->workload_count + 1);
    for (size_t i = 0; i < plan->workload_count; i++) {
        targets[i] = r->next;
        names[i] = plan->workloads[i]->name;
    }
    names[plan->workload_count] = "else";
    const struct node *otherwise = node_get(r->value, "else");
    for (const struct node *way = r->value->first; way; way = way->next) {
        const char *path = arena_format(c->arena, "%s.%s", r->path, way->key);
        size_t which = 0;
        while (which < plan->workload_count && strcmp(names[which], way->key) != 0) which++;
        if (which == plan->workload_count && way != otherwise) {
            fields_unknown_key(&c->reader, way, path, "choose (a workload or 'else')", names,
                               plan->workload_count + 1);
            continue;
        }
        const uint16_t start = steps_compile_list(r->builder, way, path, r->next);
        for (size_t i = 0; i < plan->workload_count; i++)
            if (i == which || (way == otherwise && !node_get(r->value, names[i])))
                targets[i] = start == STEP_END ? r->next : start;
    }
    struct step *step = step_at(r, at);
    step->choice.kind = CHOICE_WORKLOAD;
    step->choice.count = (uint16_t)plan->workload_count;
    step->choice.targets = targets;
    return at;
}

static uint16_t read_choose(const struct step_reading *r)
{
    const uint16_t at = program_builder_add(r->builder, STEP_CHOICE, r->node, r->path);
    if (at == STEP_END) return at;
    if (r->value->type == NODE_LIST && r->value->count > 0)
        return read_choose_probability(r, at);
    if (r->value->type == NODE_MAP && r->value->count > 0) return read_choose_workload(r, at);
    compiler_fault(compiler_of(r), r->value, r->path,
                   "expected a list of {probability, does} or a map of workloads");
    return STEP_END;
}

/* ---- lists of steps ---- */

static const struct {
    const char *name;
    bool alone; /* the step's map has no other key */
    uint16_t (*read)(const struct step_reading *r);
} kinds[] = {
    {"compute", true, read_compute}, {"call", false, read_call},
    {"cached", true, read_cached},   {"start", false, read_start},
    {"parallel", true, read_parallel}, {"each", true, read_each},
    {"choose", true, read_choose},   {"wait", true, read_wait},
    {"fail", true, read_fail},
};
#define KIND_COUNT (sizeof kinds / sizeof *kinds)

static uint16_t read_step(struct program_builder *b, const struct node *node, const char *path,
                          uint16_t next)
{
    struct compiler *c = b->compiler;
    if (node->type != NODE_MAP || node->count == 0) {
        compiler_fault(c, node, path, "expected a step such as {call: NAME}, found %s",
                       node_type_name(node->type));
        return STEP_END;
    }
    const char *names[KIND_COUNT];
    for (size_t i = 0; i < KIND_COUNT; i++) {
        names[i] = kinds[i].name;
        const struct node *value = node_get(node, kinds[i].name);
        if (!value) continue;
        if (kinds[i].alone && node->count > 1) {
            compiler_fault(c, node, path, "a step does one thing; '%s' stands alone",
                           kinds[i].name);
            return STEP_END;
        }
        const struct step_reading r = {
            b, node, value,
            kinds[i].alone ? arena_format(c->arena, "%s.%s", path, kinds[i].name) : path, next};
        return kinds[i].read(&r);
    }
    fields_unknown_key(&c->reader, node->first, arena_format(c->arena, "%s.%s", path, node->first->key),
                       "a step", names, KIND_COUNT);
    return STEP_END;
}

uint16_t steps_compile_list(struct program_builder *b, const struct node *list, const char *path,
                            uint16_t next)
{
    struct compiler *c = b->compiler;
    if (list->type != NODE_LIST) {
        compiler_fault(c, list, path, "expected a list of steps, found %s",
                       node_type_name(list->type));
        return STEP_END;
    }
    /* From the last to the first, so that each knows where the next one begins. */
    const struct node **items = arena_array(c->arena, const struct node *, list->count + 1);
    size_t count = 0;
    for (const struct node *item = list->first; item; item = item->next) items[count++] = item;
    uint16_t start = next;
    while (count-- > 0)
        start = read_step(b, items[count], arena_format(c->arena, "%s.%zu", path, count), start);
    return start;
}

void steps_compile(struct compiler *compiler, const struct node *list, const char *path,
                   struct program *out)
{
    struct program_builder builder;
    program_builder_init(&builder, compiler);
    const uint16_t start = list ? steps_compile_list(&builder, list, path, STEP_END) : STEP_END;
    program_builder_finish(&builder, start, out);
}
