#include "reports/ann_report.h"
#include "reports/blocks.h"
#include "reports/numbers.h"

#include <math.h>
#include <stdio.h>

enum { CELL_SIZE = NUMBER_SIZE, COLUMNS_MOST = 14, GAP = 2, VARIED_WIDTH_MOST = 14 };

enum column {
    COLUMN_BUILD,
    COLUMN_INDEX,
    COLUMN_RECALL,
    COLUMN_QPS,
    COLUMN_MEAN,
    COLUMN_P50,
    COLUMN_P99,
    COLUMN_PREDICTED,
    COLUMN_ERROR,
    COLUMN_DISTANCES,
    COLUMN_CODES,
    COLUMN_HOPS,
    COLUMN_LISTS,
    COLUMN_BYTES,
    COLUMN_COUNT
};

static const char *const headings[COLUMN_COUNT] = {
    "build s", "index MB", "recall", "QPS",   "mean us", "p50 us", "p99 us",
    "pred us", "error",    "rows",   "codes", "hops",    "lists",  "kB"};

/* What goes first when the line is too narrow; all of it is in the JSON. */
static const enum column dropped[] = {COLUMN_BYTES, COLUMN_P50,   COLUMN_INDEX, COLUMN_HOPS,
                                      COLUMN_LISTS, COLUMN_BUILD, COLUMN_CODES, COLUMN_DISTANCES};

static void whole_or_three(double value, char out[NUMBER_SIZE])
{
    number_fixed(value, value >= 100 ? 0 : number_places(value, 0), out);
}

static void format_cell(const struct ann_bench_row *row, enum column column,
                        const struct style *style, char out[CELL_SIZE])
{
    const struct ann_timing *t = &row->timing;
    switch (column) {
    case COLUMN_BUILD: number_fixed(row->build_s, row->build_s < 1 ? 3 : 2, out); return;
    case COLUMN_INDEX: number_fixed((double)row->index_bytes / 1e6, 2, out); return;
    case COLUMN_RECALL: number_percent(t->recall, out); return;
    case COLUMN_QPS: whole_or_three(t->per_s, out); return;
    case COLUMN_MEAN: whole_or_three(t->mean_us, out); return;
    case COLUMN_P50: whole_or_three(t->p50_us, out); return;
    case COLUMN_P99: whole_or_three(t->p99_us, out); return;
    case COLUMN_PREDICTED: whole_or_three(row->predicted_us, out); return;
    case COLUMN_ERROR: number_change(row->predicted_us / t->mean_us - 1, style, out); return;
    case COLUMN_DISTANCES: number_fixed(t->distances, 0, out); return;
    case COLUMN_CODES: number_fixed(t->code_distances, 0, out); return;
    case COLUMN_HOPS: number_fixed(t->hops, 0, out); return;
    case COLUMN_LISTS: number_fixed(t->lists, 0, out); return;
    case COLUMN_BYTES: number_fixed(t->bytes / 1e3, 0, out); return;
    case COLUMN_COUNT: break;
    }
    out[0] = '\0';
}

/* A table about to be written: width 0 is a column that is left out. */
struct table {
    const struct ann_bench_report *report;
    const struct style *style;
    size_t widths[COLUMN_COUNT];
    size_t varied[COLUMNS_MOST];
    size_t varied_count;
};

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* Work of which no row did any. */
static bool is_idle(const struct ann_bench_report *r, enum column column)
{
    for (size_t i = 0; i < r->point_count; i++) {
        const struct ann_timing *t = &r->points[i].timing;
        if (column == COLUMN_DISTANCES && t->distances > 0) return false;
        if (column == COLUMN_CODES && t->code_distances > 0) return false;
        if (column == COLUMN_HOPS && t->hops > 0) return false;
        if (column == COLUMN_LISTS && t->lists > 0) return false;
    }
    return column >= COLUMN_DISTANCES && column <= COLUMN_LISTS;
}

static size_t total_width(const struct table *table)
{
    size_t sum = GAP;
    for (size_t i = 0; i < table->varied_count; i++) sum += table->varied[i] + GAP;
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        if (table->widths[i]) sum += table->widths[i] + GAP;
    }
    return sum - GAP;
}

static void measure_columns(struct table *table)
{
    const struct ann_bench_report *r = table->report;
    char cell[CELL_SIZE];
    for (size_t c = 0; c < COLUMN_COUNT; c++) {
        const bool predicted = c == COLUMN_PREDICTED || c == COLUMN_ERROR;
        if (is_idle(r, (enum column)c) || (predicted && !r->profile)) continue;
        table->widths[c] = text_columns(headings[c]);
        for (size_t i = 0; i < r->point_count; i++) {
            format_cell(&r->points[i], (enum column)c, table->style, cell);
            table->widths[c] = larger(table->widths[c], text_columns(cell));
        }
    }
    for (size_t v = 0; v < r->varied_count && v < COLUMNS_MOST; v++) {
        size_t width = 0;
        for (size_t i = 0; i < r->point_count; i++) {
            width = larger(width, text_columns(r->points[i].varied[v].value));
            width = larger(width, text_columns(r->points[i].varied[v].name));
        }
        table->varied[table->varied_count++] =
            width < VARIED_WIDTH_MOST ? width : VARIED_WIDTH_MOST;
    }
    const size_t room = (size_t)table->style->width;
    for (size_t i = 0; i < sizeof dropped / sizeof *dropped && total_width(table) > room; i++) {
        table->widths[dropped[i]] = 0;
    }
}

static void add_varied(struct text *line, const struct table *table,
                       const struct ann_bench_row *row, bool heading)
{
    for (size_t v = 0; v < table->varied_count; v++) {
        const struct ann_choice *choice = &row->varied[v];
        text_repeat(line, " ", GAP);
        add_name(line, heading ? choice->name : choice->value, larger(table->varied[v], 4),
                 table->style);
    }
}

static void add_row(struct text *out, struct text *line, const struct table *table,
                    const struct ann_bench_row *row)
{
    char cell[CELL_SIZE];
    add_varied(line, table, row, false);
    for (size_t c = 0; c < COLUMN_COUNT; c++) {
        if (!table->widths[c]) continue;
        format_cell(row, (enum column)c, table->style, cell);
        text_repeat(line, " ", GAP);
        pad_right_aligned(line, cell, table->widths[c]);
    }
    end_line(out, line, table->style);
}

static void add_headings(struct text *out, struct text *line, const struct table *table)
{
    add_varied(line, table, &table->report->points[0], true);
    for (size_t c = 0; c < COLUMN_COUNT; c++) {
        if (!table->widths[c]) continue;
        text_repeat(line, " ", GAP);
        pad_right_aligned(line, headings[c], table->widths[c]);
    }
    end_line(out, line, table->style);
}

static void add_summary(struct text *out, struct text *line, const struct ann_bench_report *r,
                        const struct style *style)
{
    char number[NUMBER_SIZE];
    text_format(line, "  %s, %s: ", ann_kind_name(r->kind), ann_metric_name(r->metric));
    number_fixed((double)r->rows, 0, number);
    text_format(line, "%s rows of %u dimensions, ", number, (unsigned)r->dimensions);
    number_fixed((double)r->query_count, 0, number);
    text_format(line, "%s queries one at a time, top %zu", number, r->top_k);
    if (r->passing) {
        number_fixed((double)*r->passing, 0, number);
        text_format(line, ", %s rows pass the filter", number);
    }
    end_wrapped(out, line, 4, style);
    if (r->given_count) {
        text_add(line, "  ");
        for (size_t i = 0; i < r->given_count; i++) {
            text_add(line, i ? " " : "");
            add_plain(line, r->given[i].name);
            text_add_char(line, '=');
            add_plain(line, r->given[i].value);
        }
        end_wrapped(out, line, 4, style);
    }
    if (r->profile) {
        text_add(line, "  predicted for ");
        add_plain(line, r->profile);
        end_wrapped(out, line, 4, style);
    }
}

void ann_bench_text(struct text *out, const struct ann_bench_report *report,
                    const struct style *style)
{
    struct table table = {.report = report, .style = style};
    struct text line;
    text_init(&line);
    if (!style->quiet) add_summary(out, &line, report, style);
    if (!report->complete) {
        text_add(&line, "  INCOMPLETE, interrupted");
        end_line(out, &line, style);
    }
    if (report->point_count) {
        if (!style->quiet) text_add(out, "\n");
        measure_columns(&table);
        add_headings(out, &line, &table);
        for (size_t i = 0; i < report->point_count; i++)
            add_row(out, &line, &table, &report->points[i]);
    }
    if (!style->quiet && report->point_count) {
        text_format(&line,
                    "  times: each query's least of %u rounds, on one thread; build s: CPU; rows, "
                    "codes: compared",
                    (unsigned)report->rounds);
        end_wrapped(out, &line, 4, style);
    }
    text_free(&line);
}

void ann_search_text(struct text *out, const struct ann_search_report *report)
{
    for (size_t i = 0; i < report->query_count; i++) {
        const struct ann_hit *hits = report->hits + i * report->top_k;
        for (size_t j = 0; j < report->counts[i]; j++) {
            text_format(out, "%zu\t%zu\t%u\t%.9g\n", i, j + 1, (unsigned)hits[j].id,
                        (double)hits[j].distance);
        }
    }
}
