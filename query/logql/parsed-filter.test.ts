import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LogTable, openLogTable } from '../../test/chdb-logs.js'
import {
  canonicalLogSelector,
  compileLogFilter,
  createParamSink,
  type LabelledLog,
  matchesLog,
  parseLogSelector,
} from './index.js'
import { writeStringLiteral } from './string-literal.js'

let table: LogTable
beforeAll(async () => {
  table = await openLogTable()
})
afterAll(() => table.close())

const log = (message: string, attributes: LabelledLog['attributes'] = {}): LabelledLog => ({
  service: 'api',
  level: '',
  message,
  traceId: null,
  spanId: null,
  attributes,
})

/** Which of the records each query means, by the reference and by ClickHouse. */
async function judge(queries: readonly string[], records: readonly LabelledLog[]) {
  await table.clear()
  await table.insert(records.map((each, item) => ({ ...each, item })))
  const params = createParamSink()
  const selectors = queries.map(parseLogSelector)
  const columns = selectors.map(
    (each, index) => `arraySort(groupArrayIf(item, ${compileLogFilter(each, params)})) AS q${index}`,
  )
  const [row] = await table.select<Record<string, number[]>>(`SELECT ${columns.join(', ')} FROM logs`, params.values)
  return selectors.map((selector, index) => ({
    query: queries[index],
    reference: records.flatMap((each, item) => (matchesLog(selector, each) ? [item] : [])),
    clickhouse: row?.[`q${index}`] ?? [],
  }))
}

const LINES: readonly LabelledLog[] = [
  log('{"status":503,"req":{"path":"/a","ms":12.50},"tags":["x",{"y":1}],"nil":null,"service":"inner"}'),
  log('{"status":"200","user":"b\\u00e9\\n","user":"twice","a-b":true,"5x":1,"big":12345678901234567890,"e":1e3}', {
    user: 'stored',
  }),
  log('not json'),
  log('["an","array"]'),
  log('{"open":'),
  log('{} trailing'),
  log('level=warn msg="two words" took=10ms n=3 http.status=404'),
  log('msg="say \\"hi\\"" n=2 flag bad=a=b =x empty= user=bare', { user: 'stored' }),
]

const CASES: readonly (readonly [query: string, expected: readonly number[]])[] = [
  ['{} | json | status >= 500', [0]],
  ['{} | json | status = 200', [1]],
  ['{} | json | req_path="/a"', [0]],
  ['{} | json | req_ms="12.5"', [0]],
  ['{} | json | tags!=""', []],
  ['{} | json | nil!=""', []],
  ['{} | json | service="inner"', []],
  ['{} | json | service_extracted="inner"', [0]],
  ['{} | json | user="stored"', [1, 7]],
  ['{} | json | user_extracted="bé\\n"', [1]],
  ['{} | json | user_extracted="twice"', []],
  ['{} | json | a_b="true"', [1]],
  ['{} | json | _5x="1"', [1]],
  ['{} | json | big="12345678901234567890"', [1]],
  ['{} | json | e="1000"', [1]],
  ['{} | json | __error__=""', [0, 1]],
  ['{} | json | __error__="JSONParserErr"', [2, 3, 4, 5, 6, 7]],
  ['{} | json | __error__="" |= "status" | status!="200"', [0]],
  ['{} | json p="req.path" | p="/a"', [0]],
  ['{} | json t="tags[1].y" | t="1"', [0]],
  ['{} | json t="tags[1]" | t=`{"y":1}`', [0]],
  ['{} | json t="tags[9]" | t!=""', []],
  ['{} | json t="req[0]" | t!=""', []],
  ['{} | json u="user" | u=~"b.*"', [1]],
  ['{} | logfmt | msg="two words"', [6]],
  ['{} | logfmt | msg=`say "hi"`', [7]],
  ['{} | logfmt | n >= 3', [6]],
  ['{} | logfmt | took > 5ms', [6]],
  ['{} | logfmt | http_status="404"', [6]],
  ['{} | logfmt | bad!=""', []],
  ['{} | logfmt | user="stored" | user_extracted="bare"', [7]],
  ['{} | logfmt lvl="level" | lvl="warn"', [6]],
  ['{} | logfmt n | n="2"', [7]],
  ['{} | logfmt | json | n="2"', [7]],
  ['{} | n="2" | logfmt', []],
]

describe('a log query that parses lines', () => {
  it.each(CASES)('%s', async (query, expected) => {
    expect(await judge([query], LINES)).toEqual([{ query, reference: expected, clickhouse: expected }])
  })

  it('means in ClickHouse what it means record by record', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(record(), { minLength: 5, maxLength: 20 }),
        fc.array(query(), { minLength: 5, maxLength: 12 }),
        async (records, queries) => {
          for (const { query, reference, clickhouse } of await judge(queries, records)) {
            expect({ query, items: clickhouse }).toEqual({ query, items: reference })
          }
        },
      ),
      { numRuns: 30 },
    )
  })

  it('has a canonical text that reads back as itself', () => {
    fc.assert(
      fc.property(query(), (each) => {
        const canonical = canonicalLogSelector(parseLogSelector(each))
        expect(canonicalLogSelector(parseLogSelector(canonical))).toBe(canonical)
      }),
    )
    expect(
      canonicalLogSelector(parseLogSelector('{} | b="1" | a="1" | json x="y[0].z", w |= "q" | d="1" | c="1"')),
    ).toBe('{} |= "q" | a="1" | b="1" | json x="[\\"y\\"][0][\\"z\\"]", w="[\\"w\\"]" | c="1" | d="1"')
  })
})

const key = () => fc.constantFrom('a', 'b', 'a_b', 'a.b', '5x', 'é', 'service', 'x', '')
const text = () => fc.constantFrom('', 'a', 'b c', '"', '\\', '\n', 'é', '😀', '1', '=', 'true', '5KB', '\u0001', "'")
const number = () =>
  fc.oneof(
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(0, -0, 1e21, 1e-7, 2 ** 63),
  )

const json = () =>
  fc.letrec<{ value: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'json' },
      fc.oneof(
        text().map((each) => JSON.stringify(each)),
        number().map(String),
        fc.constantFrom('true', 'false', 'null', '1.50', '-0', '1e3', '18446744073709551615', '"\\u00e9\\/"'),
      ),
      fc.array(tie('value'), { maxLength: 2 }).map((items) => `[${items.join(', ')}]`),
      object(tie('value')),
      object(tie('value')),
    ),
  })).value

const object = (value: fc.Arbitrary<string>) =>
  fc
    .array(fc.tuple(key(), value), { maxLength: 4 })
    .map((entries) => `{${entries.map(([name, each]) => `${JSON.stringify(name)}: ${each}`).join(',')}}`)

const logfmt = () =>
  fc
    .array(
      fc.oneof(
        fc.tuple(key(), fc.oneof(text(), number().map(String))).map(([name, value]) => `${name}=${value}`),
        fc.tuple(key(), text()).map(([name, value]) => `${name}=${JSON.stringify(value)}`),
        text(),
      ),
      { maxLength: 5 },
    )
    .map((words) => words.join(' '))

const record = () =>
  fc
    .tuple(
      fc.oneof(object(json()), json(), logfmt(), text()),
      fc.dictionary(fc.constantFrom('a', 'x', 'a.b'), text(), { maxKeys: 2 }),
    )
    .map(([message, attributes]) => log(message, attributes))

const name = () =>
  fc.constantFrom(
    'a',
    'b',
    'a_b',
    'a_a',
    'a_b_a',
    '_5x',
    'x',
    'a_extracted',
    'service',
    'service_extracted',
    '__error__',
    'a__',
    '_',
    '_a',
  )
const filter = () =>
  fc.oneof(
    fc
      .tuple(
        name(),
        fc.constantFrom('=', '!='),
        fc.oneof(
          text(),
          number().map((each) => String(each)),
        ),
      )
      .map(([label, op, value]) => `| ${label}${op}${writeStringLiteral(value)}`),
    fc
      .tuple(name(), fc.constantFrom('=~', '!~'), fc.constantFrom('.+', '[0-9.]+', 'a|b', '(?i)TRUE'))
      .map(([label, op, value]) => `| ${label}${op}${writeStringLiteral(value)}`),
    fc.tuple(name(), fc.constantFrom('>', '<=', '==')).map(([label, op]) => `| ${label} ${op} 1`),
  )
const parser = () =>
  fc.constantFrom(
    '| json',
    '| logfmt',
    '| json a="b", x="a[0]"',
    '| json b="a.b", a',
    '| json x="a"',
    '| logfmt a="a.b", x="a"',
    '| logfmt b',
  )
const query = () =>
  fc
    .tuple(
      fc.array(filter(), { maxLength: 1 }),
      fc.array(fc.tuple(parser(), fc.array(filter(), { maxLength: 2 })), { minLength: 1, maxLength: 2 }),
    )
    .map(([before, parts]) => ['{}', ...before, ...parts.flatMap(([each, filters]) => [each, ...filters])].join(' '))
