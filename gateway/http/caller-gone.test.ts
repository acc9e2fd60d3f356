import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import type { FastifyReply } from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { callerGone } from './caller-gone.js'

/** A request whose answer the test has in hand, and its caller. */
async function asked() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const caller = connect((server.address() as AddressInfo).port, '127.0.0.1')
  onTestFinished(() => void caller.destroy())
  caller.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  const [, raw] = (await once(server, 'request')) as [unknown, ServerResponse]
  return { caller, raw, reply: { raw } as FastifyReply }
}

test('a caller who leaves before the answer is gone', async () => {
  const { caller, raw, reply } = await asked()
  const gone = callerGone(reply)
  expect(gone.aborted).toBe(false)
  const closed = once(raw, 'close')
  caller.destroy()
  await closed
  expect(gone.aborted).toBe(true)
})

test('a caller who left before anybody listened is gone too', async () => {
  const { caller, raw, reply } = await asked()
  const closed = once(raw, 'close')
  caller.destroy()
  await closed
  expect(callerGone(reply).aborted).toBe(true)
})

test('a caller who has the whole answer is not gone', async () => {
  const { caller, raw, reply } = await asked()
  const gone = callerGone(reply)
  const closed = once(raw, 'close')
  raw.end('done')
  caller.resume()
  await closed
  expect([gone.aborted, callerGone(reply).aborted]).toEqual([false, false])
})
