#include "base/arena.h"
#include "base/error.h"
#include "cli/ann_input.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "models/ann/ann_file.h"
#include "models/ann/setting.h"
#include "reports/ann_report.h"

static const struct command_usage usage = {
    .name = "ann search",
    .operands = "--base FILE|--index-file FILE --queries FILE",
    .summary = "the nearest rows to each query: a line a hit with query, rank, id and distance",
    .examples = "  ragtime ann search --base base.fbin --queries queries.fbin --top-k 5\n"
                "  ragtime ann search --base base.u8bin --queries queries.u8bin --metric l2 \\\n"
                "      --index flat --json\n"
                "  ragtime ann search --base base.fbin --queries queries.fbin --index scann \\\n"
                "      --set probes=64 --filter ids.txt\n"
                "  ragtime ann search --index-file base.index --queries queries.fbin "
                "--set ef_search=64\n",
    .options = "aqitj",
};

static void search(const struct ann_input *input, const struct ann_index *index, struct text *out)
{
    struct arena *arena = input->arena;
    const size_t queries = input->queries.rows;
    struct ann_scratch *scratch = ann_scratch_new(arena, index);
    size_t room = input->top_k < ann_count(index) ? input->top_k : ann_count(index);
    struct ann_hit *hits = arena_calloc(arena, queries, room * sizeof *hits);
    size_t *counts = arena_array(arena, size_t, queries);
    struct ann_query asked = ann_setting_query(&input->settings, room);
    asked.filter = ann_input_filter(input);
    for (size_t i = 0; i < queries; i++) {
        asked.vector = input->queries.values + i * input->queries.dimensions;
        counts[i] = ann_search(index, &asked, scratch, hits + i * room, NULL);
    }
    const struct ann_search_report report = {.queries = input->options->queries,
                                             .query_count = queries,
                                             .top_k = room,
                                             .hits = hits,
                                             .counts = counts};
    if (input->options->json)
        ann_search_json(out, &report);
    else
        ann_search_text(out, &report);
}

static int print_search(struct ann_input *input, const struct ann_index *index)
{
    struct text text;
    text_init(&text);
    ann_input_prepare(input, input->arena, index);
    search(input, index, &text);
    const bool good = output_print(&text);
    text_free(&text);
    return good ? EXIT_DONE : EXIT_SYSTEM;
}

static int build_and_search(struct arena *arena, const struct options *options)
{
    struct ann_input input;
    struct error err = {0};
    if (!ann_input_read(&input, arena, options, &usage)) return EXIT_BAD_INPUT;
    struct ann_index *index =
        ann_build(arena, &input.settings, input.base.values, input.base.rows, &err);
    if (index) return print_search(&input, index);
    ann_input_fail(&err, options->base);
    return EXIT_BAD_INPUT;
}

static int map_and_search(struct arena *arena, const struct options *options)
{
    struct error err = {0};
    if (options->base || options->metric || options->index)
        return options_refuse(&usage, "--index-file has rows, metric and kind: leave these out",
                              NULL, NULL);
    struct ann_mapping *mapping = ann_map(options->index_file, &(struct ann_open_options){0}, &err);
    if (!mapping) {
        ann_input_fail(&err, options->index_file);
        return EXIT_BAD_INPUT;
    }
    const struct ann_index *index = ann_mapped_index(mapping);
    struct ann_input input = {
        .arena = arena, .options = options, .usage = &usage, .settings = *ann_get_settings(index)};
    const int code =
        ann_input_read_for(&input, ann_count(index)) ? print_search(&input, index) : EXIT_BAD_INPUT;
    ann_unmap(mapping);
    return code;
}

int command_ann_search(int argc, char **argv)
{
    struct arena *arena = arena_new();
    struct options options;
    int code = EXIT_BAD_INPUT;
    interrupt_end();
    if (options_read(arena, &usage, argc, argv, &options, &code))
        code = options.index_file ? map_and_search(arena, &options)
                                  : build_and_search(arena, &options);
    arena_free(arena);
    return code;
}
