/* csv.h - metrics and time series as tidy CSV (RFC 4180, UTF-8, LF). */
#ifndef REPORTS_CSV_H
#define REPORTS_CSV_H

#include "base/text.h"
#include "study/result.h"

#include <stddef.h>

/* architecture,metric,unit,value,ci_low,ci_high,replications */
void metrics_csv(struct text *out, struct result *const *results, size_t count);
/* time_s,metric,value; with more than one result an architecture column goes first. */
void timeseries_csv(struct text *out, struct result *const *results, size_t count);

#endif
