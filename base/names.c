#include "base/names.h"

#include <string.h>

/* Names of components and fields are shorter; what is longer is no slip of the finger. */
enum { LONGEST_NAME = 127 };

static unsigned char fold(char c)
{
    unsigned char u = (unsigned char)c;
    return u >= 'A' && u <= 'Z' ? (unsigned char)(u + ('a' - 'A')) : u;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Row i of the table of distances between the first i bytes of `a` and the first j of `b`. */
static void fill_row(size_t *row, const size_t *previous, const size_t *before, const char *a,
                     size_t i, const char *b)
{
    row[0] = i;
    for (size_t j = 1; b[j - 1]; j++) {
        size_t substitute = previous[j - 1] + (fold(a[i - 1]) != fold(b[j - 1]));
        row[j] = least(substitute, least(previous[j], row[j - 1]) + 1);
        if (i > 1 && j > 1 && fold(a[i - 1]) == fold(b[j - 2]) && fold(a[i - 2]) == fold(b[j - 1]))
            row[j] = least(row[j], before[j - 2] + 1);
    }
}

size_t name_distance(const char *a, const char *b)
{
    size_t a_length = strlen(a);
    size_t b_length = strlen(b);
    if (a_length > LONGEST_NAME || b_length > LONGEST_NAME)
        return strcmp(a, b) == 0 ? 0 : a_length > b_length ? a_length : b_length;

    size_t rows[3][LONGEST_NAME + 1] = {{0}};
    for (size_t j = 0; j <= b_length; j++) rows[0][j] = j;
    for (size_t i = 1; i <= a_length; i++)
        fill_row(rows[i % 3], rows[(i + 2) % 3], rows[(i + 1) % 3], a, i, b);
    return rows[a_length % 3][b_length];
}

const char *name_nearest(const char *name, const char *const *candidates, size_t count)
{
    size_t length = strlen(name);
    size_t limit = length / 3; /* of two letters one is no slip of the finger */
    const char *nearest = NULL;
    for (size_t i = 0; i < count; i++) {
        size_t distance = name_distance(name, candidates[i]);
        if (distance > limit || (nearest && distance == limit)) continue;
        nearest = candidates[i];
        if (distance == 0) break;
        limit = distance;
    }
    return nearest;
}

uint64_t name_hash(const char *name)
{
    /* FNV-1a, 64 bits (draft-eastlake-fnv), whose high bits are weak for short names; hence
     * the finalizer of MurmurHash3 (fmix64). */
    uint64_t hash = UINT64_C(0xCBF29CE484222325);
    for (const char *c = name; *c; c++) {
        hash ^= (unsigned char)*c;
        hash *= UINT64_C(0x100000001B3);
    }
    hash ^= hash >> 33;
    hash *= UINT64_C(0xFF51AFD7ED558CCD);
    hash ^= hash >> 33;
    hash *= UINT64_C(0xC4CEB9FE1A85EC53);
    hash ^= hash >> 33;
    return hash;
}
