#include "base/arena.h"
#include "base/file.h"
#include "models/ann/hnsw.h"
#include "models/ann/image_index.h"
#include "models/ann/image_lines.h"
#include "models/ann/ivf.h"

#include <string.h>

static void add(struct image *image, enum image_tag tag, const void *data, size_t count,
                size_t size)
{
    image->parts[tag] = (struct image_part){.data = data, .length = count * size};
}

static uint64_t bits_of(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static void set_settings(uint64_t *fields, const struct ann_settings *s)
{
    fields[FIELD_KIND] = s->kind;
    fields[FIELD_METRIC] = s->metric;
    fields[FIELD_CODE] = s->code;
    fields[FIELD_DIMENSIONS] = s->dimensions;
    fields[FIELD_M] = s->m;
    fields[FIELD_EF_CONSTRUCTION] = s->ef_construction;
    fields[FIELD_EF_SEARCH] = s->ef_search;
    fields[FIELD_SEED] = s->seed;
    fields[FIELD_LISTS_ASKED] = s->lists;
    fields[FIELD_PROBES] = s->probes;
    fields[FIELD_RERANK] = s->rerank;
    fields[FIELD_SPILL] = s->spill;
    fields[FIELD_ANISOTROPY] = bits_of(s->anisotropy);
    fields[FIELD_RECALL] = bits_of(s->recall);
}

static void add_codes(const struct ann_index *index, uint64_t *fields, struct image *image)
{
    const struct code_rows *codes = index->codes;
    if (!codes) return;
    fields[FIELD_CODE_LOW] = bits_of(codes->low);
    fields[FIELD_CODE_STEP] = bits_of(codes->step);
    fields[FIELD_CODE_SCALE] = bits_of(codes->scale);
    size_t columns = distance_stride(codes->dimensions);
    if (codes->mean) add(image, IMAGE_CODE_MEAN, codes->mean, columns, sizeof *codes->mean);
    add(image, IMAGE_CODES, codes->bytes, index->count, codes->stride);
}

static void add_graph(const struct ann_index *index, uint64_t *fields, struct image *image)
{
    const struct hnsw *graph = index->hnsw;
    if (!graph || !index->count) return;
    fields[FIELD_GRAPH_ENTRY] = graph->entry;
    fields[FIELD_GRAPH_TOP] = graph->top;
    size_t last = index->count - 1;
    size_t uppers = (size_t)graph->upper_first[last] + graph->top_layers[last];
    add(image, IMAGE_LAYERS, graph->top_layers, index->count, 1);
    add(image, IMAGE_BASE_LINKS, graph->base_links, index->count, 2 * graph->m * sizeof(uint32_t));
    add(image, IMAGE_UPPER_LINKS, graph->upper_links, uppers, graph->m * sizeof(uint32_t));
}

static void add_list_codes(struct arena *arena, const struct ivf *ivf, struct image *image)
{
    size_t slots = ivf->first[ivf->lists];
    const struct book *book = &ivf->coder.book;
    size_t bytes = slots / SCAN_BLOCK * ivf->block_bytes;
    const uint8_t *codes = ivf->codes;
    if (!ivf->coarse.scan->quads) {
        uint8_t *turned = arena_alloc_aligned(arena, bytes, ANN_ALIGNMENT);
        lines_to_quads(codes, bytes, turned);
        codes = turned;
    }
    add(image, IMAGE_LIST_CODES, codes, bytes, 1);
    if (!ivf->coder.signs) {
        add(image, IMAGE_WORDS, book->words, book->pieces * book->stride, sizeof *book->words);
    }
    if (ivf->scale) add(image, IMAGE_SLOT_SCALE, ivf->scale, slots, sizeof(float));
    if (ivf->bias) add(image, IMAGE_SLOT_BIAS, ivf->bias, slots, sizeof(float));
    if (ivf->margin) add(image, IMAGE_SLOT_MARGIN, ivf->margin, slots, sizeof(float));
}

static void add_curve(struct arena *arena, const struct ivf *ivf, struct image *image)
{
    if (!ivf->curve_length) return;
    enum { WORDS = 4 };
    uint32_t *words = arena_array(arena, uint32_t, ivf->curve_length * WORDS);
    for (size_t i = 0; i < ivf->curve_length; i++) {
        const struct ann_curve_point *point = &ivf->curve[i];
        words[i * WORDS] = (uint32_t)bits_of(point->target);
        words[i * WORDS + 1] = (uint32_t)bits_of(point->recall);
        words[i * WORDS + 2] = point->probes;
        words[i * WORDS + 3] = point->rerank;
    }
    add(image, IMAGE_CURVE, words, ivf->curve_length, WORDS * sizeof *words);
}

static void add_lists(struct arena *arena, const struct ann_index *index, uint64_t *fields,
                      struct image *image)
{
    const struct ivf *ivf = index->ivf;
    if (!ivf || !ivf->lists) return;
    fields[FIELD_LISTS] = ivf->lists;
    fields[FIELD_LISTED_ROWS] = ivf->rows;
    fields[FIELD_CURVE_POINTS] = ivf->curve_length;
    const struct coarse *coarse = &ivf->coarse;
    add(image, IMAGE_LENGTHS, ivf->length, ivf->lists, sizeof *ivf->length);
    add(image, IMAGE_SLOTS, ivf->ids, ivf->first[ivf->lists], sizeof *ivf->ids);
    add(image, IMAGE_CENTROIDS, coarse->rows.values, coarse->rows.count,
        coarse->rows.quads * SCAN_QUAD);
    add(image, IMAGE_CENTROID_SCALE, coarse->scale, ivf->lists, sizeof(float));
    add(image, IMAGE_CENTROID_NORMS, coarse->norms, ivf->lists, sizeof(float));
    add(image, IMAGE_CENTROID_BIAS, coarse->bias, ivf->lists, sizeof(float));
    if (ivf->coded) add_list_codes(arena, ivf, image);
    add_curve(arena, ivf, image);
}

void image_of_index(struct arena *arena, const struct image_source *source, struct image *image)
{
    const struct ann_index *index = source->index;
    *image = (struct image){0};
    uint64_t *fields = arena_array(arena, uint64_t, FIELD_COUNT);
    fields[FIELD_ROWS] = source->rows;
    fields[FIELD_INDEXED] = index->count;
    fields[FIELD_TRAINED_ROWS] = source->trained_rows;
    fields[FIELD_REPLACED_ROWS] = source->replaced_rows;
    set_settings(fields, &index->settings);
    add(image, IMAGE_FIELDS, fields, FIELD_COUNT, sizeof *fields);
    add(image, IMAGE_ROWS, index->rows.values, source->rows, index->rows.stride * sizeof(float));
    size_t words = (source->rows + WORD_BITS - 1) / WORD_BITS;
    add(image, IMAGE_DEAD, source->dead, words, sizeof *source->dead);
    if (source->keys) add(image, IMAGE_KEYS, source->keys, source->rows, sizeof *source->keys);
    add_codes(index, fields, image);
    add_graph(index, fields, image);
    add_lists(arena, index, fields, image);
}

bool image_save(const struct image_source *source, const char *path, struct error *err)
{
    struct arena *passing = arena_new();
    struct image image;
    image_of_index(passing, source, &image);
    const struct file_part *pieces;
    size_t count = image_write(passing, &image, &pieces);
    bool saved = file_write_parts(path, pieces, count, err);
    arena_free(passing);
    return saved;
}
