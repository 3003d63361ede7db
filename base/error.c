#include "base/error.h"

#include "base/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Cuts `buffer` of `size` bytes, which is full, to end with "..." on a whole UTF-8 character. */
static void mark_as_cut(char *buffer, size_t size)
{
    size_t at = size - sizeof "...";
    while (at > 0 && ((unsigned char)buffer[at] & 0xC0) == 0x80) at--;
    memcpy(buffer + at, "...", sizeof "...");
}

static PRINTF_LIKE(3, 0) void format_into(char *buffer, size_t size, const char *format,
                                          va_list arguments)
{
    int length = vsnprintf(buffer, size, format, arguments);
    if (length < 0) buffer[0] = '\0';
    if (length >= 0 && (size_t)length >= size) mark_as_cut(buffer, size);
}

static PRINTF_LIKE(3, 0) void fill(struct error *err, struct place place, const char *format,
                                   va_list arguments)
{
    if (!err) return;
    /* A new one first: the arguments may point into *err, to wrap what it says. */
    struct error fresh = {.place = place};
    format_into(fresh.message, sizeof fresh.message, format, arguments);
    *err = fresh;
}

bool error_set(struct error *err, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fill(err, (struct place){0}, format, arguments);
    va_end(arguments);
    return false;
}

bool error_at(struct error *err, struct place place, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fill(err, place, format, arguments);
    va_end(arguments);
    return false;
}

void error_hint(struct error *err, const char *format, ...)
{
    if (!err) return;
    char hint[sizeof err->hint];
    va_list arguments;
    va_start(arguments, format);
    format_into(hint, sizeof hint, format, arguments);
    va_end(arguments);
    memcpy(err->hint, hint, sizeof hint);
}

void diagnostics_init(struct diagnostics *d, struct arena *arena)
{
    *d = (struct diagnostics){.arena = arena};
}

static struct diagnostic *append(struct diagnostics *d, const struct diagnostic *what)
{
    struct diagnostic *added = arena_new_item(d->arena, struct diagnostic);
    *added = *what;
    if (d->last) d->last->next = added;
    if (!d->first) d->first = added;
    d->last = added;
    if (added->severity == SEVERITY_ERROR) d->errors++;
    if (added->severity == SEVERITY_WARNING) d->warnings++;
    return added;
}

struct diagnostic *diagnostics_add(struct diagnostics *d, enum severity severity,
                                   struct place place, const char *path, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *message = arena_vformat(d->arena, format, arguments);
    va_end(arguments);
    return append(d, &(struct diagnostic){.severity = severity,
                                          .place = place,
                                          .path = arena_copy(d->arena, path ? path : ""),
                                          .message = message});
}

void diagnostics_hint(struct diagnostics *d, struct diagnostic *of, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    of->hint = arena_vformat(d->arena, format, arguments);
    va_end(arguments);
}

struct diagnostic *diagnostics_add_error(struct diagnostics *d, const char *path,
                                         const struct error *err)
{
    return append(
        d, &(struct diagnostic){.severity = SEVERITY_ERROR,
                                .place = err->place,
                                .path = arena_copy(d->arena, path ? path : ""),
                                .message = arena_copy(d->arena, err->message),
                                .hint = err->hint[0] ? arena_copy(d->arena, err->hint) : NULL});
}

struct sort_row {
    struct diagnostic *diagnostic;
    size_t file;  /* rank of its file, in the order first seen */
    size_t order; /* rank in the list before sorting, which makes the sort stable */
};

static int compare_numbers(long long a, long long b)
{
    return (a > b) - (a < b);
}

static int compare_rows(const void *left, const void *right)
{
    const struct sort_row *a = left;
    const struct sort_row *b = right;
    const struct place *p = &a->diagnostic->place;
    const struct place *q = &b->diagnostic->place;
    int order = compare_numbers((long long)a->file, (long long)b->file);
    if (!order) order = compare_numbers(p->line, q->line);
    if (!order) order = compare_numbers(p->column, q->column);
    if (!order) order = compare_numbers((long long)a->order, (long long)b->order);
    return order;
}

static bool same_file(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* The rank of row `i`'s file: that of the first row with the same file. */
static size_t file_rank(const struct sort_row *rows, size_t i)
{
    const char *file = rows[i].diagnostic->place.file;
    if (i > 0 && same_file(rows[i - 1].diagnostic->place.file, file)) return rows[i - 1].file;
    size_t first = 0;
    while (!same_file(rows[first].diagnostic->place.file, file)) first++;
    return first;
}

void diagnostics_sort(struct diagnostics *d)
{
    size_t count = d->errors + d->warnings;
    if (count < 2) return;
    struct sort_row *rows = arena_array(d->arena, struct sort_row, count);
    size_t filled = 0;
    for (struct diagnostic *at = d->first; at && filled < count; at = at->next) {
        rows[filled] = (struct sort_row){.diagnostic = at, .order = filled};
        rows[filled].file = file_rank(rows, filled);
        filled++;
    }
    qsort(rows, filled, sizeof *rows, compare_rows);
    for (size_t i = 0; i + 1 < filled; i++) rows[i].diagnostic->next = rows[i + 1].diagnostic;
    d->first = rows[0].diagnostic;
    d->last = rows[filled - 1].diagnostic;
    d->last->next = NULL;
}
