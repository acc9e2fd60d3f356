import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EmbeddedClickHouse } from '../embedded/chdb.js'
import { QueryError } from '../schema/domain/query-error.js'
import { CursorError, type TraceQuery, type TraceReader } from '../schema/ports.js'
import { type GivenSpan, insertSpans, SPANS_AT, traceIdOf } from '../test/builders/spans.js'
import { openTestClickHouse } from '../test/harness/stores.js'
import { createTraceReader } from './trace-reader.js'
import { walledFor } from './walled.js'

let clickhouse: EmbeddedClickHouse
let reader: TraceReader

const ALL: TraceQuery = {
  from: SPANS_AT,
  to: SPANS_AT + 60_000,
  filter: null,
  service: null,
  name: null,
  minDurationMs: null,
  maxDurationMs: null,
  errorsOnly: false,
}

/** Three traces a second apart, and one of another org. */
const SPANS: readonly GivenSpan[] = [
  { trace: '1', id: '11', ms: 100, service: 'web', name: 'GET /cart', attributes: { 'http.route': '/cart' } },
  {
    trace: '1',
    id: '12',
    parent: '11',
    start: 10,
    ms: 50,
    service: 'api',
    status: 'error',
    attributes: { 'http.route': '/x' },
  },
  {
    trace: '2',
    id: '21',
    start: 1_000,
    ms: 2,
    service: 'web',
    name: 'GET /',
    more: { attributes_number: { code: 200 } },
  },
  { trace: '2', id: '22', parent: '21', start: 1_001, ms: 0.5, service: 'api', name: 'load', kind: 'client' },
  { trace: '3', id: '31', parent: '99', start: 2_000, ms: 700, service: 'jobs', name: 'work' },
  { trace: '4', id: '41', org: 'org_b', start: 100, service: 'web' },
]

beforeAll(async () => {
  clickhouse = await openTestClickHouse()
  reader = createTraceReader(walledFor(clickhouse.reader, 'org_a'), 'org_a')
  await insertSpans(clickhouse.writer, SPANS)
})
afterAll(() => clickhouse.close())

const found = async (query: Partial<TraceQuery>) => {
  const page = await reader.search({ ...ALL, ...query, first: 100, after: null })
  return page.traces.map(({ summary }) => summary.traceId.replace(/^0+/, ''))
}

describe('search', () => {
  it('summarises traces as a whole, newest first', async () => {
    const page = await reader.search({ ...ALL, first: 10, after: null })
    expect(page.hasNextPage).toBe(false)
    expect(page.traces.map(({ summary }) => summary)).toEqual([
      {
        traceId: traceIdOf('3'),
        rootService: null,
        rootName: null,
        startedAt: '2026-03-01T12:00:02.000Z',
        durationMs: 700,
        spanCount: 1,
        errorCount: 0,
        services: ['jobs'],
      },
      {
        traceId: traceIdOf('2'),
        rootService: 'web',
        rootName: 'GET /',
        startedAt: '2026-03-01T12:00:01.000Z',
        durationMs: 2,
        spanCount: 2,
        errorCount: 0,
        services: ['api', 'web'],
      },
      {
        traceId: traceIdOf('1'),
        rootService: 'web',
        rootName: 'GET /cart',
        startedAt: '2026-03-01T12:00:00.000Z',
        durationMs: 100,
        spanCount: 2,
        errorCount: 1,
        services: ['api', 'web'],
      },
    ])
  })

  it.each<[string, Partial<TraceQuery>, string[]]>([
    ['a service', { service: 'api' }, ['2', '1']],
    ['a name', { name: 'load' }, ['2']],
    ['a service and a name of one and the same span', { service: 'web', name: 'load' }, []],
    ['errors', { errorsOnly: true }, ['1']],
    ['a least duration', { minDurationMs: 100 }, ['3', '1']],
    ['a greatest duration', { maxDurationMs: 100 }, ['2', '1']],
    ['both', { minDurationMs: 2.5, maxDurationMs: 699.9 }, ['1']],
    ['a selector', { filter: '{service="api", status="error"}' }, ['1']],
    ['an attribute by its own name', { filter: '{http.route="/x"}' }, ['1']],
    ['an attribute by its normal name', { filter: '{http_route="/x"}' }, ['1']],
    ['attributes of one and the same span', { filter: '{http.route="/x", service="web"}' }, []],
    ['a pattern', { filter: '{http.route=~"/c.*"}' }, ['1']],
    ['a pattern that must not match', { filter: '{service!~"web|api"}' }, ['3']],
    ['a number', { filter: '{} | code >= 200' }, ['2']],
    ['a span’s own time', { filter: '{service="api"} | duration > 1ms' }, ['1']],
    ['a span’s own time or its kind', { filter: '{service="api"} | duration > 1ms or kind="client"' }, ['2', '1']],
    ['a selector and a service', { filter: '{kind="client"}', service: 'api' }, ['2']],
    ['a selector and errors elsewhere in the trace', { filter: '{service="web"}', errorsOnly: true }, ['1']],
    ['the spans in the range', { from: SPANS_AT + 5, to: SPANS_AT + 1_001 }, ['2', '1']],
    ['its beginning and not its end', { from: SPANS_AT + 1_000, to: SPANS_AT + 2_000 }, ['2']],
  ])('finds by %s', async (_name, query, expected) => {
    expect(await found(query)).toEqual(expected)
  })

  it('shows no other org’s traces', async () => {
    const theirs = await createTraceReader(walledFor(clickhouse.reader, 'org_b'), 'org_b').search({
      ...ALL,
      first: 10,
      after: null,
    })
    expect(theirs.traces.map(({ summary }) => summary.traceId)).toEqual([traceIdOf('4')])
  })

  it('goes on where it was though traces came in between, and none is lost or repeated', async () => {
    const trace = (n: number): GivenSpan => ({
      trace: `c${n}`,
      id: '1',
      start: 10_000 + (n >> 1),
      name: 'paged',
    })
    await insertSpans(clickhouse.writer, [0, 1, 2, 3, 4, 5, 6].map(trace))
    const seen: string[] = []
    let after: string | null = null
    for (let pages = 0; pages < 4; pages++) {
      const page = await reader.search({ ...ALL, name: 'paged', first: 2, after })
      seen.push(...page.traces.map(({ summary }) => summary.traceId.slice(-2)))
      after = page.traces.at(-1)?.cursor ?? null
      expect(page.hasNextPage).toBe(pages < 3)
      // Newer ones, which stand before all that was seen.
      await insertSpans(clickhouse.writer, [trace(10 + 2 * pages)])
    }
    expect(seen).toEqual(['c6', 'c5', 'c4', 'c3', 'c2', 'c1', 'c0'])
  })

  it.each<[string, readonly (readonly number[])[]]>([
    ['parts', [[100, 179]]],
    [
      'its beginning',
      [
        [-30, 178],
        [-30, 5, 177.5],
        [-90, -80],
      ],
    ],
  ])('lists a long range as it would a short one, whatever lies across %s', async (name, across) => {
    const HOUR = 3_600_000
    const mark = name === 'parts' ? 'e' : 'f'
    const from = SPANS_AT + 10 * HOUR
    const at = (minutes: number) => 10 * HOUR + minutes * 60_000
    // Each trace by the minutes at which its spans begin. The last part of three hours is 11 minutes, from 168.75 on.
    const starts: readonly (readonly number[])[] = [
      ...Array.from({ length: 25 }, (_, i) => [(i * 37) % 180]),
      ...Array.from({ length: 8 }, (_, i) => [170 + i, 175 + i / 2]),
      [168, 169],
      ...across,
    ]
    const spans = starts.flatMap((minutes, trace) =>
      minutes.map((minute, i) => ({ trace: `${mark}${trace + 10}`, id: `${i + 1}`, start: at(minute), name })),
    )
    await insertSpans(clickhouse.writer, spans)
    const expected = starts
      .map((minutes, trace) => ({
        id: traceIdOf(`${mark}${trace + 10}`),
        first: Math.min(...minutes.filter((one) => one >= 0)),
      }))
      .filter(({ first }) => first < 180)
      .sort((a, b) => b.first - a.first || (a.id < b.id ? 1 : -1))
      .map(({ id }) => id)
    for (const first of [1, 4, 50]) {
      const seen: string[] = []
      for (let after: string | null | undefined = null; after !== undefined; ) {
        const page = await reader.search({ ...ALL, from, to: from + 3 * HOUR, name, first, after })
        seen.push(...page.traces.map(({ summary }) => summary.traceId))
        after = page.hasNextPage ? page.traces.at(-1)?.cursor : undefined
      }
      expect(seen).toEqual(expected)
    }
  })

  it.each([
    ['text', 'hello'],
    ['a cursor of logs', Buffer.from('["1","00000000-0000-4000-8000-000000000000",0]').toString('base64url')],
    ['SQL', Buffer.from(JSON.stringify(['1) OR 1=1 --', traceIdOf('1')])).toString('base64url')],
    ['no trace id', Buffer.from(JSON.stringify(['1', "x'"])).toString('base64url')],
    ['a time past any', Buffer.from(JSON.stringify(['9999999999999999999', traceIdOf('1')])).toString('base64url')],
  ])('refuses a cursor that is none: %s', async (_name, after) => {
    await expect(reader.search({ ...ALL, first: 1, after })).rejects.toThrow(CursorError)
  })

  it.each(['{a=', '{} |= "x"', '{duration="5ms"}', '{} | duration > 5'])('refuses the selector %s', async (filter) => {
    await expect(found({ filter })).rejects.toThrow(QueryError)
  })
})

describe('facts', () => {
  it('counts what is found, in all and by duration, without gaps between', async () => {
    const { count, errors, histogram } = await reader.facts({ ...ALL, to: SPANS_AT + 3_000 })
    expect([count, errors]).toEqual([3, 1])
    expect(histogram.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
      [2, 5],
      [5, 10],
      [10, 20],
      [20, 50],
      [50, 100],
      [100, 200],
      [200, 500],
      [500, 1_000],
    ])
    expect(histogram.filter((bucket) => bucket.count > 0)).toEqual([
      { fromMs: 2, toMs: 5, count: 1, errors: 0 },
      { fromMs: 100, toMs: 200, count: 1, errors: 1 },
      { fromMs: 500, toMs: 1_000, count: 1, errors: 0 },
    ])
  })

  it('counts nothing where nothing is found, and what is shorter or longer than all bounds', async () => {
    expect(await reader.facts({ ...ALL, service: 'nobody' })).toEqual({ count: 0, errors: 0, histogram: [] })
    await insertSpans(clickhouse.writer, [
      { trace: 'd1', id: '1', start: 50_000, ms: 0, name: 'odd' },
      { trace: 'd2', id: '1', start: 50_000, ms: 600_000, name: 'odd' },
    ])
    const { histogram } = await reader.facts({ ...ALL, name: 'odd' })
    expect(histogram[0]).toEqual({ fromMs: 0, toMs: 0.1, count: 1, errors: 0 })
    expect(histogram.at(-1)).toEqual({ fromMs: 500_000, toMs: null, count: 1, errors: 0 })
    expect(histogram).toHaveLength(22)
  })
})
