/* coder.h - what a row's 4-bit codes are, and what a query's tables are to them.
 *
 *   product codes   pieces of 2 columns or more, 16 trained words each. A bias a row takes back the
 *                   error along the row, so that near rows are ranked as if it were not there.
 *   sign codes      4 columns' signs a piece. With a scale and a bias a row the estimate has no
 *                   systematic error (RaBitQ: Gao and Long, SIGMOD 2024) if the columns were
 *                   rotated before, as they are in ANN_RABITQ and not in ANN_SIGN.
 *
 * Codes are of the residual: row - centroid.
 */
#ifndef MODELS_ANN_CODER_H
#define MODELS_ANN_CODER_H

#include "models/ann/ann.h"
#include "models/ann/book.h"
#include "models/ann/rotate.h"
#include "models/ann/scan.h"

struct arena;

struct coder {
    struct book book;
    size_t dimensions;
    size_t columns;            /* book.pieces * book.width */
    struct rotation *rotation; /* NULL: none */
    bool signs;
    bool with_scale;
    bool with_bias;
    bool with_margin;
    bool squared; /* L2: the score is q . x - |x|^2 / 2, else q . x */
    float weight; /* of errors along the row when choosing codes, beyond that of all errors */
    const struct book_kernels *kernels;
};

/* Of one thread. */
struct coder_work {
    float *values; /* columns, as the next three */
    float *direction;
    float *centroid;
    float *decoded;
    uint8_t *codes; /* of one row, a piece each */
    struct book_tables tables;
};

/* Without a book yet: that needs training, or coder_use_signs. */
void coder_init(struct arena *arena, struct coder *coder, const struct ann_settings *settings,
                enum simd_level level);
void coder_work_init(struct arena *arena, struct coder_work *work, const struct coder *coder);

/* Residuals to train on: `count` of them, coder->columns floats each. */
void coder_train(struct arena *arena, struct coder *coder, const float *residuals, size_t count,
                 const struct ann_settings *settings, enum simd_level level);

/* What goes with a row's codes. */
struct coder_row {
    float scale;
    float bias;
    float margin; /* with_margin: times |query - centroid|, how much the estimate may be too small
                     (but for one row in 17) */
};

/* Codes of a row into work->codes. */
struct coder_row coder_encode(const struct coder *coder, const float *row, const float *centroid,
                              struct coder_work *work);

/* Tables of a query into work->tables; a score is then q . centroid + (what scan.h says) / unit,
 * if `tables` is what is scanned with. */
void coder_query(const struct coder *coder, const float *query, struct coder_work *work,
                 struct scan_tables *tables);

#endif
