/* sparkline.h - a distribution in twelve characters. */
#ifndef REPORTS_SPARKLINE_H
#define REPORTS_SPARKLINE_H

#include "base/text.h"
#include "reports/style.h"
#include "sim/histogram.h"

/* Heights of twelve equal cells from 0 to `end_s` seconds; what is beyond counts to the last.
 * Nothing for an empty histogram. */
void add_sparkline(struct text *line, const struct histogram *histogram, double end_s,
                   const struct style *style);

/* Where such a picture ends: a round number of seconds at or above the 99.5th percentile; 0 when
 * empty. */
double sparkline_end(const struct histogram *histogram);

#endif
