/* commands.h - every command: one file each, one row in main.c's table. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

/* Exit codes of every command. */
enum exit_code {
    EXIT_DONE = 0,
    EXIT_BAD_INPUT = 2,    /* usage or scenario */
    EXIT_INCONSISTENT = 3, /* an invariant failed */
    EXIT_SYSTEM = 4,       /* disk, memory */
    EXIT_INTERRUPTED = 130
};

/* `argv` begins with the command's name. */
typedef int command_fn(int argc, char **argv);

command_fn command_run;
command_fn command_compare;
command_fn command_lint;
command_fn command_prices;
command_fn command_explain;
command_fn command_calibrate;
command_fn command_asl;
command_fn command_asl_run;
command_fn command_asl_lint; /* of `ragtime asl`: argv begins with "lint" */
command_fn command_ann;
command_fn command_ann_search; /* of `ragtime ann`: argv begins with "search" */
command_fn command_ann_bench;
command_fn command_ann_build;

#endif
