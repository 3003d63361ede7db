/* output.h - what commands print and write, with every failure noticed. */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "base/error.h"
#include "base/text.h"
#include "cli/options.h"
#include "reports/style.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* How `stream` wants its text: colour, symbols and width by terminal, locale, NO_COLOR, TERM,
 * COLUMNS and --color. */
void output_style(const struct options *options, FILE *stream, struct style *style);

/* "ragtime: ABOUT: MESSAGE" to standard error; `about` (a file; made printable) may be NULL. */
void output_message(const char *about, const char *message);

/* Writes all of the text; flushes. False (with a message on standard error) if the stream fails; a
 * closed pipe counts as written. */
bool output_print(const struct text *text);

/* Makes the folder of --out (NULL: nothing to do) before long work, so that one that cannot be made
 * is known at once. False with a message on standard error. */
bool output_make_folder(const char *folder);

struct output_file {
    const char *name;
    struct text text;
};

/* What `run` and `compare` end with: writes the files into --out (if given), then prints the
 * summary, or `json` under --json. Where the files went ("written: out/ (result.json 41 kB, 2
 * more)") stands beneath the summary, or on standard error beside JSON. Frees all the texts. False
 * with a message on standard error if anything cannot be written. */
bool output_results(const struct options *options, struct output_file *files, size_t count,
                    struct text *summary);

/* Diagnostics of one file to standard error. */
void output_diagnostics(const struct diagnostics *diagnostics, const char *file,
                        const struct options *options);

/* {"wall_s", "events", "events_per_s"} to a file; true if `path` is NULL. */
bool output_timing(const char *path, double wall_s, double events);

#endif
