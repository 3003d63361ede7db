#include "models/ann/image.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/file.h"

#include <string.h>

static const char magic[8] = {'R', 'A', 'G', 'T', 'A', 'N', 'N', '\n'};
static const unsigned char zeros[IMAGE_ALIGNMENT];

enum { AT_VERSION = 8, AT_PARTS = 12, AT_LENGTH = 16, AT_CHECKSUM = 24 };

/* One entry of the table. */
struct entry {
    uint32_t tag;
    uint32_t zero;
    uint64_t offset;
    uint64_t length;
    uint64_t checksum;
};

_Static_assert(sizeof(struct entry) == IMAGE_ENTRY, "entries are written as they are");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "arrays are used where they are mapped: big-endian machines need other code here");

const char *image_tag_name(enum image_tag tag)
{
    static const char *const names[IMAGE_TAGS] = {
        [IMAGE_FIELDS] = "fields",
        [IMAGE_ROWS] = "rows",
        [IMAGE_DEAD] = "deleted rows",
        [IMAGE_CODE_MEAN] = "mean of the rows",
        [IMAGE_CODES] = "codes",
        [IMAGE_LAYERS] = "layers",
        [IMAGE_BASE_LINKS] = "links of layer 0",
        [IMAGE_UPPER_LINKS] = "links of upper layers",
        [IMAGE_LENGTHS] = "lengths of lists",
        [IMAGE_SLOTS] = "rows of lists",
        [IMAGE_CENTROIDS] = "centroids",
        [IMAGE_CENTROID_SCALE] = "scales of centroids",
        [IMAGE_CENTROID_NORMS] = "norms of centroids",
        [IMAGE_CENTROID_BIAS] = "biases of centroids",
        [IMAGE_WORDS] = "codebooks",
        [IMAGE_LIST_CODES] = "codes of lists",
        [IMAGE_SLOT_SCALE] = "scales of codes",
        [IMAGE_SLOT_BIAS] = "biases of codes",
        [IMAGE_SLOT_MARGIN] = "margins of codes",
        [IMAGE_CURVE] = "recall curve",
        [IMAGE_KEYS] = "keys",
    };
    return (unsigned)tag < IMAGE_TAGS && names[tag] ? names[tag] : "unknown part";
}

/* --- checksums --- */

enum { CHECKSUM_LANES = 8 }; /* beside each other: as fast as memory is read */

/* Both steps can be undone, so a different word gives a different state, and different states stay
 * so. */
static inline uint64_t mix(uint64_t state, uint64_t word)
{
    state = (state ^ word) * 0x9e3779b97f4a7c15u;
    return state ^ state >> 32;
}

uint64_t image_checksum(const void *data, size_t length)
{
    enum { BLOCK = CHECKSUM_LANES * sizeof(uint64_t) };
    const unsigned char *bytes = data;
    uint64_t lanes[CHECKSUM_LANES];
    uint64_t words[CHECKSUM_LANES];
    for (size_t i = 0; i < CHECKSUM_LANES; i++) lanes[i] = length + i;
    size_t at = 0;
    for (; at + BLOCK <= length; at += BLOCK) {
        memcpy(words, bytes + at, BLOCK);
        for (size_t i = 0; i < CHECKSUM_LANES; i++) lanes[i] = mix(lanes[i], words[i]);
    }
    if (at < length) {
        memset(words, 0, sizeof words);
        memcpy(words, bytes + at, length - at);
        for (size_t i = 0; i < CHECKSUM_LANES; i++) lanes[i] = mix(lanes[i], words[i]);
    }
    uint64_t state = length;
    for (size_t i = 0; i < CHECKSUM_LANES; i++) state = mix(state, lanes[i]);
    return state;
}

/* Of header and table: the header's own place for it is left out. */
static uint64_t table_checksum(const unsigned char *bytes, size_t parts)
{
    uint64_t both[2] = {image_checksum(bytes, AT_CHECKSUM),
                        image_checksum(bytes + IMAGE_HEADER, parts * IMAGE_ENTRY)};
    return image_checksum(both, sizeof both);
}

/* --- writing --- */

static size_t gap_after(uint64_t at)
{
    return (size_t)(-at & (IMAGE_ALIGNMENT - 1));
}

static void put(unsigned char *bytes, size_t at, const void *value, size_t size)
{
    memcpy(bytes + at, value, size);
}

size_t image_write(struct arena *arena, const struct image *image, const struct file_part **pieces)
{
    unsigned char *head = arena_calloc(arena, 1, IMAGE_HEADER + IMAGE_TAGS * IMAGE_ENTRY);
    struct file_part *out = arena_array(arena, struct file_part, 2 * IMAGE_TAGS + 2);
    uint32_t parts = 0;
    for (size_t tag = 0; tag < IMAGE_TAGS; tag++) parts += image->parts[tag].data != NULL;

    size_t count = 0;
    uint64_t at = IMAGE_HEADER + (uint64_t)parts * IMAGE_ENTRY;
    out[count++] = (struct file_part){.data = head, .length = (size_t)at};
    struct entry *entries = arena_array(arena, struct entry, IMAGE_TAGS);
    size_t filled = 0;
    for (uint32_t tag = 0; tag < IMAGE_TAGS; tag++) {
        struct image_part part = image->parts[tag];
        if (!part.data) continue;
        out[count++] = (struct file_part){.data = zeros, .length = gap_after(at)};
        at += gap_after(at);
        out[count++] = (struct file_part){.data = part.data, .length = part.length};
        entries[filled++] = (struct entry){.tag = tag,
                                           .offset = at,
                                           .length = part.length,
                                           .checksum = image_checksum(part.data, part.length)};
        at += part.length;
    }
    uint32_t version = IMAGE_VERSION;
    memcpy(head, magic, sizeof magic);
    put(head, AT_VERSION, &version, sizeof version);
    put(head, AT_PARTS, &parts, sizeof parts);
    put(head, AT_LENGTH, &at, sizeof at);
    put(head, IMAGE_HEADER, entries, parts * sizeof *entries);
    uint64_t checksum = table_checksum(head, parts);
    put(head, AT_CHECKSUM, &checksum, sizeof checksum);
    *pieces = out;
    return count;
}

/* --- reading --- */

static uint32_t get_u32(const unsigned char *bytes, size_t at)
{
    uint32_t value;
    memcpy(&value, bytes + at, sizeof value);
    return value;
}

static uint64_t get_u64(const unsigned char *bytes, size_t at)
{
    uint64_t value;
    memcpy(&value, bytes + at, sizeof value);
    return value;
}

static struct entry get_entry(const unsigned char *bytes, size_t index)
{
    struct entry entry;
    memcpy(&entry, bytes + IMAGE_HEADER + index * IMAGE_ENTRY, sizeof entry);
    return entry;
}

/* The table is within the bytes after this. */
static bool check_header(const unsigned char *bytes, size_t length, struct error *err)
{
    if (length < IMAGE_HEADER || memcmp(bytes, magic, sizeof magic) != 0) {
        return error_set(err, "this is not an index: it does not begin as one does");
    }
    uint32_t version = get_u32(bytes, AT_VERSION);
    if (version != IMAGE_VERSION) {
        error_set(err, "the index is of version %u of the format; expected %u", (unsigned)version,
                  (unsigned)IMAGE_VERSION);
        error_hint(err, "build and save it again with this program");
        return false;
    }
    uint64_t said = get_u64(bytes, AT_LENGTH);
    if (said != length) {
        return error_set(err,
                         "the header says %llu bytes, but there are %zu; the file is cut "
                         "short or has something after its end",
                         (unsigned long long)said, length);
    }
    uint32_t parts = get_u32(bytes, AT_PARTS);
    if (parts < 1 || parts >= IMAGE_TAGS || length - IMAGE_HEADER < parts * (size_t)IMAGE_ENTRY) {
        return error_set(err, "the header says %u parts; expected 1 to %d", (unsigned)parts,
                         IMAGE_TAGS - 1);
    }
    return true;
}

/* Where a part must begin and may end at most. */
static bool check_entry(const unsigned char *bytes, size_t length, const struct entry *entry,
                        uint64_t end_before, struct error *err)
{
    const char *name = image_tag_name((enum image_tag)entry->tag);
    size_t gap = gap_after(end_before);
    if (entry->zero || entry->offset != end_before + gap || entry->offset > length ||
        entry->length > length - entry->offset) {
        return error_set(err,
                         "the part '%s' is said to be at byte %llu and %llu long; expected it at "
                         "byte %llu, in a file of %zu",
                         name, (unsigned long long)entry->offset, (unsigned long long)entry->length,
                         (unsigned long long)(end_before + gap), length);
    }
    if (memcmp(bytes + end_before, zeros, gap) == 0) return true;
    return error_set(err, "there is something in the gap before the part '%s'; expected zeros",
                     name);
}

bool image_read(const void *data, size_t length, bool checksums, struct image *image,
                struct error *err)
{
    const unsigned char *bytes = data;
    *image = (struct image){0};
    TRY(check_header(bytes, length, err));
    uint32_t parts = get_u32(bytes, AT_PARTS);
    if (checksums && table_checksum(bytes, parts) != get_u64(bytes, AT_CHECKSUM)) {
        return error_set(err, "the table of parts is damaged: its checksum does not fit");
    }
    uint64_t end = IMAGE_HEADER + (uint64_t)parts * IMAGE_ENTRY;
    uint32_t before = 0;
    for (uint32_t i = 0; i < parts; i++) {
        struct entry entry = get_entry(bytes, i);
        if (entry.tag <= before || entry.tag >= IMAGE_TAGS) {
            return error_set(err, "entry %u of the table has the tag %u; expected %u to %d",
                             (unsigned)i, (unsigned)entry.tag, (unsigned)before + 1,
                             IMAGE_TAGS - 1);
        }
        TRY(check_entry(bytes, length, &entry, end, err));
        const unsigned char *part = bytes + entry.offset;
        if (checksums && image_checksum(part, (size_t)entry.length) != entry.checksum) {
            return error_set(err, "the part '%s' is damaged: its checksum does not fit",
                             image_tag_name((enum image_tag)entry.tag));
        }
        image->parts[entry.tag] = (struct image_part){part, (size_t)entry.length};
        before = entry.tag;
        end = entry.offset + entry.length;
    }
    if (end == length) return true;
    return error_set(err, "the last part ends at byte %llu, but there are %zu bytes",
                     (unsigned long long)end, length);
}

bool image_seal(void *data, size_t length)
{
    unsigned char *bytes = data;
    struct error fault;
    struct image image;
    if (!image_read(data, length, false, &image, &fault)) return false;
    uint32_t parts = get_u32(bytes, AT_PARTS);
    for (uint32_t i = 0; i < parts; i++) {
        struct entry entry = get_entry(bytes, i);
        entry.checksum = image_checksum(bytes + entry.offset, (size_t)entry.length);
        put(bytes, IMAGE_HEADER + i * (size_t)IMAGE_ENTRY, &entry, sizeof entry);
    }
    uint64_t checksum = table_checksum(bytes, parts);
    put(bytes, AT_CHECKSUM, &checksum, sizeof checksum);
    return true;
}
