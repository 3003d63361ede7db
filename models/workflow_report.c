/* workflow_report.c - what workflows used. Declared in workflow_plan.h. */
#include "models/measures.h"
#include "models/workflow_plan.h"

#define GIBIBYTE 1073741824.0

void workflow_restart(struct component *self, sim_time now)
{
    struct workflow *w = (struct workflow *)self;
    w->entered = w->actions = w->external = w->size = w->executions = w->started = 0;
    w->synchronous = w->delayed = w->too_long = w->duplicates = 0;
    w->child_entered = w->child_requests = 0;
    w->billed = w->billed_steps = 0;
    if (workflow_plan_of(w)->flavour == FLAVOUR_AZURE_DURABLE) hub_restart(&w->hub, now);
}

static void use_express(const struct workflow *w, struct measures *out, double requests)
{
    const struct express_terms *terms = &workflow_plan_of(w)->express;
    const char *name = w->base.plan->name;
    measures_use(out, name, terms->request, requests);
    measures_use(out, name, terms->duration,
                 (double)w->billed * terms->duration_step * terms->memory_step / GIBIBYTE);
}

static void report_express(const struct workflow *w, struct measures *out)
{
    const struct workflow_plan *plan = workflow_plan_of(w);
    const char *name = plan->base.name;
    measures_add(out, name, "synchronous", UNIT_COUNT, (double)w->synchronous);
    measures_add(out, name, "duplicates", UNIT_COUNT, (double)w->duplicates);
    measures_add(
        out, name, "memory.mean", UNIT_BYTES,
        measure_ratio((double)w->billed * plan->express.memory_step, (double)w->billed_steps));
    use_express(w, out, (double)w->executions);
}

/* A message for each start, each timer and both ways of each action; a turn of the orchestrator for
 * each that comes to it. */
static void report_durable(const struct workflow *w, struct measures *out, sim_time now)
{
    const struct workflow_plan *plan = workflow_plan_of(w);
    const char *name = plan->base.name;
    const double turns = (double)w->size;
    const double messages = turns + (double)w->actions;
    const double polls = hub_polls(&w->hub, now);
    measures_add(out, name, "replays", UNIT_COUNT, turns);
    measures_add(out, name, "polls", UNIT_COUNT, polls);
    measures_use(out, name, plan->prices.replay, turns);
    measures_use(out, name, plan->prices.replay_duration, turns * plan->replay_gb_seconds);
    measures_use(out, name, plan->prices.queue_operation,
                 messages * plan->queue_operations + polls);
    measures_use(out, name, plan->prices.table_operation, turns * plan->table_operations);
}

void workflow_report(struct component *self, struct measures *out, sim_time now)
{
    const struct workflow *w = (const struct workflow *)self;
    const struct workflow_plan *plan = workflow_plan_of(w);
    const char *name = self->plan->name;
    const double executions = (double)w->executions;
    const double transitions = (double)w->entered + plan->start_billed * (double)w->started;
    measures_add(out, name, "transitions", UNIT_COUNT, transitions);
    measures_add(out, name, "transitions.per_execution", UNIT_COUNT,
                 measure_ratio(transitions, executions));
    measures_add(out, name, "transitions.delayed", UNIT_COUNT, (double)w->delayed);
    measures_add(out, name, "too_long", UNIT_COUNT, (double)w->too_long);
    switch ((enum flavour)plan->flavour) {
    case FLAVOUR_STANDARD:
        measures_add(out, name, "history.events", UNIT_COUNT, (double)w->size);
        measures_add(out, name, "children.express", UNIT_COUNT, (double)w->child_requests);
        measures_use(out, name, plan->prices.transition, transitions);
        if (plan->express.request) use_express(w, out, (double)w->child_requests);
        break;
    case FLAVOUR_EXPRESS: report_express(w, out); break;
    case FLAVOUR_AZURE_DURABLE: report_durable(w, out, now); break;
    case FLAVOUR_GOOGLE_WORKFLOWS:
        measures_add(out, name, "steps.external", UNIT_COUNT, (double)w->external);
        measures_use(out, name, plan->prices.internal_step, (double)(w->size - w->external));
        measures_use(out, name, plan->prices.external_step, (double)w->external);
        break;
    }
}
