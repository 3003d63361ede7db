#include "models/ann/image_open.h"

#include "base/arena.h"
#include "base/error.h"
#include "models/ann/hnsw.h"

#include <string.h>

/* --- parts and fields --- */

void *opening_part(struct opening *o, enum image_tag tag, size_t count, size_t size)
{
    const struct image_part *part = &o->image->parts[tag];
    const char *name = image_tag_name(tag);
    if (!part->data) {
        error_set(o->err, "the part '%s' is missing", name);
        return NULL;
    }
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes != part->length) {
        error_set(o->err, "the part '%s' has %zu bytes; expected %zu times %zu", name, part->length,
                  count, size);
        return NULL;
    }
    o->parts++;
    /* Nothing is written to it: a mapped index is full, and its marks of deletion are a copy. */
    return (void *)(uintptr_t)part->data;
}

bool opening_field(struct opening *o, enum image_field field, const char *name, uint64_t least,
                   uint64_t most, uint64_t *out)
{
    *out = o->fields[field];
    if (*out >= least && *out <= most) return true;
    return error_set(o->err, "%s is %llu in the file; expected %llu to %llu", name,
                     (unsigned long long)*out, (unsigned long long)least, (unsigned long long)most);
}

float opening_float(const struct opening *o, enum image_field field)
{
    uint32_t bits = (uint32_t)o->fields[field];
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

bool opening_floats(struct opening *o, enum image_tag tag, const float *values, size_t count,
                    float least, float most)
{
    bool good = true;
    for (size_t i = 0; i < count; i++) good &= values[i] >= least && values[i] <= most;
    if (good) return true;
    return error_set(o->err, "the part '%s' has a value that is not from %g to %g",
                     image_tag_name(tag), (double)least, (double)most);
}

/* --- settings --- */

static bool read_settings(struct opening *o, struct ann_settings *s)
{
    static const struct {
        enum image_field field;
        const char *name;
        uint64_t least;
        uint64_t most;
    } words[] = {{FIELD_KIND, "the kind", 0, ANN_SCANN},
                 {FIELD_METRIC, "the metric", 0, ANN_L2},
                 {FIELD_CODE, "the code", 0, ANN_SIGN},
                 {FIELD_DIMENSIONS, "dimensions", 1, ANN_DIMENSIONS_MAX},
                 {FIELD_M, "m", 1, UINT32_MAX},
                 {FIELD_EF_CONSTRUCTION, "ef_construction", 1, UINT32_MAX},
                 {FIELD_EF_SEARCH, "ef_search", 1, UINT32_MAX},
                 {FIELD_LISTS_ASKED, "lists", 0, INT32_MAX},
                 {FIELD_PROBES, "probes", 0, UINT32_MAX},
                 {FIELD_RERANK, "rerank", 0, UINT32_MAX},
                 {FIELD_SPILL, "spill", 1, UINT32_MAX},
                 {FIELD_ANISOTROPY, "anisotropy", 0, UINT32_MAX},
                 {FIELD_RECALL, "recall", 0, UINT32_MAX},
                 {FIELD_CODE_LOW, "the codes' lowest value", 0, UINT32_MAX},
                 {FIELD_CODE_STEP, "the codes' step", 0, UINT32_MAX},
                 {FIELD_CODE_SCALE, "the codes' scale", 0, UINT32_MAX}};
    uint32_t values[sizeof words / sizeof words[0]];
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        uint64_t value;
        TRY(opening_field(o, words[i].field, words[i].name, words[i].least, words[i].most, &value));
        values[i] = (uint32_t)value;
    }
    *s = (struct ann_settings){.kind = (enum ann_kind)values[0],
                               .metric = (enum ann_metric)values[1],
                               .code = (enum ann_code)values[2],
                               .dimensions = values[3],
                               .m = values[4],
                               .ef_construction = values[5],
                               .ef_search = values[6],
                               .seed = o->fields[FIELD_SEED],
                               .lists = values[7],
                               .probes = values[8],
                               .rerank = values[9],
                               .spill = values[10],
                               .anisotropy = opening_float(o, FIELD_ANISOTROPY),
                               .recall = opening_float(o, FIELD_RECALL)};
    return ann_check_settings(s, o->err);
}

/* --- rows --- */

static bool check_row(const struct opening *o, const float *row)
{
    const struct ann_index *index = o->index;
    bool good = true;
    double square = 0;
    size_t dimensions = index->settings.dimensions;
    for (size_t i = 0; i < dimensions; i++) {
        good &= row[i] >= -ANN_VALUE_MAX && row[i] <= ANN_VALUE_MAX;
        square += (double)row[i] * (double)row[i];
    }
    for (size_t i = dimensions; i < index->rows.stride; i++) good &= row[i] == 0.0f;
    if (index->settings.metric != ANN_COSINE) return good;
    return good && square > 0.999 && square < 1.001;
}

static bool read_rows(struct opening *o)
{
    struct ann_index *index = o->index;
    size_t stride = distance_stride(index->settings.dimensions);
    index->values = opening_part(o, IMAGE_ROWS, o->rows, stride * sizeof(float));
    if (!index->values) return false;
    index->rows = (struct distance_rows){.values = index->values, .stride = stride};
    for (size_t i = 0; i < o->rows && o->values; i++) {
        if (check_row(o, index->values + i * stride)) continue;
        return error_set(o->err,
                         "row %zu in the file is none: a value is out of range, the row is "
                         "not of unit length under cosine, or its padding is not zero",
                         i);
    }
    return true;
}

static bool read_dead(struct opening *o)
{
    struct ann_index *index = o->index;
    size_t words = (o->rows + WORD_BITS - 1) / WORD_BITS;
    const uint64_t *dead = opening_part(o, IMAGE_DEAD, words, sizeof *dead);
    if (!dead) return false;
    size_t rest = o->rows % WORD_BITS;
    if (rest && dead[words - 1] >> rest) {
        return error_set(o->err, "a row beyond the last is marked as deleted");
    }
    for (size_t i = 0; i < index->count; i++) {
        uint64_t bit = dead[i / WORD_BITS] & (uint64_t)1 << i % WORD_BITS;
        index->dead[i / WORD_BITS] |= bit;
        index->dead_count += bit != 0;
    }
    return true;
}

/* --- codes --- */

static bool check_codes(struct opening *o, const struct code_rows *codes)
{
    const float most = 4 * ANN_VALUE_MAX;
    bool good = codes->low >= -most && codes->low <= 0 && codes->step >= 0 && codes->step <= most;
    if (codes->code == ANN_FLOAT16) good = codes->scale >= 0x1p-64f && codes->scale <= 0x1p64f;
    if (!good) return error_set(o->err, "the codes' range is not one");
    size_t columns = distance_stride(codes->dimensions);
    if (codes->mean) {
        TRY(opening_floats(o, IMAGE_CODE_MEAN, codes->mean, columns, -ANN_VALUE_MAX,
                           ANN_VALUE_MAX));
    }
    size_t floats = codes->header / sizeof(float);
    for (size_t i = 0; i < o->index->count && o->values; i++) {
        const float *header = (const float *)(const void *)(codes->bytes + i * codes->stride);
        TRY(opening_floats(o, IMAGE_CODES, header, floats, -1e36f, 1e36f));
    }
    return true;
}

static bool read_codes(struct opening *o)
{
    struct ann_index *index = o->index;
    enum ann_code code = index->settings.code;
    if (code == ANN_FLOAT32 || ann_code_is_bits(code)) return true;
    /* A store has not learnt any before its first rows are indexed. */
    if (!index->count && !o->image->parts[IMAGE_CODES].data) return true;
    size_t columns = distance_stride(index->settings.dimensions);
    struct code_rows learnt = {.low = opening_float(o, FIELD_CODE_LOW),
                               .step = opening_float(o, FIELD_CODE_STEP),
                               .scale = opening_float(o, FIELD_CODE_SCALE)};
    if (code != ANN_FLOAT16) {
        learnt.mean = opening_part(o, IMAGE_CODE_MEAN, columns, sizeof *learnt.mean);
        if (!learnt.mean) return false;
    }
    struct code_source source = index_code_source(index, code);
    index->codes = code_rows_open(o->arena, &source, &learnt);
    index->codes->bytes = opening_part(o, IMAGE_CODES, index->count, index->codes->stride);
    return index->codes->bytes && check_codes(o, index->codes);
}

/* --- the graph --- */

/* Links of a list lead to rows that are in the layer. */
static bool check_list(const struct hnsw *graph, size_t rows, uint32_t id, uint32_t layer)
{
    uint32_t room = hnsw_room(graph, layer);
    const uint32_t *list = hnsw_links(graph, id, layer);
    for (uint32_t i = 0; i < room && list[i] != HNSW_NONE; i++) {
        if (list[i] >= rows || graph->top_layers[list[i]] < layer) return false;
    }
    return true;
}

static bool check_links(struct opening *o, const struct hnsw *graph)
{
    for (size_t id = 0; id < o->index->count; id++) {
        for (uint32_t layer = 0; layer <= graph->top_layers[id]; layer++) {
            if (check_list(graph, o->index->count, (uint32_t)id, layer)) continue;
            return error_set(o->err, "row %zu has a link in layer %u to a row that is not there",
                             id, (unsigned)layer);
        }
    }
    return true;
}

static bool read_layers(struct opening *o, struct hnsw *graph)
{
    size_t rows = o->index->count;
    graph->top_layers = opening_part(o, IMAGE_LAYERS, rows, sizeof *graph->top_layers);
    if (!graph->top_layers) return false;
    graph->upper_first = arena_array(o->arena, uint32_t, rows);
    for (size_t i = 0; i < rows; i++) {
        if (graph->top_layers[i] >= HNSW_LAYERS_MAX || graph->upper_count > UINT32_MAX / 2) {
            return error_set(o->err, "row %zu is in layer %u; expected %d at most", i,
                             (unsigned)graph->top_layers[i], HNSW_LAYERS_MAX - 1);
        }
        graph->upper_first[i] = (uint32_t)graph->upper_count;
        graph->upper_count += graph->top_layers[i];
    }
    return true;
}

static bool read_graph(struct opening *o)
{
    struct ann_index *index = o->index;
    struct hnsw *graph = arena_new_item(o->arena, struct hnsw);
    index->hnsw = graph;
    graph->m = index->settings.m;
    if (!index->count) return true;
    TRY(read_layers(o, graph));
    size_t bytes = graph->m * sizeof(uint32_t);
    graph->base_links = opening_part(o, IMAGE_BASE_LINKS, index->count, 2 * bytes);
    if (!graph->base_links) return false;
    graph->upper_links = opening_part(o, IMAGE_UPPER_LINKS, graph->upper_count, bytes);
    if (!graph->upper_links) return false;
    uint64_t entry;
    uint64_t top;
    TRY(opening_field(o, FIELD_GRAPH_ENTRY, "the entry of the graph", 0, index->count - 1, &entry));
    TRY(opening_field(o, FIELD_GRAPH_TOP, "the top layer", 0, graph->top_layers[entry], &top));
    graph->entry = (uint32_t)entry;
    graph->top = (uint32_t)top;
    return check_links(o, graph);
}

/* --- all --- */

static bool check_parts(const struct opening *o)
{
    size_t there = 0;
    for (size_t tag = 0; tag < IMAGE_TAGS; tag++) there += o->image->parts[tag].data != NULL;
    if (there == o->parts) return true;
    return error_set(o->err, "there are %zu parts; expected %zu for the kind %s", there, o->parts,
                     o->index->kind->name);
}

static bool read_kind(struct opening *o)
{
    if (o->index->kind == &hnsw_kind) return read_graph(o);
    return o->index->kind == &flat_kind || opening_lists(o);
}

static bool open_index(struct opening *o, struct image_content *out)
{
    o->fields = opening_part(o, IMAGE_FIELDS, FIELD_COUNT, sizeof *o->fields);
    if (!o->fields) return false;
    struct ann_settings settings;
    uint64_t rows;
    uint64_t indexed;
    TRY(read_settings(o, &settings));
    TRY(opening_field(o, FIELD_ROWS, "the number of rows", 0, ANN_ROWS_MAX, &rows));
    TRY(opening_field(o, FIELD_INDEXED, "the number of rows indexed", 0, rows, &indexed));
    /* Before memory is taken for them. */
    size_t row_bytes = distance_stride(settings.dimensions) * sizeof(float);
    if (!opening_part(o, IMAGE_ROWS, (size_t)rows, row_bytes)) return false;
    o->parts--;
    o->rows = (size_t)rows;
    o->index = index_new(o->arena, &settings, (size_t)indexed, (size_t)indexed);
    TRY(read_rows(o) && read_dead(o) && read_codes(o) && read_kind(o));
    *out = (struct image_content){.index = o->index,
                                  .rows = o->rows,
                                  .dead = o->image->parts[IMAGE_DEAD].data,
                                  .trained_rows = o->fields[FIELD_TRAINED_ROWS],
                                  .replaced_rows = o->fields[FIELD_REPLACED_ROWS]};
    if (o->image->parts[IMAGE_KEYS].data) {
        out->keys = opening_part(o, IMAGE_KEYS, o->rows, sizeof *out->keys);
        if (!out->keys) return false;
    }
    return check_parts(o);
}

bool index_of_image(struct arena *arena, const struct image *image, bool values,
                    struct image_content *out, struct error *err)
{
    struct opening opening = {.arena = arena, .image = image, .values = values, .err = err};
    return open_index(&opening, out);
}
