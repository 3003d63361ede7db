#include "cli/subcommands.h"

#include "base/names.h"
#include "base/text.h"
#include "cli/options.h"
#include "cli/output.h"

#include <string.h>

static int print_help(const struct command_family *family)
{
    struct text text;
    text_init(&text);
    text_format(&text, "ragtime %s COMMAND [options]\n  %s\n\nExamples:\n%s\nCommands:\n",
                family->name, family->summary, family->examples);
    for (size_t i = 0; i < family->count; i++)
        text_format(&text, "  %-7s %s\n", family->commands[i].name, family->commands[i].summary);
    text_format(&text, "\n'ragtime %s COMMAND --help' has examples and options.\n%s", family->name,
                family->notes);
    const bool good = output_print(&text);
    text_free(&text);
    return good ? EXIT_DONE : EXIT_SYSTEM;
}

/* "needs a command: build, bench or search" */
static int refuse_none(const struct command_family *family, const struct command_usage *usage)
{
    struct text text;
    text_init(&text);
    text_add(&text, "needs a command: ");
    for (size_t i = 0; i < family->count; i++)
        text_format(&text, "%s%s",
                    i == 0                   ? ""
                    : i + 1 == family->count ? " or "
                                             : ", ",
                    family->commands[i].name);
    const int code = options_refuse(usage, text.data, NULL, NULL);
    text_free(&text);
    return code;
}

int subcommands_run(const struct command_family *family, int argc, char **argv)
{
    const struct command_usage usage = {.name = family->name, .operands = "COMMAND", .options = ""};
    const char *names[SUBCOMMANDS_MOST];
    if (argc < 2) return refuse_none(family, &usage);
    const char *word = argv[1];
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) return print_help(family);
    for (size_t i = 0; i < family->count; i++) {
        if (strcmp(family->commands[i].name, word) == 0)
            return family->commands[i].run(argc - 1, argv + 1);
        names[i] = family->commands[i].name;
    }
    return options_refuse(&usage, "there is no command", word,
                          name_nearest(word, names, family->count));
}
