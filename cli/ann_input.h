/* ann_input.h - what the commands of `ragtime ann` read before they begin: vectors, filter,
 * settings. */
#ifndef CLI_ANN_INPUT_H
#define CLI_ANN_INPUT_H

#include "cli/options.h"
#include "models/ann/ann.h"
#include "models/ann/vector_file.h"

#include <stdbool.h>

struct ann_input {
    struct arena *arena;
    const struct options *options;
    const struct command_usage *usage;
    struct vector_set base;
    struct vector_set queries;
    struct ann_filter filter;
    struct ann_settings settings; /* kind, metric, dimensions, threads and what --set says */
    size_t top_k;
};

/* Reads the files and checks them against each other and the settings; all is in the arena. False
 * after a message on standard error: bad usage or input. */
bool ann_input_read(struct ann_input *input, struct arena *arena, const struct options *options,
                    const struct command_usage *usage);

/* The base and the settings alone. */
bool ann_input_read_base(struct ann_input *input, struct arena *arena,
                         const struct options *options, const struct command_usage *usage);
/* Queries and filter for an index of `rows` rows with input->settings, to which --set is applied:
 * only what a search can say. */
bool ann_input_read_for(struct ann_input *input, size_t rows);

/* Makes the filter, if there is one, fast for searches of an index, with memory of `arena`. */
void ann_input_prepare(struct ann_input *input, struct arena *arena, const struct ann_index *index);

/* The filter for searches: NULL when there is none. */
const struct ann_filter *ann_input_filter(const struct ann_input *input);

/* "ragtime: FILE:LINE: MESSAGE; HINT" to standard error; `file` is used if the error has no place,
 * and may be NULL. Returns false. */
bool ann_input_fail(const struct error *err, const char *file);

#endif
