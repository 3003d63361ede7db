#include "models/asl/jsonpath.h"

#include "base/arena.h"
#include "models/asl/jsonpath_internal.h"

#include <ctype.h>
#include <string.h>

enum {
    STEPS_MOST = 1000,
    DEPTH_MOST = 10, /* of filters in filters and parentheses */
    DIGITS_MOST = 9
};

int path_peek(const struct path_reader *reader)
{
    return reader->at < reader->length ? (unsigned char)reader->text[reader->at] : -1;
}

void path_skip_blanks(struct path_reader *reader)
{
    while (path_peek(reader) > 0 && strchr(" \t\r\n", path_peek(reader))) reader->at++;
}

bool path_take(struct path_reader *reader, char c)
{
    if (path_peek(reader) != (unsigned char)c) return false;
    reader->at++;
    return true;
}

bool path_fault(struct path_reader *reader, const char *fault)
{
    if (!reader->fault) reader->fault = fault;
    return false;
}

const char *path_read_quoted(struct path_reader *reader)
{
    const char quote = (char)path_peek(reader);
    char *out = arena_alloc(reader->arena, reader->length - reader->at + 1);
    size_t used = 0;
    for (reader->at++; reader->at < reader->length; reader->at++) {
        char c = reader->text[reader->at];
        if (c == quote) {
            reader->at++;
            out[used] = '\0';
            return out;
        }
        if (c == '\\' && reader->at + 1 < reader->length) {
            /* \" is kept in a name in single quotes: recorded. */
            if (reader->text[reader->at + 1] != quote) out[used++] = c;
            c = reader->text[++reader->at];
        }
        out[used++] = c;
    }
    path_fault(reader, "a quote is not closed");
    return NULL;
}

/* Steps being collected. */
struct steps {
    struct step *items;
    size_t count;
    size_t capacity;
};

static struct step *add_step(struct steps *steps, struct path_reader *reader, enum step_type type)
{
    steps->items = arena_grow(reader->arena, steps->items, steps->count, &steps->capacity,
                              sizeof *steps->items);
    struct step *step = &steps->items[steps->count++];
    *step = (struct step){.type = type, .text = ""};
    return step;
}

static bool read_integer(struct path_reader *reader, int32_t *out)
{
    path_skip_blanks(reader);
    const bool negative = path_take(reader, '-');
    int32_t number = 0;
    int digits = 0;
    while (isdigit(path_peek(reader))) {
        if (++digits > DIGITS_MOST) return path_fault(reader, "an index has too many digits");
        number = number * 10 + (path_peek(reader) - '0');
        reader->at++;
    }
    if (digits == 0) return path_fault(reader, "an index is expected");
    *out = negative ? -number : number;
    path_skip_blanks(reader);
    return true;
}

static bool read_slice_end(struct path_reader *reader, int32_t *out)
{
    path_skip_blanks(reader);
    *out = SLICE_OPEN;
    const int next = path_peek(reader);
    return next == ':' || next == ']' || read_integer(reader, out);
}

static bool read_slice(struct path_reader *reader, struct steps *steps, int32_t from)
{
    struct step *step = add_step(steps, reader, STEP_SLICE);
    step->from = from;
    step->by = 1;
    if (!read_slice_end(reader, &step->to)) return false;
    if (path_take(reader, ':') && !read_slice_end(reader, &step->by)) return false;
    if (step->by == SLICE_OPEN) step->by = 1;
    return step->by > 0 || path_fault(reader, "a slice goes forward");
}

/* [1], [1,2], [1:2] */
static bool read_indices(struct path_reader *reader, struct steps *steps)
{
    int32_t first = SLICE_OPEN;
    if (path_peek(reader) != ':' && !read_integer(reader, &first)) return false;
    if (path_take(reader, ':')) return read_slice(reader, steps, first);
    size_t capacity = 0;
    size_t count = 0;
    int32_t *indices = NULL;
    for (int32_t index = first;;) {
        indices = arena_grow(reader->arena, indices, count, &capacity, sizeof *indices);
        indices[count++] = index;
        if (!path_take(reader, ',')) break;
        if (!read_integer(reader, &index)) return false;
    }
    struct step *step = add_step(steps, reader, STEP_INDICES);
    step->indices = indices;
    step->count = count;
    if (count == 1) step->text = arena_format(reader->arena, "[%d]", (int)first);
    return true;
}

static void add_names(struct steps *steps, struct path_reader *reader, const char **names,
                      size_t count)
{
    struct step *step = add_step(steps, reader, STEP_NAMES);
    step->names = names;
    step->count = count;
    step->text = arena_format(reader->arena, "['%s']", names[0]);
}

static bool read_names(struct path_reader *reader, struct steps *steps)
{
    size_t capacity = 0;
    size_t count = 0;
    const char **names = NULL;
    do {
        path_skip_blanks(reader);
        if (path_peek(reader) != '\'' && path_peek(reader) != '"')
            return path_fault(reader, "a name in quotes is expected");
        const char *name = path_read_quoted(reader);
        if (!name) return false;
        names = arena_grow(reader->arena, names, count, &capacity, sizeof *names);
        names[count++] = name;
        path_skip_blanks(reader);
    } while (path_take(reader, ','));
    add_names(steps, reader, names, count);
    return true;
}

/* (@.length-1): an index from the end. */
static bool read_from_end(struct path_reader *reader, struct steps *steps)
{
    static const char length[] = "@.length";
    path_skip_blanks(reader);
    if (reader->length - reader->at < sizeof length - 1 ||
        memcmp(reader->text + reader->at, length, sizeof length - 1) != 0)
        return path_fault(reader, "a computed index is (@.length-1)");
    reader->at += sizeof length - 1;
    if (path_take(reader, '(') && !path_take(reader, ')'))
        return path_fault(reader, "a parenthesis is not closed");
    path_skip_blanks(reader);
    int32_t *index = arena_new_item(reader->arena, int32_t);
    if (path_peek(reader) != '-' || (reader->at++, !read_integer(reader, index)))
        return path_fault(reader, "a computed index is (@.length-1)");
    if (*index <= 0 || !path_take(reader, ')'))
        return path_fault(reader, "a computed index is (@.length-1)");
    *index = -*index;
    struct step *step = add_step(steps, reader, STEP_INDICES);
    step->indices = index;
    step->count = 1;
    step->text = arena_format(reader->arena, "[%d]", (int)*index);
    return true;
}

static bool read_filter(struct path_reader *reader, struct steps *steps)
{
    path_skip_blanks(reader);
    if (!path_take(reader, '(')) return path_fault(reader, "'(' is expected after '?'");
    if (++reader->depth > DEPTH_MOST) return path_fault(reader, "filters nest too deeply");
    const struct condition *condition = path_read_condition(reader);
    reader->depth--;
    if (!condition) return false;
    path_skip_blanks(reader);
    if (!path_take(reader, ')')) return path_fault(reader, "the filter is not closed by ')'");
    struct step *step = add_step(steps, reader, STEP_FILTER);
    step->condition = condition;
    step->text = "[?]";
    return true;
}

static bool read_bracket(struct path_reader *reader, struct steps *steps)
{
    path_skip_blanks(reader);
    const int next = path_peek(reader);
    bool good = false;
    if (next == '*') {
        reader->at++;
        add_step(steps, reader, STEP_ALL)->text = "[*]";
        good = true;
    } else if (next == '\'' || next == '"') {
        good = read_names(reader, steps);
    } else if (next == '?') {
        reader->at++;
        good = read_filter(reader, steps);
    } else if (next == '(') {
        reader->at++;
        good = read_from_end(reader, steps);
    } else {
        good = read_indices(reader, steps);
    }
    path_skip_blanks(reader);
    return good && (path_take(reader, ']') || path_fault(reader, "'[' is not closed"));
}

static const char *const function_names[FUNCTION_COUNT] = {
    [FUNCTION_LENGTH] = "length", [FUNCTION_MIN] = "min",     [FUNCTION_MAX] = "max",
    [FUNCTION_AVERAGE] = "avg",   [FUNCTION_SUM] = "sum",     [FUNCTION_DEVIATION] = "stddev",
    [FUNCTION_KEYS] = "keys",     [FUNCTION_FIRST] = "first", [FUNCTION_LAST] = "last",
};

static bool read_function(struct path_reader *reader, struct steps *steps, const char *name)
{
    if (!path_take(reader, ')')) return path_fault(reader, "a function takes no arguments");
    if (strcmp(name, "size") == 0) name = function_names[FUNCTION_LENGTH];
    for (int i = 0; i < FUNCTION_COUNT; i++) {
        if (strcmp(name, function_names[i]) != 0) continue;
        struct step *step = add_step(steps, reader, STEP_FUNCTION);
        step->function = (enum path_function)i;
        return true;
    }
    return path_fault(reader, "there is no such function");
}

/* After a dot. In a filter a name ends where an operator may begin; elsewhere it takes what is no
 * syntax of paths, but for blanks at its end. */
static bool read_name(struct path_reader *reader, struct steps *steps)
{
    if (path_take(reader, '*')) {
        add_step(steps, reader, STEP_ALL)->text = "[*]";
        return true;
    }
    const char *stops = reader->depth > 0 ? ".[]()'\",=!<>~&| \t\r\n" : ".[]()'\",";
    const size_t begin = reader->at;
    while (path_peek(reader) > 0 && !strchr(stops, path_peek(reader))) reader->at++;
    while (reader->at > begin && reader->text[reader->at - 1] == ' ') reader->at--;
    if (reader->at == begin) return path_fault(reader, "a name is expected");
    const char *name = arena_copy_n(reader->arena, reader->text + begin, reader->at - begin);
    if (path_take(reader, '(')) return read_function(reader, steps, name);
    const char **names = arena_array(reader->arena, const char *, 1);
    names[0] = name;
    add_names(steps, reader, names, 1);
    return true;
}

static bool read_step(struct path_reader *reader, struct steps *steps)
{
    if (steps->count >= STEPS_MOST) return path_fault(reader, "the path has too many steps");
    if (steps->count > 0 && steps->items[steps->count - 1].type == STEP_FUNCTION)
        return path_fault(reader, "nothing follows a function");
    if (path_take(reader, '[')) return read_bracket(reader, steps);
    reader->at++; /* the dot */
    if (path_take(reader, '.')) add_step(steps, reader, STEP_DEEP)->text = "..";
    return path_take(reader, '[') ? read_bracket(reader, steps) : read_name(reader, steps);
}

static bool is_definite(const struct step *step)
{
    return step->type == STEP_FUNCTION ||
           ((step->type == STEP_NAMES || step->type == STEP_INDICES) && step->count == 1);
}

static bool is_reference(const struct step *step)
{
    return is_definite(step) && step->type != STEP_FUNCTION &&
           (step->type == STEP_NAMES || step->indices[0] >= 0);
}

const struct jsonpath *path_read(struct path_reader *reader)
{
    struct jsonpath *path = arena_new_item(reader->arena, struct jsonpath);
    struct steps steps = {0};
    path->relative = path_take(reader, '@');
    if (!path->relative && !path_take(reader, '$')) {
        path_fault(reader, "a path begins with '$'");
        return NULL;
    }
    while (path_peek(reader) == '.' || path_peek(reader) == '[')
        if (!read_step(reader, &steps)) return NULL;
    path->steps = steps.items;
    path->count = steps.count;
    path->definite = path->reference = true;
    for (size_t i = 0; i < steps.count; i++) {
        path->definite = path->definite && is_definite(&steps.items[i]);
        path->reference = path->reference && is_reference(&steps.items[i]);
    }
    const bool called = steps.count > 0 && steps.items[steps.count - 1].type == STEP_FUNCTION;
    path->definite = path->definite || called; /* a function gives one value */
    return path;
}

const struct jsonpath *jsonpath_compile(struct arena *arena, const char *text, size_t length,
                                        const char **fault)
{
    struct path_reader reader = {.arena = arena, .text = text, .length = length};
    const struct jsonpath *path = path_read(&reader);
    if (path && path->relative) path_fault(&reader, "a path begins with '$'");
    path_skip_blanks(&reader);
    if (path && reader.at < length) path_fault(&reader, "the path goes on with what is none");
    if (fault) *fault = reader.fault;
    return reader.fault ? NULL : path;
}

bool jsonpath_is_definite(const struct jsonpath *path)
{
    return path->definite;
}

bool jsonpath_is_reference(const struct jsonpath *path)
{
    return path->reference;
}
