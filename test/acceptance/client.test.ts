import { request } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { createClient, signedAgent, signedFetch } from '../../client/index.js'
import type { Drop } from '../../client/options.js'
import { credential, openTestEdge, SECRET, type TestEdge } from '../ingest-edge.js'
import { plainOf } from '../plain-of.js'

/*
 * The client library against the edge itself: its own signatures, compression, idempotency and refusals.
 */

let edge: TestEdge | null = null
afterEach(async () => {
  await edge?.close()
  edge = null
})

async function opened(overrides: Parameters<typeof openTestEdge>[0] = {}) {
  const made = await openTestEdge(overrides)
  // The client signs with the time of this machine.
  made.clock.at = Date.now()
  edge = made
  return made
}

const messages = ({ intake }: TestEdge) =>
  intake.batches.map((batch) =>
    (JSON.parse(plainOf(batch).toString()) as { logs: { message: string }[] }).logs.map(({ message }) => message),
  )

test.each(['CANONICAL', 'BODY', 'BEARER'] as const)(
  'batches under %s are accepted whole, compressed or not',
  async (scheme) => {
    const { port, intake } = await opened({ keys: [credential({ scheme })] })
    const drops: Drop[] = []
    const client = createClient({
      url: `http://127.0.0.1:${port}`,
      key: 'tk_public',
      secret: SECRET,
      scheme,
      onDrop: (drop) => drops.push(drop),
    })
    client.log({ message: 'short', level: 'info', attributes: { nested: { n: 1 } } })
    expect(await client.flush()).toBe(true)
    for (let i = 0; i < 2_500; i++) client.log({ message: `line ${i}` })
    for (let i = 0; i < 100; i++) client.metric({ name: 'queue_depth', value: i, labels: { queue: 'mail' } })
    expect(await client.close()).toBe(true)
    expect(drops).toEqual([])
    expect(client.stats()).toMatchObject({ accepted: 2_601, pending: 0 })
    expect(intake.batches.reduce((sum, { items }) => sum + items, 0)).toBe(2_601)
  },
)

test('a batch whose answer was lost is stored once', async () => {
  const target = await opened()
  let lost = 0
  const client = createClient({
    url: `http://127.0.0.1:${target.port}`,
    key: 'tk_public',
    secret: SECRET,
    random: () => 0,
    async fetch(url, init) {
      const answer = await fetch(url, init)
      if (lost++ === 0) throw new TypeError('the connection was cut')
      return answer
    },
  })
  client.log({ message: 'once' })
  expect(await client.close()).toBe(true)
  expect(client.stats()).toMatchObject({ accepted: 1, retries: 1 })
  expect(messages(target)).toEqual([['once']])
})

test('the bad item of a batch is dropped by name, and the good arrive', async () => {
  const target = await opened()
  const drops: Drop[] = []
  const client = createClient({
    url: `http://127.0.0.1:${target.port}`,
    key: 'tk_public',
    secret: SECRET,
    onDrop: (drop) => drops.push(drop),
  })
  client.log({ message: 'good' })
  client.log({ message: 'of the last century', timestamp: new Date('1999-12-31') })
  client.log({ message: 'also good' })
  expect(await client.close()).toBe(true)
  expect(messages(target)).toEqual([['good', 'also good']])
  expect(drops).toMatchObject([{ items: 1, reason: 'REFUSED', sentence: expect.stringContaining('logs[1].timestamp') }])
})

test('a fetch that signs, and an agent that signs, are let in', async () => {
  const target = await opened()
  const body = JSON.stringify({ logs: [{ message: 'by fetch' }] })
  const headers = { 'content-type': 'application/json' }
  const answer = await signedFetch({ key: 'tk_public', secret: SECRET })(`http://127.0.0.1:${target.port}/v1/logs`, {
    method: 'POST',
    headers,
    body,
  })
  expect(answer.status).toBe(202)

  const agent = await signedAgent({ key: 'tk_public', secret: SECRET })('http:')
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const sent = request({ port: target.port, path: '/v1/logs', method: 'POST', headers, agent }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode))
    })
    sent.on('error', reject)
    // In pieces: the signature is over the whole.
    sent.write('{"logs":[{"message":')
    setImmediate(() => sent.end('"by agent"}]}'))
  })
  agent.destroy()
  expect(status).toBe(202)
  expect(messages(target)).toEqual([['by fetch'], ['by agent']])
})
