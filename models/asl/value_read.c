/* JSON text (RFC 8259) as values. */
#include "base/arena.h"
#include "base/number.h"
#include "models/asl/value_internal.h"

#include <string.h>

struct reader {
    struct arena *arena;
    const char *text;
    size_t length;
    size_t at;
    int depth;
    struct error *err;
};

static int peek(const struct reader *reader)
{
    return reader->at < reader->length ? (unsigned char)reader->text[reader->at] : -1;
}

static void skip_blanks(struct reader *reader)
{
    while (reader->at < reader->length && strchr(" \t\r\n", reader->text[reader->at]) &&
           reader->text[reader->at] != '\0')
        reader->at++;
}

static const struct value *fault(struct reader *reader, const char *expected)
{
    struct place place = {.line = 1, .column = 1};
    for (size_t i = 0; i < reader->at && i < reader->length; i++) {
        const bool end = reader->text[i] == '\n';
        place.line += end;
        place.column = end ? 1 : place.column + 1;
    }
    error_at(reader->err, place, "%s at line %d, column %d", expected, place.line, place.column);
    return NULL;
}

static int hexadecimal(const char *text)
{
    int code = 0;
    for (int i = 0; i < 4; i++) {
        const char c = text[i];
        const int digit = c >= '0' && c <= '9'   ? c - '0'
                          : c >= 'a' && c <= 'f' ? c - 'a' + 10
                          : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                 : -1;
        if (digit < 0) return -1;
        code = code * 16 + digit;
    }
    return code;
}

enum { NO_CHARACTER = 0xFFFD, LONGEST_NUMBER = 400 };

size_t value_put_utf8(char *out, uint32_t code)
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xC0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3F));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xE0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3F));
        out[2] = (char)(0x80 | (code & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | code >> 18);
    out[1] = (char)(0x80 | (code >> 12 & 0x3F));
    out[2] = (char)(0x80 | (code >> 6 & 0x3F));
    out[3] = (char)(0x80 | (code & 0x3F));
    return 4;
}

/* The four digits after \u, and a low surrogate's after a high one; -1 if they are none. */
static int32_t read_code(struct reader *reader)
{
    if (reader->length - reader->at < 4) return -1;
    const int code = hexadecimal(reader->text + reader->at);
    if (code < 0) return -1;
    reader->at += 4;
    if (code < 0xD800 || code > 0xDFFF) return code;
    const char *next = reader->text + reader->at;
    const bool paired =
        code < 0xDC00 && reader->length - reader->at >= 6 && next[0] == '\\' && next[1] == 'u';
    const int low = paired ? hexadecimal(next + 2) : -1;
    if (low < 0xDC00 || low > 0xDFFF) return NO_CHARACTER;
    reader->at += 6;
    return 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
}

size_t value_utf8_length(const char *text, size_t length)
{
    const unsigned char *at = (const unsigned char *)text;
    if (at[0] < 0x80) return 1;
    const size_t size = at[0] >= 0xF0 ? 4 : at[0] >= 0xE0 ? 3 : 2;
    if (at[0] < 0xC2 || at[0] > 0xF4 || length < size) return 0;
    for (size_t i = 1; i < size; i++)
        if ((at[i] & 0xC0) != 0x80) return 0;
    const bool bad = (at[0] == 0xE0 && at[1] < 0xA0) || (at[0] == 0xED && at[1] > 0x9F) ||
                     (at[0] == 0xF0 && at[1] < 0x90) || (at[0] == 0xF4 && at[1] > 0x8F);
    return bad ? 0 : size;
}

const struct value *value_string_clean(struct arena *arena, const char *bytes, size_t length)
{
    char *out = arena_alloc(arena, 3 * length + 1);
    size_t used = 0;
    for (size_t i = 0; i < length;) {
        const size_t size = value_utf8_length(bytes + i, length - i);
        if (size > 0) memcpy(out + used, bytes + i, size);
        used += size > 0 ? size : value_put_utf8(out + used, NO_CHARACTER);
        i += size > 0 ? size : 1;
    }
    return value_string_kept(arena, out, used);
}

/* One character of a string, resolved, to `out`; 0 on a fault. */
static size_t read_character(struct reader *reader, char *out)
{
    const char *at = reader->text + reader->at;
    if (*at != '\\') {
        const size_t size = value_utf8_length(at, reader->length - reader->at);
        reader->at += size == 0 ? 1 : size;
        if (size == 0) return value_put_utf8(out, NO_CHARACTER);
        memcpy(out, at, size);
        return size;
    }
    reader->at += 2;
    static const char escapes[] = "\"\\/bfnrt";
    const char *found = reader->at <= reader->length ? strchr(escapes, at[1]) : NULL;
    if (found && *found) {
        *out = "\"\\/\b\f\n\r\t"[found - escapes];
        return 1;
    }
    const int32_t code = reader->at <= reader->length && at[1] == 'u' ? read_code(reader) : -1;
    return code < 0 ? 0 : value_put_utf8(out, (uint32_t)code);
}

/* Where the string ends that begins at the quote here; 0: nowhere. */
static size_t find_end(const struct reader *reader)
{
    for (size_t i = reader->at + 1; i < reader->length; i++) {
        if (reader->text[i] == '"') return i;
        if ((unsigned char)reader->text[i] < 0x20) return 0;
        if (reader->text[i] == '\\') i++;
    }
    return 0;
}

/* The text of a string; NULL on a fault. */
static const char *read_text(struct reader *reader, size_t *length)
{
    const size_t end = find_end(reader);
    if (end == 0) return (void)fault(reader, "the string that begins here does not end"), NULL;
    reader->at++;
    size_t broken = 0; /* bytes that are no UTF-8 become three */
    for (size_t i = reader->at; i < end; i++) broken += (unsigned char)reader->text[i] >= 0x80;
    char *text = arena_alloc(reader->arena, end - reader->at + 2 * broken + 1);
    *length = 0;
    while (reader->at < end) {
        const size_t size = read_character(reader, text + *length);
        if (size == 0) return (void)fault(reader, "an escape is not allowed"), NULL;
        *length += size;
    }
    reader->at = end + 1;
    return text;
}

static const struct value *read_string(struct reader *reader)
{
    size_t length = 0;
    const char *text = read_text(reader, &length);
    return text ? value_string_kept(reader->arena, text, length) : NULL;
}

/* The text may hold NUL, which a key cannot. */
static const char *read_key(struct reader *reader)
{
    size_t length = 0;
    const char *text = read_text(reader, &length);
    if (!text || !memchr(text, '\0', length)) return text;
    char *key = arena_alloc(reader->arena, 3 * length + 1);
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\0')
            used += value_put_utf8(key + used, NO_CHARACTER);
        else
            key[used++] = text[i];
    }
    return key;
}

static size_t count_digits(const char *text)
{
    return strspn(text, "0123456789");
}

/* Bytes of the JSON number at the start of `text`, which ends with something else; 0: none. */
static size_t number_bytes(const char *text)
{
    size_t at = text[0] == '-' ? 1 : 0;
    const size_t whole = count_digits(text + at);
    if (whole == 0 || (whole > 1 && text[at] == '0')) return 0;
    at += whole;
    if (text[at] == '.') {
        const size_t fraction = count_digits(text + at + 1);
        if (fraction == 0) return 0;
        at += 1 + fraction;
    }
    if (text[at] == 'e' || text[at] == 'E') {
        at += text[at + 1] == '-' || text[at + 1] == '+' ? 2 : 1;
        const size_t exponent = count_digits(text + at);
        if (exponent == 0) return 0;
        at += exponent;
    }
    return at;
}

static const struct value *read_number(struct reader *reader)
{
    size_t span = 0;
    while (reader->at + span < reader->length &&
           strchr("+-.0123456789eE", reader->text[reader->at + span]) &&
           reader->text[reader->at + span] != '\0')
        span++;
    char text[LONGEST_NUMBER + 1] = "";
    double number = 0;
    if (span > LONGEST_NUMBER) return fault(reader, "the number is out of range");
    memcpy(text, reader->text + reader->at, span);
    if (span == 0 || number_bytes(text) != span) return fault(reader, "a value is expected");
    if (!number_read(text, span, 0, &number)) return fault(reader, "the number is out of range");
    reader->at += span;
    return value_number_read(reader->arena, text, number);
}

static const struct value *read_value(struct reader *reader);

/* After '[' or '{': true while another item follows; `*failed` on a fault. */
static bool another(struct reader *reader, size_t count, char end, bool *failed)
{
    skip_blanks(reader);
    if (peek(reader) == end && (count == 0 || reader->text[reader->at - 1] != ',')) {
        reader->at++;
        return false;
    }
    if (count > 0) {
        *failed = peek(reader) != ',';
        if (*failed)
            return fault(reader,
                         end == ']' ? "',' or ']' is expected" : "',' or '}' is expected") != NULL;
        reader->at++;
        skip_blanks(reader);
    }
    return true;
}

static const struct value *read_list(struct reader *reader)
{
    struct value_list list = {0};
    bool failed = false;
    reader->at++;
    while (another(reader, list.count, ']', &failed)) {
        const struct value *item = read_value(reader);
        if (!item) return NULL;
        value_list_add(&list, reader->arena, item);
    }
    return failed ? NULL : value_list_end(&list, reader->arena);
}

static const struct value *read_map(struct reader *reader)
{
    struct value_map map = {0};
    bool failed = false;
    reader->at++;
    while (another(reader, map.count, '}', &failed)) {
        if (peek(reader) != '"') return fault(reader, "a key in quotes is expected");
        const char *key = read_key(reader);
        if (!key) return NULL;
        skip_blanks(reader);
        if (peek(reader) != ':') return fault(reader, "':' is expected");
        reader->at++;
        const struct value *value = read_value(reader);
        if (!value) return NULL;
        value_map_put(&map, reader->arena, key, value);
    }
    return failed ? NULL : value_map_end(&map, reader->arena);
}

static const struct value *read_word(struct reader *reader, const char *word,
                                     const struct value *value)
{
    const size_t length = strlen(word);
    if (reader->length - reader->at < length ||
        memcmp(reader->text + reader->at, word, length) != 0)
        return fault(reader, "a value is expected");
    reader->at += length;
    return value;
}

static const struct value *read_value(struct reader *reader)
{
    skip_blanks(reader);
    const int first = peek(reader);
    switch (first) {
    case '"': return read_string(reader);
    case 'n': return read_word(reader, "null", &value_null);
    case 't': return read_word(reader, "true", &value_true);
    case 'f': return read_word(reader, "false", &value_false);
    case '[':
    case '{': break;
    default: return read_number(reader);
    }
    if (reader->depth == VALUE_DEPTH_MOST) return fault(reader, "values nest too deeply");
    reader->depth++;
    const struct value *value = first == '[' ? read_list(reader) : read_map(reader);
    reader->depth--;
    return value;
}

const struct value *value_from_json(struct arena *arena, const char *text, size_t length,
                                    struct error *err)
{
    struct reader reader = {.arena = arena, .text = text, .length = length, .err = err};
    if (length >= VALUE_LENGTH_MOST) return fault(&reader, "the text is too long");
    const struct value *value = read_value(&reader);
    if (!value) return NULL;
    skip_blanks(&reader);
    return reader.at == length ? value : fault(&reader, "the end of the text is expected");
}
