#include "models/vector_csv.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/number.h"
#include "models/ann/ann.h"

#include <math.h>
#include <string.h>

struct csv_reading {
    struct arena *arena;
    const char *at;
    const char *line_start;
    int line;
    float *values;
    size_t count;
    size_t capacity;
};

static const char *skip_blanks(const char *at)
{
    while (*at == ' ' || *at == '\t' || *at == '\r') at++;
    return at;
}

static bool fault(const struct csv_reading *r, const char *message, struct error *err)
{
    const struct place place = {.line = r->line, .column = (int)(r->at - r->line_start) + 1};
    return error_at(err, place, "%s", message);
}

/* The numbers of the line at r->at; leaves it at the line's end. */
static bool read_line(struct csv_reading *r, size_t *found, struct error *err)
{
    *found = 0;
    for (;;) {
        double value;
        r->at = skip_blanks(r->at);
        const size_t length = number_length(r->at);
        if (!length || !number_read(r->at, length, 0, &value) ||
            fabs(value) > (double)ANN_VALUE_MAX)
            return fault(r, "expected a number of at most 1e15 in size", err);
        if (*found == ANN_DIMENSIONS_MAX)
            return fault(r, "a row has more than 4096 numbers, the most dimensions there are", err);
        r->values = arena_grow(r->arena, r->values, r->count, &r->capacity, sizeof *r->values);
        r->values[r->count++] = (float)value;
        ++*found;
        r->at = skip_blanks(r->at + length);
        if (*r->at == '\n' || !*r->at) return true;
        if (*r->at != ',') return fault(r, "expected a comma after the number", err);
        r->at++;
    }
}

static void next_line(struct csv_reading *r)
{
    const char *end = strchr(r->at, '\n');
    r->at = end ? end + 1 : r->at + strlen(r->at);
    r->line_start = r->at;
    r->line++;
}

static bool is_names(const char *line)
{
    line = skip_blanks(line);
    return *line && *line != '\n' && !number_length(line);
}

bool vector_csv_read(struct arena *arena, const char *text, size_t limit, struct vector_set *out,
                     struct error *err)
{
    struct csv_reading r = {.arena = arena, .at = text, .line_start = text, .line = 1};
    *out = (struct vector_set){0};
    if (is_names(r.at)) next_line(&r);
    for (; *r.at && (!limit || out->rows < limit); next_line(&r)) {
        size_t found;
        if (*skip_blanks(r.at) == '\n' || !*skip_blanks(r.at)) continue;
        TRY(read_line(&r, &found, err));
        if (!out->rows) out->dimensions = (uint32_t)found;
        if (found != out->dimensions) {
            r.at = r.line_start;
            return fault(&r,
                         arena_format(arena, "the row has %zu numbers; expected %u as in the first",
                                      found, (unsigned)out->dimensions),
                         err);
        }
        out->rows++;
    }
    out->values = r.values;
    if (!out->rows) return error_set(err, "the file has no row of numbers");
    return true;
}
