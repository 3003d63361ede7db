/* document_unit.h - what the tests of documents share: texts read, and what came of them. */
#ifndef TESTS_BASE_DOCUMENT_UNIT_H
#define TESTS_BASE_DOCUMENT_UNIT_H

#include "base/arena.h"
#include "base/document.h"
#include "tests/base/unit.h"

#include <stdlib.h>
#include <string.h>

/* The tree of a text that must be well. */
static inline struct node *read_well(struct arena *arena, enum document_format format,
                                     const char *text)
{
    struct node *root = NULL;
    struct error err = {0};
    if (!document_read_text(arena, "t", format, text, strlen(text), &root, &err))
        fail_msg("%.200s: refused at %d:%d: %s", text, err.place.line, err.place.column,
                 err.message);
    assert_non_null(root);
    return root;
}

struct accepted {
    const char *text;
    const char *json; /* what the tree is as JSON */
};

static inline void check_accepted(enum document_format format, const struct accepted *rows,
                                  size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct arena *arena = arena_new();
        struct node *root = read_well(arena, format, rows[i].text);
        assert_string_equal(node_to_json(arena, root), rows[i].json);
        arena_free(arena);
    }
}

struct refused {
    const char *text;
    size_t length; /* 0: to the NUL */
    int line;
    int column;
    const char *message; /* a part of it */
    const char *hint;    /* a part of it, or NULL */
};

static inline void check_refused_row(enum document_format format, const struct refused *row)
{
    struct arena *arena = arena_new();
    struct node *root = NULL;
    struct error err = {0};
    size_t length = row->length ? row->length : strlen(row->text);
    if (document_read_text(arena, "t", format, row->text, length, &root, &err))
        fail_msg("'%s' was not refused", row->text);
    assert_null(root);
    if (!strstr(err.message, row->message) || err.place.line != row->line ||
        err.place.column != row->column)
        fail_msg("'%s': got %d:%d '%s', expected %d:%d '%s'", row->text, err.place.line,
                 err.place.column, err.message, row->line, row->column, row->message);
    assert_string_equal(err.place.file, "t");
    if (row->hint && !strstr(err.hint, row->hint))
        fail_msg("'%s': got hint '%s', expected '%s'", row->text, err.hint, row->hint);
    arena_free(arena);
}

static inline void check_refused(enum document_format format, const struct refused *rows,
                                 size_t count)
{
    for (size_t i = 0; i < count; i++) check_refused_row(format, &rows[i]);
}

static inline void assert_place(struct place place, int line, int column)
{
    assert_int_equal(place.line, line);
    assert_int_equal(place.column, column);
}

/* What must be there. */
static inline const struct node *at(const struct node *root, const char *path)
{
    const struct node *node = node_find(root, path);
    if (!node) {
        print_error("nothing at '%s'\n", path);
        abort();
    }
    return node;
}

/* `depth` lists in each other. */
static inline char *nested_lists(struct arena *arena, size_t depth)
{
    char *text = arena_alloc(arena, 2 * depth + 1);
    memset(text, '[', depth);
    memset(text + depth, ']', depth);
    return text;
}

#endif
