#include "base/crew.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>

struct crew {
    crew_fn *job;
    void *context;
    size_t count;
    atomic_size_t next; /* the first job nobody has taken */
};

struct worker {
    struct crew *crew;
    size_t number;
};

static void *work(void *context)
{
    const struct worker *worker = context;
    struct crew *crew = worker->crew;
    for (;;) {
        const size_t index = atomic_fetch_add_explicit(&crew->next, 1, memory_order_relaxed);
        if (index >= crew->count) return NULL;
        crew->job(crew->context, worker->number, index);
    }
}

void crew_run(crew_fn *job, void *context, size_t count, size_t threads)
{
    struct crew crew = {.job = job, .context = context, .count = count};
    struct worker workers[CREW_MOST];
    pthread_t helpers[CREW_MOST];
    size_t started = 0;
    atomic_init(&crew.next, 0);
    if (threads > CREW_MOST) threads = CREW_MOST;
    if (threads > count) threads = count;
    for (; started + 1 < threads; started++) {
        workers[started] = (struct worker){.crew = &crew, .number = started + 1};
        if (pthread_create(&helpers[started], NULL, work, &workers[started]) != 0) break;
    }
    struct worker own = {.crew = &crew, .number = 0};
    work(&own);
    /* Joining orders what the jobs wrote before what the caller reads. */
    while (started > 0) pthread_join(helpers[--started], NULL);
}

size_t crew_processors(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) return (size_t)CPU_COUNT(&set);
    /* More processors than the set has room for. */
    const long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (size_t)online : 1;
}
