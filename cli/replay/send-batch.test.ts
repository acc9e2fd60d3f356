import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { NOW, oneLog, openTestEdge, SECRET } from '../../test/ingest-edge.js'
import { SendError, sendBatch, type Target } from './send-batch.js'

/** Sends with scripted waits: `waits` gets each pause, and `meanwhile` runs in it. */
async function sent(target: Target, meanwhile: (tried: number) => unknown = () => undefined) {
  const waits: number[] = []
  const options = {
    idempotencyKey: 'k',
    now: () => NOW,
    abort: new AbortController().signal,
    wait: async (ms: number) => {
      waits.push(ms)
      await meanwhile(waits.length)
    },
  }
  return { waits, result: await sendBatch(target, oneLog(), options).catch((error: unknown) => error) }
}

async function opened() {
  const edge = await openTestEdge()
  onTestFinished(() => edge.close())
  return { edge, target: { url: `http://127.0.0.1:${edge.port}`, key: 'tk_public', secret: SECRET } }
}

/** A server that answers as scripted, one answer a request. */
async function scripted(
  answers: readonly [status: number, headers: Record<string, string>, body: string][],
): Promise<Target> {
  let at = 0
  const server = createServer((request, response) => {
    request.resume()
    const [status, headers, body] = answers[Math.min(at++, answers.length - 1)] ?? [500, {}, '']
    response.writeHead(status, headers).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, key: 'k', secret: 's' }
}

test('a batch is accepted at once', async () => {
  const { edge, target } = await opened()
  expect(await sent(target)).toEqual({ waits: [], result: { accepted: 1, replayed: false, retries: 0 } })
  expect(edge.intake.batches).toHaveLength(1)
})

test('a 503 is waited for as long as it says', async () => {
  const { edge, target } = await opened()
  edge.intake.fault = new Error('away')
  const { waits, result } = await sent(target, () => {
    edge.intake.fault = null
  })
  expect([waits, result]).toEqual([[5_000], { accepted: 1, replayed: false, retries: 1 }])
})

test('a batch whose answer was lost is stored once', async () => {
  const { edge, target } = await opened()
  await sent(target)
  expect((await sent(target)).result).toEqual({ accepted: 1, replayed: true, retries: 0 })
  expect(edge.intake.batches).toHaveLength(1)
})

test('without Retry-After the pauses double, up to half a minute, and then it gives up', async () => {
  const target = await scripted([[502, {}, '<html>bad gateway']])
  const { waits, result } = await sent(target)
  expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 30_000, 30_000])
  expect(result).toEqual(new SendError('The edge answered 502: <html>bad gateway. Gave up after 12 tries.'))
})

test('a server that is not there is tried again', async () => {
  const { edge, target } = await opened()
  await edge.close()
  const { waits, result } = await sent(target)
  expect(waits).toHaveLength(11)
  expect(String(result)).toMatch(/did not answer \(.*ECONNREFUSED.*\)\. Gave up after 12 tries\.$/)
})

test('a refusal that will stay one is not tried again', async () => {
  const { target } = await opened()
  const { waits, result } = await sent({ ...target, secret: 'wrong' })
  expect(waits).toEqual([])
  expect(String(result)).toMatch(/^SendError: The edge answered 401: UNAUTHENTICATED /)
})

test('once interrupted it does not try again', async () => {
  const target = await scripted([[503, {}, '{}']])
  const abort = new AbortController()
  const sending = sendBatch(target, oneLog(), {
    idempotencyKey: 'k',
    now: () => NOW,
    abort: abort.signal,
    wait: async () => abort.abort(),
  })
  await expect(sending).rejects.toThrow(/Stopped before another try\.$/)
})
