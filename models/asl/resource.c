#include "base/arena.h"
#include "base/names.h"
#include "models/asl/asl.h"
#include "models/asl/check.h"

#include <string.h>

enum { ACTIONS_MOST = 12 };

/* Beside request and response: a job that is waited for (.sync), a task token. */
enum { PLAIN = 0, JOB = 1, TOKEN = 2, BOTH = 3 };

/* The optimised integrations (developer guide, "Integrating optimized services"). */
static const struct integration {
    const char *service;
    struct {
        const char *name;
        int patterns;
    } actions[ACTIONS_MOST];
} integrations[] = {
    {"apigateway", {{"invoke", TOKEN}}},
    {"athena",
     {{"startQueryExecution", JOB},
      {"stopQueryExecution", PLAIN},
      {"getQueryExecution", PLAIN},
      {"getQueryResults", PLAIN}}},
    {"batch", {{"submitJob", BOTH}}},
    {"bedrock", {{"invokeModel", TOKEN}, {"createModelCustomizationJob", BOTH}}},
    {"codebuild",
     {{"startBuild", JOB},
      {"stopBuild", PLAIN},
      {"batchDeleteBuilds", PLAIN},
      {"batchGetReports", PLAIN},
      {"startBuildBatch", JOB},
      {"stopBuildBatch", PLAIN},
      {"retryBuildBatch", JOB},
      {"deleteBuildBatch", PLAIN}}},
    {"databrew", {{"startJobRun", JOB}}},
    {"dynamodb",
     {{"getItem", PLAIN}, {"putItem", PLAIN}, {"updateItem", PLAIN}, {"deleteItem", PLAIN}}},
    {"ecs", {{"runTask", BOTH}}},
    {"eks",
     {{"call", TOKEN},
      {"runJob", BOTH},
      {"createCluster", BOTH},
      {"deleteCluster", BOTH},
      {"createNodegroup", BOTH},
      {"deleteNodegroup", BOTH},
      {"createFargateProfile", BOTH},
      {"deleteFargateProfile", BOTH}}},
    {"elasticmapreduce",
     {{"createCluster", JOB},
      {"terminateCluster", JOB},
      {"addStep", JOB},
      {"cancelStep", PLAIN},
      {"setClusterTerminationProtection", PLAIN},
      {"modifyInstanceFleetByName", PLAIN},
      {"modifyInstanceGroupByName", PLAIN}}},
    {"emr-containers",
     {{"createVirtualCluster", JOB}, {"deleteVirtualCluster", JOB}, {"startJobRun", JOB}}},
    {"emr-serverless",
     {{"createApplication", JOB},
      {"startApplication", JOB},
      {"stopApplication", JOB},
      {"deleteApplication", JOB},
      {"startJobRun", JOB},
      {"cancelJobRun", JOB}}},
    {"events", {{"putEvents", TOKEN}}},
    {"glue", {{"startJobRun", JOB}}},
    {"http", {{"invoke", PLAIN}}},
    {"lambda", {{"invoke", TOKEN}}},
    {"mediaconvert", {{"createJob", JOB}}},
    {"sagemaker",
     {{"createEndpoint", PLAIN},
      {"updateEndpoint", PLAIN},
      {"createEndpointConfig", PLAIN},
      {"createModel", PLAIN},
      {"createHyperParameterTuningJob", JOB},
      {"createLabelingJob", JOB},
      {"createProcessingJob", JOB},
      {"createTrainingJob", JOB},
      {"createTransformJob", JOB}}},
    {"sns", {{"publish", TOKEN}}},
    {"sqs", {{"sendMessage", TOKEN}}},
    {"states", {{"startExecution", BOTH}}},
};
enum { INTEGRATION_COUNT = sizeof integrations / sizeof integrations[0] };
_Static_assert((int)INTEGRATION_COUNT >= (int)ACTIONS_MOST, "names of either fit");

/* "SERVICE:ACTION.PATTERN" taken apart; `pattern` is "" without one. */
struct call {
    const char *service;
    const char *action;
    const char *pattern;
};

static void refuse(struct asl_scope *scope, const char *wrong, const char *nearest)
{
    const struct node *node = node_get(scope->state->node, "Resource");
    asl_fault(scope, node, "Resource", "Resource is %s, and %s%s%s%s",
              asl_show(scope->checker->reader.arena, node), wrong,
              nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
}

static bool has_pattern(const struct call *call, int patterns)
{
    if (*call->pattern == '\0') return true;
    if (strcmp(call->pattern, "waitForTaskToken") == 0) return patterns & TOKEN;
    if (strcmp(call->pattern, "sync") == 0 || strcmp(call->pattern, "sync:2") == 0)
        return patterns & JOB;
    return false;
}

static void check_pattern(struct asl_scope *scope, const struct call *call, int patterns)
{
    static const char *const ways[] = {"none", ".sync", ".waitForTaskToken",
                                       ".sync and .waitForTaskToken"};
    if (has_pattern(call, patterns)) return;
    refuse(scope,
           arena_format(scope->checker->reader.arena, "%s:%s has no .%s; what it has is %s",
                        call->service, call->action,
                        asl_excerpt(scope->checker->reader.arena, call->pattern), ways[patterns]),
           NULL);
}

static void check_optimised(struct asl_scope *scope, const struct call *call)
{
    const char *names[INTEGRATION_COUNT];
    struct arena *arena = scope->checker->reader.arena;
    const struct integration *found = NULL;
    for (size_t i = 0; i < INTEGRATION_COUNT; i++) {
        names[i] = integrations[i].service;
        if (strcmp(call->service, names[i]) == 0) found = &integrations[i];
    }
    if (!found) {
        refuse(scope,
               arena_format(arena,
                            "there is no integration of a service '%s'; the SDK's are "
                            "arn:aws:states:::aws-sdk:SERVICE:ACTION",
                            asl_excerpt(arena, call->service)),
               name_nearest(call->service, names, INTEGRATION_COUNT));
        return;
    }
    size_t count = 0;
    for (; count < ACTIONS_MOST && found->actions[count].name; count++) {
        names[count] = found->actions[count].name;
        if (strcmp(call->action, names[count]) != 0) continue;
        check_pattern(scope, call, found->actions[count].patterns);
        return;
    }
    refuse(scope,
           arena_format(arena,
                        "the integration of '%s' has no action '%s'; the SDK's is "
                        "arn:aws:states:::aws-sdk:%s:%s",
                        call->service, asl_excerpt(arena, call->action), call->service,
                        asl_excerpt(arena, call->action)),
           name_nearest(call->action, names, count));
}

/* Names of the SDK's services and actions are too many to list: they have a form. */
static void check_sdk(struct asl_scope *scope, const struct call *call)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    const size_t length = strlen(call->action);
    if (*call->service == '\0' || length == 0 || strspn(call->action, letters) != length ||
        strspn(call->service, letters) != strlen(call->service) ||
        (*call->action >= 'A' && *call->action <= 'Z')) {
        refuse(scope,
               "the SDK's are arn:aws:states:::aws-sdk:SERVICE:ACTION with an action such as "
               "getObject",
               NULL);
        return;
    }
    check_pattern(scope, call, TOKEN);
}

/* What follows "...:states:REGION:ACCOUNT:"; NULL if that is not there. */
static const char *behind_account(const char *arn)
{
    const char *at = strstr(arn, ":states:");
    if (!at) return NULL;
    at += strlen(":states:");
    for (int colons = 0; colons < 2; colons++) {
        /* ${AWS::Region} holds colons of its own. */
        const char *end = strncmp(at, "${", 2) == 0 ? strchr(at, '}') : NULL;
        at = strchr(end ? end : at, ':');
        if (!at) return NULL;
        at++;
    }
    return at;
}

static void check_states_arn(struct asl_scope *scope, const char *rest)
{
    struct arena *arena = scope->checker->reader.arena;
    if (strncmp(rest, "activity:", 9) == 0) {
        if (rest[9] == '\0') refuse(scope, "the activity has no name", NULL);
        return;
    }
    if (strstr(rest, "${")) return; /* whatever deployment makes of it */
    const bool sdk = strncmp(rest, "aws-sdk:", 8) == 0;
    const char *service = sdk ? rest + 8 : rest;
    const size_t length = strcspn(service, ":");
    struct call call = {.service = arena_copy_n(arena, service, length), .pattern = ""};
    const char *action = service[length] ? service + length + 1 : "";
    const size_t name = strcspn(action, ".");
    call.action = arena_copy_n(arena, action, name);
    if (action[name]) call.pattern = action + name + 1;
    if (sdk)
        check_sdk(scope, &call);
    else
        check_optimised(scope, &call);
}

/* Every ${ has its }. */
static bool closes_placeholders(const char *text)
{
    for (const char *at = text; (at = strstr(at, "${")); at += 2) {
        const char *end = strchr(at, '}');
        if (!end || (size_t)(end - at) > strcspn(at, " \t\r\n") || end == at + 2) return false;
    }
    return true;
}

void asl_check_resource(struct asl_scope *scope)
{
    const struct node *node = node_get(scope->state->node, "Resource");
    if (!node || node->type != NODE_STRING) return;
    if (*node->text == '\0')
        refuse(scope, "it must name what does the work", NULL);
    else if (asl_is_expression(node))
        refuse(scope, "a resource cannot be an expression", NULL);
    else if (!closes_placeholders(node->text))
        refuse(scope, "its placeholder ${NAME} has no end", NULL);
    if (strncmp(node->text, "arn:", 4) != 0) return;
    const char *rest = behind_account(node->text);
    if (rest) check_states_arn(scope, rest);
}

/* A scheme, a colon and something behind it (RFC 3986); or what deployment puts in its place. */
static bool is_uri(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const size_t scheme = strspn(text, letters);
    return strncmp(text, "${", 2) == 0 || (scheme > 0 && text[scheme] == ':' && text[scheme + 1]);
}

void asl_check_resources(struct diagnostics *diagnostics, struct arena *arena,
                         const struct node *definition, const char *prefix)
{
    struct asl_checker checker = {.reader = {.arena = arena, .diagnostics = diagnostics}};
    asl_states_collect(&checker.states, arena, definition, prefix);
    for (size_t i = 0; i < checker.states.count; i++) {
        const struct asl_state *state = &checker.states.items[i];
        const struct node *node = node_get(state->node, "Resource");
        struct asl_scope scope = {.checker = &checker, .state = state};
        if (state->type != ASL_TASK || !node || node->type != NODE_STRING) continue;
        if (*node->text && !asl_is_expression(node) && !is_uri(node->text))
            refuse(&scope, "it must be a URI such as an ARN", NULL);
    }
}
