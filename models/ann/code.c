#include "models/ann/code.h"

#include "base/arena.h"
#include "models/ann/half.h"
#include "models/ann/memory.h"

#include <math.h>
#include <string.h>

enum {
    HEADER_MOST = 3 * sizeof(float),
    HALF_EXPONENT = 15, /* rows are scaled so that their largest value is just below 2^15 */
    QUERY_MOST = 127,
    BYTE_MOST = 255,
    NIBBLE_MOST = 15
};

static bool is_integer(const struct code_rows *rows)
{
    return rows->code != ANN_FLOAT16;
}

static bool is_nibble(const struct code_rows *rows)
{
    return rows->code == ANN_LVQ4;
}

static int code_most(const struct code_rows *rows)
{
    return is_nibble(rows) ? NIBBLE_MOST : BYTE_MOST;
}

static size_t lines_for(size_t bytes)
{
    return (bytes + ANN_ALIGNMENT - 1) / ANN_ALIGNMENT * ANN_ALIGNMENT;
}

static void set_layout(struct code_rows *rows)
{
    size_t floats = rows->own_range ? 2 : 0;
    if (is_integer(rows) && rows->squared) floats++;
    size_t values = rows->dimensions;
    if (rows->code == ANN_FLOAT16) values *= 2;
    if (is_nibble(rows)) values = (values + 1) / 2;
    rows->header = floats * sizeof(float);
    rows->stride = lines_for(rows->header + values);
}

static void choose_kernels(struct code_rows *rows, enum simd_level level)
{
    const struct code_kernels *kernels = code_kernels_of(level);
    rows->wide = kernels->wide;
    if (rows->code == ANN_FLOAT16) {
        rows->gather = kernels->gather_float16;
        rows->scan = kernels->scan_float16;
    } else {
        rows->gather = is_nibble(rows) ? kernels->gather_nibbles : kernels->gather_bytes;
        rows->scan = is_nibble(rows) ? kernels->scan_nibbles : kernels->scan_bytes;
    }
}

/* --- parameters --- */

static const float *learn_mean(struct arena *arena, const struct code_source *source)
{
    struct arena *passing = arena_new();
    double *sums = arena_array(passing, double, source->dimensions);
    for (size_t i = 0; i < source->count; i++) {
        const float *row = source->rows->values + i * source->rows->stride;
        for (uint32_t j = 0; j < source->dimensions; j++) sums[j] += (double)row[j];
    }
    size_t bytes = distance_stride(source->dimensions) * sizeof(float);
    float *mean = arena_alloc_aligned(arena, bytes, ANN_ALIGNMENT);
    for (uint32_t j = 0; j < source->dimensions && source->count; j++) {
        mean[j] = (float)(sums[j] / (double)source->count);
    }
    arena_free(passing);
    return mean;
}

static void learn_range(struct code_rows *rows, const struct code_source *source)
{
    float low = 0;
    float high = 0;
    for (size_t i = 0; i < source->count; i++) {
        const float *row = source->rows->values + i * source->rows->stride;
        for (uint32_t j = 0; j < source->dimensions; j++) {
            float value = row[j] - rows->mean[j];
            low = value < low ? value : low;
            high = value > high ? value : high;
        }
    }
    rows->low = low;
    rows->step = (high - low) / (float)code_most(rows);
}

static void learn_scale(struct code_rows *rows, const struct code_source *source)
{
    float most = 0;
    for (size_t i = 0; i < source->count; i++) {
        const float *row = source->rows->values + i * source->rows->stride;
        for (uint32_t j = 0; j < source->dimensions; j++) {
            float size = fabsf(row[j]);
            most = size > most ? size : most;
        }
    }
    int exponent = 0;
    if (most > 0) (void)frexpf(most, &exponent);
    /* Rows so small that nothing is to be seen of them may keep their size. */
    if (exponent < -HALF_EXPONENT * 2) exponent = -HALF_EXPONENT * 2;
    rows->scale = ldexpf(1, HALF_EXPONENT - exponent);
}

/* But for the parameters. */
static struct code_rows *new_rows(struct arena *arena, const struct code_source *source)
{
    struct code_rows *rows = arena_new_item(arena, struct code_rows);
    rows->code = source->code;
    rows->metric = source->metric;
    rows->squared = source->metric == ANN_L2;
    rows->own_range = source->code == ANN_LVQ8 || source->code == ANN_LVQ4;
    rows->dimensions = source->dimensions;
    set_layout(rows);
    choose_kernels(rows, source->level);
    return rows;
}

struct code_rows *code_rows_open(struct arena *arena, const struct code_source *source,
                                 const struct code_rows *learnt)
{
    struct code_rows *rows = new_rows(arena, source);
    rows->mean = learnt->mean;
    rows->low = learnt->low;
    rows->step = learnt->step;
    rows->scale = learnt->scale;
    rows->bytes = learnt->bytes;
    return rows;
}

struct code_rows *code_rows_new(struct arena *arena, const struct code_source *source)
{
    struct code_rows *rows = new_rows(arena, source);
    if (rows->code == ANN_FLOAT16) {
        learn_scale(rows, source);
    } else {
        rows->mean = learn_mean(arena, source);
        if (!rows->own_range) learn_range(rows, source);
    }
    rows->bytes = memory_large(arena, source->capacity, rows->stride);
    for (size_t i = 0; i < source->count; i++) {
        code_encode(rows, i, source->rows->values + i * source->rows->stride);
    }
    return rows;
}

/* --- rows --- */

static void put_float(unsigned char *bytes, size_t index, float value)
{
    memcpy(bytes + index * sizeof value, &value, sizeof value);
}

static float get_float(const unsigned char *bytes, size_t index)
{
    float value;
    memcpy(&value, bytes + index * sizeof value, sizeof value);
    return value;
}

static void encode_halves(const struct code_rows *rows, unsigned char *bytes, const float *row)
{
    for (uint32_t j = 0; j < rows->dimensions; j++) {
        uint16_t half = half_from_float(row[j] * rows->scale);
        memcpy(bytes + j * sizeof half, &half, sizeof half);
    }
}

static void own_range(const struct code_rows *rows, const float *row, float *low, float *step)
{
    float least = row[0] - rows->mean[0];
    float most = least;
    for (uint32_t j = 1; j < rows->dimensions; j++) {
        float value = row[j] - rows->mean[j];
        least = value < least ? value : least;
        most = value > most ? value : most;
    }
    *low = least;
    *step = (most - least) / (float)code_most(rows);
}

/* The nearest code to `value`, of 0 .. most. */
static unsigned quantize(float value, float low, float step, int most)
{
    if (!(step > 0)) return 0;
    float place = (value - low) / step + 0.5f;
    if (!(place > 0)) return 0;
    return place >= (float)most ? (unsigned)most : (unsigned)place;
}

void code_encode(struct code_rows *rows, size_t id, const float *row)
{
    unsigned char *bytes = rows->bytes + id * rows->stride;
    memset(bytes, 0, rows->stride);
    if (!is_integer(rows)) {
        encode_halves(rows, bytes, row);
        return;
    }
    float low = rows->low;
    float step = rows->step;
    if (rows->own_range) own_range(rows, row, &low, &step);
    size_t room = rows->stride - rows->header;
    unsigned char *values = bytes + rows->header;
    double squares = 0;
    for (uint32_t j = 0; j < rows->dimensions; j++) {
        unsigned code = quantize(row[j] - rows->mean[j], low, step, code_most(rows));
        double stands_for = (double)low + (double)step * code;
        squares += stands_for * stands_for;
        if (!is_nibble(rows)) {
            values[j] = (unsigned char)code;
        } else if (j < room) {
            values[j] = (unsigned char)code;
        } else {
            values[j - room] = (unsigned char)(values[j - room] | code << 4);
        }
    }
    if (rows->own_range) {
        put_float(bytes, 0, low);
        put_float(bytes, 1, step);
    }
    if (rows->squared) put_float(bytes, rows->own_range ? 2 : 0, (float)squares);
}

void code_decode(const struct code_rows *rows, size_t id, float *out)
{
    const unsigned char *bytes = rows->bytes + id * rows->stride;
    const unsigned char *values = bytes + rows->header;
    size_t room = rows->stride - rows->header;
    float low = rows->own_range ? get_float(bytes, 0) : rows->low;
    float step = rows->own_range ? get_float(bytes, 1) : rows->step;
    for (uint32_t j = 0; j < rows->dimensions; j++) {
        if (!is_integer(rows)) {
            uint16_t half;
            memcpy(&half, bytes + j * sizeof half, sizeof half);
            out[j] = half_to_float(half) / rows->scale;
            continue;
        }
        unsigned code = values[j];
        if (is_nibble(rows)) code = j < room ? values[j] & 15u : (unsigned)values[j - room] >> 4;
        out[j] = rows->mean[j] + (low + step * (float)code);
    }
}

/* --- queries --- */

void code_query_new(struct arena *arena, uint32_t dimensions, struct code_query *query)
{
    /* Room for any code and metric. */
    size_t places = 2 * lines_for(HEADER_MOST + dimensions);
    size_t floats = lines_for(2 * (size_t)dimensions) / 2;
    query->values = arena_alloc_aligned(arena, floats * sizeof(float), ANN_ALIGNMENT);
    query->small = arena_alloc_aligned(arena, places, ANN_ALIGNMENT);
    query->wide = arena_alloc_aligned(arena, places * sizeof(int16_t), ANN_ALIGNMENT);
}

static void prepare_halves(const struct code_rows *rows, const float *vector,
                           struct code_query *query)
{
    float scale = rows->squared ? rows->scale : 1.0f;
    memset(query->values, 0, rows->stride * (sizeof(float) / sizeof(uint16_t)));
    for (uint32_t j = 0; j < rows->dimensions; j++) query->values[j] = vector[j] * scale;
    query->base = rows->metric == ANN_COSINE ? 1.0f : 0.0f;
    query->of_dot = rows->squared ? 1 / rows->scale / rows->scale : -1 / rows->scale;
}

/* --- quantized queries --- */

typedef float lanes __attribute__((vector_size(64), may_alias));
typedef int32_t integers __attribute__((vector_size(64), may_alias));
typedef int8_t bytes __attribute__((vector_size(16), may_alias));
typedef int16_t shorts __attribute__((vector_size(32), may_alias));
typedef float floats __attribute__((vector_size(32), may_alias));
typedef double doubles __attribute__((vector_size(64)));

/* In double, lane i taking elements i, i + 8, ..., lanes added in order; `values` end in zeros. */
static double sum_products(const float *values, const float *others, size_t length)
{
    enum { LANES = sizeof(doubles) / sizeof(double) };
    doubles sums = {0};
    for (size_t i = 0; i < length; i += LANES) {
        floats a = *(const floats *)(const void *)(values + i);
        floats b = *(const floats *)(const void *)(others + i);
        sums += __builtin_convertvector(a, doubles) * __builtin_convertvector(b, doubles);
    }
    double total = 0;
    for (size_t i = 0; i < LANES; i++) total += sums[i];
    return total;
}

static double sum_values(const float *values, size_t length)
{
    enum { LANES = sizeof(doubles) / sizeof(double) };
    doubles sums = {0};
    for (size_t i = 0; i < length; i += LANES) {
        sums += __builtin_convertvector(*(const floats *)(const void *)(values + i), doubles);
    }
    double total = 0;
    for (size_t i = 0; i < LANES; i++) total += sums[i];
    return total;
}

static float largest_size(const float *values, size_t length)
{
    lanes most = {0};
    for (size_t i = 0; i < length; i += ANN_LANES) {
        lanes value = *(const lanes *)(const void *)(values + i);
        lanes size = (lanes)((integers)value & INT32_MAX);
        integers larger = size > most;
        most = (lanes)(((integers)size & larger) | ((integers)most & ~larger));
    }
    float result = 0;
    for (size_t i = 0; i < ANN_LANES; i++) result = most[i] > result ? most[i] : result;
    return result;
}

/* values * inverse, which lie in -127 .. 127, to the nearest integers. */
static void quantize_values(const float *values, float inverse, size_t length, int8_t *out)
{
    const integers half = (integers){0} + 0x3f000000; /* 0.5f */
    for (size_t i = 0; i < length; i += ANN_LANES) {
        lanes place = *(const lanes *)(const void *)(values + i) * inverse;
        place += (lanes)(((integers)place & INT32_MIN) | half);
        *(bytes *)(void *)(out + i) =
            __builtin_convertvector(__builtin_convertvector(place, integers), bytes);
    }
}

/* Puts the query's bytes where a row's values are: nibbles that lie above go a row's length on. */
static void place_query(const struct code_rows *rows, const int8_t *quantized,
                        struct code_query *query)
{
    size_t count = rows->dimensions;
    size_t room = rows->stride - rows->header;
    size_t below = is_nibble(rows) && count > room ? room : count;
    size_t places = rows->stride * (is_nibble(rows) ? 2 : 1);
    memset(query->small, 0, places);
    memcpy(query->small + rows->header, quantized, below);
    memcpy(query->small + rows->stride + rows->header, quantized + below, count - below);
    if (!rows->wide) return;
    for (size_t i = 0; i < places; i += sizeof(bytes)) {
        *(shorts *)(void *)(query->wide + i) =
            __builtin_convertvector(*(const bytes *)(const void *)(query->small + i), shorts);
    }
}

void code_query_prepare(const struct code_rows *rows, const float *vector, struct code_query *query)
{
    if (!is_integer(rows)) {
        prepare_halves(rows, vector, query);
        return;
    }
    size_t length = distance_stride(rows->dimensions);
    for (size_t i = 0; i < length && rows->squared; i += ANN_LANES) {
        *(lanes *)(void *)(query->values + i) = *(const lanes *)(const void *)(vector + i) -
                                                *(const lanes *)(const void *)(rows->mean + i);
    }
    const float *values = rows->squared ? query->values : vector;
    double sum = sum_values(values, length);
    float step = largest_size(values, length) / (float)QUERY_MOST;
    float inverse = step > 0 ? 1 / step : 0;
    if (!(inverse <= 1e30f)) inverse = step = 0; /* too small to matter, or to invert */
    _Alignas(ANN_ALIGNMENT) int8_t quantized[ANN_DIMENSIONS_MAX];
    quantize_values(values, inverse, length, quantized);
    place_query(rows, quantized, query);

    double factor = rows->squared ? -2 : -1;
    double base = rows->squared ? sum_products(values, values, length)
                                : -sum_products(vector, rows->mean, length);
    if (rows->metric == ANN_COSINE) base += 1;
    query->of_offset = (float)(factor * sum);
    query->of_dot = (float)factor * step;
    if (!rows->own_range) {
        base += factor * sum * (double)rows->low;
        query->of_dot *= rows->step;
    }
    query->base = (float)base;
}
