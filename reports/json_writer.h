/* json_writer.h - JSON text, indented, in the order written. */
#ifndef REPORTS_JSON_WRITER_H
#define REPORTS_JSON_WRITER_H

#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

struct json_writer {
    struct text *out;
    int depth;
    bool first;    /* nothing written yet in the open list or map */
    bool one_line; /* the open list stays on one line */
};

void json_begin(struct json_writer *w, struct text *out);
void json_open(struct json_writer *w, const char *key,
               char bracket); /* key NULL: in a list, or the root */
void json_close(struct json_writer *w, char bracket);
void json_text(struct json_writer *w, const char *key, const char *value); /* NULL: null */
void json_number(struct json_writer *w, const char *key, double value); /* null when not finite */
void json_count(struct json_writer *w, const char *key, uint64_t value);
void json_bool(struct json_writer *w, const char *key, bool value);

#endif
