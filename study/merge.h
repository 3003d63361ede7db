/* merge.h - replications become a result, in the order of their numbers. */
#ifndef STUDY_MERGE_H
#define STUDY_MERGE_H

#include "sim/time.h"
#include "study/replication.h"
#include "study/result.h"
#include "study/scenario.h"

#include <stddef.h>

/* Statistics, bill, attribution, series and budgets of the replications, whose arenas may be freed
 * afterwards. */
void merge_replications(struct arena *arena, const struct scenario *scenario,
                        struct replication *replications, size_t count, struct result *result);

/* The interval estimate of values of which some may be NaN; `values` is kept. */
struct estimate merge_estimate(const char *path, enum unit unit, const double *values,
                               size_t count);

#endif
