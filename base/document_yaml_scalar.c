/* YAML 1.2.2, section 10.3: the core schema. */
#include "base/document_internal.h"

#include <string.h>

static bool is_one_of(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(text, *words) == 0) return true;
    return false;
}

static bool is_null(const char *text)
{
    static const char *const words[] = {"", "~", "null", "Null", "NULL", NULL};
    return is_one_of(text, words);
}

static bool is_true(const char *text)
{
    static const char *const words[] = {"true", "True", "TRUE", NULL};
    return is_one_of(text, words);
}

static bool is_false(const char *text)
{
    static const char *const words[] = {"false", "False", "FALSE", NULL};
    return is_one_of(text, words);
}

static bool is_not_finite(const char *text)
{
    static const char *const infinite[] = {".inf", ".Inf", ".INF", NULL};
    static const char *const not_a_number[] = {".nan", ".NaN", ".NAN", NULL};
    const char *unsigned_text = *text == '+' || *text == '-' ? text + 1 : text;
    return is_one_of(unsigned_text, infinite) || is_one_of(text, not_a_number);
}

static bool is_all_of(const char *text, const char *digits)
{
    return *text && text[strspn(text, digits)] == '\0';
}

static const char *after_sign(const char *text)
{
    return *text == '+' || *text == '-' ? text + 1 : text;
}

static const char decimal_digits[] = "0123456789";

/* [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?, which takes integers in as
 * well. */
static bool is_decimal(const char *text)
{
    const char *at = after_sign(text);
    size_t whole = strspn(at, decimal_digits);
    at += whole;
    if (*at == '.') {
        size_t fraction = strspn(++at, decimal_digits);
        if (whole == 0 && fraction == 0) return false;
        at += fraction;
    } else if (whole == 0) {
        return false;
    }
    if (*at == 'e' || *at == 'E') return is_all_of(after_sign(at + 1), decimal_digits);
    return *at == '\0';
}

/* 0x... or 0o...; else 0. */
static unsigned base_of(const char *text)
{
    if (strncmp(text, "0x", 2) == 0 && is_all_of(text + 2, "0123456789abcdefABCDEF")) return 16;
    if (strncmp(text, "0o", 2) == 0 && is_all_of(text + 2, "01234567")) return 8;
    return 0;
}

static bool read_in_base(const char *digits, unsigned base, struct node *node, struct error *err)
{
    unsigned long long number = 0;
    for (const char *at = digits; *at; at++) {
        const char *all = "0123456789abcdefABCDEF";
        unsigned digit = (unsigned)(strchr(all, *at) - all);
        if (digit > 15) digit -= 6; /* the capitals */
        /* A double holds integers up to 2^53 exactly. */
        if (number > ((1ULL << 53) - digit) / base)
            return error_at(err, node->place, "too large a number: %s is beyond 2^53",
                            excerpt_of(node->text).text);
        number = number * base + digit;
    }
    node->number = (double)number;
    return true;
}

static bool read_number(struct node *node, struct error *err)
{
    unsigned base = base_of(node->text);
    node->type = NODE_NUMBER;
    if (base) return read_in_base(node->text + 2, base, node, err);
    return document_number(node->text, node->place, &node->number, err);
}

bool yaml_resolve_plain(struct node *node, struct error *err)
{
    const char *text = node->text;
    if (is_null(text)) {
        node->type = NODE_NULL;
    } else if (is_true(text) || is_false(text)) {
        node->type = NODE_BOOL;
        node->boolean = is_true(text);
    } else if (is_not_finite(text)) {
        error_at(err, node->place, "'%s' is not a finite number", text);
        error_hint(err, "put it in quotes if it is meant as text");
        return false;
    } else if (base_of(text) || is_decimal(text)) {
        return read_number(node, err);
    } else {
        node->type = NODE_STRING;
    }
    return true;
}

bool yaml_resolve_tagged(struct node *node, const char *tag, struct error *err)
{
    static const char prefix[] = "tag:yaml.org,2002:";
    const size_t prefix_length = sizeof prefix - 1;
    const char *name = strncmp(tag, prefix, prefix_length) == 0 ? tag + prefix_length : tag;
    if (strcmp(name, "str") == 0 || strcmp(name, "!") == 0) {
        node->type = NODE_STRING;
        return true;
    }
    TRY(yaml_resolve_plain(node, err));
    enum node_type wanted;
    if (strcmp(name, "int") == 0 || strcmp(name, "float") == 0) {
        wanted = NODE_NUMBER;
    } else if (strcmp(name, "bool") == 0) {
        wanted = NODE_BOOL;
    } else if (strcmp(name, "null") == 0) {
        wanted = NODE_NULL;
    } else {
        error_at(err, node->place, "the tag '%s' is not known here", excerpt_of(tag).text);
        error_hint(err, "remove it: values need no tags");
        return false;
    }
    bool whole = strcmp(name, "int") != 0 || base_of(node->text) ||
                 is_all_of(after_sign(node->text), decimal_digits);
    if (node->type != wanted || !whole)
        return error_at(err, node->place, "'%s' does not fit its tag !!%s",
                        excerpt_of(node->text).text, name);
    return true;
}
