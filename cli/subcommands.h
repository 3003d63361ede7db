/* subcommands.h - a command that is a family of commands: `ragtime ann build`, `ragtime asl lint`.
 */
#ifndef CLI_SUBCOMMANDS_H
#define CLI_SUBCOMMANDS_H

#include "cli/commands.h"

#include <stddef.h>

struct subcommand {
    const char *name;
    command_fn *run;
    const char *summary;
};

struct command_family {
    const char *name;     /* "ann" */
    const char *summary;  /* one line */
    const char *examples; /* lines, each ending in a line feed */
    const char *notes;    /* after the list of commands: lines, or "" */
    const struct subcommand *commands;
    size_t count; /* at most SUBCOMMANDS_MOST */
};

enum { SUBCOMMANDS_MOST = 8 };

/* Runs the one that argv[1] names, which gets the arguments from there on; prints the help of the
 * family for --help. The exit code. */
int subcommands_run(const struct command_family *family, int argc, char **argv);

#endif
