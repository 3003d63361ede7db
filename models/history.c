#include "models/history.h"

#include "models/asl/states.h"

#include <stdio.h>
#include <string.h>

static const char *const names[HISTORY_COUNT] = {[HISTORY_NONE] = "",
#define X(symbol, name) [HISTORY_##symbol] = name,
                                                 HISTORY_EVENTS(X)
#undef X
};

static const char *type_name(const struct asl_state *state)
{
    for (int i = 0; i < ASL_TYPE_COUNT; i++)
        if (state->type == (enum asl_type)(1 << i)) return asl_type_names[i];
    return "";
}

enum task_kind task_kind(const struct asl_state *state)
{
    const char *resource = asl_text(state->node, "Resource");
    if (strstr(resource, ":states:::")) return TASK_INTEGRATION;
    const char *activity = strstr(resource, ":activity:");
    const char *function = strstr(resource, ":function:");
    return activity && (!function || activity < function) ? TASK_ACTIVITY : TASK_LAMBDA;
}

bool task_resource(const struct asl_state *state, const char **type, int *type_length,
                   const char **resource)
{
    static const char mark[] = ":states:::";
    const char *found = strstr(asl_text(state->node, "Resource"), mark);
    const char *last = found ? strchr(found + sizeof mark - 1, ':') : NULL;
    if (!last) return false;
    *type = found + sizeof mark - 1;
    if (strncmp(*type, "aws-sdk:", 8) == 0) {
        last = strchr(last + 1, ':');
        if (!last) return false;
    }
    *type_length = (int)(last - *type);
    *resource = last + 1;
    return true;
}

void history_name(const struct history_event *event, char *out)
{
    static const char *const kinds[] = {[TASK_LAMBDA] = "LambdaFunction",
                                        [TASK_INTEGRATION] = "Task",
                                        [TASK_ACTIVITY] = "Activity"};
    const char *before = "";
    if (event->type >= HISTORY_STATE_ENTERED && event->type <= HISTORY_STATE_ABORTED)
        before = type_name(event->state);
    if (event->type >= HISTORY_TASK_SCHEDULED && event->type <= HISTORY_TASK_SUBMIT_FAILED)
        before = kinds[task_kind(event->state)];
    snprintf(out, HISTORY_NAME_LONGEST, "%s%s", before, names[event->type]);
}
