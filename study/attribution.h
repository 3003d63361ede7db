/* attribution.h - where the time of requests went: the mean's and the tail's composition, from the
 * critical-path accounts. */
#ifndef STUDY_ATTRIBUTION_H
#define STUDY_ATTRIBUTION_H

#include <stddef.h>

struct arena;
struct plan;
struct replication;
struct result;
struct workload_result;

/* Fills out->attribution of workload `index` from the replications' buckets; needs out->latency and
 * result->metrics. */
void attribution_summarize(struct arena *arena, const struct plan *plan,
                           const struct replication *replications, size_t count, size_t index,
                           const struct result *result, struct workload_result *out);

#endif
