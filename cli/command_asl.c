#include "base/arena.h"
#include "base/names.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/output.h"

#include <string.h>

static const struct {
    const char *name;
    command_fn *run;
    const char *summary;
} parts[] = {
    {"lint", command_asl_lint, "judges definitions; every fault with its place and its rule"},
    {"run", command_asl_run, "runs one execution in virtual time, with mocks for its tasks"},
};
#define PARTS (sizeof parts / sizeof *parts)

static const struct command_usage usage = {.name = "asl", .operands = "COMMAND", .options = ""};

static int print_help(void)
{
    struct text text;
    text_init(&text);
    text_add(&text, "ragtime asl COMMAND [options]\n"
                    "  state machines of the Amazon States Language by themselves\n\nExamples:\n"
                    "  ragtime asl lint chat.asl.json template.yaml\n"
                    "  ragtime asl run chat.asl.json --input question.json --mocks answers.json\n"
                    "\nCommands:\n");
    for (size_t i = 0; i < PARTS; i++)
        text_format(&text, "  %-7s %s\n", parts[i].name, parts[i].summary);
    text_add(&text, "\n'ragtime asl COMMAND --help' has examples and options.\n");
    const bool good = output_print(&text);
    text_free(&text);
    return good ? EXIT_DONE : EXIT_SYSTEM;
}

int command_asl(int argc, char **argv)
{
    const char *names[PARTS];
    if (argc < 2) return options_refuse(&usage, "needs a command: lint or run", NULL, NULL);
    const char *word = argv[1];
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) return print_help();
    for (size_t i = 0; i < PARTS; i++) {
        if (strcmp(parts[i].name, word) == 0) return parts[i].run(argc - 1, argv + 1);
        names[i] = parts[i].name;
    }
    return options_refuse(&usage, "there is no command", word, name_nearest(word, names, PARTS));
}
