/* template_text.h - what the values of a template come to, with references left as placeholders.
 *
 * For wrapping.c.
 */
#ifndef MODELS_ASL_TEMPLATE_TEXT_H
#define MODELS_ASL_TEMPLATE_TEXT_H

#include "base/document.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct text;

enum {
    TEMPLATE_TEXT_MOST_MIB = 4, /* four times the service's own limit of a request */
    TEMPLATE_LOOKUPS_MOST = 100000000
};

struct template_reader {
    struct arena *arena;
    const struct node *substitutions; /* a map; or NULL */
    size_t budget;                    /* bytes of text that may still be made */
    size_t lookups;                   /* names that may still be compared */
};

/* True for a map such as {Ref: X} or {Fn::Sub: ...}. */
bool template_is_reference(const struct node *node);

/* Adds what a scalar or reference comes to. False when the budget is spent. */
bool template_add(struct template_reader *reader, const struct node *node, struct text *out);

/* Adds `text` with ${NAME} replaced by what `values` (a map, or NULL) has for it. `literals`: ${!X}
 * stands for ${X}. */
bool template_substitute(struct template_reader *reader, const char *text,
                         const struct node *values, bool literals, struct text *out);

/* A copy of the tree in which references are placeholders and substitutions are made; NULL when
 * the budget is spent. */
const struct node *template_resolve(struct template_reader *reader, const struct node *node);

/* Blanks the placeholders of JSON that stand outside strings: each becomes the number 1. */
void template_blank_placeholders(char *json, size_t length);

#endif
