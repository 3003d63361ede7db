#include "models/model.h"

#include "base/arena.h"
#include "models/call.h"
#include "models/compiler.h"
#include "models/component.h"
#include "models/errors.h"
#include "models/measures.h"
#include "models/pricing.h"
#include "models/simulation.h"
#include "models/token_bucket.h"

#include <math.h>

struct limit_settings {
    double requests; /* a minute */
    double tokens;
};

struct model_plan {
    struct component_plan base;
    const char *service;
    struct distribution ttft; /* seconds to the first token; an embedding's whole time */
    struct distribution tpot; /* seconds for each further token */
    struct limit_settings limits;
    bool generates; /* has a tpot: answers with tokens */
    const struct price *input_price;
    const struct price *output_price;
};

struct model {
    struct component base;
    struct token_bucket requests;
    struct token_bucket tokens;
    uint64_t input_tokens; /* of the window */
    uint64_t output_tokens;
};

static const struct field limit_fields[] = {
    {.name = "requests_per_minute",
     .type = FIELD_QUANTITY,
     .dimension = DIMENSION_COUNT,
     .offset = offsetof(struct limit_settings, requests),
     .minimum = 1,
     .maximum = 1e12,
     .doc = "requests a minute; beyond, 429"},
    {.name = "tokens_per_minute",
     .type = FIELD_QUANTITY,
     .dimension = DIMENSION_COUNT,
     .offset = offsetof(struct limit_settings, tokens),
     .minimum = 1,
     .maximum = 1e15,
     .doc = "input and output tokens a minute, reserved when a call is admitted; beyond, 429"},
    {.name = NULL},
};

static const struct field model_fields[] = {
    {.name = "service",
     .type = FIELD_TEXT,
     .offset = offsetof(struct model_plan, service),
     .doc = "a hosted model of the catalogue, such as openai/gpt-4"},
    {.name = "ttft",
     .type = FIELD_CUSTOM,
     .parse = law_parse_duration,
     .offset = offsetof(struct model_plan, ttft),
     .type_name = "a distribution of durations",
     .doc = "time to the first token; the whole time of an embedding"},
    {.name = "tpot",
     .type = FIELD_CUSTOM,
     .parse = law_parse_duration,
     .offset = offsetof(struct model_plan, tpot),
     .type_name = "a distribution of durations",
     .doc = "time per output token after the first, drawn once a call"},
    {.name = "limits",
     .type = FIELD_RECORD,
     .record = limit_fields,
     .offset = offsetof(struct model_plan, limits),
     .doc = "rate limits; the service's if absent"},
    {.name = NULL},
};

static void compile_service(struct compiler *c, struct model_plan *m, const struct node *config)
{
    const struct catalog_profile *profile =
        compiler_profile(c, node_get(config, "service"),
                         arena_format(c->arena, "%s.service", c->current_path), m->service);
    if (!profile) return;
    if (!node_get(config, "ttft")) compiler_law(c, profile, "ttft", &m->ttft);
    m->generates = catalog_profile_entry(profile, "tpot") != NULL;
    if (m->generates && !node_get(config, "tpot")) compiler_law(c, profile, "tpot", &m->tpot);
    if (!(m->limits.requests > 0))
        m->limits.requests = compiler_number(c, profile, "requests_per_minute", HUGE_VAL);
    if (!(m->limits.tokens > 0))
        m->limits.tokens = compiler_number(c, profile, "tokens_per_minute", HUGE_VAL);
    m->input_price = compiler_price(c, profile, "input_price");
    m->output_price = compiler_price(c, profile, "output_price");
}

static void compile_model(struct compiler *c, struct component_plan *plan,
                          const struct node *config)
{
    struct model_plan *m = (struct model_plan *)plan;
    if (m->service) {
        compile_service(c, m, config);
    } else {
        if (!node_get(config, "ttft"))
            compiler_fault(c, config, c->current_path,
                           "a model needs a service of the catalogue, or its own ttft and tpot");
        if (!(m->limits.requests > 0)) m->limits.requests = HUGE_VAL;
        if (!(m->limits.tokens > 0)) m->limits.tokens = HUGE_VAL;
    }
    if (node_get(config, "tpot")) m->generates = true;
}

static const struct model_plan *plan_of(const struct model *m)
{
    return (const struct model_plan *)m->base.plan;
}

static void answered(void *context, sim_time now)
{
    struct call *call = context;
    struct model *m = (struct model *)call->callee;
    ledger_charge(call->ledger, m->base.index, PART_SERVICE, call->started);
    if (now > call->started) call_charge(call, PART_DECODE, now);
    m->input_tokens += call->payload.input_tokens;
    if (plan_of(m)->generates) {
        m->output_tokens += call->payload.output_tokens;
        if (!call_is_orphan(call)) {
            call->request->first_token = call->started;
            call->request->decode_time = now - call->started;
            call->request->decoded =
                call->payload.output_tokens > 1 ? call->payload.output_tokens - 1 : 0;
        }
    }
    call_finish(call, OUTCOME_OK, ERROR_NONE, now);
}

/* Both limits must have room; a call that one of them refuses takes nothing from the other. */
static bool admitted(struct model *m, const struct call *call, sim_time now)
{
    const double tokens = (double)call->payload.input_tokens +
                          (plan_of(m)->generates ? (double)call->payload.output_tokens : 0.0);
    if (token_bucket_wait(&m->tokens, tokens, now) > 0) return false;
    if (!token_bucket_take(&m->requests, 1, now)) return false;
    return token_bucket_take(&m->tokens, tokens, now);
}

static void submit_model(struct component *self, struct call *call, sim_time now)
{
    struct model *m = (struct model *)self;
    const struct model_plan *plan = plan_of(m);
    if (!admitted(m, call, now)) {
        call_finish(call, OUTCOME_THROTTLED, ERROR_THROTTLED, now);
        return;
    }
    struct random_stream stream;
    call_stream(call, PURPOSE_FIRST_TOKEN, &stream);
    call->started = now + distribution_draw_time(&plan->ttft, &stream); /* of the answer */
    sim_time decode = 0;
    if (plan->generates && call->payload.output_tokens > 1) {
        call_stream(call, PURPOSE_TOKEN, &stream);
        decode = time_from_seconds(distribution_draw(&plan->tpot, &stream) *
                                   (double)(call->payload.output_tokens - 1));
    }
    events_add(self->events, call->started + decode, answered, call);
}

static void start_model(struct component *self)
{
    struct model *m = (struct model *)self;
    const struct limit_settings *limits = &plan_of(m)->limits;
    token_bucket_init(&m->requests, limits->requests / 60.0, limits->requests);
    token_bucket_init(&m->tokens, limits->tokens / 60.0, limits->tokens);
}

static void restart_model(struct component *self, sim_time now)
{
    (void)now;
    struct model *m = (struct model *)self;
    m->input_tokens = m->output_tokens = 0;
}

static void report_model(struct component *self, struct measures *out, sim_time now)
{
    const struct model *m = (const struct model *)self;
    const struct model_plan *plan = plan_of(m);
    const char *name = self->plan->name;
    const double minutes = time_to_seconds(now - self->sim->window_start) / 60.0;
    const double tokens = (double)(m->input_tokens + m->output_tokens);
    measures_add(out, name, "input_tokens", UNIT_TOKENS, (double)m->input_tokens);
    measures_add(out, name, "output_tokens", UNIT_TOKENS, (double)m->output_tokens);
    if (!isinf(plan->limits.tokens))
        measures_add(out, name, "utilization", UNIT_RATIO,
                     measure_ratio(tokens, minutes * plan->limits.tokens));
    measures_use(out, name, plan->input_price, (double)m->input_tokens);
    measures_use(out, name, plan->output_price, (double)m->output_tokens);
}

static const char *const model_operations[] = {"invoke", NULL};

const struct component_type model_type = {
    .name = "model",
    .doc = "a language or embedding model behind an API",
    .fields = model_fields,
    .operations = model_operations,
    .plan_size = sizeof(struct model_plan),
    .state_size = sizeof(struct model),
    .compile = compile_model,
    .start = start_model,
    .submit = submit_model,
    .restart = restart_model,
    .report = report_model,
};
