/* file.h - files that are there whole or not at all.
 *
 * Everything the program writes goes through file_write: under a temporary name in the same folder,
 * flushed to disk, then renamed. A failure (full disk, no permission) removes the temporary file
 * and says why.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

bool file_write(const char *path, const char *data, size_t length, struct error *err);

/* A piece of what a file is to hold. */
struct file_part {
    const void *data;
    size_t length;
};

/* The same for pieces one after another, so that large ones need not be copied together. */
bool file_write_parts(const char *path, const struct file_part *parts, size_t count,
                      struct error *err);
/* Makes the folder and those above it. */
bool file_make_folder(const char *path, struct error *err);
/* SHA-256 of bytes as 64 hexadecimal digits and a NUL (FIPS 180-4). */
void sha256_hex(const void *data, size_t length, char out[65]);

#endif
