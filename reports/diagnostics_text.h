/* diagnostics_text.h - faults of a scenario as people and editors read them. */
#ifndef REPORTS_DIAGNOSTICS_TEXT_H
#define REPORTS_DIAGNOSTICS_TEXT_H

#include "base/error.h"
#include "base/text.h"
#include "reports/style.h"

/* FILE:LINE:COLUMN: PATH: MESSAGE, the source line with a caret where the file can be read, the
 * hint; at most 20, then how many more; last a line that counts. Nothing when there are none.
 * `file` names the scenario in that line. */
void diagnostics_text(struct text *out, const struct diagnostics *diagnostics, const char *file,
                      const struct style *style);

#endif
