/* crew.h - jobs beside each other on several threads; results in the order of the jobs, whatever
 * the threads do.
 */
#ifndef BASE_CREW_H
#define BASE_CREW_H

#include <stddef.h>

/* Job `index`, run by worker 0 .. threads - 1: must touch only what belongs to the one or the
 * other, or is immutable. */
typedef void crew_fn(void *context, size_t worker, size_t index);

/* Runs jobs 0 .. count - 1 on at most `threads` threads (at least one, at most CREW_MOST), the
 * caller's among them, and returns when all are done. With one thread everything runs in the
 * caller. Jobs start in order of their index. A thread that cannot be had only makes the others do
 * more. */
void crew_run(crew_fn *job, void *context, size_t count, size_t threads);

#define CREW_MOST 1024

/* Processors this process may use. */
size_t crew_processors(void);

#endif
