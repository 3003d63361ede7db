/* result_json.h - results for programs: ragtime.result/1 and ragtime.comparison/1. */
#ifndef REPORTS_RESULT_JSON_H
#define REPORTS_RESULT_JSON_H

#include "base/text.h"
#include "study/result.h"

/* One JSON document and a newline; fixed key order, shortest digits that read back exactly, null
 * for no samples. */
void result_json(struct text *out, const struct result *result);
void comparison_json(struct text *out, const struct comparison *comparison);

#endif
