/* parallel.h - a loop split among threads.
 *
 * For building indexes. The body must give the same results however the items are split: each item
 * writes places of its own.
 */
#ifndef MODELS_ANN_PARALLEL_H
#define MODELS_ANN_PARALLEL_H

#include <stddef.h>

enum { PARALLEL_THREADS_MAX = 64 };

/* Does items first .. end - 1. `worker` is 0 .. threads - 1, and no two calls at the same time have
 * the same: it chooses working memory. */
typedef void parallel_fn(void *context, size_t worker, size_t first, size_t end);

/* Calls `body` on pieces (of `piece` items, from 1) of 0 .. count - 1 from up to `threads` threads (0 and 1: from this one
 * alone) and returns when all are done. A thread that cannot be started is done without. */
void parallel_for(size_t threads, size_t count, size_t piece, parallel_fn *body, void *context);

#endif
