#include "cli/session.h"

#include "base/arena.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "models/catalog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where measurements are kept (XDG Base Directory Specification: what is no absolute path counts as
 * not set). NULL: nowhere, with RAGTIME_CACHE=off or without a home. */
static const char *cache_folder(struct arena *arena)
{
    const char *wanted = getenv("RAGTIME_CACHE");
    const char *cache = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    if (wanted && strcmp(wanted, "off") == 0) return NULL;
    if (cache && cache[0] == '/') return arena_format(arena, "%s/ragtime/search", cache);
    if (home && home[0] == '/') return arena_format(arena, "%s/.cache/ragtime/search", home);
    return NULL;
}

void session_begin(struct session *s, struct arena *arena, const struct options *options)
{
    struct style style;
    interrupt_end();
    *s = (struct session){.arena = arena, .options = options, .begun = host_seconds()};
    s->preparation.arena = arena;
    s->preparation.threads = options->threads;
    s->preparation.cache = cache_folder(arena);
    s->run.threads = options->threads;
    output_style(options, stderr, &style);
    progress_begin(&s->progress, &style);
    if (options->quiet || !isatty(STDERR_FILENO)) return;
    s->run.progress = progress_show;
    s->run.progress_context = &s->progress;
}

struct scenario *session_load(struct session *s, const char *file)
{
    struct diagnostics diagnostics;
    struct error err;
    diagnostics_init(&diagnostics, s->arena);
    if (!s->catalog && !catalog_load(s->arena, &s->catalog, &err)) {
        output_message(NULL, err.message);
        return NULL;
    }
    struct scenario *scenario =
        scenario_load_with(s->arena, s->catalog, file, s->options->overrides,
                           s->options->override_count, &diagnostics);
    output_diagnostics(&diagnostics, file, s->options);
    return diagnostics.errors ? NULL : scenario;
}

bool session_prepare(struct session *s, struct scenario *scenario)
{
    struct error err = {0};
    if (plan_prepare(scenario->plan, &s->preparation, &err)) return true;
    output_message(scenario->file, err.message);
    return false;
}

bool session_start(struct session *s)
{
    s->run.stop = interrupt_catch();
    return output_make_folder(s->options->out);
}

bool session_end(struct session *s, double events)
{
    const double wall_s = host_seconds() - s->begun;
    progress_end(&s->progress);
    if (s->options->verbose && !s->options->quiet)
        fprintf(stderr, "took %.2f s, %.1f M events, %.2f M events/s\n", wall_s, events / 1e6,
                wall_s > 0 ? events / wall_s / 1e6 : 0);
    return output_timing(s->options->timing, wall_s, events);
}
