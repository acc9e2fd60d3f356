import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import snappy from 'snappyjs'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { compileInto } from '../../../test/harness/compile-into.js'
import { keptLog, NOW } from '../../../test/ingest-edge.js'
import { plainOf } from '../../../test/plain-of.js'
import { REQUESTS } from '../../otlp/messages.js'
import { WRITE_REQUEST } from '../../remote-write/messages.js'
import { Refusal } from '../refusals.js'
import { sha256 } from '../signature.js'
import type { BodyToRead } from './read-body.js'
import { type BodyReader, createBodyReader } from './reader.js'

const folder = mkdtempSync(join(tmpdir(), 'tocsin-reading-'))
let compiled = ''

beforeAll(() => {
  compiled = compileInto(folder, 'ingest/edge/reading/worker.ts')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function opened(file: string, more: { waitingBytes?: number; heapMb?: number; workers?: number } = {}) {
  const log = keptLog()
  const reader = createBodyReader({ workers: 1, file, log, ...more })
  onTestFinished(() => reader.close())
  return { ...reader, log }
}

function script(code: string): string {
  const file = join(folder, `${crypto.randomUUID()}.js`)
  writeFileSync(file, `import { parentPort } from 'node:worker_threads'\n${code}`)
  return file
}
/** A worker that never answers. */
const silent = () => script(`parentPort.on('message', () => undefined)`)

const here = new AbortController().signal
const KIB = 1024

function body(plain: Uint8Array | string, more: Partial<BodyToRead> = {}): BodyToRead {
  const bytes = typeof plain === 'string' ? Buffer.from(plain) : plain
  return { form: 'json', signal: 'logs', path: '/v1/logs', plain: bytes, now: NOW, partial: false, ...more }
}
const logs = (count: number, more = '') =>
  `{"logs":[${more}${Array.from({ length: count }, (_, i) => `{"message":"${'x'.repeat(300)}","level":"${i}"}`).join()}]}`
const spaces = ' '.repeat(300 * KIB)
const records = (count: number, timeUnixNano: string) =>
  REQUESTS.logs
    .encode(
      REQUESTS.logs.fromObject({
        resourceLogs: [
          { scopeLogs: [{ logRecords: Array(count).fill({ timeUnixNano, body: { stringValue: 'x'.repeat(100) } }) }] },
        ],
      }),
    )
    .finish()
const written = (count: number) =>
  WRITE_REQUEST.encode(
    WRITE_REQUEST.fromObject({
      timeseries: Array(count).fill({ labels: [{ name: '__name__', value: 'up' }], samples: [{ timestamp: NOW }] }),
    }),
  ).finish()

const BODIES: Record<string, () => BodyToRead> = {
  'native logs': () => body(logs(1_000)),
  'native logs of which one is bad': () => body(logs(900, '{"message":7},')),
  'the good part of native logs': () => body(logs(900, '{"message":7},'), { partial: true }),
  'the small good part of large native logs': () =>
    body(`{"logs":[${`{"message":7,"level":"${'x'.repeat(900)}"},`.repeat(400)}${logs(5).slice('{"logs":['.length)}`, {
      partial: true,
    }),
  'native logs of which none is good': () => body(`{"logs":[{"message":7}]}${spaces}`, { partial: true }),
  'too many native logs': () => body(logs(1_001)),
  'more values than a body may hold': () => body(`{"logs":[${'{},'.repeat(400_000)}{}]}`),
  'no JSON': () => body(`${spaces}{`),
  'no UTF-8': () => body(Buffer.concat([Buffer.from(spaces), Buffer.from([0xff])])),
  'OTLP as JSON': () =>
    body(
      JSON.stringify({
        resourceLogs: [
          { scopeLogs: [{ logRecords: Array(2_000).fill({ body: { stringValue: spaces.slice(0, 200) } }) }] },
        ],
      }),
    ),
  'OTLP of another signal': () => body(`{"resourceSpans":[]${spaces}}`),
  'OTLP as protobuf': () => body(records(1_000, `${NOW}000000`), { form: 'otlp-protobuf' }),
  'OTLP of a wrong time': () => body(records(1_000, '5'), { form: 'otlp-protobuf' }),
  'no protobuf': () => body(spaces, { form: 'otlp-protobuf' }),
  'remote write': () => body(written(5_000), { form: 'remote-write-1', signal: 'metrics', path: '/api/v1/write' }),
}

test.each(Object.entries(BODIES))('%s are to a worker what they are on the spot', async (_name, make) => {
  const expected = await createBodyReader({ workers: 0, file: '', log: keptLog() }).read(make(), true, here)
  const sent = make()
  const found = await opened(compiled).read(sent, true, here)
  expect(JSON.stringify(found.read)).toEqual(JSON.stringify(expected.read))
  expect(Buffer.from(found.hash ?? []).equals(sha256(make().plain))).toBe(true)
  const kept = [expected, found].map(({ packed }) =>
    packed === null ? null : plainOf({ body: packed }).toString('hex'),
  )
  expect(kept[1]).toBe(kept[0])
  expect(kept[0] === null).toBe(found.read.outcome === 'refused')
  expect(found.packed?.packed.byteLength).toBe(found.packed?.packed.buffer.byteLength)
})

test('a body is handed over, or copied where others share its buffer', async () => {
  const { read } = opened(compiled)
  const text = Buffer.from(logs(1_000))
  const whole = new Uint8Array(text)
  const shared = Buffer.concat([Buffer.from('x'), text]).subarray(1)
  await read(body(whole), false, here)
  await read(body(shared), false, here)
  expect([whole.byteLength, shared.byteLength]).toEqual([0, text.byteLength])
})

test('snappy is decompressed by a worker, and what is none is told', async () => {
  const { unsnap } = opened(compiled)
  const plain = written(5_000)
  const packed = snappy.compress(plain)
  const length = plain.byteLength
  expect(Buffer.from((await unsnap(packed, length, here)) ?? []).equals(plain)).toBe(true)
  expect(await unsnap(snappy.compress(plain).subarray(0, 100), length, here)).toBeNull()
  expect(await unsnap(snappy.compress(plain), length + 1, here)).toBeNull()
})

const code = (error: unknown) => (error instanceof Refusal ? [error.code, error.retryAfterSeconds] : error)

describe('what waits', () => {
  const send = ({ read }: BodyReader, gone = here, count = 1_000) => read(body(logs(count)), false, gone).catch(code)

  test('is bounded: past it bodies are turned away, and a single one never', async () => {
    const bytes = Buffer.byteLength(logs(1_000))
    const reader = opened(silent(), { waitingBytes: 2 * bytes })
    const [first, second] = [send(reader), send(reader)]
    expect(await send(reader)).toEqual(['OVERLOADED', 1])
    // Small ones are read on the spot all the same.
    expect((await reader.read(body(logs(1)), false, here)).read.outcome).toBe('read')
    await reader.close()
    expect(await Promise.all([first, second])).toEqual(Array(2).fill(['UNAVAILABLE', 1]))
    const tight = opened(compiled, { waitingBytes: 1 })
    expect(await send(tight)).toHaveProperty('read.outcome', 'read')
  })

  test('is left when the client has gone, and makes room', async () => {
    const bytes = Buffer.byteLength(logs(1_000))
    const reader = opened(silent(), { waitingBytes: 2 * bytes })
    void send(reader)
    const leaving = new AbortController()
    const left = reader.read(body(logs(1_000)), false, leaving.signal)
    leaving.abort(new Error('gone'))
    await expect(left).rejects.toThrow('gone')
    const next = send(reader)
    expect(await send(reader)).toEqual(['OVERLOADED', 1])
    await reader.close()
    expect(await next).toEqual(['UNAVAILABLE', 1])
  })

  test('does not wait for large bodies where it is small', async () => {
    // Answers the ones and never the others, by their length.
    const answering = script(`parentPort.on('message', ({ body: { plain } }) => {
      if (plain.byteLength < 2 ** 21) parentPort.postMessage({ kind: 'read', read: { outcome: 'read' }, packed: null, hash: null })
    })`)
    const reader = opened(answering)
    const large = send(reader, here, 10_000)
    expect(await send(reader)).toHaveProperty('read.outcome', 'read')
    await reader.close()
    expect(await large).toEqual(['UNAVAILABLE', 1])
  })
})

test('a body that takes more memory than a worker has is refused for good, and the next is read', async () => {
  const hungry = script(`parentPort.on('message', ({ body: { path } }) => {
    if (path === '/v1/logs') for (const all = []; ; ) all.push(Array(1e5).fill(all))
    parentPort.postMessage({ kind: 'read', read: { outcome: 'read' }, packed: null, hash: null })
  })`)
  const { read, log } = opened(hungry, { heapMb: 16 })
  expect(await read(body(logs(1_000)), false, here).catch(code)).toEqual(['TOO_MANY_ITEMS', null])
  expect(await read(body(logs(1_000), { path: '/v1/rum' }), false, here)).toHaveProperty('read.outcome', 'read')
  expect(log.lines).toEqual([expect.stringContaining('one of the reading workers ended')])
})

test('a worker that dies or fails fails its body alone', async () => {
  const failing = script(`parentPort.on('message', ({ body: { plain, path } }) => {
    if (path === '/v1/logs') process.exit(7)
    parentPort.postMessage({ kind: 'failed', stack: 'a fault of ours' })
  })`)
  const { read } = opened(failing)
  expect(await read(body(logs(1_000)), false, here).catch(code)).toEqual(['UNAVAILABLE', 1])
  await expect(read(body(logs(1_000), { path: '/v1/rum' }), false, here)).rejects.toThrow('a fault of ours')
})
