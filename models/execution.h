/* execution.h - one execution of a definition in virtual time, its tasks done by mocks.
 *
 * The interpreter, the engine and the data are those of every simulation: a host without latency
 * and a component that answers each task with what the mocks say, in their order. Time passes only
 * where states wait, retries do, and tasks time out.
 */
#ifndef MODELS_EXECUTION_H
#define MODELS_EXECUTION_H

#include "models/asl/value.h"
#include "models/history.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct diagnostics;
struct node;

struct execution_settings {
    const struct node *definition;
    const char *prefix; /* of paths in it */
    bool express;
    const struct value *input;
    /* A map: state -> list of results in the order in which they come, each a map with `output`, or
     * `error` and `cause`, and `event` (the name of the history's event: TaskSubmitted is the
     * immediate answer that precedes another). Or a map with those in `mocks`, and in `s3` a list
     * of {Bucket, Key, Body} that ItemReaders read. NULL: none. */
    const struct value *mocks;
    const char *name; /* of the state machine; NULL: "machine" */
};

enum execution_status {
    EXECUTION_SUCCEEDED,
    EXECUTION_FAILED,
    EXECUTION_TIMED_OUT,
    EXECUTION_ENDLESS /* stopped after events beyond number: a loop that does not end */
};
extern const char *const execution_status_names[]; /* "SUCCEEDED", ... */

struct execution_result {
    enum execution_status status;
    const struct value *output; /* of one that succeeded */
    const char *error;          /* NULL: none */
    const char *cause;
    const struct history_event *events; /* `id` i at index i - 1 */
    size_t event_count;
    uint64_t transitions; /* states entered and retries, without those of child executions */
    uint64_t children;    /* of distributed Maps, that ended */
    double seconds;       /* simulated */
    const char *unmocked; /* a state that had no result left in the mocks; NULL: all had */
};

/* Everything of the result lives in the arena. False when the definition has faults, which are in
 * the diagnostics. */
bool execution_run(struct arena *arena, const struct execution_settings *settings,
                   struct diagnostics *diagnostics, struct execution_result *out);

#endif
