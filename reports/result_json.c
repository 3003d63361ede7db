#include "reports/result_json.h"

#include "models/catalog.h"
#include "models/plan.h"
#include "reports/json_writer.h"
#include "study/scenario.h"

#include <math.h>
#include <string.h>

/* A percentile of too few requests, or what grows with the run, has no value, but keeps those of
 * its replications. */
static void add_estimate(struct json_writer *w, const char *key, const struct estimate *e)
{
    json_open(w, key, '{');
    const bool shown = !e->low_n && !e->unstable;
    json_number(w, "value", shown ? e->value : NO_SAMPLES);
    json_text(w, "unit", unit_names[e->unit]);
    if (e->interval_known && shown) {
        json_open(w, "ci95", '(');
        json_number(w, NULL, e->low);
        json_number(w, NULL, e->high);
        json_close(w, ')');
    }
    if (e->low_n) json_bool(w, "low_n", true);
    if (e->unstable) json_bool(w, "unstable", true);
    json_open(w, "replications", '(');
    for (size_t i = 0; i < e->count; i++) json_number(w, NULL, e->replications[i]);
    json_close(w, ')');
    json_close(w, '}');
}

static void add_bucket(void *context, sim_time low, sim_time high, uint64_t count)
{
    struct json_writer *w = context;
    json_open(w, NULL, '(');
    json_count(w, NULL, (uint64_t)low);
    json_count(w, NULL, (uint64_t)high);
    json_count(w, NULL, count);
    json_close(w, ')');
}

static void add_histogram(struct json_writer *w, const char *key, const struct histogram *h)
{
    const bool any = h->count > 0;
    json_open(w, key, '{');
    json_count(w, "count", h->count);
    json_number(w, "min_s", any ? time_to_seconds(h->least) : NO_SAMPLES);
    json_number(w, "max_s", any ? time_to_seconds(h->most) : NO_SAMPLES);
    json_open(w, "histogram", '{');
    json_text(w, "encoding", "buckets");
    json_text(w, "unit", "ns");
    json_open(w, "buckets", '[');
    histogram_visit(h, add_bucket, w);
    json_close(w, ']');
    json_close(w, '}');
    json_close(w, '}');
}

static void add_attribution(struct json_writer *w, const struct attribution *a)
{
    json_open(w, NULL, '{');
    json_text(w, "component", a->component);
    json_text(w, "cause", a->cause);
    if (a->part) json_text(w, "part", a->part);
    json_number(w, "mean_s", a->mean_s);
    json_number(w, "share_ratio", a->share);
    json_number(w, "p95_s", a->p95_s);
    json_number(w, "p99_s", a->p99_s);
    if (!isnan(a->calls_ratio)) {
        json_number(w, "calls_ratio", a->calls_ratio);
        json_number(w, "per_occurrence_s", a->per_occurrence_s);
    }
    json_close(w, '}');
}

static void add_workloads(struct json_writer *w, const struct result *r)
{
    json_open(w, "workloads", '{');
    for (size_t i = 0; i < r->workload_count; i++) {
        const struct workload_result *load = &r->workloads[i];
        json_open(w, load->name, '{');
        json_bool(w, "stable", !load->unstable);
        add_histogram(w, "latency", &load->latency);
        if (load->streams) {
            add_histogram(w, "ttft", &load->ttft);
            add_histogram(w, "tpot", &load->tpot);
        }
        json_open(w, "outcomes", '{');
        for (size_t o = 0; o < OUTCOME_COUNT; o++)
            json_count(w, outcome_names[o], load->outcomes[o]);
        json_close(w, '}');
        json_open(w, "attribution", '[');
        for (size_t a = 0; a < load->attribution_count; a++)
            add_attribution(w, &load->attribution[a]);
        json_close(w, ']');
        json_close(w, '}');
    }
    json_close(w, '}');
}

/* Each with the values of its metrics, whose intervals are in `metrics`. */
static void add_components(struct json_writer *w, const struct result *r)
{
    json_open(w, "components", '{');
    for (size_t i = 0; i < r->component_count; i++) {
        const struct component_result *c = &r->components[i];
        const size_t length = strlen(c->name);
        json_open(w, c->name, '{');
        json_text(w, "type", c->type);
        json_bool(w, "stable", !c->unstable);
        for (size_t m = 0; m < r->metric_count; m++) {
            const struct estimate *e = &r->metrics[m];
            if (strncmp(e->path, c->name, length) != 0 || e->path[length] != '.') continue;
            json_number(w, e->path + length + 1, e->unstable ? NO_SAMPLES : e->value);
        }
        json_close(w, '}');
    }
    json_close(w, '}');
}

static void add_cost(struct json_writer *w, const struct cost_result *c)
{
    json_open(w, "cost", '{');
    json_number(w, "window_usd", c->window_usd);
    add_estimate(w, "per_month_usd", &c->per_month_usd);
    add_estimate(w, "per_1k_requests_usd", &c->per_1k_requests_usd);
    add_estimate(w, "per_1k_successful_usd", &c->per_1k_successful_usd);
    json_open(w, "lines", '[');
    for (size_t i = 0; i < c->bill.count; i++) {
        const struct bill_line *line = &c->bill.lines[i];
        json_open(w, NULL, '{');
        json_text(w, "component", line->component);
        json_text(w, "item", line->item);
        json_number(w, "quantity", line->quantity);
        json_text(w, "unit", line->unit);
        json_number(w, "unit_price_usd", line->unit_price_usd);
        json_number(w, "usd", line->usd);
        json_count(w, "tier", line->tier);
        json_close(w, '}');
    }
    json_close(w, ']');
    json_close(w, '}');
}

static void add_series(struct json_writer *w, const struct series_result *s)
{
    json_open(w, "timeseries", '{');
    json_number(w, "interval_s", s->interval_s);
    json_number(w, "start_s", 0);
    for (size_t c = 0; c < s->columns; c++) {
        json_open(w, s->names[c], '(');
        for (size_t i = 0; i < s->samples; i++) json_number(w, NULL, s->values[c][i]);
        json_close(w, ')');
    }
    json_close(w, '}');
}

static void add_place(struct json_writer *w, const struct place *place)
{
    struct text where;
    text_init(&where);
    if (place->file) text_format(&where, "%s:%d:%d", place->file, place->line, place->column);
    json_text(w, "where", place->file ? where.data : NULL);
    text_free(&where);
}

static void add_budgets(struct json_writer *w, const struct result *r)
{
    json_open(w, "budgets", '[');
    for (size_t i = 0; i < r->budget_count; i++) {
        const struct budget_result *b = &r->budgets[i];
        json_open(w, NULL, '{');
        json_text(w, "metric", b->metric);
        json_text(w, "limit", b->limit);
        json_number(w, "limit_value", b->limit_value);
        json_number(w, "value", b->value);
        json_open(w, "ci95", '(');
        json_number(w, NULL, b->low);
        json_number(w, NULL, b->high);
        json_close(w, ')');
        json_number(w, "margin_ratio", b->margin_ratio);
        if (b->unstable) json_bool(w, "unstable", true);
        json_bool(w, "met", b->met);
        json_text(w, "verdict", verdict_names[b->verdict]);
        add_place(w, &b->place);
        json_close(w, '}');
    }
    json_close(w, ']');
}

static bool holds(const struct result *r, const char *word)
{
    for (size_t i = 0; i < r->violation_count; i++)
        if (strstr(r->violations[i], word)) return false;
    return true;
}

static void add_message(struct json_writer *w, const struct diagnostic *d)
{
    struct text message;
    text_init(&message);
    text_format(&message, "%s%s%s", d->message, d->hint ? "; " : "", d->hint ? d->hint : "");
    json_text(w, "message", message.data);
    text_free(&message);
}

static void add_checks(struct json_writer *w, const struct result *r)
{
    json_open(w, "warnings", '[');
    for (const struct diagnostic *d = r->warnings.first; d; d = d->next) {
        if (d->severity != SEVERITY_WARNING) continue;
        json_open(w, NULL, '{');
        add_place(w, &d->place);
        json_text(w, "path", d->path);
        add_message(w, d);
        json_close(w, '}');
    }
    json_close(w, ']');
    json_open(w, "checks", '{');
    json_bool(w, "conservation",
              holds(r, "conserved") && holds(r, "more than once") && holds(r, "more invocations"));
    json_bool(w, "littles_law", holds(r, "Little"));
    json_bool(w, "critical_path", holds(r, "critical path"));
    json_bool(w, "bill", holds(r, "bill of"));
    json_close(w, '}');
    json_open(w, "violations", '[');
    for (size_t i = 0; i < r->violation_count; i++) json_text(w, NULL, r->violations[i]);
    json_close(w, ']');
}

static void add_head(struct json_writer *w, const struct result *r)
{
    const struct scenario *s = r->scenario;
    json_text(w, "schema", "ragtime.result/1");
    json_bool(w, "complete", r->complete);
    json_text(w, "version", RAGTIME_VERSION);
    json_open(w, "scenario", '{');
    json_text(w, "name", s->name);
    json_text(w, "file", s->file);
    json_text(w, "sha256", s->sha256);
    json_open(w, "set", '[');
    for (size_t i = 0; i < s->override_count; i++) {
        json_open(w, NULL, '{');
        json_text(w, "path", s->overrides[i].path);
        json_text(w, "value", s->overrides[i].value);
        json_text(w, "from", s->overrides[i].option);
        json_close(w, '}');
    }
    json_close(w, ']');
    json_close(w, '}');
    json_open(w, "catalogue", '{');
    struct text platform;
    text_init(&platform);
    text_format(&platform, "%s/%s", s->plan->provider, s->plan->region);
    json_text(w, "platform", platform.data);
    text_free(&platform);
    json_text(w, "date", catalog_date(s->plan->catalog));
    json_text(w, "currency", "USD");
    json_text(w, "sha256", catalog_sha256(s->plan->catalog));
    json_close(w, '}');
    json_open(w, "run", '{');
    json_count(w, "seed", r->seed);
    json_count(w, "replications", r->replications);
    json_number(w, "simulated_s", r->simulated_s);
    json_number(w, "warmup_s", r->warmup_s);
    json_text(w, "warmup_from", r->warmup_found ? "mser5" : "given");
    json_text(w, "stopped_by", r->stopped_by);
    json_count(w, "requests", r->requests);
    json_count(w, "events", r->events);
    json_text(w, "workload_sha256", s->workload_sha256);
    json_close(w, '}');
}

static void add_result(struct json_writer *w, const struct result *r)
{
    json_open(w, NULL, '{');
    add_head(w, r);
    json_open(w, "metrics", '{');
    for (size_t i = 0; i < r->metric_count; i++)
        add_estimate(w, r->metrics[i].path, &r->metrics[i]);
    json_close(w, '}');
    add_workloads(w, r);
    add_components(w, r);
    add_cost(w, &r->cost);
    add_series(w, &r->series);
    add_budgets(w, r);
    add_checks(w, r);
    json_close(w, '}');
}

void result_json(struct text *out, const struct result *result)
{
    struct json_writer w;
    json_begin(&w, out);
    add_result(&w, result);
}

static void add_change(struct json_writer *w, const struct comparison *c, const struct change *x)
{
    static const char *const verdicts[] = {"no_difference", "better", "worse"};
    json_open(w, NULL, '{');
    json_text(w, "architecture", c->results[x->architecture]->scenario->stem);
    json_text(w, "metric", x->metric);
    json_open(w, "change_ratio", '{');
    json_number(w, "value", x->change);
    json_text(w, "unit", "ratio");
    if (x->known) {
        json_open(w, "ci95", '(');
        json_number(w, NULL, x->low);
        json_number(w, NULL, x->high);
        json_close(w, ')');
    }
    json_close(w, '}');
    json_number(w, "p_value", x->p_value);
    json_text(w, "better", x->lower_is_better ? "lower" : "higher");
    json_text(w, "verdict", verdicts[x->verdict]);
    json_number(w, "replications_needed", x->replications_needed);
    json_close(w, '}');
}

static void add_front(struct json_writer *w, const struct comparison *c)
{
    static const char *const axes[] = {"cost.per_1k_requests", "latency.p95", "recall"};
    json_open(w, "pareto", '{');
    json_open(w, "axes", '(');
    for (size_t i = 0; i < 3; i++) json_text(w, NULL, axes[i]);
    json_close(w, ')');
    for (int pass = 0; pass < 2; pass++) {
        json_open(w, pass == 0 ? "front" : "tied", '(');
        for (size_t i = 0; i < c->count; i++)
            if (c->standing[i] == (pass == 0 ? STANDING_FRONT : STANDING_TIED))
                json_text(w, NULL, c->results[i]->scenario->stem);
        json_close(w, ')');
    }
    json_open(w, "dominated", '{');
    for (size_t i = 0; i < c->count; i++)
        if (c->standing[i] == STANDING_DOMINATED)
            json_text(w, c->results[i]->scenario->stem,
                      c->results[c->dominated_by[i]]->scenario->stem);
    json_close(w, '}');
    json_close(w, '}');
}

void comparison_json(struct text *out, const struct comparison *c)
{
    struct json_writer w;
    json_begin(&w, out);
    json_open(&w, NULL, '{');
    json_text(&w, "schema", "ragtime.comparison/1");
    json_text(&w, "reference", c->results[c->reference]->scenario->stem);
    json_open(&w, "results", '[');
    for (size_t i = 0; i < c->count; i++) add_result(&w, c->results[i]);
    json_close(&w, ']');
    json_open(&w, "changes", '[');
    for (size_t i = 0; i < c->change_count; i++) add_change(&w, c, &c->changes[i]);
    json_close(&w, ']');
    add_front(&w, c);
    json_close(&w, '}');
}
