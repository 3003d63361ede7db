/* run_text.h - a result as the terminal shows it. */
#ifndef REPORTS_RUN_TEXT_H
#define REPORTS_RUN_TEXT_H

#include "base/text.h"
#include "reports/style.h"
#include "study/result.h"

/* Appends the summary of one run; no line is longer than the style's width. */
void run_text(struct text *out, const struct result *result, const struct style *style);

#endif
