#include "reports/compare_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "models/catalog.h"
#include "models/plan.h"
#include "reports/blocks.h"
#include "reports/numbers.h"
#include "study/scenario.h"

struct page {
    struct text *out;
    struct text line;
    const struct comparison *comparison;
    const struct style *style;
};

static void end(struct page *p) { end_line(p->out, &p->line, p->style); }

static const char *name_of(const struct page *p, size_t architecture)
{
    return p->comparison->results[architecture]->scenario->stem;
}

static const struct estimate *of_workload(const struct page *p, size_t architecture,
                                          const char *statistic)
{
    char path[512];
    snprintf(path, sizeof path, "%s.%s", p->comparison->workload, statistic);
    return result_metric(p->comparison->results[architecture], path);
}

static void header(struct page *p)
{
    const struct result *r = p->comparison->results[p->comparison->reference];
    const struct plan *plan = r->scenario->plan;
    const char *dot = p->style->unicode ? "·" : "|";
    char left[64];
    snprintf(left, sizeof left, "%zu architectures", p->comparison->count);
    add_header(p->out, left, r, p->style);
    text_format(&p->line,
                "  %u replications %s seed %llu, paired on common random numbers %s prices %s of %s",
                r->replications, dot, (unsigned long long)r->seed, dot, plan->region,
                catalog_date(plan->catalog));
    end(p);
    for (size_t i = 0; i < p->comparison->count; i++)
        add_alarms(p->out, p->comparison->results[i], p->style);
    end(p);
}

/* ---- the table ---- */

static void add_estimate(struct page *p, const struct estimate *e, double scale, size_t width)
{
    char value[NUMBER_SIZE];
    number_estimate(e, scale, p->style, value, NULL);
    pad_right_aligned(&p->line, value, width);
}

static double least_recall(const struct result *r)
{
    double least = NO_SAMPLES;
    for (size_t i = 0; i < r->component_count; i++) {
        char path[512];
        if (strcmp(r->components[i].type, "vector_index") != 0) continue;
        snprintf(path, sizeof path, "%s.recall", r->components[i].name);
        const struct estimate *e = result_metric(r, path);
        if (e && !(least <= e->value)) least = e->value;
    }
    return least;
}

static void add_budgets(struct page *p, const struct result *r)
{
    size_t broken = 0;
    char value[NUMBER_SIZE] = "";
    for (size_t i = 0; i < r->budget_count; i++)
        broken += r->budgets[i].verdict == VERDICT_FAIL || r->budgets[i].verdict == VERDICT_NODATA;
    if (r->budget_count && broken)
        snprintf(value, sizeof value, "%s %zu/%zu", p->style->unicode ? "✗" : "FAIL", broken,
                 r->budget_count);
    else if (r->budget_count) snprintf(value, sizeof value, "%s", p->style->unicode ? "✓" : "ok");
    pad_right_aligned(&p->line, value, 9);
}

static double table_scale(const struct page *p)
{
    const struct estimate *e = of_workload(p, p->comparison->reference, "latency.p50");
    return e && e->value >= 100 ? 1 : 1000;
}

static void table(struct page *p)
{
    const bool wide = p->style->width >= 100;
    const double scale = table_scale(p);
    text_repeat(&p->line, " ", 17);
    pad_right_aligned(&p->line, "p50", 9);
    pad_right_aligned(&p->line, "p95", 9);
    pad_right_aligned(&p->line, "p99", 9);
    pad_right_aligned(&p->line, "TTFT p95", 10);
    if (wide) pad_right_aligned(&p->line, "success", 9);
    if (wide) pad_right_aligned(&p->line, "recall", 8);
    pad_right_aligned(&p->line, "cold", 8);
    pad_right_aligned(&p->line, "USD /1k", 9);
    if (wide) pad_right_aligned(&p->line, "budgets", 9);
    end(p);
    for (size_t i = 0; i < p->comparison->count; i++) {
        char value[NUMBER_SIZE];
        char name[64];
        const struct result *r = p->comparison->results[i];
        snprintf(name, sizeof name, "%.40s%s", name_of(p, i),
                 i == p->comparison->reference ? " *" : "");
        text_add(&p->line, "  ");
        pad_left_aligned(&p->line, name, 15);
        add_estimate(p, of_workload(p, i, "latency.p50"), scale, 9);
        add_estimate(p, of_workload(p, i, "latency.p95"), scale, 9);
        add_estimate(p, of_workload(p, i, "latency.p99"), scale, 9);
        add_estimate(p, of_workload(p, i, "ttft.p95"), scale, 10);
        const struct estimate *success = of_workload(p, i, "success_ratio");
        number_percent(success ? success->value : NO_SAMPLES, value);
        if (wide) pad_right_aligned(&p->line, value, 9);
        number_fixed(least_recall(r), 3, value);
        if (wide) pad_right_aligned(&p->line, value, 8);
        const struct estimate *cold = of_workload(p, i, "cold_start.ratio");
        number_percent(cold ? cold->value : NO_SAMPLES, value);
        pad_right_aligned(&p->line, value, 8);
        number_money(r->cost.per_1k_requests_usd.value, value);
        pad_right_aligned(&p->line, value, 9);
        if (wide) add_budgets(p, r);
        end(p);
    }
    text_format(&p->line, "  * compared against (--reference) %s latency of %s in %s",
                p->style->unicode ? "·" : "|", p->comparison->workload, scale > 1 ? "ms" : "s");
    end(p);
    end(p);
}

/* ---- changes ---- */

static const struct change *find_change(const struct page *p, size_t architecture,
                                        const char *metric)
{
    const struct comparison *c = p->comparison;
    for (size_t i = 0; i < c->change_count; i++)
        if (c->changes[i].architecture == architecture && strcmp(c->changes[i].metric, metric) == 0)
            return &c->changes[i];
    return NULL;
}

static void add_change(struct page *p, const struct change *x)
{
    char value[NUMBER_SIZE];
    char low[NUMBER_SIZE];
    char high[NUMBER_SIZE];
    char cell[4 * NUMBER_SIZE];
    if (!x || !x->known) {
        pad_right_aligned(&p->line, "n/a", 27);
        return;
    }
    number_change(x->change, p->style, value);
    number_change(x->low, p->style, low);
    number_change(x->high, p->style, high);
    const bool u = p->style->unicode;
    const char *mark = x->verdict == CHANGE_NONE ? u ? "≈" : "~"
                       : x->high < 0             ? u ? "▼" : "v"
                                                 : u ? "▲" : "^";
    low[strcspn(low, "%")] = '\0';
    high[strcspn(high, "%")] = '\0';
    snprintf(cell, sizeof cell, "%s [%s, %s] %s", value, low, high, mark);
    pad_right_aligned(&p->line, cell, 27);
}

static void changes(struct page *p)
{
    char p95[512];
    char p99[512];
    if (p->comparison->count < 2) return;
    snprintf(p95, sizeof p95, "%s.latency.p95", p->comparison->workload);
    snprintf(p99, sizeof p99, "%s.latency.p99", p->comparison->workload);
    const bool wide = p->style->width >= 100;
    add_heading(&p->line, "CHANGE (95% CI)", p->style);
    pad_right_aligned(&p->line, "p95 latency", 27);
    if (wide) pad_right_aligned(&p->line, "p99 latency", 27);
    pad_right_aligned(&p->line, "USD per 1k", 27);
    end(p);
    for (size_t i = 0; i < p->comparison->count; i++) {
        if (i == p->comparison->reference) continue;
        text_add(&p->line, "  ");
        pad_left_aligned(&p->line, name_of(p, i), 15);
        add_change(p, find_change(p, i, p95));
        if (wide) add_change(p, find_change(p, i, p99));
        add_change(p, find_change(p, i, "cost.per_1k_requests"));
        end(p);
    }
    text_add(&p->line, p->style->unicode
                           ? "  ▼ lower (better)  ▲ higher (worse)  ≈ no difference shown at 95%"
                           : "  v lower (better)  ^ higher (worse)  ~ no difference shown at 95%");
    end(p);
    end(p);
}

/* ---- costs, in groups of component types ---- */

static const struct {
    const char *label;
    const char *types;
    const char *unicode;
    const char *ascii;
} groups[] = {
    {"model", "model", "░", "."},
    {"functions", "function", "▒", ":"},
    {"workflow and gateway", "workflow gateway", "▓", "="},
    {"search, cache, other", "vector_index cache store service", "█", "#"},
};
#define GROUPS (sizeof groups / sizeof *groups)

static void group_costs(const struct result *r, double out[GROUPS])
{
    for (size_t g = 0; g < GROUPS; g++) out[g] = 0;
    for (size_t i = 0; i < r->cost.component_count; i++)
        for (size_t k = 0; k < r->component_count; k++) {
            if (strcmp(r->components[k].name, r->cost.components[i].component) != 0) continue;
            size_t g = 0;
            while (g + 1 < GROUPS && !strstr(groups[g].types, r->components[k].type)) g++;
            out[g] += r->cost.components[i].per_1k_usd.value;
        }
}

static void costs(struct page *p)
{
    const struct comparison *c = p->comparison;
    double most = 0;
    for (size_t i = 0; i < c->count; i++)
        most = fmax(most, c->results[i]->cost.per_1k_requests_usd.value);
    if (!(most > 0)) return;
    add_heading(&p->line, "COST PER 1k REQUESTS, USD ", p->style);
    for (size_t g = 0; g < GROUPS; g++)
        text_format(&p->line, "  %s %s", p->style->unicode ? groups[g].unicode : groups[g].ascii,
                    groups[g].label);
    end(p);
    const double cells = p->style->width - 17 - 12;
    for (size_t i = 0; i < c->count; i++) {
        double costs_of[GROUPS];
        char value[NUMBER_SIZE];
        size_t used = 0;
        double sum = 0;
        group_costs(c->results[i], costs_of);
        text_add(&p->line, "  ");
        pad_left_aligned(&p->line, name_of(p, i), 15);
        for (size_t g = 0; g < GROUPS; g++) {
            sum += costs_of[g];
            const size_t upto = (size_t)(sum / most * cells + 0.5);
            if (upto <= used) continue;
            text_repeat(&p->line, p->style->unicode ? groups[g].unicode : groups[g].ascii,
                        upto - used);
            used = upto;
        }
        number_money(c->results[i]->cost.per_1k_requests_usd.value, value);
        pad_right_aligned(&p->line, value, 10);
        end(p);
    }
    end(p);
}

/* ---- summary ---- */

static void front(struct page *p)
{
    const struct comparison *c = p->comparison;
    const char *between = " ";
    text_add(&p->line, "  Pareto front (cost, p95, recall):");
    for (size_t i = 0; i < c->count; i++) {
        if (c->standing[i] == STANDING_DOMINATED) continue;
        text_format(&p->line, "%s%s%s", between, name_of(p, i),
                    c->standing[i] == STANDING_TIED ? " (tied)" : "");
        between = ", ";
    }
    end(p);
    for (size_t i = 0; i < c->count; i++) {
        if (c->standing[i] != STANDING_DOMINATED) continue;
        text_format(&p->line, "  %s is dominated by %s", name_of(p, i),
                    name_of(p, c->dominated_by[i]));
        end(p);
    }
}

static void budgets_met(struct page *p)
{
    const struct comparison *c = p->comparison;
    for (size_t i = 0; i < c->count; i++)
        for (size_t b = 0; b < c->results[i]->budget_count; b++) {
            const struct budget_result *budget = &c->results[i]->budgets[b];
            char value[NUMBER_SIZE];
            if (budget->verdict == VERDICT_PASS) continue;
            number_fixed(budget->value, number_places(budget->value, 0), value);
            text_format(&p->line, "  %s %s %s: %s, limit %s", name_of(p, i),
                        budget->verdict == VERDICT_UNCERTAIN ? "may break" : "breaks",
                        budget->metric, value, budget->limit);
            end(p);
        }
}

static void needed(struct page *p)
{
    char metric[512];
    snprintf(metric, sizeof metric, "%s.latency.p95", p->comparison->workload);
    for (size_t i = 0; i < p->comparison->count; i++) {
        const struct change *x = find_change(p, i, metric);
        if (!x || !x->known || x->verdict != CHANGE_NONE) continue;
        const char *reference = name_of(p, p->comparison->reference);
        if (x->replications_needed < 10000) {
            const unsigned count = (unsigned)ceil(x->replications_needed);
            text_format(&p->line,
                        "  To separate p95 of %s from %s: about %u replications (--replications %u)",
                        name_of(p, i), reference, count, count);
        } else {
            text_format(&p->line, "  No practical number of replications separates p95 of %s from %s",
                        name_of(p, i), reference);
        }
        end(p);
    }
}

void compare_text(struct text *out, const struct comparison *comparison, const struct style *style)
{
    struct page p = {.out = out, .comparison = comparison, .style = style};
    text_init(&p.line);
    if (!style->quiet) {
        header(&p);
        table(&p);
        changes(&p);
        costs(&p);
        add_heading(&p.line, "SUMMARY", style);
        end(&p);
    }
    budgets_met(&p);
    front(&p);
    needed(&p);
    text_free(&p.line);
}
