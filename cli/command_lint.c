#include "base/arena.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/output.h"
#include "models/asl/asl.h"
#include "models/asl/wrapping.h"
#include "models/asl_skeleton.h"
#include "models/plan.h"
#include "study/scenario.h"

static const struct command_usage usage = {
    .name = "lint",
    .operands = "SCENARIO...",
    .summary = "check scenarios without running them; every fault with its place",
    .examples = "  ragtime lint scenarios/rag-chat/*.yaml\n"
                "  ragtime lint rag.yaml --set components.embed.memory=2048MB\n"
                "  ragtime lint --bindings template.yaml#Chat > scenario.yaml\n",
    .options = "sd",
    .operands_most = SIZE_MAX,
};

static void add_count(struct text *out, size_t count, const char *what)
{
    text_format(out, "%zu %s%s", count, what, count == 1 ? "" : "s");
}

static void add_ok(struct text *out, const char *file, const struct scenario *scenario)
{
    char shown[400];
    text_excerpt(shown, sizeof shown, file);
    text_format(out, "%s: ok (", shown);
    add_count(out, scenario->plan->component_count, "component");
    text_add(out, ", ");
    add_count(out, scenario->plan->workload_count, "workload");
    text_add(out, ", ");
    add_count(out, scenario->budget_count, "budget");
    text_add(out, ")\n");
}

/* True if it has no errors; warnings are shown either way. */
static bool lint(struct text *out, struct arena *arena, const char *file,
                 const struct options *options)
{
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics, arena);
    const struct scenario *scenario =
        scenario_load(arena, file, options->overrides, options->override_count, &diagnostics);
    output_diagnostics(&diagnostics, file, options);
    if (diagnostics.errors) return false;
    add_ok(out, file, scenario);
    return true;
}

/* Writes the skeleton of a scenario for a definition. */
static int bind(struct text *out, struct arena *arena, const struct options *options)
{
    struct asl_definition definition;
    struct diagnostics diagnostics;
    struct error err;
    diagnostics_init(&diagnostics, arena);
    if (asl_read_one(arena, options->bindings, &definition, &err))
        asl_check(&diagnostics, arena, definition.node, definition.prefix);
    else
        diagnostics_add_error(&diagnostics, "", &err);
    output_diagnostics(&diagnostics, options->bindings, options);
    if (diagnostics.errors) return EXIT_BAD_INPUT;
    asl_skeleton(arena, options->bindings, &definition, out);
    return EXIT_DONE;
}

int command_lint(int argc, char **argv)
{
    struct arena *arena = arena_new();
    struct options options;
    struct text text;
    int code = EXIT_DONE;
    text_init(&text);
    if (options_read(arena, &usage, argc, argv, &options, &code)) {
        if (options.bindings)
            code = bind(&text, arena, &options);
        else if (options.operand_count == 0)
            code = options_refuse(&usage, "needs SCENARIO...", NULL, NULL);
        for (size_t i = 0; i < options.operand_count; i++)
            if (!lint(&text, arena, options.operands[i], &options)) code = EXIT_BAD_INPUT;
        if (!output_print(&text)) code = EXIT_SYSTEM;
    }
    text_free(&text);
    arena_free(arena);
    return code;
}
