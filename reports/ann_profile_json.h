/* ann_profile_json.h - a profile of a machine as the file that models/ann/profile.h reads, and as
 * a summary for people. */
#ifndef REPORTS_ANN_PROFILE_JSON_H
#define REPORTS_ANN_PROFILE_JSON_H

#include "base/text.h"
#include "models/ann/calibrate.h"
#include "models/ann/profile.h"
#include "reports/style.h"

/* Four significant digits: no measurement has more. */
void ann_profile_json(struct text *out, const struct ann_profile *profile,
                      const struct calibration_fit *fits);

/* ns a distance at a few lengths and working sets, the costs, and how well they fit. */
void ann_profile_text(struct text *out, const struct ann_profile *profile,
                      const struct calibration_fit *fits, const struct style *style);

#endif
