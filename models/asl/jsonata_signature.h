/* jsonata_signature.h - what a function of JSONata takes: "<s-nn?:s>" read and matched. */
#ifndef MODELS_ASL_JSONATA_SIGNATURE_H
#define MODELS_ASL_JSONATA_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>

enum { SIGNATURE_MOST = 12, ARGUMENTS_MOST = 64 };

/* Types of arguments, one bit each. */
enum {
    TYPE_STRING = 1,
    TYPE_NUMBER = 2,
    TYPE_BOOL = 4,
    TYPE_NULL = 8,
    TYPE_ARRAY = 16,
    TYPE_OBJECT = 32,
    TYPE_FUNCTION = 64,
    TYPE_MISSING = 128,
    TYPE_SIMPLE = TYPE_STRING | TYPE_NUMBER | TYPE_BOOL | TYPE_NULL,
    TYPE_JSON = TYPE_SIMPLE | TYPE_ARRAY | TYPE_OBJECT,
    TYPE_ANY = TYPE_JSON | TYPE_FUNCTION
};

struct signature_parameter {
    unsigned types;
    unsigned items; /* what an array holds; 0: anything */
    char item;      /* its symbol */
    bool array;     /* a single value is made an array of one */
    bool optional;
    bool context; /* taken from the context when absent */
    bool repeated;
};

struct signature {
    struct signature_parameter parameters[SIGNATURE_MOST];
    size_t count;
};

/* `text` without its outer brackets. False with *fault, a literal. */
bool signature_read(const char *text, struct signature *signature, const char **fault);

/* Gives each of `count` arguments of the given types to a parameter: taken[i] of them to the i-th,
 * 0 if it goes without. False if they do not fit; *reached is then how many arguments did. */
bool signature_match(const struct signature *signature, const unsigned *types, size_t count,
                     size_t *taken, size_t *reached);

#endif
