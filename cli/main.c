/* main.c - ragtime COMMAND [options]: the table of commands. */
#include "base/arena.h"
#include "base/names.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/output.h"

#include <gsl/gsl_errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    {"calibrate", command_calibrate, "measure this machine: a profile of vector search"},
    {"asl", command_asl, "state machines by themselves: judge definitions"},
    {"ann", command_ann, "the vector search kernel by itself: build, search, bench"},
};
#define COMMANDS (sizeof commands / sizeof *commands)

static void add_usage(struct text *out)
{
    text_add(out, "ragtime COMMAND [options]\n\n"
                  "Simulates serverless generative-AI systems: how fast, how expensive, where "
                  "they break.\n\n");
    for (size_t i = 0; i < COMMANDS; i++)
        text_format(out, "  %-9s %s\n", commands[i].name, commands[i].summary);
    text_add(out, "\n'ragtime COMMAND --help' has examples and options; 'ragtime --version' says "
                  "which this is.\n");
}

static void out_of_memory(size_t wanted)
{
    if (wanted == SIZE_MAX)
        fputs("ragtime: the work is larger than this program can hold\n", stderr);
    else
        fprintf(stderr, "ragtime: out of memory (%zu more bytes were wanted)\n", wanted);
    /* Another thread may be running: end without what exit would run. */
    _Exit(EXIT_SYSTEM);
}

static command_fn *find_command(const char *name)
{
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i].name, name) == 0) return commands[i].run;
    return NULL;
}

static int refuse_command(const char *name)
{
    const char *names[COMMANDS];
    char shown[200];
    for (size_t i = 0; i < COMMANDS; i++) names[i] = commands[i].name;
    const char *near = name_nearest(name, names, COMMANDS);
    text_excerpt(shown, sizeof shown, name);
    fprintf(stderr, "ragtime: there is no command '%s'", shown);
    if (near) fprintf(stderr, "; did you mean '%s'?", near);
    fputs("\nTry 'ragtime --help'.\n", stderr);
    return EXIT_BAD_INPUT;
}

static int print(void add(struct text *out))
{
    struct text text;
    text_init(&text);
    add(&text);
    const bool good = output_print(&text);
    text_free(&text);
    return good ? EXIT_DONE : EXIT_SYSTEM;
}

static void add_version(struct text *out)
{
    text_add(out, "ragtime " RAGTIME_VERSION "\n");
}

static bool is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0;
}

int main(int argc, char **argv)
{
    arena_on_exhaustion(out_of_memory);
    gsl_set_error_handler_off();
    /* A reader that went away shows as a failed write, and files still get written. */
    signal(SIGPIPE, SIG_IGN);
    if (argc < 2) {
        fputs("ragtime: needs a command\nTry 'ragtime --help'.\n", stderr);
        return EXIT_BAD_INPUT;
    }
    if (strcmp(argv[1], "--version") == 0) return print(add_version);
    if (is_help(argv[1])) {
        if (argc == 2) return print(add_usage);
        command_fn *named = find_command(argv[2]);
        char option[] = "--help";
        if (!named) return refuse_command(argv[2]);
        return named(2, (char *[]){argv[2], option, NULL});
    }
    command_fn *run = find_command(argv[1]);
    if (!run) return refuse_command(argv[1]);
    return run(argc - 1, argv + 1);
}
