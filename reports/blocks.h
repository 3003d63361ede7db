/* blocks.h - pieces that the layouts of a run and of a comparison share. */
#ifndef REPORTS_BLOCKS_H
#define REPORTS_BLOCKS_H

#include "base/text.h"
#include "reports/style.h"
#include "study/result.h"

/* "2 h", "90 min", "45 s" */
void add_span(struct text *out, double seconds);
/* Simulated time and warm-up on the right of the line that holds `left`. */
void add_header(struct text *out, const char *left, const struct result *result,
                const struct style *style);
/* Checks that failed, and the mark of an interrupted run. */
void add_alarms(struct text *out, const struct result *result, const struct style *style);
/* Why figures are questionable: "  WARNING  rag.yaml:40:3: components.index: ...". Nothing when
 * there is nothing. */
void add_warnings(struct text *out, const struct result *result, const struct style *style);
/* A heading in bold where there is colour. */
void add_heading(struct text *line, const char *heading, const struct style *style);

/* A value with its unit: 99.4%, $0.31, 812 ms, 1.71 s. */
void add_value(struct text *line, double value, enum unit unit);

/* The value that a budget was judged by, or that there is none. */
void add_budget_value(struct text *line, const struct budget_result *budget);

struct verdict_counts {
    size_t broken;
    size_t uncertain;
    size_t nodata;                     /* on something that never happened */
    const struct budget_result *first; /* broken; or NULL */
};

void count_verdicts(const struct result *result, struct verdict_counts *out);

/* Whether a budget puts an upper limit on a latency, ttft or tpot of the workload. */
bool has_latency_budget(const struct result *result, const char *workload);

#endif
