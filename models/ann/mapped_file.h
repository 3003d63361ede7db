/* mapped_file.h - a file's bytes in memory, read as they are used; for models/ann/ alone. */
#ifndef MODELS_ANN_MAPPED_FILE_H
#define MODELS_ANN_MAPPED_FILE_H

#include <stdbool.h>
#include <stddef.h>

struct error;

struct mapped_file {
    void *bytes; /* read-only, on a page's start */
    size_t length;
};

/* The error's place is the path. An empty file is an error. */
bool mapped_file_open(const char *path, struct mapped_file *file, struct error *err);
void mapped_file_close(struct mapped_file *file);

#endif
