/* interrupt.h - Ctrl-C: ends at once while there is nothing to keep; then once asks to finish,
 * twice ends at once. */
#ifndef CLI_INTERRUPT_H
#define CLI_INTERRUPT_H

/* From now on SIGINT ends the process with exit code 130, whatever it is doing. */
void interrupt_end(void);

/* From now on the first SIGINT sets the flag that is returned (for run_options.stop); the second
 * ends the process with exit code 130, whatever it is doing. */
const volatile int *interrupt_catch(void);

#endif
