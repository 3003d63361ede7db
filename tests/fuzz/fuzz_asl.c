/* Any bytes as a file of definitions: JSON, YAML with tags, templates, whatever an input's first
 * byte says: a file ('f'), a path ('p'), an intrinsic function ('i'), a pattern and a name between
 * which a line feed stands ('w').
 *
 * What is refused must say why and where; what is read must be judged, as a whole and for Express,
 * and its skeleton must be YAML. */
#include "base/arena.h"
#include "base/document.h"
#include "base/text.h"
#include "models/asl/asl.h"
#include "models/asl/check.h"
#include "models/asl/wrapping.h"
#include "models/asl_skeleton.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) abort();
}

static void check_diagnostics(const struct diagnostics *d)
{
    size_t errors = 0;
    for (const struct diagnostic *x = d->first; x; x = x->next) {
        require(x->message && x->message[0] && x->path);
        errors += x->severity == SEVERITY_ERROR;
    }
    require(errors == d->errors);
}

static void check_skeleton(struct arena *arena, const struct asl_definition *definition)
{
    struct text text;
    struct node *root = NULL;
    struct error err;
    text_init(&text);
    asl_skeleton(arena, "input", definition, &text);
    require(
        document_read_text(arena, "skeleton", DOCUMENT_YAML, text.data, text.length, &root, &err));
    text_free(&text);
}

static void check_file(struct arena *arena, const char *bytes, size_t length)
{
    struct diagnostics d;
    struct asl_file file;
    diagnostics_init(&d, arena);
    const bool read = asl_read_text(arena, "/nowhere/input", bytes, length, &d, &file);
    require(read == (d.errors == 0));
    require(!read || file.count > 0);
    for (size_t i = 0; i < file.count; i++) {
        const struct asl_definition *definition = &file.items[i];
        require(definition->node || definition->errors > 0);
        if (!definition->node) continue;
        const size_t before = d.errors;
        asl_check(&d, arena, definition->node, definition->prefix);
        const bool valid = d.errors == before;
        asl_check_resources(&d, arena, definition->node, definition->prefix);
        asl_check_express(&d, arena, definition->node, definition->prefix);
        if (valid) check_skeleton(arena, definition);
    }
    check_diagnostics(&d);
}

static void check_path(const char *text)
{
    /* A reference path is a place, and a place is a path. */
    require(!asl_path_is_reference(text) || asl_path_is_place(text));
    require(!asl_path_is_place(text) || asl_path_is_valid(text));
    (void)asl_timestamp_is_valid(text);
}

static void check_function(struct arena *arena, const char *text)
{
    const char *fault = asl_intrinsic_fault(arena, text, false);
    const char *text_fault = asl_intrinsic_fault(arena, text, true);
    require(!fault || text_fault);
    require(!fault || *fault);
}

static void check_pattern(struct arena *arena, const char *text)
{
    const char *name = strchr(text, '\n');
    if (!name) return;
    const char *pattern = arena_copy_n(arena, text, (size_t)(name - text));
    name++;
    if (strlen(name) > 200) return;
    const bool fits = asl_pattern_fits(pattern, name);
    require(strpbrk(pattern, "*?") || fits == (strcmp(pattern, name) == 0));
    (void)asl_name_of_placeholder(arena, text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) return 0;
    struct arena *arena = arena_new();
    /* From a block of exactly this size, so that a read beyond its end is seen. */
    const size_t length = size - 1;
    char *bytes = malloc(length + 1);
    require(bytes != NULL);
    memcpy(bytes, data + 1, length);
    bytes[length] = '\0';
    switch (data[0]) {
    case 'p': check_path(bytes); break;
    case 'i': check_function(arena, bytes); break;
    case 'w': check_pattern(arena, bytes); break;
    default: check_file(arena, bytes, length); break;
    }
    free(bytes);
    arena_free(arena);
    return 0;
}
