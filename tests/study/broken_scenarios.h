/* broken_scenarios.h - scenarios that must be refused, each with every fault in order: LINE:COLUMN:
 * PATH: MESSAGE = HINT. Included by test_broken_scenarios.c alone. */
{"", "1:1: the file is empty\n"}, {"\n# only a comment\n", "1:1: the file is empty\n"},
    {"- a\n- b\n", "1:1: a scenario is a map of name, workloads, components, ...; found a list\n"},
    {"just text\n",
     "1:1: a scenario is a map of name, workloads, components, ...; found a string\n"},
    {"{", "1:2: the YAML cannot be read: did not find expected node content while parsing a flow "
          "node that begins in line 1\n"},
    {"{\"a\": 1,}", "1:1: components: a scenario needs components, such as components: {q: {type: "
                    "service, time: 100ms}}\n1:1: workloads: a scenario needs workloads, such as "
                    "workloads: {users: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\n1:2: a: "
                    "unknown field of a scenario = the fields of a scenario are name, description, "
                    "platform, simulate, workloads, components, budgets, account\n"},
    {"{\"workloads\": {}", "1:17: the YAML cannot be read: did not find expected ',' or '}' while "
                           "parsing a flow mapping that begins in line 1\n"},
    {"a: [1, 2\n", "2:1: the YAML cannot be read: did not find expected ',' or ']' while parsing a "
                   "flow sequence that begins in line 1\n"},
    {"a: 1\na: 2\n", "2:1: the key 'a' stands twice in this map, first in line 1 = remove one of "
                     "the two, or rename it\n"},
    {"\011x: 1\n", "1:1: the YAML cannot be read: found character that cannot start any token = a "
                   "tab stands here: YAML is indented with spaces\n"},
    {"x: &a [*a]\n", "1:8: the alias *a stands inside the value that it names\n"},
    {"x: !!python/object y\n", "1:4: the tag 'tag:yaml.org,2002:python/object' is not known here = "
                               "remove it: values need no tags\n"},
    {"a: 1\n---\nb: 2\n", "2:1: a second document begins here: a file holds one\n"},
    {"x: \001\n", "1:4: the YAML cannot be read: control characters are not allowed (0x01)\n"},
    {"x: .nan\n", "1:4: '.nan' is not a finite number = put it in quotes if it is meant as text\n"},
    {"x: .inf\n", "1:4: '.inf' is not a finite number = put it in quotes if it is meant as text\n"},
    {"x: 1e999\n", "1:4: too large a number: 1e999 is beyond what a double holds\n"},
    {"{\"x\": NaN}", "1:1: components: a scenario needs components, such as components: {q: {type: "
                     "service, time: 100ms}}\n1:1: workloads: a scenario needs workloads, such as "
                     "workloads: {users: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\n1:2: x: "
                     "unknown field of a scenario = the fields of a scenario are name, "
                     "description, platform, simulate, workloads, components, budgets, account\n"},
    {"{\"x\": 01}", "1:1: components: a scenario needs components, such as components: {q: {type: "
                    "service, time: 100ms}}\n1:1: workloads: a scenario needs workloads, such as "
                    "workloads: {users: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\n1:2: x: "
                    "unknown field of a scenario = the fields of a scenario are name, description, "
                    "platform, simulate, workloads, components, budgets, account\n"},
    {"x: \377\n",
     "1:4: the byte 0xFF is not part of valid UTF-8 = save the file in the encoding UTF-8\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\n",
     "1:1: components: a scenario needs components, such as components: {q: {type: service, time: "
     "100ms}}\n"},
    {"components: {q: {type: service, time: 100ms}}\n",
     "1:1: workloads: a scenario needs workloads, such as workloads: {users: {enters: q, arrivals: "
     "{poisson: {rate: 9/s}}}}\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents: {}\n",
     "2:13: components: a scenario needs components, such as components: {q: {type: service, time: "
     "100ms}}\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents: []\n",
     "2:13: components: a scenario needs components, such as components: {q: {type: service, time: "
     "100ms}}\n"},
    {"workload: {}\nworkloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents: {q: "
     "{type: service, time: 100ms}}\n",
     "1:1: workload: unknown field of a scenario; did you mean 'workloads'?\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents: {q: {type: "
     "service, time: 100ms}}\nsimulat: {duration: 1h}\n",
     "3:1: simulat: unknown field of a scenario; did you mean 'simulate'?\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "servise}\n",
     "3:13: components.q.type: unknown type 'servise'; did you mean 'service'?\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {servers: "
     "1}\n",
     "3:6: components.q: a component needs a type, one of gateway, function, workflow, cache, "
     "store, vector_index, model, service\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: 3\n",
     "3:6: components.q: expected a map with a type, found a number\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "service, servres: 2}\n",
     "3:22: components.q.servres: unknown field of a service; did you mean 'servers'?\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "service, servers: 0}\n",
     "3:31: components.q.servers: servers must be at least 1, found 0\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "service, servers: 2.5}\n",
     "3:31: components.q.servers: '2.5' is not a whole number\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "service, servers: many}\n",
     "3:31: components.q.servers: 'many' is not a count; write it like 1000, 50k or 10M\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "service, time: 90}\n",
     "3:28: components.q.time: '90' has no unit; write 90s or 90ms\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "service, time: 5 parsecs}\n",
     "3:28: components.q.time: '5 parsecs' is not a duration; write it like 250ms, 1.5s or 10m\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "service, time: 12GB}\n",
     "3:28: components.q.time: '12GB' is a size, where a duration such as 250ms is wanted\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "service, time: -5ms}\n",
     "3:28: components.q.time: must not be negative, found -5ms\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "service, time: [1s]}\n",
     "3:28: components.q.time: expected a duration such as 250ms or one distribution such as "
     "{lognormal: {median: ..., p95: ...}}\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "service, time: {exponentail: {mean: 1s}}}\n",
     "3:42: components.q.time: unknown distribution 'exponentail'; did you mean 'exponential'?\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "service, time: {exponential: {}}}\n",
     "3:42: components.q.time.exponential: needs a mean\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "service, time: {lognormal: {median: 1s}}}\n",
     "3:40: components.q.time.lognormal: needs median and p95, or median and sigma; found median\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "service, time: {lognormal: {median: 1s, p95: 500ms}}}\n",
     "3:40: components.q.time.lognormal: p95 must not be below the median\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "service, time: {gamma: {mean: 1s, cv: 0}}}\n",
     "3:36: components.q.time.gamma: cv must be greater than 0\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "service, time: {uniform: {from: 2s, to: 1s}}}\n",
     "3:38: components.q.time.uniform: 'to' must not be below 'from'\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "service, time: {mixture: []}}\n",
     "3:38: components.q.time.mixture: needs a list such as [{weight: 0.9, of: 5ms}, {weight: 0.1, "
     "of: 80ms}]\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "service, time: {empirical: {quantiles: {p0: 1s, p50: 500ms, p100: 2s}}}}\n",
     "3:66: components.q.time.empirical.quantiles.p50: quantiles must rise\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "service, failure: 120%}\n",
     "3:31: components.q.failure: failure must be from 0 to 1, found 1.2\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "service, throttle: {burst: 5}}\n",
     "3:32: components.q.throttle: the throttle needs 'rate'\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "service, price: 3}\n",
     "3:29: components.q.price: '3' has no unit; write $3 or $3/1M\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "service, network: {rtt: 5}}\n",
     "3:37: components.q.network.rtt: '5' has no unit; write 5s or 5ms\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "service, queue_limit: 1e400}\n",
     "3:35: too large a number: 1e400 is beyond what a double holds\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "function, memory: 64MB}\n",
     "3:31: components.q.memory: memory of a function on aws must be from 128MB to 10240MB, found "
     "64MB\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "function, memory: 20GB}\n",
     "3:31: components.q.memory: memory of a function on aws must be from 128MB to 10240MB, found "
     "20480MB\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "function, memory: 512}\n",
     "3:31: components.q.memory: '512' has no unit; write 512MB or 512KB\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "function, runtime: python3.1}\n",
     "3:32: components.q.runtime: no start-up was measured for runtime 'python3.1' as zip.x86_64; "
     "did you mean 'python3.10'?\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "function, timeout: 1h}\n",
     "3:32: components.q.timeout: timeout of a function on aws must be at most 900s, found "
     "3600s\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "function, concurrency: {reserved: 950}}\n",
     "3:36: components.q.concurrency: reserved must be at most 900 (the account's 1000 less 100 "
     "that always stay unreserved), found 950\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "function, concurrency: {reserved: 5, provisioned: 9}}\n",
     "3:36: components.q.concurrency: provisioned must be at most the reserved concurrency of 5, "
     "found 9\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "function, architecture: arm}\n",
     "3:37: components.q.architecture: 'arm' is no architecture; expected one of x86_64, arm64\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "function, keep_alive: soon}\n",
     "3:35: components.q.keep_alive: 'soon' is not a duration; write it like 250ms, 1.5s or 10m\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "function, does: [{cal: s}]}\n  r: {type: cache, capacity: 10}\n  s: {type: service}\n",
     "3:31: components.q.does.0.cal: unknown field of a step; did you mean 'call'?\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "function, does: [{call: z}]}\n  r: {type: cache, capacity: 10}\n  s: {type: service}\n",
     "3:37: components.q.does.0.call: there is no component 'z'\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "function, does: [{call: s, operation: put}]}\n  r: {type: cache, capacity: 10}\n  s: {type: "
     "service}\n",
     "3:51: components.q.does.0.operation: a service has no operation 'put'\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "function, does: [{call: q}]}\n  r: {type: cache, capacity: 10}\n  s: {type: service}\n",
     "3:6: components.q: calls 'q', which waits for 'q' in turn: a request would never end\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "function, does: [{call: s, retry: {attempts: -1}}]}\n  r: {type: cache, capacity: 10}\n  s: "
     "{type: service}\n",
     "3:58: components.q.does.0.retry.attempts: attempts must be from 0 to 1000, found -1\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "function, does: [{call: s, retry: {on: [throtled]}}]}\n  r: {type: cache, capacity: 10}\n  "
     "s: {type: service}\n",
     "3:53: components.q.does.0.retry.on.0: 'throtled' is no outcome to retry on; did you mean "
     "'throttled'?\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "function, does: [{cached: {in: s, miss: []}}]}\n  r: {type: cache, capacity: 10}\n  s: "
     "{type: service}\n",
     "3:44: components.q.does.0.cached.in: 's' is a service, not a cache\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "function, does: [{cached: {in: r}}]}\n  r: {type: cache, capacity: 10}\n  s: {type: "
     "service}\n",
     "3:39: components.q.does.0.cached: cached needs 'miss'\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "function, does: {call: s}}\n  r: {type: cache, capacity: 10}\n  s: {type: service}\n",
     "3:29: components.q.does: expected a list of steps, found a map\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "function, does: [call]}\n  r: {type: cache, capacity: 10}\n  s: {type: service}\n",
     "3:30: components.q.does.0: expected a step such as {call: NAME}, found a string\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "function, does: [{wait: 1s, call: s}]}\n  r: {type: cache, capacity: 10}\n  s: {type: "
     "service}\n",
     "3:31: components.q.does.0.wait: unknown field of a call = the fields of a call are call, "
     "operation, items, top_k, bytes, context_tokens, key, timeout, retry\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "function, does: [{parallel: {}}]}\n  r: {type: cache, capacity: 10}\n  s: {type: service}\n",
     "3:41: components.q.does.0.parallel: expected a list of 1 to 1000 lists of steps\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "function, does: [{each: {does: []}}]}\n  r: {type: cache, capacity: 10}\n  s: {type: "
     "service}\n",
     "3:37: components.q.does.0.each: each needs 'items'\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "function, does: [{choose: [{probability: 60%, does: []}, {probability: 60%, does: []}]}]}\n  "
     "r: {type: cache, capacity: 10}\n  s: {type: service}\n",
     "3:70: components.q.does.0.choose.1: probabilities must be from 0 to 1 and sum to 1\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "function, does: [{choose: {v: []}}]}\n  r: {type: cache, capacity: 10}\n  s: {type: "
     "service}\n",
     "3:40: components.q.does.0.choose.v: unknown field of choose (a workload or 'else') = the fields of "
     "choose (a workload or 'else') are w, else\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "workflow, definition: {StartAt: A, States: {A: {Type: Task, Resource: s}}}}\n  s: {type: "
     "service}\n",
     "3:60: components.q.definition.States.A: state 'A': has neither Next nor End; name the state that follows, or say "
     "End: true\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "workflow, definition: {StartAt: B, States: {A: {Type: Pass, End: true}}}}\n  s: {type: "
     "service}\n",
     "3:45: components.q.definition.StartAt: the state machine: StartAt names 'B', and there is no such state\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "workflow, definition: {StartAt: A, States: {A: {Type: Tsk, End: true}}}}\n  s: {type: "
     "service}\n",
     "3:67: components.q.definition.States.A.Type: state 'A': Type is 'Tsk', and it must be Task, Parallel, Map, Pass, "
     "Wait, Choice, Succeed or Fail; did you mean 'Task'?\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "workflow, definition: {StartAt: A, States: {A: {Type: Task, Resource: nobody, End: "
     "true}}}}\n  s: {type: service}\n",
     "3:83: components.q: no component is named for a task of the definition; add which serves "
     "each: tasks: {nobody: ?}\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "workflow, definition: {StartAt: A, States: {A: {Type: Choice, Choices: [{Variable: $.x, "
     "IsNull: true, Next: B}], Default: C}, B: {Type: Pass, End: true}, C: {Type: Pass, End: "
     "true}}}}\n  s: {type: service}\n",
     "3:60: components.q.definition.States.A: state 'A': data decides which way it goes; add to components.q how likely "
     "each is: branches: {A: {B: ?, C: ?}}\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "workflow, definition: missing.asl.json}\n  s: {type: service}\n",
     "3:35: components.q.definition: cannot read missing.asl.json: No such file or directory\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "workflow, definition: {StartAt: A, States: {A: {Type: Wait, Seconds: 5, Next: A}}}}\n  s: "
     "{type: service}\n",
     "3:56: components.q.definition.States: the state machine: no state ends it; one must be Succeed or Fail, or say End: "
     "true\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "gateway}\n",
     "3:6: components.q: a gateway needs 'calls'\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "gateway, calls: x}\n",
     "3:29: components.q.calls: there is no component 'x'\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "cache, policy: lfu}\n",
     "3:28: components.q.policy: 'lfu' is no policy; did you mean 'lru'?\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "store, service: dynamodb/on-demnd}\n",
     "3:29: components.q.service: the catalogue has no service 'dynamodb/on-demnd' = did you mean "
     "'dynamodb/on-demand'?\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "model, service: openai/gpt4}\n",
     "3:29: components.q.service: the catalogue has no service 'openai/gpt4' = did you mean "
     "'openai/gpt-4'?\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "model}\n",
     "3:6: components.q: a model needs a service of the catalogue, or its own ttft and tpot\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "vector_index, service: pinecone/p1.x1, vectors: 5000000}\n",
     "3:61: components.q.vectors: pinecone/p1.x1 holds 500000 vectors of 1536 dimensions a shard; "
     "5000000 need 10 shards\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "vector_index, index: ivf}\n",
     "3:34: components.q.index: 'ivf' is no index that is modelled (flat, hnsw, ivf_flat, ivf_pq, scann)\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents:\n  q: {type: "
     "vector_index, dimensions: 5000}\n",
     "3:39: components.q.dimensions: dimensions must be from 1 to 4096, found 5000\n"},
    {"workloads: {w: {enters: p, arrivals: {poisson: {rate: 9/s}}}}\ncomponents: {q: {type: "
     "service, time: 100ms}}\n",
     "1:25: workloads.w.enters: there is no component 'p'\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9}}}}\ncomponents: {q: {type: service, "
     "time: 100ms}}\n",
     "1:55: workloads.w.arrivals.poisson.rate: '9' has no unit; write 9/s or 9/m\n"},
    {"workloads: {w: {enters: q, arrivals: {poison: {rate: 9/s}}}}\ncomponents: {q: {type: "
     "service, time: 100ms}}\n",
     "1:39: workloads.w.arrivals.poison: unknown field of arrivals; did you mean 'poisson'?\n"},
    {"workloads: {w: {enters: q}}\ncomponents: {q: {type: service, time: 100ms}}\n",
     "1:16: workloads.w: a workload needs 'arrivals'\n"},
    {"workloads: {q: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents: {q: {type: "
     "service, time: 100ms}}\n",
     "1:16: workloads.q: 'q' is a component already; metrics need different names\n"},
    {"workloads: {w: {enters: q, arrivals: {closed: {users: 0}}}}\ncomponents: {q: {type: service, "
     "time: 100ms}}\n",
     "1:47: workloads.w.arrivals.closed: closed needs 'think'\n1:55: "
     "workloads.w.arrivals.closed.users: users must be from 1 to 10M, found 0\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 1/s}}, queries: {zipf: {exponent: 1, "
     "distinct: 0}}}}\ncomponents: {q: {type: service, time: 100ms}}\n",
     "1:78: workloads.w.queries.zipf: distinct must be a whole number from 1 to 1000000000\n"},
    {"platform: aws/mars-1\nworkloads: {w: {enters: q, arrivals: {poisson: {rate: "
     "9/s}}}}\ncomponents: {q: {type: service, time: 100ms}}\n",
     "1:11: platform: the catalogue has no region 'mars-1' of aws; it has us-east-1, eu-west-1, "
     "ap-southeast-1\n"},
    {"platform: aws/us-east-2\nworkloads: {w: {enters: q, arrivals: {poisson: {rate: "
     "9/s}}}}\ncomponents: {q: {type: service, time: 100ms}}\n",
     "1:11: platform: the catalogue has no region 'us-east-2' of aws; did you mean 'us-east-1'?\n"},
    {"platform: azure/westeurope\nworkloads: {w: {enters: q, arrivals: {poisson: {rate: "
     "9/s}}}}\ncomponents: {q: {type: service, time: 100ms}}\n",
     "1:11: platform: 'azure/westeurope' is no platform that is modelled; write aws/REGION, such "
     "as aws/us-east-1\n"},
    {"simulate: {duration: 0s}\nworkloads: {w: {enters: q, arrivals: {poisson: {rate: "
     "9/s}}}}\ncomponents: {q: {type: service, time: 100ms}}\n",
     "1:22: simulate.duration: duration must be from 1us to 36500d, found 0\n"},
    {"simulate: {duration: 1h, warmup: 2h}\nworkloads: {w: {enters: q, arrivals: {poisson: {rate: "
     "9/s}}}}\ncomponents: {q: {type: service, time: 100ms}}\n",
     "1:34: simulate.warmup: the warm-up must be shorter than the duration of 3600s, found 2h\n"},
    {"simulate: {replications: 0}\nworkloads: {w: {enters: q, arrivals: {poisson: {rate: "
     "9/s}}}}\ncomponents: {q: {type: service, time: 100ms}}\n",
     "1:26: simulate.replications: must be from 1 to 100000, found 0\n"},
    {"simulate: {seed: x}\nworkloads: {w: {enters: q, arrivals: {poisson: {rate: "
     "9/s}}}}\ncomponents: {q: {type: service, time: 100ms}}\n",
     "1:18: simulate.seed: 'x' is not a count; write it like 1000, 50k or 10M\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents: {q: {type: "
     "service, time: 100ms}}\nbudgets: {w.latency.p59: < 1s}\n",
     "3:26: budgets.w.latency.p59: no such metric; did you mean 'w.latency.p50'?\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents: {q: {type: "
     "service, time: 100ms}}\nbudgets: {w.latency.p95: 1s}\n",
     "3:26: budgets.w.latency.p95: expected a limit such as '< 2.5s' or '>= 99.9%', found 1s\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents: {q: {type: "
     "service, time: 100ms}}\nbudgets: {w.latency.p95: < 1}\n",
     "3:26: budgets.w.latency.p95: '1' has no unit; write 1s or 1ms\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents: {q: {type: "
     "service, time: 100ms}}\nbudgets: {w.success_ratio: < 1s}\n",
     "3:28: budgets.w.success_ratio: '1s' is a duration, where a ratio such as 0.25 or 25% is "
     "wanted\n"},
    {"extends: nowhere.yaml\nworkloads: {w: {enters: q, arrivals: {poisson: {rate: "
     "9/s}}}}\ncomponents: {q: {type: service, time: 100ms}}\n",
     "1:10: extends: cannot read nowhere.yaml: No such file or directory\n"},
    {"extends: broken.yaml\nworkloads: {w: {enters: q, arrivals: {poisson: {rate: "
     "9/s}}}}\ncomponents: {q: {type: service, time: 100ms}}\n",
     "1:10: extends: broken.yaml extends itself in the end\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\ncomponents: {q: {type: "
     "service, servres: 2, time: 90, failure: 2}}\nbudget: {}\n",
     "2:33: components.q.servres: unknown field of a service; did you mean 'servers'?\n2:51: "
     "components.q.time: '90' has no unit; write 90s or 90ms\n2:64: components.q.failure: failure "
     "must be from 0 to 1, found 2\n3:1: budget: unknown field of a scenario; did you mean "
     "'budgets'?\n"},
