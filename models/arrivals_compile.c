#include "models/arrivals_compile.h"

#include "base/arena.h"

#include <string.h>

enum { HOURS = 24 };

#define RATE_FIELD(settings, key, member, text)                                             \
    {                                                                                       \
        .name = key, .type = FIELD_QUANTITY, .dimension = DIMENSION_RATE, .required = true, \
        .offset = offsetof(struct settings, member), .minimum = ARRIVAL_RATE_LEAST,         \
        .maximum = ARRIVAL_RATE_MOST, .doc = text                                           \
    }

bool arrivals_read_table(const struct arrival_reading *r, const struct field *fields,
                         const char *what, void *settings)
{
    return fields_read(&r->compiler->reader, fields, r->node, r->path, what, NULL, settings);
}

bool arrivals_check_list(const struct arrival_reading *r, const struct node *node, const char *path,
                         size_t least, size_t most)
{
    if (node->type == NODE_LIST && node->count >= least && node->count <= most) return true;
    const char *found = node_type_name(node->type);
    if (node->type == NODE_LIST) found = arena_format(r->compiler->arena, "%zu", node->count);
    if (least == most)
        compiler_fault(r->compiler, node, path, "expected a list of %zu values, found %s", least,
                       found);
    else
        compiler_fault(r->compiler, node, path, "expected a list of %zu to %zu values, found %s",
                       least, most, found);
    return false;
}

struct rate_settings {
    double rate;
    double cv;
};

static const struct field rate_fields[] = {
    RATE_FIELD(rate_settings, "rate", rate, "requests a second"), {.name = NULL}};

static const struct field gamma_fields[] = {
    RATE_FIELD(rate_settings, "rate", rate, "requests a second, in the mean"),
    {.name = "cv",
     .type = FIELD_QUANTITY,
     .dimension = DIMENSION_NONE,
     .required = true,
     .offset = offsetof(struct rate_settings, cv),
     .minimum = 0.01,
     .maximum = 100,
     .doc = "standard deviation of the gaps over their mean: 1 is poisson, above 1 bursty"},
    {.name = NULL}};

static void read_rate(const struct arrival_reading *r)
{
    struct rate_settings settings = {.rate = 1};
    const char *what = r->plan->kind == ARRIVAL_POISSON ? "poisson" : "constant";
    (void)arrivals_read_table(r, rate_fields, what, &settings);
    r->plan->rate = settings.rate;
    distribution_exponential(&r->plan->gap, 1 / settings.rate);
}

static void read_gamma(const struct arrival_reading *r)
{
    struct rate_settings settings = {.rate = 1, .cv = 1};
    (void)arrivals_read_table(r, gamma_fields, "gamma", &settings);
    r->plan->rate = settings.rate;
    const double square = settings.cv * settings.cv;
    distribution_gamma(&r->plan->gap, 1 / square, square / settings.rate);
}

struct diurnal_settings {
    const struct node *hourly;
};

static const struct field diurnal_fields[] = {
    {.name = "hourly",
     .type = FIELD_NODE,
     .offset = offsetof(struct diurnal_settings, hourly),
     .required = true,
     .type_name = "a list of 24 rates",
     .doc = "requests a second in each hour of a day; the run begins with the first"},
    {.name = NULL}};

static void read_diurnal(const struct arrival_reading *r)
{
    struct compiler *c = r->compiler;
    struct diurnal_settings settings = {NULL};
    if (!arrivals_read_table(r, diurnal_fields, "diurnal", &settings)) return;
    const char *path = arena_format(c->arena, "%s.hourly", r->path);
    if (!arrivals_check_list(r, settings.hourly, path, HOURS, HOURS)) return;
    double *rates = arena_array(c->arena, double, HOURS);
    double sum = 0;
    size_t hour = 0;
    for (const struct node *item = settings.hourly->first; item; item = item->next, hour++) {
        struct error err;
        const char *below = arena_format(c->arena, "%s.%zu", path, hour);
        if (!quantity_read(item, DIMENSION_RATE, &rates[hour], &err)) {
            diagnostics_add_error(c->diagnostics, below, &err);
            return;
        }
        if (rates[hour] < 0 || rates[hour] > ARRIVAL_RATE_MOST) {
            compiler_fault(c, item, below, "a rate lies from 0 to 1e9/s, found %s", item->text);
            return;
        }
        sum += rates[hour];
    }
    r->plan->rates = rates;
    r->plan->rate = sum / HOURS;
    if (!(sum >= ARRIVAL_RATE_LEAST))
        compiler_fault(c, settings.hourly, path, "every rate is 0: nothing would ever arrive");
}

struct spike_settings {
    double base;
    double peak;
    int64_t at;
    int64_t duration;
};

static const struct field spike_fields[] = {{.name = "base",
                                             .type = FIELD_QUANTITY,
                                             .dimension = DIMENSION_RATE,
                                             .required = true,
                                             .offset = offsetof(struct spike_settings, base),
                                             .minimum = 0,
                                             .maximum = ARRIVAL_RATE_MOST,
                                             .doc = "requests a second before and after"},
                                            {.name = "peak",
                                             .type = FIELD_QUANTITY,
                                             .dimension = DIMENSION_RATE,
                                             .required = true,
                                             .offset = offsetof(struct spike_settings, peak),
                                             .minimum = 0,
                                             .maximum = ARRIVAL_RATE_MOST,
                                             .doc = "requests a second during the spike"},
                                            {.name = "at",
                                             .type = FIELD_DURATION,
                                             .required = true,
                                             .offset = offsetof(struct spike_settings, at),
                                             .minimum = 0,
                                             .maximum = ARRIVAL_DURATION_MOST,
                                             .doc = "when the spike begins"},
                                            {.name = "for",
                                             .type = FIELD_DURATION,
                                             .required = true,
                                             .offset = offsetof(struct spike_settings, duration),
                                             .minimum = 0,
                                             .maximum = ARRIVAL_DURATION_MOST,
                                             .doc = "how long it lasts"},
                                            {.name = NULL}};

static void read_spike(const struct arrival_reading *r)
{
    struct spike_settings settings = {0, 0, 0, 0};
    if (!arrivals_read_table(r, spike_fields, "spike", &settings)) return;
    double *rates = arena_array(r->compiler->arena, double, 2);
    rates[0] = settings.base;
    rates[1] = settings.peak;
    r->plan->rates = rates;
    r->plan->rate = settings.base;
    r->plan->spike_at = settings.at;
    r->plan->spike_for = settings.duration;
    if (settings.base + settings.peak < ARRIVAL_RATE_LEAST)
        compiler_fault(r->compiler, r->node, r->path,
                       "base and peak are 0: nothing would ever arrive");
}

struct trace_settings {
    const char *file;
    struct trace_columns columns;
    int unit;
};

static const char *const time_units[] = {"s", "ms", "us", NULL};
static const double time_scales[] = {1, 1e-3, 1e-6};

static const struct field trace_fields[] = {
    {.name = "file",
     .type = FIELD_TEXT,
     .required = true,
     .offset = offsetof(struct trace_settings, file),
     .doc = "a CSV file whose first row names the columns; ${RAGTIME_DATA} is the data folder"},
    {.name = "time",
     .type = FIELD_TEXT,
     .required = true,
     .offset = offsetof(struct trace_settings, columns.time),
     .doc = "column of arrival times: numbers, or such as 2026-01-31 12:00:00.5"},
    {.name = "prompt_tokens",
     .type = FIELD_TEXT,
     .offset = offsetof(struct trace_settings, columns.prompt_tokens),
     .doc = "column of prompt lengths"},
    {.name = "output_tokens",
     .type = FIELD_TEXT,
     .offset = offsetof(struct trace_settings, columns.output_tokens),
     .doc = "column of answer lengths"},
    {.name = "query",
     .type = FIELD_TEXT,
     .offset = offsetof(struct trace_settings, columns.query),
     .doc = "column of whole numbers: which query; equal numbers are the same query"},
    {.name = "time_unit",
     .type = FIELD_CHOICE,
     .offset = offsetof(struct trace_settings, unit),
     .fallback = "s",
     .choices = time_units,
     .doc = "of times that are numbers"},
    {.name = NULL}};

static void read_trace(const struct arrival_reading *r)
{
    struct trace_settings settings = {.file = NULL};
    if (!arrivals_read_table(r, trace_fields, "trace", &settings)) return;
    settings.columns.time_scale = time_scales[settings.unit];
    if (!trace_read(r->compiler, r->node, r->path, settings.file, &settings.columns, &r->plan->rows,
                    &r->plan->row_count))
        return;
    const sim_time span = r->plan->rows[r->plan->row_count - 1].time;
    r->plan->rate = span > 0 ? (double)(r->plan->row_count - 1) / time_to_seconds(span) : 0;
}

struct closed_settings {
    int64_t users;
    struct distribution think;
};

static const struct field closed_fields[] = {
    {.name = "users",
     .type = FIELD_COUNT,
     .required = true,
     .offset = offsetof(struct closed_settings, users),
     .minimum = 1,
     .maximum = 1e7,
     .doc = "how many there are; each waits for its answer before it thinks and asks again"},
    {.name = "think",
     .type = FIELD_CUSTOM,
     .offset = offsetof(struct closed_settings, think),
     .required = true,
     .parse = law_parse_duration,
     .type_name = "a distribution",
     .doc = "time from an answer to the user's next request"},
    {.name = NULL}};

static void read_closed(const struct arrival_reading *r)
{
    struct closed_settings settings = {.users = 1};
    (void)arrivals_read_table(r, closed_fields, "closed", &settings);
    r->plan->users = (uint32_t)settings.users;
    r->plan->gap = settings.think;
}

struct batch_settings {
    int64_t items;
    int64_t every;
};

static const struct field batch_fields[] = {
    {.name = "items",
     .type = FIELD_COUNT,
     .required = true,
     .offset = offsetof(struct batch_settings, items),
     .minimum = 1,
     .maximum = 1e8,
     .doc = "requests at once"},
    {.name = "every",
     .type = FIELD_DURATION,
     .required = true,
     .offset = offsetof(struct batch_settings, every),
     .minimum = 1e-6,
     .maximum = ARRIVAL_DURATION_MOST,
     .doc = "from one batch to the next; the first comes at once"},
    {.name = NULL}};

static void read_batch(const struct arrival_reading *r)
{
    struct batch_settings settings = {.items = 1, .every = SIM_SECOND};
    (void)arrivals_read_table(r, batch_fields, "batch", &settings);
    r->plan->items = (uint32_t)settings.items;
    distribution_constant(&r->plan->gap, time_to_seconds(settings.every));
    r->plan->rate = (double)settings.items / time_to_seconds(settings.every);
}

static const struct {
    const char *name;
    enum arrival_kind kind;
    void (*read)(const struct arrival_reading *r);
} forms[] = {{"poisson", ARRIVAL_POISSON, read_rate},    {"constant", ARRIVAL_CONSTANT, read_rate},
             {"gamma", ARRIVAL_GAMMA, read_gamma},       {"mmpp", ARRIVAL_MMPP, arrivals_read_mmpp},
             {"diurnal", ARRIVAL_DIURNAL, read_diurnal}, {"spike", ARRIVAL_SPIKE, read_spike},
             {"trace", ARRIVAL_TRACE, read_trace},       {"closed", ARRIVAL_CLOSED, read_closed},
             {"batch", ARRIVAL_BATCH, read_batch}};
enum { FORM_COUNT = sizeof forms / sizeof forms[0] };

void arrivals_compile(struct compiler *compiler, const struct node *node, const char *path,
                      struct arrival_plan *out)
{
    *out = (struct arrival_plan){.kind = ARRIVAL_CONSTANT, .rate = 1};
    const char *const expected = "one of poisson, constant, gamma, mmpp, diurnal, spike, trace, "
                                 "closed and batch, such as {poisson: {rate: 20/s}}";
    if (node->type != NODE_MAP) {
        compiler_fault(compiler, node, path, "expected %s, found %s", expected,
                       node_type_name(node->type));
        return;
    }
    if (node->count != 1) {
        compiler_fault(compiler, node, path, "expected %s, found %zu keys", expected, node->count);
        return;
    }
    const char *names[FORM_COUNT];
    for (size_t i = 0; i < FORM_COUNT; i++) {
        names[i] = forms[i].name;
        if (strcmp(forms[i].name, node->first->key) != 0) continue;
        out->kind = forms[i].kind;
        const struct arrival_reading reading = {
            .compiler = compiler,
            .node = node->first,
            .path = arena_format(compiler->arena, "%s.%s", path, forms[i].name),
            .plan = out,
        };
        forms[i].read(&reading);
        return;
    }
    fields_unknown_key(&compiler->reader, node->first,
                       arena_format(compiler->arena, "%s.%s", path, node->first->key), "arrivals",
                       names, FORM_COUNT);
}
