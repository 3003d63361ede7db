/* replicate.h - jobs spread over threads; results in the order of the jobs, whatever the threads
 * do.
 */
#ifndef SIM_REPLICATE_H
#define SIM_REPLICATE_H

#include <stdbool.h>
#include <stddef.h>

/* One job: must touch only what belongs to `index` or is immutable. */
typedef void replicate_fn(void *context, size_t index);

/* Runs jobs 0 .. count-1 on up to `threads` threads (0: one for each processor this process may
 * use); returns when all are done. With one thread everything runs in the caller. Jobs start in
 * order of their index. */
void replicate_run(replicate_fn *job, void *context, size_t count, size_t threads);

/* Processors this process may use. */
size_t replicate_processors(void);

#endif
