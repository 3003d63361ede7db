#include "base/document.h"

#include "base/arena.h"
#include "base/document_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

static const size_t largest_size = (size_t)DOCUMENT_LARGEST_MIB * 1024 * 1024;

const char *node_type_name(enum node_type type)
{
    switch (type) {
    case NODE_NULL: return "null";
    case NODE_BOOL: return "true or false";
    case NODE_NUMBER: return "a number";
    case NODE_STRING: return "a string";
    case NODE_LIST: return "a list";
    case NODE_MAP: return "a map";
    }
    return "a value";
}

static bool fault_too_large(struct place place, struct error *err)
{
    return error_at(err, place, "the file has more than %d MiB, the most that is read",
                    DOCUMENT_LARGEST_MIB);
}

static bool fault_system(const char *path, int number, struct error *err)
{
    char buffer[100];
    return error_set(err, "cannot read %s: %s", path, strerror_r(number, buffer, sizeof buffer));
}

struct bytes {
    char *text;
    size_t length;
};

/* Reads all of `descriptor`, whose size need not be known (a pipe, /proc). */
static bool read_all(struct arena *arena, int descriptor, size_t expected, const char *path,
                     struct bytes *out, struct error *err)
{
    size_t capacity = (expected <= largest_size ? expected : largest_size) + 1;
    size_t filled = 0;
    char *buffer = arena_alloc(arena, capacity + 1);
    for (;;) {
        if (filled == capacity) {
            char *larger = arena_alloc(arena, 2 * capacity + 1);
            memcpy(larger, buffer, filled);
            buffer = larger;
            capacity *= 2;
        }
        ssize_t got = read(descriptor, buffer + filled, capacity - filled);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fault_system(path, errno, err);
        if (got == 0) break;
        filled += (size_t)got;
        if (filled > largest_size) return fault_too_large((struct place){.file = path}, err);
    }
    buffer[filled] = '\0';
    *out = (struct bytes){buffer, filled};
    return true;
}

static bool load(struct arena *arena, const char *path, struct bytes *out, struct error *err)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return fault_system(path, errno, err);
    struct stat status;
    bool done;
    if (fstat(descriptor, &status) != 0) {
        done = fault_system(path, errno, err);
    } else if (S_ISDIR(status.st_mode)) {
        done = error_set(err, "cannot read %s: it is a folder, and a file was expected", path);
    } else {
        size_t expected = status.st_size > 0 ? (size_t)status.st_size : 4095;
        done = read_all(arena, descriptor, expected, path, out, err);
    }
    close(descriptor);
    return done;
}

bool document_load(struct arena *arena, const char *path, char **text, size_t *length,
                   struct error *err)
{
    struct bytes bytes = {0};
    TRY(load(arena, path, &bytes, err));
    *text = bytes.text;
    *length = bytes.length;
    return true;
}

static enum document_format format_of(const char *name, const char *text)
{
    const char *dot = strrchr(name, '.');
    if (dot && !strchr(dot, '/')) {
        if (strcasecmp(dot, ".json") == 0 || strcasecmp(dot, ".jsonc") == 0) return DOCUMENT_JSON;
        if (strcasecmp(dot, ".yaml") == 0 || strcasecmp(dot, ".yml") == 0) return DOCUMENT_YAML;
    }
    char first = text[strspn(text, " \t\r\n")];
    return first == '{' || first == '[' ? DOCUMENT_JSON : DOCUMENT_YAML;
}

/* The checks that hold for any format. */
static bool check_bytes(struct source *source)
{
    const char *nul = memchr(source->text, '\0', source->length);
    size_t bad = utf8_first_invalid(source->text, source->length);
    if (nul && (size_t)(nul - source->text) < bad) {
        size_t offset = (size_t)(nul - source->text);
        return error_at(source->err, source_place(source, offset),
                        "a NUL byte: the file is no text file");
    }
    if (bad < source->length) {
        error_at(source->err, source_place(source, bad),
                 "the byte 0x%02X is not part of valid UTF-8",
                 (unsigned)(unsigned char)source->text[bad]);
        error_hint(source->err, "save the file in the encoding UTF-8");
        return false;
    }
    return true;
}

static bool read_source(struct source *source, enum document_format format, struct node **out)
{
    if (source->length > largest_size)
        return fault_too_large((struct place){.file = source->file}, source->err);
    /* A byte order mark is no part of the text: columns count from behind it. */
    if (source->length >= 3 && memcmp(source->text, "\xEF\xBB\xBF", 3) == 0) {
        source->text += 3;
        source->length -= 3;
    }
    TRY(check_bytes(source));
    if (strspn(source->text, " \t\r\n") == source->length)
        return error_at(source->err, (struct place){source->file, 1, 1}, "the file is empty");
    if (format == DOCUMENT_AUTO) format = format_of(source->file, source->text);
    return format == DOCUMENT_JSON ? document_read_json(source, out)
                                   : document_read_yaml(source, out);
}

/* Reads `bytes`, which a NUL follows. `source` comes with its arena, file and err. */
static bool read_bytes(struct source *source, const struct bytes *bytes,
                       enum document_format format, struct node **out)
{
    source->text = bytes->text;
    source->length = bytes->length;
    source->scratch = arena_new();
    source->seen_line = 1;
    struct node *root = NULL;
    bool done = read_source(source, format, &root);
    arena_free(source->scratch);
    if (done) *out = root;
    return done;
}

/* Reads a copy of the text, which a NUL need not follow. */
static bool read_copy(struct source *source, const char *text, size_t length,
                      enum document_format format, struct node **out)
{
    if (length > largest_size)
        return fault_too_large((struct place){.file = source->file}, source->err);
    struct arena *scratch = arena_new();
    struct bytes copy = {arena_copy_n(scratch, text, length), length};
    bool done = read_bytes(source, &copy, format, out);
    arena_free(scratch);
    return done;
}

bool document_read_text(struct arena *arena, const char *name, enum document_format format,
                        const char *text, size_t length, struct node **out, struct error *err)
{
    struct source source = {.arena = arena, .file = arena_copy(arena, name), .err = err};
    return read_copy(&source, text, length, format, out);
}

bool document_read_template(struct arena *arena, const char *name, enum document_format format,
                            const char *text, size_t length, struct node **out, struct error *err)
{
    struct source source = {
        .arena = arena, .file = arena_copy(arena, name), .err = err, .short_tags = true};
    return read_copy(&source, text, length, format, out);
}

bool document_read_file(struct arena *arena, const char *path, struct node **out, struct error *err)
{
    struct source source = {.arena = arena, .file = arena_copy(arena, path), .err = err};
    struct arena *scratch = arena_new();
    struct bytes bytes = {0};
    bool done = load(scratch, source.file, &bytes, err);
    if (done && bytes.text) done = read_bytes(&source, &bytes, DOCUMENT_AUTO, out);
    arena_free(scratch);
    return done;
}
