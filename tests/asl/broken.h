/* broken.h - definitions that break a rule each, and what is said of them. */
#ifndef TESTS_ASL_BROKEN_H
#define TESTS_ASL_BROKEN_H

struct broken {
    const char *definition;
    const char *faults; /* one a line, LINE:COLUMN: PATH: MESSAGE */
};

static const struct broken broken[] = {
    {"[1, 2]", "1:1: : the state machine: is a list, and it must be a map with StartAt and States"},
    {"{}", "1:1: States: the state machine: States is missing; it is a map of the states by name"},
    {"{StartAt: A}",
     "1:1: States: the state machine: States is missing; it is a map of the states by name"},
    {"{StartAt: A, States: {}}",
     "1:22: States: the state machine: States is empty; it is a map of the states by name"},
    {"{StartAt: A, States: [A]}",
     "1:22: States: the state machine: States is no map; it is a map of the states by name"},
    {"{States: {A: {Type: Succeed}}}",
     "1:1: StartAt: the state machine: StartAt is missing; it names the state that runs first"},
    {"{StartAt: 1, States: {A: {Type: Succeed}}}",
     "1:11: StartAt: the state machine: StartAt is 1, and it must be the name of a state"},
    {"{StartAt: Embd, States: {Embed: {Type: Succeed}}}",
     "1:11: StartAt: the state machine: StartAt names 'Embd', and there is no such state; did you "
     "mean 'Embed'?"},
    {"{StartAt: A, Startat: B, States: {A: {Type: Succeed}}}",
     "1:14: Startat: unknown field of the state machine; did you mean 'StartAt'?"},
    {"{StartAt: A, Version: 2.0, States: {A: {Type: Succeed}}}",
     "1:23: Version: the state machine: Version is 2.0, and the only one is \"1.0\""},
    {"{StartAt: A, TimeoutSeconds: 0, States: {A: {Type: Succeed}}}",
     "1:30: TimeoutSeconds: the state machine: TimeoutSeconds is 0, and it must be a whole number "
     "from 1 to 99999999"},
    {"{StartAt: A, TimeoutSeconds: 1.5, States: {A: {Type: Succeed}}}",
     "1:30: TimeoutSeconds: the state machine: TimeoutSeconds is 1.5, and it must be a whole "
     "number from 1 to 99999999"},
    {"{StartAt: A, QueryLanguage: jsonata, States: {A: {Type: Succeed}}}",
     "1:29: QueryLanguage: the state machine: QueryLanguage is 'jsonata', and it must be JSONPath "
     "or JSONata"},
    {"{StartAt: A, QueryLanguage: JSONata, States: {A: {Type: Succeed, QueryLanguage: JSONPath}}}",
     "1:81: States.A.QueryLanguage: state 'A': QueryLanguage cannot be JSONPath in a definition "
     "whose own is JSONata"},
    {"{StartAt: A, States: {A: {Type: Pass, QueryLanguage: XPath, End: true}}}",
     "1:54: States.A.QueryLanguage: state 'A': QueryLanguage is 'XPath', and it must be JSONPath "
     "or JSONata"},
    {"{StartAt: A, States: {A: 5}}", "1:26: States.A: state 'A': is 5, and a state must be a map"},
    {"{StartAt: A, States: {A: {End: true}}}",
     "1:26: States.A.Type: state 'A': Type is missing; it is Task, Parallel, Map, Pass, Wait, "
     "Choice, Succeed or Fail"},
    {"{StartAt: A, States: {A: {Type: Tsak, Resource: f, End: true}}}",
     "1:33: States.A.Type: state 'A': Type is 'Tsak', and it must be Task, Parallel, Map, Pass, "
     "Wait, Choice, Succeed or Fail; did you mean 'Task'?"},
    {"{StartAt: A, States: {A: {Type: [Task], End: true}}}",
     "1:33: States.A.Type: state 'A': Type is a list, and it must be Task, Parallel, Map, Pass, "
     "Wait, Choice, Succeed or Fail"},
    {"{StartAt: A, States: {A: {Type: Task, End: true}}}",
     "1:26: States.A: state 'A': a Task state needs Resource"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: 5, End: true}}}",
     "1:49: States.A.Resource: state 'A': Resource is 5, and it must be a string"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: f}}}",
     "1:26: States.A: state 'A': has neither Next nor End; name the state that follows, or say "
     "End: true"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: f, End: false}}}",
     "1:26: States.A: state 'A': has neither Next nor End; name the state that follows, or say "
     "End: true"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: f, End: yes please}}}",
     "1:57: States.A.End: state 'A': End is 'yes please', and it must be true or false"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: f, End: true, Next: A}}}",
     "1:57: States.A.End: state 'A': has both Next and End, and only one may be given"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: f, Next: B}}}",
     "1:58: States.A.Next: state 'A': Next names 'B', and the state machine has no such state"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: f, Next: 7}}}",
     "1:58: States.A.Next: state 'A': Next is 7, and it must be the name of a state"},
    {"{StartAt: Embed, States: {Embed: {Type: Pass, Next: Serach}, Search: {Type: Succeed}}}",
     "1:53: States.Embed.Next: state 'Embed': Next names 'Serach', and the state machine has no "
     "such state; did you mean 'Search'?"},
    {"{StartAt: A, States: {A: {Type: Pass, End: true}, B: {Type: Pass, Next: A}}}",
     "1:54: States.B: state 'B': no transition leads to it"},
    {"{StartAt: A, States: {A: {Type: Pass, Next: B}, B: {Type: Pass, Next: A}}}",
     "1:22: States: the state machine: no state ends it; one must be Succeed or Fail, or say End: "
     "true"},
    {"{StartAt: A, States: {A: {Type: Pass, Next: "
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx}, "
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx: {Type: "
     "Succeed}}}",
     "1:212: "
     "States.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx: "
     "state 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx': "
     "its name has 81 characters, and at most 80 are allowed"},
    {"{StartAt: A, States: {A: {Type: Succeed, Next: A}}}",
     "1:48: States.A.Next: state 'A': a Succeed state has no Next"},
    {"{StartAt: A, States: {A: {Type: Fail, End: true}}}",
     "1:44: States.A.End: state 'A': a Fail state has no End"},
    {"{StartAt: A, States: {A: {Type: Pass, Retry: [], End: true}}}",
     "1:46: States.A.Retry: state 'A': a Pass state has no Retry"},
    {"{StartAt: A, States: {A: {Type: Pass, Arguments: {}, End: true}}}",
     "1:50: States.A.Arguments: state 'A': a Pass state has no Arguments"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: f, End: true, Retries: []}}}",
     "1:63: States.A.Retries: unknown field of Task state 'A'"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: f, End: true, resource: g}}}",
     "1:63: States.A.resource: unknown field of Task state 'A'; did you mean 'Resource'?"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: f, End: true, TimeoutSeconds: 100000000}}}",
     "1:79: States.A.TimeoutSeconds: state 'A': TimeoutSeconds is 100000000, and it must be a "
     "whole number from 1 to 99999999"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: f, End: true, TimeoutSeconds: soon}}}",
     "1:79: States.A.TimeoutSeconds: state 'A': TimeoutSeconds is 'soon', and it must be a whole "
     "number from 1 to 99999999"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: f, End: true, TimeoutSeconds: 10, "
     "HeartbeatSeconds: 10}}}",
     "1:101: States.A.HeartbeatSeconds: state 'A': HeartbeatSeconds is 10, and it must be less "
     "than TimeoutSeconds, which is 10"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: f, End: true, TimeoutSeconds: 10, "
     "TimeoutSecondsPath: $.t}}}",
     "1:103: States.A.TimeoutSecondsPath: state 'A': has both TimeoutSeconds and "
     "TimeoutSecondsPath, and only one may be given"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: f, End: true, Credentials: {Role: x}}}}",
     "1:76: States.A.Credentials: state 'A': Credentials needs RoleArn"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: f, End: true, InputPath: input}}}",
     "1:74: States.A.InputPath: state 'A': InputPath is 'input', and it must be a path such as "
     "$.a, or null"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: f, End: true, ResultPath: \"$.a[*]\"}}}",
     "1:75: States.A.ResultPath: state 'A': ResultPath is '$.a[*]', and it must be a reference "
     "path such as $.a.b[0], or null"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: f, End: true, Parameters: {a.$: b}}}}",
     "1:81: States.A.Parameters: state 'A': 'b' is neither a path nor an intrinsic function"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: f, End: true, Parameters: {a.$: "
     "\"States.Fromat($.x)\"}}}}",
     "1:81: States.A.Parameters: state 'A': 'States.Fromat($.x)' calls States.Fromat, which does "
     "not exist; did you mean 'States.Format'?"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: f, End: true, Parameters: {a.$: "
     "\"States.Format('{}', $.x\"}}}}",
     "1:81: States.A.Parameters: state 'A': 'States.Format('{}', $.x' has no closing parenthesis"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: f, End: true, Parameters: {a: 1, a.$: "
     "$.x}}}}",
     "1:87: States.A.Parameters: state 'A': Parameters has both 'a' and 'a.$', which are one "
     "field"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: f, End: true, Retry: {}}}}",
     "1:70: States.A.Retry: state 'A': Retry is a map, and it must be a list"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: f, End: true, Retry: [5]}}}",
     "1:71: States.A.Retry: state 'A': Retry has 5, and it must be a list of maps"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: f, End: true, Retry: [{MaxAttempts: 2}]}}}",
     "1:71: States.A.Retry.0.ErrorEquals: state 'A': ErrorEquals is missing; it lists the names of "
     "errors"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: f, End: true, Retry: [{ErrorEquals: []}]}}}",
     "1:85: States.A.Retry.0.ErrorEquals: state 'A': ErrorEquals is empty, and it must be a list "
     "of names of errors"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: f, End: true, Retry: [{ErrorEquals: "
     "States.ALL}]}}}",
     "1:85: States.A.Retry.0.ErrorEquals: state 'A': ErrorEquals is 'States.ALL', and it must be a "
     "list of names of errors"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: f, End: true, Retry: [{ErrorEquals: [5]}]}}}",
     "1:86: States.A.Retry.0.ErrorEquals: state 'A': ErrorEquals has 5, and names of errors are "
     "strings"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: f, End: true, Retry: [{ErrorEquals: "
     "[States.ALL, E]}]}}}",
     "1:86: States.A.Retry.0.ErrorEquals: state 'A': States.ALL must stand alone in its "
     "ErrorEquals"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: f, End: true, Retry: [{ErrorEquals: "
     "[States.ALL]}, {ErrorEquals: [E]}]}}}",
     "1:86: States.A.Retry.0.ErrorEquals: state 'A': States.ALL must be in the last one, because "
     "it matches every error"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: f, End: true, Retry: [{ErrorEquals: "
     "[States.Timeuot]}]}}}",
     "warning: 1:86: States.A.Retry.0.ErrorEquals: state 'A': no error has the name "
     "'States.Timeuot', and other names must not begin with States.; did you mean "
     "'States.Timeout'?"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: f, End: true, Retry: [{ErrorEquals: [E], "
     "IntervalSeconds: 0}]}}}",
     "1:107: States.A.Retry.0.IntervalSeconds: state 'A': IntervalSeconds is 0, and it must be a "
     "whole number from 1 to 99999999"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: f, End: true, Retry: [{ErrorEquals: [E], "
     "MaxAttempts: -1}]}}}",
     "1:103: States.A.Retry.0.MaxAttempts: state 'A': MaxAttempts is -1, and it must be a whole "
     "number from 0 to 99999999"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: f, End: true, Retry: [{ErrorEquals: [E], "
     "BackoffRate: 0.99}]}}}",
     "1:103: States.A.Retry.0.BackoffRate: state 'A': BackoffRate is 0.99, and it must be a number "
     "of at least 1"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: f, End: true, Retry: [{ErrorEquals: [E], "
     "MaxDelaySeconds: 31622401}]}}}",
     "1:107: States.A.Retry.0.MaxDelaySeconds: state 'A': MaxDelaySeconds is 31622401, and it must "
     "be a whole number from 1 to 31622400"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: f, End: true, Retry: [{ErrorEquals: [E], "
     "JitterStrategy: HALF}]}}}",
     "1:106: States.A.Retry.0.JitterStrategy: state 'A': JitterStrategy is 'HALF', and it must be "
     "FULL or NONE"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: f, End: true, Retry: [{ErrorEquals: [E], "
     "Backoffrate: 2}]}}}",
     "1:90: States.A.Retry.0.Backoffrate: unknown field of a retrier of state 'A'; did you mean "
     "'BackoffRate'?"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: f, End: true, Catch: [{ErrorEquals: [E]}]}}}",
     "1:71: States.A.Catch.0.Next: state 'A': a catcher needs Next, the state that handles the "
     "error"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: f, End: true, Catch: [{ErrorEquals: [E], "
     "Next: B}]}}}",
     "1:96: States.A.Catch.0.Next: state 'A': Next names 'B', and the state machine has no such "
     "state"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: f, End: true, Catch: [{ErrorEquals: "
     "[States.ALL], Next: A}, {ErrorEquals: [E], Next: A}]}}}",
     "1:86: States.A.Catch.0.ErrorEquals: state 'A': States.ALL must be in the last one, because "
     "it matches every error"},
    {"{StartAt: A, States: {A: {Type: Wait, End: true}}}",
     "1:26: States.A: state 'A': a Wait state needs Seconds, SecondsPath, Timestamp or "
     "TimestampPath"},
    {"{StartAt: A, States: {A: {Type: Wait, Seconds: -1, End: true}}}",
     "1:48: States.A.Seconds: state 'A': Seconds is -1, and it must be a whole number from 0 to "
     "99999999"},
    {"{StartAt: A, States: {A: {Type: Wait, Seconds: 1, Timestamp: \"2026-01-31T12:00:00Z\", End: "
     "true}}}",
     "1:62: States.A.Timestamp: state 'A': has both Seconds and Timestamp, and only one may be "
     "given"},
    {"{StartAt: A, States: {A: {Type: Wait, Timestamp: 2026-01-31 12:00:00, End: true}}}",
     "1:50: States.A.Timestamp: state 'A': Timestamp is '2026-01-31 12:00:00', and it must be a "
     "time such as 2026-01-31T12:00:00Z"},
    {"{StartAt: A, States: {A: {Type: Fail, Error: E, ErrorPath: $.e}}}",
     "1:60: States.A.ErrorPath: state 'A': has both Error and ErrorPath, and only one may be "
     "given"},
    {"{StartAt: A, States: {A: {Type: Fail, ErrorPath: States.Array(1)}}}",
     "1:50: States.A.ErrorPath: state 'A': 'States.Array(1)' calls States.Array, which does not "
     "give a string"},
    {"{StartAt: A, States: {A: {Type: Parallel, End: true}}}",
     "1:26: States.A: state 'A': a Parallel state needs Branches"},
    {"{StartAt: A, States: {A: {Type: Parallel, Branches: [], End: true}}}",
     "1:53: States.A.Branches: state 'A': Branches is empty, and it needs a state machine"},
    {"{StartAt: A, States: {A: {Type: Parallel, Branches: [5], End: true}}}",
     "1:54: States.A.Branches.0: branch 1 of state 'A': is 5, and it must be a map with StartAt "
     "and States"},
    {"{StartAt: A, States: {A: {Type: Parallel, Branches: [{StartAt: A, States: {A: {Type: "
     "Succeed}}}], End: true}}}",
     "1:79: States.A.Branches.0.States.A: state 'A': another state has this name, in the state "
     "machine; names are unique in the whole definition"},
    {"{StartAt: A, States: {A: {Type: Parallel, Branches: [{StartAt: B, States: {B: {Type: Pass, "
     "Next: C}}}], Next: C}, C: {Type: Succeed}}}",
     "1:98: States.A.Branches.0.States.B.Next: state 'B': Next names 'C', and branch 1 of state "
     "'A' has no such state; 'C' is in the state machine, and transitions stay within a machine"},
    {"{StartAt: A, States: {A: {Type: Parallel, Branches: [{StartAt: B, States: {B: {Type: "
     "Succeed}}}], Next: B}}}",
     "1:105: States.A.Next: state 'A': Next names 'B', and the state machine has no such state; "
     "'B' is in branch 1 of state 'A', and transitions stay within a machine"},
    {"{StartAt: A, States: {A: {Type: Parallel, Branches: [{StartAt: B, TimeoutSeconds: 5, States: "
     "{B: {Type: Succeed}}}], End: true}}}",
     "1:67: States.A.Branches.0.TimeoutSeconds: unknown field of branch 1 of state 'A'"},
    {"{StartAt: A, States: {A: {Type: Map, End: true}}}",
     "1:26: States.A: state 'A': a Map state needs ItemProcessor or Iterator"},
    {"{StartAt: A, States: {A: {Type: Map, Iterator: {StartAt: B, States: {B: {Type: Succeed}}}, "
     "ItemProcessor: {StartAt: C, States: {C: {Type: Succeed}}}, End: true}}}",
     "1:48: States.A.Iterator: state 'A': has both ItemProcessor and Iterator, and only one may be "
     "given"},
    {"{StartAt: A, States: {A: {Type: Map, MaxConcurrency: -1, ItemProcessor: {StartAt: B, States: "
     "{B: {Type: Succeed}}}, End: true}}}",
     "1:54: States.A.MaxConcurrency: state 'A': MaxConcurrency is -1, and it must be a whole "
     "number from 0 to 99999999"},
    {"{StartAt: A, States: {A: {Type: Map, ItemProcessor: {ProcessorConfig: {Mode: REMOTE}, "
     "StartAt: B, States: {B: {Type: Succeed}}}, End: true}}}",
     "1:78: States.A.ItemProcessor.ProcessorConfig.Mode: state 'A': Mode is 'REMOTE', and it must "
     "be INLINE or DISTRIBUTED"},
    {"{StartAt: A, States: {A: {Type: Map, ItemProcessor: {ProcessorConfig: {Mod: INLINE}, "
     "StartAt: B, States: {B: {Type: Succeed}}}, End: true}}}",
     "1:72: States.A.ItemProcessor.ProcessorConfig.Mod: unknown field of ProcessorConfig of state "
     "'A'; did you mean 'Mode'?"},
    {"{StartAt: A, States: {A: {Type: Map, Parameters: {}, ItemSelector: {}, ItemProcessor: "
     "{StartAt: B, States: {B: {Type: Succeed}}}, End: true}}}",
     "1:68: States.A.ItemSelector: state 'A': has both Parameters and ItemSelector, and only one "
     "may be given"},
    {"{StartAt: A, States: {A: {Type: Choice}}}",
     "1:26: States.A: state 'A': a Choice state needs Choices"},
    {"{StartAt: A, States: {A: {Type: Choice, Choices: []}}}",
     "1:50: States.A.Choices: state 'A': Choices is empty, and it needs a rule"},
    {"{StartAt: A, States: {A: {Type: Choice, Choices: [5]}, B: {Type: Succeed}}}",
     "1:51: States.A.Choices.0: state 'A': a rule is 5, and it must be a map"},
    {"{StartAt: A, States: {A: {Type: Choice, Choices: [{Variable: $.a, StringEquals: x}]}, B: "
     "{Type: Succeed}}}",
     "1:51: States.A.Choices.0.Next: state 'A': a rule of Choices needs Next, the state it leads "
     "to"},
    {"{StartAt: A, States: {A: {Type: Choice, Choices: [{Variable: $.a, StringEquals: x, Next: "
     "C}]}, B: {Type: Succeed}}}",
     "1:90: States.A.Choices.0.Next: state 'A': Next names 'C', and the state machine has no such "
     "state"},
    {"{StartAt: A, States: {A: {Type: Choice, Choices: [{Variable: $.a, Next: B}]}, B: {Type: "
     "Succeed}}}",
     "1:51: States.A.Choices.0: state 'A': a rule needs an operator such as StringEquals or And"},
    {"{StartAt: A, States: {A: {Type: Choice, Choices: [{Variable: $.a, StringEquals: x, IsNull: "
     "true, Next: B}]}, B: {Type: Succeed}}}",
     "1:92: States.A.Choices.0: state 'A': a rule has one operator, and this one has StringEquals "
     "and IsNull"},
    {"{StartAt: A, States: {A: {Type: Choice, Choices: [{StringEquals: x, Next: B}]}, B: {Type: "
     "Succeed}}}",
     "1:51: States.A.Choices.0: state 'A': a rule with StringEquals needs Variable, the path that "
     "it looks at"},
    {"{StartAt: A, States: {A: {Type: Choice, Choices: [{Variable: a, StringEquals: x, Next: B}]}, "
     "B: {Type: Succeed}}}",
     "1:62: States.A.Choices.0: state 'A': Variable is 'a', and it must be a path such as $.a"},
    {"{StartAt: A, States: {A: {Type: Choice, Choices: [{Variable: $.a, StringEqual: x, Next: "
     "B}]}, B: {Type: Succeed}}}",
     "1:67: States.A.Choices.0: unknown field of a rule of Choice state 'A'; did you mean "
     "'StringEquals'?"},
    {"{StartAt: A, States: {A: {Type: Choice, Choices: [{Variable: $.a, StringEquals: 5, Next: "
     "B}]}, B: {Type: Succeed}}}",
     "1:81: States.A.Choices.0: state 'A': StringEquals is 5, and it must be a string"},
    {"{StartAt: A, States: {A: {Type: Choice, Choices: [{Variable: $.a, NumericLessThan: \"5\", "
     "Next: B}]}, B: {Type: Succeed}}}",
     "1:84: States.A.Choices.0: state 'A': NumericLessThan is '5', and it must be a number"},
    {"{StartAt: A, States: {A: {Type: Choice, Choices: [{Variable: $.a, NumericLessThanPath: 5, "
     "Next: B}]}, B: {Type: Succeed}}}",
     "1:88: States.A.Choices.0: state 'A': NumericLessThanPath is 5, and it must be a path such as "
     "$.a"},
    {"{StartAt: A, States: {A: {Type: Choice, Choices: [{Variable: $.a, TimestampEquals: today, "
     "Next: B}]}, B: {Type: Succeed}}}",
     "1:84: States.A.Choices.0: state 'A': TimestampEquals is 'today', and it must be a time such "
     "as 2026-01-31T12:00:00Z"},
    {"{StartAt: A, States: {A: {Type: Choice, Choices: [{And: [], Next: B}]}, B: {Type: Succeed}}}",
     "1:57: States.A.Choices.0: state 'A': And is empty, and it must be a list of rules"},
    {"{StartAt: A, States: {A: {Type: Choice, Choices: [{And: [{Variable: $.a, IsNull: true, Next: "
     "B}], Next: B}]}, B: {Type: Succeed}}}",
     "1:94: States.A.Choices.0: state 'A': Next stands only in a rule of Choices itself, not "
     "within And, Or and Not"},
    {"{StartAt: A, States: {A: {Type: Choice, Choices: [{Not: {Not: {IsNull: true}}, Next: B}]}, "
     "B: {Type: Succeed}}}",
     "1:63: States.A.Choices.0: state 'A': a rule with IsNull needs Variable, the path that it "
     "looks at"},
    {"{StartAt: A, States: {A: {Type: Choice, Choices: [{Or: [{Variable: $.a, IsNull: true}], "
     "Variable: $.a, Next: B}]}, B: {Type: Succeed}}}",
     "1:99: States.A.Choices.0: state 'A': a rule with Or has no Variable of its own"},
    {"{StartAt: A, States: {A: {Type: Choice, Choices: [{Variable: $.a, IsNull: true, Next: B}], "
     "Default: C}, B: {Type: Succeed}}}",
     "1:101: States.A.Default: state 'A': Default names 'C', and the state machine has no such "
     "state"},
    {"{StartAt: A, States: {A: {Type: Choice, Choices: [{Variable: $.a, IsNull: true, Next: B}], "
     "Next: B}, B: {Type: Succeed}}}",
     "1:98: States.A.Next: state 'A': a Choice state has no Next"},
    {"{StartAt: A, States: {A: {Type: Choice, Choices: [{Condition: \"{% true %}\", Next: B}]}, B: "
     "{Type: Succeed}}}",
     "1:52: States.A.Choices.0: unknown field of a rule of Choice state 'A'"},
};

#endif
