/* jsonata.h - JSONata 2 expressions as state machines hold them: compiled once, evaluated often.
 *
 * The language is that of docs.jsonata.org with what Step Functions takes away ($eval; at the top
 * level $ and $$ alone and field names without a variable before them) and adds ($partition,
 * $range, $hash, $uuid, $parse, $random with a seed). Evaluating is deterministic: luck comes from
 * the seed given, the clock from the time given. Every evaluation is bounded in steps, nesting and
 * memory; what goes beyond is an error of the expression.
 *
 * Refused when compiled: recursion in the text beyond 250 levels, texts beyond 256 KiB, NUL in
 * strings.
 */
#ifndef MODELS_ASL_JSONATA_H
#define MODELS_ASL_JSONATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct jsonata; /* a compiled expression, immutable; threads may share it */
struct value;

/* `text` is what stands between {% and %}. NULL on a syntax error or for what is not supported:
 * *fault says what (in the arena), *offset the byte where it was found. The expression lives in the
 * arena and keeps no reference to `text`. */
const struct jsonata *jsonata_compile(struct arena *arena, const char *text, size_t *offset,
                                      const char **fault);

/* What "$name" stands for in an expression: $states and the variables. Of several of one name the
 * first holds. */
struct jsonata_binding {
    const char *name; /* without the $ */
    const struct value *value;
};

/* The value of an expression: *out, in the arena or shared with the bindings; NULL when the
 * expression yields nothing (undefined). False with *fault ("T1006: Attempted to invoke a
 * non-function", in the arena) when evaluating failed. `seed` feeds $random, $shuffle and $uuid,
 * `now_epoch_s` (seconds since 1970) $now and $millis. */
bool jsonata_evaluate(const struct jsonata *expression, struct arena *arena,
                      const struct jsonata_binding *bindings, size_t count, uint64_t seed,
                      double now_epoch_s, const struct value **out, const char **fault);

#endif
