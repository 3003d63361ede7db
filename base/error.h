/* error.h - what went wrong, where, and what to do about it.
 *
 * Two ways of reporting. A function that stops at its first fault returns bool and takes `struct
 * error *err` last. A checker that goes on and finds every fault of a file adds them to a `struct
 * diagnostics`, and its caller asks whether any are there. Nothing in here prints.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include "base/compiler.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct arena;

/* A position in a text. `file` is borrowed (an arena's or a literal); line and column count from 1
 * (columns in bytes), 0 when unknown. */
struct place {
    const char *file;
    int line;
    int column;
};

struct error {
    struct place place;
    char message[480]; /* a sentence without its full stop: what was found, what was expected */
    char hint[200];    /* what to do next, or empty */
};

/* Leave the calling function with false if the call failed. */
#define TRY(call)                  \
    do {                           \
        if (!(call)) return false; \
    } while (0)

/* Fills *err (place and hint cleared) and returns false, so that a caller writes
 * `return error_set(err, "...", ...);`. Too long a text is cut with "...". */
bool error_set(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);
bool error_at(struct error *err, struct place place, const char *format, ...) PRINTF_LIKE(3, 4);
void error_hint(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);

enum severity { SEVERITY_ERROR, SEVERITY_WARNING };

struct diagnostic {
    enum severity severity;
    struct place place;
    const char *path;    /* "components.embed.memory", or "" */
    const char *message; /* never NULL */
    const char *hint;    /* or NULL */
    struct diagnostic *next;
};

/* The faults found so far, in the order found. Lives in an arena. */
struct diagnostics {
    struct arena *arena;
    struct diagnostic *first;
    struct diagnostic *last;
    size_t errors;
    size_t warnings;
};

void diagnostics_init(struct diagnostics *d, struct arena *arena);

/* Adds one; returns it so that a hint may follow. `path` is copied. */
struct diagnostic *diagnostics_add(struct diagnostics *d, enum severity severity,
                                   struct place place, const char *path, const char *format, ...)
    PRINTF_LIKE(5, 6);
void diagnostics_hint(struct diagnostics *d, struct diagnostic *of, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* Adds what a bool-returning function reported. */
struct diagnostic *diagnostics_add_error(struct diagnostics *d, const char *path,
                                         const struct error *err);

/* Orders by file as first seen, then line and column; stable. */
void diagnostics_sort(struct diagnostics *d);

#endif
