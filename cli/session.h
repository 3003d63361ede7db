/* session.h - what `run` and `compare` do around a simulation: load, watch, interrupt, time. */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include "cli/options.h"
#include "cli/progress.h"
#include "models/plan.h"
#include "study/run.h"

#include <stdbool.h>

struct session {
    struct arena *arena;
    const struct options *options;
    const struct catalog *catalog;  /* NULL until the first scenario is loaded */
    struct preparation preparation; /* shared by all scenarios */
    struct run_options run;
    struct progress progress;
    double begun; /* host seconds */
};

/* Progress goes to standard error if that is a terminal and the user did not ask for silence.
 * Ctrl-C ends the process with 130. */
void session_begin(struct session *session, struct arena *arena, const struct options *options);

/* Loads one scenario and shows its diagnostics; NULL when it has faults. */
struct scenario *session_load(struct session *session, const char *file);
/* Makes its measurements; false after a message. */
bool session_prepare(struct session *session, struct scenario *scenario);

/* From here on there is something to keep: the first Ctrl-C sets run.stop, the second ends the
 * process with 130. Then makes the folder of --out; false after a message. */
bool session_start(struct session *session);

/* Erases the progress line; says how long the host took to standard error (-v) and to --timing
 * FILE. False, with a message, if that cannot be written. */
bool session_end(struct session *session, double events);

#endif
