#include "reports/json_writer.h"

#include "reports/numbers.h"

#include <stdio.h>
#include <string.h>

void json_begin(struct json_writer *w, struct text *out)
{
    *w = (struct json_writer){.out = out, .first = true};
}

/* Bytes of the well-formed UTF-8 sequence at `s` (no surrogate, nothing overlong, U+10FFFF at
 * most); 0 if there is none. */
static size_t sequence_length(const unsigned char *s)
{
    const size_t length = s[0] < 0x80                   ? 1
                          : s[0] >= 0xc2 && s[0] < 0xe0 ? 2
                          : s[0] >= 0xe0 && s[0] < 0xf0 ? 3
                          : s[0] >= 0xf0 && s[0] < 0xf5 ? 4
                                                        : 0;
    for (size_t i = 1; i < length; i++)
        if ((s[i] & 0xc0) != 0x80) return 0;
    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f)) return 0;
    if ((s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f)) return 0;
    return length;
}

/* Escapes as RFC 8259 asks; a closing tag cannot be formed, so that the text may stand in a page.
 */
static void add_string(struct text *out, const char *s)
{
    const char *start = s;
    text_add_char(out, '"');
    for (; *s; s++) {
        const unsigned char c = (unsigned char)*s;
        const size_t length = sequence_length((const unsigned char *)s);
        if (c == '"' || c == '\\')
            text_format(out, "\\%c", c);
        else if (c == '\n')
            text_add(out, "\\n");
        else if (c == '\t')
            text_add(out, "\\t");
        else if (c < 0x20)
            text_format(out, "\\u%04x", c);
        else if (c == '/' && s > start && s[-1] == '<')
            text_add(out, "\\/");
        else if (length == 0)
            text_add(out, "\\ufffd");
        else {
            text_add_n(out, s, length);
            s += length - 1;
        }
    }
    text_add_char(out, '"');
}

static void item(struct json_writer *w, const char *key)
{
    if (!w->first) text_add_char(w->out, ',');
    if (w->depth > 0 && !w->one_line) {
        text_add_char(w->out, '\n');
        text_repeat(w->out, "  ", (size_t)w->depth);
    } else if (!w->first) {
        text_add_char(w->out, ' ');
    }
    w->first = false;
    if (!key) return;
    add_string(w->out, key);
    text_add(w->out, ": ");
}

/* '[' and '{' put each item on a line of its own, '(' is a list on one line. */
void json_open(struct json_writer *w, const char *key, char bracket)
{
    item(w, key);
    text_add_char(w->out, bracket == '(' ? '[' : bracket);
    w->depth++;
    w->first = true;
    w->one_line = bracket == '(';
}

void json_close(struct json_writer *w, char bracket)
{
    w->depth--;
    if (!w->first && !w->one_line) {
        text_add_char(w->out, '\n');
        text_repeat(w->out, "  ", (size_t)w->depth);
    }
    text_add_char(w->out, bracket == ')' ? ']' : bracket);
    w->first = false;
    w->one_line = false;
    if (w->depth == 0) text_add_char(w->out, '\n');
}

void json_text(struct json_writer *w, const char *key, const char *value)
{
    item(w, key);
    if (value)
        add_string(w->out, value);
    else
        text_add(w->out, "null");
}

void json_number(struct json_writer *w, const char *key, double value)
{
    char digits[NUMBER_SIZE];
    item(w, key);
    number_shortest(value, digits);
    text_add(w->out, digits);
}

void json_count(struct json_writer *w, const char *key, uint64_t value)
{
    item(w, key);
    text_format(w->out, "%llu", (unsigned long long)value);
}

void json_bool(struct json_writer *w, const char *key, bool value)
{
    item(w, key);
    text_add(w->out, value ? "true" : "false");
}
