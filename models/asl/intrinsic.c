#include "models/asl/intrinsic.h"

#include "base/arena.h"
#include "models/asl/expression.h"
#include "models/asl/hash.h"
#include "models/asl/value_internal.h"

#include <string.h>

enum { CHARACTERS_MOST = 10000, ARGUMENTS_MOST = 1 << 20 };

const struct value *intrinsic_fail(struct intrinsic_call *call, const char *fault)
{
    if (!call->fault) call->fault = fault;
    return NULL;
}

static size_t count_characters(const struct value *string)
{
    size_t count = 0;
    for (uint32_t i = 0; i < string->count; i++)
        count += ((unsigned char)string->text[i] & 0xC0) != 0x80;
    return count;
}

/* The first argument if it is a string of at most 10,000 characters. */
static const struct value *short_string(struct intrinsic_call *call)
{
    const struct value *string = call->arguments[0];
    if (string->type != VALUE_STRING) return intrinsic_fail(call, "The argument must be a string");
    if (count_characters(string) > CHARACTERS_MOST)
        return intrinsic_fail(call, "The argument has more than 10000 characters");
    return string;
}

/* Strings as they are, all else as JSON. */
static const struct value *as_text(struct intrinsic_call *call, const struct value *value)
{
    if (value->type == VALUE_STRING) return value;
    const char *json = value_to_json(call->arena, value);
    if (!json) return intrinsic_fail(call, "The argument is too large");
    return value_string_kept(call->arena, json, value->json_length);
}

/* Bytes of the template's piece at `at`: {}, an escape, or one byte. */
static size_t piece(const struct value *template, uint32_t at)
{
    const char *text = template->text + at;
    if (at + 1 < template->count) {
        if (text[0] == '{' && text[1] == '}') return 2;
        if (text[0] == '\\' && strchr("{}'\\", text[1]) && text[1] != '\0') return 2;
    }
    return 1;
}

/* Writes the result to `out`, or measures it while `out` is NULL; SIZE_MAX when the arguments do
 * not fit the template. */
static size_t format_into(struct intrinsic_call *call, const struct value *const *texts, char *out)
{
    const struct value *template = call->arguments[0];
    size_t used = 0;
    size_t next = 1;
    for (uint32_t i = 0; i < template->count;) {
        const size_t length = piece(template, i);
        const char *from = template->text + i + (length == 2 ? 1 : 0);
        size_t size = 1;
        if (length == 2 && template->text[i] == '{') {
            if (next == call->count) return SIZE_MAX;
            from = texts[next]->text;
            size = texts[next++]->count;
        }
        if (out) memcpy(out + used, from, size);
        used += size;
        i += (uint32_t)length;
    }
    return next == call->count ? used : SIZE_MAX;
}

static const struct value *call_format(struct intrinsic_call *call)
{
    if (call->arguments[0]->type != VALUE_STRING)
        return intrinsic_fail(call, "The template must be a string");
    const struct value **texts = arena_array(call->arena, const struct value *, call->count);
    for (size_t i = 1; i < call->count; i++) {
        texts[i] = as_text(call, call->arguments[i]);
        if (!texts[i]) return NULL;
    }
    const size_t length = format_into(call, texts, NULL);
    if (length == SIZE_MAX)
        return intrinsic_fail(
            call, "The number of arguments must match the number of {} in the template");
    if (length > VALUE_LENGTH_MOST) return intrinsic_fail(call, "The result is too large");
    char *out = arena_alloc(call->arena, length + 1);
    (void)format_into(call, texts, out);
    return value_string_kept(call->arena, out, length);
}

static const struct value *call_string_to_json(struct intrinsic_call *call)
{
    const struct value *string = call->arguments[0];
    if (string->type != VALUE_STRING) return intrinsic_fail(call, "The argument must be a string");
    struct error err;
    const struct value *value = value_from_json(call->arena, string->text, string->count, &err);
    if (value) return value;
    return intrinsic_fail(call, arena_format(call->arena, "Invalid JSON: %s", err.message));
}

static const struct value *call_json_to_string(struct intrinsic_call *call)
{
    const struct value *value = call->arguments[0];
    const char *json = value_to_json(call->arena, value);
    if (!json) return intrinsic_fail(call, "The argument is too large");
    return value_string_kept(call->arena, json, value->json_length);
}

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static const struct value *call_base64_encode(struct intrinsic_call *call)
{
    const struct value *string = short_string(call);
    if (!string) return NULL;
    char *out = arena_alloc(call->arena, ((size_t)string->count + 2) / 3 * 4 + 1);
    size_t used = 0;
    for (uint32_t i = 0; i < string->count; i += 3) {
        uint32_t bits = 0;
        for (uint32_t k = i; k < i + 3; k++)
            bits = bits << 8 | (k < string->count ? (unsigned char)string->text[k] : 0);
        for (uint32_t k = 0; k < 4; k++)
            out[used++] = i + k <= string->count ? base64_digits[bits >> (18 - 6 * k) & 63] : '=';
    }
    return value_string_kept(call->arena, out, used);
}

static const struct value *call_base64_decode(struct intrinsic_call *call)
{
    const struct value *string = short_string(call);
    if (!string) return NULL;
    uint32_t count = string->count;
    while (count > 0 && string->count - count < 2 && string->text[count - 1] == '=') count--;
    if (count % 4 == 1) return intrinsic_fail(call, "The argument is not Base64");
    char *bytes = arena_alloc(call->arena, (size_t)count + 1);
    size_t used = 0;
    uint32_t bits = 0;
    for (uint32_t i = 0; i < count; i++) {
        const char c = string->text[i];
        const char *digit = c ? strchr(base64_digits, c) : NULL;
        if (!digit) return intrinsic_fail(call, "The argument is not Base64");
        bits = bits << 6 | (uint32_t)(digit - base64_digits);
        if (i % 4 > 0) bytes[used++] = (char)(bits >> (6 - 2 * (i % 4)) & 0xFF);
    }
    return value_string_clean(call->arena, bytes, used);
}

static const struct value *call_hash(struct intrinsic_call *call)
{
    const struct value *data = as_text(call, call->arguments[0]);
    const struct value *algorithm = call->arguments[1];
    char hex[HASH_HEX_SIZE];
    if (!data) return NULL;
    if (count_characters(data) > CHARACTERS_MOST)
        return intrinsic_fail(call, "The argument has more than 10000 characters");
    if (algorithm->type != VALUE_STRING || !hash_hex(algorithm->text, data->text, data->count, hex))
        return intrinsic_fail(call,
                              "The algorithm must be one of MD5, SHA-1, SHA-256, SHA-384, SHA-512");
    return value_string(call->arena, hex);
}

/* Whether the character at `at` of `length` bytes is one of the delimiters. */
static bool is_delimiter(const struct value *delimiters, const char *at, size_t length)
{
    for (uint32_t i = 0; i < delimiters->count;) {
        const size_t size = value_utf8_length(delimiters->text + i, delimiters->count - i);
        if (size == length && memcmp(delimiters->text + i, at, length) == 0) return true;
        i += size > 0 ? (uint32_t)size : 1;
    }
    return false;
}

static const struct value *call_string_split(struct intrinsic_call *call)
{
    const struct value *string = call->arguments[0];
    const struct value *delimiters = call->arguments[1];
    if (string->type != VALUE_STRING || delimiters->type != VALUE_STRING)
        return intrinsic_fail(call, "The arguments must be strings");
    if (delimiters->count > CHARACTERS_MOST)
        return intrinsic_fail(call, "There are too many delimiters");
    struct value_list pieces = {0};
    uint32_t begin = 0;
    for (uint32_t i = 0; i <= string->count;) {
        const size_t size =
            i < string->count ? value_utf8_length(string->text + i, string->count - i) : 0;
        const bool end = i == string->count || is_delimiter(delimiters, string->text + i, size);
        if (end && i > begin)
            value_list_add(&pieces, call->arena,
                           value_string_n(call->arena, string->text + begin, i - begin));
        i += size > 0 ? (uint32_t)size : 1;
        if (end) begin = i;
    }
    return value_list_end(&pieces, call->arena);
}

/* Version 4 of RFC 9562. */
static const struct value *call_uuid(struct intrinsic_call *call)
{
    const uint64_t high = (evaluation_draw(call->run) & ~0xF000ULL) | 0x4000;
    const uint64_t low = (evaluation_draw(call->run) & ~(3ULL << 62)) | 1ULL << 63;
    const char *text = arena_format(
        call->arena, "%08llx-%04llx-%04llx-%04llx-%012llx", (unsigned long long)(high >> 32),
        (unsigned long long)(high >> 16 & 0xFFFF), (unsigned long long)(high & 0xFFFF),
        (unsigned long long)(low >> 48), (unsigned long long)(low & 0xFFFFFFFFFFFFULL));
    return value_string_kept(call->arena, text, strlen(text));
}

static const struct intrinsic intrinsics[] = {
    {"States.Format", 1, ARGUMENTS_MOST, call_format},
    {"States.StringToJson", 1, 1, call_string_to_json},
    {"States.JsonToString", 1, 1, call_json_to_string},
    {"States.Array", 0, ARGUMENTS_MOST, intrinsic_array},
    {"States.ArrayPartition", 2, 2, intrinsic_array_partition},
    {"States.ArrayContains", 2, 2, intrinsic_array_contains},
    {"States.ArrayRange", 3, 3, intrinsic_array_range},
    {"States.ArrayGetItem", 2, 2, intrinsic_array_get_item},
    {"States.ArrayLength", 1, 1, intrinsic_array_length},
    {"States.ArrayUnique", 1, 1, intrinsic_array_unique},
    {"States.Base64Encode", 1, 1, call_base64_encode},
    {"States.Base64Decode", 1, 1, call_base64_decode},
    {"States.Hash", 2, 2, call_hash},
    {"States.JsonMerge", 3, 3, intrinsic_json_merge},
    {"States.MathRandom", 2, 3, intrinsic_math_random},
    {"States.MathAdd", 2, 2, intrinsic_math_add},
    {"States.StringSplit", 2, 2, call_string_split},
    {"States.UUID", 0, 0, call_uuid},
};

const struct intrinsic *intrinsic_find(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof intrinsics / sizeof intrinsics[0]; i++)
        if (strlen(intrinsics[i].name) == length && memcmp(intrinsics[i].name, name, length) == 0)
            return &intrinsics[i];
    return NULL;
}
