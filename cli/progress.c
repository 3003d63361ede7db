#include "cli/progress.h"

#include "base/text.h"
#include "reports/numbers.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

enum { BAR_CELLS = 24 };

static const double quiet_s = 0.5;  /* work shorter than this shows nothing */
static const double redraw_s = 0.1; /* between redraws */
static const double memory_s = 5;   /* of the rate: older than this hardly counts */

double host_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void progress_begin(struct progress *p, const struct style *style)
{
    *p = (struct progress){.style = *style, .begun = host_seconds()};
    p->shown = p->begun;
}

/* An exponentially weighted mean whose weight is by time and not by redraw, which come unevenly. */
static void learn_rate(struct progress *p, double fraction, double now)
{
    const double passed = now - p->shown;
    if (passed <= 0) return;
    const double latest = (fraction - p->done) / passed;
    const double weight = p->rate > 0 ? 1 - exp(-passed / memory_s) : 1;
    p->rate += weight * (latest - p->rate);
}

static void add_left(struct text *line, const struct progress *p, double fraction, double elapsed)
{
    const double left = p->rate > 0 ? (1 - fraction) / p->rate : HUGE_VAL;
    if ((fraction < 0.05 && elapsed < 3) || left > 359999)
        text_add(line, "ETA --:--");
    else if (left < 3600)
        text_format(line, "ETA %d:%02d", (int)left / 60, (int)left % 60);
    else
        text_format(line, "ETA %d:%02d:%02d", (int)left / 3600, (int)left / 60 % 60,
                    (int)left % 60);
}

/* Blanks up to the length of the line before it: works on terminals that cannot erase. */
static void put_line(struct progress *p, struct text *line)
{
    const size_t columns = text_columns(line->data);
    if (columns < p->columns) text_repeat(line, " ", p->columns - columns);
    p->columns = columns;
    fprintf(stderr, "\r%s", line->data);
    fflush(stderr);
}

void progress_show(void *context, double fraction, uint64_t events)
{
    struct progress *p = context;
    struct text line;
    const double now = host_seconds();
    const double elapsed = now - p->begun;
    if (elapsed < quiet_s || now - p->shown < redraw_s) return;
    fraction = fmin(fmax(fraction, 0), 1);
    learn_rate(p, fraction, now);
    p->shown = now;
    p->done = fraction;
    text_init(&line);
    text_add(&line, p->style.unicode ? " \u2595" : " [");
    struct text bar;
    text_init(&bar);
    add_bar(&bar, fraction, BAR_CELLS, &p->style);
    pad_left_aligned(&line, bar.data, BAR_CELLS);
    text_free(&bar);
    text_format(&line, "%s %3d%%  ", p->style.unicode ? "\u258f" : "]", (int)(fraction * 100));
    if (p->style.width > 80 && events)
        text_format(&line, "%.1f M ev/s  ", (double)events / elapsed / 1e6);
    add_left(&line, p, fraction, elapsed);
    put_line(p, &line);
    text_free(&line);
}

void progress_end(struct progress *p)
{
    struct text line;
    if (p->columns == 0) return;
    text_init(&line);
    put_line(p, &line);
    text_free(&line);
    fputc('\r', stderr);
}
