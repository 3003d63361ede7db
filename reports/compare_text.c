#include "reports/compare_text.h"

#include "models/catalog.h"
#include "models/plan.h"
#include "reports/blocks.h"
#include "reports/numbers.h"
#include "study/scenario.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct page {
    struct text *out;
    struct text line;
    const struct comparison *comparison;
    const struct style *style;
};

static void end(struct page *p)
{
    end_line(p->out, &p->line, p->style);
}

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
    text_format(&p->line, "  %u replications %s seed %llu, paired%s %s prices %s of %s",
                r->replications, dot, (unsigned long long)r->seed,
                p->style->width < 100 ? "" : " on common random numbers", dot, plan->region,
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
    /* More digits than the column has, from a very narrow interval. */
    if (text_columns(value) >= width && !isnan(e->value)) number_fixed(e->value * scale, 1, value);
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
    struct verdict_counts n;
    const bool u = p->style->unicode;
    if (r->budget_count == 0) return;
    count_verdicts(r, &n);
    text_add(&p->line, "  ");
    if (n.broken) {
        add_styled(&p->line, "31", u ? "✗" : "FAIL", p->style);
        text_format(&p->line, " %zu/%zu", n.broken, r->budget_count);
    } else if (n.uncertain) {
        add_styled(&p->line, "33", u ? "?" : "??", p->style);
        text_format(&p->line, " %zu/%zu", n.uncertain, r->budget_count);
    } else if (n.nodata) {
        text_add(&p->line, "n/a");
    } else {
        add_styled(&p->line, "32", u ? "✓" : "ok", p->style);
    }
}

static double table_scale(const struct page *p)
{
    const struct estimate *e = of_workload(p, p->comparison->reference, "latency.p50");
    return e && e->value >= 100 ? 1 : 1000;
}

/* Columns for the architectures' names; the table has 89 beside them, with " *" after the name. */
static size_t name_columns(const struct page *p)
{
    size_t longest = 6;
    for (size_t i = 0; i < p->comparison->count; i++) {
        const size_t length = text_columns(name_of(p, i));
        if (length > longest) longest = length;
    }
    const size_t most = p->style->width == 100 ? 11 : p->style->width == 101 ? 12 : 13;
    return longest > most ? most : longest;
}

static void table_heading(struct page *p)
{
    const bool wide = p->style->width >= 100;
    text_repeat(&p->line, " ", 2 + name_columns(p) + 2);
    pad_right_aligned(&p->line, "p50", 7);
    pad_right_aligned(&p->line, "p95", 8);
    pad_right_aligned(&p->line, "p99", 8);
    pad_right_aligned(&p->line, "TTFT p95", 10);
    if (wide) pad_right_aligned(&p->line, "success", 9);
    if (wide) pad_right_aligned(&p->line, "recall", 7);
    pad_right_aligned(&p->line, "cold", 7);
    pad_right_aligned(&p->line, "USD /1k", 9);
    if (wide) pad_right_aligned(&p->line, "USD /month", 11);
    if (wide) text_add(&p->line, "  budgets");
    end(p);
}

static void add_name_of(struct page *p, size_t architecture, bool marked)
{
    text_add(&p->line, "  ");
    add_name(&p->line, name_of(p, architecture), name_columns(p), p->style);
    text_add(&p->line, marked ? " *" : "  ");
}

static void table_row(struct page *p, size_t i, double scale)
{
    const bool wide = p->style->width >= 100;
    const struct result *r = p->comparison->results[i];
    char value[NUMBER_SIZE];
    add_name_of(p, i, i == p->comparison->reference);
    if (p->comparison->standing[i] == STANDING_UNSTABLE) {
        pad_right_aligned(&p->line, "unstable", 7 + 8 + 8);
    } else {
        add_estimate(p, of_workload(p, i, "latency.p50"), scale, 7);
        add_estimate(p, of_workload(p, i, "latency.p95"), scale, 8);
        add_estimate(p, of_workload(p, i, "latency.p99"), scale, 8);
    }
    add_estimate(p, of_workload(p, i, "ttft.p95"), scale, 10);
    const struct estimate *success = of_workload(p, i, "success_ratio");
    number_percent(success ? success->value : NO_SAMPLES, value);
    if (wide) pad_right_aligned(&p->line, value, 9);
    number_fixed(least_recall(r), 3, value);
    if (wide) pad_right_aligned(&p->line, value, 7);
    const struct estimate *cold = of_workload(p, i, "cold_start.ratio");
    number_percent(cold ? cold->value : NO_SAMPLES, value);
    pad_right_aligned(&p->line, value, 7);
    number_money(r->cost.per_1k_requests_usd.value, value);
    pad_right_aligned(&p->line, value, 9);
    number_money(r->cost.per_month_usd.value, value);
    if (r->cost.per_month_usd.value >= 1000) number_fixed(r->cost.per_month_usd.value, 0, value);
    if (wide) pad_right_aligned(&p->line, value, 11);
    if (wide) add_budgets(p, r);
    end(p);
}

/* -v: half-widths of what the table shows, in its own columns. */
static void interval_row(struct page *p, size_t i, double scale)
{
    static const char *const shown[] = {"latency.p50", "latency.p95", "latency.p99", "ttft.p95"};
    static const size_t columns[] = {7, 8, 8, 10};
    char value[NUMBER_SIZE];
    char half[NUMBER_SIZE];
    struct text beneath;
    text_init(&beneath);
    text_repeat(&beneath, " ", 2 + name_columns(p) + 2);
    for (size_t k = 0; k < 4; k++) {
        number_estimate(of_workload(p, i, shown[k]), scale, p->style, value, half);
        pad_right_aligned(&beneath, half, columns[k]);
    }
    add_styled(&p->line, "2", beneath.data, p->style);
    if (strspn(beneath.data, " ") == beneath.length)
        text_clear(&p->line);
    else
        end(p);
    text_free(&beneath);
}

static void table(struct page *p)
{
    const double scale = table_scale(p);
    bool low_n = false;
    table_heading(p);
    for (size_t i = 0; i < p->comparison->count; i++) {
        const struct estimate *p99 = of_workload(p, i, "latency.p99");
        low_n |= p99 && p99->low_n;
        table_row(p, i, scale);
        if (p->style->verbose) interval_row(p, i, scale);
    }
    const char *dot = p->style->unicode ? "·" : "|";
    text_format(&p->line, "  * compared against (--reference) %s latency of ", dot);
    add_plain(&p->line, p->comparison->workload);
    text_format(&p->line, " in %s", scale > 1 ? "ms" : "s");
    if (!p->style->verbose) text_format(&p->line, " %s intervals: -v", dot);
    end(p);
    if (low_n) {
        text_format(&p->line,
                    "  n/a* needs more requests per replication: p95 %s 200, p99 %s 1,000",
                    p->style->unicode ? "≥" : ">=", p->style->unicode ? "≥" : ">=");
        end(p);
    }
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
                       : u                       ? "▲"
                                                 : "^";
    low[strcspn(low, "%")] = '\0';
    high[strcspn(high, "%")] = '\0';
    snprintf(cell, sizeof cell, "%s [%s, %s] ", value, low, high);
    pad_right_aligned(&p->line, cell, 26);
    const char *colour = x->verdict == CHANGE_BETTER ? "32" : "31";
    add_styled(&p->line, x->verdict == CHANGE_NONE ? "2" : colour, mark, p->style);
}

/* The block with `count` of the metrics side by side; metrics[0] is the first of them. */
static void change_block(struct page *p, const char *const metrics[], const char *const titles[],
                         size_t count)
{
    const size_t columns = name_columns(p) + 2;
    add_heading(&p->line, "CHANGE (95% CI)", p->style);
    size_t fill = columns < 15 ? 15 - columns : 0;
    if (columns > 15) text_repeat(&p->line, " ", columns - 15);
    for (size_t m = 0; m < count; m++) {
        pad_right_aligned(&p->line, titles[m], 27 - fill);
        fill = 0;
    }
    end(p);
    for (size_t i = 0; i < p->comparison->count; i++) {
        if (i == p->comparison->reference) continue;
        add_name_of(p, i, false);
        for (size_t m = 0; m < count; m++) add_change(p, find_change(p, i, metrics[m]));
        end(p);
    }
}

static void changes(struct page *p)
{
    static const char *const titles[] = {"p95 latency", "p99 latency", "USD per 1k"};
    char p95[512];
    char p99[512];
    if (p->comparison->count < 2) return;
    snprintf(p95, sizeof p95, "%s.latency.p95", p->comparison->workload);
    snprintf(p99, sizeof p99, "%s.latency.p99", p->comparison->workload);
    const char *const metrics[] = {p95, p99, "cost.per_1k_requests"};
    if (p->style->width >= 100)
        change_block(p, metrics, titles, 3);
    else
        for (size_t m = 0; m < 3; m++) change_block(p, metrics + m, titles + m, 1);
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
    if (p->style->width < 100) end(p);
    for (size_t g = 0; g < GROUPS; g++)
        text_format(&p->line, "  %s %s", p->style->unicode ? groups[g].unicode : groups[g].ascii,
                    groups[g].label);
    end(p);
    const double cells = p->style->width - 4 - (double)name_columns(p) - 12;
    for (size_t i = 0; i < c->count; i++) {
        double costs_of[GROUPS];
        char value[NUMBER_SIZE];
        size_t used = 0;
        double sum = 0;
        group_costs(c->results[i], costs_of);
        add_name_of(p, i, false);
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

static void wrap(struct page *p)
{
    end_wrapped(p->out, &p->line, 4, p->style);
}

static void front(struct page *p)
{
    const struct comparison *c = p->comparison;
    size_t on_front = 0;
    text_add(&p->line, "  Pareto front (cost, p95, recall):");
    for (size_t i = 0; i < c->count; i++) {
        if (c->standing[i] == STANDING_DOMINATED || c->standing[i] == STANDING_UNSTABLE) continue;
        text_add(&p->line, on_front++ ? ", " : " ");
        add_plain(&p->line, name_of(p, i));
        if (c->standing[i] == STANDING_TIED) text_add(&p->line, " (tied)");
    }
    if (on_front == 0) text_add(&p->line, " none is stable");
    if (on_front == c->count)
        text_format(&p->line, " %s nothing is dominated", p->style->unicode ? "·" : "|");
    wrap(p);
    for (size_t i = 0; i < c->count; i++) {
        const bool unstable = c->standing[i] == STANDING_UNSTABLE;
        if (!unstable && c->standing[i] != STANDING_DOMINATED) continue;
        text_add(&p->line, "  ");
        add_plain(&p->line, name_of(p, i));
        text_add(&p->line,
                 unstable ? " is not on it: its latency is unstable" : " is dominated by ");
        if (!unstable) add_plain(&p->line, name_of(p, c->dominated_by[i]));
        wrap(p);
    }
}

/* "  cached costs 1.54 times less than workflow" of what differs for sure, "their p95 cannot be
 * told apart" of what does not. */
static void differences(struct page *p)
{
    char metric[512];
    snprintf(metric, sizeof metric, "%s.latency.p95", p->comparison->workload);
    for (size_t i = 0; i < p->comparison->count; i++) {
        const struct change *usd = find_change(p, i, "cost.per_1k_requests");
        const struct change *p95 = find_change(p, i, metric);
        if (!usd || !usd->known || usd->verdict == CHANGE_NONE) continue;
        const bool less = usd->change < 0;
        const double ratio = less ? 1 / (1 + usd->change) : 1 + usd->change;
        char times[NUMBER_SIZE];
        text_add(&p->line, "  ");
        add_plain(&p->line, name_of(p, i));
        if (ratio < 1.2) {
            number_percent(fabs(usd->change), times);
            text_format(&p->line, " costs %s %s than ", times, less ? "less" : "more");
        } else {
            number_rate(ratio, times);
            text_format(&p->line, " costs %s times %s ", times, less ? "less than" : "as much as");
        }
        add_plain(&p->line, name_of(p, p->comparison->reference));
        if (p95 && p95->known && p95->verdict == CHANGE_NONE)
            text_add(&p->line, "; their p95 cannot be told apart");
        wrap(p);
    }
}

static void budgets_met(struct page *p)
{
    const struct comparison *c = p->comparison;
    for (size_t i = 0; i < c->count; i++)
        for (size_t b = 0; b < c->results[i]->budget_count; b++) {
            const struct budget_result *budget = &c->results[i]->budgets[b];
            if (budget->verdict == VERDICT_PASS) continue;
            text_add(&p->line, "  ");
            add_plain(&p->line, name_of(p, i));
            if (budget->verdict == VERDICT_NODATA) {
                text_add(&p->line, " has no data for ");
                add_plain(&p->line, budget->metric);
                wrap(p);
                continue;
            }
            text_add(&p->line, budget->verdict == VERDICT_UNCERTAIN ? " may break " : " breaks ");
            add_plain(&p->line, budget->metric);
            text_add(&p->line, ": ");
            add_budget_value(&p->line, budget);
            text_add(&p->line, ", limit ");
            add_plain(&p->line, budget->limit);
            wrap(p);
        }
}

static void needed(struct page *p)
{
    char metric[512];
    snprintf(metric, sizeof metric, "%s.latency.p95", p->comparison->workload);
    for (size_t i = 0; i < p->comparison->count; i++) {
        const struct change *x = find_change(p, i, metric);
        if (!x || !x->known || x->verdict != CHANGE_NONE) continue;
        text_add(&p->line, x->replications_needed < 10000
                               ? "  To separate p95 of "
                               : "  No practical number of replications separates p95 of ");
        add_plain(&p->line, name_of(p, i));
        text_add(&p->line, " from ");
        add_plain(&p->line, name_of(p, p->comparison->reference));
        if (x->replications_needed < 10000)
            text_format(&p->line, ": about %.0f replications (--replications %.0f)",
                        ceil(x->replications_needed), ceil(x->replications_needed));
        wrap(p);
    }
}

static void warnings(struct page *p)
{
    bool any = false;
    for (size_t i = 0; i < p->comparison->count; i++) {
        const struct result *r = p->comparison->results[i];
        if (r->warnings.first && !any && !p->style->quiet) end(p);
        any |= r->warnings.first != NULL;
        add_warnings(p->out, r, p->style);
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
    differences(&p);
    budgets_met(&p);
    front(&p);
    needed(&p);
    warnings(&p);
    text_free(&p.line);
}
