/* Any bytes as the file of an index. Bit 0 of the first byte: whether it is trusted; bit 1: whether
 * its checksums are set to what the rest is, so that what lies behind them is reached. The next 63
 * bytes are the query's. What opens must survive
 * searches. */
#include "base/arena.h"
#include "base/error.h"
#include "models/ann/ann_file.h"
#include "models/ann/image.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PREFIX = 64, HITS = 12 };

static void require(bool holds)
{
    if (!holds) abort();
}

static void check_hits(const struct ann_index *index, const struct ann_hit *hits, size_t count)
{
    for (size_t i = 0; i < count; i++) require(hits[i].id < ann_count(index));
}

static void search(struct arena *arena, struct ann_index *index, const uint8_t *prefix)
{
    uint32_t dimensions = ann_get_settings(index)->dimensions;
    float *vector = arena_array(arena, float, dimensions);
    for (uint32_t i = 0; i < dimensions; i++) {
        vector[i] = (float)prefix[1 + i % (PREFIX - 1)] - 99.5f;
    }
    uint64_t *bits = arena_array(arena, uint64_t, ann_count(index) / 64 + 1);
    for (size_t i = 0; i < ann_count(index); i += 2) bits[i / 64] |= UINT64_C(1) << i % 64;
    struct ann_filter filter = {.bits = bits, .passing = (ann_count(index) + 1) / 2};
    struct ann_scratch *scratch = ann_scratch_new(arena, index);
    for (int i = 0; i < 4; i++) {
        struct ann_hit hits[HITS];
        struct ann_work work;
        struct ann_query query = {.vector = vector,
                                  .top_k = HITS,
                                  .exact = i == 3,
                                  .ef_search = i == 1 ? 4 : 0,
                                  .filter = i == 2 ? &filter : NULL};
        check_hits(index, hits, ann_search(index, &query, scratch, hits, &work));
        if (ann_count(index)) ann_remove(index, (uint32_t)(ann_count(index) / 2));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < PREFIX) return 0;
    struct arena *arena = arena_new();
    size_t length = size - PREFIX;
    unsigned char *bytes = arena_alloc_aligned(arena, length, IMAGE_ALIGNMENT);
    memcpy(bytes, data + PREFIX, length);
    if (data[0] & 2) image_seal(bytes, length);
    struct ann_open_options options = {.trusted = data[0] & 1};
    struct error err = {0};
    struct ann_index *index = ann_open_bytes(arena, bytes, length, &options, &err);
    if (index) {
        search(arena, index, data);
    } else {
        require(err.message[0] != '\0');
    }
    arena_free(arena);
    return 0;
}
