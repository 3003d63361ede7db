/* cost.h - the bill of a run: lines, totals, intervals. */
#ifndef STUDY_COST_H
#define STUDY_COST_H

#include "study/result.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct measures;
struct plan;
struct replication;

/* Adds the metrics of the bill to a replication's list: cost.per_month, cost.per_1k_requests,
 * cost.per_1k_successful and cost.COMPONENT.per_month and .per_1k_requests for every component. */
void cost_list_metrics(const struct plan *plan, struct measures *out);

/* The same with the values of one replication: its usage scaled to a month and priced. Adds a
 * violation if a bill does not equal the sum of its lines. */
void cost_measure(struct arena *arena, const struct plan *plan, struct replication *replication);

/* Fills result->cost from the replications' usage and from result->metrics. */
void cost_summarize(struct arena *arena, const struct plan *plan,
                    const struct replication *replications, size_t count, struct result *result);

#endif
