import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { QueryError } from '../../schema/domain/query-error.js'
import { type LogTable, openLogTable, type TestLog } from '../../test/chdb-logs.js'
import { compileLogSource, createParamSink, parseLogPipeline } from './index.js'

const LINES: Readonly<Record<string, Partial<TestLog>>> = {
  json: { service: 'api', level: 'error', message: '{"status":503,"user":{"name":"Zoë"},"took":"1.5s"}' },
  ok: { service: 'api', level: 'info', message: '{"status":200,"user":{"name":"bob"},"took":"20ms"}' },
  logfmt: { service: 'web', level: 'warn', message: 'status=404 path="/a b" msg="say \\"hi\\""' },
  access: { service: 'web', level: 'info', message: '10.0.0.1 - GET /cart 200' },
  plain: { service: 'web', level: '', message: 'a.b*c [x] (y) 100%_done\\n' },
  unicode: { service: 'größe', level: 'info', message: 'Maßstab 😀 überschritten' },
  stored: { service: 'api', level: 'info', message: 'status=1', attributes: { status: 200, region: 'eu' } },
  empty: { service: '', level: '', message: '' },
}
const NAMES = Object.keys(LINES)

let table: LogTable
beforeAll(async () => {
  table = await openLogTable()
  await table.insert(NAMES.map((name, item) => ({ ...LINES[name], item })))
})
afterAll(() => table.close())

/** Names of the records found; with a `line_format`, what they are shown as. */
async function found(query: string): Promise<string> {
  const params = createParamSink()
  const source = compileLogSource(parseLogPipeline(query), 'org_id = {org:String}', params)
  const rows = await table.select<{ item: number; message: string }>(
    `SELECT item, message FROM ${source} ORDER BY ts, batch_id, item`,
    { ...params.values, org: 'org_test' },
  )
  return rows
    .map(({ item, message }) =>
      message === LINES[NAMES[item] ?? '']?.message ? NAMES[item] : `${NAMES[item]}:${message}`,
    )
    .join(' ')
}

describe('compileLogSource', () => {
  it.each([
    // Filters alone.
    ['{service="api"}', 'json ok stored'],
    ['{service="größe"}', 'unicode'],
    ['{} |= "😀"', 'unicode'],
    ['{} |= "a.b*c [x] (y)"', 'plain'],
    ['{} |= `\\n`', 'plain'],
    ['{} |= "\\n"', ''],
    ['{} |= "100%_"', 'plain'],
    ['{} |= "1000_"', ''],
    ['{} |= "say \\\\\\"hi"', 'logfmt'],
    ['{} |~ "a\\\\.b\\\\*c \\\\[x\\\\]"', 'plain'],
    ['{} |~ "^$"', 'empty'],
    ['{} |~ "(?i)MASSSTAB|maßstab"', 'unicode'],
    ['{} |= ""', 'json ok logfmt access plain unicode stored empty'],
    ['{} != "status" != "a"', 'empty'],
    ['{service="nowhere"}', ''],
    ['{} | json | status >= 500', 'json'],
    ['{} | json | user_name="Zoë"', 'json'],
    ['{} | json | took > 1s', 'json'],
    ['{} | json | __error__=""', 'json ok'],
    ['{} | logfmt | path="/a b"', 'logfmt'],
    ['{} | logfmt | msg=`say "hi"`', 'logfmt'],
    ['{} | logfmt | status_extracted="1"', 'stored'],
    ['{} | logfmt | status="200"', 'stored'],
    // Parsers with captures.
    ['{} | pattern "<ip> - <method> <path> <status>" | method="GET"', 'access'],
    ['{} | pattern "<_> - <_> <path> <_>" | path="/cart"', 'access'],
    ['{} | regexp "status=(?P<code>\\\\d+)" | code >= 400', 'logfmt'],
    ['{} | regexp "(?P<letter>[ß])" | letter="ß"', 'unicode'],
    // Labels made anew.
    ['{} | json | label_format who=user_name | who="bob"', 'ok'],
    ['{} | label_format who="{{.service}}-{{.level | ToUpper}}" | who="api-ERROR"', 'json'],
    ['{} | json | drop status | status=""', 'json ok logfmt access plain unicode stored empty'],
    ['{} | json | keep user_name | status="" | user_name="bob"', 'ok'],
    // Lines made anew.
    ['{level="error"} | json | line_format "{{.status}} {{.user_name}}"', 'json:503 Zoë'],
    ['{level="warn"} | logfmt | line_format `{{.msg}}`', 'logfmt:say "hi"'],
    ['{level="warn"} | line_format "{{.nothing}}"', 'logfmt:'],
    ['{service="größe"} | line_format "[{{.service}}] {{__line__}}"', 'unicode:[größe] Maßstab 😀 überschritten'],
    ['{} | json | line_format "code {{.status}}" |= "code 503"', 'json:code 503'],
    ['{} |= "Zoë" | json | line_format "x" |= "Zoë"', ''],
    ['{} | line_format "{{.region}}" |= "eu"', 'stored:eu'],
    [
      '{} | line_format `{"n":"{{.service}}"}` | json | n="web" | __error__=""',
      'logfmt:{"n":"web"} access:{"n":"web"} plain:{"n":"web"}',
    ],
    [
      '{} | label_format x=`\'; DROP TABLE logs; -- {p0:String}` | x=~`.*DROP.*` | service="api" | level="error"',
      'json',
    ],
  ])('%s', async (query, expected) => {
    expect(await found(query)).toBe(expected)
  })

  it('keeps what is stored beside the line', async () => {
    const params = createParamSink()
    const source = compileLogSource(parseLogPipeline('{service="api"} | line_format "x"'), 'true', params)
    const rows = await table.select(
      `SELECT item, service, level, attributes_string, attributes_number FROM ${source} ORDER BY item DESC LIMIT 1`,
      params.values,
    )
    expect(rows).toEqual([
      {
        item: 6,
        service: 'api',
        level: 'info',
        attributes_string: { region: 'eu' },
        attributes_number: { status: 200 },
      },
    ])
  })

  it.each([
    ['rate({}[5m])', 'metric query'],
    ['{} | unwrap x', 'unwrap'],
    ['{} | unpack', 'unpack'],
    ['{} | decolorize', 'decolorize'],
    ['{} |> "a<_>"', '|>'],
    ['{} |= ip("10.0.0.0/8")', 'ip()'],
    ['{} | line_format "{{"', 'never closed'],
  ])('refuses %s by name', (query, words) => {
    expect(() => parseLogPipeline(query)).toThrow(QueryError)
    expect(() => parseLogPipeline(query)).toThrow(words)
  })
})
