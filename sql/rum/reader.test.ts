import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EmbeddedClickHouse } from '../../embedded/chdb.js'
import { QueryError } from '../../schema/domain/query-error.js'
import type { Page, RumReader } from '../../schema/ports.js'
import { openTestClickHouse } from '../../test/harness/stores.js'
import { createRumReader } from './reader.js'

const T0 = Date.parse('2026-03-01T12:00:00Z')
const ALL = { filter: '{}', from: T0, to: T0 + 240_000 }

let clickhouse: EmbeddedClickHouse
let reader: RumReader
let inserts = 0

/** Stores events; `ms` is when, after T0. Those of one call are of one flush, numbered by their place. */
async function store(events: readonly { readonly ms: number; readonly [column: string]: unknown }[]): Promise<void> {
  const flush = ++inserts
  const lines = events.map(({ ms, ...columns }, item) =>
    JSON.stringify({
      org_id: 'org_a',
      ts: new Date(T0 + ms).toISOString().slice(0, 23),
      batch_id: `00000000-0000-4000-8000-${String(flush).padStart(12, '0')}`,
      item,
      flush_id: flush,
      accepted_at: '2026-03-01T12:00:00.000',
      retention_days: 9_999,
      ...columns,
    }),
  )
  const body = Buffer.from(lines.join('\n'))
  await clickhouse.writer.insertRows({ table: 'rum', format: 'JSONEachRow', body, token: `t${flush}` })
}

const vital = (ms: number, name: string, value: number, more: object = {}) => ({
  ms,
  type: 'vital',
  name,
  value,
  ...more,
})
const failure = (ms: number, fingerprint: string, more: object = {}) => ({
  ms,
  type: 'error',
  fingerprint,
  error_message: `${fingerprint} at ${ms}`,
  ...more,
})

/** What is on every page of a list. */
async function everyPage<Value>(read: (after: string | null) => Promise<Page<Value>>): Promise<Value[][]> {
  const found: Value[][] = []
  let after: string | null = null
  do {
    const page: Page<Value> = await read(after)
    found.push(page.items.map(({ value }) => value))
    after = page.hasNextPage ? (page.items.at(-1)?.cursor ?? null) : null
  } while (after !== null)
  return found
}

beforeAll(async () => {
  clickhouse = await openTestClickHouse()
  reader = createRumReader(clickhouse.reader, 'org_a')
})
afterAll(() => clickhouse.close())

describe('an org without browser events', () => {
  it('has no vitals, sessions and errors', async () => {
    const none = createRumReader(clickhouse.reader, 'org_none')
    const page = { first: 10, after: null }
    expect(await none.vitals({ ...ALL, by: null, first: 10 })).toEqual({ vitals: [], truncated: false })
    expect(await none.vitals({ ...ALL, by: 'PAGE', first: 10 })).toEqual({ vitals: [], truncated: false })
    expect(await none.vitalSeries({ ...ALL, step: 1_000 })).toEqual([])
    expect(await none.sessions({ ...ALL, ...page })).toEqual({ items: [], hasNextPage: false })
    expect(await none.session({ ...ALL, id: 's1' })).toBeNull()
    expect(await none.sessionEvents({ ...ALL, ...page, id: 's1' })).toEqual({ items: [], hasNextPage: false })
    expect(await none.errors({ ...ALL, ...page })).toEqual({ items: [], hasNextPage: false })
  })
})

describe('vitals', () => {
  beforeAll(() =>
    store([
      // LCP: 1000 2000 2500 (good) 3000 4000 (needs improvement) 4001 (poor). The page's own rating is not believed.
      vital(0, 'LCP', 1_000, { page: '/a', country: 'NO', rating: 'poor' }),
      vital(1_000, 'LCP', 2_500, { page: '/a', country: 'NO' }),
      vital(61_000, 'LCP', 4_001, { page: '/a', country: 'SE', rating: 'good' }),
      vital(2_000, 'LCP', 2_000, { page: '/ä/日本', browser: 'Firefox', attributes_string: { plan: 'pro' } }),
      vital(3_000, 'LCP', 4_000, { page: '/ä/日本', os: 'Linux' }),
      vital(62_000, 'LCP', 3_000, { page: '', device: 'mobile' }),
      vital(0, 'CLS', 0.1),
      vital(0, 'CLS', 0.2),
      vital(239_999, 'INP', 501),
      // What is no vital, of another org, or out of range.
      { ms: 0, type: 'custom', name: 'LCP', value: 1 },
      vital(0, 'LCP', 9, { org_id: 'org_b' }),
      vital(-1, 'LCP', 9),
      vital(240_000, 'LCP', 9),
    ]),
  )

  it('have exact quantiles, and ratings that the values have', async () => {
    const { vitals, truncated } = await reader.vitals({ ...ALL, by: null, first: 10 })
    expect(truncated).toBe(false)
    expect(vitals).toEqual([
      {
        ...{ metric: 'CLS', value: null, count: 2, good: 1, needsImprovement: 1, poor: 0 },
        p50: expect.closeTo(0.15, 12),
        p75: expect.closeTo(0.175, 12),
        p95: expect.closeTo(0.195, 12),
      },
      { metric: 'INP', value: null, count: 1, p50: 501, p75: 501, p95: 501, good: 0, needsImprovement: 0, poor: 1 },
      // Of 1000 2000 2500 3000 4000 4001 the places 2.5, 3.75 and 4.75, from 0.
      {
        ...{ metric: 'LCP', value: null, count: 6, p50: 2_750, p75: 3_750, p95: expect.closeTo(4_000.75, 9) },
        ...{ good: 3, needsImprovement: 2, poor: 1 },
      },
    ])
  })

  it('are grouped, the values with most events first', async () => {
    const { vitals } = await reader.vitals({ ...ALL, filter: '{name="LCP"}', by: 'PAGE', first: 10 })
    expect(vitals.map(({ value, count, p75, good, poor }) => ({ value, count, p75, good, poor }))).toEqual([
      { value: '/a', count: 3, p75: 3_250.5, good: 2, poor: 1 },
      { value: '/ä/日本', count: 2, p75: 3_500, good: 1, poor: 0 },
      { value: '', count: 1, p75: 3_000, good: 0, poor: 0 },
    ])
  })

  it.each([
    ['COUNTRY', ['', 'NO', 'SE']],
    ['BROWSER', ['', 'Firefox']],
    ['OS', ['', 'Linux']],
    ['DEVICE', ['', 'mobile']],
  ] as const)('are grouped by %s', async (by, values) => {
    const { vitals } = await reader.vitals({ ...ALL, filter: '{name="LCP"}', by, first: 10 })
    expect(vitals.map(({ value }) => value)).toEqual(values)
  })

  it('say that there are more values, by metric', async () => {
    const { vitals, truncated } = await reader.vitals({ ...ALL, by: 'PAGE', first: 2 })
    expect(vitals.map(({ metric, value }) => `${metric} ${value}`)).toEqual(['CLS ', 'INP ', 'LCP /a', 'LCP /ä/日本'])
    expect(truncated).toBe(true)
  })

  it.each([
    ['{page=~"/ä/.*"}', 2],
    ['{plan="pro"}', 1],
    ['{} | value > 2500', 3],
    ['{value="2500"}', 1],
    ['{country!=""} | page = "/a" and value <= 2500', 2],
    ['{page="\'; DROP TABLE rum; --"}', 0],
    ['{page="{org:String}"}', 0],
  ])('of events that meet %s', async (filter, count) => {
    const { vitals } = await reader.vitals({
      ...ALL,
      filter: filter.replace('{', '{name="LCP",').replace(',}', '}'),
      by: null,
      first: 1,
    })
    expect(vitals[0]?.count ?? 0).toBe(count)
  })

  it('go over time', async () => {
    expect(await reader.vitalSeries({ ...ALL, filter: '{name=~"LCP|INP"}', step: 60_000 })).toEqual([
      { labels: { metric: 'INP' }, timestamps: Float64Array.of(T0 + 180_000), values: Float64Array.of(501) },
      {
        labels: { metric: 'LCP' },
        timestamps: Float64Array.of(T0, T0 + 60_000),
        // Of 1000 2000 2500 4000 the place 2.25; of 3000 4001 the place 0.75.
        values: Float64Array.of(2_875, 3_750.75),
      },
    ])
  })

  it('are not read for a caller who left', async () => {
    const read = reader.vitals({ ...ALL, by: null, first: 1, signal: AbortSignal.abort() })
    await expect(read).rejects.toMatchObject({ name: 'QueryCancelledError' })
  })
})

describe('sessions', () => {
  const SESSIONS = { ...ALL, filter: '{app="shop"}', first: 10, after: null }
  beforeAll(() =>
    store([
      { ms: 1_000, type: 'view', session_id: 's1', app: 'shop', page: '/', country: 'NO', user_id: 'ada' },
      { ms: 1_500, type: 'view', session_id: 's1', app: 'shop', page: '/cart', country: 'SE', browser: 'Firefox' },
      { ms: 2_000, type: 'view', session_id: 's1', app: 'shop', page: '/', os: 'Linux', device: 'desktop' },
      failure(61_250, 'boom', { session_id: 's1', app: 'shop', page: '/cart', error_type: 'TypeError' }),
      {
        ms: 5_000,
        type: 'custom',
        session_id: 's2',
        app: 'shop',
        name: 'click 🛒',
        value: 2,
        attributes_bool: { x: true },
      },
      { ms: 5_000, type: 'view', session_id: 's3', app: 'shop', page: '/' },
      { ms: 6_000, type: 'view', session_id: 's4', app: 'other', page: '/' },
      { ms: 6_000, type: 'view', session_id: '', app: 'shop', page: '/' },
      { ms: 7_000, type: 'view', session_id: 's1', app: 'shop', org_id: 'org_b' },
    ]),
  )

  it('are told from their events, the newest first', async () => {
    const { items, hasNextPage } = await reader.sessions(SESSIONS)
    expect(hasNextPage).toBe(false)
    expect(items.map(({ value }) => value.id)).toEqual(['s3', 's2', 's1'])
    expect(items[2]?.value).toEqual({
      id: 's1',
      startedAt: '2026-03-01T12:00:01.000Z',
      endedAt: '2026-03-01T12:01:01.250Z',
      durationMs: 60_250,
      events: 4,
      pages: 2,
      views: 3,
      errors: 1,
      entryPage: '/',
      app: 'shop',
      user: 'ada',
      country: 'NO',
      browser: 'Firefox',
      os: 'Linux',
      device: 'desktop',
    })
    expect(items[1]?.value).toMatchObject({ durationMs: 0, events: 1, pages: 0, views: 0, entryPage: null, user: null })
  })

  it('count all their events though only one meets the selector', async () => {
    const { items } = await reader.sessions({ ...SESSIONS, filter: '{type="error", errorType="TypeError"}' })
    expect(items.map(({ value }) => [value.id, value.events])).toEqual([['s1', 4]])
  })

  it('are paged through, and stay where they were when others come', async () => {
    expect(
      (await everyPage((after) => reader.sessions({ ...SESSIONS, first: 1, after }))).flat().map(({ id }) => id),
    ).toEqual(['s3', 's2', 's1'])
    const first = await reader.sessions({ ...SESSIONS, first: 2 })
    await store([
      { ms: 9_000, type: 'view', session_id: 's5', app: 'shop', page: '/' },
      { ms: 9_000, type: 'view', session_id: 's2', app: 'shop', page: '/' },
    ])
    const second = await reader.sessions({ ...SESSIONS, first: 2, after: first.items.at(-1)?.cursor ?? null })
    expect(second.items.map(({ value }) => value.id)).toEqual(['s1'])
  })

  it('is found by its id', async () => {
    expect(await reader.session({ ...ALL, id: 's1' })).toMatchObject({ id: 's1', events: 4 })
    expect(await reader.session({ ...ALL, to: T0 + 2_000, id: 's1' })).toMatchObject({ events: 2, errors: 0 })
    expect(await reader.session({ ...ALL, id: "s1' OR '1'='1" })).toBeNull()
    expect(await reader.session({ ...ALL, id: '' })).toBeNull()
  })

  it('shows its events in time order, page after page', async () => {
    const pages = await everyPage((after) => reader.sessionEvents({ ...ALL, id: 's1', first: 3, after }))
    expect(pages.map((page) => page.map(({ type, page: at }) => `${type} ${at}`))).toEqual([
      ['view /', 'view /cart', 'view /'],
      ['error /cart'],
    ])
    expect(pages[1]?.[0]).toMatchObject({
      at: '2026-03-01T12:01:01.250Z',
      error: { fingerprint: 'boom', type: 'TypeError', message: 'boom at 61250', stack: null },
      session: 's1',
    })
    const [click] = (await everyPage((after) => reader.sessionEvents({ ...ALL, id: 's2', first: 3, after }))).flat()
    expect(click).toMatchObject({ name: 'click 🛒', value: 2, error: null, page: null, attributes: { x: true } })
  })
})

describe('errors', () => {
  const ERRORS = { ...ALL, filter: '{app="web"}', first: 10, after: null }
  beforeAll(() =>
    store([
      failure(0, 'aa', { app: 'web', session_id: 'e1', browser: 'Firefox', page: '/b', error_type: 'Old' }),
      failure(10_000, 'aa', { app: 'web', session_id: 'e1', browser: 'Chrome', page: '/b' }),
      failure(239_999, 'aa', {
        ...{ app: 'web', session_id: 'e2', browser: 'Chrome', page: '/a', error_type: 'TypeError' },
        error_stack: 'at f (a.js:1:2)',
      }),
      failure(20_000, 'bb', { app: 'web', session_id: '', error_message: 'nö 💥' }),
      failure(30_000, 'cc', { app: 'web' }),
      { ms: 0, type: 'view', app: 'web', page: '/' },
      failure(0, 'aa', { app: 'web', org_id: 'org_b' }),
      failure(240_000, 'aa', { app: 'web' }),
    ]),
  )

  it('are grouped by fingerprint, the most frequent first', async () => {
    const { items } = await reader.errors(ERRORS)
    expect(items.map(({ value }) => [value.fingerprint, value.count])).toEqual([
      ['aa', 3],
      ['cc', 1],
      ['bb', 1],
    ])
    const counts = Array(24).fill(0)
    // Bars of 10 s.
    counts[0] = counts[1] = counts[23] = 1
    expect(items[0]?.value).toEqual({
      fingerprint: 'aa',
      type: 'TypeError',
      message: 'aa at 239999',
      stack: 'at f (a.js:1:2)',
      session: 'e2',
      count: 3,
      sessions: 2,
      firstAt: '2026-03-01T12:00:00.000Z',
      lastAt: '2026-03-01T12:03:59.999Z',
      browsers: [
        { value: 'Chrome', count: 2 },
        { value: 'Firefox', count: 1 },
      ],
      pages: [
        { value: '/b', count: 2 },
        { value: '/a', count: 1 },
      ],
      histogram: counts.map((count, i) => ({ at: T0 + i * 10_000, count })),
    })
    expect(items[2]?.value).toMatchObject({ message: 'nö 💥', type: null, sessions: 0, session: null, browsers: [] })
  })

  it('are counted where they meet the selector', async () => {
    const { items } = await reader.errors({ ...ERRORS, filter: '{app="web", browser="Chrome"}' })
    expect(items.map(({ value }) => [value.fingerprint, value.count, value.pages.length])).toEqual([['aa', 2, 2]])
  })

  it('are paged through as they were at the first page', async () => {
    const first = await reader.errors({ ...ERRORS, first: 1 })
    await store(Array.from({ length: 5 }, (_, i) => failure(40_000 + i, 'bb', { app: 'web' })))
    const rest = await everyPage((after) =>
      reader.errors({ ...ERRORS, first: 1, after: after ?? first.items[0]?.cursor ?? null }),
    )
    expect(rest.flat().map(({ fingerprint, count }) => [fingerprint, count])).toEqual([
      ['cc', 1],
      ['bb', 1],
    ])
    const now = await reader.errors(ERRORS)
    expect(now.items[0]?.value).toMatchObject({ fingerprint: 'bb', count: 6 })
  })
})

describe('a wrong question', () => {
  const page = { first: 10, after: null }
  const CURSORS = [
    ['text', 'hello'],
    ['JSON of another shape', Buffer.from('{"a":1}').toString('base64url')],
    ['SQL', Buffer.from(JSON.stringify(['1) OR 1=1 --', 'x', '1'])).toString('base64url')],
  ] as const
  it.each(CURSORS)('has a cursor that is none: %s', async (_name, after) => {
    const refused = { name: 'CursorError' }
    await expect(reader.sessions({ ...ALL, first: 1, after })).rejects.toMatchObject(refused)
    await expect(reader.sessionEvents({ ...ALL, id: 's1', first: 1, after })).rejects.toMatchObject(refused)
    await expect(reader.errors({ ...ALL, first: 1, after })).rejects.toMatchObject(refused)
  })

  it.each(['{', '{} |= "x"', '{page=~"("}'])('has a selector that is none: %s', async (filter) => {
    await expect(reader.vitals({ ...ALL, filter, by: null, first: 1 })).rejects.toBeInstanceOf(QueryError)
    await expect(reader.vitalSeries({ ...ALL, filter, step: 1 })).rejects.toBeInstanceOf(QueryError)
    await expect(reader.sessions({ ...ALL, ...page, filter })).rejects.toBeInstanceOf(QueryError)
    await expect(reader.errors({ ...ALL, ...page, filter })).rejects.toBeInstanceOf(QueryError)
  })
})
