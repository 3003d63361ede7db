#include "models/ann/filter_file.h"

#include "base/arena.h"
#include "base/document.h"
#include "base/error.h"

#include <string.h>

enum { WORD = 64 };

/* One line's id; false if there is none. */
static bool read_id(const char *line, size_t length, uint64_t *id)
{
    size_t at = 0;
    *id = 0;
    for (; at < length && line[at] >= '0' && line[at] <= '9'; at++) {
        if (at == 10) return false;
        *id = *id * 10 + (uint64_t)(line[at] - '0');
    }
    if (!at) return false;
    return at == length || line[at] == ' ' || line[at] == '\t' || line[at] == '\r';
}

static void add_id(struct ann_filter *out, uint64_t *bits, uint64_t id)
{
    uint64_t bit = (uint64_t)1 << id % WORD;
    out->passing += !(bits[id / WORD] & bit);
    bits[id / WORD] |= bit;
}

bool filter_text_read(struct arena *arena, const char *text, size_t rows, struct ann_filter *out,
                      struct error *err)
{
    uint64_t *bits = arena_array(arena, uint64_t, rows / WORD + 1);
    *out = (struct ann_filter){.bits = bits};
    int line = 0;
    for (const char *at = text; *at;) {
        size_t length = strcspn(at, "\n");
        const char *here = at;
        uint64_t id = 0;
        line++;
        at += length + (at[length] == '\n');
        if (!length || *here == '#' || (*here == '\r' && length == 1)) continue;
        struct place place = {.line = line, .column = 1};
        if (!read_id(here, length, &id)) {
            return error_at(err, place, "'%.*s' is no id of a row; expected a number",
                            (int)(length < 40 ? length : 40), here);
        }
        if (id >= rows) {
            return error_at(err, place,
                            "the id is %llu; expected one below %zu, the rows of the "
                            "base",
                            (unsigned long long)id, rows);
        }
        add_id(out, bits, id);
    }
    if (out->passing) return true;
    return error_set(err, "the file names no row, so that nothing passes; expected an id a line");
}

bool filter_file_read(struct arena *arena, const char *path, size_t rows, struct ann_filter *out,
                      struct error *err)
{
    char *text = NULL;
    size_t length = 0;
    if (!document_load(arena, path, &text, &length, err)) return false;
    if (strlen(text) != length) {
        error_set(err, "the file is no text: it holds a NUL byte");
    } else if (filter_text_read(arena, text, rows, out, err)) {
        return true;
    }
    err->place.file = path;
    return false;
}
