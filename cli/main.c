/* main.c - ragtime COMMAND [options]: the table of commands. */
#include <gsl/gsl_errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/names.h"
#include "cli/commands.h"

static const struct {
    const char *name;
    command_fn *run;
    const char *summary;
} commands[] = {
    {"run", command_run, "simulate a scenario and print what it found"},
    {"compare", command_compare, "the same traffic through several architectures"},
    {"lint", command_lint, "check scenarios without running"},
    {"prices", command_prices, "the catalogue of prices, quotas and latencies"},
    {"explain", command_explain, "the fields of a component type"},
};
#define COMMANDS (sizeof commands / sizeof *commands)

static void usage(FILE *stream)
{
    fputs("ragtime COMMAND [options]\n\n"
          "Simulates serverless generative-AI systems: how fast, how expensive, where they break.\n\n",
          stream);
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(stream, "  %-9s %s\n", commands[i].name, commands[i].summary);
    fputs("\n'ragtime COMMAND --help' has examples and options.\n", stream);
}

static void out_of_memory(size_t wanted)
{
    fprintf(stderr, "ragtime: out of memory (%zu more bytes were wanted)\n", wanted);
    exit(EXIT_SYSTEM);
}

int main(int argc, char **argv)
{
    const char *names[COMMANDS];
    arena_on_exhaustion(out_of_memory);
    gsl_set_error_handler_off();
    if (argc < 2) {
        usage(stderr);
        return EXIT_BAD_INPUT;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        usage(stdout);
        return EXIT_DONE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("ragtime " RAGTIME_VERSION);
        return EXIT_DONE;
    }
    for (size_t i = 0; i < COMMANDS; i++) {
        names[i] = commands[i].name;
        if (strcmp(commands[i].name, argv[1]) == 0) return commands[i].run(argc - 1, argv + 1);
    }
    const char *near = name_nearest(argv[1], names, COMMANDS);
    fprintf(stderr, "ragtime: there is no command '%s'", argv[1]);
    if (near) fprintf(stderr, "; did you mean '%s'?", near);
    fputs("\nTry 'ragtime --help'.\n", stderr);
    return EXIT_BAD_INPUT;
}
