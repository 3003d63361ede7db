#include "base/arena.h"
#include "base/names.h"
#include "base/number.h"
#include "models/asl/check.h"

#include <string.h>

enum { NESTING_MOST = 10 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    const unsigned char u = (unsigned char)c;
    return (u >= 'a' && u <= 'z') || (u >= 'A' && u <= 'Z') || u == '_' || u >= 0x80;
}

static bool is_word(char c)
{
    return is_letter(c) || is_digit(c);
}

/* Behind the string in quotes that begins at `at`; NULL if it has no end. */
static const char *skip_quoted(const char *at)
{
    const char quote = *at++;
    while (*at && *at != quote) at += at[0] == '\\' && at[1] ? 2 : 1;
    return *at ? at + 1 : NULL;
}

/* Behind the bracket that closes the one at `at`; NULL if none does or nothing stands between. */
static const char *skip_bracketed(const char *at)
{
    const char *const begin = at;
    int depth = 0;
    while (*at) {
        if (*at == '\'' || *at == '"') {
            at = skip_quoted(at);
            if (!at) return NULL;
            continue;
        }
        if (*at == '[' || *at == '(') depth++;
        if (*at == ']' || *at == ')') depth--;
        at++;
        if (depth == 0) return at - begin > 2 || *begin == '(' ? at : NULL;
    }
    return NULL;
}

/* Behind the "$", "$$" or "$variable" at `at`. */
static const char *skip_root(const char *at)
{
    at++;
    if (*at == '$') return at + 1;
    while (is_word(*at)) at++;
    return at;
}

/* Behind a name after a point; NULL if there is none. A name takes what is no syntax. */
static const char *skip_name(const char *at)
{
    const char *const begin = at;
    while (*at && !strchr(".[]()'\",", *at)) at++;
    return at > begin ? at : NULL;
}

/* Behind one step of a path at `at`; NULL if it is none. */
static const char *skip_step(const char *at)
{
    if (*at == '[') return skip_bracketed(at);
    if (*at != '.') return NULL;
    at++;
    if (*at == '.') at++;
    if (*at == '[') return skip_bracketed(at);
    at = skip_name(at);
    if (at && *at == '(') return skip_bracketed(at);
    return at;
}

/* Behind the path at `at`, which goes on as long as it can; NULL if it is none. */
static const char *skip_path(const char *at)
{
    if (*at != '$') return NULL;
    at = skip_root(at);
    while (at && (*at == '.' || *at == '[')) at = skip_step(at);
    return at;
}

bool asl_path_is_valid(const char *text)
{
    const char *end = skip_path(text);
    return end && *end == '\0';
}

/* Behind [n], ['name'] or ["name"]; NULL if it is none of these. */
static const char *skip_reference_bracket(const char *at)
{
    at++;
    if (*at == '\'' || *at == '"') {
        at = skip_quoted(at);
        return at && *at == ']' ? at + 1 : NULL;
    }
    if (!is_digit(*at)) return NULL;
    while (is_digit(*at)) at++;
    return *at == ']' ? at + 1 : NULL;
}

bool asl_path_is_reference(const char *text)
{
    if (*text != '$') return false;
    const char *at = skip_root(text);
    while (*at) {
        if (*at == '.' && at[1] != '*') {
            at = skip_name(at + 1);
            if (at && strpbrk(at, "(") == at) return false;
        } else if (*at == '[') {
            at = skip_reference_bracket(at);
        } else {
            return false;
        }
        if (!at) return false;
    }
    return true;
}

static const char *const intrinsic_names[] = {
    "States.Format",       "States.JsonToString",   "States.ArrayGetItem",  "States.Base64Encode",
    "States.Base64Decode", "States.Hash",           "States.UUID",          "States.StringToJson",
    "States.Array",        "States.ArrayPartition", "States.ArrayContains", "States.ArrayRange",
    "States.ArrayLength",  "States.ArrayUnique",    "States.JsonMerge",     "States.MathRandom",
    "States.MathAdd",      "States.StringSplit"};
enum {
    INTRINSIC_COUNT = sizeof intrinsic_names / sizeof intrinsic_names[0],
    INTRINSIC_TEXT_COUNT = 7 /* those that give a string come first */
};

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
    const char *end = skip_quoted(reader->at);
    if (!end) return refuse(reader, "has a string without its closing quote");
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
        const char *end = skip_path(reader->at);
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

static bool read_arguments(struct intrinsic_reader *reader, int depth)
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
        skip_blanks(reader);
        const char c = *reader->at;
        if (c == '\0') return refuse(reader, "has no closing parenthesis");
        if (c != ',' && c != ')') return refuse(reader, "has no comma between two arguments");
        reader->at++;
        if (c == ')') return true;
    }
}

static bool read_call(struct intrinsic_reader *reader, int depth, bool text_only)
{
    if (depth > NESTING_MOST) return refuse(reader, "nests more than 10 functions");
    const char *begin = reader->at;
    const char *end = begin;
    while (is_word(*end) || *end == '.') end++;
    const char *name =
        asl_excerpt(reader->arena, arena_copy_n(reader->arena, begin, (size_t)(end - begin)));
    size_t which = 0;
    while (which < INTRINSIC_COUNT && strcmp(name, intrinsic_names[which]) != 0) which++;
    if (which == INTRINSIC_COUNT) {
        const char *nearest = name_nearest(name, intrinsic_names, INTRINSIC_COUNT);
        return refuse(reader, arena_format(reader->arena, "calls %s, which does not exist%s%s%s",
                                           name, nearest ? "; did you mean '" : "",
                                           nearest ? nearest : "", nearest ? "'?" : ""));
    }
    if (text_only && which >= INTRINSIC_TEXT_COUNT)
        return refuse(reader,
                      arena_format(reader->arena, "calls %s, which does not give a string", name));
    reader->at = end;
    if (*reader->at != '(') return refuse(reader, "has no opening parenthesis");
    reader->at++;
    return read_arguments(reader, depth);
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

/* Whether `text` begins as `form` does, in which 0 stands for any digit; behind it then. */
static const char *skip_form(const char *text, const char *form)
{
    for (; *form; form++, text++)
        if (*form == '0' ? !is_digit(*text) : *text != *form) return NULL;
    return text;
}

bool asl_timestamp_is_valid(const char *text)
{
    const char *at = skip_form(text, "0000-00-00T00:00:00");
    if (!at) return false;
    if (*at == '.') {
        if (!is_digit(*++at)) return false;
        while (is_digit(*at)) at++;
    }
    if (strcmp(at, "Z") == 0) return true;
    if (*at != '+' && *at != '-') return false;
    const char *end = skip_form(at + 1, "00:00");
    return end && *end == '\0';
}
