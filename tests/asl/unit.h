/* unit.h - what the tests of the language share. */
#ifndef TESTS_ASL_UNIT_H
#define TESTS_ASL_UNIT_H

#include "base/arena.h"
#include "base/document.h"
#include "base/text.h"
#include "tests/base/unit.h"

#include <stdio.h>
#include <string.h>

static inline struct node *parse(struct arena *arena, const char *name, const char *text)
{
    struct node *node = NULL;
    struct error err;
    if (!document_read_text(arena, name, DOCUMENT_YAML, text, strlen(text), &node, &err))
        fail_msg("%s: %s", text, err.message);
    return node;
}

/* One a line: LINE:COLUMN: PATH: MESSAGE. */
static inline char *list_faults(struct arena *arena, const struct diagnostics *diagnostics)
{
    struct text text;
    text_init(&text);
    for (const struct diagnostic *d = diagnostics->first; d; d = d->next)
        text_format(&text, "%s%s%d:%d: %s: %s", text.length ? "\n" : "",
                    d->severity == SEVERITY_WARNING ? "warning: " : "", d->place.line,
                    d->place.column, d->path, d->message);
    char *copy = arena_copy(arena, text.data);
    text_free(&text);
    return copy;
}

#endif
