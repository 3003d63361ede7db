#include "models/errors.h"

const char *const error_fixed_names[ERROR_FIXED_COUNT] = {
    [ERROR_NONE] = "",
    [ERROR_TIMEOUT] = "States.Timeout",
    [ERROR_TASK_FAILED] = "States.TaskFailed",
    [ERROR_RUNTIME] = "States.Runtime",
    [ERROR_DATA_LIMIT] = "States.DataLimitExceeded",
    [ERROR_NO_CHOICE] = "States.NoChoiceMatched",
    [ERROR_BRANCH_FAILED] = "States.BranchFailed",
    [ERROR_HEARTBEAT] = "States.HeartbeatTimeout",
    [ERROR_PERMISSIONS] = "States.Permissions",
    [ERROR_LAMBDA_THROTTLED] = "Lambda.TooManyRequestsException",
    [ERROR_LAMBDA_SERVICE] = "Lambda.ServiceException",
    [ERROR_LAMBDA_AWS] = "Lambda.AWSLambdaException",
    [ERROR_LAMBDA_CLIENT] = "Lambda.SdkClientException",
    [ERROR_LAMBDA_UNKNOWN] = "Lambda.Unknown",
    [ERROR_EXCEPTION] = "Exception",
    [ERROR_THROTTLED] = "ThrottlingException",
    [ERROR_UNAVAILABLE] = "ServiceUnavailable",
    [ERROR_TOLERANCE] = "States.ExceedToleratedFailureThreshold",
    [ERROR_QUERY] = "States.QueryEvaluationError",
    [ERROR_OTHER] = "(another error)",
};
