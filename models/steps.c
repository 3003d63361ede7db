/* steps.c - `does:` steps to a program: the short form for what a function does. Declared in
 * program.h. */
#include "base/arena.h"
#include "base/names.h"
#include "models/compiler.h"
#include "models/errors.h"
#include "models/program.h"
#include "models/steps_reading.h"
#include "models/workload.h"

#include <math.h>
#include <string.h>

/* ---- one kind of step each ---- */

struct compute_settings {
    struct distribution cpu;
    struct distribution io;
};

static const struct field compute_fields[] = {
    {.name = "cpu",
     .type = FIELD_CUSTOM,
     .parse = law_parse_duration,
     .offset = offsetof(struct compute_settings, cpu),
     .type_name = "a distribution of durations",
     .doc = "computing, as long as it takes at one full vCPU"},
    {.name = "io",
     .type = FIELD_CUSTOM,
     .parse = law_parse_duration,
     .offset = offsetof(struct compute_settings, io),
     .type_name = "a distribution of durations",
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
    {.name = "items",
     .type = FIELD_CUSTOM,
     .parse = law_parse_items,
     .required = true,
     .offset = offsetof(struct each_settings, items),
     .type_name = "a distribution of counts",
     .doc = "how many items there are"},
    {.name = "concurrency",
     .type = FIELD_COUNT,
     .fallback = "1",
     .minimum = 1,
     .maximum = 1e6,
     .offset = offsetof(struct each_settings, concurrency),
     .doc = "items worked on at once"},
    {.name = "does",
     .type = FIELD_NODE,
     .required = true,
     .type_name = "steps",
     .offset = offsetof(struct each_settings, does),
     .doc = "what is done for each"},
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
    const uint16_t body = steps_compile_list(r->builder, settings.does,
                                             arena_format(c->arena, "%s.does", r->path), STEP_END);
    step_at(r, at)->map.start = body;
    step_at(r, at)->map.items = settings.items;
    step_at(r, at)->map.concurrency = (uint32_t)settings.concurrency;
    step_at(r, at)->next = r->next;
    return at;
}

/* {choose: [{probability: 30%, does: [...]}, {does: [...]}]}: the last may leave its probability
 * out. */
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
        const uint16_t start =
            steps_compile_list(r->builder, does, arena_format(c->arena, "%s.does", path), r->next);
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
    if (r->value->type == NODE_LIST && r->value->count > 0) return read_choose_probability(r, at);
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
    {"compute", true, read_compute},     {"call", false, steps_read_call},
    {"cached", true, steps_read_cached}, {"start", false, steps_read_start},
    {"parallel", true, read_parallel},   {"each", true, read_each},
    {"choose", true, read_choose},       {"wait", true, read_wait},
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
    fields_unknown_key(&c->reader, node->first,
                       arena_format(c->arena, "%s.%s", path, node->first->key), "a step", names,
                       KIND_COUNT);
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
    builder.backwards = true;
    const uint16_t start = list ? steps_compile_list(&builder, list, path, STEP_END) : STEP_END;
    program_builder_finish(&builder, start, out);
}
