/* hash.h - the digests that States.Hash and $hash offer. */
#ifndef MODELS_ASL_HASH_H
#define MODELS_ASL_HASH_H

#include <stdbool.h>
#include <stddef.h>

enum { HASH_HEX_SIZE = 129 };

/* The digest in hexadecimal. `algorithm`: "MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512"; false
 * for any other. */
bool hash_hex(const char *algorithm, const void *data, size_t length, char out[HASH_HEX_SIZE]);

#endif
