#include "cli/subcommands.h"

int command_ann(int argc, char **argv)
{
    static const struct subcommand commands[] = {
        {"build", command_ann_build, "an index, written into a file"},
        {"bench", command_ann_bench, "recall, time and work of an index, a row for each setting"},
        {"search", command_ann_search, "the nearest rows to each query, with their distances"},
    };
    static const struct command_family family = {
        .name = "ann",
        .summary = "the vector search kernel by itself, on files of vectors",
        .examples = "  ragtime ann bench --base base.fbin --queries queries.fbin "
                    "--truth truth.ibin \\\n"
                    "      --metric cosine --index hnsw --set M=16 --vary ef_search=16,32,64\n"
                    "  ragtime ann search --base base.fbin --queries queries.fbin --index scann\n",
        .notes = "\nSettings (--set NAME=VALUE, --vary NAME=VALUE,VALUE...):\n"
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
                 "  .ibin   u32 rows, u32 k, then k u32 ids a row, then k float32 distances\n",
        .commands = commands,
        .count = sizeof commands / sizeof *commands,
    };
    return subcommands_run(&family, argc, argv);
}
