import { createServer, type Socket } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { afterEach, describe, expect, it } from 'vitest'
import { type Answer, startHttpReceiver } from '../../test/acceptance/notifier-receivers.js'
import { aMessage, aSpeech } from '../../test/builders/speech.js'
import type { SendResult } from '../channel.js'
import { createEgress } from './egress.js'
import { createWebhookChannel } from './webhook.js'

const SECRET = `whsec_${Buffer.alloc(32, 9).toString('base64')}`
const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const send = createWebhookChannel({ egress: createEgress(['127.0.0.1']), timeoutMs: 400 })
const post = (url: string) => send({ kind: 'WEBHOOK', url, secret: SECRET, headers: [] }, aSpeech())

async function answered(answer: Answer): Promise<SendResult> {
  const receiver = await startHttpReceiver(answer)
  closing.push(receiver.close)
  return post(`${receiver.url}?token=s3cret`)
}

/** A TCP server that does with a connection what it is told. */
async function raw(handle: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    handle(socket)
  })
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => sockets.add(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/hook?token=s3cret`
}

describe('an answer', () => {
  it.each([200, 201, 202, 204])('%i is delivered', async (status) => {
    const result = await answered((_, response) => response.writeHead(status).end())
    expect(result).toEqual({ outcome: 'delivered', receipt: null, detail: `answered ${status}` })
  })

  it.each([500, 502, 503, 504, 408])('%i may be repeated, and may have been heard', async (status) => {
    const result = await answered((_, response) => response.writeHead(status).end())
    expect(result).toMatchObject({ outcome: 'retry', mayHaveHeard: true, afterMs: null, detail: `answered ${status}` })
  })

  it('429 is repeated when it says so, and was not heard', async () => {
    const result = await answered((_, response) => response.writeHead(429, { 'retry-after': '120' }).end())
    expect(result).toMatchObject({ outcome: 'retry', mayHaveHeard: false, afterMs: 120_000 })
  })

  it('503 is repeated when its Retry-After date says so', async () => {
    const at = new Date(aSpeech().now + 90_000).toUTCString()
    const result = await answered((_, response) => response.writeHead(503, { 'retry-after': at }).end())
    expect(result).toMatchObject({ outcome: 'retry', afterMs: 90_000 })
  })

  it.each([400, 401, 403, 404, 409, 413, 422])('%i is final', async (status) => {
    const result = await answered((_, response) => response.writeHead(status).end())
    expect(result).toEqual({ outcome: 'final', detail: `answered ${status}`, disableChannel: null })
  })

  it('410 is final and disables the channel', async () => {
    const result = await answered((_, response) => response.writeHead(410).end())
    expect(result).toMatchObject({ outcome: 'final', disableChannel: expect.stringContaining('410') })
  })

  it.each([301, 302, 307, 308])('%i is not followed', async (status) => {
    const hidden = await startHttpReceiver()
    closing.push(hidden.close)
    const result = await answered((_, response) => response.writeHead(status, { location: hidden.url }).end())
    expect(result).toMatchObject({ outcome: 'final', detail: `answered ${status}; redirects are not followed` })
    expect(hidden.heard).toEqual([])
  })

  it('counts by its status, however long or slow the rest of it is', async () => {
    let written = 0
    const result = await answered((_, response) => {
      response.writeHead(200)
      const pour = () => {
        written += 65_536
        if (!response.destroyed && written < 2 ** 30) response.write(Buffer.alloc(65_536), pour)
      }
      pour()
    })
    expect(result.outcome).toBe('delivered')
    expect(written).toBeLessThan(2 ** 24)
    expect((await answered((_, response) => void response.writeHead(200).write('drip'))).outcome).toBe('delivered')
  })
})

describe('no answer', () => {
  it('after a time-out may have been heard', async () => {
    const result = await answered(() => undefined)
    expect(result).toEqual({ outcome: 'retry', afterMs: null, mayHaveHeard: true, detail: 'no answer within 0.4 s' })
  })

  it('after a reset of the connection may have been heard', async () => {
    const url = await raw((socket) => socket.once('data', () => socket.resetAndDestroy()))
    expect(await post(url)).toMatchObject({ outcome: 'retry', mayHaveHeard: true })
  })

  it('from a port where nobody listens was not heard', async () => {
    const url = await raw(() => undefined)
    await closing.pop()?.()
    expect(await post(url)).toMatchObject({
      outcome: 'retry',
      mayHaveHeard: false,
      detail: expect.stringContaining('the connection was refused'),
    })
  })

  it('before TLS stands was not heard', async () => {
    const url = (await raw((socket) => socket.end('HTTP/1.1 400 no TLS here\r\n\r\n'))).replace('http:', 'https:')
    expect(await post(url)).toMatchObject({ outcome: 'retry', mayHaveHeard: false })
  })

  it('never names path, query or secret', async () => {
    for (const url of [await raw((socket) => socket.resetAndDestroy()), 'http://127.0.0.1:1/a?token=s3cret'])
      expect((await post(url)).detail).not.toMatch(/s3cret|hook|whsec/)
  })
})

describe('a destination that is not allowed', () => {
  const guarded = createWebhookChannel({
    egress: createEgress([], async () => [{ address: '127.0.0.1', family: 4 }]),
    timeoutMs: 400,
  })

  it.each(['127.0.0.1', '2130706433', '0x7f.1', '[::ffff:127.0.0.1]', 'rebind.example', 'localhost'])(
    '%s is refused for good, before anything is sent',
    async (host) => {
      const receiver = await startHttpReceiver()
      closing.push(receiver.close)
      const url = `http://${host}:${receiver.port}/`
      const result = await guarded({ kind: 'WEBHOOK', url, secret: SECRET, headers: [] }, aSpeech())
      expect(result).toMatchObject({ outcome: 'final', detail: expect.stringContaining('TOCSIN_WEBHOOK_ALLOW') })
      expect(receiver.heard).toEqual([])
    },
  )
})

describe('the signature', () => {
  it.each(['é🔥', 'plain'])('is what the library of the standard makes of it: %s', async (title) => {
    const receiver = await startHttpReceiver()
    closing.push(receiver.close)
    const message = aMessage({ incident: { ...aMessage().incident, title } })
    const now = Date.UTC(2026, 2, 1, 12, 0, 0, 999)
    await send({ kind: 'WEBHOOK', url: receiver.url, secret: SECRET, headers: [] }, aSpeech({ message, now }))
    const [heard] = receiver.heard
    const headers = heard?.headers ?? {}
    const at = new Date(Number(headers['webhook-timestamp']) * 1_000)
    expect(headers['webhook-signature']).toBe(
      new Webhook(SECRET).sign(String(headers['webhook-id']), at, heard?.text ?? ''),
    )
  })

  it('takes a secret without padding', async () => {
    const receiver = await startHttpReceiver()
    closing.push(receiver.close)
    const secret = SECRET.replace(/=+$/, '')
    expect(secret).not.toBe(SECRET)
    for (const each of [secret, SECRET])
      await send({ kind: 'WEBHOOK', url: receiver.url, secret: each, headers: [] }, aSpeech())
    const [bare, padded] = receiver.heard.map(({ headers }) => headers['webhook-signature'])
    expect(bare).toBe(padded)
  })
})

describe('the payload', () => {
  it('carries the version, the type and every fact, with times in UTC', async () => {
    const receiver = await startHttpReceiver()
    closing.push(receiver.close)
    await post(receiver.url)
    const { message } = aSpeech()
    expect(receiver.heard[0]?.json).toEqual({
      version: 1,
      type: 'incident.firing',
      timestamp: '2026-03-01T12:00:00.000Z',
      data: {
        deliveryId: 'dlv_speech',
        notificationId: message.notificationId,
        summary: '[Firing WARNING] #7 Errors in checkout',
        org: { slug: 'acme', name: 'Acme' },
        incident: {
          id: 'inc_speech',
          number: 7,
          title: 'Errors in checkout',
          state: 'TRIGGERED',
          severity: 'WARNING',
          labels: { service: 'checkout' },
          startedAt: '2026-03-01T12:00:00.000Z',
          resolvedAt: null,
          url: 'https://tocsin.example/incidents/7',
        },
        monitor: message.monitor,
        value: 12.5,
        reason: 'threshold',
      },
    })
  })

  it('lets a header of the channel’s own replace none that the signature needs', async () => {
    const receiver = await startHttpReceiver()
    closing.push(receiver.close)
    const headers = [
      { name: 'Authorization', value: 'Bearer theirs' },
      { name: 'Webhook-Id', value: 'forged' },
    ]
    await send({ kind: 'WEBHOOK', url: receiver.url, secret: SECRET, headers }, aSpeech())
    expect(receiver.heard[0]?.headers).toMatchObject({ authorization: 'Bearer theirs', 'webhook-id': 'dlv_speech' })
  })
})
