#include "base/arena.h"
#include "base/error.h"
#include "tests/base/unit.h"

#include <string.h>

static void an_error_says_what_and_where(void **state)
{
    (void)state;
    struct error err = {.hint = "old", .place = {"old", 9, 9}};
    assert_false(error_set(&err, "found %d", 7));
    assert_string_equal(err.message, "found 7");
    assert_string_equal(err.hint, "");
    assert_null(err.place.file);
    assert_int_equal(err.place.line, 0);

    error_hint(&err, "write %s", "more");
    assert_string_equal(err.hint, "write more");
    assert_string_equal(err.message, "found 7");

    assert_false(error_at(&err, (struct place){"a.yaml", 3, 5}, "no"));
    assert_string_equal(err.place.file, "a.yaml");
    assert_int_equal(err.place.line, 3);
    assert_int_equal(err.place.column, 5);
    assert_string_equal(err.hint, "");
}

static void nobody_has_to_listen(void **state)
{
    (void)state;
    assert_false(error_set(NULL, "unheard"));
    assert_false(error_at(NULL, (struct place){0}, "unheard"));
    error_hint(NULL, "unheard");
}

static void an_error_can_wrap_itself(void **state)
{
    (void)state;
    struct error err;
    error_set(&err, "inner");
    error_hint(&err, "do this");
    error_at(&err, err.place, "outer: %s (%s)", err.message, err.hint);
    assert_string_equal(err.message, "outer: inner (do this)");
    error_hint(&err, "%s again", "do this");
    error_hint(&err, "%s, twice", err.hint);
    assert_string_equal(err.hint, "do this again, twice");
}

static void long_texts_are_cut_on_a_character(void **state)
{
    (void)state;
    /* Shifted by one byte at a time, so that each position in a two-byte character meets the cut.
     */
    for (int shift = 0; shift < 4; shift++) {
        char text[2000] = "";
        memset(text, 'x', (size_t)shift);
        for (size_t i = (size_t)shift; i + 3 < sizeof text; i += 3)
            memcpy(text + i, "\xE2\x82\xAC", 4);
        struct error err;
        error_set(&err, "%s", text);
        size_t length = strlen(err.message);
        assert_in_range(length, sizeof err.message - 4, sizeof err.message - 1);
        assert_string_equal(err.message + length - 3, "...");
        assert_int_equal((length - 3 - (size_t)shift) % 3, 0);
        assert_memory_equal(err.message, text, length - 3);
        error_hint(&err, "%s", text);
        assert_string_equal(err.hint + strlen(err.hint) - 3, "...");
    }
    struct error err;
    error_set(&err, "%0*d", (int)sizeof err.message - 1, 1);
    assert_int_equal(err.message[sizeof err.message - 2], '1'); /* fits to the last byte */
    error_set(&err, "%0*d", (int)sizeof err.message, 1);
    assert_int_equal(err.message[sizeof err.message - 2], '.');
}

static bool fails(struct error *err)
{
    TRY(error_set(err, "first"));
    return error_set(err, "second");
}

static void try_leaves_at_the_first_failure(void **state)
{
    (void)state;
    struct error err;
    assert_false(fails(&err));
    assert_string_equal(err.message, "first");
}

static void diagnostics_keep_order_and_count(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct diagnostics d;
    diagnostics_init(&d, arena);
    char path[] = "a.b";
    struct diagnostic *first =
        diagnostics_add(&d, SEVERITY_ERROR, (struct place){"f", 1, 2}, path, "no %s", "way");
    path[0] = 'z';
    diagnostics_hint(&d, first, "try %d", 2);
    diagnostics_add(&d, SEVERITY_WARNING, (struct place){0}, NULL, "hm");
    struct error err;
    error_at(&err, (struct place){"g", 4, 5}, "wrapped");
    error_hint(&err, "hint");
    struct diagnostic *third = diagnostics_add_error(&d, "c", &err);
    error_set(&err, "changed");

    assert_int_equal(d.errors, 2);
    assert_int_equal(d.warnings, 1);
    assert_ptr_equal(d.first, first);
    assert_string_equal(first->message, "no way");
    assert_string_equal(first->path, "a.b");
    assert_string_equal(first->hint, "try 2");
    assert_string_equal(first->next->path, "");
    assert_null(first->next->hint);
    assert_ptr_equal(first->next->next, third);
    assert_ptr_equal(d.last, third);
    assert_null(third->next);
    assert_string_equal(third->message, "wrapped");
    assert_string_equal(third->hint, "hint");
    assert_int_equal(third->place.line, 4);
    assert_int_equal(third->severity, SEVERITY_ERROR);
    arena_free(arena);
}

static void add_at(struct diagnostics *d, const char *file, int line, int column, const char *text)
{
    diagnostics_add(d, SEVERITY_ERROR, (struct place){file, line, column}, "", "%s", text);
}

static void sorting_is_by_place_and_stable(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct diagnostics d;
    diagnostics_init(&d, arena);
    diagnostics_sort(&d); /* nothing to sort */
    assert_null(d.first);

    char again[] = "z.yaml"; /* the same file by another pointer */
    add_at(&d, "z.yaml", 9, 1, "e");
    add_at(&d, "a.yaml", 1, 1, "g");
    add_at(&d, again, 2, 7, "b");
    add_at(&d, NULL, 0, 0, "h");
    add_at(&d, "z.yaml", 2, 3, "a");
    add_at(&d, again, 2, 7, "c");
    add_at(&d, "z.yaml", 2, 7, "d");
    add_at(&d, again, 9, 2, "f");
    diagnostics_sort(&d);

    char order[16] = "";
    for (struct diagnostic *at = d.first; at; at = at->next) strcat(order, at->message);
    assert_string_equal(order, "abcdefgh");
    assert_string_equal(d.last->message, "h");
    add_at(&d, NULL, 0, 0, "i"); /* still a list one can add to */
    assert_string_equal(d.last->message, "i");
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_error_says_what_and_where),
        cmocka_unit_test(nobody_has_to_listen),
        cmocka_unit_test(an_error_can_wrap_itself),
        cmocka_unit_test(long_texts_are_cut_on_a_character),
        cmocka_unit_test(try_leaves_at_the_first_failure),
        cmocka_unit_test(diagnostics_keep_order_and_count),
        cmocka_unit_test(sorting_is_by_place_and_stable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
