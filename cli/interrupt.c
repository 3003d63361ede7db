#include "cli/interrupt.h"

#include "cli/commands.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

/* A signal handler gets no context: this flag is the one place where it can leave word. */
static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal_number)
{
    (void)signal_number;
    if (interrupted) _exit(EXIT_INTERRUPTED);
    interrupted = 1;
}

const volatile int *interrupt_catch(void)
{
    /* SA_RESTART: what is being written when the signal arrives is written to its end. */
    struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    return &interrupted;
}
