/* Definitions judged: broken ones with exact messages. */
#include "models/asl/asl.h"
#include "tests/asl/broken.h"
#include "tests/asl/unit.h"

static void test_broken(void **state)
{
    (void)state;
    assert_true(COUNT_OF(broken) >= 60);
    for (size_t i = 0; i < COUNT_OF(broken); i++) {
        struct arena *arena = arena_new();
        struct diagnostics diagnostics;
        diagnostics_init(&diagnostics, arena);
        asl_check(&diagnostics, arena, parse(arena, "d", broken[i].definition), "");
        const char *found = list_faults(arena, &diagnostics);
        if (strcmp(found, broken[i].faults) != 0)
            fail_msg("%s\n  gives\n%s\n  and not\n%s", broken[i].definition, found,
                     broken[i].faults);
        assert_true(diagnostics.errors + diagnostics.warnings > 0);
        arena_free(arena);
    }
}

/* Whatever is left of a definition when bytes are lost gets a verdict and no more. */
static void test_damaged(void **state)
{
    (void)state;
    uint64_t luck = 1;
    for (size_t i = 0; i < 4000; i++) {
        char text[4000];
        const char *from = broken[i % COUNT_OF(broken)].definition;
        size_t length = strlen(from);
        memcpy(text, from, length + 1);
        for (int cut = 0; cut < 3 && length > 8; cut++) {
            const size_t gone = i % 6 + 1;
            const size_t at = next_random(&luck) % (length - 6);
            memmove(text + at, text + at + gone, length - at - gone + 1);
            length -= gone;
        }
        struct arena *arena = arena_new();
        struct diagnostics diagnostics;
        struct node *node;
        struct error err;
        diagnostics_init(&diagnostics, arena);
        if (document_read_text(arena, "d", DOCUMENT_YAML, text, length, &node, &err))
            asl_check(&diagnostics, arena, node, "");
        arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_broken),
                                       cmocka_unit_test(test_damaged)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
