#include "models/vector_data.h"

#include "base/arena.h"
#include "base/document.h"
#include "base/file.h"
#include "models/ann/ann.h"
#include "models/ann/vector_file.h"
#include "models/ann/vectors.h"
#include "models/compiler.h"
#include "models/vector_csv.h"

#include <math.h>
#include <string.h>

enum { ROWS_LEAST = 100, QUERY_SHARE = 5 }; /* at most a fifth of the rows are queries */

const struct field vector_data_fields[] = {
    {.name = "file",
     .type = FIELD_NODE,
     .type_name = "a file",
     .offset = offsetof(struct vector_data_settings, file),
     .doc = "vectors of your own (.fbin, .u8bin, .fvecs, .csv), beside the scenario; some are set "
            "apart as queries"},
    {.name = "rows",
     .type = FIELD_COUNT,
     .fallback = "25000",
     .minimum = ROWS_LEAST,
     .maximum = 1e6,
     .offset = offsetof(struct vector_data_settings, rows),
     .doc = "how many of the file are read at most"},
    {.name = "intrinsic_dimension",
     .type = FIELD_COUNT,
     .minimum = 1,
     .maximum = VECTORS_INTRINSIC_MAX,
     .offset = offsetof(struct vector_data_settings, intrinsic),
     .doc = "of synthetic vectors: how many directions their clusters extend in; 20 if absent, as "
            "hard to search as word embeddings"},
    {.name = "clusters",
     .type = FIELD_COUNT,
     .minimum = 1,
     .maximum = 1e9,
     .offset = offsetof(struct vector_data_settings, clusters),
     .doc = "of synthetic vectors; 50000 if absent"},
    {.name = NULL},
};

static bool ends_in(const char *name, const char *ending)
{
    const size_t length = strlen(name);
    const size_t of_ending = strlen(ending);
    return length >= of_ending && strcmp(name + length - of_ending, ending) == 0;
}

static bool read_rows(struct arena *arena, const char *file, size_t limit, struct vector_set *out,
                      struct error *err)
{
    char *text;
    size_t length;
    if (!ends_in(file, ".csv")) return vector_file_read(arena, file, limit, out, err);
    TRY(document_load(arena, file, &text, &length, err));
    if (vector_csv_read(arena, text, limit, out, err)) return true;
    err->place.file = file;
    return false;
}

static bool check_row(const float *row, uint32_t dimensions, bool cosine, size_t number,
                      struct error *err)
{
    bool zero = true;
    for (uint32_t i = 0; i < dimensions; i++) {
        if (!(fabsf(row[i]) <= ANN_VALUE_MAX))
            return error_set(err,
                             "row %zu has the value %g in column %u; expected 1e15 at most "
                             "in size",
                             number, (double)row[i], (unsigned)i);
        zero = zero && row[i] == 0.0f;
    }
    if (!zero || !cosine) return true;
    return error_set(err,
                     "row %zu is all zeros, which has no cosine; leave it out, or use the "
                     "metric l2",
                     number);
}

/* Fisher and Yates' shuffle (Knuth, "The Art of Computer Programming" 3.4.2, algorithm P). */
static void shuffle(float *values, size_t rows, uint32_t dimensions, float *spare)
{
    const size_t bytes = dimensions * sizeof *values;
    uint64_t state = 1;
    for (size_t i = rows - 1; i > 0; i--) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        const size_t j = (size_t)((state >> 33) % (i + 1));
        memcpy(spare, values + i * dimensions, bytes);
        memmove(values + i * dimensions, values + j * dimensions, bytes);
        memcpy(values + j * dimensions, spare, bytes);
    }
}

static struct vector_data *split(struct arena *arena, const struct vector_set *set)
{
    struct vector_data *data = arena_new_item(arena, struct vector_data);
    const size_t most = set->rows / QUERY_SHARE;
    data->dimensions = set->dimensions;
    data->queries = most < VECTOR_DATA_QUERIES ? (uint32_t)most : VECTOR_DATA_QUERIES;
    data->rows = set->rows - data->queries;
    sha256_hex(set->values, set->rows * set->dimensions * sizeof *set->values, data->sha256);
    shuffle(set->values, set->rows, set->dimensions, arena_array(arena, float, set->dimensions));
    data->query_rows = set->values;
    data->values = set->values + (size_t)data->queries * set->dimensions;
    return data;
}

static bool load(struct arena *arena, const char *file, size_t limit, bool cosine,
                 struct vector_set *set, struct error *err)
{
    TRY(read_rows(arena, file, limit, set, err));
    if (set->rows < ROWS_LEAST)
        return error_set(err, "%s has %zu rows; a measurement needs %d or more", file, set->rows,
                         ROWS_LEAST);
    for (size_t i = 0; i < set->rows; i++)
        TRY(check_row(set->values + i * set->dimensions, set->dimensions, cosine, i, err));
    return true;
}

const struct vector_data *vector_data_load(struct compiler *c,
                                           const struct vector_data_settings *settings,
                                           const char *path, bool cosine)
{
    struct error err = {0};
    struct vector_set set;
    if (!settings->file) return NULL;
    const char *at = arena_format(c->arena, "%s.file", path);
    if (settings->file->type != NODE_STRING) {
        compiler_fault(c, settings->file, at, "expected a file's name, found %s",
                       node_type_name(settings->file->type));
        return NULL;
    }
    if (settings->intrinsic || settings->clusters) {
        compiler_fault(c, settings->file, at,
                       "intrinsic_dimension and clusters are of synthetic vectors, and these are "
                       "a file's; leave out one or the other");
        return NULL;
    }
    if (load(c->arena, compiler_file(c, settings->file), (size_t)settings->rows, cosine, &set,
             &err))
        return split(c->arena, &set);
    compiler_fault(c, settings->file, at, "%s%s%s", err.message, err.place.line ? ", line " : "",
                   err.place.line ? arena_format(c->arena, "%d", err.place.line) : "");
    return NULL;
}
