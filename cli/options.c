#include "cli/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/names.h"
#include "cli/commands.h"

/* Groups: s scenario, r running, o output, c compare, p prices, g general. */
static const struct row {
    const char *name;
    const char *argument; /* NULL: a switch */
    char group;
    const char *doc;
} rows[] = {
    {"--set", "PATH=VALUE", 's', "override a value of the scenario; repeatable"},
    {"--seed", "N", 's', "simulate.seed"},
    {"--replications", "N", 's', "simulate.replications"},
    {"--duration", "TIME", 's', "simulate.duration"},
    {"--threads", "N", 'r', "threads; all processors if absent"},
    {"--reference", "NAME", 'c', "compare with this architecture instead of the first"},
    {"--out", "DIR", 'o', "write results into this folder"},
    {"--json", NULL, 'o', "print JSON instead of the summary"},
    {"--timing", "FILE", 'r', "write how long the host took"},
    {"--region", "REGION", 'p', "prices of this region; us-east-1 if absent"},
    {"--color", "WHEN", 'g', "auto, always or never"},
    {"--quiet", NULL, 'g', "no progress, only the verdict"},
    {"-v", NULL, 'g', "every metric"},
    {"--help", NULL, 'g', "this text"},
};
#define ROWS (sizeof rows / sizeof *rows)

static bool taken(const struct command_usage *usage, const struct row *row)
{
    return row->group == 'g' || strchr(usage->options, row->group) != NULL;
}

static void print_help(const struct command_usage *usage)
{
    printf("ragtime %s %s\n  %s\n\nExamples:\n%s\nOptions:\n", usage->name, usage->operands,
           usage->summary, usage->examples);
    for (size_t i = 0; i < ROWS; i++) {
        char left[64];
        if (!taken(usage, &rows[i])) continue;
        snprintf(left, sizeof left, "%s%s%s", rows[i].name, rows[i].argument ? " " : "",
                 rows[i].argument ? rows[i].argument : "");
        printf("  %-22s %s\n", left, rows[i].doc);
    }
}

static bool refuse(const struct command_usage *usage, int *exit_code, const char *what,
                   const char *value, const char *near)
{
    fprintf(stderr, "ragtime %s: %s%s", usage->name, what, value);
    if (near) fprintf(stderr, "; did you mean '%s'?", near);
    fprintf(stderr, "\nTry 'ragtime %s --help'.\n", usage->name);
    *exit_code = EXIT_BAD_INPUT;
    return false;
}

static const struct row *find_row(const struct command_usage *usage, const char *name,
                                  size_t length)
{
    for (size_t i = 0; i < ROWS; i++)
        if (taken(usage, &rows[i]) && strlen(rows[i].name) == length &&
            strncmp(rows[i].name, name, length) == 0)
            return &rows[i];
    return NULL;
}

static const char *nearest_row(const struct command_usage *usage, const char *name)
{
    const char *names[ROWS];
    size_t count = 0;
    for (size_t i = 0; i < ROWS; i++)
        if (taken(usage, &rows[i])) names[count++] = rows[i].name;
    return name_nearest(name, names, count);
}

static void add_override(struct options *o, const char *path, const char *value,
                         const char *option)
{
    o->overrides[o->override_count++] = (struct override){path, value, option};
}

static bool apply(struct arena *arena, const struct command_usage *usage, const struct row *row,
                  const char *value, struct options *o, int *exit_code)
{
    const char *name = row->name;
    if (strcmp(name, "--set") == 0) {
        const char *equals = strchr(value, '=');
        if (!equals || equals == value)
            return refuse(usage, exit_code, "--set needs PATH=VALUE, found ", value, NULL);
        add_override(o, arena_copy_n(arena, value, (size_t)(equals - value)),
                     arena_copy(arena, equals + 1), name);
    } else if (row->group == 's') {
        add_override(o, arena_format(arena, "simulate.%s", name + 2), value, name);
    } else if (strcmp(name, "--threads") == 0) {
        char *rest = NULL;
        const long count = strtol(value, &rest, 10);
        if (*rest || rest == value || count < 1 || count > 4096)
            return refuse(usage, exit_code, "--threads takes a number from 1 to 4096, found ",
                          value, NULL);
        o->threads = (size_t)count;
    } else if (strcmp(name, "--color") == 0) {
        if (strcmp(value, "auto") && strcmp(value, "always") && strcmp(value, "never"))
            return refuse(usage, exit_code, "--color takes auto, always or never, found ", value,
                          NULL);
        o->color = value;
    } else if (strcmp(name, "--out") == 0) o->out = value;
    else if (strcmp(name, "--timing") == 0) o->timing = value;
    else if (strcmp(name, "--reference") == 0) o->reference = value;
    else if (strcmp(name, "--region") == 0) o->region = value;
    else if (strcmp(name, "--json") == 0) o->json = true;
    else if (strcmp(name, "--quiet") == 0) o->quiet = true;
    else if (strcmp(name, "-v") == 0) o->verbose = true;
    return true;
}

bool options_read(struct arena *arena, const struct command_usage *usage, int argc, char **argv,
                  struct options *o, int *exit_code)
{
    *o = (struct options){.color = "auto", .region = "us-east-1"};
    o->overrides = arena_array(arena, struct override, (size_t)argc + 1);
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i];
        if (word[0] != '-' || word[1] == '\0') {
            if (o->operand_count == OPERANDS_MOST)
                return refuse(usage, exit_code, "too many operands: ", word, NULL);
            o->operands[o->operand_count++] = word;
            continue;
        }
        const size_t length = strcspn(word, "=");
        const struct row *row = find_row(usage, word, length);
        const char *name = arena_copy_n(arena, word, length);
        if (!row)
            return refuse(usage, exit_code, "unknown option ", name, nearest_row(usage, name));
        if (strcmp(row->name, "--help") == 0) {
            print_help(usage);
            *exit_code = EXIT_DONE;
            return false;
        }
        const char *value = word[length] ? word + length + 1 : NULL;
        if (row->argument && !value) value = i + 1 < argc ? argv[++i] : NULL;
        if (row->argument && !value)
            return refuse(usage, exit_code, name, arena_format(arena, " needs %s", row->argument),
                          NULL);
        if (!row->argument && value) return refuse(usage, exit_code, name, " takes no value", NULL);
        if (!apply(arena, usage, row, value, o, exit_code)) return false;
    }
    if (o->operand_count < usage->operands_least)
        return refuse(usage, exit_code, "needs ", usage->operands, NULL);
    if (o->operand_count > usage->operands_most)
        return refuse(usage, exit_code, "does not take ", o->operands[usage->operands_most], NULL);
    return true;
}
