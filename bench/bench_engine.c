/* bench_engine - what an event, a cancellation, a customer and a request cost in the engine.
 *
 * The draws are xoshiro256++ (Blackman and Vigna, "Scrambled linear pseudorandom number
 * generators", 2021) and a 256-layer ziggurat (Marsaglia and Tsang, "The ziggurat method for
 * generating random variables", 2000), about 3 ns an exponential and small beside an event, so that
 * event lists are compared and not generators.
 */
#include "bench/bench.h"
#include "sim/deadlines.h"
#include "sim/events.h"
#include "sim/random.h"
#include "sim/time.h"

#include <math.h>

/* ---- draws ---- */

#define LAYERS    256
#define TAIL_FROM 7.69711747013104972
#define AREA      0.0039496598225815571993

struct draws {
    uint64_t state[4];
    double width[LAYERS];      /* of layer i, in units of 2^-53 */
    uint64_t inside[LAYERS];   /* a 53-bit draw below this lies under the curve */
    double height[LAYERS + 1]; /* exp(-x) at the layers' edges */
};

static inline uint64_t rotate(uint64_t x, int by)
{
    return x << by | x >> (64 - by);
}

static inline uint64_t draw_bits(struct draws *d)
{
    uint64_t *const s = d->state;
    const uint64_t bits = rotate(s[0] + s[3], 23) + s[0];
    const uint64_t shifted = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotate(s[3], 45);
    return bits;
}

static void draws_init(struct draws *d, uint64_t seed)
{
    double x = AREA * exp(TAIL_FROM);
    double next = TAIL_FROM;
    for (size_t i = 0; i < LAYERS; i++) {
        d->width[i] = x * 0x1p-53;
        d->inside[i] = (uint64_t)(next / x * 0x1p53);
        d->height[i] = exp(-x);
        x = next;
        next = i + 2 < LAYERS ? -log(AREA / x + exp(-x)) : 0.0;
    }
    d->height[LAYERS] = 1.0;
    for (size_t i = 0; i < 4; i++) {
        uint64_t z = seed + (i + 1) * UINT64_C(0x9e3779b97f4a7c15); /* splitmix64 */
        z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
        d->state[i] = z ^ z >> 31;
    }
}

static __attribute__((noinline, cold)) double draw_edge(struct draws *d, size_t layer, double x)
{
    double base = 0.0;
    for (;;) {
        const double low = d->height[layer];
        const double unit = (double)(draw_bits(d) >> 11) * 0x1p-53;
        if (layer == 0)
            base += TAIL_FROM; /* memoryless: the tail is the whole law again */
        else if (low + unit * (d->height[layer + 1] - low) < exp(-x))
            return base + x;
        const uint64_t bits = draw_bits(d);
        layer = bits & (LAYERS - 1);
        x = (double)(bits >> 11) * d->width[layer];
        if (bits >> 11 < d->inside[layer]) return base + x;
    }
}

static inline double draw_exponential(struct draws *d)
{
    const uint64_t bits = draw_bits(d);
    const size_t layer = bits & (LAYERS - 1);
    const double x = (double)(bits >> 11) * d->width[layer];
    return __builtin_expect(bits >> 11 < d->inside[layer], 1) ? x : draw_edge(d, layer, x);
}

static inline sim_time draw_time(struct draws *d, double mean_ns)
{
    return (sim_time)(mean_ns * draw_exponential(d));
}

/* ---- a run: events, draws and the measured phase ---- */

struct run {
    struct events *events;
    struct draws draws;
    uint64_t left;     /* units until the phase turns */
    uint64_t measured; /* units of the phase to measure; 0: it has begun */
    double begun;
    double ended;
    int stop;
};

static struct run *run_new(void)
{
    struct run *run = bench_memory(1, sizeof *run);
    run->events = events_new();
    draws_init(&run->draws, 1);
    return run;
}

static __attribute__((noinline, cold)) void run_turn(struct run *run)
{
    if (run->measured == 0) {
        run->ended = bench_clock();
        run->left = UINT64_MAX;
        run->stop = 1;
        return;
    }
    run->left = run->measured;
    run->measured = 0;
    run->begun = bench_clock();
}

static inline void run_count(struct run *run)
{
    if (__builtin_expect(--run->left == 0, 0)) run_turn(run);
}

/* Runs `warm` units, then `measured`, and frees the run; nanoseconds per unit. */
static double run_measure(struct run *run, uint64_t warm, uint64_t measured)
{
    run->left = warm;
    run->measured = measured;
    events_run(run->events, SIM_NEVER, &run->stop);
    const double result = 1e9 * (run->ended - run->begun) / (double)measured;
    events_free(run->events);
    free(run);
    return result;
}

static uint64_t warm_up(double size)
{
    return 100000 + (uint64_t)(3.0 * size);
}

/* ---- hold: an event schedules the next ---- */

static void hold_exponential(void *context, sim_time now)
{
    struct run *run = context;
    run_count(run);
    events_add(run->events, now + draw_time(&run->draws, 1e9), hold_exponential, run);
}

/* What a serverless system schedules: short work, long work, constant time-outs. */
static inline sim_time draw_mix(struct draws *draws)
{
    const uint64_t choice = draw_bits(draws) >> 40;
    if (choice < (uint64_t)(0.80 * 0x1p24)) return draw_time(draws, 50e6);
    if (choice < (uint64_t)(0.95 * 0x1p24)) return draw_time(draws, 2e9);
    return 600 * SIM_SECOND;
}

static void hold_mix(void *context, sim_time now)
{
    struct run *run = context;
    run_count(run);
    events_add(run->events, now + draw_mix(&run->draws), hold_mix, run);
}

static double measure_hold(double size)
{
    struct run *run = run_new();
    for (size_t i = 0; i < (size_t)size; i++)
        events_add(run->events, draw_time(&run->draws, 1e9), hold_exponential, run);
    return run_measure(run, warm_up(size), 3000000);
}

static double measure_hold_mix(double size)
{
    struct run *run = run_new();
    for (size_t i = 0; i < (size_t)size; i++)
        events_add(run->events, draw_mix(&run->draws), hold_mix, run);
    return run_measure(run, warm_up(size), 3000000);
}

/* ---- cancel: every step cancels a far timer and starts it again ---- */

#define FAR (100 * SIM_SECOND)

struct worker {
    struct run *run;
    event_id timer;
};

static void worker_expire(void *context, sim_time now)
{
    struct worker *worker = context;
    worker->timer = events_add(worker->run->events, now + FAR, worker_expire, worker);
}

static void worker_step(void *context, sim_time now)
{
    struct worker *worker = context;
    struct run *run = worker->run;
    run_count(run);
    events_add(run->events, now + draw_time(&run->draws, 1e9), worker_step, worker);
    events_cancel(run->events, worker->timer);
    worker->timer = events_add(run->events, now + FAR, worker_expire, worker);
}

static void worker_step_moving(void *context, sim_time now)
{
    struct worker *worker = context;
    struct run *run = worker->run;
    run_count(run);
    events_add(run->events, now + draw_time(&run->draws, 1e9), worker_step_moving, worker);
    events_reschedule(run->events, &worker->timer, now + FAR);
}

static double measure_workers(double size, event_fn *step)
{
    struct run *run = run_new();
    const size_t count = (size_t)size;
    struct worker *workers = bench_memory(count, sizeof *workers);
    for (size_t i = 0; i < count; i++) {
        workers[i].run = run;
        events_add(run->events, draw_time(&run->draws, 1e9), step, &workers[i]);
        workers[i].timer = events_add(run->events, FAR, worker_expire, &workers[i]);
    }
    const double result = run_measure(run, warm_up(size), 2000000);
    free(workers);
    return result;
}

static double measure_cancel(double size)
{
    return measure_workers(size, worker_step);
}

static double measure_reschedule(double size)
{
    return measure_workers(size, worker_step_moving);
}

/* ---- M/M/1 at a load of 0.9 ---- */

#define QUEUE_MOST 65536

struct queue {
    struct run *run;
    sim_time *arrived; /* a ring of QUEUE_MOST */
    uint64_t head;
    uint64_t tail;
    sim_time sojourn;
};

static void queue_depart(void *context, sim_time now)
{
    struct queue *queue = context;
    struct run *run = queue->run;
    run_count(run);
    queue->sojourn += now - queue->arrived[queue->head++ % QUEUE_MOST];
    if (queue->head != queue->tail)
        events_add(run->events, now + draw_time(&run->draws, 1e9), queue_depart, queue);
}

static void queue_arrive(void *context, sim_time now)
{
    struct queue *queue = context;
    struct run *run = queue->run;
    queue->arrived[queue->tail++ % QUEUE_MOST] = now;
    events_add(run->events, now + draw_time(&run->draws, 1e9 / 0.9), queue_arrive, queue);
    if (queue->tail - queue->head == 1)
        events_add(run->events, now + draw_time(&run->draws, 1e9), queue_depart, queue);
}

static double measure_queue(double size)
{
    struct run *run = run_new();
    struct queue queue = {.run = run, .arrived = bench_memory(QUEUE_MOST, sizeof(sim_time))};
    (void)size;
    events_add(run->events, 0, queue_arrive, &queue);
    const double result = run_measure(run, 100000, 3000000);
    bench_use((uint64_t)queue.sojourn);
    free(queue.arrived);
    return result;
}

/* ---- an autoscaled function: pool of instances, keep-alive, cold starts ---- */

#define KEEP_ALIVE (20 * SIM_SECOND)
#define COLD_START (200 * SIM_MILLISECOND)

struct instance {
    struct deadline idle; /* first: a pointer to it is one to the instance */
    struct function *function;
    struct instance *next_free;
};

struct function {
    struct run *run;
    struct deadlines keep_alive; /* the idle instances, oldest first */
    struct instance *free;
    double mean_gap_ns;
    uint64_t cold;
    sim_time waited;
};

static void instance_expire(struct deadline *expired, sim_time now)
{
    struct instance *instance = (struct instance *)expired;
    (void)now;
    instance->next_free = instance->function->free;
    instance->function->free = instance;
}

static void function_finish(void *context, sim_time now)
{
    struct instance *instance = context;
    deadlines_start(&instance->function->keep_alive, &instance->idle, now);
}

static void function_request(void *context, sim_time now)
{
    struct function *function = context;
    struct run *run = function->run;
    struct deadline *newest = deadlines_newest(&function->keep_alive);
    sim_time start = now;
    struct instance *instance;
    run_count(run);
    events_add(run->events, now + draw_time(&run->draws, function->mean_gap_ns), function_request,
               function);
    if (newest != NULL) {
        deadlines_cancel(&function->keep_alive, newest);
        instance = (struct instance *)newest;
    } else {
        instance = function->free;
        function->free = instance->next_free;
        start += COLD_START;
        function->cold++;
    }
    function->waited += start - now;
    events_add(run->events, start + draw_time(&run->draws, 1e9), function_finish, instance);
}

static double measure_function(double size)
{
    const size_t most =
        2 * (size_t)size + 1000; /* instances: beyond ten sigma of the calls in flight */
    struct instance *instances = bench_memory(most, sizeof *instances);
    struct run *run = run_new();
    struct function function = {.run = run, .mean_gap_ns = 1e9 / size};
    deadlines_init(&function.keep_alive, run->events, KEEP_ALIVE, instance_expire);
    for (size_t i = most; i-- > 0;) {
        instances[i].function = &function;
        instance_expire(&instances[i].idle, 0);
    }
    events_add(run->events, 0, function_request, &function);
    const double result = run_measure(run, warm_up(10.0 * size), 2000000);
    bench_use(function.cold + (uint64_t)function.waited);
    free(instances);
    return result;
}

/* ---- keyed streams: what the models draw from ---- */

/* A block of four for one request: begun anew each time, the next key after the last draw. */
static double measure_keyed_block(double size)
{
    const uint64_t blocks = 4000000;
    uint64_t request = 0;
    (void)size;
    const double begun = bench_clock();
    for (uint64_t i = 0; i < blocks; i++) {
        struct random_stream stream;
        random_begin(&stream, (struct random_key){1, 2}, request, 3, 4);
        request = random_bits(&stream) ^ random_bits(&stream) ^ random_bits(&stream) ^
                  random_bits(&stream);
    }
    const double ended = bench_clock();
    bench_use(request);
    return 1e9 * (ended - begun) / (double)blocks;
}

static double measure_stream(double size)
{
    const uint64_t count = 10000000;
    struct random_stream stream;
    double sum = 0.0;
    (void)size;
    random_begin(&stream, (struct random_key){1, 2}, 3, 4, 5);
    const double begun = bench_clock();
    for (uint64_t i = 0; i < count; i++) sum += random_exponential(&stream);
    const double ended = bench_clock();
    bench_use((uint64_t)sum);
    return 1e9 * (ended - begun) / (double)count;
}

int main(int argc, char **argv)
{
    static const struct bench_case cases[] = {
        {"hold exponential", "event", 1e2, 0, measure_hold},
        {"hold exponential", "event", 1e4, 25, measure_hold},
        {"hold exponential", "event", 1e6, 0, measure_hold},
        {"hold mix", "event", 1e2, 0, measure_hold_mix},
        {"hold mix", "event", 1e4, 0, measure_hold_mix},
        {"hold mix", "event", 1e6, 0, measure_hold_mix},
        {"cancel and start again", "step", 1e2, 0, measure_cancel},
        {"cancel and start again", "step", 1e4, 50, measure_cancel},
        {"reschedule", "step", 1e2, 0, measure_reschedule},
        {"reschedule", "step", 1e4, 0, measure_reschedule},
        {"M/M/1 at 0.9", "customer", 0, 35, measure_queue},
        {"function with keep-alive", "request", 10, 80, measure_function},
        {"function with keep-alive", "request", 100, 80, measure_function},
        {"function with keep-alive", "request", 1e4, 80, measure_function},
        {"keyed block of four", "block", 0, 17, measure_keyed_block},
        {"exponential in a stream", "draw", 0, 0, measure_stream},
    };
    return bench_main(cases, sizeof cases / sizeof cases[0], argc, argv);
}
