/* image_lines.h - codes of lists as the kernels of one level want them (scan.h) and as a file has
 * them: in quads. A line is a table of 16 rows and 4 pieces, and the other way round else. */
#ifndef MODELS_ANN_IMAGE_LINES_H
#define MODELS_ANN_IMAGE_LINES_H

#include "models/ann/scan.h"

static inline void lines_to_quads(const uint8_t *lines, size_t bytes, uint8_t *out)
{
    for (size_t line = 0; line < bytes; line += SCAN_GROUP_BYTES) {
        for (size_t i = 0; i < SCAN_GROUP_BYTES; i++) {
            out[line + i] = lines[line + i % SCAN_GROUP * SCAN_BYTE_ROWS + i / SCAN_GROUP];
        }
    }
}

static inline void lines_from_quads(const uint8_t *lines, size_t bytes, uint8_t *out)
{
    for (size_t line = 0; line < bytes; line += SCAN_GROUP_BYTES) {
        for (size_t i = 0; i < SCAN_GROUP_BYTES; i++) {
            out[line + i] = lines[line + i % SCAN_BYTE_ROWS * SCAN_GROUP + i / SCAN_BYTE_ROWS];
        }
    }
}

#endif
