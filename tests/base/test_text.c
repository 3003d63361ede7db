/* Growing strings: against a plain buffer, columns of UTF-8, and what may go into a message. */
#include "base/text.h"
#include "tests/base/unit.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static void test_building(void **state)
{
    (void)state;
    struct text text;
    text_init(&text);
    assert_string_equal(text.data, "");
    assert_int_equal(text.length, 0);
    text_add(&text, "abc");
    text_add(&text, "");
    text_add_char(&text, '-');
    text_add_n(&text, "xyzzy", 3);
    text_repeat(&text, "=+", 3);
    text_repeat(&text, "=", 0);
    text_repeat(&text, "", 1000);
    text_format(&text, " %d %s", 42, "ok");
    text_format(&text, "%s", "");
    assert_string_equal(text.data, "abc-xyz=+=+=+ 42 ok");
    assert_int_equal(text.length, strlen(text.data));
    text_clear(&text);
    assert_string_equal(text.data, "");
    text_add_n(&text, "a\0b", 3); /* bytes, NUL among them */
    assert_int_equal(text.length, 3);
    assert_memory_equal(text.data, "a\0b", 4);
    text_free(&text);
    assert_null(text.data);
    text_free(&text); /* twice does no harm */
}

/* Every way of adding, in random order and sizes, against a plain buffer. */
static void test_against_buffer(void **state)
{
    (void)state;
    static char want[1 << 20];
    static char piece[5000];
    size_t length = 0;
    uint64_t seed = 5;
    struct text text;
    text_init(&text);
    memset(piece, 'p', sizeof piece);
    while (length + 2 * sizeof piece < sizeof want) {
        size_t size = next_random(&seed) % (next_random(&seed) % 8 ? 20 : sizeof piece - 1);
        piece[size] = '\0';
        switch (next_random(&seed) % 4) {
        case 0: text_add(&text, piece); break;
        case 1: text_add_n(&text, piece, size); break;
        case 2: text_format(&text, "%s", piece); break;
        default: text_repeat(&text, "p", size); break;
        }
        memset(want + length, 'p', size);
        piece[size] = 'p';
        length += size;
        want[length++] = (char)('a' + size % 26);
        text_add_char(&text, want[length - 1]);
        assert_int_equal(text.length, length);
        assert_true(text.capacity > text.length);
        assert_true(text.data[length] == '\0');
    }
    assert_memory_equal(text.data, want, length);
    text_free(&text);
}

static void test_columns(void **state)
{
    (void)state;
    static const struct {
        const char *utf8;
        size_t columns;
    } cases[] = {
        {"", 0},
        {"abc", 3},
        {"\xC2\xB1", 1},                 /* plus-minus */
        {"\xE2\x89\xA4 5", 3},           /* less or equal */
        {"\xF0\x9F\x98\x80", 1},         /* beyond 16 bits */
        {"e\xCC\x81", 1},                /* e and a combining acute */
        {"\xE2\x80\x8D", 0},             /* zero-width joiner */
        {"a\xEF\xB8\x8F", 1},            /* variation selector */
        {"\xE2\x96\x81\xE2\x96\x88", 2}, /* two blocks */
        {"\x80", 1},                     /* continuation without a start */
        {"\xE2\x89", 2},                 /* cut short: one for each byte */
        {"\xC2", 1},
        {"\xF0\x9F\x98", 3},
        {"\xC0\x80", 2}, /* no UTF-8 at all */
        {"\xFF\xFE", 2},
        {"\xE2(\xA1", 3},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        size_t columns = text_columns(cases[i].utf8);
        if (columns != cases[i].columns)
            fail_msg("case %zu: %zu columns, not %zu", i, columns, cases[i].columns);
    }
}

static void test_excerpt(void **state)
{
    (void)state;
    static const struct {
        size_t size;
        const char *from;
        const char *excerpt;
    } cases[] = {
        {8, "", ""},
        {8, "abcdefg", "abcdefg"},
        {8, "abcdefgh", "abcd..."},
        {9, "abcdefgh", "abcdefgh"},
        {16, "a\tb\n\x1b[0m\x7f", "a?b??[0m?"},
        {16, "caf\xC3\xA9", "caf\xC3\xA9"},
        {16, "\xC2\x9B", "??"}, /* a control character of its own in UTF-8 terminals */
        {16, "\xFFz", "?z"},
        {8, "abc\xE2\x89\xA4xyz", "abc..."}, /* no character is cut in two */
        {8, "ab\xE2\x89\xA4xyz", "ab..."},
        {8, "a\xE2\x89\xA4xyz", "a\xE2\x89\xA4xyz"},
        {8, "a\xE2\x89\xA4wxyz", "a\xE2\x89\xA4..."},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char out[16];
        text_excerpt(out, cases[i].size, cases[i].from);
        assert_string_equal(out, cases[i].excerpt);
    }
}

static void test_random_bytes(void **state)
{
    (void)state;
    uint64_t seed = 9;
    for (int i = 0; i < 100000; i++) {
        char bytes[64];
        size_t length = next_random(&seed) % sizeof bytes;
        for (size_t j = 0; j < length; j++)
            bytes[j] = (char)(next_random(&seed) >> (i % 2 ? 0 : 1) | (i % 3 ? 0 : 0x80));
        bytes[length] = '\0';
        assert_true(text_columns(bytes) <= strlen(bytes));
        char out[64];
        size_t size = 8 + next_random(&seed) % (sizeof out - 8);
        text_excerpt(out, size, bytes);
        assert_true(strlen(out) < size);
        for (const char *at = out; *at; at++) {
            unsigned char c = (unsigned char)*at;
            assert_true(c >= 0x20 && c != 0x7F);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_building),     cmocka_unit_test(test_against_buffer),
        cmocka_unit_test(test_columns),      cmocka_unit_test(test_excerpt),
        cmocka_unit_test(test_random_bytes),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
