#include "reports/diagnostics_text.h"

#include <string.h>

#include "base/arena.h"
#include "base/document.h"

#define SHOWN_MOST 20

/* The line of a file that a place names; NULL if it cannot be read. */
static const char *source_line(struct arena *arena, const struct place *place)
{
    char *text = NULL;
    size_t length = 0;
    struct error err;
    if (!place->file || place->line < 1 || strncmp(place->file, "--", 2) == 0) return NULL;
    if (!document_load(arena, place->file, &text, &length, &err)) return NULL;
    const char *line = text;
    for (int i = 1; i < place->line && line; i++) {
        line = strchr(line, '\n');
        if (line) line++;
    }
    return line ? arena_copy_n(arena, line, strcspn(line, "\r\n")) : NULL;
}

static void add_source(struct text *out, struct arena *arena, const struct place *place, int width)
{
    const char *line = source_line(arena, place);
    if (!line || line[0] == '\0' || strlen(line) > (size_t)width - 8 || place->column < 1) return;
    text_format(out, "%5d | %s\n      | ", place->line, line);
    for (int i = 1; i < place->column && line[i - 1]; i++)
        text_add_char(out, line[i - 1] == '\t' ? '\t' : ' ');
    text_add(out, "^\n");
}

static void add_one(struct text *out, struct arena *arena, const struct diagnostic *d,
                    const struct style *style)
{
    if (d->place.file && d->place.line > 0)
        text_format(out, "%s:%d:%d: ", d->place.file, d->place.line, d->place.column);
    else if (d->place.file) text_format(out, "%s: ", d->place.file);
    if (d->severity == SEVERITY_WARNING) text_add(out, "warning: ");
    if (d->path && d->path[0]) text_format(out, "%s: ", d->path);
    text_format(out, "%s\n", d->message);
    add_source(out, arena, &d->place, style->width);
    if (d->hint && d->hint[0]) text_format(out, "   = %s\n", d->hint);
}

void diagnostics_text(struct text *out, const struct diagnostics *diagnostics, const char *file,
                      const struct style *style)
{
    if (!diagnostics->first) return;
    struct arena *arena = arena_new();
    const size_t total = diagnostics->errors + diagnostics->warnings;
    size_t shown = 0;
    for (const struct diagnostic *d = diagnostics->first; d && shown < SHOWN_MOST; d = d->next) {
        add_one(out, arena, d, style);
        shown++;
    }
    if (total > shown) text_format(out, "%s and %zu more\n", style->unicode ? "…" : "...", total - shown);
    arena_free(arena);
    if (diagnostics->errors)
        text_format(out, "%zu error%s", diagnostics->errors, diagnostics->errors == 1 ? "" : "s");
    if (diagnostics->errors && diagnostics->warnings) text_add(out, ", ");
    if (diagnostics->warnings)
        text_format(out, "%zu warning%s", diagnostics->warnings,
                    diagnostics->warnings == 1 ? "" : "s");
    text_format(out, " in %s\n", file);
}
