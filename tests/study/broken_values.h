/* broken_values.h - more scenarios that must be refused: wrong values in every section, each with
 * every fault in order: LINE:COLUMN: PATH: MESSAGE = HINT. Included by test_broken_scenarios.c
 * alone. */
{"null\n", "1:1: a scenario is a map of name, workloads, components, ...; found null\n"},
    {"42\n", "1:1: a scenario is a map of name, workloads, components, ...; found a number\n"},
    {"---\n...\n", "2:1: the file is empty\n"},
    {"workloads: 3\ncomponents: 4\n",
     "1:12: workloads: a scenario needs workloads, such as workloads: {users: {enters: q, "
     "arrivals: {poisson: {rate: 9/s}}}}\n2:13: components: a scenario needs components, such as "
     "components: {q: {type: service, time: 100ms}}\n"},
    {"workloads: []\n" COMPONENTS,
     "1:12: workloads: a scenario needs workloads, such as workloads: {users: {enters: q, "
     "arrivals: {poisson: {rate: 9/s}}}}\n"},
    {"workloads: {w: 5}\n" COMPONENTS,
     "1:16: workloads.w: expected a map with fields such as 'enters' and 'arrivals', found '5'\n"},
    {"workloads: {w: null}\n" COMPONENTS,
     "1:16: workloads.w: expected a map with fields such as 'enters' and 'arrivals', found null\n"},
    {"workloads:\n  w: {enters: q, arrivals: {poisson: {rate: 9/s}}}\n  w: {enters: q, arrivals: "
     "{poisson: {rate: 9/s}}}\n" COMPONENTS,
     "3:3: the key 'w' stands twice in this map, first in line 2 = remove one of the two, or "
     "rename it\n"},
    {WORKLOADS "components: {q: {type: service}, q: {type: cache}}\n",
     "2:34: the key 'q' stands twice in this map, first in line 2 = remove one of the two, or "
     "rename it\n"},
    {WORKLOADS "components: {q: null}\n",
     "2:17: components.q: expected a map with a type, found null\n"},
    {WORKLOADS "components: {q: {type: [service]}}\n",
     "2:24: components.q: a component needs a type, one of gateway, function, workflow, cache, "
     "store, vector_index, model, service\n"},
    {WORKLOADS "components: {q: {type: service, time: .nan}}\n",
     "2:39: '.nan' is not a finite number = put it in quotes if it is meant as text\n"},
    {WORKLOADS "components:\n  q: {type: service, servers: -1}\n",
     "3:31: components.q.servers: servers must be at least 1, found -1\n"},
    {WORKLOADS "components:\n  q: {type: service, queue_limit: -3}\n",
     "3:35: components.q.queue_limit: queue_limit must be at least 0, found -3\n"},
    {WORKLOADS "components:\n  q: {type: service, time: {exponential: {mean: -1s}}}\n",
     "3:49: components.q.time.exponential.mean: must not be negative, found -1s\n"},
    {WORKLOADS "components:\n  q: {type: service, time: {exponential: 1s}}\n",
     "3:42: components.q.time.exponential: expected a map such as {mean: ...}, found a string\n"},
    {WORKLOADS
     "components:\n  q: {type: service, time: {lognormal: {median: 1s, p95: 2s, sigma: 1}}}\n",
     "3:40: components.q.time.lognormal: needs median and p95, or median and sigma; found median, p95 and sigma\n"},
    {WORKLOADS "components:\n  q: {type: service, time: {lognormal: {mediam: 1s, p95: 2s}}}\n",
     "3:41: components.q.time.lognormal.mediam: unknown field of this distribution; did you mean "
     "'median'?\n"},
    {WORKLOADS "components:\n  q: {type: service, time: {lognormal: {p95: 2s}}}\n",
     "3:40: components.q.time.lognormal: needs median and p95, or median and sigma; found p95\n"},
    {WORKLOADS "components:\n  q: {type: service, time: {lognormal: {}}}\n",
     "3:40: components.q.time.lognormal: needs median and p95, or median and sigma; found "
     "nothing\n"},
    {WORKLOADS "components:\n  q: {type: service, time: 1e30s}\n",
     "3:28: components.q.time: '1e30s' is too large for a duration; the longest is 36500d (100 "
     "years)\n"},
    {WORKLOADS "components:\n  q: {type: service, time: {exponential: {mean: 36501d}}}\n",
     "3:49: components.q.time.exponential.mean: '36501d' is too large for a duration; the longest is "
     "36500d (100 years)\n"},
    {WORKLOADS "components:\n  q: {type: gateway, calls: s, timeout: 200000d}\n  s: {type: service}\n",
     "3:41: components.q.timeout: '200000d' is too large for a duration; the longest is 36500d (100 "
     "years)\n"},
    {WORKLOADS "components:\n  q: {type: function, does: [{call: s, retry: {on: [failed, timedout, "
               "x]}}]}\n  s: {type: service}\n",
     "3:61: components.q.does.0.retry.on.1: 'timedout' is no outcome to retry on; did you mean "
     "'timed_out'?\n3:71: components.q.does.0.retry.on.2: 'x' is no outcome to retry on (throttled, "
     "refused, timed_out, failed)\n"},
    {WORKLOADS "components:\n  q: {type: workflow, definition: flow.yaml}\n  s: {type: service}\n",
     "1:45: States.A.Next: state 'A': Next names 'Bb', and the state machine has no such state\n"},
    {WORKLOADS "components:\n  q: {type: workflow, definition: {StartAt: A, States: {A: {Type: "
               "Parallel, Branches: [{StartAt: B, States: {B: {Type: Pas, End: true}}}], End: "
               "true}}}}\n",
     "3:120: components.q.definition.States.A.Branches.0.States.B.Type: state 'B': Type is 'Pas', "
     "and it must be Task, Parallel, Map, Pass, Wait, Choice, Succeed or Fail; did you mean "
     "'Pass'?\n"},
    {WORKLOADS "components:\n  q: {type: workflow, definition: {StartAt: A, Versoin: '1.0', States: "
               "{A: {Type: Pass, End: true, Nxet: B}}}}\n",
     "3:48: components.q.definition.Versoin: unknown field of the state machine; did you mean "
     "'Version'?\n3:100: components.q.definition.States.A.Nxet: unknown field of Pass state 'A'; "
     "did you mean 'Next'?\n"},
    {WORKLOADS "components: {qa: {type: service}}\n",
     "1:25: workloads.w.enters: there is no component 'q'\n"},
    {WORKLOADS "components:\n  q: {type: service, time: {mixture: [{weight: 0, of: 1s}]}}\n",
     "3:38: components.q.time.mixture: needs weights that are not all 0\n"},
    {WORKLOADS "components:\n  q: {type: service, time: {mixture: [{weight: 1}]}}\n",
     "3:39: components.q.time.mixture.0: expected {weight: ..., of: ...}\n"},
    {WORKLOADS "components:\n  q: {type: service, time: {exponential: {mean: 1s}, gamma: {mean: "
               "1s, cv: 1}}}\n",
     "3:28: components.q.time: expected a duration such as 250ms or one distribution such as "
     "{lognormal: {median: ..., p95: ...}}\n"},
    {WORKLOADS "components:\n  q: {type: service, time: {empirical: {file: nowhere.csv}}}\n",
     "3:40: components.q.time.empirical: needs quantiles: a map of at least two, such as {p0: 1ms, "
     "p50: 3ms, p100: 20ms}\n"},
    {WORKLOADS "components:\n  q: {type: service, time: {zipf: {exponent: 1, distinct: 10}}}\n",
     "3:35: components.q.time.zipf: zipf draws whole numbers from 1 on, where a duration such as "
     "250ms is wanted\n"},
    {WORKLOADS "components:\n  q: {type: service, time: true}\n",
     "3:28: components.q.time: expected a duration such as 250ms, found true\n"},
    {WORKLOADS "components:\n  q: {type: service, time: ''}\n",
     "3:28: components.q.time: '' is not a duration; write it like 250ms, 1.5s or 10m\n"},
    {WORKLOADS "components:\n  q: {type: function, timeout: 0s}\n",
     "3:32: components.q.timeout: timeout must be from 1ms to 1000000s, found 0\n"},
    {WORKLOADS "components:\n  q: {type: function, image: maybe}\n",
     "3:30: components.q.image: expected true or false, found 'maybe'\n"},
    {WORKLOADS "components:\n  q: {type: function, concurrency: 5}\n",
     "3:36: components.q.concurrency: expected a map with fields such as 'reserved' and "
     "'provisioned', found '5'\n"},
    {WORKLOADS "components:\n  q: {type: function, concurency: {reserved: 5}}\n",
     "3:23: components.q.concurency: unknown field of a function; did you mean 'concurrency'?\n"},
    {"account: {concurrency: 0}\n" WORKLOADS COMPONENTS,
     "1:24: account.concurrency: concurrency must be from 1 to 10M, found 0\n"},
    {"account: {concurrency: -4}\n" WORKLOADS COMPONENTS,
     "1:24: account.concurrency: concurrency must be from 1 to 10M, found -4\n"},
    {"account: {concurency: 10}\n" WORKLOADS COMPONENTS,
     "1:11: account.concurency: unknown field of an account; did you mean 'concurrency'?\n"},
    {WORKLOADS "components:\n  q: {type: function, does: [{}]}\n  r: {type: cache, capacity: 10}\n "
               " s: {type: service}\n",
     "3:30: components.q.does.0: expected a step such as {call: NAME}, found a map\n"},
    {WORKLOADS "components:\n  q: {type: function, does: [null]}\n  r: {type: cache, capacity: "
               "10}\n  s: {type: service}\n",
     "3:30: components.q.does.0: expected a step such as {call: NAME}, found null\n"},
    {WORKLOADS "components:\n  q: {type: function, does: [{compute: 5}]}\n  r: {type: cache, "
               "capacity: 10}\n  s: {type: service}\n",
     "3:40: components.q.does.0.compute: expected a map with fields such as 'cpu' and 'io', found "
     "'5'\n"},
    {WORKLOADS "components:\n  q: {type: function, does: [{compute: {cpu: 5}}]}\n  r: {type: "
               "cache, capacity: 10}\n  s: {type: service}\n",
     "3:46: components.q.does.0.compute.cpu: '5' has no unit; write 5s or 5ms\n"},
    {WORKLOADS "components:\n  q: {type: function, does: [{wait: soon}]}\n  r: {type: cache, "
               "capacity: 10}\n  s: {type: service}\n",
     "3:37: components.q.does.0.wait: 'soon' is not a duration; write it like 250ms, 1.5s or "
     "10m\n"},
    {WORKLOADS "components:\n  q: {type: function, does: [{call: [s]}]}\n  r: {type: cache, "
               "capacity: 10}\n  s: {type: service}\n",
     "3:37: components.q.does.0.call: expected the name of a component, found a list\n"},
    {WORKLOADS "components:\n  q: {type: function, does: [{call: s, timeout: 5}]}\n  r: {type: "
               "cache, capacity: 10}\n  s: {type: service}\n",
     "3:49: components.q.does.0.timeout: '5' has no unit; write 5s or 5ms\n"},
    {WORKLOADS "components:\n  q: {type: function, does: [{call: s, retry: {on: sometimes}}]}\n  "
               "r: {type: cache, capacity: 10}\n  s: {type: service}\n",
     "3:52: components.q.does.0.retry.on: 'sometimes' is no outcome to retry on (throttled, refused, "
     "timed_out, failed)\n"},
    {WORKLOADS "components:\n  q: {type: function, does: [{call: s, retry: {backoff: 0.5}}]}\n  r: "
               "{type: cache, capacity: 10}\n  s: {type: service}\n",
     "3:57: components.q.does.0.retry.backoff: backoff must be from 1 to 100, found 0.5\n"},
    {WORKLOADS "components:\n  q: {type: function, does: [{each: {items: -1, does: []}}]}\n  r: "
               "{type: cache, capacity: 10}\n  s: {type: service}\n",
     "3:45: components.q.does.0.each.items: must not be negative, found -1\n"},
    {WORKLOADS "components:\n  q: {type: function, does: [{each: {items: 2, concurrency: 0, does: "
               "[]}}]}\n  r: {type: cache, capacity: 10}\n  s: {type: service}\n",
     "3:61: components.q.does.0.each.concurrency: concurrency must be from 1 to 1M, found 0\n"},
    {WORKLOADS "components:\n  q: {type: function, does: [{choose: []}]}\n  r: {type: cache, "
               "capacity: 10}\n  s: {type: service}\n",
     "3:39: components.q.does.0.choose: expected a list of {probability, does} or a map of "
     "workloads\n"},
    {WORKLOADS "components:\n  q: {type: function, does: [{choose: [{probability: 50%, does: "
               "[]}]}]}\n  r: {type: cache, capacity: 10}\n  s: {type: service}\n",
     "3:39: components.q.does.0.choose: probabilities sum to 0.5, expected 1\n"},
    {WORKLOADS "components:\n  q: {type: function, does: [{choose: [{probability: 150%, does: []}, "
               "{does: []}]}]}\n  r: {type: cache, capacity: 10}\n  s: {type: service}\n",
     "3:40: components.q.does.0.choose.0: probabilities must be from 0 to 1 and sum to 1\n"},
    {WORKLOADS
     "components:\n  q: {type: function, does: [{choose: [{probability: 30%, does: []}, {does: "
     "[]}, {does: []}]}]}\n  r: {type: cache, capacity: 10}\n  s: {type: service}\n",
     "3:70: components.q.does.0.choose.1: expected {probability: ..., does: [...]}; only the last "
     "may leave its probability out\n"},
    {WORKLOADS "components:\n  q: {type: function, does: [{fail: [x]}]}\n  r: {type: cache, "
               "capacity: 10}\n  s: {type: service}\n",
     "3:37: components.q.does.0.fail: expected the name of an error, found a list\n"},
    {WORKLOADS "components:\n  q: {type: function, does: [{call: z}, {call: s, timeout: 5}, {wait: "
               "soon}]}\n  r: {type: cache, capacity: 10}\n  s: {type: service}\n",
     "3:37: components.q.does.0.call: there is no component 'z'\n3:60: "
     "components.q.does.1.timeout: '5' has no unit; write 5s or 5ms\n3:71: "
     "components.q.does.2.wait: 'soon' is not a duration; write it like 250ms, 1.5s or 10m\n"},
    {WORKLOADS "components:\n  q: {type: function, does: [{call: a}]}\n  a: {type: function, does: "
               "[{call: b}]}\n  b: {type: gateway, calls: q}\n",
     "5:6: components.b: calls 'q', which waits for 'b' in turn: a request would never end\n"},
    {WORKLOADS "components:\n  q: {type: workflow, definition: {States: {A: {Type: Pass, End: "
               "true}}}}\n  s: {type: service}\n",
     "3:35: components.q.definition.StartAt: the state machine: StartAt is missing; it names the state that runs first\n"},
    {WORKLOADS
     "components:\n  q: {type: workflow, definition: {StartAt: A}}\n  s: {type: service}\n",
     "3:35: components.q.definition.States: the state machine: States is missing; it is a map of the states by name\n"},
    {WORKLOADS "components:\n  q: {type: workflow, definition: {StartAt: A, States: {}}}\n  s: "
               "{type: service}\n",
     "3:56: components.q.definition.States: the state machine: States is empty; it is a map of the states by name\n"},
    {WORKLOADS "components:\n  q: {type: workflow, definition: 5}\n  s: {type: service}\n",
     "3:35: components.q.definition: expected a file name or a definition, found a number\n"},
    {WORKLOADS "components:\n  q: {type: workflow, definition: []}\n  s: {type: service}\n",
     "3:35: components.q.definition: expected a file name or a definition, found a list\n"},
    {WORKLOADS "components:\n  q: {type: workflow, definition: {StartAt: A, States: {A: {Type: "
               "Pass, Next: B}}}}\n  s: {type: service}\n",
     "3:79: components.q.definition.States.A.Next: state 'A': Next names 'B', and the state machine has no such state\n"},
    {WORKLOADS "components:\n  q: {type: workflow, definition: {StartAt: A, States: {A: {Type: "
               "Pass, End: true}, B: {Type: Pass, End: true}}}}\n  s: {type: service}\n",
     "3:88: components.q.definition.States.B: state 'B': no transition leads to it\n"},
    {WORKLOADS "components:\n  q: {type: workflow, tasks: {s: ghost}, definition: {StartAt: A, "
               "States: {A: {Type: Task, Resource: s, End: true}}}}\n  s: {type: service}\n",
     "3:34: components.q.tasks.s: there is no component 'ghost'\n"},
    {WORKLOADS "components:\n  q: {type: workflow, flavour: expres, definition: {StartAt: A, "
               "States: {A: {Type: Task, Resource: s, End: true}}}}\n  s: {type: service}\n",
     "3:32: components.q.flavour: 'expres' is no flavour; did you mean 'express'?\n"},
    {WORKLOADS "components:\n  q: {type: workflow, definition: {StartAt: A, States: {A: {Type: "
               "Map, End: true, Iterator: {StartAt: B, States: {B: {Type: Pass, End: true}}}}}}}\n "
               " s: {type: service}\n",
     "3:60: components.q.definition.States.A: state 'A': data decides how many items it has; add their number to "
     "components.q: items: {A: ?}\n"},
    {WORKLOADS "components:\n  q: {type: workflow, items: {A: -2}, definition: {StartAt: A, "
               "States: {A: {Type: Map, End: true, Iterator: {StartAt: B, States: {B: {Type: Pass, "
               "End: true}}}}}}}\n  s: {type: service}\n",
     "3:34: components.q.items.A: must not be negative, found -2\n"},
    {WORKLOADS "components:\n  q: {type: workflow, items: {Z: 2}, definition: {StartAt: A, States: "
               "{A: {Type: Map, End: true, Iterator: {StartAt: B, States: {B: {Type: Pass, End: "
               "true}}}}}}}\n  s: {type: service}\n",
     "3:34: components.q.items.Z: the definition has no Map state 'Z'\n3:75: "
     "components.q.definition.States.A: state 'A': data decides how many items it has; add their number to components.q: "
     "items: {A: ?}\n"},
    {WORKLOADS "components:\n  q: {type: workflow, definition: {StartAt: A, States: {A: {Type: "
               "Wait, Seconds: -5, End: true}}}}\n  s: {type: service}\n",
     "3:82: components.q.definition.States.A.Seconds: state 'A': Seconds is -5, and it must be a whole number from 0 to "
     "99999999\n"},
    {WORKLOADS
     "components:\n  q: {type: workflow, definition: {StartAt: A, States: {A: {Type: Task, "
     "Resource: s, TimeoutSeconds: 5, HeartbeatSeconds: 9, End: true}}}}\n  s: {type: service}\n",
     "3:123: components.q.definition.States.A.HeartbeatSeconds: state 'A': HeartbeatSeconds is 9, and it must be less than "
     "TimeoutSeconds, which is 5\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 0/s}}}}\n" COMPONENTS,
     "1:55: workloads.w.arrivals.poisson.rate: rate must be from 1e-9/s to 1000000000/s, found "
     "0\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: -1/s}}}}\n" COMPONENTS,
     "1:55: workloads.w.arrivals.poisson.rate: rate must be from 1e-9/s to 1000000000/s, found "
     "-1/s\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 1e12/s}}}}\n" COMPONENTS,
     "1:55: workloads.w.arrivals.poisson.rate: rate must be from 1e-9/s to 1000000000/s, found "
     "1000000000000/s\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 5s}}}}\n" COMPONENTS,
     "1:55: workloads.w.arrivals.poisson.rate: '5s' is a duration, where a rate such as 20/s is "
     "wanted\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {}}}}\n" COMPONENTS,
     "1:48: workloads.w.arrivals.poisson: poisson needs 'rate'\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: 9/s}}}\n" COMPONENTS,
     "1:48: workloads.w.arrivals.poisson: expected a map with the field 'rate', found '9/s'\n"},
    {"workloads: {w: {enters: q, arrivals: poisson}}\n" COMPONENTS,
     "1:38: workloads.w.arrivals: expected one of poisson, constant, gamma, mmpp, diurnal, spike, "
     "trace, closed and batch, such as {poisson: {rate: 20/s}}, found a string\n"},
    {"workloads: {w: {enters: q, arrivals: {}}}\n" COMPONENTS,
     "1:38: workloads.w.arrivals: expected one of poisson, constant, gamma, mmpp, diurnal, spike, "
     "trace, closed and batch, such as {poisson: {rate: 20/s}}, found 0 keys\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 1/s}, constant: {rate: "
     "1/s}}}}\n" COMPONENTS,
     "1:38: workloads.w.arrivals: expected one of poisson, constant, gamma, mmpp, diurnal, spike, "
     "trace, closed and batch, such as {poisson: {rate: 20/s}}, found 2 keys\n"},
    {"workloads: {w: {enters: q, arrivals: {spike: {base: 1/s, peak: 5/s, at: 5, for: "
     "1m}}}}\n" COMPONENTS,
     "1:73: workloads.w.arrivals.spike.at: '5' has no unit; write 5s or 5ms\n"},
    {"workloads: {w: {enters: q, arrivals: {closed: {users: 2, think: -1s}}}}\n" COMPONENTS,
     "1:65: workloads.w.arrivals.closed.think: must not be negative, found -1s\n"},
    {"workloads: {w: {enters: q, arrivals: {trace: {file: none.csv, time: t}}}}\n" COMPONENTS,
     "1:53: workloads.w.arrivals.trace.file: cannot read none.csv: No such file or directory\n"},
    {"workloads: {w: {enters: q, arrivals: {batch: {items: 0, every: 1s}}}}\n" COMPONENTS,
     "1:54: workloads.w.arrivals.batch.items: items must be from 1 to 100M, found 0\n"},
    {"workloads: {w: {enters: q, arrivals: {batch: {items: 5, every: 0s}}}}\n" COMPONENTS,
     "1:64: workloads.w.arrivals.batch.every: every must be from 1us to 10000d, found 0\n"},
    {"workloads: {w: {enters: q, arrivals: {daily: {hourly: [1/s, 2/s]}}}}\n" COMPONENTS,
     "1:39: workloads.w.arrivals.daily: unknown field of arrivals = the fields of arrivals are "
     "poisson, constant, gamma, mmpp, diurnal, spike, trace, closed, batch\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 1/s}}, prompt_tokens: "
     "-5}}\n" COMPONENTS,
     "1:77: workloads.w.prompt_tokens: must not be negative, found -5\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 1/s}}, prompt_tokens: "
     "5s}}\n" COMPONENTS,
     "1:77: workloads.w.prompt_tokens: '5s' is a duration, where a number such as 0.5 is wanted\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 1/s}}, queries: {zipf: {exponent: -1, "
     "distinct: 5}}}}\n" COMPONENTS,
     "1:89: workloads.w.queries.zipf.exponent: must not be negative, found -1\n"},
    {"workloads: {w: {enters: q, arrivals: {poisson: {rate: 1/s}}, colour: red}}\n" COMPONENTS,
     "1:62: workloads.w.colour: unknown field of a workload = the fields of a workload are enters, "
     "arrivals, queries, prompt_tokens, output_tokens\n"},
    {"simulate: 5\n" WORKLOADS COMPONENTS,
     "1:11: simulate: expected a map with fields such as 'duration' and 'warmup', found '5'\n"},
    {"simulate: {duration: -1h}\n" WORKLOADS COMPONENTS,
     "1:22: simulate.duration: duration must be from 1us to 36500d, found -1h\n"},
    {"simulate: {duration: 1e300h}\n" WORKLOADS COMPONENTS,
     "1:22: simulate.duration: '1e300h' is too large for a duration; the longest is 36500d (100 years)\n"},
    {"simulate: {warmup: ten}\n" WORKLOADS COMPONENTS,
     "1:20: simulate.warmup: 'ten' is not a duration; write it like 250ms, 1.5s or 10m\n"},
    {"simulate: {warmup: [1]}\n" WORKLOADS COMPONENTS,
     "1:20: simulate.warmup: expected a duration such as 250ms, found a list\n"},
    {"simulate: {replications: 2.5}\n" WORKLOADS COMPONENTS,
     "1:26: simulate.replications: '2.5' is not a whole number\n"},
    {"simulate: {replications: [1]}\n" WORKLOADS COMPONENTS,
     "1:26: simulate.replications: expected a whole number such as 1000, found a list\n"},
    {"simulate: {replications: {until: {metric: w.latency.p59}}}\n" WORKLOADS COMPONENTS,
     "1:43: simulate.replications.until.metric: no such metric; did you mean 'w.latency.p50'?\n"},
    {"simulate: {replications: {until: {metric: w.latency.p95, relative_error: 0}}}\n" WORKLOADS
         COMPONENTS,
     "1:74: simulate.replications.until.relative_error: relative_error must be from 0.0001% to 1, "
     "found 0\n"},
    {"simulate: {replications: {until: null}}\n" WORKLOADS COMPONENTS,
     "1:34: simulate.replications.until: expected a map with fields such as 'metric' and "
     "'relative_error', found null\n"},
    {"simulate: {seed: -1}\n" WORKLOADS COMPONENTS,
     "1:18: simulate.seed: seed must be from 0 to 9000000000M, found -1\n"},
    {"simulate: {seed: 1.5}\n" WORKLOADS COMPONENTS,
     "1:18: simulate.seed: '1.5' is not a whole number\n"},
    {"simulate: {sed: 1}\n" WORKLOADS COMPONENTS,
     "1:12: simulate.sed: unknown field of simulate; did you mean 'seed'?\n"},
    {WORKLOADS COMPONENTS "budgets: [1]\n",
     "3:10: budgets: expected a map of metrics to limits, found a list\n"},
    {WORKLOADS COMPONENTS "budgets: {w.latency.p95: 5}\n",
     "3:26: budgets.w.latency.p95: expected a limit such as '< 2.5s' or '>= 99.9%', found a "
     "number\n"},
    {WORKLOADS COMPONENTS "budgets: {w.latency.p95: < $3}\n",
     "3:26: budgets.w.latency.p95: '$3' is an amount of money, where a duration such as 250ms is "
     "wanted\n"},
    {WORKLOADS COMPONENTS "budgets: {w.requests: < 3s}\n",
     "3:23: budgets.w.requests: '3s' is a duration, where a number such as 0.5 is wanted\n"},
    {WORKLOADS COMPONENTS "budgets: {cost.per_month: < 3s}\n",
     "3:27: budgets.cost.per_month: '3s' is a duration, where an amount of money such as $20 is "
     "wanted\n"},
    {WORKLOADS COMPONENTS "budgets: {cost.per_month: < 3}\n",
     "3:27: budgets.cost.per_month: '3' has no unit; write $3\n"},
    {WORKLOADS COMPONENTS "budgets: {w: < 3s}\n", "3:14: budgets.w: no such metric\n"},
    {WORKLOADS COMPONENTS "budgets: {w.latency.p95: '= 3s'}\n",
     "3:26: budgets.w.latency.p95: expected a limit such as '< 2.5s' or '>= 99.9%', found = 3s\n"},
    {WORKLOADS COMPONENTS "budgets: {w.latency.p95: {max: 3s}}\n",
     "3:26: budgets.w.latency.p95: expected a limit such as '< 2.5s' or '>= 99.9%', found a map\n"},
    {"platform: aws\n" WORKLOADS COMPONENTS, "1:11: platform: 'aws' is no platform that is "
                                             "modelled; write aws/REGION, such as aws/us-east-1\n"},
    {"platform: [aws]\n" WORKLOADS COMPONENTS,
     "1:11: platform: expected a name such as aws/us-east-1, found a list\n"},
    {"platform: aws/\n" WORKLOADS COMPONENTS,
     "1:11: platform: the catalogue has no region '' of aws; it has us-east-1, eu-west-1, "
     "ap-southeast-1\n"},
    {"name: [x]\n" WORKLOADS COMPONENTS, "1:7: name: expected a text, found a list\n"},
    {"description: {a: b}\n" WORKLOADS COMPONENTS,
     "1:14: description: expected a text, found a map\n"},
    {"extends: [a]\n" WORKLOADS COMPONENTS,
     "1:10: extends: expected the name of a scenario file\n"},
    {"extends: .\n" WORKLOADS COMPONENTS,
     "1:10: extends: cannot read .: it is a folder, and a file was expected\n"},
    {"extends: loop.yaml\n", "1:10: extends: broken.yaml extends itself in the end\n"},
    {"extends: list.yaml\n",
     "1:1: a scenario is a map of name, workloads, components, ...; found a list\n"},
    {"extends: bad.yaml\n", "2:1: extends: the YAML cannot be read: did not find expected node "
                            "content while parsing a flow node that begins in line 2\n"},
    {"workloads: {cost: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\n" COMPONENTS,
     "1:19: workloads.cost: 'cost' is taken: metrics of the bill have this name\n"},
    {WORKLOADS "components:\n  q: {type: model, service: openai/gpt-4o, service: x}\n",
     "3:44: the key 'service' stands twice in this map, first in line 3 = remove one of the two, "
     "or rename it\n"},
    {WORKLOADS "components:\n  q: {type: cache, capacity: 0}\n",
     "3:30: components.q.capacity: capacity must be from 1 to 4294967294, found 0\n"},
    {WORKLOADS "components:\n  q: {type: cache, capacity: -1}\n",
     "3:30: components.q.capacity: capacity must be from 1 to 4294967294, found -1\n"},
    {WORKLOADS "components:\n  q: {type: gateway, kind: soap, calls: s}\n  s: {type: service}\n",
     "3:28: components.q.kind: 'soap' is no kind; expected one of http, rest, edge\n"},
    {WORKLOADS "components:\n  q: {type: store, service: 5}\n",
     "3:29: components.q.service: the catalogue has no service '5' = known for a store: "
     "dynamodb/on-demand, dynamodb/provisioned, s3/standard\n"},
    {WORKLOADS "components:\n  q: {type: vector_index, index: {hnsw: {M: 0}}}\n",
     "3:45: components.q.index.hnsw.M: M must be from 2 to 128, found 0\n"},
    {WORKLOADS "components:\n  q: {type: vector_index, index: {ivf_pq: {recall: 95%, probes: 5}}}\n",
     "3:65: components.q.index.ivf_pq.probes: the recall wanted chooses probes = leave out one of the two\n"},
    {WORKLOADS "components:\n  q: {type: vector_index, index: {hnsw: {recall: 95%, ef_search: 50}}}\n",
     "3:66: components.q.index.hnsw.ef_search: the recall wanted chooses ef_search = leave out one of the two\n"},
    {WORKLOADS "components:\n  q: {type: vector_index, index: {hnsw: {recall: 101%}}}\n",
     "3:50: components.q.index.hnsw.recall: recall must be from 50% to 99.9%, found 101%\n"},
    {WORKLOADS "components:\n  q: {type: vector_index, index: {hnsw: {code: rabitq}}}\n",
     "3:48: components.q.index.hnsw.code: rabitq codes cannot be had in a graph = use float16, int8, lvq8 or lvq4, or the index ivf_flat\n"},
    {WORKLOADS "components:\n  q: {type: vector_index, index: {hnsw: {code: lvq5}}}\n",
     "3:48: components.q.index.hnsw.code: 'lvq5' is no code; did you mean 'lvq8'?\n"},
    {WORKLOADS "components:\n  q: {type: vector_index, index: {hnsw: {M: 32, ef_construction: 16}}}\n",
     "3:66: components.q.index.hnsw.ef_construction: ef_construction is 16, less than M, 32 = as many candidates as links are the least\n"},
    {WORKLOADS "components:\n  q: {type: vector_index, index: {ivf_flat: {lists: 10, probes: 11}}}\n",
     "3:65: components.q.index.ivf_flat.probes: 11 probes of 10 lists = look through as many lists as there are at most\n"},
    {WORKLOADS "components:\n  q: {type: vector_index, index: {ivf_flat: {lists: 200000}}}\n",
     "3:34: components.q.index: 200000 lists for 100000 vectors a shard; a list needs one\n"},
    {WORKLOADS "components:\n  q: {type: vector_index, index: {flat: {rerank: 100}}}\n",
     "3:34: components.q.index: rerank compares again what was found by code, and this index has no code = leave rerank out, or give a code such as lvq4\n"},
    {WORKLOADS "components:\n  q: {type: vector_index, index: {flat: {M: 16}}}\n",
     "3:42: components.q.index.flat.M: unknown field of a flat index = the fields of a flat index are code, rerank\n"},
    {WORKLOADS "components:\n  q: {type: vector_index, index: {scann: {code: int8}}}\n",
     "3:43: components.q.index.scann.code: unknown field of a ScaNN index = the fields of a ScaNN index are lists, probes, rerank, spill, anisotropy, recall\n"},
    {WORKLOADS "components:\n  q: {type: vector_index, index: {ivf_pq: {m: 96}}}\n",
     "3:47: components.q.index.ivf_pq.m: the kernel chooses the pieces of a product code: 2 to 32 values each = leave it out\n"},
    {WORKLOADS "components:\n  q: {type: vector_index, index: {ivf_pq: {bits: 8}}}\n",
     "3:50: components.q.index.ivf_pq.bits: bits must be from 4 to 4, found 8\n"},
    {WORKLOADS "components:\n  q: {type: vector_index, index: {scann: {spill: 3}}}\n",
     "3:50: components.q.index.scann.spill: spill must be from 1 to 2, found 3\n"},
    {WORKLOADS "components:\n  q: {type: vector_index, index: {hnws: {M: 16}}}\n",
     "3:34: components.q.index: 'hnws' is no index that is modelled; did you mean 'hnsw'?\n"},
    {WORKLOADS "components:\n  q: {type: vector_index, index: [flat]}\n",
     "3:34: components.q.index: expected flat, hnsw, ivf_flat, ivf_pq or scann, or one of them with its parameters such as {hnsw: {M: 16, ef_search: 64}}\n"},
    {WORKLOADS "components:\n  q: {type: vector_index, quantization: binary, index: hnsw}\n",
     "3:41: components.q.quantization: binary codes cannot be had in a graph = use int8, or the index ivf_flat\n"},
    {WORKLOADS "components:\n  q: {type: vector_index, quantization: int8, index: scann}\n",
     "3:41: components.q.quantization: scann has codes of its own = leave quantization out, or use the index ivf_flat\n"},
    {WORKLOADS "components:\n  q: {type: vector_index, quantization: int8, index: {flat: {code: lvq4}}}\n",
     "3:41: components.q.quantization: the index has a code already, which quantizes too = leave out one of the two\n"},
    {WORKLOADS "components:\n  q: {type: vector_index, quantization: int4}\n",
     "3:41: components.q.quantization: 'int4' is no quantization; did you mean 'int8'?\n"},
    {WORKLOADS "components:\n  q: {type: vector_index, originals: disk}\n",
     "3:38: components.q.originals: an index without codes searches the vectors themselves, which are in memory = give the index a code such as lvq4, or leave originals out\n"},
    {WORKLOADS "components:\n  q: {type: vector_index, filter: {selectivity: 0}}\n",
     "3:49: components.q.filter.selectivity: selectivity must be from 1e-9 to 1, found 0\n"},
    {WORKLOADS "components:\n  q: {type: vector_index, filter: {selectivity: 120%}}\n",
     "3:49: components.q.filter.selectivity: selectivity must be from 1e-9 to 1, found 1.2\n"},
    {WORKLOADS "components:\n  q: {type: vector_index, filter: 5%}\n",
     "3:35: components.q.filter: expected a map with the field 'selectivity', found '5%'\n"},
    {WORKLOADS "components:\n  q: {type: vector_index, data: {file: none.fbin}}\n",
     "3:40: components.q.data.file: the file cannot be opened: No such file or directory\n"},
    {WORKLOADS "components:\n  q: {type: vector_index, data: {file: none.txt}}\n",
     "3:40: components.q.data.file: the name's ending tells no vector format; expected .fbin, .u8bin, .fvecs or .bvecs\n"},
    {WORKLOADS "components:\n  q: {type: vector_index, data: {file: none.fbin, clusters: 5}}\n",
     "3:40: components.q.data.file: intrinsic_dimension and clusters are of synthetic vectors, and these are a file's; leave out one or the other\n"},
    {WORKLOADS "components:\n  q: {type: vector_index, data: {intrinsic_dimension: 300}}\n",
     "3:55: components.q.data.intrinsic_dimension: intrinsic_dimension must be from 1 to 256, found 300\n"},
    {WORKLOADS "components:\n  q: {type: vector_index, search_cost: wal}\n",
     "3:40: components.q.search_cost: the program has no profile 'wal'; cannot read wal: No such file or directory = 'ragtime calibrate --ann --out FILE' writes a profile; the program's own are x86-64-avx512 and arm64-neon\n"},
    {WORKLOADS "components:\n  q: {type: vector_index, replicas: 0}\n",
     "3:37: components.q.replicas: replicas must be from 1 to 10000, found 0\n"},
    {WORKLOADS "components:\n  q: &a {type: service}\n  r: *b\n",
     "4:6: the alias *b names no anchor before it = text that begins with '*' stands in quotes\n"},
    {"description: [a]\n" WORKLOADS COMPONENTS,
     "1:14: description: expected a text, found a list\n"},
    {"name: 5\n" WORKLOADS COMPONENTS, "1:7: name: expected a text, found a number\n"},
    {"extends: ''\n" WORKLOADS COMPONENTS, "1:10: extends: expected the name of a scenario file\n"},
    {"workloads: {a.b: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\n" COMPONENTS,
     "1:18: workloads.a.b: a name must have 1 to 200 characters, no dots and no line breaks\n"},
