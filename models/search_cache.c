#include "models/search_cache.h"

#include "base/arena.h"
#include "base/document.h"
#include "base/file.h"
#include "models/ann/measure.h"
#include "models/vector_data.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* A header, then a line of 16 hexadecimal digits a double, then the checksum. */
#define HEADER "ragtime.search/1 "
enum {
    DIGITS = 16,
    LINE = DIGITS + 1,
    DIGEST = 64,
    HEADER_LENGTH = sizeof HEADER - 1 + DIGEST + 1,
    FIGURES = sizeof(struct search_figures) / sizeof(double),
    COUNTS = sizeof(struct search_counts) / sizeof(double),
    QUERIES_MOST = 100000
};

static uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static double double_of(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

const char *search_cache_key(struct arena *arena, const struct search_question *q, size_t largest)
{
    const struct ann_settings *s = &q->settings;
    return arena_format(
        arena,
        "kernel %d work %d; kind %d metric %d dimensions %u code %d m %u ef_construction %u "
        "ef_search %u "
        "lists %u probes %u rerank %u spill %u anisotropy %016" PRIx64 " recall %016" PRIx64
        " seed %" PRIu64 "; vectors %zu of %zu shards %zu top_k %zu selectivity %016" PRIx64
        " intrinsic %u clusters %u data %s %u",
        ANN_MEASURE_VERSION, SEARCH_WORK_VERSION, (int)s->kind, (int)s->metric, s->dimensions,
        (int)s->code, s->m, s->ef_construction, s->ef_search, s->lists, s->probes, s->rerank,
        s->spill, bits_of((double)s->anisotropy), bits_of((double)s->recall), s->seed, largest,
        q->vectors, q->shards, q->top_k, bits_of(q->selectivity), q->intrinsic, q->clusters,
        q->data ? q->data->sha256 : "synthetic", q->data ? (unsigned)q->data->rows : 0U);
}

static const char *file_of(struct arena *arena, const char *folder, const char digest[DIGEST + 1])
{
    return arena_format(arena, "%s/%s", folder, digest);
}

/* ---- reading ---- */

static bool read_double(const char *line, double *value)
{
    uint64_t bits = 0;
    for (int i = 0; i < DIGITS; i++) {
        const char *digits = "0123456789abcdef";
        const char *digit = line[i] ? strchr(digits, line[i]) : NULL;
        if (!digit) return false;
        bits = bits << 4 | (uint64_t)(digit - digits);
    }
    *value = double_of(bits);
    return line[DIGITS] == '\n' && isfinite(*value);
}

/* The length is right, and the checksum that of all before it. */
static bool is_whole(const char *text, size_t length, const char *digest)
{
    char sum[DIGEST + 1];
    if (length < HEADER_LENGTH + (FIGURES + COUNTS) * LINE + DIGEST) return false;
    const size_t body = length - DIGEST;
    if ((body - HEADER_LENGTH) % LINE || memcmp(text, HEADER, strlen(HEADER)) != 0) return false;
    if (memcmp(text + strlen(HEADER), digest, DIGEST) != 0 || text[HEADER_LENGTH - 1] != '\n')
        return false;
    sha256_hex(text, body, sum);
    return memcmp(sum, text + body, DIGEST) == 0;
}

static bool read_numbers(struct arena *arena, const char *text, size_t length,
                         struct search_work *out)
{
    const size_t count = (length - HEADER_LENGTH - DIGEST) / LINE;
    if ((count - FIGURES) % COUNTS || count > QUERIES_MOST) return false;
    double *numbers = arena_array(arena, double, count);
    for (size_t i = 0; i < count; i++)
        if (!read_double(text + HEADER_LENGTH + i * LINE, &numbers[i])) return false;
    out->query_count = (count - FIGURES) / COUNTS;
    memcpy(&out->figures, numbers, sizeof out->figures);
    struct search_counts *queries = arena_array(arena, struct search_counts, out->query_count);
    memcpy(queries, numbers + FIGURES, out->query_count * sizeof *queries);
    out->queries = queries;
    return true;
}

bool search_cache_read(struct arena *arena, const char *folder, const char *key,
                       struct search_work *out)
{
    char digest[DIGEST + 1];
    char *text;
    size_t length;
    struct error err;
    if (!folder) return false;
    sha256_hex(key, strlen(key), digest);
    return document_load(arena, file_of(arena, folder, digest), &text, &length, &err) &&
           is_whole(text, length, digest) && read_numbers(arena, text, length, out);
}

/* ---- writing ---- */

static void write_doubles(char **at, const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t bits = bits_of(values[i]);
        for (int digit = DIGITS - 1; digit >= 0; digit--, bits >>= 4)
            (*at)[digit] = "0123456789abcdef"[bits & 15];
        (*at)[DIGITS] = '\n';
        *at += LINE;
    }
}

void search_cache_write(const char *folder, const char *key, const struct search_work *work)
{
    struct error err;
    char digest[DIGEST + 1];
    if (!folder || !file_make_folder(folder, &err)) return;
    struct arena *passing = arena_new();
    const size_t doubles = FIGURES + work->query_count * COUNTS;
    char *text = arena_array(passing, char, HEADER_LENGTH + doubles * LINE + DIGEST + 1);
    sha256_hex(key, strlen(key), digest);
    memcpy(text, HEADER, strlen(HEADER));
    memcpy(text + strlen(HEADER), digest, DIGEST);
    text[HEADER_LENGTH - 1] = '\n';
    char *at = text + HEADER_LENGTH;
    double *numbers = arena_array(passing, double, doubles);
    memcpy(numbers, &work->figures, sizeof work->figures);
    memcpy(numbers + FIGURES, work->queries, work->query_count * sizeof *work->queries);
    write_doubles(&at, numbers, doubles);
    sha256_hex(text, (size_t)(at - text), at);
    /* A file that cannot be written is measured again the next time. */
    (void)file_write(file_of(passing, folder, digest), text, (size_t)(at - text) + DIGEST, &err);
    arena_free(passing);
}
