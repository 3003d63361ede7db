#include "base/arena.h"
#include "base/names.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/session.h"
#include "reports/compare_text.h"
#include "reports/csv.h"
#include "reports/result_json.h"

#include <stdio.h>
#include <string.h>

static const struct command_usage usage = {
    .name = "compare",
    .operands = "SCENARIO SCENARIO...",
    .summary = "send the same traffic through several architectures and compare them in pairs",
    .examples =
        "  ragtime compare scenarios/rag-chat/workflow.yaml scenarios/rag-chat/express.yaml\n"
        "  ragtime compare a.yaml b.yaml c.yaml --reference b --out out\n",
    .options = "srocj",
    .operands_least = 2,
    .operands_most = 50,
};

static int show(const struct options *o, const struct comparison *c)
{
    struct output_file files[] = {
        {.name = "comparison.json"}, {.name = "metrics.csv"}, {.name = "timeseries.csv"}};
    struct text summary;
    struct style style;
    text_init(&summary);
    for (size_t i = 0; i < 3; i++) text_init(&files[i].text);
    comparison_json(&files[0].text, c);
    metrics_csv(&files[1].text, c->results, c->count);
    timeseries_csv(&files[2].text, c->results, c->count);
    output_style(o, stdout, &style);
    if (o->json)
        text_add(&summary, files[0].text.data);
    else
        compare_text(&summary, c, &style);
    const bool good = output_results(o, files, 3, &summary);
    if (!good) return EXIT_SYSTEM;
    for (size_t i = 0; i < c->count; i++)
        if (c->results[i]->violation_count) return EXIT_INCONSISTENT;
    for (size_t i = 0; i < c->count; i++)
        if (!c->results[i]->complete) return EXIT_INTERRUPTED;
    return EXIT_DONE;
}

/* Index of the reference; count after a message when there is no such architecture. */
static size_t find_reference(const struct options *o, struct scenario *const *scenarios,
                             size_t count)
{
    const char *names[OPERANDS_MOST];
    if (!o->reference) return 0;
    for (size_t i = 0; i < count; i++) {
        names[i] = scenarios[i]->stem;
        if (strcmp(names[i], o->reference) == 0) return i;
    }
    options_refuse(&usage, "no architecture is called", o->reference,
                   name_nearest(o->reference, names, count));
    return count;
}

/* Two files of the same stem are called by their paths; the same file twice cannot be told apart.
 */
static bool distinguish(const struct options *o, struct scenario *const *scenarios, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < i; k++) {
            if (strcmp(scenarios[i]->file, scenarios[k]->file) == 0) {
                options_refuse(&usage, "is given twice:", o->operands[i], NULL);
                return false;
            }
            if (strcmp(scenarios[i]->stem, scenarios[k]->stem) != 0) continue;
            scenarios[i]->stem = scenarios[i]->file;
            scenarios[k]->stem = scenarios[k]->file;
        }
    return true;
}

static int compare(struct session *session, const struct options *o)
{
    struct scenario *scenarios[OPERANDS_MOST];
    const size_t count = o->operand_count;
    bool good = true;
    for (size_t i = 0; i < count; i++) {
        scenarios[i] = session_load(session, o->operands[i]);
        good = good && scenarios[i];
    }
    if (!good) return EXIT_BAD_INPUT;
    if (!distinguish(o, scenarios, count)) return EXIT_BAD_INPUT;
    const size_t reference = find_reference(o, scenarios, count);
    if (reference == count) return EXIT_BAD_INPUT;
    if (!comparison_workload(scenarios, count, reference)) {
        options_refuse(&usage, "no workload is in all of them; compared with",
                       scenarios[reference]->stem, NULL);
        return EXIT_BAD_INPUT;
    }
    for (size_t i = 0; i < count; i++)
        if (!session_prepare(session, scenarios[i])) return EXIT_BAD_INPUT;
    if (!session_start(session)) return EXIT_SYSTEM;
    const struct comparison *c =
        run_comparison(session->arena, scenarios, count, reference, &session->run);
    double events = 0;
    for (size_t i = 0; i < count; i++) events += (double)c->results[i]->events;
    const bool timed = session_end(session, events);
    const int code = show(o, c);
    return timed ? code : EXIT_SYSTEM;
}

int command_compare(int argc, char **argv)
{
    struct arena *arena = arena_new();
    struct options options;
    struct session session;
    int code = EXIT_BAD_INPUT;
    if (options_read(arena, &usage, argc, argv, &options, &code)) {
        session_begin(&session, arena, &options);
        code = compare(&session, &options);
    }
    arena_free(arena);
    return code;
}
