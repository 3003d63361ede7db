/* progress.h - one line on the terminal while a simulation runs, gone when it ends. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "reports/style.h"

#include <stddef.h>
#include <stdint.h>

struct progress {
    struct style style;
    double begun;   /* host seconds, as all times here */
    double shown;   /* the last redraw */
    double done;    /* the fraction then */
    double rate;    /* of the fraction a second, weighted towards the last seconds; 0: unknown */
    size_t columns; /* of the line on the terminal; 0: there is none */
};

/* `style` is that of standard error. */
void progress_begin(struct progress *progress, const struct style *style);

/* A progress_fn whose context is a struct progress: redraws at most ten times a second, first after
 * half a second, so that short work shows nothing. Without events (0) no rate is shown. */
void progress_show(void *context, double fraction, uint64_t events);

/* Erases the line. */
void progress_end(struct progress *progress);

/* A clock that only goes forward. */
double host_seconds(void);

#endif
