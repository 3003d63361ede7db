#include "models/catalog_load.h"

#include "base/arena.h"
#include "base/document.h"
#include "base/file.h"

#include <stdlib.h>
#include <string.h>

/* Items of all files, as they grow. */
struct gathering {
    struct catalog_item *items;
    size_t count;
    size_t capacity;
};

static bool read_sources(struct arena *arena, const struct node *root,
                         const struct catalog_source **out, struct error *err)
{
    static const char *const keys[] = {"title", "address", "date", NULL};
    const struct node *map = node_get(root, "sources");
    if (!map || map->type != NODE_MAP || map->count == 0)
        return error_at(err, root->place, "a catalogue file needs 'sources', a map");
    struct catalog_source *sources = arena_array(arena, struct catalog_source, map->count + 1);
    *out = sources;
    for (const struct node *node = map->first; node; node = node->next, sources++) {
        const char *title = NULL;
        const char *address = NULL;
        const char *date = NULL;
        TRY(catalog_known_keys(node, "a source", keys, err));
        TRY(catalog_need_text(node, "a source", "title", &title, err));
        TRY(catalog_need_text(node, "a source", "address", &address, err));
        TRY(catalog_need_date(node, "a source", "date", &date, err));
        sources->key = node->key;
        sources->text = arena_format(arena, "%s, %s, %s", title, address, date);
    }
    return true;
}

static bool check_head(const struct node *root, struct error *err)
{
    static const char *const keys[] = {"schema",  "provider", "service", "currency",
                                       "sources", "entries",  NULL};
    static const struct {
        const char *key;
        const char *must; /* NULL: anything */
    } texts[] = {{"schema", "ragtime.catalog/1"},
                 {"currency", "USD"},
                 {"provider", NULL},
                 {"service", NULL}};
    TRY(catalog_known_keys(root, "a catalogue file", keys, err));
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const char *text = "";
        TRY(catalog_need_text(root, "a catalogue file", texts[i].key, &text, err));
        if (texts[i].must && strcmp(text, texts[i].must) != 0)
            return error_at(err, catalog_place(root, texts[i].key), "'%s' is '%s', expected '%s'",
                            texts[i].key, text, texts[i].must);
    }
    return true;
}

static bool read_text(struct arena *arena, const struct catalog_text *text,
                      struct gathering *gathering, struct error *err)
{
    struct node *root = NULL;
    TRY(document_read_text(arena, text->name, DOCUMENT_JSON, text->text, text->length, &root, err));
    TRY(check_head(root, err));
    const struct catalog_source *sources = NULL;
    TRY(read_sources(arena, root, &sources, err));
    const struct node *entries = node_get(root, "entries");
    if (!entries || entries->type != NODE_LIST)
        return error_at(err, root->place, "a catalogue file needs 'entries', a list");
    for (const struct node *node = entries->first; node; node = node->next) {
        gathering->items = arena_grow(arena, gathering->items, gathering->count,
                                      &gathering->capacity, sizeof(struct catalog_item));
        struct catalog_item *item = &gathering->items[gathering->count++];
        memset(item, 0, sizeof *item);
        TRY(catalog_read_entry(arena, node, sources, item, err));
    }
    return true;
}

/* By id, then by place, so that which of two equal ids is called the second does not depend on the
 * sort. */
static int compare_items(const void *left, const void *right)
{
    const struct catalog_item *a = left;
    const struct catalog_item *b = right;
    int order = strcmp(a->entry.id, b->entry.id);
    if (order != 0) return order;
    order = strcmp(a->place.file, b->place.file);
    if (order != 0) return order;
    if (a->place.line != b->place.line) return a->place.line < b->place.line ? -1 : 1;
    return (a->place.column > b->place.column) - (a->place.column < b->place.column);
}

static struct catalog_type *type_of(struct arena *arena, struct catalog *catalog, const char *type)
{
    for (size_t i = 0; i < catalog->type_count; i++)
        if (strcmp(catalog->types[i].type, type) == 0) return &catalog->types[i];
    struct catalog_type *added = &catalog->types[catalog->type_count++];
    added->type = type;
    added->names = arena_array(arena, const char *, catalog->count + 1);
    return added;
}

static void list_profiles(struct arena *arena, struct catalog *catalog)
{
    catalog->types = arena_array(arena, struct catalog_type, catalog->count);
    for (size_t i = 0; i < catalog->count; i++) {
        const struct catalog_profile *profile = catalog->items[i].profile;
        if (!profile) continue;
        struct catalog_type *type = type_of(arena, catalog, profile->type);
        type->names[type->count++] = profile->name;
    }
}

/* Of the texts one after the other, each with its NUL, so that no two sets of files make the same
 * bytes. */
static void hash_texts(struct arena *arena, const struct catalog_text *texts, size_t count,
                       char out[65])
{
    size_t total = 0;
    for (size_t i = 0; i < count; i++) total += texts[i].length + 1;
    char *all = arena_alloc(arena, total);
    char *at = all;
    for (size_t i = 0; i < count; i++) {
        if (texts[i].length > 0) memcpy(at, texts[i].text, texts[i].length);
        at += texts[i].length + 1;
    }
    sha256_hex(all, total, out);
}

bool catalog_load_texts(struct arena *arena, const struct catalog_text *texts, size_t count,
                        const struct catalog **out, struct error *err)
{
    struct gathering gathering = {0};
    for (size_t i = 0; i < count; i++) TRY(read_text(arena, &texts[i], &gathering, err));
    if (gathering.count == 0) return error_set(err, "the catalogue has no entries");
    qsort(gathering.items, gathering.count, sizeof *gathering.items, compare_items);

    struct catalog *catalog = arena_new_item(arena, struct catalog);
    catalog->items = gathering.items;
    catalog->count = gathering.count;
    catalog->ids = arena_array(arena, const char *, gathering.count);
    catalog->date = "";
    for (size_t i = 0; i < catalog->count; i++) {
        catalog->ids[i] = catalog->items[i].entry.id;
        if (strcmp(catalog->items[i].entry.from, catalog->date) > 0)
            catalog->date = catalog->items[i].entry.from;
    }
    TRY(catalog_check(catalog, err));
    list_profiles(arena, catalog);
    hash_texts(arena, texts, count, catalog->sha256);
    *out = catalog;
    return true;
}
