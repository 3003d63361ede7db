#include "models/asl/jsonata_signature.h"

#include <string.h>

static unsigned type_of_symbol(char symbol)
{
    switch (symbol) {
    case 's': return TYPE_STRING;
    case 'n': return TYPE_NUMBER;
    case 'b': return TYPE_BOOL;
    case 'l': return TYPE_NULL;
    case 'o': return TYPE_OBJECT;
    case 'a': return TYPE_ARRAY;
    case 'f': return TYPE_FUNCTION;
    case 'u': return TYPE_SIMPLE;
    case 'j': return TYPE_JSON;
    case 'x': return TYPE_ANY;
    default: return 0;
    }
}

/* Behind the bracket that closes the one at `text`; NULL if none does. */
static const char *skip_group(const char *text, char open, char close)
{
    int depth = 0;
    for (; *text; text++) {
        if (*text == open) depth++;
        if (*text == close && --depth == 0) return text + 1;
    }
    return NULL;
}

/* (sao): one of several types. */
static const char *read_choice(const char *text, struct signature_parameter *parameter,
                               const char **fault)
{
    const char *const end = skip_group(text, '(', ')');
    if (!end) {
        *fault = "S0203: Expected \")\" in a function signature";
        return NULL;
    }
    for (text++; text < end - 1; text++) {
        if (*text == '<') {
            *fault = "S0402: Choice groups containing parameterized types are not supported";
            return NULL;
        }
        parameter->types |= type_of_symbol(*text);
        if (*text == 'x') parameter->types |= TYPE_ANY;
    }
    return end;
}

/* <n> behind an a or an f. */
static const char *read_items(const char *text, struct signature_parameter *parameter,
                              const char **fault)
{
    const char *const end = skip_group(text, '<', '>');
    if (!end || !(parameter->array || parameter->types == TYPE_FUNCTION)) {
        *fault = "S0401: Type parameters can only be applied to functions and arrays";
        return NULL;
    }
    if (parameter->array) {
        parameter->item = text[1];
        parameter->items = type_of_symbol(text[1]);
    }
    return end;
}

static const char *read_parameter(const char *text, struct signature_parameter *parameter,
                                  const char **fault)
{
    if (*text == '(') {
        text = read_choice(text, parameter, fault);
    } else {
        parameter->types = type_of_symbol(*text);
        parameter->array = *text == 'a';
        if (parameter->array) parameter->types = TYPE_ANY;
        text++;
    }
    if (text && parameter->types == 0) *fault = "Unknown type in a function signature";
    if (*fault || !text) return NULL;
    if (*text == '<') text = read_items(text, parameter, fault);
    for (; text && *text && strchr("+?-", *text); text++) {
        if (*text == '+') parameter->repeated = true;
        if (*text == '?') parameter->optional = true;
        if (*text == '-') parameter->context = true;
    }
    return text;
}

bool signature_read(const char *text, struct signature *signature, const char **fault)
{
    *signature = (struct signature){0};
    *fault = NULL;
    while (*text && *text != ':') {
        if (*text == ' ') {
            text++;
            continue;
        }
        if (signature->count == SIGNATURE_MOST) {
            *fault = "A function signature has at most 12 parameters";
            return false;
        }
        text = read_parameter(text, &signature->parameters[signature->count++], fault);
        if (!text) return false;
    }
    return true;
}

struct match {
    const struct signature *signature;
    const unsigned *types;
    size_t count;
    size_t *taken;
    size_t reached;
    int steps; /* left: signatures can be written so that trying all ways takes for ever */
};

/* The greedy way first; the depth is that of the signature. */
static bool match_from(struct match *match, size_t parameter, size_t argument)
{
    if (argument > match->reached) match->reached = argument;
    if (parameter == match->signature->count) return argument == match->count;
    if (match->steps-- <= 0) return false;
    const struct signature_parameter *const p = &match->signature->parameters[parameter];
    const size_t most = p->repeated ? match->count : 1;
    const size_t least = p->optional || p->context ? 0 : 1;
    size_t fit = 0;
    while (fit < most && argument + fit < match->count &&
           (match->types[argument + fit] & (p->types | TYPE_MISSING)))
        fit++;
    for (size_t take = fit + 1; take-- > least;) {
        match->taken[parameter] = take;
        if (match_from(match, parameter + 1, argument + take)) return true;
    }
    return false;
}

bool signature_match(const struct signature *signature, const unsigned *types, size_t count,
                     size_t *taken, size_t *reached)
{
    struct match match = {signature, types, count, taken, 0, 10000};
    const bool ok = match_from(&match, 0, 0);
    *reached = match.reached;
    return ok;
}
