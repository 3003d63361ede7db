#include "base/arena.h"
#include "base/error.h"
#include "cli/ann_grid.h"
#include "cli/ann_input.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "models/ann/profile.h"
#include "models/ann/setting.h"
#include "models/ann/trial.h"
#include "reports/ann_report.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

static const struct command_usage usage = {
    .name = "ann bench",
    .operands = "--base FILE --queries FILE",
    .summary = "builds an index, runs every query one at a time and prints recall, time and work, "
               "a row\n  for each value of --vary",
    .examples =
        "  ragtime ann bench --base base.fbin --queries queries.fbin --truth truth.ibin \\\n"
        "      --metric cosine --index hnsw --set M=16 --set code=lvq4 "
        "--vary ef_search=16,32,64\n"
        "  ragtime ann bench --base base.fbin --queries queries.fbin --index scann \\\n"
        "      --vary probes=16,32,64 --vary rerank=40,80 --json\n"
        "  ragtime ann bench --base base.u8bin --queries queries.u8bin --metric l2 \\\n"
        "      --index flat --vary code=float32,lvq8,rabitq --filter ids.txt\n"
        "  ragtime ann bench --base base.fbin --queries queries.fbin --vary "
        "ef_search=16,64 \\\n"
        "      --profile x86-64-avx512\n",
    .options = "aqbtj",
};

enum { ROUNDS_DEFAULT = 5 };

struct bench {
    struct ann_input input;
    struct ann_grid grid;
    struct ann_truth truth;
    bool truth_known;
    struct ann_profile profile; /* machine is NULL: none */
    struct ann_bench_row *rows;
    size_t row_count;
    size_t rounds;
    struct progress progress;
    bool shows_progress;
    const volatile int *stop;
    /* The index at hand, in an arena of its own. */
    struct arena *arena;
    struct ann_index *index;
    double build_s;
};

static bool read_truth(struct bench *b)
{
    const struct ann_input *input = &b->input;
    const char *path = input->options->truth;
    struct neighbour_set neighbours;
    struct error err = {0};
    if (!path) return true;
    if (!neighbour_file_read(input->arena, path, &neighbours, &err) ||
        !ann_truth_take(input->arena, &neighbours, input->queries.rows, input->base.rows,
                        input->top_k, &b->truth, &err))
        return ann_input_fail(&err, path);
    b->truth_known = true;
    return true;
}

/* One of the program's by its name, or a file. */
static bool read_profile(struct bench *b)
{
    const struct options *o = b->input.options;
    struct error err = {0};
    if (!o->profile) return true;
    if (ann_profile_load(b->input.arena, o->profile, o->profile, &b->profile, &err)) return true;
    return ann_input_fail(&err, o->profile);
}

static double predict_us(const struct bench *b, const struct ann_timing *timing)
{
    const struct profile_effort effort = {
        .settings = ann_get_settings(b->index),
        .rows = b->input.base.rows,
        .passing = b->input.options->filter ? b->input.filter.passing : 0,
        .top_k = b->input.top_k,
        .queries = 1,
        .distances = timing->distances,
        .code_distances = timing->code_distances,
        .hops = timing->hops,
        .lists = timing->lists,
        .bytes = timing->bytes};
    if (!b->profile.machine) return (double)NAN;
    return ann_profile_predict(&b->profile, &effort) / 1000;
}

static bool build(struct bench *b, const struct ann_settings *settings)
{
    const struct vector_set *base = &b->input.base;
    struct error err = {0};
    arena_free(b->arena);
    b->arena = arena_new();
    const double begun = ann_cpu_s();
    b->index = ann_build(b->arena, settings, base->values, base->rows, &err);
    b->build_s = ann_cpu_s() - begun;
    if (!b->index) return ann_input_fail(&err, b->input.options->base);
    ann_input_prepare(&b->input, b->arena, b->index);
    return true;
}

static void compute_truth(struct bench *b)
{
    const struct ann_input *input = &b->input;
    const struct ann_query asked = {.top_k = input->top_k, .filter = ann_input_filter(input)};
    ann_truth_compute(input->arena, b->index, &input->queries, &asked, input->settings.threads,
                      &b->truth);
    b->truth_known = true;
}

static struct ann_trial_run *begin_point(struct bench *b, struct ann_scratch *scratch,
                                         const struct ann_settings *settings)
{
    struct ann_trial trial = {.index = b->index,
                              .queries = &b->input.queries,
                              .scratch = scratch,
                              .asked = ann_setting_query(settings, b->input.top_k),
                              .truth = &b->truth,
                              .stop = b->stop};
    trial.asked.filter = ann_input_filter(&b->input);
    return ann_trial_begin(b->arena, &trial);
}

/* Runs the points `first` .. that share the index at hand. False if it was stopped. */
static bool run_group(struct bench *b, size_t first)
{
    const struct ann_grid *grid = &b->grid;
    const size_t rounds = b->rounds;
    struct ann_scratch *scratch = ann_scratch_new(b->arena, b->index);
    struct ann_trial_run **runs = arena_array(b->arena, struct ann_trial_run *, grid->period);
    for (size_t i = 0; i < grid->period; i++) {
        struct ann_settings settings = b->input.settings;
        struct ann_choice *choices =
            arena_array(b->input.arena, struct ann_choice, grid->axis_count + 1);
        ann_grid_at(grid, first + i, &settings, choices);
        runs[i] = begin_point(b, scratch, &settings);
        b->rows[first + i] = (struct ann_bench_row){
            .varied = choices, .build_s = b->build_s, .index_bytes = ann_size_bytes(b->index)};
    }
    for (size_t i = 0; i < rounds * grid->period; i++) {
        if (!ann_trial_round(runs[i % grid->period])) return false;
        if (!b->shows_progress) continue;
        const double done = (double)first + (double)(i + 1) / (double)rounds;
        progress_show(&b->progress, done / (double)grid->points, 0);
    }
    for (size_t i = 0; i < grid->period; i++) {
        struct ann_bench_row *row = &b->rows[first + i];
        ann_trial_conclude(runs[i], &row->timing);
        row->predicted_us = predict_us(b, &row->timing);
    }
    return true;
}

/* Runs all points until it is stopped. False after a message: the rows cannot be indexed. */
static bool run_points(struct bench *b)
{
    for (size_t first = 0; first < b->grid.points; first += b->grid.period) {
        struct ann_settings settings = b->input.settings;
        ann_grid_at(&b->grid, first, &settings, NULL);
        if (!build(b, &settings)) return false;
        if (*b->stop) break;
        if (!b->truth_known) compute_truth(b);
        if (!run_group(b, first)) break;
        b->row_count += b->grid.period;
    }
    return true;
}

static int show(const struct bench *b)
{
    const struct ann_input *input = &b->input;
    const struct options *o = input->options;
    struct ann_choice *given = arena_array(input->arena, struct ann_choice, o->override_count + 1);
    for (size_t i = 0; i < o->override_count; i++)
        given[i] = (struct ann_choice){o->overrides[i].path, o->overrides[i].value};
    const struct ann_bench_report report = {
        .base = o->base,
        .queries = o->queries,
        .rows = input->base.rows,
        .query_count = input->queries.rows,
        .dimensions = input->base.dimensions,
        .kind = input->settings.kind,
        .metric = input->settings.metric,
        .top_k = input->top_k,
        .rounds = (uint32_t)b->rounds,
        .passing = o->filter ? &input->filter.passing : NULL,
        .profile = b->profile.machine,
        .given = given,
        .given_count = o->override_count,
        .varied_count = b->grid.axis_count,
        .points = b->rows,
        .point_count = b->row_count,
        .complete = b->row_count == b->grid.points,
    };
    struct text text;
    struct style style;
    text_init(&text);
    output_style(o, stdout, &style);
    if (o->json)
        ann_bench_json(&text, &report);
    else
        ann_bench_text(&text, &report, &style);
    const bool good = output_print(&text);
    text_free(&text);
    if (!good) return EXIT_SYSTEM;
    return report.complete ? EXIT_DONE : EXIT_INTERRUPTED;
}

static int bench(struct bench *b, struct arena *arena, const struct options *options)
{
    struct style style;
    if (!ann_input_read(&b->input, arena, options, &usage) || !ann_grid_read(&b->input, &b->grid) ||
        !read_profile(b) || !read_truth(b))
        return EXIT_BAD_INPUT;
    b->rows = arena_array(arena, struct ann_bench_row, b->grid.points);
    b->rounds = options->rounds ? options->rounds : ROUNDS_DEFAULT;
    output_style(options, stderr, &style);
    progress_begin(&b->progress, &style);
    b->shows_progress = !options->quiet && isatty(STDERR_FILENO);
    b->stop = interrupt_catch();
    const bool good = run_points(b);
    progress_end(&b->progress);
    return good ? show(b) : EXIT_BAD_INPUT;
}

int command_ann_bench(int argc, char **argv)
{
    struct arena *arena = arena_new();
    struct options options;
    struct bench b = {0};
    int code = EXIT_BAD_INPUT;
    interrupt_end();
    if (options_read(arena, &usage, argc, argv, &options, &code)) code = bench(&b, arena, &options);
    arena_free(b.arena);
    arena_free(arena);
    return code;
}
