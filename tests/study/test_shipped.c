/* test_shipped.c - the shipped architectures share their luck. Apart from test_determinism.c, which
 * the thread sanitizer runs: measuring their index would take minutes there. Run from the project's
 * root. */
#include "tests/study/run_file.h"

#include <math.h>

/* The shipped architectures, as they are: what asks and what answers is the same in all of them, to
 * what the edges of the window change. */
static void test_shipped(void **state)
{
    (void)state;
    static const char *const others[] = {"scenarios/rag-chat/workflow.yaml",
                                         "scenarios/rag-chat/express.yaml"};
    static const char *const paths[] = {"chat.arrival_rate", "ada.latency.mean",
                                        "ada.input_tokens",  "gpt.latency.mean",
                                        "gpt.input_tokens",  "gpt.output_tokens"};
    struct arena *arena = arena_new();
    struct preparation preparation = {.arena = arena};
    const struct result *function =
        run_file(&preparation, "scenarios/rag-chat/function.yaml", "7", "1m", 2);
    const struct result *reseeded =
        run_file(&preparation, "scenarios/rag-chat/function.yaml", "8", "1m", 2);
    size_t same = 0;
    for (size_t k = 0; k < 6; k++) {
        const double expected = result_metric(function, paths[k])->value;
        same += fabs(result_metric(reseeded, paths[k])->value / expected - 1) < 3e-3;
    }
    assert_true(same < 6); /* the bound below tells equal luck from another's */
    for (size_t i = 0; i < 2; i++) {
        const struct result *other = run_file(&preparation, others[i], "7", "1m", 2);
        assert_int_equal(result_metric(other, "gpt.throttled")->value, 0);
        for (size_t k = 0; k < 6; k++) {
            const double a = result_metric(function, paths[k])->value;
            const double b = result_metric(other, paths[k])->value;
            if (!(fabs(b / a - 1) < 3e-3))
                fail_msg("%s of %s: %.9g, and %.9g in function.yaml", paths[k], others[i], b, a);
        }
        /* What arrives does not depend on the architecture at all. */
        const struct estimate *one = result_metric(function, "chat.arrival_rate");
        const struct estimate *two = result_metric(other, "chat.arrival_rate");
        assert_int_equal(one->count, two->count);
        for (size_t k = 0; k < one->count; k++)
            assert_true(same_bits(one->replications[k], two->replications[k]));
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shipped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
