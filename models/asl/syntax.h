/* syntax.h - what the readers of paths and of intrinsic functions share. */
#ifndef MODELS_ASL_SYNTAX_H
#define MODELS_ASL_SYNTAX_H

#include <stdbool.h>

/* A letter, a digit, an underscore or a part of a character beyond ASCII. */
bool syntax_is_word(char c);

/* Behind the string in quotes that begins at `at`, in which a backslash takes the next character
 * along; NULL if it has no end. */
const char *syntax_skip_quoted(const char *at);

/* Behind the path at `at`, which goes on as long as it can; NULL if it is none. */
const char *syntax_skip_path(const char *at);

#endif
