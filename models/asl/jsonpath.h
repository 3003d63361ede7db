/* jsonpath.h - JSONPath as state machines write it, after Jayway's implementation.
 *
 * $ then any of: .name  ['name']  ['a','b']  [n]  [-n]  [a,b]  [a:b]  [a:b:c]  [*]  .*  ..  filters
 * [?(@.x > 1 && @.y == 'z')], an index from the end [(@.length-1)], and at the end a function
 * (.length() .size() .min() .max() .avg() .sum() .stddev() .keys() .first() .last()). In a filter:
 * == != < <= > >= =~ in nin anyof noneof subsetof contains size empty, && || ! and parentheses;
 * paths from @ and $; strings in either quotes or, as definitions in use have it, bare words.
 *
 * A path is definite when it can name one place only. A definite path gives that place's value or a
 * fault; any other gives a list of what it finds, empty if nothing. A reference path is a definite
 * path of names and indices.
 */
#ifndef MODELS_ASL_JSONPATH_H
#define MODELS_ASL_JSONPATH_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct jsonpath; /* compiled, immutable; threads may share it */
struct value;

/* `length` bytes that begin with '$'. NULL and *fault ("'[' is not closed", in the arena or a
 * literal) when they are no path. Keeps no reference to the text. */
const struct jsonpath *jsonpath_compile(struct arena *arena, const char *text, size_t length,
                                        const char **fault);

bool jsonpath_is_definite(const struct jsonpath *path);
/* Only names and indices of at least 0: what may be written to. */
bool jsonpath_is_reference(const struct jsonpath *path);

/* NULL and *fault, as Jayway words it, when a definite path finds nothing ("No results for path:
 * $['a']"), and when the work is beyond all reason. */
const struct value *jsonpath_evaluate(const struct jsonpath *path, struct arena *arena,
                                      const struct value *root, const char **fault);

/* `root` with `value` at a reference path: objects on the way are made where there are none, an
 * index must exist. NULL when something on the way is neither object nor list. */
const struct value *jsonpath_put(const struct jsonpath *path, struct arena *arena,
                                 const struct value *root, const struct value *value);

#endif
