/* asl_bench.h - a compiler with a plan of three components, to bind definitions to. */
#ifndef TESTS_MODELS_ASL_BENCH_H
#define TESTS_MODELS_ASL_BENCH_H

#include "models/asl.h"
#include "tests/asl/unit.h"
#include "tests/models/runs.h"

struct bench {
    struct arena *arena;
    struct plan plan;
    struct diagnostics diagnostics;
    struct compiler compiler;
    struct component_plan workflow;
};

static const char *const bench_scenario =
    "components: {gen-embed: {type: service, time: 1ms}, search: {type: service, time: 1ms},\n"
    "  llm: {type: service, time: 1ms}}\n"
    "workloads: {w: {enters: llm, arrivals: {constant: {rate: 1/s}}}}\n";

/* The scenario compiled, once a program: reading the catalogue takes longer than most tests. A
 * group's set-up; its state is the bench. */
static inline int bench_set_up(void **state)
{
    struct arena *arena = arena_new();
    struct bench *b = arena_new_item(arena, struct bench);
    struct error err;
    b->arena = arena;
    diagnostics_init(&b->diagnostics, arena);
    b->compiler =
        (struct compiler){.arena = arena, .diagnostics = &b->diagnostics, .plan = &b->plan};
    if (!catalog_load(arena, &b->compiler.catalog, &err)) return -1;
    plan_compile(&b->compiler, parse(arena, "scenario", bench_scenario));
    *state = b;
    return b->diagnostics.errors > 0 ? -1 : 0;
}

static inline int bench_tear_down(void **state)
{
    const struct bench *b = *state;
    arena_free(b->arena);
    return 0;
}

/* A compiler of one's own over that plan. */
static inline void bench_make(struct bench *b, void **state)
{
    const struct bench *base = *state;
    *b = (struct bench){.arena = arena_new(), .plan = base->plan};
    diagnostics_init(&b->diagnostics, b->arena);
    b->compiler = base->compiler;
    b->compiler.arena = b->arena;
    b->compiler.diagnostics = &b->diagnostics;
    b->compiler.plan = &b->plan;
    b->compiler.reader = (struct field_reader){b->arena, &b->diagnostics, &b->compiler};
    b->compiler.current = &b->workflow;
    b->compiler.current_path = "components.rag";
}

#endif
