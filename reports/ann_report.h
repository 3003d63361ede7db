/* ann_report.h - what `ragtime ann bench` and `ragtime ann search` found, as text and JSON. */
#ifndef REPORTS_ANN_REPORT_H
#define REPORTS_ANN_REPORT_H

#include "base/text.h"
#include "models/ann/ann.h"
#include "models/ann/trial.h"
#include "reports/style.h"

#include <stdbool.h>
#include <stddef.h>

/* A setting as the user wrote it. */
struct ann_choice {
    const char *name;
    const char *value;
};

struct ann_bench_row {
    const struct ann_choice *varied; /* as many as the report says */
    double build_s;                  /* CPU, of the index searched */
    size_t index_bytes;
    struct ann_timing timing;
    double predicted_us; /* by the profile */
};

struct ann_bench_report {
    const char *base; /* files */
    const char *queries;
    size_t rows;
    size_t query_count;
    uint32_t dimensions;
    enum ann_kind kind;
    enum ann_metric metric;
    size_t top_k;
    uint32_t rounds;
    const size_t *passing;          /* NULL: no filter */
    const char *profile;            /* the machine's name; NULL: no prediction */
    const struct ann_choice *given; /* settings that are the same in all rows */
    size_t given_count;
    size_t varied_count;
    const struct ann_bench_row *points;
    size_t point_count;
    bool complete;
};

void ann_bench_text(struct text *out, const struct ann_bench_report *report,
                    const struct style *style);
/* Schema ragtime.ann-bench/1. */
void ann_bench_json(struct text *out, const struct ann_bench_report *report);

/* Hits of all queries: those of query i are hits[i * top_k .. + counts[i] - 1]. */
struct ann_search_report {
    const char *queries;
    size_t query_count;
    size_t top_k;
    const struct ann_hit *hits;
    const size_t *counts;
};

/* A line a hit: the query's number, its rank from 1, the row's id, the distance. */
void ann_search_text(struct text *out, const struct ann_search_report *report);
/* Schema ragtime.ann-search/1. */
void ann_search_json(struct text *out, const struct ann_search_report *report);

#endif
