/* compare_text.h - a comparison as the terminal shows it. */
#ifndef REPORTS_COMPARE_TEXT_H
#define REPORTS_COMPARE_TEXT_H

#include "base/text.h"
#include "reports/style.h"
#include "study/result.h"

/* Appends table, changes, costs and summary; no line is longer than the style's width. */
void compare_text(struct text *out, const struct comparison *comparison, const struct style *style);

#endif
