import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { signCanonical } from '../../cli/signing.js'
import { NOW, openTestEdge, SECRET, type TestEdge } from '../../test/ingest-edge.js'

const MIB = 1024 * 1024
let edge: TestEdge
let sockets: Socket[] = []

beforeEach(async () => {
  edge = await openTestEdge()
})
afterEach(async () => {
  for (const socket of sockets) socket.destroy()
  sockets = []
  await edge.close()
})

/** Bodies have to arrive soon, from here on in the test. */
async function impatient(): Promise<void> {
  await edge.close()
  edge = await openTestEdge({ limits: { bodyTimeoutMs: 300 } })
}

/** A connection that has sent the head of a batch and nothing of its body. */
async function headSent(more: string): Promise<{ socket: Socket; answer: Promise<string> }> {
  const socket = connect(edge.port, '127.0.0.1')
  sockets.push(socket)
  socket.on('error', () => undefined)
  const signed = signCanonical({ secret: SECRET, method: 'POST', path: '/v1/logs', timestamp: NOW, body: 'other' })
  const lines = Object.entries({ 'content-type': 'application/json', 'x-org-key': 'tk_public', ...signed })
  await once(socket, 'connect')
  socket.write(
    `POST /v1/logs HTTP/1.1\r\nhost: x\r\n${lines.map((line) => `${line.join(': ')}\r\n`).join('')}${more}\r\n`,
  )
  const answer = new Promise<string>((resolve) => {
    let text = ''
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      if (text.includes('"details"')) resolve(text)
    })
    socket.on('close', () => resolve(text))
  })
  return { socket, answer }
}

/** Writes chunks of a body, as fast as they are taken, until the other side ends it. Returns the MiB written. */
async function pour(socket: Socket, answer: Promise<string>): Promise<number> {
  const chunk = Buffer.concat([Buffer.from(`${MIB.toString(16)}\r\n`), Buffer.alloc(MIB, 0x20), Buffer.from('\r\n')])
  let written = 0
  let ended = false
  answer.then(() => {
    ended = true
  })
  while (!ended && !socket.destroyed) {
    written++
    if (!socket.write(chunk)) await Promise.race([once(socket, 'drain'), once(socket, 'close'), answer])
    await new Promise((resolve) => setImmediate(resolve))
  }
  return written
}

test('a declared length past the cap is refused before a byte of it was read', async () => {
  const { answer } = await headSent(`content-length: ${10 * 1024 * MIB}\r\n`)
  expect(await answer).toMatch(/^HTTP\/1\.1 413 .*"BODY_TOO_LARGE"/s)
})

test('a body without declared length is refused at the cap, and the memory stays flat', async () => {
  const before = process.memoryUsage.rss()
  for (let i = 0; i < 5; i++) {
    const { socket, answer } = await headSent('transfer-encoding: chunked\r\n')
    await pour(socket, answer)
    expect(await answer).toMatch(/^HTTP\/1\.1 413 .*"BODY_TOO_LARGE"/s)
    socket.destroy()
  }
  expect(process.memoryUsage.rss() - before).toBeLessThan(150 * MIB)
  expect((await edge.send({ method: 'GET', path: '/metrics' })).text).toContain('\ntocsin_ingest_held_bytes 0\n')
})

test('a body that never comes is given up in time', async () => {
  await impatient()
  const { answer } = await headSent('content-length: 1000\r\n')
  expect(await answer).toMatch(/^HTTP\/1\.1 408 .*"BODY_TIMEOUT"/s)
})

test('a body that comes a byte at a time is given up in time', async () => {
  await impatient()
  const { socket, answer } = await headSent('content-length: 100000\r\n')
  const trickle = setInterval(() => socket.write(' '), 20)
  expect(await answer).toMatch(/^HTTP\/1\.1 408 .*"BODY_TIMEOUT"/s)
  clearInterval(trickle)
})

test('a client that goes away in the middle leaves nothing behind', async () => {
  const { socket } = await headSent('content-length: 100000\r\n')
  socket.write('x'.repeat(1_000), () => socket.destroy())
  await expect.poll(async () => (await edge.send({ method: 'GET', path: '/metrics' })).text).toMatch(/held_bytes 0\n/)
  await expect
    .poll(async () => (await edge.send({ method: 'GET', path: '/metrics' })).text)
    .toContain('{code="BODY_INCOMPLETE"} 1\n')
})

test('a gzip bomb is stopped at the cap', async () => {
  // 100 MiB of blanks in 100 KiB.
  const bomb = gzipSync(Buffer.alloc(100 * MIB, 0x20))
  const before = process.memoryUsage.rss()
  const answers = await Promise.all(
    [1, 2, 3].map((i) => edge.post({ contentEncoding: 'gzip', body: bomb, timestamp: NOW + i })),
  )
  expect(answers.map((answer) => answer.json.error?.code)).toEqual(Array(3).fill('BODY_TOO_LARGE'))
  expect(process.memoryUsage.rss() - before).toBeLessThan(100 * MIB)
})

test('JSON nested 250,000 levels deep is refused, not a crash', async () => {
  const deep = `{"logs":[{"message":"x","attributes":{"a":${'['.repeat(250_000)}${']'.repeat(250_000)}}}]}`
  const answer = await edge.post({ body: deep })
  expect([answer.status, answer.json.error?.code]).toEqual([400, 'SCHEMA_INVALID'])
})

test('a small gzip of millions of values is refused before they are built', async () => {
  const body = gzipSync(`{"logs":[${'{},'.repeat(6_000_000)}{}]}`)
  const before = process.memoryUsage.rss()
  const answer = await edge.post({ contentEncoding: 'gzip', body })
  expect([answer.status, answer.json.error?.code]).toEqual([413, 'TOO_MANY_ITEMS'])
  expect(process.memoryUsage.rss() - before).toBeLessThan(100 * MIB)
})

test('what is no HTTP gets an answer of the same form', async () => {
  const socket = connect(edge.port, '127.0.0.1')
  sockets.push(socket)
  socket.write('hello?\r\n\r\n')
  const [chunk] = (await once(socket, 'data')) as [Buffer]
  expect(chunk.toString()).toMatch(/^HTTP\/1\.1 400 .*"REQUEST_MALFORMED"/s)
})
