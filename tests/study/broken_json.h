/* broken_json.h - the same for files of JSON. Included by test_broken_scenarios.c alone. */
{"", "1:1: the file is empty\n"},
    {"{", "1:2: expected a key in double quotes, found the end of the file\n"},
    {"{\"a\": 1,}",
     "1:8: a comma before '}': after a comma another key was expected = remove the comma\n"},
    {"{\"x\": NaN}", "1:7: 'NaN' is no value of JSON = JSON has only finite numbers\n"},
    {"{\"x\": 1e999}", "1:7: too large a number: 1e999 is beyond what a double holds\n"},
    {"{\"x\": 01}", "1:7: '01' is no number of JSON = a number does not begin with a 0\n"},
    {"{\"x\": 1, \"x\": 2}", "1:10: the key 'x' stands twice in this map, first in line 1 = remove "
                             "one of the two, or rename it\n"},
    {"[]", "1:1: a scenario is a map of name, workloads, components, ...; found a list\n"},
    {"{\"x\": \"\\ud800\"}", "1:8: \\ud800 is half of a surrogate pair without its other half\n"},
    {"{} {}", "1:4: expected the end of the file after the value, found '{'\n"},
    {"{\"a\": 'b'}", "1:7: expected a value, found ''' = strings stand in double quotes\n"},
    {"{\"workloads\": {\"w\": {\"enters\": \"q\", \"arrivals\": {\"poisson\": {\"rate\": 9}}}}, "
     "\"components\": {\"q\": {\"type\": \"service\", \"time\": 90}}}",
     "1:70: workloads.w.arrivals.poisson.rate: '9' has no unit; write 9/s or 9/m\n1:125: "
     "components.q.time: '90' has no unit; write 90s or 90ms\n"},
    {"// c\n{}", "2:1: components: a scenario needs components, such as components: {q: {type: "
                 "service, time: 100ms}}\n2:1: workloads: a scenario needs workloads, such as "
                 "workloads: {users: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\n"},
