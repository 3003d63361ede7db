#include "models/execution_mocks.h"

#include "base/arena.h"
#include "models/asl/states.h"
#include "models/call.h"
#include "models/errors.h"
#include "models/simulation.h"

#include <string.h>

/* How long a task without an answer is waited for: the service's own limit. */
#define LONGEST (INT64_C(99999999) * SIM_SECOND)

/* One result; they are taken in order, immediate answers and final ones by themselves. */
struct mock_result {
    enum history_type event;
    struct task_answer answer;
    const char *worker;
    struct mock_result *next;
};

struct mock_results {
    struct mock_result *submitted;
    struct mock_result *finals;
};

/* ---- reading ---- */

static enum history_type event_of(const char *name)
{
    static const struct {
        const char *end;
        enum history_type type;
    } ends[] = {{"ScheduleFailed", HISTORY_TASK_SCHEDULE_FAILED},
                {"StartFailed", HISTORY_TASK_START_FAILED},
                {"SubmitFailed", HISTORY_TASK_SUBMIT_FAILED},
                {"Submitted", HISTORY_TASK_SUBMITTED},
                {"Succeeded", HISTORY_TASK_SUCCEEDED},
                {"TimedOut", HISTORY_TASK_TIMED_OUT},
                {"Failed", HISTORY_TASK_FAILED}};
    const size_t length = strlen(name);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        const size_t end = strlen(ends[i].end);
        if (length >= end && strcmp(name + length - end, ends[i].end) == 0) return ends[i].type;
    }
    return HISTORY_NONE;
}

static const char *text_of(const struct value *map, const char *key)
{
    const struct value *value = value_get(map, key);
    return value && value->type == VALUE_STRING ? value->text : NULL;
}

/* JSON with a blank after each comma and colon, as functions' runtimes write what they raise. */
static const char *with_blanks(struct arena *arena, const char *json)
{
    char *out = arena_alloc(arena, 2 * strlen(json) + 1);
    char *at = out;
    bool quoted = false;
    for (; *json; json++) {
        if (quoted && json[0] == '\\' && json[1])
            *at++ = *json++;
        else if (*json == '"')
            quoted = !quoted;
        *at++ = *json;
        if (!quoted && (*json == ',' || *json == ':')) *at++ = ' ';
    }
    return out;
}

/* A cause that was JSON text stands in a trace decoded; how its text was spaced is known by who
 * wrote it. */
static const char *cause_of(struct arena *arena, const struct value *cause, const char *event)
{
    if (!cause || cause->type == VALUE_NULL) return NULL;
    if (cause->type == VALUE_STRING) return cause->text;
    const char *json = value_to_json(arena, cause);
    return json && event && strncmp(event, "Lambda", 6) == 0 ? with_blanks(arena, json) : json;
}

static void read_result(struct arena *arena, const struct value *from, struct mock_result *out)
{
    const char *event = text_of(from, "event");
    out->answer.output = value_get(from, "output");
    out->answer.error = text_of(from, "error");
    out->worker = text_of(from, "workerName");
    out->answer.cause = cause_of(arena, value_get(from, "cause"), event);
    out->event = event ? event_of(event) : HISTORY_NONE;
    if (out->event == HISTORY_NONE)
        out->event = value_get(from, "error") || !out->answer.output ? HISTORY_TASK_FAILED
                                                                     : HISTORY_TASK_SUCCEEDED;
    if (!event && out->answer.error && strcmp(out->answer.error, "States.Timeout") == 0)
        out->event = HISTORY_TASK_TIMED_OUT;
}

static void read_results(struct arena *arena, const struct value *list, struct mock_results *out)
{
    struct mock_result **submitted = &out->submitted;
    struct mock_result **final = &out->finals;
    if (!list || list->type != VALUE_LIST) return;
    for (uint32_t i = 0; i < list->count; i++) {
        struct mock_result *result = arena_new_item(arena, struct mock_result);
        read_result(arena, list->items[i], result);
        if (result->event == HISTORY_TASK_SUBMITTED) {
            *submitted = result;
            submitted = &result->next;
        } else {
            *final = result;
            final = &result->next;
        }
    }
}

void mocks_compile(struct mocks_plan *plan, struct arena *arena, const struct asl_states *states,
                   const struct value *mocks, const char **unmocked)
{
    const struct value *inner = value_get(mocks, "mocks");
    const bool wrapped = inner && inner->type == VALUE_MAP;
    plan->by_state = arena_array(arena, struct mock_results, states->count);
    plan->states = states;
    plan->s3 = wrapped ? value_get(mocks, "s3") : NULL;
    plan->unmocked = unmocked;
    for (size_t i = 0; i < states->count; i++)
        read_results(arena, value_get(wrapped ? inner : mocks, states->items[i].name),
                     &plan->by_state[i]);
}

/* ---- answering ---- */

static struct mock_result *take(struct mock_result **list)
{
    struct mock_result *first = *list;
    if (first) *list = first->next;
    return first;
}

static const struct mocks_plan *plan_of(const struct call *call)
{
    return (const struct mocks_plan *)call->callee->plan;
}

static void finish(void *context, sim_time now)
{
    struct call *call = context;
    const struct mock_result *result = call->server;
    if (!result || result->event == HISTORY_TASK_TIMED_OUT)
        call_finish(call, OUTCOME_TIMED_OUT, ERROR_TIMEOUT, now);
    else if (result->event == HISTORY_TASK_SUCCEEDED)
        call_finish(call, OUTCOME_OK, ERROR_NONE, now);
    else
        call_finish(call, OUTCOME_FAILED, ERROR_OTHER, now);
}

/* The final answer is taken when it is due, so that mocks of tasks beside each other go out in the
 * order in which tasks end. */
static void decide(void *context, sim_time now)
{
    struct call *call = context;
    const struct mocks_plan *plan = plan_of(call);
    const size_t state = call->payload.operation;
    struct mock_result *result = take(&plan->by_state[state].finals);
    if (!result && !*plan->unmocked) *plan->unmocked = plan->states->items[state].name;
    call->server = result;
    const bool late = !result || result->event == HISTORY_TASK_TIMED_OUT;
    const sim_time due = now < SIM_NEVER - 1 - LONGEST ? now + LONGEST : SIM_NEVER - 1;
    events_add(call->callee->events, late ? due : now, finish, call);
}

static void submitted(void *context, sim_time now)
{
    struct call *call = context;
    const struct mock_result *result =
        take(&plan_of(call)->by_state[call->payload.operation].submitted);
    if (result) thread_task_submitted(call, result->answer.output, now);
    events_add(call->callee->events, now, decide, call);
}

static void started(void *context, sim_time now)
{
    struct call *call = context;
    const struct mock_result *next = plan_of(call)->by_state[call->payload.operation].finals;
    const bool begins = !next || next->event != HISTORY_TASK_SCHEDULE_FAILED;
    if (begins) thread_task_started(call, next ? next->worker : NULL, now);
    events_add(call->callee->events, now, submitted, call);
}

static void submit_mock(struct component *self, struct call *call, sim_time now)
{
    call->started = now;
    events_add(self->events, now, started, call);
}

void mocks_answer(const struct thread_data *self, const struct call *call, size_t state,
                  struct random_stream *stream, struct task_answer *out)
{
    (void)self, (void)state, (void)stream;
    const struct mock_result *result = call->server;
    if (!result) return;
    *out = result->answer;
    if (result->event != HISTORY_TASK_SUCCEEDED) out->event = result->event;
}

static void start_mocks(struct component *self)
{
    (void)self;
}

const struct component_type mocks_type = {.name = "mocks",
                                          .plan_size = sizeof(struct mocks_plan),
                                          .state_size = sizeof(struct component),
                                          .start = start_mocks,
                                          .submit = submit_mock};

/* ---- objects to read ---- */

static bool same_text(const struct value *a, const struct value *b)
{
    return a && b && a->type == VALUE_STRING && b->type == VALUE_STRING && value_equal(a, b);
}

/* The object by bucket and key; else the only one of that key; else the only one there is. */
static const struct value *object_of(const struct value *s3, const struct value *request)
{
    const struct value *key = value_get(request, "Key");
    const struct value *by_key = NULL;
    for (uint32_t i = 0; s3 && s3->type == VALUE_LIST && i < s3->count; i++) {
        const struct value *object = s3->items[i];
        if (!same_text(value_get(object, "Key"), key)) continue;
        if (same_text(value_get(object, "Bucket"), value_get(request, "Bucket"))) return object;
        by_key = object;
    }
    if (!by_key && s3 && s3->type == VALUE_LIST && s3->count == 1) return s3->items[0];
    return by_key;
}

bool mocks_read(const struct thread_data *self, const struct asl_state *state,
                const struct value *request, struct asl_source *out, struct asl_error *err)
{
    (void)state;
    const struct mocks_plan *plan = self->context;
    const struct value *object = object_of(plan->s3, request);
    const struct value *body = value_get(object, "Body");
    if (!body || body->type != VALUE_STRING) {
        *err =
            (struct asl_error){"States.ItemReaderFailed",
                               "The mocks have no such object in s3: [{Bucket, Key, Body}].", NULL};
        return false;
    }
    out->text = body->text;
    out->length = body->count;
    return true;
}
