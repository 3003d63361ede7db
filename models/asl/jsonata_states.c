#include "models/asl/hash.h"
#include "models/asl/jsonata_library.h"

#include <math.h>
#include <string.h>

/* The functions that Step Functions adds to JSONata. */

static const struct value *absent(struct call *call, const char *name)
{
    for (size_t i = 0; i < 3; i++)
        if (!call->arguments[i])
            return machine_fail(
                call->machine,
                "T0410: Argument %zu of function \"%s\" does not match function signature", i + 1,
                name);
    return NULL;
}

static const struct value *states_partition(struct call *call)
{
    const struct value *const list = call->arguments[0];
    if (!list || !call->arguments[1]) return NULL;
    const double size = rint(call->arguments[1]->number);
    if (!(size >= 1.0))
        return machine_fail(call->machine,
                            "The size of the chunks of function \"partition\" must be at least 1");
    struct value_list out = {0};
    for (size_t from = 0; from < list->count && machine_spend(call->machine, 1);) {
        const size_t left = list->count - from;
        const size_t count = size < (double)left ? (size_t)size : left;
        value_list_add(&out, call->machine->arena,
                       value_list(call->machine->arena, list->items + from, count));
        from += count;
    }
    return machine_list(call->machine, &out);
}

static const struct value *states_range(struct call *call)
{
    struct machine *const machine = call->machine;
    if (!call->arguments[0] || !call->arguments[1] || !call->arguments[2])
        return absent(call, "range");
    const double first = call->arguments[0]->number;
    const double last = call->arguments[1]->number;
    const double step = call->arguments[2]->number;
    if (step == 0.0) return machine_fail(machine, "The step of function \"range\" must not be 0");
    const double count = floor((last - first) / step) + 1.0;
    if (count > 1e6)
        return machine_fail(machine, "Function \"range\" gives at most 1000000 numbers, not %.0f",
                            count);
    struct value_list out = {0};
    for (double i = 0.0; i < count && machine_spend(machine, 1); i += 1.0)
        value_list_add(&out, machine->arena, value_number(machine->arena, first + i * step));
    return call_sequence(call, &out);
}

static const struct value *states_hash(struct call *call)
{
    const struct value *const text = call->arguments[0];
    const struct value *const algorithm = call->arguments[1];
    char hex[HASH_HEX_SIZE];
    if (!text || !algorithm) return NULL;
    if (!machine_spend(call->machine, text->count / 8)) return NULL;
    if (hash_hex(algorithm->text, text->text, text->count, hex))
        return value_string(call->machine->arena, hex);
    return machine_fail(call->machine,
                        "Function \"hash\" knows MD5, SHA-1, SHA-256, SHA-384 and SHA-512, not "
                        "\"%s\"",
                        algorithm->text);
}

/* RFC 9562, version 4. */
static const struct value *states_uuid(struct call *call)
{
    const uint64_t a = library_luck(call->machine);
    const uint64_t b = library_luck(call->machine);
    return machine_format(call->machine, "%08x-%04x-4%03x-%04x-%012llx", (unsigned)(a >> 32),
                          (unsigned)(a >> 16 & 0xFFFF), (unsigned)(a & 0xFFF),
                          (unsigned)(b >> 48 & 0x3FFF) | 0x8000U,
                          (unsigned long long)(b & 0xFFFFFFFFFFFFULL));
}

static const struct value *states_parse(struct call *call)
{
    const struct value *const text = call->arguments[0];
    struct error err;
    if (!text || !machine_spend(call->machine, text->count / 2)) return NULL;
    const struct value *const value =
        value_from_json(call->machine->arena, text->text, text->count, &err);
    if (value) return value;
    return machine_fail(call->machine, "Function \"parse\" was given no JSON: %s", err.message);
}

const struct builtin library_states[] = {
    {"partition", "an:a", 2, states_partition}, {"range", "nnn:a", 3, states_range},
    {"hash", "ss:s", 2, states_hash},           {"uuid", ":s", 0, states_uuid},
    {"parse", "s-:x", 1, states_parse},         {0},
};
