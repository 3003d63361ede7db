/* vector_file.h - vectors and true neighbours from files of the common benchmark formats.
 *
 *   .fbin    u32 rows, u32 dimensions, then rows x dimensions float32
 *   .u8bin   the same with bytes 0 .. 255, read as floats
 *   .fvecs   every row: u32 dimensions (the same in all), then that many float32
 *   .bvecs   the same with bytes 0 .. 255, read as floats
 *   .ibin    u32 rows, u32 k, then rows x k u32 ids (nearest first), then rows x k float32
 * distances; the distances may be missing
 *
 * All little-endian, row-major. A file must be exactly as long as its header says; any other bytes
 * give an error. Values are not looked at: NaN and infinity pass (ann_build refuses them by row).
 */
#ifndef MODELS_ANN_VECTOR_FILE_H
#define MODELS_ANN_VECTOR_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct error;

enum vector_format { VECTOR_FBIN, VECTOR_U8BIN, VECTOR_FVECS, VECTOR_BVECS, VECTOR_IBIN };

/* Files larger than this are refused. */
#define VECTOR_FILE_MAX ((size_t)4 << 30)

struct vector_set {
    size_t rows;
    uint32_t dimensions; /* 1 .. ANN_DIMENSIONS_MAX */
    float *values;       /* rows * dimensions, in the arena given */
};

struct neighbour_set {
    size_t rows;
    uint32_t k;
    uint32_t *ids;    /* rows * k, in the arena given */
    float *distances; /* rows * k, or NULL if the file has none */
};

/* Reads the first `limit` rows (0: all) of a .fbin, .u8bin, .fvecs or .bvecs file; the name's
 * ending tells which. The whole file is checked. False and *err, with the path as its place, on any
 * fault. */
bool vector_file_read(struct arena *arena, const char *path, size_t limit, struct vector_set *out,
                      struct error *err);
/* Reads a .ibin file. */
bool neighbour_file_read(struct arena *arena, const char *path, struct neighbour_set *out,
                         struct error *err);

/* Bytes of a file, already in memory. */
struct vector_bytes {
    const unsigned char *data;
    size_t length;
};

/* The same from memory; the error has no place. `format` is not VECTOR_IBIN. */
bool vector_bytes_read(struct arena *arena, struct vector_bytes bytes, enum vector_format format,
                       size_t limit, struct vector_set *out, struct error *err);
bool neighbour_bytes_read(struct arena *arena, struct vector_bytes bytes, struct neighbour_set *out,
                          struct error *err);

#endif
