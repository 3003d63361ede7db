/* bench_workflow.c - what workflows cost the machine: transitions a CPU-second of each flavour, and
 * bytes of an execution that waits. Not a test: figures depend on the machine.
 *
 * Without data: definitions whose expressions must be evaluated get their own rows of `flows`. */
#include "base/arena.h"
#include "base/document.h"
#include "bench/bench.h"
#include "models/catalog.h"
#include "models/compiler.h"
#include "models/component.h"
#include "models/plan.h"
#include "models/simulation.h"
#include "models/workflow_plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define LOOP                                                                                       \
    "branches: {B: {S: 1, E: 0}}, definition: {StartAt: S, States: {S: {Type: Pass, Next: B}, B: " \
    "{Type: Choice, Default: S, Choices: [{Variable: $.a, IsNull: true, Next: E}]}, E: {Type: "    \
    "Succeed}}}"
#define MAP                                                                                    \
    "items: {S: 1000}, definition: {StartAt: S, States: {S: {Type: Map, End: true, Iterator: " \
    "{StartAt: A, States: {A: {Type: Pass, Next: B}, B: {Type: Pass, End: true}}}}}}"

static const struct {
    const char *name;
    const char *flavour;
    const char *definition;
    const char *arrivals;
    double seconds;
} flows[] = {
    {"Standard, Pass and Choice", "standard", LOOP, "constant: {rate: 4/s}", 300},
    {"Express, Pass and Choice", "express", LOOP, "constant: {rate: 4/s}", 60},
    {"Durable, Pass and Choice", "azure_durable", LOOP, "batch: {items: 20, every: 9999d}", 150},
    {"Google, Pass and Choice", "google_workflows", LOOP, "constant: {rate: 4/s}", 120},
    {"Express, Map of 1,000 x 2", "express", MAP, "constant: {rate: 100/s}", 20},
};

static struct plan *compile(struct arena *arena, const char *yaml)
{
    struct diagnostics d;
    struct error err;
    struct node *root = NULL;
    diagnostics_init(&d, arena);
    struct compiler compiler = {.arena = arena, .diagnostics = &d, .file = "bench.yaml"};
    compiler.plan = arena_new_item(arena, struct plan);
    if (!catalog_load(arena, &compiler.catalog, &err) ||
        !document_read_text(arena, "bench", DOCUMENT_YAML, yaml, strlen(yaml), &root, &err)) {
        fprintf(stderr, "%s\n", err.message);
        exit(2);
    }
    plan_compile(&compiler, root);
    if (d.errors == 0) return compiler.plan;
    fprintf(stderr, "%s\n", d.first->message);
    exit(2);
}

/* Best of five. */
static void measure_transitions(size_t which)
{
    struct arena *arena = arena_new();
    char yaml[1000];
    snprintf(yaml, sizeof yaml,
             "workloads: {w: {enters: flow, arrivals: {%s}}}\n"
             "components: {flow: {type: workflow, flavour: %s, limits: {transition_rate: 1e9/s, "
             "transition_burst: 1e9, open: 1e9, synchronous: 1e9}, %s}}\n",
             flows[which].arrivals, flows[which].flavour, flows[which].definition);
    const struct plan *plan = compile(arena, yaml);
    double best = 0;
    uint64_t entered = 0;
    for (int round = 0; round < 5; round++) {
        struct simulation *sim = simulation_new(plan, 0);
        const double begun = bench_clock();
        simulation_run(sim, 0, time_from_seconds(flows[which].seconds), NULL);
        entered = ((const struct workflow *)sim->components[0])->entered;
        const double rate = (double)entered / (bench_clock() - begun);
        if (rate > best) best = rate;
        simulation_free(sim);
    }
    printf("%-28s %9.2f M transitions per CPU-second  %6.1f ns each  (%.1f M)\n", flows[which].name,
           best / 1e6, 1e9 / best, (double)entered / 1e6);
    arena_free(arena);
}

/* All at once into a state that waits. */
static void measure_memory(const char *flavour, double executions)
{
    struct arena *arena = arena_new();
    struct rusage before;
    struct rusage after;
    char yaml[1000];
    snprintf(yaml, sizeof yaml,
             "workloads: {w: {enters: flow, arrivals: {batch: {items: %.0f, every: 9999d}}}}\n"
             "components: {flow: {type: workflow, flavour: %s, limits: {start_burst: 1e9, "
             "transition_burst: 1e9, synchronous: 1e9, open: 1e9}, definition: {StartAt: S, "
             "States: {S: {Type: Wait, Seconds: 9999, End: true}}}}}\n",
             executions, flavour);
    const struct plan *plan = compile(arena, yaml);
    getrusage(RUSAGE_SELF, &before);
    struct simulation *sim = simulation_new(plan, 0);
    simulation_run(sim, 0, time_from_seconds(100), NULL);
    getrusage(RUSAGE_SELF, &after);
    printf("%-9s %8.0f executions that wait: %4.0f bytes each in pools, %4.0f of resident memory\n",
           flavour, (double)sim->calls.in_use, (double)arena_size(sim->arena) / executions,
           (double)(after.ru_maxrss - before.ru_maxrss) * 1024 / executions);
    simulation_free(sim);
    arena_free(arena);
}

int main(void)
{
    measure_memory("standard", 1e6);
    for (size_t i = 0; i < sizeof flows / sizeof *flows; i++) measure_transitions(i);
    return 0;
}
