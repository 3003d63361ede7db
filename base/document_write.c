#include "base/arena.h"
#include "base/document_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Writes, or only measures while `at` is NULL. */
struct writer {
    char *at;
    size_t length;
};

static void put_n(struct writer *writer, const char *text, size_t length)
{
    if (writer->at) memcpy(writer->at + writer->length, text, length);
    writer->length += length;
}

static void put(struct writer *writer, const char *text)
{
    put_n(writer, text, strlen(text));
}

/* The escape of a character that may not stand in a string as it is; empty for all others. */
static const char *escape_of(unsigned char c, char buffer[7])
{
    switch (c) {
    case '"': return "\\\"";
    case '\\': return "\\\\";
    case '\b': return "\\b";
    case '\f': return "\\f";
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\t': return "\\t";
    default: break;
    }
    if (c >= 0x20) return "";
    (void)snprintf(buffer, 7, "\\u%04x", (unsigned)c);
    return buffer;
}

static void put_string(struct writer *writer, const char *text)
{
    put(writer, "\"");
    const char *plain = text; /* what was not written yet */
    for (const char *at = text; *at; at++) {
        char buffer[7];
        const char *escape = escape_of((unsigned char)*at, buffer);
        if (!*escape) continue;
        put_n(writer, plain, (size_t)(at - plain));
        put(writer, escape);
        plain = at + 1;
    }
    put(writer, plain);
    put(writer, "\"");
}

static void put_number(struct writer *writer, const struct node *node)
{
    if (node->text && json_is_number(node->text)) {
        put(writer, node->text);
        return;
    }
    /* 17 digits always read back; the fewest that do are what a reader expects to see. */
    char buffer[40];
    for (int digits = 15; digits <= 17; digits++) {
        (void)snprintf(buffer, sizeof buffer, "%.*g", digits, node->number);
        double back = strtod(buffer, NULL);
        if (!(back < node->number) && !(back > node->number)) break;
    }
    put(writer, buffer);
}

static void put_node(struct writer *writer, const struct node *node);

static void put_items(struct writer *writer, const struct node *node)
{
    for (const struct node *item = node->first; item; item = item->next) {
        if (node->type == NODE_MAP) {
            put_string(writer, item->key);
            put(writer, ":");
        }
        put_node(writer, item);
        if (item->next) put(writer, ",");
    }
}

static void put_node(struct writer *writer, const struct node *node)
{
    switch (node->type) {
    case NODE_NULL: put(writer, "null"); break;
    case NODE_BOOL: put(writer, node->boolean ? "true" : "false"); break;
    case NODE_NUMBER: put_number(writer, node); break;
    case NODE_STRING: put_string(writer, node->text); break;
    case NODE_LIST:
        put(writer, "[");
        put_items(writer, node);
        put(writer, "]");
        break;
    case NODE_MAP:
        put(writer, "{");
        put_items(writer, node);
        put(writer, "}");
        break;
    }
}

char *node_to_json(struct arena *arena, const struct node *root)
{
    struct writer measure = {0};
    put_node(&measure, root);
    struct writer writer = {.at = arena_alloc(arena, measure.length + 1)};
    put_node(&writer, root);
    return writer.at;
}
