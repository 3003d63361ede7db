/* The check of JSON text against RFC 8259 before cJSON reads it. cJSON gives no places and lets
 * some things through: duplicate keys, raw control characters, numbers out of range, "\u0000",
 * leading zeros. */
#include "base/arena.h"
#include "base/document_internal.h"

#include <string.h>
#include <strings.h>

struct scanner {
    struct source *source;
    const char *text; /* comments are blanks here */
    size_t length;
    size_t at;
    struct json_marks *marks;
    int depth;
};

static const char *skip_string(const char *at)
{
    for (at++; *at && *at != '"' && *at != '\n'; at++)
        if (*at == '\\' && at[1] && at[1] != '\n') at++;
    return *at == '"' ? at + 1 : at;
}

/* The end of the comment that begins at `at`; NULL if a block comment has none. */
static const char *comment_end(const char *at)
{
    if (at[1] == '/') return at + strcspn(at, "\n");
    const char *end = strstr(at + 2, "*/");
    return end ? end + 2 : NULL;
}

const char *json_blank_comments(struct source *source)
{
    char *copy = arena_copy_n(source->scratch, source->text, source->length);
    const char *at = source->text;
    while (*at) {
        if (*at == '"') {
            at = skip_string(at);
            continue;
        }
        if (*at != '/' || (at[1] != '/' && at[1] != '*')) {
            at++;
            continue;
        }
        size_t begin = (size_t)(at - source->text);
        const char *end = comment_end(at);
        if (!end) {
            error_at(source->err, source_place(source, begin),
                     "the comment that begins here does not end: '*/' is missing");
            return NULL;
        }
        for (size_t i = begin; i < (size_t)(end - source->text); i++)
            if (copy[i] != '\n' && copy[i] != '\r') copy[i] = ' ';
        at = end;
    }
    return copy;
}

static struct place place_at(const struct scanner *scanner, size_t offset)
{
    return source_place(scanner->source, offset);
}

/* "expected X, found Y" at the present place. */
static bool fault_expected(const struct scanner *scanner, const char *expected)
{
    struct found found = source_found(scanner->source, scanner->at);
    return error_at(scanner->source->err, place_at(scanner, scanner->at), "expected %s, found %s",
                    expected, found.text);
}

static void skip_blanks(struct scanner *scanner)
{
    scanner->at += strspn(scanner->text + scanner->at, " \t\r\n");
}

static bool add_mark(struct scanner *scanner, size_t offset, size_t length)
{
    struct json_marks *marks = scanner->marks;
    if (marks->count >= DOCUMENT_LARGEST_NODES)
        return error_at(scanner->source->err, place_at(scanner, offset),
                        "the file holds more than %d keys and values, the most that are read",
                        DOCUMENT_LARGEST_NODES);
    marks->items = arena_grow(scanner->source->scratch, marks->items, marks->count,
                              &marks->capacity, sizeof *marks->items);
    marks->items[marks->count++] = (struct json_mark){(unsigned)offset, (unsigned)length};
    return true;
}

/* Four hexadecimal digits at `at`; -1 if they are not. */
static int hex_unit(const char *at)
{
    int unit = 0;
    for (int i = 0; i < 4; i++) {
        char c = at[i];
        int digit;
        if (c >= '0' && c <= '9')
            digit = c - '0';
        else if (c >= 'a' && c <= 'f')
            digit = c - 'a' + 10;
        else if (c >= 'A' && c <= 'F')
            digit = c - 'A' + 10;
        else
            return -1;
        unit = 16 * unit + digit;
    }
    return unit;
}

static bool scan_unicode_escape(struct scanner *scanner)
{
    struct error *err = scanner->source->err;
    const char *at = scanner->text + scanner->at; /* the backslash */
    struct place place = place_at(scanner, scanner->at);
    int unit = hex_unit(at + 2);
    if (unit < 0) return error_at(err, place, "\\u must be followed by four hexadecimal digits");
    if (unit == 0) return error_at(err, place, "\\u0000: a NUL character cannot stand in a string");
    scanner->at += 6;
    if (unit < 0xD800 || unit > 0xDFFF) return true;
    bool pair = unit < 0xDC00 && at[6] == '\\' && at[7] == 'u';
    int low = pair ? hex_unit(at + 8) : -1;
    if (low < 0xDC00 || low > 0xDFFF)
        return error_at(err, place, "\\u%.4s is half of a surrogate pair without its other half",
                        at + 2);
    scanner->at += 6;
    return true;
}

static bool scan_escape(struct scanner *scanner)
{
    char next = scanner->text[scanner->at + 1];
    if (next == 'u') return scan_unicode_escape(scanner);
    if (next == '\0' || !strchr("\"\\/bfnrt", next)) {
        struct found found = source_found(scanner->source, scanner->at + 1);
        error_at(scanner->source->err, place_at(scanner, scanner->at),
                 "a backslash in a string must be followed by one of \" \\ / b f n r t u, found %s",
                 found.text);
        error_hint(scanner->source->err, "a backslash itself is written \\\\");
        return false;
    }
    scanner->at += 2;
    return true;
}

/* The string whose opening quote is at hand. */
static bool scan_string(struct scanner *scanner)
{
    size_t start = scanner->at++;
    for (;;) {
        unsigned char c = (unsigned char)scanner->text[scanner->at];
        if (c == '"') break;
        if (c == '\0' || c == '\n' || c == '\r') {
            error_at(scanner->source->err, place_at(scanner, start),
                     "the string that begins here does not end on its line: a '\"' is missing");
            error_hint(scanner->source->err, "a line break in a string is written \\n");
            return false;
        }
        if (c < 0x20)
            return error_at(scanner->source->err, place_at(scanner, scanner->at),
                            "the control character 0x%02X in a string: write %s", (unsigned)c,
                            c == '\t' ? "\\t" : "it as \\u00 and two hexadecimal digits");
        if (c == '\\')
            TRY(scan_escape(scanner));
        else
            scanner->at++;
    }
    scanner->at++;
    return add_mark(scanner, start, scanner->at - start);
}

/* The characters of what was meant as a number or a word. */
static size_t word_length(const char *at)
{
    return strspn(at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-._$");
}

/* Why `word`, which the grammar refuses, is no number; NULL if it does not look like one. */
static const char *number_fault(const char *word)
{
    const char *at = *word == '-' || *word == '+' ? word + 1 : word;
    bool digit = *at >= '0' && *at <= '9';
    if (!digit && *at != '.') return NULL;
    if (*word == '+') return "a number does not begin with '+'";
    if (*at == '.') return "a number needs a digit before its '.'";
    if (at[0] == '0' && (at[1] == 'x' || at[1] == 'X')) return "JSON has no hexadecimal numbers";
    if (at[0] == '0' && at[1] >= '0' && at[1] <= '9') return "a number does not begin with a 0";
    if (at[strspn(at, "0123456789.eE+-")] != '\0') return "a value with a unit stands in quotes";
    return "a number looks like -12, 0.5 or 1.5e3";
}

static const char *word_hint(const char *word)
{
    if (strcasecmp(word, "true") == 0 || strcasecmp(word, "yes") == 0) return "write true";
    if (strcasecmp(word, "false") == 0 || strcasecmp(word, "no") == 0) return "write false";
    if (strcasecmp(word, "null") == 0 || strcasecmp(word, "none") == 0 ||
        strcasecmp(word, "nil") == 0 || strcmp(word, "undefined") == 0)
        return "write null";
    if (strcasecmp(word, "nan") == 0 || strcasecmp(word, "infinity") == 0 ||
        strcasecmp(word, "-infinity") == 0 || strcasecmp(word, "inf") == 0)
        return "JSON has only finite numbers";
    return "strings stand in double quotes";
}

/* A number, true, false or null. */
static bool scan_word(struct scanner *scanner)
{
    const char *start = scanner->text + scanner->at;
    struct error *err = scanner->source->err;
    size_t length = word_length(start);
    if (length == 0) return fault_expected(scanner, "a value");
    const char *word = arena_copy_n(scanner->source->scratch, start, length);
    struct place place = place_at(scanner, scanner->at);
    bool known =
        strcmp(word, "true") == 0 || strcmp(word, "false") == 0 || strcmp(word, "null") == 0;
    double number;
    if (known) {
        /* nothing to check */
    } else if (json_is_number(word)) {
        TRY(document_number(word, place, &number, err));
    } else {
        const char *why = number_fault(word);
        error_at(err, place, "'%.60s' is no %s of JSON", word, why ? "number" : "value");
        error_hint(err, "%s", why ? why : word_hint(word));
        return false;
    }
    TRY(add_mark(scanner, scanner->at, length));
    scanner->at += length;
    return true;
}

static bool scan_value(struct scanner *scanner);

/* A key, its colon and its value. */
static bool scan_item(struct scanner *scanner)
{
    char first = scanner->text[scanner->at];
    if (first != '"') {
        fault_expected(scanner, "a key in double quotes");
        if (first == '\'') error_hint(scanner->source->err, "JSON has no single quotes");
        return false;
    }
    TRY(scan_string(scanner));
    skip_blanks(scanner);
    if (scanner->text[scanner->at] != ':') return fault_expected(scanner, "':' after the key");
    scanner->at++;
    skip_blanks(scanner);
    return scan_value(scanner);
}

static bool fault_trailing_comma(const struct scanner *scanner, size_t comma, char close)
{
    error_at(scanner->source->err, place_at(scanner, comma),
             "a comma before '%c': after a comma another %s was expected", close,
             close == '}' ? "key" : "value");
    error_hint(scanner->source->err, "remove the comma");
    return false;
}

static bool fault_no_comma(const struct scanner *scanner, char close)
{
    char c = scanner->text[scanner->at];
    fault_expected(scanner, close == '}' ? "',' or '}' after a value of a map"
                                         : "',' or ']' after a value of a list");
    if (c == '"' || c == '{' || c == '[')
        error_hint(scanner->source->err, "a comma stands between one item and the next");
    return false;
}

/* A list or map; its opening bracket is at hand. */
static bool scan_items(struct scanner *scanner, char close)
{
    TRY(add_mark(scanner, scanner->at, 1));
    size_t start = scanner->at++;
    if (++scanner->depth > DOCUMENT_LARGEST_DEPTH)
        return error_at(scanner->source->err, place_at(scanner, start),
                        "more than %d lists and maps in each other", DOCUMENT_LARGEST_DEPTH);
    skip_blanks(scanner);
    bool more = scanner->text[scanner->at] != close;
    while (more) {
        TRY(close == '}' ? scan_item(scanner) : scan_value(scanner));
        skip_blanks(scanner);
        char c = scanner->text[scanner->at];
        if (c == close) break;
        if (c == '\0') {
            struct place place = place_at(scanner, start);
            return error_at(scanner->source->err, place_at(scanner, scanner->at),
                            "expected ',' or '%c', found the end of the file: the %s of line %d, "
                            "column %d does not end",
                            close, close == '}' ? "map" : "list", place.line, place.column);
        }
        if (c != ',') return fault_no_comma(scanner, close);
        size_t comma = scanner->at++;
        skip_blanks(scanner);
        if (scanner->text[scanner->at] == close) return fault_trailing_comma(scanner, comma, close);
    }
    scanner->at++;
    scanner->depth--;
    return true;
}

static bool scan_value(struct scanner *scanner)
{
    switch (scanner->text[scanner->at]) {
    case '{': return scan_items(scanner, '}');
    case '[': return scan_items(scanner, ']');
    case '"': return scan_string(scanner);
    case '\'':
        fault_expected(scanner, "a value");
        error_hint(scanner->source->err, "strings stand in double quotes");
        return false;
    default: return scan_word(scanner);
    }
}

bool json_scan(struct source *source, struct json_marks *marks)
{
    struct scanner scanner = {
        .source = source, .text = source->text, .length = source->length, .marks = marks};
    skip_blanks(&scanner);
    if (scanner.at == scanner.length)
        return error_at(source->err, (struct place){source->file, 1, 1}, "the file is empty");
    TRY(scan_value(&scanner));
    skip_blanks(&scanner);
    if (scanner.at < scanner.length)
        return fault_expected(&scanner, "the end of the file after the value");
    return true;
}
