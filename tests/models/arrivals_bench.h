/* arrivals_bench.h - `arrivals:` compiled from a text, with the faults that it gave. */
#ifndef TESTS_MODELS_ARRIVALS_BENCH_H
#define TESTS_MODELS_ARRIVALS_BENCH_H

#include "base/arena.h"
#include "base/document.h"
#include "base/text.h"
#include "models/arrivals.h"
#include "models/compiler.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
/* clang-format off: needs those above */
#include <cmocka.h>
/* clang-format on */

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

struct bench {
    struct arena *arena;
    struct diagnostics diagnostics;
    struct compiler compiler;
    struct arrival_plan plan;
};

/* Compiles and leaves the faults to be looked at. */
static inline void bench_make(struct bench *b, const char *yaml)
{
    *b = (struct bench){.arena = arena_new()};
    diagnostics_init(&b->diagnostics, b->arena);
    b->compiler.arena = b->arena;
    b->compiler.diagnostics = &b->diagnostics;
    b->compiler.reader = (struct field_reader){b->arena, &b->diagnostics, &b->compiler};
    struct node *node = NULL;
    struct error err;
    if (!document_read_text(b->arena, "s", DOCUMENT_YAML, yaml, strlen(yaml), &node, &err))
        fail_msg("%s: %s", yaml, err.message);
    arrivals_compile(&b->compiler, node, "w.arrivals", &b->plan);
}

/* "LINE:COLUMN: PATH: MESSAGE" for each, with `file` written as FILE; those of a file itself have
 * no column. */
static inline const char *bench_faults(const struct bench *b, const char *file)
{
    struct text text;
    text_init(&text);
    for (const struct diagnostic *d = b->diagnostics.first; d; d = d->next) {
        const bool of_file = d->place.file && file && strcmp(d->place.file, file) == 0;
        text_format(&text, "%s%s%s%d:", text.length ? "\n" : "",
                    d->severity == SEVERITY_WARNING ? "warning: " : "", of_file ? "FILE:" : "",
                    d->place.line);
        if (!of_file) text_format(&text, "%d: %s:", d->place.column, d->path);
        text_add_char(&text, ' ');
        const char *at = d->message;
        for (const char *hit; file && (hit = strstr(at, file)) != NULL; at = hit + strlen(file)) {
            text_add_n(&text, at, (size_t)(hit - at));
            text_add(&text, "FILE");
        }
        text_add(&text, at);
    }
    const char *copy = arena_copy(b->arena, text.data);
    text_free(&text);
    return copy;
}

/* Compiles what must have no fault. */
static inline void bench_good(struct bench *b, const char *yaml)
{
    bench_make(b, yaml);
    if (b->diagnostics.first) fail_msg("%s: %s", yaml, b->diagnostics.first->message);
}

static inline void bench_free(struct bench *b)
{
    arena_free(b->arena);
}

#endif
