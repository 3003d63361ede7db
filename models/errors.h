/* errors.h - the names of errors as a workflow's Retry and Catch see them, as small numbers.
 *
 * The fixed ones are Step Functions' own. Names that only a definition uses (a Fail state's, a
 * custom exception) are interned by the compiler behind them; a plan can have 64 names in all, so a
 * set of errors is one word.
 */
#ifndef MODELS_ERRORS_H
#define MODELS_ERRORS_H

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
    ERROR_FIXED_COUNT
};

#define ERROR_MOST 64

extern const char *const error_fixed_names[ERROR_FIXED_COUNT];

/* Which errors a name in ErrorEquals stands for. */
#define ERROR_SET(number) (UINT64_C(1) << (number))
/* States.ALL: all but States.Runtime and what is reported as that. The guide leaves
 * States.DataLimitExceeded out as well, but recorded executions catch it. */
#define ERROR_SET_ALL     (~(ERROR_SET(ERROR_RUNTIME) | ERROR_SET(ERROR_NO_CHOICE)))
/* States.TaskFailed as a wildcard: all that States.ALL matches but time-outs, and but
 * States.DataLimitExceeded, which is no failure of the task. */
#define ERROR_SET_TASK_FAILED \
    (ERROR_SET_ALL &          \
     ~(ERROR_SET(ERROR_TIMEOUT) | ERROR_SET(ERROR_HEARTBEAT) | ERROR_SET(ERROR_DATA_LIMIT)))

#endif
