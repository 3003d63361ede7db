/* bench_models.c - what a request costs in CPU time, through the models: a function with keep-alive, and RAG chat as an Express workflow; and whether
 * memory grows with the length of a run. Not a test: figures depend on the machine. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/arena.h"
#include "models/component.h"
#include "models/plan.h"
#include "models/simulation.h"
#include "models/workload.h"
#include "study/scenario.h"

static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static struct scenario *load(struct arena *arena, const char *file)
{
    struct diagnostics d;
    struct error err;
    struct preparation preparation = {.arena = arena};
    diagnostics_init(&d, arena);
    struct scenario *s = scenario_load(arena, file, NULL, 0, &d);
    if (d.errors || !plan_prepare(s->plan, &preparation, &err)) {
        fprintf(stderr, "%s: %s\n", file, d.errors ? d.first->message : err.message);
        exit(2);
    }
    return s;
}

/* Best of three runs of `seconds`, after the first 1 % of each. */
static void measure(const char *name, const char *file, double seconds)
{
    struct arena *arena = arena_new();
    const struct scenario *s = load(arena, file);
    double best = 0;
    size_t bytes = 0;
    for (int round = 0; round < 3; round++) {
        struct simulation *sim = simulation_new(s->plan, 0);
        const double begun = cpu_seconds();
        simulation_run(sim, time_from_seconds(seconds / 100), time_from_seconds(seconds), NULL);
        const double rate = (double)sim->workloads[0]->numbered / (cpu_seconds() - begun);
        if (rate > best) best = rate;
        bytes = arena_size(sim->arena);
        simulation_free(sim);
    }
    printf("%-34s %12.0f requests per CPU-second  %8.1f ns each  %8zu kB of state\n", name, best,
           1e9 / best, bytes / 1024);
    arena_free(arena);
}

int main(void)
{
    struct rusage usage;
    measure("function, 2 calls in flight, 3 M", "bench/function_few.yaml", 3.3e6);
    measure("function, 3 M requests", "bench/function.yaml", 3000);
    measure("function, 10 M requests", "bench/function.yaml", 10000);
    measure("RAG chat, Express, 144 k requests", "scenarios/rag-chat/express.yaml", 72000);
    measure("RAG chat, one function", "scenarios/rag-chat/function.yaml", 72000);
    getrusage(RUSAGE_SELF, &usage);
    printf("peak memory of all of it: %ld MB\n", usage.ru_maxrss / 1024);
    return 0;
}
