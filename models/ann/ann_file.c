#include "models/ann/ann_file.h"

#include "base/arena.h"
#include "base/error.h"
#include "models/ann/image_index.h"
#include "models/ann/mapped_file.h"

struct ann_mapping {
    struct arena *arena;
    struct mapped_file file;
    struct ann_index *index;
};

bool ann_save(const struct ann_index *index, const char *path, struct error *err)
{
    const struct image_source source = {.index = index, .rows = index->count, .dead = index->dead};
    return image_save(&source, path, err);
}

struct ann_index *ann_open_bytes(struct arena *arena, void *bytes, size_t length,
                                 const struct ann_open_options *options, struct error *err)
{
    struct image image;
    struct image_content content;
    if ((uintptr_t)bytes % IMAGE_ALIGNMENT) {
        error_set(err, "the bytes begin at no multiple of %d", IMAGE_ALIGNMENT);
        return NULL;
    }
    if (!image_read(bytes, length, !options->trusted, &image, err) ||
        !index_of_image(arena, &image, !options->trusted, &content, err)) {
        return NULL;
    }
    if (!content.keys && content.rows == content.index->count) return content.index;
    error_set(err, "this is the file of a store, not of an index");
    error_hint(err, "open it as a store");
    return NULL;
}

struct ann_mapping *ann_map(const char *path, const struct ann_open_options *options,
                            struct error *err)
{
    struct mapped_file file = {0};
    if (!mapped_file_open(path, &file, err)) return NULL;
    struct arena *arena = arena_new();
    struct ann_mapping *mapping = arena_new_item(arena, struct ann_mapping);
    mapping->arena = arena;
    mapping->file = file;
    mapping->index = ann_open_bytes(arena, file.bytes, file.length, options, err);
    if (mapping->index) return mapping;
    err->place.file = path;
    ann_unmap(mapping);
    return NULL;
}

struct ann_index *ann_mapped_index(struct ann_mapping *mapping)
{
    return mapping->index;
}

void ann_unmap(struct ann_mapping *mapping)
{
    if (!mapping) return;
    mapped_file_close(&mapping->file);
    arena_free(mapping->arena);
}
