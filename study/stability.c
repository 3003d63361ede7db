#include "study/stability.h"

#include "base/arena.h"
#include "base/document.h"
#include "models/component.h"
#include "models/plan.h"
#include "models/workload.h"
#include "sim/statistics.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define DEVIATIONS_WHOLE 4.0
#define DEVIATIONS_LATER 2.0
#define SURPLUS_LEAST    0.005
#define SLOWER_LEAST     1.05
#define STEADY_LEAST     0.25
#define REFUSED_LEAST    0.05

static struct place place_of(const struct component_plan *c)
{
    return c->node ? c->node->key_place : (struct place){0};
}

static const char *path_of(struct arena *arena, const struct component_plan *c)
{
    return arena_format(arena, "components.%s", c->name);
}

/* ---- calls that pile up ---- */

/* One component over all replications. */
struct piling {
    struct trend whole;
    struct trend later;
    double came;
    double begun;
    double ended;
    double first; /* mean in flight in the first third of the window, summed over replications */
    double middle;
    double last;
    double came_first; /* calls that came in the first third */
    double came_last;
    size_t replications;
};

static void add_replication(struct piling *p, const struct growth *g)
{
    const size_t third = GROWTH_PARTS / 3;
    const size_t half = GROWTH_PARTS / 2;
    for (size_t i = 0; i < GROWTH_PARTS; i++) {
        const bool first = i < third;
        const bool last = i >= GROWTH_PARTS - third;
        p->came += g->came[i];
        p->first += first ? g->in_flight[i] / (double)third : 0;
        p->middle += first || last ? 0 : g->in_flight[i] / (double)third;
        p->last += last ? g->in_flight[i] / (double)third : 0;
        p->came_first += first ? g->came[i] : 0;
        p->came_last += last ? g->came[i] : 0;
    }
    statistics_trend_add(&p->whole, g->in_flight, GROWTH_PARTS);
    statistics_trend_add(&p->later, g->in_flight + half, GROWTH_PARTS - half);
    p->begun += g->begun;
    p->ended += g->ended;
    p->replications++;
}

static struct piling measure(const struct replication *r, size_t count, size_t component)
{
    struct piling p = {0};
    for (size_t k = 0; k < count; k++)
        if (r[k].growth) add_replication(&p, &r[k].growth[component]);
    return p;
}

static bool piles_up(const struct piling *p)
{
    return statistics_trend_deviations(&p->whole) > DEVIATIONS_WHOLE &&
           statistics_trend_deviations(&p->later) > DEVIATIONS_LATER &&
           p->ended - p->begun > SURPLUS_LEAST * p->came &&
           p->last * p->came_first > SLOWER_LEAST * p->first * p->came_last &&
           p->last - p->middle > STEADY_LEAST * (p->middle - p->first);
}

static bool calls_one_of(const struct component_plan *c, const bool *marked)
{
    for (size_t i = 0; i < c->callee_count; i++)
        if (marked[c->callees[i]]) return true;
    return false;
}

/* Whoever calls a marked component and waits for it is marked as well. */
static void mark_callers(const struct plan *plan, bool *marked)
{
    bool more = true;
    while (more) {
        more = false;
        for (size_t i = 0; i < plan->component_count; i++) {
            if (marked[i] || !calls_one_of(plan->components[i], marked)) continue;
            marked[i] = more = true;
        }
    }
}

static void warn_unstable(struct result *result, const struct component_plan *c,
                          const struct piling *p)
{
    const double n = (double)p->replications;
    const double gone = p->came - (p->ended - p->begun);
    char offered[64] = "it finished none of its calls";
    if (gone > 0)
        snprintf(offered, sizeof offered, "it was offered %.*f times what it served",
                 p->came / gone < 1.1 ? 3 : 2, p->came / gone);
    struct diagnostic *d = diagnostics_add(
        &result->warnings, SEVERITY_WARNING, place_of(c), path_of(result->warnings.arena, c),
        "unstable: the queue of %s grew during the whole run: %.0f calls were there in its first "
        "third, %.0f in its last, and %s; latency depends on the simulated time and is not shown",
        c->name, p->first / n, p->last / n, offered);
    diagnostics_hint(&result->warnings, d, "send it less, or raise what it can serve");
}

/* ---- what is unstable with it ---- */

static bool grows(const char *statistic)
{
    static const char *const growing[] = {"latency.", "ttft.", "wait.", "queue.", "in_flight."};
    for (size_t i = 0; i < sizeof growing / sizeof *growing; i++)
        if (strncmp(statistic, growing[i], strlen(growing[i])) == 0) return true;
    return false;
}

static void mark_metrics(struct result *result, const char *owner)
{
    const size_t length = strlen(owner);
    for (size_t i = 0; i < result->metric_count; i++) {
        struct estimate *e = &result->metrics[i];
        const bool streams = !isnan(e->value) || !strstr(e->path, ".ttft.");
        if (streams && strncmp(e->path, owner, length) == 0 && e->path[length] == '.' &&
            grows(e->path + length + 1))
            e->unstable = true;
    }
}

static void mark_all(const struct plan *plan, const bool *marked, struct result *result)
{
    for (size_t i = 0; i < plan->component_count; i++) {
        if (!marked[i]) continue;
        result->components[i].unstable = true;
        mark_metrics(result, plan->components[i]->name);
    }
    for (size_t i = 0; i < plan->workload_count; i++) {
        if (!marked[plan->workloads[i]->enters]) continue;
        result->workloads[i].unstable = true;
        mark_metrics(result, plan->workloads[i]->name);
    }
}

static void judge_growth(struct arena *arena, const struct plan *plan, const struct replication *r,
                         size_t count, struct result *result)
{
    struct piling *piling = arena_array(arena, struct piling, plan->component_count);
    bool *piles = arena_array(arena, bool, plan->component_count);
    bool *marked = arena_array(arena, bool, plan->component_count);
    for (size_t i = 0; i < plan->component_count; i++) {
        piling[i] = measure(r, count, i);
        piles[i] = marked[i] = piles_up(&piling[i]);
    }
    mark_callers(plan, marked);
    for (size_t i = 0; i < plan->component_count; i++)
        if (piles[i] && !calls_one_of(plan->components[i], marked))
            warn_unstable(result, plan->components[i], &piling[i]);
    mark_all(plan, marked, result);
}

/* ---- calls that are refused ---- */

/* The share of its calls, if that is too large to be chance; else 0. */
static double refused(struct arena *arena, const struct result *result, const char *component)
{
    const struct estimate *e =
        result_metric(result, arena_format(arena, "%s.refused.ratio", component));
    return e && e->low > REFUSED_LEAST ? e->value : 0;
}

static void judge_refusals(struct arena *arena, const struct plan *plan, struct result *result)
{
    double *ratio = arena_array(arena, double, plan->component_count);
    bool *refuses = arena_array(arena, bool, plan->component_count);
    for (size_t i = 0; i < plan->component_count; i++) {
        ratio[i] = refused(arena, result, plan->components[i]->name);
        refuses[i] = ratio[i] > 0;
    }
    for (size_t i = 0; i < plan->component_count; i++) {
        const struct component_plan *c = plan->components[i];
        /* Whoever passes a refusal on is not its cause. */
        if (!refuses[i] || calls_one_of(c, refuses)) continue;
        struct diagnostic *d = diagnostics_add(
            &result->warnings, SEVERITY_WARNING, place_of(c), path_of(arena, c),
            "overloaded: %s refused %.1f%% of its calls; latencies are of what got through",
            c->name, ratio[i] * 100);
        diagnostics_hint(&result->warnings, d, "send it less, or raise its limits");
    }
}

void stability_judge(struct arena *arena, const struct plan *plan,
                     const struct replication *replications, size_t count, struct result *result)
{
    judge_growth(arena, plan, replications, count, result);
    judge_refusals(arena, plan, result);
}
