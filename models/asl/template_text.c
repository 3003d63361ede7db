#include "models/asl/template_text.h"

#include "base/arena.h"
#include "base/text.h"

#include <string.h>

bool template_is_reference(const struct node *node)
{
    if (node->type != NODE_MAP || node->count != 1) return false;
    const char *key = node->first->key;
    return strcmp(key, "Ref") == 0 || strncmp(key, "Fn::", 4) == 0;
}

static bool add_bytes(struct template_reader *reader, const char *bytes, size_t length,
                      struct text *out)
{
    if (length > reader->budget) return false;
    reader->budget -= length;
    text_add_n(out, bytes, length);
    return true;
}

static bool add_text(struct template_reader *reader, const char *text, struct text *out)
{
    return add_bytes(reader, text, strlen(text), out);
}

bool template_substitute(struct template_reader *reader, const char *text,
                         const struct node *values, bool literals, struct text *out)
{
    for (;;) {
        const char *begin = strstr(text, "${");
        const char *end = begin ? strchr(begin, '}') : NULL;
        if (!end) return add_text(reader, text, out);
        TRY(add_bytes(reader, text, (size_t)(begin - text), out));
        text = end + 1;
        if (literals && begin[2] == '!') {
            TRY(add_text(reader, "${", out));
            TRY(add_bytes(reader, begin + 3, (size_t)(text - begin) - 3, out));
            continue;
        }
        const char *name = arena_copy_n(reader->arena, begin + 2, (size_t)(end - begin) - 2);
        const size_t compared = values ? values->count : 0;
        if (compared > reader->lookups) return false;
        reader->lookups -= compared;
        const struct node *value = node_get(values, name);
        if (value)
            TRY(template_add(reader, value, out));
        else
            TRY(add_bytes(reader, begin, (size_t)(text - begin), out));
    }
}

/* Adds the parts of a list (or the one value), separated. */
static bool add_joined(struct template_reader *reader, const struct node *list,
                       const char *separator, struct text *out)
{
    if (list->type != NODE_LIST) return template_add(reader, list, out);
    for (const struct node *item = list->first; item; item = item->next) {
        if (item != list->first) TRY(add_text(reader, separator, out));
        TRY(template_add(reader, item, out));
    }
    return true;
}

/* Adds ${NAME}, where the name is what the value comes to, joined by points. */
static bool add_placeholder(struct template_reader *reader, const struct node *value,
                            struct text *out)
{
    struct text name;
    text_init(&name);
    bool fits = add_joined(reader, value, ".", &name) && add_text(reader, "${", out);
    /* A name made of names: ${a}.b is ${a.b}. */
    for (const char *at = name.data; fits && *at; at++)
        if (!strchr("${} \t\r\n", *at)) fits = add_bytes(reader, at, 1, out);
    text_free(&name);
    return fits && add_text(reader, "}", out);
}

static bool add_join(struct template_reader *reader, const struct node *value, struct text *out)
{
    const struct node *separator = value->type == NODE_LIST ? value->first : NULL;
    if (!separator || !separator->next || separator->next->type != NODE_LIST)
        return add_placeholder(reader, value, out);
    return add_joined(reader, separator->next, separator->text, out);
}

static bool add_sub(struct template_reader *reader, const struct node *value, struct text *out)
{
    const struct node *text = value->type == NODE_LIST ? value->first : value;
    const struct node *values = value->type == NODE_LIST && text ? text->next : NULL;
    return !text || template_substitute(reader, text->text, values, true, out);
}

bool template_add(struct template_reader *reader, const struct node *node, struct text *out)
{
    if (node->type == NODE_LIST) return add_joined(reader, node, ",", out);
    if (node->type != NODE_MAP) return add_text(reader, node->text, out);
    if (!template_is_reference(node)) return add_text(reader, "${}", out);
    const struct node *value = node->first;
    if (strcmp(value->key, "Fn::Sub") == 0) return add_sub(reader, value, out);
    if (strcmp(value->key, "Fn::Join") == 0) return add_join(reader, value, out);
    const bool chooses = strcmp(value->key, "Fn::If") == 0 && value->type == NODE_LIST;
    if (chooses && value->first && value->first->next)
        return template_add(reader, value->first->next, out);
    return add_placeholder(reader, value, out);
}

/* References come to what deployment knows; substitutions are for text alone. */
static struct node *resolve_text(struct template_reader *reader, const struct node *node,
                                 struct node *copy)
{
    struct text text;
    text_init(&text);
    const bool reference = node->type == NODE_MAP;
    const bool fits = reference ? template_add(reader, node, &text)
                                : template_substitute(reader, node->text, reader->substitutions,
                                                      false, &text);
    copy->type = NODE_STRING;
    copy->text = arena_copy_n(reader->arena, text.data, text.length);
    copy->first = NULL;
    copy->count = 0;
    if (reference) copy->quoted = false;
    text_free(&text);
    return fits ? copy : NULL;
}

/* The number or truth value that stands for the whole of a placeholder; NULL if none does. */
static const struct node *whole_value(const struct template_reader *reader, const struct node *node)
{
    const size_t length = strlen(node->text);
    if (length < 4 || strncmp(node->text, "${", 2) != 0 || node->text[length - 1] != '}')
        return NULL;
    const char *name = arena_copy_n(reader->arena, node->text + 2, length - 3);
    const struct node *value = node_get(reader->substitutions, name);
    return value && (value->type == NODE_NUMBER || value->type == NODE_BOOL) ? value : NULL;
}

const struct node *template_resolve(struct template_reader *reader, const struct node *node)
{
    struct node *copy = arena_new_item(reader->arena, struct node);
    *copy = *node;
    copy->next = NULL;
    if (template_is_reference(node)) return resolve_text(reader, node, copy);
    if (node->type == NODE_STRING && strstr(node->text, "${")) {
        const struct node *value = whole_value(reader, node);
        if (!value) return resolve_text(reader, node, copy);
        copy->type = value->type;
        copy->text = value->text;
        copy->number = value->number;
        copy->boolean = value->boolean;
        return copy;
    }
    struct node **end = &copy->first;
    *end = NULL;
    for (const struct node *item = node->first; item; item = item->next) {
        const struct node *resolved = template_resolve(reader, item);
        if (!resolved) return NULL;
        struct node *own = arena_new_item(reader->arena, struct node);
        *own = *resolved;
        *end = own;
        end = &own->next;
    }
    return copy;
}

void template_blank_placeholders(char *json, size_t length)
{
    bool inside = false;
    for (size_t i = 0; i + 1 < length; i++) {
        if (json[i] == '"') inside = !inside;
        if (inside && json[i] == '\\') i++;
        if (inside || json[i] != '$' || json[i + 1] != '{') continue;
        const char *end = memchr(json + i, '}', length - i);
        if (!end) return;
        const size_t wide = (size_t)(end - json) - i + 1;
        if (memchr(json + i, '\n', wide)) continue;
        memset(json + i, ' ', wide);
        json[i] = '1';
        i += wide - 1;
    }
}
