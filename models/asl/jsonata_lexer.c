#include "base/arena.h"
#include "base/number.h"
#include "base/text.h"
#include "models/asl/jsonata_syntax.h"

#include <string.h>

bool lexer_fail(struct lexer *lexer, size_t offset, const char *format, ...)
{
    if (lexer->fault) return false;
    va_list arguments;
    va_start(arguments, format);
    lexer->fault = arena_vformat(lexer->arena, format, arguments);
    va_end(arguments);
    lexer->fault_offset = offset < lexer->length ? offset : lexer->length;
    return false;
}

static char lexer_peek(const struct lexer *lexer, size_t ahead)
{
    return lexer->at + ahead < lexer->length ? lexer->text[lexer->at + ahead] : '\0';
}

static bool lexer_skip_comment(struct lexer *lexer)
{
    const char *const end = strstr(lexer->text + lexer->at + 2, "*/");
    if (!end) return lexer_fail(lexer, lexer->at, "S0106: Comment has no closing tag");
    lexer->at = (size_t)(end - lexer->text) + 2;
    return true;
}

static bool lexer_skip_blanks(struct lexer *lexer)
{
    for (;;) {
        while (lexer->at < lexer->length && strchr(" \t\n\r\v", lexer->text[lexer->at]))
            lexer->at++;
        if (lexer_peek(lexer, 0) != '/' || lexer_peek(lexer, 1) != '*') return true;
        TRY(lexer_skip_comment(lexer));
    }
}

static int hexadecimal_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* Four hexadecimal digits at lexer->at + ahead; -1 if they are not there. */
static long lexer_unit(const struct lexer *lexer, size_t ahead)
{
    long unit = 0;
    for (size_t i = 0; i < 4; i++) {
        const int digit = hexadecimal_digit(lexer_peek(lexer, ahead + i));
        if (digit < 0) return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

static void text_add_point(struct text *text, unsigned long point)
{
    if (point < 0x80) {
        text_add_char(text, (char)point);
        return;
    }
    if (point < 0x800) {
        text_add_char(text, (char)(0xC0 | point >> 6));
    } else {
        if (point < 0x10000) {
            text_add_char(text, (char)(0xE0 | point >> 12));
        } else {
            text_add_char(text, (char)(0xF0 | point >> 18));
            text_add_char(text, (char)(0x80 | (point >> 12 & 0x3F)));
        }
        text_add_char(text, (char)(0x80 | (point >> 6 & 0x3F)));
    }
    text_add_char(text, (char)(0x80 | (point & 0x3F)));
}

/* \uXXXX at lexer->at; a pair of surrogates is one character, a lone one U+FFFD. */
static bool lexer_unicode(struct lexer *lexer, struct text *text)
{
    long point = lexer_unit(lexer, 2);
    if (point < 0)
        return lexer_fail(lexer, lexer->at,
                          "S0104: The escape sequence \\u must be followed by 4 hex digits");
    lexer->at += 6;
    if (point >= 0xD800 && point < 0xE000) {
        const bool pair = lexer_peek(lexer, 0) == '\\' && lexer_peek(lexer, 1) == 'u';
        const long low = pair && point < 0xDC00 ? lexer_unit(lexer, 2) : -1;
        const bool fits = low >= 0xDC00 && low < 0xE000;
        point = fits ? 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00) : 0xFFFD;
        if (fits) lexer->at += 6;
    }
    if (point == 0) return lexer_fail(lexer, lexer->at - 6, "\\u0000 in a string is not supported");
    text_add_point(text, (unsigned long)point);
    return true;
}

static bool lexer_escape(struct lexer *lexer, struct text *text)
{
    static const char from[] = "\"\\/bfnrt";
    static const char to[] = "\"\\/\b\f\n\r\t";
    const char c = lexer_peek(lexer, 1);
    if (c == 'u') return lexer_unicode(lexer, text);
    const char *const known = c ? strchr(from, c) : NULL;
    if (!known)
        return lexer_fail(lexer, lexer->at, "S0103: Unsupported escape sequence: \\%c",
                          c > ' ' && c < 127 ? c : '?');
    text_add_char(text, to[known - from]);
    lexer->at += 2;
    return true;
}

static bool lexer_string_into(struct lexer *lexer, struct text *text)
{
    const size_t begin = lexer->at;
    const char quote = lexer->text[lexer->at++];
    for (;;) {
        if (lexer->at >= lexer->length)
            return lexer_fail(lexer, begin,
                              "S0101: String literal must be terminated by a matching quote");
        const char c = lexer->text[lexer->at];
        if (c == quote) break;
        if (c == '\\') {
            TRY(lexer_escape(lexer, text));
            continue;
        }
        text_add_char(text, c);
        lexer->at++;
    }
    lexer->at++;
    return true;
}

static bool lexer_string(struct lexer *lexer, struct token *token)
{
    struct text text;
    text_init(&text);
    const bool ok = lexer_string_into(lexer, &text);
    token->type = TOKEN_STRING;
    token->text = arena_copy_n(lexer->arena, text.data, text.length);
    text_free(&text);
    return ok;
}

static bool lexer_backquoted(struct lexer *lexer, struct token *token)
{
    const char *const begin = lexer->text + lexer->at + 1;
    const char *const end = strchr(begin, '`');
    if (!end)
        return lexer_fail(lexer, lexer->at,
                          "S0105: Quoted property name must be terminated with a backquote (`)");
    token->type = TOKEN_NAME;
    token->quoted = true;
    token->text = arena_copy_n(lexer->arena, begin, (size_t)(end - begin));
    lexer->at = (size_t)(end - lexer->text) + 1;
    return true;
}

static size_t digits_length(const char *text)
{
    size_t length = 0;
    while (text[length] >= '0' && text[length] <= '9') length++;
    return length;
}

/* Digits, a point with digits behind it, an exponent: "1..5" is 1 before "..". */
static bool lexer_number(struct lexer *lexer, struct token *token)
{
    const char *const text = lexer->text + lexer->at;
    size_t length = text[0] == '0' ? 1 : digits_length(text);
    if (text[length] == '.' && digits_length(text + length + 1) > 0)
        length += 1 + digits_length(text + length + 1);
    if (text[length] == 'e' || text[length] == 'E') {
        const size_t sign = text[length + 1] == '+' || text[length + 1] == '-';
        const size_t digits = digits_length(text + length + 1 + sign);
        if (digits > 0) length += 1 + sign + digits;
    }
    token->type = TOKEN_NUMBER;
    if (!number_read(text, length, 0, &token->number))
        return lexer_fail(lexer, lexer->at, "S0102: Number out of range: %s",
                          arena_copy_n(lexer->arena, text, length));
    lexer->at += length;
    return true;
}

/* Where the regular expression that begins at `text` (behind the /) ends; NULL if nowhere. */
static const char *regex_end(const char *text)
{
    int depth = 0;
    bool in_class = false;
    for (; *text; text++) {
        if (*text == '\\' && text[1]) {
            text++;
        } else if (in_class) {
            in_class = *text != ']';
        } else if (*text == '[') {
            in_class = true;
        } else if (*text == '(' || *text == '{') {
            depth++;
        } else if ((*text == ')' || *text == '}') && depth > 0) {
            depth--;
        } else if (*text == '/' && depth == 0) {
            return text;
        }
    }
    return NULL;
}

static bool lexer_regex(struct lexer *lexer, struct token *token)
{
    const char *const begin = lexer->text + lexer->at + 1;
    const char *end = regex_end(begin);
    if (!end) return lexer_fail(lexer, lexer->at, "S0302: No terminating / in regular expression");
    if (end == begin)
        return lexer_fail(lexer, lexer->at, "S0301: Empty regular expressions are not allowed");
    token->type = TOKEN_REGEX;
    token->text = arena_copy_n(lexer->arena, begin, (size_t)(end - begin));
    for (end++; *end == 'i' || *end == 'm'; end++) {
        if (*end == 'i') token->ignore_case = true;
        if (*end == 'm') token->multiline = true;
    }
    lexer->at = (size_t)(end - lexer->text);
    return true;
}

/* Bytes of the operator at `text`; 0 if there is none. */
static size_t operator_length(const char *text)
{
    static const char *const pairs[] = {"..", ":=", "!=", ">=", "<=", "**", "~>", "?:", "??"};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        if (text[0] == pairs[i][0] && text[1] == pairs[i][1]) return 2;
    return *text && strchr(".[]{}(),@#;:?+-*/%|=<>^&!~", *text) ? 1 : 0;
}

static size_t name_length(const char *text)
{
    size_t length = 0;
    while (text[length] && !strchr(" \t\n\r\v", text[length]) &&
           operator_length(text + length) == 0)
        length++;
    return length;
}

static bool is_word_operator(const char *name)
{
    return strcmp(name, "and") == 0 || strcmp(name, "or") == 0 || strcmp(name, "in") == 0;
}

static bool lexer_name(struct lexer *lexer, struct token *token)
{
    const char *const text = lexer->text + lexer->at;
    const size_t length = name_length(text);
    const bool variable = *text == '$';
    token->text = arena_copy_n(lexer->arena, text + variable, length - variable);
    token->type = variable                        ? TOKEN_VARIABLE
                  : is_word_operator(token->text) ? TOKEN_OPERATOR
                                                  : TOKEN_NAME;
    lexer->at += length;
    return true;
}

bool lexer_next(struct lexer *lexer, bool operand, struct token *token)
{
    *token = (struct token){.type = TOKEN_END};
    TRY(!lexer->fault && lexer_skip_blanks(lexer));
    token->offset = (uint32_t)lexer->at;
    if (lexer->at >= lexer->length) return true;
    const char c = lexer->text[lexer->at];
    if (c == '/' && operand) return lexer_regex(lexer, token);
    const size_t length = operator_length(lexer->text + lexer->at);
    if (c == '!' && length == 1)
        return lexer_fail(lexer, lexer->at, "S0204: Unknown operator: \"!\"");
    if (length > 0) {
        token->type = TOKEN_OPERATOR;
        token->text = arena_copy_n(lexer->arena, lexer->text + lexer->at, length);
        lexer->at += length;
        return true;
    }
    if (c == '"' || c == '\'') return lexer_string(lexer, token);
    if (c == '`') return lexer_backquoted(lexer, token);
    if (c >= '0' && c <= '9') return lexer_number(lexer, token);
    return lexer_name(lexer, token);
}
