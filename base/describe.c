#include "base/describe.h"

#include "base/fields.h"
#include "base/text.h"

#include <math.h>
#include <stdio.h>

bool field_dimension(const struct field *field, enum dimension *dimension)
{
    switch (field->type) {
    case FIELD_QUANTITY: *dimension = field->dimension; return true;
    case FIELD_DURATION: *dimension = DIMENSION_DURATION; return true;
    case FIELD_COUNT: *dimension = DIMENSION_COUNT; return true;
    case FIELD_BOOL:
    case FIELD_TEXT:
    case FIELD_CHOICE:
    case FIELD_RECORD:
    case FIELD_NODE:
    case FIELD_CUSTOM: break;
    }
    *dimension = DIMENSION_NONE;
    return false;
}

bool field_has_bounds(const struct field *field)
{
    return field->minimum != 0 || field->maximum != 0;
}

bool field_has_maximum(const struct field *field)
{
    return isfinite(field->maximum) && (field->maximum > 0 || field->minimum <= 0);
}

void field_describe_range(const struct field *field, char *out, size_t size)
{
    enum dimension dimension;
    out[0] = '\0';
    if (!field_dimension(field, &dimension) || !field_has_bounds(field)) return;
    char minimum[QUANTITY_SIZE];
    char maximum[QUANTITY_SIZE];
    quantity_format(field->minimum, dimension, minimum, sizeof minimum);
    quantity_format(field->maximum, dimension, maximum, sizeof maximum);
    bool has_minimum = isfinite(field->minimum);
    bool has_maximum = field_has_maximum(field);
    if (has_minimum && has_maximum)
        (void)snprintf(out, size, "from %s to %s", minimum, maximum);
    else if (has_minimum)
        (void)snprintf(out, size, "at least %s", minimum);
    else if (has_maximum)
        (void)snprintf(out, size, "at most %s", maximum);
}

const char *field_describe_type(const struct field *field)
{
    enum dimension dimension;
    if (field->type_name) return field->type_name;
    if (field_dimension(field, &dimension)) return dimension_describe(dimension);
    switch (field->type) {
    case FIELD_BOOL: return "true or false";
    case FIELD_TEXT: return "text";
    case FIELD_CHOICE: return "a name";
    case FIELD_RECORD: return "a map";
    case FIELD_QUANTITY:
    case FIELD_DURATION:
    case FIELD_COUNT:
    case FIELD_NODE:
    case FIELD_CUSTOM: break;
    }
    return "a value";
}

/* Table cells must not end early. */
static void add_cell(struct text *out, const char *words)
{
    for (const char *at = words; *at; at++) {
        if (*at == '|') text_add_char(out, '\\');
        text_add_char(out, (char)(*at == '\n' ? ' ' : *at));
    }
}

static void add_type(struct text *out, const struct field *field)
{
    enum dimension dimension;
    if (field->type == FIELD_CHOICE) {
        for (const char *const *choice = field->choices; *choice; choice++) {
            text_add(out, choice == field->choices ? "`" : ", `");
            add_cell(out, *choice);
            text_add(out, "`");
        }
    } else if (!field->type_name && field_dimension(field, &dimension)) {
        add_cell(out, dimension_name(dimension));
    } else {
        add_cell(out, field_describe_type(field));
    }
}

static void add_default(struct text *out, const struct field *field)
{
    if (field->required) {
        text_add(out, "required");
    } else if (field->fallback && *field->fallback) {
        text_add(out, "`");
        add_cell(out, field->fallback);
        text_add(out, "`");
    }
}

static void add_rows(struct text *out, const struct field *fields, const char *prefix)
{
    for (const struct field *field = fields; field->name; field++) {
        char range[FIELD_RANGE_SIZE];
        struct text path;
        text_init(&path);
        text_format(&path, "%s%s%s", prefix, *prefix ? "." : "", field->name);
        text_add(out, "| `");
        add_cell(out, path.data);
        text_add(out, "` | ");
        add_type(out, field);
        text_add(out, " | ");
        add_default(out, field);
        field_describe_range(field, range, sizeof range);
        text_format(out, " | %s | ", range);
        add_cell(out, field->doc ? field->doc : "");
        text_add(out, " |\n");
        if (field->type == FIELD_RECORD) add_rows(out, field->record, path.data);
        text_free(&path);
    }
}

void fields_describe(struct text *out, const struct field *fields, const char *prefix)
{
    text_add(out,
             "| field | type | default | range | meaning |\n| --- | --- | --- | --- | --- |\n");
    add_rows(out, fields, prefix ? prefix : "");
}
