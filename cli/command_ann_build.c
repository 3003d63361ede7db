#include "base/arena.h"
#include "base/error.h"
#include "cli/ann_input.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "models/ann/ann_file.h"
#include "models/ann/trial.h"
#include "reports/json_writer.h"
#include "reports/numbers.h"

static const struct command_usage usage = {
    .name = "ann build",
    .operands = "--base FILE --out FILE",
    .summary = "builds an index and writes it into a file for 'ragtime ann search --index-file'",
    .examples =
        "  ragtime ann build --base base.fbin --index hnsw --set code=lvq8 --out base.index\n"
        "  ragtime ann build --base base.u8bin --metric l2 --index scann --out base.index\n",
    .options = "aftj",
};

static void describe(struct text *out, const struct options *options, const struct ann_index *index,
                     double build_s)
{
    const struct ann_settings *settings = ann_get_settings(index);
    if (options->json) {
        struct json_writer json;
        json_begin(&json, out);
        json_open(&json, NULL, '{');
        json_text(&json, "schema", "ragtime.ann-build/1");
        json_text(&json, "out", options->out);
        json_text(&json, "index", ann_kind_name(settings->kind));
        json_text(&json, "metric", ann_metric_name(settings->metric));
        json_count(&json, "vectors", ann_count(index));
        json_count(&json, "dimensions", settings->dimensions);
        json_number(&json, "build_s", build_s);
        json_count(&json, "index_bytes", ann_size_bytes(index));
        json_close(&json, '}');
        return;
    }
    char rows[NUMBER_SIZE];
    char seconds[NUMBER_SIZE];
    number_fixed((double)ann_count(index), 0, rows);
    number_fixed(build_s, 2, seconds);
    text_format(out, "  %s, %s: %s rows of %u dimensions, built in %s s of CPU\n  written: ",
                ann_kind_name(settings->kind), ann_metric_name(settings->metric), rows,
                (unsigned)settings->dimensions, seconds);
    add_plain(out, options->out);
    text_add(out, "\n");
}

static int build(struct arena *arena, const struct options *options)
{
    struct ann_input input;
    struct error err = {0};
    struct text text;
    if (!options->out) return options_refuse(&usage, "needs --out FILE", NULL, NULL);
    if (!ann_input_read_base(&input, arena, options, &usage)) return EXIT_BAD_INPUT;
    const double begun = ann_cpu_s();
    const struct ann_index *index =
        ann_build(arena, &input.settings, input.base.values, input.base.rows, &err);
    if (!index) {
        ann_input_fail(&err, options->base);
        return EXIT_BAD_INPUT;
    }
    const double build_s = ann_cpu_s() - begun;
    if (!ann_save(index, options->out, &err)) {
        ann_input_fail(&err, NULL);
        return EXIT_SYSTEM;
    }
    text_init(&text);
    describe(&text, options, index, build_s);
    const bool good = output_print(&text);
    text_free(&text);
    return good ? EXIT_DONE : EXIT_SYSTEM;
}

int command_ann_build(int argc, char **argv)
{
    struct arena *arena = arena_new();
    struct options options;
    int code = EXIT_BAD_INPUT;
    interrupt_end();
    if (options_read(arena, &usage, argc, argv, &options, &code)) code = build(arena, &options);
    arena_free(arena);
    return code;
}
