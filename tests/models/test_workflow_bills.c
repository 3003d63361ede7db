/* test_workflow_bills.c - transitions, history events and bills of all flavours against counts made
 * by hand. */
#include "models/pricing.h"
#include "tests/models/scenario.h"
#include "tests/models/workflow_bills.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define EXECUTIONS      5.0 /* one every 100 s */

static void row_text(const struct bill_row *row, char *yaml, size_t size)
{
    /* A time-out is the definition's own, not a field. */
    const char *timeout = strncmp(row->more, "timeout: ", 9) == 0 ? row->more + 9 : NULL;
    const char *more = timeout ? strchr(timeout, ',') + 1 : row->more;
    snprintf(yaml, size,
             "workloads: {w: {enters: flow, arrivals: {constant: {rate: 0.01/s}}}}\n"
             "components:\n"
             "  a: {type: service, servers: 100, time: 100ms}\n"
             "  broken: {type: service, servers: 100, time: 10ms, failure: 100%%}\n"
             "  slow: {type: service, servers: 100, time: 10s}\n"
             "  mid: {type: service, servers: 100, time: 1234ms}\n"
             "  fn: {type: function, cold_start: 0, does: [{call: a}]}\n"
             "  child: {type: workflow, definition: {StartAt: A, States: {A: {Type: Pass, Next: "
             "B}, B: {Type: Pass, End: true}}}}\n"
             "  quick: {type: workflow, flavour: express, definition: {StartAt: A, States: {A: "
             "{Type: Pass, Next: B}, B: {Type: Pass, End: true}}}}\n"
             "  bad: {type: workflow, definition: {StartAt: A, States: {A: {Type: Fail}}}}\n"
             "  flow: {type: workflow, flavour: %s%s%s,\n"
             "    definition: {StartAt: S, %s%.2s%s States: {%s}}}\n",
             row->flavour, *more ? ", " : "", more, timeout ? "TimeoutSeconds: " : "",
             timeout ? timeout : "", timeout ? "," : "", row->states);
}

/* What an execution used of a price, without the polls of empty queues, which time makes. */
static double used(const struct measures *m, const struct bill_row *row, const char *price)
{
    double quantity = usage(m, price);
    if (strcmp(row->flavour, "azure_durable") == 0 && strcmp(price, D_QUEUE) == 0)
        quantity -= metric(m, "flow.polls");
    return quantity / EXECUTIONS;
}

static double dollars(const struct trial *t, const struct measures *m, const struct bill_row *row)
{
    double sum = 0;
    for (size_t i = 0; i < BILL_LINES && row->lines[i].price; i++) {
        struct price price;
        struct error err;
        double usd = 0;
        assert_true(
            catalog_price(t->plan->catalog, row->lines[i].price, "us-east-1", &price, &err));
        price_month(&price, 1e6 * used(m, row, row->lines[i].price), false, NULL, &usd);
        sum += usd;
    }
    return sum;
}

static void expect(const struct bill_row *row, const char *what, double found, double expected)
{
    if (!(fabs(found - expected) <= 1e-9 * fmax(1, fabs(expected))))
        fail_msg("%s {%s}\n  counted by hand: %s\n  %s is %.9g, expected %.9g", row->flavour,
                 row->states, row->counted, what, found, expected);
}

static void check_row(const struct bill_row *row)
{
    char yaml[4000];
    struct trial t;
    row_text(row, yaml, sizeof yaml);
    trial_open(&t, yaml);
    const struct measures m = trial_run(&t, 0, 0, 595);
    expect(row, "executions", metric(&m, "flow.calls"), EXECUTIONS);
    expect(row, "transitions", metric(&m, "flow.transitions.per_execution"), row->transitions);
    if (row->events > 0)
        expect(row, "events", metric(&m, "flow.history.events") / EXECUTIONS, row->events);
    for (size_t i = 0; i < BILL_LINES && row->lines[i].price; i++)
        expect(row, row->lines[i].price, used(&m, row, row->lines[i].price),
               row->lines[i].quantity);
    expect(row, "a million executions in dollars", dollars(&t, &m, row), row->usd);
    trial_close(&t);
}

static void test_rows(void **state)
{
    (void)state;
    assert_true(COUNT_OF(bill_rows) >= 25);
    for (size_t i = 0; i < COUNT_OF(bill_rows); i++) check_row(&bill_rows[i]);
    print_message("%zu definitions counted by hand\n", COUNT_OF(bill_rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
