import fc from 'fast-check'
import { expect, test } from 'vitest'
import { scriptedClient } from '../test/scripted-client.js'
import { retryAfterMs, waitBeforeRetry } from './backoff.js'
import { signCanonical } from './sign.js'

test('a lost answer and a 503 are repeated with the same key and body, signed anew', async () => {
  const { client, clock, sent } = scriptedClient({ answers: [new Error('socket hang up'), { status: 503 }] })
  client.log({ message: 'once' })
  const flushed = client.flush()
  await clock.pass(250 + 500)
  expect(await flushed).toBe(true)
  expect(sent).toHaveLength(3)
  expect(new Set(sent.map(({ headers }) => headers['x-idempotency-key']))).toEqual(new Set(['key-1']))
  expect(new Set(sent.map(({ raw }) => raw)).size).toBe(1)
  expect(new Set(sent.map(({ headers }) => headers['x-signature'])).size).toBe(3)
  for (const { headers, raw } of sent)
    expect(headers).toMatchObject(
      signCanonical({
        secret: 'a-secret',
        method: 'POST',
        path: '/v1/logs',
        timestamp: Number(headers['x-timestamp']),
        idempotencyKey: 'key-1',
        body: raw,
      }),
    )
  expect(client.stats()).toMatchObject({ accepted: 1, retries: 2 })
})

test('Retry-After is waited for', async () => {
  const { client, clock, sent } = scriptedClient({ answers: [{ status: 429, headers: { 'retry-after': '7' } }] })
  client.log({ message: 'x' })
  const flushed = client.flush()
  await clock.pass(6_999)
  expect(sent).toHaveLength(1)
  await clock.pass(1)
  expect(sent).toHaveLength(2)
  expect(await flushed).toBe(true)
})

test('a batch not taken for too long is given up, told and counted', async () => {
  const answers = Array.from({ length: 50 }, () => ({ status: 503, body: 'down' }))
  const { client, clock, drops } = scriptedClient({ answers, maxRetryMs: 60_000 })
  client.log({ message: 'x' })
  const flushed = client.flush({ timeoutMs: 600_000 })
  await clock.pass(61_000)
  expect(await flushed).toBe(true)
  expect(drops).toEqual([
    { signal: 'logs', items: 1, reason: 'RETRIES_EXHAUSTED', sentence: 'http://edge.test:4318 answered 503: down.' },
  ])
  expect(client.stats()).toMatchObject({ pending: 0, pendingBytes: 0, dropped: { RETRIES_EXHAUSTED: 1 } })
})

test('waits are never below what was asked for, rise, and stay bounded', () => {
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100 }),
      random,
      fc.integer({ min: 0, max: 60_000 }),
      (tried, chance, asked) => {
        const wait = waitBeforeRetry(tried, null, chance)
        expect(wait).toBeGreaterThanOrEqual(250)
        expect(wait).toBeLessThanOrEqual(30_000)
        expect(waitBeforeRetry(tried + 1, null, chance)).toBeGreaterThanOrEqual(wait)
        const told = waitBeforeRetry(tried, asked, chance)
        expect(told).toBeGreaterThanOrEqual(asked)
        expect(told).toBeLessThanOrEqual(asked + 1_000)
      },
    ),
  )
})

test.each([
  ['12', 12_000],
  ['Mon, 05 Jan 2026 12:00:03 GMT', 3_000],
  ['Mon, 05 Jan 2026 11:00:00 GMT', 0],
  ['soon', null],
  [null, null],
])('Retry-After %j is %j ms', (header, ms) => {
  expect(retryAfterMs(header, Date.UTC(2026, 0, 5, 12))).toBe(ms)
})
