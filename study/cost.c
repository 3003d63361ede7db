#include "study/cost.h"

#include "base/arena.h"
#include "models/component.h"
#include "models/plan.h"
#include "study/replication.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void cost_list_metrics(const struct plan *plan, struct measures *out)
{
    measures_add(out, "cost", "per_month", UNIT_USD, NO_SAMPLES);
    measures_add(out, "cost", "per_1k_requests", UNIT_USD, NO_SAMPLES);
    measures_add(out, "cost", "per_1k_successful", UNIT_USD, NO_SAMPLES);
    for (size_t i = 0; i < plan->component_count; i++) {
        const char *name = arena_format(out->arena, "cost.%s", plan->components[i]->name);
        measures_add(out, name, "per_month", UNIT_USD, NO_SAMPLES);
        measures_add(out, name, "per_1k_requests", UNIT_USD, NO_SAMPLES);
    }
}

static struct usage *usage_of(struct arena *arena, const struct measures *m)
{
    struct usage *usage = arena_array(arena, struct usage, m->usage_count + 1);
    for (size_t i = 0; i < m->usage_count; i++)
        usage[i] = (struct usage){m->usage[i].component, m->usage[i].price, m->usage[i].quantity};
    return usage;
}

static double component_usd(const struct bill *bill, const char *component)
{
    double usd = 0;
    for (size_t i = 0; i < bill->count; i++)
        if (strcmp(bill->lines[i].component, component) == 0) usd += bill->lines[i].usd;
    return usd;
}

/* The total is the sum of the lines, and of the components' parts. */
static void check_bill(struct measures *out, const struct plan *plan, const struct bill *bill)
{
    double lines = 0;
    double components = 0;
    for (size_t i = 0; i < bill->count; i++) lines += bill->lines[i].usd;
    for (size_t i = 0; i < plan->component_count; i++)
        components += component_usd(bill, plan->components[i]->name);
    const double slack = 1e-9 * fmax(1, fabs(bill->usd));
    if (fabs(lines - bill->usd) > slack || fabs(components - bill->usd) > slack)
        measures_violation(out, "the bill of %.9f is not the sum of its lines, %.9f", bill->usd,
                           lines);
}

static uint64_t succeeded(const struct replication *r, const struct plan *plan)
{
    uint64_t count = 0;
    for (size_t i = 0; i < plan->workload_count; i++) count += r->workloads[i].outcomes[OUTCOME_OK];
    return count;
}

void cost_measure(struct arena *arena, const struct plan *plan, struct replication *r)
{
    struct measures *m = &r->measures;
    const double scale = r->window_s > 0 ? MONTH_SECONDS / r->window_s : 0;
    struct bill bill;
    bill_make(arena, usage_of(arena, m), m->usage_count, scale, false, &bill);
    check_bill(m, plan, &bill);
    const size_t first = m->count;
    cost_list_metrics(plan, m);
    struct measure *items = m->items + first;
    const double thousands = (double)r->requests * scale / 1000.0;
    const double good = (double)succeeded(r, plan) * scale / 1000.0;
    items[0].value = bill.usd;
    items[1].value = measure_ratio(bill.usd, thousands);
    items[2].value = measure_ratio(bill.usd, good);
    for (size_t i = 0; i < plan->component_count; i++) {
        const double usd = component_usd(&bill, plan->components[i]->name);
        items[3 + 2 * i].value = usd;
        items[4 + 2 * i].value = measure_ratio(usd, thousands);
    }
}

static struct estimate metric(const struct result *result, const char *path)
{
    const struct estimate *e = result_metric(result, path);
    return e ? *e : (struct estimate){.path = path, .unit = UNIT_USD, .value = NO_SAMPLES};
}

static int by_amount(const void *a, const void *b)
{
    const struct component_cost *x = a;
    const struct component_cost *y = b;
    const double left = x->per_month_usd.value;
    const double right = y->per_month_usd.value;
    if (left != right) return left < right ? 1 : -1;
    return strcmp(x->component, y->component);
}

static void summarize_components(struct arena *arena, const struct plan *plan,
                                 struct result *result)
{
    struct cost_result *cost = &result->cost;
    cost->components = arena_array(arena, struct component_cost, plan->component_count + 1);
    for (size_t i = 0; i < plan->component_count; i++) {
        const char *name = plan->components[i]->name;
        const struct component_cost c = {
            .component = name,
            .per_month_usd = metric(result, arena_format(arena, "cost.%s.per_month", name)),
            .per_1k_usd = metric(result, arena_format(arena, "cost.%s.per_1k_requests", name)),
        };
        if (c.per_month_usd.value > 0) cost->components[cost->component_count++] = c;
    }
    for (size_t i = 0; i < cost->component_count; i++)
        cost->components[i].share =
            measure_ratio(cost->components[i].per_month_usd.value, cost->per_month_usd.value);
    qsort(cost->components, cost->component_count, sizeof *cost->components, by_amount);
}

void cost_summarize(struct arena *arena, const struct plan *plan,
                    const struct replication *replications, size_t count, struct result *result)
{
    struct cost_result *cost = &result->cost;
    cost->per_month_usd = metric(result, "cost.per_month");
    cost->per_1k_requests_usd = metric(result, "cost.per_1k_requests");
    cost->per_1k_successful_usd = metric(result, "cost.per_1k_successful");
    summarize_components(arena, plan, result);
    if (count == 0) return;
    /* Every replication reports the same usage in the same order: the mean of each, scaled to a
     * month. */
    struct usage *usage = usage_of(arena, &replications[0].measures);
    const size_t lines = replications[0].measures.usage_count;
    for (size_t i = 0; i < lines; i++) {
        double month = 0;
        for (size_t r = 0; r < count; r++)
            if (replications[r].window_s > 0)
                month += replications[r].measures.usage[i].quantity * MONTH_SECONDS /
                         replications[r].window_s;
        usage[i].quantity = month / (double)count;
    }
    bill_make(arena, usage, lines, 1, false, &cost->bill);
    cost->window_usd = cost->bill.usd * replications[0].window_s / MONTH_SECONDS;
    /* Lines outlive the replications. */
    for (size_t i = 0; i < cost->bill.count; i++)
        cost->bill.lines[i].component = arena_copy(arena, cost->bill.lines[i].component);
}
