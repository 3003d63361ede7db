/* asl_bench.h - a compiler with a plan of three components, to bind definitions to. */
#ifndef TESTS_MODELS_ASL_BENCH_H
#define TESTS_MODELS_ASL_BENCH_H

#include "models/asl.h"
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

static inline struct node *parse(struct arena *arena, const char *name, const char *text)
{
    struct node *node = NULL;
    struct error err;
    if (!document_read_text(arena, name, DOCUMENT_YAML, text, strlen(text), &node, &err))
        fail_msg("%s: %s", text, err.message);
    return node;
}

static inline void bench_make(struct bench *b)
{
    struct error err;
    *b = (struct bench){.arena = arena_new()};
    diagnostics_init(&b->diagnostics, b->arena);
    b->compiler =
        (struct compiler){.arena = b->arena, .diagnostics = &b->diagnostics, .plan = &b->plan};
    if (!catalog_load(b->arena, &b->compiler.catalog, &err)) fail_msg("%s", err.message);
    plan_compile(&b->compiler, parse(b->arena, "scenario", bench_scenario));
    if (b->diagnostics.errors > 0) fail_msg("%s", b->diagnostics.first->message);
    diagnostics_init(&b->diagnostics, b->arena);
    b->compiler.current = &b->workflow;
    b->compiler.current_path = "components.rag";
}

#endif
