#include "base/arena.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/session.h"
#include "reports/csv.h"
#include "reports/result_json.h"
#include "reports/run_text.h"

#include <stdio.h>

static const struct command_usage usage = {
    .name = "run",
    .operands = "SCENARIO",
    .summary = "simulate a scenario and print what it found",
    .examples = "  ragtime run scenarios/rag-chat/workflow.yaml\n"
                "  ragtime run rag.yaml --set components.embed.memory=2048MB --out out\n"
                "  ragtime run rag.yaml --json | jq '.metrics[\"chat.latency.p95\"]'\n",
    .options = "sroj",
    .operands_least = 1,
    .operands_most = 1,
};

static int show(const struct options *o, struct result *result)
{
    struct output_file files[] = {
        {.name = "result.json"}, {.name = "metrics.csv"}, {.name = "timeseries.csv"}};
    struct text summary;
    struct style style;
    text_init(&summary);
    for (size_t i = 0; i < 3; i++) text_init(&files[i].text);
    result_json(&files[0].text, result);
    metrics_csv(&files[1].text, &result, 1);
    timeseries_csv(&files[2].text, &result, 1);
    output_style(o, stdout, &style);
    if (o->json)
        text_add(&summary, files[0].text.data);
    else
        run_text(&summary, result, &style);
    const bool good = output_results(o, files, 3, &summary);
    if (!good) return EXIT_SYSTEM;
    if (result->violation_count) return EXIT_INCONSISTENT;
    return result->complete ? EXIT_DONE : EXIT_INTERRUPTED;
}

static int simulate(struct session *session, const struct options *o)
{
    struct scenario *scenario = session_load(session, o->operands[0]);
    if (!scenario || !session_prepare(session, scenario)) return EXIT_BAD_INPUT;
    if (!session_start(session)) return EXIT_SYSTEM;
    struct result *result = run_scenario(session->arena, scenario, &session->run);
    const bool timed = session_end(session, (double)result->events);
    const int code = show(o, result);
    return timed ? code : EXIT_SYSTEM;
}

int command_run(int argc, char **argv)
{
    struct arena *arena = arena_new();
    struct options options;
    struct session session;
    int code = EXIT_BAD_INPUT;
    if (options_read(arena, &usage, argc, argv, &options, &code)) {
        session_begin(&session, arena, &options);
        code = simulate(&session, &options);
    }
    arena_free(arena);
    return code;
}
