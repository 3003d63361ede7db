/* fields.h - a table of fields: the single source of parsing, checking, defaults and documentation.
 *
 * A table row says what one key of a map means and where its value goes in a C struct. fields_read
 * fills the struct and reports every fault of the map in one go: unknown keys (with the nearest
 * valid one), wrong types, missing units, values out of range, missing required keys. The manual,
 * `ragtime explain` and the JSON Schema read the same rows.
 */
#ifndef BASE_FIELDS_H
#define BASE_FIELDS_H

#include "base/document.h"
#include "base/error.h"
#include "base/units.h"

#include <stdbool.h>
#include <stddef.h>

enum field_type {
    FIELD_QUANTITY, /* a double in the base unit of `dimension` */
    FIELD_DURATION, /* an int64_t of nanoseconds */
    FIELD_COUNT,    /* an int64_t */
    FIELD_BOOL,     /* a bool */
    FIELD_TEXT,     /* a const char * (of the document) */
    FIELD_CHOICE,   /* an int: index into `choices` */
    FIELD_RECORD,   /* a nested struct, read by the table `record` */
    FIELD_NODE,     /* a const struct node *: the component reads it itself */
    FIELD_CUSTOM    /* read by `parse` into the destination */
};

struct field_reader;

/* Reads `node` into `destination`; reports faults through fields_fault. */
typedef void field_parse_fn(struct field_reader *reader, const struct node *node, const char *path,
                            void *destination);

struct field {
    const char *name; /* as scenarios spell it; a row with NULL ends the table */
    enum field_type type;
    enum dimension dimension; /* FIELD_QUANTITY */
    size_t offset;            /* of the value in the struct */
    const char
        *fallback; /* the default, as a scenario would write it; NULL: the struct keeps what it had.
                    * What begins with { or [ is read as YAML, all else as a scalar */
    double minimum; /* inclusive, base unit (seconds for a duration); 0 and 0: no bounds (but a
                     * duration is then not negative either) */
    double maximum; /* inclusive; HUGE_VAL, or 0 beside a minimum above 0: no upper bound */
    bool required;
    const char *const *choices; /* FIELD_CHOICE: names, NULL at the end */
    const struct field *record; /* FIELD_RECORD */
    field_parse_fn *parse;      /* FIELD_CUSTOM */
    const char *type_name; /* FIELD_CUSTOM, FIELD_NODE: "a distribution", "steps": for messages and
                              the manual */
    const char *doc;       /* one line */
};

struct field_reader {
    struct arena *arena;
    struct diagnostics *diagnostics;
    void *context; /* the caller's, for custom parsers */
};

/* Reads the map `node` (NULL: only defaults) into `destination`, whose other members stay as they
 * are. `what` names the thing for messages ("a function", "the throttle"). `path` is the dotted
 * path of `node`. True if it found no fault. Keys listed in `also` (NULL-terminated, or NULL) are
 * skipped: somebody else reads them. */
bool fields_read(struct field_reader *reader, const struct field *fields, const struct node *node,
                 const char *path, const char *what, const char *const *also, void *destination);

/* Reports one fault at a node. */
struct diagnostic *fields_fault(struct field_reader *reader, const struct node *node,
                                const char *path, const char *format, ...) PRINTF_LIKE(4, 5);

/* One unknown key of a map, with the nearest of the valid ones: `node` is the value under that key,
 * `path` its own dotted path. */
void fields_unknown_key(struct field_reader *reader, const struct node *node, const char *path,
                        const char *what, const char *const *valid, size_t count);

const struct field *fields_find(const struct field *fields, const char *name);

#endif
