#include "models/ann/coder.h"

#include "base/arena.h"
#include "models/ann/distance.h"

#include <math.h>
#include <string.h>

enum {
    SIGN_WIDTH = 4,
    /* Wider pieces for longer rows: with many columns, few of them vary by themselves. */
    PIECES_MOST = 128
};

/* eta - 1 with eta = (d - 1) T^2 / (1 - T^2) at T = .2: theorem 3.4 of Guo et al., for unit rows.
 */
static float default_weight(uint32_t dimensions)
{
    float eta = (float)(dimensions - 1) * (0.04f / 0.96f);
    return eta > 1 ? eta - 1 : 0;
}

static size_t round_up(size_t value, size_t to)
{
    return (value + to - 1) / to * to;
}

void coder_init(struct arena *arena, struct coder *coder, const struct ann_settings *settings,
                enum simd_level level)
{
    size_t dimensions = settings->dimensions;
    bool signs = ann_code_is_bits(settings->code);
    size_t width = 2;
    while (dimensions > width * PIECES_MOST) width *= 2;
    if (signs) {
        width = SIGN_WIDTH;
        dimensions = round_up(dimensions, ANN_LANES);
    }
    size_t pieces = round_up((dimensions + width - 1) / width, SCAN_GROUP);
    *coder = (struct coder){
        .dimensions = settings->dimensions,
        .columns = pieces * width,
        .signs = signs,
        .with_scale = signs,
        .squared = settings->metric == ANN_L2,
        .kernels = book_kernels_of(level),
        .book = {.pieces = pieces, .width = width},
    };
    if (settings->kind == ANN_SCANN) {
        coder->weight =
            settings->anisotropy > 0 ? settings->anisotropy : default_weight(settings->dimensions);
    }
    /* The weight keeps errors along the row small, so that there is little for a bias to take back.
     */
    coder->with_bias = signs || coder->squared || !(coder->weight > 0);
    if (settings->code == ANN_RABITQ) {
        coder->with_margin = true;
        coder->rotation = rotation_new(arena, coder->columns, settings->seed, level);
    }
}

void coder_work_init(struct arena *arena, struct coder_work *work, const struct coder *coder)
{
    size_t bytes = round_up(coder->columns, ANN_LANES) * sizeof(float);
    work->values = arena_alloc_aligned(arena, bytes, ANN_ALIGNMENT);
    work->direction = arena_alloc_aligned(arena, bytes, ANN_ALIGNMENT);
    work->centroid = arena_alloc_aligned(arena, bytes, ANN_ALIGNMENT);
    work->decoded = arena_alloc_aligned(arena, bytes, ANN_ALIGNMENT);
    work->codes = arena_alloc(arena, coder->book.pieces);
    size_t entries = coder->book.pieces * BOOK_WORDS;
    work->tables.entries = arena_alloc_aligned(arena, entries, ANN_ALIGNMENT);
    work->tables.products = arena_alloc_aligned(arena, entries * sizeof(float), ANN_ALIGNMENT);
}

void coder_train(struct arena *arena, struct coder *coder, const float *residuals, size_t count,
                 const struct ann_settings *settings, enum simd_level level)
{
    if (coder->signs) {
        coder->book = book_of_signs(arena, coder->book.pieces);
        return;
    }
    struct book_training training = {.residuals = residuals,
                                     .stride = coder->columns,
                                     .count = count,
                                     .pieces = coder->book.pieces,
                                     .width = coder->book.width,
                                     .seed = settings->seed,
                                     .threads = settings->threads};
    coder->book = book_train(arena, &training, level);
}

static double dot_of(const float *a, const float *b, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) sum += (double)a[i] * (double)b[i];
    return sum;
}

/* Of the error's bound in RaBitQ: theorem 3.2's epsilon_0. */
static const double margin_deviations = 1.9;

/* The estimate of q . r is f (s . q), s being the signs and f = |r|^2 / (s . r) (theorem 3.2 of
 * RaBitQ; without the rotation f = (s . r) / d, the least squares fit). It is best about q = the
 * centroid c: q . r = (q - c) . r + c . r, so the rest goes into the bias. */
static void encode_signs(const struct coder *coder, struct coder_work *work, struct coder_row *out)
{
    double c_dot_r = dot_of(work->centroid, work->values, coder->columns);
    double square = dot_of(work->values, work->values, coder->columns);
    if (coder->rotation) {
        rotation_apply(coder->rotation, work->values);
        rotation_apply(coder->rotation, work->centroid);
    }
    double along = 0;
    double s_dot_c = 0;
    for (size_t i = 0; i < coder->book.pieces; i++) {
        unsigned code = 0;
        for (size_t j = 0; j < SIGN_WIDTH; j++) {
            float value = work->values[i * SIGN_WIDTH + j];
            float centroid = work->centroid[i * SIGN_WIDTH + j];
            bool positive = value > 0;
            along += positive ? (double)value : -(double)value;
            s_dot_c += positive ? (double)centroid : -(double)centroid;
            code |= (unsigned)positive << j;
        }
        work->codes[i] = (uint8_t)code;
    }
    double factor = coder->rotation ? square / along : along / (double)coder->dimensions;
    if (!(along > 0)) factor = 0;
    out->scale = (float)factor;
    out->bias = (float)(c_dot_r - factor * s_dot_c);
    if (!coder->rotation || !(along > 0)) return;
    double spread = square * (double)coder->columns / (along * along) - 1;
    if (!(spread > 0)) spread = 0;
    out->margin = (float)(margin_deviations * sqrt(square * spread / (double)(coder->columns - 1)));
}

/* q . x is about q . x' + x' . e (x' the decoded row, e = x - x'): for q near x that is q . x. */
static void encode_products(const struct coder *coder, const float *row, struct coder_work *work,
                            struct coder_row *out)
{
    size_t dimensions = coder->dimensions;
    if (coder->weight > 0) {
        double norm = dot_of(row, row, dimensions);
        float inverse = norm > 0 ? (float)(1 / sqrt(norm)) : 0;
        memset(work->direction, 0, coder->columns * sizeof *work->direction);
        for (size_t i = 0; i < dimensions; i++) work->direction[i] = row[i] * inverse;
    }
    coder->kernels->encode(&coder->book, work->values, work->direction, coder->weight, work->codes);
    book_decode(&coder->book, work->codes, work->decoded);
    double sum = 0;
    for (size_t i = 0; i < dimensions; i++) {
        double decoded = (double)work->decoded[i] + (double)work->centroid[i];
        sum += decoded * ((double)row[i] - decoded);
    }
    out->bias = (float)sum;
}

struct coder_row coder_encode(const struct coder *coder, const float *row, const float *centroid,
                              struct coder_work *work)
{
    struct coder_row out = {.scale = 1};
    size_t dimensions = coder->dimensions;
    memset(work->values, 0, coder->columns * sizeof *work->values);
    memset(work->centroid, 0, coder->columns * sizeof *work->centroid);
    memcpy(work->centroid, centroid, dimensions * sizeof *centroid);
    for (size_t i = 0; i < dimensions; i++) work->values[i] = row[i] - centroid[i];
    if (coder->signs) {
        encode_signs(coder, work, &out);
    } else {
        encode_products(coder, row, work, &out);
    }
    if (coder->squared) out.bias -= (float)(0.5 * dot_of(row, row, dimensions));
    return out;
}

void coder_query(const struct coder *coder, const float *query, struct coder_work *work,
                 struct scan_tables *tables)
{
    memset(work->values, 0, coder->columns * sizeof *work->values);
    memcpy(work->values, query, coder->dimensions * sizeof *query);
    if (coder->rotation) rotation_apply(coder->rotation, work->values);
    coder->kernels->tables(&coder->book, work->values, &work->tables);
    *tables = (struct scan_tables){.entries = work->tables.entries,
                                   .groups = coder->book.pieces / SCAN_GROUP,
                                   .offset = work->tables.offset,
                                   .unit = work->tables.unit};
}
