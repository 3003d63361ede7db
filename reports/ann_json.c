#include "base/number.h"
#include "reports/ann_report.h"
#include "reports/json_writer.h"

#include <stdio.h>
#include <string.h>

/* As a number where it is one: as the user wrote it. */
static void add_choice(struct json_writer *json, const struct ann_choice *choice)
{
    const size_t length = strlen(choice->value);
    double number = 0;
    if (length && number_length(choice->value) == length &&
        number_read(choice->value, length, 0, &number))
        json_number(json, choice->name, number);
    else
        json_text(json, choice->name, choice->value);
}

static void add_timing(struct json_writer *json, const struct ann_bench_report *report,
                       const struct ann_timing *timing)
{
    char recall[40];
    snprintf(recall, sizeof recall, "recall_at_%zu", report->top_k);
    json_number(json, recall, timing->recall);
    json_number(json, "qps", timing->per_s);
    json_number(json, "mean_us", timing->mean_us);
    json_number(json, "p50_us", timing->p50_us);
    json_number(json, "p99_us", timing->p99_us);
}

static void add_row(struct json_writer *json, const struct ann_bench_report *report,
                    const struct ann_bench_row *row)
{
    json_open(json, NULL, '{');
    json_text(json, "index", ann_kind_name(report->kind));
    for (size_t i = 0; i < report->given_count; i++) add_choice(json, &report->given[i]);
    for (size_t i = 0; i < report->varied_count; i++) add_choice(json, &row->varied[i]);
    json_number(json, "build_s", row->build_s);
    json_count(json, "index_bytes", row->index_bytes);
    add_timing(json, report, &row->timing);
    if (report->profile) {
        json_number(json, "predicted_us", row->predicted_us);
        json_number(json, "error_ratio", row->predicted_us / row->timing.mean_us - 1);
    }
    json_open(json, "work", '{');
    json_number(json, "distances", row->timing.distances);
    json_number(json, "code_distances", row->timing.code_distances);
    json_number(json, "hops", row->timing.hops);
    json_number(json, "lists", row->timing.lists);
    json_number(json, "bytes", row->timing.bytes);
    json_close(json, '}');
    json_close(json, '}');
}

void ann_bench_json(struct text *out, const struct ann_bench_report *r)
{
    struct json_writer json;
    json_begin(&json, out);
    json_open(&json, NULL, '{');
    json_text(&json, "schema", "ragtime.ann-bench/1");
    json_bool(&json, "complete", r->complete);
    json_text(&json, "base", r->base);
    json_text(&json, "queries", r->queries);
    json_text(&json, "index", ann_kind_name(r->kind));
    json_text(&json, "metric", ann_metric_name(r->metric));
    json_count(&json, "vectors", r->rows);
    json_count(&json, "dimensions", r->dimensions);
    json_count(&json, "query_count", r->query_count);
    json_count(&json, "top_k", r->top_k);
    json_count(&json, "rounds", r->rounds);
    if (r->passing) json_count(&json, "passing", *r->passing);
    if (r->profile) json_text(&json, "profile", r->profile);
    json_open(&json, "rows", '[');
    for (size_t i = 0; i < r->point_count; i++) add_row(&json, r, &r->points[i]);
    json_close(&json, ']');
    json_close(&json, '}');
}

void ann_search_json(struct text *out, const struct ann_search_report *report)
{
    struct json_writer json;
    json_begin(&json, out);
    json_open(&json, NULL, '{');
    json_text(&json, "schema", "ragtime.ann-search/1");
    json_text(&json, "queries", report->queries);
    json_count(&json, "top_k", report->top_k);
    json_open(&json, "results", '[');
    for (size_t i = 0; i < report->query_count; i++) {
        const struct ann_hit *hits = report->hits + i * report->top_k;
        json_open(&json, NULL, '{');
        json_count(&json, "query", i);
        json_open(&json, "ids", '(');
        for (size_t j = 0; j < report->counts[i]; j++) json_count(&json, NULL, hits[j].id);
        json_close(&json, ')');
        json_open(&json, "distances", '(');
        for (size_t j = 0; j < report->counts[i]; j++)
            json_number(&json, NULL, (double)hits[j].distance);
        json_close(&json, ')');
        json_close(&json, '}');
    }
    json_close(&json, ']');
    json_close(&json, '}');
}
