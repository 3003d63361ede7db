#include "base/arena.h"
#include "base/names.h"
#include "models/asl/check.h"

#include <math.h>
#include <string.h>

/* Reserved names that Retry and Catch may list (specification, appendix A, and the service's
 * guide). */
static const char *const reserved_names[] = {"States.ALL",
                                             "States.TaskFailed",
                                             "States.Timeout",
                                             "States.HeartbeatTimeout",
                                             "States.Permissions",
                                             "States.ResultPathMatchFailure",
                                             "States.ParameterPathFailure",
                                             "States.BranchFailed",
                                             "States.NoChoiceMatched",
                                             "States.IntrinsicFailure",
                                             "States.ExceedToleratedFailureThreshold",
                                             "States.ItemReaderFailed",
                                             "States.ResultWriterFailed",
                                             "States.DataLimitExceeded",
                                             "States.QueryEvaluationError",
                                             "States.Runtime",
                                             "States.Http.Socket"};
enum { RESERVED_COUNT = sizeof reserved_names / sizeof reserved_names[0] };

static bool is_reserved(const char *name)
{
    for (size_t i = 0; i < RESERVED_COUNT; i++)
        if (strcmp(name, reserved_names[i]) == 0) return true;
    return strncmp(name, "States.Http.StatusCode.", 23) == 0;
}

static void warn_unknown(struct asl_scope *scope, const struct node *node, const char *field)
{
    struct arena *arena = scope->checker->reader.arena;
    const char *nearest = name_nearest(node->text, reserved_names, RESERVED_COUNT);
    diagnostics_add(scope->checker->reader.diagnostics, SEVERITY_WARNING, node->place,
                    asl_state_path(&scope->checker->states, scope->state, arena, field),
                    "state '%s': no error has the name %s, and other names must not begin with "
                    "States.%s%s%s",
                    asl_excerpt(arena, scope->state->name), asl_show(arena, node),
                    nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
}

static void check_error_equals(struct asl_scope *scope, const struct node *block,
                               const char *prefix)
{
    struct arena *arena = scope->checker->reader.arena;
    const char *field = arena_format(arena, "%sErrorEquals", prefix);
    const struct node *names = node_get(block, "ErrorEquals");
    if (!names) {
        asl_fault(scope, block, field, "ErrorEquals is missing; it lists the names of errors");
        return;
    }
    if (names->type != NODE_LIST || names->count == 0) {
        asl_fault(scope, names, field,
                  "ErrorEquals is %s, and it must be a list of names of errors",
                  names->type == NODE_LIST ? "empty" : asl_show(arena, names));
        return;
    }
    for (const struct node *name = names->first; name; name = name->next) {
        if (name->type != NODE_STRING) {
            asl_fault(scope, name, field, "ErrorEquals has %s, and names of errors are strings",
                      asl_show(arena, name));
        } else if (strcmp(name->text, "States.ALL") == 0) {
            if (names->count > 1)
                asl_fault(scope, name, field, "States.ALL must stand alone in its ErrorEquals");
            if (block->next)
                asl_fault(scope, name, field,
                          "States.ALL must be in the last one, because it matches every error");
        } else if (strncmp(name->text, "States.", 7) == 0 && !is_reserved(name->text)) {
            warn_unknown(scope, name, field);
        }
    }
}

static void check_retrier(struct asl_scope *scope, const struct node *retrier, const char *prefix)
{
    static const char *const valid[] = {
        "ErrorEquals",     "IntervalSeconds", "MaxAttempts", "BackoffRate",
        "MaxDelaySeconds", "JitterStrategy",  "Comment",     NULL};
    static const struct {
        const char *name;
        bool whole;
        struct asl_range range;
    } numbers[] = {{"IntervalSeconds", true, {1, ASL_SECONDS_MOST}},
                   {"MaxAttempts", true, {0, ASL_SECONDS_MOST}},
                   {"BackoffRate", false, {1, HUGE_VAL}},
                   {"MaxDelaySeconds", true, {1, 31622400}}};
    struct arena *arena = scope->checker->reader.arena;
    asl_check_keys(scope, retrier, prefix, "a retrier", valid);
    check_error_equals(scope, retrier, prefix);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        const struct node *node = node_get(retrier, numbers[i].name);
        if (!node) continue;
        if (asl_is_placeholder(node)) continue;
        asl_check_number(scope, node, arena_format(arena, "%s%s", prefix, numbers[i].name),
                         numbers[i].whole, numbers[i].range);
    }
    const struct node *jitter = node_get(retrier, "JitterStrategy");
    if (!jitter) return;
    if (jitter->type == NODE_STRING &&
        (strcmp(jitter->text, "FULL") == 0 || strcmp(jitter->text, "NONE") == 0))
        return;
    asl_fault(scope, jitter, arena_format(arena, "%sJitterStrategy", prefix),
              "JitterStrategy is %s, and it must be FULL or NONE", asl_show(arena, jitter));
}

static void check_catcher(struct asl_scope *scope, const struct node *catcher, const char *prefix)
{
    static const char *const with_paths[] = {"ErrorEquals", "Next",    "ResultPath",
                                             "Assign",      "Comment", NULL};
    static const char *const with_expressions[] = {"ErrorEquals", "Next",    "Output",
                                                   "Assign",      "Comment", NULL};
    struct arena *arena = scope->checker->reader.arena;
    asl_check_keys(scope, catcher, prefix, "a catcher",
                   scope->jsonata ? with_expressions : with_paths);
    check_error_equals(scope, catcher, prefix);
    const struct node *path = node_get(catcher, "ResultPath");
    if (path && !scope->jsonata)
        asl_check_value(scope, path, arena_format(arena, "%sResultPath", prefix), ASL_REFERENCE,
                        (struct asl_range){0, 0});
    const struct node *assign = node_get(catcher, "Assign");
    const struct node *output = node_get(catcher, "Output");
    if (assign) asl_check_assign(scope, assign, arena_format(arena, "%sAssign", prefix));
    if (output && scope->jsonata)
        asl_check_payload(scope, output, arena_format(arena, "%sOutput", prefix));
    const struct node *next = node_get(catcher, "Next");
    const char *field = arena_format(arena, "%sNext", prefix);
    if (next) {
        asl_check_target(scope, next, field);
    } else {
        scope->unresolved = true;
        asl_fault(scope, catcher, field, "a catcher needs Next, the state that handles the error");
    }
}

void asl_check_errors(struct asl_scope *scope)
{
    static const char *const lists[] = {"Retry", "Catch"};
    struct arena *arena = scope->checker->reader.arena;
    for (size_t i = 0; i < 2; i++) {
        const struct node *list = node_get(scope->state->node, lists[i]);
        if (!list || list->type != NODE_LIST) continue;
        size_t number = 0;
        for (const struct node *block = list->first; block; block = block->next) {
            const char *prefix = arena_format(arena, "%s.%zu.", lists[i], number++);
            if (block->type != NODE_MAP) scope->unresolved = true;
            if (block->type != NODE_MAP)
                asl_fault(scope, block, lists[i], "%s has %s, and it must be a list of maps",
                          lists[i], asl_show(arena, block));
            else if (i == 0)
                check_retrier(scope, block, prefix);
            else
                check_catcher(scope, block, prefix);
        }
    }
}
