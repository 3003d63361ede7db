#include "base/arena.h"
#include "models/asl/check.h"
#include "models/asl/syntax.h"

#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    const unsigned char u = (unsigned char)c;
    return (u >= 'a' && u <= 'z') || (u >= 'A' && u <= 'Z') || u == '_' || u >= 0x80;
}

bool syntax_is_word(char c)
{
    return is_letter(c) || is_digit(c);
}

const char *syntax_skip_quoted(const char *at)
{
    const char quote = *at++;
    while (*at && *at != quote) at += at[0] == '\\' && at[1] ? 2 : 1;
    return *at ? at + 1 : NULL;
}

static const char *skip_blanks(const char *at)
{
    while (*at == ' ') at++;
    return at;
}

/* Behind the bracket that closes the one at `at`, whatever stands between; NULL if none does or
 * another kind closes first. */
static const char *skip_balanced(const char *at)
{
    enum { DEEPEST = 64 };
    char open[DEEPEST];
    size_t depth = 0;
    while (*at) {
        if (*at == '\'' || *at == '"') {
            at = syntax_skip_quoted(at);
            if (!at) return NULL;
            continue;
        }
        if (*at == '[' || *at == '(') {
            if (depth == DEEPEST) return NULL;
            open[depth++] = *at == '[' ? ']' : ')';
        }
        if ((*at == ']' || *at == ')') && (depth == 0 || open[--depth] != *at)) return NULL;
        at++;
        if (depth == 0) return at;
    }
    return NULL;
}

/* Behind a whole number; NULL without one. */
static const char *skip_integer(const char *at)
{
    if (*at == '-') at++;
    if (!is_digit(*at)) return NULL;
    while (is_digit(*at)) at++;
    return at;
}

/* Behind the items, separated by commas, at `at`; NULL if one is none of what `skip` skips. */
static const char *skip_list(const char *at, const char *skip(const char *))
{
    for (;;) {
        at = skip(skip_blanks(at));
        if (!at) return NULL;
        at = skip_blanks(at);
        if (*at != ',') return at;
        at++;
    }
}

/* Behind a slice ("1:", ":-2", "0:10:2") or indices ("0", "1,2"). */
static const char *skip_indices(const char *at)
{
    if (*at != ':') {
        const char *end = skip_list(at, skip_integer);
        if (!end || *end != ':') return end;
        at = end;
    }
    for (int colons = 0; colons < 2 && *at == ':'; colons++) {
        const char *end = skip_integer(skip_blanks(at + 1));
        at = skip_blanks(end ? end : at + 1);
    }
    return at;
}

/* Behind the brackets at `at`: names, indices, a slice, *, a filter or a script. */
static const char *skip_bracketed(const char *at)
{
    const char *end = NULL;
    at = skip_blanks(at + 1);
    if (*at == '\'' || *at == '"') {
        end = skip_list(at, syntax_skip_quoted);
    } else if (*at == '*') {
        end = at + 1;
    } else if (*at == '?') {
        at = skip_blanks(at + 1);
        /* An empty filter says nothing. */
        if (*at == '(' && *skip_blanks(at + 1) != ')') end = skip_balanced(at);
    } else if (*at == '(') {
        end = skip_balanced(at);
    } else {
        end = skip_indices(at);
    }
    if (!end) return NULL;
    end = skip_blanks(end);
    return *end == ']' ? end + 1 : NULL;
}

/* Behind the "$", "$$" or "$variable" at `at`. */
static const char *skip_root(const char *at)
{
    at++;
    if (*at == '$') return at + 1;
    while (syntax_is_word(*at)) at++;
    return at;
}

/* Behind a name after a point; NULL if there is none. A name takes what is no syntax. */
static const char *skip_name(const char *at)
{
    const char *const begin = at;
    while (*at && !strchr(".[]()'\", ", *at)) at++;
    return at > begin ? at : NULL;
}

/* Behind one step of a path at `at`; NULL if it is none. */
static const char *skip_step(const char *at)
{
    if (*at == '[') return skip_bracketed(at);
    at++;
    if (*at == '.') at++;
    if (*at == '[') return skip_bracketed(at);
    at = skip_name(at);
    return at && *at == '(' ? skip_balanced(at) : at;
}

const char *syntax_skip_path(const char *at)
{
    if (*at != '$') return NULL;
    at = skip_root(at);
    while (at && (*at == '.' || *at == '[')) at = skip_step(at);
    return at;
}

bool asl_path_is_valid(const char *text)
{
    const char *end = syntax_skip_path(text);
    /* The service takes a path that blanks follow. */
    return end && *skip_blanks(end) == '\0';
}

/* Behind [n], ['name'] or ["name"]; NULL if it is none of these. */
static const char *skip_reference_bracket(const char *at)
{
    at++;
    if (*at == '\'' || *at == '"') {
        at = syntax_skip_quoted(at);
        return at && *at == ']' ? at + 1 : NULL;
    }
    if (!is_digit(*at)) return NULL;
    while (is_digit(*at)) at++;
    return *at == ']' ? at + 1 : NULL;
}

/* From behind the root on. */
static bool names_one_place(const char *at)
{
    while (*at) {
        if (*at == '.' && at[1] != '*') {
            at = skip_name(at + 1);
            if (at && *at == '(') return false;
        } else if (*at == '[') {
            at = skip_reference_bracket(at);
        } else {
            return false;
        }
        if (!at) return false;
    }
    return true;
}

bool asl_path_is_reference(const char *text)
{
    /* Neither the context object nor a variable is a place to put a result. */
    return *text == '$' && names_one_place(text + 1);
}

bool asl_path_is_place(const char *text)
{
    return *text == '$' && names_one_place(skip_root(text));
}

/* Whether `text` begins as `form` does, in which 0 stands for any digit; behind it then. */
static const char *skip_form(const char *text, const char *form)
{
    for (; *form; form++, text++)
        if (*form == '0' ? !is_digit(*text) : *text != *form) return NULL;
    return text;
}

static int two_digits(const char *at)
{
    return (at[0] - '0') * 10 + at[1] - '0';
}

static bool is_date(const char *text)
{
    static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const int year = two_digits(text) * 100 + two_digits(text + 2);
    const int month = two_digits(text + 5);
    const int day = two_digits(text + 8);
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (month < 1 || month > 12 || day < 1 || day > days[month - 1]) return false;
    return month != 2 || day < 29 || leap;
}

bool asl_timestamp_is_valid(const char *text)
{
    const char *at = skip_form(text, "0000-00-00T00:00:00");
    if (!at || !is_date(text)) return false;
    /* RFC 3339 allows a leap second. */
    if (two_digits(text + 11) > 23 || two_digits(text + 14) > 59 || two_digits(text + 17) > 60)
        return false;
    if (*at == '.') {
        if (!is_digit(*++at)) return false;
        while (is_digit(*at)) at++;
    }
    if (strcmp(at, "Z") == 0) return true;
    if (*at != '+' && *at != '-') return false;
    const char *end = skip_form(at + 1, "00:00");
    return end && *end == '\0' && two_digits(at + 1) <= 23 && two_digits(at + 4) <= 59;
}
