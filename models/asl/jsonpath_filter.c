/* The conditions of JSONPath filters: reading them. */
#include "base/arena.h"
#include "models/asl/jsonpath_internal.h"

#include <ctype.h>
#include <string.h>

enum { NESTING_MOST = 20 };

/* Where a literal that is written as JSON ends: balanced brackets, strings skipped. */
static size_t json_end(const struct path_reader *reader)
{
    size_t open = 0;
    bool quoted = false;
    for (size_t i = reader->at; i < reader->length; i++) {
        const char c = reader->text[i];
        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '[' || c == '{'))
            open++;
        else if (!quoted && (c == ']' || c == '}') && --open == 0)
            return i + 1;
    }
    return 0;
}

/* A list or object as JSON; strings in it may stand in single quotes. */
static const struct value *read_json(struct path_reader *reader)
{
    const size_t end = json_end(reader);
    if (end == 0) return (void)path_fault(reader, "a literal is not closed"), NULL;
    const size_t length = end - reader->at;
    char *text = arena_copy_n(reader->arena, reader->text + reader->at, length);
    if (!memchr(text, '"', length))
        for (size_t i = 0; i < length; i++)
            if (text[i] == '\'') text[i] = '"';
    struct error err;
    const struct value *value = value_from_json(reader->arena, text, length, &err);
    if (!value) path_fault(reader, "a literal is not JSON");
    reader->at = end;
    return value;
}

static bool is_word(int c)
{
    return c > 0 && (isalnum(c) || c >= 0x80 || strchr("_-.+:", c));
}

/* A number, true, false, null; any other word is a string: definitions in use have it so. */
static const struct value *read_word(struct path_reader *reader)
{
    const size_t begin = reader->at;
    while (is_word(path_peek(reader))) reader->at++;
    const size_t length = reader->at - begin;
    if (length == 0) return (void)path_fault(reader, "a value is expected in the filter"), NULL;
    struct error err;
    const char *text = arena_copy_n(reader->arena, reader->text + begin, length);
    const struct value *value = value_from_json(reader->arena, text, length, &err);
    return value ? value : value_string(reader->arena, text);
}

static bool read_pattern(struct path_reader *reader, struct operand *operand)
{
    const size_t begin = ++reader->at;
    while (path_peek(reader) >= 0 && path_peek(reader) != '/')
        reader->at += path_peek(reader) == '\\' ? 2 : 1;
    if (reader->at >= reader->length) return path_fault(reader, "the pattern is not closed by '/'");
    const size_t length = reader->at++ - begin;
    bool any_case = false;
    while (isalpha(path_peek(reader))) any_case = reader->text[reader->at++] == 'i' || any_case;
    const char *fault = NULL;
    operand->pattern =
        path_pattern_compile(reader->arena, reader->text + begin, length, any_case, &fault);
    return operand->pattern || path_fault(reader, fault);
}

static bool read_operand(struct path_reader *reader, struct operand *operand)
{
    path_skip_blanks(reader);
    const int next = path_peek(reader);
    if (next == '@' || next == '$') return (operand->path = path_read(reader)) != NULL;
    if (next == '/') return read_pattern(reader, operand);
    if (next == '\'' || next == '"') {
        const char *text = path_read_quoted(reader);
        if (!text) return false;
        operand->literal = value_string(reader->arena, text);
        return true;
    }
    operand->literal = next == '[' || next == '{' ? read_json(reader) : read_word(reader);
    return operand->literal != NULL;
}

struct sign {
    const char *text;
    enum condition_type type;
};

static const struct sign signs[] = {
    {"==", CONDITION_EQUAL},          {"!=", CONDITION_UNEQUAL},
    {"<=", CONDITION_LESS_EQUAL},     {">=", CONDITION_GREATER_EQUAL},
    {"=~", CONDITION_MATCHES},        {"<", CONDITION_LESS},
    {">", CONDITION_GREATER},         {"in", CONDITION_IN},
    {"nin", CONDITION_NOT_IN},        {"anyof", CONDITION_ANY_OF},
    {"noneof", CONDITION_NONE_OF},    {"subsetof", CONDITION_SUBSET_OF},
    {"contains", CONDITION_CONTAINS}, {"size", CONDITION_SIZE},
    {"empty", CONDITION_EMPTY},
};

/* The operator that is next, if any. */
static bool take_sign(struct path_reader *reader, enum condition_type *type)
{
    path_skip_blanks(reader);
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        const size_t length = strlen(signs[i].text);
        if (reader->length - reader->at < length) continue;
        const char *next = reader->text + reader->at;
        size_t same = 0;
        while (same < length && tolower((unsigned char)next[same]) == signs[i].text[same]) same++;
        if (same < length) continue;
        const int after = reader->at + length < reader->length ? (unsigned char)next[length] : ' ';
        if (isalpha((unsigned char)signs[i].text[0]) && isalnum(after)) continue;
        reader->at += length;
        *type = signs[i].type;
        return true;
    }
    return false;
}

static const struct condition *read_any(struct path_reader *reader);

static struct condition *join(struct path_reader *reader, enum condition_type type,
                              const struct condition *first, const struct condition *second)
{
    struct condition *condition = arena_new_item(reader->arena, struct condition);
    condition->type = type;
    condition->first = first;
    condition->second = second;
    return condition;
}

static const struct condition *read_comparison(struct path_reader *reader)
{
    struct condition *condition = join(reader, CONDITION_EXISTS, NULL, NULL);
    if (!read_operand(reader, &condition->left)) return NULL;
    if (!take_sign(reader, &condition->type)) {
        if (condition->left.path) return condition;
        return (void)path_fault(reader, "a comparison is expected in the filter"), NULL;
    }
    if (!read_operand(reader, &condition->right)) return NULL;
    if (condition->type == CONDITION_MATCHES && !condition->right.pattern &&
        !condition->left.pattern)
        return (void)path_fault(reader, "=~ is followed by a /pattern/"), NULL;
    return condition;
}

static const struct condition *read_one(struct path_reader *reader)
{
    path_skip_blanks(reader);
    const bool negated = path_peek(reader) == '!';
    const bool nested = path_peek(reader) == '(';
    if (!negated && !nested) return read_comparison(reader);
    if (++reader->depth > NESTING_MOST)
        return (void)path_fault(reader, "filters nest too deeply"), NULL;
    reader->at++;
    const struct condition *inner = negated ? read_one(reader) : read_any(reader);
    reader->depth--;
    if (!inner) return NULL;
    if (negated) return join(reader, CONDITION_NOT, inner, NULL);
    path_skip_blanks(reader);
    if (!path_take(reader, ')')) return (void)path_fault(reader, "'(' is not closed"), NULL;
    return inner;
}

static bool take_twice(struct path_reader *reader, char c)
{
    path_skip_blanks(reader);
    if (reader->at + 1 >= reader->length || reader->text[reader->at] != c ||
        reader->text[reader->at + 1] != c)
        return false;
    reader->at += 2;
    return true;
}

/* Joins are kept balanced by depth alone: each adds a level to the evaluation. */
enum { JOINED_MOST = 200 };

static const struct condition *read_all(struct path_reader *reader)
{
    const struct condition *first = read_one(reader);
    for (int joined = 0; first && take_twice(reader, '&'); joined++) {
        const struct condition *second = read_one(reader);
        if (!second || joined == JOINED_MOST) return NULL;
        first = join(reader, CONDITION_AND, first, second);
    }
    return first;
}

static const struct condition *read_any(struct path_reader *reader)
{
    const struct condition *first = read_all(reader);
    for (int joined = 0; first && take_twice(reader, '|'); joined++) {
        const struct condition *second = read_all(reader);
        if (!second || joined == JOINED_MOST) return NULL;
        first = join(reader, CONDITION_OR, first, second);
    }
    return first;
}

const struct condition *path_read_condition(struct path_reader *reader)
{
    const struct condition *condition = read_any(reader);
    if (!condition) path_fault(reader, "the filter cannot be read");
    return condition;
}
