#include "reports/run_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "models/catalog.h"
#include "models/plan.h"
#include "reports/blocks.h"
#include "reports/numbers.h"
#include "study/scenario.h"

#define CELLS 12

struct page {
    struct text *out;
    struct text line;
    const struct result *result;
    const struct style *style;
};

static void end(struct page *p) { end_line(p->out, &p->line, p->style); }

static const struct estimate *find(const struct page *p, const char *owner, const char *statistic)
{
    char path[512];
    snprintf(path, sizeof path, "%s.%s", owner, statistic);
    return result_metric(p->result, path);
}

/* ---- header and verdict ---- */

static void header(struct page *p)
{
    const struct result *r = p->result;
    const struct scenario *s = r->scenario;
    const char *slash = strrchr(s->file, '/');
    const char *dot = p->style->unicode ? "·" : "|";
    char requests[NUMBER_SIZE];
    struct text left;
    text_init(&left);
    text_format(&left, "%s %s %s", slash ? slash + 1 : s->file, dot, s->name);
    add_header(p->out, left.data, r, p->style);
    text_free(&left);
    number_fixed((double)r->requests, 0, requests);
    text_format(&p->line, "  %u replication%s %s seed %llu %s prices %s of %s %s %s requests",
                r->replications, r->replications == 1 ? "" : "s", dot, (unsigned long long)r->seed,
                dot, s->plan->region, catalog_date(s->plan->catalog), dot, requests);
    end(p);
    add_alarms(p->out, r, p->style);
    end(p);
}

static void add_value(struct text *line, double value, enum unit unit)
{
    char digits[NUMBER_SIZE];
    if (unit == UNIT_RATIO) number_percent(value, digits);
    else if (unit == UNIT_USD) number_money(value, digits);
    else number_fixed(value, number_places(value, 0), digits);
    text_format(line, unit == UNIT_USD ? "$%s" : unit == UNIT_SECONDS ? "%s s" : "%s", digits);
}

static void verdict(struct page *p)
{
    const struct result *r = p->result;
    size_t broken = 0;
    size_t uncertain = 0;
    const struct budget_result *first = NULL;
    if (r->budget_count == 0) return;
    for (size_t i = 0; i < r->budget_count; i++) {
        const bool bad = r->budgets[i].verdict == VERDICT_FAIL || r->budgets[i].verdict == VERDICT_NODATA;
        broken += bad;
        uncertain += r->budgets[i].verdict == VERDICT_UNCERTAIN;
        if (bad && !first) first = &r->budgets[i];
    }
    const bool u = p->style->unicode;
    const char *colour = broken ? "31" : uncertain ? "33" : "32";
    const char *word = broken      ? u ? "✗ FAIL" : "FAIL"
                       : uncertain ? u ? "? UNCERTAIN" : "?? UNCERTAIN"
                                   : u ? "✓ PASS" : "ok PASS";
    if (p->style->colour) text_format(&p->line, "  \033[%sm%s\033[0m", colour, word);
    else text_format(&p->line, "  %s", word);
    if (broken) text_format(&p->line, "  %zu of %zu budgets broken", broken, r->budget_count);
    else text_format(&p->line, "  %zu of %zu budgets met", r->budget_count - uncertain, r->budget_count);
    if (uncertain) text_format(&p->line, ", %zu uncertain", uncertain);
    if (first) {
        text_format(&p->line, ": %s ", first->metric);
        add_value(&p->line, first->value, first->unit);
        text_format(&p->line, ", limit %s", first->limit);
    }
    end(p);
    if (!p->style->quiet) end(p);
}

/* ---- latency ---- */

struct cells {
    double counts[CELLS];
    double width; /* ns */
};

static void count_cell(void *context, sim_time low, sim_time high, uint64_t count)
{
    struct cells *c = context;
    const double at = ((double)low + (double)high) / 2 / c->width;
    const size_t cell = at < CELLS ? (size_t)at : CELLS - 1;
    c->counts[cell] += (double)count;
}

static void add_distribution(struct text *line, const struct histogram *h, double end_s,
                             const struct style *style)
{
    static const char *const blocks[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    static const char *const ascii[] = {" ", ".", ":", "-", "=", "+", "*", "#", "@"};
    struct cells c = {.width = end_s * 1e9 / CELLS};
    double most = 0;
    if (!(end_s > 0) || h->count == 0) return;
    histogram_visit(h, count_cell, &c);
    for (size_t i = 0; i < CELLS; i++) most = fmax(most, c.counts[i]);
    for (size_t i = 0; i < CELLS; i++) {
        const size_t level = c.counts[i] > 0 ? 1 + (size_t)(c.counts[i] / most * 7.0) : 0;
        text_add(line, (style->unicode ? blocks : ascii)[level]);
    }
}

static const char *const columns[] = {"mean", "p50", "p95", "p99", "p999"};
static const char *const headings[] = {"mean", "p50", "p95", "p99", "p99.9"};

/* One row of the table and the intervals beneath. `any` is set when a percentile had too few requests. */
static void latency_row(struct page *p, const char *label, const char *owner, const char *what,
                        double scale, const struct histogram *h, double end_s, bool *low_n)
{
    char values[5][NUMBER_SIZE];
    char halves[5][NUMBER_SIZE];
    for (size_t i = 0; i < 5; i++) {
        char statistic[64];
        snprintf(statistic, sizeof statistic, "%s.%s", what, columns[i]);
        const struct estimate *e = find(p, owner, statistic);
        number_estimate(e, scale, p->style, values[i], halves[i]);
        *low_n |= e && e->low_n;
    }
    const size_t shown = p->style->width < 90 ? 4 : 5;
    text_add(&p->line, "  ");
    pad_left_aligned(&p->line, label, 22);
    for (size_t i = 0; i < shown; i++) pad_right_aligned(&p->line, values[i], 10);
    if (p->style->width >= 90) {
        text_add(&p->line, "   ");
        add_distribution(&p->line, h, end_s, p->style);
    }
    end(p);
    text_repeat(&p->line, " ", 24);
    for (size_t i = 0; i < shown; i++) pad_right_aligned(&p->line, halves[i], 10);
    if (strspn(p->line.data, " ") == p->line.length) text_clear(&p->line);
    else end(p);
}

/* A round number of seconds at or above the 99.5th percentile: where the distribution's picture ends. */
static double picture_end(const struct histogram *h)
{
    if (h->count == 0) return 0;
    const double top = histogram_quantile(h, 0.995);
    const double unit = pow(10, floor(log10(fmax(top, 1e-9))));
    return ceil(top / unit) * unit;
}

static void latency(struct page *p, const struct workload_result *w)
{
    const double median = w->latency.count ? histogram_quantile(&w->latency, 0.5) : 0;
    const bool seconds = median >= 100;
    const double scale = seconds ? 1 : 1000;
    const double end_s = picture_end(&w->latency);
    char heading[256];
    bool low_n = false;
    snprintf(heading, sizeof heading, "LATENCY of %.180s, %s", w->name, seconds ? "s" : "ms");
    add_heading(&p->line, heading, p->style);
    const size_t used = text_columns(heading);
    text_repeat(&p->line, " ", used < 22 ? 22 - used : 1);
    const size_t shown = p->style->width < 90 ? 4 : 5;
    for (size_t i = 0; i < shown; i++) pad_right_aligned(&p->line, headings[i], 10);
    if (p->style->width >= 90 && w->latency.count)
        text_format(&p->line, "   0%s%.4g s", p->style->unicode ? "–" : "-", end_s);
    end(p);
    latency_row(p, "end to end", w->name, "latency", scale, &w->latency, end_s, &low_n);
    if (w->streams) {
        latency_row(p, "time to first token", w->name, "ttft", scale, &w->ttft,
                    picture_end(&w->ttft), &low_n);
        latency_row(p, "time per output token", w->name, "tpot", 1000, &w->tpot,
                    picture_end(&w->tpot), &low_n);
    }
    if (low_n) {
        text_add(&p->line, "  * needs more requests per replication: 10 / (1 - p)");
        end(p);
    }
    end(p);
}

/* ---- why ---- */

static void why(struct page *p, const struct workload_result *w)
{
    const bool seconds = w->latency.count && histogram_quantile(&w->latency, 0.5) >= 100;
    const double scale = seconds ? 1 : 1000;
    double most = 0;
    if (w->attribution_count == 0) return;
    char heading[64];
    snprintf(heading, sizeof heading, "WHY, %s of the mean", seconds ? "s" : "ms");
    add_heading(&p->line, heading, p->style);
    text_repeat(&p->line, " ", 30 - text_columns(heading));
    pad_right_aligned(&p->line, "mean", 10);
    pad_right_aligned(&p->line, "share", 9);
    pad_right_aligned(&p->line, "of p95", 10);
    end(p);
    most = w->attribution[0].share;
    for (size_t i = 0; i < w->attribution_count; i++) {
        const struct attribution *a = &w->attribution[i];
        char value[NUMBER_SIZE];
        if (a->share < 0.01 && !(a->calls_ratio > 0 && a->share > 0.0005)) continue;
        text_add(&p->line, "  ");
        pad_left_aligned(&p->line, a->component, 12);
        text_add(&p->line, " ");
        pad_left_aligned(&p->line, a->part ? a->part : a->cause, 17);
        number_fixed(a->mean_s * scale, a->mean_s * scale < 10 ? 1 : 0, value);
        pad_right_aligned(&p->line, value, 10);
        number_percent(a->share, value);
        pad_right_aligned(&p->line, value, 9);
        number_fixed(a->p95_s * scale, a->p95_s * scale < 10 ? 1 : 0, value);
        pad_right_aligned(&p->line, value, 10);
        text_add(&p->line, "   ");
        add_bar(&p->line, a->share / most, 16, p->style);
        if (a->calls_ratio > 0 && a->per_occurrence_s > 0) {
            char ratio[NUMBER_SIZE];
            number_percent(a->calls_ratio, ratio);
            number_fixed(a->per_occurrence_s * 1000, 0, value);
            text_format(&p->line, "  %s of calls, %s ms each", ratio, value);
        }
        end(p);
    }
    end(p);
}

/* ---- cost ---- */

static void cost_row(struct page *p, const char *name, const struct estimate *per_1k,
                     const struct estimate *per_month, double share, double most)
{
    char value[NUMBER_SIZE];
    char half[NUMBER_SIZE] = "";
    text_add(&p->line, "  ");
    pad_left_aligned(&p->line, name, 16);
    if (per_1k->interval_known) number_estimate(per_1k, 1, p->style, value, half);
    else number_money(per_1k->value, value);
    pad_right_aligned(&p->line, value, 14);
    text_add(&p->line, " ");
    pad_left_aligned(&p->line, half, 9);
    if (p->style->width >= 90) {
        number_money(per_month->value, value);
        if (per_month->value >= 1000) number_fixed(per_month->value, 0, value);
        pad_right_aligned(&p->line, value, 12);
    }
    number_percent(share, value);
    pad_right_aligned(&p->line, value, 9);
    text_add(&p->line, "   ");
    if (most > 0) add_bar(&p->line, share / most, 16, p->style);
    end(p);
}

static void cost(struct page *p)
{
    const struct cost_result *c = &p->result->cost;
    if (c->component_count == 0) return;
    add_heading(&p->line, "COST, USD", p->style);
    text_repeat(&p->line, " ", 7);
    pad_right_aligned(&p->line, "per 1k requests", 24 - 7);
    if (p->style->width >= 90) pad_right_aligned(&p->line, "per month", 19);
    pad_right_aligned(&p->line, "share", p->style->width >= 90 ? 9 : 16);
    end(p);
    for (size_t i = 0; i < c->component_count; i++)
        cost_row(p, c->components[i].component, &c->components[i].per_1k_usd,
                 &c->components[i].per_month_usd, c->components[i].share, c->components[0].share);
    cost_row(p, "total", &c->per_1k_requests_usd, &c->per_month_usd, 1, 0);
    end(p);
}

/* ---- the rest in a line each ---- */

static double value_of(const struct page *p, const char *owner, const char *statistic)
{
    const struct estimate *e = find(p, owner, statistic);
    return e ? e->value : NO_SAMPLES;
}

static void traffic(struct page *p)
{
    char value[NUMBER_SIZE];
    const char *dot = p->style->unicode ? "·" : "|";
    for (size_t i = 0; i < p->result->workload_count; i++) {
        const char *name = p->result->workloads[i].name;
        add_heading(&p->line, "TRAFFIC", p->style);
        number_fixed(value_of(p, name, "arrival_rate"), 2, value);
        text_format(&p->line, "   %s: %s /s mean", name, value);
        number_percent(value_of(p, name, "success_ratio"), value);
        text_format(&p->line, " %s success %s", dot, value);
        number_percent(value_of(p, name, "cold_start.ratio"), value);
        text_format(&p->line, " %s cold starts met by %s of requests", dot, value);
        end(p);
    }
}

static void note(struct page *p, const char *heading, const char *name, const char *what,
                 const char *value)
{
    add_heading(&p->line, heading, p->style);
    text_repeat(&p->line, " ", 10 - text_columns(heading));
    text_format(&p->line, "%s: %s %s", name, what, value);
}

static void components(struct page *p)
{
    const char *dot = p->style->unicode ? "·" : "|";
    for (size_t i = 0; i < p->result->component_count; i++) {
        const char *name = p->result->components[i].name;
        const char *type = p->result->components[i].type;
        char value[NUMBER_SIZE];
        if (strcmp(type, "vector_index") == 0) {
            number_fixed(value_of(p, name, "recall"), 3, value);
            note(p, "SEARCH", name, "recall", value);
            number_fixed(value_of(p, name, "search.mean") * 1000, 2, value);
            text_format(&p->line, " %s search %s ms", dot, value);
            number_percent(value_of(p, name, "utilization"), value);
            text_format(&p->line, " %s workers busy %s", dot, value);
            number_fixed(value_of(p, name, "search.measured_vectors"), 0, value);
            text_format(&p->line, " %s measured on %s vectors", dot, value);
            end(p);
        } else if (strcmp(type, "cache") == 0) {
            number_percent(value_of(p, name, "hit_ratio"), value);
            note(p, "CACHE", name, "hit ratio", value);
            end(p);
        } else if (strcmp(type, "service") == 0) {
            number_fixed(value_of(p, name, "queue.mean"), 2, value);
            note(p, "QUEUES", name, "mean", value);
            number_percent(value_of(p, name, "utilization"), value);
            text_format(&p->line, " waiting %s utilization %s", dot, value);
            end(p);
        } else if (strcmp(type, "function") == 0) {
            number_fixed(value_of(p, name, "concurrency.max"), 0, value);
            note(p, "SCALE", name, "peak concurrency", value);
            number_percent(value_of(p, name, "cold_start.ratio"), value);
            text_format(&p->line, " %s cold starts %s", dot, value);
            number_fixed(value_of(p, name, "throttled"), 0, value);
            text_format(&p->line, " %s throttled %s", dot, value);
            end(p);
        }
    }
}

/* -v: every metric by its path. */
static void all_metrics(struct page *p)
{
    end(p);
    for (size_t i = 0; i < p->result->metric_count; i++) {
        const struct estimate *e = &p->result->metrics[i];
        char value[NUMBER_SIZE];
        char half[NUMBER_SIZE];
        if (isnan(e->value)) continue;
        number_estimate(e, 1, p->style, value, half);
        text_add(&p->line, "  ");
        pad_left_aligned(&p->line, e->path, 44);
        pad_right_aligned(&p->line, value, 16);
        text_format(&p->line, " %s %s", half, unit_names[e->unit]);
        end(p);
    }
}

void run_text(struct text *out, const struct result *result, const struct style *style)
{
    struct page p = {.out = out, .result = result, .style = style};
    text_init(&p.line);
    if (style->quiet) {
        verdict(&p);
        text_free(&p.line);
        return;
    }
    header(&p);
    verdict(&p);
    for (size_t i = 0; i < result->workload_count; i++) {
        latency(&p, &result->workloads[i]);
        why(&p, &result->workloads[i]);
    }
    cost(&p);
    traffic(&p);
    components(&p);
    if (style->verbose) all_metrics(&p);
    text_free(&p.line);
}
