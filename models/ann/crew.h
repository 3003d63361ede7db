/* crew.h - jobs beside each other on several threads; for models/ann/ alone. */
#ifndef MODELS_ANN_CREW_H
#define MODELS_ANN_CREW_H

#include <stddef.h>

/* Job `index` of a number of jobs, run by worker 0 .. threads - 1. */
typedef void crew_fn(void *context, size_t worker, size_t index);

/* Runs jobs 0 .. count - 1, in any order, on at most `threads` threads, the caller's among them,
 * and returns when all are done. A thread that cannot be had only makes the others do more. */
void crew_run(crew_fn *job, void *context, size_t count, size_t threads);

#endif
