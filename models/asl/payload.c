#include "base/arena.h"
#include "models/asl/check.h"
#include "models/asl/jsonata.h"

#include <string.h>

enum {
    TWINS_COMPARED = 1000, /* in larger maps nobody looks for a key's twin */
    VARIABLE_LONGEST = 80
};

/* NULL, or what is wrong with the text between the delimiters. */
static const char *expression_fault(struct arena *arena, const char *text)
{
    const size_t length = strlen(text);
    const char *code = arena_copy_n(arena, text + 2, length - 4);
    const char *fault = NULL;
    size_t offset = 0;
    if (code[strspn(code, " \t\r\n")] == '\0') return "it holds nothing";
    if (jsonata_compile(arena, code, &offset, &fault)) return NULL;
    return arena_format(arena, "%s (at byte %zu)", fault, offset + 2);
}

bool asl_check_expression(struct asl_scope *scope, const struct node *node, const char *field)
{
    if (!scope->jsonata || node->type != NODE_STRING) return false;
    struct arena *arena = scope->checker->reader.arena;
    const size_t length = strlen(node->text);
    const bool begins = strncmp(node->text, "{%", 2) == 0;
    const bool ends = length >= 2 && strcmp(node->text + length - 2, "%}") == 0;
    if (!begins && !ends) return false;
    if (!asl_is_expression(node)) {
        asl_fault(scope, node, field, "%s %s, and an expression stands between {%% and %%}",
                  asl_show(arena, node),
                  begins ? "does not end with %}" : "does not begin with {%");
        return true;
    }
    const char *fault = expression_fault(arena, node->text);
    if (fault)
        asl_fault(scope, node, field, "the expression %s cannot be read: %s", asl_show(arena, node),
                  fault);
    return true;
}

static bool is_computed(const char *key)
{
    const size_t length = key ? strlen(key) : 0;
    return length >= 2 && strcmp(key + length - 2, ".$") == 0;
}

/* A key of a template that ends in .$ */
static void check_computed(struct asl_scope *scope, const struct node *map, const struct node *item,
                           const char *field)
{
    struct arena *arena = scope->checker->reader.arena;
    if (scope->jsonata) {
        asl_fault(scope, item, field,
                  "'%s' ends in .$ as keys of JSONPath states do, and this state's QueryLanguage "
                  "is JSONata",
                  asl_excerpt(arena, item->key));
        return;
    }
    asl_check_text_path(scope, item, field, false);
    const char *plain = arena_copy_n(arena, item->key, strlen(item->key) - 2);
    if (map->count <= TWINS_COMPARED && node_get(map, plain))
        asl_fault(scope, item, field, "%s has both '%s' and '%s.$', which are one field", field,
                  asl_excerpt(arena, plain), asl_excerpt(arena, plain));
}

/* The document's depth bounds the recursion. */
void asl_check_payload(struct asl_scope *scope, const struct node *node, const char *field)
{
    (void)asl_check_expression(scope, node, field);
    if (node->type != NODE_MAP && node->type != NODE_LIST) return;
    for (const struct node *item = node->first; item; item = item->next) {
        if (is_computed(item->key))
            check_computed(scope, node, item, field);
        else
            asl_check_payload(scope, item, field);
    }
}

/* A letter or underscore, then letters, digits and underscores; letters beyond ASCII too. */
static bool is_identifier(const char *name)
{
    if (*name == '\0' || (*name >= '0' && *name <= '9')) return false;
    for (; *name; name++) {
        const unsigned char c = (unsigned char)*name;
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
        if (!letter && c != '_' && !(c >= '0' && c <= '9')) return false;
    }
    return true;
}

static void check_variable(struct asl_scope *scope, const struct node *item, const char *field)
{
    struct arena *arena = scope->checker->reader.arena;
    const size_t length = strlen(item->key);
    const bool computed = !scope->jsonata && is_computed(item->key);
    const char *name = arena_copy_n(arena, item->key, computed ? length - 2 : length);
    size_t characters = 0;
    for (const char *at = name; *at; at++) characters += ((unsigned char)*at & 0xC0) != 0x80;
    if (strcmp(name, "states") == 0)
        asl_fault(scope, item, field, "the variable 'states' is the service's own");
    else if (!is_identifier(name))
        asl_fault(scope, item, field,
                  "'%s' is no name of a variable: those have letters, digits and underscores, and "
                  "no parts can be assigned",
                  asl_excerpt(arena, name));
    else if (characters > VARIABLE_LONGEST)
        asl_fault(scope, item, field,
                  "the name of a variable has %zu characters, and at most %d are allowed",
                  characters, VARIABLE_LONGEST);
}

void asl_check_assign(struct asl_scope *scope, const struct node *node, const char *field)
{
    if (node->type != NODE_MAP) {
        asl_refuse(scope, node, field, "a map of variables");
        return;
    }
    for (const struct node *item = node->first; item; item = item->next)
        check_variable(scope, item, field);
    asl_check_payload(scope, node, field);
}
