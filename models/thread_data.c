#include "models/thread_data.h"

#include "models/thread_flow.h"
void thread_pools_free(struct simulation *sim)
{
    (void)sim;
}
void data_begin(struct thread *t, sim_time n)
{
    (void)t;
    (void)n;
}
void data_end(struct thread *t)
{
    (void)t;
}
bool data_run_step(struct thread *t, const struct step *s, sim_time n)
{
    (void)t;
    (void)s;
    (void)n;
    return false;
}
void data_attempt_over(struct thread *t, const struct step *s, sim_time n)
{
    (void)t;
    (void)s;
    (void)n;
}
bool data_caught(struct thread *t, uint8_t c, sim_time n)
{
    (void)t;
    (void)c;
    (void)n;
    return false;
}
uint16_t data_answered(struct thread *t, struct call *c, uint16_t e, sim_time n)
{
    (void)t;
    (void)c;
    (void)n;
    return e;
}
uint16_t data_timed_out(struct thread *t, sim_time n)
{
    (void)t;
    (void)n;
    return 0;
}
bool data_flow_over(struct thread *t, uint16_t e, sim_time n)
{
    (void)t;
    (void)e;
    (void)n;
    return true;
}
void data_fork(struct thread *t, struct branch *b)
{
    (void)t;
    (void)b;
}
