#include <stdio.h>

#include "base/arena.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/output.h"
#include "models/plan.h"
#include "study/scenario.h"

static const struct command_usage usage = {
    .name = "lint",
    .operands = "SCENARIO...",
    .summary = "check scenarios without running them; every fault with its place",
    .examples = "  ragtime lint scenarios/rag-chat/*.yaml\n",
    .options = "s",
    .operands_least = 1,
    .operands_most = OPERANDS_MOST,
};

static void add_count(struct text *out, size_t count, const char *what)
{
    text_format(out, "%zu %s%s", count, what, count == 1 ? "" : "s");
}

int command_lint(int argc, char **argv)
{
    struct arena *arena = arena_new();
    struct options options;
    struct text text;
    int code = EXIT_DONE;
    text_init(&text);
    if (options_read(arena, &usage, argc, argv, &options, &code))
        for (size_t i = 0; i < options.operand_count; i++) {
            const char *file = options.operands[i];
            struct diagnostics diagnostics;
            diagnostics_init(&diagnostics, arena);
            const struct scenario *s = scenario_load(arena, file, options.overrides,
                                                     options.override_count, &diagnostics);
            output_diagnostics(&diagnostics, file, &options);
            if (diagnostics.errors) {
                code = EXIT_BAD_INPUT;
                continue;
            }
            text_format(&text, "%s: ok (", file);
            add_count(&text, s->plan->component_count, "component");
            text_add(&text, ", ");
            add_count(&text, s->plan->workload_count, "workload");
            text_add(&text, ", ");
            add_count(&text, s->budget_count, "budget");
            text_add(&text, ")\n");
        }
    if (!output_print(&text)) code = EXIT_SYSTEM;
    text_free(&text);
    arena_free(arena);
    return code;
}
