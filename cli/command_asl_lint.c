#include "base/arena.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/output.h"
#include "models/asl/asl.h"
#include "models/asl/wrapping.h"

#include <stdint.h>
#include <string.h>

static const struct command_usage usage = {
    .name = "asl lint",
    .operands = "FILE...",
    .summary = "judges definitions as the service does; exits with 2 if one is invalid\n"
               "  FILE is a definition (JSON or YAML), a template of CloudFormation or SAM, or a\n"
               "  file of the Serverless framework: then every state machine in it is judged",
    .examples = "  ragtime asl lint chat.asl.json\n"
                "  ragtime asl lint template.yaml --type EXPRESS\n"
                "  ragtime asl lint definitions/*.json --json | grep '\"invalid\"'\n",
    .options = "mj",
    .operands_least = 1,
    .operands_most = SIZE_MAX,
};

/* A map being written as one line of JSON. */
struct record {
    struct arena *arena;
    struct node map;
    struct node **end;
};

static void record_begin(struct record *record, struct arena *arena, enum node_type type)
{
    *record = (struct record){.arena = arena, .map = {.type = type, .text = ""}};
}

static struct node *record_add(struct record *record, const char *key, struct node value)
{
    struct node *node = arena_new_item(record->arena, struct node);
    *node = value;
    node->key = key;
    node->next = NULL;
    if (record->end)
        *record->end = node;
    else
        record->map.first = node;
    record->end = &node->next;
    record->map.count++;
    return node;
}

static void record_text(struct record *record, const char *key, const char *text)
{
    record_add(record, key, (struct node){.type = NODE_STRING, .text = text});
}

static void record_number(struct record *record, const char *key, int number)
{
    record_add(record, key,
               (struct node){.type = NODE_NUMBER,
                             .number = number,
                             .text = arena_format(record->arena, "%d", number)});
}

static struct node fault_of(struct arena *arena, const struct diagnostic *d)
{
    struct record fault;
    record_begin(&fault, arena, NODE_MAP);
    record_text(&fault, "severity", d->severity == SEVERITY_ERROR ? "error" : "warning");
    if (d->place.file) record_text(&fault, "file", d->place.file);
    record_number(&fault, "line", d->place.line);
    record_number(&fault, "column", d->place.column);
    record_text(&fault, "path", d->path);
    record_text(&fault, "message", d->message);
    return fault.map;
}

static void add_json(struct text *out, struct arena *arena, const char *file,
                     const struct diagnostics *diagnostics)
{
    struct record line;
    struct record faults;
    record_begin(&line, arena, NODE_MAP);
    record_begin(&faults, arena, NODE_LIST);
    for (const struct diagnostic *d = diagnostics->first; d; d = d->next)
        record_add(&faults, NULL, fault_of(arena, d));
    record_text(&line, "file", file);
    record_text(&line, "verdict", diagnostics->errors ? "invalid" : "valid");
    record_add(&line, "faults", faults.map);
    text_add(out, node_to_json(arena, &line.map));
    text_add_char(out, '\n');
}

static void add_verdict(struct text *out, const char *file, const struct asl_file *definitions,
                        const struct diagnostics *diagnostics)
{
    char shown[400];
    text_excerpt(shown, sizeof shown, file);
    text_format(out, "%s: %s", shown, diagnostics->errors ? "invalid" : "valid");
    if (definitions->count > 1) text_format(out, " (%zu state machines)", definitions->count);
    text_add_char(out, '\n');
}

/* Every definition of the file, all faults together in the order of the file. */
static void judge(struct arena *arena, const char *file, const struct options *options,
                  struct asl_file *definitions, struct diagnostics *diagnostics)
{
    asl_read_file(arena, file, diagnostics, definitions);
    for (size_t i = 0; i < definitions->count; i++) {
        const struct asl_definition *definition = &definitions->items[i];
        if (!definition->node) continue;
        const bool express = options->machine_type ? strcmp(options->machine_type, "EXPRESS") == 0
                                                   : definition->express;
        asl_check(diagnostics, arena, definition->node, definition->prefix);
        asl_check_resources(diagnostics, arena, definition->node, definition->prefix);
        if (express) asl_check_express(diagnostics, arena, definition->node, definition->prefix);
    }
    diagnostics_sort(diagnostics);
}

/* True if the file is valid; warnings are shown either way. */
static bool lint(struct text *out, const char *file, const struct options *options)
{
    struct arena *arena = arena_new();
    struct asl_file definitions;
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics, arena);
    judge(arena, file, options, &definitions, &diagnostics);
    if (options->json) {
        add_json(out, arena, file, &diagnostics);
    } else {
        output_diagnostics(&diagnostics, file, options);
        add_verdict(out, file, &definitions, &diagnostics);
    }
    const bool valid = diagnostics.errors == 0;
    arena_free(arena);
    return valid;
}

int command_asl_lint(int argc, char **argv)
{
    struct arena *arena = arena_new();
    struct options options;
    struct text text;
    int code = EXIT_DONE;
    text_init(&text);
    if (options_read(arena, &usage, argc, argv, &options, &code)) {
        for (size_t i = 0; i < options.operand_count; i++)
            if (!lint(&text, options.operands[i], &options)) code = EXIT_BAD_INPUT;
        if (!output_print(&text)) code = EXIT_SYSTEM;
    }
    text_free(&text);
    arena_free(arena);
    return code;
}
