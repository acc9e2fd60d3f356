import { afterAll, beforeAll, expect, test } from 'vitest'
import type { EmbeddedClickHouse } from '../../embedded/chdb.js'
import type { Signal } from '../../schema/domain/signal.js'
import { packBody } from '../../schema/ports/packed-body.js'
import { createLogWriter } from '../../sql/log-writer.js'
import { createRumWriter } from '../../sql/rum-writer.js'
import { createSpanWriter } from '../../sql/span-writer.js'
import { openTestClickHouse } from '../../test/harness/stores.js'
import { stampFlushId } from '../columns/index.js'
import type { ParsedBatch } from './batch.js'
import { toLogRows } from './log-rows.js'
import type { Rows } from './rows.js'
import { toRumRows } from './rum-rows.js'
import { toSpanRows } from './span-rows.js'

const AT = Date.UTC(2026, 10, 21, 3, 20, 7, 123)
const TRACE = '5b8efff798038103d269b633813fc60c'
const WRITERS = { logs: createLogWriter, spans: createSpanWriter, rum: createRumWriter }
let stores: EmbeddedClickHouse

beforeAll(async () => {
  stores = await openTestClickHouse()
})
afterAll(() => stores.close())

function batch(body: object): ParsedBatch {
  return {
    batchId: '0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b',
    orgId: 'org_1',
    protocol: 'native-json',
    acceptedAt: AT,
    body: packBody(Buffer.from(JSON.stringify(body))),
  }
}

async function store(signal: Exclude<Signal, 'metrics'>, flushId: bigint, { rows }: Rows): Promise<number> {
  const writer = WRITERS[signal](stores.writer)
  const copy = rows.slice()
  stampFlushId(copy, flushId)
  await writer.insert(flushId, copy)
  return writer.count(flushId, 0, Math.ceil(AT / 10_000) + 100)
}

function select(sql: string): Promise<Record<string, unknown>[]> {
  return stores.reader.query<Record<string, unknown>>(sql, {}, { maxExecutionSeconds: 10 })
}

test('a span is stored with its events, links, scope and resource', async () => {
  const made = toSpanRows([
    batch({
      spans: [
        {
          traceId: TRACE.toUpperCase(),
          spanId: 'EEE19B7EC3C1B174',
          parentSpanId: 'eee19b7ec3c1b173',
          traceState: 'a=b',
          name: 'GET /',
          kind: 'SERVER',
          start: '2026-11-21T03:20:00.000000001Z',
          durationNs: '1500000000',
          status: 'error',
          statusMessage: 'no \ud800',
          attributes: { http: { status: 500 }, ok: false, list: [1] },
          events: [{ timestamp: AT, name: 'exception', attributes: { type: 'E', at: 1 } }],
          links: [{ traceId: TRACE, spanId: 'eee19b7ec3c1b175', attributes: { why: 'batch' } }],
          scope: { name: 'my.library', version: '1.0', attributes: { a: 'b' } },
          resource: { 'service.name': 'api', pid: 12 },
        },
        { traceId: TRACE, spanId: 'eee19b7ec3c1b176', name: 'x', start: AT, end: AT + 5 },
      ],
    }),
  ])
  expect(await store('spans', 1n, made)).toBe(2)
  const rows = await select('SELECT * EXCEPT (accepted_at, flush_id) FROM spans ORDER BY item')
  expect(rows[0]).toEqual({
    org_id: 'org_1',
    ts: '2026-11-21 03:20:00.000000001',
    duration_ns: 1_500_000_000,
    service: 'api',
    name: 'GET /',
    kind: 'server',
    status: 'error',
    status_message: 'no \ufffd',
    trace_id: TRACE,
    span_id: 'eee19b7ec3c1b174',
    parent_span_id: 'eee19b7ec3c1b173',
    trace_state: 'a=b',
    scope_name: 'my.library',
    scope_version: '1.0',
    attributes_string: { list: '[1]', 'resource.service.name': 'api', 'scope.a': 'b' },
    attributes_number: { 'http.status': 500, 'resource.pid': 12 },
    attributes_bool: { ok: false },
    events_ts: ['2026-11-21 03:20:07.123000000'],
    events_name: ['exception'],
    events_attributes: [{ type: 'E', at: '1' }],
    links_trace_id: [TRACE],
    links_span_id: ['eee19b7ec3c1b175'],
    links_attributes: [{ why: 'batch' }],
    batch_id: '0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b',
    item: 0,
    retention_days: 30,
  })
  expect(rows[1]).toMatchObject({ duration_ns: 5_000_000, service: 'unknown', kind: 'internal', status: 'unset' })
  expect(made.lines).toMatchObject([{ orgId: 'org_1', rows: 2 }])
})

test('the trace lookup is exact under repeated flushes', async () => {
  const trace = 'a'.repeat(32)
  const span = (spanId: string, start: number, end: number) => ({ traceId: trace, spanId, name: 'x', start, end })
  const first = toSpanRows([batch({ spans: [span('1'.repeat(16), AT, AT + 10)] })])
  const second = toSpanRows([batch({ spans: [span('2'.repeat(16), AT - 5, AT + 1), span('3'.repeat(16), AT, AT)] })])
  for (const _ of [1, 2]) {
    await store('spans', 10n, first)
    await store('spans', 11n, second)
  }
  expect(
    await select(
      `SELECT toUnixTimestamp64Milli(min(first_start)) AS start, toUnixTimestamp64Milli(max(last_end)) AS end, sum(spans) AS spans
       FROM traces WHERE org_id = 'org_1' AND trace_id = '${trace}'`,
    ),
  ).toEqual([{ start: AT - 5, end: AT + 10, spans: 3 }])
})

test('log counts a minute are exact under repeated flushes', async () => {
  const logs = (level: string, count: number) =>
    toLogRows([batch({ logs: Array(count).fill({ message: 'x', level }) })])
  const [warned, failed] = [logs('warn', 3), logs('error', 2)]
  for (const _ of [1, 2, 3]) {
    await store('logs', 20n, warned)
    await store('logs', 21n, failed)
  }
  await store('logs', 22n, warned)
  expect(
    await select(`SELECT service, level, toString(minute) AS minute, sum(count) AS logs FROM log_counts
                  WHERE org_id = 'org_1' GROUP BY ALL ORDER BY level`),
  ).toEqual([
    { service: 'unknown', level: 'error', minute: '2026-11-21 03:20:00', logs: 2 },
    { service: 'unknown', level: 'warn', minute: '2026-11-21 03:20:00', logs: 6 },
  ])
})

test('browser events are stored by their type', async () => {
  const visit = { app: 'shop', session: 's1', url: 'https://shop.example/cart?id=1', browser: 'Firefox', country: 'de' }
  const error = {
    type: 'TypeError',
    message: 'x is undefined',
    stack: 'TypeError\n  at f (https://shop.example/a.js:1:2)',
  }
  const made = toRumRows([
    batch({
      events: [
        {
          ...{ ...visit, type: 'vital', name: 'lcp', value: 2_600, rating: 'good' },
          attribution: { element: '#hero', timing: { ttfb: 12 } },
        },
        { ...visit, type: 'view', page: '/cart/:id', value: 1_000 },
        { ...visit, type: 'error', error },
        {
          ...visit,
          type: 'resource',
          name: 'https://cdn.example/a.js',
          value: 33,
          attributes: { transferSize: 1_024 },
        },
        { ...visit, type: 'custom', name: 'checkout', attributes: { items: 3 }, timestamp: AT - 1_000 },
      ],
    }),
  ])
  expect(await store('rum', 30n, made)).toBe(5)
  const rows = await select('SELECT * FROM rum ORDER BY item')
  expect(rows[0]).toMatchObject({
    ...{ app: 'shop', session_id: 's1', page: '/cart', url: visit.url, browser: 'Firefox', country: 'DE' },
    ...{ type: 'vital', name: 'LCP', value: 2_600, rating: 'needs-improvement' },
    attribution: { element: '#hero', 'timing.ttfb': '12' },
  })
  expect(rows[1]).toMatchObject({ type: 'view', page: '/cart/:id', value: 1_000, rating: '' })
  expect(rows[2]).toMatchObject({ error_type: 'TypeError', error_message: 'x is undefined', error_stack: error.stack })
  expect(rows[2]?.fingerprint).toMatch(/^[0-9a-f]{16}$/)
  expect(rows[3]).toMatchObject({ name: 'https://cdn.example/a.js', attributes_number: { transferSize: 1_024 } })
  expect(rows[4]).toMatchObject({ name: 'checkout', ts: '2026-11-21 03:20:06.123000000' })
})
