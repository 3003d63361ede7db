/* Any bytes as a JSONata expression, up to a NUL, and as the JSON that it works on, behind it.
 *
 * What is refused must say why, and where in the text; what is evaluated must yield JSON, or
 * nothing, or a fault, and the same when evaluated again. */
#include "base/arena.h"
#include "models/asl/jsonata.h"
#include "models/asl/value.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) abort();
}

static const char sample[] =
    "{\"a\":1,\"b\":[1,2,3],\"c\":{\"d\":\"x\",\"e\":[{\"f\":1,\"g\":\"p\"},{\"f\":2}]},"
    "\"n\":null,\"t\":true,\"s\":\"Hello World\",\"o\":[{\"k\":\"a\",\"v\":[1]},{\"k\":\"b\"}]}";

static const struct value *input_of(struct arena *arena, const char *text, size_t length)
{
    struct error err;
    const struct value *const value = value_from_json(arena, text, length, &err);
    return value ? value : value_from_json(arena, sample, strlen(sample), &err);
}

static bool run(const struct jsonata *expression, struct arena *arena, const struct value *input,
                const struct value **out)
{
    const struct jsonata_binding bindings[] = {{"states", input}, {"i", input}};
    const char *fault = NULL;
    const bool ok =
        jsonata_evaluate(expression, arena, bindings, 2, 7, 1700000000.123, out, &fault);
    require(ok == (fault == NULL));
    require(ok || (*out == NULL && fault[0] != '\0'));
    return ok;
}

static void evaluate_twice(const struct jsonata *expression, struct arena *arena,
                           const struct value *input)
{
    const struct value *first = NULL;
    const struct value *second = NULL;
    const bool ok = run(expression, arena, input, &first);
    require(run(expression, arena, input, &second) == ok);
    require((first == NULL) == (second == NULL));
    if (!first || value_json_length(first) > (1 << 20)) return;
    const char *const json = value_to_json(arena, first);
    require(json && strcmp(json, value_to_json(arena, second)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    const char *const text = arena_copy_n(arena, (const char *)data, size);
    const size_t length = strlen(text);
    size_t offset = 0;
    const char *fault = NULL;
    const struct jsonata *const expression = jsonata_compile(arena, text, &offset, &fault);
    if (expression) {
        const size_t behind = length < size ? length + 1 : size;
        evaluate_twice(expression, arena, input_of(arena, text + behind, size - behind));
    } else {
        require(fault && fault[0] != '\0' && offset <= length);
    }
    arena_free(arena);
    return 0;
}
