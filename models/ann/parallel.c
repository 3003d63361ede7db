#include "models/ann/parallel.h"

#include <pthread.h>
#include <stdatomic.h>

struct loop {
    parallel_fn *body;
    void *context;
    size_t count;
    size_t piece;
    atomic_size_t next;
};

struct worker {
    struct loop *loop;
    size_t number;
};

static void *work(void *argument)
{
    const struct worker *worker = argument;
    struct loop *loop = worker->loop;
    for (;;) {
        size_t first = atomic_fetch_add_explicit(&loop->next, loop->piece, memory_order_relaxed);
        if (first >= loop->count) return NULL;
        size_t end = loop->count - first < loop->piece ? loop->count : first + loop->piece;
        loop->body(loop->context, worker->number, first, end);
    }
}

void parallel_for(size_t threads, size_t count, size_t piece, parallel_fn *body, void *context)
{
    struct loop loop = {.body = body, .context = context, .count = count, .piece = piece};
    struct worker workers[PARALLEL_THREADS_MAX];
    pthread_t handles[PARALLEL_THREADS_MAX];
    if (threads > PARALLEL_THREADS_MAX) threads = PARALLEL_THREADS_MAX;
    size_t started = 1;
    workers[0] = (struct worker){.loop = &loop};
    while (started < threads) {
        workers[started] = (struct worker){.loop = &loop, .number = started};
        if (pthread_create(&handles[started], NULL, work, &workers[started]) != 0) break;
        started++;
    }
    work(&workers[0]);
    for (size_t i = 1; i < started; i++) pthread_join(handles[i], NULL);
}
