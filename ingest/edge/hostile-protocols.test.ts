import { once } from 'node:events'
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import snappy from 'snappyjs'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { credential, NOW, openTestEdge, type TestEdge } from '../../test/ingest-edge.js'
import { plainOf } from '../../test/plain-of.js'
import { REQUESTS } from '../otlp/messages.js'
import { WRITE_REQUEST, WRITE_REQUEST_V2 } from '../remote-write/messages.js'

/*
 * What every protocol does with what no client of good will sends: it is refused in words, nothing of it is kept, the
 * memory stays flat and other clients are served.
 */

const MIB = 1024 * 1024
const SECRET = 'bearer-secret'
const keys = [
  credential({ scheme: 'BEARER', secrets: [Buffer.from(SECRET)], signals: ['logs', 'metrics', 'spans', 'rum'] }),
]

interface Protocol {
  readonly path: string
  readonly type: string
  readonly encoding: 'gzip' | 'snappy'
  /** A good batch, not compressed. */
  readonly plain: () => Uint8Array
  /** What the good batch is answered with. */
  readonly status: number
}

const record = { timeUnixNano: `${NOW}000000`, body: { stringValue: 'hello' } }
const logs = (more: object = {}) => ({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ ...record, ...more }] }] }] })
const exported = (message: object) => REQUESTS.logs.encode(REQUESTS.logs.fromObject(message)).finish()
const series = (timestamp: unknown = NOW, labels: object[] = [{ name: '__name__', value: 'up' }]) => ({
  labels,
  samples: [{ value: { low: 0, high: 0x3ff00000, unsigned: true }, timestamp }],
})
const written = (timeseries: object) =>
  WRITE_REQUEST.encode(WRITE_REQUEST.fromObject({ timeseries: [timeseries] })).finish()
const writtenV2 = () =>
  WRITE_REQUEST_V2.encode(
    WRITE_REQUEST_V2.fromObject({
      symbols: ['', '__name__', 'up'],
      timeseries: [{ labelsRefs: [1, 2], samples: series().samples }],
    }),
  ).finish()

const PROTOBUF = 'application/x-protobuf'
const JSON_TYPE = 'application/json'
const json = (value: object) => Buffer.from(JSON.stringify(value))
const PROTOCOLS: Record<string, Protocol> = {
  'native JSON': {
    path: '/v1/logs',
    type: JSON_TYPE,
    encoding: 'gzip',
    plain: () => json({ logs: [{ message: 'hello' }] }),
    status: 202,
  },
  'native JSON of which a part would do': {
    path: '/v1/logs?partial=1',
    type: JSON_TYPE,
    encoding: 'gzip',
    plain: () => json({ logs: [{ message: 'hello' }] }),
    status: 202,
  },
  'OTLP JSON': { path: '/v1/logs', type: JSON_TYPE, encoding: 'gzip', plain: () => json(logs()), status: 200 },
  'OTLP protobuf': { path: '/v1/logs', type: PROTOBUF, encoding: 'gzip', plain: () => exported(logs()), status: 200 },
  'remote write 1.0': {
    path: '/api/v1/write',
    type: PROTOBUF,
    encoding: 'snappy',
    plain: () => written(series()),
    status: 204,
  },
  'remote write 2.0': {
    path: '/api/v1/write',
    type: `${PROTOBUF};proto=io.prometheus.write.v2.Request`,
    encoding: 'snappy',
    plain: writtenV2,
    status: 204,
  },
}
const only = (encoding: Protocol['encoding']) =>
  Object.entries(PROTOCOLS).filter(([, one]) => one.encoding === encoding)

async function opened(limits: { readonly bodyTimeoutMs?: number } = {}): Promise<TestEdge> {
  const edge = await openTestEdge({ keys, limits })
  onTestFinished(() => edge.close())
  return edge
}

function send(edge: TestEdge, { path, type }: Protocol, body: Uint8Array, encoding: string | null) {
  const encoded = encoding === null ? {} : { 'content-encoding': encoding }
  return edge.send({ path, body, headers: { authorization: `Bearer ${SECRET}`, 'content-type': type, ...encoded } })
}

const packed = ({ encoding }: Protocol, plain: Uint8Array) =>
  encoding === 'gzip' ? gzipSync(plain) : Buffer.from(snappy.compress(plain))

/** Sends beside others, and looks at what is left of it. */
async function refused(protocol: Protocol, body: Uint8Array, encoding: string | null): Promise<number> {
  const edge = await opened()
  const before = process.memoryUsage.rss()
  const good = packed(protocol, protocol.plain())
  const [answer, ...others] = await Promise.all([
    send(edge, protocol, body, encoding),
    ...[1, 2].map(() => send(edge, protocol, good, protocol.encoding)),
  ])
  expect(others.map(({ status }) => status)).toEqual([protocol.status, protocol.status])
  expect(edge.intake.batches).toHaveLength(2)
  expect(process.memoryUsage.rss() - before).toBeLessThan(250 * MIB)
  expect((await edge.send({ method: 'GET', path: '/metrics' })).text).toContain('\ntocsin_ingest_held_bytes 0\n')
  expect(answer.text.length).toBeLessThan(1_000)
  return answer.status
}

describe('compression', () => {
  /** A gigabyte of zeros in a megabyte, in the form that the test makes once. */
  let bomb: Buffer
  beforeAll(() => {
    bomb = Buffer.concat(Array(16).fill(gzipSync(Buffer.alloc(64 * MIB))))
  })

  const GZIP: [string, number, (good: Buffer) => Buffer][] = [
    ['cut short', 400, (good) => good.subarray(0, -9)],
    [
      'of a wrong checksum',
      400,
      (good) => Buffer.concat([good.subarray(0, -8), Buffer.alloc(4, 1), good.subarray(-4)]),
    ],
    ['with garbage behind it', 400, (good) => Buffer.concat([good, Buffer.from('garbage')])],
    ['with zeros and another behind it', 400, (good) => Buffer.concat([good, Buffer.alloc(3), good])],
    ['with a second that is cut short', 400, (good) => Buffer.concat([good, good.subarray(0, 10)])],
    ['that blows up to a gigabyte', 413, () => bomb],
    ['that is none', 400, () => Buffer.from('{}')],
  ]
  const rows = only('gzip').flatMap(([name, protocol]) =>
    GZIP.map((row) => [name, row[0], row[1], row[2], protocol] as const),
  )
  test.each(rows)('%s in gzip %s is refused', async (_name, _how, status, spoil, protocol) => {
    expect(await refused(protocol, spoil(gzipSync(protocol.plain())), 'gzip')).toBe(status)
  })

  test.each(only('gzip'))('%s in several members of gzip is one body', async (_name, protocol) => {
    const edge = await opened()
    const plain = Buffer.from(protocol.plain())
    const body = Buffer.concat([gzipSync(plain.subarray(0, 10)), gzipSync(''), gzipSync(plain.subarray(10))])
    expect((await send(edge, protocol, body, 'gzip')).status).toBe(protocol.status)
    expect(plainOf(edge.intake.batches[0]).equals(plain)).toBe(true)
  })

  const length = (bytes: number) => Buffer.from([(bytes & 0x7f) | 0x80, ((bytes >> 7) & 0x7f) | 0x80, bytes >> 14])
  const SNAPPY: [string, number, (good: Buffer, plain: Uint8Array) => Buffer][] = [
    ['cut short', 400, (good) => good.subarray(0, -1)],
    ['that says it is longer', 400, (good, plain) => Buffer.concat([length(plain.byteLength + 1), good.subarray(1)])],
    ['that says it is shorter', 400, (good, plain) => Buffer.concat([length(plain.byteLength - 1), good.subarray(1)])],
    ['that says it is 20 MiB', 400, (good) => Buffer.concat([Buffer.from([0x80, 0x80, 0x80, 0x0a]), good.subarray(1)])],
    ['that says it is 4 GiB', 413, () => Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0])],
    ['that says nothing', 400, () => Buffer.alloc(0)],
    ['of an endless length', 400, () => Buffer.alloc(100, 0xff)],
    ['with garbage behind it', 400, (good) => Buffer.concat([good, Buffer.from('garbage')])],
  ]
  const blocks = only('snappy').flatMap(([name, protocol]) =>
    SNAPPY.map((row) => [name, row[0], row[1], row[2], protocol] as const),
  )
  test.each(blocks)('%s in snappy %s is refused', async (_name, _how, status, spoil, protocol) => {
    const plain = protocol.plain()
    const good = Buffer.from(snappy.compress(plain))
    expect(good[0]).toBe(plain.byteLength)
    expect(await refused(protocol, spoil(good, plain), 'snappy')).toBe(status)
  })

  const foreign = Object.entries(PROTOCOLS).flatMap(([name, protocol]) =>
    ['zstd', 'deflate', 'br', 'compress', 'gzip, gzip', protocol.encoding === 'gzip' ? 'snappy' : 'gzip'].map(
      (encoding) => [name, encoding, protocol] as const,
    ),
  )
  test.each(foreign)('%s in %s is refused unread', async (_name, encoding, protocol) => {
    expect(await refused(protocol, packed(protocol, protocol.plain()), encoding)).toBe(415)
  })
})

describe('protobuf', () => {
  const messages = Object.entries(PROTOCOLS).filter(([, { type }]) => type.startsWith(PROTOBUF))
  const varint = (value: bigint) => {
    const bytes: number[] = []
    for (let left = value; ; left >>= 7n) {
      if (left < 0x80n) return Buffer.from([...bytes, Number(left)])
      bytes.push(Number(left & 0x7fn) | 0x80)
    }
  }
  /** The first field of the message, said to be so long. */
  const said = (plain: Uint8Array, long: bigint) =>
    Buffer.concat([Buffer.from([plain[0] ?? 0]), varint(long), plain.subarray(2)])
  const SPOILT: [string, (plain: Uint8Array) => Uint8Array][] = [
    ['a field that says it is longer than the body', (plain) => said(plain, BigInt(plain.byteLength))],
    ['a field that says it is 2 GiB', (plain) => said(plain, 2n ** 31n)],
    ['a field that says it is 4 GiB', (plain) => said(plain, 2n ** 32n - 1n)],
    ['a field that says it is 2^64', (plain) => said(plain, 2n ** 64n - 1n)],
    ['a number that never ends', (plain) => Buffer.concat([plain, Buffer.alloc(20, 0xff)])],
    ['a million groups in each other', (plain) => Buffer.concat([plain, Buffer.alloc(1_000_000, 0x7b)])],
    ['a group that only ends', (plain) => Buffer.concat([plain, Buffer.from([0x7c])])],
    ['a wire type that there is not', (plain) => Buffer.concat([plain, Buffer.from([0x7f])])],
    ['bytes that are no message', () => Buffer.alloc(1_000, 0xff)],
  ]
  const rows = messages.flatMap(([name, protocol]) =>
    SPOILT.map(([how, spoil]) => [name, how, spoil, protocol] as const),
  )
  test.each(rows)('%s with %s is refused', async (_name, _how, spoil, protocol) => {
    expect(await refused(protocol, packed(protocol, spoil(protocol.plain())), protocol.encoding)).toBe(400)
  })

  test.each([
    ['a stray byte', [0xc3, 0x28]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['an overlong form', [0xc0, 0xaf]],
  ])('a text of invalid UTF-8 (%s) is refused', async (_name, bytes) => {
    for (const [, protocol] of messages) {
      const plain = Buffer.from(protocol.plain())
      // Of the two, each has one; they are as long as what they stand for, or the message would end elsewhere.
      const at = Math.max(plain.indexOf('hello'), plain.indexOf('__name__'))
      Buffer.from(bytes).copy(plain, at)
      expect(await refused(protocol, packed(protocol, plain), protocol.encoding)).toBe(400)
    }
  })
})

describe('values', () => {
  const remote = PROTOCOLS['remote write 1.0'] as Protocol
  const otlp = PROTOCOLS['OTLP protobuf'] as Protocol
  const otlpJson = PROTOCOLS['OTLP JSON'] as Protocol
  const metricJson = { ...otlpJson, path: '/v1/metrics' }
  const point = (fields: string) =>
    Buffer.from(
      `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"m","gauge":{"dataPoints":[{${fields}}]}}]}]}]}`,
    )
  const most = { low: -1, high: -1, unsigned: true }
  const spans = { ...otlp, path: '/v1/traces' }
  const span = (times: object) =>
    REQUESTS.spans
      .encode(
        REQUESTS.spans.fromObject({
          resourceSpans: [
            {
              scopeSpans: [
                { spans: [{ traceId: Buffer.alloc(16, 1), spanId: Buffer.alloc(8, 1), name: 'x', ...times }] },
              ],
            },
          ],
        }),
      )
      .finish()
  const ROWS: [string, number[], Protocol, () => Uint8Array][] = [
    ['OTLP with a time of 2^64 - 1', [400], otlp, () => exported(logs({ timeUnixNano: most }))],
    ['OTLP JSON with a time of 2^64', [400], otlpJson, () => json(logs({ timeUnixNano: '18446744073709551616' }))],
    ['OTLP JSON with a time below 0', [400], otlpJson, () => json(logs({ timeUnixNano: '-1' }))],
    ['a span that begins at 2^64 - 1', [400], spans, () => span({ startTimeUnixNano: most, endTimeUnixNano: most })],
    ['remote write with a time of 2^63 - 1', [400], remote, () => written(series({ low: -1, high: 0x7fffffff }))],
    ['remote write with a time of -2^63', [400], remote, () => written(series({ low: 0, high: -0x80000000 }))],
    ['OTLP JSON with a bare NaN', [400], metricJson, () => point(`"timeUnixNano":"${NOW}000000","asDouble":NaN`)],
    [
      'OTLP JSON with a bare Infinity',
      [400],
      metricJson,
      () => point(`"timeUnixNano":"${NOW}000000","asDouble":-Infinity`),
    ],
    [
      'remote write with a million labels',
      [400, 413],
      remote,
      () =>
        written(
          series(
            NOW,
            Array.from({ length: 1_000_000 }, (_, i) => ({ name: `a${i}`, value: 'x' })),
          ),
        ),
    ],
    [
      'remote write with a label of a MiB',
      [400],
      remote,
      () => written(series(NOW, [{ name: '__name__', value: 'x'.repeat(MIB) }])),
    ],
  ]
  test.each(ROWS)('%s is refused', async (_name, statuses, protocol, make) => {
    const good = PROTOCOLS[protocol.encoding === 'snappy' ? 'remote write 1.0' : 'native JSON'] as Protocol
    const edge = await opened()
    const before = process.memoryUsage.rss()
    const body = packed(protocol, make())
    const answer = await send(edge, protocol, body, protocol.encoding)
    expect(statuses).toContain(answer.status)
    expect(edge.intake.batches).toEqual([])
    expect(process.memoryUsage.rss() - before).toBeLessThan(400 * MIB)
    expect((await send(edge, good, packed(good, good.plain()), good.encoding)).status).toBe(good.status)
  })
})

describe('slow senders', () => {
  const bodies = Object.entries(PROTOCOLS).flatMap(([name, protocol]) =>
    ['content-length: 100000', 'transfer-encoding: chunked'].map((framing) => [name, framing, protocol] as const),
  )
  test.each(bodies)('%s whose body (%s) does not end is given up in time', async (_name, framing, protocol) => {
    const edge = await opened({ bodyTimeoutMs: 200 })
    const socket = connect(edge.port, '127.0.0.1')
    onTestFinished(() => void socket.destroy())
    socket.on('error', () => undefined)
    const head = [
      `POST ${protocol.path} HTTP/1.1`,
      'host: x',
      `authorization: Bearer ${SECRET}`,
      `content-type: ${protocol.type}`,
      `content-encoding: ${protocol.encoding}`,
      framing,
    ]
    socket.write(`${head.join('\r\n')}\r\n\r\n${framing.startsWith('content') ? 'x' : '1\r\nx\r\n'}`)
    const [answer] = (await once(socket, 'data')) as [Buffer]
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 408 /)
    expect(edge.intake.batches).toEqual([])
  })
})
