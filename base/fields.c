#include "base/fields.h"

#include "base/arena.h"
#include "base/describe.h"
#include "base/names.h"
#include "base/text.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    EXCERPT_SIZE = 64,
    LISTED_FIELDS = 12, /* more names than this help nobody */
};

/* One map being read: what its keys may be, and the map around it, for keys on the wrong level. */
struct level {
    const struct level *above;
    const struct field *fields;
    const char *const *also;
    const char *what;
    const char *path;
};

static bool read_map(struct field_reader *reader, const struct level *level,
                     const struct node *node, void *destination);

static bool is_scalar(const struct node *node)
{
    return node->type == NODE_STRING || node->type == NODE_NUMBER || node->type == NODE_BOOL;
}

static bool contains(const char *const *names, const char *name)
{
    for (; names && *names; names++)
        if (strcmp(*names, name) == 0) return true;
    return false;
}

struct diagnostic *fields_fault(struct field_reader *reader, const struct node *node,
                                const char *path, const char *format, ...)
{
    struct place place = node ? node->place : (struct place){0};
    va_list arguments;
    va_start(arguments, format);
    const char *message = arena_vformat(reader->arena, format, arguments);
    va_end(arguments);
    return diagnostics_add(reader->diagnostics, SEVERITY_ERROR, place, path, "%s", message);
}

/* The same at the node's key. */
static PRINTF_LIKE(4, 5) struct diagnostic *key_fault(struct field_reader *reader,
                                                      const struct node *node, const char *path,
                                                      const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *message = arena_vformat(reader->arena, format, arguments);
    va_end(arguments);
    return diagnostics_add(reader->diagnostics, SEVERITY_ERROR, node->key_place, path, "%s",
                           message);
}

static const char *path_below(struct arena *arena, const char *path, const char *key)
{
    return arena_format(arena, "%s%s%s", path, *path ? "." : "", key);
}

/* "expected ..., found a list" */
static void fault_type(struct field_reader *reader, const struct node *node, const char *path,
                       const char *expected)
{
    char excerpt[EXCERPT_SIZE];
    if (is_scalar(node)) {
        text_excerpt(excerpt, sizeof excerpt, node->text);
        fields_fault(reader, node, path, "expected %s, found '%s'", expected, excerpt);
    } else {
        fields_fault(reader, node, path, "expected %s, found %s", expected,
                     node_type_name(node->type));
    }
}

/* "rate, burst": the names with commas, in the arena. */
static const char *join(struct arena *arena, const char *const *names, size_t count)
{
    struct text joined;
    text_init(&joined);
    for (size_t i = 0; i < count; i++) text_format(&joined, "%s%s", i ? ", " : "", names[i]);
    const char *copy = arena_copy(arena, joined.data);
    text_free(&joined);
    return copy;
}

void fields_unknown_key(struct field_reader *reader, const struct node *node, const char *path,
                        const char *what, const char *const *valid, size_t count)
{
    const char *nearest = name_nearest(node->key, valid, count);
    if (nearest) {
        key_fault(reader, node, path, "unknown field of %s; did you mean '%s'?", what, nearest);
        return;
    }
    struct diagnostic *fault = key_fault(reader, node, path, "unknown field of %s", what);
    if (count > 0 && count <= LISTED_FIELDS)
        diagnostics_hint(reader->diagnostics, fault, "the fields of %s are %s", what,
                         join(reader->arena, valid, count));
}

const struct field *fields_find(const struct field *fields, const char *name)
{
    for (const struct field *field = fields; field->name; field++)
        if (strcmp(field->name, name) == 0) return field;
    return NULL;
}

/* The record of this level that has a field `name`. */
static const struct field *record_with(const struct field *fields, const char *name)
{
    for (const struct field *field = fields; field->name; field++)
        if (field->type == FIELD_RECORD && fields_find(field->record, name)) return field;
    return NULL;
}

static void fault_unknown(struct field_reader *reader, const struct level *level,
                          const struct node *item, const char *path)
{
    const struct field *record = record_with(level->fields, item->key);
    const struct level *above = level->above;
    if (record) {
        key_fault(reader, item, path, "unknown field of %s; it belongs in '%s'", level->what,
                  record->name);
        return;
    }
    if (above && (fields_find(above->fields, item->key) || contains(above->also, item->key))) {
        key_fault(reader, item, path, "unknown field of %s; it belongs one level up, to %s",
                  level->what, above->what);
        return;
    }
    size_t count = 0;
    for (const struct field *field = level->fields; field->name; field++) count++;
    for (const char *const *also = level->also; also && *also; also++) count++;
    const char **valid = arena_array(reader->arena, const char *, count);
    count = 0;
    for (const struct field *field = level->fields; field->name; field++)
        valid[count++] = field->name;
    for (const char *const *also = level->also; also && *also; also++) valid[count++] = *also;
    fields_unknown_key(reader, item, path, level->what, valid, count);
}

/* The value if it is one and within the field's bounds. */
static bool read_number(struct field_reader *reader, const struct field *field,
                        const struct node *node, const char *path, double *value)
{
    enum dimension dimension;
    struct error err;
    (void)field_dimension(field, &dimension);
    if (!quantity_read(node, dimension, value, &err)) {
        diagnostics_add_error(reader->diagnostics, path, &err);
        return false;
    }
    char found[QUANTITY_SIZE];
    quantity_format(*value, dimension, found, sizeof found);
    bool below = field_has_bounds(field) && *value < field->minimum;
    bool above = field_has_bounds(field) && field_has_maximum(field) && *value > field->maximum;
    if (below || above) {
        char range[FIELD_RANGE_SIZE];
        field_describe_range(field, range, sizeof range);
        fields_fault(reader, node, path, "%s must be %s, found %s", field->name, range, found);
        return false;
    }
    if (field->type == FIELD_DURATION && *value < 0 && field->minimum >= 0) {
        fields_fault(reader, node, path, "%s must not be negative, found %s", field->name, found);
        return false;
    }
    return true;
}

static void read_bool(struct field_reader *reader, const struct node *node, const char *path,
                      bool *destination)
{
    /* A value from the command line or a table's default is a string by its looks. */
    bool word = node->type == NODE_STRING && !node->quoted;
    if (node->type == NODE_BOOL)
        *destination = node->boolean;
    else if (word && strcmp(node->text, "true") == 0)
        *destination = true;
    else if (word && strcmp(node->text, "false") == 0)
        *destination = false;
    else
        fault_type(reader, node, path, "true or false");
}

static void fault_choice(struct field_reader *reader, const struct field *field,
                         const struct node *node, const char *path)
{
    size_t count = 0;
    while (field->choices[count]) count++;
    const char *list = join(reader->arena, field->choices, count);
    if (!is_scalar(node)) {
        fault_type(reader, node, path, arena_format(reader->arena, "one of %s", list));
        return;
    }
    char excerpt[EXCERPT_SIZE];
    text_excerpt(excerpt, sizeof excerpt, node->text);
    const char *nearest = name_nearest(node->text, field->choices, count);
    if (nearest)
        fields_fault(reader, node, path, "'%s' is no %s; did you mean '%s'?", excerpt, field->name,
                     nearest);
    else
        fields_fault(reader, node, path, "'%s' is no %s; expected one of %s", excerpt, field->name,
                     list);
}

static void read_choice(struct field_reader *reader, const struct field *field,
                        const struct node *node, const char *path, int *destination)
{
    for (int i = 0; is_scalar(node) && field->choices[i]; i++) {
        if (strcmp(field->choices[i], node->text) == 0) {
            *destination = i;
            return;
        }
    }
    fault_choice(reader, field, node, path);
}

static void read_record(struct field_reader *reader, const struct level *level,
                        const struct field *field, const struct node *node, void *destination)
{
    struct level inner = {.above = level, .fields = field->record};
    inner.path = path_below(reader->arena, level->path, field->name);
    inner.what =
        field->type_name ? field->type_name : arena_format(reader->arena, "the %s", field->name);
    (void)read_map(reader, &inner, node, destination);
}

static void read_number_field(struct field_reader *reader, const struct field *field,
                              const struct node *node, const char *path, void *destination)
{
    double value;
    if (!read_number(reader, field, node, path, &value)) return;
    if (field->type == FIELD_QUANTITY)
        *(double *)destination = value;
    else if (field->type == FIELD_DURATION)
        *(int64_t *)destination = nanoseconds_from_seconds(value);
    else
        *(int64_t *)destination = (int64_t)value;
}

/* Reads every type but FIELD_RECORD into the field's own place. */
static void read_value(struct field_reader *reader, const struct field *field,
                       const struct node *node, const char *path, void *at)
{
    switch (field->type) {
    case FIELD_QUANTITY:
    case FIELD_DURATION:
    case FIELD_COUNT: read_number_field(reader, field, node, path, at); return;
    case FIELD_BOOL: read_bool(reader, node, path, at); return;
    case FIELD_TEXT:
        if (is_scalar(node))
            *(const char **)at = node->text;
        else
            fault_type(reader, node, path, field_describe_type(field));
        return;
    case FIELD_CHOICE: read_choice(reader, field, node, path, at); return;
    case FIELD_NODE: *(const struct node **)at = node; return;
    case FIELD_CUSTOM: field->parse(reader, node, path, at); return;
    case FIELD_RECORD: assert(false && "records are maps"); return;
    }
}

/* The node that a scenario would hold, had it the default written out. */
static struct node *fallback_node(struct arena *arena, const char *text)
{
    struct error err;
    struct node *node = NULL;
    if (text[0] == '{' || text[0] == '[') {
        bool read =
            document_read_text(arena, "default", DOCUMENT_YAML, text, strlen(text), &node, &err);
        assert(read && "a table's default is no valid YAML");
        (void)read;
        return node;
    }
    node = arena_new_item(arena, struct node);
    node->type = NODE_STRING;
    node->text = text;
    node->place.file = "default";
    if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0) {
        node->type = NODE_BOOL;
        node->boolean = text[0] == 't';
    } else if (quantity_parse(text, DIMENSION_NONE, &node->number, &err)) {
        node->type = NODE_NUMBER;
    }
    return node;
}

static void apply_default(struct field_reader *reader, const struct level *level,
                          const struct field *field, void *destination)
{
    void *at = (char *)destination + field->offset;
    if (field->type == FIELD_RECORD) {
        read_record(reader, level, field, NULL, at);
        return;
    }
    if (!field->fallback) return;
    size_t errors = reader->diagnostics->errors;
    const char *path = path_below(reader->arena, level->path, field->name);
    read_value(reader, field, fallback_node(reader->arena, field->fallback), path, at);
    assert(reader->diagnostics->errors == errors && "a table's default breaks its own rules");
    (void)errors;
}

/* "a map with fields such as 'rate' and 'burst'" */
static const char *describe_map(struct arena *arena, const struct field *fields)
{
    if (!fields[0].name) return "a map";
    if (!fields[1].name) return arena_format(arena, "a map with the field '%s'", fields[0].name);
    return arena_format(arena, "a map with fields such as '%s' and '%s'", fields[0].name,
                        fields[1].name);
}

static void read_items(struct field_reader *reader, const struct level *level,
                       const struct node *map, void *destination)
{
    for (const struct node *item = map->first; item; item = item->next) {
        if (contains(level->also, item->key)) continue;
        const struct field *field = fields_find(level->fields, item->key);
        if (!field) {
            char excerpt[EXCERPT_SIZE];
            text_excerpt(excerpt, sizeof excerpt, item->key);
            fault_unknown(reader, level, item, path_below(reader->arena, level->path, excerpt));
        } else if (field->type == FIELD_RECORD) {
            read_record(reader, level, field, item, (char *)destination + field->offset);
        } else {
            read_value(reader, field, item, path_below(reader->arena, level->path, field->name),
                       (char *)destination + field->offset);
        }
    }
}

static bool read_map(struct field_reader *reader, const struct level *level,
                     const struct node *node, void *destination)
{
    size_t errors = reader->diagnostics->errors;
    bool is_map = node && node->type == NODE_MAP;
    if (node && !is_map)
        fault_type(reader, node, level->path, describe_map(reader->arena, level->fields));
    for (const struct field *field = level->fields; field->name; field++) {
        /* Defaults first, so that a value at fault leaves a sound struct for the checks that
         * follow. */
        bool custom = field->type == FIELD_CUSTOM || field->type == FIELD_RECORD;
        bool present = is_map && node_get(node, field->name);
        if (!present || !custom) apply_default(reader, level, field, destination);
        if (!present && is_map && field->required)
            fields_fault(reader, node, level->path, "%s needs '%s'", level->what, field->name);
    }
    if (is_map) read_items(reader, level, node, destination);
    return reader->diagnostics->errors == errors;
}

bool fields_read(struct field_reader *reader, const struct field *fields, const struct node *node,
                 const char *path, const char *what, const char *const *also, void *destination)
{
    struct level level = {.fields = fields, .also = also, .what = what, .path = path};
    return read_map(reader, &level, node, destination);
}
