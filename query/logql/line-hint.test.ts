import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LogTable, openLogTable } from '../../test/chdb-logs.js'
import { compileLogFilter, createParamSink, lineHintsSql, parseLogSelector } from './index.js'
import { writeStringLiteral } from './string-literal.js'

let table: LogTable
beforeAll(async () => {
  table = await openLogTable()
})
afterAll(() => table.close())

/** The hints of a query with their parameters written in. */
function hints(query: string): string {
  const params = createParamSink()
  const sql = lineHintsSql(parseLogSelector(query).stages, params).join(' AND ')
  return sql.replace(/\{(\w+):String\}/g, (_, name: string) => `'${params.values[name]}'`)
}

describe('lineHintsSql', () => {
  it.each([
    ['a word that may go on at both ends', '{} |= "timeout"', `(message LIKE '%timeout%')`],
    ['words that stand whole', '{} |= "a foo-bar b"', `(hasToken(message, 'foo') AND hasToken(message, 'bar'))`],
    [
      'a whole word and long ends',
      '{} |= "user=42 order"',
      `(hasToken(message, '42') AND message LIKE '%order%' AND message LIKE '%user%')`,
    ],
    ['a word closed by ASCII alone', '{} |= " naïve? "', ''],
    ['ends that are too short', '{} |= "a=b"', ''],
    ['no text', '{} |= ""', ''],
    ['what shall not be there', '{} != "timeout"', ''],
    ['one of two', '{} |= "timeout" or "refused"', `((message LIKE '%timeout%') OR (message LIKE '%refused%'))`],
    ['one of two, of which one has none', '{} |= "timeout" or "x"', ''],
    ['two filters', '{} |= "timeout" |= "refused"', `(message LIKE '%timeout%') AND (message LIKE '%refused%')`],
    ['letters of a pattern', '{} |~ "conn.*refused [0-9]+"', `(message LIKE '%refused%' AND message LIKE '%conn%')`],
    ['a pattern of either', '{} |~ "timeout|refused"', `((message LIKE '%timeout%') OR (message LIKE '%refused%'))`],
    ['a pattern of any letter case', '{} |~ "(?i)timeout"', ''],
    ['what a pattern may leave out', '{} |~ "(timeout)?s*"', ''],
    ['a line that was parsed, which it still is', '{} | json | x="1" |= "timeout"', `(message LIKE '%timeout%')`],
  ])('asks the index for %s', (_name, query, expected) => {
    expect(hints(query)).toBe(expected)
  })

  it('is asked before any line is read', async () => {
    const lines = Array.from({ length: 30_000 }, (_, i) => ({ message: i === 9_000 ? 'a needle here' : `line ${i}` }))
    await table.insert(lines)
    const plan = await table.select<{ explain: string }>(
      `EXPLAIN indexes = 1 SELECT item FROM logs WHERE ${hints('{} |= "needle"')}`,
    )
    const text = plan.map(({ explain }) => explain.trim()).join('\n')
    expect(text).toMatch(/Name: message_text[\s\S]*Granules: 1\/[2-9]/)
    await table.clear()
  })
})

const PIECES = [
  'foo',
  'bar',
  'f',
  'oo',
  'Foo',
  'timeout',
  'refused',
  '42',
  '0',
  ' ',
  '-',
  '_',
  '.',
  '"',
  '%',
  '\\',
  '\n',
]
const OTHER = ['é', 'ñandu', '中文', '😀', '\u0000', "'", '{p0:String}', '%foo%', 'foo_bar']
const text = (most: number) =>
  fc.array(fc.constantFrom(...PIECES, ...OTHER), { maxLength: most }).map((pieces) => pieces.join(''))
const pattern = () =>
  fc
    .array(
      fc.constantFrom(
        'foo',
        'timeout',
        'ref',
        'used',
        ' ',
        '-',
        '.',
        '.*',
        '(?i)foo',
        '(bar)?',
        '(?:foo|42)',
        '\\b',
        '[f]',
        'é',
      ),
      {
        maxLength: 5,
      },
    )
    .map((parts) => parts.join(''))
const filter = () =>
  fc.oneof(
    fc.tuple(fc.constantFrom('|=', '!='), text(4)).map(([op, needle]) => `${op} ${writeStringLiteral(needle)}`),
    fc.tuple(text(3), text(3)).map(([a, b]) => `|= ${writeStringLiteral(a)} or ${writeStringLiteral(b)}`),
    fc.tuple(fc.constantFrom('|~', '!~'), pattern()).map(([op, needle]) => `${op} ${writeStringLiteral(needle)}`),
    fc.tuple(pattern(), pattern()).map(([a, b]) => `|~ ${writeStringLiteral(`${a}|${b}`)}`),
  )

it('leaves the same lines with hints and without, whatever is looked for', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(text(8), { minLength: 1, maxLength: 60 }),
      fc.array(fc.array(filter(), { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 25 }),
      async (messages, queries) => {
        await table.insert(messages.map((message, item) => ({ message, item })))
        try {
          for (const filters of queries) {
            const parsed = parseLogSelector(`{} ${filters.join(' ')}`)
            const params = createParamSink()
            const exact = compileLogFilter(parsed, params)
            const hinted = [...lineHintsSql(parsed.stages, params), exact].join(' AND ')
            const [found] = await table.select<{ exact: number[]; hinted: number[] }>(
              `SELECT (SELECT groupArray(item) FROM (SELECT item FROM logs WHERE ${exact} ORDER BY item)) AS exact,
                 (SELECT groupArray(item) FROM (SELECT item FROM logs WHERE ${hinted} ORDER BY item)) AS hinted`,
              params.values,
            )
            expect([filters, found?.hinted]).toEqual([filters, found?.exact])
          }
        } finally {
          await table.clear()
        }
      },
    ),
    { numRuns: 25 },
  )
})
