#include "base/arena.h"
#include "base/document.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/output.h"
#include "models/asl/states.h"
#include "models/asl/wrapping.h"
#include "models/execution.h"
#include "models/execution_value.h"
#include "sim/time.h"

#include <stdio.h>
#include <string.h>

static const struct command_usage usage = {
    .name = "asl run",
    .operands = "DEFINITION",
    .summary = "runs one execution of a definition in virtual time; exits with 0 however it ends\n"
               "  DEFINITION is a file, or FILE#NAME for a state machine within a template",
    .examples = "  ragtime asl run chat.asl.json --input question.json --mocks answers.json\n"
                "  ragtime asl run template.yaml#Chat --input question.json --json\n",
    .options = "mxj",
    .operands_least = 1,
    .operands_most = 1,
};

/* JSON of a file; NULL after a message. */
static const struct value *read_json(struct arena *arena, const char *file)
{
    char *text = NULL;
    size_t length = 0;
    struct error err = {0};
    if (!document_load(arena, file, &text, &length, &err)) {
        output_message(file, err.message);
        return NULL;
    }
    const struct value *value = value_from_json(arena, text, length, &err);
    if (!value)
        output_message(arena_format(arena, "%s:%d:%d", file, err.place.line, err.place.column),
                       err.message);
    return value;
}

/* --mocks: results by state, a map with `mocks`, or a recorded trace, whose first execution counts.
 */
static const struct value *find_mocks(const struct value *from)
{
    const struct value *executions = value_get(from, "executions");
    const bool trace = executions && executions->type == VALUE_LIST && executions->count > 0 &&
                       value_get(executions->items[0], "mocks");
    return trace ? executions->items[0] : from;
}

/* Within one line of a terminal. */
enum { SHOWN = 100 };

static void add_value(struct text *out, struct arena *arena, const char *label,
                      const struct value *value)
{
    const char *json = value ? value_to_json(arena, value) : NULL;
    if (!json) return;
    const bool cut = strlen(json) > SHOWN;
    text_format(out, "  %s %.*s%s", label, SHOWN, json, cut ? "..." : "");
}

static void add_event(struct text *out, struct arena *arena, const struct history_event *event)
{
    char name[HISTORY_NAME_LONGEST];
    history_name(event, name);
    text_format(out, "%5u  %10.3f s  %s", event->id, time_to_seconds(event->at), name);
    if (event->state) text_format(out, "  %s", event->state->name);
    if (event->index >= 0) text_format(out, "  [%lld]", (long long)event->index);
    add_value(out, arena, "in", event->input);
    add_value(out, arena, "sends", event->parameters);
    add_value(out, arena, "out", event->output);
    if (event->error) text_format(out, "  %s", event->error);
    if (event->cause) text_format(out, "  %.*s", SHOWN, event->cause);
    text_add(out, "\n");
}

static void write_text(struct text *out, struct arena *arena, const struct execution_result *result)
{
    for (size_t i = 0; i < result->event_count; i++) add_event(out, arena, &result->events[i]);
    text_format(out, "\n%s after %.3f s, %llu transition%s\n",
                execution_status_names[result->status], result->seconds,
                (unsigned long long)result->transitions, result->transitions == 1 ? "" : "s");
    if (result->children)
        text_format(out, "%llu child executions of distributed Maps\n",
                    (unsigned long long)result->children);
    if (result->output) text_format(out, "output: %s\n", value_to_json(arena, result->output));
    if (result->error) text_format(out, "error: %s\n", result->error);
    if (result->cause) text_format(out, "cause: %s\n", result->cause);
}

static int report(struct arena *arena, const struct options *options,
                  const struct execution_result *result)
{
    struct text text;
    text_init(&text);
    if (options->json) {
        const char *json = value_to_json(arena, execution_value(arena, result));
        if (json)
            text_format(&text, "%s\n", json);
        else
            output_message(NULL, "the history is longer than can be written as JSON (256 MiB)");
    } else {
        write_text(&text, arena, result);
    }
    int code = output_print(&text) ? EXIT_DONE : EXIT_SYSTEM;
    text_free(&text);
    if (result->unmocked)
        output_message(NULL, arena_format(arena,
                                          "state '%s' asked for more results than --mocks has, and "
                                          "waited until its time-out; add one to its list",
                                          result->unmocked));
    if (result->status == EXECUTION_ENDLESS) {
        output_message(NULL, "it was stopped: does a loop in it end?");
        code = EXIT_BAD_INPUT;
    }
    return code;
}

static int run(struct arena *arena, const struct options *options)
{
    struct asl_definition definition;
    struct execution_result result;
    struct diagnostics diagnostics;
    struct error err = {0};
    const char *file = options->operands[0];
    diagnostics_init(&diagnostics, arena);
    if (!asl_read_one(arena, file, &definition, &err)) {
        diagnostics_add_error(&diagnostics, "", &err);
        output_diagnostics(&diagnostics, file, options);
        return EXIT_BAD_INPUT;
    }
    struct execution_settings settings = {
        .definition = definition.node,
        .prefix = definition.prefix,
        .express = options->machine_type ? strcmp(options->machine_type, "EXPRESS") == 0
                                         : definition.express,
        .name = definition.name[0] ? definition.name : NULL,
        .input = &value_empty_map};
    if (options->input && !(settings.input = read_json(arena, options->input)))
        return EXIT_BAD_INPUT;
    if (options->mocks) {
        const struct value *mocks = read_json(arena, options->mocks);
        if (!mocks) return EXIT_BAD_INPUT;
        settings.mocks = find_mocks(mocks);
    }
    const bool good = execution_run(arena, &settings, &diagnostics, &result);
    output_diagnostics(&diagnostics, file, options);
    return good ? report(arena, options, &result) : EXIT_BAD_INPUT;
}

int command_asl_run(int argc, char **argv)
{
    struct arena *arena = arena_new();
    struct options options;
    int code = EXIT_DONE;
    if (options_read(arena, &usage, argc, argv, &options, &code)) code = run(arena, &options);
    arena_free(arena);
    return code;
}
