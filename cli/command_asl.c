#include "cli/subcommands.h"

int command_asl(int argc, char **argv)
{
    static const struct subcommand commands[] = {
        {"lint", command_asl_lint, "judges definitions; every fault with its place and its rule"},
        {"run", command_asl_run, "runs one execution in virtual time, with mocks for its tasks"},
    };
    static const struct command_family family = {
        .name = "asl",
        .summary = "state machines of the Amazon States Language by themselves",
        .examples = "  ragtime asl lint chat.asl.json template.yaml\n"
                    "  ragtime asl run chat.asl.json --input question.json --mocks answers.json\n",
        .notes = "",
        .commands = commands,
        .count = sizeof commands / sizeof *commands,
    };
    return subcommands_run(&family, argc, argv);
}
