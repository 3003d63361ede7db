#include "base/arena.h"
#include "base/error.h"
#include "models/ann/image_lines.h"
#include "models/ann/image_open.h"
#include "models/ann/ivf.h"

#include <string.h>

/* Sums of squares of values up to ANN_VALUE_MAX are less, so nothing computed from what is up to it
 * overflows: a list's score is always above what pads the scores. */
static const float square_max = 1e35f;
static const float word_max = 4 * ANN_VALUE_MAX;

/* --- centroids --- */

static bool read_floats(struct opening *o, enum image_tag tag, size_t count, float least,
                        float most, float *out)
{
    const float *values = opening_part(o, tag, count, sizeof *values);
    if (!values) return false;
    memcpy(out, values, count * sizeof *values);
    return opening_floats(o, tag, values, count, least, most);
}

/* They are few: copied, and sums formed anew. */
static bool read_centroids(struct opening *o, struct ivf *ivf)
{
    struct coarse *coarse = &ivf->coarse;
    struct ann_index *index = o->index;
    size_t padded = (ivf->lists + SCAN_BYTE_ROWS - 1) / SCAN_BYTE_ROWS * SCAN_BYTE_ROWS;
    size_t quads = (index->settings.dimensions + SCAN_QUAD - 1) / SCAN_QUAD;
    const int8_t *values = opening_part(o, IMAGE_CENTROIDS, padded, quads * SCAN_QUAD);
    if (!values) return false;
    coarse_init(o->arena, coarse, ivf->lists, index->settings.dimensions, index->level);
    memcpy((void *)(uintptr_t)coarse->rows.values, values, padded * quads * SCAN_QUAD);
    int32_t *sums = (int32_t *)(uintptr_t)coarse->rows.sums;
    for (size_t i = 0; i < padded * quads * SCAN_QUAD; i++) {
        size_t block = i / (quads * SCAN_GROUP_BYTES);
        if (values[i] == INT8_MIN) {
            return error_set(o->err, "a centroid has the byte -128; expected -127 to 127");
        }
        sums[block * SCAN_BYTE_ROWS + i % SCAN_GROUP_BYTES / SCAN_QUAD] += values[i];
    }
    return read_floats(o, IMAGE_CENTROID_SCALE, ivf->lists, 0, ANN_VALUE_MAX, coarse->scale) &&
           read_floats(o, IMAGE_CENTROID_NORMS, ivf->lists, 0, square_max, coarse->norms) &&
           read_floats(o, IMAGE_CENTROID_BIAS, ivf->lists, -square_max, 0, coarse->bias);
}

/* --- lists --- */

static bool read_lengths(struct opening *o, struct ivf *ivf)
{
    ivf->length = opening_part(o, IMAGE_LENGTHS, ivf->lists, sizeof *ivf->length);
    if (!ivf->length) return false;
    ivf->first = arena_array(o->arena, uint32_t, ivf->lists + 1);
    uint64_t slots = 0;
    for (size_t list = 0; list < ivf->lists; list++) {
        slots += ((uint64_t)ivf->length[list] + SCAN_BLOCK - 1) / SCAN_BLOCK * SCAN_BLOCK;
        if (slots > UINT32_MAX) return error_set(o->err, "the lists hold too many rows");
        ivf->first[list + 1] = (uint32_t)slots;
    }
    return true;
}

/* Every row is in as many lists as it should be: once, or twice when spilled; one that is deleted
 * may be in none. */
static bool check_slots(struct opening *o, const struct ivf *ivf)
{
    struct arena *passing = arena_new();
    uint8_t *times = arena_array(passing, uint8_t, ivf->rows + 1);
    uint8_t copies = o->index->settings.spill > 1 && ivf->lists > 1 ? 2 : 1;
    size_t wrong = SIZE_MAX;
    for (size_t list = 0; list < ivf->lists; list++) {
        for (size_t slot = ivf->first[list]; slot < ivf->first[list + 1]; slot++) {
            uint32_t id = ivf->ids[slot];
            bool used = slot - ivf->first[list] < ivf->length[list];
            if (used && id < ivf->rows && times[id] < copies) {
                times[id]++;
            } else if (used || id) {
                wrong = slot;
            }
        }
    }
    size_t lost = SIZE_MAX;
    const struct index_passing alive = {.dead = o->index->dead};
    for (size_t id = 0; id < ivf->rows; id++) {
        bool none_needed = !times[id] && !index_passes(&alive, (uint32_t)id);
        if (times[id] != copies && !none_needed) lost = id;
    }
    arena_free(passing);
    if (wrong != SIZE_MAX) {
        return error_set(o->err,
                         "place %zu of the lists has a row that is not there, or is in "
                         "too many lists",
                         wrong);
    }
    if (lost != SIZE_MAX) return error_set(o->err, "row %zu is missing in the lists", lost);
    return true;
}

static bool read_slots(struct opening *o, struct ivf *ivf)
{
    TRY(read_lengths(o, ivf));
    ivf->ids = opening_part(o, IMAGE_SLOTS, ivf->first[ivf->lists], sizeof *ivf->ids);
    return ivf->ids && check_slots(o, ivf);
}

/* --- codes --- */

static bool read_slot_floats(struct opening *o, const struct ivf *ivf, bool wanted,
                             enum image_tag tag, float **out)
{
    if (!wanted) return true;
    size_t slots = ivf->first[ivf->lists];
    *out = opening_part(o, tag, slots, sizeof **out);
    if (!*out) return false;
    return !o->values || opening_floats(o, tag, *out, slots, -square_max, square_max);
}

static bool read_words(struct opening *o, struct ivf *ivf)
{
    struct book *book = &ivf->coder.book;
    if (ivf->coder.signs) {
        *book = book_of_signs(o->arena, book->pieces);
        return true;
    }
    book->stride = book->width * BOOK_WORDS;
    size_t words = book->pieces * book->stride;
    book->words = opening_part(o, IMAGE_WORDS, words, sizeof *book->words);
    if (!book->words) return false;
    return opening_floats(o, IMAGE_WORDS, book->words, words, -word_max, word_max);
}

static bool read_codes(struct opening *o, struct ivf *ivf)
{
    coder_init(o->arena, &ivf->coder, &o->index->settings, o->index->level);
    ivf->block_bytes = ivf->coder.book.pieces / SCAN_GROUP * SCAN_GROUP_BYTES;
    TRY(read_words(o, ivf));
    size_t blocks = ivf->first[ivf->lists] / SCAN_BLOCK;
    ivf->codes = opening_part(o, IMAGE_LIST_CODES, blocks, ivf->block_bytes);
    if (!ivf->codes) return false;
    if (!ivf->coarse.scan->quads) {
        size_t bytes = blocks * ivf->block_bytes;
        uint8_t *turned = arena_alloc_aligned(o->arena, bytes, ANN_ALIGNMENT);
        lines_from_quads(ivf->codes, bytes, turned);
        ivf->codes = turned;
    }
    const struct coder *coder = &ivf->coder;
    return read_slot_floats(o, ivf, coder->with_scale, IMAGE_SLOT_SCALE, &ivf->scale) &&
           read_slot_floats(o, ivf, coder->with_bias, IMAGE_SLOT_BIAS, &ivf->bias) &&
           read_slot_floats(o, ivf, coder->with_margin, IMAGE_SLOT_MARGIN, &ivf->margin);
}

/* --- the recall curve --- */

static bool read_curve(struct opening *o, struct ivf *ivf)
{
    enum { WORDS = 4 };
    uint64_t points;
    TRY(opening_field(o, FIELD_CURVE_POINTS, "the length of the recall curve", 0, ANN_CURVE_POINTS,
                      &points));
    if (!points) return true;
    const uint32_t *words = opening_part(o, IMAGE_CURVE, (size_t)points, WORDS * sizeof *words);
    if (!words) return false;
    ivf->curve_length = (size_t)points;
    for (size_t i = 0; i < points; i++) {
        struct ann_curve_point *point = &ivf->curve[i];
        memcpy(&point->target, &words[i * WORDS], sizeof point->target);
        memcpy(&point->recall, &words[i * WORDS + 1], sizeof point->recall);
        point->probes = words[i * WORDS + 2];
        point->rerank = words[i * WORDS + 3];
        bool good = point->target >= 0 && point->target <= 1 && point->recall >= 0 &&
                    point->recall <= 1 && point->probes <= INT32_MAX &&
                    point->rerank <= ANN_BEAM_MAX;
        if (!good) return error_set(o->err, "point %zu of the recall curve is none", i);
    }
    return true;
}

bool opening_lists(struct opening *o)
{
    struct ivf *ivf = arena_new_item(o->arena, struct ivf);
    o->index->ivf = ivf;
    uint64_t lists;
    uint64_t rows;
    TRY(opening_field(o, FIELD_LISTED_ROWS, "the number of rows in lists", 0, o->index->count,
                      &rows));
    TRY(opening_field(o, FIELD_LISTS, "the number of lists", 0, ANN_ROWS_MAX, &lists));
    ivf->rows = (size_t)rows;
    ivf->lists = (size_t)lists;
    if (!lists) return true;
    const struct ann_settings *s = &o->index->settings;
    ivf->coded = ann_kind_has_products(s->kind) || ann_code_is_bits(s->code);
    TRY(read_slots(o, ivf) && read_centroids(o, ivf));
    TRY(!ivf->coded || read_codes(o, ivf));
    return read_curve(o, ivf);
}
