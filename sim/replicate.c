#include "sim/replicate.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>

#define THREADS_MOST 1024

struct crew {
    replicate_fn *job;
    void *context;
    size_t count;
    atomic_size_t next; /* the first job nobody has taken */
};

static void *work(void *context)
{
    struct crew *crew = context;
    for (;;) {
        const size_t index = atomic_fetch_add_explicit(&crew->next, 1, memory_order_relaxed);
        if (index >= crew->count) return NULL;
        crew->job(crew->context, index);
    }
}

void replicate_run(replicate_fn *job, void *context, size_t count, size_t threads)
{
    struct crew crew = {.job = job, .context = context, .count = count};
    pthread_t helpers[THREADS_MOST - 1];
    size_t started = 0;
    atomic_init(&crew.next, 0);
    if (threads == 0) threads = replicate_processors();
    if (threads > THREADS_MOST) threads = THREADS_MOST;
    if (threads > count) threads = count;
    /* The caller works too. A thread that cannot be had only makes the others take more jobs. */
    while (started + 1 < threads && pthread_create(&helpers[started], NULL, work, &crew) == 0)
        started++;
    work(&crew);
    /* Joining orders what the jobs wrote before what the caller reads. */
    while (started > 0) pthread_join(helpers[--started], NULL);
}

size_t replicate_processors(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) return (size_t)CPU_COUNT(&set);
    /* More processors than the set has room for. */
    const long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (size_t)online : 1;
}
