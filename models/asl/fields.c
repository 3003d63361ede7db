#include "base/arena.h"
#include "base/names.h"
#include "models/asl/check.h"

#include <string.h>
#include <strings.h>

enum { JSONPATH = 1, JSONATA = 2, BOTH = 3 };

#define EVERY      0xffU
#define FLOWING    ((unsigned)(ASL_TASK | ASL_PARALLEL | ASL_MAP | ASL_PASS | ASL_WAIT))
#define WORKING    ((unsigned)(ASL_TASK | ASL_PARALLEL | ASL_MAP))
#define WITH_INPUT (EVERY & ~(unsigned)ASL_FAIL)

/* Which field may stand in which states (specification, "State Types"), and of which form it is. */
struct asl_field {
    const char *name;
    unsigned states;
    unsigned languages;
    enum asl_value value;
    struct asl_range range;
};

static const struct asl_field asl_fields[] = {
    {"Type", EVERY, BOTH, ASL_WORD, {0, 0}},
    {"Comment", EVERY, BOTH, ASL_WORD, {0, 0}},
    {"QueryLanguage", EVERY, BOTH, ASL_WORD, {0, 0}},
    {"Next", FLOWING, BOTH, ASL_ANY, {0, 0}},
    {"End", FLOWING, BOTH, ASL_BOOL, {0, 0}},
    {"InputPath", WITH_INPUT, JSONPATH, ASL_PATH_NULL, {0, 0}},
    {"OutputPath", WITH_INPUT, JSONPATH, ASL_PATH_NULL, {0, 0}},
    {"Parameters", WORKING | ASL_PASS, JSONPATH, ASL_TEMPLATE, {0, 0}},
    {"ResultSelector", WORKING, JSONPATH, ASL_TEMPLATE, {0, 0}},
    {"ResultPath", WORKING | ASL_PASS, JSONPATH, ASL_REFERENCE, {0, 0}},
    {"Arguments", ASL_TASK | ASL_PARALLEL, JSONATA, ASL_PAYLOAD, {0, 0}},
    {"Output", WITH_INPUT, JSONATA, ASL_PAYLOAD, {0, 0}},
    {"Assign", FLOWING | ASL_CHOICE, BOTH, ASL_ASSIGN, {0, 0}},
    {"Retry", WORKING, BOTH, ASL_LIST, {0, 0}},
    {"Catch", WORKING, BOTH, ASL_LIST, {0, 0}},
    {"Resource", ASL_TASK, BOTH, ASL_WORD, {0, 0}},
    {"Credentials", ASL_TASK, BOTH, ASL_TEMPLATE, {0, 0}},
    {"TimeoutSeconds", ASL_TASK, BOTH, ASL_WHOLE, {1, ASL_SECONDS_MOST}},
    {"TimeoutSecondsPath", ASL_TASK, JSONPATH, ASL_PLACE, {0, 0}},
    {"HeartbeatSeconds", ASL_TASK, BOTH, ASL_WHOLE, {1, ASL_SECONDS_MOST}},
    {"HeartbeatSecondsPath", ASL_TASK, JSONPATH, ASL_PLACE, {0, 0}},
    {"Branches", ASL_PARALLEL, BOTH, ASL_LIST, {0, 0}},
    {"ItemProcessor", ASL_MAP, BOTH, ASL_OBJECT, {0, 0}},
    {"Iterator", ASL_MAP, BOTH, ASL_OBJECT, {0, 0}},
    {"Items", ASL_MAP, JSONATA, ASL_PAYLOAD, {0, 0}},
    {"ItemsPath", ASL_MAP, JSONPATH, ASL_PATH, {0, 0}},
    {"ItemSelector", ASL_MAP, BOTH, ASL_TEMPLATE, {0, 0}},
    {"MaxConcurrency", ASL_MAP, BOTH, ASL_WHOLE, {0, ASL_SECONDS_MOST}},
    {"MaxConcurrencyPath", ASL_MAP, JSONPATH, ASL_PLACE, {0, 0}},
    {"ItemReader", ASL_MAP, BOTH, ASL_OBJECT, {0, 0}},
    {"ItemBatcher", ASL_MAP, BOTH, ASL_OBJECT, {0, 0}},
    {"ResultWriter", ASL_MAP, BOTH, ASL_OBJECT, {0, 0}},
    {"Label", ASL_MAP, BOTH, ASL_LABEL, {0, 0}},
    {"ToleratedFailureCount", ASL_MAP, BOTH, ASL_WHOLE, {0, ASL_SECONDS_MOST}},
    {"ToleratedFailureCountPath", ASL_MAP, JSONPATH, ASL_PLACE, {0, 0}},
    {"ToleratedFailurePercentage", ASL_MAP, BOTH, ASL_NUMBER, {0, 100}},
    {"ToleratedFailurePercentagePath", ASL_MAP, JSONPATH, ASL_PLACE, {0, 0}},
    {"Result", ASL_PASS, JSONPATH, ASL_ANY, {0, 0}},
    {"Seconds", ASL_WAIT, BOTH, ASL_WHOLE, {0, ASL_SECONDS_MOST}},
    {"Timestamp", ASL_WAIT, BOTH, ASL_TIMESTAMP, {0, 0}},
    {"SecondsPath", ASL_WAIT, JSONPATH, ASL_PLACE, {0, 0}},
    {"TimestampPath", ASL_WAIT, JSONPATH, ASL_PLACE, {0, 0}},
    {"Choices", ASL_CHOICE, BOTH, ASL_LIST, {0, 0}},
    {"Default", ASL_CHOICE, BOTH, ASL_ANY, {0, 0}},
    {"Error", ASL_FAIL, BOTH, ASL_TEXT, {0, 0}},
    {"ErrorPath", ASL_FAIL, JSONPATH, ASL_TEXT_PATH, {0, 0}},
    {"Cause", ASL_FAIL, BOTH, ASL_TEXT, {0, 0}},
    {"CausePath", ASL_FAIL, JSONPATH, ASL_TEXT_PATH, {0, 0}},
};
enum { ASL_FIELD_COUNT = sizeof asl_fields / sizeof asl_fields[0] };

/* Of these at most one may be given; where `needed_by` has the state's type, one must. */
struct asl_group {
    const char *names[4];
    unsigned needed_by;
};

static const struct asl_group asl_groups[] = {
    {{"Next", "End"}, FLOWING},
    {{"Resource"}, ASL_TASK},
    {{"Branches"}, ASL_PARALLEL},
    {{"ItemProcessor", "Iterator"}, ASL_MAP},
    {{"Choices"}, ASL_CHOICE},
    {{"Seconds", "SecondsPath", "Timestamp", "TimestampPath"}, ASL_WAIT},
    {{"TimeoutSeconds", "TimeoutSecondsPath"}, 0},
    {{"HeartbeatSeconds", "HeartbeatSecondsPath"}, 0},
    {{"MaxConcurrency", "MaxConcurrencyPath"}, 0},
    {{"ToleratedFailureCount", "ToleratedFailureCountPath"}, 0},
    {{"ToleratedFailurePercentage", "ToleratedFailurePercentagePath"}, 0},
    {{"Error", "ErrorPath"}, 0},
    {{"Cause", "CausePath"}, 0},
};

static unsigned language_of(const struct asl_scope *scope)
{
    return scope->jsonata ? JSONATA : JSONPATH;
}

static const char *type_name(const struct asl_scope *scope)
{
    for (unsigned i = 0; i < ASL_TYPE_COUNT; i++)
        if ((unsigned)scope->state->type == 1U << i) return asl_type_names[i];
    return "?";
}

static void refuse_unknown(struct asl_scope *scope, const struct node *node)
{
    const char *valid[ASL_FIELD_COUNT];
    size_t count = 0;
    for (size_t i = 0; i < ASL_FIELD_COUNT; i++) {
        const struct asl_field *row = &asl_fields[i];
        if ((row->states & scope->state->type) && (row->languages & language_of(scope)))
            valid[count++] = row->name;
    }
    struct arena *arena = scope->checker->reader.arena;
    const char *what = arena_format(arena, "%s state '%s'", type_name(scope),
                                    asl_excerpt(arena, scope->state->name));
    const char *path =
        asl_state_path(&scope->checker->states, scope->state, arena, asl_excerpt(arena, node->key));
    fields_unknown_key(&scope->checker->reader, node, path, what, valid, count);
}

static void check_field(struct asl_scope *scope, const struct node *node)
{
    const struct asl_field *row = NULL;
    for (size_t i = 0; i < ASL_FIELD_COUNT && !row; i++)
        if (strcmp(asl_fields[i].name, node->key) == 0) row = &asl_fields[i];
    if (!row) {
        refuse_unknown(scope, node);
        return;
    }
    if (!(row->states & scope->state->type)) {
        asl_fault(scope, node, row->name, "a %s state has no %s", type_name(scope), row->name);
        return;
    }
    if (!(row->languages & language_of(scope))) {
        asl_fault(scope, node, row->name,
                  "%s is a field of %s states, and this one's "
                  "QueryLanguage is %s",
                  row->name, scope->jsonata ? "JSONPath" : "JSONata",
                  scope->jsonata ? "JSONata" : "JSONPath");
        return;
    }
    asl_check_value(scope, node, row->name, row->value, row->range);
}

/* "Seconds, SecondsPath, Timestamp or TimestampPath" */
static const char *list_names(struct arena *arena, const struct asl_group *group)
{
    const char *list = group->names[0];
    for (size_t i = 1; i < 4 && group->names[i]; i++) {
        const bool last = i == 3 || !group->names[i + 1];
        list = arena_format(arena, "%s%s%s", list, last ? " or " : ", ", group->names[i]);
    }
    return list;
}

static void check_group(struct asl_scope *scope, const struct asl_group *group)
{
    const struct node *given[4] = {NULL};
    size_t count = 0;
    for (size_t i = 0; i < 4 && group->names[i]; i++) {
        const struct node *node = node_get(scope->state->node, group->names[i]);
        /* `End: false` says nothing. */
        if (node && node->type == NODE_BOOL && !node->boolean && strcmp(node->key, "End") == 0)
            continue;
        if (node) given[count++] = node;
    }
    if (count > 1) {
        asl_fault(scope, given[1], given[1]->key, "has both %s and %s, and only one may be given",
                  given[0]->key, given[1]->key);
        scope->unresolved = true;
    }
    if (count > 0 || !(group->needed_by & scope->state->type)) return;
    struct arena *arena = scope->checker->reader.arena;
    if (strcmp(group->names[0], "Next") == 0) {
        scope->unresolved = true;
        asl_fault(scope, scope->state->node, NULL,
                  "has neither Next nor End; name the state that follows, or say End: true");
        return;
    }
    asl_fault(scope, scope->state->node, NULL, "a %s state needs %s", type_name(scope),
              list_names(arena, group));
}

static void check_heartbeat(struct asl_scope *scope)
{
    const struct node *timeout = node_get(scope->state->node, "TimeoutSeconds");
    const struct node *heartbeat = node_get(scope->state->node, "HeartbeatSeconds");
    if (!timeout || timeout->type != NODE_NUMBER) return;
    if (!heartbeat || heartbeat->type != NODE_NUMBER) return;
    if (heartbeat->number < timeout->number) return;
    asl_fault(scope, heartbeat, heartbeat->key,
              "HeartbeatSeconds is %s, and it must be less than TimeoutSeconds, which is %s",
              heartbeat->text, timeout->text);
}

static void check_credentials(struct asl_scope *scope)
{
    const struct node *credentials = node_get(scope->state->node, "Credentials");
    if (!credentials || credentials->type != NODE_MAP) return;
    for (const struct node *item = credentials->first; item; item = item->next)
        if (strcasecmp(item->key, "RoleArn") == 0 || strcasecmp(item->key, "RoleArn.$") == 0)
            return;
    asl_fault(scope, credentials, credentials->key, "Credentials needs RoleArn");
}

void asl_check_fields(struct asl_scope *scope)
{
    const struct node *state = scope->state->node;
    for (const struct node *node = state->first; node; node = node->next) check_field(scope, node);
    for (size_t i = 0; i < sizeof asl_groups / sizeof asl_groups[0]; i++) {
        const unsigned needed = asl_groups[i].needed_by;
        if (needed && !(needed & scope->state->type)) continue;
        check_group(scope, &asl_groups[i]);
    }
    const struct node *branches = node_get(state, "Branches");
    if (scope->state->type == ASL_PARALLEL && branches && branches->type == NODE_LIST &&
        branches->count == 0)
        asl_fault(scope, branches, "Branches", "Branches is empty, and it needs a state machine");
    if (scope->state->type == ASL_TASK) {
        check_heartbeat(scope);
        check_credentials(scope);
        asl_check_resource(scope);
    }
    if (scope->state->type == ASL_MAP) asl_check_map(scope);
}
