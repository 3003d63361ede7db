/* budget.h - limits on metrics: reading them, and judging a result by them. */
#ifndef STUDY_BUDGET_H
#define STUDY_BUDGET_H

#include "study/result.h"
#include "study/scenario.h"

struct field_reader;
struct node;

/* `budgets:` and the metric of `simulate.replications.until`: paths must be those of metrics that
 * the plan reports. Needs a plan without faults; with faults it only reads what does not depend on
 * it. */
void budgets_read(struct field_reader *reader, const struct node *root, struct scenario *scenario);

/* Fills result->budgets from result->metrics. */
void budgets_judge(struct arena *arena, const struct scenario *scenario, struct result *result);

#endif
