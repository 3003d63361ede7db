#include "base/arena.h"
#include "base/describe.h"
#include "base/names.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/output.h"
#include "models/component.h"
#include "models/index_shape.h"
#include "models/program.h"
#include "models/registry.h"
#include "models/workload.h"

#include <string.h>

static const struct command_usage usage = {
    .name = "explain",
    .operands = "[TYPE]",
    .summary = "the fields of a component type, a workload, a retry, a kind of vector index",
    .examples = "  ragtime explain\n"
                "  ragtime explain function\n"
                "  ragtime explain workload\n",
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
static const char index_doc[] = "parameters of this kind of `index` of a vector_index";
#define OTHERS (sizeof others / sizeof *others)

static void list_all(struct text *out)
{
    for (size_t i = 0; component_types[i]; i++)
        text_format(out, "%-14s %s\n", component_types[i]->name, component_types[i]->doc);
    for (size_t i = 0; i < OTHERS; i++)
        text_format(out, "%-14s %s\n", others[i].name, others[i].doc);
    for (int kind = ANN_FLAT; kind <= ANN_SCANN; kind++)
        text_format(out, "%-14s %s\n", ann_kind_name((enum ann_kind)kind), index_doc);
}

#define NAMES_MOST 64

static void describe(struct text *out, const char *name, const char *doc,
                     const struct field *fields)
{
    text_format(out, "%s: %s\n\n", name, doc);
    fields_describe(out, fields, "");
}

static int explain(struct text *out, const char *name)
{
    const char *names[NAMES_MOST];
    size_t count = 0;
    const struct component_type *type = component_type_find(name);
    if (type) {
        describe(out, name, type->doc, type->fields);
        return EXIT_DONE;
    }
    for (size_t i = 0; i < OTHERS; i++) {
        names[count++] = others[i].name;
        if (strcmp(others[i].name, name) != 0) continue;
        describe(out, name, others[i].doc, others[i].fields);
        return EXIT_DONE;
    }
    for (int i = ANN_FLAT; i <= ANN_SCANN; i++) {
        const enum ann_kind kind = (enum ann_kind)i;
        names[count++] = ann_kind_name(kind);
        if (strcmp(ann_kind_name(kind), name) != 0) continue;
        describe(out, name, index_doc, index_shape_fields(kind));
        return EXIT_DONE;
    }
    for (size_t i = 0; component_types[i] && count < NAMES_MOST; i++)
        names[count++] = component_types[i]->name;
    return options_refuse(&usage, "nothing is called", name, name_nearest(name, names, count));
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
        if (options.operand_count == 0)
            list_all(&text);
        else
            code = explain(&text, options.operands[0]);
        if (!output_print(&text)) code = EXIT_SYSTEM;
    }
    text_free(&text);
    arena_free(arena);
    return code;
}
