/* broken_parts.h - more definitions that break a rule each: resources, payloads, expressions,
 * paths, what only a Map has. */
#ifndef TESTS_ASL_BROKEN_PARTS_H
#define TESTS_ASL_BROKEN_PARTS_H

#include "tests/asl/broken.h"

static const struct broken broken_parts[] = {
    {"{StartAt: A, States: {A: {Type: Task, Resource: \"arn:aws:states:::dynamodb:query\", End: "
     "true}}}",
     "1:49: States.A.Resource: state 'A': Resource is 'arn:aws:states:::dynamodb:query', and the "
     "integration of 'dynamodb' has no action 'query'; the SDK's is "
     "arn:aws:states:::aws-sdk:dynamodb:query"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: \"arn:aws:states:::lamda:invoke\", End: "
     "true}}}",
     "1:49: States.A.Resource: state 'A': Resource is 'arn:aws:states:::lamda:invoke', and there "
     "is no integration of a service 'lamda'; the SDK's are "
     "arn:aws:states:::aws-sdk:SERVICE:ACTION; did you mean 'lambda'?"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: \"arn:aws:states:::sqs:sendMessage.sync\", "
     "End: true}}}",
     "1:49: States.A.Resource: state 'A': Resource is 'arn:aws:states:::sqs:sendMessage.sync', and "
     "sqs:sendMessage has no .sync; what it has is .waitForTaskToken"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: "
     "\"arn:aws:states:::http:invoke.waitForTaskToken\", End: true}}}",
     "1:49: States.A.Resource: state 'A': Resource is "
     "'arn:aws:states:::http:invoke.waitForTaskToken', and http:invoke has no .waitForTaskToken; "
     "what it has is none"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: "
     "\"arn:aws:states:::aws-sdk:s3:getObject.sync\", End: true}}}",
     "1:49: States.A.Resource: state 'A': Resource is "
     "'arn:aws:states:::aws-sdk:s3:getObject.sync', and s3:getObject has no .sync; what it has is "
     ".waitForTaskToken"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: \"arn:aws:states:::aws-sdk:s3:GetObject\", "
     "End: true}}}",
     "1:49: States.A.Resource: state 'A': Resource is 'arn:aws:states:::aws-sdk:s3:GetObject', and "
     "the SDK's are arn:aws:states:::aws-sdk:SERVICE:ACTION with an action such as getObject"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: \"arn:aws:states:::aws-sdk:s3\", End: "
     "true}}}",
     "1:49: States.A.Resource: state 'A': Resource is 'arn:aws:states:::aws-sdk:s3', and the SDK's "
     "are arn:aws:states:::aws-sdk:SERVICE:ACTION with an action such as getObject"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: \"arn:aws:states:us-east-1:1:activity:\", "
     "End: true}}}",
     "1:49: States.A.Resource: state 'A': Resource is 'arn:aws:states:us-east-1:1:activity:', and "
     "the activity has no name"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: \"${lambdaArn\", End: true}}}",
     "1:49: States.A.Resource: state 'A': Resource is '${lambdaArn', and its placeholder ${NAME} "
     "has no end"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: \"\", End: true}}}",
     "1:49: States.A.Resource: state 'A': Resource is '', and it must name what does the work"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: \"{% $x %}\", End: true}}}",
     "1:49: States.A.Resource: state 'A': Resource is '{% $x %}', and a resource cannot be an "
     "expression"},
    {"{StartAt: A, States: {A: {Type: Pass, End: true, Assign: {states: 1}}}}",
     "1:67: States.A.Assign: state 'A': the variable 'states' is the service's own"},
    {"{StartAt: A, States: {A: {Type: Pass, End: true, Assign: {x.y: 1}}}}",
     "1:64: States.A.Assign: state 'A': 'x.y' is no name of a variable: those have letters, digits "
     "and underscores, and no parts can be assigned"},
    {"{StartAt: A, States: {A: {Type: Pass, End: true, Assign: {1x: 1}}}}",
     "1:63: States.A.Assign: state 'A': '1x' is no name of a variable: those have letters, digits "
     "and underscores, and no parts can be assigned"},
    {"{StartAt: A, States: {A: {Type: Pass, End: true, Assign: 5}}}",
     "1:58: States.A.Assign: state 'A': Assign is 5, and it must be a map of variables"},
    {"{StartAt: A, States: {A: {Type: Pass, End: true, Assign: {\"x.$\": y}}}}",
     "1:66: States.A.Assign: state 'A': 'y' is neither a path nor an intrinsic function"},
    {"{StartAt: A, States: {A: {Type: Pass, End: true, Assign: {\"x.$\": \"$.y\", x: 1}}}}",
     "1:66: States.A.Assign: state 'A': Assign has both 'x' and 'x.$', which are one field"},
    {"{StartAt: A, QueryLanguage: JSONata, States: {A: {Type: Pass, End: true, Output: \"{% 1 + * "
     "2 %}\"}}}",
     "1:82: States.A.Output: state 'A': the expression '{% 1 + * 2 %}' cannot be read: S0201: "
     "Syntax error: \"2\" (at byte 9)"},
    {"{StartAt: A, QueryLanguage: JSONata, States: {A: {Type: Pass, End: true, Output: \"{% 1\"}}}",
     "1:82: States.A.Output: state 'A': '{% 1' does not end with %}, and an expression stands "
     "between {% and %}"},
    {"{StartAt: A, QueryLanguage: JSONata, States: {A: {Type: Pass, End: true, Output: {a: [1, \"1 "
     "%}\"]}}}}",
     "1:90: States.A.Output: state 'A': '1 %}' does not begin with {%, and an expression stands "
     "between {% and %}"},
    {"{StartAt: A, QueryLanguage: JSONata, States: {A: {Type: Pass, End: true, Output: \"{%  "
     "%}\"}}}",
     "1:82: States.A.Output: state 'A': the expression '{%  %}' cannot be read: it holds nothing"},
    {"{StartAt: A, QueryLanguage: JSONata, States: {A: {Type: Pass, End: true, Output: {\"a.$\": "
     "$.x}}}}",
     "1:90: States.A.Output: state 'A': 'a.$' ends in .$ as keys of JSONPath states do, and this "
     "state's QueryLanguage is JSONata"},
    {"{StartAt: A, QueryLanguage: JSONata, States: {A: {Type: Pass, End: true, Assign: {a: {b: "
     "[\"{% ( %}\"]}}}}}",
     "1:91: States.A.Assign: state 'A': the expression '{% ( %}' cannot be read: S0207: Unexpected "
     "end of expression (at byte 5)"},
    {"{StartAt: A, States: {A: {Type: Pass, End: true, Parameters: {\"a.$\": \"$.x[\"}}}}",
     "1:70: States.A.Parameters: state 'A': '$.x[' is neither a path nor an intrinsic function"},
    {"{StartAt: A, States: {A: {Type: Pass, End: true, Parameters: {\"a.$\": \"$.x[abc]\"}}}}",
     "1:70: States.A.Parameters: state 'A': '$.x[abc]' is neither a path nor an intrinsic "
     "function"},
    {"{StartAt: A, States: {A: {Type: Pass, End: true, Parameters: {\"a.$\": \"$.\"}}}}",
     "1:70: States.A.Parameters: state 'A': '$.' is neither a path nor an intrinsic function"},
    {"{StartAt: A, States: {A: {Type: Pass, End: true, Parameters: {\"a.$\": \"$.x..[?()]\"}}}}",
     "1:70: States.A.Parameters: state 'A': '$.x..[?()]' is neither a path nor an intrinsic "
     "function"},
    {"{StartAt: A, States: {A: {Type: Pass, End: true, Parameters: {\"a.$\": \"$.x[1:2:3:4]\"}}}}",
     "1:70: States.A.Parameters: state 'A': '$.x[1:2:3:4]' is neither a path nor an intrinsic "
     "function"},
    {"{StartAt: A, States: {A: {Type: Pass, End: true, Parameters: {\"a.$\": \"$.a b\"}}}}",
     "1:70: States.A.Parameters: state 'A': '$.a b' is neither a path nor an intrinsic function"},
    {"{StartAt: A, States: {A: {Type: Pass, End: true, Parameters: {\"a.$\": "
     "\"States.MathAdd($.x)\"}}}}",
     "1:70: States.A.Parameters: state 'A': 'States.MathAdd($.x)' gives States.MathAdd 1 argument, "
     "and it takes 2"},
    {"{StartAt: A, States: {A: {Type: Pass, End: true, Parameters: {\"a.$\": "
     "\"States.UUID(1)\"}}}}",
     "1:70: States.A.Parameters: state 'A': 'States.UUID(1)' gives States.UUID 1 argument, and it "
     "takes 0"},
    {"{StartAt: A, States: {A: {Type: Pass, End: true, Parameters: {\"a.$\": "
     "\"States.MathRandom(1)\"}}}}",
     "1:70: States.A.Parameters: state 'A': 'States.MathRandom(1)' gives States.MathRandom 1 "
     "argument, and it takes 2 to 3"},
    {"{StartAt: A, States: {A: {Type: Pass, End: true, Parameters: {\"a.$\": "
     "\"States.Format()\"}}}}",
     "1:70: States.A.Parameters: state 'A': 'States.Format()' gives States.Format 0 arguments, and "
     "it takes at least 1"},
    {"{StartAt: A, States: {A: {Type: Pass, End: true, Parameters: {\"a.$\": "
     "\"States.Format('\\\\x')\"}}}}",
     "1:70: States.A.Parameters: state 'A': 'States.Format('\\x')' has the escape \\x in a string, "
     "and those are \\' \\{ \\} and \\\\"},
    {"{StartAt: A, States: {A: {Type: Pass, End: true, ResultPath: \"$$.x\"}}}",
     "1:62: States.A.ResultPath: state 'A': ResultPath is '$$.x', and it must be a reference path "
     "such as $.a.b[0], or null"},
    {"{StartAt: A, States: {A: {Type: Pass, End: true, ResultPath: \"$v.x\"}}}",
     "1:62: States.A.ResultPath: state 'A': ResultPath is '$v.x', and it must be a reference path "
     "such as $.a.b[0], or null"},
    {"{StartAt: A, States: {A: {Type: Pass, End: true, ResultPath: \"$.x[*]\"}}}",
     "1:62: States.A.ResultPath: state 'A': ResultPath is '$.x[*]', and it must be a reference "
     "path such as $.a.b[0], or null"},
    {"{StartAt: A, States: {A: {Type: Wait, End: true, SecondsPath: \"$.x[*]\"}}}",
     "1:63: States.A.SecondsPath: state 'A': SecondsPath is '$.x[*]', and it must be a path to one "
     "place such as $.a.b[0]"},
    {"{StartAt: A, States: {A: {Type: Wait, End: true, Timestamp: \"2023-02-29T12:00:00Z\"}}}",
     "1:61: States.A.Timestamp: state 'A': Timestamp is '2023-02-29T12:00:00Z', and it must be a "
     "time such as 2026-01-31T12:00:00Z"},
    {"{StartAt: A, States: {A: {Type: Wait, End: true, Timestamp: \"2023-02-28T24:00:00Z\"}}}",
     "1:61: States.A.Timestamp: state 'A': Timestamp is '2023-02-28T24:00:00Z', and it must be a "
     "time such as 2026-01-31T12:00:00Z"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: \"x:y\", End: true, Credentials: {Role: "
     "x}}}}",
     "1:80: States.A.Credentials: state 'A': Credentials needs RoleArn"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: \"x:y\", End: true, QueryLanguage: JSONata, "
     "Retry: [{ErrorEquals: [E], IntervalSeconds: \"{% 1 %}\"}]}}}",
     "1:135: States.A.Retry.0.IntervalSeconds: state 'A': IntervalSeconds is '{% 1 %}', and it "
     "must be a whole number from 1 to 99999999"},
    {"{StartAt: A, States: {A: {Type: Task, Resource: \"x:y\", End: true, Catch: [{ErrorEquals: "
     "[E], Next: A, Assign: {x.y: 1}}]}}}",
     "1:117: States.A.Catch.0.Assign: state 'A': 'x.y' is no name of a variable: those have "
     "letters, digits and underscores, and no parts can be assigned"},
    {"{StartAt: A, States: {A: {Type: Choice, Choices: [{Variable: $.a, IsNull: true, Next: B, "
     "Assign: {states: 1}}]}, B: {Type: Succeed}}}",
     "1:107: States.A.Choices.0.Assign: state 'A': the variable 'states' is the service's own"},
    {"{StartAt: A, States: {A: {Type: Map, End: true, ItemReader: {}, ItemProcessor: {StartAt: B, "
     "States: {B: {Type: Succeed}}}}}}",
     "1:61: States.A.ItemReader: state 'A': ItemReader needs Resource"},
    {"{StartAt: A, States: {A: {Type: Map, End: true, ItemReader: {Resource: "
     "\"arn:aws:states:::s3:putObject\", Parameters: {}}, ItemProcessor: {StartAt: B, States: {B: "
     "{Type: Succeed}}}}}}",
     "1:72: States.A.ItemReader.Resource: state 'A': Resource is 'arn:aws:states:::s3:putObject', "
     "and it must be arn:aws:states:::s3:getObject or arn:aws:states:::s3:listObjectsV2"},
    {"{StartAt: A, States: {A: {Type: Map, End: true, ItemReader: {Resource: "
     "\"arn:aws:states:::s3:getObject\"}, ItemProcessor: {StartAt: B, States: {B: {Type: "
     "Succeed}}}}}}",
     "1:61: States.A.ItemReader: state 'A': ItemReader needs Parameters, where the data is"},
    {"{StartAt: A, States: {A: {Type: Map, End: true, ItemReader: {Resource: "
     "\"arn:aws:states:::s3:getObject\", Parameters: {}, ReaderConfig: {InputType: XML}}, "
     "ItemProcessor: {StartAt: B, States: {B: {Type: Succeed}}}}}}",
     "1:147: States.A.ItemReader.ReaderConfig.InputType: state 'A': InputType is 'XML', and it "
     "must be CSV, JSON, JSONL, PARQUET or MANIFEST"},
    {"{StartAt: A, States: {A: {Type: Map, End: true, ItemReader: {Resource: "
     "\"arn:aws:states:::s3:getObject\", Parameters: {}, ReaderConfig: {InputType: CSV}}, "
     "ItemProcessor: {StartAt: B, States: {B: {Type: Succeed}}}}}}",
     "1:135: States.A.ItemReader.ReaderConfig: state 'A': a reader of CSV needs CSVHeaderLocation, "
     "FIRST_ROW or GIVEN"},
    {"{StartAt: A, States: {A: {Type: Map, End: true, ItemReader: {Resource: "
     "\"arn:aws:states:::s3:getObject\", Parameters: {}, ReaderConfig: {InputType: CSV, "
     "CSVHeaderLocation: GIVEN}}, ItemProcessor: {StartAt: B, States: {B: {Type: Succeed}}}}}}",
     "1:135: States.A.ItemReader.ReaderConfig: state 'A': CSVHeaderLocation GIVEN needs "
     "CSVHeaders, a list of names"},
    {"{StartAt: A, States: {A: {Type: Map, End: true, ItemReader: {Resource: "
     "\"arn:aws:states:::s3:getObject\", Parameters: {}, ReaderConfig: {InputType: JSON, MaxItems: "
     "1, MaxItemsPath: $.n}}, ItemProcessor: {StartAt: B, States: {B: {Type: Succeed}}}}}}",
     "1:180: States.A.ItemReader.ReaderConfig.MaxItemsPath: state 'A': has both MaxItems and "
     "MaxItemsPath, and only one may be given"},
    {"{StartAt: A, States: {A: {Type: Map, End: true, ItemReader: {Resource: "
     "\"arn:aws:states:::s3:getObject\", Parameters: {}, ReaderConfig: {InputType: CSV, "
     "CSVHeaderLocation: GIVEN, CSVHeaders: [1]}}, ItemProcessor: {StartAt: B, States: {B: {Type: "
     "Succeed}}}}}}",
     "1:190: States.A.ItemReader.ReaderConfig.CSVHeaders: state 'A': CSVHeaders is a list, and it "
     "must be a list of names"},
    {"{StartAt: A, States: {A: {Type: Map, End: true, ItemBatcher: {}, ItemProcessor: {StartAt: B, "
     "States: {B: {Type: Succeed}}}}}}",
     "1:62: States.A.ItemBatcher: state 'A': ItemBatcher needs MaxItemsPerBatch or "
     "MaxInputBytesPerBatch"},
    {"{StartAt: A, States: {A: {Type: Map, End: true, ItemBatcher: {MaxItemsPerBatch: 0}, "
     "ItemProcessor: {StartAt: B, States: {B: {Type: Succeed}}}}}}",
     "1:81: States.A.ItemBatcher.MaxItemsPerBatch: state 'A': MaxItemsPerBatch is 0, and it must "
     "be a whole number from 1 to 99999999"},
    {"{StartAt: A, States: {A: {Type: Map, End: true, ItemBatcher: {MaxInputBytesPerBatch: "
     "262145}, ItemProcessor: {StartAt: B, States: {B: {Type: Succeed}}}}}}",
     "1:86: States.A.ItemBatcher.MaxInputBytesPerBatch: state 'A': MaxInputBytesPerBatch is "
     "262145, and it must be a whole number from 1 to 262144"},
    {"{StartAt: A, States: {A: {Type: Map, End: true, ItemBatcher: {MaxItemsPerBatch: 1, "
     "MaxItemsPerBatchPath: $.n}, ItemProcessor: {StartAt: B, States: {B: {Type: Succeed}}}}}}",
     "1:106: States.A.ItemBatcher.MaxItemsPerBatchPath: state 'A': has both MaxItemsPerBatch and "
     "MaxItemsPerBatchPath, and only one may be given"},
    {"{StartAt: A, States: {A: {Type: Map, End: true, ItemBatcher: {MaxItemsPerBatch: 1, Items: "
     "2}, ItemProcessor: {StartAt: B, States: {B: {Type: Succeed}}}}}}",
     "1:84: States.A.ItemBatcher.Items: unknown field of ItemBatcher of state 'A'"},
    {"{StartAt: A, States: {A: {Type: Map, End: true, ResultWriter: {}, ItemProcessor: {StartAt: "
     "B, States: {B: {Type: Succeed}}}}}}",
     "1:63: States.A.ResultWriter: state 'A': ResultWriter needs Resource"},
    {"{StartAt: A, States: {A: {Type: Map, End: true, ResultWriter: {WriterConfig: {}}, "
     "ItemProcessor: {StartAt: B, States: {B: {Type: Succeed}}}}}}",
     "1:78: States.A.ResultWriter.WriterConfig: state 'A': WriterConfig needs OutputType, JSON or "
     "JSONL"},
    {"{StartAt: A, States: {A: {Type: Map, End: true, ResultWriter: {WriterConfig: {OutputType: "
     "XML}}, ItemProcessor: {StartAt: B, States: {B: {Type: Succeed}}}}}}",
     "1:91: States.A.ResultWriter.WriterConfig.OutputType: state 'A': OutputType is 'XML', and it "
     "must be JSON or JSONL"},
    {"{StartAt: A, States: {A: {Type: Map, End: true, ResultWriter: {Parameters: {}}, "
     "ItemProcessor: {StartAt: B, States: {B: {Type: Succeed}}}}}}",
     "1:63: States.A.ResultWriter: state 'A': ResultWriter needs Resource"},
    {"{StartAt: A, States: {A: {Type: Map, End: true, Label: \"\", ItemProcessor: {StartAt: B, "
     "States: {B: {Type: Succeed}}}}}}",
     "1:56: States.A.Label: state 'A': Label has 0 characters, and it must have 1 to 40"},
    {"{StartAt: A, States: {A: {Type: Map, End: true, Label: a b, ItemProcessor: {StartAt: B, "
     "States: {B: {Type: Succeed}}}}}}",
     "1:56: States.A.Label: state 'A': Label is 'a b', and it must not have blanks, wildcards, "
     "brackets, control characters or any of : ; , \\ | ^ ~ $ # % & ` \" /"},
    {"{StartAt: A, States: {A: {Type: Map, End: true, Label: "
     "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\", ItemProcessor: {StartAt: B, States: {B: "
     "{Type: Succeed}}}}}}",
     "1:56: States.A.Label: state 'A': Label has 41 characters, and it must have 1 to 40"},
    {"{StartAt: A, States: {A: {Type: Map, End: true, Label: 5, ItemProcessor: {StartAt: B, "
     "States: {B: {Type: Succeed}}}}}}",
     "1:56: States.A.Label: state 'A': Label is 5, and it must be a string"},
    {"{StartAt: A, States: {A: {Type: Map, End: true, ToleratedFailurePercentage: 101, "
     "ItemProcessor: {StartAt: B, States: {B: {Type: Succeed}}}}}}",
     "1:77: States.A.ToleratedFailurePercentage: state 'A': ToleratedFailurePercentage is 101, and "
     "it must be a number from 0 to 100"},
    {"{StartAt: A, States: {A: {Type: Map, End: true, ToleratedFailureCount: 1.5, ItemProcessor: "
     "{StartAt: B, States: {B: {Type: Succeed}}}}}}",
     "1:72: States.A.ToleratedFailureCount: state 'A': ToleratedFailureCount is 1.5, and it must "
     "be a whole number from 0 to 99999999"},
    {"{StartAt: A, States: {A: {Type: Map, End: true, ItemReader: 5, ItemProcessor: {StartAt: B, "
     "States: {B: {Type: Succeed}}}}}}",
     "1:61: States.A.ItemReader: state 'A': ItemReader is 5, and it must be a map"},
    {"{StartAt: A, States: {A: {Type: Map, End: true, ItemProcessor: {ProcessorConfig: {Mode: "
     "DISTRIBUTED, ExecutionType: EXPRESS}, StartAt: B, States: {B: {Type: Task, Resource: "
     "\"arn:aws:states:::sqs:sendMessage.waitForTaskToken\", End: true}}}}}}",
     "1:174: States.A.ItemProcessor.States.B.Resource: state 'B': an Express workflow cannot have "
     "a task token (.waitForTaskToken)"},
    {"{StartAt: A, States: {A: {Type: Map, End: true, ItemProcessor: {ProcessorConfig: {Mode: "
     "DISTRIBUTED, ExecutionType: EXPRES}, StartAt: B, States: {B: {Type: Succeed}}}}}}",
     "1:117: States.A.ItemProcessor.ProcessorConfig.ExecutionType: state 'A': ExecutionType is "
     "'EXPRES', and it must be STANDARD or EXPRESS"},
    {"{StartAt: A, QueryLanguage: JSONata, States: {A: {Type: Pass, End: true, Assign: \"{% 1 "
     "%}\"}}}",
     "1:82: States.A.Assign: state 'A': Assign is '{% 1 %}', and it must be a map of variables"},
    {"{StartAt: A, QueryLanguage: JSONata, States: {A: {Type: Map, End: true, Items: 5, "
     "ItemProcessor: {StartAt: B, States: {B: {Type: Succeed}}}}}}",
     "1:80: States.A.Items: state 'A': Items is 5, and it must be a list, a map or an expression"},
};

#endif
