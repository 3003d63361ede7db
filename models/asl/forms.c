#include "base/arena.h"
#include "models/asl/check.h"

#include <math.h>
#include <string.h>

const char *asl_show(struct arena *arena, const struct node *node)
{
    if (node->type == NODE_LIST || node->type == NODE_MAP) return node_type_name(node->type);
    if (node->type == NODE_STRING)
        return arena_format(arena, "'%s'", asl_excerpt(arena, node->text));
    return node->type == NODE_NULL ? "null" : asl_excerpt(arena, node->text);
}

static void refuse(struct asl_scope *scope, const struct node *node, const char *field,
                   const char *expected)
{
    const char *name = strrchr(field, '.');
    asl_fault(scope, node, field, "%s is %s, and it must be %s", name ? name + 1 : field,
              asl_show(scope->checker->reader.arena, node), expected);
}

static void check_number(struct asl_scope *scope, const struct node *node, const char *field,
                         bool whole, struct asl_range range)
{
    if (node->type == NODE_NUMBER && node->number >= range.least && node->number <= range.most &&
        (!whole || node->number == floor(node->number)))
        return;
    const char *kind = whole ? "a whole number" : "a number";
    struct arena *arena = scope->checker->reader.arena;
    refuse(scope, node, field,
           isinf(range.most)
               ? arena_format(arena, "%s of at least %.15g", kind, range.least)
               : arena_format(arena, "%s from %.15g to %.15g", kind, range.least, range.most));
}

static void check_path(struct asl_scope *scope, const struct node *node, const char *field,
                       enum asl_value value)
{
    const bool null_allowed = value == ASL_PATH_NULL || value == ASL_REFERENCE;
    if (node->type == NODE_NULL && null_allowed) return;
    const char *const or_null = null_allowed ? ", or null" : "";
    struct arena *arena = scope->checker->reader.arena;
    if (value == ASL_REFERENCE) {
        if (node->type == NODE_STRING && asl_path_is_reference(node->text)) return;
        refuse(scope, node, field,
               arena_format(arena, "a reference path such as $.a.b[0]%s", or_null));
        return;
    }
    if (node->type == NODE_STRING && asl_path_is_valid(node->text)) return;
    refuse(scope, node, field, arena_format(arena, "a path such as $.a%s", or_null));
}

static void check_text_path(struct asl_scope *scope, const struct node *node, const char *field,
                            bool text_only)
{
    struct arena *arena = scope->checker->reader.arena;
    if (node->type != NODE_STRING) {
        refuse(scope, node, field, "a path or an intrinsic function");
        return;
    }
    if (node->text[0] == '$' && asl_path_is_valid(node->text)) return;
    const char *fault = asl_intrinsic_fault(arena, node->text, text_only);
    if (!fault) return;
    asl_fault(scope, node, field, "%s %s", asl_show(arena, node), fault);
}

/* In larger maps nobody looks for a key's twin. */
enum { TWINS_COMPARED = 1000 };

/* The document's depth bounds the recursion. */
static void check_template(struct asl_scope *scope, const struct node *node, const char *field)
{
    if (node->type != NODE_MAP && node->type != NODE_LIST) return;
    for (const struct node *item = node->first; item; item = item->next) {
        const size_t length = item->key ? strlen(item->key) : 0;
        if (length < 2 || strcmp(item->key + length - 2, ".$") != 0) {
            check_template(scope, item, field);
            continue;
        }
        check_text_path(scope, item, field, false);
        struct arena *arena = scope->checker->reader.arena;
        const char *plain = arena_copy_n(arena, item->key, length - 2);
        if (node->count <= TWINS_COMPARED && node_get(node, plain))
            asl_fault(scope, item, field, "%s has both '%s' and '%s.$', which are one field", field,
                      asl_excerpt(arena, plain), asl_excerpt(arena, plain));
    }
}

void asl_check_value(struct asl_scope *scope, const struct node *node, const char *field,
                     enum asl_value value, struct asl_range range)
{
    if (scope->jsonata && value != ASL_BOOL && asl_is_expression(node)) return;
    switch (value) {
    case ASL_TEXT:
        if (node->type != NODE_STRING) refuse(scope, node, field, "a string");
        break;
    case ASL_BOOL:
        if (node->type != NODE_BOOL) {
            refuse(scope, node, field, "true or false");
            scope->unresolved = true;
        }
        break;
    case ASL_WHOLE:
    case ASL_NUMBER: check_number(scope, node, field, value == ASL_WHOLE, range); break;
    case ASL_OBJECT:
        if (node->type != NODE_MAP) refuse(scope, node, field, "a map");
        break;
    case ASL_LIST:
        if (node->type != NODE_LIST) refuse(scope, node, field, "a list");
        break;
    case ASL_PATH:
    case ASL_PATH_NULL:
    case ASL_REFERENCE: check_path(scope, node, field, value); break;
    case ASL_TEXT_PATH: check_text_path(scope, node, field, true); break;
    case ASL_TEMPLATE:
        if (node->type != NODE_MAP && strcmp(field, "Parameters") != 0)
            refuse(scope, node, field, "a map");
        if (!scope->jsonata) check_template(scope, node, field);
        break;
    case ASL_TIMESTAMP:
        if (node->type != NODE_STRING || !asl_timestamp_is_valid(node->text))
            refuse(scope, node, field, "a time such as 2026-01-31T12:00:00Z");
        break;
    case ASL_ANY: break;
    }
}
