import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { compileInto } from '../../test/harness/compile-into.js'
import { credential, keptLog, NOW, openTestEdge, type TestEdge } from '../../test/ingest-edge.js'
import { plainOf } from '../../test/plain-of.js'
import { REQUESTS } from '../otlp/messages.js'
import { createBodyReader } from './reading/reader.js'

const MIB = 1024 * 1024
const BEARER = { authorization: 'Bearer bearer-secret', 'content-type': 'application/x-protobuf' }
const keys = [credential(), credential({ scheme: 'BEARER', key: 'bearer', secrets: [Buffer.from('bearer-secret')] })]
const folder = mkdtempSync(join(tmpdir(), 'tocsin-large-'))
let compiled = ''
let large: Uint8Array

beforeAll(() => {
  compiled = compileInto(folder, 'ingest/edge/reading/worker.ts')
  const record = { timeUnixNano: `${NOW}000000`, body: { stringValue: 'x'.repeat(300) }, severityText: 'INFO' }
  const logRecords = Array(60_000).fill(record)
  const request = REQUESTS.logs.fromObject({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] })
  large = REQUESTS.logs.encode(request).finish()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function opened(
  worker: ReturnType<typeof held>,
  limits: { readonly heldBytes?: number } = {},
): Promise<TestEdge> {
  const reader = createBodyReader({ workers: 1, file: worker.file, log: keptLog() })
  const edge = await openTestEdge({ keys, reader, limits })
  onTestFinished(() => {
    worker.release()
    return edge.close()
  })
  return edge
}

/** A worker that answers nothing until it is released. */
function held(): { readonly file: string; release(): void } {
  const file = join(folder, `${crypto.randomUUID()}.js`)
  const released = `${file}.released`
  const tasks = compiled.replace('worker.js', 'tasks.js')
  writeFileSync(
    file,
    `import { existsSync } from 'node:fs'
    import { setTimeout as delay } from 'node:timers/promises'
    import { parentPort } from 'node:worker_threads'
    const { answerReading } = await import(${JSON.stringify(tasks)})
    parentPort.on('message', async (task) => {
      while (!existsSync(${JSON.stringify(released)})) await delay(10)
      const [answer, handed] = answerReading(task)
      parentPort.postMessage(answer, handed)
    })`,
  )
  return { file, release: () => writeFileSync(released, '') }
}

const metricsOf = async (edge: TestEdge) => (await edge.send({ method: 'GET', path: '/metrics' })).text

test('while an export of 20 MiB is read, small signed batches get their 202', async () => {
  const worker = held()
  const edge = await opened(worker)
  expect(large.byteLength).toBeGreaterThan(18 * MIB)
  const exported = edge.send({ body: large, headers: BEARER })
  await expect.poll(() => metricsOf(edge)).toContain(`\ntocsin_ingest_held_bytes ${large.byteLength}\n`)
  // It is read elsewhere, or none of these would be answered before it is.
  for (let i = 0; i < 20; i++) expect((await edge.post({ timestamp: NOW + i })).status).toBe(202)
  expect(edge.intake.batches).toHaveLength(20)
  worker.release()
  expect((await exported).status).toBe(200)
  expect(edge.intake.batches.at(-1)).toMatchObject({ protocol: 'otlp-protobuf', items: 60_000 })
  expect(plainOf(edge.intake.batches.at(-1)).equals(large)).toBe(true)
  expect(await metricsOf(edge)).toContain('\ntocsin_ingest_held_bytes 0\n')
})

test('exports past what may be held are turned away for now, and those before them are taken', async () => {
  const worker = held()
  const edge = await opened(worker, { heldBytes: 3.5 * large.byteLength })
  const send = () => edge.send({ body: large, headers: BEARER })
  const taken = [send(), send(), send()]
  await expect.poll(() => metricsOf(edge)).toContain(`\ntocsin_ingest_held_bytes ${3 * large.byteLength}\n`)
  for (const { status, headers } of await Promise.all([send(), send()]))
    expect([status, headers['retry-after']]).toEqual([503, '1'])
  worker.release()
  expect((await Promise.all(taken)).map(({ status }) => status)).toEqual([200, 200, 200])
})

test('an export whose client goes is left, and nothing of it is kept', async () => {
  const edge = await opened(held())
  const socket = connect(edge.port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  const head = Object.entries({ host: 'x', 'content-length': String(large.byteLength), ...BEARER })
  socket.write(`POST /v1/logs HTTP/1.1\r\n${head.map((line) => `${line.join(': ')}\r\n`).join('')}\r\n`)
  socket.write(large)
  await expect.poll(() => metricsOf(edge)).toContain(`\ntocsin_ingest_held_bytes ${large.byteLength}\n`)
  socket.destroy()
  await expect.poll(() => metricsOf(edge)).toContain('{code="CLIENT_GONE"} 1\n')
  expect(await metricsOf(edge)).toContain('\ntocsin_ingest_held_bytes 0\n')
  expect(edge.intake.batches).toEqual([])
})
