import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { compileInto } from '../../test/harness/compile-into.js'
import { credential, keptLog, NOW, openTestEdge, type SignedRequest, type TestEdge } from '../../test/ingest-edge.js'
import { createBodyReader } from './reading/reader.js'
import type { RefusalCode } from './refusals.js'

const MIB = 1024 * 1024
const keys = [credential({ signals: ['logs', 'metrics', 'spans', 'rum'] })]

async function opened(options: Parameters<typeof openTestEdge>[0] = {}): Promise<TestEdge> {
  const edge = await openTestEdge({ keys, ...options })
  onTestFinished(() => edge.close())
  return edge
}

const log = (fields: string) => `{"logs":[{"message":"x",${fields}}]}`
const metric = (fields: string) => ({ path: '/v1/metrics', body: `{"metrics":[{"name":"m",${fields}}]}` })
const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
/** A gigabyte of zeros in a megabyte: 16 members of 64 MiB. */
const bomb = () => Buffer.concat(Array(16).fill(gzipSync(Buffer.alloc(64 * MIB))))

const TABLE: Record<string, [code: RefusalCode, send: () => SignedRequest]> = {
  'gzip cut short': [
    'BODY_INVALID',
    () => ({ contentEncoding: 'gzip', body: gzipSync(log('"level":"info"')).subarray(0, -9) }),
  ],
  'a gzip bomb': ['BODY_TOO_LARGE', () => ({ contentEncoding: 'gzip', body: bomb() })],
  'attributes 10,000 deep': ['SCHEMA_INVALID', () => ({ body: log(`"attributes":${nested(10_000)}`) })],
  'a body 10,000 arrays deep': ['BODY_INVALID', () => ({ body: `${'['.repeat(10_000)}${']'.repeat(10_000)}` })],
  'invalid UTF-8': ['BODY_INVALID', () => ({ body: Buffer.from(log('"level":"\xc3\x28"'), 'latin1') })],
  'a UTF-8 surrogate': [
    'BODY_INVALID',
    () => ({
      body: Buffer.concat([Buffer.from('{"logs":[{"message":"'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"}]}')]),
    }),
  ],
  'a bare NaN': ['BODY_INVALID', () => metric('"value":NaN')],
  'a bare Infinity': ['BODY_INVALID', () => metric('"value":-Infinity')],
  'a number past the doubles': ['SCHEMA_INVALID', () => metric('"value":1e999')],
  'a text that is no number': ['SCHEMA_INVALID', () => metric('"value":"Infinitely"')],
  'a time of 2^64': ['SCHEMA_INVALID', () => metric('"value":1,"timestamp":18446744073709551616')],
  'a time of 2^64, of a log': ['SCHEMA_INVALID', () => ({ body: log('"timestamp":18446744073709551616') })],
  'a time before there was time': ['SCHEMA_INVALID', () => ({ body: log('"timestamp":-9223372036854775808') })],
  'a time past the calendar': ['SCHEMA_INVALID', () => ({ body: log('"timestamp":"+275760-09-13T00:00:00.001Z"') })],
  'a time of 2^64, of a span': [
    'SCHEMA_INVALID',
    () => ({
      path: '/v1/traces',
      body: `{"spans":[{"traceId":"${'a'.repeat(32)}","spanId":"${'b'.repeat(16)}","name":"x","start":18446744073709551616,"durationNs":1}]}`,
    }),
  ],
  'a time of 2^64, of an event': [
    'SCHEMA_INVALID',
    () => ({ path: '/v1/rum', body: '{"events":[{"type":"view","page":"/","timestamp":18446744073709551616}]}' }),
  ],
  'a million attributes': [
    'TOO_MANY_ITEMS',
    () => ({ body: log(`"attributes":{${Array.from({ length: 1_000_000 }, (_, i) => `"a${i}":1`).join()}}`) }),
  ],
  'a thousand attributes': [
    'SCHEMA_INVALID',
    () => ({ body: log(`"attributes":{${Array.from({ length: 1_000 }, (_, i) => `"a${i}":1`).join()}}`) }),
  ],
}

const folder = mkdtempSync(join(tmpdir(), 'tocsin-hostile-'))
let worker = ''
beforeAll(() => {
  worker = compileInto(folder, 'ingest/edge/reading/worker.ts')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** How the edge reads, and what is asked of it: each row is refused the same way. */
const WAYS: Record<string, { readonly workers: number; readonly query: string }> = {
  'on the spot': { workers: 0, query: '' },
  'in a worker': { workers: 1, query: '' },
  'where the good part is asked for': { workers: 1, query: '?partial=1' },
}
const ROWS = Object.entries(WAYS).flatMap(([way, { workers, query }]) =>
  Object.entries(TABLE).map(([name, row]) => [name, way, workers, query, row] as const),
)

test.each(ROWS)(
  '%s is refused %s, nothing of it is stored, and others are served',
  async (_name, _way, workers, query, [code, send]) => {
    const reader = createBodyReader({ workers, file: worker, log: keptLog() })
    const edge = await opened({ reader })
    const row = send()
    const request = { ...row, path: (row.path ?? '/v1/logs') + query }
    const before = process.memoryUsage.rss()
    const [hostile, ...others] = await Promise.all([
      edge.post(request),
      ...[1, 2, 3].map((i) => edge.post({ timestamp: NOW + i })),
    ])
    expect([hostile.json.error?.code, Math.floor(hostile.status / 100)]).toEqual([code, 4])
    expect(hostile.json.error?.message.length).toBeLessThan(1_000)
    expect(others.map(({ status }) => status)).toEqual([202, 202, 202])
    expect(edge.intake.batches).toHaveLength(3)
    expect(process.memoryUsage.rss() - before).toBeLessThan(250 * MIB)
    const { text } = await edge.send({ method: 'GET', path: '/metrics' })
    expect(text).toContain('\ntocsin_ingest_held_bytes 0\n')
  },
)

/** What is answered to raw bytes, until the connection closes. */
async function raw(edge: TestEdge, text: string): Promise<string> {
  const socket = connect(edge.port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  socket.on('error', () => undefined)
  let answer = ''
  socket.on('data', (chunk: Buffer) => {
    answer += chunk.toString()
  })
  socket.write(text)
  await once(socket, 'close')
  return answer
}

const HEAD = 'POST /v1/logs HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n'

test.each([
  ['two lengths', `${HEAD}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`],
  ['a length and chunks', `${HEAD}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`],
  ['two keys', `${HEAD}x-org-key: a\r\nX-Org-Key: b\r\ncontent-length: 2\r\n\r\n{}`],
  ['two signatures', `${HEAD}x-signature: a\r\nx-signature: b\r\ncontent-length: 2\r\n\r\n{}`],
  ['two encodings', `${HEAD}content-encoding: gzip\r\ncontent-encoding: identity\r\ncontent-length: 2\r\n\r\n{}`],
  ['two types', `${HEAD}content-type: application/x-protobuf\r\ncontent-length: 2\r\n\r\n{}`],
  ['two bearers', `${HEAD}authorization: Bearer a\r\nauthorization: Bearer b\r\ncontent-length: 2\r\n\r\n{}`],
  ['two origins', `${HEAD}origin: https://a.example\r\norigin: https://b.example\r\ncontent-length: 2\r\n\r\n{}`],
  ['headers past 16 KiB', `${HEAD}x-a: ${'a'.repeat(20_000)}\r\ncontent-length: 2\r\n\r\n{}`],
  ['a length that is none', `${HEAD}content-length: many\r\n\r\n{}`],
])('%s are refused', async (_name, text) => {
  const edge = await opened()
  expect(await raw(edge, text)).toMatch(/^HTTP\/1\.1 4\d\d .*"(?:HEADER_INVALID|REQUEST_MALFORMED)"/s)
  expect(edge.intake.batches).toEqual([])
})

test('headers that never end are given up in time', async () => {
  const edge = await opened({ limits: { headersTimeoutMs: 200 } })
  const answer = await raw(edge, 'POST /v1/logs HTTP/1.1\r\nhost: x\r\nx-slow: ')
  expect(answer).toMatch(/^HTTP\/1\.1 408 /)
  expect((await edge.post()).status).toBe(202)
})
