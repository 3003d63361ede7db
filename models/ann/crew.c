#include "models/ann/crew.h"

#include "models/ann/ann.h"

#include <pthread.h>
#include <stdatomic.h>

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
    struct worker *worker = context;
    struct crew *crew = worker->crew;
    for (;;) {
        size_t index = atomic_fetch_add_explicit(&crew->next, 1, memory_order_relaxed);
        if (index >= crew->count) return NULL;
        crew->job(crew->context, worker->number, index);
    }
}

void crew_run(crew_fn *job, void *context, size_t count, size_t threads)
{
    struct crew crew = {.job = job, .context = context, .count = count};
    struct worker workers[ANN_THREADS_MAX];
    pthread_t helpers[ANN_THREADS_MAX];
    if (threads > ANN_THREADS_MAX) threads = ANN_THREADS_MAX;
    if (threads > count) threads = count;
    atomic_init(&crew.next, 0);
    size_t started = 0;
    for (; started + 1 < threads; started++) {
        workers[started] = (struct worker){.crew = &crew, .number = started + 1};
        if (pthread_create(&helpers[started], NULL, work, &workers[started]) != 0) break;
    }
    struct worker own = {.crew = &crew, .number = 0};
    work(&own);
    /* Joining orders what the jobs wrote before what the caller reads. */
    while (started > 0) pthread_join(helpers[--started], NULL);
}
