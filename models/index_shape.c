#include "models/index_shape.h"

#include "base/arena.h"
#include "base/names.h"

#include <string.h>

static const char *const codes[] = {"float32", "float16", "int8", "lvq8",
                                    "lvq4",    "rabitq",  "sign", NULL};

#define SHAPE_COUNT(field_name, member, standard, least, most, text)                     \
    {                                                                                    \
        .name = field_name, .type = FIELD_COUNT, .fallback = standard, .minimum = least, \
        .maximum = most, .offset = offsetof(struct index_shape, member), .doc = text     \
    }
#define CODE_FIELD                                                                             \
    {                                                                                          \
        .name = "code", .type = FIELD_CHOICE, .choices = codes, .fallback = "float32",         \
        .offset = offsetof(struct index_shape, code),                                          \
        .doc = "what a search compares with first: float16 to lvq4 take 2 to 8 times less "    \
               "memory traffic than float32; rabitq and sign, a bit a value, are of flat and " \
               "ivf_flat"                                                                      \
    }
#define RERANK_FIELD                                                                     \
    SHAPE_COUNT("rerank", rerank, NULL, 1, ANN_BEAM_MAX,                                 \
                "candidates by code compared again with the vectors themselves; enough " \
                "to lose hardly any if absent")
#define RECALL_FIELD(chosen)                                                                    \
    {                                                                                           \
        .name = "recall", .type = FIELD_QUANTITY, .dimension = DIMENSION_RATIO, .minimum = 0.5, \
        .maximum = 0.999, .offset = offsetof(struct index_shape, recall),                       \
        .doc = "recall wanted, which then chooses " chosen                                      \
    }
#define LISTS_FIELDS                                                                        \
    SHAPE_COUNT("lists", lists, NULL, 1, 1e9, "clusters; about 3 sqrt(vectors) if absent"), \
        SHAPE_COUNT("probes", probes, NULL, 1, 1e9,                                         \
                    "clusters a search looks through; a 16th of them, at least 8, if absent")
#define ROOM_FIELDS                                    \
    SHAPE_COUNT("spill", spill, "1", 1, ANN_SPILL_MAX, \
                "clusters each vector is in: 2 find more in fewer probes")
#define KERNEL_END   \
    {                \
        .name = NULL \
    }

static const struct field flat_fields[] = {CODE_FIELD, RERANK_FIELD, KERNEL_END};

static const struct field hnsw_fields[] = {
    SHAPE_COUNT("M", m, "16", ANN_M_MIN, ANN_M_MAX, "links a vector gets in each layer"),
    SHAPE_COUNT("ef_construction", ef_construction, "200", 1, ANN_EF_CONSTRUCTION_MAX,
                "candidates kept while building"),
    SHAPE_COUNT("ef_search", ef_search, "64", 1, ANN_BEAM_MAX,
                "candidates kept while searching: more find more and cost more"),
    CODE_FIELD,
    RERANK_FIELD,
    RECALL_FIELD("ef_search"),
    KERNEL_END,
};

static const struct field ivf_flat_fields[] = {
    LISTS_FIELDS, CODE_FIELD, RERANK_FIELD, ROOM_FIELDS, RECALL_FIELD("probes and rerank"),
    KERNEL_END,
};

static const struct field ivf_pq_fields[] = {
    LISTS_FIELDS,
    SHAPE_COUNT("m", pieces, NULL, 1, ANN_DIMENSIONS_MAX,
                "pieces of a code: chosen by the kernel, 2 to 32 values each"),
    SHAPE_COUNT("bits", pieces, NULL, 4, 4, "bits of a piece: the kernel's have 4"),
    RERANK_FIELD,
    ROOM_FIELDS,
    RECALL_FIELD("probes and rerank"),
    KERNEL_END,
};

static const struct field scann_fields[] = {
    LISTS_FIELDS,
    RERANK_FIELD,
    ROOM_FIELDS,
    {.name = "anisotropy",
     .type = FIELD_QUANTITY,
     .dimension = DIMENSION_NONE,
     .minimum = 0,
     .maximum = 1e6,
     .offset = offsetof(struct index_shape, anisotropy),
     .doc = "weight of a code's error along its vector; that of Guo et al. for T = 0.2 if absent"},
    RECALL_FIELD("probes and rerank"),
    KERNEL_END,
};

static const struct {
    const char *name;
    const char *what;
    const struct field *fields;
} shapes[] = {
    [ANN_FLAT] = {"flat", "a flat index", flat_fields},
    [ANN_HNSW] = {"hnsw", "an HNSW index", hnsw_fields},
    [ANN_IVF_FLAT] = {"ivf_flat", "an IVF-Flat index", ivf_flat_fields},
    [ANN_IVF_PQ] = {"ivf_pq", "an IVF-PQ index", ivf_pq_fields},
    [ANN_SCANN] = {"scann", "a ScaNN index", scann_fields},
};
enum { SHAPE_COUNT_OF_KINDS = sizeof shapes / sizeof shapes[0] };

const struct field *index_shape_fields(enum ann_kind kind)
{
    return shapes[kind].fields;
}

/* ---- what does not go together ---- */

struct shape_reading {
    struct field_reader *reader;
    const struct node *body; /* the kind's parameters; NULL: none were given */
    const char *path;
};

/* A fault at the parameter `key`. */
static void fault_at(const struct shape_reading *r, const char *key, const char *message,
                     const char *hint)
{
    const char *path = arena_format(r->reader->arena, "%s.%s", r->path, key);
    struct diagnostic *d = fields_fault(r->reader, node_get(r->body, key), path, "%s", message);
    diagnostics_hint(r->reader->diagnostics, d, "%s", hint);
}

/* In a graph it chooses ef_search alone, so rerank may be given. */
static void check_recall(const struct shape_reading *r, const struct index_shape *shape)
{
    static const char *const chosen[] = {"ef_search", "probes", "rerank"};
    const size_t count = shape->kind == ANN_HNSW ? 1 : 3;
    if (!node_get(r->body, "recall")) return;
    for (size_t i = 0; i < count; i++) {
        if (!node_get(r->body, chosen[i])) continue;
        fault_at(r, chosen[i],
                 arena_format(r->reader->arena, "the recall wanted chooses %s", chosen[i]),
                 "leave out one of the two");
    }
}

static void check_codes(const struct shape_reading *r, const struct index_shape *shape)
{
    if (shape->kind == ANN_HNSW && ann_code_is_bits((enum ann_code)shape->code))
        fault_at(
            r, "code",
            arena_format(r->reader->arena, "%s codes cannot be had in a graph", codes[shape->code]),
            "use float16, int8, lvq8 or lvq4, or the index ivf_flat");
    if (node_get(r->body, "m"))
        fault_at(r, "m", "the kernel chooses the pieces of a product code: 2 to 32 values each",
                 "leave it out");
}

static void check_shape(const struct shape_reading *r, const struct index_shape *shape)
{
    check_recall(r, shape);
    check_codes(r, shape);
    if (shape->kind == ANN_HNSW && shape->ef_construction < shape->m)
        fault_at(r, node_get(r->body, "ef_construction") ? "ef_construction" : "M",
                 arena_format(r->reader->arena, "ef_construction is %lld, less than M, %lld",
                              (long long)shape->ef_construction, (long long)shape->m),
                 "as many candidates as links are the least");
    if (shape->lists > 0 && shape->probes > shape->lists)
        fault_at(r, "probes",
                 arena_format(r->reader->arena, "%lld probes of %lld lists",
                              (long long)shape->probes, (long long)shape->lists),
                 "look through as many lists as there are at most");
}

/* ---- reading ---- */

static bool find_kind(const char *name, enum ann_kind *kind)
{
    for (int i = 0; i < SHAPE_COUNT_OF_KINDS; i++) {
        if (strcmp(shapes[i].name, name) != 0) continue;
        *kind = (enum ann_kind)i;
        return true;
    }
    return false;
}

void index_shape_parse(struct field_reader *reader, const struct node *node, const char *path,
                       void *destination)
{
    struct index_shape *shape = destination;
    const bool map = node->type == NODE_MAP && node->count == 1;
    if (node->type == NODE_LIST || (node->type == NODE_MAP && !map)) {
        fields_fault(reader, node, path,
                     "expected flat, hnsw, ivf_flat, ivf_pq or scann, or one of them with its "
                     "parameters such as {hnsw: {M: 16, ef_search: 64}}");
        return;
    }
    const char *name = map ? node->first->key : node->text;
    if (!find_kind(name, &shape->kind)) {
        const char *names[SHAPE_COUNT_OF_KINDS];
        for (size_t i = 0; i < SHAPE_COUNT_OF_KINDS; i++) names[i] = shapes[i].name;
        const char *near = name_nearest(name, names, SHAPE_COUNT_OF_KINDS);
        fields_fault(reader, node, path, "'%s' is no index that is modelled%s%s%s", name,
                     near ? "; did you mean '" : " (flat, hnsw, ivf_flat, ivf_pq, scann)",
                     near ? near : "", near ? "'?" : "");
        return;
    }
    const struct shape_reading r = {.reader = reader,
                                    .body =
                                        map && node->first->type != NODE_NULL ? node->first : NULL,
                                    .path = arena_format(reader->arena, "%s.%s", path, name)};
    if (fields_read(reader, shapes[shape->kind].fields, r.body, r.path, shapes[shape->kind].what,
                    NULL, shape))
        check_shape(&r, shape);
}

void index_shape_quantize(struct index_shape *shape, struct field_reader *reader,
                          const struct node *node, const char *path)
{
    const bool binary = strcmp(node->text, "binary") == 0;
    const char *message = NULL;
    const char *hint = NULL;
    if (strcmp(node->text, "none") == 0) return;
    if (shape->code != ANN_FLOAT32) {
        message = "the index has a code already, which quantizes too";
        hint = "leave out one of the two";
    } else if (ann_kind_has_products(shape->kind)) {
        message = arena_format(reader->arena, "%s has codes of its own", shapes[shape->kind].name);
        hint = "leave quantization out, or use the index ivf_flat";
    } else if (binary && shape->kind == ANN_HNSW) {
        message = "binary codes cannot be had in a graph";
        hint = "use int8, or the index ivf_flat";
    }
    if (message)
        diagnostics_hint(reader->diagnostics, fields_fault(reader, node, path, "%s", message), "%s",
                         hint);
    else
        shape->code = binary ? ANN_SIGN : ANN_INT8;
}

void index_shape_check(const struct index_shape *shape, struct field_reader *reader,
                       const struct node *node, const char *path, size_t vectors)
{
    if (shape->lists > 0 && (size_t)shape->lists > vectors)
        fields_fault(reader, node, path, "%lld lists for %zu vectors a shard; a list needs one",
                     (long long)shape->lists, vectors);
    if (shape->rerank > 0 && shape->code == ANN_FLOAT32 && !ann_kind_has_products(shape->kind))
        diagnostics_hint(reader->diagnostics,
                         fields_fault(reader, node, path,
                                      "rerank compares again what was found by code, and this "
                                      "index has no code"),
                         "leave rerank out, or give a code such as lvq4");
}

struct ann_settings index_shape_settings(const struct index_shape *shape)
{
    return (struct ann_settings){.kind = shape->kind,
                                 .m = (uint32_t)shape->m,
                                 .ef_construction = (uint32_t)shape->ef_construction,
                                 .ef_search = (uint32_t)shape->ef_search,
                                 .code = (enum ann_code)shape->code,
                                 .lists = (uint32_t)shape->lists,
                                 .probes = (uint32_t)shape->probes,
                                 .rerank = (uint32_t)shape->rerank,
                                 .spill = (uint32_t)shape->spill,
                                 .anisotropy = (float)shape->anisotropy,
                                 .recall = (float)shape->recall,
                                 .seed = 1};
}
