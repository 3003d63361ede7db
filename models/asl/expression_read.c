/* Expressions: compiling them. */
#include "base/arena.h"
#include "base/document.h"
#include "models/asl/expression.h"
#include "models/asl/intrinsic.h"
#include "models/asl/jsonata.h"
#include "models/asl/jsonpath_internal.h"
#include "models/asl/states.h"

#include <ctype.h>
#include <string.h>

enum { CALLS_DEEP_MOST = 10 };

static struct expression *new_expression(struct arena *arena, enum expression_type type,
                                         const char *text)
{
    struct expression *expression = arena_new_item(arena, struct expression);
    expression->type = type;
    expression->text = text;
    return expression;
}

static const struct expression *literal(struct arena *arena, const struct value *value)
{
    struct expression *expression = new_expression(arena, EXPRESSION_LITERAL, "");
    expression->literal = value;
    return expression;
}

static bool is_name(int c)
{
    return c > 0 && (isalnum(c) || c == '_' || c >= 0x80);
}

/* A path from $, $$ or $name; the compiled path has a plain $ for the root. */
static const struct expression *read_path(struct path_reader *reader)
{
    const size_t begin = reader->at++;
    struct expression *expression = new_expression(reader->arena, EXPRESSION_PATH, NULL);
    expression->root = ROOT_INPUT;
    if (path_take(reader, '$')) {
        expression->root = ROOT_CONTEXT;
    } else if (is_name(path_peek(reader))) {
        const size_t name = reader->at;
        while (is_name(path_peek(reader))) reader->at++;
        expression->root = ROOT_VARIABLE;
        expression->variable = arena_copy_n(reader->arena, reader->text + name, reader->at - name);
    }
    /* The rest behind a plain $. */
    const size_t rest = reader->length - reader->at;
    char *text = arena_alloc(reader->arena, rest + 2);
    text[0] = '$';
    memcpy(text + 1, reader->text + reader->at, rest);
    struct path_reader inner = {.arena = reader->arena, .text = text, .length = rest + 1};
    expression->path = path_read(&inner);
    if (!expression->path) {
        path_fault(reader, inner.fault);
        return NULL;
    }
    reader->at += inner.at - 1;
    expression->text = arena_copy_n(reader->arena, reader->text + begin, reader->at - begin);
    return expression;
}

static const struct expression *read_call(struct path_reader *reader);

/* A string in single quotes. A template of States.Format keeps its escapes: there \{ is not {. */
static const struct expression *read_string(struct path_reader *reader, bool keep)
{
    char *out = arena_alloc(reader->arena, reader->length - reader->at + 1);
    size_t used = 0;
    reader->at++;
    while (reader->at < reader->length && reader->text[reader->at] != '\'') {
        const char *at = reader->text + reader->at;
        const bool escaped = at[0] == '\\' && reader->at + 1 < reader->length;
        if (escaped && !keep && strchr("'{}\\", at[1]) && at[1] != '\0') {
            out[used++] = at[1];
        } else {
            out[used++] = at[0];
            if (escaped) out[used++] = at[1];
        }
        reader->at += escaped ? 2 : 1;
    }
    if (!path_take(reader, '\'')) return (void)path_fault(reader, "a quote is not closed"), NULL;
    return literal(reader->arena, value_string_n(reader->arena, out, used));
}

static const struct expression *read_word(struct path_reader *reader)
{
    const size_t begin = reader->at;
    while (path_peek(reader) > 0 && !strchr(",() '", path_peek(reader))) reader->at++;
    struct error err;
    const struct value *value =
        value_from_json(reader->arena, reader->text + begin, reader->at - begin, &err);
    if (value && value->type <= VALUE_NUMBER) return literal(reader->arena, value);
    /* The checker takes .5 and 5. too. */
    return (void)path_fault(reader, "an argument is no value"), NULL;
}

static const struct expression *read_argument(struct path_reader *reader, bool template)
{
    path_skip_blanks(reader);
    const int next = path_peek(reader);
    if (next == '$') return read_path(reader);
    if (next == '\'') return read_string(reader, template);
    if (next == 'S') return read_call(reader);
    return read_word(reader);
}

/* What is collected while a list of unknown length is read. */
struct collected {
    const struct expression **items;
    const char **keys;
    size_t count;
    size_t capacity;
    size_t key_capacity;
};

static void collect(struct collected *all, struct arena *arena, const struct expression *item,
                    const char *key)
{
    all->items = arena_grow(arena, all->items, all->count, &all->capacity, sizeof *all->items);
    all->keys = arena_grow(arena, all->keys, all->count, &all->key_capacity, sizeof *all->keys);
    all->items[all->count] = item;
    all->keys[all->count++] = key;
}

/* The arguments of a call, behind its '('. */
static bool read_arguments(struct path_reader *reader, bool format, struct collected *all)
{
    path_skip_blanks(reader);
    if (path_take(reader, ')')) return true;
    do {
        const struct expression *argument = read_argument(reader, format && all->count == 0);
        if (!argument) return false;
        collect(all, reader->arena, argument, NULL);
        path_skip_blanks(reader);
    } while (path_take(reader, ','));
    return path_take(reader, ')') || path_fault(reader, "a call is not closed by ')'");
}

static const struct expression *read_call(struct path_reader *reader)
{
    const size_t begin = reader->at;
    while (is_name(path_peek(reader)) || path_peek(reader) == '.') reader->at++;
    const struct intrinsic *function = intrinsic_find(reader->text + begin, reader->at - begin);
    if (!function || !path_take(reader, '('))
        return (void)path_fault(reader, "there is no such intrinsic function"), NULL;
    if (++reader->depth > CALLS_DEEP_MOST)
        return (void)path_fault(reader, "more than 10 intrinsic functions nest"), NULL;
    struct collected all = {0};
    if (!read_arguments(reader, strcmp(function->name, "States.Format") == 0, &all)) return NULL;
    reader->depth--;
    struct expression *expression = new_expression(reader->arena, EXPRESSION_CALL, NULL);
    expression->function = function;
    expression->items = all.items;
    expression->count = all.count;
    expression->text = arena_copy_n(reader->arena, reader->text + begin, reader->at - begin);
    return expression;
}

static const struct expression *read_whole(struct arena *arena, const char *text, bool calls,
                                           const char **fault)
{
    struct path_reader reader = {.arena = arena, .text = text, .length = strlen(text)};
    path_skip_blanks(&reader);
    const struct expression *expression = NULL;
    if (path_peek(&reader) == '$')
        expression = read_path(&reader);
    else if (calls)
        expression = read_call(&reader);
    else
        path_fault(&reader, "a path begins with '$'");
    path_skip_blanks(&reader);
    if (expression && reader.at < reader.length) path_fault(&reader, "it goes on behind its end");
    *fault = reader.fault;
    return reader.fault ? NULL : expression;
}

const struct expression *expression_path(struct arena *arena, const char *text, const char **fault)
{
    return read_whole(arena, text, false, fault);
}

const struct expression *expression_source(struct arena *arena, const char *text,
                                           const char **fault)
{
    return read_whole(arena, text, true, fault);
}

/* A list or map of what was collected; if all of it is literal, one literal. */
static const struct expression *finish(struct arena *arena, const struct node *node,
                                       const struct collected *all)
{
    const bool map = node->type == NODE_MAP;
    struct expression *expression =
        new_expression(arena, map ? EXPRESSION_MAP : EXPRESSION_LIST, "");
    expression->items = all->items;
    expression->keys = all->keys;
    expression->count = all->count;
    for (size_t i = 0; i < all->count; i++)
        if (all->items[i]->type != EXPRESSION_LITERAL) return expression;
    return literal(arena, value_from_node(arena, node));
}

/* The key without ".$" if it ends so, else NULL. */
static const char *dynamic_key(struct arena *arena, const char *key)
{
    const size_t length = key ? strlen(key) : 0;
    if (length < 2 || strcmp(key + length - 2, ".$") != 0) return NULL;
    return arena_copy_n(arena, key, length - 2);
}

static const struct expression *template_member(struct arena *arena, const struct node *item,
                                                const char **fault)
{
    const char *why = NULL;
    const struct expression *source =
        item->type == NODE_STRING ? expression_source(arena, item->text, &why) : NULL;
    if (!source) {
        *fault = arena_format(arena, "'%s': %s", asl_excerpt(arena, item->key),
                              why ? why : "it must be a path or an intrinsic function");
        return NULL;
    }
    struct expression *named = arena_new_item(arena, struct expression);
    *named = *source;
    named->field = item->key;
    return named;
}

/* The document's depth bounds the recursion, here and below. */
const struct expression *expression_template(struct arena *arena, const struct node *node,
                                             const char **fault)
{
    if (node->type != NODE_MAP && node->type != NODE_LIST)
        return literal(arena, value_from_node(arena, node));
    struct collected all = {0};
    for (const struct node *item = node->first; item; item = item->next) {
        const char *key = dynamic_key(arena, item->key);
        const struct expression *expression =
            key ? template_member(arena, item, fault) : expression_template(arena, item, fault);
        if (!expression) return NULL;
        collect(&all, arena, expression, key ? key : arena_copy(arena, item->key));
    }
    return finish(arena, node, &all);
}

static const struct expression *jsonata_text(struct arena *arena, const struct node *node,
                                             const char *field, const char **fault)
{
    const char *begin = node->text + 2;
    const char *end = node->text + strlen(node->text) - 2;
    while (begin < end && isspace((unsigned char)*begin)) begin++;
    while (end > begin && isspace((unsigned char)end[-1])) end--;
    struct expression *expression = new_expression(
        arena, EXPRESSION_JSONATA, arena_copy_n(arena, begin, (size_t)(end - begin)));
    expression->field = field;
    size_t offset = 0;
    const char *why = NULL;
    expression->jsonata = jsonata_compile(arena, expression->text, &offset, &why);
    if (expression->jsonata) return expression;
    *fault = arena_format(arena, "the JSONata expression cannot be read at byte %zu: %s", offset,
                          why ? why : "unknown");
    return NULL;
}

const struct expression *expression_jsonata(struct arena *arena, const struct node *node,
                                            const char *field, const char **fault)
{
    if (asl_is_expression(node)) return jsonata_text(arena, node, field, fault);
    if (node->type != NODE_MAP && node->type != NODE_LIST)
        return literal(arena, value_from_node(arena, node));
    struct collected all = {0};
    size_t index = 0;
    for (const struct node *item = node->first; item; item = item->next, index++) {
        const char *inner = item->key ? arena_format(arena, "%s/%s", field, item->key)
                                      : arena_format(arena, "%s[%zu]", field, index);
        const struct expression *expression = expression_jsonata(arena, item, inner, fault);
        if (!expression) return NULL;
        collect(&all, arena, expression, arena_copy(arena, item->key));
    }
    return finish(arena, node, &all);
}
