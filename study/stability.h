/* stability.h - does the run say anything that does not depend on its length?
 *
 * Two findings, both from what was measured and none from configured rates:
 *
 * - Unstable: calls pile up at a component. The mean number in flight in the twelve parts of the
 *   window must rise by Kendall's test, pooled over replications, by more than 4 standard
 * deviations over the whole window (3 in 100,000 without a trend) and by more than 2 over its last
 * half, and by at least a quarter as much from the middle third to the last as from the first to
 * the middle (a system that is only filling settles). More calls must have come than gone, by 0.5 %
 * (a stable queue, however long, holds a vanishing share of what passes). And a call must take
 * longer in the last third than in the first, by 5 % (the calls in flight by the calls that came,
 * which is Little's law: more traffic alone is no growth). Of components that call each other the
 * one at the bottom is named.
 * - Overloaded: a component refuses calls (throttles, or its queue is full), more than 5 % of them
 *   by the lower end of the interval. What gets through may be steady, but it is not the traffic
 *   that was asked for.
 */
#ifndef STUDY_STABILITY_H
#define STUDY_STABILITY_H

#include "study/replication.h"
#include "study/result.h"

#include <stddef.h>

struct plan;

/* Marks components, workloads and metrics that are unstable, and adds the warnings. Needs
 * result->metrics, ->workloads, ->components and ->warnings. Replications that were interrupted
 * say nothing of stability. */
void stability_judge(struct arena *arena, const struct plan *plan,
                     const struct replication *replications, size_t count, struct result *result);

#endif
