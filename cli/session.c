#include "cli/session.h"

#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "cli/commands.h"
#include "cli/output.h"

/* A signal handler has no context: this is the one place where it can say something. */
static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal_number)
{
    (void)signal_number;
    if (interrupted) _exit(EXIT_INTERRUPTED);
    interrupted = 1;
}

static double host_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void show(void *context, double fraction, uint64_t events)
{
    struct session *s = context;
    const double elapsed = host_seconds() - s->begun;
    static const int cells = 24;
    if (elapsed < 0.5) return;
    char bar[32];
    for (int i = 0; i < cells; i++) bar[i] = (double)i < fraction * cells ? '#' : ' ';
    bar[cells] = '\0';
    fprintf(stderr, "\r [%s] %3.0f%%  %.1f M ev/s  ETA ", bar, fraction * 100,
            (double)events / elapsed / 1e6);
    const double left = fraction > 0.05 ? elapsed * (1 - fraction) / fraction : -1;
    if (left < 0) fputs("--:-- ", stderr);
    else fprintf(stderr, "%d:%02d ", (int)left / 60, (int)left % 60);
}

void session_begin(struct session *s, struct arena *arena, const struct options *options)
{
    *s = (struct session){.arena = arena, .options = options, .begun = host_seconds()};
    s->preparation.arena = arena;
    s->run.threads = options->threads;
    s->run.stop = &interrupted;
    s->shows_progress = !options->quiet && isatty(STDERR_FILENO);
    if (s->shows_progress) {
        s->run.progress = show;
        s->run.progress_context = s;
    }
    struct sigaction action = {.sa_handler = on_interrupt};
    sigaction(SIGINT, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

struct scenario *session_load(struct session *s, const char *file)
{
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics, s->arena);
    struct scenario *scenario = scenario_load(s->arena, file, s->options->overrides,
                                              s->options->override_count, &diagnostics);
    output_diagnostics(&diagnostics, file, s->options);
    return diagnostics.errors ? NULL : scenario;
}

bool session_prepare(struct session *s, struct scenario *scenario)
{
    struct error err = {0};
    if (plan_prepare(scenario->plan, &s->preparation, &err)) return true;
    fprintf(stderr, "ragtime: %s: %s\n", scenario->file, err.message);
    return false;
}

double session_end(struct session *s)
{
    if (s->shows_progress) fputs("\r\033[K", stderr);
    return host_seconds() - s->begun;
}
