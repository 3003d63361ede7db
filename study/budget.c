#include "study/budget.h"

#include "base/arena.h"
#include "base/fields.h"
#include "base/names.h"
#include "base/units.h"
#include "models/component.h"
#include "models/simulation.h"
#include "models/workload.h"
#include "study/cost.h"

#include <math.h>
#include <string.h>

const char *const verdict_names[] = {"pass", "fail", "uncertain", "nodata"};

/* ---- reading ---- */

/* The metrics of a plan are those that an empty run reports, and those of the bill. */
static void list_metrics(struct arena *arena, const struct plan *plan, struct measures *out)
{
    struct simulation *sim = simulation_new(plan, 0);
    *out = (struct measures){.arena = arena};
    simulation_report(sim, out);
    simulation_free(sim);
    cost_list_metrics(plan, out);
}

static const struct measure *find_metric(struct field_reader *reader, const struct node *node,
                                         const char *at, const struct measures *metrics,
                                         const char *path)
{
    const char **names = arena_array(reader->arena, const char *, metrics->count + 1);
    for (size_t i = 0; i < metrics->count; i++) {
        if (strcmp(metrics->items[i].path, path) == 0) return &metrics->items[i];
        names[i] = metrics->items[i].path;
    }
    const char *near = name_nearest(path, names, metrics->count);
    fields_fault(reader, node, at, "no such metric%s%s%s", near ? "; did you mean '" : "",
                 near ? near : "", near ? "'?" : "");
    return NULL;
}

static enum dimension dimension_of(enum unit unit)
{
    switch (unit) {
    case UNIT_SECONDS: return DIMENSION_DURATION;
    case UNIT_RATIO: return DIMENSION_RATIO;
    case UNIT_PER_SECOND: return DIMENSION_RATE;
    case UNIT_USD: return DIMENSION_MONEY;
    case UNIT_BYTES: return DIMENSION_SIZE;
    case UNIT_COUNT:
    case UNIT_TOKENS: return DIMENSION_NONE;
    }
    return DIMENSION_NONE;
}

static bool read_limit(struct field_reader *reader, const struct node *node, const char *path,
                       enum unit unit, struct budget *out)
{
    const char *text = node->type == NODE_STRING ? node->text : NULL;
    if (!text || (text[0] != '<' && text[0] != '>')) {
        fields_fault(reader, node, path,
                     "expected a limit such as '< 2.5s' or '>= 99.9%%', found %s",
                     text ? text : node_type_name(node->type));
        return false;
    }
    out->below = text[0] == '<';
    out->inclusive = text[1] == '=';
    const char *value = text + (out->inclusive ? 2 : 1);
    value += strspn(value, " ");
    struct error err;
    if (quantity_parse(value, dimension_of(unit), &out->value, &err)) return true;
    err.place = node->place;
    diagnostics_add_error(reader->diagnostics, path, &err);
    return false;
}

/* Every upper limit of a latency of a workload is asked of each of its requests: the goodput is of
 * those that meet all. */
static void limit_requests(const struct scenario *s, const struct budget *b)
{
    for (size_t i = 0; i < s->plan->workload_count; i++) {
        struct workload_plan *w = s->plan->workloads[i];
        const size_t length = strlen(w->name);
        if (!b->below || strncmp(b->metric, w->name, length) != 0 || b->metric[length] != '.')
            continue;
        const char *statistic = b->metric + length + 1;
        const struct {
            const char *prefix;
            sim_time *limit;
        } limits[] = {
            {"latency.", &w->latency_limit}, {"ttft.", &w->ttft_limit}, {"tpot.", &w->tpot_limit}};
        for (size_t k = 0; k < sizeof limits / sizeof *limits; k++) {
            const sim_time limit = time_from_seconds(b->value);
            if (strncmp(statistic, limits[k].prefix, strlen(limits[k].prefix)) == 0 &&
                limit < *limits[k].limit)
                *limits[k].limit = limit;
        }
    }
}

static void read_budgets(struct field_reader *reader, const struct node *node,
                         const struct measures *metrics, struct scenario *s)
{
    if (node->type != NODE_MAP) {
        fields_fault(reader, node, "budgets", "expected a map of metrics to limits, found %s",
                     node_type_name(node->type));
        return;
    }
    s->budgets = arena_array(reader->arena, struct budget, node->count + 1);
    for (const struct node *item = node->first; item; item = item->next) {
        const char *path = arena_format(reader->arena, "budgets.%s", item->key);
        struct budget *budget = &s->budgets[s->budget_count];
        const struct measure *metric = find_metric(reader, item, path, metrics, item->key);
        if (!metric || !read_limit(reader, item, path, metric->unit, budget)) continue;
        budget->metric = item->key;
        budget->limit = item->text;
        budget->place = item->key_place;
        limit_requests(s, budget);
        s->budget_count++;
    }
}

void budgets_read(struct field_reader *reader, const struct node *root, struct scenario *s)
{
    if (reader->diagnostics->errors > 0) return;
    struct measures metrics;
    list_metrics(reader->arena, s->plan, &metrics);
    const struct node *budgets = node_get(root, "budgets");
    if (budgets) read_budgets(reader, budgets, &metrics, s);
    const struct node *until = node_find(root, "simulate.replications.until.metric");
    if (until && s->simulate.until_metric)
        find_metric(reader, until, "simulate.replications.until.metric", &metrics,
                    s->simulate.until_metric);
}

/* ---- judging ---- */

static bool within(const struct budget *b, double value)
{
    if (b->below) return b->inclusive ? value <= b->value : value < b->value;
    return b->inclusive ? value >= b->value : value > b->value;
}

static enum verdict judge(const struct budget *b, const struct estimate *e)
{
    if (!e || isnan(e->value)) return VERDICT_NODATA;
    /* What grows without bound breaks any upper limit, and meets any lower one once it is long. */
    if (e->unstable) return b->below ? VERDICT_FAIL : VERDICT_NODATA;
    const bool low = within(b, e->interval_known ? e->low : e->value);
    const bool high = within(b, e->interval_known ? e->high : e->value);
    if (low && high) return VERDICT_PASS;
    return low || high ? VERDICT_UNCERTAIN : VERDICT_FAIL;
}

void budgets_judge(struct arena *arena, const struct scenario *s, struct result *result)
{
    result->budget_count = s->budget_count;
    result->budgets = arena_array(arena, struct budget_result, s->budget_count + 1);
    for (size_t i = 0; i < s->budget_count; i++) {
        const struct budget *b = &s->budgets[i];
        const struct estimate *e = result_metric(result, b->metric);
        const bool unstable = e && e->unstable;
        const double value = e && !unstable ? e->value : NO_SAMPLES;
        const double distance = b->below ? b->value - value : value - b->value;
        result->budgets[i] = (struct budget_result){
            .metric = b->metric,
            .limit = b->limit,
            .limit_value = b->value,
            .below = b->below,
            .value = value,
            .low = e && !unstable ? e->low : NO_SAMPLES,
            .high = e && !unstable ? e->high : NO_SAMPLES,
            .unstable = unstable,
            .margin_ratio = b->value > 0 ? distance / b->value : NO_SAMPLES,
            .verdict = judge(b, e),
            .met = e && !unstable && within(b, value),
            .unit = e ? e->unit : UNIT_COUNT,
            .place = b->place,
        };
    }
}
