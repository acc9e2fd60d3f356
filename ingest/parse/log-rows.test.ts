import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type EmbeddedClickHouse, openEmbeddedClickHouse } from '../../embedded/chdb.js'
import { packageRoot } from '../../package-root.js'
import { packBody } from '../../schema/ports/packed-body.js'
import { createLogWriter } from '../../sql/log-writer.js'
import { stampFlushId } from '../columns/index.js'
import type { ParsedBatch } from './batch.js'
import { PoisonBatchError } from './issues.js'
import { toLogRows } from './log-rows.js'
import type { NativeLog } from './native-logs.js'

const ACCEPTED = Date.UTC(2026, 10, 21, 3, 20, 7, 123)
const BATCH = '0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b'
const path = mkdtempSync(join(tmpdir(), 'tocsin-rows-'))
let stores: EmbeddedClickHouse

beforeAll(async () => {
  stores = await openEmbeddedClickHouse({ path })
  await stores.writer.command(readFileSync(join(packageRoot(), 'sql/clickhouse/0001_logs.sql'), 'utf8'))
})
beforeEach(() => stores.writer.command('TRUNCATE TABLE logs'))
afterAll(async () => {
  await stores.close()
  rmSync(path, { recursive: true, force: true })
})

function batch(logs: readonly NativeLog[], overrides: Partial<ParsedBatch> = {}): ParsedBatch {
  const body = packBody(Buffer.from(JSON.stringify({ logs })))
  return { batchId: BATCH, orgId: 'org_1', protocol: 'native-json', acceptedAt: ACCEPTED, body, ...overrides }
}

async function stored(flushId: bigint, batches: readonly ParsedBatch[]) {
  const { rows } = toLogRows(batches)
  stampFlushId(rows, flushId)
  await createLogWriter(stores.writer).insert(flushId, rows)
  return stores.reader.query<Record<string, unknown>>(
    'SELECT * REPLACE (toString(flush_id) AS flush_id) FROM logs ORDER BY item',
    {},
    { maxExecutionSeconds: 10 },
  )
}

test('a full log and a bare one are stored column for column', async () => {
  const rows = await stored(42n, [
    batch([
      {
        timestamp: '2026-11-21T03:20:15.123456789Z',
        service: 'nova-api',
        level: 'WARNING',
        message: 'tab\t"quote" \\ line\nüñ 🙂 \0',
        traceId: '4BF92F3577B34DA6A3CE929D0E0E4736',
        spanId: '00F067AA0BA902B7',
        attributes: { path: '/x', http: { status: 500, cached: false }, tags: ['a', { b: 1 }], gone: null, pi: 3.5 },
      },
      { message: '' },
    ]),
  ])
  expect(rows).toEqual([
    {
      org_id: 'org_1',
      ts: '2026-11-21 03:20:15.123456789',
      service: 'nova-api',
      level: 'warn',
      message: 'tab\t"quote" \\ line\nüñ 🙂 \0',
      trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
      span_id: '00f067aa0ba902b7',
      attributes_string: { path: '/x', tags: '["a",{"b":1}]' },
      attributes_number: { 'http.status': 500, pi: 3.5 },
      attributes_bool: { 'http.cached': false },
      batch_id: BATCH,
      item: 0,
      flush_id: '42',
      accepted_at: '2026-11-21 03:20:07.123',
      retention_days: 30,
    },
    {
      org_id: 'org_1',
      ts: '2026-11-21 03:20:07.123000000',
      service: 'unknown',
      level: 'unknown',
      message: '',
      trace_id: '',
      span_id: '',
      attributes_string: {},
      attributes_number: {},
      attributes_bool: {},
      batch_id: BATCH,
      item: 1,
      flush_id: '42',
      accepted_at: '2026-11-21 03:20:07.123',
      retention_days: 30,
    },
  ])
})

test('the largest flush id fits its cell', async () => {
  const [row] = await stored(2n ** 64n - 1n, [batch([{ message: 'x' }])])
  expect(row?.flush_id).toBe('18446744073709551615')
})

test('names that spell the same twice are stored once, the first', async () => {
  const [row] = await stored(1n, [batch([{ message: 'x', attributes: { a: { b: 1 }, 'a.b': 'two' } }])])
  expect([row?.attributes_number, row?.attributes_string]).toEqual([{ 'a.b': 1 }, {}])
})

test('whatever a log says is stored as it was said, lone surrogates apart', async () => {
  const anyText = fc.string({ unit: 'binary', maxLength: 40 })
  const broken = fc
    .array(fc.constantFrom('\ud800', '\udfff', '\\', '\\ud800', 'u', '"'), { maxLength: 6 })
    .map((all) => all.join(''))
  const text = fc.oneof(anyText, broken)
  const logs = fc.array(fc.record({ message: text, attributes: fc.dictionary(text, text, { maxKeys: 3 }) }), {
    minLength: 50,
    maxLength: 50,
  })
  let flush = 100n
  for (const made of fc.sample(logs, 6)) {
    const sent = made.map(({ message, attributes }) => {
      // As a string's way through UTF-8 mends it.
      const mend = (one: string) => Buffer.from(one).toString()
      const entries = Object.entries(attributes).filter(([name]) => name !== '')
      const mended = new Map(entries.map(([name, value]) => [mend(name), mend(value)]))
      return { message, attributes: Object.fromEntries(entries), expected: { message: mend(message), mended } }
    })
    await stores.writer.command('TRUNCATE TABLE logs')
    const rows = await stored(flush++, [batch(sent.map(({ message, attributes }) => ({ message, attributes })))])
    expect(rows.map((row) => row.message)).toEqual(sent.map(({ expected }) => expected.message))
    for (const [i, row] of rows.entries()) {
      const found = row.attributes_string as Record<string, string>
      expect(new Set(Object.keys(found))).toEqual(new Set(sent[i]?.expected.mended.keys()))
    }
  }
})

test('the same batches give the same bytes', () => {
  const batches = [batch([{ message: 'a' }, { message: 'b' }]), batch([{ message: 'c' }], { orgId: 'org_2' })]
  expect(toLogRows(batches)).toEqual(toLogRows(structuredClone(batches)))
})

test('lines count rows, bytes and slices per org and hour of acceptance', () => {
  const hour = Date.UTC(2026, 10, 21, 3)
  const at = (second: number) => new Date(hour + second * 1_000).toISOString()
  const { lines } = toLogRows([
    batch(
      [
        { message: 'x', timestamp: at(25) },
        { message: 'x', timestamp: at(5) },
      ],
      { orgId: 'org_2' },
    ),
    batch([{ message: 'äö', timestamp: at(9), attributes: { ü: 'z', n: 1.5, t: true, f: false } }]),
    batch([{ message: 'xyz', timestamp: at(9) }], { orgId: 'org_2', acceptedAt: hour + 3_600_000 }),
    batch([{ message: 'xyz', timestamp: at(5) }], { orgId: 'org_2' }),
  ])
  const slice = hour / 10_000
  expect(lines).toEqual([
    {
      orgId: 'org_1',
      acceptedHour: hour,
      slices: [slice],
      firstSlice: slice,
      lastSlice: slice,
      rows: 1,
      bytes: 4 + 3 + 4 + 5 + 6,
    },
    {
      orgId: 'org_2',
      acceptedHour: hour,
      slices: [slice, slice + 2],
      firstSlice: slice,
      lastSlice: slice + 2,
      rows: 3,
      bytes: 5,
    },
    {
      orgId: 'org_2',
      acceptedHour: hour + 3_600_000,
      slices: [slice],
      firstSlice: slice,
      lastSlice: slice,
      rows: 1,
      bytes: 3,
    },
  ])
})

test('bytes are the same whether or not a batch is plain ASCII', () => {
  const bytes = (logs: readonly NativeLog[]) => toLogRows([batch(logs)]).lines[0]?.bytes
  const ascii: NativeLog = { message: 'hello', attributes: { key: 'value', n: 12, ok: true } }
  const alone = bytes([ascii]) ?? 0
  expect(alone).toBe(5 + 8 + 3 + 6)
  expect(bytes([ascii, { message: 'ü' }])).toBe(alone + 2)
})

test('a line of very many slices lists none of them', () => {
  const logs = Array.from({ length: 600 }, (_, i) => ({ message: 'x', timestamp: ACCEPTED - i * 10_000 }))
  const [line] = toLogRows([batch(logs)]).lines
  expect(line?.slices).toEqual([])
  expect((line?.lastSlice ?? 0) - (line?.firstSlice ?? 0)).toBe(599)
})

test.each([
  ['no JSON', Buffer.from('{')],
  ['no UTF-8', Buffer.from([0xff])],
  ['no batch', Buffer.from('[1]')],
  [
    'a time that no row holds',
    Buffer.from('{"logs":[{"message":"4111111111111111","timestamp":"1900-01-01T00:00:00Z"}]}'),
  ],
])('a batch of %s is poison by name, and its content is not told', (_name, plain) => {
  const poison = '22222222-2222-4222-8222-222222222222'
  const error = thrown(() =>
    toLogRows([batch([{ message: 'fine' }]), batch([], { batchId: poison, body: packBody(plain) })]),
  )
  expect(error).toBeInstanceOf(PoisonBatchError)
  expect(error).toMatchObject({ batchId: poison })
  expect(String(error)).not.toContain('4111')
})

test('a body that cannot be unpacked is poison by name', () => {
  const whole = packBody(Buffer.from(JSON.stringify({ logs: [{ message: 'x'.repeat(5_000) }] })))
  const cut = batch([], { body: { ...whole, packed: whole.packed.subarray(0, 10) } })
  expect(whole.encoding).toBe('brotli')
  expect(thrown(() => toLogRows([cut]))).toMatchObject({ batchId: BATCH, reason: 'its body cannot be unpacked.' })
})

function thrown(call: () => unknown): unknown {
  try {
    return call()
  } catch (error) {
    return error
  }
}
