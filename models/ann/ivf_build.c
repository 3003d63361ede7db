#include "base/arena.h"
#include "base/crew.h"
#include "models/ann/ivf.h"
#include "models/ann/kmeans.h"
#include "models/ann/memory.h"

#include <math.h>
#include <string.h>

enum {
    CLUSTER_SAMPLE = 40, /* rows a list that clustering learns from */
    CLUSTER_ROUNDS = 10,
    BOOK_SAMPLE = 16384, /* residuals that codebooks learn from */
    JOB_ROWS = 256,
    SPILL_CHOICE = 16, /* lists, beside the first, that a row's second is chosen from */
    PROBES_SHARE = 16, /* a search looks through so small a part of the lists */
    PROBES_LEAST = 8,
    RERANK_DEFAULT = 80,
    LISTS_MIN_ROWS = 16 /* rows a list at least, when the number of lists is left to us */
};

/* Lists are chosen by q . c - w |c|^2. Under inner products w = 0 is what is asked for; under L2 it
 * is 1/2, the nearest by distance, which is also how rows chose their lists. Under cosine the best
 * is between the two: on word embeddings w = .2 scans a quarter less rows for the same recall than
 * either. */
static float norm_weight(enum ann_metric metric)
{
    switch (metric) {
    case ANN_COSINE: return 0.2f;
    case ANN_INNER_PRODUCT: return 0;
    case ANN_L2: return 0.5f;
    }
    return 0.5f;
}

/* Rows in order of their lists while building. */
struct layout {
    uint32_t *of_row; /* list of each row; then, with spilling, second lists of all rows */
    size_t count;     /* rows times lists a row */
    struct distance_rows centroids;
};

size_t ann_default_lists(size_t rows)
{
    size_t lists = (size_t)(3 * sqrt((double)rows));
    if (lists > rows / LISTS_MIN_ROWS) lists = rows / LISTS_MIN_ROWS;
    return lists ? lists : 1;
}

size_t ann_default_probes(size_t lists)
{
    const size_t probes = lists / PROBES_SHARE;
    return probes > PROBES_LEAST ? probes : PROBES_LEAST;
}

static size_t count_lists(const struct ann_index *index)
{
    const struct ann_settings *s = &index->settings;
    if (s->kind == ANN_FLAT) return 1;
    size_t lists = s->lists;
    if (!lists) lists = ann_default_lists(index->count);
    if (lists > index->count) lists = index->count;
    return lists ? lists : 1;
}

static struct distance_rows cluster(struct arena *arena, struct arena *passing,
                                    struct ann_index *index, struct ivf *ivf, struct kmeans *kmeans)
{
    size_t stride = index->rows.stride;
    float *centroids =
        arena_alloc_aligned(passing, ivf->lists * stride * sizeof *centroids, ANN_ALIGNMENT);
    size_t sample = ivf->lists * CLUSTER_SAMPLE;
    *kmeans = (struct kmeans){.rows = &index->rows,
                              .count = index->count,
                              .dimensions = index->settings.dimensions,
                              .clusters = ivf->lists,
                              .sample = sample < index->count ? sample : index->count,
                              .rounds = CLUSTER_ROUNDS,
                              .seed = index->settings.seed,
                              .threads = index->settings.threads,
                              .level = index->level};
    kmeans_run(kmeans, centroids);
    struct distance_rows rows = {.values = centroids, .stride = stride};
    coarse_init(arena, &ivf->coarse, ivf->lists, kmeans->dimensions, index->level);
    coarse_set(&ivf->coarse, &rows);
    for (size_t i = 0; i < ivf->lists; i++) {
        coarse_get(&ivf->coarse, i, centroids + i * stride);
    }
    return rows;
}

struct spilling {
    const struct ann_index *index;
    const struct ivf *ivf;
    struct layout *layout;
    struct coarse_work *works; /* one a worker */
};

/* |r'|^2 + (r' . r)^2 / |r|^2 for the residuals r' of `other` and r of `first`. */
static double spill_loss(const float *row, const float *first, const float *other, size_t count)
{
    double square = 0;
    double cross = 0;
    double norm = 0;
    for (size_t i = 0; i < count; i++) {
        double r = (double)row[i] - (double)first[i];
        double s = (double)row[i] - (double)other[i];
        square += s * s;
        cross += s * r;
        norm += r * r;
    }
    return square + (norm > 0 ? cross * cross / norm : 0);
}

/* The second list is the one whose residual is short and turned away from the first's (SOAR: Sun et
 * al., NeurIPS 2023), among the SPILL_CHOICE lists nearest to the row. */
uint32_t ivf_second_list(const struct coarse *coarse, const struct distance_rows *centroids,
                         const float *row, uint32_t first, struct coarse_work *work)
{
    uint32_t best = first;
    double least = (double)INFINITY;
    coarse_score(coarse, row, work);
    work->keys[first] = INT32_MIN;
    size_t choice = coarse->count - 1 < SPILL_CHOICE ? coarse->count - 1 : SPILL_CHOICE;
    for (size_t i = 0; i < choice; i++) {
        size_t list = coarse->book->best(work->keys, coarse->rows.count);
        work->keys[list] = INT32_MIN;
        double loss = spill_loss(row, centroids->values + first * centroids->stride,
                                 centroids->values + list * centroids->stride, coarse->dimensions);
        if (loss >= least) continue;
        least = loss;
        best = (uint32_t)list;
    }
    return best;
}

static void spill_job(void *context, size_t worker, size_t job)
{
    const struct spilling *s = context;
    size_t end = (job + 1) * JOB_ROWS;
    if (end > s->index->count) end = s->index->count;
    for (size_t row = job * JOB_ROWS; row < end; row++) {
        s->layout->of_row[s->index->count + row] = ivf_second_list(
            &s->ivf->coarse, &s->layout->centroids, index_row(s->index, (uint32_t)row),
            s->layout->of_row[row], &s->works[worker]);
    }
}

static void spill(struct arena *passing, const struct ann_index *index, const struct ivf *ivf,
                  struct layout *layout)
{
    size_t threads = index->settings.threads;
    struct spilling s = {.index = index, .ivf = ivf, .layout = layout};
    s.works = arena_array(passing, struct coarse_work, threads);
    for (size_t i = 0; i < threads; i++) coarse_work_init(passing, &s.works[i], &ivf->coarse);
    crew_run(spill_job, &s, (index->count + JOB_ROWS - 1) / JOB_ROWS, threads);
}

/* Every list begins a block. */
static void place_rows(struct arena *arena, const struct ann_index *index, struct ivf *ivf,
                       const struct layout *layout)
{
    ivf->first = arena_array(arena, uint32_t, ivf->lists + 1);
    ivf->length = arena_array(arena, uint32_t, ivf->lists);
    for (size_t i = 0; i < layout->count; i++) ivf->length[layout->of_row[i]]++;
    for (size_t list = 0; list < ivf->lists; list++) {
        uint32_t blocks = (ivf->length[list] + SCAN_BLOCK - 1) / SCAN_BLOCK;
        ivf->first[list + 1] = ivf->first[list] + blocks * SCAN_BLOCK;
    }
    ivf->ids = arena_array(arena, uint32_t, ivf->first[ivf->lists]);
    memset(ivf->length, 0, ivf->lists * sizeof *ivf->length);
    for (size_t row = 0; row < index->count; row++) {
        for (size_t i = row; i < layout->count; i += index->count) {
            uint32_t list = layout->of_row[i];
            ivf->ids[ivf->first[list] + ivf->length[list]++] = (uint32_t)row;
        }
    }
}

static void train(struct arena *arena, const struct ann_index *index, struct ivf *ivf,
                  const struct layout *layout)
{
    struct arena *passing = arena_new();
    size_t columns = ivf->coder.columns;
    size_t count = index->count < BOOK_SAMPLE ? index->count : BOOK_SAMPLE;
    if (ivf->coder.signs) count = 0;
    float *residuals = arena_array(passing, float, count *columns);
    for (size_t i = 0; i < count; i++) {
        size_t row = i * index->count / count;
        const float *x = index->rows.values + row * index->rows.stride;
        const float *c = layout->centroids.values + layout->of_row[row] * layout->centroids.stride;
        for (size_t j = 0; j < ivf->coder.dimensions; j++) {
            residuals[i * columns + j] = x[j] - c[j];
        }
    }
    coder_train(arena, &ivf->coder, residuals, count, &index->settings, index->level);
    arena_free(passing);
}

struct encoding {
    const struct ann_index *index;
    struct ivf *ivf;
    const struct distance_rows *centroids;
    struct coder_work *works; /* one a worker */
};

static void encode_job(void *context, size_t worker, size_t list)
{
    struct encoding *e = context;
    struct ivf *ivf = e->ivf;
    struct coder_work *work = &e->works[worker];
    size_t pieces = ivf->coder.book.pieces;
    bool quads = ivf->coarse.scan->quads;
    const float *centroid = e->centroids->values + list * e->centroids->stride;
    for (uint32_t i = 0; i < ivf->length[list]; i++) {
        uint32_t slot = ivf->first[list] + i;
        const float *row = index_row(e->index, ivf->ids[slot]);
        struct coder_row coded = coder_encode(&ivf->coder, row, centroid, work);
        if (ivf->scale) ivf->scale[slot] = coded.scale;
        if (ivf->bias) ivf->bias[slot] = coded.bias;
        if (ivf->margin) ivf->margin[slot] = coded.margin;
        uint8_t *block = ivf->codes + slot / SCAN_BLOCK * ivf->block_bytes;
        for (size_t piece = 0; piece < pieces; piece++) {
            scan_place_code(block, quads, piece, i % SCAN_BLOCK, work->codes[piece]);
        }
    }
}

static void encode(struct arena *arena, const struct ann_index *index, struct ivf *ivf,
                   const struct distance_rows *centroids)
{
    size_t slots = ivf->first[ivf->lists];
    ivf->codes = memory_large(arena, slots / SCAN_BLOCK, ivf->block_bytes);
    if (ivf->coder.with_scale) ivf->scale = arena_array(arena, float, slots);
    if (ivf->coder.with_bias) ivf->bias = arena_array(arena, float, slots);
    if (ivf->coder.with_margin) ivf->margin = arena_array(arena, float, slots);

    struct arena *passing = arena_new();
    struct encoding *e = arena_new_item(passing, struct encoding);
    e->index = index;
    e->ivf = ivf;
    e->centroids = centroids;
    size_t threads = index->settings.threads;
    e->works = arena_array(passing, struct coder_work, threads);
    for (size_t i = 0; i < threads; i++) coder_work_init(passing, &e->works[i], &ivf->coder);
    crew_run(encode_job, e, ivf->lists, threads);
    arena_free(passing);
}

static void set_defaults(struct ann_settings *settings, const struct ivf *ivf)
{
    if (!settings->lists) settings->lists = (uint32_t)ivf->lists;
    if (!settings->probes) settings->probes = (uint32_t)ann_default_probes(ivf->lists);
    if (!settings->rerank) settings->rerank = RERANK_DEFAULT;
}

void ivf_build(struct arena *arena, struct ann_index *index)
{
    struct ivf *ivf = arena_new_item(arena, struct ivf);
    index->ivf = ivf;
    if (!index->count) return;
    ivf->lists = count_lists(index);
    ivf->rows = index->count;
    struct arena *passing = arena_new();
    struct kmeans kmeans;
    struct layout layout = {.centroids = cluster(arena, passing, index, ivf, &kmeans)};

    bool twice = index->settings.spill > 1 && ivf->lists > 1;
    layout.count = index->count * (twice ? 2 : 1);
    layout.of_row = arena_array(passing, uint32_t, layout.count);
    kmeans_assign(&kmeans, &ivf->coarse, layout.of_row);
    coarse_weigh(&ivf->coarse, norm_weight(index->settings.metric));
    if (twice) spill(passing, index, ivf, &layout);
    place_rows(arena, index, ivf, &layout);

    const struct ann_settings *s = &index->settings;
    ivf->coded = ann_kind_has_products(s->kind) || ann_code_is_bits(s->code);
    if (ivf->coded) {
        coder_init(arena, &ivf->coder, s, index->level);
        ivf->block_bytes = ivf->coder.book.pieces / SCAN_GROUP * SCAN_GROUP_BYTES;
        train(arena, index, ivf, &layout);
        encode(arena, index, ivf, &layout.centroids);
    }
    set_defaults(&index->settings, ivf);
    arena_free(passing);
    if (index->settings.recall > 0) ivf_tune(index);
}

size_t ivf_size_bytes(const struct ann_index *index)
{
    const struct ivf *ivf = index->ivf;
    if (!ivf->lists) return sizeof *ivf;
    size_t slots = ivf->first[ivf->lists];
    size_t of_list = 2 * sizeof(uint32_t);
    size_t coarse = ivf->coarse.rows.count * (ivf->coarse.rows.quads * SCAN_QUAD + 16);
    size_t bytes = sizeof *ivf + ivf->lists * of_list + coarse + slots * sizeof *ivf->ids;
    if (!ivf->coded) return bytes;
    const struct book *book = &ivf->coder.book;
    size_t words = book->stride ? book->pieces * book->stride : book->width * BOOK_WORDS;
    bytes += words * sizeof *book->words;
    bytes += slots / SCAN_BLOCK * ivf->block_bytes;
    if (ivf->scale) bytes += slots * sizeof *ivf->scale;
    if (ivf->bias) bytes += slots * sizeof *ivf->bias;
    if (ivf->margin) bytes += slots * sizeof *ivf->margin;
    if (ivf->coder.rotation) bytes += rotation_size_bytes(ivf->coder.rotation);
    return bytes;
}
