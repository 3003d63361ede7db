/* jsonata_regex.h - regular expressions matched: the one place that knows the library. For
 * jsonata_*.c alone. */
#ifndef MODELS_ASL_JSONATA_REGEX_H
#define MODELS_ASL_JSONATA_REGEX_H

#include "models/asl/jsonata_machine.h"

struct matcher;

struct match {
    size_t start; /* bytes */
    size_t end;
    const size_t *places; /* start and end of each group; valid until the next match */
    size_t groups;
};

struct matcher *matcher_new(struct machine *machine, const struct jsonata_regex *regex);
/* The first match from byte `at` on. False: none, or a fault: a match of nothing, or one that takes
 * too many steps. */
bool matcher_next(struct matcher *matcher, const struct value *subject, size_t at,
                  struct match *match);

/* What a group matched; "" if it took no part. */
const struct value *match_group(struct machine *machine, const struct value *subject,
                                const struct match *match, size_t group);
const struct value *match_groups(struct machine *machine, const struct value *subject,
                                 const struct match *match);
/* UTF-16 units of a text: how places in matches count. */
size_t match_units(const char *text, size_t length);

#endif
