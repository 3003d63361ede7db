/* data_source.h - what an ItemReader reads, as items. */
#ifndef MODELS_ASL_DATA_SOURCE_H
#define MODELS_ASL_DATA_SOURCE_H

#include "models/asl/data_internal.h"

/* Of CSVDelimiter: "COMMA" (or nothing), "PIPE", "SEMICOLON", "SPACE", "TAB". */
char data_source_delimiter(const char *name);
enum reader_type data_source_type(const char *resource, const char *input_type);

/* Items of the source, at most `most` of them (negative: all), into map->items or map->count. */
bool data_source_read(const struct reader *reader, const struct asl_source *source, double most,
                      struct evaluation *eval, struct asl_map *map);

#endif
