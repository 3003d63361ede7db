/* errors.h - the names of errors as a workflow's Retry and Catch see them, as small numbers.
 *
 * The fixed ones are Step Functions' own. Names that only a definition uses (a Fail state's, a
 * custom exception) are interned by the compiler behind them. A set of errors is one word, in which
 * the first have a bit each and all others share the last, and a list of those others by number.
 */
#ifndef MODELS_ERRORS_H
#define MODELS_ERRORS_H

#include <stdbool.h>
#include <stdint.h>

enum error_number {
    ERROR_NONE,
    ERROR_TIMEOUT,          /* States.Timeout */
    ERROR_TASK_FAILED,      /* States.TaskFailed */
    ERROR_RUNTIME,          /* States.Runtime: neither retried nor caught by States.ALL */
    ERROR_DATA_LIMIT,       /* States.DataLimitExceeded */
    ERROR_NO_CHOICE,        /* States.NoChoiceMatched */
    ERROR_BRANCH_FAILED,    /* States.BranchFailed */
    ERROR_HEARTBEAT,        /* States.HeartbeatTimeout */
    ERROR_PERMISSIONS,      /* States.Permissions */
    ERROR_LAMBDA_THROTTLED, /* Lambda.TooManyRequestsException */
    ERROR_LAMBDA_SERVICE,   /* Lambda.ServiceException */
    ERROR_LAMBDA_AWS,       /* Lambda.AWSLambdaException */
    ERROR_LAMBDA_CLIENT,    /* Lambda.SdkClientException */
    ERROR_LAMBDA_UNKNOWN,   /* Lambda.Unknown: the function's own time-out */
    ERROR_EXCEPTION,        /* Exception: the function's code failed */
    ERROR_THROTTLED,        /* ThrottlingException: 429 of anything else */
    ERROR_UNAVAILABLE,      /* ServiceUnavailable: a full queue, 503 */
    ERROR_TOLERANCE,        /* States.ExceedToleratedFailureThreshold */
    ERROR_QUERY,            /* States.QueryEvaluationError */
    ERROR_OTHER,            /* a name that comes up in data and that no definition mentions */
    ERROR_FIXED_COUNT
};

#define ERROR_MOST  1000 /* names in one scenario */
#define ERROR_KNOWN 63   /* numbers below it have a bit of their own */

extern const char *const error_fixed_names[ERROR_FIXED_COUNT];

/* Which errors a name in ErrorEquals stands for. Of a number beyond ERROR_KNOWN: none of them. */
#define ERROR_SET(number)  ((number) < ERROR_KNOWN ? UINT64_C(1) << (number) : UINT64_C(0))
/* All numbers from ERROR_KNOWN on. */
#define ERROR_SET_UNKNOWNS (UINT64_C(1) << ERROR_KNOWN)
/* States.ALL: all but States.Runtime and what is reported as that. The guide leaves
 * States.DataLimitExceeded out as well, but recorded executions catch it. */
#define ERROR_SET_ALL      (~(ERROR_SET(ERROR_RUNTIME) | ERROR_SET(ERROR_NO_CHOICE)))
/* States.TaskFailed as a wildcard: all that States.ALL matches but time-outs, and but
 * States.DataLimitExceeded, which is no failure of the task. */
#define ERROR_SET_TASK_FAILED \
    (ERROR_SET_ALL &          \
     ~(ERROR_SET(ERROR_TIMEOUT) | ERROR_SET(ERROR_HEARTBEAT) | ERROR_SET(ERROR_DATA_LIMIT)))

/* Error numbers from ERROR_KNOWN on that a set has one by one. */
struct error_list {
    uint16_t count;
    const uint16_t *numbers;
};

static inline bool error_matches(uint64_t set, const struct error_list *others, uint16_t error)
{
    if (error < ERROR_KNOWN) return set >> error & 1;
    if (set & ERROR_SET_UNKNOWNS) return true;
    for (uint16_t i = 0; i < others->count; i++)
        if (others->numbers[i] == error) return true;
    return false;
}

#endif
