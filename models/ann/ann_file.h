/* ann_file.h - indexes in files: saved whole or not at all, and used where they are mapped.
 *
 * A file is the same, byte for byte, for the same settings and rows, whatever the number of threads
 * and the SIMD level it was built with. Searching a mapped index gives the hits, distances and work
 * that the saved one gives. Every count, offset, link and row number of a file is checked before it
 * is used: a damaged or hostile file gives an error that says what is wrong with it.
 */
#ifndef MODELS_ANN_ANN_FILE_H
#define MODELS_ANN_ANN_FILE_H

#include "models/ann/ann.h"

struct ann_mapping;

/* How to open a file. Zeros: check everything, which reads all of it once. */
struct ann_open_options {
    bool trusted; /* leave out checksums and the values of rows and codes: for files of many
                     gigabytes that this machine wrote. What is wrong there can give wrong hits, but
                     still no more than that */
};

/* Writes the index to `path` under a temporary name in the same folder, then renames it: readers of
 * a file that was there before keep what they have. False and *err if that fails; what was there
 * stays then. Room for more rows is not saved. */
bool ann_save(const struct ann_index *index, const char *path, struct error *err);

/* Maps a file written by ann_save. NULL and *err, with the path as its place, if it cannot be read
 * or is not such. The file must not be changed in place while it is mapped (ann_save does not). */
struct ann_mapping *ann_map(const char *path, const struct ann_open_options *options,
                            struct error *err);
/* The index, until the mapping goes. It has no room for ann_insert; ann_remove works, in memory
 * alone. */
struct ann_index *ann_mapped_index(struct ann_mapping *mapping);
void ann_unmap(struct ann_mapping *mapping); /* NULL is allowed */

/* The same for the bytes of such a file, aligned to 64, which must stay while the index does; it
 * lives in `arena`. The error has no place. */
struct ann_index *ann_open_bytes(struct arena *arena, void *bytes, size_t length,
                                 const struct ann_open_options *options, struct error *err);

#endif
