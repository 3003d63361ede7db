#include "cli/options.h"

#include "base/arena.h"
#include "base/names.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum row_kind {
    ROW_SET,      /* an override of any path */
    ROW_VARY,     /* values of a setting */
    ROW_SIMULATE, /* an override of simulate.NAME */
    ROW_TEXT,     /* the const char * at `offset` */
    ROW_SWITCH,   /* the bool at `offset` */
    ROW_COUNT,    /* the size_t at `offset`, from 1 to `most` */
    ROW_HELP
};

struct row {
    const char *name;
    const char *also;     /* another spelling; or NULL */
    const char *argument; /* NULL: a switch */
    char group; /* s scenario, r running, t threads alone, o output, c compare, p prices, j JSON,
                   a rows and index, q queries, m a state machine, x its execution, d a definition,
                   i an index file, b bench, f a file to write, k calibrate, g general */
    enum row_kind kind;
    size_t offset;
    size_t most;
    const char *const *choices; /* ROW_TEXT: what it may be, NULL at the end; NULL: anything */
    const char *doc;
};

static const char *const machine_types[] = {"STANDARD", "EXPRESS", NULL};
static const char *const color_choices[] = {"auto", "always", "never", NULL};

#define AT(member) .offset = offsetof(struct options, member)
static const struct row rows[] = {
    {"--set", NULL, "PATH=VALUE", 's', ROW_SET,
     .doc = "override a value of the scenario; repeatable"},
    {"--seed", NULL, "N", 's', ROW_SIMULATE, .doc = "simulate.seed"},
    {"--replications", NULL, "N", 's', ROW_SIMULATE, .doc = "simulate.replications"},
    {"--duration", NULL, "TIME", 's', ROW_SIMULATE, .doc = "simulate.duration, such as 30m or 2h"},
    {"--base", NULL, "FILE", 'a', ROW_TEXT, AT(base),
     .doc = "rows to index: .fbin, .u8bin, .fvecs or .bvecs"},
    {"--index-file", NULL, "FILE", 'i', ROW_TEXT, AT(index_file),
     .doc = "an index of 'ragtime ann build' instead of --base"},
    {"--queries", NULL, "FILE", 'q', ROW_TEXT, AT(queries), .doc = "vectors to look for"},
    {"--truth", NULL, "FILE", 'b', ROW_TEXT, AT(truth),
     .doc = "the true nearest, .ibin; computed if absent"},
    {"--metric", NULL, "METRIC", 'a', ROW_TEXT, AT(metric),
     .doc = "cosine (if absent), inner_product or l2"},
    {"--index", NULL, "KIND", 'a', ROW_TEXT, AT(index),
     .doc = "flat, hnsw (if absent), ivf_flat, ivf_pq or scann"},
    {"--set", NULL, "NAME=VALUE", 'a', ROW_SET,
     .doc = "a setting of the index, such as M=16 or code=lvq4; repeatable"},
    {"--vary", NULL, "NAME=V1,V2", 'b', ROW_VARY, .doc = "one row for each of these; repeatable"},
    {"--top-k", NULL, "N", 'q', ROW_COUNT, AT(top_k), .most = 16384,
     .doc = "neighbours to look for; 10 if absent"},
    {"--filter", NULL, "FILE", 'q', ROW_TEXT, AT(filter),
     .doc = "ids of the rows that may be hits, one a line"},
    {"--rounds", NULL, "N", 'b', ROW_COUNT, AT(rounds), .most = 1000,
     .doc = "times to run all queries; 5 if absent"},
    {"--profile", NULL, "FILE", 'b', ROW_TEXT, AT(profile),
     .doc = "predict times by this machine's profile: a file of 'ragtime calibrate --ann', or "
            "x86-64-avx512 or arm64-neon"},
    {"--ann", NULL, NULL, 'k', ROW_SWITCH, AT(ann), .doc = "calibrate vector search"},
    {"--date", NULL, "TEXT", 'k', ROW_TEXT, AT(date), .doc = "a date to write into the profile"},
    {"--rounds", NULL, "N", 'k', ROW_COUNT, AT(rounds), .most = 1000,
     .doc = "times to measure everything, of which the least counts; 2 if absent"},
    {"--threads", NULL, "N", 't', ROW_COUNT, AT(threads), .most = 256,
     .doc = "threads to build on; all processors if absent"},
    {"--threads", NULL, "N", 'r', ROW_COUNT, AT(threads), .most = 4096,
     .doc = "threads to run on; all processors if absent"},
    {"--reference", NULL, "NAME", 'c', ROW_TEXT, AT(reference),
     .doc = "compare with this architecture instead of the first"},
    {"--type", NULL, "TYPE", 'm', ROW_TEXT, AT(machine_type), .choices = machine_types,
     .doc = "STANDARD or EXPRESS; as the template says, or STANDARD, if absent"},
    {"--input", NULL, "FILE", 'x', ROW_TEXT, AT(input),
     .doc = "the execution's input, JSON; {} if absent"},
    {"--mocks", NULL, "FILE", 'x', ROW_TEXT, AT(mocks),
     .doc = "results of tasks by state, JSON: {STATE: [{output}, {error, cause}]}"},
    {"--bindings", NULL, "DEFINITION", 'd', ROW_TEXT, AT(bindings),
     .doc = "write the skeleton of a scenario that runs this definition (FILE or FILE#NAME)"},
    {"--out", "-o", "DIR", 'o', ROW_TEXT, AT(out), .doc = "write results into this folder"},
    {"--out", "-o", "FILE", 'f', ROW_TEXT, AT(out), .doc = "write the result into this file"},
    {"--json", NULL, NULL, 'j', ROW_SWITCH, AT(json), .doc = "print JSON instead of text"},
    {"--timing", NULL, "FILE", 'r', ROW_TEXT, AT(timing), .doc = "write how long the host took"},
    {"--region", NULL, "REGION", 'p', ROW_TEXT, AT(region),
     .doc = "values of this region; us-east-1 if absent"},
    {"--color", NULL, "WHEN", 'g', ROW_TEXT, AT(color), .choices = color_choices,
     .doc = "auto, always or never"},
    {"--quiet", "-q", NULL, 'g', ROW_SWITCH, AT(quiet), .doc = "no progress, only the verdict"},
    {"--verbose", "-v", NULL, 'g', ROW_SWITCH, AT(verbose),
     .doc = "every metric, and how long the host took"},
    {"--help", "-h", NULL, 'g', ROW_HELP, .doc = "this text"},
};
#undef AT
#define ROWS (sizeof rows / sizeof *rows)

struct reading {
    struct arena *arena;
    const struct command_usage *usage;
    struct options *options;
    int exit_code;
};

static bool taken(const struct command_usage *usage, const struct row *row)
{
    return row->group == 'g' || strchr(usage->options, row->group) != NULL;
}

static int print_help(const struct command_usage *usage)
{
    struct text text;
    text_init(&text);
    text_format(&text, "ragtime %s %s\n  %s\n\nExamples:\n%s\nOptions:\n", usage->name,
                usage->operands, usage->summary, usage->examples);
    for (size_t i = 0; i < ROWS; i++) {
        char left[64];
        if (!taken(usage, &rows[i])) continue;
        snprintf(left, sizeof left, "%s%s%s%s%s", rows[i].also ? rows[i].also : "",
                 rows[i].also ? ", " : "", rows[i].name, rows[i].argument ? " " : "",
                 rows[i].argument ? rows[i].argument : "");
        text_format(&text, "  %-22s %s\n", left, rows[i].doc);
    }
    const bool good = output_print(&text);
    text_free(&text);
    return good ? EXIT_DONE : EXIT_SYSTEM;
}

int options_refuse(const struct command_usage *usage, const char *what, const char *value,
                   const char *near)
{
    char shown[200];
    fprintf(stderr, "ragtime %s: %s", usage->name, what);
    if (value) {
        text_excerpt(shown, sizeof shown, value);
        fprintf(stderr, " '%s'", shown);
    }
    if (near) fprintf(stderr, "; did you mean '%s'?", near);
    fprintf(stderr, "\nTry 'ragtime %s --help'.\n", usage->name);
    return EXIT_BAD_INPUT;
}

static bool refuse(struct reading *r, const char *what, const char *value, const char *near)
{
    r->exit_code = options_refuse(r->usage, what, value, near);
    return false;
}

static const struct row *find_row(const struct command_usage *usage, const char *name)
{
    for (size_t i = 0; i < ROWS; i++) {
        if (!taken(usage, &rows[i])) continue;
        if (strcmp(rows[i].name, name) == 0) return &rows[i];
        if (rows[i].also && strcmp(rows[i].also, name) == 0) return &rows[i];
    }
    return NULL;
}

static bool refuse_unknown(struct reading *r, const char *name)
{
    const char *names[ROWS];
    size_t count = 0;
    for (size_t i = 0; i < ROWS; i++)
        if (taken(r->usage, &rows[i])) names[count++] = rows[i].name;
    return refuse(r, "unknown option", name, name_nearest(name, names, count));
}

/* Splits NAME=VALUE. */
static bool read_pair(struct reading *r, const struct row *row, const char *value,
                      struct override *out)
{
    const char *equals = strchr(value, '=');
    const char *sample = row->kind == ROW_VARY ? "ef_search=16,32"
                         : row->group == 'a'   ? "M=16"
                                               : "simulate.seed=7";
    if (!equals || equals == value)
        return refuse(r,
                      arena_format(r->arena, "%s takes %s, such as %s, but found", row->name,
                                   row->argument, sample),
                      value, NULL);
    *out = (struct override){arena_copy_n(r->arena, value, (size_t)(equals - value)), equals + 1,
                             row->name};
    return true;
}

static bool read_set(struct reading *r, const struct row *row, const char *value)
{
    struct options *o = r->options;
    if (row->kind == ROW_VARY)
        return read_pair(r, row, value, &o->variations[o->variation_count++]);
    struct override *next = &o->overrides[o->override_count++];
    if (row->kind == ROW_SET) return read_pair(r, row, value, next);
    const char *path = arena_format(r->arena, "simulate.%s", row->name + 2);
    *next = (struct override){path, value, row->name};
    return true;
}

static bool read_count(struct reading *r, const struct row *row, const char *value, size_t *out)
{
    char *rest = NULL;
    const bool digits = value[0] >= '0' && value[0] <= '9';
    const unsigned long long count = digits ? strtoull(value, &rest, 10) : 0;
    if (!digits || *rest || count < 1 || count > row->most)
        return refuse(r,
                      arena_format(r->arena, "%s takes a number from 1 to %zu, but found",
                                   row->name, row->most),
                      value, NULL);
    *out = (size_t)count;
    return true;
}

static bool read_text(struct reading *r, const struct row *row, const char *value, const char **out)
{
    if (value[0] == '\0')
        return refuse(r, arena_format(r->arena, "%s needs %s, but found", row->name, row->argument),
                      value, NULL);
    *out = value;
    size_t count = 0;
    for (; row->choices && row->choices[count]; count++)
        if (strcmp(row->choices[count], value) == 0) return true;
    if (!row->choices) return true;
    return refuse(r, arena_format(r->arena, "%s takes %s, but found", row->name, row->doc), value,
                  name_nearest(value, row->choices, count));
}

static bool apply(struct reading *r, const struct row *row, const char *value)
{
    char *at = (char *)r->options + row->offset;
    switch (row->kind) {
    case ROW_SET:
    case ROW_VARY:
    case ROW_SIMULATE: return read_set(r, row, value);
    case ROW_TEXT: return read_text(r, row, value, (const char **)(void *)at);
    case ROW_COUNT: return read_count(r, row, value, (size_t *)(void *)at);
    case ROW_SWITCH: *(bool *)at = true; return true;
    case ROW_HELP: break;
    }
    r->exit_code = print_help(r->usage);
    return false;
}

/* Reads the option argv[*i], and its value, which may be the word after it. */
static bool read_option(struct reading *r, int argc, char **argv, int *i)
{
    const char *word = argv[*i];
    const size_t length = strcspn(word, "=");
    const char *name = arena_copy_n(r->arena, word, length);
    const struct row *row = find_row(r->usage, name);
    if (!row) return refuse_unknown(r, name);
    const char *value = word[length] ? word + length + 1 : NULL;
    if (!row->argument && value) return refuse(r, "this option takes no value:", name, NULL);
    if (row->argument && !value) {
        if (*i + 1 >= argc)
            return refuse(r, arena_format(r->arena, "%s needs %s", name, row->argument), NULL,
                          NULL);
        value = argv[++*i];
    }
    return apply(r, row, value);
}

static bool read_all(struct reading *r, int argc, char **argv)
{
    struct options *o = r->options;
    bool options_end = false;
    for (int i = 1; i < argc; i++) {
        if (!options_end && strcmp(argv[i], "--") == 0)
            options_end = true;
        else if (!options_end && argv[i][0] == '-' && argv[i][1] != '\0')
            TRY(read_option(r, argc, argv, &i));
        else if (o->operand_count == r->usage->operands_most)
            return refuse(r, "this is one too many:", argv[i], NULL);
        else
            o->operands[o->operand_count++] = argv[i];
    }
    if (o->operand_count >= r->usage->operands_least) return true;
    return refuse(r, arena_format(r->arena, "needs %s", r->usage->operands), NULL, NULL);
}

bool options_read(struct arena *arena, const struct command_usage *usage, int argc, char **argv,
                  struct options *o, int *exit_code)
{
    *o = (struct options){.color = "auto", .region = "us-east-1", .top_k = 10};
    o->overrides = arena_array(arena, struct override, (size_t)argc + 1);
    o->variations = arena_array(arena, struct override, (size_t)argc + 1);
    o->operands = arena_array(arena, const char *, (size_t)argc + 1);
    struct reading reading = {.arena = arena, .usage = usage, .options = o};
    if (read_all(&reading, argc, argv)) return true;
    *exit_code = reading.exit_code;
    return false;
}
