#include "reports/diagnostics_text.h"

#include "base/arena.h"
#include "base/document.h"
#include "reports/numbers.h"

#include <ctype.h>
#include <string.h>

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

/* How many bytes the word at `at` has: what the mark underlines; at least one. */
static size_t word_length(const char *at)
{
    size_t length = 0;
    while (at[length] == '_' || at[length] == '-' || at[length] == '.' ||
           isalnum((unsigned char)at[length]))
        length++;
    return length ? length : 1;
}

/* The source line and a mark beneath what is meant; nothing when it does not fit into the width. */
static void add_source(struct text *out, struct arena *arena, const struct place *place,
                       const struct style *style)
{
    const char *line = source_line(arena, place);
    if (!line || line[0] == '\0' || place->column < 1) return;
    const size_t length = strlen(line);
    const size_t before = (size_t)place->column - 1;
    if (before > length || length > 1000) return;
    char *shown = arena_copy(arena, line);
    shown[strcspn(shown, "\r\n")] = '\0';
    for (char *tab = strchr(shown, '\t'); tab; tab = strchr(tab, '\t')) *tab = ' ';
    const size_t blanks = text_columns(arena_copy_n(arena, shown, before));
    const size_t marks = before < length ? word_length(shown + before) : 1;
    if (text_columns(shown) + 8 > (size_t)style->width) return;
    text_format(out, "%5d | ", place->line);
    add_plain(out, shown);
    text_add(out, "\n      | ");
    text_repeat(out, " ", blanks);
    text_add_char(out, '^');
    text_repeat(out, "~", marks - 1);
    text_add_char(out, '\n');
}

static void add_one(struct text *out, struct arena *arena, const struct diagnostic *d,
                    const struct style *style)
{
    if (d->place.file) add_plain(out, d->place.file);
    if (d->place.file && d->place.line > 0)
        text_format(out, ":%d:%d", d->place.line, d->place.column);
    if (d->place.file) text_add(out, ": ");
    if (d->severity == SEVERITY_WARNING) {
        add_styled(out, "33", "warning:", style);
        text_add_char(out, ' ');
    }
    if (d->path && d->path[0]) {
        add_plain(out, d->path);
        text_add(out, ": ");
    }
    add_plain(out, d->message);
    text_add_char(out, '\n');
    add_source(out, arena, &d->place, style);
    if (d->hint && d->hint[0]) {
        text_add(out, "   = ");
        add_plain(out, d->hint);
        text_add_char(out, '\n');
    }
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
    if (total > shown)
        text_format(out, "%s and %zu more\n", style->unicode ? "…" : "...", total - shown);
    arena_free(arena);
    if (diagnostics->errors)
        text_format(out, "%zu error%s", diagnostics->errors, diagnostics->errors == 1 ? "" : "s");
    if (diagnostics->errors && diagnostics->warnings) text_add(out, ", ");
    if (diagnostics->warnings)
        text_format(out, "%zu warning%s", diagnostics->warnings,
                    diagnostics->warnings == 1 ? "" : "s");
    text_add(out, " in ");
    add_plain(out, file);
    text_add_char(out, '\n');
}
