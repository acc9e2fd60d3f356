import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LogTable, openLogTable } from '../../test/chdb-logs.js'
import { compileLogFilter, createParamSink, type LabelledLog, matchesLog, parseLogSelector } from './index.js'

const log = (record: Partial<LabelledLog>): LabelledLog => ({
  service: 'api',
  level: 'info',
  message: '',
  traceId: null,
  spanId: null,
  attributes: {},
  ...record,
})

const HOSTILE = `'; DROP TABLE logs; -- {p0:String} \${x} %s \\' \\\\ "quoted" \`tick\``

/** Records by name. */
const RECORDS: Readonly<Record<string, LabelledLog>> = {
  plain: log({ message: 'GET /users 200 in 12ms' }),
  timeout: log({ level: 'error', message: 'upstream timeout after 30s' }),
  retry: log({ level: 'error', message: 'timeout, will retry' }),
  web: log({ service: 'web', level: 'warn', message: 'slow render' }),
  upper: log({ service: 'API', level: 'ERROR', message: 'TIMEOUT' }),
  none: log({ service: '', level: '', message: '' }),
  lines: log({ message: 'first line\nsecond line\r\nthird' }),
  tabbed: log({ message: 'a\tb\u0000c' }),
  umlaut: log({ service: 'größe', message: 'Maßstab überschritten' }),
  emoji: log({ message: 'build 🚀 done 👩‍💻' }),
  hostile: log({ service: HOSTILE, message: HOSTILE }),
  backslash: log({ message: 'C:\\temp\\new \\N \\x41' }),
  regexy: log({ message: 'a.b*c+d?[e](f){g}|h^i$j' }),
  percent: log({ message: '100% of_rows like %_' }),
  traced: log({ traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' }),
  typed: log({ attributes: { status: 200, ok: true, ratio: 0.25, region: 'eu-1' } }),
  failed: log({ attributes: { status: 500, ok: false, ratio: -1.5e-9, region: 'us-2' } }),
  texts: log({ attributes: { status: '200', ok: 'true', took: '1m30s', size: '10KiB' } }),
  dotted: log({ attributes: { 'http.status_code': 404, 'http.route': '/users/:id', 'k8s.pod-name': 'api-0' } }),
  both: log({ attributes: { http_route: 'literal', 'http.route': 'dotted' } }),
  twins: log({ attributes: { 'b-x': 'dash', 'b.x': 'dot' } }),
  digits: log({ attributes: { '5xx': 7, 'é.x': 'accent' } }),
  empty: log({ attributes: { region: '', 'http.route': '' } }),
  huge: log({ attributes: { status: 1e21, size: '1.5 MB', took: '250ms' } }),
}

const NAMES = Object.keys(RECORDS)
const ALL = NAMES.join(' ')
const but = (names: string) => NAMES.filter((name) => !names.split(' ').includes(name)).join(' ')

/** A query and the names of the records it means. */
const CASES: readonly (readonly [query: string, expected: string])[] = [
  ['{}', ALL],
  ['{ }', ALL],
  ['{ # everything\n}', ALL],
  ['({})', ALL],
  ['{service="web"}', 'web'],
  ['{service=`web`}', 'web'],
  ['{service!="api"}', 'web upper none umlaut hostile'],
  ['{service=""}', 'none'],
  ['{service!=""}', but('none')],
  ['{service="API"}', 'upper'],
  ['{service="ap"}', ''],
  ['{service=~"ap"}', ''],
  ['{service=~"ap."}', but('web upper none umlaut hostile')],
  ['{service=~"(?i)api"}', but('web none umlaut hostile')],
  ['{service=~"web|API"}', 'web upper'],
  ['{service!~"api|web"}', 'upper none umlaut hostile'],
  ['{service=~".*"}', ALL],
  ['{service=~".+"}', but('none')],
  ['{service=~""}', 'none'],
  ['{service!~""}', but('none')],
  ['{service="größe"}', 'umlaut'],
  ['{service="gr\\u00f6\\u00dfe"}', 'umlaut'],
  ['{service="gr\\xc3\\xb6\\xc3\\x9fe"}', 'umlaut'],
  ['{service=~"gr.{2}e"}', 'umlaut'],
  ['{level=~"err.*"}', 'timeout retry'],
  ['{service="api", level=~"err.*"} |= "timeout" != "retry"', 'timeout'],
  ['{service="api", level="error"} |= "timeout"', 'timeout retry'],
  ['{level="error", level!="error"}', ''],
  ['{} |= "timeout"', 'timeout retry'],
  ['{} |= "timeout" or "slow"', 'timeout retry web'],
  ['{} |= "timeout" or "slow" or "GET"', 'plain timeout retry web'],
  ['{} |= "timeout" or "slow" |= "render"', 'web'],
  ['{level!=""} != "timeout" or "e"', 'tabbed traced typed failed texts dotted both twins digits empty huge upper'],
  ['{} |= ""', ALL],
  ['{} != ""', ''],
  ['{} |~ ""', ALL],
  ['{} !~ ""', ''],
  ['{} |~ "time.*retry"', 'retry'],
  ['{} |~ "^timeout"', 'retry'],
  ['{} |~ "retry$" or "^slow"', 'retry web'],
  [
    '{} !~ "time" !~ "line" |~ "."',
    but('timeout retry lines none traced typed failed texts dotted both twins digits empty huge'),
  ],
  ['{} |~ "(?i)timeout"', 'timeout retry upper'],
  ['{} |~ `\\d+ms`', 'plain'],
  ['{} |~ "\\\\d+ms"', 'plain'],
  ['{} |~ "line.second"', 'lines'],
  ['{} |~ "(?-s)line.second"', ''],
  ['{} |~ "(?m)^second"', 'lines'],
  ['{} |~ "^second"', ''],
  ['{} |= "line\\nsecond"', 'lines'],
  ['{} |= `line\nsecond`', 'lines'],
  ['{} |= "\\r\\n"', 'lines'],
  ['{} |= "\\t"', 'tabbed'],
  ['{} |= "\\x00"', 'tabbed'],
  ['{} |= "\\000c"', 'tabbed'],
  ['{} |~ "b\\\\x00c"', 'tabbed'],
  ['{} |= "🚀"', 'emoji'],
  ['{} |= "\\U0001F680"', 'emoji'],
  ['{} |= "👩"', 'emoji'],
  ['{} |~ "🚀+"', 'emoji'],
  ['{} |~ "build . done"', 'emoji'],
  ['{} |= "Maßstab"', 'umlaut'],
  ['{} |~ "ü.erschritten"', 'umlaut'],
  ['{} |~ "(?i)ÜBER"', 'umlaut'],
  ['{} |= "MASSSTAB"', ''],
  ['{} |= `\\temp`', 'backslash'],
  ['{} |= "\\\\temp\\\\new"', 'backslash'],
  ['{} |= `\\N`', 'backslash'],
  ['{} |= "\\\\x41"', 'backslash'],
  ['{service="api"} |= "\\x41"', ''],
  ['{} |= "a.b*c+d?[e](f){g}|h^i$j"', 'regexy'],
  ['{} |~ `a\\.b\\*c\\+d\\?\\[e\\]\\(f\\)\\{g\\}\\|h\\^i\\$j`', 'regexy'],
  ['{} |~ `\\Qa.b*c+d?[e](f){g}|h^i$j`', 'regexy'],
  ['{} |~ "a.b.c"', 'tabbed regexy'],
  ['{} |= "%"', 'hostile percent'],
  ['{} |= "%_"', 'percent'],
  ['{} |= "\'; DROP TABLE logs; --"', 'hostile'],
  ['{} |= "{p0:String}"', 'hostile'],
  ['{} |= "\\"quoted\\""', 'hostile'],
  ['{} |= "`tick`"', 'hostile'],
  [`{service=~".*DROP.*"}`, 'hostile'],
  [`{service="' OR 1=1 --"}`, ''],
  [`{traceId="' OR ''='"}`, ''],
  [`{x="') OR (1=1"}`, ''],
  ['{trace_id="0af7651916cd43dd8448eb211c80319c"}', 'traced'],
  ['{traceId=~"0af.*", spanId!=""}', 'traced'],
  ['{span_id="b7ad6b7169203331"}', 'traced'],
  ['{traceId=""}', but('traced')],
  ['{status="200"}', 'typed texts'],
  ['{status="200.0"}', ''],
  ['{status=~"[45].."}', 'failed'],
  ['{status!=""}', 'typed failed texts huge'],
  ['{status=""}', but('typed failed texts huge')],
  ['{status="1e21"}', 'huge'],
  ['{status!~"200|"}', 'failed huge'],
  ['{ok="true"}', 'typed texts'],
  ['{ok="false"}', 'failed'],
  ['{ok="0"}', ''],
  ['{ratio="0.25"}', 'typed'],
  ['{ratio="-1.5e-9"}', 'failed'],
  ['{region="eu-1"}', 'typed'],
  ['{region!="eu-1"}', but('typed')],
  ['{region=""}', but('typed failed')],
  ['{region=~"..-."}', 'typed failed'],
  ['{nowhere=""}', ALL],
  ['{nowhere!="x"}', ALL],
  ['{nowhere="x"}', ''],
  ['{nowhere=~"x?"}', ALL],
  ['{http_status_code="404"}', 'dotted'],
  ['{http_status_code=~"4.."}', 'dotted'],
  ['{http_route="/users/:id"}', 'dotted'],
  ['{http_route="literal"}', 'both'],
  ['{http_route="dotted"}', ''],
  ['{http_route=""}', but('dotted both')],
  ['{k8s_pod_name="api-0"}', 'dotted'],
  ['{b_x="dash"}', 'twins'],
  ['{b_x="dot"}', ''],
  ['{_5xx="7"}', 'digits'],
  ['{__x="accent"}', 'digits'],
  ['{} | status >= 400', 'failed huge'],
  ['{} | status = 200', 'typed texts'],
  ['{} | status == 2e2', 'typed texts'],
  ['{} | status != 200', 'failed huge'],
  ['{} | status > -1', 'typed failed texts huge'],
  ['{} | ratio < 0', 'failed'],
  ['{} | region > 0', ''],
  ['{} | took > 1m', 'texts'],
  ['{} | took >= 1m30s', 'texts'],
  ['{} | took <= 0.25s', 'huge'],
  ['{} | size > 1MB', 'huge'],
  ['{} | size = 10KiB', 'texts'],
  ['{} | size <= 10240B', 'texts'],
  ['{} | region="eu-1" or status>400', 'typed failed huge'],
  ['{} | region="eu-1" or region="us-2" and ok="false"', 'typed failed'],
  ['{} | (region="eu-1" or region="us-2") and ok="false"', 'failed'],
  ['{} | region=~"eu.*", ok="true"', 'typed'],
  ['{} | region!="" | ok="false" |= ""', 'failed'],
  ['{} | level=~"(?i)error" |= "t"', 'timeout retry'],
  ['{} | level > 3', ''],
]

let table: LogTable
beforeAll(async () => {
  table = await openLogTable()
  await table.insert(Object.values(RECORDS).map((record, item) => ({ ...record, item })))
})
afterAll(() => table.close())

const inOrder = (names: string) => names.split(' ').filter(Boolean).sort()

describe('a log query', () => {
  it.each(CASES)('%s', async (query, expected) => {
    const selector = parseLogSelector(query)
    const byReference = NAMES.filter((name) => matchesLog(selector, RECORDS[name] ?? log({})))
    expect(byReference.sort()).toEqual(inOrder(expected))

    const params = createParamSink()
    const where = compileLogFilter(selector, params)
    const rows = await table.select<{ item: number }>(`SELECT item FROM logs WHERE ${where}`, params.values)
    expect(rows.map((row) => NAMES[row.item] ?? '').sort()).toEqual(inOrder(expected))
  })

  it('puts no text of the query into the SQL', () => {
    const hostile = parseLogSelector(`{service="${'sneaky'}", x!~"sneaky"} |= "sneaky" |~ "sneaky" | y="sneaky"`)
    expect(compileLogFilter(hostile, createParamSink())).not.toContain('sneaky')
  })

  it('keeps the parameters of many filters of one query apart', async () => {
    const params = createParamSink()
    const [api, web] = ['{service="api"}', '{service="web"}'].map((query) =>
      compileLogFilter(parseLogSelector(query), params),
    )
    const sql = `SELECT toUInt32(countIf(${api})) AS api, toUInt32(countIf(${web})) AS web FROM logs`
    expect(await table.select(sql, params.values)).toEqual([{ api: NAMES.length - 5, web: 1 }])
  })
})
