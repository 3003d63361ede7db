/* code.h - rows in few bytes: what a search compares with first; for models/ann/ alone.
 *
 *   ANN_FLOAT16   half precision, all rows times one power of two
 *   ANN_INT8      8 bits a value in one range for all rows
 *   ANN_LVQ8      8 bits a value in a range of the row's own (offset and step)
 *   ANN_LVQ4      the same with 4 bits
 *
 * The integer codes are of the row minus the mean of all rows. LVQ is locally adaptive vector
 * quantization: Aguerrebere et al., "Similarity search in the blink of an eye with compressed
 * indices", PVLDB 16(11), 2023 (arXiv 2304.04759). Distances are asymmetric: the query keeps 8 bits
 * a value, in a range of its own, for the integer codes, and all its bits for half precision.
 *
 * A row is a whole number of 64-byte lines: a header (LVQ: float offset and float step; under L2
 * then a float, the squared length of what the code stands for), then the values, zeros behind.
 * Nibbles: byte i of the values holds value i below and value i + P above, P being the bytes for
 * values in a row. The arithmetic on codes is in integers and gives the same bits on every machine;
 * so does that of half precision, which follows the order of distance.h.
 */
#ifndef MODELS_ANN_CODE_H
#define MODELS_ANN_CODE_H

#include "models/ann/ann.h"
#include "models/ann/distance.h"

struct arena;
struct code_rows;

/* A query as the kernels want it. For integer codes a distance is
 *   base + offset * of_offset + step * of_dot * (codes . query) [+ squared length]
 * and with a range for all rows, base + of_dot * (codes . query) [+ squared length]. */
struct code_query {
    float *values; /* float16: padded; integers: room to work in */
    int8_t *small; /* integers, laid out as rows are (nibbles: the lower ones' first), 0 where no
                      value is */
    int16_t *wide; /* the same in two bytes, for kernels without byte products */
    float base;
    float of_offset;
    float of_dot;
};

/* Writes to out[i] the distance of row ids[i]. `out` has room for whole fours. */
typedef void code_gather_fn(const struct code_rows *rows, const struct code_query *query,
                            const uint32_t *ids, size_t count, float *out);
/* The same for rows first .. first + count - 1. */
typedef void code_scan_fn(const struct code_rows *rows, const struct code_query *query,
                          size_t first, size_t count, float *out);

/* Kernels of one level. */
struct code_kernels {
    code_gather_fn *gather_float16;
    code_gather_fn *gather_bytes;
    code_gather_fn *gather_nibbles;
    code_scan_fn *scan_float16;
    code_scan_fn *scan_bytes;
    code_scan_fn *scan_nibbles;
    bool wide; /* they take the query in two bytes a value */
};

struct code_rows {
    unsigned char *bytes;
    size_t stride; /* bytes from row to row, a multiple of ANN_ALIGNMENT */
    bool squared;  /* L2; else inner products */
    bool own_range;
    bool wide; /* as in the kernels */
    enum ann_code code;
    enum ann_metric metric;
    uint32_t dimensions;
    size_t header;     /* bytes before the values */
    const float *mean; /* padded as rows; NULL with float16 */
    float low;         /* the range for all rows: ANN_INT8 */
    float step;
    float scale; /* float16: what values were multiplied by */
    code_gather_fn *gather;
    code_scan_fn *scan;
};

/* What there is for rows of a metric. */
struct code_source {
    enum ann_code code; /* not ANN_FLOAT32, not ANN_RABITQ, not ANN_SIGN */
    enum ann_metric metric;
    uint32_t dimensions;
    const struct distance_rows *rows; /* of unit length under cosine */
    size_t count;
    size_t capacity; /* rows to have room for, from count */
    enum simd_level level;
};

/* Learns the code's parameters from the rows and encodes them; lives in `arena`. */
struct code_rows *code_rows_new(struct arena *arena, const struct code_source *source);

/* The same with parameters learnt before: mean, low, step, scale and bytes are those of `learnt`.
 */
struct code_rows *code_rows_open(struct arena *arena, const struct code_source *source,
                                 const struct code_rows *learnt);

/* Encodes one more row (or again) into place `id`; values beyond a shared range go to its ends. */
void code_encode(struct code_rows *rows, size_t id, const float *row);

/* The vector a code stands for, `dimensions` values. */
void code_decode(const struct code_rows *rows, size_t id, float *out);

/* Room, in `arena`, for a query of up to `dimensions`, whatever the code and metric. */
void code_query_new(struct arena *arena, uint32_t dimensions, struct code_query *query);

/* `vector` is padded as rows are, and of unit length under cosine. */
void code_query_prepare(const struct code_rows *rows, const float *vector,
                        struct code_query *query);

/* Kernels of a level; those of the next lower one where this machine lacks what the level's would
 * take. Never NULL. */
const struct code_kernels *code_kernels_of(enum simd_level level);

#endif
