/* options.h - the command line, read by a table that also prints its help. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "study/scenario.h"

#include <stdbool.h>
#include <stddef.h>

#define OPERANDS_MOST 64 /* of what is simulated together */

/* What all commands share; a command names which of them it takes. */
struct options {
    struct override *overrides; /* --set, --seed, --replications, --duration in order */
    size_t override_count;
    struct override *variations; /* --vary: NAME and its values, separated by commas */
    size_t variation_count;
    const char **operands;
    size_t operand_count;
    size_t threads;        /* 0: all processors */
    const char *out;       /* --out DIR; NULL */
    const char *color;     /* "auto", "always", "never" */
    const char *timing;    /* --timing FILE; NULL */
    const char *reference; /* compare: a stem; NULL: the first */
    const char *region;    /* prices */
    const char *base;      /* ann: files */
    const char *queries;
    const char *truth;
    const char *filter;
    const char *profile;
    const char *index_file;
    const char *metric; /* NULL: cosine */
    const char *date;
    const char *input; /* asl run: files */
    const char *mocks;
    const char *machine_type; /* asl lint: "STANDARD" or "EXPRESS"; NULL: as the file says */
    const char *bindings;     /* lint: a definition; NULL */
    const char *index;        /* ann: a kind; NULL: hnsw */
    size_t top_k;
    size_t rounds; /* 0: not given */
    bool ann;      /* calibrate */
    bool json;
    bool quiet;
    bool verbose;
};

struct command_usage {
    const char *name;
    const char *operands; /* "SCENARIO" */
    const char *summary;
    const char *examples; /* lines, each ending in a line feed */
    const char *options;  /* letters of the option groups it takes: see options.c */
    size_t operands_least;
    size_t operands_most;
};

/* True: go on. False: *exit_code is what to end with (help was printed, or a message). `argv` must
 * outlive `out`; overrides are in the arena. */
bool options_read(struct arena *arena, const struct command_usage *usage, int argc, char **argv,
                  struct options *out, int *exit_code);

/* "ragtime COMMAND: WHAT 'VALUE'; did you mean 'NEAR'?" to standard error, then where the help is;
 * `value` and `near` may be NULL. Returns EXIT_BAD_INPUT. */
int options_refuse(const struct command_usage *usage, const char *what, const char *value,
                   const char *near);

#endif
