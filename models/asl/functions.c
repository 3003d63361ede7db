#include "base/arena.h"
#include "base/names.h"
#include "base/number.h"
#include "models/asl/check.h"
#include "models/asl/syntax.h"

#include <string.h>

enum { NESTING_MOST = 10, ARGUMENTS_MOST = 1000 };

/* The intrinsic functions (specification, appendix B) and how many arguments each takes. Those that
 * give a string come first. */
static const struct intrinsic {
    const char *name;
    size_t least;
    size_t most;
} intrinsics[] = {
    {"States.Format", 1, ARGUMENTS_MOST},
    {"States.JsonToString", 1, 1},
    {"States.ArrayGetItem", 2, 2},
    {"States.Base64Encode", 1, 1},
    {"States.Base64Decode", 1, 1},
    {"States.Hash", 2, 2},
    {"States.UUID", 0, 0},
    {"States.StringToJson", 1, 1},
    {"States.Array", 0, ARGUMENTS_MOST},
    {"States.ArrayPartition", 2, 2},
    {"States.ArrayContains", 2, 2},
    {"States.ArrayRange", 3, 3},
    {"States.ArrayLength", 1, 1},
    {"States.ArrayUnique", 1, 1},
    {"States.JsonMerge", 3, 3},
    {"States.MathRandom", 2, 3},
    {"States.MathAdd", 2, 2},
    {"States.StringSplit", 2, 2},
};
enum { INTRINSIC_COUNT = sizeof intrinsics / sizeof intrinsics[0], INTRINSIC_TEXT_COUNT = 7 };

struct intrinsic_reader {
    struct arena *arena;
    const char *at;
    const char *fault; /* NULL: none yet */
};

static bool refuse(struct intrinsic_reader *reader, const char *fault)
{
    if (!reader->fault) reader->fault = fault;
    return false;
}

static void skip_blanks(struct intrinsic_reader *reader)
{
    while (*reader->at == ' ') reader->at++;
}

static bool read_string(struct intrinsic_reader *reader)
{
    const char *end = syntax_skip_quoted(reader->at);
    if (!end) return refuse(reader, "has a string without its closing quote");
    for (const char *at = reader->at; at < end; at++) {
        if (*at != '\\') continue;
        at++;
        /* The specification has the first four; definitions in use have line feeds and tabs too. */
        if (!strchr("'{}\\nrt", *at))
            return refuse(reader, arena_format(reader->arena,
                                               "has the escape \\%c in a string, and those are \\' "
                                               "\\{ \\} and \\\\",
                                               (unsigned char)*at < 0x80 ? *at : '?'));
    }
    reader->at = end;
    return true;
}

static bool read_call(struct intrinsic_reader *reader, int depth, bool text_only);

static bool read_argument(struct intrinsic_reader *reader, int depth)
{
    static const char *const words[] = {"true", "false", "null"};
    if (*reader->at == '\'') return read_string(reader);
    if (strncmp(reader->at, "States.", 7) == 0) return read_call(reader, depth + 1, false);
    if (*reader->at == '$') {
        const char *end = syntax_skip_path(reader->at);
        if (!end) return refuse(reader, "has an argument that is no path");
        reader->at = end;
        return true;
    }
    size_t length = number_length(reader->at);
    for (size_t i = 0; i < 3 && length == 0; i++)
        if (strncmp(reader->at, words[i], strlen(words[i])) == 0) length = strlen(words[i]);
    if (length == 0)
        return refuse(reader, "has an argument that is neither a path, a string in single "
                              "quotes, a number, true, false, null nor a function");
    reader->at += length;
    return true;
}

/* Up to the closing parenthesis; *count is how many there are. */
static bool read_arguments(struct intrinsic_reader *reader, int depth, size_t *count)
{
    skip_blanks(reader);
    if (*reader->at == ')') {
        reader->at++;
        return true;
    }
    for (;;) {
        skip_blanks(reader);
        if (*reader->at == '\0') return refuse(reader, "has no closing parenthesis");
        if (!read_argument(reader, depth)) return false;
        ++*count;
        skip_blanks(reader);
        const char c = *reader->at;
        if (c == '\0') return refuse(reader, "has no closing parenthesis");
        if (c != ',' && c != ')') return refuse(reader, "has no comma between two arguments");
        reader->at++;
        if (c == ')') return true;
    }
}

static const struct intrinsic *find_intrinsic(struct intrinsic_reader *reader, const char *name)
{
    const char *names[INTRINSIC_COUNT];
    for (size_t i = 0; i < INTRINSIC_COUNT; i++) {
        names[i] = intrinsics[i].name;
        if (strcmp(name, names[i]) == 0) return &intrinsics[i];
    }
    const char *nearest = name_nearest(name, names, INTRINSIC_COUNT);
    refuse(reader, arena_format(reader->arena, "calls %s, which does not exist%s%s%s", name,
                                nearest ? "; did you mean '" : "", nearest ? nearest : "",
                                nearest ? "'?" : ""));
    return NULL;
}

static bool check_count(struct intrinsic_reader *reader, const struct intrinsic *called,
                        size_t count)
{
    if (count >= called->least && count <= called->most) return true;
    const char *takes =
        called->most == ARGUMENTS_MOST ? arena_format(reader->arena, "at least %zu", called->least)
        : called->least == called->most
            ? arena_format(reader->arena, "%zu", called->least)
            : arena_format(reader->arena, "%zu to %zu", called->least, called->most);
    return refuse(reader, arena_format(reader->arena, "gives %s %zu argument%s, and it takes %s",
                                       called->name, count, count == 1 ? "" : "s", takes));
}

static bool read_call(struct intrinsic_reader *reader, int depth, bool text_only)
{
    if (depth > NESTING_MOST) return refuse(reader, "nests more than 10 functions");
    const char *begin = reader->at;
    const char *end = begin;
    while (syntax_is_word(*end) || *end == '.') end++;
    const char *name =
        asl_excerpt(reader->arena, arena_copy_n(reader->arena, begin, (size_t)(end - begin)));
    const struct intrinsic *called = find_intrinsic(reader, name);
    if (!called) return false;
    if (text_only && called >= intrinsics + INTRINSIC_TEXT_COUNT)
        return refuse(reader,
                      arena_format(reader->arena, "calls %s, which does not give a string", name));
    reader->at = end;
    if (*reader->at != '(') return refuse(reader, "has no opening parenthesis");
    reader->at++;
    size_t count = 0;
    if (!read_arguments(reader, depth, &count)) return false;
    return check_count(reader, called, count);
}

const char *asl_intrinsic_fault(struct arena *arena, const char *text, bool text_only)
{
    struct intrinsic_reader reader = {.arena = arena, .at = text};
    if (strncmp(text, "States.", 7) != 0) return "is neither a path nor an intrinsic function";
    if (!read_call(&reader, 1, text_only)) return reader.fault;
    skip_blanks(&reader);
    if (*reader.at) refuse(&reader, "goes on behind its closing parenthesis");
    return reader.fault;
}
