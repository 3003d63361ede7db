#include "base/arena.h"
#include "base/crew.h"
#include "base/error.h"
#include "base/file.h"
#include "cli/ann_input.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "models/ann/calibrate.h"
#include "reports/ann_profile_json.h"

#include <unistd.h>

static const struct command_usage usage = {
    .name = "calibrate",
    .operands = "--ann",
    .summary = "measures how long the vector kernel's work takes on this machine, and makes a "
               "profile of it;\n  takes some minutes and 2 GB of memory, best with nothing else "
               "running",
    .examples = "  ragtime calibrate --ann --out here.json\n"
                "  ragtime ann bench --base base.fbin --queries queries.fbin --profile here.json\n"
                "  ragtime calibrate --ann --json --date 2026-11-24\n",
    .options = "kftj",
};

enum { ROUNDS_DEFAULT = 2 };
static const size_t memory_bytes = (size_t)1 << 30; /* the largest working set */

static void show_fraction(void *context, double fraction)
{
    progress_show(context, fraction, 0);
}

static bool measure(struct arena *arena, const struct options *options, struct ann_profile *out,
                    struct calibration_fit *fits)
{
    struct style style;
    struct progress progress;
    const bool shows = !options->quiet && isatty(STDERR_FILENO);
    const size_t threads = options->threads ? options->threads : crew_processors();
    output_style(options, stderr, &style);
    progress_begin(&progress, &style);
    const struct calibration calibration = {
        .threads = (uint32_t)(threads < ANN_THREADS_MAX ? threads : ANN_THREADS_MAX),
        .rounds = options->rounds ? (uint32_t)options->rounds : ROUNDS_DEFAULT,
        .memory_bytes = memory_bytes,
        .progress = shows ? show_fraction : NULL,
        .progress_context = &progress,
    };
    const bool whole = ann_calibrate(arena, &calibration, out, fits);
    progress_end(&progress);
    out->origin = "measured by ragtime calibrate --ann";
    out->verified = true;
    out->date = options->date;
    return whole;
}

static int calibrate(struct arena *arena, const struct options *options)
{
    struct ann_profile profile;
    struct calibration_fit fits[PROFILE_CLASS_COUNT] = {{0}};
    struct text json;
    struct text summary;
    struct style style;
    struct error err = {0};
    if (!options->ann)
        return options_refuse(&usage, "needs --ann: there is nothing else to calibrate", NULL,
                              NULL);
    if (!measure(arena, options, &profile, fits)) return EXIT_INTERRUPTED;
    text_init(&json);
    text_init(&summary);
    ann_profile_json(&json, &profile, fits);
    output_style(options, stdout, &style);
    ann_profile_text(&summary, &profile, fits, &style);
    bool good = !options->out || file_write(options->out, json.data, json.length, &err);
    if (!good) ann_input_fail(&err, NULL);
    good = output_print(options->json ? &json : &summary) && good;
    text_free(&json);
    text_free(&summary);
    return good ? EXIT_DONE : EXIT_SYSTEM;
}

int command_calibrate(int argc, char **argv)
{
    struct arena *arena = arena_new();
    struct options options;
    int code = EXIT_BAD_INPUT;
    interrupt_end();
    if (options_read(arena, &usage, argc, argv, &options, &code)) code = calibrate(arena, &options);
    arena_free(arena);
    return code;
}
