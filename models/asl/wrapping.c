#include "models/asl/wrapping.h"

#include "base/arena.h"
#include "base/names.h"
#include "base/text.h"
#include "models/asl/states.h"
#include "models/asl/template_text.h"

#include <string.h>

enum { NAMES_LISTED = 20, MACHINES_MOST = 1000 };

struct wrapping {
    struct arena *arena;
    struct diagnostics *diagnostics;
    const char *file;
    const char *text; /* of the file */
    size_t length;
    struct asl_file *out;
    size_t capacity;
    const char *seen; /* where line_of looked last: with rising lines it is linear over the file */
    int seen_line;
};

/* Where a definition stands: its text's first line and column in the file. */
struct origin {
    struct place place;
    bool block; /* a block scalar: lines follow each other as in the file */
    int indent;
};

static void fault(struct wrapping *w, const struct node *node, const char *path,
                  const char *message)
{
    diagnostics_add(w->diagnostics, SEVERITY_ERROR, node->place, path, "%s", message);
}

/* The line of the file, up to the end of the text; NULL if it has fewer. */
static const char *line_of(struct wrapping *w, int line)
{
    if (!w->seen || line < w->seen_line) {
        w->seen = w->text;
        w->seen_line = 1;
    }
    while (w->seen_line < line) {
        const char *feed = memchr(w->seen, '\n', w->length - (size_t)(w->seen - w->text));
        if (!feed) return NULL;
        w->seen = feed + 1;
        w->seen_line++;
    }
    return w->seen;
}

/* Behind tags and anchors, the '|' of a block scalar whose lines stand as in the file. */
static struct origin origin_of(struct wrapping *w, const struct node *node)
{
    struct origin origin = {.place = node->place};
    const char *at = line_of(w, node->place.line);
    const size_t column = (size_t)(node->place.column > 0 ? node->place.column - 1 : 0);
    if (!at || node->place.line == 0 || strcspn(at, "\n") < column) return origin;
    at += column;
    while (*at == '!' || *at == '&') {
        at += strcspn(at, " \n");
        at += strspn(at, " ");
    }
    if (*at != '|') return origin;
    origin.block = true;
    origin.place.line++;
    const char *first = line_of(w, origin.place.line);
    while (first && *first == '\n') first++;
    origin.indent = first ? (int)strspn(first, " ") : 0;
    return origin;
}

static struct place shifted(struct place place, const struct origin *origin)
{
    if (!origin->block) return origin->place;
    place.line += origin->place.line - 1;
    place.column += origin->indent;
    return place;
}

/* The document's depth bounds the recursion. */
static void shift(struct node *node, const struct origin *origin)
{
    node->place = shifted(node->place, origin);
    node->key_place = shifted(node->key_place, origin);
    for (struct node *item = node->first; item; item = item->next) shift(item, origin);
}

static bool looks_like_json(const char *text)
{
    const char first = text[strspn(text, " \t\r\n")];
    return first == '{' || first == '[';
}

/* Parses a definition's text; `origin` NULL: it is a file of its own. */
static const struct node *parse(struct wrapping *w, const char *name, struct text *text,
                                const struct origin *origin, const char *path)
{
    struct node *root = NULL;
    struct error err;
    const bool json = looks_like_json(text->data);
    if (json) template_blank_placeholders(text->data, text->length);
    if (document_read_template(w->arena, name, json ? DOCUMENT_JSON : DOCUMENT_YAML, text->data,
                               text->length, &root, &err)) {
        if (origin) shift(root, origin);
        return root;
    }
    if (origin) err.place = shifted(err.place, origin);
    diagnostics_add_error(w->diagnostics, path, &err);
    return NULL;
}

static struct asl_definition *add(struct wrapping *w, const char *name)
{
    w->out->items =
        arena_grow(w->arena, w->out->items, w->out->count, &w->capacity, sizeof *w->out->items);
    struct asl_definition *definition = &w->out->items[w->out->count++];
    const char *shown = asl_excerpt(w->arena, name);
    *definition = (struct asl_definition){
        .name = name, .prefix = *name ? arena_format(w->arena, "%s.", shown) : ""};
    return definition;
}

static bool has_room(struct wrapping *w, const struct node *item)
{
    if (w->out->count < MACHINES_MOST) return true;
    fault(w, item, "",
          arena_format(w->arena,
                       "the file has more than %d state machines, the most "
                       "that are read",
                       MACHINES_MOST));
    return false;
}

static void fault_size(struct wrapping *w, const struct node *node, const char *path)
{
    fault(w, node, path,
          arena_format(w->arena, "the definition comes to more than %d MiB, the most that is read",
                       TEMPLATE_TEXT_MOST_MIB));
}

/* The definition that a string (or what a reference comes to) holds. */
static const struct node *read_string(struct wrapping *w, struct template_reader *reader,
                                      const struct node *node, const char *path)
{
    struct text first;
    struct text second;
    text_init(&first);
    text_init(&second);
    const struct node *definition = NULL;
    /* The text itself: {Fn::Sub: "..."}, {Fn::Sub: ["...", {}]}. */
    const struct node *literal = node;
    while ((literal->type == NODE_MAP || literal->type == NODE_LIST) && literal->first)
        literal = literal->first;
    const struct origin origin = origin_of(w, literal);
    if (template_add(reader, node, &first) &&
        template_substitute(reader, first.data, reader->substitutions, false, &second))
        definition = parse(w, w->file, &second, &origin, path);
    else
        fault_size(w, node, path);
    text_free(&first);
    text_free(&second);
    return definition;
}

/* A file beside this one. */
static const char *beside(struct wrapping *w, const char *name)
{
    const char *slash = strrchr(w->file, '/');
    if (name[0] == '/' || !slash) return name;
    return arena_format(w->arena, "%.*s/%s", (int)(slash - w->file), w->file, name);
}

static const struct node *read_beside(struct wrapping *w, struct template_reader *reader,
                                      const struct node *node, const char *name, const char *path)
{
    char *bytes = NULL;
    size_t length = 0;
    struct error err;
    struct text text;
    const char *file = beside(w, name);
    if (!document_load(w->arena, file, &bytes, &length, &err)) {
        err.place = node->place;
        diagnostics_add_error(w->diagnostics, path, &err);
        return NULL;
    }
    if (memchr(bytes, '\0', length)) {
        fault(w, node, path,
              arena_format(w->arena, "%s is no text file", asl_excerpt(w->arena, file)));
        return NULL;
    }
    text_init(&text);
    const struct node *definition = NULL;
    if (template_substitute(reader, bytes, reader->substitutions, false, &text))
        definition = parse(w, file, &text, NULL, path);
    else
        fault_size(w, node, path);
    text_free(&text);
    return definition ? template_resolve(reader, definition) : NULL;
}

static const struct node *read_inline(struct wrapping *w, struct template_reader *reader,
                                      const struct node *node, const char *path)
{
    const struct node *definition = template_resolve(reader, node);
    if (!definition) fault_size(w, node, path);
    return definition;
}

/* The name in "${file(NAME)}" or "${file(NAME):key}"; NULL if the text is none of them. */
static const char *file_of(struct arena *arena, const char *text)
{
    static const char begin[] = "${file(";
    if (strncmp(text, begin, sizeof begin - 1) != 0) return NULL;
    text += sizeof begin - 1;
    return text[strcspn(text, ")")] ? arena_copy_n(arena, text, strcspn(text, ")")) : NULL;
}

static const struct node *read_definition(struct wrapping *w, struct template_reader *reader,
                                          const struct node *node, const char *path)
{
    const char *file = node->type == NODE_STRING ? file_of(w->arena, node->text) : NULL;
    if (file) return read_beside(w, reader, node, file, path);
    if (node->type == NODE_STRING || template_is_reference(node))
        return read_string(w, reader, node, path);
    return read_inline(w, reader, node, path);
}

static const struct node *read_uri(struct wrapping *w, struct template_reader *reader,
                                   const struct node *node, const char *path)
{
    if (node->type == NODE_STRING && !strstr(node->text, "${") &&
        strncmp(node->text, "s3://", 5) != 0)
        return read_beside(w, reader, node, node->text, path);
    fault(w, node, path, "the definition is not beside the template; give a file to be read here");
    return NULL;
}

/* One resource of a template. */
static void read_resource(struct wrapping *w, const struct node *resource)
{
    const struct node *properties = node_get(resource, "Properties");
    const bool serverless =
        strcmp(asl_text(resource, "Type"), "AWS::Serverless::StateMachine") == 0;
    struct template_reader reader = {.arena = w->arena,
                                     .substitutions =
                                         node_get(properties, "DefinitionSubstitutions"),
                                     .budget = (size_t)TEMPLATE_TEXT_MOST_MIB << 20,
                                     .lookups = TEMPLATE_LOOKUPS_MOST};
    static const char *const keys[] = {"Definition", "DefinitionString", "DefinitionUri",
                                       "DefinitionS3Location"};
    const char *type = asl_text(properties, serverless ? "Type" : "StateMachineType");
    struct asl_definition *definition = add(w, resource->key);
    const size_t errors = w->diagnostics->errors;
    definition->express = strcmp(type, "EXPRESS") == 0;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const struct node *node = node_get(properties, keys[i]);
        if (!node) continue;
        const char *path = arena_format(w->arena, "%s%s", definition->prefix, keys[i]);
        definition->node =
            i < 2 ? read_definition(w, &reader, node, path) : read_uri(w, &reader, node, path);
        definition->errors = w->diagnostics->errors - errors;
        return;
    }
    fault(w, resource, definition->prefix,
          "the state machine has no Definition, DefinitionString or DefinitionUri");
    definition->errors = 1;
}

static bool is_state_machine(const struct node *resource)
{
    const char *type = asl_text(resource, "Type");
    return strcmp(type, "AWS::StepFunctions::StateMachine") == 0 ||
           strcmp(type, "AWS::Serverless::StateMachine") == 0;
}

static void read_resources(struct wrapping *w, const struct node *resources)
{
    if (!resources || resources->type != NODE_MAP) return;
    for (const struct node *item = resources->first; item; item = item->next) {
        if (!is_state_machine(item)) continue;
        if (!has_room(w, item)) return;
        read_resource(w, item);
    }
}

/* The stateMachines of a serverless file. */
static void read_machines(struct wrapping *w, const struct node *machines)
{
    if (!machines || machines->type != NODE_MAP) return;
    for (const struct node *item = machines->first; item; item = item->next) {
        if (!has_room(w, item)) return;
        const struct node *node = node_get(item, "definition");
        struct template_reader reader = {.arena = w->arena,
                                         .budget = (size_t)TEMPLATE_TEXT_MOST_MIB << 20,
                                         .lookups = TEMPLATE_LOOKUPS_MOST};
        const size_t errors = w->diagnostics->errors;
        struct asl_definition *definition = add(w, item->key);
        definition->express = strcmp(asl_text(item, "type"), "EXPRESS") == 0;
        if (node)
            definition->node = read_definition(
                w, &reader, node, arena_format(w->arena, "%sdefinition", definition->prefix));
        else
            fault(w, item, definition->prefix, "the state machine has no definition");
        definition->errors = w->diagnostics->errors - errors;
    }
}

static bool is_definition(const struct node *root)
{
    return node_get(root, "States") || node_get(root, "StartAt");
}

/* A task's resource is a reference: the definition comes from a template, and deployment resolves
 * it. The document's depth bounds the recursion. */
static bool refers(const struct node *node)
{
    const struct node *resource = node_get(node, "Resource");
    if (resource && template_is_reference(resource)) return true;
    for (const struct node *item = node->first; item; item = item->next)
        if (refers(item)) return true;
    return false;
}

static void read_alone(struct wrapping *w, const struct node *root)
{
    struct template_reader reader = {.arena = w->arena,
                                     .budget = (size_t)TEMPLATE_TEXT_MOST_MIB << 20,
                                     .lookups = TEMPLATE_LOOKUPS_MOST};
    struct asl_definition *definition = add(w, "");
    definition->node = refers(root) ? read_inline(w, &reader, root, "") : root;
    definition->errors = definition->node ? 0 : 1;
}

static void read_root(struct wrapping *w, const struct node *root)
{
    const struct node *functions = node_get(root, "stepFunctions");
    const struct node *resources = node_get(root, "Resources");
    if (is_definition(root) || (!functions && !resources && !node_get(root, "stateMachines"))) {
        read_alone(w, root);
        return;
    }
    read_resources(w, resources);
    read_resources(w, node_get(node_get(root, "resources"), "Resources"));
    read_machines(w, node_get(functions, "stateMachines"));
    read_machines(w, node_get(root, "stateMachines"));
    if (w->out->count == 0)
        fault(w, root, "",
              "the template has no state machine: no resource of the type "
              "AWS::StepFunctions::StateMachine or AWS::Serverless::StateMachine");
}

bool asl_read_text(struct arena *arena, const char *name, const char *text, size_t length,
                   struct diagnostics *diagnostics, struct asl_file *out)
{
    *out = (struct asl_file){0};
    struct wrapping w = {.arena = arena, .diagnostics = diagnostics, .length = length, .out = out};
    const size_t errors = diagnostics->errors;
    struct node *root = NULL;
    struct error err;
    char *copy = arena_copy_n(arena, text, length);
    const size_t whole = strlen(copy); /* a NUL is refused below */
    w.file = arena_copy(arena, name);
    w.text = text;
    if (whole == length && looks_like_json(copy)) template_blank_placeholders(copy, length);
    if (document_read_template(arena, name, DOCUMENT_AUTO, copy, length, &root, &err))
        read_root(&w, root);
    else
        diagnostics_add_error(diagnostics, "", &err);
    return diagnostics->errors == errors;
}

bool asl_read_file(struct arena *arena, const char *path, struct diagnostics *diagnostics,
                   struct asl_file *out)
{
    char *text = NULL;
    size_t length = 0;
    struct error err;
    *out = (struct asl_file){0};
    if (document_load(arena, path, &text, &length, &err))
        return asl_read_text(arena, path, text, length, diagnostics, out);
    diagnostics_add_error(diagnostics, "", &err);
    return false;
}

static const char *list_names(struct arena *arena, const struct asl_file *file)
{
    const char *list = "";
    for (size_t i = 0; i < file->count && i < NAMES_LISTED; i++)
        list = arena_format(arena, "%s%s%s", list, i ? ", " : "",
                            asl_excerpt(arena, file->items[i].name));
    return file->count > NAMES_LISTED ? arena_format(arena, "%s, ...", list) : list;
}

/* The item of this name, or the only one if `name` is NULL; NULL and *err. */
static const struct asl_definition *choose(struct arena *arena, const struct asl_file *file,
                                           const char *path, const char *name, struct error *err)
{
    const char *shown = asl_excerpt(arena, path);
    for (size_t i = 0; name && i < file->count; i++)
        if (strcmp(file->items[i].name, name) == 0) return &file->items[i];
    if (!name && file->count == 1) return &file->items[0];
    if (!name)
        error_set(err, "%s has %zu state machines; say which, as %s#NAME: %s", shown, file->count,
                  shown, list_names(arena, file));
    else if (file->count == 1 && *file->items[0].name == '\0')
        error_set(err, "%s is a definition by itself, and has no state machine '%s'", shown,
                  asl_excerpt(arena, name));
    else
        error_set(err, "%s has no state machine '%s'; it has %s", shown, asl_excerpt(arena, name),
                  list_names(arena, file));
    return NULL;
}

/* The first error of a path that begins so, as an error. */
static bool fail_with(const struct diagnostics *diagnostics, const char *prefix, struct error *err)
{
    for (const struct diagnostic *d = diagnostics->first; d; d = d->next)
        if (d->severity == SEVERITY_ERROR && strncmp(d->path, prefix, strlen(prefix)) == 0)
            return error_at(err, d->place, "%s", d->message);
    return error_set(err, "the definition cannot be read");
}

bool asl_read_one(struct arena *arena, const char *reference, struct asl_definition *out,
                  struct error *err)
{
    struct asl_file file;
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics, arena);
    const char *mark = strrchr(reference, '#');
    const char *path =
        mark ? arena_copy_n(arena, reference, (size_t)(mark - reference)) : reference;
    asl_read_file(arena, path, &diagnostics, &file);
    if (file.count == 0) return fail_with(&diagnostics, "", err);
    const struct asl_definition *found = choose(arena, &file, path, mark ? mark + 1 : NULL, err);
    if (!found) return false;
    *out = *found;
    return found->node ? true : fail_with(&diagnostics, found->prefix, err);
}
