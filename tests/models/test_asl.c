/* Definitions translated: bindings, the programs that come out. */
#include "base/text.h"
#include "models/asl.h"
#include "models/errors.h"
#include "tests/models/asl_bench.h"

#include <stdio.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Compiles a definition with a binding ({tasks, branches, items, express}) written as YAML. */
static struct program bench_compile(struct bench *b, const char *definition, const char *binding)
{
    const struct node *map = parse(b->arena, "b", binding);
    const struct asl_binding bound = {.prefix = "",
                                      .tasks = node_get(map, "tasks"),
                                      .branches = node_get(map, "branches"),
                                      .items = node_get(map, "items"),
                                      .path = "components.rag",
                                      .map_concurrency = 40,
                                      .express = node_get(map, "express") != NULL};
    struct program program;
    asl_compile(&b->compiler, parse(b->arena, "d", definition), &bound, &program);
    return program;
}

#define TASK_OF(resource, more) \
    "{StartAt: A, States: {A: {Type: Task, Resource: " resource ", End: true" more "}}}"
#define LAMBDA "\"arn:aws:lambda:us-east-1:123456789012:function:"
#define TWO_WAYS                                                                                   \
    "{StartAt: C, States: {C: {Type: Choice, Default: X, Choices: [{Variable: $.a, IsNull: true, " \
    "Next: Y}]}, X: {Type: Succeed}, Y: {Type: Fail}}}"
#define ONE_MAP(more)                                                                          \
    "{StartAt: M, States: {M: {Type: Map, End: true, ItemProcessor: {StartAt: I, States: {I: " \
    "{Type: Pass, End: true}}}" more "}}}"
#define ONE_WAIT(how) "{StartAt: W, States: {W: {Type: Wait, " how ", End: true}}}"

/* Definitions that are right and cannot be bound as written. */
static const struct {
    const char *definition;
    const char *binding;
    const char *faults;
} unbound[] = {
    {TASK_OF("f", ""), "{a: 1}",
     "1:49: components.rag: no component is named for a task of the definition; add which serves "
     "each: tasks: {f: ?}"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: f, Next: B}, B: {Type: Task, Resource: g, "
     "Next: C}, C: {Type: Task, Resource: f, End: true}}}",
     "{a: 1}",
     "1:49: components.rag: no component is named for 2 tasks of the definition; add which serves "
     "each: tasks: {f: ?, g: ?}"},
    {TASK_OF("\"arn:aws:states:::bedrock:invokeModel\"", ""), "{a: 1}",
     "1:49: components.rag: no component is named for a task of the definition; add which serves "
     "each: tasks: {A: ?}"},
    {TASK_OF("\"arn:aws:states:::lambda:invoke\"", ", Parameters: {FunctionName.$: $.f}"), "{a: 1}",
     "1:49: components.rag: no component is named for a task of the definition; add which serves "
     "each: tasks: {A: ?}"},
    {TASK_OF("f", ""), "{tasks: {f: serach}}",
     "1:13: components.rag.tasks.f: there is no component 'serach'; did you mean 'search'?"},
    {TASK_OF("f", ""), "{tasks: {f: search, g: llm}}",
     "1:24: components.rag.tasks.g: no task of the definition has a state, resource or function "
     "called 'g'"},
    {TASK_OF("f", ""), "{tasks: [search]}",
     "1:9: components.rag.tasks: expected a map by name, found a list\n"
     "1:49: components.rag: no component is named for a task of the definition; add which serves "
     "each: tasks: {f: ?}"},
    {TWO_WAYS, "{a: 1}",
     "1:26: States.C: state 'C': data decides which way it goes; add to components.rag how likely "
     "each is: branches: {C: {Y: ?, X: ?}}"},
    {TWO_WAYS, "{branches: {C: 0.5}}",
     "1:16: components.rag.branches.C: expected a map of the states that follow and how likely "
     "each is, found a number"},
    {TWO_WAYS, "{branches: {C: {X: 0.5, Y: 0.4}}}",
     "1:16: components.rag.branches.C: the probabilities of the ways sum to 0.9, and they must sum "
     "to 1"},
    {TWO_WAYS, "{branches: {C: {X: 0.5, YY: 0.5}}}",
     "1:25: components.rag.branches.C.YY: unknown field of a state that this Choice leads to"},
    {TWO_WAYS, "{branches: {C: {X: 1.5, Y: -0.5}}}",
     "1:20: components.rag.branches.C.X: a probability lies from 0 to 1, found 1.5\n"
     "1:28: components.rag.branches.C.Y: a probability lies from 0 to 1, found -0.5"},
    {TWO_WAYS, "{branches: {C: {X: 1}, X: {Y: 1}}}",
     "1:27: components.rag.branches.X: the definition has no Choice state 'X'"},
    {TASK_OF(LAMBDA "ab\"", ""), "{tasks: {\"a*\": llm, \"*b\": search}}",
     "1:27: components.rag.tasks.*b: fits state 'A' as well as 'a*' does; make one of them more "
     "specific"},
    {TASK_OF(LAMBDA "ab\"", ""), "{tasks: {\"a*\": llm, \"x*\": search}}",
     "1:27: components.rag.tasks.x*: no task of the definition has a state, resource or function "
     "called 'x*'"},
    {ONE_MAP(""), "{a: 1}",
     "1:26: States.M: state 'M': data decides how many items it has; add their number to "
     "components.rag: items: {M: ?}"},
    {ONE_MAP(""), "{items: {M: 5, N: 6}}",
     "1:19: components.rag.items.N: the definition has no Map state 'N'"},
    {ONE_MAP(", MaxConcurrencyPath: $.n"), "{items: {M: 5}}",
     "1:136: States.M.MaxConcurrencyPath: state 'M': MaxConcurrencyPath is not modelled without "
     "data: it decides how long this takes; write a number in its place"},
    {"{StartAt: M, States: {M: {Type: Map, End: true, ItemBatcher: {MaxInputBytesPerBatch: 9000}, "
     "ItemProcessor: {ProcessorConfig: {Mode: DISTRIBUTED, ExecutionType: STANDARD}, StartAt: I, "
     "States: {I: {Type: Pass, End: true}}}}}}",
     "{items: {M: 5}}",
     "1:86: States.M.MaxInputBytesPerBatch: state 'M': how many items fit into a batch is not known "
     "without data; give MaxItemsPerBatch"},
    {ONE_WAIT("SecondsPath: $.s"), "{a: 1}",
     "1:52: States.W.SecondsPath: state 'W': SecondsPath is not modelled without data: it decides "
     "how long this takes; write a number in its place"},
    {ONE_WAIT("Timestamp: \"2026-01-31T12:00:00Z\""), "{a: 1}",
     "1:50: States.W.Timestamp: state 'W': a Timestamp needs the date at which the simulation "
     "begins; add it to components.rag: epoch: \"2026-01-31T00:00:00Z\""},
    {ONE_WAIT("QueryLanguage: JSONata, Seconds: \"{% $x %}\""), "{a: 1}",
     "1:72: States.W.Seconds: state 'W': Seconds is not modelled without data: it decides how long "
     "this takes; write a number in its place"},
    {TASK_OF("f", ", TimeoutSecondsPath: $.t"), "{tasks: {f: llm}}",
     "1:83: States.A.TimeoutSecondsPath: state 'A': TimeoutSecondsPath is not modelled without "
     "data: it decides how long this takes; write a number in its place"},
    {TASK_OF("\"arn:aws:states:::sqs:sendMessage.waitForTaskToken\"", ""),
     "{tasks: {A: llm}, express: true}",
     "1:49: States.A.Resource: state 'A': an Express workflow cannot have a task token "
     "(.waitForTaskToken)"},
    {"{StartAt: A}", "{a: 1}",
     "1:1: States: the state machine: States is missing; it is a map of the states by name"},
};

static void test_unbound(void **state)
{
    for (size_t i = 0; i < COUNT_OF(unbound); i++) {
        struct bench b;
        bench_make(&b, state);
        (void)bench_compile(&b, unbound[i].definition, unbound[i].binding);
        const char *found = list_faults(b.arena, &b.diagnostics);
        if (strcmp(found, unbound[i].faults) != 0)
            fail_msg("%s\n%s\n  gives\n%s\n  and not\n%s", unbound[i].definition,
                     unbound[i].binding, found, unbound[i].faults);
        arena_free(b.arena);
    }
}

/* Which component serves the one task of a definition. */
static void test_binding(void **state)
{
    static const struct {
        const char *definition;
        const char *binding;
        const char *component;
        enum step_kind kind;
    } bound[] = {
        {TASK_OF(LAMBDA "search\"", ""), "{a: 1}", "search", STEP_CALL},
        {TASK_OF(LAMBDA "search:live\"", ""), "{a: 1}", "search", STEP_CALL},
        {TASK_OF("\"arn:aws:lambda:...:function:llm\"", ""), "{a: 1}", "llm", STEP_CALL},
        {TASK_OF("gen-embed", ""), "{a: 1}", "gen-embed", STEP_CALL},
        {TASK_OF(LAMBDA "search\"", ""), "{tasks: {search: llm}}", "llm", STEP_CALL},
        {TASK_OF("\"${search.Arn}\"", ""), "{a: 1}", "search", STEP_CALL},
        {TASK_OF("\"${Find.Arn}:live\"", ""), "{tasks: {Find: llm}}", "llm", STEP_CALL},
        {TASK_OF(LAMBDA "${Find}\"", ""), "{tasks: {Find: llm}}", "llm", STEP_CALL},
        {TASK_OF("\"arn:aws:states:::bedrock:invokeModel\"", ""), "{tasks: {\"*:bedrock:*\": llm}}",
         "llm", STEP_CALL},
        {TASK_OF(LAMBDA "search-7\"", ""),
         "{tasks: {\"*\": gen-embed, \"search-?\": llm, \"sea*\": search}}", "llm", STEP_CALL},
        {TASK_OF(LAMBDA "search-7\"", ""), "{tasks: {\"search-*\": gen-embed, search-7: llm}}",
         "llm", STEP_CALL},
        {TASK_OF(LAMBDA "b\"", ""), "{tasks: {\"arn:aws:lambda:*:function:b\": llm, A: search}}",
         "search", STEP_CALL},
        {TASK_OF(LAMBDA "search\"", ""), "{tasks: {search: llm, " LAMBDA "search\": gen-embed}}",
         "gen-embed", STEP_CALL},
        {TASK_OF(LAMBDA "search\"", ""),
         "{tasks: {search: llm, A: search, " LAMBDA "search\": gen-embed}}", "search", STEP_CALL},
        {TASK_OF("\"arn:aws:states:::lambda:invoke\"", ", Parameters: {FunctionName: search:3}"),
         "{a: 1}", "search", STEP_CALL},
        {TASK_OF("\"arn:aws:states:::lambda:invoke\"",
                 ", Parameters: {FunctionName: " LAMBDA "fetch:$LATEST\"}"),
         "{tasks: {fetch: search}}", "search", STEP_CALL},
        {TASK_OF("\"arn:aws-us-gov:states:::lambda:invoke\"",
                 ", Parameters: {FunctionName: llm, InvocationType: Event}"),
         "{a: 1}", "llm", STEP_START},
        {TASK_OF("\"arn:aws:states:::states:startExecution\"", ""), "{tasks: {A: llm}}", "llm",
         STEP_START},
        {TASK_OF("\"arn:aws:lambda:us-east-1:1:function:my.sync:activity\"", ""),
         "{tasks: {my.sync: llm}}", "llm", STEP_CALL},
    };
    for (size_t i = 0; i < COUNT_OF(bound); i++) {
        struct bench b;
        bench_make(&b, state);
        const struct program p = bench_compile(&b, bound[i].definition, bound[i].binding);
        if (b.diagnostics.first) fail_msg("%zu: %s", i, b.diagnostics.first->message);
        assert_int_equal(p.count, 1);
        assert_int_equal(p.steps[0].kind, bound[i].kind);
        assert_string_equal(b.plan.components[p.steps[0].call.component]->name, bound[i].component);
        arena_free(b.arena);
    }
}

/* The workflow of an article on serverless retrieval-augmented generation. */
static const char *const article =
    "StartAt: GenerateEmbedding\n"
    "States:\n"
    "  GenerateEmbedding:\n"
    "    Type: Task\n"
    "    Resource: arn:aws:lambda:us-east-1:123456789012:function:gen-embed\n"
    "    Next: VectorSearch\n"
    "    Retry:\n"
    "      - ErrorEquals: [ \"Lambda.ServiceException\", \"Lambda.AWSLambdaException\" ]\n"
    "        IntervalSeconds: 2\n"
    "        MaxAttempts: 3\n"
    "        BackoffRate: 2\n"
    "  VectorSearch:\n"
    "    Type: Task\n"
    "    Resource: arn:aws:lambda:us-east-1:123456789012:function:search\n"
    "    Next: LLMInference\n"
    "  LLMInference:\n"
    "    Type: Task\n"
    "    Resource: arn:aws:lambda:us-east-1:123456789012:function:llm\n"
    "    End: true\n";

static void test_article(void **state)
{
    static const char *const names[] = {"GenerateEmbedding", "VectorSearch", "LLMInference"};
    static const char *const components[] = {"gen-embed", "search", "llm"};
    struct bench b;
    bench_make(&b, state);
    const struct program p = bench_compile(&b, article, "{a: 1}");
    assert_null(b.diagnostics.first);
    assert_int_equal(p.count, 3);
    uint16_t at = p.start;
    for (size_t i = 0; i < 3; i++) {
        const struct step *step = &p.steps[at];
        assert_int_equal(step->kind, STEP_CALL);
        assert_string_equal(step->name, names[i]);
        assert_string_equal(b.plan.components[step->call.component]->name, components[i]);
        assert_true(step->counted);
        assert_true(step->call.key_is_query);
        assert_int_equal(step->call.items, 1);
        assert_int_equal(step->timeout, SIM_NEVER);
        assert_int_equal(step->retrier_count, i == 0);
        at = step->next;
    }
    assert_int_equal(at, STEP_END);
    const struct retrier *retrier = p.steps[p.start].retriers;
    assert_true(retrier->errors == (ERROR_SET(ERROR_LAMBDA_SERVICE) | ERROR_SET(ERROR_LAMBDA_AWS)));
    assert_int_equal(retrier->attempts, 3);
    assert_int_equal(retrier->interval, 2 * SIM_SECOND);
    assert_true(retrier->backoff == 2.0);
    assert_int_equal(retrier->longest, SIM_NEVER);
    assert_false(retrier->jitter);
    assert_int_equal(b.workflow.callee_count, 3);
    arena_free(b.arena);
}

static const struct step *step_of(const struct program *p, const char *name)
{
    for (uint16_t i = 0; i < p->count; i++)
        if (strcmp(p->steps[i].name, name) == 0) return &p->steps[i];
    fail_msg("no step '%s'", name);
    return NULL;
}

static const char *const everything =
    "StartAt: Prepare\n"
    "TimeoutSeconds: 90\n"
    "States:\n"
    "  Prepare: {Type: Pass, Result: {a: 1}, ResultPath: $.b, Next: Both}\n"
    "  Both:\n"
    "    Type: Parallel\n"
    "    Branches:\n"
    "      - StartAt: Left\n"
    "        States: {Left: {Type: Wait, Seconds: 7, End: true}}\n"
    "      - StartAt: Right\n"
    "        States:\n"
    "          Right: {Type: Task, Resource: search, TimeoutSeconds: 3, HeartbeatSeconds: 2, Next: "
    "Oops,\n"
    "                  Retry: [{ErrorEquals: [States.Timeout, Mine], IntervalSeconds: 5, "
    "MaxAttempts: 0,\n"
    "                           BackoffRate: 1.5, MaxDelaySeconds: 60, JitterStrategy: FULL},\n"
    "                          {ErrorEquals: [States.ALL]}]}\n"
    "          Oops: {Type: Fail, Error: Mine, Cause: because}\n"
    "    Catch: [{ErrorEquals: [Mine], ResultPath: $.e, Next: Every}, {ErrorEquals: "
    "[States.TaskFailed], Next: Stop}]\n"
    "    Next: Every\n"
    "  Every: {Type: Map, ItemsPath: $.list, MaxConcurrency: 5, Next: Which,\n"
    "          Iterator: {StartAt: Each, States: {Each: {Type: Succeed}}}}\n"
    "  Which:\n"
    "    Type: Choice\n"
    "    Choices:\n"
    "      - {Variable: $.a, NumericEquals: 1, Next: Prepare}\n"
    "      - {And: [{Variable: $.a, IsPresent: true}, {Not: {Variable: $.a, IsNull: true}}], Next: "
    "Stop}\n"
    "    Default: Done\n"
    "  Stop: {Type: Fail}\n"
    "  Done: {Type: Succeed}\n";

static void test_program(void **state)
{
    struct bench b;
    bench_make(&b, state);
    const struct program p = bench_compile(
        &b, everything,
        "{branches: {Which: {Prepare: 20%, Done: 0.7, Stop: 0.1}}, items: {Every: {uniform: {from: "
        "1, to: 9}}}}");
    if (b.diagnostics.first) fail_msg("%s", b.diagnostics.first->message);
    assert_int_equal(p.count, 10);
    assert_string_equal(p.steps[p.start].name, "Prepare");
    for (uint16_t i = 0; i < p.count; i++) assert_true(p.steps[i].counted);

    const struct step *both = step_of(&p, "Both");
    assert_int_equal(both->kind, STEP_PARALLEL);
    assert_int_equal(both->parallel.count, 2);
    assert_string_equal(p.steps[both->parallel.starts[0]].name, "Left");
    assert_string_equal(p.steps[both->parallel.starts[1]].name, "Right");
    assert_int_equal(both->catcher_count, 2);
    assert_string_equal(p.steps[both->catchers[0].next].name, "Every");
    assert_string_equal(p.steps[both->catchers[1].next].name, "Stop");
    assert_true(both->catchers[1].errors == ERROR_SET_TASK_FAILED);

    const struct step *left = step_of(&p, "Left");
    assert_int_equal(left->kind, STEP_WAIT);
    assert_true(distribution_mean(&left->wait.time) == 7.0);
    assert_int_equal(left->next, STEP_END);

    const struct step *right = step_of(&p, "Right");
    const struct step *oops = step_of(&p, "Oops");
    assert_int_equal(oops->kind, STEP_FAIL);
    assert_string_equal(b.plan.error_names[oops->fail.error], "Mine");
    assert_true(both->catchers[0].errors == ERROR_SET(oops->fail.error));
    assert_int_equal(right->timeout, 3 * SIM_SECOND);
    assert_int_equal(right->retrier_count, 2);
    assert_true(
        right->retriers[0].errors ==
        (ERROR_SET(ERROR_TIMEOUT) | ERROR_SET(ERROR_HEARTBEAT) | ERROR_SET(oops->fail.error)));
    assert_int_equal(right->retriers[0].attempts, 0);
    assert_int_equal(right->retriers[0].interval, 5 * SIM_SECOND);
    assert_true(right->retriers[0].backoff == 1.5);
    assert_int_equal(right->retriers[0].longest, 60 * SIM_SECOND);
    assert_true(right->retriers[0].jitter);
    assert_true(right->retriers[1].errors == ERROR_SET_ALL);
    assert_int_equal(right->retriers[1].attempts, 3);
    assert_int_equal(right->retriers[1].interval, SIM_SECOND);

    const struct step *every = step_of(&p, "Every");
    assert_int_equal(every->kind, STEP_MAP);
    assert_int_equal(every->map.concurrency, 5);
    assert_true(distribution_mean(&every->map.items) == 5.0);
    assert_string_equal(p.steps[every->map.start].name, "Each");

    static const char *const ways[] = {"Prepare", "Stop", "Done"};
    static const double cumulated[] = {0.2, 0.3, 1.0};
    const struct step *which = step_of(&p, "Which");
    assert_int_equal(which->choice.kind, CHOICE_PROBABILITY);
    assert_int_equal(which->choice.count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(p.steps[which->choice.targets[i]].name, ways[i]);
        assert_true(fabs(which->choice.cumulated[i] - cumulated[i]) < 1e-12);
    }
    assert_true(which->choice.cumulated[2] == 1.0);
    assert_int_equal(step_of(&p, "Stop")->fail.error, ERROR_EXCEPTION);
    assert_int_equal(step_of(&p, "Done")->kind, STEP_SUCCEED);
    assert_int_equal(asl_timeout(parse(b.arena, "d", everything)), 90 * SIM_SECOND);
    assert_int_equal(asl_timeout(parse(b.arena, "d", article)), SIM_NEVER);
    arena_free(b.arena);
}

/* Whatever is left of a definition when bytes are lost gets a verdict and no more. */
static void test_damaged(void **state)
{
    uint64_t luck = 1;
    for (size_t i = 0; i < 2000; i++) {
        char text[4000];
        const char *from = i % 2 ? everything : article;
        size_t length = strlen(from);
        memcpy(text, from, length + 1);
        for (int cut = 0; cut < 3 && length > 8; cut++) {
            luck = luck * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            const size_t at = (size_t)(luck >> 33) % (length - 6);
            memmove(text + at, text + at + i % 6 + 1, length - at - i % 6);
            length -= i % 6 + 1;
        }
        struct bench b;
        bench_make(&b, state);
        struct node *node;
        struct error err;
        const struct asl_binding binding = {.path = "components.rag", .prefix = ""};
        struct program program;
        if (document_read_text(b.arena, "d", DOCUMENT_YAML, text, length, &node, &err))
            asl_compile(&b.compiler, node, &binding, &program);
        arena_free(b.arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unbound), cmocka_unit_test(test_binding),
        cmocka_unit_test(test_article), cmocka_unit_test(test_program),
        cmocka_unit_test(test_damaged),
    };
    return cmocka_run_group_tests(tests, bench_set_up, bench_tear_down);
}
