/* run_lanes.h - what `run` and `compare` share: several scenarios' replications as one pile of
 * jobs. */
#ifndef STUDY_RUN_LANES_H
#define STUDY_RUN_LANES_H

#include "study/run.h"

#include <stddef.h>

/* Runs every scenario by its own simulate settings, all with the longest warm-up of any, and fills
 * `results`. */
void run_lanes(struct arena *arena, struct scenario *const *scenarios, size_t count,
               const struct run_options *options, struct result **results);

#endif
