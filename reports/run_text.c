#include "reports/run_text.h"

#include "models/catalog.h"
#include "models/plan.h"
#include "reports/blocks.h"
#include "reports/numbers.h"
#include "reports/sparkline.h"
#include "study/scenario.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct page {
    struct text *out;
    struct text line;
    const struct result *result;
    const struct style *style;
    bool unstable; /* the workload being written */
};

static void end(struct page *p)
{
    end_line(p->out, &p->line, p->style);
}

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
    const char *stopped = strcmp(r->stopped_by, "relative_error") == 0 ? " (known well enough)"
                          : strcmp(r->stopped_by, "at_most") == 0      ? " (the most allowed)"
                                                                       : "";
    text_format(&p->line, "  %u replication%s%s %s seed %llu %s prices %s of %s %s %s requests",
                r->replications, r->replications == 1 ? "" : "s", stopped, dot,
                (unsigned long long)r->seed, dot, s->plan->region, catalog_date(s->plan->catalog),
                dot, requests);
    end(p);
    add_alarms(p->out, r, p->style);
    end(p);
}

static void verdict(struct page *p)
{
    const struct result *r = p->result;
    const bool u = p->style->unicode;
    struct verdict_counts n;
    if (r->budget_count == 0) return;
    count_verdicts(r, &n);
    text_add(&p->line, "  ");
    if (n.broken || n.nodata)
        add_styled(&p->line, "31", u ? "✗ FAIL" : "FAIL", p->style);
    else if (n.uncertain)
        add_styled(&p->line, "33", u ? "? UNCERTAIN" : "?? UNCERTAIN", p->style);
    else
        add_styled(&p->line, "32", u ? "✓ PASS" : "ok PASS", p->style);
    if (n.broken)
        text_format(&p->line, "  %zu of %zu budgets broken", n.broken, r->budget_count);
    else
        text_format(&p->line, "  %zu of %zu budgets met", r->budget_count - n.uncertain - n.nodata,
                    r->budget_count);
    if (n.uncertain) text_format(&p->line, ", %zu uncertain", n.uncertain);
    if (n.nodata) text_format(&p->line, ", %zu without data", n.nodata);
    if (n.first) {
        text_add(&p->line, ": ");
        add_plain(&p->line, n.first->metric);
        text_add(&p->line, " ");
        add_budget_value(&p->line, n.first);
        text_add(&p->line, ", limit ");
        add_plain(&p->line, n.first->limit);
    }
    end_wrapped(p->out, &p->line, 4, p->style);
    if (!p->style->quiet) end(p);
}

/* ---- latency ---- */

static const char *const statistics[] = {"mean", "p50", "p95", "p99", "p999"};
static const char *const headings[] = {"mean", "p50", "p95", "p99", "p99.9"};

/* One row of the table and the intervals beneath; the histogram may be NULL. Marks the columns that
 * had too few requests. */
static void latency_row(struct page *p, const char *label, const char *owner, const char *what,
                        double scale, const struct histogram *h, double end_s, bool low_n[5])
{
    char values[5][NUMBER_SIZE];
    char halves[5][NUMBER_SIZE];
    const size_t shown = p->style->width < 90 ? 4 : 5;
    for (size_t i = 0; i < 5; i++) {
        char statistic[64];
        snprintf(statistic, sizeof statistic, "%s.%s", what, statistics[i]);
        const struct estimate *e = find(p, owner, statistic);
        number_estimate(e, scale, p->style, values[i], halves[i]);
        low_n[i] |= e && e->low_n && i < shown;
    }
    text_add(&p->line, "  ");
    pad_left_aligned(&p->line, label, 22);
    for (size_t i = 0; i < shown; i++) pad_right_aligned(&p->line, values[i], 10);
    if (h && p->style->width >= 90) {
        text_add(&p->line, "   ");
        add_sparkline(&p->line, h, end_s, p->style);
    }
    end(p);
    struct text beneath;
    text_init(&beneath);
    text_repeat(&beneath, " ", 24);
    for (size_t i = 0; i < shown; i++) pad_right_aligned(&beneath, halves[i], 10);
    if (strspn(beneath.data, " ") < beneath.length) {
        add_styled(&p->line, "2", beneath.data, p->style);
        end(p);
    }
    text_free(&beneath);
}

/* What percentiles marked n/a* need: "  * p99 needs >= 1,000, p99.9 >= 10,000 requests per
 * replication" */
static void footnote(struct page *p, const bool low_n[5])
{
    static const int needed[] = {0, 20, 200, 1000, 10000};
    const char *between = "  * ";
    const char *needs = " needs";
    for (size_t i = 0; i < 5; i++) {
        char count[NUMBER_SIZE];
        if (!low_n[i] || needed[i] == 0) continue;
        number_fixed(needed[i], 0, count);
        text_format(&p->line, "%s%s%s %s %s", between, headings[i], needs,
                    p->style->unicode ? "≥" : ">=", count);
        between = ", ";
        needs = "";
    }
    if (p->line.length == 0) return;
    text_add(&p->line, " requests per replication");
    end(p);
}

static void latency(struct page *p, const struct workload_result *w)
{
    const double median = w->latency.count ? histogram_quantile(&w->latency, 0.5) : 0;
    const bool seconds = median >= 100;
    const double scale = seconds ? 1 : 1000;
    const double end_s = sparkline_end(&w->latency);
    char heading[64];
    bool low_n[5] = {false};
    char name[32];
    text_excerpt(name, sizeof name, w->name);
    snprintf(heading, sizeof heading, "LATENCY of %s, %s", name, seconds ? "s" : "ms");
    add_heading(&p->line, heading, p->style);
    const size_t used = text_columns(heading);
    text_repeat(&p->line, " ", used < 22 ? 22 - used : 1);
    const size_t shown = p->style->width < 90 ? 4 : 5;
    for (size_t i = 0; i < shown; i++) pad_right_aligned(&p->line, headings[i], 10);
    if (p->style->width >= 90 && w->latency.count && !w->unstable)
        text_format(&p->line, "   0%s%.4g s", p->style->unicode ? "–" : "-", end_s);
    end(p);
    latency_row(p, "end to end", w->name, "latency", scale, w->unstable ? NULL : &w->latency, end_s,
                low_n);
    if (w->streams) {
        latency_row(p, "time to first token", w->name, "ttft", scale, w->unstable ? NULL : &w->ttft,
                    sparkline_end(&w->ttft), low_n);
        latency_row(p, "time per output token", w->name, "tpot", 1000, &w->tpot,
                    sparkline_end(&w->tpot), low_n);
    }
    footnote(p, low_n);
    end(p);
}

/* ---- why ---- */

/* Columns of the names in a block: the longest, within bounds. */
static size_t name_columns(size_t longest, const struct style *style)
{
    const size_t most = style->width < 90 ? 14 : 20;
    return longest < 8 ? 8 : longest > most ? most : longest;
}

/* Of an unstable workload the shares say where time is lost, but how much has no value. */
static void add_time(struct page *p, double seconds, double scale)
{
    char value[NUMBER_SIZE];
    number_fixed(seconds * scale, seconds * scale < 10 ? 1 : 0, value);
    pad_right_aligned(&p->line, p->unstable ? "unstable" : value, 9);
}

static void why_row(struct page *p, const struct attribution *a, double scale, size_t columns,
                    double most)
{
    const bool wide = p->style->width >= 90;
    char value[NUMBER_SIZE];
    text_add(&p->line, "  ");
    add_name(&p->line, a->component, columns, p->style);
    text_add(&p->line, " ");
    pad_left_aligned(&p->line, a->part ? a->part : a->cause, 12);
    add_time(p, a->mean_s, scale);
    number_percent(a->share, value);
    pad_right_aligned(&p->line, value, 9);
    add_time(p, a->p95_s, scale);
    text_add(&p->line, "   ");
    if (wide) add_bar(&p->line, a->share / most, 10, p->style);
    if (a->calls_ratio > 0 && a->per_occurrence_s > 0) {
        char ratio[NUMBER_SIZE];
        const size_t used = text_columns(p->line.data);
        const size_t after = 2 + columns + 1 + 12 + 27 + 3 + 11;
        number_percent(a->calls_ratio, ratio);
        number_fixed(a->per_occurrence_s * 1000, 0, value);
        if (wide && used < after) text_repeat(&p->line, " ", after - used);
        text_format(&p->line, wide ? "%s of calls, %s ms each" : "%s, %s ms each", ratio, value);
    }
    end(p);
}

/* Sorted by share and cut at 1 %, but a cold start stays down to 0.05 %: it explains the tail. */
static bool why_shown(const struct attribution *a)
{
    return a->share >= 0.01 || (a->calls_ratio > 0 && a->share >= 0.0005);
}

static void why(struct page *p, const struct workload_result *w)
{
    const bool seconds = w->latency.count && histogram_quantile(&w->latency, 0.5) >= 100;
    const double scale = seconds ? 1 : 1000;
    const double mean = w->latency.count ? histogram_mean(&w->latency) : 0;
    size_t longest = 0;
    double sum = 0;
    double hidden_p95 = 0;
    char heading[64];
    if (w->attribution_count == 0) return;
    for (size_t i = 0; i < w->attribution_count; i++) {
        const size_t length = text_columns(w->attribution[i].component);
        if (!why_shown(&w->attribution[i])) {
            hidden_p95 += w->attribution[i].p95_s;
            continue;
        }
        if (length > longest) longest = length;
        sum += w->attribution[i].mean_s;
    }
    longest = name_columns(longest, p->style);
    snprintf(heading, sizeof heading, "WHY, %s of the mean", seconds ? "s" : "ms");
    add_heading(&p->line, heading, p->style);
    text_repeat(&p->line, " ", longest + 1 + 12 - text_columns(heading));
    pad_right_aligned(&p->line, "mean", 9);
    pad_right_aligned(&p->line, "share", 9);
    pad_right_aligned(&p->line, "of p95", 9);
    end(p);
    for (size_t i = 0; i < w->attribution_count; i++)
        if (why_shown(&w->attribution[i]))
            why_row(p, &w->attribution[i], scale, longest, w->attribution[0].share);
    if (mean > 0 && fabs(mean - sum) > 0.005 * mean) {
        const struct attribution other = {.component = "other",
                                          .cause = "",
                                          .mean_s = mean - sum,
                                          .share = (mean - sum) / mean,
                                          .p95_s = hidden_p95,
                                          .calls_ratio = NO_SAMPLES};
        why_row(p, &other, scale, longest, w->attribution[0].share);
    }
    end(p);
}

/* ---- cost ---- */

static void cost_row(struct page *p, const char *name, size_t columns,
                     const struct component_cost *c, double most)
{
    char value[NUMBER_SIZE];
    char half[NUMBER_SIZE] = "";
    text_add(&p->line, "  ");
    add_name(&p->line, name, columns, p->style);
    number_money_estimate(&c->per_1k_usd, p->style, value, half);
    pad_right_aligned(&p->line, value, 12);
    text_add(&p->line, " ");
    add_styled(&p->line, "2", half, p->style);
    text_repeat(&p->line, " ", text_columns(half) < 8 ? 8 - text_columns(half) : 0);
    if (p->style->width >= 90) {
        number_money(c->per_month_usd.value, value);
        if (c->per_month_usd.value >= 1000) number_fixed(c->per_month_usd.value, 0, value);
        pad_right_aligned(&p->line, value, 12);
    }
    number_percent(c->share, value);
    pad_right_aligned(&p->line, value, 9);
    text_add(&p->line, "   ");
    if (most > 0 && p->style->width >= 90) add_bar(&p->line, c->share / most, 16, p->style);
    end(p);
}

static void cost(struct page *p)
{
    const struct cost_result *c = &p->result->cost;
    const struct component_cost total = {
        .per_1k_usd = c->per_1k_requests_usd, .per_month_usd = c->per_month_usd, .share = 1};
    size_t longest = 0;
    if (c->component_count == 0) return;
    for (size_t i = 0; i < c->component_count; i++) {
        const size_t length = text_columns(c->components[i].component);
        if (length > longest) longest = length;
    }
    longest = name_columns(longest < 12 ? 12 : longest, p->style);
    add_heading(&p->line, "COST, USD", p->style);
    text_repeat(&p->line, " ", longest - 9);
    pad_right_aligned(&p->line, "per 1k requests", 21);
    if (p->style->width >= 90) pad_right_aligned(&p->line, "per month", 12);
    pad_right_aligned(&p->line, "share", 9);
    end(p);
    for (size_t i = 0; i < c->component_count; i++)
        cost_row(p, c->components[i].component, longest, &c->components[i], c->components[0].share);
    cost_row(p, "total", longest, &total, 0);
    end(p);
}

/* ---- the rest in a line each ---- */

static double value_of(const struct page *p, const char *owner, const char *statistic)
{
    const struct estimate *e = find(p, owner, statistic);
    return e ? e->value : NO_SAMPLES;
}

/* The next piece of a line of notes, after a dot. */
static void add_note(struct page *p, const char *format, const char *value)
{
    const char *hole = strstr(format, "{}");
    text_add(&p->line, p->style->unicode ? " · " : " | ");
    text_add_n(&p->line, format, (size_t)(hole - format));
    text_add(&p->line, value);
    text_add(&p->line, hole + 2);
}

static void end_notes(struct page *p)
{
    end_wrapped(p->out, &p->line, 12, p->style);
}

static void begin_notes(struct page *p, const char *heading, const char *name, const char *first)
{
    add_heading(&p->line, heading, p->style);
    text_repeat(&p->line, " ", 10 - text_columns(heading));
    add_plain(&p->line, name);
    text_format(&p->line, ": %s", first);
}

static bool has_component(const struct page *p, const char *type)
{
    for (size_t i = 0; i < p->result->component_count; i++)
        if (strcmp(p->result->components[i].type, type) == 0) return true;
    return false;
}

static void traffic(struct page *p)
{
    char value[NUMBER_SIZE];
    for (size_t i = 0; i < p->result->workload_count; i++) {
        const char *name = p->result->workloads[i].name;
        number_rate(value_of(p, name, "arrival_rate"), value);
        begin_notes(p, "TRAFFIC", name, value);
        text_add(&p->line, " /s mean");
        number_rate(value_of(p, name, "arrival_rate.peak"), value);
        add_note(p, "peak {} /s", value);
        number_percent(value_of(p, name, "success_ratio"), value);
        add_note(p, "success {}", value);
        number_percent(value_of(p, name, "cold_start.ratio"), value);
        if (has_component(p, "function")) add_note(p, "cold starts met by {} of requests", value);
        number_rate(value_of(p, name, "goodput"), value);
        if (has_latency_budget(p->result, name))
            add_note(p, "goodput {} /s meet every latency budget", value);
        end_notes(p);
    }
}

static void search_notes(struct page *p, const char *name)
{
    char value[NUMBER_SIZE];
    number_fixed(value_of(p, name, "recall"), 3, value);
    begin_notes(p, "SEARCH", name, "recall ");
    text_add(&p->line, value);
    number_fixed(value_of(p, name, "recall.error"), 3, value);
    if (value_of(p, name, "recall.error") > 0)
        text_format(&p->line, " %s %s", p->style->unicode ? "±" : "+/-", value);
    number_rate(value_of(p, name, "search.mean") * 1000, value);
    add_note(p, "search {} ms", value);
    number_percent(value_of(p, name, "utilization"), value);
    if (!isnan(value_of(p, name, "utilization"))) add_note(p, "workers busy {}", value);
    number_fixed(value_of(p, name, "search.measured_vectors"), 0, value);
    add_note(p, "measured on {} vectors", value);
    if (value_of(p, name, "search.vectors") > value_of(p, name, "search.measured_vectors")) {
        number_fixed(value_of(p, name, "search.vectors"), 0, value);
        add_note(p, "extrapolated to {} a shard", value);
        number_percent(value_of(p, name, "search.fit_error"), value);
        add_note(p, "work's error {}", value);
    }
    end_notes(p);
}

static void function_notes(struct page *p, const char *name)
{
    char value[NUMBER_SIZE];
    number_fixed(value_of(p, name, "concurrency.max"), 0, value);
    begin_notes(p, "SCALE", name, "peak concurrency ");
    text_add(&p->line, value);
    number_percent(value_of(p, name, "cold_start.ratio"), value);
    add_note(p, "cold starts {}", value);
    number_fixed(value_of(p, name, "throttled"), 0, value);
    add_note(p, "throttled {}", value);
    end_notes(p);
}

static void components(struct page *p)
{
    for (size_t i = 0; i < p->result->component_count; i++) {
        const char *name = p->result->components[i].name;
        const char *type = p->result->components[i].type;
        char value[NUMBER_SIZE];
        if (strcmp(type, "vector_index") == 0) {
            search_notes(p, name);
        } else if (strcmp(type, "cache") == 0) {
            number_percent(value_of(p, name, "hit_ratio"), value);
            begin_notes(p, "CACHE", name, "hit ratio ");
            text_add(&p->line, value);
            end_notes(p);
        } else if (strcmp(type, "service") == 0) {
            const struct estimate *queue = find(p, name, "queue.mean");
            number_rate(queue ? queue->value : NO_SAMPLES, value);
            begin_notes(p, "QUEUES", name, queue && queue->unstable ? "growing" : "mean ");
            if (!queue || !queue->unstable) text_format(&p->line, "%s waiting", value);
            number_percent(value_of(p, name, "utilization"), value);
            add_note(p, "utilization {}", value);
            end_notes(p);
        } else if (strcmp(type, "function") == 0) {
            function_notes(p, name);
        }
    }
}

/* -v: every metric by its path. */
static void all_metrics(struct page *p)
{
    end(p);
    add_heading(&p->line, "METRICS", p->style);
    end(p);
    for (size_t i = 0; i < p->result->metric_count; i++) {
        const struct estimate *e = &p->result->metrics[i];
        char value[NUMBER_SIZE];
        char half[NUMBER_SIZE];
        if (isnan(e->value)) continue;
        number_estimate(e, 1, p->style, value, half);
        text_add(&p->line, "  ");
        add_name(&p->line, e->path, 40, p->style);
        pad_right_aligned(&p->line, value, 16);
        text_format(&p->line, " %s%s%s", half, half[0] ? " " : "", unit_names[e->unit]);
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
        p.unstable = result->workloads[i].unstable;
        latency(&p, &result->workloads[i]);
        why(&p, &result->workloads[i]);
    }
    cost(&p);
    traffic(&p);
    components(&p);
    if (style->verbose) all_metrics(&p);
    if (result->warnings.first) end(&p);
    add_warnings(out, result, style);
    text_free(&p.line);
}
