#include "base/arena.h"
#include "base/document.h"
#include "base/error.h"
#include "models/ann/profile.h"

#include <string.h>

/* Larger figures are no times of one distance, and could drown the sums. */
static const double ns_most = 1e9;
static const double bytes_most = 1e15;

static bool fault(const struct node *node, struct error *err, const char *what)
{
    return error_at(err, node->place, "%s; 'ragtime calibrate --ann' writes a profile", what);
}

static bool read_number(const struct node *node, double least, double most, double *out,
                        struct error *err)
{
    if (node->type != NODE_NUMBER || !(node->number >= least && node->number <= most)) {
        return error_at(err, node->place, "expected a number from %g to %g, but found %s '%.40s'",
                        least, most, node_type_name(node->type), node->text);
    }
    *out = node->number;
    return true;
}

/* The text `key` of a map; NULL if it may be left out and is. */
static bool read_text(const struct node *map, const char *key, bool required, const char **out,
                      struct error *err)
{
    const struct node *node = node_get(map, key);
    *out = NULL;
    if (!node && !required) return true;
    if (!node) {
        return error_at(err, map->place, "there is no '%s', which a profile has", key);
    }
    if (node->type != NODE_STRING) {
        return error_at(err, node->place, "'%s' is %s; expected a string", key,
                        node_type_name(node->type));
    }
    *out = node->text;
    return true;
}

static bool read_flag(const struct node *map, const char *key, bool *out, struct error *err)
{
    const struct node *node = node_get(map, key);
    *out = false;
    if (!node) return true;
    if (node->type != NODE_BOOL) {
        return error_at(err, node->place, "'%s' is %s; expected true or false", key,
                        node_type_name(node->type));
    }
    *out = node->boolean;
    return true;
}

static const struct node *find_list(const struct node *map, const char *key, struct error *err)
{
    const struct node *node = node_get(map, key);
    if (node && node->type == NODE_LIST) return node;
    error_at(err, node ? node->place : map->place, "'%s' is missing or no list", key);
    return NULL;
}

/* 1 to `room` ascending numbers. */
static bool read_points(const struct node *map, const char *key, size_t room, double *out,
                        size_t *count, struct error *err)
{
    const struct node *list = find_list(map, key, err);
    if (!list) return false;
    if (!list->count || list->count > room) {
        return error_at(err, list->place, "'%s' has %zu numbers; expected 1 to %zu", key,
                        list->count, room);
    }
    *count = 0;
    for (const struct node *item = list->first; item; item = item->next) {
        double least = *count ? out[*count - 1] : 1;
        TRY(read_number(item, least, bytes_most, &out[*count], err));
        if (*count && out[*count] <= least) return fault(item, err, "these must ascend");
        ++*count;
    }
    return true;
}

static bool read_row(const struct node *list, size_t count, double *out, struct error *err)
{
    if (list->type != NODE_LIST || list->count != count) {
        return error_at(err, list->place, "expected a list of %zu numbers, one for each set_bytes",
                        count);
    }
    size_t i = 0;
    for (const struct node *item = list->first; item; item = item->next) {
        TRY(read_number(item, 0, ns_most, &out[i++], err));
    }
    return true;
}

static bool read_code(const struct node *map, enum ann_code *code, struct error *err)
{
    const char *text = NULL;
    TRY(read_text(map, "code", true, &text, err));
    for (int i = ANN_FLOAT32; i <= ANN_LVQ4; i++) {
        *code = (enum ann_code)i;
        if (strcmp(ann_code_name(*code), text) == 0) return true;
    }
    return error_at(err, map->place,
                    "'%.40s' is no code; expected float32, float16, int8, lvq8 or lvq4", text);
}

static bool read_access(const struct node *map, enum profile_access *access, struct error *err)
{
    const char *text = NULL;
    TRY(read_text(map, "access", true, &text, err));
    for (int i = 0; i < PROFILE_ACCESS_COUNT; i++) {
        *access = (enum profile_access)i;
        if (strcmp(profile_access_name(*access), text) == 0) return true;
    }
    return error_at(err, map->place,
                    "'%.40s' is no access; expected scan, gather, gather_ahead or "
                    "gather_ahead_few",
                    text);
}

static bool read_kernel(const struct node *map, struct profile_kernel *out, struct error *err)
{
    if (map->type != NODE_MAP) return fault(map, err, "a kernel is a map");
    TRY(read_code(map, &out->code, err));
    TRY(read_access(map, &out->access, err));
    TRY(read_flag(map, "squared", &out->squared, err));
    TRY(read_points(map, "set_bytes", PROFILE_SETS_MAX, out->set_bytes, &out->set_count, err));
    TRY(read_points(map, "stride_bytes", PROFILE_STRIDES_MAX, out->stride_bytes, &out->stride_count,
                    err));
    const struct node *rows = find_list(map, "ns", err);
    if (!rows) return false;
    if (rows->count != out->stride_count) {
        return error_at(err, rows->place,
                        "'ns' has %zu lists; expected %zu, one for each "
                        "stride_bytes",
                        rows->count, out->stride_count);
    }
    size_t i = 0;
    for (const struct node *row = rows->first; row; row = row->next) {
        TRY(read_row(row, out->set_count, out->ns[i++], err));
    }
    return true;
}

static bool read_kernels(struct arena *arena, const struct node *root, struct ann_profile *out,
                         struct error *err)
{
    const struct node *list = find_list(root, "kernels", err);
    if (!list) return false;
    out->kernels = arena_array(arena, struct profile_kernel, list->count + 1);
    for (const struct node *item = list->first; item; item = item->next) {
        TRY(read_kernel(item, &out->kernels[out->kernel_count++], err));
    }
    return true;
}

static bool read_error(const struct node *map, const char *key, double *out, struct error *err)
{
    const struct node *node = node_get(map, key);
    return !node || read_number(node, 0, ns_most, out, err);
}

static bool read_costs(const struct node *searches, enum profile_class class,
                       struct ann_profile *out, struct error *err)
{
    const struct node *map = node_get(searches, profile_class_name(class));
    if (!map || map->type != NODE_MAP) {
        return error_at(err, searches->place, "'searches' has no map '%s'",
                        profile_class_name(class));
    }
    for (int i = 0; i < PROFILE_COST_COUNT; i++) {
        const struct node *node = node_get(map, profile_cost_name((enum profile_cost)i));
        if (node) TRY(read_number(node, 0, ns_most, &out->costs[class][i], err));
    }
    TRY(read_error(map, "fit_error_most_ratio", &out->errors[class], err));
    return read_error(map, "filtered_error_most_ratio", &out->filtered_errors[class], err);
}

static bool read_profile(struct arena *arena, const struct node *root, struct ann_profile *out,
                         struct error *err)
{
    const char *schema = NULL;
    *out = (struct ann_profile){0};
    if (root->type != NODE_MAP) return fault(root, err, "a profile is a map");
    TRY(read_text(root, "schema", true, &schema, err));
    if (strcmp(schema, PROFILE_SCHEMA) != 0) {
        return error_at(err, root->place, "the schema is '%.40s'; expected '" PROFILE_SCHEMA "'",
                        schema);
    }
    TRY(read_text(root, "machine", true, &out->machine, err));
    TRY(read_text(root, "simd", false, &out->simd, err));
    TRY(read_text(root, "origin", false, &out->origin, err));
    TRY(read_text(root, "date", false, &out->date, err));
    TRY(read_flag(root, "verified", &out->verified, err));
    TRY(read_kernels(arena, root, out, err));
    const struct node *searches = node_get(root, "searches");
    if (!searches || searches->type != NODE_MAP) return fault(root, err, "there is no 'searches'");
    for (int i = 0; i < PROFILE_CLASS_COUNT; i++) {
        TRY(read_costs(searches, (enum profile_class)i, out, err));
    }
    return true;
}

bool ann_profile_read_text(struct arena *arena, const char *name, const char *text, size_t length,
                           struct ann_profile *out, struct error *err)
{
    struct node *root = NULL;
    TRY(document_read_text(arena, name, DOCUMENT_JSON, text, length, &root, err));
    return read_profile(arena, root, out, err);
}

bool ann_profile_read_file(struct arena *arena, const char *path, struct ann_profile *out,
                           struct error *err)
{
    char *text = NULL;
    size_t length = 0;
    TRY(document_load(arena, path, &text, &length, err));
    return ann_profile_read_text(arena, path, text, length, out, err);
}

/* --- those of the program --- */

/* profiles/data.S */
struct profile_text {
    const char *name;
    const char *text;
    size_t length;
};
extern const struct profile_text ann_profile_files[];

bool ann_profile_find(struct arena *arena, const char *name, struct ann_profile *out,
                      struct error *err)
{
    for (const struct profile_text *file = ann_profile_files; file->name; file++) {
        if (strcmp(file->name, name) != 0) continue;
        return ann_profile_read_text(arena, file->name, file->text, file->length, out, err);
    }
    return error_set(err, "there is no profile '%.60s' in the program", name);
}

bool ann_profile_load(struct arena *arena, const char *name, const char *path,
                      struct ann_profile *out, struct error *err)
{
    for (const struct profile_text *file = ann_profile_files; file->name; file++)
        if (strcmp(file->name, name) == 0) return ann_profile_find(arena, name, out, err);
    char *text = NULL;
    size_t length = 0;
    if (document_load(arena, path, &text, &length, err))
        return ann_profile_read_text(arena, path, text, length, out, err);
    const char *why = arena_copy(arena, err->message);
    error_at(err, err->place, "the program has no profile '%.60s'; %s", name, why);
    error_hint(err, "%s",
               "'ragtime calibrate --ann --out FILE' writes a profile; the program's own are "
               "x86-64-avx512 and arm64-neon");
    return false;
}

const char *ann_profile_name(size_t index)
{
    for (size_t i = 0; i <= index; i++) {
        if (!ann_profile_files[i].name) return NULL;
    }
    return ann_profile_files[index].name;
}
