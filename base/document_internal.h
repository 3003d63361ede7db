/* document_internal.h - what the readers of documents share; for base/document*.c alone. */
#ifndef BASE_DOCUMENT_INTERNAL_H
#define BASE_DOCUMENT_INTERNAL_H

#include "base/document.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    DOCUMENT_LARGEST_MIB =
        64, /* a file beyond this is hardly a scenario, and offsets fit 32 bits */
    DOCUMENT_LARGEST_DEPTH =
        100, /* lists and maps in each other: bounds every recursion over a tree */
    DOCUMENT_LARGEST_NODES = 4000000, /* values in one file: bounds memory to about 1 GiB */
    DOCUMENT_LONGEST_NUMBER = 60      /* characters: what cJSON reads whole */
};

/* A text being read: NUL-terminated, UTF-8, no NUL before its end. */
struct source {
    struct arena *arena;   /* where the tree goes */
    struct arena *scratch; /* dies after reading */
    const char *file;
    const char *text;
    size_t length;
    struct error *err;
    bool short_tags; /* !Ref and the like stand for maps */

    /* Where source_place looked last: asked with rising offsets it is linear over the whole text.
     */
    size_t seen_offset;
    size_t seen_line_start;
    int seen_line;
};

/* Line and column of the byte at `offset`; lines end with a line feed. */
struct place source_place(struct source *source, size_t offset);

/* What stands at `offset`, for a message: "'x'", "the end of the file", "the byte 0x07". */
struct found {
    char text[32];
};
struct found source_found(const struct source *source, size_t offset);

/* The beginning of a text for a message: whole characters, "..." when there are more. */
struct excerpt {
    char text[84];
};
struct excerpt excerpt_of(const char *text);

/* The offset of the first byte that is not part of valid UTF-8; `length` if all is well. */
size_t utf8_first_invalid(const char *text, size_t length);

/* Both readers make a tree of `source`, or fill source->err. */
bool document_read_json(struct source *source, struct node **out);
bool document_read_yaml(struct source *source, struct node **out);

/* One mark for every value and every key, in file order: where it begins, and how long it is when
 * it is a scalar. */
struct json_mark {
    unsigned offset;
    unsigned length;
};

struct json_marks {
    struct json_mark *items;
    size_t count;
    size_t capacity;
};

/* The text with comments blanked, in the scratch arena. NULL and err when one does not end. */
const char *json_blank_comments(struct source *source);
/* Checks the whole text against RFC 8259's grammar, more strictly than cJSON. */
bool json_scan(struct source *source, struct json_marks *marks);

/* What YAML 1.2's core schema makes of a plain scalar. Fills type, number and boolean of `node`,
 * whose text and place are set; false and err for a number that cannot be held. */
bool yaml_resolve_plain(struct node *node, struct error *err);
/* As above for a scalar with the explicit tag `tag` ("tag:yaml.org,2002:int"). */
bool yaml_resolve_tagged(struct node *node, const char *tag, struct error *err);

/* Reads decimal digits already checked by a grammar. False and err when it is too large or too
 * long. */
bool document_number(const char *text, struct place place, double *out, struct error *err);

/* Refuses a map with two items of the same key. */
bool document_check_keys(struct source *source, const struct node *map);

/* A map's items sorted by key. */
struct key_index {
    const struct node **items;
    size_t count;
};
struct key_index key_index_make(struct arena *arena, const struct node *map);
const struct node *key_index_find(const struct key_index *index, const char *key);

/* True for text in the grammar of RFC 8259's numbers. */
bool json_is_number(const char *text);

#endif
