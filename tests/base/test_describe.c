/* The manual's side of a table of fields. */
#include "base/describe.h"
#include "base/fields.h"
#include "base/text.h"
#include "tests/base/thing.h"
#include "tests/base/unit.h"

#include <string.h>

static void test_describe(void **state)
{
    (void)state;
    struct text out;
    text_init(&out);
    fields_describe(&out, fields, "function");
    static const char *const rows[] = {
        "| field | type | default | range | meaning |\n| --- | --- | --- | --- | --- |\n| "
        "`function.memory` |",
        "| `function.memory` | a size | `512MB` | from 128MB to 10240MB | Memory of an instance "
        "|\n",
        "| `function.failure` | a ratio | `0` | from 0 to 1 | Share that fails \\| at random |\n",
        "| `function.price` | a price |  |  | For one call |\n",
        "| `function.factor` | a number | `-2.5` | at most -1 | Below |\n",
        "| `function.offset` | a number |  | at least 0 | Above |\n",
        "| `function.timeout` | a duration | `3s` | from 1ms to 15m | Longest run |\n",
        "| `function.delay` | a duration |  |  | Wait |\n",
        "| `function.snapstart` | true or false |  |  | From a snapshot |\n",
        "| `function.service` | text | required |  | Entry |\n",
        "| `function.metric` | `cosine`, `l2`, `inner_product` | `l2` |  | Distance |\n",
        "| `function.throttle` | a map |  |  | Limit |\n| `function.throttle.rate` | a rate | "
        "`1000/s` | ",
        "| `function.throttle.burst` | a count | `2k` | at least 1 | Size of the bucket |\n",
        "| `function.throttle.mode.strict` | true or false | `true` |  | Refuse at once |\n",
        "| `function.does` | steps |  |  | Body |\n",
        "| `function.custom` | a distribution | `{lognormal: {median: 3ms}}` |  | Time |\n",
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (!strstr(out.data, rows[i])) fail_msg("no row %s in\n%s", rows[i], out.data);

    size_t lines = 0;
    for (const char *at = out.data; *at; at++) lines += *at == '\n';
    assert_int_equal(lines, 2 + COUNT_OF(fields) - 1 + COUNT_OF(throttle_fields) - 1 + 1);
    text_clear(&out);
    fields_describe(&out, mode_fields, NULL);
    assert_non_null(strstr(out.data, "\n| `strict` | true or false |"));
    text_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_describe),
    };
    return cmocka_run_group_tests_name("describe", tests, NULL, NULL);
}
