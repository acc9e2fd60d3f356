import { gzipSync } from 'node:zlib'
import protobuf from 'protobufjs'
import snappy from 'snappyjs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { credential, NOW, openTestEdge, type TestEdge } from '../../test/ingest-edge.js'
import { REQUESTS } from '../otlp/messages.js'
import { WRITE_REQUEST, WRITE_REQUEST_V2 } from '../remote-write/messages.js'

const MIB = 1024 * 1024
const bearerKey = credential({
  scheme: 'BEARER',
  secrets: [Buffer.from('bearer-secret')],
  signals: ['logs', 'metrics', 'spans', 'rum'],
})
let edge: TestEdge

beforeEach(async () => {
  edge = await openTestEdge({ keys: [bearerKey] })
})
afterEach(() => edge.close())

function send(path: string, type: string, body: string | Uint8Array, more: Record<string, string> = {}) {
  return edge.send({ path, body, headers: { authorization: 'Bearer bearer-secret', 'content-type': type, ...more } })
}

const JSON_TYPE = 'application/json'
const PROTOBUF = 'application/x-protobuf'
const log = { timeUnixNano: `${NOW}000000`, body: { stringValue: 'hello' } }
const logs = (records: readonly object[] = [log]) => ({ resourceLogs: [{ scopeLogs: [{ logRecords: records }] }] })
const logsProtobuf = (records?: readonly object[]) =>
  REQUESTS.logs.encode(REQUESTS.logs.fromObject(logs(records))).finish()

describe('OTLP', () => {
  test('JSON is answered with JSON', async () => {
    const answer = await send('/v1/logs', JSON_TYPE, JSON.stringify(logs()))
    expect([answer.status, answer.text]).toEqual([200, '{}'])
    expect(edge.intake.batches).toMatchObject([{ signal: 'logs', protocol: 'otlp-json', items: 1 }])
  })

  test('protobuf is answered with protobuf, gzip or not', async () => {
    for (const encoding of ['identity', 'gzip']) {
      const body = encoding === 'gzip' ? gzipSync(logsProtobuf()) : logsProtobuf()
      const answer = await send('/v1/logs', PROTOBUF, body, { 'content-encoding': encoding })
      expect([answer.status, answer.text, answer.headers['content-type']]).toEqual([200, '', PROTOBUF])
    }
    // The same bytes twice without an idempotency key are two exports.
    expect(edge.intake.batches).toHaveLength(2)
    expect(edge.intake.batches[0]).toMatchObject({ protocol: 'otlp-protobuf', items: 1 })
  })

  test('nothing is taken as success and not kept', async () => {
    expect((await send('/v1/traces', JSON_TYPE, '{"resourceSpans":[]}')).status).toBe(200)
    expect((await send('/v1/metrics', PROTOBUF, '')).status).toBe(200)
    expect(edge.intake.batches).toEqual([])
  })

  test('ten thousand records are no reason to refuse', async () => {
    expect((await send('/v1/logs', PROTOBUF, logsProtobuf(Array(10_000).fill(log)))).status).toBe(200)
    expect(edge.intake.batches[0]?.items).toBe(10_000)
  })

  test('errors are a google.rpc.Status in the content type that was asked', async () => {
    const bad = { ...log, timeUnixNano: '5' }
    const json = await send('/v1/logs', JSON_TYPE, JSON.stringify(logs([bad])))
    expect(json.status).toBe(400)
    expect(JSON.parse(json.text)).toEqual({ code: 3, message: expect.stringContaining('logRecords[0].timeUnixNano') })
    expect(await statusOf('bearer-secret', [bad])).toEqual([
      400,
      3,
      expect.stringContaining('logRecords[0].timeUnixNano'),
    ])
  })

  test('who is not let in hears it in the same way', async () => {
    expect(await statusOf('wrong')).toEqual([401, 16, expect.any(String)])
    const json = await send('/v1/logs', JSON_TYPE, JSON.stringify(logs()), { authorization: 'Bearer wrong' })
    expect(JSON.parse(json.text)).toMatchObject({ code: 16, error: { code: 'UNAUTHENTICATED' } })
  })
})

const STATUS = protobuf
  .parse('syntax = "proto3"; message S { int32 code = 1; string message = 2; }')
  .root.lookupType('S')

/** The answer to a log in protobuf as its bytes; `edge.send` reads text. */
async function statusOf(secret: string, records?: readonly object[]) {
  const answer = await fetch(`http://127.0.0.1:${edge.port}/v1/logs`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': PROTOBUF },
    body: logsProtobuf(records),
  })
  expect(answer.headers.get('content-type')).toBe(PROTOBUF)
  const { code, message } = STATUS.toObject(STATUS.decode(new Uint8Array(await answer.arrayBuffer())))
  return [answer.status, code, message] as unknown[]
}

const bits = (high: number, low: number) => ({ low, high, unsigned: true })
const ONE = bits(0x3ff00000, 0)
const STALE = bits(0x7ff00000, 2)
const labels = [
  { name: '__name__', value: 'up' },
  { name: 'job', value: 'a' },
]
const series = (more: object = {}) => ({ labels, samples: [{ value: ONE, timestamp: NOW }], ...more })
const write = (timeseries: readonly object[]) =>
  snappy.compress(WRITE_REQUEST.encode(WRITE_REQUEST.fromObject({ timeseries })).finish())
const writeV2 = (timeseries: readonly object[], symbols = ['', '__name__', 'up', 'job', 'a']) =>
  snappy.compress(WRITE_REQUEST_V2.encode(WRITE_REQUEST_V2.fromObject({ symbols, timeseries })).finish())
const V2 = 'application/x-protobuf;proto=io.prometheus.write.v2.Request'
const SNAPPY = { 'content-encoding': 'snappy' }
const WRITTEN = ['samples', 'histograms', 'exemplars'].map((what) => `x-prometheus-remote-write-${what}-written`)

describe('remote write', () => {
  test('1.0 is answered with 204 and nothing else', async () => {
    for (const type of [PROTOBUF, `${PROTOBUF};proto=prometheus.WriteRequest`]) {
      const answer = await send('/api/v1/write', type, write([series()]), SNAPPY)
      expect([answer.status, answer.text, answer.headers[WRITTEN[0] ?? '']]).toEqual([204, '', undefined])
    }
    expect(edge.intake.batches[0]).toMatchObject({ signal: 'metrics', protocol: 'remote-write-1', items: 1 })
  })

  test('2.0 is told what was written', async () => {
    const one = {
      labelsRefs: [1, 2, 3, 4],
      samples: [
        { value: ONE, timestamp: NOW },
        { value: STALE, timestamp: NOW + 1 },
      ],
    }
    const answer = await send('/api/v1/write', V2, writeV2([one]), SNAPPY)
    expect([answer.status, ...WRITTEN.map((name) => answer.headers[name])]).toEqual([204, '2', '0', '0'])
    expect(edge.intake.batches).toMatchObject([{ protocol: 'remote-write-2', items: 2 }])
  })

  test.each<[string, number, string, Uint8Array]>([
    ['a native histogram', 400, PROTOBUF, write([series({ histograms: [{}] })])],
    ['a native histogram of 2.0', 400, V2, writeV2([{ labelsRefs: [1, 2], histograms: [{}] }])],
    ['a series without name', 400, PROTOBUF, write([series({ labels: [{ name: 'job', value: 'a' }] })])],
    ['a label twice', 400, PROTOBUF, write([series({ labels: [...labels, ...labels] })])],
    ['a time out of bounds', 400, PROTOBUF, write([series({ samples: [{ value: ONE, timestamp: 1 }] })])],
    ['a reference to no symbol', 400, V2, writeV2([{ labelsRefs: [1, 9], samples: [] }])],
    ['references that are no pairs', 400, V2, writeV2([{ labelsRefs: [1, 2, 3], samples: [] }])],
    ['symbols that do not begin with the empty one', 400, V2, writeV2([{ labelsRefs: [0, 1] }], ['__name__', 'up'])],
    ['another message', 415, `${PROTOBUF};proto=io.prometheus.write.v3.Request`, write([series()])],
    ['JSON', 415, JSON_TYPE, Buffer.from('{}')],
    ['what is not compressed', 400, PROTOBUF, WRITE_REQUEST.encode({ timeseries: [] }).finish()],
    ['a truncated block', 400, PROTOBUF, write([series()]).subarray(0, 10)],
    ['a block that says it is 4 GiB', 413, PROTOBUF, Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0])],
  ])('%s is refused, in words', async (_name, code, type, body) => {
    const answer = await send('/api/v1/write', type, body, SNAPPY)
    expect(answer.status).toBe(code)
    expect(answer.text).toMatch(/^\S.*\.\n$/)
    expect(answer.headers['content-type']).toMatch(/^text\/plain/)
    expect(edge.intake.batches).toEqual([])
    if (type === V2) expect(WRITTEN.map((name) => answer.headers[name])).toEqual(['0', '0', '0'])
  })
})

describe('hostile bodies', () => {
  const attribute = { key: 'a', value: { intValue: 1 } }
  test.each<[string, string, string, () => string | Uint8Array]>([
    ['truncated protobuf', '/v1/logs', PROTOBUF, () => logsProtobuf().subarray(0, 20)],
    ['bytes that are no protobuf', '/v1/traces', PROTOBUF, () => Buffer.alloc(1_000, 0xff)],
    ['protobuf 10,000 levels deep', '/v1/logs', PROTOBUF, () => nested(10_000)],
    [
      'JSON 10,000 levels deep',
      '/v1/logs',
      JSON_TYPE,
      () => JSON.stringify(logs()).replace('"hello"', `${'['.repeat(10_000)}${']'.repeat(10_000)}`),
    ],
    ['ten million empty messages', '/v1/traces', PROTOBUF, () => Buffer.alloc(20 * MIB, Buffer.from([0x0a, 0x00]))],
    ['millions of packed numbers', '/v1/metrics', PROTOBUF, () => packed(19 * MIB)],
    [
      'a million attributes',
      '/v1/logs',
      PROTOBUF,
      () => logsProtobuf([{ ...log, attributes: Array(1_000_000).fill(attribute) }]),
    ],
    [
      'a million attributes as JSON',
      '/v1/logs',
      JSON_TYPE,
      () =>
        `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"attributes":[${'{"key":"a"},'.repeat(1_000_000)}{}]}]}]}]}`,
    ],
  ])('%s get a 4xx, and the memory stays flat', async (_name, path, type, make) => {
    const body = gzipSync(make(), { level: 1 })
    const before = process.memoryUsage.rss()
    const answer = await send(path, type, body, { 'content-encoding': 'gzip' })
    expect([400, 413]).toContain(answer.status)
    expect(process.memoryUsage.rss() - before).toBeLessThan(300 * MIB)
    expect(edge.intake.batches).toEqual([])
  })
})

/** A log whose body is arrays in arrays, written from the inside out: the encoder itself refuses such depths. */
function nested(levels: number): Uint8Array {
  let message: Uint8Array = Buffer.from([0x18, 1])
  // values of ArrayValue (1) in array_value of AnyValue (5), then body (5), log_records (2), scopes (2), groups (1).
  for (let i = 0; i < levels; i++) message = within(within(message, 1), 5)
  return [5, 2, 2, 1].reduce(within, message)
}

function within(message: Uint8Array, field: number): Uint8Array {
  return protobuf.Writer.create()
    .uint32((field << 3) | 2)
    .bytes(message)
    .finish()
}

/** A point with so many bucket counts of one byte each. */
function packed(bytes: number): Uint8Array {
  // bucket_counts of Buckets (2), positive (8), data_points (1), exponential_histogram (10), metrics (2), scopes (2), groups (1).
  return [2, 8, 1, 10, 2, 2, 1].reduce(within, Buffer.alloc(bytes, 1) as Uint8Array)
}
