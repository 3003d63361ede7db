/* Arrival processes against their closed forms. Seeds are fixed; a statistical test allows five
 * standard errors, so that a right sampler fails for one seed in 1.7 million at each comparison,
 * and where the error itself is estimated from 50 batches, for one in about 100,000. */
#include "models/arrivals.h"
#include "models/call.h"
#include "tests/models/arrivals_bench.h"

#include <math.h>

static const struct random_key key = {42, 0};
#define WORKLOAD UINT64_C(0x1234)

static double seconds_of(sim_time time)
{
    return time_to_seconds(time);
}

/* Mean and squared deviation of the mean of gaps: for `count` gaps of known mean, variance and
 * excess kurtosis. */
static void check_gaps(const char *yaml, size_t count, double mean, double variance, double excess)
{
    struct bench b;
    bench_good(&b, yaml);
    struct arrival_state state;
    arrivals_start(&state, &b.plan, key, WORKLOAD);
    double sum = 0;
    double squares = 0;
    double before = 0;
    for (size_t i = 0; i < count; i++) {
        const double now = seconds_of(arrivals_next(&state, NULL));
        const double gap = now - before;
        sum += gap - mean;
        squares += (gap - mean) * (gap - mean);
        before = now;
    }
    const double n = (double)count;
    const double mean_error = sqrt(variance / n);
    const double variance_error = variance * sqrt((2 + excess) / n);
    print_message("%s: mean %+.2f, variance %+.2f standard errors off\n", yaml,
                  sum / n / mean_error, (squares / n - variance) / variance_error);
    assert_true(fabs(sum / n) < 5 * mean_error);
    assert_true(fabs(squares / n - variance) < 5 * variance_error);
    assert_true(fabs(b.plan.rate * mean - 1) < 1e-12);
    bench_free(&b);
}

static void test_renewal(void **state)
{
    (void)state;
    check_gaps("{poisson: {rate: 20/s}}", 200000, 0.05, 0.0025, 6);
    check_gaps("{poisson: {rate: 90/h}}", 200000, 40, 1600, 6);
    /* Gamma with shape 1 / cv^2: excess kurtosis 6 cv^2. */
    check_gaps("{gamma: {rate: 10/s, cv: 2}}", 200000, 0.1, 0.04, 24);
    check_gaps("{gamma: {rate: 10/s, cv: 0.25}}", 200000, 0.1, 0.01 / 16, 6.0 / 16);
}

enum { BATCHES = 50, WINDOWS = 400 };

/* Counts in windows of a process: mean count and index of dispersion, each with its standard error
 * by batches. */
struct counts {
    double mean;
    double mean_error;
    double dispersion;
    double dispersion_error;
};

static double deviation_of_mean(const double *values, double *mean)
{
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < BATCHES; i++) sum += values[i] / BATCHES;
    for (int i = 0; i < BATCHES; i++) squares += (values[i] - sum) * (values[i] - sum);
    *mean = sum;
    return sqrt(squares / (BATCHES - 1) / BATCHES);
}

/* The windows' mean is known, which spares the variance the bias of an estimated one. */
static struct counts count_windows(const char *yaml, double window, double expected)
{
    double means[BATCHES];
    double dispersions[BATCHES];
    struct bench b;
    struct arrival_state state;
    struct counts counts;
    bench_good(&b, yaml);
    arrivals_start(&state, &b.plan, key, WORKLOAD);
    sim_time next = arrivals_next(&state, NULL);
    for (int i = 0; i < BATCHES; i++) {
        means[i] = dispersions[i] = 0;
        for (int j = 0; j < WINDOWS; j++) {
            const sim_time end = time_from_seconds(window * (i * WINDOWS + j + 1));
            double n = 0;
            for (; next < end; n++) next = arrivals_next(&state, NULL);
            means[i] += n / WINDOWS;
            dispersions[i] += (n - expected) * (n - expected) / expected / WINDOWS;
        }
    }
    counts.mean_error = deviation_of_mean(means, &counts.mean);
    counts.dispersion_error = deviation_of_mean(dispersions, &counts.dispersion);
    bench_free(&b);
    print_message("%s: %.4g a window, theory %.4g, dispersion %.4g +- %.2g\n", yaml, counts.mean,
                  expected, counts.dispersion, counts.dispersion_error);
    return counts;
}

static void check_counts(const char *yaml, double window, double mean, double dispersion)
{
    const struct counts c = count_windows(yaml, window, mean);
    assert_true(fabs(c.mean - mean) < 5 * c.mean_error);
    assert_true(c.mean_error < 0.05 * mean);
    assert_true(fabs(c.dispersion - dispersion) < 5 * c.dispersion_error);
    assert_true(c.dispersion_error < 0.05 * dispersion);
}

/* Variance of the counts of a stationary two-state MMPP over their mean (Fischer and
 * Meier-Hellstern, "The Markov-modulated Poisson process cookbook", Performance Evaluation 18,
 * 1993): covariance of the rate p q d^2 exp(-c t), integrated twice. */
static double mmpp_dispersion(const double rates[2], const double stays[2], double window)
{
    const double c = 1 / stays[0] + 1 / stays[1];
    const double p = stays[0] / (stays[0] + stays[1]);
    const double rate = p * rates[0] + (1 - p) * rates[1];
    const double d = rates[0] - rates[1];
    const double x = c * window;
    return 1 + 2 * p * (1 - p) * d * d / (c * c) * (x - 1 + exp(-x)) / (rate * window);
}

static void test_dispersion(void **state)
{
    static const double rates[2] = {2, 50};
    static const double stays[2] = {10, 2};
    (void)state;
    check_counts("{poisson: {rate: 20/s}}", 1, 20, 1);
    check_counts("{mmpp: {states: [{rate: 2/s, stay: 10s}, {rate: 50/s, stay: 2s}]}}", 20, 200,
                 mmpp_dispersion(rates, stays, 20));
    check_counts("{mmpp: {states: [{rate: 2/s, stay: 10s}, {rate: 50/s, stay: 2s}]}}", 1, 10,
                 mmpp_dispersion(rates, stays, 1));
}

/* Stationary rates worked out by hand. */
static void test_mmpp_rate(void **state)
{
    static const struct {
        const char *yaml;
        double rate;
    } cases[] = {
        {"{mmpp: {states: [{rate: 7/s, stay: 3s}]}}", 7},
        {"{mmpp: {states: [{rate: 1/s, stay: 6s}, {rate: 2/s, stay: 3s}, {rate: 9/s, stay: 1s}]}}",
         2.1},
        /* Visits 1/2, 1/4, 1/4: the first follows both others. Time 2 : 2 : 1. */
        {"{mmpp: {states: [{rate: 10/s, stay: 2s}, {rate: 0/s, stay: 4s}, {rate: 20/s, stay: 2s}], "
         "transitions: [[0, 0.5, 0.5], [1, 0, 0], [1, 0, 0]]}}",
         8},
        /* Visits 6 : 5 : 4 of 15 solve v = v P. */
        {"{mmpp: {states: [{rate: 15/s, stay: 1s}, {rate: 30/s, stay: 1s}, {rate: 0/s, stay: 1s}], "
         "transitions: [[0, 0.5, 0.5], [0.8, 0, 0.2], [0.5, 0.5, 0]]}}",
         16},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct counts c = count_windows(cases[i].yaml, 20, 20 * cases[i].rate);
        struct bench b;
        bench_good(&b, cases[i].yaml);
        assert_true(fabs(b.plan.rate - cases[i].rate) < 1e-12 * cases[i].rate);
        assert_true(fabs(c.mean - 20 * cases[i].rate) < 5 * c.mean_error);
        bench_free(&b);
    }
}

/* Time at which the cumulated rate of a schedule reaches `growth`: pieces (end, rate), the last
 * without end. Slow, and independent of what is tested. */
struct piece {
    double end;
    double rate;
};

static long double invert(const struct piece *pieces, long double growth)
{
    long double begin = 0;
    for (;; pieces++) {
        const long double area = ((long double)pieces->end - begin) * (long double)pieces->rate;
        if (growth < area) return begin + growth / (long double)pieces->rate;
        growth -= area;
        begin = (long double)pieces->end;
    }
}

/* The exponentials of the arrivals' stream, summed and inverted, are the times. */
static void check_inversion(const char *yaml, const struct piece *pieces, size_t count)
{
    struct bench b;
    struct arrival_state state;
    struct random_stream stream;
    bench_good(&b, yaml);
    arrivals_start(&state, &b.plan, key, WORKLOAD);
    random_begin(&stream, key, 0, random_what(WORKLOAD, PURPOSE_ARRIVAL), 0);
    long double growth = 0;
    long double worst = 0;
    for (size_t i = 0; i < count; i++) {
        growth += (long double)random_exponential(&stream);
        const long double time = (long double)arrivals_next(&state, NULL) / 1e9L;
        worst = fmaxl(worst, fabsl(time - invert(pieces, growth)));
    }
    print_message("%s: largest difference %.2Lg s\n", yaml, worst);
    /* Each is rounded to a nanosecond, and one at 400/s is 133 at 3/s. */
    assert_true(worst < 1e-5L);
    bench_free(&b);
}

#define SIX_ZEROS "0/s, 0/s, 0/s, 0/s, 0/s, 0/s"

static void test_inversion(void **state)
{
    static const struct piece spike[] = {{60, 3}, {70, 400}, {HUGE_VAL, 3}};
    static const struct piece lull[] = {{60, 3}, {70, 0}, {HUGE_VAL, 3}};
    struct piece days[24 * 400];
    (void)state;
    check_inversion("{spike: {base: 3/s, peak: 400/s, at: 1m, for: 10s}}", spike, 10000);
    check_inversion("{spike: {base: 3/s, peak: 0/s, at: 1m, for: 10s}}", lull, 2000);
    for (size_t hour = 0; hour < COUNT_OF(days); hour++) {
        days[hour].end = 3600.0 * (double)(hour + 1);
        days[hour].rate = hour % 24 < 12 ? 0 : hour % 24 < 18 ? 2.0 / 3600 : 5.0 / 3600;
    }
    check_inversion("{diurnal: {hourly: [" SIX_ZEROS ", " SIX_ZEROS
                    ", 2/h, 2/h, 2/h, 2/h, 2/h, 2/h, 5/h, 5/h, 5/h, 5/h, 5/h, 5/h]}}",
                    days, 10000);
    /* Far less than one a day: whole days are skipped. */
    for (size_t hour = 0; hour < COUNT_OF(days); hour++)
        days[hour].rate = hour % 24 < 23 ? 0 : 0.25 / 3600;
    check_inversion("{diurnal: {hourly: [" SIX_ZEROS ", " SIX_ZEROS ", " SIX_ZEROS
                    ", 0/s, 0/s, 0/s, 0/s, 0/s, 0.25/h]}}",
                    days, 60);
}

/* Nothing arrives outside a spike from nothing; inside, a Poisson number. */
static void test_spike_alone(void **state)
{
    (void)state;
    struct bench b;
    struct arrival_state arrivals;
    bench_good(&b, "{spike: {base: 0/s, peak: 1000/s, at: 1h, for: 10s}}");
    arrivals_start(&arrivals, &b.plan, key, WORKLOAD);
    double count = 0;
    for (sim_time t; (t = arrivals_next(&arrivals, NULL)) != SIM_NEVER; count++)
        assert_true(t >= 3600 * SIM_SECOND && t <= 3610 * SIM_SECOND);
    assert_int_equal(arrivals_next(&arrivals, NULL), SIM_NEVER);
    assert_true(fabs(count - 10000) < 5 * 100);
    bench_free(&b);
}

static void test_regular(void **state)
{
    (void)state;
    struct bench b;
    struct arrival_state arrivals;
    bench_good(&b, "{constant: {rate: 3/s}}");
    arrivals_start(&arrivals, &b.plan, key, WORKLOAD);
    for (int64_t i = 1; i <= 3000000; i++) {
        const sim_time exact = (2 * i * SIM_SECOND + 3) / 6; /* i / 3 s, rounded */
        if (arrivals_next(&arrivals, NULL) != exact) fail_msg("arrival %lld", (long long)i);
    }
    bench_free(&b);

    bench_good(&b, "{batch: {items: 3, every: 250ms}}");
    assert_true(b.plan.rate == 12);
    arrivals_start(&arrivals, &b.plan, key, WORKLOAD);
    for (int64_t i = 0; i < 3000; i++)
        assert_int_equal(arrivals_next(&arrivals, NULL), i / 3 * 250 * SIM_MILLISECOND);
    bench_free(&b);

    bench_good(&b, "{closed: {users: 25, think: {exponential: {mean: 2s}}}}");
    arrivals_start(&arrivals, &b.plan, key, WORKLOAD);
    assert_int_equal(b.plan.users, 25);
    assert_true(distribution_mean(&b.plan.gap) == 2.0);
    assert_int_equal(arrivals_next(&arrivals, NULL), SIM_NEVER);
    bench_free(&b);
}

static const char *const every_form[] = {
    "{poisson: {rate: 1000000/s}}",
    "{constant: {rate: 7/s}}",
    "{gamma: {rate: 10/s, cv: 50}}",
    "{mmpp: {states: [{rate: 2/s, stay: 1s}, {rate: 0/s, stay: 2s}, {rate: 1000/s, stay: 1ms}]}}",
    "{diurnal: {hourly: [1/s, 0/s, 1/s, 1/s, 9/s, 1/s, 1/s, 1/s, 1/s, 1/s, 1/s, 1/s, 1/s, 1/s, "
    "1/s, "
    "1/s, 1/s, 1/s, 1/s, 1/s, 1/s, 1/s, 1/s, 0.001/s]}}",
    "{spike: {base: 1/s, peak: 5/s, at: 0s, for: 1h}}",
    "{batch: {items: 2, every: 1us}}",
};

/* The same seed gives the same times, which never go back; another replication gives others. */
static void test_repeatable(void **state)
{
    (void)state;
    const struct random_key other = {42, 1};
    for (size_t i = 0; i < COUNT_OF(every_form); i++) {
        struct bench b;
        struct arrival_state first;
        struct arrival_state again;
        struct arrival_state third;
        bench_good(&b, every_form[i]);
        arrivals_start(&first, &b.plan, key, WORKLOAD);
        arrivals_start(&again, &b.plan, key, WORKLOAD);
        arrivals_start(&third, &b.plan, other, WORKLOAD);
        sim_time before = 0;
        size_t differences = 0;
        for (int j = 0; j < 20000; j++) {
            const struct trace_row *row = (const struct trace_row *)&b;
            const sim_time t = arrivals_next(&first, &row);
            assert_null(row);
            assert_true(t >= before);
            assert_int_equal(arrivals_next(&again, NULL), t);
            differences += arrivals_next(&third, NULL) != t;
            before = t;
        }
        const bool regular = b.plan.kind == ARRIVAL_CONSTANT || b.plan.kind == ARRIVAL_BATCH;
        assert_true(regular ? differences == 0 : differences > 10000);
        bench_free(&b);
    }
}

/* What comes too seldom ends, and does not wrap around. */
static void test_seldom(void **state)
{
    static const char *const seldom[] = {
        "{poisson: {rate: 0.000000001/s}}",
        "{constant: {rate: 0.000000001/s}}",
        "{gamma: {rate: 0.000000001/s, cv: 1}}",
        "{spike: {base: 0.000000001/s, peak: 0/s, at: 1s, for: 1s}}",
        "{batch: {items: 1, every: 10000d}}",
        "{mmpp: {states: [{rate: 0.00000001/s, stay: 10000d}, {rate: 0/s, stay: 10000d}]}}",
        "{diurnal: {hourly: [0.00000003/s, " SIX_ZEROS ", " SIX_ZEROS ", " SIX_ZEROS
        ", 0/s, 0/s, 0/s, 0/s, 0/s]}}",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(seldom); i++) {
        struct bench b;
        struct arrival_state arrivals;
        bench_good(&b, seldom[i]);
        arrivals_start(&arrivals, &b.plan, key, WORKLOAD);
        int count = 0;
        sim_time before = 0;
        for (sim_time t; (t = arrivals_next(&arrivals, NULL)) != SIM_NEVER; count++) {
            assert_true(t >= before && count < 1000);
            before = t;
        }
        assert_int_equal(arrivals_next(&arrivals, NULL), SIM_NEVER);
        bench_free(&b);
    }
}

static const struct {
    const char *yaml;
    const char *faults;
} broken[] = {
    {"5", "1:1: w.arrivals: expected one of poisson, constant, gamma, mmpp, diurnal, spike, trace, "
          "closed and batch, such as {poisson: {rate: 20/s}}, found a number"},
    {"{}", "1:1: w.arrivals: expected one of poisson, constant, gamma, mmpp, diurnal, spike, "
           "trace, closed and batch, such as {poisson: {rate: 20/s}}, found 0 keys"},
    {"{poisson: {rate: 1/s}, constant: {rate: 1/s}}",
     "1:1: w.arrivals: expected one of poisson, constant, gamma, mmpp, diurnal, spike, trace, "
     "closed and batch, such as {poisson: {rate: 20/s}}, found 2 keys"},
    {"{posson: {rate: 1/s}}",
     "1:2: w.arrivals.posson: unknown field of arrivals; did you mean 'poisson'?"},
    {"{poisson: 5/s}",
     "1:11: w.arrivals.poisson: expected a map with the field 'rate', found '5/s'"},
    {"{poisson: {}}", "1:11: w.arrivals.poisson: poisson needs 'rate'"},
    {"{poisson: {rate: 5}}", "1:18: w.arrivals.poisson.rate: '5' has no unit; write 5/s or 5/m"},
    {"{poisson: {rate: 0/s}}",
     "1:18: w.arrivals.poisson.rate: rate must be from 1e-9/s to 1000000000/s, found 0"},
    {"{poisson: {rat: 5/s}}",
     "1:11: w.arrivals.poisson: poisson needs 'rate'\n"
     "1:12: w.arrivals.poisson.rat: unknown field of poisson; did you mean 'rate'?"},
    {"{gamma: {rate: 5/s}}", "1:9: w.arrivals.gamma: gamma needs 'cv'"},
    {"{gamma: {rate: 5/s, cv: 0}}",
     "1:25: w.arrivals.gamma.cv: cv must be from 0.01 to 100, found 0"},
    {"{mmpp: {states: 5}}",
     "1:17: w.arrivals.mmpp.states: expected a list of 1 to 256 values, found a number"},
    {"{mmpp: {states: []}}",
     "1:17: w.arrivals.mmpp.states: expected a list of 1 to 256 values, found 0"},
    {"{mmpp: {states: [{rate: 5/s}]}}",
     "1:18: w.arrivals.mmpp.states.0: a state of mmpp needs 'stay'"},
    {"{mmpp: {states: [{rate: 0/s, stay: 1s}, {rate: 0/s, stay: 1s}]}}",
     "1:8: w.arrivals.mmpp: no state has a rate above 0: nothing would ever arrive"},
    {"{mmpp: {states: [{rate: 1/s, stay: 1us}, {rate: 0/s, stay: 1us}], transitions: [[0, 1]]}}",
     "1:80: w.arrivals.mmpp.transitions: expected a list of 2 values, found 1"},
    {"{mmpp: {states: [{rate: 1/s, stay: 1s}, {rate: 0/s, stay: 1s}], transitions: [[0, 1], [1]]}}",
     "1:87: w.arrivals.mmpp.transitions.1: expected a list of 2 values, found 1"},
    {"{mmpp: {states: [{rate: 1/s, stay: 1s}, {rate: 0/s, stay: 1s}], transitions: [[0, 1], [0.5, "
     "0.5]]}}",
     "1:93: w.arrivals.mmpp.transitions.1: a state does not follow itself: this must be 0, found "
     "0.5"},
    {"{mmpp: {states: [{rate: 1/s, stay: 1s}, {rate: 0/s, stay: 1s}], transitions: [[0, 0.9], [1, "
     "0]]}}",
     "1:79: w.arrivals.mmpp.transitions.0: the probabilities of a row sum to 0.9, and they must "
     "sum to 1"},
    {"{mmpp: {states: [{rate: 1/s, stay: 1s}, {rate: 0/s, stay: 1s}], transitions: [[0, -1], [1, "
     "0]]}}",
     "1:83: w.arrivals.mmpp.transitions.0: a probability lies from 0 to 1, found -1"},
    {"{mmpp: {states: [{rate: 1/s, stay: 1s}, {rate: 2/s, stay: 1s}, {rate: 3/s, stay: 1s}], "
     "transitions: [[0, 0.5, 0.5], [0, 0, 1], [0, 1, 0]]}}",
     "1:8: w.arrivals.mmpp: from some state another can never be reached: every state must lead, "
     "perhaps through others, to every other"},
    {"{mmpp: {states: [{rate: 0.001/s, stay: 1us}, {rate: 0/s, stay: 1us}]}}",
     "1:8: w.arrivals.mmpp: the state changes 2e+09 times for each arrival: write longer stays, or "
     "poisson with a rate of 0.0005/s, which it cannot be told from"},
    {"{diurnal: {hourly: [1/s]}}",
     "1:20: w.arrivals.diurnal.hourly: expected a list of 24 values, found 1"},
    {"{diurnal: {hourly: [1, 1/s, 1/s, 1/s, 1/s, 1/s, 1/s, 1/s, 1/s, 1/s, 1/s, 1/s, 1/s, 1/s, 1/s, "
     "1/s, 1/s, 1/s, 1/s, 1/s, 1/s, 1/s, 1/s, 1/s]}}",
     "1:21: w.arrivals.diurnal.hourly.0: '1' has no unit; write 1/s or 1/m"},
    {"{diurnal: {hourly: [" SIX_ZEROS ", " SIX_ZEROS ", " SIX_ZEROS ", " SIX_ZEROS "]}}",
     "1:20: w.arrivals.diurnal.hourly: every rate is 0: nothing would ever arrive"},
    {"{spike: {base: 0/s, peak: 0/s, at: 1s, for: 1s}}",
     "1:9: w.arrivals.spike: base and peak are 0: nothing would ever arrive"},
    {"{spike: {base: 1/s, peak: 2/s, at: -1s}}",
     "1:9: w.arrivals.spike: spike needs 'for'\n"
     "1:36: w.arrivals.spike.at: at must be from 0 to 10000d, found -1s"},
    {"{closed: {users: 0, think: 1s}}",
     "1:18: w.arrivals.closed.users: users must be from 1 to 10M, found 0"},
    {"{closed: {users: 1.5, think: soon}}",
     "1:18: w.arrivals.closed.users: '1.5' is not a whole number\n"
     "1:30: w.arrivals.closed.think: 'soon' is not a duration; write it like 250ms, 1.5s or 10m"},
    {"{batch: {items: 5, every: 0s}}",
     "1:27: w.arrivals.batch.every: every must be from 1us to 10000d, found 0"},
    {"{trace: {time: t}}", "1:9: w.arrivals.trace: trace needs 'file'"},
    {"{trace: {file: x.csv, time: t, time_unit: ns}}",
     "1:43: w.arrivals.trace.time_unit: 'ns' is no time_unit; expected one of s, ms, us"},
};

static void test_broken(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(broken); i++) {
        struct bench b;
        bench_make(&b, broken[i].yaml);
        const char *found = bench_faults(&b, NULL);
        if (strcmp(found, broken[i].faults) != 0)
            fail_msg("%s\n  gives\n%s\n  and not\n%s", broken[i].yaml, found, broken[i].faults);
        bench_free(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_renewal),     cmocka_unit_test(test_dispersion),
        cmocka_unit_test(test_mmpp_rate),   cmocka_unit_test(test_inversion),
        cmocka_unit_test(test_spike_alone), cmocka_unit_test(test_regular),
        cmocka_unit_test(test_repeatable),  cmocka_unit_test(test_seldom),
        cmocka_unit_test(test_broken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
