#include "models/compiler.h"

#include "base/arena.h"
#include "base/names.h"
#include "models/call.h"
#include "models/registry.h"
#include "models/workload.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define CALLS_DEEPEST 1000 /* components in a chain of calls */

void compiler_fault(struct compiler *compiler, const struct node *node, const char *path,
                    const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *text = arena_vformat(compiler->arena, format, arguments);
    va_end(arguments);
    const struct place nowhere = {0};
    diagnostics_add(compiler->diagnostics, SEVERITY_ERROR, node ? node->place : nowhere, path, "%s",
                    text);
}

const char *compiler_file(const struct compiler *compiler, const struct node *node)
{
    if (node->text[0] == '/' || node->text[0] == '$') return node->text;
    const char *beside = node->place.file;
    if (!beside || strncmp(beside, "--", 2) == 0) beside = compiler->file;
    const char *slash = beside ? strrchr(beside, '/') : NULL;
    if (!slash) return node->text;
    return arena_format(compiler->arena, "%.*s/%s", (int)(slash - beside), beside, node->text);
}

/* ---- references between components ---- */

static const char **component_names(const struct compiler *c)
{
    const struct plan *plan = c->plan;
    const char **names = arena_array(c->arena, const char *, plan->component_count + 1);
    for (size_t i = 0; i < plan->component_count; i++) names[i] = plan->components[i]->name;
    return names;
}

static void note_callee(struct compiler *c, uint32_t callee)
{
    struct component_plan *p = c->current;
    if (!p) return;
    for (size_t i = 0; i < p->callee_count; i++)
        if (p->callees[i] == callee) return;
    p->callees =
        arena_grow(c->arena, p->callees, p->callee_count, &p->callee_capacity, sizeof *p->callees);
    p->callees[p->callee_count++] = callee;
}

uint32_t compiler_component(struct compiler *c, const struct node *node, const char *path,
                            bool waits)
{
    if (node->type != NODE_STRING) {
        compiler_fault(c, node, path, "expected the name of a component, found %s",
                       node_type_name(node->type));
        return COMPONENT_NONE;
    }
    for (uint32_t i = 0; i < c->plan->component_count; i++)
        if (strcmp(c->plan->components[i]->name, node->text) == 0) {
            if (waits) note_callee(c, i);
            return i;
        }
    /* One that stands there but has a fault of its own is not missing. */
    if (node_get(c->components, node->text)) return COMPONENT_NONE;
    const char *near = name_nearest(node->text, component_names(c), c->plan->component_count);
    compiler_fault(c, node, path, "there is no component '%s'%s%s%s", node->text,
                   near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    return COMPONENT_NONE;
}

const struct component_plan *compiler_plan(const struct compiler *compiler, uint32_t index)
{
    return compiler->plan->components[index];
}

uint16_t compiler_operation(struct compiler *c, uint32_t component, const struct node *node,
                            const char *path)
{
    const struct component_type *type = compiler_plan(c, component)->type;
    size_t count = 0;
    for (; type->operations[count]; count++)
        if (node->type == NODE_STRING && strcmp(type->operations[count], node->text) == 0)
            return (uint16_t)count;
    const char *near = name_nearest(node->text, type->operations, count);
    compiler_fault(c, node, path, "a %s has no operation '%s'%s%s%s", type->name, node->text,
                   near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    return 0;
}

uint16_t compiler_error(struct compiler *c, const struct node *node, const char *path,
                        const char *name)
{
    struct plan *plan = c->plan;
    for (size_t i = 1; i < plan->error_count; i++)
        if (strcmp(plan->error_names[i], name) == 0) return (uint16_t)i;
    if (plan->error_count == ERROR_MOST) {
        compiler_fault(c, node, path, "more than %d different error names in one scenario",
                       ERROR_MOST);
        return ERROR_EXCEPTION;
    }
    plan->error_names = arena_grow(c->arena, plan->error_names, plan->error_count,
                                   &plan->error_capacity, sizeof *plan->error_names);
    plan->error_names[plan->error_count] = arena_copy(c->arena, name);
    return (uint16_t)plan->error_count++;
}

void plan_name_errors(struct plan *plan, struct arena *arena)
{
    plan->error_capacity = plan->error_count = ERROR_FIXED_COUNT;
    plan->error_names = arena_array(arena, const char *, ERROR_FIXED_COUNT);
    for (size_t i = 0; i < ERROR_FIXED_COUNT; i++) plan->error_names[i] = error_fixed_names[i];
}

const struct field throttle_fields[] = {
    {.name = "rate",
     .type = FIELD_QUANTITY,
     .dimension = DIMENSION_RATE,
     .required = true,
     .offset = offsetof(struct throttle_settings, rate),
     .minimum = 0,
     .maximum = 1e12,
     .doc = "calls a second in the long run"},
    {.name = "burst",
     .type = FIELD_QUANTITY,
     .dimension = DIMENSION_COUNT,
     .offset = offsetof(struct throttle_settings, burst),
     .minimum = 0,
     .maximum = 1e12,
     .doc = "calls at once; one second's worth if absent"},
    {.name = NULL},
};

/* ---- the plan ---- */

enum tls { TLS_REUSED, TLS_NEW };
static const char *const tls_names[] = {"reused", "new", NULL};

struct network_settings {
    struct distribution rtt;
    int tls;
};

static const struct field network_fields[] = {
    {.name = "rtt",
     .type = FIELD_CUSTOM,
     .parse = law_parse_duration,
     .required = true,
     .offset = offsetof(struct network_settings, rtt),
     .type_name = "a distribution of durations",
     .doc = "round trip between a caller and this component"},
    {.name = "tls",
     .type = FIELD_CHOICE,
     .choices = tls_names,
     .fallback = "reused",
     .offset = offsetof(struct network_settings, tls),
     .doc = "whether each call opens a connection (TCP and TLS 1.3: two more round trips) or one "
            "is kept"},
    {.name = NULL},
};

static void compile_network(struct compiler *c, struct component_plan *plan,
                            const struct node *node)
{
    if (!node) return;
    struct network_settings settings = {0};
    const char *path = arena_format(c->arena, "%s.network", c->current_path);
    if (!fields_read(&c->reader, network_fields, node, path, "a network", NULL, &settings)) return;
    plan->network.present = true;
    plan->network.round_trip = settings.rtt;
    plan->network.handshake_round_trips = settings.tls == TLS_NEW ? 2.0 : 0.0;
}

/* Names of components and workloads begin the paths of metrics. */
static bool check_name(struct compiler *c, const struct node *node, const char *path)
{
    const size_t length = strlen(node->key);
    if (length == 0 || length > 200 || strpbrk(node->key, ".\n\r\t")) {
        compiler_fault(c, node, path,
                       "a name must have 1 to 200 characters, no dots and no line breaks");
        return false;
    }
    if (strcmp(node->key, "cost") != 0) return true;
    compiler_fault(c, node, path, "'cost' is taken: metrics of the bill have this name");
    return false;
}

static const struct component_type *find_type(struct compiler *c, const struct node *node,
                                              const char *path)
{
    const struct node *type = node_get(node, "type");
    if (node->type != NODE_MAP) {
        compiler_fault(c, node, path, "expected a map with a type, found %s",
                       node_type_name(node->type));
        return NULL;
    }
    const char *names[32];
    size_t count = 0;
    for (; component_types[count] && count < 32; count++)
        names[count] = component_types[count]->name;
    if (!type || type->type != NODE_STRING) {
        const char *list = names[0];
        for (size_t i = 1; i < count; i++) list = arena_format(c->arena, "%s, %s", list, names[i]);
        compiler_fault(c, type ? type : node, path, "a component needs a type, one of %s", list);
        return NULL;
    }
    const struct component_type *found = component_type_find(type->text);
    if (found) return found;
    const char *near = name_nearest(type->text, names, count);
    compiler_fault(c, type, arena_format(c->arena, "%s.type", path), "unknown type '%s'%s%s%s",
                   type->text, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    return NULL;
}

/* Every component gets its place and type first, so that references can be resolved in any order.
 */
static void register_components(struct compiler *c, const struct node *components)
{
    struct plan *plan = c->plan;
    c->components = components;
    plan->components = arena_array(c->arena, struct component_plan *, components->count + 1);
    for (const struct node *node = components->first; node; node = node->next) {
        const char *path = arena_format(c->arena, "components.%s", node->key);
        if (!check_name(c, node, path)) continue;
        const struct component_type *type = find_type(c, node, path);
        if (!type) continue;
        struct component_plan *p = arena_alloc(c->arena, type->plan_size);
        p->type = type;
        p->name = node->key;
        p->name_hash = name_hash(node->key);
        p->index = (uint32_t)plan->component_count;
        p->node = node;
        plan->components[plan->component_count++] = p;
    }
}

static void compile_component(struct compiler *c, struct component_plan *p)
{
    static const char *const common[] = {"type", "network", NULL};
    c->current = p;
    c->current_path = arena_format(c->arena, "components.%s", p->name);
    const char *what = arena_format(c->arena, "a %s", p->type->name);
    const bool clean =
        fields_read(&c->reader, p->type->fields, p->node, c->current_path, what, common, p);
    compile_network(c, p, node_get(p->node, "network"));
    if (clean) p->type->compile(c, p, p->node);
    c->current = NULL;
}

#define HEIGHT_OPEN UINT32_MAX

/* Depth-first; a component met again while it is still open calls itself in the end. `height` of a
 * component is how many the longest chain of calls from it on has, 0 before it is known. Chains are
 * bounded because this function, and calls that take no time, go down the stack with them. */
static bool check_calls(struct compiler *c, uint32_t at, uint32_t *height, uint32_t depth)
{
    const struct component_plan *p = c->plan->components[at];
    uint32_t below = 0;
    height[at] = HEIGHT_OPEN;
    for (size_t i = 0; i < p->callee_count && depth <= CALLS_DEEPEST; i++) {
        const uint32_t next = p->callees[i];
        if (height[next] == HEIGHT_OPEN) {
            compiler_fault(c, p->node, arena_format(c->arena, "components.%s", p->name),
                           "calls '%s', which waits for '%s' in turn: a request would never end",
                           c->plan->components[next]->name, p->name);
            return false;
        }
        if (height[next] == 0 && !check_calls(c, next, height, depth + 1)) return false;
        if (height[next] > below) below = height[next];
    }
    height[at] = below + 1;
    if (depth <= CALLS_DEEPEST && below < CALLS_DEEPEST) return true;
    compiler_fault(c, p->node, arena_format(c->arena, "components.%s", p->name),
                   "more than %d components wait for each other in a chain here", CALLS_DEEPEST);
    return false;
}

static void check_cycles(struct compiler *c)
{
    uint32_t *height = arena_array(c->arena, uint32_t, c->plan->component_count + 1);
    for (uint32_t i = 0; i < c->plan->component_count; i++)
        if (height[i] == 0 && !check_calls(c, i, height, 1)) return;
}

/* The regions of a platform are those where its functions have a price; NULL-terminated. */
static const char *const *provider_regions(struct compiler *c)
{
    static const char *const none[] = {NULL};
    const struct catalog_profile *functions = NULL;
    struct error err;
    const char *name = arena_format(c->arena, "%s/lambda", c->plan->provider);
    if (!catalog_profile(c->catalog, name, "function", &functions, &err)) return none;
    const char *id = catalog_profile_entry(functions, "request_price");
    const struct catalog_entry *entry = id ? catalog_find(c->catalog, id) : NULL;
    return entry ? entry->regions : none;
}

static void compile_platform(struct compiler *c, const struct node *scenario)
{
    const struct node *node = node_get(scenario, "platform");
    const char *text = node && node->type == NODE_STRING ? node->text : "aws/us-east-1";
    const char *slash = strchr(text, '/');
    c->plan->provider = "aws";
    c->plan->region = "us-east-1";
    const char *const *regions = provider_regions(c);
    size_t count = 0;
    if (node && node->type != NODE_STRING) {
        compiler_fault(c, node, "platform", "expected a name such as aws/us-east-1, found %s",
                       node_type_name(node->type));
        return;
    }
    if (node && (!slash || strncmp(text, "aws/", 4) != 0)) {
        compiler_fault(
            c, node, "platform",
            "'%s' is no platform that is modelled; write aws/REGION, such as aws/us-east-1",
            node->text);
        return;
    }
    const char *list = "";
    for (; regions[count]; count++) {
        if (node && strcmp(slash + 1, regions[count]) == 0) c->plan->region = regions[count];
        list = arena_format(c->arena, "%s%s%s", list, count ? ", " : "", regions[count]);
    }
    if (!node || strcmp(slash + 1, c->plan->region) == 0) return;
    const char *near = name_nearest(slash + 1, regions, count);
    compiler_fault(c, node, "platform", "the catalogue has no region '%s' of aws%s%s%s", slash + 1,
                   near ? "; did you mean '" : "; it has ", near ? near : list, near ? "'?" : "");
}

static const struct field account_fields[] = {
    {.name = "concurrency",
     .type = FIELD_QUANTITY,
     .dimension = DIMENSION_COUNT,
     .offset = offsetof(struct account_plan, concurrency),
     .minimum = 1,
     .maximum = 1e7,
     .doc = "functions' executions at once, all together; the platform's default quota if absent"},
    {.name = NULL},
};

/* What all functions share comes from the profile of functions. */
static void compile_account(struct compiler *c, const struct node *scenario)
{
    struct account_plan *account = &c->plan->account;
    const struct catalog_profile *profile = NULL;
    struct error err;
    *account = (struct account_plan){HUGE_VAL, HUGE_VAL, 0};
    if (!catalog_profile(c->catalog, arena_format(c->arena, "%s/lambda", c->plan->provider),
                         "function", &profile, &err)) {
        compiler_catalog_fault(c, NULL, "platform", &err);
        return;
    }
    account->concurrency = compiler_number_required(c, profile, "concurrency_quota");
    account->unreserved_least = compiler_number(c, profile, "unreserved_minimum", 0);
    const double per_execution =
        compiler_number(c, profile, "request_rate_per_concurrency", HUGE_VAL);
    const struct node *node = node_get(scenario, "account");
    if (node) fields_read(&c->reader, account_fields, node, "account", "an account", NULL, account);
    account->request_rate = account->concurrency * per_execution;
}

static void compile_workloads(struct compiler *c, const struct node *workloads)
{
    struct plan *plan = c->plan;
    plan->workloads = arena_array(c->arena, struct workload_plan *, workloads->count + 1);
    for (const struct node *node = workloads->first; node; node = node->next) {
        const char *path = arena_format(c->arena, "workloads.%s", node->key);
        struct workload_plan *w = arena_new_item(c->arena, struct workload_plan);
        w->name = node->key;
        w->name_hash = name_hash(node->key);
        w->index = (uint32_t)plan->workload_count;
        check_name(c, node, path);
        for (size_t i = 0; i < plan->component_count; i++)
            if (strcmp(plan->components[i]->name, node->key) == 0)
                compiler_fault(c, node, path,
                               "'%s' is a component already; metrics need different names",
                               node->key);
        plan->workloads[plan->workload_count++] = w;
        workload_compile(c, node, path, w);
    }
}

static const struct node *section(struct compiler *c, const struct node *scenario, const char *key,
                                  const char *example)
{
    const struct node *node = node_get(scenario, key);
    if (node && node->type == NODE_MAP && node->count > 0) return node;
    compiler_fault(c, node ? node : scenario, key, "a scenario needs %s, such as %s: %s", key, key,
                   example);
    return NULL;
}

void plan_compile(struct compiler *c, const struct node *scenario)
{
    struct plan *plan = c->plan;
    plan_name_errors(plan, c->arena);
    c->reader = (struct field_reader){c->arena, c->diagnostics, c};
    c->current_path = "";
    plan->arena = c->arena;
    plan->catalog = c->catalog;
    compile_platform(c, scenario);
    compile_account(c, scenario);
    const struct node *components =
        section(c, scenario, "components", "{q: {type: service, time: 100ms}}");
    const struct node *workloads =
        section(c, scenario, "workloads", "{users: {enters: q, arrivals: {poisson: {rate: 9/s}}}}");
    if (components) register_components(c, components);
    /* Workloads first: a step may choose by them. */
    if (workloads && components) compile_workloads(c, workloads);
    for (size_t i = 0; i < plan->component_count; i++) compile_component(c, plan->components[i]);
    if (c->diagnostics->errors == 0) check_cycles(c);
}

bool plan_prepare(struct plan *plan, struct preparation *preparation, struct error *err)
{
    for (size_t i = 0; i < plan->component_count; i++) {
        struct component_plan *p = plan->components[i];
        if (p->type->prepare) TRY(p->type->prepare(preparation, p, err));
    }
    return true;
}
