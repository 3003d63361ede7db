/* value.h - the data of an execution: JSON values that never change.
 *
 * Values live in an arena and may be shared by any number of lists, maps and variables; nothing is
 * copied to pass data on. They are made by the functions below only, which keep beside each value
 * how long its JSON text is and how deep it nests, so that a size limit costs nothing to check.
 * Values may be shared within themselves (a list that holds one large value a thousand times), so
 * check the length before writing what did not come from a text.
 *
 * Numbers are written as the service writes them: what was an integer stays one, however many
 * digits it has; what was written with a point or an exponent is a double and keeps its point
 * (1.0 stays 1.0, 1e10 becomes 1.0E10, as Java's Double.toString has it). The results of
 * arithmetic are integers where they are whole.
 */
#ifndef MODELS_ASL_VALUE_H
#define MODELS_ASL_VALUE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct node;

enum value_type { VALUE_NULL, VALUE_BOOL, VALUE_NUMBER, VALUE_STRING, VALUE_LIST, VALUE_MAP };

struct value;

struct value_member {
    const char *key;
    const struct value *value;
};

struct value {
    enum value_type type;
    bool boolean;   /* of VALUE_BOOL; of VALUE_NUMBER: it is a double and keeps its point */
    uint16_t depth; /* 0 for scalars, else 1 + that of the deepest item; stays at its greatest */
    uint32_t count; /* items or members; bytes of a string, which may hold NUL; of a number: for
                       this module alone */
    uint32_t json_length; /* value_json_length */
    union {
        double number;
        const char *text; /* UTF-8, ends with NUL */
        const struct value *const *items;
        const struct value_member *members; /* in order; no key twice */
    };
};

enum {
    VALUE_DEPTH_MOST = 1000,         /* deeper texts are not read; deeper results are an error */
    VALUE_LENGTH_MOST = 1 << 28,     /* longer values are not written (256 MiB) */
    VALUE_LENGTH_UNKNOWN = INT32_MAX /* json_length never passes it, whatever a value shares */
};

extern const struct value value_null;
extern const struct value value_true;
extern const struct value value_false;
extern const struct value value_empty_list;
extern const struct value value_empty_map;
extern const struct value value_empty_string;

const struct value *value_bool(bool boolean);
/* Written as an integer if it is whole and below 2^63, else as a double. Must be finite. */
const struct value *value_number(struct arena *arena, double number);
/* A double that keeps its point: 1.0. Must be finite. */
const struct value *value_decimal(struct arena *arena, double number);
/* Exact also beyond 2^53. */
const struct value *value_integer(struct arena *arena, int64_t number);
/* The text, UTF-8, is copied. */
const struct value *value_string(struct arena *arena, const char *text);
const struct value *value_string_n(struct arena *arena, const char *text, size_t length);
/* Any bytes: those that are no UTF-8 become U+FFFD. */
const struct value *value_string_clean(struct arena *arena, const char *bytes, size_t length);
/* The items are kept, not copied. */
const struct value *value_list(struct arena *arena, const struct value *const *items, size_t count);

/* A list in the making. Start with {0}. */
struct value_list {
    const struct value **items;
    size_t count;
    size_t capacity;
};
void value_list_add(struct value_list *list, struct arena *arena, const struct value *item);
/* The list so far; the builder is not to be used after it. */
const struct value *value_list_end(struct value_list *list, struct arena *arena);

/* A map in the making: keeps the order in which keys first came; a later value of a key replaces
 * the earlier one in its place. Start with {0}. Adding costs the same however many there are. */
struct value_map {
    struct value_member *members;
    size_t count;
    size_t capacity;
    uint32_t *index; /* by hash, 1 + position; NULL while there are few */
    size_t index_size;
};
/* The key is kept, not copied. */
void value_map_put(struct value_map *map, struct arena *arena, const char *key,
                   const struct value *value);
const struct value *value_map_end(struct value_map *map, struct arena *arena);
/* All members of `from`, a map. */
void value_map_put_all(struct value_map *map, struct arena *arena, const struct value *from);

/* A map's value by key; NULL if absent or if `map` is NULL or no map. */
const struct value *value_get(const struct value *map, const char *key);
/* `map` with one member more or another value for it. */
const struct value *value_with(struct arena *arena, const struct value *map, const char *key,
                               const struct value *value);

/* Same JSON: numbers by their value (1 equals 1.0), maps whatever their order. */
bool value_equal(const struct value *a, const struct value *b);

/* Equal values have equal hashes. */
uint64_t value_hash(const struct value *value);

/* A number that is whole (1 or 1.0), within -2^53 .. 2^53. */
bool value_is_whole(const struct value *value);

/* A node of a document; everything is copied. Of keys that come twice the last holds. */
const struct value *value_from_node(struct arena *arena, const struct node *node);
/* JSON text (RFC 8259), in `length` bytes. NULL and *err with line and column when it is none, when
 * it nests deeper than VALUE_DEPTH_MOST, or when a number is beyond a double's range. Of keys that
 * come twice the last holds. Lone surrogates and bytes that are no UTF-8 become U+FFFD. */
const struct value *value_from_json(struct arena *arena, const char *text, size_t length,
                                    struct error *err);

/* Bytes of the JSON text without blanks; VALUE_LENGTH_UNKNOWN for that and more. Costs nothing. */
size_t value_json_length(const struct value *value);
/* JSON text without blanks, as the service writes it; a shared literal's text is not to be changed.
 * NULL if it would be longer than VALUE_LENGTH_MOST or nests deeper than 10 VALUE_DEPTH_MOST. */
const char *value_to_json(struct arena *arena, const struct value *value);

/* "null", "boolean", "number", "string", "array", "object": in causes. */
const char *value_type_name(const struct value *value);

#endif
