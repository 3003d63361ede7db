#include "models/asl/data.h"

#include "base/arena.h"
#include "models/asl/data_internal.h"
#include "models/asl/jsonpath.h"
#include "models/asl/timestamp.h"

#include <math.h>
#include <string.h>

#define SECONDS_MOST 99999999.0

struct evaluation data_evaluation(struct asl_run *run, const struct asl_flow *flow,
                                  const struct asl_state *state, const struct value *dollar,
                                  struct asl_error *err)
{
    return (struct evaluation){
        .run = run, .flow = flow, .state = state, .dollar = dollar, .item = flow->item, .err = err};
}

const struct state_data *data_of(const struct asl_run *run, const struct asl_state *state)
{
    return &run->data->states[state->index];
}

const struct value *data_find(const struct expression *expression, struct evaluation *eval)
{
    const char *fault = NULL;
    const struct value *value = expression_find(expression, eval, &fault);
    if (!value)
        evaluation_fail(eval, "States.Runtime", "Invalid path '%s' : %s", expression->text, fault);
    return value;
}

const struct value *data_checked(const struct value *value, struct evaluation *eval)
{
    if (!value || value->depth <= VALUE_DEPTH_MOST) return value;
    evaluation_fail(eval, "States.Runtime", "The data nests more than %d levels deep",
                    VALUE_DEPTH_MOST);
    return NULL;
}

/* What a path finds may be a number written as a string. */
static const struct value *number_within(struct arena *arena, const struct value *value)
{
    struct error err;
    if (value->type != VALUE_STRING) return value;
    const struct value *read = value_from_json(arena, value->text, value->count, &err);
    return read && read->type == VALUE_NUMBER ? read : value;
}

bool data_setting_value(const struct setting *setting, struct evaluation *eval,
                        struct setting_range range, double *out)
{
    const struct expression *expression = setting->expression;
    const struct value *value =
        setting->by_path ? data_find(expression, eval) : expression_evaluate(expression, eval);
    if (!value) return false;
    if (setting->by_path) value = number_within(eval->run->arena, value);
    const bool number =
        value->type == VALUE_NUMBER && (!range.whole || floor(value->number) == value->number);
    if (!number && !setting->by_path)
        return evaluation_fail_type(eval, expression, range.whole ? "integer" : "number", value);
    if (!number)
        return evaluation_fail(
            eval, "States.Runtime",
            "The %s field refers to value \"%s\" which is not a valid %s: %s", setting->field,
            value->type == VALUE_STRING ? value->text : evaluation_show(eval, value),
            range.whole ? "integer" : "float", expression->text);
    if (value->number < range.least || value->number > range.most) {
        const char *cause =
            arena_format(eval->run->arena, "The %s field must be between %.0f and %.0f but was %s",
                         setting->field, range.least, range.most, evaluation_show(eval, value));
        return expression->type == EXPRESSION_JSONATA
                   ? evaluation_fail_query(eval, setting->field, "%s", cause)
                   : evaluation_fail(eval, "States.Runtime", "%s", cause);
    }
    *out = value->number;
    return true;
}

static bool apply_path(const struct path_field *field, struct evaluation *eval,
                       const struct value *from, const struct value **out)
{
    *out = field->nothing ? &value_empty_map : from;
    if (!field->path) return true;
    eval->dollar = from;
    *out = data_find(field->path, eval);
    return *out != NULL;
}

bool asl_data_enter(struct asl_run *run, const struct asl_flow *flow, const struct asl_state *state,
                    const struct value **effective, struct asl_error *err)
{
    struct evaluation eval = data_evaluation(run, flow, state, flow->input, err);
    if (!apply_path(&data_of(run, state)->input_path, &eval, flow->input, effective)) return false;
    if (run->stages) run->stages->after_input_path = *effective;
    return true;
}

bool asl_data_arguments(struct asl_run *run, const struct asl_flow *flow,
                        const struct asl_state *state, const struct value **sent,
                        struct asl_error *err)
{
    const struct state_data *data = data_of(run, state);
    if (!asl_data_enter(run, flow, state, sent, err)) return false;
    if (!data->sent) return true;
    struct evaluation eval = data_evaluation(run, flow, state, *sent, err);
    *sent = data_checked(expression_evaluate(data->sent, &eval), &eval);
    if (!*sent) return false;
    if (run->stages)
        *(data->jsonata ? &run->stages->after_arguments : &run->stages->after_parameters) = *sent;
    return true;
}

static bool time_of(const struct setting *setting, struct evaluation *eval, double *out)
{
    *out = -1;
    const struct setting_range range = {1, SECONDS_MOST, true};
    return !setting->expression || data_setting_value(setting, eval, range, out);
}

bool asl_data_times(struct asl_run *run, const struct asl_flow *flow, const struct asl_state *state,
                    double *timeout_s, double *heartbeat_s, struct asl_error *err)
{
    const struct state_data *data = data_of(run, state);
    *timeout_s = *heartbeat_s = -1;
    if (!data->timeout.expression && !data->heartbeat.expression) return true;
    const struct value *effective = NULL;
    if (!asl_data_enter(run, flow, state, &effective, err)) return false;
    struct evaluation eval = data_evaluation(run, flow, state, effective, err);
    return time_of(&data->timeout, &eval, timeout_s) &&
           time_of(&data->heartbeat, &eval, heartbeat_s);
}

bool asl_data_credentials(struct asl_run *run, const struct asl_flow *flow,
                          const struct asl_state *state, const struct value **credentials,
                          struct asl_error *err)
{
    const struct state_data *data = data_of(run, state);
    *credentials = NULL;
    if (!data->credentials) return true;
    const struct value *effective = NULL;
    if (!asl_data_enter(run, flow, state, &effective, err)) return false;
    struct evaluation eval = data_evaluation(run, flow, state, effective, err);
    *credentials = expression_evaluate(data->credentials, &eval);
    return *credentials != NULL;
}

/* ResultPath: the result within the raw input. */
static bool place_result(const struct result_field *field, struct evaluation *eval,
                         const struct value *result, const struct value **out)
{
    const struct value *raw = eval->flow->input;
    *out = field->discard ? raw : result;
    if (field->discard || !field->path) return true;
    *out = jsonpath_put(field->path, eval->run->arena, raw, result);
    return *out || evaluation_fail(eval, "States.ResultPathMatchFailure",
                                   "Unable to apply ReferencePath %s to input %s", field->text,
                                   evaluation_show(eval, raw));
}

/* What the state works on and what comes of it, before Output: `dollar` for Assign. */
static bool result_of(struct evaluation *eval, const struct value *given,
                      const struct value **result)
{
    struct asl_run *run = eval->run;
    const struct state_data *data = data_of(run, eval->state);
    *result = given ? given : data->result;
    if (run->stages) run->stages->result = *result;
    if (*result) return true;
    if (!asl_data_enter(run, eval->flow, eval->state, result, eval->err)) return false;
    if (eval->state->type == ASL_PASS && !data->jsonata) {
        eval->dollar = *result;
        if (data->sent) *result = expression_evaluate(data->sent, eval);
        if (run->stages) run->stages->after_parameters = *result;
    }
    return *result != NULL;
}

static bool path_output(struct evaluation *eval, const struct value *result,
                        const struct value **out)
{
    const struct state_data *data = data_of(eval->run, eval->state);
    struct asl_stages *stages = eval->run->stages;
    const bool results = eval->state->type & (ASL_TASK | ASL_PARALLEL | ASL_MAP | ASL_PASS);
    eval->dollar = result;
    if (data->selector) result = expression_evaluate(data->selector, eval);
    if (!result) return false;
    if (stages) stages->after_result_selector = result;
    *out = result;
    if (results && !place_result(&data->result_path, eval, result, out)) return false;
    if (stages) stages->after_result_path = *out;
    return apply_path(&data->output_path, eval, *out, out);
}

/* Output of a JSONata state, a catcher or a rule, or what it is without. */
static bool query_output(struct evaluation *eval, const struct expression *output,
                         const struct value *without, const struct value **out)
{
    *out = output ? expression_evaluate(output, eval) : without;
    return *out != NULL;
}

bool asl_data_leave(struct asl_run *run, struct asl_flow *flow, const struct asl_state *state,
                    const struct value *result, struct asl_exit *out, struct asl_error *err)
{
    const struct state_data *data = data_of(run, state);
    struct evaluation eval = data_evaluation(run, flow, state, flow->input, err);
    struct asl_flow after = *flow; /* all is evaluated with the variables as they were */
    *out = (struct asl_exit){0};
    const struct value *own = NULL;
    if (!result_of(&eval, result, &own)) return false;
    eval.dollar = own;
    eval.result = result;
    if (!data_assign(data->assign, &eval, &after, &out->assigned)) return false;
    const bool done = data->jsonata ? query_output(&eval, data->output, own, &out->output)
                                    : path_output(&eval, own, &out->output);
    if (!done || !data_checked(out->output, &eval)) return false;
    flow->variables = after.variables;
    return true;
}

static const struct value *text_or_null(struct arena *arena, const char *text)
{
    return text ? value_string(arena, text) : &value_null;
}

const struct value *asl_data_error(struct asl_run *run, const struct asl_error *caught)
{
    struct value_map map = {0};
    value_map_put(&map, run->arena, "Error", text_or_null(run->arena, caught->error));
    value_map_put(&map, run->arena, "Cause", text_or_null(run->arena, caught->cause));
    return value_map_end(&map, run->arena);
}

bool asl_data_catch(struct asl_run *run, struct asl_flow *flow, const struct asl_state *state,
                    size_t catcher, const struct asl_error *caught, struct asl_exit *out,
                    struct asl_error *err)
{
    const struct state_data *data = data_of(run, state);
    const struct catcher *taker = &data->catchers[catcher];
    struct evaluation eval = data_evaluation(run, flow, state, NULL, err);
    struct asl_flow after = *flow;
    *out = (struct asl_exit){0};
    eval.caught = eval.dollar = asl_data_error(run, caught);
    if (!data_assign(taker->assign, &eval, &after, &out->assigned)) return false;
    const bool done = data->jsonata
                          ? query_output(&eval, taker->output, eval.caught, &out->output)
                          : place_result(&taker->result_path, &eval, eval.caught, &out->output);
    if (!done || !data_checked(out->output, &eval)) return false;
    flow->variables = after.variables;
    return true;
}

bool asl_data_choose(struct asl_run *run, struct asl_flow *flow, const struct asl_state *state,
                     int *rule, struct asl_exit *out, struct asl_error *err)
{
    const struct state_data *data = data_of(run, state);
    const struct value *effective = NULL;
    struct asl_flow after = *flow;
    *out = (struct asl_exit){0};
    if (!asl_data_enter(run, flow, state, &effective, err)) return false;
    struct evaluation eval = data_evaluation(run, flow, state, effective, err);
    bool failed = false;
    size_t taken = 0;
    while (taken < data->rule_count && !data_rule_matches(&data->rules[taken], &eval, &failed))
        if (failed || ++taken == data->rule_count) break;
    if (failed) return false;
    const bool matched = taken < data->rule_count;
    if (!matched && !data->has_default)
        return evaluation_fail(&eval, "States.Runtime",
                               "Failed to transition out of the state. The state does not point "
                               "to a next state.");
    *rule = matched ? (int)taken : -1;
    const struct expression *assign = matched ? data->rules[taken].assign : data->assign;
    const struct expression *output = matched ? data->rules[taken].output : data->output;
    if (!data_assign(assign, &eval, &after, &out->assigned)) return false;
    const bool done = data->jsonata
                          ? query_output(&eval, output, effective, &out->output)
                          : apply_path(&data->output_path, &eval, effective, &out->output);
    if (!done || !data_checked(out->output, &eval)) return false;
    flow->variables = after.variables;
    return true;
}

static bool wait_until(const struct state_data *data, struct evaluation *eval, double *seconds)
{
    const bool by_path = data->timestamp->type == EXPRESSION_PATH;
    const struct value *value =
        by_path ? data_find(data->timestamp, eval) : expression_evaluate(data->timestamp, eval);
    struct timestamp time;
    if (!value) return false;
    if (value->type == VALUE_STRING && timestamp_read(value->text, value->count, &time)) {
        const double until = (double)time.seconds + time.nanoseconds / 1e9;
        *seconds = until > eval->flow->now ? until - eval->flow->now : 0;
        if (*seconds <= SECONDS_MOST) return true;
        return evaluation_fail(eval, "States.Runtime",
                               "The delay specified in the Wait state is too long");
    }
    const char *shown = value->type == VALUE_STRING ? value->text : evaluation_show(eval, value);
    if (by_path)
        return evaluation_fail(eval, "States.Runtime",
                               "The TimestampPath parameter does not reference a valid ISO-8601 "
                               "extended offset date-time format string: %s == %s",
                               data->timestamp->text, shown);
    if (value->type != VALUE_STRING)
        return evaluation_fail_type(eval, data->timestamp, "string", value);
    return evaluation_fail_query(eval, data->timestamp_field,
                                 "The Timestamp field cannot be parsed as an ISO-8601 extended "
                                 "offset date-time format string: %s",
                                 shown);
}

static bool wait_seconds(const struct setting *setting, struct evaluation *eval, double *seconds)
{
    const struct setting_range range = {0, SECONDS_MOST, true};
    if (!setting->by_path) return data_setting_value(setting, eval, range, seconds);
    const struct value *value = data_find(setting->expression, eval);
    if (!value) return false;
    const char *text = setting->expression->text;
    if (!value_is_whole(value))
        return evaluation_fail(eval, "States.Runtime",
                               "The SecondsPath parameter does not reference an integer value: "
                               "%s == %s",
                               text, evaluation_show(eval, value));
    if (value->number < 0 || value->number > SECONDS_MOST)
        return evaluation_fail(eval, "States.Runtime",
                               "The SecondsPath parameter must reference a value between 0 and "
                               "99999999: %s == %s",
                               text, evaluation_show(eval, value));
    *seconds = value->number;
    return true;
}

bool asl_data_wait(struct asl_run *run, const struct asl_flow *flow, const struct asl_state *state,
                   double *seconds, struct asl_error *err)
{
    const struct state_data *data = data_of(run, state);
    const struct value *effective = NULL;
    *seconds = 0;
    if (!asl_data_enter(run, flow, state, &effective, err)) return false;
    struct evaluation eval = data_evaluation(run, flow, state, effective, err);
    if (data->timestamp) return wait_until(data, &eval, seconds);
    return !data->seconds.expression || wait_seconds(&data->seconds, &eval, seconds);
}

static bool text_of(const struct expression *expression, struct evaluation *eval, const char *field,
                    const char **out)
{
    *out = NULL;
    if (!expression) return true;
    const struct value *value = expression->type == EXPRESSION_PATH
                                    ? data_find(expression, eval)
                                    : expression_evaluate(expression, eval);
    if (!value) return false;
    if (value->type == VALUE_STRING) {
        *out = value->text;
        return true;
    }
    if (expression->type == EXPRESSION_JSONATA)
        return evaluation_fail_type(eval, expression, "string", value);
    return evaluation_fail(eval, "States.Runtime",
                           "The %s field must reference a string value: %s == %s", field,
                           expression->text, evaluation_show(eval, value));
}

bool asl_data_fail(struct asl_run *run, const struct asl_flow *flow, const struct asl_state *state,
                   struct asl_error *raised, struct asl_error *err)
{
    const struct state_data *data = data_of(run, state);
    struct evaluation eval = data_evaluation(run, flow, state, flow->input, err);
    *raised = (struct asl_error){0};
    return text_of(data->error, &eval, "ErrorPath", &raised->error) &&
           text_of(data->cause, &eval, "CausePath", &raised->cause);
}
