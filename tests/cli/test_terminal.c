/* test_terminal.c - what a user at a terminal sees and can do while a simulation runs: the progress
 * line, Ctrl-C. The terminal is a pseudo-terminal. */
#include "tests/cli/program.h"

#include <sys/ioctl.h>
#include <termios.h>

static const char queue[] =
    "simulate: {duration: 2m, warmup: 10s, replications: 3}\n"
    "workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\n"
    "components: {q: {type: service, time: {exponential: {mean: 100ms}}}}\n";

/* Runs that nobody would wait for: they end when they are interrupted. */
#define ENDLESS "run queue.yaml --duration 100000h --set simulate.warmup=1s --threads 1"

static const char *const left_behind[] = {"queue.yaml",      "slow.yaml",         "stdout",
                                          "stderr",          "out/result.json",   "timing.json",
                                          "out/metrics.csv", "out/timeseries.csv"};

/* An index whose measurement takes a second or two, forty times. */
static void put_slow(void)
{
    struct text yaml;
    text_init(&yaml);
    text_add(&yaml, "workloads: {w: {enters: i0, arrivals: {poisson: {rate: 9/s}}}}\n"
                    "components:\n");
    for (int i = 0; i < 40; i++)
        text_format(&yaml,
                    "  i%d: {type: vector_index, vectors: 20000, dimensions: 150, index: {hnsw: "
                    "{ef_construction: %d}}}\n",
                    i, 400 + i);
    put("slow.yaml", yaml.data);
    text_free(&yaml);
}

static int set_up(void **state)
{
    (void)state;
    enter_folder();
    put("queue.yaml", queue);
    put_slow();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return leave_folder(left_behind, sizeof left_behind / sizeof *left_behind);
}

/* ---- a terminal ---- */

#define COLUMNS 100

struct terminal {
    int user;    /* the end that sees what is shown */
    int program; /* the end that the program writes to; -1 once only the program has it */
    char shown[1 << 20];
    size_t length;
};

static void terminal_open(struct terminal *t)
{
    const struct winsize size = {.ws_row = 25, .ws_col = COLUMNS};
    struct termios raw;
    t->length = 0;
    t->shown[0] = '\0';
    t->user = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    assert_true(t->user >= 0);
    assert_int_equal(grantpt(t->user), 0);
    assert_int_equal(unlockpt(t->user), 0);
    t->program = open(ptsname(t->user), O_RDWR | O_NOCTTY | O_CLOEXEC);
    assert_true(t->program >= 0);
    assert_int_equal(tcgetattr(t->program, &raw), 0);
    cfmakeraw(&raw); /* bytes come as the program wrote them */
    assert_int_equal(tcsetattr(t->program, TCSANOW, &raw), 0);
    assert_int_equal(ioctl(t->program, TIOCSWINSZ, &size), 0);
}

/* Standard error is the terminal, standard output the file "stdout". */
static pid_t terminal_begin(struct terminal *t, const char *words)
{
    terminal_open(t);
    const int out = open_output("stdout");
    const pid_t child = begin_on(words, out, t->program);
    close(out);
    close(t->program);
    t->program = -1;
    return child;
}

/* Waits for more to be shown; false when the program has gone. */
static bool terminal_read(struct terminal *t)
{
    assert_true(t->length + 1 < sizeof t->shown);
    ssize_t count = 0;
    do count = read(t->user, t->shown + t->length, sizeof t->shown - 1 - t->length);
    while (count < 0 && errno == EINTR);
    if (count <= 0) return false; /* EIO: nobody has the other end any more */
    t->length += (size_t)count;
    t->shown[t->length] = '\0';
    return true;
}

/* Takes what is left to see; closes. */
static void terminal_close(struct terminal *t)
{
    while (terminal_read(t)) continue;
    close(t->user);
}

/* Progress lines seen so far; *percent is that of the last. Each must be whole, not wider than the
 * terminal, and not behind the one before it. */
static size_t count_lines(const struct terminal *t, int *percent)
{
    size_t count = 0;
    *percent = 0;
    for (const char *at = t->shown; (at = strchr(at, '\r')) != NULL;) {
        at++;
        const char *sign = strchr(at, '%');
        const char *end = strchr(at, '\r');
        if (!sign || !end || sign > end) continue; /* one that erases, or one not yet whole */
        const int now = atoi(sign - 3);
        const char *eta = strstr(at, "ETA ");
        assert_in_range(now, *percent, 100);
        assert_true(eta && eta < end);
        *percent = now;
        count++;
    }
    return count;
}

/* What stands on the line at last: `cells` has room for COLUMNS + 1; a symbol shows as '?'. Returns
 * the cursor's column. */
static size_t show(const struct terminal *t, char *cells)
{
    size_t column = 0;
    memset(cells, ' ', COLUMNS);
    cells[COLUMNS] = '\0';
    for (size_t i = 0; i < t->length; i++) {
        const unsigned char byte = (unsigned char)t->shown[i];
        if (byte == '\r') {
            column = 0;
        } else if ((byte & 0xc0) != 0x80) {
            assert_true(byte >= ' ');
            assert_true(column < COLUMNS);
            cells[column++] = byte < 0x80 ? (char)byte : '?';
        }
    }
    return column;
}

static void check_erased(const struct terminal *t)
{
    char cells[COLUMNS + 1];
    assert_int_equal(show(t, cells), 0);
    assert_int_equal(strspn(cells, " "), COLUMNS);
}

/* Watches an endless run for a few progress lines, then interrupts it. */
static void watch(struct terminal *t, const char *words)
{
    int percent = 0;
    const pid_t child = terminal_begin(t, words);
    while (count_lines(t, &percent) < 3) assert_true(terminal_read(t));
    kill(child, SIGINT);
    terminal_close(t);
    struct outcome o = end(child);
    assert_int_equal(o.code, 130);
    assert_non_null(strstr(o.out, "INCOMPLETE"));
    check_erased(t);
    done(&o);
}

static struct terminal terminal;

static void test_progress(void **state)
{
    (void)state;
    watch(&terminal, ENDLESS);
    assert_non_null(strstr(terminal.shown, "▕"));
    assert_non_null(strstr(terminal.shown, "M ev/s"));
    assert_null(strchr(terminal.shown, '\033'));
}

/* The pilot replication that finds the warm-up is part of the work. */
static void test_progress_of_pilot(void **state)
{
    (void)state;
    watch(&terminal, "run queue.yaml --duration 100000h --set simulate.warmup=auto --threads 1");
}

static void test_progress_is_plain(void **state)
{
    (void)state;
    setenv("NO_COLOR", "1", 1);
    setenv("LC_ALL", "C", 1);
    watch(&terminal, ENDLESS);
    unsetenv("NO_COLOR");
    setenv("LC_ALL", "C.UTF-8", 1);
    for (size_t i = 0; i < terminal.length; i++)
        assert_true(terminal.shown[i] == '\r' ||
                    (terminal.shown[i] >= ' ' && terminal.shown[i] <= '~'));
}

/* Seconds that the run took, by its own account. */
static double seconds_taken(void)
{
    char *text = slurp("timing.json");
    cJSON *root = cJSON_Parse(text);
    const double taken = cJSON_GetNumberValue(cJSON_GetObjectItem(root, "wall_s"));
    assert_true(taken > 0);
    cJSON_Delete(root);
    free(text);
    return taken;
}

/* A run that would have shown progress, were it not for `option`: longer until it takes a second,
 * twice what passes before the first line. Returns what it shows on a terminal. */
static const char *shown_with(const char *option)
{
    for (int hours = 30; hours < 1000000; hours *= 3) {
        char words[200];
        snprintf(words, sizeof words, "run queue.yaml --duration %dh --timing timing.json%s", hours,
                 option);
        const pid_t child = terminal_begin(&terminal, words);
        terminal_close(&terminal);
        struct outcome o = end(child);
        assert_int_equal(o.code, 0);
        done(&o);
        if (seconds_taken() > 1) break;
    }
    return terminal.shown;
}

static void test_silence(void **state)
{
    (void)state;
    assert_string_equal(shown_with(" --quiet"), "");
    /* The same without the option, so that the line above says something. */
    assert_non_null(strstr(shown_with(""), "ETA"));
    check_erased(&terminal);
}

/* Standard error in a file: nothing, however long it takes. */
static void test_no_terminal(void **state)
{
    (void)state;
    double taken = 0;
    for (int hours = 30; hours < 1000000 && taken < 1; hours *= 3) {
        char words[200];
        snprintf(words, sizeof words, "run queue.yaml --json --duration %dh --timing timing.json",
                 hours);
        struct outcome o = run(words);
        assert_int_equal(o.code, 0);
        assert_string_equal(o.err, "");
        assert_int_equal(o.out[0], '{');
        assert_null(strchr(o.out, '\r'));
        taken = seconds_taken();
        done(&o);
    }
}

/* ---- Ctrl-C ---- */

static cJSON *read_incomplete(const struct outcome *o)
{
    char *text = slurp("out/result.json");
    cJSON *root = cJSON_Parse(text);
    assert_int_equal(o->code, 130);
    assert_non_null(strstr(o->out, "INCOMPLETE"));
    assert_non_null(root);
    assert_true(cJSON_IsFalse(cJSON_GetObjectItem(root, "complete")));
    check_whole_csv("out/metrics.csv");
    check_whole_csv("out/timeseries.csv");
    free(text);
    return root;
}

static void remove_out(void)
{
    unlink("out/result.json");
    unlink("out/metrics.csv");
    unlink("out/timeseries.csv");
    rmdir("out");
}

/* Of a replication that is long beyond its warm-up, or not yet. */
static void interrupt_after(useconds_t wait)
{
    remove_out();
    const pid_t child = begin(ENDLESS " --out out", "stdout");
    while (access("out", F_OK) != 0) usleep(1000); /* made when there is something to keep */
    usleep(wait);
    kill(child, SIGINT);
    struct outcome o = end(child);
    cJSON_Delete(read_incomplete(&o));
    done(&o);
}

static void test_interrupt(void **state)
{
    (void)state;
    interrupt_after(500000);
    interrupt_after(0);
}

/* Replications that ended are kept and counted. */
static void test_interrupt_keeps(void **state)
{
    (void)state;
    int percent = 0;
    remove_out();
    const pid_t child =
        terminal_begin(&terminal, "run queue.yaml --replications 50000 --threads 1 --out out");
    while (count_lines(&terminal, &percent) == 0 || percent < 1)
        assert_true(terminal_read(&terminal));
    kill(child, SIGINT);
    terminal_close(&terminal);
    struct outcome o = end(child);
    cJSON *root = read_incomplete(&o);
    const cJSON *ran = cJSON_GetObjectItem(cJSON_GetObjectItem(root, "run"), "replications");
    const cJSON *metric =
        cJSON_GetObjectItem(cJSON_GetObjectItem(root, "metrics"), "w.latency.mean");
    assert_in_range((int)cJSON_GetNumberValue(ran), 500, 49999); /* 1 % of them were seen to end */
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(metric, "replications")),
                     (int)cJSON_GetNumberValue(ran));
    check_erased(&terminal);
    cJSON_Delete(root);
    done(&o);
}

/* While indexes are measured there is nothing to keep: the program ends there and then, long before
 * they all are. */
static void interrupt_preparation(const char *words)
{
    remove_out();
    const pid_t child = begin(words, "stdout");
    await_handler(child);
    usleep(300000);
    kill(child, SIGINT);
    struct outcome o = end(child);
    assert_int_equal(o.code, 130);
    assert_string_equal(o.out, "");
    assert_int_equal(access("out", F_OK), -1);
    done(&o);
}

static void test_interrupt_preparation(void **state)
{
    (void)state;
    interrupt_preparation("run slow.yaml --out out");
    interrupt_preparation("compare queue.yaml slow.yaml --out out");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_progress),          cmocka_unit_test(test_progress_of_pilot),
        cmocka_unit_test(test_progress_is_plain), cmocka_unit_test(test_silence),
        cmocka_unit_test(test_no_terminal),       cmocka_unit_test(test_interrupt),
        cmocka_unit_test(test_interrupt_keeps),   cmocka_unit_test(test_interrupt_preparation),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
