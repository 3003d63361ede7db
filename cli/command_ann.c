#include "base/arena.h"
#include "base/names.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/output.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    command_fn *run;
    const char *summary;
} parts[] = {
    {"build", command_ann_build, "an index, written into a file"},
    {"bench", command_ann_bench, "recall, time and work of an index, a row for each setting"},
    {"search", command_ann_search, "the nearest rows to each query, with their distances"},
};
#define PARTS (sizeof parts / sizeof *parts)

static const struct command_usage usage = {.name = "ann", .operands = "COMMAND", .options = ""};

static int print_help(void)
{
    struct text text;
    text_init(&text);
    text_add(&text, "ragtime ann COMMAND [options]\n"
                    "  the vector search kernel by itself, on files of vectors\n\nExamples:\n"
                    "  ragtime ann bench --base base.fbin --queries queries.fbin "
                    "--truth truth.ibin \\\n"
                    "      --metric cosine --index hnsw --set M=16 --vary ef_search=16,32,64\n"
                    "  ragtime ann search --base base.fbin --queries queries.fbin --index scann\n"
                    "\nCommands:\n");
    for (size_t i = 0; i < PARTS; i++)
        text_format(&text, "  %-7s %s\n", parts[i].name, parts[i].summary);
    text_add(&text, "\n'ragtime ann COMMAND --help' has examples and options.\n"
                    "\nSettings (--set NAME=VALUE, --vary NAME=VALUE,VALUE...):\n"
                    "  any kind         code: float32, float16, int8, lvq8, lvq4, rabitq, sign; "
                    "rerank\n"
                    "  hnsw             M, ef_construction, ef_search, seed\n"
                    "  ivf_flat, ivf_pq, scann\n"
                    "                   lists, probes, spill, recall, seed; scann: anisotropy\n"
                    "\nFiles, little-endian:\n"
                    "  .fbin   u32 rows, u32 dimensions, then float32 values row by row\n"
                    "  .u8bin  the same with bytes\n"
                    "  .fvecs  every row: u32 dimensions, then float32 values\n"
                    "  .bvecs  the same with bytes\n"
                    "  .ibin   u32 rows, u32 k, then k u32 ids a row, then k float32 distances\n");
    const bool good = output_print(&text);
    text_free(&text);
    return good ? EXIT_DONE : EXIT_SYSTEM;
}

int command_ann(int argc, char **argv)
{
    const char *names[PARTS];
    if (argc < 2)
        return options_refuse(&usage, "needs a command: build, bench or search", NULL, NULL);
    const char *word = argv[1];
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) return print_help();
    for (size_t i = 0; i < PARTS; i++) {
        if (strcmp(parts[i].name, word) == 0) return parts[i].run(argc - 1, argv + 1);
        names[i] = parts[i].name;
    }
    return options_refuse(&usage, "there is no command", word, name_nearest(word, names, PARTS));
}
