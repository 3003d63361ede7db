#include "cli/interrupt.h"

#include "cli/commands.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

/* A signal handler gets no context: this flag is the one place where it can leave word. */
static volatile sig_atomic_t interrupted;

static void end(int signal_number)
{
    (void)signal_number;
    _exit(EXIT_INTERRUPTED);
}

static void ask(int signal_number)
{
    (void)signal_number;
    if (interrupted) _exit(EXIT_INTERRUPTED);
    interrupted = 1;
}

static void handle(void handler(int signal_number))
{
    /* SA_RESTART: what is being written when the signal arrives is written to its end. */
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
}

void interrupt_end(void)
{
    handle(end);
}

const volatile int *interrupt_catch(void)
{
    handle(ask);
    return &interrupted;
}
