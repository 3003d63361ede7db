/* names.h - did you mean: the nearest of the names that are valid here. */
#ifndef BASE_NAMES_H
#define BASE_NAMES_H

#include <stddef.h>
#include <stdint.h>

/* The Damerau-Levenshtein distance (optimal string alignment: insert, delete, substitute, swap
 * neighbours), case-insensitive for ASCII, in bytes. Names beyond 127 bytes are equal or wholly
 * different. */
size_t name_distance(const char *a, const char *b);

/* The candidate at the least distance not above a third of the name's length (so that names of one
 * or two letters are near only to themselves in other case); the first of equals; NULL if none is
 * near. */
const char *name_nearest(const char *name, const char *const *candidates, size_t count);

/* A 64-bit hash of a name (FNV-1a with a final mix): how a component is known to the random
 * streams, so that the same name draws the same luck in every architecture. */
uint64_t name_hash(const char *name);

#endif
