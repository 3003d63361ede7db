/* Variables: scopes within scopes; a scope never changes, assigning makes another. */
#include "base/arena.h"
#include "models/asl/data_internal.h"

enum { VARIABLE_BYTES_MOST = 256 * 1024, ALL_BYTES_MOST = 10 * 1024 * 1024 };

static const struct asl_variables *new_scope(struct asl_run *run, const struct asl_variables *outer,
                                             const struct value *own)
{
    struct asl_variables *scope = arena_new_item(run->arena, struct asl_variables);
    scope->outer = outer;
    scope->own = own;
    scope->bytes = (outer ? outer->bytes : 0) + value_json_length(own);
    return scope;
}

const struct asl_variables *asl_data_variables(struct asl_run *run, const struct value *map)
{
    return map && map->type == VALUE_MAP ? new_scope(run, NULL, map) : NULL;
}

const struct asl_variables *asl_data_nest(struct asl_run *run, const struct asl_variables *outer)
{
    return outer ? new_scope(run, outer, &value_empty_map) : NULL;
}

const struct value *asl_data_visible(struct asl_run *run, const struct asl_variables *variables)
{
    struct value_map map = {0};
    for (const struct asl_variables *at = variables; at; at = at->outer)
        for (uint32_t i = 0; i < at->own->count; i++) {
            const struct value_member *member = &at->own->members[i];
            bool hidden = false;
            for (const struct asl_variables *in = variables; in != at; in = in->outer)
                hidden = hidden || value_get(in->own, member->key);
            if (!hidden) value_map_put(&map, run->arena, member->key, member->value);
        }
    return value_map_end(&map, run->arena);
}

static bool check(struct evaluation *eval, const struct value *assigned)
{
    if (value_json_length(assigned) > VARIABLE_BYTES_MOST)
        return evaluation_fail(eval, "States.DataLimitExceeded",
                               "The variables assigned in the state '%s' exceed the maximum "
                               "number of bytes service limit.",
                               eval->state->name);
    const struct asl_variables *scope = eval->flow->variables;
    for (uint32_t i = 0; i < assigned->count; i++) {
        const char *name = assigned->members[i].key;
        for (const struct asl_variables *at = scope ? scope->outer : NULL; at; at = at->outer)
            if (value_get(at->own, name))
                return evaluation_fail(eval, "States.Runtime",
                                       "The variable '%s' is assigned in an outer scope", name);
        if (!data_checked(assigned->members[i].value, eval)) return false;
    }
    return true;
}

bool data_assign(const struct expression *assign, struct evaluation *eval, struct asl_flow *flow,
                 const struct value **assigned)
{
    *assigned = NULL;
    if (!assign) return true;
    const struct value *given = expression_evaluate(assign, eval);
    if (!given) return false;
    if (given->type != VALUE_MAP || given->count == 0) return true;
    if (!check(eval, given)) return false;
    const struct asl_variables *scope = eval->flow->variables;
    struct value_map map = {0};
    if (scope) value_map_put_all(&map, eval->run->arena, scope->own);
    value_map_put_all(&map, eval->run->arena, given);
    const struct value *own = value_map_end(&map, eval->run->arena);
    const struct asl_variables *next = new_scope(eval->run, scope ? scope->outer : NULL, own);
    if (next->bytes > ALL_BYTES_MOST)
        return evaluation_fail(eval, "States.DataLimitExceeded",
                               "The variables exceed the maximum number of bytes service limit.");
    *assigned = given;
    flow->variables = next;
    return true;
}
