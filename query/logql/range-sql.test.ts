import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LogTable, openLogTable } from '../../test/chdb-logs.js'
import { AT_NOW, METRIC_LOGS, metricAnswer } from '../../test/metric-logs.js'

let table: LogTable
beforeAll(async () => {
  table = await openLogTable()
  await table.insert(METRIC_LOGS)
})
afterAll(() => table.close())

/** A query and its answer at NOW. */
const AT_ONCE: readonly (readonly [query: string, expected: readonly string[]])[] = [
  // Windows and counts
  ['sum(count_over_time({service="api"}[1m]))', ['{} 3']],
  ['sum by (service) (count_over_time({service=~"api|web"}[1m]))', ['{service=api} 3', '{service=web} 2']],
  ['sum by (service) (count_over_time({service=~"api|web"}[2m]))', ['{service=api} 3', '{service=web} 3']],
  [
    'sum by (service, level) (count_over_time({service="api"}[1m]))',
    ['{level=error,service=api} 1', '{level=info,service=api} 2'],
  ],
  ['sum by (level) (count_over_time({}[15s]))', ['{} 3', '{level=info} 1']],
  ['sum(count_over_time({service="edge"}[1m]))', ['{} 1']],
  ['sum(count_over_time({service="edge"}[61s]))', ['{} 2']],
  ['sum(count_over_time({service="edge"}[1m] offset 1m))', ['{} 1']],
  ['sum(count_over_time({service="edge"}[1m] offset 1s))', ['{} 1']],
  ['sum(count_over_time({service="api"}[10s]))', []],
  ['sum(count_over_time({service="api"}[10s] offset 10s))', ['{} 1']],
  ['sum(count_over_time({service="api"}[20s] offset 10s))', ['{} 2']],
  ['sum(rate({service="api"}[1m]))', ['{} 0.05']],
  ['sum by (host) (rate({service="api"}[30s]))', ['{host=a} 0.0666666666667']],
  ['sum(bytes_over_time({service="api"}[1m]))', ['{} 44']],
  ['sum(bytes_rate({service="api"}[44s]))', ['{} 1']],
  ['sum(count_over_time({service="nobody"}[1m]))', []],
  ['sum(count_over_time({} [1m]))', ['{} 15']],
  // Filters
  ['sum(count_over_time({service="api"} |= "GET" [1m]))', ['{} 2']],
  ['sum(count_over_time({service="api"} |= "GET" != "500" [1m]))', ['{} 1']],
  ['sum(count_over_time({service="api"} |~ "(?i)get|post" [1m]))', ['{} 3']],
  ['sum(count_over_time({service="api"} |= "GET" or "POST" [1m]))', ['{} 3']],
  ['sum(count_over_time(({service="api"} |= "GET") [1m]))', ['{} 2']],
  ['sum(count_over_time({service="api"} [1m] |= "GET"))', ['{} 2']],
  ['sum(count_over_time({service="api"} | status >= 500 [1m]))', ['{} 1']],
  ['sum(count_over_time({service="api"} | status < 500 | host="a" [1m]))', ['{} 1']],
  ['sum(count_over_time({service="api"} | took > 200ms [1m]))', ['{} 2']],
  ['sum(count_over_time({service="api"} | size >= 1KB and size < 2KiB [1m]))', ['{} 1']],
  // All labels of a line
  [
    'count_over_time({service="web"}[2m])',
    [
      '{host=a,level=info,n=1,service=web} 1',
      '{host=a,level=info,n=7,service=web} 1',
      '{host=b,level=warn,n=4,service=web} 1',
    ],
  ],
  ['count_over_time({service="edge"}[2m])', ['{service=edge} 2']],
  ['rate({service="edge"}[100s])', ['{service=edge} 0.02']],
  ['bytes_over_time({service="edge"}[2m])', ['{service=edge} 15']],
  // json
  ['sum(count_over_time({service="js"} | json [1m]))', ['{} 3']],
  ['sum by (status) (count_over_time({service="js"} | json [1m]))', ['{} 1', '{status=200} 1', '{status=503} 1']],
  ['sum by (req_path) (count_over_time({service="js"} | json [1m]))', ['{} 1', '{req_path=/a} 1', '{req_path=/b} 1']],
  ['sum by (req_deep_er) (count_over_time({service="js"} | json | req_deep_er!="" [1m]))', ['{req_deep_er=x} 1']],
  ['sum(count_over_time({service="js"} | json | status >= 500 [1m]))', ['{} 1']],
  ['sum(count_over_time({service="js"} | json | req_ms > 7.5 [1m]))', ['{} 1']],
  ['sum(count_over_time({service="js"} | json | req_ms > 7.4 [1m]))', ['{} 2']],
  ['sum by (user) (count_over_time({service="js"} | json | ok="true" [1m]))', ['{user=bob "the" bé} 1']],
  ['sum by (a_b) (count_over_time({service="js"} | json | a_b!="" [1m]))', ['{a_b=dash} 1']],
  ['sum(count_over_time({service="js"} | json | __error__="" [1m]))', ['{} 2']],
  ['sum by (__error__) (count_over_time({service="js"} | json [1m]))', ['{} 2', '{__error__=JSONParserErr} 1']],
  ['sum(count_over_time({service="js"} | json | tags!="" [1m]))', []],
  ['sum(count_over_time({service="js"} | json | nil!="" [1m]))', []],
  [
    'sum by (service, service_extracted) (count_over_time({service="js"} | json | level="warn" [1m]))',
    ['{service=js,service_extracted=inner} 1'],
  ],
  ['sum by (level) (count_over_time({service="js"} | json | level!="" [1m]))', ['{level=warn} 1']],
  ['sum by (p) (count_over_time({service="js"} | json p="req.path" | p!="" [1m]))', ['{p=/a} 1', '{p=/b} 1']],
  ['sum by (tag) (count_over_time({service="js"} | json tag="tags[1]" | tag!="" [1m]))', ['{tag=y} 1']],
  ['sum by (all) (count_over_time({service="js"} | json all="tags" | all!="" [1m]))', ['{all=["x","y"]} 1']],
  ['sum by (d) (count_over_time({service="js"} | json d="[\\"a-b\\"]" | d!="" [1m]))', ['{d=dash} 1']],
  ['sum by (user) (count_over_time({service="js"} | json user | user=~"ann" [1m]))', ['{user=ann} 1']],
  ['sum(count_over_time({service="js"} | json x="nil" | x!="" [1m]))', []],
  [
    'count_over_time({service="js"} |= "ann" | json [1m])',
    ['{level=warn,req_deep_er=x,req_ms=12.5,req_path=/a,service=js,service_extracted=inner,status=503,user=ann} 1'],
  ],
  // logfmt
  ['sum by (msg) (count_over_time({service="fmt"} | logfmt [1m]))', ['{} 1', '{msg=say "hi"} 1', '{msg=two words} 1']],
  ['sum by (level) (count_over_time({service="fmt"} | logfmt [1m]))', ['{} 2', '{level=warn} 1']],
  ['sum(count_over_time({service="fmt"} | logfmt | n >= 3 [1m]))', ['{} 2']],
  ['sum(count_over_time({service="fmt"} | logfmt | took > 10ms [1m]))', ['{} 1']],
  ['sum(count_over_time({service="fmt"} | logfmt | size = 5000 [1m]))', []],
  ['sum(count_over_time({service="fmt"} | logfmt | size = 5KB [1m]))', ['{} 1']],
  ['sum(count_over_time({service="fmt"} | logfmt | bad!="" [1m]))', []],
  ['sum(count_over_time({service="fmt"} | logfmt | flag!="" [1m]))', []],
  ['sum by (http_method) (count_over_time({service="fmt"} | logfmt | http_method!="" [1m]))', ['{http_method=GET} 1']],
  ['sum by (m) (count_over_time({service="fmt"} | logfmt m="http.method" | m!="" [1m]))', ['{m=GET} 1']],
  ['sum by (n) (count_over_time({service="fmt"} | logfmt n [1m]))', ['{n=2} 1', '{n=3} 1', '{n=5} 1']],
  ['sum by (n) (count_over_time({service="fmt"} | logfmt --keep-empty | n > 2 [1m]))', ['{n=3} 1', '{n=5} 1']],
  // pattern and regexp
  [
    'sum by (method) (count_over_time({service="nginx"} | pattern "<ip> - <method> <_>" [1m]))',
    ['{} 1', '{method=GET} 1', '{method=POST} 1'],
  ],
  [
    'sum by (status) (count_over_time({service="nginx"} | pattern "<_> - <_> <path> <status> <_>" | path!="" [1m]))',
    ['{status=200} 1', '{status=404} 1'],
  ],
  [
    'sum by (ip) (count_over_time({service="nginx"} | pattern "<ip> - <_>" [1m]))',
    ['{ip=10.0.0.1} 1', '{ip=10.0.0.2} 1', '{ip=garbage} 1'],
  ],
  [
    'sum by (rest) (count_over_time({service="nginx"} | pattern "10.0.0.<rest>" | rest!="" [1m]))',
    ['{rest=1 - GET /a 200 12} 1', '{rest=2 - POST /b 404 7} 1'],
  ],
  [
    'sum by (m) (count_over_time({service="nginx"} | regexp "- (?P<m>[A-Z]+) " [1m]))',
    ['{} 1', '{m=GET} 1', '{m=POST} 1'],
  ],
  [
    'sum by (code, path) (count_over_time({service="nginx"} | regexp `(?P<path>/\\w+) (?P<code>\\d+)` | code!="" [1m]))',
    ['{code=200,path=/a} 1', '{code=404,path=/b} 1'],
  ],
  [
    'sum by (b) (count_over_time({service="nginx"} | regexp "(x)?(?:-) (?P<b>G|P)" [1m]))',
    ['{} 1', '{b=G} 1', '{b=P} 1'],
  ],
  [
    'sum by (service, service_extracted) (count_over_time({service="nginx"} | regexp "(?P<service>GET)" | service_extracted!="" [1m]))',
    ['{service=nginx,service_extracted=GET} 1'],
  ],
  [
    'sum by (method) (count_over_time({service="nginx"} | pattern "<_> - <method> <_>" | pattern "<method> <_>" | method!="" [1m]))',
    ['{method=GET} 1', '{method=POST} 1', '{method=garbage} 1'],
  ],
  // Formats
  [
    'sum(count_over_time({service="nginx"} | regexp "(?P<m>GET|POST)" | line_format "{{.m}}!" |= "GET!" [1m]))',
    ['{} 1'],
  ],
  ['sum(bytes_over_time({service="nginx"} | line_format "12345" [1m]))', ['{} 15']],
  ['sum(bytes_over_time({service="edge"} | line_format "{{.service}}" [1m]))', ['{} 4']],
  ['sum(bytes_over_time({service="edge"} | line_format "<{{__line__}}>" [1m]))', ['{} 5']],
  ['sum(bytes_over_time({service="edge"} | line_format "" [1m]))', ['{} 0']],
  ['sum(count_over_time({service="edge"} | line_format "{{ .service | ToUpper }}" |= "EDGE" [1m]))', ['{} 1']],
  ['sum(count_over_time({service="edge"} | line_format "{{ToUpper .service}}" |= "EDGE" [1m]))', ['{} 1']],
  ['sum by (who) (count_over_time({service="edge"} | label_format who=service [1m]))', ['{who=edge} 1']],
  ['sum by (who, service) (count_over_time({service="edge"} | label_format who=service [1m]))', ['{who=edge} 1']],
  [
    'sum by (who, service) (count_over_time({service="edge"} | label_format who="{{.service}}-{{.level}}" [1m]))',
    ['{service=edge,who=edge-} 1'],
  ],
  ['sum by (x) (count_over_time({service="edge"} | label_format x=nowhere [1m]))', ['{} 1']],
  [
    'sum by (host) (count_over_time({service="web"} | label_format host=`{{.host | ToUpper}}` [1m]))',
    ['{host=A} 1', '{host=B} 1'],
  ],
  [
    'count_over_time({service="web"} | drop n, host [2m])',
    ['{level=info,service=web} 2', '{level=warn,service=web} 1'],
  ],
  [
    'count_over_time({service="web"} | drop n, host="a" [2m])',
    ['{host=b,level=warn,service=web} 1', '{level=info,service=web} 2'],
  ],
  [
    'count_over_time({service="web"} | drop n, level=~"w.*" [1m])',
    ['{host=a,level=info,service=web} 1', '{host=b,service=web} 1'],
  ],
  ['count_over_time({service="web"} | keep host [2m])', ['{host=a} 2', '{host=b} 1']],
  ['count_over_time({service="web"} | keep host, level="warn" [2m])', ['{host=a} 2', '{host=b,level=warn} 1']],
  [
    'count_over_time({service="js"} | json | keep user [1m])',
    ['{__error__=JSONParserErr} 1', '{user=ann} 1', '{user=bob "the" bé} 1'],
  ],
  [
    'count_over_time({service="js"} | json | keep user | drop __error__ [1m])',
    ['{user=ann} 1', '{user=bob "the" bé} 1', '{} 1'],
  ],
  ['sum(count_over_time({service="fmt"} | logfmt | drop n | n!="" [1m]))', []],
  // Unwrapped numbers
  ['sum(sum_over_time({service="web"} | unwrap n [2m]))', ['{} 12']],
  ['sum by (host) (sum_over_time({service="web"} | unwrap n [2m]))', ['{host=a} 8', '{host=b} 4']],
  [
    'sum_over_time({service="web"} | unwrap n [2m])',
    ['{host=a,level=info,service=web} 8', '{host=b,level=warn,service=web} 4'],
  ],
  ['avg_over_time({service="web"} | unwrap n [2m]) by (service)', ['{service=web} 4']],
  ['min_over_time({service="web"} | unwrap n [2m]) by (service)', ['{service=web} 1']],
  ['max_over_time({service="web"} | unwrap n [2m]) by (service)', ['{service=web} 7']],
  ['max_over_time({service="web"} | unwrap n [2m]) by ()', ['{} 7']],
  ['max_over_time({service="web"} | unwrap n [2m]) without (level, host)', ['{service=web} 7']],
  ['stddev_over_time({service="web"} | unwrap n [2m]) by (service)', ['{service=web} 2.44948974278']],
  ['stdvar_over_time({service="web"} | unwrap n [2m]) by (service)', ['{service=web} 6']],
  ['quantile_over_time(0.5, {service="web"} | unwrap n [2m]) by (service)', ['{service=web} 4']],
  ['quantile_over_time(0.25, {service="web"} | unwrap n [2m]) by (service)', ['{service=web} 2.5']],
  ['quantile_over_time(1, {service="web"} | unwrap n [2m]) by (service)', ['{service=web} 7']],
  ['quantile_over_time(1.5, {service="web"} | unwrap n [2m]) by (service)', ['{service=web} inf']],
  ['first_over_time({service="web"} | unwrap n [2m]) by (service)', ['{service=web} 7']],
  ['last_over_time({service="web"} | unwrap n [2m]) by (service)', ['{service=web} 4']],
  ['sum(rate({service="web"} | unwrap n [100s]))', ['{} 0.05']],
  ['sum(sum_over_time({service="api"} | unwrap duration(took) [1m]))', ['{} 1.762']],
  ['sum(sum_over_time({service="api"} | unwrap duration_seconds(took) [1m]))', ['{} 1.762']],
  ['sum(sum_over_time({service="api"} | unwrap bytes(size) [1m]))', ['{} 3058']],
  ['sum(sum_over_time({service="api"} | unwrap took [1m]))', []],
  ['sum(sum_over_time({service="js"} | json | unwrap req_ms [1m]))', ['{} 20']],
  ['sum(sum_over_time({service="js"} | json | unwrap req_ms | user="ann" [1m]))', ['{} 12.5']],
  ['sum(sum_over_time({service="js"} | json | unwrap req_ms | __error__="" [1m]))', ['{} 20']],
  ['sum(sum_over_time({service="fmt"} | logfmt | unwrap n [1m]))', ['{} 10']],
  ['sum(sum_over_time({service="fmt"} | logfmt | unwrap n [20s] offset 20s))', ['{} 7']],
  ['sum(sum_over_time({service="fmt"} [20s] offset 20s | logfmt | unwrap n))', ['{} 7']],
  ['max(max_over_time({service="fmt"} | logfmt | unwrap duration(took) [1m]))', ['{} 0.02']],
  ['min(min_over_time({service="nginx"} | pattern "<_> <_> <_> <_> <_> <b>" | unwrap b [1m]))', ['{} 7']],
  ['sum by (n) (sum_over_time({service="web"} | unwrap n [1m]))', ['{} 5']],
  // Absence
  ['absent_over_time({service="nobody"}[1m])', ['{service=nobody} 1']],
  ['absent_over_time({service="nobody", level=~"x", host="h"}[1m])', ['{host=h,service=nobody} 1']],
  ['absent_over_time({service="a", service="b"}[1m])', ['{} 1']],
  ['absent_over_time({service="api"}[1m])', []],
  ['absent_over_time({service="api"} |= "nothing" [1m])', ['{service=api} 1']],
]

describe('a range aggregation', () => {
  it.each(AT_ONCE)('%s', async (query, expected) => {
    expect(await metricAnswer(table, query, AT_NOW)).toEqual([...expected].sort())
  })
})
