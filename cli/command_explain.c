#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/describe.h"
#include "base/names.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/output.h"
#include "models/component.h"
#include "models/program.h"
#include "models/registry.h"
#include "models/workload.h"

static const struct command_usage usage = {
    .name = "explain",
    .operands = "[TYPE]",
    .summary = "the fields of a component type, of a workload or of a retry",
    .examples = "  ragtime explain\n  ragtime explain function\n",
    .options = "",
    .operands_least = 0,
    .operands_most = 1,
};

static const struct {
    const char *name;
    const char *doc;
    const struct field *fields;
} others[] = {
    {"workload", "who asks, when, and for what", workload_fields},
    {"retry", "when a call step tries again", retry_fields},
};
#define OTHERS (sizeof others / sizeof *others)

static void list_all(struct text *out)
{
    for (size_t i = 0; component_types[i]; i++)
        text_format(out, "%-14s %s\n", component_types[i]->name, component_types[i]->doc);
    for (size_t i = 0; i < OTHERS; i++)
        text_format(out, "%-14s %s\n", others[i].name, others[i].doc);
}

static bool explain(struct text *out, const char *name)
{
    const char *names[32];
    size_t count = 0;
    for (; component_types[count]; count++) {
        names[count] = component_types[count]->name;
        if (strcmp(names[count], name) != 0) continue;
        text_format(out, "%s: %s\n\n", name, component_types[count]->doc);
        fields_describe(out, component_types[count]->fields, "");
        return true;
    }
    for (size_t i = 0; i < OTHERS; i++) {
        names[count++] = others[i].name;
        if (strcmp(others[i].name, name) != 0) continue;
        text_format(out, "%s: %s\n\n", name, others[i].doc);
        fields_describe(out, others[i].fields, "");
        return true;
    }
    const char *near = name_nearest(name, names, count);
    fprintf(stderr, "ragtime explain: nothing is called '%s'", name);
    if (near) fprintf(stderr, "; did you mean '%s'?", near);
    fputc('\n', stderr);
    return false;
}

int command_explain(int argc, char **argv)
{
    struct arena *arena = arena_new();
    struct options options;
    struct text text;
    int code = EXIT_BAD_INPUT;
    text_init(&text);
    if (options_read(arena, &usage, argc, argv, &options, &code)) {
        code = EXIT_DONE;
        if (options.operand_count == 0) list_all(&text);
        else if (!explain(&text, options.operands[0])) code = EXIT_BAD_INPUT;
        if (!output_print(&text)) code = EXIT_SYSTEM;
    }
    text_free(&text);
    arena_free(arena);
    return code;
}
