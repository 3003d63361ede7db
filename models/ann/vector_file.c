#include "models/ann/vector_file.h"

#include "base/arena.h"
#include "base/error.h"
#include "models/ann/ann.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { WORD = 4 }; /* bytes of a u32 or a float32 */

static uint32_t get_u32(const unsigned char *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static float get_float(const unsigned char *at)
{
    uint32_t bits = get_u32(at);
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* --- headers --- */

static bool check_dimensions(uint32_t dimensions, struct error *err)
{
    if (dimensions >= 1 && dimensions <= ANN_DIMENSIONS_MAX) return true;
    return error_set(err, "the header says %u dimensions; expected 1 to %u", (unsigned)dimensions,
                     (unsigned)ANN_DIMENSIONS_MAX);
}

/* The length the header promises fits in 64 bits: at most 2^32 rows of 2^32 words of 8 bytes may
 * not, so rows are compared with what the file could hold instead. */
static bool check_length(size_t length, uint32_t rows, size_t row_bytes, struct error *err)
{
    size_t body = length - 2 * WORD;
    if (body % row_bytes == 0 && body / row_bytes == rows) return true;
    return error_set(err,
                     "the header says %u rows of %zu bytes, but %zu bytes follow it; the file is "
                     "cut short, has something after its end, or is of another format",
                     (unsigned)rows, row_bytes, body);
}

/* Rows and columns of a header of two words. */
static bool read_header(struct vector_bytes bytes, uint32_t *rows, uint32_t *columns,
                        struct error *err)
{
    if (bytes.length < 2 * WORD) {
        return error_set(err, "the file has %zu bytes; expected a header of %d", bytes.length,
                         2 * WORD);
    }
    *rows = get_u32(bytes.data);
    *columns = get_u32(bytes.data + WORD);
    return true;
}

/* --- formats --- */

static float *new_values(struct arena *arena, struct vector_set *out)
{
    return arena_calloc(arena, out->rows, out->dimensions * sizeof(float));
}

static float get_value(const unsigned char *values, size_t value_bytes, size_t i)
{
    return value_bytes == 1 ? (float)values[i] : get_float(values + i * WORD);
}

static bool read_bin(struct arena *arena, struct vector_bytes bytes, size_t value_bytes,
                     size_t limit, struct vector_set *out, struct error *err)
{
    uint32_t rows = 0;
    uint32_t dimensions = 0;
    TRY(read_header(bytes, &rows, &dimensions, err));
    TRY(check_dimensions(dimensions, err));
    TRY(check_length(bytes.length, rows, dimensions * value_bytes, err));
    out->rows = limit && limit < rows ? limit : rows;
    out->dimensions = dimensions;
    out->values = new_values(arena, out);
    const unsigned char *at = bytes.data + 2 * WORD;
    size_t count = out->rows * dimensions;
    for (size_t i = 0; i < count; i++) out->values[i] = get_value(at, value_bytes, i);
    return true;
}

static bool read_vecs(struct arena *arena, struct vector_bytes bytes, size_t value_bytes,
                      size_t limit, struct vector_set *out, struct error *err)
{
    if (bytes.length < WORD) {
        return error_set(err, "the file has %zu bytes; expected at least one row", bytes.length);
    }
    uint32_t dimensions = get_u32(bytes.data);
    TRY(check_dimensions(dimensions, err));
    size_t row_bytes = WORD + dimensions * value_bytes;
    size_t rows = bytes.length / row_bytes;
    if (bytes.length % row_bytes) {
        return error_set(err, "%zu bytes are no whole number of rows of %zu; the file is cut short",
                         bytes.length, row_bytes);
    }
    for (size_t i = 0; i < rows; i++) {
        uint32_t found = get_u32(bytes.data + i * row_bytes);
        if (found == dimensions) continue;
        return error_set(err, "row %zu says %u dimensions; expected %u as in row 0", i,
                         (unsigned)found, (unsigned)dimensions);
    }
    out->rows = limit && limit < rows ? limit : rows;
    out->dimensions = dimensions;
    out->values = new_values(arena, out);
    for (size_t i = 0; i < out->rows; i++) {
        const unsigned char *at = bytes.data + i * row_bytes + WORD;
        float *row = out->values + i * dimensions;
        for (size_t j = 0; j < dimensions; j++) row[j] = get_value(at, value_bytes, j);
    }
    return true;
}

bool vector_bytes_read(struct arena *arena, struct vector_bytes bytes, enum vector_format format,
                       size_t limit, struct vector_set *out, struct error *err)
{
    switch (format) {
    case VECTOR_FBIN: return read_bin(arena, bytes, WORD, limit, out, err);
    case VECTOR_U8BIN: return read_bin(arena, bytes, 1, limit, out, err);
    case VECTOR_FVECS: return read_vecs(arena, bytes, WORD, limit, out, err);
    case VECTOR_BVECS: return read_vecs(arena, bytes, 1, limit, out, err);
    case VECTOR_IBIN: break;
    }
    return error_set(err, "this format holds ids, not vectors; expected .fbin, .u8bin, .fvecs or "
                          ".bvecs");
}

bool neighbour_bytes_read(struct arena *arena, struct vector_bytes bytes, struct neighbour_set *out,
                          struct error *err)
{
    uint32_t rows = 0;
    uint32_t k = 0;
    TRY(read_header(bytes, &rows, &k, err));
    if (!k || k > ANN_ROWS_MAX) {
        return error_set(err, "the header says %u neighbours a row; expected 1 to %zu", (unsigned)k,
                         ANN_ROWS_MAX);
    }
    size_t ids_only = (size_t)k * WORD;
    size_t body = bytes.length - 2 * WORD;
    bool has_distances = body != rows * ids_only;
    TRY(check_length(bytes.length, rows, has_distances ? 2 * ids_only : ids_only, err));
    *out = (struct neighbour_set){.rows = rows, .k = k};
    out->ids = arena_calloc(arena, rows, ids_only);
    size_t count = (size_t)rows * k;
    const unsigned char *at = bytes.data + 2 * WORD;
    for (size_t i = 0; i < count; i++) out->ids[i] = get_u32(at + i * WORD);
    if (!has_distances) return true;
    out->distances = arena_calloc(arena, rows, ids_only);
    at += count * WORD;
    for (size_t i = 0; i < count; i++) out->distances[i] = get_float(at + i * WORD);
    return true;
}

/* --- files --- */

static bool read_stream(struct arena *arena, FILE *file, struct vector_bytes *out,
                        struct error *err)
{
    struct stat status;
    if (fstat(fileno(file), &status) != 0) {
        return error_set(err, "the file cannot be examined: %s", strerror(errno));
    }
    if (!S_ISREG(status.st_mode)) return error_set(err, "this is not a regular file");
    size_t length = (size_t)status.st_size;
    if (length > VECTOR_FILE_MAX) {
        return error_set(err, "the file has %zu bytes; expected %zu at most", length,
                         VECTOR_FILE_MAX);
    }
    unsigned char *data = arena_alloc(arena, length);
    if (fread(data, 1, length, file) != length) {
        return error_set(err, "the file could not be read to its end");
    }
    *out = (struct vector_bytes){.data = data, .length = length};
    return true;
}

static bool read_file(struct arena *arena, const char *path, struct vector_bytes *out,
                      struct error *err)
{
    FILE *file = fopen(path, "rbe");
    if (!file) return error_set(err, "the file cannot be opened: %s", strerror(errno));
    bool ok = read_stream(arena, file, out, err);
    fclose(file);
    return ok;
}

static bool format_of(const char *path, enum vector_format *format, struct error *err)
{
    static const struct {
        const char *ending;
        enum vector_format format;
    } endings[] = {{".fbin", VECTOR_FBIN},
                   {".u8bin", VECTOR_U8BIN},
                   {".fvecs", VECTOR_FVECS},
                   {".bvecs", VECTOR_BVECS}};
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < sizeof endings / sizeof endings[0]; i++) {
        if (strcmp(dot, endings[i].ending) != 0) continue;
        *format = endings[i].format;
        return true;
    }
    return error_set(err, "the name's ending tells no vector format; expected .fbin, .u8bin, "
                          ".fvecs or .bvecs");
}

/* The error's place is the file. */
static bool place_error(const char *path, struct error *err)
{
    err->place.file = path;
    return false;
}

bool vector_file_read(struct arena *arena, const char *path, size_t limit, struct vector_set *out,
                      struct error *err)
{
    enum vector_format format = VECTOR_FBIN;
    if (!format_of(path, &format, err)) return place_error(path, err);
    struct arena *passing = arena_new();
    struct vector_bytes bytes = {0};
    bool ok = read_file(passing, path, &bytes, err) &&
              vector_bytes_read(arena, bytes, format, limit, out, err);
    arena_free(passing);
    return ok ? true : place_error(path, err);
}

bool neighbour_file_read(struct arena *arena, const char *path, struct neighbour_set *out,
                         struct error *err)
{
    struct arena *passing = arena_new();
    struct vector_bytes bytes = {0};
    bool ok = read_file(passing, path, &bytes, err) && neighbour_bytes_read(arena, bytes, out, err);
    arena_free(passing);
    return ok ? true : place_error(path, err);
}
