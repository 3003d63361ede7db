/* image.h - an index as bytes: a header, a table of parts, the parts; for models/ann/ alone.
 *
 *   0   8 bytes   "RAGTANN\n"
 *   8   u32       version
 *   12  u32       parts
 *   16  u64       bytes in all
 *   24  u64       checksum of bytes 0 .. 23 and of the table
 *   32  the table, 32 bytes a part: u32 tag, u32 0, u64 offset, u64 length, u64 checksum
 *
 * All little-endian. Parts are in order of tags; each begins at the next multiple of 64 bytes,
 * zeros fill the gaps, and the last one ends the file. So an array can be used where it is mapped.
 */
#ifndef MODELS_ANN_IMAGE_H
#define MODELS_ANN_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct error;
struct file_part;

enum {
    IMAGE_VERSION = 1,
    IMAGE_HEADER = 32, /* bytes, as the next */
    IMAGE_ENTRY = 32,
    IMAGE_ALIGNMENT = 64
};

/* What a part holds. Numbers are of the format: none may change its meaning. */
enum image_tag {
    IMAGE_FIELDS = 1,     /* u64 words: image_fields.h */
    IMAGE_ROWS,           /* float32, padded rows */
    IMAGE_DEAD,           /* u64, a bit a row */
    IMAGE_CODE_MEAN,      /* float32 a padded column */
    IMAGE_CODES,          /* rows of code.h */
    IMAGE_LAYERS,         /* u8 a row: its top layer */
    IMAGE_BASE_LINKS,     /* u32 */
    IMAGE_UPPER_LINKS,    /* u32 */
    IMAGE_LENGTHS,        /* u32 a list: rows */
    IMAGE_SLOTS,          /* u32 a slot of the lists: row */
    IMAGE_CENTROIDS,      /* int8, in quads */
    IMAGE_CENTROID_SCALE, /* float32 a centroid, as the next two */
    IMAGE_CENTROID_NORMS,
    IMAGE_CENTROID_BIAS,
    IMAGE_WORDS,      /* float32, of the codebooks */
    IMAGE_LIST_CODES, /* blocks, in quads */
    IMAGE_SLOT_SCALE, /* float32 a slot, as the next two */
    IMAGE_SLOT_BIAS,
    IMAGE_SLOT_MARGIN,
    IMAGE_CURVE, /* u32: 4 words a point */
    IMAGE_KEYS,  /* u64 a row: a store's */
    IMAGE_TAGS   /* one more than the last */
};

struct image_part {
    const void *data; /* NULL: there is no such part */
    size_t length;
};

/* Parts by tag, before they are written or after they were found. */
struct image {
    struct image_part parts[IMAGE_TAGS];
};

/* 64 bits of some bytes. Any change within one run of 8 bytes changes it for sure, others but for
 * one in 2^64. */
uint64_t image_checksum(const void *data, size_t length);

/* What is to be written one after another: header, table, parts and gaps; lives in `arena`, the
 * parts where they are. Returns how many pieces. */
size_t image_write(struct arena *arena, const struct image *image, const struct file_part **pieces);

/* Finds the parts of an image; `data` is aligned to IMAGE_ALIGNMENT. Header, table and gaps are
 * always checked, the parts' checksums if asked for. */
bool image_read(const void *data, size_t length, bool checksums, struct image *image,
                struct error *err);

/* Sets the checksums to what the bytes are; false if the table makes no sense. For tests: to damage
 * what is behind checksums. */
bool image_seal(void *data, size_t length);

/* "rows", "list codes"... */
const char *image_tag_name(enum image_tag tag);

#endif
