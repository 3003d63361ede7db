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

void asl_refuse(struct asl_scope *scope, const struct node *node, const char *field,
                const char *expected)
{
    const char *name = strrchr(field, '.');
    asl_fault(scope, node, field, "%s is %s, and it must be %s", name ? name + 1 : field,
              asl_show(scope->checker->reader.arena, node), expected);
}

void asl_check_number(struct asl_scope *scope, const struct node *node, const char *field,
                      bool whole, struct asl_range range)
{
    if (node->type == NODE_NUMBER && node->number >= range.least && node->number <= range.most &&
        (!whole || node->number == floor(node->number)))
        return;
    const char *kind = whole ? "a whole number" : "a number";
    struct arena *arena = scope->checker->reader.arena;
    asl_refuse(scope, node, field,
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
        asl_refuse(scope, node, field,
                   arena_format(arena, "a reference path such as $.a.b[0]%s", or_null));
        return;
    }
    if (value == ASL_PLACE) {
        if (node->type == NODE_STRING && asl_path_is_place(node->text)) return;
        asl_refuse(scope, node, field, "a path to one place such as $.a.b[0]");
        return;
    }
    if (node->type == NODE_STRING && asl_path_is_valid(node->text)) return;
    asl_refuse(scope, node, field, arena_format(arena, "a path such as $.a%s", or_null));
}

void asl_check_text_path(struct asl_scope *scope, const struct node *node, const char *field,
                         bool text_only)
{
    struct arena *arena = scope->checker->reader.arena;
    if (node->type != NODE_STRING) {
        asl_refuse(scope, node, field, "a path or an intrinsic function");
        return;
    }
    if (node->text[0] == '$' && asl_path_is_valid(node->text) &&
        (!text_only || asl_path_is_place(node->text)))
        return;
    const char *fault = asl_intrinsic_fault(arena, node->text, text_only);
    if (!fault) return;
    asl_fault(scope, node, field, "%s %s", asl_show(arena, node), fault);
}

void asl_check_value(struct asl_scope *scope, const struct node *node, const char *field,
                     enum asl_value value, struct asl_range range)
{
    if (asl_is_placeholder(node)) return;
    if (value != ASL_WORD && value != ASL_BOOL && value != ASL_ANY && value != ASL_LABEL &&
        value != ASL_ASSIGN && asl_check_expression(scope, node, field))
        return;
    switch (value) {
    case ASL_WORD:
    case ASL_TEXT:
        if (node->type != NODE_STRING) asl_refuse(scope, node, field, "a string");
        break;
    case ASL_BOOL:
        if (node->type != NODE_BOOL) {
            asl_refuse(scope, node, field, "true or false");
            scope->unresolved = true;
        }
        break;
    case ASL_WHOLE:
    case ASL_NUMBER: asl_check_number(scope, node, field, value == ASL_WHOLE, range); break;
    case ASL_OBJECT:
        if (node->type != NODE_MAP) asl_refuse(scope, node, field, "a map");
        break;
    case ASL_LIST:
        if (node->type != NODE_LIST) asl_refuse(scope, node, field, "a list");
        break;
    case ASL_PATH:
    case ASL_PATH_NULL:
    case ASL_REFERENCE:
    case ASL_PLACE: check_path(scope, node, field, value); break;
    case ASL_TEXT_PATH: asl_check_text_path(scope, node, field, true); break;
    case ASL_TEMPLATE:
        if (node->type != NODE_MAP && strcmp(node->key, "Parameters") != 0)
            asl_refuse(scope, node, field, "a map");
        asl_check_payload(scope, node, field);
        break;
    case ASL_PAYLOAD: asl_check_payload(scope, node, field); break;
    case ASL_ASSIGN: asl_check_assign(scope, node, field); break;
    case ASL_LABEL: asl_check_label(scope, node, field); break;
    case ASL_TIMESTAMP:
        if (node->type != NODE_STRING || !asl_timestamp_is_valid(node->text))
            asl_refuse(scope, node, field, "a time such as 2026-01-31T12:00:00Z");
        break;
    case ASL_ANY: break;
    }
}
