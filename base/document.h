/* document.h - a JSON or YAML file as a tree in which every value knows its place.
 *
 * Readers: JSON (RFC 8259, by cJSON), JSON with // and block comments, YAML with 1.2's core schema
 * (by libyaml; one document; no tags but those of templates, anchors and aliases are resolved with
 * a bound on the expanded size). Refused: duplicate keys, nesting beyond 100, files beyond 64 MiB,
 * NUL bytes, text that is not UTF-8, NaN and infinities. The tree lives in an arena and does not
 * change after reading.
 */
#ifndef BASE_DOCUMENT_H
#define BASE_DOCUMENT_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;

enum node_type { NODE_NULL, NODE_BOOL, NODE_NUMBER, NODE_STRING, NODE_LIST, NODE_MAP };

struct node {
    enum node_type type;
    struct place place;     /* where the value begins */
    struct place key_place; /* where its key begins, in a map */
    const char *key;        /* in a map: its key; else NULL */
    const char *text;   /* a scalar as written, quotes and escapes resolved; "" for list and map */
    double number;      /* NODE_NUMBER */
    bool boolean;       /* NODE_BOOL */
    bool quoted;        /* a scalar that stood in quotes (always NODE_STRING) */
    size_t count;       /* items of a list or map */
    struct node *first; /* its items, in file order */
    struct node *next;  /* the next item of the list or map that holds this */
};

enum document_format { DOCUMENT_AUTO, DOCUMENT_JSON, DOCUMENT_YAML };

/* DOCUMENT_AUTO decides by extension (.json, .jsonc: JSON with comments; .yaml, .yml: YAML), else
 * by the first character that is no blank ('{' or '[': JSON). `name` is what places call the file;
 * it is copied. On failure err has the place. An empty document is an error. */
bool document_read_file(struct arena *arena, const char *path, struct node **out,
                        struct error *err);
bool document_read_text(struct arena *arena, const char *name, enum document_format format,
                        const char *text, size_t length, struct node **out, struct error *err);
/* The same for templates of CloudFormation and their kin, in whose YAML a value may have a short
 * tag, which stands for a map: !Ref x is {Ref: x}, !Condition x {Condition: x}, and !NAME x is
 * {Fn::NAME: x} for any other name of letters and digits. */
bool document_read_template(struct arena *arena, const char *name, enum document_format format,
                            const char *text, size_t length, struct node **out, struct error *err);
/* The file's bytes, NUL-terminated in the arena (the length does not count the NUL). */
bool document_load(struct arena *arena, const char *path, char **text, size_t *length,
                   struct error *err);

/* A map's value by key; NULL if absent, or if `map` is NULL or no map. */
const struct node *node_get(const struct node *map, const char *key);
/* By dotted path: "components.embed.memory"; list items by index. Of keys with dots ("gpt-4.1") the
 * longest that fits is taken. An empty path is `root` itself. NULL if absent. */
const struct node *node_find(const struct node *root, const char *path);

/* "a list", "a map", "a string", "a number", "true or false", "null": for messages. */
const char *node_type_name(enum node_type type);

/* RFC 7396 merge patch: `patch` over `target` (which may be NULL). Makes a new tree; unchanged
 * parts are shared, places stay those of the file each value came from. */
struct node *node_merge(struct arena *arena, const struct node *target, const struct node *patch);

/* `root` with the value at the dotted `path` replaced by `value` (maps on the way are made when
 * absent; list indices must exist). NULL and *err when a step is neither map nor list. */
struct node *node_set(struct arena *arena, const struct node *root, const char *path,
                      const struct node *value, struct error *err);

/* The tree as compact JSON text in the arena, keys in tree order. */
char *node_to_json(struct arena *arena, const struct node *root);

#endif
