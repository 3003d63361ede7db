/* test_events_limits.c - a set of events at its limits: refused there, and whole until then. The
 * source is included, because nobody can wait for 2^40 schedulings. */
#include "sim/events.c"

/* cmocka.h needs these before it. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
/* clang-format on */

#define PENDING_MOST  (((size_t)1 << 24) - 1)
#define SEQUENCE_LAST ((UINT64_C(1) << 40) - 2)

/* What a child tells before it ends. */
struct word {
    size_t done;   /* operations that succeeded */
    size_t wanted; /* what the handler was told; 0: it was not called */
    int ordered;
};

static struct word word;
static int teller;

static _Noreturn void tell(void)
{
    _exit(write(teller, &word, sizeof word) == (ssize_t)sizeof word ? 0 : 1);
}

static void refused(size_t wanted)
{
    word.wanted = wanted;
    tell();
}

/* Runs `child` in a process of its own, which the handler ends. */
static struct word ask(void child(void))
{
    int ends[2];
    int status = 0;
    struct word answer = {0};
    assert_int_equal(pipe(ends), 0);
    const pid_t process = fork();
    assert_true(process >= 0);
    if (process == 0) {
        teller = ends[1];
        arena_on_exhaustion(refused);
        child();
        tell();
    }
    close(ends[1]);
    assert_int_equal(read(ends[0], &answer, sizeof answer), sizeof answer);
    close(ends[0]);
    assert_int_equal(waitpid(process, &status, 0), process);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    return answer;
}

static void note_order(void *context, sim_time now)
{
    sim_time *last = context;
    if (now < *last) word.ordered = 0;
    *last = now;
}

/* Distinct times in an order far from theirs: an odd factor permutes 24 bits. */
static sim_time scrambled(size_t i)
{
    return (sim_time)(1 + ((i * 9973) & PENDING_MOST));
}

static void fill(void)
{
    static sim_time last;
    struct events *events = events_new();
    for (size_t i = 0; i < PENDING_MOST; i++) events_add(events, scrambled(i), note_order, &last);
    word.ordered = events_pending(events) == PENDING_MOST;
    /* A full set still runs, in order, and takes as many as have left. */
    for (size_t i = 0; i < 1000; i++) {
        const sim_time before = last;
        events_step(events);
        if (last <= before) word.ordered = 0;
        events_add(events, events_now(events), note_order, &last);
        events_step(events);
        events_add(events, events_now(events) + (sim_time)PENDING_MOST, note_order, &last);
    }
    word.done = events_pending(events);
    events_add(events, SIM_NEVER - 1, note_order, &last);
}

static void test_pending_limit(void **state)
{
    (void)state;
    const struct word answer = ask(fill);
    assert_int_equal(answer.done, PENDING_MOST);
    assert_int_equal(answer.wanted, SIZE_MAX);
    assert_true(answer.ordered);
}

/* The last sequence numbers: the order of equal times holds to the end. */
static void use_up(void)
{
    static sim_time last;
    struct events *events = events_new();
    events->next_id = (SEQUENCE_LAST - 9) << SLOT_BITS;
    event_id before = 0;
    word.ordered = 1;
    for (size_t i = 0; i < 20; i++) {
        const event_id id = events_add(events, 5, note_order, &last);
        if (id <= before) word.ordered = 0;
        before = id;
        word.done++;
    }
}

static void use_up_by_moving(void)
{
    static sim_time last;
    struct events *events = events_new();
    event_id id = events_add(events, 5, note_order, &last);
    events->next_id = (SEQUENCE_LAST - 9) << SLOT_BITS;
    for (size_t i = 0; i < 20; i++) word.done += events_reschedule(events, &id, 6);
}

static void test_sequence_limit(void **state)
{
    (void)state;
    struct word answer = ask(use_up);
    assert_int_equal(answer.done, 10);
    assert_int_equal(answer.wanted, SIZE_MAX);
    assert_true(answer.ordered);
    answer = ask(use_up_by_moving);
    assert_int_equal(answer.done, 10);
    assert_int_equal(answer.wanted, SIZE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pending_limit),
        cmocka_unit_test(test_sequence_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
