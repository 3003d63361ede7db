#include "models/asl/jsonata_library.h"
#include "models/asl/value_internal.h"

#include <string.h>

/* Base64 (RFC 4648) and percent-encoding (RFC 3986, as ECMA-262 has it). */

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static const struct value *encoding_base64_encode(struct call *call)
{
    const struct value *const from = call->arguments[0];
    if (!from) return NULL;
    struct text text;
    text_init(&text);
    for (size_t i = 0; i < from->count; i += 3) {
        unsigned bits = 0;
        const size_t count = from->count - i < 3 ? from->count - i : 3;
        for (size_t j = 0; j < 3; j++)
            bits = bits << 8 | (j < count ? (unsigned char)from->text[i + j] : 0U);
        for (size_t j = 0; j < 4; j++)
            text_add_char(&text, j <= count ? letters[bits >> (18 - 6 * j) & 63U] : '=');
    }
    return machine_text(call->machine, &text);
}

/* Bytes that are no UTF-8 are taken for Latin-1. */
static const struct value *text_of_bytes(struct call *call, struct text *bytes)
{
    bool utf8 = true;
    for (size_t i = 0; i < bytes->length && utf8;) {
        const size_t length = value_utf8_length(bytes->data + i, bytes->length - i);
        utf8 = length > 0;
        i += length;
    }
    if (utf8) return machine_text(call->machine, bytes);
    struct text text;
    text_init(&text);
    for (size_t i = 0; i < bytes->length; i++) {
        char point[4];
        text_add_n(&text, point, value_put_utf8(point, (unsigned char)bytes->data[i]));
    }
    text_free(bytes);
    return machine_text(call->machine, &text);
}

static const struct value *encoding_base64_decode(struct call *call)
{
    const struct value *const from = call->arguments[0];
    if (!from) return NULL;
    struct text bytes;
    text_init(&bytes);
    unsigned bits = 0;
    unsigned count = 0;
    for (size_t i = 0; i < from->count && from->text[i] != '='; i++) {
        const char c = from->text[i] == '-' ? '+' : from->text[i] == '_' ? '/' : from->text[i];
        const char *const letter = c ? strchr(letters, c) : NULL;
        if (!letter) continue;
        bits = (bits << 6 | (unsigned)(letter - letters)) & 0xFFFFU;
        count += 6;
        if (count < 8) continue;
        count -= 8;
        text_add_char(&bytes, (char)(bits >> count & 0xFFU));
    }
    return text_of_bytes(call, &bytes);
}

/* --- Percent-encoding ---------------------------------------------------------------------- */

static const char reserved[] = ";/?:@&=+$,#";

static bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static const struct value *percent_encode(struct call *call, const char *also_kept)
{
    const struct value *const from = call->arguments[0];
    if (!from) return NULL;
    struct text text;
    text_init(&text);
    for (size_t i = 0; i < from->count; i++) {
        const char c = from->text[i];
        if (c && (is_letter_or_digit(c) || strchr("-_.!~*'()", c) || strchr(also_kept, c)))
            text_add_char(&text, c);
        else
            text_format(&text, "%%%02X", (unsigned)(unsigned char)c);
    }
    return machine_text(call->machine, &text);
}

static const struct value *encoding_encode_component(struct call *call)
{
    return percent_encode(call, "");
}

static const struct value *encoding_encode_url(struct call *call)
{
    return percent_encode(call, reserved);
}

static int hexadecimal(char c)
{
    const char *const digits = "0123456789abcdef0123456789ABCDEF";
    const char *const found = c ? strchr(digits, c) : NULL;
    return found ? (int)((found - digits) % 16) : -1;
}

/* The byte that %XX at `text` stands for; -1 if it is not that. */
static int escaped_byte(const char *text)
{
    if (text[0] != '%' || hexadecimal(text[1]) < 0 || hexadecimal(text[2]) < 0) return -1;
    return hexadecimal(text[1]) * 16 + hexadecimal(text[2]);
}

static bool decode_into(const struct value *from, const char *kept, struct text *text)
{
    for (size_t i = 0; i < from->count;) {
        const int byte = escaped_byte(from->text + i);
        if (from->text[i] != '%') {
            text_add_char(text, from->text[i++]);
            continue;
        }
        if (byte <= 0) return false;
        if (byte < 128 && strchr(kept, byte))
            text_add_n(text, from->text + i, 3);
        else
            text_add_char(text, (char)byte);
        i += 3;
    }
    for (size_t i = 0; i < text->length;) {
        const size_t length = value_utf8_length(text->data + i, text->length - i);
        if (length == 0) return false;
        i += length;
    }
    return true;
}

static const struct value *percent_decode(struct call *call, const char *kept, const char *name)
{
    const struct value *const from = call->arguments[0];
    if (!from) return NULL;
    struct text text;
    text_init(&text);
    if (decode_into(from, kept, &text)) return machine_text(call->machine, &text);
    text_free(&text);
    return machine_fail(call->machine, "D3140: Malformed URL passed to $%s(): %s", name,
                        machine_show(call->machine, from));
}

static const struct value *encoding_decode_component(struct call *call)
{
    return percent_decode(call, "", "decodeUrlComponent");
}

static const struct value *encoding_decode_url(struct call *call)
{
    return percent_decode(call, reserved, "decodeUrl");
}

const struct builtin library_encodings[] = {
    {"base64encode", "s-:s", 1, encoding_base64_encode},
    {"base64decode", "s-:s", 1, encoding_base64_decode},
    {"encodeUrlComponent", "s-:s", 1, encoding_encode_component},
    {"encodeUrl", "s-:s", 1, encoding_encode_url},
    {"decodeUrlComponent", "s-:s", 1, encoding_decode_component},
    {"decodeUrl", "s-:s", 1, encoding_decode_url},
    {0},
};
