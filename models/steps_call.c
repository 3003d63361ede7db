/* steps_call.c - the steps that ask components: call, start, cached. */
#include "base/arena.h"
#include "base/names.h"
#include "models/errors.h"
#include "models/steps_reading.h"

#include <string.h>

struct retry_settings {
    int64_t attempts;
    int64_t interval;
    double backoff;
    int64_t longest;
    bool jitter;
    const struct node *on;
};

const struct field retry_fields[] = {
    {.name = "attempts",
     .type = FIELD_COUNT,
     .fallback = "2",
     .minimum = 0,
     .maximum = 1000,
     .offset = offsetof(struct retry_settings, attempts),
     .doc = "retries at most"},
    {.name = "interval",
     .type = FIELD_DURATION,
     .fallback = "500ms",
     .minimum = 0,
     .maximum = 1e6,
     .offset = offsetof(struct retry_settings, interval),
     .doc = "before the first retry"},
    {.name = "backoff",
     .type = FIELD_QUANTITY,
     .dimension = DIMENSION_NONE,
     .fallback = "2",
     .minimum = 1,
     .maximum = 100,
     .offset = offsetof(struct retry_settings, backoff),
     .doc = "factor from one retry to the next"},
    {.name = "longest",
     .type = FIELD_DURATION,
     .fallback = "60s",
     .minimum = 0,
     .maximum = 1e6,
     .offset = offsetof(struct retry_settings, longest),
     .doc = "cap of the wait"},
    {.name = "jitter",
     .type = FIELD_BOOL,
     .fallback = "true",
     .offset = offsetof(struct retry_settings, jitter),
     .doc = "draw the wait uniformly from 0 to its value"},
    {.name = "on",
     .type = FIELD_NODE,
     .offset = offsetof(struct retry_settings, on),
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
        size_t index = 0;
        for (const struct node *item = settings.on->first; item; item = item->next)
            retrier->errors |=
                outcome_errors(c, item, arena_format(c->arena, "%s.on.%zu", path, index++));
    } else if (settings.on) {
        retrier->errors = outcome_errors(c, settings.on, arena_format(c->arena, "%s.on", path));
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
    {.name = "operation",                                                                         \
     .type = FIELD_NODE,                                                                          \
     .offset = offsetof(struct call_settings, operation),                                         \
     .type_name = "an operation",                                                                 \
     .doc = "what is asked of it; the type's first if absent"},                                   \
        {.name = "items",                                                                         \
         .type = FIELD_COUNT,                                                                     \
         .fallback = "1",                                                                         \
         .minimum = 1,                                                                            \
         .maximum = 1e9,                                                                          \
         .offset = offsetof(struct call_settings, items),                                         \
         .doc = "items in the call, such as vectors of an upsert"},                               \
        {.name = "top_k",                                                                         \
         .type = FIELD_COUNT,                                                                     \
         .minimum = 1,                                                                            \
         .maximum = 10000,                                                                        \
         .offset = offsetof(struct call_settings, top_k),                                         \
         .doc = "neighbours wanted of a vector query"},                                           \
        {.name = "bytes",                                                                         \
         .type = FIELD_QUANTITY,                                                                  \
         .dimension = DIMENSION_SIZE,                                                             \
         .fallback = "0",                                                                         \
         .minimum = 0,                                                                            \
         .maximum = 4e9,                                                                          \
         .offset = offsetof(struct call_settings, bytes),                                         \
         .doc = "payload"},                                                                       \
        {.name = "context_tokens",                                                                \
         .type = FIELD_COUNT,                                                                     \
         .fallback = "0",                                                                         \
         .minimum = 0,                                                                            \
         .maximum = 1e8,                                                                          \
         .offset = offsetof(struct call_settings, context_tokens),                                \
         .doc = "input tokens of a model call beside the request's prompt"},                      \
    {                                                                                             \
        .name = "key", .type = FIELD_CHOICE, .choices = keys, .fallback = "query",                \
        .offset = offsetof(struct call_settings, key),                                            \
        .doc = "which entry of a cache or store: that of the query, or one of this request alone" \
    }

static const struct field call_fields[] = {
    {.name = "call",
     .type = FIELD_NODE,
     .required = true,
     .type_name = "a component",
     .offset = offsetof(struct call_settings, component),
     .doc = "whom to ask and wait for"},
    CALL_COMMON_FIELDS,
    {.name = "timeout",
     .type = FIELD_DURATION,
     .minimum = 1e-6,
     .maximum = 1e6,
     .offset = offsetof(struct call_settings, timeout),
     .doc = "of each attempt; none if absent"},
    {.name = "retry",
     .type = FIELD_NODE,
     .offset = offsetof(struct call_settings, retry),
     .type_name = "a retry",
     .doc = "when and how often to try again; not at all if absent"},
    {.name = NULL},
};

static const struct field start_fields[] = {
    {.name = "start",
     .type = FIELD_NODE,
     .required = true,
     .type_name = "a component",
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
        step_at(r, at)->call.operation = compiler_operation(
            c, component, settings.operation, arena_format(c->arena, "%s.operation", r->path));
    if (settings.timeout > 0) step_at(r, at)->timeout = settings.timeout;
    if (settings.retry) read_retry(r, settings.retry, at);
    return at;
}

uint16_t steps_read_call(const struct step_reading *r)
{
    return read_call_kind(r, STEP_CALL);
}
uint16_t steps_read_start(const struct step_reading *r)
{
    return read_call_kind(r, STEP_START);
}

struct cached_settings {
    const struct node *cache;
    int key;
    int64_t ttl;
    double bytes;
    const struct node *miss;
};

static const struct field cached_fields[] = {
    {.name = "in",
     .type = FIELD_NODE,
     .required = true,
     .type_name = "a cache",
     .offset = offsetof(struct cached_settings, cache),
     .doc = "the cache to look in"},
    {.name = "key",
     .type = FIELD_CHOICE,
     .choices = keys,
     .fallback = "query",
     .offset = offsetof(struct cached_settings, key),
     .doc = "which entry"},
    {.name = "ttl",
     .type = FIELD_DURATION,
     .minimum = 0,
     .maximum = 1e9,
     .offset = offsetof(struct cached_settings, ttl),
     .doc = "how long what is put lives; the cache's own if absent"},
    {.name = "bytes",
     .type = FIELD_QUANTITY,
     .dimension = DIMENSION_SIZE,
     .fallback = "0",
     .minimum = 0,
     .maximum = 4e9,
     .offset = offsetof(struct cached_settings, bytes),
     .doc = "size of an entry on the wire"},
    {.name = "miss",
     .type = FIELD_NODE,
     .required = true,
     .type_name = "steps",
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
uint16_t steps_read_cached(const struct step_reading *r)
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
